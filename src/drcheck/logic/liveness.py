"""Deciding "leads to" under fairness, and "can always still": on the transition graph, complete on cycles.

`leads_to(p, q)` fails when some reachable state where p holds and q does not begins an execution that never meets q and
is fair. Such an execution stays, after finitely many steps, in a strongly connected part of the states without q, or
ends in a deadlock. A strongly connected part carries a fair execution if, for each weakly fair event, it has a step of
it or a state in which it cannot happen, and, for each strongly fair event, it has a step of it or none of its states
can do it; where a strongly fair event is possible but never taken inside, the states that can do it are left out and
the rest is looked at again (Emerson and Lei 1987; Baier and Katoen, Principles of Model Checking, section 6.5 and
algorithm for fairness). An event "can happen" in a state when the state has a step of it, urgency and priority included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drcheck.errors import PropertyError
from drcheck.explore import graphs
from drcheck.explore.protocol import Graph
from drcheck.logic.properties import Fairness
from drcheck.system import System

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Lasso:
    """A path of state numbers and events: `states` has one more than `events`; the cycle is `states[loop:]`.

    `loop` None: the path ends in a deadlock.
    """

    states: list[int]
    events: list[int]
    loop: int | None


@dataclass(frozen=True)
class Demand:
    """One event that must be treated fairly."""

    event: int
    strong: bool


def demands(system: System, fairness: Sequence[Fairness]) -> list[Demand]:
    """Each event that a fairness assumption speaks of. Raises PropertyError DR304 for an unknown name."""
    result: dict[int, bool] = {}
    kinds = {e.kind for e in system.events} | {"automatic", "operator", "environment", "time"}
    for assumption in fairness:
        for name in assumption.events:
            chosen = [i for i, e in enumerate(system.events) if name in (e.name, e.kind)]
            if not chosen and name not in kinds:
                raise PropertyError(
                    "DR304",
                    f"fairness is assumed of {name!r}, which is neither an event nor a class of system {system.name}",
                    available=[*sorted(kinds), *(e.name for e in system.events)],
                    asked=name,
                )
            for event in chosen:
                result[event] = result.get(event, False) or assumption.strong
    return [Demand(event, strong) for event, strong in sorted(result.items())]


class FairGraph:
    """A transition graph, with the states of each edge and the states that can do an event at hand."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.size = len(graph.offsets) - 1
        self._can: dict[int, Mask] = {}

    @cached_property
    def sources(self) -> NDArray[np.uint32]:
        """The state of each edge."""
        return np.repeat(np.arange(self.size, dtype=np.uint32), np.diff(self.graph.offsets))

    def can(self, event: int) -> Mask:
        """The states in which an event is possible: those that have a step of it."""
        if event not in self._can:
            self._can[event] = mask = np.zeros(self.size, dtype=bool)
            mask[self.sources[self.graph.labels == event]] = True
        return self._can[event]

    def dead(self) -> Mask:
        """The states without any step."""
        result: Mask = np.diff(self.graph.offsets) == 0
        return result


@dataclass(frozen=True)
class Recurrence:
    """What a cycle must have besides being fair: one of some states, or one of some edges (the other is None)."""

    states: Mask | None = None
    edges: Mask | None = None


def find_lasso(fair: FairGraph, starts: Mask, goal: Mask, wanted: list[Demand]) -> Lasso | None:
    """A fair execution from a state of `starts` that never meets `goal`, or None. Prefers deadlocks, then early states.

    The prefix inside the states without goal begins at a state of `starts`; the caller prepends the way to it.
    """
    graph = fair.graph
    allowed = ~goal
    inside = graphs.reachable_from(graph.offsets, graph.targets, starts & allowed, allowed)
    if not inside.any():
        return None
    ends = inside & fair.dead()
    if ends.any():
        states, events = _path(fair, starts & inside, ends, inside)
        return Lasso(states, events, None)
    component = fair_component(fair, inside, wanted)
    if component is None:
        return None
    states, events = _path(fair, starts & inside, component, inside)
    return with_cycle(fair, states, events, component, wanted)


def with_cycle(
    fair: FairGraph,
    states: list[int],
    events: list[int],
    part: Mask,
    wanted: Sequence[Demand],
    recurring: Sequence[Recurrence] = (),
) -> Lasso:
    """The lasso of a path to a part that carries a fair execution, and of a cycle in it that is one."""
    cycle_states, cycle_events = _cycle(fair, part, states[-1], wanted, recurring)
    return Lasso(states + cycle_states[1:], events + cycle_events, len(states) - 1)


