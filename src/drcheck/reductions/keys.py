"""Keys of expressions and events: equal keys mean equal up to the order in which commutative operands are written.

Cells can be renamed on the way, so that "the system is the same after this permutation of its cells" is a comparison of
keys. Equal keys are a proof of equality; different keys say nothing (`x + x` and `2 * x` have different keys).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.system.system import Alternative, Cell, Event

Rename = Callable[[int], Hashable]

_CHAINS = {"and", "or", "+", "*", "min", "max"}
"""Associative and commutative: a chain is flattened and sorted."""
_PAIRS = {"==", "!="}
_TURNED = {">": "<", ">=": "<="}


class Keys:
    """Gives numbers to structures: the same number for the same structure, for as long as this object lives."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, structure: Hashable) -> int:
        """The number of any structure of hashable parts."""
        return self._numbers.setdefault(structure, len(self._numbers))

    def reading(self, rename: Rename) -> Reading:
        """Keys with cells renamed."""
        return Reading(self, rename)


class Reading:
    """Keys of expressions and events under one renaming of cells."""

    def __init__(self, keys: Keys, rename: Rename) -> None:
        self._keys, self._rename = keys, rename
        self._known: dict[int, int] = {}
        self._chains: dict[int, tuple[int, ...]] = {}
        self._alive: list[Expression] = []  # an object that is gone could give its identity to another

    def expression(self, node: Expression) -> int:
        """The key of a lowered expression."""
        if id(node) not in self._known:
            self._alive.append(node)
            self._known[id(node)] = self._keys.number(self._structure(node))
        return self._known[id(node)]

    def _structure(self, node: Expression) -> Hashable:
        if isinstance(node, Literal):
            return ("literal", node.kind, node.value)
        if isinstance(node, Cell):
            return ("cell", self._rename(node.index))
        assert isinstance(node, Operation), node
        operator, parts = node.operator, node.arguments
        if operator in _CHAINS:
            return (operator, tuple(sorted(self._chain(operator, node))))
        if operator in _PAIRS:
            return (operator, tuple(sorted(self.expression(part) for part in parts)))
        if operator in _TURNED:
            operator, parts = _TURNED[operator], parts[::-1]
        return (operator, tuple(self.expression(part) for part in parts))

    def _chain(self, operator: str, node: Expression) -> tuple[int, ...]:
        """The keys of the operands of a chain of one operator."""
        if id(node) not in self._chains:
            self._alive.append(node)
            found: list[int] = []
            for part in node.arguments:
                same = isinstance(part, Operation) and part.operator == operator
                found += self._chain(operator, part) if same else (self.expression(part),)
            self._chains[id(node)] = tuple(found)
        return self._chains[id(node)]

    def alternative(self, way: Alternative) -> Hashable:
        """What an alternative does, its probability aside. An update of a cell to itself is none."""
        updates = sorted(
            (self._keys.number(("target", self._rename(cell))), self.expression(right))
            for cell, right in way.updates
            if not (isinstance(right, Cell) and right.index == cell)
        )
        return (-1 if way.guard is None else self.expression(way.guard), tuple(updates))

    def event(self, event: Event) -> int:
        """What an event does: all but its name, its kind (time apart), and the order of its alternatives."""
        ways = tuple(sorted(self._keys.number(self.alternative(way)) for way in event.alternatives))
        about = (event.is_tick, event.urgent, event.priority)
        return self._keys.number(("event", about, self.expression(event.guard), ways))

    def expressions(self, nodes: Iterable[Expression]) -> tuple[int, ...]:
        """The keys of several expressions, in order."""
        return tuple(self.expression(node) for node in nodes)


__all__ = ["Keys", "Reading", "Rename"]
