"""Changes that come back to where they were made, as long as replication runs in both directions."""

from drcheck import Boolean, Component, Expression, Integer, Variable, on


def returned_changes(
    name: str, changes: int, applied: Variable, newest: Variable, capturing: Expression, applying: Expression
) -> Component:
    """What Replicat writes at Site 2, captured there by the reverse Extract, and applied again where it was made.

    A change that comes back puts the value that it had into its row; where the row has had a later change meanwhile, that one
    is lost: `overwrote`. Every change is taken to go to the same row, which is the worst that it can do. Nothing in the
    published Extract file excludes what Replicat's user writes (Oracle GoldenGate Reference: TRANLOGOPTIONS EXCLUDEUSER).
    """
    captured = Integer(
        "captured", 0, changes, unit="changes", doc="Up to which of its changes the reverse Extract has captured."
    )
    returned = Integer(
        "returned", 0, changes, unit="changes", doc="Up to which of them they were applied again at their origin."
    )
    overwrote = Boolean("overwrote", doc="Whether a later change was overwritten by an earlier one that came back.")
    return Component(
        name,
        states=["following"],
        variables=[captured, returned, overwrote],
        transitions=[
            on("capture", when=capturing, then={captured: applied + 1}, passive=True),
            on(
                "return",
                when=applying & (returned < captured),
                then={returned: returned + 1, overwrote: overwrote | (newest > returned + 1)},
                internal=True,
            ),
        ],
        doc="Changes on their way back to the database in which they were made.",
    )
