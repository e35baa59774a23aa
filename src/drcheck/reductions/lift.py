"""From a path of the reduced system to a path of the original one.

A state r of the reduced system stands for all states of the original one whose representative is r. Wherever the
reduced system steps from r to r', each of them has a step to a state whose representative is r'. So a path is walked on
the original system from the first initial state that its first state stands for, taking at each step a successor that
the next state of the path stands for.
Nothing here is trusted: the oracle replays what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from drcheck.engines.python import compile_function, generate
from drcheck.errors import EngineError
from drcheck.reductions.form import Reduced
from drcheck.system.system import State


@dataclass(frozen=True)
class Lifted:
    """A path of the original system: its states, the event of each step, and where its cycle begins, if it has one.

    `escape`: event and cell of a last step that leaves a domain.
    """

    states: list[State]
    events: list[int]
    loop: int | None = None
    escape: tuple[int, int] | None = None


class Lift:
    """Walks on the original system of a reduction."""

    def __init__(self, reduced: Reduced) -> None:
        self.reduced = reduced

    @cached_property
    def _successors(self) -> Callable[[State], list[tuple[int, int, State | None, int | None]]]:
        system = self.reduced.original
        return compile_function(generate(system), "successors", f"successors of {system.name}, unreduced")

    def path(
        self,
        states: Sequence[State],
        events: Sequence[int | None] = (),
        *,
        loop: int | None = None,
        escape: int | None = None,
    ) -> Lifted:
        """The path that `states` of the reduced system stand for.

        `events[i]`, where given, is the event of step i, or one of its orbit. With `loop` the last state is that of
        number `loop` again; the cycle is walked until a state of the original system comes back, which it does as a
        state stands for finitely many. `escape`: the event of a further step, out of a domain.
        Raises EngineError DR502 if there is no such path.
        """
        wanted: list[int | None] = [*events, *([None] * (len(states) - 1 - len(events)))]
        reduced, taken = self.reduced, list[int]()
        begins = (s for s in reduced.original.initial_states if states and reduced.representative(s) == states[0])
        root = next(begins, None)
        if root is None:
            raise self._broken(0)
        path = [root]
        for number, target in enumerate(states[1:]):
            self._step(path, taken, target, wanted[number], number)
        if loop is not None:
            return self._cycle(path, taken, states, wanted, loop)
        if escape is not None:
            orbits = self.reduced.orbits
            for event, _, after, cell in self._successors(path[-1]):
                if after is None and cell is not None and orbits[event] == orbits[escape]:
                    return Lifted(path, taken, escape=(event, cell))
            raise self._broken(len(taken))
        return Lifted(path, taken)

    def _step(self, path: list[State], taken: list[int], target: State, wanted: int | None, number: int) -> None:
        orbits = self.reduced.orbits
        for event, _, after, _ in self._successors(path[-1]):
            if after is None or (wanted is not None and orbits[event] != orbits[wanted]):
                continue
            if self.reduced.representative(after) == target:
                path.append(after)
                taken.append(event)
                return
        raise self._broken(number)

    def _cycle(
        self, path: list[State], taken: list[int], states: Sequence[State], wanted: list[int | None], loop: int
    ) -> Lifted:
        """Lap after lap, until a lap begins where an earlier one did."""
        lap = len(states) - 1 - loop
        begins = {path[loop]: loop}
        while path[-1] not in begins:
            begins[path[-1]] = len(path) - 1
            for number in range(loop, loop + lap):
                self._step(path, taken, states[number + 1], wanted[number], number)
        return Lifted(path, taken, begins[path[-1]])

    def _broken(self, number: int) -> EngineError:
        return EngineError(
            "DR502",
            f"step {number + 1} of a path of system {self.reduced.original.name} is a step of the reduced system only",
            remedy="please report it with the model: a reduction is wrong; leave it out meanwhile",
        )


__all__ = ["Lift", "Lifted"]
