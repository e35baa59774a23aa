"""The successors of eight states, one after the other: kernels in the sense of `translate`.

`expand` (see `codegen`) leaves the successors where their ways and lanes say. What follows takes them in the canonical
order, by state and then by way; there are no branches in it that a processor could not foresee:

- `list_ways` writes down where they are: the *place* of each, LANES * way + lane, but for those whose way sleeps (see
  `sleep`);
- `fold_all` makes the keys of states that are cut;
- `sift` mixes the keys, and drops those that were looked up lately.
"""

from __future__ import annotations

from drcheck.engines.native.control import HALF_WIDTH, MEMO_WAYS, NONE
from drcheck.engines.native.model.codegen import APART
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.states.rows import ROW_LINE, hash_of, intern, line_of
from drcheck.engines.native.states.table import mix
from drcheck.kernels.translate import Bytes, HalfWords, Words, count_bits, lowest_bit, prefetch

BASE, DISTANCE = 24, 32
"""The tag of a successor is its place; from bit BASE on, which state of the block lane 0 is; from bit DISTANCE on, how far
from its home it may lie at least."""
RECENT = 4096
"""Places of the filter that remembers which keys a thread looked up lately."""
HALVES_KNOWN = 1 << 17
"""Places of the memo that remembers what ways made of halves."""
SIDE = 1 << 31
"""Distinguishes second halves from first ones in a memo."""
CHUNK = 16
"""Ways that are listed at a time."""

# Given at translation: the words of a half, 0 where states are not cut; whether the graph is kept.
HALF, GRAPH = 0, 0


def list_ways(enabled: Words, asleep: Words, masks: int, found: int, places: HalfWords, ends: Words) -> int:
    """List the places of the enabled ways of LANES states that are not asleep; returns how many there are.

    Bit w of `asleep[l]` says whether way w sleeps in lane l. `ends[l]` is set to `found` and how many
    ways are enabled up to and with those of lane l. Behind the list, CHUNK elements may be overwritten. The machine code of
    this function is `list_ways_code`, where the processor can do that.
    """
    count = 0
    for lane in range(LANES):
        mask = 0
        while mask < masks:
            ways = enabled[LANES * mask + lane]
            found += count_bits(ways)
            if mask == 0:
                ways &= asleep[lane] ^ NONE
            while ways:
                places[count] = LANES * (64 * mask + lowest_bit(ways)) + lane
                ways &= ways - 1
                count += 1
            mask += 1
        ends[lane] = found
    return count


COMPRESS = "".join(
    f"declare <{n} x {of}> @llvm.experimental.vector.compress.v{n}{of}(<{n} x {of}>, <{n} x i1>, <{n} x {of}>)\n"
    for n, of in ((16, "i32"), (8, "i32"), (8, "i64"))
)
"""What vectors are compressed by: the elements that a mask chooses come first."""


