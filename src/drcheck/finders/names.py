"""Names that synchronise by surprise, or fail to.

Triggers of one name are one event of all components that have them. So two components made by one function share every
trigger unless its name holds the component's, and a trigger whose name has a letter too much synchronises with nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from drcheck.errors import Place
from drcheck.language.component import TICK, Component
from drcheck.language.remarks import Remark
from drcheck.language.site import Site
from drcheck.system.composition import FAULTS
from drcheck.system.system import Event, System

SHARED, SITE, ALIKE = "DR802", "DR803", "DR804"
SHORTEST, LONG = 5, 8
"""Words of fewer letters that differ in one are mostly two words: `sent` and `send`; of states and variables, whose names
need not be alike for anything, `waiting` and `writing` too."""


# -- components of one function ---------------------------------------------------------------------------------------
def shared_by_copies(system: System) -> Iterator[Remark]:
    """Components made at one place that share by name every trigger, or what fails or comes from outside, with each other alone.

    What is an event of one component, a vector's or a site's, is not looked at. Where a component has events of its own, only
    shared events of the environment are remarked: others may be meant.
    """
    copies: dict[Place, list[Component]] = {}
    for component in owned(system):
        copies.setdefault(component.place, []).append(component)
    events = {name: event for event in system.events if (name := by_name(event))}
    for place, group in copies.items():
        names = _names(group)
        shared = [t for t in group[0].triggers if t != TICK and t in events and _taking_part(events[t]) == names]
        rest = {t for c in group for t in c.triggers if t in events} - {TICK, *shared}
        if len(group) < 2 or not shared or any(not _taking_part(events[t]) <= names for t in rest):
            continue
        if rest:
            shared = [t for t in shared if events[t].kind == "environment"]
        if shared:
            some = "each of their triggers" if not rest else "triggers"
            yield Remark(
                SHARED,
                " / ".join(c.name for c in group),
                f"they are made by one function and share {some} ({', '.join(shared)}), so what happens "
                "to one happens to all at once",
                place,
                'give the triggers the component\'s name, as in on(f"{name}_fails", ...), or internal=True; '
                "write event(name, {component: trigger, ...}) where they do happen together",
            )


def owned(system: System) -> list[Component]:
    """The components that the model declares: the fault budget is made by the composition."""
    return [component for component in system.components if component.name != FAULTS]


def _names(components: Iterable[Component]) -> set[str]:
    return {component.name for component in components}


def _taking_part(event: Event) -> set[str]:
    return _names(p.component for p in event.participants) - {FAULTS}


def by_name(event: Event) -> str | None:
    """The trigger of an event that is one by its name alone: no vector, no site and no component says so."""
    first = event.participants[0]
    where = first.component.on_trigger(first.trigger)[0].place
    alone = all(p.trigger == event.name and p.required for p in event.participants if p.component.name != FAULTS)
    return event.name if alone and event.place == where else None


# -- sites ------------------------------------------------------------------------------------------------------------
def left_out_of_site(system: System) -> Iterator[Remark]:
    """A trigger that is called like those that a site shares with its members, and that no site shares."""
    for site in system.sites:
        yield from _nearly_shared(site)
    places = [site.component for site in system.sites]
    said = {
        (p.component.name, p.trigger) for event in system.events if by_name(event) is None for p in event.participants
    }
    for component in owned(system) if places else ():
        if any(component is place for place in places):
            continue
        at = [site for site in system.sites if any(component is member for member in site.members)]
        for trigger in component.triggers:
            if (component.name, trigger) not in said and not component.on_trigger(trigger)[0].internal:
                found = (_left_out(site, component, trigger, member=bool(at)) for site in at or system.sites)
                yield from [remark for remark in found if remark is not None][:1]


def _nearly_shared(site: Site) -> Iterator[Remark]:
    """The site's own trigger that is nearly one of those it shares; or that it shares none of what its members have for it."""
    own, name = site.component, site.component.name
    waiting = {
        trigger: [member.name for member in site.members if shared in member.triggers]
        for trigger, shared in site.shared.items()
        if trigger not in own.triggers
    }
    for trigger in own.triggers:
        near = next((t for t in site.shared if slip(trigger, t) and not waiting.get(t)), None)
        if trigger not in site.shared and near is not None:
            yield Remark(
                SITE,
                f"{name}.{trigger}",
                f"{near} is what {name} shares with its members, and {trigger}, which differs in one letter, is not",
                own.on_trigger(trigger)[0].place,
                "spell them alike, or give one of them another name",
            )
    for trigger, members in waiting.items():
        if members:
            shared = site.shared[trigger]
            yield Remark(
                SITE,
                f"{name}.{trigger}",
                f"{' and '.join(members)} {'has' if len(members) == 1 else 'have'} {shared} for it, and {name} has no trigger "
                f"{trigger}: {shared} is a separate event",
                site.place,
                f"give {name} a trigger {trigger}, or write Site(..., shared={{...}}) with the one that it has",
            )


