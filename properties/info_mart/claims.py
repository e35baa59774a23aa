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
        GUIDE, CENTERS,
    ),
    Claim(
        "IM-2",
        "Voice or multimedia, configuration and outbound details are collected by separate Interaction "
        "Concentrators; each IDB has a schema of its own.",
        GUIDE, CENTERS,
    ),
    Claim(
        "IM-3",
        "For each pair an Info Mart Server extracts from whichever IDB holds the best data for that source.",
        GUIDE, CENTERS,
    ),
    Claim(
        "IM-4",
        "Extraction of a time period happens once: an Info Mart never extracts again a period that its high-water "
        "mark already covers.",
        GUIDE, LOSS_STANDBY,
    ),
    Claim(
        "IM-5",
        "While the network between the sites is down, an ICON whose IDB is local keeps writing it, and an ICON "
        "whose IDB is remote keeps its data in a persistent queue until the connection returns; the outage alone "
        "loses none of it.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-6",
        "While an Info Mart Server cannot reach the other site's IDBs, transformation is delayed and reports get no "
        "new data.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-7",
        "An outage shorter than extract-data-stuck-threshold (8 hours by default) loses nothing: extraction resumes "
        "where it stopped.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-8",
        "An outage longer than the threshold loses the other site's data for exactly the time by which the outage "
        "exceeds the threshold.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-9",
        "Past the threshold the Info Mart carries on with its own site's data alone, until the connection returns.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-10",
        "On reconnection the other site's data is extracted as far back as the threshold reaches from the moment of "
        "reconnection.",
        GUIDE, OUTAGES,
    ),
    Claim(
        "IM-11",
        "A site failure terminates the calls and agent states active at that site; their reporting data is lost; "
        "calls active elsewhere are not touched.",
        GUIDE, f"{LOSS}: Active Calls",
    ),
    Claim(
        "IM-12",
        "One site may fail as a whole (all components, its locally paired HA servers included); the other carries "
        "all traffic, collects all data and serves all reports until normal operation returns.",
        GUIDE, f"{DISASTER}; Emergency (One-Site) Operation",
    ),
)  # key, text, place  # fmt: skip
"""Info Mart, in both architectures."""


ACTIVE_ACTIVE_INFO_MART = (
    Claim(
        "AA-1",
        "Two Info Mart Servers run in parallel, each reading all IDBs of both sites into its own database; no "
        "database replication exists.",
        GUIDE, ACTIVE_ACTIVE,
    ),
    Claim(
        "AA-2",
        "Once both have caught up, the two databases hold the same reporting data of the whole contact centre; key "
        "numbers may differ.",
        GUIDE, ACTIVE_ACTIVE,
    ),
    Claim(
        "AA-3",
        "All reports come from one database at a time: exactly one GI2 instance is in service, at Site 1 until Site "
        "1 fails.",
        GUIDE, ACTIVE_ACTIVE,
    ),
    Claim(
        "AA-4",
        "After a site failure the surviving Info Mart must be told to ignore the failed site's sources (connections "
        "removed or disabled); until then it waits on them.",
        GUIDE, "DR Procedure with Active Info Mart: Disaster Recovery Procedure",
    ),
    Claim(
        "AA-5",
        "After a site failure only data not yet extracted from the failed site's sources is lost (on top of active "
        "calls).",
        GUIDE, LOSS_ACTIVE,
    ),
    Claim(
        "AA-6",
        "The two-step disaster-recovery procedure brings reporting back at the surviving site.",
        GUIDE, "DR Procedure with Active Info Mart: Disaster Recovery Procedure",
    ),
    Claim(
        "AA-7",
        "Return to normal: when the new Info Mart database is filled by transferring a copy, purging of the IDBs "
        "must stop until the receiving Info Mart has processed what was collected during the transfer, or that data "
        "is lost.",
        GUIDE, "Operation Modes: Active-Active, Database Transfer",
    ),
    Claim(
        "AA-8",
        "The two servers' configurations must be identical but for host and database access point, and be kept in "
        "step.",
        GUIDE, "Setting Up Active-Active Genesys Info Mart Instances",
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
        reason="The chapter on loss counts on the redundant IDB, whose connection step 3 removes before the server is started.",
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
        "The mark can lag; but by step 3 nothing of Site 1 is read any more when the standby starts.",
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
        reason="Reports come back, GI2 included; but step 3 as worded also loses what the redundant IDB holds.",
        not_examined=("the command line in step 2", "the log messages of step 9"),
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
        ("what an ETL job does where the partitions are missing", "aggregation before the partitions exist"),
    ),
    Claim(
        "AS-16",
        "Pending aggregation notifications are not replicated: re-aggregating the 24 hours before the failure "
        "repairs every aggregate, provided ETL and aggregation were healthy before it.",
        GUIDE, f"{PROCEDURE}, step 10",
        reason="With healthy ETL and aggregation 24 hours reach back to every notification, also around an outage of 14 hours.",
        not_examined=("that the command counts in whole days", "the re-aggregation of the return to normal"),
    ),
    Claim(
        "AS-17",
        "Key numbers are preserved across disaster recovery.",
        GUIDE, f"{ARCHITECTURE}: Two Approaches",
        reason="Delivered facts keep their keys; what reports had shown and replication had not delivered is made anew.",
        not_examined=("keys of dimensions", "the sequences from which new keys are taken"),
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
        reason="Option 1 ends with the new site active and both in step; option 2 has no steps in the guide but the set-up's.",
        not_examined=("ICONs and IDBs of the new site", "re-aggregation after the return"),
    ),
    Claim(
        "AS-21",
        "Return to normal with the server running during the transfer needs a second synchronisation (replication "
        "in reverse direction first) before direction is switched; without it the databases differ.",
        GUIDE, RETURN, Kind.INSTRUCTION,
        "Left out, no server is in service at step 12; followed, it helps only from the export's SCN, which is not said.",
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
        ("one of the two steps left out alone",),
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
        ("tables excluded beyond the list",),
    ),
)  # key, text, place, kind, reason, not examined, second place  # fmt: skip
"""Info Mart, active-standby over Oracle GoldenGate."""
