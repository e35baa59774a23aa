"""Engines held against each other: what two answers must have in common, and what a search that was stopped must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pytest

from drcheck.engines import layout, plain_search
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.numpy import engine, packing, steps, table
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.language.component import Component, on
from drcheck.language.durations import hours
from drcheck.language.variables import Age, Integer
from drcheck.system.composition import compose
from drcheck.system.system import System

SCALARS = ("states", "transitions", "depth", "complete", "hits", "maxima", "deadlocks", "deadlock", "fired", "escape")
Same = Callable[..., Exploration]
"""Asks an engine in all its ways, holds it against the python engine, and gives one of its answers."""


def one(variables: list, transitions: list, states: tuple[str, ...] = ("on",), **more: object) -> System:
    """A system of one component."""
    return compose("sample", [Component("c", list(states), variables=variables, transitions=transitions)], **more)


def walk(low: int, high: int) -> tuple[Integer, Integer, list]:
    """Two integers that take every pair of values, and the transitions that make them."""
    a, b = Integer("a", low, high, 0), Integer("b", low, high, 0)
    steps = [
        on("up_a", "on", when=a < high, then={a: a + 1}),
        on("down_a", "on", when=a > low, then={a: a - 1}),
        on("up_b", "on", when=b < high, then={b: b + 1}),
        on("down_b", "on", when=b > low, then={b: b - 1}),
    ]
    return a, b, steps


def equal(got: Exploration, expected: Exploration) -> None:
    """Two answers on one system are equal in every part."""
    names = f"{got.engine} and {expected.engine}"
    for name in SCALARS:
        assert getattr(got, name) == getattr(expected, name), f"{names} disagree on {name}"
    assert (got.stopped is None) == (expected.stopped is None)
    numbers = range(expected.states)
    assert [got.state(n) for n in numbers] == [expected.state(n) for n in numbers], f"{names} disagree on the states"
    assert [got.parent(n) for n in numbers] == [expected.parent(n) for n in numbers], f"{names} disagree on parents"
    for cell in range(len(expected.system.cells)):
        np.testing.assert_array_equal(got.column(cell), expected.column(cell), f"{names} disagree on column {cell}")
    assert (got.graph is None) == (expected.graph is None)
    if got.graph is not None and expected.graph is not None:
        for part in ("offsets", "targets", "labels"):
            ours, theirs = getattr(got.graph, part), getattr(expected.graph, part)
            assert ours.dtype == theirs.dtype, part
            np.testing.assert_array_equal(ours, theirs, f"{names} disagree on the graph's {part}")


def timed(urgent: bool, priorities: tuple[int, int, int]) -> System:
    age, x, y = Age("age", cap=3), Integer("x", 0, 3), Integer("y", 0, 3)
    clock = Component("clock", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
    work = Component(
        "work",
        ["idle", "busy"],
        variables=[x, y],
        transitions=[
            on("begin", "idle", "busy", when=age > 1, urgent=urgent, priority=priorities[0]),
            on("finish", "busy", "idle", when=x < 3, then={x: x + 1}, priority=priorities[1]),
            on("other", "*", when=(y < 3) & (x != 2), then={y: y + 1}, priority=priorities[2]),
            on("tick", "idle"),
            on("tick", "busy", when=y > 1),
            on("restart", "*", when=(x == 3) & (y == 3), then={x: 0, y: 0}),
        ],
    )
    return compose("timed", [clock, work], tick=hours(1))


@contextmanager
def changed(constants: Mapping[tuple[object, str], object]) -> Iterator[None]:
    """Other values of some modules' constants."""
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), value in constants.items():
            patch.setattr(module, name, value)
        yield


def stopped_after(system: System, query: Query, expanded: int) -> Exploration:
    """What the plain search answers when it is stopped after so many states, at whatever place that is."""

    class Watch:
        """Says stop when it is asked for the one time more; it is asked before each state."""

        def __init__(self, limits: Limits) -> None:
            self.asked, self.seconds = 0, 0.0

        def exceeded(self, states: int, more: int = 0) -> str | None:
            self.asked += 1
            return "the test" if self.asked > expanded else None

    with changed({(plain_search, "LOOKS"): 1, (plain_search, "Stopwatch"): Watch}):
        return PythonEngine().explore(system, query)


def assert_part_of_a_search(got: Exploration, query: Query) -> int:
    """A search that was stopped tells of the first states in canonical order, and of all of them; returns how many."""
    assert not got.complete
    assert got.stopped
    assert got.graph is not None
    expanded = len(got.graph.offsets) - 1
    equal(got, stopped_after(got.system, query, expanded))
    return expanded


# -- engines, however they store states ----------------------------------------------------------------------------------
STORED: dict[str, dict[tuple[object, str], int]] = {
    "as it is": {},
    "in words of 8 bits, one participant after the other": {(packing, "WORD"): 8, (steps, "PRODUCT"): 1},
    "in tiny chunks": {
        (engine, "CHUNK"): 3,
        (engine, "LEAST"): 2,
        (steps, "MOST_STEPS"): 5,
        (steps, "PRODUCT"): 1,
        (table, "BATCH"): 2,
        (table, "FIRST_WIDTH"): 1,
        (table, "FIRST_ROOM"): 1,
        (packing, "WORD"): 20,
    },
}
"""Ways of the numpy engine to store states and to cut the work."""


def same_numpy(system: System, query: Query, limits: Limits = Limits()) -> Exploration:
    """Both engines' answers are equal in every part, however states are stored; the numpy one is returned."""
    expected = PythonEngine().explore(system, query, limits)
    # The place where limits hold is a constant of the search, so it is varied only where there are none.
    ways = list(STORED) if limits == Limits() else list(STORED)[:2]
    for way in reversed(ways):
        with changed({k: v for k, v in STORED[way].items() if k[1] != "WORD" or v >= _widest(system)}):
            got = NumpyEngine().explore(system, query, limits)
            equal(got, expected)
    return got


def _widest(system: System) -> int:
    return max(cell.domain.bits for cell in system.cells)


def same_native(system: System, query: Query, limits: Limits = Limits()) -> Exploration:
    """Both engines' answers are equal in every part, however states are stored; the native one is returned."""
    expected = PythonEngine().explore(system, query, limits)
    for uncut in (0, layout.UNCUT):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layout, "UNCUT", uncut)
            got = NativeEngine().explore(system, query, limits)
            equal(got, expected)
    return got


WAYS: dict[str, Same] = {"numpy": same_numpy, "native": same_native}
