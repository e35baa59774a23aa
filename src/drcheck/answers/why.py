"""Why a promise is broken: which steps of its trace matter, which events are needed, which assignment first made it false.

The steps that matter are those of the telling (`drcheck.telling`); of their events, but for time, it is asked whether each is
needed (see `needing`). The same of a witness, why something is reached, and of a worst case, why it is attained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from drcheck.answers.needing import Known, Needing, Without
from drcheck.answers.points import INTERRUPTED
from drcheck.answers.turning import Turn, turns
from drcheck.designs.design import Design
from drcheck.designs.selection import refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import EngineError, PropertyError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.system.system import composed
from drcheck.system.trace import Trace
from drcheck.telling.telling import Telling, tell
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import value_text

STATES = 1_000_000
"""How many states each search has at most where nothing else is asked."""
LIMITS = Limits(states=STATES)


@dataclass(frozen=True)
class Why:
    """Why a trace shows what it does of a property.

    `verdict`: with the trace. `telling`: the steps that matter, and those set aside. `turns`: from which states on what is so.
    `needed`: by the position of the step, what is known of the events that were asked about; of those that matter and are not
    there nothing was asked, as they are the passing of time, or for the reason `unasked`. `searches`, `states`: what was
    searched for it. `stopped`: why it ended early, or "".
    """

    verdict: Verdict
    telling: Telling
    turns: tuple[Turn, ...]
    needed: dict[int, Without]
    unasked: str = ""
    searches: int = 0
    states: int = 0
    stopped: str = ""

    @property
    def trace(self) -> Trace:
        """The trace."""
        return self.telling.trace

    @property
    def item(self) -> Property:
        """The property as it was stated."""
        item = self.verdict.property
        return item if item.written is None else item.written

    @property
    def whole(self) -> bool:
        """Whether of each event that was to be asked about it is known whether it is needed."""
        return not self.stopped and all(found.known is not Known.OPEN for found in self.needed.values())


def why(
    verdict: Verdict,
    *,
    engine: str = "auto",
    limits: Limits = LIMITS,
    listener: Callable[[str], Listener | None] | None = None,
) -> Why:
    """Why a verdict's trace shows what it does. The limits of states and memory are those of each search, seconds of all.

    Raises PropertyError DR323 where the verdict has no trace. Ctrl-C ends it; what is known by then is the answer.
    """
    trace = verdict.trace
    if trace is None:
        raise PropertyError(
            "DR323",
            f"no trace shows anything of {verdict.property.name or verdict.property.formula()}: "
            f"{verdict.conclusion.value}, {verdict.reason}",
            place=verdict.property.place,
            remedy="ask why of a promise that is violated, of what can be reached, or of a worst case",
        )
    return _Work(verdict, trace, engine, limits.begun(), listener).all()


def why_of(
    design: Design,
    settings: Mapping[str, Any] | None,
    name: str,
    *,
    engine: str = "auto",
    limits: Limits = LIMITS,
    listener: Callable[[str], Listener | None] | None = None,
) -> Why:
    """Why a property of a design, by its name, is what it is.

    The search for its trace has no limit of states but the one that is given; those for what is needed have `STATES` where none
    is. Raises the errors of `check_design` and of `why`, and PropertyError DR301 for the key of a claim of several properties.
    """
    refuse_other(design, Design)
    limits = limits.begun()
    asked = dict(settings or {})
    named = select(design, [name], asked)
    if len(named) > 1:
        raise PropertyError(
            "DR301", f"{name} is the key of a claim of several properties", available=[s.name for s in named]
        )
    names = [statement.name for statement in named]
    report = check_design(
        design, asked, names, engine=engine, limits=limits, listener=listener, keep_states=False, causes=False
    )
    if report.skipped:
        raise PropertyError("DR302", f"property {named[0].name} is not decided: {report.skipped[0][1]}")
    verdict = next(v for v in report.verdicts if v.property.name == named[0].name)
    least = limits if limits.states is not None else replace(limits, states=STATES)
    return why(verdict, engine=engine, limits=least, listener=listener)


class _Work:
    """The searches for one trace."""

    def __init__(
        self,
        verdict: Verdict,
        trace: Trace,
        engine: str,
        limits: Limits,
        listener: Callable[[str], Listener | None] | None,
    ) -> None:
        self._verdict, self._trace, self._engine = verdict, trace, engine
        self._limits, self._listener = replace(limits, first=True), listener
        self._deadline = limits.deadline or Deadline()
        self.searches = self.states = 0
        self.stopped = ""

    def all(self) -> Why:
        """The answer."""
        verdict, trace = self._verdict, self._trace
        item, value = verdict.property, verdict.value
        telling = tell(trace, item, value_text(verdict))
        needing = Needing(trace, item, self._search, value)
        unasked = self._unasked()
        asked = [n for n in telling.slice.steps if not trace.steps[n].event.is_tick] if not unasked else []
        try:
            needing.ask(asked)
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        turned = turns(trace, item, value)
        return Why(verdict, telling, tuple(turned), needing.found, unasked, self.searches, self.states, self.stopped)

    def _unasked(self) -> str:
        """Why it is not asked which events are needed, or ""."""
        item, value = self._verdict.property, self._verdict.value
        if any(step.after is None for step in self._trace.steps):
            return "a value leaves its domain, which is no promise"
        if isinstance(item, WorstCase) and item.at_most is None and value is None:
            return "it is not known what the worst case is"
        return item.uncut if not isinstance(item, WorstCase) else ""

    def _search(self, item: Property, label: str) -> Verdict:
        if self.stopped or self._deadline.passed:
            self.stopped = self.stopped or f"{self._deadline.reason} passed"
            raise EngineError("DR510", self.stopped)
        told = None if self._listener is None else self._listener(label)
        verdicts = check(composed(self._trace.system), [item], engine=self._engine, limits=self._limits, listener=told)
        verdict, run = verdicts[1], verdicts[1].run
        self.searches += 1
        self.states += run.exploration.states
        if run.interrupted:
            self.stopped = INTERRUPTED
        return replace(verdict, run=replace(run, exploration=run.exploration.without_states()))


__all__ = ["LIMITS", "STATES", "Why", "why"]
