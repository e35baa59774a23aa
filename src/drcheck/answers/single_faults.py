"""The single faults, slips and mistakes of a design, each alone: what a failure modes and effects analysis has rows for.

A row is one event of a fault that has a budget, in the design composed for one use of that budget and none of any other: the
other events of its kind are impossible there. Where such an event holds others back (by priority, or time by urgency) it cannot
be taken out, and the row is that of its kind. A slip that never happens by itself, as nobody carries out the procedure, is judged
beside one fault of another kind with which it does.

A parameter in the role SLIP that is no budget is a row of its own: it is a mistake at each of its other values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from drcheck.answers.combinations import Adversities, adversities, starts_left, with_uses
from drcheck.designs.design import Design
from drcheck.designs.parameter import ParameterRole
from drcheck.system.precedence import Precedence
from drcheck.system.system import Event, System
from drcheck.system.terms import FALSE
from drcheck.verdicts.repair_sets import Change


@dataclass(frozen=True)
class Single:
    """One fault, slip or mistake.

    `event`: its name, "" for any of its kind; `kind`: of the budget; `change`: the parameter in its place, which is then all of
    it. `beside`: the kinds of faults of which there may be one, too. `settings`: with which the design is composed for it, beyond
    what all rows have in common.
    """

    event: str
    kind: str
    settings: Mapping[str, Any]
    change: Change | None = None
    beside: tuple[str, ...] = ()
    slip: bool = False
    doc: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        if self.change is not None:
            return str(self.change)
        return self.event or f"any {self.kind}"

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others."""
        return self.event, self.kind, str(self.change), self.beside, tuple(self.settings.items())

    @property
    def label(self) -> str:
        """The same, with what is beside it."""
        return self.name + (f", beside one {' and one '.join(self.beside)}" if self.beside else "")

    @property
    def uses(self) -> dict[str, int]:
        """How many faults there may be of the kinds that it needs."""
        return dict.fromkeys(([self.kind] if self.kind else []) + list(self.beside), 1)

    def without_it(self) -> Single:
        """What is beside it alone; with nothing beside it, no fault at all."""
        return replace(self, event="", kind="", change=None)

    def of_its_kind(self) -> Single:
        """Any event of its kind."""
        return replace(self, event="")

    def on(self, system: System, held: Collection[str] = ()) -> System:
        """The design composed with `settings`, in which nothing but it happens, once. `held`: kinds whose budgets stay."""
        left = starts_left(system)
        uses = {**dict.fromkeys(left.keys() - set(held), 0), **{k: n for k, n in self.uses.items() if k in left}}
        others = self.left_out(system)
        limited = with_uses(system, uses)
        return impossible(limited, others) if others else limited

    def left_out(self, system: System) -> tuple[str, ...]:
        """The other events of its kind, which are impossible; none where they cannot be left out."""
        others = tuple(e.name for e in system.events if e.fault == self.kind and e.name != self.event)
        return others if self.event and can_be_left_out(system, others) else ()


@dataclass(frozen=True)
class Singles:
    """The single faults of a design as it is composed with some settings.

    `off`: the settings with which no fault that is varied happens. `unlimited`: events of faults that have no budget, which
    happen in every row. `untold`: what is not judged, with why.
    """

    rows: tuple[Single, ...]
    off: Mapping[str, Any]
    held: frozenset[str]
    unlimited: tuple[str, ...] = ()
    untold: tuple[str, ...] = field(default=())


def impossible(system: System, events: Collection[str]) -> System:
    """The system in which some events never happen. They must hold no other event back: see `can_be_left_out`."""
    return replace(system, events=tuple(replace(e, guard=FALSE) if e.name in events else e for e in system.events))


def can_be_left_out(system: System, events: Collection[str]) -> bool:
    """Whether some events hold no other back: they are not urgent where there is time, and no event has a lower priority."""
    precedence = Precedence(system.events)
    first = {*precedence.urgent, *(n for those in precedence.higher.values() for n in those)}
    return not any(system.events[n].name in events for n in first)


def singles(design: Design, settings: Mapping[str, Any], asked: Mapping[str, Any]) -> Singles:
    """The single faults of a design with `settings`, of which `asked` were requested and are held.

    Raises the errors of `Design.build`.
    """
    varied = adversities(design, settings, asked, 1)
    named = [name for name in varied.settings if name not in settings]
    off = {name: _least(design, name) for name in named}
    rows: dict[tuple[str, str], Single] = {}
    unlimited: dict[str, None] = {}
    for name in named:
        here = {**off, name: varied.settings[name]}
        system = design.build({**settings, **here})
        counted = {kind for kind, n in starts_left(system).items() if n > 0 and kind not in varied.held}
        before = starts_left(design.build({**settings, **off}))
        new = [kind for kind in counted if before.get(kind, 0) == 0 or here[name] == off[name]]
        for kind in sorted(new):
            for single in _of_kind(system, kind, here):
                rows.setdefault((single.event, single.kind), single)
        unlimited.update(_unlimited(system))
    system = design.build({**settings, **off})
    unlimited.update(_unlimited(system))
    given = {single.kind for single in rows.values()}
    for kind, n in starts_left(system).items():  # budgets that no parameter gives
        if n > 0 and kind not in varied.held and kind not in given:
            rows.update(((single.event, single.kind), single) for single in _of_kind(system, kind, off))
    for parameter in design.parameters:
        if parameter.role is ParameterRole.SLIP and parameter.name in varied.values:
            for change in varied.values[parameter.name]:
                rows[str(change), ""] = Single(
                    "", "", {**off, change.name: change.value}, change, slip=True, doc=parameter.doc
                )
    return Singles(tuple(rows.values()), off, varied.held, tuple(unlimited), _untold(design, varied, asked))


def _unlimited(system: System) -> dict[str, None]:
    """The events of faults that have no budget."""
    return {e.name: None for e in system.events if e.fault is not None and e.fault not in starts_left(system)}


def _least(design: Design, name: str) -> Any:
    parameter = design.parameter(name)
    return False if parameter.type is bool else min(parameter.choices, default=0)


def _of_kind(system: System, kind: str, settings: Mapping[str, Any]) -> list[Single]:
    """A row for each event of a kind, or one for all where they cannot be told apart."""
    events: Sequence[Event] = [event for event in system.events if event.fault == kind]
    slip = all(event.kind == "operator" for event in events)
    if len(events) > 1 and not can_be_left_out(system, [event.name for event in events]):
        return [Single("", kind, settings, slip=slip)]
    return [Single(event.name, kind, settings, slip=slip, doc=event.doc) for event in events]


def _untold(design: Design, varied: Adversities, asked: Mapping[str, Any]) -> tuple[str, ...]:
    """What goes wrong and has no row, with why."""
    said = [f"{kind}: its budget is held as requested" for kind in sorted(varied.held)]
    for parameter in design.parameters:
        if parameter.name in asked or parameter.role is not ParameterRole.FAULT or parameter.name in varied.settings:
            continue
        said.append(f"{parameter.name}: it says how faults are, and is no fault by itself; it stays as it is")
    return tuple(said)


__all__ = ["Single", "Singles", "can_be_left_out", "impossible", "singles"]
