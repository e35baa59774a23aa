"""Which statements of a design are decided together: those that are named, by the parameters that they are stated for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from drcheck.designs.design import Design, settings_text
from drcheck.errors import DesignError, PropertyError, UnknownAttributeError, caller, shown
from drcheck.logic.properties import Property, Statement
from drcheck.system.system import System


def refuse_other(subject: object, wanted: type[Design] | type[System]) -> None:
    """Refuse what is no system where one is to be decided, or no design. Raises DesignError DR203."""
    if isinstance(subject, wanted):
        return
    if wanted is Design:
        what, remedy = "a design", 'give a function declared with @design, or load("module:design")'
        if isinstance(subject, System):
            remedy = "decide a system by check(system)"
    else:
        what, remedy = "a composed system", "give what compose(...) returns"
        if isinstance(subject, Design):
            remedy = "decide a design by check_design(design), or build its system: check(design())"
    raise DesignError("DR203", f"{shown(subject)} is not {what}", place=caller(), remedy=remedy)


def select(design: Design, names: Sequence[str], asked: Mapping[str, Any] | None = None) -> list[Statement]:
    """The statements of a design with these names or claim keys; all where `names` is empty. Raises PropertyError DR301.

    `names` may be one name. `asked`: the parameters with which its system is composed, which may carry other properties
    than by default.
    """
    names = (names,) if isinstance(names, str) and names else names
    statements = design.statements(asked)
    if not names:
        return statements
    chosen = []
    for name in names:
        matching = [s for s in statements if name == s.name or name in s.details.get("claims", ())]
        if not matching:
            raise PropertyError(
                "DR301",
                f"design {design.name} has no property {name!r}",
                available=[s.name for s in statements],
                asked=name,
            )
        chosen += [s for s in matching if s not in chosen]
    return chosen


Given: TypeAlias = tuple[tuple[str, Any], ...]
"""Parameters and their values, by name."""


def grouped(
    design: Design, asked: Mapping[str, Any], names: Sequence[str]
) -> tuple[dict[Given, list[Statement]], list[tuple[Statement, str]]]:
    """The statements of a design by the parameters that they are stated for beyond those asked for.

    Those that contradict what is asked for come second, each with the reason. The first group has no further parameters.
    """
    groups: dict[Given, list[Statement]] = {(): []}
    skipped: list[tuple[Statement, str]] = []
    for statement in select(design, names, asked):
        given = dict(statement.given)
        conflict = [k for k, v in given.items() if k in asked and asked[k] != v]
        if conflict:
            needs = settings_text({k: given[k] for k in conflict})
            skipped.append((statement, f"it is stated for {needs}"))
            continue
        different = {k: v for k, v in given.items() if k not in asked and v != design.parameter(k).default}
        groups.setdefault(tuple(sorted(different.items(), key=lambda kv: kv[0])), []).append(statement)
    if names and not groups[()] and len(groups) > 1:
        del groups[()]
    return groups, skipped


def property_on(statement: Statement, system: System, asked: Mapping[str, Any]) -> Property | str:
    """The property on a system, or why there is none: a parameter asked for took the component away that it speaks of."""
    try:
        return statement.on(system)
    except UnknownAttributeError as error:
        if not asked:
            raise
        return error.message


def properties_on(
    statements: Sequence[Statement], system: System, asked: Mapping[str, Any], skipped: list[tuple[Statement, str]]
) -> list[Property]:
    """The properties on a system; statements that there are none for are added to `skipped`."""
    stated = []
    for statement in statements:
        item = property_on(statement, system, asked)
        if isinstance(item, Property):
            stated.append(item)
        else:
            skipped.append((statement, item))
    return stated
