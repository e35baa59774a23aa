"""The design docs/examples/leader_lease.py without the newer means of the language; `test_trades.py` holds the two together."""

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
    Literal,
    Property,
    System,
    can_always,
    compose,
    count,
    deadlock_free,
    design,
    leads_to,
    never,
    on,
    outcome,
    reachable,
    seconds,
    stated,
    weakly_fair,
    worst_case,
)

DOWN = ["down_fire", "down_power"]


def link(name: str) -> Component:
    """A network between two of the three places."""
    return Component(
        name,
        ["up", "down"],
        transitions=[
            on(f"{name}_fails", "up", "down", kind="environment", fault="outage"),
            on(f"{name}_is_mended", "down", "up", kind="environment"),
        ],
    )


def node(
    name: str,
    other: str,
    *,
    link: Component,
    other_to_witness: Component,
    witness: Component,
    lease: Duration,
    free: Duration,
    complete: bool,
    most: int,
) -> Component:
    """A node; `since` is the time since a lease was granted with its vote.

    What one node asks of the other is a row of the other, which takes part only where the answer is yes: nodes cannot read
    each other, as one of them is made first.
    """
    since = Age("since", cap=free)
    lag = Counter("lag", cap=most, at_limit="refuse", unit="transactions", doc="What was committed and is not here.")
    other_has_witness = other_to_witness.up & (witness.since >= free)
    return Component(
        name,
        ["follows", "leads", *DOWN],
        initial="leads" if name == "a" else "follows",
        variables=[since, lag],
        transitions=[
            on(f"{name}_renews", "leads", when=since > 0, then={since: 0}, urgent=True),
            on(f"{name}_steps_down", "leads", "follows", when=since >= lease, urgent=True),
            on(
                f"{name}_is_elected",
                "follows",
                "leads",
                when=(since >= free) & ((lag == 0) | (not complete)),
                then={since: 0, lag: 0},
                urgent=True,
            ),
            on(f"{name}_writes", "leads", when=since < lease),
            on(f"{name}_catches_up", "follows", when=link.up & (lag > 0), then={lag: 0}),
            on(f"{name}_burns", ["follows", "leads"], "down_fire", kind="environment", fault="loss"),
            on(f"{name}_loses_power", ["follows", "leads"], "down_power", kind="environment", fault="loss"),
            on(f"{name}_returns", DOWN, "follows", kind="operator", then={since: 0}),
            # the other renews: it reaches this node, or the witness
            on(f"{other}_renews", "follows", when=link.up, then={since: 0}),
            on(f"{other}_renews", "leads", when=link.up | other_to_witness.up),
            on(f"{other}_renews", when=other_to_witness.up),
            # the other is elected: with the vote of this node, or of the witness
            on(f"{other}_is_elected", "follows", when=link.up & ((since >= free) | other_has_witness), then={since: 0}),
            on(f"{other}_is_elected", when=other_has_witness),
            # the other leads
            on(f"{other}_catches_up", "leads"),
            on(f"{other}_writes", "follows", when=link.up & (lag == 0)),
            on(f"{other}_writes", outcomes=[outcome(then={lag: lag + written}) for written in (1, 2)]),
            on("tick", then={since: since + 1}),
        ],
    )


def quorum(node: Component, other: Component, link: Component, to_witness: Component) -> Expression:
    """Whether the node and those that it reaches are a majority of the three voters."""
    return count([Literal(True), link.up & ~other.in_states(*DOWN), to_witness.up]) >= 2


def observing(
    watched: str, a: Component, b: Component, link: Component, to_witness: Component, longest: Duration
) -> list[Component]:
    """The observer for one of the promises that speak of events: what it waits for, or that it was broken, as a state."""
    waited = Age("waited", cap=longest)
    observers: dict[str, list[Component]] = {
        "nothing": [],
        "loss": [
            Component(
                "observer",
                ["idle", "waiting"],
                variables=[waited],
                transitions=[
                    *(on(event, "idle", "waiting", when=a.leads & ~b.leads) for event in ("a_burns", "a_loses_power")),
                    *(on(event) for event in ("a_burns", "a_loses_power")),
                    *(on(event, "waiting", "idle", then={waited: 0}) for event in ("a_is_elected", "b_is_elected")),
                    *(on(event, "idle") for event in ("a_is_elected", "b_is_elected")),
                    on("tick", "waiting", then={waited: waited + 1}),
                ],
            )
        ],
        "writes": [
            Component(
                "observer",
                ["fine", "broken"],
                transitions=[
                    on("a_writes", "fine", "broken", unless=quorum(a, b, link, to_witness)),
                    on("a_writes"),
                ],
            )
        ],
        "steps": [
            Component(
                "observer",
                ["fine", "stepped_down", "broken"],
                transitions=[
                    on("a_steps_down", ["fine", "stepped_down"], "stepped_down"),
                    on("a_steps_down", "broken"),
                    on("a_is_elected", "stepped_down", "fine"),
                    on("a_is_elected"),
                    on("a_writes", "stepped_down", "broken"),
                    on("a_writes"),
                ],
            )
        ],
    }
    return observers[watched]


