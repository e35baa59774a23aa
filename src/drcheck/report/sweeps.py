"""Sweeps as plain data, as CSV, as Markdown, and in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from drcheck.answers.points import Known
from drcheck.answers.sweeps.asking import EQUAL, FOLLOWS, KEPT, Row
from drcheck.answers.sweeps.edges import Edge
from drcheck.answers.sweeps.sweep import SweepTable
from drcheck.answers.sweeps.units import DECIDED
from drcheck.designs.parameter import settings_text, show
from drcheck.report.curves import places
from drcheck.report.markdown_text import code, table, text
from drcheck.verdicts.repair_sets import IMPOSSIBLE
from drcheck.verdicts.wording import HOLDS, VACUOUS, VIOLATED

MOST_TOLD = 5
"""How many reasons are told of what is not decided; the rest is counted."""


# -- as data -----------------------------------------------------------------------------------------------------------
def sweep_data(
    found: SweepTable, parameters: Callable[[Mapping[str, Any]], Any], declared: str | None = None
) -> dict[str, Any]:
    """All of a sweep. `parameters` makes plain data of settings; `declared`: the name under which its design declares it."""
    figures = found.figures
    return {
        "design": found.design.name,
        "title": found.design.title,
        "declared": declared,
        "by": found.by,
        "parameters": parameters(found.settings),
        "axes": [
            {
                "name": axis.name,
                "values": [show(value) for value in axis.values],
                "places": [places(value, axis) for value in axis.values],
            }
            for axis in found.axes
        ],
        "properties": [
            {
                "name": name,
                "unit": found.units.get(name) or None,
                "replaced": parameters(found.replaced.get(name, {})),
            }
            for name in found.names
        ],
        "tick": None if found.tick is None else str(found.tick),
        "rows": [
            {"at": parameters(row.at), **{k: v for k, v in record.items() if k not in row.at}}
            for row, record in zip(found.rows, found.records(), strict=True)
        ],
        "edges": [
            {
                "property": edge.name,
                "which": edge.which,
                "parameter": edge.parameter,
                "at": parameters(edge.at),
                "value": None if edge.value is None else show(edge.value),
                "decided": edge.decided,
                "bisected": edge.why or None,
                **{key: [show(v) for v in getattr(edge, key)] for key in ("holds", "fails", "open", "again")},
            }
            for edge in found.edges
        ],
        "searches": figures.searches,
        "states": figures.states,
        "kept": figures.kept,
        "failed": list(figures.failed),
        "stopped": figures.stopped or None,
    }


def sweep_csv(*sweeps: SweepTable) -> str:
    """The rows as CSV with a heading: values of what is varied, the property, and its answer; of several designs, which."""
    written = io.StringIO()
    records = [
        {**({"design": one.design.name} if len(sweeps) > 1 else {}), **record}
        for one in sweeps
        for record in one.records()
    ]
    writer = csv.DictWriter(written, list(records[0]) if records else ["property"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return written.getvalue()


# -- as text -----------------------------------------------------------------------------------------------------------
def cell_text(row: Row) -> str:
    """What became of a property at a point, in a few words: `holds`, `3 orders`, `VIOLATED: 3 orders`."""
    answer = row.answer
    if answer.known and answer.text:
        return f"{VIOLATED}: {answer.text}" if answer.verdict == VIOLATED else answer.text
    if answer.verdict in (HOLDS, VACUOUS):
        return answer.verdict.lower()
    return answer.verdict if not answer.text else f"{answer.verdict}: {answer.text}"


def lines_of(*sweeps: SweepTable) -> list[tuple[list[str], list[str]]]:
    """For each combination of values a line: the values, and what became of each property, in each of several sweeps.

    Values of the first axis that follow one another with the same answers are one line: `1h..4h`.
    """
    names, (first, *others) = sweeps[0].names, sweeps[0].axes
    cells = [{(_point(row, one), row.property): cell_text(row) for row in one.rows} for one in sweeps]
    runs: list[tuple[list[str], list[str]]] = []
    for rest in _combinations([[show(v) for v in axis.values] for axis in others]):
        before: list[str] | None = None
        for value in map(show, first.values):
            said = [own[((value, *rest), name)] for name in names for own in cells]
            if said == before:
                at = runs[-1][0]
                at[0] = f"{at[0].partition('..')[0]}..{value}"
            else:
                runs.append(([value, *rest], said))
            before = said
    return runs


def _point(row: Row, found: SweepTable) -> tuple[str, ...]:
    return tuple(show(row.at[axis.name]) for axis in found.axes)


def _combinations(values: Sequence[Sequence[str]]) -> Iterable[tuple[str, ...]]:
    if not values:
        return [()]
    return [(value, *rest) for value in values[0] for rest in _combinations(values[1:])]


def conditions(found: SweepTable) -> list[str]:
    """With what was asked, in lines."""
    roles = found.design.roles
    lines = [f"as requested, with {settings_text(found.settings, roles)}"] if found.settings else []
    for name, values in found.replaced.items():
        lines.append(f"{name} is stated for {settings_text(values, roles)}, instead of which others were taken")
    return lines


def undecided(found: SweepTable) -> list[str]:
    """What is not decided, with why, in lines; what is alike is told once."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for row in found.rows:
        answer = row.answer
        open_ = answer.verdict not in (*DECIDED, IMPOSSIBLE) or answer.known not in ("", Known.EXACT.value)
        if open_ or answer.verdict == IMPOSSIBLE:
            word = answer.verdict if answer.verdict not in DECIDED else "not exact"
            at = ", ".join(f"{name}={show(value)}" for name, value in row.at.items())
            reasons.setdefault((row.property, word, answer.reason), []).append(at)
    lines = [
        f"{name}: {word} with {at[0]}{f' and at {len(at) - 1:,} more points' if len(at) > 1 else ''}: {reason}"
        for (name, word, reason), at in reasons.items()
    ]
    more = len(lines) - MOST_TOLD
    return [*lines[:MOST_TOLD], *([f"and {more:,} more reasons"] if more > 0 else [])]


