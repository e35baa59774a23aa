"""What the CMS High Availability page promises as a whole: nothing is lost for good."""

from drcheck import Property, System, never, stated, stress, whenever
from model.cms_ha.components.followed_interval import COVERED, UNCOVERED
from properties.cms_ha.findings import (
    BACKUP_CUT_SHORT,
    LAST_COPY_OVERWRITTEN,
    LOSS_WITHOUT_LIMIT,
    ONLY_COPY,
    PARTS_OF_ONE_INTERVAL,
)
from properties.cms_ha.terms import MAINTENANCE, NOTHING_DESTROYED, ONE, SWITCH, WHOLE_PAGE, held, lost_for_good


@stated(
    claims="AV-8",
    role=stress("a second failure in the interval in which the first server comes back"),
    source=WHOLE_PAGE,
    given=NOTHING_DESTROYED,
    finding=PARTS_OF_ONE_INTERVAL,
)
def nothing_is_lost_while_one_server_collects(d: System) -> Property:
    """An interval at each moment of which some server collected is never lost for good."""
    return whenever(d.intervals[0].past & (d.intervals[0].close != UNCOVERED), ~lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given=ONE)
def with_one_failure_nothing_collected_is_lost(d: System) -> Property:
    """With one failure of any class, an interval that some server collected from beginning to end is never lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims="AV-8",
    source=WHOLE_PAGE,
    given=NOTHING_DESTROYED,
    role=stress("a second failure, which destroys no disk"),
)
def with_two_failures_nothing_collected_is_lost_while_disks_last(d: System) -> Property:
    """With two failures of any classes but hardware, nothing that some server collected completely is lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims={
        "AV-8": stress("a second failure, which loses the disks of the only holder"),
        "AV-2": stress("a second failure, which loses the disks of the only holder"),
    },
    source=WHOLE_PAGE,
    finding=ONLY_COPY,
)
def with_two_failures_nothing_collected_is_lost(d: System) -> Property:
    """With two failures of any classes, nothing that some server collected completely is lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims="AV-8",
    role=stress("a second failure, which loses the disks of the only holder"),
    source=WHOLE_PAGE,
    given={"observe": "age", "area_outages": False},
    finding=LOSS_WITHOUT_LIMIT,
)
def with_two_failures_only_the_newest_interval_is_lost(d: System) -> Property:
    """With two failures, none of the whole area, an interval that was there one interval after its end is never lost."""
    return never(d.age_observer.settled & lost_for_good(d))


@stated(
    claims={
        "AV-8": stress("a second failure, and scheduled backups over the last good one"),
        "AV-5": stress("two failures, and scheduled backups over the last good one"),
    },
    source=f"{MAINTENANCE}; all sections together",
    given={"scheduled_backups": True, "observe": "backups"},
    finding=(LAST_COPY_OVERWRITTEN, BACKUP_CUT_SHORT),
)
def what_a_backup_held_is_never_lost(d: System) -> Property:
    """An interval that some complete maintenance backup held is never lost for good, with two failures of any classes."""
    return never(d.backup_observer.backed_up & lost_for_good(d))


@stated(claims="AV-7", source=WHOLE_PAGE, given=SWITCH)
def the_upgrade_of_the_switch_is_outside_the_promise(d: System) -> Property:
    """Without failures, what the upgrade of the Communication Manager loses is only what no server could collect."""
    covered = d.intervals[0].close == COVERED
    return whenever(lost_for_good(d), (d.intervals[0].close == UNCOVERED) & ~covered)
