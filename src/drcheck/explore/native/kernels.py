"""The breadth-first search, independent of any model: kernels in the sense of `translate`.

A state is a row of WORDS words; rows lie in the order in which states were found, so a state's number is its position.
The table finds a row: it has lines of LINE slots of 32 bits, and a line is as long as a line of the processor's cache.
A slot holds a row's number plus one in its low `width` bits, as many as the table needs, and a part of the row's hash,
the tag, in the bits that are left; or 0 where it is free. The high bits of the hash choose the line; where it is full,
the next ones are taken in turn. A line is compared with a tag in a few instructions, and rows are always compared in
full, so the answer is exact whatever the hash does.

States are expanded in blocks. For a block, all successors are computed and hashed and the memory that they will need is
asked for; then each is looked up, in order, and appended where it is new. What waits for memory is so overlapped, and
the order of the states is that of the plain search. No predecessors are stored: the number of known states is noted
every PERIOD expansions, which tells within PERIOD states where a given state was found.
"""

from __future__ import annotations

from drcheck.explore.native.translate import Function, HalfWords, Words, lowest_bit, prefetch

BLOCK = 64
"""How many states are expanded together at most."""
AHEAD = 32
"""How many rows ahead memory is asked for while a table is filled."""
LINE = 16
"""Slots in a line of the table."""
PERIOD = 1024
"""Limits are looked at, and the number of known states is noted, every PERIOD expansions; a multiple of BLOCK."""
SEED, MIX, LAST = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD

# Positions in `control`, the words through which the search and its caller talk.
NUMBER, COUNT, LEVEL_END, DEPTH, TRANSITIONS, DEADLOCKS, DEADLOCK = range(7)
WIDTH, ROW_ROOM, TABLE_ROOM, EDGE_ROOM, LIMIT, MOST = range(7, 13)
CONTROL_WORDS = 16

# What `search` returns.
DONE, PAUSED, STOPPED, FULL = range(4)

FREE = 1 << 16
"""The lowest of the bits of `scan` that tell of free slots."""

# Given at translation: the words of a row, and whether the graph is kept.
WORDS, GRAPH = 1, 0


def hash_of(rows: Words, at: int) -> int:
    """A hash of the row that starts at word `at`."""
    h = SEED
    for word in range(WORDS):
        h = (h ^ rows[at + word]) * MIX
        h = h ^ (h >> 32)
    h = h * LAST
    return h ^ (h >> 29)


def line_of(h: int, width: int) -> int:
    """The line where a hash is looked for first, in a table of 2**width slots."""
    return h >> (68 - width)


def tag_of(h: int, width: int) -> int:
    """The part of a hash that a slot holds, in the place where it holds it."""
    return ((h & 0xFFFFFFFF) >> width) << width


def scan(table: HalfWords, line: int, tag: int, width: int) -> int:
    """The slots of a line: bit i is set where slot i is taken and has the tag, bit LINE + i where it is free.

    The machine code of this function is SCAN.
    """
    found = 0
    for i in range(LINE):
        slot = table[line * LINE + i]
        if slot == 0:
            found |= 1 << (LINE + i)
        elif (slot >> width) << width == tag:
            found |= 1 << i
    return found


SCAN = """\
define internal i64 @scan(ptr noalias %table, i64 %line, i64 %tag, i64 %width) alwaysinline {
  %p = getelementptr [16 x i32], ptr %table, i64 %line
  %slots = load <16 x i32>, ptr %p, align 64
  %tag32 = trunc i64 %tag to i32
  %tag0 = insertelement <16 x i32> poison, i32 %tag32, i64 0
  %tags = shufflevector <16 x i32> %tag0, <16 x i32> poison, <16 x i32> zeroinitializer
  %width32 = trunc i64 %width to i32
  %width0 = insertelement <16 x i32> poison, i32 %width32, i64 0
  %widths = shufflevector <16 x i32> %width0, <16 x i32> poison, <16 x i32> zeroinitializer
  %differ = xor <16 x i32> %slots, %tags
  %above = lshr <16 x i32> %differ, %widths
  %same = icmp eq <16 x i32> %above, zeroinitializer
  %free = icmp eq <16 x i32> %slots, zeroinitializer
  %same16 = bitcast <16 x i1> %same to i16
  %free16 = bitcast <16 x i1> %free to i16
  %taken16 = xor i16 %free16, -1
  %match16 = and i16 %same16, %taken16
  %match = zext i16 %match16 to i64
  %free64 = zext i16 %free16 to i64
  %high = shl i64 %free64, 16
  %both = or i64 %match, %high
  ret i64 %both
}
"""
"""`scan` on vectors of the whole line."""


