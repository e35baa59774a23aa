"""Lowering: from components' transitions to guarded commands over cells.

The meaning of a trigger in `transitions` (the first matching transition in order) becomes: transition i is taken where
its source states and guard match and no earlier one does. An event's guard is the conjunction of its participants';
its updates choose by the first match. The reference engine does not use any of this: it steps live machines, and the
tests hold the two against each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.component import Component, On, Outcome, StateIs
from drcheck.language.durations import Duration
from drcheck.language.expressions import (
    BOOLEAN,
    ENUMERATION,
    INTEGER,
    Expression,
    Literal,
    Operand,
    Operation,
    enumeration_values,
    expression,
    substitute,
)
from drcheck.language.free_choice import Chosen, FreeChoice
from drcheck.language.given import Given, with_values
from drcheck.language.happening import Happens
from drcheck.language.operators import NAMED
from drcheck.language.references import Reference
from drcheck.language.variables import Variable, assignment_targets
from drcheck.system.choices import choices_of
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Combined, Domain, Participant, System, capped_cells, cells_of
from drcheck.system.terms import FALSE, TRUE, _constant, choice, conjunction, conjuncts, disjunction, negation

Values: TypeAlias = Mapping[FreeChoice, Chosen]
"""Free choices, and what was chosen."""
NOTHING: Values = MappingProxyType({})
_LONG = 16
"""From how many transitions of one trigger on the choice among them is made in halves."""


class Saturated(Operation):
    """A value that is kept in a domain, as a minimum and a maximum; `raw` is the value itself."""

    def __init__(self, raw: Expression, domain: Domain) -> None:
        below = Operation("min", (raw, Literal(domain.high)), INTEGER)
        super().__init__("max", (below, Literal(domain.low)), INTEGER)
        self.raw = raw


def in_states(cell: Cell, positions: Sequence[int]) -> Expression:
    """Whether a control state is one of some positions."""
    if len(set(positions)) == cell.domain.size:
        return TRUE
    return disjunction([Operation("==", (cell, Literal(p)), BOOLEAN) for p in sorted(set(positions))])


def lower(system: System, operand: Operand, place: Place | None = None) -> Expression:
    """A surface expression as a lowered one, with its ranges checked. Raises ModelError DR106, DR110, DR111, DR117."""
    root = expression(operand)
    if isinstance(root, Literal) and root.kind == ENUMERATION:
        raise ModelError(
            "DR102",
            f"the enumeration value {shown(root.value)} alone is neither a condition nor a number",
            place=place or caller(),
            remedy="compare it with a variable",
        )
    node = _replace(system, root, place)
    bounds(node, place=place)
    return node


def _replace(system: System, root: Expression, place: Place | None) -> Expression:
    def leaf(item: Expression) -> Expression:
        if isinstance(item, Cell):
            return item
        if isinstance(item, Reference):
            item = system.settled(item)
        if isinstance(item, Literal):
            if not isinstance(item.value, Duration):
                return item
            ticks = system.ticks(item.value)
            return Given(ticks, item.choice) if isinstance(item, Given) else Literal(ticks)
        if isinstance(item, Happens):
            raise ModelError(
                "DR106",
                f"`{item}` has a value in properties alone: a state does not say which event led to it",
                place=place or item.place,
                remedy="read states and variables; let the component take part in the event, and remember it",
            )
        if isinstance(item, StateIs):
            known = item.component.name in system.control_of
            if not known or system.component(item.component.name) is not item.component:
                raise ModelError(
                    "DR106",
                    f"`{item}` is not part of system {system.name}",
                    place=place or caller(),
                    available=[c.name for c in system.components],
                    remedy="add the component to the composition",
                )
            cell = system.cells[system.control_of[item.component.name]]
            return in_states(cell, [item.component.states.index(s) for s in item.states])
        return system.cells[system.position(item, place or caller())]

    memo: dict[int, Expression] = {}

    def walk(node: Expression) -> Expression:
        if id(node) in memo:
            return memo[id(node)]
        if isinstance(node, Operation) and node.operator == NAMED:
            new: Expression = walk(node.arguments[0])
            if isinstance(new, Operation):
                new.name = node.name
        elif isinstance(node, Operation) and any(a.kind == ENUMERATION for a in node.arguments):
            new = Operation(node.operator, _enumerated(node, walk), BOOLEAN if node.kind == BOOLEAN else INTEGER)
        elif isinstance(node, Operation):
            arguments = [walk(a) for a in node.arguments]
            if node.operator == "and":
                new = conjunction(arguments)
            elif node.operator == "or":
                new = disjunction(arguments)
            else:
                new = Operation(node.operator, arguments, node.kind)
        else:
            new = substitute(node, leaf)
        memo[id(node)] = new
        return new

    return walk(root)


def _enumerated(node: Operation, walk: Callable[[Expression], Expression]) -> list[Expression]:
    """The operands of an operation on enumerations, with labels as positions."""
    labels = next((a.labels for a in node.arguments if a.labels), ())
    if not labels:  # constants only, as in if_else(link.up, "a", "b") == "a"
        labels = tuple(dict.fromkeys(value for a in node.arguments for value in enumeration_values(a)))

    def one(a: Expression) -> Expression:
        if a.kind != ENUMERATION:
            return walk(a)
        return _enumeration(a, labels, walk)

    return [one(a) for a in node.arguments]


def _enumeration(node: Expression, labels: tuple[str, ...], walk: Callable[[Expression], Expression]) -> Expression:
    """An enumeration-valued expression as positions in `labels`."""
    if isinstance(node, Literal):
        known = labels or (str(node.value),)
        return Literal(known.index(str(node.value)))
    if isinstance(node, Operation) and node.operator == NAMED:
        return _enumeration(node.arguments[0], labels, walk)
    if isinstance(node, Operation):
        arguments = [_enumeration(a, labels, walk) if a.kind == ENUMERATION else walk(a) for a in node.arguments]
        return Operation(node.operator, arguments, INTEGER)
    return walk(node)


def lower_value(system: System, variable: Variable, value: Expression, place: Place | None = None) -> Expression:
    """The right-hand side of an update: enumeration values become positions of the variable's labels."""
    if variable.kind == ENUMERATION:
        return _enumeration(value, variable.labels, lambda node: _replace(system, node, place))
    return _replace(system, value, place)


