"""Mutants that change nothing: one complete search of the unchanged system proves it, for many of them at once.

A mutant has the events of the system, in their order. In a state it takes the same steps if each of its events is possible
there when that of the system is, and its alternatives are possible and set the same values. What is watched for is a state in
which that is not so. If no reachable state of the system is one, then, by induction over the length of executions, the mutant
reaches the same states by the same steps: its graph of states is the same, with the same labels. An event that others of higher
priority hold back in both takes no step in either, whatever it would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, substitute
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.precedence import possible
from drcheck.system.system import Cell, Domain, Event, System
from drcheck.system.terms import FALSE, TRUE, conjunction, disjunction, negation


def difference(system: System, mutant: System) -> Expression | None:
    """Where a mutant takes other steps, over the cells of the system; None if it is composed of the same.

    It holds in every such state, and perhaps in others: so it can prove that there is none.
    """
    known, cells = Fingerprints(), system.cells
    found: list[Expression] = []
    changed = {
        number
        for number, (old, new) in enumerate(zip(system.events, mutant.events, strict=True))
        if old is not new and known.event(old) != known.event(new)
    }
    narrowed = {
        cell.index: (cell.domain, other.domain)
        for cell, other in zip(cells, mutant.cells, strict=True)
        if cell.domain != other.domain
    }
    for number in sorted(changed):
        old, new = system.events[number], mutant.events[number]
        differs = _steps_differ(system, old, new, known)
        found.append(conjunction([differs, _may_matter(system, number, changed)]))
    for event in mutant.events:
        for way in event.alternatives:
            for index, right in way.updates:
                if index in narrowed:
                    parts = [event.guard, TRUE if way.guard is None else way.guard, _apart(right, *narrowed[index])]
                    found.append(_over(system, conjunction(parts)))
    if not found and not narrowed:
        return None
    return disjunction(found)


def _apart(value: Expression, old: Domain, new: Domain) -> Expression:
    """That a value lies in one domain and not in the other; the two begin with the same number."""
    low, high = sorted((old.high, new.high))
    over = Operation(">", (value, Literal(low)), BOOLEAN)
    return conjunction([over, Operation("<=", (value, Literal(high)), BOOLEAN)])


def _over(system: System, node: Expression) -> Expression:
    """An expression of a mutant over the cells of the system."""
    return substitute(node, lambda leaf: system.cells[leaf.index] if isinstance(leaf, Cell) else leaf)


def _steps_differ(system: System, old: Event, new: Event, known: Fingerprints) -> Expression:
    """That an event of the mutant is possible where that of the system is not, or does something else."""
    if len(old.alternatives) != len(new.alternatives):
        return disjunction([possible(old), _over(system, possible(new))])
    parts = [_unlike(system, old.guard, new.guard, known)]
    for a, b in zip(old.alternatives, new.alternatives, strict=True):
        here = TRUE if a.guard is None else a.guard
        other = [_unlike(system, here, TRUE if b.guard is None else b.guard, known)]
        mine, theirs = dict(a.updates), dict(b.updates)
        for index in sorted({*mine, *theirs}):
            cell = system.cells[index]
            apart = _unlike(system, mine.get(index, cell), theirs.get(index, cell), known)
            other.append(conjunction([here, apart]))
        parts.append(conjunction([old.guard, disjunction(other)]))
    return disjunction(parts)


def _unlike(system: System, a: Expression, b: Expression, known: Fingerprints) -> Expression:
    if known.expression(a) == known.expression(b):
        return FALSE
    other = _over(system, b)
    for one, constant in ((a, other), (other, a)):
        if isinstance(constant, Literal) and isinstance(constant.value, bool):
            return negation(one) if constant.value else one
    return Operation("!=", (a, other), BOOLEAN)


def _may_matter(system: System, number: int, changed: set[int]) -> Expression:
    """That no event that is the same in both holds a changed one back in both.

    An urgent event of low priority holds time back even where it is held back itself, so it always matters.
    """
    event = system.events[number]
    if event.urgent and event.priority < 0:
        return TRUE
    others = [
        possible(other)
        for n, other in enumerate(system.events)
        if n not in changed
        and not other.is_tick
        and (other.priority > event.priority or (event.is_tick and other.urgent))
    ]
    return conjunction([negation(other) for other in others])


def met(
    system: System, wanted: Sequence[Expression], *, engine: str = "auto", limits: Limits = Limits()
) -> list[bool | None]:
    """Whether each condition holds in some reachable state of a system; None: the search stopped before it was known."""
    if not wanted:
        return []
    exploration = engine_named(engine).explore(system, Query(tuple(wanted)), replace(limits, first=False))
    if exploration.interrupted:
        raise KeyboardInterrupt
    return [True if hit is not None else False if exploration.complete else None for hit in exploration.hits]


__all__ = ["difference", "met"]
