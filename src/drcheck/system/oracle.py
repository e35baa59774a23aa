"""One step in plain Python on live machines: the oracle, which also decides independently what is urgent or has priority.

Nothing here uses the lowered guards and updates. Each component is a live `transitions.Machine`; a global event fires
the triggers of its participants; all conditions and right-hand sides read the state before the event.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod

from transitions import Machine

from drcheck.errors import ModelError
from drcheck.language.component import StateIs
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Value
from drcheck.language.free_choice import Chosen, FreeChoice
from drcheck.language.references import Reference
from drcheck.language.standalone import Model
from drcheck.language.transition import Outcome
from drcheck.language.variables import Variable, assignment_targets
from drcheck.system.system import Cell, Event, Participant, State, System


@dataclass(frozen=True)
class Step:
    """One successor: the event and alternative (positions in the system), and the state after it.

    `escape` is the position of a cell whose value would leave its domain; then there is no state after it. `chosen` are the
    free choices that were made, with their values; a number of ticks for a duration.
    """

    event: int
    alternative: int
    target: State | None
    escape: int | None = None
    chosen: tuple[tuple[FreeChoice, bool | int], ...] = ()


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
        self._models = {key: Model(self.environment) for key in components}
        self._machines: dict[int, Machine] = {key: c.live(self._models[key]) for key, c in components.items()}
        self._sizes = {
            (key, trigger): max(len(t.outcomes) for t in c.on_trigger(trigger))
            for key, c in components.items()
            for trigger in c.triggers
        }
        self._choices = [
            tuple(
                dict.fromkeys(c for p in e.participants for t in p.component.on_trigger(p.trigger) for c in t.choices)
            )
            for e in system.events
        ]

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
        """The steps of event `number` from `state` to `target`: those that `successors` lists (see `steps_of`)."""
        return self._allowed(state, number, target)

    def steps_of(self, state: State, number: int) -> list[Step]:
        """The steps of event `number` from `state`: those that `successors` lists, found without trying the other events, but
        for urgent ones and those of higher priority where they could forbid it.
        """
        return self._allowed(state, number, None)

    def _allowed(self, state: State, number: int, target: State | None) -> list[Step]:
        self.environment.look_at(state)
        event, events = self.system.events[number], list(enumerate(self.system.events))
        steps = [step for step in self._steps(number, event, target) if target is None or step.target == target]
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
        choices = self._choices[number]
        if not choices:
            return self._combined(number, event, target)
        steps, first = [], 0
        for values in itertools.product(*(choice.values for choice in choices)):
            self.environment.choose(dict(zip(choices, values, strict=True)))
            made = {choice for participant in event.participants for choice in self._made(participant)}
            # What nobody asks for has its first value, so that it makes no difference between steps.
            if all(choice in made or value is choice.values[0] for choice, value in zip(choices, values, strict=True)):
                told = tuple((choice, value) for choice, value in self.environment.chosen.items() if choice in made)
                steps += [
                    replace(step, alternative=first + step.alternative, chosen=told)
                    for step in self._combined(number, event, target)
                ]
            first += prod(self._sizes[id(p.component), p.trigger] for p in event.participants)
        return steps

    def _made(self, participant: Participant) -> Iterator[FreeChoice]:
        """The choices that a participant makes: those of the guards that it asks one after the other, and of the updates of
        the transition that is then taken.
        """
        component = participant.component
        before = component.states[self.environment.state[self.system.control_of[component.name]]]
        for transition in component.on_trigger(participant.trigger):
            if before not in transition.sources:
                continue
            yield from transition.deciding_choices
            if (transition.when is None or transition.when.evaluate(self.environment)) and any(
                self._fits(way) for way in transition.outcomes
            ):
                yield from transition.choices
                return

    def _fits(self, way: Outcome) -> bool:
        """Whether the updates of an outcome leave every refusing counter within its domain."""
        for target, value in way.then.items:
            variable = assignment_targets(target)[1][0]
            domain = self.system.cells[self.system.position(variable)].domain
            refuses = variable.at_limit == "refuse"
            if refuses and not domain.low <= int(value.evaluate(self.environment)) <= domain.high:
                return False
        return True

    def _combined(self, number: int, event: Event, target: State | None) -> list[Step]:
        """The steps of an event for all outcomes, with the free choices as they are."""
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


class SystemEnvironment:
    """Reads surface expressions against one state of a system, and collects simultaneous writes.

    `control` is the state before the event even while live machines already moved, so every participant of a rendezvous
    reads the same values.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._meant: dict[Expression, Expression] = {}
        self.state: State = system.initial
        self.written: dict[int, Value] = {}
        self.chosen: dict[FreeChoice, bool | int] = {}

    def look_at(self, state: State) -> None:
        """Read from now on in `state`; forget what was written and chosen."""
        self.state, self.written, self.chosen = state, {}, {}

    def choose(self, values: Mapping[FreeChoice, Chosen]) -> None:
        """Read from now on these values of free choices."""
        self.chosen = {
            choice: self.ticks(value) if isinstance(value, Duration) else value for choice, value in values.items()
        }

    def read(self, leaf: Expression) -> Value:
        """The value of a variable, a component state or a cell."""
        system = self._system
        if isinstance(leaf, Reference):
            if leaf not in self._meant:
                self._meant[leaf] = system.settled(leaf)
            leaf = self._meant[leaf]
        if isinstance(leaf, Variable):
            position = system.cell_of.get(leaf)
            if position is None:
                position = system.position(leaf)
            return system.cells[position].domain.decode(self.state[position])
        if isinstance(leaf, StateIs):
            position = system.control_of[leaf.component.name]
            return leaf.component.states[self.state[position]] in leaf.states
        if isinstance(leaf, FreeChoice) and leaf in self.chosen:
            return self.chosen[leaf]
        if isinstance(leaf, Cell):
            raw = self.state[leaf.index]
            return bool(raw) if leaf.kind == BOOLEAN else raw
        raise ModelError("DR106", f"`{leaf}` cannot be read in system {system.name}")

    def ticks(self, duration: Duration) -> int:
        """A duration in ticks of the system."""
        return self._system.ticks(duration)

    def write(self, variable: Variable, value: Value) -> None:
        """Remember a simultaneous update; a saturating counter takes the nearest value of its domain."""
        position = self._system.position(variable)
        domain = self._system.cells[position].domain
        if variable.at_limit == "saturate" and domain.kind == INTEGER:
            value = min(max(int(value), domain.low), domain.high)
        self.written[position] = value
