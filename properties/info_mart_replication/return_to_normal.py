"""What the guide promises of the return to normal operation in an active-standby deployment."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    leads_to,
    never,
    reachable,
    stated,
    weakly_fair,
    whenever,
)

RETURN = "Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"
PROGRESS = weakly_fair("automatic", "operator")
RUNNING = {"server_during_transfer": "running"}
SYNC = {**RUNNING, "second_sync": True, "sync_begins": "export_scn"}


def back_to_normal(d: System) -> Expression:
    """The new site is active, Site 2 is its standby with replication running."""
    return d.runbook.complete & d.server3.running & d.server2.stopped & d.replicat.running & d.extract.running


def drained(d: System) -> Expression:
    """Everything that the new site has committed has passed through the trails."""
    return (d.datapump.shipped == d.site3_changes.scn) & (d.replicat.position == d.site3_changes.scn)


@stated(claims="AS-20", source=RETURN)
def option_1_makes_the_new_site_active(d: System) -> Property:
    """With Site 2's server stopped meanwhile, the procedure ends with the new site active and Site 2 as its standby."""
    return leads_to(~d.runbook.standing_by, back_to_normal(d), fairness=PROGRESS)


@stated(claims="AS-20", source=RETURN)
def both_databases_are_in_step_afterwards(d: System) -> Property:
    """Then the new database has every change that Site 2 made, and Site 2's gets every change that the new one makes."""
    return whenever(back_to_normal(d) & drained(d), d.synced & d.replicated)


@stated(claims="AS-20", source=RETURN)
def one_server_at_a_time(d: System) -> Property:
    """The servers of both sites never run at once."""
    return never(d.server2.running & d.server3.running)


@stated(claims="AS-21", source=RETURN, given={**RUNNING, "check_sync": False})
def without_the_second_synchronisation_they_differ(d: System) -> Property:
    """With Site 2's server running during the transfer and no second synchronisation, the databases can differ for good."""
    return reachable(back_to_normal(d) & drained(d) & ~d.synced)


@stated(
    claims="AS-21",
    source=RETURN,
    given={**RUNNING, "second_sync": True, "check_sync": False},
    assumptions="the reverse Extract is added in step 9, to begin now; the guide says only that it is configured there",
    finding=Finding(
        title="The second synchronisation must begin at the export's SCN, which the procedure does not say",
        explanation=(
            "Step 9 has replication run in the reverse direction after the transfer, set up as described for the first "
            "replication, where Extract is added to begin now. By then Site 2's server has been stopped: everything "
            "that it changed during the transfer was committed before Extract was added, and none of it is captured. "
            "The second synchronisation then transfers nothing, or only what was changed after Extract was added."
        ),
        repair="Let the reverse Extract begin at the SCN of the export (or add it before the export).",
        repaired={"sync_begins": "export_scn"},
    ),
)
def the_second_synchronisation_brings_them_in_step(d: System) -> Property:
    """With the second synchronisation, once it has caught up, the new database has every change that Site 2 made."""
    return whenever(back_to_normal(d) & (d.reverse_replicat.position == d.site2_changes.scn), d.synced)


@stated(claims="AS-21", source=RETURN, given=SYNC)
def synchronised_from_the_export_the_procedure_completes(d: System) -> Property:
    """With the second synchronisation from the export's SCN, step 12 is passed and the new site becomes active."""
    return leads_to(~d.runbook.standing_by, back_to_normal(d) & d.synced, fairness=PROGRESS)


@stated(
    claims=("AS-20", "AS-21"),
    source=f"{RETURN}, step 12",
    given=RUNNING,
    finding=Finding(
        title="Without the second synchronisation the procedure can stop at step 12 with no server in service",
        explanation=(
            "Step 12 asks to make sure that both databases are in sync. If Site 2's server ran during the transfer they "
            "are not, and no step from there on changes it; Site 2's server has been stopped in step 8, the new one is "
            "started in step 15 only. Reporting stands still until somebody improvises."
        ),
        repair="Check that the databases will be in sync before step 8: make step 9 part of the procedure, not an option.",
        repaired={"second_sync": True, "sync_begins": "export_scn"},
        chart=True,
    ),
)
def the_procedure_completes(d: System) -> Property:
    """With Site 2's server running during the transfer, the procedure ends with the new site active."""
    return leads_to(~d.runbook.standing_by, back_to_normal(d), fairness=PROGRESS)


@stated(claims="AS-22", source=f"{RETURN}, step 2")
def a_stopped_server_does_not_run_during_the_export(d: System) -> Property:
    """Where Site 2's server is stopped for the time of the transfer, it does not run during the export."""
    return never(d.export.running & d.server2.running)


@stated(
    claims="AS-22",
    source=f"{RETURN}, step 2",
    given=RUNNING,
    finding=Finding(
        title="No numbered step stops the server for the export where it goes on during the transfer",
        explanation=(
            "Step 1 stops it only if a stop for the whole transfer is acceptable. That it should at least not run during "
            "the export is said in a note of step 2; an operator who works by the numbers exports from a running system."
        ),
        repair="Number it: stop the server before the export and start it again after it.",
        repaired={"stop_for_export": True},
    ),
)
def the_server_does_not_run_during_the_export(d: System) -> Property:
    """Even where it runs during the transfer, Site 2's server does not run during the export itself."""
    return never(d.export.running & d.server2.running)


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7")
def nothing_is_left_of_the_old_replication(d: System) -> Property:
    """When Replicat is started at Site 2, nothing of the earlier replication's trails and checkpoints is left."""
    return never(d.replicat.running & d.replicat.stale)


@stated(claims="AS-23", source=f"{RETURN}, steps 6 and 7", given={"clean": False})
def cleaning_is_needed(d: System) -> Property:
    """Without steps 6 and 7 Replicat can start on what an earlier replication left."""
    return reachable(d.replicat.running & d.replicat.stale)
