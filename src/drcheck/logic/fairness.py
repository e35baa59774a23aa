"""Fairness assumptions: they exclude executions in which an event is for ever possible and never taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drcheck.errors import PropertyError, caller, shown
from drcheck.language.called import Declared
from drcheck.language.ordered import refuse_unordered


@dataclass(frozen=True)
class Fairness(Declared):
    """`strong`: an event that can happen again and again is taken; weak: one that stays possible is taken.

    `events` are names of events or kinds ("automatic", "operator", "time"); each event is constrained on its own.
    """

    strong: bool
    events: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'strong' if self.strong else 'weak'} fairness of {', '.join(self.events)}"


def weakly_fair(*events: str) -> Fairness:
    """Weak fairness: an execution in which one of the events is possible from some point on without end takes it."""
    return Fairness(False, _named(events, "weakly_fair"))


def strongly_fair(*events: str) -> Fairness:
    """Strong fairness: an execution in which one of the events is possible again and again takes it again and again."""
    return Fairness(True, _named(events, "strongly_fair"))


def _named(events: tuple[object, ...], function: str) -> tuple[str, ...]:
    """The events of a fairness assumption. Raises PropertyError DR302 for anything but names, and for none."""
    wrong = next((e for e in events if not isinstance(e, str) or not e), None)
    if not events or wrong is not None:
        raise PropertyError(
            "DR302",
            f"{function} takes names of events and kinds, not {'nothing' if not events else shown(wrong)}",
            place=caller(),
            remedy=f'write for instance {function}("automatic", "time")',
        )
    return tuple(str(e) for e in events)


def assumed(fairness: object) -> tuple[Fairness, ...]:
    """The assumptions of a property: one, or a list. Raises PropertyError DR302 for anything else, ModelError DR123."""
    if isinstance(fairness, Fairness):
        return (fairness,)
    refuse_unordered(fairness, "assumptions of fairness", caller())
    items = (
        tuple(fairness) if isinstance(fairness, Iterable) and not isinstance(fairness, (str, bytes)) else (fairness,)
    )
    for item in items:
        if not isinstance(item, Fairness):
            raise PropertyError(
                "DR302",
                f"fairness is assumed by weakly_fair(...) and strongly_fair(...), not by {shown(item)}",
                place=caller(),
                remedy=f"write fairness=weakly_fair({shown(item) if isinstance(item, str) else '...'})",
            )
    return items


__all__ = ["Fairness", "assumed", "strongly_fair", "weakly_fair"]
