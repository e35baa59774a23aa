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

REPLICATION: dict[str, tuple[int, dict[str, str]]] = {
    RETURN: (
        27,
        {
            "option_1_makes_the_new_site_active_without_the_second_synchronisation": "stopped-at-step-12",
            "option_1_makes_the_new_site_active_with_a_slip": "return-step-left-out-blocks",
            "both_databases_are_in_step_afterwards_without_cleaning": "old-trail-applied",
            "both_databases_are_in_step_afterwards_with_a_slip": "return-step-left-out-unseen",
            "both_databases_are_in_step_afterwards_with_a_slip_while_the_server_runs": "return-step-left-out-while-running",
            "what_is_completed_is_normal_with_a_slip": "return-step-left-out",
            "the_sources_of_the_new_site_are_connected": "connections-stay-removed",
            "sequences_are_those_of_site_2": "old-sequences-stay",
            "sequences_are_those_of_site_2_if_they_are_dropped_with_a_slip": "sequences-left-as-they-were",
            "the_server_runs_during_the_transfer_with_a_slip": "not-started-again-for-the-transfer",
            "replication_runs_in_one_direction_with_the_second_synchronisation": "reverse-never-stopped",
            "no_change_is_overwritten_by_an_earlier_one": "reverse-never-stopped",
            "one_server_at_a_time_with_a_slip": "both-servers-run",
            "the_second_synchronisation_brings_them_in_step": "reverse-extract-begins-now",
            "the_server_does_not_run_during_the_export_by_the_numbered_steps": "not-stopped-for-the-export",
        },
    ),
    OPTION_2: (
        8,
        {
            "both_are_in_step_with_the_server_started_after_the_export": "extract-comes-too-late",
            "both_are_in_step_with_the_server_started_after_the_import": "extract-comes-too-late",
            "the_sources_of_the_new_site_are_connected": "connections-stay-removed",
        },
    ),
    SETUP: (
        28,
        {
            "every_name_in_the_samples_has_its_owner": "names-without-owner",
            "every_word_of_the_samples_is_known": "words-unknown",
            "recovery_needs_no_excluded_table": "recovery-needs-excluded",
            "replicat_handles_collisions_only_at_its_start": "collisions-stay-handled",
            "tables_that_an_upgrade_adds_are_logged": "new-tables-unlogged",
            "the_samples_exclude_no_more_than_the_list": "wildcards-wider",
            "the_samples_exclude_the_data_of_the_listed_tables": "notifications-not-excluded",
            "the_samples_exclude_the_schema_changes_of_the_listed_tables": "schema-changes-not-excluded",
            "the_samples_replicate_the_high_water_mark": "names-without-owner",
            "what_replicat_cannot_apply_stops_it": "failures-passed-over",
            "both_are_in_step_in_the_published_order": "extract-comes-too-late",
            "both_are_in_step_after_an_upgrade": "trandata-not-repeated",
            "both_are_in_step_with_the_current_scn": "current-scn-taken-literally",
            "both_are_in_step_beside_an_older_export": "older-export-imported",
            "both_are_in_step_with_a_slip": "set-up-step-left-out-unseen",
            "the_set_up_is_completed_with_the_file_as_it_is_named": "export-names-no-file",
            "the_set_up_is_completed_with_a_slip": "set-up-step-left-out-blocks",
            "a_completed_set_up_is_in_order_with_a_slip": "set-up-step-left-out",
            "replication_arrives_on_unix": "trail-of-two-names",
            "the_server_is_stopped_during_the_export_with_a_slip": "export-of-a-running-server",
        },
    ),
    UPGRADE: (
        4,
        {
            "the_version_row_tells_the_schema": "schema-version-excluded",
            "the_standby_comes_into_service_where_migration_fails_on_new_tables": "migration-meets-new-tables",
        },
    ),
    KEYS: (
        2,
        {
            "no_new_key_is_in_use_without_replicated_sequences": "sequences-not-replicated",
            "no_new_key_is_in_use_without_dropping_the_old_ones": "sequences-not-dropped",
            "no_key_is_given_twice": "keys-given-again",
        },
    ),
}
"""By design of the replication: how many properties hold, and the finding of each that is violated."""


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


def test_what_holds_of_the_replication_and_what_is_found(reports: list[DesignReport]) -> None:
    found = {report.design.name: report.verdicts[1:] for report in reports}
    assert {
        name: (
            sum(v.conclusion is Conclusion.HOLDS and v.vacuous is None for v in found[name]),
            {v.property.name: v.property.findings[0].id for v in found[name] if v.conclusion is Conclusion.VIOLATED},
        )
        for name in REPLICATION
    } == REPLICATION


def test_each_finding_is_one_object_with_an_identifier_and_causes() -> None:
    found = [
        value
        for module in (standby_findings, replication_findings, sample_findings)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, Finding)
    ]
    assert len({f.id for f in found}) == len(found) == 53
    assert {f.id for f in found if not f.causes} == WITHOUT_CAUSES
    assert all(f.who and f.silent is not None for f in found)
