"""The disruptions of a review as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drcheck.report.content import AnswerRow, ObjectivesView, ResultRow
from drcheck.report.markdown_text import code, fenced, folded, plain, table, text
from drcheck.report.words import NO_OBJECTIVES, OBJECTIVES


def objectives_lines(views: Iterable[ObjectivesView], *, several: bool) -> list[str]:
    """The section, design by design. `several`: the review is of several designs."""
    found = list(views)
    if not found:
        return [NO_OBJECTIVES, ""]
    lines = [text(OBJECTIVES), ""]
    for view in found:
        lines += [f"### {text(view.title)}", ""] if several else []
        lines += table(
            ["Disruption", "Parameters"],
            (
                [text(d.name), text(d.parameters) + (f" (left out: {text(d.left_out)})" if d.left_out else "")]
                for d in view.disruptions
            ),
        )
        if view.results:
            head = ["Disruption", "At worst", "Measure", "Objective", "Result", "Source"]
            lines += table(head, map(_result, view.results))
        if view.answers:
            head = ["Disruption", "What happens", "Noticed by", "Answer", "Source"]
            lines += table(head, map(_answer, view.answers))
        for what, formula, shown in _traces(view):
            lines += folded(plain(what), [*fenced([formula]), *fenced(shown)])
    return lines


def _result(row: ResultRow) -> list[str]:
    value = text(row.value) + (f" ({text(row.note)})" if row.note else "")
    measure = code(row.measure, cell=True)
    return [text(row.disruption), value, measure, text(row.objective), f"**{row.standing}**", text(row.source)]


def _answer(row: AnswerRow) -> list[str]:
    what = f"loss: {code(row.what, cell=True)} grows" if row.is_loss else code(row.what, cell=True)
    told = text(row.notice) + (f" ({text(row.who)})" if row.who else "")
    said = f"**{text(row.answer)}**" + (f" ({text(row.note)})" if row.note else "")
    return [text(row.disruption), what, told, said, text(row.source)]


def _traces(view: ObjectivesView) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for row in view.results:
        if row.trace is not None and row.trace.steps:
            yield f"{row.disruption}: {row.measure} reaches {row.value}", row.formula, row.trace.text
    for answer in view.answers:
        if answer.trace is not None and answer.trace.steps:
            what = f"{answer.disruption}: {answer.what}, {answer.notice}: {answer.answer}"
            yield what, answer.formula, answer.trace.text


__all__ = ["objectives_lines"]
