"""What the Logger page promises in the end: every HDS holds every record that survives in a Logger, and none is skipped."""

from drcheck import (
    Property,
    System,
    all_of,
    always,
    any_of,
    as_stated,
    case,
    condition,
    count,
    leads_to,
    never,
    reading,
    stated,
    stress,
    worst_case,
)
from properties.logger_hds.findings import (
    KEY_FALLS_BACK,
    NEWEST_FIRST,
    RECOVERED_ALONE,
    RECOVERED_TOO_EARLY,
    RECOVERS_WHAT_WAITS,
    REPLICATES_FIRST,
    ROUTER_FAILS,
    TEMPORARY_LOST,
    WAITS_FOR_THE_OTHER,
)
from properties.logger_hds.terms import (
    ASK_FOR_ALL,
    BOTH_LOGGERS,
    CALL_ROUTER,
    CAREFUL,
    CLOCK,
    CLOCK_SET_BACK,
    COMPARES_ACTUAL_ONLY,
    FLOW,
    GAP,
    ONE_HDS,
    ONE_LOGGER,
    ONE_TABLE,
    POINTS,
    PURGE_BACKED_UP,
    RECOVERY,
    REPLICATION,
    TEMPORARY,
    complete,
    everyone,
    logged,
    progress,
    skipped,
)

GAP_CLOSED = {"recovered_when": "gap_closed"}
ORDER = ("of the two temporary tables, the one that was filled first is emptied first", *CLOCK)
"""What the page does not say, and what records would be skipped without."""


# -- nothing is skipped -----------------------------------------------------------------------------------------------
@stated(
    claims="CI-8",
    source=POINTS,
    given={"hds_failures": 0},
    assumptions=ORDER,
    cases=[
        case(
            "after_one_failure",
            "one failure of a Logger",
            given={"logger_failures": 1},
            role=as_stated,
            finding=RECOVERED_TOO_EARLY,
        ),
        case(
            "after_one_failure_if_the_gap_is_closed_first",
            "one failure of a Logger, which counts as recovered only once temporary tables hold nothing older either",
            given={"logger_failures": 1, **GAP_CLOSED},
            role=condition,
        ),
        case(
            "when_both_loggers_fail",
            "two failures of Loggers, in any order",
            given=GAP,
            role=BOTH_LOGGERS,
            finding=RECOVERED_ALONE,
        ),
        case(
            "when_a_call_router_fails",
            "a failure of a CallRouter",
            source=f"{FLOW}; {POINTS}",
            given={**GAP, "logger_failures": 0, "router_failures": 1},
            role=CALL_ROUTER,
            finding=ROUTER_FAILS,
        ),
        case(
            "even_without_recovering_first",
            "one failure of a Logger, which replicates before it has recovered",
            given={**GAP, "logger_failures": 1, "first_recover": False},
            role=stress("a Logger that returns replicates before it has recovered"),
            finding=REPLICATES_FIRST,
        ),
        case(
            "if_recovery_ignores_temporary_tables",
            "one failure of a Logger, and recovery also brings what waits in the Logger's own temporary tables",
            source=RECOVERY,
            given={**GAP, "logger_failures": 1, "recovers_what_waits": True},
            role=COMPARES_ACTUAL_ONLY,
            finding=RECOVERS_WHAT_WAITS,
        ),
        case(
            "in_whatever_order_temporary_tables_are_read",
            "without any failure, whichever of the two temporary tables is emptied first",
            source=f"{TEMPORARY}; {REPLICATION}",
            given={**ONE_TABLE, "logger_failures": 0, "oldest_first": False},
            role=reading("of the two temporary tables, the one that was filled last may be emptied first"),
            assumptions=CLOCK,
            finding=NEWEST_FIRST,
        ),
        case(
            "with_all_repairs",
            "three failures of Loggers, one of a CallRouter, one of an HDS, and all repairs of recovery",
            given={
                **CAREFUL,
                "logger_failures": 3,
                "router_failures": 1,
                "hds_failures": 1,
                "recover_after_router": True,
            },
            claims=(),
        ),
    ],
)
def no_record_is_skipped(d: System) -> Property:
    """Every record that reaches the actual table of a Logger is in its HDS, or is still asked for."""
    return never(skipped(d))


