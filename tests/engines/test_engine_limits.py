"""Limits, interrupts and progress: the same of every engine that answers large systems."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from bench.pipeline import SIZES, pipeline
from drcheck.engines.choose import engine_named
from drcheck.engines.plain_search import OVERRUN, states_looks
from drcheck.engines.protocol import Limits, Progress, Query
from drcheck.engines.python import PythonEngine
from drcheck.language.component import Component, on, outcome
from drcheck.language.variables import Integer
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.system import System
from tests.support.engines import SCALARS, WAYS, equal, one

each = pytest.mark.parametrize("name", WAYS)


@each
@pytest.mark.parametrize("states", [0, 1, 500, 2_000, 5_000, 50_000, 109_024, 109_025, 1_000_000])
def test_limit_of_states(name: str, states: int) -> None:
    system = pipeline(*SIZES["S"])
    lost = system.component("pipeline").variable("lost")
    query = Query((lower(system, lost == 1),), (lower(system, lost),), graph=True)
    if states < 50_000:
        WAYS[name](system, query, Limits(states=states))
        return
    expected, got = (e.explore(system, query, Limits(states=states)) for e in (PythonEngine(), engine_named(name)))
    assert all(getattr(expected, name) == getattr(got, name) for name in (*SCALARS, "stopped"))


@each
def test_limit_of_seconds(name: str) -> None:
    result = engine_named(name).explore(pipeline(*SIZES["L"]), Query(), Limits(seconds=0.3))
    assert not result.complete
    assert result.stopped is not None
    assert "0.3 seconds" in result.stopped
    assert result.seconds < 3
    assert result.state(result.states - 1)
    assert result.parent(result.states - 1) < result.states


@each
def test_interrupt_by_signal(name: str) -> None:
    """Ctrl-C ends a long search at once, and what was found is told."""
    system = pipeline(*SIZES["G"])
    engine_named(name).explore(system, Query(), Limits(states=1))  # makes the machine code, which may take its time
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    result = engine_named(name).explore(system, Query(), Limits(seconds=20))
    assert time.monotonic() - began < 5
    assert (result.complete, result.stopped) == (False, "an interrupt")
    assert result.states > 1


@each
def test_progress_is_told(name: str) -> None:
    told: list[Progress] = []
    engine_named(name).explore(pipeline(*SIZES["M"]), Query(), Limits(states=3_000_000), listener=told.append)
    assert told
    assert [p.states for p in told] == sorted(p.states for p in told)
    assert [p.depth for p in told] == sorted(p.depth for p in told)


@each
def test_a_listener_can_interrupt(name: str) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    result = engine_named(name).explore(pipeline(*SIZES["L"]), Query(), listener=interrupt)
    assert (result.complete, result.stopped) == (False, "an interrupt")


@each
@pytest.mark.parametrize("states", [500, 1_000, 2_000, 3_000])
def test_a_limit_where_a_level_ends(name: str, states: int) -> None:
    """State 1,024, before which the limit is looked at, is the first of its level; so is state 2,048."""
    v = Integer("v", 0, 8_191)
    steps = [
        on("first", "on", when=v == 0, then={v: 1}),
        on("left", "on", when=(v > 0) & (v < 4_096), then={v: 2 * v}),
        on("right", "on", when=(v > 0) & (v < 4_096), then={v: 2 * v + 1}),
    ]
    system, limits = one([v], steps), Limits(states=states)
    expected, got = (e.explore(system, Query(graph=True), limits) for e in (PythonEngine(), engine_named(name)))
    equal(got, expected)


def wide(parts: int, steps: int = 2) -> System:
    """So many counters that each state has as many steps."""
    made = []
    for i in range(parts):
        n = Integer("n", 0, steps)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", when=n < steps, then={n: n + 1})])
        )
    return compose("wide", made)


@each
def test_a_limit_of_states_is_kept_however_many_steps_states_have(name: str) -> None:
    """By a few thousand states at most, and by every engine at the same place."""
    system, limits = wide(100), Limits(states=(states := 3_000))
    expected, got = (e.explore(system, Query(graph=True), limits) for e in (PythonEngine(), engine_named(name)))
    equal(got, expected)
    assert states < got.states <= states + OVERRUN


@each
def test_a_limit_of_states_is_kept_where_a_state_has_more_steps_than_it_allows(name: str) -> None:
    parts = [
        Component(
            f"c{i}", ["a", "b", "d"], transitions=[on("all", "*", outcomes=[outcome("a"), outcome("b"), outcome("d")])]
        )
        for i in range(5)
    ]
    system, limits = compose("alternatives", parts), Limits(states=10)
    expected, got = (e.explore(system, Query(graph=True), limits) for e in (PythonEngine(), engine_named(name)))
    equal(got, expected)
    assert (got.states, got.transitions) == (3**5, 16 * 3**5)


def test_how_often_limits_are_looked_at() -> None:
    assert [states_looks(wide(parts, 1)) for parts in (1, 4, 5, 16, 17, 64, 500, 1500)] == [
        1024,
        1024,
        512,
        256,
        128,
        64,
        8,
        2,
    ]
