"""What slices have shown of the counters: the greatest value that each has, in all cases and in each of them.

A *case* is what all cells have that every slice keeps. A slice that was explored to its end has the projection of
each reachable state, so no reachable state has a greater value of a counter than the slice has, no greater one in a
case than the slice has in it, and no case that the slice does not have. The system *narrowed* to the greatest values
steps from each reachable state as the system does: the values of its guards and updates there are the same, and what
they write is no greater. So all that is said of slices of the system is true of those of the narrowed one. In these,
what is hidden lies between closer ends, in each case closer ones, and steps to what is known to be no reachable state
are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drcheck.abstraction.weakening import Ends
from drcheck.engines.protocol import Exploration
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, substitute
from drcheck.reductions.simplify import refolded
from drcheck.system.system import Alternative, Cell, Domain, Event, System
from drcheck.system.terms import choice, negation

Rows: TypeAlias = NDArray[Any]
CASES = 20_000
"""Of so many cases, which are the values of all cells but the counters, it is known how great counters are in each."""
LEAVES = 16
"""Into so many groups the cases are put by which a hidden counter is bounded."""


class Facts:
    """The greatest values of counters, as far as they are known, with the slices that showed them.

    `kept`: the cells that every slice keeps. `version`: how often something was learned.
    """

    def __init__(self, system: System, kept: Collection[int] = ()) -> None:
        self._system = system
        self._high: dict[int, int] = {}
        self._cases: dict[int, dict[bytes, int]] = {}
        self._tops: dict[int, Expression] = {}
        self._from: dict[int, frozenset[int]] = {}
        self._news: dict[int, int] = {}
        self._shapes = [cell for cell in system.cells if cell.index in kept and cell.domain.size > 1]
        self.version = 0
        self.narrowed = Narrowed(system, {})

    @property
    def rests(self) -> frozenset[int]:
        """The slices on which all that is known rests, by position."""
        return frozenset().union(*self._from.values())

    def rests_of(self, cells: Iterable[int]) -> frozenset[int]:
        """The slices on which rests what is known of some cells, by position."""
        return frozenset().union(*(self._from.get(cell, ()) for cell in cells))

    def varying(self, cells: frozenset[int]) -> frozenset[int]:
        """What is kept without the counters, and spans of counters, of which it is known that they never change."""
        return frozenset(
            c for c in cells if not self._never_changes(c if c >= 0 else ~c) and (c >= 0 or ~c not in cells)
        )

    def _never_changes(self, cell: int) -> bool:
        return cell in self._high and self._high[cell] == self._system.cells[cell].domain.low

    def learn(self, found: Iterable[tuple[int, int]], slices: frozenset[int]) -> None:
        """Counters with the greatest values that they have in a slice; `slices`: it, and those on which it rests."""
        news = {
            cell: value for cell, value in found if value < self._high.get(cell, self._system.cells[cell].domain.high)
        }
        if news:
            self._high |= news
            self._rest(news, slices)
            self.narrowed = Narrowed(self._system, self._high)

    def _rest(self, cells: Iterable[int], slices: frozenset[int]) -> None:
        for cell in cells:
            self._from[cell] = self._from.get(cell, frozenset()) | slices
            self._news[cell] = self.version + 1
        self.version += 1

    def news(self, cells: Collection[int]) -> int:
        """When something was learned of some counters last, as a version."""
        return max((self._news.get(cell, 0) for cell in cells), default=0)

    def look(self, found: Exploration, cells: Iterable[int], slices: frozenset[int]) -> None:
        """Learn how great kept counters are in each case, and which cases there are, from a whole slice."""
        rows, which = _cases(found, self._shapes)
        if len(rows) > CASES:
            return
        keys = [row.tobytes() for row in rows]
        for counter in cells:
            highs = np.full(len(rows), self._system.cells[counter].domain.low, dtype=np.int64)
            np.maximum.at(highs, which, np.asarray(found.column(counter)))
            here, before = dict(zip(keys, highs.tolist(), strict=True)), self._cases.get(counter)
            after = (
                here if before is None else {key: min(before[key], here[key]) for key in before.keys() & here.keys()}
            )
            if after != before:
                self._cases[counter] = after
                self._tops.pop(counter, None)
                self._rest([counter], slices)

    def ends(self) -> Ends:
        """Between what the counters lie in each case, where more is known so."""
        found: Ends = {}
        for counter, cases in self._cases.items():
            low = self._system.cells[counter].domain.low
            if counter not in self._tops:
                rows = np.array([np.frombuffer(key, dtype=np.int16) for key in sorted(cases)])
                highs = np.array([cases[key] for key in sorted(cases)], dtype=np.int64)
                self._tops[counter] = _tree(self._shapes, rows, highs)
            found[counter] = Literal(low), self._tops[counter]
        return found


def _cases(found: Exploration, shapes: Sequence[Cell]) -> tuple[Rows, Rows]:
    """The distinct rows of the values of some cells, counted from their least, and of each state which of them it has.

    Cell by cell, so that little is in memory: a row so far is a number, and rows are numbered anew before numbers have many
    values. Those that are found then go on. Where there are more than CASES, some of the rows, more than these.
    """
    which, count = np.zeros(found.states, dtype=np.int32), 1
    ways: list[tuple[Rows, int]] = []  # of each cell: the rows so far that go on, and by which value, as numbers
    for cell in shapes:
        size = cell.domain.size
        values = np.asarray(found.column(cell.index)).astype(np.int32)
        values -= cell.domain.low
        which *= size
        which += values
        there = np.zeros(count * size, dtype=bool)
        there[which] = True
        numbers = np.cumsum(there, dtype=np.int32) - 1
        which = numbers[which]
        ways.append((np.flatnonzero(there), size))
        count = len(ways[-1][0])
        if count > CASES:
            break
    rows = np.zeros((count, len(shapes)), dtype=np.int16)
    at = np.arange(count)
    for column in reversed(range(len(ways))):
        there, size = ways[column]
        before, value = np.divmod(there[at], size)
        rows[:, column] = value
        at = before
    return rows, which


def _tree(shapes: Sequence[Cell], rows: Rows, highs: Rows) -> Expression:
    """No less than the greatest value of each row: a number for each of some groups of rows, told apart by cells one by one."""
    groups = [np.arange(len(rows))]
    splits: dict[
        int, tuple[int, int, int, int]
    ] = {}  # of a group: the cell and the value by which, and the groups that come of it
    leaves = [0]
    while len(leaves) < LEAVES:
        tried = [(group, _split(rows[groups[group]], highs[groups[group]])) for group in leaves]
        group, best = max(tried, key=lambda each: (each[1][0], -each[0]))
        if best[0] <= 0:
            break
        _, column, value = best
        those = groups[group]
        there = rows[those, column] == value
        splits[group] = column, value, len(groups), len(groups) + 1
        groups += [those[there], those[~there]]
        leaves = [each for each in leaves if each != group] + [len(groups) - 2, len(groups) - 1]

    def made(group: int) -> Expression:
        if group not in splits:
            those = groups[group]
            return Literal(int(highs[those].max()) if len(those) else 0)
        column, value, yes, no = splits[group]
        return choice(_is(shapes[column], value), made(yes), made(no))

    return made(0)


def _split(rows: Rows, highs: Rows) -> tuple[int, int, int]:
    """By how much, in sum, greatest values become less where rows are told apart, by a value of a column: which."""
    best, whole = (0, 0, 0), int(highs.max()) * len(highs) if len(highs) else 0
    for column in range(rows.shape[1] if len(highs) > 1 else 0):
        for value in np.unique(rows[:, column]).tolist():
            there = rows[:, column] == value
            count = int(there.sum())
            if count < len(highs):
                gain = whole - int(highs[there].max()) * count - int(highs[~there].max()) * (len(highs) - count)
                best = max(best, (gain, -column, -value))
    return best[0], -best[1], -best[2]


def _is(cell: Cell, value: int) -> Expression:
    """That a cell has a value, counted from its least."""
    if cell.kind == BOOLEAN:
        return cell if value else negation(cell)
    return Operation("==", (cell, Literal(cell.domain.low + value)), BOOLEAN)


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
