"""The native engine behind the protocol: runs the threads of the search, keeps the limits, reads out the answer."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, TypeGuard

import numpy as np

from drcheck.engines.folders import check_folders
from drcheck.engines.native import control as at
from drcheck.engines.native.control import NONE
from drcheck.engines.native.found import Found
from drcheck.engines.native.regions.batches import Delayed
from drcheck.engines.native.search import search
from drcheck.engines.native.search.log import Log, path_of
from drcheck.engines.native.search.store import UNFIT, Store
from drcheck.engines.plain_search import unsearched
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
from drcheck.errors import EngineError
from drcheck.kernels.budget import NoRoomError, within
from drcheck.kernels.deadline import OutOfTimeError
from drcheck.kernels.interrupts import Interrupts, deferred
from drcheck.kernels.jit import available, to_begin
from drcheck.kernels.region import Budget, resident
from drcheck.system.system import System

SLICE = 0.02
"""Seconds between two looks at limits, interrupts and progress."""
LONG = 500_000
"""From this many states on, code that takes longer to make and runs faster pays."""
HELP = 16 * search.BLOCK
"""Where fewer states wait to be expanded, one thread does it alone."""
REST = 0.0005
"""Seconds after which a thread looks again whether it can help."""
READING = 0.08
"""What it takes to read the answer of a search that its limit of memory ended, as a part of the limit."""
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
        without the memory to begin, DR506 for a folder or a log that cannot be used, DR507 for a log that is in use.

        Where memory becomes short, or the user interrupts, the search stops, as at a limit.
        """
        watch = Stopwatch(limits)
        check_folders(limits)
        if limits.memory is not None and (short := limits.budget.short_of(to_begin())) is not None:
            return unsearched(system, query, self.name, watch.seconds, short)
        with within(limits.budget):
            return self._explore(system, query, limits, listener, watch)

    def _explore(
        self, system: System, query: Query, limits: Limits, listener: Listener | None, watch: Stopwatch
    ) -> Exploration:
        try:
            with watch.deadline.cut():  # to make its code can take long
                store = Store(system, query, threads_of(limits), limits.disk)
                if limits.memory is not None:  # what reads the answer is made while there is room for it
                    store.prepare_answer()
        except (OutOfTimeError, KeyboardInterrupt) as error:
            return unsearched(system, query, self.name, watch.seconds, watch.stopped_by(error))
        except (MemoryError, OSError) as error:
            if isinstance(error, NoRoomError):  # to make its code takes more
                return unsearched(system, query, self.name, watch.seconds, str(error))
            if limits.disk is not None and _of_disk(error):
                raise EngineError(
                    "DR506",
                    f"what a search of {system.name} begins with has no room in {limits.disk} ({error.strerror})",
                    remedy="name a folder with more room",
                ) from error
            raise EngineError(
                "DR501",
                f"the native engine has no memory to start exploring {system.name}",
                available=["reference", "python"],
                remedy="give the process more memory",
            ) from error
        most = MOST_NUMBERED if query.graph else NONE >> 1
        most = most if limits.states is None else max(0, min(limits.states, most))
        store.control[at.LARGEST], store.control[at.ENOUGH_FROM] = most, NONE if query.enough is None else next_look(0)
        store.control[at.LIMIT] = min(store["LARGEST"], store["ENOUGH_FROM"])
        log = Log(path_of(limits.log, system, store), system, store) if limits.log is not None else None
        try:
            with deferred(patient=True) as interrupts:
                run = _Run(store, watch, limits.budget, listener, log, interrupts)
                stopped = run.resume() if log is not None else None
                if stopped is None:
                    stopped = run.search()
                    if log is not None:
                        log.finish()
                remarks = log.remarks if log is not None else ()
        finally:
            if log is not None:
                log.close()
        with within(Budget(limits.memory, limits.disk is not None, READING)):
            return _answer(store, self.name, watch, stopped, remarks)


def threads_of(limits: Limits) -> int:
    """How many threads a search may have: as its user says, else one for each processor that it may use."""
    if limits.threads is not None:
        return max(1, min(limits.threads, MOST_THREADS))
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, MOST_THREADS)


def _of_disk(error: Exception) -> TypeGuard[OSError]:
    """Whether a file was refused, not memory."""
    return isinstance(error, OSError) and error.errno != errno.ENOMEM  # which mapping memory raises


