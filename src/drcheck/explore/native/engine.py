"""The native engine behind the protocol: allocates, calls the kernels in slices, and reads out the answer."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.explore.native import kernels, memory
from drcheck.explore.native.codegen import NONE, model_code, most_successors
from drcheck.explore.native.jit import Code, available, compile_kernels
from drcheck.explore.native.layout import layout_of
from drcheck.explore.native.memory import Region
from drcheck.explore.protocol import Escape, Exploration, Graph, Limits, Listener, Progress, Query, Stopwatch
from drcheck.system import State, System

_SLICE = 0.05
"""Seconds between two looks at limits, interrupts and progress."""
_MOST_WIDTH = 31
"""The table has at most 2**31 slots of 32 bits, so that a slot has room for a tag beside the number."""
_LOAD = 0.85
"""How full the table may become."""
_NO_MEMORY = "the memory of this machine"
_LONG = 3_000_000
"""From this many states on, code that takes longer to make and runs faster pays."""
FIRST_ROWS, FIRST_EDGES, FIRST_TABLE_BITS = 1 << 16, 1 << 18, 18
"""The room that a search starts with; memory that is not touched costs nothing."""


@cache
def _search_code(words: int, graph: bool) -> Code:
    """The search for states of some number of words: the same for all models, so it is compiled once a process."""
    return compile_kernels(
        (kernels.begin, kernels.search, kernels.fill, kernels.predecessor),
        (kernels.hash_of, kernels.line_of, kernels.tag_of, kernels.differ),
        {"WORDS": words, "GRAPH": int(graph)},
        kernels.SCAN,
    )


class _Store:
    """All memory of one search, and the machine code that works on it."""

    def __init__(self, system: System, query: Query) -> None:
        self.system, self.query, self.layout = system, query, layout_of(system)
        self.words = self.layout.words
        self.code = _search_code(self.words, query.graph)
        self.text = model_code(system, query, self.layout)
        self.model = Code(self.text, {}, level=0)
        self.most = most_successors(system)
        room = kernels.BLOCK * self.most
        self.control = np.zeros(kernels.CONTROL_WORDS, np.uint64)
        self.out = np.zeros(room * self.words, np.uint64)
        self.hashes = np.zeros(room, np.uint64)
        self.guesses, self.labels = np.zeros(room, np.uint32), np.zeros(room, np.uint32)
        self.ends = np.zeros(kernels.BLOCK, np.uint64)
        self.fired = np.zeros(len(system.events) + 1, np.uint64)
        self.escape = np.full(5, NONE, np.uint64)
        self.hits = np.full(len(query.watches) + 1, NONE, np.uint64)
        self.bests = np.full(len(query.maxima) + 1, np.iinfo(np.int64).min, np.int64)
        self.attained = np.zeros(len(query.maxima) + 1, np.uint64)
        self.row_room, self.edge_room = max(FIRST_ROWS, 2 * room), max(FIRST_EDGES, 2 * room) if query.graph else 0
        self.rows = Region(8 * self.words * self.row_room)
        self.marks = Region(4 * (self.row_room // kernels.PERIOD + 2))
        self.offsets = Region(8 * (self.row_room + 1) if query.graph else 8)
        self.targets, self.edge_labels = Region(4 * self.edge_room), Region(4 * self.edge_room)
        self.rows.array(np.uint64, self.words)[:] = self.layout.pack(system.initial)
        self._set(COUNT=1, LEVEL_END=1, ROW_ROOM=self.row_room, EDGE_ROOM=self.edge_room, MOST=self.most)
        self.table: Region | None = None
        self._build_table(max(FIRST_TABLE_BITS, (2 * room - 1).bit_length()))
        self.code["begin"](
            self.model.address("look"), self.rows.address, *_addresses(self.hits, self.bests, self.attained)
        )

    def __getitem__(self, name: str) -> int:
        """A word of the search's control by its name in `kernels`."""
        return int(self.control[getattr(kernels, name)])

    def _set(self, **values: int) -> None:
        for name, value in values.items():
            self.control[getattr(kernels, name)] = value

    def _build_table(self, bits: int) -> None:
        """A new table of 2**bits slots, filled from the rows; the old one is given back first."""
        self.table = None
        self.table = Region(4 << bits)
        self.code["fill"](self.rows.address, self["COUNT"], self.table.address, bits)
        self._set(WIDTH=bits, TABLE_ROOM=int(_LOAD * (1 << bits)))

    def make_room(self) -> bool:
        """Enlarge what is too small for the next block; False where there is no memory for that."""
        try:
            return self._make_room()
        except (MemoryError, OSError):  # what mapping memory raises where it is limited
            return False

    def _make_room(self) -> bool:
        need = kernels.BLOCK * self.most
        count, edges = self["COUNT"], self["TRANSITIONS"]
        if count + need > self.row_room:
            self.row_room *= 2
            self.rows.grow(8 * self.words * self.row_room)
            self.marks.grow(4 * (self.row_room // kernels.PERIOD + 2))
            if self.query.graph:
                self.offsets.grow(8 * (self.row_room + 1))
        if self.query.graph and edges + need > self.edge_room:
            self.edge_room *= 2
            self.targets.grow(4 * self.edge_room)
            self.edge_labels.grow(4 * self.edge_room)
        if count + need > self["TABLE_ROOM"]:
            bits = self["WIDTH"] + (2 if self["WIDTH"] < 22 else 1)
            # The new table is touched everywhere at once; rows and edges fill up slowly, which is looked at meanwhile.
            if not _enough((4 << bits) - (4 << self["WIDTH"])):
                return False
            self._build_table(bits)
        self._set(ROW_ROOM=self.row_room, EDGE_ROOM=self.edge_room)
        return True

    def run(self, pause: int) -> int:
        """Search on until `pause` states are expanded or something needs attention; what `kernels.search` returns."""
        assert self.table is not None
        return self.code["search"](
            self.model.address("successors"), self.model.address("look"),
            *_addresses(self.control), self.rows.address, self.table.address, self.marks.address,
            *_addresses(self.out, self.hashes, self.guesses, self.ends, self.labels, self.fired, self.escape),
            *_addresses(self.hits, self.bests, self.attained),
            self.offsets.address, self.targets.address, self.edge_labels.address, pause,
        )  # fmt: skip

    def tune(self) -> None:
        """Compile the model's functions again, for speed: worth it once a search turns out to be long."""
        self.model = Code(self.text, {}, level=2)

    def release(self) -> None:
        """Give back what only the search needs."""
        self.table = None
        count = self["COUNT"]
        self.numbers = self.marks.array(np.uint32, -(-self["NUMBER"] // kernels.PERIOD))
        self.states: NDArray[Any] = self.rows.array(np.uint64, count * self.words).reshape(count, self.words)

    # -- what an Exploration hands out -----------------------------------------------------------------------------
    def state(self, number: int) -> State:
        """A state by number."""
        return self.layout.unpack(self.states[number])

    def column(self, cell: int) -> NDArray[np.int64]:
        """The values of a cell in every state."""
        return self.layout.column(self.states, cell)

    def parent(self, number: int) -> int:
        """The first predecessor of a state: found again among the states expanded when it was new."""
        if not 0 <= number < len(self.states):
            raise IndexError(f"there is no state {number}")
        if number == 0:
            return 0
        # numbers[i] states were known before state i * PERIOD was expanded.
        period = int(np.searchsorted(self.numbers, number, side="right")) - 1
        low = period * kernels.PERIOD
        high = min(low + kernels.PERIOD, self["NUMBER"])
        fired, escape = np.zeros_like(self.fired), np.zeros_like(self.escape)
        scratch = _addresses(self.out, self.labels, fired, escape)
        found = self.code["predecessor"](
            self.model.address("successors"), self.rows.address, number, low, high, *scratch
        )
        assert found < high, "every state but the first has a predecessor"
        return found

    def graph(self) -> Graph | None:
        """The transition graph, where it was kept."""
        if not self.query.graph:
            return None
        edges = self["TRANSITIONS"]
        return Graph(
            self.offsets.array(np.int64, self["NUMBER"] + 1),
            self.targets.array(np.uint32, edges),
            self.edge_labels.array(np.uint32, edges),
        )


def _addresses(*arrays: NDArray[Any]) -> list[int]:
    return [int(array.ctypes.data) for array in arrays]


def _enough(size: int) -> bool:
    """Whether so many bytes more can be used."""
    left = memory.available()
    return left is None or left >= size + memory.RESERVE


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
        """Explore every reachable state (see `protocol.Engine`). Raises EngineError DR501 without llvmlite.

        Where memory becomes short the search stops, as at a limit.
        """
        watch = Stopwatch(limits)
        store = _Store(system, query)
        most = int(_LOAD * (1 << _MOST_WIDTH)) - 2 * kernels.PERIOD * store.most
        store._set(LIMIT=most if limits.states is None else max(0, min(limits.states, most)))
        stopped: str | None = None
        pause = 0
        step, tuned = 16 * kernels.PERIOD, False
        while True:
            if not tuned and store["COUNT"] > _LONG:
                store.tune()
                tuned = True
            began = time.perf_counter()
            result = store.run(pause)
            if result == kernels.FULL:
                if store.make_room():
                    continue
                stopped = _NO_MEMORY
                break
            if result == kernels.DONE:
                break
            stopped = watch.exceeded(store["COUNT"] if result == kernels.STOPPED else 0)
            if result == kernels.STOPPED and stopped is None:
                stopped = f"the native engine's limit of {most:,} states"
            if stopped is None and not _enough(0):
                stopped = _NO_MEMORY
            if stopped:
                break
            if listener:
                number, count = store["NUMBER"], store["COUNT"]
                listener(Progress(count, store["TRANSITIONS"], count - number, store["DEPTH"], watch.seconds))
            taken = time.perf_counter() - began
            if pause and taken < _SLICE / 2:
                step *= 2
            elif taken > _SLICE * 2:
                step = max(kernels.PERIOD, step // 2)
            pause = store["NUMBER"] + step
        return _answer(store, self.name, watch, stopped)


def _answer(store: _Store, engine: str, watch: Stopwatch, stopped: str | None) -> Exploration:
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
