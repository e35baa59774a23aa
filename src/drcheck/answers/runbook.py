"""A way through a system as the steps of a runbook: who does what, what must be true before, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drcheck.answers.conditions import taken_of
from drcheck.system.composition import FAULTS
from drcheck.system.oracle import Oracle
from drcheck.system.system import Event, State, System
from drcheck.system.trace import TraceStep
from drcheck.telling.words import Values

OPERATORS, ITSELF, OUTSIDE, FAULT, WAIT = "operators", "by itself", "from outside", "a fault", "wait"
"""Who carries out a step."""


@dataclass(frozen=True)
class RunbookStep:
    """A step. `who`: one of the above; `does`: the event, or how long is waited; `doc`: what the design says of it.

    `before`: what must be true before; `changes`: what it changes; `otherwise`: in which other ways the event can end there.
    `at`: how much time has passed by its end, "" where there is no time. `steps`: how many steps of the system it is: what nobody
    does by hand is one step as often as it happens in a row.
    """

    number: int
    who: str
    does: str
    doc: str
    before: tuple[str, ...]
    changes: tuple[str, ...]
    otherwise: tuple[str, ...]
    at: str
    steps: int

    @property
    def line(self) -> str:
        """The step in one line."""
        if self.who == WAIT:
            return f"{self.number}. wait {self.does}"
        times = f", {self.steps} times" if self.steps > 1 else ""
        return f"{self.number}. {self.who}: {self.does}{times}" + (f" ({self.doc})" if self.doc else "")


def who_does(event: Event) -> str:
    """Who carries out an event."""
    if event.is_tick:
        return WAIT
    if event.fault is not None:
        return FAULT
    return {"operator": OPERATORS, "environment": OUTSIDE}.get(event.kind, ITSELF)


def runbook(system: System, steps: Sequence[TraceStep], oracle: Oracle | None = None) -> tuple[RunbookStep, ...]:
    """Some steps of a system as those of a runbook: the passing of time is one as long as nothing else happens, and so is what
    happens by itself several times in a row.
    """
    writer = _Writer(system, oracle or Oracle(system))
    return tuple(writer.steps(steps))


class _Writer:
    def __init__(self, system: System, oracle: Oracle) -> None:
        self.system, self.oracle, self.values = system, oracle, Values(system)
        self.numbers = {event.name: number for number, event in enumerate(system.events)}

    def steps(self, steps: Sequence[TraceStep]) -> Iterator[RunbookStep]:
        at = ticks = number = 0
        while at < len(steps):
            event, length = steps[at].event, 1
            if who_does(event) in (ITSELF, WAIT):
                while at + length < len(steps) and steps[at + length].event is event:
                    length += 1
            ticks += length if event.is_tick else 0
            number += 1
            yield self.step(number, steps[at : at + length], ticks)
            at += length

    def step(self, number: int, steps: Sequence[TraceStep], ticks: int) -> RunbookStep:
        event, before, after = steps[0].event, steps[0].before, steps[-1].after or steps[-1].before
        tick = self.system.tick
        said = event.name
        if event.is_tick:
            said = str(tick * len(steps)) if tick is not None else f"{len(steps)} ticks"
        return RunbookStep(
            number,
            who_does(event),
            said,
            "" if event.is_tick else event.doc,
            () if event.is_tick else self.needed(steps[0]),
            tuple(self.changes(before, after)),
            () if len(steps) > 1 else tuple(self.otherwise(steps[0])),
            "" if tick is None else str(tick * ticks) if ticks else "0",
            len(steps),
        )

    def needed(self, step: TraceStep) -> tuple[str, ...]:
        """What must be true for a step, but for what holds it back, and that a fault may happen at all."""
        found = [c for c in taken_of(self.system, step.event, step.before, dict(step.chosen)) if c.of != FAULTS]
        return tuple(dict.fromkeys(condition.named or condition.text for condition in found))

    def changes(self, before: State, after: State) -> Iterator[str]:
        """What is otherwise after some steps, in words."""
        for cell, (a, b) in enumerate(zip(before, after, strict=True)):
            if a != b and self.values.told(cell):
                yield self.values.change(cell, a, b)

    def otherwise(self, step: TraceStep) -> Iterator[str]:
        """In which other ways an event can end, by what it then changes."""
        for other in self.oracle.steps_of(step.before, self.numbers[step.event.name]):
            if other.target is not None and other.target != step.after:
                yield ", ".join(self.changes(step.before, other.target)) or "nothing changes"


__all__ = ["FAULT", "ITSELF", "OPERATORS", "OUTSIDE", "WAIT", "RunbookStep", "runbook", "who_does"]
