"""What a search has found, for reading: states, parents and columns from its record (see `record`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import in_pieces
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.versions import record_code
from drcheck.graphs.graph import Graph
from drcheck.kernels.region import addresses
from drcheck.system.system import State

SMALL_WORDS = 1 << 20
"""Up to this many words of states, all are made again as soon as one is requested."""
MEMO = 1 << 12
"""This many states are remembered: those along a path are requested one after the other."""


class Found:
    """States by number. No state is stored unless the graph was kept: they are made again from the record."""

    def __init__(self, store: Store) -> None:
        self._store, self._layout, self._words = store, store.layout, store.layout.words
        self.count, self.expanded = store["COUNT"], store["NUMBER"]
        self._code = record_code(self._words, store.half)
        self._record = store.record
        self._initial = np.array([self._layout.pack(root) for root in store.system.initial_states], np.uint64)
        self._rows: NDArray[np.uint64] | None = None
        self._memo: dict[int, NDArray[np.uint64]] = {}
        own = store.workers[0].copy()
        self._states, self._made, self._enabled = (own.part(name) for name in ("STATES", "MADE", "ENABLED"))
        self._keep = own
        # Nothing is looked up: what `expand` asks for is some line that is there.
        line, rest = own.part("MIXED"), 63
        self._pointers = [
            *addresses(self._states, self._made, self._enabled, own.hits, own.bests, own.attained, own.tally),
            *addresses(own.part("FIRED"), line, line),
            rest,
        ]

    def parent(self, number: int) -> int:
        """The first predecessor of a state; an initial state is its own."""
        if not 0 <= number < self.count:
            raise IndexError(f"there is no state {number}")
        return self._record.parent(number, self.expanded, self._code)

    def state(self, number: int) -> State:
        """A state by number."""
        return self._layout.unpack(self.row(number).tolist())

    def row(self, number: int) -> NDArray[np.uint64]:
        """A state as words."""
        if not 0 <= number < self.count:
            raise IndexError(f"there is no state {number}")
        if self._rows is None and self._store.query.graph:
            known = self._store.unfolded(self._keys(number, number + 1))
        elif self._rows is not None or self.count * self._words <= SMALL_WORDS:
            known = self.rows()[number : number + 1]
        else:
            return self._walked(number)
        row: NDArray[np.uint64] = known[0]
        return row

    def _walked(self, number: int) -> NDArray[np.uint64]:
        """A state, made by walking down the tree to it."""
        way, roots = [number], len(self._initial)
        while way[-1] >= roots and way[-1] not in self._memo:
            way.append(self.parent(way[-1]))
        begin = way.pop()
        row: NDArray[np.uint64] = self._initial[begin] if begin < roots else self._memo[begin]
        while way:
            child = way.pop()
            row = self._child(row, child)
            if len(self._memo) >= MEMO:
                self._memo.clear()
            self._memo[child] = row
        return row

    def _child(self, row: NDArray[np.uint64], child: int) -> NDArray[np.uint64]:
        """The row of a state, from its parent's."""
        store, way = self._store, self._record.way(child)
        self._states.reshape(self._words, LANES)[:] = row[:, None]
        store.model["expand"](self._pointers[0], 0, 1, 0, *self._pointers[1:])
        made = self._made.reshape(-1, self._words, LANES)[way, :, 0]
        if not store.half:
            return np.array(made, np.uint64)
        sides = [store.ways.touched[way] >> (word >= store.half) & 1 for word in range(self._words)]
        successor: NDArray[np.uint64] = np.where(sides, made, row)
        return successor

    def _keys(self, low: int, high: int) -> NDArray[np.uint64]:
        return self._store.ring.array(np.uint64, self.count)[low:high]

    def rows(self) -> NDArray[np.uint64]:
        """All states: uint64, (states, words). They are made again by walking through the record once."""
        if self._rows is None:
            store = self._store
            rows = np.zeros((self.count, self._words), np.uint64)
            rows[: len(self._initial)] = self._initial
            self._code["regrow"](
                store.model.address("expand"),
                rows.ctypes.data,
                *self._record.addresses[:2],
                self._record.way_bits,
                0,
                self.expanded,
                len(self._initial),
                store.ways.touched.ctypes.data,
                *self._pointers,
            )
            self._rows = rows
        return self._rows

    def column(self, cell: int) -> NDArray[np.int64]:
        """The values of a cell in every state."""
        word, store = self._layout.fields[cell].word, self._store
        if not store.query.graph:
            rows = self.rows()
            return in_pieces(self.count, lambda low, high: self._layout.column(rows[low:high, word], cell))
        keys = self._keys(0, self.count)
        if store.halves is None:
            return in_pieces(self.count, lambda low, high: self._layout.column(keys[low:high], cell))
        side, within = divmod(word, store.half)
        rows = store.halves.region.array(np.uint64, store["HALVES"] * store.half).reshape(-1, store.half)
        bits = np.uint64(store.half_bits)
        values, mask = (
            self._layout.column(np.ascontiguousarray(rows[:, within]), cell),
            np.uint64((1 << store.half_bits) - 1),
        )
        return in_pieces(
            self.count, lambda low, high: values[keys[low:high] & mask if side else keys[low:high] >> bits]
        )

    def graph(self) -> Graph | None:
        """The transition graph, if it was kept."""
        store = self._store
        if not store.query.graph:
            return None
        return store.edges.graph(self.expanded, store["TRANSITIONS"])