@dataclass
class _Run:
    """A search that continues: its memory, and what may stop it."""

    store: Store
    watch: Stopwatch
    budget: Budget
    listener: Listener | None
    log: Log | None
    interrupts: Interrupts
    """Interrupts, which never come in between: they are looked for."""
    crowded: bool = False
    """Whether the search must move from memory to files."""
    untuned: bool = False
    """Whether there was no room, or no time, to make better code: it is not tried again."""

    @property
    def may_tune(self) -> bool:
        """Whether better code can still be made."""
        return not (self.store.model.tuned or self.untuned)

    def resume(self) -> str | None:
        """Rebuild the states of the log; returns why that stopped early, or None. Raises EngineError DR506.

        The edges of a graph are found when all states are there. If it stops before, nothing is reported of these states.
        """
        begin = self.store.noted()
        stopped = self._resume()
        if stopped is not None and self.store.query.graph:
            self.store.go_back(begin)
        return stopped

    def _resume(self) -> str | None:
        assert self.log is not None
        blocks = self.log.blocks()
        with ThreadPoolExecutor(1) as pool:  # in a separate thread, so that this one can look for interrupts
            making = pool.submit(self._with_room, partial(self._make_again, blocks))
            while self._waits([making]):
                if self.interrupts.pending:
                    del blocks[:]
                    if self.store.delayed is not None:
                        self.store.delayed.stop()
            try:
                stopped = making.result()
            except ValueError as error:
                raise EngineError(
                    "DR506",
                    f"the log {self.log.path} does not fit the system: {error}",
                    remedy="remove the file; the search then starts over",
                ) from error
        if self.interrupts.pending:
            self.interrupts.heard()
            return INTERRUPT
        return stopped

    def _make_again(self, blocks: list[tuple[int, int]]) -> str | None:
        store, budget, last = self.store, self.budget, blocks[-1:]
        for expanded, known in blocks:
            short = budget.short_of(0)
            stopped = self.watch.exceeded(0) or (None if store.may_delay else short)
            if stopped is not None:
                return stopped
            if store.delayed is None and (short or not store.replay(expanded, known, budget)):
                stopped = self._go_to_files()
                if stopped is not None:
                    return stopped
            if store.delayed is not None:
                return self._expand(*last[0]) if blocks else None  # an interrupt leaves none
        if blocks and store.query.graph and not store.relink(budget):
            return budget.short_of(0) or budget.machine
        return None

    def search(self) -> str | None:
        """Search to the end; returns why it stopped early, or None."""
        store = self.store
        with ThreadPoolExecutor(store.threads) as pool:
            while store.delayed is None:
                result, stopped = self._round(pool)
                if stopped is None and (result == search.FULL or self.crowded):
                    # In a separate thread, as what somebody else's handler of signals raises must not come in between.
                    growing = pool.submit(self._with_room, self._grow)
                    while self._waits([growing]):
                        pass
                    stopped = growing.result()
                elif result == search.LIMITED:
                    stopped = self._limited()
                if stopped is not None or result == search.DONE:
                    return self._ended(stopped)
        with ThreadPoolExecutor(1) as pool:
            expanding = pool.submit(self._with_room, self._expand)
            stopped = self._attend([expanding], [expanding], store.delayed.stop)
            return self._ended(stopped or expanding.result())

    def _ended(self, stopped: str | None) -> str | None:
        """Why the search ended early, or None if it did not, whatever was about to stop it."""
        if self.store["NUMBER"] < self.store["COUNT"]:
            if self.interrupts.pending:
                self.interrupts.heard()
                return INTERRUPT
            return stopped
        return None  # an interrupt that came when there was nothing left to stop is the caller's

    def _limited(self) -> str | None:
        """Why a search ends that has more states than LIMIT says; None: it continues, and the next look is later."""
        store, count = self.store, self.store["COUNT"]
        if count > store["ENOUGH_FROM"]:
            if store.enough_known() <= store["NUMBER"]:
                return DECIDED
            store.control[at.ENOUGH_FROM] = next_look(count)
        if count <= store["LARGEST"]:
            store.control[at.LIMIT] = min(store["LARGEST"], store["ENOUGH_FROM"])
            return None
        return self.watch.exceeded(count) or f"the native engine's limit of {MOST_NUMBERED:,} states"

    def _grow(self) -> str | None:
        """Make room for more states; returns why that cannot be. Raises MemoryError, OSError."""
        if not self.crowded and self.store.make_room(self.budget):
            return None
        return self._go_to_files()

    def _go_to_files(self) -> str | None:
        """Go on with less memory, if that can be; returns why it cannot. Raises MemoryError, OSError."""
        if not self.store.may_delay:
            return self.budget.short_of(0) or self.budget.machine
        go_to_files(self.store, self.budget.whole)
        return None

    def _with_room(self, work: Callable[[], str | None]) -> str | None:
        """What `work` returns; or what it has no room in, which is why the search cannot go on."""
        try:
            return work()
        except (MemoryError, OSError) as error:
            if self.store.folder is None or not _of_disk(error):
                return self.budget.short_of(0) or self.budget.machine
            return f"the disk of {self.store.folder} ({error.strerror})"

    def _expand(self, expanded: int | None = None, known: int = 0) -> str | None:
        """Expand states by regions: all, or as recorded, until this many are expanded and known.

        Returns a limit that was met; or None, also where a limit made it stop that `_attend` saw. Raises ValueError if
        the record does not fit the system, MemoryError, OSError.
        """
        store, delayed = self.store, self.store.delayed
        assert delayed is not None
        while store["NUMBER"] < (store["COUNT"] if expanded is None else expanded) and not delayed.stopping:
            if store["COUNT"] > LONG and self.may_tune:
                try:
                    store.model = store.tuned(lambda: delayed.stopping)
                except OutOfTimeError:
                    continue
                except MemoryError:
                    self.untuned = True
            number, count = store["NUMBER"], store["COUNT"]
            if expanded is None and number % store["LOOK"] == 0 and count > store["LIMIT"]:
                stopped = self._limited()
                if stopped is not None:
                    return stopped
            if expanded is not None and (stopped := self.watch.exceeded(0) or self.budget.short_of(0)):
                return stopped
            high = count if expanded is None else min(expanded, count)
            delayed.batch(high, self.budget, expanded is not None)
        if expanded is not None and not delayed.stopping and (store["NUMBER"], store["COUNT"]) != (expanded, known):
            raise ValueError(UNFIT)
        return None

    def _round(self, pool: ThreadPoolExecutor) -> tuple[int, str | None]:
        """Run all threads until one of them returns with something to handle.

        Returns what the first thread's search returned, and why it was made to stop, if it was.
        """
        store, stop = self.store, self.store.control[at.STOP :]
        stop[0] = 0
        first = pool.submit(store.run, 0, 0)
        others = [pool.submit(_help, store, worker) for worker in range(1, store.threads)]

        def end() -> None:
            stop[0] = 1

        stopped = self._attend([first], [first, *others], end)
        return first.result(), stopped

    def _attend(
        self, until: Sequence[Future[Any]], jobs: Sequence[Future[Any]], stop: Callable[[], None]
    ) -> str | None:
        """Wait until the first ones are done, and make all end; returns why they were made to, if that was before.

        `stop` asks them to end soon.
        """
        store, stopped = self.store, None
        try:
            while self._waits(until):
                short = self.budget.short_of(0)
                if short is not None and store.may_delay:
                    self.crowded = True
                    break
                stopped = stopped or self.watch.exceeded(0) or short
                if self.log is not None and self.log.due:
                    self.log.write()
                if self.interrupts.pending:
                    stopped = INTERRUPT
                if stopped is not None:
                    stop()
                elif self.listener is not None:
                    self._tell(self.listener)
                if stopped is None and store.delayed is None and self.may_tune and store["COUNT"] > LONG:
                    try:  # compiled while the search continues
                        code = store.tuned(self._ends)
                    except (OutOfTimeError, MemoryError):
                        self.untuned = True
                        continue
                    stop()
                    wait(jobs)
                    store.model = code
                    break
        except KeyboardInterrupt:  # of the listener
            self.interrupts.pending, stopped = True, INTERRUPT
        finally:
            stop()
            wait(jobs)
        for job in jobs:
            job.result()
        return stopped

    def _waits(self, jobs: Sequence[Future[Any]]) -> bool:
        """Wait a little; whether some are not done. What somebody else's handler of signals raises is noted."""
        try:
            return bool(wait(jobs, SLICE).not_done)
        except KeyboardInterrupt:
            self.interrupts.pending = True
            return True

    def _ends(self) -> bool:
        """Whether the search is to end early."""
        return self.interrupts.pending or (self.watch.exceeded(0) or self.budget.short_of(0)) is not None

    def _tell(self, listener: Listener) -> None:
        store = self.store
        count, transitions = store["COUNT"], store["TRANSITIONS"]
        frontier, depth = count - store["NUMBER"], store["DEPTH"]
        listener(Progress(count, transitions, frontier, depth, self.watch.seconds, resident(), store.load))


