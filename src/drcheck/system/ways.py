"""The ways of data through a system: which legs of its flows the model has, and which are only stated.

A leg is *modelled* if an event that moves the flow joins its ends: a row (its guard or its updates) of one end reads the other,
in either direction; both ends have a row for the event; or a row of a third component reads one end or both, and the end that
it does not read takes part in the event (not in the passing of time, in which nearly every component takes part). Rows are looked
at as they are written, before composition. An event that uses up a fault budget moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drcheck.errors import ModelError, shown
from drcheck.language.component import StateIs
from drcheck.language.expressions import Expression
from drcheck.language.flows import Flow
from drcheck.language.references import Reference
from drcheck.language.variables import Variable
from drcheck.system.system import Event, System


@dataclass(frozen=True)
class Leg:
    """A part of a flow, from a component to the next, by their names. `movers`: the events by which the model has it, or none."""

    first: str
    second: str
    movers: tuple[str, ...]

    @property
    def modelled(self) -> bool:
        """Whether the model has it; else it is stated only."""
        return bool(self.movers)


def legs(system: System, flow: Flow) -> tuple[Leg, ...]:
    """The legs of a flow of a system."""
    events = {event.name: event for event in system.events}
    movers = [events[name] for name in flow.moved_by]
    rows = {mover.name: _rows(mover) for mover in movers}
    return tuple(
        Leg(one, other, tuple(m.name for m in movers if _joins(rows[m.name], one, other, m.is_tick)))
        for one, other in flow.legs
    )


def check_flows(system: System) -> None:
    """Refuse flows that the system does not have. Raises ModelError DR155, and DR156 where the model has no leg of one."""
    names = [component.name for component in system.components]
    events = {event.name: event for event in system.events}
    for flow in system.flows:
        if not isinstance(flow, Flow):
            raise ModelError(
                "DR155", f"system {system.name}: {shown(flow)} is no flow", remedy="write flow([...], ...)"
            )
        said = f"the flow of {flow.what} in system {system.name}"
        for name in flow.path:
            if name not in names:
                raise ModelError(
                    "DR155",
                    f"{said} passes {name}, which is no component",
                    place=flow.place,
                    available=names,
                    asked=name,
                )
        for name in flow.moved_by:
            if name not in events:
                raise ModelError(
                    "DR155",
                    f"{said} is moved by {name}, which is no event",
                    place=flow.place,
                    available=[*events],
                    asked=name,
                )
            if events[name].fault is not None:
                raise ModelError(
                    "DR155",
                    f"{said} is moved by {name}, which is a fault",
                    place=flow.place,
                    remedy="name the events that carry data on",
                )
        if not any(leg.modelled for leg in legs(system, flow)):
            raise ModelError(
                "DR156",
                f"{said} is no part of the model: no row of {', '.join(flow.moved_by)} joins one component of it with the next",
                place=flow.place,
                remedy="name further events that move it, or leave it out",
            )


def owner_of(leaf: Expression) -> str | None:
    """The name of the component that a leaf of an expression, as it is written, is about."""
    if isinstance(leaf, Variable):
        return None if leaf.owner is None else leaf.owner.name
    if isinstance(leaf, Reference):
        return leaf.component
    return leaf.component.name if isinstance(leaf, StateIs) else None


def _rows(event: Event) -> list[tuple[str, frozenset[str]]]:
    """Of each row of an event, whose it is and which components it reads."""
    return [
        (participant.component.name, _read(part for part in row.parts()))
        for participant in event.participants
        for row in participant.component.on_trigger(participant.trigger)
    ]


def _read(parts: Iterable[Expression]) -> frozenset[str]:
    return frozenset(owner for part in parts for leaf in part.leaves() if (owner := owner_of(leaf)) is not None)


def _joins(rows: list[tuple[str, frozenset[str]]], one: str, other: str, tick: bool) -> bool:
    ends, owners = {one, other}, {owner for owner, _ in rows}
    if ends <= owners:
        return True
    if tick:
        return any(owner in ends and ends - {owner} <= reads for owner, reads in rows)
    return any(ends <= owners | reads for _, reads in rows)


__all__ = ["Leg", "check_flows", "legs", "owner_of"]
