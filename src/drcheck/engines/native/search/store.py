"""All memory of one search, and the machine code that works on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import layout_of
from drcheck.engines.native import control as at
from drcheck.engines.native.control import CONTROL_WORDS, NONE
from drcheck.engines.native.model.codegen import APART, expand_text, look_code, ways_of
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.search import search
from drcheck.engines.native.search.edges import Edges
from drcheck.engines.native.search.search import DEPOSITS, deposit_parts, own_parts
from drcheck.engines.native.search.worker import Worker
from drcheck.engines.native.states import quotient
from drcheck.engines.native.states.record import Record
from drcheck.engines.native.states.sets import Halves, Room, StateSet, roomy, shape_of
from drcheck.engines.native.states.sleep import apart_of, asleep_in
from drcheck.engines.native.states.table import mix
from drcheck.engines.native.versions import record_code, search_code
from drcheck.engines.plain_search import states_looks
from drcheck.engines.protocol import Query
from drcheck.kernels import region
from drcheck.kernels.compiler import GiveUp
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.kernels.files import can_delay
from drcheck.kernels.jit import Code, compile_text
from drcheck.kernels.region import Region, addresses, aligned
from drcheck.system.system import System

UNFIT = "the record does not fit the system"
FIRST_EDGES, FIRST_RING, FIRST_NOTES = 1 << 18, 1 << 14, 1 << 18
"""The room that a search starts with; memory that is not touched costs nothing."""
FIRST_HALF_BITS, MOST_HALF_BITS = 20, 31
"""Bits of a half's number in a key: as few as will do, since the fewer there are the smaller the table is."""


HOW_FAR = [at.COUNT, at.NUMBER, at.TRANSITIONS, at.DEPTH, at.LEVEL_END]
"""The words of a search's control that say how far it is."""
Notes = tuple[NDArray[np.uint64], list[list[NDArray[np.uint64]]]]
"""Those words, and what each thread noted."""


class InFiles(Protocol):
    """The search that continues in files, as far as its store and the engine know it (see `delayed.search.Delayed`)."""

    stopping: bool
    whole: bool

    @property
    def slots(self) -> int:
        """How many slots the set of states has."""
        ...

    def waiting(self) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """The keys of the states that wait, in parts, each with the number of its first state: uint64, (states,)."""
        ...

    def batch(self, high: int, budget: region.Budget, recorded: bool) -> None:
        """Expand states up to number `high`, or as many of them as fit a batch."""
        ...

    def stop(self) -> None:
        """Make it end soon."""
        ...

    def assert_consistent(self) -> NDArray[np.uint64]:
        """Assert what is true of it between batches; returns all mixed keys."""
        ...


