"""The breadth-first search, independent of any model: kernels in the sense of `translate`.

States are numbered rows (see `rows`) in the order in which they are found. A state of one or two words is its own row.
A wider state is cut into two halves, the halves are numbered rows themselves, and the state's row is one word: the
numbers of its halves. Components of a system move more or less on their own, so there are far fewer different halves
than states, and they stay in the processor's caches. Where that is not so it costs memory, and the answer is the same.

States are expanded in blocks. For a block, all successors are computed and hashed and the memory that they will need is
asked for; then each is looked up, in order, and appended where it is new. What waits for memory is so overlapped, and
the order of the states is that of the plain search. No predecessors are stored: the number of known states is noted
every PERIOD expansions, which tells within PERIOD states where a given state was found.
"""

from __future__ import annotations

from drcheck.explore.native.rows import FREE, LINE, differ, enter, hash_of, line_of, scan, tag_of
from drcheck.explore.native.translate import Function, HalfWords, Words, lowest_bit, prefetch

BLOCK = 64
"""How many states are expanded together at most."""
PERIOD = 1024
"""Limits are looked at, and the number of known states is noted, every PERIOD expansions; a multiple of BLOCK."""
LOW = 0xFFFFFFFF

# Positions in `control`, the words through which the search and its caller talk.
NUMBER, COUNT, LEVEL_END, DEPTH, TRANSITIONS, DEADLOCKS, DEADLOCK, LIMIT, MOST = range(9)
WIDTH, ROOM, EDGE_ROOM, HALVES, HALF_WIDTH, HALF_ROOM = range(9, 15)
CONTROL_WORDS = 16

# What `search` returns.
DONE, PAUSED, STOPPED, FULL = range(4)

# Given at translation: the words of a state's row; the words of a half, 0 where states are not cut; whether the graph is
# kept.
WORDS, HALF, GRAPH = 1, 0, 0

# The same kernels for halves: at translation they are copies with HALF words.
differ_half, enter_half, hash_of_half = differ, enter, hash_of


def unfold(root: int, halves: Words, state: Words, at: int) -> int:
    """Put the two halves of a state together, at word `at` of `state`."""
    for word in range(HALF):
        state[at + word] = halves[(root >> 32) * HALF + word]
        state[at + HALF + word] = halves[(root & LOW) * HALF + word]
    return root


def fold(control: Words, halves: Words, half_table: HalfWords, root: int, state: Words, wide: Words, at: int) -> int:
    """The row of the state at word `at` of `wide`, found from `state`, whose row is `root`; new halves are entered."""
    result = 0
    for side in range(2):
        half = (root >> (32 - 32 * side)) & LOW
        if differ_half(state, side * HALF, wide, at + side * HALF) != 0:
            h = hash_of_half(wide, at + side * HALF)
            half = enter_half(halves, control[HALVES], half_table, control[HALF_WIDTH], wide, at + side * HALF, h)
            if half == control[HALVES]:
                control[HALVES] += 1
        result = result << 32 | half
    return result


def begin(
    look: Function,
    control: Words,
    rows: Words,
    halves: Words,
    half_table: HalfWords,
    out: Words,
    wide: Words,
    hits: Words,
    bests: Words,
    attained: Words,
) -> int:
    """Enter the initial state, given in `wide` where states are cut and in `out` where not, and look at it.

    The table of states is filled afterwards.
    """
    if HALF:
        for side in range(2):
            h = hash_of_half(wide, side * HALF)
            half = enter_half(halves, control[HALVES], half_table, control[HALF_WIDTH], wide, side * HALF, h)
            if half == control[HALVES]:
                control[HALVES] += 1
            rows[0] = rows[0] << 32 | half
        look(wide, 0, 0, hits, bests, attained)
    else:
        for word in range(WORDS):
            rows[word] = out[word]
        look(out, 0, 0, hits, bests, attained)
    control[COUNT] = 1
    control[LEVEL_END] = 1
    return 0


