"""The memory of one of the threads of a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native import control as at
from drcheck.engines.native.control import NONE
from drcheck.engines.native.search.search import Parts
from drcheck.engines.native.search.successors import RECENT, SIDE
from drcheck.engines.protocol import Query
from drcheck.kernels.region import addresses, aligned


class Worker:
    """The memory of one thread."""

    def __init__(self, query: Query, own: Parts) -> None:
        self._made_of = (query, own)
        self._own, self._words = own, aligned(own.length)
        watches = len(query.watches)
        self.hits = np.full(watches + watches // 64 + 1, NONE, np.uint64)
        self.hits[watches:] = 0
        self.bests = np.full(len(query.maxima) + 1, np.iinfo(np.int64).min, np.int64)
        self.attained = np.zeros(len(query.maxima) + 1, np.uint64)
        self.tally[:] = NONE
        self.tally[at.DEADLOCKS] = 0
        self.forget()
        self.addresses = addresses(self._words, self.hits, self.bests, self.attained)

    def part(self, name: str) -> NDArray[np.uint64]:
        """One of the thread's arrays (see `search.own_parts`)."""
        return self._own.part(self._words, name)

    @property
    def tally(self) -> NDArray[np.uint64]:
        """What the thread noted (see `control`)."""
        return self.part("TALLY")

    def copy(self) -> Worker:
        """Another one for the same search, with nothing noted."""
        return Worker(*self._made_of)

    def noted(self) -> list[NDArray[np.uint64]]:
        """What the thread has noted until now."""
        return [array.copy() for array in self._notes]

    def note_again(self, noted: list[NDArray[np.uint64]]) -> None:
        """Forget what was noted since then."""
        for array, before in zip(self._notes, noted, strict=True):
            array[:] = before

    @property
    def _notes(self) -> list[NDArray[np.uint64]]:
        return [self.hits, self.bests.view(np.uint64), self.attained, self.tally, self.part("FIRED")]

    def assert_consistent(self, control: NDArray[np.uint64], known: NDArray[np.uint64]) -> None:
        """Assert what is true of a thread's memory while it is not at work. `known`: the mixed keys of all states.

        - What it remembers to have looked up is known: a state that is not would never be found.
        - What it remembers of halves names halves that there are.
        - What it noted, it noted of states that were expanded.
        """
        looked_up = self.part("RECENTLY")
        looked_up = looked_up[looked_up % RECENT == np.arange(RECENT, dtype=np.uint64)]
        assert np.isin(looked_up, known).all(), "a key is remembered as looked up that is not in the set"
        halves = self.part("KNOWN_HALVES")[self.part("KNOWN_HALVES") > 0]
        before, made = (halves // np.uint64(2 * SIDE)) - np.uint64(1), halves % np.uint64(SIDE)
        assert (np.append(before, made) < control[at.HALVES]).all(), "a half is remembered that there is not"
        watches = len(self._made_of[0].watches)
        noted = np.append(self.hits[:watches], self.tally[[at.ESCAPE_STATE, at.DEADLOCK]])
        assert (noted[noted != NONE] < control[at.NUMBER]).all(), "something is noted of a state that was not expanded"

    def forget(self) -> None:
        """Forget which keys were looked up lately: each place gets a key that cannot be in it."""
        self.part("RECENTLY")[:] = (np.arange(RECENT, dtype=np.uint64) + 1) % RECENT
