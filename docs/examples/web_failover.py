"""A web shop that fails over between two sites by DNS: health checks, a queue of orders, and a runbook.

    drcheck check docs/examples/web_failover.py

Orders wait in a queue that the other site copies with a minute's delay. When health checks fail, operators follow the
runbook: they stop new orders, let the queue drain, and switch the DNS record; clients follow as their cached answers
expire. The runbook is a hierarchical machine of `transitions`, as a team may have it already.
"""

from __future__ import annotations

from typing import Annotated

from transitions.extensions import HierarchicalMachine

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    Finding,
    Integer,
    Property,
    System,
    can_always,
    chosen,
    compose,
    deadlock_free,
    design,
    event,
    globally,
    happens,
    if_else,
    leads_to,
    ltl,
    minimum,
    minutes,
    named,
    never,
    next_,
    on,
    reachable,
    state_of,
    stated,
    weak_until,
    weakly_fair,
    whenever,
    within,
    worst_case,
)

STEPS = (
    ["begin_failover", "normal", "failover"],
    ["orders_stopped", "failover_stop", "failover_drain"],
    ["drained", "failover_drain", "failover_switch"],
    ["switch_to_site2", "failover_switch", "moved"],
    ["call_off", "failover", "normal"],
    ["begin_return", "moved", "returning"],
    ["orders_stopped", "returning_stop", "returning_drain"],
    ["drained", "returning_drain", "returning_switch"],
    ["switch_to_site1", "returning_switch", "normal"],
    ["call_off", "returning", "moved"],
)


def phase(name: str) -> dict[str, object]:
    """The steps of a planned change of sites: stop new orders, drain the queue, switch the record."""
    return {"name": name, "initial": "stop", "children": ["stop", "drain", "switch"]}


def site(name: str) -> Component:
    """A site with a web server and a worker."""
    return Component(
        name,
        ["up", "down_fire", "down_power"],
        transitions=[
            on(f"{name}_burns", "up", "down_fire", kind="environment", fault="loss"),
            on(f"{name}_loses_power", "up", "down_power", kind="environment", fault="loss"),
            on(f"{name}_returns", "down_*", "up", kind="environment"),
        ],
    )


