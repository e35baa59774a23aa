"""Terms of the Configuration Database's properties: sources, parameter sets, and what is said again and again."""

from collections.abc import Callable

from drcheck import Expression, System, all_of, any_of, count, hours, minutes, reading, stress
from drcheck.logic.fairness import weakly_fair
from model.configuration_database.components.configuration_proxy import serves
from model.configuration_database.components.name_resolution import ADDRESSES

OVERVIEW = "Framework guide, Overview"
COMPONENTS = "Framework guide, Components"
NAMES = "Framework guide, DNS Server Configuration and Switchover Scripts"
REPLICATION = "Framework guide, DBMS Solution Replication Processes Configuration"
CONTROL = "Framework guide, Solution Control Server; Message Server"
ORDER = f"{COMPONENTS} (scripts); for their order see model/configuration_database/runbooks/configuration_switchover.py"
MAIN, SECONDARY = ADDRESSES

ONE_SITE = {"failing": "main"}
"""Only the main site may be lost: the disaster that the guide plans for."""
NO_RETURN = {**ONE_SITE, "main_returns": False}
"""The main site is lost and not restored: only the switch-over."""
HOST = {**ONE_SITE, "disaster": "management_host"}
"""Of the main site only the management host is lost; its application hosts survive."""
SLIP = {**ONE_SITE, "slips": 1, "outages": 0, "server_failures": 0}
"""One step left out or done late, and no fault but the loss of the main site."""
BACK_IN_ANY_ORDER = {**ONE_SITE, "order": "any_back", "changes": 2, "outages": 0, "server_failures": 0}
"""The scripts of the switch-back in any order, and no fault but the loss of the main site."""
MISTAKE = {**ONE_SITE, "mistaken_operator": True, "server_failures": 0}
"""An outage may be taken for the loss of the main site."""
RETURNS_RUNNING = {**ONE_SITE, "autostart": True, "outages": 0, "server_failures": 0}
"""The main site starts its servers by itself when it is restored."""
WITHOUT_COPY = {**ONE_SITE, "initial_copy": False, "outages": 0}
"""Only the changes made since the loss of the main site are replicated back to it."""
MANAGED = {**ONE_SITE, "management": True, "changes": 1}
CONTROLLED = {**MANAGED, "site_failures": 0, "outages": 0}
LOGGING = {"log_records": 3, "changes": 1, "server_failures": 0}
CACHED = {
    **NO_RETURN,
    "cache": "ttl",
    "ttl": hours(1),
    "tick": minutes(15),
    "outages": 0,
    "server_failures": 0,
    "changes": 1,
}
"""Clients use a cached address for an hour, and nothing fails but the main site."""
DNS_AT_MAIN = {"dns_server": "main_site", "outages": 1, "server_failures": 0, "changes": 1}
"""The only DNS server with the record is at the main site, and lost with it."""
ONE_PROCESS = {"replication_failures": 1, "outages": 0, "server_failures": 0, "changes": 2}
"""One process of the replication fails."""
PAIR_LOST = {"site_failures": 0, "outages": 1, "server_failures": 2, "changes": 1}
"""Both servers of a pair fail, and no site is lost."""
TALKING = {**ONE_SITE, "talk": True, "changes": 1, "server_failures": 0}
"""It is followed through which Message Server the Solution Control Servers talk."""
PROGRESS = weakly_fair("automatic", "operator", "link_restored")
"""What can be done stays undone for ever in no execution, and no outage lasts for ever."""

# What is assumed that the guide does not say
OVER_IN_ORDER = "the scripts of the switch-over run in the order of the configuration page that the guide refers to"
BACK_IN_ORDER = "the scripts of the switch-back run in the order of Oracle's procedures"
CAPTURED_FIRST = "Extract at the main site is started before its Configuration Servers, unlike in Oracle's procedures"
DRAINED = "the switch-over waits until Replicat has applied all that reached the secondary site"
COPIED = "what the guide calls initial data replication is a copy of the whole database"
RETURNS_QUIET = "a restored main site does not start its servers by itself"
NOT_MISTAKEN = "no outage is taken for the loss of the main site"
DNS_APART = "the DNS server with the record is not lost with the main site"
LOADS_ANEW = "a proxy that is started loads the configuration from a master and keeps no copy of its own"

# What is added to it, and how else it can be read
A_SLIP = stress("one step left out or done late")
MISTAKEN = stress("an outage of the network is taken for the loss of the main site")
STARTS_BY_ITSELF = stress("the restored main site starts its servers by itself")
WRONG_RECORD = stress("the DNS record is changed by mistake")
NO_DNS = stress("the DNS server is lost with the main site")
A_PROCESS_FAILS = stress("a process of the replication fails")
BOTH_SERVERS = stress("both servers of a Configuration Server pair fail")
A_MESSAGE_SERVER_FAILS = stress("a Message Server fails")
MISTAKEN_START = stress("the dormant Message Server is started by mistake")
ADDRESS_CACHED = stress("clients use a cached address for its time to live")
ONE_PROXY_FAILS = stress("one process of a proxy pair fails")
OVER_IN_ANY_ORDER = reading("the scripts of the switch-over may run in any order, as the guide lists them")
BACK_UNORDERED = reading("the scripts of the switch-back may run in any order, as the guide lists them")
NEW_CHANGES_ONLY = reading("only the changes made since the loss are replicated back")


def masters(d: System) -> Expression:
    """How many sites have a primary master Configuration Server at work on a Configuration Database."""
    return count([d.master[a] for a in ADDRESSES])


def connected(d: System, here: str) -> Expression:
    """The proxies of a site are connected to a master that is in service and can be reached."""
    proxy = d.component(f"{here}_proxies")
    return any_of([proxy.in_states(f"at_{a}") & d.reachable_master[here][a] for a in ADDRESSES])


def lost_or_connected(d: System, here: str) -> Expression:
    """The proxies of a site are connected to a live master, or the site is lost, and they with it."""
    return connected(d, here) | d.component(f"{here}_site").failed


def connected_to_secondary(d: System, here: str) -> Expression:
    """The proxies of a site are connected to the secondary master, which is in service."""
    return d.component(f"{here}_proxies").at_secondary & d.reachable_master[here][SECONDARY]


def goes_on(d: System, here: str) -> Expression:
    """The proxies of a site serve configuration, or there is a master from which they can load it."""
    return any_of([serves(d.component(f"{here}_proxies")), *(d.reachable_master[here][a] for a in ADDRESSES)])


def switched_over(d: System) -> Expression:
    """The switch-over after the loss of the main site is complete, and the switch-back has not begun."""
    return d.operators.switching_over & d.switch_over.complete


def each_change(d: System, there: Callable[[int], Expression]) -> Expression:
    """Every accepted change is `there(i)`, or was charged to replication when its site was lost."""
    account = d.account
    return all_of(~account.exists(i) | account.undelivered[i] | there(i) for i in range(account.most))


def nothing_lost(d: System) -> Expression:
    """After the switch-over, and again after the switch-back, the live database holds every change not charged."""
    after_over = ~switched_over(d) | each_change(d, held(d, SECONDARY))
    after_back = ~d.switch_back.complete | each_change(d, held(d, MAIN))
    return after_over & after_back


def held(d: System, address: str) -> Callable[[int], Expression]:
    """Whether the database at an address holds change i, as a function of i."""
    return lambda i: d.bases[address].held[i]
