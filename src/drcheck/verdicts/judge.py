"""From the findings of a search to verdicts: in the remaining time, and as they stand without caps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from drcheck.engines.protocol import INTERRUPT, Exploration
from drcheck.kernels.budget import Budget, within
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import Expression
from drcheck.saturation.doubts import Doubt, Doubts
from drcheck.saturation.rulings import Rulings
from drcheck.system.oracle import Oracle
from drcheck.verdicts.deciding import decide
from drcheck.verdicts.grounds import INTERRUPTED_NOW, Grounds
from drcheck.verdicts.needs import needs_of
from drcheck.verdicts.plan import Plan
from drcheck.verdicts.verdict import Conclusion, Run, Verdict

PATIENCE = 2.0
"""Seconds for traces after an interrupt."""
PAYS_FROM, PAYS_AT = 100_000, 8
"""From this many states on, and this much work, a quotient is made first.

To make it takes about as long as to decide seven properties on the graph; on the quotient they take almost nothing.
"""


class Judge:
    """Turns what a search has found into verdicts. `plans`: of its properties, that on the domains first."""

    def __init__(self, run: Run, plans: Sequence[Plan], deadline: Deadline, budget: Budget, doubts: Doubts) -> None:
        self._grounds, self._plans, self._doubts = Grounds(run, told_apart(run, plans)), plans, doubts
        self._caps = Rulings(doubts, run.exploration)
        self._deadline, self._budget = deadline.at_most(PATIENCE) if run.interrupted else deadline, budget
        self._with = f", with {' and '.join(run.reductions)}" if run.reductions else ""

    @property
    def found(self) -> Exploration:
        """What the search has found."""
        return self._grounds.found

    def stopped(self, why: str, deadline: Deadline) -> Judge:
        """The same, of a search that stopped for another reason."""
        run = self._grounds.run
        run = replace(run, exploration=replace(run.exploration, stopped=why))
        return Judge(run, self._plans, deadline, self._budget, self._doubts)

    def interrupted(self) -> Judge:
        """The same, of a search that was not begun as the run was interrupted before."""
        run = replace(self._grounds.run, interrupted=True)
        return Judge(run, self._plans, self._deadline, self._budget, self._doubts).stopped(INTERRUPT, self._deadline)

    def verdicts(self) -> list[Verdict]:
        """All verdicts, that on the domains first."""
        was = self._grounds.run
        with was.phases.measured("deciding"), within(self._budget):
            found = [self._in_time(plan) for plan in self._plans]
        now = self._grounds.run
        return found if now is was else [replace(verdict, run=now) for verdict in found]

    def _in_time(self, plan: Plan) -> Verdict:
        """The verdict on a property.

        The deadline, and the first interrupt, end long work; what the search has shown is still reported.
        """
        grounds = self._grounds
        while True:
            try:
                with self._deadline.cut() if grounds.late is None else nullcontext():
                    return self.decide(plan)
            except OutOfTimeError:
                if self._deadline.short is not None:
                    break  # and what it took is given back
                grounds.late = INTERRUPTED_NOW if grounds.run.interrupted else f"{self._deadline.reason} passed"
            except KeyboardInterrupt:
                if grounds.run.interrupted:
                    raise
                grounds.run = replace(grounds.run, interrupted=True)
                self._deadline = self._deadline.at_most(PATIENCE)
        grounds.late = f"{self._deadline.short} was reached"
        grounds.give_back()
        try:
            return self.decide(plan)
        finally:
            grounds.late = None  # the next property may take less

    def decide(self, plan: Plan) -> Verdict:
        """The verdict on one property as it stands without caps; its reason says which reductions were used."""
        verdict = self._heeding_caps(self._with_room(plan), plan)
        verdict = replace(verdict, needs=needs_of(verdict, plan, self._grounds))
        if not self._with or not plan.property.needs_search:
            return verdict
        return replace(verdict, reason=verdict.reason + self._with)

    def _with_room(self, plan: Plan) -> Verdict:
        """The verdict, caps aside; INCONCLUSIVE if there is no room for an analysis of the graph."""
        try:
            return decide(plan.property, plan, self._grounds)
        except MemoryError as error:
            if not (plan.asked.graph or plan.asked.deadlock):
                raise
            self._grounds.give_back()
            return self._grounds.without_room(plan.property, error)

    def _heeding_caps(self, verdict: Verdict, plan: Plan) -> Verdict:
        """The verdict as it stands without caps (see `saturation.rulings`)."""
        trace, doubt = verdict.trace, plan.doubt
        if doubt is not None and plan.asked.maximum is not None:
            return self._maximum_heeding_caps(verdict, plan, doubt)
        if doubt is None or verdict.conclusion is Conclusion.INCONCLUSIVE:
            return verdict
        system = self._grounds.system
        ends = trace is not None and (trace.loop is not None or not Oracle(system).successors(trace.states[-1]))
        ruling = self._caps.on_decided(doubt, plan.read, trace, ends)
        if ruling is None:
            return verdict
        return replace(verdict, conclusion=Conclusion.INCONCLUSIVE, reason=ruling.reason, trace=None, vacuous=None)

    def _maximum_heeding_caps(self, verdict: Verdict, plan: Plan, doubt: Doubt) -> Verdict:
        measure, trace, value, bound = plan.property.measure, verdict.trace, verdict.value, plan.asked.bound
        assert measure is not None
        if value is None:
            return verdict
        ruling = self._caps.on_maximum(doubt, trace, measure, value, bound, plan.property.at_most)
        if ruling is None:
            return verdict
        reason, conclusion = ruling.reason, Conclusion.INCONCLUSIVE
        if ruling.certain:
            over = bound is not None and ruling.value is not None and ruling.value > bound
            conclusion = Conclusion.VIOLATED if over else Conclusion.HOLDS
        if not self._grounds.found.complete and conclusion is Conclusion.INCONCLUSIVE:
            reason = f"{reason}; {self._grounds.inconclusive(plan.property).reason}"
        return replace(
            verdict,
            conclusion=conclusion,
            reason=reason,
            value=ruling.value,
            at_least=not ruling.exact or not self._grounds.exhaustive,
            trace=trace if ruling.value is not None else None,
        )


def told_apart(run: Run, plans: Sequence[Plan]) -> list[Expression] | None:
    """The conditions that a quotient must tell apart for what is asked of executions; None where to make one does not pay."""
    asked = [plan for plan in plans if plan.property.of_executions]
    work = sum(1 if plan.negation is None else 2 * plan.negation.automaton.size for plan in asked)
    if run.exploration.states < PAYS_FROM or work < PAYS_AT:
        return None
    return [condition for plan in asked for condition in plan.read]
