"""The CMSADM backup of one CMS server: its system and programs, from which the server can be rebuilt."""

from drcheck import Boolean, Component, Expression, on
from drcheck.language.expressions import Operand


def cmsadm_backup(
    name: str,
    ready: Expression,
    free: Expression,
    taken: bool,
    rebuilds: bool,
    again: bool,
    saved: Boolean | None = None,
    release: Expression | None = None,
) -> Component:
    """The CMSADM backup (CMS High Availability page, CMS hardware failures).

    It saves the file systems with the system and the programs; historical data is the maintenance backup's business
    (the page does not say so; the product's administration guide does). It is taken while data is collected.
    One that is cut short leaves the older one as it was. `taken`: one is there from the start; `again`: others are
    taken at any time when no other backup of the server is running (`free`). `rebuilds`: the server may have to be
    rebuilt from it. `saved`: whether it holds the new `release`.
    """
    good = Boolean(
        "good",
        taken,
        doc="Whether there is a CMSADM backup that the server can be rebuilt from.",
        told=("there is a good backup in {component}", "there is no good backup in {component}"),
    )
    variables = [good]
    saves: dict[Boolean, Operand] = {good: True}
    if saved is not None and release is not None:
        variables.append(saved)
        saves[saved] = release
    states = ["idle"]
    transitions = [on("leaves_room", "idle", doc="no CMSADM backup is running, so another backup may")]
    if again:
        states.append("running")
        transitions += [
            on(f"{name}_starts", "idle", "running", when=ready & free, kind="operator", doc="a CMSADM backup is begun"),
            on(f"{name}_done", "running", "idle", when=ready, then=saves, kind="operator"),
            on(f"{name}_fails", "running", "idle", when=~ready, urgent=True, priority=1),
        ]
    if rebuilds:
        transitions.append(on("restored", when=good, doc="the server is rebuilt from it"))
    return Component(
        name,
        states=states,
        variables=variables,
        transitions=transitions,
        doc="The CMSADM backup of one CMS server.",
    )
