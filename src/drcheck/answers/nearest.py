"""The nearest state to a given one in which a condition holds, by the steps that some means take, and the way back by the fewest.

An engine searches; what it finds is taken again on live machines, step by step, before it is shown. "None" is said only where
every state that can be reached was examined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Enough, Limits, Listener, Query
from drcheck.errors import EngineError, PathError
from drcheck.language.expressions import Expression
from drcheck.language.happening import happenings
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle, Step
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import Event, State, System, begun_with
from drcheck.system.terms import FALSE, conjunction
from drcheck.system.trace import TraceStep

Steps = Callable[[State], Sequence[Step]]
"""The steps from a state on live machines, in canonical order."""


@dataclass(frozen=True)
class Found:
    """The answer of a search: steps to the nearest state that is asked for, or None.

    `sure`: whether there is none where `steps` is None; else `stopped` says why the search ended before it knew.
    """

    steps: tuple[TraceStep, ...] | None
    sure: bool
    stopped: str
    states: int
    seconds: float

    @property
    def word(self) -> str:
        """The answer in a few words."""
        if self.steps is not None:
            return (
                "this is one" if not self.steps else f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'} away"
            )
        if self.sure:
            return f"there is none: all {self.states:,} states that can be reached from here were examined"
        return f"not known: the search stopped at {self.stopped}, after {self.states:,} states"


@dataclass(frozen=True)
class Means:
    """By whose steps a way is looked for: a name, and which events are taken."""

    name: str
    takes: Callable[[Event], bool]


BY_ITSELF = Means(
    "by itself: automatic steps and time alone", lambda e: e.kind in ("automatic", "time") and e.fault is None
)
BY_OPERATORS = Means(
    "by operators: their steps, automatic steps and time",
    lambda e: e.kind in ("operator", "automatic", "time") and e.fault is None,
)
WITH_OTHERS = Means("with what comes from outside, but no fault", lambda e: e.fault is None)
ANYHOW = Means("by any steps, further faults included", lambda e: True)
MEANS = (BY_ITSELF, BY_OPERATORS, WITH_OTHERS, ANYHOW)
"""By whom a system recovers, each with more steps than the one before."""


@dataclass(frozen=True)
class Recovery:
    """Whether and how a goal can still be reached: what each means found, in their order, until one found a way."""

    tried: tuple[tuple[Means, Found], ...]

    @property
    def found(self) -> tuple[Means, Found] | None:
        """The means that found a way, with the way."""
        means, last = self.tried[-1]
        return (means, last) if last.steps is not None else None

    @property
    def lost(self) -> bool:
        """Whether it is proved that no steps whatever lead to the goal."""
        means, last = self.tried[-1]
        return means is ANYHOW and last.steps is None and last.sure


def nearest_state(
    oracle: Oracle,
    state: State,
    condition: Expression,
    limits: Limits = Limits(),
    listener: Listener | None = None,
    by: Means = ANYHOW,
    *,
    engine: str = "auto",
    steps: Steps | None = None,
) -> Found:
    """The nearest state to one of the oracle's system in which a condition holds, by the steps that some means take.

    The condition may be lowered already. `steps` are the oracle's, where they are remembered. Raises ModelError where the
    condition cannot be lowered, PathError DR522 where it speaks of events.
    """
    refuse_events(condition)
    system = oracle.system
    watch = lower(system, condition)
    query = Query(watches=(watch,), enough=Enough(watches=(0,)))
    found = engine_named(engine).explore(begun_with(taking(system, by), [state]), query, limits, listener)
    hit = found.hits[0]
    path = None
    if hit is not None:
        states = [found.state(n) for n in found.ancestry(hit)]
        path = replayed(system, steps or oracle.successors, states, by)
        if not oracle.holds(condition, states[-1]):
            raise EngineError("DR502", f"`{condition}` does not hold where an engine found it")
    return Found(path, hit is None and found.complete, found.stopped or "", found.states, found.seconds)


def refuse_events(condition: Expression) -> None:
    """Raise PathError DR522 for a condition that speaks of events."""
    if any(True for _ in happenings(condition)):
        raise PathError(
            "DR522",
            f"`{condition}` speaks of events, and a state does not say how it is reached",
            remedy="ask for the nearest state in which the event can happen, or use it as a breakpoint of a walk",
        )


def taking(system: System, by: Means) -> System:
    """The system with the steps of some events alone, as they are in the whole system: those left out still hold others back."""
    if all(by.takes(event) for event in system.events):
        return system
    free = undisturbed(system.events)
    events = tuple(
        replace(
            event, guard=conjunction([event.guard, free[n]]) if by.takes(event) else FALSE, urgent=False, priority=0
        )
        for n, event in enumerate(system.events)
    )
    return replace(system, events=events)


def replayed(system: System, steps: Steps, states: Sequence[State], by: Means = ANYHOW) -> tuple[TraceStep, ...]:
    """The steps through some states, taken on live machines by the means. Raises EngineError DR502."""
    events, taken = system.events, list[TraceStep]()
    for number, (before, after) in enumerate(pairwise(states), 1):
        found = next((s for s in steps(before) if s.target == after and by.takes(events[s.event])), None)
        if found is None:
            raise EngineError(
                "DR502", f"step {number} of a path that a search found is not a step of the live machines"
            )
        taken.append(TraceStep(events[found.event], found.alternative, before, after, None, found.chosen))
    return tuple(taken)


def where_possible(system: System, event: str) -> Expression:
    """The condition of the states in which an event can happen. Raises PathError DR522."""
    for number, each in enumerate(system.events):
        if each.name == event:
            return conjunction([possible(each), undisturbed(system.events)[number]])
    raise PathError("DR522", f"there is no event {event!r}", available=[e.name for e in system.events], asked=event)


def way_back(
    oracle: Oracle,
    state: State,
    goal: Expression,
    limits: Limits = Limits(),
    listener: Listener | None = None,
    *,
    engine: str = "auto",
    steps: Steps | None = None,
) -> Recovery:
    """Whether a goal can be reached from a state, by whom, and how: the shortest way by the fewest means."""
    tried: list[tuple[Means, Found]] = []
    known: frozenset[str] | None = None
    for means in MEANS:
        events = frozenset(event.name for event in oracle.system.events if means.takes(event))
        if events == known and means is not ANYHOW:
            continue
        found = nearest_state(oracle, state, goal, limits, listener, means, engine=engine, steps=steps)
        known = events
        tried.append((means, found))
        if found.steps is not None or not found.sure:
            break
    return Recovery(tuple(tried))


__all__ = [
    "ANYHOW",
    "BY_ITSELF",
    "BY_OPERATORS",
    "MEANS",
    "WITH_OTHERS",
    "Found",
    "Means",
    "Recovery",
    "Steps",
    "nearest_state",
    "refuse_events",
    "replayed",
    "taking",
    "way_back",
    "where_possible",
]
