"""The frozen System: one flat form of guarded commands over finite-domain cells, from which every reading starts.

A System is what composition yields after complete validation. It has

* *cells*: the control state of each component and each of its variables, with a finite domain. A state of the system is
  a tuple of integers, one per cell, in the order of `cells`: 0/1 for a boolean, the position of the label for an
  enumeration or a control state, the number itself for an integer;
* *events*: each with a guard and one or more *alternatives*; an alternative may have its own guard and has updates
  `(cell position, expression)`, all evaluated in the state before the event. Cells without an update keep their value.

An event can happen in a state when its guard holds, at least one alternative's guard holds, no event of a higher
priority can happen, and, for the event `tick`, no urgent event can happen (urgent events are examined regardless of
priorities). Each alternative whose guard holds is one successor. `probability` on alternatives and `rate` on events are kept
for quantitative analysis and do not change which successors exist.

The expressions in events are *lowered*: their leaves are `Cell` and `Literal`, their kinds boolean and integer only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from drcheck.errors import ModelError, Place, UnknownAttributeError, caller, shown
from drcheck.language.called import called
from drcheck.language.component import Component
from drcheck.language.durations import Duration
from drcheck.language.expressions import (
    BOOLEAN,
    ENUMERATION,
    INTEGER,
    Expression,
    Literal,
    Operation,
    Value,
    nodes_in,
)
from drcheck.language.flows import Flow
from drcheck.language.free_choice import Chosen, FreeChoice
from drcheck.language.handed_over import HandedOver
from drcheck.language.references import settled
from drcheck.language.refusing import NotAnExpression
from drcheck.language.remarks import Silencing
from drcheck.language.variables import Age, Variable
from drcheck.notebooks import Shown
from drcheck.system.terms import conjunction

if TYPE_CHECKING:
    from drcheck.language.site import Site

State: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Domain:
    """A finite range of integers `low`..`high` with a reading: boolean, integer, or enumeration with `labels`."""

    kind: str
    low: int
    high: int
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many values there are."""
        return self.high - self.low + 1

    @property
    def bits(self) -> int:
        """How many bits hold `value - low`; 0 for a domain of one value."""
        return (self.size - 1).bit_length()

    def decode(self, raw: int) -> Value:
        """The value that people read: bool, int or label."""
        if self.kind == BOOLEAN:
            return bool(raw)
        return self.labels[raw] if self.kind == ENUMERATION else raw

    def encode(self, value: Value) -> int:
        """The integer of a value that people read."""
        if self.kind == ENUMERATION:
            return self.labels.index(str(value))
        return int(value) if self.kind == BOOLEAN else value + 0  # type: ignore[operator]  # an int of a number


class Cell(Expression):
    """A leaf of lowered expressions: the cell at `index`. Enumerations read as their positions."""

    def __init__(self, index: int, name: str, domain: Domain, owner: str) -> None:
        self.index, self.name, self.domain, self.owner = index, name, domain, owner
        self.kind = BOOLEAN if domain.kind == BOOLEAN else INTEGER

    @property
    def label(self) -> str:
        """`component.variable`; a component's control state is `component`."""
        return self.name


@dataclass(frozen=True)
class Participant:
    """A component that takes part in an event with one of its triggers.

    `required`: the event cannot happen while the trigger is not enabled; else the component takes part when it can.
    `only_where_defined`: required only in states that have a transition of the trigger (this is how `tick` treats
    components: a state without tick transitions lets time pass).
    """

    component: Component
    trigger: str
    required: bool = True
    only_where_defined: bool = False


@dataclass(frozen=True)
class Alternative:
    """One way in which an event can end. `guard` None means always possible.

    `chosen`: the values of the event's free choices, where it has some (`language.free_choice`).
    """

    updates: tuple[tuple[int, Expression], ...]
    guard: Expression | None = None
    probability: Expression | None = None
    chosen: tuple[tuple[FreeChoice, Chosen], ...] = ()


class Combined(tuple[Alternative, ...]):
    """The alternatives of an event of several participants: each combination of theirs, the last participant's varying fastest.

    `shares` are the participants' own alternatives. Of n participants with two each there are 2**n combinations, of which the
    shares say all. Whoever changes alternatives makes a tuple of them, which has no shares.
    """

    shares: tuple[tuple[Alternative, ...], ...]

    @staticmethod
    def of(shares: Iterable[Sequence[Alternative]]) -> Combined:
        """All combinations of the participants' alternatives."""
        kept = tuple(map(tuple, shares))
        found = Combined(map(_together, product(*kept)))
        found.shares = kept
        return found


def _together(ways: Sequence[Alternative]) -> Alternative:
    updates = tuple(update for way in ways for update in way.updates)
    guards = [way.guard for way in ways if way.guard is not None]
    weights = [way.probability for way in ways if way.probability is not None]
    return Alternative(
        tuple(sorted(updates, key=lambda update: update[0])),
        conjunction(guards) if guards else None,
        weights[0] if len(weights) == 1 else None,
    )


