"""What it means that a system is in service again: by what its design declares, or by what is asked.

A design declares it by a property that it can always be brought back (`can_always`), by what measures the time until it is back
(`@stated(measures="time_back")`), and, where it is named, by the goal of any other property.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from drcheck.answers.asked import expression_in
from drcheck.answers.recovery import wellness
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.preparing import stated_on
from drcheck.designs.selection import beyond
from drcheck.errors import DrcheckError, PropertyError
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, substitute
from drcheck.logic.kinds import CanAlways, LeadsTo, Property, Within, WorstCase
from drcheck.logic.properties import Statement
from drcheck.system.lowering import lower
from drcheck.system.system import Cell, System
from drcheck.system.terms import conjunction

TIME_BACK = "time_back"
"""What a worst case says that it measures where it measures how long service is away."""
CONDITION, CAN_ALWAYS, MEASURED, GOAL = "as asked", "can_always", "time_back", "goal"
"""How it is known what service is."""


@dataclass(frozen=True)
class Service:
    """What service is: a condition of states, and in words.

    `how`: one of the above; `name`: the property that declares it, "" for a condition, and its `statement`; `given`: the
    parameters that the property is stated for beyond those asked. `others`: what else could be named.
    """

    condition: Expression
    text: str
    how: str
    name: str = ""
    statement: str = ""
    given: Mapping[str, Any] | None = None
    others: tuple[str, ...] = ()


def goal_of(item: Property) -> Expression | None:
    """What a property wants to be reached, again and again: its goal, or of a promise about single states that it is kept."""
    written = item if item.written is None else item.written
    if isinstance(written, CanAlways | LeadsTo):
        return written.condition
    return written.goal if isinstance(written, Within) else None


def goals_of(items: Mapping[str, Property]) -> dict[str, Expression]:
    """The goals of properties, by the names of these; those of `can_always` first."""
    found: dict[str, Expression] = {}
    for kind in (CanAlways, LeadsTo, Within):
        for name, item in items.items():
            goal = goal_of(item)
            if type(item if item.written is None else item.written) is kind and goal is not None:
                found[name] = goal
    return found


def service_of(
    design: Design, settings: Mapping[str, Any] | None = None, goal: str | None = None
) -> tuple[Service, System]:
    """What service is in a design, and the system with the parameters for which that is stated.

    `goal`: the name of a property, or a condition as text; without one it is what the design declares: the first `can_always`
    that is stated for these parameters, or else the first for others that do not contradict them, or else what measures the time
    back.

    Raises PropertyError DR324 where nothing is declared, DR301 for a property without a goal, DR302 for one that is stated for
    other parameters than those asked, and what `expression_in` and composing raise.
    """
    asked = dict(settings or {})
    statements = design.statements(asked)
    if goal is None:
        return _declared(design, asked, statements)
    for statement in statements:
        if statement.name == goal:
            return _named(design, asked, statement)
    system = design.build(asked)
    return Service(expression_in(goal, system, condition=True), goal, CONDITION), system


def _named(design: Design, asked: dict[str, Any], statement: Statement) -> tuple[Service, System]:
    given, conflict = beyond(design, asked, statement.given)
    if conflict:
        wanted = {key: statement.given[key] for key in conflict}
        raise PropertyError(
            "DR302",
            f"property {statement.name} is stated for {settings_text(wanted, design.roles)}",
            remedy="leave that --set out",
        )
    system = design.build({**asked, **given})
    item = stated_on(statement, design, system, asked)
    service = None if isinstance(item, str) else _of(statement, item, system, given)
    if service is None:
        why = item if isinstance(item, str) else "it names nothing to come back to"
        raise PropertyError(
            "DR301",
            f"property {statement.name} says nothing of service: {why}",
            remedy="name a property with a goal, or write a condition: --goal 'server.up'",
        )
    return service, system


def _of(statement: Statement, item: Property, system: System, given: dict[str, Any]) -> Service | None:
    """What service is by a property; None where that says nothing of it."""
    written = item if item.written is None else item.written
    goal, name, said = goal_of(item), statement.name, item.statement
    if goal is not None:
        return Service(goal, str(goal), CAN_ALWAYS if isinstance(written, CanAlways) else GOAL, name, said, given)
    if isinstance(written, WorstCase) and _measures(statement) and written.measure is not None:
        text = f"{written.measure} = 0, also when time passes"
        return Service(stays_zero(system, written.measure), text, MEASURED, name, said, given)
    well = wellness(written)
    return None if well is None else Service(well, str(well), GOAL, name, said, given)


def _measures(statement: Statement) -> bool:
    return bool(statement.details.get("measures") == TIME_BACK)


def _declared(design: Design, asked: dict[str, Any], statements: Sequence[Statement]) -> tuple[Service, System]:
    """What the design declares that does not contradict the parameters that are asked for."""
    base = design.build(asked)
    found = [(statement, _kind(statement, base)) for statement in statements]
    able = [(s, how) for s, how in found if not beyond(design, asked, s.given)[1]]
    declared = [s for s, how in able if how == CAN_ALWAYS]
    declared.sort(key=lambda s: bool(beyond(design, asked, s.given)[0]))
    declared += [s for s, _ in able if _measures(s)]
    for number, statement in enumerate(declared):
        with suppress(DrcheckError):  # what cannot be stated so is not declared so
            service, system = _named(design, asked, statement)
            others = tuple(s.name for s in declared[number + 1 :])
            return replace(service, others=others), system
    raise PropertyError(
        "DR324",
        f"design {design.name} does not declare what it is to be in service again: it has no can_always, and no worst case that "
        "measures the time back, for these parameters",
        available=[s.name for s, how in able if how == GOAL],
        remedy="name the property whose goal it is, or write a condition: --goal 'server.up'",
    )


def _kind(statement: Statement, base: System) -> str:
    """How a property says what service is, as far as a system with other parameters than its own shows; "" if not at all."""
    with suppress(DrcheckError):
        item = statement.on(base)
        written = item if item.written is None else item.written
        return CAN_ALWAYS if isinstance(written, CanAlways) else GOAL if goal_of(item) is not None else ""
    return ""


def stays_zero(system: System, measure: Expression) -> Expression:
    """That a measure is zero, and is so after time passes: so what it counts has not just begun, either. Lowered."""
    node = lower(system, measure)
    zero = [Operation("==", (node, Literal(0)), BOOLEAN)]
    for way in (way for event in system.events if event.is_tick for way in event.alternatives):
        zero.append(Operation("==", (_after(node, dict(way.updates)), Literal(0)), BOOLEAN))
    return conjunction(zero)


def _after(node: Expression, new: Mapping[int, Expression]) -> Expression:
    """What a lowered expression is after cells have new values."""
    return substitute(node, lambda leaf: new.get(leaf.index, leaf) if isinstance(leaf, Cell) else leaf)


__all__ = ["CAN_ALWAYS", "CONDITION", "GOAL", "MEASURED", "Service", "goal_of", "goals_of", "service_of", "stays_zero"]
