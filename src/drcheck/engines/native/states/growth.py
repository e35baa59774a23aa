"""How the set of states grows (see `table`): kernels in the sense of `translate`.

A table with twice as many lines takes one more bit of the mixed key to choose a line, so an entry at home in line n of the
old one is at home in line 2 n or 2 n + 1 of the new one: entries keep their order. A table is *widened* in its own memory,
from its end on: lines 2 n and 2 n + 1 lie behind line n. Most entries are at home, and a line is divided by a few
instructions (`split`). The others are entered one by one when all lines of a range have been divided; one whose home is
not in this range, or so near to its end that it might not find room there, waits (`pending`).

Where the bits of a slot change, as they do once while a table is small, it is *copied* instead, to other memory.

| constant | means |
|---|---|
| OLD_SLOT_BITS, OLD_LINE | bits of a slot and slots in a line of the table that is copied from |
"""

from __future__ import annotations

from drcheck.engines.native.states.table import AHEAD, enter
from drcheck.kernels.translate import HalfWords, OldSlots, Slots, Words, lowest_bit, prefetch

# Given at translation.
LINE, OLD_LINE, GRAPH = 16, 16, 0


def split(old: Slots, old_numbers: HalfWords, line: int, table: Slots, numbers: HalfWords, low: int, rest: int) -> int:
    """Divide the entries at home in a line of an old table, with remainders of `rest` + 1 bits, between lines `low` and
    `low` + 1 of one with twice as many; both lines are overwritten. Returns the slots of entries that are not at home.

    The machine code of this function is `split_code`, where the processor can do that.
    """
    for i in range(2 * LINE):
        table[low * LINE + i] = 0
    displaced = 0
    left = 0
    right = 0
    for i in range(LINE):
        slot = old[line * LINE + i]
        if slot:
            if (slot - 1) >> (rest + 1):
                displaced |= 1 << i
            else:
                side = (slot - 1) >> rest
                at = (low + side) * LINE + (right if side else left)
                right += side
                left += 1 - side
                table[at] = ((slot - 1) & ((1 << rest) - 1)) + 1
                if GRAPH:
                    numbers[at] = old_numbers[line * LINE + i]
    return displaced


def split_code(slot_bits: int, graph: bool) -> str:
    """`split` as LLVM IR, by instructions that compress vectors."""
    line, slot = 512 // slot_bits, f"i{slot_bits}"
    slots, bits, narrow = f"<{line} x {slot}>", f"<{line} x i1>", f"<{line} x i32>"
    pack = f"@llvm.experimental.vector.compress.v{line}{slot}"
    to_slot = f"trunc i64 %rest to {slot}" if slot_bits == 32 else "or i64 %rest, 0"
    code = f"""\
define internal i64 @split(ptr noalias %old, ptr noalias %old_numbers, i64 %line, ptr noalias %table, ptr noalias %numbers,
    i64 %low, i64 %rest) alwaysinline {{
  %from = getelementptr {slots}, ptr %old, i64 %line
  %slots = load {slots}, ptr %from, align 64
  %taken = icmp ne {slots} %slots, zeroinitializer
  %rest1 = {to_slot}
  %rest0 = insertelement {slots} poison, {slot} %rest1, i64 0
  %rests = shufflevector {slots} %rest0, {slots} poison, <{line} x i32> zeroinitializer
  %raw = sub {slots} %slots, splat ({slot} 1)
  %above = lshr {slots} %raw, %rests
  %home = icmp ult {slots} %above, splat ({slot} 2)
  %here = and {bits} %taken, %home
  %side = icmp eq {slots} %above, splat ({slot} 1)
  %left = icmp eq {slots} %above, zeroinitializer
  %right.mask = and {bits} %here, %side
  %left.mask = and {bits} %here, %left
  %cut = shl {slots} splat ({slot} -1), %rests
  %kept = xor {slots} %cut, splat ({slot} -1)
  %remainder = and {slots} %raw, %kept
  %new = add {slots} %remainder, splat ({slot} 1)
  %left.new = call {slots} {pack}({slots} %new, {bits} %left.mask, {slots} zeroinitializer)
  %right.new = call {slots} {pack}({slots} %new, {bits} %right.mask, {slots} zeroinitializer)
  %to = getelementptr {slots}, ptr %table, i64 %low
  store {slots} %left.new, ptr %to, align 64
  %to.right = getelementptr {slots}, ptr %to, i64 1
  store {slots} %right.new, ptr %to.right, align 64
NUMBERS
  %away = xor {bits} %here, %taken
  %displaced = bitcast {bits} %away to i{line}
  %result = zext i{line} %displaced to i64
  ret i64 %result
}}
"""
    compress = f"{narrow} @llvm.experimental.vector.compress.v{line}i32"
    with_numbers = "".join(
        f"""\
  %{side}.numbers = call {compress}({narrow} %numbers.old, {bits} %{side}.mask, {narrow} zeroinitializer)
  %{side}.to = getelementptr {narrow}, ptr %numbers.to, i64 {at}
  store {narrow} %{side}.numbers, ptr %{side}.to, align 32
"""
        for at, side in enumerate(("left", "right"))
    )
    with_numbers = f"""\
  %numbers.from = getelementptr {narrow}, ptr %old_numbers, i64 %line
  %numbers.old = load {narrow}, ptr %numbers.from, align 32
  %numbers.to = getelementptr {narrow}, ptr %numbers, i64 %low
{with_numbers}"""
    return code.replace("NUMBERS\n", with_numbers if graph else "")


