"""What the Logger page promises of recovery: temporary tables, bulk inserts, and two Loggers that come in step."""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    any_of,
    as_stated,
    case,
    leads_to,
    never,
    reading,
    stated,
    stress,
    structure,
)
from properties.logger_hds.findings import HIGHEST_KEY_ONLY, KEY_FALLS_BACK, RECOVERS_WHAT_WAITS
from properties.logger_hds.terms import (
    CALL_ROUTER,
    CLOCK,
    CLOCK_SET_BACK,
    COMPARES_ACTUAL_ONLY,
    ONE_LOGGER,
    ONE_TABLE,
    RECOVERY,
    TEMPORARY,
    brings_more,
    cells_of,
    everyone,
    logged,
    may_be_purged,
    progress,
)


# -- CI-3: temporary tables and bulk inserts --------------------------------------------------------------------------
@stated(claims="CI-3", source=TEMPORARY, by_construction=True)
def incoming_data_goes_to_temporary_tables(d: System) -> Property:
    """A new record is written to temporary tables only; bulk inserts and recovery fill the actual ones, purges empty them."""
    writers = {"temporary": set(), "actual": set()}
    for side in d.sides.values():
        for name, cells in (("temporary", side.logger.temporary), ("actual", side.logger.actual)):
            writers[name] |= {e.name for e in d.events if e.writes & cells_of(d, cells)}
    news = {e.name for e in d.events if e.name.startswith("new_record")}
    filling = {e.name for e in d.events if "inserts" in e.name or "recovers" in e.name or "purges" in e.name}
    holds = news <= writers["temporary"] and writers["actual"] == filling
    return structure(holds, f"actual tables are written by {', '.join(sorted(writers['actual']))}")


@stated(claims="CI-3", source=TEMPORARY, given=ONE_LOGGER)
def what_waits_in_temporary_tables_comes_to_the_actual_ones(d: System) -> Property:
    """What waits in the temporary table of a Logger comes to its actual table, after a failure of the Logger too."""
    tables = [x.logger for x in d.sides.values()]
    waiting = any_of(x.temporary[i] for x in tables for i in everyone(d))
    moved = all_of(x.holds(i).implies(x.actual[i]) for x in tables for i in everyone(d))
    return leads_to(waiting, moved, fairness=progress(d))


@stated(claims="CI-3", source=RECOVERY, given={**ONE_LOGGER, "batch": 2})
def a_bulk_insert_takes_no_more_than_a_batch(d: System) -> Property:
    """One bulk insert adds at most a batch of records to the actual table (here 2 of 3, so that the limit binds)."""
    limit = d.parameters["batch"]
    return never(any_of(brings_more(d, f"logger_{s}_inserts", x.logger.actual, limit) for s, x in d.sides.items()))


# -- CI-4: recovery ---------------------------------------------------------------------------------------------------
def in_step(d: System) -> Expression:
    """Each actual table of each Logger holds every record that some Logger holds, but for those that may be purged."""
    return all_of(
        logged(d, i).implies(all_of(s.logger.actual[i] for s in d.sides.values()) | may_be_purged(d, i))
        for i in everyone(d)
    )


@stated(
    claims="CI-4",
    source=RECOVERY,
    given={**ONE_TABLE, "hds_failures": 0},
    assumptions=CLOCK,
    cases=[
        case("", "one failure of a Logger", given={"logger_failures": 1}, role=as_stated),
        case("when_both_fail", "two failures of Loggers", role=stress("both Loggers fail")),
        case(
            "when_a_call_router_fails",
            "one failure of a CallRouter",
            given={"logger_failures": 0, "router_failures": 1},
            role=CALL_ROUTER,
        ),
        case(
            "when_it_ignores_temporary_tables",
            "one failure of a Logger, and recovery also brings what waits in the Logger's own temporary tables",
            given={"logger_failures": 1, "recovers_what_waits": True},
            role=COMPARES_ACTUAL_ONLY,
        ),
        case(
            "by_the_highest_key",
            "one failure of a Logger, and it recovers only records above its highest key",
            given={"logger_failures": 1, "recovery_by": "above_highest"},
            role=reading("a Logger recovers what is above its own highest key, as the HDS asks"),
            finding=HIGHEST_KEY_ONLY,
        ),
        case(
            "whatever_the_clock",
            "the clock is set back once",
            given={"clock_set_backs": 1},
            role=CLOCK_SET_BACK,
            finding=KEY_FALLS_BACK,
            assumptions=(),
        ),
    ],
)
def recovery_brings_the_loggers_in_step(d: System) -> Property:
    """The actual tables of both Loggers come to hold every record."""
    return leads_to(~in_step(d), in_step(d), fairness=progress(d))


@stated(
    claims="CI-4",
    source=RECOVERY,
    given={**ONE_LOGGER, "unique_keys": False},
    cases=[
        case(
            "",
            "actual tables accept a key twice",
            role=stress("actual tables accept a key that they hold"),
        ),
        case(
            "if_recovery_ignores_temporary_tables",
            "actual tables accept a key twice, and recovery also brings what waits in the Logger's own temporary tables",
            given={"recovers_what_waits": True},
            role=COMPARES_ACTUAL_ONLY,
            assumptions="nothing on the page makes an actual table refuse a key that it holds",
            finding=RECOVERS_WHAT_WAITS,
        ),
    ],
)
def no_record_is_inserted_twice(d: System) -> Property:
    """No actual table gets a record whose key it holds."""
    return never(any_of(side.logger.twice for side in d.sides.values()))
