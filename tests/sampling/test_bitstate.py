"""Searches with a table of bits: the compiled ones are the plain ones; with a large table they are exact, else they omit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from bench.pipeline import COUNTS, SIZES, pipeline
from drcheck.designs.design import load
from drcheck.engines import layout
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError, ModelError
from drcheck.kernels.splitmix import word_of
from drcheck.language.component import Component, on
from drcheck.language.variables import Boolean, Integer
from drcheck.logic.properties import always, deadlock_free, leads_to, never, reachable, worst_case
from drcheck.sampling import bitstate_memory
from drcheck.sampling.bitstate import BitSearch, bit_search, swarm
from drcheck.sampling.bitstate_kernels import enter_bits
from drcheck.sampling.observations import SeenInTables, Shown, observe, plan
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.system import System
from drcheck.system.trace import along
from tests.support.generators import Case, systems

SAME = [f.name for f in fields(BitSearch) if f.name not in ("engine", "seconds", "path")]
EXACT = ("states", "transitions", "depth", "hits", "maxima", "deadlocks", "deadlock", "fired", "escape")
LARGE = 1 << 22


def same(system: System, query: Query, table: int, **more: int) -> BitSearch:
    """The plain and the compiled search find the same, however states are stored; the compiled one is returned."""
    for uncut in (layout.UNCUT, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layout, "UNCUT", uncut)
            expected = bit_search(system, query, table, engine="python", **more)
            got = bit_search(system, query, table, engine="native", **more)
        for name in SAME:
            assert getattr(got, name) == getattr(expected, name), name
        for number in range(0, got.states, max(1, got.states // 20)):
            assert got.path(number) == expected.path(number)
    return got


# -- against the exact search ----------------------------------------------------------------------------------------
@settings(max_examples=30)
@given(systems(), st.integers(0, 2**64 - 1))
def test_a_large_table_finds_exactly_what_an_exact_search_finds_on_generated_systems(case: Case, seed: int) -> None:
    try:
        built = case.build()
    except ModelError:
        reject()
    query = Query(built.lowered_watches, built.lowered_maxima)
    exact = PythonEngine().explore(built.system, query, Limits(states=2_000))
    if not exact.complete:
        reject()
    # With 8 hashes in 4 MB a state is omitted with a probability below 1e-20.
    found = same(built.system, query, LARGE, seed=seed, hashes=8)
    for name in EXACT:
        assert getattr(found, name) == getattr(exact, name), name
    for number in range(0, exact.states, max(1, exact.states // 10)):
        assert found.path(number) == [exact.state(n) for n in exact.ancestry(number)]


@settings(max_examples=20)
@given(systems(), st.sampled_from([8, 16, 64]), st.integers(1, 5), st.integers(1, 6))
def test_a_tiny_table_is_the_same_to_both_on_generated_systems(case: Case, table: int, hashes: int, depth: int) -> None:
    try:
        system = case.build().system
    except ModelError:
        reject()
    found = same(system, Query(), table, hashes=hashes, depth=depth)
    assert found.depth <= depth
    assert found.set_bits <= found.places == 8 * table


@pytest.mark.parametrize("name", ["model.cms_ha.design:cms_ha", "model.configuration_database.design:dns_failover"])
def test_a_large_table_finds_exactly_what_an_exact_search_finds_on_designs(name: str) -> None:
    system = load(name).build({})
    exact = NativeEngine().explore(system, Query())
    found = bit_search(system, Query(), LARGE, hashes=8, engine="native")
    assert [getattr(found, n) for n in EXACT] == [getattr(exact, n) for n in EXACT]


def test_a_tiny_table_omits_states_and_the_more_the_smaller_it_is() -> None:
    system = pipeline(*SIZES["tiny"])
    reached = [same(system, Query(), table).states for table in (256, 512, 1024, LARGE)]
    assert reached == sorted(set(reached))
    assert reached[-1] == COUNTS["tiny"][0]


def test_as_many_states_are_omitted_as_expected() -> None:
    system = pipeline(*SIZES["S"])
    states = COUNTS["S"][0]
    for table in (1 << 16, 1 << 17):
        found = bit_search(system, Query(), table, engine="native")
        # Most that is missing was met and omitted, as most states can be reached in many ways.
        assert found.omitted() == pytest.approx(states - found.states, rel=0.25)
    assert bit_search(system, Query(), LARGE, engine="native", hashes=8).omitted() < 1e-6


def test_what_was_reached_is_reachable() -> None:
    system = pipeline(*SIZES["tiny"])
    lost = system.component("pipeline").variable("lost")
    found = same(system, Query((lower(system, lost == 1),), (lower(system, lost),)), 512)
    assert found.hits[0] is not None
    way = found.path(found.hits[0])
    along(system, way)
    assert len(way) <= found.depth + 1


# -- how states are entered ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hashes", [1, 2, 3, 7])
def test_the_places_of_bits_are_spread_evenly(hashes: int) -> None:
    table, bits = [0] * (1 << 10), 1 << 16
    entered = 4_000
    fresh = sum(enter_bits(table, word_of(1, n), hashes, bits - 1) for n in range(entered))
    assert fresh == sum(word.bit_count() for word in table)
    assert fresh / bits == pytest.approx(1 - np.exp(-hashes * entered / bits), rel=0.05)
    assert all(enter_bits(table, word_of(1, n), hashes, bits - 1) == 0 for n in range(entered))
    wrong = sum(enter_bits(list(table), word_of(2, n), hashes, bits - 1) == 0 for n in range(300)) / 300
    assert wrong == pytest.approx((fresh / bits) ** hashes, abs=0.06)


def test_everything_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    system = pipeline(*SIZES["S"])
    query = Query((lower(system, system.component("pipeline").variable("lost") == 1),), ())
    expected = bit_search(system, query, LARGE, engine="native")
    for name in ("FIRST_ROOM", "FIRST_RING"):
        monkeypatch.setattr(bitstate_memory, name, 1)
    got = bit_search(system, query, LARGE, engine="native")
    assert [getattr(got, name) for name in SAME] == [getattr(expected, name) for name in SAME]
    assert got.path(got.states - 1) == expected.path(got.states - 1)


# -- bounds ------------------------------------------------------------------------------------------------------------
def counter() -> System:
    """A number that counts to 20 and then stops."""
    n, stuck = Integer("n", 0, 20), Boolean("stuck")
    steps = [
        on("up", "on", when=(n < 20) & ~stuck, then={n: n + 1}),
        on("down", "on", when=(n > 0) & ~stuck, then={n: n - 1}),
        on("stop", "on", when=n == 20, then={stuck: True, n: 0}),
    ]
    return compose("counter", [Component("c", ["on"], variables=[n, stuck], transitions=steps)])


def test_nothing_beyond_the_depth_is_entered() -> None:
    system = counter()
    n = system.component("c").variable("n")
    query = Query((lower(system, n == 7), lower(system, n == 8)), ())
    found = same(system, query, LARGE, depth=7)
    assert (found.states, found.depth, found.beyond, found.hits) == (8, 7, 1, (7, None))
    assert same(system, query, LARGE, depth=30).beyond == 0


def test_a_search_that_the_clock_stops_says_so() -> None:
    system = pipeline(*SIZES["S"])
    for engine in ("python", "native"):
        found = bit_search(system, Query(), LARGE, seconds=1e-6, engine=engine)
        assert found.stopped == "the limit of 1e-06 seconds"
        assert found.expanded < found.states
        assert found.path(found.states - 1)[0] == system.initial


def test_a_search_that_memory_stops_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    system = pipeline(*SIZES["S"])
    monkeypatch.setattr(bitstate_memory.Sifter, "_make_room", lambda self, budget: False)
    found = bit_search(system, Query(), LARGE, engine="native")
    assert found.stopped == "the memory of this machine"
    assert 0 < found.expanded < found.states


def test_searches_of_a_swarm_have_different_hash_functions() -> None:
    system = pipeline(*SIZES["tiny"])
    found = swarm(system, Query(), 512, 3, seed=4)
    assert [search.search for search in found] == [0, 1, 2]
    assert len({search.fired for search in found}) == 3
    assert found[1].fired == bit_search(system, Query(), 512, 4, search=1).fired


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("DR503", {"table": 7}),
        ("DR503", {"table": 1 << 50}),
        ("DR503", {"table": 1 << 49, "engine": "native"}),
        ("DR503", {"hashes": 0}),
        ("DR503", {"hashes": 31}),
        ("DR503", {"depth": 0}),
        ("DR503", {"seed": -1}),
        ("DR501", {"engine": "reference"}),
    ],
)
def test_numbers_that_cannot_be_used(code: str, arguments: dict) -> None:
    with pytest.raises(EngineError) as caught:
        bit_search(counter(), Query(), **{"table": 64, **arguments})
    assert caught.value.code == code


@pytest.mark.parametrize("searches", [0, 1001])
def test_so_many_searches_cannot_be_made(searches: int) -> None:
    with pytest.raises(EngineError) as caught:
        swarm(counter(), Query(), 64, searches)
    assert caught.value.code == "DR503"


# -- properties --------------------------------------------------------------------------------------------------------
def test_what_is_seen_of_each_kind_of_property() -> None:
    system = counter()
    n, stuck = (system.component("c").variable(name) for name in ("n", "stuck"))
    items = [
        always(n <= 20, name="bound"),
        never(n == 20, name="top"),
        reachable(stuck, name="ends"),
        reachable(stuck & (n == 1), name="nowhere"),
        deadlock_free(name="goes_on"),
        deadlock_free(stuck, name="goes_on_unless_stuck"),
        deadlock_free(~stuck, name="goes_on_unless_not_stuck"),
        worst_case(n, name="most"),
        worst_case(n, 19, name="at_most_19"),
        leads_to(n == 3, stuck, name="response"),
    ]
    plans, query = plan(system, items)
    seen = {o.property.name: o for o in observe(SeenInTables([same(system, query, LARGE)]), plans, {})}
    assert [o.shown for o in seen.values()] == [
        Shown.NOT_SEEN,
        Shown.NOT_SEEN,
        Shown.VIOLATED,
        Shown.SEEN,
        Shown.NOT_SEEN,
        Shown.VIOLATED,
        Shown.NOT_SEEN,
        Shown.VIOLATED,
        Shown.SEEN,
        Shown.VIOLATED,
        Shown.NOT_LOOKED_AT,
    ]
    assert [len(seen[name].trace or ()) for name in ("top", "ends", "goes_on", "most")] == [20, 21, 21, 20]
    assert seen["bound"].reason == "in none of 22 states"


def test_a_step_out_of_a_domain_is_a_violation_with_its_trace() -> None:
    n = Integer("n", 0, 3)
    system = compose("grow", [Component("c", ["on"], variables=[n], transitions=[on("grow", "on", then={n: n + 1})])])
    found = same(system, Query(), LARGE)
    assert (found.states, found.deadlocks) == (4, 0)
    (seen,) = observe(SeenInTables([found]), [], {})
    assert (seen.shown, seen.reason) == (Shown.VIOLATED, "grow would take c.n out of 0..3, in the search")
    assert seen.trace is not None
    assert seen.trace.steps[-1].escape == 1
