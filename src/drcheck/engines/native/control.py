"""The words through which the threads of a search and their caller communicate: positions in `control` and in `tally`.

`control` is shared by all threads. Words that change all the time lie in separate cache lines, so
that reading the others costs nothing. `tally` belongs to one thread; the caller adds the tallies up.
"""

from __future__ import annotations

# Written by who enters a deposit.
COUNT, TRANSITIONS, DEPTH, LEVEL_END, STASH_COUNT = range(5)
"""States found, transitions, depth reached, the first state of the next level, entries in the stash of the table."""
NUMBER, ENTERED = 8, 9
"""States expanded and entered: all states before it are; and blocks expanded and entered."""
ENTER_LOCK = 10
"""The lock of who enters deposits."""
CLAIMED, TURN, CLAIM_LOCK = 16, 17, 18
"""States taken by some thread, blocks that were taken, and the lock of who takes."""
HALVES, HALF_LOCK = 24, 25
"""Different halves of states, and the lock of who enters one."""

# Set by the caller.
STOP = 32
"""Not 0 when threads are to return."""
(
    LIMIT, MOST, ROOM, EDGE_ROOM, HALF_ROOM, RING, KEY_MASK, KEY_SHIFT,
    REST, LINES, FURTHEST, STASH_SIZE, RIGHT_BITS, HALF_WIDTH, WAY_BITS, EVENTS, MEMO_WAYS, LOOK,
    LARGEST, ENOUGH_FROM, ENOUGH,
) = range(40, 61)  # numbered places  # fmt: skip
"""States at which to stop; most successors of a state; states, edges and halves that there is room for; places of the
ring minus one; the bits of a key as a mask, and half their number; bits of a remainder; lines of the table minus one; the
greatest distance that a slot can say; places of the stash; bits of the right half's number in a key; bits of the table of
halves; bits of a way; events of the system; ways of one half in a memo; expansions between two looks at LIMIT; states at
which to stop whatever is known; states beyond which it is looked whether enough is known, LIMIT being the smaller one of these
two; and, while states of a batch get numbers, from how many expanded states on enough is known."""
CONTROL_WORDS = 64

ESCAPE_STATE, ESCAPE_EVENT, ESCAPE_WAY, ESCAPE_CELL, DEADLOCKS, DEADLOCK = range(6)
"""The first step out of a domain: state, event, alternative, cell; how many states have no step, and the first of them."""
TALLY_WORDS = 8
NONE = (1 << 64) - 1
"""What words of `hits` and `tally` hold until something is found."""
