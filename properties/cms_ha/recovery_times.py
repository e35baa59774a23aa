"""How long nobody collects, and how long something waits to be restored: the page states no time for either.

Two hours for what people have to do in one go are an assumption; each bound is what was found, exactly, as it follows from it.
"""

from drcheck import Property, System, case, hours, reachable, stated, worst_case
from properties.cms_ha.terms import ONE, ONLY, POWER, UPGRADE, UPGRADES, WHOLE_PAGE

COLLECTION = {"observe_recovery": "collection"}
MISSING = {"observe_recovery": "missing_data"}
ATTENDED = {"attended_within": hours(2)}
ONE_SERVER = {**ONE, "area_outages": False}
IN_TIME = "whatever people can do is done within attended_within, in one go; the page states no time"


@stated(
    given=COLLECTION,
    cases=[
        case("", "one failure of any class that hits one server", source=WHOLE_PAGE, given=ONE_SERVER),
        case("in_the_upgrade", "a full version upgrade, without failures", source=UPGRADES, given=UPGRADE),
    ],
)
def time_without_collection(d: System) -> Property:
    """For how long at worst no server collects: for no tick at all."""
    return worst_case(d.recovery_clock.without, at_most=0)


@stated(source=POWER, given={**COLLECTION, **ONE, **ONLY["power"], **ATTENDED}, assumptions=IN_TIME)
def time_without_collection_in_an_outage_of_the_area(d: System) -> Property:
    """For how long at worst no server collects in an outage of the area: as long as it lasts and servers are then started."""
    return worst_case(d.recovery_clock.without, at_most=d.parameters["attended_within"])


@stated(
    measures="time_back",
    given={**MISSING, **ATTENDED},
    assumptions=IN_TIME,
    cases=[
        case("", "one failure of any class that hits one server", source=WHOLE_PAGE, given=ONE_SERVER),
        case(
            "after_two_failures",
            "two failures, each of which hits one server",
            source=WHOLE_PAGE,
            given={"failures": 2, "area_outages": False},
        ),
    ],
)
def time_until_missing_data_is_back(d: System) -> Property:
    """For how long at worst something waits to be restored after a failure.

    The repair and the pump-up, the interval in which collection resumed, and the backup with its restore; a second failure
    at the end of this adds a repair, a pump-up and another interval.
    """
    failures, attended = d.parameters["failures"], d.ticks(d.parameters["attended_within"])
    most = attended + failures * (attended + d.pump_up_ticks + 1)
    return worst_case(d.recovery_clock.without, at_most=most)


@stated(
    source=UPGRADES,
    given={**MISSING, **ATTENDED, **UPGRADE},
    assumptions=IN_TIME,
    cases=[
        case(),
        case(
            "with_an_overlap",
            "where the second server is taken down only after the first has collected a whole interval",
            given={"overlap": True},
        ),
    ],
)
def time_until_both_hold_everything_after_the_upgrade(d: System) -> Property:
    """For how long at worst something waits to be restored around a full version upgrade, from its beginning on.

    Both upgrades in one go, an interval, and the backups with their restores; an overlap adds an interval between the two, a
    failure a repair, a pump-up and another interval.
    """
    overlap, attended = int(d.parameters["overlap"]), d.ticks(d.parameters["attended_within"])
    failing = d.parameters["failures"] * (attended + d.pump_up_ticks + 1)
    return worst_case(d.recovery_clock.without, at_most=attended + (1 + overlap) * (attended + 1) + failing)


@stated(source=WHOLE_PAGE, given={**MISSING, **ONE_SERVER})
def nothing_bounds_the_time_until_missing_data_is_back(d: System) -> Property:
    """Without an assumption on people one failure can leave something to be restored for as long as is counted, two days."""
    return reachable(d.recovery_clock.without >= d.ticks(hours(48)))


@stated(source=POWER, given={**COLLECTION, **ONE, **ONLY["power"]})
def nothing_bounds_an_outage_of_the_area(d: System) -> Property:
    """Without an assumption on the outage of the area no server may collect for as long as is counted, two days."""
    return reachable(d.recovery_clock.without >= d.ticks(hours(48)))
