"""Terms of the CMS properties: sources, parameter sets, and what is said again and again."""

from drcheck import Expression, Property, System, all_of, leads_to, weakly_fair
from model.cms_ha.components.data_collection import CLOSED
from model.cms_ha.components.followed_interval import HELD_BY_1, HELD_BY_2, HELD_BY_BOTH
from model.cms_ha.components.historical_database import WHOLE

PAGE = "CMS High Availability page"
LINKS = f"{PAGE}, ACD link failures"
HARDWARE = f"{PAGE}, CMS hardware failures"
POWER = f"{PAGE}, Power failures"
MAINTENANCE = f"{PAGE}, CMS maintenance"
UPGRADES = f"{PAGE}, CMS full version upgrades"
WHOLE_PAGE = f"{PAGE}, all sections together"

NO_FAILURE = {"failures": 0}
ONE = {"failures": 1}
ONLY = {
    name: {f"{c}_failures": c == name for c in ("link", "hardware", "power", "software")}
    for name in ("link", "hardware", "power", "software")
}
ONE_OF_ONE_SERVER = {**ONE, "power_failures": False}
"""One link, hardware or software failure: what AV-2 speaks of."""
NOTHING_DESTROYED = {"hardware_failures": False}
"""Two failures, none of which destroys a disk; servers are shut down in time."""
UPGRADE = {"procedure": "cms_upgrade", **NO_FAILURE}
SWITCH = {"procedure": "communication_manager_upgrade", "count_losses": True, **NO_FAILURE}
PROGRESS = weakly_fair("automatic", "operator", "environment", "time")
"""What stays possible is done in the end: repairs, backups, restores and clocks go on. (Failures are limited anyway.)"""


def record(d: System, n: int, k: int = 0) -> Expression:
    """The record of a followed interval on server n."""
    return d.database[n].array("record")[k]


def copies(d: System, k: int = 0) -> list[Expression]:
    """All copies of the record of a followed interval: on both servers and on all media of maintenance backups."""
    media = [d.backup[n].arrays[name][k] for n in (1, 2) for name in d.backup[n].arrays]
    return [record(d, 1, k), record(d, 2, k), *media]


def held(d: System, k: int = 0) -> Expression:
    """At least one server collected the interval from beginning to end."""
    return d.intervals[k].close.is_in(HELD_BY_1, HELD_BY_2, HELD_BY_BOTH)


def everywhere(d: System, k: int = 0) -> Expression:
    """Both servers have a complete record of the interval."""
    return (record(d, 1, k) == WHOLE) & (record(d, 2, k) == WHOLE)


def complete_or_in_a_gap(d: System, k: int = 0) -> Expression:
    """Each server has a complete record of the interval, or a gap that is to be restored."""
    return all_of((record(d, n, k) == WHOLE) | (d.collection[n].gap != CLOSED) for n in (1, 2))


def what_is_missing_is_a_gap(d: System) -> Expression:
    """What one server collected whole both have, but for gaps that are to be restored; a server that missed something has one."""
    noticed = all_of(d.collection[n].whole | (d.collection[n].gap != CLOSED) for n in (1, 2))
    return noticed & held(d).implies(complete_or_in_a_gap(d))


def lost_for_good(d: System, k: int = 0) -> Expression:
    """The interval is over, and there is no complete record of it on any server or maintenance backup."""
    return d.intervals[k].past & all_of(copies(d, k), lambda r: r != WHOLE)


def one_collects(d: System) -> Expression:
    """At least one server collects."""
    return d.collecting[1] | d.collecting[2]


def what_is_not_lost_comes_to_be_on_both(d: System) -> Property:
    """What one server collected completely, unless it is lost for good, comes to be held by both."""
    return leads_to(held(d) & ~lost_for_good(d), everywhere(d) | lost_for_good(d), PROGRESS)
