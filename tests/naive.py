"""What properties mean, written straight from their definitions on an explicit graph: slow, short, and independent.

The tests hold the verdicts of `drcheck.check` against it. It shares no code with `drcheck.logic`, and takes its graph
from the oracle, state by state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import networkx as nx

from drcheck.semantics import Oracle
from drcheck.system import State, System

Predicate = Callable[[State], bool]


def _leading_to(graph: nx.MultiDiGraph, states: Iterable[State]) -> set[State]:
    """Some states, and those from which one of them can be reached."""
    found: set[State] = set()
    for state in states:
        if state not in found:
            found |= {state} | nx.ancestors(graph, state)
    return found


@dataclass
class World:
    """Every reachable state of a system, with its steps as (event name, target)."""

    initial: State
    steps: dict[State, list[tuple[str, State]]]
    escapes: bool
    dead: set[State]

    @classmethod
    def of(cls, system: System) -> World:
        oracle = Oracle(system)
        steps: dict[State, list[tuple[str, State]]] = {}
        escapes, dead, todo = False, set(), [system.initial]
        while todo:
            state = todo.pop()
            if state in steps:
                continue
            found = oracle.successors(state)
            if not found:
                dead.add(state)
            escapes |= any(s.target is None for s in found)
            steps[state] = [(system.events[s.event].name, s.target) for s in found if s.target is not None]
            todo += [target for _, target in steps[state]]
        return cls(system.initial, steps, escapes, dead)

    def graph(self, states: Iterable[State]) -> nx.MultiDiGraph:
        """The steps among some states."""
        inside = set(states)
        result = nx.MultiDiGraph()
        result.add_nodes_from(inside)
        result.add_edges_from((s, t, {"event": e}) for s in inside for e, t in self.steps[s] if t in inside)
        return result

    def distance(self, wanted: Predicate) -> int | None:
        """The length of a shortest path from the initial state to a state as wanted, or None."""
        lengths = nx.single_source_shortest_path_length(self.graph(self.steps), self.initial)
        return min((n for state, n in lengths.items() if wanted(state)), default=None)

    def can_always(self, wanted: Predicate) -> int | None:
        """The distance of the nearest state from which no state as wanted can be reached; None: there is none."""
        saved = _leading_to(self.graph(self.steps), (s for s in self.steps if wanted(s)))
        return self.distance(lambda state: state not in saved)

    def leads_to(self, start: Predicate, goal: Predicate, weak: set[str], strong: set[str]) -> bool:
        """Whether every fair execution meets `goal` at or after each state where `start` holds."""
        without = self.graph(s for s in self.steps if not goal(s))
        doomed = {s for s in without if s in self.dead} | self._fair_cycles(without, weak, strong)
        return not any(start(s) for s in _leading_to(without, doomed))

    def _fair_cycles(self, graph: nx.MultiDiGraph, weak: set[str], strong: set[str]) -> set[State]:
        """The states of `graph` on a closed walk inside it that is fair."""
        found: set[State] = set()
        for part in list(nx.strongly_connected_components(graph)):
            inner = graph.subgraph(part)
            taken = {e for *_, e in inner.edges(data="event")}
            if not taken:
                continue
            ready = {s: {e for e, _ in self.steps[s]} for s in part}
            if any(e not in taken and all(e in ready[s] for s in part) for e in weak):
                continue
            starved = {e for e in strong if e not in taken and any(e in ready[s] for s in part)}
            if not starved:
                found |= part
                continue
            rest = [s for s in part if not starved & ready[s]]
            found |= self._fair_cycles(self.graph(rest), weak, strong)
        return found
