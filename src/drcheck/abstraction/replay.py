"""A path of a slice, followed on the system itself.

A state of a slice stands for many states of the system. A path is followed with all of these that are found, up to a number:
from each, the steps that lead to what the next state of the path stands for, and before them those that the slice does not see.
What comes out is a path of the system, or where the path ended: there the slice has a step that none of the states has, and the
hidden cells on which that depends are those to keep next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from drcheck.abstraction.slicing import Slice
from drcheck.engines.python import successors_of
from drcheck.language.expressions import Expression
from drcheck.reductions.simplify import Reads
from drcheck.system.precedence import undisturbed
from drcheck.system.system import State, System, cells_of
from drcheck.system.terms import conjuncts

Successors = Callable[[State], list[tuple[int, int, State | None, int | None]]]


class Values:
    """The values of expressions in states of a system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._state: State = system.initial

    def read(self, leaf: Expression) -> int:
        """The value of a cell in the state that is looked at."""
        return self._state[leaf.index]  # type: ignore[attr-defined]  # lowered leaves are cells

    def ticks(self, duration: object) -> int:
        """Lowered expressions have no durations."""
        raise AssertionError(duration)

    def of(self, node: Expression, state: State) -> int:
        """The value of a lowered expression in a state."""
        self._state = state
        return int(node.evaluate(self))


@dataclass(frozen=True)
class Replayed:
    """What became of a path: `states`, a path of the system that shows what was looked for, or None.

    `visited`: how many states were seen. `missing`: if there is none, hidden cells on which it depends that it ended.
    `greatest`: of a measure, the greatest value that was seen, with the path to it.
    """

    states: tuple[State, ...] | None
    visited: int
    missing: frozenset[int] = frozenset()
    greatest: tuple[int, tuple[State, ...]] | None = None


@dataclass
class _Seen:
    """The states seen, each with the one before it."""

    before: dict[tuple[int, State], tuple[int, State] | None] = field(default_factory=dict)

    def path(self, node: tuple[int, State]) -> tuple[State, ...]:
        states, at = [], node
        while True:
            states.append(at[1])
            earlier = self.before[at]
            if earlier is None:
                return tuple(reversed(states))
            at = earlier


class Replayer:
    """Follows paths on one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.values = Values(system)

    @cached_property
    def _successors(self) -> Successors:
        made: Successors = successors_of(self.system)
        return made

    @cached_property
    def _free(self) -> list[Expression]:
        return undisturbed(self.system.events)

    def follow(
        self,
        made: Slice,
        path: Sequence[State],
        wanted: Expression,
        value: int,
        most: int,
        *,
        measure: bool = False,
    ) -> Replayed:
        """A path of the system that a path of a slice stands for, at whose end an expression has a value.

        `most`: how many states may be seen. `measure`: whether greater values of the expression are noted on the way.
        """
        seen, best = _Seen(), None
        hidden = sorted(cell for cell in made.hidden if cell < len(self.system.cells))
        seen_path = [state[: len(self.system.cells)] for state in path]
        width = max(1, most // (len(path) or 1))
        begins = [state for state in self.system.initial_states if _projected(state, hidden, made) == seen_path[0]]
        layer = [(0, state) for state in begins]
        seen.before.update(dict.fromkeys(layer))
        for step in range(len(path)):
            last = step == len(path) - 1
            queue, number = list(layer), 0
            after: list[tuple[int, State]] = []
            while number < len(queue) and number < width and (last or len(after) < width):
                node = queue[number]
                number += 1
                state = node[1]
                if measure:
                    now = self.values.of(wanted, state)
                    if best is None or now > best[0]:
                        best = now, node
                if last and self.values.of(wanted, state) == value:
                    return Replayed(seen.path(node), len(seen.before), greatest=_with_path(best, seen))
                for _, _, target, _ in self._successors(state):
                    if target is None:
                        continue
                    at = _projected(target, hidden, made)
                    if at == seen_path[step] and (step, target) not in seen.before:
                        seen.before[step, target] = node
                        queue.append((step, target))
                    elif not last and at == seen_path[step + 1] and (step + 1, target) not in seen.before:
                        seen.before[step + 1, target] = node
                        after.append((step + 1, target))
            if not last and not after:
                missing = self._missing(made, [state for _, state in queue[:number]], path[step], path[step + 1])
                return Replayed(None, len(seen.before), missing, _with_path(best, seen))
            if last:
                missing = cells_of(wanted) & made.hidden
                return Replayed(None, len(seen.before), missing, _with_path(best, seen))
            layer = after
        raise AssertionError("a path has a last state")

    def _missing(self, made: Slice, states: Sequence[State], before: State, after: State) -> frozenset[int]:
        """The hidden cells on which it depends that none of some states has the step of a slice from one state to another."""
        reads, found, values = Reads(), set[int](), Values(made.system)
        bits = sum(1 << cell for cell in made.hidden)
        for event, source in zip(made.system.events, made.sources, strict=False):  # sinking has no source
            if not any(_leads(values, way, before, after) for way in event.alternatives):
                continue
            original = self.system.events[source]
            for way in original.alternatives:
                parts = conjuncts(original.guard) + conjuncts(self._free[source])
                parts += [] if way.guard is None else conjuncts(way.guard)
                for part in parts:
                    if reads(part) & bits and not any(self.values.of(part, state) for state in states):
                        found |= cells_of(part) & made.hidden
                for cell, right in way.updates:
                    if cell not in made.hidden and before[cell] != after[cell]:
                        found |= cells_of(right) & made.hidden
                if not found:
                    found |= frozenset().union(*(cells_of(part) for part in parts)) & made.hidden
        return frozenset(found)


def _leads(values: Values, way: object, before: State, after: State) -> bool:
    """Whether an alternative of a slice leads from one of its states to another."""
    guard, updates = way.guard, way.updates  # type: ignore[attr-defined]
    if guard is not None and not values.of(guard, before):
        return False
    reached = list(before)
    for cell, right in updates:
        reached[cell] = values.of(right, before)
    return tuple(reached) == after


def _projected(state: State, hidden: Sequence[int], made: Slice) -> State:
    reached = list(state)
    for cell in hidden:
        reached[cell] = made.original.cells[cell].domain.low
    return tuple(reached)


def _with_path(best: tuple[int, tuple[int, State]] | None, seen: _Seen) -> tuple[int, tuple[State, ...]] | None:
    return None if best is None else (best[0], seen.path(best[1]))


__all__ = ["Replayed", "Replayer", "Values"]
