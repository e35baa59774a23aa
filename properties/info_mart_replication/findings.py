"""What was found of the replication: its set-up, the return to normal operation, the published parameter files."""

from drcheck import Expression, Finding, System, happens

SAMPLES_AUTHOR = "the vendor, in the samples"
VENDOR = "the vendor, in the guide"
OPERATIONS = "who sets replication up and returns to normal operation"


# -- causes ------------------------------------------------------------------------------------------------------------
def changed_before_extract(d: System) -> Expression:
    """A change is committed after the SCN of the export was read and before Extract was added."""
    return happens("commit", when=d.extract.absent & ~d.export.nothing)


def changed_during_the_transfer(d: System) -> Expression:
    """Site 2 commits a change after the SCN of the export was read."""
    return happens("site2_commits", when=~d.export.nothing)


def changed_before_the_reverse_extract(d: System) -> Expression:
    """Site 2 commits a change after the SCN of the export was read and before the reverse Extract was added."""
    return happens("site2_commits", when=~d.export.nothing & d.reverse_extract.absent)


def exported_while_running(d: System) -> Expression:
    """The export begins while the server of Site 2 runs."""
    return happens("step_2_export", when=d.server2.running)


# -- the published samples ---------------------------------------------------------------------------------------------
SAMPLES_DISAGREE = Finding(
    id="samples-disagree",
    title="The three published samples do not agree: the DataPump passes nothing on, Replicat maps to nothing",
    explanation=(
        "In the DataPump sample SEQUENCE and TABLE, and in the Replicat sample TARGET, lack the dot after the "
        "schema's name, which stands in every other line: as written these names have no owner, are looked for in the "
        "schema of the login, if there is one, and so are of no table of the Info Mart, the high-water mark's among "
        "them. The DataPump sample does not exclude AGR_JUNK_NOTIFICATION and AGR_LOCK, the other two do (harmless as long as "
        "Extract excludes them). Extract excludes STG_IDB_FK_VIOLATION for data and not for schema changes. ADD "
        "RMTTRAIL names the remote trail DP, everything else dp. Besides, DDOPTIONS, DEFERRREFCONST and REPEROR are "
        "no words of GoldenGate: a process with such a file does not start."
    ),
    repair="Correct the lines that `drcheck audit` points at (model/info_mart_replication/parameter_files/repairs.py); "
    "a property checks the result. For the mark, put the dot in: TABLE, SEQUENCE and TARGET of schema.*.",
    silent=True,
    who=SAMPLES_AUTHOR,
    question="Are the missing dots, the misspelt words and the two names of the trail in the published guide?",
)

LISTED_TABLES_NOT_EXCLUDED = Finding(
    id="listed-tables-not-excluded",
    title="Two listed tables are not excluded by the DataPump sample, and one not for schema changes by Extract's",
    explanation=(
        "The list recommends to exclude data and schema changes of every table on it. STG_IDB_FK_VIOLATION is "
        "missing in the DDL section of the Extract sample, so that changes of its schema are replicated. "
        "AGR_JUNK_NOTIFICATION and AGR_LOCK are missing in the DataPump sample, which shows only if Extract is "
        "changed."
    ),
    repair="Add the three lines.",
    silent=True,
    who=SAMPLES_AUTHOR,
)

# -- set-up ------------------------------------------------------------------------------------------------------------
EXTRACT_COMES_TOO_LATE = Finding(
    id="extract-comes-too-late",
    title="The published set-up misses every change that is made between the export and the start of Extract",
    explanation=(
        "The server is started again right after the export, and goes on changing the database while the file is "
        "transferred and imported, which the guide itself expects to take long. Extract is added only after that, "
        "to begin now: it captures what is committed from then on. Replicat is told to start after the export's "
        "SCN, but nothing between that SCN and ADD EXTRACT is in any trail. The two databases are out of step from "
        "the start, and nothing reports it."
    ),
    repair=(
        "Add Extract before the SCN is read (or let it begin at that SCN): Replicat's AFTERCSN then skips what the "
        "export holds."
    ),
    repaired={"order": "extract_first"},
    chart=True,
    causes=(changed_before_extract,),
    silent=True,
    permanent=True,
    who=VENDOR,
)

