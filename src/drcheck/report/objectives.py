"""What a review says of disruptions: what they cost, what is stated for them, and who notices, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.engines.protocol import Limits, Listener
from drcheck.language.durations import Duration
from drcheck.render.shown_trace import TraceView
from drcheck.report.anchors import anchor
from drcheck.report.content import AnswerRow, DesignView, DisruptionRow, ObjectivesView, ResultRow
from drcheck.report.digest import command, every_step
from drcheck.report.told import told_view
from drcheck.verdicts.notices import Answer
from drcheck.verdicts.objectives import MEASURED, Result, decide_objectives
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import value_text


def objectives_view(
    view: DesignView,
    design: Design,
    settings: Mapping[str, Any],
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> ObjectivesView | None:
    """The disruptions of a design of the review; None where it declares neither disruptions nor notices.

    Raises what `decide_objectives` raises, and KeyboardInterrupt: half a table would read as a whole one.
    """
    report = decide_objectives(design, settings, engine=engine, limits=limits, listener=listener)
    if report.interrupted:
        raise KeyboardInterrupt
    if not report.declared.anything:
        return None
    rows = {row.name: row.id for row in view.rows}
    shown = every_step(command("objectives", design, settings))
    return ObjectivesView(
        view.id,
        view.title,
        tuple(
            DisruptionRow(under.name, settings_text(under.settings, design.roles), under.why) for under in report.unders
        ),
        tuple(_result(view.id, result, rows, shown) for result in report.results),
        tuple(_answer(view.id, answer, rows, shown) for answer in report.answers),
    )


def _result(design: str, result: Result, rows: Mapping[str, str], shown: str) -> ResultRow:
    name = "" if result.measure is None else result.measure.name
    item = None if result.verdict is None else result.verdict.property
    return ResultRow(
        id=anchor(design, "under", result.disruption.name, name or result.measured),
        disruption=result.disruption.name,
        measure=name,
        measure_id=rows.get(name, ""),
        value=result.value,
        objective="" if result.limit is None else f"{MEASURED[result.measured]} {result.limit}",
        standing=result.standing.value,
        source=result.source,
        note=result.weakness,
        formula=_formula(result.verdict),
        trace=_trace(result.verdict, shown),
        measured=result.measured,
        promise="" if item is None else item.statement,
        limit="" if result.limit is None else str(result.limit),
        number=None if result.verdict is None else result.verdict.value,
        bound=_bound(result),
        exact=result.verdict is None or not result.verdict.at_least,
    )


def _bound(result: Result) -> int | None:
    """The objective as its measure counts, in ticks if it is a length of time; None where there is none."""
    if result.limit is None or result.verdict is None:
        return None
    bound = result.verdict.property.at_most
    return result.verdict.run.system.ticks(bound) if isinstance(bound, Duration) else bound


def _answer(design: str, answer: Answer, rows: Mapping[str, str], shown: str) -> AnswerRow:
    question = answer.question
    item = question.notice
    return AnswerRow(
        id=anchor(design, "notice", question.under, question.what, "" if item is None else item.name),
        disruption=question.under,
        what=question.what,
        is_loss=question.measure is not None,
        measure_id="" if question.measure is None else rows.get(question.what, ""),
        notice="" if item is None else item.name,
        who="" if item is None else item.who,
        word=answer.noticed.value,
        answer=answer.text,
        source="" if item is None else item.source,
        note=answer.reason,
        formula=_formula(answer.verdict),
        trace=_trace(answer.verdict, shown),
    )


def _formula(verdict: Verdict | None) -> str:
    return "" if verdict is None else verdict.property.formula()


def _trace(verdict: Verdict | None, shown: str) -> TraceView | None:
    if verdict is None or verdict.trace is None:
        return None
    return told_view(verdict.trace, verdict.property, value_text(verdict), shown)


__all__ = ["objectives_view"]
