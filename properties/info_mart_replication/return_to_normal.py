"""What the guide promises of the return to normal operation in an active-standby deployment."""

from drcheck import (
    Expression,
    Property,
    System,
    case,
    condition,
    leads_to,
    never,
    reachable,
    reading,
    stated,
    stress,
    weakly_fair,
    whenever,
    witness,
    worst_case,
)
from model.info_mart_replication.components.application_object import SITE3
from properties.info_mart_replication.findings import (
    BOTH_SERVERS_RUN,
    CONNECTIONS_STAY_REMOVED,
    NOT_STARTED_AGAIN,
    NOT_STOPPED_FOR_THE_EXPORT,
    OLD_SEQUENCES_STAY,
    OLD_TRAIL_APPLIED,
    RETURN_STEP_LEFT_OUT,
    RETURN_STEP_LEFT_OUT_BLOCKS,
    RETURN_STEP_LEFT_OUT_UNSEEN,
    RETURN_STEP_LEFT_OUT_WHILE_RUNNING,
    REVERSE_EXTRACT_BEGINS_NOW,
    REVERSE_NEVER_STOPPED,
    SEQUENCES_LEFT_AS_THEY_WERE,
    STOPPED_AT_STEP_12,
)
from properties.info_mart_replication.recovery_times import EACH_STEP, TIMED, while_stopped
from properties.info_mart_replication.return_parts import *  # noqa: F403  # its promises are this design's too

RETURN = "Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"
PROGRESS = weakly_fair("automatic", "operator")
RUNNING = {"server_during_transfer": "running"}
SYNC = {**RUNNING, "second_sync": True}
SYNC_FROM_THE_EXPORT = {**SYNC, "sync_begins": "export_scn"}
EITHER = {"icon_objects": "either", "recovery_left": "either"}
SLIP = "a step left out or done late"
BEGINS_NOW = "the reverse Extract is added in step 9, to begin now; the guide says only that it is configured there"
LOGGED_SINCE = "supplemental logging is on at Site 2 since before the export"
CAPTURED = "an Extract captures what a Replicat writes, as its file excludes no user"


def back_to_normal(d: System) -> Expression:
    """The new site is active, Site 2 is its standby with replication running."""
    servers = d.server3.running & d.server2.stopped & (d.application.database == SITE3) & d.application.access_point
    return d.runbook.complete & servers & d.replicat.running & d.extract.running & d.datapump.running


def drained(d: System) -> Expression:
    """Everything that the new site has committed has passed through the trails."""
    return (d.datapump.shipped == d.site3_changes.scn) & (d.replicat.position == d.site3_changes.scn)


@stated(
    source=RETURN,
    cases=[
        case(when="with Site 2's server stopped meanwhile", claims="AS-20"),
        case(
            "without_the_second_synchronisation",
            "Site 2's server runs during the transfer, and nothing is synchronised after it",
            source=f"{RETURN}, step 12",
            given=RUNNING,
            claims={
                "AS-20": stress("the server runs during the transfer, and the second synchronisation is left out"),
                "AS-21": stress("the second synchronisation left out"),
            },
            finding=STOPPED_AT_STEP_12,
        ),
        case(
            "with_the_second_synchronisation",
            "Site 2's server runs during the transfer, and is synchronised from the export's SCN on",
            given=SYNC_FROM_THE_EXPORT,
            claims="AS-21",
            role=condition,
            assumptions=LOGGED_SINCE,
        ),
        case(
            "with_a_slip",
            SLIP,
            given={"slips": 1},
            claims={"AS-20": stress(SLIP)},
            finding=RETURN_STEP_LEFT_OUT_BLOCKS,
        ),
    ],
)
def option_1_makes_the_new_site_active(d: System) -> Property:
    """The procedure ends with the new site active and Site 2 as its standby."""
    return leads_to(~d.runbook.standing_by, back_to_normal(d), fairness=PROGRESS)


