"""A design composed for its greatest budgets with some deviations, and what promises ask of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from drcheck.answers.by_event import with_events
from drcheck.answers.combinations import Adversities, Combination, starts_left, with_uses
from drcheck.answers.monotone import OF_STATES, adding
from drcheck.designs.design import Design
from drcheck.designs.stating import properties_of
from drcheck.errors import DrcheckError
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.logic.kinds import Property
from drcheck.logic.observing import Group, by_observers
from drcheck.logic.properties import Statement
from drcheck.saturation.doubts import Doubts
from drcheck.system.composition import budgets
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.system import System, capped_cells, cells_of
from drcheck.verdicts.plan import Plan, Planner
from drcheck.verdicts.repair_sets import Change

Question: TypeAlias = Hashable
"""What is asked, of which system, with which uses: equal ones have the same answer."""


@dataclass(frozen=True)
class OfStates:
    """What a promise of single states asks: `bad` ones break it; `system` is the composed one with its observers.

    `trigger`: without a state with it the promise is vacuous. `measure` and `bound`: of a worst case. `property`: as it is on the
    system. `doubtful`: caps may reach the verdict, which a search with a question for each of them decides.
    """

    system: System
    property: Property
    bad: Expression
    trigger: Expression | None
    measure: Expression | None
    bound: int | None
    doubtful: bool


@dataclass(frozen=True)
class Asked:
    """A promise on a composed design: the property, or why there is none.

    `monotone`: of which kinds of faults more uses break it whenever fewer do; `counting`: the same, and the states with fewer
    uses are known by their counters. `of`: the system and what is asked of it; `states`: what it asks of these; both for promises
    of single states, None for others.
    """

    stated: Property | str
    monotone: frozenset[str] = frozenset()
    counting: frozenset[str] = frozenset()
    of: Hashable | None = None
    states: OfStates | None = None

    def under(self, combination: Combination) -> Question | None:
        """What is asked under a combination, None where questions are not compared."""
        return None if self.of is None else (self.of, combination.uses)


class Composed:
    """The design with some deviations. `error`: why it cannot be composed; `left`: its budgets, by the kind.

    `by_event`: uses are of single events.
    """

    def __init__(
        self, design: Design, varied: Adversities, deviations: tuple[Change, ...], *, by_event: bool = False
    ) -> None:
        self.varied, self.by_event = varied, by_event
        self.system: System | None = None
        self.error: DrcheckError | None = None
        self._known: dict[int, Asked] = {}
        try:
            self.system = design.build({**varied.settings, **{change.name: change.value for change in deviations}})
        except DrcheckError as error:
            self.error = error
            return
        self.left = starts_left(self.system)
        self._prints = Fingerprints()
        self._facts: dict[int, _Facts] = {}

    def with_uses(self, combination: Combination) -> System:
        """The system with the uses of a combination, and with no other fault of a budget that is varied."""
        assert self.system is not None
        nothing = dict.fromkeys(self.left.keys() - self.varied.held, 0)
        if self.by_event:
            return with_events(self.system, combination.uses, nothing)
        return with_uses(self.system, {**nothing, **dict(combination.uses)})

    def on(self, statement: Statement) -> Asked:
        """A promise on the system."""
        self.ask([statement])
        return self._known[id(statement)]

    def ask(self, statements: Sequence[Statement]) -> None:
        """State promises on the system, together: what they share is made once."""
        assert self.system is not None
        items: list[tuple[Statement, Property]] = []
        for statement in {id(s): s for s in statements if id(s) not in self._known}.values():
            try:
                items.append((statement, statement.on_any(self.system)))
            except DrcheckError as error:
                self._known[id(statement)] = Asked(error.message)
        self._together(items)

    def asked(self, items: Sequence[Property]) -> list[Asked]:
        """What properties ask of the system."""
        assert self.system is not None
        found: dict[int, Asked] = {}
        for group in by_observers(self.system, properties_of(self.system, items)):
            made = self._planned(group)
            found.update(zip(group.positions, made, strict=True))
        return [found[n] for n in range(len(items))]

    def _together(self, items: Sequence[tuple[Statement, Property]]) -> None:
        if not items:
            return
        try:
            found = self.asked([item for _, item in items])
        except DrcheckError as error:
            if len(items) == 1:
                self._known[id(items[0][0])] = Asked(error.message)
            for one in items if len(items) > 1 else ():
                self._together([one])
            return
        for (statement, item), asked in zip(items, found, strict=True):
            self._known[id(statement)] = Asked(item, asked.monotone, asked.counting, asked.of, asked.states)

    def _planned(self, group: Group) -> list[Asked]:
        planner = Planner(group.system)
        plans = planner.plans(group.properties)
        doubts, facts = Doubts(group.system, list(planner.watches)), self._of(group.system)
        return [
            self._asked(facts, planner, plan, doubtful=planner.doubt(doubts, plan) is not None)
            if isinstance(plan.property, OF_STATES)
            else Asked(plan.property)
            for plan in plans
        ]

    def _asked(self, facts: _Facts, planner: Planner, plan: Plan, *, doubtful: bool) -> Asked:
        made, asked = plan.property, plan.asked
        measure = None if asked.maximum is None else planner.maxima[asked.maximum]
        trigger = None if asked.trigger is None else planner.watches[asked.trigger]
        bad: Expression | None = None
        if measure is None:
            assert asked.watch is not None
            bad = planner.watches[asked.watch]
        elif asked.bound is not None:
            bad = Operation(">", (measure, Literal(asked.bound)), BOOLEAN)
        nodes = [node for node in (bad, measure, trigger) if node is not None]
        question = (
            facts.fingerprint,
            facts.capped,  # whether a cap is a real limit is no part of a fingerprint
            type(made),
            asked.bound,
            tuple(self._prints.expression(node) for node in nodes),
        )
        read = frozenset[int]().union(*map(cells_of, nodes))
        free = frozenset(kind for kind, cell in facts.counters.items() if cell not in read)
        states = None
        if bad is not None:
            states = OfStates(facts.system, made, bad, trigger, measure, asked.bound, doubtful)
        return Asked(made, facts.monotone & free, facts.counting & free, question, states)

    def _of(self, system: System) -> _Facts:
        if id(system) not in self._facts:
            counters = {kind: system.cell_of[left] for kind, left in budgets(system).items()}
            self._facts[id(system)] = _Facts(
                system,
                self._prints.system(system),
                capped_cells(system),
                *adding(system),
                counters,
            )
        return self._facts[id(system)]


@dataclass(frozen=True)
class _Facts:
    """What is asked again and again of one system."""

    system: System
    fingerprint: str
    capped: frozenset[int]
    monotone: frozenset[str]
    counting: frozenset[str]
    counters: dict[str, int]


__all__ = ["Asked", "Composed", "OfStates", "Question"]