def go_to_files(store: Store, most: int) -> None:
    """Keep the set of states and those that wait in files from now on. `most`: bytes of memory that may be used in all.

    Raises OSError if files cannot be made or the disk is full, MemoryError.
    """
    store.delayed = Delayed(store, most)


def _help(store: Store, worker: int) -> int:
    """Take part in the search wherever there is enough to do, until the first thread is done."""
    while (result := store.run(worker, HELP)) == search.IDLE:
        time.sleep(REST)
    return result


def _depth(store: Store) -> int:
    """The depth of the state that would be expanded next, or was last: it may be the first of its level."""
    begins = store["NUMBER"] == store["LEVEL_END"] and store["NUMBER"] < store["COUNT"]
    return store["DEPTH"] + begins


def _answer(store: Store, engine: str, watch: Stopwatch, stopped: str | None, remarks: tuple[str, ...]) -> Exploration:
    store.finish(watch.deadline.with_grace())
    found = Found(store)
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
        escape=None
        if int(escaped[at.ESCAPE_STATE]) == NONE
        else Escape(*(int(x) for x in escaped[at.ESCAPE_STATE :][:4])),
        graph=found.graph(),
        state=found.state,
        parent=found.parent,
        column=found.column,
        remarks=remarks,
    )


__all__ = ["NativeEngine"]
