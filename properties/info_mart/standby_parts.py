"""What the parts of the active-standby design do beside those of both architectures: replication, the steps, Site 2's server."""

from drcheck import Expression, Property, System, all_of, always, happens, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.info_mart.terms import PLAIN, threshold_of

PROCEDURE = "Info Mart guide, DR Procedure with Oracle GoldenGate"
REPLICATION = "Info Mart guide, Setting Up Replication"
SITE_1_LOST = {"failing": "site1", "outages": 0, "activity": False}


@stated(source=f"{MODEL}; {PROCEDURE}", given=SITE_1_LOST)
def each_step_does_what_it_is_for(d: System) -> Property:
    """After each step the Application object, the server and the replication at Site 2 are as the step makes them."""
    app = d.application
    return leads_at_once_to(
        d,
        {
            "declare_disaster": d.operator.recovering & ~d.runbook.standing_by,
            "step_1_stop_goldengate": d.replicat.stopped,
            "step_2_repoint_host": app.host == "site2",
            "step_3_swap_connections": (app.access_point == "site2") & ~app.site1_idbs & ~app.site1_icons,
            "step_5_hold_aggregation": ~app.run_aggregates,
            "step_6_start_server": ~d.server2.unconfigured,
            "step_10_reaggregate": d.info_mart2.in_use,
            "step_10_release_aggregation": app.run_aggregates,
            "bring_gi2_into_service": d.gi2_2.in_service,
        },
    )


@stated(source=f"{MODEL}; {PROCEDURE}", given={**SITE_1_LOST, "upgraded": True, "partitioned": True})
def migration_and_maintenance_are_done_by_their_steps(d: System) -> Property:
    """An old schema is migrated by step 7; the scheduler is held and released by its steps, partitions are made in between."""
    app = d.application
    return leads_at_once_to(
        d,
        {
            "step_4_hold_scheduler": ~app.run_scheduler,
            "step_7_migrate": (d.info_mart2.schema == "current") & d.server2.extracting,
            "step_8_maintain": d.server2.maintaining,
            "step_8_release_scheduler": app.run_scheduler,
            "maintenance_done": (d.info_mart2.partitions == "present") & d.server2.extracting,
        },
    )


@stated(source=f"{MODEL}; {PROCEDURE}", given=SITE_1_LOST)
def the_standby_takes_over_in_the_procedure(d: System) -> Property:
    """Site 2 takes over when its server has been started and its database is configured; before, it extracts nothing."""
    server = d.server2
    return only_where(
        d,
        {
            "declare_disaster": d.site1.failed,
            "server2_takes_over": server.starting & (d.application.access_point == "site2"),
            "server2_extracts": server.extracting
            & (server.late >= 1)
            & d.info_mart2.in_use
            & d.application.run_scheduler,
            "server2_transforms": server.transforming & d.info_mart2.in_use,
            "step_6_start_server": server.unconfigured & (d.application.host == "site2"),
        },
    )


@stated(source=f"{MODEL}; {PROCEDURE}", given={**PLAIN, "outages": 0})
def reports_come_from_site_2_after_a_loss_alone(d: System) -> Property:
    """GI2 serves from Site 2 after the loss of Site 1 alone, and the time of the procedure is counted from then on."""
    lost = d.site1.failed
    early = (
        (d.operator.elapsed > 0).implies(lost) & d.operator.recovering.implies(lost) & d.gi2_2.in_service.implies(lost)
    )
    return always(early & (d.runbook.standing_by == d.operator.watching))


@stated(source=f"{MODEL}; {REPLICATION}", given={**PLAIN, "etl_delay": 0, "failing": "site1"})
def replication_runs_where_its_processes_do(d: System) -> Property:
    """DataPump ships while it runs and the network is up, Replicat applies while it has not been stopped."""
    link = d.link.up & d.site1.up & d.site2.up
    conditions: dict[str, Expression] = {
        "datapump_ships": d.datapump.running & link,
        "replicat_applies": d.replicat.running,
    }
    return only_where(d, conditions)


@stated(source=f"{MODEL}; {REPLICATION}", given={**PLAIN, "outages": 0})
def what_is_shipped_and_applied_is_the_same(d: System) -> Property:
    """After DataPump has shipped, the remote trail has what Site 1 has; after Replicat has applied it, Site 2 has the same."""
    shipped = all_of(a == b for a, b in zip(d.db1.replicated(), d.trail.replicated(), strict=True))
    applied = all_of(a == b for a, b in zip(d.trail.replicated(), d.db2.replicated(), strict=True))
    return leads_at_once_to(d, {"datapump_ships": shipped, "replicat_applies": applied | d.info_mart2.out_of_step})


@stated(source=f"{MODEL}; {PROCEDURE}", given={"failing": "site1", "activity": False, "outages": 0})
def aggregation_is_held_and_leaves_nothing_stale(d: System) -> Property:
    """RAA works while run-aggregates lets it and its Info Mart is in use, where something is stale; then nothing is."""
    found: dict[str, Expression] = {}
    for n in (1, 2):
        base = d.component(f"info_mart{n}")
        found[f"raa{n}_aggregates"] = d.application.run_aggregates & base.in_use & (base.stale > 0)
    return only_where(d, found)


@stated(source=f"{MODEL}; {PROCEDURE}", given=PLAIN)
def a_started_standby_waits_as_site_1_does(d: System) -> Property:
    """The server at Site 2 waits only while its connections to Site 1 are configured and cannot be used within the threshold."""
    server, reach = d.server2, d.link.up & d.site1.up
    must_wait = d.application.site1_idbs & ~reach & (server.unreachable <= threshold_of(d))
    return only_where(d, {"server2.wait": server.extracting & must_wait, "server2.resume": server.waiting & ~must_wait})


@stated(source=f"{MODEL}; {PROCEDURE}", given={**PLAIN, "outages": 0, "slips": 1, "etl_delay": 0, "replication_lag": 0})
def a_trail_that_is_still_applied_is_not_forgotten(d: System) -> Property:
    """The remote trail is forgotten only where nothing applies it any more: where Replicat has been stopped, or is lost."""
    return always(d.remote_trail.forgotten.implies(~d.replicat.running))


@stated(source=MODEL, given={**SITE_1_LOST, "observe_recovery": True})
def reports_that_are_seen_stop_the_clock(d: System) -> Property:
    """The clock of the time without reports begins in a disruption alone, and aggregates that are seen set it back."""
    without, server = d.recovery_clock.without, d.server1
    disrupted = d.site1.failed | d.site2.failed | d.link.down
    if "failed_alone" in server.states:
        disrupted |= server.failed_alone
    early = happens("time", when=~disrupted & (without == 0)) & (without > 0)
    seen = happens("raa2_aggregates") & d.gi2_2.in_service & (without > 0)
    return always(~early & ~seen)
