"""What the Info Mart guide promises of the ten-step procedure of active-standby: reports come back."""

from drcheck import (
    Expression,
    Property,
    System,
    can_always,
    case,
    condition,
    deadlock_free,
    happens,
    hours,
    if_else,
    leads_to,
    maximum,
    never,
    reading,
    stated,
    stress,
    whenever,
    worst_case,
)
from model.info_mart.components.info_mart_server import in_service
from properties.info_mart.recovery_times import CLOCK, IN_TIME, after_a_wait, cycle
from properties.info_mart.shared import PLAIN, PROGRESS
from properties.info_mart.standby_findings import (
    A_DAY_IS_TOO_SHORT,
    AGGREGATION_BEHIND,
    AGGREGATION_NOT_HELD,
    AGGREGATION_NOT_RELEASED,
    COUNTED_FROM_THE_COMMAND,
    ETL_WITHOUT_PARTITIONS,
    GI2_NOT_NUMBERED,
    MIGRATION_TOO_EARLY,
    NO_CHECK_AT_THE_END,
    REAGGREGATION_MISSED,
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
from properties.info_mart.terms import step_without_effect

NUMBERS_ALONE = reading("the ten numbered steps alone, without the sentence on GI2 before them")
PASSED_OVER = stress("a step of the procedure passed over, or done late")
HEALTHY = {"activity": False, "failing": "site1"}
PROMPTLY = {"etl_delay": 0, "replication_lag": 0}
SLOW_RECOVERY = {**PROMPTLY, "recovery_time": hours(10)}
AGGREGATED = {**HEALTHY, **PROMPTLY, "outages": 0}
"""Aggregates, and no outage; ETL and replication are never late: what is asked here is in which order things happen."""
TO_BE_MADE_READY = {**AGGREGATED, "partitioned": True, "upgraded": True}


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
            "when_aggregation_was_a_day_behind",
            "aggregation up to a day behind before the loss",
            given={**PROMPTLY, "outages": 0, "aggregation_behind": hours(24)},
            role=stress("aggregation up to a day behind before the loss of the site"),
        ),
        case(
            "when_aggregation_was_further_behind",
            "aggregation up to 30 hours behind before the loss",
            given={**PROMPTLY, "outages": 0, "aggregation_behind": hours(30)},
            role=stress("aggregation more than a day behind before the loss of the site"),
            finding=AGGREGATION_BEHIND,
        ),
        case(
            "after_a_long_outage",
            "an outage of up to 26 hours before the loss of the site",
            given={**PROMPTLY, "longest_outage": hours(26)},
            role=stress("an outage of about a day before the loss of the site"),
            finding=A_DAY_IS_TOO_SHORT,
        ),
    ],
)
def reaggregation_repairs_every_aggregate(d: System) -> Property:
    """After step 10 no aggregate is missing what a notification that was not replicated would have repaired."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(
    source=f"{PROCEDURE}, step 10",
    given={**HEALTHY, **PROMPTLY, "outages": 0, "aggregation_behind": hours(30)},
)
def worst_gap_that_step_10_leaves(d: System) -> Property:
    """How much older than what step 10 requests the oldest missing notification can be: what exceeds the day, exactly."""
    day = d.ticks(hours(24))
    missed = maximum(d.db2.unnotified - d.operator.elapsed - day, 0)
    beyond = max(d.ticks(d.parameters["aggregation_behind"]) - day, 0)
    return worst_case(if_else(taken_over(d) & ~d.runbook.complete, missed, 0), at_most=beyond)


@stated(
    claims="AS-13",
    source=f"{PROCEDURE}, step 10",
    cases=[
        case(given=AGGREGATED),
        case("after_an_upgrade", "with a partitioned database and an upgrade", given=TO_BE_MADE_READY),
        case(
            "even_with_a_slip",
            "one step passed over, or done late",
            given={**AGGREGATED, "slips": 1},
            role=PASSED_OVER,
            finding=(AGGREGATION_NOT_RELEASED, REAGGREGATION_MISSED),
        ),
    ],
)
def aggregates_are_up_to_date_after_the_procedure(d: System) -> Property:
    """Once the procedure has ended, no time passes at Site 2 in which aggregates lack what the facts have."""
    behind = (d.db2.stale > 0) | (d.db2.unnotified > 0)
    return never(happens("tick", when=d.runbook.complete & taken_over(d) & behind))


@stated(
    claims="AS-13",
    source=f"{PROCEDURE}, step 5",
    cases=[
        case(given=TO_BE_MADE_READY),
        case(
            "even_with_a_slip",
            "one step passed over, or done late",
            given={**TO_BE_MADE_READY, "slips": 1},
            role=PASSED_OVER,
            finding=AGGREGATION_NOT_HELD,
        ),
    ],
)
def aggregation_is_held_until_the_database_is_ready(d: System) -> Property:
    """Aggregation may not run at Site 2 on an old schema, nor before the partitions exist."""
    not_ready = (d.db2.schema == "outdated") | (d.db2.partitions == "missing")
    return never(d.application.run_aggregates & in_service(d.server2) & not_ready)


@stated(claims="AS-13", source=f"{PROCEDURE}, step 9", by_construction=True)
def checking_the_logs_changes_nothing(d: System) -> Property:
    """Step 9 does nothing but go on to step 10: the guide does not say what to do if the logs show anything."""
    return step_without_effect(d, "step_9_check_logs")


@stated(source="the account of the model itself", given={**SLIP, "partitioned": True})
def no_state_is_dead_with_a_slip(d: System) -> Property:
    """With a partitioned database and a step passed over, there is always a next step."""
    return deadlock_free()
