"""How far a state is from a condition: how many of its smallest parts would have to be otherwise, and by how much.

Of a conjunction all parts count, of a disjunction those of the nearest alternative. Numbers that are compared are also as far
away as they differ, which decides between states that lack as many parts. That is a measure of how alike states are, not of how
many steps lie between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.numpy.columns import Columns
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.language.operators import NAMED
from drcheck.system.system import cells_of

Distances: TypeAlias = NDArray[np.int64]
PART = 1 << 40
"""What a part counts; what is less says by how much numbers differ."""
MOST = 1 << 20
"""By how much two numbers differ at most, as far as it is counted."""
FAR = PART << 20
"""Of what cannot be."""
_GAPS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a - b + 1,
    "<=": lambda a, b: a - b,
    ">": lambda a, b: b - a + 1,
    ">=": lambda a, b: b - a,
    "==": lambda a, b: abs(a - b),
}
"""By how much two numbers differ that should be compared so, where they are not."""
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "!=": "=="}


def distances(columns: Columns, node: Expression, wanted: bool = True) -> Distances:
    """For each state of a search how far it is from where a lowered condition is as `wanted`; 0 where it is so."""
    if isinstance(node, Operation):
        if node.operator == NAMED:
            return distances(columns, node.arguments[0], wanted)
        if node.operator == "not":
            return distances(columns, node.arguments[0], not wanted)
        if node.operator in ("and", "or"):
            parts = [distances(columns, part, wanted) for part in node.arguments]
            every = (node.operator == "and") is wanted
            return _sum(parts) if every else _least(parts)
        if node.operator == "if":
            test, a, b = node.arguments
            ways = [(True, a), (False, b)]
            return _least([_sum([distances(columns, test, so), distances(columns, then, wanted)]) for so, then in ways])
    off = columns.mask(node) != wanted
    if isinstance(node, Literal):
        return np.where(off, FAR, 0)
    return np.where(off, PART + _gap(columns, node, wanted), 0)


def _sum(parts: list[Distances]) -> Distances:
    """The sum, which is never more than of what cannot be."""
    total = parts[0]
    for part in parts[1:]:
        total = np.minimum(total + part, FAR)
    return total


def _least(parts: list[Distances]) -> Distances:
    """The least, state by state."""
    least = parts[0]
    for part in parts[1:]:
        least = np.minimum(least, part)
    return least


def _gap(columns: Columns, node: Expression, wanted: bool) -> Any:
    """By how much the numbers differ that are compared; 0 of what is no comparison of numbers."""
    if not isinstance(node, Operation) or len(node.arguments) != 2 or node.kind != BOOLEAN:
        return 0
    operator = node.operator if wanted else _OPPOSITE.get(node.operator, "")
    numbers = all(columns.system.cells[cell].domain.kind == INTEGER for cell in cells_of(node))
    if operator not in _GAPS or not numbers or any(part.kind != INTEGER for part in node.arguments):
        return 0
    a, b = (columns.values(part) for part in node.arguments)
    return np.minimum(_GAPS[operator](a, b), MOST)


__all__ = ["FAR", "PART", "Distances", "distances"]
