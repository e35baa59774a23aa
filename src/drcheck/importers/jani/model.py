"""A JANI file as a system: each automaton is a component, each location a state, and each way to synchronise an event.

What depends on numbers alone is left out: probabilities (a destination that has a chance is a free choice), rates, rewards. The
states are those of the model; in an ma an edge with a rate is not taken where one without is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from drcheck.errors import ModelError, declared_at, shown
from drcheck.importers.jani import declarations, expressions, properties, starts, terms
from drcheck.importers.jani.automata import Automaton, Move, Way, moves_of
from drcheck.importers.jani.declarations import Declared
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.expressions import Function, Scope, Steps
from drcheck.importers.jani.left_out import left_out
from drcheck.importers.jani.names import ComponentNames, MemberNames, TriggerNames
from drcheck.importers.jani.outline import PROGRESS, Model
from drcheck.importers.jani.terms import Constant, Term, Worth
from drcheck.importers.jani.vectors import Composition, Trigger, composed
from drcheck.language.absent import ABSENT
from drcheck.language.component import Component, On, on, outcome
from drcheck.language.expressions import Value
from drcheck.language.references import state_of
from drcheck.language.rendezvous import Rendezvous, event
from drcheck.language.variables import Boolean, Integer, Variable
from drcheck.system.composition import compose
from drcheck.system.system import State, System, begun_with

SHARED = "shared"
"""The component of variables that several automata write."""


def system_of(model: Model, given: Mapping[str, Any], notes: list[str] | None = None) -> System:
    """The system of a model with what `--set` gave, by the names that are `wanted`. `notes` takes what is left out, in words.

    Raises DesignError DR231, DR232; DR233 where a value is missing.
    """
    with declared_at(model.node.declared):
        reading = _Reading(model, given)
        try:
            made = reading.system()
        except ModelError as error:  # what only the composed model shows
            model.node["system"].unsupported(f"[{error.code}] {error.message}", remedy=error.remedy)
    if notes is not None:
        notes[:] = left_out(model, reading.idle)
    return made


class _Reading:
    """One reading of a model with values of its parameters."""

    def __init__(self, model: Model, given: Mapping[str, Any]) -> None:
        self.model, self.given, self.steps = model, given, Steps()
        self.constants = declarations.values_of(model.constants, given, model.functions, self.steps)
        self.constant_scope = Scope(self._constant, model.functions, self.steps)
        self.starts: dict[Variable, list[Value]] = {}
        self.globals_: dict[str, Variable] = {}
        self.transients = {v.name: v for v in model.variables if v.transient}
        self.automata: list[Automaton] = []
        self.members: dict[str, MemberNames] = {}
        self.states: dict[str, dict[str, str]] = {}
        self.shared: frozenset[Variable] = frozenset()
        self.idle: list[Move] = []

    # -- names ------------------------------------------------------------------------------------------------------
    def _constant(self, node: Node, name: str) -> Constant:
        if name not in self.constants:
            node.malformed(f"{shown(name)} is no constant", available=self.constants, asked=name)
        return self.constants[name]

    def _scope(
        self,
        locals_: Mapping[str, Variable],
        transients: Mapping[str, Declared],
        functions: Mapping[str, Function],
        after: bool,
    ) -> Scope:
        """What names are worth in guards, or, with `after`, in assignments."""
        reading: list[str] = []

        def lookup(node: Node, name: str) -> Worth:
            if name in self.constants:
                return self.constants[name]
            variable = locals_.get(name, self.globals_.get(name))  # never `or`: an expression has no truth value
            if variable is not None:
                return Term("bool" if variable.kind == "boolean" else "int", variable)
            declared = transients.get(name, self.transients.get(name))
            if declared is None:
                known = [*self.constants, *locals_, *self.globals_, *self.transients]
                node.malformed(f"{shown(name)} is no constant or variable here", available=known, asked=name)
            if after:
                node.unsupported(f"{name} is transient, and its value in an assignment is not supported")
            if name in reading:
                node.malformed(f"the value of {name} depends on itself: {' -> '.join((*reading, name))}")
            reading.append(name)
            try:
                return self._transient(declared)
            finally:
                reading.pop()

        return Scope(lookup, {**self.model.functions, **functions}, self.steps)

    def _transient(self, declared: Declared) -> Worth:
        """The value of a transient variable in a state: what a location says, or its initial value."""
        kind = declared.type.kind
        value: Worth | None = None
        if "initial-value" in declared.node:
            value = expressions.constant(declared.node["initial-value"], self.constant_scope, kind)
        givers = [
            (automaton, location, item)
            for automaton in self.automata
            if declared.owner in ("", automaton.node["name"].text())
            for location, node in automaton.locations.items()
            if location in self.states[automaton.component]
            for item in node.each("transient-values")
            if item["ref"].value == declared.name
        ]
        owners = {automaton.component for automaton, _, _ in givers}
        if len(owners) > 1:
            givers[-1][2].unsupported(
                f"{declared.name} has values in locations of several automata: {', '.join(sorted(owners))}"
            )
        for automaton, location, item in reversed(givers):
            here = expressions.read_as(item["value"], automaton.scope, kind)
            states = self.states[automaton.component]
            if value is None or len(states) == 1:
                value = here
            else:
                test = Term("bool", state_of(automaton.component, states[location]))
                value = terms.chosen(test, here, value)
        if value is None:
            declared.node.malformed(f"the transient variable {declared.name} needs an initial value")
        return value

    # -- variables --------------------------------------------------------------------------------------------------
    def _variable(self, declared: Declared, name: str) -> Variable:
        with declared_at(declared.node.declared):
            if declared.type.kind == "bool":
                values: Sequence[Value] = (False, True)
                made: Variable = Boolean(name)
            else:
                found = declarations.range_of(declared, self.constant_scope, self.given)
                values, made = range(found.low, found.high + 1), Integer(name, found.low, found.high)
            if "initial-value" in declared.node:
                value = expressions.constant(declared.node["initial-value"], self.constant_scope, declared.type.kind)
                if value not in values:
                    declared.node["initial-value"].malformed(f"{declared.name} cannot start with {value}")
                values = [value]  # type: ignore[list-item]  # a bool or an int
        self.starts[made] = values  # type: ignore[assignment]  # a range is long, and not copied
        return made

    def _homes(self, elements: Sequence[Node]) -> dict[str, int | None]:
        """The element that assigns each global variable; None for several, and for those that nothing assigns the first."""
        found: dict[str, int | None] = {}
        for n, element in enumerate(elements):
            own = {v.name for v in self.model.locals_[element.text()]}
            for edge in self.model.automata[element.text()].each("edges"):
                for destination in edge.each("destinations"):
                    for assignment in destination.each("assignments"):
                        name = assignment["ref"].value
                        if isinstance(name, str) and name not in own:
                            found[name] = n if found.get(name, n) == n else None
        return found

    # -- automata ---------------------------------------------------------------------------------------------------
    def system(self) -> System:
        """The system."""
        model = self.model
        elements = list(self._elements())
        names = ComponentNames()
        called = [names.take(element.text()) for element in elements]
        homes = self._homes(elements)
        variables = [v for v in model.variables if not v.transient]
        owners = [homes.get(v.name, 0) for v in variables]
        shared = names.take(SHARED) if None in owners else ""
        owned: dict[str, list[Variable]] = {}
        for declared, owner in zip(variables, owners, strict=True):
            component = shared if owner is None else called[owner]
            names_here = self.members.setdefault(component, MemberNames())
            variable = self._variable(declared, names_here.take(declared.name))
            self.globals_[declared.name] = variable
            owned.setdefault(component, []).append(variable)
        self.shared = frozenset(owned.get(shared, ())) if shared else frozenset()
        for element, component in zip(elements, called, strict=True):
            self._add(element.text(), component, owned)
        for automaton in self.automata:
            automaton.moves = moves_of(automaton, self._target(automaton), model.actions, kind=model.kind)
        begin = self._begin()
        for automaton in self.automata if begin is not None else ():
            started = {way[automaton.component] for way in begin or ()}
            states = self.states[automaton.component]
            automaton.initial = [location for location in automaton.initial if states[location] in started]
        taken = composed(model.node["system"], self.automata, self.shared, model.actions, model.kind)
        self.idle = taken.idle
        return self._composed(taken, owned, shared, begin)

    def _elements(self) -> Iterator[Node]:
        system = self.model.node["system"]
        elements = list(system["elements"].items())
        if not elements:
            system["elements"].malformed("a composition needs an element")
        for element in elements:
            element.expect("an element of the composition", ("automaton",), ("input-enable",))
            name = element["automaton"]
            if name.text() not in self.model.automata:
                name.malformed(
                    f"there is no automaton {shown(name.value)}", available=self.model.automata, asked=name.value
                )
            yield name

    def _add(self, name: str, component: str, owned: dict[str, list[Variable]]) -> None:
        """Read the declarations of an automaton, as the component of a name."""
        node, members = self.model.automata[name], self.members.setdefault(component, MemberNames())
        locals_ = {}
        for declared in self.model.locals_[name]:
            if not declared.transient:
                locals_[declared.name] = self._variable(declared, members.take(declared.name))
                owned.setdefault(component, []).append(locals_[declared.name])
        locations: dict[str, Node] = {}
        for location in node["locations"].items():
            location.expect("a location", ("name", "transient-values", "x", "y"), ("time-progress",))
            if location["name"].text() in locations:
                location["name"].malformed(f"there are two locations {shown(location['name'].value)}")
            for item in location.each("transient-values"):
                item.expect("a transient value", ("ref", "value"))
                self._check_transient(name, item["ref"])
            locations[location["name"].text()] = location
        initial = list(node["initial-locations"].items())
        if not initial:
            node["initial-locations"].malformed("an automaton needs an initial location")
        for place in initial:
            if place.text() not in locations:
                place.malformed(f"there is no location {shown(place.value)}", available=locations, asked=place.value)
        transients = {v.name: v for v in self.model.locals_[name] if v.transient}
        functions = declarations.functions_of(node)
        before, after = (self._scope(locals_, transients, functions, late) for late in (False, True))
        begin = list(dict.fromkeys(place.text() for place in initial))
        self.automata.append(Automaton(node, component, locations, begin, locals_, before, after))
        self.states[component] = {location: members.take(location) for location in locations}

    def _check_transient(self, automaton: str, ref: Node) -> None:
        known = [v.name for v in (*self.model.variables, *self.model.locals_[automaton]) if v.transient]
        if not isinstance(ref.value, str):
            ref.unsupported("only variables have values in locations, not elements of arrays")
        if ref.text() not in known:
            ref.malformed(f"{shown(ref.value)} is no transient variable", available=known, asked=ref.value)

    def _target(self, automaton: Automaton) -> Any:
        own = self.model.locals_[automaton.node["name"].text()]
        transients = {v.name for v in (*self.model.variables, *own) if v.transient}

        def target(node: Node, name: str) -> Variable | None:
            variable = automaton.locals_.get(name, self.globals_.get(name))
            if variable is None and name not in transients:
                known = [*automaton.locals_, *self.globals_]
                node.malformed(f"{shown(name)} is no variable that can be assigned to", available=known, asked=name)
            return variable

        return target

    # -- initial states ---------------------------------------------------------------------------------------------
    def _begin(self) -> list[dict[Any, Any]] | None:
        """Where all combinations of initial values are not initial states: those that are, by variables and components."""
        restrictions: list[tuple[Node, Worth]] = []
        for node, scope in (
            (self.model.node, self._scope({}, {}, {}, after=False)),
            *((automaton.node, automaton.scope) for automaton in self.automata),
        ):
            if "restrict-initial" in node:
                node["restrict-initial"].expect("restrict-initial", ("exp",))
                place = node["restrict-initial"]
                restrictions.append((place, expressions.read_as(place["exp"], scope, "bool")))
        named: list[starts.Start] = [starts.Start(variable, values) for variable, values in self.starts.items()]
        named += [
            starts.Start(automaton.component, [self.states[automaton.component][name] for name in automaton.initial])
            for automaton in self.automata
        ]
        found = starts.kept(named, restrictions or [(self.model.node, True)])
        if found is None:
            return None
        return [{start.leaf: value for start, value in zip(named, way, strict=True)} for way in found]

    # -- composing --------------------------------------------------------------------------------------------------
    def _composed(
        self,
        taken: Composition,
        owned: Mapping[str, Sequence[Variable]],
        shared: str,
        begin: list[dict[Any, Any]] | None,
    ) -> System:
        components: list[Component] = []
        if begin is None:
            for variable, values in self.starts.items():
                variable._begin(values)
        else:
            for variable in self.starts:
                variable._begin([begin[0][variable]])
        for automaton, triggers in zip(self.automata, taken.triggers, strict=True):
            states = self.states[automaton.component]
            reached = automaton.states()
            initial = [states[name] for name in automaton.initial]
            with declared_at(automaton.node.declared):
                components.append(
                    Component(
                        automaton.component,
                        states=[states[name] for name in reached],
                        initial=initial,
                        variables=owned.get(automaton.component, ()),
                        transitions=[t for trigger in triggers for t in self._transitions(trigger, states)],
                    )
                )
        events: list[Rendezvous] = []
        writes: list[On] = []
        priority = self.model.kind == "ma" and self.given.get(PROGRESS, True)
        names = TriggerNames()
        parts: list[tuple[Any, dict[Component, str], str]] = []
        for one in taken.events:
            together = {components[n]: trigger.name for n, trigger in one.triggers.items()}
            writing = ""
            if one.shared:
                writing = names.take(one.name)
                with declared_at(one.node.declared):
                    writes.append(on(writing, "held", then=dict(one.shared)))
            parts.append((one, together, writing))
        if shared:
            with declared_at(self.model.node.declared):
                components.append(Component(shared, states=["held"], variables=owned[shared], transitions=writes))
        for one, together, writing in parts:
            if writing:
                together[components[-1]] = writing
            with declared_at(one.node.declared):
                below = -1 if priority and one.rated else None
                events.append(event(one.name, together, priority=below))
        system = compose(
            _identifier(self.model.name),
            components,
            events=events,
            title=self.model.name,
            doc=self.model.doc,
            properties=self._properties(begin),
        )
        return system if begin is None else begun_with(system, self._initial(system, begin))

    def _properties(self, begin: Sequence[object] | None) -> list[Any]:
        """The properties of the file."""
        ways = [*map(len, self.starts.values()), *(len(automaton.initial) for automaton in self.automata)]
        several = prod(ways) > 1 if begin is None else len(begin) > 1
        exact = self.model.kind != "ma" or self.given.get(PROGRESS, True)
        scope = self._scope({}, {}, {}, after=False)
        return list(properties.stated(self.model.node, properties.Asking(scope, self.model.kind, several, exact)))

    def _transitions(self, trigger: Trigger, states: Mapping[str, str]) -> Iterator[On]:
        for move in trigger.moves:
            with declared_at(move.node.declared):
                yield self._transition(trigger.name, move, states)

    def _transition(self, trigger: str, move: Move, states: Mapping[str, str]) -> On:
        guard = move.guard.top if isinstance(move.guard, Term) else ABSENT
        ways = [outcome(self._goal(move, way, states), dict(self._own(way))) for way in move.ways]
        try:
            if len(ways) > 1:
                return on(trigger, states[move.location], outcomes=ways, when=guard)
            return on(trigger, states[move.location], ways[0].dest, then=dict(self._own(move.ways[0])), when=guard)
        except ModelError as error:
            move.node.unsupported(error.message, remedy=error.remedy)

    def _goal(self, move: Move, way: Way, states: Mapping[str, str]) -> str | None:
        return None if way.location == move.location else states[way.location]

    def _own(self, way: Way) -> Iterator[tuple[Variable, Any]]:
        return ((variable, value) for variable, value in way.updates.items() if variable not in self.shared)

    def _initial(self, system: System, begin: list[dict[Any, Any]]) -> list[State]:
        found = []
        for way in begin:
            state = list(system.initial)
            for leaf, value in way.items():
                position = system.control_of[leaf] if isinstance(leaf, str) else system.cell_of[leaf]
                state[position] = system.cells[position].domain.encode(value)
            found.append(tuple(state))
        return found


def _identifier(text: str) -> str:
    return ComponentNames().take(text)


__all__ = ["system_of"]
