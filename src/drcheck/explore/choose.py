"""Which engine answers: by name, or by itself."""

from __future__ import annotations

from dataclasses import replace

from drcheck.errors import EngineError
from drcheck.explore.bytecode import PythonEngine
from drcheck.explore.protocol import Engine, Exploration, Limits, Listener, Query, seconds_limit, states_limit
from drcheck.explore.reference import ReferenceEngine
from drcheck.system import System

ENGINES = ("auto", "reference", "python", "numpy", "native")
"""The names that `engine_named` knows."""
SMALL_STATES, SMALL_SECONDS = 4_000, 1.0
"""Up to here the python engine answers sooner than machine code is made.

The number decides, so that the same system is always answered by the same engine; the time only bounds the wait where
guards are very slow.
"""


def engine_named(name: str) -> Engine:
    """The engine of a name. Raises EngineError DR501 for a name that is not one of `ENGINES`."""
    match name:
        case "auto":
            return AutoEngine()
        case "reference":
            return ReferenceEngine()
        case "python":
            return PythonEngine()
        case "numpy":
            from drcheck.explore.arrays.engine import NumpyEngine

            return NumpyEngine()
        case "native":
            from drcheck.explore.native.engine import NativeEngine

            return NativeEngine()
    raise EngineError("DR501", f"there is no engine {name!r}", available=ENGINES, asked=name)


class AutoEngine:
    """Starts in plain Python, and starts again in machine code where the system turns out not to be small.

    The answer is the same in every case; `Exploration.engine` tells which engine gave it, and `seconds` covers both.
    Without a compiler the numpy engine takes the place of the native one.
    """

    name = "auto"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`)."""
        states = SMALL_STATES if limits.states is None else min(SMALL_STATES, limits.states)
        seconds = SMALL_SECONDS if limits.seconds is None else min(SMALL_SECONDS, limits.seconds)
        small = replace(limits, states=states, seconds=seconds)
        first = PythonEngine().explore(system, query, small)
        if first.complete or _reached(first, limits):
            return first
        from drcheck.explore.native.engine import NativeEngine

        native = NativeEngine()
        engine: Engine = native if native.available() else engine_named("numpy")
        left = limits.seconds if limits.seconds is None else max(0.0, limits.seconds - first.seconds)
        result = engine.explore(system, query, replace(limits, seconds=left), listener)
        stopped = result.stopped
        if left is not None and limits.seconds is not None and stopped == seconds_limit(left):
            stopped = seconds_limit(limits.seconds)  # as its user knows it, not what was left of it
        return replace(result, seconds=first.seconds + result.seconds, stopped=stopped)


def _reached(result: Exploration, limits: Limits) -> bool:
    """Whether a search stopped for a reason of its user's or of the machine's, not at the size of a small system."""
    if limits.states is not None and result.states > limits.states:
        return True
    own = (states_limit(SMALL_STATES), seconds_limit(SMALL_SECONDS))
    return result.stopped not in own or (limits.seconds is not None and result.seconds > limits.seconds)
