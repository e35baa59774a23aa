"""All requested reductions, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from drcheck.errors import EngineError
from drcheck.reductions.form import (
    DEAD_VARIABLES,
    REDUCTIONS,
    SYMMETRY,
    Application,
    Question,
    Reduced,
)
from drcheck.system.system import System


def _application(name: str) -> Callable[[System, Question], Application]:
    """What applies the reduction of a name; only those that are requested are imported."""
    if name == DEAD_VARIABLES:
        from drcheck.reductions.dead_variables import apply
    elif name == SYMMETRY:
        from drcheck.reductions.symmetry import apply
    else:
        from drcheck.reductions.partial_order import apply
    return apply


def checked(names: frozenset[str]) -> tuple[str, ...]:
    """The reductions of these names, in the order in which they are applied. Raises EngineError DR504."""
    for name in sorted(names):
        if name not in REDUCTIONS:
            raise EngineError("DR504", f"there is no reduction {name!r}", available=REDUCTIONS, asked=name)
    return tuple(name for name in REDUCTIONS if name in names)


def reduce(system: System, question: Question, wanted: frozenset[str]) -> Reduced:
    """The system with every wanted reduction that applies.

    Each takes the result of the one before as its system, so none has to know of the others. Raises EngineError DR504.
    """
    applications: list[Application] = []
    now, orbits = system, tuple(range(len(system.events)))
    for name in checked(wanted):
        done = _application(name)(now, question)
        applications.append(done)
        now = done.system
        if done.orbits:
            orbits = tuple(done.orbits[event] for event in orbits)
    return Reduced(system, now, question.query, tuple(applications), orbits)


__all__ = ["checked", "reduce"]
