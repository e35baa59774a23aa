"""A design composed for its greatest budgets with some deviations, and what promises ask of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeAlias

from drcheck.answers.combinations import Adversities, Combination, starts_left, with_uses
from drcheck.answers.monotone import OF_STATES, monotone
from drcheck.designs.design import Design
from drcheck.errors import DrcheckError
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property
from drcheck.logic.observing import with_observers
from drcheck.logic.properties import Statement
from drcheck.system.composition import budgets
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.system import System, capped_cells, cells_of
from drcheck.verdicts.plan import Planner
from drcheck.verdicts.repair_sets import Change

Question: TypeAlias = Hashable
"""What is asked, of which system, with which uses: equal ones have the same answer."""


@dataclass(frozen=True)
class Asked:
    """A promise on a composed design: the property, or why there is none.

    `monotone`: of which kinds of faults more uses break it whenever fewer do. `of`: the system and what is asked of it, for
    promises of single states; None for others.
    """

    stated: Property | str
    monotone: frozenset[str] = frozenset()
    of: Hashable | None = None

    def under(self, combination: Combination) -> Question | None:
        """What is asked under a combination, None where questions are not compared."""
        return None if self.of is None else (self.of, combination.uses)


class Composed:
    """The design with some deviations. `error`: why it cannot be composed; `left`: its budgets, by the kind."""

    def __init__(self, design: Design, varied: Adversities, deviations: tuple[Change, ...]) -> None:
        self.varied = varied
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
        self._print, self._monotone = self._prints.system(self.system), monotone(self.system)

    def with_uses(self, combination: Combination) -> System:
        """The system with the uses of a combination, and with no other fault of a budget that is varied."""
        assert self.system is not None
        nothing = dict.fromkeys(self.left.keys() - self.varied.held, 0)
        return with_uses(self.system, {**nothing, **dict(combination.uses)})

    def on(self, statement: Statement) -> Asked:
        """A promise on the system."""
        if id(statement) not in self._known:
            self._known[id(statement)] = self._asked(statement)
        return self._known[id(statement)]

    def _asked(self, statement: Statement) -> Asked:
        assert self.system is not None
        try:
            item = statement.on_any(self.system)
            joined, (made,) = with_observers(self.system, [item])
            planner = Planner(joined)
            (plan,) = planner.plans([made])
        except DrcheckError as error:
            return Asked(error.message)
        if not isinstance(made, OF_STATES):
            return Asked(item)
        nodes: list[Expression] = [*planner.watches, *planner.maxima]
        system, added = (
            (self._print, self._monotone) if joined is self.system else (self._prints.system(joined), monotone(joined))
        )
        question = (
            system,
            capped_cells(joined),  # whether a cap is a real limit is no part of a fingerprint
            type(made),
            plan.asked.bound,
            tuple(self._prints.expression(node) for node in nodes),
        )
        read = frozenset[int]().union(*map(cells_of, nodes))
        counters = {kind: joined.cell_of[left] for kind, left in budgets(joined).items()}
        return Asked(item, frozenset(kind for kind in added if counters[kind] not in read), question)


__all__ = ["Asked", "Composed", "Question"]
