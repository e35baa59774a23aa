"""The breadth-first search, independent of any model: kernels in the sense of `translate`.

States are numbered in the order in which they are found, which is the canonical one. Only the states that wait to be
expanded are kept, in a ring (all states where the graph is kept): state n is `ring[n & RING]`, a *key* of at most 64 bits.
A state that fits is its own key. A wider state is cut into two halves, the halves are numbered rows (see `rows`), and the
key is the two numbers side by side: components of a system move more or less on their own, so there are far fewer
different halves than states. What was found is a set of keys (see `table`); how it was found is a tree in one to two bytes
a state (see `record`).

States are expanded in blocks. A thread takes the next block (`claim`), computes all its successors, and looks them up;
what waits for memory is so overlapped. Most successors are known. The others are *deposited*. Deposits are entered in the
order of their blocks (`commit`), by whichever thread finds the next one complete, so no thread waits for one that does
not run; the order of the states is that of a search by a single thread. What is deposited is looked up once more then, as
blocks before it may have entered it. A block is not claimed where it might not find room or a limit might lie within it;
then all threads return, and the caller sees to it. A thread writes to its own memory, to its deposits, and, while it has
the lock for that, to what all share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.control import (
    CLAIM_LOCK,
    CLAIMED,
    COUNT,
    DEPTH,
    EDGE_ROOM,
    ENTER_LOCK,
    ENTERED,
    EVENTS,
    FURTHEST,
    HALF_ROOM,
    HALVES,
    KEY_MASK,
    KEY_SHIFT,
    LEVEL_END,
    LIMIT,
    LINES,
    LOOK,
    MOST,
    NUMBER,
    REST,
    RIGHT_BITS,
    RING,
    ROOM,
    STASH_COUNT,
    STASH_SIZE,
    STOP,
    TALLY_WORDS,
    TRANSITIONS,
    TURN,
    WAY_BITS,
)
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.search.successors import (
    BASE,
    CHUNK,
    DISTANCE,
    HALVES_KNOWN,
    RECENT,
    fold_all,
    label_all,
    list_ways,
    prepare,
    sift,
)
from drcheck.engines.native.states.record import note_child
from drcheck.engines.native.states.sleep import asleep
from drcheck.engines.native.states.table import AHEAD, LINE, enter, mix, scan, unmix
from drcheck.kernels.translate import (
    Bytes,
    Function,
    HalfWords,
    Slots,
    Words,
    barrier,
    fence,
    lowest_bit,
    pause,
    prefetch,
    share,
    shared,
    take,
)

BLOCK = 64
"""How many states are expanded together at most."""
PERIOD = 1024
"""The number of known states is noted every PERIOD expansions, a multiple of BLOCK and of how often limits are tested."""
DEPOSITS = 32
"""How many blocks may be taken and not yet entered, in all."""
PATIENCE, NAP = 500, 20
"""How often a thread that must wait looks again before it sleeps for a moment, and how many microseconds that is."""

# What `search` returns, and `claim`.
DONE, STOPPED, LIMITED, FULL, IDLE, BUSY = range(6)

# Given at translation: the words of a half, 0 where states are not cut; whether the graph is kept; where the arrays of a
# thread lie in `own` (see `Own`).
HALF, GRAPH = 0, 0
STATES, MADE, ENABLED, PLACES, KEYS, MIXED, TAGS, FIRED, TALLY, RECENTLY, KNOWN_HALVES, UNKNOWN, HASHES = range(13)

# Where things lie in a deposit, and how many words it has: also given at translation.
FIRST, SIZE, FOUND, DOUBTFUL, READY, ENDS, DOUBTS, DOUBT_TAGS, WHICH, KNOWN, LABELS, DEPOSIT = range(12)


class Parts:
    """Arrays that lie one behind the other in an array of words, each beginning at a line of the cache."""

    def __init__(self, **lengths: int) -> None:
        self.start: dict[str, int] = {}
        self._lengths = lengths
        self.length = 0
        for name, length in lengths.items():
            self.start[name] = self.length
            self.length += -(-length // LANES) * LANES

    def part(self, words: NDArray[np.uint64], name: str) -> NDArray[np.uint64]:
        """One of the arrays."""
        return words[self.start[name] :][: self._lengths[name]]


def own_parts(ways: int, words: int) -> Parts:
    """What belongs to one thread, for this many alternatives and words of a state."""
    return Parts(
        STATES=LANES * words,
        MADE=LANES * words * ways,
        ENABLED=LANES * -(-ways // 64),
        PLACES=(LANES * ways + CHUNK) // 2,
        KEYS=LANES * ways,
        MIXED=BLOCK * ways + LANES,
        TAGS=BLOCK * ways // 2 + LANES,
        FIRED=ways,
        TALLY=TALLY_WORDS,
        RECENTLY=RECENT,
        KNOWN_HALVES=HALVES_KNOWN if words > 1 else LANES,
        UNKNOWN=2 * LANES * ways + 1,
        HASHES=2 * LANES * ways,
    )


def deposit_parts(ways: int, graph: bool) -> Parts:
    """What a deposit has room for."""
    block = BLOCK * ways
    more = dict.fromkeys(("WHICH", "KNOWN", "LABELS"), block if graph else LANES)
    head = dict.fromkeys(("FIRST", "SIZE", "FOUND", "DOUBTFUL", "READY"), 1)
    return Parts(**head, ENDS=BLOCK, DOUBTS=block, DOUBT_TAGS=block, **more)


def look_up(
    table: Slots,
    numbers: HalfWords,
    mixed: Words,
    tags: HalfWords,
    low: int,
    high: int,
    rest: int,
    lines: int,
    deposit: Words,
    doubtful: int,
) -> int:
    """Look up the keys `low` to `high` - 1, and deposit those that are in doubt, of which there are `doubtful`; returns how
    many there are then.

    What is in the table is known. What is not may still be entered by blocks before this one.
    """
    rest_mask = (1 << rest) - 1
    for k in range(low, high):
        m = mixed[k]
        line = m >> rest
        slots = scan(table, line, (m & rest_mask) + 1)
        full = slots == 0
        # If the line is full, the next one decides; it is examined in the turn, when it has arrived.
        prefetch(table, (line + 1 & lines) * LINE * full)
        if GRAPH:
            if slots & 0xFFFF:
                deposit[KNOWN + k] = numbers[line * LINE + lowest_bit(slots)]
            deposit[WHICH + doubtful] = k
        deposit[DOUBTS + doubtful] = m
        deposit[DOUBT_TAGS + doubtful] = full << DISTANCE | tags[k]
        doubtful += (slots & 0xFFFF) == 0
    return doubtful


def claim(control: Words, deposits: Words, give_way: Function, least: int) -> int:
    """Take the next block: the number of its turn + 256, with its first state and size noted in its deposit; or one of the
    words that `search` returns.

    Where fewer than `least` states wait to be taken it returns IDLE, and BUSY if only blocks of other threads can decide.
    """
    result = BUSY
    waited = 0
    while take(control, CLAIM_LOCK):
        while shared(control, CLAIM_LOCK):
            waited = wait(give_way, waited)
    turn = control[TURN]
    first = control[CLAIMED]
    entered = shared(control, ENTERED)
    number = shared(control, NUMBER)
    count = shared(control, COUNT)
    others = first - number
    oldest = number
    if GRAPH:
        oldest = 0
    size = min(min(BLOCK, count - first), PERIOD - first % PERIOD)
    size = min(size, control[RING] + 1 - (first & control[RING]))
    if count + size * control[MOST] > control[LIMIT]:
        # Whether the search ends is reported where the limit is tested, so the block does not go beyond that.
        size = min(size, control[LOOK] - first % control[LOOK])
    most = (others + size) * control[MOST]
    if shared(control, STOP):
        result = STOPPED
    elif count - first < least:
        result = IDLE
    elif first == count:
        # There is nothing to expand, unless other blocks find something.
        if others == 0:
            result = DONE
    elif others != 0 and count + most > control[LIMIT]:
        # The blocks before this one decide where the search stops.
        result = BUSY
    elif first % control[LOOK] == 0 and count > control[LIMIT]:
        result = LIMITED
    elif (
        count + most > control[ROOM]
        or count + most - oldest > control[RING] + 1
        or 2 * (shared(control, STASH_COUNT) + most) > control[STASH_SIZE]
        or shared(control, HALVES) + 2 * most > control[HALF_ROOM]
        or GRAPH * (shared(control, TRANSITIONS) + most) > control[EDGE_ROOM]
    ):
        if others == 0:
            result = FULL
    elif turn - entered < DEPOSITS:
        deposit = turn % DEPOSITS * DEPOSIT
        deposits[deposit + FIRST] = first
        deposits[deposit + SIZE] = size
        control[TURN] = turn + 1
        share(control, CLAIMED, first + size)
        result = turn + 256
    share(control, CLAIM_LOCK, 0)
    return result


def wait(give_way: Function, waited: int) -> int:
    """Wait a moment for another thread; after PATIENCE such moments, sleep."""
    if waited < PATIENCE:
        pause()
        return waited + 1
    give_way(NAP)
    return waited


def search(
    expand: Function,
    give_way: Function,
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
    targets: HalfWords,
    edge_labels: HalfWords,
    events: HalfWords,
    touched: Bytes,
    memo: HalfWords,
    masks: int,
    deposits: Words,
    own: Words,
    hits: Words,
    bests: Words,
    attained: Words,
    least: int,
) -> int:
    """Expand states until all are expanded (DONE), STOP is set (STOPPED), the limit of states is reached (LIMITED), room is
    short (FULL), or fewer than `least` wait (IDLE). Everything is updated in place; calling again continues.

    `expand` is made for the model and the query by `codegen`, which also describes its ways: `events`, `touched`, and
    `masks` words of `enabled` for each lane. `give_way` offers the processor to other threads. From `own` on, arrays
    belong to this thread.
    """
    right_bits = control[RIGHT_BITS]
    ring_mask = control[RING]
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    rest = control[REST]
    lines = control[LINES]
    asked = control[EVENTS]
    waited = 0
    while True:
        turn = claim(control, deposits, give_way, least)
        if turn == BUSY:
            waited = wait(give_way, waited)
            continue
        if turn < 256:
            return turn
        waited = 0
        turn -= 256
        deposit = turn % DEPOSITS * DEPOSIT
        first = deposits[deposit + FIRST]
        size = deposits[deposit + SIZE]
        at = first & ring_mask

        # Eight states at a time. While the successors of some are made, memory is requested for those of the eight before
        # (see `codegen`), and those of the eight before these are looked up.
        found = 0
        waiting = 0
        before = 0
        kept = 0
        doubtful = 0
        low = 0
        while low < size:
            few = min(LANES, size - low)
            prepare(ring, at + low, few, right_bits, halves, own[STATES:])
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
                table,
                own[MIXED + before :],
                rest,
            )
            for k in range(before + asked, kept):
                prefetch(table, (own[MIXED + k] >> rest) * LINE)
            dozing = at + low
            if GRAPH:
                dozing = 0  # the targets of all ways are wanted
            ends = deposit + ENDS + low
            count = list_ways(own[ENABLED:], sleeping[dozing:], masks, found, own[PLACES:], deposits[ends:])
            keys = MADE
            if HALF:
                keys = KEYS
                fold_all(
                    control, halves, half_table, ring, at + low, right_bits, touched, memo, own[MADE:], own[PLACES:],
                    count, own[KNOWN_HALVES:], own[UNKNOWN:], own[HASHES:], own[KEYS:],
                )  # the kernel's arguments  # fmt: skip
            if GRAPH:
                label_all(events, own[PLACES:], count, deposits[deposit + LABELS + found :])
            after = sift(
                own[keys:], own[PLACES:], count, low, key_mask, shift, own[RECENTLY:], kept, own[MIXED:], own[TAGS:]
            )
            doubtful = look_up(
                table, numbers, own[MIXED:], own[TAGS:], waiting, before, rest, lines, deposits[deposit:], doubtful
            )
            waiting = before
            before = kept
            kept = after
            found = deposits[ends + LANES - 1]
            low += few
        for k in range(before, kept):
            prefetch(table, (own[MIXED + k] >> rest) * LINE)
        doubtful = look_up(
            table, numbers, own[MIXED:], own[TAGS:], waiting, kept, rest, lines, deposits[deposit:], doubtful
        )
        deposits[deposit + FOUND] = found
        deposits[deposit + DOUBTFUL] = doubtful
        share(deposits, deposit + READY, turn + 1)

        # Enter all deposits whose turn it is, unless another thread does: then it finds this one as well.
        while take(control, ENTER_LOCK) == 0:
            turn = control[ENTERED]
            deposit = turn % DEPOSITS * DEPOSIT
            while shared(deposits, deposit + READY) == turn + 1:
                commit(
                    control,
                    ring,
                    sleeping,
                    table,
                    numbers,
                    stash,
                    shape,
                    taken,
                    marks,
                    apart,
                    offsets,
                    targets,
                    edge_labels,
                    deposits,
                    deposit,
                )
                turn += 1
                share(control, ENTERED, turn)
                deposit = turn % DEPOSITS * DEPOSIT
            share(control, ENTER_LOCK, 0)
            # Without this, a deposit could be missed that is made now by a thread that still sees the lock taken.
            barrier()
            if shared(deposits, deposit + READY) != turn + 1:
                break


def commit(
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
    offsets: Words,
    targets: HalfWords,
    edge_labels: HalfWords,
    deposits: Words,
    deposit: int,
) -> int:
    """Enter what a deposit holds. The caller has the lock for it, and all blocks before it have been entered."""
    ring_mask = control[RING]
    key_mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    rest = control[REST]
    rest_mask = (1 << rest) - 1
    lines = control[LINES]
    furthest = control[FURTHEST]
    width = control[WAY_BITS]
    first = deposits[deposit + FIRST]
    size = deposits[deposit + SIZE]
    found = deposits[deposit + FOUND]
    doubtful = deposits[deposit + DOUBTFUL]
    count = shared(control, COUNT)
    transitions = control[TRANSITIONS]
    level_end = control[LEVEL_END]
    if first % PERIOD == 0:
        marks[first // PERIOD] = count
    boundary = level_end - first
    for k in range(doubtful):
        m = deposits[deposit + DOUBTS + k]
        tag = deposits[deposit + DOUBT_TAGS + k]
        distance = tag >> DISTANCE
        i = (tag >> BASE & BLOCK - 1) + tag % LANES
        while i >= boundary:
            control[DEPTH] += 1
            level_end = count
            boundary = level_end - first
        line = (m >> rest) + distance & lines
        slots = 0
        if distance <= furthest:
            slots = scan(table, line, (distance << rest | m & rest_mask) + 1)
        while slots == 0 and distance < furthest:
            distance += 1
            line = line + 1 & lines
            slots = scan(table, line, (distance << rest | m & rest_mask) + 1)
        if slots & 0xFFFF:
            if GRAPH:
                which = deposits[deposit + WHICH + k]
                deposits[deposit + KNOWN + which] = numbers[line * LINE + lowest_bit(slots)]
            continue
        got = count
        if slots:
            position = line * LINE + lowest_bit(slots >> 16)
            if GRAPH:
                numbers[position] = count
                fence()
            table[position] = (distance << rest | m & rest_mask) + 1
        else:
            got = enter(control, table, numbers, stash, m, distance, count, rest, lines, furthest)
        if GRAPH:
            deposits[deposit + KNOWN + deposits[deposit + WHICH + k]] = got
        if got == count:
            way = (tag & (1 << BASE) - 1) // LANES
            ring[count & ring_mask] = unmix(m, key_mask, shift)
            if GRAPH == 0:
                sleeping[count & ring_mask] = asleep(sleeping[first + i & ring_mask], apart, way)
            note_child(shape, taken, first + i, count, way, width)
            count += 1
    while boundary < size:
        control[DEPTH] += 1
        level_end = count
        boundary = level_end - first
    if GRAPH:
        for i in range(size):
            offsets[first + i + 1] = transitions + deposits[deposit + ENDS + i]
        for k in range(found):
            targets[transitions + k] = deposits[deposit + KNOWN + k]
            edge_labels[transitions + k] = deposits[deposit + LABELS + k]
    control[LEVEL_END] = level_end
    share(control, TRANSITIONS, transitions + found)
    share(control, COUNT, count)
    share(control, NUMBER, first + size)
    return count


def rekey(
    table: Slots, low: int, high: int, rest: int, lines: int, mask: int, shift: int, right_bits: int, keys: Words
) -> int:
    """The keys that lines `low` to `high` - 1 of a table hold, as left half << 32 | right half; returns how many.

    When the numbers of halves need more bits, keys are laid out again.
    """
    found = 0
    for line in range(low, high):
        for i in range(LINE):
            slot = table[line * LINE + i]
            if slot:
                distance = (slot - 1) >> rest
                home = (line - distance) & lines
                key = unmix(home << rest | (slot - 1) & ((1 << rest) - 1), mask, shift)
                keys[found] = key >> right_bits << 32 | key & ((1 << right_bits) - 1)
                found += 1
    return found


def enter_all(
    control: Words, table: Slots, numbers: HalfWords, stash: Words, keys: Words, first: int, count: int
) -> int:
    """Enter `count` keys, all different, as states `first` and the following into a table."""
    rest = control[REST]
    mask = control[KEY_MASK]
    shift = control[KEY_SHIFT]
    for k in range(count):
        ahead = keys[min(k + AHEAD, count - 1)]
        prefetch(table, (mix(ahead, mask, shift) >> rest) * LINE)
        m = mix(keys[k], mask, shift)
        enter(control, table, numbers, stash, m, 0, first + k, rest, control[LINES], control[FURTHEST])
    return count
