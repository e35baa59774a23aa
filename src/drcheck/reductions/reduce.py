"""All requested reductions, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from drcheck.errors import EngineError
from drcheck.reductions import dead_variables, partial_order, symmetry
from drcheck.reductions.form import (
    DEAD_VARIABLES,
    PARTIAL_ORDER,
    REDUCTIONS,
    SYMMETRY,
    Application,
    Question,
    Reduced,
)
from drcheck.system.system import System

_APPLY: dict[str, Callable[[System, Question], Application]] = {
    DEAD_VARIABLES: dead_variables.apply,
    SYMMETRY: symmetry.apply,
    PARTIAL_ORDER: partial_order.apply,
}


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
        done = _APPLY[name](now, question)
        applications.append(done)
        now = done.system
        if done.orbits:
            orbits = tuple(done.orbits[event] for event in orbits)
    return Reduced(system, now, question.query, tuple(applications), orbits)


__all__ = ["checked", "reduce"]
