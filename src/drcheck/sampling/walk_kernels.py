"""Random walks, eight at a time: kernels in the sense of `translate`, and the code of a model that they call.

`expand` (see `codegen`) makes the successors of eight states; here each lane is a separate walk. One of the lane's ways
is chosen (see `splitmix`), and the words that it writes are copied into the lane; words of halves that it does not touch
stay. A walk ends in a state without a step, in a state whose steps all leave a domain, or after `LENGTH` steps; then the
lane begins the next walk.

Other than a search, a walk must know of each lane what was seen there. So the code of a model differs in what it notes:
`satisfied[LANES * (i // 64) + l]` has bit i % 64 set where watch i is satisfied in lane l, `values[LANES * i + l]` is the
value of maximum i there, and the tally has the lanes with steps out of a domain, each with the first such step.
"""

from __future__ import annotations

from drcheck.engines.layout import Layout
from drcheck.engines.native.control import NONE
from drcheck.engines.native.model.codegen import Expand, text_key
from drcheck.engines.native.model.lanes import tell_ways_code
from drcheck.engines.native.model.notes import SIGN
from drcheck.engines.native.model.vectors import DECLARATIONS, LANES
from drcheck.engines.protocol import Query
from drcheck.kernels.lazy_text import LazyText
from drcheck.kernels.splitmix import BEGIN, key_of, rank_of, word_of
from drcheck.kernels.translate import Bytes, Function, Words, count_bits, lowest_bit, translate
from drcheck.system.system import System

# Positions in `control`. Set by the caller: the seed; the next walk and the one after the last; the most steps of a walk;
# how many words of watches and of ways each lane has, and how many maxima there are. Counted: walks that came to their
# end, that ended without a step, and that ended where all steps leave a domain. Again set by the caller: how many initial
# states there are.
SEED, NEXT, END, LENGTH, GROUPS, MASKS, MAXIMA, FINISHED, DEADLOCKED, LEFT, ROOTS = range(11)
CONTROL_WORDS = 16

# Positions in `lanes`, each for the first of LANES: the walk (NONE: none), its step, its key, whether it saw an escape.
WALK, STEP, KEY, ESCAPED = 0, LANES, 2 * LANES, 3 * LANES
LANE_WORDS = 4 * LANES

SIGHTING = 3
"""The words of a sighting: how many walks had it; the fewest steps after which one did; the first walk that did so."""
DEADLOCK, ESCAPE, ESCAPE_STEP, WATCHES = 0, 3, 6, 9
"""Positions in `sightings`: of deadlocks, of escapes, the event, alternative and cell of the best of these, of watches."""
OUT, OUT_STEP = 0, 1
"""Positions in `tally`: the lanes with steps out of a domain; event, alternative and cell of each lane's first."""
TALLY_WORDS = 1 + 3 * LANES

# Given at translation.
WORDS, HALF = 1, 0


class _Walk(Expand):
    """The function that makes successors, and says what it sees for each lane."""

    PARAMETERS = "rows at size first out enabled hits bests attained tally"
    FIRED = "null"

    def ask_ahead(self, number: int) -> None:
        """Nothing is looked up."""

    def look(self, query: Query) -> None:
        """Tell, in every lane, which watches are satisfied and what the maxima's values are."""
        for low in range(0, len(query.watches), 64):
            now = "zeroinitializer"
            for i, node in enumerate(query.watches[low : low + 64]):
                bit = (1 << i) - (1 << 64 if i == 63 else 0)
                mask = f"<8 x i64> splat (i64 {bit}), <8 x i64> zeroinitializer"
                here = self.pure(f"select <8 x i1> {self.value(node)}, {mask}")
                now = here if i == 0 else self.pure(f"or <8 x i64> {now}, {here}")
            self.emit(f"store <8 x i64> {now}, ptr {self.vector_at('%hits', LANES * (low // 64))}, align 8")
        for i, node in enumerate(query.maxima):
            self.emit(f"store <8 x i64> {self.integer(node)}, ptr {self.vector_at('%bests', LANES * i)}, align 8")


