"""One search with a table of bits, as machine code: its memory, its limits, and what it found."""

from __future__ import annotations

import time
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import layout_of
from drcheck.engines.native.control import NONE
from drcheck.engines.native.model.codegen import most_successors, ways_of
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.states.record import Record
from drcheck.engines.native.versions import record_code
from drcheck.engines.protocol import Query
from drcheck.kernels.region import Budget, Region, addresses, aligned
from drcheck.kernels.splitmix import word_of
from drcheck.sampling import bitstate_kernels as at
from drcheck.sampling.machine_code import sift_code
from drcheck.sampling.walk_kernels import TALLY_WORDS, walk_model_text
from drcheck.system.system import State, System

FIRST_ROOM, FIRST_RING = 1 << 16, 1 << 12
"""States that the record and the ring have room for at first."""
LONG = 500_000
"""From this many states on, code that takes longer to make and runs faster pays."""
ROUNDS = 1 << 12
"""Expansions of eight states between two looks at the limits."""


class Sifter:
    """The memory of one search, and what runs it."""

    def __init__(
        self, system: System, query: Query, places_bits: int, hashes: int, depth: int | None, seed: int
    ) -> None:
        """The table has 2 ** `places_bits` bits, `hashes` for each state; `seed` chooses the hash functions.

        Nothing beyond `depth` steps is entered. Raises MemoryError or OSError.
        """
        layout = layout_of(system)
        self.words, self.query = layout.words, query
        self.ways = ways_of(system, layout)
        self.text = walk_model_text(system, query, layout)
        self.model = self.text.compiled(0)
        self.code = sift_code(layout.words, layout.half)
        ways, groups, most = len(self.ways.event), -(-len(query.watches) // 64), most_successors(system)
        self.groups, self.need = groups, LANES * most
        self.control = aligned(at.CONTROL_WORDS)
        self.table = Region(max(1 << places_bits, 64) >> 3)
        self.ring_room = FIRST_RING
        while self.ring_room < max(2 * self.need, self.need + system.initials):
            self.ring_room *= 2
        self.ring = Region(8 * self.words * self.ring_room)
        self.record = Record(most, at.PERIOD, FIRST_ROOM)
        self.states, self.made = aligned(LANES * self.words), aligned(LANES * self.words * ways)
        self.enabled, self.hashes = aligned(LANES * self.ways.masks), aligned(LANES * ways)
        self.satisfied, self.values = aligned(LANES * (groups + 1)), aligned(LANES * (len(query.maxima) + 1))
        self.spare, self.tally, self.fired = aligned(LANES), aligned(TALLY_WORDS), aligned(ways)
        # A hash that cannot be in a place is none that was looked up.
        self.recently = aligned(at.RECENT)
        self.recently[0] = 1
        self.unseen = np.full(2 * groups + 1, NONE, np.uint64)
        self.hits = np.full(2 * 64 * groups + 1, NONE, np.uint64)
        self.greatest = np.full(2 * len(query.maxima) + 1, NONE, np.uint64)
        control = self.control
        control[at.SEED], control[at.HASHES], control[at.PLACES] = seed, hashes, (1 << places_bits) - 1
        control[at.DEEPEST] = NONE if depth is None else depth
        control[at.MOST], control[at.WIDTH] = most, self.record.way_bits
        control[at.GROUPS], control[at.MASKS], control[at.MAXIMA] = groups, self.ways.masks, len(query.maxima)
        control[at.DEADLOCK] = control[at.ESCAPE] = NONE
        self.roots = self._begin([(root, layout.pack(root)) for root in system.initial_states], hashes)
        self.record.roots = control[at.COUNT] = control[at.LEVEL_END] = len(self.roots)
        self._lay_out()

    def _begin(self, roots: list[tuple[State, list[int]]], hashes: int) -> list[State]:
        """Enter the initial states, each with its words; those that were taken for new."""
        # Words of the table as Python's numbers, as a kernel expects them; most are 0.
        table: defaultdict[int, int] = defaultdict(int)
        entered, rows, bits = [], list[int](), 0
        for root, row in roots:
            h = int(self.control[at.SEED])
            for word, part in enumerate(row):
                h = word_of(h ^ part, word)
            new = at.enter_bits(table, h, hashes, int(self.control[at.PLACES]))  # type: ignore[arg-type]
            if new:
                entered.append(root)
                rows += row
                bits += new
        self.control[at.BITS] = bits
        self.ring.array(np.uint64, len(rows))[:] = rows
        words = self.table.array(np.uint64, self.table.size // 8)
        for place, word in table.items():
            words[place] = word
        return entered

    def __getitem__(self, position: int) -> int:
        """A word of the control."""
        return int(self.control[position])

    def _lay_out(self) -> None:
        self.record.make_room(self[at.COUNT] + 2 * self.need)
        self.control[at.ROOM], self.control[at.RING] = self.record.room, self.ring_room - 1

    def _make_room(self, budget: Budget) -> bool:
        """Enlarge whatever is too small; False if there is no memory for that."""
        try:
            while self[at.COUNT] + self.need - self[at.NUMBER] > self.ring_room:
                size = self.ring_room
                if not budget.for_more(16 * self.words * size):
                    return False
                larger = Region(16 * self.words * size)
                old = self.ring.array(np.uint64, self.words * size).reshape(size, self.words)
                new = larger.array(np.uint64, 2 * self.words * size).reshape(2 * size, self.words)
                low, high = self[at.NUMBER], self[at.COUNT]
                while low < high:
                    length = min(high - low, size - low % size, 2 * size - low % (2 * size))
                    new[low % (2 * size) :][:length] = old[low % size :][:length]
                    low += length
                del old, new
                self.ring, self.ring_room = larger, 2 * size
            self._lay_out()
        except (MemoryError, OSError):  # what mapping memory raises where it is limited
            return False
        return True

    def run(self, seconds: float | None) -> str | None:
        """Search to the end; why it stopped earlier, or None."""
        budget, begun = Budget(), time.perf_counter()
        while True:
            result = self.code["sift"](
                self.model.address("expand"), self.control.ctypes.data, self.table.address, self.ring.address,
                *self.record.addresses,
                *addresses(
                    self.states, self.made, self.enabled, self.satisfied, self.values, self.spare, self.tally,
                    self.unseen, self.hits, self.greatest, self.fired, self.hashes, self.recently,
                    self.ways.touched,
                ), ROUNDS,
            )  # the kernel's arguments  # fmt: skip
            if result == at.DONE:
                return None
            if seconds is not None and time.perf_counter() - begun >= seconds:
                return f"the limit of {seconds:g} seconds"
            if self[at.COUNT] > LONG and not self.model.tuned:
                self.model = self.text.compiled(2)
            short = budget.short_of(0)
            if short is not None or (result == at.FULL and not self._make_room(budget)):
                return short or budget.machine

    def steps_to(self, number: int) -> tuple[State, list[tuple[int, int]]]:
        """The way to a state: where it begins, and event and alternative of each step."""
        code = record_code(1, 0)
        events = self.ways.event
        steps = []
        while number >= len(self.roots):
            way = self.record.way(number)
            steps.append((int(events[way]), way - int(np.searchsorted(events, events[way]))))
            number = self.record.parent(number, self[at.NUMBER], code)
        return self.roots[number], steps[::-1]

    def forget(self) -> None:
        """Give back what only the search needs: the table and the ring."""
        self.table, self.ring = Region(8), Region(8)

    def first(self, position: int) -> int | None:
        """The first state of a kind (see `bitstate.see`)."""
        found = int(self.hits[position])
        return None if found == NONE else found

    def fired_by_event(self, events: int) -> NDArray[np.uint64]:
        """How many steps each event has from the states that were expanded."""
        fired = np.zeros(events + 1, np.uint64)
        np.add.at(fired, self.ways.event, self.fired)
        return fired[:events]
