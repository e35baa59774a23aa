"""A store that loses orders in long outages: small, with faults, a slip, repairs, a clock, and notices that speak of them."""

from __future__ import annotations

from typing import Annotated

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    Literal,
    ParameterRole,
    Property,
    System,
    compose,
    hours,
    never,
    notice,
    on,
    stated,
    worst_case,
)
from drcheck.designs.design import design


@design(title="A store behind a link", properties=__name__)
def store(
    threshold: Annotated[Duration, "how much the store keeps while the link is down", ParameterRole.DEPLOYMENT] = hours(
        2
    ),
    outages: Annotated[int, "how often the link may fail", range(3), ParameterRole.FAULT] = 1,
    longest_outage: Annotated[Duration, "how long an outage lasts at most", ParameterRole.FAULT] = hours(4),
    disk_failures: Annotated[int, "how often the disk may fail", range(2), ParameterRole.FAULT] = 1,
    slips: Annotated[int, "how often the restart may be left out", range(2), ParameterRole.SLIP] = 0,
    bigger: Annotated[bool, "the store keeps an hour more", ParameterRole.REPAIR] = False,
    hasty: Annotated[bool, "the store throws away what it keeps when the link is back", ParameterRole.REPAIR] = False,
) -> System:
    """What comes while the link is down is kept up to the threshold, then lost. A failed disk loses what it kept."""
    outage = Age("outage", cap=longest_outage)
    kept, lost = Counter("kept", cap=8), Counter("lost", cap=40, unit="orders")
    room = threshold.ticks(hours(1)) + bigger
    link = Component(
        "link",
        ["up", "down"],
        variables=[outage],
        transitions=[
            on("link_fails", "up", "down", kind="environment", fault="network outage"),
            on("link_restored", "down", "up", kind="environment", then={outage: 0}),
            on("tick", "down", when=outage < longest_outage, then={outage: outage + 1}),
        ],
    )
    disk = Component(
        "disk",
        ["works", "failed", "waiting"],
        variables=[kept, lost],
        transitions=[
            on(
                "disk_fails",
                "works",
                "failed",
                kind="environment",
                fault="disk failure",
                then={lost: lost + kept, kept: 0},
            ),
            on("replace_disk", "failed", "works", kind="operator"),
            on("leave_out_restart", "failed", "waiting", kind="operator", fault="slip"),
            on("tick", "works", when=link.down & (kept < room), then={kept: kept + 1}),
            on("tick", "works", when=link.down, then={lost: lost + 1}),
            on("tick", "works"),
            on("tick", ["failed", "waiting"], then={lost: lost + 1}),
            on("link_restored", "works", then={kept: 0, **({lost: lost + kept} if hasty else {})}),
            on("link_restored", ["failed", "waiting"], then={kept: 0}),
        ],
    )
    away = Age("away", cap=12)
    clock = Component(
        "clock",
        ["watching"],
        variables=[away],
        transitions=[
            on("tick", when=~disk.works, then={away: away + 1}),
            on("tick", then={away: 0}),
            on("replace_disk", then={away: 0}),
        ],
    )
    faults = {"network outage": outages, "disk failure": disk_failures, "slip": slips}
    return compose("store", [link, disk, clock], tick=hours(1), faults=faults)


@stated(measures="loss")
def orders_lost(d: System) -> Property:
    """How many orders are lost at worst."""
    return worst_case(d.disk.lost, at_most=3)


@stated(measures="time_back")
def disk_away(d: System) -> Property:
    """For how long the disk is away at worst."""
    return worst_case(d.clock.away)


@stated(given={"outages": 0})
def the_disk_works(d: System) -> Property:
    """The disk always works."""
    return never(~d.disk.works)


@stated
def nothing_is_lost(d: System) -> Property:
    """No order is ever lost."""
    return never(d.disk.lost > 0)


NOTICES = [
    notice("the link is red", when="link.down", of="network outage", source="the handbook"),
    notice("the disk is missed", when=lambda d: d.clock.away >= 2, of="disk failure", source="the handbook"),
]


@design(title="A switch that is left open")
def switches(
    outages: Annotated[int, "how often the link may fail", range(3), ParameterRole.FAULT] = 1,
    left_open: Annotated[bool, "whether it is left open", ParameterRole.SLIP] = False,
) -> System:
    """A slip that is no budget."""
    gate = Component("gate", ["shut", "open"], transitions=[on("opens", "shut", "open", when=Literal(left_open))])
    link = Component("link", ["up", "down"], transitions=[on("link_fails", "up", "down", fault="network outage")])
    shut = never(gate.open, name="stays_shut")
    return compose("switches", [gate, link], faults={"network outage": outages}, properties=[shut])
