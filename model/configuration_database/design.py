"""Disaster recovery of the Genesys Configuration Database, through DNS failover and Oracle GoldenGate.

Two sites, each with a Configuration Database and a master Configuration Server pair, of which one pair is dormant; the
live database is replicated to the other. What matters here is the order of events, not how long they take, so the first
design has no clock. Changes of the configuration have identity: a few are enough, since nothing in the design depends
on how many there are but only on where each one is (before or after the loss, delivered or not, made at which site);
the tests vary their number. The second design compares replication with periodic backups, and does have a clock.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import (
    Array,
    Boolean,
    Component,
    Duration,
    Literal,
    ParameterRole,
    Site,
    System,
    all_of,
    compose,
    event,
    hours,
    scope,
)
from drcheck.designs.design import design
from drcheck.system.composition import Rendezvous
from model.common.link import wide_area_link
from model.configuration_database.components.backup_copy import protected_database
from model.configuration_database.components.change_replication import Replication
from model.configuration_database.components.configuration_changes import ConfigurationChanges
from model.configuration_database.components.configuration_database import ConfigurationDatabase
from model.configuration_database.components.configuration_proxy import Memory, configuration_proxy_pair
from model.configuration_database.components.configuration_server import configuration_server_pair, in_service
from model.configuration_database.components.log_database import LogDatabase
from model.configuration_database.components.master_host_client import master_host_client
from model.configuration_database.components.message_server import distributed_message_server, log_message_server
from model.configuration_database.components.name_resolution import ADDRESSES, dns_record, hosts_file, resolves_to
from model.configuration_database.components.returning_site import returning_site
from model.configuration_database.components.site_network import site_network
from model.configuration_database.components.solution_control_server import (
    controls,
    master_solution_control_server,
    site_solution_control_server,
)
from model.configuration_database.runbooks.configuration_switchover import (
    BackChecks,
    once_more,
    operators,
    procedure,
    switch_back,
    switch_over,
)

YES, NO = Literal(True), Literal(False)
MAIN, SECONDARY = ADDRESSES

Budget = range(3)


@design(
    title="Configuration Database: DNS failover and Oracle GoldenGate",
    properties="properties.configuration_database.switch_over",
)
def dns_failover(
    changes: Annotated[
        int,
        "how many configuration changes are made",
        range(1, 6),
        scope("every change goes the same way, and which are lost depends on the order of a few; more only repeat it"),
    ] = 3,
    disaster: Annotated[
        OneOf["site", "management_host"],
        "what is lost with the main site: all of it, or only its management host",
        ParameterRole.FAULT,
    ] = "site",
    failing: Annotated[OneOf["main", "secondary", "either"], "which site may be lost", ParameterRole.FAULT] = "either",
    site_failures: Annotated[int, "how many site losses there may be", Budget, ParameterRole.FAULT] = 1,
    outages: Annotated[int, "how many network outages there may be", Budget, ParameterRole.FAULT] = 1,
    server_failures: Annotated[int, "how many Configuration Servers may fail", Budget, ParameterRole.FAULT] = 1,
    proxy_failures: Annotated[int, "how many proxy processes may fail", Budget, ParameterRole.FAULT] = 0,
    main_returns: Annotated[
        bool, "whether the main site is restored, so that there is a switch-back", ParameterRole.ASSUMPTION
    ] = True,
    main_storage: Annotated[
        OneOf["destroyed", "survives"],
        "what becomes of the data of a site that is lost and restored",
        ParameterRole.ASSUMPTION,
    ] = "destroyed",
    drain: Annotated[bool, "whether the switch-over begins by waiting for Replicat", ParameterRole.ASSUMPTION] = True,
    order: Annotated[
        OneOf["published", "any", "any_back"],
        "the order of the scripts: as published, in any order at switch-over, or in any order at switch-back",
        ParameterRole.ASSUMPTION,
    ] = "published",
    checked_scripts: Annotated[
        bool, "each script checks that what it relies on has been done", ParameterRole.REPAIR
    ] = False,
    repeatable: Annotated[
        bool, "the switch-over can be begun anew during the switch-back and after it", ParameterRole.REPAIR
    ] = False,
    initial_copy: Annotated[
        bool, "whether the switch-back begins with a copy of the whole database", ParameterRole.READING
    ] = True,
    capture_first: Annotated[
        bool,
        "whether Extract at the main site is started before clients can change its database at switch-back",
        ParameterRole.ASSUMPTION,
    ] = True,
    keep_secondary: Annotated[bool, "the switch-back leaves the secondary servers running", ParameterRole.SLIP] = False,
    slips: Annotated[int, "how many steps the operators may leave out, or do late", Budget, ParameterRole.SLIP] = 0,
    mistaken_operator: Annotated[
        bool, "whether an outage may be taken for the loss of the main site", ParameterRole.SLIP
    ] = False,
    dns_mistakes: Annotated[int, "how often the DNS record may be changed by mistake", Budget, ParameterRole.SLIP] = 0,
    cache: Annotated[
        OneOf["expires", "kept"],
        "whether clients resolve the name again while they cannot connect",
        ParameterRole.ASSUMPTION,
    ] = ("expires"),
    proxy_memory: Annotated[
        OneOf["not_followed", "reloaded", "resumed"],
        "what proxies have in memory: not followed; loaded anew at each connection; kept by a proxy that resumes its session",
        ParameterRole.ASSUMPTION,
    ] = "not_followed",
    pins: Annotated[
        bool, "whether the name is pinned in the hosts files of the master hosts", ParameterRole.DEPLOYMENT
    ] = True,
    host_clients: Annotated[
        bool, "whether clients on the master hosts change the configuration", ParameterRole.ASSUMPTION
    ] = True,
    autostart: Annotated[
        bool, "whether the restored main site starts its Configuration Servers by itself", ParameterRole.ASSUMPTION
    ] = False,
    return_closed: Annotated[
        bool, "the restored main database comes back with access disabled", ParameterRole.REPAIR
    ] = False,
    management: Annotated[
        bool,
        "whether Solution Control Servers and their Message Servers are modelled",
        scope(
            "Solution Control Servers start and stop what the scripts start and stop; without them the scripts do it alone"
        ),
    ] = False,
    control_failures: Annotated[int, "how many Solution Control Servers may fail", Budget, ParameterRole.FAULT] = 0,
    control_pair: Annotated[
        bool, "the Solution Control Server of each master host is a redundant pair", ParameterRole.REPAIR
    ] = False,
    log_records: Annotated[
        int,
        "log records that each site may write; 0 leaves network logging out",
        range(4),
        scope("log records go to databases of their own, and nothing of the configuration reads them"),
    ] = 0,
) -> System:
    """The main database replicated to a live standby, a dormant master pair beside it, the proxies led there by DNS.

    Framework guide: Disaster Recovery Using DNS Failover and Oracle GoldenGate. The main site is lost: the switch-over.
    It is restored: the switch-back. The secondary site is lost: the main site goes on without a standby.
    """
    destroyed = main_storage == "destroyed"
    exposed = {MAIN: disaster == "site", SECONDARY: True}
    account = ConfigurationChanges("changes", changes)
    bases = {
        MAIN: ConfigurationDatabase("main_database", account, access=True, destroyed=destroyed),
        SECONDARY: ConfigurationDatabase("secondary_database", account, access=False, destroyed=destroyed),
    }
    forward = Replication("to_secondary", account, normal=True)
    reverse = Replication("to_main", account, normal=False)
    link = site_network()

    # Databases: each receives one direction of the replication
    streams = {MAIN: reverse, SECONDARY: forward}
    database = {
        a: bases[a].component(
            [streams[a].applied_next(i) for i in range(changes)],
            list(bases[SECONDARY].held) if a == MAIN and initial_copy else None,
            opened_on_return=a == MAIN and not return_closed,
        )
        for a in ADDRESSES
    }
    extract = {
        MAIN: forward.source(link.up, ~database[SECONDARY].lost),
        SECONDARY: reverse.source(link.up, ~database[MAIN].lost),
    }
    replicat = {MAIN: reverse.replicat(), SECONDARY: forward.replicat()}

    # The management hosts: what controls the servers
    control, messages = {}, {}
    if management:
        for a in ADDRESSES:
            control[a] = master_solution_control_server(f"{a}_scs", a == MAIN, control_pair, autostart and a == MAIN)
            messages[a] = distributed_message_server(f"{a}_message_server", a == MAIN, autostart and a == MAIN)
    server = {
        a: configuration_server_pair(
            f"{a}_servers", a == MAIN, controls(control[a]) if management else YES, autostart and a == MAIN
        )
        for a in ADDRESSES
    }
    master = {a: in_service(server[a], database[a]) for a in ADDRESSES}
    serving = {here: {a: master[a] if a == here else master[a] & link.up for a in ADDRESSES} for here in ADDRESSES}

    record = dns_record(dns_mistakes > 0, master if checked_scripts else None)

    # Clients: the proxies and site Solution Control Servers find the master by name, those on the master hosts too
    contents = {a: list(bases[a].held) for a in ADDRESSES}
    memory = {
        a: Memory(Array("loaded", Boolean("there"), changes), account, contents, proxy_memory != "resumed")
        for a in ADDRESSES
        if proxy_memory != "not_followed"
    }
    proxy = {
        a: configuration_proxy_pair(
            f"{a}_proxies", serving[a], record, cache == "expires", proxy_failures > 0, exposed[a], memory.get(a)
        )
        for a in ADDRESSES
    }
    client, pinned, finds = {}, {}, {}
    for here in ADDRESSES:
        finds[here] = {
            a: resolves_to(a, here, pins, record) & serving[here][a] & ~database[here].lost for a in ADDRESSES
        }
        possible = {a: way for a, way in finds[here].items() if not pins or a == here}
        client[here] = master_host_client(f"{here}_host_client", possible, host_clients)
        pinned[here] = hosts_file(f"{here}_hosts_file", pins)
    site_control = {}
    if management:
        site_control = {
            a: site_solution_control_server(f"{a}_site_scs", serving[a], record, cache == "expires", exposed[a])
            for a in ADDRESSES
        }

    # The procedures
    scripts = switch_over(
        forward.at_end_of_trail,
        ~replicat[SECONDARY].running,
        database[SECONDARY].open,
        master[SECONDARY],
        record.to_secondary,
        management,
        drain,
        checked_scripts,
    )
    over = procedure("switch_over", scripts, order == "any", slips > 0)
    repeats = [procedure("second_switch_over", once_more(scripts), False, False)] if repeatable else []
    may_fail = {a: failing in (a, "either") and site_failures > 0 for a in ADDRESSES}
    site = {
        MAIN: returning_site("main_site", may_fail[MAIN], main_returns),
        SECONDARY: returning_site("secondary_site", may_fail[SECONDARY], False),
    }
    people = operators(site[MAIN].failed, site[MAIN].up, over.complete, link.down, mistaken_operator, repeatable)
    main_held, secondary_held = bases[MAIN].held, bases[SECONDARY].held
    same = all_of(
        (~s | m | reverse.local[i] | reverse.remote[i]) & (~m | s)
        for i, (m, s) in enumerate(zip(main_held, secondary_held, strict=True))
    )
    checks = BackChecks(
        main_there=people.switching_back & site[MAIN].up,
        main_closed=database[MAIN].closed,
        secondary_closed=~database[SECONDARY].open,
        same=same,
        reversing=replicat[MAIN].running,
        reverse_stopped=extract[SECONDARY].stopped,
        trails_empty=~reverse.waiting & reverse.at_end_of_trail,
        capturing=extract[MAIN].running,
        in_service=master[MAIN],
        record_changed=record.to_main,
    )
    steps_back = switch_back(
        link.up & ~database[SECONDARY].lost,
        checks,
        management,
        initial_copy,
        capture_first,
        keep_secondary,
        checked_scripts,
    )
    back = procedure("switch_back", steps_back, order == "any_back", slips > 0)
    ledger = account.component(
        [(main_held[i] | reverse.remote[i]) & ~secondary_held[i] & ~forward.remote[i] for i in range(changes)],
        [(secondary_held[i] | forward.remote[i]) & ~main_held[i] & ~reverse.remote[i] for i in range(changes)],
    )

    # Network logging
    logs: dict[str, LogDatabase] = {}
    log_base, log_server = {}, {}
    if log_records:
        logs = {a: LogDatabase(f"{a}_log_database", log_records) for a in ADDRESSES}
        for a in ADDRESSES:
            log_base[a] = logs[a].component(logs[_other(a)].own, link.up, destroyed, exposed[a])
            log_server[a] = log_message_server(f"{a}_log_message_server", log_base[a].available, exposed[a])

    hosts = {
        a: [database[a], extract[a], replicat[a], server[a], *([control[a], messages[a]] if management else [])]
        for a in ADDRESSES
    }
    applications = {
        a: [
            proxy[a],
            *([site_control[a]] if management else []),
            *([log_base[a], log_server[a]] if log_records else []),
        ]
        for a in ADDRESSES
    }
    events = [
        *_changes_made(ledger, database, extract, server, proxy, client),
        *_replication(forward, reverse, extract, replicat, database),
        *_losses(site, hosts, applications, ledger, people, exposed),
        event("declare_disaster", {people: "declare_disaster", over: "declare_disaster"}),
        event("begin_switch_back", {people: "begin_switch_back", back: "declare_disaster"}),
        *(event("declare_again", {people: "declare_again", again: "declare_disaster"}) for again in repeats),
        *([event("mistake_outage", {people: "mistake_outage", over: "declare_disaster"})] if mistaken_operator else []),
    ]
    named = [*proxy.values(), *site_control.values()]
    pushes = dict.fromkeys(named, "push")
    effects: dict[str, dict[Component, str]] = {
        "over_wait_for_replicat": {},
        "over_stop_replicat": {replicat[SECONDARY]: "stop"},
        "over_enable_access": {database[SECONDARY]: "enable_access"},
        "over_start_servers": {server[SECONDARY]: "start"},
        "over_start_capture": {extract[SECONDARY]: "capture"},
        "over_change_dns": {record: "point_to_secondary"},
        "over_push_names": pushes,
        "back_disable_main_access": {database[MAIN]: "disable_access"},
        "back_copy": {database[MAIN]: "copy_from_other"},
        "back_start_reverse": {extract[SECONDARY]: "start", replicat[MAIN]: "start"},
        "back_stop_servers": {server[SECONDARY]: "stop"},
        "back_disable_access": {database[SECONDARY]: "disable_access"},
        "back_wait_for_reverse": {},
        "back_stop_reverse": {extract[SECONDARY]: "stop", replicat[MAIN]: "stop"},
        "back_enable_main_access": {database[MAIN]: "enable_access"},
        "back_start_forward": {extract[MAIN]: "begin_now", replicat[SECONDARY]: "start"},
        "back_start_servers": {server[MAIN]: "start"},
        "back_change_dns": {record: "point_to_main"},
        "back_push_names": pushes,
    }
    if management:
        for book, starts, stops in (("over", SECONDARY, None), ("back", MAIN, SECONDARY)):
            effects[f"{book}_start_solution_control"] = {control[starts]: "start"}
            effects[f"{book}_start_message_server"] = {messages[starts]: "start"}
            if stops:
                effects[f"{book}_stop_solution_control"] = {control[stops]: "stop"}
                effects[f"{book}_stop_message_server"] = {messages[stops]: "stop"}
    for book in (over, back, *repeats):
        events += [
            event(key, {book: key}, optional=effects[key.removeprefix("again_")])
            for key in book.triggers
            if key.removeprefix("again_") in effects
        ]
    for a in log_base:
        events.append(event(f"{a}_logs", {log_server[a]: "log", log_base[a]: "log"}))
        events.append(event(f"{a}_log_replicated", {log_base[a]: "receive"}))
    everything = [
        *(c for a in ADDRESSES for c in (site[a], *hosts[a], client[a], pinned[a], *applications[a])),
        record,
        link,
        ledger,
        people,
        over,
        back,
        *repeats,
    ]
    kinds = {
        "site failure": site_failures if any(may_fail.values()) else 0,
        "network outage": outages,
        "server failure": server_failures,
        "proxy failure": proxy_failures,
        "operator slip": slips,
        "mistaken declaration": int(mistaken_operator),
        "mistaken DNS change": dns_mistakes,
        "Solution Control Server failure": control_failures if management else 0,
    }
    always_there = {"site failure", "network outage", "server failure"}
    if management:
        always_there.add("Solution Control Server failure")
    return compose(
        "dns_failover",
        everything,
        events=events,
        sites=[Site(site[a], (*hosts[a], client[a], pinned[a], *applications[a]), shared={}) for a in ADDRESSES],
        faults={kind: n for kind, n in kinds.items() if n or kind in always_there},
        parts={
            "account": account,
            "bases": bases,
            "forward": forward,
            "reverse": reverse,
            "master": master,
            "logs": logs,
            "memory": memory,
            "reachable_master": serving,
            "finds": finds,
        },
    )


def _other(address: str) -> str:
    return SECONDARY if address == MAIN else MAIN


Parts = dict[str, Component]


def _changes_made(
    ledger: Component, database: Parts, extract: Parts, server: Parts, proxy: Parts, client: Parts
) -> list[Rendezvous]:
    """A change of the configuration, by each way in which a client can reach each master."""
    events = []
    for a in ADDRESSES:
        master = {ledger: "accept", server[a]: "accept", database[a]: "accept", extract[a]: "accept"}
        for ways, where in ((proxy, "through_{}_proxies"), (client, "on_{}_host")):
            for here, way in ways.items():
                if f"change_at_{a}" not in way.triggers:
                    continue
                told = {p: f"notified_at_{a}" for p in proxy.values() if p is not way}
                events.append(
                    event(
                        f"change_{where.format(here)}_at_{a}",
                        {way: f"change_at_{a}", **master},
                        optional={p: trigger for p, trigger in told.items() if trigger in p.triggers},
                        kind="environment",
                        doc=f"the master at the {a} site accepts a change",
                    )
                )
    return events


def _replication(
    forward: Replication, reverse: Replication, extract: Parts, replicat: Parts, database: Parts
) -> list[Rendezvous]:
    """A change moves on by one stage, in each direction."""
    events = []
    for stream, source, target in ((forward, MAIN, SECONDARY), (reverse, SECONDARY, MAIN)):
        events.append(
            event(
                f"ship_{stream.direction}",
                {extract[source]: "ship", replicat[target]: "receive"},
                doc="DataPump ships the oldest change that was captured",
            )
        )
        events.append(
            event(
                f"apply_{stream.direction}",
                {replicat[target]: "apply", database[target]: "apply"},
                doc="Replicat applies the oldest change of its trail",
            )
        )
    return events


def _losses(
    site: Parts,
    hosts: dict[str, list[Component]],
    applications: dict[str, list[Component]],
    ledger: Component,
    people: Component,
    exposed: dict[str, bool],
) -> list[Rendezvous]:
    """The loss of each site, and the return of the main one, with everything that shares its fate."""
    events = []
    for a in ADDRESSES:
        hit = [*hosts[a], *(applications[a] if exposed[a] else [])]
        events.append(
            event(
                f"{a}_site_fails",
                {site[a]: "fails", **dict.fromkeys(hit, "site_fails")},
                optional={ledger: f"{a}_lost"},
            )
        )
        told = {people: "site_returns"} if a == MAIN else {}
        events.append(event(f"{a}_site_returns", {site[a]: "returns", **dict.fromkeys(hit, "site_returns"), **told}))
    return events


@design(
    title="Configuration Database: periodic backup, and replication beside it",
    properties="properties.configuration_database.backup",
)
def backup_and_restore(
    tick: Annotated[
        Duration, "length of one tick, in which at most one change is made", ParameterRole.ASSUMPTION
    ] = hours(1),
    backup_period: Annotated[
        Duration, "how often the Configuration Database is backed up", ParameterRole.DEPLOYMENT
    ] = hours(24),
    backup_window: Annotated[
        Duration, "how late a backup may be, or how long it takes to arrive off site", ParameterRole.ASSUMPTION
    ] = hours(1),
    replication: Annotated[
        bool, "whether the database is replicated as well, for the comparison", ParameterRole.DEPLOYMENT
    ] = True,
    replication_lag: Annotated[
        int, "how many ticks replication may be behind while the network is up", range(5), ParameterRole.ASSUMPTION
    ] = 1,
    longest_outage: Annotated[Duration, "the longest network outage that is considered", ParameterRole.FAULT] = hours(
        14
    ),
    outages: Annotated[int, "how many network outages may happen", range(3), ParameterRole.FAULT] = 0,
    backups_cross_network: Annotated[
        bool, "whether backups reach the other site over the same network", ParameterRole.ASSUMPTION
    ] = True,
) -> System:
    """The Configuration Database archived periodically, and what a disaster then loses; replication beside it.

    Framework guide, Overview. Backup and replication watch the same database through the same faults, so that what each
    would lose can be compared in every execution. Changes are counted back from the present: at most one a tick.
    """
    up = returning_site("main_site", True, NO)
    link = wide_area_link(longest_outage, up.up)
    period, window = backup_period.ticks(tick), backup_window.ticks(tick)
    most = period + window + replication_lag + longest_outage.ticks(tick) * max(outages, 1) + 2
    parts = protected_database(
        up.up, link.up, period, window, replication_lag if replication else None, most, backups_cross_network
    )
    return compose(
        "backup_and_restore",
        [up, link, *parts.values()],
        events=[
            event("main_site_fails", {up: "fails"}),
            event("main_site_returns", {up: "returns"}),
        ],
        sites=[Site(up, (parts["main_database"],), shared={})],
        faults={"site failure": 1, "network outage": outages},
        tick=tick,
    )
