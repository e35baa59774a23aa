"""What the Info Mart guide promises of the ten-step procedure of active-standby: reports come back."""

from drcheck import (
    Finding,
    Property,
    System,
    can_always,
    deadlock_free,
    hours,
    leads_to,
    never,
    reachable,
    stated,
    total,
    whenever,
)
from properties.info_mart.shared import PLAIN, PROGRESS
from properties.info_mart.standby_terms import NO_OUTAGE, PROCEDURE, SLIP, taken_over


def _reports_back(d: System):
    return d.gi2_2.in_service & d.server2.transforming & d.info_mart2.in_use


@stated(
    claims=("AS-13", "IM-12"),
    source=PROCEDURE,
    given={**PLAIN, "gi2_step": False},
    finding=Finding(
        title="The ten numbered steps alone do not bring reports back",
        explanation=(
            "None of them brings the standby GI2 at Site 2 into service. The text before the steps asks for it; the "
            "steps do not contain it. Worked through to the end, the procedure leaves a running Info Mart whose "
            "database nobody serves reports from."
        ),
        repair="Number it: step 11, bring the standby GI2 at Site 2 into service.",
        repaired={"gi2_step": True},
    ),
)
def the_numbered_steps_bring_reports_back(d: System) -> Property:
    """After the loss of Site 1, the ten numbered steps lead to reports from Site 2."""
    return leads_to(d.site1.failed, _reports_back(d), fairness=PROGRESS)


@stated(claims=("AS-13", "IM-12"), source=PROCEDURE, given=PLAIN)
def the_procedure_brings_reports_back(d: System) -> Property:
    """After the loss of Site 1, the ten steps and the GI2 step lead to new data in reports from Site 2."""
    return leads_to(d.site1.failed, _reports_back(d), fairness=PROGRESS)


@stated(claims="AS-13", source=PROCEDURE, given={**NO_OUTAGE, "partitioned": True, "upgraded": True})
def the_procedure_brings_reports_back_after_an_upgrade(d: System) -> Property:
    """The same with a partitioned database and an upgrade since replication began."""
    return leads_to(d.site1.failed, _reports_back(d), fairness=PROGRESS)


@stated(claims=("AS-13", "AS-11"), source=PROCEDURE, given=NO_OUTAGE)
def nothing_is_lost_beyond_the_three_causes(d: System) -> Property:
    """Without an outage, what is lost with Site 1 was not extracted, not transformed or not delivered; nothing else."""
    return never(total([*d.db2.lost["in_queue"], *d.db2.lost["beyond_threshold"]]) > 0)


@stated(claims="AS-13", source=PROCEDURE, given=PLAIN)
def reporting_can_always_be_brought_back(d: System) -> Property:
    """From every state after the loss of Site 1, reporting at Site 2 can still be reached."""
    return can_always(d.site1.up | _reports_back(d))


@stated(
    claims="AS-13",
    source=PROCEDURE,
    given=SLIP,
    finding=Finding(
        title="A single step passed over can leave reporting down for good",
        explanation=(
            "The procedure has no check at its end that new data arrives. If the host is not changed, or the server is "
            "not started, every later step can still be ticked off, and nothing leads back to the one that is missing."
        ),
        repair=(
            "End the procedure with a check that an ETL cycle has run at Site 2 and that its data shows in a report; if "
            "not, start over; and check before step 6 that Replicat is stopped. The last check alone is not enough: a step "
            "done late may come after the one that needed it, or too late for the database."
        ),
        repaired={"check_reports": True, "check_replicat": True},
    ),
)
def reporting_comes_back_even_with_a_slip(d: System) -> Property:
    """After the loss of Site 1 reports come back, even if the operators pass over one step."""
    return leads_to(d.site1.failed, _reports_back(d), fairness=PROGRESS)