class Store:
    """The memory of one search for one system and query, for any number of threads."""

    def __init__(self, system: System, query: Query, threads: int, folder: Path | None = None) -> None:
        """`folder`: where files may hold large arrays; without one they are in memory.

        Then the record and the halves are in files; the set of states and those that wait are in memory until there is
        no room for them there (see `engine.go_to_files`). Where the graph is kept, they are in files, too.
        """
        self.folder = folder
        self.delayed: InFiles | None = None
        self._ring_folder = folder if query.graph or not can_delay() else None
        self.system, self.query, self.layout = system, query, layout_of(system)
        self.half = self.layout.half
        self.text = expand_text(system, query, self.layout)
        self.model = self.text.compiled(0)
        self.ways = ways_of(system, self.layout)
        self.most = len(self.ways.event)
        self.class_ = max(32, 1 << (self.most - 1).bit_length())  # kernels are shared by models of about one size
        self.own = own_parts(self.class_, self.layout.words)
        self.deposits = Region(8 * DEPOSITS * deposit_parts(self.class_, query.graph).length)
        self.threads = threads
        self.workers = [Worker(query, self.own) for _ in range(threads)]
        self.need = need = 2 * search.BLOCK * self.most
        begun = max(need, system.initials)
        self.control = aligned(CONTROL_WORDS)
        self.half_bits = FIRST_HALF_BITS if self.half else 0
        while self.half and 1 << self.half_bits < 4 * begun:
            self.half_bits += 1
        self.halves = Halves(self._code(32), self.half, 2 * begun, folder) if self.half else None
        bits = 2 * self.half_bits if self.half else system.bits
        self.states = StateSet(self._code, bits, query.graph, need, self._ring_folder)
        self.edges = Edges(max(FIRST_EDGES, 2 * need) if query.graph else 0, folder)
        self.ring_room = 1 << max(2 * begun, FIRST_RING).bit_length()
        self.ring = Region(8 * self.ring_room, self._ring_folder)
        self.sleeping = self._sleeping(self.ring_room)
        self.apart = apart_of(system)
        self.record = Record(self.most, search.PERIOD, FIRST_NOTES, folder, system.initials)
        self._begin()
        self.lay_out()

    def _code(self, slot_bits: int) -> Code:
        return search_code(self.half, self.query.graph, self.class_, slot_bits)

    def _begin(self) -> None:
        """Enter the initial states."""
        control, roots = self.control, self.system.initial_states
        control[at.COUNT] = control[at.LEVEL_END] = len(roots)
        control[at.MOST], control[at.EVENTS] = self.most, len(self.system.events)
        memo = self.ways.memo[self.ways.memo < APART]
        control[at.MEMO_WAYS] = 1 << int(memo.max(initial=0)).bit_length()
        control[at.LIMIT], control[at.LOOK] = at.NONE >> 1, min(states_looks(self.system), search.PERIOD)
        rows = [self.layout.pack(root) for root in roots]
        keys = np.array(self._numbered(rows) if self.half else [row[0] for row in rows], np.uint64)
        self.ring.array(np.uint64, len(keys))[:] = keys
        lines_bits = self.states.shape.lines_bits
        if len(keys) > 1:
            lines_bits = roomy(self.states.bits, lines_bits, len(keys) + self.need).lines_bits
        self.states.refill(self.states.bits, [keys], control, self.need, lines_bits)

    def _numbered(self, rows: list[list[int]]) -> list[int]:
        """The keys of the first states: their halves are numbered as they occur."""
        assert self.halves is not None
        numbers: dict[tuple[int, ...], int] = {}
        keys = []
        for row in rows:
            left = numbers.setdefault(tuple(row[: self.half]), len(numbers))
            keys.append(left << self.half_bits | numbers.setdefault(tuple(row[self.half :]), len(numbers)))
        known = self.halves.region.array(np.uint64, len(numbers) * self.half)
        known[:] = np.array(list(numbers), np.uint64).ravel()
        del known
        self.halves._build(self.halves.width, len(numbers))
        self.control[at.HALVES] = len(numbers)
        return keys

    def __getitem__(self, name: str) -> int:
        """A word of the search's control by its name in `control`."""
        return int(self.control[getattr(at, name)])

    def lay_out(self) -> None:
        """Make room to record what is found next, and pass the room to the search."""
        self.room_for_notes(self["COUNT"])
        self._tell()

    def _tell(self) -> None:
        control = self.control
        self.states.tell(control)
        control[at.ROOM] = min(self.states.shape.room, self.record.room)
        control[at.EDGE_ROOM] = self.edges.room if self.query.graph else at.NONE >> 1
        control[at.RING] = self.ring_room - 1
        control[at.WAY_BITS] = self.record.way_bits
        control[at.RIGHT_BITS] = self.half_bits
        control[at.HALF_ROOM] = at.NONE >> 1
        if self.halves is not None:
            control[at.HALF_ROOM] = min(self.halves.room, 1 << self.half_bits)
            control[at.HALF_WIDTH] = self.halves.width

    def room_for_notes(self, known: int) -> None:
        """Make the record large enough for this many states, and for what is found next."""
        self.record.make_room(known + 2 * self.need)
        if self.query.graph:
            self.edges.make_room_for_states(self.record.room)

    def make_room(self, room: region.Budget, more: int = 0) -> bool:
        """Enlarge whatever is too small for the next blocks, or for `more` states; False if `room` has no memory for that.

        Then what has not grown is as it was. Raises MemoryError if the system refuses memory,
        OSError if it does or the disk is full: then only what was found can still be reported.
        """
        grown = self._enlarge(room, more)
        self._tell()
        return grown

    def _enlarge(self, room: region.Budget, more: int) -> bool:
        count, need = self["COUNT"], max(self.need, more)
        fits = room.fits if self.may_delay else room.for_more
        if self.halves is not None:
            halves = self["HALVES"] + 2 * need
            if not self.room_for_halves(2 * need, room):
                return False
            if halves > 1 << self.half_bits and not self._widen_halves(halves, self.states.shape.lines_bits, fits):
                return False
        while count + need > self.states.shape.room or 2 * (self["STASH_COUNT"] + self.need) > self["STASH_SIZE"]:
            if self._soon_wider:
                grown = self._widen_halves(2 << self.half_bits, self.states.shape.lines_bits + 1, fits)
            else:
                grown = self.states.grow(self.control, self.need, fits, self.threads)
            if not grown:
                return False
        if self.query.graph:
            self.edges.make_room(self["TRANSITIONS"] + need)
        oldest = 0 if self.query.graph else self["NUMBER"]
        while count + need - oldest > self.ring_room:
            if not fits(8 * self.ring_room if self.query.graph else 16 * self.ring_room):
                return False
            self._enlarge_ring()
        self.lay_out()
        return True

    def room_for_halves(self, more: int, room: region.Budget) -> bool:
        """Make room for this many more halves; False if there is no memory for that."""
        assert self.halves is not None
        count = self["HALVES"]
        if count + more > self.halves.room and not self.halves.grow(count, more, room.for_more):
            return False
        self.lay_out()
        return True

    @property
    def may_delay(self) -> bool:
        """Whether what has no room in memory can go to files, where look-ups are delayed."""
        return self.folder is not None and self._ring_folder is None and self.delayed is None

    def give_up(self) -> None:
        """Give back the memory of the set of states and of those that wait."""
        self.states.give_up()
        self.ring = self.sleeping = Region(8)

    @property
    def load(self) -> float:
        """How full the set of states is."""
        slots = self.states.slots if self.delayed is None else self.delayed.slots
        return min(1.0, self["COUNT"] / slots)

    def _enlarge_ring(self) -> None:
        size = self.ring_room
        if self.query.graph:
            self.ring.grow(16 * size)
        else:
            self.ring = self._moved(self.ring, Region(16 * size, self._ring_folder))
            self.sleeping = self._moved(self.sleeping, self._sleeping(2 * size))
        self.ring_room = 2 * size

    def _sleeping(self, room: int) -> Region:
        """Memory for the ways that sleep in the states of the ring; where the graph is kept none ever does."""
        return Region(8 * (LANES + (0 if self.query.graph else room)), self._ring_folder)

    def _moved(self, ring: Region, larger: Region) -> Region:
        """A ring twice as large with the words of the states that wait."""
        size = self.ring_room
        old, new = ring.array(np.uint64, size), larger.array(np.uint64, 2 * size)
        low, high = self["NUMBER"], self["COUNT"]
        while low < high:
            length = min(high - low, size - low % size, 2 * size - low % (2 * size))
            new[low % (2 * size) :][:length] = old[low % size :][:length]
            low += length
        return larger

    def bits_for(self, halves: int) -> int:
        """More bits than the numbers of halves have, for this many halves. Raises MemoryError if those are too many."""
        if halves > 1 << MOST_HALF_BITS:
            raise MemoryError
        bits = self.half_bits
        while halves > 1 << bits:
            bits += 2
        return min(bits, MOST_HALF_BITS)

    @property
    def _soon_wider(self) -> bool:
        """Whether the numbers of halves better get more bits while the table is doubled: later there would be two large
        ones for a moment.
        """
        wider = 2 * min(self.half_bits + 2, MOST_HALF_BITS)
        if (
            self.halves is None
            or self.query.graph
            or 4 * self["HALVES"] < 1 << self.half_bits
            or wider == self.states.bits
        ):
            return False
        return shape_of(wider, self.states.shape.lines_bits + 1).slot_bits == self.states.shape.slot_bits

    def _widen_halves(self, halves: int, lines_bits: int, fits: Room) -> bool:
        """More bits for the numbers of halves: all keys are laid out again, in a table of this many lines or more. False where
        there is no memory for that.
        """
        old, new = self.half_bits, self.bits_for(halves)
        larger = roomy(2 * new, lines_bits, self["COUNT"] + self.need)
        if not fits((64 << larger.lines_bits) + 4 * larger.slots * self.query.graph):
            return False
        shift, mask = np.uint64(new), np.uint64((1 << old) - 1)

        def widened(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
            return keys >> np.uint64(old) << shift | keys & mask

        ring = self.ring.array(np.uint64, self.ring_room)
        ring[:] = ring >> np.uint64(old) << shift | ring & mask
        self.half_bits = new
        if self.query.graph:
            self.states.refill(2 * new, [ring[: self["COUNT"]]], self.control, self.need, larger.lines_bits)
        else:
            low = np.uint64(0xFFFFFFFF)
            keys = (some >> np.uint64(32) << shift | some & low for some in self.states.keys(old))
            self.states.refill(2 * new, keys, self.control, self.need, larger.lines_bits)
        del ring
        self.lay_out()  # now: where nothing else finds room, the search continues in files
        for worker in self.workers:
            worker.forget()
        return True

    def asleep(self) -> NDArray[np.uint64]:
        """The ways that sleep in each state, made from the record: uint64, (states,)."""
        tree = self.record.tree(self["NUMBER"], self["COUNT"])
        return asleep_in(tree.parents.tolist(), tree.ways.tolist(), self.apart, self.record.roots)

    def assert_consistent(self, more: bool = False) -> None:
        """Assert what is true of a search whenever no thread is at work on it and it may go on: between rounds, before and after
        something grows, and when it was stopped. `more`: a log that is being read tells of more, and edges are found later.

        - Every block that was taken is entered, and no lock is held. Expanded states are in no deeper level than those that
          wait; depth and level are those of the tree that the record describes.
        - Set, halves, record and threads' memories are consistent, and there is room for what was found.
        - The set has as many keys as there are states. The ring has the keys of those that wait, all where the graph is
          kept, and they are in the set; keys of states that are cut are numbers of two halves.
        - Beside a key in the ring are the ways that sleep in that state.
        - The edges of an expanded state follow those of the one before, and lead to states.
        - In files: what `Delayed.assert_consistent` says of the set and of what waits.
        """
        control, count, number = self.control, self["COUNT"], self["NUMBER"]
        assert not control[[at.ENTER_LOCK, at.CLAIM_LOCK, at.HALF_LOCK]].any(), "a lock is held"
        self.record.assert_consistent(number, count, self.most, more)
        level, depth, before = self.record.roots, 0, self.record.tree(number, count).before
        while level < number:
            level, depth = int(before[level]), depth + 1
        assert (self["LEVEL_END"], self["DEPTH"]) == (level, depth), "depth and level are not those of the tree"
        if self.halves is not None:
            self.halves.assert_consistent(self["HALVES"])
        if self.delayed is not None:
            known = self.delayed.assert_consistent()
        else:
            assert (self["CLAIMED"], self["TURN"]) == (number, self["ENTERED"]), "a block that was taken is not entered"
            known = self._assert_in_memory(more)
        for worker in self.workers:
            worker.assert_consistent(control, known)

    def _assert_in_memory(self, more: bool) -> NDArray[np.uint64]:
        """Assert what is true of the set and the ring; returns all mixed keys."""
        control, count, number, graph = self.control, self["COUNT"], self["NUMBER"], self.query.graph
        self.states.assert_consistent(control)
        assert (self["RING"], self["RIGHT_BITS"]) == (self.ring_room - 1, self.half_bits), (
            "`control` tells of other keys"
        )
        room = min(self.states.shape.room, self.record.room)
        assert count <= self["ROOM"] <= room, "`control` tells of more room than there is"
        oldest = 0 if graph else number
        assert count - oldest <= self.ring_room, "more states wait than there is room for"
        found = self.states.entries()
        mixed = found.mixed
        assert len(mixed) == count, "the set has other states than were found"
        places = np.arange(oldest, count) & self.ring_room - 1
        keys = self.ring.array(np.uint64, self.ring_room)[places]
        self.assert_keys(keys)
        waiting = quotient.on_all(mix, keys, self.states.bits)
        if graph:
            assert (mixed[np.argsort(self.states.numbered(found))] == waiting).all(), "a state has another's number"
            if not more:
                self.edges.assert_consistent(number, self["TRANSITIONS"], count, self["EVENTS"])
        else:
            assert np.isin(waiting, mixed).all(), "a state waits that is not in the set"
            sleeping = self.sleeping.array(np.uint64, self.ring_room)[places]
            assert (sleeping == self.asleep()[oldest:]).all(), "other ways sleep than the record tells"
        return mixed

    def assert_keys(self, keys: NDArray[np.uint64]) -> None:
        """Assert that these are keys of different states: of as many bits as keys have, and of halves that there are."""
        assert not (keys & ~np.uint64(self["KEY_MASK"])).any(), "a key has more bits than keys have"
        assert len(np.unique(keys)) == len(keys), "two states that wait have one key"
        if self.halves is not None:
            left, right = keys >> np.uint64(self.half_bits), keys & np.uint64((1 << self.half_bits) - 1)
            assert (np.append(left, right) < self["HALVES"]).all(), "a key names a half that there is not"

    def run(self, worker: int, least: int) -> int:
        """Search on with one of the threads' memories; what `search.search` returns."""
        halves = self.halves.addresses if self.halves is not None else (0, 0)
        return self.states.code["search"](
            self.model.address("expand"), region.give_way(), self.control.ctypes.data, self.ring.address,
            self.sleeping.address, *self.states.addresses, *self.record.addresses,
            self.apart.ctypes.data, *halves,
            *self.edges.addresses,
            *addresses(self.ways.event, self.ways.touched, self.ways.memo), self.ways.masks, self.deposits.address,
            *self.workers[worker].addresses, least,
        )  # the kernel's arguments  # fmt: skip

    def replay(self, expanded: int, known: int, room: region.Budget) -> bool:
        """Make states again up to these numbers (see `replay`); False if there is no memory for that.

        Raises ValueError if the record does not fit the system.
        """
        if not self.make_room(room, known - self["COUNT"]):
            return False
        worker = self.workers[0]
        halves = self.halves.addresses if self.halves is not None else (0, 0)
        fits = self.states.code["replay"](
            self.model.address("expand"),
            self.control.ctypes.data,
            self.ring.address,
            self.sleeping.address,
            *self.states.addresses,
            *self.record.addresses,
            self.apart.ctypes.data,
            *halves,
            self.edges.offsets.address,
            *addresses(self.ways.touched),
            self.ways.masks,
            *worker.addresses,
            expanded,
        )
        if not fits or (self["NUMBER"], self["COUNT"]) != (expanded, known):
            raise ValueError(UNFIT)
        self.control[at.CLAIMED] = expanded
        return True

    def relink(self, room: region.Budget) -> bool:
        """Find the edges of all states that were made again; False if there is no memory for that."""
        edges = self["TRANSITIONS"]
        if not room.for_more(8 * edges):
            return False
        self.edges.make_room(edges)
        worker = Worker(self.query, self.own)  # what is noted was noted before
        halves = self.halves.addresses if self.halves is not None else (0, 0)
        self.states.code["relink"](
            self.model.address("expand"),
            self.control.ctypes.data,
            self.ring.address,
            self.sleeping.address,
            *self.states.addresses,
            *halves,
            *self.edges.addresses,
            *addresses(self.ways.event, self.ways.touched, self.ways.memo),
            self.ways.masks,
            *worker.addresses,
        )
        self.lay_out()
        return True

    def enough_known(self) -> int:
        """From how many expanded states on enough is known, of what threads have noted (see `protocol.Enough`); else NONE."""
        enough = self.query.enough
        if enough is None:
            return NONE
        first = [min(int(worker.hits[watch]) for worker in self.workers) for watch in enough.watches]
        if enough.deadlock:
            first.append(min(int(worker.tally[at.DEADLOCK]) for worker in self.workers))
        return max((number + 1 for number in first), default=0) if NONE not in first else NONE

    def noted(self) -> Notes:
        """How far the search is, and what threads have noted until now."""
        return self.control[HOW_FAR].copy(), [worker.noted() for worker in self.workers]

    def go_back(self, noted: Notes) -> None:
        """Forget what was found and noted since then."""
        self.control[HOW_FAR] = noted[0]
        self.note_again(noted)

    def note_again(self, noted: Notes) -> None:
        """Forget what threads have noted since then."""
        for worker, before in zip(self.workers, noted[1], strict=True):
            worker.note_again(before)
            worker.forget()

    def tuned(self, give_up: GiveUp | None = None) -> Code:
        """The model's functions compiled again, for speed: worth it once a search turns out to be long.

        Raises OutOfTimeError if `give_up` says so.
        """
        return self.text.compiled(2, give_up)

    def finish(self, deadline: Deadline | None = None) -> None:
        """Look at the states that wait, until the deadline, and give back what only the search needs.

        What is left, `found.Found` reads.
        """
        self.model.declare({"expand": ["ptr", *["word"] * 3, *["ptr"] * 9, "word"]})
        if self["NUMBER"] < self["COUNT"]:
            with contextlib.suppress(OutOfTimeError, MemoryError), (deadline or Deadline()).cut():
                self._look_on()  # from the first on: stopping early reports less, nothing wrong
        # Without new memory in their places: there may be none.
        self.delayed = None
        del self.states, self.sleeping, self.deposits
        if not self.query.graph:
            del self.ring
        if self.halves is not None:
            del self.halves.table

    @cached_property
    def _look(self) -> Code:
        """The code that looks at states that wait."""
        return compile_text(look_code(self.query, self.layout), 0)

    def prepare_answer(self) -> None:
        """Make the code that reads the answer, which has no room any more where the memory has come to its end."""
        record_code(self.layout.words, self.half)
        _ = self._look

    def _look_on(self) -> None:
        """Look at the states that were found and not expanded."""
        worker = self.workers[0]
        code = record_code(self.layout.words, self.half)
        look = self._look
        step = LANES << 12
        for first, waiting in self.delayed.waiting() if self.delayed is not None else self._waiting():
            for low in range(0, len(waiting), step):
                keys = waiting[low : low + step]
                # Lanes that are not needed have the last state.
                padded = np.append(keys, np.repeat(keys[-1:], -len(keys) % LANES))
                rows = self.unfolded(padded).reshape(-1, LANES, self.layout.words)
                lanes = np.ascontiguousarray(rows.transpose(0, 2, 1))
                code["look_on"](
                    look.address("look"),
                    lanes.ctypes.data,
                    first + low,
                    len(keys),
                    *addresses(worker.hits, worker.bests, worker.attained),
                )

    def _waiting(self) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """The keys of the states that wait in the ring, in parts, each with the number of its first state."""
        first, count = self["NUMBER"], self["COUNT"]
        ring = self.ring.array(np.uint64, self.ring_room)
        while first < count:
            at = first & (self.ring_room - 1)
            size = min(count - first, self.ring_room - at)
            yield first, ring[at : at + size]
            first += size

    def unfolded(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Keys as states: uint64, (keys, words)."""
        if self.halves is None:
            return np.ascontiguousarray(keys.reshape(-1, 1))
        rows = self.halves.region.array(np.uint64, self["HALVES"] * self.half).reshape(-1, self.half)
        left, right = keys >> np.uint64(self.half_bits), keys & np.uint64((1 << self.half_bits) - 1)
        return np.concatenate([rows[left], rows[right]], axis=1)
