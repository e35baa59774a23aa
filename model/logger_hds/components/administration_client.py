"""Administration Client: where historical reports are run, against one HDS at a time."""

from drcheck import Component, Expression, on


def administration_client(
    available: dict[str, Expression], stale: dict[str, Expression], when_stale: bool
) -> Component:
    """The client: it uses one HDS and switches to the other by itself (Logger page, Data Flow).

    `available`: whether each HDS is online, by side. It switches when the HDS in use fails; with `when_stale`, also when
    that one receives nothing (`stale`) and the other does. It does not switch back by itself. With one HDS it has no other
    to switch to.
    """
    states = [f"uses_{side}" for side in available]
    transitions = []
    for side in available:
        for other in available:
            if other != side:
                reason = ~available[side]
                if when_stale:
                    reason = reason | (stale[side] & ~stale[other])
                transitions.append(
                    on(
                        "switches",
                        f"uses_{side}",
                        f"uses_{other}",
                        when=available[other] & reason,
                        doc="the client switches to the other HDS",
                    )
                )
    return Component(
        "administration_client",
        states=states,
        transitions=transitions,
        doc="Runs historical reports from one HDS; switches to the other when that one fails.",
    )
