"""Partial-order reduction: of independent events, only one order is explored.

In states where cell c has the value s, some events T can be *preferred*: whenever one of them is possible, only they are
explored. That is an ample set (Peled 1993; Holzmann and Peled, *An improvement in formal verification*, 1994; Clarke,
Grumberg and Peled, *Model Checking*, chapter 10), here found statically and written into the guards of the others.
With P the highest priority of an event that is possible at c = s, the conditions are:

1. All of T have priority P, and none is the passing of time. So while one of T is possible, no event of another priority
   is.
2. No other event of priority P that is possible at c = s writes c, or writes what one of T reads or writes, or reads what
   one of T writes. (It may read c only if T does not write c.) So T stays as it is until one of it is taken, and it does
   not matter when that is. Time reads what urgent events' guards read, as these hold it up; if all of T is urgent it
   cannot pass.
3. No event of a higher priority has a guard that reads what T writes: one that became possible would hold others up.
4. T writes nothing that the question reads, and no update in it can leave its domain.
5. The steps of all preferred events together cannot go in a circle: in each of their cycles there would be a cell that
   moves along an order and never back (`_Ends`). So nothing is put off for ever.

These imply the conditions C0 to C3 of the literature. Kept are: whether an expression of the question is ever true, the
greatest value of one, whether and which deadlocks exist, whether a value leaves its domain. Not kept are the numbers of
states and transitions, which events happen, the length of traces, and executions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.reductions.form import PARTIAL_ORDER, Application, Question
from drcheck.reductions.simplify import (
    Way,
    constant,
    either,
    escapes,
    facts_of,
    simplify,
    values_of,
    ways_of,
)
from drcheck.system.precedence import Precedence
from drcheck.system.system import Cell, System, cells_of
from drcheck.system.terms import FALSE, TRUE, conjunction, disjunction

MOST_VALUES = 256
"""Of a cell with more values than this the moves are not listed, so it is no evidence that steps end."""
MOST_PREFERENCES = 32
MOST_SIZE = 2_000
"""A condition that is larger costs more in each state than it saves."""

Place = tuple[int, int] | None
"""A cell and its value, or None for all states."""


@dataclass(frozen=True, eq=False)
class _Act:
    """An event at a place: its alternatives there, and the cells that it reads and writes."""

    event: int
    ways: tuple[Way, ...]
    reads: frozenset[int]
    writes: frozenset[int]


@dataclass(frozen=True, eq=False)
class Preference:
    """At a place, where `condition` holds (one of `events` is possible), nothing else is explored.

    It holds up events of priority `priority` only: those of a lower one are held up by the events themselves.
    """

    place: Place
    events: frozenset[int]
    acts: tuple[_Act, ...]
    condition: Expression
    priority: int


class _Independence:
    """Finds what may be preferred in a system."""

    def __init__(self, system: System, observed: frozenset[int]) -> None:
        self.system, self.observed = system, observed
        self._ways: dict[int, list[Way]] = {}
        for way in ways_of(system):
            self._ways.setdefault(way.event, []).append(way)
        self._guards = {
            number: frozenset().union(*(cells_of(way.guard) for way in ways)) for number, ways in self._ways.items()
        }
        self._precedence = Precedence(system.events)
        self._urgent = self._read_by(self._precedence.urgent)

    def _read_by(self, events: Iterable[int]) -> frozenset[int]:
        """The cells that the guards of some events read."""
        return frozenset().union(*(self._guards.get(number, ()) for number in events))

    def acts(self, place: Place) -> list[_Act]:
        """The events that can be possible at a place."""
        found = []
        for number, ways in self._ways.items():
            here = [way for way in (_at(self.system, way, place) for way in ways) if way is not None]
            if not here:
                continue
            reads: set[int] = set()
            for way in here:
                reads |= _read(way)
            # What is read of the place itself counts, though its value is known: another event may change it.
            if place and any(place[0] in _read(way) for way in ways):
                reads.add(place[0])
            if self.system.events[number].is_tick:
                reads |= self._urgent
            writes = frozenset(cell for way in here for cell in _changes(way))
            found.append(_Act(number, tuple(here), frozenset(reads), writes))
        return found

    def at(self, place: Place) -> Iterable[Preference]:
        """What may be preferred at a place, condition 5 aside."""
        possible = self.acts(place)
        events = self.system.events
        highest = max((events[act.event].priority for act in possible), default=0)
        level = [act for act in possible if events[act.event].priority == highest]
        steps = [act for act in level if not events[act.event].is_tick]
        ticks = [act for act in level if events[act.event].is_tick]
        higher = self._read_by(self._precedence.higher.get(highest, ()))
        for group in _groups(steps, place):
            chosen = {act.event for act in group}
            writes = frozenset().union(*(act.writes for act in group))
            waiting = [] if all(events[act.event].urgent for act in group) else ticks
            outside = [act for act in steps if act.event not in chosen] + waiting
            if not outside or writes & (self.observed | higher):
                continue
            if place and any(place[0] in act.writes for act in outside):
                continue
            if any(_dependent(act, other) for act in waiting for other in group):
                continue
            if any(way.unsafe for act in group for way in act.ways):
                continue
            condition = disjunction([way.guard for act in group for way in act.ways])
            if place:
                cell = self.system.cells[place[0]]
                here = Operation("==", (cell, Literal(place[1])), BOOLEAN) if cell.kind != BOOLEAN else cell
                if cell.kind == BOOLEAN and not place[1]:
                    here = Operation("not", (cell,), BOOLEAN)
                condition = conjunction([here, condition])
            if condition.size <= MOST_SIZE:
                yield Preference(place, frozenset(chosen), tuple(group), condition, highest)


def _at(system: System, way: Way, place: Place) -> Way | None:
    """An alternative at a place, or None if it is not possible there."""
    if place is None:
        return way
    cell, value = place
    if way.facts.get(cell, value) != value:
        return None
    memo: dict[int, Expression] = {}
    guard = simplify(way.guard, {cell: value}, memo)
    if constant(guard) == 0:
        return None
    updates = {index: simplify(right, {cell: value}, memo) for index, right in way.updates.items()}
    unsafe = frozenset(index for index, right in updates.items() if escapes(system, index, right))
    return replace(
        way, guard=guard, facts={**way.facts, **facts_of(guard), cell: value}, updates=updates, unsafe=unsafe
    )


def _changes(way: Way) -> dict[int, Expression]:
    """The updates of an alternative without those of a cell to itself."""
    return {cell: r for cell, r in way.updates.items() if not (isinstance(r, Cell) and r.index == cell)}


def _read(way: Way) -> frozenset[int]:
    """The cells that an alternative reads."""
    return cells_of(way.guard).union(*(cells_of(right) for right in _changes(way).values()))


def _dependent(a: _Act, b: _Act) -> bool:
    """Whether one of two events writes what the other reads or writes."""
    return not (a.writes.isdisjoint(b.reads | b.writes) and b.writes.isdisjoint(a.reads))


def _groups(acts: Sequence[_Act], place: Place) -> list[list[_Act]]:
    """Events that depend on each other, directly or not; those that leave the place are one group, and the only one."""
    groups: list[list[_Act]] = []
    leaving = [act for act in acts if place and place[0] in act.writes]
    for act in acts:
        touched = [
            group
            for group in groups
            if any(_dependent(act, other) or (act in leaving and other in leaving) for other in group)
        ]
        groups = [group for group in groups if group not in touched] + [[act, *(o for group in touched for o in group)]]
    if leaving:
        groups = [group for group in groups if leaving[0] in group]
    return [sorted(group, key=lambda act: act.event) for group in groups]


# -- no circles --------------------------------------------------------------------------------------------------------
def _moves(system: System, way: Way, cell: int) -> set[tuple[int, int]] | None:
    """From which value to which an alternative can take a cell; None if that is not listed."""
    domain = system.cells[cell].domain
    if domain.size > MOST_VALUES:
        return None
    moves: set[tuple[int, int]] = set()
    for value in range(domain.low, domain.high + 1):
        if way.facts.get(cell, value) != value:
            continue
        memo: dict[int, Expression] = {}
        if constant(simplify(way.guard, {cell: value}, memo)) == 0:
            continue
        after = values_of(simplify(way.updates[cell], {cell: value}, memo))
        if after is None:
            return None
        moves |= {(value, target) for target in after}
    return moves


def _is_acyclic(edges: Iterable[tuple[int, int]]) -> bool:
    """Whether no values lead back to themselves by way of others."""
    after: dict[int, set[int]] = {}
    for a, b in edges:
        if a != b:
            after.setdefault(a, set()).add(b)
            after.setdefault(b, set())
    while ends := [value for value, targets in after.items() if not targets]:
        for value in ends:
            del after[value]
        for targets in after.values():
            targets.difference_update(ends)
    return not after


class _Ends:
    """Whether the steps of preferred events end, whatever else the state is."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._known: dict[tuple[Place, int, int, int], set[tuple[int, int]] | None] = {}

    def all_of(self, preferences: Sequence[Preference]) -> bool:
        """Whether there is no infinite execution of preferred steps alone.

        If some cell is moved by these steps along an acyclic order only, the steps that always move it can occur only
        finitely often; then the same is asked of the rest (a lexicographic ranking).
        """
        left = [(p.place, way) for p in preferences for act in p.acts for way in act.ways]
        while left:
            gone = next(filter(None, (self._strict(left, cell) for cell in self._cells(left))), None)
            if not gone:
                return False
            left = [pair for n, pair in enumerate(left) if n not in gone]
        return True

    @staticmethod
    def _cells(left: Sequence[tuple[Place, Way]]) -> list[int]:
        return sorted({cell for _, way in left for cell in way.updates})

    def _strict(self, left: Sequence[tuple[Place, Way]], cell: int) -> set[int]:
        """Which steps always move a cell that all of them move along one order; empty if there is no such order."""
        edges: set[tuple[int, int]] = set()
        strict: set[int] = set()
        for n, (place, way) in enumerate(left):
            if cell not in way.updates:
                continue
            key = (place, way.event, way.alternative, cell)
            if key not in self._known:
                self._known[key] = _moves(self.system, way, cell)
            moves = self._known[key]
            if moves is None:
                return set()
            edges |= moves
            if all(a != b for a, b in moves):
                strict.add(n)
        return strict if _is_acyclic(edges) else set()


