"""A replicated database over two sites: its leader holds a lease that a majority of three voters grants.

    drcheck check docs/examples/leader_lease.py

Each site has a node with the data; a witness at a third place only votes. A leader renews its lease with every voter that
it reaches, and steps down when no majority has renewed it in time. A voter is free when the last lease it knows of is over.
"""

from __future__ import annotations

from typing import Annotated

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
    chosen,
    compose,
    count,
    deadlock_free,
    design,
    globally,
    happens,
    leads_to,
    ltl,
    named,
    never,
    on,
    reachable,
    seconds,
    state_of,
    stated,
    variable_of,
    weak_until,
    weakly_fair,
    within,
    worst_case,
)


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


def reaches(name: str, other: str) -> Expression:
    """Whether the node reaches the other one, which is not down."""
    return named(f"{name}_reaches_{other}", state_of("a_to_b", "up") & ~state_of(other, "down_*"))


def quorum(name: str, other: str) -> Expression:
    """Whether the node and those that it reaches are a majority of the three voters."""
    voters = [Literal(True), reaches(name, other), state_of(f"{name}_to_witness", "up")]
    return named(f"{name}_has_quorum", count(voters) >= 2)


def votes(name: str, other: str, free: Duration) -> Expression:
    """Whether a majority votes for the node: itself and another voter, both free."""
    peer = reaches(name, other) & state_of(other, "follows") & (variable_of(other, "since") >= free)
    witness = state_of(f"{name}_to_witness", "up") & (variable_of("witness", "since") >= free)
    return named(f"{name}_has_votes", (variable_of(name, "since") >= free) & (peer | witness))


def node(name: str, other: str, *, lease: Duration, free: Duration, complete: bool, most: int) -> Component:
    """A node; `since` is the time since a lease was granted with its vote."""
    since = Age("since", cap=free)
    lag = Counter("lag", cap=most, at_limit="refuse", unit="transactions", doc="What was committed and is not here.")
    written = chosen("written", range(1, 3))
    heard = reaches(name, other)
    return Component(
        name,
        ["follows", "leads", "down_fire", "down_power"],
        initial="leads" if name == "a" else "follows",
        variables=[since, lag],
        transitions=[
            on(f"{name}_renews", "leads", when=quorum(name, other) & (since > 0), then={since: 0}, urgent=True),
            on(f"{name}_steps_down", "leads", "follows", when=since >= lease, urgent=True),
            on(
                f"{name}_is_elected",
                "follows",
                "leads",
                when=votes(name, other, free) & ((lag == 0) | (not complete)),
                then={since: 0, lag: 0},
                urgent=True,
            ),
            on(f"{name}_writes", "leads", when=since < lease),
            on(f"{name}_catches_up", "follows", when=heard & state_of(other, "leads") & (lag > 0), then={lag: 0}),
            on(f"{name}_burns", ["follows", "leads"], "down_fire", kind="environment", fault="loss"),
            on(f"{name}_loses_power", ["follows", "leads"], "down_power", kind="environment", fault="loss"),
            on(f"{name}_returns", "down_*", "follows", kind="operator", then={since: 0}),
            on(f"{other}_renews", "follows", when=heard, then={since: 0}),
            on(f"{other}_renews"),
            on(f"{other}_is_elected", "follows", when=heard, then={since: 0}),
            on(f"{other}_is_elected"),
            on(f"{other}_writes", "follows", when=heard & (lag == 0)),
            on(f"{other}_writes", then={lag: lag + written}),
            on("tick", then={since: since + 1}),
        ],
    )


@design(title="A leader's lease over two sites", properties=__name__)
def leader_lease(
    lease: Annotated[Duration, "how long a lease is valid"] = seconds(15),
    margin: Annotated[Duration, "how much longer a voter waits than the lease is valid"] = seconds(5),
    complete: Annotated[bool, "whether only a node that lacks nothing is elected"] = True,
    outages: Annotated[int, "how many links may fail", range(3)] = 2,
    losses: Annotated[int, "how many nodes may be lost", range(3)] = 1,
    most: Annotated[int, "how many transactions the other node may lack before writes stop", range(2, 9)] = 3,
) -> System:
    """Two nodes, a witness, and the three networks between them."""
    free = lease + margin
    since = Age("since", cap=free)
    witness = Component(
        "witness",
        ["up"],
        variables=[since],
        transitions=[
            *(
                on(f"{name}_{event}", when=state_of(f"{name}_to_witness", "up"), then={since: 0})
                for name in ("a", "b")
                for event in ("renews", "is_elected")
            ),
            *(on(f"{name}_{event}") for name in ("a", "b") for event in ("renews", "is_elected")),
            on("tick", then={since: since + 1}),
        ],
    )
    lost = Counter("lost", cap=most, unit="transactions", doc="What was committed and is in no leader's data.")
    records = Component(
        "records",
        ["kept"],
        variables=[lost],
        transitions=[on(f"{name}_is_elected", then={lost: lost + variable_of(name, "lag")}) for name in ("a", "b")],
    )
    a, b = (
        node(name, other, lease=lease, free=free, complete=complete, most=most)
        for name, other in (("a", "b"), ("b", "a"))
    )
    return compose(
        "leader_lease",
        [*map(link, LINKS), a, b, witness, records],
        tick=seconds(5),
        faults={"outage": outages, "loss": losses},
        parts={"somebody_leads": named("somebody_leads", a.leads | b.leads), "a_has_quorum": quorum("a", "b")},
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
    return can_always(d.somebody_leads)


@stated
def a_leader_comes(d: System) -> Property:
    """While nothing leads, a node leads some time."""
    return leads_to(~d.somebody_leads, d.somebody_leads, fairness=FAIR)


@stated(
    finding=Finding(
        title="Outages that begin while the other node waits delay its election",
        explanation="The other node and the witness must reach each other to be a majority.",
        repair="A second network between the sites and the witness.",
        repaired={"outages": 0},
    ),
)
def a_lost_leader_is_replaced_in_time(d: System) -> Property:
    """Once the leader is lost, a node leads within the lease and the margin."""
    wait = d.parameters["lease"] + d.parameters["margin"]
    return within(wait, d.somebody_leads, after=happens("a_burns", "a_loses_power", when=d.a.leads))


@stated(
    finding=Finding(
        title="A leader that is cut off writes until its lease ends",
        explanation="It learns of the outage only when a renewal fails.",
        repair="Confirm each write with a majority.",
    ),
)
def only_with_a_quorum(d: System) -> Property:
    """A leader writes only while it reaches a majority."""
    return never(happens("a_writes", when=~d.a_has_quorum))


@stated
def who_stepped_down_is_elected_first(d: System) -> Property:
    """A node that has stepped down writes nothing before it is elected."""
    return ltl(globally(happens("a_steps_down").implies(weak_until(~happens("a_writes"), happens("a_is_elected")))))
