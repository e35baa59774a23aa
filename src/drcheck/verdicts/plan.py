"""What a search is asked for some properties: one query of all their questions, and what reductions must preserve."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from drcheck.designs.stating import properties_of
from drcheck.engines.protocol import Enough, Query
from drcheck.errors import DrcheckError, EngineError, Place
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.logic.asking import Asked
from drcheck.logic.constant_parts import refuse_constants
from drcheck.logic.kinds import Property
from drcheck.logic.liveness import demands
from drcheck.logic.observing import refuse_unobserved
from drcheck.logic.properties import Statement
from drcheck.logic.temporal import Negation, negation
from drcheck.reductions.form import PARTIAL_ORDER, Question, Reduced
from drcheck.reductions.reduce import checked, reduce
from drcheck.saturation.doubts import Doubt, Doubts
from drcheck.system.lowering import lower
from drcheck.system.naming import names_of, take_names
from drcheck.system.system import System


@dataclass
class Plan:
    """A property, and what the search must find out about it.

    `negation`: of its formula of temporal logic. `read`: the lowered conditions that it is about, its trigger last. `doubt`:
    why caps may reach the verdict, or None. `fewest`: where the search says with how few faults it is broken (see `needs`).
    """

    property: Property
    asked: Asked
    negation: Negation | None = None
    read: tuple[Expression, ...] = ()
    doubt: Doubt | None = None
    fewest: int | None = None


class Planner:
    """Collects the questions of all properties for one query: `watches`, `maxima`."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.watches: list[Expression] = []
        self.maxima: list[Expression] = []
        self._place: Place | None = None
        self._names = names_of(system)

    # -- the questions of one property (see `logic.asking.Questions`) ---------------------------------------------------
    def lowered(self, node: Expression) -> Expression:
        """An expression of the property that is planned, over cells. Raises ModelError."""
        return lower(self.system, node, self._place)

    def watch(self, node: Expression) -> int:
        """Watch for a lowered expression; its position among the watches."""
        self.watches.append(node)
        return len(self.watches) - 1

    def greatest(self, node: Expression) -> int:
        """Have the greatest value of a lowered expression found; its position among the maxima."""
        self.maxima.append(node)
        return len(self.maxima) - 1

    def number(self, bound: int | Duration | None) -> int | None:
        """A bound as a number, ticks if it is a duration. Raises ModelError DR117."""
        return self.system.ticks(bound) if isinstance(bound, Duration) else bound

    # -- plans ---------------------------------------------------------------------------------------------------------
    def plans(self, items: Sequence[Property | Statement] | Property | Statement) -> list[Plan]:
        """The plans of properties, and of statements as they are on the system.

        Raises PropertyError or ModelError, which name the property.
        """
        plans = []
        for item in properties_of(self.system, items):
            refuse_unobserved(self.system, item)
            refuse_constants(self.system, item)
            try:
                item = item.in_system(self.system)
                take_names(self.system, self._names, (part for _, part in item.parts()))
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

    def plan(self, item: Property) -> Plan:
        """The plan of one property."""
        self._place = item.place
        asked = item.ask(self)
        made = None
        if asked.formula is not None:
            made = negation(self.system, asked.formula, item.place)
            asked.conditions = tuple(self.lowered(atom) for atom in made.formula.atoms)
        if item.fairness:
            demands(self.system, item.fairness)  # refuses names that there are not
        trigger = () if asked.trigger is None else (self.watches[asked.trigger],)
        return Plan(item, asked, made, (*asked.conditions, *trigger))

    def doubt(self, doubts: Doubts, plan: Plan) -> Doubt | None:
        """Why caps may reach the verdict on a property; adds the watches needed to find out."""
        maximum = plan.asked.maximum
        return doubts.about(type(plan.property), plan.read, None if maximum is None else self.maxima[maximum])

    def enough(self, plans: Sequence[Plan]) -> Enough | None:
        """With what a search decides all of these properties although it has not seen everything; None: with nothing.

        A violation of an invariant, a witness of a reachable state, an exceeded bound; properties of executions are not
        decided before all states are known.
        """
        watches, deadlock = list[int](), False
        for plan in plans:
            asked = plan.asked
            if not plan.property.needs_search:
                continue
            if asked.graph or (asked.maximum is not None and asked.bound is None):
                return None
            if asked.watch is not None:
                watches.append(asked.watch)
            if asked.maximum is not None and asked.bound is not None:
                over = Operation(">", (self.maxima[asked.maximum], Literal(asked.bound)), BOOLEAN)
                watches.append(self.watch(over))
            deadlock = deadlock or asked.deadlock
        return Enough(tuple(watches), deadlock) if watches or deadlock else None


# -- reductions ------------------------------------------------------------------------------------------------------
def reduced(system: System, plans: Sequence[Plan], query: Query, wanted: frozenset[str], engine: str) -> Reduced | None:
    """The system with the reductions that are wanted, or None. Raises EngineError DR504, DR505."""
    names = checked(wanted)
    if not names:
        return None
    refuse_unreducible(engine)
    for plan in plans:
        refuse_lost(names, plan.property)
    observed = [condition for plan in plans if plan.asked.graph for condition in plan.asked.conditions]
    named = {demand.event for plan in plans for demand in demands(system, plan.property.fairness)}
    return reduce(system, Question(query, tuple(observed), frozenset(named)), wanted)


def refuse_unreducible(engine: str) -> None:
    """Raises EngineError DR504 for an engine that takes no reductions."""
    if engine == "reference":
        raise EngineError(
            "DR504",
            "the reference engine steps live machines, which cannot be reduced",
            available=["auto", "python", "numpy", "native"],
            remedy="leave out the reductions, or take another engine",
        )


def refuse_lost(reductions: Collection[str], item: Property) -> None:
    """Raises EngineError DR505 if reductions do not keep the answer to a property."""
    if PARTIAL_ORDER in reductions and item.of_executions:
        raise EngineError(
            "DR505",
            f"partial-order reduction does not preserve the answer to {item.name or item.formula()}, which is about "
            "executions",
            place=item.place,
            remedy="name the properties about states alone, or leave out partial-order",
        )
