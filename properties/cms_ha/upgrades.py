"""What the CMS High Availability page promises of upgrades: of the CMS version, of the Communication Manager."""

from drcheck import (
    Property,
    System,
    always,
    case,
    condition,
    happens,
    leads_to,
    never,
    reading,
    stated,
    stress,
    whenever,
    worst_case,
)
from properties.cms_ha.findings import (
    CHANGE_OVER,
    LOST_BEFORE_THE_RESTORE,
    NO_SPARE,
    ONE_INTERVAL_MORE,
    PAUSES,
    STEP_PASSED_OVER,
    TAKEN_DOWN_ALONE,
)
from properties.cms_ha.terms import (
    NOTHING_DESTROYED,
    ONE,
    ONLY,
    PROGRESS,
    SWITCH,
    UPGRADE,
    UPGRADES,
    complete_or_in_a_gap,
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
    given={**UPGRADE, "check_other": False},
    assumptions="the operators leave out no step",
)
def one_server_collects_throughout_the_upgrade(d: System) -> Property:
    """Without failures, one server collects at every moment of the upgrade."""
    return always(one_collects(d))


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={**UPGRADE, "slips": 1, "check_other": False},
    role=stress("one step is passed over, or done late"),
    finding=STEP_PASSED_OVER,
)
def one_server_collects_throughout_the_upgrade_with_a_slip(d: System) -> Property:
    """The same, when the operators pass over one step, or do it late."""
    return always(one_collects(d))


@stated(claims="AV-6", source=UPGRADES, given=UPGRADE)
def the_upgrade_comes_to_its_end(d: System) -> Property:
    """Without failures, an upgrade that was begun is completed, the data restored both ways."""
    return leads_to(~d.upgrade.standing_by, d.upgrade.complete, PROGRESS)


@stated(
    claims="AV-6",
    source=UPGRADES,
    given=UPGRADE,
    cases=[
        case(finding=CHANGE_OVER),
        case(
            "with_an_overlap",
            "where the second server is taken down only after the first has collected a whole interval",
            given={"overlap": True},
            role=condition,
        ),
    ],
)
def both_hold_everything_after_the_upgrade(d: System) -> Property:
    """When the upgrade is completed both servers hold every interval that is over, and after that but for what a failure took
    and is to be restored.
    """
    done = d.upgrade.complete & d.intervals[0].past
    return whenever(done, complete_or_in_a_gap(d) & (happens("step_5_data_restored").implies(everywhere(d))))


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, "area_outages": False},
    cases=[
        case(given={"overlap": True}, role=stress("one failure of the collecting server"), finding=NO_SPARE),
        case(
            "where_nobody_looks",
            "where nobody looks whether the other server collects",
            given={"check_other": False},
            role=stress("one failure around the upgrade, and nobody looks whether the other server collects"),
            finding=(NO_SPARE, TAKEN_DOWN_ALONE),
        ),
    ],
)
def one_server_collects_throughout_the_upgrade_with_a_failure(d: System) -> Property:
    """The same, when one failure may happen around the upgrade."""
    return always(one_collects(d))


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, **ONLY["hardware"], "overlap": True},
    role=stress("disks are lost during the upgrade"),
    finding=LOST_BEFORE_THE_RESTORE,
)
def one_failure_loses_nothing_that_was_collected_around_the_upgrade(d: System) -> Property:
    """With one hardware failure around the upgrade, no interval that was collected completely is lost for good."""
    return never(held(d) & lost_for_good(d))


@stated(
    claims="AV-6",
    role=stress("one failure, of any class, with all repairs of the upgrade"),
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, "overlap": True, "upgrade_again": True, "one_at_a_time": True},
    assumptions="restores are made one at a time; a server rebuilt with the old release is upgraded once more",
)
def around_the_upgrade_both_come_to_hold_what_is_left(d: System) -> Property:
    """With one failure around the upgrade both servers come to hold every interval that is not lost for good."""
    return what_is_not_lost_comes_to_be_on_both(d)


@stated(
    claims="AV-6",
    source=UPGRADES,
    given={"procedure": "cms_upgrade", **ONE, **NOTHING_DESTROYED, "overlap": True},
    role=stress("one failure that destroys no disk"),
)
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
    return worst_case(d.coverage.uncovered_ticks, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given=SWITCH,
    role=reading("the loss is counted in whole intervals"),
    finding=ONE_INTERVAL_MORE,
)
def intervals_lost_are_administration_and_pump_up(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take."""
    return worst_case(d.coverage.lost_intervals, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given=SWITCH,
    role=reading("the loss is counted in whole intervals, and is one more"),
)
def intervals_lost_are_at_most_one_more(d: System) -> Property:
    """No more intervals are lost than administration and pump-up take, and one more."""
    return worst_case(d.coverage.lost_intervals, at_most=d.administration_ticks + d.pump_up_ticks + 1)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given={**SWITCH, "prompt": False},
    role=stress("the operators pause between two steps"),
    finding=PAUSES,
)
def pauses_make_it_no_longer(d: System) -> Property:
    """The same bound on the time, when the operators may pause between two steps."""
    return worst_case(d.coverage.uncovered_ticks, at_most=d.administration_ticks + d.pump_up_ticks)


@stated(claims="AV-7", source=UPGRADES, given=SWITCH)
def both_servers_collect_on_the_new_release(d: System) -> Property:
    """An upgrade of the Communication Manager that was begun is completed, and both servers collect after it."""
    book = d.communication_manager_upgrade
    return leads_to(~book.standing_by, book.complete & d.collecting[1] & d.collecting[2], PROGRESS)


@stated(
    claims="AV-7",
    source=UPGRADES,
    given={**SWITCH, **ONE, "area_outages": False},
    role=stress("one failure of one server meanwhile"),
)
def one_failure_makes_it_no_longer(d: System) -> Property:
    """One failure of one server meanwhile does not make the time without collection any longer."""
    return worst_case(d.coverage.uncovered_ticks, at_most=d.administration_ticks + d.pump_up_ticks)
