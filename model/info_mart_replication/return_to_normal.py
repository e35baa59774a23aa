"""Return to normal operation after a disaster: active-standby, option 1.

The new or recovered site becomes active and the survivor standby again. Option 2 (the survivor stays active, the new site is
the standby) is `model.info_mart_replication.return_option_2`. As in the set-up, changes carry sequence numbers and a handful
is enough.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import (
    Component,
    Expression,
    Literal,
    ParameterRole,
    System,
    all_of,
    compose,
    event,
    flow,
    hours,
    scope,
    silence,
)
from drcheck.designs.design import design
from model.info_mart_replication.components.application_object import SITE2, SITE3, application_object
from model.info_mart_replication.components.applying import applying
from model.info_mart_replication.components.capture import capture
from model.info_mart_replication.components.change_log import source_database
from model.info_mart_replication.components.copy_database import NONE, OLD, copy_database
from model.info_mart_replication.components.export_file import export_file
from model.info_mart_replication.components.goldengate_home import goldengate_home
from model.info_mart_replication.components.job_server import job_server
from model.info_mart_replication.components.returned_changes import returned_changes
from model.info_mart_replication.components.shipping import shipping
from model.info_mart_replication.components.source_connections import choices_of_connections, source_connections
from model.info_mart_replication.components.working_folders import working_folders
from model.info_mart_replication.parameters import EveryConnection, IconObjects, RecoveryLeft
from model.info_mart_replication.runbooks.return_to_normal import Variant, return_to_normal_runbook
from model.info_mart_replication.time_of_steps import ObserveServers, StepTime, Tick, servers_clock, step_of, step_paces

YES = Literal(True)
SEQUENCES = {"replacement": [NONE], "recovered": [OLD], "either": [OLD, NONE]}
"""What sequences there may be at the new site before the import."""


OPTION_1 = "Info Mart guide, Procedure to Return to Normal Operation, option 1"


@design(
    title="Info Mart, active-standby: return to normal operation",
    properties="properties.info_mart_replication.return_to_normal",
    guardable=["reverse_replicat_applies", "replicat_applies", "reverse_datapump.ship", "datapump.ship"],
)
def return_to_normal(
    changes: Annotated[
        int,
        "how many changes each site's server may commit",
        range(1, 7),
        scope("every change goes the same way, and which are lost depends on the order of a few; more only repeat it"),
    ] = 3,
    server_during_transfer: Annotated[
        OneOf["stopped", "running"], "whether Site 2's server runs during the transfer", ParameterRole.DEPLOYMENT
    ] = "stopped",
    second_sync: Annotated[
        bool, "whether the second synchronisation (step 9) is carried out", ParameterRole.DEPLOYMENT
    ] = False,
    recovery_left: RecoveryLeft = "removed",
    icon_objects: IconObjects = "new",
    new_site: Annotated[
        OneOf["replacement", "recovered", "either"],
        "whether the new site's database server is empty, or that of the recovered Site 1 with its old Info Mart database",
        ParameterRole.DEPLOYMENT,
    ] = "replacement",
    replicated_captured: Annotated[
        bool,
        "whether an Extract captures what a Replicat writes, whose user its file does not exclude",
        ParameterRole.READING,
    ] = False,
    sync_begins: Annotated[
        OneOf["now", "export_scn"],
        "where the second synchronisation begins (export_scn: repair, with supplemental logging from before the export)",
        ParameterRole.REPAIR,
    ] = "now",
    stop_reverse: Annotated[
        bool, "whether the reverse replication is stopped before the direction is switched", ParameterRole.REPAIR
    ] = False,
    every_connection: EveryConnection = False,
    drop_sequences: Annotated[
        bool,
        "whether the sequences at the new site are dropped before the import, as in the set-up",
        ParameterRole.REPAIR,
    ] = False,
    clean: Annotated[
        bool, "whether steps 6 and 7 (working folders, schema) are carried out", ParameterRole.SLIP
    ] = True,
    stop_for_export: Annotated[
        bool, "where the server runs during the transfer, it is stopped for the export", ParameterRole.REPAIR
    ] = False,
    check_sync: Annotated[
        bool, "whether step 12 really waits until both databases are in sync", ParameterRole.SLIP
    ] = True,
    slips: Annotated[int, "how many steps may be left out or done late", range(2), ParameterRole.SLIP] = 0,
    step_time: StepTime = hours(0),
    tick: Tick = hours(1),
    observe_recovery: ObserveServers = False,
) -> System:
    """Option 1: the new site becomes active, Site 2 becomes its standby.

    Info Mart guide, Procedure to Return to Normal Operation.
    """
    running = server_during_transfer == "running"
    reverse = second_sync and stop_reverse
    application = application_object("application")
    # Site 2, which survived, and the copy of its database at the new site
    survivor = source_database("site2_changes", changes, upgraded=False)
    server2 = job_server("server2", running=True, may_start=application.host == SITE2)
    dump = export_file("export", survivor.scn, changes, True, server2.running)
    back_extract = capture(
        "reverse_extract", survivor.scn, changes, YES, dump.scn if sync_begins == "export_scn" else None, stops=reverse
    )
    back_pump = shipping("reverse_datapump", survivor.scn, changes, back_extract.running, stops=reverse)
    back_replicat = applying("reverse_replicat", back_pump.shipped, changes, dump.scn, YES, stops=reverse)
    new_copy = copy_database("new_site_copy", changes, dump, back_extract, back_replicat, True, SEQUENCES[new_site])
    # The new site once it is active, and its replica at Site 2
    new = source_database("site3_changes", changes, upgraded=False)
    server3 = job_server("server3", running=False, may_start=application.host == SITE3)
    home, folders = goldengate_home("site3_goldengate"), working_folders("site2_folders")
    extract = capture("extract", new.scn, changes, new.logging == "all_tables", ready=home.installed)
    pump = shipping("datapump", new.scn, changes, extract.running, ready=home.installed)
    replicat = applying("replicat", pump.shipped, changes, new.scn, YES, ~folders.clean)
    old_copy = copy_database("site2_copy", changes, None, extract, replicat, True, beside=True)
    left, created = choices_of_connections(recovery_left, icon_objects)
    connections = source_connections("source_connections", left, created, every_connection)
    synced = _all_there(survivor.scn, new_copy, changes)
    variant = Variant(running, stop_for_export, second_sync, reverse, drop_sequences, clean, check_sync)
    book = return_to_normal_runbook(dump.transferred, synced, variant, slips > 0)
    both_on = back_extract.running & back_pump.running
    back = (
        [returned_changes("returned_changes", changes, replicat.position, new.scn, both_on, back_replicat.running)]
        if replicated_captured
        else []
    )
    effects: dict = {
        "step_1_stop_server": {server2: "stop"},
        "step_2_read_scn": {dump: "read_scn"},
        "step_2_export": {dump: "export"},
        "step_2_export_ends": {dump: "export_ends"},
        "restart_server": {server2: "start"},
        "step_2_transfer": {dump: "transfer"},
        "drop_sequences": {new_copy: "drop_sequences"},
        "step_2_import": {new_copy: "import_dump"},
        "step_3_deploy_icons": {connections: "deploy_icons"},
        "step_5_install_goldengate": {home: "install"},
        "step_5_add_trandata": {new: "add_trandata"},
        "step_6_clean_folders": {folders: "clean_folders"},
        "step_7_recreate_schema": {folders: "recreate_schema"},
        "step_8_stop_server": {server2: "stop"},
        "step_9_reverse_replication": {back_extract: "start", back_pump: "start", back_replicat: "start"},
        "stop_reverse_replication": {back_extract: "stop", back_pump: "stop", back_replicat: "stop"},
        "step_10_start_replicat": {replicat: "start", old_copy: "import_dump"},
        "step_11_start_extract": {extract: "start", pump: "start"},
        "step_13_configure_access_point": {application: "configure_access_point"},
        "step_14_repoint_host": {application: "repoint_host"},
        "step_14_add_connections": {connections: "add_connections"},
        "step_14_swap_database": {application: "swap_database"},
        "step_15_start_server": {server3: "start", server2: "start"},
    }
    clock = [servers_clock(~server2.running & ~server3.running)] if observe_recovery else []
    paced = step_paces([book], step_time.ticks(tick))
    at2, at3 = {application: "write_at_site2"}, {application: "write_at_site3"}
    astray = [
        event("server2_commits_at_site3", {server2: "commits", **at3, new: "commit"}, optional={extract: "capture"}),
        event("server3_commits_at_site2", {server3: "commits", **at2, old_copy: "write_beside"}),
    ]
    leftovers = event("old_trail_is_applied", {replicat: "apply_leftovers", old_copy: "write_beside"})
    return compose(
        "return_to_normal",
        [survivor, server2, dump, back_extract, back_pump, back_replicat, new_copy, new, server3, home, folders, extract, pump,
         replicat, old_copy, *back, application, connections, book, *paced.values(), *clock],
        events=[
            event("site2_commits", {server2: "commits", **at2, survivor: "commit"}, optional={back_extract: "capture"}),
            event("site3_commits", {server3: "commits", **at3, new: "commit"}, optional={extract: "capture"}),
            event("reverse_replicat_applies", {back_replicat: "apply", new_copy: "apply"}),
            event("replicat_applies", {replicat: "apply", old_copy: "apply"}, optional=dict.fromkeys(back, "capture")),
            *(astray if slips else []),
            leftovers,
            event("begin", {book: "begin"}, kind="operator", doc="the return to normal begins"),
            *(event(key, {book: key}, optional={**effects.get(key, {}), **step_of(paced, book)}) for key in book.states[1:-1]),
        ],
        flows=[
            flow([survivor, back_extract, back_pump, back_replicat, new_copy], "changes of Site 2",
                 moved_by=["site2_commits", "reverse_datapump.ship", "reverse_replicat_applies"], source=OPTION_1),
            flow([new, extract, pump, replicat, old_copy], "changes of Site 3",
                 moved_by=["site3_commits", "datapump.ship", "replicat_applies"], source=OPTION_1),
        ],
        faults={"operator slip": slips} if slips else {},
        tick=tick if paced or clock else None,
        parts={"synced": synced, "replicated": _all_there(new.scn, old_copy, changes) & ~old_copy.foreign},
        silenced=[] if clean else [silence("DR840", "site2_folders", "that nobody cleans them is what is asked")],
    )  # an event a row  # fmt: skip


def _all_there(scn: Expression, copy: Component, changes: int) -> Expression:
    """Whether a copy holds every change up to an SCN exactly once."""
    return all_of((copy.times[i] == 1) == (scn > i) for i in range(changes))
