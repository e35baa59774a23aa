"""Each worst case of each design has a bound that is part of its verdict, and a unit; variables say what they are for."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import Boolean, Component, System, compose, count, hours, if_else, on, remarks_of, worst_case
from drcheck.cli.discover import discover
from drcheck.designs.design import Design, load
from drcheck.language.units import unit_of
from drcheck.logic.kinds import Property, WorstCase

DESIGNS = discover()


def lacks(item: Property) -> str:
    """What a worst case lacks; nothing of another property."""
    if not isinstance(item, WorstCase):
        return ""
    missing = [*(["bound"] if item.at_most is None else []), *([] if unit_of(item.measure) else ["unit"])]
    return " and ".join(missing)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d.name.partition(":")[2])
def test_every_worst_case_has_a_bound_and_a_unit(design: Design) -> None:
    systems: dict[str, System] = {}
    incomplete = {}
    for statement in design.statements():
        key = repr(sorted(statement.given.items()))
        system = systems.get(key) or systems.setdefault(key, design.build(statement.given))
        incomplete[statement.name] = lacks(statement.on_any(system))
    assert {name: what for name, what in incomplete.items() if what} == {}


def test_one_without_is_seen() -> None:
    lamp = Boolean("lamp")
    room = Component("room", ["in"], variables=[lamp], transitions=[on("switch", then={lamp: ~lamp})])
    compose("room", [room])
    assert lacks(worst_case(count([lamp]))) == "bound and unit"
    assert lacks(worst_case(if_else(lamp, 1, 0), at_most=1)) == "unit"
    assert lacks(worst_case(count([lamp], unit="lamps"))) == "bound"
    assert lacks(worst_case(count([lamp], unit="lamps"), at_most=1)) == ""


WITH_SENTENCES: list[tuple[str, dict[str, Any]]] = [
    ("model.logger_hds.design:logger_hds", {}),
    ("model.logger_hds.latency:logger_latency", {"observe_recovery": True}),
    (
        "model.cms_ha.design:cms_ha",
        {
            "procedure": "cms_upgrade",
            "count_losses": True,
            "alternating_media": True,
            "own_first": True,
            "backup_each_interval": True,
        },
    ),
    ("model.cms_ha.design:cms_ha", {"procedure": "communication_manager_upgrade", "attended_within": hours(2)}),
]


@pytest.mark.parametrize(("target", "settings"), WITH_SENTENCES)
def test_every_variable_has_a_sentence(target: str, settings: dict[str, Any]) -> None:
    """All that a study declares itself; what is left of a budget is the composition's own."""
    system = load(target).build(settings)
    assert [v.label for v in system.cell_of if not v.doc and not v.label.startswith("faults.")] == []
    assert remarks_of(system) == ()
