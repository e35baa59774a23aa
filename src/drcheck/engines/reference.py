"""The reference engine: the plain search over the oracle's steps on live `transitions` machines."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from drcheck.engines.plain_search import Functions, breadth_first, unsearched
from drcheck.engines.protocol import Exploration, Limits, Listener, Query, Stopwatch
from drcheck.kernels.deadline import OutOfTimeError
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System


class ReferenceEngine:
    """Explores on live machines: slow, and right by inspection. What the other engines are compared with."""

    name = "reference"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`)."""
        watch = Stopwatch(limits)
        try:
            with watch.deadline.cut():
                oracle = Oracle(system)
        except (OutOfTimeError, KeyboardInterrupt) as error:
            return unsearched(system, query, self.name, watch.seconds, watch.stopped_by(error))

        def successors(state: State) -> list[tuple[int, int, State | None, int | None]]:
            return [(s.event, s.alternative, s.target, s.escape) for s in oracle.successors(state)]

        functions = Functions(
            successors,
            [partial(oracle.holds, w) for w in query.watches],
            [partial(oracle.value, m) for m in query.maxima],
        )
        found = breadth_first(system, functions, query, replace(limits, deadline=watch.deadline), listener, self.name)
        return replace(found, seconds=watch.seconds)
