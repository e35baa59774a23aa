"""An observer of one outage: how long it lasted, and whether everything had been caught up when it began."""

from drcheck import Age, Boolean, Component, Duration, Expression, on


def outage_observer(longest: Duration, caught_up: Expression, link_down: Expression) -> Component:
    """Watches the first outage; `length` in ticks. It takes part in the link's events and hinders none."""
    length, clean = Age("length", cap=longest), Boolean("caught_up")
    return Component(
        "observer",
        states=["none", "outage", "over"],
        variables=[length, clean],
        transitions=[
            on("outage_begins", "none", "outage", then={clean: caught_up}, passive=True),
            on("outage_ends", "outage", "over", passive=True),
            on("tick", "outage", when=link_down, then={length: length + 1}),
            on("tick", "outage"),
        ],
        doc="Observes how long the outage lasted and whether it began from a caught-up state.",
    )
