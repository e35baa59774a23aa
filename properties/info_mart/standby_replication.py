"""What the Info Mart guide promises of the standby and its replication: one server at a time, and a faithful copy."""

from drcheck import (
    Property,
    System,
    all_of,
    case,
    happens,
    if_else,
    leads_to,
    maximum,
    never,
    stated,
    stress,
    structure,
    whenever,
    within,
    worst_case,
)
from model.info_mart.components.goldengate import same
from model.info_mart.components.info_mart_server import in_service
from properties.info_mart.recovery_times import cycle
from properties.info_mart.shared import OUTAGES, PLAIN
from properties.info_mart.single_failures import RESTARTED
from properties.info_mart.standby_findings import OUTAGE_TAKEN_FOR_A_LOSS, REPLICAT_STILL_RUNS
from properties.info_mart.standby_terms import (
    ARCHITECTURE,
    KEEPING_UP,
    MISTAKE,
    PROCEDURE,
    REPLICATION,
    SLIP,
    each_stream,
)
from properties.info_mart.terms import LATE, ONE_PROCESS, PROGRESS, behind, made_in, nothing_shipped_over_a_dead_link

DEPLOYMENT = "Info Mart guide, Deployment Prerequisites"
NO_SLIP = "the operators leave out no step and mistake no outage for the loss of Site 1"
NO_MISTAKE = "no outage is mistaken for the loss of Site 1"
STEP_1_PASSED_OVER = stress("step 1 of the procedure passed over, or done late")
PROCESS_FAILS = stress("a GoldenGate process fails alone and is started again")
MISTAKEN = stress("an outage is mistaken for the loss of Site 1")


@stated(source="the account of the model itself")
def every_interval_is_accounted_for_at_site_2(d: System) -> Property:
    """In the standby database once it is in use, made = reportable + in progress + lost by cause, for every source."""
    return whenever(d.info_mart2.in_use, each_stream(d, d.db2.conserved))


# -- the standby, the operators, one server at a time -----------------------------------------------------------------
@stated(
    claims="AS-1",
    source=ARCHITECTURE,
    cases=[
        case(assumptions=NO_SLIP),
        case(
            "even_with_a_slip",
            "one step passed over, or done late",
            source=PROCEDURE,
            given=SLIP,
            role=STEP_1_PASSED_OVER,
            finding=REPLICAT_STILL_RUNS,
        ),
    ],
)
def standby_never_writes_during_replication(d: System) -> Property:
    """The standby Info Mart does not use its database while Replicat is running."""
    return never(in_service(d.server2) & d.replicat.running)


@stated(
    claims="AS-1",
    source=ARCHITECTURE,
    cases=[
        case(assumptions=NO_SLIP),
        case(
            "even_with_a_slip",
            "one step passed over, or done late",
            source=PROCEDURE,
            given=SLIP,
            role=STEP_1_PASSED_OVER,
            finding=REPLICAT_STILL_RUNS,
        ),
    ],
)
def replication_never_writes_into_a_database_in_use(d: System) -> Property:
    """The standby database is never out of step because Replicat wrote into it while the server used it."""
    return never(d.info_mart2.out_of_step)


@stated(
    claims="AS-2",
    source=OUTAGES,
    cases=[
        case(assumptions=NO_MISTAKE, by_construction=True),
        case(
            "whatever_operators_believe",
            "an operator takes an outage for the loss of Site 1",
            given=MISTAKE,
            role=MISTAKEN,
            finding=OUTAGE_TAKEN_FOR_A_LOSS,
        ),
    ],
)
def standby_stays_out_of_outages(d: System) -> Property:
    """The standby Info Mart is not brought into service during a network outage while Site 1 is up."""
    return never(d.link.down & d.site1.up & (in_service(d.server2) | d.server2.starting))


@stated(
    claims="AS-2",
    source=OUTAGES,
    cases=[
        case(assumptions=NO_MISTAKE),
        case(
            "whatever_operators_believe",
            "an operator takes an outage for the loss of Site 1",
            given=MISTAKE,
            role=MISTAKEN,
            finding=OUTAGE_TAKEN_FOR_A_LOSS,
        ),
    ],
)
def the_databases_do_not_part(d: System) -> Property:
    """With both sites and the network up, the two databases are not both in use, each filled by a server of its own."""
    return never(d.site1.up & d.link.up & d.info_mart1.in_use & d.info_mart2.in_use)


@stated(
    claims="AS-3",
    source=DEPLOYMENT,
    cases=[
        case(assumptions=NO_MISTAKE),
        case(
            "whatever_operators_believe",
            "an operator takes an outage for the loss of Site 1",
            given=MISTAKE,
            role=MISTAKEN,
            finding=OUTAGE_TAKEN_FOR_A_LOSS,
        ),
    ],
)
def one_server_in_service(d: System) -> Property:
    """At most one Info Mart Server is in service at any time."""
    return never(in_service(d.server1) & in_service(d.server2))


def _both_stages(d: System) -> int:
    """By how many intervals both stages of replication together are behind when each is as late as it ever is."""
    return 2 * d.parameters["replication_lag"]


