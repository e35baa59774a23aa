"""The reading of a System as a model in jani-model, for Storm, the Modest Toolset and other tools that read that format.

One automaton with one location has an edge for each step, so that one step of drcheck is one transition of the model; its type is
mdp, as each step is a free choice. Assignments of an edge are simultaneous in JANI, as updates are here. An enumeration is the
position of its value. Where a system has several initial states, `restrict-initial` says which.

A watch becomes a property: in all executions, its condition never holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from drcheck.errors import OutputError
from drcheck.interop.writing import identifier, named
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system.commands import Commands, Condition, Definition, flatten, starts
from drcheck.system.system import Cell, System

_OPERATORS = {"and": "∧", "or": "∨", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "not": "¬"}
MOST_NODES = 2_000_000
"""How many operators a model may have: conditions that several steps need are written in each."""
_NOWHERE = "system"


def source(
    system: System, watches: Sequence[Expression] = (), *, escapes: bool = True, names: Sequence[str] = ()
) -> str:
    """The model as text; `watches` are lowered boolean expressions for bad states, and `names` those of their properties.

    `escapes`: see `commands.flatten`. Raises OutputError DR604 for a model that would be too large.
    """
    commands = flatten(system, escapes=escapes)
    writer = _Writer(system, commands)
    events = list(dict.fromkeys(event.name for event in system.events))
    ways = [(event, way) for event in system.events for way in event.alternatives]
    edges = []
    for step, (event, way) in zip(commands.steps, ways, strict=True):
        updates = [
            {"ref": identifier(system.cells[index]), "value": writer.node(right)}
            for index, right in way.updates
            if system.cells[index].domain.size > 1 and right is not system.cells[index]
        ]
        edges.append(
            {
                "location": _NOWHERE,
                "action": event.name,
                "guard": {"exp": writer.condition(step.condition), "comment": step.name},
                "destinations": [{"location": _NOWHERE, "assignments": updates}],
            }
        )
    choices = starts(system)
    chosen = {cell for cells, _ in choices for cell in cells}
    model: dict[str, Any] = {
        "jani-version": 1,
        "name": system.name,
        "metadata": {"description": f"{system.title}. Written by drcheck: one transition is one step of the system."},
        "type": "mdp",
        "features": ["derived-operators"],
        "actions": [{"name": name} for name in events],
        "constants": [],
        "variables": [
            _variable(cell, None if cell.index in chosen else system.initial[cell.index])
            for cell in system.cells
            if cell.domain.size > 1
        ],
    }
    if chosen:
        some = [
            _joined(
                "∨",
                [_joined("∧", [_has(system.cells[c], v) for c, v in zip(cells, way, strict=True)]) for way in ways_],
            )
            for cells, ways_ in choices
        ]
        model["restrict-initial"] = {"exp": _joined("∧", some)}
    model["properties"] = [
        {
            "name": name,
            "expression": {
                "op": "filter",
                "fun": "∀",
                "values": {"op": "∀", "exp": {"op": "G", "exp": {"op": "¬", "exp": writer.node(watch)}}},
                "states": {"op": "initial"},
            },
        }
        for name, watch in named(watches, names)
    ]
    model["automata"] = [
        {"name": "steps", "locations": [{"name": _NOWHERE}], "initial-locations": [_NOWHERE], "edges": edges}
    ]
    model["system"] = {
        "elements": [{"automaton": "steps"}],
        "syncs": [{"synchronise": [name], "result": name} for name in events],
    }
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def _variable(cell: Cell, start: int | None) -> dict[str, Any]:
    boolean = cell.kind == BOOLEAN
    bounds = {"kind": "bounded", "base": "int", "lower-bound": cell.domain.low, "upper-bound": cell.domain.high}
    found: dict[str, Any] = {"name": identifier(cell), "type": "bool" if boolean else bounds, "comment": _about(cell)}
    if start is not None:
        found["initial-value"] = bool(start) if boolean else start
    return found


def _about(cell: Cell) -> str:
    labels = cell.domain.labels
    return f"{cell.name}: {', '.join(f'{n} {label}' for n, label in enumerate(labels))}" if labels else cell.name


def _has(cell: Cell, value: int) -> Any:
    if cell.kind == BOOLEAN:
        return identifier(cell) if value else {"op": "¬", "exp": identifier(cell)}
    return {"op": "=", "left": identifier(cell), "right": value}


def _joined(operator: str, parts: Sequence[Any]) -> Any:
    """Operands of an associative operator; a balanced tree stays shallow."""
    if not parts:
        return operator == "∧"
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return {"op": operator, "left": _joined(operator, parts[:half]), "right": _joined(operator, parts[half:])}


class _Writer:
    """Writes the expressions of one system."""

    def __init__(self, system: System, commands: Commands) -> None:
        self._system, self._nodes = system, 0
        self._definitions: dict[str, Definition] = {item.name: item for item in commands.definitions}

    def condition(self, condition: Condition) -> Any:
        """A conjunction, with what its definitions stand for."""
        parts = [self.node(part) for part in condition.parts if not (isinstance(part, Literal) and part.value is True)]
        parts += [{"op": "¬", "exp": self._defined(self._definitions[name])} for name in condition.unless]
        return _joined("∧", parts)

    def _defined(self, definition: Definition) -> Any:
        if definition.condition is not None:
            return self.condition(definition.condition)
        return _joined("∨", [self._defined(self._definitions[name]) for name in definition.any_of])

    def node(self, node: Expression) -> Any:
        """A lowered expression. Raises OutputError DR604."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise OutputError(
                "DR604",
                f"system {self._system.name} would take more than {MOST_NODES:,} operators in JANI",
                remedy="use fewer urgent events and priorities: each step repeats the conditions of those that come before it",
            )
        if isinstance(node, Literal):
            assert isinstance(node.value, (bool, int)), node  # lowered
            return node.value
        if isinstance(node, Cell):
            if node.domain.size > 1:
                return identifier(node)
            return bool(node.domain.low) if node.kind == BOOLEAN else node.domain.low
        assert isinstance(node, Operation), node
        if node.operator == "select":
            return self._select(node)
        parts = [self.node(part) for part in node.arguments]
        if node.operator == "not":
            return {"op": "¬", "exp": parts[0]}
        if node.operator == "if":
            return {"op": "ite", "if": parts[0], "then": parts[1], "else": parts[2]}
        if node.operator in ("//", "%"):
            down = {"op": "floor", "exp": {"op": "/", "left": parts[0], "right": parts[1]}}
            if node.operator == "//":
                return down
            # The sign of a remainder is the divisor's here, and another one in other tools.
            return {"op": "-", "left": parts[0], "right": {"op": "*", "left": parts[1], "right": down}}
        return _joined(_OPERATORS.get(node.operator, node.operator), parts)

    def _select(self, node: Operation) -> Any:
        """An element of an array, by halves of its indices."""
        index, *elements = node.arguments

        def among(low: int, high: int) -> Any:
            if low == high:
                return self.node(elements[low])
            middle = (low + high) // 2
            test = {"op": "≤", "left": self.node(index), "right": middle}
            return {"op": "ite", "if": test, "then": among(low, middle), "else": among(middle + 1, high)}

        return among(0, len(elements) - 1)


__all__ = ["source"]
