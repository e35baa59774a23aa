"""Names that are taken: by what `transitions` puts on a machine's model, or by attributes that would hide a component's part.

A trigger is a method of the model of a live machine, beside `state`, `trigger`, `is_<state>` and others; one of the same name
would replace it, or never be bound. A state, variable or component is read as an attribute; where an attribute of that name is
data, Python would read that instead, without a word. Names of methods stay allowed: reading one as a value is an error that
names the other way, `component.state("live")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass

from drcheck.errors import ModelError, Place
from drcheck.language.called import is_called

MODEL = ("environment", "may_trigger", "state", "trigger", "values")
"""What is on every live model: put there by `transitions`, or read by guards and updates."""


def refuse_triggers(component: str, states: Iterable[str], triggers: Mapping[str, Place]) -> None:
    """Refuse triggers, given with the places where they first occur, that are names on the model. ModelError DR125."""
    taken = dict.fromkeys(MODEL, "an attribute that every live machine's model has")
    for state in states:
        taken[f"is_{state}"] = f"the method that tells whether the component is in its state {state}"
        taken[f"to_{state}"] = f"the method by which `transitions` goes to the state {state}"
    for trigger in triggers:
        taken[f"may_{trigger}"] = f"the method that tells whether {trigger} is possible"
    for trigger, place in triggers.items():
        why = "something of Python itself" if trigger.startswith("__") else taken.get(trigger)
        if why is not None:
            raise ModelError(
                "DR125",
                f"component {component}: the trigger {trigger} has the name of {why}",
                place=place,
                remedy="give the trigger another name",
            )


def hidden_by(owner: type, name: str, data: Iterable[str] = ()) -> bool:
    """Whether reading an attribute of this name of an `owner` gives something else without a word. `data`: set by instances."""
    declared = {f.name for f in fields(owner)} if is_dataclass(owner) else set()
    if name in declared or name in data:
        return True
    return hasattr(owner, name) and not is_called(owner, name)


def refuse_hidden(owner: type, what: str, names: Mapping[str, Place], data: Iterable[str] = ()) -> None:
    """Refuse names that attributes of an `owner` hide; `what` says whose they are. Raises ModelError DR125."""
    for name, place in names.items():
        if hidden_by(owner, name, data):
            raise ModelError(
                "DR125",
                f"{what}: {name} is an attribute of every {owner.__name__.lower()}, and would be read instead",
                place=place,
                remedy="give it another name",
            )


__all__ = ["MODEL", "hidden_by", "refuse_hidden", "refuse_triggers"]
