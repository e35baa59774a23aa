"""What the CMS High Availability page promises, claim by claim."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    all_of,
    always,
    any_of,
    can_always,
    deadlock_free,
    leads_to,
    never,
    reachable,
    stated,
    structure,
    weakly_fair,
    whenever,
    worst_case,
)
from model.cms_ha.components.data_collection import CLOSED
from model.cms_ha.components.followed_interval import COVERED, HELD_BY_1, HELD_BY_2, HELD_BY_BOTH, UNCOVERED
from model.cms_ha.components.historical_database import CORRUPT, NOT_YET, WHOLE

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


def lost_for_good(d: System, k: int = 0) -> Expression:
    """The interval is over, and there is no complete record of it on any server or maintenance backup."""
    return d.intervals[k].past & all_of(copies(d, k), lambda r: r != WHOLE)


def one_collects(d: System) -> Expression:
    """At least one server collects."""
    return d.collecting[1] | d.collecting[2]


# -- the account of the model itself -----------------------------------------------------------------------------------
@stated(source="the account of the model itself", given={"scheduled_backups": True})
def no_record_comes_from_nowhere(d: System) -> Property:
    """A complete record, wherever it is, was collected from beginning to end by some server; a later one has none."""
    return always(
        any_of(copies(d), lambda r: r == WHOLE).implies(held(d))
        & (d.intervals[0].past | all_of(copies(d), lambda r: r == NOT_YET))
        & (d.intervals[0].past.implies((record(d, 1) != NOT_YET) & (record(d, 2) != NOT_YET)))
    )


@stated(source="the account of the model itself")
def the_model_never_stops(d: System) -> Property:
    """Every state has a step."""
    return deadlock_free()


# -- AV-1: two servers, two links --------------------------------------------------------------------------------------
@stated(claims="AV-1", source=LINKS, given=NO_FAILURE)
def both_servers_collect_the_same_data(d: System) -> Property:
    """Without failures both servers have a complete record of every interval that is over."""
    return whenever(d.intervals[0].past, everywhere(d))


@stated(claims="AV-1", source=LINKS)
def links_share_nothing(d: System) -> Property:
    """The failure of one link reads and writes nothing of the other link, nor of the other server's software."""
    evidence, apart = [], True
    for n in (1, 2):
        event = d.event(f"acd_link{n}_fails")
        others = {d.link[3 - n].name, d.server[3 - n].name, d.software[3 - n].name}
        touched = {d.cells[i].owner for i in event.reads | event.writes}
        apart = apart and not touched & others
        evidence.append(f"acd_link{n}_fails touches {', '.join(sorted(touched))}")
    return structure(apart, "; ".join(evidence))


@stated(claims="AV-1", source=LINKS, given={**ONE, **ONLY["link"]})
def one_link_failure_stops_no_collection(d: System) -> Property:
    """When one link fails, one server collects at every moment, and every interval has a complete record."""
    return always(one_collects(d) & ~lost_for_good(d))


@stated(claims="AV-1", source=LINKS, given={**ONE, **ONLY["link"], "separate_paths": False})
def over_one_path_one_failure_stops_both(d: System) -> Property:
    """Over one C-LAN or subnet one failure stops both collections: the separate paths are a condition, not an extra."""
    return reachable(d.intervals[0].past & lost_for_good(d))


@stated(claims=("AV-1", "AV-8"), source=WHOLE_PAGE, given={**ONE, "area_outages": False})
def one_failure_of_any_class_stops_no_collection(d: System) -> Property:
    """With one failure of any class that hits one server, the other collects at every moment."""
    return always(one_collects(d))


# -- AV-2: maintenance backup and restore ------------------------------------------------------------------------------
def brought_back(d: System) -> Property:
    """What one server holds and the other misses comes to be held by both."""
    missing = any_of((record(d, n) != WHOLE) & (record(d, 3 - n) == WHOLE) for n in (1, 2))
    return leads_to(d.intervals[0].past & missing, everywhere(d), PROGRESS)


@stated(
    claims="AV-2", source=f"{LINKS}; CMS hardware failures; CMS software failures", given=ONE_OF_ONE_SERVER,
    assumptions=(
        "the backup begins after the interval in which collection resumed is over",
        "the restore writes exactly the intervals that the server missed",
    ),
)  # a table  # fmt: skip
def missing_data_is_brought_back(d: System) -> Property:
    """After one link, hardware or software failure both servers come to hold every interval that one of them held."""
    return brought_back(d)


