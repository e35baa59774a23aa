"""The range of a number without caps: interval arithmetic where a cell with a cap may hold any number at all.

It tells which updates stay in their domain whatever lies beyond a cap, such as a choice between two constants: of these
nothing has to be asked. What may be undefined without caps (an index outside its array, a division by zero) has no
range.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.reductions.simplify import constant
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell

Span = tuple[int | None, int | None]
"""The least and the greatest value, each possibly not attained; None where there is none."""


class _UnknownError(Exception):
    """Without caps the expression may have no value."""


def stays_within(node: Expression, low: int, high: int, capped: Collection[int]) -> bool:
    """Whether a lowered expression is defined and from `low` to `high` whatever the cells in `capped` hold.

    Never wrongly true.
    """
    try:
        least, greatest = _span(node, capped, {})
    except _UnknownError:
        return False
    return least is not None and greatest is not None and low <= least and greatest <= high


def _span(node: Expression, capped: Collection[int], memo: dict[int, Span]) -> Span:
    if id(node) not in memo:
        memo[id(node)] = _computed(node, capped, memo)
    return memo[id(node)]


def _computed(node: Expression, capped: Collection[int], memo: dict[int, Span]) -> Span:
    if isinstance(node, Cell):
        return (None, None) if node.index in capped else (node.domain.low, node.domain.high)
    if isinstance(node, Literal):
        return bounds(node)
    assert isinstance(node, Operation), node
    spans = [_span(a, capped, memo) for a in node.arguments]
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    match node.operator:
        case "+":
            return _sum(lows[0], lows[1]), _sum(highs[0], highs[1])
        case "-":
            return _sum(lows[0], _minus(highs[1])), _sum(highs[0], _minus(lows[1]))
        case "min":
            return _all(min, lows), _known(min, highs)
        case "max":
            return _known(max, lows), _all(max, highs)
        case "if":
            return _all(min, lows[1:]), _all(max, highs[1:])
        case "select":
            if lows[0] is None or highs[0] is None or lows[0] < 0 or highs[0] >= len(spans) - 1:
                raise _UnknownError
            return _all(min, lows[1:]), _all(max, highs[1:])
        case "//" | "%":
            divisor = constant(node.arguments[1])
            if divisor is None or divisor <= 0:
                raise _UnknownError
            if node.operator == "%":
                return 0, divisor - 1
            return _over(lows[0], divisor), _over(highs[0], divisor)
    return (0, 1) if node.kind == BOOLEAN else (None, None)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _minus(a: int | None) -> int | None:
    return None if a is None else -a


def _over(a: int | None, divisor: int) -> int | None:
    return None if a is None else a // divisor


def _all(best: Callable[[list[int]], int], values: list[int | None]) -> int | None:
    """The best of some values, of which none may be without end."""
    known = [value for value in values if value is not None]
    return best(known) if len(known) == len(values) else None


def _known(best: Callable[[list[int]], int], values: list[int | None]) -> int | None:
    """The best of those values that have an end: it limits the result alone."""
    known = [value for value in values if value is not None]
    return best(known) if known else None


__all__ = ["stays_within"]
