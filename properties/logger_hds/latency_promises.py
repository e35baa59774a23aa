"""What the Logger page promises of latency: one to five minutes, and lags that always close."""

from drcheck import (
    Finding,
    Property,
    System,
    all_of,
    always,
    deadlock_free,
    leads_to,
    minutes,
    never,
    stated,
    whenever,
    worst_case,
)

LATENCY = "Logger page, Recovery Keys (last paragraph)"
POINTS = "Logger page, Possible Points of Delay or Inconsistency"
NO_FAILURE = {"logger_failures": 0, "hds_failures": 0}
LOGGER_ONLY = {"hds_failures": 0}
SHORT = {**LOGGER_ONLY, "longest_outage": minutes(6)}
HDS_ONLY = {"logger_failures": 0}
LOAD = "what a table gets in one round of the client fits into one batch of 2000 records"


@stated(source="the account of the model itself")
def the_hds_lacks_what_is_not_committed(d: System) -> Property:
    """In each table the HDS lacks at least what waits in the temporary table and what the Logger itself is missing."""
    lacks = all_of(
        behind >= waiting + d.backlog.missing for behind, waiting in zip(d.lag.behind, d.backlog.waiting, strict=True)
    )
    return always(lacks)


@stated(source="the account of the model itself")
def time_never_stops(d: System) -> Property:
    """There is always a next step; as only ticks can be repeated without end, time goes on."""
    return deadlock_free()


# -- normal operation ----------------------------------------------------------------------------------------------------
@stated(
    claims="CI-12", source=LATENCY, given=NO_FAILURE, assumptions=(LOAD, "a round of all tables takes three minutes")
)
def latency_is_at_most_five_minutes(d: System) -> Property:
    """In normal operation no record is later in the HDS than five minutes; the exact maximum is the verdict's value.

    It is one tick to be made, as many as a round of the tables takes, and those in the temporary table.
    """
    return worst_case(d.lag.worst, at_most=d.bound)


@stated(
    claims="CI-12",
    source=LATENCY,
    given={**NO_FAILURE, "tables": 5},
    finding=Finding(
        title="Five minutes of latency hold only for as many tables as the client gets round in four",
        explanation=(
            "The client goes table by table. A record waits for the round to come to its table: with every table more the "
            "latency grows by the time that one table takes. The page gives one to five minutes and no number of tables."
        ),
        repair="Replicate several tables at a time, or divide the tables between clients, until a round fits.",
        repaired={"tables_per_tick": 2},
    ),
)
def latency_is_at_most_five_minutes_with_more_tables(d: System) -> Property:
    """The same with five tables at one minute each."""
    return worst_case(d.lag.worst, at_most=d.bound)


@stated(
    claims="CI-12",
    source=f"{LATENCY}; Replication",
    given={**NO_FAILURE, "batch": 2},
    finding=Finding(
        title="A table that gets more than 2000 records in a round falls behind without any failure",
        explanation=(
            "One answer brings 2000 records of one table. If more of them are made before its turn comes again, the rest "
            "stays, and the lag grows with every round until the faster pace of recovery sets in."
        ),
        repair="Visit each table so often that what it gets in between fits into one batch, or ask again at once while "
        "a full batch was sent.",
        repaired={"tables_per_tick": 2},
    ),
)
def latency_is_at_most_five_minutes_under_high_load(d: System) -> Property:
    """The same when a batch holds two minutes' data of a table, with a round of three minutes."""
    return worst_case(d.lag.worst, at_most=d.bound)


# -- lags ----------------------------------------------------------------------------------------------------------------
def stays_bounded(d: System) -> Property:
    """No lag is as long as all outages, the recovery after each, the backup's age and two rounds of the tables together."""
    return never(d.lag.worst >= d.lag.most)


def closes(d: System) -> Property:
    """Whenever some table is more than five minutes behind, none is some time later."""
    return leads_to(d.lag.worst > d.bound, d.lag.worst <= d.bound)


@stated(claims="CI-12", source=POINTS, given=LOGGER_ONLY, assumptions=(LOAD, "failures end"))
def a_lag_closes_after_a_logger_failure(d: System) -> Property:
    """After a failure of the Logger the HDS comes back to its usual latency."""
    return closes(d)


@stated(claims="CI-12", source=POINTS, given=HDS_ONLY, assumptions=(LOAD, "failures end"))
def a_lag_closes_after_an_hds_failure(d: System) -> Property:
    """After a failure of the HDS and the restoration of its last backup it comes back to its usual latency."""
    return closes(d)


@stated(claims="CI-12", source=POINTS, assumptions=LOAD)
def a_lag_is_bounded(d: System) -> Property:
    """Whatever fails, within the budget, no lag grows beyond outages, recovery and backup age together."""
    return stays_bounded(d)


@stated(claims="CI-12", source=POINTS, given={**LOGGER_ONLY, "longest_outage": minutes(15)}, assumptions=LOAD)
def a_lag_is_made_up_faster_than_it_arose(d: System) -> Property:
    """After one Logger outage of at most 15 minutes, replication needs less than that to be at its usual latency."""
    return worst_case(d.observer.lagging, at_most=14)


@stated(claims="CI-12", source=POINTS)
def worst_lag(d: System) -> Property:
    """The exact worst latency, in ticks, with one failure of the Logger and one of the HDS, of at most 15 minutes each."""
    return worst_case(d.lag.worst)


@stated(
    claims="CI-12",
    source=POINTS,
    given={**SHORT, "catch_up": 1, "batch": 3},
    finding=Finding(
        title="A lag closes only if a round carries more than is made during it",
        explanation=(
            "That recovery is faster than normal replication is not a matter of course: both go through the same client, "
            "table by table, 2000 records at a time. With a batch that is just filled by what a table gets in a round, "
            "normal operation keeps up, but every lag stays for good: each outage adds to it."
        ),
        repair="While a lag is made up, visit more tables a minute, or ask the same table again while full batches come.",
        repaired={"catch_up": 2},
    ),
)
def a_lag_closes_when_batches_are_just_full(d: System) -> Property:
    """The same when a batch holds exactly what a table gets in one round and the client is never faster than usual."""
    return closes(d)


@stated(
    claims="CI-12",
    source=POINTS,
    given={**SHORT, "batch": 1},
    finding=Finding(
        title="Where load exceeds what the faster pace can carry, the lag outgrows whatever failures can account for",
        explanation=(
            "Two tables a minute, one minute's data of one table in a batch, three tables: two thirds of what is made "
            "arrive, and with every minute one table's data of a minute more is missing. In the end the HDS lacks more than the "
            "outage, the recovery after it and two rounds of the tables explain; no pace of the client makes that up."
        ),
        repair="Let the pace of recovery exceed the load of all tables together.",
        repaired={"catch_up": 4},
    ),
)
def a_lag_is_bounded_under_overload(d: System) -> Property:
    """No lag grows beyond outages and recovery together when a batch holds one minute's data of a table."""
    return stays_bounded(d)


@stated(claims="CI-12", source=POINTS, given=LOGGER_ONLY)
def replication_waits_for_recovery(d: System) -> Property:
    """While the Logger is recovering, the lag is at least what it is missing, and it is not serving."""
    return whenever(d.logger.recovering, ~d.serving & (d.lag.worst >= d.backlog.missing))
