"""Remarks: what in a model is well formed but may not be intended.

A remark is not an error and changes no verdict. It has a code (a key of `errors.REMARKS`), a *subject*, by which it can be
silenced, a place and a remedy. A remark on something intended is silenced in the model, individually and with a reason:

    compose(..., silenced=[silence("DR802", "server1 / server2", "one order starts both")])

The modules of `finders` look for remarks; `finders.remarks_of(system)` gives those of a system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from drcheck.errors import REMARKS, ModelError, Place, caller, shown


@dataclass(frozen=True)
class Remark:
    """One remark: `subject` names what it is about, in a text that is stable as long as that is in the model."""

    code: str
    subject: str
    message: str
    place: Place | None = None
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.code not in REMARKS:
            raise KeyError(f"{self.code} is not a registered code of remarks")

    def __str__(self) -> str:
        text = f"[{self.code}] {self.subject}: {self.message}"
        if self.place is not None:
            text += f" ({self.place})"
        return f"{text}; {self.remedy}" if self.remedy else text


class RemarkWarning(UserWarning):
    """The category of the warnings as which pytest shows remarks."""


@dataclass(frozen=True)
class Silencing:
    """What `silence(...)` makes: the remark, and why what it points at is right."""

    code: str
    subject: str
    reason: str
    place: Place

    def fits(self, remark: Remark) -> bool:
        """Whether it silences a remark."""
        return (self.code, self.subject) == (remark.code, remark.subject)


def silence(code: str, subject: str, reason: str) -> Silencing:
    """Silence the remark `code` about `subject`, for `compose(..., silenced=[...])`; `reason` says why all is well.

    Raises ModelError DR800 for a code that no remark has, and for an empty subject or reason.
    """
    place = caller()
    if not isinstance(code, str) or code not in REMARKS:
        raise ModelError("DR800", f"there is no remark {shown(code)}", place=place, available=REMARKS, asked=code)
    for what, text in (("subject", subject), ("reason", reason)):
        if not isinstance(text, str) or not text.strip():
            raise ModelError(
                "DR800",
                f"the {what} of a silencing is text, not {shown(text)}",
                place=place,
                remedy='write silence("DR802", "server1 / server2", "one order starts both")',
            )
    return Silencing(code, subject, reason, place)


def silencings(name: str, given: object, place: Place) -> tuple[Silencing, ...]:
    """What system `name` is given as `silenced`, if it is a list of silencings. Raises ModelError DR800."""
    if isinstance(given, (str, Mapping, Set)) or not isinstance(given, Iterable):
        raise ModelError(
            "DR800",
            f"system {name}: silenced must be a list, not {shown(given)}",
            place=place,
            remedy='write silenced=[silence("DR802", "server1 / server2", "one order starts both")]',
        )
    found: dict[tuple[str, str], Silencing] = {}
    for item in given:
        if not isinstance(item, Silencing):
            raise ModelError(
                "DR800",
                f"system {name}: {shown(item)} is not a silencing",
                place=place,
                remedy="write silence(code, subject, reason)",
            )
        first = found.setdefault((item.code, item.subject), item)
        if first is not item:
            raise ModelError(
                "DR800",
                f"system {name}: {item.code} of {shown(item.subject)} is silenced twice (first at {first.place})",
                place=item.place,
                remedy="remove one of the two",
            )
    return tuple(found.values())


__all__ = ["Remark", "RemarkWarning", "Silencing", "silence", "silencings"]
