"""Info Mart and the Configuration Database recovered together: counts, verdicts, engines, and what the model leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion, DesignReport, Standing

JOINT = "model.joint_recovery.design:joint_recovery"
CONFIGURATION = "model.configuration_database.design:dns_failover"
FIRST: dict[str, Any] = {"order": "configuration_first"}


def found(design: str, settings: dict[str, Any], engine: str = "python", graph: bool = False) -> Any:
    exploration = engine_named(engine).explore(load(design).build(settings), Query(graph=graph))
    assert exploration.complete
    return exploration


@pytest.mark.parametrize(
    ("settings", "pinned"),
    [
        ({}, (428, 993, 42)),
        ({"main_returns": False}, (66, 142, 27)),
        (FIRST, (382, 855, 42)),
        ({"order": "info_mart_first"}, (5, 5, 4)),
        ({"architecture": "active_active"}, (153, 343, 30)),
        ({"server_failures": 1}, (1_643, 4_106, 44)),
        ({"tool": "master_host"}, (1_034, 2_313, 43)),
        ({"command_line": "master"}, (474, 1_087, 43)),
        ({"partitioned": False}, (344, 801, 38)),
    ],
    ids=str,
)
def test_pinned_counts(settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    exploration = found(JOINT, settings)
    assert (exploration.states, exploration.transitions, exploration.depth) == pinned


@pytest.mark.parametrize(
    "settings", [{}, {"tool": "master_host", "command_line": "master"}, {"architecture": "active_active"}]
)
def test_engines_agree(settings: dict[str, Any]) -> None:
    first, *others = [found(JOINT, settings, name, True) for name in ("reference", "python", "numpy", "native")]
    for other in others:
        assert (other.states, other.transitions, other.depth) == (first.states, first.transitions, first.depth)
        assert (other.fired, other.deadlocks) == (first.fired, first.deadlocks)
        assert all(other.state(n) == first.state(n) for n in range(0, first.states, 7))


@pytest.fixture(scope="module")
def report() -> DesignReport:
    return check_design(load(JOINT))


def test_every_statement_is_decided_as_expected(report: DesignReport) -> None:
    assert [v.property.name for v in report.verdicts if not v.is_expected or v.vacuous] == []
    violated = [v for v in report.verdicts if v.conclusion is Conclusion.VIOLATED]
    assert len(report.verdicts) == 38
    assert len(violated) == 9
    assert {v.explanation.standing for v in violated if v.explanation} == {Standing.PROVED}
    assert all(v.explanation for v in violated)
    assert {f.id for v in violated for f in v.property.findings} == {
        "backup-takes-over-during-the-recovery-of-info-mart",
        "command-line-names-a-dormant-server",
        "info-mart-recovered-in-limited-mode",
        "old-application-object-read",
        "switched-back-during-the-recovery-of-info-mart",
    }


@pytest.mark.parametrize("architecture", ["active_standby", "active_active"])
def test_the_order_of_the_two_procedures_decides(architecture: str) -> None:
    """After the other no step waits; beside it one waits, and the procedure ends; before it nothing ends."""
    design, words = load(JOINT), {}
    for order in ("configuration_first", "side_by_side", "info_mart_first"):
        system = design.build({"order": order, "main_returns": False, "architecture": architecture})
        asked = {}
        for s in design.statements():
            asked.setdefault(s.name.partition("_side_by_side")[0], s)
        chosen = ("each_step_that_changes_an_object_can_be_done", "the_procedure_of_info_mart_comes_to_its_end")
        verdicts = check(system, [asked[name].on_any(system) for name in chosen])[1:]
        words[order] = [v.conclusion.value for v in verdicts]
    assert words == {
        "configuration_first": ["HOLDS", "HOLDS"],
        "side_by_side": ["VIOLATED", "HOLDS"],
        "info_mart_first": ["VIOLATED", "VIOLATED"],
    }


def _repairs() -> list[Any]:
    return [s for s in load(JOINT).statements() if s.finding is not None and s.finding.repaired]


@pytest.mark.parametrize("statement", _repairs(), ids=lambda s: s.name)
def test_repairs_repair(statement: Any) -> None:
    system = load(JOINT).build({**statement.given, **statement.finding.repaired})
    verdict = check(system, [statement.on_any(system)])[1]
    assert verdict.conclusion is Conclusion.HOLDS
    assert verdict.vacuous is None


SHARED = (
    "main_site",
    "main_database",
    "secondary_database",
    "main_servers",
    "secondary_servers",
    "secondary_proxies",
    "secondary_proxies.address",
    "dns_record",
    "operators",
    "switch_over",
    "switch_back",
)
"""The parts, and the variable, that the two designs have in common."""


@pytest.mark.parametrize("server_failures", [0, 1, 2])
def test_configuration_behaves_as_in_its_own_study(server_failures: int) -> None:
    """What is left out changes nothing of what is kept: its reachable states are those of the larger design, all and only."""
    seen = []
    for target, settings in ((JOINT, {}), (CONFIGURATION, {"changes": 1, "outages": 0, "failing": "main"})):
        settings = {**settings, "server_failures": server_failures}
        system, exploration = load(target).build(settings), found(target, settings)
        decoded = (system.decode(exploration.state(n)) for n in range(exploration.states))
        seen.append({tuple(state[key] for key in SHARED) for state in decoded})
    assert len(seen[0]) == (46, 106, 136)[server_failures]
    assert seen[0] == seen[1]
