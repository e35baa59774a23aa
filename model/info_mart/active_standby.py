"""Genesys Info Mart, active-standby over Oracle GoldenGate."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from drcheck import (
    Component,
    Duration,
    Expression,
    ParameterRole,
    System,
    all_of,
    compose,
    event,
    flow,
    hours,
    scope,
    variable_of,
)
from drcheck.designs.design import design
from drcheck.system.composition import Rendezvous
from model.common.runbook import operator
from model.info_mart import parameters
from model.info_mart.collection import collection
from model.info_mart.components.application import application
from model.info_mart.components.gi2 import gi2
from model.info_mart.components.goldengate import Trail, datapump, extract, replicat, same
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.info_mart_server import Surroundings, in_service, info_mart_server
from model.info_mart.components.primary_database import primary_database
from model.info_mart.components.raa import raa
from model.info_mart.components.standby_database import standby_database
from model.info_mart.components.takeover_observer import takeover_observer
from model.info_mart.runbooks.active_standby_recovery import active_standby_recovery
from model.info_mart.shared import (
    NO,
    OPENS,
    YES,
    budget,
    clock_of,
    lagging,
    outage_events,
    outages_and_declaration,
    reports_clock,
)


@design(
    title="Genesys Info Mart, active-standby over Oracle GoldenGate",
    properties="properties.info_mart.active_standby",
    guardable=[
        "server1_extracts",
        "server1_transforms",
        "server2_extracts",
        "server2_transforms",
        "server2_takes_over",
        "datapump_ships",
        "replicat_applies",
    ],
    cuts={"activity": False},
)
def active_standby(
    threshold: parameters.Threshold = hours(8),
    tick: parameters.Tick = hours(1),
    sources: parameters.Sources = 1,
    ha_idb: parameters.HaIdb = True,
    longest_outage: parameters.LongestOutage = hours(14),
    outages: parameters.Outages = 1,
    site_failures: parameters.Failures = 1,
    failing: parameters.Failing = "either",
    icon_failures: parameters.IconFailures = 0,
    idb_failures: parameters.IdbFailures = 0,
    server_failures: parameters.ServerFailures = 0,
    goldengate_failures: Annotated[
        int, "how many times a GoldenGate process may fail alone, its site being up", range(2), ParameterRole.FAULT
    ] = 0,
    restart_time: parameters.Restart = hours(4),
    etl_delay: parameters.EtlDelay = 1,
    replication_lag: parameters.ReplicationLag = 1,
    catch_up: parameters.CatchUp = 4,
    queue_drain: parameters.Drain = 4,
    recovery_time: parameters.Recovery = hours(2),
    aggregation: parameters.Aggregation = True,
    aggregation_behind: Annotated[
        Duration, "how far aggregation at Site 1 may be behind; 0 where it is healthy", ParameterRole.FAULT
    ] = hours(0),
    reaggregate_from: Annotated[
        OneOf["failure", "now"], "from when the 24 hours of re-aggregation are counted back", ParameterRole.READING
    ] = "failure",
    partitioned: Annotated[bool, "whether the Info Mart database is partitioned", ParameterRole.DEPLOYMENT] = False,
    upgraded: Annotated[
        bool, "whether Info Mart was upgraded since replication began", ParameterRole.ASSUMPTION
    ] = False,
    gi2_step: parameters.Gi2Step = True,
    activity: parameters.Activity = True,
    slips: parameters.Slips = 0,
    mistaken_operator: parameters.Mistaken = False,
    stuck_clock: parameters.StuckClock = "outage",
    icon_gates_idb: parameters.IconGatesIdb = True,
    lost_only_in_step: Annotated[
        bool,
        "whether Site 1 is lost only at a moment at which all its facts have been delivered",
        ParameterRole.ASSUMPTION,
    ] = False,
    outages_begin: parameters.OutagesBegin = "any_time",
    observe_outage: parameters.Observe = False,
    observe_takeover: Annotated[
        OneOf["nothing", "amounts", "mark"],
        "what an observer remembers of the loss of Site 1: what stood where, or how far the standby's mark was behind",
        scope("the observer remembers what stood where when Site 1 was lost and blocks no event"),
    ] = "nothing",
    observe_recovery: parameters.ObserveRecovery = False,
    drain_trail: Annotated[
        bool, "step 1 waits until Replicat has applied the remote trail", ParameterRole.REPAIR
    ] = False,
    keep_icons: Annotated[
        bool, "step 3 keeps the connections to the ICONs whose IDB is at Site 2", ParameterRole.REPAIR
    ] = False,
    rewind_high_water_mark: Annotated[
        bool, "the high-water mark is set back to the delivered facts before step 6", ParameterRole.REPAIR
    ] = False,
    reaggregate: Annotated[
        OneOf["one_day", "two_days"], "how far back step 10 re-aggregates", ParameterRole.REPAIR
    ] = "one_day",
    check_replicat: Annotated[
        bool, "step 6 begins with a check that Replicat is stopped", ParameterRole.REPAIR
    ] = False,
    check_reports: Annotated[
        bool, "the procedure ends with a check that new data shows in a report", ParameterRole.REPAIR
    ] = False,
) -> System:
    """One active Info Mart at Site 1, its database replicated to Site 2, a standby server there.

    Info Mart guide 8.1.4: Architecture (Active-Standby), Operation Modes, Info Mart Database Replication, DR Procedure
    with Oracle GoldenGate. Site 1 fails: the ten-step procedure. Site 2 fails: the guide has no procedure; the active
    Info Mart waits for it up to the threshold and carries on.
    """
    restart = restart_time.ticks(tick)
    slack = 3 * etl_delay + 3 * replication_lag + 8 + restart * (server_failures + goldengate_failures)
    clock = clock_of(tick, threshold, longest_outage, recovery_time, outages, slack)
    # Whether the redundant IDBs of Site 1's sources are still read after step 3.
    kept = keep_icons or not icon_gates_idb
    forgets = 0 if kept else 1
    loss = _delivered(sources) if lost_only_in_step else YES
    layer = collection(
        sources,
        ha_idb,
        longest_outage,
        clock.most,
        queue_drain,
        failing,
        activity,
        forgets,
        lost_when=loss,
        icons_fail=icon_failures > 0,
        idbs_fail=idb_failures > 0,
    )
    site1, site2, link = layer.sites[1], layer.sites[2], layer.link
    requested = clock.day * (2 if reaggregate == "two_days" else 1)
    stale_cap = requested + clock.recovery + clock.most if aggregation else None
    db1 = InfoMartDatabase("info_mart1", layer.streams, clock.most, stale_cap)
    db2 = InfoMartDatabase(
        "info_mart2",
        layer.streams,
        clock.most,
        stale_cap,
        "outdated" if upgraded else "current",
        "missing" if partitioned else "present",
        replica=True,
    )
    trail = Trail("remote_trail", db1, clock.most, stale_cap)
    shipped = same(db1.replicated(), trail.replicated())
    applied = same(trail.replicated(), db2.replicated())

    # Servers, aggregation, reports
    app = application(partitioned, aggregation, keep_icons)
    reach1 = layer.reach(1, {}, list(db1.uncovered))
    reach2 = layer.reach(2, {} if kept else {1: ~app.site1_icons}, list(db2.uncovered))
    server1 = info_mart_server(
        "server1",
        Surroundings(layer.reachable(2), YES, YES, YES, YES, NO),
        clock.threshold,
        etl_delay,
        restart=restart if server_failures else 0,
    )
    server2 = info_mart_server(
        "server2",
        Surroundings(
            other_reachable=layer.reachable(1),
            other_needed=app.site1_idbs,
            scheduled=app.run_scheduler,
            startable=app.host == "site2",
            connected=app.access_point == "site2",
            schema_outdated=db2.schema == "outdated",
        ),
        clock.threshold,
        etl_delay,
        standby=True,
        partitioned=partitioned,
    )
    gi2_1, gi2_2 = gi2("gi2_1", active=True), gi2("gi2_2", active=False)

    # GoldenGate
    capture = extract()
    down = restart if goldengate_failures else 0
    pump = datapump("datapump", link.up & site2.up, shipped, lagging(db1, trail, replication_lag), down)
    apply = replicat("replicat", applied, lagging(trail, db2, replication_lag), down)

    # The procedure and those who carry it out
    book = active_standby_recovery(
        server2,
        applied,
        app.access_point == "site2",
        partitioned,
        aggregation,
        gi2_step,
        drain_trail,
        slips > 0,
        apply.stopped if check_replicat else None,
        server2.in_states("extracting", "transforming") & gi2_2.in_service if check_reports else None,
    )
    people = operator("operator", site1.failed, link.down, book.complete, clock.recovery, mistaken_operator)
    # Once the procedure has ended without bringing ETL back at Site 2 (which takes a slip), the account is closed: what is
    # made from then on is not counted, so that positions stay bounded. The trail's position is followed until then.
    etl_runs = server2.in_states("extracting", "transforming", "waiting") & app.run_scheduler
    counting = ~book.complete | etl_runs

    # The databases
    by_age = stuck_clock == "data"
    work1 = db1.in_use_by(server1, reach1, catch_up, clock.threshold, 2, YES, by_age)
    work2 = db2.in_use_by(server2, reach2, catch_up, clock.threshold, 1, counting, by_age)
    primary = primary_database(db1, work1, counting, aggregation)
    reach_back = requested + (people.elapsed if reaggregate_from == "failure" else 0)
    standby = standby_database(
        db2,
        trail,
        work2,
        server2,
        counting,
        taken_over=db2.takeover(db1, reach2, rewind_high_water_mark),
        ignored=None if kept else db2.ignoring(reach2, site=1),
        reaggregated=reach_back if aggregation else None,
        partitioned=partitioned,
    )
    layer.at(1, server1, primary, capture, pump, gi2_1)
    layer.at(2, server2, standby, trail.component(~book.complete, apply.stopped), apply, gi2_2)
    if aggregation:
        layer.at(1, raa("raa1", db1.stale, app.run_aggregates & primary.in_use, aggregation_behind.ticks(tick)))
        layer.at(2, raa("raa2", db2.stale, app.run_aggregates & in_service(server2)))
    layer.others += [app, book, people]
    if observe_recovery:
        alone = server1.failed_alone if server_failures else None
        reports = {1: gi2_1, 2: gi2_2}
        layer.others.append(reports_clock(layer, {1: db1, 2: db2}, reports, aggregation, clock.most, alone))
    observers: dict[Component, str] = {}
    if observe_takeover != "nothing":
        watcher = takeover_observer(db1, db2, clock.most, "server2_takes_over", observe_takeover == "mark")
        layer.at(1, watcher)
        observers[watcher] = "server2_takes_over"
    begins, ends = outage_events(layer, observe_outage, outages_begin, longest_outage, server1, [primary])
    ends[server2] = "reconnect"
    ends[standby] = "reconnect"
    parts = {c.name: c for c in layer.everything()}
    trail_part = parts["remote_trail"]

    def step(key: str, **effects: str) -> Rendezvous:
        """A step of the runbook with what it does to other components, each where it can."""
        return event(key, {book: key}, optional={parts[name]: trigger for name, trigger in effects.items()})

    effects: dict[str, dict[str, str]] = {
        "step_1_stop_goldengate": {"replicat": "stop"},
        "step_2_repoint_host": {"application": "set_host"},
        "step_3_swap_connections": {
            "application": "swap_connections",
            **({} if kept else {"info_mart2": "ignore"}),
        },
        "step_4_hold_scheduler": {"application": "hold_scheduler"},
        "step_5_hold_aggregation": {"application": "hold_aggregation"},
        "step_6_start_server": {"server2": "start"},
        "step_7_migrate": {"server2": "migration_job", "info_mart2": "migration_job"},
        "step_8_maintain": {"server2": "maintenance_job"},
        "step_8_release_scheduler": {"application": "release_scheduler"},
        "step_9_check_logs": {},
        "step_10_reaggregate": {"info_mart2": "reaggregate"},
        "step_10_release_aggregation": {"application": "release_aggregation"},
        "bring_gi2_into_service": {
            "gi2_2": "bring_into_service",
            **({"recovery_clock": OPENS} if observe_recovery else {}),
        },
        "check_reports": {},
    }
    events = [
        *outages_and_declaration(layer, begins, ends, people, book, mistaken_operator),
        *(step(key, **effects[key]) for key in book.states[1:-1]),
        event(
            "server2_takes_over",
            {server2: "server2_takes_over", standby: "server2_takes_over"},
            optional={primary: "forget", trail_part: "clear", **layer.charged(1), **observers},
        ),
    ]
    return compose(
        "active_standby",
        layer.everything(),
        events=events,
        sites=layer.site_groups(),
        flows=[
            *layer.flows([server1, primary], gi2_1, 1, aggregation, "Info Mart guide, Architecture (Active-Standby)"),
            *layer.flows([server2, standby], gi2_2, 2, aggregation, "Info Mart guide, Architecture (Active-Standby)"),
            flow(
                [primary, capture, pump, trail_part, apply, standby],
                "replicated tables",
                moved_by=["datapump_ships", "replicat_applies"],
                source="Info Mart guide, Info Mart Database Replication",
            ),
        ],
        faults=budget(
            site_failures,
            outages,
            slips,
            mistaken_operator,
            ICON=icon_failures,
            IDB=idb_failures,
            server=server_failures,
            GoldenGate=goldengate_failures,
        ),
        tick=tick,
        parts={"db1": db1, "db2": db2, "trail": trail, "layer": layer},
    )


def _delivered(sources: int) -> Expression:
    """Whether the standby database has all the facts of Site 1's; both databases are made later than the site that asks."""
    facts = [f"unreported[{i}]" for i in range(2 * sources)]
    return all_of(variable_of("info_mart1", f) == variable_of("info_mart2", f) for f in facts)
