"""The set of states by regions of its table, in files (see `lookups`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native import control as at
from drcheck.engines.native.states import quotient
from drcheck.engines.native.states.sets import LARGE_LOAD, STASH, Shape, StateSet, shape_of
from drcheck.kernels.files import DiskFile, pages
from drcheck.kernels.jit import Code
from drcheck.kernels.region import Region, aligned

REGION_BITS = 8
"""There are at most 2 ** REGION_BITS regions."""
SLICE = 1 << 12
"""Lines whose entries are gathered at a time."""
Run = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""Mixed keys in order: uint64, (keys,); and the words in which to set a bit for each new one."""


class Space:
    """The memory that a thread needs to look up what may be in a region."""

    def __init__(self) -> None:
        self.table, self.spare, self.packed, self.run = (Region(1) for _ in range(4))
        self.mixed = aligned(SLICE * 16)

    def take_spare(self) -> None:
        """The other table is the one that counts from now on; the old one's memory is given back, as few regions grow."""
        self.table, self.spare = self.spare, Region(1)


class _Region:
    """One region: the layout and place of its table, and its stash."""

    def __init__(self, shape: Shape) -> None:
        self.file: DiskFile | None = None
        self.packed = 0
        """Bytes in the file."""
        self.control = aligned(at.CONTROL_WORDS)
        self.lay_out(shape)

    def lay_out(self, shape: Shape) -> None:
        """An empty table."""
        self.shape = shape
        self.control[at.COUNT] = self.control[at.STASH_COUNT] = 0
        self.control[at.ROOM], self.control[at.STASH_SIZE] = shape.room, STASH
        self.stash = np.zeros(2 * STASH, np.uint64)

    @property
    def size(self) -> int:
        """Bytes of the table."""
        return 64 << self.shape.lines_bits

    @property
    def counts(self) -> int:
        """Bytes, in whole pages, that say how many slots of each line are taken."""
        return pages(1 << self.shape.lines_bits)


