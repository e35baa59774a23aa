"""GoldenGate DataPump from its start on: ships the captured changes in order to the remote trail."""

from drcheck import Component, Expression, Integer, Literal, Variable, on


def shipping(
    name: str,
    scn: Variable,
    changes: int,
    extracting: Expression,
    ready: Expression | None = None,
    stops: bool = False,
) -> Component:
    """DataPump: `shipped` is the sequence number up to which the remote trail is complete.

    `ready`: GoldenGate is installed where it is added; `stops`: a procedure may stop it.
    """
    shipped = Integer("shipped", 0, changes, unit="changes", doc="Up to which change the remote trail is complete.")
    return Component(
        name,
        states=["absent", "running", *(["stopped"] if stops else [])],
        variables=[shipped],
        transitions=[
            on("start", "absent", "running", when=Literal(True) if ready is None else ready, passive=True),
            *([on("stop", "running", "stopped", passive=True)] if stops else []),
            on("ship", "running", when=extracting & (shipped < scn), then={shipped: shipped + 1}, internal=True),
        ],
        doc="GoldenGate DataPump: ships captured changes to the remote trail, in order.",
    )
