"""Numbers as sums: what is added and taken away again cancels, also within minima and maxima.

Between what a number lies that reads hidden cells is by interval arithmetic, which forgets that a cell which occurs twice has
one value: `u - min(u, 4)` would lie anywhere in `0 - 4 .. high`. As a sum, a number is a constant and multiples of terms, each
once, and so are the operands of its minima and maxima: these are written with *positive parts*, `pos(x) = max(x, 0)`,

    max(a, b) = b + pos(a - b),    min(a, b) = a - pos(a - b),    pos(-x) = pos(x) - x

so that `u - min(u, 4)` is `pos(u - 4)`, and `min(u, 4) + pos(u - 4)` is `u`. Whatever is no sum, minimum or maximum is a term
as it is written. No other rule is used here, so a sum is the number that it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from drcheck.language.expressions import INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import constant
from drcheck.system.system import Cell

Term = tuple[int, Expression]
NOTHING = Literal(0)


class Alike:
    """Makes expressions that are written alike one object."""

    def __init__(self) -> None:
        self._made: dict[object, Expression] = {}
        self._known: dict[int, Expression] = {}
        self._numbers: dict[int, int] = {}
        self._alive: list[Expression] = []

    def of(self, node: Expression) -> Expression:
        """The one object of all that are written alike."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        key: object
        if isinstance(node, Operation):
            parts = [self.of(part) for part in node.arguments]
            key = (node.operator, node.kind, *map(id, parts))
            if key not in self._made:
                same = all(a is b for a, b in zip(parts, node.arguments, strict=True))
                self._made[key] = node if same else node.rebuilt(parts)
        else:
            key = node.index if isinstance(node, Cell) else (node.kind, getattr(node, "value", None))
            self._made.setdefault(key, node)
        found = self._made[key]
        self._alive += [node, found]  # both are known by identity
        self._known[id(node)] = self._known[id(found)] = found
        return found

    def key(self, node: Expression) -> int:
        """A number, the same for expressions that are written alike; in the order in which they were seen first."""
        found = self.of(node)
        return self._numbers.setdefault(id(found), len(self._numbers))


@dataclass(frozen=True)
class Sum:
    """A number: a constant, and terms with their factors, by what is alike; none has the factor 0."""

    constant: int
    terms: Mapping[int, Term]

    def plus(self, factor: int, other: Sum) -> Sum:
        """The sum of this and a multiple of another."""
        terms = dict(self.terms)
        for key, (times, node) in other.terms.items():
            before = terms.pop(key, (0, node))[0]
            if before + factor * times:
                terms[key] = before + factor * times, node
        return Sum(self.constant + factor * other.constant, terms)

    def without(self, key: int) -> Sum:
        """The sum without one of its terms."""
        return Sum(self.constant, {other: term for other, term in self.terms.items() if other != key})


class Sums:
    """Numbers of one system as sums."""

    def __init__(self) -> None:
        self.alike = Alike()
        self._sums: dict[int, tuple[Expression, Sum]] = {}
        self._inside: dict[int, Sum] = {}
        self._positives: dict[object, Expression] = {}

    def of(self, node: Expression) -> Sum:
        """A number as a sum."""
        if id(node) not in self._sums:
            self._sums[id(node)] = node, self._of(node)  # known by identity
        return self._sums[id(node)][1]

    def inside(self, node: Expression) -> Sum | None:
        """Of what a term is the positive part; None for other terms."""
        return self._inside.get(id(node))

    def _of(self, node: Expression) -> Sum:
        value = constant(node)
        if value is not None:
            return Sum(value, {})
        if isinstance(node, Operation) and node.operator in ("+", "-"):
            first, second = map(self.of, node.arguments)
            return first.plus(1 if node.operator == "+" else -1, second)
        if isinstance(node, Operation) and node.operator == "*":
            first, second = map(self.of, node.arguments)
            if not first.terms or not second.terms:
                factor, rest = (first.constant, second) if not first.terms else (second.constant, first)
                return Sum(0, {}).plus(factor, rest)
        if isinstance(node, Operation) and node.operator in ("min", "max"):
            return reduce(lambda a, b: self._extreme(node.operator, a, b), map(self.of, node.arguments))
        return self._term(node)

    def _extreme(self, operator: str, a: Sum, b: Sum) -> Sum:
        apart = self.positive(a.plus(-1, b))
        return b.plus(1, apart) if operator == "max" else a.plus(-1, apart)

    def positive(self, made: Sum) -> Sum:
        """The positive part of a sum."""
        if not made.terms:
            return Sum(max(made.constant, 0), {})
        first = min(made.terms)
        if made.terms[first][0] < 0:  # of two sums that are opposite, one is made a term
            return self.positive(Sum(0, {}).plus(-1, made)).plus(1, made)
        key = made.constant, tuple(sorted((term, factor) for term, (factor, _) in made.terms.items()))
        if key not in self._positives:
            node = self.alike.of(Operation("max", (written(made.constant, made.terms.values()), NOTHING), INTEGER))
            self._positives[key] = node
            self._inside[id(node)] = made
        return self._term(self._positives[key])

    def _term(self, node: Expression) -> Sum:
        node = self.alike.of(node)
        return Sum(0, {self.alike.key(node): (1, node)})


def written(number: int, terms: Iterable[Term]) -> Expression:
    """A sum as an expression: what is added comes first."""
    found: Expression = NOTHING
    for factor, node in sorted(terms, key=lambda term: term[0] < 0):
        value = constant(node)
        if value is not None:
            number += factor * value
            continue
        part = node if abs(factor) == 1 else Operation("*", (node, Literal(abs(factor))), INTEGER)
        if found is NOTHING and factor > 0:
            found = part
        else:
            found = Operation("+" if factor > 0 else "-", (found, part), INTEGER)
    if found is NOTHING or number == 0:
        return Literal(number) if found is NOTHING else found
    return Operation("+" if number > 0 else "-", (found, Literal(abs(number))), INTEGER)


__all__ = ["Alike", "Sum", "Sums", "Term", "written"]
