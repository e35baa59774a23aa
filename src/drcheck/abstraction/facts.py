"""What slices have shown of the counters: the greatest value that each has. Later slices are made of the system with these.

A slice that was explored to its end has the projection of each reachable state, so no reachable state has a greater value of a
counter than the slice has. The system *narrowed* to these values steps from each reachable state as the system does: the values
of its guards and updates there are the same, and what they write is no greater. So all that is said of slices of the system is
true of those of the narrowed one. In these, what is hidden lies between closer ends, and steps to what is known to be no
reachable state are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drcheck.language.expressions import Expression, substitute
from drcheck.reductions.simplify import refolded
from drcheck.system.system import Alternative, Cell, Domain, Event, System


class Facts:
    """The greatest values of counters, as far as they are known, with the slices that showed them.

    `version`: how often something was learned.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._high: dict[int, int] = {}
        self._from: dict[int, frozenset[int]] = {}
        self.version = 0
        self.narrowed = Narrowed(system, {})

    @property
    def rests(self) -> frozenset[int]:
        """The slices on which all that is known rests, by position."""
        return frozenset().union(*self._from.values())

    def varying(self, cells: frozenset[int]) -> frozenset[int]:
        """Those counters of which it is not known that they never change."""
        return frozenset(c for c in cells if self._high.get(c, -1) != self._system.cells[c].domain.low)

    def learn(self, found: Iterable[tuple[int, int]], slices: frozenset[int]) -> None:
        """Counters with the greatest values that they have in a slice; `slices`: it, and those on which it rests."""
        news = {
            cell: value for cell, value in found if value < self._high.get(cell, self._system.cells[cell].domain.high)
        }
        if news:
            self._high |= news
            self._from |= dict.fromkeys(news, slices)
            self.version += 1
            self.narrowed = Narrowed(self._system, self._high)


class Narrowed:
    """A system whose cells have smaller domains, and its expressions."""

    def __init__(self, original: System, high: dict[int, int]) -> None:
        self._original, self._high = original, dict(high)
        self._cells = tuple(self._cell(cell) for cell in original.cells)
        self._memo: dict[int, Expression] = {}
        self._folded: dict[int, Expression] = {}
        self._alive: list[Expression] = []
        self._made: System | None = None

    def _cell(self, cell: Cell) -> Cell:
        high = self._high.get(cell.index)
        if high is None:
            return cell
        domain = cell.domain
        return Cell(
            cell.index, cell.name, Domain(domain.kind, domain.low, max(high, domain.low), domain.labels), cell.owner
        )

    def of(self, node: Expression) -> Expression:
        """An expression over the narrowed cells."""
        if not self._high:
            return node
        self._alive.append(node)  # known by identity
        made = substitute(node, lambda leaf: self._cells[leaf.index] if isinstance(leaf, Cell) else leaf, self._memo)
        self._alive.append(made)
        return refolded(made, {}, self._folded)

    @property
    def system(self) -> System:
        """The narrowed system."""
        if self._made is None:
            events = (
                tuple(self._event(event) for event in self._original.events) if self._high else self._original.events
            )
            self._made = replace(self._original, cells=self._cells, events=events)
        return self._made

    def _event(self, event: Event) -> Event:
        return replace(
            event, guard=self.of(event.guard), alternatives=tuple(map(self._alternative, event.alternatives))
        )

    def _alternative(self, way: Alternative) -> Alternative:
        guard = None if way.guard is None else self.of(way.guard)
        return replace(way, guard=guard, updates=tuple((cell, self.of(right)) for cell, right in way.updates))


__all__ = ["Facts", "Narrowed"]