def differ(rows: Words, at: int, out: Words, other: int) -> int:
    """Zero where the row that starts at word `at` of `rows` equals the one at word `other` of `out`."""
    difference = 0
    for word in range(WORDS):
        difference |= rows[at + word] ^ out[other + word]
    return difference


def search(
    successors: Function,
    look: Function,
    control: Words,
    rows: Words,
    table: HalfWords,
    marks: HalfWords,
    out: Words,
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
    (FULL). Everything is updated in place; calling again goes on. `successors` and `look` are made for the model and
    the query by `codegen`.
    """
    number = control[NUMBER]
    count = control[COUNT]
    level_end = control[LEVEL_END]
    depth = control[DEPTH]
    transitions = control[TRANSITIONS]
    width = control[WIDTH]
    number_bits = (1 << width) - 1
    last_line = (1 << width) // LINE - 1
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

        old = count
        for j in range(found):
            guess = guesses[j]
            if guess != 0 and differ(rows, (guess - 1) * WORDS, out, j * WORDS) == 0:
                known = guess - 1
            else:
                h = hashes[j]
                line = line_of(h, width)
                tag = tag_of(h, width)
                known = count
                while known == count:
                    slots = scan(table, line, tag, width)
                    matches = slots & (FREE - 1)
                    while matches:
                        candidate = (table[line * LINE + lowest_bit(matches)] & number_bits) - 1
                        if differ(rows, candidate * WORDS, out, j * WORDS) == 0:
                            known = candidate
                            break
                        matches &= matches - 1
                    if known != count:
                        break
                    if slots >= FREE:
                        table[line * LINE + lowest_bit(slots >> LINE)] = tag | (count + 1)
                        for word in range(WORDS):
                            rows[count * WORDS + word] = out[j * WORDS + word]
                        count += 1
                        break
                    line = (line + 1) & last_line
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


def begin(look: Function, rows: Words, hits: Words, bests: Words, attained: Words) -> int:
    """Look at the initial state, which no step finds first."""
    return look(rows, 0, hits, bests, attained)


def fill(rows: Words, count: int, table: HalfWords, width: int) -> int:
    """Enter rows 0 to `count` - 1, all different, into an empty table of 2**width slots; returns `count`."""
    last_line = (1 << width) // LINE - 1
    for number in range(count):
        ahead = min(number + AHEAD, count - 1)
        prefetch(table, line_of(hash_of(rows, ahead * WORDS), width) * LINE)
        h = hash_of(rows, number * WORDS)
        line = line_of(h, width)
        slots = scan(table, line, 0, width)
        while slots < FREE:
            line = (line + 1) & last_line
            slots = scan(table, line, 0, width)
        table[line * LINE + lowest_bit(slots >> LINE)] = tag_of(h, width) | (number + 1)
    return count


def predecessor(
    successors: Function,
    rows: Words,
    wanted: int,
    low: int,
    high: int,
    out: Words,
    labels: HalfWords,
    fired: Words,
    escape: Words,
) -> int:
    """The first of the states `low` to `high` - 1 that has state `wanted` as a successor; `high` where none has."""
    for number in range(low, high):
        found = successors(rows, number, out, 0, labels, fired, escape)
        for j in range(found):
            if differ(rows, wanted * WORDS, out, j * WORDS) == 0:
                return number
    return high
