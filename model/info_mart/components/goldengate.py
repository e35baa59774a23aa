"""Oracle GoldenGate: Extract, DataPump and Replicat with their trails.

The replicated state of the Info Mart database travels as snapshots in commit order: what a trail or the target holds is
what the source held at an earlier moment (its variables count how far behind it is). Extract captures each commit at
once into the local trail, so the local trail always equals the source; any delay in capturing is part of DataPump's
delay. That is sound here: both are at Site 1, and what has not reached the remote trail is lost with Site 1 whichever of
the two still had it. DataPump ships everything captured so far; the target of a shipment is thus a state that the
source went through while the link was up.
"""

from collections.abc import Sequence

from drcheck import Age, Array, Component, Expression, On, all_of, if_else, on
from model.info_mart.components.info_mart_database import InfoMartDatabase, intervals
from model.info_mart.components.restarting import DOWN, restarting


class Trail:
    """The remote trail at the standby site: a snapshot of the replicated tables, on the target's disk.

    `stale_cap`: as that of the source, None where there are no aggregates.
    """

    def __init__(self, name: str, source: InfoMartDatabase, most: int, stale_cap: int | None) -> None:
        self.name, self.source = name, source
        n = len(source.streams)
        self.uncovered = Array(
            "uncovered", intervals(most, "What the mark in the trail does not cover of a source."), n
        )
        self.unreported = Array("unreported", intervals(2 * most, "What of a source is no fact in the trail."), n)
        self.skipped = Array("lost_beyond_threshold", intervals(most, "What the source database had cut off."), n)
        self.aggregates = stale_cap is not None
        self.stale = Age(
            "stale",
            cap=0 if stale_cap is None else stale_cap,
            doc="How old the oldest fact is that aggregates in the trail lack.",
        )
        self.ages = [self.stale] if self.aggregates else []

    def replicated(self) -> list:
        """The same list as `InfoMartDatabase.replicated`."""
        return [*self.uncovered, *self.unreported, *self.skipped, *self.ages]

    def copy_of(self, source: Sequence, target: Sequence) -> dict:
        """Updates that make `target` what `source` is."""
        return dict(zip(target, source, strict=True))

    def passing_of_time(self, counting: Expression) -> dict:
        """A tick: the snapshot falls one interval further behind."""
        updates: dict = {}
        for i, stream in enumerate(self.source.streams):
            made = if_else(stream.producing & counting, 1, 0)
            updates[self.uncovered[i]] = self.uncovered[i] + made
            updates[self.unreported[i]] = self.unreported[i] + made
        if self.aggregates:
            updates[self.stale] = if_else(self.stale > 0, self.stale + 1, 0)
        return updates

    def component(self, counting: Expression, unused: Expression) -> Component:
        """The trail as a component: DataPump writes it, Replicat reads it; once `unused` it can be forgotten."""
        return Component(
            self.name,
            states=["kept", "forgotten"],
            variables=[self.uncovered, self.unreported, self.skipped, *self.ages],
            transitions=[
                on("datapump_ships", "kept", then=self.copy_of(self.source.replicated(), self.replicated())),
                on("tick", "kept", then=self.passing_of_time(counting)),
                on("tick", "forgotten"),
                on("clear", "kept", "forgotten", when=unused, then=dict.fromkeys(self.replicated(), 0), passive=True),
                on("site_fails", "kept", "forgotten", then=dict.fromkeys(self.replicated(), 0), passive=True),
            ],
            doc="The remote trail on the standby site's disk.",
        )


def same(a: Sequence, b: Sequence) -> Expression:
    """Whether two snapshots are equal."""
    return all_of(x == y for x, y in zip(a, b, strict=True))


def _alone(name: str, down: Age, restart: int) -> list[On]:
    """A GoldenGate process that fails alone and is started again, or is lost with its site before."""
    return [
        *restarting(name, ["running"], down, restart, "GoldenGate failure", "running"),
        on("site_fails", "failed_alone", "failed", then={down: 0}, passive=True),
    ]


def extract(name: str = "extract") -> Component:
    """GoldenGate Extract at the source: captures every commit into the local trail at once."""
    return Component(
        name,
        states=["running", "failed"],
        transitions=[on("site_fails", "running", "failed", passive=True)],
        doc="GoldenGate Extract: captures commits into the local trail.",
    )


def datapump(name: str, link_up: Expression, in_step: Expression, lag: Expression, restart: int = 0) -> Component:
    """GoldenGate DataPump at the source: ships the local trail to the remote one while the link is up.

    `lag`: whether the remote trail is so far behind that it must be shipped before more time passes (an assumption:
    replication keeps up while the link is up). With `restart` it may fail alone and is back at most that many ticks later. What
    Extract captures meanwhile stays in the local trail, so a failure of Extract is one of DataPump here.
    """
    down = Age("down", cap=restart, doc=DOWN)
    return Component(
        name,
        states=["running", *(["failed_alone"] if restart else []), "failed"],
        variables=[down] if restart else [],
        transitions=[
            on("datapump_ships", "running", when=link_up & ~in_step),
            on("tick", "running", when=~(link_up & lag)),
            on("tick", "failed"),
            on("site_fails", "running", "failed", passive=True),
            *(_alone(name, down, restart) if restart else []),
        ],
        doc="GoldenGate DataPump: ships the local trail to the standby site.",
    )


def replicat(name: str, in_step: Expression, lag: Expression, restart: int = 0) -> Component:
    """GoldenGate Replicat at the target: applies the remote trail to the standby database, until it is stopped.

    With `restart` it may fail alone and is back at most that many ticks later, unless it is stopped before.
    """
    down = Age("down", cap=restart, doc=DOWN)
    alone: list[On] = []
    if restart:
        alone = [*_alone(name, down, restart), on("stop", "failed_alone", "stopped", then={down: 0}, passive=True)]
    return Component(
        name,
        states=["running", *(["failed_alone"] if restart else []), "stopped", "failed"],
        variables=[down] if restart else [],
        transitions=[
            on("replicat_applies", "running", when=~in_step),
            on("tick", "running", when=~lag),
            on("tick", ["stopped", "failed"]),
            on("stop", "running", "stopped", passive=True),
            on("site_fails", ["running", "stopped"], "failed", passive=True),
            *alone,
        ],
        doc="GoldenGate Replicat: applies the remote trail to the standby database.",
    )
