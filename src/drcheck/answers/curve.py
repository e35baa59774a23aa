"""The exact curve of a worst case against one parameter of a design, for each of several settings of others.

Every point is decided on the design composed with these values; nothing is drawn between points, or concluded from others. A
parameter that is the greatest length of something, an outage say, allows all shorter ones: a curve against it never falls unless
longer ones change more than that, and where it falls that is told (`falls`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.answers.axes import Axis
from drcheck.answers.points import Asking, Known, Point, worst_case_named
from drcheck.designs.design import Design
from drcheck.designs.parameter import ParameterRole, show
from drcheck.designs.selection import refuse_other
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import UsageError
from drcheck.language.durations import Duration
from drcheck.language.units import unit_of
from drcheck.logic.properties import Statement


@dataclass(frozen=True)
class Series:
    """One curve: the settings in which it differs from the others, and a point for each value of the axis."""

    settings: Mapping[str, Any]
    points: tuple[Point, ...]

    @property
    def values(self) -> list[int | None]:
        """The values where they are exact, None elsewhere."""
        return [point.value if point.known is Known.EXACT else None for point in self.points]

    @property
    def falls(self) -> list[int]:
        """The positions at which the exact value is less than the one before."""
        known = self.values
        return [n for n, (a, b) in enumerate(itertools.pairwise(known), 1) if a is not None and b is not None and b < a]


@dataclass(frozen=True)
class Curve:
    """The curves of one worst case. `given`: what it is stated for, as far as that was kept; `replaced`: what was not.

    `settings`: as requested; `along`: the axis; `unit`: what the values count, or None. `searches` were made, of `states` in all;
    `stopped`: why not every point was tried, or "".
    """

    design: Design
    measure: Statement
    settings: Mapping[str, Any]
    given: Mapping[str, Any]
    replaced: Mapping[str, Any]
    along: Axis
    series: tuple[Series, ...]
    unit: str | None
    tick: Duration | None
    searches: int
    states: int
    stopped: str = ""

    @property
    def whole(self) -> bool:
        """Whether every value is exact, but for those that cannot be stated."""
        wanted = (Known.EXACT, Known.IMPOSSIBLE)
        return all(point.known in wanted for one in self.series for point in one.points)


def curve(
    design: Design,
    name: str,
    along: Axis,
    series: Sequence[Mapping[str, Any]] = ({},),
    settings: Mapping[str, Any] | None = None,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> Curve:
    """The exact values of the worst case `name` along an axis, a curve for each of `series`.

    It is asked with the parameters that it is stated for, but for those of the axis, of the series and in `settings`. Its bound
    plays no part. The limits of states and of memory are those of each search, that of seconds is one for all. Ctrl-C ends it;
    what is known by then is the answer. Raises UsageError DR401 for a property that is no worst case or an axis without values,
    the errors of `select` and of composing for what cannot be composed as it is stated, and those of parameters (DR204, DR205).
    """
    refuse_other(design, Design)
    asked = dict(settings or {})
    limits = limits.begun()
    own = {along.name, *(key for one in series for key in one)}
    for key in own & asked.keys():
        raise UsageError("DR401", f"parameter {key} is set, and varied as well", remedy="leave out one of the two")
    if any(along.name in one for one in series):
        raise UsageError(
            "DR401", f"parameter {along.name} is the axis, and varied beside it", remedy="leave out one of the two"
        )
    if not along.values:
        raise UsageError("DR401", f"the axis {along.name} has no values", remedy="write longest_outage=0h..20h")
    for key, value in [*((along.name, v) for v in along.values), *(pair for one in series for pair in one.items())]:
        design.parameter(key).check(value)
    statement, system = worst_case_named(design, name, asked)
    measure = statement.on_any(system).measure
    given = {k: v for k, v in statement.given.items() if k not in own and k not in asked}
    replaced = {k: v for k, v in statement.given.items() if k in own or (k in asked and asked[k] != v)}
    asking = Asking(design, statement, engine=engine, limits=limits, listener=listener)
    found = []
    for one in series:
        points = []
        for value in along.values:
            here = {**one, along.name: value}
            label = ", ".join(f"{key}={show(v)}" for key, v in here.items())
            point = asking.at({**given, **asked, **here}, label)
            points.append(point)
        found.append(Series(dict(one), tuple(points)))
    return Curve(
        design,
        statement,
        asked,
        given,
        replaced,
        along,
        tuple(found),
        None if measure is None else unit_of(system.settled(measure)),
        system.tick,
        asking.searches,
        asking.states,
        asking.stopped,
    )


# -- what is varied ----------------------------------------------------------------------------------------------------
def subsets(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All subsets of some changes, the smallest first: nothing, each alone, each two, ... all."""
    pairs = list(changes.items())
    return [dict(those) for size in range(len(pairs) + 1) for those in itertools.combinations(pairs, size)]


def repair_changes(design: Design, names: Sequence[str]) -> dict[str, Any]:
    """Some repairs, each with its first value that is not the default. Raises UsageError DR401 for what is no repair."""
    known = [p for p in design.parameters if p.role is ParameterRole.REPAIR]
    found: dict[str, Any] = {}
    for name in names:
        parameter = next((p for p in known if p.name == name), None)
        if parameter is None:
            raise UsageError(
                "DR401", f"{name} is no repair of design {design.name}", available=[p.name for p in known], asked=name
            )
        values = (False, True) if parameter.type is bool else parameter.choices
        if not values:
            raise UsageError(
                "DR401",
                f"repair {name} has no list of values, of which the first would be taken",
                asked=name,
                remedy=f"vary it by --each {name}=VALUES",
            )
        found[name] = next(value for value in values if value != parameter.default)
    return found


def steps_of(one: Series) -> Iterator[tuple[int, Point]]:
    """The positions at which the exact value is another one than before, the first included, each with its point."""
    before: object = object()
    for position, point in enumerate(one.points):
        value = point.value if point.known is Known.EXACT else point.known
        if value != before:
            yield position, point
        before = value


__all__ = ["Curve", "Series", "curve", "repair_changes", "steps_of", "subsets"]
