"""All combinations of a few uses of budgets, answered from one search.

Where a system's counters only count (see `monotone.adding`), the states that it has with some uses are exactly those, of the
same system with more, in which no more than these were used: each state says in its counters how many were. So one search of the
system with the greatest budgets has the states of all combinations. Its events are possible only as long as fewer uses were made
than are asked for in all, so that it has no other states: it is smaller than the searches of the largest combinations together,
each of which would meet again what needs less.

By event it is the same, with one more cell for each fault that says how often it happened: which step was left out, which link
failed. Nothing reads these cells, so the executions are the same.

The number of steps to a state is the least with its own uses, too, and a path to it is one of the system with these.
"""

from __future__ import annotations

import math
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
from drcheck.system.system import Cell, Domain, Event, State, System
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
    errors of an engine. `names`: what is counted in a vector, here the kinds.
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
        self.names = self._named()
        self._greatest = {kind: min(n, most) for kind, n in starts_left(system).items() if kind in self.kinds}
        begun = limited(with_uses(system, self._greatest), self.kinds, most)
        query = Query(tuple(watches))
        self.found: Exploration = engine_named(engine).explore(self._counting(begun), query, limits, listener)

    def _named(self) -> tuple[str, ...]:
        return self.kinds

    def _counting(self, system: System) -> System:
        """The system whose states say what was used."""
        return system

    def _used(self, name: int) -> tuple[int, int, int]:
        """How often something was used: a + b times the cell c, as (a, b, c); by its position in a vector."""
        kind = self.kinds[name]
        return self._greatest[kind], -1, self.system.cell_of[budgets(self.system)[kind]]

    @property
    def whole(self) -> bool:
        """Whether every reachable state was expanded and every step is defined."""
        return self.found.complete and self.found.escape is None

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.found)

    @cached_property
    def _words(self) -> list[NDArray[np.int64]]:
        """What was used in each state, as numbers with a digit for each name."""
        words: list[NDArray[np.int64]] = []
        for at in range(len(self.names)):
            add, times, cell = self._used(at)
            if at % self._digits == 0:
                words.append(np.zeros(self.found.states, dtype=np.int64))
            words[-1] = words[-1] * (self.most + 1) + (add + times * self.found.column(cell))
        return words

    @property
    def _digits(self) -> int:
        """How many digits a word has."""
        return int(62 / math.log2(self.most + 1)) if self.most else 62

    # -- combinations --------------------------------------------------------------------------------------------------
    def vectors(self) -> Iterator[Vector]:
        """All that can be used, `most` in all at the most, the least first."""
        for uses in uses_of(self._greatest, self.most):
            yield self.vector(uses)

    def vector(self, uses: Uses) -> Vector:
        """Some uses as a vector."""
        return tuple(dict(uses).get(name, 0) for name in self.names)

    def uses(self, vector: Vector) -> Uses:
        """The uses that a vector stands for."""
        return tuple(sorted((name, n) for name, n in zip(self.names, vector, strict=True) if n))

    def by_kind(self, vector: Vector) -> dict[str, int]:
        """How many faults of each kind a vector has."""
        return dict(zip(self.kinds, vector, strict=True))

    # -- what its states show ------------------------------------------------------------------------------------------
    def used_at(self, number: int) -> Vector:
        """What was used in a state."""
        state, parts = self.found.state(number), map(self._used, range(len(self.names)))
        return tuple(add + times * state[cell] for add, times, cell in parts)

    def first(self, condition: Expression) -> dict[Vector, int]:
        """Of what was used in states with a lowered condition: the first of those states of each, by exactly what was used."""
        where = np.flatnonzero(self._columns.mask(condition))
        if not self.names:
            return {(): int(where[0])} if len(where) else {}
        words = np.stack([word[where] for word in self._words], axis=1)
        _, first = np.unique(words, axis=0, return_index=True)
        found = {self.used_at(int(where[at])): int(where[at]) for at in sorted(first)}
        return {
            vector: number for vector, number in found.items() if sum(vector) <= self.most
        }  # live machines are not limited

    def greatest(self, measure: Expression, number: int) -> tuple[int, int]:
        """The greatest value of a lowered measure where exactly as much was used as in a state, and the first that attains it."""
        same = np.ones(self.found.states, dtype=bool)
        for word in self._words:
            same &= word == word[number]
        where = np.flatnonzero(same)
        values = self._columns.values(measure)[where]
        at = int(np.argmax(values))
        return int(values[at]), int(where[at])

    def begun_with(self, vector: Vector) -> System:
        """The system with so many uses."""
        return with_uses(self.system, self.by_kind(vector))

    def trace(self, vector: Vector, number: int) -> Trace:
        """A shortest trace of the system with so many uses to a state in which no more was used, replayed on the oracle."""
        counters, used = budgets(self.system), self.by_kind(vector)
        less = {self.system.cell_of[counters[kind]]: self._greatest[kind] - used[kind] for kind in self.kinds}

        def own(state: State) -> State:
            return tuple(raw - less.get(cell, 0) for cell, raw in enumerate(state[: len(self.system.cells)]))

        return along(self.begun_with(vector), [own(self.found.state(n)) for n in self.found.ancestry(number)])


class EventSearch(OneSearch):
    """The same by event: each fault of the kinds has a cell that says how often it happened. `names`: those events."""

    def _named(self) -> tuple[str, ...]:
        return tuple(event.name for event in self.system.events if event.fault in self.kinds)

    def _counting(self, system: System) -> System:
        first, domain = len(system.cells), Domain(INTEGER, 0, self.most)
        cells = [Cell(first + n, f"{name} happened", domain, "") for n, name in enumerate(self.names)]
        own = dict(zip(self.names, cells, strict=True))

        def counted(event: Event) -> Event:
            cell = own.get(event.name)
            if cell is None:
                return event
            more = (cell.index, Operation("+", (cell, Literal(1)), INTEGER))
            ways = tuple(replace(way, updates=(*way.updates, more)) for way in event.alternatives)
            return replace(event, alternatives=ways)

        nothing = (0,) * len(cells)
        return replace(
            system,
            cells=(*system.cells, *cells),
            events=tuple(map(counted, system.events)),
            initial=(*system.initial, *nothing),
            further_initial=tuple((*state, *nothing) for state in system.further_initial),
        )

    def _used(self, name: int) -> tuple[int, int, int]:
        return 0, 1, len(self.system.cells) + name

    def vectors(self) -> Iterator[Vector]:
        """All that can be used, `most` in all at the most, the least first."""
        for uses in uses_of(dict.fromkeys(self.names, self.most), self.most):
            vector = self.vector(uses)
            if all(n <= self._greatest[kind] for kind, n in self.by_kind(vector).items()):
                yield vector

    def by_kind(self, vector: Vector) -> dict[str, int]:
        """How many faults of each kind a vector has."""
        found = dict.fromkeys(self.kinds, 0)
        for kind, n in zip(self._kinds_of_names, vector, strict=True):
            found[kind] += n
        return found

    @cached_property
    def _kinds_of_names(self) -> list[str]:
        return [str(self.system.event(name).fault) for name in self.names]


def least(vectors: Mapping[Vector, int]) -> list[Vector]:
    """The vectors of which no other one is a part."""
    return [v for v in vectors if not any(o != v and within(o, v) for o in vectors)]


def within(part: Vector, vector: Vector) -> bool:
    """Whether a vector has at most as many of each kind as another one."""
    return all(a <= b for a, b in zip(part, vector, strict=True))


__all__ = ["EventSearch", "OneSearch", "Vector", "least", "limited", "within"]
