"""Communication Manager: routes the calls, and feeds both CMS servers over the ACD links."""

from drcheck import Component, Counter, on


def communication_manager(administration: int) -> Component:
    """The Communication Manager while it gets a new release (CMS High Availability page, CMS full version upgrades).

    While it is being upgraded it takes no calls, so there is nothing to collect. The new release takes calls at once,
    but sends nothing to CMS until the contact center release is administered, which takes `administration` ticks
    (`left`).
    """
    left = Counter(
        "left",
        cap=administration,
        unit="ticks",
        doc="How long the administration still takes.",
        told="the administration still takes {value}",
    )
    return Component(
        "communication_manager",
        states=["in_service", "upgrading", "not_administered", "administering"],
        variables=[left],
        transitions=[
            on("take_down", "in_service", "upgrading"),
            on("bring_up", "upgrading", "not_administered"),
            on("administer", "not_administered", "administering", then={left: administration}),
            on("tick", "administering", when=left > 0, then={left: left - 1}),
            on("tick", "administering"),
            on("release_administered", "administering", "in_service", when=left == 0),
        ],
        doc="Communication Manager: takes the calls, feeds the ACD links.",
    )
