"""Lowered expressions evaluated on every state of an exploration at once, with NumPy."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.explore.protocol import Exploration
from drcheck.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system import Cell

_BINARY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "//": np.floor_divide, "%": np.mod,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
_MANY = {"and": np.logical_and, "or": np.logical_or, "min": np.minimum, "max": np.maximum}


class Columns:
    """Evaluates lowered expressions over all states; shared subexpressions and columns are computed once."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self._columns: dict[int, NDArray[np.int64]] = {}

    def mask(self, node: Expression) -> NDArray[np.bool_]:
        """A boolean expression in every state: bool, length states."""
        return np.broadcast_to(np.asarray(self._value(node, {}), dtype=bool), (self._exploration.states,))

    def values(self, node: Expression) -> NDArray[np.int64]:
        """An integer expression in every state: int64, length states."""
        return np.broadcast_to(np.asarray(self._value(node, {}), dtype=np.int64), (self._exploration.states,))

    def _value(self, node: Expression, memo: dict[int, Any]) -> Any:
        if id(node) in memo:
            return memo[id(node)]
        memo[id(node)] = result = self._compute(node, memo)
        return result

    def _compute(self, node: Expression, memo: dict[int, Any]) -> Any:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Cell):
            column = self._columns.get(node.index)
            if column is None:
                column = self._columns[node.index] = self._exploration.column(node.index)
            return column.astype(bool) if node.kind == BOOLEAN else column
        assert isinstance(node, Operation), node
        parts = [self._value(a, memo) for a in node.arguments]
        if node.operator in _MANY:
            return reduce(_MANY[node.operator], parts)
        if node.operator == "not":
            return np.logical_not(parts[0])
        if node.operator == "if":
            return np.where(parts[0], parts[1], parts[2])
        if node.operator == "select":
            index = np.broadcast_to(parts[0], (self._exploration.states,))
            elements = np.stack([np.broadcast_to(p, index.shape) for p in parts[1:]])
            return elements[index, np.arange(len(index))]
        return _BINARY[node.operator](*parts)
