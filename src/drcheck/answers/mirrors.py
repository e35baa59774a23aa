"""Combinations that are each other's mirror images: the same with two sites exchanged, by the names of what happens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, takewhile

from drcheck.system.system import System


def mirrored(text: str, system: System) -> Iterator[str]:
    """What names become when two sites are exchanged, each pair of them; without those that stay as they are.

    Of sites whose names differ in their ends alone (site1 and site2), the ends are exchanged wherever they end a word.
    """
    for first, second in combinations((site.component.name for site in system.sites), 2):
        common = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))))
        ends = [first[common:], second[common:]]
        swapped = _swapped(text, ends if all(ends) and common else [first, second])
        if swapped != text:
            yield swapped


def _swapped(text: str, pair: Iterable[str]) -> str:
    one, other = pair
    found = "|".join(map(re.escape, sorted((one, other), key=len, reverse=True)))
    exchanged = {one: other, other: one}
    return re.sub(rf"({found})(?![A-Za-z0-9])", lambda match: exchanged[match.group()], text)


__all__ = ["mirrored"]
