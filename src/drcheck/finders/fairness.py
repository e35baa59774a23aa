"""Fairness assumptions that do not say what they seem to, and urgent events that stop time for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drcheck.language.component import EVENT_KINDS, TICK
from drcheck.language.remarks import Remark
from drcheck.logic.kinds import Property
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.system import Event, System, cells_of
from drcheck.system.trace import Trace

BOTH, DEFEATED, ENDLESS = "DR808", "DR809", "DR810"
TIME = "time"
"""The kind of the event tick, as fairness assumptions name it."""


def names_both(stated: Sequence[tuple[System, Sequence[Property]]]) -> Iterator[Remark]:
    """A fairness assumption whose name is that of an event and of a kind of event."""
    for system, properties in stated:
        kinds = {TIME, *EVENT_KINDS}
        events = {event.name: event for event in system.events}
        for item in properties:
            for name in sorted({name for assumed in item.fairness for name in assumed.events}):
                if name in events and name in kinds:
                    yield Remark(
                        BOTH,
                        name,
                        f"fairness is assumed of {name}, which is the name of an event and of a kind: it is assumed of that "
                        "event and of all events of the kind",
                        item.place,
                        "give the event another name",
                    )


def endless(system: System) -> Iterator[Remark]:
    """Urgent events that change nothing of what makes them possible, where time could pass."""
    if not any(event.name == TICK for event in system.events):
        return
    for event in system.events:
        if not event.urgent:
            continue
        read = cells_of(event.guard)
        for way in event.alternatives:
            needed = read | (frozenset() if way.guard is None else cells_of(way.guard))
            if not needed & {index for index, _ in way.updates}:
                yield Remark(
                    ENDLESS,
                    event.name,
                    "it is urgent and stays possible after it has happened, so it can go on happening and time never passes",
                    event.place,
                    "let it change what its guard reads, so that it happens once, or do without urgent=True",
                )
                break


def defeated(item: Property, trace: Trace) -> Iterator[Remark]:
    """The assumption that time is treated fairly, where urgent events hold it back all along a counterexample's cycle."""
    named = [str(assumed) for assumed in item.fairness if {TIME, TICK} & set(assumed.events)]
    if trace.loop is None or not named:
        return
    cycle = trace.steps[trace.loop :]
    ticks = [event for event in trace.system.events if event.is_tick]
    if any(step.event.is_tick for step in cycle) or not ticks:
        return
    environment = SystemEnvironment(trace.system)
    held: dict[str, None] = {}
    for step in cycle:
        environment.look_at(step.before)
        if all(_possible(tick, environment) for tick in ticks):
            held |= {
                event.name: None for event in trace.system.events if event.urgent and _possible(event, environment)
            }
    if held:
        yield Remark(
            DEFEATED,
            item.name,
            f"{' and '.join(named)} is assumed, yet time stands still: in the cycle of the counterexample "
            f"{', '.join(held)} is possible again and again, is urgent, and so makes tick impossible",
            item.place,
            "strong fairness of time is enough where the cycle has a state without urgent events; else let something "
            "end the cycle, or do without urgent=True",
        )


def _possible(event: Event, environment: SystemEnvironment) -> bool:
    ways = [way.guard for way in event.alternatives]
    return bool(event.guard.evaluate(environment)) and any(way is None or way.evaluate(environment) for way in ways)


__all__ = ["defeated", "endless", "names_both"]
