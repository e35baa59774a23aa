"""What was found of the replication: its set-up, and the return to normal operation.

`extract.prm:34` is a line of a published sample, as it stands in model/info_mart_replication/parameter_files/samples.
"""

from drcheck import Expression, Finding, System, happens
from model.info_mart_replication.components.copy_database import OLD
from model.info_mart_replication.components.export_file import IMPORTED
from properties.info_mart_replication.sample_findings import SAMPLES_AUTHOR

VENDOR = "the vendor, in the guide"
OPERATIONS = "who sets replication up and returns to normal operation"


# -- causes ------------------------------------------------------------------------------------------------------------
def changed_before_extract(d: System) -> Expression:
    """A change is committed after the SCN of the export was read and before Extract was added."""
    return happens("commit", when=d.extract.absent & ~d.export.nothing)


def changed_before_replicat(d: System) -> Expression:
    """A change is committed after the SCN of the export was read and before Replicat was started."""
    return happens("commit", when=d.replicat.absent & ~d.export.nothing)


def transferred_under_another_name(d: System) -> Expression:
    """The export's file is at the target, under another name than the import reads."""
    return d.export.transferred & (d.export.file != IMPORTED)


def imported_under_another_name(d: System) -> Expression:
    """The import reads a file that is not the export's, which holds changes."""
    return happens("import_dump", when=(d.export.file != IMPORTED) & (d.export.scn > 0))


def changed_during_the_transfer(d: System) -> Expression:
    """Site 2 commits a change after the SCN of the export was read."""
    return happens("site2_commits", when=~d.export.nothing)


def changed_before_the_reverse_extract(d: System) -> Expression:
    """Site 2 commits a change after the SCN of the export was read and before the reverse Extract was added."""
    return happens("site2_commits", when=~d.export.nothing & d.reverse_extract.absent)


def switched_while_the_reverse_runs(d: System) -> Expression:
    """Extract is started at the new site while the reverse Extract runs."""
    return happens("step_11_start_extract", when=d.reverse_extract.running)


def removed_and_reused(d: System) -> Expression:
    """Connections were removed in the recovery, and the objects are reused."""
    return d.source_connections.enabled & ~d.source_connections.new_objects


def imported_over_old_sequences(d: System) -> Expression:
    """The copy is imported where there are sequences of an older database."""
    return happens("step_2_import", when=d.new_site_copy.sequences == OLD)


def exported_while_running(d: System) -> Expression:
    """The export begins while the server of Site 2 runs."""
    return happens("step_2_export", when=d.server2.running)