@stated(
    claims="AV-2", source=LINKS, given={**ONE, **ONLY["link"], "backup_after": "gap_ends"},
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
)  # a table  # fmt: skip
def missing_data_is_brought_back_at_once(d: System) -> Property:
    """After one link failure the same, when the backup is taken as soon as collection has resumed."""
    return brought_back(d)


@stated(
    claims="AV-2", source=LINKS, given={**ONE, **ONLY["link"], "backup_after": "any_time"},
    finding=Finding(
        title="A backup from before the end of the gap does not close it",
        explanation=(
            "If the restore uses a backup that was begun while the gap was still open, what the other server collected "
            "between that backup and the end of the gap stays missing, and nothing tells the operators."
        ),
        repair="Take a new backup for every restore, after the interval in which collection resumed.",
        repaired={"backup_after": "interval_ends"},
    ),
)  # a table  # fmt: skip
def missing_data_is_brought_back_from_an_older_backup(d: System) -> Property:
    """After one link failure the same, when the backup may have begun at any time since."""
    return brought_back(d)


@stated(
    claims="AV-2", source=LINKS, given={**ONE, **ONLY["link"], "restore_range": "absent"},
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
)  # a table  # fmt: skip
def missing_data_is_brought_back_by_adding_records(d: System) -> Property:
    """After one link failure the same, when a restore adds records that are not there and replaces none."""
    return brought_back(d)


def what_is_not_lost_comes_to_be_on_both(d: System) -> Property:
    """What one server collected completely, unless it is lost for good, comes to be held by both."""
    return leads_to(held(d) & ~lost_for_good(d), everywhere(d) | lost_for_good(d), PROGRESS)


@stated(
    claims=("AV-2", "AV-8"), source=WHOLE_PAGE, given=NOTHING_DESTROYED,
    assumptions="disks are not lost and servers are shut down in time",
)  # a table  # fmt: skip
def after_two_failures_both_hold_what_one_held(d: System) -> Property:
    """After two failures, gaps on both servers included, both come to hold every interval that one collected completely."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(
    claims=("AV-2", "AV-8"), source=f"{LINKS}; CMS hardware failures; CMS software failures",
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
)  # a table  # fmt: skip
def after_two_failures_of_any_class_both_hold_what_is_left(d: System) -> Property:
    """After two failures of any classes, both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)


# -- AV-3: CMSADM backups ----------------------------------------------------------------------------------------------
@stated(claims=("AV-3", "AV-5"), source=f"{HARDWARE}; CMS maintenance", given={"scheduled_backups": True})
def backups_write_nothing_but_themselves(d: System) -> Property:
    """No event of a backup writes a database, a link, a server or the software."""
    facts, holds = [], True
    for n in (1, 2):
        running = (f"cmsadm{n}_starts", f"cmsadm{n}_done", f"backup{n}_scheduled", f"backup{n}_done")
        for event in map(d.event, running):
            owners = {d.cells[i].owner for i in event.writes}
            allowed = {f"cmsadm{n}", f"backup{n}", f"restore{3 - n}"}
            holds = holds and bool(owners) and owners <= allowed
            facts.append(f"{event.name} writes {', '.join(sorted(owners))}")
    return structure(holds, "; ".join(facts))


@stated(claims=("AV-3", "AV-5"), source=MAINTENANCE, given={**NO_FAILURE, "scheduled_backups": True})
def backups_stop_no_collection(d: System) -> Property:
    """Without failures, whatever backups are taken and whenever, both servers collect at every moment and lose nothing."""
    return always(d.collecting[1] & d.collecting[2] & d.intervals[0].past.implies(everywhere(d)))


@stated(claims="AV-3", source=HARDWARE, given={**NO_FAILURE, "scheduled_backups": True})
def cmsadm_backup_while_collecting(d: System) -> Property:
    """A CMSADM backup runs on a server that collects."""
    return reachable(d.cmsadm[1].running & d.collecting[1])


@stated(claims="AV-3", source=HARDWARE, given={**ONE, **ONLY["hardware"]})
def a_server_whose_disks_are_lost_comes_back(d: System) -> Property:
    """A server whose disks are lost is rebuilt from its CMSADM backup and collects again."""
    return leads_to(d.server[1].disks_lost, d.collecting[1], PROGRESS)


