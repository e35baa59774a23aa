"""Verdicts by slices: what is asked of them, and what becomes of their answers.

Slices decide what is said of single states: `always`, `reachable`, `within`, worst cases, and that values stay in their domains.
They are asked for the watches of these, and for those by which the rule for caps would doubt them (`saturation`). The answers
become an exploration of the states that were replayed, on which each property is decided as on any other. A property is left to
the search of the system itself where an answer is missing on which its verdict rests:

- what *holds* in all states needs that no step leaves a domain, and that no cap is doubted;
- what a *path* shows needs the path, which is one of the system; where caps are doubted it must stand without them;
- that a state has a step is shown where some event is certainly possible; that one has none is left to the search;
- executions are never asked: a slice has steps that the system does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.abstraction.proving import BUDGET, STAGE, Answer, Conjunct, Proof, Prover, engine_of
from drcheck.engines.choose import SMALL_STATES
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.errors import EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.language.units import bound_text, measured
from drcheck.logic.kinds import (
    Always,
    DeadlockFree,
    Domains,
    Property,
    Reachable,
    Structure,
    Within,
    WorstCase,
    on_domains,
)
from drcheck.saturation.doubts import Doubt, Doubts, Watched
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import State, System
from drcheck.system.terms import conjunction, negation
from drcheck.verdicts.judge import Judge
from drcheck.verdicts.phases import Phases
from drcheck.verdicts.plan import Plan, Planner
from drcheck.verdicts.verdict import Conclusion, Run, Verdict, Won

KINDS = (Always, Reachable, WorstCase, Within, Domains, DeadlockFree)
"""The kinds of properties that slices can decide."""
INSIDE = (Always, Reachable, WorstCase, Within)
"""Of these slices may also show something as long as values stay in their domains."""
LOOK = SMALL_STATES
"""So many states of the system itself are searched first: what is near shows there."""
SEARCH = "search"
"""The way that enumerates the states of the system itself."""
BEGIN = STAGE * 2 // 3
"""So many states of the system are searched before slices are tried, where the way is found automatically."""
SLICES, AUTO = "slices", "auto"
WAYS = (SEARCH, SLICES, AUTO)
"""The ways by which properties are decided."""


def checked_way(name: str) -> str:
    """The way of a name. Raises EngineError DR518."""
    if name not in WAYS:
        raise EngineError("DR518", f"properties are not decided by {name!r}", available=WAYS, asked=name)
    return name


def refuse_sliced(engine: str, limits: Limits, reductions: frozenset[str], *, coverage: bool) -> None:
    """Refuse what has no meaning by slices. Raises EngineError DR519."""
    found = [
        (
            engine == "reference",
            "the reference engine steps live machines, which have no slices",
            "take another engine",
        ),
        (bool(reductions), "reductions are of a search of the system itself", "leave out the reductions"),
        (coverage, "slices do not see the states of the system, so they cannot give the coverage of guards", ""),
        (limits.first, "only a search of the system itself can end at what was seen first", "leave out --first"),
        (limits.log is not None, "only a search of the system itself has a log", "leave out the log"),
    ]
    for refused, why, remedy in found:
        if refused:
            raise EngineError("DR519", why, remedy=remedy or "decide by search")


@dataclass(frozen=True)
class Sliced:
    """What slices decided: the verdicts by the positions of their properties, and that on the domains, or None.

    `above`: for worst cases that are not decided, by position, what they are at most. `inside`: what is shown of others, by
    position, as long as values stay in their domains, in words. `proof`: what was searched.
    """

    verdicts: dict[int, Verdict]
    domains: Verdict | None
    above: dict[int, int]
    proof: Proof
    inside: dict[int, str] = field(default_factory=dict)


class Slicing:
    """Decides what slices can decide of some properties of a system: more, the more states they may have.

    `plans` of the properties and of the domains, in this order.
    """

    def __init__(
        self,
        system: System,
        wanted: Sequence[Property],
        *,
        engine: str = "auto",
        limits: Limits = Limits(),
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._system, self._engine, self._limits, self._given = system, engine, limits, dict(given or {})
        self._phases = Phases()
        with self._phases.measured("composing"):
            self._planner = Planner(system)
            self._plans = self._planner.plans(wanted)
            self._doubts = Doubts(system, self._planner.watches)
            self._own = self._planner.plan(on_domains())
            every = (*self._plans, self._own)
            for plan in every:
                plan.doubt = self._planner.doubt(self._doubts, plan)
            self._asked = _Asked(self._planner, [plan for plan in every if isinstance(plan.property, KINDS)])
            self._prover = Prover(
                system,
                self._asked.watches,
                self._asked.maxima,
                self._asked.wanted,
                self._asked.paths,
                engine,
                besides=firing(system),
            )

    def look(self) -> bool:
        """Search the first states of the system itself; whether it has more than these."""
        query = Query(tuple(self._asked.watches), tuple(self._asked.maxima))
        with self._phases.measured("searching"):
            look = engine_of(self._engine, LOOK).explore(self._system, query, replace(self._limits, states=LOOK))
        if look.complete or look.states <= LOOK:
            return False
        self._prover.know(look)
        return True

    @property
    def plans(self) -> list[Plan]:
        """The plans of the properties, and last that of the domains."""
        return [*self._plans, self._own]

    def conjuncts(self) -> list[tuple[Plan, str, Conjunct]]:
        """What is known of each part of what was asked, with the plan that asked first, and for what.

        That is "promise", "trigger", "cap" (that a cap can matter), "deadlock" or "domain".
        """
        asked = dict[int, tuple[Plan, str]]()
        for plan in self.plans:
            own = [
                (plan.asked.watch, "promise"),
                (plan.asked.trigger, "trigger"),
                (self._asked.dead.get(id(plan)), "deadlock"),
            ]
            caps = [] if plan.doubt is None else [(w, "cap") for g in groups(plan.doubt) for w in (g.unsharp, g.beyond)]
            for watch, what in (*own, *caps):
                if watch is not None:
                    asked.setdefault(watch, (plan, what))
        domain = (self._own, "domain")
        return [(*(domain if each.watch is None else asked[each.watch]), each) for each in self._prover.conjuncts()]

    def decide(self, budget: int) -> Sliced:
        """What is decided where all slices and replays, those of earlier calls included, may have so many states."""
        with self._phases.measured("searching"):
            proof = self._prover.prove(self._limits, budget)
        answers = _Answers(self._system, self._planner, self._asked, proof)
        found = answers.exploration(complete=True)
        run = Run(self._system, found, self._given, phases=self._phases, proof=proof)
        judging, plans = _Judging(run, answers, self._doubts, self._limits), self._plans
        decided = {n: verdict for n, plan in enumerate(plans) if (verdict := judging.verdict(plan)) is not None}
        open_ = (n for n in range(len(plans)) if n not in decided)
        above = {n: value for n in open_ if (value := judging.above(plans[n])) is not None}
        inside = {n: said for n, plan in enumerate(plans) if n not in decided and (said := judging.inside(plan))}
        return Sliced(decided, judging.verdict(self._own), above, proof, inside)


def by_slices(
    system: System,
    wanted: Sequence[Property],
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    given: Mapping[str, Any] | None = None,
) -> Sliced | None:
    """Decide what slices can decide of some properties of a system; None where the system is small, so that they need not.

    The limit of states is that of all slices and replays together (`BUDGET` without one); the others are those of each search.
    """
    slicing = Slicing(system, wanted, engine=engine, limits=limits, given=given)
    return slicing.decide(BUDGET if limits.states is None else limits.states) if slicing.look() else None


def bounded(verdict: Verdict, above: int) -> Verdict:
    """A worst case that a search left open, with what it is at most by slices."""
    measure = verdict.property.measure
    if verdict.conclusion is not Conclusion.INCONCLUSIVE or measure is None:
        return verdict
    tick = verdict.run.system.tick
    return replace(verdict, reason=f"{verdict.reason}; at most {measured(above, measure, tick)}, by slices")


def while_inside(verdict: Verdict, said: str) -> Verdict:
    """A verdict that a search left open, with what slices show as long as values stay in their domains."""
    if verdict.conclusion is not Conclusion.INCONCLUSIVE:
        return verdict
    return replace(verdict, reason=f"{verdict.reason}; while values stay in their domains {said}, by slices")


def one_of(searched: Verdict, sliced: Verdict | None) -> Verdict:
    """The verdict on the domains, of a search and of slices. Raises EngineError DR502 where they contradict each other."""
    if sliced is None or searched.conclusion is Conclusion.HOLDS:
        return searched
    if searched.conclusion is Conclusion.VIOLATED:
        raise EngineError(
            "DR502",
            f"a search of system {searched.run.system.name} leaves a domain that slices show to be kept",
            remedy="please report it with the model: a slice is wrong; decide by search meanwhile",
        )
    return sliced


class _Asked:
    """What plans ask of slices: groups of watches, those whose paths are of use, and the numbers, with their positions.

    `watches`: those of the planner, and for each plan that asks for deadlocks one more, by its identity in `dead`.
    """

    def __init__(self, planner: Planner, plans: Sequence[Plan]) -> None:
        self.watches = list(planner.watches)
        self.dead: dict[int, int] = {}
        self.wanted: list[tuple[int, ...]] = []
        self.paths: set[int] = set()
        self.numbers: list[int] = []
        for plan in plans:
            asked = plan.asked
            if asked.deadlock:
                self.dead[id(plan)] = len(self.watches)
                self.wanted.append((len(self.watches),))
                self.watches.append(conjunction([dead(planner.system), *map(negation, asked.conditions)]))
            single = [watch for watch in (asked.watch, asked.trigger) if watch is not None]
            self.wanted += [(watch,) for watch in single]
            self.paths.update(single)
            self.numbers += [number for number in (asked.maximum, asked.delay) if number is not None]
            if plan.doubt is not None:
                self.wanted += [(group.unsharp, group.beyond) for group in groups(plan.doubt)]
        self.maxima = [planner.maxima[number] for number in self.numbers]


def dead(system: System) -> Expression:
    """That no event is possible."""
    return conjunction([negation(possible(event)) for event in system.events])


def firing(system: System) -> list[Expression]:
    """For each event that it happens: it is possible, and no other holds it back."""
    free = undisturbed(system.events)
    return [conjunction([possible(event), each]) for event, each in zip(system.events, free, strict=True)]


def groups(doubt: Doubt) -> Iterable[Watched]:
    """The parts of a doubt about groups of ends: of each, one watch must be shown never to hold."""
    return (*doubt.steps, *doubt.gained, *doubt.asked, *doubt.up, *doubt.down)


class _Answers:
    """The answers of a proof, by the positions of watches and maxima, with the states that were replayed."""

    def __init__(self, system: System, planner: Planner, asked: _Asked, proof: Proof) -> None:
        self.system, self.proof = system, proof
        self._numbers = dict(zip(asked.numbers, proof.maxima, strict=True))
        self._count = len(planner.maxima)
        self._states: list[State] = list(system.initial_states)
        self._parents = list(range(len(self._states)))
        self._asked = asked
        self._hits = tuple(self._number(answer.path) for answer in proof.watches[: len(planner.watches)])
        ends = {n: (a.below, self._number(a.path)) for n, a in self._numbers.items()}
        self._maxima = tuple(_value(*ends.get(number, (None, None))) for number in range(self._count))

    def watch(self, number: int) -> Answer:
        """The answer to a watch."""
        return self.proof.watches[number]

    def number(self, number: int) -> Answer:
        """The answer to a maximum."""
        return self._numbers[number]

    def dead(self, plan: Plan) -> Answer | None:
        """The answer to whether there is a state without any step; None where that is not asked."""
        number = self._asked.dead.get(id(plan))
        return None if number is None else self.proof.watches[number]

    def _number(self, path: Sequence[State] | None) -> int | None:
        """The number of the last state of a path, whose states are entered."""
        if path is None:
            return None
        at = self.system.initial_states.index(path[0])
        for state in path[1:]:
            self._states.append(state)
            self._parents.append(at)
            at = len(self._states) - 1
        return at

    def exploration(self, *, complete: bool) -> Exploration:
        """The states that were replayed, as if a search had found them; `complete`: and as if there were no others."""
        states, parents, proof = self._states, self._parents, self.proof

        def column(cell: int) -> NDArray[np.int64]:
            return np.array([state[cell] for state in states], dtype=np.int64)

        return Exploration(
            self.system,
            "slices",
            proof.states,
            0,
            0,
            proof.seconds,
            complete,
            None if complete else proof.stopped or "what slices decide",
            self._hits,
            self._maxima,
            0,
            None,
            tuple(0 for _ in self.system.events),
            None,
            None,
            states.__getitem__,
            parents.__getitem__,
            column,
        )


def _value(value: int | None, at: int | None) -> tuple[int, int]:
    return (-1, 0) if value is None or at is None else (value, at)


class _Judging:
    """Decides properties on the answers of slices. None is said of what the answers do not decide."""

    def __init__(self, run: Run, answers: _Answers, doubts: Doubts, limits: Limits) -> None:
        self._run, self._answers, self._doubts, self._limits = run, answers, doubts, limits

    def verdict(self, plan: Plan) -> Verdict | None:
        """The verdict on a property, or None."""
        if isinstance(plan.property, Structure) and not plan.property.needs_search:
            return self._decided(plan, complete=True)
        if not isinstance(plan.property, KINDS):
            return None
        reached, holds, undoubted = self._reached(plan), self._never(plan), self._undoubted(plan)
        verdict = None
        if undoubted and (holds or (reached and plan.asked.watch is not None)):
            verdict = self._decided(plan, complete=True)
        elif reached:
            verdict = self._decided(plan, complete=False)
        elif undoubted:
            verdict = self._between(plan)
        if verdict is None or verdict.conclusion is Conclusion.INCONCLUSIVE:
            return None
        return self._told(verdict, plan, by_path=reached)

    def above(self, plan: Plan) -> int | None:
        """What a worst case is certainly at most, caps aside; None if that is not known."""
        maximum = plan.asked.maximum
        if maximum is None or not (self._answers.proof.leaving.never and self._undoubted(plan)):
            return None
        return self._answers.number(maximum).above

    def inside(self, plan: Plan) -> str:
        """What is shown as long as values stay in their domains, where it is not known whether they do; "" for nothing."""
        asked, answers = plan.asked, self._answers
        if answers.proof.leaving.never or not isinstance(plan.property, INSIDE) or not self._undoubted(plan):
            return ""
        if asked.watch is not None and answers.watch(asked.watch).never:
            return "it is not reached" if isinstance(plan.property, Reachable) else "it holds"
        above = None if asked.maximum is None else answers.number(asked.maximum).above
        return "" if above is None or asked.bound is None or above > asked.bound else "it holds"

    def _reached(self, plan: Plan) -> bool:
        """Whether a path decides the property."""
        asked = plan.asked
        if asked.watch is not None:
            return self._answers.watch(asked.watch).path is not None
        if asked.maximum is None or asked.bound is None:
            return False
        below = self._answers.number(asked.maximum).below
        return below is not None and below > asked.bound

    def _between(self, plan: Plan) -> Verdict | None:
        """That a worst case keeps its bound, although its value is not known."""
        item, maximum, bound = plan.property, plan.asked.maximum, plan.asked.bound
        if maximum is None or bound is None or not self._answers.proof.leaving.never:
            return None
        answer, tick = self._answers.number(maximum), self._run.system.tick
        if answer.above is None or answer.below is None or answer.above > bound:
            return None
        assert item.measure is not None
        assert item.at_most is not None
        ends = f"between {measured(answer.below, item.measure, tick)} and {measured(answer.above, item.measure, tick)}"
        said = f"{ends}, of at most {bound_text(item.measure, bound, item.at_most, tick)}"
        return Verdict(item, Conclusion.HOLDS, said, self._run, value=answer.below, at_least=True)

    def _never(self, plan: Plan) -> bool:
        """Whether it is decided by what no reachable state shows."""
        asked, answers = plan.asked, self._answers
        if not answers.proof.leaving.never:
            return False
        dead = answers.dead(plan)
        if dead is not None and not dead.never:
            return False
        if asked.watch is not None and not answers.watch(asked.watch).never:
            return False
        return all(self._exact(number) for number in (asked.maximum, asked.delay) if number is not None)

    def _exact(self, number: int) -> bool:
        answer = self._answers.number(number)
        return self._answers.proof.leaving.never and answer.above is not None and answer.above == answer.below

    def _undoubted(self, plan: Plan) -> bool:
        """Whether no cap can matter: of each of its doubts one half is never seen."""
        those = () if plan.doubt is None else groups(plan.doubt)
        never = self._answers.watch
        return all(never(group.unsharp).never or never(group.beyond).never for group in those)

    def _decided(self, plan: Plan, *, complete: bool) -> Verdict:
        run = replace(self._run, exploration=self._answers.exploration(complete=complete))
        deadline = (self._limits.deadline or Deadline()).with_grace()
        (verdict,) = Judge(run, [plan], deadline, self._limits.budget.with_grace(), self._doubts).verdicts()
        return replace(verdict, run=self._run)

    def _told(self, verdict: Verdict, plan: Plan, *, by_path: bool) -> Verdict:
        """The verdict with how it was won."""
        asked, answers, proof = plan.asked, self._answers, self._answers.proof
        by = set[int]()
        if isinstance(plan.property, Domains):
            by.update(proof.leaving.by)
        if not by_path:
            dead = answers.dead(plan)
            by.update(() if dead is None else dead.by)
            by.update(*(answers.watch(watch).by for watch in (asked.watch,) if watch is not None))
            by.update(*(answers.number(number).by for number in (asked.maximum, asked.delay) if number is not None))
        slices = tuple(proof.slices[number] for number in sorted(by))
        kept = {name for each in slices for name in each.kept}
        free = tuple(name for name in proof.counters if name not in kept)
        replayed = None if verdict.trace is None else len(verdict.trace)
        won = Won(slices, () if by_path else free, len(proof.counters), replayed)
        vacuous, reason = verdict.vacuous, f"{verdict.reason}{_how(won)}"
        if asked.trigger is not None and not _decided_watch(answers.watch(asked.trigger)):
            vacuous, reason = None, f"{reason}; whether its trigger ever holds was not decided"
        trace = verdict.trace and replace(verdict.trace, shortest=False)
        return replace(verdict, won=won, vacuous=vacuous, reason=reason, trace=trace)


def _how(won: Won) -> str:
    """How a verdict was won, in words."""
    if not won.slices:
        return "" if won.replayed is None else ", found by slices and replayed"
    largest = max(each.states for each in won.slices)
    number = f"a slice of {largest:,}" if len(won.slices) == 1 else f"{len(won.slices)} slices of at most {largest:,}"
    free = f", without {len(won.free_of)} of {won.counters} counters" if won.free_of else ""
    return f" ({number} states{free})"


def _decided_watch(answer: Answer) -> bool:
    return answer.never or answer.path is not None


__all__ = [
    "AUTO",
    "BEGIN",
    "KINDS",
    "SEARCH",
    "WAYS",
    "Sliced",
    "Slicing",
    "bounded",
    "by_slices",
    "checked_way",
    "groups",
    "one_of",
    "refuse_sliced",
    "while_inside",
]