def search(
    successors: Function,
    look: Function,
    control: Words,
    rows: Words,
    table: HalfWords,
    halves: Words,
    half_table: HalfWords,
    marks: HalfWords,
    out: Words,
    wide: Words,
    state: Words,
    hashes: Words,
    guesses: HalfWords,
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

    `successors` and `look` are made for the model and the query by `codegen`. `out` receives rows of successors; where
    states are cut, `wide` receives the successors whole and `state` is the state that is expanded.
    """
    number = control[NUMBER]
    count = control[COUNT]
    level_end = control[LEVEL_END]
    depth = control[DEPTH]
    transitions = control[TRANSITIONS]
    width = control[WIDTH]
    number_bits = (1 << width) - 1
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
        most = size * control[MOST]
        if (
            count + most > control[ROOM]
            or GRAPH * (transitions + most) > control[EDGE_ROOM]
            or control[HALVES] + 2 * most > control[HALF_ROOM]
        ):
            result = FULL
            break

        found = 0
        for i in range(size):
            before = found
            if HALF:
                root = unfold(rows[number + i], halves, state, 0)
                found = successors(state, 0, number + i, wide, found, labels, fired, escape)
                for j in range(before, found):
                    out[j] = fold(control, halves, half_table, root, state, wide, 2 * HALF * j)
            else:
                found = successors(rows, number + i, number + i, out, found, labels, fired, escape)
            ends[i] = found
            if found == before and escape[0] != number + i:
                control[DEADLOCKS] += 1
                if control[DEADLOCKS] == 1:
                    control[DEADLOCK] = number + i
            for j in range(before, found):
                h = hash_of(out, j * WORDS)
                hashes[j] = h
                prefetch(table, line_of(h, width) * LINE)
        # A row with the tag is most often the row looked for: its memory is asked for, and it is compared first.
        for j in range(found):
            h = hashes[j]
            matches = scan(table, line_of(h, width), tag_of(h, width), width) & (FREE - 1)
            guess = 0
            if matches:
                guess = table[line_of(h, width) * LINE + lowest_bit(matches)] & number_bits
                prefetch(rows, (guess - 1) * WORDS)
            guesses[j] = guess

        for j in range(found):
            guess = guesses[j]
            if guess != 0 and differ(rows, (guess - 1) * WORDS, out, j * WORDS) == 0:
                known = guess - 1
            else:
                known = enter(rows, count, table, width, out, j * WORDS, hashes[j])
                if known == count:
                    if HALF:
                        look(wide, j, count, hits, bests, attained)
                    else:
                        look(out, j, count, hits, bests, attained)
                    count += 1
            if GRAPH:
                targets[transitions + j] = known
                edge_labels[transitions + j] = labels[j]
        if GRAPH:
            for i in range(size):
                offsets[number + i + 1] = transitions + ends[i]
        transitions += found
        number += size
    control[NUMBER] = number
    control[COUNT] = count
    control[LEVEL_END] = level_end
    control[DEPTH] = depth
    control[TRANSITIONS] = transitions
    return result


def predecessor(
    successors: Function,
    rows: Words,
    halves: Words,
    wanted: int,
    low: int,
    high: int,
    out: Words,
    state: Words,
    labels: HalfWords,
    fired: Words,
    escape: Words,
) -> int:
    """The first of the states `low` to `high` - 1 that has state `wanted` as a successor; `high` where none has.

    Where states are cut, `state` has room for two whole states.
    """
    if HALF:
        unfold(rows[wanted], halves, state, 2 * HALF)
    for number in range(low, high):
        if HALF:
            unfold(rows[number], halves, state, 0)
            found = successors(state, 0, number, out, 0, labels, fired, escape)
        else:
            found = successors(rows, number, number, out, 0, labels, fired, escape)
        for j in range(found):
            if HALF:
                left = differ_half(state, 2 * HALF, out, 2 * HALF * j)
                difference = left | differ_half(state, 3 * HALF, out, 2 * HALF * j + HALF)
            else:
                difference = differ(rows, wanted * WORDS, out, j * WORDS)
            if difference == 0:
                return number
    return high
