"""Minimal cut sets of the studies that had no finding once: each is explained by one now, or the promise says what it means."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import always
from drcheck.answers.cuts import Known, cuts
from drcheck.designs.causes import causes_of
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.language.happening import happenings
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from properties.configuration_database.findings import SECOND_MESSAGE_SERVER

JOINT = "model.joint_recovery.design:joint_recovery"
FAILOVER = "model.configuration_database.design:dns_failover"
RECORDS = "model.logger_hds.design:logger_hds"
STEP = "each_step_that_changes_an_object_can_be_done_after_configuration"


@pytest.mark.parametrize(
    ("target", "name", "broken"),
    [
        (JOINT, STEP, {"server failure, site failure"}),
        (JOINT, "one_failure_leaves_a_server", set()),
        (RECORDS, "recovery_starts_over_when_a_call_router_fails", set()),
    ],
)
def test_what_breaks_it_is_explained(target: str, name: str, broken: set[str]) -> None:
    found = cuts(load(target), names=[name], deviations=0)
    (promise,) = found.promises
    assert promise.whole
    assert {str(cut.combination) for cut in promise.cuts} == broken
    assert {cut.known for cut in promise.cuts} <= {Known.KNOWN}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("every_change_reaches_the_standby", {"site_failures": 1, "changes": 1}),
        ("log_databases_end_up_alike", {"site_failures": 1, "changes": 1, "log_records": 1}),
        ("the_way_back_is_open", {"changes": 1, "outages": 0}),
        ("time_without_changes_after_the_loss_of_the_secondary_site", {"server_failures": 1}),
    ],
)
def test_what_is_said_of_a_site_is_not_broken_by_its_loss(name: str, settings: dict[str, Any]) -> None:
    design = load(FAILOVER)
    (statement,) = (s for s in design.statements() if s.name == name)
    system = design.build({**statement.given, "failing": "secondary", **settings})
    assert check(system, [statement.on_any(system)])[1].conclusion is Conclusion.HOLDS


@pytest.mark.parametrize("autostart", [False, True])
def test_a_mistaken_start_is_a_cause_whichever_message_server_is_dormant(autostart: bool) -> None:
    system = load(FAILOVER).build({"management": True, "mistaken_starts": 1, "changes": 1, "autostart": autostart})
    caused = always(system.main_site.up, name="caused", finding=SECOND_MESSAGE_SERVER)
    (cause,) = causes_of(caused, system)
    assert {name for said in happenings(cause.condition) for name in said.events} == {
        e.name for e in system.events if e.fault == "mistaken start"
    }


@pytest.mark.parametrize(
    "name", ["one_hds_is_up_to_date_after_a_logger_failure", "the_other_hds_receives_everything_while_an_hds_is_away"]
)
def test_both_hds_down_is_a_finding(name: str) -> None:
    held = {"logger_failures": 0, "router_failures": 0, "clock_set_backs": 0}
    found = cuts(load(RECORDS), held, [name], deviations=0, limits=Limits(states=100_000))
    ((cut,),) = (promise.cuts for promise in found.promises)
    assert (str(cut.combination), cut.known) == ("2 x HDS failure", Known.KNOWN)
