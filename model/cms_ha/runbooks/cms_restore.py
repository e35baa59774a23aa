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

    As in every runbook a state is called after the step that comes next; in the first one nothing is under way.
    `may_begin`: when the operators start (the page gives no moment; see the design's parameter). `ready`: this server's
    software is up; `readable`: the other server's backup is complete. `same_release`: a backup is restored only by the
    release that wrote it; otherwise it is put away and the procedure starts again. `idle_needed`: something
    else waits until nothing of this is under way.
    """
    startable = ready & readable if same_release is None else ready & readable & same_release
    transitions = [
        on(
            "back_up_other", "back_up_other", "backing_up", when=may_begin, kind="operator",
            doc="a maintenance backup of the other server is begun",
        ),
        on("backup_done", "backing_up", "begin_restore"),
        on("backup_fails", ["backing_up", "begin_restore"], "back_up_other"),
        on(
            "begin_restore", "begin_restore", "finish_restore", when=startable, kind="operator",
            doc="the restore is begun",
        ),
        on(
            "finish_restore", "finish_restore", "back_up_other", when=ready, kind="operator",
            doc="the restore is complete",
        ),
        on(
            "abort", "finish_restore", "back_up_other", when=~ready, urgent=True, priority=1,
            doc="the server stops during its restore",
        ),
    ]  # a transition a row  # fmt: skip
    if same_release is not None:
        transitions.append(
            on(
                "put_away",
                "begin_restore",
                "back_up_other",
                when=readable & ~same_release,
                urgent=True,
                doc="a backup of another release cannot be restored",
            )
        )
    if idle_needed:
        transitions.append(on("stands_by", "back_up_other", doc="no restore of this server is under way"))
    return Component(
        name,
        states=["back_up_other", "backing_up", "begin_restore", "finish_restore"],
        transitions=transitions,
        doc="The maintenance backup and restore procedure for one server.",
    )
