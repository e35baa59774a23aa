"""Staircases of worst cases as plain data, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drcheck.answers.points import Point
from drcheck.answers.staircase import Stair, Staircase
from drcheck.designs.parameter import settings_text, show
from drcheck.report.markdown_text import code, table, text


def staircase_data(found: Staircase, parameters: Callable[[Mapping[str, Any]], Any]) -> dict[str, Any]:
    """All of a staircase. `parameters` makes plain data of settings."""

    def stair(one: Stair) -> dict[str, Any]:
        return {
            "uses": dict(one.combination.uses),
            "deviations": parameters({change.name: change.value for change in one.combination.deviations}),
            "lengths": parameters({change.name: change.value for change in one.lengths}),
            "known": one.point.known.value,
            "value": one.point.value,
            "value_text": one.point.text or None,
            "reason": one.point.reason,
        }

    return {
        "design": found.design.name,
        "title": found.design.title,
        "property": found.measure.name,
        "parameters": parameters(found.settings),
        "given": parameters(found.given),
        "order": found.order,
        "lengths": {axis.name: [show(value) for value in axis.values] for axis in found.lengths},
        "unit": found.unit or None,
        "steps": [{**stair(one), "minimal": one.minimal, "trace": _trace(one.point)} for one in found.steps],
        "tried": [stair(one) for one in found.tried],
        "untried": list(found.varied.untried),
        "held": sorted(found.varied.held),
        "searches": found.searches,
        "states": found.states,
        "stopped": found.stopped or None,
    }


def _trace(point: Point) -> dict[str, Any] | None:
    return None if point.trace is None else point.trace.as_data()


def stair_text(one: Stair) -> str:
    """The adversities of a step in words."""
    return str(one) if one.minimal else f"{one}; perhaps with less"


def staircase_rows(found: Staircase) -> list[tuple[str, list[str], list[str]]]:
    """For each value of a step, the adversities that reach it, and the lengths of their traces."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for one in found.steps:
        told, steps = rows.setdefault(one.point.text, ([], []))
        told.append(stair_text(one))
        steps.append("" if one.point.trace is None else f"{len(one.point.trace.steps):,}")
    return [(value, told, steps) for value, (told, steps) in rows.items()]


def held_text(found: Staircase) -> list[str]:
    """What is held, and what is not varied, in lines."""
    roles = found.design.roles
    lines = [f"as it is stated, with {settings_text(found.given, roles)}"] if found.given else []
    lines += [f"as requested, with {settings_text(found.settings, roles)}"] if found.settings else []
    lines += [f"at their least: {', '.join(map(str, found.least))}"] if found.lengths else []
    return lines + [f"not varied: {line}" for line in found.varied.untried]


def staircase_summary(found: Staircase) -> str:
    """What was decided, in a line."""
    said = f"{len(found.tried)} combinations of up to {found.order} at once, {len(found.steps)} of them steps"
    said += f", {len(found.open)} not exact" if found.open else ""
    return f"{said}; {found.searches:,} searches, {found.states:,} states" + (
        f"; stopped: {found.stopped}" if found.stopped else ""
    )


def staircase_markdown(found: Staircase) -> list[str]:
    """A staircase as Markdown."""
    rows = [
        [text(value), "<br>".join(text(line) for line in told), "<br>".join(steps)]
        for value, told, steps in staircase_rows(found)
    ]
    return [
        f"## {text(found.design.title)}: {code(found.measure.name)}",
        "",
        *([f"{text('; '.join(held_text(found)))}.", ""] if held_text(found) else []),
        *table(["at worst", "with no less than", "steps of the trace"], rows),
        f"{text(staircase_summary(found))}.",
        "",
    ]


__all__ = [
    "held_text",
    "stair_text",
    "staircase_data",
    "staircase_markdown",
    "staircase_rows",
    "staircase_summary",
]
