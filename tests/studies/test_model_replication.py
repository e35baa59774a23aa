"""Set-up of the replication, take-over, return to normal operation, a second active instance: counts, engines, abstractions."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion

SETUP = "model.info_mart_replication.setup:replication_setup"
RETURN = "model.info_mart_replication.return_to_normal:return_to_normal"
SECOND = "model.info_mart_replication.second_instance:second_instance"
KEYS = "model.info_mart_replication.keys_after_takeover:keys_after_takeover"
UPGRADE = "model.info_mart_replication.upgrade_and_takeover:upgrade_and_takeover"
OPTION_2 = "model.info_mart_replication.return_option_2:return_option_2"
TAKES_TWO = "no_change_is_overwritten_by_an_earlier_one"
"""With one change nothing later is there to be overwritten."""
DESIGNS = [SETUP, RETURN, OPTION_2, SECOND, KEYS, UPGRADE]
SYNC_FROM_THE_EXPORT = {"server_during_transfer": "running", "second_sync": True, "sync_begins": "export_scn"}


@pytest.mark.parametrize(
    ("design", "settings", "pinned"),
    [
        (SETUP, {}, (516, 835, 25)),
        (SETUP, {"two_people": True, "slips": 1}, (11_886, 29_622, 27)),
        (SETUP, {"order": "extract_first", "slips": 1}, (5_452, 10_783, 26)),
        (SETUP, {"order": "extract_first", "which_scn": "current"}, (1_098, 1_718, 25)),
        (SETUP, {"renamed": False}, (80, 107, 13)),
        (SETUP, {"order": "extract_first", "renamed": False, "older_export": True}, (636, 995, 25)),
        (RETURN, {}, (160, 206, 32)),
        (RETURN, {"server_during_transfer": "running", "second_sync": True}, (813, 1_744, 39)),
        (RETURN, {"slips": 1}, (3_589, 7_594, 34)),
        (RETURN, {"icon_objects": "either", "recovery_left": "either"}, (512, 656, 32)),
        (RETURN, {**SYNC_FROM_THE_EXPORT, "replicated_captured": True}, (1_717, 3_814, 42)),
        (RETURN, {**SYNC_FROM_THE_EXPORT, "stop_reverse": True}, (911, 1_268, 40)),
        (OPTION_2, {}, (375, 757, 26)),
        (OPTION_2, {"server_starts": "after_export"}, (887, 1_814, 26)),
        (SECOND, {}, (750, 1_559, 31)),
        (SECOND, {"copied": False}, (42, 85, 7)),
        (KEYS, {}, (456, 782, 17)),
        (KEYS, {"sequences_replicated": False}, (618, 1_031, 25)),
        (UPGRADE, {}, (13, 14, 5)),
        (UPGRADE, {"migration": "fails"}, (14, 14, 6)),
    ],
)
def test_pinned_counts_and_engines(design: str, settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    system = load(design).build(settings)
    results = [
        engine_named(name).explore(system, Query(graph=True)) for name in ("reference", "python", "numpy", "native")
    ]
    for found in results:
        assert (found.states, found.transitions, found.depth) == pinned
        assert found.graph is not None
        assert results[0].graph is not None
        assert (found.graph.targets == results[0].graph.targets).all()


@pytest.mark.parametrize("design", DESIGNS)
def test_every_repair_works(design: str) -> None:
    """A finding that names parameters which repair it: with them the same promise holds, and not vacuously."""
    found = load(design)
    for statement in found.statements():
        finding = statement.finding
        if finding is not None and finding.repaired:
            system = found.build({**statement.given, **finding.repaired})
            verdict = check(system, [statement.on_any(system)])[1]
            assert (verdict.conclusion, verdict.vacuous) == (Conclusion.HOLDS, None), statement.name


@pytest.mark.parametrize(("design", "numbers"), [(SETUP, (1, 2, 3, 5)), (RETURN, (1, 2, 4)), (OPTION_2, (1, 2, 5))])
def test_the_number_of_changes_does_not_matter(design: str, numbers: tuple[int, ...]) -> None:
    """One change between two steps shows what any number does; what is overwritten takes two, and so holds with one."""
    found = load(design)
    expected = {v.property.name: v.conclusion for v in check_design(found).verdicts}
    for changes in numbers:
        verdicts = {v.property.name: v.conclusion for v in check_design(found, {"changes": changes}).verdicts}
        alone = {TAKES_TWO: Conclusion.HOLDS} if changes == 1 and TAKES_TWO in expected else {}
        assert verdicts == {**expected, **alone}, changes


@pytest.mark.parametrize("design", DESIGNS)
def test_every_event_of_one_component_is_meant(design: str) -> None:
    names = {e.name for e in load(design).build().events if len(e.participants) == 1}
    assert names <= {
        "begin_source_runbook",
        "begin",
        "datapump.ship",
        "reverse_datapump.ship",
        "step_12_check_sync",
        "info_mart3.start_server",
        "site1.site1_is_lost",
        "active.take_keys",
        "standby.import_dump",
        "standby.sequence_arrives",
        "standby.row_arrives",
        "standby_schema.schema_arrives",
        "standby_schema.finds_its_version",
        "standby_schema.enters_migration_state",
        "migrate",
        "configuration1.change",
        "configuration2.change",
    }


def test_the_loss_while_purging_is_what_outlasts_the_retention() -> None:
    """However long the transfer takes, what is lost is the time by which it exceeds the retention."""
    from drcheck import hours, worst_case

    found = load(SECOND)
    for transfer in (12, 13, 18, 24, 30):
        system = found.build({"longest_transfer": hours(transfer)})
        verdict = check(system, [worst_case(system.info_mart3.lost)])[1]
        assert verdict.value == max(0, transfer - 12)


@pytest.mark.parametrize(("cache", "keys"), [(1, 3), (1, 6), (2, 7), (3, 10), (4, 12)])
def test_the_gap_of_keys_is_two_caches_however_many_keys(cache: int, keys: int) -> None:
    report = check_design(load(KEYS), {"cache": cache, "keys": keys})
    assert {v.property.name: (v.conclusion.value, v.value) for v in report.verdicts[1:]} == {
        "no_new_key_is_in_use": ("HOLDS", None),
        "no_new_key_is_in_use_without_replicated_sequences": ("VIOLATED", None),
        "no_new_key_is_in_use_without_dropping_the_old_ones": ("VIOLATED", None),
        "no_key_is_given_twice": ("VIOLATED", None),
        "keys_left_out": ("HOLDS", 2 * cache),
    }


def test_replicating_the_version_row_alone_makes_it_worse() -> None:
    """The server finds its own version, does not migrate, and works on excluded tables of the old one."""
    design = load(UPGRADE)
    alone = check_design(design, {"version_replicated": True}, ["etl_finds_one_schema"])
    both = check_design(design, {"version_replicated": True, "schema_changes": "of_all_tables"})
    assert alone.verdicts[-1].conclusion is Conclusion.VIOLATED
    words = {v.property.name: v.conclusion for v in both.verdicts}
    assert words["etl_finds_one_schema"] is words["the_version_row_tells_the_schema"] is Conclusion.HOLDS
    assert words["the_standby_comes_into_service_where_migration_fails_on_new_tables"] is Conclusion.HOLDS


def test_what_a_second_database_lacks_that_nobody_copied_is_what_was_purged() -> None:
    """However long the first one has existed, what is lacking is what is older than the IDBs' retention."""
    from drcheck import hours, worst_case

    found = load(SECOND)
    for history in (6, 12, 13, 24, 40):
        system = found.build({"copied": False, "history": hours(history)})
        verdict = check(system, [worst_case(system.info_mart3.lost)])[1]
        assert verdict.value == max(0, history - 12)
