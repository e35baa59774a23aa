"""GoldenGate Replicat from ADD REPLICAT on: applies the remote trail from a CSN on."""

from drcheck import Boolean, Component, Expression, Integer, Variable, on


def applying(
    name: str,
    shipped: Variable,
    changes: int,
    after: Expression,
    readable: Expression,
    leftovers: Expression | None = None,
    stops: bool = False,
) -> Component:
    """Replicat: reads the trail that it was added with, and applies what lies after the CSN it was started with.

    `position` is how far it has read, `after_csn` what it was told at START REPLICAT ... AFTERCSN. `readable`: the trail
    it was added with is the one that DataPump writes. `leftovers`: whether its working folders still hold an earlier
    replication's trail and checkpoint when it is started (`stale`), in which case it applies what is left there; None where
    they cannot. `stops`: a procedure may stop it.
    """
    position = Integer(
        "position", 0, changes, unit="changes", doc="Up to which change Replicat has read the remote trail."
    )
    after_csn = Integer("after_csn", 0, changes, unit="changes", doc="After which change Replicat was told to begin.")
    stale = Boolean(
        "stale", doc="Whether the working folders hold an earlier replication's trail that is still to be applied."
    )
    found: dict = {after_csn: after} if leftovers is None else {after_csn: after, stale: leftovers}
    old = [] if leftovers is None else [on("apply_leftovers", "running", when=stale, then={stale: False})]
    return Component(
        name,
        states=["absent", "running", *(["stopped"] if stops else [])],
        variables=[position, after_csn, stale],
        transitions=[
            on(
                "start",
                "absent",
                "running",
                then=found,
                passive=True,
            ),
            on("apply", "running", when=readable & (position < shipped), then={position: position + 1}),
            *old,
            *([on("stop", "running", "stopped", passive=True)] if stops else []),
        ],
        doc="GoldenGate Replicat: applies the remote trail after a CSN.",
    )
