"""What the Info Mart guide claims."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim, Kind
from properties.documents import GUIDE

ARCHITECTURE = "Architecture"


CENTERS = "Architecture: Data Centers"


ACTIVE_ACTIVE = "Architecture: Active-Active, Data Centers"


ACTIVE_STANDBY = "Architecture: Active-Standby, Data Centers"


OUTAGES = "Operation Modes: Note on Connectivity Loss"


DISASTER = "Operation Modes: Disaster Recovery"


LOSS = "Potential Data Loss"


LOSS_ACTIVE = "Potential Data Loss: Active-Active Deployment, Data In Processing"


LOSS_STANDBY = "Potential Data Loss: Active-Standby Deployment, Data In Processing"


EXCLUDED = "Info Mart Database Replication: Tables Excluded from Replication"


SET_UP = "Setting Up Replication"
CONFIGURING = f"{SET_UP}: Configuring Database Replication"


PROCEDURE = "DR Procedure with Oracle GoldenGate: Disaster Recovery Procedure"
STEP_3 = f"{PROCEDURE}, step 3"
STEP_7 = f"{PROCEDURE}, step 7"


RETURN = "DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"


INFO_MART = (
    Claim(
        "IM-1",
        "Each data source (voice: SIP Server; multimedia: Interaction Server; configuration: Configuration Server "
        "Proxy; outbound: OCS) is watched by a redundant pair of ICONs at the source's own site; each ICON of the "
        "pair writes its own IDB, one IDB at the local site and one at the remote site; the two work independently.",
        GUIDE, CENTERS, Kind.FACT,
        "The pair is placed as described; when either of the two fails, the other writes on.",
        not_examined=("that both ICONs of a pair get the same events",),
    ),
    Claim(
        "IM-2",
        "Voice or multimedia, configuration and outbound details are collected by separate Interaction "
        "Concentrators; each IDB has a schema of its own.",
        GUIDE, CENTERS, Kind.FACT,
        "No concentrator serves two sources; when one fails, what is collected of all other sources is untouched.",
        not_examined=(
            "schemas: an IDB is a component of its own here",
            "several concentrators of one OCS",
        ),
    ),
    Claim(
        "IM-3",
        "For each pair an Info Mart Server extracts from whichever IDB holds the best data for that source.",
        GUIDE, CENTERS, Kind.PROMISE,
        "When an ICON fails, or a site with its IDBs, all that the other IDB of the pair holds is extracted, as long as its "
        "connection is configured.",
        not_examined=("any measure of quality but how much an IDB lacks", "an ICON that comes back with a gap"),
    ),
    Claim(
        "IM-4",
        "Extraction of a time period happens once: an Info Mart never extracts again a period that its high-water "
        "mark already covers.",
        GUIDE, LOSS_STANDBY, Kind.FACT,
        "Counted by what is made, lost and still open, no interval becomes reportable a second time, in outages neither.",
        not_examined=("an extraction job that is aborted",),
    ),
    Claim(
        "IM-5",
        "While the network between the sites is down, an ICON whose IDB is local keeps writing it, and an ICON "
        "whose IDB is remote keeps its data in a persistent queue until the connection returns; the outage alone "
        "loses none of it.",
        GUIDE, OUTAGES, Kind.PROMISE,
        "A queue holds every interval of the outage, still has them all when the connection returns, and then empties; if its "
        "site is lost before that, all of it is lost.",
        not_examined=("a queue that is full", "an ICON that restarts during the outage"),
    ),
    Claim(
        "IM-6",
        "While an Info Mart Server cannot reach the other site's IDBs, transformation is delayed and reports get no "
        "new data.",
        GUIDE, OUTAGES, Kind.FACT,
        "Once the cycle under way has ended, the server waits with nothing left to transform, until the threshold.",
    ),
    Claim(
        "IM-7",
        "An outage shorter than extract-data-stuck-threshold (8 hours by default) loses nothing: extraction resumes "
        "where it stopped.",
        GUIDE, OUTAGES, Kind.PROMISE,
        "No outage up to the threshold loses anything, nor does a second one on the backlog of the first, if the threshold is "
        "compared with an outage's length, as the text says; if with the age of the data, both do.",
    ),
    Claim(
        "IM-8",
        "An outage longer than the threshold loses the other site's data for exactly the time by which the outage "
        "exceeds the threshold.",
        GUIDE, OUTAGES, Kind.STATED_LOSS,
        "What extraction was behind when the outage began can be lost on top of the excess: only from a caught-up start "
        "is the loss just that.",
        not_examined=("the same loss in the database of the other active Info Mart",),
    ),
    Claim(
        "IM-9",
        "Past the threshold the Info Mart carries on with its own site's data alone, until the connection returns.",
        GUIDE, OUTAGES, Kind.PROMISE,
        "The wait ends at the threshold; then the site's own data is extracted, and nothing that the other made meanwhile.",
    ),
    Claim(
        "IM-10",
        "On reconnection the other site's data is extracted as far back as the threshold reaches from the moment of "
        "reconnection.",
        GUIDE, OUTAGES, Kind.PROMISE,
        "From any start, just the threshold's length is left to be extracted at reconnection, and all of it is extracted.",
    ),
    Claim(
        "IM-11",
        "A site failure terminates the calls and agent states active at that site; their reporting data is lost; "
        "calls active elsewhere are not touched.",
        GUIDE, f"{LOSS}: Active Calls", Kind.STATED_LOSS,
        "Whatever is in progress at the lost site ends with it, and nothing at the other site does; it is not counted.",
        not_examined=("calls and agents across both sites",),
    ),
    Claim(
        "IM-12",
        "One site may fail as a whole (all components, its locally paired HA servers included); the other carries "
        "all traffic, collects all data and serves all reports until normal operation returns.",
        GUIDE, f"{DISASTER}; Emergency (One-Site) Operation", Kind.PROMISE,
        "After Site 1 the procedure brings reports back at Site 2; after Site 2 they go on at Site 1, with new data at last "
        "when the threshold has passed. A server that fails alone is no lost site, and no procedure covers it.",
        not_examined=("that calls and agents are redirected", "the return to normal operation"),
    ),
)  # key, text, place  # fmt: skip
"""Info Mart, in both architectures."""


ACTIVE_ACTIVE_INFO_MART = (
    Claim(
        "AA-1",
        "Two Info Mart Servers run in parallel, each reading all IDBs of both sites into its own database; no "
        "database replication exists.",
        GUIDE, ACTIVE_ACTIVE, Kind.FACT,
        "Each server extracts all data of both sites into its own database, and no event copies between the databases.",
    ),
    Claim(
        "AA-2",
        "Once both have caught up, the two databases hold the same reporting data of the whole contact centre; key "
        "numbers may differ.",
        GUIDE, ACTIVE_ACTIVE, Kind.PROMISE,
        "Both hold everything as long as no outage exceeds the threshold; past it each gives up data of the other site "
        "for good. A second one that nobody fills by a copy lacks all that the IDBs have purged.",
        not_examined=("key numbers", "that equal data is transformed alike"),
    ),
    Claim(
        "AA-3",
        "All reports come from one database at a time: exactly one GI2 instance is in service, at Site 1 until Site "
        "1 fails.",
        GUIDE, ACTIVE_ACTIVE, Kind.PROMISE,
        "Site 1's GI2 is the only one until the site is lost, and the one at Site 2 after that; between the two there is "
        "none.",
    ),
    Claim(
        "AA-4",
        "After a site failure the surviving Info Mart must be configured to ignore the failed site's sources "
        "(connections removed or disabled).",
        GUIDE, "DR Procedure with Active Info Mart: Disaster Recovery Procedure", Kind.INSTRUCTION,
        "Followed, the survivor goes on within the operators' time, and gives up what the redundant IDBs hold, unless these "
        "are read without their ICONs' connections; else it waits, up to the threshold, and loses nothing.",
        not_examined=("disabling instead of removing, which is the same event here",),
    ),
    Claim(
        "AA-5",
        "After a site failure only data not yet extracted from the failed site's sources is lost (on top of active "
        "calls).",
        GUIDE, LOSS_ACTIVE, Kind.STATED_LOSS,
        "Without an outage before it, the loss of Site 1 costs what Site 2's Info Mart had not extracted of its data, and "
        "nothing else; step 1 gives it up, the redundant IDBs have it. Around an outage its queues go with the site.",
    ),
    Claim(
        "AA-6",
        "The two-step disaster-recovery procedure brings reporting back at the surviving site.",
        GUIDE, "DR Procedure with Active Info Mart: Disaster Recovery Procedure", Kind.PROMISE,
        "It does together with bringing GI2 into service, which the text before the steps asks for and no step contains; "
        "step 2 changes nothing.",
        not_examined=("what the review of the logs finds",),
    ),
    Claim(
        "AA-7",
        "Return to normal: when the new Info Mart database is filled by transferring a copy, purging of the IDBs "
        "must stop until the receiving Info Mart has processed what was collected during the transfer, or that data "
        "is lost.",
        GUIDE, "Operation Modes: Active-Active, Database Transfer", Kind.INSTRUCTION,
        "Followed, the receiving Info Mart misses nothing; else it misses what outlasts the IDBs' retention.",
        not_examined=("which of the sites receives the copy",),
    ),
    Claim(
        "AA-8",
        "The two servers' configurations must be identical but for host and database access point, and be kept in "
        "step.",
        GUIDE, "Setting Up Active-Active Genesys Info Mart Instances", Kind.INSTRUCTION,
        "Nothing is processed under two configurations if nothing is processed between the two changes; with both servers "
        "running every change breaks it for a while.",
        not_examined=("what a difference of configuration does to the data",),
    ),
)  # key, text, place  # fmt: skip
"""Info Mart, active-active."""


ACTIVE_STANDBY_INFO_MART = (
    Claim(
        "AS-1",
        "The standby Info Mart must not use its database while replication is in progress; its database connection is left "
        "unconfigured until it is brought into service.",
        GUIDE, ACTIVE_STANDBY, Kind.INSTRUCTION,
        "Only step 1 stops Replicat: if it is passed over, replication writes into the database that the standby uses.",
        ("a standby that is started by accident in normal operation",),
    ),
    Claim(
        "AS-2",
        "The standby Info Mart must not be brought into service during a network outage: that would leave the two "
        "databases out of step.",
        GUIDE, OUTAGES, Kind.INSTRUCTION,
        "Nothing but the operators' judgement keeps the standby out of an outage; brought in, both databases are in use.",
    ),
    Claim(
        "AS-3",
        "At most one Info Mart Server is in service at any time; both use the same Application object, whose host "
        "points at one of them.",
        GUIDE, f"{SET_UP}: Deployment Prerequisites",
        reason="One server at a time, as long as no outage is taken for the loss of Site 1; the shared object enforces nothing.",
        not_examined=("the start by command line", "that the active server is stopped while the standby is deployed"),
    ),
    Claim(
        "AS-4",
        "Replication copies the replicated tables' changes in commit order through Extract, DataPump and Replicat: "
        "the target is always a prefix of the source's history.",
        GUIDE, SET_UP, Kind.FACT,
        "What arrives is mark and facts of one moment of the source; that commits keep their order is not said in the guide.",
        ("Extract as a stage of its own", "schema changes"),
    ),
    Claim(
        "AS-5",
        "Temporary, most GIDB, three aggregate, three merge, several staging and four control tables are excluded "
        "from replication; none of them holds report data, so their absence is not data loss.",
        GUIDE, EXCLUDED, Kind.FACT,
        "One chapter says that nothing is lost with the excluded tables; another, that what stands in them is lost.",
        ("that the excluded tables are internal ones but for what is staged in them",), LOSS_STANDBY,
    ),
    Claim(
        "AS-6",
        "The extraction high-water mark (CTL_EXTRACT_HWM) is replicated; extraction history is not.",
        GUIDE, EXCLUDED, Kind.FACT,
        "The list leaves the mark in and takes the history out; read letter by letter, two samples pass nothing on at all.",
    ),
    Claim(
        "AS-7",
        "After a site failure the newly active Info Mart does not extract again what its copy of the high-water "
        "mark covers.",
        GUIDE, LOSS_STANDBY, Kind.FACT,
        "It begins where its copy of the mark ends; what that copy does not cover it extracts, although Site 1 had extracted it.",
    ),
    Claim(
        "AS-8",
        "Data not extracted before the failure is extracted after it from the HA IDB at the surviving site; without "
        "an HA IDB there, all of it is lost.",
        GUIDE, LOSS_STANDBY,
        reason="The chapter on loss counts on the redundant IDB, whose connection step 3 removes before the server is started; "
        "it holds only where an IDB is read without its ICON's connection, which no chapter says.",
        also=STEP_3,
    ),
    Claim(
        "AS-9",
        "Data extracted but not transformed before the failure is lost.",
        GUIDE, LOSS_STANDBY, Kind.STATED_LOSS,
        "It is lost where the replicated mark covers it, Site 2's own data too; where the mark lags it is extracted again.",
    ),
    Claim(
        "AS-10",
        "Data transformed but not delivered to the standby database before the failure is lost.",
        GUIDE, LOSS_STANDBY, Kind.STATED_LOSS,
        "It is lost where the replicated mark covers it; where the mark lags it is extracted and transformed anew.",
    ),
    Claim(
        "AS-11",
        "All in all only data that had not been delivered to the standby database can be lost.",
        GUIDE, LOSS_STANDBY, Kind.STATED_LOSS,
        "In no stream is more lost than the standby's facts lacked when Site 1 was lost.",
    ),
    Claim(
        "AS-12",
        "When replication lags, the standby's high-water mark can be earlier than the active's, and a part of the "
        "data already extracted is extracted again from the redundant IDB.",
        GUIDE, LOSS_STANDBY, Kind.FACT,
        "The mark can lag; but by step 3 nothing of Site 1 is read any more when the standby starts, unless an IDB is read "
        "without its ICON's connection.",
        also=STEP_3,
    ),
    Claim(
        "AS-13",
        "The ten-step procedure (stop GoldenGate; re-point host and command line; drop Site 1 connections and swap "
        "the database access point; hold the scheduler if the database is partitioned; hold aggregation; start the "
        "server; migrate if upgraded since replication began; maintain partitions and release the scheduler; check "
        "logs; re-aggregate the last 24 hours and release aggregation) brings reporting back with nothing lost "
        "beyond AS-8 to AS-10.",
        GUIDE, PROCEDURE,
        reason="Reports come back, GI2 included; but step 3 as worded also loses what the redundant IDB holds, unless that is "
        "read without its ICON's connection. Step 5 matters only where a job must run first, the end of step 10 always; step 9 "
        "changes nothing.",
        not_examined=("the log messages of step 9",),
    ),
    Claim(
        "AS-14",
        "Schema changes of excluded tables are not replicated: after an upgrade the migration job must run before "
        "ETL.",
        GUIDE, STEP_7, Kind.INSTRUCTION,
        "Without the migration job the server runs no ETL, so nothing is spoilt, and reports do not come back.",
        ("that schema changes of the replicated tables are replicated",),
    ),
    Claim(
        "AS-15",
        "With a partitioned database no ETL job may run before the partitions exist.",
        GUIDE, f"{PROCEDURE}, steps 4 and 8", Kind.INSTRUCTION,
        "Only step 4 holds ETL back until the partitions exist; the server does not look at them itself.",
        ("what an ETL job does where the partitions are missing", "what aggregation does there; that step 5 holds it is AS-13's"),
    ),
    Claim(
        "AS-16",
        "Pending aggregation notifications are not replicated: re-aggregating the 24 hours before the failure "
        "repairs every aggregate, provided ETL and aggregation were healthy before it.",
        GUIDE, f"{PROCEDURE}, step 10",
        reason="With healthy ETL and aggregation 24 hours reach back to every notification, also around an outage of 14 hours; "
        "what aggregation was behind by beyond a day is missed for good.",
        not_examined=("that the command counts in whole days", "the re-aggregation of the return to normal"),
    ),
    Claim(
        "AS-17",
        "Key numbers are preserved across disaster recovery.",
        GUIDE, f"{ARCHITECTURE}: Two Approaches",
        reason="Delivered facts keep their keys; what reports had shown and replication had not delivered is made anew.",
        not_examined=("keys of dimensions",),
    ),
    Claim(
        "AS-18",
        "Replication set-up (stop server; read SCN; export at that SCN; start server; transfer; drop sequences; "
        "import; start Replicat after that SCN; start Extract and DataPump) leaves the two databases in step, with "
        "no change missed or applied twice.",
        GUIDE, CONFIGURING,
        reason="The server runs again from the export on, and Extract, added last, begins then: what comes between is missed.",
        not_examined=("the indexes that are created anew at the target",),
    ),
    Claim(
        "AS-19",
        "Supplemental logging (ADD TRANDATA) must capture all changes before replication starts, and be repeated "
        "after an upgrade in between.",
        GUIDE, CONFIGURING, Kind.INSTRUCTION,
        "Without the repetition, changes of the tables that an upgrade added never reach the standby.",
        ("the index on the table of the high-water mark in release 8.1.0 and 8.1.1",),
    ),
    Claim(
        "AS-20",
        "Return to normal, option 1: the new or recovered site becomes active and the survivor standby again; "
        "option 2: the survivor stays active and the new site is the standby.",
        GUIDE, "Operation Modes: Active-Standby, Choice of Active Site",
        reason="Option 1 ends with the new site active and both in step, but reused ICON objects whose connections were removed "
        "stay without; option 2 has no steps in the guide but the set-up's.",
        not_examined=("re-aggregation after the return",),
    ),
    Claim(
        "AS-21",
        "Return to normal with the server running during the transfer needs a second synchronisation (replication "
        "in reverse direction first) before direction is switched; without it the databases differ.",
        GUIDE, RETURN, Kind.INSTRUCTION,
        "Left out, no server is in service at step 12; followed, it helps only from the export's SCN, and no step ends it: "
        "the guide says neither.",
        ("other means of synchronising than GoldenGate", "a synchronisation that runs from the export on, before step 3"),
    ),
    Claim(
        "AS-22",
        "The Info Mart must not run during the export itself.",
        GUIDE, f"{RETURN}, step 2", Kind.INSTRUCTION,
        "Followed, the export is of one moment; not followed, it still is with FLASHBACK_SCN, and may mix moments without.",
    ),
    Claim(
        "AS-23",
        "GoldenGate's working folders and schema at the survivor are cleaned before replication starts anew.",
        GUIDE, f"{RETURN}, steps 6 and 7", Kind.INSTRUCTION,
        "Not cleaned, Replicat starts on the earlier replication's trails, and puts rows of them into the new standby.",
    ),
    Claim(
        "AS-24",
        "Active-active minimises data loss at disaster recovery, and is recommended over active-standby for that.",
        GUIDE, f"{ARCHITECTURE}: Two Approaches",
        reason="At worst active-active loses less; in single executions it can lose more, which the sentence does not exclude.",
        not_examined=("the other reasons of the recommendation: bandwidth, software",),
    ),
    Claim(
        "AS-25",
        "The published Extract, DataPump and Replicat parameter samples exclude the tables listed in the guide, and "
        "agree with each other.",
        GUIDE, f"{SET_UP}: Extract, DataPump, Replicat; {EXCLUDED}", Kind.FACT,
        "The samples exclude different tables, name tables without their schema, and call one trail by two names.",
    ),
)  # key, text, place, kind, reason, not examined, second place  # fmt: skip
"""Info Mart, active-standby over Oracle GoldenGate."""