@stated(
    claims="AV-3", source=HARDWARE, given={**ONE, **ONLY["hardware"], "cmsadm_taken": False},
    finding=Finding(
        title="Without a CMSADM backup taken before, a server whose disks are lost does not come back",
        explanation=(
            "The page says that a good CMSADM backup can be expected, because it can be taken at any time; nothing in "
            "it says that one is taken, nor when. The procedure knows no other way to rebuild a server."
        ),
        repair="Take a CMSADM backup of each server after its installation.",
        repaired={"cmsadm_taken": True},
    ),
)  # a table  # fmt: skip
def a_server_can_always_be_rebuilt(d: System) -> Property:
    """Whatever fails, each server can be made to collect again, also where no CMSADM backup was taken at the start."""
    return can_always(d.collecting[1] & d.collecting[2])


@stated(
    claims=("AV-3", "AV-6"), source=f"{HARDWARE}; CMS full version upgrades",
    given={"procedure": "cms_upgrade", **ONE, **ONLY["hardware"]},
    finding=Finding(
        title="The CMSADM backup from before an upgrade rebuilds the old release, which cannot take the other's data",
        explanation=(
            "Once a server is upgraded its CMSADM backup still holds the old release; no step renews it. If the disks "
            "of the server are lost then, it is rebuilt with the old release. It collects, but a maintenance backup "
            "is restored only by the release that wrote it, so the two servers never share their data again."
        ),
        repair="Upgrade a server that was rebuilt from an older CMSADM backup once more, and renew the CMSADM backups "
        "right after the upgrade.",
        repaired={"upgrade_again": True},
    ),
)  # a table  # fmt: skip
def gaps_can_always_be_closed_around_an_upgrade(d: System) -> Property:
    """Whatever fails around an upgrade, both servers can be brought to where no gap is left."""
    return can_always((d.collection[1].gap == CLOSED) & (d.collection[2].gap == CLOSED))


# -- AV-4: power -------------------------------------------------------------------------------------------------------
@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"], "area_outages": False})
def one_circuit_failure_stops_one_server(d: System) -> Property:
    """The failure of one circuit, however long, never stops both servers."""
    return never(~d.server[1].running & ~d.server[2].running)


@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"], "area_outages": False, "separate_power": False})
def on_one_ups_one_failure_stops_both(d: System) -> Property:
    """On one UPS and circuit one long failure stops both servers: the separate supplies are a condition."""
    return reachable(d.server[1].off & d.server[2].off & lost_for_good(d))


@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"]})
def an_outage_of_the_area_stops_both(d: System) -> Property:
    """In an outage of the whole area both UPS drain at once; shutting both down in time, as advised, loses intervals.

    Two UPS bridge no longer an outage than one does. The page promises no more: it speaks of local failures.
    """
    return reachable(d.server[1].off & d.server[2].off & lost_for_good(d))


@stated(claims="AV-4", source=POWER, given=ONLY["power"])
def shut_down_in_time_nothing_is_corrupted(d: System) -> Property:
    """If servers are shut down before their UPS is exhausted, two power failures in a row corrupt no record."""
    return never(any_of(copies(d), lambda r: r == CORRUPT))


@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"], "shut_down_in_time": False})
def an_exhausted_ups_can_corrupt(d: System) -> Property:
    """If nobody shuts a server down, the exhaustion of its UPS can corrupt its data."""
    return reachable(record(d, 1) == CORRUPT)


@stated(
    claims="AV-4", source=POWER,
    given={**ONE, **ONLY["power"], "shut_down_in_time": False, "area_outages": False},
)  # a table  # fmt: skip
def corrupted_data_is_brought_back(d: System) -> Property:
    """What one exhausted UPS corrupted on one server is restored from the other."""
    return leads_to((record(d, 1) == CORRUPT) & (record(d, 2) == WHOLE), everywhere(d), PROGRESS)


@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"], "shut_down_in_time": False})
def an_outage_of_the_area_can_corrupt_both(d: System) -> Property:
    """If neither is shut down, one outage of the area can damage the same records, once complete, on both servers."""
    return reachable((record(d, 1) == CORRUPT) & (record(d, 2) == CORRUPT) & held(d))


