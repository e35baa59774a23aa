"""For each property: whether caps can reach its verdict, what the search must watch for to know, and what it shows.

A *doubt* about a property is made before the search, from guards and updates alone; most properties have none, and cost
the search nothing. It consists of *parts*, the reads that distinguish values beyond an end, with the ends that each is
about. It is confirmed where the search finds a state in which some part is unsharp with a cell at its end, and a step
beyond that end. What then becomes of a verdict is said in `rulings.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from drcheck.language.expressions import BOOLEAN, Expression, Operation
from drcheck.language.units import brief, cell_units
from drcheck.logic.asking import Reads, ShownBy
from drcheck.logic.kinds import Property
from drcheck.reductions.simplify import constant
from drcheck.saturation.cone import Cones
from drcheck.saturation.ends import End, Steps, at_end, beyond, unsaturated, value_at, worth
from drcheck.saturation.uncapped import gone_beyond
from drcheck.saturation.unsharp import Unsharp
from drcheck.system.system import State, System, cells_of
from drcheck.system.terms import FALSE, conjunction, disjunction, negation
from drcheck.system.trace import Trace


@dataclass(frozen=True, eq=False)
class Part:
    """A read that distinguishes values beyond an end: `where` it does, what reads it, and the ends concerned."""

    reader: str
    where: Expression
    ends: frozenset[End]


@dataclass(frozen=True)
class _Readers:
    """Of one alternative: the cells that it writes, and what of it is unsharp: whether it is a step, and its updates.

    `gained`: where it may be a step without caps alone, and one that changes something.
    """

    written: frozenset[int]
    guard: Part | None
    gained: Part | None
    updates: dict[int, Part]


def _within(readers: Iterable[_Readers], cone: frozenset[int], every: bool, gained: bool = False) -> Iterator[Part]:
    """What can reach the cells of a cone; with `every`, whether any alternative is a step can.

    `gained`: of what is unsharp in guards, only that by which there can be more steps without caps.
    """
    for each in readers:
        guard = each.gained if gained else each.guard
        if guard is not None and (every or each.written & cone):
            yield guard
        yield from (part for cell, part in each.updates.items() if cell in cone)


@dataclass(frozen=True)
class Watched:
    """Parts about one group of ends, and the watches by which they are found: that of the parts, that of steps beyond."""

    parts: tuple[Part, ...]
    ends: tuple[End, ...]
    unsharp: int
    beyond: int


@dataclass(frozen=True)
class Cause:
    """Why a verdict rests on a cap, in words, and what to do."""

    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.text}; {self.remedy}"


@dataclass(frozen=True)
class Doubt:
    """What can make a verdict depend on the caps: in guards and updates (`steps`), and in the property (`asked`).

    `gained`: what of the first can add to the reachable states: for what is said of all of these, nothing else counts.
    `up` and `down`: where a measure can be greater, and less, than computed. Each lists parts about groups of ends.
    """

    kind: type[Property]
    steps: tuple[Watched, ...]
    gained: tuple[Watched, ...]
    asked: tuple[Watched, ...]
    up: tuple[Watched, ...]
    down: tuple[Watched, ...]


class Doubts:
    """The doubts about the properties of one system. `watches`: what their search must watch for, from `first` on."""

    def __init__(self, system: System, watches: list[Expression]) -> None:
        self.system, self.watches = system, watches
        self.rules = Steps(system)
        self.capped = self.rules.capped
        self._beyond: dict[End, Expression] = {}
        self._sources: dict[End, frozenset[End]] = {}
        self._stepping: dict[tuple[frozenset[int], bool, bool], tuple[Part, ...]] = {}
        self._asked: dict[tuple[object, ...], tuple[int, Expression]] = {}

    # -- ends -------------------------------------------------------------------------------------------------------
    @cached_property
    def unsharp(self) -> Unsharp:
        """The readings for all ends that a step may go beyond, or that are written from a cell at such an end."""
        for cell in sorted(self.capped):
            for high in (False, True):
                made = beyond(self.rules, End(cell, high))
                if constant(made) != 0:
                    self._beyond[End(cell, high)] = made
        return self._closed(frozenset(self._beyond))

    def _closed(self, ends: frozenset[End]) -> Unsharp:
        """The readings for some ends, and those that are written from a cell at one of them."""
        while True:
            reading = Unsharp(self.system, ends, self.capped)
            more = set(ends)
            for event in self.system.events if ends else ():
                for way in event.alternatives:
                    for cell, right in way.updates:
                        if cell in self.capped and reading.touches(right):
                            more |= self._written(reading, cell, right)
            if more == ends:
                return reading
            ends = frozenset(more)

    def _written(self, reading: Unsharp, cell: int, right: Expression) -> set[End]:
        """The ends of a cell at which an update may put it in the place of a value beyond, by what it reads."""
        if isinstance(right, Operation) and right.operator == "if":
            _, then, otherwise = right.arguments
            return self._written(reading, cell, then) | self._written(reading, cell, otherwise)
        raw: Expression = getattr(right, "raw", right)
        others = frozenset(end for end in reading.ends if end.cell in cells_of(raw) and end.cell != cell)
        if not others:
            return set()
        found = set()
        for drift, high in zip(reading.drift(raw), (True, False), strict=True):
            if constant(drift) != 0:
                end = End(cell, high)
                self._sources[end] = self._sources.get(end, frozenset()) | others
                found.add(end)
        return found

    def _origins(self, ends: Iterable[End]) -> frozenset[End]:
        """Some ends, and those from which values beyond can have come to them."""
        found, todo = set[End](), list(ends)
        while todo:
            end = todo.pop()
            if end not in found:
                found.add(end)
                todo += self._sources.get(end, ())
        return frozenset(found)

    # -- parts ------------------------------------------------------------------------------------------------------
    @cached_property
    def _cones(self) -> Cones:
        return Cones(self.rules)

    @cached_property
    def _deciding(self) -> frozenset[int]:
        """The cells on which it depends which events are possible."""
        events = range(len(self.system.events))
        return frozenset().union(*(cells_of(self.rules.possible[number]) for number in events))

    def leaving(self) -> list[tuple[str, Expression]]:
        """When a step leaves a domain: for each event that may, with its name."""
        found = []
        for number, event in enumerate(self.system.events):
            for k in range(len(event.alternatives)):
                for cell, right in self.rules.leaving(number, k):
                    step = self.rules.step(number, k)
                    found.append((event.name, conjunction([step, negation(self.rules.inside(cell, right))])))
        return found

    def _steps(self, cells: Iterable[int], every: bool, gained: bool = False) -> tuple[Part, ...]:
        """The unsharp guards and updates on which the values of some cells depend; with `every`, all guards.

        `gained`: as far as they can add to the reachable values.
        """
        if not self._readers:
            return ()
        cone = self._cones.of({*cells, *(self._deciding if every else ())})
        key = (cone, every, gained)
        if key not in self._stepping:
            self._stepping[key] = tuple(_within(self._readers, cone, every, gained))
        return self._stepping[key]

    @cached_property
    def _readers(self) -> list[_Readers]:
        """The unsharp guards and updates of all alternatives."""
        return self._readers_by(self.unsharp)

    def _readers_by(self, reading: Unsharp) -> list[_Readers]:
        found = []
        for number, event in enumerate(self.system.events):
            for k, way in enumerate(event.alternatives):
                step = self._step(number, k, reading)
                unsharp, updates = reading.unsharp(step), {}
                for cell, right in way.updates:
                    differs = reading.update(cell, right)
                    if constant(differs) != 0:
                        where = conjunction([reading.truth(step)[0], differs])
                        reader = f"an update of {self.system.cells[cell].name} by {event.name}"
                        updates[cell] = Part(reader, where, reading.blamed_for_update(cell, right))
                guard = gained = None
                if constant(unsharp) != 0:
                    guard = Part(f"the guard of {event.name}", unsharp, reading.blamed(step))
                    gained = self._gained(guard, step, way.updates, reading)
                if guard is not None or updates:
                    found.append(_Readers(frozenset(cell for cell, _ in way.updates), guard, gained, updates))
        return found

    def _gained(
        self, guard: Part, step: Expression, updates: Iterable[tuple[int, Expression]], reading: Unsharp
    ) -> Part | None:
        """Where an alternative may be a step without caps alone that changes something; None where it never is.

        A step that writes what is there, with the caps and without, leads to no other state.
        """
        more = reading.gained(step)
        if constant(more) == 0:
            return None
        same = []
        for cell, right in updates:
            written = unsaturated(right)  # what is kept at a cap would have gone beyond it
            same += [
                Operation("==", (written, self.system.cells[cell]), BOOLEAN),
                negation(reading.update(cell, right)),
            ]
        changes = conjunction([more, negation(conjunction(same))])
        return Part(guard.reader, changes, guard.ends)

    def _step(self, number: int, k: int, reading: Unsharp) -> Expression:
        """When an alternative is a step, and leaves no domain, insofar as that can be unsharp."""
        read = [(cell, right) for cell, right in self.rules.leaving(number, k) if reading.touches(right)]
        stays = [self.rules.inside(cell, right) for cell, right in read]
        return conjunction([self.rules.step(number, k), *stays])

    def _conditions(self, conditions: Iterable[tuple[str, Expression]], reading: Unsharp) -> list[Part]:
        parts = []
        for reader, condition in conditions:
            unsharp = reading.unsharp(condition)
            if constant(unsharp) != 0:
                parts.append(Part(reader, unsharp, reading.blamed(condition)))
        return parts

    # -- questions --------------------------------------------------------------------------------------------------
    def _asks(self, kind: type[Property], conditions: Sequence[Expression]) -> list[tuple[str, Expression]]:
        """What a property of a kind reads, with what reads it, in words."""
        asked = [("what is asked", condition) for condition in conditions]
        if kind.reads is Reads.LEAVING:
            asked += [(f"whether {name} leaves a domain", condition) for name, condition in self.leaving()]
        if kind.reads is Reads.ANY:
            events = range(len(self.system.events))
            asked.append(("whether any event is possible", disjunction([self.rules.possible[n] for n in events])))
        return asked

    def about(
        self, kind: type[Property], conditions: Sequence[Expression], measure: Expression | None = None
    ) -> Doubt | None:
        """The doubt about a property of a kind, by the lowered conditions, and the measure, that it is about; or None.

        The watches that it needs are added to `watches`.
        """
        if not self.capped or not kind.needs_search or not self.unsharp.ends:
            return None
        if kind.reads is Reads.LEAVING and not self._readers:
            return None
        asked = self._asks(kind, conditions)
        read = [condition for _, condition in asked] + ([] if measure is None else [measure])
        cells = frozenset().union(*(cells_of(node) for node in read))
        every = kind.reads is Reads.ALL
        steps = self._steps(cells, every)
        # What is not shown by a path is said of all reachable states: that there are fewer without caps changes nothing.
        gained = self._steps(cells, every, gained=kind.shown_by is ShownBy.PATH)
        own = self._conditions(asked, self.unsharp)
        up, down = self.unsharp.drift(measure) if measure is not None else (FALSE, FALSE)
        drifts = [
            [Part("", drift, self.unsharp.ends_at(drift))] if constant(drift) != 0 else [] for drift in (up, down)
        ]
        if not (steps or own or drifts[0] or drifts[1]):
            return None
        return Doubt(kind, *(self._watched(parts) for parts in (steps, gained, own, *drifts)))

    def _watched(self, parts: Sequence[Part]) -> tuple[Watched, ...]:
        """The watches for some parts: cells that differ in their component or index alone are one group."""
        groups: dict[tuple[str, int, bool], list[End]] = {}
        for end in sorted(frozenset().union(*(part.ends for part in parts))):
            cell = self.system.cells[end.cell]
            name = re.sub(r"\[\d+\]\Z", "", cell.name.rpartition(".")[2])
            groups.setdefault((name, cell.domain.high, end.high), []).append(end)
        found = []
        for ends in groups.values():
            own = tuple(part for part in parts if part.ends & set(ends))
            where = disjunction([part.where for part in own])
            if any(not part.ends <= set(ends) for part in own):
                where = conjunction([disjunction([at_end(self.system, end) for end in ends]), where])
            first = sorted(end for end in self._origins(ends) if end in self._beyond)
            gone = disjunction([self._beyond[end] for end in first])
            unsharp = self._watch((*own, *ends), where)
            found.append(Watched(own, tuple(ends), unsharp, self._watch(tuple(first), gone)))
        return tuple(found)

    def _watch(self, key: tuple[object, ...], node: Expression) -> int:
        """The position of a watch; what has the same key is watched once."""
        if key not in self._asked:
            self.watches.append(node)
            self._asked[key] = len(self.watches) - 1, node
        return self._asked[key][0]

    # -- answers ----------------------------------------------------------------------------------------------------
    def cause(
        self, watched: Sequence[Watched], hits: Sequence[int | None], state: Callable[[int], State]
    ) -> Cause | None:
        """Why a verdict is one on the caps, where the search has shown it; None if it has not."""
        for group in watched:
            hit = hits[group.unsharp]
            if hit is not None and hits[group.beyond] is not None:
                return self._caused(group, state(hit))
        return None

    def _caused(self, group: Watched, state: State) -> Cause:
        """That an end was reached, and what distinguishes values beyond it in a state."""
        part = next((p for p in group.parts if worth(p.where, state)), group.parts[0])
        at = [end for end in group.ends if state[end.cell] == value_at(self.system, end)]
        end = next((end for end in at if end in part.ends), (at or group.ends)[0])
        reads = f", and {part.reader} depends on what lies beyond" if part.reader else ""
        return Cause(exceeded_text(self.system, end) + reads, remedy(end))

    def real(self, doubt: Doubt, conditions: Sequence[Expression], trace: Trace) -> bool:
        """Whether a trace of an execution (a lasso, or one that ends) is one without caps as well.

        It is where nothing that decides it is unsharp in any of its states, for the ends that its own steps go beyond.
        """
        ends = gone_beyond(self.rules, self.capped, trace)
        if not ends:
            return True
        reading = self._closed(ends)
        asked = self._asks(doubt.kind, conditions)
        cells = frozenset().union(*(cells_of(condition) for _, condition in asked))
        cone = self._cones.of({*cells, *self._deciding})
        parts = [*_within(self._readers_by(reading), cone, True), *self._conditions(asked, reading)]
        return not any(worth(part.where, state) for state in trace.states for part in parts)


def remedy(end: End) -> str:
    """What to do so that a verdict does not rest on an end."""
    first = "raise the cap" if end.high else "guard the updates that go there"
    return f"{first}, or say with cap_is what the cap is if nothing lies beyond"


def exceeded_text(system: System, end: End) -> str:
    """That an end was exceeded, in words."""
    cell = system.cells[end.cell]
    if end.high:
        cap = brief(cell.domain.high, cell_units(system.cell_of).get(end.cell), system.tick)
        return f"the cap of {cell.name} ({cap}) was reached"
    return f"{cell.name} was kept from going below {cell.domain.low}"


__all__ = ["Cause", "Doubt", "Doubts", "Part", "Watched", "exceeded_text", "remedy"]
