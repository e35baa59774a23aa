"""The current speed of a search, and an estimate of its remaining time, where possible.

A breadth-first search does not know how many states there are: it knows the *frontier*, the states that were found and
not expanded yet. In most systems the levels grow, then shrink towards the end. While they grow nothing can be said;
once they have shrunk for several levels a guess can be made from how they shrink. It stays a guess: they may grow again,
and then it is withdrawn.
"""

from __future__ import annotations

from collections import deque

from drcheck.engines.protocol import Progress

WINDOW = 5.0
"""Seconds over which a rate is taken."""
LEVELS = 4
"""So many levels in a row must have shrunk before a guess is made."""
PLATEAU = 0.97
"""Levels that shrink by less than this factor say nothing about an end."""
LONGEST = 7 * 24 * 3600.0
"""Seconds beyond which a guess says nothing."""


class Pace:
    """The states found and the states expanded a second, over the last few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, int]] = deque()

    def see(self, progress: Progress) -> None:
        """Take note of a report of progress."""
        self._seen.append((progress.seconds, progress.states, progress.states - progress.frontier))
        while len(self._seen) > 2 and self._seen[1][0] <= progress.seconds - WINDOW:
            self._seen.popleft()

    @property
    def found(self) -> float:
        """States found a second."""
        return self._per_second(1)

    @property
    def expanded(self) -> float:
        """States expanded a second."""
        return self._per_second(2)

    def _per_second(self, what: int) -> float:
        if not self._seen:
            return 0.0
        last, first = self._seen[-1], self._seen[0]
        if last is first:
            first = (0.0, 0, 0)
        passed = last[0] - first[0]
        return (last[what] - first[what]) / passed if passed > 0 else 0.0


class Estimate:
    """What can be said of the time that is left, from the reports of progress so far."""

    def __init__(self) -> None:
        self._levels: list[tuple[int, int]] = []
        self._growing = True

    def see(self, progress: Progress) -> None:
        """Take note of a report: the first of each level says how large the frontier is there."""
        if self._levels and progress.depth == self._levels[-1][0]:
            return
        if self._levels:
            self._growing = progress.frontier > self._levels[-1][1]
            if progress.frontier >= self._levels[-1][1]:
                self._levels.clear()  # whatever shrank before, this is no end
        self._levels.append((progress.depth, progress.frontier))

    @property
    def growing(self) -> bool:
        """Whether the frontier was larger at the last level than before it, or only one level was seen."""
        return self._growing

    def states_left(self, frontier: int) -> float | None:
        """How many states will still be expanded if the levels go on shrinking as they did lately, or None."""
        if len(self._levels) <= LEVELS:
            return None
        (first, large), (last, small) = self._levels[-1 - LEVELS], self._levels[-1]
        factor = (small / large) ** (1 / (last - first)) if small else 0.0
        return None if factor > PLATEAU else frontier / (1 - factor)

    def text(self, progress: Progress, pace: Pace) -> str:
        """The estimate in words."""
        if self._growing:
            return "frontier growing: no estimate"
        left, speed = self.states_left(progress.frontier), pace.expanded
        if left is None or speed <= 0 or left / speed > LONGEST:
            return "no estimate"
        return f"about {_duration(left / speed)} left, at a guess"


def _duration(seconds: float) -> str:
    """A time in the unit that leaves one or two digits: more would promise what a guess cannot."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(1.0, seconds):.0f} s"