class Regions:
    """Mixed keys of `bits` bits in 2 ** `region_bits` regions, of which the highest bits are the number."""

    def __init__(self, code: Callable[[int], Code], bits: int, region_bits: int, lines_bits: int, folder: Path) -> None:
        """`code(slot_bits)` gives the kernels; all regions have at first 2 ** `lines_bits` lines."""
        self._code, self._folder = code, folder
        self.lines_bits = lines_bits + region_bits
        """Of all regions together, at first."""
        self.region_bits, self.inner = region_bits, bits - region_bits
        shape = shape_of(self.inner, lines_bits, LARGE_LOAD)
        self._regions = [_Region(shape) for _ in range(1 << region_bits)]

    def __len__(self) -> int:
        return len(self._regions)

    @property
    def slots(self) -> int:
        """How many slots there are in all."""
        return sum(region.shape.slots for region in self._regions)

    @property
    def largest(self) -> int:
        """Bytes of the largest region."""
        return max(region.size for region in self._regions)

    def settle(self, number: int, runs: Iterable[Run], space: Space) -> None:
        """Look up the candidates of a region, in order, and enter those that are new. Raises OSError, MemoryError."""
        region = self._regions[number]
        self._load(region, space)
        self._enter_all(region, runs, space)
        self._save(region, space)

    def _enter_all(self, region: _Region, runs: Iterable[Run], space: Space) -> None:
        for mixed, new in runs:
            low = 0
            while (low := self._enter(region, self._words(region, space.table), mixed, low, new)) < len(mixed):
                self._grow(region, space)

    @staticmethod
    def _words(region: _Region, memory: Region) -> NDArray[np.uint64]:
        return memory.array(np.uint64, region.size // 8)

    def _enter(
        self, region: _Region, table: NDArray[np.uint64], mixed: NDArray[np.uint64], low: int, new: NDArray[np.uint64]
    ) -> int:
        shape = region.shape
        return self._code(shape.slot_bits)["settle"](
            region.control.ctypes.data,
            table.ctypes.data,
            region.control.ctypes.data,
            region.stash.ctypes.data,
            mixed.ctypes.data,
            low,
            len(mixed),
            (1 << self.inner) - 1,
            shape.rest,
            (1 << shape.lines_bits) - 1,
            shape.furthest,
            new.ctypes.data,
        )

    def _load(self, region: _Region, space: Space) -> None:
        space.table.grow(region.size)
        if region.file is None:
            self._words(region, space.table)[:] = 0
            return
        space.packed.grow(region.packed + 64)
        region.file.read(0, space.packed.array(np.uint8, region.packed))
        start = space.packed.address
        self._code(region.shape.slot_bits)["unpack"](
            start, start + region.counts, 1 << region.shape.lines_bits, space.table.address
        )

    def _save(self, region: _Region, space: Space) -> None:
        if region.file is None:
            region.file = DiskFile(self._folder)
        space.packed.grow(region.counts + region.size + 64)
        start, slot_bits = space.packed.address, region.shape.slot_bits
        taken = self._code(slot_bits)["pack"](
            space.table.address, 1 << region.shape.lines_bits, start, start + region.counts
        )
        region.packed = region.counts + pages(taken * slot_bits // 8)
        region.file.write(0, space.packed.array(np.uint8, region.packed))

    def _grow(self, region: _Region, space: Space) -> None:
        """Double a region that is in memory."""
        old, stash = region.shape, region.stash.reshape(-1, 2)
        region.lay_out(shape_of(self.inner, old.lines_bits + 1, LARGE_LOAD))
        space.spare.grow(region.size)
        words = self._words(region, space.spare)
        words[:] = 0
        stashed = stash[stash[:, 1] != 0, 0].copy()
        lines = 1 << old.lines_bits
        for mixed in chain([stashed], self._gathered(old, space.table.address, 0, lines, 0, lines, space)):
            settled = self._enter(region, words, mixed, 0, np.zeros(len(mixed) // 64 + 1, np.uint64))
            assert settled == len(mixed), "what was in half as many lines has room"
        del words
        space.take_spare()

    def _gathered(
        self, shape: Shape, table: int, low: int, high: int, first: int, last: int, space: Space
    ) -> Iterator[NDArray[np.uint64]]:
        """What lines `low` to `high` - 1 of a table hold that is at home in lines `first` to `last` - 1, in slices."""
        for line in range(low, high, SLICE):
            found = self._code(shape.slot_bits)["gather"](
                table,
                line,
                min(line + SLICE, high),
                shape.rest,
                (1 << shape.lines_bits) - 1,
                first,
                last,
                space.mixed.ctypes.data,
            )
            yield space.mixed[:found].copy()  # before the next slice a region may grow, and is gathered then

    def mixed(self, space: Space) -> Iterator[NDArray[np.uint64]]:
        """All mixed keys in slices. Raises OSError, MemoryError."""
        for number, region in enumerate(self._regions):
            self._load(region, space)
            stash, lines = region.stash.reshape(-1, 2), 1 << region.shape.lines_bits
            gathered = self._gathered(region.shape, space.table.address, 0, lines, 0, lines, space)
            for mixed in chain([stash[stash[:, 1] != 0, 0].copy()], gathered):
                mixed |= np.uint64(number << self.inner)
                yield mixed

    def assert_consistent(self, space: Space) -> NDArray[np.uint64]:
        """Assert what is true of the regions whenever no thread is at work on them; returns all mixed keys.

        - Each is a separate quotient table (see `StateSet.assert_consistent`), whose lines follow each other in a circle; what
          is in its file is what was written of its table.
        - It says how many keys it has, and how many of these are in its stash; one without a file has none.
        - The bits of a key that give the number of its region are left out.

        Raises OSError, MemoryError.
        """
        found = []
        for number, region in enumerate(self._regions):
            self._load(region, space)
            shape, dtype = region.shape, np.uint32 if region.shape.slot_bits == 32 else np.uint64
            slots = space.table.array(dtype, shape.slots).astype(np.uint64).reshape(1 << shape.lines_bits, -1)
            held = quotient.assert_consistent(slots, region.stash.reshape(-1, 2), shape.rest, shape.furthest)
            told = (int(region.control[at.COUNT]), int(region.control[at.STASH_COUNT]))
            assert told == (len(held.mixed), len(held.stashed)), f"region {number} has other keys than it says"
            assert shape.rest + shape.lines_bits == self.inner, f"region {number} is for keys of another width"
            if region.file is not None:
                packed = region.counts + pages(len(held.slots) * shape.slot_bits // 8)
                assert region.packed == packed, f"the file of region {number} has another length"
            found.append(held.mixed | np.uint64(number << self.inner))
        return np.concatenate(found)

    def take(self, states: StateSet, space: Space) -> None:
        """Take all that a set in memory holds, which gives its memory up meanwhile. Raises OSError, MemoryError.

        The regions are empty, with as many lines in all.
        """
        shape, table = states.shape, states.region
        stash = states.stash.reshape(-1, 2)
        stashed = stash[stash[:, 1] != 0, 0]
        lines = 1 << shape.lines_bits - self.region_bits
        # From the last one on: entries at home in a region lie there or behind it. The last one wraps around to the first.
        for number in reversed(range(len(self))):
            low = number * lines
            last = min(low + lines + shape.furthest, low + (1 << shape.lines_bits))
            here = stashed[stashed >> np.uint64(self.inner) == number] if self.region_bits else stashed
            gathered = self._gathered(shape, table.address, low, last, low, low + lines, space)
            region = self._regions[number]
            space.table.grow(region.size)
            self._words(region, space.table)[:] = 0
            runs = ((mixed, np.zeros(len(mixed) // 64 + 1, np.uint64)) for mixed in chain([here.copy()], gathered))
            self._enter_all(region, runs, space)
            self._save(region, space)
            if shape.furthest <= lines:
                table.forget(64 * (low + lines), 64 * (low + 2 * lines))
