"""What the active-standby Info Mart design promises, claim by claim."""

from drcheck import (
    Finding,
    Property,
    System,
    all_of,
    can_always,
    deadlock_free,
    hours,
    leads_to,
    never,
    reachable,
    stated,
    structure,
    total,
    whenever,
    worst_case,
)
from model.info_mart.components.goldengate import same
from model.info_mart.components.info_mart_server import in_service
from properties.info_mart.shared import *  # noqa: F403  # the promises of both architectures belong to this design too
from properties.info_mart.shared import LOSS, OUTAGES, PLAIN, PROGRESS, of_site

ARCHITECTURE = "Info Mart guide, Architecture: Active-Standby"
REPLICATION = "Info Mart guide, Info Mart Database Replication"
STANDBY_LOSS = f"{LOSS}: Active-Standby Deployment (also the older loss page)"
PROCEDURE = "Info Mart guide, DR Procedure with Oracle GoldenGate"
NO_OUTAGE = {**PLAIN, "outages": 0}
SITE_1 = {**PLAIN, "failing": "site1"}
PROMPT = {**PLAIN, "etl_delay": 0, "replication_lag": 0}
"""ETL and replication never late: what is asked here is in which order things happen, not how much is lost."""
SLIP = {**PROMPT, "outages": 0, "slips": 1}
MISTAKE = {**PROMPT, "failing": "site1", "site_failures": 0, "mistaken_operator": True}


def taken_over(d: System):
    """The standby database is in use after the loss of Site 1."""
    return d.site1.failed & d.info_mart2.in_use


@stated(source="the account of the model itself")
def every_interval_is_accounted_for_at_site_2(d: System) -> Property:
    """In the standby database once it is in use, made = reportable + in progress + lost by cause, for every source."""
    return whenever(d.info_mart2.in_use, all_of(d.db2.conserved(i) for i in range(len(d.layer.streams))))


# -- the standby, the operators, one server at a time ------------------------------------------------------------------
@stated(
    claims="AS-1",
    source=ARCHITECTURE,
    assumptions="the operators leave out no step and mistake no outage for the loss of Site 1",
)
def standby_never_writes_during_replication(d: System) -> Property:
    """The standby Info Mart does not use its database while Replicat is running."""
    return never(in_service(d.server2) & d.replicat.running)


@stated(
    claims="AS-1", source=PROCEDURE, given=SLIP,
    finding=Finding(
        title="One step passed over lets the standby write while replication is still running",
        explanation=(
            "Nothing but step 1 stops Replicat. If it is passed over, the server started in step 6 connects to a "
            "database into which Replicat may still write what the remote trail holds: the two overwrite each other. "
            "The guide protects against an accidental start by leaving the connection unconfigured, not against this."
        ),
        repair="Let step 6 begin with a check that Replicat is stopped.",
        repaired={"check_replicat": True},
    ),
)  # a table  # fmt: skip
def standby_never_writes_during_replication_even_with_a_slip(d: System) -> Property:
    """The same, when the operators pass over one step of the procedure, or do it late."""
    return never(in_service(d.server2) & d.replicat.running)


@stated(claims="AS-2", source=OUTAGES, assumptions="no outage is mistaken for the loss of Site 1")
def standby_stays_out_of_outages(d: System) -> Property:
    """The standby Info Mart is not brought into service during a network outage while Site 1 is up."""
    return never(d.link.down & d.site1.up & (in_service(d.server2) | d.server2.starting))


@stated(
    claims="AS-2", source=OUTAGES, given=MISTAKE,
    finding=Finding(
        title="The standby can be brought into service in an outage: only the operators' judgement prevents it",
        explanation=(
            "From Site 2 an outage and the loss of Site 1 look alike. Each step of the procedure can be carried out at "
            "Site 2 while Site 1 is up and cut off; no component refuses. The warning in the guide is the only guard."
        ),
        repair="Before step 1, have the loss of Site 1 confirmed by something that does not use the network between the sites.",
        repaired={"mistaken_operator": False},
    ),
)  # a table  # fmt: skip
def standby_stays_out_of_outages_whatever_operators_believe(d: System) -> Property:
    """The same, even if an operator takes an outage for the loss of Site 1."""
    return never(d.link.down & d.site1.up & (in_service(d.server2) | d.server2.starting))


@stated(
    claims="AS-3",
    source="Info Mart guide, Deployment Prerequisites",
    assumptions="no outage is mistaken for the loss of Site 1",
)
def one_server_in_service(d: System) -> Property:
    """At most one Info Mart Server is in service at any time."""
    return never(in_service(d.server1) & in_service(d.server2))


