"""One step in plain Python on live `transitions` machines: the oracle.

Nothing here uses the lowered guards and updates. Each component is a live `transitions.Machine`; a global event fires
the triggers of its participants; all conditions and right-hand sides read the state before the event.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from drcheck.component import Component, StateIs
from drcheck.durations import Duration
from drcheck.errors import ModelError, caller, shown
from drcheck.expressions import INTEGER, Expression, Value
from drcheck.system import Event, Participant, State, System, SystemEnvironment
from drcheck.variables import Variable


@dataclass(frozen=True)
class Step:
    """One successor: the event and alternative (positions in the system), and the state after it.

    `escape` is the position of a cell whose value would leave its domain; then there is no state after it.
    """

    event: int
    alternative: int
    target: State | None
    escape: int | None = None


class _Model:
    """What a live machine drives: `transitions` sets `state` on it."""

    state: str

    def __init__(self, environment: Any) -> None:
        self.environment = environment


class _Chooser:
    """Takes the outcome `wanted` of the first transition that matches, and learns how many outcomes it has."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.rank, self.size = wanted, -1, 1

    def __call__(self, rank: int, index: int, size: int) -> bool:
        if self.rank < 0:
            self.rank, self.size = rank, size
        return rank == self.rank and index == self.wanted


@dataclass(frozen=True)
class _Move:
    """What one participant does: the outcome taken, its new control state, its writes."""

    outcome: int
    state: str
    written: Mapping[int, Value]


