"""RAA, Reporting and Analytics Aggregates: brings the aggregates up to date after each transformation."""

from drcheck import Boolean, Component, Expression, Variable, on


def raa(name: str, stale: Variable, running: Expression, healthy: bool) -> Component:
    """The aggregation process of one Info Mart (Info Mart guide, DR Procedure with Oracle GoldenGate, steps 5 and 10).

    It works off pending notifications: after an aggregation the aggregates agree with the facts. `running`: whether it
    may run (run-aggregates, its server in service). Healthy aggregation is at most one tick late: `overdue` says that a
    tick has passed with something stale. If it is not `healthy`, it may be late without bound.
    """
    overdue = Boolean("overdue")
    due = (stale > 0) & running
    tick_guard = ~(due & overdue) if healthy else (stale >= 0)
    return Component(
        name,
        states=["working", "failed"],
        variables=[overdue] if healthy else [],
        transitions=[
            on(f"{name}_aggregates", "working", when=due, then={overdue: False} if healthy else {}),
            on("tick", "working", when=tick_guard, then={overdue: due} if healthy else {}),
            on("tick", "failed"),
            on("site_fails", "working", "failed", then={overdue: False} if healthy else {}),
        ],
        doc="Aggregation: works off pending notifications.",
    )
