"""Combinations of adversities, and what a design has of them: budgets of faults and slips, deviations of parameters.

A *use* is one of the faults that a budget allows. It is varied as the value that the budget's counter starts with, in a system
that is composed for the greatest budgets. A *deviation* is one parameter at another value than its default, which composes
another system. The size of a combination is the number of its uses and deviations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import Parameter, ParameterRole
from drcheck.designs.variants import values_of
from drcheck.errors import DrcheckError
from drcheck.system.composition import budgets
from drcheck.system.system import System, begun_with
from drcheck.verdicts.repair_sets import Change

LEVELS = (ParameterRole.FAULT, ParameterRole.SLIP)
"""The roles whose parameters say how much goes wrong: what is varied, and no part of what a promise is stated for."""
DEVIATING = (ParameterRole.READING, ParameterRole.ASSUMPTION, ParameterRole.DEPLOYMENT)
"""The other roles whose parameters are tried at other values than their defaults."""

Uses = tuple[tuple[str, int], ...]
"""How many uses of the budget of each kind of fault, those without any left out, in the order of the kinds' names."""


@dataclass(frozen=True)
class Combination:
    """Some adversities; everything else is at its default, and no other fault of a budget happens."""

    uses: Uses = ()
    deviations: tuple[Change, ...] = ()

    @property
    def size(self) -> int:
        """How many adversities there are: each use and each deviation is one."""
        return sum(n for _, n in self.uses) + len(self.deviations)

    def within(self, other: Combination) -> bool:
        """Whether it is a part of another one, or the same."""
        most = dict(other.uses)
        return set(self.deviations) <= set(other.deviations) and all(n <= most.get(k, 0) for k, n in self.uses)

    def __str__(self) -> str:
        said = [kind if n == 1 else f"{n} x {kind}" for kind, n in self.uses] + [str(d) for d in self.deviations]
        return ", ".join(said) or "nothing"


def starts_left(system: System) -> dict[str, int]:
    """How many faults of each kind that has a budget there may be, by the kind."""
    return {kind: system.initial[system.cell_of[left]] for kind, left in budgets(system).items()}


def with_uses(system: System, uses: Mapping[str, int]) -> System:
    """The same system with other values that the counters of some budgets start with, in each initial state."""
    counters = budgets(system)
    changed = {system.cell_of[counters[kind]]: n for kind, n in uses.items()}
    states = (tuple(changed.get(n, raw) for n, raw in enumerate(state)) for state in system.initial_states)
    return begun_with(system, states)


def uses_of(left: Mapping[str, int], most: int) -> Iterator[Uses]:
    """All uses of budgets, up to as many as there are of each kind and `most` in all, the fewest first."""
    kinds = sorted(kind for kind, n in left.items() if n)
    for size in range(min(most, sum(left.values())) + 1):
        for chosen in itertools.combinations_with_replacement(kinds, size):
            uses = tuple((kind, len(list(same))) for kind, same in itertools.groupby(chosen))
            if all(n <= left[kind] for kind, n in uses):
                yield uses


@dataclass(frozen=True)
class Adversities:
    """What is varied of a design, under some settings.

    `settings` compose the system for the greatest budgets, of `order` uses. `held`: kinds of faults whose budgets are as
    requested. `values`: the other values that are tried, by parameter. `untried`: what is not varied although its role would have
    it so, each with why. `governing`: of which kinds of faults a parameter is the budget.
    """

    settings: Mapping[str, Any]
    held: frozenset[str]
    values: Mapping[str, tuple[Change, ...]]
    untried: tuple[str, ...] = field(default=())
    governing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    order: int = 2

    def under(self, design: Design, settings: Mapping[str, Any], asked: Mapping[str, Any]) -> Adversities:
        """What is varied under other settings, where the same parameters are budgets of the same kinds of faults."""
        return _varied(design, settings, asked, self.order, self.governing)

    def further(self, design: Design, settings: Mapping[str, Any], asked: Mapping[str, Any]) -> frozenset[str]:
        """The kinds of faults that have a budget under other settings where all parameters that are no budgets are greatest.

        A parameter may be a budget there and none here: slips of a procedure that is carried out only with some settings.
        """
        idle = [p for p in design.parameters if _is_level(p) and not self.governing.get(p.name) and p.name not in asked]
        try:
            return frozenset(
                starts_left(design.build({**settings, **{p.name: _greatest(p, self.order) for p in idle}}))
            )
        except DrcheckError:
            return frozenset({""})  # it is not known

    def taken_away(self, design: Design, left: Mapping[str, int]) -> tuple[str, ...]:
        """The kinds of faults of which a system with these settings has `left`: too few, as other budgets take from them."""
        found: set[str] = set()
        raised = {name for name, kinds in self.governing.items() if kinds and name in self.settings}
        for name in sorted(raised):
            most = min(int(self.settings[name]), self.order)
            few = [kind for kind in self.governing[name] - self.held if left.get(kind, 0) < most]
            others = {other: _least(design.parameter(other)) for other in raised - {name}} if few else {}
            try:
                alone = starts_left(design.build({**self.settings, **others})) if few else {}
            except DrcheckError:
                continue
            found.update(kind for kind in few if alone.get(kind, 0) > left.get(kind, 0))
        return tuple(sorted(found))

    def uses(self, system: System, most: int) -> Iterator[Uses]:
        """All uses of a system's budgets of `most` in all at the most, the fewest first."""
        yield from uses_of({k: n for k, n in starts_left(system).items() if k not in self.held}, most)

    def deviations(self, most: int) -> Iterator[tuple[Change, ...]]:
        """All sets of deviations of different parameters, `most` at the most, the smallest first."""
        for size in range(min(most, len(self.values)) + 1):
            for those in itertools.combinations(self.values.values(), size):
                yield from itertools.product(*those)


