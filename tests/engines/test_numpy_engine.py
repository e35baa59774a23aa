"""The parts of the numpy engine: narrow columns, its table, chunks that end anywhere, memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings

from bench.pipeline import COUNTS, SIZES, pipeline
from drcheck.engines.numpy import engine, packing, steps, table
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.numpy.products import Product
from drcheck.engines.numpy.table import Table
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError
from drcheck.kernels import budget
from drcheck.language.component import Component, on, outcome
from drcheck.language.expressions import expression
from drcheck.language.functions import all_of, any_of, if_else, minimum, total
from drcheck.language.rendezvous import event
from drcheck.language.variables import Array, Boolean, Integer
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.system import Combined, System
from tests.support.engines import equal, one, same_numpy, timed, walk
from tests.support.generated import composed
from tests.support.generators import Case, systems


# -- numbers of few bits -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("high", [63, 64, 127, 128, 255, 256, 32_767, 32_768, (1 << 31) - 1, 1 << 31])
def test_nothing_wraps_at_the_edges_of_types(high: int) -> None:
    """Columns are as narrow as the values of their expressions, and no narrower."""
    a, b = Integer("a", -high - 1, high, high - 2), Integer("b", 0, 2 * high, 1)
    steps = [
        on("up", "on", when=a < high, then={a: a + 1}),
        on("turn", "on", when=a == high, then={a: -high - 1}),
        on("on", "on", when=a + high + 1 < 4, then={a: a + 1, b: a + high}),
        on("twice", "on", when=(a > 0) & (b <= 1), then={b: a * 2}),
        on("wrong", "on", when=(b == 2 * high) & (a + b > high), then={b: b + 1}),
    ]
    system = one([a, b], steps)
    maxima = (a + b, a - b, -a, a * 3 // 2, (a - b) % 7, if_else(a > b, a, -b))
    watches = (a + b > 2 * high, -a == high + 1, a * 2 == 2 * high, b - 1 == 2 * high - 1)
    limits = Limits(states=2_000)
    query = Query(tuple(lower(system, one) for one in watches), tuple(lower(system, one) for one in maxima), graph=True)
    assert same_numpy(system, query, limits).escape is not None


def test_a_constant_condition_leaves_out_what_it_excludes() -> None:
    a, b, steps = walk(-3, 3)
    node = if_else(a < 100, b, b * 1_000_000)
    system = one([a, b], [*steps, on("set", "on", when=node > 2, then={a: if_else(b > 50, b * 777, 0)})])
    same_numpy(system, Query((lower(system, node == 3),), (lower(system, node),), graph=True))


def test_values_that_turn_out_to_be_constant() -> None:
    """What intervals leave open, and constants decide."""
    a, b, steps = walk(-2, 2)
    flag, number = Boolean("flag"), Integer("number", 0, 3)
    sure, never = expression(3) < 4, expression(2) == 3
    steps += [
        on("set", "on", when=sure & (a == 1), then={flag: sure, number: if_else(sure, 3, b)}),
        on("clear", "on", when=~never & (a == 2), then={flag: never, number: if_else(never, b, 0) + 1}),
        on("leave", "on", when=b == 2, then={number: if_else(never, a, 9), flag: b > 0}),
        on("not", "on", when=never, then={a: 0}),
    ]
    system = one([a, b, flag, number], steps)
    found = same_numpy(system, Query((lower(system, flag & (number == 3)),), (), graph=True))
    assert found.escape is not None
    assert found.fired[-1] == 0


def test_constant_watches_and_maxima() -> None:
    a, b, steps = walk(-2, 2)
    system = one([a, b], steps)
    watches = (a < 100, a > 100, a == a)
    found = same_numpy(system, Query(tuple(lower(system, one) for one in watches), (lower(system, a * 0 + 5),)))
    assert found.hits == (0, None, 0)
    assert found.maxima == ((5, 0),)


def test_long_arrays() -> None:
    slots, at = Array("slot", Integer("value", -1, 1), 5), Integer("at", 0, 4)
    system = one(
        [slots, at],
        [
            on("move", "on", then={at: (at + 3) % 5}),
            on("raise", "on", when=slots[at] < 1, then={slots[at]: slots[at] + 1}),
            on("lower", "on", when=(slots[at] > -1) & any_of(slots, lambda s: s == 1), then={slots[at]: slots[at] - 1}),
            on("clear", "on", when=all_of(slots, lambda s: s == 1), then=dict.fromkeys(slots, -1)),
        ],
    )
    same_numpy(system, Query((), (lower(system, total(slots)),), graph=True))


@settings(max_examples=60)
@given(systems())
def test_generated_systems_however_they_are_stored(case: Case) -> None:
    built = composed(case)
    query = Query(built.lowered_watches, built.lowered_maxima, graph=True)
    if not PythonEngine().explore(built.system, query, Limits(states=3_000)).complete:
        reject()
    same_numpy(built.system, query)


# -- several participants that can end in several ways -----------------------------------------------------------------
def throwing(count: int, *, leaving: bool = False) -> System:
    """Coins that are thrown together, guarded and in conditional ways, and events before and after that one."""
    parts = []
    for n in range(count):
        side, kept = Integer("side", -1, 1, 0), Boolean("kept")
        ways = [outcome(then={side: side - 1 if leaving and n == 2 else -1}), outcome("b", {side: 1, kept: ~kept})]
        ways += [outcome(then={side: if_else(kept, 0, side)})] if n % 3 == 0 else []
        parts.append(
            Component(
                f"coin{n}",
                ["a", "b"],
                variables=[side, kept],
                transitions=[
                    on("throw", "a", outcomes=ways),
                    on("throw", "b", "a", when=side == 1, then={side: minimum(side, 0)}),
                    on("throw", "b", when=side < 1),
                    on("fall", "*", "b" if n % 2 else "a", when=kept, then={kept: False}),
                ],
            )
        )
    hand = Component("hand", ["h"], transitions=[on("throw", "h"), on("nothing", "h")])
    alone = [event(f"fall{n}", {part: "fall"}) for n, part in enumerate(parts)]
    events = [alone[0], event("throw", dict.fromkeys((hand, *parts), "throw")), *alone[1:]]
    return compose("throwing", [*parts, hand], events=events)


@pytest.mark.parametrize("leaving", [False, True])
def test_many_ways_of_several_participants(leaving: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    system = throwing(3, leaving=leaving)
    ways = system.events[1].alternatives
    assert isinstance(ways, Combined)
    assert [len(share) for share in ways.shares] == [1, 3, 2, 2]
    assert len(ways) == 12
    found = same_numpy(system, Query(graph=True), Limits(states=500) if leaving else Limits())
    assert (found.escape is not None) == leaving
    made: list[Product] = []
    targets = Product.targets
    monkeypatch.setattr(steps, "PRODUCT", 12)
    monkeypatch.setattr(Product, "targets", lambda self, *rest: made.append(self) or targets(self, *rest))
    NumpyEngine().explore(system, Query())
    assert bool(made) != leaving, "what may leave a domain is told of each alternative"


def test_what_an_event_of_several_participants_reads() -> None:
    made = throwing(4).events[1]
    flat = replace(made, alternatives=tuple(made.alternatives))
    assert (len(made.pieces), flat.pieces) == (11, flat.alternatives)
    assert (made.reads, made.writes) == (flat.reads, flat.writes)


# -- size --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", [63, 16])
@pytest.mark.parametrize("chunk", [1_000, 1 << 20])
def test_chunks_and_growth(monkeypatch: pytest.MonkeyPatch, word: int, chunk: int) -> None:
    """Started far too small, everything grows many times; chunks may end anywhere; the answer is the same."""
    system = pipeline(*SIZES["S"])
    expected = NumpyEngine().explore(system, Query(graph=True))
    for module, name, value in (
        (packing, "WORD", word),
        (engine, "CHUNK", chunk),
        (engine, "STEPS", 1 << 30),
        (table, "FIRST_WIDTH", 1),
        (table, "FIRST_ROOM", 1),
        (table, "BATCH", 777),
        (steps, "MOST_STEPS", 30_000),
    ):
        monkeypatch.setattr(module, name, value)
    got = NumpyEngine().explore(system, Query(graph=True))
    assert (got.states, got.transitions, got.depth) == (expected.states, expected.transitions, expected.depth)
    assert expected.graph is not None
    assert got.graph is not None
    np.testing.assert_array_equal(got.graph.targets, expected.graph.targets)
    np.testing.assert_array_equal(got.graph.labels, expected.graph.labels)
    np.testing.assert_array_equal(got.graph.offsets, expected.graph.offsets)
    assert all(got.parent(n) == expected.parent(n) for n in range(0, got.states, 97))


def test_what_is_read_is_a_state_that_was_found() -> None:
    result = NumpyEngine().explore(pipeline(*SIZES["tiny"]), Query())
    for number in (-1, result.states):
        with pytest.raises(IndexError):
            result.state(number)


# -- the table ---------------------------------------------------------------------------------------------------------
BAD = {"odd": (3, 5), "zero": (0, 0), "only the first": (table.MIX[0], 0), "only the second": (0, 1)}


@pytest.mark.parametrize("mix", BAD.values(), ids=BAD)
@pytest.mark.parametrize("word", [63, 8])
def test_a_bad_hash_is_slow_but_not_wrong(monkeypatch: pytest.MonkeyPatch, mix: tuple[int, int], word: int) -> None:
    """With every key in one slot, only the full comparison tells states apart."""
    monkeypatch.setattr(table, "MIX", mix)
    monkeypatch.setattr(packing, "WORD", word)
    system = timed(True, (2, 1, -1))
    equal(NumpyEngine().explore(system, Query(graph=True)), PythonEngine().explore(system, Query(graph=True)))


@pytest.mark.parametrize("mix", [table.MIX, *BAD.values()])
@pytest.mark.parametrize("batch", [1, 3, 50, 1 << 16])
def test_the_table_against_a_dictionary(monkeypatch: pytest.MonkeyPatch, mix: tuple[int, int], batch: int) -> None:
    monkeypatch.setattr(table, "MIX", mix)
    monkeypatch.setattr(table, "BATCH", batch)
    monkeypatch.setattr(table, "FIRST_WIDTH", 1)
    monkeypatch.setattr(table, "FIRST_ROOM", 1)
    random = np.random.default_rng(0)
    numbering, plain, expected = Table(True), Table(False), dict[int, int]()
    for size in (0, 1, 2, 40, 3, 200, 0, 100):
        keys = random.integers(0, 100, size).astype(np.uint64) * np.uint64((1 << 63) // 101)
        keys[random.random(size) < 0.05] = (1 << 63) - 1
        fresh = [
            i
            for i, key in enumerate(keys)
            if expected.setdefault(int(key), len(expected)) == len(expected) - 1
            and int(key) not in map(int, keys[:i])
            and expected[int(key)] >= numbering.count
        ]
        numbers, new = numbering.intern(keys)
        assert [int(n) for n in numbers] == [expected[int(key)] for key in keys]
        assert new.tolist() == fresh == plain.intern(keys)[1].tolist()
        assert numbering.keys.tolist() == plain.keys.tolist() == list(expected)


def test_the_order_in_which_numpy_writes_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several writes to one element the last is meant to stay. If another one does, the least is found all the same."""

    class Contrary(np.ndarray):
        """Lets the first of several writes to an element stay."""

        def __setitem__(self, index: object, value: object) -> None:
            if isinstance(index, np.ndarray) and isinstance(value, np.ndarray):
                index, value = index[::-1], value[::-1]
            super().__setitem__(index, value)  # type: ignore[no-untyped-call]

    made = Table.__init__

    def make(self: Table, numbered: bool) -> None:
        made(self, numbered)
        self._scratch = self._scratch.view(Contrary)

    monkeypatch.setattr(Table, "__init__", make)
    same_numpy(pipeline(*SIZES["tiny"]), Query(graph=True))


