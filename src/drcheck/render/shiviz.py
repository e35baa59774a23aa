"""Traces as logs for ShiViz, which draws them as space-time diagrams: who did what, and what had to come before (Beschastnikh,
Wang, Brun and Ernst, Debugging distributed systems, CACM 2016).

The log of a trace has an entry for each component that a step changes, with a vector clock. One step is *before* another if
both take part in the order of what happens: they have a component in common, or one reads, in its guard, in an update or by
urgency and priorities, what the other has written or will write. All other steps are concurrent. So every order of the steps
that agrees with the clocks is an execution of the same system to the same state.

A step in which several components change is one entry for the first of them, that knows what all of them knew, and one for each
other, that knows the first. Observers and the budget of faults are no components of the log, and what observers read or write
orders nothing: they take part in everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

from drcheck.language.expressions import Expression
from drcheck.system.composition import FAULTS
from drcheck.system.precedence import undisturbed
from drcheck.system.system import Alternative, Cell, System, observers
from drcheck.system.trace import Trace, TraceStep
from drcheck.telling.words import Values, passing

PARSER = r"(?<host>\S+) (?<clock>\{[^}]*\}) (?<step>\d+) (?<time>\S+) (?<kind>\w+) (?<event>.*)"
"""The regular expression of an entry: the first line of a log, which ShiViz reads."""
DELIMITER = r"=== (?<trace>.*) ==="
"""That of the line before each trace: the second line."""
Clock = Mapping[str, int]
_TIME = -1
"""A cell that every tick writes: ticks are in the order of time."""


def shiviz_log(traces: Mapping[str, Trace]) -> str:
    """The log of some traces, each under its name."""
    lines = [PARSER, DELIMITER]
    for name, trace in traces.items():
        lines += [DELIMITER.replace("(?<trace>.*)", name), *_Log(trace).lines()]
    return "\n".join(lines) + "\n"


class _Log:
    def __init__(self, trace: Trace) -> None:
        self._trace, self._system = trace, trace.system
        self._observing = {observer.name for observer in observers(trace.system)}
        self._silent = {FAULTS, *self._observing}
        self._values = Values(trace.system)
        self._reads = _Reads(trace.system)
        self._known: dict[str, Clock] = {}
        """What each component knows."""
        self._written: dict[int, Clock] = {}
        self._read: dict[int, Clock] = {}
        self._ticks = 0
        self._lines = list[str]()

    def lines(self) -> list[str]:
        """An entry a line: where each component begins, then the steps."""
        hosts = [self._hosts(step) for step in self._trace.steps]
        seen = {name for names in hosts for name in names}
        for component, cells in self._system.owners():
            if component.name not in self._silent and (component.name in seen or not hosts):
                begins = [self._values.start(cell.index, self._trace.initial[cell.index]) for cell in cells[1:]]
                state = component.states[self._trace.initial[cells[0].index]]
                self._entry(component.name, {}, 0, "start", "; ".join([f"begins: {state}", *begins]))
        for number, (step, names) in enumerate(zip(self._trace.steps, hosts, strict=True)):
            self._step(number, step, names)
        return self._lines

    def _step(self, number: int, step: TraceStep, hosts: list[str]) -> None:
        self._ticks += step.event.is_tick
        reads, writes = (
            {cell for cell in cells if self._owner(cell) not in self._observing}
            for cells in (self._reads.of(step), {cell for cell, _ in _way(step).updates})
        )
        writes |= {_TIME} if step.event.is_tick else set()
        budget = {cell for cell in writes if self._owner(cell) == FAULTS}
        before = [self._written.get(cell, {}) for cell in reads | (writes - budget)]
        before += [self._read.get(cell, {}) for cell in writes]
        before += [self._known.get(name, {}) for name in hosts]
        said = passing(1, self._system.tick) if step.event.is_tick else step.event.name
        if step.chosen:
            said += f" ({', '.join(f'{choice.name} = {value}' for choice, value in step.chosen)})"
        for name in hosts:
            self._entry(name, _latest(before), number + 1, step.event.kind, f"{said}{self._of(step, name)}", number)
            before = [self._known[hosts[0]], self._known.get(name, {})]
        first = self._known[hosts[0]]
        for cell in writes:
            of = self._known[self._owner(cell)] if self._owner(cell) in hosts else first
            self._written[cell] = _latest([of, self._written.get(cell, {})])
            self._read.pop(cell, None)
        for cell in reads:
            self._read[cell] = _latest([first, self._read.get(cell, {})])

    def _entry(self, host: str, before: Clock, number: int, kind: str, said: str, position: int | None = None) -> None:
        known = _latest([before, self._known.get(host, {})])
        clock = {**known, host: known.get(host, 0) + 1}
        self._known[host] = clock
        if position is not None and position == self._trace.loop:
            said += " [from here on for ever]"
        tick = self._system.tick
        time = str(tick * self._ticks) if tick is not None else str(self._ticks)
        self._lines.append(f"{host} {json.dumps(clock)} {number} {time} {kind} {said}")

    def _hosts(self, step: TraceStep) -> list[str]:
        """The components that a step changes, or the one that it would; else the first that takes part."""
        after = step.before if step.after is None else step.after
        changed = {c.owner for c, a, b in zip(self._system.cells, step.before, after, strict=True) if a != b}
        changed |= set() if step.escape is None else {self._system.cells[step.escape].owner}
        part = [p.component.name for p in step.event.participants if p.component.name not in self._silent]
        found = [name for name in part if name in changed]
        return found or part[:1] or [next(c.name for c in self._system.components if c.name not in self._silent)]

    def _of(self, step: TraceStep, host: str) -> str:
        """What a step changes of a component, in words."""
        if step.after is None:
            return "" if step.escape is None else f": {self._system.cells[step.escape].name} would leave its domain"
        said = [
            self._values.change(cell.index, a, b)
            for cell, a, b in zip(self._system.cells, step.before, step.after, strict=True)
            if a != b and cell.owner == host
        ]
        return f": {', '.join(said)}" if said else ""

    def _owner(self, cell: int) -> str:
        return "" if cell == _TIME else self._system.cells[cell].owner


class _Reads:
    """Which cells the steps of a system read, but for the budget of faults in an event's own guard: faults commute."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._numbers = {id(event): number for number, event in enumerate(system.events)}
        self._free = undisturbed(system.events)
        self._leaves = cache(_leaves)

    def of(self, step: TraceStep) -> set[int]:
        """The cells that a step reads."""
        way = _way(step)
        own = {*self._leaves(step.event.guard), *(() if way.guard is None else self._leaves(way.guard))}
        for _, right in way.updates:
            own |= self._leaves(right)
        found = {cell for cell in own if self._system.cells[cell].owner != FAULTS}
        return found | self._leaves(self._free[self._numbers[id(step.event)]])


def _leaves(node: Expression) -> frozenset[int]:
    return frozenset(leaf.index for leaf in node.leaves() if isinstance(leaf, Cell))


def _latest(clocks: Iterable[Clock]) -> Clock:
    found: dict[str, int] = {}
    for clock in clocks:
        for host, count in clock.items():
            found[host] = max(count, found.get(host, 0))
    return found


def _way(step: TraceStep) -> Alternative:
    return step.event.alternatives[step.alternative]


__all__ = ["DELIMITER", "PARSER", "shiviz_log"]
