"""What can be said of an expression without the values of some cells: that it may hold, that it must, between what it lies.

Some cells are *hidden*: only their domains are known of them. For an expression over all cells there are expressions over the
others, the *kept* ones:

- `may`: true where the condition holds for some values of the hidden cells, and perhaps elsewhere;
- `must`: true only where it holds for all of their values;
- `least` and `greatest`: no value of a number is less, or greater, for any values of the hidden cells.

So `must` implies the condition, and the condition implies `may`, in every state. What stands under a negation is weakened the
other way: not a condition may hold where it is not so that the condition must. Each rule below keeps that, operator by
operator, and an operator without a rule has the ends of its range (`ranges.bounds`), or neither may nor must be excluded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import count
from operator import or_

from drcheck.abstraction.sums import Sum, Sums, written
from drcheck.errors import ModelError
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import Reads, constant, refolded
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell
from drcheck.system.terms import FALSE, TRUE, choice, conjunction, disjunction, negation

MOST_SUMS = 64
"""A number is a minimum or maximum of at most so many sums, or its ends are those of its parts."""


Ends = dict[int, tuple[Expression, Expression]]
"""Between what hidden cells lie, in kept cells, where more is known of them than their domains."""


class _TooManySumsError(Exception):
    """A number would be of too many sums."""


class Weakening:
    """The readings of expressions without some cells. Parts that expressions share are weakened once."""

    def __init__(self, hidden: Iterable[int], ends: Ends | None = None) -> None:
        self.hidden, self._ends = frozenset(hidden), ends or {}
        self._bits = sum(1 << cell for cell in self.hidden)
        self._reads = Reads()
        self._known: dict[tuple[int, str], Expression] = {}
        self._kept_alive: list[Expression] = []
        self._twice: dict[int, tuple[int, int]] = {}
        self.sums = Sums()
        self.alike = self.sums.alike

    def touches(self, node: Expression) -> bool:
        """Whether an expression reads a hidden cell."""
        return bool(self._reads(node) & self._bits)

    def _once(self, node: Expression, what: str, make: Callable[[Operation], Expression]) -> Expression:
        key = (id(node), what)
        if key not in self._known:
            self._kept_alive.append(node)  # known by identity
            assert isinstance(node, Operation), node
            self._known[key] = make(node)
        return self._known[key]

    # -- conditions -------------------------------------------------------------------------------------------------
    def may(self, node: Expression) -> Expression:
        """Where a condition holds for some values of the hidden cells, if not more often."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return TRUE
        return self._once(node, "may", self._may)

    def must(self, node: Expression) -> Expression:
        """Where a condition holds for all values of the hidden cells, if not less often."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return FALSE
        return self._once(node, "must", self._must)

    def _may(self, node: Operation) -> Expression:
        parts = node.arguments
        match node.operator:
            case "not":
                return negation(self.must(parts[0]))
            case "and":
                return conjunction([self.may(part) for part in parts])
            case "or":
                return disjunction([self.may(part) for part in parts])
            case "if":
                test, then, otherwise = parts
                yes = conjunction([self.may(test), self.may(then)])
                return disjunction([yes, conjunction([negation(self.must(test)), self.may(otherwise)])])
            case "select" if not self.touches(parts[0]):
                return Operation("select", (parts[0], *map(self.may, parts[1:])), BOOLEAN)
            case "select":
                return disjunction([self.may(part) for part in parts[1:]])
            case "==" | "!=" if parts[0].kind == BOOLEAN:
                return self.may(_spelled(node))
            case "<" | "<=" | ">" | ">=" | "==" | "!=" if self._both(node):
                return self._may(self._against_nothing(node))
            case "<" | "<=":
                return compared(node.operator, self.least(parts[0]), self.greatest(parts[1]))
            case ">" | ">=":
                return compared(node.operator, self.greatest(parts[0]), self.least(parts[1]))
            case "==":
                a, b = parts
                above = compared("<=", self.least(a), self.greatest(b))
                return conjunction([above, compared("<=", self.least(b), self.greatest(a))])
            case "!=":
                return negation(self._same(*parts))
        return TRUE

    def _must(self, node: Operation) -> Expression:
        parts = node.arguments
        match node.operator:
            case "not":
                return negation(self.may(parts[0]))
            case "and":
                return conjunction([self.must(part) for part in parts])
            case "or":
                return disjunction([self.must(part) for part in parts])
            case "if":
                test, then, otherwise = parts
                yes = disjunction([negation(self.may(test)), self.must(then)])
                return conjunction([yes, disjunction([self.must(test), self.must(otherwise)])])
            case "select" if not self.touches(parts[0]):
                return Operation("select", (parts[0], *map(self.must, parts[1:])), BOOLEAN)
            case "select":
                return conjunction([self.must(part) for part in parts[1:]])
            case "==" | "!=" if parts[0].kind == BOOLEAN:
                return self.must(_spelled(node))
            case "<" | "<=" | ">" | ">=" | "==" | "!=" if self._both(node):
                return self._must(self._against_nothing(node))
            case "<" | "<=":
                return compared(node.operator, self.greatest(parts[0]), self.least(parts[1]))
            case ">" | ">=":
                return compared(node.operator, self.least(parts[0]), self.greatest(parts[1]))
            case "==":
                return self._same(*parts)
            case "!=":
                a, b = parts
                below = compared("<", self.greatest(a), self.least(b))
                return disjunction([below, compared("<", self.greatest(b), self.least(a))])
        return FALSE

    def _same(self, a: Expression, b: Expression) -> Expression:
        """That two numbers are equal, whatever the hidden cells are: all that the one can be is all that the other can."""
        below = compared("<=", self.greatest(a), self.least(b))
        return conjunction([below, compared("<=", self.greatest(b), self.least(a))])

    def _both(self, node: Operation) -> bool:
        """Whether both sides of a comparison read a hidden cell that they have in common."""
        a, b = node.arguments
        return bool(self._reads(a) & self._reads(b) & self._bits)

    def _against_nothing(self, node: Operation) -> Operation:
        """A comparison of two numbers as one of their difference with 0."""
        difference = Operation("-", node.arguments, INTEGER)
        self._kept_alive.append(difference)
        return Operation(node.operator, (difference, Literal(0)), BOOLEAN)

    # -- numbers ----------------------------------------------------------------------------------------------------
    def least(self, node: Expression) -> Expression:
        """No value of a number, for any values of the hidden cells, is less."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return self._ends[node.index][0] if node.index in self._ends else Literal(node.domain.low)
        return self._once(node, "least", lambda made: self._outer(made, high=False))

    def greatest(self, node: Expression) -> Expression:
        """No value of a number, for any values of the hidden cells, is greater."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return self._ends[node.index][1] if node.index in self._ends else Literal(node.domain.high)
        return self._once(node, "greatest", lambda made: self._outer(made, high=True))

    def _outer(self, node: Operation, *, high: bool) -> Expression:
        """An end of a number: of its parts, or of it as sums, where a hidden cell occurs in it more than once."""
        if self._occurring(node)[1]:
            try:
                return self._end_of_sum(self.sums.of(node), high, count(-MOST_SUMS))
            except (_TooManySumsError, ModelError):  # the latter where a sum could exceed 64 bits
                pass
        return self._end(node, high=high)

    def _occurring(self, node: Expression) -> tuple[int, int]:
        """The hidden cells that occur in a number, and those that may do so twice in a sum of it, as bits."""
        if not isinstance(node, Operation) or not self.touches(node):
            return self._reads(node) & self._bits, 0
        if id(node) not in self._twice:
            self._kept_alive.append(node)
            ones, twos = zip(*map(self._occurring, node.arguments), strict=True)
            one, two = reduce(or_, ones), reduce(or_, twos)
            if node.operator in ("+", "-"):
                two |= ones[0] & ones[1]
            elif node.operator == "if":
                two |= ones[0] & (ones[1] | ones[2])  # its condition says something of them
            elif node.operator not in ("min", "max") and not _multiple(node):
                two = 0  # a term as a whole
            self._twice[id(node)] = one, two
        return self._twice[id(node)]

    def _end_of_sum(self, made: Sum, high: bool, tried: Iterator[int], known: tuple[Sum, ...] = ()) -> Expression:
        """The least or greatest value of a sum, where the sums that are `known` are 0 or less.

        Positive parts and choices that share hidden cells with the rest go outside: s + k * pos(x) is the maximum of s + k * x
        and s, for k >= 0, else the minimum; a choice is one of its branches. What is 0 or less is taken from a sum, or added to
        it, where that makes it shorter: for a <= 0, s is at most s - a and at least s + a.
        """
        if next(tried) > 0:
            raise _TooManySumsError
        plain = self._outermost(made, high, tried, known)
        size, better = self._size(made), "min" if high else "max"
        for number, less in enumerate(known):
            shorter = made.plus(-1 if high else 1, less)
            if self._size(shorter) < size:
                rest = known[:number] + known[number + 1 :]
                plain = self._either(better, plain, self._end_of_sum(shorter, high, tried, rest))
        return plain

    def _size(self, made: Sum) -> int:
        """How much of a sum reads hidden cells."""
        return sum(node.size for _, node in made.terms.values() if self.touches(node))

    def _outermost(self, made: Sum, high: bool, tried: Iterator[int], known: tuple[Sum, ...]) -> Expression:
        """The least or greatest value of a sum by the branches of one of its terms, or by the ends of these."""
        reads = {key: self._reads(node) & self._bits for key, (_, node) in made.terms.items()}
        for key, (factor, node) in sorted(
            made.terms.items(), key=lambda term: -term[1][1].size
        ):  # what holds others first
            inside = self.sums.inside(node)
            if inside is None and node.operator != "if":
                continue
            rest = reduce(or_, (bits for other, bits in reads.items() if other != key), 0)
            if not (reads[key] & rest or self._occurring(node)[1] or (inside is None and known)):
                continue
            if inside is None:
                return self._by_choice(made, node.arguments[0], high, tried, known)
            without = made.without(key)
            positive, none = without.plus(factor, inside), without
            if (factor > 0) is not high:
                ends = [self._end_of_sum(each, high, tried, known) for each in (positive, none)]
                return self._either("max" if factor > 0 else "min", *ends)
            # Only where x is 0 or more does pos(x) have this value, and is the sum greater, or less.
            negated = Sum(0, {}).plus(-1, inside)
            ends = [
                self._end_of_sum(positive, high, tried, (*known, negated)),
                self._end_of_sum(none, high, tried, (*known, inside)),
            ]
            return self._either("max" if high else "min", *ends)
        by_sign = [
            (factor, self.greatest(node) if high == (factor > 0) else self.least(node))
            for factor, node in made.terms.values()
        ]
        found = written(made.constant, by_sign)
        bounds(found)
        return found

    def _by_choice(
        self, made: Sum, test: Expression, high: bool, tried: Iterator[int], known: tuple[Sum, ...]
    ) -> Expression:
        """The least or greatest value of a sum by whether a condition holds."""
        both = []
        for truth in (True, False):
            more = tuple(self._where(each, test, truth) for each in known) + tuple(self._said(test, truth))
            both.append(self._end_of_sum(self._where(made, test, truth), high, tried, more))
        return self._one_of(test, *both, high=high)

    def _said(self, node: Expression, truth: bool) -> Iterator[Sum]:
        """Sums that are 0 or less where a condition is true, or false: those of its comparisons that read hidden cells."""
        if not self.touches(node) or not isinstance(node, Operation):
            return
        if node.operator == "not":
            yield from self._said(node.arguments[0], not truth)
        elif node.operator == ("and" if truth else "or"):
            for part in node.arguments:
                yield from self._said(part, truth)
        elif node.operator in ("<", "<=", ">", ">=", "==", "!=") and node.arguments[0].kind == INTEGER:
            less = self.sums.of(node.arguments[0]).plus(-1, self.sums.of(node.arguments[1]))
            more, one = Sum(0, {}).plus(-1, less), Sum(1, {})
            match node.operator, truth:
                case ("<=", True) | (">", False):
                    yield less
                case ("<", True) | (">=", False):
                    yield less.plus(1, one)
                case (">=", True) | ("<", False):
                    yield more
                case (">", True) | ("<=", False):
                    yield more.plus(1, one)
                case ("==", True) | ("!=", False):
                    yield from (less, more)

    def _either(self, operator: str, a: Expression, b: Expression) -> Expression:
        """The minimum or maximum of two numbers, which may be one."""
        return a if self.alike.key(a) == self.alike.key(b) else _number(operator, a, b)

    def _where(self, made: Sum, test: Expression, truth: bool) -> Sum:
        """A sum where a condition is true, or false: whatever else in it asks the same is decided, too."""
        known, memo = {id(test): Literal(truth)}, dict[int, Expression]()
        found = Sum(made.constant, {})
        for factor, node in made.terms.values():
            found = found.plus(factor, self.sums.of(refolded(node, known, memo)))
        return found

    def _end(self, node: Operation, *, high: bool) -> Expression:
        parts = node.arguments
        same, other = (self.greatest, self.least) if high else (self.least, self.greatest)
        match node.operator:
            case "+":
                return _number("+", same(parts[0]), same(parts[1]))
            case "-":
                return _number("-", same(parts[0]), other(parts[1]))
            case "min" | "max":
                return reduce(lambda a, b: _number(node.operator, a, b), [same(part) for part in parts])
            case "*" if (factor := constant(parts[1])) is not None:
                return _number("*", same(parts[0]) if factor >= 0 else other(parts[0]), parts[1])
            case "*" if not all(map(self.touches, parts)):
                rest, kept = sorted(parts, key=self.touches, reverse=True)
                low, top = bounds(kept)
                if low >= 0 or top <= 0:
                    return _number("*", kept, same(rest) if low >= 0 else other(rest))
                return _number("max" if high else "min", *(_number("*", kept, end(rest)) for end in (same, other)))
            case "//" if (divisor := constant(parts[1])) is not None and divisor > 0:
                return _number("//", same(parts[0]), parts[1])
            case "if":
                return self._one_of(parts[0], same(parts[1]), same(parts[2]), high=high)
            case "select" if not self.touches(parts[0]):
                return Operation("select", (parts[0], *map(same, parts[1:])), INTEGER)
        low, top = bounds(node)
        return Literal(top if high else low)

    def _one_of(self, test: Expression, then: Expression, otherwise: Expression, *, high: bool) -> Expression:
        """The least or greatest value of a choice, by those of its branches."""
        if self.alike.key(then) == self.alike.key(otherwise):
            return then
        if not self.touches(test):
            return choice(test, then, otherwise)
        any_of_both = _number("max" if high else "min", then, otherwise)
        return choice(self.must(test), then, choice(self.may(test), any_of_both, otherwise))


def _spelled(node: Operation) -> Expression:
    """That two conditions are alike, or not, by conjunction, disjunction and negation alone."""
    a, b = node.arguments
    alike = disjunction([conjunction([a, b]), conjunction([negation(a), negation(b)])])
    return alike if node.operator == "==" else negation(alike)


_FOLDED: dict[str, Callable[[int, int], int | bool]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "min": min,
    "max": max,
}


def _number(operator: str, a: Expression, b: Expression) -> Expression:
    """An operation on two numbers, computed where both are known."""
    x, y = constant(a), constant(b)
    if x is not None and y is not None:
        return Literal(int(_FOLDED[operator](x, y)))
    return Operation(operator, (a, b), INTEGER)


def _multiple(node: Operation) -> bool:
    """Whether a number is a multiple of another: a sum of multiples, unlike a product of two that vary."""
    return node.operator == "*" and any(constant(part) is not None for part in node.arguments)


def compared(operator: str, a: Expression, b: Expression) -> Expression:
    """A comparison of two numbers, decided where their ranges decide it."""
    (low, high), (least, most) = bounds(a), bounds(b)
    if operator in (">", ">="):
        return compared("<" if operator == ">" else "<=", b, a)
    if operator in ("==", "!="):
        apart = high < least or most < low
        return (TRUE if operator == "!=" else FALSE) if apart else Operation(operator, (a, b), BOOLEAN)
    if high < least or (operator == "<=" and high == least):
        return TRUE
    if low > most or (operator == "<" and low == most):
        return FALSE
    return Operation(operator, (a, b), BOOLEAN)


def among(node: Expression, weakening: Weakening, value: int) -> Expression:
    """That an expression, a condition as 0 or 1, can have a value for some values of the hidden cells, if not more often."""
    if node.kind == BOOLEAN:
        return weakening.may(node) if value else negation(weakening.must(node))
    below = compared("<=", weakening.least(node), Literal(value))
    return conjunction([below, compared("<=", Literal(value), weakening.greatest(node))])


__all__ = ["Ends", "Weakening", "among", "compared"]
