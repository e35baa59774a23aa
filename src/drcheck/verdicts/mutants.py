"""Procedures within a system, and mutants of them.

A *procedure* is a component in which each step is a state that an operator event of the same name leaves. Its step's
*effects* are the other participants of that event. A step *waits* if the procedure's own transitions from that state
all have guards. A mutant is the same system with one thing done otherwise:

| kind | what is changed |
|---|---|
| leave out | the step is ticked off, without its wait, and has no effect |
| do not wait | the step is done without its wait; if it has no effect, that is leaving it out |
| repeat | the step's effects happen once more at some later moment |
| swap | the step and the one after it exchange their effects; each place keeps its wait |
| delay | the step is ticked off; its effects happen once at some later moment |
| second disaster | after the step, before the next, one more fault of any kind happens |

Mutants are systems like any other: the oracle steps them on live machines, so their traces replay.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

from drcheck.language.component import Component
from drcheck.language.expressions import ENUMERATION, Literal
from drcheck.language.transition import On, on
from drcheck.system.composition import FAULTS
from drcheck.system.lowering import lower_event
from drcheck.system.system import Cell, Domain, Event, Participant, System

KINDS = ("leave out", "do not wait", "repeat", "swap", "delay", "second disaster")
"""The kinds of mutation, in the order of the table's columns."""


@dataclass(frozen=True)
class Procedure:
    """A procedure: its component, and the positions of its steps' events in the system, in order."""

    component: Component
    events: tuple[int, ...]

    def steps(self, system: System) -> list[Event]:
        """The events of the steps."""
        return [system.events[i] for i in self.events]

    def state_before(self, system: System, number: int) -> str:
        """The state in which step `number` is the next one."""
        return next(p.trigger for p in system.events[self.events[number]].participants if p.component is self.component)


@dataclass(frozen=True)
class Mutation:
    """One mutant of a procedure: a kind, and the number of the step."""

    kind: str
    step: int


def procedures(system: System) -> list[Procedure]:
    """The procedures of a system, in the order of its components; those with at least two steps."""
    found = []
    for component in system.components:
        at: dict[str, int] = {}
        for number, event in enumerate(system.events):
            if event.kind != "operator" or event.fault is not None:
                continue
            for participant in event.participants:
                if participant.component is component and participant.trigger in component.states:
                    at.setdefault(participant.trigger, number)
        if len(at) >= 2:
            found.append(Procedure(component, tuple(at[s] for s in component.states if s in at)))
    return found


def not_steps(system: System) -> list[str]:
    """The operator events that are no step of a procedure, which no mutant changes; slips that are modelled as faults aside."""
    steps = {number for procedure in procedures(system) for number in procedure.events}
    return [
        event.name
        for number, event in enumerate(system.events)
        if event.kind == "operator" and event.fault is None and number not in steps
    ]


def mutations(system: System, procedure: Procedure) -> list[Mutation]:
    """All mutants of a procedure: every kind at every step where it makes a difference."""
    last = len(procedure.events) - 1
    faults = _faults(system)
    found = []
    for number, event in enumerate(procedure.steps(system)):
        has_effect = len(event.participants) > 1
        waits = _waits(procedure.component, procedure.state_before(system, number))
        for kind in KINDS:
            if kind == "second disaster":
                possible = bool(faults) and number < last
            elif kind == "swap":
                possible = number < last
            elif kind == "leave out":
                possible = has_effect or waits
            elif kind == "do not wait":
                possible = has_effect and waits
            else:
                possible = has_effect
            if possible:
                found.append(Mutation(kind, number))
    return found


