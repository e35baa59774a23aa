"""What the CMS High Availability page promises as a whole: nothing is lost for good."""

from drcheck import Finding, Property, System, never, stated, whenever
from model.cms_ha.components.followed_interval import COVERED, UNCOVERED
from properties.cms_ha.terms import MAINTENANCE, NOTHING_DESTROYED, ONE, SWITCH, WHOLE_PAGE, held, lost_for_good


@stated(
    claims="AV-8",
    source=WHOLE_PAGE,
    given=NOTHING_DESTROYED,
    finding=Finding(
        title="One collecting server at every moment is not enough: records are kept by interval",
        explanation=(
            "One server collects again and the other one's link fails within the same interval. At every moment of it one "
            "server collected, yet neither has a complete record, and no backup and restore can put the parts together."
        ),
        repair="Promise it for intervals that at least one server collects from beginning to end; with that wording it holds.",
    ),
)
def nothing_is_lost_while_one_server_collects(d: System) -> Property:
    """An interval at each moment of which some server collected is never lost for good."""
    return whenever(d.intervals[0].past & (d.intervals[0].close != UNCOVERED), ~lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given=ONE)
def with_one_failure_nothing_collected_is_lost(d: System) -> Property:
    """With one failure of any class, an interval that some server collected from beginning to end is never lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given=NOTHING_DESTROYED)
def with_two_failures_nothing_collected_is_lost_while_disks_last(d: System) -> Property:
    """With two failures of any classes but hardware, nothing that some server collected completely is lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims=("AV-8", "AV-2"),
    source=WHOLE_PAGE,
    finding=Finding(
        title="Until the restore is done the only copy can be lost: any failure of one server, then the other's disks",
        explanation=(
            "A gap of one server, whatever its cause, leaves the other with the only copy, for as long as repair, backup "
            "and restore take; the page sets no limit. If the disks of that server are lost in this time, the intervals "
            "of the gap are gone although one server collected at every moment. The maintenance backup that would save "
            "them is taken only when the gap is over."
        ),
        repair="Nothing can repair it for the interval just over; for all older ones see the next finding.",
    ),
)
def with_two_failures_nothing_collected_is_lost(d: System) -> Property:
    """With two failures of any classes, nothing that some server collected completely is lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims="AV-8",
    source=WHOLE_PAGE,
    given={"observe": "age", "area_outages": False},
    finding=Finding(
        title="What can be lost with a second failure is not limited in time",
        explanation=(
            "As published, maintenance backups are taken when a server needs to be restored. If one server loses its "
            "disks and the other one does before the restore is complete, not only the last interval is gone but "
            "everything that both had collected, however long ago."
        ),
        repair="Complete a maintenance backup of each server in each interval, never over the last complete one, and "
        "restore a server that was rebuilt from its own before anything else. Then only an interval that ended less than "
        "one interval ago can be lost; with backups once a day it is a day.",
        repaired={"backup_each_interval": True, "own_first": True, "alternating_media": True},
    ),
)
def with_two_failures_only_the_newest_interval_is_lost(d: System) -> Property:
    """With two failures, none of the whole area, an interval that was there one interval after its end is never lost."""
    return never(d.age_observer.settled & lost_for_good(d))


@stated(
    claims=("AV-8", "AV-5"),
    source=f"{MAINTENANCE}; all sections together",
    given={"scheduled_backups": True, "observe": "backups"},
    finding=Finding(
        title="The backup for the other server's restore can overwrite the last copy of its own server's data",
        explanation=(
            "The page's one remedy is: back up the other server, restore here. If the other server has just been rebuilt "
            "after losing its disks it is empty, and the backup taken of it replaces the one from before, which held "
            "what that server alone had collected. A backup of a server whose data is damaged does the same, and so "
            "does a backup during which the server fails. What a good maintenance backup held is then lost for good."
        ),
        repair="After lost disks or a crash first restore a server from its own last maintenance backup, and only then "
        "back it up; and never write a maintenance backup over the last complete one.",
        repaired={"own_first": True, "alternating_media": True},
    ),
)
def what_a_backup_held_is_never_lost(d: System) -> Property:
    """An interval that some complete maintenance backup held is never lost for good, with two failures of any classes."""
    return never(d.backup_observer.backed_up & lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given=SWITCH)
def the_upgrade_of_the_switch_is_outside_the_promise(d: System) -> Property:
    """Without failures, what the upgrade of the Communication Manager loses is only what no server could collect."""
    covered = d.intervals[0].close == COVERED
    return whenever(lost_for_good(d), (d.intervals[0].close == UNCOVERED) & ~covered)
