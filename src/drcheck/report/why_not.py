"""Why something never happens, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drcheck.answers.conditions import Condition
from drcheck.answers.points import INTERRUPTED
from drcheck.answers.why_not import Can, Missing, WhyNot
from drcheck.engines.protocol import INTERRUPT
from drcheck.render.explore_command import opening_of
from drcheck.report.words import count
from drcheck.system.trace import Trace
from drcheck.telling.telling import tell

WORDS = {Can.YES: "can", Can.NEVER: "never", Can.OPEN: "not decided"}
"""The verdicts of a document."""


def trace_data(trace: Trace | None) -> dict[str, Any] | None:
    """A trace: its steps, its telling, and the command that opens it in the explorer."""
    if trace is None:
        return None
    opening = opening_of(trace)
    return {
        "steps": len(trace.steps),
        "trace": trace.as_data(),
        "told": tell(trace).text(),
        "explore": None if opening is None else opening.whole,
    }


def stopped_data(stopped: str) -> str | None:
    """Why a search ended before it had seen all; an interrupt as documents say it."""
    return INTERRUPTED if stopped == INTERRUPT else stopped or None


def why_not_data(answer: WhyNot, parameters: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """All of an answer. `parameters` makes plain data of settings."""
    nearest = answer.nearest
    return {
        "design": answer.design.name,
        "title": answer.design.title,
        "parameters": parameters(answer.settings),
        "asked": answer.asked,
        "event": answer.is_event,
        "at": trace_data(answer.at),
        "verdict": WORDS[answer.can],
        "reason": answer.reason,
        "states": answer.states,
        "stopped": stopped_data(answer.stopped),
        "trace": trace_data(answer.trace),
        "here": _missing(answer.here),
        "conditions": [
            {
                **_condition(row.condition),
                "fails": row.fails,
                "alone": row.alone,
                "by": [{"event": name, "states": states} for name, states in row.by],
            }
            for row in answer.conditions
        ],
        "apart": [_condition(condition) for condition in answer.apart],
        "nearest": None
        if nearest is None
        else {
            "parts": nearest.parts,
            "by": nearest.by,
            "missing": _missing(nearest.missing),
            "way": trace_data(nearest.trace),
        },
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {"of": condition.of or None, "condition": condition.text, "named": condition.named or None}


def _missing(missing: Sequence[Missing]) -> list[dict[str, Any]]:
    return [
        {**_condition(each.condition), "values": [{"name": n, "value": v} for n, v in each.values]} for each in missing
    ]


# -- in words ------------------------------------------------------------------------------------------------------------
def verdict_text(data: Mapping[str, Any]) -> str:
    """An answer, as data, in a sentence."""
    asked = data["asked"] if data["event"] else f"`{data['asked']}`"
    what = f"{asked} can {'happen' if data['event'] else 'hold'}"
    at, trace = data["at"], data["trace"]
    where = "" if at is None else ", from here on"
    if data["verdict"] == WORDS[Can.YES]:
        if not data["states"]:
            return f"{what}{where}: {data['reason']}."
        steps = trace["steps"] - (at["steps"] if at is not None else 0)
        when = f"after {count(steps, 'step')} at the earliest" if steps else "at once"
        return f"{what}{where}: {when}."
    if data["verdict"] == WORDS[Can.NEVER]:
        states = data["states"]
        proof = f"proved on all {states:,} states that can be reached" if states else data["reason"]
        return f"{asked} never {'happens' if data['event'] else 'holds'}{where}: {proof}."
    return f"Not decided whether {what}{where}: {data['reason']}."


def apart_text(data: Mapping[str, Any]) -> str:
    """Which conditions are never true together, in a sentence."""
    said = [f"`{each['condition']}`" for each in data["apart"]]
    seen = "" if data["verdict"] == WORDS[Can.NEVER] else " that was looked at"
    if len(said) == 1:
        return f"{said[0]} holds in no state{seen}."
    return f"No state{seen} has {', '.join(said[:-1])} and {said[-1]} together."


__all__ = ["WORDS", "apart_text", "stopped_data", "trace_data", "verdict_text", "why_not_data"]
