"""Cuts of designs, held against each combination composed anew and decided alone, with nothing concluded from another one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from drcheck.answers.combinations import Combination, uses_of, with_uses
from drcheck.answers.cuts import Promise, cuts
from drcheck.designs.design import Design, load
from drcheck.errors import DrcheckError
from drcheck.verdicts.check import check
from drcheck.verdicts.repair_sets import answer_of
from drcheck.verdicts.wording import VIOLATED

KEYS = "model.info_mart_replication.keys_after_takeover:keys_after_takeover"
UPGRADE = "model.info_mart_replication.upgrade_and_takeover:upgrade_and_takeover"
JOINT = "model.joint_recovery.design:joint_recovery"


def combinations(promise: Promise, order: int, deviations: int) -> Iterator[Combination]:
    """All of a size up to `order`, by what is told to be varied, without parameters that the promise is stated for."""
    values = {name: changes for name, changes in promise.varied.values.items() if name not in promise.given}
    for size in range(deviations + 1):
        for those in itertools.combinations(values.values(), size):
            for changes in itertools.product(*those):
                for uses in uses_of(promise.budgets, order - size):
                    yield Combination(uses, tuple(changes))


def broken_anew(design: Design, promise: Promise, combination: Combination) -> bool:
    """Whether the promise fails on the design as it is composed for exactly these faults and deviations."""
    uses = dict(combination.uses)
    budget = {n: next(iter(kinds)) for n, kinds in promise.varied.governing.items() if kinds}
    settings: dict[str, Any] = {**promise.given, **promise.scopes}
    for name, kind in budget.items():
        settings[name] = design.parameter(name).type(uses.get(kind, 0))
    try:
        system = design.build({**settings, **{change.name: change.value for change in combination.deviations}})
        fixed = promise.budgets.keys() - set(budget.values())  # the design has no parameter for these
        system = with_uses(system, {kind: uses.get(kind, 0) for kind in fixed})
        stated = promise.statement.on_any(system)
    except DrcheckError:  # it cannot be composed, or stated there
        return False
    domains, verdict = check(system, [stated])
    return answer_of(verdict, domains).verdict == VIOLATED


@pytest.mark.parametrize(
    ("target", "names", "deviations", "least"),
    [
        ("drcheck.examples:pair", [], 2, 1),
        (KEYS, [], 2, 4),
        (UPGRADE, [], 2, 3),
        (JOINT, ["what_the_command_line_names_is_there"], 1, 1),
        (JOINT, ["at_the_end_info_mart_is_in_service_changed_at_the_master_after_configuration"], 0, 1),
    ],
)
def test_cuts_are_those_of_each_combination_alone(target: str, names: list[str], deviations: int, least: int) -> None:
    design, seen = load(target), 0
    for promise in cuts(design, names=names, order=2, deviations=deviations).promises:
        broken = [c for c in combinations(promise, 2, deviations) if broken_anew(design, promise, c)]
        minimal = {c for c in broken if not any(o != c and o.within(c) for o in broken)}
        assert {c for cut in promise.cuts for c in (cut.combination, *cut.equal)} == minimal, promise.name
        seen += len(minimal)
    assert seen >= least