@stated(
    claims="AS-20",
    source=RETURN,
    cases=[
        case(),
        case(
            "without_cleaning",
            "steps 6 and 7 left out",
            source=f"{RETURN}, steps 6 and 7",
            given={"clean": False},
            claims={"AS-23": stress("steps 6 and 7 left out")},
            assumptions="Replicat applies what an earlier replication left in its trails",
            finding=OLD_TRAIL_APPLIED,
        ),
        case(
            "with_the_server_running",
            "Site 2's server runs during the transfer, and step 12 waits until both are in sync",
            source=f"{RETURN}, step 12",
            given=RUNNING,
            claims={"AS-21": stress("the second synchronisation left out")},
        ),
        case(
            "with_a_slip",
            SLIP,
            given={"slips": 1},
            claims={"AS-20": stress(SLIP)},
            assumptions="Replicat applies what an earlier replication left in its trails",
            finding=RETURN_STEP_LEFT_OUT_UNSEEN,
        ),
        case(
            "with_a_slip_while_the_server_runs",
            f"Site 2's server runs during the transfer, and is synchronised from the export's SCN on; {SLIP}",
            given={**SYNC_FROM_THE_EXPORT, "slips": 1},
            claims={"AS-21": stress(SLIP), "AS-23": stress(SLIP)},
            assumptions=f"Replicat applies what an earlier replication left in its trails; {LOGGED_SINCE}",
            finding=RETURN_STEP_LEFT_OUT_WHILE_RUNNING,
        ),
    ],
)
def both_databases_are_in_step_afterwards(d: System) -> Property:
    """Then the new database has every change that Site 2 made, and Site 2's gets every change that the new one makes."""
    return whenever(back_to_normal(d) & drained(d), d.synced & d.replicated)


@stated(
    source=RETURN,
    cases=[
        case(claims="AS-20"),
        case(
            "with_a_slip",
            SLIP,
            given={"slips": 1},
            claims={"AS-20": stress(SLIP)},
            finding=RETURN_STEP_LEFT_OUT,
        ),
    ],
)
def what_is_completed_is_normal(d: System) -> Property:
    """When the procedure is through, the new site is active, with its sources, and Site 2 its standby."""
    return whenever(d.runbook.complete, back_to_normal(d) & d.source_connections.connected)


@stated(
    claims="AS-20",
    source=f"{RETURN}, steps 3 and 14c; Disaster Recovery Procedure, step 3",
    given=EITHER,
    cases=[
        case(finding=CONNECTIONS_STAY_REMOVED),
        case(
            "with_new_objects",
            "ICONs and IDBs of the new site have new objects",
            given={"icon_objects": "new"},
            role=condition,
        ),
        case(
            "after_disabling",
            "the recovery disabled the objects of the lost site, rather than remove the connections",
            given={"recovery_left": "disabled"},
            role=condition,
        ),
        case(
            "with_every_connection",
            "step 14c adds every connection that is missing",
            given={"every_connection": True},
            role=condition,
        ),
    ],
)
def the_sources_of_the_new_site_are_connected(d: System) -> Property:
    """After the return Info Mart reaches the ICONs and IDBs of the new site."""
    return whenever(back_to_normal(d), d.source_connections.connected)


@stated(
    source=f"{RETURN}, step 2; Setting Up Replication: step 8 of the copy",
    given={"new_site": "either"},
    cases=[
        case(
            claims={"AS-20": reading("recovered Site 1 still has its old database when the copy is imported")},
            finding=OLD_SEQUENCES_STAY,
        ),
        case(
            "if_they_are_dropped",
            "the sequences at the new site are dropped before the import",
            given={"drop_sequences": True},
        ),
        case(
            "if_they_are_dropped_with_a_slip",
            f"the sequences at the new site are to be dropped before the import; {SLIP}",
            given={"drop_sequences": True, "slips": 1},
            claims={"AS-20": stress(SLIP)},
            finding=SEQUENCES_LEFT_AS_THEY_WERE,
        ),
    ],
)
def sequences_are_those_of_site_2(d: System) -> Property:
    """The new site goes into service with the sequences of the copy, so that new keys follow those that are there."""
    return whenever(back_to_normal(d), d.new_site_copy.sequences == "imported")


@stated(
    source=f"{RETURN}, introduction and steps 9 to 12",
    cases=[
        case(when="without the second synchronisation", claims="AS-20", by_construction=True),
        case("with_the_second_synchronisation", given=SYNC, claims="AS-21", finding=REVERSE_NEVER_STOPPED),
        case(
            "if_it_is_stopped",
            "the reverse replication is stopped when both are in sync",
            given={**SYNC, "stop_reverse": True},
            claims="AS-21",
            role=condition,
        ),
    ],
)
def replication_runs_in_one_direction(d: System) -> Property:
    """Replication never runs in both directions at once."""
    return never(d.reverse_extract.running & d.extract.running)


