"""The candidates of a batch: the successors of its states, by region (see `steps`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.regions.frontier import Segment
from drcheck.engines.native.regions.regions import Regions
from drcheck.kernels.files import PAGE, Kept, Spool
from drcheck.kernels.jit import Code
from drcheck.kernels.region import Region, addresses, aligned

ALIGNED = 64
"""The candidates of a region begin at a multiple of this, so no two regions share a word of the bits that mark new ones."""
DIGIT = 11
"""Bits of a tag that candidates are sorted by at a time."""


@dataclass
class Chunk:
    """The candidates of `size` states from state `first` on, which are in a segment from place `low` on.

    Those of region r are `mixed` and `tags` from `starts[r]` on, `counts[r]` of them; `steps` is how many transitions there
    are. Bit k of `new` is to say whether candidate k is.
    """

    starts: NDArray[np.uint64]
    counts: NDArray[np.uint64]
    mixed: Kept
    tags: Kept
    new: NDArray[np.uint64]
    first: int = 0
    size: int = 0
    steps: int = 0
    segment: Segment | None = None
    low: int = 0

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the candidates of regions `first` to `last` - 1 are: from, to."""
        return int(self.starts[first]), int(self.starts[last - 1] + self.counts[last - 1])

    def assert_consistent(self, inner: int, way_bits: int) -> None:
        """Assert what is true of a chunk from when it is made until its new candidates have numbers. `inner`: bits of a mixed
        key that do not tell its region.

        - The candidates of a region begin at a multiple of ALIGNED behind those of the region before.
        - Each is in the region that its highest bits give.
        - Tags of a region grow, and name a state of the chunk.
        - Only a candidate is new.
        """
        whole = 64 * len(self.new)
        memory = [Region(max(1, kept.room(0, whole))) for kept in (self.mixed, self.tags)]
        mixed, tags = (
            kept.part(0, whole, region.array(np.uint8, region.size))
            for kept, region in zip((self.mixed, self.tags), memory, strict=True)
        )
        new, end = np.unpackbits(self.new.view(np.uint8), bitorder="little"), 0
        for region, (start, count) in enumerate(zip(self.starts.tolist(), self.counts.tolist(), strict=True)):
            assert start % ALIGNED == 0, f"region {region} does not begin at a whole word of `new`"
            assert start >= end, f"region {region} begins within the one before"
            assert not new[end:start].any(), "something is new that is no candidate"
            end = start + count
            assert (mixed[start:end] >> np.uint64(inner) == region).all(), f"a candidate is not in its region {region}"
            assert (tags[start:end][:-1] < tags[start:end][1:]).all(), f"tags of region {region} do not grow"
            assert (tags[start:end] >> way_bits < self.size).all(), "a candidate comes from no state of the chunk"
        assert end <= whole, "there is no room for the last region"
        assert not new[end:].any(), "something is new that is no candidate"


class Sorter:
    """Memory for up to `most` candidates, twice: to distribute them from one place to the other."""

    def __init__(self, code: Code, most: int, regions: int) -> None:
        self._code, self.most = code, most
        self.room = most + ALIGNED * regions
        self._mixed = [Region(8 * self.room + 2 * PAGE) for _ in range(2)]
        self._tags = [Region(4 * self.room + 2 * PAGE) for _ in range(2)]
        self.told = aligned(32)

    @property
    def addresses(self) -> tuple[int, int]:
        """Where to put candidates."""
        return self._mixed[0].address, self._tags[0].address

    def _tallied(self, count: int, by_tag: int, shift: int, mask: int) -> NDArray[np.uint64]:
        counts = np.zeros(mask + 1, np.uint64)
        self._code["tally"](*self.addresses, count, by_tag, shift, mask, *addresses(counts))
        return counts

    def _scatter(self, count: int, by_tag: int, shift: int, mask: int, starts: NDArray[np.uint64]) -> None:
        self._code["scatter"](
            *self.addresses,
            count,
            by_tag,
            shift,
            mask,
            *addresses(starts),
            self._mixed[1].address,
            self._tags[1].address,
        )
        self._mixed.reverse()
        self._tags.reverse()

    def fill(self, mixed: NDArray[np.uint64]) -> int:
        """Put mixed keys at the places of candidates; returns how many there are."""
        self._mixed[0].array(np.uint64, len(mixed))[:] = mixed
        return len(mixed)

    def chunk(self, spool: Spool, count: int, regions: Regions) -> Chunk:
        """The first `count` candidates by region."""
        shift, mask = (regions.inner if len(regions) > 1 else 0), len(regions) - 1
        counts = self._tallied(count, 0, shift, mask)
        room = (counts + np.uint64(ALIGNED - 1)) // np.uint64(ALIGNED) * np.uint64(ALIGNED)
        starts = np.cumsum(room, dtype=np.uint64) - room
        whole = int(room.sum())
        self._scatter(count, 0, shift, mask, starts.copy())
        mixed, tags = spool.keep(self._mixed[0], np.uint64, whole), spool.keep(self._tags[0], np.uint32, whole)
        new = np.zeros(whole // 64, np.uint64)
        return Chunk(starts, counts, mixed, tags, new)

    def collect(self, chunk: Chunk, sized: int) -> int:
        """Collect the new candidates of a chunk in the order in which they were made, where `addresses` says; returns how
        many there are. Tags have `sized` bits.
        """
        whole = 64 * len(chunk.new)
        mixed, tags = (
            kept.part(0, whole, memory.array(np.uint8, kept.room(0, whole)))
            for kept, memory in ((chunk.mixed, self._mixed[1]), (chunk.tags, self._tags[1]))
        )
        found = self._code["collect"](*addresses(mixed, tags, chunk.new), len(chunk.new), *self.addresses)
        del mixed, tags
        for shift in range(0, sized, DIGIT):
            counts = self._tallied(found, 1, shift, (1 << DIGIT) - 1)
            self._scatter(found, 1, shift, (1 << DIGIT) - 1, np.cumsum(counts, dtype=np.uint64) - counts)
        return found


class Runs:
    """The candidates of some regions, read from all chunks of a batch."""

    def __init__(self, chunks: Sequence[Chunk], first: int, last: int, memory: Region) -> None:
        """For regions `first` to `last` - 1; in `memory`, which grows as it must. Raises OSError, MemoryError."""
        self._read = []
        spans = [(chunk, *chunk.span(first, last)) for chunk in chunks]
        memory.grow(sum(chunk.mixed.room(low, high) for chunk, low, high in spans))
        at = 0
        for chunk, low, high in spans:
            room = chunk.mixed.room(low, high)
            self._read.append((chunk, low, chunk.mixed.part(low, high, memory.array(np.uint8, at + room)[at:])))
            at += room

    def of(self, region: int) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
        """What may be in a region, in order: mixed keys, and the words of `new` that belong to them."""
        for chunk, low, mixed in self._read:
            start, count = int(chunk.starts[region]), int(chunk.counts[region])
            if count:
                yield mixed[start - low :][:count], chunk.new[start // 64 :]
