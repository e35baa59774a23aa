"""Arguments that were left out, distinguished from those that are None.

A helper that forgets its `return` gives None. Where an argument that is not given has a meaning (no guard, no bound, no update),
None would silently have the same: `when=ready()` would be no guard at all. So the default of such arguments is `ABSENT`, and
None is refused. Where None is documented as a value, it stays one: `dest=None`, to stay; an attribute of an event of which
nothing is said.
"""

from __future__ import annotations

from typing import Any

from drcheck.errors import ModelError, Place, caller


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Any = _Absent()
"""The default of an argument that may be left out, and cannot be None."""


def refuse_none(what: str, value: object, instead: str, place: Place | None = None) -> None:
    """Raise ModelError DR147 if None was given; `instead`: what to write if there is none of it."""
    if value is None:
        raise ModelError(
            "DR147",
            f"{what} is None, as returned by a function without `return`",
            place=place or caller(),
            remedy=f"return a value; where there is none, leave it out or write {instead}",
        )


__all__ = ["ABSENT", "refuse_none"]
