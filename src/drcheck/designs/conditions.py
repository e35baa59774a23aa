"""Conditions that designs state beside their properties, as text or as functions of the system, read on one system."""

from __future__ import annotations

from collections.abc import Callable

from drcheck.errors import DrcheckError, Place, PropertyError, shown
from drcheck.language.constants import constant
from drcheck.language.expressions import BOOLEAN, Expression
from drcheck.logic.properties import nothing_lost
from drcheck.system.system import System


def condition_on(
    system: System,
    said: str | Expression | Callable[[System], object] | None,
    code: str,
    where: str,
    *,
    place: Place | None,
    remedy: str,
) -> Expression:
    """A condition on the states of a system and their last steps, as it was said.

    Raises PropertyError `code` for one that cannot be read there, is no condition, or has one value alone. `where` begins the
    error.
    """
    try:
        made: object = said
        with nothing_lost(tuple, where):
            if isinstance(said, str):
                from drcheck.text import parse_expression  # here: few designs state conditions as text

                made = parse_expression(said, system)
            elif said is not None and not isinstance(said, Expression):
                made = said(system)
        if isinstance(made, Expression):
            made = system.settled(made)
    except DrcheckError as error:
        raise PropertyError(
            code, f"{where}: {error.message}", place=place, available=error.available, remedy=error.remedy
        ) from error
    except Exception as error:  # whatever a user's function raises becomes one coded error
        raise PropertyError(code, f"{where} failed with {type(error).__name__}: {error}", place=place) from error
    if not isinstance(made, Expression) or made.kind != BOOLEAN:
        told = f"`{made}` ({made.kind})" if isinstance(made, Expression) else shown(made)
        raise PropertyError(code, f"{where} is {told} and no condition", place=place, remedy=remedy)
    fixed = constant(made)
    if fixed is not None:
        raise PropertyError(code, f"{where} is always {fixed}", place=place, remedy=remedy)
    return made


__all__ = ["condition_on"]
