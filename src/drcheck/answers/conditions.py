"""What must hold for an event to happen, or for a condition, taken apart: what each participant needs, urgency, priorities.

All of the conditions together hold exactly where the event can happen, which tests hold against live machines. A participant with
several transitions of its trigger needs one of them: what these have in common is said alone, the rest as one condition.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from drcheck.language.component import Component, StateIs
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.language.free_choice import FreeChoice, choices_in
from drcheck.language.given import with_values
from drcheck.language.operators import NAMED
from drcheck.language.transition import On, Outcome
from drcheck.language.variables import assignment_targets
from drcheck.system.lowering import lower
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.precedence import Precedence, possible
from drcheck.system.ranges import bounds
from drcheck.system.system import Event, Participant, State, System
from drcheck.system.terms import conjunction, disjunction, negation, simplified

TIME, PRIORITY, TOGETHER = "urgency", "priority", "choice"
"""What holds an event back besides its participants: urgent events, events of higher priority, one choice for all."""

FEW_STATES = 3
"""How many states a transition that was taken may start from for all to be named; of one with more, that in which it was."""


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition that must hold. `of`: the participant that needs it, one of the above, or "" for a part of a condition asked.

    `text`: as it is written; `named`: the name that it is part of; `node`: lowered. `others`: the events that may hold an event
    back, each with the condition that it can happen.
    """

    of: str
    text: str
    node: Expression
    named: str = ""
    others: tuple[tuple[str, Expression], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.text + (f" (of {self.named})" if self.named else "")


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of a guard as it is written, `text`, with what is lowered for each way of making its free choices."""

    text: str
    node: Expression
    named: str = ""


def conditions_in(system: System, condition: Expression) -> list[Condition]:
    """The parts of a condition that all must hold, as small as conjunctions can be taken apart; constants are none."""
    return [Condition("", p.text, p.node, p.named) for p in _parts(system, condition)]


def conditions_of(system: System, number: int) -> list[Condition]:
    """What must hold for an event to happen, by its position."""
    event = system.events[number]
    found = [c for participant in event.participants for c in _needs(system, participant)]
    choices = [set(_deciding(p)) for p in event.participants]
    if any(a & b for a, b in itertools.combinations(choices, 2)):
        found.append(Condition(TOGETHER, "all of these with the same choices", possible(event)))
    return [*found, *_held_back(system, event)]


def taken_of(
    system: System, event: Event, state: State, chosen: Mapping[FreeChoice, bool | int] = MappingProxyType({})
) -> list[Condition]:
    """What made an event possible in a state: of each participant that it needs the state that the transition which it took
    starts from, where not every state will do, and the parts of that transition's guard.

    `chosen`: the free choices that were made.
    """
    environment = SystemEnvironment(system)
    environment.look_at(state)
    environment.chosen = dict(chosen)
    found = []
    for participant in event.participants:
        component = participant.component
        if not participant.required and not participant.only_where_defined:
            continue
        before = component.states[state[system.control_of[component.name]]]
        for row in component.on_trigger(participant.trigger):
            row = with_values(
                row, {choice: value for choice, value in chosen.items() if choice in frozenset(row.choices)}
            )
            if before in row.sources and (row.when is None or row.when.evaluate(environment)):
                parts = _guard(system, row)
                if all(part.node.evaluate(environment) for part in parts):
                    if set(row.sources) < set(component.states):
                        where = StateIs(component, row.sources if len(row.sources) <= FEW_STATES else (before,))
                        found.append(Condition(component.name, where.label, lower(system, where)))
                    found += [Condition(component.name, p.text, p.node, p.named) for p in parts]
                    break
    return found


# -- what a participant needs --------------------------------------------------------------------------------------------
def _deciding(participant: Participant) -> Iterator[FreeChoice]:
    for row in participant.component.on_trigger(participant.trigger):
        yield from row.deciding_choices


def _needs(system: System, participant: Participant) -> Iterator[Condition]:
    if not participant.required and not participant.only_where_defined:
        return
    component = participant.component
    rows = component.on_trigger(participant.trigger)
    sources = [s for s in component.states if any(s in row.sources for row in rows)]
    choices = tuple(dict.fromkeys(_deciding(participant)))
    ways = [_row(system, component, row, choices, len(sources)) for row in rows]
    common = [part for part in ways[0] if all(any(part.text == p.text for p in way) for way in ways[1:])]
    shared = {part.text for part in common}
    rest = [[part for part in way if part.text not in shared] for way in ways]
    if all(rest):
        text = " or ".join(_together(way, len(rest) > 1) for way in rest)
        common.append(_Part(text, disjunction([conjunction([p.node for p in way]) for way in rest])))
    away: list[_Part] = []
    if len(sources) < len(component.states):
        inside = _Part(_state_text(component, sources), lower(system, StateIs(component, tuple(sources))))
        if participant.only_where_defined:
            away = [_Part(f"not {inside.text}", negation(inside.node))]
        elif not (all(rest) and all(len(set(row.sources)) < len(sources) for row in rows)):
            yield Condition(component.name, inside.text, inside.node)  # else each alternative says in which states
    for part in common:
        if away:
            part = _Part(f"{away[0].text} or {part.text}", disjunction([away[0].node, part.node]), part.named)
        yield Condition(component.name, part.text, part.node, part.named)


def _row(system: System, component: Component, row: On, choices: Sequence[FreeChoice], sources: int) -> list[_Part]:
    """The parts of which all must hold for a transition to be taken, its state only where that says which transition it is."""
    parts: list[_Part] = []
    if len(set(row.sources)) < sources:
        parts.append(_Part(_state_text(component, row.sources), lower(system, StateIs(component, row.sources))))
    own = dict.fromkeys(
        choice for choice in choices if choice in frozenset(row.deciding_choices)
    )  # == makes expressions
    written = [*([] if row.when is None else _surface(row.when)), *_fits(system, row)]
    free = [one for one in written if not any(c in own for c in choices_in([one.condition]))]
    parts += [one.lowered(system) for one in free]
    bound = [one for one in written if one not in free]
    if bound:
        ways = []
        for values in itertools.product(*(choice.values for choice in own)):
            made = with_values(row, dict(zip(own, values, strict=True)))
            inside = [] if made.when is None else [lower(system, made.when)]
            ways.append(conjunction([*inside, *(one.lowered(system).node for one in _fits(system, made))]))
        text = " and ".join(one.text for one in bound)
        parts.append(_Part(f"{text} for some {' and '.join(str(choice) for choice in own)}", disjunction(ways)))
    return parts


def _guard(system: System, row: On) -> list[_Part]:
    """The parts of a transition's guard, that its counters stay in their domains with them."""
    return [one.lowered(system) for one in (*([] if row.when is None else _surface(row.when)), *_fits(system, row))]


@dataclass(frozen=True, eq=False)
class _Written:
    """A part of a guard as it is written: whether it must hold or must not, and the name that it is part of."""

    condition: Expression
    wanted: bool = True
    named: str = ""

    @property
    def text(self) -> str:
        told = simplified(self.condition)  # without what the options of the design switch off
        return str(told if self.wanted else Operation("not", (told,), BOOLEAN))

    def lowered(self, system: System) -> _Part:
        node = lower(system, self.condition)
        return _Part(self.text, node if self.wanted else negation(node), self.named)


def _surface(node: Expression, wanted: bool = True, named: str = "") -> Iterator[_Written]:
    """The parts of a condition, as small as a conjunction can be taken apart; none of what always is as it is wanted."""
    if isinstance(node, Operation):
        if node.operator == NAMED:
            yield from _surface(node.arguments[0], wanted, node.name)
            return
        if node.operator == "not":
            yield from _surface(node.arguments[0], not wanted, named)
            return
        if node.operator == ("and" if wanted else "or"):
            for part in node.arguments:
                yield from _surface(part, wanted, named)
            return
    told = simplified(node)
    if not (isinstance(told, Literal) and bool(told.value) is wanted):
        yield _Written(node, wanted, named)


def _parts(system: System, condition: Expression) -> list[_Part]:
    return [one.lowered(system) for one in _surface(condition)]


def _fits(system: System, row: On) -> Iterator[_Written]:
    """That some outcome keeps every refusing counter within its domain; nothing where one does whatever the values are."""
    outcomes = [list(_kept(system, way)) for way in row.outcomes]
    if not all(outcomes):
        return
    if len(outcomes) == 1:
        yield from outcomes[0]
        return
    yield _Written(disjunction([conjunction([one.condition for one in inside]) for inside in outcomes]))


def _kept(system: System, way: Outcome) -> Iterator[_Written]:
    """That an outcome keeps every refusing counter within its domain: nothing of bounds that it cannot pass."""
    for target, value in way.then.items:
        variable = assignment_targets(target)[1][0]
        domain = system.cells[system.position(variable)].domain
        if variable.at_limit == "refuse":
            least, greatest = (domain.low, domain.high) if choices_in([value]) else bounds(lower(system, value))
            if least < domain.low or choices_in([value]):
                yield _Written(
                    Operation(">=", (value, Literal(domain.low)), BOOLEAN), named=f"the domain of {variable.label}"
                )
            if greatest > domain.high or choices_in([value]):
                yield _Written(
                    Operation("<=", (value, Literal(domain.high)), BOOLEAN), named=f"the domain of {variable.label}"
                )


def _together(parts: Sequence[_Part], several: bool) -> str:
    text = " and ".join(f"({p.text})" if " or " in p.text and len(parts) > 1 else p.text for p in parts)
    return f"({text})" if several and len(parts) > 1 else text


def _state_text(component: Component, states: Sequence[str]) -> str:
    return StateIs(component, tuple(dict.fromkeys(states))).label


# -- what holds it back --------------------------------------------------------------------------------------------------
def _held_back(system: System, event: Event) -> Iterator[Condition]:
    """That no urgent event can happen, where it is the passing of time, and none of a higher priority."""
    events = system.events
    order = Precedence(events)
    urgent = [(events[n].name, possible(events[n])) for n in order.urgent]
    calm = negation(disjunction([can for _, can in urgent]))
    if event.is_tick and urgent:
        yield Condition(TIME, "no urgent event can happen", calm, others=tuple(urgent))
    higher = []
    for n in order.higher.get(event.priority, ()):
        can = possible(events[n])
        higher.append((events[n].name, conjunction([can, calm]) if events[n].is_tick else can))
    if higher:
        quiet = negation(disjunction([can for _, can in higher]))
        yield Condition(PRIORITY, "no event of a higher priority can happen", quiet, others=tuple(higher))


__all__ = ["PRIORITY", "TIME", "TOGETHER", "Condition", "conditions_in", "conditions_of", "taken_of"]
