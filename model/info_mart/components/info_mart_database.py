"""The Info Mart database: what of each source's data is covered, staged, reportable or lost.

Positions are counted back from now, in intervals of one tick: `uncovered[i]` is how many intervals of stream i the
extraction high-water mark (CTL_EXTRACT_HWM) does not cover yet. So an unbounded run has finitely many states.

The account of a stream is kept in two independent ways, which must agree in every state (conservation): by flows,
`unreported[i]` = made - became reportable, and by positions and charges, uncovered + staged + lost by cause. Every lost
interval is charged to one cause when it becomes certain that this database will never report it.

Table groups (Info Mart guide, Tables Excluded from Replication): facts and the high-water mark are replicated; staging
(`staged`), pending notifications (`stale` is their age), and the schema version are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Expression,
    Integer,
    Literal,
    any_of,
    count,
    if_else,
    maximum,
    minimum,
    on,
    total,
)
from model.info_mart.components.stream import Stream

INTERVAL = count([Literal(True)], unit="intervals")
"""One interval, which is what a source makes in a tick: a position in intervals divided by it is an age in ticks."""

CAUSES = {
    "beyond_threshold": "it was cut off on reconnection",
    "in_queue": "it stood in the queue of a lost ICON",
    "not_extracted": "it was given up, or lost with its IDBs, before it was extracted",
    "not_transformed": "it was staged at the lost site only",
    "not_delivered": "it was a fact at the lost site that replication had not delivered",
}
"""The causes to which a lost interval can be charged here; terminated activity is counted at the site."""


AT_A_TAKEOVER = ("not_transformed", "not_delivered")


@dataclass(frozen=True)
class Reach:
    """What the Info Mart Server of a database can get at, for one stream.

    `behind`: how many of the newest intervals the best reachable IDB lacks (its ICON's queue), or everything uncovered.
    `gone`: the stream's site is lost for good. `ignored`: the server's connections to its ICONs are removed.
    `queued`: what the ICON with the remote IDB keeps (0 where there is none).
    """

    behind: Expression
    gone: Expression
    ignored: Expression
    queued: Expression


def intervals(most: int, doc: str, told: str = "") -> Integer:
    """The element of an array that counts intervals of each source, up to `most`; `doc`: what it is for; `told`: a sentence."""
    return Integer("n", 0, most, unit="intervals", doc=doc, told=told)


class InfoMartDatabase:
    """Builds the component; the variables are attributes, so that others can refer to them.

    `most`: the furthest that a position can be behind; `stale_cap`: the greatest age followed of stale aggregates (None: there
    are none, and nothing writes their ages); `replica`: whether it can be taken over as the target of a replication.
    """

    def __init__(
        self,
        name: str,
        streams: Sequence[Stream],
        most: int,
        stale_cap: int | None,
        schema: str = "current",
        partitions: str = "present",
        replica: bool = False,
    ) -> None:
        self.name, self.streams, self.replica = name, tuple(streams), replica
        n = len(self.streams)
        of = [f"Site {stream.site}'s {stream.name.rstrip('12')}" for stream in self.streams]

        def array(kind: str, limit: int, doc: str, told: str) -> Array:
            return Array(kind, intervals(limit, doc, f"{told} in {name}: {{value}} of {{of}}"), n, of=of)

        self.uncovered = array(
            "uncovered", most, "What the high-water mark of a source does not cover yet.", "not extracted"
        )
        self.staged = array("staged", most, "What of a source is extracted and not transformed.", "staged")
        self.unreported = array(
            "unreported", 2 * most, "What was made by a source and is no fact here.", "not yet facts"
        )
        # Only a database that is taken over from replication can lose what was not transformed or not delivered.
        limits = {cause: most if replica or cause not in AT_A_TAKEOVER else 0 for cause in CAUSES}
        self.lost = {
            cause: array(
                f"lost_{cause}",
                limits[cause],
                f"What of a source will never be a fact here: {why}.",
                f"lost ({why})",
            )
            for cause, why in CAUSES.items()
        }
        self.aggregates = stale_cap is not None
        self.stale = Age(
            "stale",
            cap=0 if stale_cap is None else stale_cap,
            doc="How old the oldest fact is that aggregates lack and that is notified.",
        )
        lacking = "How old the oldest fact is that aggregates lack and no notification here speaks of."
        self.unnotified = Age("unnotified", cap=0 if stale_cap is None or not replica else stale_cap, doc=lacking)
        self.schema = Choice("schema", ["current", "outdated"], start=schema, doc="Of which release the schema is.")
        there = "Whether the partitions that ETL needs exist."
        self.partitions = Choice("partitions", ["present", "missing"], start=partitions, doc=there)
        self.rekeyed = Boolean(
            "rekeyed", doc="Whether a fact of the lost database is made anew here, under another key."
        )

    # -- what happens to the data ------------------------------------------------------------------------------------
    def passing_of_time(self, counting: Expression, reach: Sequence[Reach] | None = None) -> dict:
        """A tick: each source that produces has made one more interval; what is stale grows older."""
        updates: dict = {}
        for i, stream in enumerate(self.streams):
            made = stream.producing & counting
            if reach is not None:
                made = made & ~reach[i].ignored
            updates[self.uncovered[i]] = self.uncovered[i] + if_else(made, 1, 0)
            updates[self.unreported[i]] = self.unreported[i] + if_else(made, 1, 0)
        if self.aggregates:
            updates[self.stale] = if_else(self.stale > 0, self.stale + 1, 0)
        if self.aggregates and self.replica:
            updates[self.unnotified] = if_else(self.unnotified > 0, self.unnotified + 1, 0)
        return updates

    def extraction(self, reach: Sequence[Reach], chunk: int) -> dict:
        """One extraction: at most `chunk` intervals of each stream, from the best IDB in reach, once only.

        What a lost site's IDBs can no longer give is written off when the last obtainable interval has been extracted.
        """
        updates: dict = {}
        for i, r in enumerate(reach):
            u = self.uncovered[i]
            target = minimum(u, maximum(r.behind, u - chunk))
            write_off = r.gone & (target <= r.behind)
            in_queue = minimum(r.queued, target)
            updates[self.staged[i]] = self.staged[i] + u - target
            updates[u] = if_else(write_off, 0, target)
            updates |= self._charge(i, "in_queue", if_else(write_off, in_queue, 0))
            updates |= self._charge(i, "not_extracted", if_else(write_off, target - in_queue, 0))
        return updates

    def transformation(self) -> dict:
        """All that is staged becomes facts; aggregates are stale as far back as the oldest of it."""
        updates: dict = {}
        oldest = []
        for i in range(len(self.streams)):
            updates[self.unreported[i]] = self.unreported[i] - self.staged[i]
            updates[self.staged[i]] = 0
            age = (self.uncovered[i] + self.staged[i]) // INTERVAL
            oldest.append(if_else(self.staged[i] > 0, age, 0))
        if self.aggregates:
            updates[self.stale] = maximum(self.stale, *oldest)
        return updates

    def reconnection(self, threshold: int, other_site: int) -> dict:
        """The other site's data is extracted only as far back from now as the threshold reaches."""
        updates: dict = {}
        for i in self._of_site(other_site):
            u = self.uncovered[i]
            updates |= self._charge(i, "beyond_threshold", maximum(u - threshold, 0))
            updates[u] = minimum(u, threshold)
        return updates

    def _of_site(self, site: int) -> list[int]:
        """The streams whose source is at a site, by position."""
        return [i for i, stream in enumerate(self.streams) if stream.site == site]

    def ignoring(self, reach: Sequence[Reach], site: int) -> dict:
        """The connections to a site's ICONs are removed: what was not extracted from them is given up."""
        updates: dict = {}
        for i, (stream, r) in enumerate(zip(self.streams, reach, strict=True)):
            if stream.site == site:
                u = self.uncovered[i]
                in_queue = minimum(r.queued, u)
                updates |= self._charge(i, "in_queue", in_queue)
                updates |= self._charge(i, "not_extracted", u - in_queue)
                updates[u] = 0
        return updates

    def _charge(self, i: int, cause: str, amount: Expression) -> dict:
        return {self.lost[cause][i]: self.lost[cause][i] + amount}

    # -- replication ------------------------------------------------------------------------------------------------
    def replicated(self) -> list:
        """The variables that stand for replicated tables: the high-water mark, the facts (by what they lack), aggregates."""
        ages = [self.stale] if self.aggregates else []
        return [*self.uncovered, *self.unreported, *self.lost["beyond_threshold"], *ages]

    def takeover(self, primary: "InfoMartDatabase", reach: Sequence[Reach], rewind: bool) -> dict:
        """The standby database comes into use: what its high-water mark covers and its facts lack is lost.

        The part that was staged at the failed site is charged as not transformed, the rest as not delivered. With
        `rewind`, the high-water mark is first set back to where the facts end, so that nothing is. Then what the
        server's connections ignore from the start is given up.
        """
        updates: dict = {}
        rekeyed = []
        for i, r in enumerate(reach):
            u = self.uncovered[i]
            gap = maximum(self.unreported[i] - u - self.lost_of(i), 0)
            rekeyed.append(~r.ignored & (u + (gap if rewind else 0) > primary.uncovered[i] + primary.staged[i]))
            # Of what was staged at the failed site, this copy of the high-water mark covers what it is not behind by.
            not_transformed = minimum(maximum(primary.staged[i] - maximum(u - primary.uncovered[i], 0), 0), gap)
            if rewind:
                u = u + gap
            else:
                updates |= self._charge(i, "not_transformed", not_transformed)
                updates |= self._charge(i, "not_delivered", gap - not_transformed)
            in_queue = minimum(r.queued, u)
            updates[self.uncovered[i]] = if_else(r.ignored, 0, u)
            updates |= self._charge(i, "in_queue", if_else(r.ignored, in_queue, 0))
            updates |= self._charge(i, "not_extracted", if_else(r.ignored, u - in_queue, 0))
        updates[self.rekeyed] = any_of(rekeyed)
        if self.aggregates:
            # Pending notifications are not replicated: what they would have repaired stays unrepaired until re-aggregation.
            updates[self.unnotified] = self.stale
            updates[self.stale] = 0
        return updates

    def reaggregation(self) -> dict:
        """Re-aggregation is requested as far back as notifications are missing: these are pending from now on."""
        return {self.stale: maximum(self.stale, self.unnotified), self.unnotified: 0}

    def forgetting(self) -> dict:
        """The lost database is of no more interest: its variables go back to 0, so that fewer states differ."""
        ages = [self.stale] if self.aggregates else []
        zero = [*self.uncovered, *self.staged, *self.unreported, *ages, *self.lost["beyond_threshold"]]
        return dict.fromkeys(zero, 0)

    # -- expressions for properties -----------------------------------------------------------------------------------
    def lost_of(self, i: int) -> Expression:
        """Everything lost of stream i, all causes."""
        return total(self.lost[cause][i] for cause in CAUSES)

    def conserved(self, i: int) -> Expression:
        """made = reportable + in progress + lost by cause, for stream i."""
        return self.unreported[i] == self.uncovered[i] + self.staged[i] + self.lost_of(i)

    def variables(self) -> list:
        """All variables of the component."""
        arrays = [self.uncovered, self.staged, self.unreported, *self.lost.values()]
        return [*arrays, self.stale, self.unnotified, self.schema, self.partitions, self.rekeyed]

    # -- as a component ------------------------------------------------------------------------------------------------
    def in_use_by(
        self,
        server: Component,
        reach: Sequence[Reach],
        chunk: int,
        threshold: int,
        other_site: int,
        counting: Expression,
        by_age: bool = False,
    ) -> list:
        """The transitions of a database that a server works on; `counting`: whether what is made is still counted.

        Whether an outage exceeded the threshold is told by how long the other site was out of reach, as the guide's text
        says; with `by_age`, by how old the oldest data not extracted is, as the option's name suggests.
        """
        name = server.name
        exceeded = server.unreachable > threshold
        if by_age:
            exceeded = any_of(self.uncovered[i] > threshold for i in self._of_site(other_site))
        return [
            on(f"{name}_extracts", "in_use", then=self.extraction(reach, chunk)),
            on(f"{name}_transforms", "in_use", then=self.transformation()),
            on("reconnect", "in_use", when=exceeded, then=self.reconnection(threshold, other_site)),
            on("tick", "in_use", then=self.passing_of_time(counting, reach)),
        ]
