"""Composition: components become one frozen System.

* A trigger that several components have is a *rendezvous*: one event in which all of them take part, and which can
  happen only when each of them can. By name is the default; `event(...)` writes an explicit synchronisation vector.
* Everything else *interleaves*: one event at a time. A *passive* trigger never happens alone: it takes part in the events of
others, and is no event if no other component triggers it. * `tick` lets time pass for all timed components. A component in a
state without tick transitions lets time pass; in a
  state with tick transitions, one of them must be enabled (so a guard on tick is a deadline).
* A `Site` groups components: its failure takes all of them down in one event.
* A fault budget says how many faults of each kind the environment may still inject.

Validation is complete: what `compose` returns can be explored, and anything malformed raises a coded error that gives the
place, what is available and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.component import TICK, Component, On, on
from drcheck.language.displays import refuse_repeated
from drcheck.language.durations import Duration
from drcheck.language.expressions import ENUMERATION, LIMIT
from drcheck.language.flows import Flow
from drcheck.language.handed_over import handed_over, refuse_changed
from drcheck.language.ordered import refuse_unordered
from drcheck.language.references import references_in
from drcheck.language.remarks import Silencing, silencings
from drcheck.language.rendezvous import Rendezvous, event
from drcheck.language.reserved import refuse_hidden
from drcheck.language.site import Site
from drcheck.language.starting_values import MOST_INITIAL
from drcheck.language.transition import check_text
from drcheck.language.variables import Counter, Variable, check_name
from drcheck.system.choices import check_choices
from drcheck.system.lowering import lower_event
from drcheck.system.naming import names_of
from drcheck.system.system import Cell, Domain, Event, Participant, State, System
from drcheck.system.tick_length import with_remedy
from drcheck.system.ways import check_flows

FAULTS = "faults"
"""The name of the component that holds the fault budget."""
_ATTRIBUTES = ("kind", "urgent", "priority", "fault", "rate")


@dataclass
class _Draft:
    """An event under construction."""

    name: str
    participants: list[Participant]
    attributes: dict[str, Any]
    doc: str
    place: Place | None


def compose(
    name: str,
    components: Iterable[Component],
    *,
    events: Sequence[Rendezvous] = (),
    sites: Sequence[Site] = (),
    faults: Mapping[str, int] = ABSENT,
    tick: Duration | None = None,
    properties: Sequence[Any] = (),
    objectives: Sequence[Any] = (),
    notices: Sequence[Any] = (),
    flows: Sequence[Flow] = (),
    parts: Mapping[str, Any] | None = None,
    silenced: Sequence[Silencing] = (),
    title: str = "",
    doc: str = "",
) -> System:
    """Compose components into one frozen System.

    `faults` is the fault budget: kind of fault to how many the environment may inject (kinds that it does not name are
    unlimited). `tick` is the length of one tick, by which durations become numbers. `properties` must hold. `objectives` are
    disruptions and what is stated for them, `notices` what people see of faults, `flows` the ways of data. `parts` names
    further objects that properties refer to (`system.<name>`). `silenced` are remarks on what is intended, each with a
    reason (`silence(...)`).

    Raises ModelError with one of the codes DR102 to DR117, DR150 to DR152, DR154 to DR156, or DR800.
    """
    place = caller()
    check_name(name, "system", place)
    given = {"components": components, "events": events, "sites": sites, "faults": faults, "parts": parts}
    handed = handed_over(place, f"system {name}", **given, properties=properties, silenced=silenced)
    refuse_none(f"system {name}: faults", faults, "faults={}", place)
    faults = {} if faults is ABSENT else faults
    several = {"properties": properties, "objectives": objectives, "notices": notices, "flows": flows}
    _check_arguments(name, place, components, events, sites, faults, tick, several, parts)
    for text in (title, doc):
        check_text(text, f"system {name}", place)
    members, events, sites = list(components), tuple(events), tuple(sites)  # generators are read once
    _check_components(name, members, place)
    refuse_repeated(_files(members, (*events, *sites), place))
    for part in (*members, *events, *sites):
        if isinstance(part, (Component, Rendezvous, Site)):
            refuse_changed(part.lists_given)
    _check_parts(name, members, dict(parts or {}), place)
    drafts = _drafts(members, events, sites, place)
    check_choices(name, ((draft.name, draft.participants) for draft in drafts))
    budget = _fault_budget(drafts, dict(faults), place)
    if budget is not None:
        members.append(budget)
    try:
        cells, starts, cell_of, control_of = _cells(members, tick, name)
    except ModelError as error:
        raise _explained(error, members, tick) from None
    shell = System(
        name=name,
        cells=cells,
        initial=starts[0],
        further_initial=starts[1:],
        events=(),
        components=tuple(members),
        sites=tuple(sites),
        tick=tick,
        title=title or name.replace("_", " "),
        doc=doc,
        parts=dict(parts or {}),
        properties=tuple(properties),
        objectives=tuple(objectives),
        notices=tuple(notices),
        flows=tuple(flows),
        silenced=silencings(name, silenced, place),
        lists_given=handed,
        cell_of=cell_of,
        control_of=control_of,
    )
    _check_references(shell)
    names_of(shell)  # refuses names that stand for two things
    try:
        system = replace(shell, events=tuple(_lowered(shell, draft) for draft in drafts))
    except ModelError as error:
        raise _explained(error, members, tick) from None
    except RecursionError:
        raise ModelError(
            "DR121",
            f"system {name}: some trigger has too many transitions, or an update is nested too deeply",
            place=place,
            remedy="spread the transitions over several triggers",
        ) from None
    check_flows(system)
    return system


def _files(members: list[Component], others: Iterable[object], place: Place) -> list[str]:
    """The files that a composition and its parts are written in, each once."""
    places = [place, *(c.place for c in members), *(t.place for c in members for t in c.transitions)]
    places += [found for other in others if isinstance(found := getattr(other, "place", None), Place)]
    return list(dict.fromkeys(each.file for each in places))


def _explained(error: ModelError, members: list[Component], tick: Duration | None) -> ModelError:
    """An error of the composition; where a duration does not fit the tick, with what would fit all of them."""
    return with_remedy(error, members) if error.code == "DR117" and tick is not None else error


def _check_arguments(
    name: str,
    place: Place,
    components: object,
    events: object,
    sites: object,
    faults: object,
    tick: object,
    stated: Mapping[str, object],
    parts: object,
) -> None:
    """Refuse arguments of compose that are of the wrong type altogether."""
    for what, code, items in (
        ("components", "DR115", components),
        ("events", "DR113", events),
        ("sites", "DR115", sites),
        *((what, "DR115", items) for what, items in stated.items()),
    ):
        refuse_unordered(items, f"system {name}: {what}", place)
        if isinstance(items, str) or not isinstance(items, Iterable):
            raise ModelError(code, f"system {name}: {what} must be a list, not {shown(items)}", place=place)
    for what, mapping in (("faults", faults), ("parts", parts)):
        if mapping is not None and not (
            isinstance(mapping, Mapping) and all(isinstance(key, str) and key for key in mapping)
        ):
            raise ModelError("DR115", f"system {name}: {what} must map names, not be {shown(mapping)}", place=place)
    if tick is not None and (not isinstance(tick, Duration) or tick.in_seconds == 0):
        given = str(tick) if isinstance(tick, Duration) else shown(tick)
        raise ModelError(
            "DR117",
            f"system {name}: the tick length must be a duration above zero, not {given}",
            place=place,
            remedy="give compose(..., tick=hours(1))",
        )


def _check_components(name: str, members: list[Component], place: Place) -> None:
    if not members:
        raise ModelError("DR113", f"system {name} has no component", place=place)
    seen: dict[str, Component] = {}
    for component in members:
        if not isinstance(component, Component):
            raise ModelError("DR115", f"system {name}: {shown(component)} is not a component", place=place)
        if component.name in seen:
            raise ModelError(
                "DR105",
                f"two components of system {name} are called {shown(component.name)}",
                place=component.place,
                remedy="give each component a different name",
            )
        if component.name == FAULTS:
            raise ModelError(
                "DR105",
                f"{shown(FAULTS)} is the name of the fault budget",
                place=component.place,
                remedy="give the component another name",
            )
        seen[component.name] = component


def _check_references(system: System) -> None:
    """Refuse references to what the system does not have, in transitions that are part of no event too."""
    for component in system.components:
        for transition in component.transitions:
            for part in transition.parts():
                for reference in references_in(part):
                    system.settled(reference)


def _check_parts(name: str, members: list[Component], parts: dict[str, Any], place: Place) -> None:
    """Refuse components and parts that `system.name` would not read."""
    refuse_hidden(System, f"a component of system {name}", {member.name: member.place for member in members})
    refuse_hidden(System, f"a part of system {name}", dict.fromkeys(parts, place))
    for member in members:
        if member.name in parts and parts[member.name] is not member:
            raise ModelError(
                "DR105",
                f"system {name}: {member.name} names a component and another part",
                place=place,
                remedy="give the part another name",
            )


def _drafts(
    members: list[Component], events: Sequence[Rendezvous], sites: Sequence[Site], place: Place
) -> list[_Draft]:
    """All events in canonical order: vectors as written, site events, then by name as they first occur, tick last."""
    drafts: list[_Draft] = []
    taken: set[tuple[str, str]] = set()

    def join(component: Component, trigger: str, required: bool, where: Place | None, event_name: str) -> Participant:
        if not any(component is member for member in members):
            raise ModelError(
                "DR115",
                f"event {event_name} names {shown(component)}, which is not in the composition",
                place=where,
                available=[m.name for m in members],
            )
        if trigger not in component.triggers:
            raise ModelError(
                "DR113",
                f"event {event_name}: component {component.name} has no trigger {shown(trigger)}",
                place=where,
                available=component.triggers,
                asked=trigger,
            )
        taken.add((component.name, trigger))
        return Participant(component, trigger, required)

    later: list[Rendezvous] = []
    for item in events:
        if not isinstance(item, Rendezvous):
            raise ModelError("DR113", f"{shown(item)} is not an event", place=place, remedy="write event(...)")
        if not item.participants:
            later.append(item)
            continue
        joined = [join(c, t, True, item.place, item.name) for c, t in item.participants]
        joined += [join(c, t, False, item.place, item.name) for c, t in item.optional]
        drafts.append(_Draft(item.name, joined, dict(item.attributes), item.doc, item.place))
    for site in sites:
        if not isinstance(site, Site):
            raise ModelError("DR115", f"{shown(site)} is not a site", place=place, remedy="write Site(...)")
        for part in (site.component, *site.members):
            if not any(part is member for member in members):
                raise ModelError(
                    "DR115",
                    f"site {site.component.name} names {shown(part)}, which is not in the composition",
                    place=site.place,
                    available=[m.name for m in members],
                )
        drafts += _site_events(site, join)
    drafts += _by_name(members, taken)
    for item in later:
        _attach(item, drafts)
    names: set[str] = set()
    for draft in drafts:
        if draft.name in names:
            raise ModelError(
                "DR105",
                f"two events are called {shown(draft.name)}",
                place=draft.place,
                remedy="give one of them another name",
            )
        names.add(draft.name)
    return sorted(drafts, key=lambda d: d.name == TICK)


def _site_events(site: Site, join: Any) -> list[_Draft]:
    result = []
    for trigger, shared in site.shared.items():
        if trigger not in site.component.triggers:
            if site.shared == {"fails": "site_fails"}:
                continue  # a site that only groups components
            raise ModelError(
                "DR113",
                f"site {site.component.name} has no trigger {shown(trigger)}",
                place=site.place,
                available=site.component.triggers,
                asked=trigger,
            )
        event_name = f"{site.component.name}_{trigger}"
        participants = [join(site.component, trigger, True, site.component.place, event_name)]
        for member in site.members:
            if shared not in member.triggers:
                raise ModelError(
                    "DR116",
                    f"component {member.name} is at {site.component.name} but has no transition on {shown(shared)}",
                    place=member.place,
                    available=member.triggers,
                    remedy=f'add on("{shared}", ...): what happens to it when the site is hit',
                )
            participants.append(join(member, shared, False, member.place, event_name))
        result.append(_Draft(event_name, participants, {}, "", site.component.place))
    return result


def _by_name(members: list[Component], taken: set[tuple[str, str]]) -> list[_Draft]:
    groups: dict[str, list[Participant]] = {}
    for component in members:
        for trigger in component.triggers:
            if (component.name, trigger) in taken:
                continue
            internal = {t.internal for t in component.on_trigger(trigger)}
            if len(internal) > 1:
                raise ModelError(
                    "DR114",
                    f"{component.name}.{trigger} is internal in one transition and not in another",
                    place=component.on_trigger(trigger)[0].place,
                )
            passive = [t for t in component.on_trigger(trigger) if t.passive]
            if passive and len(passive) < len(component.on_trigger(trigger)):
                raise ModelError(
                    "DR114",
                    f"{component.name}.{trigger} is passive in one transition and not in another",
                    place=passive[0].place,
                    remedy="give what it does alone a separate trigger; event(...) joins triggers of different names",
                )
            event_name = f"{component.name}.{trigger}" if internal == {True} else trigger
            participant = Participant(component, trigger, True, only_where_defined=trigger == TICK)
            groups.setdefault(event_name, []).append(participant)
    return [
        _Draft(name, group, {}, "", group[0].component.on_trigger(group[0].trigger)[0].place)
        for name, group in groups.items()
        # A passive trigger joins an event by name but is not one alone.
        if any(not t.passive for p in group for t in p.component.on_trigger(p.trigger))
    ]


def _attach(item: Rendezvous, drafts: list[_Draft]) -> None:
    """Attributes declared for an event that exists by name."""
    for draft in drafts:
        if draft.name == item.name:
            said = {k: v for k, v in item.attributes.items() if v is not None}
            for name, value in said.items():
                if draft.attributes.get(name, value) not in (None, value):
                    raise ModelError(
                        "DR114",
                        f"event {item.name} is declared twice, with {name}={shown(draft.attributes[name])} and "
                        f"{name}={shown(value)}",
                        place=item.place,
                        remedy="keep one of the two",
                    )
            draft.attributes.update(said)
            draft.doc = item.doc or draft.doc
            return
    raise ModelError(
        "DR113",
        f"event {item.name} has no participant: no component has a trigger of this name",
        place=item.place,
        available=[d.name for d in drafts],
        asked=item.name,
    )


def _attributes(draft: _Draft) -> dict[str, Any]:
    """The attributes of an event: what the composition says, else what its participants agree on."""
    result: dict[str, Any] = {}
    for attribute in _ATTRIBUTES:
        declared = draft.attributes.get(attribute)
        if declared is not None:
            result[attribute] = declared
            continue
        said: dict[Any, On] = {}
        for participant in draft.participants:
            for transition in participant.component.on_trigger(participant.trigger):
                value = getattr(transition, attribute)
                if value is not None:
                    said.setdefault(value, transition)
        if len(said) > 1:
            raise ModelError(
                "DR114",
                f"the participants of event {draft.name} disagree on its {attribute}: "
                + ", ".join(f"{shown(value)} ({t.place})" for value, t in said.items()),
                place=draft.place,
                remedy=f"declare event({shown(draft.name)}, {attribute}=...) in the composition",
            )
        if said:
            result[attribute] = next(iter(said))
    return result


def _fault_budget(drafts: list[_Draft], faults: dict[str, int], place: Place) -> Component | None:
    """The component that counts down the faults of each kind, and takes part in the events that inject them."""
    used: dict[str, list[_Draft]] = {}
    for draft in drafts:
        kind = _attributes(draft).get("fault")
        if kind is not None:
            used.setdefault(kind, []).append(draft)
    for kind, number in faults.items():
        if kind not in used:
            raise ModelError(
                "DR115", f"no event injects a fault of kind {shown(kind)}", place=place, available=used, asked=kind
            )
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise ModelError(
                "DR107", f"the budget for {shown(kind)} must be a whole number, not {shown(number)}", place=place
            )
    if not faults:
        return None
    identifiers = {kind: _identifier(kind) for kind in faults}
    for identifier in identifiers.values():
        alike = [repr(kind) for kind in faults if identifiers[kind] == identifier]
        if len(alike) > 1:
            raise ModelError(
                "DR105",
                f"the fault budgets of {' and '.join(alike)} would have one name",
                place=place,
                remedy="let the kinds differ in letters or digits",
            )
    counters = {kind: Counter(f"{_identifier(kind)}_left", cap=n, start=n) for kind, n in faults.items()}
    budget = Component(
        FAULTS,
        states=["budget"],
        variables=counters.values(),
        transitions=[
            on(f"inject_{_identifier(kind)}", "budget", when=left > 0, then={left: left - 1})
            for kind, left in counters.items()
        ],
        doc="How many faults of each kind the environment may still inject.",
    )
    for kind in faults:
        for draft in used[kind]:
            draft.participants.append(Participant(budget, f"inject_{_identifier(kind)}"))
    return budget


def budgets(system: System) -> dict[str, Variable]:
    """The counter of the faults that are left of each kind that has a budget, by the kind."""
    kinds = dict.fromkeys(event.fault for event in system.events if event.fault is not None)
    counters = {v.name: v for c in system.components if c.name == FAULTS for v in c.variables}
    found = {kind: counters.get(f"{_identifier(kind)}_left") for kind in kinds}
    return {kind: counter for kind, counter in found.items() if counter is not None}


def _identifier(text: str) -> str:
    identifier = "".join(c if c.isascii() and c.isalnum() else "_" for c in text)
    return f"_{identifier}" if identifier[0].isdigit() else identifier


def _domain(variable: Variable, tick: Duration | None, system: str) -> tuple[Domain, tuple[int, ...]]:
    """The domain of a variable, and the values that it may start with, ascending."""
    high = variable.high
    if isinstance(high, Duration):
        if tick is None:
            raise ModelError(
                "DR117",
                f"{variable.label} is capped at {high}, but system {system} has no tick length",
                place=variable.place,
                remedy="give compose(..., tick=hours(1))",
            )
        high = high.ticks(tick)
        if high > LIMIT:
            raise ModelError("DR111", f"{variable.label} is capped at {variable.high}", place=variable.place)
    domain = Domain(variable.kind, variable.low, high, variable.labels)
    starts = tuple(domain.encode(value) for value in variable.starts)
    for start in starts:
        if not domain.low <= start <= domain.high:
            raise ModelError(
                "DR107",
                f"{variable.label} starts at {start}, outside {domain.low}..{domain.high}",
                place=variable.place,
            )
    return domain, starts


def _cells(
    members: list[Component], tick: Duration | None, name: str
) -> tuple[tuple[Cell, ...], tuple[State, ...], dict[Variable, int], dict[str, int]]:
    """The cells, the initial states, and where the variables and the states of components are."""
    cells: list[Cell] = []
    starts: list[tuple[int, ...]] = []
    cell_of: dict[Variable, int] = {}
    control_of: dict[str, int] = {}
    for component in members:
        states = Domain(ENUMERATION, 0, len(component.states) - 1, component.states)
        control_of[component.name] = len(cells)
        cells.append(Cell(len(cells), component.name, states, component.name))
        starts.append(tuple(component.states.index(state) for state in component.initial_states))
        for variable in component.variables:
            domain, values = _domain(variable, tick, name)
            cell_of[variable] = len(cells)
            cells.append(Cell(len(cells), variable.label, domain, component.name))
            starts.append(values)
    most = prod(map(len, starts))
    if most > MOST_INITIAL:
        several = [f"{len(values):,} of {cell.name}" for cell, values in zip(cells, starts, strict=True) if values[1:]]
        raise ModelError(
            "DR154",
            f"system {name} would have {most:,} initial states, of {MOST_INITIAL:,} at most: {', '.join(several)}",
            place=members[0].place,
            remedy="let fewer variables and components start in several ways, or in fewer",
        )
    return tuple(cells), tuple(product(*starts)), cell_of, control_of


def _lowered(shell: System, draft: _Draft) -> Event:
    attributes = _attributes(draft)
    guard, alternatives = lower_event(shell, draft.participants)
    is_tick = draft.name == TICK
    doc = draft.doc or next((t.doc for p in draft.participants for t in p.component.on_trigger(p.trigger) if t.doc), "")
    return Event(
        name=draft.name,
        guard=guard,
        alternatives=alternatives,
        kind="time" if is_tick else attributes.get("kind") or "automatic",
        urgent=bool(attributes.get("urgent")),
        priority=attributes.get("priority") or 0,
        fault=attributes.get("fault"),
        rate=attributes.get("rate"),
        participants=tuple(draft.participants),
        doc=doc,
        place=draft.place,
    )


__all__ = ["FAULTS", "Rendezvous", "Site", "compose", "event"]
