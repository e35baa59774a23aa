"""Which tick the durations of a composition allow, and which of them force a short one.

A tick must divide every duration that becomes a number of ticks, so the longest possible tick is their greatest common
divisor. Of three durations of 10 s, 30 s and 2 h the first alone forces ticks of 10 s; without it 30 s would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from drcheck.errors import ModelError
from drcheck.language.component import Component
from drcheck.language.durations import Duration, common_tick
from drcheck.language.expressions import Literal, nodes_in
from drcheck.language.free_choice import FreeChoice
from drcheck.system.system import System


def durations_of(components: Iterable[Component]) -> list[Duration]:
    """The durations that are caps of variables or stand in guards and updates: one of each length, zero left out."""
    found: dict[int, Duration] = {}
    for duration in _written(components):
        if duration.in_seconds and (duration.in_seconds not in found or found[duration.in_seconds].place is None):
            found[duration.in_seconds] = duration
    return list(found.values())


def _written(components: Iterable[Component]) -> Iterator[Duration]:
    for component in components:
        for variable in component.variables:
            if isinstance(variable.high, Duration):
                yield variable.high
        for node in nodes_in(part for transition in component.transitions for part in transition.parts()):
            if isinstance(node, Literal) and isinstance(node.value, Duration):
                yield node.value
            elif isinstance(node, FreeChoice):
                yield from (value for value in node.values if isinstance(value, Duration))


def forcing(durations: Sequence[Duration]) -> list[Duration]:
    """The shortest of the durations that together force their longest common tick: none of them can be left out."""
    wanted = common_tick(durations)
    kept = sorted(durations, reverse=True)
    for duration in list(kept):
        rest = [other for other in kept if other is not duration]
        if rest and common_tick(rest) == wanted:
            kept = rest
    return kept[::-1]


def durations_text(durations: Iterable[Duration]) -> str:
    """Durations with the places where they were written: `10s (lease.py:12) and 1m`."""
    texts = [f"{d} ({d.place})" if d.place is not None else str(d) for d in durations]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def with_remedy(error: ModelError, components: Iterable[Component]) -> ModelError:
    """A DR117 of one duration, with the tick that would do for all of them and the durations that force it."""
    every = durations_of(components)
    longest = common_tick(every)
    if error.code != "DR117" or longest is None:
        return error
    return ModelError(
        error.code,
        error.message,
        place=error.place,
        available=error.available,
        remedy=f"choose a tick length that divides every duration of the design: {longest} is the longest, because of "
        f"{durations_text(forcing(every))}",
    )


def hint(system: System) -> str:
    """Why the tick of a system is as short as it is, in a sentence; "" for a system without durations."""
    every = durations_of(system.components)
    longest = common_tick(every)
    if system.tick is None or longest is None:
        return ""
    if longest != system.tick:
        return (
            f"The tick is {system.tick}; every duration in its components is a whole number of ticks of {longest}, with "
            "which there would be fewer states."
        )
    force = forcing(every)
    others = common_tick([d for d in every if d not in force])
    instead = "" if others is None else f" Without {'it' if len(force) == 1 else 'them'}, a tick of {others} would do."
    return f"The tick is {system.tick} because of {durations_text(force)}.{instead}"


__all__ = ["durations_of", "durations_text", "forcing", "hint", "with_remedy"]
