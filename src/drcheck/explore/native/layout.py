"""How a state is packed into 64-bit words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drcheck.system import Cell, State, System

WORD = 64
UNCUT = 1
"""States of more words than this are cut into two halves, which take equally many words."""


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


def layout_of(system: System) -> Layout:
    """Pack the cells in order, each into the first word that has room for it; wide states in two halves.

    They are cut between two components, where both halves have about equally many bits: components move more or less on
    their own, so each half takes few different values, and fewest where neither has nearly everything.
    """
    whole, words = _packed(system.cells)
    if words <= UNCUT:
        return Layout(tuple(whole), words)
    cut = _cut(system)
    left, used = _packed(system.cells[:cut])
    right, others = _packed(system.cells[cut:])
    half = max(used, others)
    moved = [Field(field.word + half, field.shift, field.bits, field.low) for field in right]
    return Layout((*left, *moved), 2 * half)


def _packed(cells: Sequence[Cell]) -> tuple[list[Field], int]:
    """Where cells lie in words of their own, and how many words that takes (one at the least)."""
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


def _cut(system: System) -> int:
    """The cell with which the second half begins: of another component than the one before, if there are several."""
    cells = system.cells
    before = [0]
    for cell in cells:
        before.append(before[-1] + cell.domain.bits)
    between = [i for i in range(1, len(cells)) if cells[i].owner != cells[i - 1].owner]

    def larger(cut: int) -> int:
        return max(before[cut], before[-1] - before[cut])

    best = min(between, key=larger, default=0)
    if not between or larger(best) > before[-1] * 3 // 4:
        best = min(range(len(cells) + 1), key=larger)
    return best
