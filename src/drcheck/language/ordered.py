"""Lists whose order matters are not taken from unordered objects.

A set has another order in each run: transitions in a set would match in another order, and states, events and texts would be
numbered and printed in another. So a set is refused wherever a list is meant. A dictionary's keys or values, a generator or
any other iterable have an order and are taken; a dictionary itself is refused, as half of it would be dropped.

A generator or another iterator can be read once. One that was read before gives nothing, or the rest, and is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, Set
from types import GeneratorType
from typing import Any

from drcheck.errors import ModelError, Place


def has_no_order(items: object) -> bool:
    """Whether `items` are a set of some kind; the keys and items of a dictionary are in its order."""
    return isinstance(items, Set) and not isinstance(items, (KeysView, ItemsView, Sequence))


def _was_read(items: object) -> bool:
    """Whether an iterator has given some or all of its items already, as far as it shows that."""
    if isinstance(items, GeneratorType):
        return inspect.getgeneratorstate(items) in (inspect.GEN_SUSPENDED, inspect.GEN_CLOSED)
    if isinstance(items, (map, filter, zip)):
        return any(_was_read(part) for part in items.__reduce__()[1] if isinstance(part, Iterator))
    if isinstance(items, type(iter([]))):
        state: tuple[Any, ...] = tuple(items.__reduce__())  # (iter, (list,), index), without an index at the end
        return len(state) < 3 or state[2] > 0
    return False


def refuse_unordered(items: object, what: str, place: Place) -> None:
    """Raise ModelError DR123 for a set, or a dictionary, where a list of something is meant, DR148 for what was read before."""
    if has_no_order(items):
        raise ModelError(
            "DR123",
            f"{what} are given as a set, whose order differs from one run to the next",
            place=place,
            remedy="write a list, [...] instead of {...}, or sort it: sorted(..., key=...)",
        )
    if _was_read(items):
        raise ModelError(
            "DR148",
            f"{what} are given as a {type(items).__name__} that was already read, and it can be read only once",
            place=place,
            remedy="make a list of it first, and give the list each time: items = list(...)",
        )
    if isinstance(items, Mapping):
        raise ModelError(
            "DR123",
            f"{what} are given as a dictionary, of which only the keys would be taken",
            place=place,
            remedy="write a list: list(....values()) or list(....keys())",
        )


__all__ = ["has_no_order", "refuse_unordered"]
