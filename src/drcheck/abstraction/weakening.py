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

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import Reads, constant
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell
from drcheck.system.terms import FALSE, TRUE, choice, conjunction, disjunction, negation


class Weakening:
    """The readings of expressions without some cells. Parts that expressions share are weakened once."""

    def __init__(self, hidden: Iterable[int]) -> None:
        self.hidden = frozenset(hidden)
        self._bits = sum(1 << cell for cell in self.hidden)
        self._reads = Reads()
        self._known: dict[tuple[int, str], Expression] = {}
        self._kept_alive: list[Expression] = []

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

    # -- numbers ----------------------------------------------------------------------------------------------------
    def least(self, node: Expression) -> Expression:
        """No value of a number, for any values of the hidden cells, is less."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return Literal(node.domain.low)
        return self._once(node, "least", lambda made: self._end(made, high=False))

    def greatest(self, node: Expression) -> Expression:
        """No value of a number, for any values of the hidden cells, is greater."""
        if not self.touches(node):
            return node
        if isinstance(node, Cell):
            return Literal(node.domain.high)
        return self._once(node, "greatest", lambda made: self._end(made, high=True))

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
            case "//" if (divisor := constant(parts[1])) is not None and divisor > 0:
                return _number("//", same(parts[0]), parts[1])
            case "if":
                return self._end_of_if(parts, same, high=high)
            case "select" if not self.touches(parts[0]):
                return Operation("select", (parts[0], *map(same, parts[1:])), INTEGER)
        low, top = bounds(node)
        return Literal(top if high else low)

    def _end_of_if(
        self, parts: Sequence[Expression], same: Callable[[Expression], Expression], *, high: bool
    ) -> Expression:
        test, then, otherwise = parts[0], same(parts[1]), same(parts[2])
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


def compared(operator: str, a: Expression, b: Expression) -> Expression:
    """A comparison of two numbers, decided where their ranges decide it."""
    (low, high), (least, most) = bounds(a), bounds(b)
    if operator in (">", ">="):
        return compared("<" if operator == ">" else "<=", b, a)
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


__all__ = ["Weakening", "among", "compared"]
