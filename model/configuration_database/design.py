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
    Duration,
    Literal,
    ParameterRole,
    Site,
    System,
    all_of,
    any_of,
    compose,
    event,
    flow,
    hours,
    minutes,
    scope,
)
from drcheck.designs.design import design
from model.common.attendance import attendance
from model.common.link import wide_area_link
from model.common.recovery_clock import ARGUMENT, recovery_clock
from model.configuration_database.components.backup_copy import protected_database
from model.configuration_database.components.change_replication import Replication
from model.configuration_database.components.configuration_changes import ConfigurationChanges
from model.configuration_database.components.configuration_database import ConfigurationDatabase
from model.configuration_database.components.configuration_proxy import Memory, configuration_proxy_pair, served
from model.configuration_database.components.configuration_server import configuration_server_pair, in_service
from model.configuration_database.components.log_database import LogDatabase
from model.configuration_database.components.master_host_client import master_host_client
from model.configuration_database.components.message_server import (
    distributed_message_server,
    log_message_server,
    passes_on,
)
from model.configuration_database.components.name_resolution import (
    ADDRESSES,
    Names,
    dns_record,
    hosts_file,
    resolves_to,
)
from model.configuration_database.components.returning_site import returning_site
from model.configuration_database.components.site_network import site_network
from model.configuration_database.components.solution_control_server import (
    controls,
    master_solution_control_server,
    site_solution_control_server,
    solution_control_talk,
)
from model.configuration_database.events import changes_made, effects_of_steps, losses, other, replication
from model.configuration_database.runbooks.configuration_switchover import (
    BackChecks,
    due,
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
    guardable=[
        "ship_to_secondary",
        "apply_to_secondary",
        "ship_to_main",
        "apply_to_main",
        "main_servers.backup_takes_over",
        "secondary_servers.backup_takes_over",
        "main_proxies.connects_to_main",
        "main_proxies.connects_to_secondary",
        "secondary_proxies.connects_to_main",
        "secondary_proxies.connects_to_secondary",
    ],
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
    server_failures: Annotated[
        int, "how many Configuration Servers may fail, each being primary", Budget, ParameterRole.FAULT
    ] = 1,
    backup_failures: Annotated[
        int, "how many Configuration Servers may fail that are not primary", Budget, ParameterRole.FAULT
    ] = 0,
    proxy_failures: Annotated[int, "how many proxy processes may fail", Budget, ParameterRole.FAULT] = 0,
    replication_failures: Annotated[
        int, "how many processes of the replication may fail", Budget, ParameterRole.FAULT
    ] = 0,
    restart_replication: Annotated[
        bool, "the operators start a process of the replication again when it has failed", ParameterRole.REPAIR
    ] = False,
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
        OneOf["expires", "kept", "ttl"],
        "when clients that cannot connect resolve the name again: at some time, never, or after its time to live",
        ParameterRole.ASSUMPTION,
    ] = "expires",
    ttl: Annotated[
        Duration, "how long clients use an address that they have resolved, with cache=ttl", ParameterRole.DEPLOYMENT
    ] = hours(1),
    tick: Annotated[Duration, "length of one tick, where time is followed", ParameterRole.ASSUMPTION] = minutes(15),
    dns_server: Annotated[
        OneOf["apart", "main_site", "both_sites"],
        "where the DNS servers of the record are: away from both sites, at the main site alone, or at each site",
        ParameterRole.ASSUMPTION,
    ] = "apart",
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
        bool, "Solution Control Servers and Message Servers are redundant pairs", ParameterRole.REPAIR
    ] = False,
    restarts: Annotated[
        bool,
        "Solution Control Servers start the servers that they manage again when these have failed",
        ParameterRole.READING,
    ] = False,
    message_failures: Annotated[int, "how many Message Servers may fail", Budget, ParameterRole.FAULT] = 0,
    mistaken_starts: Annotated[
        int, "how often a dormant Message Server may be started by mistake", Budget, ParameterRole.SLIP
    ] = 0,
    talk: Annotated[
        bool,
        "whether it is followed which Message Server the Solution Control Servers talk through, which are then modelled",
        scope("what they talk through follows the Message Servers and the network, and blocks no event"),
    ] = False,
    attended_within: Annotated[
        Duration,
        "how long outages, operators and replication take in one go for what can be done; 0h: without limit, as the guide states "
        "none",
        ParameterRole.ASSUMPTION,
    ] = hours(0),
    observe_recovery: Annotated[
        bool,
        "whether a clock counts for how long the proxies of a site that is up take no configuration change",
        scope(ARGUMENT),
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
    destroyed, management = main_storage == "destroyed", management or talk
    exposed = {MAIN: disaster == "site", SECONDARY: True}
    account = ConfigurationChanges("changes", changes)
    bases = {
        MAIN: ConfigurationDatabase("main_database", account, access=True, destroyed=destroyed),
        SECONDARY: ConfigurationDatabase("secondary_database", account, access=False, destroyed=destroyed),
    }
    may_abend = replication_failures > 0
    forward = Replication("to_secondary", account, True, may_abend, restart_replication)
    reverse = Replication("to_main", account, False, may_abend, restart_replication)
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
            messages[a] = distributed_message_server(
                f"{a}_message_server",
                a == MAIN,
                autostart and a == MAIN,
                message_failures > 0,
                control_pair,
                controls(control[a]) if restarts else None,
                mistaken_starts > 0,
            )
    server = {
        a: configuration_server_pair(
            f"{a}_servers",
            a == MAIN,
            controls(control[a]) if management else YES,
            autostart and a == MAIN,
            backup_failures > 0,
            restarts,
            stops=not keep_secondary,
        )
        for a in ADDRESSES
    }
    master = {a: in_service(server[a], database[a]) for a in ADDRESSES}
    serving = {here: {a: master[a] if a == here else master[a] & link.up for a in ADDRESSES} for here in ADDRESSES}

    dns_lost = dns_server == "main_site" and exposed[MAIN]
    record = dns_record(dns_mistakes > 0, master if checked_scripts else None, dns_lost)
    names = Names(record, cache, ttl.ticks(tick) if cache == "ttl" else 0)

    # Clients: the proxies and site Solution Control Servers find the master by name, those on the master hosts too
    contents = {a: list(bases[a].held) for a in ADDRESSES}
    memory = {
        a: Memory(
            Array("loaded", served(), changes, of=account.each),
            account,
            contents,
            proxy_memory != "resumed",
        )
        for a in ADDRESSES
        if proxy_memory != "not_followed"
    }
    proxy = {
        a: configuration_proxy_pair(f"{a}_proxies", serving[a], names, proxy_failures > 0, exposed[a], memory.get(a))
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
    site_control, heard = {}, {}
    if management:
        for a in ADDRESSES:
            site_control[a] = site_solution_control_server(
                f"{a}_site_scs", serving[a], names, exposed[a], control_failures > 0, control_pair
            )
            if talk:
                reach = {b: passes_on(messages[b]) & (YES if a == b else link.up) for b in ADDRESSES}
                heard[a] = solution_control_talk(f"{a}_talk", reach, exposed[a])

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
        names.answered if dns_lost else None,
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
            log_base[a] = logs[a].component(logs[other(a)].own, link.up, destroyed, exposed[a])
            manager = controls(site_control[a]) if management else YES
            log_server[a] = log_message_server(
                f"{a}_log_message_server",
                log_base[a].available,
                exposed[a],
                message_failures > 0,
                control_pair,
                manager if restarts else None,
            )

    hosts = {
        a: [database[a], extract[a], replicat[a], server[a], *([control[a], messages[a]] if management else [])]
        for a in ADDRESSES
    }
    applications = {
        a: [
            proxy[a],
            *([site_control[a]] if management else []),
            *([heard[a]] if a in heard else []),
            *([log_base[a], log_server[a]] if log_records else []),
        ]
        for a in ADDRESSES
    }
    fate_of_main = [*applications[MAIN], *([record] if dns_lost else [])]
    events = [
        *changes_made(ledger, database, extract, server, proxy, client),
        *replication(forward, reverse, extract, replicat, database),
        *losses(site, hosts, {**applications, MAIN: fate_of_main}, ledger, people, exposed),
        event("declare_disaster", {people: "declare_disaster", over: "declare_disaster"}),
        event("begin_switch_back", {people: "begin_switch_back", back: "declare_disaster"}),
        *(event("declare_again", {people: "declare_again", again: "declare_disaster"}) for again in repeats),
        *([event("mistake_outage", {people: "mistake_outage", over: "declare_disaster"})] if mistaken_operator else []),
    ]
    named = [*proxy.values(), *site_control.values()]
    effects = effects_of_steps(database, extract, replicat, server, record, named, control, messages)
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
    limit = attended_within.ticks(tick)
    if limit:
        moves = [
            stream.waiting & extract[source].running & link.up & ~database[target].lost
            | ~stream.at_end_of_trail & replicat[target].running
            for stream, source, target in ((forward, MAIN, SECONDARY), (reverse, SECONDARY, MAIN))
        ]
        steps_due = [due(over, scripts), due(back, steps_back)]
        by_control = ("switching", *(["failed"] if restarts else []))
        steps_due += [
            server[a].in_states(*by_control) & (controls(control[a]) if management else YES) for a in ADDRESSES
        ]
        begins = [link.down, people.watching & site[MAIN].failed, people.switching_over & over.complete & site[MAIN].up]
        everything.append(attendance(limit, any_of([*moves, *steps_due, *begins])))
    if observe_recovery:
        apart = any_of(p.in_states(*(s for s in ("limited", "unloaded") if s in p.states)) for p in proxy.values())
        everything.append(recovery_clock("configuration service that takes changes", hours(24), apart))
    kinds = {
        "site failure": site_failures if any(may_fail.values()) else 0,
        "network outage": outages,
        "server failure": server_failures,
        "proxy failure": proxy_failures,
        "operator slip": slips,
        "mistaken declaration": int(mistaken_operator),
        "mistaken DNS change": dns_mistakes,
        "Solution Control Server failure": control_failures if management else 0,
        "backup failure": backup_failures,
        "replication failure": replication_failures,
        "Message Server failure": message_failures if management or log_records else 0,
        "mistaken start": mistaken_starts if management else 0,
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
        flows=[
            flow(
                ["main_proxies", "main_servers", "main_database"],
                "changes",
                moved_by="change_through_main_proxies_at_main",
                source="Framework guide, Components",
            ),
            flow(
                ["secondary_proxies", "secondary_servers", "secondary_database"],
                "changes",
                moved_by="change_through_secondary_proxies_at_secondary",
                source="Framework guide, Components",
            ),
            flow(
                ["main_database", "extract_to_secondary", "replicat_to_secondary", "secondary_database"],
                "replicated tables",
                moved_by=["change_through_main_proxies_at_main", "ship_to_secondary", "apply_to_secondary"],
                source="Framework guide, DBMS Solution Replication Processes Configuration",
            ),
            flow(
                ["secondary_database", "extract_to_main", "replicat_to_main", "main_database"],
                "replicated tables, back",
                moved_by=["change_through_secondary_proxies_at_secondary", "ship_to_main", "apply_to_main"],
                source="Framework guide, DBMS Solution Replication Processes Configuration",
            ),
        ],
        tick=tick if cache == "ttl" or limit or observe_recovery else None,
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
        flows=[
            flow(["main_database", copy], what, moved_by=["tick", mover], source="Framework guide, Overview")
            for copy, what, mover in (
                ("archive", "backups", "backup_arrives"),
                *([("replica", "replicated tables", "replication_delivers")] if replication else []),
            )
        ],
        faults={"site failure": 1, "network outage": outages},
        tick=tick,
    )
