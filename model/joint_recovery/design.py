"""Disaster recovery of Info Mart and of the Configuration Database after the loss of the same site.

The Info Mart guide recovers Info Mart by changing configuration objects, and the Framework guide recovers the
Configuration Database, during which no change is accepted. Neither guide speaks of the other, so the order of the two
procedures is nobody's. The procedures, the proxies, the record and the Application object are those of the two studies.

Left out, and why that loses nothing: what the databases hold and replication, as no step of either procedure looks at it
but for the waits at the end of a trail, which do end (`limited_mode_ends` of the Configuration Database); the network
between the sites, as all that is done after the loss of the main site is done at Site 2; the proxies of the main site,
which serve nothing of Site 2; ETL and replication of Info Mart, which no step of its procedure waits for but for the job of
step 8. That the configuration behaves here as it does in its own study is tested state by state.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Component, Literal, ParameterRole, Site, System, any_of, compose, event, flow
from drcheck.designs.design import design
from model.configuration_database.components.configuration_proxy import configuration_proxy_pair, serves
from model.configuration_database.components.configuration_server import configuration_server_pair, in_service
from model.configuration_database.components.name_resolution import ADDRESSES, Names, dns_record
from model.configuration_database.components.returning_site import returning_site
from model.configuration_database.runbooks.configuration_switchover import (
    BackChecks,
    operators,
    procedure,
    switch_back,
    switch_over,
)
from model.info_mart.components.application import application, connections
from model.info_mart.runbooks.active_active_recovery import active_active_recovery
from model.info_mart.runbooks.active_standby_recovery import active_standby_recovery
from model.joint_recovery.components.administration import administration_tool, object_in_proxies
from model.joint_recovery.components.database_access import database_access
from model.joint_recovery.components.recovery_team import info_mart_team
from model.joint_recovery.components.standby_server import standby_server

YES = Literal(True)
MAIN, SECONDARY = ADDRESSES
CHANGES = (
    "step_1_remove_connections",
    "step_2_repoint_host",
    "step_3_swap_connections",
    "step_4_hold_scheduler",
    "step_5_hold_aggregation",
    "step_8_release_scheduler",
    "step_10_release_aggregation",
)
"""The steps of the two recovery procedures of Info Mart that change a configuration object: step 1 is active-active's."""
EFFECTS: dict[str, dict[str, str]] = {
    "step_1_remove_connections": {"connections2": "remove_other_site"},
    "step_2_repoint_host": {"application": "set_host"},
    "step_3_swap_connections": {"application": "swap_connections"},
    "step_4_hold_scheduler": {"application": "hold_scheduler"},
    "step_5_hold_aggregation": {"application": "hold_aggregation"},
    "step_6_start_server": {"server2": "start"},
    "step_8_maintain": {"server2": "maintenance_job"},
    "step_8_release_scheduler": {"application": "release_scheduler"},
    "step_10_release_aggregation": {"application": "release_aggregation"},
}


