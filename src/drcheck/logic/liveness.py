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
class _Demand:
    """One event that must be treated fairly."""

    event: int
    strong: bool


def demands(system: System, fairness: Sequence[Fairness]) -> list[_Demand]:
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
    return [_Demand(event, strong) for event, strong in sorted(result.items())]


class FairGraph:
    """A transition graph with the states of each edge at hand."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.size = len(graph.offsets) - 1
        self.sources = np.repeat(np.arange(self.size, dtype=np.uint32), np.diff(graph.offsets))

    def can(self, event: int) -> Mask:
        """The states that have a step of an event."""
        mask = np.zeros(self.size, dtype=bool)
        mask[self.sources[self.graph.labels == event]] = True
        return mask

    def dead(self) -> Mask:
        """The states without any step."""
        result: Mask = np.diff(self.graph.offsets) == 0
        return result


def find_lasso(fair: FairGraph, starts: Mask, goal: Mask, wanted: list[_Demand]) -> Lasso | None:
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
    for component in _fair_components(fair, inside, wanted):
        states, events = _path(fair, starts & inside, component, inside)
        cycle_states, cycle_events = _cycle(fair, component, states[-1], wanted)
        return Lasso(states + cycle_states[1:], events + cycle_events, len(states) - 1)
    return None


def _fair_components(fair: FairGraph, inside: Mask, wanted: list[_Demand]) -> list[Mask]:
    """A strongly connected part of `inside` that carries a fair execution, as a list of at most one mask."""
    graph = fair.graph
    work = [inside]
    while work:
        region = work.pop()
        numbers = graphs.strong_components(graph.offsets, graph.targets, region)
        within = region[fair.sources] & region[graph.targets]
        within &= numbers[fair.sources] == numbers[graph.targets]
        # Parts that have at least one step inside themselves, in the order of their first state.
        cyclic = np.unique(numbers[fair.sources[within]])
        if not len(cyclic):
            continue
        count = int(numbers.max()) + 1
        first = np.full(count, fair.size, dtype=np.int64)
        members = np.flatnonzero(numbers >= 0)
        np.minimum.at(first, numbers[members], members)
        unfair = np.zeros(count, dtype=bool)
        shrink: dict[int, list[int]] = {}
        for demand in wanted:
            taken = np.zeros(count, dtype=bool)
            taken[numbers[fair.sources[within & (graph.labels == demand.event)]]] = True
            able = fair.can(demand.event)
            if demand.strong:
                some = np.zeros(count, dtype=bool)
                some[numbers[np.flatnonzero(able & (numbers >= 0))]] = True
                for missed in np.flatnonzero(some & ~taken):
                    shrink.setdefault(int(missed), []).append(demand.event)
            else:
                rests = np.zeros(count, dtype=bool)
                rests[numbers[np.flatnonzero(~able & (numbers >= 0))]] = True
                unfair |= ~(taken | rests)
        for part in sorted((int(c) for c in cyclic), key=lambda c: int(first[c])):
            if unfair[part]:
                continue  # leaving states out only makes a weakly fair event harder to rest: see below
            mask = numbers == part
            if part not in shrink:
                return [mask]
            for event in shrink[part]:
                mask = mask & ~fair.can(event)
            if mask.any():
                work.append(mask)
    return []


def _path(fair: FairGraph, starts: Mask, ends: Mask, within: Mask) -> tuple[list[int], list[int]]:
    """A shortest path (states, events) from a state of `starts` to one of `ends` inside `within`."""
    path = graphs.shortest_path(fair.graph.offsets, fair.graph.targets, starts, ends, within)
    assert path is not None, "the ends were reached by a forward search from the starts"
    return list(path.states), [int(fair.graph.labels[edge]) for edge in path.edges]


def _cycle(fair: FairGraph, part: Mask, start: int, wanted: list[_Demand]) -> tuple[list[int], list[int]]:
    """A closed walk inside a strongly connected part that honours every demand, from `start` back to it."""
    states, events = [start], []

    def walk_to(ends: Mask) -> None:
        here = np.zeros(fair.size, dtype=bool)
        here[states[-1]] = True
        way, names = _path(fair, here, ends, part)
        states.extend(way[1:])
        events.extend(names)

    inner = part[fair.sources] & part[fair.graph.targets]
    for demand in wanted:
        steps = np.flatnonzero(inner & (fair.graph.labels == demand.event))
        if len(steps):
            if demand.event in events:
                continue
            ends = np.zeros(fair.size, dtype=bool)
            ends[fair.sources[steps]] = True
            walk_to(ends)
            edge = next(int(e) for e in steps if fair.sources[e] == states[-1])
            states.append(int(fair.graph.targets[edge]))
            events.append(demand.event)
        elif not demand.strong:
            rest = part & ~fair.can(demand.event)
            if not any(rest[s] for s in states):
                walk_to(rest)
    if not events:
        # One step inside the part, so that the walk is a cycle and not a point.
        edge = int(np.flatnonzero(inner & (fair.sources == states[-1]))[0])
        states.append(int(fair.graph.targets[edge]))
        events.append(int(fair.graph.labels[edge]))
    ends = np.zeros(fair.size, dtype=bool)
    ends[start] = True
    if states[-1] != start:
        walk_to(ends)
    return states, events


def cannot_reach(fair: FairGraph, goal: Mask) -> Mask:
    """The states from which no state of `goal` can be reached."""
    return ~graphs.can_reach(fair.graph.offsets, fair.graph.targets, goal)
