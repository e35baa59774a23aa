"""What was found of the active-standby Info Mart: a finding for each cause, whichever promises it breaks."""

from drcheck import Expression, Finding, System, any_of, happens, hours, total
from model.info_mart.components.goldengate import same
from properties.info_mart.shared import of_site

OPERATIONS = "who writes and carries out the recovery procedure"
DESIGNERS = "who plans the deployment"
VENDOR = "the vendor, in the guide"


# -- causes ------------------------------------------------------------------------------------------------------------
def redundant_idb_given_up(d: System) -> Expression:
    """The standby takes over without the connections to Site 1's ICONs, and something of Site 1's is not covered."""
    rest = total(d.db2.uncovered[i] for i in of_site(d, 1)) > 0
    return happens("server2_takes_over", when=~d.application.site1_icons & rest)


def lost_with_a_queue(d: System) -> Expression:
    """Site 1 is lost while an ICON there keeps data in its persistent queue."""
    queues = [d.layer.streams[i].remote_icon.queue for i in of_site(d, 1)]
    return happens("site1_fails", when=total(queues) > 0)


def lost_with_something_staged(d: System) -> Expression:
    """Site 1 is lost between an extraction and its transformation."""
    return happens("site1_fails", when=total(d.db1.staged) > 0)


def mark_behind(d: System) -> Expression:
    """The standby takes over with a high-water mark that is behind the lost database's."""
    behind = any_of(b > a for a, b in zip(d.db1.uncovered, d.db2.uncovered, strict=True))
    return happens("server2_takes_over", when=behind)


def stopped_with_something_in_the_trail(d: System) -> Expression:
    """GoldenGate is stopped at Site 2 before Replicat has applied the remote trail."""
    return happens("step_1_stop_goldengate", when=~same(d.trail.replicated(), d.db2.replicated()))


def complete_without_gi2(d: System) -> Expression:
    """The procedure is complete, and nobody has brought the standby GI2 into service."""
    return d.runbook.complete & ~d.gi2_2.in_service


def notifications_out_of_reach(d: System) -> Expression:
    """The standby takes over when its aggregates lack what is older than re-aggregation reaches."""
    return happens("server2_takes_over", when=d.db2.stale > d.ticks(hours(24)))


def command_out_of_reach(d: System) -> Expression:
    """The command to re-aggregate is given when a missing notification is older than 24 hours."""
    return happens("step_10_reaggregate", when=d.db2.unnotified > d.ticks(hours(24)))


def aggregation_a_day_behind(d: System) -> Expression:
    """Aggregation at Site 1 is more than a day behind."""
    return d.info_mart1.in_use & (d.db1.stale > d.ticks(hours(24)))


