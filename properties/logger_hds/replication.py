"""What the Logger page promises of replication: each HDS from its own Logger, and no record skipped."""

from drcheck import (
    Finding,
    Property,
    System,
    all_of,
    always,
    any_of,
    count,
    never,
    reachable,
    stated,
    structure,
    worst_case,
)
from properties.logger_hds.terms import (
    CAREFUL,
    DUPLEX,
    FLOW,
    GAP,
    ONCE,
    POINTS,
    RECOVERY,
    REPLICATION,
    cells_of,
    everyone,
    machine,
    skipped,
)


# -- CI-5, CI-6: replication ------------------------------------------------------------------------------------------
@stated(claims="CI-5", source=REPLICATION)
def only_committed_records_are_replicated(d: System) -> Property:
    """An HDS, and its backup, hold only records that are in the actual tables of their Logger."""
    return always(
        all_of(
            (s.hds.holds[i] | s.hds.backup[i]).implies(s.logger.actual[i])
            for s in d.sides.values()
            for i in everyone(d)
        )
    )


@stated(claims="CI-5", source=REPLICATION)
def temporary_tables_are_not_replicated_from(d: System) -> Property:
    """Replication reads no temporary table."""
    temporary = cells_of(d, *(s.logger.temporary for s in d.sides.values()))
    readers = [e.name for e in d.events if "replicates" in e.name and e.reads & temporary]
    return structure(not readers, f"events of replication that read a temporary table: {readers or 'none'}")


@stated(claims="CI-5", source=REPLICATION, given={**ONCE, "batch": 2})
def an_answer_is_no_more_than_a_batch(d: System) -> Property:
    """The Replication Server sends at most a batch of records at a time (here 2 of 3, so that the limit binds)."""
    return worst_case(count(d.sides["a"].replicated[0]), at_most=2)


@stated(claims="CI-6", source=POINTS, given=DUPLEX)
def an_hds_takes_part_with_its_own_logger_only(d: System) -> Property:
    """No event that writes to an HDS reads or writes the other Logger."""
    crossing = [
        e.name
        for e in d.events
        for side, other in (("a", "b"), ("b", "a"))
        if e.writes & cells_of(d, f"hds_{side}") and (e.reads | e.writes) & cells_of(d, f"logger_{other}")
    ]
    return structure(not crossing, f"events between an HDS and the other side's Logger: {crossing or 'none'}")


@stated(claims="CI-6", source=POINTS, given=ONCE)
def an_hds_stays_behind_while_its_logger_is_offline(d: System) -> Property:
    """HDS B can lack a record that Logger A and HDS A have, because Logger B is offline."""
    a, b = d.sides["a"], d.sides["b"]
    return reachable(
        d.logger_b.offline & d.hds_b.online & any_of(a.hds.holds[i] & ~b.hds.holds[i] for i in everyone(d))
    )


# -- CI-7: a returning Logger -----------------------------------------------------------------------------------------
@stated(claims="CI-7", source=POINTS)
def a_returning_logger_replicates_only_after_recovery(d: System) -> Property:
    """No Logger replicates while it is recovering."""
    return never(
        any_of(
            machine(d, "recovery_process", s).recovering & machine(d, "replication_server", s).serving for s in d.sides
        )
    )


