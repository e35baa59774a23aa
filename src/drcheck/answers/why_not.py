"""Why an event does not happen, or a condition does not hold: that it can, and how; or the proof that it never can, and why.

The verdict is that of a check: every reachable state is looked at, and what rests on a cap or on a domain that is left is no
proof. Where it never can, each condition that must hold is counted over the states: where it fails, and where it alone does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.answers.asked import expression_in
from drcheck.answers.conditions import Condition, conditions_in, conditions_of
from drcheck.answers.distance import PART, distances
from drcheck.answers.missing import Missing, missing_in
from drcheck.answers.nearest import refuse_events, where_possible
from drcheck.designs.design import Design
from drcheck.designs.selection import refuse_other
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Exploration, Limits, Listener
from drcheck.errors import PathError, TextError
from drcheck.kernels.budget import within
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import Expression, Literal
from drcheck.logic.properties import reachable
from drcheck.system.lowering import lower
from drcheck.system.path_text import followed, read_path
from drcheck.system.system import System, begun_with
from drcheck.system.terms import conjunction
from drcheck.system.trace import Trace, along
from drcheck.verdicts.searching import Options, judged
from drcheck.verdicts.verdict import Conclusion

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class Can(Enum):
    """Whether it can."""

    YES = "it can"
    NEVER = "it never can"
    OPEN = "not decided"


@dataclass(frozen=True)
class Counted:
    """A condition that must hold, and in how many of the states it does not: in `fails`, in `alone` of these it is the only one.

    `by`: of what is held back, the events that do it and in how many states each can happen, the most frequent first.
    """

    condition: Condition
    fails: int
    alone: int
    by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Nearest:
    """The state that lacks the least: how many of the smallest `parts` would have to be otherwise, by how much numbers differ
    in all (`by`, in ticks of time), which conditions are `missing`, and the shortest way to it.
    """

    parts: int
    by: int
    missing: tuple[Missing, ...]
    trace: Trace = field(repr=False)


@dataclass(frozen=True)
class WhyNot:
    """The answer. `asked`: the event or condition, and which of these it is; `at`: the path at whose end it was asked, or None.

    `trace`: where it can, the shortest way there. `conditions`: those that must hold and somewhere do not, what fails most often
    first. `apart`: the fewest conditions that hold together in no state that was looked at; none where that takes more than
    three. `here`: what is missing in the state at which it was asked. `states`: how many were looked at; `reason`: of the
    verdict. `stopped`: why the search ended before it had seen all, or "".
    """

    design: Design
    settings: Mapping[str, Any]
    system: System
    asked: str
    is_event: bool
    can: Can
    reason: str
    states: int
    at: Trace | None = None
    trace: Trace | None = field(default=None, repr=False)
    conditions: tuple[Counted, ...] = ()
    nearest: Nearest | None = None
    apart: tuple[Condition, ...] = ()
    here: tuple[Missing, ...] = ()
    stopped: str = ""
    warning: str = ""


def why_not(
    design: Design,
    asked: str,
    settings: Mapping[str, Any] | None = None,
    *,
    at: str | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Listener | None = None,
) -> WhyNot:
    """Why an event of a design cannot happen, or a condition cannot hold: in any state that can be reached from the beginning,
    or, with `at`, from the end of a path (see `system.path_text`).

    Raises PathError DR522 for what is neither an event nor a condition of states, DR520 and DR521 for the path, and what
    composing and searching raise. A search that stops early decides nothing, unless it found that it can.
    """
    refuse_other(design, Design)
    limits = replace(limits.begun(), first=True)
    requested = dict(settings or {})
    system = design.build(requested)
    condition, conditions, is_event = _asked(system, asked)
    begun, start, warning = system, None, ""
    if at is not None:
        walked = followed(read_path(at), system)
        start, warning = walked.trace, walked.warning
        begun = begun_with(system, [start.states[-1]])
    answer = WhyNot(design, requested, system, asked, is_event, Can.OPEN, "", 0, at=start, warning=warning)
    here = begun.initial
    answer = replace(answer, here=tuple(missing_in(system, conditions, here)) if start is not None else ())
    if isinstance(condition, Literal):  # what the parameters alone decide needs no search
        if condition.value:
            return replace(answer, can=Can.YES, reason="it holds in every state", trace=_from(start, Trace(begun, ())))
        return replace(
            answer,
            can=Can.NEVER,
            reason="the parameters exclude it in every state",
            apart=tuple(c for c in conditions if isinstance(c.node, Literal) and not c.node.value)[:1],
        )
    options = Options(engine, limits, listener)
    judges = judged(begun, [reachable(condition, name="why_not")], options)
    domains, verdict = judges.verdicts()
    assert judges.judge is not None
    found = judges.judge.found
    answer = replace(answer, states=found.states, reason=verdict.reason, stopped=found.stopped or "")
    if verdict.conclusion is Conclusion.HOLDS and verdict.trace is not None:
        return replace(answer, can=Can.YES, trace=_from(start, verdict.trace))
    if verdict.conclusion is Conclusion.VIOLATED:
        if domains.conclusion is Conclusion.HOLDS:
            answer = replace(answer, can=Can.NEVER)
        else:
            answer = replace(answer, reason=f"values do not stay in their domains: {domains.reason}")
    if not found.states:
        return answer
    try:
        with (limits.deadline or Deadline()).with_grace().cut(), within(limits.budget):
            return _counted(answer, found, begun, start, conditions)
    except (OutOfTimeError, MemoryError):  # the verdict stands without them
        return answer


def _asked(system: System, text: str) -> tuple[Expression, list[Condition], bool]:
    """What is asked, lowered; the conditions that must hold; and whether it is an event."""
    for number, event in enumerate(system.events):
        if event.name == text:
            return where_possible(system, text), conditions_of(system, number), True
    try:
        condition = expression_in(text, system, condition=True)
    except TextError:
        if _NAME.fullmatch(text) and text.partition(".")[0] not in system.control_of:
            raise PathError(
                "DR522",
                f"{text!r} is neither an event of {system.name} nor a condition",
                available=[e.name for e in system.events],
                asked=text,
                remedy="write the name of an event, or a condition as in 'server.down & standby.idle'",
            ) from None
        raise
    refuse_events(condition)
    return lower(system, condition), conditions_in(system, condition), False


def _from(start: Trace | None, trace: Trace) -> Trace:
    """A trace that begins where another ends, behind it."""
    return trace if start is None else replace(start, steps=(*start.steps, *trace.steps))


def _counted(
    answer: WhyNot, found: Exploration, begun: System, start: Trace | None, conditions: Sequence[Condition]
) -> WhyNot:
    """The answer with what the states show that were looked at."""
    columns = Columns(found)
    fails = [~columns.mask(condition.node) for condition in conditions]
    number: NDArray[np.int64] = np.zeros(found.states, np.int64)
    for each in fails:
        number += each
    rows = []
    for condition, failing in zip(conditions, fails, strict=True):
        by = sorted(
            ((name, int(np.count_nonzero(columns.mask(can)))) for name, can in condition.others),
            key=lambda pair: -pair[1],
        )
        alone = int(np.count_nonzero(failing & (number == 1)))
        rows.append(Counted(condition, int(np.count_nonzero(failing)), alone, tuple((n, k) for n, k in by if k)))
    rows.sort(key=lambda row: (-row.fails, -row.alone))
    away = distances(columns, conjunction([condition.node for condition in conditions]))
    best = int(away.argmin())
    path = along(begun, [found.state(n) for n in found.ancestry(best)])
    missing = tuple(missing_in(begun, conditions, found.state(best)))
    nearest = Nearest(int(away[best]) // PART, int(away[best]) % PART, missing, _from(start, path))
    return replace(
        answer,
        conditions=tuple(row for row in rows if row.fails),
        nearest=nearest,
        apart=_apart([row.condition for row in rows], {id(c): ~f for c, f in zip(conditions, fails, strict=True)}),
    )


def _apart(conditions: Sequence[Condition], holds: Mapping[int, NDArray[np.bool_]]) -> tuple[Condition, ...]:
    """The fewest conditions, up to three, that no state has together."""
    for size in (1, 2, 3):
        for some in itertools.combinations(conditions, size):
            if not np.logical_and.reduce([holds[id(condition)] for condition in some]).any():
                return some
    return ()


__all__ = ["Can", "Counted", "Missing", "Nearest", "WhyNot", "why_not"]
