"""What the CMS High Availability page states for disruptions, and by which worst cases they are measured.

Of failures that one server goes on through it says that collection continues, of backups that nothing is lost, and of the
upgrade of the Communication Manager how long the loss lasts at most. It states no time until missing data is back, and no
alarm, log or screen by which anybody learns of a failure or a loss.
"""

from drcheck import Property, System, count, disruption, minutes, objective, stated, worst_case
from properties.cms_ha.terms import HARDWARE, LINKS, MAINTENANCE, ONE, PAGE, POWER, UPGRADES, WHOLE_PAGE, lost_for_good

SOFTWARE = f"{PAGE}, CMS software failures"
ONE_SERVER = {**ONE, "area_outages": False}

OBJECTIVES = [
    objective(disruption("failure of an ACD link", failures=1, link_failures=True), loses_at_most=0, source=LINKS),
    objective(disruption("hardware failure", failures=1, hardware_failures=True), loses_at_most=0, source=HARDWARE),
    objective(disruption("software failure", failures=1, software_failures=True), loses_at_most=0, source=SOFTWARE),
    objective(disruption("localized power failure", failures=1, power_failures=True), loses_at_most=0, source=POWER),
    disruption("power failure of the whole area", failures=1, power_failures=True, area_outages=True),
    disruption("two link failures", failures=2, link_failures=True),
    disruption("two hardware or software failures", failures=2, hardware_failures=True, software_failures=True),
    objective(
        disruption("backups at any time", given={"scheduled_backups": True}), loses_at_most=0, source=MAINTENANCE
    ),
    objective(disruption("full version upgrade", given={"procedure": "cms_upgrade"}), loses_at_most=0, source=UPGRADES),
    # As long as the administration and the pump-up take, which is an hour and half an hour in the model.
    objective(
        disruption("upgrade of the Communication Manager", given={"procedure": "communication_manager_upgrade"}),
        loses_at_most=minutes(90),
        source=UPGRADES,
    ),
]


@stated(measures="loss", source=WHOLE_PAGE, given={**ONE_SERVER, "count_losses": True})
def time_that_nobody_collected(d: System) -> Property:
    """For how long, in all, no server collects while there are calls; here, after one failure that hits one server."""
    return worst_case(d.coverage.uncovered_ticks, at_most=0)


@stated(measures="loss", source=WHOLE_PAGE, given=ONE_SERVER)
def intervals_lost_for_good(d: System) -> Property:
    """Of the followed intervals, how many are complete nowhere any more; here, after one failure that hits one server."""
    return worst_case(count([lost_for_good(d, k) for k in range(len(d.intervals))], unit="intervals"), at_most=0)


__all__ = ["OBJECTIVES", "intervals_lost_for_good", "time_that_nobody_collected"]
