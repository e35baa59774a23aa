"""What periodic backups lose when the Configuration Database is lost, and what replication loses in the same execution."""

from drcheck import System, case, disruption, minimum, reading, stress, witness
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, deadlock_free, reachable, stated, worst_case
from properties.configuration_database.backup_parts import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.findings import BACKUP_IS_NEWER, BACKUP_OUTLIVES_OUTAGE

SOURCE = "Framework guide, Overview"
AROUND_AN_OUTAGE = {"outages": 1}
AN_OUTAGE = stress("an outage of the network")
IN_EVERY_EXECUTION = reading("replication loses no more than backups in every execution, and not only at worst")
EVEN_IN_AN_OUTAGE = reading(
    "replication loses no more than backups in every execution, but for its lag, even around an outage"
)
ASSUMED = "at most one change an hour, a backup a day that is at most an hour late, and a lag of replication of an hour"

OBJECTIVES = [disruption("loss of the main site"), disruption("loss of the main site around an outage", outages=1)]
"""The guide states no limit on what is lost: all changes since the last backup may be."""


@stated(source="the model itself")
def time_goes_on(d: System) -> Property:
    """No state is without a next step."""
    return deadlock_free()


@stated(claims="FW-2", measures="loss", source=SOURCE, assumptions=ASSUMED)
def worst_loss_with_backups(d: System) -> Property:
    """The most changes that a disaster costs with a daily backup: those of a day, and those of its delay."""
    return worst_case(d.archive.unsaved, at_most=26)


def _of_the_lag(d: System) -> int:
    """How many changes are made within the lag of replication, with the one being made."""
    return int(d.parameters["replication_lag"]) + 1


@stated(claims="FW-2", measures="loss", source=SOURCE, assumptions=ASSUMED)
def worst_loss_with_replication(d: System) -> Property:
    """The most changes that a disaster costs with replication: those of its lag, and the one being made."""
    return worst_case(d.replica.undelivered, at_most=_of_the_lag(d))


@stated(claims="FW-2", source=SOURCE, given=AROUND_AN_OUTAGE, role=AN_OUTAGE)
def worst_loss_with_replication_around_an_outage(d: System) -> Property:
    """The most changes that a disaster costs with replication around an outage, whose length is added to its lag."""
    return worst_case(d.replica.undelivered, at_most=d.ticks(d.parameters["longest_outage"]) + _of_the_lag(d))


@stated(claims="FW-2", source=SOURCE, role=witness)
def most_that_replication_saves(d: System) -> Property:
    """By how many changes a backup can lose more than replication in the same execution: all that it loses at worst."""
    return worst_case(d.archive.unsaved - d.replica.undelivered, at_most=26)


@stated(claims="FW-2", source=SOURCE, role=IN_EVERY_EXECUTION, finding=BACKUP_IS_NEWER)
def replication_never_loses_more(d: System) -> Property:
    """In every execution of the same faults, replication loses no more changes than backups."""
    return always(d.replica.undelivered <= d.archive.unsaved)


@stated(
    claims="FW-2",
    source=SOURCE,
    role=reading("replication loses no more than backups in every execution, but for its lag"),
    cases=[
        case(),
        case(
            "around_an_outage",
            "around an outage",
            given=AROUND_AN_OUTAGE,
            role=EVEN_IN_AN_OUTAGE,
            finding=BACKUP_OUTLIVES_OUTAGE,
        ),
        case(
            "around_an_outage_of_its_network",
            "around an outage, with backups that leave the site by another way",
            given={**AROUND_AN_OUTAGE, "backups_cross_network": False},
            role=EVEN_IN_AN_OUTAGE,
            finding=BACKUP_OUTLIVES_OUTAGE,
        ),
    ],
)
def worst_disadvantage_of_replication(d: System) -> Property:
    """Replication loses no more changes beyond those of backups than its lag and the change being made."""
    return worst_case(d.replica.undelivered - d.archive.unsaved, at_most=_of_the_lag(d))


@stated(claims="FW-2", source=SOURCE, role=witness)
def backups_lose_what_replication_saves(d: System) -> Property:
    """There are executions in which a whole day of changes is saved by replication and lost with backups."""
    return reachable(d.main_site.failed & (d.replica.undelivered == 0) & (d.archive.unsaved >= 24))


@stated(claims="FW-2", source=SOURCE, given=AROUND_AN_OUTAGE, role=AN_OUTAGE)
def worst_loss_with_both(d: System) -> Property:
    """The most changes that a disaster costs around an outage, with the newer of the replica and of a backup."""
    most = d.ticks(d.parameters["longest_outage"]) + _of_the_lag(d)
    return worst_case(minimum(d.replica.undelivered, d.archive.unsaved), at_most=most)
