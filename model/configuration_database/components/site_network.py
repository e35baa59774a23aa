"""The network between the two sites where only its being up or down matters, not for how long."""

from drcheck import Component, on


def site_network(name: str = "link") -> Component:
    """The network between the sites: up or down. How many outages there are is the fault budget's business."""
    return Component(
        name,
        states=["up", "down"],
        transitions=[
            on(
                "link_fails",
                "up",
                "down",
                kind="environment",
                fault="network outage",
                doc="the network between the sites fails",
            ),
            on("link_restored", "down", "up", kind="environment", doc="the network between the sites is back"),
        ],
        doc="The network between the two sites.",
    )
