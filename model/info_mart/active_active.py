"""Genesys Info Mart, active-active."""

from __future__ import annotations

from typing import Annotated

from drcheck import Component, ParameterRole, Sweep, System, compose, event, hours
from drcheck.designs.design import design
from model.common.runbook import operator
from model.info_mart import parameters
from model.info_mart.collection import collection
from model.info_mart.components.active_database import active_database
from model.info_mart.components.application import connections
from model.info_mart.components.gi2 import gi2
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.info_mart_server import Surroundings, info_mart_server
from model.info_mart.components.raa import raa
from model.info_mart.runbooks.active_active_recovery import active_active_recovery
from model.info_mart.shared import (
    NO,
    OPENS,
    YES,
    budget,
    clock_of,
    outage_events,
    outages_and_declaration,
    reports_clock,
)


@design(
    title="Genesys Info Mart, active-active",
    properties="properties.info_mart.active_active",
    guardable=["server1_extracts", "server1_transforms", "server2_extracts", "server2_transforms"],
    cuts={"activity": False},
    sweeps=[
        Sweep(
            {"longest_outage": "0h..20h", "threshold": "4h,6h,8h,12h"},
            "worst_loss_to_reports",
            given={"outages": 1, "site_failures": 0},
            name="loss_by_length_of_outage",
            title="Loss against the length of an outage, for four thresholds",
        )
    ],
)
def active_active(
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
    restart_time: parameters.Restart = hours(4),
    etl_delay: parameters.EtlDelay = 1,
    catch_up: parameters.CatchUp = 4,
    queue_drain: parameters.Drain = 4,
    recovery_time: parameters.Recovery = hours(2),
    aggregation: parameters.Aggregation = True,
    gi2_step: parameters.Gi2Step = True,
    activity: parameters.Activity = True,
    slips: parameters.Slips = 0,
    mistaken_operator: parameters.Mistaken = False,
    stuck_clock: parameters.StuckClock = "outage",
    icon_gates_idb: parameters.IconGatesIdb = True,
    outages_begin: parameters.OutagesBegin = "any_time",
    observe_outage: parameters.Observe = False,
    observe_recovery: parameters.ObserveRecovery = False,
    keep_icons: Annotated[
        bool, "step 1 keeps the connections to the ICONs whose IDB is at Site 2", ParameterRole.REPAIR
    ] = False,
) -> System:
    """Two active Info Marts, each reading the IDBs of both sites into a database of its own; no replication.

    Info Mart guide 8.1.4: Architecture (Active-Active), Operation Modes, DR Procedure with Active Info Mart. Site 1
    fails: the two-step procedure. Site 2 fails: nothing is prescribed; Site 1 waits up to the threshold and carries on.
    """
    restart = restart_time.ticks(tick) if server_failures else 0
    clock = clock_of(tick, threshold, longest_outage, recovery_time, outages, 3 * etl_delay + 8 + restart)
    # Whether the redundant IDBs of Site 1's sources are still read after step 1.
    kept = keep_icons or not icon_gates_idb
    layer = collection(
        sources,
        ha_idb,
        longest_outage,
        clock.most,
        queue_drain,
        failing,
        activity,
        0 if kept else 1,
        icons_fail=icon_failures > 0,
        idbs_fail=idb_failures > 0,
    )
    site1, link = layer.sites[1], layer.link
    databases = {
        n: InfoMartDatabase(f"info_mart{n}", layer.streams, clock.most, 1 if aggregation else None) for n in (1, 2)
    }
    conf1, conf2 = connections("application1"), connections("application2", may_change=True)
    removed = conf2.own_site_only
    reach = {
        1: layer.reach(1, {}, list(databases[1].uncovered)),
        2: layer.reach(2, {} if kept else {1: removed}, list(databases[2].uncovered)),
    }
    servers = {
        n: info_mart_server(
            f"server{n}",
            Surroundings(layer.reachable(3 - n), YES if n == 1 else ~removed, YES, YES, YES, NO),
            clock.threshold,
            etl_delay,
            restart=restart,
        )
        for n in (1, 2)
    }
    components: dict[int, Component] = {}
    for n, database in databases.items():
        work = database.in_use_by(servers[n], reach[n], catch_up, clock.threshold, 3 - n, YES, stuck_clock == "data")
        ignored = database.ignoring(reach[n], site=1) if n == 2 and not kept else None
        components[n] = active_database(database, work, n, ignored, aggregation)
        layer.at(n, servers[n], components[n])
        if aggregation:
            layer.at(n, raa(f"raa{n}", database.stale, components[n].in_use))
    gi2_1, gi2_2 = gi2("gi2_1", active=True), gi2("gi2_2", active=False)
    layer.at(1, gi2_1)
    layer.at(2, gi2_2)
    book = active_active_recovery(gi2_step, slips > 0)
    people = operator("operator", site1.failed, link.down, book.complete, clock.recovery, mistaken_operator)
    layer.others += [conf1, conf2, book, people]
    showing: dict[Component, str] = {}
    if observe_recovery:
        alone = servers[1].failed_alone if restart else None
        watcher = reports_clock(layer, databases, {1: gi2_1, 2: gi2_2}, aggregation, clock.most, alone)
        layer.others.append(watcher)
        showing[watcher] = OPENS
    begins, ends = outage_events(layer, observe_outage, outages_begin, longest_outage, servers[1], [components[1]])
    ends[servers[2]] = ends[components[2]] = "reconnect"
    effects: dict[str, dict[Component, str]] = {
        "step_1_remove_connections": {
            conf2: "remove_other_site",
            **({} if kept else {components[2]: "ignore"}),
            **layer.charged(1),
        },
        "step_2_check_logs": {},
        "bring_gi2_into_service": {gi2_2: "bring_into_service", **showing},
    }
    return compose(
        "active_active",
        layer.everything(),
        events=[
            *outages_and_declaration(layer, begins, ends, people, book, mistaken_operator),
            *(event(key, {book: key}, optional=effects[key]) for key in book.states[1:-1]),
        ],
        sites=layer.site_groups(),
        flows=[
            way
            for n, report in ((1, gi2_1), (2, gi2_2))
            for way in layer.flows(
                [servers[n], components[n]],
                report,
                n,
                aggregation,
                "Info Mart guide, Architecture (Active-Active)",
            )
        ],
        faults=budget(
            site_failures,
            outages,
            slips,
            mistaken_operator,
            ICON=icon_failures,
            IDB=idb_failures,
            server=server_failures,
        ),
        tick=tick,
        parts={"db1": databases[1], "db2": databases[2], "layer": layer},
    )
