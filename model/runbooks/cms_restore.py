"""Maintenance backup and restore: how one CMS server gets back what it missed.

(CMS High Availability page, ACD link failures; CMS hardware failures; CMS software failures.)
"""

from drcheck import Component, Expression, on


def cms_restore(
    name: str,
    may_begin: Expression,
    ready: Expression,
    readable: Expression,
    same_release: Expression | None = None,
    idle_needed: bool = False,
) -> Component:
    """Back up the other server, then restore onto this one; both take as long as they take.

    `may_begin`: when the operators start (the page gives no moment; see the design's parameter). `ready`: this server's
    software is up; `readable`: the other server's backup is complete. `same_release`: a backup is restored only by the
    release that wrote it; otherwise it is put away and the procedure starts again. `idle_needed`:
    something else waits until this procedure is idle.
    """
    startable = ready & readable if same_release is None else ready & readable & same_release
    transitions = [
        on(
            "begin", "idle", "backing_up", when=may_begin, kind="operator",
            doc="a maintenance backup of the other server is begun",
        ),
        on("backup_done", "backing_up", "backed_up"),
        on("backup_fails", ["backing_up", "backed_up"], "idle"),
        on("start", "backed_up", "restoring", when=startable, kind="operator", doc="the restore is begun"),
        on("done", "restoring", "idle", when=ready, kind="operator", doc="the restore is complete"),
        on("abort", "restoring", "idle", when=~ready, urgent=True, priority=1, doc="the server stops meanwhile"),
    ]  # fmt: skip
    if same_release is not None:
        transitions.append(
            on(
                "put_away", "backed_up", "idle", when=readable & ~same_release, urgent=True,
                doc="a backup of another release cannot be restored",
            )
        )  # fmt: skip
    if idle_needed:
        transitions.append(on("stands_by", "idle", doc="no restore of this server is under way"))
    return Component(
        name, states=["idle", "backing_up", "backed_up", "restoring"], transitions=transitions,
        doc="The maintenance backup and restore procedure for one server.",
    )  # fmt: skip
