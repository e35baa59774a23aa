"""From a system and properties to verdicts.

A verdict is evidence: HOLDS, VIOLATED or INCONCLUSIVE, with the number of states that were looked at, the trace that
shows it, and what makes it weak: a trigger that never happens (vacuous), an event that never fires, a search that
stopped early. Every trace is replayed on the oracle before anyone sees it.
"""

from __future__ import annotations

import builtins
import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from drcheck.designs.design import Design, show
from drcheck.designs.preparing import Errors, Variant, variants_of
from drcheck.designs.selection import grouped, refuse_other, select
from drcheck.designs.stating import properties_of
from drcheck.engines.choose import engine_named
from drcheck.engines.folders import OF_FILES, check_folders
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.plain_search import unsearched
from drcheck.engines.protocol import Enough, Escape, Exploration, Limits, Listener, Query
from drcheck.errors import DrcheckError, EngineError
from drcheck.finders.designs import after_search
from drcheck.kernels.budget import Budget, NoRoomError, check_limit, memory_limit, room, within
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.language.remarks import Remark
from drcheck.language.units import excess, measured
from drcheck.logic.constant_parts import refuse_constants
from drcheck.logic.formulas import decided_at_start, formula, holds_on
from drcheck.logic.liveness import FairGraph, Lasso, cannot_reach, demands, find_lasso
from drcheck.logic.properties import DOMAINS as DOMAINS  # part of this module's interface
from drcheck.logic.properties import Property, Statement, on_domains
from drcheck.logic.temporal import Negation, Shape, marks, negation, refute
from drcheck.reductions.form import PARTIAL_ORDER, Question, Reduced
from drcheck.reductions.lift import Lift
from drcheck.reductions.reduce import checked, reduce
from drcheck.saturation.doubts import Doubt, Doubts
from drcheck.saturation.rulings import Rulings
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System
from drcheck.system.terms import conjunction
from drcheck.system.trace import Trace, along
from drcheck.verdicts.coverage import GuardCoverage, GuardQuestions
from drcheck.verdicts.idle_rows import RowQuestions, RowSeen, never_chosen
from drcheck.verdicts.phases import Phases

ON_EXECUTIONS = ("leads_to", "ltl", "can_always")
"""The kinds of properties that are not about single states."""
INTERRUPTED = "the run was interrupted before its search"
"""Why a property is skipped whose search was not begun any more."""
INTERRUPTED_NOW = "the run was interrupted"
PATIENCE = 2.0
"""Seconds for traces after an interrupt."""


class Outcome(enum.Enum):
    """What was decided. INCONCLUSIVE: the search stopped early, or a value left its domain, so nothing can be said."""

    HOLDS = "HOLDS"
    VIOLATED = "VIOLATED"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True)
class Verdict:
    """The decision on one property of one system.

    `value`: a worst case's maximum; where `at_least`, it may be greater. `trace`: the counterexample, or the witness of
    a reachable property or the path to a worst case. `vacuous`: why the property says less than it seems to, or None.
    `reason`: one sentence.
    """

    property: Property
    outcome: Outcome
    reason: str
    run: Run
    value: int | None = None
    trace: Trace | None = None
    vacuous: str | None = None
    at_least: bool = False

    @builtins.property  # the field `property` above hides the built-in name
    def is_expected(self) -> bool:
        """Whether the outcome is what the property's author expects: a violation where a finding is declared."""
        wanted = Outcome.VIOLATED if self.property.finding is not None else Outcome.HOLDS
        return self.outcome is wanted


