"""Genesys Info Mart Server: extracts from the IDBs, transforms, and waits for what it cannot reach."""

from dataclasses import dataclass

from drcheck import Age, Component, Counter, Expression, if_else, on
from model.info_mart.components.restarting import DOWN, restarting

IN_SERVICE = ("migrating", "maintaining", "extracting", "transforming", "waiting")
"""The states in which a server uses its Info Mart database."""


@dataclass(frozen=True)
class Surroundings:
    """What a server sees of the rest, as expressions.

    `other_reachable`: the other site's IDBs can be reached. `other_needed`: its connections to them are configured.
    `scheduled`: the run-scheduler option lets ETL jobs run. `startable`: the Application object lets this server start.
    `connected`: its database access point is the Info Mart database at its own site. `schema_outdated`.
    """

    other_reachable: Expression
    other_needed: Expression
    scheduled: Expression
    startable: Expression
    connected: Expression
    schema_outdated: Expression


def info_mart_server(
    name: str,
    around: Surroundings,
    threshold: int,
    etl_delay: int,
    standby: bool = False,
    partitioned: bool = False,
    restart: int = 0,
) -> Component:
    """An Info Mart Server, active from the start or a standby whose database connection is not configured.

    ETL runs in cycles, at most one a tick: extraction, then transformation. `late` counts ticks since the last cycle
    ended; a cycle that can run is not more than `etl_delay` ticks late (an assumption on the scheduler, not of the
    guide). While the other site's IDBs cannot be reached the server waits; `unreachable` is for how many ticks, one more
    than the threshold meaning "more". Past extract-data-stuck-threshold it carries on with its own site's data alone
    until the connection returns (Info Mart guide, Note on Connectivity Loss).

    With `restart` it may fail alone, its site being up, and is started again at most that many ticks later: what it had staged
    is still in its database, and what it had not extracted in the IDBs.

    Triggers shared with its database carry the server's name: `<name>_extracts`, `_transforms`, `_takes_over`.
    """
    late = Counter("late", cap=etl_delay + 1, start=0, unit="ticks", doc="How long ago the last ETL cycle ended.")
    waited = "For how long the other site's IDBs have been out of reach; one more than the threshold means longer."
    unreachable = Age("unreachable", cap=threshold + 1, doc=waited)
    cut_off = around.other_needed & ~around.other_reachable
    must_wait = cut_off & (unreachable <= threshold)
    lasting = {unreachable: if_else(cut_off, unreachable + 1, 0)}
    due = around.scheduled & (late >= 1)
    lost_in = ["extracting", "transforming", "waiting"]
    states = ["extracting", "transforming", "waiting", "failed"]
    transitions = [
        on(f"{name}_extracts", "extracting", "transforming", when=due & ~must_wait, doc="extraction of every source in reach"),
        on(f"{name}_transforms", "transforming", "extracting", then={late: 0}, doc="staged data becomes facts"),
        on(
            "wait", "extracting", "waiting", when=due & must_wait, internal=True, urgent=True,
            doc="the other site's IDBs are out of reach: transformation is delayed",
        ),
        on(
            "resume", "waiting", "extracting", when=~must_wait, internal=True, urgent=True,
            doc="everything needed is in reach, or the threshold has passed",
        ),
        on("reconnect", lost_in, then={unreachable: 0}, passive=True),
        on("tick", "extracting", when=~due | (late <= etl_delay), then={late: late + 1, **lasting}),
        on("tick", "transforming", when=late <= etl_delay, then={late: late + 1, **lasting}),
        on("tick", "waiting", then=lasting),
        on("tick", "failed"),
    ]  # a transition a row  # fmt: skip
    if standby:
        life = ["unconfigured", "starting", "migrating", *(["maintaining"] if partitioned else [])]
        states = [*life, *states]
        transitions += [
            on("start", "unconfigured", "starting", when=around.startable, passive=True),
            on(
                f"{name}_takes_over", "starting", "migrating", when=around.connected & around.schema_outdated,
                urgent=True, doc="connects to its database and finds an old schema",
            ),
            on(
                f"{name}_takes_over", "starting", "extracting", when=around.connected, then={late: 1}, urgent=True,
                doc="connects to its database",
            ),
            on("migration_job", "migrating", "extracting", then={late: 1}, passive=True),
            on("tick", life),
        ]  # a transition a row  # fmt: skip
        if partitioned:
            transitions += [
                on("maintenance_job", "extracting", "maintaining", passive=True),
                on("maintenance_done", "maintaining", "extracting", urgent=True, doc="Job_MaintainGIM completes"),
            ]
    variables = [late, unreachable]
    if restart:
        down = Age("down", cap=restart, doc=DOWN)
        states.insert(-1, "failed_alone")
        variables.append(down)
        transitions += restarting(
            name, lost_in, down, restart, "server failure", "extracting", {late: 0, unreachable: 0}, {late: 1}
        )
    forgotten = dict.fromkeys(variables, 0)
    transitions.append(on("site_fails", [s for s in states if s != "failed"], "failed", then=forgotten, passive=True))
    return Component(
        name,
        states=states,
        initial="unconfigured" if standby else "extracting",
        variables=variables,
        transitions=transitions,
        doc="Genesys Info Mart Server: extraction, transformation, waiting.",
    )


def in_service(server: Component) -> Expression:
    """Whether a server uses its Info Mart database."""
    return server.in_states(*(s for s in IN_SERVICE if s in server.states))