def widen(
    control: Words,
    old: Slots,
    old_numbers: HalfWords,
    low: int,
    high: int,
    limit: int,
    old_lines: int,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    rest: int,
    lines: int,
    furthest: int,
    displaced: Words,
    pending: Words,
) -> int:
    """Enter what lines `low` to `high` - 1 of a table hold into one with twice as many lines, `lines` + 1.

    Lines 2 `low` to 2 `high` - 1 of the new one are overwritten. Entries
    whose home is below `low`, or not below `limit`, are put into `pending`, as pairs of mixed key and number; returns how
    many words that is. `displaced` has room for a word for each line.
    """
    for line in range(low, high):
        displaced[line - low] = split(old, old_numbers, line, table, numbers, 2 * line, rest)
    waiting = 0
    for line in range(low, high):
        slots = displaced[line - low]
        while slots:
            position = line * LINE + lowest_bit(slots)
            slots &= slots - 1
            slot = old[position] - 1
            home = (line - (slot >> (rest + 1))) & old_lines
            mixed = home << (rest + 1) | slot & ((1 << (rest + 1)) - 1)
            number = 0
            if GRAPH:
                number = old_numbers[position]
            if home >= low and home < limit:
                enter(control, table, numbers, stash, mixed, 0, number, rest, lines, furthest)
            else:
                pending[waiting] = mixed
                pending[waiting + 1] = number
                waiting += 2
    return waiting


def enter_pending(
    control: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    rest: int,
    lines: int,
    furthest: int,
    pending: Words,
    words: int,
) -> int:
    """Enter pairs of mixed key and number."""
    for k in range(words // 2):
        enter(control, table, numbers, stash, pending[2 * k], 0, pending[2 * k + 1], rest, lines, furthest)
    return words


def copy(
    control: Words,
    old: OldSlots,
    old_numbers: HalfWords,
    low: int,
    high: int,
    old_rest: int,
    old_lines: int,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    rest: int,
    lines: int,
    furthest: int,
) -> int:
    """Enter what lines `low` to `high` - 1 of an old table hold into a new one; returns how many entries that were."""
    entries = 0
    for line in range(low, high):
        ahead = min(line + AHEAD, old_lines)
        prefetch(old, ahead * OLD_LINE)
        for i in range(OLD_LINE):
            slot = old[line * OLD_LINE + i]
            if slot:
                distance = (slot - 1) >> old_rest
                home = (line - distance) & old_lines
                mixed = home << old_rest | (slot - 1) & ((1 << old_rest) - 1)
                number = 0
                if GRAPH:
                    number = old_numbers[line * OLD_LINE + i]
                enter(control, table, numbers, stash, mixed, 0, number, rest, lines, furthest)
                entries += 1
    return entries


def copy_stash(
    control: Words,
    old_stash: Words,
    old_size: int,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    rest: int,
    lines: int,
    furthest: int,
) -> int:
    """Enter what an old stash holds into a table and its stash; returns how many entries that were."""
    entries = 0
    for place in range(old_size):
        if old_stash[2 * place + 1]:
            number = old_stash[2 * place + 1] - 1
            enter(control, table, numbers, stash, old_stash[2 * place], 0, number, rest, lines, furthest)
            entries += 1
    return entries
