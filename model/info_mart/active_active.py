"""Genesys Info Mart, active-active."""

from __future__ import annotations

from typing import Annotated

from drcheck import Component, System, compose, event, hours, on
from drcheck.designs.design import design
from model.common.runbook import operator
from model.info_mart.collection import collection
from model.info_mart.components.application import connections
from model.info_mart.components.gi2 import gi2
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.info_mart_server import Surroundings, info_mart_server
from model.info_mart.components.raa import raa
from model.info_mart.runbooks.active_active_recovery import active_active_recovery
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
    outage_events,
)


@design(title="Genesys Info Mart, active-active", properties="properties.info_mart.active_active")
def active_active(
    threshold: Threshold = hours(8),
    tick: Tick = hours(1),
    sources: Sources = 1,
    ha_idb: HaIdb = True,
    longest_outage: LongestOutage = hours(14),
    outages: Outages = 1,
    site_failures: Failures = 1,
    failing: Failing = "either",
    etl_delay: EtlDelay = 1,
    catch_up: CatchUp = 4,
    queue_drain: Drain = 4,
    recovery_time: Recovery = hours(2),
    aggregation: Aggregation = True,
    gi2_step: Gi2Step = True,
    activity: Activity = True,
    slips: Slips = 0,
    mistaken_operator: Mistaken = False,
    stuck_clock: StuckClock = "outage",
    observe_outage: Observe = False,
    keep_icons: Annotated[bool, "repair: step 1 keeps the connections to the ICONs whose IDB is at Site 2"] = False,
) -> System:
    """Two active Info Marts, each reading the IDBs of both sites into a database of its own; no replication.

    Info Mart guide 8.1.4: Architecture (Active-Active), Operation Modes, DR Procedure with Active Info Mart. Site 1
    fails: the two-step procedure. Site 2 fails: nothing is prescribed; Site 1 waits up to the threshold and carries on.
    """
    clock = clock_of(tick, threshold, longest_outage, recovery_time, outages, 3 * etl_delay + 8)
    layer = collection(
        sources, ha_idb, longest_outage, clock.most, queue_drain, failing, activity, 0 if keep_icons else 1
    )
    site1, link = layer.sites[1], layer.link
    databases = {n: InfoMartDatabase(f"info_mart{n}", layer.streams, clock.most, int(aggregation)) for n in (1, 2)}
    conf1, conf2 = connections("application1"), connections("application2", may_change=True)
    removed = conf2.own_site_only
    reach = {
        1: layer.reach(1, {}, list(databases[1].uncovered)),
        2: layer.reach(2, {} if keep_icons else {1: removed}, list(databases[2].uncovered)),
    }
    servers = {
        n: info_mart_server(
            f"server{n}",
            Surroundings(layer.reachable(3 - n), YES if n == 1 else ~removed, YES, YES, YES, NO),
            clock.threshold,
            etl_delay,
        )
        for n in (1, 2)
    }
    components: dict[int, Component] = {}
    for n, database in databases.items():
        components[n] = database.component(
            ["in_use", "lost"],
            [
                *database.in_use_by(servers[n], reach[n], catch_up, clock.threshold, 3 - n, YES, stuck_clock == "data"),
                on("site_fails", "in_use", "lost", then=database.forgetting(), passive=True),
                on("tick", "lost"),
                *(
                    [on("ignore", "in_use", then=database.ignoring(reach[n], site=1), passive=True)]
                    if n == 2 and not keep_icons
                    else []
                ),
                *([on(f"raa{n}_aggregates", "in_use", then={database.stale: 0})] if aggregation else []),
            ],
            f"The Info Mart database at Site {n}.",
        )
        layer.at(n, servers[n], components[n])
        if aggregation:
            layer.at(n, raa(f"raa{n}", database.stale, components[n].in_use, healthy=True))
    gi2_1, gi2_2 = gi2("gi2_1", active=True), gi2("gi2_2", active=False)
    layer.at(1, gi2_1)
    layer.at(2, gi2_2)
    book = active_active_recovery(gi2_step, slips > 0)
    people = operator("operator", site1.failed, link.down, book.complete, clock.recovery, mistaken_operator)
    layer.others += [conf1, conf2, book, people]
    begins, ends = outage_events(layer, observe_outage, longest_outage, servers[1], [components[1]])
    ends[servers[2]] = ends[components[2]] = "reconnect"
    effects: dict[str, dict[Component, str]] = {
        "step_1_remove_connections": {
            conf2: "remove_other_site",
            **({} if keep_icons else {components[2]: "ignore"}),
            **layer.charged(1),
        },
        "step_2_check_logs": {},
        "bring_gi2_into_service": {gi2_2: "bring_into_service"},
    }
    faults = {"site failure": site_failures, "network outage": outages}
    if slips:
        faults["operator slip"] = slips
    if mistaken_operator:
        faults["mistaken declaration"] = 1
    return compose(
        "active_active",
        layer.everything(),
        events=[
            event("link_fails", {link: "link_fails"}, optional=begins),
            event("link_restored", {link: "link_restored"}, optional=ends),
            event("declare_disaster", {people: "declare_disaster", book: "declare_disaster"}),
            *(
                [event("mistake_outage", {people: "mistake_outage", book: "declare_disaster"})]
                if mistaken_operator
                else []
            ),
            *(event(key, {book: key}, optional=effects[key]) for key in book.states[1:-1]),
        ],
        sites=layer.site_groups(),
        faults=faults,
        tick=tick,
        parts={"db1": databases[1], "db2": databases[2], "layer": layer},
    )
