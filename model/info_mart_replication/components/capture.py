"""GoldenGate Extract from ADD EXTRACT on: which changes it captures."""

from drcheck import Array, Boolean, Component, Expression, Literal, Variable, minimum, on


def capture(
    name: str,
    scn: Variable,
    changes: int,
    logged: Expression,
    from_export: Expression | None = None,
    ready: Expression | None = None,
    stops: bool = False,
) -> Component:
    """Extract: changes committed after ADD EXTRACT ... BEGIN NOW are captured, earlier ones never.

    `captured[i]`: the change with sequence number i + 1 is or will be in the trail; it needs supplemental logging when
    it is committed. With `from_export` (the SCN of the export; a repair) Extract is registered to begin there instead:
    what was committed since then is captured too, from the redo logs. `ready`: GoldenGate is installed where it is added;
    `stops`: a procedure may stop it.
    """
    captured = Array(
        "captured", Boolean("yes", doc="Whether Extract captures this change, so that it is in the trail."), changes
    )
    begins = {} if from_export is None else {c: (i >= from_export) & (scn > i) & logged for i, c in enumerate(captured)}
    return Component(
        name,
        states=["absent", "running", *(["stopped"] if stops else [])],
        variables=[captured],
        transitions=[
            on("start", "absent", "running", when=Literal(True) if ready is None else ready, then=begins, passive=True),
            *([on("stop", "running", "stopped", passive=True)] if stops else []),
            on("upgrade", "absent", passive=True, doc="an upgrade before replication starts"),
            on("capture", "running", then={captured[minimum(scn, changes - 1)]: logged}, passive=True),
        ],
        doc="GoldenGate Extract: captures what is committed after it was added.",
    )
