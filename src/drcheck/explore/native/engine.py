"""The native engine behind the protocol: runs the threads of the search, keeps the limits, reads out the answer."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor, wait
from functools import reduce

import numpy as np

from drcheck.errors import EngineError
from drcheck.explore.native import control as at
from drcheck.explore.native import search
from drcheck.explore.native.control import NONE
from drcheck.explore.native.jit import available
from drcheck.explore.native.log import Log, path_of
from drcheck.explore.native.memory import Budget, resident
from drcheck.explore.native.store import Store
from drcheck.explore.protocol import INTERRUPT, Escape, Exploration, Limits, Listener, Progress, Query, Stopwatch
from drcheck.system import System

SLICE = 0.02
"""Seconds between two looks at limits, interrupts and progress."""
LONG = 500_000
"""From this many states on, code that takes longer to make and runs faster pays."""
HELP = 16 * search.BLOCK
"""Where fewer states wait to be expanded, one thread does it alone."""
REST = 0.0005
"""Seconds after which a thread looks again whether it can help."""
MOST_THREADS = 64
MOST_NUMBERED = (1 << 32) - 2
"""Where the graph is kept states are numbered with 32 bits."""


class NativeEngine:
    """Explores with machine code made for the system: for everything that is not small."""

    name = "native"

    @staticmethod
    def available() -> bool:
        """Whether this engine can run here."""
        return available()

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`). Raises EngineError DR501 without llvmlite, or
        without the memory to begin, DR506 for a folder or a log that cannot be used.

        Where memory becomes short, or the user interrupts, the search stops, as at a limit.
        """
        watch = Stopwatch(limits)
        if limits.disk is not None and not os.access(limits.disk, os.W_OK | os.X_OK):
            raise EngineError(
                "DR506",
                f"no files can be made in {limits.disk}, which is to hold what a search needs",
                remedy="name a folder that is there and can be written to",
            )
        try:
            store = Store(system, query, threads_of(limits), limits.disk)
        except (MemoryError, OSError) as error:
            raise EngineError(
                "DR501",
                f"the native engine cannot begin to explore {system.name}: {error}",
                available=["reference", "python"],
                remedy="give the process more memory",
            ) from error
        most = MOST_NUMBERED if query.graph else NONE >> 1
        store.control[at.LIMIT] = most if limits.states is None else max(0, min(limits.states, most))
        budget = Budget(limits.memory, limits.disk is not None)
        log = Log(path_of(limits.log, system, store), system, store) if limits.log is not None else None
        stopped = _resume(store, log, watch, budget) if log is not None else None
        if stopped is None:
            stopped = _search(store, watch, budget, listener, log)
            if log is not None:
                log.finish()
        return _answer(store, self.name, watch, stopped)


def threads_of(limits: Limits) -> int:
    """How many threads a search may have: as its user says, else one for each processor that it may use."""
    if limits.threads is not None:
        return max(1, min(limits.threads, MOST_THREADS))
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, MOST_THREADS)


def _resume(store: Store, log: Log, watch: Stopwatch, budget: Budget) -> str | None:
    """Make again what the log tells of; returns why that stopped early, or None. Raises EngineError DR506."""
    blocks = log.blocks()

    def make() -> str | None:
        for expanded, known in blocks:
            stopped = watch.exceeded(0) or budget.short_of(0)
            if stopped is None and not store.replay(expanded, known, budget):
                stopped = budget.short_of(0) or budget.machine
            if stopped is not None:
                return stopped
        if blocks and store.query.graph and not store.relink(budget):
            return budget.short_of(0) or budget.machine
        return None

    with ThreadPoolExecutor(1) as pool:  # in a thread of its own, as an interrupt must not come in between
        making = pool.submit(make)
        try:
            return making.result()
        except KeyboardInterrupt:
            del blocks[:]
            making.result()
            return INTERRUPT
        except ValueError as error:
            raise EngineError(
                "DR506",
                f"the log {log.path} does not fit the system: {error}",
                remedy="remove the file; the search then starts afresh",
            ) from error


