"""The conditions on hidden cells by which updates choose: an alternative is split by them, so that its parts choose no more.

The conditions of `if` in updates consist of *atoms*: comparisons and boolean cells. One atom after the other that reads hidden
cells is taken for true in one part, for false in the other, and put so into updates and guard; both are folded, and most of the
other conditions are decided by then. So a part is a way through the choices, and there are as many parts as there are ways, not
as there are combinations of atoms. The atoms of one hidden cell alone are held against its values: a part for which no value is
left is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from drcheck.abstraction.weakening import Weakening
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, Expression, Operation
from drcheck.reductions.simplify import constant, literal, refolded
from drcheck.system.system import System, cells_of
from drcheck.system.terms import TRUE, conjunction, negation

Update = tuple[int, Expression]


@dataclass(frozen=True)
class Split:
    """A part of an alternative: its guard and its updates where some atoms have some values.

    `asked`: where these atoms may have them, in kept cells.
    """

    guard: Expression
    updates: tuple[Update, ...]
    asked: Expression


class TooManyPartsError(Exception):
    """An alternative has more parts than are taken."""


class Conditions:
    """Splits the alternatives of one system. What is structurally the same is one object here."""

    def __init__(self, system: System, weakening: Weakening) -> None:
        self._system, self._weakening = system, weakening
        self._interned, self.key = weakening.alike.of, weakening.alike.key

    # -- atoms -------------------------------------------------------------------------------------------------------
    def _atom(self, node: Expression) -> Expression | None:
        """The first atom of a condition that reads hidden cells."""
        if not self._weakening.touches(node):
            return None
        if not _composed(node):
            return node
        return next((atom for part in node.arguments if (atom := self._atom(part)) is not None), None)

    def _asks(self, node: Expression) -> Iterator[Expression]:
        """The conditions on hidden cells by which an expression chooses, in the order in which they are asked."""
        if not self._weakening.touches(node) or not isinstance(node, Operation):
            return
        if node.kind == BOOLEAN:
            yield node  # its value is what is written
            return
        if node.operator == "if":
            if self._weakening.touches(node.arguments[0]):
                yield node.arguments[0]
            for part in node.arguments[1:]:
                yield from self._asks(part)
            return
        for part in node.arguments:
            yield from self._asks(part)

    def asked(self, updates: Iterable[Update]) -> frozenset[int]:
        """The hidden cells on which it depends what some updates write."""
        read = frozenset().union(*(cells_of(right) for _, right in updates))
        return read & self._weakening.hidden

    # -- parts -------------------------------------------------------------------------------------------------------
    def splits(self, guard: Expression, updates: Sequence[Update], most: int) -> Iterator[Split]:
        """The parts of an alternative: one of them is what it is in any state in which its guard holds.

        What is written to hidden cells, by whose sign it is known, may choose in the parts, too. Raises TooManyPartsError where
        more than `most` splits are made.
        """
        kept = tuple((cell, self._interned(right)) for cell, right in updates)
        yield from self._split(Split(self._interned(guard), kept, TRUE), {}, itertools.count(-most))

    def _split(self, part: Split, left: Mapping[int, frozenset[int]], count: Iterator[int]) -> Iterator[Split]:
        """`left`: the values that hidden cells can still have."""
        if next(count) > 0:
            raise TooManyPartsError
        atom = next(
            (
                atom
                for cell, right in part.updates
                if cell not in self._weakening.hidden
                for ask in self._asks(right)
                if (atom := self._atom(ask)) is not None
            ),
            None,
        )
        if atom is None:
            yield part
            return
        for truth in (True, False):
            values = dict(left)
            cell = self._only(atom)
            if cell is not None:
                values[cell] = self._where(atom, cell, truth, left.get(cell))
                if not values[cell]:
                    continue
            # In which states of the kept cells the atom may have this value.
            can = self._weakening.may(atom) if truth else negation(self._weakening.must(atom))
            known = {id(atom): literal(BOOLEAN, truth)}
            memo: dict[int, Expression] = {}
            made = Split(
                self._interned(refolded(part.guard, known, memo)),
                tuple((index, self._interned(refolded(right, known, memo))) for index, right in part.updates),
                conjunction([part.asked, can]),
            )
            if constant(made.asked) != 0 and constant(self._weakening.may(made.guard)) != 0:
                yield from self._split(made, values, count)

    def _only(self, atom: Expression) -> int | None:
        """The hidden cell that is all that an atom reads."""
        cells = cells_of(atom)
        return next(iter(cells)) if len(cells) == 1 else None

    def _where(self, atom: Expression, cell: int, truth: bool, left: frozenset[int] | None) -> frozenset[int]:
        """The values of a cell with which an atom that reads it alone has a truth value, of those that are left."""
        domain = self._system.cells[cell].domain
        values = range(domain.low, domain.high + 1) if left is None else sorted(left)
        return frozenset(v for v in values if bool(atom.evaluate(_One(v))) is truth)


def _composed(node: Expression) -> bool:
    """Whether a condition consists of conditions alone."""
    return bool(node.operator) and all(part.kind == BOOLEAN for part in node.arguments)


class _One:
    """An environment in which every cell has one value."""

    def __init__(self, value: int) -> None:
        self._value = value

    def read(self, leaf: Expression) -> int:
        """The value."""
        return self._value

    def ticks(self, duration: Duration) -> int:
        """Lowered expressions have no durations."""
        raise AssertionError(duration)


__all__ = ["Conditions", "Split", "TooManyPartsError"]
