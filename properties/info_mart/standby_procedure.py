"""What the Info Mart guide promises of the ten-step procedure of active-standby: reports come back."""

from drcheck import (
    Expression,
    Property,
    System,
    can_always,
    case,
    condition,
    deadlock_free,
    hours,
    leads_to,
    never,
    reachable,
    reading,
    stated,
    stress,
    whenever,
    witness,
    worst_case,
)
from properties.info_mart.recovery_times import CLOCK, IN_TIME, after_a_wait, cycle
from properties.info_mart.shared import PLAIN, PROGRESS
from properties.info_mart.standby_findings import (
    A_DAY_IS_TOO_SHORT,
    COUNTED_FROM_THE_COMMAND,
    ETL_WITHOUT_PARTITIONS,
    GI2_NOT_NUMBERED,
    MIGRATION_TOO_EARLY,
    NO_CHECK_AT_THE_END,
    STEP_3_GIVES_UP_THE_REDUNDANT_IDBS,
    STEP_DONE_LATE,
)
from properties.info_mart.standby_terms import (
    AMOUNTS,
    ICON_GATES_IDB,
    KEEPING_UP,
    KEPT,
    NO_OUTAGE,
    NOT_GATED,
    NOTIFIED_IN_ORDER,
    PROCEDURE,
    SLIP,
    each_stream,
    taken_over,
)

NUMBERS_ALONE = reading("the ten numbered steps alone, without the sentence on GI2 before them")
PASSED_OVER = stress("a step of the procedure passed over, or done late")
HEALTHY = {"activity": False, "failing": "site1"}
SLOW_RECOVERY = {"recovery_time": hours(10), "etl_delay": 0, "replication_lag": 0}


def _reports_back(d: System) -> Expression:
    return d.gi2_2.in_service & d.server2.transforming & d.info_mart2.in_use


@stated(
    claims="AS-13",
    source=PROCEDURE,
    cases=[
        case(given=PLAIN, claims=("AS-13", "IM-12")),
        case(
            "after_an_upgrade",
            "with a partitioned database and an upgrade since replication began",
            given={**NO_OUTAGE, "partitioned": True, "upgraded": True},
        ),
        case(
            "by_the_numbered_steps_alone",
            "by the ten numbered steps alone",
            given={**PLAIN, "gi2_step": False},
            claims={"AS-13": NUMBERS_ALONE, "IM-12": NUMBERS_ALONE},
            finding=GI2_NOT_NUMBERED,
        ),
        case(
            "even_with_a_slip",
            "the operators pass over one step, or do it late",
            given=SLIP,
            role=PASSED_OVER,
            finding=NO_CHECK_AT_THE_END,
        ),
        case(
            "after_an_upgrade_even_with_a_slip",
            "an upgrade since replication began, and one step passed over or done late",
            given={**SLIP, "upgraded": True},
            claims={"AS-14": stress("a step passed over, or done late, after an upgrade: reports do not come back")},
            finding=(NO_CHECK_AT_THE_END, MIGRATION_TOO_EARLY),
        ),
    ],
)
def the_procedure_brings_reports_back(d: System) -> Property:
    """After the loss of Site 1, the procedure leads to new data in reports from Site 2."""
    return leads_to(d.site1.failed, _reports_back(d), fairness=PROGRESS)


WITHOUT = {**NO_OUTAGE, **CLOCK, "failing": "site1"}


@stated(
    source=PROCEDURE,
    given=WITHOUT,
    assumptions=(IN_TIME, KEEPING_UP),
    cases=[
        case(),
        case("with_aggregates", "new data in aggregated reports", given={"aggregation": True}),
        case(
            "after_an_upgrade",
            "with a partitioned database and an upgrade since replication began",
            given={"partitioned": True, "upgraded": True},
        ),
        case("in_ten_hours", "where the operators take up to ten hours", given={"recovery_time": hours(10)}),
        case("around_an_outage", "one outage before or during the loss of the site", given={"outages": 1}),
        case(
            "by_the_numbered_steps_alone",
            "by the ten numbered steps alone",
            claims={"AS-13": NUMBERS_ALONE},
            given={"gi2_step": False},
            finding=GI2_NOT_NUMBERED,
        ),
        case(
            "even_with_a_slip",
            "the operators pass over one step, or do it late",
            claims={"AS-13": PASSED_OVER},
            given={**SLIP, "failing": "site1"},
            finding=(NO_CHECK_AT_THE_END, STEP_DONE_LATE),
        ),
    ],
)
def time_until_reports_are_back_after_the_loss_of_site_1(d: System) -> Property:
    """For how long at worst no new data shows in reports after the loss of Site 1: the operators' time, and a cycle.

    A first cycle can run before there is anything new at Site 2, and the next is a tick and its own delay later.
    """
    recovery = max(d.ticks(d.parameters["recovery_time"]), 1 + cycle(d))
    return worst_case(d.recovery_clock.without, at_most=after_a_wait(d) + recovery + cycle(d))


