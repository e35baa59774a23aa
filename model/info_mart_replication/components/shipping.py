"""GoldenGate DataPump from its start on: ships the captured changes in order to the remote trail."""

from drcheck import Component, Expression, Integer, Variable, on


def shipping(name: str, scn: Variable, changes: int, extracting: Expression) -> Component:
    """DataPump: `shipped` is the sequence number up to which the remote trail is complete."""
    shipped = Integer("shipped", 0, changes)
    return Component(
        name,
        states=["absent", "running"],
        variables=[shipped],
        transitions=[
            on("start", "absent", "running", passive=True),
            on("ship", "running", when=extracting & (shipped < scn), then={shipped: shipped + 1}, internal=True),
        ],
        doc="GoldenGate DataPump: ships captured changes to the remote trail, in order.",
    )