def _search(
    store: Store, watch: Stopwatch, budget: Budget, listener: Listener | None, log: Log | None
) -> str | None:
    """Search to the end; returns why it stopped early, or None."""
    with ThreadPoolExecutor(store.threads) as pool:
        while True:
            result, stopped = _round(store, pool, watch, budget, listener, log)
            if stopped is None and result == search.FULL:
                # In a thread of its own, as an interrupt must not come in between.
                growing = pool.submit(store.make_room, budget)
                try:
                    growing.result()
                except KeyboardInterrupt:
                    stopped = INTERRUPT
                if not growing.result():
                    stopped = stopped or budget.short_of(0) or budget.machine
            elif result == search.LIMITED:
                stopped = watch.exceeded(store["COUNT"]) or f"the native engine's limit of {MOST_NUMBERED:,} states"
            if stopped is not None or result == search.DONE:
                return stopped if store["NUMBER"] < store["COUNT"] else None


def _round(
    store: Store,
    pool: ThreadPoolExecutor,
    watch: Stopwatch,
    budget: Budget,
    listener: Listener | None,
    log: Log | None,
) -> tuple[int, str | None]:
    """Run all threads until one of them returns with something that is to be seen to.

    Returns what the first thread's search returned, and why it was made to stop, if it was.
    """
    stop, stopped = store.control[at.STOP :], None
    stop[0] = 0
    first = pool.submit(store.run, 0, 0)
    others = [pool.submit(_help, store, worker) for worker in range(1, store.threads)]
    try:
        while not wait([first], SLICE).done:
            if store["COUNT"] > LONG and not store.model.tuned:
                code = store.tuned()  # compiled while the search goes on
                stop[0] = 1
                wait([first, *others])
                store.model = code
                return first.result(), None
            stopped = stopped or watch.exceeded(0) or budget.short_of(0)
            if log is not None and log.due:
                log.write()
            if stopped is not None:
                stop[0] = 1
            elif listener is not None:
                count, transitions = store["COUNT"], store["TRANSITIONS"]
                load = min(1.0, count / store.states.slots)
                frontier, depth = count - store["NUMBER"], store["DEPTH"]
                listener(Progress(count, transitions, frontier, depth, watch.seconds, resident(), load))
    except KeyboardInterrupt:
        stopped = INTERRUPT
    finally:
        stop[0] = 1
        wait([first, *others])
    for other in others:
        other.result()
    return first.result(), stopped


def _help(store: Store, worker: int) -> int:
    """Take part in the search wherever there is enough to do, until the first thread is done."""
    while (result := store.run(worker, HELP)) == search.IDLE:
        time.sleep(REST)
    return result


def _depth(store: Store) -> int:
    """The depth of the state that would be expanded next, or was last: it may be the first of its level."""
    begins = store["NUMBER"] == store["LEVEL_END"] and store["NUMBER"] < store["COUNT"]
    return store["DEPTH"] + begins


def _answer(store: Store, engine: str, watch: Stopwatch, stopped: str | None) -> Exploration:
    found = store.finish()
    seconds = watch.seconds
    query, workers = store.query, store.workers
    fired = np.zeros(len(store.system.events) + 1, np.uint64)
    np.add.at(fired, store.ways.event, sum(w.part("FIRED")[: store.most] for w in workers))
    hits = reduce(np.minimum, (w.hits for w in workers))
    escaped = min((w.tally for w in workers), key=lambda tally: int(tally[at.ESCAPE_STATE]))
    deadlocks = sum(int(w.tally[at.DEADLOCKS]) for w in workers)
    maxima = [max((int(w.bests[i]), -int(w.attained[i])) for w in workers) for i in range(len(query.maxima))]
    return Exploration(
        system=store.system,
        engine=engine,
        states=found.count,
        transitions=store["TRANSITIONS"],
        depth=_depth(store),
        seconds=seconds,
        complete=found.expanded == found.count,
        stopped=stopped,
        hits=tuple(None if int(h) == NONE else int(h) for h in hits[: len(query.watches)]),
        maxima=tuple((value, -number) for value, number in maxima),
        deadlocks=deadlocks,
        deadlock=min(int(w.tally[at.DEADLOCK]) for w in workers) if deadlocks else None,
        fired=tuple(int(f) for f in fired[: len(store.system.events)]),
        escape=None if int(escaped[at.ESCAPE_STATE]) == NONE else Escape(*(int(x) for x in escaped[at.ESCAPE_STATE :][:4])),
        graph=found.graph(),
        state=found.state,
        parent=found.parent,
        column=found.column,
    )


__all__ = ["NativeEngine"]
