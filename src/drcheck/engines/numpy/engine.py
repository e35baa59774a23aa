"""The numpy engine: expands the states found so far chunk by chunk, behind the protocol."""

from __future__ import annotations

from typing import Any

import numpy as np

from drcheck.engines.layout import in_pieces
from drcheck.engines.numpy.packing import HALF, Packing
from drcheck.engines.numpy.steps import MOST_STEPS, Expansion, Steps
from drcheck.engines.numpy.table import Grown, Keys, Table
from drcheck.engines.plain_search import states_looks, unsearched
from drcheck.engines.protocol import (
    DECIDED,
    INTERRUPT,
    Enough,
    Escape,
    Exploration,
    Limits,
    Listener,
    Progress,
    Query,
    Stopwatch,
    next_look,
)
from drcheck.errors import EngineError
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import Budget, NoRoomError, resident, room, within
from drcheck.kernels.deadline import OutOfTimeError
from drcheck.kernels.interrupts import Interrupts, deferred
from drcheck.system.system import System

CHUNK = 1 << 16
"""States that are expanded at a time: their columns stay in the processor's cache."""
STEPS = 1 << 19
"""Steps that a chunk should have about: chunks of states with many steps are smaller."""
LEAST = 1024
"""States that a chunk has at least, where no limit comes near."""
PER_STATE, PER_STEP, PER_CELL = 50, 40, 6
"""Bytes that arrays take while a chunk is expanded: for each state, for each part of the key of a step's target, and for each
cell of a state. Measured on systems with keys of one part to seven, and rounded up."""
MOST_STATES = (1 << HALF) - 2 * MOST_STEPS
"""Numbers of states, and of parts of states, are below 2**HALF."""
NO_MEMORY = "the memory of this machine"


