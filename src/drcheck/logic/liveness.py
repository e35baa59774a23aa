"""Deciding `leads_to` under fairness, and `can_always`: on the transition graph, complete on cycles.

`leads_to(p, q)` fails when some reachable state where p holds and q does not begins an execution that never meets q and
is fair. Such an execution stays, after finitely many steps, in a strongly connected part of the states without q, or
ends in a deadlock. A strongly connected part carries a fair execution if, for each weakly fair event, it has a step of
it or a state in which it cannot happen, and, for each strongly fair event, it has a step of it or none of its states
can do it; where a strongly fair event is possible but never taken inside, the states that can do it are left out and
the rest is examined again (Emerson and Lei 1987; Baier and Katoen, Principles of Model Checking, section 6.5 and
algorithm for fairness). An event "can happen" in a state when the state has a step of it, urgency and priority included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drcheck.errors import PropertyError
from drcheck.graphs import algorithms
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import room
from drcheck.logic.fairness import Fairness
from drcheck.system.system import System

Mask = NDArray[np.bool_]
Bits = NDArray[np.uint64]


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
                    f"fairness is assumed of {name!r}, which is neither an event nor a kind of event of system {system.name}",
                    available=[*sorted(kinds), *(e.name for e in system.events)],
                    asked=name,
                )
            for event in chosen:
                result[event] = result.get(event, False) or assumption.strong
    return [Demand(event, strong) for event, strong in sorted(result.items())]


class FairGraph:
    """A transition graph, and the events possible in its states. `events`: how many events there are, as far as it shows."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.size = len(graph.offsets) - 1
        self.events = int(graph.labels.max()) + 1 if len(graph.labels) else 0

    def possible(self, bits: Bits) -> Bits:
        """For each state the events that are possible in it: those that it has a step of, as the `bits` of each event."""
        return algorithms.possible(self.graph.offsets, self.graph.targets, self.graph.labels, bits)

    def dead(self) -> Mask:
        """The states without any step."""
        result: Mask = self.graph.offsets[1:] == self.graph.offsets[:-1]
        return result


@dataclass(frozen=True)
class Recurrence:
    """What a cycle must meet besides being fair: each bit of `sets` in the `marks` (uint32) of its states, or of its edges."""

    marks: NDArray[np.uint32]
    sets: int
    of_edges: bool = False


class _Word:
    """Up to 64 demands as the bits of a word."""

    def __init__(self, fair: FairGraph, demands: Sequence[Demand]) -> None:
        self.demands = demands
        self.weak = np.uint64(sum(1 << i for i, d in enumerate(demands) if not d.strong))
        self.strong = np.uint64(sum(1 << i for i, d in enumerate(demands) if d.strong))
        self._bits = np.zeros(max([fair.events, *(demand.event + 1 for demand in demands)]), np.uint64)
        for i, demand in enumerate(demands):
            self._bits[demand.event] = np.uint64(1 << i)
        self.enabled = fair.possible(self._bits) if demands else np.zeros(fair.size, np.uint64)

    def treatment(
        self, fair: FairGraph, numbers: NDArray[np.int64], recurring: Recurrence | None = None
    ) -> algorithms.Treatment:
        """What happens in each strongly connected part."""
        graph = fair.graph
        marks = None if recurring is None else recurring.marks
        return algorithms.treatment(
            graph.offsets,
            graph.targets,
            graph.labels,
            numbers,
            self._bits,
            self.enabled,
            marks,
            by_edge=recurring is not None and recurring.of_edges,
        )


def find_lasso(fair: FairGraph, starts: Mask, goal: Mask, wanted: list[Demand]) -> Lasso | None:
    """A fair execution from a state of `starts` that never meets `goal`, or None. Prefers deadlocks, then early states.

    The prefix inside the states without goal begins at a state of `starts`; the caller prepends the way to it.
    """
    graph = fair.graph
    allowed = ~goal
    inside = algorithms.reachable_from(graph.offsets, graph.targets, starts & allowed, allowed)
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


