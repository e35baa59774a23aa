"""What the Logger page promises of the HDS: another one to use, one that returns, and one alone."""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    always,
    any_of,
    as_stated,
    case,
    happens,
    leads_to,
    never,
    reachable,
    reading,
    stated,
    stress,
    weakly_fair,
    whenever,
    witness,
)
from properties.logger_hds.findings import (
    BOTH_HDS_DOWN,
    ONLY_LOGGER_DOWN,
    OPPOSITE_LOGGER_AND_HDS,
    PURGED_TOO_EARLY,
    STALE_HDS_IN_USE,
)
from properties.logger_hds.terms import (
    FLOW,
    GAP,
    ONCE,
    ONE_HDS,
    ONE_LOGGER,
    POINTS,
    SIMPLEX,
    complete,
    everyone,
    logged,
    machine,
    other_side,
    progress,
    serving,
)

ONLY_LOGGER = stress("the only Logger fails")
BOTH_HDS = stress("both HDS are down at once")


# -- CI-9: the other HDS ----------------------------------------------------------------------------------------------
@stated(
    claims="CI-9",
    source=FLOW,
    given=ONE_HDS,
    cases=[
        case("", "one failure of an HDS", role=as_stated),
        case(
            "again_and_again",
            "two failures of HDS",
            given={"hds_failures": 2},
            role=stress("an HDS fails twice, or both do"),
        ),
    ],
)
def clients_switch_when_the_hds_in_use_fails(d: System) -> Property:
    """When the HDS in use is offline and the other one online, the client comes to use an HDS that is online."""
    client = d.administration_client
    lost = (client.uses_a & ~d.hds_a.online & d.hds_b.online) | (client.uses_b & ~d.hds_b.online & d.hds_a.online)
    fit = (client.uses_a & d.hds_a.online) | (client.uses_b & d.hds_b.online)
    # Both may fail after all, before the client has switched: then there is nothing to switch to.
    return leads_to(lost, fit | (~d.hds_a.online & ~d.hds_b.online), fairness=weakly_fair("switches"))


@stated(
    claims="CI-9",
    source=POINTS,
    cases=[
        case("after_a_logger_failure", "one failure of a Logger", given=ONE_LOGGER, role=as_stated),
        case("after_an_hds_failure", "one failure of an HDS", given=ONE_HDS, role=as_stated),
        case(
            "after_two_failures",
            "one failure of a Logger and one of an HDS",
            given={**GAP, "logger_failures": 1},
            role=stress("the Logger of one side and the HDS of the other are down at once"),
            finding=OPPOSITE_LOGGER_AND_HDS,
        ),
        case(
            "when_both_hds_fail",
            "two failures of HDS",
            given={**ONE_HDS, "hds_failures": 2},
            role=BOTH_HDS,
            finding=BOTH_HDS_DOWN,
        ),
    ],
)
def one_hds_is_up_to_date(d: System) -> Property:
    """There is always an HDS online that its Logger replicates to, with no record skipped."""
    return always(any_of(serving(d, s) & ~any_of(x.skipped(i) for i in everyone(d)) for s, x in d.sides.items()))


@stated(
    claims="CI-9",
    source=POINTS,
    cases=[
        case("while_a_logger_is_away", "one failure of a Logger", given=ONE_LOGGER, role=as_stated),
        case("while_an_hds_is_away", "one failure of an HDS", given=ONE_HDS, role=as_stated),
        case(
            "while_both_hds_are_away",
            "two failures of HDS",
            given={**ONE_HDS, "hds_failures": 2},
            role=BOTH_HDS,
            finding=BOTH_HDS_DOWN,
        ),
    ],
)
def the_other_hds_receives_everything(d: System) -> Property:
    """While one HDS receives nothing, every record that a Logger holds comes to the other one."""
    waiting, done = [], []
    for s in d.sides:
        other = d.sides[other_side(d, s)]
        has_all = all_of(logged(d, i).implies(other.hds.holds[i]) for i in everyone(d))
        waiting.append(~serving(d, s) & ~has_all)
        done.append(serving(d, s) | has_all)
    returns = (e.name for e in d.events if e.name.endswith("_returns"))  # what is away may stay away for good
    return leads_to(any_of(waiting), all_of(done), fairness=progress(d, *returns))


