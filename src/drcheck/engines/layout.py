"""How a state is packed into 64-bit words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from drcheck.system.system import Cell, State, System, cells_of

WORD = 64
UNCUT = 1
"""States of more words than this are cut into two halves, which take equally many words."""
MOST_OF = 0.6
"""The part of all bits that a half may have."""
PIECE = 1 << 18
"""States whose values are made at a time where all are wanted."""


@dataclass(frozen=True)
class Field:
    """Where a cell lies: its value minus `low` in `bits` bits of `word`, from bit `shift` on (none where bits = 0)."""

    word: int
    shift: int
    bits: int
    low: int

    @property
    def mask(self) -> int:
        """The bits of the field before they are shifted into place."""
        return (1 << self.bits) - 1


@dataclass(frozen=True)
class Layout:
    """The fields of all cells, and how many words a state takes. A field never straddles two words."""

    fields: tuple[Field, ...]
    words: int

    @property
    def half(self) -> int:
        """The words of a half, 0 where states are in one piece."""
        return self.words // 2 if self.words > UNCUT else 0

    def pack(self, state: Sequence[int]) -> list[int]:
        """A state as words."""
        row = [0] * self.words
        for field, value in zip(self.fields, state, strict=True):
            row[field.word] |= (value - field.low) << field.shift
        return row

    def unpack(self, row: Sequence[int]) -> State:
        """Words as a state."""
        return tuple((int(row[f.word]) >> f.shift & f.mask) + f.low for f in self.fields)

    def column(self, words: NDArray[np.uint64], cell: int) -> NDArray[np.int64]:
        """The values of one cell in the words that hold it (uint64, one per state): int64, one per state."""
        field = self.fields[cell]
        return (words >> np.uint64(field.shift) & np.uint64(field.mask)).astype(np.int64) + field.low


def in_pieces(count: int, values: Callable[[int, int], NDArray[np.int64]]) -> NDArray[np.int64]:
    """The values of `count` states, made for some states (from one number to another) at a time: little else is in memory."""
    made = np.empty(count, np.int64)
    for low in range(0, count, PIECE):
        high = min(low + PIECE, count)
        made[low:high] = values(low, high)
    return made


def layout_of(system: System) -> Layout:
    """Pack the cells in order, each into the first word that has room for it; wide states in two halves.

    Components move more or less on their own, so a half of them takes few different values: fewest where neither half has
    nearly everything, and where those that move together are on the same side (see `halves_of`).
    """
    whole, words = _packed(system.cells)
    if words <= UNCUT:
        return Layout(tuple(whole), words)
    second = halves_of(system)
    sides = [[cell for cell in system.cells if second[cell.index] == side] for side in (False, True)]
    packed = [_packed(cells) for cells in sides]
    half = max(used for _, used in packed)
    fields = list(whole)
    for cells, (placed, _), first in zip(sides, packed, (0, half), strict=True):
        for cell, field in zip(cells, placed, strict=True):
            fields[cell.index] = Field(first + field.word, field.shift, field.bits, field.low)
    return Layout(tuple(fields), 2 * half)


def _packed(cells: Sequence[Cell]) -> tuple[list[Field], int]:
    """Where cells lie in separate words, and how many words that takes (one at least)."""
    used: list[int] = [0]
    fields: list[Field] = []
    for cell in cells:
        bits = cell.domain.bits
        word = next((w for w, full in enumerate(used) if full + bits <= WORD), len(used))
        if word == len(used):
            used.append(0)
        # A cell with one value takes no bits; its shift is 0 so that no shift by 64 is ever made.
        fields.append(Field(word, used[word] if bits else 0, bits, cell.domain.low))
        used[word] += bits
    return fields, len(used)


def halves_of(system: System) -> list[bool]:
    """For each cell, whether it belongs to the second half of a state that is cut.

    The cells of a component stay together, if there are several components and none has nearly all of the bits. Two
    components are tied by each alternative that writes both, or writes one and reads the other; what is wanted is a cut
    through few ties, with at most MOST_OF of all bits in a half. From a cut at equal bits and from some others, components
    are moved to the other half as long as that cuts fewer ties (after Kernighan and Lin, An efficient heuristic procedure
    for partitioning graphs, Bell System Technical Journal 49, 1970).
    """
    cells = system.cells
    owners = list(dict.fromkeys(cell.owner for cell in cells))
    bits = dict.fromkeys(owners, 0)
    for cell in cells:
        bits[cell.owner] += cell.domain.bits
    whole = sum(bits.values())
    if max(bits.values()) > MOST_OF * whole:
        before = [0]
        for cell in cells:
            before.append(before[-1] + cell.domain.bits)
        cut = min(range(len(cells) + 1), key=lambda at: max(before[at], whole - before[at]))
        return [cell.index >= cut for cell in cells]
    ties = _ties(system)
    found = min(
        (_moved(start, bits, ties) for start in _starts(owners, bits)),
        key=lambda second: (_cost(second, ties), _larger(second, bits)),
    )
    return [cell.owner in found for cell in cells]


def _ties(system: System) -> dict[str, dict[str, int]]:
    """How many ties each component has with each other one."""
    ties: dict[str, dict[str, int]] = {cell.owner: {} for cell in system.cells}
    for event in system.events:
        for way in event.alternatives:
            written = {system.cells[index].owner for index, _ in way.updates}
            parts = [event.guard, *([] if way.guard is None else [way.guard]), *(right for _, right in way.updates)]
            read = {system.cells[index].owner for part in parts for index in cells_of(part)}
            for one, other in combinations(sorted(written | read), 2):
                if one in written or other in written:
                    ties[one][other] = ties[one].get(other, 0) + 1
                    ties[other][one] = ties[other].get(one, 0) + 1
    return ties


def _starts(owners: list[str], bits: dict[str, int]) -> Iterator[set[str]]:
    """Second halves to begin with: at equal bits in the given order, and one of the large components against another."""
    before, whole, second = 0, sum(bits.values()), set()
    for owner in owners:
        if 2 * before + bits[owner] >= whole:
            second.add(owner)
        before += bits[owner]
    yield second
    large = sorted(owners, key=lambda owner: -bits[owner])
    for one, other in combinations(large[:4], 2):
        sides: tuple[set[str], set[str]] = ({one}, {other})
        for owner in large:
            if owner not in (one, other):
                min(sides, key=lambda side: sum(bits[o] for o in side)).add(owner)
        yield sides[1]


def _moved(second: set[str], bits: dict[str, int], ties: dict[str, dict[str, int]]) -> set[str]:
    """Components moved to the other half as long as fewer ties are cut then."""
    whole, there, moved = sum(bits.values()), sum(bits[owner] for owner in second), True
    while moved:
        moved = False
        for owner in bits:
            here = owner in second
            gain = sum(number if (other in second) != here else -number for other, number in ties[owner].items())
            after = there + (-bits[owner] if here else bits[owner])
            if gain > 0 and max(after, whole - after) <= MOST_OF * whole:
                second, there, moved = second ^ {owner}, after, True
    return second


def _larger(second: set[str], bits: dict[str, int]) -> int:
    """The bits of the larger half."""
    there = sum(bits[owner] for owner in second)
    return max(there, sum(bits.values()) - there)


def _cost(second: set[str], ties: dict[str, dict[str, int]]) -> int:
    """How many ties are cut."""
    return sum(n for one in second for other, n in ties[one].items() if other not in second)
