"""Coverage of guards, against every reachable state looked at one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from drcheck import Component, Integer, compose, on
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError, ModelError
from drcheck.language.expressions import Expression
from drcheck.reductions.form import SYMMETRY
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.system import State, System
from drcheck.verdicts.check import check
from drcheck.verdicts.coverage import GuardQuestions, _conditions, condition_text
from tests.support.generated import some
from tests.support.generators import Case, systems


def sending(*, redundant: bool) -> System:
    """A sender that stops for good; where it is `redundant`, sending asks twice whether there is room."""
    queue = Integer("queue", 0, 3)
    room = (queue < 3) & (queue != 3) if redundant else queue < 3
    sender = Component(
        "sender",
        ["on", "off"],
        variables=[queue],
        transitions=[
            on("send", "on", when=room, then={queue: queue + 1}),
            on("deliver", "*", when=queue > 0, then={queue: queue - 1}),
            on("stop", "on", "off", when=queue == 0),
            on("lose", "*", when=(queue > 1) & (queue < 1), then={queue: 0}),
        ],
    )
    return compose("sending", [sender])


def decided(system: System, limits: Limits = Limits()) -> dict[str, dict[str, bool]]:
    """For each event, its conditions and whether they decide."""
    (verdict, *_) = check(system, [], coverage=True, limits=limits)
    return {g.event.name: {c.text: c.decides for c in g.conditions} for g in verdict.run.guards}


def test_a_redundant_condition_never_decides() -> None:
    assert decided(sending(redundant=False))["send"] == {"sender = on": True, "sender.queue < 3": True}
    twice = decided(sending(redundant=True))["send"]
    # Each of the two says the same, so neither ever decides alone.
    assert twice == {"sender = on": True, "sender.queue < 3": False, "sender.queue != 3": False}


def test_why_a_guard_never_holds() -> None:
    (verdict, *_) = check(sending(redundant=False), [], coverage=True)
    lose = next(g for g in verdict.run.guards if g.event.name == "lose")
    assert (lose.holds, lose.idle) == (False, [])
    assert lose.never == "each condition is true at some time, but never all together"
    never = replace(lose, conditions=(replace(lose.conditions[0], holds=False), *lose.conditions[1:]))
    assert never.never == "never true: sender.queue > 1"


def test_a_search_that_stopped_early_has_seen_less() -> None:
    assert decided(sending(redundant=False), Limits(states=0))["send"] == {
        "sender = on": False,
        "sender.queue < 3": False,
    }


def test_with_reductions_it_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        check(sending(redundant=False), [], coverage=True, reductions=frozenset({SYMMETRY}))
    assert caught.value.code == "DR505"


def test_it_costs_no_verdict() -> None:
    plain, covered = (check(sending(redundant=True), [], coverage=c) for c in (False, True))
    assert [v.conclusion for v in plain] == [v.conclusion for v in covered]
    assert plain[0].run.guards == ()


@settings(
    max_examples=some(0.1), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(systems())
def test_every_engine_tells_what_the_states_tell(case: Case) -> None:
    try:
        system = case.build().system
    except ModelError:
        return
    asked = GuardQuestions(system, 0)
    query = Query(tuple(asked.watches))
    explored = PythonEngine().explore(system, query, Limits(states=2_000))
    if not explored.complete:
        return
    answer = asked.answer(explored.hits)
    for engine in (NumpyEngine(), NativeEngine()):
        assert asked.answer(engine.explore(system, query).hits) == answer
    states = [explored.state(n) for n in range(explored.states)]
    for guard, event in zip(answer, system.events, strict=True):
        common, held = _conditions(event.guard), False
        outcomes = len(event.alternatives) // len({way.chosen for way in event.alternatives})
        told: dict[object, tuple[bool, bool]] = {}  # what is said of a free choice is one condition for all its values
        for number, alternative in enumerate(event.alternatives):
            own = [] if alternative.guard is None else _conditions(alternative.guard, but=common)
            held |= any(all(_truths(system, state, [*common, *own])) for state in states)
            for these, whole in ((common, common), (own, [*common, *own])):
                if these is own or number == 0:
                    truths = [_truths(system, state, whole) for state in states]
                    first = len(whole) - len(these)
                    for i in range(first, len(whole)):
                        text = condition_text(whole[i]) if alternative.chosen and these is own else i
                        key = (these is own, number % outcomes if alternative.chosen else number, text)
                        before, seen = told.get(key, (False, False)), _seen(truths, i)
                        told[key] = (before[0] or seen[0], before[1] or seen[1])
        assert guard.holds == held
        assert [(c.decides, c.holds) for c in guard.conditions] == list(told.values())


def _truths(system: System, state: State, conditions: list[Expression]) -> list[bool]:
    environment = SystemEnvironment(system)
    environment.look_at(state)
    return [bool(condition.evaluate(environment)) for condition in conditions]


def _seen(truths: list[list[bool]], i: int) -> tuple[bool, bool]:
    """Whether condition i is the only one that is not true in some state, and whether it is true in some."""
    return any(not t[i] and sum(t) == len(t) - 1 for t in truths), any(t[i] for t in truths)
