"""What a composition declares beyond its components: synchronisation vectors, attributes of events, and sites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared, no_key
from drcheck.language.component import TICK, Component
from drcheck.language.displays import refuse_lost
from drcheck.language.handed_over import HandedOver, handed_over
from drcheck.language.transition import EventKind, check_attributes, check_text

EVENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?\Z")


@dataclass(frozen=True)
class Rendezvous(Declared):
    """What `event(...)` declares: an explicit synchronisation vector, or attributes of an event by name."""

    __hash__ = no_key

    name: str
    participants: tuple[tuple[Component, str], ...]
    optional: tuple[tuple[Component, str], ...]
    attributes: Mapping[str, Any]
    doc: str
    place: Place
    lists_given: tuple[HandedOver, ...] = field(default=(), compare=False, repr=False)


def event(
    name: str,
    participants: Mapping[Component, str] = ABSENT,
    *,
    optional: Mapping[Component, str] = ABSENT,
    kind: EventKind | None = None,
    urgent: bool | None = None,
    priority: int | None = None,
    fault: str | None = None,
    rate: float | None = None,
    doc: str = "",
) -> Rendezvous:
    """An event of the composition.

    With `participants`, a synchronisation vector: each component takes part with the trigger given for it, under
    whatever name; `optional` ones take part when they can and do not block it. A trigger that occurs in a vector no
    longer synchronises by name. One trigger may occur in several vectors (several pairings).
    Without, attributes for the event that exists by name.
    """
    place = caller()
    if not isinstance(name, str) or not EVENT_NAME.match(name):
        raise ModelError(
            "DR105",
            f"{shown(name)} is not a name for an event",
            place=place,
            remedy='use letters, digits and underscores, or "component.trigger" for an internal event',
        )
    attributes = {"kind": kind, "urgent": urgent, "priority": priority, "fault": fault, "rate": rate}
    check_attributes(name, "DR114", place, attributes)
    check_text(doc, f"event {name}", place)
    refuse_none(f"event {name}: participants", participants, '{component: "trigger"}', place)
    refuse_none(f"event {name}: optional", optional, "optional={}", place)
    refuse_lost(optional, "optional", place)
    refuse_lost(participants, "participants", place, at=1)
    needed, may = _pairs(name, participants, place), _pairs(name, optional, place)
    if (participants is not ABSENT or may) and not needed:
        raise ModelError(
            "DR113", f"event {name} has no participant", place=place, remedy="name a component and its trigger"
        )
    if needed and (name == TICK or any(trigger == TICK for _, trigger in needed + may)):
        raise ModelError(
            "DR114",
            f"event {name}: {TICK} is the rendezvous of all timed components and has no synchronisation vector",
            place=place,
            remedy="give the components a trigger of another name",
        )
    twice = [c.name for i, (c, _) in enumerate(needed + may) if any(c is d for d, _ in (needed + may)[:i])]
    if twice:
        raise ModelError("DR113", f"event {name}: {twice[0]} takes part twice", place=place)
    handed = handed_over(place, f"event {name}", participants=participants, optional=optional)
    return Rendezvous(name, needed, may, attributes, doc, place, handed)


def _pairs(name: str, given: object, place: Place) -> tuple[tuple[Component, str], ...]:
    """The entries of a synchronisation vector."""
    if given is ABSENT:
        return ()
    if not isinstance(given, Mapping):
        raise ModelError(
            "DR113",
            f"event {name}: {shown(given)} is no synchronisation vector",
            place=place,
            remedy='write {component: "trigger", ...}',
        )
    for component, trigger in given.items():
        if not isinstance(component, Component) or not isinstance(trigger, str):
            raise ModelError(
                "DR113",
                f"event {name}: {shown(component)}: {shown(trigger)} is not a component and the name of its trigger",
                place=place,
                remedy='write {component: "trigger", ...}',
            )
    return tuple(given.items())


__all__ = ["Rendezvous", "event"]
