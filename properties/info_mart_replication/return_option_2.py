"""What the guide promises of option 2 of the return to normal operation."""

from drcheck import Expression, Property, System, case, leads_to, reading, stated, weakly_fair, whenever, worst_case
from properties.info_mart_replication.findings import CONNECTIONS_STAY_REMOVED, EXTRACT_COMES_TOO_LATE
from properties.info_mart_replication.recovery_times import EACH_STEP, TIMED, while_stopped

RETURN = "Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"
OPTION_2 = {"AS-20": reading("option 2 is the set-up of replication, with the survivor as its source")}
AFTER_EXPORT = {
    "AS-20": reading(
        "in option 2 the server may run as soon as the export is complete, with no synchronisation besides"
    )
}
AFTER_IMPORT = {
    "AS-20": reading(
        "in option 2 the server is stopped for the transfer, as step 1 says, and started when the copy is imported"
    )
}
EITHER = {"icon_objects": "either", "recovery_left": "either"}


def normal(d: System) -> Expression:
    """Site 2's server runs, and all three processes carry its changes to an imported copy."""
    return d.server.running & d.extract.running & d.datapump.running & d.replicat.running & d.target.imported


def settled(d: System) -> Expression:
    """The procedure is through, and everything committed so far has passed through the trails."""
    scn = d.source.scn
    return d.runbook.complete & normal(d) & (d.datapump.shipped == scn) & (d.replicat.position == scn)


@stated(source=RETURN, claims=OPTION_2)
def option_2_makes_the_new_site_the_standby(d: System) -> Property:
    """The procedure ends with the survivor active and the new site as its standby."""
    return leads_to(~d.runbook.standing_by, settled(d), fairness=weakly_fair("automatic", "operator"))


@stated(source=RETURN, claims=OPTION_2)
def what_is_completed_is_normal(d: System) -> Property:
    """When the procedure is through, Site 2's server runs with the new site's sources, and replication to the new site."""
    return whenever(d.runbook.complete, normal(d) & d.source_connections.connected)


@stated(
    source=f"{RETURN}, introduction and note of step 2; Setting Up Replication",
    cases=[
        case("with_the_server_started_last", "the server is stopped until Extract runs", claims=OPTION_2),
        case(
            "with_the_server_started_after_the_export",
            "the server is started when the export is complete",
            given={"server_starts": "after_export"},
            claims=AFTER_EXPORT,
            finding=EXTRACT_COMES_TOO_LATE,
        ),
        case(
            "with_the_server_started_after_the_import",
            "the server is stopped for the time of the transfer",
            given={"server_starts": "after_import"},
            claims=AFTER_IMPORT,
            finding=EXTRACT_COMES_TOO_LATE,
        ),
        case(
            "with_extract_first",
            "the server is started when the export is complete, and Extract was added before",
            given={"server_starts": "after_export", "order": "extract_first"},
        ),
    ],
)
def both_are_in_step(d: System) -> Property:
    """After option 2 the new site's database holds every change of the survivor's exactly once."""
    return whenever(settled(d), d.in_step)


@stated(
    source=f"{RETURN}, steps 3 and 14c; Disaster Recovery Procedure, step 3",
    claims=OPTION_2,
    given=EITHER,
    cases=[
        case(finding=CONNECTIONS_STAY_REMOVED),
        case("with_new_objects", "ICONs and IDBs of the new site have new objects", given={"icon_objects": "new"}),
        case("with_every_connection", "step 14c adds every connection", given={"every_connection": True}),
    ],
)
def the_sources_of_the_new_site_are_connected(d: System) -> Property:
    """After option 2 Info Mart reaches the ICONs and IDBs of the new site."""
    return whenever(d.runbook.complete, d.source_connections.connected)


@stated(
    source=RETURN,
    given=TIMED,
    assumptions=EACH_STEP,
    cases=[
        case("", "where the server is started last"),
        case("after_the_export", "where it is started after the export", given={"server_starts": "after_export"}),
    ],
)
def time_without_a_server_in_option_2(d: System) -> Property:
    """For how long at worst no Info Mart Server runs, so that reports show nothing new."""
    return worst_case(
        d.recovery_clock.without, at_most=while_stopped(d, d.runbook, "step_1_stop_server", "start_server")
    )
