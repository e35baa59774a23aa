"""What is said beside a property, such as its source and its assumptions: read, or refused with DR309."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from drcheck.errors import PropertyError, caller, shown
from drcheck.language.absent import ABSENT, refuse_none


def cannot_be(what: str, value: object, wanted: str) -> PropertyError:
    """The error (DR309) of a detail of a property that cannot be."""
    return PropertyError(
        "DR309", f"the {what} of a property cannot be {shown(value)}", place=caller(), remedy=f"give {wanted}"
    )


def given_of(value: object) -> dict[str, Any]:
    """The parameters that something is stated for.

    Raises PropertyError DR309 for anything but a mapping of names, ModelError DR147 for None.
    """
    refuse_none("given", value, "given={}")
    parameters: object = {} if value is ABSENT else value
    if not isinstance(parameters, Mapping) or not all(isinstance(key, str) for key in parameters):
        raise cannot_be("given", value, 'a mapping such as {"threshold": hours(2)}')
    return dict(parameters)


def text_of(what: str, value: object) -> str:
    """A text as it was given. Raises PropertyError DR309."""
    if not isinstance(value, str):
        raise cannot_be(what, value, "a text")
    return value


def texts_of(what: str, value: object) -> tuple[str, ...]:
    """One or several texts. Raises PropertyError DR309."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise cannot_be(what, value, "a text or a list of texts")
    return tuple(value)


MEASURES = ("loss", "time_back")
"""What a worst case can be the measure of: how much is lost, and how long it takes until what was lost is back."""


def measures_of(value: object) -> str:
    """What a worst case measures, or "". Raises PropertyError DR309."""
    if isinstance(value, str) and value in ("", *MEASURES):
        return value
    raise cannot_be("measures", value, " or ".join(f'"{name}"' for name in MEASURES))


def yes_or_no(what: str, value: object) -> bool:
    """True or False. Raises PropertyError DR309."""
    if not isinstance(value, bool):
        raise cannot_be(what, value, "True or False")
    return value


__all__ = ["MEASURES", "cannot_be", "given_of", "measures_of", "text_of", "texts_of", "yes_or_no"]