@stated(claims="AS-14", source=f"{PROCEDURE}, step 7", given={**NO_OUTAGE, "upgraded": True})
def no_etl_on_an_old_schema(d: System) -> Property:
    """After an upgrade, no ETL job runs at Site 2 before the migration job."""
    return never(d.server2.in_states("transforming", "extracting", "waiting") & (d.db2.schema == "outdated"))


@stated(claims="AS-14", source=f"{PROCEDURE}, step 7", given={**SLIP, "upgraded": True})
def no_etl_on_an_old_schema_even_with_a_slip(d: System) -> Property:
    """The same, even if a step is passed over: the server itself stays in the migration state."""
    return never(d.server2.in_states("transforming", "extracting", "waiting") & (d.db2.schema == "outdated"))


@stated(claims="AS-15", source=f"{PROCEDURE}, steps 4 and 8", given={**NO_OUTAGE, "partitioned": True})
def no_etl_before_the_partitions_exist(d: System) -> Property:
    """With a partitioned database, no ETL job runs at Site 2 before its partitions exist."""
    return never(d.server2.transforming & (d.db2.partitions == "missing"))


@stated(
    claims="AS-15",
    source=f"{PROCEDURE}, steps 4 and 8",
    given={**SLIP, "partitioned": True},
    finding=Finding(
        title="If step 4 is passed over, ETL runs on a database without partitions",
        explanation=(
            "Only the run-scheduler option holds ETL back until the maintenance job has run; the server does not look "
            "at the partitions itself, as it does at the schema's version."
        ),
        repair="Set run-scheduler to false in the Application object of the standby deployment beforehand, not in the emergency.",
    ),
)
def no_etl_before_the_partitions_exist_even_with_a_slip(d: System) -> Property:
    """The same, even if a step is passed over."""
    return never(d.server2.transforming & (d.db2.partitions == "missing"))


@stated(claims="AS-16", source=f"{PROCEDURE}, step 10", given={"activity": False, "failing": "site1"})
def reaggregation_repairs_every_aggregate(d: System) -> Property:
    """After step 10 no aggregate is missing what a notification that was not replicated would have repaired."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(
    claims="AS-16",
    source=f"{PROCEDURE}, step 10",
    given={"activity": False, "failing": "site1", "outages": 0},
)
def reaggregation_repairs_every_aggregate_without_outages(d: System) -> Property:
    """The same, when there was no outage before."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(
    claims="AS-16",
    source=f"{PROCEDURE}, step 10",
    given={
        "activity": False,
        "failing": "site1",
        "longest_outage": hours(26),
        "etl_delay": 0,
        "replication_lag": 0,
    },
    finding=Finding(
        title="Re-aggregating 24 hours is not enough after an outage of about a day",
        explanation=(
            "Facts can reach Site 2 before their aggregates do. If the network then fails, their notifications stay "
            "behind at Site 1 for the whole outage; if Site 1 is lost at its end, the 24 hours before the loss no longer "
            "reach back to them, although ETL and aggregation were healthy all the time."
        ),
        repair="Re-aggregate from the last moment at which replication is known to have delivered everything.",
    ),
)
def reaggregation_repairs_every_aggregate_after_a_long_outage(d: System) -> Property:
    """The same, with an outage of up to 26 hours before the loss of the site."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(source="the account of the model itself", given={**SLIP, "partitioned": True})
def no_state_is_dead_with_a_slip(d: System) -> Property:
    """The same, with a partitioned database and a step passed over."""
    return deadlock_free()


@stated(
    claims="AS-16",
    source=f"{PROCEDURE}, step 10",
    given={
        "activity": False,
        "failing": "site1",
        "outages": 0,
        "healthy_aggregation": False,
        "recovery_time": hours(1),
    },
)
def reaggregation_needs_healthy_aggregation(d: System) -> Property:
    """The assumption is needed: where aggregation was far behind before, step 10 leaves aggregates unrepaired."""
    return reachable(d.runbook.complete & taken_over(d) & (d.db2.unnotified > 0))
