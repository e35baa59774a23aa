"""What the Logger page promises of records: where they arrive, in which order, and after which failures."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    all_of,
    always,
    any_of,
    can_always,
    count,
    leads_to,
    never,
    reachable,
    stated,
    structure,
    weakly_fair,
    whenever,
    worst_case,
)

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


# -- words of the properties ---------------------------------------------------------------------------------------------
def everyone(d: System) -> range:
    """The numbers of the records."""
    return range(d.data.size)


def skipped(d: System) -> Expression:
    """Some record is in the actual table of a Logger, and its HDS neither holds it nor asks for it."""
    return any_of(side.skipped(i) for side in d.sides.values() for i in everyone(d))


def logged(d: System, i: int) -> Expression:
    """Some Logger holds record i."""
    return any_of(side.logger.holds(i) for side in d.sides.values())


def complete(d: System) -> Expression:
    """Every HDS holds every record that some Logger holds."""
    return all_of(logged(d, i).implies(all_of(s.hds.holds[i] for s in d.sides.values())) for i in everyone(d))


def machine(d: System, name: str, side: str):
    """The component of one side."""
    return d.component(f"{name}_{side}")


def serving(d: System, side: str) -> Expression:
    """The HDS of a side is online, and its Logger replicates to it."""
    return machine(d, "hds", side).online & machine(d, "replication_server", side).serving


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


# -- the account -------------------------------------------------------------------------------------------------------
@stated(source="the account of the model itself")
def every_record_is_accounted_for(d: System) -> Property:
    """As many records are in the Loggers as were made and logged, and no store holds a record that was not made."""
    stores = [s.hds.holds for s in d.sides.values()] + [s.hds.backup for s in d.sides.values()]
    unmade = any_of((i >= d.data.made) & any_of([logged(d, i), *(x[i] for x in stores)]) for i in everyone(d))
    return always((count(logged(d, i) for i in everyone(d)) == d.data.made) & ~unmade)


@stated(source="the account of the model itself", given=ONE_TABLE)
def the_design_can_always_come_to_rest(d: System) -> Property:
    """From every state one can be reached where all is made, all is online, in step, and no temporary table holds anything."""
    parts = [machine(d, name, s) for name in ("logger", "hds", "call_router") for s in d.sides]
    online = all_of(p.state(p.states[0]) for p in parts) & all_of(
        machine(d, "recovery_process", s).in_step for s in d.sides
    )
    idle = all_of(~side.logger.temporary[i] for side in d.sides.values() for i in everyone(d))
    return can_always(online & idle & (d.data.made == d.data.size))


# -- CI-1: two sides -----------------------------------------------------------------------------------------------------
@stated(claims="CI-1", source=FLOW, given=DUPLEX)
def each_logger_is_fed_by_its_own_call_router(d: System) -> Property:
    """What a Logger takes depends on the CallRouter of its side and not on the other."""
    found = []
    for event in d.events:
        if event.name.startswith("new_record"):
            for side, other in (("a", "b"), ("b", "a")):
                read = read_for(event, cells_of(d, f"logger_{side}"))
                routers = [d.control_of[f"call_router_{s}"] in read for s in (side, other)]
                found.append(routers == [True, False])
    return structure(
        all(found), f"{len(found)} pairs of an event and a Logger read the CallRouter of their own side only"
    )


@stated(claims="CI-1", source=FLOW, given=DUPLEX)
def both_loggers_work_in_parallel(d: System) -> Property:
    """As long as nothing has failed, both Loggers take every record."""
    untouched = d.faults.Logger_failure_left == d.parameters["logger_failures"]
    return whenever(
        untouched & (d.data.made > 0),
        all_of((i < d.data.made).implies(s.logger.holds(i)) for s in d.sides.values() for i in everyone(d)),
    )


@stated(claims="CI-1", source=KEYS, given={**ONE_TABLE, "cold_start": True})
def the_first_to_initialise_is_primary(d: System) -> Property:
    """A Logger that is online alone is the primary; with none online there is none, and there are never two."""
    a, b, key = d.logger_a.online, d.logger_b.online, d.recovery_key
    return always((a & ~b).implies(key.primary_a) & (b & ~a).implies(key.primary_b) & ((~a & ~b) == key.no_primary))


@stated(claims="CI-1", source=KEYS, given={**ONE_TABLE, "cold_start": True})
def either_logger_can_be_primary(d: System) -> Property:
    """Logger B can be primary while both are online: the role goes by who is first, not by name."""
    return reachable(d.logger_a.online & d.logger_b.online & d.recovery_key.primary_b)


@stated(
    claims="CI-1", source=FLOW, given={**ONCE, "router_failures": 1},
    finding=Finding(
        title="A CallRouter failure on one side and a Logger failure on the other lose records, with one of each running",
        explanation=(
            "Each Logger is fed by the CallRouter of its own side only. While CallRouter A and Logger B are down, "
            "CallRouter B makes records that no Logger takes, although Logger A is online. The page names no buffer in "
            "the CallRouter, so these records are in no report, ever. No claim of recovery covers them."
        ),
        repair="Let a Logger take records from either CallRouter, or let the CallRouter keep them until its Logger is back.",
        repaired={"cross_feed": True},
    ),
)  # a table  # fmt: skip
def one_call_router_and_one_logger_are_enough(d: System) -> Property:
    """While some CallRouter is running and some Logger is online, every record is taken by a Logger."""
    routers, loggers = ([machine(d, n, s) for s in d.sides] for n in ("call_router", "logger"))
    return whenever(any_of(r.running for r in routers) & any_of(x.online for x in loggers), d.taken)


# -- CI-2: recovery keys -------------------------------------------------------------------------------------------------
CLOCK = (
    "the clock is never set back, and those of the two Loggers agree",
    "there are never more records than units of the clock",
)


def keys_rise(d: System) -> Expression:
    """Each record has a higher key than every record before it."""
    key = d.data.key
    return all_of((j < d.data.made).implies(key[i] < key[j]) for j in everyone(d) for i in range(j))


@stated(claims="CI-2", source=KEYS, assumptions=CLOCK)
def a_recovery_key_is_larger_than_all_before(d: System) -> Property:
    """Each record has a higher recovery key than every record made before it."""
    return always(keys_rise(d))


@stated(claims="CI-2", source=KEYS, given={**ONE_TABLE, "logger_failures": 0})
def the_key_is_raised_by_one_for_each_record(d: System) -> Property:
    """Between two initialisations the key is raised once for each record, and the record gets the raised key."""
    last = all_of((d.data.made == i + 1).implies(d.data.key[i] == d.recovery_key.counter) for i in everyone(d))
    return always((d.recovery_key.counter == d.data.made) & last)


@stated(
    claims="CI-2", source=KEYS, given={**ONE_TABLE, "clock_set_backs": 1},
    finding=Finding(
        title="A clock that is set back gives recovery keys that were given before",
        explanation=(
            "The primary starts the key from the date and time. If both Loggers have been down and the clock of the one "
            "that is first to return is behind where it was, or behind that of the other Logger, new records get keys at "
            "or below those of records that exist: two records can have one key, and new ones sort before old ones."
        ),
        repair=(
            "Keep the clocks of both Loggers in step and never set them back while a Logger initialises. To start above "
            "the keys in its own tables does not suffice: see the next finding."
        ),
        repaired={"clock_set_backs": 0},
    ),
)  # a table  # fmt: skip
def keys_rise_whatever_the_clock(d: System) -> Property:
    """The same when the clock may be set back once."""
    return always(keys_rise(d))


@stated(
    claims="CI-2", source=KEYS, given={**ONE_TABLE, "clock_set_backs": 1, "key_start": "clock_and_own_tables"},
    finding=Finding(
        title="Starting above the keys in its own tables does not save a primary from a clock that was set back",
        explanation=(
            "A Logger that was down does not know the keys that the other one gave in the meantime. If the other is down "
            "when it returns, its own tables end too early to start from, and the clock is all it has."
        ),
        repair="Keep the clocks in step, or start the key only when both Loggers, or both HDS, can be asked.",
        repaired={"clock_set_backs": 0},
    ),
)  # a table  # fmt: skip
def keys_rise_whatever_the_clock_if_started_above_own_tables(d: System) -> Property:
    """The same when a primary never starts below the keys in its own tables."""
    return always(keys_rise(d))


@stated(
    claims="CI-2", source=KEYS, given={**ONE_TABLE, "records_per_unit": 2},
    finding=Finding(
        title="A key that is raised faster than the clock falls back when it is initialised again",
        explanation=(
            "The key is raised by one for each record and started from the clock. Where records come faster than the "
            "units of the clock in which the key is counted, the key runs ahead of the clock. A primary that starts it "
            "from the clock again, sooner than the clock has made up for that, goes back, with a clock that is right."
        ),
        repair="Count the key in units of the clock so fine that there are never more records than units.",
        repaired={"records_per_unit": 1},
    ),
)  # a table  # fmt: skip
def keys_rise_whatever_the_rate(d: System) -> Property:
    """The same when two records can be made in one unit of the clock."""
    return always(keys_rise(d))


# -- CI-3: temporary tables and bulk inserts -----------------------------------------------------------------------------
@stated(claims="CI-3", source=TEMPORARY)
def incoming_data_goes_to_temporary_tables(d: System) -> Property:
    """A new record is written to temporary tables only; actual tables are filled by bulk inserts and by recovery."""
    writers = {"temporary": set(), "actual": set()}
    for side in d.sides.values():
        for name, cells in (("temporary", side.logger.temporary), ("actual", side.logger.actual)):
            writers[name] |= {e.name for e in d.events if e.writes & cells_of(d, cells)}
    news = {e.name for e in d.events if e.name.startswith("new_record")}
    filling = {e.name for e in d.events if "inserts" in e.name or "recovers" in e.name}
    holds = news <= writers["temporary"] and writers["actual"] == filling
    return structure(holds, f"actual tables are written by {', '.join(sorted(writers['actual']))}")


@stated(claims="CI-3", source=RECOVERY, given={**ONCE, "batch": 2})
def a_bulk_insert_takes_no_more_than_a_batch(d: System) -> Property:
    """The recovery process moves at most a batch of records at a time (here 2 of 3, so that the limit binds)."""
    return worst_case(count(d.sides["a"].inserted[0]), at_most=2)


@stated(
    claims=("CI-3", "CI-7"), source=f"{TEMPORARY}; {REPLICATION}",
    given={**ONE_TABLE, "logger_failures": 0, "hds_failures": 0, "oldest_first": False},
    finding=Finding(
        title="The two temporary tables of a historical table must be emptied in the order in which they were filled",
        explanation=(
            "Each historical table has two temporary tables. The page does not say in which order they are read. If the "
            "one filled last is read first, the HDS can take its records before the older ones are committed; it then "
            "asks above their keys and never for the older ones. No failure is needed."
        ),
        repair="Empty the temporary table that was filled first, all of it, before the other one.",
        repaired={"oldest_first": True},
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_in_whatever_order_temporary_tables_are_read(d: System) -> Property:
    """Without any failure, no record is skipped, whichever of the two temporary tables is emptied first."""
    return never(skipped(d))


# -- CI-4: recovery ------------------------------------------------------------------------------------------------------
def in_step(d: System) -> Expression:
    """Each actual table of each Logger holds every record that some Logger holds."""
    return all_of(logged(d, i).implies(all_of(s.logger.actual[i] for s in d.sides.values())) for i in everyone(d))


@stated(claims="CI-4", source=RECOVERY, given={**ONE_TABLE, "hds_failures": 0, "router_failures": 1})
def recovery_brings_the_loggers_in_step(d: System) -> Property:
    """After failures of Loggers and CallRouters the actual tables of both Loggers come to hold every record."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4", source=RECOVERY, given={**ONCE, "hds_failures": 0, "recovery_by": "above_highest"},
    finding=Finding(
        title="Recovery by the highest key alone would not bring the Loggers in step",
        explanation=(
            "The page says that Loggers are kept in step by recovery keys, not how. If a returning Logger asked as the HDS "
            "does, for keys above its highest, the first record that it takes itself would hide all that it missed."
        ),
        repair="Compare which keys are present, not only the highest (the default of this design).",
        repaired={"recovery_by": "missing_keys"},
    ),
)  # a table  # fmt: skip
def recovery_by_highest_key_brings_the_loggers_in_step(d: System) -> Property:
    """The same when a Logger recovers only records above its highest key."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4", source=RECOVERY, given={**ONE_TABLE, "hds_failures": 0, "clock_set_backs": 1},
    finding=Finding(
        title="Two records with one key are one record to the recovery process",
        explanation=(
            "After a clock was set back, each Logger can hold a record of its own under the same key. Each finds the key "
            "present and recovers nothing: both records stay on one side only."
        ),
        repair="Keep the clocks in step and never set them back while a Logger initialises.",
        repaired={"clock_set_backs": 0},
    ),
)  # a table  # fmt: skip
def recovery_brings_the_loggers_in_step_whatever_the_clock(d: System) -> Property:
    """The same when the clock may be set back once."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4", source=RECOVERY, given={**ONCE, "unique_keys": False, "recovers_what_waits": True},
    finding=Finding(
        title="A record that waits in a temporary table can be inserted twice",
        explanation=(
            "The recovery process compares actual tables. A record that a Logger took itself, but has not moved yet, is "
            "missing there and is brought from the other Logger; later the bulk insert brings it again. Only an index "
            "that refuses a key twice, which the page does not mention, keeps the actual table right."
        ),
        repair="Declare the recovery key unique in each actual table, and let an insert pass over keys that are present.",
        repaired={"unique_keys": True},
    ),
)  # a table  # fmt: skip
def no_record_is_inserted_twice(d: System) -> Property:
    """No actual table gets a record whose key it holds, when recovery looks at actual tables only."""
    return never(any_of(side.logger.twice for side in d.sides.values()))