def walk_model_text(system: System, query: Query, layout: Layout) -> LazyText:
    """What `walk_model_code` writes, if it is not known."""
    return LazyText(text_key("walk", system, query, layout), lambda: walk_model_code(system, query, layout))


def walk_model_code(system: System, query: Query, layout: Layout) -> str:
    """The IR of a model's `expand` for walks."""
    names = {"note_way_out": "note_escape", "note_end": "note_stuck"}
    called = [translate(kernel, internal=True, renamed=names) for kernel in (note_way_out, note_end)]
    # What counts is which way is chosen, not which ways are enabled.
    return "\n".join([DECLARATIONS, tell_ways_code(counted=False), *called, _Walk(system, query, layout).text()])


def note_way_out(tally: Words, first: int, lanes: int, event: int, way: int, cell: int) -> int:
    """Note steps out of a domain in `lanes`; steps come in their order, and the first of each lane is kept."""
    new = lanes & (tally[OUT] ^ NONE)
    tally[OUT] |= lanes
    while new:
        at = OUT_STEP + 3 * lowest_bit(new)
        tally[at] = event
        tally[at + 1] = way
        tally[at + 2] = cell
        new &= new - 1
    return 0


def note_end(tally: Words, first: int, lanes: int) -> int:
    """A state without a step shows in its lane of `enabled`; there is nothing to note."""
    return 0


def sight(sightings: Words, at: int, step: int, walk: int) -> int:
    """Note that a walk has, after this many steps, what is counted at `at`; returns 1 where no walk had it sooner."""
    sightings[at] += 1
    if step < sightings[at + 1] or (step == sightings[at + 1] and walk < sightings[at + 2]):
        sightings[at + 1] = step
        sightings[at + 2] = walk
        return 1
    return 0


def way_of(enabled: Words, lane: int, masks: int, rank: int) -> int:
    """The way of the successor in a lane that has `rank` others before it."""
    for mask in range(masks):
        ways = enabled[LANES * mask + lane]
        while ways:
            if rank == 0:
                return 64 * mask + lowest_bit(ways)
            rank -= 1
            ways &= ways - 1
    return 0


def begin(control: Words, initial: Words, states: Words, lanes: Words, unseen: Words, lane: int) -> int:
    """Begin the next walk in a lane; returns 0 if there is none."""
    walk = control[NEXT]
    if walk >= control[END]:
        return 0
    control[NEXT] = walk + 1
    lanes[WALK + lane] = walk
    lanes[STEP + lane] = 0
    key = key_of(control[SEED], walk)
    lanes[KEY + lane] = key
    lanes[ESCAPED + lane] = 0
    root = 0
    if control[ROOTS] > 1:
        root = rank_of(word_of(key, BEGIN), control[ROOTS])
    for word in range(WORDS):
        states[LANES * word + lane] = initial[WORDS * root + word]
    group = 0
    while group < control[GROUPS]:
        unseen[LANES * group + lane] = NONE
        group += 1
    return 1


