"""Replay on the oracle: what is tried for a step, and that a step that is none is told."""

from __future__ import annotations

from collections import Counter as Tally
from itertools import pairwise

import pytest

from drcheck import Boolean, Component, Integer, compose, hours, on, outcome
from drcheck.errors import EngineError
from drcheck.system.oracle import Oracle
from drcheck.system.system import Event, State, System
from drcheck.system.trace import along


def journal(others: int, top: int) -> System:
    """A counter among events that only look."""
    x = Integer("x", 0, top)
    looks = [on(f"look{i}", "on", when=x >= 0) for i in range(others)]
    writes = on("write", "on", when=x < top, then={x: x + 1})
    return compose("journal", [Component("c", ["on"], variables=[x], transitions=[*looks, writes])])


def counted(monkeypatch: pytest.MonkeyPatch) -> Tally[str]:
    """How often each event is tried from now on."""
    tried: Tally[str] = Tally()
    steps = Oracle._steps

    def counting(self: Oracle, number: int, event: Event, target: State | None = None) -> list:
        tried[event.name] += 1
        return steps(self, number, event, target)

    monkeypatch.setattr(Oracle, "_steps", counting)
    return tried


def test_only_the_event_of_a_step_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    system = journal(40, 30)
    tried = counted(monkeypatch)
    trace = along(system, [(0, x) for x in range(31)])
    assert len(trace) == 30
    assert tried == {"write": 30}


def test_only_the_outcome_of_a_step_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nine components with three outcomes each, 19,683 together, the one that led there."""
    parts = [
        Component(
            f"c{i}", ["a", "b", "d"], transitions=[on("all", "*", outcomes=[outcome("a"), outcome("b"), outcome("d")])]
        )
        for i in range(9)
    ]
    system, made = compose("alternatives", parts), 0
    target = Oracle._target

    def counting(self: Oracle, *arguments: object) -> object:
        nonlocal made
        made += 1
        return target(self, *arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Oracle, "_target", counting)
    trace = along(system, [system.initial, (2, 1, 0, 2, 1, 0, 2, 1, 0)])
    assert (made, trace.steps[0].alternative) == (1, 15_897)


def test_of_several_events_the_first_is_taken() -> None:
    b = Boolean("b")
    system = compose(
        "two",
        [
            Component(
                "c",
                ["on"],
                variables=[b],
                transitions=[
                    on("early", "on", when=b, then={b: False}),
                    on("first", "on", then={b: ~b}),
                    on("second", "on", then={b: ~b}),
                ],
            )
        ],
    )
    assert [step.event.name for step in along(system, [(0, 0), (0, 1), (0, 0)]).steps] == ["first", "early"]


@pytest.mark.parametrize("urgent", [False, True])
def test_an_urgent_event_and_a_higher_one_forbid_a_step(urgent: bool) -> None:
    """A tick is no step while an urgent event is possible, and no event is one while a higher one is."""
    x, y = Integer("x", 0, 3), Integer("y", 0, 3)
    steps = [
        on("tick", "on", when=x < 3, then={x: x + 1}),
        on("must", "on", when=(x == 1) & (y == 0), then={y: 1}, **({"urgent": True} if urgent else {"priority": 1})),
        on("may", "on", when=y < 3, then={y: y + 1}),
    ]
    system = compose("urgent", [Component("c", ["on"], variables=[x, y], transitions=steps)], tick=hours(1))
    oracle = Oracle(system)
    for before in [(0, x, y) for x in range(4) for y in range(4)]:
        found = oracle.successors(before)
        for number in range(3):
            for after in [(0, x, y) for x in range(4) for y in range(4)]:
                assert oracle.steps_to(before, number, after) == [
                    s for s in found if (s.event, s.target) == (number, after)
                ]
    with pytest.raises(
        EngineError, match=r"\[DR502\] step 2 of a path of system urgent is not a step of the live machines"
    ):
        along(system, [(0, 0, 0), (0, 1, 0), (0, 2, 0)])


def test_an_event_that_lowering_says_writes_less_is_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle does not rely on what it is to check."""
    system = journal(3, 3)
    monkeypatch.setattr(Event, "writes", frozenset())
    states = [(0, 0), (0, 1), (0, 2)]
    assert [s.event.name for s in along(system, states).steps] == ["write"] * len(list(pairwise(states)))
