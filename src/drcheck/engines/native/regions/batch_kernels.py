"""What a search does with a batch of states, but for the look-ups: kernels in the sense of `translate`.

A stretch of the states that wait is made into a *chunk* of candidates (`generate`): mixed keys, and for each a tag, in
which the state that it comes from, counted from the first of the chunk, is followed by the way (WAY_BITS bits). Tags
grow from one candidate to the next. Candidates are distributed by region (`tally`, `scatter`); when the regions have reported
which are new, those are collected (`collect`), put back into the order of their tags (`scatter` again, by parts of the tag
from the lowest on), and numbered (`number`).
"""

from __future__ import annotations

from drcheck.engines.native.control import (
    COUNT,
    DEPTH,
    ENOUGH,
    ENOUGH_FROM,
    HALF_ROOM,
    HALVES,
    KEY_MASK,
    KEY_SHIFT,
    LARGEST,
    LEVEL_END,
    LIMIT,
    LOOK,
    MOST,
    NONE,
    NUMBER,
    RIGHT_BITS,
    STOP,
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
    PERIOD,
    PLACES,
    RECENTLY,
    STATES,
    TALLY,
    UNKNOWN,
)
from drcheck.engines.native.search.successors import fold_all, list_ways, prepare, sift
from drcheck.engines.native.states.record import note_child, way_to
from drcheck.engines.native.states.sleep import asleep
from drcheck.engines.native.states.table import unmix
from drcheck.engines.protocol import next_look
from drcheck.kernels.translate import Bytes, Function, HalfWords, Words, lowest_bit, share, shared

# What `generate` reports, and is given: candidates, transitions, how many halves may be found before it looks again; how many
# states the record knows, where it is followed (0 if it is not), and from TOLD on what `list_ways` needs.
FOUND, STEPS, SPARE, KNOWN = range(4)
TOLD = 8
NO_ROW = 63
"""What `expand` asks for ahead is of no interest here: with this many bits of a remainder it is one of two lines."""

# Given at translation.
HALF = 0


def generate(
    expand: Function,
    control: Words,
    keys: Words,
    sleeping: Words,
    first: int,
    low: int,
    high: int,
    halves: Words,
    half_table: HalfWords,
    touched: Bytes,
    memo: HalfWords,
    masks: int,
    shape: Words,
    taken: Words,
    own: Words,
    hits: Words,
    bests: Words,
    attained: Words,
    mixed: Words,
    tags: HalfWords,
    room: int,
    told: Words,
) -> int:
    """Expand states `low` to `high` - 1 of a segment, whose first one has number `first`; returns up to which.

    It ends early where `room` candidates might not suffice, where halves might find no room, and where STOP is set.
    What is looked up lately is dropped, as in `search`. Where the record is followed, only the ways in it are taken; NONE is
    returned where it does not fit the system.
    """
    right_bits = control[RIGHT_BITS]
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    width = control[WAY_BITS]
    most = LANES * control[MOST]
    begin = low
    found = 0
    steps = 0
    while low < high and found + most <= room:
        if shared(control, STOP) or shared(control, HALVES) + told[SPARE] > control[HALF_ROOM]:
            break
        few = min(LANES, high - low)
        prepare(keys, low, few, right_bits, halves, own[STATES:])
        expand(
            own,
            STATES,
            few,
            first + low,
            own[MADE:],
            own[ENABLED:],
            hits,
            bests,
            attained,
            own[TALLY:],
            own[FIRED:],
            keys,
            sleeping,
            NO_ROW,
        )
        count = list_ways(own[ENABLED:], sleeping[low:], masks, steps, own[PLACES:], told[TOLD:])
        steps = told[TOLD + LANES - 1]
        if told[KNOWN]:
            count = list_children(
                shape, taken, own[ENABLED:], first + low, few, told[KNOWN], width, control[MOST], own[PLACES:]
            )
            if count == NONE:
                return NONE
            told[KNOWN] += count
        made = MADE
        if HALF:
            made = KEYS
            fold_all(
                control, halves, half_table, keys, low, right_bits, touched, memo, own[MADE:], own[PLACES:], count,
                own[KNOWN_HALVES:], own[UNKNOWN:], own[HASHES:], own[KEYS:],
            )  # the kernel's arguments  # fmt: skip
        after = sift(own[made:], own[PLACES:], count, 0, key_mask, shift, own[RECENTLY:], found, mixed, tags)
        for k in range(found, after):
            tags[k] = low - begin + tags[k] % LANES << width | tags[k] // LANES
        found = after
        low += few
    told[FOUND] = found
    told[STEPS] = steps
    return low


