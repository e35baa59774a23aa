"""What the Info Mart guide states for disruptions, and what it says that people see: of both architectures.

It states an objective for outages alone. No time until reports are back, and no limit on what the loss of a site costs, stands
anywhere in it; nor does it say how the loss of a site or of data comes to anybody's notice.
"""

from drcheck import (
    Expression,
    Property,
    System,
    disruption,
    hours,
    if_else,
    notice,
    objective,
    stated,
    total,
    worst_case,
)
from properties.info_mart.recovery_times import CLOCK, IN_TIME, without_in_an_outage
from properties.info_mart.terms import LATE, OUTAGES, PLAIN, SITES_UP

SITE_1 = {"site_failures": 1, "failing": "site1"}

LOSS_OF_SITE_1 = disruption("loss of Site 1", given=PLAIN, **SITE_1)
LOSS_OF_SITE_2 = disruption("loss of Site 2", given=PLAIN, site_failures=1, failing="site2")
SHORT_OUTAGE = disruption("outage of up to 7 hours", given=PLAIN, outages=1, longest_outage=hours(7))
LONG_OUTAGE = disruption("outage of up to 14 hours", given=PLAIN, outages=1, longest_outage=hours(14))
AROUND_AN_OUTAGE = disruption("loss of Site 1 around an outage", given=PLAIN, outages=1, **SITE_1)
LOSS_OF_AN_ICON = disruption("loss of one ICON", given=PLAIN, icon_failures=1)
LOSS_OF_AN_IDB = disruption("loss of one IDB", given=PLAIN, idb_failures=1)
SERVER_DOWN = disruption("one Info Mart Server fails alone", given=PLAIN, server_failures=1)
WITH_A_SLIP = disruption("loss of Site 1, a step left out", given=PLAIN, slips=1, **SITE_1)

OBJECTIVES = [
    LOSS_OF_SITE_1,
    LOSS_OF_SITE_2,
    objective(SHORT_OUTAGE, loses_at_most=0, source=OUTAGES),
    # What is lost is the data of the other site for the time by which the outage exceeds the threshold of 8 hours.
    objective(LONG_OUTAGE, loses_at_most="6 intervals", source=OUTAGES),
    AROUND_AN_OUTAGE,
    LOSS_OF_AN_ICON,
    LOSS_OF_AN_IDB,
    SERVER_DOWN,
    WITH_A_SLIP,
]

NOTICES = [
    notice(
        "no new data in reports",
        when=lambda d: d.site1.up & d.server1.waiting,
        of="network outage",
        who="those who read reports",
        source=OUTAGES,
    ),
]


def lost_to_reports(d: System) -> Expression:
    """What the database from which reports come lacks for good: that of Site 1, and that of Site 2 once Site 1 is lost."""
    lost = {n: total(db.lost_of(i) for i in range(len(d.layer.streams))) for n, db in ((1, d.db1), (2, d.db2))}
    return if_else(d.site1.failed, lost[2], lost[1])


@stated(measures="time_back", source=OUTAGES, given={**SITES_UP, **CLOCK}, assumptions=(LATE, IN_TIME))
def time_until_reports_are_back(d: System) -> Property:
    """For how long at worst no new data shows in reports since a disruption began; here, in an outage."""
    return worst_case(d.recovery_clock.without, at_most=without_in_an_outage(d))


__all__ = ["NOTICES", "OBJECTIVES", "time_until_reports_are_back"]