# -- limits ------------------------------------------------------------------------------------------------------------
def test_a_limit_that_chunks_end_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a chunk ends is not where a limit is looked at."""
    monkeypatch.setattr(engine, "CHUNK", 700)
    system = pipeline(*SIZES["S"])
    for states in range(1_000, 12_000, 1_500):
        same_numpy(system, Query(graph=True), Limits(states=states))


@pytest.mark.parametrize("graph", [False, True])
def test_short_memory_stops_the_search(monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    monkeypatch.setattr(budget, "UNASKED", 1 << 20)
    monkeypatch.setattr(budget, "available", lambda: budget.RESERVE + (4 << 20))
    result = NumpyEngine().explore(pipeline(*SIZES["M"]), Query(graph=graph))
    assert not result.complete
    assert result.stopped == "the memory of this machine"
    assert 0 < result.states < COUNTS["M"][0]
    path = result.ancestry(result.states - 1)
    assert (path[0], path[-1]) == (0, result.states - 1)
    assert result.column(1).shape == (result.states,)
    if result.graph is not None:
        assert result.graph.offsets[-1] == len(result.graph.targets) == len(result.graph.labels) == result.transitions


def test_no_memory_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "UNASKED", 1)
    monkeypatch.setattr(budget, "available", lambda: 0)
    with pytest.raises(EngineError) as caught:
        NumpyEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert caught.value.code == "DR501"


def test_more_states_than_can_be_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_STATES", 20_000)
    result = NumpyEngine().explore(pipeline(*SIZES["S"]), Query())
    assert result.stopped == "the numpy engine's limit of 20,000 states"
    assert not result.complete