@design(title="A web shop that fails over by DNS", properties=__name__)
def web_failover(
    ttl: Annotated[Duration, "how long clients keep an answer of DNS"] = minutes(3),
    checks: Annotated[int, "how many failed checks, one a minute, raise the alarm", range(1, 6)] = 2,
    pace: Annotated[Duration, "how long operators take for a step"] = minutes(2),
    room: Annotated[int, "how many orders may wait", range(2, 9)] = 4,
    losses: Annotated[int, "how many sites may be lost", range(3)] = 2,
    copied_at_once: Annotated[bool, "whether an order is accepted only once the other site has it"] = False,
    look_first: Annotated[bool, "whether operators make sure that the other site is up before they switch"] = False,
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
    alarm = named("alarm", failed >= checks)

    longest = ttl.ticks(minutes(1))
    kept = Integer("kept", 0, longest, unit="ticks", doc="How long the clients still keep the old answer.")
    remaining = chosen("remaining", range(longest + 1))
    clients = Component(
        "clients",
        ["at_site1", "at_site2"],
        variables=[kept],
        transitions=[
            on("switch_to_site2", "at_site1", then={kept: remaining}),
            on("switch_to_site2", then={kept: 0}),
            on("switch_to_site1", "at_site2", then={kept: remaining}),
            on("switch_to_site1", then={kept: 0}),
            on("answers_expire", "at_site1", "at_site2", when=state_of("dns", "site2") & (kept == 0), urgent=True),
            on("answers_expire", "at_site2", "at_site1", when=state_of("dns", "site1") & (kept == 0), urgent=True),
            on("tick", then={kept: if_else(kept > 0, kept - 1, 0)}),
        ],
    )
    dns = Component(
        "dns",
        ["site1", "site2"],
        transitions=[on("switch_to_site2", "*", "site2"), on("switch_to_site1", "*", "site1")],
    )
    served = named("clients_are_served", (clients.at_site1 & site1.up) | (clients.at_site2 & site2.up))

    waiting = Integer("waiting", 0, room, unit="orders")
    behind = Integer("behind", 0, 2, unit="orders", doc="What waits and the other site does not have yet.")
    lost = Counter("lost", cap=room, unit="orders")
    accepts = named("orders_are_accepted", served & ~state_of("runbook", "*_drain") & ~state_of("runbook", "*_switch"))
    rest = waiting - if_else((waiting > 0) & (site1.up | site2.up), 1, 0)
    accepted = minimum(chosen("arrivals", range(3)), room - rest)
    burns = [(f"site{n}_burns", clients.state(f"at_site{n}")) for n in (1, 2)]
    queue = Component(
        "queue",
        ["open"],
        variables=[waiting, lost],
        transitions=[
            on("tick", when=accepts, then={waiting: rest + accepted}),
            on("tick", then={waiting: rest}),
            *(on(event, when=here, then={lost: lost + behind, waiting: waiting - behind}) for event, here in burns),
            *(on(event) for event, _ in burns),
        ],
    )
    copy = Component(
        "copy",
        ["open"],
        variables=[behind],
        transitions=[
            on("tick", when=accepts & (not copied_at_once), then={behind: accepted}),
            on("tick", then={behind: 0}),
            *(on(event, when=here, then={behind: 0}) for event, here in burns),
            *(on(event) for event, _ in burns),
        ],
    )

    machine = HierarchicalMachine(
        states=["normal", phase("failover"), "moved", phase("returning")],
        initial="normal",
        auto_transitions=False,
    )
    conditions = {
        "begin_failover": alarm,
        "drained": queue.waiting == 0,
        "call_off": site1.up,
        "switch_to_site2": site2.up | (not look_first),
        "begin_return": site1.up,
    }
    for trigger, source, dest in STEPS:
        machine.add_transition(trigger, source, dest, conditions=trigger if trigger in conditions else None)
    runbook = Component.from_machine("runbook", machine, conditions=conditions)

    since = Age("since", cap=pace)
    busy = named(
        "a_step_can_be_taken",
        (runbook.normal & alarm)
        | runbook.failover_stop
        | (runbook.failover_drain & (queue.waiting == 0))
        | (runbook.failover_switch & conditions["switch_to_site2"]),
    )
    triggers = sorted({trigger for trigger, _, _ in STEPS})
    operators = Component(
        "operators",
        ["on_duty"],
        variables=[since],
        transitions=[
            *(on(trigger, then={since: 0}) for trigger in triggers),
            on("tick", when=~busy, then={since: 0}),
            on("tick", when=since < pace, then={since: since + 1}),
        ],
    )
    return compose(
        "web_failover",
        [*sites, monitor, dns, clients, queue, copy, runbook, operators],
        events=[event(trigger, kind="operator") for trigger in triggers],
        tick=minutes(1),
        faults={"loss": losses},
        parts={"alarm": alarm, "clients_are_served": served},
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


@stated(given={"losses": 1})
def clients_are_served_in_time(d: System) -> Property:
    """After the loss of the first site its clients are served again in time."""
    alarm, queue = d.parameters["checks"], d.parameters["room"]  # a check and an order take a minute each
    longest = alarm + queue + d.ticks(d.parameters["ttl"]) + 4 * d.ticks(d.parameters["pace"])
    lost = happens("site1_burns", "site1_loses_power", when=d.clients.at_site1)
    return within(longest, d.clients_are_served, after=lost)


@stated
def drained_before_it_is_switched(d: System) -> Property:
    """The record is never switched before the queue is drained."""
    return ltl(weak_until(~happens("switch_to_site2"), happens("drained")))


@stated
def each_switch_follows_a_drain(d: System) -> Property:
    """After a switch, the queue is drained before the next."""
    switch = happens("switch_to_site1", "switch_to_site2")
    return ltl(globally(switch.implies(next_(weak_until(~switch, happens("drained"))))))


@stated(
    finding=Finding(
        title="The record is switched to a site that is down",
        explanation="No step of the runbook looks at the other site.",
        repair="Make sure that the other site is up before the switch.",
        repaired={"look_first": True},
    ),
)
def switched_to_a_site_that_is_up(d: System) -> Property:
    """Clients are sent only to a site that is up."""
    return never(happens("switch_to_site2") & d.site2.state("down_*"))


@stated
def no_failover_without_an_alarm(d: System) -> Property:
    """Operators begin only after an alarm."""
    return whenever(happens("begin_failover"), d.alarm)


@stated
def a_failover_can_be_called_off(d: System) -> Property:
    """A failover can end where it began."""
    return reachable(happens("call_off", when=d.runbook.failover_switch))


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
    return leads_to(d.runbook.failover, d.runbook.moved | d.runbook.normal, fairness=fair)
