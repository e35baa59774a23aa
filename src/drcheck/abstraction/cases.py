"""Whether a condition may hold, case by case: what it asks of one number in several places has one answer.

`weakening.may` reads the parts of a condition one by one: `x > 3 and not x > 3` may hold there, if `x` is hidden. Here the
atoms of a condition, its comparisons and boolean cells, are taken for true in one case and for false in the other, one after
the other:

    c  =>  (a and c where a is true) or (not a and c where a is false)

and each case is weakened by itself. Taken so are the atoms that have relatives: others about the same hidden cell, or about a
sum with the same terms. Where `x - y > 1` is true, `x - y > 0` is, and `x == y` is not: comparisons whose sums differ by a
number decide each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from drcheck.abstraction.sums import Sum
from drcheck.abstraction.weakening import Weakening
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Operation, nodes_in
from drcheck.reductions.simplify import constant, literal, refolded
from drcheck.system.terms import FALSE, conjunction, disjunction, negation

MOST_CASES = 1000
"""Into so many cases a condition is divided at most; then it is weakened as it is."""
FEW_CASES = 64
"""Into so many where it is asked of one state alone."""
Shape = tuple[tuple[int, int], ...]


class Cases:
    """The conditions of one slice, case by case."""

    def __init__(self, weakening: Weakening) -> None:
        self._weakening, self._sums = weakening, weakening.sums

    def may(self, node: Expression, most: int = MOST_CASES) -> Expression:
        """Where a condition may hold in one of its cases, into so many of which it is divided at most."""
        return disjunction(list(self.each(node, most)))

    def each(self, node: Expression, most: int = MOST_CASES) -> Iterator[Expression]:
        """Where a condition may hold in each of its cases, into so many of which it is divided at most."""
        return self._cases(self._sums.alike.of(node), count(-most))

    def _cases(self, node: Expression, tried: Iterator[int]) -> Iterator[Expression]:
        plain = self._weakening.may(node)
        if constant(plain) == 0:
            return
        atom = self._related(node) if next(tried) < 0 else None
        if atom is None:
            yield plain
            return
        for truth in (True, False):
            can = self._weakening.may(atom) if truth else negation(self._weakening.must(atom))
            if constant(can) == 0:
                continue
            known = {id(other): literal(BOOLEAN, value) for other, value in self._decided(node, atom, truth)}
            made = self._sums.alike.of(refolded(node, known, {}))
            yield from (case for each in self._cases(made, tried) if (case := conjunction([can, each])) is not FALSE)

    def _atoms(self, node: Expression) -> Iterator[Expression]:
        """The atoms of a condition that read hidden cells, each once."""
        for each in nodes_in([node]):
            composed = isinstance(each, Operation) and all(part.kind == BOOLEAN for part in each.arguments)
            if each.kind == BOOLEAN and self._weakening.touches(each) and not composed:
                yield each

    def _shape(self, atom: Expression) -> Shape | None:
        """What atoms about one number have in common: the terms of its sum, up to the sign; None for those about none."""
        made = self._less(atom)
        if made is None:
            return ((-1, self._sums.alike.key(atom)),)
        terms = sorted((key, factor) for key, (factor, _) in made.terms.items())
        sign = 1 if terms and terms[0][1] > 0 else -1
        return tuple((key, sign * factor) for key, factor in terms)

    def _less(self, atom: Expression) -> Sum | None:
        """The difference of both sides of a comparison of numbers."""
        if not isinstance(atom, Operation) or atom.operator not in ("<", "<=", ">", ">=", "==", "!="):
            return None
        a, b = atom.arguments
        return self._sums.of(a).plus(-1, self._sums.of(b)) if a.kind == INTEGER else None

    def _related(self, node: Expression) -> Expression | None:
        """The first atom with relatives, of the number about which most is asked."""
        found: dict[Shape, list[Expression]] = {}
        for atom in self._atoms(node):
            shape = self._shape(atom)
            if shape:
                found.setdefault(shape, []).append(atom)
        uses = self._uses(node)
        many = [(sum(uses[id(atom)] for atom in atoms), -at, atoms[0]) for at, atoms in enumerate(found.values())]
        best = max(many, key=lambda each: each[:2], default=None)
        return None if best is None or best[0] < 2 else best[2]

    def _uses(self, node: Expression) -> dict[int, int]:
        """Of how many conditions each is a part."""
        found: dict[int, int] = {id(node): 1}
        for each in nodes_in([node]):
            for part in each.arguments:
                found[id(part)] = found.get(id(part), 0) + 1
        return found

    def _decided(self, node: Expression, atom: Expression, truth: bool) -> Iterator[tuple[Expression, bool]]:
        """An atom that is taken for true or false, and what that decides of others."""
        yield atom, truth
        less, shape = self._less(atom), self._shape(atom)
        if less is None:
            return
        low, high = _where(atom, truth)
        for other in self._atoms(node):
            that = self._less(other)
            if other is atom or that is None or self._shape(other) != shape:
                continue
            # less lies in low..high, or is not 0; that is it, or its opposite, and a number more.
            same = that.plus(-1, less)
            step = same.constant if not same.terms else that.plus(1, less).constant
            ends = (low, high) if not same.terms else (None if high is None else -high, None if low is None else -low)
            least, most = (None if end is None else end + step for end in ends)
            holds = [_holds(other, value) for value in _samples(least, most)]
            if (low, high) == (None, None) or not holds:
                continue
            if all(holds) or not any(holds):
                yield other, holds[0]


def _where(atom: Expression, truth: bool) -> tuple[int | None, int | None]:
    """Between what a difference lies whose comparison with 0 is true, or false; both None where that is no interval."""
    operator = (
        atom.operator if truth else {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}[atom.operator]
    )
    return {"<": (None, -1), "<=": (None, 0), ">": (1, None), ">=": (0, None), "==": (0, 0), "!=": (None, None)}[
        operator
    ]


def _holds(atom: Expression, value: int) -> bool:
    """Whether a comparison holds of a difference."""
    return {
        "<": value < 0,
        "<=": value <= 0,
        ">": value > 0,
        ">=": value >= 0,
        "==": value == 0,
        "!=": value != 0,
    }[atom.operator]


def _samples(least: int | None, most: int | None) -> list[int]:
    """Numbers between two ends, of each kind that comparisons with 0 tell apart; an end that is None is none."""
    low = min(-1, most if most is not None else -1, least if least is not None else -1) if least is None else least
    high = max(1, low, most if most is not None else 1) if most is None else most
    return [value for value in (low, -1, 0, 1, high) if low <= value <= high]


__all__ = ["FEW_CASES", "MOST_CASES", "Cases"]
