"""Notices: the alarms, log lines and screens that a document describes, by which people learn that something has happened.

    NOTICES = [
        notice("the link is down", when="monitor.alarm", of="network outage", who="operations", source="the handbook, section 3"),
        notice("job failed", at="job_fails", of=("disk_fails", LOSS), source="the administration guide, Jobs"),
    ]

A notice reads states and events of the system, and changes none. It speaks of faults, by the names of their events or their
kinds, or of the loss of data; whether it notices them, `drcheck objectives` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from drcheck.errors import Place, PropertyError, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared, no_key
from drcheck.language.expressions import Expression
from drcheck.logic.fairness import Fairness, assumed, weakly_fair

LOSS = "loss"
"""What a notice that speaks of the loss of data names in `of`."""

Condition: TypeAlias = Expression | str | Callable[[Any], Expression]
"""When a notice is there: an expression, a condition as text, or a function of the composed system that returns one."""


@dataclass(frozen=True)
class Notice(Declared):
    """A notice. It is there in the states with `when`, or comes with the events `at`; one of them is given, `at` is () if not.

    `of`: the events of faults and the kinds of faults that it speaks of, LOSS for the loss of data. `who` is told, in words.
    `fairness` is assumed where it is asked whether it comes at all.
    """

    __hash__ = no_key

    name: str
    when: Condition | None
    at: tuple[str, ...]
    of: tuple[str, ...]
    who: str
    source: str
    fairness: tuple[Fairness, ...]
    place: Place | None = None

    @property
    def described(self) -> str:
        """What it is, in messages."""
        return "a notice"


def notice(
    name: str,
    /,
    *,
    when: Condition = ABSENT,
    at: str | Sequence[str] = ABSENT,
    of: str | Sequence[str] = ABSENT,
    who: str = "",
    source: str = ABSENT,
    fairness: Sequence[Fairness] | Fairness = ABSENT,
) -> Notice:
    """An alarm, a log line or a screen that a document describes: `when` or `at` says when it is there.

    `when`: a condition that reads the system: an expression, a text ("monitor.alarm"), a function of the composed system; `at`:
    the name of an event, or several. `of`: the events or the kinds of faults that it is for, and "loss" for the loss of data.
    `who`: who sees it, in words. `source`: the document and section. `fairness`: what is assumed to happen at last; without it,
    what happens by itself (weak fairness of automatic events) and the passing of time. Raises PropertyError DR318.
    """
    place = caller()
    if not isinstance(name, str) or not name.strip():
        raise _no_notice(
            f"a notice has a name, and cannot be called {shown(name)}", place, 'write notice("alarm", ...)'
        )
    name = " ".join(name.split())
    for argument, value in (("when", when), ("at", at), ("of", of), ("source", source), ("fairness", fairness)):
        refuse_none(f"notice {name}: {argument}", value, "nothing", place)
    if (when is ABSENT) == (at is ABSENT):
        said = "neither a condition nor an event" if when is ABSENT else "both a condition and an event"
        raise _no_notice(f"notice {name} has {said}", place, "give one of when=... and at=...")
    if when is not ABSENT and not (isinstance(when, (Expression, str)) or callable(when)):
        raise _no_notice(
            f"notice {name}: its condition cannot be {shown(when)}",
            place,
            'write an expression, a text such as "monitor.alarm", or a function of the composed system',
        )
    if not isinstance(who, str):
        raise _no_notice(f"notice {name}: who sees it is a text, not {shown(who)}", place, 'write who="operations"')
    if source is ABSENT or not isinstance(source, str) or not source.strip():
        said = "has no source" if source is ABSENT else f"has {shown(source)} for a source"
        raise _no_notice(f"notice {name} {said}", place, 'say where it is described: source="the handbook, section 3"')
    return Notice(
        name,
        None if when is ABSENT else when,
        () if at is ABSENT else _names(f"notice {name}: at", at, "the event with which it comes", place),
        _names(f"notice {name}: of", of, "the events or kinds of the faults that it is for", place),
        " ".join(who.split()),
        source.strip(),
        (weakly_fair("automatic", "time"),) if fairness is ABSENT else assumed(fairness),
        place,
    )


def _names(what: str, value: object, wanted: str, place: Place) -> tuple[str, ...]:
    """One or several names. Raises PropertyError DR318."""
    found: object = (value,) if isinstance(value, str) else value
    if (
        found is ABSENT
        or not isinstance(found, Sequence)
        or not found
        or not all(isinstance(n, str) and n for n in found)
    ):
        said = "is not given" if value is ABSENT else f"cannot be {shown(value)}"
        raise _no_notice(f"{what} {said}", place, f"name {wanted}")
    return tuple(dict.fromkeys(found))


def _no_notice(message: str, place: Place, remedy: str) -> PropertyError:
    return PropertyError("DR318", message, place=place, remedy=remedy)


__all__ = ["LOSS", "Condition", "Notice", "notice"]