# -- CI-5, CI-6: replication ---------------------------------------------------------------------------------------------
@stated(claims="CI-5", source=REPLICATION)
def only_committed_records_are_replicated(d: System) -> Property:
    """An HDS, and its backup, hold only records that are in the actual tables of their Logger."""
    return always(
        all_of(
            (s.hds.holds[i] | s.hds.backup[i]).implies(s.logger.actual[i])
            for s in d.sides.values()
            for i in everyone(d)
        )
    )


@stated(claims="CI-5", source=REPLICATION)
def temporary_tables_are_not_replicated_from(d: System) -> Property:
    """Replication reads no temporary table."""
    temporary = cells_of(d, *(s.logger.temporary for s in d.sides.values()))
    readers = [e.name for e in d.events if "replicates" in e.name and e.reads & temporary]
    return structure(not readers, f"events of replication that read a temporary table: {readers or 'none'}")


@stated(claims="CI-5", source=REPLICATION, given={**ONCE, "batch": 2})
def an_answer_is_no_more_than_a_batch(d: System) -> Property:
    """The Replication Server sends at most a batch of records at a time (here 2 of 3, so that the limit binds)."""
    return worst_case(count(d.sides["a"].replicated[0]), at_most=2)


@stated(claims="CI-6", source=POINTS, given=DUPLEX)
def an_hds_takes_part_with_its_own_logger_only(d: System) -> Property:
    """No event that writes to an HDS reads or writes the other Logger."""
    crossing = [
        e.name
        for e in d.events
        for side, other in (("a", "b"), ("b", "a"))
        if e.writes & cells_of(d, f"hds_{side}") and (e.reads | e.writes) & cells_of(d, f"logger_{other}")
    ]
    return structure(not crossing, f"events between an HDS and the other side's Logger: {crossing or 'none'}")