def fair_component(
    fair: FairGraph, inside: Mask, wanted: Sequence[Demand], recurring: Sequence[Recurrence] = ()
) -> Mask | None:
    """A strongly connected part of `inside` with a cycle that is fair and meets each of `recurring`, or None.

    Of several it is the one whose first state comes first.
    """
    graph, region = fair.graph, inside
    while region.any():
        numbers = graphs.strong_components(graph.offsets, graph.targets, region)
        good = graphs.cyclic_components(graph.offsets, graph.targets, numbers)
        for need in recurring:
            good &= _having(fair, numbers, need, len(good))
        shrinks = np.zeros(len(good), dtype=bool)
        left_out = np.zeros(fair.size, dtype=bool)
        for demand in wanted:
            if not good.any():
                return None
            taken = _having(fair, numbers, Recurrence(edges=graph.labels == demand.event), len(good))
            able = fair.can(demand.event)
            if demand.strong:
                missed = _having(fair, numbers, Recurrence(states=able), len(good)) & ~taken
                shrinks |= missed
                missing = np.append(missed, False)  # the number -1 is no part
                left_out |= able & missing[numbers]
            else:
                # A part that is unfair to a weakly fair event stays so if states are left out.
                good &= taken | _having(fair, numbers, Recurrence(states=~able), len(good))
        found = np.flatnonzero(good & ~shrinks)
        if len(found):
            return numbers == found[0]
        region = np.append(good & shrinks, False)[numbers] & ~left_out
    return None


def _having(fair: FairGraph, numbers: NDArray[np.int64], need: Recurrence, count: int) -> Mask:
    """Which of `count` strongly connected parts have one of some states, or one of some edges within themselves."""
    result = np.zeros(count, dtype=bool)
    if need.states is not None:
        parts = numbers[need.states]
        result[parts[parts >= 0]] = True
    if need.edges is not None:
        edges = np.flatnonzero(need.edges)
        parts = numbers[fair.sources[edges]]
        within = (parts >= 0) & (parts == numbers[fair.graph.targets[edges]])
        result[parts[within]] = True
    return result


def _path(fair: FairGraph, starts: Mask, ends: Mask, within: Mask) -> tuple[list[int], list[int]]:
    """A shortest path (states, events) from a state of `starts` to one of `ends` inside `within`."""
    path = graphs.shortest_path(fair.graph.offsets, fair.graph.targets, starts, ends, within)
    assert path is not None, "the ends were reached by a forward search from the starts"
    return list(path.states), [int(fair.graph.labels[edge]) for edge in path.edges]


def _cycle(
    fair: FairGraph, part: Mask, start: int, wanted: Sequence[Demand], recurring: Sequence[Recurrence]
) -> tuple[list[int], list[int]]:
    """A closed walk inside a strongly connected part that honours every demand, from `start` back to it."""
    graph = fair.graph
    edges: list[int] = []
    states = [start]
    inner = part[fair.sources] & part[graph.targets]

    def walk_to(ends: Mask) -> None:
        here = np.zeros(fair.size, dtype=bool)
        here[states[-1]] = True
        path = graphs.shortest_path(graph.offsets, graph.targets, here, ends, part)
        assert path is not None, "a part is strongly connected"
        states.extend(path.states[1:])
        edges.extend(path.edges)

    def take(chosen: Mask) -> None:
        """One of some edges inside the part, unless one was taken."""
        if any(chosen[edge] for edge in edges):
            return
        steps = np.flatnonzero(chosen)
        ends = np.zeros(fair.size, dtype=bool)
        ends[fair.sources[steps]] = True
        walk_to(ends)
        edge = int(steps[np.argmax(fair.sources[steps] == states[-1])])
        states.append(int(graph.targets[edge]))
        edges.append(edge)

    def visit(ends: Mask) -> None:
        if not any(ends[state] for state in states):
            walk_to(ends)

    for need in recurring:
        if need.states is not None:
            visit(need.states & part)
        if need.edges is not None:
            take(need.edges & inner)
    for demand in wanted:
        steps = inner & (graph.labels == demand.event)
        if steps.any():
            take(steps)
        elif not demand.strong:
            visit(part & ~fair.can(demand.event))
    if not edges:
        # One step inside the part, so that the walk is a cycle and not a point.
        take(inner & (fair.sources == states[-1]))
    if states[-1] != start:
        ends = np.zeros(fair.size, dtype=bool)
        ends[start] = True
        walk_to(ends)
    return states, [int(graph.labels[edge]) for edge in edges]


def cannot_reach(fair: FairGraph, goal: Mask) -> Mask:
    """The states from which no state of `goal` can be reached."""
    return ~graphs.can_reach(fair.graph.offsets, fair.graph.targets, goal)
