"""Whether a fault, or a loss, is noticed: at once, within a time, at last, or not always.

Of a trigger T, the step by which the fault happens or the loss grows, and a notice N, these properties are asked:

| property | if it holds, the notice is there |
|---|---|
| whenever(T, N) | *at once*: in the first state after T |
| ltl: N follows T, or time passes only so often | *within* a time: see below |
| leads_to(T, N), what happens by itself being fair | *at last*: on every such execution, in no bounded time |

Where no execution in which time passes without end lacks N after T, the longest delay is finite, unless an execution ends
before N; `within` with a bound above it gives it exactly.

Where none of them holds the notice is there *not always*, and the execution that lacks it is shown. `at` is an event, which never
happens in the same step as another one, so what comes at once is there before time passes: within 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.objectives import condition_of, notice_on
from drcheck.errors import PropertyError
from drcheck.language.expressions import Expression
from drcheck.language.happening import Grows, happens
from drcheck.language.units import TICKS, brief
from drcheck.logic.fairness import Fairness
from drcheck.logic.formulas import finally_, globally
from drcheck.logic.kinds import Property
from drcheck.logic.notices import LOSS, Notice
from drcheck.logic.properties import Statement, asked, leads_to, ltl, whenever, within
from drcheck.system.system import Event, System
from drcheck.verdicts.verdict import Conclusion, Verdict

LONGEST = 1 << 20
"""The bound, in ticks, with which the longest delay is asked for once it is known to be finite."""
_AT_ONCE, _IN_TIME, _AT_LAST, _DELAY = "at once", "in time", "at last", "within"


class Noticed(Enum):
    """Whether something is noticed."""

    AT_ONCE = "at once"
    WITHIN = "within"
    AT_LAST = "at last"
    NOT_ALWAYS = "not always"
    NOT_STATED = "not stated"
    UNDECIDED = "INCONCLUSIVE"


@dataclass(frozen=True)
class Question:
    """What is asked under a disruption: whether an event of a fault, or the growth of a loss, is noticed by a notice.

    `under`: the name of the disruption; `event`: of the fault, or None; `measure`: of the loss, or None; `notice`: None where
    there is none that speaks of it.
    """

    design: Design
    under: str
    given: Mapping[str, Any]
    event: Event | None
    measure: Statement | None
    notice: Notice | None
    timed: bool

    @property
    def what(self) -> str:
        """What happens."""
        return self.event.name if self.event is not None else "" if self.measure is None else self.measure.name

    def named(self, how: str) -> str:
        """The name of a property that is asked."""
        by = "" if self.notice is None else self.notice.name
        return f"{self.under}: {self.what}{'' if self.measure is None else ' grows,'} noticed by {by}, {how}"


@dataclass(frozen=True)
class Answer:
    """Whether something is noticed. `value`: in how many ticks at most. `verdict`: the property that says so, with its trace.

    `reason`: why nothing is decided, or what is assumed.
    """

    question: Question
    noticed: Noticed
    value: int | None = None
    verdict: Verdict | None = None
    reason: str = ""

    @property
    def text(self) -> str:
        """The answer in words."""
        if self.noticed is Noticed.WITHIN and self.verdict is not None:
            if not self.value:
                return "before time passes"
            return f"within {brief(self.value, TICKS, self.verdict.run.system.tick)}"
        if self.noticed is Noticed.AT_LAST and self.question.timed:
            return "at last, in no bounded time"
        return self.noticed.value


def subjects(notices: Sequence[Notice], systems: Sequence[System]) -> None:
    """Refuse a notice of a fault that none of the systems has. Raises PropertyError DR318."""
    events = [event for system in systems for event in system.events if event.fault is not None]
    known = dict.fromkeys([*(e.name for e in events), *(str(e.fault) for e in events), LOSS])
    for item in notices:
        for name in item.of if systems else ():
            if name not in known:
                raise PropertyError(
                    "DR318",
                    f"notice {item.name} is for {name!r}, which is neither a fault, nor a kind of fault",
                    place=item.place,
                    available=known,
                    asked=name,
                )


def questions(
    design: Design,
    under: str,
    given: Mapping[str, Any],
    faults: Sequence[Event],
    losses: Sequence[tuple[Statement, dict[str, Any]]],
    notices: Sequence[Notice],
    timed: bool,
) -> Iterator[Question]:
    """What is asked under a disruption: of each fault, then of each loss, by each notice that speaks of it."""
    for event in faults:
        mine: list[Notice | None] = [n for n in notices if event.name in n.of or event.fault in n.of]
        yield from (Question(design, under, given, event, None, n, timed) for n in mine or [None])
    for measure, with_it in losses:
        told: list[Notice | None] = [n for n in notices if LOSS in n.of]
        yield from (Question(design, under, with_it, None, measure, n, timed) for n in told or [None])


def first_asked(question: Question) -> list[Statement]:
    """The properties that decide whether a notice comes at all; none where there is no notice."""
    if question.notice is None:
        return []
    found = [_statement(question, _AT_ONCE, _at_once), _statement(question, _AT_LAST, _at_last)]
    return found + ([_statement(question, _IN_TIME, _in_time)] if question.timed else [])


def further_asked(question: Question, verdicts: Mapping[str, Verdict]) -> list[Statement]:
    """The property that gives the longest delay, where it is finite and not none."""
    at_once, in_time = (verdicts.get(question.named(how)) for how in (_AT_ONCE, _IN_TIME))
    if at_once is None or at_once.conclusion is Conclusion.HOLDS or not _holds(in_time):
        return []
    return [_statement(question, _DELAY, _delay)]


def answered(
    question: Question,
    verdicts: Mapping[str, Verdict],
    skipped: Mapping[str, str],
    fired: Mapping[str, bool | None],
    never: bool,
) -> Iterator[Answer]:
    """The answer to a question; none where what is asked about never happens: a fault by `fired`, a loss by `never`."""
    if never or (question.event is not None and fired.get(question.event.name) is False):
        return
    if question.notice is None:
        yield Answer(question, Noticed.NOT_STATED)
        return
    at_once, in_time, at_last, delay = (
        verdicts.get(question.named(how)) for how in (_AT_ONCE, _IN_TIME, _AT_LAST, _DELAY)
    )
    if at_once is not None and at_once.vacuous:
        return
    if at_once is None:
        yield Answer(question, Noticed.UNDECIDED, reason=skipped.get(question.named(_AT_ONCE), "it was not decided"))
    elif _holds(at_once):
        yield Answer(question, Noticed.AT_ONCE, verdict=at_once)
    elif delay is not None and _holds(delay):
        yield Answer(question, Noticed.WITHIN, delay.value, delay)
    elif _holds(in_time) and (delay is None or delay.conclusion is Conclusion.INCONCLUSIVE):
        why = "the longest delay was not searched for" if delay is None else delay.reason
        yield Answer(question, Noticed.UNDECIDED, verdict=delay or in_time, reason=why)
    elif _holds(at_last):
        yield Answer(question, Noticed.AT_LAST, verdict=in_time or at_once, reason=_assumed(question))
    elif at_last is not None and at_last.conclusion is Conclusion.VIOLATED:
        yield Answer(question, Noticed.NOT_ALWAYS, verdict=at_last)
    else:
        yield Answer(question, Noticed.UNDECIDED, verdict=at_once, reason=(at_last or at_once).reason)


def _holds(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.conclusion is Conclusion.HOLDS


def _assumed(question: Question) -> str:
    assert question.notice is not None
    return f"assuming {', '.join(str(f) for f in question.notice.fairness)}" if question.notice.fairness else ""


# -- properties ------------------------------------------------------------------------------------------------------------
def _at_once(trigger: Expression, there: Expression, fairness: Sequence[Fairness]) -> Property:
    return whenever(trigger, there)


def _at_last(trigger: Expression, there: Expression, fairness: Sequence[Fairness]) -> Property:
    return leads_to(trigger, there, fairness)


def _in_time(trigger: Expression, there: Expression, fairness: Sequence[Fairness]) -> Property:
    return ltl(globally(trigger.implies(finally_(there))) | finally_(globally(~happens("time"))))


def _delay(trigger: Expression, there: Expression, fairness: Sequence[Fairness]) -> Property:
    return within(LONGEST, there, after=trigger)


def _statement(question: Question, how: str, make: Any) -> Statement:
    item = question.notice
    assert item is not None
    return asked(
        question.named(how), partial(_built, question, make), question.given, source=item.source, place=item.place
    )


def _built(question: Question, make: Any, system: System) -> Property:
    """One of the properties on a system."""
    assert question.notice is not None
    item = notice_on(question.design, question.notice.name, system)
    made: Property = make(_trigger(question, system), condition_of(item, system), item.fairness)
    return made


def _trigger(question: Question, system: System) -> Expression:
    """What is to be noticed: that the fault has just happened, or that the loss has just grown."""
    if question.measure is None:
        assert question.event is not None
        return happens(question.event.name)
    measured = question.measure.on_any(system).measure
    assert measured is not None
    return Grows(system.settled(measured))


__all__ = [
    "LONGEST",
    "Answer",
    "Noticed",
    "Question",
    "answered",
    "first_asked",
    "further_asked",
    "questions",
    "subjects",
]
