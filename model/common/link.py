"""The wide-area network between the two sites."""

from drcheck import Age, Component, Duration, Expression, on


def wide_area_link(longest_outage: Duration, both_sites_up: Expression) -> Component:
    """The network between the sites: up, or down for at most `longest_outage` (Info Mart guide, Note on Connectivity Loss).

    `outage` is how long the present outage has lasted, in ticks. The environment may end an outage at any moment; how
    many outages there are is the fault budget's business. Once a site is lost nothing crosses the link any more: it is
    out of use at once (priority 1), and whether it was up or down then is forgotten, since nothing can depend on it.
    """
    outage = Age(
        "outage",
        cap=longest_outage,
        doc="How long the present outage has lasted.",
        told="the outage has lasted {value}",
    )
    return Component(
        "link",
        states=["up", "down", "out_of_use"],
        variables=[outage],
        transitions=[
            on("link_fails", "up", "down", when=both_sites_up, kind="environment", fault="network outage"),
            on("link_restored", "down", "up", then={outage: 0}, kind="environment"),
            on(
                "retire",
                ["up", "down"],
                "out_of_use",
                unless=both_sites_up,
                then={outage: 0},
                internal=True,
                priority=1,
                doc="a site is lost: nothing crosses the link any more",
            ),
            on("tick", "down", when=outage < longest_outage, then={outage: outage + 1}),
        ],
        doc="The wide-area network between the two sites.",
    )
