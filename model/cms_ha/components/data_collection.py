"""Data collection on one server: what becomes of the interval that is open now, and whether a gap waits for a restore.

CMS files what it collects as interval records. An interval during which collection was interrupted has a record, but an
incomplete one. Interruptions are noted before anything else happens (`priority`), so none is too short to be seen.
"""

from drcheck import Choice, Component, Counter, Expression, all_of, if_else, on

CLOSED, TO_RESTORE, IN_RESTORE = "closed", "to_restore", "in_restore"


def data_collection(name: str, collecting: Expression, calls: Expression) -> Component:
    """The open interval is `whole` so far, `partial`, or `nothing` was collected; `calls`: there is data to collect.

    `gap` is what the operators know of this server: nothing is missing (`closed`), something must be restored, or a
    restore is on the way; an interruption during a restore makes it `to_restore` again.
    """
    gap = Choice(
        "gap",
        [CLOSED, TO_RESTORE, IN_RESTORE],
        doc="Whether something of this server waits to be restored.",
        told="what {component} missed: {value}",
    )
    states = ["whole", "partial", "nothing"]
    return Component(
        name,
        states=states,
        variables=[gap],
        transitions=[
            on(
                "interrupted", "whole", "partial", when=calls & ~collecting, then={gap: TO_RESTORE}, internal=True,
                urgent=True, priority=1, doc="collection is interrupted",
            ),
            on(
                "resumed", "nothing", "partial", when=collecting, internal=True, urgent=True, priority=1,
                doc="collection begins in the middle of an interval",
            ),
            on("tick", states, "whole", when=collecting | ~calls, doc="the next interval begins"),
            on("tick", states, "nothing", then={gap: TO_RESTORE}),
            on("restore_begins", states, when=gap == TO_RESTORE, then={gap: IN_RESTORE}),
            on("restore_done", states, then={gap: if_else(gap == IN_RESTORE, CLOSED, gap)}),
            on("restore_fails", states, when=gap == IN_RESTORE, then={gap: TO_RESTORE}),
            on("falls_behind", states, then={gap: TO_RESTORE}),
        ],
        doc="Whether the open interval is collected whole, and whether a gap waits to be restored.",
    )  # a transition a row  # fmt: skip


def coverage(collecting: Expression, calls: Expression, collections: list[Component], cap: int) -> Component:
    """Whether at every moment of the open interval at least one server collects.

    With `cap` above 0 it also counts, up to there: `uncovered_ticks`, in which no server collected while there were
    calls, and `lost_intervals`, which no server collected whole.
    """
    counters, counted = [], {}
    if cap:
        ticks, lost = (
            Counter(
                "uncovered_ticks",
                cap=cap,
                unit="ticks",
                doc="How long no server collected while there were calls.",
                told="for {value} no server has collected",
            ),
            Counter(
                "lost_intervals",
                cap=cap,
                unit="intervals",
                doc="Intervals that no server collected whole.",
                told="{value} were collected whole by no server",
            ),
        )
        counters = [ticks, lost]
        nobody_whole = all_of(~c.state("whole") for c in collections)
        counted = {ticks: ticks + if_else(calls & ~collecting, 1, 0), lost: lost + if_else(nobody_whole, 1, 0)}
    states = ["covered", "uncovered"]
    return Component(
        "coverage",
        states=states,
        variables=counters,
        transitions=[
            on("lapses", "covered", "uncovered", when=calls & ~collecting, internal=True, urgent=True, priority=1),
            on("tick", states, "covered", when=collecting | ~calls, then=counted),
            on("tick", states, "uncovered", then=counted),
        ],
        doc="Whether at least one server collects at every moment of the open interval.",
    )
