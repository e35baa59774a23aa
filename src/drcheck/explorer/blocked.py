"""Why an event cannot happen in a state: the conditions of its participants that fail, with the values that they read.

Everything is read from the transitions as they are written and evaluated as live machines do; nothing is lowered. What is said
of a state is so for the events that `Oracle.successors` does not list there, which tests hold it against.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drcheck.language.component import StateIs
from drcheck.language.expressions import Expression, Operation
from drcheck.language.free_choice import FreeChoice
from drcheck.language.operators import NAMED
from drcheck.language.references import Reference
from drcheck.language.transition import On
from drcheck.language.units import cell_units
from drcheck.language.variables import Variable, assignment_targets
from drcheck.render.chart import shown_value
from drcheck.system.oracle import Oracle
from drcheck.system.system import Event, Participant, State
from drcheck.system.terms import simplified

MOST_VALUES = 12
"""How many of the values that a condition reads are told."""


@dataclass(frozen=True)
class Failing:
    """A condition that does not hold. `values`: what it reads, as (name, value in words); `named`: the name that it is part of.

    `row`: which of the transitions of the trigger that leave the state it guards, from 1 on; 0 where there is but one.
    """

    component: str
    condition: str
    values: tuple[tuple[str, str], ...] = ()
    named: str = ""
    row: int = 0

    def __str__(self) -> str:
        of = f", of {self.named}" if self.named else ""
        values = ", ".join(f"{name} = {value}" for name, value in self.values)
        return f"{self.condition}{of}" + (f"  ({values})" if values else "")


class Reasons:
    """Tells why events of a system are not possible."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle, self._system = oracle, oracle.system
        self._units = cell_units(self._system.cell_of)

    def of(self, number: int, state: State, possible: Sequence[int]) -> list[Failing]:
        """Why event `number` cannot happen in a state in which the events `possible` can: what each participant lacks, or, where
        none lacks anything, what holds it back.
        """
        event = self._system.events[number]
        self._oracle.environment.look_at(state)
        found = [failing for participant in event.participants for failing in self._lacks(participant, state)]
        return found or [self._held_back(event, possible)]

    def _held_back(self, event: Event, possible: Sequence[int]) -> Failing:
        events = self._system.events
        urgent = [events[n].name for n in possible if events[n].urgent]
        higher = [events[n].name for n in possible if events[n].priority > event.priority]
        if event.is_tick and urgent:
            return Failing("", f"time does not pass while {_listed(urgent)} can happen: urgent events come first")
        if higher:
            return Failing("", f"{_listed(higher)} can happen, and has priority over it")
        return Failing("", "an event of higher priority, or an urgent one, comes first")

    # -- what a participant lacks ----------------------------------------------------------------------------------------
    def _lacks(self, participant: Participant, state: State) -> Iterator[Failing]:
        component, trigger = participant.component, participant.trigger
        if not participant.required and not participant.only_where_defined:
            return
        control = self._system.control_of[component.name]
        before = component.states[state[control]]
        every = component.on_trigger(trigger)
        rows = [row for row in every if before in row.sources]
        if not rows:
            if not participant.only_where_defined:
                sources = list(dict.fromkeys(source for row in every for source in row.sources))
                yield Failing(component.name, _state_text(component.name, sources), ((component.name, before),))
            return
        told: list[Failing] = []
        for position, row in enumerate(rows, 1):
            failing = self._row(component.name, row)
            if not failing:
                return
            told += [
                Failing(f.component, f.condition, f.values, f.named, position if len(rows) > 1 else 0) for f in failing
            ]
        yield from told

    def _row(self, component: str, row: On) -> list[Failing]:
        """The conditions of a transition that fail whatever is chosen; none if it can be taken."""
        choices = row.deciding_choices
        lists: list[list[Failing]] = []
        for values in itertools.product(*(choice.values for choice in choices)):
            self._oracle.environment.choose(dict(zip(choices, values, strict=True)))
            failing = [] if row.when is None else list(self._failing(component, row.when))
            failing = failing or self._too_far(component, row)
            if not failing:
                return []
            lists.append(failing)
        whatever = [f for f in lists[0] if all(any(f.condition == g.condition for g in other) for other in lists[1:])]
        return whatever or lists[0]

    def _failing(self, component: str, node: Expression, wanted: bool = True, named: str = "") -> Iterator[Failing]:
        """The parts of a condition that is not as `wanted`, as small as a conjunction can be taken apart."""
        environment = self._oracle.environment
        if bool(node.evaluate(environment)) is wanted:
            return
        if isinstance(node, Operation):
            if node.operator == NAMED:
                yield from self._failing(component, node.arguments[0], wanted, node.name)
                return
            if node.operator == "not":
                yield from self._failing(component, node.arguments[0], not wanted, named)
                return
            if node.operator == ("and" if wanted else "or"):
                for part in node.arguments:
                    yield from self._failing(component, part, wanted, named)
                return
        told = simplified(node)  # without what the options of the design switch off
        text = str(told if wanted else Operation("not", (told,), node.kind))
        yield Failing(component, text, tuple(self.values(node)), named)

    def _too_far(self, component: str, row: On) -> list[Failing]:
        """That no outcome keeps every refusing counter within its domain."""
        environment, found = self._oracle.environment, []
        for way in row.outcomes:
            lacks = []
            for target, value in way.then.items:
                variable = assignment_targets(target)[1][0]
                domain = self._system.cells[self._system.position(variable)].domain
                if variable.at_limit == "refuse":
                    new = int(value.evaluate(environment))
                    if not domain.low <= new <= domain.high:
                        text = f"{variable.label} becomes {new}, of {domain.low}..{domain.high}"
                        lacks.append(Failing(component, text, tuple(self.values(value))))
            if not lacks:
                return []
            found += lacks
        return found

    # -- values ----------------------------------------------------------------------------------------------------------
    def values(self, node: Expression) -> Iterator[tuple[str, str]]:
        """What an expression reads, with the values where the oracle last looked, each once; of very many the first."""
        leaves = dict.fromkeys(self._read(leaf) for leaf in reversed(list(node.leaves())))
        for number, pair in enumerate(leaves):
            if number == MOST_VALUES:
                yield ("...", f"{len(leaves) - MOST_VALUES} more")
                return
            yield pair

    def _read(self, leaf: Expression) -> tuple[str, str]:
        system, environment = self._system, self._oracle.environment
        if isinstance(leaf, Reference):
            leaf = system.settled(leaf)
        if isinstance(leaf, StateIs):
            state = environment.state[system.control_of[leaf.component.name]]
            return leaf.component.name, leaf.component.states[state]
        if isinstance(leaf, Variable):
            position = system.position(leaf)
            return leaf.label, shown_value(
                system.cells[position], environment.state[position], self._units, system.tick
            )
        if isinstance(leaf, FreeChoice):
            return leaf.name, str(environment.read(leaf))
        return str(leaf), str(leaf.evaluate(environment))


def _state_text(component: str, states: Sequence[str]) -> str:
    return f"{component}.{states[0]}" if len(states) == 1 else f"{component} in ({', '.join(states)})"


def _listed(names: Sequence[str]) -> str:
    first = list(dict.fromkeys(names))
    return first[0] if len(first) == 1 else f"{', '.join(first[:3])}{' and others' if len(first) > 3 else ''}"


__all__ = ["Failing", "Reasons"]
