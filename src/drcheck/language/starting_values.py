"""What begins in one of several ways: a variable with several start values, a component with several initial states.

`start=range(1, 4)` and `initial=["primary", "standby"]` say that nothing determines with which of them a system begins: it has
an initial state for each combination. What no event changes afterwards is a choice for good, a parameter of the search.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from drcheck.errors import ModelError, Place, shown
from drcheck.language.expressions import Expression
from drcheck.language.ordered import refuse_unordered
from drcheck.language.patterns import expanded, is_pattern

T = TypeVar("T")
MOST_INITIAL = 1 << 20
"""How many initial states a system may have."""


def are_several(start: object) -> bool:
    """Whether a start value is a list of them."""
    return isinstance(start, Iterable) and not isinstance(start, (str, bytes, Expression))


def listed(start: T | Iterable[T], what: str, place: Place) -> tuple[T, ...]:
    """The values that are given, one or several, each once. `what`: whose they are.

    Raises ModelError DR153 for none, or one twice; DR154 for too many; DR123 and DR148 for what has no order.
    """
    if not are_several(start):
        return (start,)  # type: ignore[return-value]
    refuse_unordered(start, what, place)
    found: tuple[T, ...] = tuple(islice(start, MOST_INITIAL + 1))  # type: ignore[arg-type]
    if not found:
        raise ModelError("DR153", f"{what} are none", place=place, remedy="give one or more")
    if len(found) > MOST_INITIAL:
        raise ModelError(
            "DR154",
            f"{what} are more than {MOST_INITIAL:,}, each of which is an initial state",
            place=place,
            remedy="give fewer, for instance in a coarser unit",
        )
    seen: set[tuple[type, object]] = set()
    for value in found:
        try:
            twice = (type(value), value) in seen
            seen.add((type(value), value))
        except TypeError:  # no number, boolean or text: refused as what it is
            continue
        if twice:
            raise ModelError("DR153", f"{what} name {shown(value)} twice", place=place, remedy="name each once")
    return found


def listed_states(initial: object, states: tuple[str, ...], what: str, place: Place) -> tuple[object, ...]:
    """The states that are asked for, as `listed`; those that match, in the place of a pattern."""
    asked = listed(initial, what, place)
    if any(is_pattern(one) for one in asked):
        return expanded(asked, states)  # type: ignore[arg-type]
    return asked


__all__ = ["MOST_INITIAL", "are_several", "listed", "listed_states"]
