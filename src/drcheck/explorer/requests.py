"""What the page asks, read from JSON: every value is of the kind and size that it must be, or the request is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from drcheck.answers.asked import LONGEST
from drcheck.errors import PathError, shown

MOST_TEXTS = 30
"""How many columns or breakpoints there are at most."""
MOST_TRAIL = 10_000


class Fields:
    """The fields of a request. Raises PathError DR523 for one that is missing or cannot be."""

    def __init__(self, body: bytes) -> None:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise refused(f"this is not JSON: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise refused("a request is an object")
        self._found: Mapping[str, Any] = found

    def number(self, name: str, otherwise: int | None = None, *, least: int = 0, most: int = 1 << 31) -> int:
        """A whole number."""
        value = self._found.get(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise refused(f"{name} is a whole number from {least:,} to {most:,}, not {shown(value)}")
        return value

    def seconds(self, name: str, otherwise: float) -> float:
        """A number of seconds."""
        value = self._found.get(name, otherwise)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise refused(f"{name} is a number, not {shown(value)}")
        return float(value)

    def text(self, name: str, otherwise: str | None = None, *, most: int = LONGEST) -> str:
        """A text."""
        value = self._found.get(name, otherwise)
        if not isinstance(value, str):
            raise refused(f"{name} is a text, not {shown(value)}")
        if len(value) > most:
            raise refused(f"{name} has {len(value):,} characters, and at most {most:,} are read")
        return value

    def way(self) -> int | None:
        """Which way of an event, or None."""
        return None if self._found.get("way") is None else self.number("way", least=1)

    def texts(self, name: str, most: int = MOST_TEXTS) -> tuple[str, ...]:
        """Several texts; none where the field is missing."""
        value = self._found.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise refused(f"{name} are at most {most} texts")
        if any(not isinstance(text, str) or len(text) > LONGEST for text in value):
            raise refused(f"{name} are texts of at most {LONGEST:,} characters")
        return tuple(value)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Several whole numbers."""
        value = self._found.get(name, [])
        if not isinstance(value, list) or len(value) > MOST_TRAIL:
            raise refused(f"{name} are at most {MOST_TRAIL:,} numbers")
        if any(not isinstance(each, int) or isinstance(each, bool) for each in value):
            raise refused(f"{name} are whole numbers")
        return tuple(value)


def refused(message: str) -> PathError:
    """The error of a request that cannot be."""
    return PathError("DR523", message)


__all__ = ["Fields", "refused"]
