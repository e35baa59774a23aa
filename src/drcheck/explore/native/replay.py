"""A search made again from its record (see `record`): kernels in the sense of `translate`.

The record tells which successors of a state were new, so nothing need be looked up: states are expanded in order, the
new ones are entered into the table, and all that a search notes is noted again. With GRAPH, `relink` finds the targets of
all edges afterwards.
"""

from __future__ import annotations

from drcheck.explore.native.codegen import LANES
from drcheck.explore.native.control import (
    COUNT,
    DEPTH,
    FURTHEST,
    KEY_MASK,
    KEY_SHIFT,
    LEVEL_END,
    LINES,
    NUMBER,
    ORDINAL_BITS,
    REST,
    RIGHT_BITS,
    RING,
    STASH_SIZE,
    TRANSITIONS,
)
from drcheck.explore.native.record import ordinal_of
from drcheck.explore.native.search import ENABLED, FIRED, MADE, PERIOD, STATES, TALLY, fold, unfold
from drcheck.explore.native.table import enter, mix, number_at, seek
from drcheck.explore.native.translate import Bytes, Function, HalfWords, Slots, Words, lowest_bit

NEVER = 1 << 32
"""An ordinal that no successor has."""

# Given at translation: see `search`.
HALF, GRAPH = 0, 0


def prepare(ring: Words, at: int, few: int, right_bits: int, halves: Words, own: Words) -> int:
    """Put `few` states of the ring, from place `at` on, into the lanes of STATES; other lanes have the last of them."""
    for lane in range(LANES):
        key = ring[at + min(lane, few - 1)]
        if HALF:
            unfold(key, right_bits, halves, own, lane)
        else:
            own[STATES + lane] = key
    return few


def replay(
    expand: Function,
    control: Words,
    ring: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    shape: Words,
    ordinals: Words,
    marks: Words,
    halves: Words,
    half_table: HalfWords,
    offsets: Words,
    touched: Bytes,
    masks: int,
    own: Words,
    hits: Words,
    bests: Words,
    attained: Words,
    high: int,
) -> int:
    """Expand all states before `high` again that are not yet; 0 where the record does not fit the system, else 1."""
    right_bits = control[RIGHT_BITS]
    ring_mask = control[RING]
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    rest = control[REST]
    width = control[ORDINAL_BITS]
    parent = control[NUMBER]
    count = control[COUNT]
    while parent < high:
        at = parent & ring_mask
        few = min(min(LANES, high - parent), min(count - parent, ring_mask + 1 - at))
        if few == 0:
            return 0
        prepare(ring, at, few, right_bits, halves, own)
        expand(own, STATES, few, parent, own[MADE:], own[ENABLED:], hits, bests, attained, own[TALLY:])
        for lane in range(few):
            if (parent + lane) % PERIOD == 0:
                marks[(parent + lane) // PERIOD] = count
            if parent + lane == control[LEVEL_END]:
                control[DEPTH] += 1
                control[LEVEL_END] = count
            bit = parent + lane + count - 1
            wanted = NEVER
            if shape[bit >> 6] >> (bit & 63) & 1:
                wanted = ordinal_of(ordinals, count, width)
            ordinal = 0
            mask = 0
            while mask < masks:
                ways = own[ENABLED + LANES * mask + lane]
                while ways:
                    way = 64 * mask + lowest_bit(ways)
                    ways &= ways - 1
                    own[FIRED + way] += 1
                    if ordinal == wanted:
                        if HALF:
                            made = MADE + LANES * 2 * HALF * way + lane
                            key = fold(control, halves, half_table, ring[at + lane], right_bits, touched[way], own, made)
                        else:
                            key = own[MADE + LANES * way + lane]
                        m = mix(key, key_mask, shift)
                        lines = control[LINES]
                        if enter(control, table, numbers, stash, m, 0, count, rest, lines, control[FURTHEST]) != count:
                            return 0
                        ring[count & ring_mask] = key
                        count += 1
                        bit += 1
                        wanted = NEVER
                        if shape[bit >> 6] >> (bit & 63) & 1:
                            wanted = ordinal_of(ordinals, count, width)
                    ordinal += 1
                mask += 1
            if wanted != NEVER:
                return 0
            control[TRANSITIONS] += ordinal
            if GRAPH:
                offsets[parent + lane + 1] = control[TRANSITIONS]
        parent += few
        control[COUNT] = count
        control[NUMBER] = parent
    return 1


def relink(
    expand: Function,
    control: Words,
    ring: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    halves: Words,
    half_table: HalfWords,
    offsets: Words,
    targets: HalfWords,
    edge_labels: HalfWords,
    events: HalfWords,
    touched: Bytes,
    masks: int,
    own: Words,
    hits: Words,
    bests: Words,
    attained: Words,
) -> int:
    """Find the targets of all edges of the states that were expanded, which are all in the table by now."""
    right_bits = control[RIGHT_BITS]
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    rest = control[REST]
    parent = 0
    while parent < control[NUMBER]:
        few = min(LANES, control[NUMBER] - parent)
        prepare(ring, parent, few, right_bits, halves, own)
        expand(own, STATES, few, parent, own[MADE:], own[ENABLED:], hits, bests, attained, own[TALLY:])
        for lane in range(few):
            edge = offsets[parent + lane]
            mask = 0
            while mask < masks:
                ways = own[ENABLED + LANES * mask + lane]
                while ways:
                    way = 64 * mask + lowest_bit(ways)
                    ways &= ways - 1
                    if HALF:
                        made = MADE + LANES * 2 * HALF * way + lane
                        key = fold(control, halves, half_table, ring[parent + lane], right_bits, touched[way], own, made)
                    else:
                        key = own[MADE + LANES * way + lane]
                    m = mix(key, key_mask, shift)
                    sought = seek(table, stash, control[STASH_SIZE], m, 0, rest, control[LINES], control[FURTHEST])
                    targets[edge] = number_at(numbers, stash, sought >> 1)
                    edge_labels[edge] = events[way]
                    edge += 1
                mask += 1
        parent += few
    return parent
