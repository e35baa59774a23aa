"""Finders of remarks: one function for each code, registered in one of the tables here.

| remarks about | module |
|---|---|
| names that synchronise by surprise, or fail to | `names` |
| one thing under two names: numbered triggers, vectors that leave one out, kinds of faults | `apart` |
| variables that nothing reads, comparisons that a cap makes constant | `variables` |
| fairness assumptions, and urgent events that hold time back | `fairness` |
| parameters that change nothing | `parameters` |
| unlike units put together | `units` |
| guards that Python decided | `guards` |
| what nothing fires: passive triggers, time | `brought_about` |
| silencings that silence nothing | here |

`designs` collects the remarks on a whole design.

To add one: register its code in `errors.REMARKS`, write a finder in a module here, add a line to `FINDERS`, or to `STATED`
if it needs the properties, and a row to docs/remarks.md. A finder looks at the composition alone and explores nothing, in a
time that is small beside that of composing. What it remarks must be worth a change in most models: a remark that is noise
makes people read none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from drcheck.finders import apart, brought_about, fairness, guards, names, units, variables
from drcheck.language.remarks import Remark, Silencing
from drcheck.logic.kinds import Property
from drcheck.logic.observing import by_observers
from drcheck.system.system import System, composed

Stated: TypeAlias = Sequence[tuple[System, Sequence[Property]]]
"""Systems of one design, that with the requested parameters first, each with the properties that are stated for it."""

FINDERS: Mapping[str, Callable[[System], Iterable[Remark]]] = {
    "DR802": names.shared_by_copies,
    "DR803": names.left_out_of_site,
    "DR804": names.one_letter_apart,
    "DR810": fairness.endless,
    "DR811": apart.numbered,
    "DR812": apart.left_out_of_vector,
    "DR813": apart.kinds_of_faults,
    "DR830": guards.decided,
    "DR840": brought_about.passive_alone,
    "DR841": brought_about.no_time,
}
"""The finders of remarks about systems, by code. A finder gives only remarks of its code."""

STATED: Mapping[str, Callable[[Stated], Iterable[Remark]]] = {
    "DR807": variables.beyond_cap,
    "DR808": fairness.names_both,
    "DR820": units.mixed,
}
"""The finders of remarks about systems and some of the properties stated for them, by code."""

WHOLE: Mapping[str, Callable[[Iterable[tuple[System, Sequence[Property]]]], Iterable[Remark]]] = {
    "DR805": variables.unread,
}
"""Those that need every property of the design, by code."""

VAIN = "DR801"


def remarks_of(system: System, *, usual: bool = True) -> tuple[Remark, ...]:
    """The remarks on a system that are not silenced in it, in the order of their codes; last, silencings in vain.

    The properties that the system carries are examined too. `usual`: see `remarks_on`.
    """
    carried = [item for item in system.properties if isinstance(item, Property)]
    stated = [(group.system, group.properties) for group in by_observers(system, carried)] or [(system, ())]
    return remarks_on(stated, whole=bool(carried) and len(carried) == len(system.properties), usual=usual)


def remarks_on(
    stated: Stated, *, whole: bool, more: Sequence[Remark] = (), looked_for: Iterable[str] = (), usual: bool = True
) -> tuple[Remark, ...]:
    """The remarks on the systems of one design that are not silenced in them, in the order of their codes.

    `whole`: whether all properties of the design are there. `more`: remarks that were found elsewhere, with the codes that
    were `looked_for` there. `usual`: whether the parameters are the design's own, so that silencings must silence something.
    """
    stated = [(system, [item.in_system(system) for item in properties]) for system, properties in stated]
    plain = [composed(system) for system, _ in stated]
    systems = list({_outline(system): system for system in reversed(plain)}.values())[::-1]
    found = [remark for code in FINDERS for system in systems for remark in FINDERS[code](system)]
    found += [remark for code in STATED for remark in STATED[code](stated)]
    found += [remark for code in WHOLE for remark in WHOLE[code](stated)] if whole else []
    found += more
    silenced = list({(s.code, s.subject): s for system, _ in stated for s in system.silenced}.values())
    kept = sorted(unsilenced(found, silenced), key=lambda remark: remark.code)
    sought = {*FINDERS, *((*STATED, *WHOLE) if whole else ()), *looked_for}
    return (*kept, *(vain(found, [s for s in silenced if s.code in sought]) if usual else ()))


def _outline(system: System) -> object:
    """What distinguishes the systems of one design for the finders: components, and participants of events."""
    return (
        tuple((c.name, c.states, c.triggers, tuple(v.name for v in c.variables)) for c in system.components),
        tuple((e.name, e.urgent, tuple((p.component.name, p.trigger) for p in e.participants)) for e in system.events),
    )


def unsilenced(found: Iterable[Remark], silenced: Sequence[Silencing]) -> list[Remark]:
    """The remarks that no silencing fits, one for each code and subject."""
    kept: dict[tuple[str, str], Remark] = {}
    for remark in found:
        if not any(s.fits(remark) for s in silenced):
            kept.setdefault((remark.code, remark.subject), remark)
    return list(kept.values())


def vain(found: Sequence[Remark], silenced: Sequence[Silencing]) -> list[Remark]:
    """A remark on each silencing that fits none of the remarks."""
    return [
        Remark(
            VAIN,
            f"{silencing.code} {silencing.subject}",
            "it is silenced, and there is no such remark",
            silencing.place,
            "remove the silencing, or correct its subject",
        )
        for silencing in silenced
        if not any(silencing.fits(remark) for remark in found)
    ]


__all__ = ["FINDERS", "STATED", "WHOLE", "Stated", "remarks_of", "remarks_on", "unsilenced", "vain"]
