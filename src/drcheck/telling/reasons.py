"""Reasons: which cells decide the value of an expression in one state.

Whatever the other cells are, an expression has the value that it has here as long as the cells of its reason have theirs. Of
several reasons (any one false part decides a conjunction) the one is taken that asks for the fewest further cells.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TypeAlias

from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.operators import NAMED, OPERATORS
from drcheck.system.system import Cell, State

Reason: TypeAlias = frozenset[int]
"""Cells, by position."""

NO_REASON: Reason = frozenset()


class Reasons:
    """The reasons of lowered expressions in one state. `known`: cells that are asked for anyhow, so that they cost nothing."""

    def __init__(self, state: State, known: Set[int] = NO_REASON) -> None:
        self._state, self._known = state, known
        self._memo: dict[int, tuple[Expression, int, Reason]] = {}  # with the node, so that no other takes its id

    def value(self, node: Expression) -> int:
        """The value of an expression in the state."""
        return self._found(node)[0]

    def of(self, node: Expression) -> Reason:
        """The cells that give the expression its value, whatever all others are."""
        return self._found(node)[1]

    def _found(self, node: Expression) -> tuple[int, Reason]:
        if isinstance(node, Literal):
            return int(node.value), NO_REASON  # type: ignore[arg-type]  # lowered literals are bool or int
        if isinstance(node, Cell):
            return self._state[node.index], frozenset([node.index])
        if id(node) not in self._memo:
            assert isinstance(node, Operation), node
            self._memo[id(node)] = (node, *self._operation(node))
        return self._memo[id(node)][1:]

    def _operation(self, node: Operation) -> tuple[int, Reason]:
        operands = node.arguments
        match node.operator:
            case "and" | "or":
                return self._connective(operands, decisive=node.operator == "or")
            case "if":
                return self._if(operands)
            case "select":
                at, where = self._found(operands[0])
                value, why = self._found(operands[1 + at])
                return value, where | why
            case name if name == NAMED:
                return self._found(operands[0])
            case "*" if any(self.value(a) == 0 for a in operands):
                return 0, self._cheapest([self.of(a) for a in operands if self.value(a) == 0])
        found = [self._found(a) for a in operands]
        function: Callable[..., int] = OPERATORS[node.operator]
        return int(function(*(value for value, _ in found))), NO_REASON.union(*(why for _, why in found))

    def _connective(self, operands: tuple[Expression, ...], *, decisive: bool) -> tuple[int, Reason]:
        """One operand of the decisive value decides; without any, all do."""
        found = [self._found(a) for a in operands]
        deciding = [why for value, why in found if bool(value) is decisive]
        if deciding:
            return int(decisive), self._cheapest(deciding)
        return int(not decisive), NO_REASON.union(*(why for _, why in found))

    def _if(self, operands: tuple[Expression, ...]) -> tuple[int, Reason]:
        """The test and the branch taken; or both branches, where they have one value."""
        test, where = self._found(operands[0])
        value, why = self._found(operands[1 if test else 2])
        ways = [where | why]
        other, also = self._found(operands[2 if test else 1])
        if other == value:
            ways.append(why | also)
        return value, self._cheapest(ways)

    def _cheapest(self, ways: list[Reason]) -> Reason:
        """The one with the fewest cells that are not asked for anyhow; of several, the first."""
        return min(ways, key=lambda way: len(way - self._known))


__all__ = ["NO_REASON", "Reason", "Reasons"]
