"""Engines held against each other: what two answers must have in common, and what a search that was stopped must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pytest

from drcheck.component import Component, on
from drcheck.composition import compose
from drcheck.explore import search
from drcheck.explore.bytecode import PythonEngine
from drcheck.explore.protocol import Exploration, Limits, Query
from drcheck.system import System
from drcheck.variables import Integer

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
        on("up_a", "on", when=a < high, then={a: a + 1}), on("down_a", "on", when=a > low, then={a: a - 1}),
        on("up_b", "on", when=b < high, then={b: b + 1}), on("down_b", "on", when=b > low, then={b: b - 1}),
    ]  # fmt: skip
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

        def exceeded(self, states: int) -> str | None:
            self.asked += 1
            return "the test" if self.asked > expanded else None

    with changed({(search, "LOOKS"): 1, (search, "Stopwatch"): Watch}):
        return PythonEngine().explore(system, query)


def assert_part_of_a_search(got: Exploration, query: Query) -> int:
    """A search that was stopped tells of the first states in canonical order, and of all of them; returns how many."""
    assert not got.complete
    assert got.stopped
    assert got.graph is not None
    expanded = len(got.graph.offsets) - 1
    equal(got, stopped_after(got.system, query, expanded))
    return expanded