@dataclass(frozen=True)
class Event:
    """A global event: a guarded command. `kind`: automatic, operator, environment, or time (only `tick`)."""

    name: str
    guard: Expression
    alternatives: tuple[Alternative, ...]
    kind: str = "automatic"
    urgent: bool = False
    priority: int = 0
    fault: str | None = None
    rate: float | None = None
    participants: tuple[Participant, ...] = ()
    doc: str = ""
    place: Place | None = None

    @property
    def is_tick(self) -> bool:
        """Whether this is the passing of time."""
        return self.kind == "time"

    @property
    def pieces(self) -> tuple[Alternative, ...]:
        """What the alternatives are made of: they have no guards and updates but these, or conjunctions of these guards."""
        ways = self.alternatives
        return tuple(way for share in ways.shares for way in share) if isinstance(ways, Combined) else ways

    @property
    def reads(self) -> frozenset[int]:
        """The cells that the guards and the updates read."""
        parts = [self.guard]
        for way in self.pieces:
            parts += [rhs for _, rhs in way.updates]
            parts += [] if way.guard is None else [way.guard]
        return frozenset(leaf.index for part in parts for leaf in part.leaves() if isinstance(leaf, Cell))

    @property
    def writes(self) -> frozenset[int]:
        """The cells that some alternative changes."""
        return frozenset(index for way in self.pieces for index, _ in way.updates)


@dataclass(frozen=True, eq=False, repr=False)
class System(NotAnExpression, Shown):
    """A composed, validated, frozen system. See the module's description for the meaning of its parts.

    `parameter_roles` are the roles of the parameters that have one (`drcheck.designs.parameter.ParameterRole`).
    `cell_of` maps each declared variable (object) to its cell's position, `control_of` each component's name to the
    position of its control state. `variants` composes the design that the system is of with other values of its
    parameters, one system after the other; None where it is of no design. `without_observers` is the system that was
    composed, where this is the same with observers of its steps (see `drcheck.logic.observing`), its last components; else None.
    `initial` is the first initial state, and `further_initial` are the others: see `initial_states`.
    `lists_given` are the lists and dictionaries that it was composed of. `invocation`: the words of a command line that name it,
    the design and each `--set` that changes something; none where it is of no design, or not as the design has it.
    """

    hint: ClassVar[str] = "write system.component.name_of_a_state, or system.component.name_of_a_variable"

    name: str
    cells: tuple[Cell, ...]
    initial: State
    events: tuple[Event, ...]
    components: tuple[Component, ...] = ()
    sites: tuple[Site, ...] = ()
    tick: Duration | None = None
    title: str = ""
    doc: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    parameter_roles: Mapping[str, Any] = field(default_factory=dict, repr=False)
    parts: Mapping[str, Any] = field(default_factory=dict)
    properties: tuple[Any, ...] = ()
    objectives: tuple[Any, ...] = ()
    notices: tuple[Any, ...] = ()
    flows: tuple[Flow, ...] = ()
    silenced: tuple[Silencing, ...] = ()
    lists_given: tuple[HandedOver, ...] = field(default=(), repr=False)
    cell_of: Mapping[Variable, int] = field(default_factory=dict, repr=False)
    control_of: Mapping[str, int] = field(default_factory=dict, repr=False)
    variants: Callable[[], Iterator[System]] | None = field(default=None, repr=False)
    without_observers: System | None = field(default=None, repr=False)
    further_initial: tuple[State, ...] = ()
    invocation: tuple[str, ...] = ()

    @property
    def initial_states(self) -> tuple[State, ...]:
        """All initial states, in canonical order: a search numbers them from 0 on, before any other state.

        Where components and variables may start in several ways, these are all combinations: components in order, of each
        its states and then its variables, and the last varies fastest.
        """
        return (self.initial, *self.further_initial)

    @property
    def initials(self) -> int:
        """How many initial states there are."""
        return 1 + len(self.further_initial)

    def _instead(self, method: str, other: object) -> str:
        """What to write where a method was used as a value (see `called`)."""
        if method in self.parts:
            return f'the part is {self.name}.parts["{method}"]'
        if any(method == component.name for component in self.components):
            return f'the component is {self.name}.component("{method}")'
        return f'call it: {self.name}.{method}("...")' if method in ("component", "event") else ""

    def __repr__(self) -> str:
        return f"<system {self.name}: {len(self.components)} components, {len(self.events)} events>"

    def __getattr__(self, name: str) -> Any:
        """`system.link`: the component (or the part given to compose) of that name."""
        if name.startswith("__"):
            raise AttributeError(name)
        parts = self.__dict__.get("parts", {})
        if name in parts:
            return parts[name]
        return self.component(name)

    def __dir__(self) -> list[str]:
        """With components and parts, so that interactive editors complete them."""
        return [*super().__dir__(), *self.parts, *(component.name for component in self.components)]

    @called
    def component(self, name: str) -> Component:
        """The component `name`. Raises ModelError DR115."""
        components: tuple[Component, ...] = self.__dict__.get("components", ())
        for component in components:
            if component.name == name:
                return component
        raise UnknownAttributeError(
            "DR115",
            f"system {self.__dict__.get('name')} has no component {shown(name)}",
            place=caller(),
            available=[c.name for c in components],
            asked=name,
        )

    @called
    def event(self, name: str) -> Event:
        """The event `name`. Raises ModelError DR115."""
        for event in self.events:
            if event.name == name:
                return event
        raise ModelError(
            "DR115",
            f"system {self.name} has no event {shown(name)}",
            place=caller(),
            available=[e.name for e in self.events],
            asked=name,
        )

    @property
    def bits(self) -> int:
        """The width of a packed state in bits."""
        return sum(cell.domain.bits for cell in self.cells)

    @called
    def ticks(self, duration: Duration) -> int:
        """A duration in ticks. Raises ModelError DR117 when the system has no tick or it is not a whole number."""
        if self.tick is None:
            raise ModelError(
                "DR117",
                f"{duration} is used in system {self.name}, which has no tick length",
                place=duration.place,
                remedy="give compose(..., tick=hours(1))",
            )
        return duration.ticks(self.tick)

    @called
    def decode(self, state: Sequence[int]) -> dict[str, Value]:
        """A state as people read it: cell name to value."""
        return {cell.name: cell.domain.decode(raw) for cell, raw in zip(self.cells, state, strict=True)}

    @called
    def position(self, leaf: Expression, place: Place | None = None) -> int:
        """The cell position of a variable that is read at `place`. Raises ModelError DR106, DR151."""
        if isinstance(leaf, Variable) and leaf in self.cell_of:
            return self.cell_of[leaf]
        if isinstance(leaf, FreeChoice):
            raise ModelError(
                "DR151",
                f"the free choice {leaf} has a value in its event only, and none in a state",
                place=place or leaf.place,
                remedy="let the event keep it in a variable, and read that",
            )
        raise ModelError(
            "DR106",
            f"`{leaf}` is not a variable of system {self.name}",
            place=place or getattr(leaf, "place", None),
            available=[c.name for c in self.components],
            remedy="add the component that owns it to the composition",
        )

    @called
    def settled(self, node: Expression) -> Expression:
        """An expression with what its references stand for in this system (see `language.references`).

        Raises ModelError DR115, DR104, DR102.
        """
        return settled(node, self.components, f"system {self.name}")

    @called
    def site_of(self, component: Component) -> str | None:
        """The name of the site that a component belongs to (a site machine belongs to its own), or None."""
        for site in self.sites:
            if component is site.component or any(component is member for member in site.members):
                return site.component.name
        return None

    @called
    def owners(self) -> Iterator[tuple[Component, list[Cell]]]:
        """Each component with its cells, control state first."""
        for component in self.components:
            yield component, [cell for cell in self.cells if cell.owner == component.name]


