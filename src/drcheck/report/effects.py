"""The analysis of single faults as plain data, as lines of text, and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drcheck.answers.effects import LOSS, TIME_BACK, Broken, Cost, Fmea, Row
from drcheck.answers.recovery import Recovery, Way
from drcheck.answers.single_faults import Single
from drcheck.designs.parameter import settings_text
from drcheck.language.durations import Duration
from drcheck.report.markdown_text import code, table, text
from drcheck.verdicts.notices import Answer
from drcheck.verdicts.verdict import Conclusion

Parameters = Callable[[Mapping[str, Any]], Any]
"""Makes plain data of settings."""


# -- as data -----------------------------------------------------------------------------------------------------------
def effects_data(found: Fmea, parameters: Parameters) -> dict[str, Any]:
    """All of an analysis."""
    return {
        "design": found.design.name,
        "title": found.design.title,
        "parameters": parameters(found.settings),
        "rows": [_row(row, parameters) for row in found.rows],
        "failing": [statement.name for statement in found.failing],
        "asked": found.asked,
        "skipped": [{"property": statement.name, "reason": reason} for statement, reason in found.skipped],
        "untold": list(found.untold),
        "not_tried": [single.label for single in found.left],
        "searches": found.searches,
        "states": found.states,
        "seconds": round(found.seconds, 1),
        "stopped": found.stopped or None,
    }


def _row(row: Row, parameters: Parameters) -> dict[str, Any]:
    single = row.single
    return {
        "fault": single.name,
        "event": single.event or None,
        "kind": single.kind or None,
        "change": None if single.change is None else parameters({single.change.name: single.change.value}),
        "beside": list(single.beside),
        "slip": single.slip,
        "doc": single.doc,
        "happens": row.happens,
        "broken": [_broken(one) for one in row.broken],
        "costs": [_cost(one) for one in row.costs],
        "noticed": [_noticed(answer) for answer in row.noticed],
        "undecided": [{"property": name, "reason": reason} for name, reason in row.undecided],
        "whole": row.whole,
        "searches": row.searches,
        "states": row.states,
        "seconds": round(row.seconds, 1),
    }


def _broken(one: Broken) -> dict[str, Any]:
    return {
        "property": one.statement.name,
        "promised": one.promised,
        "findings": [finding.title for finding in one.statement.findings],
        "reason": one.reason,
        "value_text": one.value or None,
        "steps": None if one.trace is None else len(one.trace.steps),
        "trace": None if one.trace is None else one.trace.as_data(),
        "recovery": _recovery(one.recovery),
        "always": _always(one.always),
    }


def _cost(one: Cost) -> dict[str, Any]:
    return {
        "property": one.measure.name,
        "measures": one.measured,
        "known": one.point.known.value,
        "value": one.point.value,
        "value_text": one.point.text or None,
        "without": one.before.value,
        "without_text": one.before.text or None,
        "recovery": _recovery(one.recovery),
        "always": _always(one.always),
    }


def _recovery(way: Recovery | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "way": way.way.value,
        "operators": list(way.operators),
        "events": list(way.events),
        "ticks": way.ticks,
        "states": way.states,
        "reason": way.reason,
    }


def _always(conclusion: Conclusion | None) -> str | None:
    return None if conclusion is None else conclusion.value


def _noticed(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {
        "what": question.what,
        "loss": question.measure is not None,
        "notice": None if question.notice is None else question.notice.name,
        "who": None if question.notice is None else question.notice.who or None,
        "answer": answer.noticed.value,
        "text": answer.text,
        "reason": answer.reason,
    }


# -- in words ----------------------------------------------------------------------------------------------------------
def fault_text(single: Single) -> str:
    """What goes wrong, in words."""
    what = "slip" if single.slip else "fault"
    of = f" ({what}: {single.kind})" if single.kind and single.event else f" ({what})"
    return f"{single.name}{of}" + (f", beside one {' and one '.join(single.beside)}" if single.beside else "")


def breaks(row: Row) -> list[str]:
    """The promises that it breaks, each with what is to be known of it."""
    return [one.statement.name + _marked(one) for one in row.broken]


def _marked(one: Broken) -> str:
    marks = [] if one.promised else ["not promised there"]
    marks += ["has a finding"] if one.statement.findings else []
    marks += [one.value] if one.value else []
    return f" ({'; '.join(marks)})" if marks else ""


def costs(row: Row, measured: str) -> list[str]:
    """What it costs by one measure: LOSS or TIME_BACK."""
    return [f"{one.measure.name}: {_value(one)}" for one in row.costs if one.measured == measured]


def _value(one: Cost) -> str:
    if one.point.value is None:
        return f"{one.point.known.value} ({one.point.reason})"
    if one.more or not one.point.value:
        return one.point.text
    return f"{one.point.text}, as without it"


def noticed(row: Row) -> list[str]:
    """Whether anybody notices."""
    said = []
    for answer in row.noticed:
        question = answer.question
        what = question.what if question.measure is None else f"loss ({question.what})"
        by = "" if question.notice is None else f" by {question.notice.name}"
        said.append(f"{what}: {answer.text}{by}")
    return said


def ways_back(row: Row, tick: Duration | None) -> list[str]:
    """The ways back, alike ones together."""
    told: dict[str, list[str]] = {}
    for name, way, always in _ways(row):
        told.setdefault(way_text(way, always, tick), []).append(name)
    return [f"{said}: {', '.join(dict.fromkeys(names))}" for said, names in told.items()]


def _ways(row: Row) -> Iterator[tuple[str, Recovery, Conclusion | None]]:
    for cost in row.costs:
        if cost.recovery is not None:
            yield cost.measure.name, cost.recovery, cost.always
    for one in row.broken:
        if one.recovery is not None:
            yield one.statement.name, one.recovery, one.always


def way_text(way: Recovery, always: Conclusion | None, tick: Duration | None) -> str:
    """A way back in words, and whether there is one from everywhere."""
    if way.way is Way.UNDECIDED:
        return f"not decided ({way.reason})"
    if way.way is Way.NONE:
        return "no way back"
    said = str(way.way.value)
    if way.operators:
        said += f" ({', '.join(way.operators)})"
    elif way.events:
        said += f" ({', '.join(way.events)})"
    if way.ticks:
        said += f" in {tick * way.ticks if tick is not None else f'{way.ticks} ticks'}"
    if always is Conclusion.VIOLATED:
        said += ", but not from every state"
    elif always is Conclusion.INCONCLUSIVE:
        said += "; from every state: not decided"
    return said


def happening(row: Row) -> str:
    """Why a row has nothing to tell, or ""."""
    if row.happens is False:
        return "never happens by itself, nor beside one other fault"
    if row.left:
        return "not judged to its end"
    return "" if row.happens else "it is not known whether it happens"


def summary(found: Fmea) -> str:
    """What was decided, in a line."""
    harmless = sum(row.whole and bool(row.happens) and not row.broken for row in found.rows)
    said = f"{len(found.rows)} single faults, slips and mistakes; {found.asked} promises and measures; {harmless} break nothing"
    part = sum(not row.whole for row in found.rows)
    said += f", {part} not wholly decided" if part else ""
    said += f", {len(found.left)} not tried" if found.left else ""
    return f"{said}; {found.searches:,} searches, {found.states:,} states" + (
        f"; stopped: {found.stopped}" if found.stopped else ""
    )


def tick_of(found: Fmea) -> Duration | None:
    """The length of a tick, from the traces; None where there is none or nothing was shown."""
    for row in found.rows:
        for trace in [one.trace for one in row.broken] + [cost.point.trace for cost in row.costs]:
            if trace is not None:
                return trace.system.tick
    return None


# -- as Markdown -------------------------------------------------------------------------------------------------------
def effects_markdown(found: Fmea) -> list[str]:
    """The analysis of a design as Markdown."""
    tick = tick_of(found)
    rows = []
    for row in found.rows:
        cells = [breaks(row), costs(row, LOSS), costs(row, TIME_BACK), noticed(row), ways_back(row, tick)]
        told = happening(row)
        first = text(fault_text(row.single)) + (f"<br>*{text(told)}*" if told else "")
        first += f"<br>{row.states:,} states, {row.seconds:.1f} s"
        rows.append([first, *("<br>".join(text(line) for line in lines) for lines in cells)])
    lines = [f"## {text(found.design.title)}", "", f"{code(found.design.name)}: {text(summary(found))}.", ""]
    if found.settings:
        lines += [f"As requested, with {text(settings_text(found.settings, found.design.roles))}.", ""]
    if rows:
        lines += table(["fault", "breaks", "worst loss", "longest time", "noticed", "way back"], rows)
    if found.failing:
        names = ", ".join(code(statement.name) for statement in found.failing)
        lines += [f"They fail where nothing goes wrong, and are held against no row: {names}.", ""]
    if found.untold:
        lines += [f"Not judged: {text('; '.join(found.untold))}.", ""]
    for row in found.rows:
        if row.undecided:
            lines += [f"Not decided with {text(row.single.label)}: {text(_undecided(row.undecided))}.", ""]
    return lines


def overview_markdown(all_found: Sequence[Fmea]) -> list[str]:
    """A table of the designs, with the time of each."""
    return table(
        ["design", "rows", "break nothing", "not wholly decided", "searches", "states", "seconds"],
        [
            [
                text(found.design.title),
                f"{len(found.rows) + len(found.left)}",
                f"{sum(row.whole and bool(row.happens) and not row.broken for row in found.rows)}",
                f"{sum(not row.whole for row in found.rows) + len(found.left)}",
                f"{found.searches:,}",
                f"{found.states:,}",
                f"{found.seconds:.0f}",
            ]
            for found in all_found
        ],
    )


def _undecided(items: Sequence[tuple[str, str]]) -> str:
    by_reason: dict[str, list[str]] = {}
    for name, reason in items:
        by_reason.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


__all__ = [
    "breaks",
    "costs",
    "effects_data",
    "effects_markdown",
    "fault_text",
    "happening",
    "noticed",
    "overview_markdown",
    "summary",
    "tick_of",
    "way_text",
    "ways_back",
]
