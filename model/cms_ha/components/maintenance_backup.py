"""The maintenance backup of one CMS server: a copy of its historical data at one moment."""

from dataclasses import replace

from drcheck import Array, Boolean, Choice, Component, Expression, Literal, On, Updates, Variable, any_of, on
from drcheck.language.expressions import Operand
from model.cms_ha.components.historical_database import NOT_YET, RECORD, WHOLE


def maintenance_backup(
    name: str,
    record: Array,
    source: Array,
    ready: Expression,
    startable: Expression,
    alternating: bool,
    own_first: bool,
    each_interval: bool,
    release: Expression | None = None,
) -> Component:
    """The last maintenance backup (CMS High Availability page, ACD link failures; CMS maintenance).

    It holds what the server's database held when it began (`record`); data collection goes on meanwhile. The medium is
    written anew each time: while a backup is `running` there is no older one, and if the server stops (`ready` ends)
    before it is done there is none at all. With `alternating` media the one before (`older`) stays until the new one is
    complete. `startable`: a backup may begin; `own_first`: the server is restored from it after a rebuild or a crash.
    `each_interval`: `fresh` says that one was completed in this interval. `release`: which release wrote it.
    """
    variables: list[Array | Boolean] = [record]
    wrote: dict[Variable, Operand] = dict(zip(record, source, strict=True))
    older: dict[Variable, Operand] = {}
    back: dict[Variable, Operand] = {}
    if release is not None:
        new = Boolean(
            "new_release",
            doc="Whether the new release wrote the backup.",
            told=("the new release writes {component}", "the old release writes {component}"),
        )
        variables.append(new)
        wrote[new] = release
    if alternating:
        before = Array(
            "older", Choice("record", RECORD, doc="What the backup before this one holds of the interval."), len(record)
        )
        variables.append(before)
        older.update(zip(before, record, strict=True))
        back.update({**dict(zip(record, before, strict=True)), **dict.fromkeys(before, NOT_YET)})
        if release is not None:
            wrote_before = Boolean("older_new_release", doc="Whether the new release wrote the backup before this one.")
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
    if each_interval:
        fresh = Boolean("fresh", doc="Whether a backup was begun and completed in this interval.")
        variables.append(fresh)
        # A backup that began in the interval before does not hold that interval: only one begun in this one is fresh.
        begun = Boolean("begun", doc="Whether a backup was begun in this interval.")
        variables.append(begun)
        transitions = [_noting(t, fresh, begun) for t in transitions]
        transitions.append(on("tick", then={fresh: False, begun: False}))
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


def _noting(transition: On, fresh: Boolean, begun: Boolean) -> On:
    """A transition that also notes whether a backup was begun, and completed, in this interval."""
    noted = {"start": {begun: True}, "done": {fresh: begun}, "fails": {begun: False}}[transition.trigger]
    (way,) = transition.outcomes
    return replace(transition, outcomes=(replace(way, then=Updates({**dict(way.then.items), **noted})),))


def backup_schedule(due: Expression) -> Component:
    """The operators who see to it that time does not pass into the next interval while a backup is `due`."""
    return Component(
        "backup_schedule",
        states=["kept"],
        transitions=[on("tick", "kept", when=~due)],
        doc="A maintenance backup of every server in every interval.",
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
                "noted",
                "watching",
                "backed_up",
                when=has,
                internal=True,
                urgent=True,
                priority=1,
                doc="a maintenance backup holds the interval",
            )
        ],
        doc="Remembers whether a maintenance backup ever held the followed interval.",
    )


def age_observer(over: Expression, lost: Expression) -> Component:
    """An observer that remembers that an interval was over for a whole interval more and was not lost by then."""
    return Component(
        "age_observer",
        states=["watching", "settled"],
        transitions=[on("tick", "watching", "settled", when=over & ~lost), on("tick", ["watching", "settled"])],
        doc="Remembers that the followed interval was still there one interval after its end.",
    )
