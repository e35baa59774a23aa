"""The design docs/examples/web_failover.py without the newer means of the language; `test_trades.py` holds the two together."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    Expression,
    Finding,
    Integer,
    On,
    Property,
    System,
    can_always,
    compose,
    deadlock_free,
    design,
    if_else,
    leads_to,
    minimum,
    minutes,
    never,
    on,
    outcome,
    reachable,
    stated,
    weakly_fair,
    whenever,
    worst_case,
)

DOWN = ["down_fire", "down_power"]
FAILOVER = ["failover_stop", "failover_drain", "failover_switch"]
RETURNING = ["returning_stop", "returning_drain", "returning_switch"]


def site(name: str) -> Component:
    """A site with a web server and a worker."""
    return Component(
        name,
        ["up", "down_fire", "down_power"],
        transitions=[
            on(f"{name}_burns", "up", "down_fire", kind="environment", fault="loss"),
            on(f"{name}_loses_power", "up", "down_power", kind="environment", fault="loss"),
            on(f"{name}_returns", DOWN, "up", kind="environment"),
        ],
    )


def observing(
    watched: str,
    bound: int,
    clients: Component,
    site2: Component,
    runbook: Component,
    served: Expression,
    alarm: Expression,
) -> list[Component]:
    """The observer for one of the promises that speak of events: what it waits for, or that it was broken, as a state."""
    waited = Age("waited", cap=bound + 1)
    switches = ("switch_to_site1", "switch_to_site2")
    losses_of_site1 = ("site1_burns", "site1_loses_power")
    observers: dict[str, tuple[list[str], list[Age], list[On]]] = {
        "nothing": ([], [], []),
        "service": (
            ["idle", "waiting"],
            [waited],
            [
                *(on(event, "idle", "waiting", when=clients.at_site1) for event in losses_of_site1),
                *(on(event) for event in losses_of_site1),
                on("tick", "waiting", "idle", when=served, then={waited: 0}),
                on("tick", "waiting", then={waited: waited + 1}),
            ],
        ),
        "first_drain": (
            ["fine", "drained", "broken"],
            [],
            [
                on("drained", "fine", "drained"),
                on("drained"),
                on("switch_to_site2", "fine", "broken"),
                on("switch_to_site2"),
            ],
        ),
        "each_drain": (
            ["fine", "switched", "broken"],
            [],
            [
                on("drained", "switched", "fine"),
                on("drained"),
                *(on(event, "fine", "switched") for event in switches),
                *(on(event, "switched", "broken") for event in switches),
                *(on(event, "broken") for event in switches),
            ],
        ),
        "switch": (
            ["fine", "broken"],
            [],
            [
                on("switch_to_site2", "fine", "broken", when=site2.in_states(*DOWN)),
                on("switch_to_site2"),
            ],
        ),
        "alarm": (
            ["fine", "broken"],
            [],
            [on("begin_failover", "fine", "broken", unless=alarm), on("begin_failover")],
        ),
        "call_off": (
            ["nothing", "seen"],
            [],
            [on("call_off", "nothing", "seen", when=runbook.failover_switch), on("call_off")],
        ),
    }
    states, variables, transitions = observers[watched]
    return [Component("observer", states, variables=variables, transitions=transitions)] if states else []


@design(title="A web shop that fails over by DNS, before", properties=__name__)
def web_failover(
    ttl: Annotated[Duration, "how long clients keep an answer of DNS"] = minutes(3),
    checks: Annotated[int, "how many failed checks, one a minute, raise the alarm", range(1, 6)] = 2,
    pace: Annotated[Duration, "how long operators take for a step"] = minutes(2),
    room: Annotated[int, "how many orders may wait", range(2, 9)] = 4,
    losses: Annotated[int, "how many sites may be lost", range(3)] = 2,
    copied_at_once: Annotated[bool, "whether an order is accepted only once the other site has it"] = False,
    look_first: Annotated[bool, "whether operators make sure that the other site is up before they switch"] = False,
    watched: Annotated[
        OneOf["nothing", "service", "first_drain", "each_drain", "switch", "alarm", "call_off"],
        "what an observer remembers",
    ] = "nothing",
) -> System:
    """Two sites, their clients, the queue between them, and those who watch and operate it."""
    sites = site1, site2 = site("site1"), site("site2")

    failed = Counter("failed", cap=checks)
    monitor = Component(
        "monitor",
        ["on"],
        variables=[failed],
        transitions=[
            on("tick", when=site1.up, then={failed: 0}),
            on("tick", then={failed: failed + 1}),
        ],
    )
    alarm = failed >= checks

    dns = Component(
        "dns",
        ["site1", "site2"],
        transitions=[on("switch_to_site2", "*", "site2"), on("switch_to_site1", "*", "site1")],
    )
    longest = ttl.ticks(minutes(1))
    kept = Integer("kept", 0, longest, unit="ticks", doc="How long the clients still keep the old answer.")
    remaining = [outcome(then={kept: n}) for n in range(longest + 1)]
    clients = Component(
        "clients",
        ["at_site1", "at_site2"],
        variables=[kept],
        transitions=[
            on("switch_to_site2", "at_site1", outcomes=remaining),
            on("switch_to_site2", then={kept: 0}),
            on("switch_to_site1", "at_site2", outcomes=remaining),
            on("switch_to_site1", then={kept: 0}),
            on("answers_expire", "at_site1", "at_site2", when=dns.site2 & (kept == 0), urgent=True),
            on("answers_expire", "at_site2", "at_site1", when=dns.site1 & (kept == 0), urgent=True),
            on("tick", then={kept: if_else(kept > 0, kept - 1, 0)}),
        ],
    )
    served = (clients.at_site1 & site1.up) | (clients.at_site2 & site2.up)

    waiting = Integer("waiting", 0, room, unit="orders")
    other_is_up = site2.up | (not look_first)
    runbook = Component(
        "runbook",
        ["normal", *FAILOVER, "moved", *RETURNING],
        transitions=[
            on("begin_failover", "normal", "failover_stop", when=alarm, kind="operator"),
            on("orders_stopped", "failover_stop", "failover_drain", kind="operator"),
            on("orders_stopped", "returning_stop", "returning_drain", kind="operator"),
            on("drained", "failover_drain", "failover_switch", when=waiting == 0, kind="operator"),
            on("drained", "returning_drain", "returning_switch", when=waiting == 0, kind="operator"),
            on("switch_to_site2", "failover_switch", "moved", when=other_is_up, kind="operator"),
            on("switch_to_site1", "returning_switch", "normal", kind="operator"),
            on("call_off", FAILOVER, "normal", when=site1.up, kind="operator"),
            on("call_off", RETURNING, "moved", when=site1.up, kind="operator"),
            on("begin_return", "moved", "returning_stop", when=site1.up, kind="operator"),
        ],
    )

    behind = Integer("behind", 0, 2, unit="orders", doc="What waits and the other site does not have yet.")
    lost = Counter("lost", cap=room, unit="orders")
    accepts = served & ~runbook.in_states("failover_drain", "failover_switch", "returning_drain", "returning_switch")
    rest = waiting - if_else((waiting > 0) & (site1.up | site2.up), 1, 0)
    accepted = [minimum(arrivals, room - rest) for arrivals in range(3)]
    burns = [("site1_burns", clients.at_site1), ("site2_burns", clients.at_site2)]
    queue = Component(
        "queue",
        ["open"],
        variables=[waiting, lost, behind],
        transitions=[
            on(
                "tick",
                when=accepts,
                outcomes=[outcome(then={waiting: rest + n, behind: 0 if copied_at_once else n}) for n in accepted],
            ),
            on("tick", then={waiting: rest, behind: 0}),
            *(
                on(event, when=here, then={lost: lost + behind, waiting: waiting - behind, behind: 0})
                for event, here in burns
            ),
            *(on(event) for event, _ in burns),
        ],
    )

    since = Age("since", cap=pace)
    busy = (
        (runbook.normal & alarm)
        | runbook.failover_stop
        | (runbook.failover_drain & (waiting == 0))
        | (runbook.failover_switch & other_is_up)
    )
    operators = Component(
        "operators",
        ["on_duty"],
        variables=[since],
        transitions=[
            *(on(trigger, then={since: 0}) for trigger in sorted({step.trigger for step in runbook.transitions})),
            on("tick", when=~busy, then={since: 0}),
            on("tick", when=since < pace, then={since: since + 1}),
        ],
    )
    bound = checks + room + longest + 4 * pace.ticks(minutes(1))  # a check and an order take a minute each
    observer = observing(watched, bound, clients, site2, runbook, served, alarm)
    return compose(
        "web_failover",
        [*sites, monitor, dns, clients, queue, runbook, operators, *observer],
        tick=minutes(1),
        faults={"loss": losses},
        parts={"bound": bound},
    )


@stated(
    finding=Finding(
        title="Orders that the other site did not have yet burn with the site",
        explanation="The queue is copied a minute late, and a fire takes what was accepted in that minute.",
        repair="Accept an order only once the other site has it.",
        repaired={"copied_at_once": True},
    ),
)
def no_order_is_lost(d: System) -> Property:
    """No order that was accepted is lost."""
    return never(d.queue.lost > 0)


@stated
def longest_queue(d: System) -> Property:
    """How many orders wait at worst."""
    return worst_case(d.queue.waiting)


@stated(given={"losses": 1, "watched": "service"})
def clients_are_served_in_time(d: System) -> Property:
    """After the loss of the first site its clients are served again in time."""
    return worst_case(d.observer.waited, at_most=d.bound)


@stated(given={"watched": "first_drain"})
def drained_before_it_is_switched(d: System) -> Property:
    """The record is never switched before the queue is drained."""
    return never(d.observer.broken)


@stated(given={"watched": "each_drain"})
def each_switch_follows_a_drain(d: System) -> Property:
    """After a switch, the queue is drained before the next."""
    return never(d.observer.broken)


@stated(
    given={"watched": "switch"},
    finding=Finding(
        title="The record is switched to a site that is down",
        explanation="No step of the runbook looks at the other site.",
        repair="Make sure that the other site is up before the switch.",
        repaired={"look_first": True},
    ),
)
def switched_to_a_site_that_is_up(d: System) -> Property:
    """Clients are sent only to a site that is up."""
    return never(d.observer.broken)


@stated(given={"watched": "alarm"})
def no_failover_without_an_alarm(d: System) -> Property:
    """Operators begin only after an alarm."""
    return never(d.observer.broken)


@stated(given={"watched": "call_off"})
def a_failover_can_be_called_off(d: System) -> Property:
    """A failover can end where it began."""
    return reachable(d.observer.seen)


@stated
def the_record_follows_the_runbook(d: System) -> Property:
    """In normal operation the record names the first site."""
    return whenever(d.runbook.normal, d.dns.site1)


@stated
def no_dead_end(d: System) -> Property:
    """Something can always happen."""
    return deadlock_free()


@stated
def there_is_a_way_back(d: System) -> Property:
    """Whatever has happened, all clients can be at the first site again."""
    return can_always(d.runbook.normal & d.clients.at_site1)


@stated
def a_failover_ends(d: System) -> Property:
    """A failover that was begun is finished or called off."""
    fair = weakly_fair("automatic", "operator", "time", "site1_returns", "site2_returns")
    return leads_to(d.runbook.in_states(*FAILOVER), d.runbook.moved | d.runbook.normal, fairness=fair)
