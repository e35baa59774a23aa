"""The way back from a bad state: whether there is one, whether people are needed on it, and by which steps.

From one state, two searches without any further fault: first without what operators do, then with it. The first that reaches a
state in which all is well again gives a shortest way there; if none does, the search of all states that can be reached is the
proof that there is none. Where operators cannot be taken out, as what they do holds other events back, the second search alone
is made, and its way says whether they are on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from drcheck.answers.combinations import starts_left, with_uses
from drcheck.answers.single_faults import can_be_left_out, impossible
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Always, Property, WorstCase
from drcheck.logic.properties import reachable
from drcheck.system.system import State, System, begun_with
from drcheck.system.trace import Trace
from drcheck.verdicts.verdict import Conclusion, Verdict


class Way(Enum):
    """Whether there is a way back."""

    BY_ITSELF = "by itself"
    BY_OPERATORS = "by operators"
    NONE = "no way back"
    UNDECIDED = "not decided"


@dataclass(frozen=True)
class Recovery:
    """The shortest way from a state to one in which all is well again.

    `operators`: the steps of operators on it, in order; `events`: all steps but the passing of time; `ticks`: how much time
    passes. `states`: how many were searched in all; of `Way.NONE` they are all that can be reached. `reason`: why it is not
    decided.
    """

    way: Way
    operators: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    ticks: int = 0
    states: int = 0
    reason: str = ""
    trace: Trace | None = field(default=None, repr=False)


Decide = Callable[[System, Property], tuple[Verdict, Verdict]]
"""Decides a property of a system: the verdict on the domains, and its own."""


def wellness(item: Property) -> Expression | None:
    """What holds again once a promise that single states break is kept; None for others."""
    if isinstance(item, Always) and item.condition is not None:
        return item.condition if item.trigger is None else item.trigger.implies(item.condition)
    if isinstance(item, WorstCase) and item.measure is not None and item.at_most is not None:
        well: Expression = item.measure <= item.at_most
        return well if item.trigger is None else item.trigger.implies(well)
    return None


def recovery(system: System, state: State, well: Expression, decide: Decide) -> Recovery:
    """The way back from a state of a system to one in which `well` holds, without any further fault that has a budget."""
    begun = begun_with(system, [state])
    begun = with_uses(begun, dict.fromkeys(starts_left(begun), 0))
    operators = [event.name for event in begun.events if event.kind == "operator"]
    seen = 0
    for alone in (True, False):
        if alone and not can_be_left_out(begun, operators):
            continue
        searched = impossible(begun, operators) if alone and operators else begun
        domains, verdict = decide(searched, reachable(well, name="well_again"))
        seen += verdict.run.exploration.states
        if verdict.conclusion is Conclusion.INCONCLUSIVE or domains.conclusion is Conclusion.VIOLATED:
            return Recovery(Way.UNDECIDED, states=seen, reason=verdict.reason)
        if verdict.conclusion is Conclusion.HOLDS and verdict.trace is not None:
            return _by(verdict.trace, seen)
        if not operators:
            break
    return Recovery(Way.NONE, states=seen)


def _by(trace: Trace, states: int) -> Recovery:
    steps = [step.event for step in trace.steps]
    people = tuple(event.name for event in steps if event.kind == "operator")
    return Recovery(
        Way.BY_OPERATORS if people else Way.BY_ITSELF,
        people,
        tuple(event.name for event in steps if not event.is_tick),
        sum(event.is_tick for event in steps),
        states,
        "",
        trace,
    )


__all__ = ["Recovery", "Way", "recovery", "wellness"]
