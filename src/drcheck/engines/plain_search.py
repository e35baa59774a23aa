"""Breadth-first search in plain Python over a successor function: shared by the reference and the python engine.

Written to be read in one sitting. What differs between the two engines is only what they pass in: how the successors of
a state are computed, and how watches and maxima are evaluated.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from drcheck.engines.protocol import (
    DECIDED,
    INTERRUPT,
    Escape,
    Exploration,
    Limits,
    Listener,
    Progress,
    Query,
    Stopwatch,
    next_look,
)
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import resident
from drcheck.kernels.interrupts import deferred
from drcheck.language.expressions import Expression
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.system import State, System

STATES_LOOKS, OVERRUN = 1024, 4096
"""The limit of states is tested whenever this many more were expanded, or more often where these may have found more than so
many others (see `states_looks`)."""
LOOKS = 16
"""The other limits, more often: where guards are slow a thousand states take seconds."""
SOON = 1 << 15
"""States that are found at most, about, between two looks at the memory."""
MOST_KNOWN = 64
"""Initial states that are looked at where there is no time for a search."""
TELLS = 0.1
"""Seconds between two reports of progress."""


def states_looks(system: System) -> int:
    """Whenever this many more states were expanded, a power of two, every engine looks at the limit of states, so that all stop
    at one place. Their successors are at most `OVERRUN`, but that a single state may have more.
    """
    most = max(1, sum(len(event.alternatives) for event in system.events))
    return min(STATES_LOOKS, 1 << max(OVERRUN // most, 1).bit_length() - 1)


class Functions(NamedTuple):
    """A system as functions on states."""

    successors: Callable[[State], Sequence[tuple[int, int, State | None, int | None]]]
    watches: Sequence[Callable[[State], bool]]
    maxima: Sequence[Callable[[State], int]]


def unsearched(system: System, query: Query, engine: str, seconds: float, stopped: str) -> Exploration:
    """What is known where a search was stopped before it could begin: the initial states alone, as of a limit of no states; of
    very many the first ones, as time is over.
    """
    environment, roots = SystemEnvironment(system), system.initial_states[:MOST_KNOWN]

    def values(node: Expression) -> list[int]:
        found = []
        for root in roots:
            environment.look_at(root)
            found.append(int(node.evaluate(environment)))
        return found

    def first(values: list[int], value: int) -> int | None:
        return values.index(value) if value in values else None

    nothing = np.array([], np.uint32)
    return Exploration(
        system=system,
        engine=engine,
        states=len(roots),
        transitions=0,
        depth=0,
        seconds=seconds,
        complete=False,
        stopped=stopped,
        hits=tuple(first(values(node), 1) for node in query.watches),
        maxima=tuple((max(each), each.index(max(each))) for each in map(values, query.maxima)),
        deadlocks=0,
        deadlock=None,
        fired=(0,) * len(system.events),
        escape=None,
        graph=Graph(np.array([0], np.int64), nothing, nothing) if query.graph else None,
        state=roots.__getitem__,
        parent=range(len(roots)).__getitem__,
        column=lambda cell: np.array([root[cell] for root in roots], np.int64),
    )


def _grows_by(numbers: dict[State, int]) -> int:
    """Bytes that a dictionary takes besides while it grows, where that may be before its size is next tested.

    CPython's has room for two thirds of a power of two, and is copied to one with twice as much.
    """
    room = (1 << max(len(numbers) * 3 // 2, 8).bit_length()) * 2 // 3
    return sys.getsizeof(numbers) * 3 // 2 if room - len(numbers) < SOON < room // 4 else 0


def breadth_first(
    system: System, functions: Functions, query: Query, limits: Limits, listener: Listener | None, engine: str
) -> Exploration:
    """Explore every reachable state in canonical order."""
    watch = Stopwatch(limits)
    states: list[State] = list(system.initial_states)
    numbers: dict[State, int] = {state: number for number, state in enumerate(states)}
    parents = array("q", range(len(states)))
    hits: list[int | None] = [None] * len(query.watches)
    maxima: list[tuple[int, int] | None] = [None] * len(query.maxima)
    fired = [0] * len(system.events)
    offsets, targets, labels = array("q", [0]), array("I"), array("I")
    transitions = deadlocks = depth = 0
    deadlock: int | None = None
    escape: Escape | None = None
    stopped: str | None = None
    told = 0.0
    states_look = states_looks(system)
    look_at = min(LOOKS, states_look)
    enough, enough_from = query.enough, next_look(0)

    waiting = list(enumerate(functions.watches))

    def look(number: int, state: State) -> None:
        nonlocal waiting
        found = [i for i, holds in waiting if holds(state)]
        if found:
            for i in found:
                hits[i] = number
            waiting = [(i, holds) for i, holds in waiting if hits[i] is None]
        for i, value_of in enumerate(functions.maxima):
            value, best = value_of(state), maxima[i]
            if best is None or value > best[0]:
                maxima[i] = (value, number)

    for root, state in enumerate(states):
        look(root, state)
    number = 0
    level_end = len(states)
    with deferred() as interrupts:
        while number < len(states):
            if number == level_end:
                depth, level_end = depth + 1, len(states)
            if interrupts.pending:
                interrupts.heard()
                stopped = INTERRUPT
                break
            if enough is not None and number % states_look == 0 and len(states) > enough_from:
                enough_from = next_look(len(states))
                if enough.known(number, hits, deadlocks):
                    stopped = DECIDED
                    break
            if number % look_at == 0:
                stopped = watch.exceeded(len(states) if number % states_look == 0 else 0, _grows_by(numbers))
                if stopped is None and listener and watch.seconds >= told + TELLS:
                    told = watch.seconds
                    try:
                        listener(Progress(len(states), transitions, len(states) - number, depth, told, resident()))
                    except KeyboardInterrupt:
                        stopped = INTERRUPT
                if stopped:
                    break
            steps = functions.successors(states[number])
            if not steps:
                deadlocks += 1
                deadlock = number if deadlock is None else deadlock
            for event, alternative, target, cell in steps:
                if target is None:
                    if escape is None and cell is not None:
                        escape = Escape(number, event, alternative, cell)
                    continue
                transitions += 1
                fired[event] += 1
                known = numbers.get(target)
                if known is None:
                    known = numbers[target] = len(states)
                    states.append(target)
                    parents.append(number)
                    look(known, target)
                if query.graph:
                    targets.append(known)
                    labels.append(event)
            if query.graph:
                offsets.append(len(targets))
            number += 1
    if stopped is None:
        stopped = watch.exceeded(len(states)) if limits.states is not None and len(states) > limits.states else None
    graph = None
    if query.graph:
        graph = Graph(
            np.frombuffer(offsets, np.int64), np.frombuffer(targets, np.uint32), np.frombuffer(labels, np.uint32)
        )
    return Exploration(
        system=system,
        engine=engine,
        states=len(states),
        transitions=transitions,
        depth=depth,
        seconds=watch.seconds,
        complete=number == len(states),
        stopped=stopped if number < len(states) else None,
        hits=tuple(hits),
        maxima=tuple(best for best in maxima if best is not None),
        deadlocks=deadlocks,
        deadlock=deadlock,
        fired=tuple(fired),
        escape=escape,
        graph=graph,
        state=states.__getitem__,
        parent=parents.__getitem__,
        column=lambda cell: np.fromiter((state[cell] for state in states), np.int64, len(states)),
    )
