"""The way back to service, as data and as a runbook in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drcheck.answers.returning import Everywhere, Here, Needs, Returning, Way
from drcheck.answers.runbook import FAULT, ITSELF, OPERATORS, OUTSIDE, WAIT
from drcheck.report.markdown_text import code, fenced, table, text
from drcheck.report.why_not import stopped_data, trace_data
from drcheck.report.words import count

WHO = {OPERATORS: "operators", ITSELF: "by itself", OUTSIDE: "from outside", FAULT: "a fault", WAIT: "wait"}
"""Who carries out a step, in a document."""


def returning_data(answer: Returning, parameters: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """All of an answer. `parameters` makes plain data of settings."""
    service, here = answer.service, answer.here
    return {
        "design": answer.design.name,
        "title": answer.design.title,
        "parameters": parameters(answer.settings),
        "given": parameters(service.given or {}),
        "service": service.text,
        "declared": service.how,
        "property": service.name or None,
        "statement": service.statement or None,
        "others": list(service.others),
        "means": answer.means.name,
        "here": None if here is None else _here(here),
        "everywhere": everywhere_data(answer.everywhere),
    }


def _here(here: Here) -> dict[str, Any]:
    return {
        "path": trace_data(here.path),
        "certain": here.certain,
        "tried": [
            {
                "by": means.name,
                "steps": None if found.steps is None else len(found.steps),
                "sure": found.sure,
                "said": found.word,
                "states": found.states,
            }
            for means, found in here.tried.tried
        ],
        "way": _way(here.way),
        "lost_with": here.lost_with,
    }


def everywhere_data(found: Everywhere) -> dict[str, Any]:
    """What is found of all states."""
    return {
        "states": found.states,
        "serving": found.serving,
        "back": found.back,
        "lost": found.lost,
        "open": found.open,
        "needs": {need.value: number for need, number in found.needs.items()},
        "whole": found.whole,
        "reason": found.reason or None,
        "stopped": stopped_data(found.stopped),
        "farthest": _way(found.farthest),
        "first_lost": trace_data(found.first_lost),
        "points": [
            {
                "event": point.event.name,
                "kind": point.event.kind,
                "fault": point.event.fault,
                "needs": point.needs.value,
                "steps": point.steps,
                "faults": point.faults,
                "way": trace_data(point.trace),
            }
            for point in found.points
        ],
    }


def _way(way: Way | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "start": trace_data(way.start),
        "steps": len(way.steps),
        "runbook": [
            {
                "number": step.number,
                "who": WHO[step.who],
                "does": step.does,
                "doc": step.doc,
                "before": list(step.before),
                "changes": list(step.changes),
                "otherwise": list(step.otherwise),
                "at": step.at,
                "steps": step.steps,
            }
            for step in way.runbook
        ],
    }


# -- Markdown ------------------------------------------------------------------------------------------------------------
def returning_markdown(data: Mapping[str, Any]) -> list[str]:
    """The runbook of an answer, as data, in Markdown: where it begins, its steps, and where the way back is lost."""
    return list(_page(data))


def _page(data: Mapping[str, Any]) -> Iterator[str]:
    here, everywhere = data["here"], data["everywhere"]
    yield from (f"# The way back to service: {text(data['title'])}", "")
    how = f" (property {code(data['property'])})" if data["property"] else ""
    yield from (f"Design {code(data['design'])}. In service means {code(data['service'])}{how}.", "")
    if data["statement"]:
        yield from (f"*{text(data['statement'])}*", "")
    settings = {**data["parameters"], **data["given"]}
    if settings:
        yield from (f"With {code(', '.join(f'{name}={value}' for name, value in settings.items()))}.", "")
    yield from (f"The way goes {text(means_text(data['means']))}.", "")
    way = here["way"] if here is not None else everywhere["farthest"]
    if way is not None:
        yield from ("## Where it begins", "")
        yield from (
            (
                "The state after these steps:"
                if here is not None
                else "The state from which the way back is longest, after these steps:"
            ),
            "",
        )
        yield from fenced(way["start"]["told"])
        if way["start"]["explore"]:
            yield from fenced([way["start"]["explore"]], "sh")
        yield from ("## Steps", "", *_steps(way["runbook"]), "")
    else:
        yield from ("## There is no way", "", *(f"- {text(line)}" for line in none_lines(data)), "")
    yield from ("## Where the way back is lost", "", f"{text(states_text(everywhere))}", "")
    if everywhere["points"]:
        yield from table(
            ("After", "Kind", "Then it takes", "Steps to it", "Faults"),
            [
                (code(p["event"], cell=True), p["kind"], p["needs"], str(p["way"]["steps"]), str(p["faults"]))
                for p in everywhere["points"]
            ],
        )
        yield ""


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        if step["who"] == WHO[WAIT]:
            yield f"{step['number']}. Wait {text(step['does'])}."
        else:
            said = f": {text(step['doc'])}" if step["doc"] else ""
            times = f", {step['steps']} times" if step["steps"] > 1 else ""
            yield f"{step['number']}. **{text(step['who'])}** {code(step['does'])}{times}{said}"
        if step["before"] and step["who"] != WHO[ITSELF]:
            yield f"   - before: {', '.join(code(each) for each in step['before'])}"
        if step["changes"]:
            yield f"   - after: {', '.join(code(each) for each in step['changes'])}"
        if step["otherwise"]:
            yield f"   - it may also end otherwise: {'; '.join(code(each) for each in step['otherwise'])}"


# -- in words ------------------------------------------------------------------------------------------------------------
def means_text(name: str) -> str:
    """By whom, and by which steps: `by operators (their steps, automatic steps and time)`."""
    who, colon, how = name.partition(": ")
    return f"{who} ({how})" if colon else name


def none_lines(data: Mapping[str, Any]) -> list[str]:
    """Why there is no way to be shown, in lines."""
    here = data["here"]
    if here is not None:
        return [f"{means_text(each['by'])}: {each['said']}" for each in here["tried"]]
    found = data["everywhere"]
    if found["states"] and found["states"] == found["serving"]:
        return ["every state is in service"]
    return ["no state that is not in service can come back" if found["whole"] else "none is known"]


_HELP = {
    Needs.OUTSIDE: "can come back with something from outside that is no fault",
    Needs.FAULT: "can come back after a further fault",
    Needs.NOTHING: "cannot come back by any steps whatever",
    Needs.OPEN: "may with other steps, or not",
}


def states_text(found: Mapping[str, Any]) -> str:
    """What is found of all states, in sentences."""
    if not found["states"]:
        return f"Nothing is known of the states: {found['reason']}."
    if found["open"] == found["states"]:
        known = "and of none it is known whether it can come back"
        return f"{count(found['states'], 'state')} were found, {known}: {found['reason']}."
    seen = "can be reached" if found["whole"] else "were looked at"
    said = f"{count(found['states'], 'state')} {seen}: {found['serving']:,} in service, "
    said += f"{found['back']:,} more that can come back, "
    said += f"{found['lost']:,} that cannot" if found["lost"] else "none that cannot"
    said += f", and of {found['open']:,} it is not known." if found["open"] else "."
    if found["lost"]:
        needs = {need: found["needs"].get(need.value, 0) for need in Needs}
        helps = [f"{number:,} {_HELP[need]}" for need, number in needs.items() if number]
        said += f" Of the last, {', '.join(helps)}." if len(helps) > 1 else f" Those {helps[0].partition(' ')[2]}."
    if not found["whole"]:
        said += f" That is not all: {found['reason']}."
    return said


__all__ = ["everywhere_data", "means_text", "none_lines", "returning_data", "returning_markdown", "states_text"]