def _left_out(site: Site, component: Component, trigger: str, *, member: bool) -> Remark | None:
    prefixes = {value.removesuffix(key) for key, value in site.shared.items() if value.endswith(key) and value != key}
    place = component.on_trigger(trigger)[0].place
    subject, name = f"{component.name}.{trigger}", site.component.name
    if member and any(trigger.startswith(prefix) for prefix in prefixes) and trigger not in site.shared.values():
        prefix = next(prefix for prefix in prefixes if trigger.startswith(prefix))
        said = ", ".join(f'"{key}": "{value}"' for key, value in site.shared.items())
        more = f'"{trigger.removeprefix(prefix)}": "{trigger}"'
        return Remark(
            SITE,
            subject,
            f"it is called as what {name} shares with its members ({', '.join(site.shared.values())}), but {name} does "
            "not share it",
            place,
            f"write Site(..., shared={{{said}, {more}}}), or another name",
        )
    if not member and trigger in site.shared.values():
        return Remark(
            SITE,
            subject,
            f"{name} shares a trigger of this name with its members, but {component.name} is not at {name}",
            place,
            "list the component among a site's members, or give the trigger another name",
        )
    return None


# -- one letter -------------------------------------------------------------------------------------------------------
def one_letter_apart(system: System) -> Iterator[Remark]:
    """Names of triggers, states and variables of different components that differ in one letter of a word."""
    components = owned(system)
    named = {name for event in system.events if (name := by_name(event))}
    triggers = _table((t, c) for c in components for t in c.triggers if not c.on_trigger(t)[0].internal)
    joined = [{p.trigger for p in event.participants} for event in system.events]
    for first, second in _apart(triggers, components, SHORTEST):
        lonely = min(len(triggers[first]), len(triggers[second])) == 1
        if lonely and {first, second} & named and not any({first, second} <= names for names in joined):
            yield _alike("triggers", first, second, triggers)
    for what, table in (
        ("states", _table((s, c) for c in components for s in c.states)),
        ("variables", _table((v.name, c) for c in components for v in c.variables)),
    ):
        for first, second in _apart(table, components, LONG):
            if not _several(first, second):
                yield _alike(what, first, second, table)


def _several(first: str, second: str) -> bool:
    """Whether two names differ only in that a word of one says one and a word of the other several."""
    return any(f"{a}s" == b or a == f"{b}s" for a, b in zip(first.split("_"), second.split("_"), strict=False))


def _table(pairs: Iterable[tuple[str, Component]]) -> dict[str, list[Component]]:
    found: dict[str, list[Component]] = {}
    for name, component in pairs:
        found.setdefault(name, []).append(component)
    return found


def _alike(what: str, first: str, second: str, table: Mapping[str, list[Component]]) -> Remark:
    rare, common = sorted((first, second), key=lambda name: len(table[name]))
    owners = [_owners(table[name]) for name in (rare, common)]
    place = table[rare][0].place
    if what == "triggers":
        place = table[rare][0].on_trigger(rare)[0].place
    happens = ": they are two events" if what == "triggers" else ""
    return Remark(
        ALIKE,
        " / ".join(sorted((first, second))),
        f"two {what} whose names differ in one letter, {rare} of {owners[0]} and {common} of {owners[1]}{happens}",
        place,
        "spell them alike, or give one of them another name",
    )


def _owners(components: list[Component]) -> str:
    some = " and ".join(component.name for component in components[:2])
    return some if len(components) <= 2 else f"{some} and {len(components) - 2} more"


def _apart(
    table: Mapping[str, list[Component]], components: Iterable[Component], shortest: int
) -> Iterator[tuple[str, str]]:
    """Pairs of names, of different components, that differ in one slip of the pen."""
    own = _names(components)
    buckets: dict[str, set[str]] = {}
    for name in table:  # names with a letter left out in common are the only ones that can be a letter apart
        for shape in {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}:
            buckets.setdefault(shape, set()).add(name)
    pairs = {pair for names in buckets.values() for pair in itertools.combinations(sorted(names), 2)}
    for first, second in sorted(pairs):
        both = any(a is b for a in table[first] for b in table[second])
        joined = first.replace("_", "") == second.replace("_", "")  # `failover`, `fail_over`
        if not both and (joined or slip(first, second, shortest)) and not _said_by_name(first, second, own):
            yield first, second


def _said_by_name(first: str, second: str, components: set[str]) -> bool:
    """Whether the names differ where each holds the name of a component."""
    return any(
        first.replace(a, "*") == second.replace(b, "*")
        for a in components
        if a in first
        for b in components
        if b in second and a != b
    )


def slip(first: str, second: str, shortest: int = SHORTEST) -> bool:
    """Whether two names differ by one slip inside a word: a letter too much, too few, wrong, or two in the wrong order.

    Words that differ in their first letter are two words (`mount`, `umount`), and so are short ones. A digit, a capital
    or the last letter of a word (`host_a`, `hosta`) distinguishes things of one kind; but one and several are a slip.
    """
    words = [name.split("_") for name in (first, second)]
    if len(words[0]) != len(words[1]):
        return False
    different = [(a, b) for a, b in zip(*words, strict=True) if a != b]
    if len(different) != 1:
        return False
    short: str
    long: str
    short, long = sorted(different[0], key=len)
    if long == f"{short}s":
        return len(short) > 2
    if len(short) < shortest or short[0] != long[0] or long[:-1] == short:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) + 1 == len(long):
        return long[at].islower() and short[at:] == long[at + 1 :]
    if len(short) != len(long):
        return False
    if at == len(short) - 1 or not (short[at] + long[at]).islower():
        return False
    swapped = short[:at] + short[at + 1] + short[at] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long


__all__ = ["SHORTEST", "by_name", "left_out_of_site", "one_letter_apart", "owned", "shared_by_copies", "slip"]
