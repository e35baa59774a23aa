"""Lists whose order matters are not taken from unordered objects.

A set has another order in each run: transitions in a set would match in another order, and states, events and texts would be
numbered and printed in another. So a set is refused wherever a list is meant. A dictionary's keys or values, a generator or
any other iterable have an order and are taken; a dictionary itself is refused, as half of it would be dropped.
"""

from __future__ import annotations

from collections.abc import ItemsView, KeysView, Mapping, Sequence, Set

from drcheck.errors import ModelError, Place


def has_no_order(items: object) -> bool:
    """Whether `items` are a set of some kind; the keys and items of a dictionary are in its order."""
    return isinstance(items, Set) and not isinstance(items, (KeysView, ItemsView, Sequence))


def refuse_unordered(items: object, what: str, place: Place) -> None:
    """Raise ModelError DR123 for a set, or a dictionary, where a list of something is meant."""
    if has_no_order(items):
        raise ModelError(
            "DR123",
            f"{what} are given as a set, whose order differs from one run to the next",
            place=place,
            remedy="write a list, [...] instead of {...}, or sort it: sorted(..., key=...)",
        )
    if isinstance(items, Mapping):
        raise ModelError(
            "DR123",
            f"{what} are given as a dictionary, of which only the keys would be taken",
            place=place,
            remedy="write a list: list(....values()) or list(....keys())",
        )


__all__ = ["has_no_order", "refuse_unordered"]
