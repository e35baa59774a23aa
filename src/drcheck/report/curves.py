"""Curves of worst cases as plain data, as Markdown, and as a plot."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from drcheck.answers.axes import Axis
from drcheck.answers.curve import Curve, Series, steps_of
from drcheck.answers.points import Known, Point
from drcheck.designs.parameter import settings_text, show
from drcheck.language.durations import Duration
from drcheck.language.units import TICKS
from drcheck.render.plot import Mark, Plot, PlotLine, PlotPanel
from drcheck.render.style import plural
from drcheck.report.markdown_text import code, table, text

AS_IT_IS = "nothing changed"
"""What a series without settings of its own is called."""


# -- as data -----------------------------------------------------------------------------------------------------------
def curve_data(found: Curve, parameters: Any) -> dict[str, Any]:
    """All of a curve. `parameters` makes plain data of settings."""
    return {
        "design": found.design.name,
        "title": found.design.title,
        "property": found.measure.name,
        "parameters": parameters(found.settings),
        "given": parameters(found.given),
        "replaced": parameters(found.replaced),
        "along": found.along.name,
        "values": [show(value) for value in found.along.values],
        "places": [places(value, found.along) for value in found.along.values],
        "unit": found.unit or None,
        "tick": None if found.tick is None else str(found.tick),
        "series": [
            {
                "settings": parameters(one.settings),
                "points": [_point(point) for point in one.points],
                "falls": [show(found.along.values[n]) for n in one.falls],
            }
            for one in found.series
        ],
        "searches": found.searches,
        "states": found.states,
        "stopped": found.stopped or None,
    }


def places(value: Any, axis: Axis) -> int:
    """Where a value stands on the axis: seconds of durations, numbers as they are, others in their order."""
    if isinstance(value, Duration):
        return value.in_seconds
    return value if isinstance(value, int) and not isinstance(value, bool) else axis.values.index(value)


def _point(point: Point) -> dict[str, Any]:
    return {
        "known": point.known.value,
        "value": point.value,
        "value_text": point.text or None,
        "reason": point.reason,
        "states": point.states,
        "equal": point.equal,
    }


# -- as text -----------------------------------------------------------------------------------------------------------
def named(settings: Mapping[str, Any], found: Curve) -> str:
    """The settings of a series in words."""
    return settings_text(settings, found.design.roles) if settings else AS_IT_IS


def course(one: Series, along: Axis, found: Curve) -> str:
    """The steps of a curve in words: `0 from 0h on, 3 from 5h on`; what is not exact with why."""
    said = []
    for position, point in steps_of(one):
        value = show(along.values[position])
        if point.known is Known.EXACT:
            said.append(f"{_short(point, found)} from {value}")
        elif point.known is Known.AT_LEAST and point.value is not None:
            said.append(f"{point.text} from {value} ({point.reason})")
        else:
            said.append(f"{point.known.value} from {value} ({point.reason})")
    return ", ".join(said)


def _short(point: Point, found: Curve) -> str:
    if found.unit == TICKS and found.tick is not None and point.value is not None:
        return str(found.tick * point.value)
    return f"{point.value:,}"


def same(found: Curve) -> list[tuple[list[Series], str]]:
    """Series with the same course together, in order, each group with it."""
    groups: dict[str, list[Series]] = {}
    for one in found.series:
        groups.setdefault(course(one, found.along, found), []).append(one)
    return [(those, told) for told, those in groups.items()]


def summary(found: Curve) -> str:
    """What was decided, in a line."""
    points = [point for one in found.series for point in one.points]
    exact = sum(point.known is Known.EXACT for point in points)
    falls = sum(bool(one.falls) for one in found.series)
    told = f"{plural(len(found.series), 'curve')}, {exact} of {len(points)} values exact"
    told += f", {falls} of them fall somewhere" if falls else ""
    return f"{told}; {found.searches:,} searches, {found.states:,} states" + (
        f"; stopped: {found.stopped}" if found.stopped else ""
    )


def conditions(found: Curve) -> list[str]:
    """With what a worst case was asked, in lines."""
    roles = found.design.roles
    lines = []
    if found.given:
        lines.append(f"as it is stated, with {settings_text(found.given, roles)}")
    if found.replaced:
        lines.append(f"instead of {settings_text(found.replaced, roles)}")
    if found.settings:
        lines.append(f"as requested, with {settings_text(found.settings, roles)}")
    return lines


def curve_markdown(found: Curve) -> list[str]:
    """The curves as Markdown."""
    unit = f", in {found.unit}" if found.unit and found.unit != TICKS else ""
    rows = [
        [text(told), "<br>".join(code(named(one.settings, found), cell=True) for one in those)]
        for told, those in (((told, those)) for those, told in same(found))
    ]
    return [
        f"## {text(found.design.title)}: {code(found.measure.name)}",
        "",
        f"Exact values along {code(found.along.name)}{text(unit)}. {text('; '.join(conditions(found)))}.",
        "",
        *table(["value", "with"], rows),
        f"{text(summary(found))}.",
        "",
    ]


# -- as a plot ---------------------------------------------------------------------------------------------------------
def curve_plot(found: Mapping[str, Any], panels: Sequence[str] = ()) -> Plot:
    """The curves, as data, as a plot.

    `panels`: the parameters of which each combination of values has a panel; the values of the first stand side by side.
    """
    kept = [name for name in panels if any(name in one["settings"] for one in found["series"])]
    where: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for one in found["series"]:
        where.setdefault(tuple(show(one["settings"].get(name, "")) for name in kept), []).append(one)
    names = list(dict.fromkeys(_rest(one, kept) for one in found["series"]))
    letters = dict(zip(names, _letters(), strict=False))
    rows: dict[tuple[str, ...], list[PlotPanel]] = {}
    for key, those in where.items():
        title = ", ".join(f"{name}={value}" for name, value in zip(kept, key, strict=True))
        rows.setdefault(key[1:], []).append(PlotPanel(title, _lines(those, kept, letters, found)))
    unit = found["unit"] or "value"
    if unit == TICKS and found["tick"] is not None:
        unit = f"ticks of {found['tick']}"
    held = {**found["given"], **found["parameters"]}
    texts = [found["title"], *([f"with {_text(held)}"] if held else [])]
    return Plot(
        found["property"],
        (*texts, *([f"stopped: {found['stopped']}"] if found["stopped"] else [])),
        found["along"],
        unit,
        tuple(zip(found["places"], found["values"], strict=True)),
        tuple(tuple(row) for row in rows.values()),
        tuple((letters[name], name) for name in names),
    )


def _lines(
    those: Sequence[Mapping[str, Any]], kept: Sequence[str], letters: Mapping[str, str], found: Mapping[str, Any]
) -> tuple[PlotLine, ...]:
    lines: dict[tuple[Mark | None, ...], list[str]] = {}
    for one in those:
        marks = tuple(_mark(point, place) for point, place in zip(one["points"], found["places"], strict=True))
        lines.setdefault(marks, []).append(letters[_rest(one, kept)])
    return tuple(PlotLine(tuple(names), marks) for marks, names in lines.items())


def _mark(point: Mapping[str, Any], place: int) -> Mark | None:
    if point["value"] is None:
        return None
    return Mark(place, point["value"], point["known"] == Known.EXACT.value)


def _rest(one: Mapping[str, Any], kept: Sequence[str]) -> str:
    return _text({k: v for k, v in one["settings"].items() if k not in kept}) or AS_IT_IS


def _text(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={show(value)}" for name, value in settings.items())


def _letters() -> Iterable[str]:
    yield from string.ascii_uppercase
    yield from (first + second for first in string.ascii_uppercase for second in string.ascii_uppercase)


__all__ = ["conditions", "course", "curve_data", "curve_markdown", "curve_plot", "named", "same", "summary"]
