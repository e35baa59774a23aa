"""Disruptions, and what a document states as objectives for them: how much is lost at most, how soon it is back.

    LOSS_OF_SITE_1 = disruption("loss of Site 1", site_failures=1, failing="site1")
    OBJECTIVES = [
        objective(LOSS_OF_SITE_1, back_within=hours(4), source="the service level agreement, section 2"),
        disruption("loss of Site 1 after an outage", site_failures=1, failing="site1", outages=1),
    ]

A disruption is a named set of budgets. What it costs is decided by the worst cases of the design that say that they measure it:
`@stated(measures="loss")`, `@stated(measures="time_back")`. Where no objective is stated for it, the cost is told all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from drcheck.errors import Place, PropertyError, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared, no_key
from drcheck.language.durations import Duration
from drcheck.language.units import PLAIN, TICKS
from drcheck.logic.details import given_of

Bound: TypeAlias = int | Duration
"""The greatest value that an objective allows: a number of what the measure counts, or a length of time."""


@dataclass(frozen=True)
class Disruption(Declared):
    """A named set of budgets. `budgets`: values of parameters that are faults or slips; `given`: of others."""

    __hash__ = no_key

    name: str
    budgets: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None

    @property
    def described(self) -> str:
        """What it is, in messages."""
        return "a disruption"


@dataclass(frozen=True)
class Limit:
    """A bound on a measure, as it was stated: `unit` is that in which it was, PLAIN for a bare number."""

    bound: Bound
    unit: str

    def __str__(self) -> str:
        if isinstance(self.bound, Duration):
            return str(self.bound)
        return f"{self.bound:,} {self.unit}" if self.unit else f"{self.bound:,}"


@dataclass(frozen=True)
class Objective(Declared):
    """What a document states for a disruption. At least one of the limits is stated; `source`: the document and section."""

    __hash__ = no_key

    disruption: Disruption
    loses_at_most: Limit | None
    back_within: Limit | None
    source: str
    place: Place | None = None

    @property
    def name(self) -> str:
        """That of its disruption."""
        return self.disruption.name

    @property
    def described(self) -> str:
        """What it is, in messages."""
        return "an objective"

    def limit(self, measures: str) -> Limit | None:
        """The limit on what a worst case measures: "loss" or "time_back"."""
        return self.loses_at_most if measures == "loss" else self.back_within


def disruption(name: str, /, *, given: Mapping[str, Any] = ABSENT, **budgets: Any) -> Disruption:
    """A disruption: the values of the design's parameters that are faults or slips; numbers that are not named are 0.

    Of the parameters in the roles FAULT and SLIP that it does not name, whole numbers that can be 0 are 0 and faults that are
    yes or no are no; others, such as how long an outage lasts, keep their value. `given`: parameters of other roles, for what
    is done on purpose: `given={"procedure": "upgrade"}`. Raises PropertyError DR316.
    """
    place = caller()
    if not isinstance(name, str) or not name.strip():
        raise PropertyError(
            "DR316",
            f"a disruption has a name, and cannot be called {shown(name)}",
            place=place,
            remedy='write for instance disruption("loss of Site 1", site_failures=1)',
        )
    return Disruption(" ".join(name.split()), dict(budgets), given_of(given), place)


def objective(
    of: Disruption,
    /,
    *,
    loses_at_most: int | str | Duration = ABSENT,
    back_within: Duration = ABSENT,
    source: str = ABSENT,
) -> Objective:
    """What a document states for a disruption: how much is lost at most, how long it takes at most until it is back.

    `loses_at_most`: 0, a number with its unit ("3 intervals"), a duration where the loss is measured in time; a bare number where
    the measure has no unit. `back_within`: a duration. `source`: the document and section; without one it is no objective.
    Raises PropertyError DR317.
    """
    place = caller()
    if not isinstance(of, Disruption):
        raise _no_objective(
            f"an objective is that of a disruption, not of {shown(of)}",
            place,
            'write objective(disruption("loss of Site 1", site_failures=1), ...)',
        )
    what = f"the objective of {of.name}"
    for argument, value in (("loses_at_most", loses_at_most), ("back_within", back_within), ("source", source)):
        refuse_none(f"{what}: {argument}", value, "nothing", place)
    if loses_at_most is ABSENT and back_within is ABSENT:
        raise _no_objective(
            f"{what} says neither what is lost nor how soon it is back",
            place,
            "write loses_at_most=..., back_within=..., or declare the disruption alone",
        )
    if source is ABSENT or not isinstance(source, str) or not source.strip():
        said = "has no source" if source is ABSENT else f"has {shown(source)} for a source"
        raise _no_objective(f"{what} {said}", place, 'say where it is stated: source="the agreement, section 2"')
    if back_within is not ABSENT and not isinstance(back_within, Duration):
        raise _no_objective(f"{what}: back_within is a duration, not {shown(back_within)}", place, "write hours(4)")
    return Objective(
        of,
        None if loses_at_most is ABSENT else _limit(what, loses_at_most, place),
        None if back_within is ABSENT else Limit(back_within, TICKS),
        source.strip(),
        place,
    )


_WITH_UNIT = re.compile(r"(\d[\d,_]*)\s+(\S.*)")


def _limit(what: str, value: object, place: Place) -> Limit:
    """A limit on a loss. Raises PropertyError DR317."""
    if isinstance(value, Duration):
        return Limit(value, TICKS)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Limit(value, PLAIN)
    found = _WITH_UNIT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise _no_objective(
            f"{what}: loses_at_most cannot be {shown(value)}",
            place,
            'write 0, a number with its unit as in "3 intervals", or a duration',
        )
    return Limit(int(found[1].replace(",", "").replace("_", "")), " ".join(found[2].split()))


def _no_objective(message: str, place: Place | None, remedy: str) -> PropertyError:
    return PropertyError("DR317", message, place=place, remedy=remedy)


__all__ = ["Bound", "Disruption", "Limit", "Objective", "disruption", "objective"]
