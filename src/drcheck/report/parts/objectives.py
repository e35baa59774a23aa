"""Disruptions: what they mean, what they cost, what is stated for them, and who notices."""

from __future__ import annotations

from drcheck.render.bars import Bar, BarChart, BarPanel
from drcheck.report.blocks import Badge, Bars, Block, Break, Link, Name, Para, Part, Row, Table, Word, Words
from drcheck.report.content import AnswerRow, ObjectivesView, ResultRow, Study
from drcheck.report.parts.phrases import plainly, spelt
from drcheck.report.parts.traces import under_trace
from drcheck.report.words import NO_OBJECTIVES, OBJECTIVES, sentence
from drcheck.verdicts.objectives import MEASURED, Standing


def objectives_part(study: Study) -> Part:
    """All disruptions, design by design."""
    if not study.objectives:
        return Part("objectives", "Disruptions, objectives and notices", (Para((NO_OBJECTIVES,)),))
    blocks: list[Block] = [Para((OBJECTIVES,))]
    several = len(study.designs) > 1
    disruptions, results, answers = list[Row](), list[Row](), list[Row]()
    for view in study.objectives:
        group = [Row(((view.title,),), group=True)] if several else []
        disruptions += group
        for d in view.disruptions:
            left = f" (left out: {d.left_out})" if d.left_out else ""
            disruptions.append(Row(((d.name,), (d.parameters + left,))))
        results += [*group, *map(_result, view.results)] if view.results else []
        answers += [*group, *map(_answer, view.answers)] if view.answers else []
    blocks += [Bars(_chart(view)) for view in study.objectives if any(r.number is not None for r in view.results)]
    if results:
        blocks.append(Table(("Disruption", "At worst", "Objective", "Result", "Source"), tuple(results), "results"))
    if answers:
        head = ("Disruption", "What happens", "Noticed by", "Answer", "Source")
        blocks.append(Table(head, tuple(answers), "answers"))
    blocks.append(Table(("Disruption", "What it means for the parameters"), tuple(disruptions), "disruptions"))
    return Part("objectives", "Disruptions, objectives and notices", tuple(blocks), apart=50)


def _chart(view: ObjectivesView) -> BarChart:
    """What the disruptions of a design cost: a panel for each measure, those of loss first."""
    panels: list[BarPanel] = []
    for measured, said in zip(MEASURED, ("Lost", "Back"), strict=True):
        mine = [row for row in view.results if row.measured == measured and row.measure]
        for name in dict.fromkeys(row.measure for row in mine):
            rows = [row for row in mine if row.measure == name]
            title = f"{said}: {spelt(name, rows[0].promise)}"
            panels.append(BarPanel(title, tuple(_bar(row) for row in rows)))
    return BarChart(view.title, ("What each disruption costs at worst.",), tuple(panels))


def _bar(row: ResultRow) -> Bar:
    value, broken = plainly(row.value) or "not known", row.standing == Standing.MISSED.value
    said = f"{value}; objective at most {row.limit}: {row.standing.lower()}" if row.bound is not None else value
    return Bar(row.disruption, row.number, said, row.exact, row.bound, broken)


def _way(text: str, row: ResultRow | AnswerRow) -> Word:
    """A text, with the way to its trace."""
    return Link(text, under_trace(row.id)) if row.trace is not None and row.trace.steps else text


def _name(text: str, id_: str) -> Word:
    return Link(text, id_, code=True) if id_ else Name(text)


def _result(row: ResultRow) -> Row:
    value: Words = (_way(row.value, row),)
    if row.measure:
        value = (*value, Break(), _name(row.measure, row.measure_id))
    if row.note:
        value = (*value, Break(), sentence(row.note))
    return Row(((row.disruption,), value, (row.objective,), (Badge(row.standing),), (row.source,)), row.id)


def _answer(row: AnswerRow) -> Row:
    what: Words = ("loss: " if row.is_loss else "", _name(row.what, row.measure_id), " grows" if row.is_loss else "")
    who: Words = (row.notice, Break(), row.who) if row.who else (row.notice,)
    said: Words = (Badge(row.word),)
    if row.answer != row.word:
        said = (*said, " ", _way(row.answer, row))
    elif row.trace is not None and row.trace.steps:
        said = (*said, " ", _way("how", row))
    if row.note:
        said = (*said, Break(), sentence(row.note))
    return Row(((row.disruption,), what, who, said, (row.source,)), row.id)


__all__ = ["objectives_part"]