def fair_component(
    fair: FairGraph, inside: Mask, wanted: Sequence[Demand], recurring: Recurrence | None = None
) -> Mask | None:
    """A strongly connected part of `inside` with a cycle that is fair and meets what recurs, or None.

    Of several it is the one whose first state comes first.
    """
    graph, region = fair.graph, inside
    words: list[_Word] | None = None
    while region.any():
        numbers = algorithms.strong_components(graph.offsets, graph.targets, region)
        good = algorithms.cyclic_components(graph.offsets, graph.targets, numbers)
        room(20 * fair.size + 12 * len(good))
        shrinks = np.zeros(len(good), dtype=bool)
        left_out = np.zeros(fair.size, dtype=bool)
        if not good.any():
            return None
        if words is None:
            words = _words(fair, wanted) if wanted or recurring is not None else []
        for number, word in enumerate(words):
            found = word.treatment(fair, numbers, None if number else recurring)
            if recurring is not None and not number:
                good &= found.met & np.uint64(recurring.sets) == recurring.sets
            # A part that is unfair to a weakly fair event stays so if states are left out.
            good &= found.each & ~found.taken & word.weak == 0
            missed = found.some & ~found.taken & word.strong
            shrinks |= missed != 0
            left_out |= word.enabled & np.append(missed, np.uint64(0))[numbers] != 0  # the number -1 is no part
        fit = np.flatnonzero(good & ~shrinks)
        if len(fit):
            part: Mask = numbers == fit[0]
            return part
        room(3 * fair.size)
        region = np.append(good & shrinks, False)[numbers] & ~left_out
    return None


def _words(fair: FairGraph, wanted: Sequence[Demand]) -> list[_Word]:
    """The demands, 64 to a word; one word at least."""
    return [_Word(fair, wanted[i : i + 64]) for i in range(0, max(len(wanted), 1), 64)]


def with_cycle(
    fair: FairGraph,
    states: list[int],
    events: list[int],
    part: Mask,
    wanted: Sequence[Demand],
    recurring: Recurrence | None = None,
) -> Lasso:
    """The lasso of a path to a part that `fair_component` found, and of a cycle in it that is fair and meets what recurs."""
    cycle_states, cycle_events = _cycle(fair, part, states[-1], wanted, recurring)
    return Lasso(states + cycle_states[1:], events + cycle_events, len(states) - 1)


def _path(fair: FairGraph, starts: Mask, ends: Mask, within: Mask) -> tuple[list[int], list[int]]:
    """A shortest path (states, events) from a state of `starts` to one of `ends` inside `within`."""
    path = algorithms.shortest_path(fair.graph.offsets, fair.graph.targets, starts, ends, within)
    assert path is not None, "the ends were reached by a forward search from the starts"
    return list(path.states), [int(fair.graph.labels[edge]) for edge in path.edges]


def _cycle(
    fair: FairGraph, part: Mask, start: int, wanted: Sequence[Demand], recurring: Recurrence | None
) -> tuple[list[int], list[int]]:
    """A closed walk inside a strongly connected part that honours every demand, from `start` back to it."""
    graph = fair.graph
    room(16 * fair.size + 2 * len(graph.targets))
    states, edges = [start], list[int]()

    def walk(goal: Mask, by_edge: bool) -> None:
        """On to a state of `goal`, or over an edge of it."""
        here = np.zeros(fair.size, dtype=bool)
        here[states[-1]] = True
        path = algorithms.shortest_path(graph.offsets, graph.targets, here, goal, part, by_edge=by_edge)
        assert path is not None, "the part is strongly connected, and was found for having what is looked for"
        states.extend(path.states[1:])
        edges.extend(path.edges)

    def meet(goal: Mask, by_edge: bool) -> None:
        """A state or an edge of `goal`, unless one was met."""
        if not any(goal[n] for n in (edges if by_edge else states)):
            walk(goal, by_edge)

    if recurring is not None:
        for i in range(recurring.sets.bit_length()):
            meet(recurring.marks & np.uint32(1 << i) != 0, recurring.of_edges)
    for word in _words(fair, wanted) if wanted else ():
        taken = int(word.treatment(fair, np.where(part, 0, -1)).taken[0])
        for i, demand in enumerate(word.demands):
            if taken >> i & 1:
                meet(graph.labels == demand.event, True)
            elif not demand.strong:
                meet(word.enabled & np.uint64(1 << i) == 0, False)
    if not edges:
        # One step inside the part, so that the walk is a cycle and not a point.
        walk(np.ones(len(graph.targets), dtype=bool), True)
    if states[-1] != start:
        ends = np.zeros(fair.size, dtype=bool)
        ends[start] = True
        walk(ends, False)
    return states, [int(graph.labels[edge]) for edge in edges]


def cannot_reach(fair: FairGraph, goal: Mask) -> Mask:
    """The states from which no state of `goal` can be reached."""
    return ~algorithms.can_reach(fair.graph.offsets, fair.graph.targets, goal)
