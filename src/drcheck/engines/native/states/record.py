"""How the states were found, in one to two bytes a state: kernels in the sense of `translate`.

A breadth-first search makes a tree: each state but the first hangs on the state that found it first, its parent. States are
numbered in the order in which they are found, so the tree is written down as two streams of bits (its shape in level
order as unary degrees: Jacobson, Space-efficient static trees and graphs, FOCS 1989):

- `shape`: for each expanded state in order, a 1 for each child, then a 0;
- `taken`: for each state but the first, by which way (see `codegen`) its parent found it, in `width` bits.

Every PERIOD expanded states, `marks` says how many states were known by then. That is enough to find the parent of any
state by looking at a few words, and to make any state again by walking down from the first: no states are stored, and no
search is repeated. Both streams are only ever added to, which is what makes them a log that a search can be resumed from.
"""

from __future__ import annotations

from drcheck.engines.native.model.vectors import LANES
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
