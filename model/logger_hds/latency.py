"""How late historical data is in the HDS: one Logger, its HDS, and the client that goes from table to table.

The other Logger is here only in that it takes what this one misses. Which records arrive is the matter of the design
`model.logger_hds.design`; here data is an amount, and time is what counts.
"""

from typing import Annotated

from drcheck import Duration, ParameterRole, System, compose, flow, minutes, scope
from drcheck.designs.design import design
from model.common.recovery_clock import ARGUMENT, recovery_clock
from model.logger_hds.components.logger_backlog import LoggerBacklog
from model.logger_hds.components.replication_round import Lag, lag_observer

Ticks = range(65)


@design(
    title="Logger to Historical Data Server: latency",
    properties="properties.logger_hds.latency_promises",
    guardable=["bulk_insert_1", "bulk_insert_2", "bulk_insert_3"],
)
def logger_latency(
    tick: Annotated[
        Duration, "length of one tick, and of one unit of data of each table", ParameterRole.ASSUMPTION
    ] = minutes(1),
    tables: Annotated[int, "historical tables", range(1, 9), ParameterRole.DEPLOYMENT] = 3,
    tables_per_tick: Annotated[
        int, "how many tables the Replication Client visits each tick", range(1, 9), ParameterRole.ASSUMPTION
    ] = 1,
    batch: Annotated[
        int,
        "how many ticks' data of one table a batch of 2000 records holds: 2000 / (records of a table in one tick)",
        range(1, 65),
        ParameterRole.ASSUMPTION,
    ] = 8,
    catch_up: Annotated[
        int,
        "how many tables the client visits each tick while it makes up a lag (as published: more than usual)",
        range(1, 17),
        ParameterRole.ASSUMPTION,
    ] = 2,
    commit_delay: Annotated[
        int, "how many full ticks a record waits in a temporary table at most", range(5), ParameterRole.ASSUMPTION
    ] = 0,
    usual_latency: Annotated[Duration, "the longest latency that is called normal", ParameterRole.READING] = minutes(5),
    logger_failures: Annotated[int, "how many failures of the Logger there may be", range(3), ParameterRole.FAULT] = 1,
    hds_failures: Annotated[int, "how many failures of the HDS there may be", range(3), ParameterRole.FAULT] = 1,
    longest_outage: Annotated[
        Duration, "how long a Logger or an HDS is offline at most", ParameterRole.FAULT
    ] = minutes(15),
    recovery_speed: Annotated[
        int, "how many ticks' data of each table a Logger recovers each tick", range(1, 65), ParameterRole.ASSUMPTION
    ] = 5,
    backup_age: Annotated[
        int, "how many ticks older than the HDS its last backup is", Ticks, ParameterRole.ASSUMPTION
    ] = 10,
    observe_recovery: Annotated[
        bool, "whether a clock counts for how long the HDS lacks usual data after a failure", scope(ARGUMENT)
    ] = False,
) -> System:
    """A Logger, its HDS and the replication between them in time (Logger page: Recovery Keys; Replication; Points of Delay)."""
    longest, bound = longest_outage.ticks(tick), usual_latency.ticks(tick)
    # All outages, the recovery after each, the backup's age, and two rounds of the tables: no lag that closes is longer.
    failures = logger_failures + hds_failures
    rounds = -(-tables // tables_per_tick)
    most = failures * (2 * longest + 1) + hds_failures * backup_age + 2 * (rounds + commit_delay) + bound
    backlog, lag = LoggerBacklog(tables, commit_delay, longest), Lag(tables, most)
    logger = backlog.component(longest_outage, recovery_speed)
    hds = lag.hds(backlog, batch, longest_outage, backup_age)
    serving = logger.online & hds.online
    client = lag.client(serving, tables_per_tick, catch_up, bound)
    observer = lag_observer(lag.worst, serving, bound, 2 * most)
    members = [logger, hds, client, observer]
    if observe_recovery:
        late = ~serving | (lag.worst > bound)
        members.append(recovery_clock("data of the usual latency in the HDS", 2 * most, late))
    return compose(
        "logger_latency",
        members,
        flows=[
            flow(
                [logger, hds],
                "historical data",
                moved_by=[f"visits_{n + 1}" for n in range(tables)],
                source="Logger page, Data Flow",
            )
        ],
        faults={"Logger failure": logger_failures, "HDS failure": hds_failures},
        tick=tick,
        parts={"lag": lag, "backlog": backlog, "bound": bound, "serving": serving},
    )
