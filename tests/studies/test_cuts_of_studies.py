"""Minimal cut sets of the studies that had no finding once: each is explained by one now, or the promise says what it means."""

from __future__ import annotations

import pytest

from drcheck.answers.cuts import Known, cuts
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits

JOINT = "model.joint_recovery.design:joint_recovery"
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
    "name", ["one_hds_is_up_to_date_after_a_logger_failure", "the_other_hds_receives_everything_while_an_hds_is_away"]
)
def test_both_hds_down_is_a_finding(name: str) -> None:
    held = {"logger_failures": 0, "router_failures": 0, "clock_set_backs": 0}
    found = cuts(load(RECORDS), held, [name], deviations=0, limits=Limits(states=100_000))
    ((cut,),) = (promise.cuts for promise in found.promises)
    assert (str(cut.combination), cut.known) == ("2 x HDS failure", Known.KNOWN)
