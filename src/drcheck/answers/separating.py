"""What tells two designs apart under the same faults: a shortest execution in which one breaks a promise and the other has not.

Both designs run side by side, as one system: time passes in both at once, and so does each fault that both have, an event of one
name with a fault role in both; each does everything else by itself. An execution ends where one of them breaks the promise. What
is searched is a flat system like any other; what is found is replayed step by step on the live machines of both.

Faults that only one of them has would not be the same faults. They are refused, and so are different ticks and different budgets
of one name, unless they are named as free: each design then does them by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.answers.combinations import Adversities, starts_left
from drcheck.answers.composed import Composed, OfStates
from drcheck.designs.design import Design
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Listener, Query
from drcheck.errors import DesignError, EngineError, PropertyError
from drcheck.language.expressions import Expression, substitute
from drcheck.logic.properties import Statement
from drcheck.system.oracle import Oracle
from drcheck.system.precedence import undisturbed
from drcheck.system.system import Alternative, Cell, Event, State, System
from drcheck.system.terms import conjunction, negation
from drcheck.system.trace import Trace, along

TICK = "tick"


@dataclass(frozen=True)
class Separating:
    """A shortest execution of both designs in which the first breaks the promise and the second has not; None: there is none.

    `steps`: for each the event, and in which of them it happens. `first` and `second`: the same as a trace of each, in which what
    only the other does is left out. `states`: of the search; `whole`: whether it saw all of them.
    """

    name: str
    steps: tuple[tuple[str, bool, bool], ...] | None
    first: Trace | None
    second: Trace | None
    states: int
    whole: bool


@dataclass(frozen=True)
class _Move:
    """An event of the product: the positions of those of which it is made."""

    first: int | None
    second: int | None


def refuse_other_faults(first: System, second: System, names: tuple[str, str], free: Collection[str]) -> None:
    """Refuse designs that are not under the same faults. Raises DesignError DR221. `names`: of the designs."""
    one, other = names
    if TICK not in free and first.tick != second.tick:
        raise _unlike(f"a tick is {first.tick or 'no time'} in {one} and {second.tick or 'no time'} in {other}", TICK)
    for mine, theirs, who, whom in ((first, second, one, other), (second, first, other, one)):
        have = {event.name for event in theirs.events if event.fault is not None}
        for event in mine.events:
            if event.fault is not None and event.name not in have and not {event.name, event.fault} & set(free):
                raise _unlike(f"the fault {event.name} ({event.fault}) of {who} is none of {whom}", event.name)
    left, others = starts_left(first), starts_left(second)
    for kind in left.keys() & others.keys() - set(free):
        if left[kind] != others[kind]:
            raise _unlike(
                f"there are {left[kind]} faults of kind {kind} at most in {one} and {others[kind]} in {other}", kind
            )


def _unlike(what: str, name: str) -> DesignError:
    return DesignError(
        "DR221",
        f"the designs are not under the same faults: {what}",
        remedy=f"set parameters so that both have the same, or leave it to each design: --free {name}",
    )


def separating(
    designs: tuple[Design, Design],
    statements: tuple[Statement, Statement],
    settings: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    free: Collection[str] = (),
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Listener | None = None,
) -> Separating:
    """A shortest execution in which the first design breaks a promise and the second has not, if there is one.

    The promise is one of single states, stated for both. Raises DesignError DR221, PropertyError DR330 for a promise of another
    kind, EngineError DR511 where values leave their domains, and the errors of composing and searching.
    """
    asked = tuple(_of_states(d, s, at) for d, s, at in zip(designs, statements, settings, strict=True))
    one, other = asked
    refuse_other_faults(one.system, other.system, (designs[0].name, designs[1].name), free)
    system, moves, bad = _product(one, other, free)
    wanted = conjunction([bad[0], negation(bad[1])])
    engine = "python" if engine == "reference" else engine  # it steps live machines, and here are those of two designs
    found = engine_named(engine).explore(system, Query((wanted,)), limits, listener)
    if found.escape is not None:
        raise EngineError(
            "DR511",
            f"a value of {designs[0].name} or {designs[1].name} leaves its domain, so that executions are cut there",
            remedy="mend that first: drcheck check says where",
        )
    name = statements[0].name
    if found.hits[0] is None:
        return Separating(name, None, None, None, found.states, found.complete)
    path = [found.state(n) for n in found.ancestry(found.hits[0])]
    return _replayed(name, (one.system, other.system), path, moves, (found.states, found.complete))


def _of_states(design: Design, statement: Statement, settings: Mapping[str, Any]) -> OfStates:
    made = Composed(design, Adversities(settings, frozenset(), {}), ())
    if made.system is None:
        assert made.error is not None
        raise made.error
    asked = made.on(statement)
    if asked.states is None:
        why = asked.stated if isinstance(asked.stated, str) else "it is no promise that a single state breaks"
        raise PropertyError(
            "DR330",
            f"{statement.name} of {design.name} tells no designs apart: {why}",
            place=statement.details.get("place"),
            remedy="name an always, never, or a worst case with a bound",
        )
    return asked.states


# -- both as one -------------------------------------------------------------------------------------------------------
def _product(
    one: OfStates, other: OfStates, free: Collection[str]
) -> tuple[System, list[_Move], tuple[Expression, Expression]]:
    """Both systems as one, the events of which its events are made, and where each promise is broken."""
    width = len(one.system.cells)
    cells = tuple(Cell(width + c.index, f"second.{c.name}", c.domain, c.owner) for c in other.system.cells)

    def moved(node: Expression) -> Expression:
        return substitute(node, lambda leaf: cells[leaf.index] if isinstance(leaf, Cell) else leaf)

    bad = one.bad, moved(other.bad)
    unbroken = [negation(part) for part in bad]
    first = _resolved(one.system)
    second = [
        replace(
            event,
            guard=moved(event.guard),
            alternatives=tuple(
                Alternative(
                    guard=None if way.guard is None else moved(way.guard),
                    updates=tuple((width + cell, moved(right)) for cell, right in way.updates),
                )
                for way in event.alternatives
            ),
        )
        for event in _resolved(other.system)
    ]
    events: list[Event] = []
    moves: list[_Move] = []
    for move, name in _moves(one.system, other.system, free):
        parts = [first[move.first]] if move.first is not None else []
        parts += [second[move.second]] if move.second is not None else []
        ways = tuple(_both(those) for those in itertools.product(*(part.alternatives for part in parts)))
        guard = conjunction([*(part.guard for part in parts), *unbroken])
        events.append(Event(name, guard, ways, kind=parts[0].kind, fault=parts[0].fault))
        moves.append(move)
    starts = [(*a, *b) for a in one.system.initial_states for b in other.system.initial_states]
    system = System(
        f"{one.system.name} beside {other.system.name}",
        (*one.system.cells, *cells),
        starts[0],
        tuple(events),
        tick=one.system.tick,
        further_initial=tuple(starts[1:]),
    )
    return system, moves, bad


def _resolved(system: System) -> list[Event]:
    """The events of a system, of which none holds another back: what does is part of their guards."""
    return [
        replace(event, guard=conjunction([event.guard, calm]), urgent=False, priority=0)
        for event, calm in zip(system.events, undisturbed(system.events), strict=True)
    ]


def _both(ways: Sequence[Alternative]) -> Alternative:
    guards = [way.guard for way in ways if way.guard is not None]
    updates = tuple(update for way in ways for update in way.updates)
    return Alternative(guard=conjunction(guards) if guards else None, updates=updates)


def _moves(one: System, other: System, free: Collection[str]) -> Iterator[tuple[_Move, str]]:
    """The events of the product: those that both take at once, then those of each alone."""
    numbers = {event.name: n for n, event in enumerate(other.events)}
    joined: set[int] = set()
    for n, event in enumerate(one.events):
        m = numbers.get(event.name)
        if m is not None and _same(event, other.events[m], free):
            joined.add(m)
            yield _Move(n, m), event.name
        else:
            yield _Move(n, None), f"first.{event.name}"
    yield from ((_Move(None, m), f"second.{e.name}") for m, e in enumerate(other.events) if m not in joined)


def _same(event: Event, other: Event, free: Collection[str]) -> bool:
    """Whether both happen at once: time, and faults that both have."""
    if event.is_tick and other.is_tick:
        return TICK not in free
    both = event.fault is not None and other.fault is not None
    return both and not {event.name, str(event.fault), str(other.fault)} & set(free)


def _replayed(
    name: str, systems: tuple[System, System], path: Sequence[State], moves: Sequence[_Move], seen: tuple[int, bool]
) -> Separating:
    """An execution, replayed on the live machines of both designs. Raises EngineError DR502."""
    width = len(systems[0].cells)
    oracles = [Oracle(system) for system in systems]
    halves = [[state[:width] for state in path], [state[width:] for state in path]]
    states: tuple[list[State], list[State]] = ([halves[0][0]], [halves[1][0]])
    events: tuple[list[int | None], list[int | None]] = ([], [])
    steps: list[tuple[str, bool, bool]] = []
    for number in range(1, len(path)):
        befores, afters = [half[number - 1] for half in halves], [half[number] for half in halves]

        def takes(side: int, event: int | None, befores: list[State] = befores, afters: list[State] = afters) -> bool:
            if event is None:
                return befores[side] == afters[side]
            return bool(oracles[side].steps_to(befores[side], event, afters[side]))

        move = next((m for m in moves if takes(0, m.first) and takes(1, m.second)), None)
        if move is None:
            raise EngineError("DR502", f"step {number} of both designs side by side is no step of their live machines")
        for side, event in enumerate((move.first, move.second)):
            if event is not None:
                states[side].append(afters[side])
                events[side].append(event)
        own = systems[0].events[move.first] if move.first is not None else systems[1].events[move.second or 0]
        steps.append((own.name, move.first is not None, move.second is not None))
    traces = [along(system, own, those) for system, own, those in zip(systems, states, events, strict=True)]
    return Separating(name, tuple(steps), traces[0], traces[1], *seen)


__all__ = ["Separating", "refuse_other_faults", "separating"]
