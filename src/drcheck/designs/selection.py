"""Which statements of a design are decided together: those that are named, by the parameters that they are stated for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.stating import unique
from drcheck.errors import DesignError, PropertyError, UnknownAttributeError, caller, shown
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.system.system import System


def refuse_other(subject: object, wanted: type[Design] | type[System]) -> None:
    """Refuse anything but the system or design that is needed. Raises DesignError DR203."""
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


def select(
    design: Design,
    names: Sequence[str],
    asked: Mapping[str, Any] | None = None,
    further: Sequence[Statement] = (),
) -> list[Statement]:
    """The statements of a design with these names or claim keys; all where `names` is empty. Raises PropertyError DR301.

    `names` may be one name. `asked`: the parameters with which its system is composed, which may carry other properties
    than by default. `further` are statements that the design does not have: they come last, and alone where `names` is empty.
    Raises PropertyError DR303 where one of them is called as another.
    """
    names = (names,) if isinstance(names, str) and names else names
    statements = design.statements(asked)
    if further:
        unique([*statements, *further], f"design {design.name}, with those that are asked beside its own,")
    if not names:
        return list(further) or statements
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
    return [*chosen, *further]


Given: TypeAlias = tuple[tuple[str, Any], ...]
"""Parameters and their values, by name."""


class Stated(Protocol):
    """What is stated for some parameters: a statement, or a property."""

    @property
    def given(self) -> Mapping[str, Any]:
        """The parameters."""


S = TypeVar("S", bound=Stated)


def beyond(design: Design, asked: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """With which parameters something that is stated for `given` is decided beyond those requested, defaults left out.

    And the names of those that contradict the request.
    """
    conflict = [name for name, value in given.items() if name in asked and asked[name] != value]
    different = {k: v for k, v in given.items() if k not in asked and v != design.parameter(k).default}
    return dict(sorted(different.items(), key=lambda pair: pair[0])), conflict


def by_parameters(
    design: Design, asked: Mapping[str, Any], stated: Iterable[S]
) -> tuple[dict[Given, list[S]], list[tuple[S, str]]]:
    """What is stated, by the parameters that it is stated for beyond those requested.

    What contradicts those, or is never decided, comes second, each with the reason.
    """
    groups: dict[Given, list[S]] = {}
    skipped: list[tuple[S, str]] = []
    for item in stated:
        if why := getattr(item, "undecided", ""):
            skipped.append((item, why))
            continue
        given = getattr(item, "given", {})  # what is no property has none, and is refused when it is decided
        different, conflict = beyond(design, asked, given)
        if conflict:
            skipped.append((item, f"it is stated for {settings_text({k: given[k] for k in conflict}, design.roles)}"))
        else:
            groups.setdefault(tuple(different.items()), []).append(item)
    return groups, skipped


def grouped(
    design: Design, asked: Mapping[str, Any], names: Sequence[str], further: Sequence[Statement] = ()
) -> tuple[dict[Given, list[Statement]], list[tuple[Statement, str]]]:
    """The statements of a design, all or those named, by the parameters that they are stated for (see `by_parameters`).

    `further`: as in `select`.
    The first group has no further parameters; it is there without statements as well, unless others are named alone.
    """
    found, skipped = by_parameters(design, asked, select(design, names, asked, further))
    groups: dict[Given, list[Statement]] = {(): found.pop((), []), **found}
    if names and not groups[()] and len(groups) > 1:
        del groups[()]
    return groups, skipped


def property_on(statement: Statement, system: System, asked: Mapping[str, Any]) -> Property | str:
    """The property on a system, or why there is none: a requested parameter took the component away that it speaks of."""
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