@dataclass(frozen=True)
class Run:
    """One search: the system, its parameters, and what the search found.

    `reduced`: what was searched instead of the system, if reductions were asked for.
    `interrupted`: its user stopped the search, or the decisions after it. `guards`: the coverage of the guards, where it was
    asked for; with a search that stopped early, what was seen until then. `phases`: what its parts took. `rows`: which rows were
    seen to be chosen (see `rows`), of events that happen; None where it was not asked.
    """

    system: System
    exploration: Exploration
    given: Mapping[str, Any] = field(default_factory=dict)
    reduced: Reduced | None = None
    interrupted: bool = False
    guards: tuple[GuardCoverage, ...] = ()
    phases: Phases = field(default_factory=Phases)
    rows: tuple[RowSeen, ...] | None = None

    @property
    def knows_rows(self) -> bool:
        """Whether a row that was not seen to be chosen never is: only a complete search without reductions tells."""
        return self.rows is not None and self.exploration.complete and self.exploration.escape is None

    @property
    def reductions(self) -> tuple[str, ...]:
        """The reductions that were used, by name."""
        return () if self.reduced is None else self.reduced.used

    @property
    def knows_events(self) -> bool:
        """Whether an event that did not fire in the search never fires: partial-order reduction may postpone it for ever."""
        return self.exploration.complete and PARTIAL_ORDER not in self.reductions

    @property
    def idle_events(self) -> list[str]:
        """Events that never fire; empty where the search does not tell (see `knows_events`)."""
        if not self.knows_events:
            return []
        return [event.name for number, event in enumerate(self.system.events) if not self.fires(number)]

    def fires(self, event: int) -> bool:
        """Whether an event, by position, fired in the search, or one that stands for it."""
        fired = self.exploration.fired
        if self.reduced is None:
            return fired[event] > 0
        orbits = self.reduced.orbits
        return any(n > 0 for other, n in enumerate(fired) if orbits[other] == orbits[event])

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters as text."""
        return {name: show(value) for name, value in self.system.parameters.items()}


def _steps(number: int) -> str:
    return f"{number} step" if number == 1 else f"{number} steps"


def _not(node: Expression) -> Expression:
    return Operation("not", (node,), BOOLEAN)


@dataclass
class Plan:
    """What one property needs from the search."""

    property: Property
    watch: int | None = None
    trigger: int | None = None
    maximum: int | None = None
    bound: int | None = None
    """The bound of a worst case as a number, ticks where it is a duration."""
    needs_graph: bool = False
    negation: Negation | None = None
    read: tuple[Expression, ...] = ()
    doubt: Doubt | None = None
    """Why caps may reach the verdict, or None; `read` are the lowered conditions that the property is about."""


class Planner:
    """Collects the watches and maxima of all properties into one query: `watches`, `maxima`."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.watches: list[Expression] = []
        self.maxima: list[Expression] = []

    def watch(self, node: Expression) -> int:
        """Watch for a lowered expression; its position among the watches."""
        self.watches.append(node)
        return len(self.watches) - 1

    def plans(self, items: Sequence[Property | Statement] | Property | Statement) -> list[Plan]:
        """The plans of properties, and of statements as they are on the system.

        Raises PropertyError or ModelError, which tell of the property.
        """
        plans = []
        for item in properties_of(self.system, items):
            refuse_constants(self.system, item)
            try:
                plans.append(self.plan(item))
            except DrcheckError as error:
                if error.place is None and item.place is not None:
                    raise type(error)(
                        error.code,
                        f"property {item.name}: {error.message}",
                        place=item.place,
                        available=error.available,
                        remedy=error.remedy,
                    ) from error
                raise
        return plans

    def enough(self, plans: Sequence[Plan]) -> Enough | None:
        """With what a search decides all of these properties although it has not seen everything; None: with nothing.

        A violation of what is to hold in every state, a witness of what is to be reachable, an exceeded bound; what is about
        executions is not decided before all states are known.
        """
        watches, deadlock = list[int](), False
        for plan in plans:
            match plan.property.kind:
                case "structure":
                    continue
                case "always" | "reachable" if plan.watch is not None:
                    watches.append(plan.watch)
                case "worst_case" if plan.bound is not None and plan.maximum is not None:
                    over = Operation(">", (self.maxima[plan.maximum], Literal(plan.bound)), BOOLEAN)
                    watches.append(self.watch(over))
                case "deadlock_free" if not plan.needs_graph:
                    deadlock = True
                case _:
                    return None
        return Enough(tuple(watches), deadlock) if watches or deadlock else None

    def plan(self, item: Property) -> Plan:
        """The plan of one property."""
        plan = Plan(item)
        place = item.place

        def low(node: Expression | None) -> Expression:
            assert node is not None
            return lower(self.system, node, place)

        match item.kind:
            case "always":
                bad = _not(low(item.condition))
                if item.trigger is not None:
                    trigger = low(item.trigger)
                    plan.trigger = self.watch(trigger)
                    bad = conjunction([trigger, bad])
                plan.watch = self.watch(bad)
                plan.read = (bad,)
            case "reachable":
                plan.read = (low(item.condition),)
                plan.watch = self.watch(plan.read[0])
            case "deadlock_free":
                plan.needs_graph = item.condition is not None
                plan.read = () if item.condition is None else (low(item.condition),)
            case "leads_to" | "can_always" | "ltl":
                plan.needs_graph = True
                if item.kind == "ltl":
                    assert item.condition is not None
                    plan.negation = negation(self.system, item.condition, place)
                    plan.read = tuple(low(atom) for atom in plan.negation.formula.atoms)
                else:
                    plan.read = (low(item.condition),)
                if item.trigger is not None:
                    plan.trigger = self.watch(low(item.trigger))
                demands(self.system, item.fairness)
            case "worst_case":
                self.maxima.append(low(item.measure))
                plan.maximum = len(self.maxima) - 1
                at_most = item.at_most
                plan.bound = self.system.ticks(at_most) if isinstance(at_most, Duration) else at_most
        if plan.trigger is not None:
            plan.read = (*plan.read, self.watches[plan.trigger])
        return plan


def check(
    system: System,
    properties: Sequence[Property | Statement] | Property | Statement | None = None,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Listener | None = None,
    given: Mapping[str, Any] | None = None,
    reductions: frozenset[str] = frozenset(),
    coverage: bool = False,
) -> list[Verdict]:
    """Decide properties (or statements), several or one, in one search; without `properties`, those that the system carries.

    The first verdict is always on `values_stay_in_their_domains`. `reductions`: names of `reductions.form.REDUCTIONS`;
    the verdicts are those of a search without, the numbers of states are smaller. `coverage`: whether the same search
    tells the coverage of guards (`Run.guards`). Raises PropertyError, ModelError, DesignError (DR203) or EngineError
    (DR504 and DR505 for reductions that cannot be had).
    The limit of seconds is that of the call: of reducing, searching, the verdicts and their traces. EngineError DR510 where
    it passes before there is anything to tell.
    Ctrl-C ends the search and not the call: what was seen by then is judged, and `Run.interrupted` is true. A second
    one, while verdicts are made of that, is a KeyboardInterrupt.
    """
    refuse_other(system, System)
    check_limit(limits.memory)
    limits = limits.begun()
    judge, plans = _searched(
        system, properties, engine, limits, listener, given, frozenset(reductions), coverage, Phases()
    )
    return judge.verdicts(plans)


