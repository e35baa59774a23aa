"""What the Logger page promises of latency: one to five minutes, and lags that always close."""

from drcheck import (
    Property,
    System,
    all_of,
    always,
    as_stated,
    case,
    condition,
    deadlock_free,
    disruption,
    leads_to,
    minutes,
    never,
    reachable,
    stated,
    stress,
    whenever,
    witness,
    worst_case,
)
from properties.logger_hds.findings import BATCH_TOO_SMALL, TOO_MANY_TABLES
from properties.logger_hds.latency_parts import *  # noqa: F403  # its promises are this design's too

LATENCY = "Logger page, Recovery Keys (last paragraph)"
POINTS = "Logger page, Possible Points of Delay or Inconsistency"
NO_FAILURE = {"logger_failures": 0, "hds_failures": 0}
LOGGER_ONLY = {"hds_failures": 0}
SHORT = {**LOGGER_ONLY, "longest_outage": minutes(6)}
HDS_ONLY = {"logger_failures": 0}
FASTER_PACE = stress("the client is no faster than usual while it makes up a lag")
TOGETHER = stress("a Logger and an HDS fail, one after the other or together")
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
    claims="CI-12",
    source=LATENCY,
    given=NO_FAILURE,
    cases=[
        case(assumptions=(LOAD, "a round of all tables takes three minutes"), role=as_stated),
        case(
            "with_more_tables",
            "five tables, at one minute each",
            given={"tables": 5, "batch": 4},
            assumptions="the page does not say how many tables there are, nor how long the client takes for one",
            role=as_stated,
            finding=TOO_MANY_TABLES,
        ),
        case(
            "under_high_load",
            "a batch holds three minutes' data of a table, with a round of four minutes",
            source=f"{LATENCY}; Replication",
            given={"tables": 4, "batch": 3},
            assumptions="the page does not say how many records a table gets",
            role=as_stated,
            finding=BATCH_TOO_SMALL,
        ),
        case(
            "if_a_round_takes_four_and_fits_into_a_batch",
            "four tables at one minute each, and a batch holds four minutes' data of a table",
            given={"tables": 4, "batch": 4},
            role=condition,
        ),
    ],
)
def latency_is_at_most_five_minutes(d: System) -> Property:
    """In normal operation no record is later in the HDS than five minutes; the exact maximum is the verdict's value.

    It is one tick to be made, as many as a round of the tables takes, and those in the temporary table.
    """
    return worst_case(d.lag.worst, at_most=d.bound)


# -- lags ----------------------------------------------------------------------------------------------------------------
@stated(
    claims="CI-12",
    source=POINTS,
    cases=[
        case(
            "after_a_logger_failure",
            "after a failure of the Logger",
            given=LOGGER_ONLY,
            assumptions=(LOAD, "failures end"),
            role=as_stated,
        ),
        case(
            "after_an_hds_failure",
            "after a failure of the HDS and the restoration of its last backup",
            given=HDS_ONLY,
            assumptions=(LOAD, "failures end"),
            role=as_stated,
        ),
        case(
            "when_batches_are_just_full_and_recovery_is_faster",
            "after a failure of the Logger, a batch holds exactly what a table gets in one round",
            given={**SHORT, "batch": 3},
            role=as_stated,
        ),
        case(
            "when_batches_are_just_full",
            "after a failure of the Logger, a batch holds exactly what a table gets in one round, and the client is never faster",
            given={**SHORT, "batch": 3, "catch_up": 1},
            role=FASTER_PACE,
            finding=BATCH_TOO_SMALL,
        ),
    ],
)
def a_lag_closes(d: System) -> Property:
    """Whenever some table is more than five minutes behind, none is some time later."""
    return leads_to(d.lag.worst > d.bound, d.lag.worst <= d.bound)


