"""Searches from a state of a session, each with limits, each to be cancelled: the nearest state, the way back, from here.

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
from drcheck.explorer.session import Session
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.language.happening import happenings
from drcheck.logic.kinds import Property
from drcheck.system.lowering import lower
from drcheck.system.path_text import followed, path_of
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import Event, State, System, begun_with
from drcheck.system.terms import FALSE, conjunction
from drcheck.system.trace import TraceStep

STATES, SECONDS, MEMORY = 3_000_000, 60.0, 4 << 30
"""Where a search of the explorer stops: states, seconds, and bytes of memory of the process."""
MOST_SECONDS = 600.0


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


@dataclass(frozen=True)
class NoReturn:
    """Where along a path the goal was lost.

    `last`: the last step after which it can be reached; None: it is so at the end of the path; -1: at no state of it.
    `between`: if not known, the last that is known to be before it, and the first that may be after it.
    """

    last: int | None
    between: tuple[int, int] | None = None
    stopped: str = ""


def limits_for(deadline: Deadline, states: int = STATES) -> Limits:
    """The limits of a search."""
    return Limits(states=states, seconds=deadline.seconds, memory=MEMORY, deadline=deadline)


def deadline_for(seconds: float = SECONDS) -> Deadline:
    """A deadline that can be ended. Raises PathError DR522 for seconds that cannot be."""
    if not 0 < seconds <= MOST_SECONDS:
        raise PathError("DR522", f"a search takes up to {MOST_SECONDS:g} seconds, not {seconds:g}")
    return Deadline(seconds, Limits(memory=MEMORY).budget, endable=True)


def nearest(
    session: Session,
    number: int,
    condition: Expression,
    limits: Limits,
    listener: Listener | None = None,
    by: Means = ANYHOW,
) -> Found:
    """The nearest state to a node in which a condition holds, by the steps that some means take.

    The condition may be lowered already. Raises ModelError where it cannot be, PathError DR522 where it speaks of events.
    """
    if any(True for _ in happenings(condition)):
        raise PathError(
            "DR522",
            f"`{condition}` speaks of events, and a state does not say how it is reached",
            remedy="ask for the nearest state in which the event can happen, or use it as a breakpoint of a walk",
        )
    state = session.node(number).state
    watch = lower(session.system, condition)
    system = begun_with(taking(session.system, by), [state])
    query = Query(watches=(watch,), enough=Enough(watches=(0,)))
    found = engine_named("auto").explore(system, query, limits, listener)
    hit = found.hits[0]
    steps = None
    if hit is not None:
        states = [found.state(n) for n in found.ancestry(hit)]
        steps = _replayed(session, states, by)
        if not session.oracle.holds(condition, states[-1]):
            raise EngineError("DR502", f"`{condition}` does not hold where an engine found it")
    return Found(steps, hit is None and found.complete, found.stopped or "", found.states, found.seconds)


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


def _replayed(session: Session, states: Sequence[State], by: Means) -> tuple[TraceStep, ...]:
    """The steps through some states, taken on live machines by the means. Raises EngineError DR502."""
    events, taken = session.system.events, []
    for number, (before, after) in enumerate(pairwise(states), 1):
        found = next((s for s in session.steps(before) if s.target == after and by.takes(events[s.event])), None)
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


def recovery(
    session: Session, number: int, goal: Expression, limits: Limits, listener: Listener | None = None
) -> Recovery:
    """Whether a goal can be reached from a node, by whom, and how: the shortest way by the fewest means."""
    tried: list[tuple[Means, Found]] = []
    known: frozenset[str] | None = None
    for means in MEANS:
        events = frozenset(event.name for event in session.system.events if means.takes(event))
        if events == known and means is not ANYHOW:
            continue
        found = nearest(session, number, goal, limits, listener, means)
        known = events
        tried.append((means, found))
        if found.steps is not None or not found.sure:
            break
    return Recovery(tuple(tried))


def no_return(
    session: Session, number: int, goal: Expression, limits: Limits, listener: Listener | None = None
) -> NoReturn:
    """Where along the path to a node a goal was lost: from then on, no steps whatever lead to it.

    What can be reached after a step can be reached before it, so the place is found by halving.
    """
    line = session.line(number)

    def can(position: int) -> bool | str:
        found = nearest(session, line[position].number, goal, limits, listener)
        return True if found.steps is not None else False if found.sure else found.stopped

    last = len(line) - 1
    answer = can(last)
    if answer is True:
        return NoReturn(None)
    if isinstance(answer, str):
        return NoReturn(None, (-1, last), answer)
    good, bad = -1, last
    while bad - good > 1:
        middle = (good + bad) // 2
        answer = can(middle)
        if isinstance(answer, str):
            return NoReturn(None, (good, bad), answer)
        good, bad = (middle, bad) if answer else (good, middle)
    return NoReturn(good)


@dataclass(frozen=True)
class Decided:
    """A property decided by a search from a node, or of the whole design: the verdict's word, and its reason.

    `node`: the last node of the trace, or None without one; `loop`: the node at which a cycle begins, or None.
    """

    name: str
    word: str
    reason: str
    node: int | None
    loop: int | None
    states: int
    start: int


def decided(
    session: Session, number: int | None, item: Property, limits: Limits, listener: Listener | None = None
) -> Decided:
    """The verdict on a property, and its trace as nodes of the session.

    `number`: the node that the search begins at, or None for the initial states.
    """
    from drcheck.verdicts.check import check  # which most sessions do not need: the explorer is ready sooner

    system = session.system if number is None else begun_with(session.system, [session.node(number).state])
    verdict = check(system, [item if item.written is None else item.written], limits=limits, listener=listener)[1]
    node = loop = None
    if verdict.trace is not None:
        path = path_of(verdict.trace)
        trace = followed(replace(path, digest=None), system).trace
        start = session.root(trace.root) if number is None else number
        node = session.onward(start, trace.steps)
        if verdict.trace.loop is not None:
            loop = session.onward(start, trace.steps[: verdict.trace.loop])
    start = session.root() if number is None else number
    states = verdict.run.exploration.states
    return Decided(item.name, verdict.conclusion.value, verdict.reason, node, loop, states, start)


__all__ = [
    "ANYHOW",
    "BY_ITSELF",
    "BY_OPERATORS",
    "MEANS",
    "MEMORY",
    "SECONDS",
    "STATES",
    "WITH_OTHERS",
    "Decided",
    "Found",
    "Means",
    "NoReturn",
    "Recovery",
    "deadline_for",
    "decided",
    "limits_for",
    "nearest",
    "no_return",
    "recovery",
    "taking",
    "where_possible",
]
