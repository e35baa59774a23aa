"""The tables of a search: the set of states (see `table`) and the numbered halves (see `rows`), both growing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native import control as at
from drcheck.engines.native.states import quotient
from drcheck.engines.native.states.rows import ROW_LINE, hash_of_row, line_of, tag_of
from drcheck.kernels.budget import physical
from drcheck.kernels.jit import Code
from drcheck.kernels.region import Region, addresses, aligned_copy

LOAD, LARGE, LARGE_LOAD = 0.8, 1 << 26, 15 / 16
"""How full the set of states may become; from this many slots on it is fuller, as memory counts for more than speed."""
HALF_LOAD = 0.85
"""How full the table of halves may become."""
FIRST_LINES = 12
"""A set of states starts with 2 ** FIRST_LINES lines."""
MOST_REST = {32: 29, 64: 60}
"""Bits of a remainder that leave room for distances in a slot of this many bits."""
FURTHEST = 1_000
"""The greatest distance that is used."""
STASH = 1 << 10
"""Places of a stash at least."""
SLICE = 1 << 16
"""Lines of a table whose keys are read at a time."""
RANGE = 1 << 14
"""Lines of a table that are widened at a time."""
UNLIMITED = 1 << 62
FIRST_ROWS, FIRST_HALF_WIDTH = 1 << 16, 14

Room = Callable[[int], bool]
"""Tells whether this many bytes more can be used."""
Pending = NDArray[np.uint64]
"""Mixed keys with the numbers of their states: (keys, 2)."""


class Shape(NamedTuple):
    """How a table of keys is laid out: the bits that choose a line, those that are left, the bits of a slot, the greatest
    distance, and how many keys there may be.
    """

    lines_bits: int
    rest: int
    slot_bits: int
    furthest: int
    room: int

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return (512 // self.slot_bits) << self.lines_bits


class _Old(NamedTuple):
    """A table that has grown, as it was."""

    region: Region
    numbers: Region
    stash: NDArray[np.uint64]
    shape: Shape


def shape_of(bits: int, lines_bits: int, load: float | None = None) -> Shape:
    """The shape of a table of keys of this many bits, with 2 ** `lines_bits` lines or as many as it can have.

    `load`: how full it may become; otherwise by its size.
    """
    most = max(bits - 3, 0)  # there, 16 or 8 slots a line hold whatever there can be
    lines_bits = min(lines_bits, most)
    rest = bits - lines_bits
    slot_bits = 32 if rest <= MOST_REST[32] else 64
    furthest = min(((1 << slot_bits) >> rest) - 2, FURTHEST)
    slots = (512 // slot_bits) << lines_bits
    room = int((load or (LOAD if slots < LARGE else LARGE_LOAD)) * slots)
    return Shape(lines_bits, rest, slot_bits, furthest, UNLIMITED if lines_bits == most else room)


def roomy(bits: int, lines_bits: int, count: int) -> Shape:
    """The shape of a table, with 2 ** `lines_bits` lines or more, that this many keys do not fill by more than half.

    Slots may be wider than those of a former table with as many lines, and there must be room without a look at the stash.
    """
    shape = shape_of(bits, lines_bits)
    while shape.room < UNLIMITED and 2 * count > shape.slots:
        shape = shape_of(bits, shape.lines_bits + 1)
    return shape


class StateSet:
    """The set of states: keys of `bits` bits in a quotient table of 2 ** `lines_bits` lines."""

    def __init__(
        self, code: Callable[[int], Code], bits: int, graph: bool, need: int, folder: Path | None = None
    ) -> None:
        """`code(slot_bits)` gives the kernels; `need`: states that at least as many more must find room."""
        self._code, self.graph, self._folder = code, graph, folder
        self._lay_out(bits, FIRST_LINES, need)

    def _lay_out(self, bits: int, lines_bits: int, need: int) -> None:
        """An empty table with at least this many lines."""
        self._shape(bits, lines_bits, need)
        reserved = physical() // 2
        self.region = Region(64 << self.shape.lines_bits, self._folder, reserved)
        self.numbers = Region(4 * self.slots if self.graph else 8, self._folder, reserved if self.graph else 0)

    def _shape(self, bits: int, lines_bits: int, need: int) -> None:
        self.bits = max(bits, 1)
        while (8 << lines_bits) * LOAD < 2 * need:
            lines_bits += 1
        self.shape = shape_of(self.bits, lines_bits)
        size = STASH
        while size < 4 * need:
            size *= 2
        self.stash = np.zeros(2 * size, np.uint64)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return self.shape.slots

    @property
    def code(self) -> Code:
        """The kernels for this table."""
        return self._code(self.shape.slot_bits)

    def tell(self, control: NDArray[np.uint64]) -> None:
        """Set the words that describe the table."""
        control[at.KEY_MASK] = (1 << self.bits) - 1
        control[at.KEY_SHIFT] = (self.bits + 1) // 2
        control[at.REST], control[at.LINES] = self.shape.rest, (1 << self.shape.lines_bits) - 1
        control[at.FURTHEST], control[at.STASH_SIZE] = self.shape.furthest, len(self.stash) // 2
        control[at.ROOM] = self.shape.room

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Of the table, the numbers and the stash."""
        return self.region.address, self.numbers.address, self.stash.ctypes.data

    def grow(self, control: NDArray[np.uint64], need: int, room: Room, threads: int = 1) -> bool:
        """Double the table, or more while it is small; False if there is no memory for that."""
        times = 2 if self.shape.lines_bits < 17 else 1
        more = (64 << self.shape.lines_bits + times) - self.region.size
        if self.graph:
            more += (4 * self.slots << times) - self.numbers.size
        if not room(more):
            return False
        for _ in range(times):
            self._double(control, need, threads)
        return True

    def _double(self, control: NDArray[np.uint64], need: int, threads: int) -> None:
        old = _Old(self.region, self.numbers, self.stash, self.shape)
        self._shape(self.bits, old.shape.lines_bits + 1, need)
        self.tell(control)
        control[at.STASH_COUNT] = 0
        stashes = [old.stash]
        if self.shape.slot_bits == old.shape.slot_bits and self.shape.lines_bits == old.shape.lines_bits + 1:
            self.region.grow(64 << self.shape.lines_bits)
            if self.graph:
                self.numbers.grow(4 * self.slots)
            stashes += self._widen(old, control, threads)
        else:
            self._lay_out(self.bits, self.shape.lines_bits, need)
            self.code[f"copy_{old.shape.slot_bits}"](
                control.ctypes.data,
                old.region.address,
                old.numbers.address,
                0,
                1 << old.shape.lines_bits,
                old.shape.rest,
                (1 << old.shape.lines_bits) - 1,
                *self.addresses,
                *self._where,
            )
        for stash in stashes:
            self.code["copy_stash"](
                control.ctypes.data, stash.ctypes.data, len(stash) // 2, *self.addresses, *self._where
            )

    def _widen(self, old: _Old, control: NDArray[np.uint64], threads: int) -> list[NDArray[np.uint64]]:
        """Widen the table in place (see `growth`); returns the stashed entries.

        One half after the other, from the end on: its lines come to lie behind it, so threads can widen parts of it. What
        is left in the end is copied away first.
        """
        slots = self.region.array(np.uint32 if self.shape.slot_bits == 32 else np.uint64, self.slots)
        numbers = self.numbers.array(np.uint32, self.slots if self.graph else 1)
        lines, width, apart = 1 << old.shape.lines_bits, 512 // self.shape.slot_bits, self.shape.furthest + 1
        end = (
            max(lines - apart, 0) if lines > RANGE else lines
        )  # homes from there on might need lines beyond the last one
        waiting = np.zeros((0, 2), np.uint64)
        stashes = []

        def widen(low: int, high: int, limit: int, stash: NDArray[np.uint64], control: NDArray[np.uint64]) -> Pending:
            """Widen some lines, RANGE at a time; `limit` is as in `growth.widen`. Returns what has to wait."""
            displaced, pending, found = (
                np.zeros(RANGE, np.uint64),
                np.zeros(2 * RANGE * width, np.uint64),
                [waiting[:0]],
            )
            for top in range(high, low, -RANGE):
                bottom, source, known = max(top - RANGE, low), slots, numbers
                if bottom == 0:
                    source, known = aligned_copy(slots[: top * width]), aligned_copy(numbers[: top * width])
                words = self.code["widen"](
                    control.ctypes.data,
                    *addresses(source, known),
                    bottom,
                    top,
                    min(limit, top),
                    lines - 1,
                    self.region.address,
                    self.numbers.address,
                    stash.ctypes.data,
                    *self._where,
                    *addresses(displaced, pending),
                )
                found.append(pending[:words].reshape(-1, 2).copy())
            return np.concatenate(found)

        with ThreadPoolExecutor(threads) as pool:
            high = lines
            while high:
                low = high // 2 if high > RANGE else 0
                cuts = [low + (high - low) * part // threads for part in range(threads + 1)]
                if high - low < 2 * RANGE * threads:
                    cuts = [low, high]
                jobs = []
                for first, last in pairwise(cuts):
                    stashes.append(np.zeros_like(self.stash))
                    limit = end if last == high else max(last - apart, 0)
                    jobs.append(pool.submit(widen, first, last, limit, stashes[-1], control.copy()))
                waiting = np.concatenate([waiting, *(job.result() for job in jobs)])
                # What was waiting for this half can be entered now.
                homes = waiting[:, 0] >> np.uint64(old.shape.rest)
                ready = (homes >= low) & ((homes < end) | (low == 0))
                some = np.ascontiguousarray(waiting[ready])
                self.code["enter_pending"](
                    control.ctypes.data, *self.addresses, *self._where, some.ctypes.data, some.size
                )
                waiting, high = waiting[~ready], low
        return stashes

    @property
    def _where(self) -> tuple[int, int, int]:
        """Bits of a remainder, lines minus one, the greatest distance."""
        return self.shape.rest, (1 << self.shape.lines_bits) - 1, self.shape.furthest

    def give_up(self) -> None:
        """Give the memory back; nothing is in the set any more."""
        self.region, self.numbers = Region(64), Region(64)

    def keys(self, right_bits: int) -> Iterator[NDArray[np.uint64]]:
        """All keys in slices, as left half << 32 | right half: uint64. The table may be laid out again meanwhile."""
        region, code, stash = self.region, self.code, self.stash.reshape(-1, 2)
        bits, rest, lines = self.bits, self.shape.rest, 1 << self.shape.lines_bits

        def slices() -> Iterator[NDArray[np.uint64]]:
            out = np.zeros(SLICE * 16, np.uint64)
            for low in range(0, lines, SLICE):
                found = code["rekey"](
                    region.address,
                    low,
                    min(low + SLICE, lines),
                    rest,
                    lines - 1,
                    (1 << bits) - 1,
                    (bits + 1) // 2,
                    right_bits,
                    out.ctypes.data,
                )
                yield out[:found]
            stashed = [_unmixed(int(mixed), bits, right_bits) for mixed, taken in stash if taken]
            yield np.array(stashed, np.uint64)

        return slices()

    def entries(self) -> quotient.Entries:
        """What the set holds, read slot by slot."""
        return quotient.entries(*self._arrays(), self.shape.rest)

    def numbered(self, found: quotient.Entries) -> NDArray[np.uint64]:
        """The numbers of the states of these keys, where the graph is kept: uint64, in the order of `found.mixed`."""
        numbers = self.numbers.array(np.uint32, self.slots)[found.at].astype(np.uint64)
        return np.concatenate([numbers, self.stash.reshape(-1, 2)[found.places, 1] - np.uint64(1)])

    def _arrays(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The slots, (lines, slots of a line), and the stash, (places, 2)."""
        slots = self.region.array(np.uint32 if self.shape.slot_bits == 32 else np.uint64, self.slots)
        return slots.astype(np.uint64).reshape(1 << self.shape.lines_bits, -1), self.stash.reshape(-1, 2)

    def assert_consistent(self, control: NDArray[np.uint64]) -> None:
        """Assert what is true of the set whenever no kernel is at work on it (see `table`).

        - The slots of a line are taken from the first one on.
        - A slot that is taken says distance and remainder; the lines from home up to its own are full, so a search for a key
          may end at the first line with room.
        - A key is in the stash where no line that its slot could be in has room. No key is in two places.
        - Where the graph is kept, each key has another number.
        - `control` says how the table is laid out and how much is in the stash, which is at most half full.
        """
        found = quotient.assert_consistent(*self._arrays(), self.shape.rest, self.shape.furthest)
        told = (at.KEY_MASK, at.KEY_SHIFT, at.REST, at.LINES, at.FURTHEST, at.STASH_SIZE)
        mine = ((1 << self.bits) - 1, (self.bits + 1) // 2, *self._where[:2], self.shape.furthest, len(self.stash) // 2)
        assert tuple(control[list(told)].tolist()) == mine, "`control` tells of another table"
        assert control[at.STASH_COUNT] == len(found.stashed), "`control` tells how much is in the stash, and it is not"
        assert 4 * len(found.stashed) <= len(self.stash), "the stash is more than half full"
        if self.graph:
            numbers = self.numbered(found)
            assert len(np.unique(numbers)) == len(numbers), "two states of the set have one number"

    def refill(
        self, bits: int, keys: Iterable[NDArray[np.uint64]], control: NDArray[np.uint64], need: int, lines_bits: int
    ) -> None:
        """Lay the table out for keys of this many bits, with 2 ** `lines_bits` lines at least, and enter `keys` (slices of
        uint64), numbered from 0 on.
        """
        self._lay_out(bits, lines_bits, need)
        self.tell(control)
        control[at.STASH_COUNT] = 0
        first = 0
        for some in keys:
            some = np.ascontiguousarray(some)
            self.code["enter_all"](control.ctypes.data, *self.addresses, some.ctypes.data, first, len(some))
            first += len(some)


def _unmixed(mixed: int, bits: int, right_bits: int) -> int:
    from drcheck.engines.native.states.table import unmix

    key = unmix(mixed, (1 << bits) - 1, (bits + 1) // 2)
    return key >> right_bits << 32 | key & ((1 << right_bits) - 1)


class Halves:
    """Numbered rows of `words` words and the table that finds them."""

    def __init__(self, code: Code, words: int, need: int, folder: Path | None = None) -> None:
        self._code, self.words, self._folder = code, words, folder
        self._length = max(FIRST_ROWS, 2 * need)
        self.region = Region(8 * words * self._length, folder)
        self._build(max(FIRST_HALF_WIDTH, (2 * need - 1).bit_length(), 8), 0)

    def _build(self, width: int, count: int) -> None:
        self.table, self.width = Region(4 << width, self._folder), width
        self._code["fill"](self.region.address, count, self.table.address, width)

    @property
    def room(self) -> int:
        """How many rows there may be before something must grow."""
        return min(self._length, int(HALF_LOAD * (1 << self.width)))

    def grow(self, count: int, need: int, room: Room) -> bool:
        """Grow until `need` more rows fit; False if there is no memory for that."""
        while count + need > self._length:
            self._length *= 2
        self.region.grow(8 * self.words * self._length)
        width = self.width
        while count + need > int(HALF_LOAD * (1 << width)):
            width += 2 if width < 22 else 1
        if width > self.width:
            if width > 31 or not room((4 << width) - (4 << self.width)):
                return False
            self._build(width, count)
        return True

    def assert_consistent(self, count: int) -> None:
        """Assert what is true of `count` numbered rows whenever no kernel is at work on them (see `rows`).

        - There is room for them, and no two are equal.
        - Each is in the table once: its number plus one, and beside it the part of its hash that is its tag.
        - The slots of a line are taken from the first one on, and the lines from the one that its hash gives up to its own are
          full, so a search for a row may end at the first line with room.
        """
        assert count <= self.room, "there are more rows than there is room for"
        rows = self.region.array(np.uint64, count * self.words).reshape(count, self.words)
        assert len(np.unique(rows, axis=0)) == count, "two rows are equal"
        slots = self.table.array(np.uint32, 1 << self.width).astype(np.uint64).reshape(-1, ROW_LINE)
        taken = (slots != 0).sum(axis=1)
        assert (slots[np.arange(ROW_LINE) < taken[:, None]] != 0).all(), "a free slot lies before a taken one"
        where = np.flatnonzero(slots)
        numbers = (slots.ravel()[where] & np.uint64((1 << self.width) - 1)) - np.uint64(1)
        assert sorted(numbers.tolist()) == list(range(count)), "the table does not have each row once"
        lines = len(slots)
        for slot, number, row in zip(where.tolist(), numbers.tolist(), rows[numbers].tolist(), strict=True):
            h = hash_of_row(row)
            assert tag_of(h, self.width) == int(slots.flat[slot]) >> self.width << self.width, "a row has another's tag"
            first = line_of(h, self.width)
            between = [first + n & lines - 1 for n in range(slot // ROW_LINE - first & lines - 1)]
            assert (taken[between] == ROW_LINE).all(), f"row {number} lies behind a line that has room"

    @property
    def addresses(self) -> tuple[int, int]:
        """Of the rows and of the table."""
        return self.region.address, self.table.address
