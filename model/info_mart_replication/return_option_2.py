"""Return to normal operation after a disaster: active-standby, option 2.

The survivor stays active and the new or recovered site becomes its standby. As in the set-up, changes carry sequence numbers
and a handful is enough. GoldenGate at Site 2 is taken to be cleaned, as steps 6 and 7 of option 1 say.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Literal, ParameterRole, System, all_of, compose, event, flow, hours, scope, silence
from drcheck.designs.design import design
from model.info_mart_replication.components.applying import applying
from model.info_mart_replication.components.capture import capture
from model.info_mart_replication.components.change_log import source_database
from model.info_mart_replication.components.copy_database import NONE, copy_database
from model.info_mart_replication.components.export_file import export_file
from model.info_mart_replication.components.job_server import job_server
from model.info_mart_replication.components.shipping import shipping
from model.info_mart_replication.components.source_connections import choices_of_connections, source_connections
from model.info_mart_replication.parameters import EveryConnection, IconObjects, RecoveryLeft
from model.info_mart_replication.runbooks.return_option_2 import return_option_2_runbook
from model.info_mart_replication.time_of_steps import (
    ObserveServers,
    StepTime,
    Tick,
    servers_clock,
    step_of,
    step_paces,
)


@design(
    title="Info Mart, active-standby: return to normal operation, option 2",
    properties="properties.info_mart_replication.return_option_2",
    guardable=["apply", "datapump.ship"],
)
def return_option_2(
    changes: Annotated[
        int,
        "how many changes the Info Mart Server may commit",
        range(1, 7),
        scope("every change goes the same way, and which are lost depends on the order of a few; more only repeat it"),
    ] = 4,
    server_starts: Annotated[
        OneOf["after_export", "after_import", "last"],
        "when the server, stopped for the export, is started again: no step says it",
        ParameterRole.READING,
    ] = "last",
    recovery_left: RecoveryLeft = "removed",
    icon_objects: IconObjects = "new",
    order: Annotated[
        OneOf["published", "extract_first"],
        "published: Extract is added after Replicat, as in the set-up; extract_first (repair): before the SCN is read",
        ParameterRole.REPAIR,
    ] = "published",
    every_connection: EveryConnection = False,
    step_time: StepTime = hours(0),
    tick: Tick = hours(1),
    observe_recovery: ObserveServers = False,
) -> System:
    """Option 2: the survivor stays active, the new site becomes its standby.

    Info Mart guide, Procedure to Return to Normal Operation, introduction; Setting Up Replication.
    """
    source, server = source_database("source", changes, upgraded=False), job_server("server", running=True)
    dump = export_file("export", source.scn, changes, True, server.running)
    extract = capture("extract", source.scn, changes, source.logging == "all_tables")
    pump = shipping("datapump", source.scn, changes, extract.running)
    replicat = applying("replicat", pump.shipped, changes, dump.scn, Literal(True))
    target = copy_database("target", changes, dump, extract, replicat, True, [NONE])
    left, created = choices_of_connections(recovery_left, icon_objects)
    connections = source_connections("source_connections", left, created, every_connection)
    book = return_option_2_runbook(dump.transferred, order, server_starts)
    effects: dict = {
        "add_trandata": {source: "add_trandata"},
        "step_1_stop_server": {server: "stop"},
        "step_2_read_scn": {dump: "read_scn"},
        "step_2_export": {dump: "export"},
        "step_2_export_ends": {dump: "export_ends"},
        "step_2_transfer": {dump: "transfer"},
        "step_2_import": {target: "import_dump"},
        "step_3_deploy_icons": {connections: "deploy_icons"},
        "start_server": {server: "start"},
        "start_replicat": {replicat: "start"},
        "start_extract": {extract: "start"},
        "start_datapump": {pump: "start"},
        "step_14_add_connections": {connections: "add_connections"},
    }
    clock = [servers_clock(~server.running)] if observe_recovery else []
    paced = step_paces([book], step_time.ticks(tick))
    return compose(
        "return_option_2",
        [source, server, dump, extract, pump, replicat, target, connections, book, *paced.values(), *clock],
        events=[
            event("commit", {server: "commits", source: "commit"}, optional={extract: "capture"}),
            event("apply", {replicat: "apply", target: "apply"}),
            event("begin", {book: "begin"}, kind="operator", doc="the return to normal begins"),
            *(event(key, {book: key}, optional={**effects[key], **step_of(paced, book)}) for key in book.states[1:-1]),
        ],
        flows=[
            flow(
                [source, extract, pump, replicat, target],
                "changes",
                moved_by=["commit", "datapump.ship", "apply"],
                source="Info Mart guide, Procedure to Return to Normal Operation, option 2",
            ),
        ],
        tick=tick if paced or clock else None,
        parts={"in_step": all_of((t == 1) == (source.scn > i) for i, t in enumerate(target.times))},
        silenced=[
            silence("DR805", "target.sequences", "the new site is empty; return_to_normal asks about a recovered one")
        ],
    )
