"""The questions to an engine and its answers.

An engine explores breadth first from the initial states, all at once. States are numbered in the order in which they are found
(the initial states first, in their order, from 0 on): level by level, within a level in the order of their first
predecessor, then of the system's events and alternatives. The numbering is canonical: every engine must produce it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import Budget
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.system.system import State, System

DECIDED = "what decides everything that was asked"
"""Why a search stopped that knew enough."""
INTERRUPT = "an interrupt"
"""Why a search stopped that its user interrupted (`Exploration.stopped`)."""
LOOK = 0.02
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Limits:
    """Where a search stops early: a number of states, seconds, bytes of memory of the process; and what it may use.

    A stopped search never reads as "holds". The seconds count from the start of a search, or to the `deadline`, that of a
    whole check, if given. The answer does not depend on the rest, which only some engines use: `threads` (None: one per
    processor); `log`, a folder for logs from which searches can be resumed; `disk`, a folder for files that hold what does
    not fit in memory. `first`: a check asks its search to end as soon as every property is decided (see `Query.enough`).
    """

    states: int | None = None
    seconds: float | None = None
    memory: int | None = None
    threads: int | None = None
    log: Path | None = None
    disk: Path | None = None
    first: bool = False
    deadline: Deadline | None = field(default=None, repr=False, compare=False)

    def begun(self, spent: float = 0.0) -> Limits:
        """The same limits, whose seconds count from now on, if they do not yet. What is cut keeps the limit of memory, too.

        `spent`: how many seconds were spent before.
        """
        return self if self.deadline is not None else replace(self, deadline=self.started(spent))

    def started(self, spent: float = 0.0) -> Deadline:
        """A deadline at the end of the seconds that are left of the limit."""
        return Deadline(self.seconds, self.budget, spent)

    @property
    def budget(self) -> Budget:
        """How much memory a search may use."""
        return Budget(self.memory, self.disk is not None)


@dataclass(frozen=True)
class Enough:
    """What ends a search as soon as the expanded states show it: nothing more is needed then.

    All of `watches` (positions in the query) were met, and, with `deadlock`, a state without any step was found.
    """

    watches: tuple[int, ...] = ()
    deadlock: bool = False

    def known(self, expanded: int, hits: Sequence[int | None], deadlocks: int) -> bool:
        """Whether it is. What was found and not expanded does not count, so that all engines stop at one place."""
        met = (hits[i] for i in self.watches)
        return (deadlocks > 0 or not self.deadlock) and all(hit is not None and hit < expanded for hit in met)


def next_look(states: int) -> int:
    """The number of states at which to test next whether enough is known: a quarter more, and at least a thousand more."""
    return states + max(states // 4, 1_000)


@dataclass(frozen=True)
class Query:
    """What one search must find out, besides the counts.

    `watches`: lowered boolean expressions; for each, the first state in canonical order that satisfies it.
    `maxima`: lowered integer expressions; for each, the greatest value and the first state that attains it.
    `graph`: whether to keep the transition graph. `enough`: with what the search may end; None: it continues.
    """

    watches: tuple[Expression, ...] = ()
    maxima: tuple[Expression, ...] = ()
    graph: bool = False
    enough: Enough | None = None


@dataclass(frozen=True)
class Escape:
    """The first step (in canonical order) whose value would leave its domain: `state` --event, alternative--> none."""

    state: int
    event: int
    alternative: int
    cell: int


@dataclass(frozen=True)
class Exploration:
    """The result of a search.

    `states`, `transitions` (steps that have a target), `depth` (the greatest breadth-first distance), `complete`
    (whether every reachable state was expanded) and, if not, `stopped` (why). `hits[i]`: number of the first state that
    satisfies watch i, or None. `maxima[i]`: (value, number of the first state that attains it). `deadlocks`: how many
    states have no step at all; `deadlock`: the first, or None. `fired[e]`: how many transitions event e has; `escape`:
    the first step out of a domain. After an incomplete search all of these are about the states expanded so far.
    `state(n)` gives a state, `parent(n)` its first predecessor (itself for an initial state); `column(c)` gives the values of
    cell c in every state (int64, length states), which is what whole-graph analyses evaluate expressions on. `remarks`: further
    sentences for the user, for instance that its log could not be written.
    """

    system: System
    engine: str
    states: int
    transitions: int
    depth: int
    seconds: float
    complete: bool
    stopped: str | None
    hits: tuple[int | None, ...]
    maxima: tuple[tuple[int, int], ...]
    deadlocks: int
    deadlock: int | None
    fired: tuple[int, ...]
    escape: Escape | None
    graph: Graph | None
    state: Callable[[int], State] = field(repr=False)
    parent: Callable[[int], int] = field(repr=False)
    column: Callable[[int], NDArray[np.int64]] = field(repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether its user stopped the search."""
        return self.stopped == INTERRUPT

    def without_states(self) -> Exploration:
        """The figures alone: nothing holds the memory of the search any longer, and no state can be requested."""
        name = self.system.name  # and nothing else of this: it would keep the states

        def gone(number: int) -> Any:
            raise LookupError(f"the states of {name} were released after its verdicts")

        return replace(self, graph=None, state=gone, parent=gone, column=gone)

    def ancestry(self, number: int) -> list[int]:
        """The state numbers of a shortest path from an initial state to state `number`, both included."""
        path, roots = [number], self.system.initials
        while path[-1] >= roots:
            path.append(self.parent(path[-1]))
        return path[::-1]


@dataclass(frozen=True)
class Progress:
    """What a search reports while it runs.

    `frontier`: states that were found and not expanded yet. `memory`: bytes that the process uses. `load`: how full the
    set of states is before it must grow, 0 to 1. Both are None if unknown.
    """

    states: int
    transitions: int
    frontier: int
    depth: int
    seconds: float
    memory: int | None = None
    load: float | None = None


Listener = Callable[[Progress], None]


class Engine(Protocol):
    """An engine: a name, and a search. `explore` raises EngineError DR501 if the engine cannot run."""

    name: str

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state, or until a limit."""
        ...


def states_limit(states: int) -> str:
    """Why a search stopped, if it was the number of states."""
    return f"the limit of {states:,} states"


class Stopwatch:
    """Seconds since it was made, and whether a limit is reached."""

    def __init__(self, limits: Limits) -> None:
        self._start, self._limits = time.perf_counter(), limits
        self.deadline = limits.deadline or Deadline(limits.seconds)
        self._budget = limits.budget
        self._looked = 0.0 if limits.memory is None else -LOOK  # what is small needs no look at the machine's memory

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    def stopped_by(self, error: BaseException) -> str:
        """Why a search stopped that an interrupt or the deadline cut before it began."""
        return INTERRUPT if isinstance(error, KeyboardInterrupt) else self.deadline.reason

    def exceeded(self, states: int, more: int = 0) -> str | None:
        """Why the search must stop now, or None. The memory is read every `LOOK` seconds, however often this is asked.

        `more`: bytes that are soon used at once.
        """
        if self._limits.states is not None and states > self._limits.states:
            return states_limit(self._limits.states)
        if self.deadline.passed:
            return self.deadline.reason
        seconds = self.seconds
        if seconds - self._looked < LOOK:
            return None
        self._looked = seconds
        return self._budget.short_of(more)
