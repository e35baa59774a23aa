"""Whether a parameter that gives a budget does anything else: then combinations with few uses are not what its small values make.

Uses of a budget are varied as what its counter starts with, in the system that is composed for the greatest budget. That is the
design with a smaller budget only if the parameter is read for nothing else. So two systems, composed for the greatest budget and
for the least, are taken through the same steps, with no fault of the budget in either: each event that is possible in one must be
possible in the other, and lead to the same values of what both have. A difference that is seen is one; as only some states are
looked at, what is not seen is not excluded.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from drcheck.answers.combinations import Adversities, with_uses
from drcheck.designs.design import Design
from drcheck.designs.parameter import show
from drcheck.engines.python import successors_of
from drcheck.errors import DrcheckError
from drcheck.language.remarks import Remark
from drcheck.system.composition import budgets
from drcheck.system.system import Cell, State, System

NEAR, WALKS, STEPS = 300, 20, 40
"""So many pairs of states are compared next to the start, and so many walks of so many steps from it."""
Pair: TypeAlias = tuple[State, State]


def remarks_on_budgets(design: Design, varied: Adversities, asked: Mapping[str, Any]) -> list[Remark]:
    """A remark (DR860) for each parameter whose budget is varied and that is seen to do more. `asked`: what was requested."""
    found = []
    for parameter in design.parameters:
        name, kinds = parameter.name, varied.governing.get(parameter.name, frozenset())
        if not kinds or kinds & varied.held or name in asked or name not in varied.settings:
            continue
        greatest = varied.settings[name]
        least = False if parameter.type is bool else min(parameter.choices, default=0)
        seen = _difference(design, varied.settings, name, (greatest, least), kinds)
        if seen:
            found.append(
                Remark(
                    "DR860",
                    name,
                    f"composed for {show(greatest)}, the design differs from that for {show(least)} also where no "
                    f"{', no '.join(sorted(kinds))} happens: {seen}; combinations with fewer are those of {show(greatest)}",
                    remedy=f"hold it with --set {name}={show(least)}",
                )
            )
    return found


def _difference(
    design: Design, settings: Mapping[str, Any], name: str, values: Sequence[Any], kinds: frozenset[str]
) -> str:
    """What is seen to differ between a design with two values of a parameter, without faults of some kinds; else ""."""
    try:
        systems = [design.build({**settings, name: value}) for value in values]
    except DrcheckError:  # the design has no such value beside the others: there is nothing to compare
        return ""
    none = [with_uses(system, dict.fromkeys(kinds & budgets(system).keys(), 0)) for system in systems]
    counters = {left.label for system in none for left in budgets(system).values()}
    names = {cell.name for cell in none[0].cells} & {cell.name for cell in none[1].cells}
    sides = [_Side.of(system, sorted(names - counters)) for system in none]
    return next(_compared(sides[0], sides[1]), "")


@dataclass(frozen=True)
class _Side:
    """One of two systems: its steps, and the values of what both have."""

    system: System
    steps: Callable[[State], Iterable[tuple[int, int, State | None, int | None]]]
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, system: System, names: Sequence[str]) -> _Side:
        known = {cell.name: cell for cell in system.cells}
        steps = successors_of(system)
        return cls(system, steps, tuple(known[name] for name in names))

    def values(self, state: State) -> tuple[object, ...]:
        """What both have, told by names: what is the third state of one may be the second of the other."""
        return tuple(
            cell.domain.labels[state[cell.index]] if cell.domain.labels else state[cell.index] for cell in self.cells
        )

    def after(self, state: State) -> dict[tuple[str, tuple[object, ...]], State]:
        """The states that follow, by the event that leads there and by what both have."""
        found: dict[tuple[str, tuple[object, ...]], State] = {}
        for event, _, target, _ in self.steps(state):
            if target is not None:
                found.setdefault((self.system.events[event].name, self.values(target)), target)
        return found

    def starts(self) -> dict[tuple[object, ...], State]:
        return {self.values(state): state for state in self.system.initial_states}


def _compared(one: _Side, other: _Side) -> Iterator[str]:
    """The differences that are met on the way."""
    first, second = one.starts(), other.starts()
    if first.keys() != second.keys():
        yield "they start otherwise"
        return
    starts: list[Pair] = [(first[values], second[values]) for values in first]
    seen, near = set(starts), deque(starts)
    while near and len(seen) < NEAR:
        pairs, told = _followed(one, other, near.popleft())
        if told:
            yield told
        near += [pair for pair in pairs if pair not in seen]
        seen.update(pairs)
    if not near:
        return  # these were all
    chance = random.Random(0)
    for _ in range(WALKS):
        pair = chance.choice(starts)
        for _ in range(STEPS):
            pairs, told = _followed(one, other, pair)
            if told:
                yield told
            if not pairs:
                break
            pair = chance.choice(pairs)


def _followed(one: _Side, other: _Side, pair: Pair) -> tuple[list[Pair], str]:
    """The pairs that follow by the same events, and what only one of them can do, or does otherwise; else ""."""
    first, second = one.after(pair[0]), other.after(pair[1])
    told = ""
    if first.keys() != second.keys():
        name = min(event for event, _ in first.keys() ^ second.keys())
        both = all(any(event == name for event, _ in side) for side in (first, second))
        told = f"{name} does another thing" if both else f"{name} is possible in one of them alone"
    return [(state, second[key]) for key, state in first.items() if key in second], told


__all__ = ["remarks_on_budgets"]