def adversities(design: Design, settings: Mapping[str, Any], asked: Mapping[str, Any], order: int) -> Adversities:
    """What is varied of a design with `settings`, of which `asked` were requested, for combinations of `order` at the most.

    A parameter in the roles FAULT and SLIP that is a number, or a yes or no, is a budget if the counter of some kind of fault
    starts with more where it is greater: that is found by composing. Raises the errors of `Design.build`.
    """
    levels = [p for p in design.parameters if _is_level(p)]
    return _varied(design, settings, asked, order, {p.name: _kinds(design, settings, p) for p in levels})


def _varied(
    design: Design,
    settings: Mapping[str, Any],
    asked: Mapping[str, Any],
    order: int,
    kinds: Mapping[str, frozenset[str]],
) -> Adversities:
    """What is varied, where it is known of which kinds of faults each parameter is the budget."""
    held = frozenset(kind for name, found in kinds.items() if name in asked for kind in found)
    free = [name for name in kinds if kinds[name] and name not in asked]
    greatest = {name: _greatest(design.parameter(name), order) for name in free if not kinds[name] & held}
    values: dict[str, tuple[Change, ...]] = {}
    untried = [
        f"{name}: its budget of {', '.join(sorted(kinds[name] & held))} is held as requested"
        for name in free
        if kinds[name] & held
    ]
    for parameter in design.parameters:
        varied = parameter.role in (*DEVIATING, *LEVELS) and not kinds.get(parameter.name)
        if not varied or parameter.name in asked:
            continue
        if parameter.type is not bool and not parameter.choices:
            untried.append(f"{parameter.name}: it has no list of values")
            continue
        present = settings.get(parameter.name, parameter.default)
        tried = values_of(parameter, present)
        if parameter.choices and len(tried) < len(set(parameter.choices)) - 1:
            untried.append(
                f"{parameter.name}: {len(tried)} of its {len(set(parameter.choices)) - 1} other values are tried"
            )
        values[parameter.name] = tuple(Change(parameter.name, value) for value in tried)
    return Adversities({**settings, **greatest}, held, values, tuple(untried), kinds, order)


def _is_level(parameter: Parameter) -> bool:
    """Whether a parameter may be a budget."""
    return parameter.role in LEVELS and parameter.type in (int, bool)


def _greatest(parameter: Parameter, order: int) -> Any:
    """The least budget that is enough for all combinations, or the greatest that there is."""
    if parameter.type is bool:
        return True
    numbers = sorted(parameter.choices) or [order]
    return next((n for n in numbers if n >= order), numbers[-1])


def _least(parameter: Parameter) -> Any:
    """The least budget that there is."""
    return False if parameter.type is bool else min(parameter.choices, default=0)


def _kinds(design: Design, settings: Mapping[str, Any], parameter: Parameter) -> frozenset[str]:
    """The kinds of faults of which a greater value of a parameter allows more, by their counters."""
    two = [False, True] if parameter.type is bool else (sorted(parameter.choices) or [0, 1])[:2]
    if len(two) < 2:
        return frozenset()
    try:
        fewer, more = (design.build({**settings, parameter.name: value}) for value in two)
    except DrcheckError:  # it cannot be varied: what composes is told of the value that is asked for
        return frozenset()
    before, after = starts_left(fewer), starts_left(more)
    unlimited = {event.fault for event in fewer.events if event.fault is not None} - before.keys()
    return frozenset(kind for kind, n in after.items() if kind not in unlimited and n > before.get(kind, 0))


__all__ = ["LEVELS", "Adversities", "Combination", "Uses", "adversities", "starts_left", "uses_of", "with_uses"]
