"""From the CallRouters through the Loggers to the Historical Data Servers (HDS): which records arrive where.

Time is left out here: everything may happen in any order, at any delay, so what holds here holds at any speed. How late
records are is the matter of the design `model.logger_hds.latency`.
"""

from dataclasses import dataclass
from typing import Annotated
from typing import Literal as OneOf

from drcheck import Component, Expression, Literal, ParameterRole, Site, System, any_of, compose, event, flow, scope
from drcheck.designs.design import design
from drcheck.system.composition import Rendezvous
from model.logger_hds.components.administration_client import administration_client
from model.logger_hds.components.call_router import call_router
from model.logger_hds.components.historical_data import HistoricalData
from model.logger_hds.components.historical_data_server import HistoricalDataServer
from model.logger_hds.components.logger import Logger
from model.logger_hds.components.recovery_key import RecoveryKey, clock
from model.logger_hds.components.recovery_process import gap_closed, missing, recovery_process
from model.logger_hds.components.replication import replication_client, replication_server
from model.logger_hds.components.side import side

YES, NO = Literal(True), Literal(False)
MOVES = {
    "inserts": "a bulk insert moves records from a temporary table to the actual one",
    "inserts_newest": "a bulk insert from the temporary table that was filled last",
    "recovers": "records missed are brought from the actual table of the other Logger",
}
"""What a Logger's recovery process does, by event."""


@dataclass(frozen=True)
class Side:
    """What properties ask of one side: its tables, what its HDS holds, and what that asks for.

    `requested`: the records that the next request names; `inserted` and `replicated`: by table, the records that the next
    bulk insert and the next answer to the HDS take.
    """

    logger: Logger
    hds: HistoricalDataServer
    requested: tuple[Expression, ...]
    inserted: tuple[tuple[Expression, ...], ...]
    replicated: tuple[tuple[Expression, ...], ...]

    def skipped(self, i: int) -> Expression:
        """Record i is in the actual table of the Logger, not in the HDS, and the HDS does not ask for it."""
        return self.logger.actual[i] & ~self.hds.holds[i] & ~self.requested[i]


# What a Logger or a historical data server does, it could do on a condition; records come, and time passes, by themselves.
_GUARDABLE = [
    *(f"logger_{side}_{does}_table_{table}" for side in "ab" for does in ("inserts", "recovers") for table in (1, 2)),
    *(f"hds_{side}_replicates_table_{table}" for side in "ab" for table in (1, 2)),
]