@dataclass(frozen=True)
class _Way:
    """One outcome of one transition: whether it fits, and its updates by cell position."""

    fits: Expression
    updates: dict[int, Expression]


def _way(system: System, component: Component, transition: On, outcome: Outcome) -> _Way:
    updates: dict[int, Expression] = {}
    fits: list[Expression] = []
    for target, value in outcome.then.items:
        index, variables = assignment_targets(target)
        place = transition.place
        at = None if index is None else _replace(system, index, place)
        if at is not None:
            low, high = bounds(at, place=place)
            if low < 0 or high >= len(variables):
                raise ModelError(
                    "DR110",
                    f"the index of `{target}` can be {low}..{high}, the array has elements 0..{len(variables) - 1}",
                    place=place,
                    remedy="limit it with minimum(...) and maximum(...), or narrow the index variable's domain",
                )
        for position, variable in enumerate(variables):
            cell = system.cells[system.cell_of[variable]]
            right = lower_value(system, variable, value, place)
            low, high = bounds(right, place=place)
            outside = low < cell.domain.low or high > cell.domain.high
            if variable.at_limit == "refuse" or variable.cap_is:
                # Without the caps of the cells read it may lie outside: so ask even if the bounds with caps decide.
                outside = outside or bool(cells_of(right) & capped_cells(system))
            if outside and variable.at_limit == "refuse":
                inside = conjunction(
                    [
                        Operation(">=", (right, Literal(cell.domain.low)), BOOLEAN),
                        Operation("<=", (right, Literal(cell.domain.high)), BOOLEAN),
                    ]
                )
                if position == 0:
                    fits.append(inside)
            elif outside and variable.at_limit == "saturate":
                right = Saturated(right, cell.domain)
            elif high < cell.domain.low or low > cell.domain.high:
                raise ModelError(
                    "DR109",
                    f"`{variable.label} := {value}` is {low}..{high}, the variable holds "
                    f"{cell.domain.low}..{cell.domain.high}",
                    place=place,
                    remedy="widen the variable's domain or correct the update",
                )
            if at is not None:
                here = Operation("==", (at, Literal(position)), BOOLEAN)
                right = choice(here, right, updates.get(cell.index, cell))
            updates[cell.index] = right
    if outcome.dest is not None:
        cell = system.cells[system.control_of[component.name]]
        updates[cell.index] = Literal(component.states.index(outcome.dest))
    return _Way(conjunction(fits), updates)


def _sources(component: Component, transition: On) -> list[int]:
    """The states that a transition starts from, by position."""
    return [component.states.index(state) for state in transition.sources]


