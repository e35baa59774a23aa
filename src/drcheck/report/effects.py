"""The analysis of single faults as plain data; and what that data says, in lines of text and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from drcheck.answers.effects import LOSS, TIME_BACK, Broken, Cost, Fmea, Row
from drcheck.answers.recovery import Recovery, Way
from drcheck.language.durations import Duration
from drcheck.render.style import plural
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
        "tick": _tick(found),
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


def _tick(found: Fmea) -> str | None:
    """The length of a tick, from the traces; None where there is none or nothing was shown."""
    for row in found.rows:
        for trace in [one.trace for one in row.broken] + [cost.point.trace for cost in row.costs]:
            if trace is not None:
                return None if trace.system.tick is None else str(trace.system.tick)
    return None


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
Data = Mapping[str, Any]
"""An analysis, or a row of one, as data."""


def fault_text(row: Data) -> str:
    """What goes wrong, in words."""
    what = "slip" if row["slip"] else "fault"
    of = f" ({what}: {row['kind']})" if row["kind"] and row["event"] else f" ({what})"
    return f"{row['fault']}{of}" + (f", beside one {' and one '.join(row['beside'])}" if row["beside"] else "")


def breaks(row: Data) -> list[str]:
    """The promises that it breaks, each with what is to be known of it."""
    return [one["property"] + _marked(one) for one in row["broken"]]


def _marked(one: Data) -> str:
    marks = [] if one["promised"] else ["not promised there"]
    marks += ["has a finding"] if one["findings"] else []
    marks += [one["value_text"]] if one["value_text"] else []
    return f" ({'; '.join(marks)})" if marks else ""


def costs(row: Data, measured: str) -> list[str]:
    """What it costs by one measure: LOSS or TIME_BACK."""
    return [f"{one['property']}: {_value(one)}" for one in row["costs"] if one["measures"] == measured]


def _value(one: Data) -> str:
    if one["value"] is None:
        return str(one["known"])
    if not one["value"] or one["without"] is None or one["value"] > one["without"]:
        return str(one["value_text"])
    return f"{one['value_text']}, as without it"


def noticed(row: Data) -> list[str]:
    """Whether anybody notices."""
    said = []
    for answer in row["noticed"]:
        what = f"loss ({answer['what']})" if answer["loss"] else answer["what"]
        by = f" by {answer['notice']}" if answer["notice"] else ""
        said.append(f"{what}: {answer['text']}{by}")
    return said


def ways_back(row: Data, tick: str | None = None) -> list[str]:
    """The ways back, alike ones together."""
    told: dict[str, list[str]] = {}
    for one in (*row["costs"], *row["broken"]):
        if one["recovery"] is not None:
            told.setdefault(_way(one["recovery"], one["always"], tick), []).append(one["property"])
    return [f"{said}: {', '.join(dict.fromkeys(names))}" for said, names in told.items()]


def _way(way: Data, always: str | None, tick: str | None) -> str:
    """A way back in words, and whether there is one from everywhere."""
    said = str(way["way"])
    if said == Way.UNDECIDED.value:
        return f"{said} ({way['reason']})"
    if said == Way.NONE.value:
        return said
    steps = way["operators"] or way["events"]
    said += f" ({', '.join(steps)})" if steps else ""
    if way["ticks"]:
        said += f" in {Duration.parse(tick) * way['ticks'] if tick is not None else plural(way['ticks'], 'tick')}"
    if always == Conclusion.VIOLATED.value:
        said += ", but not from every state"
    elif always == Conclusion.INCONCLUSIVE.value:
        said += "; from every state: not decided"
    return said


def happening(row: Data) -> str:
    """Why a row has nothing to tell, or ""."""
    if row["happens"] is False:
        return "never happens by itself, nor beside one fault of another kind"
    return "" if row["happens"] else "it is not known whether it happens"


def open_text(row: Data) -> list[str]:
    """What is not decided of it, alike reasons together."""
    by_reason: dict[str, list[str]] = {}
    for one in row["undecided"]:
        by_reason.setdefault(one["reason"], []).append(one["property"])
    return [f"{', '.join(names)}: {reason}" for reason, names in by_reason.items()]


def harmless(found: Data) -> int:
    """How many rows break nothing, wholly decided."""
    return sum(row["whole"] and bool(row["happens"]) and not row["broken"] for row in found["rows"])


def unfinished(found: Data) -> int:
    """How many rows are not wholly decided, or were not begun."""
    return sum(not row["whole"] for row in found["rows"]) + len(found["not_tried"])


def summary(found: Data) -> str:
    """What was decided, in a line."""
    asked = "1 promise or measure" if found["asked"] == 1 else f"{found['asked']} promises and measures"
    said = f"{plural(len(found['rows']), 'row')}; {asked}; {harmless(found)} break nothing"
    said += f", {unfinished(found)} not wholly decided or not tried" if unfinished(found) else ""
    return f"{said}; {found['searches']:,} searches, {found['states']:,} states" + (
        f"; stopped: {found['stopped']}" if found["stopped"] else ""
    )


# -- as Markdown -------------------------------------------------------------------------------------------------------
def effects_markdown(found: Data) -> list[str]:
    """The analysis of a design as Markdown."""
    rows = []
    for row in found["rows"]:
        cells = [breaks(row), costs(row, LOSS), costs(row, TIME_BACK), noticed(row), ways_back(row, found.get("tick"))]
        told = happening(row)
        first = text(fault_text(row)) + (f"<br>*{text(told)}*" if told else "")
        rows.append([first, *("<br>".join(text(line) for line in lines) for lines in cells), f"{row['seconds']:.1f}"])
    lines = [f"## {text(found['title'])}", "", f"{code(found['design'])}: {text(summary(found))}.", ""]
    if found["parameters"]:
        asked = ", ".join(f"{name}={value}" for name, value in found["parameters"].items())
        lines += [f"As requested, with {text(asked)}.", ""]
    if rows:
        lines += table(["fault", "breaks", "worst loss", "longest time", "noticed", "way back", "seconds"], rows)
    if found["failing"]:
        names = ", ".join(code(name) for name in found["failing"])
        lines += [f"They fail where nothing goes wrong, and are held against no row: {names}.", ""]
    if found["untold"]:
        lines += [f"Not judged: {text('; '.join(found['untold']))}.", ""]
    if found["not_tried"]:
        lines += [f"Not tried: {text(', '.join(found['not_tried']))}.", ""]
    for row in found["rows"]:
        if row["undecided"]:
            lines += [f"Not decided with {text(fault_text(row))}: {text('; '.join(open_text(row)))}.", ""]
    return lines


def overview_markdown(all_found: Iterable[Data]) -> list[str]:
    """A table of the designs, with the time of each."""
    return table(
        ["design", "rows", "break nothing", "not wholly decided or not tried", "searches", "states", "seconds"],
        [
            [
                text(found["title"]),
                f"{len(found['rows']) + len(found['not_tried'])}",
                f"{harmless(found)}",
                f"{unfinished(found)}",
                f"{found['searches']:,}",
                f"{found['states']:,}",
                f"{found['seconds']:.0f}",
            ]
            for found in all_found
        ],
    )


MADE = (
    "Made with `drcheck fmea DESIGN --json`. What is judged, and what the cells mean: [failure modes and effects](fmea.md). "
    "A design of which few promises and measures were asked (`--property`) says how many in its first line. Seconds are those of "
    "a machine that did other things as well."
)


def effects_page(all_found: Sequence[Data]) -> str:
    """A page of the analyses of several designs."""
    lines = ["# What single faults do", "", MADE, "", *overview_markdown(all_found)]
    return "\n".join([*lines, *(line for one in all_found for line in effects_markdown(one))])


__all__ = [
    "breaks",
    "costs",
    "effects_data",
    "effects_markdown",
    "effects_page",
    "fault_text",
    "happening",
    "noticed",
    "open_text",
    "overview_markdown",
    "summary",
    "ways_back",
]
