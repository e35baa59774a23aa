"""What the Logger page promises of replication: each HDS from its own Logger, after that has recovered."""

from drcheck import (
    Property,
    System,
    all_of,
    always,
    any_of,
    as_stated,
    case,
    happens,
    never,
    reachable,
    reading,
    stated,
    structure,
    whenever,
    witness,
)
from properties.logger_hds.findings import RECOVERED_ALONE, RECOVERED_TOO_EARLY
from properties.logger_hds.terms import (
    BOTH_LOGGERS,
    DUPLEX,
    ONCE,
    ONE_LOGGER,
    ONE_TABLE,
    POINTS,
    REPLICATION,
    brings_more,
    cells_of,
    everyone,
    machine,
    may_be_purged,
    other_side,
    replications,
)


# -- CI-5, CI-6: replication ------------------------------------------------------------------------------------------
@stated(claims="CI-5", source=REPLICATION, given=ONCE)
def an_hds_takes_only_what_is_above_its_highest_key(d: System) -> Property:
    """No record comes to an HDS that holds one with the same or a higher key in the same table."""
    return never(
        any_of(
            happens(*replications(d, s), when=~x.hds.holds[i] & ~d.data.above_highest(x.hds.holds.elements, i))
            & x.hds.holds[i]
            for s, x in d.sides.items()
            for i in everyone(d)
        )
    )


@stated(claims="CI-5", source=REPLICATION, given={"purge": "never"})
def only_committed_records_are_replicated(d: System) -> Property:
    """Where nothing is purged, an HDS, and its backup, hold only records that are in the actual tables of their Logger."""
    return always(
        all_of(
            (s.hds.holds[i] | s.hds.backup[i]).implies(s.logger.actual[i])
            for s in d.sides.values()
            for i in everyone(d)
        )
    )


@stated(claims="CI-5", source=REPLICATION, by_construction=True)
def temporary_tables_are_not_replicated_from(d: System) -> Property:
    """Replication reads no temporary table."""
    temporary = cells_of(d, *(s.logger.temporary for s in d.sides.values()))
    readers = [e.name for e in d.events if "replicates" in e.name and e.reads & temporary]
    return structure(not readers, f"events of replication that read a temporary table: {readers or 'none'}")


@stated(claims="CI-5", source=REPLICATION, given={**ONCE, "batch": 2})
def an_answer_is_no_more_than_a_batch(d: System) -> Property:
    """One answer brings at most a batch of records to the HDS (here 2 of 3, so that the limit binds)."""
    limit = d.parameters["batch"]
    return never(any_of(brings_more(d, f"hds_{s}_replicates", x.hds.holds, limit) for s, x in d.sides.items()))


@stated(claims="CI-6", source=POINTS, given=DUPLEX, by_construction=True)
def an_hds_takes_part_with_its_own_logger_only(d: System) -> Property:
    """No event that writes to an HDS reads or writes the other Logger."""
    crossing = [
        e.name
        for e in d.events
        for side, other in (("a", "b"), ("b", "a"))
        if e.writes & cells_of(d, f"hds_{side}") and (e.reads | e.writes) & cells_of(d, f"logger_{other}")
    ]
    return structure(not crossing, f"events between an HDS and the other side's Logger: {crossing or 'none'}")


@stated(claims="CI-6", source=POINTS, given=ONCE, role=witness)
def an_hds_stays_behind_while_its_logger_is_offline(d: System) -> Property:
    """HDS B can lack a record that Logger A and HDS A have, because Logger B is offline."""
    a, b = d.sides["a"], d.sides["b"]
    return reachable(
        d.logger_b.offline & d.hds_b.online & any_of(a.hds.holds[i] & ~b.hds.holds[i] for i in everyone(d))
    )


# -- CI-7: a returning Logger -----------------------------------------------------------------------------------------
@stated(claims="CI-7", source=POINTS, by_construction=True)
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
    given={**ONE_TABLE, "hds_failures": 0},
    cases=[
        case("", "one failure of a Logger", given={"logger_failures": 1}, role=as_stated),
        case("when_both_fail", "two failures of Loggers", role=BOTH_LOGGERS, finding=RECOVERED_ALONE),
    ],
)
def a_logger_that_has_recovered_has_what_the_other_committed(d: System) -> Property:
    """When a Logger begins to replicate again, it holds every record that is in the actual tables of the other one, but for those
    that are to be purged.
    """
    return whenever(
        any_of(happens(f"logger_{s}_recovered") for s in d.sides),
        all_of(
            happens(f"logger_{s}_recovered").implies(
                all_of(
                    d.sides[other_side(d, s)].logger.actual[i].implies(x.logger.holds(i) | may_be_purged(d, i))
                    for i in everyone(d)
                )
            )
            for s, x in d.sides.items()
        ),
    )


@stated(
    claims="CI-7",
    source=POINTS,
    given=ONE_LOGGER,
    role=reading("all of the data includes what still waits in the temporary tables of the other Logger"),
    finding=RECOVERED_TOO_EARLY,
)
def a_logger_that_has_recovered_has_what_waits_at_the_other(d: System) -> Property:
    """When a Logger begins to replicate again, it holds every record that is in any table of the other one."""
    return whenever(
        any_of(happens(f"logger_{s}_recovered") for s in d.sides),
        all_of(
            happens(f"logger_{s}_recovered").implies(
                all_of(d.sides[other_side(d, s)].logger.holds(i).implies(x.logger.holds(i)) for i in everyone(d))
            )
            for s, x in d.sides.items()
        ),
    )