@stated(measures="loss", source=POINTS, given=ONE_LOGGER)
def records_skipped(d: System) -> Property:
    """The greatest number of records, of those followed, that some HDS lacks for good after one failure of a Logger.

    All but the one that overtakes them: the number of records that wait in temporary tables, and nothing else, bounds it.
    """
    skipped_by_some = [any_of(s.skipped(i) for s in d.sides.values()) for i in everyone(d)]
    return worst_case(count(skipped_by_some, unit="records"), at_most=d.parameters["records"] - 1)


# -- everything arrives -----------------------------------------------------------------------------------------------
@stated(
    claims="CI-8",
    source=POINTS,
    assumptions=ORDER,
    cases=[
        case("", "one failure of a Logger", given=ONE_LOGGER, role=as_stated, finding=RECOVERED_TOO_EARLY),
        case("after_an_hds_failure", "one failure of an HDS", given=ONE_HDS, role=as_stated),
        case(
            "if_the_gap_is_closed_first",
            "one failure of a Logger, which counts as recovered only once temporary tables hold nothing older either",
            given={**ONE_LOGGER, **GAP_CLOSED},
            role=condition,
        ),
        case(
            "whatever_the_clock",
            "with the repairs of recovery, the clock is set back once",
            given={**CAREFUL, "hds_failures": 0, "clock_set_backs": 1},
            role=CLOCK_SET_BACK,
            assumptions=ORDER[:1],
            finding=KEY_FALLS_BACK,
        ),
        case(
            "if_purging_waits_for_backups",
            "Loggers delete what the backups of all HDS hold",
            given={**GAP, "logger_failures": 1, "purge": "when_backed_up"},
            claims={"CI-10": PURGE_BACKED_UP, "CI-8": PURGE_BACKED_UP},
        ),
        case(
            "if_recovery_is_strict",
            "two failures of Loggers and one of an HDS, the gap closed first, and no replication before the other Logger is back",
            given=CAREFUL,
            claims=(),
        ),
        case(
            "if_it_asks_for_all_it_lacks",
            "failures of Loggers and a CallRouter, recovery as published, and the HDS asks for all that it lacks",
            given={**ONE_TABLE, **ASK_FOR_ALL, "hds_failures": 0, "router_failures": 1},
            claims=(),
        ),
        case(
            "in_whatever_order_if_it_asks_for_all_it_lacks",
            "the HDS asks for all that it lacks, in whatever order Loggers insert, recover and replicate",
            given={
                **ONE_TABLE,
                **ASK_FOR_ALL,
                "hds_failures": 0,
                "first_recover": False,
                "oldest_first": False,
                "recovers_what_waits": True,
            },
            assumptions=CLOCK,
            claims=(),
        ),
    ],
)
def every_hds_ends_up_with_every_record(d: System) -> Property:
    """Every record that a Logger holds comes to every HDS."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8",
    source=POINTS,
    given={**CAREFUL, "hds_failures": 0},
    role=stress("one Logger never returns, and the other one restarts"),
    assumptions="a Logger that has nobody to recover from waits",
    finding=WAITS_FOR_THE_OTHER,
)
def an_online_logger_feeds_its_hds_even_if_the_other_never_returns(d: System) -> Property:
    """What an online Logger B holds comes to HDS B, even if Logger A stays away for good."""
    b = d.sides["b"]
    behind = any_of(b.logger.holds(i) & ~b.hds.holds[i] for i in everyone(d))
    return leads_to(d.logger_b.online & behind, d.logger_b.offline | ~behind, fairness=progress(d, "logger_a_returns"))


@stated(
    claims="CI-8",
    source=TEMPORARY,
    given={**CAREFUL, "hds_failures": 0, "temporary_survives": False},
    cases=[
        case(
            "",
            "temporary tables are lost with each failure of a Logger",
            role=stress("temporary tables are lost with the second of two Logger failures"),
            finding=TEMPORARY_LOST,
        ),
        case(
            "after_one_failure",
            "temporary tables are lost with the one failure of a Logger",
            given={"logger_failures": 1},
            role=stress("temporary tables are lost with the one Logger failure"),
        ),
    ],
)
def a_logged_record_stays_logged(d: System) -> Property:
    """Every record that a Logger took is in a Logger from then on."""
    return always(all_of((i < d.data.made).implies(logged(d, i)) for i in everyone(d)))
