"""The ends of saturating cells: where a value stands for itself and for all values beyond.

A cell is *capped* if it is a counter or an age that saturates and whose cap is no limit in the world (`cap_is`). Its
high end stands for more than the cap in a state if an update before it would have exceeded it; so does its low end, 0,
for what would have been negative. Where no reachable step goes beyond an end, its value is what it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from drcheck.engines.numpy.columns import Plan
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.language.operators import OPERATORS
from drcheck.reductions.simplify import constant, simplify
from drcheck.saturation.spans import stays_within
from drcheck.system.lowering import Saturated
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, System, capped_cells, cells_of
from drcheck.system.terms import conjunction, disjunction, negation

MOST_COMBINATIONS = 10_000
"""Up to this many combinations of values are tried to decide whether a condition can hold; with more, it is assumed to."""


@dataclass(frozen=True, order=True)
class End:
    """One end of a capped cell, by the cell's position: the cap (`high`), or the lowest value."""

    cell: int
    high: bool


def value_at(system: System, end: End) -> int:
    """The value that the cell has at its end."""
    domain = system.cells[end.cell].domain
    return domain.high if end.high else domain.low


def at_end(system: System, end: End) -> Expression:
    """Whether the cell is at its end."""
    return Operation("==", (system.cells[end.cell], Literal(value_at(system, end))), BOOLEAN)


class UndefinedError(Exception):
    """An expression has no value: a division by zero, or an index outside its array."""


def worth(node: Expression, values: Sequence[int]) -> int:
    """The value of a lowered expression where the cells have some values, which need not lie in their domains.

    Raises UndefinedError.
    """
    if isinstance(node, Literal):
        return int(node.value)  # type: ignore[arg-type]  # lowered literals are bool or int
    if isinstance(node, Cell):
        return values[node.index]
    assert isinstance(node, Operation), node
    operator, operands = node.operator, node.arguments
    if operator == "and":
        return int(all(worth(a, values) for a in operands))
    if operator == "or":
        return int(any(worth(a, values) for a in operands))
    if operator == "if":
        return worth(operands[1 if worth(operands[0], values) else 2], values)
    if operator == "select":
        at = worth(operands[0], values)
        if not 0 <= at < len(operands) - 1:
            raise UndefinedError
        return worth(operands[1 + at], values)
    try:
        return int(OPERATORS[operator](*(worth(a, values) for a in operands)))
    except ZeroDivisionError:
        raise UndefinedError from None


def can_hold(system: System, condition: Expression, known: Sequence[tuple[int, int]] = ()) -> bool:
    """Whether a condition holds for some values of its cells, with the value of some cells given.

    Never wrongly false; true as well where there are too many combinations to try.
    """
    facts = dict(known)
    rest = simplify(condition, facts)
    value = constant(rest)
    if value is not None:
        return bool(value)
    cells = sorted(cells_of(rest))
    combinations = 1
    for cell in cells:
        combinations *= system.cells[cell].domain.size
    if combinations > MOST_COMBINATIONS:
        return True
    domains = [system.cells[cell].domain for cell in cells]
    grid = np.meshgrid(*(np.arange(d.low, d.high + 1) for d in domains), indexing="ij")
    columns = {cell: part.ravel() for cell, part in zip(cells, grid, strict=True)}
    plan = Plan()
    wanted = plan.add(rest)
    return bool(np.any(plan.run(columns.__getitem__)[wanted]))


