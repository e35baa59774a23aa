"""What a reduction is: a map from a system and a query to a smaller system, with what it did and did not do.

A reduction keeps cells, the number and order of events and of their alternatives; it changes guards and updates, and has the
representatives of the initial states as initial ones, in the same order. So an engine explores the result like any other
system, and a state of it is a state of the original one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from drcheck.engines.protocol import Query
from drcheck.language.expressions import Expression
from drcheck.system.system import State, System, cells_of

DEAD_VARIABLES, SYMMETRY, PARTIAL_ORDER = "dead-variables", "symmetry", "partial-order"
REDUCTIONS = (DEAD_VARIABLES, SYMMETRY, PARTIAL_ORDER)
"""The reductions by name, in the order in which they are applied."""

Representative = Callable[[State], State]


@dataclass(frozen=True)
class Question:
    """The questions about a system that a reduction must preserve.

    `query`: that for the engine; its watches and maxima are kept. `observed`: lowered expressions that are
    evaluated on the states afterwards. `named`: events (by position) that fairness speaks of one by one.
    """

    query: Query
    observed: tuple[Expression, ...] = ()
    named: frozenset[int] = frozenset()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression whose value must be kept."""
        return (*self.query.watches, *self.query.maxima, *self.observed)

    @property
    def cells(self) -> frozenset[int]:
        """The cells that these expressions read."""
        return frozenset().union(*(cells_of(node) for node in self.expressions))


@dataclass(frozen=True)
class Application:
    """What one reduction did to a system: `what` in a sentence; if it was not `applied`, why.

    `representative` maps a state of the system to the one that stands for it. `orbits[e]` is the first event that stands
    for event e (itself, but for symmetry).
    """

    name: str
    applied: bool
    what: str
    system: System
    representative: Representative = field(default=lambda state: state, repr=False)
    orbits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reduced:
    """The reduced `system` and `query`; `original` is what was given. `applications`: one for each reduction wanted."""

    original: System
    system: System
    query: Query
    applications: tuple[Application, ...]
    orbits: tuple[int, ...]

    @property
    def used(self) -> tuple[str, ...]:
        """The names of the reductions that changed the system."""
        return tuple(a.name for a in self.applications if a.applied)

    def representative(self, state: State) -> State:
        """The state that stands for a state of the original system."""
        for application in self.applications:
            state = application.representative(state)
        return state


__all__ = [
    "DEAD_VARIABLES",
    "PARTIAL_ORDER",
    "REDUCTIONS",
    "SYMMETRY",
    "Application",
    "Question",
    "Reduced",
    "Representative",
]
