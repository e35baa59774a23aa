"""The reference engine: the plain search over the oracle's steps on live `transitions` machines."""

from __future__ import annotations

from functools import partial

from drcheck.explore.protocol import Exploration, Limits, Listener, Query
from drcheck.explore.search import Functions, breadth_first
from drcheck.semantics import Oracle
from drcheck.system import State, System


class ReferenceEngine:
    """Explores on live machines: slow, and right by inspection. What the other engines are held against."""

    name = "reference"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`)."""
        oracle = Oracle(system)

        def successors(state: State) -> list[tuple[int, int, State | None, int | None]]:
            return [(s.event, s.alternative, s.target, s.escape) for s in oracle.successors(state)]

        functions = Functions(
            successors,
            [partial(oracle.holds, w) for w in query.watches],
            [partial(oracle.value, m) for m in query.maxima],
        )
        return breadth_first(system, functions, query, limits, listener, self.name)
