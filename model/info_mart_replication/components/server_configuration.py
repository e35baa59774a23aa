"""The Application objects of two active Info Mart Servers, which must be kept in step by hand."""

from drcheck import Boolean, Component, Expression, on


def server_configuration(name: str, changeable: Expression) -> Component:
    """The configuration of one Info Mart Server, before or after a change that affects the data."""
    return Component(
        name,
        states=["before", "after"],
        transitions=[
            on("change", "before", "after", when=changeable, internal=True, kind="operator", doc="an option is changed")
        ],
        doc="The configuration of one server (but for host and database access point, which differ).",
    )


def comparison_of(name: str, differ: Expression, processing: Expression) -> Component:
    """Remembers whether an interval was ever processed by both servers under different configurations.

    Where the servers are stopped for a change, they are started again only with equal configurations.
    """
    differed = Boolean(
        "differed", doc="Whether an interval was ever processed by both servers under different configurations."
    )
    return Component(
        name,
        states=["watching"],
        variables=[differed],
        transitions=[
            on("tick", then={differed: differed | (differ & processing)}),
            on(
                "start_both",
                unless=differ,
                passive=True,
                doc="the servers are started when both are changed, or none is",
            ),
        ],
        doc="Whether the two databases were ever filled under different configurations.",
    )


def server_pair(name: str, may_stop: bool) -> Component:
    """Both Info Mart Servers: running all the time, or stopped together for a change (`may_stop`)."""
    transitions = [on("tick")]
    if may_stop:
        transitions += [
            on("stop_both", "running", "stopped", internal=True, kind="operator"),
            on("start_both", "stopped", "running", kind="operator"),
        ]
    return Component(
        name,
        states=["running", "stopped"] if may_stop else ["running"],
        transitions=transitions,
        doc="Both Info Mart Servers, as far as they are started and stopped together.",
    )
