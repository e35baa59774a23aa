"""How the states were found, in one to two bytes a state: kernels in the sense of `translate`.

A breadth-first search makes a tree: each state but the first hangs on the state that found it first, its parent. States are
numbered in the order in which they are found, so the tree is written down as two streams of bits (its shape in level
order as unary degrees: Jacobson, Space-efficient static trees and graphs, FOCS 1989):

- `shape`: for each expanded state in order, a 1 for each child, then a 0;
- `taken`: for each state but the first, by which way (see `codegen`) its parent found it, in `width` bits.

Where a search begins with several states, the bits that those after the first would have in front of both streams stay 0.

Every `period` expanded states, `marks` says how many states were known by then. That is enough to find the parent of any
state by looking at a few words, and to make any state again by walking down from the first: no states are stored, and no
search is repeated. Both streams are only ever added to, which is what makes them a log that a search can be resumed from.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.model.vectors import LANES
from drcheck.kernels.jit import Code
from drcheck.kernels.region import Region
from drcheck.kernels.translate import Bytes, Function, Words

# Given at translation: the words of a state, and of a half (0 where states are not cut).
WORDS, HALF = 1, 0


def note_child(shape: Words, taken: Words, parent: int, count: int, way: int, width: int) -> int:
    """Write down that state `count` was found from `parent` by a way; both streams are 0 from there on."""
    bit = parent + count - 1
    shape[bit >> 6] |= 1 << (bit & 63)
    bit = (count - 1) * width
    shift = bit & 63
    taken[bit >> 6] |= way << shift
    if shift + width > 64:
        taken[(bit >> 6) + 1] = way >> (64 - shift)
    return count


def way_to(taken: Words, number: int, width: int) -> int:
    """By which way state `number`, which is not the first, was found."""
    bit = (number - 1) * width
    shift = bit & 63
    word = taken[bit >> 6] >> shift
    if shift + width > 64:
        word |= taken[(bit >> 6) + 1] << (64 - shift)
    return word & ((1 << width) - 1)


def parent_of(shape: Words, number: int, low: int, known: int) -> int:
    """The parent of state `number`; when state `low` was expanded, `known` states were known, `number` not among them."""
    parent = low
    count = known
    while True:
        bit = parent + count - 1
        if shape[bit >> 6] >> (bit & 63) & 1:
            if count == number:
                return parent
            count += 1
        else:
            parent += 1


def regrow(
    expand: Function,
    rows: Words,
    shape: Words,
    taken: Words,
    width: int,
    low: int,
    high: int,
    count: int,
    touched: Bytes,
    states: Words,
    made: Words,
    enabled: Words,
    hits: Words,
    bests: Words,
    attained: Words,
    tally: Words,
    fired: Words,
    table: Words,
    ahead: Words,
    rest: int,
) -> int:
    """Make the children of states `low` to `high` - 1 again, from `count` states that are known; returns how many are then.

    `rows` has the states, WORDS words each, and receives the children. What `expand` notes is of no use here.
    """
    parent = low
    while parent < high:
        few = min(min(LANES, high - parent), count - parent)
        for lane in range(LANES):
            for word in range(WORDS):
                states[LANES * word + lane] = rows[(parent + min(lane, few - 1)) * WORDS + word]
        expand(states, 0, few, parent, made, enabled, hits, bests, attained, tally, fired, table, ahead, rest)
        for lane in range(few):
            bit = parent + lane + count - 1
            while shape[bit >> 6] >> (bit & 63) & 1:
                way = way_to(taken, count, width)
                for word in range(WORDS):
                    made_word = made[LANES * (WORDS * way + word) + lane]
                    side = 0
                    if HALF:
                        side = word >= HALF
                    if (touched[way] >> side & 1) == 0:
                        made_word = states[LANES * word + lane]
                    rows[count * WORDS + word] = made_word
                count += 1
                bit += 1
        parent += few
    return count


def look_on(look: Function, states: Words, first: int, count: int, hits: Words, bests: Words, attained: Words) -> int:
    """Look at `count` states, numbered from `first` on: LANES at a time, word by word as `look` takes them."""
    done = 0
    while done < count:
        few = min(LANES, count - done)
        look(states, done * WORDS, few, first + done, hits, bests, attained)
        done += few
    return done


class Tree(NamedTuple):
    """How states were found: of each but the initial ones, its parent and the way; and how many states were known before each one
    was expanded, and after the last.
    """

    parents: NDArray[np.int64]
    ways: NDArray[np.int64]
    before: NDArray[np.int64]


class Record:
    """The record of one search: its streams, in memory that grows, or in files."""

    def __init__(self, ways: int, period: int, first: int, folder: Path | None = None, roots: int = 1) -> None:
        """For a system of this many ways; `first`: states that it has room for as soon as it has room for any; `roots`: how many
        states the search begins with.
        """
        self.roots = roots
        self.way_bits, self.period, self.first = (ways - 1).bit_length(), period, first
        self.room = 0
        """How many states there is room for."""
        self.shape, self.taken, self.marks = (Region(8, folder) for _ in range(3))

    def make_room(self, states: int) -> None:
        """Make it large enough for this many states. Raises MemoryError, OSError."""
        if states > self.room:
            self.room = max(2 * states, self.first)
            self.shape.grow(2 * self.room // 8 + 16)
            self.taken.grow(self.way_bits * self.room // 8 + 16)
            self.marks.grow(8 * (self.room // self.period + 2))

    @property
    def streams(self) -> tuple[Region, Region]:
        """Both streams."""
        return self.shape, self.taken

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Of both streams and of the marks."""
        return self.shape.address, self.taken.address, self.marks.address

    def known(self, expanded: int) -> NDArray[np.uint64]:
        """How many states were known before state 0, `period`, 2 * `period`, ... was expanded, of this many that were."""
        return self.marks.array(np.uint64, -(-expanded // self.period))

    def tree(self, expanded: int, known: int) -> Tree:
        """The record of this many states, read bit by bit."""
        bits = np.unpackbits(self.shape.array(np.uint8, (expanded + known - 1 + 7) // 8), bitorder="little")
        bits = bits[self.roots - 1 : expanded + known - 1]
        ends, children = np.flatnonzero(bits == 0), np.flatnonzero(bits)
        before = np.append(self.roots, self.roots + ends - np.arange(len(ends)))
        width = self.way_bits
        taken = np.unpackbits(self.taken.array(np.uint8, ((known - 1) * width + 7) // 8), bitorder="little")
        ways = taken[: (known - 1) * width].reshape(known - 1, width) @ (1 << np.arange(width))
        return Tree(children - np.arange(len(children)), ways[self.roots - 1 :], before)

    def assert_consistent(self, expanded: int, known: int, ways: int, more: bool = False) -> None:
        """Assert what is true of the record of this many expanded and known states, of a system of this many ways.

        - `shape` has for each expanded state in order a 1 for each child, then a 0: as many ones as states but the initial ones,
          and `expanded` zeros. What is in front of that, in both streams, is 0.
        - A state was known before it was expanded.
        - `taken` names a way for each state but the initial ones.
        - `marks` says how many states were known before state 0, `period`, 2 * `period`, ... was expanded.
        - There is room for all, and both streams are 0 behind it; with `more`, a log that is being read covers more.
        """
        assert max(expanded, known) <= self.room, "there is no room for so many states"
        tree = self.tree(expanded, known)
        children = known - self.roots
        assert (len(tree.parents), len(tree.before)) == (children, expanded + 1), "other children than states"
        for stream, bits in zip(self.streams, (self.roots - 1, (self.roots - 1) * self.way_bits), strict=True):
            front = np.unpackbits(stream.array(np.uint8, (bits + 7) // 8), bitorder="little")[:bits]
            assert not front.any(), "something is in front of the record"
        assert expanded == 0 or tree.before[-1] == known, "a state has a parent that was not expanded"
        assert (tree.before[:-1] > np.arange(expanded)).all(), "a state was expanded before it was found"
        assert (tree.ways < ways).all(), "a state was found by a way that there is not"
        assert (self.known(expanded) == tree.before[:-1][:: self.period]).all(), "a mark is wrong"
        if not more:
            for stream, bit in zip(self.streams, (expanded + known - 1, (known - 1) * self.way_bits), strict=True):
                behind = stream.array(np.uint64, stream.size // 8)[bit >> 6 :]
                assert int(behind[0]) >> (bit & 63) == 0, "something is behind the record"
                assert not behind[1:].any(), "something is behind the record"

    def way(self, number: int) -> int:
        """By which way state `number`, which is no initial one, was found."""
        bit = (number - 1) * self.way_bits
        words = self.taken.array(np.uint64, (bit >> 6) + 2)
        both = int(words[bit >> 6]) | int(words[(bit >> 6) + 1]) << 64
        return both >> (bit & 63) & (1 << self.way_bits) - 1

    def parent(self, number: int, expanded: int, code: Code) -> int:
        """The parent of state `number`, of a search that expanded this many. `code`: `parent_of` as machine code."""
        if number < self.roots:
            return number
        known = self.known(expanded)
        mark = int(np.searchsorted(known, number, side="right")) - 1
        return code["parent_of"](self.shape.address, number, mark * self.period, int(known[mark]))