def edge_text(edge: Edge) -> str:
    """A least or greatest value in a sentence, with what shows it."""
    with_ = ", ".join(f"{key}={show(value)}" for key, value in edge.at.items())
    head = f"the {edge.which} {edge.parameter} at which {edge.name} holds" + (f", with {with_}" if with_ else "")
    by = f"by bisection, as {edge.why}" if edge.why else "every value was tried"
    if edge.open:
        between = f"; it holds with {_listed(edge.holds)}" if edge.holds else ""
        return (
            f"{head}: not decided, as {_listed(edge.open)} {'is' if len(edge.open) == 1 else 'are'} not{between} ({by})"
        )
    if edge.value is None:
        return f"{head}: none of those tried; it fails with {_listed(edge.fails)} ({by})"
    least = edge.which == "least"
    failing = [value for value in edge.fails if (value < edge.value if least else value > edge.value)]
    side = "smaller" if least else "greater"
    shown = f"it fails with {_listed(failing)}" if failing else f"none of those tried is {side}"
    again = f"; beyond it it fails again with {_listed(edge.again)}" if edge.again else ""
    return f"{head}: {show(edge.value)}; {shown}{again} ({by})"


def _listed(values: Sequence[Any]) -> str:
    texts = [show(value) for value in values]
    return ", ".join(texts) if len(texts) <= 6 else f"{', '.join(texts[:3])}, ..., {texts[-1]}"


def summary(found: SweepTable) -> str:
    """What was decided, in a line."""
    rows, figures = found.rows, found.figures
    decided = sum(row.answer.decided for row in rows)
    points = len(rows) // max(1, len(found.names))
    told = f"{points:,} {'point' if points == 1 else 'points'}, {decided:,} of {len(rows):,} decided"
    broken = sum(row.answer.verdict == VIOLATED for row in rows)
    told += f", {broken:,} violated" if broken else ""
    told += f"; {figures.searches:,} {'search' if figures.searches == 1 else 'searches'}, {figures.states:,} states"
    for how, said in ((KEPT, "kept from before"), (EQUAL, "of equal systems"), (FOLLOWS, "follow from others")):
        number = sum(row.how == how for row in rows)
        told += f", {number:,} {said}" if number else ""
    return told + (f"; stopped: {figures.stopped}" if figures.stopped else "")


def sweep_markdown(found: SweepTable) -> list[str]:
    """A sweep as Markdown."""
    heads = [code(axis.name, cell=True) for axis in found.axes] + [code(name, cell=True) for name in found.names]
    said = [*conditions(found), *map(edge_text, found.edges), *undecided(found)]
    return [
        f"## {text(found.design.title)}",
        "",
        *table(heads, [[text(word) for word in (*at, *cells)] for at, cells in lines_of(found)]),
        *(f"- {text(line)}" for line in said),
        *([""] if said else []),
        f"{text(summary(found))}.",
        "",
    ]


__all__ = [
    "cell_text",
    "conditions",
    "edge_text",
    "lines_of",
    "summary",
    "sweep_csv",
    "sweep_data",
    "sweep_markdown",
    "undecided",
]
