"""The maintenance backup of one CMS server: a copy of its historical data at one moment."""

from drcheck import Array, Boolean, Component, Expression, Variable, on
from model.components.historical_database import NOT_YET


def maintenance_backup(
    name: str, record: Array, source: Array, ready: Expression, release: Expression | None = None
) -> Component:
    """The last maintenance backup (CMS High Availability page, ACD link failures; CMS maintenance).

    It holds what the server's database held when it began (`record`); data collection goes on meanwhile. The medium is
    written anew each time: while a backup is `running` there is no older one, and if the server stops (`ready` ends)
    before it is done there is none at all. `release`: which release wrote it.
    """
    variables: list[Array | Boolean] = [record]
    wrote: dict[Variable, Expression] = {}
    if release is not None:
        new = Boolean("new_release")
        variables.append(new)
        wrote[new] = release
    return Component(
        name,
        states=["none", "running", "kept"],
        variables=variables,
        transitions=[
            on("start", ["none", "kept"], "running", when=ready, then={**dict(zip(record, source, strict=True)), **wrote}),
            on("done", "running", "kept", when=ready, kind="operator", doc="the maintenance backup is complete"),
            on(
                "fails", "running", "none", when=~ready, then=dict.fromkeys(record, NOT_YET), urgent=True, priority=1,
                doc="the server stops before its maintenance backup is complete",
            ),
        ],
        doc="The maintenance backup of one CMS server.",
    )  # fmt: skip
