"""Which searches would come to their limit of states, as searches of smaller systems did.

Promises of one composition are asked of several systems: the one that was composed, and that with the observers of what they
speak of. An observer takes part in every event and keeps none from happening, so each reachable state of a system is a part of
one of the same system with more observers: that has at least as many states. Nor are there fewer states with the same faults
and more uses of what only counts. What is remembered is of one composition, and of searches with one limit.

Observers that cut executions (`logic.excluding`) are another matter, and are not asked about here.
"""

from __future__ import annotations

from collections.abc import Hashable

from drcheck.engines.protocol import Exploration, Limits
from drcheck.system.system import System

PART = 10
"""Where a search is known to be too large it has one of so many parts of its limit: what it can show is that a promise breaks."""


class Sizes:
    """What is known of the sizes of a composition's searches with some limits."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.states
        self._large: list[tuple[Hashable, int, frozenset[str]]] = []

    def note(self, system: System, asked: Hashable, uses: int, found: Exploration) -> None:
        """Remember a search with `uses` that came to its limit of states. `asked`: what else tells it from others."""
        if self._most is not None and not found.complete and found.states >= self._most:
            self._large.append((asked, uses, _cells(system)))

    def too_large(self, system: System, asked: Hashable, uses: int) -> bool:
        """Whether a search would come to its limit, too."""
        cells = _cells(system) if self._large else frozenset()
        return any(a == asked and n <= uses and c <= cells for a, n, c in self._large)


def _cells(system: System) -> frozenset[str]:
    return frozenset(f"{cell.owner} {cell.name}" for cell in system.cells)


__all__ = ["PART", "Sizes"]
