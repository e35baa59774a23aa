"""Why a promise is broken: which steps of its trace matter, which events are needed, which assignment first made it false.

The steps that matter are those of the telling (`drcheck.telling`); of their events, but for time, it is asked whether each is
needed (see `needing`). The same of a witness, why something is reached, and of a worst case, why it is attained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.answers.along import along
from drcheck.answers.guarded import guarded
from drcheck.answers.mending import TRIES, Answer, Mend, Mending, compared
from drcheck.answers.needing import Known, Needing, Without
from drcheck.answers.points import INTERRUPTED
from drcheck.answers.turning import Turn, turns
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.preparing import stated_on
from drcheck.designs.selection import beyond, refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DesignError, DrcheckError, EngineError, PropertyError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.properties import Statement
from drcheck.notebooks import Shown
from drcheck.system.path_text import Path, followed
from drcheck.system.system import System, composed
from drcheck.system.trace import Trace
from drcheck.telling.telling import Telling, tell
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text

STATES = 1_000_000
"""How many states each search has at most where nothing else is asked."""
LIMITS = Limits(states=STATES)


@dataclass(frozen=True)
class Why(Shown):
    """Why a trace shows what it does of a property.

    `verdict`: with the trace. `telling`: the steps that matter, and those set aside. `turns`: from which states on what is so.
    `needed`: by the position of the step, what is known of the events that were asked about; of those that matter and are not
    there nothing was asked, as they are the passing of time, or for the reason `unasked`. `searches`, `states`: what was
    searched for it. `stopped`: why it ended early, or "". `mends`: of each event that may have a further guard, what these bring
    about; None where that was not asked. `unmended`: why it was not, or "". `warning`: what is to be said of the path, or "".
    """

    verdict: Verdict
    telling: Telling
    turns: tuple[Turn, ...]
    needed: dict[int, Without]
    unasked: str = ""
    searches: int = 0
    states: int = 0
    stopped: str = ""
    mends: tuple[Mend, ...] | None = None
    unmended: str = ""
    warning: str = ""

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
        return (
            not self.stopped
            and all(found.known is not Known.OPEN for found in self.needed.values())
            and all(mend.answer is not Answer.OPEN for mend in self.mends or ())
        )


def why(
    shown: Verdict | Trace,
    item: Property | None = None,
    *,
    mend: bool = False,
    guardable: Sequence[str] = (),
    beside: Sequence[Property] = (),
    uncompared: str = "",
    tries: int = TRIES,
    engine: str = "auto",
    limits: Limits = LIMITS,
    listener: Callable[[str], Listener | None] | None = None,
) -> Why:
    """Why a verdict's trace shows what it does; of a trace, why it breaks the property `item`, or how that goes on to be broken.

    A trace is cut where it first breaks the property; one that does not break it is followed on by the shortest way to break it
    from there (see `along`). The limits of states and memory are those of each search, seconds of all.

    `mend`: also look for a further guard of an event with which the promise holds (see `mending`): of the events of the trace
    that operators bring about, and of those among `guardable`. `tries`: with how many searches for each event. The verdicts on
    the properties `beside`, of the same system, are compared; `uncompared` says of others why not.

    Raises PropertyError DR323 where nothing shows the property, and DR302 for a trace without one. Ctrl-C ends it; what is known
    by then is the answer.
    """
    limits = limits.begun()
    if isinstance(shown, Verdict):
        verdict, where = shown, ""
    elif item is None:
        raise PropertyError(
            "DR302", "why of a trace needs the property that it breaks", remedy="write why(trace, item)"
        )
    else:
        told = None if listener is None else listener("from the end of the path")
        verdict = along(shown, item, engine=engine, limits=replace(limits, first=True), listener=told)
        where = " of what follows the path"
    trace = verdict.trace
    if trace is None:
        raise _nothing_shown(verdict, where)
    work = _Work(verdict, trace, engine, limits, listener)
    found = work.all()
    return work.mended(found, guardable, beside, uncompared, tries) if mend else found


def _nothing_shown(verdict: Verdict, where: str) -> PropertyError:
    """The error of a verdict that no trace shows. `where`: of which executions, in words, or ""."""
    item = verdict.property
    remedy = "ask why of a promise that is violated, of what can be reached, or of a worst case"
    if not item.needs_search:
        remedy = "it is a fact of the composition, and no execution shows it: `drcheck check` says what it rests on"
    elif verdict.conclusion is Conclusion.INCONCLUSIVE:
        remedy = "decide it first, with other limits"
    return PropertyError(
        "DR323",
        f"no trace{where} shows anything of {item.name or item.formula()}: {verdict.conclusion.value}, {verdict.reason}",
        place=item.place,
        remedy=remedy,
    )


def why_of(
    design: Design,
    settings: Mapping[str, Any] | None,
    name: str,
    *,
    at: Path | None = None,
    mend: bool = False,
    tries: int = TRIES,
    engine: str = "auto",
    limits: Limits = LIMITS,
    listener: Callable[[str], Listener | None] | None = None,
) -> Why:
    """Why a property of a design, by its name, is what it is; with `at`, of the executions that begin with a path (see `why`).

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
    least = limits if limits.states is not None else replace(limits, states=STATES)
    shown: Verdict | Trace
    item: Property | None = None
    if at is None:
        shown, warning = _decided(design, asked, named[0], engine, limits, listener), ""
        system = composed(shown.run.system)
    else:
        system, item = _stated(design, asked, named[0])
        path = followed(at, system)
        shown, warning = path.trace, path.warning
    if mend:
        _check_guardable(design, system)
    beside, uncompared = _beside(design, asked, system, named[0].name) if mend else ((), "")
    found = why(
        shown,
        item,
        mend=mend,
        guardable=design.guardable,
        beside=beside,
        uncompared=uncompared,
        tries=tries,
        engine=engine,
        limits=least,
        listener=listener,
    )
    return replace(found, warning=warning)