def _searched(
    system: System,
    properties: Sequence[Property | Statement] | Property | Statement | None,
    engine: str,
    limits: Limits,
    listener: Listener | None,
    given: Mapping[str, Any] | None,
    reductions: frozenset[str],
    coverage: bool,
    phases: Phases,
) -> tuple[_Judge, list[Plan]]:
    """The search for some properties, for their verdicts to be made. Raises EngineError DR510."""
    if coverage and reductions:
        raise EngineError(
            "DR505",
            "a search with reductions does not see every state, so it does not tell the coverage of guards",
            remedy="leave out the reductions, or the coverage",
        )
    if coverage and limits.first:
        raise EngineError(
            "DR511",
            "a search that ends when everything is decided does not tell the coverage of guards",
            remedy="leave out --first, or --coverage",
        )
    deadline = limits.deadline or Deadline()
    with phases.measured("composing"), deadline.during(f"the search of {system.name} was prepared"):
        wanted = properties_of(system, system.properties if properties is None else properties)
        planner = Planner(system)
        plans = planner.plans(wanted)
        enough = planner.enough(plans) if limits.first else None
        doubts = Doubts(system, planner.watches)
        for plan in plans:
            measure = None if plan.maximum is None else planner.maxima[plan.maximum]
            plan.doubt = doubts.about(plan.property.kind, plan.read, measure)
        about_domains = doubts.about("domains", ())
        asked = GuardQuestions(system, len(planner.watches)) if coverage else None
    if wanted and all(item.kind == "structure" for item in wanted):
        limits = Limits(states=0)  # facts about the composition need no search
    watches = (*planner.watches, *(asked.watches if asked is not None else ()))
    with phases.measured("composing"), deadline.during(f"the search of {system.name} was prepared"):
        rows = RowQuestions(system, len(watches)) if limits.states != 0 and not reductions else None
    watches += tuple(rows.watches) if rows is not None else ()
    query = Query(watches, tuple(planner.maxima), any(p.needs_graph for p in plans), enough)
    reduced = None
    try:
        with phases.measured("reducing"), deadline.cut() if reductions else nullcontext():
            reduced = _reduced(system, wanted, query, reductions, engine)
        searched = system if reduced is None else reduced.system
        with phases.measured("searching"):
            exploration = engine_named(engine).explore(searched, query, limits, listener)
    except OutOfTimeError:  # reductions took too long
        exploration = unsearched(system, query, engine, 0.0, deadline.reason)
    guards = tuple(asked.answer(exploration.hits)) if asked is not None else ()
    run = Run(system, exploration, dict(given or {}), reduced, exploration.interrupted, guards, phases)
    run = run if rows is None else replace(run, rows=rows.answer(exploration.hits, run.fires))
    return _Judge(run, deadline.with_grace(), limits.budget.with_grace(), doubts, about_domains), plans


def _reduced(
    system: System, properties: Sequence[Property], query: Query, wanted: frozenset[str], engine: str
) -> Reduced | None:
    """The system with the reductions that are wanted, or None. Raises EngineError DR504, DR505."""
    names = checked(wanted)
    if not names:
        return None
    _reducible(engine)
    for item in properties:
        _keeps(names, item)
    observed = [item.condition for item in properties if item.kind in ("leads_to", "can_always", "deadlock_free")]
    formulas = [
        formula(system, item.condition) for item in properties if item.kind == "ltl" and item.condition is not None
    ]
    observed += [atom for each in formulas for atom in each.atoms]
    named = {demand.event for item in properties for demand in demands(system, item.fairness)}
    question = Question(query, tuple(lower(system, node) for node in observed if node is not None), frozenset(named))
    return reduce(system, question, wanted)


def _reducible(engine: str) -> None:
    """Raises EngineError DR504 for an engine that reductions cannot be given."""
    if engine == "reference":
        raise EngineError(
            "DR504",
            "the reference engine steps live machines, which cannot be reduced",
            available=["auto", "python", "numpy", "native"],
            remedy="leave out the reductions, or take another engine",
        )


def _keeps(reductions: Collection[str], item: Property) -> None:
    """Raises EngineError DR505 where reductions do not keep the answer to a property."""
    if PARTIAL_ORDER in reductions and item.kind in ON_EXECUTIONS:
        raise EngineError(
            "DR505",
            f"partial-order reduction does not keep the answer to {item.name or item.formula()}, which is about "
            "executions",
            place=item.place,
            remedy="name the properties about states alone, or leave out partial-order",
        )


