"""The disruptions, objectives and notices that are declared for a design, and what they mean for its parameters.

They are declared in the module of its properties, bound to names or listed there, or passed to compose.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from drcheck.designs.conditions import condition_on
from drcheck.designs.design import Design, designs_of, import_module
from drcheck.designs.holding import listed
from drcheck.designs.parameter import ParameterRole
from drcheck.errors import DesignError, DrcheckError, PropertyError, shown
from drcheck.language.expressions import Expression
from drcheck.language.happening import happens
from drcheck.logic.notices import Notice
from drcheck.logic.objectives import Disruption, Objective
from drcheck.system.system import System

_BUDGETS = (ParameterRole.FAULT, ParameterRole.SLIP)


@dataclass(frozen=True)
class Declarations:
    """What is declared for a design, in order. `objectives`: by the name of the disruption that they are stated for."""

    disruptions: tuple[Disruption, ...]
    objectives: Mapping[str, Objective]
    notices: tuple[Notice, ...]

    @property
    def anything(self) -> bool:
        """Whether anything is declared."""
        return bool(self.disruptions or self.notices)

    def objective(self, disruption: Disruption) -> Objective | None:
        """The objective that is stated for a disruption, or None."""
        return self.objectives.get(disruption.name)


def declarations_of(design: Design, settings: Mapping[str, Any] | None = None) -> Declarations:
    """What is declared for a design: in the module of its properties, then in the system that it composes with `settings`.

    Raises DesignError DR202, PropertyError DR316 for a disruption that the parameters do not allow, DR317 or DR318 for what is in
    a list of objectives or notices and is none, or is held where it is lost, DR319 for two of one name.
    """
    if design.file is not None:  # jani-model has none, and its parameters may have no values yet
        return Declarations((), {}, ())
    system = design.build(settings)
    found = [*_in_modules(design), *_composed(system)]
    disruptions = [item if isinstance(item, Disruption) else item.disruption for item in _objectives(found)]
    objectives = [item for item in _objectives(found) if isinstance(item, Objective)]
    once = _unique(disruptions)
    for item in once:
        settings_under(design, item)
    return Declarations(
        tuple(once),
        {item.name: item for item in _unique(objectives)},
        tuple(_unique(item for item in found if isinstance(item, Notice))),
    )


def _objectives(found: Iterable[object]) -> Iterator[Disruption | Objective]:
    return (item for item in found if isinstance(item, (Disruption, Objective)))


def _in_modules(design: Design) -> list[Any]:
    """What the module of the properties declares. Raises PropertyError DR317, DR318 for what is beside the design and lost."""
    own = sys.modules.get(design.function.__module__)
    if design.properties_module is not None:
        return list(_declared_in(import_module(design.properties_module)))
    beside = [] if own is None else list(designs_of(own).values())
    if own is None or not any(d is design for d in beside):  # made within a function, or at a prompt
        return []
    if any(d.properties_module == own.__name__ for d in beside):
        return []
    for item in _declared_in(own):
        if item.place is not None and item.place.file == own.__file__ and not _is_composed(own, item):
            raise PropertyError(
                "DR318" if isinstance(item, Notice) else "DR317",
                f"{item.described} {item.name!r} is declared in module {own.__name__}, which no design names",
                place=item.place,
                remedy="write @design(properties=__name__), or pass it to compose(..., objectives=[...], notices=[...])",
            )
    return []


def _is_composed(module: ModuleType, item: object) -> bool:
    """Whether some design of the module passes what it declares beside it to compose."""
    return any(item is other for design in designs_of(module).values() for other in _composed(design.build()))


def _declared_in(module: ModuleType) -> Iterator[Any]:
    """What is bound to a public name of a module, or listed there, in order, each once."""
    seen: list[object] = []
    for name, value in list(vars(module).items()):
        for item in () if name.startswith("_") else (value, *listed(value)):
            if isinstance(item, (Disruption, Objective, Notice)) and not any(item is other for other in seen):
                seen.append(item)
                yield item


def _composed(system: System) -> list[Any]:
    """What a system was composed with. Raises PropertyError DR317, DR318."""
    for what, code, kinds, items in (
        ("objectives", "DR317", (Disruption, Objective), system.objectives),
        ("notices", "DR318", (Notice,), system.notices),
    ):
        for item in items:
            if not isinstance(item, kinds):
                raise PropertyError(
                    code,
                    f"{shown(item)} in the {what} of system {system.name} is none",
                    remedy="list disruption(...) and objective(...) there"
                    if what == "objectives"
                    else "list notice(...)",
                )
    return [*system.objectives, *system.notices]


T = TypeVar("T", Disruption, Objective, Notice)


def _unique(items: Iterable[T]) -> list[T]:
    """The same, each once. Raises PropertyError DR319 if two have one name."""
    known: dict[str, T] = {}
    for item in items:
        other = known.setdefault(item.name, item)
        if other is not item:
            what = f"objectives are stated for disruption {item.name!r}"
            raise PropertyError(
                "DR319",
                (
                    f"two {what}"
                    if isinstance(item, Objective)
                    else f"two {item.described[2:]}s are called {item.name!r}"
                )
                + (f", the first at {other.place}" if other.place is not None else ""),
                place=item.place,
                remedy="state both limits in one" if isinstance(item, Objective) else "give one of them another name",
            )
    return list(known.values())


# -- parameters ------------------------------------------------------------------------------------------------------------
def under_disruptions(design: Design, settings: Mapping[str, Any]) -> Iterator[System]:
    """The design under each of its disruptions, then under each two of them together, as far as the settings and it allow that.

    Each is composed when it is asked for. Raises what `declarations_of` raises.
    """
    alone = [settings_under(design, item) for item in declarations_of(design, settings).disruptions]
    both = (together for pair in itertools.combinations(alone, 2) if (together := _together(design, *pair)) is not None)
    for under in itertools.chain(alone, both):
        if all(settings.get(name, value) == value for name, value in under.items()):
            try:
                system = design.build({**settings, **under})
            except DrcheckError:  # of a disruption by itself the table of objectives tells it
                continue
            yield system


def _together(design: Design, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any] | None:
    """Two disruptions at once: of each budget what the one that has more of it has. None where they contradict each other."""
    found = {**first, **second}
    for name, value in found.items():
        other = first.get(name, value)
        if other == value:
            continue
        if design.parameter(name).role not in _BUDGETS:
            return None
        found[name] = max(other, value)
    return found


def settings_under(design: Design, item: Disruption) -> dict[str, Any]:
    """The parameters of a design under a disruption: its budgets, and 0 or no for the faults that it does not name.

    Raises PropertyError DR316.
    """
    budgets = [p for p in design.parameters if p.role in _BUDGETS]
    known = {p.name: p for p in budgets}
    for name, value in item.budgets.items():
        if name not in known:
            other = next((p for p in design.parameters if p.name == name), None)
            told = "has no parameter" if other is None else "has no fault or slip"
            raise PropertyError(
                "DR316",
                f"disruption {item.name!r}: design {design.name} {told} {name!r}",
                place=item.place,
                available=known,
                asked=name,
                remedy=""
                if other is None
                else f"what is no fault is given beside it: given={{{name!r}: {shown(value)}}}",
            )
    for name in item.given:
        if name in known:
            raise PropertyError(
                "DR316",
                f"disruption {item.name!r}: {name!r} is a fault or a slip of design {design.name}",
                place=item.place,
                remedy=f"name it as a budget: {name}={shown(item.given[name])}",
            )
    settings = {p.name: 0 if p.type is int else False for p in budgets if _can_be_off(p)}
    for name, value in {**item.budgets, **item.given}.items():
        try:
            settings[name] = design.parameter(name).check(value)
        except DesignError as error:
            raise PropertyError(
                "DR316",
                f"disruption {item.name!r}: {error.message}",
                place=item.place,
                available=error.available,
                remedy=error.remedy,
            ) from error
    return settings


def _can_be_off(parameter: Any) -> bool:
    """Whether a parameter is a budget that is 0, or a fault that is no, where nothing names it."""
    if parameter.type is bool:
        return parameter.role is ParameterRole.FAULT
    return parameter.type is int and (not parameter.choices or 0 in parameter.choices)


def beside_faults(design: Design, given: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters that a worst case is stated for, those that are neither faults nor slips."""
    return {name: value for name, value in given.items() if design.roles.get(name) not in _BUDGETS}


