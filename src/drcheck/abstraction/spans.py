"""What a slice keeps of a hidden number: between what it lies, or between what its sign lies.

Of a hidden cell `c` a slice may keep two cells, `low` and `high`, with `low <= c <= high` in each state of the system that a
state of the slice stands for: its *span*. What an update writes to `c` has ends in kept cells (`weakening`), which read `low`
and `high` of the cells that it is made of; these are written. Of a *sign*, which is -1, 0 or 1, the same is kept, and no more.
So such a cell costs a slice no alternatives, and few states where the ends do not change with time. It is enough for how much
there is of what once was put aside, and for whether there is anything at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from drcheck.abstraction.weakening import Ends, Weakening, compared
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import constant
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, Domain, State, System
from drcheck.system.terms import choice


class Spans:
    """The cells for the spans of some cells of a system, which follow its own: of each the least and the greatest.

    `signs`: those of them of which only the sign is kept.
    """

    def __init__(self, system: System, spanned: Sequence[int], signs: Collection[int]) -> None:
        self._spanned, self._signs = tuple(spanned), frozenset(signs).intersection(spanned)
        cells: list[Cell] = []
        self._of: dict[int, tuple[Cell, Cell]] = {}
        for number, index in enumerate(self._spanned):
            of = system.cells[index]
            low, high = of.domain.low, of.domain.high
            domain = Domain(INTEGER, _sign(low), _sign(high)) if index in self._signs else Domain(INTEGER, low, high)
            what = "sign" if index in self._signs else "value"
            at = len(system.cells) + 2 * number
            names = f"least {what} of {of.name}", f"greatest {what} of {of.name}"
            both = Cell(at, names[0], domain, of.owner), Cell(at + 1, names[1], domain, of.owner)
            self._of[index] = both
            cells += both
        self.cells = tuple(cells)
        self.ends: Ends = dict(self._of)
        for index in self._signs:
            domain, (least, greatest) = system.cells[index].domain, self._of[index]
            self.ends[index] = _by_sign(least, domain.low, 0, 1), _by_sign(greatest, -1, 0, domain.high)

    def __contains__(self, cell: int) -> bool:
        return cell in self._of

    def top(self, cell: int) -> Cell:
        """The cell of the greatest value, or sign, of a cell."""
        return self._of[cell][1]

    def of(self, state: Sequence[int]) -> State:
        """What is kept of the spanned cells in a state of the system."""
        values = (_sign(state[cell]) if cell in self._signs else state[cell] for cell in self._spanned)
        return tuple(value for value in values for _ in range(2))

    def written(self, cell: int, right: Expression, weakening: Weakening) -> list[tuple[int, Expression]]:
        """What an update of a cell writes to the two cells of its span."""
        signed = cell in self._signs
        both = zip(self._of[cell], (weakening.least(right), weakening.greatest(right)), strict=True)
        made = [(own, self._end(right, end, own, high, signed)) for high, (own, end) in enumerate(both)]
        return [(own.index, right) for own, right in made if right is not own]

    def _end(self, right: Expression, end: Expression, own: Cell, high: int, signed: bool) -> Expression:
        """An end of what is written, in the domain of the cell of the end."""
        if not signed:
            return _inside(end, own.domain)
        if isinstance(right, Cell) and right.index in self._signs:
            sign = self._of[right.index][high]
            if own.domain.low <= sign.domain.low and sign.domain.high <= own.domain.high:
                return sign
        return _signed(end, own)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _inside(node: Expression, domain: Domain) -> Expression:
    """A number, or the end of a domain that it is beyond: nothing beyond is written in the system."""
    low, high = bounds(node)
    value = constant(node)
    if value is not None:
        return Literal(min(max(value, domain.low), domain.high))
    if high > domain.high:
        node = Operation("min", (node, Literal(domain.high)), INTEGER)
    return Operation("max", (node, Literal(domain.low)), INTEGER) if low < domain.low else node


def _signed(node: Expression, own: Cell) -> Expression:
    """The sign of a number, as far as the domain of the cell that it is written to has it."""
    domain, value = own.domain, constant(node)
    if value is not None:
        return Literal(min(max(_sign(value), domain.low), domain.high))
    if isinstance(node, Operation) and node.operator == "if":
        test, then, otherwise = node.arguments
        return choice(test, _signed(then, own), _signed(otherwise, own))
    found: Expression = Literal(min(max(0, domain.low), domain.high))
    if domain.high > 0:
        found = choice(compared(">", node, Literal(0)), Literal(1), found)
    if domain.low < 0:
        found = choice(compared("<", node, Literal(0)), Literal(-1), found)
    return found


def _by_sign(sign: Cell, *values: int) -> Expression:
    """One of three numbers, as a sign is negative, 0 or positive."""
    found: Expression | None = None
    for at, value in zip((-1, 0, 1), values, strict=True):
        if sign.domain.low <= at <= sign.domain.high:
            last = Literal(value)
            found = last if found is None else choice(Operation("<", (sign, Literal(at)), BOOLEAN), found, last)
    assert found is not None
    return found


__all__ = ["Spans"]
