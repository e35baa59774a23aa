"""The edges of the transition graph, in memory that grows, where a search keeps them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from drcheck.graphs.graph import Graph
from drcheck.kernels.region import Region


class Edges:
    """The edges in compressed rows (see `graphs.Graph`): where those of each state end, their targets and events."""

    def __init__(self, room: int, folder: Path | None = None) -> None:
        """`room`: how many edges there is room for, 0 where the graph is not kept."""
        self.room = room
        self.offsets, self.targets, self.labels = (Region(4 * room, folder) for _ in range(3))

    def make_room(self, edges: int) -> None:
        """Make room for this many edges. Raises MemoryError, OSError."""
        room = self.room
        while edges > room:
            room *= 2
        self.targets.grow(4 * room)
        self.labels.grow(4 * room)
        self.room = room

    def make_room_for_states(self, states: int) -> None:
        """Make room to say where the edges of this many states end. Raises MemoryError, OSError."""
        self.offsets.grow(8 * (states + 1))

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Of the ends, the targets and the events."""
        return self.offsets.address, self.targets.address, self.labels.address

    def graph(self, expanded: int, edges: int) -> Graph:
        """The graph of this many expanded states with this many edges."""
        return Graph(
            self.offsets.array(np.int64, expanded + 1),
            self.targets.array(np.uint32, edges),
            self.labels.array(np.uint32, edges),
        )

    def assert_consistent(self, expanded: int, edges: int, states: int, events: int) -> None:
        """Assert what is true of the edges of this many expanded states, out of this many states, whenever no thread is at work.

        - There is room for them.
        - The edges of a state follow those of the state before; their total is the number of transitions.
        - Each leads to a state that was found, and is of an event that there is.
        """
        assert edges <= self.room, "there are more edges than there is room for"
        graph = self.graph(expanded, edges)
        assert (graph.offsets[:-1] <= graph.offsets[1:]).all(), "the edges of a state end before they begin"
        assert (graph.offsets[0], graph.offsets[-1]) == (0, edges), "there are other edges than transitions"
        assert (graph.targets < states).all(), "an edge leads to no state"
        assert (graph.labels < events).all(), "an edge is of no event"
