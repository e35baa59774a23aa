"""Which assignment first made a promise false: the state of a trace in which it first is, and what the step to it assigned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.logic.asking import ShownBy
from drcheck.logic.kinds import CanAlways, DeadlockFree, LeadsTo, Property, Within, WorstCase
from drcheck.system.lowering import lower
from drcheck.system.system import State, System, cells_of, untold
from drcheck.system.terms import conjunction, negation
from drcheck.system.trace import Trace
from drcheck.telling.mattering import Asking, mattering
from drcheck.telling.reasons import Reasons
from drcheck.telling.words import Values


@dataclass(frozen=True)
class Turn:
    """A state of a trace from which something is so. `state`: its number, 0 for the initial one. `said`: what is so, in words.

    `cells`: what the step to it changed and the promise reads; `alone`: those of them without whose change it would not be so.
    """

    state: int
    said: str
    cells: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()

    def changes(self, trace: Trace) -> list[str]:
        """What was assigned, in words; where single assignments were decisive, these."""
        if not self.state:
            return []
        step, values = trace.steps[self.state - 1], Values(trace.system)
        after = step.before if step.after is None else step.after
        return [values.change(cell, step.before[cell], after[cell]) for cell in self.alone or self.cells]


def turns(trace: Trace, item: Property, value: int | None = None) -> list[Turn]:
    """From which states of a trace on a promise is waited for, and is broken; none where no single state shows it.

    `value`: of a worst case without a bound, what it attains.
    """
    return list(_Turning(trace, item, value).all())


class _Turning:
    def __init__(self, trace: Trace, item: Property, value: int | None) -> None:
        self.trace, self.item, self.value = trace, item, value
        self.system, self.states = trace.system, trace.states
        self.hidden = untold(trace.system)

    def all(self) -> Iterator[Turn]:
        if any(step.after is None for step in self.trace.steps):
            yield Turn(len(self.trace), "a value leaves its domain")
        elif isinstance(self.item, LeadsTo):
            yield self._waited(self.item)
        elif isinstance(self.item, Within):
            yield from self._late(self.item)
        elif isinstance(self.item, (DeadlockFree, CanAlways)):
            said = "no step is possible" if isinstance(self.item, DeadlockFree) else "it can never be reached again"
            yield self._last(said)
        elif self.item.shown_by is ShownBy.PATH:
            yield from self._shown()

    def _last(self, said: str) -> Turn:
        """The last state: what mattered of the last step."""
        cells = () if not len(self.trace) else mattering(self.trace, self.item).changed(len(self.trace) - 1)
        return Turn(len(self.trace), said, self._told(cells))

    def _shown(self) -> Iterator[Turn]:
        where = where_shown(self.system, self.item, self.value)
        if where is not None:
            said = "it is reached" if self.item.witness else "the promise is broken"
            if isinstance(self.item, WorstCase):
                said = "the bound is exceeded" if self.item.at_most is not None else "the worst case is attained"
            yield self._first(where, said)

    def _first(self, where: Expression, said: str, begin: int = 0) -> Turn:
        """The first state from `begin` on in which a lowered condition holds."""
        for number in range(begin, len(self.states)):
            if Reasons(self.states[number]).value(where):
                return self._by(number, where, said)
        return Turn(len(self.trace), said)

    def _by(self, number: int, where: Expression, said: str) -> Turn:
        if number == 0:
            return Turn(0, said)
        before, after = self.states[number - 1], self.states[number]
        changed = [c for c in sorted(cells_of(where)) if before[c] != after[c]]
        cells = self._told(tuple(c for c in changed if c in Reasons(after, frozenset()).of(where)) or tuple(changed))
        alone = tuple(c for c in cells if not Reasons(_with(after, c, before[c])).value(where))
        return Turn(number, said, cells, alone)

    def _told(self, cells: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(c for c in cells if self.system.cells[c].owner not in self.hidden)

    # -- what is waited for ----------------------------------------------------------------------------------------------
    def _waited(self, item: LeadsTo) -> Turn:
        """The state from which the goal never comes: the last in which the trigger holds, or the initial one."""
        number, due = _due(self.system, item.trigger, item.condition, self.states)
        return self._by(number or 0, due, "it is waited for, and does not come")

    def _late(self, item: Within) -> Iterator[Turn]:
        number, due = _due(self.system, item.trigger, item.goal, self.states[:-1])
        yield self._by(
            number or 0, due, "it is waited for"
        )  # the clock reads the state before the step that is too late
        asked = item.ask(Asking(self.system))
        yield self._first(asked.conditions[0], "it is too late", number or 0)


def where_shown(system: System, item: Property, value: int | None = None) -> Expression | None:
    """The lowered condition of the single states that show a property, or None where none does.

    `value`: of a worst case without a bound, what it attains.
    """
    if item.shown_by is not ShownBy.PATH or isinstance(item, DeadlockFree):
        return None
    asking = Asking(system)
    asked = item.ask(asking)
    if isinstance(item, WorstCase):
        bound = asked.bound if asked.bound is not None else None if value is None else value - 1
        return None if bound is None else Operation(">", (asking.maxima[0], Literal(bound)), BOOLEAN)
    return asked.conditions[0] if asked.conditions else None


def waited_since(trace: Trace, item: LeadsTo) -> int | None:
    """The number of the state since which a goal is waited for at the end of a trace, or None."""
    return _due(trace.system, item.trigger, item.condition, trace.states)[0]


def _due(
    system: System, trigger: Expression | None, goal: Expression | None, states: Sequence[State]
) -> tuple[int | None, Expression]:
    """Since when a goal is waited for in the last of some states, or None; and what holds since then. Without a trigger it is
    waited for from the start, until it comes.
    """
    assert goal is not None
    missing = negation(lower(system, goal))
    due = missing if trigger is None else conjunction([lower(system, trigger), missing])
    begin = 0
    for number, state in enumerate(states):
        if not Reasons(state).value(missing):
            begin = number + 1
    if trigger is None:
        return (0 if begin == 0 else None), due
    return next((n for n in range(begin, len(states)) if Reasons(states[n]).value(due)), None), due


def _with(state: State, cell: int, value: int) -> State:
    return (*state[:cell], value, *state[cell + 1 :])


__all__ = ["Turn", "turns", "waited_since", "where_shown"]
