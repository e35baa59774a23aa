"""Events that can never happen, as the values that single cells can take show it.

For each cell the values are collected that it starts with and that possible events give it, whatever the other cells are then,
until there are no more: each reachable state has one of them. An event of which some condition holds for none of the values of
the cells that it reads is never possible. What is not found so may still never happen.

The values of a number are no longer told apart once there are several, nor are conditions tried that read many cells: that only
makes more events possible. So the answer costs little beside a search.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from drcheck.language.expressions import INTEGER, Expression
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.system import Alternative, Event, System, cells_of
from drcheck.system.terms import conjuncts

MOST = 64
"""How many combinations of values one condition is tried with; it may hold, where there are more."""
FEW = 3
"""How many values of a number are told apart."""


class _Values:
    """What each cell can be, as far as is known: None for any value of its domain."""

    def __init__(self, system: System) -> None:
        self._system, self._environment = system, SystemEnvironment(system)
        columns = zip(*system.initial_states, strict=True)
        self._known: list[set[int] | None] = [set(column) for column in columns]
        self.grown = False

    def _of(self, cell: int) -> Iterable[int] | None:
        known, domain = self._known[cell], self._system.cells[cell].domain
        if known is not None:
            return sorted(known)
        return range(domain.low, domain.high + 1) if domain.size <= MOST else None

    def results(self, node: Expression) -> set[int] | None:
        """The values that an expression can have; None if they are too many to be tried."""
        cells = sorted(cells_of(node))
        choices = [self._of(cell) for cell in cells]
        size = 1
        for choice in choices:
            if choice is None:
                return None
            size *= len(list(choice))
        if size > MOST:
            return None
        found = set()
        for values in itertools.product(*(choice for choice in choices if choice is not None)):
            state = list(self._system.initial)
            for cell, value in zip(cells, values, strict=True):
                state[cell] = value
            self._environment.look_at(tuple(state))
            found.add(int(node.evaluate(self._environment)))
        return found

    def may_hold(self, guards: Iterable[Expression | None]) -> bool:
        """Whether nothing shows that one of some conditions never holds."""
        for guard in guards:
            for part in [] if guard is None else conjuncts(guard):
                found = self.results(part)
                if found is not None and 1 not in found:
                    return False
        return True

    def take(self, way: Alternative) -> None:
        """The values that an alternative gives."""
        for cell, right in way.updates:
            known = self._known[cell]
            if known is None:
                continue
            found = self.results(right)
            if found is not None and found <= known:
                continue
            several = self._system.cells[cell].domain.kind == INTEGER and len(known | (found or set())) > FEW
            self._known[cell] = None if found is None or several else known | found
            self.grown = True


def never_possible(system: System) -> frozenset[str]:
    """The names of events that can never happen; others may be among those that never do."""
    values = _Values(system)
    possible: set[int] = set()
    while True:
        values.grown = False
        for number, event in enumerate(system.events):
            ways = list(_ways(values, event))
            if ways:
                possible.add(number)
            for way in ways:
                values.take(way)
        if not values.grown:
            return frozenset(e.name for number, e in enumerate(system.events) if number not in possible)


def _ways(values: _Values, event: Event) -> Iterator[Alternative]:
    """The alternatives of an event that may be possible."""
    return (way for way in event.alternatives if values.may_hold([event.guard, way.guard]))


def without_never(system: System) -> System:
    """The same states and steps, without the events that can never happen."""
    never = never_possible(system)
    return replace(system, events=tuple(event for event in system.events if event.name not in never))


__all__ = ["never_possible", "without_never"]
