"""The verdicts on the claims of the active-standby Info Mart and its replication, and the causes of what was found."""

from __future__ import annotations

import pytest

from drcheck import Finding
from drcheck.designs.design import load
from drcheck.verdicts.check import check_design
from drcheck.verdicts.claims import decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion, DesignReport, Standing
from properties.info_mart import standby_findings
from properties.info_mart.claims import ACTIVE_STANDBY_INFO_MART
from properties.info_mart_replication import findings as replication_findings
from properties.info_mart_replication import sample_findings

ACTIVE_STANDBY = "model.info_mart.active_standby:active_standby"
SETUP = "model.info_mart_replication.setup:replication_setup"
RETURN = "model.info_mart_replication.return_to_normal:return_to_normal"
OPTION_2 = "model.info_mart_replication.return_option_2:return_option_2"
KEYS = "model.info_mart_replication.keys_after_takeover:keys_after_takeover"
UPGRADE = "model.info_mart_replication.upgrade_and_takeover:upgrade_and_takeover"
LARGE = ("AS-1", "AS-2", "AS-3", "AS-4", "AS-13", "AS-16")
"""Claims whose properties take searches of more than half a million states; they are decided as items of their own."""
WITHOUT_CAUSES = {
    "nothing-extracted-again",
    *(f.id for f in vars(sample_findings).values() if isinstance(f, Finding)),
}
"""That something happens in no execution, and facts about texts, have no executions in which a cause could be seen."""


@pytest.fixture(scope="module")
def reports() -> list[DesignReport]:
    """What decides the claims, but for those of the large searches."""
    found = [check_design(load(target)) for target in (SETUP, RETURN, OPTION_2, KEYS, UPGRADE)]
    standby = load(ACTIVE_STANDBY)
    named = {s.name: [k for k in s.details["claims"] if k.startswith("AS-")] for s in standby.statements()}
    names = [name for name, keys in named.items() if keys and not set(keys) & set(LARGE)]
    names += [n for n in named if n.startswith("nothing_is_lost_beyond_what_the_guide_names")]
    return [*found, check_design(standby, None, names)]


def test_verdicts(reports: list[DesignReport]) -> None:
    claims = ACTIVE_STANDBY_INFO_MART
    keys = {c.key for c in claims}
    decided = [(k, d) for report in reports for k, d in decisions_of(report) if k in keys]
    words = {row.claim.key: row.verdict for row in matrix(claims, decided)}
    assert {
        key: word for key, word in words.items() if word not in ("not decided", "instruction", "holds as stated")
    } == {
        "AS-5": "contradicted",
        "AS-8": "contradicted",
        "AS-9": "loses less than stated",
        "AS-10": "loses less than stated",
        "AS-11": "confirmed",
        "AS-12": "contradicted",
        "AS-13": "holds only if keep_icons=yes or icon_gates_idb=no",
        "AS-17": "holds only if lost_only_in_step=yes",
        "AS-18": "fails as stated",
        "AS-20": "holds only if icon_objects=new or recovery_left=disabled or every_connection=yes",
        "AS-25": "fails as stated",
    }
    assert [key for key, word in words.items() if word == "holds as stated"] == ["AS-6", "AS-7"]
    instructions = ["AS-14", "AS-15", "AS-19", "AS-21", "AS-22", "AS-23"]
    assert [key for key, word in words.items() if word == "instruction"] == instructions
    assert all(c.reason for c in claims)


def test_every_violation_is_explained_by_its_causes(reports: list[DesignReport]) -> None:
    violated = [v for report in reports for v in report.verdicts if v.conclusion is Conclusion.VIOLATED]
    standing = {
        v.property.name: v.explanation and v.explanation.standing
        for v in violated
        if {f.id for f in v.property.findings} - WITHOUT_CAUSES
    }
    assert standing == dict.fromkeys(standing, Standing.PROVED)
    assert len(standing) > 15
    assert [v.property.name for v in violated if not v.property.findings] == []


def test_each_finding_is_one_object_with_an_identifier_and_causes() -> None:
    found = [
        value
        for module in (standby_findings, replication_findings, sample_findings)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, Finding)
    ]
    assert len({f.id for f in found}) == len(found) == 49
    assert {f.id for f in found if not f.causes} == WITHOUT_CAUSES
    assert all(f.who and f.silent is not None for f in found)
