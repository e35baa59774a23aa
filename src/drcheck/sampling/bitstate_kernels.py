"""A breadth-first search whose set of states is a table of bits: kernels in the sense of `translate`.

For each state some bits of the table are set, whose places are hashes of the state; a state all of whose bits are set is
taken for known. So a known state is always recognised, and now and then a new one is taken for known, and *omitted*, with
what is reached only through it (Holzmann, An analysis of bitstate hashing, Formal Methods in System Design, 1998; the table
is a Bloom filter). States that wait to be expanded are kept whole, in a ring; how they were found, in a `record`.

The model's code is that of `walks`: it says of each lane what is seen there. States are expanded eight at a time; while
the bits of their successors' states come from memory, those of the others are requested.
"""

from __future__ import annotations

from drcheck.engines.native.control import NONE
from drcheck.engines.native.model.notes import SIGN
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.states.record import note_child
from drcheck.kernels.splitmix import word_of
from drcheck.kernels.translate import Bytes, Function, Words, lowest_bit, prefetch
from drcheck.sampling.walk_kernels import OUT, OUT_STEP

# Positions in `control`. Set by the caller: the seed of the hashes, how many there are, the table's bits as a mask; the
# depth beyond which nothing is entered; states that there is room for, places of the ring minus one, most successors of a
# state, bits of a way; words of watches and of ways of a lane, maxima. Counted: states found and expanded, the depth
# of those being expanded, the end of their level; bits set; states with steps beyond the depth; deadlocks, and the first.
(
    SEED, HASHES, PLACES, DEEPEST, ROOM, RING, MOST, WIDTH, GROUPS, MASKS, MAXIMA,
    COUNT, NUMBER, DEPTH, LEVEL_END, BITS, BEYOND, DEADLOCKS, DEADLOCK, ESCAPE,
) = range(20)  # numbered places  # fmt: skip
ESCAPE_STEP = 20
"""Behind the first state with a step out of a domain (ESCAPE) come this step's event, alternative and cell."""
CONTROL_WORDS = 24
PERIOD = 1024
"""After every this many expansions the number of known states is noted in `marks`."""

RECENT = 8192
"""Places of the filter that remembers the hashes of states that were looked up lately."""

# What `sift` returns.
DONE, FULL, PAUSED = range(3)

# Given at translation.
WORDS, HALF = 1, 0


def word_made(states: Words, made: Words, way: int, touched: int, word: int, lane: int) -> int:
    """A word of the successor by a way in a lane; `touched` says which halves the way writes."""
    side = 0
    if HALF:
        side = word >= HALF
    if touched >> side & 1:
        return made[LANES * (WORDS * way + word) + lane]
    return states[LANES * word + lane]


def hash_made(states: Words, made: Words, way: int, touched: int, lane: int, seed: int) -> int:
    """The hash of a successor, from which the places of its bits are made."""
    h = seed
    for word in range(WORDS):
        h = word_of(h ^ word_made(states, made, way, touched, word, lane), word)
    return h


def stride_of(h: int) -> int:
    """How far the second of a state's places is from the first, which is its hash."""
    return word_of(h, 0) | 1


def enter_bits(table: Words, h: int, hashes: int, places: int) -> int:
    """Set the bits of a state; returns how many of them were not set.

    The places are made by enhanced double hashing, which omits hardly more states than as many independent hash functions,
    and takes the time of two (Dillinger and Manolios, Bloom filters in probabilistic verification, FMCAD, 2004).
    """
    new = 0
    place = h
    stride = stride_of(h)
    i = 0
    while i < hashes:
        word = (place & places) >> 6
        bit = 1 << (place & 63)
        if (table[word] & bit) == 0:
            table[word] |= bit
            new += 1
        i += 1
        place += stride
        stride += i
    return new