class _Judge:
    """Turns an exploration into verdicts."""

    def __init__(
        self, run: Run, deadline: Deadline, budget: Budget, doubts: Doubts, about_domains: Doubt | None
    ) -> None:
        self.run, self.system, self.found = run, run.system, run.exploration
        self._caps, self._about_domains = Rulings(doubts, self.found), about_domains
        self._deadline, self._budget = deadline.at_most(PATIENCE) if run.interrupted else deadline, budget
        self._late: str | None = None
        """What happened, so that what takes long is not done any more."""
        self._lift = Lift(run.reduced) if run.reductions and run.reduced is not None else None
        self._with = f", with {' and '.join(run.reductions)}" if run.reductions else ""
        self._columns: Columns | None = None
        self._fair: FairGraph | None = None

    def stopped(self, why: str, deadline: Deadline) -> _Judge:
        """The same, of a search that stopped for another reason."""
        run = replace(self.run, exploration=replace(self.found, stopped=why))
        return _Judge(run, deadline, self._budget, self._caps.doubts, self._about_domains)

    def verdicts(self, plans: Sequence[Plan]) -> list[Verdict]:
        """All verdicts, that on the domains first."""
        was = self.run
        with was.phases.measured("deciding"), within(self._budget):
            found = [self._heeding(self.on_domains), *(self._heeding(partial(self.decide, plan)) for plan in plans)]
        return found if self.run is was else [replace(verdict, run=self.run) for verdict in found]

    def _heeding(self, decide: Callable[[], Verdict]) -> Verdict:
        """The verdict on a property.

        The deadline, and the first interrupt, end what takes long; what the search has shown is still told.
        """
        while True:
            try:
                with self._deadline.cut() if self._late is None else nullcontext():
                    return decide()
            except OutOfTimeError:
                if self._deadline.short is not None:
                    break  # and what it took is given back
                self._late = INTERRUPTED_NOW if self.run.interrupted else f"{self._deadline.reason} passed"
            except KeyboardInterrupt:
                if self.run.interrupted:
                    raise
                self.run = replace(self.run, interrupted=True)
                self._deadline = self._deadline.at_most(PATIENCE)
        self._late = f"{self._deadline.short} was reached"
        self._give_back()
        try:
            return decide()
        finally:
            self._late = None  # the next property may take less

    def _give_back(self) -> None:
        """Give back the memory of what can be made again."""
        self._columns = self._fair = None

    # -- traces -----------------------------------------------------------------------------------------------------
    def trace_to(self, number: int) -> Trace:
        """A shortest trace to a state; with partial-order reduction a trace to it."""
        states = [self.found.state(n) for n in self.found.ancestry(number)]
        if self._lift is None:
            return along(self.system, states)
        lifted = self._lift.path(states)
        return along(self.system, lifted.states, lifted.events)

    def shown(self, item: Property, number: int, shows: Callable[[Oracle, State], bool]) -> Trace | None:
        """A trace to a state; at its end the property must show on the system itself: no reduction is taken at its word.

        None where there is no time for it (see `_late`). Raises EngineError DR502.
        """
        if self._late is not None:
            return None
        trace = self.trace_to(number)
        if self._lift is not None and not shows(Oracle(self.system), trace.states[-1]):
            raise EngineError(
                "DR502",
                f"the trace of {item.name or item.formula()} does not show it without the reductions",
                remedy="please report it with the model: a reduction is wrong; leave it out meanwhile",
            )
        return trace

    def states(self) -> str:
        """How many states were looked at; with reductions each stands for some more."""
        return f"{self.found.states:,} {'representatives' if self._lift is not None else 'states'}"

    def trace_of(self, lasso: Lasso) -> Trace:
        """The trace of a lasso whose first state is preceded by a shortest path to it."""
        lead = self.found.ancestry(lasso.states[0])
        numbers = lead + lasso.states[1:]
        events: list[int | None] = [None] * (len(lead) - 1) + [*lasso.events]
        loop = None if lasso.loop is None else lasso.loop + len(lead) - 1
        states = [self.found.state(n) for n in numbers]
        if self._lift is None:
            return along(self.system, states, events, loop=loop)
        lifted = self._lift.path(states, events, loop=loop)
        return along(self.system, lifted.states, lifted.events, loop=lifted.loop)

    # -- verdicts ---------------------------------------------------------------------------------------------------
    def on_domains(self) -> Verdict:
        """The verdict that every system has: no value leaves its domain."""
        verdict = self._domains()
        return self._noted(self._heeding_caps(verdict, Plan(verdict.property, doubt=self._about_domains)))

    def _domains(self) -> Verdict:
        item = on_domains()
        escape = self.found.escape
        if escape is not None:
            left, trace = (escape.event, escape.cell), None
            if self._late is None:
                left, trace = self._escaping(escape)
            elif self._lift is not None:
                return self._unlifted(item)
            event, cell = self.system.events[left[0]].name, self.system.cells[left[1]]
            return Verdict(
                item,
                Outcome.VIOLATED,
                f"{event} would take {cell.name} out of {cell.domain.low}..{cell.domain.high}{self._untraced(trace)}",
                self.run,
                trace=trace,
            )
        if not self.found.complete:
            return self.inconclusive(item)
        return Verdict(item, Outcome.HOLDS, "every value stays in its domain", self.run)

    def _escaping(self, escape: Escape) -> tuple[tuple[int, int], Trace]:
        """The event and the cell of a step out of a domain, and the trace to it."""
        states, left = [self.found.state(n) for n in self.found.ancestry(escape.state)], (escape.event, escape.cell)
        events: Sequence[int | None] = ()
        if self._lift is not None:
            lifted = self._lift.path(states, escape=escape.event)
            states, events = lifted.states, lifted.events
            left = lifted.escape or left
        return left, along(self.system, states, events, escape=left)

    def inconclusive(self, item: Property) -> Verdict:
        """Nothing was found, and not everything was looked at."""
        if not self.found.complete:
            states = f"{self.found.states:,} {'state' if self.found.states == 1 else 'states'}"
            why = f"the search stopped at {self.found.stopped}, after {states}"
        elif self.found.escape is None:
            why = f"{self._late or INTERRUPTED_NOW} before this was decided"
        else:
            why = "a value leaves its domain (see the trace of that violation), so the model is not defined everywhere"
        return Verdict(item, Outcome.INCONCLUSIVE, why, self.run)

    def _untraced(self, trace: Trace | None) -> str:
        """What to say where there is no trace."""
        return "" if trace is not None else f"; {self._late} before its trace was made and replayed"

    def _unlifted(self, item: Property) -> Verdict:
        """The verdict where a search with reductions shows something, and there was no time to show it without them."""
        return Verdict(item, Outcome.INCONCLUSIVE, f"the search shows a trace of it{self._untraced(None)}", self.run)

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state was expanded and every step is defined."""
        return self.found.complete and self.found.escape is None

    def decide(self, plan: Plan) -> Verdict:
        """The verdict on one property; its reason says which reductions were used."""
        verdict = self._heeding_caps(self._decide(plan), plan)
        return verdict if plan.property.kind == "structure" else self._noted(verdict)

    def _noted(self, verdict: Verdict) -> Verdict:
        return replace(verdict, reason=verdict.reason + self._with) if self._with else verdict

    def _heeding_caps(self, verdict: Verdict, plan: Plan) -> Verdict:
        """The verdict as it stands without caps (see `saturation.rulings`)."""
        kind, trace, doubt = verdict.property.kind, verdict.trace, plan.doubt
        if doubt is not None and kind == "worst_case":
            return self._maximum_heeding_caps(verdict, plan, doubt)
        if doubt is None or verdict.outcome is Outcome.INCONCLUSIVE:
            return verdict
        ends = trace is not None and (trace.loop is not None or not Oracle(self.system).successors(trace.states[-1]))
        ruling = self._caps.on_decided(doubt, plan.read, trace, ends)
        if ruling is None:
            return verdict
        return replace(verdict, outcome=Outcome.INCONCLUSIVE, reason=ruling.reason, trace=None, vacuous=None)

    def _maximum_heeding_caps(self, verdict: Verdict, plan: Plan, doubt: Doubt) -> Verdict:
        measure, trace, value = plan.property.measure, verdict.trace, verdict.value
        assert measure is not None
        if value is None:
            return verdict
        bound = plan.bound
        ruling = self._caps.on_maximum(doubt, trace, measure, value, bound, plan.property.at_most)
        if ruling is None:
            return verdict
        reason, outcome = ruling.reason, Outcome.INCONCLUSIVE
        if ruling.certain:
            over = bound is not None and ruling.value is not None and ruling.value > bound
            outcome = Outcome.VIOLATED if over else Outcome.HOLDS
        if not self.found.complete and outcome is Outcome.INCONCLUSIVE:
            reason = f"{reason}; {self.inconclusive(plan.property).reason}"
        return replace(
            verdict,
            outcome=outcome,
            reason=reason,
            value=ruling.value,
            at_least=not ruling.exact or not self.exhaustive,
            trace=trace if ruling.value is not None else None,
        )

    def _decide(self, plan: Plan) -> Verdict:
        item = plan.property
        match item.kind:
            case "structure":
                holds = bool(item.condition is not None and getattr(item.condition, "value", False))
                return Verdict(item, Outcome.HOLDS if holds else Outcome.VIOLATED, item.evidence, self.run)
            case "always" | "reachable":
                return self._state_property(plan)
            case "deadlock_free":
                return self._heeding_room(item, lambda: self._deadlock(item))
            case "worst_case":
                return self._worst_case(plan)
        return self._on_graph(plan)

    def _state_property(self, plan: Plan) -> Verdict:
        item = plan.property
        assert plan.watch is not None
        hit = self.found.hits[plan.watch]
        wants_hit = item.kind == "reachable"
        if hit is not None:
            outcome = Outcome.HOLDS if wants_hit else Outcome.VIOLATED
            condition = item.condition
            assert condition is not None
            trace = self.shown(item, hit, lambda oracle, state: oracle.holds(condition, state) is wants_hit)
            if trace is None and self._lift is not None:
                return self._unlifted(item)
            said = (
                f"shown by {'a state' if trace is None else f'a trace of {_steps(len(trace))}'}{self._untraced(trace)}"
            )
            return Verdict(item, outcome, said, self.run, trace=trace)
        if not self.exhaustive:
            return self.inconclusive(item)
        reason = f"in none of {self.states()}" if wants_hit else f"in all {self.states()}"
        outcome = Outcome.VIOLATED if wants_hit else Outcome.HOLDS
        return Verdict(item, outcome, reason, self.run, vacuous=self._vacuous(plan))

    def _vacuous(self, plan: Plan) -> str | None:
        if plan.trigger is None or (first := self.found.hits[plan.trigger]) == 0:
            return None
        item = plan.property
        if first is None:
            return f"its trigger never happens: {item.trigger}"
        if item.kind == "ltl" and item.condition is not None and decided_at_start(item.condition):
            return (
                f"its trigger is not there in the initial state, which decides it: {item.trigger}; write globally(...)"
            )
        return None

    def _deadlock(self, item: Property) -> Verdict:
        number = self.found.deadlock
        if number is not None and item.condition is not None:
            if self.run.interrupted or self._late is not None:  # to look at all of them takes long
                return self.inconclusive(item)
            room(3 * self.found.states)
            bad = self._graph().dead() & ~self._mask(item.condition)
            bad[self._expanded() :] = False
            # A state whose only steps leave a domain has no edge either, and is none without a step.
            oracle = Oracle(self.system)
            number = next(
                (int(n) for n in np.flatnonzero(bad) if not oracle.successors(self.found.state(int(n)))), None
            )
        if number is not None:
            trace = self.shown(item, number, lambda oracle, state: not oracle.successors(state))
            if trace is None and self._lift is not None:
                return self._unlifted(item)
            after = "" if trace is None else f", after {_steps(len(trace))}"
            said = f"a state without any step{after}{self._untraced(trace)}"
            return Verdict(item, Outcome.VIOLATED, said, self.run, trace=trace)
        if not self.exhaustive:
            return self.inconclusive(item)
        return Verdict(item, Outcome.HOLDS, f"each of {self.states()} has a step", self.run)

    def _worst_case(self, plan: Plan) -> Verdict:
        item = plan.property
        measure = item.measure
        assert plan.maximum is not None
        assert measure is not None
        value, number = self.found.maxima[plan.maximum]
        trace = self.shown(item, number, lambda oracle, state: oracle.value(measure, state) == value)
        if trace is None and self._lift is not None:
            return self._unlifted(item)
        tick = self.system.tick
        if item.at_most is not None and plan.bound is not None and value > plan.bound:
            reason = excess(value, measure, plan.bound, item.at_most, tick) + self._untraced(trace)
            more = not self.exhaustive
            return Verdict(item, Outcome.VIOLATED, reason, self.run, value=value, trace=trace, at_least=more)
        said = measured(value, measure, tick)
        if not self.exhaustive:
            verdict = self.inconclusive(item)
            reason = f"at least {said}; {verdict.reason}{self._untraced(trace)}"
            return Verdict(item, verdict.outcome, reason, self.run, value=value, trace=trace, at_least=True)
        return Verdict(
            item,
            Outcome.HOLDS,
            f"exactly {said}, over {self.states()}{self._untraced(trace)}",
            self.run,
            value=value,
            trace=trace,
        )

    # -- on the graph -----------------------------------------------------------------------------------------------
    def _graph(self) -> FairGraph:
        if self._fair is None:
            if self.found.graph is None:
                raise EngineError("DR501", f"engine {self.found.engine} kept no transition graph")
            self._fair = FairGraph(self.found.graph)
        return self._fair

    def _mask(self, node: Expression) -> Any:
        if self._columns is None:
            self._columns = Columns(self.found)
        return self._columns.mask(lower(self.system, node))[: len(self._graph().graph.offsets) - 1]

    def _expanded(self) -> int:
        assert self.found.graph is not None
        return len(self.found.graph.offsets) - 1

    def _on_graph(self, plan: Plan) -> Verdict:
        item = plan.property
        if not self.exhaustive or self.run.interrupted or self._late is not None:
            return self.inconclusive(item)
        return self._heeding_room(item, lambda: self._analysed(plan))

    def _heeding_room(self, item: Property, analysis: Callable[[], Verdict]) -> Verdict:
        """The verdict from an analysis of the graph, or INCONCLUSIVE where there is no room for it."""
        try:
            return analysis()
        except MemoryError as error:
            self._give_back()
            said = str(error) if isinstance(error, NoRoomError) else "the memory of this machine"
            reason = f"{said} leaves no room for the analysis of its graph of {self.states()}"
            return Verdict(item, Outcome.INCONCLUSIVE, reason, self.run)

    def _analysed(self, plan: Plan) -> Verdict:
        """The verdict from the whole graph. Raises MemoryError."""
        item = plan.property
        if plan.negation is not None:
            return self._temporal(plan, plan.negation)
        assert item.condition is not None
        fair, goal = self._graph(), self._mask(item.condition)
        if item.kind == "can_always":
            lost = cannot_reach(fair, goal)
            if not lost.any():
                return Verdict(item, Outcome.HOLDS, f"from all {self.states()}", self.run)
            trace = self.trace_to(int(np.argmax(lost)))
            reason = f"after {_steps(len(trace))} it can never be reached again"
            return Verdict(item, Outcome.VIOLATED, reason, self.run, trace=trace)
        if item.trigger is None:
            starts = np.zeros(fair.size, dtype=bool)
            starts[0] = True
        else:
            starts = self._mask(item.trigger).copy()
        lasso = find_lasso(fair, starts, goal, demands(self.system, item.fairness))
        if lasso is None:
            return Verdict(
                item,
                Outcome.HOLDS,
                f"on every fair execution of {self.states()}",
                self.run,
                vacuous=self._vacuous(plan),
            )
        trace = self.trace_of(lasso)
        if trace.loop is None:
            reason = f"an execution of {_steps(len(trace))} that ends without it"
        else:
            cycle = _steps(len(trace) - trace.loop)
            reason = f"an execution of {_steps(trace.loop)}, then a cycle of {cycle} without it"
        return Verdict(item, Outcome.VIOLATED, reason, self.run, trace=trace)

    def _temporal(self, plan: Plan, wanted: Negation) -> Verdict:
        item = plan.property
        holding = [self._mask(atom) for atom in wanted.formula.atoms]
        found = refute(self._graph(), wanted, holding, demands(self.system, item.fairness))
        if found is None:
            reason = f"on every fair execution of {self.states()}"
            return Verdict(item, Outcome.HOLDS, reason, self.run, vacuous=self._vacuous(plan))
        trace = self.trace_of(found.lasso)
        self._check_broken(item, trace)
        oracle, made = Oracle(self.system), wanted.formula
        trace = replace(trace, marks=marks(made, [[oracle.holds(a, s) for a in made.atoms] for s in trace.states]))
        match found.shape:
            case Shape.PREFIX if not len(trace):
                reason = "broken in the initial state, whatever follows"
            case Shape.PREFIX:
                reason = f"broken after {_steps(len(trace))}, whatever follows"
            case Shape.END:
                reason = f"broken by an execution of {_steps(len(trace))} that ends"
            case Shape.CYCLE:
                assert trace.loop is not None
                cycle = _steps(len(trace) - trace.loop)
                reason = f"broken by an execution of {_steps(trace.loop)}, then a cycle of {cycle}"
        return Verdict(item, Outcome.VIOLATED, reason, self.run, trace=trace)

    def _check_broken(self, item: Property, trace: Trace) -> None:
        """The formula, by its definition and on the oracle, does not hold of an execution. Raises EngineError DR502.

        What is broken whatever follows is broken if the last state is repeated; that is how an execution ends, too.
        """
        oracle, states, loop = Oracle(self.system), trace.states, trace.loop
        if loop is None:
            loop = len(states) - 1
        else:
            states = states[:-1]  # the state with which the cycle begins, again
        assert item.condition is not None
        if holds_on(item.condition, len(states), loop, lambda atom, n: oracle.holds(atom, states[n])):
            raise EngineError(
                "DR502",
                f"the trace of {item.name or item.formula()} does not break it",
                remedy="please report it with the model: the translation of the formula is wrong",
            )


# -- whole designs ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DesignReport:
    """All verdicts on a design: `main` is the search with the parameters asked for, `runs` all searches.

    `skipped`: properties without a verdict, each with the reason. `interrupted`: the user stopped the run; searches
    that were not begun by then are not made, and their properties are skipped. `whole`: every property that the design
    states was asked for, and none was skipped. `limited`: a limit of seconds or of memory,
    as an interrupt, let searches not begin.
    `stated`: how many properties were asked for, those skipped included, or None where only the domains were.
    """

    design: Design
    settings: Mapping[str, Any]
    engine: str
    verdicts: tuple[Verdict, ...]
    runs: tuple[Run, ...]
    skipped: tuple[tuple[Statement, str], ...] = ()
    interrupted: bool = False
    whole: bool = False
    stated: int | None = None
    limited: bool = False
    deadline: Deadline = field(default_factory=Deadline, repr=False, compare=False)

    @property
    def idle_rows(self) -> list[RowSeen] | None:
        """The rows that no search of the run saw chosen; None where some search does not tell."""
        searched = [run for run in self.runs if run.exploration.complete or run.rows is not None]
        if not searched or self.interrupted or not all(run.knows_rows for run in searched):
            return None
        return never_chosen(run.rows for run in searched if run.rows is not None)

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What is well formed and may not be what is meant (see `remarks`), as far as it is not silenced in the design.

        None, where the limit of seconds left no time to look for them.
        """
        try:
            with self.deadline.cut():
                return self.remarks_with(sum(run.exploration.states for run in self.runs))
        except OutOfTimeError:
            return ()

    def remarks_with(self, states: int | None) -> tuple[Remark, ...]:
        """The same with as much spent on the parameters as beside a search of so many states; None: as much as it takes."""
        stated = [(run.system, [v.property for v in self.verdicts if v.run is run]) for run in self.runs]
        violated = [
            (v.property, v.trace) for v in self.verdicts if v.outcome is Outcome.VIOLATED and v.trace is not None
        ]
        complete = self.whole and all(run.exploration.complete or run.exploration.states <= 1 for run in self.runs)
        return after_search(self.design, self.settings, stated, whole=complete, states=states, violated=violated)

    @property
    def main(self) -> Run:
        """The search with the parameters asked for (the first one)."""
        return self.runs[0]

    @property
    def seconds(self) -> float:
        """Seconds of search, all runs together."""
        return sum(run.exploration.seconds for run in self.runs)

    @property
    def phases(self) -> Phases:
        """What the parts of all runs took together."""
        return sum((run.phases for run in self.runs), Phases())


