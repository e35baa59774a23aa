"""One thing under two names: a trigger and one with a number, a vector and a component left out of it, faults.

Beside `names`, which looks for single letters: here names differ in a way that is a style elsewhere, and that one of the two
stands alone says that it is none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from drcheck.finders.names import SHORTEST, by_name, owned, slip
from drcheck.language.component import TICK, Component
from drcheck.language.remarks import Remark
from drcheck.system.composition import FAULTS
from drcheck.system.system import Event, System

NUMBERED, LEFT_OUT, KINDS = "DR811", "DR812", "DR813"
_NUMBER = re.compile(r"_?\d+\Z")


def numbered(system: System) -> Iterator[Remark]:
    """DR811: a trigger that one component alone has, beside the same name with numbers in others: they never meet.

    A component that has both is no remark, nor is what a vector joins.
    """
    owners: dict[str, list[Component]] = {}
    for component in owned(system):
        for trigger in component.triggers:
            if not component.on_trigger(trigger)[0].internal:
                owners.setdefault(trigger, []).append(component)
    alone = {name for event in system.events if (name := by_name(event)) and len(owners.get(name, ())) == 1}
    joined = [{p.trigger for p in event.participants} for event in system.events]
    for trigger in sorted(alone):
        (owner,) = owners[trigger]
        with_number = [t for t in owners if t != trigger and _NUMBER.sub("", t) == trigger]
        both = any(owner is other for t in with_number for other in owners[t])
        if not with_number or both or any({trigger, t} <= names for t in with_number for names in joined):
            continue
        others = ", ".join(f"{t} of {owners[t][0].name}" for t in with_number)
        yield Remark(
            NUMBERED,
            f"{owner.name}.{trigger}",
            f"no other component has a trigger {trigger}, but there is {others}: they are separate events, and never happen "
            "together",
            owner.on_trigger(trigger)[0].place,
            f"write event(name, {{component: trigger, ...}}) for each of them, or call {trigger} otherwise",
        )


def left_out_of_vector(system: System) -> Iterator[Remark]:
    """DR812: a component that alone is left with a trigger that a vector joins in two or more others, whatever else it joins."""
    of_sites = {f"{site.component.name}_{trigger}" for site in system.sites for trigger in site.shared}
    joined: dict[str, tuple[Event, list[str]]] = {}
    for event in system.events:
        members = [p for p in event.participants if p.component.name != FAULTS]
        for trigger in dict.fromkeys(p.trigger for p in members):
            same = [p.component.name for p in members if p.trigger == trigger]
            if len(same) > 1 and event.name not in of_sites:
                joined.setdefault(trigger, (event, same))
    for event in system.events:
        name = by_name(event)
        own = [p.component for p in event.participants if p.component.name != FAULTS]
        if name is None or name == TICK or len(own) != 1 or name not in joined or joined[name][0] is event:
            continue
        vector, others = joined[name]
        yield Remark(
            LEFT_OUT,
            f"{own[0].name}.{name}",
            f"event {vector.name} joins {name} of {' and '.join(others)}, and not of {own[0].name}, where it is an event of its "
            "own",
            own[0].on_trigger(name)[0].place,
            f"let {own[0].name} take part in the vector, or give the trigger another name",
        )


def kinds_of_faults(system: System) -> Iterator[Remark]:
    """DR813: two kinds of faults whose names differ in one letter, in capitals or in what joins words."""
    events: dict[str, Event] = {}
    for event in system.events:
        if event.fault is not None:
            events.setdefault(event.fault, event)
    for first, second in itertools.combinations(sorted(events), 2):
        a, b = _plain(first), _plain(second)
        if a != b and not slip(a, b, SHORTEST) and not _cut_short(a, b):
            continue
        free = [kind for kind in (first, second) if all(p.component.name != FAULTS for p in events[kind].participants)]
        rare = free[0] if len(free) == 1 else second
        yield Remark(
            KINDS,
            f"{first} / {second}",
            f"two kinds of faults with nearly the same name, that of {events[first].name} and that of {events[second].name}"
            + (f"; no budget limits {rare!r}" if len(free) == 1 else ""),
            events[rare].place,
            "spell them alike, or give one of them another name",
        )


def _cut_short(first: str, second: str) -> bool:
    """Whether one name is the other without its first or last letter. Kinds of faults are not told apart by that."""
    short, long = sorted((first, second), key=len)
    ends = ((long[:-1], long[-1:]), (long[1:], long[:1]))
    return len(short) >= SHORTEST and any(rest == short and letter.isalpha() for rest, letter in ends)


def _plain(kind: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", kind.casefold()))


__all__ = ["kinds_of_faults", "left_out_of_vector", "numbered"]
