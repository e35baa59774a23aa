"""Fingerprints of composed systems: equal ones mean the same cells, initial states and steps, in the same order.

What people alone read (names of expressions, descriptions, places in files) is no part of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.operators import NAMED
from drcheck.system.system import Cell, Event, System

_LENGTH = 16
"""Hexadecimal digits of a fingerprint."""


def digest(parts: Iterable[object]) -> str:
    """The fingerprint of some texts and numbers, in order."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:_LENGTH]


class Fingerprints:
    """Fingerprints of lowered expressions and of what is made of them; parts that are shared are read once."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}
        self._alive: list[Expression] = []  # an object that is gone could give its identity to another

    def expression(self, node: Expression) -> str:
        """The fingerprint of a lowered expression."""
        if id(node) not in self._known:
            self._alive.append(node)
            self._known[id(node)] = self._made(node)
        return self._known[id(node)]

    def _made(self, node: Expression) -> str:
        if isinstance(node, Literal):
            return digest(("literal", node.kind, node.value))
        if isinstance(node, Cell):
            return digest(("cell", node.index))
        if isinstance(node, Operation):
            if node.operator == NAMED:
                return self.expression(node.arguments[0])
            return digest((node.operator, *(self.expression(part) for part in node.arguments)))
        return digest((type(node).__name__, str(node)))

    def event(self, event: Event) -> str:
        """The fingerprint of an event: when it is possible, what it does, and its attributes."""
        parts: list[object] = [event.name, event.kind, event.urgent, event.priority, event.fault]
        parts.append(self.expression(event.guard))
        for way in event.alternatives:
            parts.append("always" if way.guard is None else self.expression(way.guard))
            parts += [f"{cell} := {self.expression(right)}" for cell, right in way.updates]
        return digest(parts)

    def system(self, system: System) -> str:
        """The fingerprint of a system."""
        parts: list[object] = [system.tick]
        for cell in system.cells:
            domain = cell.domain
            parts.append((cell.name, domain.kind, domain.low, domain.high, domain.labels))
        parts += system.initial_states
        parts += [self.event(event) for event in system.events]
        return digest(parts)


__all__ = ["Fingerprints", "digest"]
