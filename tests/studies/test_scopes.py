"""A scope loses nothing: with more of what it leaves out, each property has the verdict that it had.

Each scope of each design is varied by itself, from a small setting to a larger one. The settings are small so that all searches
together take seconds; they have what a scope could hide: a failure or an outage, and time for it to begin and end. Compared are
the properties that are stated for the defaults; those that are stated for further parameters repeat these under other readings
and repairs, and add minutes. Properties that only exist in the larger scope, as those of the activity that is followed there,
have nothing to be compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from drcheck import ParameterRole
from drcheck.cli.discover import discover
from drcheck.designs.design import Design, load
from drcheck.verdicts.check import check_design
from drcheck.verdicts.wording import verdict_word

SHORT = {
    "threshold": "2h",
    "longest_outage": "3h",
    "recovery_time": "1h",
    "etl_delay": "0",
    "aggregation": "no",
    "activity": "no",
}
"""Info Mart with outages beyond the threshold, and no delay of the ETL."""
FOLLOWED = {"activity": "yes", "observe_outage": "yes", "observe_recovery": "yes"}

SCOPES: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "model.logger_hds.design:logger_hds": (
        {"records": "2", "tables": "1", "logger_failures": "1"},
        {"records": "3", "tables": "2", "batch": "2"},
    ),
    "model.logger_hds.latency:logger_latency": ({"longest_outage": "6m"}, {"observe_recovery": "yes"}),
    "model.info_mart_replication.setup:replication_setup": (
        {"changes": "3"},
        {"changes": "4", "observe_recovery": "yes"},
    ),
    "model.info_mart_replication.return_to_normal:return_to_normal": (
        {"changes": "2"},
        {"changes": "3", "observe_recovery": "yes"},
    ),
    "model.info_mart_replication.return_option_2:return_option_2": (
        {"changes": "3"},
        {"changes": "4", "observe_recovery": "yes"},
    ),
    "model.info_mart_replication.second_instance:second_instance": ({}, {"observe_recovery": "yes"}),
    "model.info_mart_replication.keys_after_takeover:keys_after_takeover": ({"keys": "7"}, {"keys": "9"}),
    "model.configuration_database.design:dns_failover": (
        {"changes": "2", "server_failures": "0"},
        {"changes": "3", "log_records": "1", "management": "yes", "talk": "yes", "observe_recovery": "yes"},
    ),
    "model.cms_ha.design:cms_ha": (
        {"failures": "1"},
        {"followed": "2", "count_losses": "yes", "observe": "backups", "observe_recovery": "missing_data"},
    ),
    "model.info_mart.active_active:active_active": (SHORT, FOLLOWED),
    "model.info_mart.active_standby:active_standby": (
        {**SHORT, "replication_lag": "0"},
        {**FOLLOWED, "observe_takeover": "amounts"},
    ),
}
"""By design: the small settings, and the larger value of each scope."""


def words(design: Design, settings: Mapping[str, Any]) -> dict[str, str]:
    names = [s.name for s in design.statements() if not s.given]
    return {v.property.name: verdict_word(v) for v in check_design(design, design.settings(settings), names).verdicts}


@pytest.fixture(scope="module")
def small() -> dict[str, dict[str, str]]:
    """The verdicts with the small settings, by design, as they are asked for."""
    return {}


@pytest.mark.parametrize(("target", "name"), [(t, n) for t, (_, larger) in SCOPES.items() for n in larger])
def test_a_larger_scope_decides_the_same(target: str, name: str, small: dict[str, dict[str, str]]) -> None:
    design, (settings, larger) = load(target), SCOPES[target]
    if target not in small:
        small[target] = words(design, settings)
    before, after = small[target], words(design, {**settings, name: larger[name]})
    assert len(before) > 3
    assert {key: word for key, word in after.items() if key in before} == before


def test_every_scope_is_varied_and_every_parameter_has_a_role() -> None:
    designs = discover()
    assert [f"{d.name} {p.name}" for d in designs for p in d.parameters if p.role is None] == []
    scopes = {(d.name, p.name) for d in designs for p in d.parameters if p.role is ParameterRole.SCOPE}
    assert scopes == {(target, name) for target, (_, larger) in SCOPES.items() for name in larger}


def test_following_only_the_first_intervals_is_no_scope() -> None:
    """It makes the search smaller, and loses a finding: where only a link fails, the property holds of the first interval."""
    design = load("model.cms_ha.design:cms_ha")
    name = "missing_data_is_brought_back_at_once"
    links = {"failures": 1, "hardware_failures": False, "software_failures": False}
    words = [
        verdict_word(verdict)
        for following in ("any", "first")
        for verdict in check_design(design, {**links, "following": following}, [name]).verdicts
        if verdict.property.name == name
    ]
    assert words == ["VIOLATED", "HOLDS"]
    assert design.parameter("following").role is ParameterRole.ASSUMPTION
