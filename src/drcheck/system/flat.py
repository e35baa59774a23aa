"""The steps of a System, written out as one flat text: equal texts mean equal steps, over cells alike in everything.

Each expression is a row of its operator and the numbers of its operands' rows, and equal ones share a row, so a text is not
longer for parts that are used many times. It has all that generated code can depend on. What it leaves out says nothing of
steps: initial states, names and places of expressions, participants, free choices, descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.system.system import Alternative, Cell, Event, System


class Rows:
    """Expressions as rows. `rows` has each once, behind its operands."""

    def __init__(self) -> None:
        self.rows: dict[tuple[object, ...], int] = {}
        self._known: dict[int, int] = {}
        self._alive: list[Expression] = []  # an object that is gone could give its identity to another

    def of(self, node: Expression) -> int:
        """The number of an expression's row. Raises TypeError for one that is not lowered."""
        found = self._known.get(id(node))
        if found is not None:
            return found
        row: tuple[object, ...]
        if isinstance(node, Operation):
            row = (node.operator, node.kind, *[self.of(part) for part in node.arguments])
        elif isinstance(node, Cell):
            row = ("cell", node.kind, node.index, node.domain.low, node.domain.high)
        elif isinstance(node, Literal) and isinstance(node.value, int):  # the kind tells True from 1
            row = ("literal", node.kind, int(node.value))
        else:
            raise TypeError(f"{node!r} is not lowered")
        self._alive.append(node)
        number = self._known[id(node)] = self.rows.setdefault(row, len(self.rows))
        return number

    def event(self, event: Event) -> tuple[object, ...]:
        """All of an event that steps can depend on."""
        about = (event.name, event.kind, event.urgent, event.priority, event.fault, event.rate)
        return (*about, self.of(event.guard), *[self._alternative(way) for way in event.alternatives])

    def _alternative(self, way: Alternative) -> tuple[object, ...]:
        guards = [None if part is None else self.of(part) for part in (way.guard, way.probability)]
        return (*guards, *[(index, self.of(right)) for index, right in way.updates])


def flat(system: System, *questions: Iterable[Expression], about: Sequence[object] = ()) -> str:
    """The steps of a system, and lists of lowered expressions that are asked of its states, as one text.

    `about`: what else the text is to tell apart. Raises TypeError for an expression that is not lowered.
    """
    rows = Rows()
    cells = [(cell.name, cell.owner, cell.kind, *_domain(cell)) for cell in system.cells]
    events = [rows.event(event) for event in system.events]
    asked = [[rows.of(node) for node in nodes] for nodes in questions]
    return repr((about, system.tick, cells, events, asked, list(rows.rows)))


def _domain(cell: Cell) -> tuple[object, ...]:
    domain = cell.domain
    return domain.kind, domain.low, domain.high, domain.labels


__all__ = ["Rows", "flat"]