@design(title="Logger to Historical Data Server", properties="properties.logger_hds.promises", guardable=_GUARDABLE)
def logger_hds(
    fault_tolerant: Annotated[
        bool, "two CallRouters, Loggers and HDS (duplex), or one of each (simplex)", ParameterRole.DEPLOYMENT
    ] = True,
    records: Annotated[
        int,
        "records that are followed, each by itself",
        range(1, 7),
        scope(
            "what becomes of a record depends on itself, on one with a higher key that overtakes it, and on who was up"
        ),
    ] = 3,
    tables: Annotated[
        int,
        "historical tables",
        range(1, 4),
        scope("tables have nothing in common, so two show both a record's own table and another one"),
    ] = 2,
    batch: Annotated[
        int,
        "records in one bulk insert, one recovery step and one answer; published: 2000. See historical_data.py for "
        "why 1 shows all that any number shows",
        range(1, 2001),
        scope("a batch of n records is n batches of one with nothing in between"),
    ] = 1,
    logger_failures: Annotated[int, "how many failures of Loggers there may be", range(5), ParameterRole.FAULT] = 2,
    hds_failures: Annotated[int, "how many failures of HDS there may be", range(4), ParameterRole.FAULT] = 1,
    router_failures: Annotated[int, "how many failures of CallRouters there may be", range(4), ParameterRole.FAULT] = 0,
    cold_start: Annotated[
        bool, "whether both Loggers are still to initialise at the beginning", ParameterRole.ASSUMPTION
    ] = False,
    clock_set_backs: Annotated[int, "how many times the clock may be set back", range(3), ParameterRole.FAULT] = 0,
    records_per_unit: Annotated[
        int,
        "how many records there may be in one unit of the clock from which the key starts",
        range(1, 5),
        ParameterRole.ASSUMPTION,
    ] = 1,
    key_start: Annotated[
        OneOf["clock", "clock_and_own_tables"],
        "what a primary takes the key from: the clock, or the clock but never below the keys in its own tables",
        ParameterRole.READING,
    ] = "clock",
    temporary_survives: Annotated[
        bool, "whether temporary tables survive a failure of the Logger", ParameterRole.ASSUMPTION
    ] = True,
    oldest_first: Annotated[
        bool, "whether, of the two temporary tables, the one filled first is emptied first", ParameterRole.ASSUMPTION
    ] = True,
    unique_keys: Annotated[
        bool, "whether an actual table refuses a recovery key that it holds already", ParameterRole.ASSUMPTION
    ] = True,
    first_recover: Annotated[
        bool, "whether a returning Logger replicates only once it has recovered", ParameterRole.READING
    ] = True,
    recovered_when: Annotated[
        OneOf["actual_tables_agree", "gap_closed"],
        "when a Logger counts as recovered: it has all that is in the actual tables of the other; or it has also what waits "
        "in the temporary tables of the other, and nothing of its own that is older than its actual tables still waits",
        ParameterRole.READING,
    ] = "actual_tables_agree",
    recovery_by: Annotated[
        OneOf["missing_keys", "above_highest"],
        "which records a Logger recovers: all it lacks, or those above its highest key",
        ParameterRole.READING,
    ] = "missing_keys",
    recovers_what_waits: Annotated[
        bool,
        "whether a Logger also recovers records that wait in its own temporary tables, as it compares actual ones only",
        ParameterRole.READING,
    ] = False,
    without_peer: Annotated[
        OneOf["goes_on", "waits"],
        "what a returning Logger does while the other one is offline",
        ParameterRole.ASSUMPTION,
    ] = "goes_on",
    recover_after_router: Annotated[
        bool,
        "a Logger whose CallRouter fails stops replicating, and recovers before it begins again",
        ParameterRole.REPAIR,
    ] = False,
    cross_feed: Annotated[bool, "each Logger takes records from either CallRouter", ParameterRole.REPAIR] = False,
    request: Annotated[
        OneOf["above_highest", "all_missing"],
        "what the HDS asks for: keys above its highest, as published; or, a repair, all that it lacks",
        ParameterRole.REPAIR,
    ] = "above_highest",
    purge: Annotated[
        OneOf["never", "by_age", "when_replicated", "when_backed_up"],
        "when a Logger deletes old records: never; once `retention` newer ones were made; then, if every HDS holds them; "
        "then, if the backup of every HDS holds them",
        ParameterRole.ASSUMPTION,
    ] = "never",
    retention: Annotated[
        int, "how many of the newest records a Logger keeps, where it purges", range(1, 7), ParameterRole.ASSUMPTION
    ] = 1,
    switch_when_stale: Annotated[
        bool, "clients also leave an HDS whose Logger does not replicate", ParameterRole.REPAIR
    ] = False,
) -> System:
    """CallRouters, Loggers with temporary and actual tables, replication, HDS and the Administration Client.

    Logger page: Data Flow; Recovery and Replication; Possible Points of Delay or Inconsistency. Loggers, HDS and
    CallRouters fail and return in any order, as often as the budgets say, also during a recovery.
    """
    names = ("a", "b") if fault_tolerant else ("a",)
    data = HistoricalData(records, tables)
    everyone = range(records)
    routers = {s: call_router(f"call_router_{s}") for s in names}
    loggers = {s: Logger(s, data) for s in names}
    servers = {s: HistoricalDataServer(s, data) for s in names}
    peer_of = {"a": "b", "b": "a"} if fault_tolerant else {}
    newest = not oldest_first
    running = {s: routers[s].running for s in names}
    feeds = {s: any_of(running.values()) if cross_feed else running[s] for s in names}
    duplex_key = RecoveryKey(records)
    needed = {
        "by_age": [NO] * records,
        "when_replicated": [any_of(~hds.holds[i] for hds in servers.values()) for i in everyone],
        "when_backed_up": [any_of(~hds.backup[i] for hds in servers.values()) for i in everyone],
    }.get(purge, [YES] * records)
    old = [(data.made - i > retention) & ~needed[i] for i in everyone]
    # What a Logger may purge it does not recover either; else two Loggers would give purged records back to each other.
    kept = [~old[i] if purge != "never" else YES for i in everyone]

    # The Loggers, and what the recovery process of each brings from the other
    wanted: dict[str, list[Expression]] = {
        s: missing(loggers[s], loggers[peer_of[s]], recovery_by == "above_highest", recovers_what_waits, kept)
        if peer_of
        else data.nothing()
        for s in names
    }
    databases: dict[str, Component] = {}
    for s in names:
        brought = [data.batch(wanted[s], table, batch) for table in range(tables)] if peer_of else []
        purgeable = [loggers[s].actual[i] & old[i] for i in everyone] if purge != "never" else []
        databases[s] = loggers[s].component(
            feeds[s], batch, brought, unique_keys, newest, temporary_survives, purgeable, cold_start
        )
    online = {s: databases[s].online for s in names}
    taken = any_of(feeds[s] & online[s] for s in names)
    history = data.component(any_of(running.values()), taken, duplex_key.counter)
    time = clock(records, data.made, records_per_unit, clock_set_backs > 0)
    own_keys = {s: Literal(0) if key_start == "clock" else loggers[s].highest_key for s in names}
    key = duplex_key.component(online, time.gmt, own_keys, cold_start)

    # Recovery, replication, HDS
    sides: dict[str, Side] = {}
    processes, answering, asking, stores = {}, {}, {}, {}
    for s in names:
        peer = loggers[peer_of[s]] if peer_of else None
        peer_online = online[peer_of[s]] if peer_of else NO
        agree = ~any_of(wanted[s])
        if recovered_when == "gap_closed":
            agree = agree & gap_closed(loggers[s], peer, kept)
            alone = gap_closed(loggers[s], None, kept)
        else:
            alone = YES
        complete = (peer_online & agree) | (~peer_online & alone & (without_peer == "goes_on" or not peer_of))
        if recover_after_router:
            complete = complete & feeds[s]
        processes[s] = recovery_process(
            s, data, loggers[s].waiting, wanted[s], peer_online, complete, newest, recover_after_router, cold_start
        )
        answering[s] = replication_server(s, tables, first_recover, recover_after_router, cold_start)
        offered = list(loggers[s].actual)
        requested = servers[s].requested(offered, request == "above_highest")
        asking[s] = replication_client(s, data, requested, hds_failures > 0)
        stores[s] = servers[s].component([data.batch(requested, t, batch) for t in range(tables)], hds_failures > 0)
        sides[s] = Side(
            loggers[s],
            servers[s],
            tuple(requested),
            tuple(tuple(data.batch(loggers[s].waiting, t, batch)) for t in range(tables)),
            tuple(tuple(data.batch(requested, t, batch)) for t in range(tables)),
        )
    members: list[Component] = [history, time, key]
    groups: list[Site] = []
    for s in names:
        at_side = (routers[s], databases[s], processes[s], answering[s], asking[s], stores[s])
        groups.append(Site(side(s), at_side))
        members += [groups[-1].component, *at_side]
    available = {s: stores[s].online for s in names}
    stale = {s: ~answering[s].serving for s in names}
    members.append(administration_client(available, stale, switch_when_stale))

    # Who takes part in what
    events: list[Rendezvous] = []
    for table in range(tables):
        takers = {routers[s]: "sends" for s in names} | {databases[s]: "takes" for s in names}
        events.append(
            event(
                _name("new_record", table, tables),
                {history: f"new_record_{table + 1}", key: "increments"},
                optional={**takers, time: "advances"},
                doc="a historical record is made; the Loggers take it",
            )
        )
    for s in names:
        logger, process, server, client, store = databases[s], processes[s], answering[s], asking[s], stores[s]
        moves = ["inserts", *(["inserts_newest"] if newest else []), *(["recovers"] if peer_of else [])]
        for table in range(tables):
            for move in moves:
                trigger = f"{move}_{table + 1}"
                events.append(
                    event(
                        _name(f"logger_{s}_{move}", table, tables), {process: trigger, logger: trigger}, doc=MOVES[move]
                    )
                )
            trigger = f"replicates_{table + 1}"
            events.append(
                event(
                    _name(f"hds_{s}_replicates", table, tables),
                    {server: trigger, client: trigger, store: trigger},
                    doc="the HDS asks for records and gets a batch from the actual table",
                )
            )
        done = {server: "recovered"} if first_recover or recover_after_router else {}
        events += [
            event(f"logger_{s}_recovered", {process: "completes"}, optional=done, doc="the Logger counts as recovered"),
            event(f"logger_{s}_fails", {logger: "fails", process: "stops", server: "stops", key: f"lost_{s}"}),
            event(
                f"logger_{s}_returns",
                {logger: "returns", process: "starts", server: "starts", key: f"initialised_{s}"},
                doc="the Logger has finished initialising",
            ),
            event(
                f"call_router_{s}_fails",
                {routers[s]: "fails"},
                optional={process: "starts_over", server: "holds_back"} if recover_after_router else {},
            ),
            event(f"call_router_{s}_returns", {routers[s]: "returns"}),
        ]
        if hds_failures:
            events += [
                event(f"hds_{s}_fails", {store: "fails", client: "stops"}),
                event(f"hds_{s}_returns", {store: "returns", client: "starts"}, doc="its last backup is restored"),
                event(f"hds_{s}_backup", {store: "backs_up"}),
            ]
        if purge != "never":
            events.append(event(f"logger_{s}_purges", {logger: "purges"}))
    faults = {"Logger failure": logger_failures, "CallRouter failure": router_failures}
    if hds_failures:
        faults["HDS failure"] = hds_failures
    if clock_set_backs:
        faults["clock set back"] = clock_set_backs
    flows = [
        flow(
            [f"call_router_{s}", f"logger_{s}", f"replication_server_{s}", f"replication_client_{s}", f"hds_{s}"],
            "historical data",
            moved_by=[
                _name(what, t, tables)
                for t in range(tables)
                for what in ("new_record", f"logger_{s}_inserts", f"hds_{s}_replicates")
            ],
            source="Logger page, Data Flow",
        )
        for s in names
    ]
    flows += [
        flow(
            [f"logger_{'b' if s == 'a' else 'a'}", f"recovery_process_{s}", f"logger_{s}"],
            "what was missed",
            moved_by=[_name(f"logger_{s}_recovers", t, tables) for t in range(tables)],
            source="Logger page, Recovery and Replication",
        )
        for s in names
        if fault_tolerant
    ]
    return compose(
        "logger_hds",
        members,
        events=events,
        sites=groups,
        flows=flows,
        faults=faults,
        parts={"data": data, "sides": sides, "taken": taken},
    )


def _name(what: str, table: int, tables: int) -> str:
    """The name of an event of one table; the table is left out where there is only one."""
    return what if tables == 1 else f"{what}_table_{table + 1}"
