"""A mutant of a model: one small fault in one component, told in words, and the system that has it.

The fault is planted in the composed system while `planted` lasts: the component has the changed transitions, or the variable
the other cap, and the events that this concerns are lowered anew. So the mutant is a system like any other. The oracle steps
it on live machines, facts of the composition are computed of it, and what a modeller would be refused is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from drcheck.errors import ModelError, Place
from drcheck.language.component import Component, refuse_unreachable
from drcheck.language.durations import Duration
from drcheck.language.shadowed import refuse_shadowed
from drcheck.language.transition import On
from drcheck.language.variables import Variable
from drcheck.system.lowering import lower_event
from drcheck.system.naming import names_of
from drcheck.system.system import Cell, Event, System


@dataclass(frozen=True)
class Edit:
    """What is changed in a system: one transition of a component, or the cap of variables, or who takes part in an event.

    `number` is the position of the transition among those of the component; `caps` are the new caps; `event` is the position
    of the event that `component` no longer takes part in.
    """

    component: Component
    number: int | None = None
    transition: On | None = None
    caps: Mapping[Variable, int | Duration] = field(default_factory=dict)
    event: int | None = None


@dataclass(frozen=True)
class Mutant:
    """One small fault: where it is, and what is written there instead.

    `operator`: a key of `operators.OPERATORS`. `where`: the transition, variable or event, in words. `before` and `after`: the
    part of the model that is changed, and what is there in the mutant. `place`: of the transition or variable in its file.
    `position`: which of the mutants with its anchor it is.
    """

    operator: str
    component: str
    where: str
    before: str
    after: str
    place: Place | None = field(compare=False)
    edit: Edit = field(compare=False, repr=False)
    position: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """What tells it from the other mutants of its design, whatever the lines of its file."""
        return " | ".join((self.operator, self.component, self.where, self.before, self.after))

    @property
    def anchor(self) -> tuple[object, ...]:
        """Where it is in the source: what it has in common with itself where parameters write other numbers there."""
        at = None if self.place is None else (self.place.file, self.place.line)
        trigger = self.edit.transition.trigger if self.edit.transition is not None else self.where
        return (self.operator, self.component, trigger, at)


@contextmanager
def planted(system: System, edit: Edit) -> Iterator[System]:
    """The system with a fault, for as long as the context lasts; what it is made of is then as it was.

    Raises a coded error where the mutant is refused, as it would be if it were written in the model.
    """
    component = edit.component
    transitions, highs = component.transitions, {variable: variable.high for variable in edit.caps}
    try:
        if edit.transition is not None and edit.number is not None:
            changed = (*transitions[: edit.number], edit.transition, *transitions[edit.number + 1 :])
            _put(component, "transitions", changed)
            refuse_shadowed(component.name, changed)
            refuse_unreachable(component)
        for variable, cap in edit.caps.items():
            _put(variable, "high", cap)
        yield _lowered(system, edit)
    finally:
        _put(component, "transitions", transitions)
        for variable, high in highs.items():
            _put(variable, "high", high)


def _put(owner: object, name: str, value: Any) -> None:
    """Set what a component or variable does not let anyone set once it is made."""
    owner.__dict__[name] = value


def _lowered(system: System, edit: Edit) -> System:
    shell = replace(system, events=(), variants=None)
    if edit.caps:
        shell = replace(shell, cells=tuple(_cell(system, cell, edit) for cell in system.cells))
    names_of(shell)

    def anew(number: int, event: Event) -> Event:
        joined = event.participants
        if number == edit.event:
            joined = tuple(p for p in joined if p.component is not edit.component)
        elif not edit.caps and not (edit.event is None and any(p.component is edit.component for p in joined)):
            return event
        guard, ways = lower_event(shell, joined)
        return replace(event, guard=guard, alternatives=ways, participants=joined)

    return replace(shell, events=tuple(anew(number, event) for number, event in enumerate(system.events)))


def _cell(system: System, cell: Cell, edit: Edit) -> Cell:
    """The cell with the cap that its variable has in the mutant. Raises ModelError DR107 where it starts beyond."""
    for variable, cap in edit.caps.items():
        if system.cell_of[variable] != cell.index:
            continue
        high = system.ticks(cap) if isinstance(cap, Duration) else cap
        if any(state[cell.index] > high for state in system.initial_states):
            raise ModelError(
                "DR107", f"variable {variable.label}: it starts beyond its cap of {cap}", place=variable.place
            )
        return Cell(cell.index, cell.name, replace(cell.domain, high=high), cell.owner)
    return cell


__all__ = ["Edit", "Mutant", "planted"]
