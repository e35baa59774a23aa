"""Genesys Info Mart, active-standby over Oracle GoldenGate."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from drcheck import System, compose, event, hours, on
from drcheck.designs.design import design
from drcheck.system.composition import Rendezvous
from model.common.runbook import operator
from model.info_mart.collection import collection
from model.info_mart.components.application import application
from model.info_mart.components.gi2 import gi2
from model.info_mart.components.goldengate import Trail, datapump, extract, replicat, same
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.info_mart_server import Surroundings, in_service, info_mart_server
from model.info_mart.components.raa import raa
from model.info_mart.runbooks.active_standby_recovery import active_standby_recovery
from model.info_mart.shared import (
    NO,
    YES,
    Activity,
    Aggregation,
    CatchUp,
    Drain,
    EtlDelay,
    Failing,
    Failures,
    Gi2Step,
    HaIdb,
    LongestOutage,
    Mistaken,
    Observe,
    Outages,
    Recovery,
    Slips,
    Sources,
    StuckClock,
    Threshold,
    Tick,
    clock_of,
    lagging,
    outage_events,
)


@design(
    title="Genesys Info Mart, active-standby over Oracle GoldenGate", properties="properties.info_mart.active_standby"
)
def active_standby(
    threshold: Threshold = hours(8),
    tick: Tick = hours(1),
    sources: Sources = 1,
    ha_idb: HaIdb = True,
    longest_outage: LongestOutage = hours(14),
    outages: Outages = 1,
    site_failures: Failures = 1,
    failing: Failing = "either",
    etl_delay: EtlDelay = 1,
    replication_lag: Annotated[
        int, "how many intervals each replication stage may be behind when time passes", range(5)
    ] = 1,
    catch_up: CatchUp = 4,
    queue_drain: Drain = 4,
    recovery_time: Recovery = hours(2),
    aggregation: Aggregation = True,
    healthy_aggregation: Annotated[bool, "whether aggregation catches up with the facts before each tick"] = True,
    reaggregate_from: Annotated[
        OneOf["failure", "now"], "from when the 24 hours of re-aggregation are counted back"
    ] = "failure",
    partitioned: Annotated[bool, "whether the Info Mart database is partitioned"] = False,
    upgraded: Annotated[bool, "whether Info Mart was upgraded since replication began"] = False,
    gi2_step: Gi2Step = True,
    activity: Activity = True,
    slips: Slips = 0,
    mistaken_operator: Mistaken = False,
    stuck_clock: StuckClock = "outage",
    observe_outage: Observe = False,
    drain_trail: Annotated[bool, "repair: step 1 waits until Replicat has applied the remote trail"] = False,
    keep_icons: Annotated[bool, "repair: step 3 keeps the connections to the ICONs whose IDB is at Site 2"] = False,
    rewind_high_water_mark: Annotated[
        bool, "repair: the high-water mark is set back to the delivered facts before step 6"
    ] = False,
    check_replicat: Annotated[bool, "repair: step 6 begins with a check that Replicat is stopped"] = False,
    check_reports: Annotated[bool, "repair: the procedure ends with a check that new data shows in a report"] = False,
) -> System:
    """One active Info Mart at Site 1, its database replicated to Site 2, a standby server there.

    Info Mart guide 8.1.4: Architecture (Active-Standby), Operation Modes, Info Mart Database Replication, DR Procedure
    with Oracle GoldenGate. Site 1 fails: the ten-step procedure. Site 2 fails: the guide has no procedure; the active
    Info Mart waits for it up to the threshold and carries on.
    """
    clock = clock_of(tick, threshold, longest_outage, recovery_time, outages, 3 * etl_delay + 3 * replication_lag + 8)
    layer = collection(
        sources, ha_idb, longest_outage, clock.most, queue_drain, failing, activity, 0 if keep_icons else 1
    )
    site1, site2, link = layer.sites[1], layer.sites[2], layer.link
    stale_cap = clock.day + clock.recovery + clock.most if aggregation else 0
    # Where aggregation is late without bound, ages reach the cap. No read tells longer ones apart: thresholds are below it,
    # and copies are compared that were the same at most the longest outage ago, less than the cap; ages grow alike, so
    # copies that are both beyond are of one age. Greater caps give the same verdicts, which is tested. Not so where an
    # operator errs: a database that replication writes into while it is in use does not grow older with the others.
    window = "longer than two copies can have differed, and than any threshold"
    window = "" if healthy_aggregation or slips or mistaken_operator else window
    db1 = InfoMartDatabase("info_mart1", layer.streams, clock.most, stale_cap, window=window)
    db2 = InfoMartDatabase(
        "info_mart2",
        layer.streams,
        clock.most,
        stale_cap,
        "outdated" if upgraded else "current",
        "missing" if partitioned else "present",
        replica=True,
        window=window,
    )
    trail = Trail("remote_trail", db1, clock.most, stale_cap)
    shipped = same(db1.replicated(), trail.replicated())
    applied = same(trail.replicated(), db2.replicated())

    # Servers, aggregation, reports
    app = application(partitioned, aggregation, keep_icons)
    reach1 = layer.reach(1, {}, list(db1.uncovered))
    reach2 = layer.reach(2, {1: ~app.site1_icons}, list(db2.uncovered))
    server1 = info_mart_server(
        "server1", Surroundings(layer.reachable(2), YES, YES, YES, YES, NO), clock.threshold, etl_delay
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
    pump = datapump("datapump", link.up & site2.up, shipped, lagging(db1, trail, replication_lag))
    apply = replicat("replicat", applied, lagging(trail, db2, replication_lag))

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
    primary = db1.component(
        ["in_use", "lost", "forgotten"],
        [
            *db1.in_use_by(server1, reach1, catch_up, clock.threshold, 2, YES, stuck_clock == "data"),
            on("site_fails", "in_use", "lost", passive=True),
            on("tick", "lost", then=db1.passing_of_time(counting)),
            on("tick", "forgotten"),
            on("forget", "lost", "forgotten", then=db1.forgetting(), passive=True),
            *([on("raa1_aggregates", "in_use", then={db1.stale: 0})] if aggregation else []),
        ],
        "The Info Mart database at Site 1, source of the replication.",
    )
    window = clock.day + (people.elapsed if reaggregate_from == "failure" else 0)
    aside = ["server2_extracts", "server2_transforms", *(["raa2_aggregates"] if aggregation else [])]
    standby = db2.component(
        ["replica", "in_use", "out_of_step", "lost"],
        [
            on("replicat_applies", "replica", then=trail.copy_of(trail.replicated(), db2.replicated())),
            on("replicat_applies", "in_use", "out_of_step", doc="replication writes into a database that is in use"),
            on("replicat_applies", "out_of_step", then=trail.copy_of(trail.replicated(), db2.replicated())),
            on("tick", "replica", then=db2.passing_of_time(counting)),
            on("tick", ["out_of_step", "lost"]),
            on("server2_takes_over", "replica", "in_use", then=db2.takeover(db1, reach2, rewind_high_water_mark)),
            *db2.in_use_by(server2, reach2, catch_up, clock.threshold, 1, counting, stuck_clock == "data"),
            *(on(trigger, "out_of_step") for trigger in aside),
            *([] if keep_icons else [on("ignore", "in_use", then=db2.ignoring(reach2, site=1), passive=True)]),
            on("migration_job", ["in_use", "out_of_step"], when=server2.migrating, then={db2.schema: "current"}),
            *(
                [on("maintenance_done", ["in_use", "out_of_step"], then={db2.partitions: "present"})]
                if partitioned
                else []
            ),
            *(
                [
                    on("raa2_aggregates", "in_use", then={db2.stale: 0}),
                    on("reaggregate", "in_use", when=db2.unnotified <= window, then={db2.unnotified: 0}, passive=True),
                ]
                if aggregation
                else []
            ),
            on("site_fails", ["replica", "in_use", "out_of_step"], "lost", then=db2.forgetting(), passive=True),
        ],
        "The Info Mart database at Site 2, target of the replication.",
    )
    layer.at(1, server1, primary, capture, pump, gi2_1)
    layer.at(2, server2, standby, trail.component(~book.complete, apply.stopped), apply, gi2_2)
    if aggregation:
        layer.at(1, raa("raa1", db1.stale, app.run_aggregates & primary.in_use, healthy_aggregation))
        layer.at(2, raa("raa2", db2.stale, app.run_aggregates & in_service(server2), healthy_aggregation))
    layer.others += [app, book, people]
    begins, ends = outage_events(layer, observe_outage, longest_outage, server1, [primary])
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
            **({} if keep_icons else {"info_mart2": "ignore"}),
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
        "bring_gi2_into_service": {"gi2_2": "bring_into_service"},
        "check_reports": {},
    }
    events = [
        event("link_fails", {link: "link_fails"}, optional=begins),
        event("link_restored", {link: "link_restored"}, optional=ends),
        event("declare_disaster", {people: "declare_disaster", book: "declare_disaster"}),
        *([event("mistake_outage", {people: "mistake_outage", book: "declare_disaster"})] if mistaken_operator else []),
        *(step(key, **effects[key]) for key in book.states[1:-1]),
        event(
            "server2_takes_over",
            {server2: "server2_takes_over", standby: "server2_takes_over"},
            optional={primary: "forget", trail_part: "clear", **layer.charged(1)},
        ),
    ]
    faults = {"site failure": site_failures, "network outage": outages}
    if slips:
        faults["operator slip"] = slips
    if mistaken_operator:
        faults["mistaken declaration"] = 1
    return compose(
        "active_standby",
        layer.everything(),
        events=events,
        sites=layer.site_groups(),
        faults=faults,
        tick=tick,
        parts={"db1": db1, "db2": db2, "trail": trail, "layer": layer},
    )
