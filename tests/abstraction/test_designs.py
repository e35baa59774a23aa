"""Slices of designs: promises about states of whole designs are decided as the search decides them, with fewer counters."""

from __future__ import annotations

import pytest

from drcheck.abstraction.choosing import Counters
from drcheck.abstraction.slicing import sliced
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.logic.kinds import Always, Property, Reachable, Structure, WorstCase
from drcheck.system.system import System
from drcheck.verdicts.check import check, prepare
from drcheck.verdicts.sliced import by_slices
from tests.abstraction.test_slicing import assert_simulates, states_of

DESIGNS = [
    "drcheck.examples:pair",
    "model.info_mart.active_active:active_active",
    "model.cms_ha.design:cms_ha",
]


def stated(target: str) -> tuple[System, list[Property]]:
    """The system with the parameters that the design has by itself, and what slices may decide of it."""
    variant = prepare(load(target)).variants[0]
    kinds = (Always, Reachable, WorstCase)
    return variant.system, [p for p in variant.properties if isinstance(p, kinds) and not isinstance(p, Structure)]


@pytest.mark.parametrize("target", DESIGNS)
def test_slices_say_of_a_design_what_the_search_says(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drcheck.verdicts.sliced.LOOK", 0)
    system, items = stated(target)
    searched = check(system, items)
    assert searched[0].run.exploration.complete
    found = by_slices(system, items, limits=Limits(states=2_000_000))
    assert found is not None
    assert found.verdicts
    for number, verdict in found.verdicts.items():
        wanted = searched[number + 1]
        assert (verdict.conclusion, verdict.value) == (wanted.conclusion, wanted.value), verdict.property.name
    if found.domains is not None:
        assert found.domains.conclusion is searched[0].conclusion


@pytest.mark.parametrize("target", DESIGNS)
def test_the_steps_of_a_design_are_steps_of_its_slices(target: str) -> None:
    system, _ = stated(target)
    counters = Counters(system)
    states = states_of(system, 3_000)
    for kept in (frozenset[int](), counters.ages, frozenset(sorted(counters.all)[::2])):
        assert_simulates(sliced(system, counters.all - kept), states)
