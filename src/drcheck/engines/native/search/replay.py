"""A search rebuilt from its record (see `record`): kernels in the sense of `translate`.

The record says by which ways of a state new ones were found, so no look-ups are needed: states are expanded in order,
the new ones are entered into the table, and all that a search notes is noted again. With GRAPH, `relink` finds the targets
of all edges afterwards.
"""

from __future__ import annotations

from drcheck.engines.native.control import (
    COUNT,
    DEPTH,
    FURTHEST,
    KEY_MASK,
    KEY_SHIFT,
    LEVEL_END,
    LINES,
    MOST,
    NUMBER,
    REST,
    RIGHT_BITS,
    RING,
    STASH_SIZE,
    TRANSITIONS,
    WAY_BITS,
)
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.search.search import (
    ENABLED,
    FIRED,
    HASHES,
    KEYS,
    KNOWN_HALVES,
    MADE,
    MIXED,
    PERIOD,
    PLACES,
    STATES,
    TALLY,
    UNKNOWN,
)
from drcheck.engines.native.search.successors import fold, fold_all, list_ways, prepare
from drcheck.engines.native.states.record import way_to
from drcheck.engines.native.states.sleep import asleep
from drcheck.engines.native.states.table import enter, mix, number_at, seek
from drcheck.kernels.translate import Bytes, Function, HalfWords, Slots, Words, count_bits

# Given at translation: see `search`.
HALF, GRAPH = 0, 0


def replay(
    expand: Function,
    control: Words,
    ring: Words,
    sleeping: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    shape: Words,
    taken: Words,
    marks: Words,
    apart: Words,
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
    width = control[WAY_BITS]
    parent = control[NUMBER]
    count = control[COUNT]
    while parent < high:
        at = parent & ring_mask
        few = min(min(LANES, high - parent), min(count - parent, ring_mask + 1 - at))
        if few == 0:
            return 0
        prepare(ring, at, few, right_bits, halves, own[STATES:])
        expand(
            own,
            STATES,
            few,
            parent,
            own[MADE:],
            own[ENABLED:],
            hits,
            bests,
            attained,
            own[TALLY:],
            own[FIRED:],
            table,
            own[MIXED:],
            rest,
        )
        for lane in range(few):
            if (parent + lane) % PERIOD == 0:
                marks[(parent + lane) // PERIOD] = count
            if parent + lane == control[LEVEL_END]:
                control[DEPTH] += 1
                control[LEVEL_END] = count
            bit = parent + lane + count - 1
            while shape[bit >> 6] >> (bit & 63) & 1:
                way = way_to(taken, count, width)
                if way >= control[MOST] or own[ENABLED + LANES * (way // 64) + lane] >> way % 64 & 1 == 0:
                    return 0
                if HALF:
                    made = MADE + LANES * 2 * HALF * way + lane
                    key = fold(control, halves, half_table, ring[at + lane], right_bits, touched[way], own, made)
                else:
                    key = own[MADE + LANES * way + lane]
                m = mix(key, key_mask, shift)
                if enter(control, table, numbers, stash, m, 0, count, rest, control[LINES], control[FURTHEST]) != count:
                    return 0
                ring[count & ring_mask] = key
                if GRAPH == 0:
                    sleeping[count & ring_mask] = asleep(sleeping[at + lane], apart, way)
                count += 1
                bit += 1
            mask = 0
            while mask < masks:
                control[TRANSITIONS] += count_bits(own[ENABLED + LANES * mask + lane])
                mask += 1
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
    sleeping: Words,
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
    memo: HalfWords,
    masks: int,
    own: Words,
    hits: Words,
    bests: Words,
    attained: Words,
) -> int:
    """Find the targets of all edges of the states that were expanded, which are all in the table by now."""
    right_bits = control[RIGHT_BITS]
    rest = control[REST]
    edge = 0
    parent = 0
    while parent < control[NUMBER]:
        few = min(LANES, control[NUMBER] - parent)
        prepare(ring, parent, few, right_bits, halves, own[STATES:])
        expand(
            own,
            STATES,
            few,
            parent,
            own[MADE:],
            own[ENABLED:],
            hits,
            bests,
            attained,
            own[TALLY:],
            own[FIRED:],
            table,
            own[MIXED:],
            rest,
        )
        count = list_ways(own[ENABLED:], sleeping, masks, edge, own[PLACES:], offsets[parent + 1 :])
        keys = MADE
        if HALF:
            keys = KEYS
            fold_all(
                control, halves, half_table, ring, parent, right_bits, touched, memo, own[MADE:], own[PLACES:], count,
                own[KNOWN_HALVES:], own[UNKNOWN:], own[HASHES:], own[KEYS:],
            )  # the kernel's arguments  # fmt: skip
        link(control, table, numbers, stash, own[keys:], own[PLACES:], count, events, targets, edge_labels, edge)
        edge += count
        parent += few
    return parent


def link(
    control: Words,
    table: Slots,
    numbers: HalfWords,
    stash: Words,
    keys: Words,
    places: HalfWords,
    count: int,
    events: HalfWords,
    targets: HalfWords,
    edge_labels: HalfWords,
    edge: int,
) -> int:
    """Find the targets of `count` edges, from `edge` on; `keys` and `places` are as in `sift`."""
    rest = control[REST]
    for k in range(count):
        if HALF:
            m = mix(keys[k], control[KEY_MASK], control[KEY_SHIFT])
        else:
            m = mix(keys[places[k]], control[KEY_MASK], control[KEY_SHIFT])
        sought = seek(table, stash, control[STASH_SIZE], m, 0, rest, control[LINES], control[FURTHEST])
        targets[edge + k] = number_at(numbers, stash, sought >> 1)
        edge_labels[edge + k] = events[places[k] // LANES]
    return count