class NumpyEngine:
    """Explores with array operations: everything that is not small, if nothing can be compiled."""

    name = "numpy"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`). Raises EngineError DR501 without the memory to begin.

        Where memory becomes short the search stops, as at a limit.
        """
        watch = Stopwatch(limits)
        with within(limits.budget):
            return self._explore(system, query, limits, listener, watch)

    def _explore(
        self, system: System, query: Query, limits: Limits, listener: Listener | None, watch: Stopwatch
    ) -> Exploration:
        try:
            with watch.deadline.cut():
                search = Search(system, query)
        except (OutOfTimeError, KeyboardInterrupt) as error:
            return unsearched(system, query, self.name, watch.seconds, watch.stopped_by(error))
        except NoRoomError as error:
            return unsearched(system, query, self.name, watch.seconds, str(error))
        except MemoryError as error:
            raise EngineError(
                "DR501",
                f"the numpy engine cannot start exploring {system.name}: there is no memory",
                available=["reference", "python"],
                remedy="give the process more memory",
            ) from error
        with deferred() as interrupts:
            stopped = self._run(search, watch, limits, listener, interrupts)
        return search.answer(self.name, watch, stopped, limits.budget.with_grace())

    @staticmethod
    def _run(
        search: Search, watch: Stopwatch, limits: Limits, listener: Listener | None, interrupts: Interrupts
    ) -> str | None:
        """Search to the end; returns why it stopped early, or None. Interrupts are heard between chunks."""
        look, enough, enough_from = states_looks(search.system), search.enough, next_look(0)
        while search.number < search.count:
            # Limits of states hold at multiples of this only, as in the plain search, so that all engines stop alike.
            if enough is not None and search.number % look == 0 and search.count > enough_from:
                enough_from = next_look(search.count)
                if search.knows(enough):
                    return DECIDED
            stopped = watch.exceeded(search.count if search.number % look == 0 else 0)
            if stopped is None and max(search.count, search.packing.parts_numbered) > MOST_STATES:
                stopped = f"the numpy engine's limit of {MOST_STATES:,} states"
            if interrupts.pending:
                interrupts.heard()
                stopped = INTERRUPT
            if stopped:
                return stopped
            if listener:
                frontier = search.count - search.number
                try:
                    listener(
                        Progress(search.count, search.transitions, frontier, search.depth, watch.seconds, resident())
                    )
                except KeyboardInterrupt:
                    return INTERRUPT
            size = search.fitting(search.chunk(), limits.budget)
            nearest = [n for n in (limits.states, None if enough is None else enough_from) if n is not None]
            if nearest:
                # So many states cannot bring the search beyond its limit before the next look at it.
                safe = (min(nearest) - search.count) // max(search.steps.most, 1)
                size = min(size, max(safe, look - search.number % look))
            try:
                search.expand(size)
            except NoRoomError as error:
                return str(error)
            except MemoryError:
                return NO_MEMORY
        return None


class Search:
    """A search under way: the states below `number` are expanded, those below `count` are known."""

    def __init__(self, system: System, query: Query) -> None:
        self.system, self._query, self.enough = system, query, query.enough
        self.packing = Packing(system)
        self.steps = Steps(system, query, self.packing)
        self._table = Table(query.graph)
        self._parents = Grown(np.uint32)
        self._offsets, self._targets, self._labels = Grown(np.int64), Grown(np.uint32), Grown(np.uint32)
        self._hits: list[int | None] = [None] * len(query.watches)
        self._maxima: list[tuple[int, int] | None] = [None] * len(query.maxima)
        self._fired = np.zeros(len(system.events), np.int64)
        self._deadlocks, self._deadlock = 0, -1
        self._escape: Escape | None = None
        self.number = self.depth = 0
        self._level_end = self._roots = system.initials
        first = self.packing.pack(system.initial_states)
        self._table.intern(first)
        self._parts = len(self.packing.parts(first[:1]))
        self._parents.append(np.arange(self._roots, dtype=np.uint32))
        self._offsets.append(np.zeros(1, np.int64))

    @property
    def count(self) -> int:
        """How many states are known."""
        return self._table.count

    @property
    def transitions(self) -> int:
        """How many steps with a target have been found."""
        return int(self._fired.sum())

    def knows(self, enough: Enough) -> bool:
        """Whether that is known of the states that were expanded."""
        return enough.known(self.number, self._hits, self._deadlocks)

    def chunk(self) -> int:
        """How many states to expand next."""
        per_state = self.transitions / self.number if self.number else self.steps.most
        return min(CHUNK, max(LEAST, int(STEPS / max(per_state, 1))))

    def fitting(self, size: int, budget: Budget) -> int:
        """So many states or, where a limit of memory leaves no room for their arrays, fewer; not below `LEAST`."""
        while budget.most is not None and size > LEAST and not budget.fits(self.takes(size)):
            size //= 2
        return size

    def takes(self, size: int) -> int:
        """Bytes that the arrays for so many states and their steps take at most, about, beside what is kept."""
        per_state = self.transitions / self.number if self.number else self.steps.most
        steps = min(size * per_state, max(MOST_STEPS, self.steps.most))  # of so many steps at most a chunk is made
        return int(size * (PER_STATE + PER_CELL * len(self.system.cells)) + steps * PER_STEP * self._parts)

    def expand(self, size: int) -> None:
        """Expand the next states, at most `size`. Raises MemoryError, and has then done nothing that shows."""
        room(self.takes(min(size, self.count - self.number)))
        first, graph = self.number, self._query.graph
        found = self.steps.expand(self._table.keys[first : first + size], graph)
        steps = len(found.keys)
        self._parents.reserve(steps)
        if graph:
            self._offsets.reserve(found.states)
            self._targets.reserve(steps)
            self._labels.reserve(steps)
        targets, new = self._table.intern(found.keys)
        # From here on memory cannot become short.
        origin = np.repeat(np.arange(first, first + found.states, dtype=np.uint32), found.counts)
        self._parents.append(origin[new])
        if found.labels is not None:
            self._offsets.append(self._targets.count + np.cumsum(found.counts, dtype=np.int64))
            self._targets.append(targets)
            self._labels.append(found.labels)
        self._account(found)
        self.number += found.states
        while self._level_end <= self.number and self._level_end < self.count:
            # The states of a level are those whose first predecessors are of the level before; these are ascending.
            self.depth += 1
            later = self._parents.view()[self._roots :]
            self._level_end = self._roots + int(np.searchsorted(later, np.uint32(self._level_end)))

    def _account(self, found: Expansion) -> None:
        """Take over what is known of the states of a chunk."""
        first = self.number
        self._fired += found.fired
        self._look(
            first,
            [found.values[register] for register in self.steps.watches],
            [found.values[register] for register in self.steps.maxima],
            found.states,
        )
        dead = found.states - int(np.count_nonzero(found.able))
        if dead and not self._deadlocks:
            self._deadlock = first + int(np.argmin(found.able))
        self._deadlocks += dead
        if self._escape is None and found.escape is not None:
            escape = found.escape
            self._escape = Escape(first + escape.state, escape.event, escape.alternative, escape.cell)

    def _look(self, first: int, watches: list[Any], maxima: list[Any], size: int) -> None:
        """Watches and maxima in `size` states from number `first` on."""
        for i, mask in enumerate(watches):
            if self._hits[i] is None:
                at = int(np.argmax(mask[:size])) if np.ndim(mask) else 0
                if mask[at] if np.ndim(mask) else mask:
                    self._hits[i] = first + at
        for i, values in enumerate(maxima):
            at = int(np.argmax(values[:size])) if np.ndim(values) else 0
            value, best = int(values[at] if np.ndim(values) else values), self._maxima[i]
            if best is None or value > best[0]:
                self._maxima[i] = (value, first + at)

    def answer(self, engine: str, watch: Stopwatch, stopped: str | None, budget: Budget) -> Exploration:
        """The result; the search is over. `budget`: what may be used for it."""
        keys, parents, packing = self._table.keys, self._parents.view(), self.packing
        size = self.fitting(CHUNK, budget)
        for first in range(self.number, self.count, size):  # known and not expanded: none, if the search is complete
            part = keys[first : first + size]
            self._look(first, *self.steps.look(part), len(part))
        seconds = watch.seconds
        self._table.release()
        packing.release()
        graph = None
        if self._query.graph:
            graph = Graph(self._offsets.view(), self._targets.view(), self._labels.view())
        return Exploration(
            system=self.system,
            engine=engine,
            states=self.count,
            transitions=self.transitions,
            depth=self.depth,
            seconds=seconds,
            complete=self.number == self.count,
            stopped=stopped,
            hits=tuple(self._hits),
            maxima=tuple(best for best in self._maxima if best is not None),
            deadlocks=self._deadlocks,
            deadlock=self._deadlock if self._deadlocks else None,
            fired=tuple(int(n) for n in self._fired),
            escape=self._escape,
            graph=graph,
            state=lambda number: packing.unpack(_one(keys, number)),
            parent=lambda number: int(parents[number]),
            column=lambda cell: in_pieces(len(keys), lambda low, high: packing.column(keys[low:high], cell)),
        )


def _one(keys: Keys, number: int) -> Keys:
    """The key of one state, as an array. Raises IndexError."""
    if not 0 <= number < len(keys):
        raise IndexError(number)
    return keys[number : number + 1]


__all__ = ["NumpyEngine"]