def _decided(
    design: Design,
    asked: Mapping[str, Any],
    named: Statement,
    engine: str,
    limits: Limits,
    listener: Callable[[str], Listener | None] | None,
) -> Verdict:
    """The verdict on a property. Raises PropertyError DR302 where it is not decided for these parameters."""
    report = check_design(
        design, asked, [named.name], engine=engine, limits=limits, listener=listener, keep_states=False, causes=False
    )
    if report.skipped:
        raise PropertyError("DR302", f"property {named.name} is not decided: {report.skipped[0][1]}")
    return next(v for v in report.verdicts if v.property.name == named.name)


def _stated(design: Design, asked: Mapping[str, Any], named: Statement) -> tuple[System, Property]:
    """The system that a property is stated for, and the property. Raises PropertyError DR302."""
    given, conflict = beyond(design, asked, named.given)
    if conflict:
        wanted = settings_text({key: named.given[key] for key in conflict}, design.roles)
        raise PropertyError("DR302", f"property {named.name} is stated for {wanted}", remedy="leave that --set out")
    system = design.build({**asked, **given})
    item = stated_on(named, design, system, asked)
    if isinstance(item, str):
        raise PropertyError("DR302", f"property {named.name} is not decided: {item}")
    return system, item


def _check_guardable(design: Design, system: System) -> None:
    """Raises DesignError DR208 for what the design lists and is no automatic event, of this system or by default."""
    events = {event.name: event.kind for one in (design.build(), system) for event in one.events}
    for name in design.guardable:
        if events.get(name) != "automatic":
            what = f"is of kind {events[name]}" if name in events else "there is not"
            raise DesignError(
                "DR208",
                f"design {design.name} lists {name} as guardable, an event that {what}",
                place=design.place,
                available=sorted(name for name, kind in events.items() if kind == "automatic"),
                asked=name,
            )


