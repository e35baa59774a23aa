"""A promise asked along a path, which is cut where it first breaks it, or goes on by the shortest way to break it from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from drcheck.answers.turning import waited_since, where_shown
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import PropertyError
from drcheck.logic.formulas import holds_on
from drcheck.logic.kinds import CanAlways, LeadsTo, Ltl, Property
from drcheck.logic.observing import with_observers
from drcheck.logic.properties import reachable
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.path_text import followed, path_of
from drcheck.system.system import State, begun_with, composed
from drcheck.system.trace import Trace
from drcheck.telling.reasons import Reasons
from drcheck.verdicts.check import check
from drcheck.verdicts.grounds import steps
from drcheck.verdicts.verdict import Conclusion, Verdict

Asked = Callable[[State, Property], Verdict]
"""Decides a property from a state on."""


def along(
    path: Trace,
    item: Property,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Listener | None = None,
) -> Verdict:
    """The verdict on a property of the executions that begin as a path does, with the trace from the initial state on.

    A cycle is taken as it is, where it breaks the property; its fairness is not asked. What a formula of temporal logic says of a
    path depends on all that follows: PropertyError DR323. Raises the errors of `check`.
    """
    item = item if item.written is None else item.written
    joined, (made,) = with_observers(composed(path.system), [item])
    trace = replace(followed(path_of(path), joined).trace, loop=path.loop, shortest=False)

    def asked(state: State, question: Property) -> Verdict:
        begun = begun_with(joined, [state])
        return check(begun, [question], engine=engine, limits=limits, listener=listener)[1]

    if trace.loop is not None:
        return _of_cycle(trace, made)
    if isinstance(made, Ltl) and len(trace):
        raise _refused(made, "it speaks of whole executions, and a path is none")
    trace = _cut(trace, _first(trace, made, asked))
    question = _question(trace, made)
    verdict = asked(trace.states[-1], question)
    if question is not made and verdict.conclusion is not Conclusion.VIOLATED:
        verdict = asked(trace.states[-1], made)
    run = replace(verdict.run, system=joined, exploration=verdict.run.exploration.without_states())
    if verdict.trace is None:
        return replace(verdict, property=made, run=run)
    more = verdict.trace
    loop = None if more.loop is None else more.loop + len(trace)
    marks = {number + len(trace): said for number, said in more.marks.items()}
    whole = Trace(joined, (*trace.steps, *more.steps), loop, marks, trace.root, shortest=False)
    return replace(verdict, property=made, run=run, trace=whole)


def _cut(trace: Trace, state: int) -> Trace:
    return replace(trace, steps=trace.steps[:state])


def _first(trace: Trace, item: Property, asked: Asked) -> int:
    """The number of the first state that shows the property, or of the last one."""
    last, states = len(trace.states) - 1, trace.states
    if isinstance(item, CanAlways):
        return _lost(states, item, trace, asked)
    where = where_shown(trace.system, item)
    return last if where is None else next((n for n, s in enumerate(states) if Reasons(s).value(where)), last)


def _lost(states: Sequence[State], item: CanAlways, trace: Trace, asked: Asked) -> int:
    """The first state from which the goal cannot be reached and for which that is promised, or the last one."""
    last = len(states) - 1
    assert item.condition is not None
    goal = replace(reachable(item.condition), written=item.written)

    def is_lost(number: int) -> bool:
        return asked(states[number], goal).conclusion is Conclusion.VIOLATED

    if not is_lost(last):
        return last
    low, high = 0, last  # what is lost stays lost
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_lost(middle) else (middle + 1, high)
    trigger = None if item.trigger is None else lower(trace.system, item.trigger)
    return next((n for n in range(low, last + 1) if trigger is None or Reasons(states[n]).value(trigger)), last)


def _question(trace: Trace, item: Property) -> Property:
    """What is asked of the last state: where a goal is waited for already, whether it comes."""
    if isinstance(item, LeadsTo) and item.trigger is not None and waited_since(trace, item) is not None:
        return replace(item, trigger=None)
    return item


def _of_cycle(trace: Trace, item: Property) -> Verdict:
    """The verdict that a cycle gives."""
    oracle, states = Oracle(trace.system), trace.states[:-1]
    assert trace.loop is not None
    if isinstance(item, Ltl) and item.condition is not None:
        broken = not holds_on(item.condition, len(states), trace.loop, lambda atom, n: oracle.holds(atom, states[n]))
    else:
        broken = isinstance(item, LeadsTo) and waited_since(trace, item) is not None
    if not broken:
        raise _refused(item, "the cycle of the trace does not break it")
    found = check(trace.system, [item], engine="python", limits=Limits(states=1))[1]  # for what else a verdict holds
    run = replace(found.run, exploration=found.run.exploration.without_states())
    reason = f"broken by an execution with a cycle of {steps(len(trace) - trace.loop)}"
    return replace(
        found, conclusion=Conclusion.VIOLATED, reason=reason, run=run, trace=trace, value=None, vacuous=None, needs=None
    )


def _refused(item: Property, why: str) -> PropertyError:
    return PropertyError(
        "DR323",
        f"{item.name or item.formula()} cannot be asked along this path: {why}",
        place=item.place,
        remedy="ask why of the verdict on it, without a path",
    )


__all__ = ["along"]
