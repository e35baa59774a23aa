"""Terms of the Configuration Database's properties: sources, parameter sets, and what is said again and again."""

from collections.abc import Callable

from drcheck import Expression, System, all_of, any_of, count
from drcheck.logic.fairness import weakly_fair
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
RETURNS_RUNNING = {**ONE_SITE, "autostart": True, "main_storage": "survives", "outages": 0, "server_failures": 0}
"""The main site survives with its data, and starts its servers by itself when it is restored."""
MANAGED = {**ONE_SITE, "management": True, "changes": 1}
CONTROLLED = {**MANAGED, "site_failures": 0, "outages": 0}
LOGGING = {"log_records": 3, "changes": 1, "server_failures": 0}
PROGRESS = weakly_fair("automatic", "operator", "link_restored")
"""What can be done stays undone for ever in no execution, and no outage lasts for ever."""


def masters(d: System) -> Expression:
    """How many sites have a primary master Configuration Server at work on a Configuration Database."""
    return count([d.master[a] for a in ADDRESSES])


def connected(d: System, here: str) -> Expression:
    """The proxies of a site are connected to a master that is in service and can be reached."""
    proxy = d.component(f"{here}_proxies")
    return any_of([proxy.in_states(f"at_{a}") & d.reachable_master[here][a] for a in ADDRESSES])


def connected_to_secondary(d: System, here: str) -> Expression:
    """The proxies of a site are connected to the secondary master, which is in service."""
    return d.component(f"{here}_proxies").at_secondary & d.reachable_master[here][SECONDARY]


def switched_over(d: System) -> Expression:
    """The switch-over after the loss of the main site is complete, and the switch-back has not begun."""
    return d.operators.switching_over & d.switch_over.complete


def each_change(d: System, there: Callable[[int], Expression]) -> Expression:
    """Every accepted change is `there(i)`, or was charged to replication when its site was lost."""
    account = d.account
    return all_of(~account.exists(i) | account.undelivered[i] | there(i) for i in range(account.most))


def held(d: System, address: str) -> Callable[[int], Expression]:
    """Whether the database at an address holds change i, as a function of i."""
    return lambda i: d.bases[address].held[i]
