"""Faults that were planted and that only long tests saw, each with a small test that sees it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from drcheck import Age, Boolean, Component, Counter, System, compose, hours, on
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.states.sleep import MOST, apart_of
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine, compile_function, generate
from tests.support.engines import equal, timed


# -- sleep sets that forget urgency or priorities -------------------------------------------------------------------------
def armed(*, urgent: bool = False, priority: int = 0) -> System:
    """Arming touches neither the clock nor the lamp, but what it makes possible goes before them."""
    age, x, lit = Age("age", cap=2), Boolean("x"), Boolean("lit")
    clock = Component("clock", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
    trap = Component(
        "trap",
        ["set"],
        variables=[x],
        transitions=[
            on("arm", "set", when=~x, then={x: True}),
            on("fire", "set", when=x, then={x: False}, urgent=urgent, priority=priority),
        ],
    )
    lamp = Component("lamp", ["there"], variables=[lit], transitions=[on("switch", "there", then={lit: ~lit})])
    return compose("armed", [clock, trap, lamp], tick=hours(1))


def lists_no_more_than_commute(system: System) -> int:
    """Ways that are apart: from no state does one change whether the other is possible, or where both lead."""
    successors = compile_function(generate(system), "successors", f"successors of {system.name}")
    found = PythonEngine().explore(system, Query(), Limits())
    first = [0]
    for event in system.events:
        first.append(first[-1] + len(event.alternatives))
    apart = apart_of(system).ravel().tolist()

    def ways(state: tuple[int, ...]) -> dict[int, object]:
        return {first[event] + way: target for event, way, target, _ in successors(state)}

    pairs = 0
    for state in map(found.state, range(found.states)):
        here = ways(state)
        for b, after in here.items():
            there = ways(after)  # type: ignore[arg-type]  # no value leaves its domain in these systems
            for a in range(min(first[-1], MOST)):
                if apart[2 * b] >> a & 1:
                    pairs += 1
                    assert (a in here) == (a in there), (system.name, state, a, b)
                    assert a not in here or there[a] == ways(here[a])[b]  # type: ignore[arg-type]
    return pairs


@pytest.mark.parametrize(
    "system",
    [
        armed(),
        armed(urgent=True),
        armed(priority=1),
        armed(priority=-1),
        armed(urgent=True, priority=1),
        *(timed(urgent, priorities) for urgent in (False, True) for priorities in ((0, 0, 0), (2, 1, 0), (0, 0, 1))),
    ],
    ids=range(11),
)
def test_what_is_apart_commutes_with_urgency_and_priorities_in_force(system: System) -> None:
    pairs = lists_no_more_than_commute(system)
    assert pairs or system.name == "timed"


def test_counts_with_ways_asleep_are_those_without() -> None:
    for system in (armed(urgent=True), armed(priority=1)):
        plain, native = (
            PythonEngine().explore(system, Query()),
            NativeEngine().explore(system, Query(), Limits(threads=1)),
        )
        assert (native.states, native.transitions, native.fired) == (plain.states, plain.transitions, plain.fired)


# -- a log of a system that begins elsewhere ----------------------------------------------------------------------------
def counting(start: int, initial: str = "up") -> System:
    n = Counter("n", cap=40, start=start)
    part = Component(
        "part",
        ["up", "down"],
        initial=initial,
        variables=[n],
        transitions=[
            on("more", "up", when=n < 40, then={n: n + 1}),
            on("less", "down", when=n > 0, then={n: n - 1}),
            on("turn", "up", "down"),
            on("turn", "down", "up"),
        ],
    )
    return compose("counting", [part])


@pytest.mark.parametrize("other", [counting(7), counting(3, "down")], ids=["variable", "state"])
def test_a_log_of_a_system_that_differs_only_in_its_initial_state_is_not_resumed(other: System, tmp_path: Path) -> None:
    engine = NativeEngine()
    engine.explore(counting(3), Query(), Limits(threads=1, log=tmp_path))
    (first,) = tmp_path.glob("*.log")
    before = first.read_bytes()
    found = engine.explore(other, Query(), Limits(threads=1, log=tmp_path))  # a search of its own, and no error
    equal(found, engine.explore(other, Query(), Limits(threads=1)))
    assert found.state(0) == other.initial
    assert first.read_bytes() == before
    assert len(list(tmp_path.glob("*.log"))) == 2
