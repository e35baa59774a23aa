"""What single faults do to a design, as data: the rows of a failure modes and effects analysis (see `fmea`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drcheck.answers.points import Point
from drcheck.answers.recovery import Recovery
from drcheck.answers.single_faults import Single
from drcheck.designs.design import Design
from drcheck.logic.properties import Statement
from drcheck.system.trace import Trace
from drcheck.verdicts.notices import Answer
from drcheck.verdicts.verdict import Conclusion

LOSS, TIME_BACK = "loss", "time_back"


@dataclass(frozen=True)
class Broken:
    """A promise that a fault breaks. `promised`: it is stated where such a fault may happen.

    `recovery`: the way back from the state that the trace shows; None where that has no meaning. `always`: whether there is a way
    back from every state. `value`: of a worst case, with its unit.
    """

    statement: Statement
    promised: bool
    reason: str
    value: str = ""
    trace: Trace | None = field(default=None, repr=False)
    recovery: Recovery | None = None
    always: Conclusion | None = None


@dataclass(frozen=True)
class Cost:
    """What a fault costs at worst by one measure, and what it costs without the fault.

    `recovery`: from the worst state; of times alone. `always`: whether there is a way back from every state.
    """

    measure: Statement
    point: Point
    before: Point
    recovery: Recovery | None = None
    always: Conclusion | None = None

    @property
    def measured(self) -> str:
        """What it measures: "loss" or "time_back"."""
        return str(self.measure.details["measures"])

    @property
    def more(self) -> bool:
        """Whether it costs more than without the fault, as far as is known."""
        return self.point.value is not None and (self.before.value is None or self.point.value > self.before.value)


@dataclass(frozen=True)
class Row:
    """What becomes of a design with one single fault. `happens`: whether it ever does; None: not known.

    `undecided`: what is not known of it, each with why. `left`: it was not judged to its end, for a limit or an interrupt.
    """

    single: Single
    happens: bool | None
    broken: tuple[Broken, ...] = ()
    costs: tuple[Cost, ...] = ()
    noticed: tuple[Answer, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    searches: int = 0
    states: int = 0
    seconds: float = 0.0
    left: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything about it was decided."""
        return self.happens is not None and not self.undecided and not self.left


@dataclass(frozen=True)
class Fmea:
    """The analysis of a design. `failing`: promises that fail where nothing goes wrong, which no row is held against.

    `skipped`: properties that are not asked, with why; `asked`: how many promises are. `untold`: what is not judged, with why;
    `left`: rows that were not begun; `stopped`: why, or "".
    """

    design: Design
    settings: Mapping[str, Any]
    rows: tuple[Row, ...]
    failing: tuple[Statement, ...]
    asked: int
    skipped: tuple[tuple[Statement, str], ...]
    untold: tuple[str, ...]
    left: tuple[Single, ...]
    searches: int
    states: int
    seconds: float
    stopped: str = ""

    @property
    def whole(self) -> bool:
        """Whether everything was decided."""
        return not self.left and not self.stopped and all(row.whole for row in self.rows)


__all__ = ["LOSS", "TIME_BACK", "Broken", "Cost", "Fmea", "Row"]