def _when(system: System, transition: On) -> Expression:
    return TRUE if transition.when is None else lower(system, transition.when, transition.place)


def matches_of(
    system: System, component: Component, trigger: str, given: Values = NOTHING
) -> list[tuple[Expression, Expression]]:
    """For each transition of a trigger, in order: whether it matches, and whether it does but for the component's state.

    `given`: the values of the free choices that the transitions read.
    """
    control = system.cells[system.control_of[component.name]]
    found = []
    for transition in _given(component.on_trigger(trigger), given):
        fits = disjunction([_way(system, component, transition, outcome).fits for outcome in transition.outcomes])
        guard = conjunction([_when(system, transition), fits])
        found.append((conjunction([in_states(control, _sources(component, transition)), guard]), guard))
    return found


def _given(transitions: Sequence[On], given: Values) -> Sequence[On]:
    """The transitions with the values of free choices put in their place."""
    return [with_values(transition, given) for transition in transitions] if given else transitions


def lower_participant(
    system: System, participant: Participant, given: Values = NOTHING
) -> tuple[Expression, list[Alternative]]:
    """A participant's share of an event: its guard, and its alternatives in order of outcome.

    `given`: the values of the event's free choices.
    """
    component, trigger = participant.component, participant.trigger
    control = system.cells[system.control_of[component.name]]
    transitions = _given(component.on_trigger(trigger), given)
    ways = [[_way(system, component, t, o) for o in t.outcomes] for t in transitions]
    matches = [
        conjunction(
            [in_states(control, _sources(component, t)), _when(system, t), disjunction([w.fits for w in group])]
        )
        for t, group in zip(transitions, ways, strict=True)
    ]
    defined = [position for transition in transitions for position in _sources(component, transition)]
    enabled = disjunction(matches)
    if participant.only_where_defined:
        guard = disjunction([enabled, Operation("not", (in_states(control, defined),), BOOLEAN)])
    else:
        guard = enabled if participant.required else TRUE
    always_moves = participant.required and not participant.only_where_defined
    size = max(len(group) for group in ways)
    alternatives = []
    for k in range(size):
        alternatives.append(
            Alternative(
                _updates(system, matches, ways, k, always_moves),
                None if size == 1 else _possible(matches, ways, k, always_moves),
                None if size == 1 else _weight(transitions, matches, k),
            )
        )
    return guard, alternatives


def _possible(matches: list[Expression], ways: list[list[_Way]], k: int, always_moves: bool) -> Expression:
    """Whether the transition that is taken has a k-th outcome that fits (outcome 0 also stands for not moving)."""
    otherwise: Expression = TRUE if k == 0 and not always_moves else FALSE
    fits = [group[k].fits if k < len(group) else FALSE for group in ways]
    return _first(list(zip(matches, fits, strict=True)), otherwise, _boolean_choice)


def _weight(transitions: Sequence[On], matches: list[Expression], k: int) -> Expression | None:
    """The weight, in millionths, of the k-th outcome of whichever transition matches first; None if one has none."""
    weights: list[Expression] = []
    for transition in transitions:
        given = [1.0] if len(transition.outcomes) == 1 else [way.probability for way in transition.outcomes]
        if any(weight is None for weight in given):
            return None
        weight = given[k] if k < len(given) else 0.0
        weights.append(Literal(max(1, round(weight * 1_000_000)) if weight else 0))
    return _first(list(zip(matches[:-1], weights[:-1], strict=True)), weights[-1], choice)


def _first(
    pairs: list[tuple[Expression, Expression]],
    otherwise: Expression,
    choose: Callable[[Expression, Expression, Expression], Expression],
) -> Expression:
    """The value beside the first test that holds; long lists are halved, so that the result stays shallow."""
    if len(pairs) > _LONG:
        middle = len(pairs) // 2
        *before, (_, last) = pairs[:middle]
        some = disjunction([test for test, _ in pairs[:middle]])
        return choose(some, _first(before, last, choose), _first(pairs[middle:], otherwise, choose))
    for test, value in reversed(pairs):
        otherwise = choose(test, value, otherwise)
    return otherwise


