"""What is left when one server, process or DNS server fails: what pairs are for, and what is single (FW-2, FW-3, FW-7, FW-8)."""

from drcheck import System, all_of, any_of, case, happens, hours, minutes, reading, stress
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, leads_to, never, stated, structure, whenever, within
from model.configuration_database.components.solution_control_server import controls
from properties.configuration_database.findings import (
    BOTH_SERVERS_FAIL,
    DNS_LOST,
    PROCESS_FAILS,
    SITE_CONTROL_FAILS,
)
from properties.configuration_database.terms import (
    A_PROCESS_FAILS,
    ADDRESS_CACHED,
    ADDRESSES,
    BOTH_SERVERS,
    CACHED,
    COMPONENTS,
    CONTROL,
    DNS_APART,
    DNS_AT_MAIN,
    LOGGING,
    MAIN,
    MANAGED,
    NAMES,
    NO_DNS,
    NO_RETURN,
    NOT_MISTAKEN,
    ONE_PROCESS,
    ONE_PROXY_FAILS,
    ONE_SITE,
    OVERVIEW,
    PAIR_LOST,
    PROGRESS,
    SECONDARY,
    connected,
    lost_or_connected,
    switched_over,
)

STARTED_AGAIN = reading("what a Solution Control Server manages it also starts again")


# -- FW-3: the end of limited mode ------------------------------------------------------------------------------------------
@stated(
    claims="FW-3",
    source=OVERVIEW,
    cases=[
        case(given=NO_RETURN, assumptions=DNS_APART),
        case(
            "with_a_failed_proxy",
            "also if one process of a proxy pair fails",
            given={**NO_RETURN, "proxy_failures": 1},
            role=ONE_PROXY_FAILS,
        ),
        case(
            "without_its_dns_server",
            "if the only DNS server is lost with the main site",
            source=NAMES,
            given={**NO_RETURN, **DNS_AT_MAIN},
            role=NO_DNS,
            finding=DNS_LOST,
        ),
        case(
            "with_a_failed_process",
            "if a process of the replication fails",
            given={**NO_RETURN, **ONE_PROCESS},
            role=A_PROCESS_FAILS,
            finding=PROCESS_FAILS,
        ),
        case(
            "after_both_servers_fail",
            "if both servers of the main pair fail, and the main site is not lost",
            claims=("FW-3", "FW-7"),
            given=PAIR_LOST,
            role=BOTH_SERVERS,
            finding=BOTH_SERVERS_FAIL,
        ),
        case(
            "after_both_servers_of_the_secondary_pair_fail",
            "if both servers of a pair fail, and the main site may be lost",
            claims=("FW-3", "FW-7"),
            given={**NO_RETURN, "server_failures": 2, "outages": 0, "changes": 1},
            role=BOTH_SERVERS,
            finding=BOTH_SERVERS_FAIL,
        ),
    ],
)
def limited_mode_ends(d: System) -> Property:
    """Proxies of the secondary site in limited mode end up connected to a live master again, unless their site is lost."""
    return leads_to(d.secondary_proxies.limited, lost_or_connected(d, SECONDARY), fairness=PROGRESS)


# -- FW-3: cached addresses ----------------------------------------------------------------------------------------------
@stated(claims="FW-3", source=NAMES, given=CACHED, role=ADDRESS_CACHED)
def a_cached_address_delays_the_proxies_by_its_time_to_live(d: System) -> Property:
    """With no help of the push, the proxies of the secondary site are connected an hour after the change of the record."""
    return within(hours(1), connected(d, SECONDARY), after=happens("over_change_dns"))


@stated(claims="FW-3", source=NAMES, given=CACHED, role=ADDRESS_CACHED)
def the_push_ends_the_wait_for_cached_addresses(d: System) -> Property:
    """Once the new address has been pushed, the proxies are connected before more time passes."""
    return within(minutes(0), connected(d, SECONDARY), after=happens("over_push_names"))


@stated(claims="FW-10", source=NAMES, given={**CACHED, "main_returns": True}, role=ADDRESS_CACHED)
def cached_addresses_delay_the_way_back_too(d: System) -> Property:
    """After the way back the proxies of both sites are connected an hour after the change of the record."""
    both = all_of(connected(d, here) for here in ADDRESSES)
    return within(hours(1), both, after=happens("back_change_dns"))


# -- FW-7: pairs -------------------------------------------------------------------------------------------------------------
@stated(
    claims="FW-7",
    source=COMPONENTS,
    given={"site_failures": 0, "server_failures": 0, "backup_failures": 1},
    role=stress("the server that is not primary fails"),
)
def a_failed_backup_interrupts_nothing(d: System) -> Property:
    """The failure of the server that is not primary interrupts no service."""
    return whenever(happens("main_servers.backup_fails") | d.main_servers.alone, d.master[MAIN])


