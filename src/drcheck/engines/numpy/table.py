"""An exact table of numbered keys, asked and extended with whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.kernels.budget import room

LOAD = 0.6
"""How full a table may become: beyond, too many keys are not in their first slot."""
FIRST_WIDTH, FIRST_ROOM = 14, 1 << 12
"""The table that a search starts with has 2**FIRST_WIDTH slots; other arrays room for FIRST_ROOM elements."""
FAST_WIDTH = 23
"""Up to this width a table grows fourfold at a time: soon large enough, and still small."""
MIX = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
"""Odd multipliers of the hash. Answers do not depend on them, only speed does."""
BATCH = 1 << 16
"""Keys, or slots, that are worked on at a time: their arrays stay in the processor's cache, their positions in 16 bits."""
SPARE = 1
"""The small table for a batch has 2**SPARE to 2**(SPARE + 1) times as many places as there are keys."""

Indices = NDArray[np.int64]
Keys = NDArray[np.uint64]


class Grown:
    """An array that grows at its end: `count` elements of `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self._array = np.empty(FIRST_ROOM, dtype)
        self.count = 0

    def reserve(self, more: int) -> None:
        """Make room for this many elements more. Raises MemoryError."""
        if self.count + more > len(self._array):
            size = max(self.count + more, len(self._array) + len(self._array) // 4)
            room((size - len(self._array)) * self._array.itemsize)
            try:
                # A large array moves by its page tables where the system can do that: no copy, nothing twice in memory.
                self._array.resize(size)
            except ValueError:  # somebody still looks at it
                larger = np.empty(size, self._array.dtype)
                larger[: self.count] = self.view()
                self._array = larger

    def append(self, values: NDArray[Any]) -> None:
        """Add elements at the end. Raises MemoryError."""
        self.reserve(len(values))
        self._array[self.count : self.count + len(values)] = values
        self.count += len(values)

    def view(self) -> NDArray[Any]:
        """The elements; valid until the array grows."""
        return self._array[: self.count]


class Table:
    """Numbers keys 0, 1, 2, ... in the order in which they were first interned.

    Keys are uint64 below 2**63. The table is an open-addressing one: a slot holds a whole key plus 1, 0 if it is
    empty, so a key is found by comparing all of it. Slots are looked up in rounds, for all keys at once. Before that,
    keys that are requested several times are made one, with a small table that is used for nothing else: it stays in
    the processor's cache, where most of the work is then done.

    The slots' numbers are kept if they are `wanted`: without them, it is only known which keys are new.
    """

    def __init__(self, wanted: bool) -> None:
        self._slots: Keys
        self._numbers: NDArray[np.uint32]
        self._keys = Grown(np.uint64)
        self._wanted = wanted
        self._make(FIRST_WIDTH)
        self._scratch: NDArray[np.uint16] = np.empty(1 << BATCH.bit_length() + SPARE, np.uint16)

    @property
    def count(self) -> int:
        """How many different keys there are."""
        return self._keys.count

    @property
    def keys(self) -> Keys:
        """The keys by number; valid until the table grows."""
        return self._keys.view()

    def release(self) -> None:
        """Keep the keys by number only: nothing can be interned any more."""
        self._slots, self._numbers = np.zeros(1, np.uint64), np.zeros(1, np.uint32)

    def intern(self, keys: Keys) -> tuple[NDArray[np.uint32], Indices]:
        """Number keys, in this order: (the number of each, if they are wanted; where new keys first occur).

        `keys`: uint64 below 2**63, any length. The positions of new keys are ascending, so the i-th of them is of the
        key with number `count` + i, as `count` was before. Raises MemoryError, and then has interned nothing.
        """
        self._reserve(len(keys))
        numbers, new = [], []
        for first in range(0, len(keys), BATCH):
            some_numbers, some_new = self._intern(keys[first : first + BATCH])
            numbers.append(some_numbers)
            new.append(some_new + first)
        if not new:
            return np.empty(0, np.uint32), np.empty(0, np.int64)
        return np.concatenate(numbers) if self._wanted else _NO_NUMBERS, np.concatenate(new)

    def _intern(self, keys: Keys) -> tuple[NDArray[np.uint32], Indices]:
        """As `intern`, where there is room for all the keys."""
        first, holder = self._distinct(keys)
        once = keys[first]
        slot, new = self._enter(once + np.uint64(1), _mixed(once))
        known = self.count
        self._keys.append(once[new])
        if not self._wanted:
            return _NO_NUMBERS, first[new]
        self._numbers[slot[new]] = np.arange(known, self.count, dtype=np.uint32)
        numbers = np.empty(len(keys), np.uint32)
        numbers[first] = self._numbers[slot]
        return numbers[holder], first[new]

    def _distinct(self, keys: Keys) -> tuple[Indices, Indices]:
        """Where keys first occur (ascending), and for each key the position where it first occurs.

        In each round, all keys that are left write their positions into their places of a table; the least position in
        each place is found out, its key is settled with all that are equal, and other keys in the place are left.
        """
        # All arrays here are backwards: of several writes to one place the last normally stays, and that is the least
        # position then. (Writing backwards through views takes NumPy twice the time.)
        size = len(keys)
        back = np.ascontiguousarray(keys[::-1])
        mixed = back * np.uint64(MIX[0])  # not as good as `_mixed`, and good enough here
        mixed >>= np.uint64(64 - size.bit_length() - SPARE)
        place, position = mixed.view(np.int64), _BACKWARDS[len(_BACKWARDS) - size :]
        least = self._least(place, position)
        first = least == position
        holder = least.astype(np.int64)
        left = np.flatnonzero(keys[holder] != back)
        at = left
        while len(left):
            place, position = place[left], position[left]
            least = self._least(place, position)
            first[at] = least == position
            holder[at] = least
            left = np.flatnonzero(keys[least] != keys[position])
            at = at[left]
        return np.flatnonzero(first[::-1]), holder[::-1]

    def _least(self, place: Indices, position: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """For each of some positions (descending), the least of those that share its place."""
        self._scratch[place] = position
        least = self._scratch[place]
        # NumPy does not promise which of several writes stays, so it is checked.
        while len(late := np.flatnonzero(least > position)):
            self._scratch[place[late]] = position[late]
            least = self._scratch[place]
        return least

    def _enter(self, stored: Keys, mixed: Keys) -> tuple[Indices, Indices]:
        """Find or enter different keys (plus 1): (the slot of each, the positions of those that are new, ascending)."""
        slot = self._first_slots(mixed)
        new = np.zeros(len(stored), np.bool_)
        at, place, key = np.arange(len(stored)), slot, stored
        for step in range(1, len(self._slots) + 1):
            found = self._slots[place]
            free = np.flatnonzero(found == 0)
            if len(free):
                new[at[self._put(key, place, found, free)]] = True
            left = np.flatnonzero(found != key)
            if not len(left):
                break
            at, key, place = at[left], key[left], place[left] + step & self._mask
            slot[at] = place
        return slot, np.flatnonzero(new)

    def _put(self, key: Keys, place: Indices, found: Keys, free: Indices) -> Indices:
        """Write keys to free slots, note in `found` what is there then, and return which have got their slot.

        Where several keys write to one slot, any of them gets it: only the value read back counts.
        """
        spot, mine = place[free], key[free]
        self._slots[spot] = mine
        now = self._slots[spot]
        found[free] = now
        return free[np.flatnonzero(now == mine)]

    def _first_slots(self, mixed: Keys) -> Indices:
        return (mixed >> np.uint64(64 - self._width)).view(np.int64)

    def _make(self, width: int) -> None:
        room(12 << width if self._wanted else 8 << width)
        self._slots = np.zeros(1 << width, np.uint64)
        self._numbers = np.empty(1 << width if self._wanted else 0, np.uint32)
        self._width, self._mask = width, (1 << width) - 1

    def _reserve(self, more: int) -> None:
        """Make room for this many keys more. Raises MemoryError."""
        self._keys.reserve(more)
        width = self._width
        while self.count + more > LOAD * (1 << width):
            width += 2 if width < FAST_WIDTH else 1
        if width == self._width:
            return
        slots, numbers = self._slots, self._numbers
        self._make(width)
        for first in range(0, len(slots), BATCH):
            # The first slot is the leading bits of the hash. So keys near each other in the old table are near in the new one.
            part = slots[first : first + BATCH]
            filled = np.flatnonzero(part)
            slot, _ = self._enter(part[filled], _mixed(part[filled] - np.uint64(1)))
            if self._wanted:
                self._numbers[slot] = numbers[first : first + BATCH][filled]


_BACKWARDS = np.arange(BATCH - 1, -1, -1, dtype=np.uint16)
_NO_NUMBERS = np.empty(0, np.uint32)


def _mixed(keys: Keys) -> Keys:
    """The hash of keys: 64 bits, of which the leading ones are used."""
    mixed = keys * np.uint64(MIX[0])
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(MIX[1])
    return mixed