@stated(claims="CI-6", source=POINTS, given=ONCE)
def an_hds_stays_behind_while_its_logger_is_offline(d: System) -> Property:
    """HDS B can lack a record that Logger A and HDS A have, because Logger B is offline."""
    a, b = d.sides["a"], d.sides["b"]
    return reachable(
        d.logger_b.offline & d.hds_b.online & any_of(a.hds.holds[i] & ~b.hds.holds[i] for i in everyone(d))
    )


# -- CI-7: a returning Logger --------------------------------------------------------------------------------------------
@stated(claims="CI-7", source=POINTS)
def a_returning_logger_replicates_only_after_recovery(d: System) -> Property:
    """No Logger replicates while it is recovering."""
    return never(
        any_of(
            machine(d, "recovery_process", s).recovering & machine(d, "replication_server", s).serving for s in d.sides
        )
    )


@stated(
    claims="CI-7", source=POINTS, given={**ONCE, "first_recover": False},
    finding=Finding(
        title="Why recovery comes first: a Logger that replicates while it recovers makes its HDS skip records",
        explanation=(
            "An HDS asks above its highest key. If a returning Logger sends a current record first, the older ones that "
            "it then recovers are below that key and are never asked for. So the order on the page is no matter of "
            "speed; nothing in the request itself protects against the wrong one."
        ),
        repair="Hold replication back until the Logger has recovered, in the strict sense of the next finding.",
        repaired={"first_recover": True, "recovered_when": "gap_closed"},
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_even_without_recovering_first(d: System) -> Property:
    """One failure of a Logger: no record is skipped even if it replicates before it has recovered."""
    return never(skipped(d))


@stated(
    claims="CI-7", source=POINTS, given={"logger_failures": 1},
    finding=Finding(
        title="Records that wait in temporary tables when a Logger returns are skipped for good",
        explanation=(
            "Recovery compares actual tables only. Records made while Logger A was down can still wait in the temporary "
            "tables of Logger B when A finds nothing more to recover. A then replicates a current record; when B commits "
            "the older ones, A recovers them, below the highest key of its HDS, which never asks for them. What waits in "
            "A's own temporary tables since before its failure is overtaken in the same manner. One failure is enough."
        ),
        repair=(
            "Count a Logger as recovered only when it has also what waits in the other's temporary tables, and nothing of "
            "its own that is older than its actual tables still waits; that is, once both have moved all that was made "
            "before its return."
        ),
        repaired={"recovered_when": "gap_closed"},
        chart=True,
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_after_one_failure(d: System) -> Property:
    """One failure of a Logger: every record that reaches its actual table is in its HDS or is still asked for."""
    return never(skipped(d))


@stated(claims="CI-7", source=POINTS, given={"logger_failures": 1, "recovered_when": "gap_closed"})
def no_record_is_skipped_after_one_failure_if_the_gap_is_closed_first(d: System) -> Property:
    """The same, if a Logger counts as recovered only once the temporary tables hold nothing older either."""
    return never(skipped(d))


@stated(
    claims="CI-7", source=POINTS, given=GAP,
    finding=Finding(
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
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_when_both_loggers_fail(d: System) -> Property:
    """Two failures of Loggers, in any order: no record is skipped."""
    return never(skipped(d))


@stated(
    claims="CI-7", source=f"{FLOW}; {POINTS}", given={**CAREFUL, "logger_failures": 0, "router_failures": 1},
    finding=Finding(
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
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_when_a_call_router_fails(d: System) -> Property:
    """A failure of a CallRouter: no record is skipped."""
    return never(skipped(d))


@stated(
    claims="CI-7", source=RECOVERY, given={**GAP, "logger_failures": 1, "recovers_what_waits": True},
    finding=Finding(
        title="A healthy Logger that recovers what waits in its own temporary tables makes its HDS skip the rest",
        explanation=(
            "If the recovery process compares actual tables and nothing else, the Logger that was online all the time "
            "also recovers: it lacks a record that the returning one was quicker to commit. That record arrives ahead of "
            "older ones in its own temporary tables, and its HDS, which was never behind, skips these."
        ),
        repair="Do not recover records that wait in the Logger's own temporary tables.",
        repaired={"recovers_what_waits": False},
    ),
)  # a table  # fmt: skip
def no_record_is_skipped_if_recovery_ignores_temporary_tables(d: System) -> Property:
    """One failure: no record is skipped, when recovery also brings what waits in the Logger's own temporary tables."""
    return never(skipped(d))


@stated(
    claims="CI-7",
    source=POINTS,
    given={**CAREFUL, "logger_failures": 3, "router_failures": 1, "recover_after_router": True},
)
def no_record_is_skipped_with_all_repairs(d: System) -> Property:
    """Three failures of Loggers, one of a CallRouter, one of an HDS: with all repairs of recovery, no record is skipped."""
    return never(skipped(d))


# -- CI-8: everything arrives in the end ---------------------------------------------------------------------------------
@stated(
    claims="CI-8", source=POINTS, given=ONE_TABLE,
    finding=Finding(
        title="Missing data is not always temporary: a skipped record stays out of the reports of its HDS",
        explanation=(
            "The findings on CI-7 are not about delay. All Loggers are online and agree, nothing more happens, and the HDS "
            "lacks a record that its Logger holds, since it asks above its highest key only. Reports from the two HDS "
            "differ from then on. Only a restored backup from before the gap makes the HDS ask again."
        ),
        repair="Let the HDS ask for what it lacks, for instance by the order in which its Logger committed records.",
        repaired=ASK_FOR_ALL,
    ),
)  # a table  # fmt: skip
def every_hds_ends_up_with_every_record(d: System) -> Property:
    """Every record that a Logger holds comes to every HDS, whatever fails and returns."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8", source=POINTS, given=CAREFUL,
    assumptions=("no CallRouter fails", *CLOCK, "a Logger that returns waits for the other one"),
)  # a table  # fmt: skip
def every_hds_ends_up_with_every_record_if_recovery_is_strict(d: System) -> Property:
    """The same with the repairs of recovery: gap closed first, and no replication before the other Logger is back."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8", source=POINTS, given={**ONE_TABLE, **ASK_FOR_ALL, "hds_failures": 0, "router_failures": 1},
    assumptions=CLOCK,
)  # a table  # fmt: skip
def every_hds_ends_up_with_every_record_if_it_asks_for_all_it_lacks(d: System) -> Property:
    """The same with recovery as published, CallRouter failures too, when the HDS asks for all that it lacks."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims=("CI-7", "CI-8"), source=POINTS,
    given={
        **ONE_TABLE, **ASK_FOR_ALL, "hds_failures": 0, "first_recover": False, "oldest_first": False, "recovers_what_waits": True,
    },
    assumptions=CLOCK,
)  # a table  # fmt: skip
def asking_for_all_makes_the_order_of_recovery_harmless(d: System) -> Property:
    """If the HDS asks for all that it lacks, everything arrives in whatever order Loggers insert, recover and replicate."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8", source=POINTS, given={**CAREFUL, "hds_failures": 0, "clock_set_backs": 1},
    finding=Finding(
        title="After a clock was set back, the HDS does not ask for new records",
        explanation=(
            "Keys that start below those already given lie below the highest key of the HDS. It asks for none of the new "
            "records until the key has passed the old ones, and never for those below. Asking for all that it lacks does "
            "not help where two records have one key: each Logger then keeps one of them."
        ),
        repair="Keep the clocks in step and never set them back while a Logger initialises.",
        repaired={"clock_set_backs": 0},
    ),
)  # a table  # fmt: skip
def every_hds_ends_up_with_every_record_whatever_the_clock(d: System) -> Property:
    """The same with the repairs of recovery, when the clock may be set back once."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8", source=POINTS, given={**CAREFUL, "hds_failures": 0},
    finding=Finding(
        title="Waiting for the other Logger leaves an HDS without data for as long as that one is away",
        explanation=(
            "Recovery that is safe with requests above the highest key must wait for the other Logger. If that one does "
            "not come back, a Logger that has returned collects records and sends none: one lost Logger and one restart "
            "of the other stop all reporting. With such requests either waiting or going on is wrong."
        ),
        repair="Let it go on, and let the HDS ask for all that it lacks: what is recovered later is then asked for.",
        repaired={"without_peer": "goes_on", **ASK_FOR_ALL},
    ),
)  # a table  # fmt: skip
def an_online_logger_feeds_its_hds_even_if_the_other_never_returns(d: System) -> Property:
    """What an online Logger B holds comes to HDS B, even if Logger A stays away for good."""
    b = d.sides["b"]
    behind = any_of(b.logger.holds(i) & ~b.hds.holds[i] for i in everyone(d))
    return leads_to(d.logger_b.online & behind, d.logger_b.offline | ~behind, fairness=progress(d, "logger_a_returns"))


@stated(
    claims="CI-8", source=TEMPORARY, given={**CAREFUL, "temporary_survives": False},
    finding=Finding(
        title="Temporary tables must survive a failure: while one Logger is away they hold the only copy",
        explanation=(
            "The page calls temporary tables buffers and does not say whether they outlive a failure of the Logger. "
            "Records made while the other Logger is away are nowhere else until the bulk insert; a failure in between "
            "loses them, although the Logger returns."
        ),
        repair="Keep temporary tables in the database as ordinary, logged tables.",
        repaired={"temporary_survives": True},
    ),
)  # a table  # fmt: skip
def a_logged_record_stays_logged(d: System) -> Property:
    """Every record that a Logger took is in a Logger from then on, when temporary tables do not survive its failure."""
    return always(all_of((i < d.data.made).implies(logged(d, i)) for i in everyone(d)))


@stated(claims="CI-8", source=TEMPORARY, given={**CAREFUL, "temporary_survives": False, "logger_failures": 1})
def a_logged_record_stays_logged_after_one_failure(d: System) -> Property:
    """With one failure, the other Logger has what is lost with temporary tables."""
    return always(all_of((i < d.data.made).implies(logged(d, i)) for i in everyone(d)))


# -- CI-9: the other HDS -------------------------------------------------------------------------------------------------
@stated(claims="CI-9", source=FLOW, given={**ONCE, "logger_failures": 0, "hds_failures": 2})
def clients_switch_when_the_hds_in_use_fails(d: System) -> Property:
    """When the HDS in use is offline and the other one online, the client comes to use an HDS that is online."""
    client = d.administration_client
    lost = (client.uses_a & ~d.hds_a.online & d.hds_b.online) | (client.uses_b & ~d.hds_b.online & d.hds_a.online)
    fit = (client.uses_a & d.hds_a.online) | (client.uses_b & d.hds_b.online)
    # Both may fail after all, before the client has switched: then there is nothing to switch to.
    return leads_to(lost, fit | (~d.hds_a.online & ~d.hds_b.online), fairness=weakly_fair("switches"))


@stated(claims="CI-9", source=POINTS, given={**ONCE, "hds_failures": 0})
def one_hds_is_up_to_date_after_a_logger_failure(d: System) -> Property:
    """With one failure of a Logger there is always an HDS that its Logger replicates to, with no record skipped."""
    return always(
        any_of(
            machine(d, "replication_server", s).serving & ~any_of(d.sides[s].skipped(i) for i in everyone(d))
            for s in d.sides
        )
    )


@stated(claims="CI-9", source=POINTS, given={**ONCE, "logger_failures": 0})
def one_hds_is_up_to_date_after_an_hds_failure(d: System) -> Property:
    """With one failure of an HDS there is always another one that its Logger replicates to."""
    return always(any_of(serving(d, s) for s in d.sides))


@stated(claims="CI-9", source=POINTS, given=ONCE)
def both_hds_can_be_behind_after_two_failures(d: System) -> Property:
    """A failed Logger on one side and a failed HDS on the other leave no HDS that receives data."""
    return reachable(~any_of(serving(d, s) for s in d.sides))


@stated(
    claims="CI-9", source=POINTS, given={**ONCE, "hds_failures": 0},
    finding=Finding(
        title="Clients do not leave an HDS that is only behind",
        explanation=(
            "Clients switch by themselves when their HDS fails. If only its Logger is down the HDS answers as before, "
            "with data that grows old; nothing moves the client, and a report does not say that it lacks the latest "
            "intervals. That the other HDS can be used then is true, but somebody has to know and choose it."
        ),
        repair="Let the client also switch when its HDS receives nothing and the other one does, or show the data's age.",
        repaired={"switch_when_stale": True},
    ),
)  # a table  # fmt: skip
def clients_switch_when_the_hds_in_use_is_behind(d: System) -> Property:
    """When the HDS in use receives nothing and the other one does, the client comes to use one that does."""
    client = d.administration_client
    fed = {s: machine(d, "replication_server", s).serving for s in d.sides}
    stale = (client.uses_a & ~fed["a"] & fed["b"]) | (client.uses_b & ~fed["b"] & fed["a"])
    return leads_to(stale, ~stale, fairness=weakly_fair("switches"))


# -- CI-10: an HDS that returns ------------------------------------------------------------------------------------------
@stated(claims="CI-10", source=POINTS, given={**ONE_TABLE, "logger_failures": 0, "hds_failures": 2})
def a_restored_hds_gets_the_rest_from_its_logger(d: System) -> Property:
    """An HDS that failed comes to hold every record again, from its last backup (if any) and its Logger."""
    return leads_to(~d.hds_a.online | ~d.hds_b.online, complete(d), fairness=progress(d))


@stated(
    claims=("CI-10", "CI-8"), source=POINTS, given={**ONE_TABLE, "logger_failures": 0, "purge": "when_replicated"},
    finding=Finding(
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
    ),
)  # a table  # fmt: skip
def no_record_is_purged_that_an_hds_may_need(d: System) -> Property:
    """For each HDS, every record is in its Logger, in its last backup, or in the HDS itself while that is online."""
    return always(
        all_of(
            (i < d.data.made).implies(
                s.logger.holds(i) | s.hds.backup[i] | (machine(d, "hds", name).online & s.hds.holds[i])
            )
            for name, s in d.sides.items()
            for i in everyone(d)
        )
    )


@stated(claims=("CI-10", "CI-8"), source=POINTS, given={**CAREFUL, "logger_failures": 1, "purge": "when_backed_up"})
def every_hds_ends_up_with_every_record_if_purging_waits_for_backups(d: System) -> Property:
    """With purging by that rule, every record that a Logger holds still comes to every HDS, after a Logger failure too."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


# -- CI-11: simplex ------------------------------------------------------------------------------------------------------
@stated(claims="CI-11", source=POINTS, given=SIMPLEX)
def without_fault_tolerance_reports_stop_with_the_hds(d: System) -> Property:
    """Without fault tolerance the only HDS can be offline: there is then nothing to run historical reports from."""
    return reachable(~d.hds_a.online & (d.data.made > 0))


@stated(claims="CI-11", source=POINTS, given=SIMPLEX)
def without_fault_tolerance_reports_come_back_complete(d: System) -> Property:
    """Once the HDS is restored it comes to hold every record that the Logger took, failures of the Logger included."""
    return leads_to(~d.hds_a.online | ~complete(d), d.hds_a.online & complete(d), fairness=progress(d))


@stated(
    claims=("CI-11", "CI-8"), source=POINTS, given=SIMPLEX,
    finding=Finding(
        title="Without fault tolerance a Logger failure loses records for good",
        explanation=(
            "The page calls missing data temporary also where there is no fault tolerance. That is so for a failure of "
            "the HDS. What is made while the only Logger is offline is taken by nobody, and nothing brings it back."
        ),
        repair="Use two Loggers, or let the CallRouter keep records until its Logger is back.",
        repaired={"fault_tolerant": True, "logger_failures": 1},
    ),
)  # a table  # fmt: skip
def no_record_is_made_unlogged(d: System) -> Property:
    """Without fault tolerance, every record is taken by a Logger."""
    return never(d.data.unlogged)
