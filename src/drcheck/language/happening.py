"""Events in properties: `happens("link_fails")` holds in a state if the step that led to it was one of these events.

That is the reading of an action as a fluent, which begins to hold with the action and ceases to with the next one
(Giannakopoulou and Magee, Fluent model checking for event-based systems, 2003). So what stands beside it in a condition is read
in the same state, after the step; `when` is read in the state before it. In the initial state nothing has happened.

A state does not say how it was reached: `drcheck.logic.observing` adds a component that remembers it. `Grows` asks in the same
way whether the step made a number greater; it is not written in properties, but asks for notices whether a loss is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator

from drcheck.errors import PropertyError, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.expressions import BOOLEAN, Expression, Operand, expression, nodes_in


class Happens(Expression):
    """Whether the last step was one of some events, taken from a state in which `when` holds (None: from any).

    `events` are names of events or kinds of event. It has a value in properties alone.
    """

    kind = BOOLEAN

    def __init__(self, events: tuple[str, ...], when: Expression | None) -> None:
        self.events, self.when, self.place = events, when, caller()

    @property
    def label(self) -> str:
        """As it is written."""
        when = "" if self.when is None else f", when={self.when}"
        return f"happens({', '.join(self.events)}{when})"


class Grows(Expression):
    """Whether the last step made `measure` greater; not so in an initial state. It has a value in properties alone."""

    kind = BOOLEAN

    def __init__(self, measure: Expression) -> None:
        self.measure, self.place = measure, caller()

    @property
    def label(self) -> str:
        """As a formula has it."""
        return f"grows({self.measure})"


class Times(Expression):
    """Whether an event has happened `times` times or more by now. It has a value in properties alone."""

    kind = BOOLEAN

    def __init__(self, event: str, times: int) -> None:
        self.event, self.times, self.place = event, times, caller()

    @property
    def label(self) -> str:
        """As a formula has it."""
        return f"happens({self.event}) {'once' if self.times == 1 else f'{self.times} times'}"


def happens(*events: str, when: Operand = ABSENT) -> Expression:
    """In properties: whether the step that led to this state was one of `events`, which are names of events or kinds of event.

    A kind is "automatic", "operator", "environment" or "time". With `when` only if that held in the state before the step.
    Raises PropertyError DR302 for what is no name, and for a condition that is not boolean or speaks of events itself.
    """
    wrong = next((name for name in events if not isinstance(name, str) or not name), None)
    if not events or wrong is not None:
        raise PropertyError(
            "DR302",
            f"happens takes names of events and kinds, not {'nothing' if not events else shown(wrong)}",
            place=caller(),
            remedy='write for instance happens("link_fails")',
        )
    refuse_none("happens: when", when, "when=True")
    before = None if when is ABSENT else expression(when)
    if before is not None and (before.kind != BOOLEAN or any(True for _ in happenings(before))):
        raise PropertyError(
            "DR302",
            f"the condition of happens is a boolean expression over states, not `{before}`",
            place=caller(),
            remedy='write for instance happens("take_over", when=link.down)',
        )
    return Happens(tuple(dict.fromkeys(str(name) for name in events)), before)


def happenings(node: Expression) -> Iterator[Happens]:
    """What an expression or formula says of events, each object once, in the order in which it is written."""
    return (at for at in nodes_in([node]) if isinstance(at, Happens))


def growths(node: Expression) -> Iterator[Grows]:
    """What an expression asks of numbers that grow, each object once, in the order in which it is written."""
    return (at for at in nodes_in([node]) if isinstance(at, Grows))


def repetitions(node: Expression) -> Iterator[Times]:
    """What an expression asks of how often events have happened, each object once, in the order in which it is written."""
    return (at for at in nodes_in([node]) if isinstance(at, Times))


__all__ = ["Grows", "Happens", "Times", "growths", "happenings", "happens", "repetitions"]
