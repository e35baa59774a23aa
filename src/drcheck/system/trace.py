"""Paths and lassos of a system, and their replay on the oracle.

A counterexample is a `Trace`: a path from an initial state, or a lasso (a path whose last step leads back to an earlier
state of it). Every trace is replayed on live `transitions` machines before it is shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.errors import EngineError
from drcheck.language.expressions import Value
from drcheck.language.free_choice import FreeChoice
from drcheck.language.units import cell_units
from drcheck.notebooks import Shown
from drcheck.system.oracle import Oracle, Step
from drcheck.system.system import Event, State, System, observers, starts_of, untold


@dataclass(frozen=True)
class TraceStep:
    """One step: `after` is None if a value would leave its domain (`escape` is then the cell's position).

    `chosen`: the free choices that were made, with their values; a number of ticks for a duration.
    """

    event: Event
    alternative: int
    before: State
    after: State | None
    escape: int | None = None
    chosen: tuple[tuple[FreeChoice, bool | int], ...] = ()


@dataclass(frozen=True)
class Trace(Shown):
    """A path from an initial state. `loop`: the number of the step with which the cycle of a lasso begins, else None.

    `marks` says something about a state (by number, 0 is the initial state), for instance where a worst case is attained.
    `root`: which of the system's initial states it begins at, by number. `shortest`: False where it was found in a way by which a
    shorter one may have been missed (slices, partial-order reduction).
    """

    system: System
    steps: tuple[TraceStep, ...]
    loop: int | None = None
    marks: dict[int, str] = field(default_factory=dict)
    root: int = 0
    shortest: bool = True

    @property
    def initial(self) -> State:
        """The initial state."""
        return self.system.initial_states[self.root]

    @property
    def choice(self) -> dict[str, Value]:
        """What was chosen at the start: of the cells that have several initial values, the names and the values."""
        cells, state = self.system.cells, self.initial
        return {cells[n].name: cells[n].domain.decode(state[n]) for n in starts_of(self.system)}

    @property
    def states(self) -> list[State]:
        """The states along the path; one more than steps, less one if the last step escapes."""
        return [self.initial, *(s.after for s in self.steps if s.after is not None)]

    def __len__(self) -> int:
        return len(self.steps)

    def changes(self, step: TraceStep) -> list[tuple[str, Value, Value]]:
        """What a step changed: (cell name, value before, value after)."""
        if step.after is None:
            return []
        hidden = untold(self.system)
        return [
            (cell.name, cell.domain.decode(a), cell.domain.decode(b))
            for cell, a, b in zip(self.system.cells, step.before, step.after, strict=True)
            if a != b and cell.owner not in hidden
        ]

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON: the initial state, the units of its numbers, then every step with what changed.

        Of observers only clocks are in it, and none takes part: they do in everything.
        """
        hidden, unmoved = untold(self.system), {observer.name for observer in observers(self.system)}
        several = self.system.initials > 1
        return {
            "initial": {name: value for name, value in self.system.decode(self.initial).items() if name not in hidden},
            **({"start": {"number": self.root, "of": self.system.initials, "chosen": self.choice}} if several else {}),
            **({} if self.shortest else {"shortest": False}),
            "loop": self.loop,
            "units": {self.system.cells[n].name: unit for n, unit in cell_units(self.system.cell_of).items()},
            "steps": [
                {
                    "event": step.event.name,
                    "kind": step.event.kind,
                    "alternative": step.alternative,
                    **({"chosen": {choice.name: value for choice, value in step.chosen}} if step.chosen else {}),
                    "participants": [n for p in step.event.participants if (n := p.component.name) not in unmoved],
                    "changes": {name: [a, b] for name, a, b in self.changes(step)},
                    **({"leaves_domain": self.system.cells[step.escape].name} if step.escape is not None else {}),
                }
                for step in self.steps
            ],
        }


def along(
    system: System,
    states: Sequence[State],
    events: Sequence[int | None] = (),
    *,
    loop: int | None = None,
    escape: tuple[int, int] | None = None,
) -> Trace:
    """The trace through consecutive `states`, each step found and checked on the oracle.

    `events[i]`, where given, is the event of step i (any event otherwise). `escape` = (event, cell) appends a step out
    of a cell's domain. Raises EngineError DR502 if the oracle cannot take a step.
    """
    oracle, writes = Oracle(system), [event.writes for event in system.events]
    if not states or states[0] not in system.initial_states:
        raise EngineError("DR502", f"a path of system {system.name} does not begin at an initial state of it")
    steps: list[TraceStep] = []
    for number, (before, after) in enumerate(itertools.pairwise(states)):
        wanted = events[number] if number < len(events) else None
        found = _step(oracle, writes, before, after, wanted)
        if found is None:
            raise EngineError(
                "DR502",
                f"step {number + 1} of a path of system {system.name} is not a step of the live machines",
                remedy="please report it with the model: the engines disagree",
            )
        steps.append(TraceStep(system.events[found.event], found.alternative, before, after, None, found.chosen))
    if escape is not None:
        for found in oracle.successors(states[-1]):
            if found.target is None and (found.event, found.escape) == escape:
                event = system.events[found.event]
                step = TraceStep(event, found.alternative, states[-1], None, found.escape, found.chosen)
                steps.append(step)
                break
        else:
            raise EngineError(
                "DR502", f"the oracle of system {system.name} does not leave a domain where an engine did"
            )
    return Trace(system, tuple(steps), loop, root=system.initial_states.index(states[0]))


def _step(
    oracle: Oracle, writes: Sequence[frozenset[int]], before: State, after: State, wanted: int | None
) -> Step | None:
    """The first step of the oracle from one state to the other, by the event that is wanted if one is; None: there is none.

    Only events that write what changes are tried. What an event writes is known from lowering, which is not to be relied
    on here: where none of them leads there, all are tried.
    """
    if wanted is not None:
        return next(iter(oracle.steps_to(before, wanted, after)), None)
    changed = {cell for cell, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    for number, written in enumerate(writes):
        if changed <= written:
            for step in oracle.steps_to(before, number, after):
                return step
    return next((step for step in oracle.successors(before) if step.target == after), None)
