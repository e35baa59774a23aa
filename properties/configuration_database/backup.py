"""What periodic backups lose when the Configuration Database is lost, and what replication loses in the same execution."""

from drcheck import System, hours, minimum
from drcheck.logic.kinds import Finding, Property
from drcheck.logic.properties import always, deadlock_free, reachable, stated, worst_case

SOURCE = "Framework guide, Overview"
AROUND_AN_OUTAGE = {"outages": 1}


@stated(source="the model itself")
def time_goes_on(d: System) -> Property:
    """No state is without a next step."""
    return deadlock_free()


@stated(claims="FW-2", source=SOURCE)
def worst_loss_with_backups(d: System) -> Property:
    """The most changes that a disaster costs with a daily backup: those of a day, and those of its delay."""
    return worst_case(d.archive.unsaved, at_most=26)


@stated(claims="FW-2", source=SOURCE)
def worst_loss_with_replication(d: System) -> Property:
    """The most changes that a disaster costs with replication: those of its lag, and the one being made."""
    return worst_case(d.replica.undelivered, at_most=2)


@stated(claims="FW-2", source=SOURCE, given=AROUND_AN_OUTAGE)
def worst_loss_with_replication_around_an_outage(d: System) -> Property:
    """The same with one outage of the network: its length is added, since nothing is delivered meanwhile."""
    return worst_case(d.replica.undelivered, at_most=16)


@stated(claims="FW-2", source=SOURCE, given={"replication_lag": 0, "backup_window": hours(0)})
def most_that_replication_saves(d: System) -> Property:
    """By how many changes a backup can lose more than prompt replication in the same execution."""
    return worst_case(d.archive.unsaved - d.replica.undelivered)


@stated(
    claims="FW-2",
    source=SOURCE,
    finding=Finding(
        title="Replication can lose a change that a backup has",
        explanation=(
            "Replication is better at worst, not in every execution: a backup that has just arrived holds the newest "
            "change, while replication still has it to deliver. The difference is never more than the lag of replication."
        ),
        repair="Keep the backups beside replication, and look at the newest one before a loss is accepted.",
    ),
)
def replication_never_loses_more(d: System) -> Property:
    """In every execution of the same faults, replication loses no more changes than backups."""
    return always(d.replica.undelivered <= d.archive.unsaved)


@stated(claims="FW-2", source=SOURCE)
def worst_disadvantage_of_replication(d: System) -> Property:
    """By how many changes replication can lose more than backups: no more than its lag and the change being made."""
    return worst_case(d.replica.undelivered - d.archive.unsaved, at_most=2)


@stated(
    claims="FW-2",
    source=SOURCE,
    given={**AROUND_AN_OUTAGE, "backups_cross_network": False},
    finding=Finding(
        title="In a long outage a backup that does not use the network is worth more than replication",
        explanation=(
            "While the network is down replication delivers nothing, and all that is changed meanwhile is lost with the "
            "site. A backup that leaves the site by another way is taken all the same."
        ),
        repair="Keep one way for backups out of the main site that does not depend on the network that replication uses.",
    ),
)
def replication_loses_little_more_around_an_outage(d: System) -> Property:
    """Around an outage, with backups that do not need the network, replication loses at most two changes more than backups."""
    return worst_case(d.replica.undelivered - d.archive.unsaved, at_most=2)


@stated(claims="FW-2", source=SOURCE)
def backups_lose_what_replication_saves(d: System) -> Property:
    """There are executions in which a whole day of changes is saved by replication and lost with backups."""
    return reachable(d.main_site.failed & (d.replica.undelivered == 0) & (d.archive.unsaved >= 24))


@stated(claims="FW-2", source=SOURCE, given={**AROUND_AN_OUTAGE, "backups_cross_network": False})
def worst_loss_with_both(d: System) -> Property:
    """Around an outage, with the newer of the replica and of a backup that does not need the network, the most that is lost."""
    return worst_case(minimum(d.replica.undelivered, d.archive.unsaved))
