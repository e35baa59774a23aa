"""A trace told: a line for each step that matters or each round of such, the rest counted; as data and as lines of text.

Nothing is left out for good: each line knows its steps, so does what is set aside, and together they are the whole trace.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.language.expressions import INTEGER
from drcheck.language.units import choices_text
from drcheck.logic.kinds import Property
from drcheck.system.system import starts_of
from drcheck.system.trace import Trace, TraceStep
from drcheck.telling.folding import folded
from drcheck.telling.mattering import Mattering, mattering
from drcheck.telling.words import Values, round_text

LIMIT = 25
"""How many lines a trace has at most on a screen; on paper, 12."""
FEWEST = 4
"""How many lines a telling that is cut has at least: what lies before, the first cause, what lies between, the last step."""
MOST = 6
"""How many changes a line of such a telling has at most, where it would be too long with all."""
CYCLE_BEGINS = "from here on for ever:"
CYCLE_ENDS = "and so on, for ever"


@dataclass(frozen=True)
class Line:
    """One step that matters, or a round of such steps, `times` times in a row.

    `steps`: their positions in the trace, from 0. `said`: what happens in a round, in words. `kind`: of the event, or of the most
    telling one of the round. `changes`: what of that matters, in words; over several rounds, from before them to after them.
    `at`: how much time has passed by its end, "" where there is no time. `mark`: what the trace says of the state after it.
    """

    steps: tuple[int, ...]
    times: int
    said: str
    kind: str
    changes: tuple[str, ...]
    at: str = ""
    mark: str = ""
    begins_cycle: bool = False
    why: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """The number of its first step, from 1."""
        return self.steps[0] + 1

    @property
    def last(self) -> int:
        """The number of its last step, from 1."""
        return self.steps[-1] + 1

    @property
    def numbers(self) -> str:
        """`4`, or `4-12`."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def text(self) -> str:
        """The line without numbers and time: `20 times: an hour passes: queue 0 -> 20 intervals`."""
        return self.text_with(None)

    def text_with(self, most: int | None) -> str:
        """The same with so many of its changes at most, and how many there are besides; None: with all."""
        kind = f" [{self.kind}]" if self.kind in ("environment", "operator") else ""
        head = (f"{self.times} times: " if self.times > 1 else "") + self.said + kind
        rest = 0 if most is None else max(0, len(self.changes) - most)
        shown = [*self.changes[: len(self.changes) - rest], *([f"and {rest} more"] if rest else [])]
        return head + (f": {', '.join(shown)}" if shown else "")


@dataclass(frozen=True)
class Between:
    """Where a telling is cut: how many lines and steps lie between, and the command that shows them."""

    lines: int
    steps: int
    command: str

    @property
    def text(self) -> str:
        """The same in words."""
        how = f": {self.command}" if self.command else ""
        return f"... {self.steps:,} {'step' if self.steps == 1 else 'steps'} between{how}"


