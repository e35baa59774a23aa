"""What people look at of a large graph of states: its states by the values of a few things, and how many steps lead between.

States that agree in the chosen terms are one node. It is a projection, not a bisimulation: that a step leads from one node to
another one says that it does from *some* of the states, so a way through the drawing need not be a way of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drcheck.errors import EngineError
from drcheck.language.component import Component
from drcheck.language.expressions import BOOLEAN, Expression, Value
from drcheck.system.lowering import lower
from drcheck.system.system import Cell, System

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    from drcheck.engines.numpy.columns import Columns
    from drcheck.engines.protocol import Exploration, Limits, Listener

Term = str | Component | Expression
"""What states are told apart by: a component (or its name), a variable or condition (as an expression, or as text)."""


@dataclass(frozen=True)
class _Told:
    """A term in words, and lowered."""

    name: str
    node: Expression

    def values(self, columns: Columns) -> NDArray[Any]:
        """Its value in each state."""
        return columns.mask(self.node) if self.node.kind == BOOLEAN else columns.values(self.node)

    def decoded(self, value: Any) -> Value:
        """A value as people read it."""
        if isinstance(self.node, Cell):
            return self.node.domain.decode(int(value))
        return bool(value) if self.node.kind == BOOLEAN else int(value)


def quotient_graph(
    system: System,
    by: Sequence[Term],
    *,
    engine: str = "auto",
    limits: Limits | None = None,
    listener: Listener | None = None,
) -> nx.MultiDiGraph[int]:
    """Explore a system, and give its states and steps by the values of some terms.

    A node is a class of states that agree in all terms; classes are numbered in the order of their first states, so 0 has the
    first initial state. Its attributes: the value of each term under its name (a component's is the state that it is in), how
    many `states` it has, and whether one of them is `initial`. An edge is an event by which some step leads from a state of one
    class to a state of the other, or of the same. Its attributes: the event's `name` and `kind`, and how many `steps` that
    are. The graph's own attributes: the system's `name`, the terms (`by`), and how many `states` and `steps` it stands for.

    Raises ModelError or TextError for a term that is not one of the system, EngineError DR514 if the search stopped early.
    """
    from drcheck.engines.choose import engine_named
    from drcheck.engines.protocol import Limits, Query

    terms = [_told(system, term) for term in by]
    found = engine_named(engine).explore(system, Query(graph=True), limits or Limits(), listener)
    return by_classes(found, terms)


def _told(system: System, term: Term) -> _Told:
    """A term on a system. Raises ModelError, TextError."""
    from drcheck.text import parse_expression

    if isinstance(term, Component):
        term = term.name
    if not isinstance(term, str):
        return _Told(str(term), lower(system, term))
    cell = next((cell for cell in system.cells if cell.name == term.strip()), None)
    return _Told(term.strip(), cell if cell is not None else lower(system, parse_expression(term, system)))


def by_classes(found: Exploration, terms: Sequence[_Told]) -> nx.MultiDiGraph[int]:
    """The graph of what a search with its graph has found."""
    import networkx as nx
    import numpy as np

    from drcheck.engines.numpy.columns import Columns
    from drcheck.graphs.bisimulation import alike

    system, graph = found.system, found.graph
    if not found.complete or graph is None:
        raise EngineError(
            "DR514",
            f"the search of {system.name} stopped early ({found.stopped}): a graph of what it saw would lack steps",
            remedy="give the search more room, or explore a smaller variant of the system",
        )
    columns = Columns(found)
    values = [term.values(columns) for term in terms]
    number = _in_order(alike(found.states, values))
    firsts = np.unique(number, return_index=True)[1]
    sizes, roots = np.bincount(number), {int(n) for n in number[: system.initials]}
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph(
        name=system.name, by=[term.name for term in terms], states=found.states, steps=len(graph.targets)
    )
    for c, first in enumerate(firsts):
        told = {term.name: term.decoded(column[first]) for term, column in zip(terms, values, strict=True)}
        made.add_node(c, **told, states=int(sizes[c]), initial=c in roots)
    sources = np.repeat(number.astype(np.int64), np.diff(graph.offsets))
    events = len(system.events)
    keys, counts = np.unique(
        (sources * events + graph.labels) * len(firsts) + number[graph.targets], return_counts=True
    )
    for key, steps in zip(keys.tolist(), counts.tolist(), strict=True):
        rest, to = divmod(key, len(firsts))
        event = system.events[rest % events]
        made.add_edge(rest // events, to, name=event.name, kind=event.kind, steps=steps)
    return made


def _in_order(number: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The same classes, numbered in the order of their first states."""
    import numpy as np

    _, firsts, inverse = np.unique(number, return_index=True, return_inverse=True)
    rank = np.empty(len(firsts), np.int64)
    rank[np.argsort(firsts)] = np.arange(len(firsts))
    return rank[inverse.reshape(-1)]


__all__ = ["Term", "quotient_graph"]
