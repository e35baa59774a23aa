"""What people look at of a large graph of states: its states by the values of a few things, and how many steps lead between.

States that agree in the chosen terms are one node. That is a projection: that a step leads from one node to another one says that
it does from *some* of the states, so a way through the graph need not be a way of the system. Where the events that
matter are named, too, states are one node only if they are equivalent by branching bisimulation (`graphs.branching`): what
any state of a node can do next, each can, perhaps after steps of other events that change nothing of what matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drcheck.errors import EngineError, UsageError
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
    events: Sequence[str] | None = None,
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
    are. The graph's own attributes: the system's `name`, the terms (`by`), the `events` that are named, and how many `states`
    and `steps` it stands for.

    `events` (names, or kinds: automatic, operator, environment, time): classes are those of the coarsest branching bisimulation
    with explicit divergence in which only steps of these events, and steps that change a term, count. Steps of others that
    stay in their class are no edges, but where they can go on for ever.

    Raises ModelError or TextError for a term that is not one of the system, UsageError DR401 for an event that is not,
    EngineError DR514 if the search stopped early.
    """
    from drcheck.engines.choose import engine_named
    from drcheck.engines.protocol import Limits, Query

    terms = [_told(system, term) for term in by]
    shown = None if events is None else _shown(system, events)
    found = engine_named(engine).explore(system, Query(graph=True), limits or Limits(), listener)
    return _by_classes(found, terms, shown)


def _told(system: System, term: Term) -> _Told:
    """A term on a system. Raises ModelError, TextError."""
    from drcheck.text import parse_expression

    if isinstance(term, Component):
        term = term.name
    if not isinstance(term, str):
        return _Told(str(term), lower(system, term))
    cell = next((cell for cell in system.cells if cell.name == term.strip()), None)
    return _Told(term.strip(), cell if cell is not None else lower(system, parse_expression(term, system)))


def _shown(system: System, names: Sequence[str]) -> frozenset[int]:
    """The events of these names or kinds. Raises UsageError DR401."""
    for name in names:
        if all(name not in (event.name, event.kind) for event in system.events):
            kinds = sorted({event.kind for event in system.events})
            raise UsageError(
                "DR401",
                f"{name!r} is neither an event nor a kind of event of {system.name}",
                available=[*kinds, *(event.name for event in system.events)],
                asked=name,
            )
    return frozenset(n for n, event in enumerate(system.events) if {event.name, event.kind} & set(names))


def _by_classes(found: Exploration, terms: Sequence[_Told], shown: frozenset[int] | None) -> nx.MultiDiGraph[int]:
    """The graph of what a search with its graph has found."""
    import networkx as nx
    import numpy as np

    from drcheck.engines.numpy.columns import Columns
    from drcheck.graphs.bisimulation import alike
    from drcheck.graphs.branching import branching_quotient

    system, graph = found.system, found.graph
    if not found.complete or graph is None:
        raise EngineError(
            "DR514",
            f"the search of {system.name} stopped early ({found.stopped}): a graph of what it saw would lack steps",
            remedy="give the search more room, or explore a smaller variant of the system",
        )
    columns = Columns(found)
    values = [term.values(columns) for term in terms]
    events, endless = len(system.events), set[tuple[int, int]]()
    if shown is None:
        number = _in_order(alike(found.states, values))
    else:
        coarse = branching_quotient(graph, values, frozenset(range(events)) - shown)
        number, classes = coarse.number.astype(np.int64), coarse.graph
        here = np.repeat(np.arange(coarse.classes), np.diff(classes.offsets))
        stays = here == classes.targets
        endless = set(zip(here[stays].tolist(), classes.labels[stays].tolist(), strict=True))
    firsts = np.unique(number, return_index=True)[1]
    sizes, roots = np.bincount(number), {int(n) for n in number[: system.initials]}
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph(
        name=system.name,
        by=[term.name for term in terms],
        events=sorted(system.events[n].name for n in shown or ()),
        states=found.states,
        steps=len(graph.targets),
    )
    for c, first in enumerate(firsts):
        told = {term.name: term.decoded(column[first]) for term, column in zip(terms, values, strict=True)}
        made.add_node(c, **told, states=int(sizes[c]), initial=c in roots)
    sources = np.repeat(number.astype(np.int64), np.diff(graph.offsets))
    keys, counts = np.unique(
        (sources * events + graph.labels) * len(firsts) + number[graph.targets], return_counts=True
    )
    for key, steps in zip(keys.tolist(), counts.tolist(), strict=True):
        rest, to = divmod(key, len(firsts))
        origin, label = divmod(rest, events)
        if shown is None or label in shown or origin != to or (origin, label) in endless:
            made.add_edge(origin, to, name=system.events[label].name, kind=system.events[label].kind, steps=steps)
    return made


def _in_order(number: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The same classes, numbered in the order of their first states."""
    import numpy as np

    _, firsts, inverse = np.unique(number, return_index=True, return_inverse=True)
    rank = np.empty(len(firsts), np.int64)
    rank[np.argsort(firsts)] = np.arange(len(firsts))
    return rank[inverse.reshape(-1)]


__all__ = ["Term", "quotient_graph"]