@dataclass(frozen=True)
class Telling:
    """A trace as it is told. `start`: where it begins, if there are several initial states. `aside`: the positions of the steps
    that bear on nothing that is shown, and `aside_text` says which these are. `steps`: how many the trace has.
    """

    trace: Trace
    slice: Mattering
    lines: tuple[Line, ...]
    aside: tuple[int, ...]
    aside_text: str
    start: str = ""
    mark: str = ""

    @property
    def steps(self) -> int:
        """How many steps the trace has."""
        return len(self.trace)

    def unfolded(self) -> list[TraceStep]:
        """Every step of the trace, in order: those of the lines, and those set aside."""
        positions = [n for line in self.lines for n in line.steps] + list(self.aside)
        return [self.trace.steps[n] for n in sorted(positions)]

    def shown(self, limit: int | None = LIMIT, command: str = "") -> list[Line | Between]:
        """The lines, at most `limit`: beyond it the first cause and the last steps stay, and one says what lies between."""
        lines = list(self.lines)
        if limit is None or len(lines) <= limit:
            return [*lines]
        first = next((n for n, line in enumerate(lines) if line.kind in ("environment", "operator")), 0)
        tail = max(1, limit - 2 - (first > 0))
        begin = len(lines) - tail
        if first >= begin:
            return [Between(begin, _count(lines[:begin]), command), *lines[begin:]]
        before = [Between(first, _count(lines[:first]), "")] if first else []  # the command is told once
        between = lines[first + 1 : begin]
        return [*before, lines[first], Between(len(between), _count(between), command), *lines[begin:]]

    def text(self, width: int = 100, limit: int | None = LIMIT, command: str = "") -> list[str]:
        """Lines of plain text, at most `limit` of them, wrapped lines counted, and what is said of the whole trace.

        Where even the fewest lines are more, each has the first of its changes, and how many there are besides.
        """
        if limit is None:
            return self._said(width, None, command)
        whole: list[tuple[int, int | None]] = [(budget, None) for budget in range(limit, FEWEST - 1, -1)]
        said: list[str] = []
        for budget, most in (*whole, *((FEWEST, most) for most in range(MOST, 0, -1))):  # as much as there is room for
            said = self._said(width, budget, command, most)
            if len(said) <= limit:
                break
        return said

    def _said(self, width: int, limit: int | None, command: str, most: int | None = None) -> list[str]:
        shown = self.shown(limit, command)
        digits = max([2, *(len(line.numbers) + 1 for line in self.lines)])
        clock = max([0, *(len(line.at) for line in self.lines)])
        rows = list[tuple[str, str, str]]()
        if self.start or self.mark:
            rows.append(("", "", self.start or "at the start"))
            rows += [("", "", f"= {self.mark}")] if self.mark else []
        if not self.lines:
            rows.append(
                ("", "", "(no steps: this is the initial state)" if not self.steps else "(no step bears on it)")
            )
        for line in shown:
            if isinstance(line, Between):
                rows.append(("", "", line.text))
                continue
            if line.begins_cycle:
                rows.append(("", "", CYCLE_BEGINS))
            rows.append((f"{line.numbers}.", line.at, line.text_with(most)))
            if line.mark:
                rows.append(("", "", f"= {line.mark}"))
        if self.trace.loop is not None:
            rows.append(("", "", CYCLE_ENDS))
        if self.aside_text:
            rows.append(("", "", self.aside_text))
        lines = []
        for number, at, text in rows:
            head = f"  {number:>{digits}}  " + (f"{at:>{clock}}  " if clock else "")
            lines += textwrap.wrap(
                text,
                max(width, len(head) + 30),
                initial_indent=head,
                subsequent_indent=" " * (len(head) + 2),
                break_long_words=False,
                break_on_hyphens=False,
            )
        return lines

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "start": self.start,
            "steps": self.steps,
            "lines": [
                {
                    "steps": [n + 1 for n in line.steps],
                    "times": line.times,
                    "said": line.said,
                    "kind": line.kind,
                    "changes": list(line.changes),
                    "at": line.at,
                    "mark": line.mark,
                    "why": list(line.why),
                }
                for line in self.lines
            ],
            "aside": [n + 1 for n in self.aside],
        }


def tell(trace: Trace, item: Property | None = None, value: str = "") -> Telling:
    """The telling of a trace that shows something of a property. `value`: of a worst case, as text.

    Without a property every step matters that changes anything.
    """
    trace = marked(trace, item, value)
    return _Teller(trace, mattering(trace, item)).told()


def marked(trace: Trace, item: Property | None, value: str) -> Trace:
    """The trace with its last state marked with what the property shows there."""
    mark = "" if item is None else item.mark(value)
    escapes = any(step.escape is not None for step in trace.steps)
    if not mark or escapes or trace.loop is not None:
        return trace
    return replace(trace, marks={**trace.marks, len(trace.steps): mark})


