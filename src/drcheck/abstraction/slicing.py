"""A slice of a system: the same system without some cells, with at least as many steps.

The cells of a system are divided into *kept* and *hidden* ones. In the slice the hidden cells have one value for ever, which
nothing reads, and every alternative of an event becomes one or several that read and write kept cells alone:

- *guards* are weakened (`weakening.may`): those of the event and of the alternative, and that no other event holds it back.
  What holds back stands there under a negation, so it is weakened the other way: an event holds others back in the slice only
  where it is possible for all values of the hidden cells;
- *updates* of hidden cells are left out; one of a kept cell that reads hidden ones gives any value in the range of what is
  written (`weakening.among`), by an alternative for each. All updates of one alternative stay in one alternative;
- where these would be too many, the greatest value is written, and the cell is one that *sinks*: it may become less by one at any
  time, which reaches every other value;
- where updates choose by what is hidden (`if`), the alternative is split by the conditions that they ask, each true in one part
  and false in the other, in updates and guards alike, so that what was decided together stays together.

So each step of the system is a step of the slice between the states without the hidden cells, with sinking after it, or changes
nothing there: what is reachable in the system is reachable in the slice. `docs/slices.md` has the argument.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from drcheck.abstraction.conditions import Conditions, Split, TooManyPartsError
from drcheck.abstraction.spans import Spans
from drcheck.abstraction.sums import written
from drcheck.abstraction.weakening import Ends, Weakening, among, compared
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import constant, literal
from drcheck.system.precedence import undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Domain, Event, State, System, begun_with
from drcheck.system.terms import conjunction, disjunction

MOST_WAYS = 96
"""Into how many alternatives one alternative of an event may be split."""


class TooManyWaysError(Exception):
    """An alternative would be split into too many. `cells`: the hidden cells by which; if they are kept, it is not."""

    def __init__(self, event: Event, cells: frozenset[int]) -> None:
        super().__init__(f"{event.name} would be split into more than {MOST_WAYS} alternatives")
        self.event, self.cells = event, cells


@dataclass(frozen=True, eq=False)
class Slice:
    """A slice of `original`: the smaller `system`, with the hidden cells.

    `sources[n]`: the event of the original system, by position, of which event n of the slice is made. `sinking`: the cells that
    may become less at any time, by an event each, after the others.
    """

    original: System
    system: System
    hidden: frozenset[int]
    weakening: Weakening
    sources: tuple[int, ...]
    sinking: frozenset[int] = frozenset()
    spans: Spans | None = None

    @property
    def kept(self) -> tuple[int, ...]:
        """The cells that are not hidden, by position."""
        return tuple(n for n in range(len(self.original.cells)) if n not in self.hidden)

    def top(self, cell: int) -> Cell:
        """The cell of the greatest sign that a hidden cell can have."""
        assert self.spans is not None
        return self.spans.top(cell)

    def projected(self, state: Sequence[int]) -> State:
        """The state of the slice that stands for a state of the original system, with the signs that it has."""
        return self.seen(state) + (() if self.spans is None else self.spans.of(state))

    def seen(self, state: Sequence[int]) -> State:
        """A state of the original system without what is hidden."""
        return tuple(
            cell.domain.low if number in self.hidden else state[number]
            for number, cell in enumerate(self.original.cells)
        )


def sliced(
    system: System,
    hidden: Iterable[int],
    spanned: Iterable[int] = (),
    signs: Collection[int] = (),
    ends: Ends | None = None,
) -> Slice:
    """The slice of a system without some cells.

    `spanned`: those of them of which it is kept between what they lie; `signs`: of which of these only the sign. `ends`:
    between what hidden cells lie in all reachable states, in cells that are kept. Raises TooManyWaysError.
    """
    gone = frozenset(hidden)
    spans = Spans(system, sorted(spanned), signs)
    weakening = Weakening(gone, (ends or {}) | spans.ends)
    making = _Making(system, weakening, spans)
    events, sources = [], []
    for number, free in enumerate(undisturbed(system.events)):
        made = making.event(system.events[number], free)
        if made is not None:
            events.append(made)
            sources.append(number)
    cells = (*(_frozen(cell) if cell.index in gone else cell for cell in system.cells), *spans.cells)
    events += [_sinking(system.cells[cell]) for cell in sorted(making.sinking)]
    bare = replace(system, cells=cells, events=tuple(events), without_observers=None, variants=None)
    found = Slice(system, bare, gone, weakening, tuple(sources), frozenset(making.sinking), spans)
    begun = begun_with(bare, map(found.projected, system.initial_states))
    return replace(found, system=begun)


def _frozen(cell: Cell) -> Cell:
    """A hidden cell: it has one value for ever."""
    domain = cell.domain
    return Cell(cell.index, cell.name, Domain(domain.kind, domain.low, domain.low, domain.labels), cell.owner)


def _sinking(cell: Cell) -> Event:
    """That a cell becomes less by one."""
    less = Operation("-", (cell, Literal(1)), INTEGER)
    guard = Operation(">", (cell, Literal(cell.domain.low)), BOOLEAN)
    return Event(f"{cell.name} sinks", guard, (Alternative(((cell.index, less),)),))


class _Making:
    """Makes the events of a slice. `sinking`: the cells that sink in it."""

    def __init__(self, system: System, weakening: Weakening, spans: Spans) -> None:
        self._system, self._weakening, self._spans = system, weakening, spans
        self._conditions = Conditions(system, weakening)
        self.sinking: set[int] = set()

    def event(self, event: Event, free: Expression) -> Event | None:
        """An event of the slice; None where it changes nothing that is kept."""
        ways: dict[tuple[tuple[int, object], ...], list[Alternative]] = {}
        for way in event.alternatives:
            guard = conjunction([event.guard, free, *([] if way.guard is None else [way.guard])])
            for made in self._ways_or_sinking(event, way, guard):
                key = tuple((cell, self._conditions.key(right)) for cell, right in made.updates)
                ways.setdefault(key, []).append(made)
        merged = [replace(those[0], guard=disjunction([_guard(way) for way in those])) for those in ways.values()]
        if not merged:
            return None
        return replace(
            event, guard=Literal(True), alternatives=tuple(merged), urgent=False, priority=0, participants=(), rate=None
        )

    def _ways_or_sinking(self, event: Event, way: Alternative, guard: Expression) -> list[Alternative]:
        try:
            return list(self._ways(event, way, guard, sink=False))
        except TooManyWaysError:
            return list(self._ways(event, way, guard, sink=True))

    def _ways(self, event: Event, way: Alternative, guard: Expression, *, sink: bool) -> Iterator[Alternative]:
        read = [each for each in way.updates if each[0] not in self._weakening.hidden or each[0] in self._spans]
        kept = [(cell, self._settled(right)) for cell, right in read]
        count = 0
        try:
            for split in self._conditions.splits(guard, kept, 4 * MOST_WAYS):
                for made in self._given(split, sink=sink):
                    count += 1
                    if count > MOST_WAYS:
                        raise TooManyPartsError
                    yield made
        except TooManyPartsError:
            raise TooManyWaysError(event, self._conditions.asked(kept)) from None

    def _given(self, split: Split, *, sink: bool) -> Iterator[Alternative]:
        """The alternatives of one part: each value of what reads hidden cells nevertheless, or the greatest, which sinks."""
        weakening, cells = self._weakening, self._system.cells
        guard, firm, loose = weakening.may(split.guard), [], []
        for cell, right in split.updates:
            if cell in self._spans:
                firm += self._spans.written(cell, right, weakening)
                continue
            settled = self._settled(right)
            if weakening.touches(settled):
                loose.append((cell, right))
            elif not _same(settled, cell):
                firm.append((cell, settled))
        if constant(guard) == 0 or not (firm or loose):
            return
        sinks = [(cell, right) for cell, right in loose if sink and right.kind == INTEGER]
        if sinks:
            loose = [each for each in loose if each not in sinks]
            self.sinking.update(cell for cell, _ in sinks)
            made = [self._greatest(cells[cell], right) for cell, right in sinks]
            guard = conjunction([guard, *(can for _, can in made)])
            firm += [(cell, top) for (cell, _), (top, _) in zip(sinks, made, strict=True)]
        for values in itertools.product(*(self._choices(cells[cell], right) for cell, right in loose)):
            given = [
                (cell, value) for (cell, _), (value, _) in zip(loose, values, strict=True) if not _same(value, cell)
            ]
            whole = conjunction([guard, split.asked, *(can for _, can in values)])
            if constant(whole) != 0 and (firm or given):
                yield Alternative(tuple(sorted([*firm, *given], key=lambda update: update[0])), whole)

    def _settled(self, right: Expression) -> Expression:
        """What is written, without hidden cells where what reads them cancels."""
        if right.kind != INTEGER or not self._weakening.touches(right):
            return right
        least, greatest = self._weakening.least(right), self._weakening.greatest(right)
        return least if self._conditions.key(least) == self._conditions.key(greatest) else right

    def _choices(self, cell: Cell, right: Expression) -> Sequence[tuple[Expression, Expression]]:
        """What an update that reads hidden cells may write, each with when: by value, or by how much above the least."""
        weakening, values = self._weakening, _values(cell, right)
        if right.kind == INTEGER:
            least, greatest = weakening.least(right), weakening.greatest(right)
            width = self._width(least, greatest)
            if width + 1 < min(len(values), MOST_WAYS):
                return [_more(cell, least, greatest, number) for number in range(width + 1)]
        return [(literal(right.kind, value), among(right, weakening, value)) for value in values]

    def _width(self, least: Expression, greatest: Expression) -> int:
        """By how much the greatest value of a number is more than the least, at most."""
        sums = self._weakening.sums
        apart = sums.of(greatest).plus(-1, sums.of(least))
        return max(0, bounds(written(apart.constant, apart.terms.values()))[1])

    def _greatest(self, cell: Cell, right: Expression) -> tuple[Expression, Expression]:
        """The greatest value of its domain that an update may give a cell, and that it may give one."""
        low, high = Literal(cell.domain.low), Literal(cell.domain.high)
        least, greatest = self._weakening.least(right), self._weakening.greatest(right)
        top = greatest if bounds(greatest)[1] <= cell.domain.high else Operation("min", (greatest, high), INTEGER)
        return top, conjunction([compared("<=", least, high), compared("<=", low, greatest)])


def _more(cell: Cell, least: Expression, greatest: Expression, number: int) -> tuple[Expression, Expression]:
    """A number more than the least that may be written, and when it may, and is of the cell's domain."""
    value = least if number == 0 else Operation("+", (least, Literal(number)), INTEGER)
    inside = [compared("<=", Literal(cell.domain.low), value), compared("<=", value, Literal(cell.domain.high))]
    return value, conjunction([compared("<=", value, greatest), *inside])


def _same(right: Expression, cell: int) -> bool:
    """Whether an update writes what is there."""
    return isinstance(right, Cell) and right.index == cell


def _guard(way: Alternative) -> Expression:
    assert way.guard is not None
    return way.guard


def _values(cell: Cell, right: Expression) -> range:
    """The values of its domain that an update may give a cell."""
    if right.kind == BOOLEAN:
        return range(2)
    low, high = bounds(right)
    return range(max(low, cell.domain.low), min(high, cell.domain.high) + 1)


__all__ = ["MOST_WAYS", "Slice", "TooManyWaysError", "sliced"]
