"""A component: a `transitions` machine definition plus typed variables.

`on(...)` writes one transition; its `definition` is the very dictionary that `transitions.Machine` takes, with
expressions (callable objects) as conditions and updates. What is checked is therefore what runs: `standalone(component)`
returns a live machine, the reference engine steps live machines, and the compiled engines compile the same objects.

Triggers mean what they mean in `transitions`: of the transitions from the current state, in written order, the first whose
conditions hold is taken. Updates are simultaneous: every right-hand side reads the values and states before the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from transitions import Machine

from drcheck.errors import ModelError, Place, UnknownAttributeError, caller, shown
from drcheck.language.called import called
from drcheck.language.expressions import BOOLEAN, Expression, Operand
from drcheck.language.handed_over import HandedOver, handed_over
from drcheck.language.ordered import refuse_unordered
from drcheck.language.patterns import expanded, is_pattern, matched
from drcheck.language.plain_machines import taken_in
from drcheck.language.refusing import NotAnExpression
from drcheck.language.reserved import refuse_hidden, refuse_triggers
from drcheck.language.shadowed import refuse_shadowed
from drcheck.language.starting_values import listed_states
from drcheck.language.transition import (
    EVENT_KINDS,
    TICK,
    On,
    Outcome,
    Updates,
    check_text,
    on,
    outcome,
)
from drcheck.language.variables import Array, Variable, assignment_targets, check_name, names_in_order
from drcheck.notebooks import Shown


class StateIs(Expression):
    """Whether a component is in one of some states."""

    kind = BOOLEAN

    def __init__(self, component: Component, states: Sequence[str]) -> None:
        self.component, self.states = component, tuple(states)

    @property
    def label(self) -> str:
        """`component.state`, or `component in (...)` for several."""
        name = self.component.name
        return f"{name}.{self.states[0]}" if len(self.states) == 1 else f"{name} in ({', '.join(self.states)})"


class Component(NotAnExpression, Shown):
    """A named state machine with variables.

    `states`: names in order; `initial`: one of them (default the first), or several as a list or a pattern, any of which it may
    start in (`initial_states`; see `starting_values`); `variables`: those it owns; `transitions`: made by
    `on(...)`. `component.name_of_a_state` and `component.name_of_a_variable` are expressions; `state("x")`, `variable("x")`
    and `in_states("x", "y")` say the same if an attribute of this class has the name. A component
    that was a hierarchical machine also has names for several states: those of its parents.

    Raises ModelError: DR105 (a name used twice), DR104 (unknown state), DR107, DR108, DR112 (a state nothing reaches).
    """

    hint = "write component.name_of_a_state, or component.name_of_a_variable"
    __getitem__ = __iter__ = __contains__ = NotAnExpression._refuse

    def __init__(
        self,
        name: str,
        states: Sequence[str],
        initial: str | Iterable[str] | None = None,
        variables: Iterable[Variable | Array] = (),
        transitions: Iterable[On] = (),
        doc: str = "",
        *,
        _within: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self.place = caller()
        self._within = _within
        self.name = check_name(name, "component", self.place)
        refuse_unordered(states, f"component {name}: states", self.place)
        self.states = names_in_order(states)
        self.doc = check_text(doc, f"component {name}", self.place)
        if not self.states:
            raise ModelError(
                "DR119",
                f"component {name} needs a list of one or more names of states, not {shown(states)}",
                place=self.place,
            )
        self.arrays: dict[str, Array] = {}
        self.variables: tuple[Variable, ...] = self._own(variables)
        self._check_names()
        self.initial_states = self._starts(initial)
        self.initial = self.initial_states[0]
        self.transitions: tuple[On, ...] = tuple(self._resolve(t) for t in self._listed(transitions, "on(...)"))
        refuse_triggers(name, self.states, {t.trigger: t.place for t in reversed(self.transitions)})
        refuse_shadowed(name, self.transitions)
        refuse_unreachable(self)
        self._handed = handed_over(
            self.place,
            f"component {name}",
            transitions=transitions,
            variables=variables,
            states=states,
            **{"initial states": initial},
        )
        object.__setattr__(self, "_made", True)

    def __setattr__(self, name: str, value: object) -> None:
        """What makes the component is set while it is made, and never after: systems composed of it would not follow."""
        own = self.__dict__
        if "_made" in own and (
            name in own or name in (*self.named_states(), *self.arrays, *(v.name for v in self.variables))
        ):
            raise ModelError(
                "DR145",
                f"component {self.name} is made, and its {name} cannot be set any more",
                place=caller(),
                remedy="give it to Component(...), or make another component",
            )
        object.__setattr__(self, name, value)

    # -- what other components and properties say about it ---------------------------------------------------------
    @called
    def state(self, name: str) -> Expression:
        """Whether the component is in the state `name`, or in one of those that a pattern matches (`down_*`)."""
        return self.in_states(name)

    @called
    def in_states(self, *names: str) -> StateIs:
        """Whether the component is in one of the named states; a name may be a pattern of names."""
        asked = expanded(names, self.named_states())
        for name in asked:
            if not isinstance(name, str) or name not in self._within:
                self._check_state(name, "state", caller(), self.named_states())
        if not asked:
            raise ModelError(
                "DR104", f"no state of {self.name} is named", place=caller(), available=self.named_states()
            )
        if any(name in self._within for name in asked):
            wanted = {state for name in asked for state in self._within.get(name, (name,))}
            asked = tuple(state for state in self.states if state in wanted)
        return StateIs(self, asked)

    @called
    def variable(self, name: str) -> Variable:
        """The variable `name`."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise self._unknown(name)

    @called
    def array(self, name: str) -> Array:
        """The array `name`."""
        if isinstance(name, str) and name in self.arrays:
            return self.arrays[name]
        raise self._unknown(name)

    def _instead(self, method: str, other: object) -> str:
        """What to write where a method was used as a value (see `called`)."""
        if method in self.named_states() or method in (*(v.name for v in self.variables), *self.arrays):
            kind = "state" if method in self.named_states() else "array" if method in self.arrays else "variable"
            return f'the {kind} is {self.name}.{kind}("{method}")'
        if method in ("state", "in_states"):
            asked = other if isinstance(other, str) and other in self.states else self.states[0]
            hidden = hasattr(type(self), asked)
            written = f'{self.name}.state("{asked}")' if hidden else f"{self.name}.{asked}"
            return f"write {written} for the state {asked}, ~{written} for any other"
        return f'call it: {self.name}.{method}("...")' if method in ("variable", "array") else ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "states" not in self.__dict__:
            raise AttributeError(name)
        if name in self.states:
            return StateIs(self, (name,))
        if name in self._within:
            return StateIs(self, self._within[name])
        if name in self.arrays:
            return self.arrays[name]
        return self.variable(name)

    def __dir__(self) -> list[str]:
        """With states, variables and arrays, so that interactive editors complete them."""
        elements = {id(element) for array in self.arrays.values() for element in array}
        own = (v.name for v in self.variables if id(v) not in elements)
        return [*super().__dir__(), *self.named_states(), *own, *self.arrays]

    def __repr__(self) -> str:
        return f"<component {self.name}: {len(self.states)} states, {len(self.variables)} variables>"

    @called
    def named_states(self) -> tuple[str, ...]:
        """What `state` takes: the states and, of a hierarchical machine that was taken in, names for several of them."""
        return (*self.states, *self._within)

    @property
    def triggers(self) -> tuple[str, ...]:
        """The triggers in the order in which they first occur."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions))

    @called
    def on_trigger(self, trigger: str) -> tuple[On, ...]:
        """The transitions of a trigger in order."""
        return tuple(t for t in self.transitions if t.trigger == trigger)

    @property
    def lists_given(self) -> Iterator[HandedOver]:
        """The lists and dictionaries that it and its transitions were made of."""
        yield from self._handed
        for transition in self.transitions:
            yield from transition.lists_given
            for way in transition.outcomes:
                yield from way.then.lists_given

    # -- live machines ----------------------------------------------------------------------------------------------
    @called
    def definitions(self) -> list[dict[str, Any]]:
        """The transitions as the dictionaries that `transitions.Machine` takes."""
        result: list[dict[str, Any]] = []
        for trigger in self.triggers:
            group = self.on_trigger(trigger)
            choosing = any(len(t.outcomes) > 1 for t in group)
            for rank, transition in enumerate(group):
                result += transition.definitions(rank, choosing)
        return result

    @called
    def live(self, model: Any, initial: str | None = None) -> Machine:
        """A live `transitions` machine over `model`, which must have an `environment` (see `system.oracle`).

        `initial`: the state that it begins in; by default the (first) initial state.
        """
        return Machine(
            model=model,
            states=list(self.states),
            initial=initial or self.initial,
            transitions=self.definitions(),
            auto_transitions=False,
            send_event=True,
            ignore_invalid_triggers=True,
        )

    @classmethod
    def from_machine(
        cls,
        name: str,
        machine: Machine,
        variables: Iterable[Variable | Array] = (),
        doc: str = "",
        *,
        conditions: Mapping[str, Operand] = MappingProxyType({}),
        initial: str | Iterable[str] | None = None,
    ) -> Component:
        """Adopt a `transitions` machine whose conditions are expressions or names.

        `conditions` gives a boolean expression for each condition that the machine names (a method or attribute of its
        model, or a function); the machine stays unchanged, and still runs alone. Other conditions and `unless` must be
        expressions; `before` and `after` may hold `Updates`. The component starts in the machine's initial state, or as
        `initial` says. Callbacks, subclasses that override behaviour and anything else not known to be without effect are refused
        together: ModelError DR118 (see `plain_machines`). The `to_<state>` triggers that `transitions` adds are not part of the
        component. A hierarchical machine is flattened (`nested_machines`): the component's states are `parent_child`, or
        `x_1_and_y_2` for parallel regions; the name of a parent means all states within it.
        """
        place = caller()
        check_name(name, "component", place)
        check_text(doc, f"component {name}", place)
        found = taken_in(name, machine, conditions, place)
        begins = found.initial if initial is None else initial
        return cls(name, found.states, begins, variables, found.transitions, doc, _within=found.within)

    # -- checks -----------------------------------------------------------------------------------------------------
    def _listed(self, items: object, what: str) -> Iterable[Any]:
        refuse_unordered(
            items, f"component {self.name}: {'variables' if what == 'variables' else 'transitions'}", self.place
        )
        if isinstance(items, (str, Expression, Array, On)) or not isinstance(items, Iterable):
            raise ModelError(
                "DR119",
                f"component {self.name}: {shown(items)} is not a list of {what}",
                place=self.place,
            )
        return items

    def _own(self, declared: Iterable[Variable | Array]) -> tuple[Variable, ...]:
        owned: list[Variable] = []
        for item in self._listed(declared, "variables"):
            if isinstance(item, Array):
                if item.name in self.arrays:
                    raise ModelError(
                        "DR105", f"component {self.name} has two arrays {shown(item.name)}", place=item.place
                    )
                self.arrays[item.name] = item
                owned.extend(item.elements)
            elif isinstance(item, Variable):
                owned.append(item)
            else:
                raise ModelError(
                    "DR107",
                    f"component {self.name}: {shown(item)} is not a variable",
                    place=self.place,
                    remedy="declare it with Boolean, Choice, Integer, Counter, Age or Array",
                )
        for variable in owned:
            if variable.owner is not None:
                raise ModelError(
                    "DR105",
                    f"variable {variable.name} of {self.name} already belongs to {variable.owner.name}",
                    place=variable.place,
                    remedy="declare one variable object for each component",
                )
            variable.owner = self
        return tuple(owned)

    def _check_names(self) -> None:
        seen: set[str] = set()
        elements = {id(element) for array in self.arrays.values() for element in array}
        for state in self.states:
            check_name(state, f"state of component {self.name}", self.place)
        for name in [*self.named_states(), *(v.name for v in self.variables if id(v) not in elements), *self.arrays]:
            if name in seen:
                raise ModelError(
                    "DR105",
                    f"component {self.name}: {shown(name)} names two states or variables",
                    place=self.place,
                    remedy="give states and variables of one component different names",
                )
            seen.add(name)
        set_later = ("initial", "initial_states", "transitions", "_handed")
        refuse_hidden(
            Component, f"component {self.name}", dict.fromkeys(seen, self.place), (*self.__dict__, *set_later)
        )

    def _starts(self, initial: object) -> tuple[str, ...]:
        """The states that it may start in, in the order in which they are declared."""
        if initial is None:
            return self.states[:1]
        asked = listed_states(initial, self.states, f"component {self.name}: its initial states", self.place)
        for name in asked:
            self._check_state(name, "initial state", self.place)
        return tuple(state for state in self.states if state in asked)

    def _check_state(self, name: Any, what: str, place: Place, available: Sequence[str] = ()) -> None:
        if isinstance(name, str) and name in self.states:
            return
        said = f"unknown {what} {shown(name)} of component {self.name}"
        if is_pattern(name) and not matched(name, self.states):
            said = f"no {what.rstrip(':')} matches {shown(name)} in component {self.name}"
        raise ModelError("DR104", said, place=place, available=available or self.states, asked=name)

    def _check_one_state(self, name: str, what: str, place: Place, of: str = "", remedy: str = "") -> None:
        """A state that something begins in or leads to is one: a pattern is refused even where it matches one alone."""
        if is_pattern(name) and (several := matched(name, self.states)):
            raise ModelError(
                "DR104",
                f"the {of or what} of component {self.name} is one state, and {shown(name)} is a pattern",
                place=place,
                available=several,
                remedy=f"name the state{remedy}",
            )
        self._check_state(name, what, place)

    def _unknown(self, name: str) -> ModelError:
        available = [*self.named_states(), *(v.name for v in self.variables), *self.arrays]
        return UnknownAttributeError(
            "DR104",
            f"component {self.name} has no state or variable {shown(name)}",
            place=caller(),
            available=available,
            asked=name,
        )

    def _resolve(self, transition: On) -> On:
        if not isinstance(transition, On):
            raise ModelError(
                "DR119",
                f"component {self.name}: {shown(transition)} is not a transition",
                place=self.place,
                remedy="write transitions with on(...)",
            )
        what = f"state in {self.name}.{transition.trigger}:"
        sources = expanded(transition.sources, self.states)
        for source in sources:
            self._check_state(source, what, transition.place)
        for way in transition.outcomes:
            if way.dest is not None:
                self._check_one_state(
                    way.dest,
                    what,
                    transition.place,
                    f"destination of {transition.trigger}",
                    "; where it can be any of several, give outcomes=[outcome(...), ...]",
                )
            for target, _ in way.then.items:
                for variable in assignment_targets(target)[1]:
                    if variable.owner is not self:
                        raise ModelError(
                            "DR108",
                            f"{self.name}.{transition.trigger} assigns {variable.label}, "
                            f"which is not a variable of {self.name}",
                            place=transition.place,
                            available=[v.name for v in self.variables],
                            remedy="a component changes its own variables only; let the owner take part in the event",
                        )
        return replace(transition, sources=tuple(sources))


def refuse_unreachable(component: Component) -> None:
    """Raise ModelError DR112 for a state of a component that none of its transitions leads to."""
    reached, frontier = set(component.initial_states), list(component.initial_states)
    while frontier:
        state = frontier.pop()
        for transition in component.transitions:
            if state in transition.sources:
                for way in transition.outcomes:
                    if way.dest is not None and way.dest not in reached:
                        reached.add(way.dest)
                        frontier.append(way.dest)
    for state in component.states:
        if state not in reached:
            raise ModelError(
                "DR112",
                f"no transition of component {component.name} leads to its state {shown(state)}",
                place=component.place,
                available=sorted(reached),
                remedy="add a transition to it, or remove the state",
            )


__all__ = [
    "EVENT_KINDS", "TICK", "Component", "On", "Outcome", "StateIs", "Updates", "on", "outcome", "refuse_unreachable",
]  # names only  # fmt: skip
