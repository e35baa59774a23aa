"""The contents of a quotient table (see `table`), read slot by slot with NumPy and checked: the kernels' slow twin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.states import table


def on_all(kernel: Any, keys: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    """`mix` or `unmix` of keys of this many bits."""
    mixed: NDArray[np.uint64] = kernel(keys, np.uint64((1 << bits) - 1), np.uint64((bits + 1) // 2))
    return mixed


class Entries(NamedTuple):
    """What a table and its stash hold: mixed keys, and where each is in the arrays of slots and of places (uint64)."""

    slots: NDArray[np.uint64]
    at: NDArray[np.int64]
    stashed: NDArray[np.uint64]
    places: NDArray[np.int64]

    @property
    def mixed(self) -> NDArray[np.uint64]:
        """All mixed keys."""
        return np.concatenate([self.slots, self.stashed])


def entries(slots: NDArray[np.uint64], stash: NDArray[np.uint64], rest: int) -> Entries:
    """What a table of (lines, slots of a line) and a stash of (places, 2) hold. `rest`: bits of a remainder."""
    lines, width = slots.shape
    at = np.flatnonzero(slots)
    found = slots.ravel()[at] - np.uint64(1)
    home = at.astype(np.uint64) // np.uint64(width) - (found >> np.uint64(rest)) & np.uint64(lines - 1)
    mixed = home << np.uint64(rest) | found & np.uint64((1 << rest) - 1)
    places = np.flatnonzero(stash[:, 1])
    return Entries(mixed, at, stash[places, 0], places)


def assert_consistent(slots: NDArray[np.uint64], stash: NDArray[np.uint64], rest: int, furthest: int) -> Entries:
    """Assert that these arrays are a quotient table, and return what it holds.

    - The slots of a line are taken from the first one on.
    - An entry says how many lines it lies from home, `furthest` at most; the lines from home up to its own are full.
    - Where a key is in the stash, its line and the next `furthest` ones are full. It is in the first place of the stash,
      from the one that its hash tells on, that was free; places between are taken.
    - No key is there twice.
    """
    found = entries(slots, stash, rest)
    lines, width = slots.shape
    taken = (slots != 0).sum(axis=1)
    assert (slots[np.arange(width) < taken[:, None]] != 0).all(), "a free slot lies before a taken one of its line"
    full = [bool(n == width) for n in taken]
    before, behind = [0] * lines, [0] * lines  # full lines before each, and from each on, in a circle
    for turn in range(2 * lines):
        line = turn % lines
        before[line] = min(before[line - 1] + 1, lines) if full[line - 1] else 0
        line = lines - 1 - line
        behind[line] = min(behind[(line + 1) % lines] + 1, lines) if full[line] else 0
    distance = (slots.ravel()[found.at] - np.uint64(1)) >> np.uint64(rest)
    assert (distance <= furthest).all(), "an entry lies further from home than a slot can say"
    reach = np.array(before)[found.at // width]
    assert ((distance <= reach) | (reach == lines)).all(), "an entry lies behind a line that has room"
    home = (found.stashed >> np.uint64(rest)).astype(np.int64)
    assert (home < lines).all(), "a key in the stash has more bits than keys have"
    assert (np.array(behind)[home] >= min(furthest + 1, lines)).all(), "a key is in the stash whose lines have room"
    size = len(stash)
    for mixed, place in zip(found.stashed.tolist(), found.places.tolist(), strict=True):
        first = mixed * table.SECOND_FACTOR >> 32 & size - 1
        between = [first + n & size - 1 for n in range(place - first & size - 1)]
        assert stash[between, 1].all(), "a key in the stash lies behind a free place"
    assert len(np.unique(found.mixed)) == len(found.mixed), "a key is in the table twice"
    return found
