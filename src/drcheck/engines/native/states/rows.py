"""Numbered rows and the table that finds them: kernels in the sense of `translate`.

Rows of WORDS words lie one behind the other; a row's number is its position. The table has lines of ROW_LINE slots of 32
bits, and a line is as long as a line of the processor's cache. A slot holds a row's number plus one in its low `width`
bits, as many as the table needs, and a part of the row's hash, the tag, in the bits that are left; or 0 if it is
free. The high bits of the hash choose the line; where it is full, the next ones are taken in turn. A line is compared
with a tag in a few instructions, and rows are always compared in full, so the answer is exact whatever the hash does.
"""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.engines.native.control import HALF_LOCK, HALF_WIDTH, HALVES
from drcheck.kernels.translate import HalfWords, Words, fence, lowest_bit, pause, prefetch, share, shared, take

AHEAD = 32
"""How many rows ahead memory is requested while a table is filled."""
ROW_LINE = 16
"""Slots in a line of the table."""
FREE = 1 << ROW_LINE
"""The lowest of the bits of `scan_tags` for free slots."""
NOWHERE = (1 << 64) - 1
SEED, MIX, LAST = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD

# Given at translation: the words of a row, and their distance in the row that is searched for.
WORDS, STRIDE = 1, 1


def hash_of(out: Words, at: int) -> int:
    """A hash of the row whose words are at `at`, `at + STRIDE`, ... of `out`."""
    h = SEED
    for word in range(WORDS):
        h = (h ^ out[at + STRIDE * word]) * MIX
        h = h ^ (h >> 32)
    h = h * LAST
    return h ^ (h >> 29)


def hash_of_row(row: Sequence[int]) -> int:
    """`hash_of` of a single row: not a kernel, and for rows of any number of words."""
    h, words = SEED, (1 << 64) - 1
    for word in row:
        h = (h ^ word) * MIX & words
        h = h ^ h >> 32
    h = h * LAST & words
    return h ^ h >> 29


def line_of(h: int, width: int) -> int:
    """The line where a hash is looked for first, in a table of 2**width slots."""
    return h >> (68 - width)


def tag_of(h: int, width: int) -> int:
    """The part of a hash that a slot holds, in the place where it holds it."""
    return ((h & 0xFFFFFFFF) >> width) << width


def scan_tags(table: HalfWords, line: int, tag: int, width: int) -> int:
    """The slots of a line: bit i is set where slot i is taken and has the tag, bit ROW_LINE + i where it is free.

    The machine code of this function is SCAN_TAGS.
    """
    found = 0
    for i in range(ROW_LINE):
        slot = table[line * ROW_LINE + i]
        if slot == 0:
            found |= 1 << (ROW_LINE + i)
        elif (slot >> width) << width == tag:
            found |= 1 << i
    return found


SCAN_TAGS = """\
define internal i64 @scan_tags(ptr %table, i64 %line, i64 %tag, i64 %width) alwaysinline {
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
"""`scan_tags` on vectors of the whole line."""


def differ(rows: Words, at: int, out: Words, other: int) -> int:
    """Zero where the row that starts at word `at` of `rows` equals the one at `other` of `out`, as `hash_of` takes it."""
    difference = 0
    for word in range(WORDS):
        difference |= rows[at + word] ^ out[other + STRIDE * word]
    return difference


def find(rows: Words, table: HalfWords, width: int, out: Words, at: int, h: int) -> int:
    """The number of the row that equals the one at `at` of `out`, whose hash is `h`.

    Where there is none: NOWHERE - the slot where it would be entered.
    """
    number_bits = (1 << width) - 1
    line = line_of(h, width)
    tag = tag_of(h, width)
    while True:
        slots = scan_tags(table, line, tag, width)
        matches = slots & (FREE - 1)
        while matches:
            known = (table[line * ROW_LINE + lowest_bit(matches)] & number_bits) - 1
            if differ(rows, known * WORDS, out, at) == 0:
                return known
            matches &= matches - 1
        if slots >= FREE:
            return NOWHERE - (line * ROW_LINE + lowest_bit(slots >> ROW_LINE))
        line = (line + 1) & ((1 << width) // ROW_LINE - 1)


def intern(control: Words, rows: Words, table: HalfWords, out: Words, at: int, h: int) -> int:
    """The number of the row that equals the one at `at` of `out`, whose hash is `h`; it is entered if it is new.

    Any number of threads may be in this function. The caller sees to it that there is room.
    """
    width = control[HALF_WIDTH]
    count = shared(control, HALVES)
    number = find(rows, table, width, out, at, h)
    if number >> 63 == 0:
        return number
    while take(control, HALF_LOCK):
        while shared(control, HALF_LOCK):
            pause()
    if shared(control, HALVES) != count:
        # Others were entered since: the slot may be taken, even by this row.
        count = shared(control, HALVES)
        number = find(rows, table, width, out, at, h)
    if number >> 63:
        slot = NOWHERE - number
        number = count
        for word in range(WORDS):
            rows[number * WORDS + word] = out[at + STRIDE * word]
        fence()
        table[slot] = tag_of(h, width) | (number + 1)
        share(control, HALVES, number + 1)
    share(control, HALF_LOCK, 0)
    return number


def fill(rows: Words, count: int, table: HalfWords, width: int) -> int:
    """Enter rows 0 to `count` - 1, all different, into an empty table of 2**width slots; returns `count`."""
    last_line = (1 << width) // ROW_LINE - 1
    for number in range(count):
        ahead = min(number + AHEAD, count - 1)
        prefetch(table, line_of(hash_of(rows, ahead * WORDS), width) * ROW_LINE)
        h = hash_of(rows, number * WORDS)
        line = line_of(h, width)
        slots = scan_tags(table, line, 0, width)
        while slots < FREE:
            line = (line + 1) & last_line
            slots = scan_tags(table, line, 0, width)
        table[line * ROW_LINE + lowest_bit(slots >> ROW_LINE)] = tag_of(h, width) | (number + 1)
    return count
