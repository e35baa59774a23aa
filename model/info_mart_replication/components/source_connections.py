"""The connections of the Application object to the ICONs and IDBs that collect the data of the new site."""

from collections.abc import Sequence

from drcheck import Boolean, Component, Literal, on

REMOVED, DISABLED = "removed", "disabled"


def source_connections(name: str, left: Sequence[str], created: Sequence[bool], every: bool) -> Component:
    """What the recovery left of them, and whether Info Mart reaches the new site's ICONs and IDBs.

    `left`: what the recovery may have done, remove the connections or disable the objects; `created`: whether new objects may
    be made for the new site, or the lost site's are reused. Step 3 of the return deploys ICONs at the new site and enables
    their objects; step 14c adds the connections of new objects, and with `every` (a repair) all that are missing. (Info Mart
    guide, Disaster Recovery Procedure, step 3; Procedure to Return to Normal Operation, steps 3 and 14c.)
    """
    new = Boolean("new_objects", start=list(created), doc="Whether the new site's ICONs and IDBs have new objects.")
    reused = [on("deploy_icons", DISABLED, "connected", unless=new, passive=True)] if DISABLED in left else []
    return Component(
        name,
        states=[*left, "enabled", "connected"],
        initial=list(left),
        variables=[new],
        transitions=[
            *reused,
            on("deploy_icons", list(left), "enabled", passive=True),
            on("add_connections", "enabled", "connected", when=Literal(True) if every else new, passive=True),
        ],
        doc="The connections to the ICONs and IDBs of the new site: none, none yet of enabled objects, or all.",
    )


def choices_of_connections(left: str, objects: str) -> tuple[Sequence[str], Sequence[bool]]:
    """What `source_connections` takes, for `left` "removed", "disabled" or "either", `objects` "new", "reused" or "either"."""
    lefts = [REMOVED, DISABLED] if left == "either" else [left]
    return lefts, {"new": [True], "reused": [False], "either": [False, True]}[objects]
