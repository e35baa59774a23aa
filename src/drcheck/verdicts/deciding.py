"""How each kind of property is decided, on what a search has found: one function for each class of `logic.kinds`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial, singledispatch

import numpy as np

from drcheck.errors import EngineError
from drcheck.finders.brought_about import NO_TIME
from drcheck.kernels.budget import room
from drcheck.language.expressions import TEMPORAL, Expression, Literal, substitute
from drcheck.language.happening import Happens
from drcheck.language.units import bound_text, excess, measured
from drcheck.logic.formulas import at_start, decided_at_start, holds_on
from drcheck.logic.kinds import (
    Always,
    CanAlways,
    DeadlockFree,
    Domains,
    LeadsTo,
    Ltl,
    Property,
    Reachable,
    Structure,
    Within,
    WorstCase,
)
from drcheck.logic.liveness import cannot_reach, demands, find_lasso
from drcheck.logic.temporal import Shape, marks, refute
from drcheck.system.oracle import Oracle
from drcheck.system.system import State
from drcheck.system.trace import Trace
from drcheck.verdicts.grounds import Grounds, steps
from drcheck.verdicts.plan import Plan
from drcheck.verdicts.verdict import Conclusion, Verdict


@singledispatch
def decide(item: Property, plan: Plan, grounds: Grounds) -> Verdict:
    """The verdict on a property, caps aside.

    Raises EngineError DR502 if a trace does not show it, MemoryError if there is no room for an analysis of the graph.
    """
    raise NotImplementedError(f"nothing decides properties of kind {item.kind}")


@decide.register
def _structure(item: Structure, plan: Plan, grounds: Grounds) -> Verdict:
    holds = bool(item.condition is not None and getattr(item.condition, "value", False))
    return Verdict(item, Conclusion.HOLDS if holds else Conclusion.VIOLATED, item.evidence, grounds.run)


@decide.register
def _domains(item: Domains, plan: Plan, grounds: Grounds) -> Verdict:
    found, system = grounds.found, grounds.system
    escape = found.escape
    if escape is not None:
        left, trace = (escape.event, escape.cell), None
        if grounds.late is None:
            left, trace = grounds.trace_out(escape)
        elif grounds.reduced:
            return grounds.unlifted(item)
        event, cell = system.events[left[0]].name, system.cells[left[1]]
        return Verdict(
            item,
            Conclusion.VIOLATED,
            f"{event} would take {cell.name} out of {cell.domain.low}..{cell.domain.high}{grounds.untraced(trace)}",
            grounds.run,
            trace=trace,
        )
    if not found.complete:
        return grounds.inconclusive(item)
    return Verdict(item, Conclusion.HOLDS, "every value stays in its domain", grounds.run)


# -- in single states ------------------------------------------------------------------------------------------------
@decide.register(Always)
@decide.register(Reachable)
def _of_states(item: Property, plan: Plan, grounds: Grounds) -> Verdict:
    assert plan.asked.watch is not None
    assert item.condition is not None
    hit, condition, wanted = grounds.found.hits[plan.asked.watch], item.condition, item.witness
    if hit is not None:
        conclusion = Conclusion.HOLDS if wanted else Conclusion.VIOLATED
        trace = grounds.shown(item, hit, lambda oracle, state: oracle.holds(condition, state) is wanted)
        if trace is None and grounds.reduced:
            return grounds.unlifted(item)
        what = "a state" if trace is None else f"a trace of {steps(len(trace))}"
        return Verdict(item, conclusion, f"shown by {what}{grounds.untraced(trace)}", grounds.run, trace=trace)
    if not grounds.exhaustive:
        return grounds.inconclusive(item)
    reason = f"in none of {grounds.states()}" if wanted else f"in all {grounds.states()}"
    conclusion = Conclusion.VIOLATED if wanted else Conclusion.HOLDS
    return Verdict(item, conclusion, reason, grounds.run, vacuous=_vacuous(plan, grounds))


@decide.register
def _within(item: Within, plan: Plan, grounds: Grounds) -> Verdict:
    """As what holds in all states; where it holds, the greatest delay is below the cap of its clock, so it is exact.

    Where there is one, a shortest way to it is shown; with reductions it is not, as they keep the value and not this trace.
    """
    verdict = _of_states(item, plan, grounds)
    if verdict.conclusion is not Conclusion.HOLDS:
        return verdict
    measure = item.measure
    assert plan.asked.delay is not None
    assert measure is not None
    value, number = grounds.found.maxima[plan.asked.delay]
    said = measured(value, measure, grounds.system.tick)
    trace = None
    if value and not grounds.reduced:
        trace = grounds.shown(item, number, lambda oracle, state: oracle.value(measure, state) == value)
    vacuous = verdict.vacuous
    if vacuous is None and grounds.run.knows_events and not grounds.run.time_passes:
        vacuous = f"{NO_TIME}, so nothing takes longer than the bound"
    reason = f"{verdict.reason}; at most {said} pass without it"
    return replace(verdict, value=value, reason=reason, trace=trace, vacuous=vacuous)


def _vacuous(plan: Plan, grounds: Grounds) -> str | None:
    trigger, formula = plan.asked.trigger, plan.asked.formula
    if formula is not None and plan.property.written is not None:  # where executions are cut, more is said of their end
        formula = plan.property.written.condition
    first = None if trigger is None else grounds.found.hits[trigger]
    if trigger is None or (first is not None and first < grounds.found.system.initials):
        return _by_the_start(plan.property, grounds)
    said = plan.property.trigger
    if first is None:
        return f"its trigger never happens: {said}"
    if formula is not None and decided_at_start(formula):
        return f"its trigger is not there in the initial state, which decides it: {said}; write globally(...)"
    return None


def _by_the_start(item: Property, grounds: Grounds) -> str | None:
    """Why a property that something comes is vacuous: each initial state has it, or decides the formula, whatever follows."""
    wanted = item.goal if isinstance(item, Within) else item.condition if isinstance(item, (LeadsTo, Ltl)) else None
    if wanted is None or (item.trigger is not None and not isinstance(item, Ltl)):
        return None
    if isinstance(item, Ltl) and wanted.kind != TEMPORAL:
        return None  # it speaks of the initial state
    oracle = Oracle(grounds.system)
    # No event led to an initial state.
    wanted = substitute(wanted, lambda leaf: Literal(False) if isinstance(leaf, Happens) else leaf)
    if all(at_start(wanted, partial(_holds, oracle, state)) for state in grounds.system.initial_states):
        return "it holds in the initial state, whatever follows; leads_to(...) or globally(...) say what must come each time"
    return None


def _holds(oracle: Oracle, state: State, condition: Expression) -> bool:
    return oracle.holds(condition, state)


@decide.register
def _deadlock_free(item: DeadlockFree, plan: Plan, grounds: Grounds) -> Verdict:
    number = grounds.found.deadlock
    if number is not None and item.condition is not None:
        if grounds.hurried:  # to look at all of them takes long
            return grounds.inconclusive(item)
        room(3 * grounds.found.states)
        graph = grounds.graph()
        bad = graph.dead() & ~grounds.mask(item.condition)
        bad[graph.size :] = False
        # A state whose only steps leave a domain has no edge either, and is none without a step.
        oracle, state = Oracle(grounds.system), grounds.found.state
        number = next((int(n) for n in np.flatnonzero(bad) if not oracle.successors(state(int(n)))), None)
    if number is not None:
        trace = grounds.shown(item, number, lambda oracle, state: not oracle.successors(state))
        if trace is None and grounds.reduced:
            return grounds.unlifted(item)
        after = "" if trace is None else f", after {steps(len(trace))}"
        said = f"a state without any step{after}{grounds.untraced(trace)}"
        return Verdict(item, Conclusion.VIOLATED, said, grounds.run, trace=trace)
    if not grounds.exhaustive:
        return grounds.inconclusive(item)
    said = (
        "every state has a step, by slices"
        if grounds.run.proof is not None
        else f"each of {grounds.states()} has a step"
    )
    return Verdict(item, Conclusion.HOLDS, said, grounds.run)


@decide.register
def _worst_case(item: WorstCase, plan: Plan, grounds: Grounds) -> Verdict:
    measure, run, bound = item.measure, grounds.run, plan.asked.bound
    assert plan.asked.maximum is not None
    assert measure is not None
    value, number = grounds.found.maxima[plan.asked.maximum]
    trace = grounds.shown(item, number, lambda oracle, state: oracle.value(measure, state) == value)
    if trace is None and grounds.reduced:
        return grounds.unlifted(item)
    tick = grounds.system.tick
    if item.at_most is not None and bound is not None and value > bound:
        reason = excess(value, measure, bound, item.at_most, tick) + grounds.untraced(trace)
        more = not grounds.exhaustive
        return Verdict(item, Conclusion.VIOLATED, reason, run, value=value, trace=trace, at_least=more)
    said = measured(value, measure, tick)
    if not grounds.exhaustive:
        verdict = grounds.inconclusive(item)
        reason = f"at least {said}; {verdict.reason}{grounds.untraced(trace)}"
        return Verdict(item, verdict.conclusion, reason, run, value=value, trace=trace, at_least=True)
    if item.at_most is not None and bound is not None:
        said += f" of at most {bound_text(measure, bound, item.at_most, tick)}"
    reason = f"exactly {said}, {grounds.over()}{grounds.untraced(trace)}"
    return Verdict(item, Conclusion.HOLDS, reason, run, value=value, trace=trace)


# -- on executions ---------------------------------------------------------------------------------------------------
@decide.register
def _can_always(item: CanAlways, plan: Plan, grounds: Grounds) -> Verdict:
    if not grounds.exhaustive or grounds.hurried:
        return grounds.inconclusive(item)
    assert item.condition is not None
    for view in grounds.views():
        lost = cannot_reach(view.graph, view.holds(item.condition))
        if item.trigger is not None:
            lost &= view.holds(item.trigger)
        if not lost.any():
            return Verdict(item, Conclusion.HOLDS, f"from all {grounds.states()}", grounds.run)
    trace = grounds.trace_to(int(np.argmax(lost)))
    reason = f"after {steps(len(trace))} it can never be reached again"
    return Verdict(item, Conclusion.VIOLATED, reason, grounds.run, trace=trace)


@decide.register
def _leads_to(item: LeadsTo, plan: Plan, grounds: Grounds) -> Verdict:
    if not grounds.exhaustive or grounds.hurried:
        return grounds.inconclusive(item)
    assert item.condition is not None
    for view in grounds.views():
        if item.trigger is None:
            starts = np.zeros(view.graph.size, dtype=bool)
            starts[: view.roots] = True
        else:
            starts = view.holds(item.trigger).copy()
        lasso = find_lasso(view.graph, starts, view.holds(item.condition), demands(grounds.system, item.fairness))
        if lasso is None:
            return _on_every_execution(plan, grounds)
    assert lasso is not None, "the last view, the graph, has one"
    trace = grounds.trace_of(lasso)
    if trace.loop is None:
        reason = f"an execution of {steps(len(trace))} that ends without it"
    else:
        cycle = steps(len(trace) - trace.loop)
        reason = f"an execution of {steps(trace.loop)}, then a cycle of {cycle} without it"
    return Verdict(item, Conclusion.VIOLATED, reason, grounds.run, trace=trace)


def _on_every_execution(plan: Plan, grounds: Grounds) -> Verdict:
    reason = f"on every fair execution of {grounds.states()}"
    return Verdict(plan.property, Conclusion.HOLDS, reason, grounds.run, vacuous=_vacuous(plan, grounds))


@decide.register
def _ltl(item: Ltl, plan: Plan, grounds: Grounds) -> Verdict:
    if not grounds.exhaustive or grounds.hurried:
        return grounds.inconclusive(item)
    wanted, system = plan.negation, grounds.system
    assert wanted is not None
    for view in grounds.views():
        holding = [view.holds(atom) for atom in wanted.formula.atoms]
        found = refute(view.graph, wanted, holding, demands(system, item.fairness), roots=view.roots)
        if found is None:
            return _on_every_execution(plan, grounds)
    assert found is not None, "the last view, the graph, has one"
    trace = grounds.trace_of(found.lasso)
    _check_broken(item, trace, Oracle(system))
    oracle, made = Oracle(system), wanted.formula
    trace = replace(trace, marks=marks(made, [[oracle.holds(a, s) for a in made.atoms] for s in trace.states]))
    match found.shape:
        case Shape.PREFIX if not len(trace):
            reason = "broken in the initial state, whatever follows"
        case Shape.PREFIX:
            reason = f"broken after {steps(len(trace))}, whatever follows"
        case Shape.END:
            reason = f"broken by an execution of {steps(len(trace))} that ends"
        case Shape.CYCLE:
            assert trace.loop is not None
            cycle = steps(len(trace) - trace.loop)
            reason = f"broken by an execution of {steps(trace.loop)}, then a cycle of {cycle}"
    return Verdict(item, Conclusion.VIOLATED, reason, grounds.run, trace=trace)


def _check_broken(item: Property, trace: Trace, oracle: Oracle) -> None:
    """The formula, by its definition and on the oracle, does not hold of an execution. Raises EngineError DR502.

    What is broken whatever follows is broken if the last state is repeated; that is how an execution ends, too.
    """
    states, loop = trace.states, trace.loop
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
