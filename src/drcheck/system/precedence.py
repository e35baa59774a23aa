"""Which events hold which others back: urgency and priorities, resolved here for every engine, reduction and export.

An event whose guards hold happens unless it is held back:

1. Time passes only where no urgent event is possible, whatever the priorities of these.
2. An event happens only where none of a higher priority is possible. Time that urgent events hold back is not possible.

An event is possible where its guards hold. That an event of a higher priority may be held back itself, by one of a still higher
priority, makes no difference: that one holds both back.

The oracle does not use this: it decides the same on live machines, and tests hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from drcheck.language.expressions import Expression
from drcheck.system.system import Combined, Event
from drcheck.system.terms import TRUE, conjunction, disjunction, negation

Condition = TypeVar("Condition")
"""What the caller computes with: source text, registers, masks, expressions, truth values, sets of the cells that are read."""


def possible(event: Event) -> Expression:
    """That an event's guards hold, its own and that of an alternative: it happens then, unless others hold it back."""
    shares = event.alternatives.shares if isinstance(event.alternatives, Combined) else [event.alternatives]
    ways = [disjunction([TRUE if way.guard is None else way.guard for way in share]) for share in shares]
    return conjunction([event.guard, *ways])


class Precedence:
    """Which events of a system go before which others, by their positions.

    `urgent`: those that hold time back; none if there is no time. `higher`: for each priority but the highest, the events
    of a higher one.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._priorities = [event.priority for event in events]
        self._time = [number for number, event in enumerate(events) if event.is_tick]
        urgent = tuple(number for number, event in enumerate(events) if event.urgent and not event.is_tick)
        self.urgent = urgent if self._time else ()
        levels = sorted(set(self._priorities))
        self.higher: Mapping[int, tuple[int, ...]] = {
            level: tuple(n for n, priority in enumerate(self._priorities) if priority > level) for level in levels[:-1]
        }

    def __bool__(self) -> bool:
        """Whether some event can hold another back."""
        return bool(self.urgent or self.higher)

    def happens(
        self,
        possible: Sequence[Condition],
        none_of: Callable[[Sequence[Condition]], Condition],
        both: Callable[[Condition, Condition], Condition],
    ) -> Iterator[Condition]:
        """When each event happens, from when it is possible. See `free` for the arguments.

        Each is made when it is requested, so that machine code can use it at once and need not keep it.
        """
        free: list[Condition | None] = self.free(possible, none_of, both)
        for can, may in zip(possible, free, strict=True):
            yield can if may is None else both(can, may)

    def free(
        self,
        possible: Sequence[Condition],
        none_of: Callable[[Sequence[Condition]], Condition],
        both: Callable[[Condition, Condition], Condition],
    ) -> list[Condition | None]:
        """When each event is held back by no other; None if nothing can hold it back.

        `possible[n]`: the guards of event n hold. `none_of` some conditions: that none of them holds. `both`: that two do.
        """
        can = list(possible)
        calm = none_of([can[n] for n in self.urgent]) if self.urgent else None
        if calm is not None:
            for number in self._time:
                can[number] = both(can[number], calm)
        quiet = {level: none_of([can[n] for n in those]) for level, those in self.higher.items()}
        free: list[Condition | None] = [quiet.get(priority) for priority in self._priorities]
        if calm is not None:
            for number in self._time:
                also = free[number]
                free[number] = calm if also is None else both(calm, also)
        return free


def undisturbed(events: Sequence[Event]) -> list[Expression]:
    """For each event, that no other holds it back."""
    free = Precedence(events).free(
        [possible(event) for event in events],
        lambda those: conjunction([negation(one) for one in those]),
        lambda a, b: conjunction([a, b]),
    )
    return [TRUE if condition is None else condition for condition in free]


__all__ = ["Precedence", "possible", "undisturbed"]
