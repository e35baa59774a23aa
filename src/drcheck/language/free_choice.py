r"""A free choice inside one event: a value that nothing determines, and that guards and updates of the event read.

`amount = chosen("amount", range(1, 4))` is what Promela writes as `select (amount : 1..3)`, TLA+ as `\E amount \in 1..3`, and
Event-B as `ANY amount WHERE ...`: the event can happen with each value for which its guard holds. The value is that of one
event: nothing remembers it but what is updated with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeAlias

from drcheck.errors import ModelError, caller, shown
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, nodes_in
from drcheck.language.ordered import refuse_unordered
from drcheck.language.variables import TICKS, check_name

MAX_ALTERNATIVES = 1_000
"""How many alternatives the events of a system that have free choices may have, all together."""

Chosen: TypeAlias = bool | int | Duration
"""What can be chosen."""


class FreeChoice(Expression):
    """A value that an event may choose freely: a leaf of expressions, worth something only within an event (see `chosen`)."""

    def __init__(self, name: str, values: tuple[Chosen, ...]) -> None:
        self.place = caller()
        self.name, self.values = name, values
        self.kind = BOOLEAN if isinstance(values[0], bool) else INTEGER
        self.unit = TICKS if isinstance(values[0], Duration) else ""

    @property
    def label(self) -> str:
        """The name."""
        return self.name

    @property
    def span(self) -> str:
        """The values in words: `1..3` for consecutive numbers, otherwise one after the other."""
        first, last = self.values[0], self.values[-1]
        if isinstance(first, int) and self.kind == INTEGER and len(self.values) > 2:
            assert isinstance(last, int)
            if list(self.values) == list(range(first, last + 1)):
                return f"{first}..{last}"
        return " | ".join(_text(value) for value in self.values)


def chosen(name: str, values: Iterable[Chosen]) -> FreeChoice:
    """A free choice for guards and updates of transitions: any one of `values`, in each event anew.

    `values` are whole numbers, booleans or durations, in the order in which the alternatives of the event are numbered. The
    event can happen with each value for which the guards of its participants hold; participants that read the same object
    have the same value. Where no transition that reads the choice comes into question, nothing is chosen. It has no value in a
    state, so properties cannot read it.

    Raises ModelError DR150 for what is nothing to choose from.
    """
    place = caller()
    name = check_name(name, "free choice", place)
    what = f"free choice {name}"
    refuse_unordered(values, f"{what}: its values", place)
    if isinstance(values, (str, bytes, Expression)) or not isinstance(values, Iterable):
        raise ModelError("DR150", f"{what}: {shown(values)} is no list of values", place=place, remedy=_REMEDY)
    found = tuple(islice(values, MAX_ALTERNATIVES + 1))
    if len(found) > MAX_ALTERNATIVES:
        raise ModelError(
            "DR152",
            f"{what} has more than {MAX_ALTERNATIVES:,} values, each of which is an alternative of its event",
            place=place,
            remedy="choose among fewer, for instance by a coarser unit",
        )
    if not found:
        raise ModelError(
            "DR150", f"{what} has no value to choose, so its event could not happen", place=place, remedy=_REMEDY
        )
    kinds = {_kind(value) for value in found}
    if None in kinds or len(kinds) > 1:
        odd = next(value for value in found if _kind(value) is None or _kind(value) != _kind(found[0]))
        said = (
            "is no number, boolean or duration" if _kind(odd) is None else f"is of another type than {shown(found[0])}"
        )
        raise ModelError("DR150", f"{what}: {shown(odd)} {said}", place=place, remedy=_REMEDY)
    for value in found:
        Literal(value)  # refuses numbers that no expression may have
    twice = next((value for n, value in enumerate(found) if value in found[:n]), None)
    if twice is not None:
        raise ModelError(
            "DR150", f"{what} has the value {_text(twice)} twice", place=place, remedy="name each value once"
        )
    return FreeChoice(
        name, tuple(int(value) if isinstance(value, int) and _kind(value) is int else value for value in found)
    )


_REMEDY = (
    'write for instance chosen("amount", range(1, 4)), chosen("late", [False, True]) or chosen("delay", [hours(1)])'
)


def _kind(value: object) -> type | None:
    return next((kind for kind in (bool, int, Duration) if isinstance(value, kind)), None)


def _text(value: Chosen) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def choices_in(parts: Iterable[Expression]) -> tuple[FreeChoice, ...]:
    """The free choices that expressions read, in the order in which they stand."""
    return tuple(node for node in nodes_in(parts) if isinstance(node, FreeChoice))


__all__ = ["MAX_ALTERNATIVES", "Chosen", "FreeChoice", "choices_in", "chosen"]
