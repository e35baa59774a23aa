"""The cone of influence: the cells on which the values of some cells can depend, through guards and updates.

What an event writes depends on whether the event happens: on its guards, on those of the events that go before it
(urgency, priorities), and on whether one of its updates leaves a domain. Events that write nothing of the cone are steps
that the cone does not see; which states of the cone are reachable does not depend on them.
(Clarke, Grumberg and Peled, *Model Checking*, section 13.1.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drcheck.saturation.ends import Steps
from drcheck.system.system import cells_of


@dataclass(frozen=True)
class _Flow:
    """One alternative: the cells on which it depends whether it happens, and for each cell written those read."""

    decides: frozenset[int]
    reads: dict[int, frozenset[int]]


class Cones:
    """The cones of one system."""

    def __init__(self, steps: Steps) -> None:
        self._flows: list[_Flow] = []
        for number, event in enumerate(steps.system.events):
            free = cells_of(steps.free[number])
            for k, way in enumerate(event.alternatives):
                own = frozenset() if way.guard is None else cells_of(way.guard)
                leaving = [cells_of(right) for _, right in steps.leaving(number, k)]
                decides = free.union(cells_of(event.guard), own, *leaving)
                self._flows.append(_Flow(decides, {cell: cells_of(right) for cell, right in way.updates}))

    def of(self, cells: Iterable[int]) -> frozenset[int]:
        """The cells themselves, and all on which their values can depend."""
        cone = set(cells)
        size = -1
        while size != len(cone):
            size = len(cone)
            for flow in self._flows:
                for cell in flow.reads.keys() & cone:
                    cone |= flow.decides | flow.reads[cell]
        return frozenset(cone)


__all__ = ["Cones"]