# -- AV-5: restores ----------------------------------------------------------------------------------------------------
@stated(
    claims="AV-5", source=MAINTENANCE, given={**NOTHING_DESTROYED, "scheduled_backups": True},
    assumptions="the restore writes exactly the intervals that the server missed",
)  # a table  # fmt: skip
def a_restore_takes_nothing_away(d: System) -> Property:
    """A server never loses a complete record that it collected, whatever is backed up and restored."""
    close = d.intervals[0].close
    return always(
        close.is_in(HELD_BY_1, HELD_BY_BOTH).implies(record(d, 1) == WHOLE)
        & close.is_in(HELD_BY_2, HELD_BY_BOTH).implies(record(d, 2) == WHOLE)
    )


@stated(
    claims=("AV-5", "AV-8"), source=MAINTENANCE, given={**NOTHING_DESTROYED, "restore_range": "everything"},
    finding=Finding(
        title="A restore of a wider range wipes what the restored server alone had collected",
        explanation=(
            "The page promises that a restore without local administration data loses nothing. That depends on the "
            "range. If both servers had gaps at different times and one is restored over everything that the backup "
            "covers, the backup's holes replace complete records: the only copy of the other server's gap is gone. A "
            "restore that is cut short does the same."
        ),
        repair="Restore exactly the range of the gap; when both servers had gaps, never a range that reaches into the "
        "other one's gap.",
        repaired={"restore_range": "gap"},
    ),
)  # a table  # fmt: skip
def a_restore_of_everything_takes_nothing_away(d: System) -> Property:
    """No complete record is lost for good, when restores write over every interval that the backup covers."""
    return never(held(d) & lost_for_good(d))


@stated(
    claims="AV-5", source=MAINTENANCE, given={**ONE, **ONLY["link"], "local_administration": True},
    assumptions="data collection is off while local system administration data is restored",
)  # a table  # fmt: skip
def restoring_local_administration_data_loses_data(d: System) -> Property:
    """A restore that includes local administration data makes the restored server miss intervals."""
    return reachable(d.restore[1].finish_restore & d.link[1].up & d.server[1].running & d.collection[1].nothing)


@stated(claims="AV-5", source=MAINTENANCE, given={**ONE, **ONLY["link"], "local_administration": False})
def restoring_without_it_loses_none(d: System) -> Property:
    """A restore without local administration data never stops the collection of the restored server."""
    return whenever(d.restore[1].finish_restore & d.link[1].up, d.collecting[1])


@stated(
    claims="AV-2", source=MAINTENANCE, given={**ONE, **ONLY["link"], "local_administration": True},
    finding=Finding(
        title="Restores that include local administration data never come to an end",
        explanation=(
            "Each such restore stops the collection on the restored server and so makes a new gap, which needs another "
            "restore. As long as every restore includes local administration data the servers are never equal again."
        ),
        repair="Restore the gap without local system administration data.",
        repaired={"local_administration": False},
    ),
)  # a table  # fmt: skip
def gaps_can_always_be_closed(d: System) -> Property:
    """After one link failure, the gaps of both servers can be closed."""
    return can_always((d.collection[1].gap == CLOSED) & (d.collection[2].gap == CLOSED))


# -- AV-6: full version upgrade ----------------------------------------------------------------------------------------
@stated(
    claims="AV-6", source=UPGRADES, given=UPGRADE,
    assumptions="the operators leave out no step, or look each time that the other server collects",
)  # a table  # fmt: skip
def one_server_collects_throughout_the_upgrade(d: System) -> Property:
    """Without failures, one server collects at every moment of the upgrade."""
    return always(one_collects(d))


@stated(
    claims="AV-6", source=UPGRADES, given={**UPGRADE, "slips": 1, "check_other": False},
    finding=Finding(
        title="One step passed over in the upgrade stops the collection on both servers",
        explanation=(
            "If data collection is not turned on on the first server after its upgrade and the second is taken down "
            "all the same, nobody collects until somebody notices. Nothing in the procedure as published looks whether "
            "the first server collects."
        ),
        repair="Begin each half with a check that the other server is collecting.",
        repaired={"check_other": True},
    ),
)  # a table  # fmt: skip
def one_server_collects_throughout_the_upgrade_with_a_slip(d: System) -> Property:
    """The same, when the operators pass over one step, or do it late."""
    return always(one_collects(d))


