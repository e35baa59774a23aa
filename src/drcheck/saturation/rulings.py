"""What becomes of a doubtful verdict: it stands, or it is reported to rest on the caps.

- What is said of *all* states or executions (HOLDS; "never", "cannot be reached again") stands where the search shows no
  part of the doubt.
- What is shown by a *trace* stands as well where the trace is one without caps: a path if it can be replayed there, to a
  state that shows the same; an execution if nothing that decides it is unsharp along it.
- A *worst case* is exact where the greatest value is attained on such a path and can nowhere be greater; it is "at
  least" the value at the end of the path where the search shows that it may be greater; otherwise it is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drcheck.engines.protocol import Exploration
from drcheck.errors import EngineError
from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression
from drcheck.language.units import excess, measured
from drcheck.logic.asking import Reads, ShownBy
from drcheck.saturation.doubts import Cause, Doubt, Doubts, Watched, exceeded_text, remedy
from drcheck.saturation.ends import UndefinedError, worth
from drcheck.saturation.uncapped import follow, gone_beyond, holds, stuck
from drcheck.system.lowering import lower
from drcheck.system.trace import Trace


@dataclass(frozen=True)
class Ruling:
    """A verdict that does not stand as it is. `certain`: it is nevertheless decided, with another value or reason.

    `value`: of a worst case, what it certainly is at least, or None; `exact`: whether it is certainly no more.
    """

    reason: str
    certain: bool = False
    value: int | None = None
    exact: bool = False


class Rulings:
    """Rules on the verdicts of one search, by what it has found."""

    def __init__(self, doubts: Doubts, found: Exploration) -> None:
        self.doubts, self._found = doubts, found

    def _cause(self, *watched: Sequence[Watched]) -> Cause | None:
        groups = [group for each in watched for group in each]
        return self.doubts.cause(groups, self._found.hits, self._found.state)

    def on_decided(self, doubt: Doubt, read: Sequence[Expression], trace: Trace | None, ends: bool) -> Ruling | None:
        """On a decided property that is no worst case, by the conditions that it reads and the trace that shows it.

        `ends`: whether the trace is an execution, one that goes round or one after whose last state there is no step.
        """
        if trace is not None and doubt.kind.shown_by is ShownBy.PATH:
            return self.on_path(doubt, trace, read[0] if read else None, doubt.kind.shows)
        if trace is not None and doubt.kind.shown_by is ShownBy.EXECUTION and ends:
            return self.on_execution(doubt, trace, read)
        return self.on_all(doubt)  # what is broken whatever follows is so for all that can follow

    def on_all(self, doubt: Doubt) -> Ruling | None:
        """On a property of all states or executions."""
        cause = self._cause(doubt.gained, doubt.asked)
        return None if cause is None else Ruling(str(cause))

    def on_path(self, doubt: Doubt, trace: Trace, shown: Expression | None, wanted: bool) -> Ruling | None:
        """On a path whose end shows it: that a lowered condition has a truth value (None: that no event is possible,
        or that the last step leaves a domain).
        """
        cause = self._cause(doubt.steps, doubt.asked)
        # A search that stopped early may have stopped before it saw what a trace rests on.
        if (cause is None and self._found.complete) or _stands(self.doubts, doubt, trace, shown, wanted):
            return None
        cause = cause or _of_trace(self.doubts, trace)
        return Ruling(f"the trace that shows it rests on a cap: {cause}")

    def on_execution(self, doubt: Doubt, trace: Trace, conditions: Sequence[Expression]) -> Ruling | None:
        """On what is shown by an execution: a lasso, one that ends, or a beginning of which all that follow are alike."""
        cause = self._cause(doubt.steps, doubt.asked)
        if cause is None or self.doubts.real(doubt, conditions, trace):
            return None
        return Ruling(f"the execution that shows it rests on a cap: {cause}")

    def on_maximum(
        self,
        doubt: Doubt,
        trace: Trace | None,
        measure: Expression,
        value: int,
        bound: int | None,
        at_most: int | Duration | None,
    ) -> Ruling | None:
        """On a greatest value of a measure as it was written; `bound` is `at_most`, which it must keep, as a number.

        `trace`: the path to it, or None if there was no time to make it.
        """
        more = self._cause(doubt.gained, doubt.up)
        cause = more or self._cause(doubt.steps, doubt.down)
        if cause is None and (self._found.complete or trace is None):
            return None
        real, tick = None if trace is None else attained(self.doubts, trace, measure), self.doubts.system.tick
        if cause is None:
            if real == value:
                return None
            assert trace is not None
            cause = more = _of_trace(self.doubts, trace)
        if real is not None and bound is not None and at_most is not None and real > bound:
            reason = excess(real, measure, bound, at_most, tick)
            exact = more is None and real == value and self._found.complete
            if more is not None:
                reason += f"; it may be greater: {more.text}"
            elif not exact and self._found.complete:
                reason += f"; it may be {measured(value, measure, tick)}, which no path without caps was seen to attain"
            return Ruling(reason, True, real, exact)
        if more is None and real == value:
            return None
        if more is None and bound is not None and value <= bound and self._found.complete:
            return Ruling(f"at most {measured(value, measure, tick)}", True)
        known = "unknown" if real is None else f"at least {measured(real, measure, tick)}"
        return Ruling(f"{known}: {cause}", False, real)


def attained(doubts: Doubts, trace: Trace, measure: Expression) -> int | None:
    """The value of a measure, as it was written, at the end of a path without caps; None if the path is none there."""
    end = follow(doubts.rules, doubts.capped, trace)
    try:
        return None if end is None else worth(lower(doubts.system, measure), end)
    except UndefinedError:
        return None


def _stands(doubts: Doubts, doubt: Doubt, trace: Trace, shown: Expression | None, wanted: bool) -> bool:
    """Whether a path is one without caps too, and shows the same at its end."""
    end = follow(doubts.rules, doubts.capped, trace)
    if end is None:
        return False
    if doubt.kind.reads is Reads.ANY and not stuck(doubts.rules, end):
        return False
    # Of a step out of a domain nothing more is shown: that it leaves one was seen.
    return shown is None or holds(shown, end) is wanted


def by_trace(doubts: Doubts, doubt: Doubt | None, trace: Trace, shown: Expression | None, wanted: bool = True) -> str:
    """Why what was seen at the end of a path is not certain, if no search shows the cause; nothing if it is.

    A path that is none without caps goes beyond an end somewhere.
    """
    if doubt is None:
        return ""
    if _stands(doubts, doubt, trace, shown, wanted):
        return ""
    return f"the trace that shows it rests on a cap: {_of_trace(doubts, trace)}"


def _of_trace(doubts: Doubts, trace: Trace) -> Cause:
    """The ends that a path goes beyond, as what a verdict rests on. Raises EngineError DR502 for one that goes beyond none."""
    ends = sorted(gone_beyond(doubts.rules, doubts.capped, trace))
    if not ends:
        raise EngineError(
            "DR502",
            f"a trace of {doubts.system.name} does not show what was found, and no cap explains it",
            remedy="this is a bug in drcheck: please report it",
        )
    return Cause(", ".join(exceeded_text(doubts.system, end) for end in ends), remedy(ends[0]))


__all__ = ["Ruling", "Rulings", "attained", "by_trace"]
