"""States as keys of an exact table: one packed word or, of wider states, a pair of numbers of parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import Field
from drcheck.engines.numpy.columns import type_for
from drcheck.engines.numpy.table import Keys, Table
from drcheck.system.system import Domain, State, System

WORD = 63
"""Bits of a word: a key has one bit less than 64, which leaves a table a mark for slots that are empty."""
HALF = 31
"""Bits of the number of a part, two of which make a key. So there are at most 2**31 parts, or states."""


def fields_of(system: System) -> tuple[Field, ...]:
    """Where each cell lies: in order, each in the current word or, where that is full, in the next one.

    Several words are about equally wide. What belongs to one component is mostly in one word, and components move
    largely on their own, so there are far fewer different words than states.
    """
    bits = [cell.domain.bits for cell in system.cells]
    room = max(-(-sum(bits) // max(1, -(-sum(bits) // WORD))), *bits)
    word = used = 0
    fields = []
    for cell, width in zip(system.cells, bits, strict=True):
        if used + width > room:
            word, used = word + 1, 0
        fields.append(Field(word, used if width else 0, width, cell.domain.low))
        used += width
    return tuple(fields)


class Leaf:
    """A word of a state; if there are several, each is numbered by its own table."""

    def __init__(self, position: int, numbered: bool) -> None:
        self.position = position
        self.table = Table(True) if numbered else None

    def keys(self, parts: Sequence[NDArray[Any]]) -> Keys:
        """The keys of states whose words are numbered by `parts`, one array a leaf (the word itself, if it is the only)."""
        part: Keys = parts[self.position]
        return part

    def parts(self, keys: Keys, found: list[Any]) -> None:
        """Put what numbers this word of states with some keys in its place in `found`."""
        found[self.position] = keys

    def tables(self) -> list[Table]:
        """The tables of this part."""
        return [] if self.table is None else [self.table]


class Pair:
    """Two parts of a state; a key is made of their numbers. If the pair is not the whole state, a table numbers it."""

    def __init__(self, left: Leaf | Pair, right: Leaf | Pair, numbered: bool) -> None:
        self.left, self.right = left, right
        self.table = Table(True) if numbered else None

    def keys(self, parts: Sequence[NDArray[Any]]) -> Keys:
        """As of a `Leaf`. Raises MemoryError."""
        left, right = _numbers(self.left, parts), _numbers(self.right, parts)
        return left << np.uint64(HALF) | right

    def parts(self, keys: Keys, found: list[Any]) -> None:
        """As of a `Leaf`."""
        for child, numbers in ((self.left, keys >> np.uint64(HALF)), (self.right, keys & np.uint64((1 << HALF) - 1))):
            if isinstance(child, Pair):
                assert child.table is not None
                child.parts(child.table.keys[numbers.view(np.int64)], found)
            else:
                child.parts(numbers, found)

    def tables(self) -> list[Table]:
        """As of a `Leaf`."""
        return [*self.left.tables(), *self.right.tables(), *([] if self.table is None else [self.table])]


def _numbers(part: Leaf | Pair, parts: Sequence[NDArray[Any]]) -> Keys:
    """The numbers of one part of states, uint64."""
    if isinstance(part, Leaf):
        return part.keys(parts)
    assert part.table is not None
    numbers, _ = part.table.intern(part.keys(parts))
    assert numbers is not None
    return numbers.astype(np.uint64)


class Packing:
    """How the states of a system become keys and keys states, and the tables of parts that this needs.

    `parts` below are arrays, one a word, in one of two forms: the words themselves (uint64), or what stands for them
    in keys (uint64): their numbers, or the word itself where a state has only one.
    """

    def __init__(self, system: System) -> None:
        self.fields = fields_of(system)
        self.words = max(field.word for field in self.fields) + 1
        self._domains: list[Domain] = [cell.domain for cell in system.cells]
        self._leaves = [Leaf(i, self.words > 1) for i in range(self.words)]
        self._root = _tree(self._leaves, False)

    def pack(self, states: Sequence[Sequence[int]]) -> Keys:
        """The keys of states: uint64."""
        words = [[0] * len(states) for _ in range(self.words)]
        for number, state in enumerate(states):
            for field, value in zip(self.fields, state, strict=True):
                words[field.word][number] |= (value - field.low) << field.shift
        return self.keys([self.numbers(i, np.array(word, np.uint64)) for i, word in enumerate(words)])

    def unpack(self, keys: Keys) -> State:
        """The state of a key (uint64, length 1)."""
        words = [int(word[0]) for word in self.words_of(self.parts(keys))]
        return tuple((words[f.word] >> f.shift & f.mask) + f.low for f in self.fields)

    def keys(self, parts: Sequence[Keys]) -> Keys:
        """The keys of states from what stands for their words. Raises MemoryError."""
        return self._root.keys(parts)

    def parts(self, keys: Keys) -> list[Keys]:
        """What stands for the words of states, from their keys."""
        found: list[Any] = [None] * self.words
        self._root.parts(keys, found)
        return found

    def numbers(self, word: int, words: Keys) -> Keys:
        """What stands for words (of all states' words the one at position `word`) in keys. Raises MemoryError."""
        table = self._leaves[word].table
        if table is None:
            return words
        numbers, _ = table.intern(words)
        assert numbers is not None
        return numbers.astype(np.uint64)

    def word(self, word: int, part: Keys) -> Keys:
        """The words, from what stands for them."""
        table = self._leaves[word].table
        return part if table is None else table.keys[part.view(np.int64)]

    def words_of(self, parts: Sequence[Keys]) -> list[Keys]:
        """All words of states, from what stands for them."""
        return [self.word(i, part) for i, part in enumerate(parts)]

    def source(self, words: Sequence[Keys]) -> Callable[[int], NDArray[Any]]:
        """The values of cells in the words of states, each in the smallest type that holds its domain."""

        def column(cell: int) -> NDArray[Any]:
            field, domain = self.fields[cell], self._domains[cell]
            type_ = type_for(domain.low, domain.high)
            raw = words[field.word] >> np.uint64(field.shift) if field.shift else words[field.word]
            # Cut to the type first: the rest is then done on small numbers. Adding `low` may wrap there
            # and back; the sum lies in the domain.
            values = raw.astype(type_)
            if field.bits < 8 * type_.itemsize:
                values &= type_.type(field.mask)
            if field.low:
                values += type_.type(field.low)
            return values

        return column

    def column(self, keys: Keys, cell: int) -> NDArray[np.int64]:
        """The values of a cell in states with some keys: int64."""
        found: list[Any] = self.parts(keys)
        word = self.fields[cell].word
        found = [self.word(word, part) if i == word else None for i, part in enumerate(found)]
        return self.source(found)(cell).astype(np.int64)

    @property
    def parts_numbered(self) -> int:
        """The greatest count of numbers of a kind of part so far."""
        return max((table.count for table in self._root.tables()), default=0)

    def release(self) -> None:
        """Keep what states are read from; nothing can be packed any more."""
        for table in self._root.tables():
            table.release()


def _tree(leaves: Sequence[Leaf], numbered: bool) -> Leaf | Pair:
    if len(leaves) == 1:
        return leaves[0]
    middle = len(leaves) // 2
    return Pair(_tree(leaves[:middle], True), _tree(leaves[middle:], True), numbered)
