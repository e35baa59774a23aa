"""The operators: what is done to a model, one small fault at a time, and every mutant of a system.

The list is fixed before anything is drawn. An operator that makes no sense at a place gives nothing there. What belongs to no
source, as the budget of faults that `compose` makes, is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from drcheck.language.component import Component, StateIs
from drcheck.language.durations import Duration
from drcheck.language.expressions import (
    INTEGER,
    Expression,
    Literal,
    Operation,
    applied,
    nodes_in,
    substitute,
)
from drcheck.language.operators import NAMED
from drcheck.language.transition import On, Outcome, Updates
from drcheck.language.variables import Variable, assignment_targets
from drcheck.system.composition import FAULTS
from drcheck.system.system import System
from drcheck.verdicts.planting import wrong_conditions
from drcheck.verdicts.planting.mutant import Edit, Mutant

OPERATORS: Mapping[str, str] = {
    "guard dropped": "a transition has no guard any more",
    "condition dropped": "a condition of a guard that reads the component itself is left out",
    "dead link ignored": "a condition of a guard that reads another component, a link or a site say, is left out",
    "comparison widened": "a comparison in a guard also holds where its sides are equal (`<` becomes `<=`), or beyond "
    "(`=` becomes `>=`)",
    "threshold moved": "a constant that a guard, or a choice in an update, compares with is one greater or less; a duration "
    "by a tick",
    "target changed": "a transition leads to the next state in the component's list, or to none",
    "update forgotten": "an update is left out: what should be reset or counted is not",
    "update off by one": "a number is set to one more or one less",
    "update doubled": "what is done to a number is done twice",
    "case forgotten": "a choice in an update always takes its first value, or always its second",
    "cap moved": "the cap of a counter is one less; a cap that is a real limit, or refuses, also one more",
    "participant left out": "a component no longer takes part in an event",
    "element too many": "a transition also starts in one more state, or writes one more element of an array, or a condition "
    "lists one more state",
}
"""What is done to a model, by name, in words. The order is that in which mutants are listed."""

_Drafts = Iterator[tuple[str, str, str, On]]
"""Operator, what is there, what is there instead, and the transition."""


def mutants_of(system: System) -> list[Mutant]:
    """Every mutant of a system: component by component, transitions in order, operators in the order of the list."""
    found: list[Mutant] = []
    for component in system.components:
        if component.name == FAULTS:
            continue
        told = [_told(transition) for transition in component.transitions]
        for number, where in enumerate(told):
            again = told[:number].count(where)
            found += _of_transition(system, component, number, where + (f" ({again + 1})" if again else ""))
        found += _of_caps(system, component)
        found += _of_participation(system, component)
    return _numbered(found)


def _numbered(found: list[Mutant]) -> list[Mutant]:
    """The mutants, each with its number among those of one operator in one transition; of equal ones the first."""
    seen: dict[str, Mutant] = {}
    counts: dict[tuple[object, ...], int] = {}
    for item in found:
        if item.key not in seen:
            counts[item.anchor] = counts.get(item.anchor, -1) + 1
            seen[item.key] = replace(item, position=counts[item.anchor])
    return list(seen.values())


# -- transitions -----------------------------------------------------------------------------------------------------
def _of_transition(system: System, component: Component, number: int, where: str) -> Iterator[Mutant]:
    transition = component.transitions[number]
    seen: set[str] = set()
    for operator, before, after, changed in _changed(system, component, transition):
        if after in seen and operator in ("condition dropped", "dead link ignored"):
            continue
        seen.add(after)
        edit = Edit(component, number, changed)
        yield Mutant(operator, component.name, where, before, after, transition.place, edit)


def _told(transition: On) -> str:
    ends = list(dict.fromkeys(way.dest or "the same state" for way in transition.outcomes))
    return f"{transition.trigger} from {' or '.join(transition.sources)} to {' or '.join(ends)}"


def _changed(system: System, component: Component, transition: On) -> _Drafts:
    if transition.when is not None:
        yield from _guards(system, component, transition, system.settled(transition.when))
    yield from _targets(component, transition)
    for index, way in enumerate(transition.outcomes):
        for operator, before, after, other in _outcomes(system, component, way):
            ways = (*transition.outcomes[:index], other, *transition.outcomes[index + 1 :])
            yield operator, before, after, replace(transition, outcomes=ways)
    missing = [state for state in component.states if state not in transition.sources]
    if missing:
        sources = tuple(s for s in component.states if s in transition.sources or s == missing[0])
        changed = replace(transition, sources=sources)
        yield "element too many", f"from {' or '.join(transition.sources)}", f"from {' or '.join(sources)}", changed


def _guards(system: System, component: Component, transition: On, guard: Expression) -> _Drafts:
    if isinstance(guard, Literal):
        return
    yield "guard dropped", f"when {guard}", "no guard", replace(transition, when=None)
    names = {
        wrong_conditions.WIDENED: "comparison widened",
        wrong_conditions.MOVED: "threshold moved",
        wrong_conditions.STATE_MORE: "element too many",
    }
    for change in wrong_conditions.changes(guard, system.tick):
        changed = replace(transition, when=change.whole)
        if change.how == wrong_conditions.CONJUNCT:
            operator = "dead link ignored" if _foreign(component, change.part) else "condition dropped"
            yield operator, f"when {guard}", f"without {change.part}", changed
        else:
            yield names[change.how], f"{change.part} in {guard}", change.now, changed


def _foreign(component: Component, part: Expression) -> bool:
    """Whether a condition reads another component."""
    owners = (leaf.component if isinstance(leaf, StateIs) else getattr(leaf, "owner", None) for leaf in part.leaves())
    return any(owner is not None and owner is not component for owner in owners)


def _targets(component: Component, transition: On) -> _Drafts:
    for index, way in enumerate(transition.outcomes):
        if way.dest is None or transition.sources == (way.dest,):
            continue
        at = component.states.index(way.dest)
        other = component.states[(at + 1) % len(component.states)]
        for dest, told in ((other, f"to {other}"), (None, "to the same state")):
            if dest is None or transition.sources != (dest,):
                ways = (*transition.outcomes[:index], replace(way, dest=dest), *transition.outcomes[index + 1 :])
                yield "target changed", f"to {way.dest}", told, replace(transition, outcomes=ways)


# -- updates ---------------------------------------------------------------------------------------------------------
def _outcomes(system: System, component: Component, way: Outcome) -> Iterator[tuple[str, str, str, Outcome]]:
    items = way.then.items
    for number, (target, value) in enumerate(items):
        said = f"{target} := {value}"
        others = (*items[:number], *items[number + 1 :])
        yield "update forgotten", said, f"{target} stays", replace(way, then=_updates(others))
        for operator, new in _values(system, target, system.settled(value)):
            changed = _updates((*items[:number], (target, new), *items[number + 1 :]))
            yield operator, said, f"{target} := {new}", replace(way, then=changed)
        more = _next_element(component, target, {str(t) for t, _ in items})
        if more is not None:
            yield (
                "element too many",
                said,
                f"{more} := {value}, too",
                replace(way, then=_updates((*items, (more, value)))),
            )


def _updates(items: tuple[tuple[Any, Expression], ...]) -> Updates:
    """Updates without the checks of those that a user writes: every target is one of those that were there."""
    made = Updates({})
    made.items = items
    return made


def _next_element(component: Component, target: Expression, written: set[str]) -> Variable | None:
    """The element after one that is written, if the same transition does not write it as well."""
    for array in component.arrays.values():
        for element, following in zip(array.elements, array.elements[1:], strict=False):
            if element is target and str(following) not in written:
                return following
    return None


def _values(system: System, target: Expression, value: Expression) -> Iterator[tuple[str, Expression]]:
    """The operator, and what an update sets instead."""
    variable = assignment_targets(target)[1][0]
    if variable.kind == INTEGER:
        reads = isinstance(target, Variable) and any(leaf is target for leaf in value.leaves())
        if reads:
            twice = substitute(value, lambda leaf: value if leaf is target else leaf)
            yield "update doubled", twice
        if not (reads and isinstance(value, Operation) and value.operator in ("+", "-")):
            yield "update off by one", applied("+", (value, Literal(1)))
            if not (isinstance(value, Literal) and isinstance(value.value, int) and value.value == 0):
                yield "update off by one", applied("-", (value, Literal(1)))
    for node in nodes_in([value]):
        if not (isinstance(node, Operation) and node.operator == "if"):
            continue
        test, *branches = node.arguments
        for branch in branches:
            yield "case forgotten", _replaced(value, node, branch)
        for change in wrong_conditions.changes(test, system.tick):
            if change.how == wrong_conditions.MOVED:
                other = Operation("if", (change.whole, *branches), node.kind, node.labels)
                yield "threshold moved", _replaced(value, node, other)


def _replaced(root: Expression, old: Expression, new: Expression) -> Expression:
    """An expression with one of its operations replaced wherever it stands, names of what holds it gone."""
    memo: dict[int, Expression] = {id(old): new}

    def walk(node: Expression) -> Expression:
        if id(node) not in memo:
            made = node
            if isinstance(node, Operation):
                parts = [walk(part) for part in node.arguments]
                if any(a is not b for a, b in zip(parts, node.arguments, strict=True)):
                    made = parts[0] if node.operator == NAMED else node.rebuilt(parts)
            memo[id(node)] = made
        return memo[id(node)]

    return walk(root)


# -- caps and participants -------------------------------------------------------------------------------------------
def _of_caps(system: System, component: Component) -> Iterator[Mutant]:
    arrays = {id(element): array for array in component.arrays.values() for element in array}
    done: set[int] = set()
    for variable in component.variables:
        array = arrays.get(id(variable))
        if variable.kind != INTEGER or variable.at_limit == "report" or id(array) in done:
            continue
        done.add(id(array)) if array is not None else None
        those = (variable,) if array is None else array.elements
        name = f"{component.name}.{variable.name if array is None else array.name}"
        real = variable.at_limit == "refuse" or bool(variable.cap_is)
        high = system.ticks(variable.high) if isinstance(variable.high, Duration) else variable.high
        for cap in (high - 1, high + 1) if real else (high - 1,):
            if cap >= 0:
                edit = Edit(component, caps=dict.fromkeys(those, cap))
                yield Mutant("cap moved", component.name, name, f"cap {high}", f"cap {cap}", variable.place, edit)


def _of_participation(system: System, component: Component) -> Iterator[Mutant]:
    for number, event in enumerate(system.events):
        others = [p for p in event.participants if p.component is not component]
        if len(others) == len(event.participants) or not any(p.component.name != FAULTS for p in others):
            continue
        own = next(p for p in event.participants if p.component is component)
        place = component.on_trigger(own.trigger)[0].place
        together = ", ".join(p.component.name for p in others if p.component.name != FAULTS)
        edit = Edit(component, event=number)
        before = f"{component.name} takes part"
        after = f"without it: {together if len(others) < 6 else f'{len(others)} others'}"
        yield Mutant("participant left out", component.name, f"event {event.name}", before, after, place, edit)


__all__ = ["OPERATORS", "mutants_of"]
