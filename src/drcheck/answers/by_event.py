"""Uses of single events instead of kinds of faults, where one search does not answer for all of them: a search for each.

The other events of the kind are impossible there, and the counter of the kind says how often the event may happen. That is so
where these events hold no other back (see `single_faults.can_be_left_out`): what is left are the executions in which they do not
happen. Two different events of one kind share its counter, which does not say which of them happened twice. So a search first
asks whether one can, as a step is left out once in a procedure, say; where one can, the two are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drcheck.answers.combinations import Uses, uses_of, with_uses
from drcheck.answers.single_faults import can_be_left_out, impossible
from drcheck.language.happening import Times
from drcheck.logic.kinds import Property
from drcheck.logic.properties import never
from drcheck.system.system import System

SHARED = "by event, two different events of one kind are not told apart where one of them may happen twice"
"""Why a combination is not decided."""
HINDERING = "by event it is not asked: faults go before other events, so that none of them can be left out"
"""Why a promise is not decided."""


def events_of(system: System, kinds: Mapping[str, int]) -> dict[str, str]:
    """The events of some kinds of faults of which there may be one, with the kind of each."""
    return {event.name: event.fault for event in system.events if event.fault is not None and kinds.get(event.fault)}


def can_be_asked(system: System, kinds: Mapping[str, int]) -> bool:
    """Whether the events of some kinds of faults can be left out one by one."""
    return can_be_left_out(system, events_of(system, kinds))


def uses_of_events(system: System, left: Mapping[str, int], most: int) -> Iterator[Uses]:
    """All uses of single events, up to as many as there are `left` of their kind and `most` in all, the fewest first."""
    kinds = events_of(system, left)
    for uses in uses_of({name: min(left[kind], most) for name, kind in kinds.items()}, most):
        total = dict.fromkeys(left, 0)
        for name, n in uses:
            total[kinds[name]] += n
        if all(n <= left[kind] for kind, n in total.items()):
            yield uses


def shared(system: System, uses: Uses) -> list[Property]:
    """What must hold with some uses so that no event happens more often: of those that share the counter of a kind."""
    kinds = [system.event(name).fault for name, _ in uses]
    return [
        never(Times(name, n + 1), name=f"{name} no more often")
        for (name, n), kind in zip(uses, kinds, strict=True)
        if kinds.count(kind) > 1
    ]


def with_events(system: System, uses: Uses, nothing: Mapping[str, int]) -> System:
    """The system in which, of the kinds in `nothing`, these events happen alone; no more often, where `shared` holds."""
    chosen, kinds = dict(uses), dict[str, int]()
    for name, n in uses:
        kind = str(system.event(name).fault)
        kinds[kind] = kinds.get(kind, 0) + n
    others = [e.name for e in system.events if e.fault in kinds and e.name not in chosen]
    limited = with_uses(system, {**nothing, **kinds})
    return impossible(limited, others) if others else limited


__all__ = ["HINDERING", "SHARED", "can_be_asked", "events_of", "shared", "uses_of_events", "with_events"]
