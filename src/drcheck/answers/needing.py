"""Which events of a trace are needed: the promise is asked again of the executions in which one does not happen.

An event is asked about as often as the trace had it up to a step, and executions are cut where it has happened so often, as they
are for the causes of findings (see `drcheck.logic.excluding`). Where nothing breaks the promise any more, it is *needed*. What
can always be reached is asked of the states before the cut, as a way back may use the event.

The more often an event may happen, the more executions there are. So one search often answers for several steps, and an
execution that is found for one event may be one without another; then it is no longer than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from drcheck.errors import EngineError
from drcheck.language.expressions import applied, connective
from drcheck.language.happening import Times
from drcheck.logic.excluding import excluding
from drcheck.logic.kinds import CanAlways, Property, WorstCase
from drcheck.system.trace import Trace
from drcheck.verdicts.verdict import Conclusion, Verdict

Search = Callable[[Property, str], Verdict]
"""Decides a property, of which a label says what it is asked without. Raises EngineError where nothing is decided."""


class Known(Enum):
    """What is known of an event of a trace."""

    NEEDED = "needed"
    NOT_NEEDED = "not needed"
    OPEN = "not decided"


@dataclass(frozen=True)
class Without:
    """What becomes of a promise where an event does not happen `times` times.

    `steps`: the length of an execution that shows the same without; `exact`: no shorter one does. `reason`: why nothing is known.
    """

    event: str
    times: int
    known: Known
    steps: int | None = None
    exact: bool = False
    reason: str = ""
    trace: Trace | None = None


def asked_without(item: Property, event: str, times: int, value: int | None = None) -> Property:
    """The property asked of the executions in which an event happens less than `times` times.

    `value`: of a worst case; without a bound it is asked whether this one is attained. Raises PropertyError DR315.
    """
    item = item if item.written is None else item.written
    item = replace(item, restated=None, findings=(), given={})
    cut = Times(event, times)
    if isinstance(item, WorstCase) and item.at_most is None and value is not None:
        item = replace(item, at_most=value - 1)
    if isinstance(item, CanAlways):
        before = applied("not", [cut])
        return replace(item, trigger=before if item.trigger is None else connective("and", before, item.trigger))
    return excluding(item, [cut])


def often(trace: Trace, event: str) -> int | None:
    """How often an event happens in the execution of a trace; None: for ever."""
    if trace.loop is not None and any(step.event.name == event for step in trace.steps[trace.loop :]):
        return None
    return sum(step.event.name == event for step in trace.steps)


class Needing:
    """Finds out which events of a trace are needed. `value`: of a worst case without a bound."""

    def __init__(self, trace: Trace, item: Property, search: Search, value: int | None = None) -> None:
        self._trace, self._item, self._search, self._value = trace, item, search, value
        self._ways: list[Trace] = []
        self._shows = Conclusion.HOLDS if item.witness else Conclusion.VIOLATED
        self.found: dict[int, Without] = {}
        """What is known, by the positions of the steps."""

    def ask(self, steps: Iterable[int]) -> None:
        """Find out about the events of some steps, by their positions."""
        path = self._trace.steps
        counts, numbers = Counter[str](), list[int]()
        for step in path:
            counts[step.event.name] += 1
            numbers.append(counts[step.event.name])
        asked: dict[str, dict[int, int]] = {}
        for at in steps:
            asked.setdefault(path[at].event.name, {})[numbers[at]] = at
        for event, places in asked.items():
            found = self._event(event, sorted(places))
            self.found |= {at: found[times] for times, at in places.items()}

    def _event(self, event: str, left: Sequence[int]) -> dict[int, Without]:
        """What is known of an event, by how often it happens.

        What is needed so often is so where it happens less often, and what is not needed so often is not where it happens more
        often. So the least is asked first, which has the fewest states, then the most, then what lies between.
        """
        found: dict[int, Without] = {}
        opened: Without | None = None
        asked = 0
        while True:
            known = {times: way for times in left if (way := self._known_way(event, times)) is not None}
            found |= {times: self._shown(event, times, way) for times, way in known.items()}
            left = [times for times in left if times not in known]
            if not left:
                return found
            if opened is not None and asked != 1:
                return found | {times: replace(opened, times=times) for times in left}
            answer = self._ask(event, left[0 if asked == 0 else -1 if asked == 1 else len(left) // 2])
            asked += 1
            if answer.known is Known.NEEDED:
                found |= {times: replace(answer, times=times) for times in left if times <= answer.times}
                left = [times for times in left if times > answer.times]
            elif answer.known is Known.NOT_NEEDED:
                found[answer.times] = answer
                left = [times for times in left if times != answer.times]
            else:
                opened = opened or answer

    def _known_way(self, event: str, times: int) -> Trace | None:
        """The shortest execution that is known and has the event less often."""
        ways = [way for way in self._ways if (n := often(way, event)) is not None and n < times]
        return min(ways, key=len, default=None)

    def _shown(self, event: str, times: int, way: Trace) -> Without:
        least = self._trace.shortest and len(way) == len(self._trace)
        return Without(event, times, Known.NOT_NEEDED, len(way), least, trace=way)

    def _ask(self, event: str, times: int) -> Without:
        item = asked_without(self._item, event, times, self._value)
        label = f"without {Times(event, times).label.removeprefix('happens')}".replace("(", "").replace(")", "")
        try:
            verdict = self._search(item, label)
        except EngineError as error:
            return Without(event, times, Known.OPEN, reason=error.message)
        if verdict.conclusion is Conclusion.INCONCLUSIVE:
            return Without(event, times, Known.OPEN, reason=verdict.reason)
        if verdict.conclusion is not self._shows:
            return Without(event, times, Known.NEEDED, reason=verdict.reason)
        way = verdict.trace
        if way is None:
            return Without(event, times, Known.NOT_NEEDED, reason=verdict.reason)
        self._ways.append(way)
        exact = way.shortest and way.loop is None
        return Without(event, times, Known.NOT_NEEDED, len(way), exact, verdict.reason, way)


__all__ = ["Known", "Needing", "Search", "Without", "asked_without", "often"]