def mutant(system: System, procedure: Procedure, mutation: Mutation) -> System:
    """The system with one step of a procedure done otherwise."""
    book, number = procedure.component, procedure.events[mutation.step]
    event = system.events[number]
    own = [p for p in event.participants if p.component is book]
    effects = [p for p in event.participants if p.component is not book]
    if mutation.kind == "leave out":
        return _rebuilt(system, None, {number: [_at_once(p) for p in own]}, [])
    if mutation.kind == "do not wait":
        return _rebuilt(system, None, {number: [*(_at_once(p) for p in own), *effects]}, [])
    if mutation.kind == "swap":
        following = procedure.events[mutation.step + 1]
        others = system.events[following].participants
        return _rebuilt(
            system,
            None,
            {
                number: own + [p for p in others if p.component is not book],
                following: [p for p in others if p.component is book] + effects,
            },
            [],
        )
    if mutation.kind == "delay":
        late = _helper(system, [on("put_off", "nothing", "put_off"), on("late", "put_off", "done")])
        return _rebuilt(
            system,
            late,
            {number: [*own, Participant(late, "put_off")]},
            [(event, f"late_{event.name}", [Participant(late, "late"), *effects])],
        )
    if mutation.kind == "repeat":
        again = _helper(system, [on("done_once", "nothing", "once"), on("again", "once", "done")])
        return _rebuilt(
            system,
            again,
            {number: [*event.participants, Participant(again, "done_once")]},
            [(event, f"again_{event.name}", [Participant(again, "again"), *effects])],
        )
    between = book.state(procedure.state_before(system, mutation.step + 1))
    strike = _helper(system, [on("strike", "nothing", "done", when=between)])
    added = []
    for fault in _faults(system):
        hit = [p for p in fault.participants if p.component.name != FAULTS]
        added.append((fault, f"second_{fault.name}", [Participant(strike, "strike"), *hit]))
    return _rebuilt(system, strike, {}, added)


def _own(component: Component, step: str) -> list[On]:
    """The transitions with which a procedure continues from a step, without those that make up for the step later."""
    return [t for t in component.on_trigger(step) if step in t.sources]


def _waits(component: Component, step: str) -> bool:
    """Whether a step can have to wait: each of its transitions has a guard that is not always true."""
    return all(t.when is not None and not (isinstance(t.when, Literal) and t.when.value) for t in _own(component, step))


def _at_once(participant: Participant) -> Participant:
    """The procedure's own part in a step, without the wait.

    Guards that choose between ways to go on still choose: only the last way, which is then taken where no other can be,
    loses its guard. The component stays what it is for everything that speaks of it; this is a copy with other
    transitions, and the cells are found by its name.
    """
    component, step = participant.component, participant.trigger
    *_, last = _own(component, step)
    transitions: list[On] = []
    for transition in component.transitions:
        if transition is not last:
            transitions.append(transition)
            continue
        elsewhere = tuple(s for s in last.sources if s != step)
        transitions += [replace(last, sources=elsewhere)] if elsewhere else []
        transitions.append(replace(last, sources=(step,), when=None))
    changed = copy.copy(component)
    changed.__dict__["transitions"] = tuple(transitions)
    return replace(participant, component=changed)


def _faults(system: System) -> list[Event]:
    """The disasters: the environment's events of a kind of fault."""
    return [e for e in system.events if e.fault is not None and e.kind == "environment"]


def _helper(system: System, transitions: Sequence[On]) -> Component:
    """The component that remembers what a mutant has done."""
    taken = {c.name for c in system.components}
    name = "mutation"
    while name in taken:
        name += "_"
    states = ["nothing", *dict.fromkeys(w.dest for t in transitions for w in t.outcomes if w.dest is not None)]
    return Component(name, states=states, transitions=transitions, doc="What the mutant does otherwise.")


def _rebuilt(
    system: System,
    extra: Component | None,
    changed: dict[int, list[Participant]],
    added: Sequence[tuple[Event, str, list[Participant]]],
) -> System:
    """The system with a further component, other participants of some events, and further events like given ones."""
    shell = replace(system, events=())
    if extra is not None:
        domain = Domain(ENUMERATION, 0, len(extra.states) - 1, extra.states)
        cell = Cell(len(system.cells), extra.name, domain, extra.name)
        shell = replace(
            shell,
            components=(*system.components, extra),
            cells=(*system.cells, cell),
            initial=(*system.initial, 0),
            further_initial=tuple((*state, 0) for state in system.further_initial),
            control_of={**system.control_of, extra.name: cell.index},
        )

    def lowered(like: Event, name: str, participants: list[Participant]) -> Event:
        guard, alternatives = lower_event(shell, participants)
        return replace(like, name=name, guard=guard, alternatives=alternatives, participants=tuple(participants))

    events = [
        lowered(event, event.name, changed[number]) if number in changed else event
        for number, event in enumerate(system.events)
    ]
    new = [lowered(like, name, participants) for like, name, participants in added]
    # Time stays the last event, as composition puts it.
    return replace(shell, events=tuple(sorted([*events, *new], key=lambda e: e.is_tick)))
