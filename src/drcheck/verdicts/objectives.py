"""What disruptions cost, held against the objectives that are stated for them, and whether anybody notices.

Under the budgets of each disruption every worst case of the design is decided that says what it measures, with the objective for
a bound. Each fault that can happen then, and each loss, is held against the notices that speak of it (see `notices`). All that is
asked under one disruption shares its searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.objectives import Declarations, beside_faults, declarations_of, settings_under
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import beyond
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import PropertyError
from drcheck.language.durations import Duration
from drcheck.language.units import PLAIN, TICKS, singular, unit_of
from drcheck.logic.details import MEASURES
from drcheck.logic.kinds import Property
from drcheck.logic.objectives import Bound, Disruption, Limit, Objective
from drcheck.logic.properties import Statement
from drcheck.system.composition import budgets
from drcheck.system.lowering import lower
from drcheck.system.ranges import bounds
from drcheck.system.system import Event, System
from drcheck.verdicts.check import check_design, prepare
from drcheck.verdicts.measuring import measuring
from drcheck.verdicts.notices import Answer, Question, answered, first_asked, further_asked, questions, subjects
from drcheck.verdicts.verdict import Conclusion, DesignReport, Run, Verdict
from drcheck.verdicts.wording import fires, value_text

AS_DESIGNED = "as designed"
"""What notices are asked under where a design declares no disruption: the budgets that it has."""


MEASURED = {"loss": "loses at most", "time_back": "back within"}
"""What a limit on each measure is called."""


class Standing(Enum):
    """What became of an objective."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "INCONCLUSIVE"
    NONE = "no objective stated"
    UNMEASURED = "not measured"


@dataclass(frozen=True)
class Under:
    """A disruption with what it means for the parameters of the design; `disruption`: None for the design as it is.

    `system`: the design under it, None where the requested parameters contradict it, for the reason `why`. `faults`: those that
    have a budget.
    """

    disruption: Disruption | None
    settings: Mapping[str, Any]
    system: System | None
    faults: tuple[Event, ...] = ()
    why: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return AS_DESIGNED if self.disruption is None else self.disruption.name


@dataclass(frozen=True)
class Result:
    """What a disruption costs at worst by one measure, and what became of the objective.

    `measure`: the worst case of what is `measured`, "loss" or "time_back"; None where the design measures nothing. `verdict`:
    on it, with the objective as its bound; None where it was not decided, for the `reason`. `idle`: none of the disruption's
    faults ever happens.
    """

    disruption: Disruption
    measured: str
    measure: Statement | None
    limit: Limit | None
    objective: Objective | None
    verdict: Verdict | None = None
    reason: str = ""
    idle: bool = False

    @property
    def standing(self) -> Standing:
        """What became of the objective."""
        if self.measure is None:
            return Standing.UNMEASURED
        if self.verdict is None:
            return Standing.UNDECIDED
        if self.limit is None:
            return Standing.NONE
        return {
            Conclusion.HOLDS: Standing.MET,
            Conclusion.VIOLATED: Standing.MISSED,
            Conclusion.INCONCLUSIVE: Standing.UNDECIDED,
        }[self.verdict.conclusion]

    @property
    def source(self) -> str:
        """Where the objective is stated."""
        return "" if self.objective is None or self.limit is None else self.objective.source

    @property
    def value(self) -> str:
        """The worst there is, with its unit; "" where it was not decided."""
        return "" if self.verdict is None else value_text(self.verdict) or self.verdict.reason

    @property
    def weakness(self) -> str:
        """Why the result says less than it seems to, or ""."""
        if self.idle:
            return "none of its faults ever happens"
        undecided = self.verdict is not None and self.verdict.conclusion is Conclusion.INCONCLUSIVE
        return self.verdict.reason if undecided and self.verdict is not None else self.reason