@stated(
    claims="AS-3", source="Info Mart guide, Deployment Prerequisites",
    given=MISTAKE,
    finding=Finding(
        title="The shared Application object does not keep two servers from running",
        explanation=(
            "The object's host says where the server is started next. It does not stop the one that is running at the "
            "other site, which cannot even be told while the network is down: after the procedure, carried out by "
            "mistake, both servers are in service, each on a database of its own, and they stay so after the outage."
        ),
        repair="Stop the server at Site 1, or see that it is stopped, before the host is changed.",
        repaired={"mistaken_operator": False},
    ),
)  # a table  # fmt: skip
def one_server_in_service_whatever_operators_believe(d: System) -> Property:
    """The same, even if an operator takes an outage for the loss of Site 1."""
    return never(in_service(d.server1) & in_service(d.server2))


# -- replication -------------------------------------------------------------------------------------------------------
@stated(claims="AS-4", source=REPLICATION, given=PLAIN)
def the_target_is_a_prefix_of_the_source(d: System) -> Property:
    """The replica is never ahead of the trail, the trail never ahead of the source, and facts never ahead of the mark."""
    streams = range(len(d.layer.streams))
    order = all_of(
        (d.db2.uncovered[i] >= d.trail.uncovered[i])
        & (d.trail.uncovered[i] >= d.db1.uncovered[i])
        & (d.db2.unreported[i] >= d.db2.uncovered[i])
        for i in streams
    )
    return whenever(d.info_mart1.in_use & d.info_mart2.replica & d.remote_trail.kept, order)


@stated(
    claims=("AS-5", "AS-9"), source=f"{REPLICATION}: Tables Excluded from Replication", given=NO_OUTAGE,
    finding=Finding(
        title="The excluded tables do hold data that reports need: what is staged is lost, because its mark is replicated",
        explanation=(
            "The staging and GIDB tables are left out of replication as internal, their absence being no data loss. But "
            "the high-water mark, which is replicated, says that their content has been extracted, and the standby "
            "never extracts it again. So exactly what sits in the excluded tables when Site 1 is lost is lost, although "
            "an IDB at Site 2 may still hold it: even data of Site 2's own sources, whose IDBs are intact. The mark "
            "travels ahead of the facts that it vouches for."
        ),
        repair=(
            "Before step 6, set the replicated high-water mark back to where the delivered facts end (and keep the "
            "connections to the redundant IDBs, see the finding on step 3): the rest is then extracted again, once."
        ),
        repaired={"rewind_high_water_mark": True, "keep_icons": True},
    ),
)  # a table  # fmt: skip
def excluded_tables_hold_nothing_that_is_missed(d: System) -> Property:
    """After the loss of Site 1, nothing is lost for being only in tables that are not replicated."""
    return never(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims="AS-9", source=STANDBY_LOSS, given=NO_OUTAGE)
def staged_data_can_be_lost(d: System) -> Property:
    """Data extracted but not transformed when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims="AS-6", source=REPLICATION)
def the_mark_is_replicated_and_staging_is_not(d: System) -> Property:
    """Replicat writes the high-water mark and the facts of the standby database, and none of its excluded tables."""
    written = d.event("replicat_applies").writes
    replicated = {d.cell_of[v] for v in d.db2.replicated()}
    excluded = {d.cell_of[v] for v in (*d.db2.staged, d.db2.unnotified, d.db2.schema)}
    return structure(
        replicated <= written and not written & excluded,
        f"replicat_applies writes {len(written & replicated)} of {len(replicated)} replicated and "
        f"{len(written & excluded)} of {len(excluded)} excluded variables",
    )


@stated(claims="AS-7", source=STANDBY_LOSS, given={**PLAIN, "keep_icons": True})
def nothing_is_reported_twice_after_recovery(d: System) -> Property:
    """The newly active Info Mart extracts nothing that its copy of the mark covers: no interval is reported twice."""
    return whenever(
        d.info_mart2.in_use,
        all_of(
            (d.db2.unreported[i] >= d.db2.uncovered[i] + d.db2.staged[i]) & d.db2.conserved(i)
            for i in range(len(d.layer.streams))
        ),
    )


# -- what is lost with Site 1 -------------------------------------------------------------------------------------------
@stated(
    claims="AS-8", source=STANDBY_LOSS, given=NO_OUTAGE,
    assumptions="an IDB is not read once the connection to its ICON is removed",
    finding=Finding(
        title="Step 3 as written throws the redundant IDBs away, and with them what had not been extracted",
        explanation=(
            "Step 3 removes every connection to ICONs that collect from Site 1's sources. The redundant ICON and its IDB "
            "at Site 2 are among them: they collect Site 1's data. Once they are disconnected the standby does not "
            "extract what they hold (as the step is worded, and if an IDB is not read without its ICON's connection), "
            "although the chapter on data loss counts on exactly that. The redundant IDB is "
            "there, complete, and unused."
        ),
        repair=(
            "In step 3 drop only the connections to IDBs located at Site 1; keep those to the ICONs whose IDB is at "
            "Site 2 until what they hold has been extracted."
        ),
        repaired={"keep_icons": True},
        chart=True,
    ),
)  # a table  # fmt: skip
def data_not_extracted_is_extracted_later(d: System) -> Property:
    """With redundant IDBs, nothing is lost for not having been extracted before Site 1 was lost."""
    return never(total(d.db2.lost["not_extracted"]) > 0)


@stated(
    claims="AS-8", source=STANDBY_LOSS, given={**SITE_1, "keep_icons": True},
    finding=Finding(
        title="A site lost during an outage, or soon after, takes its persistent queues with it",
        explanation=(
            "The redundant IDB at Site 2 is fed through the network by an ICON at Site 1. In an outage that ICON keeps "
            "its data in a persistent queue at Site 1; the queue drains only after the outage. If Site 1 is lost before "
            "that, everything made since the outage began is lost, up to the whole length of the outage, although "
            "redundant IDBs are deployed. The guide treats outages and site failures one at a time."
        ),
        repair=(
            "Nothing in the procedure can repair it: the only copies are at the lost site. Count the outage's whole "
            "length in the recovery point objective, or place the second ICON of each pair at the other site."
        ),
        chart=True,
    ),
)  # a table  # fmt: skip
def the_redundant_idb_has_all_that_was_not_extracted(d: System) -> Property:
    """With redundant IDBs kept connected, nothing of the lost site's data is lost in a queue."""
    return never(total(d.db2.lost["in_queue"]) > 0)


