"""What expressions of a JANI file are worth: constants, exactly, and expressions of drcheck over the variables.

A constant is a Python bool, int, Fraction (a real number) or Irrational. What depends on the state is a `Term`: of kind bool or
int an expression; of kind real a fraction of two integer expressions, whose lower one is above zero in every state. With this
real arithmetic in guards, probabilities and `floor` is exact, and whatever is not a fraction of integers is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, isclose
from typing import TypeAlias

from drcheck.errors import ModelError
from drcheck.language.expressions import BOOLEAN, Expression, Literal, connective, operation, substitute
from drcheck.language.functions import if_else, maximum, minimum
from drcheck.language.variables import Variable
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, Domain

MOST_BITS = 4096
"""The longest numerator or denominator of a constant."""
NEAR = 1e-9
"""Two numbers that are not both exact, and this near to each other, are told apart by nobody."""


class UndecidableError(Exception):
    """An operation that has no exact meaning here; the text says why."""


@dataclass(frozen=True)
class Irrational:
    """A real number that is no fraction, as near as a double is."""

    value: float


@dataclass(frozen=True)
class Term:
    """What depends on the state. `below`: of a real, what `top` is divided by, above zero in every state."""

    kind: str
    top: Expression
    below: Expression | int = 1


Constant: TypeAlias = bool | int | Fraction | Irrational
Worth: TypeAlias = Constant | Term


def kind_of(worth: Worth) -> str:
    """bool, int or real."""
    if isinstance(worth, Term):
        return worth.kind
    return "bool" if isinstance(worth, bool) else "int" if isinstance(worth, int) else "real"


def as_expression(worth: Worth) -> Expression:
    """A bool or an int as an expression of drcheck."""
    if isinstance(worth, Term):
        return worth.top
    assert isinstance(worth, (bool, int)), worth
    return Literal(worth)


def real(top: Expression, below: Expression | int) -> Term:
    """A real number as a fraction; constant denominators are kept as numbers."""
    return Term("real", top, int(below.value) if isinstance(below, Literal) else below)  # type: ignore[arg-type]


def range_of(node: Expression) -> tuple[int, int]:
    """The least and greatest value of an expression over variables. Raises ModelError DR110, DR111."""

    def leaf(item: Expression) -> Expression:
        if isinstance(item, Literal):
            return item
        kind, low, high = BOOLEAN, 0, 1
        if isinstance(item, Variable):
            assert isinstance(item.high, int), item
            kind, low, high = item.kind, item.low, item.high
        return Cell(0, "", Domain(kind, low, high), "")

    return bounds(substitute(node, leaf))


def times(a: Expression | int, b: Expression | int) -> Expression | int:
    """The product of two integers."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if isinstance(a, int) and a == 1:
        return b
    if isinstance(b, int) and b == 1:
        return a
    return operation("*", a, b)


def _fraction(worth: Worth) -> tuple[Expression | int, Expression | int]:
    """A number as a fraction of integers."""
    if isinstance(worth, Term):
        return worth.top, worth.below
    if isinstance(worth, Irrational):
        raise UndecidableError("a number that is no fraction cannot be put together with what depends on the state")
    exact = Fraction(worth)
    return exact.numerator, exact.denominator


def _number(worth: Constant) -> Fraction | float:
    return worth.value if isinstance(worth, Irrational) else Fraction(worth)


