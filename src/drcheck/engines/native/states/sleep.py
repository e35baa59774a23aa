"""Which successors are known without a look-up: sleep sets.

Two ways are *apart* when neither changes what the other reads or writes, nor whether it can be taken. From a state, they
then lead to the same state in either order. Let x be found from s by way b, and let a be apart from b. If a leads from s to
a state that is known when s is expanded, or is found from s before x because a comes before b, then that state is expanded
before x, and b leads from it to where a leads from x. So a *sleeps* in x: where it leads from there is known by the time
that x is expanded. (Godefroid, Partial-order methods for the verification of concurrent systems, LNCS 1032, 1996, chapter 5,
for searches depth first, where states may be met again with fewer ways asleep; in the canonical order of a search breadth
first the argument holds for each state as it is found.)

Nothing is left out: states, their numbers and their parents are the same, and the ways that sleep are counted as
transitions. The asleep ways of a new state depend on those of its parent and on the way:

    asleep(x) = apart(b) & (asleep(s) | ways before b)

Only the first 64 ways can sleep: to let one sleep less is always right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drcheck.kernels.translate import Words
from drcheck.system.precedence import Precedence
from drcheck.system.system import System, cells_of

MOST = 64
"""Ways that can sleep."""


def asleep(parent: int, apart: Words, way: int) -> int:
    """The ways asleep in a state that was found by a way, where `parent` are those of its parent: a kernel."""
    return apart[2 * way] & parent | apart[2 * way + 1]


def asleep_in(parents: Sequence[int], ways: Sequence[int], apart: NDArray[np.uint64], roots: int) -> NDArray[np.uint64]:
    """The ways asleep in every state of a tree: of each but the first `roots`, its parent and the way that it was found by."""
    found, words = [0] * roots, apart.ravel().tolist()
    for parent, way in zip(parents, ways, strict=True):
        found.append(asleep(found[parent], words, way))
    return np.array(found, np.uint64)


def apart_of(system: System) -> NDArray[np.uint64]:
    """Which of the first 64 ways (see `codegen`) are apart from each way, and which of these come before it: uint64, (ways, 2).

    It follows from what ways read and write.
    """
    guards: list[frozenset[int]] = []
    for event in system.events:
        parts = [event.guard, *(way.guard for way in event.alternatives if way.guard is not None)]
        guards.append(frozenset().union(*(cells_of(part) for part in parts)))
    # What an event depends on includes the guards of those that would hold it back.
    happens = Precedence(system.events).happens(guards, lambda those: frozenset().union(*those), frozenset.union)
    depends, writes = [], []
    for event, on in zip(system.events, happens, strict=True):
        for way in event.alternatives:
            written = frozenset(index for index, _ in way.updates)
            writes.append(written)
            depends.append(on.union(written, *(cells_of(right) for _, right in way.updates)))
    apart = []
    for b, (depend, written) in enumerate(zip(depends, writes, strict=True)):
        mask = 0
        for a in range(min(len(writes), MOST)):
            if a != b and not written & depends[a] and not writes[a] & depend:
                mask |= 1 << a
        apart.append((mask, mask & (1 << min(b, MOST)) - 1))
    return np.array(apart or [(0, 0)], np.uint64)