@design(
    title="Info Mart and the Configuration Database, lost with the same site",
    properties="properties.joint_recovery.promises",
    guardable=[
        "main_servers.backup_takes_over",
        "secondary_servers.backup_takes_over",
        "secondary_proxies.connects_to_main",
        "secondary_proxies.connects_to_secondary",
        "server2.takes_over",
        "object_in_proxies.load",
    ],
)
def joint_recovery(
    architecture: Annotated[
        OneOf["active_standby", "active_active"],
        "which architecture of Info Mart is recovered",
        ParameterRole.DEPLOYMENT,
    ] = "active_standby",
    partitioned: Annotated[bool, "whether the Info Mart database is partitioned", ParameterRole.DEPLOYMENT] = True,
    order: Annotated[
        OneOf["side_by_side", "configuration_first", "info_mart_first"],
        "when Info Mart is recovered: beside the Configuration Database, once that is in normal mode again, or before it",
        ParameterRole.ASSUMPTION,
    ] = "side_by_side",
    tool: Annotated[
        OneOf["proxy", "master_host"],
        "what the operators' administration tool is connected to: a proxy of Site 2, or the master, on its own host",
        ParameterRole.ASSUMPTION,
    ] = "proxy",
    cache: Annotated[
        OneOf["expires", "kept"],
        "whether the proxies resolve the name again while they cannot connect",
        ParameterRole.ASSUMPTION,
    ] = "expires",
    command_line: Annotated[
        OneOf["proxy", "master"],
        "which Configuration Server running at Site 2 the command line of step 2 names: the proxy, or the secondary master",
        ParameterRole.READING,
    ] = "proxy",
    check_object: Annotated[
        bool,
        "step 6 begins with a check that its command line leads to the Application object as it was changed",
        ParameterRole.REPAIR,
    ] = False,
    site_failures: Annotated[int, "how often the main site may be lost", range(2), ParameterRole.FAULT] = 1,
    server_failures: Annotated[int, "how many Configuration Servers may fail", range(3), ParameterRole.FAULT] = 0,
    main_returns: Annotated[
        bool, "whether the main site is restored, so that configuration is switched back", ParameterRole.ASSUMPTION
    ] = True,
) -> System:
    """The main site, which is Site 1 of Info Mart, is lost with both; what is left is recovered at Site 2.

    Info Mart guide, DR Procedure with Active Info Mart, DR Procedure with Oracle GoldenGate; Framework guide, Disaster
    Recovery Using DNS Failover and Oracle GoldenGate. Info Mart stays at Site 2, as in option 2 of its return to normal.
    """
    standby = architecture == "active_standby"
    site = returning_site("main_site", site_failures > 0, main_returns)

    # Configuration
    database = {a: database_access(f"{a}_database", a == MAIN) for a in ADDRESSES}
    server = {a: configuration_server_pair(f"{a}_servers", a == MAIN, YES, False, exposed=a == MAIN) for a in ADDRESSES}
    master = {a: in_service(server[a], database[a]) for a in ADDRESSES}
    record = dns_record(False, None)
    proxies = configuration_proxy_pair("secondary_proxies", master, Names(record, cache), False, False, None)
    connected = (proxies.at_main & master[MAIN]) | (proxies.at_secondary & master[SECONDARY])
    over = procedure(
        "switch_over",
        switch_over(YES, YES, database[SECONDARY].open, master[SECONDARY], record.to_secondary, False, True, False),
        False,
        False,
    )

    # Info Mart
    accepted = connected if tool == "proxy" else any_of(list(master.values()))
    tools = administration_tool("administration_tool", accepted)
    copy = object_in_proxies("object_in_proxies", connected)
    readable = serves(proxies) if command_line == "proxy" else master[SECONDARY]
    known = ~copy.behind if command_line == "proxy" else YES
    objects: list[Component] = []
    if standby:
        app = application(partitioned, True, False)
        server2 = standby_server("server2", readable, known & (app.host == "site2"), app.access_point == "site2")
        book = active_standby_recovery(
            server=server2,
            trail_applied=YES,
            connected=app.access_point == "site2",
            partitioned=partitioned,
            aggregation=True,
            gi2_step=True,
            drain_trail=False,
            slips=False,
            replicat_stopped=known & readable if check_object else None,
        )
        objects += [app, server2]
    else:
        objects.append(connections("connections2", may_change=True))
        book = active_active_recovery(True, False)

    # The way back of configuration
    people = operators(
        site.failed & (book.complete if order == "info_mart_first" else YES), site.up, over.complete, ~YES, False, False
    )
    lost = site.failed | ~people.watching  # it may have been restored by the time at which Info Mart's team begins
    team = info_mart_team(lost & (connected if order == "configuration_first" else YES))
    checks = BackChecks(
        main_there=people.switching_back & site.up,
        main_closed=database[MAIN].closed,
        secondary_closed=~database[SECONDARY].open,
        same=YES,
        reversing=YES,
        reverse_stopped=YES,
        trails_empty=YES,
        capturing=YES,
        in_service=master[MAIN],
        record_changed=record.to_main,
    )
    back = procedure("switch_back", switch_back(YES, checks, False, True, True, False, False), False, False)

    main = [site, database[MAIN], server[MAIN]]
    recovery = [tools, copy, record, people, over, back, team, book]
    parts = {c.name: c for c in [*objects, *database.values(), *server.values(), record, proxies]}
    push = {"secondary_proxies": "push"}
    configuration: dict[str, dict[str, str]] = {
        "over_enable_access": {"secondary_database": "enable_access"},
        "over_start_servers": {"secondary_servers": "start"},
        "over_change_dns": {"dns_record": "point_to_secondary"},
        "over_push_names": push,
        "back_disable_main_access": {"main_database": "disable_access"},
        "back_stop_servers": {"secondary_servers": "stop"},
        "back_disable_access": {"secondary_database": "disable_access"},
        "back_enable_main_access": {"main_database": "enable_access"},
        "back_start_servers": {"main_servers": "start"},
        "back_change_dns": {"dns_record": "point_to_main"},
        "back_push_names": push,
    }
    events = [
        event("main_site_fails", {site: "fails", **dict.fromkeys((database[MAIN], server[MAIN]), "site_fails")}),
        event(
            "main_site_returns",
            {site: "returns", **dict.fromkeys((database[MAIN], server[MAIN]), "site_returns"), people: "site_returns"},
        ),
        event("declare_disaster", {people: "declare_disaster", over: "declare_disaster"}),
        event("begin_switch_back", {people: "begin_switch_back", back: "declare_disaster"}),
        event("begin_info_mart_recovery", {team: "begin_info_mart_recovery", book: "declare_disaster"}),
        *(
            event(
                f"other_change_at_{a}",
                {proxies: f"change_at_{a}", server[a]: "accept"},
                kind="environment",
                doc=f"a client of Site 2 changes something else at the {a} master",
            )
            for a in ADDRESSES
        ),
    ]
    for key in (*over.states[1:-1], *back.states[1:-1]):
        does = {parts[name]: trigger for name, trigger in configuration.get(key, {}).items()}
        events.append(event(key, {over if key.startswith("over") else back: key}, optional=does))
    for key in book.states[1:-1]:
        does = {parts[name]: trigger for name, trigger in EFFECTS.get(key, {}).items()}
        changing = {tools: "change_object", copy: "change_object"} if key in CHANGES else {}
        events.append(event(key, {book: key, **changing}, optional=does))
    return compose(
        "joint_recovery",
        [*main, *(database[SECONDARY], server[SECONDARY], proxies), *objects, *recovery],
        events=events,
        flows=[
            flow(
                ["secondary_proxies", "main_servers", "main_database"],
                "changes of objects",
                moved_by="other_change_at_main",
                source="Framework guide, Components",
            ),
            flow(
                ["secondary_proxies", "secondary_servers", "secondary_database"],
                "changes of objects",
                moved_by="other_change_at_secondary",
                source="Framework guide, Components",
            ),
        ],
        sites=[Site(site, (database[MAIN], server[MAIN]), shared={})],
        faults={"site failure": site_failures, "server failure": server_failures},
        parts={"master": master, "connected": connected, "accepted": accepted, "readable": readable},
    )