def _double(value: Fraction | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _constant(value: Fraction | float, kind: str) -> Constant:
    if isinstance(value, float):
        return Irrational(value)
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise UndecidableError(f"a number of more than {MOST_BITS:,} bits")
    return int(value) if kind == "int" else value


def _made(top: Expression | int, below: Expression | int, kind: str) -> Worth:
    if isinstance(top, int) and isinstance(below, int):
        return _constant(Fraction(top, below), kind)
    shown = Literal(top) if isinstance(top, int) else top
    return Term("int", shown) if kind == "int" else real(shown, below)


def _both(a: Worth, b: Worth) -> str:
    return "int" if kind_of(a) == kind_of(b) == "int" else "real"


def arithmetic(operator: str, a: Worth, b: Worth) -> Worth:
    """`+`, `-` or `*` of two numbers."""
    kind = _both(a, b)
    if not isinstance(a, Term) and not isinstance(b, Term):
        x, y = _number(a), _number(b)
        return _constant(x + y if operator == "+" else x - y if operator == "-" else x * y, kind)
    (top, below), (other, beneath) = _fraction(a), _fraction(b)
    if operator == "*":
        return _made(times(top, other), times(below, beneath), kind)
    if _same(below, beneath):
        return _made(operation(operator, top, other), below, kind)
    return _made(operation(operator, times(top, beneath), times(other, below)), times(below, beneath), kind)


def _same(a: Expression | int, b: Expression | int) -> bool:
    return a == b if isinstance(a, int) and isinstance(b, int) else a is b


def divided(a: Worth, b: Worth) -> Worth:
    """`a / b`, which is a real number. Raises UndecidableError for what may be a division by zero."""
    if not isinstance(a, Term) and not isinstance(b, Term):
        x, y = _number(a), _number(b)
        if y == 0:
            raise UndecidableError("a division by zero")
        return _constant(x / y, "real")
    (top, below), (other, beneath) = _fraction(a), _fraction(b)
    upper, lower = times(top, beneath), times(other, below)
    if isinstance(lower, int):
        low = high = lower
    else:
        low, high = range_of(lower)
    if low <= 0 <= high:
        raise UndecidableError(f"a division by what may be zero: it can be {low}..{high}")
    if high < 0:
        upper, lower = _negative(upper), _negative(lower)
    return _made(upper, lower, "real")


def _negative(value: Expression | int) -> Expression | int:
    return -value if isinstance(value, int) else operation("-", 0, value)


def compared(operator: str, a: Worth, b: Worth) -> Worth:
    """`<`, `<=`, `>`, `>=`, `==` or `!=` of two numbers, or `==` or `!=` of two booleans."""
    if not isinstance(a, Term) and not isinstance(b, Term):
        x, y = _number(a), _number(b)
        if (isinstance(x, float) or isinstance(y, float)) and isclose(
            _double(x), _double(y), rel_tol=NEAR, abs_tol=NEAR
        ):
            raise UndecidableError("two numbers that are equal as far as can be told")
        return bool(_COMPARED[operator](x, y))
    if kind_of(a) == "bool":
        return Term("bool", operation(operator, as_expression(a), as_expression(b)))
    (top, below), (other, beneath) = _fraction(a), _fraction(b)
    if not _same(below, beneath):
        top, other = times(top, beneath), times(other, below)
    return Term("bool", operation(operator, top, other))


_COMPARED: dict[str, Callable[[object, object], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def rounded(name: str, a: Worth) -> Worth:
    """`floor`, `ceil` or `trc` of a number, which is an integer."""
    if isinstance(a, Term):
        if a.kind == "int":
            return a
        down = operation("//", a.top, a.below)
        up = operation("-", 0, operation("//", operation("-", 0, a.top), a.below))
        if name == "trc":
            return Term("int", if_else(operation(">=", a.top, 0), down, up))
        return Term("int", down if name == "floor" else up)
    x = _number(a)
    if isinstance(x, float) and abs(x - round(x)) <= NEAR * max(1.0, abs(x)):
        raise UndecidableError(f"{name} of a number that is too near to {round(x)}")
    return floor(x) if name == "floor" or (name == "trc" and x >= 0) else ceil(x)


def modulo(a: Worth, b: Worth) -> Worth:
    """`a mod b` of integers: with a dividend of 0 or more and a divisor above zero, of which all tools think alike."""
    low, _ = span(a)
    least, _ = span(b)
    if low < 0 or least <= 0:
        raise UndecidableError(
            f"mod of {'a dividend that may be negative' if low < 0 else 'a divisor that may be zero or negative'}, "
            "which tools do not compute alike"
        )
    if not isinstance(a, Term) and not isinstance(b, Term):
        return int(a) % int(b)  # type: ignore[arg-type]  # integers, as the caller made sure
    return Term("int", operation("%", as_expression(a), as_expression(b)))


def span(worth: Worth) -> tuple[int, int]:
    """The least and greatest value of an int."""
    if isinstance(worth, Term):
        return range_of(worth.top)
    assert isinstance(worth, int), worth
    return worth, worth


def extreme(name: str, a: Worth, b: Worth) -> Worth:
    """`min` or `max` of two numbers."""
    kind = _both(a, b)
    if not isinstance(a, Term) and not isinstance(b, Term):
        first = compared("<=" if name == "min" else ">=", a, b) if _number(a) != _number(b) else True
        return _constant(_number(a if first else b), kind)
    (top, below), (other, beneath) = _fraction(a), _fraction(b)
    take = minimum if name == "min" else maximum
    if _same(below, beneath):
        return _made(take(_node(top), _node(other)), below, kind)
    return _made(take(_node(times(top, beneath)), _node(times(other, below))), times(below, beneath), kind)


def _node(value: Expression | int) -> Expression:
    return Literal(value) if isinstance(value, int) else value


def chosen(test: Term, a: Worth, b: Worth) -> Worth:
    """`a` where a condition holds, `b` elsewhere; both numbers, or both booleans."""
    if kind_of(a) == "bool":
        return Term("bool", if_else(test.top, as_expression(a), as_expression(b)))
    kind = _both(a, b)
    (top, below), (other, beneath) = _fraction(a), _fraction(b)
    if _same(below, beneath):
        return _made(if_else(test.top, _node(top), _node(other)), below, kind)
    return _made(if_else(test.top, _node(times(top, beneath)), _node(times(other, below))), times(below, beneath), kind)


def joined(operator: str, *worths: Worth) -> Worth:
    """`and` or `or` of booleans; constants decide, or are left out."""
    deciding = operator == "or"
    if any(worth is deciding for worth in worths):
        return deciding
    left = [worth.top for worth in worths if isinstance(worth, Term)]
    return Term("bool", connective(operator, *left)) if left else not deciding


def negated(worth: Worth) -> Worth:
    """Not."""
    return Term("bool", operation("not", worth.top)) if isinstance(worth, Term) else not worth


def is_positive_number(worth: Worth) -> Worth:
    """Whether a number is above zero."""
    if isinstance(worth, Irrational):
        return worth.value > 0
    if isinstance(worth, Term):
        low, high = _sure(worth.top)
        if low > 0 or high <= 0:
            return low > 0
        return Term("bool", operation(">", worth.top, 0))
    return worth > 0


def is_never_negative(worth: Worth) -> bool:
    """Whether a number is 0 or more in every state, as far as its range shows."""
    if isinstance(worth, Term):
        return _sure(worth.top)[0] >= 0
    return (worth.value if isinstance(worth, Irrational) else worth) >= 0


def _sure(node: Expression) -> tuple[int, int]:
    try:
        return range_of(node)
    except ModelError:
        return -1, 1


__all__ = [
    "Constant",
    "Irrational",
    "Term",
    "UndecidableError",
    "Worth",
    "arithmetic",
    "as_expression",
    "chosen",
    "compared",
    "divided",
    "extreme",
    "is_never_negative",
    "is_positive_number",
    "joined",
    "kind_of",
    "modulo",
    "negated",
    "range_of",
    "rounded",
    "span",
]
