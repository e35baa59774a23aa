"""Patterns of state names: `down_*` stands for all states whose names begin like that.

`*` stands for any characters, none included, and `?` for one; nothing else is special, and upper and lower case differ. No
state's name holds either, so a text is a name or a pattern and never both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_WILD = re.compile(r"[*?]")


def is_pattern(text: object) -> bool:
    """Whether a text is a pattern and no name."""
    return isinstance(text, str) and _WILD.search(text) is not None


def matched(pattern: str, names: Iterable[str]) -> list[str]:
    """The names that a pattern matches as a whole, in their order."""
    parts = {"*": ".*", "?": "."}
    wanted = re.compile("".join(parts.get(c, re.escape(c)) for c in pattern))
    return [name for name in names if wanted.fullmatch(name)]


def expanded(asked: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """What is asked for, with the names that it matches in the place of each pattern.

    Where there is a pattern each name comes once; a pattern that matches nothing stays, for the caller to refuse.
    """
    if not any(is_pattern(one) for one in asked):
        return tuple(asked)
    found: dict[str, None] = {}
    for one in asked:
        found |= dict.fromkeys((matched(one, names) if is_pattern(one) else []) or [one])
    return tuple(found)


__all__ = ["expanded", "is_pattern", "matched"]
