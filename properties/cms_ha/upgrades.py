"""What the CMS High Availability page promises of upgrades: of the CMS version, of the Communication Manager."""

from drcheck import Finding, Property, System, always, leads_to, never, stated, whenever, worst_case
from properties.cms_ha.terms import (
    NOTHING_DESTROYED,
    ONE,
    ONLY,
    PROGRESS,
    SWITCH,
    UPGRADE,
    UPGRADES,
    everywhere,
    held,
    lost_for_good,
    one_collects,
    what_is_not_lost_comes_to_be_on_both,
)


# -- AV-6: full version upgrade ---------------------------------------------------------------------------------------
@stated(
    claims="AV-6",
    source=UPGRADES,
    given=UPGRADE,
    assumptions="the operators leave out no step, or look each time that the other server collects",
)
def one_server_collects_throughout_the_upgrade(d: System) -> Property:
    """Without failures, one server collects at every moment of the upgrade."""
    return always(one_collects(d))


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={**UPGRADE, "slips": 1, "check_other": False},
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
)
def one_server_collects_throughout_the_upgrade_with_a_slip(d: System) -> Property:
    """The same, when the operators pass over one step, or do it late."""
    return always(one_collects(d))


@stated(claims="AV-6", source=UPGRADES, given=UPGRADE)
def the_upgrade_comes_to_its_end(d: System) -> Property:
    """Without failures, an upgrade that was begun is completed, the data restored both ways."""
    return leads_to(~d.upgrade.standing_by, d.upgrade.complete, PROGRESS)


@stated(
    claims=("AV-6", "AV-8"),
    source=UPGRADES,
    given=UPGRADE,
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
)
def both_hold_everything_after_the_upgrade(d: System) -> Property:
    """Without failures, when the upgrade is complete both servers hold every interval from before."""
    done = d.upgrade.complete & d.intervals[0].past
    return whenever(done, everywhere(d))


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, "overlap": True, "area_outages": False},
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
)
def one_server_collects_throughout_the_upgrade_with_a_failure(d: System) -> Property:
    """The same, when one failure may happen around the upgrade."""
    return always(one_collects(d))


@stated(
    claims=("AV-6", "AV-8"),
    source=UPGRADES,
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
)
def one_failure_loses_nothing_that_was_collected_around_the_upgrade(d: System) -> Property:
    """With one hardware failure around the upgrade, no interval that was collected completely is lost for good."""
    return never(held(d) & lost_for_good(d))


@stated(
    claims=("AV-6", "AV-2"),
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, "overlap": True, "upgrade_again": True, "one_at_a_time": True},
    assumptions="restores are made one at a time; a server rebuilt with the old release is upgraded once more",
)
def around_the_upgrade_both_come_to_hold_what_is_left(d: System) -> Property:
    """With one failure around the upgrade both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(claims="AV-6", source=UPGRADES, given={"procedure": "cms_upgrade", **ONE, **NOTHING_DESTROYED, "overlap": True})
def what_was_collected_around_the_upgrade_is_kept(d: System) -> Property:
    """With one failure around the upgrade that destroys no disk, nothing that was collected completely is lost for good."""
    return never(held(d) & lost_for_good(d))


# -- AV-7: upgrade of the Communication Manager -----------------------------------------------------------------------
@stated(
    claims="AV-7",
    source=UPGRADES,
    given=SWITCH,
    assumptions="the operators begin each step as soon as the one before is done; both links are pumped up at once",
)
def time_without_collection_is_administration_and_pump_up(d: System) -> Property:
    """Nobody collects for no longer than the administration of the new release and the pump-up of a link take."""
    return worst_case(d.coverage.uncovered_ticks + 0, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given=SWITCH,
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
)
def intervals_lost_are_administration_and_pump_up(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take."""
    return worst_case(d.coverage.lost_intervals + 0, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(claims="AV-7", source=UPGRADES, given=SWITCH)
def intervals_lost_are_at_most_one_more(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take, and one more."""
    return worst_case(d.coverage.lost_intervals + 0, at_most=d.administration_ticks + d.pump_up_ticks + 1)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given={**SWITCH, "prompt": False},
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
)
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
