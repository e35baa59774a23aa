"""A System as a flat list of steps, which is what the languages of other checkers have: a condition and assignments.

What those languages do not have is resolved here: alternatives become separate steps, priorities and urgency become
conditions, simultaneous updates become assignments in an order, and an update that may leave its domain makes its step
impossible where it would (drcheck takes no such step either, and reports it itself).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system.precedence import Precedence
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Event, System, starts_of


@dataclass(frozen=True)
class Condition:
    """A conjunction: all of `parts` hold, and none of the definitions named in `unless`."""

    parts: tuple[Expression, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A named condition that others refer to: `condition` holds, or, where that is None, one of the names in `any_of`."""

    name: str
    condition: Condition | None
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """`target := value` for a cell's position; where `into` is given, the value goes into that temporary first.

    `value` None: the target takes the temporary that holds its new value.
    """

    target: int
    value: Expression | None
    temporary: int | None = None


@dataclass(frozen=True)
class Step:
    """One alternative of one event. The assignments are carried out in order."""

    name: str
    condition: Condition
    assignments: tuple[Assignment, ...]

    @property
    def temporaries(self) -> tuple[Assignment, ...]:
        """The assignments that go into temporaries."""
        return tuple(a for a in self.assignments if a.temporary is not None and a.value is not None)


@dataclass(frozen=True)
class Commands:
    """`definitions` refer only to those before them; `steps` are in the order of events and alternatives."""

    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...]


URGENT = "urgent"
"""The definition that some urgent event can happen."""


def starts(system: System) -> list[tuple[tuple[int, ...], list[tuple[int, ...]]]]:
    """What is chosen at the start: cells, and the values that they have together in initial states; nothing for one such state.

    Cell by cell, where the initial states are all combinations of their values; else all these cells together.
    """
    each = starts_of(system)
    if prod(len(values) for values in each.values()) == system.initials:
        return [((cell,), [(value,) for value in values]) for cell, values in each.items()]
    cells = tuple(each)
    return [(cells, [tuple(state[cell] for cell in cells) for state in system.initial_states])]


def flatten(system: System, *, escapes: bool = True) -> Commands:
    """The steps of a system with what they refer to.

    `escapes`: some update may leave its domain, which makes its step impossible. False if a search has shown that
    none does; conditions then need no checks of domains.
    """
    events = system.events
    precedence = Precedence(events)
    needed = set(precedence.urgent).union(*precedence.higher.values())
    late: tuple[str, ...] = (URGENT,) if precedence.urgent else ()
    definitions = [_possible(n, event, ()) for n, event in enumerate(events) if n in needed and not event.is_tick]
    if precedence.urgent:
        definitions.append(Definition(URGENT, None, tuple(_can(n) for n in precedence.urgent)))
    definitions += [_possible(n, event, late) for n, event in enumerate(events) if n in needed and event.is_tick]
    above = {level: f"above_{place}" for place, level in enumerate(precedence.higher)}
    for level, higher in precedence.higher.items():
        definitions.append(Definition(above[level], None, tuple(_can(n) for n in higher)))
    steps = []
    for event in events:
        unless = late if event.is_tick else ()
        if event.priority in above:
            unless += (above[event.priority],)
        for k, way in enumerate(event.alternatives):
            name = event.name if len(event.alternatives) == 1 else f"{event.name} ({k + 1})"
            steps.append(_step(system, name, event, way, unless, escapes))
    return Commands(tuple(definitions), tuple(steps))


def _can(number: int) -> str:
    return f"can_{number}"


def _possible(number: int, event: Event, unless: tuple[str, ...]) -> Definition:
    """That its own guards (and, for time, the urgent events) allow an event."""
    ways = [way.guard for way in event.alternatives if way.guard is not None]
    some: tuple[Expression, ...] = ()
    if len(ways) == len(event.alternatives):
        some = (ways[0] if len(ways) == 1 else Operation("or", ways, BOOLEAN),)
    return Definition(_can(number), Condition((event.guard, *some), unless))


def _step(system: System, name: str, event: Event, way: Alternative, unless: tuple[str, ...], escapes: bool) -> Step:
    parts = [event.guard, *([] if way.guard is None else [way.guard])]
    updates = []
    for index, right in way.updates:
        cell = system.cells[index]
        low, high = bounds(right)
        if escapes and low < cell.domain.low:
            parts.append(Operation(">=", (right, Literal(cell.domain.low)), BOOLEAN))
        if escapes and high > cell.domain.high:
            parts.append(Operation("<=", (right, Literal(cell.domain.high)), BOOLEAN))
        if cell.domain.size > 1 and right is not cell:  # a cell of one value is no part of the exported state
            updates.append((index, right))
    return Step(name, Condition(tuple(parts), unless), in_order(updates))


def in_order(updates: Sequence[tuple[int, Expression]]) -> tuple[Assignment, ...]:
    """Simultaneous updates one after another: each cell is read before it is written.

    Where updates read each other's cells in a circle, one value of the circle is kept in a temporary.
    """
    left = {index: (right, _reads(right)) for index, right in updates}
    done: list[Assignment] = []
    late: list[Assignment] = []
    while left:
        free = [i for i in left if not any(i in reads for j, (_, reads) in left.items() if j != i)]
        if free:
            done += [Assignment(i, left.pop(i)[0]) for i in free]
            continue
        index = next(iter(left))
        done.append(Assignment(index, left.pop(index)[0], len(late)))
        late.append(Assignment(index, None, len(late)))
    return (*done, *late)


def _reads(node: Expression) -> frozenset[int]:
    return frozenset(leaf.index for leaf in node.leaves() if isinstance(leaf, Cell))