__all__ = ["Alternative", "Cell", "Combined", "Domain", "Event", "Literal", "Participant", "State", "System"]


def starts_of(system: System) -> dict[int, tuple[int, ...]]:
    """The cells that have several values in initial states, by position, and these values, ascending."""
    if not system.further_initial:
        return {}
    columns = enumerate(zip(*system.initial_states, strict=True))
    return {cell: tuple(values) for cell, column in columns if len(values := sorted(set(column))) > 1}


def begun_with(system: System, states: Iterable[State]) -> System:
    """The same system with other initial states, each of them once."""
    first, *further = dict.fromkeys(states)
    return replace(system, initial=first, further_initial=tuple(further), invocation=())


def changing_cells(system: System) -> frozenset[int]:
    """The cells that do not have one value in all reachable states: some event writes them, or they start in several ways."""
    return frozenset(starts_of(system)).union(*(event.writes for event in system.events))


def capped_cells(system: System) -> frozenset[int]:
    """The positions of the cells that saturate at limits that are not real ones (`cap_is`)."""
    return frozenset(
        position
        for variable, position in system.cell_of.items()
        if variable.at_limit == "saturate" and not variable.cap_is
    )


def cells_of(node: Expression) -> frozenset[int]:
    """The cells that an expression reads."""
    if not isinstance(node, Operation):
        return frozenset([node.index]) if isinstance(node, Cell) else frozenset()
    if node.cells is None:  # asked again and again, and expressions do not change
        node.cells = frozenset(at.index for at in nodes_in([node]) if isinstance(at, Cell))
    return node.cells


def composed(system: System) -> System:
    """The system without observers."""
    return system if system.without_observers is None else system.without_observers


def observers(system: System) -> tuple[Component, ...]:
    """The components of a system that observe its steps and are none of what was composed."""
    return system.components[len(composed(system).components) :]


def untold(system: System) -> frozenset[str]:
    """The names of the observers that a trace leaves out, all but clocks: its steps say what these remember."""
    return frozenset(o.name for o in observers(system) if not any(isinstance(v, Age) for v in o.variables))
