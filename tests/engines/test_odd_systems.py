"""Systems at the edges of what can be written: every engine answers them alike, in full and stopped at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from drcheck import Boolean, Component, Integer, System, compose, event, hours, if_else, on, outcome
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.system.lowering import lower
from tests.support.engines import equal, one


def counted(high: int) -> tuple[Integer, System]:
    x = Integer("x", 0, high)
    return x, one([x], [on("count", "on", when=x < high, then={x: x + 1})])


def no_bits() -> System:
    return one([Integer("x", 2, 2), Integer("y", -7, -7)], [on("go", "on"), on("stay", "on")])


def widest_cell() -> System:
    x = Integer("x", -(1 << 61), (1 << 61) - 1, 0)
    return one([x], [on("go", "on", when=x < (1 << 61) - 10, then={x: x + (1 << 60) - 3})])


def words(more: list) -> System:
    """Two cells of 32 bits, all of which are set in the end, and some switches."""
    a, b, most = Integer("a", 0, (1 << 32) - 1), Integer("b", 0, (1 << 32) - 1), (1 << 32) - 1
    steps = [on("a", "on", when=a < 3, then={a: a + 1}), on("b", "on", when=a == 3, then={b: most, a: most})]
    return one([a, b, *more], [*steps, *(on(f"flip_{v.name}", "on", then={v: ~v}) for v in more)])


def events(always: bool) -> System:
    x = Integer("x", 0, 400)
    return one(
        [x],
        [
            on(f"e{i}", "on", when=x < i if always else x == i, then={x: (x * 7 + i) % 401 if always else i + 1})
            for i in range(400)
        ],
    )


def alternatives() -> System:
    x = Integer("x", 0, 300)
    return one([x], [on("roll", "on", when=x < 100, outcomes=[outcome(None, {x: x + i}) for i in range(1, 201)])])


def dead_at_once() -> System:
    x = Integer("x", 0, 3)
    return one([x], [on("go", "on", when=x > 0, then={x: 0})])


def escapes_at_once(also: bool) -> System:
    """The first state has a step out of the domain of x; `also`: and one to another state."""
    x = Integer("x", 0, 3)
    return one(
        [x], [on("leap", "on", then={x: x + if_else(x == 0, 7, 0)}), *([on("go", "on", then={x: 2})] if also else [])]
    )


def all_urgent() -> System:
    x, y = Integer("x", 0, 30), Integer("y", 0, 5)
    steps = [on("a", "s", when=x < 30, then={x: x + 1}), on("b", "s", when=y < 5, then={y: y + 1})]
    part = Component("c", ["s"], variables=[x, y], transitions=steps)
    return compose("urgent", [part], events=[event("a", urgent=True), event("b", urgent=True)], tick=hours(1))


ODD: dict[str, Callable[[], System]] = {
    "no events": lambda: one([], []),
    "one state": lambda: one([Integer("x", 2, 2)], [on("go", "on")]),
    "no bits": no_bits,
    "a cell of 62 bits": widest_cell,
    "64 bits": lambda: words([]),
    "65 bits": lambda: words([Boolean("c")]),
    "400 events, one possible": lambda: events(False),
    "400 events, many possible": lambda: events(True),
    "200 alternatives": alternatives,
    "dead at once": dead_at_once,
    "only steps that escape": lambda: escapes_at_once(False),
    "escapes at once": lambda: escapes_at_once(True),
    "all urgent": all_urgent,
}
ENGINES = ("numpy", "native")


def assert_alike(name: str, system: System, query: Query) -> None:
    """With and without the graph, stopped and not, with one thread and with two."""
    for graph in (False, True):
        for states in (None, 0, 1):
            asked, limits = replace(query, graph=graph), Limits(states)
            expected = PythonEngine().explore(system, asked, limits)
            for threads in (1, 2) if name == "native" else (1,):
                equal(engine_named(name).explore(system, asked, replace(limits, threads=threads)), expected)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_systems(name: str, odd: str) -> None:
    assert_alike(name, ODD[odd](), Query())


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("watches", [63, 64, 65, 128, 129, 200])
def test_many_watches_and_maxima(name: str, watches: int) -> None:
    x, system = counted(250)
    conditions = tuple(lower(system, x == i * 7 % 260) for i in range(watches))
    assert_alike(name, system, Query(conditions, tuple(lower(system, -x - i) for i in range(70))))


@pytest.mark.parametrize("name", ENGINES)
def test_maxima_that_are_negative(name: str) -> None:
    x = Integer("x", -9, -2, -5)
    steps = [on("up", "on", when=x < -2, then={x: x + 1}), on("down", "on", when=x > -9, then={x: x - 1})]
    system = one([x], steps)
    assert_alike(name, system, Query((), (lower(system, x), lower(system, x * (1 << 40)))))
    found = engine_named(name).explore(system, Query((), (lower(system, x),)))
    assert found.maxima[0][0] == -2
