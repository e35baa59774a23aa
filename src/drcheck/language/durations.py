"""Durations, as people write them: hours(8), seconds(30), "1h30m". They become whole ticks exactly once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from drcheck.errors import DesignError, ModelError, Place, caller, shown

UNITS = {"d": 24 * 60 * 60, "h": 60 * 60, "min": 60, "m": 60, "s": 1}
"""The units of durations, with their seconds; `m` is short for `min`."""
_TEXT = re.compile(r"\s*([0-9]{1,19})\s*(d|h|min|m|s)\s*")
LONGEST = (1 << 62) * UNITS["d"]
"""No duration has more seconds than this, so that each has a text that can be read again."""


def _whole(value: object, what: str, place: Place | None) -> int:
    """The value, if it is a whole number, zero or more. Raises ModelError DR206 otherwise."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ModelError(
            "DR206",
            f"a duration is a whole number of {what}, zero or more, not {shown(value)}",
            place=place,
            remedy="write for instance hours(8), minutes(90) for an hour and a half, or seconds(30) for half a minute",
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
@dataclass(frozen=True, init=False, eq=False, repr=False)
class Duration:
    """A length of time in whole seconds, zero or more. `Duration(n)` is `n` minutes; `seconds(n)` is shorter than that.

    `place` is where it was written; two durations of one length are equal wherever they were. Raises ModelError DR206
    for anything but a whole number, DR111 for one that is too large.
    """

    in_seconds: int
    place: Place | None

    def __init__(self, in_minutes: int, place: Place | None = None) -> None:
        place = place or caller()
        self._hold(_whole(in_minutes, "minutes", place) * UNITS["m"], place)

    def _hold(self, in_seconds: int, place: Place | None) -> None:
        if in_seconds > LONGEST:
            raise ModelError("DR111", f"a duration with a number of {in_seconds.bit_length()} bits", place=place)
        object.__setattr__(self, "in_seconds", in_seconds)  # the class is frozen
        object.__setattr__(self, "place", place)

    @classmethod
    def of_seconds(cls, number: int, place: Place | None = None) -> Duration:
        """The duration of `number` seconds. Raises ModelError DR206 or DR111, as the class does."""
        made = cls.__new__(cls)
        made._hold(_whole(number, "seconds", place or caller()), place)
        return made

    @property
    def in_minutes(self) -> int:
        """The duration in minutes. Raises ModelError DR135 if it is not a whole number of minutes."""
        if self.in_seconds % UNITS["m"]:
            raise ModelError(
                "DR135",
                f"{self} is not a whole number of minutes",
                place=self.place,
                remedy="read in_seconds, or ticks(tick) for a number of ticks",
            )
        return self.in_seconds // UNITS["m"]

    def __eq__(self, other: object) -> bool:
        # NotImplemented lets an expression on the right-hand side build a comparison.
        if isinstance(other, (int, float)):
            return bool(_foreign("==", self, other))  # a number of what? to Python they would only be different
        return self.in_seconds == other.in_seconds if isinstance(other, Duration) else NotImplemented

    def __hash__(self) -> int:
        return hash(("duration", self.in_seconds))

    def __lt__(self, other: Duration) -> bool:
        return self.in_seconds < other.in_seconds if isinstance(other, Duration) else _foreign("<", self, other)

    def __add__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):
            return _foreign("+", self, other)
        return Duration.of_seconds(self.in_seconds + other.in_seconds, self.place)

    def __sub__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):
            return _foreign("-", self, other)
        return self._result(self.in_seconds - other.in_seconds, f"{self} - {other}")

    def __mul__(self, factor: int) -> Duration:
        if not isinstance(factor, int) or isinstance(factor, bool):
            return _foreign("*", self, factor)  # type: ignore[no-any-return]  # NotImplemented
        return self._result(self.in_seconds * factor, f"{self} * {shown(factor)}")

    __rmul__ = __mul__

    def _result(self, in_seconds: int, written: str) -> Duration:
        place = self.place or caller()
        if in_seconds < 0:
            raise ModelError("DR206", f"{written} is less than nothing, and a duration is zero or more", place=place)
        return Duration.of_seconds(in_seconds, place)

    def ticks(self, tick: Duration) -> int:
        """This duration as a number of ticks of length `tick`.

        Raises ModelError DR117 when it is not a whole number of ticks.
        """
        if tick.in_seconds == 0 or self.in_seconds % tick.in_seconds:
            divides = f"; {common_tick([self, tick])} divides both {self} and {tick}" if tick.in_seconds else ""
            raise ModelError(
                "DR117",
                f"{self} is not a whole number of ticks of {tick}",
                place=self.place,
                remedy=f"choose a tick length that divides every duration of the design{divides}",
            )
        return self.in_seconds // tick.in_seconds

    def __str__(self) -> str:
        rest, parts = self.in_seconds, []
        for unit in ("d", "h", "m", "s"):
            number, rest = divmod(rest, UNITS[unit])
            parts += [f"{number}{unit}"] if number else []
        return "".join(parts) or "0m"

    def __repr__(self) -> str:
        return f"<duration {self}>"

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "8h", "90m", "1m30s", "1h30m10s" or "2d". Raises DesignError DR206 for anything else."""
        position, total, found = 0, 0, False
        while isinstance(text, str) and (match := _TEXT.match(text, position)):
            total += int(match[1]) * UNITS[match[2]]
            position, found = match.end(), True
        if not found or position != len(text) or total > LONGEST:
            raise DesignError(
                "DR206",
                f"{shown(text)} is not a duration",
                remedy="write a whole number with a unit, for instance 8h, 15m, 30s, 1h30m or 2d",
            )
        return cls.of_seconds(total)


def common_tick(durations: Iterable[Duration]) -> Duration | None:
    """The longest tick of which every duration is a multiple; None if all are zero or there is none."""
    longest = math.gcd(*(duration.in_seconds for duration in durations))
    return Duration.of_seconds(longest) if longest else None


def hours(n: int) -> Duration:
    """`n` hours. Raises ModelError DR206 for anything but a whole number, zero or more; so do the next three."""
    return _of(n, "hours", "h")


def minutes(n: int) -> Duration:
    """`n` minutes."""
    return _of(n, "minutes", "m")


def seconds(n: int) -> Duration:
    """`n` seconds."""
    return _of(n, "seconds", "s")


def days(n: int) -> Duration:
    """`n` days."""
    return _of(n, "days", "d")


def _of(n: int, what: str, unit: str) -> Duration:
    place = caller()
    return Duration.of_seconds(_whole(n, what, place) * UNITS[unit], place)