@dataclass(frozen=True)
class ObjectivesReport:
    """All results and answers of a design, in the order of its disruptions; `runs` are the searches."""

    design: Design
    settings: Mapping[str, Any]
    declared: Declarations
    unders: tuple[Under, ...]
    results: tuple[Result, ...]
    answers: tuple[Answer, ...]
    runs: tuple[Run, ...]
    interrupted: bool = False


def decide_objectives(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> ObjectivesReport:
    """What each disruption of a design costs at worst, and whether what happens in it is noticed.

    `settings` are parameter values; a disruption that they contradict is left undecided. The limits are those of
    `check_design`; that of seconds covers the call. Raises what `check_design` and `declarations_of` raise, PropertyError DR317
    for an objective that no worst case measures, DR318 for a notice of a fault that there is in no disruption.
    """
    requested, limits = dict(settings or {}), limits.begun()
    declared = declarations_of(design, requested)
    measures = [s for s in design.statements(requested) if s.details.get("measures")]
    unders = _unders(design, declared, requested)
    subjects(declared.notices, [under.system for under in unders if under.system is not None])
    wanted = [
        found
        for under in unders
        if under.disruption is not None
        for found in _results(design, under, measures, declared)
    ]
    open_questions = [
        q for under in unders if under.system is not None for q in _questions(design, under, measures, declared)
    ]

    def decided(further: Sequence[Statement]) -> DesignReport | None:
        if not further:
            return None
        ready = prepare(design, requested, engine=engine, further=further)
        ready.variants = [variant for variant in ready.variants if variant.statements]
        _refuse_unmeasured(wanted)
        if not ready.variants:
            return None
        return check_design(
            design,
            requested,
            engine=engine,
            limits=limits,
            listener=listener,
            keep_states=False,
            prepared=ready,
            further=further,
            causes=False,
        )

    asking = [found.statement for found in wanted if found.statement is not None]
    first = decided([*asking, *(s for q in open_questions for s in first_asked(q))])
    seen = _Seen([first])
    second = None
    if not seen.interrupted:
        second = decided([s for q in open_questions for s in further_asked(q, seen.verdicts)])
        seen = _Seen([first, second])
    fired = {under.name: seen.faults_of(under, wanted, open_questions) for under in unders}
    results = tuple(found.result(seen, fired[found.under.name]) for found in wanted)
    answers = tuple(
        answer
        for under in unders
        for q in open_questions
        if q.under == under.name
        for answer in answered(q, seen.verdicts, seen.skipped, fired[under.name], _never_lost(q, results))
    )
    return ObjectivesReport(
        design, requested, declared, tuple(unders), results, answers, tuple(seen.runs), seen.interrupted
    )


def objective_statements(design: Design, settings: Mapping[str, Any] | None = None) -> list[Statement]:
    """The objectives of a design as statements: each worst case that an objective bounds, under its disruption.

    Those that the settings contradict are left out. Raises what `decide_objectives` raises before its searches.
    """
    requested = dict(settings or {})
    declared = declarations_of(design, requested)
    measures = [s for s in design.statements(requested) if s.details.get("measures")]
    unders = [under for under in _unders(design, declared, requested) if under.disruption is not None]
    wanted = [found for under in unders for found in _results(design, under, measures, declared)]
    bounded = []
    for found in wanted:
        if found.statement is not None and found.units is not None:
            item = found.statement.on(design.build({**requested, **found.statement.given}))
            bounded += [found.statement] if item.at_most is not None else []
    _refuse_unmeasured(wanted)
    return bounded


def _never_lost(question: Question, results: Sequence[Result]) -> bool:
    """Whether a question is about a loss that never happens: the greatest value is the least that there could be."""
    for result in results:
        if (
            question.measure is not None
            and result.measure is question.measure
            and result.disruption.name == question.under
        ):
            verdict = result.verdict
            if verdict is None or verdict.at_least or verdict.property.measure is None:
                return False
            return verdict.value == bounds(lower(verdict.run.system, verdict.property.measure))[0]
    return False


class _Seen:
    """What some reports have decided, by the names of the statements."""

    def __init__(self, reports: Sequence[DesignReport | None]) -> None:
        found = [report for report in reports if report is not None]
        self.verdicts: dict[str, Verdict] = {v.property.name: v for report in found for v in report.verdicts}
        self.skipped = {statement.name: why for report in found for statement, why in report.skipped}
        self.runs = [run for report in found for run in report.runs]
        self.interrupted = any(report.interrupted for report in found)

    def faults_of(self, under: Under, wanted: Sequence[_Wanted], posed: Sequence[Question]) -> dict[str, bool | None]:
        """For each fault of a disruption whether it happens in it; None: not known, as no search saw everything."""
        names = [w.statement.name for w in wanted if w.under is under and w.statement is not None]
        names += [s.name for q in posed if q.under == under.name for s in first_asked(q)]
        runs = [self.verdicts[name].run for name in names if name in self.verdicts]
        found: dict[str, bool | None] = {}
        for event in under.faults:
            if any(fires(run, event.name) for run in runs):
                found[event.name] = True
            else:
                found[event.name] = False if any(run.knows_events for run in runs) else None
        return found


# -- what is asked -----------------------------------------------------------------------------------------------------------
def _unders(design: Design, declared: Declarations, requested: Mapping[str, Any]) -> list[Under]:
    """The disruptions as they are decided; the design as it is where it declares notices alone."""
    found = []
    for item in declared.disruptions or ([None] if declared.notices else ()):
        settings = {} if item is None else settings_under(design, item)
        _, conflict = beyond(design, requested, settings)
        if conflict:
            said = settings_text({name: settings[name] for name in conflict}, design.roles)
            found.append(Under(item, settings, None, why=f"it is declared for {said}"))
            continue
        system = design.build({**requested, **settings})
        left = {kind: int(counter.start) for kind, counter in budgets(system).items()}
        faults = tuple(e for e in system.events if e.fault is not None and left.get(e.fault, 1) > 0)
        found.append(Under(item, settings, system, faults))
    return found


def _questions(
    design: Design, under: Under, measures: Sequence[Statement], declared: Declarations
) -> Iterator[Question]:
    """Whether the faults of a disruption, and the losses in it, are noticed."""
    assert under.system is not None
    timed = any(event.is_tick for event in under.system.events)
    losses = _losses(design, under, measures)
    return questions(design, under.name, under.settings, under.faults, losses, declared.notices, timed)


@dataclass(frozen=True)
class _Wanted:
    """A result that is wanted, the statement by which it is decided, and what is known of the unit of its limit."""

    under: Under
    result_without: Result
    statement: Statement | None = None
    units: _Units | None = None

    def result(self, seen: _Seen, fired: Mapping[str, bool | None]) -> Result:
        """The result, from what was decided."""
        if self.statement is None:
            return self.result_without
        verdict = seen.verdicts.get(self.statement.name)
        limit = self.result_without.limit
        if verdict is not None and verdict.property.at_most is None:  # it counts something else than the objective
            limit = None
        why = "" if verdict is not None else seen.skipped.get(self.statement.name, "it was not decided")
        idle = bool(fired) and all(happens is False for happens in fired.values())
        return replace(self.result_without, limit=limit, verdict=verdict, reason=why, idle=idle)


def _results(design: Design, under: Under, measures: Sequence[Statement], declared: Declarations) -> Iterator[_Wanted]:
    """What is to be decided of a disruption. Raises PropertyError DR317 for an objective without a measure."""
    assert under.disruption is not None
    item, stated = under.disruption, declared.objective(under.disruption)
    for measured in MEASURES:
        limit = None if stated is None else stated.limit(measured)
        units = None if limit is None or stated is None else _Units(stated, limit)
        mine = [s for s in measures if s.details["measures"] == measured]
        if not mine:
            if limit is not None:
                raise PropertyError(
                    "DR317",
                    f"an objective of {item.name}: no worst case of design {design.name} measures the "
                    f"{measured.replace('_', ' ')}",
                    place=None if stated is None else stated.place,
                    remedy=f'write @stated(measures="{measured}") above one',
                )
            if not measures and measured == MEASURES[0]:  # nothing at all, which is said once
                yield _Wanted(under, Result(item, measured, None, None, None, reason="no worst case measures its cost"))
        known: list[tuple[object, dict[str, Any]]] = []
        for measure in mine:
            result = Result(item, measured, measure, limit, stated)
            given, clash = _given(design, under, measure)
            if under.system is None or clash:
                yield _Wanted(under, replace(result, reason=under.why or clash))
                continue
            if (measure.build, given) in known:  # cases of one promise, which differ in their faults
                continue
            known.append((measure.build, given))
            name = f"{under.name}: {measure.name}"
            yield _Wanted(under, result, _measuring(name, measure, given, units), units)


def _given(design: Design, under: Under, measure: Statement) -> tuple[dict[str, Any], str]:
    """The parameters with which something is measured under a disruption, and why it cannot be."""
    own = beside_faults(design, measure.given)
    clash = {name: value for name, value in own.items() if under.settings.get(name, value) != value}
    said = f"{measure.name} is stated for {settings_text(clash, design.roles)}" if clash else ""
    return {**own, **under.settings}, said


def _losses(design: Design, under: Under, measures: Sequence[Statement]) -> list[tuple[Statement, dict[str, Any]]]:
    """The measures of loss that can be asked under a disruption, each with its parameters."""
    found: list[tuple[Statement, dict[str, Any]]] = []
    for measure in measures:
        given, clash = _given(design, under, measure)
        known = any(measure.build is other.build and given == theirs for other, theirs in found)
        if measure.details["measures"] == "loss" and not clash and not known:
            found.append((measure, given))
    return found


def _measuring(name: str, measure: Statement, given: Mapping[str, Any], units: _Units | None) -> Statement:
    """A worst case with the limit of an objective for its bound, whatever bound it has itself."""
    if units is None:
        return measuring(name, measure, given)
    return measuring(name, measure, given, units.bound, units.stated.source)


@dataclass
class _Units:
    """A limit of an objective, which bounds the measures that are in its unit: there must be one."""

    stated: Objective
    limit: Limit
    fits: bool = False
    error: PropertyError | None = None

    def bound(self, item: Property, system: System) -> Bound | None:
        """The limit as the bound of a worst case; None where that is in another unit."""
        assert item.measure is not None
        limit, unit = self.limit, unit_of(system.settled(item.measure))
        if (unit is not None and limit.unit in (unit, singular(unit))) or (
            not isinstance(limit.bound, Duration) and limit.bound == 0
        ):
            self.fits = True
            return limit.bound
        counts = "no unit that is known" if unit is None else "plain numbers" if unit == PLAIN else unit
        said = "a length of time" if isinstance(limit.bound, Duration) else f"{limit}"
        wanted = "a duration" if unit == TICKS else f'loses_at_most="{limit.bound} {unit}"' if unit else "a bare number"
        self.error = self.error or PropertyError(
            "DR317",
            f"an objective of {self.stated.name} allows {said}, and {item.name} measures {counts}",
            place=self.stated.place,
            remedy=f"write {wanted}, or give the measure that unit",
        )
        return None


def _refuse_unmeasured(wanted: Sequence[_Wanted]) -> None:
    """Raises PropertyError DR317 for an objective whose unit is that of no measure."""
    for found in wanted:
        if found.units is not None and not found.units.fits and found.units.error is not None:
            raise found.units.error


__all__ = [
    "AS_DESIGNED",
    "MEASURED",
    "ObjectivesReport",
    "Result",
    "Standing",
    "Under",
    "decide_objectives",
    "objective_statements",
]
