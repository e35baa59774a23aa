"""What outages begin from: an observer of one, and a condition on all of them."""

from drcheck import Age, Boolean, Component, Duration, Expression, on


def outage_observer(longest: Duration, caught_up: Expression, link_down: Expression) -> Component:
    """Watches the first outage; `length` in ticks. It takes part in the link's events and hinders none."""
    length = Age("length", cap=longest, doc="How long the first outage has lasted.")
    clean = Boolean("caught_up", doc="Whether extraction had caught up when it began.")
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


def lull(caught_up: Expression) -> Component:
    """Lets an outage begin only while `caught_up` holds: an assumption, which no document makes."""
    return Component(
        "lull",
        states=["any"],
        transitions=[on("outage_begins", when=caught_up)],
        doc="Outages begin only when extraction has caught up.",
    )
