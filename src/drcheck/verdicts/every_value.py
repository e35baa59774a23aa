"""For which parameters a verdict by slices is one for all of their values.

A design is composed with traced parameters (`designs.tracing`). Those by whose values Python decided nothing are forgotten
(`abstraction.forgetting`): each condition and number that is computed from them is unknown. What slices show of the system
that is left holds whatever these values are, as long as the design can be composed with them. It is tried for all of them
together; what is not shown then, for each of them alone.

Only what is said of all states can be shown so: `always`, `never`, `whenever`, `within`, that a worst case keeps its bound, that
something is never reached. A path, and the value of a worst case, are those of the values that were given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from drcheck.abstraction.forgetting import (
    Forgetting,
    Forgotten,
    NotForgottenError,
    constants_in,
    parameters_among,
    parameters_of,
)
from drcheck.abstraction.proving import Proof, Prover
from drcheck.abstraction.weakening import Weakening
from drcheck.designs.design import Design
from drcheck.designs.parameter import show
from drcheck.designs.tracing import TracedDesign, can_be_traced, traced
from drcheck.engines.protocol import INTERRUPT, Limits
from drcheck.errors import DrcheckError
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.logic.kinds import Always, Property, Reachable, Within, WorstCase, on_domains
from drcheck.logic.observing import with_observers
from drcheck.logic.properties import Statement
from drcheck.reductions.simplify import constant
from drcheck.saturation.doubts import Doubts
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.system import System
from drcheck.verdicts.plan import Plan, Planner
from drcheck.verdicts.sliced import groups
from drcheck.verdicts.verdict import Conclusion, Every, Verdict
from drcheck.verdicts.wording import every_text

KINDS = (Always, Reachable, WorstCase, Within)
"""The kinds of properties of which it can be shown."""
TOGETHER = 1_000_000
"""How many states the slices may have by which something is shown for all parameters together."""
ALONE = 40_000
"""How many states they may have for one parameter alone."""
MOST = 4_000_000
"""After so many states it is asked of no further verdicts on a design."""


@dataclass
class _Question:
    """A property that is asked on the traced system with its observers.

    `free`: the parameters that may be forgotten; `occurring`: those of them from which constants derive. `shown`: for which of
    these it was shown together, None if that is for none yet; `inside`: while values stay in their domains.
    """

    name: str
    system: System
    item: Property
    free: frozenset[str]
    occurring: frozenset[str]
    together: frozenset[str] | None = None
    alone: list[str] = field(default_factory=list)
    inside: bool = False


class EveryValue:
    """Asks for which parameters properties of a design with some settings hold whatever their values are.

    `settings`: as for `Design.build`. `engine`, `limits`: of the searches of slices. `interrupted`: the user stopped one of
    them; `states`: how many they saw.
    """

    def __init__(
        self, design: Design, settings: Mapping[str, Any], *, engine: str = "auto", limits: Limits = Limits()
    ) -> None:
        self._design, self._engine, self._limits = design, engine, limits
        self._names = [p.name for p in design.parameters if can_be_traced(p)]
        self._why: dict[str, str] = {}
        self._made = self._traced(settings)
        self.interrupted, self.states = False, 0
        for decision in self._made.decisions if self._made is not None else ():
            for name in sorted(decision.parameters):
                self._why.setdefault(name, f"decided by Python: {decision}")

    def _traced(self, settings: Mapping[str, Any]) -> TracedDesign | None:
        """The design composed with all numbers and durations traced; None if another system comes out."""
        plain = self._design.build(settings)
        self._values = {name: show(plain.parameters[name]) for name in self._names}
        try:
            made = traced(self._design, settings, self._names)
        except DrcheckError as error:
            self._why = dict.fromkeys(self._names, f"the design cannot be traced: {error.message}")
            return None
        if Fingerprints().system(plain) != Fingerprints().system(made.system):
            self._why = dict.fromkeys(self._names, "something distinguishes a traced number from the number that it is")
            return None
        return made

    def of(self, statements: Sequence[Statement]) -> dict[str, Every]:
        """For which parameters properties that hold do so for all values, by their names. Of others it cannot be shown."""
        asked = [self._question(statement) for statement in statements]
        for system, those in self._by_system(question for question, _ in asked if question is not None):
            self._ask(system, those)
        return {
            question.name: self._every(question, {**self._why, **reasons})
            for question, reasons in asked
            if question is not None
        }

    # -- questions ---------------------------------------------------------------------------------------------------
    def _question(self, statement: Statement) -> tuple[_Question | None, dict[str, str]]:
        """A property on the traced system, None if none of its kind can be shown; and why parameters cannot be forgotten."""
        if self._made is None:
            return None, {}
        trace = self._made.trace
        known = len(trace.decisions)
        try:
            item, decisions = self._made.stated(statement)
            if not isinstance(item, KINDS) or (isinstance(item, WorstCase) and item.at_most is None):
                return None, {}
            with trace.noting():
                system, (observed,) = with_observers(self._made.system, [item])
        except DrcheckError:
            return None, {}
        reasons: dict[str, str] = {}
        for decision in (*decisions, *trace.decisions[known:]):
            for name in sorted(decision.parameters):
                reasons.setdefault(name, f"decided by Python in stating it: {decision}")
        del trace.decisions[known:]
        free = frozenset(self._names).difference(self._why, reasons)
        return _Question(statement.name, system, observed, free, free), reasons

    def _by_system(self, questions: Iterable[_Question]) -> list[tuple[System, list[_Question]]]:
        """Questions that are asked on one system, and of which the same parameters may be forgotten."""
        found: dict[tuple[int, frozenset[str]], list[_Question]] = {}
        for question in questions:
            found.setdefault((id(question.system), question.free), []).append(question)
        return [(those[0].system, those) for those in found.values()]

    def _ask(self, system: System, questions: Sequence[_Question]) -> None:
        """Show what can be shown of some questions: for all parameters together, else for each alone, else for these together."""
        asking = _Asking(system, [question.item for question in questions], self._engine, self._limits)
        for question, own in zip(questions, asking.parameters, strict=True):
            question.occurring = question.free & own
        self._show(asking, questions, {n: question.occurring for n, question in enumerate(questions)}, TOGETHER)
        left = [n for n, question in enumerate(questions) if question.together is None]
        for name in sorted(frozenset().union(*(questions[n].occurring for n in left))):
            those = [n for n in left if name in questions[n].occurring]
            for n in asking.shown(those, frozenset([name]), ALONE):
                questions[n].alone.append(name)
                questions[n].inside = True
        self._show(asking, questions, {n: frozenset(questions[n].alone) for n in left}, ALONE)
        self.interrupted = self.interrupted or asking.interrupted
        self.states += asking.states

    def _show(
        self, asking: _Asking, questions: Sequence[_Question], wanted: Mapping[int, frozenset[str]], budget: int
    ) -> None:
        for parameters in dict.fromkeys(wanted.values()):
            those = [n for n, each in wanted.items() if each == parameters]
            known = all(questions[n].alone == [*parameters] for n in those)
            shown = those if known else asking.shown(those, parameters, budget)
            inside = bool(shown) and not asking.stays(parameters)
            for n in shown:
                questions[n].together, questions[n].inside = parameters, inside

    def _every(self, question: _Question, why: Mapping[str, str]) -> Every:
        """The answer to a question."""
        given = question.free - question.occurring  # what occurs nowhere makes no difference
        together = given | (question.together or frozenset())
        alone = [] if question.together is not None else question.alone
        known = {*together, *alone}
        ordered = [name for name in self._names if name in together]
        tried = {name: self._values[name] for name in self._names if name not in known}
        return Every(
            tuple(ordered),
            tuple(name for name in self._names if name in alone),
            tried,
            question.inside,
            {name: why[name] for name in tried if name in why},
        )


class _Asking:
    """Some properties on one traced system, asked without some parameters.

    `parameters`: for each, those from which constants of the system, or its own, derive.
    """

    def __init__(self, system: System, items: Sequence[Property], engine: str, limits: Limits) -> None:
        self._system, self._engine, self._limits = system, engine, limits
        self._planner = Planner(system)
        self._plans = self._planner.plans(items)
        self._own = self._planner.plan(on_domains())
        known = parameters_of(system)
        self.parameters = [
            known | parameters_among(constants_in([self._bad(plan), *plan.read])) for plan in self._plans
        ]
        self.interrupted, self.states = False, 0

    def _bad(self, plan: Plan) -> Expression:
        """What must never hold for the property to be what it is."""
        asked = plan.asked
        if asked.watch is not None:
            return self._planner.watches[asked.watch]
        assert asked.maximum is not None
        assert asked.bound is not None
        return Operation(">", (self._planner.maxima[asked.maximum], Literal(asked.bound)), BOOLEAN)

    def shown(self, numbers: Iterable[int], parameters: frozenset[str], budget: int) -> list[int]:
        """Those of the properties, by position, that hold for all values of some parameters."""
        if not parameters:
            return list(numbers)  # nothing is forgotten: they are known to hold
        if self.interrupted:
            return []
        forgetting = Forgetting(self._system, parameters)
        asked = [(n, self._plans[n], forgetting.condition(self._bad(self._plans[n]))) for n in numbers]
        read = {n: tuple(map(forgetting.condition, plan.read)) for n, plan, _ in asked}
        measures = {n: self._measure(plan, forgetting) for n, plan, _ in asked}
        made = self._made(forgetting)
        if made is None:
            return []
        nothing = Weakening(made.hidden)
        asked = [each for each in asked if measures[each[0]] is not None and constant(nothing.may(each[2])) is None]
        watches = [bad for _, _, bad in asked]
        doubts = Doubts(made.system, watches)
        wanted: list[list[tuple[int, ...]]] = []
        for position, (n, plan, _) in enumerate(asked):
            measure = measures[n]
            doubt = doubts.about(type(plan.property), read[n], measure if isinstance(measure, Expression) else None)
            those = () if doubt is None else groups(doubt)
            wanted.append([(position,), *((group.unsharp, group.beyond) for group in those)])
        proof = self._proof(made, watches, [group for those in wanted for group in those], budget, domains=False)
        never = [answer.never for answer in proof.watches]
        return [
            n for (n, _, _), those in zip(asked, wanted, strict=True) if all(any(never[w] for w in g) for g in those)
        ]

    def stays(self, parameters: frozenset[str]) -> bool:
        """Whether no step leaves a domain, for all values of some parameters."""
        if not parameters:
            return True
        forgetting = Forgetting(self._system, parameters)
        made = self._made(forgetting)
        if made is None or self.interrupted:
            return False
        watches: list[Expression] = []
        doubt = Doubts(made.system, watches).about(type(self._own.property), ())
        those = [(group.unsharp, group.beyond) for group in (() if doubt is None else groups(doubt))]
        proof = self._proof(made, watches, those, ALONE, domains=True)
        return proof.leaving.never and all(any(proof.watches[w].never for w in group) for group in those)

    def _made(self, forgetting: Forgetting) -> Forgotten | None:
        try:
            return forgetting.forgotten()
        except NotForgottenError:
            return None

    def _measure(self, plan: Plan, forgetting: Forgetting) -> Expression | bool | None:
        """The measure of a worst case without what is forgotten: None if it reads that. True for a property without one."""
        return True if plan.asked.maximum is None else forgetting.number(self._planner.maxima[plan.asked.maximum])

    def _proof(
        self,
        made: Forgotten,
        watches: Sequence[Expression],
        wanted: Sequence[tuple[int, ...]],
        budget: int,
        *,
        domains: bool,
    ) -> Proof:
        prover = Prover(made.system, watches, (), wanted, (), self._engine, made.hidden, domains)
        proof = prover.prove(self._limits, budget)
        self.interrupted = self.interrupted or proof.stopped == INTERRUPT
        self.states += proof.states
        return proof


def for_every_value(
    design: Design,
    asked: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    statements: Mapping[str, Statement],
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
) -> tuple[list[Verdict], bool]:
    """Verdicts on a design with the settings `asked`, those by slices with what they say of other values of its parameters.

    `statements`: those that the verdicts are on, by name. And whether the user stopped it. A limit of seconds ends it, and
    `MOST` states: nothing is said then of the verdicts that are left.
    """
    found, deadline = {id(v): v for v in verdicts}, limits.deadline or Deadline()
    alike: dict[tuple[tuple[str, Any], ...], list[Verdict]] = {}
    for verdict in verdicts:
        if _is_for_others(verdict) and verdict.property.name in statements:
            alike.setdefault(tuple(verdict.run.given.items()), []).append(verdict)
    most, spent = replace(limits, states=None, first=False, log=None), 0
    try:
        for given, those in alike.items():
            if spent > MOST:
                break
            with deadline.cut():
                asking = EveryValue(design, {**asked, **dict(given)}, engine=engine, limits=most)
            every = asking.of([statements[verdict.property.name] for verdict in those])
            if asking.interrupted:
                return list(found.values()), True
            if deadline.passed:  # what was not shown might have been
                break
            spent += asking.states
            for verdict in those:
                if verdict.property.name in every:
                    found[id(verdict)] = _told(verdict, every[verdict.property.name])
    except OutOfTimeError:
        pass
    except KeyboardInterrupt:
        return list(found.values()), True
    return list(found.values()), False


def _is_for_others(verdict: Verdict) -> bool:
    """Whether slices have shown that no state breaks a property, which they may show for other values as well."""
    item, won = verdict.property, verdict.won
    wanted = Conclusion.VIOLATED if isinstance(item, Reachable) else Conclusion.HOLDS
    return isinstance(item, KINDS) and won is not None and bool(won.slices) and verdict.conclusion is wanted


def _told(verdict: Verdict, every: Every) -> Verdict:
    assert verdict.won is not None
    said = every_text(every)
    # The value that was found is that of the values given.
    of = "" if verdict.property.at_most is None or not (every.together or every.alone) else "its bound is kept "
    reason = f"{verdict.reason}{', ' if said else ''}{of}{said}"
    return replace(verdict, won=replace(verdict.won, every=every), reason=reason)


__all__ = ["EveryValue", "for_every_value"]
