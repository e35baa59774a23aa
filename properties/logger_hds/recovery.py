"""What the Logger page promises of recovery: temporary tables, bulk inserts, and two Loggers that come in step."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    all_of,
    any_of,
    count,
    leads_to,
    never,
    stated,
    structure,
    worst_case,
)
from properties.logger_hds.terms import (
    ONCE,
    ONE_TABLE,
    RECOVERY,
    REPLICATION,
    TEMPORARY,
    cells_of,
    everyone,
    logged,
    progress,
    skipped,
)


# -- CI-3: temporary tables and bulk inserts --------------------------------------------------------------------------
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
    claims=("CI-3", "CI-7"),
    source=f"{TEMPORARY}; {REPLICATION}",
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
)
def no_record_is_skipped_in_whatever_order_temporary_tables_are_read(d: System) -> Property:
    """Without any failure, no record is skipped, whichever of the two temporary tables is emptied first."""
    return never(skipped(d))


# -- CI-4: recovery ---------------------------------------------------------------------------------------------------
def in_step(d: System) -> Expression:
    """Each actual table of each Logger holds every record that some Logger holds."""
    return all_of(logged(d, i).implies(all_of(s.logger.actual[i] for s in d.sides.values())) for i in everyone(d))


@stated(claims="CI-4", source=RECOVERY, given={**ONE_TABLE, "hds_failures": 0, "router_failures": 1})
def recovery_brings_the_loggers_in_step(d: System) -> Property:
    """After failures of Loggers and CallRouters the actual tables of both Loggers come to hold every record."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4",
    source=RECOVERY,
    given={**ONCE, "hds_failures": 0, "recovery_by": "above_highest"},
    finding=Finding(
        title="Recovery by the highest key alone would not bring the Loggers in step",
        explanation=(
            "The page says that Loggers are kept in step by recovery keys, not how. If a returning Logger asked as the HDS "
            "does, for keys above its highest, the first record that it takes itself would hide all that it missed."
        ),
        repair="Compare which keys are present, not only the highest (the default of this design).",
        repaired={"recovery_by": "missing_keys"},
    ),
)
def recovery_by_highest_key_brings_the_loggers_in_step(d: System) -> Property:
    """The same when a Logger recovers only records above its highest key."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4",
    source=RECOVERY,
    given={**ONE_TABLE, "hds_failures": 0, "clock_set_backs": 1},
    finding=Finding(
        title="Two records with one key are one record to the recovery process",
        explanation=(
            "After a clock was set back, each Logger can hold a record of its own under the same key. Each finds the key "
            "present and recovers nothing: both records stay on one side only."
        ),
        repair="Keep the clocks in step and never set them back while a Logger initialises.",
        repaired={"clock_set_backs": 0},
    ),
)
def recovery_brings_the_loggers_in_step_whatever_the_clock(d: System) -> Property:
    """The same when the clock may be set back once."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4",
    source=RECOVERY,
    given={**ONCE, "unique_keys": False, "recovers_what_waits": True},
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
)
def no_record_is_inserted_twice(d: System) -> Property:
    """No actual table gets a record whose key it holds, when recovery looks at actual tables only."""
    return never(any_of(side.logger.twice for side in d.sides.values()))
