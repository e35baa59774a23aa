"""Adopting a machine of `transitions`: what of it can be explored, and all that cannot.

A machine of `transitions` can do much that its states and conditions do not show: callbacks, subclasses of its parts, state
features. What is taken in must be what the machine does, so everything is refused that is not known to change nothing:
callbacks by what they are, classes by which of the methods of `transitions.core` they do not leave as they are.

Known to change nothing, as no callback is left that could notice: `send_event` (how callbacks are called), `queued` (when
triggers within callbacks are carried out), `ignore_invalid_triggers` (whether a trigger that is not possible in a state is
an error or passed over; it changes no state either way), `model_attribute`, `final` if there is no `on_final`, names,
tags, state features that are not made use of, and what draws diagrams.

A hierarchical machine is looked through scope by scope (the machine, and each state that has children), and then flattened
(`nested_machines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from transitions import Event, Machine, State, Transition

from drcheck.errors import ModelError, Place, shown
from drcheck.language.machine_conditions import Conditions, conjunction
from drcheck.language.machine_parts import (
    Roots,
    Row,
    assignments,
    of_class,
    of_kind,
    of_machine,
    of_state,
    of_transition,
    parts_of_kinds,
    roots,
)
from drcheck.language.shadowed import refuse_shadowed
from drcheck.language.transition import On, Outcome, Updates
from drcheck.language.variables import check_name

REMEDY = (
    "conditions must be expressions, given for names by conditions={name: expression}, and effects must be "
    "Updates({variable: expression})"
)


@dataclass(frozen=True)
class TakenIn:
    """What a component is made of that does what a machine does."""

    states: tuple[str, ...]
    initial: str
    transitions: tuple[On, ...]
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """States of the machine that are several of the component, or one of another name: parents, states of regions."""


def cannot_be_taken_in(name: str, causes: Iterable[str], place: Place) -> ModelError:
    """The error with all causes, each once. Its code is DR118."""
    found = list(dict.fromkeys(causes))
    why = found[0] if len(found) == 1 else "; ".join(f"({number}) {cause}" for number, cause in enumerate(found, 1))
    return ModelError("DR118", f"machine {name} cannot be adopted: {why}", place=place, remedy=REMEDY)


def taken_in(name: str, machine: object, conditions: object, place: Place) -> TakenIn:
    """What a machine does. `conditions`: expressions by the names that the machine has for its conditions.

    Raises ModelError DR118 with all that stands against it, and DR112 and DR124 as `Component` does where states and
    transitions have been flattened away; the machine stays as it is.
    """
    if not isinstance(machine, Machine):
        raise cannot_be_taken_in(name, [f"{shown(machine)} is not a transitions.Machine"], place)
    given, root = Conditions(conditions), roots(machine)
    nested = root.machine is not Machine
    kinds = list(of_kind(machine))
    more = parts_of_kinds() if kinds else {}
    if nested and machine.prefix_path:
        raise cannot_be_taken_in(name, ["it is asked within the scope of one of its states"], place)
    scopes = list(_scopes(machine, root, (), machine.states, machine.events))
    states = {scope.name(state.name): state for scope in scopes for state in scope.states.values()}
    causes = [*given.causes, *kinds, *of_machine(machine, root.machine, states, more)]
    for known_as, state in states.items():
        causes += of_state(state, root.state, known_as, more)
    found: list[Row] = []
    for scope in scopes:
        causes += scope.causes_of_names()
        for trigger, event in scope.events.items():
            rows = [(source, row) for source, group in event.transitions.items() for row in group]
            automatic = scope.added_by_itself(trigger, event)
            if automatic and scope.is_plain(automatic, rows):
                continue
            causes += of_class(event, root.event, more, "an event", f"the event {trigger}")
            if automatic:
                causes.append(f"{trigger} is also a trigger that `transitions` adds automatically")
                continue
            causes += [] if kinds else _hidden(machine, trigger, event)
            for source, row in rows:
                what = f"{trigger} from {scope.name(source)}"
                causes += of_transition(row, root.transition, what, more)
                found.append(Row(trigger, scope.path, source, row, given.of(row, what), assignments(row)))
    causes += given.causes_of_conditions()
    if causes:
        raise cannot_be_taken_in(name, causes, place)
    for taken in found:
        check_name(taken.trigger, "trigger", place)
    if not nested:
        made = tuple(_on(row, place) for row in found)
        return TakenIn(tuple(machine.states), str(machine.initial), made)
    for scope in scopes:
        refuse_shadowed(name, [_on(row, place, scope.name(row.source)) for row in found if row.scope == scope.path])
    from drcheck.language.nested_machines import NotFlattenedError, flattened  # most designs have no such machine

    try:
        flat = flattened(name, machine, found, place)
    except NotFlattenedError as error:
        raise cannot_be_taken_in(name, error.causes, place) from None
    if flat.unreached:
        raise ModelError(
            "DR112",
            f"no transition of component {name} leads to its state {shown(flat.unreached[0])}",
            place=place,
            available=sorted(flat.states),
            remedy="add a transition to it, or remove the state",
        )
    return TakenIn(flat.states, flat.initial, flat.transitions, flat.within)


def _on(row: Row, place: Place, source: str | None = None) -> On:
    """A transition of a machine as one of a component that has the same states."""
    ways = (Outcome(row.transition.dest, Updates(row.assignments)),)
    guard = conjunction(row.conditions)
    return On(row.trigger, (source or row.source,), ways, guard, None, None, None, False, None, None, "", place)


@dataclass(frozen=True)
class _Scope:
    """The states and events of a machine, or those within a state that has children."""

    root: Roots
    path: tuple[str, ...]
    states: Mapping[str, State]
    events: Mapping[str, Event]
    separator: str
    machine: Machine
    inside: tuple[str, ...]
    """All states in it, those of its states too, by their names from here."""

    def name(self, state: str) -> str:
        """A state with those that it is in."""
        return self.separator.join((*self.path, state))

    def causes_of_names(self) -> Iterator[str]:
        """`transitions` takes a name with a separator in it for those of a state and its child."""
        for state in self.states:
            if self.separator and self.separator in state:
                yield f"state {shown(state)} has the separator of nested states, {shown(self.separator)}, in its own name"

    def added_by_itself(self, trigger: str, event: Event) -> str | None:
        """The state to which a trigger leads that `transitions` adds by itself, if it has the name of one."""
        # A hierarchical machine does not name them by the attribute of the model; those of one that was given as children
        # are added there as well, by that machine.
        nested, attribute = bool(self.separator), self.machine.model_attribute
        prefix = "to_" if nested or attribute == "state" else f"to_{attribute}_"
        adds = event.machine if nested else self.machine
        if not adds.auto_transitions or not trigger.startswith(prefix):
            return None
        state = trigger[len(prefix) :]
        return state if state in self.inside else None

    def is_plain(self, state: str, rows: list[tuple[str, Transition]]) -> bool:
        """Whether a trigger leads from each state to this one and does nothing else, as `transitions` adds it."""
        sources = [source for source, _ in rows]
        plain = all(
            row.dest == state and not (row.conditions or row.prepare or row.before or row.after) for _, row in rows
        )
        return plain and len(sources) == len(set(sources)) and set(sources) <= set(self.states)


def _scopes(
    machine: Machine, root: Roots, path: tuple[str, ...], states: Mapping[str, Any], events: Mapping[str, Event]
) -> Iterator[_Scope]:
    """The machine's own scope, and those of its states that have children, from outside to inside."""
    separator = "" if root.machine is Machine else machine.state_cls.separator  # type: ignore[attr-defined]
    yield _Scope(root, path, states, events, separator, machine, tuple(_inside(states, separator)))
    for name, state in states.items():
        children, own = getattr(state, "states", None), getattr(state, "events", None)
        if children or own:
            yield from _scopes(machine, root, (*path, name), children or {}, own or {})


def _inside(states: Mapping[str, Any], separator: str) -> Iterator[str]:
    for name, state in states.items():
        yield name
        yield from (f"{name}{separator}{child}" for child in _inside(getattr(state, "states", None) or {}, separator))


def _hidden(machine: Machine, trigger: str, event: Event) -> Iterator[str]:
    """A model that has something else by the name of a trigger never fires it so."""
    for model in machine.models:
        bound = getattr(model, trigger, None)
        bound = getattr(bound, "_func", bound) if type(bound).__name__ == "FunctionWrapper" else bound
        if bound is None:
            continue
        if isinstance(bound, partial) and bound.func == event.trigger:
            continue
        nested = getattr(machine, "trigger_event", None)
        if isinstance(bound, partial) and bound.func == nested and bound.args == (model, trigger):
            continue
        yield f"{shown(trigger)} of the model of class {type(model).__name__} is not the trigger but something else"


__all__ = ["REMEDY", "TakenIn", "cannot_be_taken_in", "taken_in"]
