"""Components that never move, as nothing fires their passive triggers, and time that never passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drcheck.language.durations import Duration
from drcheck.language.remarks import Remark
from drcheck.system.system import System

PASSIVE, NO_TICK, STILL = "DR840", "DR841", "DR842"
NO_TIME = "time never passes"


def passive_alone(system: System) -> Iterator[Remark]:
    """DR840: a component all of whose triggers are passive and in no event: it never moves, and no event would show it.

    One such trigger beside others is no remark: components that are made for several designs have them.
    """
    taken = {p.component.name for event in system.events for p in event.participants}
    for component in system.components:
        if component.transitions and component.name not in taken:
            yield Remark(
                PASSIVE,
                component.name,
                f"it never moves: {', '.join(component.triggers)} {'is' if len(component.triggers) == 1 else 'are'} passive, and "
                "no other component and no event(...) of the composition fires any of them",
                component.transitions[0].place,
                "compose it with a component that has the same trigger, or correct the name",
            )


def no_time(system: System) -> Iterator[Remark]:
    """DR841: a system with a length of a tick, and variables that count ticks, in which no component has a tick."""
    if system.tick is None or any(event.is_tick for event in system.events):
        return
    for component in system.components:
        for variable in component.variables:
            if isinstance(variable.high, Duration):
                yield Remark(
                    NO_TICK,
                    variable.label,
                    "it counts ticks, and no component has a transition on tick: time never passes",
                    variable.place,
                    'write on("tick", ...) in the components that time means something to',
                )
                return


def standing_still(systems: Sequence[System]) -> Iterator[Remark]:
    """DR842: the systems of a design, in none of which tick was ever possible: complete searches have shown it."""
    ticks = [event for system in systems for event in system.events if event.is_tick]
    if ticks:
        yield Remark(
            STILL,
            systems[0].name,
            f"{NO_TIME}: in none of the states that can be reached is tick possible",
            ticks[0].place,
            "look at what is urgent all the time, and at the guards of tick: --coverage says which conditions are never true",
        )


__all__ = ["NO_TIME", "STILL", "no_time", "passive_alone", "standing_still"]