# -- set-up ------------------------------------------------------------------------------------------------------------
CURRENT_SCN_TAKEN_LITERALLY = Finding(
    id="current-scn-taken-literally",
    title="Read as it is written, Replicat is started after an SCN that is later than the export's",
    explanation=(
        "Step 2 of the copy reads the current SCN and step 3 exports as of it. The table of variables for Replicat says of the "
        "same placeholder only that it is the current SCN number. Who reads the SCN anew when Replicat is started, hours later, "
        "gives AFTERCSN (set_up.oby:6) a later one: what was committed since the export is in the trail, and is skipped."
    ),
    repair="Say it: the value that was read for the export, written down until Replicat is started.",
    repaired={"which_scn": "of_the_export"},
    causes=(changed_before_replicat,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Is the SCN of AFTERCSN the one with which the export was taken?",
)

EXPORT_NAMES_NO_FILE = Finding(
    id="export-names-no-file",
    title="The export's parameter file names no dump file, the import's reads gim.dmp: the import finds nothing",
    explanation=(
        "Without DUMPFILE the export writes expdat.dmp (exp-gim.par:3 to 7); the import reads gim.dmp (imp-gim.par:4). No step "
        "renames the file. The import ends with an error, after a transfer that can take long, and nothing goes on until "
        "somebody sees why."
    ),
    repair="DUMPFILE=gim.dmp in exp-gim.par; and DUMPFILE for DUMPFIL in imp-gim.par.",
    repaired={"export_named": True},
    causes=(transferred_under_another_name,),
    silent=False,
    permanent=False,
    who=VENDOR,
    question="Which file does the published export write: is DUMPFILE=gim.dmp missing in exp-gim.par?",
)

OLDER_EXPORT_IMPORTED = Finding(
    id="older-export-imported",
    title="A dump of an earlier attempt is imported in place of the new one, and nothing tells",
    explanation=(
        "Where set-up or return to normal has been done before, a gim.dmp can lie where the import looks (imp-gim.par:4). The "
        "export (exp-gim.par:3 to 7) writes a file of another name, so the old one is imported. Replicat then starts after the "
        "new export's SCN: what was changed between the two exports is missing at the target, without any error."
    ),
    repair="DUMPFILE=gim.dmp in exp-gim.par, which replaces the file; check the SCN or time in the import's log.",
    repaired={"export_named": True},
    causes=(imported_under_another_name,),
    silent=True,
    permanent=True,
    who=VENDOR,
)

SETUP_STEP_LEFT_OUT_UNSEEN = Finding(
    id="set-up-step-left-out-unseen",
    title="Three steps of the set-up that, left out or done late, leave all processes running over databases that differ",
    explanation=(
        "Without ADD TRANDATA nothing is captured, and no later step asks for it. An Extract that is added late, although it was "
        "to be the first step, misses what was committed meanwhile. An import that is done after Replicat has begun takes away "
        "what Replicat has applied. Done late, none of them brings back what is missing."
    ),
    repair="Before Extract is started, check with INFO TRANDATA; before Replicat is started, the import's log.",
    causes=(
        "happens(leave_out_add_trandata)",
        "happens(leave_out_start_extract)",
        "happens(leave_out_import_dump)",
    ),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

SETUP_STEP_LEFT_OUT = Finding(
    id="set-up-step-left-out",
    title="Steps of the set-up that can be left out or done late, unnoticed until somebody looks at the processes",
    explanation=(
        "Nothing in the procedure asks at its end whether every process and the active Info Mart run, on an imported copy with "
        "the source's sequences; only the check of GoldenGate's log follows. To stop the server late is to stop it for good."
    ),
    repair="End the procedure with INFO ALL at both sites, the import's log, and the state of the Info Mart Server.",
    causes=(
        "happens(leave_out_stop_server)",
        "happens(leave_out_start_server)",
        "happens(leave_out_drop_sequences)",
        "happens(leave_out_import_dump)",
        "happens(leave_out_start_replicat)",
        "happens(leave_out_start_extract)",
        "happens(leave_out_start_datapump)",
    ),
    silent=True,
    permanent=False,
    who=OPERATIONS,
)

SETUP_STEP_LEFT_OUT_BLOCKS = Finding(
    id="set-up-step-left-out-blocks",
    title="Two steps of the set-up without which it does not come to its end",
    explanation="What they leave undone shows at once: the next step has nothing to work on.",
    repair="Start again from the SCN.",
    causes=("happens(leave_out_read_scn)", "happens(leave_out_export)"),
    silent=False,
    permanent=False,
    who=OPERATIONS,
)

EXPORT_OF_A_RUNNING_SERVER = Finding(
    id="export-of-a-running-server",
    title="The server runs during the export where its stop, or the wait for the export's end, is left out",
    explanation=(
        "No later step asks whether the server is stopped, and none whether the export has ended before the server is started "
        "again. An export that is done late is done while it runs. With FLASHBACK_SCN the export is that of the SCN all the "
        "same; it is the only guard then."
    ),
    repair="Before the export, check that the server is stopped; before it is started again, that the export's log has ended.",
    causes=(
        "happens(leave_out_stop_server)",
        "happens(leave_out_export)",
        "happens(leave_out_export_ends)",
    ),
    silent=True,
    permanent=False,
    who=OPERATIONS,
)

EXTRACT_COMES_TOO_LATE = Finding(
    id="extract-comes-too-late",
    title="The published set-up misses every change that is made between the export and the start of Extract",
    explanation=(
        "The server is started again right after the export, and goes on changing the database while the file is "
        "transferred and imported, which the guide itself expects to take long. Extract is added only after that, "
        "to begin now (set_up.oby:8): it captures what is committed from then on. Replicat is told to start after the export's "
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
        "ADD RMTTRAIL is given ./dirdat/DP (set_up.oby:12); the DataPump's file and ADD REPLICAT say ./dirdat/dp. Where "
        "file names differ by case these are two trails: what DataPump is registered to write is not what Replicat reads."
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

REVERSE_NEVER_STOPPED = Finding(
    id="reverse-never-stopped",
    title="No step stops the reverse replication: from step 11 on both directions are on at once",
    explanation=(
        "The introduction says to run GoldenGate in reverse direction first and to switch the direction after that. The "
        "numbered steps configure both directions (step 9), start the normal one (steps 10 and 11) and then ask for databases "
        "in sync (step 12); none stops the reverse one. The new site goes into service with its database as a target. The "
        "published Extract file excludes no user, so that what Replicat writes at Site 2 can be captured "
        "there and come back: a change that comes back overwrites what the new site has committed to that row since, and "
        "HANDLECOLLISIONS (replicat.prm:4) sees to it that nothing is reported."
    ),
    repair=(
        "A step between 9 and 10: when Replicat at the new site has applied everything, stop and delete Extract, DataPump and "
        "Replicat of the reverse direction; and TRANLOGOPTIONS EXCLUDEUSER in Extract's file."
    ),
    repaired={"stop_reverse": True},
    causes=(switched_while_the_reverse_runs,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="When is the reverse replication to be stopped, before step 10 or after step 12?",
)

CONNECTIONS_STAY_REMOVED = Finding(
    id="connections-stay-removed",
    title="Connections that the recovery removed are not added again: the new site's data is never extracted",
    explanation=(
        "Step 3 of the recovery removes the connections to the ICONs and IDBs of the lost site. Step 3 of the return suggests to "
        "reuse their objects, and to see that they are enabled; step 14c adds connections of new objects only. Reused objects "
        "then have none. Both databases agree, the logs show no error, and reports lack the whole new site."
    ),
    repair="Let step 14c add every connection to ICONs and IDBs of the new site that is missing.",
    repaired={"every_connection": True},
    causes=(removed_and_reused,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Does step 14c also speak of reused objects whose connections were removed in the recovery?",
)

RETURN_STEP_LEFT_OUT = Finding(
    id="return-step-left-out",
    title="Steps of the return that can be left out or done late without the procedure noticing",
    explanation=(
        "Nothing at the end asks for what these steps do: the procedure is through, and a process or the server does not run, "
        "runs at the wrong site, on the wrong database, or without the new site's sources. Steps 16 to 18 look at logs, which "
        "show some of it."
    ),
    repair="After step 15 check: one server, at the new site, on its database, with its sources; Extract, DataPump, Replicat.",
    causes=(
        "happens(leave_out_step_1_stop_server)",
        "happens(leave_out_step_3_deploy_icons)",
        "happens(leave_out_step_5_install_goldengate)",
        "happens(leave_out_step_10_start_replicat)",
        "happens(leave_out_step_11_start_extract)",
        "happens(leave_out_step_13_configure_access_point)",
        "happens(leave_out_step_14_repoint_host)",
        "happens(leave_out_step_14_add_connections)",
        "happens(leave_out_step_14_swap_database)",
        "happens(leave_out_step_15_start_server)",
    ),
    silent=True,
    permanent=False,
    who=OPERATIONS,
)

RETURN_STEP_LEFT_OUT_UNSEEN = Finding(
    id="return-step-left-out-unseen",
    title="Six steps of the return that, left out or done late, leave everything running over databases that differ",
    explanation=(
        "A server at Site 2 that is not stopped in time goes on changing a database that has been copied (step 1). Without ADD "
        "TRANDATA (step 5) or with an Extract that is added after the server runs (step 11) changes of the new site are not "
        "captured. What steps 6 and 7 do not clean away is applied. A server that is started before access points are swapped "
        "(step 14) writes into Site 2's database, the target. No later step notices, and HANDLECOLLISIONS keeps Replicat silent."
    ),
    repair="Before step 15: INFO TRANDATA at the new site, INFO ALL at both, and the folders of Site 2.",
    causes=(
        "happens(leave_out_step_1_stop_server)",
        "happens(leave_out_step_5_add_trandata)",
        "happens(leave_out_step_6_clean_folders)",
        "happens(leave_out_step_7_recreate_schema)",
        "happens(leave_out_step_11_start_extract)",
        "happens(leave_out_step_14_swap_database)",
    ),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

RETURN_STEP_LEFT_OUT_WHILE_RUNNING = Finding(
    id="return-step-left-out-while-running",
    title="Where Site 2's server runs during the transfer, steps 8 and 12 are the only guard of what it commits",
    explanation=(
        "As in return-step-left-out-unseen (steps 5, 6, 7, 11 and 14). Besides, a server that is not stopped in step 8 goes on "
        "committing after step 12 has found both in sync; without step 12 the new site goes into service before the second "
        "synchronisation has caught up; an import that is done after that synchronisation has begun undoes what it brought."
    ),
    repair="Make step 8 a condition of step 12, and step 12 one of step 15.",
    causes=(
        "happens(leave_out_step_2_import)",
        "happens(leave_out_step_5_add_trandata)",
        "happens(leave_out_step_6_clean_folders)",
        "happens(leave_out_step_7_recreate_schema)",
        "happens(leave_out_step_8_stop_server)",
        "happens(leave_out_step_11_start_extract)",
        "happens(leave_out_step_12_check_sync)",
        "happens(leave_out_step_14_swap_database)",
    ),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

RETURN_STEP_LEFT_OUT_BLOCKS = Finding(
    id="return-step-left-out-blocks",
    title="Six steps of the return without which the new site does not become active, even if they are done late",
    explanation=(
        "Without an export there is nothing to import (step 2); without GoldenGate at the new site no Extract is added (step 5); "
        "an Application object that still names Site 2 starts the server there (step 14); a server at Site 2 that runs on leaves "
        "the databases out of step, and stopped late it leaves none in service (step 1). It shows, and the procedure does not "
        "say how to go on."
    ),
    repair="Start again from step 1.",
    causes=(
        "happens(leave_out_step_1_stop_server)",
        "happens(leave_out_step_2_read_scn)",
        "happens(leave_out_step_2_export)",
        "happens(leave_out_step_2_export_ends)",
        "happens(leave_out_step_5_install_goldengate)",
        "happens(leave_out_step_14_repoint_host)",
    ),
    silent=False,
    permanent=False,
    who=OPERATIONS,
)

BOTH_SERVERS_RUN = Finding(
    id="both-servers-run",
    title="If Site 2's server is not stopped, two Info Mart Servers run at the end of the return",
    explanation=(
        "Only steps 1 and 8 stop the server at Site 2. If it is taken to be stopped and is not, step 15 starts a second one "
        "beside it, with the same Application object: each extracts, and Site 2's works on the database that is a target again."
    ),
    repair="In step 15 look at both hosts before the server is started.",
    causes=("happens(leave_out_step_1_stop_server)",),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

OLD_SEQUENCES_STAY = Finding(
    id="old-sequences-stay",
    title="A recovered Site 1 goes into service with its old sequences: new keys collide with those made since the disaster",
    explanation=(
        "The import replaces tables and not sequences that exist; the set-up therefore drops them first (step 8 of the copy). "
        "Step 2 of the return says only to use export and import. A recovered Site 1 still has the sequences of the day of the "
        "disaster, and rows of the copy that have been made at Site 2 since have higher keys."
    ),
    repair="Make the removal of sequences a part of step 2.",
    repaired={"drop_sequences": True},
    causes=(imported_over_old_sequences,),
    silent=True,
    permanent=True,
    who=VENDOR,
    question="Are the steps of the copy in Setting Up Replication to be followed in step 2 of the return, step 8 among them?",
)

SEQUENCES_LEFT_AS_THEY_WERE = Finding(
    id="sequences-left-as-they-were",
    title="Old sequences stay where their removal, or the import, is left out of the return: no later step asks for either",
    explanation=(
        "An import replaces no sequence that exists, and an import that is left out brings none. The second synchronisation "
        "and the check of step 12 compare what was committed, not sequences, so that the new site goes into service with those "
        "of the day of the disaster, and new keys collide."
    ),
    repair="Before step 15, compare the sequences of both databases.",
    causes=("happens(leave_out_drop_sequences)", "happens(leave_out_step_2_import)"),
    silent=True,
    permanent=True,
    who=OPERATIONS,
)

NOT_STARTED_AGAIN = Finding(
    id="not-started-again-for-the-transfer",
    title="Nothing asks whether the server that was stopped for the export was started again, or was stopped in time",
    explanation=(
        "The note of step 2 lets it run during the transfer; no step after the export asks whether it does. Where the start is "
        "left out, or the stop is done after the start, reports get no new data until the new site is in service."
    ),
    repair="Number it: start the server again once the export has ended, and check that it extracts.",
    causes=("happens(leave_out_restart_server)", "happens(leave_out_step_1_stop_server)"),
    silent=True,
    permanent=False,
    who=OPERATIONS,
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