@stated(
    claims="CI-12",
    source=POINTS,
    cases=[
        case("", "one failure of the Logger and one of the HDS", assumptions=LOAD, role=TOGETHER),
        case(
            "under_overload",
            "a batch holds one minute's data of a table",
            given={**SHORT, "batch": 1},
            role=stress("the load is greater than what the faster pace carries"),
            finding=BATCH_TOO_SMALL,
        ),
    ],
)
def a_lag_is_bounded(d: System) -> Property:
    """No lag is as long as all outages, the recovery after each, the backup's age and two rounds of the tables together."""
    return never(d.lag.worst >= d.lag.most)


@stated(claims="CI-12", source=POINTS, given={**LOGGER_ONLY, "longest_outage": minutes(15)}, assumptions=LOAD)
def a_lag_is_made_up_faster_than_it_arose(d: System) -> Property:
    """After one Logger outage of at most 15 minutes, replication needs less than that to be at its usual latency."""
    return worst_case(d.observer.lagging, at_most=14)


@stated(claims="CI-12", source=POINTS, given=SHORT, role=witness)
def a_lag_arises(d: System) -> Property:
    """A failure of the Logger does lead to a lag of more than five minutes."""
    return reachable(d.lag.worst > d.bound)


@stated(source=POINTS, given={"longest_outage": minutes(15)})
def worst_lag(d: System) -> Property:
    """The exact worst latency with one failure of the Logger and one of the HDS, of at most 15 minutes each."""
    return worst_case(d.lag.worst, at_most=minutes(47))


@stated(claims="CI-7", source=POINTS, given=LOGGER_ONLY, by_construction=True)
def replication_waits_for_recovery(d: System) -> Property:
    """While the Logger is recovering, the lag is at least what it is missing, and it is not serving."""
    return whenever(d.logger.recovering, ~d.serving & (d.lag.worst >= d.backlog.missing))


# -- how long the HDS lacks usual data -----------------------------------------------------------------------------------
CLOCK = {"observe_recovery": True}
OFFLINE = "a Logger and an HDS are offline for longest_outage at most, for which the page states no time"
IN_15_MINUTES = {"longest_outage": minutes(15)}
IN_6_MINUTES = {"longest_outage": minutes(6)}
OBJECTIVES = [
    disruption("failure of the Logger, up to 15 minutes", logger_failures=1, **IN_15_MINUTES),
    disruption("failure of the HDS, up to 15 minutes", hds_failures=1, **IN_15_MINUTES),
    disruption("failures of both, up to 6 minutes each", logger_failures=1, hds_failures=1, **IN_6_MINUTES),
]
"""The page calls what is missing temporary, and states no time until it is there."""


@stated(source=POINTS, given={**CLOCK, **LOGGER_ONLY, **IN_15_MINUTES}, assumptions=(LOAD, OFFLINE))
def time_until_the_hds_is_up_to_date_after_a_logger_failure(d: System) -> Property:
    """For how long at worst an HDS lacks data of the usual latency after its Logger failed: outage, recovery, catching up.

    Fifteen minutes offline, three in which as much is recovered at the assumed speed, and four to catch up.
    """
    return worst_case(d.recovery_clock.without, at_most=minutes(22))


@stated(source=POINTS, given={**CLOCK, **HDS_ONLY, **IN_15_MINUTES}, assumptions=(LOAD, OFFLINE))
def time_until_the_hds_is_up_to_date_after_its_failure(d: System) -> Property:
    """For how long at worst an HDS that failed lacks data of the usual latency: offline, then the age of its backup, too."""
    return worst_case(d.recovery_clock.without, at_most=minutes(20))


@stated(measures="time_back", source=POINTS, given={**CLOCK, **IN_6_MINUTES}, assumptions=(LOAD, OFFLINE))
def time_until_the_hds_is_up_to_date_after_both(d: System) -> Property:
    """The same, where a Logger and an HDS fail, one after the other or together, each for up to 6 minutes."""
    return worst_case(d.recovery_clock.without, at_most=minutes(19))
