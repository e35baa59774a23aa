"""RAA, Reporting and Analytics Aggregates: brings the aggregates up to date after each transformation."""

from drcheck import Component, Expression, Variable, on


def raa(name: str, stale: Variable, running: Expression, behind: int = 0) -> Component:
    """The aggregation process of one Info Mart (Info Mart guide, DR Procedure with Oracle GoldenGate, steps 5 and 10).

    It works off pending notifications: after an aggregation the aggregates agree with the facts. `running`: whether it
    may run (run-aggregates, its database in use). Healthy aggregation works them off before the next tick, at any moment
    before it; one that is `behind` may leave them until the oldest is that many ticks old.
    """
    due = (stale > 0) & running
    return Component(
        name,
        states=["working", "failed"],
        transitions=[
            on(f"{name}_aggregates", "working", when=due),
            on("tick", "working", unless=due & (stale >= behind)),
            on("tick", "failed"),
            on("site_fails", "working", "failed", passive=True),
        ],
        doc="Aggregation: works off pending notifications.",
    )