@design(title="A leader's lease over two sites, before", properties=__name__)
def leader_lease(
    lease: Annotated[Duration, "how long a lease is valid"] = seconds(15),
    margin: Annotated[Duration, "how much longer a voter waits than the lease is valid"] = seconds(5),
    complete: Annotated[bool, "whether only a node that lacks nothing is elected"] = True,
    outages: Annotated[int, "how many links may fail", range(3)] = 2,
    losses: Annotated[int, "how many nodes may be lost", range(3)] = 1,
    most: Annotated[int, "how many transactions the other node may lack before writes stop", range(2, 9)] = 3,
    watched: Annotated[OneOf["nothing", "loss", "writes", "steps"], "what an observer remembers"] = "nothing",
) -> System:
    """Two nodes, a witness, and the three networks between them."""
    free = lease + margin
    a_to_b, a_to_witness, b_to_witness = map(link, LINKS)
    reached = {"a": a_to_witness, "b": b_to_witness}
    since = Age("since", cap=free)
    witness = Component(
        "witness",
        ["up"],
        variables=[since],
        transitions=[
            *(
                on(f"{name}_{event}", when=reached[name].up, then={since: 0})
                for name in ("a", "b")
                for event in ("renews", "is_elected")
            ),
            *(on(f"{name}_{event}") for name in ("a", "b") for event in ("renews", "is_elected")),
            on("tick", then={since: since + 1}),
        ],
    )
    a, b = (
        node(
            name,
            other,
            link=a_to_b,
            other_to_witness=reached[other],
            witness=witness,
            lease=lease,
            free=free,
            complete=complete,
            most=most,
        )
        for name, other in (("a", "b"), ("b", "a"))
    )
    lost = Counter("lost", cap=most, unit="transactions", doc="What was committed and is in no leader's data.")
    records = Component(
        "records",
        ["kept"],
        variables=[lost],
        transitions=[on(f"{node.name}_is_elected", then={lost: lost + node.lag}) for node in (a, b)],
    )
    return compose(
        "leader_lease",
        [
            a_to_b,
            a_to_witness,
            b_to_witness,
            a,
            b,
            witness,
            records,
            *observing(watched, a, b, a_to_b, a_to_witness, free + seconds(5)),
        ],
        tick=seconds(5),
        faults={"outage": outages, "loss": losses},
    )


LINKS = ("a_to_b", "a_to_witness", "b_to_witness")
FAIR = weakly_fair("automatic", "operator", "time", *(f"{link}_is_mended" for link in LINKS))


@stated
def one_leader(d: System) -> Property:
    """Never do both nodes lead."""
    return never(d.a.leads & d.b.leads)


@stated(
    given={"margin": seconds(0)},
    finding=Finding(
        title="Without a margin two nodes lead at one moment",
        explanation="A voter is free at the moment at which the leader has to step down, and may be first.",
        repair="A margin of one tick.",
        repaired={"margin": seconds(5)},
    ),
)
def one_leader_without_a_margin(d: System) -> Property:
    """Never do both nodes lead, if voters wait no longer than the lease is valid."""
    return never(d.a.leads & d.b.leads)


@stated
def nothing_is_lost(d: System) -> Property:
    """No transaction that was committed is lost."""
    return never(d.records.lost > 0)


@stated(
    given={"complete": False},
    finding=Finding(
        title="A node that lacks transactions is elected",
        explanation="While the other node is not reached the leader writes alone, and the witness has no data.",
        repair="Elect only a node that lacks nothing.",
        repaired={"complete": True},
    ),
)
def nothing_is_lost_whoever_is_elected(d: System) -> Property:
    """No transaction that was committed is lost, if any node may be elected."""
    return never(d.records.lost > 0)


@stated
def longest_lag(d: System) -> Property:
    """How many transactions a node lacks at worst."""
    return worst_case(d.b.lag)


@stated
def the_other_node_can_lead(d: System) -> Property:
    """Failover happens."""
    return reachable(d.b.leads)


@stated
def no_dead_end(d: System) -> Property:
    """Something can always happen."""
    return deadlock_free()


@stated
def a_leader_is_possible(d: System) -> Property:
    """Whatever has happened, a node can lead again."""
    return can_always(d.a.leads | d.b.leads)


@stated
def a_leader_comes(d: System) -> Property:
    """While nothing leads, a node leads some time."""
    return leads_to(~(d.a.leads | d.b.leads), d.a.leads | d.b.leads, fairness=FAIR)


@stated(
    given={"watched": "loss"},
    finding=Finding(
        title="Outages that begin while the other node waits delay its election",
        explanation="The other node and the witness must reach each other to be a majority.",
        repair="A second network between the sites and the witness.",
        repaired={"outages": 0},
    ),
)
def a_lost_leader_is_replaced_in_time(d: System) -> Property:
    """Once the leader is lost, a node leads within the lease and the margin."""
    return worst_case(d.observer.waited, at_most=d.parameters["lease"] + d.parameters["margin"])


@stated(
    given={"watched": "writes"},
    finding=Finding(
        title="A leader that is cut off writes until its lease ends",
        explanation="It learns of the outage only when a renewal fails.",
        repair="Confirm each write with a majority.",
    ),
)
def only_with_a_quorum(d: System) -> Property:
    """A leader writes only while it reaches a majority."""
    return never(d.observer.broken)


@stated(given={"watched": "steps"})
def who_stepped_down_is_elected_first(d: System) -> Property:
    """A node that has stepped down writes nothing before it is elected."""
    return never(d.observer.broken)
