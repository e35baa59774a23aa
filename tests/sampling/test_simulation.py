"""Random walks: the compiled ones are the plain ones, what they report is what the walks went through, and no more."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from bench.pipeline import SIZES, pipeline
from drcheck.designs.design import load
from drcheck.engines import layout
from drcheck.engines.protocol import Query
from drcheck.errors import EngineError, ModelError
from drcheck.kernels.splitmix import FULL, key_of, rank_of, word_of
from drcheck.kernels.translate import count_bits
from drcheck.language.component import Component, on, outcome
from drcheck.language.variables import Boolean, Integer
from drcheck.logic.kinds import DOMAINS
from drcheck.logic.observing import with_observers
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    leads_to,
    never,
    reachable,
    structure,
    whenever,
    worst_case,
)
from drcheck.sampling import walker
from drcheck.sampling.observations import SeenOnWalks, Shown, observe, plan
from drcheck.sampling.walks import Attained, Sighting, Simulation, followed, simulate, way_through
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System
from drcheck.system.trace import along
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.support.generators import Case, systems

SAME = [f.name for f in fields(Simulation) if f.name not in ("engine", "seconds")]


def states_of(system: System, seed: int, walk: int, steps: int) -> list[State]:
    return followed(system, seed, walk, steps)[0]


def same(system: System, query: Query, walks: int, steps: int, seed: int) -> Simulation:
    """Plain and compiled walks show the same, however states are stored and on however many threads."""
    expected = simulate(system, query, walks, steps, seed, engine="python")
    for uncut, threads in ((0, 1), (layout.UNCUT, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layout, "UNCUT", uncut)
            patch.setattr(walker, "ALONE", 4)
            got = simulate(system, query, walks, steps, seed, engine="native", threads=threads)
            for name in SAME:
                assert getattr(got, name) == getattr(expected, name), name
    return expected


def counter(limit: int = 20, **more: object) -> System:
    """A number that goes up and down, and stays where it is once it is at its limit."""
    n, stuck = Integer("n", 0, limit), Boolean("stuck")
    steps = [
        on("up", "on", when=(n < limit) & ~stuck, then={n: n + 1}),
        on("down", "on", when=(n > 0) & ~stuck, then={n: n - 1}),
        on("stop", "on", when=n == limit, then={stuck: True, n: 0}),
    ]
    return compose("counter", [Component("c", ["on"], variables=[n, stuck], transitions=steps)], **more)


# -- two ways to take a walk -----------------------------------------------------------------------------------------
@settings(max_examples=30)
@given(systems(), st.integers(0, FULL))
def test_compiled_walks_are_the_plain_ones_on_generated_systems(case: Case, seed: int) -> None:
    try:
        built = case.build()
    except ModelError:
        reject()
    query = Query(built.lowered_watches, built.lowered_maxima)
    found = same(built.system, query, 13, 40, seed)
    system, oracle = built.system, Oracle(built.system)
    for watch, hit in zip(built.watches, found.hits, strict=True):
        if hit is not None:
            states = states_of(system, seed, hit.walk, hit.step)
            assert [oracle.holds(watch, s) for s in states] == [False] * hit.step + [True]
            way = way_through(system, seed, hit.walk, hit.step)
            assert (way[-1], set(way) <= set(states), len(way) <= len(states)) == (states[-1], True, True)
            along(system, way)
    for node, best in zip(built.maxima, found.maxima, strict=True):
        assert oracle.value(node, states_of(system, seed, best.walk, best.step)[-1]) == best.value
    if found.deadlock is not None:
        end = states_of(system, seed, found.deadlock.walk, found.deadlock.step)[-1]
        assert oracle.successors(end) == []
    if found.escape is not None:
        seen = found.escape.seen
        end = states_of(system, seed, seen.walk, seen.step)[-1]
        first = next(s for s in oracle.successors(end) if s.target is None)
        assert (first.event, first.alternative) == (found.escape.event, found.escape.alternative)
        along(system, way_through(system, seed, seen.walk, seen.step), escape=(found.escape.event, found.escape.cell))


@pytest.mark.parametrize("name", ["model.cms_ha.design:cms_ha", "model.configuration_database.design:dns_failover"])
def test_compiled_walks_are_the_plain_ones_on_designs(name: str) -> None:
    system = load(name).build({})
    numbers = [cell for cell in system.cells if cell.kind != "boolean"]
    found = same(system, Query((), tuple(numbers)), 24, 120, 5)
    assert found.steps > 0
    assert sum(found.fired) == found.steps


def test_compiled_walks_are_the_plain_ones_on_wide_states_with_many_watches() -> None:
    system = pipeline(*SIZES["tiny"])
    variables = [cell for cell in system.cells if cell.name.startswith("pipeline.")]
    watches = tuple(lower(system, cell == value) for cell in variables for value in range(6))
    assert len(watches) > 64
    assert sum(hit is not None for hit in same(system, Query(watches, ()), 30, 100, 1).hits) > 30


def test_compiled_walks_are_the_plain_ones_where_there_are_many_ways() -> None:
    n = Integer("n", 0, 199)
    steps = [on("jump", "on", outcomes=[outcome(None, {n: value}) for value in range(150)])]
    steps += [on("leap", "on", when=n < 100, outcomes=[outcome(None, {n: value}) for value in range(130, 199)])]
    system = compose("many", [Component("c", ["on"], variables=[n], transitions=steps)])
    assert same(system, Query((), (system.cells[1],)), 20, 50, 3).maxima[0].value > 190


def test_a_walk_depends_on_its_seed_and_number_only() -> None:
    system = counter(200)
    few, many = (simulate(system, Query((), ()), n, 100, 9, engine="python") for n in (3, 40))
    assert few.steps < many.steps
    whole = states_of(system, 9, 2, 100)
    assert states_of(system, 9, 2, 30) == whole[:31]
    assert len({tuple(states_of(system, seed, walk, 60)) for seed in (9, 10) for walk in range(10)}) == 20


# -- choices ---------------------------------------------------------------------------------------------------------
def test_the_words_are_those_of_splitmix() -> None:
    # The first words of SplitMix64 from seed 1234567, as published with its reference implementation.
    assert [word_of(1234567, i) for i in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert len({key_of(0, walk) for walk in range(1000)} | {key_of(1, walk) for walk in range(1000)}) == 2000


@pytest.mark.parametrize("ways", [1, 2, 3, 7, 60])
def test_each_way_is_chosen_equally_often(ways: int) -> None:
    tries = 6000
    counts = [0] * ways
    for step in range(tries):
        counts[rank_of(word_of(key_of(3, ways), step), ways)] += 1
    # Chi-square, some five standard deviations above what is expected.
    expected = tries / ways
    assert sum((c - expected) ** 2 / expected for c in counts) <= ways - 1 + 5 * (2 * ways) ** 0.5


@given(st.integers(0, FULL))
def test_bits_are_counted(word: int) -> None:
    assert count_bits(word) == word.bit_count()


# -- what is reported --------------------------------------------------------------------------------------------------
def test_events_steps_and_ends_are_counted() -> None:
    found = same(counter(3), Query((), ()), 50, 30, 0)
    assert found.walks == 50
    assert found.fired[2] == found.deadlocked > 0
    assert found.deadlock is not None
    assert found.deadlock.step >= 4
    assert sum(found.fired) == found.steps


def test_a_walk_that_would_only_leave_a_domain_is_no_deadlock() -> None:
    n = Integer("n", 0, 3)
    system = compose("grow", [Component("c", ["on"], variables=[n], transitions=[on("grow", "on", then={n: n + 1})])])
    found = same(system, Query((), ()), 5, 10, 0)
    assert (found.deadlocked, found.left, found.steps) == (0, 5, 15)
    assert found.escape is not None
    assert found.escape.seen == Sighting(5, 3, 0)


def test_steps_out_of_a_domain_are_told_apart_in_lanes_that_are_out_of_step() -> None:
    """Several lanes leave the domain by one event at once, and the walk that did so soonest is in any of them."""
    n = Integer("n", 0, 3)
    steps = [
        on("down", "on", when=n > 0, then={n: n - 1}),
        on("stop", "on", "off"),
        on("up", "on", then={n: n + 1}),
        on("leap", "on", when=n > 1, then={n: n + 2}),
    ]
    system = compose("ways_out", [Component("c", ["on", "off"], variables=[n], transitions=steps)])
    found = [same(system, Query(), 24, 30, seed).escape for seed in range(25)]
    assert {escape.event for escape in found if escape is not None} == {3}


def test_a_system_without_steps() -> None:
    system = compose("still", [Component("c", ["on"], variables=[Integer("n", 0, 3, 2)], transitions=[])])
    found = same(system, Query((lower(system, system.cells[1] == 2),), (system.cells[1],)), 9, 10, 0)
    assert (found.walks, found.steps, found.deadlocked) == (9, 0, 9)
    assert found.hits == found.ends == (Sighting(9, 0, 0),)
    assert found.maxima == (Attained(2, 0, 0),)


def test_what_no_walk_showed_is_bounded() -> None:
    found = simulate(counter(), Query((), ()), 3000, 2, 0)
    bound = found.at_most()
    assert bound is not None
    assert (1 - bound) ** 3000 == pytest.approx(0.05)
    assert bound == pytest.approx(3 / 3000, rel=0.01)


@pytest.mark.parametrize("engine", ["python", "native"])
def test_walks_that_the_clock_cuts_short_are_not_counted(engine: str) -> None:
    n = Integer("n", 0, 1)
    system = compose("flip", [Component("c", ["on"], variables=[n], transitions=[on("flip", "on", then={n: 1 - n})])])
    found = simulate(system, Query((lower(system, n == 1),), ()), 100, 1 << 39, 0, 0.05, engine=engine, threads=1)
    assert (found.walks, found.at_most()) == (0, None)
    assert 0 < found.cut_short <= 8
    assert found.hits == (Sighting(found.cut_short, 1, 0),)


@pytest.mark.parametrize(
    ("walks", "steps", "seed"), [(0, 1, 0), (1, 0, 0), (1, 1, -1), (1, 1, 1 << 64), (1 << 40, 1, 0)]
)
def test_numbers_that_cannot_be_used(walks: int, steps: int, seed: int) -> None:
    with pytest.raises(EngineError) as caught:
        simulate(counter(), Query(), walks, steps, seed)
    assert caught.value.code == "DR503"


def test_an_engine_that_takes_no_walks() -> None:
    with pytest.raises(EngineError) as caught:
        simulate(counter(), Query(), 1, 1, 0, engine="reference")
    assert caught.value.code == "DR501"


# -- properties --------------------------------------------------------------------------------------------------------
def test_what_is_seen_of_each_kind_of_property() -> None:
    system = counter(3)
    n, stuck = (system.component("c").variable(name) for name in ("n", "stuck"))
    items = [
        always(n <= 3, name="bound"),
        never(n == 3, name="top"),
        whenever(n == 3, ~stuck, name="implied"),
        whenever(stuck & (n == 2), n == 2, name="no_trigger"),
        reachable(stuck, name="ends"),
        reachable(n == 2, name="two"),
        reachable(stuck & (n == 1), name="nowhere"),
        deadlock_free(name="goes_on"),
        deadlock_free(stuck, name="goes_on_unless_stuck"),
        deadlock_free(~stuck, name="goes_on_unless_not_stuck"),
        worst_case(n, name="most"),
        worst_case(n, 2, name="at_most_two"),
        worst_case(n, 3, name="at_most_three"),
        leads_to(n == 3, stuck, name="response"),
        can_always(stuck, name="recovers"),
        structure(False, "", name="fact"),
    ]
    plans, query = plan(system, items)
    found = same(system, query, 40, 60, 2)
    seen = {o.property.name: o for o in observe(SeenOnWalks(found), plans, {})}
    shown = {name: o.shown for name, o in seen.items()}
    assert shown == {
        DOMAINS: Shown.NOT_SEEN,
        "bound": Shown.NOT_SEEN,
        "top": Shown.VIOLATED,
        "implied": Shown.NOT_SEEN,
        "no_trigger": Shown.NOT_SEEN,
        "ends": Shown.SEEN,
        "two": Shown.SEEN,
        "nowhere": Shown.NOT_SEEN,
        "goes_on": Shown.VIOLATED,
        "goes_on_unless_stuck": Shown.NOT_SEEN,
        "goes_on_unless_not_stuck": Shown.VIOLATED,
        "most": Shown.SEEN,
        "at_most_two": Shown.VIOLATED,
        "at_most_three": Shown.NOT_SEEN,
        "response": Shown.NOT_LOOKED_AT,
        "recovers": Shown.NOT_LOOKED_AT,
        "fact": Shown.NOT_LOOKED_AT,
    }
    assert "nor was its trigger" in seen["no_trigger"].reason
    assert "nor was its trigger" not in seen["implied"].reason
    assert seen["most"].value == seen["at_most_three"].value == 3
    assert seen["most"].reason == "at least 3"
    for name in ("top", "goes_on", "most", "two"):
        trace = seen[name].trace
        assert trace is not None
        # The walk has no way round in this system, so without detours it is a shortest one.
        verdict = next(v for v in check(system, [i for i in items if i.name == name]) if v.property.name == name)
        assert verdict.trace is not None
        assert len(trace) == len(verdict.trace)


def test_a_step_out_of_a_domain_is_a_violation_with_its_trace() -> None:
    n = Integer("n", 0, 3)
    system = compose("grow", [Component("c", ["on"], variables=[n], transitions=[on("grow", "on", then={n: n + 1})])])
    plans, query = plan(system, [])
    (seen,) = observe(SeenOnWalks(same(system, query, 5, 10, 0)), plans, {})
    assert (seen.shown, seen.reason) == (Shown.VIOLATED, "grow would take c.n out of 0..3, on 5 of 5 walks")
    assert seen.trace is not None
    assert seen.trace.steps[-1].escape == 1


def test_nothing_that_holds_is_ever_seen_to_be_violated() -> None:
    system = load("model.cms_ha.design:cms_ha").build({})
    items = [
        statement.on(system) for statement in load("model.cms_ha.design:cms_ha").statements() if not statement.given
    ]
    system, items = with_observers(system, items)
    plans, query = plan(system, items)
    found = simulate(system, query, 2000, 100, 0)
    violated = {o.property.name for o in observe(SeenOnWalks(found), plans, {}) if o.shown is Shown.VIOLATED}
    assert violated <= {v.property.name for v in check(system, items) if v.conclusion is Conclusion.VIOLATED}
