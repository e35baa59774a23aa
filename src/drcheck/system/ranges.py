"""The range of values that an expression can take: interval arithmetic over the domains of its leaves.

It is what proves, before exploration, that a division is defined, an index is inside its array, and no intermediate
number can exceed 64 bits; and it tells the compiled engines which updates need no check of their domain.
"""

from __future__ import annotations

from drcheck.errors import ModelError, Place
from drcheck.language.expressions import BOOLEAN, LIMIT, Expression, Literal, Operation
from drcheck.system.system import Cell


def bounds(node: Expression, place: Place | None = None) -> tuple[int, int]:
    """The least and the greatest value of a lowered expression (booleans as 0 and 1), each possibly not attained.

    Raises ModelError DR110 (a division by a range that holds 0, an index outside its array), DR111 (beyond 64 bits).
    """
    if isinstance(node, Operation) and node.bounds is not None:
        return node.bounds
    result = _bounds(node, place)
    if result[0] < -LIMIT or result[1] > LIMIT:
        raise ModelError("DR111", f"`{node}` can lie anywhere in {result[0]}..{result[1]}", place=place)
    if isinstance(node, Operation):
        node.bounds = result
    return result


def _bounds(node: Expression, place: Place | None) -> tuple[int, int]:
    if isinstance(node, Literal):
        return int(node.value), int(node.value)  # type: ignore[arg-type]  # lowered literals are bool or int
    if isinstance(node, Cell):
        return int(node.domain.low), int(node.domain.high)  # without the trace of a traced cap
    assert isinstance(node, Operation), node
    parts = [bounds(a, place) for a in node.arguments]
    lows, highs = [low for low, _ in parts], [high for _, high in parts]
    match node.operator:
        case "+":
            return lows[0] + lows[1], highs[0] + highs[1]
        case "-":
            return lows[0] - highs[1], highs[0] - lows[1]
        case "*":
            corners = [a * b for a in parts[0] for b in parts[1]]
            return min(corners), max(corners)
        case "//" | "%":
            return _division(node, parts, place)
        case "min":
            return min(lows), min(highs)
        case "max":
            return max(lows), max(highs)
        case "if":
            if parts[0] == (1, 1):
                return parts[1]
            if parts[0] == (0, 0):
                return parts[2]
            return min(lows[1:]), max(highs[1:])
        case "select":
            if lows[0] < 0 or highs[0] >= len(parts) - 1:
                raise ModelError(
                    "DR110",
                    f"the index of `{node}` can be {lows[0]}..{highs[0]}, the array has elements 0..{len(parts) - 2}",
                    place=place,
                    remedy="limit it with minimum(...) and maximum(...), or narrow the index variable's domain",
                )
            return min(lows[1:]), max(highs[1:])
    assert node.kind == BOOLEAN, node.operator
    return 0, 1


def _division(node: Operation, parts: list[tuple[int, int]], place: Place | None) -> tuple[int, int]:
    (a, b), (c, d) = parts
    if c <= 0 <= d:
        raise ModelError(
            "DR110",
            f"`{node}` can divide by zero: its divisor can be {c}..{d}",
            place=place,
            remedy="write maximum(divisor, 1), or narrow the divisor's domain",
        )
    if node.operator == "//":
        corners = [x // y for x in (a, b) for y in (c, d)]
        return min(corners), max(corners)
    return (0, d - 1) if c > 0 else (c + 1, 0)