@dataclass
class Prepared:
    """A design ready to be searched: all variants composed, all properties well formed.

    `order`: the names of its properties as they are reported; `skipped`: those that are not decided, with the reason.
    """

    variants: list[Variant]
    order: list[str]
    skipped: list[tuple[Statement, str]]


def prepare(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    reductions: frozenset[str] = frozenset(),
) -> Prepared:
    """What `check_design` does before its first search. Raises all errors of all variants, together if there are several."""
    asked, known = dict(settings or {}), checked(frozenset(reductions))
    if known:
        _reducible(engine)

    def valid(system: System, item: Property) -> None:
        Planner(system).plans([item])
        _keeps(known, item)

    groups, skipped = grouped(design, asked, names)
    variants, left_out = variants_of(design, asked, groups, valid)
    order = [statement.name for statement in select(design, names, asked)]
    return Prepared(variants, order, [*skipped, *left_out])


def prepare_all(designs: Sequence[tuple[Design, Mapping[str, Any]]]) -> list[Prepared]:
    """Several designs with their settings prepared, before any of them is searched. Raises all errors together."""
    ready, errors = [], Errors(f"{len(designs)} designs")
    for design, settings in designs:
        try:
            ready.append(prepare(design, settings))
        except DrcheckError as error:
            errors.add(error)
    errors.tell()
    return ready


