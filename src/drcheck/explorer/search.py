"""Searches from a state of a session, each with limits, each to be cancelled: the nearest state, the way back, from here.

An engine searches; what it finds is taken again on live machines, step by step, before it is shown. "None" is said only where
every state that can be reached was examined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from drcheck.answers.nearest import ANYHOW, Found, Means, Recovery, nearest_state, way_back, where_possible
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import PathError
from drcheck.explorer.session import Session
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property
from drcheck.system.path_text import followed, path_of
from drcheck.system.system import begun_with

STATES, SECONDS, MEMORY = 3_000_000, 60.0, 4 << 30
"""Where a search of the explorer stops: states, seconds, and bytes of memory of the process."""
MOST_SECONDS = 600.0


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
    """The nearest state to a node in which a condition holds, by the steps that some means take (see `answers.nearest`)."""
    return nearest_state(
        session.oracle, session.node(number).state, condition, limits, listener, by, steps=session.steps
    )


def recovery(
    session: Session, number: int, goal: Expression, limits: Limits, listener: Listener | None = None
) -> Recovery:
    """Whether a goal can be reached from a node, by whom, and how: the shortest way by the fewest means."""
    return way_back(session.oracle, session.node(number).state, goal, limits, listener, steps=session.steps)


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
    "MEMORY",
    "SECONDS",
    "STATES",
    "Decided",
    "Found",
    "NoReturn",
    "Recovery",
    "deadline_for",
    "decided",
    "limits_for",
    "nearest",
    "no_return",
    "recovery",
    "where_possible",
]
