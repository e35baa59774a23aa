"""Setting up the GoldenGate replication of the Info Mart database, step by step as published.

Changes carry sequence numbers, so that one that is missed or applied twice is visible. What Extract captures depends on
when it was added and from where it begins; what Replicat applies depends on the CSN that it starts after; both on trails
by name. A handful of changes is enough: a change is treated by its position between the steps only, so a change between
each two consecutive steps, in every combination, shows everything; a test varies the number.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Literal, ParameterRole, System, all_of, compose, event, flow, hours, scope
from drcheck.designs.design import design
from model.info_mart_replication.components.applying import applying
from model.info_mart_replication.components.capture import capture
from model.info_mart_replication.components.change_log import source_database
from model.info_mart_replication.components.copy_database import copy_database
from model.info_mart_replication.components.export_file import IMPORTED, export_file
from model.info_mart_replication.components.job_server import job_server
from model.info_mart_replication.components.shipping import shipping
from model.info_mart_replication.runbooks.replication_setup import setup_runbooks, setup_steps
from model.info_mart_replication.time_of_steps import ObserveServers, StepTime, Tick, servers_clock, step_of, step_paces

Order = Annotated[
    OneOf["published", "extract_first", "server_last"],
    "published: Extract is added last; extract_first (repair): before the SCN is read; server_last (repair): the server "
    "stays stopped until Extract runs",
    ParameterRole.REPAIR,
]


GUIDE = "Info Mart guide, Setting Up Replication"


@design(
    title="Info Mart database replication: set-up",
    properties="properties.info_mart_replication.setup",
    guardable=["apply", "datapump.ship"],
)
def replication_setup(
    changes: Annotated[
        int,
        "how many changes the Info Mart Server may commit",
        range(1, 9),
        scope("every change goes the same way, and which are lost depends on the order of a few; more only repeat it"),
    ] = 4,
    order: Order = "published",
    extract_begins: Annotated[
        OneOf["now", "export_scn"], "where ADD EXTRACT begins (export_scn: repair)", ParameterRole.REPAIR
    ] = "now",
    after_csn: Annotated[bool, "whether Replicat is started after an SCN at all", ParameterRole.SLIP] = True,
    which_scn: Annotated[
        OneOf["of_the_export", "current"],
        "after which SCN Replicat is started: the export's, or the one that is current then, as the table of variables says",
        ParameterRole.READING,
    ] = "of_the_export",
    handle_collisions: Annotated[bool, "whether Replicat's file has HANDLECOLLISIONS", ParameterRole.DEPLOYMENT] = True,
    flashback: Annotated[bool, "whether the export is taken as of the SCN that was read", ParameterRole.SLIP] = True,
    renamed: Annotated[
        bool,
        "whether who transfers the export file gives it the name that the import reads, which no step says",
        ParameterRole.READING,
    ] = True,
    export_named: Annotated[
        bool, "whether the export's file is given the name that the import reads", ParameterRole.REPAIR
    ] = False,
    older_export: Annotated[
        bool, "whether a file of an earlier export lies at the target, under that name", ParameterRole.ASSUMPTION
    ] = False,
    stop_server: Annotated[bool, "whether the server really is stopped for the export", ParameterRole.SLIP] = True,
    remote_trail: Annotated[
        OneOf["DP", "dp"], "the name given to ADD RMTTRAIL; Replicat reads dp", ParameterRole.REPAIR
    ] = "DP",
    case_sensitive: Annotated[
        bool, "whether file names at the target differ by case, as on UNIX", ParameterRole.DEPLOYMENT
    ] = False,
    upgraded: Annotated[
        bool,
        "whether Info Mart may be upgraded between ADD TRANDATA and the start of replication",
        ParameterRole.ASSUMPTION,
    ] = False,
    repeat_trandata: Annotated[
        bool, "whether ADD TRANDATA is repeated before Extract is started", ParameterRole.REPAIR
    ] = False,
    two_people: Annotated[
        bool, "whether source and target steps are done by two people at once", ParameterRole.ASSUMPTION
    ] = False,
    slips: Annotated[int, "how many steps may be left out or done late", range(2), ParameterRole.SLIP] = 0,
    step_time: StepTime = hours(0),
    tick: Tick = hours(1),
    observe_recovery: ObserveServers = False,
) -> System:
    """The active Info Mart keeps running while its database is copied and replication is started.

    Info Mart guide, Setting Up Replication.
    """
    source = source_database("source", changes, upgraded)
    server = job_server("server", running=True)
    logged = source.logging.is_in("all_tables", "repeated")
    dump = export_file("export", source.scn, changes, flashback, server.running, export_named, renamed)
    importable = dump.transferred if older_export else dump.transferred & (dump.file == IMPORTED)
    begin = dump.scn if extract_begins == "export_scn" else None
    extract = capture("extract", source.scn, changes, logged, begin)
    pump = shipping("datapump", source.scn, changes, extract.running)
    readable = Literal(remote_trail == "dp" or not case_sensitive)
    csn = dump.scn if which_scn == "of_the_export" else source.scn
    replicat = applying("replicat", pump.shipped, changes, csn if after_csn else Literal(0), readable)
    target = copy_database("target", changes, dump, extract, replicat, handle_collisions)
    first, at_target, last = setup_steps(dump.in_states("written"), importable, order, repeat_trandata)
    if not stop_server:
        first = [s for s in first if s.key not in ("stop_server", "start_server")]
    books = setup_runbooks(first, at_target, last, two_people, slips > 0)
    effects = {
        "add_trandata": {source: "add_trandata"},
        "repeat_trandata": {source: "repeat_trandata" if upgraded else "add_trandata"},
        "stop_server": {server: "stop"},
        "read_scn": {dump: "read_scn"},
        "export": {dump: "export"},
        "export_ends": {dump: "export_ends"},
        "start_server": {server: "start"},
        "transfer": {dump: "transfer"},
        "drop_sequences": {target: "drop_sequences"},
        "import_dump": {target: "import_dump"},
        "start_replicat": {replicat: "start"},
        "start_extract": {extract: "start"},
        "start_datapump": {pump: "start"},
    }
    meanwhile = {} if flashback else {dump: "commit_meanwhile"}
    clock = [servers_clock(~server.running)] if observe_recovery else []
    paced = step_paces(books, step_time.ticks(tick))
    return compose(
        "replication_setup",
        [source, server, dump, extract, pump, replicat, target, *books, *paced.values(), *clock],
        events=[
            event("commit", {server: "commits", source: "commit"}, optional={extract: "capture", **meanwhile}),
            event("apply", {replicat: "apply", target: "apply"}),
            *(
                event(f"begin_{book.name}", {book: "begin"}, kind="operator", doc="the procedure begins")
                for book in books
            ),
            *(
                event(key, {book: key}, optional={**effects[key], **step_of(paced, book)})
                for book in books
                for key in book.states[1:-1]
            ),
        ],
        flows=[
            flow(
                [source, extract, pump, replicat, target],
                "changes",
                moved_by=["commit", "datapump.ship", "apply"],
                source=GUIDE,
            ),
            flow([source, dump, target], "the copy", moved_by=["export", "transfer", "import_dump"], source=GUIDE),
        ],
        faults={"operator slip": slips} if slips else {},
        tick=tick if paced or clock else None,
        parts={"books": tuple(books), "done": all_of(b.complete for b in books)},
    )