# -- replication ------------------------------------------------------------------------------------------------------
@stated(claims="AS-4", source=REPLICATION, given=PLAIN, by_construction=True)
def the_target_is_a_prefix_of_the_source(d: System) -> Property:
    """The replica is never ahead of the trail, the trail never ahead of the source, and facts never ahead of the mark."""
    order = each_stream(
        d,
        lambda i: (
            (d.db2.uncovered[i] >= d.trail.uncovered[i])
            & (d.trail.uncovered[i] >= d.db1.uncovered[i])
            & (d.db2.unreported[i] >= d.trail.unreported[i])
            & (d.trail.unreported[i] >= d.db1.unreported[i])
            & (d.db2.unreported[i] >= d.db2.uncovered[i])
        ),
    )
    return whenever(d.info_mart1.in_use & d.info_mart2.replica & d.remote_trail.kept, order)


@stated(
    claims="AS-4",
    source=REPLICATION,
    given={**PLAIN, "failing": "site1"},
    assumptions="changes travel in the order of their commits, as the documentation of GoldenGate says; the guide does not",
)
def what_arrives_is_a_state_of_the_source(d: System) -> Property:
    """Each shipment leaves the trail, and each application the replica, with mark and facts of one moment of the source."""
    shipped = same([*d.trail.uncovered, *d.trail.unreported], [*d.db1.uncovered, *d.db1.unreported])
    applied = same([*d.db2.uncovered, *d.db2.unreported], [*d.trail.uncovered, *d.trail.unreported])
    arrives = happens("datapump_ships", "replicat_applies")
    return whenever(
        arrives & d.info_mart2.replica,
        (~happens("datapump_ships") | shipped) & (~happens("replicat_applies") | applied),
    )


@stated(claims="AS-4", source=REPLICATION, given=PLAIN)
def nothing_is_replicated_over_a_dead_link(d: System) -> Property:
    """No shipment of DataPump reaches Site 2 while the network is down, nor once one of the sites is lost."""
    return nothing_shipped_over_a_dead_link(d)


@stated(claims="AS-4", source=REPLICATION, given={**PLAIN, "failing": "site1"})
def the_trail_has_nothing_of_an_outage(d: System) -> Property:
    """While the network is down, neither the trail nor the replica has anything that was made since it failed."""
    made = made_in(d, d.link.outage)
    return whenever(
        d.link.down & d.site1.up,
        each_stream(
            d,
            lambda i: (
                (d.trail.uncovered[i] >= made)
                & (d.trail.unreported[i] >= made)
                & (d.db2.uncovered[i] >= made)
                & (d.db2.unreported[i] >= made)
            ),
        ),
    )


# -- a GoldenGate process that fails alone ----------------------------------------------------------------------------
@stated(claims="AS-4", source=REPLICATION, given=ONE_PROCESS, role=PROCESS_FAILS, assumptions=RESTARTED)
def replication_catches_up_after_a_restart(d: System) -> Property:
    """After a restart of DataPump or Replicat the replica is at last no further behind than replication ever is."""
    source, target = [*d.db1.uncovered, *d.db1.unreported], [*d.db2.uncovered, *d.db2.unreported]
    lag = _both_stages(d)
    in_time = all_of(b - a <= lag for a, b in zip(source, target, strict=True))
    return leads_to(happens("datapump_restarts", "replicat_restarts"), in_time, fairness=PROGRESS)


@stated(claims="AS-4", source=REPLICATION, given=ONE_PROCESS, role=PROCESS_FAILS, assumptions=LATE)
def reports_go_on_when_a_process_fails(d: System) -> Property:
    """When DataPump or Replicat fails alone, the Info Mart at Site 1 transforms data within a cycle, as ever."""
    return within(cycle(d) + 1, d.server1.transforming, after=happens("datapump_fails", "replicat_fails"))


@stated(source=REPLICATION, given=ONE_PROCESS, assumptions=(RESTARTED, KEEPING_UP))
def longest_lag_of_the_replica_after_a_failed_process(d: System) -> Property:
    """By how many intervals of a source the replica can be behind while one is down: a cycle's facts, both stages, and that time.

    When it is back, what is overdue is shipped and applied before more time passes.
    """
    lag = maximum(*(b - a for a, b in zip(d.db1.unreported, d.db2.unreported, strict=True)))
    down = d.datapump.failed_alone | d.replicat.failed_alone
    return worst_case(
        if_else(down, lag, 0), at_most=behind(d) + _both_stages(d) + d.ticks(d.parameters["restart_time"])
    )


@stated(claims="AS-6", source=REPLICATION, by_construction=True)
def the_mark_is_replicated_and_staging_is_not(d: System) -> Property:
    """Replicat writes the high-water mark and the facts of the standby database, and none of its excluded tables."""
    written = d.event("replicat_applies").writes
    replicated = {d.cell_of[v] for v in (*d.db2.uncovered, *d.db2.unreported)}
    excluded = {d.cell_of[v] for v in (*d.db2.staged, d.db2.unnotified, d.db2.schema)}
    return structure(
        replicated <= written and not written & excluded,
        f"replicat_applies writes {len(written & replicated)} of {len(replicated)} replicated and "
        f"{len(written & excluded)} of {len(excluded)} excluded variables",
    )


@stated(claims="AS-14", source=f"{PROCEDURE}, step 7", by_construction=True)
def schema_changes_of_excluded_tables_are_not_replicated(d: System) -> Property:
    """Nothing that replication writes at Site 2 brings the schema of the standby database up to date; the migration job does."""
    writers = {e.name for e in d.events if d.cell_of[d.db2.schema] in e.writes}
    return structure(
        writers <= {"step_7_migrate", "site2_fails"}, f"the schema is written by {', '.join(sorted(writers))}"
    )