# -- notices on a system -----------------------------------------------------------------------------------------------------
def notice_on(design: Design, name: str, system: System) -> Notice:
    """The notice of a name as it is declared for a system of the design: one that is passed to compose is that of the system."""
    found: list[Notice] = [*system.notices, *(item for item in _in_modules(design) if isinstance(item, Notice))]
    return next(item for item in found if item.name == name)


def said_of(item: Notice, system: System) -> str:
    """When a notice is there, in words: as it is written, or what its function says on a system that it can be read on."""
    if item.at:
        return f"at {', '.join(item.at)}"
    try:
        return f"when {condition_of(item, system)}"
    except PropertyError:  # it is read on the systems of the disruptions, and told there
        return f"when {item.when}" if isinstance(item.when, str) else "when a function of the system says so"


def condition_of(item: Notice, system: System) -> Expression:
    """When a notice is there, as a condition on the states of a system and their last steps. Raises PropertyError DR318."""
    if item.at:
        events = [event.name for event in system.events]
        for name in item.at:
            if name not in events:
                raise PropertyError(
                    "DR318",
                    f"notice {item.name}: system {system.name} has no event {name!r}",
                    place=item.place,
                    available=events,
                    asked=name,
                )
        return happens(*item.at)
    remedy = 'write a state, as in "monitor.alarm", or a comparison'
    where = f"the condition of notice {item.name}"
    return condition_on(system, item.when, "DR318", where, place=item.place, remedy=remedy)


__all__ = [
    "Declarations",
    "beside_faults",
    "condition_of",
    "declarations_of",
    "notice_on",
    "said_of",
    "settings_under",
    "under_disruptions",
]
