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
    stated,
    stress,
    weakly_fair,
    whenever,
    witness,
)
from properties.info_mart_replication.findings import (
    NOT_STOPPED_FOR_THE_EXPORT,
    OLD_TRAIL_APPLIED,
    REVERSE_EXTRACT_BEGINS_NOW,
    STOPPED_AT_STEP_12,
)

RETURN = "Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"
PROGRESS = weakly_fair("automatic", "operator")
RUNNING = {"server_during_transfer": "running"}
SYNC = {**RUNNING, "second_sync": True}
BEGINS_NOW = "the reverse Extract is added in step 9, to begin now; the guide says only that it is configured there"


def back_to_normal(d: System) -> Expression:
    """The new site is active, Site 2 is its standby with replication running."""
    return d.runbook.complete & d.server3.running & d.server2.stopped & d.replicat.running & d.extract.running


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
            given={**SYNC, "sync_begins": "export_scn"},
            claims="AS-21",
            role=condition,
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
    ],
)
def both_databases_are_in_step_afterwards(d: System) -> Property:
    """Then the new database has every change that Site 2 made, and Site 2's gets every change that the new one makes."""
    return whenever(back_to_normal(d) & drained(d), d.synced & d.replicated)


@stated(claims="AS-20", source=RETURN, by_construction=True)
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


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7", by_construction=True)
def nothing_is_left_of_the_old_replication(d: System) -> Property:
    """When Replicat is started at Site 2, nothing of the earlier replication's trails and checkpoints is left."""
    return never(d.replicat.running & d.replicat.stale)


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7", given={"clean": False}, role=witness, by_construction=True)
def cleaning_is_needed(d: System) -> Property:
    """Without steps 6 and 7 Replicat can start on what an earlier replication left."""
    return reachable(d.replicat.running & d.replicat.stale)
