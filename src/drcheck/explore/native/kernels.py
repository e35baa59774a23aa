"""The breadth-first search, independent of any model: kernels in the sense of `translate`.

A state is a row of WORDS words; rows lie in the order in which states were found, so a state's number is its position.
The table finds a row: a slot of 64 bits holds 32 bits of the row's hash above its number plus one, or 0 where it is
free; the slot comes from the high bits of the hash, then the next ones in turn. Rows are always compared in full, so
the answer is exact whatever the hash does.

States are expanded in blocks. For a block, all successors are computed and hashed and the memory that they will need is
asked for; then each is looked up, in order, and appended where it is new. What waits for memory is so overlapped, and
the order of the states is that of the plain search. No predecessors are stored: the number of known states is noted
every PERIOD expansions, which tells within PERIOD states where a given state was found.
"""

from __future__ import annotations

from drcheck.explore.native.translate import HalfWords, Words, prefetch

BLOCK = 64
"""How many states are expanded together at most."""
PERIOD = 1024
"""Limits are looked at, and the number of known states is noted, every PERIOD expansions; a multiple of BLOCK."""
LOW_HALF = 0xFFFFFFFF
SEED, MIX, LAST = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD

# Positions in `control`, the words through which the search and its caller talk.
NUMBER, COUNT, LEVEL_END, DEPTH, TRANSITIONS, DEADLOCKS, DEADLOCK = range(7)
SHIFT, ROW_ROOM, TABLE_ROOM, EDGE_ROOM, LIMIT = range(7, 12)
CONTROL_WORDS = 16

# What `search` returns.
DONE, PAUSED, STOPPED, FULL = range(4)

# Given by the model at translation.
WORDS, MOST, GRAPH = 1, 1, 0


def hash_of(rows: Words, at: int) -> int:
    """A hash of the row that starts at word `at`."""
    h = SEED
    for word in range(WORDS):
        h = (h ^ rows[at + word]) * MIX
        h = h ^ (h >> 32)
    h = h * LAST
    return h ^ (h >> 29)


def successors(rows: Words, number: int, out: Words, count: int, labels: HalfWords, fired: Words, escape: Words) -> int:
    """Generated for each model: appends the successors of a state to `out`; returns how many there are then."""
    raise NotImplementedError


def look(rows: Words, number: int, hits: Words, bests: Words, attained: Words) -> int:
    """Generated for each query: evaluates watches and maxima in a state."""
    raise NotImplementedError


def search(
    control: Words,
    rows: Words,
    table: Words,
    marks: HalfWords,
    out: Words,
    hashes: Words,
    ends: Words,
    labels: HalfWords,
    fired: Words,
    escape: Words,
    hits: Words,
    bests: Words,
    attained: Words,
    offsets: Words,
    targets: HalfWords,
    edge_labels: HalfWords,
    pause: int,
) -> int:
    """Expand states until all are expanded (DONE), `pause` is reached (PAUSED), a limit is (STOPPED) or room is short
    (FULL). Everything is updated in place; calling again goes on.
    """
    number = control[NUMBER]
    count = control[COUNT]
    level_end = control[LEVEL_END]
    depth = control[DEPTH]
    transitions = control[TRANSITIONS]
    shift = control[SHIFT]
    last_slot = (1 << (64 - shift)) - 1
    result = DONE
    while number < count:
        if number == level_end:
            depth += 1
            level_end = count
        if number % PERIOD == 0:
            marks[number // PERIOD] = count
            if count > control[LIMIT]:
                result = STOPPED
                break
        if number >= pause:
            result = PAUSED
            break
        size = min(min(BLOCK, level_end - number), PERIOD - number % PERIOD)
        most = size * MOST
        if (
            count + most > control[ROW_ROOM]
            or count + most > control[TABLE_ROOM]
            or GRAPH * (transitions + most) > control[EDGE_ROOM]
        ):
            result = FULL
            break

        found = 0
        for i in range(size):
            before = found
            found = successors(rows, number + i, out, found, labels, fired, escape)
            ends[i] = found
            if found == before and escape[0] != number + i:
                control[DEADLOCKS] += 1
                if control[DEADLOCKS] == 1:
                    control[DEADLOCK] = number + i
            for j in range(before, found):
                h = hash_of(out, j * WORDS)
                hashes[j] = h
                prefetch(table, h >> shift)
        for j in range(found):
            entry = table[hashes[j] >> shift]
            if entry >> 32 == hashes[j] & LOW_HALF and entry != 0:
                prefetch(rows, ((entry & LOW_HALF) - 1) * WORDS)

        old = count
        for j in range(found):
            h = hashes[j]
            slot = h >> shift
            tag = h & LOW_HALF
            known = count
            while True:
                entry = table[slot]
                if entry == 0:
                    table[slot] = tag << 32 | (count + 1)
                    for word in range(WORDS):
                        rows[count * WORDS + word] = out[j * WORDS + word]
                    count += 1
                    break
                if entry >> 32 == tag:
                    at = ((entry & LOW_HALF) - 1) * WORDS
                    difference = 0
                    for word in range(WORDS):
                        difference |= rows[at + word] ^ out[j * WORDS + word]
                    if difference == 0:
                        known = (entry & LOW_HALF) - 1
                        break
                slot = (slot + 1) & last_slot
            if GRAPH:
                targets[transitions + j] = known
                edge_labels[transitions + j] = labels[j]
        if GRAPH:
            for i in range(size):
                offsets[number + i + 1] = transitions + ends[i]
        for new in range(old, count):
            look(rows, new, hits, bests, attained)
        transitions += found
        number += size
    control[NUMBER] = number
    control[COUNT] = count
    control[LEVEL_END] = level_end
    control[DEPTH] = depth
    control[TRANSITIONS] = transitions
    return result


def begin(rows: Words, hits: Words, bests: Words, attained: Words) -> int:
    """Look at the initial state, which no step finds first."""
    return look(rows, 0, hits, bests, attained)


def fill(rows: Words, count: int, table: Words, shift: int) -> int:
    """Enter rows 0 to `count` - 1, all different, into an empty table; returns `count`."""
    last_slot = (1 << (64 - shift)) - 1
    for number in range(count):
        ahead = min(number + 32, count - 1)
        prefetch(table, hash_of(rows, ahead * WORDS) >> shift)
        h = hash_of(rows, number * WORDS)
        slot = h >> shift
        while table[slot] != 0:
            slot = (slot + 1) & last_slot
        table[slot] = (h & LOW_HALF) << 32 | (number + 1)
    return count


def predecessor(
    rows: Words, wanted: int, low: int, high: int, out: Words, labels: HalfWords, fired: Words, escape: Words
) -> int:
    """The first of the states `low` to `high` - 1 that has state `wanted` as a successor; `high` where none has."""
    for number in range(low, high):
        found = successors(rows, number, out, 0, labels, fired, escape)
        for j in range(found):
            difference = 0
            for word in range(WORDS):
                difference |= rows[wanted * WORDS + word] ^ out[j * WORDS + word]
            if difference == 0:
                return number
    return high