def list_ways_code(ways: int) -> str:
    """`list_ways` for this many ways as LLVM IR, by instructions that compress vectors."""
    places, bits = f"<{CHUNK} x i32>", f"<{CHUNK} x i1>"
    compress = f"{places} @llvm.experimental.vector.compress.v{CHUNK}i32"
    lines = [
        f"declare i{CHUNK} @llvm.ctpop.i{CHUNK}(i{CHUNK})",
        "define internal i64 @list_ways(ptr noalias %enabled, ptr noalias %asleep, i64 %masks, i64 %found, "
        "ptr noalias %places, ptr noalias %ends) alwaysinline {",
    ]
    count, found = "0", "%found"
    for lane in range(LANES):
        for word in range(-(-ways // 64)):
            n = f"{lane}.{word}"
            lines += [
                f"  %pe{n} = getelementptr i64, ptr %enabled, i64 {LANES * word + lane}",
                f"  %we{n} = load i64, ptr %pe{n}",
                f"  %ce{n} = call i64 @llvm.ctpop.i64(i64 %we{n})",
                f"  %f{n} = add i64 {found}, %ce{n}",
            ]
            found = f"%f{n}"
        lines += [
            f"  %pa{lane} = getelementptr i64, ptr %asleep, i64 {lane}",
            f"  %a{lane} = load i64, ptr %pa{lane}",
            f"  %na{lane} = xor i64 %a{lane}, -1",
            f"  %aw{lane} = and i64 %we{lane}.0, %na{lane}",
        ]
        for chunk in range(-(-ways // CHUNK)):
            n = f"{lane}.{chunk}"
            word, shift = divmod(CHUNK * chunk, 64)
            here = ", ".join(f"i32 {LANES * (CHUNK * chunk + i) + lane}" for i in range(CHUNK))
            awake = f"%aw{lane}" if word == 0 else f"%we{lane}.{word}"
            lines += [
                f"  %s{n} = lshr i64 {awake}, {shift}",
                f"  %i{n} = trunc i64 %s{n} to i{CHUNK}",
                f"  %m{n} = bitcast i{CHUNK} %i{n} to {bits}",
                f"  %v{n} = call {compress}({places} <{here}>, {bits} %m{n}, {places} poison)",
                f"  %q{n} = getelementptr i32, ptr %places, i64 {count}",
                f"  store {places} %v{n}, ptr %q{n}, align 4",
                f"  %c{n} = call i{CHUNK} @llvm.ctpop.i{CHUNK}(i{CHUNK} %i{n})",
                f"  %d{n} = zext i{CHUNK} %c{n} to i64",
                f"  %n{n} = add i64 {count}, %d{n}",
            ]
            count = f"%n{n}"
        lines += [
            f"  %z{lane} = getelementptr i64, ptr %ends, i64 {lane}",
            f"  store i64 {found}, ptr %z{lane}",
        ]
    return "\n".join([*lines, f"  ret i64 {count}", "}", ""])


def label_all(events: HalfWords, places: HalfWords, count: int, labels: Words) -> int:
    """Tell the event of each successor."""
    for k in range(count):
        labels[k] = events[places[k] // LANES]
    return count


def prepare(ring: Words, at: int, few: int, right_bits: int, halves: Words, states: Words) -> int:
    """Put `few` states of the ring, from place `at` on, into the lanes of `states`; other lanes have the last of them."""
    for lane in range(LANES):
        key = ring[at + min(lane, few - 1)]
        if HALF:
            unfold(key, right_bits, halves, states, lane)
        else:
            states[lane] = key
    return few


def unfold(key: int, right_bits: int, halves: Words, state: Words, lane: int) -> int:
    """Put the two halves of a state together, in a lane of `state`."""
    left = key >> right_bits
    right = key & ((1 << right_bits) - 1)
    for word in range(HALF):
        state[LANES * word + lane] = halves[left * HALF + word]
        state[LANES * (HALF + word) + lane] = halves[right * HALF + word]
    return key


def fold(
    control: Words, halves: Words, half_table: HalfWords, key: int, right_bits: int, touched: int, made: Words, at: int
) -> int:
    """The key of the successor at word `at` of `made`, whose halves in `touched` differ from those of state `key`."""
    left = key >> right_bits
    right = key & ((1 << right_bits) - 1)
    if touched & 1:
        left = intern(control, halves, half_table, made, at, hash_of(made, at))
    if touched & 2:
        right = intern(control, halves, half_table, made, at + LANES * HALF, hash_of(made, at + LANES * HALF))
    return left << right_bits | right


def fold_all(
    control: Words,
    halves: Words,
    half_table: HalfWords,
    ring: Words,
    at: int,
    right_bits: int,
    touched: Bytes,
    memo: HalfWords,
    made: Words,
    places: HalfWords,
    count: int,
    known: Words,
    unknown: Words,
    hashes: Words,
    keys: Words,
) -> int:
    """The keys of successors of the states from `ring[at]` on, which are cut: the numbers of their halves.

    What a way makes of a half is looked for in `known` first, if it depends on nothing else (see `codegen.Ways`). A place
    there has the number of a half plus one, the side, and the number of what was made of it; or 0. The other halves are
    looked for one after the other, when the lines of the table where they may be have been requested.
    """
    ways = control[MEMO_WAYS]
    width = control[HALF_WIDTH]
    number_mask = (1 << right_bits) - 1
    missing = 0
    for k in range(count):
        way = places[k] // LANES
        key = ring[at + places[k] % LANES]
        prefetch(known, (key >> right_bits) * ways + memo[2 * way] & HALVES_KNOWN - 1)
        prefetch(known, (key & number_mask) * ways + memo[2 * way + 1] & HALVES_KNOWN - 1)
    for k in range(count):
        place = places[k]
        way = place // LANES
        key = ring[at + place % LANES]
        left = key >> right_bits
        right = key & number_mask
        which = memo[2 * way]
        entry = known[left * ways + which & HALVES_KNOWN - 1]
        same = (entry >> 31 == left + 1 << 1) & (which != APART)
        writes = touched[way] & 1
        left = left & writes - 1 | entry & SIDE - 1 & 0 - (writes & same)
        unknown[missing] = 2 * k
        missing += writes & same ^ writes
        which = memo[2 * way + 1]
        entry = known[right * ways + which & HALVES_KNOWN - 1]
        same = (entry >> 31 == (right + 1 << 1 | 1)) & (which != APART)
        writes = touched[way] >> 1
        right = right & writes - 1 | entry & SIDE - 1 & 0 - (writes & same)
        unknown[missing] = 2 * k + 1
        missing += writes & same ^ writes
        keys[k] = left << right_bits | right
    for i in range(missing):
        place = places[unknown[i] >> 1]
        word = LANES * HALF * (place // LANES * 2 + (unknown[i] & 1)) + place % LANES
        h = hash_of(made, word)
        hashes[i] = h
        prefetch(half_table, line_of(h, width) * ROW_LINE)
    for i in range(missing):
        k = unknown[i] >> 1
        side = unknown[i] & 1
        place = places[k]
        way = place // LANES
        word = LANES * HALF * (way * 2 + side) + place % LANES
        number = intern(control, halves, half_table, made, word, hashes[i])
        which = memo[2 * way + side]
        if which != APART:
            before = ring[at + place % LANES] >> right_bits
            if side:
                before = ring[at + place % LANES] & number_mask
            known[before * ways + which & HALVES_KNOWN - 1] = (before + 1 << 1 | side) << 31 | number
        keys[k] |= number << (1 - side) * right_bits
    return count


def sift(
    keys: Words,
    places: HalfWords,
    count: int,
    base: int,
    mask: int,
    shift: int,
    recently: Words,
    found: int,
    mixed: Words,
    tags: HalfWords,
) -> int:
    """Mix keys, and keep those that were not looked up lately, with their tags, behind the `found` that are there; returns
    how many there are then. With GRAPH, all are kept.

    `keys` has one for each successor where states are cut, else all words that were made. Lane 0 has state `base` of the
    block. What was looked up lately is known: by now, or when an earlier block has had its turn.
    """
    base = base << BASE
    for k in range(count):
        if HALF:
            m = mix(keys[k], mask, shift)
        else:
            m = mix(keys[places[k]], mask, shift)
        mixed[found] = m
        tags[found] = base | places[k]
        if GRAPH:
            found += 1
        else:
            place = m & (RECENT - 1)
            new = recently[place] != m
            recently[place] = m
            found += new
    return found
