"""How many faults a violation needs: the least number of all states that show it, or the number on its trace.

The counters of the fault budget say in each state how many faults are left, so the least number that was used in a state that
breaks a promise is one more greatest value of the same search. A fault of an event of kind operator is a *slip*.
"""

from __future__ import annotations

from collections.abc import Iterable

from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.system.composition import budgets
from drcheck.system.system import Event
from drcheck.system.terms import choice
from drcheck.verdicts.grounds import Grounds
from drcheck.verdicts.plan import Plan, Planner
from drcheck.verdicts.verdict import Conclusion, Needs, Verdict


def fewest(planner: Planner, plan: Plan) -> int | None:
    """Have the search find the most faults that are left in a state that breaks a property; its position, or None.

    It is asked for where a finding is declared, all faults have a budget, and single states break the property.
    """
    system, asked = planner.system, plan.asked
    counters = budgets(system)
    if not plan.property.findings or not counters or not _kinds(system.events) <= counters.keys():
        return None
    bad: Expression
    if asked.watch is not None and not plan.property.witness:
        bad = planner.watches[asked.watch]
    elif asked.maximum is not None and asked.bound is not None:
        bad = Operation(">", (planner.maxima[asked.maximum], Literal(asked.bound)), BOOLEAN)
    else:
        return None
    first, *others = (planner.lowered(counter) for counter in counters.values())
    left: Expression = first
    for other in others:
        left = Operation("+", (left, other), INTEGER)
    return planner.greatest(choice(bad, left, Literal(-1)))


def needs_of(verdict: Verdict, plan: Plan, grounds: Grounds) -> Needs | None:
    """How many faults a violation needs. None for what is not violated, and where neither a trace nor the search says it."""
    if verdict.conclusion is not Conclusion.VIOLATED:
        return None
    system = grounds.system
    if plan.fewest is not None:
        value, number = grounds.found.maxima[plan.fewest]
        if value >= 0 and grounds.late is None:
            state, cells = grounds.found.state(number), {k: system.cell_of[left] for k, left in budgets(system).items()}
            used = {kind: system.initial[cell] - state[cell] for kind, cell in cells.items()}  # a budget has no choice
            slips = sum(n for kind, n in used.items() if kind in _slips(system.events))
            return Needs(sum(used.values()) - slips, slips, grounds.exhaustive)
    if verdict.trace is None:
        return None
    events = [step.event for step in verdict.trace.steps if step.event.fault is not None]
    slips = sum(event.kind == "operator" for event in events)
    return Needs(len(events) - slips, slips, False)


def _kinds(events: Iterable[Event]) -> set[str]:
    return {event.fault for event in events if event.fault is not None}


def _slips(events: Iterable[Event]) -> set[str]:
    return _kinds(event for event in events if event.kind == "operator")


__all__ = ["fewest", "needs_of"]
