"""What the parts of the latency design do, whatever fails: failures and returns, recovery, the client's visits, the observer."""

from drcheck import Property, System, always, happens, never, reachable, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where

LOGGER_ONLY = {"hds_failures": 0, "logger_failures": 1}
HDS_ONLY = {"logger_failures": 0, "hds_failures": 1}
BOTH = {"logger_failures": 1, "hds_failures": 1}


@stated(source=MODEL, given=HDS_ONLY)
def an_hds_can_be_offline_as_long_as_it_may(d: System) -> Property:
    """There is an execution in which an HDS is offline for as long as the parameters allow."""
    return reachable(d.hds.offline_for == d.ticks(d.parameters["longest_outage"]))


@stated(source=MODEL, given=LOGGER_ONLY)
def a_logger_can_miss_as_much_as_it_may(d: System) -> Property:
    """There is an execution in which a Logger is offline for as long as the parameters allow, and misses as much."""
    return reachable(d.backlog.missing == d.ticks(d.parameters["longest_outage"]))


@stated(source=MODEL, given=LOGGER_ONLY)
def a_lag_is_observed_in_every_tick(d: System) -> Property:
    """While replication goes on with some table further behind than usual the observer counts each tick, and none else."""
    usual = d.ticks(d.parameters["usual_latency"])
    late = d.logger.online & d.hds.online & (d.lag.worst > usual)
    return never(
        (happens("tick", when=late) & (d.observer.lagging == 0))
        | (happens("tick", when=~late) & (d.observer.lagging > 0))
    )


@stated(source=MODEL, given=BOTH)
def only_what_works_fails_and_only_what_failed_returns(d: System) -> Property:
    """Logger and HDS fail while they are online; a Logger has recovered when it misses nothing; visits are to what is online."""
    visits = {
        e.name: d.logger.online & d.hds.online & (d.replication_client.left > 0)
        for e in d.events
        if "visits_" in e.name
    }
    inserts = {f"bulk_insert_{t + 1}": ~d.logger.offline & (waiting > 0) for t, waiting in enumerate(d.backlog.waiting)}
    return only_where(
        d,
        {
            "logger_fails": d.logger.online,
            "logger_returns": d.logger.offline,
            "logger_recovered": d.logger.recovering & (d.backlog.missing == 0),
            "hds_fails": d.hds.online,
            "hds_returns": d.hds.offline,
            **visits,
            **inserts,
        },
    )


@stated(source=MODEL, given=LOGGER_ONLY)
def steps_of_recovery_and_replication_do_what_they_are_for(d: System) -> Property:
    """A Logger returns to recover and is online when it has; an insert empties a temporary table; a visit takes its turn."""
    turn, tables = d.replication_client.turn, len(d.backlog.waiting)
    visits = {f"visits_{t + 1}": turn == (t + 1) % tables for t in range(tables)}
    inserts = {f"bulk_insert_{t + 1}": waiting == 0 for t, waiting in enumerate(d.backlog.waiting)}
    recovery = {
        "logger_fails": d.logger.offline,
        "logger_returns": d.logger.recovering,
        "logger_recovered": d.logger.online,
    }
    return leads_at_once_to(d, {**recovery, **visits, **inserts})


@stated(source=MODEL, given=HDS_ONLY)
def an_hds_that_returns_counts_anew_how_long_it_is_offline(d: System) -> Property:
    """How long the HDS has been offline is counted while it is, and only then; the Logger misses nothing while it is online."""
    counted = (d.hds.offline_for > 0).implies(d.hds.offline) & d.logger.online.implies(d.backlog.missing == 0)
    first = happens("tick", when=d.hds.offline & (d.hds.offline_for == 0)) & (d.hds.offline_for != 1)
    return always(counted & ~first)
