"""Rounds that repeat: a sequence as the fewest parts, each an item or a round several times in a row. Nothing is lost."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """The items from `first` to `last`, by position: a round of `period` items, `times` times in a row."""

    first: int
    period: int
    times: int

    @property
    def last(self) -> int:
        """The position of its last item."""
        return self.first + self.period * self.times - 1


def folded(items: Sequence[Hashable], borders: Container[int] = ()) -> list[Part]:
    """A sequence as the fewest parts: items that are equal are alike. Of several such, the one whose first parts are longest.

    `borders`: positions of items that no part contains but as its first one.
    """
    size = len(items)
    alike = _alike(items)
    least = [0] * (size + 1)
    chosen: list[Part | None] = [None] * size
    for first in range(size - 1, -1, -1):
        least[first], chosen[first] = 1 + least[first + 1], Part(first, 1, 1)
        end = next((n for n in range(first + 1, size) if n in borders), size)
        for period in range(1, (end - first) // 2 + 1):
            most = min(1 + alike[period][first] // period, (end - first) // period)
            for times in range(most, 1, -1):
                part = Part(first, period, times)
                cost = 1 + least[part.last + 1]
                best = chosen[first]
                assert best is not None
                if cost < least[first] or (cost == least[first] and part.last > best.last):
                    least[first], chosen[first] = cost, part
    parts, at = list[Part](), 0
    while at < size:
        found = chosen[at]
        assert found is not None
        parts.append(found)
        at = found.last + 1
    return parts


def _alike(items: Sequence[Hashable]) -> dict[int, list[int]]:
    """For each period and position, how many items in a row from there on are equal to the one a period later."""
    size = len(items)
    found = {}
    for period in range(1, size // 2 + 1):
        row = [0] * (size + 1)
        for at in range(size - period - 1, -1, -1):
            row[at] = row[at + 1] + 1 if items[at] == items[at + period] else 0
        found[period] = row
    return found


__all__ = ["Part", "folded"]
