"""The native engine answers exactly what the python engine answers, and is what chooses itself for large systems."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest

from bench.pipeline import COUNTS, SIZES, disorder, pipeline
from drcheck.component import Component, on, outcome
from drcheck.composition import compose
from drcheck.durations import hours
from drcheck.errors import EngineError
from drcheck.explore import choose, memory
from drcheck.explore.bytecode import PythonEngine
from drcheck.explore.choose import AutoEngine, engine_named
from drcheck.explore.native import (
    code_cache,
    engine,
    found,
    kernels,
    layout,
    rows,
    store,
    table,
    tables,
)
from drcheck.explore.native.engine import NativeEngine
from drcheck.explore.native.jit import compile_text
from drcheck.explore.native.layout import layout_of
from drcheck.explore.native.memory import Region
from drcheck.explore.native.translate import signature
from drcheck.explore.protocol import Exploration, Limits, Progress, Query
from drcheck.expressions import all_of, any_of, if_else, maximum, minimum, total
from drcheck.system import System
from drcheck.variables import Age, Array, Boolean, Choice, Counter, Integer

SCALARS = ("states", "transitions", "depth", "complete", "hits", "maxima", "deadlocks", "deadlock", "fired", "escape")


def same(system: System, query: Query, limits: Limits = Limits()) -> Exploration:
    """Both engines' answers are equal in every part, however states are stored; the native one is returned."""
    expected = PythonEngine().explore(system, query, limits)
    for uncut in (0, layout.UNCUT):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layout, "UNCUT", uncut)
            got = NativeEngine().explore(system, query, limits)
            equal(got, expected)
    return got


def equal(got: Exploration, expected: Exploration) -> None:
    """Two answers on one system are equal in every part."""
    for name in SCALARS:
        assert getattr(got, name) == getattr(expected, name), name
    assert (got.stopped is None) == (expected.stopped is None)
    numbers = range(expected.states)
    assert [got.state(n) for n in numbers] == [expected.state(n) for n in numbers]
    assert [got.parent(n) for n in numbers] == [expected.parent(n) for n in numbers]
    for cell in range(len(expected.system.cells)):
        np.testing.assert_array_equal(got.column(cell), expected.column(cell))
    assert (got.graph is None) == (expected.graph is None)
    if got.graph is not None and expected.graph is not None:
        for part in ("offsets", "targets", "labels"):
            ours, theirs = getattr(got.graph, part), getattr(expected.graph, part)
            assert ours.dtype == theirs.dtype, part
            np.testing.assert_array_equal(ours, theirs)


def one(variables: list, transitions: list, states: tuple[str, ...] = ("on",), **more: object) -> System:
    """A system of one component."""
    return compose("sample", [Component("c", list(states), variables=variables, transitions=transitions)], **more)


# -- operators -----------------------------------------------------------------------------------------------------
def _walk(low: int, high: int) -> tuple[Integer, Integer, list]:
    """Two integers that take every pair of values, and the transitions that make them."""
    a, b = Integer("a", low, high, 0), Integer("b", low, high, 0)
    steps = [
        on("up_a", "on", when=a < high, then={a: a + 1}), on("down_a", "on", when=a > low, then={a: a - 1}),
        on("up_b", "on", when=b < high, then={b: b + 1}), on("down_b", "on", when=b > low, then={b: b - 1}),
    ]  # fmt: skip
    return a, b, steps


