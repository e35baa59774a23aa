"""The maintenance backup of one CMS server: a copy of its historical data at one moment."""

from drcheck import Array, Boolean, Choice, Component, Expression, Literal, Variable, any_of, on
from drcheck.expressions import Operand
from model.components.historical_database import NOT_YET, RECORD, WHOLE


def maintenance_backup(
    name: str,
    record: Array,
    source: Array,
    ready: Expression,
    startable: Expression,
    alternating: bool,
    own_first: bool,
    release: Expression | None = None,
) -> Component:
    """The last maintenance backup (CMS High Availability page, ACD link failures; CMS maintenance).

    It holds what the server's database held when it began (`record`); data collection goes on meanwhile. The medium is
    written anew each time: while a backup is `running` there is no older one, and if the server stops (`ready` ends)
    before it is done there is none at all. With `alternating` media the one before (`older`) stays until the new one is
    complete. `startable`: a backup may begin; `own_first`: the server is restored from it after a rebuild or a crash.
    `release`: which release wrote it.
    """
    variables: list[Array | Boolean] = [record]
    wrote: dict[Variable, Operand] = dict(zip(record, source, strict=True))
    older: dict[Variable, Operand] = {}
    back: dict[Variable, Operand] = {}
    if release is not None:
        new = Boolean("new_release")
        variables.append(new)
        wrote[new] = release
    if alternating:
        before = Array("older", Choice("record", RECORD), len(record))
        variables.append(before)
        older.update(zip(before, record, strict=True))
        back.update({**dict(zip(record, before, strict=True)), **dict.fromkeys(before, NOT_YET)})
        if release is not None:
            wrote_before = Boolean("older_new_release")
            variables.append(wrote_before)
            older[wrote_before], back[new], back[wrote_before] = new, wrote_before, False
    done, fails = "the maintenance backup is complete", "the server stops before its maintenance backup is complete"
    nothing = dict.fromkeys(record, NOT_YET)
    transitions = [
        on("start", "none", "running", when=ready & startable, then=wrote),
        on("done", "running", "kept", when=ready, kind="operator", doc=done),
        on("fails", "running", "none", when=~ready, then=nothing, urgent=True, priority=1, doc=fails),
    ]
    states = ["none", "running", "kept"]
    if alternating:
        states.append("renewing")
        forget = {v: False if isinstance(v, Boolean) else NOT_YET for v in older}
        transitions += [
            on("start", "kept", "renewing", when=ready & startable, then={**wrote, **older}),
            on("done", "renewing", "kept", when=ready, then=forget),
            on("fails", "renewing", "kept", when=~ready, then=back),
        ]
    else:
        transitions.append(on("start", "kept", "running", when=ready & startable, then=wrote))
    if own_first:
        same = Literal(True) if release is None else new == release
        transitions.append(on("read", ["none", "kept"], when=ready & same))
        if release is not None:
            transitions.append(on("unreadable", ["none", "kept"], when=ready & ~same, doc="it is of another release"))
    return Component(
        name,
        states=states,
        variables=variables,
        transitions=transitions,
        doc="The maintenance backup of one CMS server.",
    )


def being_written(backup: Component) -> Expression:
    """Whether a maintenance backup is running."""
    return backup.in_states(*(s for s in ("running", "renewing") if s in backup.states))


def backup_observer(backups: list[Component], interval: int) -> Component:
    """An observer that remembers whether some complete maintenance backup ever had a complete record of an interval."""
    has = any_of(b.kept & (b.array("record")[interval] == WHOLE) for b in backups)
    return Component(
        "backup_observer",
        states=["watching", "backed_up"],
        transitions=[
            on(
                "noted", "watching", "backed_up", when=has, internal=True, urgent=True, priority=1,
                doc="a maintenance backup holds the interval",
            )
        ],
        doc="Remembers whether a maintenance backup ever held the followed interval.",
    )  # fmt: skip