def _beside(design: Design, asked: Mapping[str, Any], system: System, name: str) -> tuple[list[Property], str]:
    """The other properties of a design that are stated for the parameters of a system, and how many are not."""
    found: list[Property] = []
    others = 0
    for statement in design.statements(asked):
        if statement.name == name:
            continue
        stated: Property | str = "it is stated for other parameters"
        if all(system.parameters[key] == value for key, value in statement.given.items()):
            try:
                stated = stated_on(statement, design, system, asked)
            except DrcheckError as error:  # what it names is not there with these parameters
                stated = error.message
        if isinstance(stated, str):
            others += 1
        else:
            found.append(stated)
    more = f"{others} {'is' if others == 1 else 'are'} stated for other parameters" if others else ""
    return found, more


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
        return self._decide(composed(self._trace.system), [item], label)[1]

    def _decide(self, system: System, items: Sequence[Property], label: str) -> list[Verdict]:
        """The verdicts on the domains and on some properties, without the states. Raises EngineError."""
        if self.stopped or self._deadline.passed:
            self.stopped = self.stopped or f"{self._deadline.reason} passed"
            raise EngineError("DR510", self.stopped)
        told = None if self._listener is None else self._listener(label)
        verdicts = check(system, items, engine=self._engine, limits=self._limits, listener=told)
        runs = {id(verdict.run): verdict.run for verdict in verdicts}
        self.searches += sum(run.needed for run in runs.values())
        self.states += sum(run.exploration.states for run in runs.values() if run.needed)
        if verdicts[0].run.interrupted:
            self.stopped = INTERRUPTED
        light = {key: replace(run, exploration=run.exploration.without_states()) for key, run in runs.items()}
        return [replace(verdict, run=light[id(verdict.run)]) for verdict in verdicts]

    # -- mends -----------------------------------------------------------------------------------------------------------
    def mended(
        self, found: Why, guardable: Sequence[str], beside: Sequence[Property], uncompared: str, tries: int
    ) -> Why:
        """The answer with the mends of each event that may have a further guard."""
        if self._verdict.conclusion is not Conclusion.VIOLATED or found.unasked:
            said = found.unasked or "only a promise that is broken can be mended"
            return replace(found, unmended=said)
        system = composed(self._trace.system)
        steps = [self._trace.steps[n].event for n in found.telling.slice.steps]
        events = [e.name for e in steps if e.kind == "operator" or (e.kind == "automatic" and e.name in guardable)]
        mends = list[Mend]()
        if events and not self.stopped:
            try:
                self._mend(mends, system, list(dict.fromkeys(events)), found, beside, uncompared, tries)
            except KeyboardInterrupt:
                self.stopped = INTERRUPTED
            except EngineError as error:
                self.stopped = self.stopped or error.message
        return replace(found, mends=tuple(mends), searches=self.searches, states=self.states, stopped=self.stopped)

    def _mend(
        self,
        mends: list[Mend],
        system: System,
        events: Sequence[str],
        found: Why,
        beside: Sequence[Property],
        uncompared: str,
        tries: int,
    ) -> None:
        told = None if self._listener is None else self._listener("all states")
        mending = Mending(
            system,
            self._verdict.property,
            lambda other, items, label: self._decide(other, items, label)[1:],
            engine=self._engine,
            limits=self._limits,
            listener=told,
            tries=tries,
        )
        self.searches, self.states = self.searches + 1, self.states + mending.states
        ways = [self._trace, *(w.trace for w in found.needed.values() if w.trace is not None)]
        before: list[Verdict] | None = None
        for event in events:
            mend = mending.of(event, ways)
            if mend.condition is not None and beside:
                try:
                    before = before or self._decide(system, beside, "as it is")[1:]
                    other = guarded(system, event, mend.condition)
                    after = self._decide(other, beside, f"{event} only when {mend.guard}")[1:]
                    mend = compared(mend, before, after, uncompared)
                except EngineError as error:
                    mend = replace(mend, uncompared=error.message)
            mends.append(mend)


__all__ = ["LIMITS", "STATES", "Why", "why"]
