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
from drcheck.reductions.simplify import constant, literal, rebuilt
from drcheck.system.terms import FALSE, conjunction, disjunction, negation

MOST_CASES = 1000
"""Into so many cases a condition is divided at most; then it is weakened as it is."""
FEW_CASES = 64
"""Into so many where it is asked of one state alone."""
Shape = tuple[tuple[int, int], ...]


class Cases:
    """The conditions of one slice, case by case.

    Conditions share most of their parts, with each other and case by case, so all that is found out of a part is kept with it:
    what is alike is one object, atoms and groups of relatives are bits, and a part that asks nothing of a group stays as it is.
    """

    def __init__(self, weakening: Weakening) -> None:
        self._weakening, self._sums = weakening, weakening.sums
        self._atoms: list[Expression] = []
        self._numbers: dict[int, int] = {}
        self._group: list[int] = []
        self._less: list[Sum | None] = []
        self._groups: dict[Shape, int] = {}
        self._members: list[int] = []
        self._places: list[int] = []
        self._place = count()
        self._asked: dict[int, tuple[int, int, int]] = {}
        self._first: dict[int, int | None] = {}
        self._order: dict[int, int] = {}
        self._folded: dict[tuple[int, bool], dict[int, Expression]] = {}
        self._decided: dict[tuple[int, bool, int], bool | None] = {}

    def may(self, node: Expression, most: int = MOST_CASES) -> Expression:
        """Where a condition may hold in one of its cases, into so many of which it is divided at most."""
        return self._may(self._root(node), count(-most), {})

    def each(self, node: Expression, most: int = MOST_CASES) -> Iterator[Expression]:
        """Where a condition may hold in each of its cases, into so many of which it is divided at most."""
        return self._cases(self._root(node), count(-most))

    def _root(self, node: Expression) -> Expression:
        """A condition that is to be divided: atoms are taken in the order in which they stand in it."""
        root = self._sums.alike.of(node)
        self._asks(root)
        self._first.clear()
        self._order = {}
        for each in nodes_in([root]):
            number = self._numbers.get(id(each))
            if number is not None:
                self._order.setdefault(number, len(self._order))
        return root

    def _may(self, node: Expression, tried: Iterator[int], known: dict[int, Expression]) -> Expression:
        """`known`: what came out of the conditions to which other cases have led."""
        plain = self._weakening.may(node)
        if constant(plain) == 0:
            return plain
        if id(node) not in known:
            atom = self._related(node) if next(tried) < 0 else None
            ways = () if atom is None else self._divided(node, atom)
            parts = [conjunction([can, self._may(made, tried, known)]) for can, made in ways]
            known[id(node)] = plain if atom is None else disjunction(parts)
        return known[id(node)]

    def _cases(self, node: Expression, tried: Iterator[int]) -> Iterator[Expression]:
        plain = self._weakening.may(node)
        if constant(plain) == 0:
            return
        atom = self._related(node) if next(tried) < 0 else None
        if atom is None:
            yield plain
            return
        for can, made in self._divided(node, atom):
            yield from (case for each in self._cases(made, tried) if (case := conjunction([can, each])) is not FALSE)

    def _divided(self, node: Expression, atom: int) -> Iterator[tuple[Expression, Expression]]:
        """A condition where an atom is true, and where it is false, each with when that may be."""
        own = self._atoms[atom]
        for truth in (True, False):
            can = self._weakening.may(own) if truth else negation(self._weakening.must(own))
            if constant(can) != 0:
                yield can, self._where(node, atom, truth)

    # -- what is asked -----------------------------------------------------------------------------------------------
    def _asks(self, node: Expression) -> tuple[int, int, int]:
        """What a condition, or a number, asks of hidden cells: which atoms, of which groups, and at which places; as bits.

        An atom is a comparison or a boolean cell that reads hidden cells; a place is an argument of a part that is an atom.
        """
        if not self._weakening.touches(node):
            return 0, 0, 0
        found = self._asked.get(id(node))
        if found is None:
            number = self._numbered(node)
            atoms, groups, places = (0, 0, 0) if number is None else (1 << number, 1 << self._group[number], 0)
            for part in node.arguments:
                more = self._asks(part)
                atoms, groups, places = atoms | more[0], groups | more[1], places | more[2]
                inner = self._numbers.get(id(part))
                if inner is not None:
                    place = 1 << next(self._place)
                    self._places[self._group[inner]] |= place
                    places |= place
            found = self._asked[id(node)] = atoms, groups, places
        return found

    def _numbered(self, node: Expression) -> int | None:
        """The number of an atom; None of what is none. The node is one of those that are kept by what makes them alike."""
        composed = isinstance(node, Operation) and all(part.kind == BOOLEAN for part in node.arguments)
        if node.kind != BOOLEAN or composed:
            return None
        number = self._numbers[id(node)] = len(self._atoms)
        less = self._difference(node)
        group = self._groups.setdefault(self._shape(node, less), len(self._groups))
        if group == len(self._members):
            self._members.append(0)
            self._places.append(0)
        self._members[group] |= 1 << number
        self._atoms.append(node)
        self._less.append(less)
        self._group.append(group)
        return number

    def _shape(self, atom: Expression, less: Sum | None) -> Shape:
        """What atoms about one number have in common: the terms of its sum, up to the sign; itself, of one about no number."""
        if less is None:
            return ((-1, self._sums.alike.key(atom)),)
        terms = sorted((key, factor) for key, (factor, _) in less.terms.items())
        sign = 1 if terms and terms[0][1] > 0 else -1
        return tuple((key, sign * factor) for key, factor in terms)

    def _difference(self, atom: Expression) -> Sum | None:
        """The difference of both sides of a comparison of numbers."""
        if not isinstance(atom, Operation) or atom.operator not in ("<", "<=", ">", ">=", "==", "!="):
            return None
        a, b = atom.arguments
        return self._sums.of(a).plus(-1, self._sums.of(b)) if a.kind == INTEGER else None

    def _related(self, node: Expression) -> int | None:
        """The first atom with relatives, of the number about which most is asked."""
        if id(node) not in self._first:
            atoms, groups, places = self._asks(node)
            own, most, tied = self._numbers.get(id(node)), 2, 0
            for group in _bits(groups & ~self._constant_group()):
                uses = (places & self._places[group]).bit_count() + (own is not None and self._group[own] == group)
                if uses >= most:
                    tied = self._members[group] | (tied if uses == most else 0)
                    most = uses
            order = self._order
            self._first[id(node)] = min(
                _bits(atoms & tied), key=lambda atom: (order.get(atom, len(order)), atom), default=None
            )
        return self._first[id(node)]

    def _constant_group(self) -> int:
        """The group of comparisons whose sums are numbers, as a bit: nothing hidden decides them."""
        group = self._groups.get(())
        return 0 if group is None else 1 << group

    # -- one case ----------------------------------------------------------------------------------------------------
    def _where(self, node: Expression, atom: int, truth: bool) -> Expression:
        """A condition, or a number, where an atom is true, or false, with what that decides of its relatives; folded."""
        if not self._asks(node)[1] >> self._group[atom] & 1:
            return node
        memo = self._folded.setdefault((atom, truth), {})
        found = memo.get(id(node))
        if found is None:
            number = self._numbers.get(id(node))
            decided = None if number is None else self._decides(atom, truth, number)
            if decided is not None:
                found = literal(BOOLEAN, decided)
            else:
                found = self._put(node, atom, truth)
            found = memo[id(node)] = self._sums.alike.of(found)
        return found

    def _put(self, node: Expression, atom: int, truth: bool) -> Expression:
        assert isinstance(node, Operation), node
        if node.operator in ("if", "select"):
            first = constant(self._where(node.arguments[0], atom, truth))
            if first is not None:
                which = (1 if first else 2) if node.operator == "if" else 1 + first
                return self._where(node.arguments[which], atom, truth)
        return rebuilt(node, [self._where(part, atom, truth) for part in node.arguments])

    def _decides(self, atom: int, truth: bool, other: int) -> bool | None:
        """What it decides of another atom that one is true, or false; None where it leaves it open."""
        if other == atom:
            return truth
        if self._group[other] != self._group[atom]:
            return None
        key = atom, truth, other
        if key not in self._decided:
            self._decided[key] = self._implied(atom, truth, other)
        return self._decided[key]

    def _implied(self, atom: int, truth: bool, other: int) -> bool | None:
        less, that = self._less[atom], self._less[other]
        low, high = _where(self._atoms[atom], truth)
        if less is None or that is None or (low, high) == (None, None):
            return None
        # less lies in low..high; that is it, or its opposite, and a number more.
        same = that.plus(-1, less)
        step = same.constant if not same.terms else that.plus(1, less).constant
        ends = (low, high) if not same.terms else (None if high is None else -high, None if low is None else -low)
        least, most = (None if end is None else end + step for end in ends)
        holds = [_holds(self._atoms[other], value) for value in _samples(least, most)]
        return holds[0] if holds and (all(holds) or not any(holds)) else None


def _bits(number: int) -> Iterator[int]:
    """The positions of the bits of a number."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


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