class Oracle:
    """Steps a System on live machines. `successors(state)` lists its steps in canonical order."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.environment = SystemEnvironment(system)
        # In a mutant of a procedure a participant may be a copy of its component that has other transitions.
        taking_part = (p.component for event in system.events for p in event.participants)
        components = {id(c): c for c in itertools.chain(system.components, taking_part)}
        self._models = {key: _Model(self.environment) for key in components}
        self._machines: dict[int, Machine] = {key: c.live(self._models[key]) for key, c in components.items()}
        self._sizes = {
            (key, trigger): max(len(t.outcomes) for t in c.on_trigger(trigger))
            for key, c in components.items()
            for trigger in c.triggers
        }

    def successors(self, state: State) -> list[Step]:
        """Every step from `state`: events in order, alternatives in order; urgency and priorities applied."""
        self.environment.look_at(state)
        possible = [(number, self._steps(number, event)) for number, event in enumerate(self.system.events)]
        possible = [(number, steps) for number, steps in possible if steps]
        events = self.system.events
        if any(events[number].urgent for number, _ in possible):
            possible = [(number, steps) for number, steps in possible if not events[number].is_tick]
        highest = max((events[number].priority for number, _ in possible), default=0)
        return [step for number, steps in possible if events[number].priority == highest for step in steps]

    def steps_to(self, state: State, number: int, target: State) -> list[Step]:
        """The steps of event `number` from `state` to `target`: those that `successors` lists, found without trying the
        other events, but for urgent ones and those of higher priority where they could forbid it.
        """
        self.environment.look_at(state)
        event, events = self.system.events[number], list(enumerate(self.system.events))
        steps = [step for step in self._steps(number, event, target) if step.target == target]
        if not steps:
            return []
        higher = [other for n, other in events if other.priority > event.priority and self._steps(n, other)]
        ticks = event.is_tick or any(other.is_tick for other in higher)
        if ticks and any(other.urgent and self._steps(n, other) for n, other in events):
            higher = [other for other in higher if not other.is_tick]
            steps = [] if event.is_tick else steps
        return [] if higher else steps

    def holds(self, condition: Expression, state: State) -> bool:
        """Whether a boolean (surface or lowered) expression holds in `state`."""
        self.environment.look_at(state)
        return bool(condition.evaluate(self.environment))

    def value(self, node: Expression, state: State) -> int:
        """The value of an integer or boolean expression in `state`."""
        self.environment.look_at(state)
        return int(node.evaluate(self.environment))

    def _steps(self, number: int, event: Event, target: State | None = None) -> list[Step]:
        """The steps of an event, urgency and priorities aside; with `target`, without some that do not lead there."""
        choices = []
        for participant in event.participants:
            moves = self._moves(participant)
            if target is not None:
                moves = [move for move in moves if self._leads_to(participant, move, target)]
            if not moves:
                return []
            choices.append(moves)
        sizes = [self._sizes[id(p.component), p.trigger] for p in event.participants]
        steps = []
        for combination in itertools.product(*choices):
            alternative = 0
            for move, size in zip(combination, sizes, strict=True):
                alternative = alternative * size + move.outcome
            steps.append(self._target(number, alternative, event, combination))
        return steps

    def _moves(self, participant: Participant) -> list[_Move]:
        """What a participant can do now: one move for each outcome, or the empty move of one that need not move."""
        component, trigger = participant.component, participant.trigger
        machine, model = self._machines[id(component)], self._models[id(component)]
        before = component.states[self.environment.state[self.system.control_of[component.name]]]
        moves: list[_Move] = []
        # Where a state has no transition of the trigger, `transitions` would do nothing but log a warning.
        defined = bool(machine.events[trigger].transitions.get(before))
        wanted, size = 0, 1
        while defined and wanted < size:
            model.state = before
            self.environment.written = {}
            choose = _Chooser(wanted)
            if machine.events[trigger].trigger(model, choose=choose):
                moves.append(_Move(wanted, model.state, self.environment.written))
            size = choose.size
            wanted += 1
        if moves or (participant.required and not participant.only_where_defined):
            return moves
        if participant.only_where_defined and defined:
            return []
        return [_Move(0, before, {})]

    def _leads_to(self, participant: Participant, move: _Move, target: State) -> bool:
        """Whether a move gives the cells that it writes the values that they have in `target`."""
        component, cells = participant.component, self.system.cells
        state = component.states[target[self.system.control_of[component.name]]]
        written = move.written.items()
        return move.state == state and all(cells[n].domain.encode(value) == target[n] for n, value in written)

    def _target(self, number: int, alternative: int, event: Event, moves: tuple[_Move, ...]) -> Step:
        target = list(self.environment.state)
        escapes = []
        for participant, move in zip(event.participants, moves, strict=True):
            component = participant.component
            target[self.system.control_of[component.name]] = component.states.index(move.state)
            for position, value in move.written.items():
                domain = self.system.cells[position].domain
                target[position] = domain.encode(value)
                if not domain.low <= target[position] <= domain.high:
                    escapes.append(position)
        if escapes:
            return Step(number, alternative, None, min(escapes))
        return Step(number, alternative, tuple(target))


class _StandaloneEnvironment:
    """The environment of one component that runs by itself: its own values, and constants for what it reads."""

    def __init__(self, component: Component, reads: Mapping[Any, Value], tick: Duration | None) -> None:
        self.component, self.tick = component, tick
        self.values: dict[str, Value] = {v.name: v.start for v in component.variables}
        self.before, self.model = dict(self.values), None
        place = caller()
        if not isinstance(reads, Mapping):
            raise ModelError("DR120", f"reads map expressions to values, they are not {shown(reads)}", place=place)
        for leaf, value in reads.items():
            if not isinstance(leaf, (Variable, StateIs)) or not isinstance(value, (bool, int, str)):
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

    @staticmethod
    def _key(leaf: object) -> object:
        return (leaf.component.name, leaf.states) if isinstance(leaf, StateIs) else leaf

    def read(self, leaf: Expression) -> Value:
        """A value of the component itself, or one that was given."""
        if isinstance(leaf, Variable) and leaf.owner is self.component:
            return self.before[leaf.name]
        if isinstance(leaf, StateIs) and leaf.component is self.component:
            return self.state_before in leaf.states
        if self._key(leaf) in self._given:
            return self._given[self._key(leaf)]
        raise ModelError(
            "DR120",
            f"{self.component.name} reads `{leaf}`, which it was not given",
            place=caller(),
            available=self._readable,
            remedy="pass machine(reads={expression: value})",
        )

    def ticks(self, duration: Duration) -> int:
        """A duration in ticks of the length given."""
        if self.tick is None:
            raise ModelError(
                "DR117", f"{duration} is used but no tick length was given", place=duration.place or caller(),
                remedy="give machine(tick=hours(1))",
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
                    "DR109", f"{variable.label} would become {value}, outside {variable.low}..{high}",
                    place=variable.place,
                )
        self.values[variable.name] = value

    state_before: str = ""


class Standalone:
    """One component as a `transitions` machine that runs by itself (see `Component.machine`)."""

    def __init__(self, component: Component, reads: Mapping[Any, Value], tick: Duration | None) -> None:
        environment = _StandaloneEnvironment(component, reads, tick)
        model = _Model(environment)
        model.values = environment.values  # type: ignore[attr-defined]  # for the user to read
        self.machine = component.live(model)

        def remember(_: object) -> None:
            environment.before = dict(environment.values)
            environment.state_before = model.state

        self.machine.prepare_event = [remember]
