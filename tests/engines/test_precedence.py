"""Urgency and priorities as `Precedence` resolves them, against the oracle, which decides them on live machines by itself."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from drcheck import Component, System, compose, event, hours, on
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError
from drcheck.system.oracle import Oracle
from drcheck.system.precedence import Precedence, possible, undisturbed
from tests.support.engines import timed
from tests.support.generated import some
from tests.support.generators import Case, systems

MOST_STATES = 200


def assert_as_the_oracle(system: System) -> Counter[str]:
    """In each state, the events that happen are those of which the oracle has steps. Counts what was looked at."""
    events, oracle = system.events, Oracle(system)
    precedence, guards, free = Precedence(events), [possible(e) for e in events], undisturbed(events)
    found = PythonEngine().explore(system, Query(), Limits(states=MOST_STATES))
    seen = Counter[str]()
    for number in range(found.states):
        state = found.state(number)
        can = [oracle.holds(guard, state) for guard in guards]
        happens = list(precedence.happens(can, lambda those: not any(those), lambda a, b: a and b))
        assert happens == [a and oracle.holds(b, state) for a, b in zip(can, free, strict=True)]
        assert {n for n, yes in enumerate(happens) if yes} == {step.event for step in oracle.successors(state)}
        seen["held back"] += sum(can) - sum(happens)
        seen["happens"] += sum(happens)
        if not precedence:
            assert can == happens
    return seen


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("priorities", [(0, 0, 0), (1, 0, 0), (2, 1, 0), (-1, 0, 1), (0, -1, -2), (-1, -1, 0)])
def test_a_timed_system(urgent: bool, priorities: tuple[int, int, int]) -> None:
    seen = assert_as_the_oracle(timed(urgent, priorities))
    assert bool(seen["held back"]) is (urgent or priorities != (0, 0, 0))


def test_time_that_an_urgent_event_holds_back_holds_nothing_back_itself() -> None:
    """`hurry` is urgent and of a low priority: it holds time back, which would come before it and before `other`."""
    part = Component("part", ["a", "b"], transitions=[on("hurry", "a", "b"), on("other", "*"), on("tick", "*")])
    system = compose(
        "low", [part], events=[event("hurry", urgent=True, priority=-1), event("other", priority=-1)], tick=hours(1)
    )
    names = [event.name for event in system.events]
    steps = {names[step.event] for step in Oracle(system).successors(system.initial)}
    assert steps == {"hurry", "other"}
    assert_as_the_oracle(system)


def test_urgent_events_hold_nothing_back_where_there_is_no_time() -> None:
    part = Component("part", ["a"], transitions=[on("now", "a", urgent=True), on("later", "a")])
    assert not Precedence(compose("timeless", [part]).events)


@settings(max_examples=some(0.05), suppress_health_check=list(HealthCheck))
@given(systems())
def test_generated_systems(case: Case) -> None:
    try:
        system = case.build().system
    except ModelError:
        return
    assert_as_the_oracle(system)
