"""The exact value of a worst case for each of several settings of a design: what curves, sweeps and staircases are made of.

Each setting composes a system of its own and is searched, unless a system that is equal to one before it asks the same. What a
search did not decide is no value: where it stopped early, or a cap was reached, what was seen is a value that the worst case has
*at least*.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from drcheck.answers.combinations import Adversities, Combination
from drcheck.answers.composed import Composed
from drcheck.answers.spending import Spending
from drcheck.designs.design import Design
from drcheck.designs.selection import select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, EngineError, UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.observing import by_observers
from drcheck.logic.properties import Statement
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.lowering import lower
from drcheck.system.never import without_never
from drcheck.system.system import System, capped_cells
from drcheck.system.trace import Trace
from drcheck.verdicts.check import check
from drcheck.verdicts.measuring import measuring
from drcheck.verdicts.repair_sets import Change
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text

INTERRUPTED = "interrupted"
"""Why settings were not tried after Ctrl-C."""


class Known(Enum):
    """What is known of a value."""

    EXACT = "exact"
    AT_LEAST = "at least"
    IMPOSSIBLE = "cannot be stated"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Point:
    """The worst case with some settings. `value`: a number of what it counts; None where nothing was seen.

    `text`: the value with its unit; `reason`: why it is not exact. `states`: of the search; `equal`: there was none, as an equal
    system had been searched. `trace`: the way to the value.
    """

    settings: Mapping[str, Any]
    known: Known
    value: int | None = None
    text: str = ""
    reason: str = ""
    states: int = 0
    equal: bool = False
    trace: Trace | None = field(default=None, repr=False)
    stated: Property | None = field(default=None, repr=False)


def worst_case_named(design: Design, name: str, settings: Mapping[str, Any]) -> tuple[Statement, System]:
    """The worst case of a name, and the design with the parameters that it is stated for, but for those in `settings`.

    Raises the errors of `select` and of composing, UsageError DR401 for a property that is no worst case.
    """
    (statement, *others) = select(design, [name], settings)
    if others:
        raise UsageError(
            "DR401",
            f"{name} stands for several properties",
            available=[s.name for s in (statement, *others)],
            asked=name,
        )
    system = design.build({**statement.given, **settings})
    if not isinstance(statement.on_any(system), WorstCase):
        raise UsageError(
            "DR401",
            f"property {name} is no worst case, and has no values",
            place=statement.details.get("place"),
            available=_worst_cases(design, settings),
            remedy="name one of these",
        )
    return statement, system


def _worst_cases(design: Design, settings: Mapping[str, Any]) -> list[str]:
    found = []
    for statement in design.statements(settings):
        try:
            item = statement.on_any(design.build({**statement.given, **settings}))
        except DrcheckError:
            continue
        found += [statement.name] if isinstance(item, WorstCase) else []
    return found


class Asking:
    """The searches for the values of one worst case.

    The limits of states and of memory are those of each search, that of seconds is one for all, and so is `budget`, a number of
    states (see `Spending`). `stopped`: why no further search is made, or "".
    """

    def __init__(
        self,
        design: Design,
        measure: Statement,
        *,
        engine: str = "auto",
        limits: Limits = Limits(),
        budget: int | None = None,
        listener: Callable[[str], Listener | None] | None = None,
    ) -> None:
        self._spending = Spending(budget)
        self._design, self._engine, self._listener = design, engine, listener
        self._measure = measuring(measure.name, measure, {})
        self._limits = limits.begun()
        self.deadline = self._limits.deadline or Deadline()
        self._answers: dict[object, Point] = {}
        self.searches = self.states = 0
        self.stopped = ""

    def at(self, settings: Mapping[str, Any], label: str = "") -> Point:
        """The value with some settings, which are all that differs from the defaults. It raises no error of composing."""
        return self.guarded(settings, lambda: self._searched(settings, label))

    def guarded(self, settings: Mapping[str, Any], search: Callable[[], Point]) -> Point:
        """What a search finds, or that it was not made: after a limit or an interrupt no further one is."""
        if not self.stopped and self.deadline.passed:
            self.stopped = f"{self.deadline.reason} passed"
        self.stopped = self.stopped or self._spending.over
        if self.stopped:
            return Point(settings, Known.NOT_TRIED, reason=self.stopped)
        try:
            return search()
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except EngineError as error:  # a limit that leaves nothing to report
            if not self.deadline.passed:
                return Point(settings, Known.AT_LEAST, reason=error.message)
            self.stopped = f"{self.deadline.reason} passed"
        return Point(settings, Known.NOT_TRIED, reason=self.stopped)

    def composed(self, varied: Adversities, deviations: tuple[Change, ...] = ()) -> Composed:
        """The design with what is varied, within the limit of seconds."""
        self._spending.took()
        with self.deadline.during(f"{self._design.name} was composed"):
            return Composed(self._design, varied, deviations)

    def _searched(self, settings: Mapping[str, Any], label: str) -> Point:
        return self.on(self.composed(Adversities(settings, frozenset(), {})), None, settings, label)

    def on(self, made: Composed, uses: Combination | None, settings: Mapping[str, Any], label: str) -> Point:
        """The value on a composed design, with the faults that it has or with the uses of a combination alone."""
        if made.system is None:
            return Point(settings, Known.IMPOSSIBLE, reason="" if made.error is None else made.error.message)
        asked = made.on(self._measure)
        if isinstance(asked.stated, str):
            return Point(settings, Known.IMPOSSIBLE, reason=asked.stated)
        system = made.system if uses is None else made.with_uses(uses)
        key = self._question(system, asked.stated)
        if key is not None and key in self._answers:
            return replace(self._answers[key], settings=settings, equal=True, states=0)
        told = None if self._listener is None else self._listener(label)
        domains, verdict = check(system, [asked.stated], engine=self._engine, limits=self._limits, listener=told)
        self.searches += 1
        self.states += verdict.run.exploration.states
        self._spending.took(verdict.run.exploration.states)
        if domains.run.interrupted:
            self.stopped = INTERRUPTED
        point = point_of(settings, verdict, domains)
        if key is not None:
            self._answers[key] = point
        return point

    def _question(self, system: System, item: Property) -> Hashable:
        """What is asked of which system, without what can never happen there; None where that is not compared.

        Equal ones have the same answer: their systems have the same states and steps.
        """
        if by_observers(system, [item])[0].system is not system or item.measure is None:
            return None
        prints, measure = Fingerprints(), lower(system, item.measure)
        trigger = None if item.trigger is None else prints.expression(lower(system, item.trigger))
        return prints.system(without_never(system)), capped_cells(system), prints.expression(measure), trigger


def point_of(settings: Mapping[str, Any], verdict: Verdict, domains: Verdict) -> Point:
    """What a verdict on a worst case says of its value; nothing is exact where a value left its domain."""
    whole = verdict.run.exploration.complete or verdict.run.proof is not None
    sound = domains.conclusion is not Conclusion.VIOLATED
    exact = verdict.value is not None and whole and sound and not verdict.at_least
    decided = verdict.conclusion is not Conclusion.INCONCLUSIVE
    known = Known.EXACT if exact and decided else Known.AT_LEAST
    text = value_text(verdict)
    if known is Known.AT_LEAST and text and not text.startswith("at least "):
        text = f"at least {text}"
    return Point(
        settings,
        known,
        verdict.value,
        text,
        "" if known is Known.EXACT else (verdict.reason if sound else domains.reason),
        verdict.run.exploration.states,
        False,
        verdict.trace,
        verdict.property,
    )


__all__ = ["INTERRUPTED", "Asking", "Known", "Point", "point_of", "worst_case_named"]
