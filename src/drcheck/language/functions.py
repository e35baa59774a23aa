"""Functions of expressions: choices, extremes, quantifiers, sums, elements of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.expressions import (
    BOOLEAN,
    ENUMERATION,
    INTEGER,
    TEMPORAL,
    Expression,
    Literal,
    Operand,
    connective,
    expression,
    operation,
    operation_of,
    same_enumeration,
    taken,
    wrong_operands,
)
from drcheck.language.ordered import refuse_unordered
from drcheck.language.unit_names import checked_unit


def if_else(condition: Operand, then: Operand, otherwise: Operand) -> Expression:
    """`then` where `condition` holds, `otherwise` elsewhere; both of one type."""
    test, a, b = expression(condition), expression(then), expression(otherwise)
    if test.kind != BOOLEAN or a.kind != b.kind or a.kind == TEMPORAL:
        raise wrong_operands("if_else", (test, a, b), "a boolean and two operands of one type")
    labels = same_enumeration((a, b)) if a.kind == ENUMERATION else ()
    return operation_of("if", (test, a, b), a.kind, labels)


def _extreme(operator: str, values: Sequence[object]) -> Expression:
    operands = [expression(v) for v in values]
    if {a.kind for a in operands} != {INTEGER}:
        raise wrong_operands(f"{operator}imum", operands, "one or more integers")
    return operands[0] if len(operands) == 1 else operation_of(operator, operands, INTEGER)


def minimum(*values: Operand) -> Expression:
    """The smallest of one or more integers."""
    return _extreme("min", values)


def maximum(*values: Operand) -> Expression:
    """The largest of one or more integers."""
    return _extreme("max", values)


def _each(items: Iterable[Any], predicate: Callable[[Any], Operand] = ABSENT) -> list[Operand]:
    refuse_unordered(items, "the items of a quantifier", caller())
    if not isinstance(items, Iterable) or isinstance(items, (str, bytes)):
        raise ModelError("DR102", f"{shown(items)} is nothing to quantify over", place=caller(), remedy="give a list")
    refuse_none("a predicate", predicate, "lambda item: item")
    if predicate is not ABSENT and (isinstance(predicate, Expression) or not callable(predicate)):
        raise ModelError(
            "DR102", f"{shown(predicate)} is not a predicate", place=caller(), remedy="write lambda x: x > 0"
        )
    return list(items) if predicate is ABSENT else [predicate(item) for item in items]


def all_of(items: Iterable[Any], predicate: Callable[[Any], Operand] = ABSENT) -> Expression:
    """For all: `all_of(array, lambda x: x > 0)`, or over booleans `all_of([a, b])`; true over nothing."""
    return connective("and", *_each(items, predicate))


def any_of(items: Iterable[Any], predicate: Callable[[Any], Operand] = ABSENT) -> Expression:
    """There is: `any_of(array, lambda x: x == 0)`, or over booleans `any_of([a, b])`; false over nothing."""
    return connective("or", *_each(items, predicate))


def total(items: Iterable[Any]) -> Expression:
    """The sum of integers; 0 over nothing."""
    values = [expression(item) for item in _each(items)]
    if any(value.kind != INTEGER for value in values):
        raise wrong_operands("total", values, "integers")
    while len(values) > 1:  # a balanced tree stays shallow
        pairs = [operation("+", *values[i : i + 2]) for i in range(0, len(values) - 1, 2)]
        values = pairs + values[2 * len(pairs) :]
    return values[0] if values else taken(0)


def count(items: Iterable[Any], predicate: Callable[[Any], Operand] = ABSENT, unit: str = "") -> Expression:
    """How many of the items satisfy the predicate (or are true). `unit` is what is counted; ModelError DR136 if it is none."""
    one: Operand = 1
    if checked_unit(unit, "a count", caller()):
        one = Literal(1)
        one.unit = unit
    return total(if_else(item, one, 0) for item in _each(items, predicate))


def select(elements: Sequence[Expression], index: Operand, place: Place | None = None) -> Expression:
    """The element of a small array at an index that is an expression; all elements are of one type."""
    at = expression(index)
    if at.kind != INTEGER:
        raise wrong_operands("[]", [at], "an integer index")
    return operation_of("select", (at, *elements), elements[0].kind, elements[0].labels)
