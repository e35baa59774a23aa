"""What the Logger page promises of the HDS: another one to use, one that returns, and one alone."""

from drcheck import Finding, Property, System, all_of, always, any_of, leads_to, never, reachable, stated, weakly_fair
from properties.logger_hds.terms import (
    CAREFUL,
    FLOW,
    ONCE,
    ONE_TABLE,
    POINTS,
    SIMPLEX,
    complete,
    everyone,
    machine,
    progress,
    serving,
)


# -- CI-9: the other HDS ----------------------------------------------------------------------------------------------
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
    claims="CI-9",
    source=POINTS,
    given={**ONCE, "hds_failures": 0},
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
)
def clients_switch_when_the_hds_in_use_is_behind(d: System) -> Property:
    """When the HDS in use receives nothing and the other one does, the client comes to use one that does."""
    client = d.administration_client
    fed = {s: machine(d, "replication_server", s).serving for s in d.sides}
    stale = (client.uses_a & ~fed["a"] & fed["b"]) | (client.uses_b & ~fed["b"] & fed["a"])
    return leads_to(stale, ~stale, fairness=weakly_fair("switches"))


# -- CI-10: an HDS that returns ---------------------------------------------------------------------------------------
@stated(claims="CI-10", source=POINTS, given={**ONE_TABLE, "logger_failures": 0, "hds_failures": 2})
def a_restored_hds_gets_the_rest_from_its_logger(d: System) -> Property:
    """An HDS that failed comes to hold every record again, from its last backup (if any) and its Logger."""
    return leads_to(~d.hds_a.online | ~d.hds_b.online, complete(d), fairness=progress(d))


@stated(
    claims=("CI-10", "CI-8"),
    source=POINTS,
    given={**ONE_TABLE, "logger_failures": 0, "purge": "when_replicated"},
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


@stated(claims=("CI-10", "CI-8"), source=POINTS, given={**CAREFUL, "logger_failures": 1, "purge": "when_backed_up"})
def every_hds_ends_up_with_every_record_if_purging_waits_for_backups(d: System) -> Property:
    """With purging by that rule, every record that a Logger holds still comes to every HDS, after a Logger failure too."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


# -- CI-11: simplex ---------------------------------------------------------------------------------------------------
@stated(claims="CI-11", source=POINTS, given=SIMPLEX)
def without_fault_tolerance_reports_stop_with_the_hds(d: System) -> Property:
    """Without fault tolerance the only HDS can be offline: there is then nothing to run historical reports from."""
    return reachable(~d.hds_a.online & (d.data.made > 0))


@stated(claims="CI-11", source=POINTS, given=SIMPLEX)
def without_fault_tolerance_reports_come_back_complete(d: System) -> Property:
    """Once the HDS is restored it comes to hold every record that the Logger took, failures of the Logger included."""
    return leads_to(~d.hds_a.online | ~complete(d), d.hds_a.online & complete(d), fairness=progress(d))


@stated(
    claims=("CI-11", "CI-8"),
    source=POINTS,
    given=SIMPLEX,
    finding=Finding(
        title="Without fault tolerance a Logger failure loses records for good",
        explanation=(
            "The page calls missing data temporary also where there is no fault tolerance. That is so for a failure of "
            "the HDS. What is made while the only Logger is offline is taken by nobody, and nothing brings it back."
        ),
        repair="Use two Loggers, or let the CallRouter keep records until its Logger is back.",
        repaired={"fault_tolerant": True, "logger_failures": 1},
    ),
)
def no_record_is_made_unlogged(d: System) -> Property:
    """Without fault tolerance, every record is taken by a Logger."""
    return never(d.data.unlogged)
