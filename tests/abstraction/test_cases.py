"""Conditions case by case: what is kept of their parts changes nothing of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, product
from random import Random

import pytest

from drcheck.abstraction import cases
from drcheck.abstraction.cases import Cases
from drcheck.abstraction.sums import Sum
from drcheck.abstraction.weakening import Weakening
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Operation, nodes_in
from drcheck.reductions.simplify import constant, literal, refolded
from drcheck.saturation.ends import worth
from drcheck.system.terms import FALSE, conjunction, negation
from tests.support.conditions import cells_of_three, drawn


class Plain:
    """The slow twin of `Cases`: every condition is walked again for each atom that is looked for, compared, or put in."""

    def __init__(self, weakening: Weakening) -> None:
        self._weakening, self._sums = weakening, weakening.sums

    def each(self, node: Expression, most: int) -> Iterator[Expression]:
        root = self._sums.alike.of(node)
        order = {id(atom): at for at, atom in enumerate(self.atoms(root))}
        return self._cases(root, count(-most), order)

    def _cases(self, node: Expression, tried: Iterator[int], order: dict[int, int]) -> Iterator[Expression]:
        plain = self._weakening.may(node)
        if constant(plain) == 0:
            return
        atom = self._related(node, order) if next(tried) < 0 else None
        if atom is None:
            yield plain
            return
        for truth in (True, False):
            can = self._weakening.may(atom) if truth else negation(self._weakening.must(atom))
            if constant(can) != 0:
                known = {id(other): literal(BOOLEAN, value) for other, value in self._decided(node, atom, truth)}
                made = self._sums.alike.of(refolded(node, known, {}))
                yield from (
                    case for each in self._cases(made, tried, order) if (case := conjunction([can, each])) is not FALSE
                )

    def atoms(self, node: Expression) -> list[Expression]:
        def composed(each: Expression) -> bool:
            return isinstance(each, Operation) and all(part.kind == BOOLEAN for part in each.arguments)

        return [
            each
            for each in nodes_in([node])
            if each.kind == BOOLEAN and self._weakening.touches(each) and not composed(each)
        ]

    def _less(self, atom: Expression) -> Sum | None:
        if not isinstance(atom, Operation) or atom.arguments[0].kind != INTEGER or atom.operator == "select":
            return None
        return self._sums.of(atom.arguments[0]).plus(-1, self._sums.of(atom.arguments[1]))

    def _shape(self, atom: Expression) -> object:
        less = self._less(atom)
        if less is None:
            return self._sums.alike.key(atom)
        own, opposite = (frozenset((key, sign * f) for key, (f, _) in less.terms.items()) for sign in (1, -1))
        return frozenset((own, opposite)) if own else None

    def _related(self, node: Expression, order: dict[int, int]) -> Expression | None:
        places = [id(node), *(id(part) for each in nodes_in([node]) for part in each.arguments)]
        atoms = sorted(self.atoms(node), key=lambda atom: order.get(id(atom), len(order)))
        uses: dict[object, int] = {}
        for atom in atoms:
            shape = self._shape(atom)
            if shape is not None:
                uses[shape] = uses.get(shape, 0) + places.count(id(atom))
        most = max(uses.values(), default=0)
        return next((atom for atom in atoms if most > 1 and uses.get(self._shape(atom)) == most), None)

    def _decided(self, node: Expression, atom: Expression, truth: bool) -> Iterator[tuple[Expression, bool]]:
        yield atom, truth
        less = self._less(atom)
        if less is None:
            return
        low, high = cases._where(atom, truth)
        for other in self.atoms(node):
            that = self._less(other)
            if other is atom or that is None or self._shape(other) != self._shape(atom) or (low is high is None):
                continue
            same = that.plus(-1, less)
            step = same.constant if not same.terms else that.plus(1, less).constant
            ends = (low, high) if not same.terms else (None if high is None else -high, None if low is None else -low)
            holds = [
                cases._holds(other, value)
                for value in cases._samples(*(None if end is None else end + step for end in ends))
            ]
            if len(set(holds)) == 1:
                yield other, holds[0]


def assert_like_the_twin(seeds: range) -> None:
    """The same cases in the same order, also where many conditions are asked of one slice, and few cases are allowed."""
    divided = 0
    for seed in seeds:
        random, cells = Random(seed), cells_of_three()
        weakening = Weakening(random.sample(range(4), random.randint(1, 4)))
        own, plain, alike = Cases(weakening), Plain(weakening), weakening.alike
        for _ in range(3):
            asked, most = drawn(random, cells, 4), random.choice([2, 100, 100])
            found = [alike.key(each) for each in own.each(asked, most)]
            assert found == [alike.key(each) for each in plain.each(asked, most)], asked
            divided += len(found) > 1
    assert divided > len(seeds) / 4


def test_cases_are_those_of_the_slow_twin() -> None:
    assert_like_the_twin(range(150))


def _of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an atom decides where it is true is taken for what it decides where it is false."""
    plain = Cases._implied
    monkeypatch.setattr(Cases, "_implied", lambda self, atom, truth, other: plain(self, atom, True, other))


def _untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is taken for one that asks nothing of relatives, if it does not ask the atom itself."""
    plain = Cases._where

    def where(self: Cases, node: Expression, atom: int, truth: bool) -> Expression:
        return plain(self, node, atom, truth) if self._asks(node)[0] >> atom & 1 else node

    monkeypatch.setattr(Cases, "_where", where)


def _any_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Atoms are taken in the order of another condition."""
    monkeypatch.setattr(Cases, "_root", lambda self, node: self._sums.alike.of(node))


@pytest.mark.parametrize("plant", [_of_the_other, _untouched, _any_uses], ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_what_is_kept_of_parts_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        assert_like_the_twin(range(150))


def test_what_may_hold_is_that_one_of_the_cases_may() -> None:
    """`may` shares what cases have in common; its value is that of all of them together."""
    for seed in range(100):
        random, cells = Random(seed), cells_of_three()
        weakening = Weakening(random.sample(range(4), random.randint(1, 3)))
        own, asked = Cases(weakening), drawn(random, cells, 4)
        may, each = own.may(asked), list(own.each(asked))
        for state in product(range(4), range(4), range(4), range(2)):
            assert worth(may, state) == any(worth(case, state) for case in each), asked
