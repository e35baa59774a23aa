"""Of which parameters a greater value only adds executions: what breaks a promise of single states breaks it with every greater.

Two ways to know it, both of the cuts, and both only where Python decides nothing by the parameter and the promise has no constant
that derives from it (see `designs.tracing`):

* a greatest length, by where its constants stand in the composed system (see `answers.lengths`);
* a budget: all that derives from the parameter is what counters of faults start with and are capped at, which never fall as it
  grows; and of these kinds of faults more uses only add executions (see `answers.monotone`). A counter is never counted up, so
  its cap does nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drcheck.answers.combinations import Adversities
from drcheck.answers.composed import Composed
from drcheck.answers.lengths import only_adds_executions
from drcheck.answers.monotone import OF_STATES
from drcheck.designs.design import Design
from drcheck.designs.tracing import Occurrences, can_be_traced, occurrences
from drcheck.errors import DrcheckError
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.system.composition import FAULTS, budgets

LENGTH = "a greater value is a greater length, which only adds executions"
BUDGET = "a greater value allows more faults, which only add executions"


def why_monotone(design: Design, statement: Statement, settings: Mapping[str, Any], name: str, greatest: Any) -> str:
    """Why a promise that breaks with a value of a parameter breaks with every greater one; "" if that is not known.

    `greatest`: a value with which the design is composed to find out.
    """
    if not can_be_traced(design.parameter(name)):
        return ""
    made = Composed(design, Adversities({**settings, name: greatest}, frozenset(), {}), ())
    if made.system is None:
        return ""
    asked = made.on(statement)
    if not isinstance(asked.stated, Property) or not isinstance(asked.stated, OF_STATES):
        return ""
    try:
        places = occurrences(design, {**settings, name: greatest}, name, [statement])
    except DrcheckError:
        return ""
    if places.of_property(statement.name) != ():
        return ""
    if only_adds_executions(made.system, places):
        return LENGTH
    kinds = frozenset(kind for kind, left in budgets(made.system).items() if left.label in _counters(places))
    return BUDGET if kinds and kinds <= asked.monotone else ""


def _counters(places: Occurrences) -> frozenset[str]:
    """The counters of faults that start with more for a greater value, where that is all it does; else none."""
    found = places.in_system
    if not places.complete or not all(
        place.component == FAULTS and place.where in ("start", "cap") and place.rises == 1 for place in found
    ):
        return frozenset()
    return frozenset(place.variable.label for place in found if place.variable is not None)


__all__ = ["why_monotone"]
