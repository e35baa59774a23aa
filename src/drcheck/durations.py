"""Durations, as people write them: hours(8), minutes(15), "1h30m". They become whole ticks exactly once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from drcheck.errors import DesignError, ModelError, Place, caller

_UNITS = {"d": 24 * 60, "h": 60, "m": 1, "min": 1}
_TEXT = re.compile(r"\s*(\d+)\s*(d|h|min|m)\s*")


@total_ordering
@dataclass(frozen=True)
class Duration:
    """A length of time in whole minutes, zero or more."""

    in_minutes: int
    place: Place | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.in_minutes, int) or isinstance(self.in_minutes, bool) or self.in_minutes < 0:
            raise ModelError(
                "DR206",
                f"a duration is a whole number of minutes, zero or more, not {self.in_minutes!r}",
                place=self.place,
                remedy="write for instance hours(8) or minutes(15)",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.in_minutes == other.in_minutes

    def __hash__(self) -> int:
        return hash(self.in_minutes)

    def __lt__(self, other: Duration) -> bool:
        if not isinstance(other, Duration):
            return NotImplemented
        return self.in_minutes < other.in_minutes

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.in_minutes + other.in_minutes, self.place)

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.in_minutes - other.in_minutes, self.place)

    def __mul__(self, factor: int) -> Duration:
        return Duration(self.in_minutes * factor, self.place)

    __rmul__ = __mul__

    def ticks(self, tick: Duration) -> int:
        """This duration as a number of ticks of length `tick`.

        Raises ModelError DR117 when it is not a whole number of ticks.
        """
        if tick.in_minutes == 0 or self.in_minutes % tick.in_minutes:
            raise ModelError(
                "DR117",
                f"{self} is not a whole number of ticks of {tick}",
                place=self.place,
                remedy="choose a tick length that divides every duration of the design",
            )
        return self.in_minutes // tick.in_minutes

    def __str__(self) -> str:
        days, rest = divmod(self.in_minutes, 24 * 60)
        hours_, minutes_ = divmod(rest, 60)
        parts = [f"{n}{unit}" for n, unit in ((days, "d"), (hours_, "h"), (minutes_, "m")) if n]
        return "".join(parts) or "0m"

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "8h", "90m", "1h30m" or "2d". Raises DesignError DR206 for anything else."""
        position, total, found = 0, 0, False
        while match := _TEXT.match(text, position):
            total += int(match[1]) * _UNITS[match[2]]
            position, found = match.end(), True
        if not found or position != len(text):
            raise DesignError(
                "DR206",
                f"{text!r} is not a duration",
                remedy="write a whole number with a unit, for instance 8h, 15m, 1h30m or 2d",
            )
        return cls(total)


def hours(n: int) -> Duration:
    """`n` hours."""
    return Duration(n * 60 if isinstance(n, int) else n, caller())


def minutes(n: int) -> Duration:
    """`n` minutes."""
    return Duration(n, caller())


def days(n: int) -> Duration:
    """`n` days."""
    return Duration(n * 24 * 60 if isinstance(n, int) else n, caller())