def see(
    control: Words,
    satisfied: Words,
    values: Words,
    tally: Words,
    unseen: Words,
    hits: Words,
    greatest: Words,
    lane: int,
    number: int,
    steps: int,
) -> int:
    """Note what is seen in state `number`, in a lane, which has this many steps: the first state of each kind is kept.

    `hits[i]` is for watch i, `hits[64 * GROUPS + i]` for a deadlock that satisfies it; `unseen` has the bits of both.
    """
    groups = control[GROUPS]
    stuck = 0
    if steps == 0 and tally[OUT] >> lane & 1 == 0:
        stuck = 1
        if control[DEADLOCKS] == 0:
            control[DEADLOCK] = number
        control[DEADLOCKS] += 1
    group = 0
    while group < groups:
        here = satisfied[LANES * group + lane]
        new = here & unseen[group]
        unseen[group] ^= new
        while new:
            hits[64 * group + lowest_bit(new)] = number
            new &= new - 1
        if stuck:
            new = here & unseen[groups + group]
            unseen[groups + group] ^= new
            while new:
                hits[64 * (groups + group) + lowest_bit(new)] = number
                new &= new - 1
        group += 1
    i = 0
    while i < control[MAXIMA]:
        value = values[LANES * i + lane]
        if greatest[2 * i + 1] == NONE or value ^ SIGN > greatest[2 * i] ^ SIGN:
            greatest[2 * i] = value
            greatest[2 * i + 1] = number
        i += 1
    if tally[OUT] >> lane & 1 and control[ESCAPE] == NONE:
        control[ESCAPE] = number
        for i in range(3):
            control[ESCAPE_STEP + i] = tally[OUT_STEP + 3 * lane + i]
    return stuck


def sift(
    expand: Function,
    control: Words,
    table: Words,
    ring: Words,
    shape: Words,
    taken: Words,
    marks: Words,
    states: Words,
    made: Words,
    enabled: Words,
    satisfied: Words,
    values: Words,
    spare: Words,
    tally: Words,
    unseen: Words,
    hits: Words,
    greatest: Words,
    fired: Words,
    hashes: Words,
    recently: Words,
    touched: Bytes,
    rounds: int,
) -> int:
    """Expand states until all are expanded (DONE), there is no room for more (FULL), or this many times eight (PAUSED).

    Everything is updated in place; calling again continues.
    """
    masks = control[MASKS]
    places = control[PLACES]
    width = control[WIDTH]
    while rounds:
        rounds -= 1
        number = control[NUMBER]
        count = control[COUNT]
        if number == count:
            return DONE
        if number == control[LEVEL_END]:
            control[DEPTH] += 1
            control[LEVEL_END] = count
        few = min(min(LANES, control[LEVEL_END] - number), PERIOD - number % PERIOD)
        most = count + LANES * control[MOST]
        if most > control[ROOM] or most - number > control[RING] + 1:
            return FULL
        if number % PERIOD == 0:
            marks[number // PERIOD] = count
        lane = 0
        while lane < LANES:
            row = (number + min(lane, few - 1) & control[RING]) * WORDS
            for word in range(WORDS):
                states[LANES * word + lane] = ring[row + word]
            lane += 1
        tally[OUT] = 0
        expand(states, 0, few, 0, made, enabled, satisfied, values, spare, tally)

        kept = 0
        lane = 0
        while lane < few:
            steps = 0
            mask = 0
            while mask < masks:
                ways = enabled[LANES * mask + lane]
                while ways:
                    way = 64 * mask + lowest_bit(ways)
                    ways &= ways - 1
                    fired[way] += 1
                    steps += 1
                    h = hash_made(states, made, way, touched[way], lane, control[SEED])
                    hashes[kept] = h
                    kept += 1
                    if recently[h & (RECENT - 1)] != h:
                        stride = stride_of(h)
                        i = 0
                        while i < control[HASHES]:
                            prefetch(table, (h & places) >> 6)
                            i += 1
                            h += stride
                            stride += i
                mask += 1
            see(control, satisfied, values, tally, unseen, hits, greatest, lane, number + lane, steps)
            if steps != 0 and control[DEPTH] == control[DEEPEST]:
                control[BEYOND] += 1
            lane += 1

        kept = 0
        lane = 0
        if control[DEPTH] == control[DEEPEST]:
            lane = few
        while lane < few:
            mask = 0
            while mask < masks:
                ways = enabled[LANES * mask + lane]
                while ways:
                    way = 64 * mask + lowest_bit(ways)
                    ways &= ways - 1
                    h = hashes[kept]
                    new = 0
                    # All bits of a state that was looked up are set from then on.
                    if recently[h & (RECENT - 1)] != h:
                        recently[h & (RECENT - 1)] = h
                        new = enter_bits(table, h, control[HASHES], places)
                    if new:
                        control[BITS] += new
                        row = (count & control[RING]) * WORDS
                        for word in range(WORDS):
                            ring[row + word] = word_made(states, made, way, touched[way], word, lane)
                        note_child(shape, taken, number + lane, count, way, width)
                        count += 1
                    kept += 1
                mask += 1
            lane += 1
        control[COUNT] = count
        control[NUMBER] = number + few
    return PAUSED


INLINE = (word_of, stride_of, note_child, word_made)
"""What is put in place of its calls."""
CALLED = (hash_made, enter_bits, see)
"""What is called."""
