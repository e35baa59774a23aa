"""All memory of one search, and the machine code that works on it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.explore.native import memory, rows, search
from drcheck.explore.native.codegen import NONE, model_code, most_successors
from drcheck.explore.native.jit import Code, compile_kernels
from drcheck.explore.native.layout import layout_of
from drcheck.explore.native.memory import Region
from drcheck.explore.native.translate import translate
from drcheck.explore.protocol import Graph, Query
from drcheck.system import State, System

MOST_WIDTH = 31
"""A table has at most 2**31 slots of 32 bits, so that a slot has room for a tag beside the number."""
LOAD = 0.85
"""How full a table may become."""
FIRST_ROWS, FIRST_EDGES, FIRST_WIDTH, FIRST_HALF_WIDTH = 1 << 16, 1 << 18, 18, 14
"""The room that a search starts with; memory that is not touched costs nothing."""


@cache
def search_code(words: int, half: int, graph: bool) -> Code:
    """The search for states of some number of words: the same for all models, so it is compiled once a process."""
    small = [translate(kernel, inline=True) for kernel in (rows.line_of, rows.tag_of)]
    family = (rows.hash_of, rows.differ, rows.enter, rows.fill)
    for suffix, length in (("", words), ("_half", half)):
        renamed = {kernel.__name__: kernel.__name__ + suffix for kernel in family}
        for kernel in family if length else ():
            inline = kernel in (rows.hash_of, rows.differ)
            small.append(translate(kernel, {"WORDS": length}, inline, renamed))
    constants = {"WORDS": words, "HALF": half, "GRAPH": int(graph)}
    inner = [translate(kernel, constants, inline=True) for kernel in ((search.unfold, search.fold) if half else ())]
    called = (search.begin, search.search, search.predecessor)
    return compile_kernels(called, constants, "\n".join([rows.SCAN, *small, *inner]))


class Rows:
    """Numbered rows and the table that finds them, both growing (see `rows`)."""

    def __init__(self, code: Code, fill: str, words: int, width: int, need: int) -> None:
        self._fill, self.words = code.function(fill, ("ptr", "word", "ptr", "word")), words
        self._length = max(FIRST_ROWS, 2 * need)
        self.region = Region(8 * words * self._length)
        self.table: Region | None = None
        self.width = 0
        self.build(max(width, (2 * need - 1).bit_length(), 8), 0)

    @property
    def room(self) -> int:
        """How many rows there may be before something must grow."""
        return min(self._length, int(LOAD * (1 << self.width)))

    @property
    def length(self) -> int:
        """How many rows memory is laid out for."""
        return self._length

    def build(self, width: int, count: int) -> None:
        """A new table of 2**width slots, filled from the first `count` rows; the old one is given back first."""
        self.table = None
        self.table = Region(4 << width)
        self.width = width
        self._fill(self.region.address, count, self.table.address, width)

    def make_room(self, count: int, need: int) -> bool:
        """Grow until `need` more rows fit; False where there is no memory for that."""
        while count + need > self._length:
            self._length *= 2
        self.region.grow(8 * self.words * self._length)
        width = self.width
        while count + need > int(LOAD * (1 << width)):
            width += 2 if width < 22 else 1
        if width > self.width:
            # A new table is touched everywhere at once; rows fill up slowly, which is looked at meanwhile.
            if width > MOST_WIDTH or not enough((4 << width) - (4 << self.width)):
                return False
            self.build(width, count)
        return True

    @property
    def addresses(self) -> tuple[int, int]:
        """Of the rows and of the table."""
        assert self.table is not None
        return self.region.address, self.table.address

    def finished(self, count: int) -> NDArray[Any]:
        """Give the table back; the rows as an array (uint64, count by words)."""
        self.table = None
        return self.region.array(np.uint64, count * self.words).reshape(count, self.words)


class Store:
    """The memory of one search for one system and query; `run` searches on."""

    def __init__(self, system: System, query: Query) -> None:
        self.system, self.query, self.layout = system, query, layout_of(system)
        half, whole = self.layout.half, self.layout.words
        self.code = search_code(1 if half else whole, half, query.graph)
        self.text = model_code(system, query, self.layout)
        self.model = Code(self.text, {}, level=0)
        self.most = most_successors(system)
        self._need = need = search.BLOCK * self.most
        self.control = np.zeros(search.CONTROL_WORDS, np.uint64)
        self.out = np.zeros(need * (1 if half else whole), np.uint64)
        self.wide, self.scratch = np.zeros(need * whole if half else 1, np.uint64), np.zeros(2 * whole, np.uint64)
        self.hashes = np.zeros(need, np.uint64)
        self.guesses, self.labels = np.zeros(need, np.uint32), np.zeros(need, np.uint32)
        self.ends = np.zeros(search.BLOCK, np.uint64)
        self.fired = np.zeros(len(system.events) + 1, np.uint64)
        self.escape = np.full(5, NONE, np.uint64)
        self.hits = np.full(len(query.watches) + 1, NONE, np.uint64)
        self.bests = np.full(len(query.maxima) + 1, np.iinfo(np.int64).min, np.int64)
        self.attained = np.zeros(len(query.maxima) + 1, np.uint64)
        self.edge_room = max(FIRST_EDGES, 2 * need) if query.graph else 0
        self.targets, self.edge_labels = Region(4 * self.edge_room), Region(4 * self.edge_room)
        self.states = Rows(self.code, "fill", 1 if half else whole, FIRST_WIDTH, need)
        self.halves = Rows(self.code, "fill_half", half, FIRST_HALF_WIDTH, 2 * need) if half else None
        self.marks, self.offsets = Region(4), Region(8)
        self._lay_out()
        self._begin()

    def _begin(self) -> None:
        initial = self.layout.pack(self.system.initial)
        (self.wide if self.halves else self.out)[: len(initial)] = initial
        self.code["begin"](
            self.model.address("look"), *_addresses(self.control), self.states.addresses[0], *self._half_addresses(),
            *_addresses(self.out, self.wide, self.hits, self.bests, self.attained),
        )  # fmt: skip
        self.states.build(self.states.width, 1)

    def _half_addresses(self) -> tuple[int, int]:
        return self.halves.addresses if self.halves else (0, 0)

    def __getitem__(self, name: str) -> int:
        """A word of the search's control by its name in `search`."""
        return int(self.control[getattr(search, name)])

    def set(self, **values: int) -> None:
        """Set words of the search's control by their names in `search`."""
        for name, value in values.items():
            self.control[getattr(search, name)] = value

    def _lay_out(self) -> None:
        """What depends on the number of states grows with it; the search is told how much room there is."""
        self.marks.grow(4 * (self.states.length // search.PERIOD + 2))
        if self.query.graph:
            self.offsets.grow(8 * (self.states.length + 1))
        self.set(ROOM=self.states.room, WIDTH=self.states.width, EDGE_ROOM=self.edge_room, MOST=self.most)
        self.set(HALF_ROOM=(1 << 62) if self.halves is None else self.halves.room)
        self.set(HALF_WIDTH=0 if self.halves is None else self.halves.width)

    def make_room(self) -> bool:
        """Enlarge what is too small for the next block; False where there is no memory for that."""
        try:
            if not self.states.make_room(self["COUNT"], self._need):
                return False
            if self.halves is not None and not self.halves.make_room(self["HALVES"], 2 * self._need):
                return False
            while self.query.graph and self["TRANSITIONS"] + self._need > self.edge_room:
                self.edge_room *= 2
            self.targets.grow(4 * self.edge_room)
            self.edge_labels.grow(4 * self.edge_room)
            self._lay_out()
        except (MemoryError, OSError):  # what mapping memory raises where it is limited
            return False
        return True

    def run(self, pause: int) -> int:
        """Search on until `pause` states are expanded or something needs attention; what `search.search` returns."""
        return self.code["search"](
            self.model.address("successors"), self.model.address("look"), *_addresses(self.control),
            *self.states.addresses, *self._half_addresses(), self.marks.address,
            *_addresses(self.out, self.wide, self.scratch, self.hashes, self.guesses, self.ends, self.labels),
            *_addresses(self.fired, self.escape, self.hits, self.bests, self.attained),
            self.offsets.address, self.targets.address, self.edge_labels.address, pause,
        )  # fmt: skip

    def tune(self) -> None:
        """Compile the model's functions again, for speed: worth it once a search turns out to be long."""
        self.model = Code(self.text, {}, level=2)

    def release(self) -> None:
        """Give back what only the search needs."""
        self._period_starts = self.marks.array(np.uint32, -(-self["NUMBER"] // search.PERIOD))
        self._rows = self.states.finished(self["COUNT"])
        self._halves = self.halves.finished(self["HALVES"]) if self.halves else None

    # -- what an Exploration hands out -----------------------------------------------------------------------------
    def state(self, number: int) -> State:
        """A state by number."""
        row = self._rows[number]
        if self._halves is None:
            return self.layout.unpack(row)
        root = int(row[0])
        return self.layout.unpack([*self._halves[root >> 32], *self._halves[root & search.LOW]])

    def column(self, cell: int) -> NDArray[np.int64]:
        """The values of a cell in every state."""
        word = self.layout.fields[cell].word
        if self._halves is None:
            return self.layout.column(self._rows[:, word], cell)
        side, within = divmod(word, self.layout.half)
        numbers = self._rows[:, 0] & np.uint64(search.LOW) if side else self._rows[:, 0] >> np.uint64(32)
        values: NDArray[np.int64] = self.layout.column(self._halves[:, within], cell)[numbers]
        return values

    def parent(self, number: int) -> int:
        """The first predecessor of a state: found again among the states expanded when it was new."""
        if not 0 <= number < len(self._rows):
            raise IndexError(f"there is no state {number}")
        if number == 0:
            return 0
        # So many states were known before state 0, PERIOD, 2 * PERIOD, ... was expanded.
        period = int(np.searchsorted(self._period_starts, number, side="right")) - 1
        low = period * search.PERIOD
        high = min(low + search.PERIOD, self["NUMBER"])
        fired, escape = np.zeros_like(self.fired), np.zeros_like(self.escape)
        out, halves = (self.out, 0) if self._halves is None else (self.wide, self._halves.ctypes.data)
        found = self.code["predecessor"](
            self.model.address("successors"), self._rows.ctypes.data, halves, number, low, high,
            *_addresses(out, self.scratch, self.labels, fired, escape),
        )  # fmt: skip
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


def enough(size: int) -> bool:
    """Whether so many bytes more can be used."""
    left = memory.available()
    return left is None or left >= size + memory.RESERVE


def _addresses(*arrays: NDArray[Any]) -> list[int]:
    return [int(array.ctypes.data) for array in arrays]