# -- the loss of data --------------------------------------------------------------------------------------------------
STEP_3_GIVES_UP_THE_REDUNDANT_IDBS = Finding(
    id="redundant-idbs-given-up",
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
    causes=(redundant_idb_given_up,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_site_1",
    who=VENDOR,
    question="Is an IDB still read, through its own access point, when the connection to its ICON has been removed?",
)

NEVER_EXTRACTED_AGAIN = Finding(
    id="nothing-extracted-again",
    title="With step 3 as worded nothing of Site 1's data is ever extracted again from the redundant IDB",
    explanation=(
        "The chapter on data loss describes how a lagging mark makes the standby extract again from the redundant "
        "IDB. Step 3 removes the connections to all ICONs that collect from Site 1, the redundant ones included, "
        "before the server is started: the case that the chapter describes cannot come about."
    ),
    repair="Keep the connections to the ICONs whose IDB is at Site 2 (see the finding on step 3).",
    repaired={"keep_icons": True},
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Is an IDB still read, through its own access point, when the connection to its ICON has been removed?",
)

QUEUE_LOST_WITH_THE_SITE = Finding(
    id="queue-lost-with-the-site",
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
    causes=(lost_with_a_queue,),
    silent=False,
    permanent=True,
    cost="worst_loss_of_site_1_around_an_outage",
    who=DESIGNERS,
)

STAGED_DATA_IS_NEEDED = Finding(
    id="staged-data-is-needed",
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
    causes=(lost_with_something_staged,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_what_was_staged",
    who=VENDOR,
    question="Does data that was extracted and not yet transformed count as data that reports need?",
)

LAGGING_MARK = Finding(
    id="lagging-mark",
    title="Where the replicated mark lags, data that Site 1 had extracted is not lost: it is made anew, under new keys",
    explanation=(
        "If the high-water mark lagged as well, the standby extracts that data again, Site 2's own from its IDBs even "
        "with the published steps. So less is lost than the chapter on data loss says, and what it says of extraction, "
        "that it happens once, is so of one database and not across a takeover. Facts that reports had already shown "
        "with the key numbers of Site 1 are made anew: preserving key numbers, the stated reason to choose this "
        "architecture, holds for what had been delivered only."
    ),
    repair=(
        "State that key numbers are preserved for delivered facts only; whoever stores keys elsewhere must expect "
        "new ones for the last moments."
    ),
    causes=(mark_behind,),
    silent=True,
    permanent=True,
    who=VENDOR,
)

PROCESS_DOWN = Finding(
    id="replication-down-before-the-loss",
    title="A GoldenGate process that was down before Site 1 is lost adds all of that time to the loss",
    explanation=(
        "Extract, DataPump and Replicat have no redundant partner. While one is down, Info Mart and reports go on at Site 1, and "
        "the standby falls behind by as long as that lasts; started again it catches up, and nothing is lost. If Site 1 is lost "
        "meanwhile, what was not in the standby database is lost with it: what DataPump had not shipped is at Site 1, what "
        "Replicat had not applied is in the trail that step 1 stops reading. The guide counts replication among the "
        "delays, and asks nobody to watch the processes in normal operation; its sample lets Replicat end on an error."
    ),
    repair=(
        "Have the processes watched and started again, and their lag against the recovery point objective; let step 1 start "
        "a Replicat that is down, and stop it when it has applied all of the remote trail."
    ),
    causes=("happens(datapump_fails)", "happens(replicat_fails)"),
    silent=True,
    permanent=True,
    cost="worst_loss_of_site_1_after_a_failed_process",
    who=DESIGNERS,
)

TRAIL_THROWN_AWAY = Finding(
    id="trail-thrown-away",
    title="Step 1 can throw away data that had already reached Site 2",
    explanation=(
        "Step 1 stops GoldenGate at Site 2 at once. What DataPump had written to the remote trail, on Site 2's own "
        "disk, but Replicat had not applied, never enters the standby database, and by the replicated mark or by "
        "step 3 it is not extracted again. It was delivered to the site and is lost for the lack of a wait."
    ),
    repair="In step 1, stop Replicat only when it has applied all of the remote trail.",
    repaired={"drain_trail": True},
    causes=(stopped_with_something_in_the_trail,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_site_1",
    who=OPERATIONS,
)

# -- the procedure -----------------------------------------------------------------------------------------------------
GI2_NOT_NUMBERED = Finding(
    id="gi2-not-numbered",
    title="The ten numbered steps alone do not bring reports back",
    explanation=(
        "None of them brings the standby GI2 at Site 2 into service. The text before the steps asks for it; the "
        "steps do not contain it. Worked through to the end, the procedure leaves a running Info Mart whose "
        "database nobody serves reports from."
    ),
    repair="Number it: step 11, bring the standby GI2 at Site 2 into service.",
    repaired={"gi2_step": True},
    causes=(complete_without_gi2,),
    silent=False,
    permanent=False,
    who=VENDOR,
)

NO_CHECK_AT_THE_END = Finding(
    id="no-check-at-the-end",
    title="A single step passed over can leave reporting down for good",
    explanation=(
        "The procedure has no check at its end that new data arrives. If the host is not changed before the server is to be "
        "started, or GoldenGate not stopped before, every later step can still be ticked off, and nothing leads back to the "
        "one that is missing."
    ),
    repair=(
        "End the procedure with a check that an ETL cycle has run at Site 2 and that its data shows in a report; if "
        "not, start over; and check before step 6 that Replicat is stopped. The last check alone is not enough: a step "
        "done late may come after the one that needed it, or too late for the database."
    ),
    repaired={"check_reports": True, "check_replicat": True},
    causes=(
        "happens(leave_out_step_1_stop_goldengate)",
        "happens(leave_out_step_2_repoint_host)",
    ),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

STEP_DONE_LATE = Finding(
    id="step-done-late",
    title="A step that is passed over and done late leaves the time until reports are back without a bound",
    explanation=(
        "If the access point is not swapped, the server not started or the standby GI2 not brought into service, doing it "
        "later brings reports back. But every other step can be ticked off before, nothing at the end looks at a report, and "
        "the guide states no time within which it would be noticed."
    ),
    repair=(
        "End the procedure with a check that new data shows in a report, and check before step 6 that Replicat is stopped: "
        "then reports are back within the time of the procedure, whichever single step is passed over."
    ),
    repaired={"check_reports": True, "check_replicat": True},
    causes=(
        "happens(leave_out_step_3_swap_connections)",
        "happens(leave_out_step_6_start_server)",
        "happens(leave_out_bring_gi2_into_service)",
    ),
    silent=False,
    permanent=False,
    who=OPERATIONS,
)

MIGRATION_TOO_EARLY = Finding(
    id="migration-too-early",
    title="If step 3 or 6 is done late after an upgrade, step 7 is over before the server asks for the migration job",
    explanation=(
        "Step 7 runs the job if the server has entered the migration state. A server that is started or connected later "
        "enters it afterwards, refuses to run ETL on the old schema, and waits for a job that nobody runs any more: nothing is "
        "spoilt, and reports do not come back."
    ),
    repair="End the procedure with a check that an ETL cycle has run at Site 2; if not, start over.",
    repaired={"check_reports": True, "check_replicat": True},
    causes=(
        "happens(leave_out_step_3_swap_connections)",
        "happens(leave_out_step_6_start_server)",
    ),
    silent=False,
    permanent=False,
    who=OPERATIONS,
)

REPLICAT_STILL_RUNS = Finding(
    id="replicat-still-runs",
    title="One step passed over lets the standby write while replication is still running",
    explanation=(
        "Nothing but step 1 stops Replicat. If it is passed over, the server started in step 6 connects to a "
        "database into which Replicat may still write what the remote trail holds: the two overwrite each other. "
        "The guide protects against an accidental start by leaving the connection unconfigured, not against this."
    ),
    repair="Let step 6 begin with a check that Replicat is stopped.",
    repaired={"check_replicat": True},
    causes=("happens(leave_out_step_1_stop_goldengate)",),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

ETL_WITHOUT_PARTITIONS = Finding(
    id="etl-without-partitions",
    title="If step 4 is passed over, or step 8 is done before the server is there, ETL runs on a database without partitions",
    explanation=(
        "Only the run-scheduler option holds ETL back until the maintenance job has run; the server does not look "
        "at the partitions itself, as it does at the schema's version. Nor does anything in step 8 keep the scheduler from "
        "being released where the job was passed over, or could not run because the server was not there yet."
    ),
    repair="Set run-scheduler to false in the Application object of the standby deployment beforehand, not in the emergency.",
    causes=(
        "happens(leave_out_step_3_swap_connections)",
        "happens(leave_out_step_4_hold_scheduler)",
        "happens(leave_out_step_6_start_server)",
        "happens(leave_out_step_7_migrate)",
        "happens(leave_out_step_8_maintain)",
    ),
    silent=True,
    who=OPERATIONS,
    question="What does an ETL job do in a partitioned database whose partitions do not exist yet?",
)

A_DAY_IS_TOO_SHORT = Finding(
    id="a-day-is-too-short",
    title="Re-aggregating 24 hours is not enough after an outage of about a day",
    explanation=(
        "Facts can reach Site 2 before their aggregates do. If the network then fails, their notifications stay "
        "behind at Site 1 for the whole outage; if Site 1 is lost at its end, the 24 hours before the loss no longer "
        "reach back to them, although ETL and aggregation were healthy all the time."
    ),
    repair="Re-aggregate from the last moment at which replication is known to have delivered everything.",
    repaired={"reaggregate": "two_days"},
    causes=(notifications_out_of_reach,),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

COUNTED_FROM_THE_COMMAND = Finding(
    id="counted-from-the-command",
    title="24 hours that are counted back from the command do not reach back far enough when the recovery was slow",
    explanation=(
        "The sentence of step 10 speaks of the 24 hours before the failure, the command of 24 hours back from the moment at "
        "which it is given. The two differ by the time of the recovery. After an outage of up to 14 hours and a recovery of "
        "ten, notifications from the beginning of the outage are older than the command reaches."
    ),
    repair="Count the 24 hours back from the failure, and give the command its date.",
    repaired={"reaggregate_from": "failure"},
    causes=(command_out_of_reach,),
    silent=True,
    permanent=True,
    who=OPERATIONS,
    question="Are the 24 hours of step 10 counted back from the failure, or from the command?",
)

AGGREGATION_BEHIND = Finding(
    id="aggregation-behind",
    title="If aggregation was more than a day behind when Site 1 was lost, step 10 leaves aggregates wrong for good",
    explanation=(
        "Pending notifications are not replicated, and step 10 requests the last 24 hours. What aggregation had left pending "
        "for longer is requested by nobody: its facts are at Site 2, reports on them show aggregates without them. A day behind "
        "is exactly what step 10 makes up for; all beyond that is missed. The guide presupposes healthy aggregation in "
        "a note, and no step looks at how far it was behind."
    ),
    repair=(
        "Watch how far aggregation is behind in normal operation, and re-aggregate from the oldest notification that was "
        "pending then, not from 24 hours ago."
    ),
    repaired={"reaggregate": "two_days"},
    causes=(aggregation_a_day_behind,),
    silent=True,
    permanent=True,
    cost="worst_gap_that_step_10_leaves",
    who=OPERATIONS,
)

AGGREGATION_NOT_RELEASED = Finding(
    id="aggregation-not-released",
    title="If aggregation is not released in step 10, or held in step 5 after that, aggregates stand still",
    explanation=(
        "Steps 5 and 10 set one option of the Application object. Whoever passes over the end of step 10, or makes up for "
        "step 5 at the end, leaves it at false: facts arrive, aggregates do not, and reports from aggregates stay as "
        "they were. No step checks that aggregates change."
    ),
    repair="End the procedure with a check that run-aggregates is true and that a report on aggregates shows new data.",
    causes=("happens(leave_out_step_5_hold_aggregation)", "happens(leave_out_step_10_release_aggregation)"),
    silent=True,
    permanent=False,
    who=OPERATIONS,
)

REAGGREGATION_MISSED = Finding(
    id="reaggregation-missed",
    title="If re-aggregation is passed over, or requested before the server uses its database, aggregates stay wrong",
    explanation=(
        "The request of step 10 is all that makes up for the notifications that were not replicated. If the access point is "
        "swapped or the server started late, or the look at its log in step 7 passed over, the request comes before the "
        "standby database is in use, and is gone."
    ),
    repair="Request re-aggregation only once an ETL cycle has run at Site 2, and see in the console that it was carried out.",
    causes=(
        "happens(leave_out_step_3_swap_connections)",
        "happens(leave_out_step_6_start_server)",
        "happens(leave_out_step_7_migrate)",
        "happens(leave_out_step_10_reaggregate)",
    ),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

AGGREGATION_NOT_HELD = Finding(
    id="aggregation-not-held",
    title="Without step 5 aggregation may run on an old schema or without partitions, and so if a later job is passed over",
    explanation=(
        "Only the option that step 5 sets keeps aggregation from the database between the start of the server and the end "
        "of the migration and maintenance jobs. If one of these is passed over or could not run, step 10 releases aggregation "
        "all the same. Where the database is neither partitioned nor has an old schema, step 5 changes nothing: aggregates come "
        "out the same without it."
    ),
    repair=(
        "Keep run-aggregates at false in the standby deployment beforehand, and release it only once both jobs are seen to "
        "have completed."
    ),
    causes=(
        "happens(leave_out_step_3_swap_connections)",
        "happens(leave_out_step_4_hold_scheduler)",
        "happens(leave_out_step_5_hold_aggregation)",
        "happens(leave_out_step_6_start_server)",
        "happens(leave_out_step_7_migrate)",
        "happens(leave_out_step_8_maintain)",
        "happens(leave_out_step_8_release_scheduler)",
    ),
    silent=True,
    who=OPERATIONS,
    question="What does aggregation do in a database whose schema is old, or whose partitions do not exist yet?",
)

OUTAGE_TAKEN_FOR_A_LOSS = Finding(
    id="outage-taken-for-a-loss",
    title="An outage that is taken for the loss of Site 1 puts both servers in service, each on a database of its own",
    explanation=(
        "From Site 2 an outage and the loss of Site 1 look alike. Each step of the procedure can be carried out at "
        "Site 2 while Site 1 is up and cut off; no component refuses, and the shared Application object's host says "
        "only where the server is started next: it does not stop the one that is running at the other site, which "
        "cannot even be told while the network is down. Both servers stay in service after the outage, and the "
        "databases differ. The warning in the guide is the only guard."
    ),
    repair=(
        "Before step 1, have the loss of Site 1 confirmed by something that does not use the network between the sites; "
        "stop the server at Site 1, or see that it is stopped, before the host is changed."
    ),
    causes=("happens(mistake_outage)",),
    silent=False,
    permanent=True,
    who=OPERATIONS,
)