@stated(claims="AS-8", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True, "ha_idb": False})
def without_redundant_idb_what_was_not_extracted_is_lost(d: System) -> Property:
    """Without redundant IDBs the standby never extracts any of Site 1's data: all that was not covered is lost."""
    return never(d.site1.failed & d.info_mart2.in_use & (total(d.db2.staged[i] for i in of_site(d, 1)) > 0))


@stated(claims="AS-8", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True, "ha_idb": False})
def without_redundant_idb_something_is_lost(d: System) -> Property:
    """Without redundant IDBs there are executions in which data is lost for not having been extracted."""
    return reachable(total(d.db2.lost["not_extracted"]) > 0)


@stated(claims="AS-10", source=STANDBY_LOSS, given=NO_OUTAGE)
def facts_not_delivered_can_be_lost(d: System) -> Property:
    """Data transformed but not delivered when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_delivered"]) > 0)


@stated(
    claims=("AS-10", "AS-17"), source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True},
    finding=Finding(
        title="What was transformed but not delivered is not always lost: it can come back, under new key numbers",
        explanation=(
            "If the high-water mark lagged as well, the standby extracts and transforms that data again from the "
            "redundant IDB. So less is lost than the chapter says, but facts that reports had already shown with the "
            "key numbers of Site 1 are made anew: preserving key numbers, the stated reason to choose this architecture, "
            "holds for what had been delivered only."
        ),
        repair=(
            "State that key numbers are preserved for delivered facts only; whoever stores keys elsewhere must expect "
            "new ones for the last moments."
        ),
    ),
)  # a table  # fmt: skip
def key_numbers_are_preserved(d: System) -> Property:
    """No fact that was reportable at Site 1 is made anew, with another key, at Site 2."""
    return never(d.db2.rekeyed)


@stated(claims=("AS-17", "AS-11"), source=ARCHITECTURE)
def the_takeover_touches_no_delivered_fact(d: System) -> Property:
    """Taking the standby database into use writes none of the facts that had been delivered."""
    written = d.event("server2_takes_over").writes
    facts = {d.cell_of[v] for v in d.db2.unreported}
    return structure(
        not written & facts, f"server2_takes_over writes {len(written & facts)} of {len(facts)} positions of facts"
    )


@stated(claims="AS-9", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True})
def the_survivors_own_data_can_be_lost(d: System) -> Property:
    """The loss of Site 1 can cost data of Site 2's own sources too, although their IDBs at Site 2 are intact."""
    return reachable(d.site1.failed & (total(d.db2.lost["not_transformed"][i] for i in of_site(d, 2)) > 0))


@stated(
    claims=("AS-11", "AS-13"), source=f"{PROCEDURE}, step 1", given=NO_OUTAGE,
    finding=Finding(
        title="Step 1 can throw away data that had already reached Site 2",
        explanation=(
            "Step 1 stops GoldenGate at Site 2 at once. What DataPump had written to the remote trail, on Site 2's own "
            "disk, but Replicat had not applied, never enters the standby database, and by the replicated mark or by "
            "step 3 it is not extracted again. It was delivered to the site and is lost for the lack of a wait."
        ),
        repair="In step 1, stop Replicat only when it has applied all of the remote trail.",
        repaired={"drain_trail": True},
    ),
)  # a table  # fmt: skip
def what_reached_site_2_is_used(d: System) -> Property:
    """When the standby server starts, everything in the remote trail has been applied to its database."""
    return whenever(d.server2.starting & d.site1.failed, same(d.trail.replicated(), d.db2.replicated()))


