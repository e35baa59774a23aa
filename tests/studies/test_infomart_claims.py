"""What is found of the Info Mart claims IM and AA: verdicts, conditions, what stands beside them, and the causes of findings."""

from __future__ import annotations

import pytest

from drcheck.designs.design import load
from drcheck.verdicts.check import check_design
from drcheck.verdicts.claims import Row, decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion, DesignReport, Standing
from properties.info_mart.claims import ACTIVE_ACTIVE_INFO_MART, ACTIVE_STANDBY_INFO_MART, INFO_MART

DESIGNS = (
    "model.info_mart.active_active:active_active",
    "model.info_mart.comparison:comparison",
    "model.info_mart_replication.second_instance:second_instance",
)
FINE = "loss_in_an_outage_is_exactly_the_excess_in_quarters_of_an_hour"
"""The one that takes millions of states; it is an item of its own."""
CAUSES = {
    "outage-begins-behind",
    "outage-beyond-the-threshold",
    "step-1-gives-up-redundant-idbs",
    "no-procedure-for-site-2",
    "step-1-left-out",
    "gi2-left-out",
    "outage-taken-for-site-loss",
    "gi2-step-not-numbered",
    "second-info-mart-late",
    "second-outage-on-a-backlog",
    "server-alone-not-covered",
    "queue-of-site-2-lost",
    "remote-queue-lost-with-site-1",
    "purged-before-processed",
    "second-database-not-copied",
    "configurations-changed-apart",
}


@pytest.fixture(scope="module")
def reports() -> list[DesignReport]:
    found = []
    for target in DESIGNS:
        design = load(target)
        found.append(check_design(design, {}, [s.name for s in design.statements() if s.name != FINE]))
    return found


@pytest.fixture(scope="module")
def rows(reports: list[DesignReport]) -> dict[str, Row]:
    claims = (*INFO_MART, *ACTIVE_ACTIVE_INFO_MART, *ACTIVE_STANDBY_INFO_MART)
    return {row.claim.key: row for row in matrix(claims, [one for report in reports for one in decisions_of(report)])}


def test_verdicts(rows: dict[str, Row]) -> None:
    listed = [row for key, row in rows.items() if key.startswith(("IM-", "AA-"))]
    assert {row.claim.key: row.verdict for row in listed if row.verdict != "holds as stated"} == {
        "IM-8": "holds only if outages_begin=caught_up",
        "IM-11": "confirmed",
        "AA-2": "holds only if longest_outage=8h",
        "AA-4": "instruction",
        "AA-5": "confirmed",
        "AA-7": "instruction",
        "AA-8": "instruction",
    }
    assert all(row.claim.reason for row in listed)
    assert rows["AA-5"].amounts == ("3 intervals",)
    assert {row.following for row in listed} == {"", "it does what it is for"}


def test_what_breaks_them(rows: dict[str, Row]) -> None:
    broken = {key: row.breaks_with for key, row in rows.items() if row.breaks_with}
    assert {key for key in broken if not key.startswith("AS-")} == {
        "IM-3",
        "IM-5",
        "IM-12",
        "AA-2",
        "AA-3",
        "AA-4",
        "AA-5",
        "AA-6",
        "AA-7",
        "AA-8",
    }
    assert {key for key, row in rows.items() if row.fails_in_readings and not key.startswith("AS-")} == {
        "IM-7",
        "IM-12",
        "AA-6",
    }


def test_each_violation_is_explained_by_one_cause(reports: list[DesignReport]) -> None:
    found = [v for report in reports for v in report.verdicts if v.conclusion is Conclusion.VIOLATED]
    assert {v.property.name: v.explanation and v.explanation.standing for v in found} == {
        v.property.name: Standing.PROVED for v in found
    }
    findings = {id(finding): finding for v in found for finding in v.property.findings}
    assert sorted(finding.id for finding in findings.values()) == sorted(CAUSES)
    assert not any(v.vacuous or not v.is_expected for report in reports for v in report.verdicts)
