"""Genesys Info Mart in two business-continuity architectures: active-active, and active-standby over Oracle GoldenGate.

Both share the collection layer (sites, link, sources, ICON pairs, IDBs). One tick makes one interval of data in each
source. Faults are limited by a budget. What the guide does not say is a parameter, with an assumption as its default:
how late ETL and replication can be, how fast a backlog is caught up, how long the operators take.
"""

from dataclasses import dataclass
from typing import Annotated
from typing import Literal as OneOf

from drcheck import Component, Duration, Expression, Literal, all_of, any_of, hours
from model.info_mart.collection import Collection
from model.info_mart.components.goldengate import Trail
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.outage_observer import outage_observer

YES, NO = Literal(True), Literal(False)

Threshold = Annotated[Duration, "extract-data-stuck-threshold: how long an unreachable site is waited for"]
Tick = Annotated[Duration, "length of one tick, and of one interval of data"]
Sources = Annotated[int, "data sources at each site: voice, then multimedia, configuration, outbound", range(1, 5)]
LongestOutage = Annotated[Duration, "the longest network outage that is considered"]
Outages = Annotated[int, "how many network outages may happen", range(4)]
Failures = Annotated[int, "how many sites may fail", range(2)]
Failing = Annotated[OneOf["site1", "site2", "either"], "which site may fail"]
HaIdb = Annotated[bool, "whether each source has its redundant IDB at the other site"]
EtlDelay = Annotated[int, "how many ticks an ETL cycle that can run may be late", range(5)]
CatchUp = Annotated[int, "how many intervals of a source one ETL cycle takes in at most", range(2, 65)]
Drain = Annotated[int, "how many intervals an ICON writes from its queue each tick", range(2, 65)]
Recovery = Annotated[
    Duration, "how long the operators take at most from the loss of a site to the end of the procedure"
]
Slips = Annotated[int, "how many steps of the procedure the operators may leave out, or do late", range(3)]
Mistaken = Annotated[bool, "whether an operator may take a network outage for the loss of Site 1"]
Gi2Step = Annotated[
    bool, "whether the operators also bring the standby GI2 into service, as the text before the steps asks"
]
Activity = Annotated[bool, "whether calls and agent states in progress are followed"]
Aggregation = Annotated[bool, "whether GI2 or RAA is deployed, so that aggregates matter"]
StuckClock = Annotated[
    OneOf["outage", "data"], "what the threshold is compared with: the outage's length, or the data's age"
]
Observe = Annotated[bool, "whether an observer remembers the length of the first outage"]


@dataclass(frozen=True)
class Clock:
    """The durations of a design in ticks."""

    threshold: int
    longest: int
    recovery: int
    day: int
    most: int


def clock_of(
    tick: Duration, threshold: Duration, longest: Duration, recovery: Duration, outages: int, slack: int
) -> Clock:
    """Durations as ticks; `most` is the furthest that any position can be behind."""
    limits = [d.ticks(tick) for d in (threshold, longest, recovery)]
    most = limits[0] + limits[1] * max(outages, 1) + limits[2] + slack
    return Clock(*limits, hours(24).ticks(tick), most)


def lagging(ahead: InfoMartDatabase | Trail, behind: InfoMartDatabase | Trail, lag: int) -> Expression:
    """Whether a replication stage is more than `lag` intervals behind the one before it."""
    before, after = [*ahead.uncovered, *ahead.unreported], [*behind.uncovered, *behind.unreported]
    positions = any_of(b - a > lag for a, b in zip(before, after, strict=True))
    aggregates = (behind.stale > lag) & (behind.stale > ahead.stale)
    return positions | aggregates


def outage_events(
    layer: Collection, observe: bool, longest: Duration, server: Component, databases: list[Component]
) -> tuple[dict[Component, str], dict[Component, str]]:
    """Who takes note when an outage begins and when it ends."""
    begins: dict[Component, str] = {}
    ends: dict[Component, str] = {server: "reconnect", **dict.fromkeys(databases, "reconnect")}
    if observe:
        caught_up = all_of([*databases[0].array("uncovered"), *databases[0].array("staged")], lambda n: n == 0)
        watcher = outage_observer(longest, caught_up, layer.link.down)
        layer.others.append(watcher)
        begins[watcher], ends[watcher] = "outage_begins", "outage_ends"
    return begins, ends