@stated(claims="AV-6", source=UPGRADES, given=UPGRADE)
def the_upgrade_comes_to_its_end(d: System) -> Property:
    """Without failures, an upgrade that was begun is completed, the data restored both ways."""
    return leads_to(~d.upgrade.standing_by, d.upgrade.complete, PROGRESS)


@stated(
    claims=("AV-6", "AV-8"), source=UPGRADES, given=UPGRADE,
    finding=Finding(
        title="The interval in which the servers change over is complete on neither",
        explanation=(
            "Data collection is turned on on the first server, then the second is taken down. If both happen within one "
            "interval, each server has a part of it. At every moment one of them collected, but records are kept by "
            "interval, neither is complete, and a restore replaces one incomplete record by another. No failure is "
            "needed for this; the published order allows it."
        ),
        repair="Take the second server down only after the first has collected one whole interval.",
        repaired={"overlap": True},
        chart=True,
    ),
)  # a table  # fmt: skip
def both_hold_everything_after_the_upgrade(d: System) -> Property:
    """Without failures, when the upgrade is complete both servers hold every interval from before."""
    done = d.upgrade.complete & d.intervals[0].past
    return whenever(done, everywhere(d))


@stated(
    claims="AV-6", source=UPGRADES, given={"procedure": "cms_upgrade", **ONE, "overlap": True, "area_outages": False},
    finding=Finding(
        title="During an upgrade there is no spare: one failure stops all collection",
        explanation=(
            "While one server is being upgraded, any failure of the other server, its link, its software or its power "
            "stops collection, and what the calls leave until one of them is back is on no server. The page says "
            "nothing of failures during an upgrade."
        ),
        repair="Nothing in the procedure can repair it; upgrade at hours with few calls, and check the collecting server "
        "and its UPS before each half.",
    ),
)  # a table  # fmt: skip
def one_server_collects_throughout_the_upgrade_with_a_failure(d: System) -> Property:
    """The same, when one failure may happen around the upgrade."""
    return always(one_collects(d))


@stated(
    claims=("AV-6", "AV-8"), source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, **ONLY["hardware"], "overlap": True},
    finding=Finding(
        title="A server lost before the final restore takes along what it alone collected during the upgrade",
        explanation=(
            "The data is restored between the servers only after both are upgraded. Until then what was collected while "
            "the first was down is on the second alone, and the other way round. If its disks are lost in that time "
            "these intervals are gone, although one server collected at every moment. A backup made by the old release "
            "would not help: the new one cannot restore it."
        ),
        repair="Take a maintenance backup of the second server right before it is upgraded, and have it migrated to the "
        "new release if that server is lost.",
        chart=True,
    ),
)  # a table  # fmt: skip
def one_failure_loses_nothing_that_was_collected_around_the_upgrade(d: System) -> Property:
    """With one hardware failure around the upgrade, no interval that was collected completely is lost for good."""
    return never(held(d) & lost_for_good(d))


