"""The states that wait to be expanded, in order, in segments that may be in files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.model.vectors import LANES
from drcheck.kernels.files import PAGE, Kept, Spool
from drcheck.kernels.region import Region


class Waiting:
    """Memory for some states that wait: their keys and the ways that sleep in them."""

    def __init__(self, most: int) -> None:
        """For this many states."""
        self.most, self.count = most, 0
        self._memory = [Region(8 * (most + LANES) + 2 * PAGE) for _ in range(2)]

    def load(self, segment: Segment, low: int, high: int) -> None:
        """Read states `low` to `high` - 1 of a segment."""
        self.count = high - low
        for array, kept, memory in zip(self.arrays, (segment.keys, segment.sleeping), self._memory, strict=True):
            array[: self.count] = kept.part(low, high, memory.array(np.uint8, kept.room(low, high)))

    @property
    def arrays(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Both arrays: uint64, (most,); the words behind the states do not matter, and may be read."""
        keys, sleeping = (memory.array(np.uint64, self.most) for memory in self._memory)
        return keys, sleeping

    def kept_in(self, spool: Spool, first: int) -> Segment:
        """These states as a segment, of which the first has a number."""
        keys, sleeping = (spool.keep(memory, np.uint64, self.count) for memory in self._memory)
        return Segment(first, self.count, keys, sleeping, spool)


@dataclass
class Segment:
    """States that follow each other, from number `first` on; the arrays are uint64, (size,)."""

    first: int
    size: int
    keys: Kept
    sleeping: Kept
    spool: Spool

    @property
    def end(self) -> int:
        """The number behind its last state."""
        return self.first + self.size


class Frontier:
    """All states that wait, some of the first segment's perhaps not any more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.segments: deque[Segment] = deque()
        self._spool = Spool(folder)

    def add(self, states: Waiting, first: int) -> None:
        """Add states behind the others, of which the first has this number."""
        if states.count:
            self.segments.append(states.kept_in(self._spool, first))
            states.count = 0

    def turn(self, number: int) -> None:
        """A batch is done: states before `number` wait no more. What comes now is kept in other files."""
        while self.segments and self.segments[0].end <= number:
            spool = self.segments.popleft().spool
            if spool is not self._spool and not (self.segments and self.segments[0].spool is spool):
                spool.close()
        self._spool = Spool(self._folder)

    def stretches(self, low: int, high: int) -> Iterator[tuple[Segment, int, int]]:
        """Where states `low` to `high` - 1 are: segments, with the first place and the one behind the last."""
        for segment in self.segments:
            first, last = max(low, segment.first), min(high, segment.end)
            if first < last:
                yield segment, first - segment.first, last - segment.first

    def assert_consistent(self, low: int, high: int) -> None:
        """Assert what is true of the states that wait, `low` to `high` - 1, between two batches.

        - Segments follow each other without a gap, from one that has state `low` to one that ends with state `high` - 1; none
          is empty.
        - The files of all of them are open: their keys can be read.
        """
        assert bool(self.segments) == (low < high), "other states wait than there are segments for"
        ends = [low, *(segment.end for segment in self.segments)]
        for number, segment in enumerate(self.segments):
            assert segment.size > 0, "a segment is empty"
            assert segment.first == ends[number] or (number == 0 and segment.first <= low < segment.end), (
                "states are missing between two segments, or there twice"
            )
            memory = Waiting(segment.size)
            memory.load(segment, 0, segment.size)
        assert ends[-1] == high, "the last segment ends with another state than was found last"
