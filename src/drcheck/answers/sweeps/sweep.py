"""A sweep: what becomes of properties for all combinations of values of some parameters, as a table.

Each point is decided on the design composed with these values; nothing is concluded from other points, but where a least or
greatest value is asked for and a rule proves it (see `edges`). An answer that was found before, of an equal system and property,
is not searched for again (see `kept`).
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.answers.axes import Axis, axis_of, grid
from drcheck.answers.points import Known
from drcheck.answers.sweeps.asking import Asking, Figures, Row
from drcheck.answers.sweeps.edges import Edge, Which, seek
from drcheck.answers.sweeps.kept import KeptAnswers
from drcheck.answers.sweeps.places import Here, Place
from drcheck.designs.design import Design
from drcheck.designs.parameter import show
from drcheck.designs.selection import refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, UsageError
from drcheck.kernels.budget import check_limit
from drcheck.language.durations import Duration
from drcheck.language.units import unit_of
from drcheck.logic.properties import Statement
from drcheck.verdicts.repair_sets import IMPOSSIBLE
from drcheck.verdicts.sliced import SEARCH, checked_way, refuse_sliced

MOST_POINTS = 1_000_000
"""How many points a sweep may have."""


@dataclass(frozen=True)
class SweepTable:
    """The table. `settings`: as requested; `axes`: what is varied; `statements`: the properties that are asked.

    `replaced`: what some of these are stated for and other values were taken of, by the name of the property. `units`: what the
    values of each worst case count. `figures`: what it took. `edges`: the least or greatest values, where these were sought.
    `by`: the way in which it was decided.
    """

    design: Design
    settings: Mapping[str, Any]
    axes: tuple[Axis, ...]
    statements: tuple[Statement, ...]
    rows: tuple[Row, ...]
    figures: Figures
    units: Mapping[str, str]
    tick: Duration | None
    edges: tuple[Edge, ...] = ()
    by: str = SEARCH

    @property
    def names(self) -> list[str]:
        """The names of the properties, in order."""
        return [statement.name for statement in self.statements]

    @property
    def replaced(self) -> dict[str, dict[str, Any]]:
        """What properties are stated for and other values were taken of."""
        own = {axis.name for axis in self.axes}
        found = {
            s.name: {k: v for k, v in s.given.items() if k in own or (k in self.settings and self.settings[k] != v)}
            for s in self.statements
        }
        return {name: values for name, values in found.items() if values}

    @property
    def whole(self) -> bool:
        """Whether everything is decided, and every value exact, but for what cannot be stated; of edges, whether these are."""
        if self.edges:
            return not self.figures.stopped and all(edge.decided for edge in self.edges)
        return not self.figures.stopped and all(
            row.answer.verdict == IMPOSSIBLE or (row.answer.decided and row.answer.known in ("", Known.EXACT.value))
            for row in self.rows
        )

    def of(self, name: str) -> list[Row]:
        """The rows of one property, in the order of the points."""
        return [row for row in self.rows if row.property == name]

    def records(self) -> list[dict[str, Any]]:
        """The rows as plain data: values of what is varied (durations as text), the property, and its answer."""
        return [
            {
                **{name: value if isinstance(value, (bool, int)) else show(value) for name, value in row.at.items()},
                "property": row.property,
                "verdict": row.answer.verdict,
                "known": row.answer.known or None,
                "value": row.answer.value,
                "value_text": row.answer.text or None,
                "reason": row.answer.reason,
                "steps": row.answer.steps,
                "states": row.answer.states,
                "how": row.how or None,
            }
            for row in self.rows
        ]

    def to_dataframe(self) -> Any:
        """The rows as a data frame of pandas: durations are its Timedelta, what is missing is NA.

        Raises UsageError DR408 where pandas is not installed.
        """
        try:
            pandas: Any = importlib.import_module("pandas")
        except ImportError:
            raise UsageError(
                "DR408", "a data frame needs pandas, which is not installed", remedy="pip install pandas"
            ) from None
        frame = pandas.DataFrame(self.records())
        for axis in self.axes:
            if axis.values and isinstance(axis.values[0], Duration):
                frame[axis.name] = pandas.to_timedelta([row.at[axis.name].in_seconds for row in self.rows], unit="s")
        return frame.astype(dict.fromkeys(("value", "steps", "states"), "Int64"))


Vary = Mapping[str, str | Sequence[Any]]
"""What is varied: names of parameters with values, or with a text such as "1h..12h/1h"."""


def sweep(
    design: Design,
    vary: Vary | Sequence[Axis],
    properties: str | Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    *,
    engine: str = "auto",
    by: str = SEARCH,
    limits: Limits = Limits(),
    least: str | None = None,
    greatest: str | None = None,
    kept: KeptAnswers | None = None,
    place: Place | None = None,
    listener: Callable[[str], Listener | None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> SweepTable:
    """What becomes of some properties of a design, all where none is named, for all combinations of values.

    A property is asked with the parameters that it is stated for, but for those that are varied or in `settings`. `kept`: where
    answers are looked up and kept; None: in this process, for the time of the call. `place`: where the searches are made; None:
    here. The limits of states and of memory are those of each search, that of seconds is one for all. Ctrl-C ends it; what is
    known by then is the answer. `least` or `greatest`: a parameter that is varied, of which the least or greatest value is sought
    with which each property holds, by bisection where that is proved to find it (see `edges`). `by`: as in `check`.

    Raises UsageError DR401 for what cannot be varied so, EngineError DR518 and DR519 for `by`, the errors of `select` and of
    parameters, OutputError DR620, and DesignError DR220 for a worker of another model or drcheck.
    """
    refuse_other(design, Design)
    check_limit(limits.memory)
    if limits.log is not None or limits.disk is not None:
        raise UsageError(
            "DR401",
            "a sweep keeps answers, and no logs or files of its searches",
            remedy="leave out --log and --disk, and check a large point alone: drcheck check --log",
        )
    if checked_way(by) != SEARCH:
        refuse_sliced(engine, limits, frozenset(), coverage=False)
    asked = design.taken(dict(settings or {}))
    axes = axes_of(design, vary, asked)
    statements = select(design, properties, asked)
    asking = Asking(
        design,
        statements,
        asked,
        place or Here(listener),
        kept or KeptAnswers(),
        engine=engine,
        by=by,
        limits=limits,
        progress=progress,
    )
    edges: list[Edge] = []
    if least is not None and greatest is not None:
        raise UsageError("DR401", "the least and the greatest value are sought", remedy="name one of them")
    if least is not None or greatest is not None:
        which: Which = "greatest" if least is None else "least"
        rows, edges = seek(asking, statements, axes, which, str(greatest if least is None else least))
    else:
        rows = asking.rows([(at, statements) for at in grid(axes)])
    return SweepTable(
        design,
        asked,
        axes,
        tuple(statements),
        tuple(rows),
        asking.figures,
        *_units(design, statements, asked, axes),
        tuple(edges),
        by,
    )


def axes_of(design: Design, vary: Vary | Sequence[Axis], asked: Mapping[str, Any]) -> tuple[Axis, ...]:
    """What is varied, checked. Raises UsageError DR401 and the errors of parameters."""
    axes: list[Axis] = []
    if isinstance(vary, Mapping):
        for name, values in vary.items():
            given = isinstance(values, str)
            axes.append(
                axis_of(design, f"{name}={values}", "vary", asked)
                if given
                else Axis(name, tuple(dict.fromkeys(values)))
            )
    else:
        axes = list(vary)
    if not axes:
        raise UsageError("DR401", "nothing is varied", remedy="name a parameter and its values: threshold=1h..12h/1h")
    for axis in axes:
        if not axis.values:
            raise UsageError("DR401", f"{axis.name} is varied and has no values", remedy="write threshold=1h..12h/1h")
        if axis.name in asked:
            raise UsageError(
                "DR401", f"parameter {axis.name} is set, and varied as well", remedy="leave out one of the two"
            )
        for value in axis.values:
            design.parameter(axis.name).check(value)
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError("DR401", f"parameter {name} is varied twice", remedy="name all its values in one place")
    number = math.prod(len(axis.values) for axis in axes)
    if number > MOST_POINTS:
        raise UsageError(
            "DR401", f"the sweep has {number:,} points", remedy=f"take {MOST_POINTS:,} at most, in longer steps"
        )
    return tuple(axes)


def _units(
    design: Design, statements: Sequence[Statement], asked: Mapping[str, Any], axes: Sequence[Axis]
) -> tuple[dict[str, str], Duration | None]:
    """What the values of each worst case count at the first point, and the length of a tick there."""
    units: dict[str, str] = {}
    tick: Duration | None = None
    for statement in statements:
        try:
            system = design.build({**statement.given, **asked, **{axis.name: axis.values[0] for axis in axes}})
            item = statement.on_any(system)
        except DrcheckError:
            continue
        tick = tick or system.tick
        if item.measure is not None:
            units[statement.name] = unit_of(system.settled(item.measure)) or ""
    return units, tick


__all__ = ["SweepTable", "Vary", "axes_of", "sweep"]