def list_children(
    shape: Words,
    taken: Words,
    enabled: Words,
    parent: int,
    few: int,
    known: int,
    width: int,
    most: int,
    places: HalfWords,
) -> int:
    """List the places of the ways by which `few` states from `parent` on found others, as recorded; returns how
    many there are, or NONE if it does not fit the system. `known`: the states known before.
    """
    count = 0
    for lane in range(few):
        bit = parent + lane + known + count - 1
        while shape[bit >> 6] >> (bit & 63) & 1:
            way = way_to(taken, known + count, width)
            if way >= most or enabled[LANES * (way // 64) + lane] >> way % 64 & 1 == 0 or count >= LANES * most:
                return NONE
            places[count] = LANES * way + lane
            count += 1
            bit += 1
    return count


def tally(mixed: Words, tags: HalfWords, count: int, by_tag: int, shift: int, mask: int, counts: Words) -> int:
    """Count candidates by some bits of their tags (`by_tag` is 1) or of their mixed keys (0)."""
    for k in range(count):
        word = mixed[k]
        if by_tag:
            word = tags[k]
        counts[word >> shift & mask] += 1
    return count


def scatter(
    mixed: Words,
    tags: HalfWords,
    count: int,
    by_tag: int,
    shift: int,
    mask: int,
    starts: Words,
    to_mixed: Words,
    to_tags: HalfWords,
) -> int:
    """Distribute candidates by the bits that `tally` counted: in the order in which they are, from `starts[bits]` on."""
    for k in range(count):
        m = mixed[k]
        tag = tags[k]
        word = m
        if by_tag:
            word = tag
        at = starts[word >> shift & mask]
        to_mixed[at] = m
        to_tags[at] = tag
        starts[word >> shift & mask] = at + 1
    return count


def collect(mixed: Words, tags: HalfWords, new: Words, words: int, to_mixed: Words, to_tags: HalfWords) -> int:
    """Collect the candidates of which a bit is set in `new`, which has this many words; returns how many there are."""
    count = 0
    for word in range(words):
        bits = new[word]
        while bits:
            k = 64 * word + lowest_bit(bits)
            to_mixed[count] = mixed[k]
            to_tags[count] = tags[k]
            count += 1
            bits &= bits - 1
    return count


def ends_at(control: Words, number: int, count: int) -> int:
    """Whether the search ends before state `number` is expanded, where `count` are known; if not, and there are more than LIMIT
    says, the next look is later. All results of the batch are known by now, so it is known when they are enough, too.
    """
    if count <= control[LIMIT]:
        return 0
    if count > control[ENOUGH_FROM]:
        if number >= control[ENOUGH]:
            return 1
        control[ENOUGH_FROM] = next_look(count)
    if count > control[LARGEST]:
        return 1
    control[LIMIT] = min(control[LARGEST], control[ENOUGH_FROM])
    return 0


def number(
    control: Words,
    mixed: Words,
    tags: HalfWords,
    found: int,
    first: int,
    size: int,
    steps: int,
    sleeping: Words,
    apart: Words,
    shape: Words,
    taken: Words,
    marks: Words,
    recorded: int,
    to_keys: Words,
    to_sleeping: Words,
) -> int:
    """Number the `found` new states of a chunk, whose `size` states begin with state `first` and have this many `steps`.

    The keys and the sleeping ways of new states are put into `to_keys` and `to_sleeping`. It is noted as `commit` in
    `search` does; where it is `recorded` already, in the record only the marks are. It ends early where the search ends
    (see `ends_at`), but for what is recorded. Returns how many of the new states got numbers.
    """
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    width = control[WAY_BITS]
    count = control[COUNT]
    level_end = control[LEVEL_END]
    boundary = level_end - first
    look = control[LOOK]
    if recorded:
        look = PERIOD
    mark = (first + look - 1) // look * look - first
    for k in range(found):
        i = tags[k] >> width
        while i >= mark and (recorded or ends_at(control, first + mark, count) == 0):
            if (first + mark) % PERIOD == 0:
                marks[(first + mark) // PERIOD] = count
            mark += look
        if i >= mark:
            size = mark
            break
        while i >= boundary:
            control[DEPTH] += 1
            level_end = count
            boundary = level_end - first
        way = tags[k] & (1 << width) - 1
        to_keys[k] = unmix(mixed[k], key_mask, shift)
        to_sleeping[k] = asleep(sleeping[i], apart, way)
        if recorded == 0:
            note_child(shape, taken, first + i, count, way, width)
        count += 1
    while mark < size:
        if recorded == 0 and ends_at(control, first + mark, count):
            size = mark
        if (first + mark) % PERIOD == 0:
            marks[(first + mark) // PERIOD] = count
        mark += look
    while boundary < size:
        control[DEPTH] += 1
        level_end = count
        boundary = level_end - first
    control[LEVEL_END] = level_end
    numbered = count - control[COUNT]
    share(control, TRANSITIONS, control[TRANSITIONS] + steps)
    share(control, COUNT, count)
    share(control, NUMBER, first + size)
    return numbered
