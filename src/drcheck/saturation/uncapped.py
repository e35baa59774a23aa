"""The system without caps, and traces replayed there.

Without caps, a capped cell holds what its updates compute, however large (or negative). A trace of the system with caps
is one of the system without them if each of its steps, by event and alternative, can be taken there too.
"""

from __future__ import annotations

from collections.abc import Collection

from drcheck.language.expressions import Expression
from drcheck.saturation.ends import End, Steps, UndefinedError, value_at, worth
from drcheck.system.lowering import Saturated
from drcheck.system.system import State, System
from drcheck.system.trace import Trace, TraceStep


def _raw(right: Expression, capped: Collection[int], cell: int, values: State) -> int:
    """What an update writes without caps."""
    operands = right.arguments
    if operands and getattr(right, "operator", "") == "if":
        return _raw(operands[1 if worth(operands[0], values) else 2], capped, cell, values)
    if isinstance(right, Saturated) and cell in capped:
        return worth(right.raw, values)
    return worth(right, values)


def follow(steps: Steps, capped: frozenset[int], trace: Trace) -> State | None:
    """The state without caps at the end of a trace; None if some step of it is none there.

    A last step that leaves a domain must do so without caps as well; the state is then the one before it.
    """
    state = trace.initial
    try:
        for taken in trace.steps:
            if not _possible(steps, taken, state):
                return None
            after = list(state)
            for cell, right in taken.event.alternatives[taken.alternative].updates:
                after[cell] = _raw(right, capped, cell, state)
            left = [
                cell
                for cell, value in enumerate(after)
                if cell not in capped and not _inside(steps.system, cell, value)
            ]
            if taken.after is None:
                return state if left else None
            if left:
                return None
            state = tuple(after)
    except UndefinedError:
        return None
    return state


def _inside(system: System, cell: int, value: int) -> bool:
    domain = system.cells[cell].domain
    return domain.low <= value <= domain.high


def _possible(steps: Steps, taken: TraceStep, state: State) -> bool:
    """Whether a step can be taken in a state."""
    number = next(n for n, event in enumerate(steps.system.events) if event is taken.event)
    guard = taken.event.alternatives[taken.alternative].guard
    if not worth(taken.event.guard, state) or (guard is not None and not worth(guard, state)):
        return False
    return bool(worth(steps.free[number], state))


def stuck(steps: Steps, state: State) -> bool:
    """Whether no event is possible in a state, which may be one without caps. An undefined guard counts as possible."""
    try:
        return not any(worth(condition, state) for condition in steps.possible)
    except UndefinedError:
        return False


def gone_beyond(steps: Steps, capped: frozenset[int], trace: Trace) -> frozenset[End]:
    """The ends that the steps of a trace go beyond."""
    found = set()
    for taken in trace.steps:
        for cell, right in taken.event.alternatives[taken.alternative].updates:
            if cell in capped:
                value = _raw(right, capped, cell, taken.before)
                for end in (End(cell, False), End(cell, True)):
                    limit = value_at(steps.system, end)
                    if value > limit if end.high else value < limit:
                        found.add(end)
    return frozenset(found)


def holds(node: Expression, state: State) -> bool:
    """Whether a lowered condition holds in a state without caps; not where it has no value there."""
    try:
        return bool(worth(node, state))
    except UndefinedError:
        return False


__all__ = ["follow", "gone_beyond", "holds", "stuck"]