@stated(claims="AS-12", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True})
def the_standby_mark_can_lag(d: System) -> Property:
    """The standby's mark can be earlier, so that Site 1's data is extracted again, from the redundant IDB at Site 2."""
    again = total(d.db2.staged[i] for i in of_site(d, 1)) > 0
    return reachable(d.site1.failed & d.db2.rekeyed & d.server2.transforming & again)


@stated(
    claims="AS-12", source=f"{PROCEDURE}, step 3", given=NO_OUTAGE,
    assumptions="an IDB is not read once the connection to its ICON is removed",
    finding=Finding(
        title="With step 3 as worded nothing of Site 1's data is ever extracted again from the redundant IDB",
        explanation=(
            "The chapter on data loss describes how a lagging mark makes the standby extract again from the redundant "
            "IDB. Step 3 removes the connections to all ICONs that collect from Site 1, the redundant ones included, "
            "before the server is started: the case that the chapter describes cannot come about."
        ),
        repair="Keep the connections to the ICONs whose IDB is at Site 2 (see the finding on step 3).",
        repaired={"keep_icons": True},
    ),
)  # a table  # fmt: skip
def the_published_steps_extract_again(d: System) -> Property:
    """The same, with the published procedure."""
    again = total(d.db2.staged[i] for i in of_site(d, 1)) > 0
    return reachable(d.site1.failed & d.db2.rekeyed & d.server2.transforming & again)


@stated(claims="AS-11", source=STANDBY_LOSS, given={**SITE_1, "outages": 0})
def worst_loss_of_site_1(d: System) -> Property:
    """The most intervals that the loss of Site 1 can cost, all sources and causes together, without an outage."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))))


@stated(claims="AS-11", source=STANDBY_LOSS, given=SITE_1)
def worst_loss_of_site_1_around_an_outage(d: System) -> Property:
    """The same, with one outage before or during the loss of the site."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))))


@stated(
    claims="AS-11",
    source=STANDBY_LOSS,
    given={**SITE_1, "outages": 0, "drain_trail": True, "keep_icons": True, "rewind_high_water_mark": True},
)
def worst_loss_of_site_1_with_all_repairs(d: System) -> Property:
    """With the three repairs of the procedure and no outage, the loss of Site 1 costs nothing but active calls."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))), at_most=0)


# -- the ten-step procedure ---------------------------------------------------------------------------------------------
def _reports_back(d: System):
    return d.gi2_2.in_service & d.server2.transforming & d.info_mart2.in_use


@stated(
    claims=("AS-13", "IM-12"), source=PROCEDURE, given={**PLAIN, "gi2_step": False},
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
)  # a table  # fmt: skip
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
    claims="AS-13", source=PROCEDURE, given=SLIP,
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
)  # a table  # fmt: skip
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
    claims="AS-15", source=f"{PROCEDURE}, steps 4 and 8", given={**SLIP, "partitioned": True},
    finding=Finding(
        title="If step 4 is passed over, ETL runs on a database without partitions",
        explanation=(
            "Only the run-scheduler option holds ETL back until the maintenance job has run; the server does not look "
            "at the partitions itself, as it does at the schema's version."
        ),
        repair="Set run-scheduler to false in the Application object of the standby deployment beforehand, not in the emergency.",
    ),
)  # a table  # fmt: skip
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
    claims="AS-16", source=f"{PROCEDURE}, step 10",
    given={
        "activity": False, "failing": "site1", "longest_outage": hours(26), "etl_delay": 0, "replication_lag": 0,
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
)  # a table  # fmt: skip
def reaggregation_repairs_every_aggregate_after_a_long_outage(d: System) -> Property:
    """The same, with an outage of up to 26 hours before the loss of the site."""
    return whenever(d.runbook.complete & taken_over(d), d.db2.unnotified == 0)


@stated(source="the account of the model itself", given={**SLIP, "partitioned": True})
def no_state_is_dead_with_a_slip(d: System) -> Property:
    """The same, with a partitioned database and a step passed over."""
    return deadlock_free()


@stated(
    claims="AS-16", source=f"{PROCEDURE}, step 10",
    given={"activity": False, "failing": "site1", "outages": 0, "healthy_aggregation": False, "recovery_time": hours(1)},
)  # a table  # fmt: skip
def reaggregation_needs_healthy_aggregation(d: System) -> Property:
    """The assumption is needed: where aggregation was far behind before, step 10 leaves aggregates unrepaired."""
    return reachable(d.runbook.complete & taken_over(d) & (d.db2.unnotified > 0))
