"""Every trace of a study, each with its address; where it belongs a shorter form of it stands."""

from __future__ import annotations

from collections.abc import Iterator

from drcheck.render.shown_trace import TraceView
from drcheck.render.text import chart_text
from drcheck.report.anchors import anchor
from drcheck.report.blocks import Block, Chart, Code, Entry, Fold, Link, Name, Para, Part, Words
from drcheck.report.content import FindingView, PropertyRow, Study
from drcheck.report.parts.phrases import finding_link, property_link
from drcheck.report.words import count, sentence

UNBROKEN = 100_000
"""Lines are as long as they are: they are wrapped where they are shown."""


def traces_part(study: Study) -> Part | None:
    """All traces, those of findings first."""
    entries = [*_of_findings(study), *_of_disruptions(study), *_of_properties(study)]
    if not entries:
        return None
    lead = Para(
        (
            "Every trace was replayed step by step on the live component machines before it was written down. Opened, it is also "
            "drawn as a chart, and followed by the command with which it can be stepped through.",
        )
    )
    return Part("traces", "Traces in full", (lead, *entries), apart=90)


def finding_trace(finding: FindingView) -> str:
    """The address of a finding's trace."""
    return anchor("trace", finding.id)


def repair_trace(finding: FindingView) -> str:
    """The address of the trace that breaks the promise of a finding in the repaired design."""
    return anchor("trace", "repaired", finding.id)


def again_trace(finding: FindingView, row: PropertyRow) -> str:
    """The address of the trace of a finding in another property or design."""
    return anchor("trace", finding.id, row.id)


def property_trace(row: PropertyRow) -> str:
    """The address of the trace of a property that shows no finding."""
    return anchor("trace", row.id)


def under_trace(id_: str) -> str:
    """The address of the trace of a result or an answer under a disruption."""
    return anchor("trace", id_)


def lines_of(view: TraceView) -> tuple[str, ...]:
    """The lines of a trace, unbroken."""
    return tuple(chart_text(view.chart, UNBROKEN))


def short(view: TraceView, address: str) -> list[Block]:
    """A trace where it belongs: what matters of it, in fewer lines on paper than on a screen, and the way to all of it."""
    if view.steps == 0:
        start = f"; {view.chart.start}" if view.chart.start else ""
        return [Para((f"The initial state already shows it: there is no step to show{start}.",))]
    said = f"{sentence(view.caption).rstrip('.')}, {count(view.steps, 'step')}"
    return [
        Para((f"{said}. What matters of it (", Link("all of it, and its chart", address), "):"), tone="small"),
        Chart(view.told, paper=view.printed),
    ]


def _entry(address: str, title: Words, view: TraceView, formula: str = "") -> Entry:
    blocks: list[Block] = [Code((formula,))] if formula else []
    said = f"{sentence(view.caption).rstrip('.')}, {count(view.steps, 'step')}"
    steps = () if view.opening is None else (Code(tuple(view.opening.lines()), "sh"),)
    return Entry(address, title, (*blocks, Fold((said,), (Chart(lines_of(view)), *steps))))


def _of_findings(study: Study) -> Iterator[Entry]:
    for finding in study.findings:
        link = finding_link(finding)
        if finding.row.trace is not None and finding.row.trace.steps:
            yield _entry(finding_trace(finding), (link,), finding.row.trace)
        check = finding.check
        if check is not None and check.trace is not None and check.trace.steps:
            yield _entry(repair_trace(finding), (link, ": in the repaired design"), check.trace)
        for again in finding.also:
            if again.row.trace is not None and again.row.trace.steps:
                where = (link, ": ", property_link(again.row), " of ", study.design(again.row.design).title)
                yield _entry(again_trace(finding, again.row), where, again.row.trace)


def _of_disruptions(study: Study) -> Iterator[Entry]:
    for view in study.objectives:
        for row in view.results:
            if row.trace is not None and row.trace.steps:
                title = (f"{row.disruption}: ", Name(row.measure), f" reaches {row.value}")
                yield _entry(under_trace(row.id), title, row.trace, row.formula)
        for answer in view.answers:
            if answer.trace is not None and answer.trace.steps:
                title = (f"{answer.disruption}: ", Name(answer.what), f", {answer.notice}: {answer.answer}")
                yield _entry(under_trace(answer.id), title, answer.trace, answer.formula)


def _of_properties(study: Study) -> Iterator[Entry]:
    shown = {row.id for finding in study.findings for row in finding.rows}
    for row in study.rows:
        if row.id not in shown and row.trace is not None and row.trace.steps:
            what = f" reaches {row.value}" if row.is_worst_case and row.value else ""
            yield _entry(property_trace(row), (property_link(row), what), row.trace)


def has_trace(row: PropertyRow) -> bool:
    """Whether a property has a trace with steps."""
    return row.trace is not None and row.trace.steps > 0


def way_to_trace(study: Study, row: PropertyRow) -> str:
    """The address of a property's trace: that of its finding, if it has one."""
    for finding in study.findings:
        if finding.row.id == row.id:
            return finding_trace(finding)
        if any(again.row.id == row.id for again in finding.also):
            return again_trace(finding, row)
    return property_trace(row)


__all__ = [
    "again_trace",
    "finding_trace",
    "has_trace",
    "lines_of",
    "property_trace",
    "repair_trace",
    "short",
    "traces_part",
    "under_trace",
    "way_to_trace",
]
