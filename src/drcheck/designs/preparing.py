"""The variants of a design that its properties are stated for: composed, and checked against their properties, before any search.

So errors in one variant come at once and all together, and discard nothing that a search has found. A variant is small beside the
states of a search; each is let go when its search begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.designs.causes import causes_of
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import Given
from drcheck.errors import DrcheckError, SeveralErrors, UnknownAttributeError
from drcheck.logic.kinds import Property
from drcheck.logic.observing import by_observers, with_observers
from drcheck.logic.properties import Statement
from drcheck.system.system import System

Valid = Callable[[System, Property], None]
"""Raises the error of a property that is not well formed on a system."""


@dataclass
class Variant:
    """A system composed for some parameters beyond those requested, and the properties decided on it."""

    given: dict[str, Any]
    system: System
    statements: list[Statement] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)


def variants_of(
    design: Design, asked: Mapping[str, Any], groups: Mapping[Given, Sequence[Statement]], valid: Valid
) -> tuple[list[Variant], list[tuple[Statement, str]]]:
    """A variant for each group of statements, and the statements that there are none for, each with the reason.

    Raises the error of anything malformed; if there are several, SeveralErrors with all of them.
    """
    found: list[Variant] = []
    left_out: list[tuple[Statement, str]] = []
    errors = Errors(f"design {design.name}")
    for key, statements in groups.items():
        given = dict(key)
        try:
            variant = Variant(given, design.build({**asked, **given}))
        except DrcheckError as error:
            errors.add(error, given)
            continue
        for statement in statements:
            try:
                item = stated_on(statement, design, variant.system, asked)
                if isinstance(item, str):
                    left_out.append((statement, item))
                    continue
                if not asked:
                    causes_of(item, variant.system)
                joined, (observed,) = with_observers(variant.system, [item])
                valid(joined, observed)
            except DrcheckError as error:
                errors.add(error, given)
                continue
            variant.statements.append(statement)
            variant.properties.append(item)
        found += _by_observers(variant)
    errors.raise_any()
    return found, left_out


def _by_observers(variant: Variant) -> list[Variant]:
    """A variant for each system with observers that its properties need, the one without them first."""
    groups = by_observers(variant.system, variant.properties)
    return [
        Variant(dict(variant.given), g.system, [variant.statements[n] for n in g.positions], list(g.properties))
        for g in groups
    ] or [variant]


def stated_on(statement: Statement, design: Design, system: System, asked: Mapping[str, Any]) -> Property | str:
    """The property, or why there is none: a requested parameter removed what it names."""
    try:
        return statement.on(system)
    except UnknownAttributeError as error:
        if not asked:
            raise
        try:
            statement.on(design.build(statement.given))
        except UnknownAttributeError:
            raise error from None
        return error.message


class Errors:
    """Errors that are collected, to be reported together. `of`: what they are errors of, in words."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._found: dict[str, tuple[DrcheckError, list[str]]] = {}

    def add(self, error: DrcheckError, given: Mapping[str, Any] | None = None) -> None:
        """An error that occurs with some parameters beyond those requested."""
        label = settings_text(given or {}, {})
        for each in error.errors if isinstance(error, SeveralErrors) else (error,):
            self._found.setdefault(str(each), (each, []))[1].append(label)

    def raise_any(self) -> None:
        """Raises the error, or all of them, each with the parameters where it occurs only with some."""
        found = [_with(error, labels) for error, labels in self._found.values()]
        if len(found) == 1:
            raise found[0]
        if found:
            raise SeveralErrors(found, self._of)


def _with(error: DrcheckError, labels: Iterable[str]) -> DrcheckError:
    where = list(dict.fromkeys(label for label in labels if label))
    if not where or "" in labels:
        return error
    shown = "; ".join(where[:3]) + (f", and {len(where) - 3} more" if len(where) > 3 else "")
    told = type(error)(
        error.code, f"{error.message}, with {shown}", place=error.place, available=error.available, remedy=error.remedy
    )
    told.__cause__ = error
    return told


__all__ = ["Errors", "Variant", "stated_on", "variants_of"]