TRAIL_OF_TWO_NAMES = Finding(
    id="trail-of-two-names",
    title="The published commands name the remote trail DP, the parameter files dp: on UNIX nothing arrives",
    explanation=(
        "ADD RMTTRAIL is given ./dirdat/DP; the DataPump's file and ADD REPLICAT say ./dirdat/dp. Where file names "
        "differ by case these are two trails: what DataPump is registered to write is not what Replicat reads."
    ),
    repair="Write the trail's name alike in ADD RMTTRAIL, RMTTRAIL and ADD REPLICAT.",
    repaired={"remote_trail": "dp"},
    causes=("happens(datapump.ship)",),
    silent=True,
    permanent=True,
    who=SAMPLES_AUTHOR,
)

TRANDATA_NOT_REPEATED = Finding(
    id="trandata-not-repeated",
    title="An upgrade after ADD TRANDATA leaves changes that cannot be replicated, and no step repeats the command",
    explanation=(
        "Tables that the upgrade adds have no supplemental logging until ADD TRANDATA is repeated. The guide says so "
        "in a note; none of its steps does it. What is committed to those tables from then on is not captured."
    ),
    repair="Make the repeated ADD TRANDATA a step of its own, before Extract is started.",
    repaired={"repeat_trandata": True},
    causes=("happens(upgrade)",),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

# -- return to normal operation ----------------------------------------------------------------------------------------
REVERSE_EXTRACT_BEGINS_NOW = Finding(
    id="reverse-extract-begins-now",
    title="The second synchronisation must begin at the export's SCN, which the procedure does not say",
    explanation=(
        "Step 9 has replication run in the reverse direction after the transfer, set up as described for the first "
        "replication, where Extract is added to begin now. By then Site 2's server has been stopped: everything "
        "that it changed during the transfer was committed before Extract was added, and none of it is captured. "
        "The second synchronisation then transfers nothing, or only what was changed after Extract was added."
    ),
    repair="Let the reverse Extract begin at the SCN of the export (or add it before the export).",
    repaired={"sync_begins": "export_scn"},
    causes=(changed_before_the_reverse_extract,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="From which SCN is the reverse replication of step 9 to begin?",
)

STOPPED_AT_STEP_12 = Finding(
    id="stopped-at-step-12",
    title="Without the second synchronisation the procedure can stop at step 12 with no server in service",
    explanation=(
        "Step 12 asks to make sure that both databases are in sync. If Site 2's server ran during the transfer they "
        "are not, and no step from there on changes it; Site 2's server has been stopped in step 8, the new one is "
        "started in step 15 only. Reporting stands still until somebody improvises."
    ),
    repair="Check that the databases will be in sync before step 8: make step 9 part of the procedure, not an option.",
    repaired={"second_sync": True, "sync_begins": "export_scn"},
    chart=True,
    causes=(changed_during_the_transfer,),
    silent=False,
    permanent=True,
    who=VENDOR,
)

NOT_STOPPED_FOR_THE_EXPORT = Finding(
    id="not-stopped-for-the-export",
    title="No numbered step stops the server for the export where it goes on during the transfer",
    explanation=(
        "Step 1 stops it only if a stop for the whole transfer is acceptable. That it should at least not run during "
        "the export is said in a note of step 2; an operator who works by the numbers exports from a running system."
    ),
    repair="Number it: stop the server before the export and start it again after it.",
    repaired={"stop_for_export": True},
    causes=(exported_while_running,),
    silent=True,
    permanent=False,
    who=VENDOR,
)

OLD_TRAIL_APPLIED = Finding(
    id="old-trail-applied",
    title="Without steps 6 and 7 Replicat puts rows of the earlier replication into the new standby database",
    explanation=(
        "What is left in GoldenGate's working folders at Site 2 are trails and checkpoints of the earlier "
        "replication: changes of a database that no longer exists. A Replicat that is started there applies them, and "
        "the standby has rows that the active database has not."
    ),
    repair="Carry out steps 6 and 7 before Replicat is started; nothing later asks whether they were.",
    causes=("happens(old_trail_is_applied)",),
    silent=True,
    permanent=True,
    who=OPERATIONS,
    question="Does Replicat apply what an earlier replication left in its trails, or does it refuse to start?",
)
