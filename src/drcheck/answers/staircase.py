"""The staircase of a worst case: the least adversity for each greater value.

The value is decided for every combination of up to so many adversities (see `combinations`), and, where lengths are given, for
each of their values beside it. A combination is a *step* if its value is greater than that of every part of it: with fewer uses,
fewer deviations, smaller lengths. So whatever reaches a value contains a step that does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.answers.axes import Axis
from drcheck.answers.combinations import Adversities, Combination, adversities
from drcheck.answers.composed import Composed
from drcheck.answers.points import Asking, Known, Point, worst_case_named
from drcheck.designs.design import Design
from drcheck.designs.objectives import beside_faults
from drcheck.designs.parameter import show
from drcheck.designs.selection import refuse_other
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import UsageError
from drcheck.language.durations import Duration
from drcheck.language.units import unit_of
from drcheck.logic.properties import Statement
from drcheck.verdicts.repair_sets import Change

Lengths = tuple[Change, ...]
"""A value of each length; those at their least are left out."""


@dataclass(frozen=True)
class Stair:
    """A combination with some lengths, and the value. `minimal`: the value of every part of it is exact."""

    combination: Combination
    lengths: Lengths
    point: Point
    minimal: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """How many adversities there are, and how many lengths beside them are not at their least."""
        return self.combination.size, len(self.lengths)

    def __str__(self) -> str:
        said = ", ".join(map(str, self.lengths))
        return str(self.combination) + (f", with {said}" if said else "")


@dataclass(frozen=True)
class Staircase:
    """All values of a worst case, and its steps. `given`: what it is stated for beside levels of faults, which is held.

    `least`: the values with which the lengths begin. `searches` were made, of `states` in all; `stopped`: why not everything was
    tried, or "".
    """

    design: Design
    measure: Statement
    settings: Mapping[str, Any]
    given: Mapping[str, Any]
    order: int
    varied: Adversities
    lengths: tuple[Axis, ...]
    tried: tuple[Stair, ...]
    unit: str | None
    tick: Duration | None
    searches: int
    states: int
    stopped: str = ""
    budget: int | None = None

    @property
    def least(self) -> Lengths:
        """The lengths at their least."""
        return tuple(Change(axis.name, axis.values[0]) for axis in self.lengths)

    @property
    def steps(self) -> tuple[Stair, ...]:
        """The steps, the least value first; the first of all is that without any adversity."""
        found = []
        for one in self.tried:
            value = one.point.value
            if value is None:
                continue
            parts = [other for other in self.tried if other is not one and self._within(other, one)]
            if all(other.point.value is None or other.point.value < value for other in parts):
                found.append(replace(one, minimal=all(other.point.known in _DECIDED for other in parts)))
        return tuple(sorted(found, key=lambda one: (one.point.value or 0, one.size, str(one))))

    @property
    def open(self) -> tuple[Stair, ...]:
        """Combinations of which the value is not exact."""
        return tuple(one for one in self.tried if one.point.known in (Known.AT_LEAST, Known.NOT_TRIED))

    @property
    def whole(self) -> bool:
        """Whether every value is exact, but for those that cannot be stated."""
        return not self.stopped and not self.open

    def _within(self, part: Stair, whole: Stair) -> bool:
        """Whether one combination with its lengths is a part of another, or the same."""
        most = {change.name: change.value for change in whole.lengths}
        shorter = all(change.name in most and change.value <= most[change.name] for change in part.lengths)
        return shorter and part.combination.within(whole.combination)


_DECIDED = (Known.EXACT, Known.IMPOSSIBLE)


def staircase(
    design: Design,
    name: str,
    settings: Mapping[str, Any] | None = None,
    *,
    order: int = 2,
    lengths: Sequence[Axis] = (),
    engine: str = "auto",
    limits: Limits = Limits(),
    budget: int | None = None,
    listener: Callable[[str], Listener | None] | None = None,
) -> Staircase:
    """The least adversities for each greater value of the worst case `name`, of up to `order` adversities.

    `lengths`: parameters that are numbers or durations, with the values that are tried, ascending; the first is nothing.
    `settings` are held, and so is what the worst case is stated for, but for levels of faults and slips. The limits of states and
    of memory are those of each search, that of seconds is one for all, and so is `budget`, a number of states. Ctrl-C ends it;
    what is known by then is the answer. Raises the errors of `curve`, UsageError DR401 for an order below 1 and for lengths that
    do not ascend.
    """
    refuse_other(design, Design)
    asked, limits = dict(settings or {}), limits.begun()
    if order < 1:
        raise UsageError("DR401", f"an order of {order} asks for nothing", remedy="give 1 or more")
    for axis in lengths:
        _refuse(design, axis, asked)
    statement, system = worst_case_named(design, name, asked)
    measure = statement.on_any(system).measure
    own = {axis.name for axis in lengths}
    given = {k: v for k, v in beside_faults(design, statement.given).items() if k not in asked and k not in own}
    asking = Asking(design, statement, engine=engine, limits=limits, budget=budget, listener=listener)
    with asking.deadline.during(f"{design.name} was composed"):
        base = {**given, **asked}
        varied = adversities(design, base, {**asked, **given, **dict.fromkeys(own)}, order)
    tried = tuple(_tried(asking, varied, lengths, order))
    return Staircase(
        design,
        statement,
        asked,
        given,
        order,
        varied,
        tuple(lengths),
        tried,
        None if measure is None else unit_of(system.settled(measure)),
        system.tick,
        asking.searches,
        asking.states,
        asking.stopped,
        budget,
    )


def _refuse(design: Design, axis: Axis, asked: Mapping[str, Any]) -> None:
    """Refuse lengths that are none. Raises UsageError DR401 and the errors of parameters."""
    parameter = design.parameter(axis.name)
    for value in axis.values:
        parameter.check(value)
    if parameter.type not in (int, Duration) or not axis.values or list(axis.values) != sorted(set(axis.values)):
        raise UsageError(
            "DR401",
            f"{axis.name}: lengths are numbers or durations that ascend",
            remedy=f"write {axis.name}=0h..14h",
        )
    if axis.name in asked:
        raise UsageError(
            "DR401", f"parameter {axis.name} is set, and varied as well", remedy="leave out one of the two"
        )


def _tried(asking: Asking, varied: Adversities, lengths: Sequence[Axis], order: int) -> Iterator[Stair]:
    """The value of every combination, the smallest first."""
    for values in itertools.product(*(axis.values for axis in lengths)):
        changes = tuple(Change(axis.name, value) for axis, value in zip(lengths, values, strict=True))
        longer = tuple(change for change, axis in zip(changes, lengths, strict=True) if change.value != axis.values[0])
        here = replace(varied, settings={**varied.settings, **{change.name: change.value for change in changes}})
        for deviations in varied.deviations(order):
            yield from _with(asking, here, deviations, longer, order)


def _with(
    asking: Asking, varied: Adversities, deviations: tuple[Change, ...], lengths: Lengths, order: int
) -> Iterator[Stair]:
    """All uses beside some deviations and lengths."""
    plain = Combination((), deviations)
    settings = {**varied.settings, **{change.name: change.value for change in deviations}}
    made: list[Composed] = []

    def value(combination: Combination) -> Stair:
        def search() -> Point:
            if not made:
                made.append(asking.composed(varied, deviations))
            return asking.on(made[0], combination, settings, _label(combination, lengths))

        return Stair(combination, lengths, asking.guarded(settings, search))

    yield value(plain)
    if made and made[0].system is not None:
        more = [uses for uses in varied.uses(made[0].system, order - len(deviations)) if uses]
        yield from (value(Combination(uses, deviations)) for uses in more)


def _label(combination: Combination, lengths: Lengths) -> str:
    return f"with {combination}" + "".join(f", {change.name}={show(change.value)}" for change in lengths)


__all__ = ["Lengths", "Stair", "Staircase", "staircase"]
