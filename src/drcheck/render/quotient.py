"""From a graph of classes of states to its drawing, which is that of a machine whose states they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from drcheck.render.document import MachineDiagram, MachineEdge, MachineState
from drcheck.render.style import is_failure

if TYPE_CHECKING:
    import networkx as nx

MOST = 24
"""So many classes are drawn; what is left out is said."""


def quotient_diagram(graph: nx.MultiDiGraph[int], most: int = MOST) -> MachineDiagram:
    """The drawing of a graph as `interop.quotient_graph` makes it: the first `most` classes, and the events between them.

    A class is named by its values and says how many states it has; an event, how many steps. Steps of an event that stay in
    their class stand in it.
    """
    shown = list(graph)[:most]
    names: dict[int, str] = {}
    for c in shown:
        name = _name(graph.graph["by"], graph.nodes[c])
        names[c] = name if name not in names.values() else f"{name}, class {c}"
    edges = []
    for c in shown:
        for _, to, step in graph.out_edges(c, data=True):
            if to in names:
                dest = None if to == c else names[to]
                edges.append(
                    MachineEdge((names[c],), dest, f"{step['name']} ×{step['steps']:,}", event_kind=step["kind"])
                )
    states = tuple(MachineState(names[c], graph.nodes[c]["initial"], is_failure(names[c])) for c in shown)
    title = f"{graph.graph['name']} by {', '.join([*graph.graph['by'], *graph.graph['events']])}"
    return MachineDiagram(title, states, tuple(edges), doc=_doc(graph, shown))


def _doc(graph: nx.MultiDiGraph[int], shown: list[int]) -> str:
    """What the drawing stands for, and what is left out of it."""
    told = f"{graph.graph['states']:,} states and {graph.graph['steps']:,} steps in {_classes(len(graph))}"
    left = len(graph) - len(shown)
    if not left:
        return f"{told}."
    kept = set(shown)
    states = sum(graph.nodes[c]["states"] for c in graph if c not in kept)
    steps = sum(step["steps"] for a, b, step in graph.edges(data=True) if a not in kept or b not in kept)
    return f"{told}; left out: {_classes(left)} that a search finds later, {states:,} states and {steps:,} steps."


def _classes(number: int) -> str:
    return "1 class" if number == 1 else f"{number:,} classes"


def _name(by: list[str], node: Mapping[str, Any]) -> str:
    """A class in words."""
    parts = []
    for term in by:
        value = node[term]
        if isinstance(value, bool):
            parts.append(term if value else f"not ({term})" if " " in term else f"not {term}")
        else:
            parts.append(f"{term} {value}" if isinstance(value, str) else f"{term} = {value}")
    return f"{', '.join(parts)} ({node['states']:,})"


__all__ = ["quotient_diagram"]