@stated(
    claims=("AV-6", "AV-2"), source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, "overlap": True, "upgrade_again": True, "one_at_a_time": True},
    assumptions="restores are made one at a time; a server rebuilt with the old release is upgraded once more",
)  # a table  # fmt: skip
def around_the_upgrade_both_come_to_hold_what_is_left(d: System) -> Property:
    """With one failure around the upgrade both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(claims="AV-6", source=UPGRADES, given={"procedure": "cms_upgrade", **ONE, **NOTHING_DESTROYED, "overlap": True})
def what_was_collected_around_the_upgrade_is_kept(d: System) -> Property:
    """With one failure around the upgrade that destroys no disk, nothing that was collected completely is lost for good."""
    return never(held(d) & lost_for_good(d))


# -- AV-7: upgrade of the Communication Manager ------------------------------------------------------------------------
@stated(
    claims="AV-7", source=UPGRADES, given=SWITCH,
    assumptions="the operators begin each step as soon as the one before is done; both links are pumped up at once",
)  # a table  # fmt: skip
def time_without_collection_is_administration_and_pump_up(d: System) -> Property:
    """Nobody collects for no longer than the administration of the new release and the pump-up of a link take."""
    return worst_case(d.coverage.uncovered_ticks + 0, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(
    claims="AV-7", source=UPGRADES, given=SWITCH,
    finding=Finding(
        title="One interval more is lost than the time that administration and pump-up take",
        explanation=(
            "The time without collection seldom begins and ends with an interval. The interval in which it begins and "
            "the one in which it ends are both incomplete, on both servers, and there is no other copy: both links stop "
            "at the same time. In whole intervals the loss is that time and one interval more."
        ),
        repair="Count one interval more in the recovery point objective, or bring the new release into service exactly "
        "when an interval begins.",
    ),
)  # a table  # fmt: skip
def intervals_lost_are_administration_and_pump_up(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take."""
    return worst_case(d.coverage.lost_intervals + 0, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(claims="AV-7", source=UPGRADES, given=SWITCH)
def intervals_lost_are_at_most_one_more(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take, and one more."""
    return worst_case(d.coverage.lost_intervals + 0, at_most=d.administration_ticks + d.pump_up_ticks + 1)


@stated(
    claims="AV-7", source=UPGRADES, given={**SWITCH, "prompt": False},
    finding=Finding(
        title="The loss is limited only if the administration begins as soon as the new release takes calls",
        explanation=(
            "From the moment at which the new release takes calls to the end of the pump-up nobody collects. Any pause "
            "in between, such as waiting for the person who administers it, adds to the loss one to one; the page "
            "counts the work alone."
        ),
        repair="Begin with the administration at once when the new release is in service, and with the pump-up at once after it.",
        repaired={"prompt": True},
    ),
)  # a table  # fmt: skip
def pauses_make_it_no_longer(d: System) -> Property:
    """The same bound on the time, when the operators may pause between two steps."""
    return worst_case(d.coverage.uncovered_ticks + 0, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(claims="AV-7", source=UPGRADES, given=SWITCH)
def both_servers_collect_on_the_new_release(d: System) -> Property:
    """An upgrade of the Communication Manager that was begun is completed, and both servers collect after it."""
    book = d.communication_manager_upgrade
    return leads_to(~book.standing_by, book.complete & d.collecting[1] & d.collecting[2], PROGRESS)


@stated(claims="AV-7", source=UPGRADES, given={**SWITCH, **ONE, "area_outages": False})
def one_failure_makes_it_no_longer(d: System) -> Property:
    """One failure of one server meanwhile does not make the time without collection any longer."""
    return worst_case(d.coverage.uncovered_ticks + 0, at_most=d.administration_ticks + d.pump_up_ticks)


# -- AV-8: nothing is lost for good ------------------------------------------------------------------------------------
@stated(
    claims="AV-8", source=WHOLE_PAGE, given=NOTHING_DESTROYED,
    finding=Finding(
        title="One collecting server at every moment is not enough: records are kept by interval",
        explanation=(
            "One server collects again and the other one's link fails within the same interval. At every moment of it one "
            "server collected, yet neither has a complete record, and no backup and restore can put the parts together."
        ),
        repair="Promise it for intervals that at least one server collects from beginning to end; with that wording it holds.",
    ),
)  # a table  # fmt: skip
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
    claims=("AV-8", "AV-2"), source=WHOLE_PAGE,
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
)  # a table  # fmt: skip
def with_two_failures_nothing_collected_is_lost(d: System) -> Property:
    """With two failures of any classes, nothing that some server collected completely is lost for good."""
    return whenever(held(d), ~lost_for_good(d))


@stated(
    claims="AV-8", source=WHOLE_PAGE, given={"observe": "age", "area_outages": False},
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
)  # a table  # fmt: skip
def with_two_failures_only_the_newest_interval_is_lost(d: System) -> Property:
    """With two failures, none of the whole area, an interval that was there one interval after its end is never lost."""
    return never(d.age_observer.settled & lost_for_good(d))


@stated(
    claims=("AV-8", "AV-5"), source=f"{MAINTENANCE}; all sections together",
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
)  # a table  # fmt: skip
def what_a_backup_held_is_never_lost(d: System) -> Property:
    """An interval that some complete maintenance backup held is never lost for good, with two failures of any classes."""
    return never(d.backup_observer.backed_up & lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given=SWITCH)
def the_upgrade_of_the_switch_is_outside_the_promise(d: System) -> Property:
    """Without failures, what the upgrade of the Communication Manager loses is only what no server could collect."""
    covered = d.intervals[0].close == COVERED
    return whenever(lost_for_good(d), (d.intervals[0].close == UNCOVERED) & ~covered)
