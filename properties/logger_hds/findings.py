"""Why promises of the Logger page fail: a finding for each cause, whichever promises it breaks."""

from __future__ import annotations

from drcheck import Finding
from properties.logger_hds import causes
from properties.logger_hds.terms import ASK_FOR_ALL

VENDOR = "the vendor of the Logger"
OPERATORS = "those who run the Loggers"

# -- an HDS skips records: it asks above its highest key ----------------------------------------------------------------
RECOVERED_TOO_EARLY = Finding(
    id="recovered-with-a-gap",
    title="Records that wait in temporary tables when a Logger returns are skipped for good",
    explanation=(
        "Recovery compares actual tables only. Records made while Logger A was down can still wait in the temporary "
        "tables of Logger B when A finds nothing more to recover. A then replicates a current record; when B commits "
        "the older ones, A recovers them, below the highest key of its HDS, which never asks for them. What waits in "
        "A's own temporary tables since before its failure is overtaken in the same manner. One failure is enough, and "
        "this is not delay: all Loggers are online and agree, nothing more happens, and the reports of the two HDS "
        "differ from then on. Only a restored backup from before the gap makes the HDS ask again."
    ),
    repair=(
        "Count a Logger as recovered only when it has also what waits in the other's temporary tables, and nothing of "
        "its own that is older than its actual tables still waits; that is, once both have moved all that was made "
        "before its return. Or let the HDS ask for what it lacks, not for what is above its highest key."
    ),
    repaired={"recovered_when": "gap_closed"},
    chart=True,
    causes=(causes.recovered_with_a_gap,),
    silent=True,
    permanent=True,
    cost="records_skipped",
    who=VENDOR,
    question="Does a Logger count as recovered while records still wait in the temporary tables of the other one?",
)
RECOVERED_ALONE = Finding(
    id="recovered-from-nobody",
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
    causes=(causes.recovered_alone,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="What does a Logger that returns do while the other one is offline?",
)
WAITS_FOR_THE_OTHER = Finding(
    id="waits-for-the-other-logger",
    title="Waiting for the other Logger leaves an HDS without data for as long as that one is away",
    explanation=(
        "Recovery that is safe with requests above the highest key must wait for the other Logger. If that one does "
        "not come back, a Logger that has returned collects records and sends none: one lost Logger and one restart "
        "of the other stop all reporting. With such requests either waiting or going on is wrong."
    ),
    repair="Let it go on, and let the HDS ask for all that it lacks: what is recovered later is then asked for.",
    repaired={"without_peer": "goes_on", **ASK_FOR_ALL},
    causes=(causes.waits_for_the_other,),
    silent=True,
    permanent=False,
    who=VENDOR,
)
REPLICATES_FIRST = Finding(
    id="replicates-before-it-has-recovered",
    title="Why recovery comes first: a Logger that replicates while it recovers makes its HDS skip records",
    explanation=(
        "An HDS asks above its highest key. If a returning Logger sends a current record first, the older ones that "
        "it then recovers are below that key and are never asked for. So the order on the page is no matter of "
        "speed; nothing in the request itself protects against the wrong one."
    ),
    repair="Keep the order of the page; or let the HDS ask for all that it lacks, and the order does not matter.",
    repaired=ASK_FOR_ALL,
    causes=(causes.replicates_while_recovering,),
    silent=True,
    permanent=True,
    who=VENDOR,
)
ROUTER_FAILS = Finding(
    id="call-router-failure-skips-records",
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
    causes=(causes.replicates_with_a_gap,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Does a Logger go on replicating while its CallRouter is down and it takes everything from the other one?",
)
RECOVERS_WHAT_WAITS = Finding(
    id="recovers-what-waits",
    title="A healthy Logger that recovers what waits in its own temporary tables inserts twice, and its HDS skips the rest",
    explanation=(
        "If the recovery process compares actual tables and nothing else, the Logger that was online all the time "
        "also recovers: it lacks a record that the returning one was quicker to commit. That record arrives ahead of "
        "older ones in its own temporary tables, and its HDS, which was never behind, skips these. Later the bulk insert "
        "brings the record again. Only an index that refuses a key twice, which the page does not mention, keeps the "
        "actual table right."
    ),
    repair="Do not recover records that wait in the Logger's own temporary tables; declare the recovery key unique.",
    repaired={"recovers_what_waits": False},
    causes=(causes.in_both_tables,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Does the recovery process bring a record that waits in the Logger's own temporary tables?",
)
NEWEST_FIRST = Finding(
    id="newer-temporary-table-first",
    title="The two temporary tables of a historical table must be emptied in the order in which they were filled",
    explanation=(
        "Each historical table has two temporary tables. The page does not say in which order they are read. If the "
        "one filled last is read first, the HDS can take its records before the older ones are committed; it then "
        "asks above their keys and never for the older ones. No failure is needed."
    ),
    repair="Empty the temporary table that was filled first, all of it, before the other one.",
    repaired={"oldest_first": True},
    causes=(causes.overtaken_in_temporary_tables,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="In which order are the two temporary tables of a historical table emptied?",
)

# -- keys ---------------------------------------------------------------------------------------------------------------
KEY_FALLS_BACK = Finding(
    id="key-falls-back",
    title="A recovery key that is started from the clock can start below keys that were given before",
    explanation=(
        "The key is raised by one for each record and started from the date and time. Two ways lead below: records come "
        "faster than the units of the clock in which the key is counted, so that it runs ahead of a clock that is right; "
        "or both Loggers have been down, and the clock of the first to return was set back or is behind that of the other. "
        "New records then get keys at or below those of records that exist. New ones sort before old ones, and the HDS "
        "does not ask for them. Two records can have one key; to the recovery process they are one record, each Logger "
        "keeps its own, and asking for all that is lacking does not help. To start above the keys in its own tables does "
        "not suffice: a Logger that was down does not know the keys that the other one gave in the meantime."
    ),
    repair=(
        "Count the key in units so fine that there are never more records than units, and keep the clocks of both Loggers "
        "equal, never set back while one initialises. Otherwise start the key only when both Loggers, or both HDS, can be "
        "asked for their highest."
    ),
    causes=(causes.key_below_those_given,),
    silent=True,
    permanent=True,
    who=f"{VENDOR}, for the unit of the key; {OPERATORS}, for the clocks",
    question="In which unit of the clock is the recovery key counted, and what does a Logger start from if the clock is behind?",
)
HIGHEST_KEY_ONLY = Finding(
    id="recovery-by-highest-key",
    title="Recovery by the highest key alone would not bring the Loggers in step",
    explanation=(
        "The page says that Loggers are kept in step by recovery keys, not how. If a returning Logger asked as the HDS "
        "does, for keys above its highest, the first record that it takes itself would hide all that it missed."
    ),
    repair="Compare which keys are present, not only the highest (the default of this design).",
    repaired={"recovery_by": "missing_keys"},
    causes=(causes.lacks_below_its_highest,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Does recovery compare which keys are present, or only the highest?",
)

# -- what is lost -------------------------------------------------------------------------------------------------------
OPPOSITE_SIDES = Finding(
    id="opposite-router-and-logger",
    title="A CallRouter failure on one side and a Logger failure on the other lose records, with one of each running",
    explanation=(
        "Each Logger is fed by the CallRouter of its own side only. While CallRouter A and Logger B are down, "
        "CallRouter B makes records that no Logger takes, although Logger A is online. The page names no buffer in "
        "the CallRouter, so these records are in no report, ever. No claim of recovery covers them."
    ),
    repair="Let a Logger take records from either CallRouter, or let the CallRouter keep them until its Logger is back.",
    repaired={"cross_feed": True},
    causes=(causes.opposite_router_and_logger_down,),
    permanent=True,
    who=VENDOR,
    question="Does a CallRouter keep what its Logger did not take?",
)
TEMPORARY_LOST = Finding(
    id="temporary-tables-lost",
    title="Temporary tables must survive a failure: while one Logger is away they hold the only copy",
    explanation=(
        "The page calls temporary tables buffers and does not say whether they outlive a failure of the Logger. "
        "Records made while the other Logger is away are nowhere else until the bulk insert; a failure in between "
        "loses them, although the Logger returns."
    ),
    repair="Keep temporary tables in the database, as ordinary, logged tables.",
    causes=(causes.only_copy_is_lost,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Do temporary tables outlive a failure of the Logger?",
)
PURGED_TOO_EARLY = Finding(
    id="purged-before-it-is-backed-up",
    title="What a Logger has purged, an HDS restored from an older backup never gets back",
    explanation=(
        "The rest is replicated from the Logger only as far as the Logger still holds it; the page says nothing of "
        "how long that is. If it deletes what is old and has been replicated, each record that is younger than the "
        "last backup of the HDS and older than the Logger's retention is lost with the HDS. (Deletion by age alone is "
        "worse: it also takes what an HDS has not got yet.)"
    ),
    repair="Let the Logger delete a record only once the backup of every HDS holds it; or make backups more often than "
    "the Logger's retention, and see that they succeed.",
    repaired={"purge": "when_backed_up"},
    causes=(causes.purged_before_it_is_backed_up,),
    silent=True,
    permanent=True,
    who=f"{VENDOR}; {OPERATORS}, for backups",
    question="When does a Logger delete old records, and does it look at what the HDS has in its backup?",
)
ONLY_LOGGER_DOWN = Finding(
    id="only-logger-down",
    title="Without fault tolerance a Logger failure loses records for good",
    explanation=(
        "The page calls missing data temporary also where there is no fault tolerance. That is so for a failure of "
        "the HDS. What is made while the only Logger is offline is taken by nobody, and nothing brings it back."
    ),
    repair="Use two Loggers, or let the CallRouter keep records until its Logger is back.",
    repaired={"fault_tolerant": True},
    causes=("logger_a.offline",),
    permanent=True,
    who="those who choose a system without fault tolerance",
)

# -- clients ------------------------------------------------------------------------------------------------------------
STALE_HDS_IN_USE = Finding(
    id="stale-hds-in-use",
    title="Clients do not leave an HDS that is only behind",
    explanation=(
        "Clients switch by themselves when their HDS fails. If only its Logger is down the HDS answers as before, "
        "with data that grows old; nothing moves the client, and a report does not say that it lacks the latest "
        "intervals. That the other HDS can be used then is true, but somebody has to know and choose it."
    ),
    repair="Let the client also switch when its HDS receives nothing and the other one does, or show the data's age.",
    repaired={"switch_when_stale": True},
    causes=(causes.used_while_it_receives_nothing,),
    silent=True,
    permanent=False,
    who=f"{OPERATORS}, who must choose the other HDS",
)
OPPOSITE_LOGGER_AND_HDS = Finding(
    id="opposite-logger-and-hds",
    title="A Logger down on one side and an HDS on the other leave no HDS that receives data",
    explanation=(
        "Each HDS takes from the Logger of its own side only. With Logger A and HDS B down, HDS A receives nothing and HDS B "
        "is not there, although Logger B has everything. Two failures are needed, and what is missing comes once one of "
        "the two is back."
    ),
    repair="Repair either before work is done on the other side; or let an HDS take from either Logger.",
    causes=(causes.opposite_logger_and_hds_down,),
    permanent=False,
    who=OPERATORS,
)
BOTH_HDS_DOWN = Finding(
    id="both-hds-down",
    title="Both HDS down at once leave no historical reports, although both Loggers have everything",
    explanation=(
        "The page answers the failure of an HDS by the other one, which makes one failure harmless, and says nothing of both. "
        "With both down there is nothing to report from, whatever the Loggers hold, and while they stay down nothing that is "
        "collected comes to any HDS. It is temporary: each gets its backup and the rest once it is back."
    ),
    repair="Repair or restore one HDS before work is done on the other, so that their absences do not overlap.",
    causes=(causes.both_hds_down,),
    permanent=False,
    who=OPERATORS,
)

# -- latency ------------------------------------------------------------------------------------------------------------
TOO_MANY_TABLES = Finding(
    id="round-of-all-tables-too-long",
    title="Five minutes of latency hold only for as many tables as the client gets round in four",
    explanation=(
        "The client goes table by table. A record waits for the round to come to its table: with every table more the "
        "latency grows by the time that one table takes. The page gives one to five minutes and no number of tables."
    ),
    repair="Replicate several tables at a time, or divide the tables between clients, until a round fits.",
    repaired={"tables_per_tick": 2},
    causes=(causes.late_with_no_visit_left,),
    cost="latency_is_at_most_five_minutes_with_more_tables",
    silent=True,
    who="those who set up the HDS",
    question="For how many tables does the latency of one to five minutes hold, and how long does the client take for one?",
)
BATCH_TOO_SMALL = Finding(
    id="batch-leaves-a-rest",
    title="A lag closes only if a round of the tables carries more than is made during it",
    explanation=(
        "One answer brings 2000 records of one table. If more of them are made before its turn comes again, the rest stays "
        "and the lag grows without any failure. If a batch is just filled by what a table gets in a round, normal operation "
        "keeps up, but a client that is no faster while it makes up a lag never closes one: each outage adds to it. Where "
        "the load exceeds what even the faster pace can carry, the lag outgrows whatever failures account for. That recovery "
        "is faster is not a matter of course: both go through the same client, table by table, 2000 records at a time."
    ),
    repair="Visit each table so often that what it gets in between fits into one batch, more often while a lag is made up; or "
    "ask the same table again at once while full batches come.",
    repaired={"tables_per_tick": 2, "catch_up": 4},
    causes=(causes.a_batch_leaves_a_rest,),
    cost="latency_is_at_most_five_minutes_under_high_load",
    silent=True,
    who="those who set up the HDS",
    question="What makes the replication of recovered data faster than the regular one, and up to which load?",
)
