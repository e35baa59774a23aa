"""All combinations of a few uses of budgets, answered from one search.

Where a system's counters only count (see `monotone.adding`), the states that it has with some uses are exactly those, of the
same system with more, in which no more than these were used: each state says in its counters how many were. So one search of the
system with the greatest budgets has the states of all combinations. Its events are possible only as long as fewer uses were made
than are asked for in all, so that it has no other states: it is smaller than the searches of the largest combinations together,
each of which would meet again what needs less.

The number of steps to a state is the least with its own uses, too, and a path to it is one of the system with these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drcheck.answers.combinations import Uses, starts_left, uses_of, with_uses
from drcheck.engines.choose import engine_named
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Exploration, Limits, Listener, Query
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.system.composition import budgets
from drcheck.system.system import State, System
from drcheck.system.terms import conjunction
from drcheck.system.trace import Trace, along

Vector = tuple[int, ...]
"""How many uses of each kind that is counted, in the order of the kinds."""


def limited(system: System, kinds: Sequence[str], most: int) -> System:
    """The system in which all faults of some kinds together happen at most so often, beside their budgets."""
    cells = [system.cells[system.cell_of[budgets(system)[kind]]] for kind in kinds]
    spare = sum(starts_left(system)[kind] for kind in kinds) - most
    if spare <= 0:
        return system
    left: Expression = cells[0]
    for cell in cells[1:]:
        left = Operation("+", (left, cell), INTEGER)
    more, counters = Operation(">", (left, Literal(spare)), BOOLEAN), {cell.index for cell in cells}
    events = tuple(
        replace(event, guard=conjunction([event.guard, more])) if event.reads & counters else event
        for event in system.events
    )
    return replace(system, events=events)


class OneSearch:
    """A search of a system with any uses of some kinds of faults, `most` in all at the most.

    `kinds` are among those whose counters say what was used (`monotone.adding`). The other budgets are as the system has them.
    `watches`: lowered conditions that are looked for. What it says is of all reachable states only if it is `whole`. Raises the
    errors of an engine.
    """

    def __init__(
        self,
        system: System,
        kinds: Sequence[str],
        most: int,
        *,
        watches: Sequence[Expression] = (),
        engine: str = "auto",
        limits: Limits = Limits(),
        listener: Listener | None = None,
    ) -> None:
        self.system, self.kinds, self.most = system, tuple(kinds), most
        self._greatest = {kind: min(n, most) for kind, n in starts_left(system).items() if kind in self.kinds}
        self._begun = with_uses(system, self._greatest)
        query = Query(tuple(watches))
        self.found: Exploration = engine_named(engine).explore(
            limited(self._begun, self.kinds, most), query, limits, listener
        )

    @property
    def whole(self) -> bool:
        """Whether every reachable state was expanded and every step is defined."""
        return self.found.complete and self.found.escape is None

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.found)

    @cached_property
    def _codes(self) -> NDArray[np.int64]:
        """What was used in each state, as a number with a digit for each kind."""
        counters, codes = budgets(self.system), np.zeros(self.found.states, dtype=np.int64)
        for kind in self.kinds:
            used = self._greatest[kind] - self.found.column(self.system.cell_of[counters[kind]])
            codes = codes * (self.most + 1) + used
        return codes

    def _vector(self, code: int) -> Vector:
        digits = []
        for _ in self.kinds:
            code, digit = divmod(code, self.most + 1)
            digits.append(digit)
        return tuple(reversed(digits))

    def _code(self, vector: Vector) -> int:
        code = 0
        for digit in vector:
            code = code * (self.most + 1) + digit
        return code

    def vectors(self) -> Iterator[Vector]:
        """All that can be used, `most` in all at the most, the least first."""
        for uses in uses_of(self._greatest, self.most):
            yield tuple(dict(uses).get(kind, 0) for kind in self.kinds)

    def uses(self, vector: Vector) -> Uses:
        """The uses that a vector stands for."""
        return tuple(sorted((kind, n) for kind, n in zip(self.kinds, vector, strict=True) if n))

    # -- what its states show ------------------------------------------------------------------------------------------
    def used_at(self, number: int) -> Vector:
        """What was used in a state."""
        state, counters = self.found.state(number), budgets(self.system)
        return tuple(self._greatest[kind] - state[self.system.cell_of[counters[kind]]] for kind in self.kinds)

    def first(self, condition: Expression) -> dict[Vector, int]:
        """Of what was used in states with a lowered condition: the first of those states of each, by exactly what was used."""
        where = np.flatnonzero(self._columns.mask(condition))
        codes, first = np.unique(self._codes[where], return_index=True)
        found = {self._vector(int(code)): int(where[at]) for code, at in zip(codes, first, strict=True)}
        return {
            vector: number for vector, number in found.items() if sum(vector) <= self.most
        }  # live machines are not limited

    def greatest(self, measure: Expression, vector: Vector) -> tuple[int, int]:
        """The greatest value of a lowered measure where exactly so much was used, and the first state that attains it."""
        where = np.flatnonzero(self._codes == self._code(vector))
        values = self._columns.values(measure)[where]
        at = int(np.argmax(values))
        return int(values[at]), int(where[at])

    def begun_with(self, vector: Vector) -> System:
        """The system with so many uses."""
        return with_uses(self.system, dict(zip(self.kinds, vector, strict=True)))

    def trace(self, vector: Vector, number: int) -> Trace:
        """A shortest trace of the system with so many uses to a state in which no more was used, replayed on the oracle."""
        counters = budgets(self.system)
        less = {
            self.system.cell_of[counters[kind]]: self._greatest[kind] - n
            for kind, n in zip(self.kinds, vector, strict=True)
        }

        def own(state: State) -> State:
            return tuple(raw - less.get(cell, 0) for cell, raw in enumerate(state))

        return along(self.begun_with(vector), [own(self.found.state(n)) for n in self.found.ancestry(number)])


def least(vectors: Mapping[Vector, int]) -> list[Vector]:
    """The vectors of which no other one is a part."""
    return [v for v in vectors if not any(o != v and within(o, v) for o in vectors)]


def within(part: Vector, vector: Vector) -> bool:
    """Whether a vector has at most as many of each kind as another one."""
    return all(a <= b for a, b in zip(part, vector, strict=True))


__all__ = ["OneSearch", "Vector", "least", "limited", "within"]
