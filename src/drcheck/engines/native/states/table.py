"""The set of states that were found, as a quotient table: kernels in the sense of `translate`.

A key of up to 64 bits is mixed by a bijection on exactly its bits (`mix`). The high bits of the result, its *home*, choose
a line of the table, one line of the processor's cache; the rest, the remainder, is what a slot holds, together with how
many lines away from home the slot is. Nothing else is stored: home, distance and remainder give the key back (Cleary,
Compact hash tables using bidirectional linear probing, IEEE Transactions on Computers, 1984; Knuth, volume 3, exercise
6.4-13), so the set is exact, and a state takes 4 bytes where the remainder leaves room for a distance in 32 bits, and 8
otherwise. A line is compared with the wanted slot in a few instructions, whatever it holds.

A slot is 0 if it is free, else one more than `distance << rest | remainder`. An entry lies in the first line from its
home on that had room; all lines between are full and stay so, as nothing is ever removed. The few entries that would be
further away than a slot can say are kept in the *stash*, whole. `growth` describes how a table grows.

| constant | means |
|---|---|
| SLOT_BITS, LINE | bits of a slot: 32 or 64; slots in a line: 512 // SLOT_BITS |
| GRAPH | whether `numbers[slot]` is the number of the state in that slot |
"""

from __future__ import annotations

from drcheck.engines.native.control import STASH_COUNT, STASH_SIZE
from drcheck.kernels.translate import (
    HalfWords,
    Slots,
    Words,
    fence,
    lowest_bit,
    share,
    shared,
)

FIRST_FACTOR, SECOND_FACTOR = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
FIRST_INVERSE, SECOND_INVERSE = pow(FIRST_FACTOR, -1, 1 << 64), pow(SECOND_FACTOR, -1, 1 << 64)
NOWHERE = (1 << 64) - 1
STASHED = 1 << 60
"""Added to a place in the stash, to distinguish it from a position in the table."""
AHEAD = 16
"""How many lines ahead memory is requested."""

# Given at translation.
LINE, GRAPH = 16, 0


def mix(key: int, mask: int, shift: int) -> int:
    """A key as another one of as many bits; `mask` has those bits set, `shift` is half of their number, rounded up."""
    h = (key * FIRST_FACTOR) & mask
    h = h ^ (h >> shift)
    h = (h * SECOND_FACTOR) & mask
    return h ^ (h >> shift)


def unmix(mixed: int, mask: int, shift: int) -> int:
    """The key of which `mix` made `mixed`."""
    h = mixed ^ (mixed >> shift)
    h = (h * SECOND_INVERSE) & mask
    h = h ^ (h >> shift)
    return (h * FIRST_INVERSE) & mask


def scan(table: Slots, line: int, wanted: int) -> int:
    """The slots of a line: bit i is set where slot i is `wanted`, bit 16 + i where it is free.

    The machine code of this function is SCAN.
    """
    found = 0
    for i in range(LINE):
        slot = table[line * LINE + i]
        if slot == 0:
            found |= 1 << (16 + i)
        if slot == wanted:
            found |= 1 << i
    return found


SCAN = """\
define internal i64 @scan(ptr %table, i64 %line, i64 %wanted) alwaysinline {{
  %p = getelementptr [{line} x {slot}], ptr %table, i64 %line
  %slots = load <{line} x {slot}>, ptr %p, align 64
  %same0 = {narrow}
  %wanted0 = insertelement <{line} x {slot}> poison, {slot} %same0, i64 0
  %wanteds = shufflevector <{line} x {slot}> %wanted0, <{line} x {slot}> poison, <{line} x i32> zeroinitializer
  %same = icmp eq <{line} x {slot}> %slots, %wanteds
  %free = icmp eq <{line} x {slot}> %slots, zeroinitializer
  %same.bits = bitcast <{line} x i1> %same to i{line}
  %free.bits = bitcast <{line} x i1> %free to i{line}
  %match = zext i{line} %same.bits to i64
  %room = zext i{line} %free.bits to i64
  %high = shl i64 %room, 16
  %both = or i64 %match, %high
  ret i64 %both
}}
"""


def scan_code(slot_bits: int) -> str:
    """`scan` as LLVM IR, on vectors of the whole line."""
    narrow = "trunc i64 %wanted to i32" if slot_bits == 32 else "or i64 %wanted, 0"
    return SCAN.format(line=512 // slot_bits, slot=f"i{slot_bits}", narrow=narrow)


def stash_place(stash: Words, size: int, mixed: int) -> int:
    """The place of `mixed` in the stash, or where it would be entered.

    A place has two words: the mixed key, and the number of the state plus one; 0 if it is free. `size` is the number
    of places, a power of two.
    """
    place = (mixed * SECOND_FACTOR) >> 32 & (size - 1)
    while shared(stash, 2 * place + 1) != 0 and stash[2 * place] != mixed:
        place = (place + 1) & (size - 1)
    return place


def seek(table: Slots, stash: Words, size: int, mixed: int, distance: int, rest: int, lines: int, furthest: int) -> int:
    """Look for a mixed key in the lines that are `distance` and more away from its home.

    Returns 2 * the position of its slot + 1 where it is found (STASHED + its place where it is in the stash), else 2 *
    the distance of the first line with room (`furthest` + 1 where only the stash has).
    """
    home = mixed >> rest
    wanted = (mixed & ((1 << rest) - 1)) + 1
    while distance <= furthest:
        line = (home + distance) & lines
        slots = scan(table, line, wanted + (distance << rest))
        if slots & 0xFFFF:
            return 2 * (line * LINE + lowest_bit(slots)) + 1
        if slots:
            return 2 * distance
        distance += 1
    place = stash_place(stash, size, mixed)
    if shared(stash, 2 * place + 1) != 0:
        return 2 * (STASHED + place) + 1
    return 2 * distance


def number_at(numbers: HalfWords, stash: Words, position: int) -> int:
    """The number of the state whose slot is at `position`, as returned by `seek`."""
    if position >= STASHED:
        return stash[2 * (position - STASHED) + 1] - 1
    return numbers[position]


def enter(
    control: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    mixed: int,
    distance: int,
    number: int,
    rest: int,
    lines: int,
    furthest: int,
) -> int:
    """Enter a mixed key as state `number`, unless it is there.

    It is in no line less than `distance` away from its home. Returns `number` if it was entered; otherwise its number
    (with GRAPH) or NOWHERE. One thread at a time may be in this function, while others `seek`.
    """
    size = control[STASH_SIZE]
    found = seek(table, stash, size, mixed, distance, rest, lines, furthest)
    if found & 1:
        known = NOWHERE
        if GRAPH:
            known = number_at(numbers, stash, found >> 1)
        return known
    distance = found >> 1
    if distance > furthest:
        place = stash_place(stash, size, mixed)
        stash[2 * place] = mixed
        share(stash, 2 * place + 1, number + 1)
        control[STASH_COUNT] += 1
        return number
    line = (mixed >> rest) + distance & lines
    position = line * LINE + lowest_bit(scan(table, line, 0))
    if GRAPH:
        numbers[position] = number
        fence()
    table[position] = (distance << rest | (mixed & ((1 << rest) - 1))) + 1
    return number
