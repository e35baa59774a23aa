"""What is to be seen at a node of a session, as plain data: for the page as JSON, and for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drcheck.answers.missing import Missing
from drcheck.designs.parameter import settings_lines
from drcheck.errors import DrcheckError
from drcheck.explorer.session import Enabled, Node
from drcheck.explorer.subject import Subject
from drcheck.language.units import cell_units, choices_text
from drcheck.render.chart import shown_value
from drcheck.render.style import is_failure
from drcheck.system.composition import FAULTS
from drcheck.system.system import Cell, State

KINDS = ("automatic", "operator", "environment", "time")
"""The kinds of events, in the order in which they are shown."""


class Views:
    """Views of the nodes of one subject."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._system = subject, subject.system
        self._units = cell_units(self._system.cell_of)
        self._cells: dict[str, list[Cell]] = {c.name: cells for c, cells in self._system.owners()}
        self._docs = {position: variable.doc for variable, position in self._system.cell_of.items()}

    # -- the design ------------------------------------------------------------------------------------------------------
    def about(self) -> dict[str, Any]:
        """What does not change from state to state."""
        subject, system = self._subject, self._system
        return {
            "design": subject.design.name,
            "title": system.title,
            "doc": " ".join(system.doc.split()),
            "parameters": settings_lines(system.parameters, system.parameter_roles),
            "kinds": [kind for kind in KINDS if any(event.kind == kind for event in system.events)],
            "initials": system.initials,
            "tick": None if system.tick is None else str(system.tick),
            "events": [{"name": e.name, "kind": e.kind, "doc": e.doc, "fault": e.fault} for e in system.events],
            "properties": [
                {"name": name, "statement": item.statement or item.formula(), "kind": item.kind}
                for name, item in subject.properties.items()
            ],
            "elsewhere": [{"name": each.name, "why": each.why} for each in subject.elsewhere],
            "goals": [{"name": name, "text": text} for name, text in subject.goals().items()],
        }

    # -- a state ---------------------------------------------------------------------------------------------------------
    def of(self, number: int, columns: Sequence[str] = (), rows: int = 10_000) -> dict[str, Any]:
        """A node: its state, what can happen and what cannot and why, what the properties say, the way to it, the columns.

        `rows`: of how many of the last states of the way there is a row in its history.
        """
        session, system = self._subject.session, self._system
        line = session.line(number)
        node, path = line[-1], session.path(number)
        return {
            "node": number,
            "root": node.root,
            "step": node.depth,
            "elapsed": self._elapsed(line),
            "path": str(path),
            "command": self._subject.command(number),
            "met": next((n.depth for n in line[:-1] if n.state == node.state), None),
            "sites": self._sites(node),
            "enabled": [self._enabled(node, each) for each in session.enabled(number)],
            "blocked": [
                {
                    "event": system.events[event].name,
                    "kind": system.events[event].kind,
                    "doc": system.events[event].doc,
                    "reasons": [self._failing(each) for each in failing],
                }
                for event, failing in session.blocked(number)
            ],
            "properties": [self._property(name, node) for name in self._subject.properties],
            "history": self._history(line, columns, rows),
            "columns": self._columns(columns),
        }

    def _elapsed(self, line: Sequence[Node]) -> str:
        ticks = sum(1 for node in line if node.step is not None and node.step.event.is_tick)
        return "" if self._system.tick is None else str(self._system.tick * ticks) if ticks else "0"

    def words(self, cell: Cell, state: State) -> str:
        """The value of a cell in a state in words."""
        return shown_value(cell, state[cell.index], self._units, self._system.tick)

    def _sites(self, node: Node) -> list[dict[str, Any]]:
        """The components by site: the first site, those at none, the other sites, as charts have them."""
        system, before = self._system, None if node.step is None else node.step.before
        order: list[str | None] = [site.component.name for site in system.sites]
        order.insert(1 if len(order) > 1 else len(order), None)
        groups: dict[str | None, list[dict[str, Any]]] = {site: [] for site in order}
        for component in system.components:
            control, *variables = self._cells[component.name]
            was = None if before is None else before[control.index]
            groups[system.site_of(component)].append(
                {
                    "name": component.name,
                    "budget": component.name == FAULTS,
                    "doc": " ".join(component.doc.split()),
                    "state": component.states[node.state[control.index]],
                    "states": list(component.states),
                    "failure": is_failure(component.states[node.state[control.index]]),
                    "before": None if was is None or was == node.state[control.index] else component.states[was],
                    "variables": [self._variable(cell, node.state, before) for cell in variables],
                }
            )
        return [{"site": site, "components": found} for site, found in groups.items() if found]

    def _variable(self, cell: Cell, state: State, before: State | None) -> dict[str, Any]:
        changed = before is not None and before[cell.index] != state[cell.index]
        return {
            "name": cell.name.removeprefix(f"{cell.owner}."),
            "value": self.words(cell, state),
            "before": self.words(cell, before) if changed and before is not None else None,
            "doc": self._docs.get(cell.index, ""),
        }

    def changes(self, before: State, after: State) -> list[dict[str, str]]:
        """What a step changes, cell by cell: the component, the variable ("" for its state), from what to what."""
        return [
            {
                "component": cell.owner,
                "variable": "" if cell.name == cell.owner else cell.name.removeprefix(f"{cell.owner}."),
                "from": self.words(cell, before),
                "to": self.words(cell, after),
            }
            for cell in self._system.cells
            if before[cell.index] != after[cell.index]
        ]

    def _enabled(self, node: Node, each: Enabled) -> dict[str, Any]:
        event, step = self._system.events[each.event], each.step
        leaves = "" if step.escape is None else self._system.cells[step.escape].name
        return {
            "event": event.name,
            "kind": event.kind,
            "doc": event.doc,
            "fault": event.fault,
            "urgent": event.urgent,
            "way": each.way,
            "ways": each.ways,
            "chosen": choices_text(step.chosen, self._system.tick),
            "changes": [] if step.target is None else self.changes(node.state, step.target),
            "leaves": leaves,
            "known": node.children.get((step.event, step.alternative)),
        }

    @staticmethod
    def _failing(each: Missing) -> dict[str, Any]:
        return {"condition": str(each.condition), "values": each.values_text}

    def _property(self, name: str, node: Node) -> dict[str, Any]:
        here = self._subject.truth.of(self._subject.properties[name], node)
        return {
            "name": name,
            "word": here.word,
            "mark": here.mark,
            "verdict": self._subject.verdicts.get(name, ""),
            "parts": [{"called": p.called, "text": p.text, "value": p.value} for p in here.parts],
        }

    # -- the way to it ---------------------------------------------------------------------------------------------------
    def _history(self, line: Sequence[Node], columns: Sequence[str], most: int) -> list[dict[str, Any]]:
        read = [self._column(text) for text in columns]
        ticks, rows = 0, []
        for position, node in enumerate(line):
            step = node.step
            ticks += step is not None and step.event.is_tick
            if position < len(line) - most:
                continue
            chosen = "" if step is None else choices_text(step.chosen, self._system.tick)
            rows.append(
                {
                    "node": node.number,
                    "step": node.depth,
                    "event": "" if step is None else step.event.name,
                    "kind": "" if step is None else step.event.kind,
                    "chosen": chosen,
                    "changes": [] if step is None else self.changes(step.before, node.state),
                    "elapsed": self._clock(ticks),
                    "forks": len(node.children),
                    "values": [
                        each if isinstance(each, str) else self._subject.truth.words(each, node) for each in read
                    ],
                }
            )
        return rows

    def _clock(self, ticks: int) -> str:
        return "" if self._system.tick is None else str(self._system.tick * ticks) if ticks else "0"

    def _column(self, text: str) -> Any:
        """The expression of a column, or, of one that cannot be read, "?": what is wrong stands in its head."""
        try:
            return self._subject.truth.expression(text)
        except DrcheckError:
            return "?"

    def _columns(self, columns: Sequence[str]) -> list[dict[str, str]]:
        found = []
        for text in columns:
            error = ""
            try:
                self._subject.truth.expression(text)
            except DrcheckError as wrong:
                error = str(wrong)
            found.append({"text": text, "error": error})
        return found


__all__ = ["KINDS", "Views"]
