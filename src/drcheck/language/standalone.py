"""One component as a `transitions` machine that runs alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transitions import EventData, Machine

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.component import Component, StateIs
from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER, Expression, Value
from drcheck.language.free_choice import FreeChoice
from drcheck.language.references import Reference, StateOf, VariableOf
from drcheck.language.variables import Variable


class Model:
    """What a live machine drives: `transitions` sets `state` on it."""

    state: str

    def __init__(self, environment: Any) -> None:
        self.environment = environment


class _StandaloneEnvironment:
    """The environment of one component that runs alone: its own values, and constants for what it reads."""

    def __init__(
        self, component: Component, reads: Mapping[Any, Value], tick: Duration | None, start: Mapping[Any, Value]
    ) -> None:
        self.component, self.tick = component, tick
        place = caller()
        self.values = _start_values(component, start, place)
        self.before, self.model = dict(self.values), None
        if not isinstance(reads, Mapping):
            raise ModelError("DR120", f"reads map expressions to values, they are not {shown(reads)}", place=place)
        for leaf, value in reads.items():
            if not isinstance(leaf, (Variable, StateIs, Reference)) or not isinstance(value, (bool, int, str)):
                raise ModelError(
                    "DR120",
                    f"{component.name} cannot read {shown(leaf)} as {shown(value)}",
                    place=place,
                    remedy="give variables and states of other components, and their values",
                )
        if tick is not None and (not isinstance(tick, Duration) or tick.in_seconds == 0):
            raise ModelError("DR117", f"a tick length is a duration above zero, not {shown(tick)}", place=place)
        self._given = {self._key(leaf): value for leaf, value in reads.items()}
        self._readable = [str(leaf) for leaf in reads]
        self.chosen: Mapping[str, object] = {}
        """What the caller of the trigger chose: `machine.model.send(amount=2)`."""

    @staticmethod
    def _key(leaf: object) -> object:
        """What is the same for what is read and for what is given, be it of a component that is there or by its name."""
        if isinstance(leaf, StateIs):
            return leaf.component.name, leaf.states
        if isinstance(leaf, StateOf):
            return leaf.component, leaf.states
        return leaf.label if isinstance(leaf, VariableOf) or (isinstance(leaf, Variable) and leaf.owner) else leaf

    def read(self, leaf: Expression) -> Value:
        """A value of the component itself, or one that was given."""
        if isinstance(leaf, Reference) and leaf.component == self.component.name:
            leaf = leaf.meant(self.component)
        if isinstance(leaf, Variable) and leaf.owner is self.component:
            return self.before[leaf.name]
        if isinstance(leaf, StateIs) and leaf.component is self.component:
            return self.state_before in leaf.states
        if isinstance(leaf, FreeChoice):
            return self._choice(leaf)
        if self._key(leaf) in self._given:
            return self._given[self._key(leaf)]
        raise ModelError(
            "DR120",
            f"{self.component.name} reads `{leaf}`, which it was not given",
            place=caller(),
            available=self._readable,
            remedy="pass standalone(component, reads={expression: value})",
        )

    def _choice(self, choice: FreeChoice) -> Value:
        """What the caller of the trigger chose, which must be one of the values. Raises ModelError DR120."""
        given = self.chosen.get(choice.name)
        for value in choice.values:
            if type(value) is type(given) and value == given:
                return self.ticks(value) if isinstance(value, Duration) else value
        said = f"{shown(given)} is none of" if choice.name in self.chosen else "it was not given one of"
        raise ModelError(
            "DR120",
            f"{self.component.name} reads the free choice {choice}, and {said} its values {choice.span}",
            place=caller(),
            remedy=f"say what is chosen when the trigger is called: {choice}=...",
        )

    def ticks(self, duration: Duration) -> int:
        """A duration in ticks of the length given."""
        if self.tick is None:
            raise ModelError(
                "DR117",
                f"{duration} is used but no tick length was given",
                place=duration.place or caller(),
                remedy="give standalone(component, tick=hours(1))",
            )
        return duration.ticks(self.tick)

    def write(self, variable: Variable, value: Value) -> None:
        """An update of a variable of the component, seen by the next event; it must lie in the domain."""
        high = self.ticks(variable.high) if isinstance(variable.high, Duration) else variable.high
        if variable.kind == INTEGER:
            if variable.at_limit == "saturate":
                value = min(max(int(value), variable.low), high)
            elif not variable.low <= int(value) <= high:
                raise ModelError(
                    "DR109",
                    f"{variable.label} would become {value}, outside {variable.low}..{high}",
                    place=variable.place,
                )
        self.values[variable.name] = value

    state_before: str = ""


def _start_values(component: Component, start: Mapping[Any, Value], place: Place) -> dict[str, Value]:
    """The values that the variables of a component start with: those that are given, else the first of each."""
    values: dict[str, Value] = {v.name: v.start for v in component.variables}
    if not isinstance(start, Mapping):
        raise ModelError("DR120", f"start maps variables to values, it is not {shown(start)}", place=place)
    for variable, value in start.items():
        own = isinstance(variable, Variable) and variable.owner is component
        if not own or not any(type(value) is type(known) and value == known for known in variable.starts):
            raise ModelError(
                "DR120",
                f"{component.name} does not start with {shown(value)} as {shown(variable)}",
                place=place,
                available=[f"{v}: {', '.join(map(str, v.starts))}" for v in component.variables],
                remedy="give variables of the component, each with one of its start values",
            )
        values[variable.name] = value
    return values


class Standalone:
    """One component as a `transitions` machine that runs alone (see `standalone`)."""

    def __init__(
        self,
        component: Component,
        reads: Mapping[Any, Value],
        tick: Duration | None,
        initial: str | None,
        start: Mapping[Any, Value],
    ) -> None:
        environment = _StandaloneEnvironment(component, reads, tick, start)
        if initial is not None and initial not in component.initial_states:
            raise ModelError(
                "DR120",
                f"{component.name} does not start in {shown(initial)}",
                place=caller(),
                available=component.initial_states,
                asked=initial,
            )
        model = Model(environment)
        model.values = environment.values  # type: ignore[attr-defined]  # for the user to read
        self.machine = component.live(model, initial)

        def remember(event_data: EventData) -> None:
            environment.chosen = event_data.kwargs
            environment.before = dict(environment.values)
            environment.state_before = model.state

        self.machine.prepare_event = [remember]


def standalone(
    component: Component,
    reads: Mapping[Any, Value] | None = None,
    tick: Duration | None = None,
    *,
    initial: str | None = None,
    start: Mapping[Any, Value] | None = None,
) -> Machine:
    """A `transitions` Machine of a component that runs alone.

    Its model has `state`, one method per trigger (as `transitions` gives it) and `values`, the variables by name.
    `reads` gives constants for what guards and updates read of other components (variables or state expressions);
    `tick` is the tick length where durations occur. Of several outcomes the first that fits is taken; the caller of the trigger
    gives the values of free choices: `machine.model.send(amount=2)`. Of several initial states it begins in the first, or in
    `initial`, and with the first start value of each variable, or those of `start`: `start={gap: 3}`.
    Raises ModelError DR120 if something is read that was not given, or if it does not start so.
    """
    return Standalone(component, {} if reads is None else reads, tick, initial, {} if start is None else start).machine
