"""Terms of the Logger page's properties: sources, parameter sets, and what is said again and again."""

from collections.abc import Iterable

from drcheck import Expression, System, all_of, any_of, count, happens, reading, stress, weakly_fair

FLOW = "Logger page, Data Flow from Logger to Historical Data Server"
KEYS = "Logger page, Recovery Keys"
TEMPORARY = "Logger page, Temporary Tables"
RECOVERY = "Logger page, Recovery Process"
REPLICATION = "Logger page, Replication"
POINTS = "Logger page, Possible Points of Delay or Inconsistency"

DUPLEX = {"fault_tolerant": True}
ONE_TABLE = {**DUPLEX, "tables": 1}
"""One table where the question is about the order of keys: keys are compared within a table only."""
ONCE = {**ONE_TABLE, "logger_failures": 1}
GAP = {**ONE_TABLE, "recovered_when": "gap_closed"}
CAREFUL = {**GAP, "without_peer": "waits"}
ASK_FOR_ALL = {"request": "all_missing"}
SIMPLEX = {**ONE_TABLE, "fault_tolerant": False}
ONE_LOGGER = {**ONCE, "hds_failures": 0}
"""The page's own case of a Logger: one goes offline and comes back."""
ONE_HDS = {**ONE_TABLE, "logger_failures": 0, "hds_failures": 1}
"""The page's own case of an HDS: one goes offline and comes back."""
CLOCK = (
    "the clock is never set back, and those of the two Loggers agree",
    "there are never more records than units of the clock",
)

BOTH_LOGGERS = stress("the other Logger fails too, before everything has been recovered")
CALL_ROUTER = stress("a CallRouter fails")
CLOCK_SET_BACK = stress("the clock is set back between two starts of the recovery key")
PURGE_BACKED_UP = stress("a Logger deletes what the backups of all HDS hold")
COMPARES_ACTUAL_ONLY = reading(
    "recovery compares actual tables and nothing else, and so also brings what waits in the Logger's own temporary tables"
)


def everyone(d: System) -> range:
    """The numbers of the records."""
    return range(d.data.size)


def skipped(d: System) -> Expression:
    """Some record is in the actual table of a Logger, and its HDS neither holds it nor asks for it."""
    return any_of(side.skipped(i) for side in d.sides.values() for i in everyone(d))


def logged(d: System, i: int) -> Expression:
    """Some Logger holds record i."""
    return any_of(side.logger.holds(i) for side in d.sides.values())


def may_be_purged(d: System, i: int) -> Expression:
    """Record i is none of the newest, which a Logger keeps; nothing is where nothing is purged."""
    kept = d.data.size if d.parameters["purge"] == "never" else int(d.parameters["retention"])
    return d.data.made - i > kept


def complete(d: System) -> Expression:
    """Every HDS holds every record that some Logger holds."""
    return all_of(logged(d, i).implies(all_of(s.hds.holds[i] for s in d.sides.values())) for i in everyone(d))


def machine(d: System, name: str, side: str):
    """The component of one side."""
    return d.component(f"{name}_{side}")


def other_side(d: System, side: str) -> str:
    """The other side; "" without fault tolerance."""
    return next((name for name in d.sides if name != side), "")


def replications(d: System, side: str) -> list[str]:
    """The events by which the HDS of a side takes records."""
    return [e.name for e in d.events if e.name.startswith(f"hds_{side}_replicates")]


def serving(d: System, side: str) -> Expression:
    """The HDS of a side is online, and its Logger replicates to it."""
    return machine(d, "hds", side).online & machine(d, "replication_server", side).serving


def brings_more(d: System, steps: str, store: Iterable[Expression], limit: int) -> Expression:
    """A step, of those whose events begin with `steps`, has just brought more than `limit` records into a store."""
    events = [e.name for e in d.events if e.name.startswith(steps)]
    there = count(store)
    return any_of(happens(*events, when=there == n) & (there > n + limit) for n in range(d.data.size - limit))


def progress(d: System, *without: str):
    """What can go on does go on: inserting, recovering, replicating, and the return of what failed, but for `without`."""
    work = ("inserts", "recovers", "recovered", "replicates", "returns", "switches")
    return weakly_fair(*(e.name for e in d.events if any(word in e.name for word in work) and e.name not in without))


def cells_of(d: System, *parts) -> frozenset[int]:
    """Positions of variables or of all that a component owns."""
    names = {p for p in parts if isinstance(p, str)}
    owned = {cell.index for cell in d.cells if cell.owner in names}
    return frozenset(owned | {d.cell_of[v] for p in parts if not isinstance(p, str) for v in p})


def read_for(event, targets: frozenset[int]) -> frozenset[int]:
    """The cells that an event reads in order to write some cells."""
    return frozenset(
        leaf.index
        for way in event.alternatives
        for index, value in way.updates
        if index in targets
        for leaf in value.leaves()
    )