@stated(
    claims="FW-7",
    source=COMPONENTS,
    given={"site_failures": 0, "backup_failures": 1, "changes": 1},
    role=BOTH_SERVERS,
    finding=BOTH_SERVERS_FAIL,
)
def a_backup_may_fail_in_the_failover(d: System) -> Property:
    """A failed primary leads to a server in service even if the backup may fail as well."""
    return leads_to(d.main_servers.switching, d.master[MAIN], fairness=PROGRESS)


# -- FW-2: the standby --------------------------------------------------------------------------------------------------------
@stated(
    claims="FW-2",
    source=OVERVIEW,
    cases=[
        case(given={"site_failures": 0}, assumptions=NOT_MISTAKEN),
        case(
            "with_a_failed_process",
            "if a process of the replication fails",
            given={"site_failures": 0, **ONE_PROCESS},
            role=A_PROCESS_FAILS,
            finding=PROCESS_FAILS,
        ),
    ],
)
def every_change_reaches_the_standby(d: System) -> Property:
    """While no site is lost, what clients change ends up in the standby database."""
    waiting = any_of([*d.forward.local, *d.forward.remote])
    return leads_to(waiting, ~waiting | ~d.main_site.up | ~d.secondary_site.up, fairness=PROGRESS)


# -- FW-8, FW-9: what is managed ---------------------------------------------------------------------------------------------
MANAGED_LOGGING = {
    **LOGGING,
    "log_records": 1,
    "management": True,
    "site_failures": 0,
    "outages": 0,
    "message_failures": 1,
}


@stated(
    claims=("FW-8", "FW-9"),
    source=CONTROL,
    given={**MANAGED_LOGGING, "restarts": True},
    cases=[
        case("", "if what is managed is started again", role=STARTED_AGAIN),
        case(
            "without_solution_control",
            "if the Solution Control Server of the site may fail too",
            given={"control_failures": 1},
            role=stress("the Solution Control Server of a site fails"),
            finding=SITE_CONTROL_FAILS,
        ),
    ],
)
def a_failed_log_message_server_comes_back(d: System) -> Property:
    """A Log Message Server that has failed, or one of its pair, is started again."""
    server = d.main_log_message_server
    return leads_to(~server.running & ~server.lost, server.running, fairness=PROGRESS)


@stated(claims=("FW-8", "FW-9"), source=CONTROL, given=MANAGED_LOGGING | {"mistaken_starts": 1}, by_construction=True)
def messages_of_solution_control_are_no_log_records(d: System) -> Property:
    """No Message Server between Solution Control Servers writes to a Log Database, whichever of them run."""
    facts, holds = [], True
    for event in d.events:
        who = {p.component.name: p.trigger for p in event.participants}
        if {"log", "receive"} & {who.get(f"{a}_log_database") for a in ADDRESSES}:
            holds = holds and not any(f"{a}_message_server" in who for a in ADDRESSES)
            facts.append(f"{event.name} by {', '.join(sorted(who))}")
    return structure(holds and bool(facts), "; ".join(facts))


# -- what fails takes nothing else along, and what is there stays there ---------------------------------------------------------
@stated(claims="FW-4", source=OVERVIEW, given={"outages": 1, "server_failures": 1, "changes": 1}, by_construction=True)
def no_connection_is_lost_for_nothing(d: System) -> Property:
    """Proxies that lose their connection to a master had lost the master, or the way to it."""
    return never(
        any_of(
            happens(f"{here}_proxies.loses_{a}", when=d.reachable_master[here][a])
            for here in ADDRESSES
            for a in ADDRESSES
        )
    )


@stated(claims="FW-2", source=OVERVIEW, given=ONE_SITE, by_construction=True)
def a_lost_site_keeps_no_trail(d: System) -> Property:
    """What was on its way out of a lost site, or lay in its trail and was not applied, is lost with it."""
    return whenever(d.main_site.failed, ~any_of([*d.forward.local, *d.reverse.remote]))


@stated(claims="FW-8", source=COMPONENTS, given={**MANAGED, "outages": 0})
def the_live_pair_is_controlled(d: System) -> Property:
    """Before the disaster, after the switch-over and after the switch-back the host of the live pair has its Solution Control."""
    return always(
        (~d.operators.watching | d.main_site.failed | d.main_scs.running)
        & (~switched_over(d) | d.secondary_scs.running)
        & (~d.switch_back.complete | d.main_site.failed | d.main_scs.running)
    )


@stated(
    claims=("FW-8", "FW-9"),
    source=CONTROL,
    given={**MANAGED_LOGGING, "restarts": True, "control_failures": 1},
    role=STARTED_AGAIN,
    by_construction=True,
)
def nobody_else_starts_a_message_server_again(d: System) -> Property:
    """A Message Server that has failed is started again by the Solution Control Server that manages it, and by nothing else."""
    managers = {f"{a}_message_server": d.component(f"{a}_scs") for a in ADDRESSES}
    managers |= {f"{a}_log_message_server": d.component(f"{a}_site_scs") for a in ADDRESSES}
    return never(any_of(happens(f"{name}.restarted", when=~controls(scs)) for name, scs in managers.items()))
