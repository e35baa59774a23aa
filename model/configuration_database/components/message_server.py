"""Message Servers: one kind between the distributed Solution Control Servers, one for network logging."""

from drcheck import Component, Expression, on


def distributed_message_server(name: str, live: bool, autostart: bool) -> Component:
    """The Message Server of a management host that the distributed Solution Control Servers talk through.

    (Framework guide, Message Server.) One instance at each site, of which one is dormant.
    """
    there = ["running"] if live and autostart else ["running", "dormant"]
    return Component(
        name,
        states=[*there, "lost"],
        initial="running" if live else "dormant",
        transitions=[
            on("start", there, "running"),
            *([] if live else [on("stop", "running", "dormant")]),
            on("site_fails", there, "lost"),
            on("site_returns", "lost", "running" if autostart else "dormant"),
        ],
        doc="The Message Server between the distributed Solution Control Servers.",
    )


def log_message_server(name: str, database_there: Expression, exposed: bool) -> Component:
    """The Message Server for network logging of one site: writes its site's log records to the site's Log Database.

    `exposed`: it can be lost with its site.
    """
    fate = [on("site_fails", "running", "lost"), on("site_returns", "lost", "running")] if exposed else []
    return Component(
        name,
        states=["running", "lost"] if exposed else ["running"],
        transitions=[on("log", "running", when=database_there), *fate],
        doc="The Message Server for the network logging of a site.",
    )