@stated(
    claims="CI-9",
    source=POINTS,
    given=ONCE,
    role=reading("clients also leave by themselves an HDS that is only behind"),
    finding=STALE_HDS_IN_USE,
)
def clients_switch_when_the_hds_in_use_is_behind(d: System) -> Property:
    """When the HDS in use receives nothing and the other one does, the client comes to use one that does."""
    client = d.administration_client
    fed = {s: serving(d, s) for s in d.sides}
    stale = (client.uses_a & ~fed["a"] & fed["b"]) | (client.uses_b & ~fed["b"] & fed["a"])
    return leads_to(stale, ~stale, fairness=weakly_fair("switches"))


# -- CI-10: an HDS that returns ---------------------------------------------------------------------------------------
KEPT = "a Logger keeps every record: the page says nothing of how long"


@stated(
    claims="CI-10",
    source=POINTS,
    given=ONE_HDS,
    assumptions=KEPT,
    cases=[
        case("", "one failure of an HDS", role=as_stated),
        case(
            "again_and_again",
            "two failures of HDS",
            given={"hds_failures": 2},
            role=stress("an HDS fails twice, or both do"),
        ),
    ],
)
def a_restored_hds_gets_the_rest_from_its_logger(d: System) -> Property:
    """An HDS that failed comes to hold every record again, from its last backup (if any) and its Logger."""
    return leads_to(~d.hds_a.online | ~d.hds_b.online, complete(d), fairness=progress(d))


@stated(claims="CI-10", source=POINTS, given=ONE_HDS, by_construction=True)
def a_restored_hds_begins_with_its_last_backup(d: System) -> Property:
    """An HDS that returns holds what its last backup held, and nothing else."""
    return never(
        any_of(
            happens(f"hds_{s}_returns") & any_of(x.hds.holds[i] != x.hds.backup[i] for i in everyone(d))
            for s, x in d.sides.items()
        )
    )


@stated(
    claims=("CI-10", "CI-8"),
    source=POINTS,
    given={**ONE_HDS, "purge": "when_replicated"},
    role=stress("a Logger deletes what all HDS hold, backed up or not"),
    finding=PURGED_TOO_EARLY,
)
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


# -- CI-11: simplex ---------------------------------------------------------------------------------------------------
def reports(d: System) -> Expression:
    """The Administration Client uses an HDS that is online."""
    client = d.administration_client
    return any_of(client.state(f"uses_{s}") & machine(d, "hds", s).online for s in d.sides)


@stated(claims="CI-11", source=POINTS, given={**SIMPLEX, "logger_failures": 0}, by_construction=True)
def without_fault_tolerance_reports_stop_with_the_hds(d: System) -> Property:
    """While an HDS is offline there are no historical reports: the client has no other one."""
    return whenever(any_of(~machine(d, "hds", s).online for s in d.sides), ~reports(d))


@stated(
    claims="CI-11",
    source=POINTS,
    given={**SIMPLEX, "logger_failures": 0},
    role=witness,
)
def without_fault_tolerance_there_may_be_no_reports(d: System) -> Property:
    """Records have been made, and there is no historical report of them."""
    return reachable((d.data.made > 0) & ~reports(d))


@stated(
    claims="CI-11",
    source=POINTS,
    given=SIMPLEX,
    assumptions=KEPT,
    cases=[
        case("", "one failure of the HDS", given={"logger_failures": 0}, role=as_stated),
        case("after_logger_failures", "failures of the Logger too", role=ONLY_LOGGER),
    ],
)
def without_fault_tolerance_reports_come_back_complete(d: System) -> Property:
    """There are historical reports again, of every record that the Logger took."""
    return leads_to(~reports(d) | ~complete(d), reports(d) & complete(d), fairness=progress(d))


@stated(
    claims="CI-11",
    source=POINTS,
    given={**SIMPLEX, "logger_failures": 1},
    role=ONLY_LOGGER,
    finding=ONLY_LOGGER_DOWN,
)
def no_record_is_made_unlogged(d: System) -> Property:
    """Every record is taken by a Logger."""
    return never(d.data.unlogged)
