"""The way back to service from every state that can be reached: from which there is one, how long it is, and where it is lost.

One search gives the graph of all states, faults included. On it, backwards from the states in service along the steps of
operators, automatic steps and time (`nearest.BY_OPERATORS`), lie the states that can come back. A step from one of these to one
that cannot is a *point of no return*. That there is a way means that it can be gone, not that it must be: which of several
automatic steps happens, and how an event ends, is as it must be on the way.

Of a search that stopped early only what is certain is said: a state that cannot come back is one from which all that these steps
lead to was seen, and is not in service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.answers.nearest import (
    ANYHOW,
    BY_OPERATORS,
    WITH_OTHERS,
    Means,
    Recovery,
    nearest_state,
    replayed,
    way_back,
)
from drcheck.answers.runbook import RunbookStep, runbook
from drcheck.answers.service import Service, service_of
from drcheck.designs.design import Design
from drcheck.designs.selection import refuse_other
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Exploration, Limits, Listener
from drcheck.graphs import algorithms
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import within
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import Literal
from drcheck.logic.properties import can_always
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.path_text import followed, read_path
from drcheck.system.system import Event, State, System, begun_with
from drcheck.system.trace import Trace, TraceStep, along
from drcheck.verdicts.searching import Options, judged
from drcheck.verdicts.verdict import Conclusion, Verdict

Mask = NDArray[np.bool_]


class Needs(Enum):
    """What it takes to come back from a state that the means do not bring back."""

    OUTSIDE = "something from outside that is no fault"
    FAULT = "a further fault"
    NOTHING = "nothing helps"
    OPEN = "not decided"


@dataclass(frozen=True)
class PointOfNoReturn:
    """An event after which there is no way back, where there was one before. `needs`: what would help after it.

    `steps`: how many steps of the graph are such; `trace`: a shortest way to one of them, and it.
    """

    event: Event
    needs: Needs
    steps: int
    trace: Trace = field(repr=False)

    @property
    def faults(self) -> int:
        """How many faults happen on the way to it, with it."""
        return sum(step.event.fault is not None for step in self.trace.steps)


@dataclass(frozen=True)
class Way:
    """A shortest way back: where it begins, by a shortest way to there, and its steps, also as those of a runbook."""

    start: Trace = field(repr=False)
    steps: tuple[TraceStep, ...] = field(repr=False)
    runbook: tuple[RunbookStep, ...] = ()


@dataclass(frozen=True)
class Everywhere:
    """What is found of all states that were looked at.

    Of `states`, `serving` are in service, `back` of the others can come back, `lost` cannot, and of the rest, `open`, it is not
    known. `needs`: for how many of the lost ones it takes what. `whole`: whether these are all states that can be reached, and
    what is said of them rests on no cap; if not, `reason` says why, and `stopped` why the search ended before it had seen all.
    `farthest`: the way back from a state that has the longest. `first_lost`: a shortest way to a state that cannot come back.
    `points`: of no return, those with the fewest steps to them first.
    """

    states: int
    serving: int
    back: int
    lost: int
    open: int
    needs: Mapping[Needs, int]
    whole: bool
    reason: str
    stopped: str = ""
    farthest: Way | None = None
    first_lost: Trace | None = None
    points: tuple[PointOfNoReturn, ...] = ()


@dataclass(frozen=True)
class Here:
    """What is found of one state, at the end of a path: the ways back that were `tried`, and a shortest by the means, if any.

    `certain`: whether there is none where `way` is None. `lost_with`: then the number of the last step of the path before which
    there was a way back by the means, 0 where there is none in any state of the path, None where that is not known.
    """

    path: Trace = field(repr=False)
    tried: Recovery
    way: Way | None
    certain: bool
    lost_with: int | None = None


@dataclass(frozen=True)
class Returning:
    """The answer: of a design, what service is in it, by which means it is brought back, and what was found."""

    design: Design
    settings: Mapping[str, Any]
    system: System
    service: Service
    means: Means
    everywhere: Everywhere
    here: Here | None = None
    warning: str = ""


def recover(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    *,
    goal: str | None = None,
    at: str | None = None,
    outside: bool = False,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> Returning:
    """The way back to service by steps of operators, automatic steps and time, without any further fault; and where it is lost.

    `goal`: a property that says what service is, or a condition; without it, what the design declares (see `service.service_of`).
    `at`: a path, from whose end the way is looked for; without it, from every state that can be reached. `outside`: what comes
    from outside and is no fault helps, too. The limits are those of each search; that of seconds is one for all.

    Raises PropertyError DR324 where the design declares no service, PathError DR520 and DR521 for the path, and what composing
    and searching raise.
    """
    refuse_other(design, Design)
    limits = limits.begun()
    requested = dict(settings or {})
    service, system = service_of(design, requested, goal)
    means = WITH_OTHERS if outside else BY_OPERATORS
    here, warning, begun = None, "", system
    if at is not None:
        walked = followed(read_path(at), system)
        warning, path = walked.warning, walked.trace
        begun = begun_with(system, [path.states[-1]])
        here = _here(path, service, means, engine, limits, listener("the way back") if listener else None)
    heard = listener("all states") if listener else None
    everywhere = _everywhere(begun, service, means, Options(engine, limits, heard), here.path if here else None)
    return Returning(design, requested, system, service, means, everywhere, here, warning)


# -- from one state ------------------------------------------------------------------------------------------------------
def _here(path: Trace, service: Service, means: Means, engine: str, limits: Limits, listener: Listener | None) -> Here:
    oracle = Oracle(path.system)
    state = path.states[-1]
    tried = way_back(oracle, state, service.condition, limits, listener, engine=engine)
    by, found = tried.tried[-1]
    own = [each for name, each in tried.tried if _within(path.system, name, means)]
    way = None
    if found.steps is not None and _within(path.system, by, means):
        way = Way(path, found.steps, runbook(path.system, found.steps, oracle))
    certain = way is not None or (bool(own) and own[-1].sure)
    lost_with = None
    if way is None and certain:
        lost_with = _lost_with(oracle, path, service, means, engine, limits, listener)
    return Here(path, tried, way, certain, lost_with)


def _within(system: System, some: Means, means: Means) -> bool:
    """Whether all events that some means take are taken by others, too."""
    return all(means.takes(event) for event in system.events if some.takes(event))


def _lost_with(
    oracle: Oracle,
    path: Trace,
    service: Service,
    means: Means,
    engine: str,
    limits: Limits,
    listener: Listener | None,
) -> int | None:
    """After which step of a path the way back was lost for the last time: all states before are tried, the last one first."""
    for position in range(len(path.steps) - 1, -1, -1):
        found = nearest_state(oracle, path.states[position], service.condition, limits, listener, means, engine=engine)
        if found.steps is not None:
            return position + 1
        if not found.sure:
            return None
    return 0


# -- from all states -----------------------------------------------------------------------------------------------------
def _everywhere(system: System, service: Service, means: Means, options: Options, path: Trace | None) -> Everywhere:
    goal = lower(system, service.condition)
    if isinstance(goal, Literal):
        said = "always" if goal.value else "never"
        return Everywhere(0, 0, 0, 0, 0, {}, False, f"with these parameters service is {said} there, whatever happens")
    judges = judged(system, [can_always(goal, name="service")], options)
    domains, verdict = judges.verdicts()
    assert judges.judge is not None
    found = judges.judge.found
    reason = _reason(found, domains, verdict)
    nothing = Everywhere(found.states, 0, 0, 0, found.states, {}, False, reason, found.stopped or "")
    if found.graph is None or not found.states:
        return nothing
    deadline = options.limits.deadline or Deadline()
    try:
        with deadline.with_grace().cut(), within(options.limits.budget):
            return _Search(system, found, goal, means, path).told(reason)
    except OutOfTimeError:
        return replace(nothing, reason=f"{deadline.reason} passed before the graph was examined")
    except MemoryError as error:
        return replace(nothing, reason=f"there was no room to examine the graph: {error}")


def _reason(found: Exploration, domains: Verdict, verdict: Verdict) -> str:
    """Why what is said of the states is not all, or not certain; "" if it is."""
    if not found.complete:
        return f"the search stopped at {found.stopped}"
    if domains.conclusion is not Conclusion.HOLDS:
        return f"values do not stay in their domains: {domains.reason}"
    return verdict.reason if verdict.conclusion is Conclusion.INCONCLUSIVE else ""


class _Search:
    """What the graph of a search shows."""

    def __init__(self, system: System, found: Exploration, goal: Any, means: Means, path: Trace | None) -> None:
        assert found.graph is not None
        self.system, self.found, self.means, self.path = system, found, means, path
        self.graph, self.expanded = _whole_rows(found.graph, found.states)
        self.goal = np.array(Columns(found).mask(goal))
        self.oracle = Oracle(system)

    def told(self, reason: str) -> Everywhere:
        """All of it. `reason`: why it is not the whole."""
        edges = self._edges(self.means)
        distance = algorithms.steps_to(self.graph.offsets, self.graph.targets, self.goal, edges)
        back = distance >= 0
        lost = ~back & ~self._may(edges)
        needs = self._needs(lost)
        farthest = self._way(int(distance.argmax()), distance) if distance.max(initial=-1) > 0 else None
        serving, states = int(np.count_nonzero(self.goal)), self.found.states
        return Everywhere(
            states,
            serving,
            int(np.count_nonzero(back)) - serving,
            int(np.count_nonzero(lost)),
            states - int(np.count_nonzero(back)) - int(np.count_nonzero(lost)),
            {need: int(np.count_nonzero(mask)) for need, mask in needs.items() if mask.any()},
            not reason,
            reason,
            self.found.stopped or "",
            farthest,
            self._trace(self._ancestry(int(lost.argmax()))) if lost.any() else None,
            tuple(self._points(back, needs)),
        )

    def _edges(self, means: Means) -> Mask | None:
        """The steps that some means take; None for all."""
        takes = np.array([means.takes(event) for event in self.system.events], dtype=bool)
        return None if takes.all() else takes[self.graph.labels]

    def _may(self, edges: Mask | None) -> Mask:
        """From where the goal is reached, or what was not looked at."""
        return algorithms.can_reach(self.graph.offsets, self.graph.targets, self.goal | ~self.expanded, edges=edges)

    def _needs(self, lost: Mask) -> dict[Needs, Mask]:
        """The states that are lost, by what would help there."""
        found, left = dict[Needs, Mask](), lost.copy()
        open_ = np.zeros_like(lost)
        for need, means in ((Needs.OUTSIDE, WITH_OTHERS), (Needs.FAULT, ANYHOW)):
            edges = self._edges(means)
            can = algorithms.can_reach(self.graph.offsets, self.graph.targets, self.goal, edges=edges)
            found[need] = left & can
            left &= ~can
            unknown = left & self._may(edges)
            open_ |= unknown
            left &= ~unknown
        return {**found, Needs.NOTHING: left, Needs.OPEN: open_}

    def _points(self, back: Mask, needs: Mapping[Needs, Mask]) -> list[PointOfNoReturn]:
        """The points of no return, a line for each event and what would help after it."""
        sources = np.repeat(np.arange(self.found.states), np.diff(self.graph.offsets))
        leaving = back[sources]
        points = []
        for need, mask in needs.items():
            crossing = np.flatnonzero(leaving & mask[self.graph.targets])
            labels, first, count = np.unique(self.graph.labels[crossing], return_index=True, return_counts=True)
            for label, at, steps in zip(labels, first, count, strict=True):
                edge = int(crossing[at])  # the first: states are numbered by how far they are
                line = [*self._ancestry(int(sources[edge])), int(self.graph.targets[edge])]
                trace = self._trace(line, int(label))
                points.append(PointOfNoReturn(self.system.events[int(label)], need, int(steps), trace))
        return sorted(points, key=lambda point: (len(point.trace.steps), point.event.name))

    # -- traces ----------------------------------------------------------------------------------------------------------
    def _ancestry(self, number: int) -> list[int]:
        return self.found.ancestry(number)

    def _trace(self, numbers: Sequence[int], last: int | None = None) -> Trace:
        """The trace along some states; `last`: the event of the last step. It is put behind the path where the search began."""
        states = [self.found.state(number) for number in numbers]
        events = [] if last is None else [*[None] * (len(states) - 2), last]
        trace = along(self.system, states, events)
        return trace if self.path is None else replace(self.path, steps=(*self.path.steps, *trace.steps))

    def _way(self, number: int, distance: NDArray[np.int64]) -> Way:
        """The way back from a state, along states that are nearer and nearer."""
        line, at = [number], number
        takes = [self.means.takes(event) for event in self.system.events]
        offsets, targets, labels = self.graph.offsets, self.graph.targets, self.graph.labels
        while distance[at] > 0:
            edges = range(int(offsets[at]), int(offsets[at + 1]))
            at = next(int(targets[e]) for e in edges if takes[labels[e]] and distance[targets[e]] == distance[at] - 1)
            line.append(at)
        states: list[State] = [self.found.state(n) for n in line]
        steps = replayed(self.system, self.oracle.successors, states, self.means)
        return Way(self._trace(self._ancestry(number)), steps, runbook(self.system, steps, self.oracle))


def _whole_rows(graph: Graph, states: int) -> tuple[Graph, Mask]:
    """The graph with a row for each state, and which states were looked at, so that they have theirs."""
    rows = len(graph.offsets) - 1
    expanded = np.arange(states) < rows
    if rows == states:
        return graph, expanded
    offsets = np.concatenate([graph.offsets, np.full(states - rows, graph.offsets[-1], np.int64)])
    return Graph(offsets, np.array(graph.targets), np.array(graph.labels)), expanded


__all__ = ["Everywhere", "Here", "Needs", "PointOfNoReturn", "Returning", "Way", "recover"]