# -- the reduction -----------------------------------------------------------------------------------------------------
def find(system: System, question: Question) -> list[Preference]:
    """What is preferred, the first that applies first."""
    analysis, ends = _Independence(system, question.cells), _Ends(system)
    written = {cell for event in system.events for cell in event.writes}
    controls = [cell for cell in sorted(system.control_of.values()) if cell in written]
    places: list[Place] = [None]
    for cell in controls:
        domain = system.cells[cell].domain
        places += [(cell, value) for value in range(domain.low, domain.high + 1)]
    candidates = [preference for place in places for preference in analysis.at(place)]
    candidates.sort(key=lambda p: (p.place is not None, len(p.events)))
    chosen: list[Preference] = []
    for candidate in candidates:
        known = any(p.events == candidate.events and p.place is None for p in chosen)
        if not known and len(chosen) < MOST_PREFERENCES and ends.all_of([*chosen, candidate]):
            chosen.append(candidate)
    return chosen


def apply(system: System, question: Question) -> Application:
    """The system in which events wait while preferred ones are possible, and what was done."""
    chosen = find(system, question)
    if not chosen:
        return Application(PARTIAL_ORDER, False, "no events are independent of all others in any control state", system)
    events = []
    for number, event in enumerate(system.events):
        facts = facts_of(event.guard)
        allowed: Expression = TRUE
        for preference in reversed(chosen):
            if number in preference.events or event.priority >= preference.priority:
                here = simplify(preference.condition, facts)
                allowed = either(here, TRUE if number in preference.events else FALSE, allowed)
        events.append(replace(event, guard=conjunction([event.guard, allowed])))
    listed = [_described(system, preference) for preference in chosen]
    more = f"; and {len(listed) - 3} more" if len(listed) > 3 else ""
    return Application(PARTIAL_ORDER, True, "; ".join(listed[:3]) + more, replace(system, events=tuple(events)))


def _described(system: System, preference: Preference) -> str:
    names = [system.events[number].name for number in sorted(preference.events)]
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    if preference.place is None:
        return f"first {listed}"
    cell = system.cells[preference.place[0]]
    return f"while {cell.name} is {cell.domain.decode(preference.place[1])} first {listed}"


__all__ = ["Preference", "apply", "find"]
