"""Which steps of a trace matter, and why: the backward slice of the trace through what is read.

The slice starts from what the trace shows (`shown_by` below). A step *matters* if it changes a cell that is needed: one that
what is shown reads, or a later step that matters, in its guard or in the value that it gives to a cell that is needed.

So changing what is not needed, at whatever step, leaves the guards of the steps that matter true, what they write where it is
needed, and what the trace shows. Urgency and priorities are no reads: a step may have had to come first (an urgent event before
time passes) without mattering. With `order=True` that counts too; then the steps that matter are alone an execution of the
system, and on shortest traces they are all there are. (Korel and Laski, Dynamic program slicing, 1988.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from drcheck.language.constants import boolean_parts
from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import CanAlways, DeadlockFree, LeadsTo, Ltl, Property
from drcheck.system.lowering import lower
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, System, changing_cells
from drcheck.system.trace import Trace, TraceStep
from drcheck.telling.reasons import Reasons


class Reads(Enum):
    """What reads a cell."""

    SHOWN = "what the trace shows"
    GUARD = "guard"
    UPDATE = "update"
    ORDER = "order"


@dataclass(frozen=True, order=True)
class Use:
    """That a cell is read: by a step, by its position in the trace, or, where that is None, by what the trace shows."""

    cell: int
    step: int | None = field(compare=False)
    by: Reads = field(compare=False)


@dataclass(frozen=True)
class Mattering:
    """The slice of a trace.

    `needed[n]`: the cells whose values matter in state n (0 is the initial one), each with what reads it next. `uses[n]`: why
    step n matters: the cells that it changes, and what reads them. Steps of a cycle matter without.
    """

    trace: Trace
    needed: tuple[Mapping[int, Use], ...]
    uses: tuple[tuple[Use, ...], ...]

    @property
    def steps(self) -> list[int]:
        """The steps that matter, by position."""
        return [n for n in range(len(self.trace)) if self.matters(n)]

    def matters(self, step: int) -> bool:
        """Whether a step matters: it changes what is needed, or belongs to a cycle, or leaves a domain."""
        trace = self.trace
        in_cycle = trace.loop is not None and step >= trace.loop
        return in_cycle or bool(self.uses[step]) or trace.steps[step].after is None

    def changed(self, step: int) -> tuple[int, ...]:
        """The cells that a step changes and whose new values matter."""
        return tuple(use.cell for use in self.uses[step])

    def why(self, step: int) -> list[str]:
        """Why a step matters, in words, a text for each cell; nothing if it does not."""
        cells, steps = self.trace.system.cells, self.trace.steps
        said = []
        for use in self.uses[step]:
            name = cells[use.cell].name
            if use.step is None:
                said.append(f"{name} is read by {use.by.value}")
            else:
                said.append(f"{name} is read by step {use.step + 1}, {steps[use.step].event.name} ({use.by.value})")
        if not said and self.matters(step):
            said.append("it leaves a domain" if steps[step].after is None else "it belongs to the cycle")
        return said


def mattering(trace: Trace, item: Property | None = None, *, order: bool = False) -> Mattering:
    """The slice of a trace that shows something of a property, as `Verdict.trace` does; without one, each change matters.

    Always, reachable, within, worst case: from the condition or the measure in the last state. Leads to, ltl: from the trigger
    and the goal, or the parts of the formula, in the states that they are asked of, and with the whole cycle. Deadlock free, can
    always: from the guards of all events in the last state.

    Raises ModelError if the property is not one of the trace's system.
    """
    return _Slicing(trace, item, order).made()


Needed = dict[int, Use]


class _Slicing:
    def __init__(self, trace: Trace, item: Property | None, order: bool) -> None:
        self.trace, self.system, self.item = trace, trace.system, item
        self.states = trace.states
        self.changing = changing_cells(trace.system)
        self.free: Sequence[Expression] = undisturbed(self.system.events) if order else ()
        self.events = {id(event): number for number, event in enumerate(self.system.events)}
        self.shown = self._shown()

    def made(self) -> Mattering:
        """Backwards over the trace; over its cycle as often as further cells become needed by what follows in the next round."""
        last, loop = len(self.states) - 1, self.trace.loop
        round_again: Needed = {}
        while True:
            needed, uses = self._backwards(round_again)
            if loop is None or needed[loop].keys() <= needed[last].keys():
                return Mattering(self.trace, tuple(needed), tuple(uses))
            round_again = needed[loop]

    def _backwards(self, round_again: Needed) -> tuple[list[Needed], list[tuple[Use, ...]]]:
        steps, loop = self.trace.steps, self.trace.loop
        needed: Needed = dict(round_again)
        everything, uses = list[Needed](), list[tuple[Use, ...]]()
        if steps and steps[-1].after is None:
            uses.append(())
            steps, needed = steps[:-1], self._before_escape(steps[-1], len(steps) - 1)
        for number in range(len(steps), -1, -1):
            self._add(needed, self.shown.get(number, ()), None, Reads.SHOWN)
            everything.append(needed)
            if number == 0:
                break
            step, needed = steps[number - 1], dict(needed)
            assert step.after is not None
            found = tuple(needed[cell] for cell in sorted(needed) if step.before[cell] != step.after[cell])
            uses.append(found)
            if found or (loop is not None and number - 1 >= loop):
                needed = self._before(step, number - 1, needed)
        return everything[::-1], uses[::-1]

    def _before(self, step: TraceStep, position: int, after: Needed) -> Needed:
        """What is needed before a step that matters."""
        way = _way(step)
        updates = dict(way.updates)
        needed = {cell: use for cell, use in after.items() if cell not in updates}
        reasons = Reasons(step.before, needed.keys())
        for cell in sorted(updates.keys() & after.keys()):
            self._add(needed, reasons.of(updates[cell]), position, Reads.UPDATE)
        self._add_guards(needed, step, position)
        if self.free:
            self._add(
                needed,
                Reasons(step.before, needed.keys()).of(self.free[self.events[id(step.event)]]),
                position,
                Reads.ORDER,
            )
            for cell, right in way.updates:
                if _may_leave(self.system, cell, right):
                    self._add(needed, Reasons(step.before, needed.keys()).of(right), position, Reads.ORDER)
        return needed

    def _add_guards(self, needed: Needed, step: TraceStep, position: int) -> None:
        guard = _way(step).guard
        for node in (step.event.guard, *(() if guard is None else (guard,))):
            self._add(needed, Reasons(step.before, needed.keys()).of(node), position, Reads.GUARD)

    def _before_escape(self, step: TraceStep, position: int) -> Needed:
        needed: Needed = {}
        rights = [right for cell, right in _way(step).updates if cell == step.escape]
        for right in rights:
            self._add(needed, Reasons(step.before).of(right), position, Reads.SHOWN)
        self._add_guards(needed, step, position)
        return needed

    def _add(self, needed: Needed, cells: Iterable[int], step: int | None, by: Reads) -> None:
        for cell in cells:
            if cell in self.changing:
                needed[cell] = Use(cell, step, by)  # the next reader is the one that is told

    # -- what the slice starts from ------------------------------------------------------------------------------------
    def _shown(self) -> dict[int, frozenset[int]]:
        """By the number of a state, the cells that what the trace shows reads in it."""
        last, item = len(self.states) - 1, self.item
        if any(step.after is None for step in self.trace.steps):
            return {}
        if item is None:
            return {last: frozenset(self.changing)}
        if isinstance(item, LeadsTo):
            found = self._leads_to(item)
        elif isinstance(item, Ltl):
            parts = [lower(self.system, part) for part in boolean_parts(_stated(item.condition))]
            found = {n: self._reads(n, parts) for n in range(last + 1)}
        else:
            asking = Asking(self.system)
            asked = item.ask(asking)
            parts = [*asked.conditions, *asking.maxima]
            if item.trigger is not None and isinstance(item, CanAlways):
                parts.append(asking.lowered(item.trigger))
            found = {last: self._reads(last, parts)}
        ends = isinstance(item, (LeadsTo, Ltl)) and self.trace.loop is None and not self._goes_on()
        if ends or isinstance(item, (DeadlockFree, CanAlways)):
            found[last] = self._reads(
                last, [possible(event) for event in self.system.events], found.get(last, frozenset())
            )
        return found

    def _goes_on(self) -> bool:
        """Whether an event is possible in the last state: the trace of what is broken whatever follows need not end."""
        reasons = Reasons(self.states[-1])
        return any(reasons.value(possible(event)) for event in self.system.events)

    def _leads_to(self, item: LeadsTo) -> dict[int, frozenset[int]]:
        """The goal, from the last state on in which it is waited for; and the trigger there."""
        goal = lower(self.system, _stated(item.condition))
        trigger = None if item.trigger is None else lower(self.system, item.trigger)
        begins = 0
        for number, state in enumerate(self.states):
            reasons = Reasons(state)
            if trigger is not None and reasons.value(trigger) and not reasons.value(goal):
                begins = number
        found = {number: self._reads(number, [goal]) for number in range(begins, len(self.states))}
        if trigger is not None:
            found[begins] = self._reads(begins, [goal, trigger])
        return found

    def _reads(self, number: int, parts: Iterable[Expression], known: frozenset[int] = frozenset()) -> frozenset[int]:
        found = known
        for part in parts:
            found |= Reasons(self.states[number], found).of(part)
        return found


class Asking:
    """What a property asks of a search, as lowered expressions (see `drcheck.logic.asking.Questions`)."""

    def __init__(self, system: System) -> None:
        self.system, self.maxima = system, list[Expression]()

    def lowered(self, node: Expression) -> Expression:
        """An expression over the cells of the system."""
        return lower(self.system, node)

    def watch(self, node: Expression) -> int:
        """Nothing is watched for."""
        return 0

    def greatest(self, node: Expression) -> int:
        """What is maximised."""
        self.maxima.append(node)
        return len(self.maxima) - 1

    def number(self, bound: int | Duration | None) -> int | None:
        """A bound as a number."""
        return self.system.ticks(bound) if isinstance(bound, Duration) else bound


def _way(step: TraceStep) -> Alternative:
    return step.event.alternatives[step.alternative]


def _may_leave(system: System, cell: int, right: Expression) -> bool:
    low, high = bounds(right)
    domain = system.cells[cell].domain
    return low < domain.low or high > domain.high


def _stated(node: Expression | None) -> Expression:
    assert node is not None
    return node


__all__ = ["Asking", "Mattering", "Reads", "Use", "mattering"]
