"""Durations, as people write them: hours(8), minutes(15), "1h30m". They become whole ticks exactly once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from drcheck.errors import DesignError, ModelError, Place, caller, shown

_UNITS = {"d": 24 * 60, "h": 60, "m": 1, "min": 1}
_TEXT = re.compile(r"\s*([0-9]{1,9})\s*(d|h|min|m)\s*")


def _whole(value: object, what: str, place: Place | None) -> int:
    """The value, if it is a whole number, zero or more. Raises ModelError DR206 otherwise."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ModelError(
            "DR206",
            f"a duration is a whole number of {what}, zero or more, not {shown(value)}",
            place=place,
            remedy="write for instance hours(8), or minutes(90) for an hour and a half",
        )
    return value


def _foreign(operator: str, left: Duration, right: object) -> Any:
    """What an operator on a duration and something else answers: an expression takes over, a constant is refused."""
    if type(right).__module__ != "builtins":
        return NotImplemented
    raise ModelError(
        "DR102",
        f"`{operator}` cannot be applied to the duration {left} and {shown(right)} ({type(right).__name__})",
        place=caller(),
        remedy="durations take +, - and comparisons with durations, and * with a whole number",
    )


@total_ordering
@dataclass(frozen=True)
class Duration:
    """A length of time in whole minutes, zero or more. Raises ModelError DR206 for anything else."""

    in_minutes: int
    place: Place | None = None

    def __post_init__(self) -> None:
        _whole(self.in_minutes, "minutes", self.place or caller())

    def __eq__(self, other: object) -> bool:
        # NotImplemented lets an expression on the right-hand side build a comparison.
        return self.in_minutes == other.in_minutes if isinstance(other, Duration) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.in_minutes)

    def __lt__(self, other: Duration) -> bool:
        return self.in_minutes < other.in_minutes if isinstance(other, Duration) else _foreign("<", self, other)

    def __add__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):
            return _foreign("+", self, other)
        return Duration(self.in_minutes + other.in_minutes, self.place)

    def __sub__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):
            return _foreign("-", self, other)
        return Duration(self.in_minutes - other.in_minutes, self.place or caller())

    def __mul__(self, factor: int) -> Duration:
        if not isinstance(factor, int) or isinstance(factor, bool):
            return _foreign("*", self, factor)  # type: ignore[no-any-return]  # NotImplemented
        return Duration(self.in_minutes * factor, self.place or caller())

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
                f"{shown(text)} is not a duration",
                remedy="write a whole number with a unit, for instance 8h, 15m, 1h30m or 2d",
            )
        return cls(total)


def hours(n: int) -> Duration:
    """`n` hours. Raises ModelError DR206 for anything but a whole number, zero or more; so do the next two."""
    place = caller()
    return Duration(_whole(n, "hours", place) * 60, place)


def minutes(n: int) -> Duration:
    """`n` minutes."""
    return Duration(n, caller())


def days(n: int) -> Duration:
    """`n` days."""
    place = caller()
    return Duration(_whole(n, "days", place) * 24 * 60, place)
