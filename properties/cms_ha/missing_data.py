"""What the CMS High Availability page promises of gaps: backup and restore bring missing data back."""

from drcheck import Property, System, any_of, case, condition, leads_to, reading, stated, stress
from model.cms_ha.components.historical_database import WHOLE
from properties.cms_ha.findings import BACKUP_AT_ONCE, CROSSING_RESTORES, ONLY_ADDED
from properties.cms_ha.terms import (
    LINKS,
    NOTHING_DESTROYED,
    ONE_OF_ONE_SERVER,
    PROGRESS,
    WHOLE_PAGE,
    everywhere,
    record,
    what_is_not_lost_comes_to_be_on_both,
)

MOMENT = "the backup begins after the interval in which collection resumed is over"
RANGE = "the restore writes exactly the intervals that the server missed"
EACH_CLASS = {"power_failures": True, "area_outages": False}


@stated(
    claims="AV-2",
    source=f"{LINKS}; CMS hardware failures; CMS software failures",
    given=ONE_OF_ONE_SERVER,
    cases=[
        case(
            "at_once",
            "with a backup as soon as collection has resumed",
            given={"backup_after": "gap_ends"},
            assumptions=RANGE,
            finding=BACKUP_AT_ONCE,
        ),
        case(assumptions=(MOMENT, RANGE), role=condition),
        case(
            "from_an_older_backup",
            "with a backup that may have begun at any time since the failure",
            given={"backup_after": "any_time"},
            assumptions=RANGE,
            role=reading("any backup since the failure will do"),
            finding=BACKUP_AT_ONCE,
        ),
        case(
            "by_adding_records",
            "with a restore that adds records that are not there and replaces none",
            given={"restore_range": "absent"},
            assumptions=MOMENT,
            role=reading("a restore adds records and replaces none"),
            finding=ONLY_ADDED,
        ),
        case(
            "in_each_class_at_once",
            "after a failure of any class that hits one server, with a backup as soon as collection has resumed",
            claims="AV-8",
            source=WHOLE_PAGE,
            given={**EACH_CLASS, "backup_after": "gap_ends"},
            assumptions=RANGE,
            finding=BACKUP_AT_ONCE,
        ),
        case(
            "in_each_class",
            "after a failure of any class that hits one server",
            claims="AV-8",
            source=WHOLE_PAGE,
            given=EACH_CLASS,
            assumptions=(MOMENT, RANGE),
            role=condition,
        ),
    ],
)
def missing_data_is_brought_back(d: System) -> Property:
    """What one server holds and the other misses comes to be held by both."""
    missing = any_of((record(d, n) != WHOLE) & (record(d, 3 - n) == WHOLE) for n in (1, 2))
    return leads_to(d.intervals[0].past & missing, everywhere(d), PROGRESS)


@stated(
    claims={
        "AV-2": stress("a second failure, which destroys no disk"),
        "AV-8": stress("a second failure, which destroys no disk"),
    },
    source=WHOLE_PAGE,
    given=NOTHING_DESTROYED,
    assumptions="disks are not lost and servers are shut down in time",
)
def after_two_failures_both_hold_what_one_held(d: System) -> Property:
    """After two failures, gaps on both servers included, both come to hold every interval that one collected completely."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(
    claims={"AV-2": stress("a second failure of any class"), "AV-8": stress("a second failure of any class")},
    source=f"{LINKS}; CMS hardware failures; CMS software failures",
    finding=CROSSING_RESTORES,
)
def after_two_failures_of_any_class_both_hold_what_is_left(d: System) -> Property:
    """After two failures of any classes, both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)
