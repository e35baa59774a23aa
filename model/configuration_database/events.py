"""The events in which several parts of the Configuration Database's recovery meet: changes, replication, losses of a site."""

from collections.abc import Iterable

from drcheck import Component, event
from drcheck.system.composition import Rendezvous
from model.configuration_database.components.change_replication import Replication
from model.configuration_database.components.name_resolution import ADDRESSES

MAIN, SECONDARY = ADDRESSES
Parts = dict[str, Component]
"""A part of each site, by its address."""


def other(address: str) -> str:
    """The address of the other site."""
    return SECONDARY if address == MAIN else MAIN


def changes_made(
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


def replication(
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


def losses(
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


def effects_of_steps(
    database: Parts,
    extract: Parts,
    replicat: Parts,
    server: Parts,
    record: Component,
    named: Iterable[Component],
    control: Parts,
    messages: Parts,
) -> dict[str, dict[Component, str]]:
    """What each step of the switch-over and the switch-back does, where it can: the part and its trigger.

    `named`: the clients to whose hosts a new address is pushed. `control`, `messages`: the Solution Control Servers and
    Message Servers of the management hosts, if they are modelled.
    """
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
    if control:
        for book, starts, stops in (("over", SECONDARY, None), ("back", MAIN, SECONDARY)):
            effects[f"{book}_start_solution_control"] = {control[starts]: "start"}
            effects[f"{book}_start_message_server"] = {messages[starts]: "start"}
            if stops:
                effects[f"{book}_stop_solution_control"] = {control[stops]: "stop"}
                effects[f"{book}_stop_message_server"] = {messages[stops]: "stop"}
    return effects
