"""A system in which an event has a further guard, as if it had been written with it; and what guards can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from drcheck.errors import DrcheckError
from drcheck.language.component import Component, StateIs, on
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, applied
from drcheck.language.free_choice import choices_in
from drcheck.language.operators import NAMED
from drcheck.system.composition import FAULTS
from drcheck.system.lowering import lower, lower_participant
from drcheck.system.system import Cell, Domain, Participant, System, cells_of
from drcheck.system.terms import conjunction

HERE = "here"


def guarded(system: System, event: str, guard: Expression) -> System:
    """The system in which an event happens only where a further guard holds.

    A machine of one state takes part in the event and in nothing else, so that the live machines have the guard, too. Raises
    ModelError DR115 for an event that there is not, and what lowering the guard raises.
    """
    system.event(event)
    names = {*(c.name for c in system.components), *system.parts}
    name = next(n for n in ("further_guard", *(f"further_guard_{k}" for k in range(2, 1000))) if n not in names)
    keeper = Component(name, states=[HERE], transitions=[on("is_let_happen", HERE, when=guard)])
    place = len(system.cells)
    cell = Cell(place, name, Domain("enumeration", 0, 0, keeper.states), name)
    shell = replace(
        system,
        cells=(*system.cells, cell),
        initial=(*system.initial, 0),
        further_initial=tuple((*state, 0) for state in system.further_initial),
        components=(*system.components, keeper),
        control_of={**system.control_of, name: place},
        variants=None,
        invocation=(),
    )
    joined = Participant(keeper, "is_let_happen")
    condition, _ = lower_participant(shell, joined)
    events = tuple(
        replace(e, guard=conjunction([e.guard, condition]), participants=(*e.participants, joined))
        if e.name == event
        else e
        for e in system.events
    )
    return replace(shell, events=events)


@dataclass(frozen=True)
class Atom:
    """A condition that occurs in a model, or its negation: as it is written, and lowered."""

    condition: Expression
    lowered: Expression

    @property
    def text(self) -> str:
        """As it is written."""
        return str(self.condition)


def atoms(system: System) -> list[Atom]:
    """The atoms of all guards of a system, each with its negation: conditions without a connective, names, states left.

    What reads a free choice, or cannot be read outside the event, is none; nor is how many faults are left, which nobody knows.
    """
    hidden = {cell.index for cell in system.cells if cell.owner == FAULTS}
    found: dict[str, Expression] = {}
    for component in system.components:
        for transition in component.transitions:
            if 0 < len(transition.sources) < len(component.states):
                for source in transition.sources:
                    state = StateIs(component, (source,))
                    found.setdefault(str(state), state)
            if transition.when is not None:
                for part in _parts(system.settled(transition.when)):
                    found.setdefault(str(part), part)
    made = []
    for condition in found.values():
        for literal in (condition, applied("not", [condition])):
            try:
                lowered = lower(system, literal)
            except DrcheckError:  # an index that only the guard keeps inside its array, say
                continue
            if not cells_of(lowered) & hidden:
                made.append(Atom(literal, lowered))
    return made


def _parts(node: Expression) -> Iterator[Expression]:
    """The atoms of a condition."""
    if isinstance(node, Literal) or node.kind != BOOLEAN or choices_in([node]):
        return
    if isinstance(node, Operation) and node.operator in ("and", "or", "not"):
        for part in node.arguments:
            yield from _parts(part)
        return
    yield node
    if isinstance(node, Operation) and node.operator == NAMED:
        yield from _parts(node.arguments[0])


__all__ = ["Atom", "atoms", "guarded"]
