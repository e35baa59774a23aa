"""What a search does with a region of the set of states: kernels in the sense of `translate`.

A region is a table as in `table`, for the mixed keys whose highest bits are the region's number; those bits are left out.
Its lines follow each other in a circle: no entry lies in another region. Slots of a line are taken one after the other, so
in a file a region is *packed*: for each line a byte that says how many are taken, and behind these bytes only those.
"""

from __future__ import annotations

from drcheck.engines.native.control import COUNT, ROOM, STASH_COUNT, STASH_SIZE
from drcheck.engines.native.states.table import AHEAD, enter, scan
from drcheck.kernels.translate import Bytes, HalfWords, Slots, Words, lowest_bit, prefetch

# Given at translation.
LINE = 16


def pack_line(table: Slots, line: int, packed: Slots, at: int) -> int:
    """Copy the slots of a line that are taken to `packed`, from `at` on; returns how many there are. What is behind them, up
    to the length of a line, is overwritten. The machine code of this function is PACKED.
    """
    taken = 0
    for i in range(LINE):
        packed[at + i] = table[line * LINE + i]
        taken += table[line * LINE + i] != 0
    return taken


def unpack_line(packed: Slots, at: int, taken: int, table: Slots, line: int) -> int:
    """The opposite: make a line of this many slots."""
    for i in range(LINE):
        table[line * LINE + i] = packed[at + i] if i < taken else 0
    return taken


PACKED = """\
declare i{line} @llvm.ctpop.i{line}(i{line})
define internal i64 @pack_line(ptr %table, i64 %line, ptr %packed, i64 %at) alwaysinline {{
  %p = getelementptr [{line} x {slot}], ptr %table, i64 %line
  %slots = load <{line} x {slot}>, ptr %p, align 64
  %q = getelementptr {slot}, ptr %packed, i64 %at
  store <{line} x {slot}> %slots, ptr %q, align 4
  %taken = icmp ne <{line} x {slot}> %slots, zeroinitializer
  %bits = bitcast <{line} x i1> %taken to i{line}
  %few = call i{line} @llvm.ctpop.i{line}(i{line} %bits)
  %count = zext i{line} %few to i64
  ret i64 %count
}}
define internal i64 @unpack_line(ptr %packed, i64 %at, i64 %taken, ptr %table, i64 %line) alwaysinline {{
  %q = getelementptr {slot}, ptr %packed, i64 %at
  %slots = load <{line} x {slot}>, ptr %q, align 4
  %few = trunc i64 %taken to {slot}
  %few0 = insertelement <{line} x {slot}> poison, {slot} %few, i64 0
  %fews = shufflevector <{line} x {slot}> %few0, <{line} x {slot}> poison, <{line} x i32> zeroinitializer
  %here = icmp ult <{line} x {slot}> <{places}>, %fews
  %only = select <{line} x i1> %here, <{line} x {slot}> %slots, <{line} x {slot}> zeroinitializer
  %p = getelementptr [{line} x {slot}], ptr %table, i64 %line
  store <{line} x {slot}> %only, ptr %p, align 64
  ret i64 %taken
}}
"""


def packed_code(slot_bits: int) -> str:
    """`pack_line` and `unpack_line` as LLVM IR, on vectors of the whole line."""
    line, slot = 512 // slot_bits, f"i{slot_bits}"
    code = PACKED.format(line=line, slot=slot, places=", ".join(f"{slot} {i}" for i in range(line)))
    return code.replace("trunc i64 %taken to i64", "or i64 %taken, 0")


def settle(
    control: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    mixed: Words,
    low: int,
    high: int,
    mask: int,
    rest: int,
    lines: int,
    furthest: int,
    new: Words,
) -> int:
    """Enter mixed keys `low` to `high` - 1, of which `mask` says the bits that count here, until the region must grow.

    Returns up to which. Bit k of `new` is set where key k was not there; COUNT of `control`, which belongs to the region,
    counts them.
    """
    for k in range(low, high):
        if control[COUNT] >= control[ROOM] or 2 * control[STASH_COUNT] >= control[STASH_SIZE]:
            return k
        prefetch(table, ((mixed[min(k + AHEAD, high - 1)] & mask) >> rest) * LINE)
        m = mixed[k] & mask
        line = m >> rest
        wanted = (m & (1 << rest) - 1) + 1
        slots = scan(table, line, wanted)
        if slots & 0xFFFF:
            continue
        if slots:
            table[line * LINE + lowest_bit(slots >> 16)] = wanted
        elif enter(control, table, numbers, stash, m, 1, 0, rest, lines, furthest):
            continue
        new[k >> 6] |= 1 << (k & 63)
        control[COUNT] += 1
    return high


def gather(table: Slots, low: int, high: int, rest: int, lines: int, first: int, last: int, mixed: Words) -> int:
    """The mixed keys that lie in lines `low` to `high` - 1, counted in a circle, and are at home in one of lines `first` to
    `last` - 1; returns how many.
    """
    found = 0
    for at in range(low, high):
        line = at & lines
        prefetch(table, (line + AHEAD & lines) * LINE)
        for i in range(LINE):
            slot = table[line * LINE + i]
            if slot:
                home = line - (slot - 1 >> rest) & lines
                mixed[found] = home << rest | slot - 1 & (1 << rest) - 1
                found += (home >= first) & (home < last)
    return found


def pack(table: Slots, lines: int, counts: Bytes, packed: Slots) -> int:
    """Pack this many lines; returns how many slots are taken. Behind them, LINE slots may be overwritten."""
    at = 0
    for line in range(lines):
        taken = pack_line(table, line, packed, at)
        counts[line] = taken
        at += taken
    return at


def unpack(counts: Bytes, packed: Slots, lines: int, table: Slots) -> int:
    """Make this many lines of a table from what was packed; returns how many slots are taken."""
    at = 0
    for line in range(lines):
        at += unpack_line(packed, at, counts[line], table, line)
    return at
