"""Return to normal operation after a disaster: active-standby, option 1 and option 2.

Option 1 is modelled here: the new or recovered site becomes active and the survivor standby again. Option 2 (the survivor
stays active, the new site is the standby) has no steps of its own in the guide: it is the set-up of replication with the
survivor as source, `model.info_mart_replication.setup`. As there, changes carry sequence numbers and a handful is enough.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Component, Expression, Literal, ParameterRole, System, all_of, compose, event, scope, silence
from drcheck.designs.design import design
from model.info_mart_replication.components.application_host import application_host
from model.info_mart_replication.components.applying import applying
from model.info_mart_replication.components.capture import capture
from model.info_mart_replication.components.change_log import source_database
from model.info_mart_replication.components.copy_database import copy_database
from model.info_mart_replication.components.export_file import export_file
from model.info_mart_replication.components.job_server import job_server
from model.info_mart_replication.components.shipping import shipping
from model.info_mart_replication.components.working_folders import working_folders
from model.info_mart_replication.runbooks.return_to_normal import return_to_normal_runbook

YES, NO = Literal(True), Literal(False)


@design(
    title="Info Mart, active-standby: return to normal operation",
    properties="properties.info_mart_replication.return_to_normal",
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
    sync_begins: Annotated[
        OneOf["now", "export_scn"], "where the second synchronisation begins (export_scn: repair)", ParameterRole.REPAIR
    ] = "now",
    clean: Annotated[
        bool, "whether steps 6 and 7 (working folders, schema) are carried out", ParameterRole.SLIP
    ] = True,
    stop_for_export: Annotated[
        bool, "where the server runs during the transfer, it is stopped for the export", ParameterRole.REPAIR
    ] = False,
    check_sync: Annotated[
        bool, "whether step 12 really waits until both databases are in sync", ParameterRole.SLIP
    ] = True,
) -> System:
    """Option 1: the new site becomes active, Site 2 becomes its standby.

    Info Mart guide, Procedure to Return to Normal Operation.
    """
    running = server_during_transfer == "running"
    # Site 2, which survived, and the copy of its database at the new site
    survivor, server2 = source_database("site2_changes", changes, upgraded=False), job_server("server2", running=True)
    dump = export_file("export", survivor.scn, changes, True, server2.running)
    back_extract = capture(
        "reverse_extract", survivor.scn, changes, YES, dump.scn if sync_begins == "export_scn" else None
    )
    back_pump = shipping("reverse_datapump", survivor.scn, changes, back_extract.running)
    back_replicat = applying("reverse_replicat", back_pump.shipped, changes, dump.scn, YES)
    new_copy = copy_database("new_site_copy", changes, dump, back_extract, back_replicat, True)
    # The new site once it is active, and its replica at Site 2
    new, server3 = source_database("site3_changes", changes, upgraded=False), job_server("server3", running=False)
    folders = working_folders("site2_folders")
    extract = capture("extract", new.scn, changes, YES)
    pump = shipping("datapump", new.scn, changes, extract.running)
    replicat = applying("replicat", pump.shipped, changes, new.scn, YES, None if clean else ~folders.clean)
    old_copy = copy_database("site2_copy", changes, None, extract, replicat, True)
    application = application_host("application")
    synced = _all_there(survivor.scn, new_copy, changes)
    book = return_to_normal_runbook(dump.transferred, synced, running, second_sync, clean, check_sync, stop_for_export)
    effects: dict = {
        "step_1_stop_server": {server2: "stop"},
        "step_2_read_scn": {dump: "read_scn"},
        "step_2_export": {dump: "export"},
        "step_2_export_ends": {dump: "export_ends"},
        "restart_server": {server2: "start"},
        "step_2_transfer": {dump: "transfer"},
        "step_2_import": {new_copy: "import_dump"},
        "step_6_clean_folders": {folders: "clean_folders"},
        "step_7_recreate_schema": {folders: "recreate_schema"},
        "step_8_stop_server": {server2: "stop"},
        "step_9_reverse_replication": {back_extract: "start", back_pump: "start", back_replicat: "start"},
        "step_10_start_replicat": {replicat: "start", old_copy: "import_dump"},
        "step_11_start_extract": {extract: "start", pump: "start"},
        "step_14_repoint_application": {application: "repoint"},
        "step_15_start_server": {server3: "start"},
    }
    return compose(
        "return_to_normal",
        [survivor, server2, dump, back_extract, back_pump, back_replicat, new_copy, new, server3, folders, extract, pump,
         replicat, old_copy, application, book],
        events=[
            event("site2_commits", {server2: "commits", survivor: "commit"}, optional={back_extract: "capture"}),
            event("site3_commits", {server3: "commits", new: "commit"}, optional={extract: "capture"}),
            event("reverse_replicat_applies", {back_replicat: "apply", new_copy: "apply"}),
            event("replicat_applies", {replicat: "apply", old_copy: "apply"}),
            *([] if clean else [event("old_trail_is_applied", {replicat: "apply_leftovers", old_copy: "apply_leftovers"})]),
            event("begin", {book: "begin"}, kind="operator", doc="the return to normal begins"),
            *(event(key, {book: key}, optional=effects.get(key, {})) for key in book.states[1:-1]),
        ],
        parts={"synced": synced, "replicated": _all_there(new.scn, old_copy, changes)},
        silenced=[
            silence("DR805", f"{copy.name}.sequences", "no step of the return speaks of them; replication_setup asks about them")
            for copy in (new_copy, old_copy)
        ],
    )  # an event a row  # fmt: skip


def _all_there(scn: Expression, copy: Component, changes: int) -> Expression:
    """Whether a copy holds every change up to an SCN exactly once."""
    return all_of((copy.times[i] == 1) == (scn > i) for i in range(changes))
