"""Of which budgets more uses only add executions: what breaks a promise with some of them breaks it with more.

The counter of a budget says how many faults of a kind are left. Consider a system in which it starts with more. Each execution of
the system in which it starts with less is one of that system, with the counter greater by as much in each state, if

* nothing but the events that count it down reads it, and these only ask whether one is left (`left > 0`, one of the conditions
  that all must hold) and take one (`left - 1`): so each step is possible with the greater value, too, and does the same;
* these events hold no other back: an event that is possible with the greater value alone takes no step away. They are not urgent
  where there is time, and no event has a lower priority;
* the question does not read the counter.

So a state that breaks a promise about single states is met again. What speaks of executions, of dead ends, or of what can be
reached is another matter: more executions can help there.

If, besides, each event that asks whether one is left takes one in each of its ways, the states with few uses are exactly those of
the system with more in which so many were used: see `one_search`.
"""

from __future__ import annotations

from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.logic.kinds import Always, WorstCase
from drcheck.system.composition import budgets
from drcheck.system.lowering import Saturated
from drcheck.system.precedence import Precedence
from drcheck.system.system import Cell, Event, System, cells_of
from drcheck.system.terms import conjuncts

OF_STATES = (Always, WorstCase)
"""The kinds of promises that single states break."""


def monotone(system: System) -> frozenset[str]:
    """The kinds of faults of which more uses only add executions to a system: see the module's description."""
    return adding(system)[0]


def adding(system: System) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds of faults of which more uses only add executions, and those of them whose counters say what was used.

    Of the latter, the states with few uses are those, of the system with more, in which so few were used.
    """
    precedence = Precedence(system.events)
    first = {*precedence.urgent, *(n for those in precedence.higher.values() for n in those)}
    reads = [event.reads for event in system.events]
    touched = [read | event.writes for read, event in zip(reads, system.events, strict=True)]
    more, counting = set(), set()
    for kind, left in budgets(system).items():
        cell = system.cell_of[left]
        using = [n for n, cells in enumerate(touched) if cell in cells]
        if not first & set(using) and all(_only_counts(system.events[n], cell) for n in using):
            more.add(kind)
            if all(_takes(system.events[n], cell) for n in using):
                counting.add(kind)
    return frozenset(more), frozenset(counting)


def _takes(event: Event, cell: int) -> bool:
    """Whether each way of an event takes one of a counter."""
    return all(
        any(target == cell and _is(right, "-", cell, 1) for target, right in w.updates) for w in event.alternatives
    )


def _only_counts(event: Event, cell: int) -> bool:
    """Whether an event asks of a counter only whether one is left, and takes one in each of its ways."""
    conditions = conjuncts(event.guard)
    others = [part for part in conditions if not _is(part, ">", cell, 0)]
    if len(others) == len(conditions):
        return False
    for way in event.alternatives:
        others += [] if way.guard is None else [way.guard]
        others += [right for target, right in way.updates if not (target == cell and _is(right, "-", cell, 1))]
    return not any(cell in cells_of(part) for part in others)


def _is(node: Expression, operator: str, cell: int, number: int) -> bool:
    """Whether a lowered expression is `cell operator number`; that one is left keeps `left - 1` in the counter's domain."""
    node = node.raw if isinstance(node, Saturated) else node
    if not isinstance(node, Operation) or node.operator != operator or len(node.arguments) != 2:
        return False
    left, right = node.arguments
    return isinstance(left, Cell) and left.index == cell and isinstance(right, Literal) and right.value == number


__all__ = ["OF_STATES", "adding", "monotone"]
