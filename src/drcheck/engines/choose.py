"""Which engine answers: by name, or automatically."""

from __future__ import annotations

from dataclasses import replace

from drcheck.engines.protocol import INTERRUPT, Engine, Exploration, Limits, Listener, Query, states_limit
from drcheck.engines.python import PythonEngine
from drcheck.engines.reference import ReferenceEngine
from drcheck.errors import EngineError
from drcheck.kernels.deadline import Deadline, seconds_limit
from drcheck.kernels.jit import to_begin
from drcheck.system.system import System

ENGINES = ("auto", "reference", "python", "numpy", "native")
"""The names that `engine_named` knows."""
SMALL_STATES, SMALL_WORK, SMALL_SECONDS = 4_000, 150_000, 1.0
"""Up to here the python engine answers sooner than machine code is made: states, and states times what is done in each.

The numbers decide, so that the same system is always answered by the same engine; the time only bounds the wait where
guards are very slow.
"""
MANY = 2_000
"""From this many alternatives of events on, array operations answer: to make code takes longer than most searches, half a minute
and more.
"""

MANY_STATES = 100_000
SLOWER = (
    "NumPy searched this, as the native engine is not installed: pip install 'drcheck[native]' makes such searches many times "
    "faster."
)
"""What is said of a search of more states than that."""


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
            from drcheck.engines.numpy.engine import NumpyEngine

            return NumpyEngine()
        case "native":
            from drcheck.engines.native.engine import NativeEngine

            return NativeEngine()
    raise EngineError("DR501", f"there is no engine {name!r}", available=ENGINES, asked=name)


class AutoEngine:
    """Starts in plain Python, and starts over in machine code if the system turns out not to be small.

    The answer is the same in every case; `Exploration.engine` says which engine gave it, and `seconds` covers both.
    Without a compiler, or room for it, the numpy engine replaces the native one; for a system with very many alternatives,
    whose code takes long to compile in every form, it starts at once.

    `expected`: so many states are expected. Where these are not few, it begins in machine code.
    """

    name = "auto"

    def __init__(self, expected: int = 0) -> None:
        self._expected = expected

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`)."""
        ways = sum(len(event.alternatives) for event in system.events)
        if ways > MANY:
            return engine_named("numpy").explore(system, query, limits, listener)
        small = min(SMALL_STATES, SMALL_WORK // (ways + len(query.watches) + len(query.maxima) + 1))
        deadline = limits.deadline or Deadline(limits.seconds)
        limits = replace(limits, deadline=deadline)
        if self._expected > small:
            engine, cramped = _larger(limits)
            return _remarked(engine.explore(system, query, limits, listener), engine, cramped=cramped)
        states = small if limits.states is None else min(small, limits.states)
        patience = deadline if deadline.left < SMALL_SECONDS else deadline.looked_at_in(SMALL_SECONDS)
        first = PythonEngine().explore(system, query, replace(limits, states=states, deadline=patience))
        if first.complete or _reached(first, limits, patience, small):
            return first
        if deadline.passed:
            return replace(first, stopped=deadline.reason)
        engine, cramped = _larger(limits)
        try:
            keeps = first.stopped == states_limit(small) and query.enough is None
            rest = _still_open(query, first) if keeps else query
            result = _with_hits(engine.explore(system, rest, limits, listener), query, first, rest)
        except KeyboardInterrupt:  # between the two
            return replace(first, stopped=INTERRUPT)
        if not result.complete and result.states < first.states:  # it did not start, or hardly
            result = replace(first, stopped=result.stopped)
        return replace(_remarked(result, engine, cramped=cramped), seconds=first.seconds + result.seconds)


def _larger(limits: Limits) -> tuple[Engine, bool]:
    """The engine for what is not small, and whether it is the numpy engine for want of memory alone."""
    cramped = limits.memory is not None and limits.budget.short_of(to_begin()) is not None
    return (engine_named("numpy") if cramped else _large_engine()), cramped


def _remarked(result: Exploration, engine: Engine, *, cramped: bool) -> Exploration:
    """A result, with a remark where a compiler would have given it sooner."""
    if engine.name == "numpy" and not cramped and result.states > MANY_STATES:
        return replace(result, remarks=(*result.remarks, SLOWER))
    return result


def _large_engine() -> Engine:
    from drcheck.engines.native.engine import NativeEngine

    return NativeEngine() if NativeEngine.available() else engine_named("numpy")


def _still_open(query: Query, first: Exploration) -> Query:
    """The query without the watches that the first states satisfy: states are numbered alike, so their hits stay."""
    left = [watch for watch, hit in zip(query.watches, first.hits, strict=True) if hit is None]
    return replace(query, watches=tuple(left))


def _with_hits(result: Exploration, query: Query, first: Exploration, rest: Query) -> Exploration:
    """The answer to the whole query, from that to the rest of it."""
    if rest is query:
        return result
    others = iter(result.hits)
    return replace(result, hits=tuple(next(others) if hit is None else hit for hit in first.hits))


def _reached(result: Exploration, limits: Limits, patience: Deadline, small: int) -> bool:
    """Whether a search stopped for a reason of its user's or of the machine's, not at the size of a small system."""
    if limits.states is not None and result.states > limits.states:
        return True
    if patience is not limits.deadline and result.stopped == seconds_limit(SMALL_SECONDS):
        return False
    return result.stopped != states_limit(small)
