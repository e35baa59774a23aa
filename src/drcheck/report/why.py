"""Why a trace shows what it does, as plain data; and what that data says, in paragraphs for the terminal and the review."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.answers.mending import Answer, Mend
from drcheck.answers.needing import Known, Without
from drcheck.answers.turning import Turn
from drcheck.answers.why import Why
from drcheck.logic.kinds import Property, WorstCase
from drcheck.render.explore_command import opening_of
from drcheck.report.words import count
from drcheck.verdicts.wording import value_text

Data = Mapping[str, Any]
Parameters = Callable[[Mapping[str, Any]], Any]
"""Makes plain data of settings."""
BROKEN, REACHED, ATTAINED = "broken", "reached", "attained"
_WORDS = {
    BROKEN: ("without it the promise holds", "the promise is broken without it, too"),
    REACHED: ("without it this is never reached", "it is reached without it, too"),
    ATTAINED: ("without it the worst case is less", "the worst case is attained without it, too"),
}
"""What is shown; what is so without an event that is needed, and without one that is not."""


# -- as data -----------------------------------------------------------------------------------------------------------
def why_data(found: Why, parameters: Parameters) -> dict[str, Any]:
    """All of an answer."""
    verdict, trace, item = found.verdict, found.trace, found.item
    opening = opening_of(trace)
    return {
        "property": item.name,
        "statement": item.statement,
        "formula": item.formula(),
        "given": parameters(verdict.run.given),
        "verdict": verdict.conclusion.value,
        "shown": _shown(item),
        "value_text": value_text(verdict) or None,
        "findings": [finding.title for finding in item.findings],
        "trace": trace.as_data(),
        "told": found.telling.text(),
        "telling": found.telling.as_data(),
        "explore": None if opening is None else opening.whole,
        "turns": [_turn(turn, found) for turn in found.turns],
        "needed": [_without(at, without) for at, without in sorted(found.needed.items())],
        "not_asked": found.unasked or None,
        "mends": None if found.mends is None else [_mend(mend) for mend in found.mends],
        "not_mended": found.unmended or None,
    }


def _shown(item: Property) -> str:
    if isinstance(item, WorstCase) and item.at_most is None:
        return ATTAINED
    return REACHED if item.witness else BROKEN


def _turn(turn: Turn, found: Why) -> dict[str, Any]:
    return {
        "step": turn.state,
        "event": found.trace.steps[turn.state - 1].event.name if turn.state else None,
        "said": turn.said,
        "changes": turn.changes(found.trace),
        "alone": bool(turn.alone),
    }


def _without(at: int, found: Without) -> dict[str, Any]:
    opening = None if found.trace is None else opening_of(found.trace)
    return {
        "step": at + 1,
        "event": found.event,
        "times": found.times,
        "known": found.known.value,
        "steps": found.steps,
        "exact": found.exact,
        "reason": found.reason,
        "explore": None if opening is None else opening.whole,
    }


def _mend(mend: Mend) -> dict[str, Any]:
    return {
        "event": mend.event,
        "kind": mend.kind,
        "answer": mend.answer.value,
        "guard": mend.guard or None,
        "possible": mend.possible,
        "left": mend.left,
        "guards": mend.guards,
        "tried": mend.tried,
        "searched": mend.searched,
        "never": list(mend.never),
        "dear": [{"guard": guard, "idle": list(idle)} for guard, idle in mend.dear],
        "undecided": list(mend.undecided),
        "changes": [
            {"property": each.name, "before": each.before, "after": each.after, "better": each.better}
            for each in mend.changes
        ],
        "compared": mend.compared,
        "not_compared": mend.uncompared or None,
        "idle": list(mend.idle),
        "all_states": mend.seen,
    }


# -- as text -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Said:
    """A paragraph: a sentence, the lines that belong to it, and whether these are to be read as they are."""

    sentence: str
    lines: tuple[str, ...] = ()
    as_it_is: bool = False
    warning: bool = False


def why_said(data: Data, told: Sequence[str] | None = None) -> Iterator[Said]:
    """What an answer says. `told`: the lines of the trace, if others than those of the data are to be shown."""
    steps = data["telling"]["steps"]
    mattering = steps - len(data["telling"]["aside"])
    many = f"{mattering} of {count(steps, 'step')} {'matters' if mattering == 1 else 'matter'}"
    many = "it is so from the start" if not steps else "its one step matters" if steps == mattering == 1 else many
    yield Said(f"{_verdict(data)}; {many}:", tuple(data["told"] if told is None else told), as_it_is=True)
    for turn in data["turns"]:
        yield Said(_turn_text(turn))
    yield from _needed_text(data)
    yield from _mends(data)


def _verdict(data: Data) -> str:
    value = f", {data['value_text']}" if data["value_text"] else ""
    known = f" (known finding: {'; '.join(data['findings'])})" if data["findings"] else ""
    return f"{data['verdict']}{value}{known}"


def _turn_text(turn: Data) -> str:
    said = turn["said"]
    if turn["event"] is None:
        return f"From the start {said}."
    changes = ", ".join(turn["changes"])
    what = f": {changes}" if changes else ""
    return f"From step {turn['step']} on {said}; {turn['event']} made it so{what}."


def _needed_text(data: Data) -> Iterator[Said]:
    if data["not_asked"]:
        yield Said(f"Which events are needed is not asked: {data['not_asked']}.")
        return
    needed, other = _WORDS[data["shown"]]
    for known, sentence in (
        (Known.NEEDED, f"Needed: {needed}."),
        (Known.NOT_NEEDED, f"Not needed: {other}."),
        (Known.OPEN, "Not decided whether it is needed:"),
    ):
        lines = list(_grouped([each for each in data["needed"] if each["known"] == known.value], data))
        if lines:
            yield Said(sentence, tuple(lines), warning=known is Known.OPEN)
    if not data["needed"]:
        yield Said("No event but the passing of time matters, so none is asked about.")


def _grouped(found: Sequence[Data], data: Data) -> Iterator[str]:
    """Lines, one for an event and what is known of it."""
    groups: dict[tuple[Any, ...], list[Data]] = {}
    for each in found:
        reason = each["reason"] if each["known"] == Known.OPEN.value else ""
        groups.setdefault((each["event"], each["steps"], each["exact"], reason), []).append(each)
    often: dict[str, int] = {}
    for step in data["trace"]["steps"]:
        often[step["event"]] = often.get(step["event"], 0) + 1
    for (event, steps, exact, reason), those in groups.items():
        where = f"{'step' if len(those) == 1 else 'steps'} {_listed([str(each['step']) for each in those])}: {event}"
        times = "" if often[event] == 1 else f", the {_listed([_ordinal(each['times']) for each in those])} time"
        less = "" if steps is None else f", in {'' if exact else 'at most '}{count(steps, 'step')}"
        yield f"{where}{times}{less}{f' ({reason})' if reason else ''}"


# -- mends -------------------------------------------------------------------------------------------------------------
def _mends(data: Data) -> Iterator[Said]:
    if data["not_mended"]:
        yield Said(f"No mend is looked for: {data['not_mended']}.")
    elif data["mends"] is not None and not data["mends"]:
        yield Said(
            "No mend is looked for: no event of the trace is an operator's, or listed by the design as guardable."
        )
    broken = [mend["event"] for mend in data["mends"] or () if mend["answer"] == Answer.NEVER.value]
    alike = [
        mend for mend in data["mends"] or () if mend["answer"] == Answer.NONE.value and not list(_mend_lines(mend))
    ]
    for mend in data["mends"] or ():
        if mend["answer"] != Answer.NEVER.value and (len(alike) < 2 or mend not in alike):
            yield Said(_mend_text(mend), tuple(_mend_lines(mend)), warning=mend["answer"] == Answer.OPEN.value)
    if len(alike) > 1:
        where = _listed([f"{mend['event']} ({mend['guards']:,})" for mend in alike], most=len(alike))
        yield Said(f"No mend among the guards of one or two atoms at {where}.")
    if broken:
        yield Said(
            f"No guard of {_listed(broken)} mends it: the promise is also broken where {_it(broken)} never happens."
        )


def _it(events: Sequence[str]) -> str:
    return "it" if len(events) == 1 else "one of them"


def _mend_text(mend: Data) -> str:
    guards = count(mend["guards"], "guard")
    if mend["answer"] == Answer.MENDED.value:
        states = f"it is then possible in {mend['left']:,} of the {count(mend['possible'], 'state')} in which it was"
        dear = ", at the price that other events never happen," if mend["idle"] else ""
        return f"Mended{dear} if {mend['event']} also needs: {mend['guard']} ({states})."
    if mend["answer"] == Answer.NONE.value:
        return f"No mend at {mend['event']}: none among {guards} of one or two atoms."
    open_ = mend["guards"] - mend["tried"] + len(mend["undecided"])
    return f"No mend known at {mend['event']}: of {guards} of one or two atoms, {open_:,} were not decided."


def _mend_lines(mend: Data) -> Iterator[str]:
    if mend["answer"] == Answer.MENDED.value:
        if mend["undecided"]:
            yield f"weaker ones, not decided: {_listed(mend['undecided'])}"
        yield from _changes(mend)
        if mend["idle"]:
            yield f"never happens any more: {_listed(mend['idle'])}"
        elif mend["dear"]:
            first = mend["dear"][0]
            yield f"weaker, but then {_listed(first['idle'])} never happens any more: {first['guard']}"
    if mend["never"]:
        yield f"it would hold vacuously, or only because the event never happens any more, with: {_listed(mend['never'])}"
    if not mend["all_states"]:
        yield "not all states were seen: guards that differ in other states only count as one"


def _changes(mend: Data) -> Iterator[str]:
    for better, said in ((True, "better"), (False, "worse"), (None, "other")):
        those = [each for each in mend["changes"] if each["better"] is better]
        for each in those:
            yield f"{said}: {each['property']}, {each['before']} -> {each['after']}"
    more = f"; {mend['not_compared']}" if mend["not_compared"] else ""
    if not mend["changes"] and mend["compared"]:
        yield f"nothing else changes in the verdicts on {count(mend['compared'], 'other property', 'other properties')}{more}"
    elif mend["compared"] or more:
        yield f"compared: {count(mend['compared'], 'other property', 'other properties')}{more}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(texts: Sequence[str], most: int = 6) -> str:
    if len(texts) > most:
        return f"{texts[0]}, {texts[1]}, ... {texts[-1]}"
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]


__all__ = ["Said", "why_data", "why_said"]