@stated(
    claims="CI-7",
    source=POINTS,
    given={**ONCE, "first_recover": False},
    finding=Finding(
        title="Why recovery comes first: a Logger that replicates while it recovers makes its HDS skip records",
        explanation=(
            "An HDS asks above its highest key. If a returning Logger sends a current record first, the older ones that "
            "it then recovers are below that key and are never asked for. So the order on the page is no matter of "
            "speed; nothing in the request itself protects against the wrong one."
        ),
        repair="Hold replication back until the Logger has recovered, in the strict sense of the next finding.",
        repaired={"first_recover": True, "recovered_when": "gap_closed"},
    ),
)
def no_record_is_skipped_even_without_recovering_first(d: System) -> Property:
    """One failure of a Logger: no record is skipped even if it replicates before it has recovered."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=POINTS,
    given={"logger_failures": 1},
    finding=Finding(
        title="Records that wait in temporary tables when a Logger returns are skipped for good",
        explanation=(
            "Recovery compares actual tables only. Records made while Logger A was down can still wait in the temporary "
            "tables of Logger B when A finds nothing more to recover. A then replicates a current record; when B commits "
            "the older ones, A recovers them, below the highest key of its HDS, which never asks for them. What waits in "
            "A's own temporary tables since before its failure is overtaken in the same manner. One failure is enough."
        ),
        repair=(
            "Count a Logger as recovered only when it has also what waits in the other's temporary tables, and nothing of "
            "its own that is older than its actual tables still waits; that is, once both have moved all that was made "
            "before its return."
        ),
        repaired={"recovered_when": "gap_closed"},
        chart=True,
    ),
)
def no_record_is_skipped_after_one_failure(d: System) -> Property:
    """One failure of a Logger: every record that reaches its actual table is in its HDS or is still asked for."""
    return never(skipped(d))


@stated(claims="CI-7", source=POINTS, given={"logger_failures": 1, "recovered_when": "gap_closed"})
def no_record_is_skipped_after_one_failure_if_the_gap_is_closed_first(d: System) -> Property:
    """The same, if a Logger counts as recovered only once the temporary tables hold nothing older either."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=POINTS,
    given=GAP,
    finding=Finding(
        title="A Logger that returns while the other one is down makes its HDS skip what the other one holds",
        explanation=(
            "Records made while Logger A was down are on Logger B only. If B fails before A has recovered, A has nobody "
            "to recover from. If it goes on, it replicates new records, and what it later recovers from B lies below the "
            "highest key of its HDS. The page says that a Logger recovers first, not what it does when it cannot."
        ),
        repair=(
            "Let it hold replication back until the other Logger is online again (its HDS waits that long), or let the "
            "HDS ask for what it lacks instead of what is above its highest key."
        ),
        repaired={"without_peer": "waits"},
    ),
)
def no_record_is_skipped_when_both_loggers_fail(d: System) -> Property:
    """Two failures of Loggers, in any order: no record is skipped."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=f"{FLOW}; {POINTS}",
    given={**CAREFUL, "logger_failures": 0, "router_failures": 1},
    finding=Finding(
        title="A CallRouter that fails makes the HDS of its side skip records, with both Loggers online throughout",
        explanation=(
            "While CallRouter B is down Logger B gets the records from Logger A, by recovery into its actual tables, "
            "where they can overtake what still waits in its temporary ones; and when CallRouter B is back, new records "
            "overtake those that Logger A has not committed yet. Logger B was never offline, so nothing holds its "
            "replication back."
        ),
        repair="Treat the loss of its CallRouter as a failure of the Logger: stop replicating, and recover first.",
        repaired={"recover_after_router": True},
        chart=True,
        id="call-router-failure-skips-records",
        causes=("happens(call_router_a_fails)", "happens(call_router_b_fails)"),
        silent=True,
        permanent=True,
    ),
)
def no_record_is_skipped_when_a_call_router_fails(d: System) -> Property:
    """A failure of a CallRouter: no record is skipped."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=RECOVERY,
    given={**GAP, "logger_failures": 1, "recovers_what_waits": True},
    finding=Finding(
        title="A healthy Logger that recovers what waits in its own temporary tables makes its HDS skip the rest",
        explanation=(
            "If the recovery process compares actual tables and nothing else, the Logger that was online all the time "
            "also recovers: it lacks a record that the returning one was quicker to commit. That record arrives ahead of "
            "older ones in its own temporary tables, and its HDS, which was never behind, skips these."
        ),
        repair="Do not recover records that wait in the Logger's own temporary tables.",
        repaired={"recovers_what_waits": False},
    ),
)
def no_record_is_skipped_if_recovery_ignores_temporary_tables(d: System) -> Property:
    """One failure: no record is skipped, when recovery also brings what waits in the Logger's own temporary tables."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=POINTS,
    given={**CAREFUL, "logger_failures": 3, "router_failures": 1, "recover_after_router": True},
)
def no_record_is_skipped_with_all_repairs(d: System) -> Property:
    """Three failures of Loggers, one of a CallRouter, one of an HDS: with all repairs of recovery, no record is skipped."""
    return never(skipped(d))