OPERATORS = {
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "times": lambda a, b: a * b,
    "floor_by_positive": lambda a, b: a // maximum(b, 1),
    "floor_by_negative": lambda a, b: a // minimum(b, -1),
    "floor_of_constant": lambda a, b: -17 // maximum(b, 2),
    "modulo_by_positive": lambda a, b: a % maximum(b, 1),
    "modulo_by_negative": lambda a, b: a % minimum(b, -1),
    "modulo_of_natural": lambda a, b: (a + 5) % 3 + (a + 5) // 3 * 10,
    "min_of_three": lambda a, b: minimum(a, b, a * b),
    "max_of_four": lambda a, b: maximum(a, b, a * b, 0 - a),
    "if": lambda a, b: if_else((a < b) & ~(a == 0), a * 7, b - 3),
    "nested": lambda a, b: if_else(((a < 0) | ~((b > 1) & (a != b))) & ~(a >= 4), 1, if_else(a <= b, 2, 3)),
    "boolean_comparison": lambda a, b: if_else((a < b) == (b > 1), 1, 0) + if_else((a < 0) != (b < 0), 10, 0),
    "boolean_if": lambda a, b: if_else(if_else(a < b, b > 0, a > 2), 1, 0),
    "membership": lambda a, b: if_else(a.is_in(-3, 1, b), 5, -5),
    "large": lambda a, b: (a * 1_000_000_007) * (b * 1_000_003) // 77_777 + (a * 1_000_000_007) % 1_234_567,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operator(name: str) -> None:
    a, b, steps = _walk(-5, 5)
    node = OPERATORS[name](a, b)
    system = one([a, b], steps)
    watches = tuple(system.lower(node == value) for value in range(-40, 41))
    result = same(system, Query(watches, (system.lower(node), system.lower(0 - node))))
    assert result.states == 121
    # Each operator's own Python meaning, state by state.
    for n in range(result.states):
        values = result.state(n)[1:]
        expected = _python(name, *values)
        assert result.maxima[0][0] >= expected >= -result.maxima[1][0]
        if -40 <= expected <= 40:
            hit = result.hits[expected + 40]
            assert hit is not None
            assert hit <= n


def _python(name: str, a: int, b: int) -> int:
    """The same operators on plain integers."""
    plain = {
        "plus": a + b, "minus": a - b, "times": a * b, "floor_by_positive": a // max(b, 1),
        "floor_by_negative": a // min(b, -1), "floor_of_constant": -17 // max(b, 2),
        "modulo_by_positive": a % max(b, 1), "modulo_by_negative": a % min(b, -1),
        "modulo_of_natural": (a + 5) % 3 + (a + 5) // 3 * 10, "min_of_three": min(a, b, a * b),
        "max_of_four": max(a, b, a * b, -a), "if": a * 7 if a < b and a != 0 else b - 3,
        "nested": 1 if (a < 0 or not (b > 1 and a != b)) and not a >= 4 else 2 if a <= b else 3,
        "boolean_comparison": int((a < b) == (b > 1)) + 10 * int((a < 0) != (b < 0)),
        "boolean_if": int(b > 0 if a < b else a > 2), "membership": 5 if a in (-3, 1, b) else -5,
        "large": (a * 1_000_000_007) * (b * 1_000_003) // 77_777 + (a * 1_000_000_007) % 1_234_567,
    }  # fmt: skip
    return plain[name]


@pytest.mark.parametrize("name", [n for n in OPERATORS if n != "large"])
def test_operator_in_guard_and_update(name: str) -> None:
    a, b, steps = _walk(-3, 3)
    value = OPERATORS[name](a, b)
    seen = Integer("seen", -500, 500, 0)
    system = one([a, b, seen], [*steps, on("look", "on", when=value % 3 == 1, then={seen: value})])
    same(system, Query((), (system.lower(seen),), graph=True))


def test_select_and_indexed_assignment() -> None:
    slots, at = Array("slot", Integer("value", -1, 2), 4), Integer("at", 0, 3)
    flags = Array("flag", Boolean("set"), 3)
    system = one(
        [slots, at, flags],
        [
            on("move", "on", then={at: (at + 1) % 4}),
            on("write", "on", when=slots[at] < 2, then={slots[at]: slots[at] + 1}),
            on("mark", "on", when=flags[minimum(at, 2)] == (slots[0] > 0), then={flags[minimum(at, 2)]: at == 1}),
            on("clear", "on", when=all_of(slots, lambda s: s == 2), then=dict.fromkeys(slots, -1)),
        ],
    )
    same(system, Query((system.lower(any_of(flags)),), (system.lower(total(slots)),), graph=True))


def test_enumerations_and_booleans() -> None:
    mode, other = Choice("mode", ["red", "green", "blue"]), Choice("other", ["red", "green", "blue"], "blue")
    flag = Boolean("flag", start=True)
    system = one(
        [mode, other, flag],
        [
            on("swap", "on", "off", then={mode: other, other: mode}),
            on("next", "off", "on", when=mode.is_in("red", "blue"), then={mode: if_else(flag, "green", other)}),
            on("flip", "*", when=(mode == other) == flag, then={flag: ~flag}),
            on("reset", "off", then={mode: "red", flag: mode != "red"}),
        ],
        states=("on", "off"),
    )
    same(system, Query((system.lower((mode == "blue") & ~flag),), (), graph=True))


# -- what a step can be --------------------------------------------------------------------------------------------
def test_outcomes() -> None:
    x, y = Integer("x", 0, 5), Integer("y", 0, 5)
    system = one(
        [x, y],
        [
            on("roll", "on", when=x < 5, outcomes=[outcome(None, {x: x + 1}), outcome("off", {y: x}), outcome("on")]),
            on("roll", "off", outcomes=[outcome("on", {y: 0})]),
        ],
        states=("on", "off"),
    )
    assert same(system, Query(graph=True)).deadlocks > 0


def test_outcomes_that_may_not_fit() -> None:
    left = Counter("left", cap=3, start=2, at_limit="refuse")
    more = Counter("more", cap=2, at_limit="saturate")
    system = one(
        [left, more],
        [on("take", "on", outcomes=[outcome(None, {left: left - 1, more: more + 1}), outcome(None, {left: left + 2})])],
    )
    same(system, Query(graph=True))


def test_escape_is_reported_and_is_no_edge() -> None:
    x, y = Integer("x", 0, 3), Integer("y", -2, 2)
    system = one([y, x], [on("down", "on", then={y: y - 1}), on("grow", "on", then={x: x + 1, y: y + 2})])
    result = same(system, Query(graph=True))
    assert result.escape is not None
    assert system.cells[result.escape.cell].name in ("c.x", "c.y")


def test_a_state_whose_only_step_escapes_is_no_deadlock() -> None:
    x = Integer("x", 0, 3)
    result = same(one([x], [on("grow", "on", then={x: x + 1})]), Query())
    assert result.deadlocks == 0
    assert result.escape is not None
    assert result.escape.state == 3


def test_deadlocks_are_counted() -> None:
    x = Integer("x", 0, 9)
    system = one([x], [on("a", "on", when=x < 4, then={x: x + 1}), on("b", "on", when=x < 4, then={x: x + 5})])
    result = same(system, Query())
    assert (result.deadlocks, result.deadlock) == (5, 2)


def test_a_system_without_steps() -> None:
    still = Integer("still", 0, 3, 2)
    result = same(one([still], []), Query((), (), graph=True))
    assert (result.states, result.transitions, result.deadlocks, result.deadlock) == (1, 0, 1, 0)
    fixed = Integer("fixed", 0, 3, 2)
    never = same(one([fixed], [on("never", "on", when=fixed > 3, then={fixed: 0})]), Query(graph=True))
    assert (never.states, never.fired) == (1, (0,))


def _timed(urgent: bool, priorities: tuple[int, int, int]) -> System:
    age, x, y = Age("age", cap=3), Integer("x", 0, 3), Integer("y", 0, 3)
    clock = Component("clock", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
    work = Component(
        "work", ["idle", "busy"], variables=[x, y],
        transitions=[
            on("begin", "idle", "busy", when=age > 1, urgent=urgent, priority=priorities[0]),
            on("finish", "busy", "idle", when=x < 3, then={x: x + 1}, priority=priorities[1]),
            on("other", "*", when=(y < 3) & (x != 2), then={y: y + 1}, priority=priorities[2]),
            on("tick", "idle"),
            on("tick", "busy", when=y > 1),
            on("restart", "*", when=(x == 3) & (y == 3), then={x: 0, y: 0}),
        ],
    )  # fmt: skip
    return compose("timed", [clock, work], tick=hours(1))


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("priorities", [(0, 0, 0), (1, 0, 0), (2, 1, -1), (0, 3, 3), (-1, 0, -1)])
def test_urgency_and_priorities(urgent: bool, priorities: tuple[int, int, int]) -> None:
    same(_timed(urgent, priorities), Query(graph=True))


def test_guard_too_long_to_evaluate_whole() -> None:
    a, b, steps = _walk(-2, 2)
    long = all_of([(a + i) * (b - i) % 7 != 3 for i in range(9)])
    steps += [on("rare", "on", when=(a == 1) & long & (b * b < 3), then={a: 0}, priority=1)]
    same(one([a, b], steps), Query(graph=True))


# -- width ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bits", [1, 63, 64, 65, 127, 128, 129, 200, 300])
def test_width(bits: int) -> None:
    """Independent switches far apart, with wide cells that never change between them."""
    switches = 5 if bits > 5 else bits
    variables: list = [Boolean(f"s{i}") for i in range(switches)]
    for i, rest in enumerate(range(bits - switches, 0, -31)):
        width = min(rest, 31)
        variables.insert(2 * i, Integer(f"wide{i}", -3, (1 << width) - 4, (1 << width) - 5 if width > 1 else -3))
    toggles = [v for v in variables if isinstance(v, Boolean)]
    wide = [v for v in variables if isinstance(v, Integer)]
    steps = [on(f"flip_{v.name}", "on", then={v: ~v}) for v in toggles]
    steps += [on(f"step_{v.name}", "on", when=v < v.high, then={v: v + 1}) for v in wide[:4]]
    system = one(variables, steps)
    assert system.bits == bits
    assert 0 <= layout_of(system).words - (bits + 63) // 64 <= 2
    same(system, Query(graph=True))


def test_a_cell_of_63_bits_and_cells_of_no_bits() -> None:
    big, fixed = Integer("big", -(1 << 61), (1 << 61), -(1 << 61)), Integer("fixed", 7, 7)
    system = one(
        [fixed, big],
        [on("jump", "on", when=big < 0, then={big: big + (1 << 60)}), on("same", "on", then={fixed: fixed + 0})],
    )
    assert same(system, Query((), (system.lower(big + fixed),))).maxima[0][0] == 7


# -- size ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["tiny", "S"])
def test_pipeline_counts(size: str) -> None:
    system = pipeline(*SIZES[size])
    result = NativeEngine().explore(system, disorder(system))
    assert (result.states, result.transitions) == COUNTS[size]
    assert result.complete
    assert result.hits == (None,)


def test_pipeline_in_full() -> None:
    system = pipeline(*SIZES["tiny"])
    lost = system.component("pipeline").variable("lost")
    same(system, Query((system.lower(lost == 1),), (system.lower(lost),), graph=True))


@pytest.mark.parametrize("uncut", [0, 1])
def test_growth_of_tables_rows_and_edges(monkeypatch: pytest.MonkeyPatch, uncut: int) -> None:
    """Started far too small, everything grows many times, and the answer is the same."""
    system = pipeline(*SIZES["S"])
    expected = NativeEngine().explore(system, Query(graph=True))
    monkeypatch.setattr(layout, "UNCUT", uncut)
    for module, names in (
        (store, ("FIRST_EDGES", "FIRST_RING", "FIRST_NOTES", "FIRST_HALF_BITS")),
        (tables, ("FIRST_LINES", "FIRST_ROWS", "FIRST_HALF_WIDTH")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, 1)
    got = NativeEngine().explore(system, Query(graph=True))
    assert (got.states, got.transitions, got.depth) == (expected.states, expected.transitions, expected.depth)
    assert expected.graph is not None
    assert got.graph is not None
    np.testing.assert_array_equal(got.graph.targets, expected.graph.targets)
    np.testing.assert_array_equal(got.graph.offsets, expected.graph.offsets)
    assert all(got.parent(n) == expected.parent(n) for n in range(0, got.states, 997))


@pytest.mark.parametrize("bits", [20, 27, 31])
def test_numbers_of_halves_of_any_width(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    """From 64-bit slots, as there are with many halves, to 32-bit slots as the table grows."""
    system = pipeline(2, 1, 1, 1)
    expected = NativeEngine().explore(system, Query())
    monkeypatch.setattr(layout, "UNCUT", 0)
    monkeypatch.setattr(store, "FIRST_HALF_BITS", bits)
    monkeypatch.setattr(tables, "FIRST_LINES", 1)
    equal(NativeEngine().explore(system, Query()), expected)


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kernels are compiled anew, with whatever constants the test sets."""
    monkeypatch.setenv("DRCHECK_CACHE", "")
    kernels.search_code.cache_clear()
    yield
    kernels.search_code.cache_clear()


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("constant", [0, 1 << 40])
def test_a_bad_hash_of_halves_is_slow_but_not_wrong(monkeypatch: pytest.MonkeyPatch, constant: int) -> None:
    """With every half in one slot and under one tag, only the full comparison tells halves apart."""
    monkeypatch.setattr(rows, "SEED", 0)
    monkeypatch.setattr(rows, "MIX", constant)
    same(pipeline(*SIZES["tiny"]), Query(graph=True))


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("graph", [False, True])
def test_bad_mixing_is_slow_but_not_wrong(monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    """Keys that are not mixed at all crowd a few lines, and many entries end up in the stash."""
    for name in ("FIRST_FACTOR", "SECOND_FACTOR", "FIRST_INVERSE", "SECOND_INVERSE"):
        monkeypatch.setattr(table, name, 1)
    monkeypatch.setattr(tables, "FURTHEST", 1)
    same(pipeline(*SIZES["tiny"]), Query(graph=graph))


def test_mixing_is_a_bijection() -> None:
    random = np.random.default_rng(0)
    for bits in range(1, 65):
        mask, shift = (1 << bits) - 1, (bits + 1) // 2
        for key in {0, mask, *(int(k) & mask for k in random.integers(0, 1 << 64, 20, np.uint64))}:
            mixed = table.mix(key, mask, shift)
            assert 0 <= mixed <= mask
            assert table.unmix(mixed, mask, shift) == key
    for bits in (1, 2, 5, 8):
        assert len({table.mix(k, (1 << bits) - 1, (bits + 1) // 2) for k in range(1 << bits)}) == 1 << bits


def test_tags_are_scanned_alike_in_python_and_on_vectors() -> None:
    parameters = [p if p == "word" else "ptr" for p in signature(rows.scan_tags)]
    code = compile_text(rows.SCAN_TAGS.replace("define internal", "define"), 0).declare({"scan_tags": parameters})
    random = np.random.default_rng(0)
    region = Region(4 * 64)
    for width in (7, 18, 31):
        slots = region.array(np.uint32, 64)
        slots[:] = random.integers(0, 1 << 32, 64) & (0b11 << 30 | 0b11)
        for line in range(4):
            for tag in (0, 1 << 31, 3 << 30):
                tag = tag >> width << width
                expected = rows.scan_tags(slots.tolist(), line, tag, width)
                assert code["scan_tags"](region.address, line, tag, width) == expected


@pytest.mark.parametrize("bits", [32, 64])
def test_a_line_is_scanned_alike_in_python_and_on_vectors(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    parameters = [p if p == "word" else "ptr" for p in signature(table.scan)]
    code = compile_text(table.scan_code(bits).replace("define internal", "define"), 0).declare({"scan": parameters})
    monkeypatch.setattr(table, "LINE", 512 // bits)
    region = Region(4 * 64)
    slots = region.array(np.uint32 if bits == 32 else np.uint64, 4 * table.LINE)
    slots[:] = np.random.default_rng(0).integers(0, 4, 4 * table.LINE)
    for line in range(4):
        for wanted in range(4):
            assert code["scan"](region.address, line, wanted) == table.scan(slots.tolist(), line, wanted)


def test_what_was_found_is_told_alike_from_the_record_and_from_states() -> None:
    """Large searches make states again one by one, small ones all at once."""
    system = pipeline(*SIZES["S"])
    one, all_ = (NativeEngine().explore(system, Query()) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "SMALL_WORDS", 0)
        numbers = [0, 1, 2, 1023, 1024, 1025, 77_777, one.states - 1]
        states = [one.state(n) for n in numbers]
    assert states == [all_.state(n) for n in numbers]


# -- threads -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("uncut", [0, 1])
def test_the_answer_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch, graph: bool, uncut: int) -> None:
    """Several threads take part from the first states on, and everything is numbered as by one."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(tables, "RANGE", 1 << 6)  # tables are widened by several threads, too
    monkeypatch.setattr(tables, "FURTHEST", 8)
    system = pipeline(2, 1, 1, 1)
    lost = system.component("pipeline").variable("lost")
    query = Query((system.lower(lost == 1), *disorder(system).watches), (system.lower(lost),), graph=graph)
    for states in (None, 20_000):
        expected = NativeEngine().explore(system, query, Limits(states, threads=1))
        with monkeypatch.context() as patch:
            patch.setattr(engine, "HELP", 1)
            for threads in (2, 3, 7):
                equal(NativeEngine().explore(system, query, Limits(states, threads=threads)), expected)


def test_threads_never_wait_for_each_other_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deposit that is made while another thread stops entering deposits is seen by one of the two."""
    monkeypatch.setattr(engine, "HELP", 1)
    system = pipeline(*SIZES["S"])
    for _ in range(30):
        assert NativeEngine().explore(system, Query(), Limits(seconds=30, threads=2)).complete


# -- machine code that is kept -------------------------------------------------------------------------------------
def test_machine_code_is_kept_and_found_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    code_cache.store("a.o", b"content")
    assert code_cache.load("a.o") == b"content"
    assert code_cache.load("b.o") is None
    assert [f.name for f in (tmp_path / "cache").iterdir()] == ["a.o"]


def test_damaged_code_is_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path))
    tmp_path.chmod(0o700)
    code_cache.store("a.o", b"content")
    for damaged in (b"", b"short", (tmp_path / "a.o").read_bytes()[:-1]):
        (tmp_path / "a.o").write_bytes(damaged)
        assert code_cache.load("a.o") is None


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path))
    tmp_path.chmod(0o777)
    code_cache.store("a.o", b"content")
    assert code_cache.load("a.o") is None
    assert not list(tmp_path.iterdir())


def test_without_a_folder_everything_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("", str(tmp_path / "file" / "below")):
        monkeypatch.setenv("DRCHECK_CACHE", place)
        kernels.search_code.cache_clear()
        assert NativeEngine().explore(pipeline(*SIZES["tiny"]), Query()).states == COUNTS["tiny"][0]


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(code_cache, "MOST_FILES", 3)
    for i in range(6):
        code_cache.store(f"{i}.o", b"content")
        os.utime(tmp_path / "cache" / f"{i}.o", (i, i))
    assert sorted(f.name for f in (tmp_path / "cache").iterdir()) == ["3.o", "4.o", "5.o"]


# -- limits --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("states", [0, 1, 500, 2_000, 5_000, 50_000, 1_000_000])
def test_limit_of_states(states: int) -> None:
    system = pipeline(*SIZES["S"])
    lost = system.component("pipeline").variable("lost")
    query = Query((system.lower(lost == 1),), (system.lower(lost),), graph=True)
    if states < 50_000:
        same(system, query, Limits(states=states))
        return
    expected, got = (e.explore(system, query, Limits(states=states)) for e in (PythonEngine(), NativeEngine()))
    assert all(getattr(expected, name) == getattr(got, name) for name in (*SCALARS, "stopped"))


def test_limit_of_seconds() -> None:
    result = NativeEngine().explore(pipeline(*SIZES["L"]), Query(), Limits(seconds=0.3))
    assert not result.complete
    assert result.stopped is not None
    assert "0.3 seconds" in result.stopped
    assert result.seconds < 3
    assert result.state(result.states - 1)
    assert result.parent(result.states - 1) < result.states


@pytest.mark.parametrize("graph", [False, True])
def test_short_memory_stops_the_search(monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    left = chain([8 << 30] * 3, repeat(0))
    monkeypatch.setattr(memory, "available", lambda: next(left))
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query(graph=graph))
    assert not result.complete
    assert result.stopped == "the memory of this machine"
    assert 0 < result.states < COUNTS["M"][0]
    path = result.ancestry(result.states - 1)
    assert (path[0], path[-1]) == (0, result.states - 1)


def test_memory_that_cannot_be_had_stops_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    grow = Region.grow

    def limited(region: Region, size: int) -> None:
        if size >= 8 << 20:
            raise OSError(12, "Cannot allocate memory")
        grow(region, size)

    monkeypatch.setattr(Region, "grow", limited)
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query())
    assert (result.complete, result.stopped) == (False, "the memory of this machine")
    assert result.state(result.states - 1)


def test_without_addresses_to_reserve_memory_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "physical", lambda: 0)
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query())
    assert (result.states, result.transitions) == COUNTS["M"]


def test_no_memory_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(size: int) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(Region, "_new", staticmethod(none))
    with pytest.raises(EngineError) as caught:
        NativeEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert caught.value.code == "DR501"


def test_available_memory_is_known_or_not() -> None:
    left = memory.available()
    assert left is None or left > 0


def test_interrupt_by_signal() -> None:
    """Ctrl-C ends a long search at once, and what was found is told."""
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    result = NativeEngine().explore(pipeline(*SIZES["G"]), Query(), Limits(seconds=20))
    assert time.monotonic() - began < 5
    assert (result.complete, result.stopped) == (False, "an interrupt")
    assert result.states > 1


def test_progress_is_told() -> None:
    told: list[Progress] = []
    NativeEngine().explore(pipeline(*SIZES["M"]), Query(), listener=told.append)
    assert told
    assert [p.states for p in told] == sorted(p.states for p in told)


def test_a_listener_can_interrupt() -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    result = NativeEngine().explore(pipeline(*SIZES["L"]), Query(), listener=interrupt)
    assert (result.complete, result.stopped) == (False, "an interrupt")


# -- choice --------------------------------------------------------------------------------------------------------
def test_engines_by_name() -> None:
    assert [engine_named(n).name for n in choose.ENGINES] == list(choose.ENGINES)
    with pytest.raises(EngineError) as caught:
        engine_named("nativ")
    assert caught.value.code == "DR501"
    assert "did you mean 'native'?" in str(caught.value)


def test_a_small_system_is_answered_in_python() -> None:
    result = AutoEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert (result.engine, result.states) == ("python", COUNTS["tiny"][0])


def test_a_larger_system_is_answered_natively() -> None:
    result = AutoEngine().explore(pipeline(*SIZES["S"]), Query())
    assert (result.engine, result.states, result.transitions) == ("native", *COUNTS["S"])


def test_auto_keeps_the_callers_limits() -> None:
    system = pipeline(*SIZES["S"])
    few, many = (AutoEngine().explore(system, Query(), Limits(states=n)) for n in (3_000, 30_000))
    assert [few.engine, many.engine] == ["python", "native"]
    assert few.stopped == "the limit of 3,000 states"
    assert many.stopped == "the limit of 30,000 states"


def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    assert not NativeEngine.available()
    with pytest.raises(EngineError) as caught:
        NativeEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert caught.value.code == "DR501"
    assert "numpy engine" in caught.value.remedy
    assert AutoEngine().explore(pipeline(*SIZES["S"]), Query()).engine == "numpy"


def test_a_small_answer_imports_no_compiler() -> None:
    code = (
        "import sys; from bench.pipeline import *; from drcheck.explore.choose import AutoEngine;"
        "s = pipeline(*SIZES['tiny']); r = AutoEngine().explore(s, disorder(s));"
        "print(r.states, sorted({'numba', 'llvmlite', 'networkx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2460 []"
