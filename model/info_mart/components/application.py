"""The Application configuration object of the Info Mart Server: host, connections, schedule."""

from drcheck import Boolean, Choice, Component, on


def application(partitioned: bool, aggregation: bool, keep_icons: bool) -> Component:
    """The Application object that both Info Mart Servers share in an active-standby deployment.

    Host, connections to the ICONs of Site 1's sources and to the IDBs located at Site 1, the database access point (DAP)
    of the Info Mart database, and the options run-scheduler and run-aggregates of the [schedule] section
    (Info Mart guide, Deployment Prerequisites; DR Procedure with Oracle GoldenGate, steps 2 to 5, 8 and 10).
    With `keep_icons` (a repair) the connections to Site 1's ICONs stay; only those to the IDBs at Site 1 are dropped.
    """
    host = Choice("host", ["site1", "site2"], doc="At which site the server may be started.")
    access_point = Choice("access_point", ["site1", "site2"], doc="Which Info Mart database it is connected to.")
    icons = Boolean("site1_icons", start=True, doc="Whether it is connected to the ICONs of Site 1's sources.")
    idbs = Boolean("site1_idbs", start=True, doc="Whether it is connected to the IDBs at Site 1.")
    scheduler = Boolean("run_scheduler", start=True, doc="The option run-scheduler: whether ETL jobs may run.")
    aggregates = Boolean("run_aggregates", start=True, doc="The option run-aggregates: whether aggregation may run.")
    swapped: dict = {access_point: "site2", idbs: False}
    if not keep_icons:
        swapped[icons] = False
    transitions = [
        on("set_host", then={host: "site2"}, passive=True),
        on("swap_connections", then=swapped, passive=True),
    ]
    if partitioned:
        transitions += [
            on("hold_scheduler", then={scheduler: False}, passive=True),
            on("release_scheduler", then={scheduler: True}, passive=True),
        ]
    if aggregation:
        transitions += [
            on("hold_aggregation", then={aggregates: False}, passive=True),
            on("release_aggregation", then={aggregates: True}, passive=True),
        ]
    return Component(
        "application",
        states=["configured"],
        variables=[host, access_point, icons, idbs, scheduler, aggregates],
        transitions=transitions,
        doc="The Application object: which host, which connections, which schedule.",
    )


def connections(name: str, may_change: bool = False) -> Component:
    """The connections of one server's own Application object to the other site, in an active-active deployment.

    (Info Mart guide, DR Procedure with Active Info Mart, step 1.) They can be removed, or their objects disabled. Where
    no procedure changes them (`may_change` False) they stay.
    """
    return Component(
        name,
        states=["both_sites", "own_site_only"] if may_change else ["both_sites"],
        transitions=[on("remove_other_site", "both_sites", "own_site_only", passive=True)] if may_change else [],
        doc="The Application object of one Info Mart Server: which sites' ICONs and IDBs it is connected to.",
    )
