"""The tables of a search: the set of states (see `table`) and the numbered halves (see `rows`), both growing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drcheck.explore.native import control as at
from drcheck.explore.native.jit import Code
from drcheck.explore.native.memory import Region

LOAD, LARGE, LARGE_LOAD = 0.8, 1 << 26, 15 / 16
"""How full the set of states may become; from so many slots on it is fuller, as memory counts for more than speed."""
HALF_LOAD = 0.85
"""How full the table of halves may become."""
FIRST_LINES = 12
"""A set of states starts with 2 ** FIRST_LINES lines."""
MOST_REST = {32: 29, 64: 60}
"""Bits of a remainder that leave room for distances in a slot of so many bits."""
FURTHEST = 1_000
"""The greatest distance that is used."""
STASH = 1 << 10
"""Places of a stash at the least."""
APART = FURTHEST + 1
SLICE = 1 << 16
"""Lines of a table that are copied at a time; then their memory is given back."""
UNLIMITED = 1 << 62
FIRST_ROWS, FIRST_HALF_WIDTH = 1 << 16, 14

Room = Callable[[int], bool]
"""Tells whether so many bytes more can be used."""


class StateSet:
    """The set of states: keys of `bits` bits in a quotient table of 2 ** `lines_bits` lines."""

    def __init__(
        self, code: Callable[[int], Code], bits: int, graph: bool, need: int, folder: Path | None = None
    ) -> None:
        """`code(slot_bits)` gives the kernels; `need`: states that at least as many more must find room."""
        self._code, self.graph, self._folder = code, graph, folder
        self._lay_out(bits, FIRST_LINES, need)

    def _lay_out(self, bits: int, lines_bits: int, need: int) -> None:
        self.bits = max(bits, 1)
        most = max(self.bits - 3, 0)  # there, 16 or 8 slots a line hold whatever there can be
        while (8 << lines_bits) * LOAD < 2 * need:
            lines_bits += 1
        self.lines_bits = min(lines_bits, most)
        self.rest = self.bits - self.lines_bits
        self.slot_bits = 32 if self.rest <= MOST_REST[32] else 64
        self.furthest = min(((1 << self.slot_bits) >> self.rest) - 2, FURTHEST)
        load = LOAD if self.slots < LARGE else LARGE_LOAD
        self.room = UNLIMITED if self.lines_bits == most else int(load * self.slots)
        self.region = Region(64 << self.lines_bits, self._folder)
        self.numbers = Region(4 * self.slots if self.graph else 8, self._folder)
        size = STASH
        while size < 4 * need:
            size *= 2
        self.stash = np.zeros(2 * size, np.uint64)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return (512 // self.slot_bits) << self.lines_bits

    @property
    def code(self) -> Code:
        """The kernels for this table."""
        return self._code(self.slot_bits)

    def tell(self, control: NDArray[np.uint64]) -> None:
        """Set the words that describe the table."""
        control[at.KEY_MASK] = (1 << self.bits) - 1
        control[at.KEY_SHIFT] = (self.bits + 1) // 2
        control[at.REST], control[at.LINES] = self.rest, (1 << self.lines_bits) - 1
        control[at.FURTHEST], control[at.STASH_SIZE] = self.furthest, len(self.stash) // 2
        control[at.ROOM] = self.room

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Of the table, the numbers and the stash."""
        return self.region.address, self.numbers.address, self.stash.ctypes.data

    def grow(self, control: NDArray[np.uint64], need: int, room: Room, threads: int = 1) -> bool:
        """Double the table, or more while it is small; False where there is no memory for that.

        The old table is given back as it is read, so that little more than the new one is needed.
        """
        old, old_numbers, old_stash = self.region, self.numbers, self.stash
        old_rest, old_lines, old_bits = self.rest, self.lines_bits, self.slot_bits
        lines_bits = old_lines + (2 if old_lines < 17 else 1)
        if not room((64 << lines_bits) * (2 if self.graph else 1) - old.size - old_numbers.size):
            return False
        self._lay_out(self.bits, lines_bits, need)
        self.tell(control)
        control[at.STASH_COUNT] = 0
        shape = self.rest, (1 << self.lines_bits) - 1, self.furthest
        line_slots = 512 // old_bits

        def copy(low: int, high: int, control: NDArray[np.uint64], stash: NDArray[np.uint64]) -> None:
            for first in range(low, high, SLICE):
                last = min(first + SLICE, high)
                self.code[f"copy_{old_bits}"](
                    control.ctypes.data, old.address, old_numbers.address, first, last, old_rest, (1 << old_lines) - 1,
                    self.region.address, self.numbers.address, stash.ctypes.data, *shape,
                )  # fmt: skip
                old.forget(64 * first, 64 * last)
                if self.graph:
                    old_numbers.forget(4 * line_slots * first, 4 * line_slots * last)

        stashes = [old_stash]
        lines = 1 << old_lines
        cuts = [lines * part // threads for part in range(threads + 1)]
        if threads == 1 or lines < SLICE:
            copy(0, lines, control, self.stash)
        else:
            # Entries stay within APART lines of where they belong, so threads that are further apart never meet. What
            # lies between them, and in their stashes, is copied when they are done.
            own = [(control.copy(), np.zeros_like(self.stash)) for _ in range(threads)]
            with ThreadPoolExecutor(threads) as pool:
                parts = zip(pairwise(cuts), own, strict=True)
                list(pool.map(lambda part: copy(part[0][0] + APART, part[0][1] - APART, *part[1]), parts))
            for cut in cuts:
                copy(max(cut - APART, 0), min(cut + APART, lines), control, self.stash)
            stashes += [stash for _, stash in own]
        for stash in stashes:
            self.code["copy_stash"](
                control.ctypes.data, stash.ctypes.data, len(stash) // 2, *self.addresses, *shape,
            )  # fmt: skip
        return True

    def keys(self, right_bits: int) -> Iterator[NDArray[np.uint64]]:
        """All keys in slices, as left half << 32 | right half: uint64. The table may be laid out anew meanwhile."""
        region, code, stash = self.region, self.code, self.stash.reshape(-1, 2)
        bits, rest, lines = self.bits, self.rest, 1 << self.lines_bits

        def slices() -> Iterator[NDArray[np.uint64]]:
            out = np.zeros(SLICE * 16, np.uint64)
            for low in range(0, lines, SLICE):
                found = code["rekey"](
                    region.address, low, min(low + SLICE, lines), rest, lines - 1, (1 << bits) - 1, (bits + 1) // 2,
                    right_bits, out.ctypes.data,
                )  # fmt: skip
                yield out[:found]
            stashed = [_unmixed(int(mixed), bits, right_bits) for mixed, taken in stash if taken]
            yield np.array(stashed, np.uint64)

        return slices()

    def refill(self, bits: int, keys: Iterable[NDArray[np.uint64]], control: NDArray[np.uint64], need: int) -> None:
        """Lay the table out for keys of so many bits, and enter `keys` (slices of uint64), numbered from 0 on."""
        self._lay_out(bits, self.lines_bits, need)
        self.tell(control)
        control[at.STASH_COUNT] = 0
        first = 0
        for some in keys:
            some = np.ascontiguousarray(some)
            self.code["enter_all"](control.ctypes.data, *self.addresses, some.ctypes.data, first, len(some))
            first += len(some)


def _unmixed(mixed: int, bits: int, right_bits: int) -> int:
    from drcheck.explore.native.table import unmix

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
        """Grow until `need` more rows fit; False where there is no memory for that."""
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

    @property
    def addresses(self) -> tuple[int, int]:
        """Of the rows and of the table."""
        return self.region.address, self.table.address