def check_design(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
    reductions: frozenset[str] = frozenset(),
    keep_states: bool = True,
    coverage: bool = False,
    prepared: Prepared | None = None,
) -> DesignReport:
    """Decide the properties of a design, one search for each set of parameters that they are stated for.

    All variants are composed, and held against their properties, before the first search: see `prepare`, which may have
    been called before (`prepared`, with the same settings, names and reductions).

    A property stated for a parameter value that contradicts `settings` is left out and listed as skipped.
    `reductions` and `coverage` are for each of the searches, as in `check`. `listener` is asked, with the parameters of
    each search as text, for a progress listener. Without `keep_states`, each search's states are let go before the next
    search, so that they do not count against its limit of memory.

    The limit of seconds is that of the call, of all searches and of what goes before and after them; those that it lets
    not begin are not made. EngineError DR510 where it passes before there is anything to tell.
    Ctrl-C ends the run and not the call, once something was decided: see `check` and `DesignReport.interrupted`.
    """
    refuse_other(design, Design)
    check_limit(limits.memory)
    limits = limits.begun()
    deadline = limits.deadline or Deadline()
    asked = dict(settings or {})
    check_folders(limits)
    phases = Phases()
    with phases.measured("composing"), deadline.during(f"{design.name} was composed"):
        ready = prepare(design, asked, names, engine=engine, reductions=reductions) if prepared is None else prepared
    skipped, waiting = list(ready.skipped), list(reversed(ready.variants))
    ready.variants.clear()  # so that each can be let go
    decided: dict[str, Verdict] = {}
    order: list[Verdict] = []
    runs: list[Run] = []
    interrupted = limited = short = False
    while waiting:
        variant = waiting.pop()
        limited = limited or (bool(runs) and deadline.passed)
        if interrupted or limited:
            why = INTERRUPTED if interrupted else f"{deadline.reason} passed before its search"
            skipped += [(statement, why) for statement in variant.statements]
            continue
        try:
            try:
                judge, plans = _search_of(variant, engine, limits, listener, reductions, coverage, phases)
            except EngineError as error:
                if not runs or error.code not in OF_FILES:
                    raise
                # What was decided before is told: this search alone is the one that is not made.
                none = Limits(states=0, deadline=deadline)
                judge, plans = _search_of(variant, "python", none, None, reductions, coverage, phases)
                judge = judge.stopped(f"its files: {error.message}", deadline.with_grace())
        except KeyboardInterrupt:  # before or after the search proper, which ends without one
            if not runs:
                raise
            interrupted = True
            skipped += [(statement, INTERRUPTED) for statement in variant.statements]
            continue
        except EngineError as error:
            if error.code not in ("DR510", "DR515") or not runs:
                raise
            if error.code == "DR515":
                short = True  # what was found before, and is kept, takes it
                why = f"{memory_limit(limits.memory or 0)} was reached before its search"
                skipped += [(statement, why) for statement in variant.statements]
                continue
            limited = True
            skipped += [(statement, f"{deadline.reason} passed before its search") for statement in variant.statements]
            continue
        verdicts = judge.verdicts(plans)
        del judge
        if not keep_states:
            run = replace(verdicts[0].run, exploration=verdicts[0].run.exploration.without_states())
            verdicts = [replace(verdict, run=run) for verdict in verdicts]
        runs.append(verdicts[0].run)
        phases = Phases()
        interrupted = runs[-1].interrupted
        searched = not verdicts[1:] or any(v.property.kind != "structure" for v in verdicts[1:])
        if searched and (not order or verdicts[0].outcome is not Outcome.HOLDS):
            order.append(verdicts[0])
        decided.update({v.property.name: v for v in verdicts[1:]})
    order += [decided[name] for name in ready.order if name in decided]
    whole, stated = not (names or skipped or interrupted), len(ready.order)
    return DesignReport(
        design,
        asked,
        engine,
        tuple(order),
        tuple(runs),
        tuple(skipped),
        interrupted,
        whole,
        stated,
        limited or short,
        deadline.with_grace(),
    )


def _search_of(
    variant: Variant,
    engine: str,
    limits: Limits,
    listener: Callable[[str], Listener | None] | None,
    reductions: frozenset[str],
    coverage: bool,
    phases: Phases,
) -> tuple[_Judge, list[Plan]]:
    """The search for what is stated for one set of parameters."""
    label = ", ".join(f"{k}={show(v)}" for k, v in variant.given.items())
    told = listener(label) if listener else None
    stated = variant.properties
    return _searched(variant.system, stated, engine, limits, told, variant.given, reductions, coverage, phases)
