"""What the CMS High Availability page promises of gaps: backup and restore bring missing data back."""

from drcheck import Finding, Property, System, any_of, leads_to, stated
from model.cms_ha.components.historical_database import WHOLE
from properties.cms_ha.terms import (
    LINKS,
    NOTHING_DESTROYED,
    ONE,
    ONE_OF_ONE_SERVER,
    ONLY,
    PROGRESS,
    WHOLE_PAGE,
    everywhere,
    record,
    what_is_not_lost_comes_to_be_on_both,
)


def brought_back(d: System) -> Property:
    """What one server holds and the other misses comes to be held by both."""
    missing = any_of((record(d, n) != WHOLE) & (record(d, 3 - n) == WHOLE) for n in (1, 2))
    return leads_to(d.intervals[0].past & missing, everywhere(d), PROGRESS)


@stated(
    claims="AV-2",
    source=f"{LINKS}; CMS hardware failures; CMS software failures",
    given=ONE_OF_ONE_SERVER,
    assumptions=(
        "the backup begins after the interval in which collection resumed is over",
        "the restore writes exactly the intervals that the server missed",
    ),
)
def missing_data_is_brought_back(d: System) -> Property:
    """After one link, hardware or software failure both servers come to hold every interval that one of them held."""
    return brought_back(d)


@stated(
    claims="AV-2",
    source=LINKS,
    given={**ONE, **ONLY["link"], "backup_after": "gap_ends"},
    finding=Finding(
        title="A backup taken as soon as the link is back misses the interval in which it came back",
        explanation=(
            "Records are filed when an interval ends. If collection resumes in the middle of an interval and the backup "
            "of the other server is taken at once, that interval is not in the backup: there it is still open. The "
            "restore closes the gap as the operators see it, and the server keeps an incomplete record of the interval "
            "in which it came back, for ever. The page gives no moment for the backup."
        ),
        repair="Take the backup after the interval in which collection resumed is over on the other server.",
        repaired={"backup_after": "interval_ends"},
        chart=True,
    ),
)
def missing_data_is_brought_back_at_once(d: System) -> Property:
    """After one link failure the same, when the backup is taken as soon as collection has resumed."""
    return brought_back(d)


@stated(
    claims="AV-2",
    source=LINKS,
    given={**ONE, **ONLY["link"], "backup_after": "any_time"},
    finding=Finding(
        title="A backup from before the end of the gap does not close it",
        explanation=(
            "If the restore uses a backup that was begun while the gap was still open, what the other server collected "
            "between that backup and the end of the gap stays missing, and nothing tells the operators."
        ),
        repair="Take a new backup for every restore, after the interval in which collection resumed.",
        repaired={"backup_after": "interval_ends"},
    ),
)
def missing_data_is_brought_back_from_an_older_backup(d: System) -> Property:
    """After one link failure the same, when the backup may have begun at any time since."""
    return brought_back(d)


@stated(
    claims="AV-2",
    source=LINKS,
    given={**ONE, **ONLY["link"], "restore_range": "absent"},
    finding=Finding(
        title="A restore that only adds records leaves the first and last interval of a gap incomplete",
        explanation=(
            "A failure in the middle of an interval leaves an incomplete record of it, and so does the return. A restore "
            "that leaves alone what is there does not replace these two records. (Were it to replace everything, it "
            "would destroy complete ones: see AV-5.)"
        ),
        repair="Restore exactly the range from the interval of the failure to the interval of the return, over what is there.",
        repaired={"restore_range": "gap"},
    ),
)
def missing_data_is_brought_back_by_adding_records(d: System) -> Property:
    """After one link failure the same, when a restore adds records that are not there and replaces none."""
    return brought_back(d)


@stated(
    claims=("AV-2", "AV-8"),
    source=WHOLE_PAGE,
    given=NOTHING_DESTROYED,
    assumptions="disks are not lost and servers are shut down in time",
)
def after_two_failures_both_hold_what_one_held(d: System) -> Property:
    """After two failures, gaps on both servers included, both come to hold every interval that one collected completely."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(
    claims=("AV-2", "AV-8"),
    source=f"{LINKS}; CMS hardware failures; CMS software failures",
    finding=Finding(
        title="Two restores that cross each other leave a server incomplete, and nobody knows",
        explanation=(
            "While one server is being restored, the disks of the other are lost. It is rebuilt, and a backup of the "
            "first is taken for it before the first one's own restore is finished. Both restores are then completed in "
            "good order and both gaps count as closed, but the second server was restored from a backup that did not "
            "have yet what the first was about to get. One complete copy is left where there should be two. The page "
            "gives no order for restores in both directions, which every version upgrade ends with."
        ),
        repair="Restore one server at a time: take the backup for the second restore only when the first is complete.",
        repaired={"one_at_a_time": True},
    ),
)
def after_two_failures_of_any_class_both_hold_what_is_left(d: System) -> Property:
    """After two failures of any classes, both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)