def look(
    control: Words,
    lanes: Words,
    unseen: Words,
    satisfied: Words,
    values: Words,
    tally: Words,
    sightings: Words,
    greatest: Words,
    lane: int,
) -> int:
    """Note what is seen in the state of a lane: each watch and the first escape once a walk, and the greatest values."""
    walk = lanes[WALK + lane]
    step = lanes[STEP + lane]
    group = 0
    while group < control[GROUPS]:
        new = satisfied[LANES * group + lane] & unseen[LANES * group + lane]
        unseen[LANES * group + lane] ^= new
        while new:
            sight(sightings, WATCHES + SIGHTING * (64 * group + lowest_bit(new)), step, walk)
            new &= new - 1
        group += 1
    i = 0
    while i < control[MAXIMA]:
        value = values[LANES * i + lane]
        at = SIGHTING * i
        if value ^ SIGN > greatest[at] ^ SIGN or (
            value == greatest[at]
            and (step < greatest[at + 1] or (step == greatest[at + 1] and walk < greatest[at + 2]))
        ):
            greatest[at] = value
            greatest[at + 1] = step
            greatest[at + 2] = walk
        i += 1
    if tally[OUT] >> lane & 1 > lanes[ESCAPED + lane]:
        lanes[ESCAPED + lane] = 1
        if sight(sightings, ESCAPE, step, walk):
            out = OUT_STEP + 3 * lane
            for i in range(3):
                sightings[ESCAPE_STEP + i] = tally[out + i]
    return 0


def end_here(control: Words, lanes: Words, satisfied: Words, tally: Words, sightings: Words, lane: int) -> int:
    """Note that a walk ends where there is no step: a deadlock, and what is satisfied in it; or all steps escape."""
    if tally[OUT] >> lane & 1:
        control[LEFT] += 1
        return 0
    control[DEADLOCKED] += 1
    step = lanes[STEP + lane]
    walk = lanes[WALK + lane]
    sight(sightings, DEADLOCK, step, walk)
    group = 0
    while group < control[GROUPS]:
        ends = WATCHES + SIGHTING * 64 * (control[GROUPS] + group)
        here = satisfied[LANES * group + lane]
        while here:
            sight(sightings, ends + SIGHTING * lowest_bit(here), step, walk)
            here &= here - 1
        group += 1
    return 1


def walk(
    expand: Function,
    control: Words,
    initial: Words,
    states: Words,
    made: Words,
    enabled: Words,
    satisfied: Words,
    values: Words,
    spare: Words,
    tally: Words,
    lanes: Words,
    unseen: Words,
    sightings: Words,
    greatest: Words,
    fired: Words,
    touched: Bytes,
    rounds: int,
) -> int:
    """Walk on in all lanes for at most this many steps each; returns how many walks have not ended.

    Everything is updated in place; calling again continues. `fired` counts the steps taken, by way.
    """
    masks = control[MASKS]
    while rounds:
        rounds -= 1
        running = 0
        lane = 0
        while lane < LANES:
            if lanes[WALK + lane] != NONE or begin(control, initial, states, lanes, unseen, lane):
                running += 1
            lane += 1
        if running == 0:
            return 0
        tally[OUT] = 0
        expand(states, 0, LANES, 0, made, enabled, satisfied, values, spare, tally)
        lane = 0
        while lane < LANES:
            if lanes[WALK + lane] != NONE:
                look(control, lanes, unseen, satisfied, values, tally, sightings, greatest, lane)
                ways = 0
                mask = 0
                while mask < masks:
                    ways += count_bits(enabled[LANES * mask + lane])
                    mask += 1
                step = lanes[STEP + lane]
                if ways == 0:
                    end_here(control, lanes, satisfied, tally, sightings, lane)
                if ways == 0 or step == control[LENGTH]:
                    control[FINISHED] += 1
                    lanes[WALK + lane] = NONE
                else:
                    way = way_of(enabled, lane, masks, rank_of(word_of(lanes[KEY + lane], step), ways))
                    fired[way] += 1
                    lanes[STEP + lane] = step + 1
                    for word in range(WORDS):
                        side = 0
                        if HALF:
                            side = word >= HALF
                        if touched[way] >> side & 1:
                            states[LANES * word + lane] = made[LANES * (WORDS * way + word) + lane]
            lane += 1
    left = control[END] - control[NEXT]
    lane = 0
    while lane < LANES:
        left += lanes[WALK + lane] != NONE
        lane += 1
    return left


INLINE = (word_of, key_of, rank_of, way_of)
"""What is put in place of its calls."""
CALLED = (sight, begin, look, end_here)
"""What is called."""
