"""The native engine behind the protocol: calls the search in slices, keeps the limits, reads out the answer."""

from __future__ import annotations

import time

from drcheck.errors import EngineError
from drcheck.explore.native import search
from drcheck.explore.native.codegen import NONE
from drcheck.explore.native.jit import available
from drcheck.explore.native.store import LOAD, MOST_WIDTH, Store, enough
from drcheck.explore.protocol import Escape, Exploration, Limits, Listener, Progress, Query, Stopwatch
from drcheck.system import System

SLICE = 0.05
"""Seconds between two looks at limits, interrupts and progress."""
LONG = 3_000_000
"""From this many states on, code that takes longer to make and runs faster pays."""
NO_MEMORY = "the memory of this machine"


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
        without the memory to begin.

        Where memory becomes short the search stops, as at a limit.
        """
        watch = Stopwatch(limits)
        try:
            store = Store(system, query)
        except (MemoryError, OSError) as error:
            raise EngineError(
                "DR501",
                f"the native engine cannot begin to explore {system.name}: {error}",
                available=["reference", "python"],
                remedy="give the process more memory",
            ) from error
        most = int(LOAD * (1 << MOST_WIDTH)) - 2 * search.PERIOD * store.most
        store.set(LIMIT=most if limits.states is None else max(0, min(limits.states, most)))
        stopped: str | None = None
        pause = 0
        step, tuned = 16 * search.PERIOD, False
        while True:
            if not tuned and store["COUNT"] > LONG:
                store.tune()
                tuned = True
            began = time.perf_counter()
            result = store.run(pause)
            if result == search.FULL:
                if store.make_room():
                    continue
                stopped = NO_MEMORY
                break
            if result == search.DONE:
                break
            stopped = watch.exceeded(store["COUNT"] if result == search.STOPPED else 0)
            if result == search.STOPPED and stopped is None:
                stopped = f"the native engine's limit of {most:,} states"
            if stopped is None and not enough(0):
                stopped = NO_MEMORY
            if stopped:
                break
            if listener:
                number, count = store["NUMBER"], store["COUNT"]
                listener(Progress(count, store["TRANSITIONS"], count - number, store["DEPTH"], watch.seconds))
            taken = time.perf_counter() - began
            if pause and taken < SLICE / 2:
                step *= 2
            elif taken > SLICE * 2:
                step = max(search.PERIOD, step // 2)
            pause = store["NUMBER"] + step
        return _answer(store, self.name, watch, stopped)


def _answer(store: Store, engine: str, watch: Stopwatch, stopped: str | None) -> Exploration:
    seconds = watch.seconds
    store.release()
    query, deadlocks = store.query, store["DEADLOCKS"]
    escape = None if int(store.escape[1]) == NONE else Escape(*(int(x) for x in store.escape[1:5]))
    return Exploration(
        system=store.system,
        engine=engine,
        states=store["COUNT"],
        transitions=store["TRANSITIONS"],
        depth=store["DEPTH"],
        seconds=seconds,
        complete=store["NUMBER"] == store["COUNT"],
        stopped=stopped,
        hits=tuple(None if int(h) == NONE else int(h) for h in store.hits[: len(query.watches)]),
        maxima=tuple((int(store.bests[i]), int(store.attained[i])) for i in range(len(query.maxima))),
        deadlocks=deadlocks,
        deadlock=store["DEADLOCK"] if deadlocks else None,
        fired=tuple(int(f) for f in store.fired[: len(store.system.events)]),
        escape=escape,
        graph=store.graph(),
        state=store.state,
        parent=store.parent,
        column=store.column,
    )


__all__ = ["NativeEngine"]