class Steps:
    """When an alternative of an event is a step: its guards hold, and nothing that goes before it is possible."""

    def __init__(self, system: System) -> None:
        self.system, self.capped = system, capped_cells(system)
        # What saturates or refuses is never taken out of its domain: lowering has the limit in its update, or in the guard.
        self.kept = frozenset(
            cell for variable, cell in system.cell_of.items() if variable.at_limit in ("saturate", "refuse")
        )
        self.possible = [possible(event) for event in system.events]
        """Whether each event is possible, urgency and priorities aside."""
        self._leaving: dict[tuple[int, int], list[tuple[int, Expression]]] = {}

    @cached_property
    def free(self) -> list[Expression]:
        """Whether each event is held back by no other."""
        return undisturbed(self.system.events)

    def step(self, event: int, alternative: int) -> Expression:
        """Whether an alternative of an event is a step from a state (it may be one that leaves a domain)."""
        made = self.system.events[event]
        own = made.alternatives[alternative].guard
        return conjunction([made.guard, *([] if own is None else [own]), self.free[event]])

    def leaving(self, event: int, alternative: int) -> list[tuple[int, Expression]]:
        """The updates of an alternative that may leave their domain, be it only without caps."""
        key = (event, alternative)
        if key not in self._leaving:
            made = self.system.events[event]
            way = made.alternatives[alternative]
            guard = [*_parts(made.guard), *([] if way.guard is None else _parts(way.guard))]
            known = [part for part in guard if not cells_of(part) & self.capped]
            self._leaving[key] = [
                (cell, right)
                for cell, right in way.updates
                if cell not in self.kept and self._may_leave(cell, right, known)
            ]
        return self._leaving[key]

    def _may_leave(self, cell: int, right: Expression, known: Sequence[Expression]) -> bool:
        if cells_of(right) & self.capped:
            domain = self.system.cells[cell].domain
            return not stays_within(right, domain.low, domain.high, self.capped)
        return self._escapes(cell, right, known)

    def _escapes(self, cell: int, right: Expression, known: Sequence[Expression]) -> bool:
        """Whether an update that reads no capped cell can leave its domain, by its bounds and its cells' known ones."""
        low, high = bounds(right)
        domain = self.system.cells[cell].domain
        if domain.low <= low and high <= domain.high:
            return False
        outside = negation(self.inside(cell, right))
        return can_hold(self.system, conjunction([outside, *_near(self, outside, known)]))

    def inside(self, cell: int, right: Expression) -> Expression:
        """Whether the value of an update lies in its cell's domain."""
        domain = self.system.cells[cell].domain
        low = Operation(">=", (right, Literal(domain.low)), BOOLEAN)
        return conjunction([low, Operation("<=", (right, Literal(domain.high)), BOOLEAN)])


def _saturations(right: Expression, cell: int, path: tuple[Expression, ...]) -> Iterator[tuple[Saturated, Expression]]:
    """Each saturation of an update, with the condition under which it is the one that counts."""
    if isinstance(right, Saturated):
        yield right, conjunction(path)
    elif isinstance(right, Operation) and right.operator == "if":
        test, then, otherwise = right.arguments
        yield from _saturations(then, cell, (*path, test))
        yield from _saturations(otherwise, cell, (*path, negation(test)))


def unsaturated(right: Expression) -> Expression:
    """What an update would write if it were not kept in the domain."""
    if isinstance(right, Saturated):
        return right.raw
    if isinstance(right, Operation) and right.operator == "if":
        test, then, otherwise = right.arguments
        return Operation("if", (test, unsaturated(then), unsaturated(otherwise)), right.kind)
    return right


def _parts(condition: Expression) -> list[Expression]:
    if isinstance(condition, Operation) and condition.operator == "and":
        return [part for argument in condition.arguments for part in _parts(argument)]
    return [condition]


def _near(steps: Steps, condition: Expression, parts: Sequence[Expression]) -> list[Expression]:
    """Those of some conditions that are about the same cells as one, as many as can be tried together."""
    read, size, found = set(cells_of(condition)), 1, []
    for cell in read:
        size *= steps.system.cells[cell].domain.size
    for part in sorted(parts, key=lambda part: len(cells_of(part) - read)):
        more, larger = cells_of(part) - read, size
        for cell in more:
            larger *= steps.system.cells[cell].domain.size
        if cells_of(part) & read and (not more or larger <= MOST_COMBINATIONS):
            found.append(part)
            read |= more
            size = larger
    return found


def _exceeds(steps: Steps, right: Expression, end: End, context: Expression) -> Expression:
    """Whether an update goes beyond an end; never, where what the guard says of the same cells excludes it."""
    system = steps.system
    ways = []
    for found, path in _saturations(right, end.cell, ()):
        raw, limit = found.raw, value_at(system, end)
        low, high = bounds(raw)
        if not (high > limit if end.high else low < limit):
            continue
        beyond = Operation(">" if end.high else "<", (raw, Literal(limit)), BOOLEAN)
        if can_hold(system, conjunction([beyond, *_near(steps, beyond, (*_parts(context), *_parts(path)))])):
            ways.append(conjunction([path, beyond]))
    return disjunction(ways)


def beyond(steps: Steps, end: End) -> Expression:
    """Whether some step from a state goes beyond an end: the constant false if that is certain not to happen."""
    system = steps.system
    ways = []
    for number, event in enumerate(system.events):
        for k, alternative in enumerate(event.alternatives):
            for cell, right in alternative.updates:
                if cell != end.cell:
                    continue
                context = event.guard if alternative.guard is None else conjunction([event.guard, alternative.guard])
                exceeds = _exceeds(steps, right, end, context)
                if constant(exceeds) != 0:
                    ways.append(conjunction([steps.step(number, k), exceeds]))
    return disjunction(ways)


__all__ = ["End", "Steps", "UndefinedError", "at_end", "beyond", "can_hold", "unsaturated", "value_at", "worth"]