class _Teller:
    def __init__(self, trace: Trace, slice: Mattering) -> None:
        self.trace, self.slice, self.system = trace, slice, trace.system
        self.values = Values(self.system)
        cells = {c for n in range(len(trace)) for c in slice.changed(n)}
        self.states_that_matter = sorted(c for c in cells if self.system.cells[c].domain.kind != INTEGER)
        ticks = 0
        self.elapsed = list[str]()
        for step in trace.steps:
            ticks += step.event.is_tick
            self.elapsed.append("" if self.system.tick is None else str(self.system.tick * ticks) if ticks else "0")

    def told(self) -> Telling:
        mattering = self.slice.steps
        for position in self.trace.marks:  # what a mark is on is told
            if position and position - 1 not in mattering:
                mattering.append(position - 1)
        mattering.sort()
        kinds = [self._kind(n) for n in mattering]
        borders = {
            n for n, step in enumerate(mattering) if step == self.trace.loop or (step in self.trace.marks and step)
        }
        lines = tuple(self._line(mattering[part.first : part.last + 1], part.times) for part in folded(kinds, borders))
        aside = tuple(n for n in range(len(self.trace)) if n not in set(mattering))
        return Telling(
            self.trace, self.slice, lines, aside, self._aside(aside), self._start(), self.trace.marks.get(0, "")
        )

    def _kind(self, number: int) -> tuple[object, ...]:
        """What two steps must have in common to be told as the same: the event, and what it does to all that is no number.

        Of the cells that matter at some time: what matters differs between rounds, as the last one has none after it.
        """
        step = self.trace.steps[number]
        after = step.after or step.before
        shown = tuple((c, after[c]) for c in self.states_that_matter if after[c] != step.before[c])
        return step.event.name, shown, step.chosen, step.escape

    def _line(self, steps: Sequence[int], times: int) -> Line:
        path, round_ = self.trace.steps, steps[: len(steps) // times]
        events = [path[n].event for n in round_]
        escape = path[steps[-1]].escape
        changes = self._changes(steps)
        if escape is not None:
            cell = self.system.cells[escape]
            changes = (*changes, f"{cell.name} would leave its domain {cell.domain.low}..{cell.domain.high}")
        chosen = choices_text(path[steps[0]].chosen, self.system.tick)
        said = round_text(events, self.system.tick)
        if len(events) == 1 and events[0].is_tick:
            said, times = round_text([events[0]] * times, self.system.tick), 1
        kinds = [event.kind for event in events]
        return Line(
            tuple(steps),
            times,
            said + (f" ({chosen})" if chosen else ""),
            next((kind for kind in ("environment", "operator", "automatic") if kind in kinds), "time"),
            changes,
            self.elapsed[steps[-1]],
            self.trace.marks.get(steps[-1] + 1, ""),
            self.trace.loop is not None and self.trace.loop == steps[0],
            tuple(dict.fromkeys(said for n in steps for said in self.slice.why(n))),
        )

    def _changes(self, steps: Sequence[int]) -> tuple[str, ...]:
        """What the steps change that matters, from before the first to after the last of them."""
        before, after = self.trace.steps[steps[0]].before, self.trace.steps[steps[-1]].after
        after = self.trace.steps[steps[-1]].before if after is None else after
        cells = sorted({c for n in steps for c in self.slice.changed(n) if self.values.told(c)})
        return tuple(self.values.change(c, before[c], after[c]) for c in cells if before[c] != after[c])

    def _start(self) -> str:
        """What was chosen at the start, as far as it matters."""
        said = [
            self.values.start(cell, self.trace.initial[cell])
            for cell in starts_of(self.system)
            if cell in self.slice.needed[0]
        ]
        if self.system.initials == 1:
            return ""
        return f"start: {', '.join(said) or 'any'} (one of {self.system.initials:,} initial states)"

    def _aside(self, aside: Sequence[int]) -> str:
        if not aside:
            return ""
        names = list(dict.fromkeys(self.trace.steps[n].event.name for n in aside))
        some = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
        steps = f"{len(aside):,} {'step' if len(aside) == 1 else 'steps'}"
        return f"({steps} set aside that {'does' if len(aside) == 1 else 'do'} not bear on it: {', '.join(some)})"


def _count(lines: Sequence[Line]) -> int:
    return sum(len(line.steps) for line in lines)


__all__ = ["LIMIT", "Between", "Line", "Telling", "marked", "tell"]
