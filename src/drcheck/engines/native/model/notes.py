"""Rare events while states are examined and expanded: kernels called from the code of a model.

Each is given up to eight states, numbered from `first` on, as a word for each or as a word with a bit for each.
"""

from __future__ import annotations

from drcheck.engines.native.control import DEADLOCK, DEADLOCKS, ESCAPE_STATE, NONE
from drcheck.kernels.translate import Words, lowest_bit

SIGN = 1 << 63


def note_hits(hits: Words, low: int, flags: int, satisfied: Words, first: int, size: int) -> int:
    """Note the first states that satisfy watches `low` and the following; bit i of `satisfied[l]`: watch low + i does.

    `hits[flags]` has a bit for each of these watches that was satisfied before.
    """
    for lane in range(size):
        new = satisfied[lane] & (hits[flags] ^ NONE)
        hits[flags] |= new
        while new:
            hits[low + lowest_bit(new)] = first + lane
            new &= new - 1
    return 0


def note_best(bests: Words, attained: Words, which: int, values: Words, first: int, size: int) -> int:
    """Note the greatest value (signed) of maximum `which`, and the first state that attains it."""
    for lane in range(size):
        if values[lane] ^ SIGN > bests[which] ^ SIGN:
            bests[which] = values[lane]
            attained[which] = first + lane
    return 0


def note_escape(tally: Words, first: int, lanes: int, event: int, way: int, cell: int) -> int:
    """Note steps out of a domain in the states of `lanes`; the first is kept: by state, event, alternative, cell."""
    state = first + lowest_bit(lanes)
    if state < tally[ESCAPE_STATE]:
        tally[ESCAPE_STATE] = state
        tally[ESCAPE_STATE + 1] = event
        tally[ESCAPE_STATE + 2] = way
        tally[ESCAPE_STATE + 3] = cell
    return 0


def note_stuck(tally: Words, first: int, lanes: int) -> int:
    """Note states without any step."""
    if tally[DEADLOCKS] == 0:
        tally[DEADLOCK] = first + lowest_bit(lanes)
    while lanes:
        tally[DEADLOCKS] += 1
        lanes &= lanes - 1
    return 0
