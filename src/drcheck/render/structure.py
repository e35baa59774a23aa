"""From a system to the picture of its architecture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from drcheck.language.component import Component
from drcheck.render.document import (
    ArchitectureDiagram,
    Cluster,
    Hub,
    Node,
    Occurrence,
    Reads,
    SharedEvents,
    Way,
    WayLeg,
)
from drcheck.render.machine import foreign_reads
from drcheck.system.composition import FAULTS
from drcheck.system.system import Event, System
from drcheck.system.ways import legs

HUB = 4
"""An event with at least this many participants is drawn as a point to which they are joined."""


def architecture(system: System, beside: Iterable[System] = ()) -> ArchitectureDiagram:
    """The components of a system at their sites, with the events that they share and what they read of each other.

    Left out, because they concern everything alike: `tick`, the fault budget, and the events that hit a whole site
    (these are reported with the site). What two components both share and read is kept in both lists. `beside`: the same
    design with other faults, looked at as long as a leg of a flow is not modelled: one that some of them have is modelled.
    """
    components = [c for c in system.components if c.name != FAULTS]
    position = {c.name: n for n, c in enumerate(components)}
    site_events = {f"{s.component.name}_{t}": s.component.name for s in system.sites for t in s.shared}
    pairs: dict[tuple[str, str], list[Event]] = {}
    hubs: list[Hub] = []
    for event in system.events:
        if event.is_tick or event.name in site_events:
            continue
        names = sorted({p.component.name for p in event.participants} & set(position), key=position.__getitem__)
        if len(names) >= HUB:
            hubs.append(Hub(event.name, tuple(names), event.kind))
            continue
        for n, first in enumerate(names):
            for second in names[n + 1 :]:
                pairs.setdefault((first, second), []).append(event)
    present = {e.name for e in system.events}
    return ArchitectureDiagram(
        system=system.name,
        title=system.title,
        clusters=tuple(
            Cluster(
                site.component.name,
                tuple(n.name for n in components if system.site_of(n) == site.component.name),
                tuple(name for name, of in site_events.items() if of == site.component.name and name in present),
                site.component.doc,
            )
            for site in system.sites
        ),
        nodes=tuple(_node(system, component) for component in components),
        shared=tuple(
            SharedEvents(a, b, tuple(e.name for e in events), _class(events), len({e.kind for e in events}) > 1)
            for (a, b), events in pairs.items()
        ),
        hubs=tuple(hubs),
        reads=tuple(_reads(components)),
        doc=system.doc,
        ways=tuple(_ways(system, beside)),
        occurrences=tuple(_occurrences(system, site_events.keys())) if system.flows else (),
        budget=tuple(_budget(system)) if system.flows else (),
    )


def _ways(system: System, beside: Iterable[System]) -> Iterator[Way]:
    """The flows with their legs, each modelled where some of the systems has it."""
    of_each = [(flow, legs(system, flow)) for flow in system.flows]
    only_stated = {(leg.first, leg.second) for _, found in of_each for leg in found if not leg.modelled}
    for other in beside if only_stated else ():
        only_stated -= {(leg.first, leg.second) for flow in other.flows for leg in legs(other, flow) if leg.modelled}
        if not only_stated:
            break
    for flow, found in of_each:
        ends = ((leg.first, leg.second) for leg in found)
        yield Way(flow.what, tuple(WayLeg(*pair, pair not in only_stated) for pair in ends), flow.source)


def _occurrences(system: System, apart: Collection[str]) -> Iterator[Occurrence]:
    """The events that two components or more take part in, but for the passing of time and those that hit a whole site."""
    for event in system.events:
        here = [p for p in event.participants if p.component.name != FAULTS]
        if len(here) > 1 and not event.is_tick and event.name not in apart:
            needed = tuple(p.component.name for p in here if p.required)
            yield Occurrence(event.name, event.kind, needed, tuple(p.component.name for p in here if not p.required))


def _budget(system: System) -> Iterator[str]:
    """How many faults of each kind there may be, in words."""
    for component in system.components:
        if component.name == FAULTS:
            for variable in component.variables:
                yield f"{variable.start} {variable.name.removesuffix('_left').replace('_', ' ')}"


def _node(system: System, component: Component) -> Node:
    if any(component is site.component for site in system.sites):
        kind = "site"
    else:
        classes = {
            e.kind
            for e in system.events
            if not e.is_tick
            for p in e.participants
            if p.component is component and p.required
        }
        kind = "operator" if classes == {"operator"} else "component"
    return Node(
        component.name, kind, system.site_of(component), component.doc, len(component.states), len(component.variables)
    )


def _class(events: Sequence[Event]) -> str:
    kinds = {event.kind for event in events}
    return kinds.pop() if len(kinds) == 1 else "automatic"


def _reads(components: Iterable[Component]) -> list[Reads]:
    members = list(components)
    result = []
    for reader in members:
        by_owner: dict[str, list[str]] = {}
        for owner, name in foreign_reads(reader).values():
            if name not in by_owner.setdefault(owner, []):
                by_owner[owner].append(name)
        known = [m.name for m in members if m.name in by_owner]
        result += [Reads(reader.name, owner, tuple(by_owner[owner])) for owner in known]
    return result


__all__ = ["HUB", "architecture"]