@stated(
    claims="AS-13",
    source=f"{PROCEDURE}, step 3",
    cases=[
        case(given=PLAIN),
        case("even_with_a_slip", "one step passed over, or done late", given=SLIP, role=PASSED_OVER),
    ],
)
def the_new_active_server_never_waits_for_the_lost_site(d: System) -> Property:
    """Once it is in service, the Info Mart Server at Site 2 never waits for IDBs at the lost Site 1."""
    return never(d.site1.failed & (d.server2.waiting | (d.server2.unreachable > 0)))


@stated(claims="AS-13", source=PROCEDURE, given=PLAIN)
def reporting_can_always_be_brought_back(d: System) -> Property:
    """From every state after the loss of Site 1, reporting at Site 2 can still be reached."""
    return can_always(d.site1.up | _reports_back(d))


@stated(
    claims="AS-13",
    source=PROCEDURE,
    given=AMOUNTS,
    cases=[
        case(assumptions=ICON_GATES_IDB, finding=STEP_3_GIVES_UP_THE_REDUNDANT_IDBS),
        case(
            "with_the_connections_kept",
            "step 3 keeps the connections to the redundant ICONs",
            given=KEPT,
            role=condition,
        ),
        case(
            "if_an_idb_is_read_without_its_icon",
            "an IDB is read though the connection to its ICON is removed",
            given=NOT_GATED,
            role=condition,
        ),
    ],
)
def nothing_is_lost_beyond_what_the_guide_names(d: System) -> Property:
    """With redundant IDBs, no more is lost of any stream than had been staged, or transformed and not delivered, at Site 1."""
    seen = d.takeover_observer
    return whenever(taken_over(d), each_stream(d, lambda i: d.db2.lost_of(i) <= seen.staged[i] + seen.undelivered[i]))


@stated(
    claims="AS-14",
    source=f"{PROCEDURE}, step 7",
    by_construction=True,
    cases=[
        case(given={**NO_OUTAGE, "upgraded": True}),
        case(
            "even_with_a_slip",
            "one step passed over, the server itself stays in the migration state",
            given={**SLIP, "upgraded": True},
            role=stress("a step passed over, or done late: no ETL job runs"),
        ),
    ],
)
def no_etl_on_an_old_schema(d: System) -> Property:
    """After an upgrade, no ETL job runs at Site 2 before the migration job."""
    return never(d.server2.in_states("transforming", "extracting", "waiting") & (d.db2.schema == "outdated"))


@stated(
    claims="AS-15",
    source=f"{PROCEDURE}, steps 4 and 8",
    cases=[
        case(given={**NO_OUTAGE, "partitioned": True}),
        case(
            "even_with_a_slip",
            "one step passed over, or done late",
            given={**SLIP, "partitioned": True},
            role=stress("a step passed over, or done late: ETL on missing partitions"),
            finding=ETL_WITHOUT_PARTITIONS,
        ),
    ],
)
def no_etl_before_the_partitions_exist(d: System) -> Property:
    """With a partitioned database, no ETL job runs at Site 2 before its partitions exist."""
    runs = d.server2.in_states("extracting", "waiting") & d.application.run_scheduler
    return never((d.server2.transforming | runs) & (d.db2.partitions == "missing"))


@stated(
    claims="AS-16",
    source=f"{PROCEDURE}, step 10",
    given=HEALTHY,
    assumptions=NOTIFIED_IN_ORDER,
    cases=[
        case(),
        case("without_outages", "no outage before", given={"outages": 0}),
        case(
            "counted_from_the_command",
            "the 24 hours are counted back from the moment of the command",
            given={"reaggregate_from": "now"},
            role=reading("24 hours back from the command, given within two hours of the loss"),
        ),
        case("after_a_slow_recovery", "a recovery of up to ten hours", given=SLOW_RECOVERY),
        case(
            "counted_from_a_late_command",
            "the 24 hours are counted back from the command, and the recovery takes up to ten hours",
            given={**SLOW_RECOVERY, "reaggregate_from": "now"},
            role=reading("24 hours back from the command, given up to ten hours after the loss"),
            finding=COUNTED_FROM_THE_COMMAND,
        ),
        case(
            "after_a_long_outage",
            "an outage of up to 26 hours before the loss of the site",
            given={"longest_outage": hours(26), "etl_delay": 0, "replication_lag": 0},
            role=stress("an outage of about a day before the loss of the site"),
            finding=A_DAY_IS_TOO_SHORT,
        ),
    ],
)
def reaggregation_repairs_every_aggregate(d: System) -> Property:
    """After step 10 no aggregate is missing what a notification that was not replicated would have repaired."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(
    claims="AS-16",
    source=f"{PROCEDURE}, step 10",
    given={**HEALTHY, "outages": 0, "healthy_aggregation": False, "recovery_time": hours(1)},
    role=witness,
)
def reaggregation_needs_healthy_aggregation(d: System) -> Property:
    """The assumption is needed: where aggregation was far behind before, step 10 leaves aggregates unrepaired."""
    return reachable(d.runbook.complete & taken_over(d) & (d.db2.unnotified > 0))


@stated(source="the account of the model itself", given={**SLIP, "partitioned": True})
def no_state_is_dead_with_a_slip(d: System) -> Property:
    """With a partitioned database and a step passed over, there is always a next step."""
    return deadlock_free()