@stated(
    claims={"AS-21": reading(CAPTURED)},
    source=f"{RETURN}, steps 9 to 12; Setting Up Replication: Extract",
    given={**SYNC_FROM_THE_EXPORT, "replicated_captured": True},
    cases=[
        case(
            assumptions=f"{LOGGED_SINCE}; every change goes to the same row",
            finding=REVERSE_NEVER_STOPPED,
        ),
        case("if_the_reverse_is_stopped", "the reverse replication is stopped", given={"stop_reverse": True}),
    ],
)
def no_change_is_overwritten_by_an_earlier_one(d: System) -> Property:
    """What the new site commits is not overwritten by an earlier change of its own that comes back."""
    return never(d.returned_changes.overwrote)


@stated(
    source=RETURN,
    cases=[
        case(claims="AS-20", by_construction=True),
        case("with_a_slip", SLIP, given={"slips": 1}, claims={"AS-20": stress(SLIP)}, finding=BOTH_SERVERS_RUN),
    ],
)
def one_server_at_a_time(d: System) -> Property:
    """The servers of both sites never run at once."""
    return never(d.server2.running & d.server3.running)


@stated(claims="AS-21", source=RETURN, given={**RUNNING, "check_sync": False}, role=witness)
def without_the_second_synchronisation_they_differ(d: System) -> Property:
    """With Site 2's server running during the transfer and no second synchronisation, the databases can differ for good."""
    return reachable(back_to_normal(d) & drained(d) & ~d.synced)


@stated(
    source=RETURN,
    given=SYNC,
    claims="AS-21",
    cases=[
        case(
            given={"check_sync": False},
            assumptions=BEGINS_NOW,
            finding=REVERSE_EXTRACT_BEGINS_NOW,
        ),
        case(
            "from_the_export",
            "the reverse Extract begins at the SCN of the export",
            given={"check_sync": False, "sync_begins": "export_scn"},
            role=condition,
            assumptions=LOGGED_SINCE,
        ),
    ],
)
def the_second_synchronisation_brings_them_in_step(d: System) -> Property:
    """With the second synchronisation, once it has caught up, the new database has every change that Site 2 made."""
    return whenever(back_to_normal(d) & (d.reverse_replicat.position == d.site2_changes.scn), d.synced)


@stated(
    claims="AS-22",
    source=f"{RETURN}, step 2",
    cases=[
        case(when="where Site 2's server is stopped for the time of the transfer", by_construction=True),
        case(
            "if_the_note_is_followed",
            "where it goes on during the transfer and the note of step 2 is followed",
            given={**RUNNING, "stop_for_export": True},
        ),
        case(
            "by_the_numbered_steps",
            "where it goes on during the transfer, by the numbered steps alone",
            given=RUNNING,
            role=stress("the server goes on during the transfer, and the note of step 2 is overlooked"),
            finding=NOT_STOPPED_FOR_THE_EXPORT,
        ),
    ],
)
def the_server_does_not_run_during_the_export(d: System) -> Property:
    """Site 2's server does not run during the export."""
    return never(d.export.running & d.server2.running)


@stated(
    source=f"{RETURN}, note of step 2",
    given={**RUNNING, "stop_for_export": True},
    cases=[
        case(),
        case("with_a_slip", SLIP, given={"slips": 1}, finding=NOT_STARTED_AGAIN),
    ],
)
def the_server_runs_during_the_transfer(d: System) -> Property:
    """A server that was stopped for the export runs while the copy is transferred and imported."""
    return whenever(d.runbook.step_2_transfer | d.runbook.step_2_import, d.server2.running)


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7")
def nothing_is_left_of_the_old_replication(d: System) -> Property:
    """When Replicat is started at Site 2, nothing of the earlier replication's trails and checkpoints is left."""
    return never(d.replicat.running & d.replicat.stale)


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7", given={"clean": False}, role=witness, by_construction=True)
def cleaning_is_needed(d: System) -> Property:
    """Without steps 6 and 7 Replicat can start on what an earlier replication left."""
    return reachable(d.replicat.running & d.replicat.stale)


@stated(
    source=RETURN,
    given=TIMED,
    assumptions=EACH_STEP,
    cases=[
        case(when="with Site 2's server stopped meanwhile"),
        case(
            "with_the_second_synchronisation",
            "where Site 2's server runs during the transfer, and is synchronised from the export's SCN on",
            given={**SYNC, "sync_begins": "export_scn"},
        ),
    ],
)
def time_without_a_server_in_the_return(d: System) -> Property:
    """For how long at worst no Info Mart Server runs, so that reports show nothing new: half as long with the second sync."""
    stop = "step_8_stop_server" if "step_8_stop_server" in d.runbook.states else "step_1_stop_server"
    return worst_case(d.recovery_clock.without, at_most=while_stopped(d, d.runbook, stop, "step_15_start_server"))
