"""Failure modes and effects: what each single fault, slip and mistake breaks and costs, whether it is noticed, the way back.

Each row (see `single_faults`) is judged on the design in which nothing else goes wrong. Asked of it are

* the promises of the design that hold where nothing goes wrong at all, or, for a slip that needs another fault to happen, where
  that fault alone happens: those that then fail are the effect of the row;
* each worst case that says what it measures (`measures="loss"`, `"time_back"`), for its value;
* the notices that speak of the fault, and of the loss if there is one;
* of each promise that single states break, and of each time until something is back: whether there always is a way back to a
  state in which all is well, and the shortest one from the worst state (see `recovery`).

Promises are asked with the parameters that they are stated for, but for those in the roles FAULT and SLIP. One that is not stated
for the fault is marked: the document does not promise it there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from drcheck.answers.combinations import starts_left
from drcheck.answers.effects import LOSS, TIME_BACK, Broken, Cost, Fmea, Row
from drcheck.answers.points import INTERRUPTED, Known, Point, point_of
from drcheck.answers.recovery import recovery, wellness
from drcheck.answers.single_faults import Single, Singles, singles
from drcheck.designs.design import Design
from drcheck.designs.objectives import Declarations, beside_faults, declarations_of
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import beyond, refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import DeadlockFree, Property, WorstCase
from drcheck.logic.observing import with_observers
from drcheck.logic.properties import Statement, can_always
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.measuring import measuring
from drcheck.verdicts.notices import Answer, Noticed, Question, answered, first_asked, further_asked, questions
from drcheck.verdicts.plan import Planner
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text


def fmea(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> Fmea:
    """What each single fault, slip and mistake of a design breaks and costs; of all promises, or of those named.

    `settings` are held. The limits of states and of memory are those of each search, that of seconds is one for all. Ctrl-C ends
    it; what is known by then is the answer. Raises the errors of `check_design` and of `declarations_of`.
    """
    refuse_other(design, Design)
    return _Work(design, dict(settings or {}), names, engine, limits.begun(), listener).all()


class _StoppedError(Exception):
    """Nothing further is decided."""


Base = tuple[tuple[str, Any], ...]


class _Work:
    """The searches for all rows, one row after the other."""

    def __init__(
        self,
        design: Design,
        asked: Mapping[str, Any],
        names: Sequence[str],
        engine: str,
        limits: Limits,
        listener: Callable[[str], Listener | None] | None,
    ) -> None:
        self._design, self._asked = design, asked
        self._engine, self._limits, self._listener = engine, limits, listener
        self._deadline = limits.deadline or Deadline()
        self._begun = time.monotonic()
        self._names = names
        self.searches = self.states = 0
        self.stopped = self._label = ""
        self.skipped: list[tuple[Statement, str]] = []
        self.groups: dict[Base, list[Statement]] = {}
        self.measures: dict[Base, list[Statement]] = {}
        self.failing: dict[str, Statement] = {}
        self._composed = cache(self._compose)
        self._known: dict[object, dict[str, Verdict]] = {}

    # -- the whole -----------------------------------------------------------------------------------------------------
    def all(self) -> Fmea:
        """The analysis."""
        with self._deadline.during(f"{self._design.name} was composed"):
            declared = declarations_of(self._design, self._asked)
            self._group()
            found = singles(self._design, self._asked, self._asked)
        rows: list[Row] = []
        waiting = list(found.rows)
        counted = sum(map(len, self.groups.values()))
        nothing = Single("", "", found.off)
        try:
            self._look(nothing, found)
            while waiting:
                single = waiting[0]
                row = self._row(single, found, declared)
                waiting.pop(0)
                beside = self._beside(single, found) if row.happens is False and not single.beside else []
                if beside:
                    waiting = [*beside, *waiting]
                else:
                    rows.append(row)
                if row.left:
                    break
        except _StoppedError:
            pass
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except EngineError as error:
            if not self._deadline.passed:
                raise
            self.stopped = self.stopped or error.message
        untold = [
            *found.untold,
            *(f"{name}: its fault has no budget; it may happen in every row" for name in found.unlimited),
        ]
        return Fmea(
            self._design,
            self._asked,
            tuple(rows),
            tuple(self.failing.values()),
            counted,
            tuple(self.skipped),
            tuple(untold),
            tuple(waiting),
            self.searches,
            self.states,
            time.monotonic() - self._begun,
            self.stopped,
        )

    def _group(self) -> None:
        """The promises, and what is measured, by what they are composed with beyond what is requested."""
        design = self._design
        known: list[tuple[object, object]] = []
        for statement in select(design, self._names, self._asked):
            kept = beside_faults(design, statement.given)
            different, conflict = beyond(design, self._asked, kept)
            if conflict:
                told = settings_text({name: kept[name] for name in conflict}, design.roles)
                self.skipped.append((statement, f"it is stated for {told}"))
                continue
            base = tuple(different.items())
            if statement.details.get("measures") and (statement.build, base) not in known:
                known.append((statement.build, base))
                self.measures.setdefault(base, []).append(statement)
            self.groups.setdefault(base, []).append(statement)

    # -- composing -----------------------------------------------------------------------------------------------------
    def _compose(self, base: Base, settings: Base) -> System:
        return self._design.build({**self._asked, **dict(base), **dict(settings)})

    def _on(self, single: Single, found: Singles, base: Base) -> System | DrcheckError:
        """The design for a row; an error where it cannot be composed for it with these parameters."""
        try:
            system = self._composed(base, tuple(single.settings.items()))
        except EngineError:
            raise
        except DrcheckError as error:
            return error
        return single.on(system, found.held)

    def _promised(self, statement: Statement, single: Single) -> bool:
        """Whether a promise is stated where a fault may happen."""
        if single.change is not None:
            return bool(statement.given.get(single.change.name) == single.change.value)
        _, conflict = beyond(self._design, self._asked, statement.given)
        if conflict:
            return False
        left = starts_left(self._composed((), tuple(statement.given.items())))
        return all(left.get(kind, 0) > 0 for kind in single.uses)

    # -- searching -----------------------------------------------------------------------------------------------------
    def _decide(self, system: System, items: Sequence[Property]) -> list[Verdict]:
        """The verdicts on some properties, that on the domains first; without the states, which take memory."""
        if self._deadline.passed:
            self.stopped = f"{self._deadline.reason} passed"
            raise _StoppedError
        told = self._listener(self._label) if self._listener is not None else None
        verdicts = check(system, items, engine=self._engine, limits=self._limits, listener=told)
        runs = {id(v.run): v.run for v in verdicts}.values()
        self.searches += sum(run.needed for run in runs)
        self.states += sum(run.exploration.states for run in runs if run.needed)
        if verdicts[0].run.interrupted:
            self.stopped = INTERRUPTED
            raise _StoppedError
        light = {id(run): replace(run, exploration=run.exploration.without_states()) for run in runs}
        return [replace(verdict, run=light[id(verdict.run)]) for verdict in verdicts]

    def _two(self, system: System, item: Property) -> tuple[Verdict, Verdict]:
        domains, verdict = self._decide(system, [item])
        return domains, verdict

    # -- without the fault ---------------------------------------------------------------------------------------------
    def _look(self, nothing: Single, found: Singles) -> None:
        """Find the promises that fail where nothing goes wrong, and those that are none."""
        self._label = "nothing goes wrong"
        for base, those in self.groups.items():
            kept = []
            system = self._on(nothing, found, base)
            for statement in those:
                why = system.message if isinstance(system, DrcheckError) else _no_promise(statement, system)
                if why and not statement.details.get("measures"):
                    self.skipped.append((statement, why))
                elif not why:
                    kept.append(statement)
            self.groups[base] = kept
        for base in self.groups:
            for name, verdict in self._before(nothing, base, found).items():
                if verdict.conclusion is Conclusion.VIOLATED and name in {s.name for s in self.groups[base]}:
                    self.failing[name] = next(s for s in self.groups[base] if s.name == name)

    def _before(self, single: Single, base: Base, found: Singles) -> dict[str, Verdict]:
        """The verdicts on the promises and measures of a group without the fault of a row."""
        key = (single.key, base)
        if key not in self._known:
            system = self._on(single, found, base)
            self._known[key] = {} if isinstance(system, DrcheckError) else self._asked_of(system, base)[0]
        return self._known[key]

    def _items(self, system: System, base: Base) -> tuple[list[Property], dict[str, str]]:
        """The promises and measures of a group on a system, and those that cannot be stated, with why."""
        items: list[Property] = []
        unstated: dict[str, str] = {}
        for statement in (*self.groups[base], *map(_as_measure, self.measures.get(base, ()))):
            try:
                items.append(_askable(statement, system))
            except DrcheckError as error:
                unstated[statement.name] = error.message
        return items, unstated

    def _asked_of(self, system: System, base: Base) -> tuple[dict[str, Verdict], dict[str, str], Verdict]:
        """The verdicts on the promises and measures of a group; what cannot be stated, with why; the verdict on the domains."""
        items, unstated = self._items(system, base)
        domains, *verdicts = self._decide(system, items)
        return {v.property.name: v for v in verdicts}, unstated, domains

    def _alone(
        self, single: Single, system: System, base: Base, found: Singles
    ) -> tuple[dict[str, Verdict], dict[str, str], Verdict]:
        """The same with a single fault. Dead ends are asked of the system with all faults of its kind, of which there is one.

        Where one of them alone is possible, a state in which nothing but another one could happen would be a dead end.
        """
        items, unstated = self._items(system, base)
        apart = bool(single.left_out(system))
        ends = [item for item in items if apart and isinstance(item, DeadlockFree)]
        domains, *verdicts = self._decide(system, [item for item in items if not any(item is end for end in ends)])
        if ends:
            wider = single.of_its_kind().on(self._composed(base, tuple(single.settings.items())), found.held)
            verdicts += self._decide(wider, ends)[1:]
        if domains.conclusion is Conclusion.VIOLATED:
            unstated |= {v.property.name: domains.reason for v in verdicts if v.conclusion is Conclusion.HOLDS}
        return {v.property.name: v for v in verdicts}, unstated, domains

    # -- a row -----------------------------------------------------------------------------------------------------------
    def _row(self, single: Single, found: Singles, declared: Declarations) -> Row:
        """All about one fault."""
        begun, searches, states = time.monotonic(), self.searches, self.states
        self._label = single.label
        broken: list[Broken] = []
        costs: list[Cost] = []
        noticed: list[Answer] = []
        undecided: list[tuple[str, str]] = []
        happens: list[bool | None] = []
        left = False
        try:
            for base in self.groups:
                system = self._on(single, found, base)
                if isinstance(system, DrcheckError):
                    undecided += [(s.name, system.message) for s in self.groups[base]]
                    continue
                try:
                    self._judge(single, base, system, found, broken, costs, undecided, happens)
                except EngineError as error:  # of one search; what the others find is kept
                    if self._deadline.passed:
                        raise
                    undecided += [(s.name, error.message) for s in self.groups[base]]
            if any(happens) and not all(h is False for h in happens):
                noticed = list(self._noticed(single, found, declared, costs))
        except _StoppedError:
            left = True
        except KeyboardInterrupt:
            self.stopped, left = INTERRUPTED, True
        except EngineError as error:
            if not self._deadline.passed:
                raise
            self.stopped, left = error.message, True
        did = True if any(happens) else False if happens and all(h is False for h in happens) else None
        return Row(
            single,
            did if not left else (True if did else None),
            tuple(broken),
            tuple(costs),
            tuple(noticed),
            tuple(dict.fromkeys(undecided)),
            self.searches - searches,
            self.states - states,
            time.monotonic() - begun,
            left,
        )

    def _judge(
        self,
        single: Single,
        base: Base,
        system: System,
        found: Singles,
        broken: list[Broken],
        costs: list[Cost],
        undecided: list[tuple[str, str]],
        happens: list[bool | None],
    ) -> None:
        """What a fault does to the promises and measures of one group."""
        verdicts, unstated, domains = self._alone(single, system, base, found)
        happens.append(_fires(single, system, [*verdicts.values(), domains]))
        before = self._before(single.without_it(), base, found)
        undecided += list(unstated.items())
        wells: list[tuple[Expression, Verdict, int, bool]] = []
        for statement in self.groups[base]:
            verdict = verdicts.get(statement.name)
            if verdict is None or statement.name in self.failing:
                continue
            earlier = before.get(statement.name)
            if verdict.conclusion is Conclusion.INCONCLUSIVE:
                undecided.append((statement.name, verdict.reason))
            if verdict.conclusion is not Conclusion.VIOLATED:
                continue
            if earlier is not None and earlier.conclusion is Conclusion.VIOLATED:
                continue
            if earlier is not None and earlier.conclusion is Conclusion.INCONCLUSIVE:
                undecided.append((statement.name, f"without the fault: {earlier.reason}"))
            one = Broken(
                statement, self._promised(statement, single), verdict.reason, value_text(verdict), verdict.trace
            )
            well = wellness(verdict.property) if verdict.property.written is None else None
            if well is not None and _same(verdict, system):
                wells.append((well, verdict, len(broken), False))
            broken.append(one)
        for measure in self.measures.get(base, ()):
            name = _as_measure(measure).name
            verdict = verdicts.get(name)
            if verdict is None:
                continue
            earlier = before.get(name)
            point = _point(verdict, domains)
            cost = Cost(measure, point, Point({}, Known.NOT_TRIED) if earlier is None else _point(earlier, None))
            if point.known is not Known.EXACT:
                undecided.append((measure.name, point.reason))
            measured = verdict.property.measure
            if measure.details["measures"] == TIME_BACK and measured is not None and _same(verdict, system):
                least = _least(system, measured)
                if verdict.value is not None and verdict.value > least:
                    wells.append((measured == least, verdict, len(costs), True))
            costs.append(cost)
        self._ways_back(system, wells, broken, costs)

    def _ways_back(
        self,
        system: System,
        wells: Sequence[tuple[Expression, Verdict, int, bool]],
        broken: list[Broken],
        costs: list[Cost],
    ) -> None:
        """Add to what is broken, and to times, whether there always is a way back, and the shortest from the worst state."""
        if not wells:
            return
        always = self._decide(system, [can_always(well, name=f"back_{n}") for n, (well, *_) in enumerate(wells)])[1:]
        for (well, verdict, position, is_cost), back in zip(wells, always, strict=True):
            assert verdict.trace is not None
            way = recovery(system, verdict.trace.states[-1], well, self._two)
            if is_cost:
                costs[position] = replace(costs[position], recovery=way, always=back.conclusion)
            else:
                broken[position] = replace(broken[position], recovery=way, always=back.conclusion)

    # -- who notices -----------------------------------------------------------------------------------------------------
    def _noticed(
        self, single: Single, found: Singles, declared: Declarations, costs: Sequence[Cost]
    ) -> Iterator[Answer]:
        """Whether the fault, and each loss that it brings, is noticed."""
        plain = self._on(single, found, ())
        if not isinstance(plain, DrcheckError) and single.kind:
            timed = any(event.is_tick for event in plain.events)
            faults = [e for e in plain.events if e.fault == single.kind and single.event in ("", e.name)]
            for question in questions(self._design, single.label, {}, faults, [], declared.notices, timed):
                yield from self._answered(question, plain)
        for base, those in self.measures.items():
            lost = [c.measure for c in costs if c.more and c.measured == LOSS and any(c.measure is m for m in those)]
            system = self._on(single, found, base)
            if isinstance(system, DrcheckError) or not lost:
                continue
            timed = any(event.is_tick for event in system.events)
            losses = [(measure, dict(base)) for measure in lost]
            for question in questions(self._design, single.label, dict(base), [], losses, declared.notices, timed):
                yield from self._answered(question, system)

    def _answered(self, question: Question, system: System) -> Iterator[Answer]:
        known: dict[str, Verdict] = {}
        try:
            for further in (False, True):
                asking = further_asked(question, known) if further else first_asked(question)
                items = [statement.on_any(system) for statement in asking]
                known |= {v.property.name: v for v in (self._decide(system, items)[1:] if items else ())}
        except DrcheckError as error:
            if self._deadline.passed:
                raise
            yield Answer(question, Noticed.UNDECIDED, reason=error.message)
        else:
            yield from answered(question, known, {}, {}, False)

    # -- what needs another fault --------------------------------------------------------------------------------------------
    def _beside(self, single: Single, found: Singles) -> list[Single]:
        """The same beside one fault of another kind, for each kind with which it happens."""
        self._label = f"{single.label}: with what it happens"
        kinds = {other.kind: other.settings for other in found.rows if other.kind and other.kind != single.kind}
        tried = []
        for kind, settings in kinds.items():
            more = {name: v for name, v in settings.items() if v != found.off.get(name)}
            one = replace(single, settings={**single.settings, **more}, beside=(kind,))
            base = next(iter(self.groups), ())
            system = self._on(one, found, base)
            if isinstance(system, DrcheckError):
                continue
            if _fires(one, system, self._decide(system, [])) is not False:
                tried.append(one)
        return tried


# -- small things ------------------------------------------------------------------------------------------------------
def _no_promise(statement: Statement, system: System) -> str:
    """Why there is nothing that a fault could break, or ""."""
    try:
        item = statement.on_any(system)
    except DrcheckError:
        return ""  # with a fault it may be there
    if item.witness:
        return "it says what can happen, and promises nothing"
    if not item.needs_search:
        return "it is a fact of the composition"
    return item.uncut if isinstance(item, WorstCase) else ""


def _askable(statement: Statement, system: System) -> Property:
    """The property on a system. Raises DrcheckError where it speaks of what the system does not have."""
    item = statement.on_any(system)
    joined, (made,) = with_observers(system, [item])
    Planner(joined).plans([made])
    return item


def _as_measure(statement: Statement) -> Statement:
    """A worst case for its value, beside the promise that it is."""
    return measuring(f"{statement.name}, its value", statement, {})


def _point(verdict: Verdict, domains: Verdict | None) -> Point:
    return point_of({}, verdict, verdict if domains is None else domains)


def _same(verdict: Verdict, system: System) -> bool:
    """Whether the states of a verdict's trace are those of a system: not where observers were added."""
    return verdict.trace is not None and len(verdict.trace.states[-1]) == len(system.cells)


def _least(system: System, measure: Expression) -> int:
    """What a measure is at the start."""
    from drcheck.system.oracle import Oracle

    return Oracle(system).value(system.settled(measure), system.initial)


def _fires(single: Single, system: System, verdicts: Sequence[Verdict]) -> bool | None:
    """Whether a fault happens in the searches of some verdicts; None where none of them saw everything."""
    if single.change is not None:
        return True
    wanted = [e.name for e in system.events if e.fault == single.kind and single.event in ("", e.name)]
    runs = {id(v.run): v.run for v in verdicts}.values()
    for run in runs:
        numbers = [n for n, event in enumerate(run.system.events) if event.name in wanted]
        if any(run.fires(number) for number in numbers):
            return True
    return False if any(run.knows_events for run in runs) else None


__all__ = ["fmea"]