def _boolean_choice(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    if _constant(then) is True and _constant(otherwise) is True:
        return TRUE
    if _constant(otherwise) is False:
        return conjunction([test, then])
    return choice(test, then, otherwise)


def _updates(
    system: System, matches: list[Expression], ways: list[list[_Way]], k: int, always_moves: bool
) -> tuple[tuple[int, Expression], ...]:
    """The updates of the k-th outcome of whichever transition matches first."""
    written = sorted({index for group in ways if k < len(group) for index in group[k].updates})
    result = []
    for index in written:
        cell = system.cells[index]
        pairs = [
            (match, group[k].updates.get(index, cell) if k < len(group) else cell)
            for match, group in zip(matches, ways, strict=True)
        ]
        # Where the event needs this component, some transition matches: the last one needs no test.
        value = _first(pairs[:-1], pairs[-1][1], choice) if always_moves else _first(pairs, cell, choice)
        result.append((index, value))
    return tuple(result)


def lower_event(system: System, participants: Sequence[Participant]) -> tuple[Expression, tuple[Alternative, ...]]:
    """The guard and the alternatives of a rendezvous: alternatives are the product of the participants' own.

    Free choices come first: for each of their values all combinations of outcomes, the last choice varying fastest.
    """
    choices = choices_of(participants)
    if choices:
        guard, ways = _with_choices(system, participants, choices)
        combined = pieces = tuple(ways)
    else:
        shares = [lower_participant(system, p) for p in participants]
        guard = conjunction([g for g, _ in shares])
        combined = Combined.of(alternatives for _, alternatives in shares)
        pieces = tuple(way for _, alternatives in shares for way in alternatives)
    for way in pieces:
        for _, right in way.updates:
            bounds(right)  # refuses what has none
    return guard, combined


def _with_choices(
    system: System, participants: Sequence[Participant], choices: Sequence[FreeChoice]
) -> tuple[Expression, list[Alternative]]:
    """The guard and the alternatives of an event with free choices.

    What guards for all values have in common is the event's guard; the rest is that of its alternatives. They have no
    weights: nothing is known of how likely a value is.
    """
    plain = {n: lower_participant(system, p) for n, p in enumerate(participants) if not choices_of([p])}
    found: list[tuple[list[Expression], Alternative]] = []
    for values in itertools.product(*(each.values for each in choices)):
        given = dict(zip(choices, values, strict=True))
        shares = [plain.get(n) or lower_participant(system, p, given) for n, p in enumerate(participants)]
        made = [
            disjunction([_asked(system, p, each, given) for n, p in enumerate(participants) if n not in plain])
            for each, value in given.items()
            if value is not each.values[0]
        ]
        parts = [part for node in (*(g for g, _ in shares), *made) for part in conjuncts(node)]
        chosen = tuple(given.items())
        for way in Combined.of(alternatives for _, alternatives in shares):
            own = [] if way.guard is None else conjuncts(way.guard)
            found.append(([*parts, *own], replace(way, probability=None, chosen=chosen)))
    texts = [{str(part): part for part in parts} for parts, _ in found]
    common = [text for text in texts[0] if all(text in others for others in texts)]
    ways = []
    for named, (_, way) in zip(texts, found, strict=True):
        rest = [part for text, part in named.items() if text not in common]
        ways.append(replace(way, guard=conjunction(rest) if rest else None))
    return conjunction([texts[0][text] for text in common]), ways


def _asked(system: System, participant: Participant, which: FreeChoice, given: Values) -> Expression:
    """Whether a choice is made, as far as a participant is concerned: a guard that reads it is asked, or an update carried out.

    A transition's guard is asked in its source states where no earlier one is taken. Of what is not made, only the first value
    is an alternative, so that what is the same with all values is one step.
    """
    component = participant.component
    control = system.cells[system.control_of[component.name]]
    rows = component.on_trigger(participant.trigger)
    reading = [k for k, transition in enumerate(rows) if which in set(transition.choices)]
    deciding = [k for k in reading if which in set(rows[k].deciding_choices)]
    first = {state: k for k, transition in reversed(list(enumerate(rows))) for state in transition.sources}
    moves = participant.required and not participant.only_where_defined
    if moves and (len(reading) == len(rows) or set(first.values()) <= set(deciding)):
        return TRUE  # a transition is taken, so the first one of the state was asked
    matches = [match for match, _ in matches_of(system, component, participant.trigger, given)] if reading else []
    found = []
    for k in reading:
        before = [matches[j] for j in range(k) if set(rows[j].sources) & set(rows[k].sources)]
        here = in_states(control, _sources(component, rows[k])) if k in deciding else matches[k]
        found.append(conjunction([here, negation(disjunction(before))]))
    return disjunction(found)
