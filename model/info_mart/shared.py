"""What the designs of Genesys Info Mart share beside the collection layer: clocks, outages, the operators' declaration.

One tick makes one interval of data in each source.
"""

from dataclasses import dataclass

from drcheck import Component, Duration, Expression, Literal, all_of, any_of, event, hours
from drcheck.system.composition import Rendezvous
from model.common.recovery_clock import recovery_clock
from model.info_mart.collection import Collection
from model.info_mart.components.goldengate import Trail
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.components.outage_observer import lull, outage_observer

YES, NO = Literal(True), Literal(False)


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
    if not behind.aggregates:
        return positions
    return positions | ((behind.stale > lag) & (behind.stale > ahead.stale))


def outage_events(
    layer: Collection, observe: bool, begin: str, longest: Duration, server: Component, databases: list[Component]
) -> tuple[dict[Component, str], dict[Component, str]]:
    """Who takes note when an outage begins and when it ends; with `begin` "caught_up" none begins before that."""
    begins: dict[Component, str] = {}
    ends: dict[Component, str] = {server: "reconnect", **dict.fromkeys(databases, "reconnect")}
    caught_up = all_of([*databases[0].array("uncovered"), *databases[0].array("staged")], lambda n: n == 0)
    if begin == "caught_up":
        layer.others.append(lull(caught_up))
        layer.allowing[layer.others[-1]] = "outage_begins"
    if observe:
        watcher = outage_observer(longest, caught_up, layer.link.down)
        layer.others.append(watcher)
        begins[watcher], ends[watcher] = "outage_begins", "outage_ends"
    return begins, ends


OPENS = "reports_open"
"""The trigger of the recovery clock for the moment at which the standby GI2 is brought into service."""


def reports_clock(
    layer: Collection,
    databases: dict[int, InfoMartDatabase],
    gi2: dict[int, Component],
    aggregation: bool,
    most: int,
    alone: Expression | None = None,
) -> Component:
    """The clock of the time in which no new data shows in reports, since a site was lost or an outage began.

    `alone`: another disruption from which it counts, the failure of a server alone; the clock remembers whether that was all.

    New data shows where it is transformed, or aggregated where aggregates are deployed, in the database that the GI2 in
    service reads: at Site 1, and at Site 2 once the standby GI2 is in service. What is transformed at Site 2 after the loss of
    Site 1 and before that shows at the moment at which it is brought into service. A cycle that brings nothing new is none.
    """
    new: dict[int, Expression] = {
        n: database.stale > 0 if aggregation else any_of(staged > 0 for staged in database.staged)
        for n, database in databases.items()
    }
    done = {n: f"raa{n}_aggregates" if aggregation else f"server{n}_transforms" for n in databases}
    lost = layer.sites[1].failed
    others = lost | layer.sites[2].failed | layer.link.down
    return recovery_clock(
        "new data in reports",
        most,
        since=others if alone is None else others | alone,
        back={done[n]: new[n] & gi2[n].in_service for n in databases},
        kept={done[2]: new[2] & lost},
        opens=OPENS,
        others=None if alone is None else others,
    )


def outages_and_declaration(
    layer: Collection,
    begins: dict[Component, str],
    ends: dict[Component, str],
    people: Component,
    book: Component,
    mistaken: bool,
) -> list[Rendezvous]:
    """The network's outages with those who take note of them, and how the operators come to begin the procedure."""
    events = [
        event("link_fails", {layer.link: "link_fails", **layer.allowing}, optional=begins),
        event("link_restored", {layer.link: "link_restored"}, optional=ends),
        event("declare_disaster", {people: "declare_disaster", book: "declare_disaster"}),
    ]
    if mistaken:
        events.append(event("mistake_outage", {people: "mistake_outage", book: "declare_disaster"}))
    return events


def budget(failures: int, outages: int, slips: int, mistaken: bool, **alone: int) -> dict[str, int]:
    """How many faults of each kind there may be; `alone`: of single components, by kind (`ICON=1`), where there are any."""
    faults = {"site failure": failures, "network outage": outages}
    faults |= {f"{what} failure": number for what, number in alone.items() if number}
    if slips:
        faults["operator slip"] = slips
    if mistaken:
        faults["mistaken declaration"] = 1
    return faults
