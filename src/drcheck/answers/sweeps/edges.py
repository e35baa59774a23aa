"""The least or the greatest value of a parameter with which a property holds, for each combination of the others.

Where a greater value only adds executions (see `rule`) it is found by bisection: what breaks with a value breaks with every
greater. Else every value is tried. Either way the answer comes with what shows it: the values at which the property was found to
hold, and to fail. What is not decided is no answer: then all values are tried that it leaves open, and where one of them
could be the answer, none is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from drcheck.answers.axes import Axis, grid
from drcheck.answers.sweeps.asking import FOLLOWS, Asking, Row
from drcheck.answers.sweeps.rule import why_monotone
from drcheck.answers.sweeps.units import Answer
from drcheck.designs.design import Design
from drcheck.designs.parameter import show
from drcheck.errors import EngineError, UsageError
from drcheck.language.durations import Duration
from drcheck.logic.kinds import WorstCase
from drcheck.logic.properties import Statement
from drcheck.verdicts.wording import HOLDS, VIOLATED

Which = Literal["least", "greatest"]


@dataclass(frozen=True)
class Edge:
    """The least or greatest value of a parameter with which a property holds; `value`: None if there is none, or it is not known.

    `name`: of the property; `at`: the values of the other parameters. `why`: the rule by which it was bisected, or "": then every
    value was tried. `holds` and `fails`: the values at which the property was found to hold and to fail; `open`: those that are
    not decided and could be the answer. `again`: of values that were all tried, those beyond the answer at which it fails again.
    """

    name: str
    which: Which
    parameter: str
    at: Mapping[str, Any]
    value: Any
    why: str
    holds: tuple[Any, ...]
    fails: tuple[Any, ...]
    open: tuple[Any, ...]
    again: tuple[Any, ...]

    @property
    def decided(self) -> bool:
        """Whether the value is known, or that there is none."""
        return not self.open


def ends(axes: Sequence[Axis], which: Which, name: str) -> Axis:
    """The axis along which the least or greatest value is sought. Raises UsageError DR401 if it is none that ascends."""
    axis = next((axis for axis in axes if axis.name == name), None)
    if axis is None:
        raise UsageError(
            "DR401", f"the {which} {name} is sought, which is not varied", available=[a.name for a in axes], asked=name
        )
    values = list(axis.values)
    numbers = all(isinstance(value, (int, Duration)) and not isinstance(value, bool) for value in values)
    if not numbers or values != sorted(values):
        raise UsageError(
            "DR401",
            f"the {which} {name} is sought among values that do not ascend",
            remedy=f"write {name}=1h..12h, or numbers or durations in ascending order",
        )
    return axis


def seek(
    asking: Asking, statements: Sequence[Statement], axes: Sequence[Axis], which: Which, name: str
) -> tuple[list[Row], list[Edge]]:
    """Rows for all points, those that were not asked as what follows; and the least or greatest values. Raises UsageError DR401.

    A worst case without a bound always holds, and is refused.
    """
    axis = ends(axes, which, name)
    _refuse_unbounded(asking.design, statements, asking.asked, axes)
    others = [other for other in axes if other is not axis]
    seeking = [_Seeking(asking, statement, at, axis, which) for at in grid(others) for statement in statements]
    while True:
        wanted = [(one, number) for one in seeking for number in one.wanted()]
        if not wanted or asking.figures.stopped:
            break
        asked = asking.rows([(one.point(number), [one.statement]) for one, number in wanted])
        for (one, number), row in zip(wanted, asked, strict=True):
            one.rows[number] = row
    names = [axis.name for axis in axes]
    found = {(tuple(row.at[n] for n in names), row.property): row for one in seeking for row in one.all_rows(names)}
    rows = [found[tuple(at[n] for n in names), s.name] for at in grid(axes) for s in statements]
    return rows, [one.edge() for one in seeking]


def _refuse_unbounded(
    design: Design, statements: Sequence[Statement], asked: Mapping[str, Any], axes: Sequence[Axis]
) -> None:
    for statement in statements:
        first = {axis.name: axis.values[0] for axis in axes}
        item = statement.on_any(design.build({**statement.given, **asked, **first}))
        if isinstance(item, WorstCase) and item.at_most is None:
            raise UsageError(
                "DR401",
                f"{statement.name} is a worst case without a bound, which holds with any value",
                place=statement.details.get("place"),
                remedy="name a property that can fail",
            )


@dataclass
class _Seeking:
    """One property along the axis, with fixed values of the others. Rows by the positions of values."""

    asking: Asking
    statement: Statement
    at: Mapping[str, Any]
    axis: Axis
    which: Which
    rows: dict[int, Row] = field(default_factory=dict)
    why: str = ""

    def __post_init__(self) -> None:
        settings = self.asking.settings_of(self.statement, self.at)
        settings.pop(self.axis.name, None)
        self.why = why_monotone(self.asking.design, self.statement, settings, self.axis.name, self.axis.values[-1])

    def point(self, number: int) -> dict[str, Any]:
        """The values of what is varied, with one of the axis."""
        return {**self.at, self.axis.name: self.axis.values[number]}

    def wanted(self) -> list[int]:
        """The positions of the values to be asked next."""
        all_of = range(len(self.axis.values))
        if not self.why:
            return [n for n in all_of if n not in self.rows]
        if self.which == "least":
            return (
                []
                if 0 in self.rows and self.rows[0].answer.decided
                else [n for n in self._between() if self.rows] or [0]
            )
        if not self.rows:
            return sorted({0, all_of[-1]})
        between = self._between()
        if any(n in self.rows for n in between):  # not decided: what is left of them is tried
            return [n for n in between if n not in self.rows]
        return [between[(len(between) - 1) // 2]] if between else []

    def _between(self) -> list[int]:
        """The positions of the values of which it is not known whether the property holds there."""
        held, failed = self._held(), self._failed()
        if held > failed:
            raise EngineError(
                "DR502", f"{self.statement.name} holds with a greater {self.axis.name}, and fails with a smaller one"
            )
        return list(range(held + 1, failed))

    def _held(self) -> int:
        return max((n for n, row in self.rows.items() if row.answer.holds), default=-1)

    def _failed(self) -> int:
        failed = (n for n, row in self.rows.items() if row.answer.verdict == VIOLATED)
        return min(failed, default=len(self.axis.values))

    def all_rows(self, names: Sequence[str]) -> list[Row]:
        """A row for each value, in the order of the parameters."""
        found = []
        for number in range(len(self.axis.values)):
            row = self.rows.get(number) or self._following(number)
            found.append(replace(row, at={name: row.at[name] for name in names}))
        return found

    def _following(self, number: int) -> Row:
        point = self.point(number)
        held, failed = self._held(), self._failed()
        settings = self.asking.settings_of(self.statement, point)
        shown = held if number < held else failed if number > failed else None
        if not self.why or shown is None:
            (row,) = self.asking.untried([(point, [self.statement])])
            return row
        reason = f"follows from {self.axis.name}={show(self.axis.values[shown])}: {self.why}"
        word = HOLDS if number < held else VIOLATED
        return Row(point, self.statement.name, settings, Answer(word, reason), FOLLOWS)

    def edge(self) -> Edge:
        """The least or greatest value, with what shows it."""
        values, last = self.axis.values, len(self.axis.values) - 1
        held = [n for n, row in sorted(self.rows.items()) if row.answer.holds]
        failed = [n for n, row in sorted(self.rows.items()) if row.answer.verdict == VIOLATED]
        undecided = [n for n in range(last + 1) if n not in held and n not in failed]
        least = self.which == "least"
        if self.why:  # what holds, holds with every smaller value; what fails, with every greater
            most = max(held, default=-1)
            found = None if not held else 0 if least else most
            undecided = [n for n in undecided if most < n < min(failed, default=last + 1)]
            undecided = undecided if not (least and held) else []
            again: list[int] = []
        else:
            found = (min if least else max)(held, default=None)
            beyond = range(last + 1) if found is None else range(found) if least else range(found + 1, last + 1)
            undecided = [n for n in undecided if n in beyond]
            again = [] if found is None else [n for n in failed if n not in beyond]
        picked = None if found is None or undecided else values[found]
        told = [tuple(values[n] for n in those) for those in (held, failed, undecided, again)]
        return Edge(self.statement.name, self.which, self.axis.name, self.at, picked, self.why, *told)


__all__ = ["Edge", "Which", "ends", "seek"]
