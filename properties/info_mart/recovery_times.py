"""How long reports get no new data, and how old what they show is: outages, and the loss of Site 2, of both architectures.

The guide states no time for anything here: each bound is what was found, exactly, as it follows from the parameters. The clock
is `model.common.recovery_clock`; its cap is the furthest that positions are followed, beyond every bound below.
"""

from drcheck import Property, System, case, hours, maximum, stated, stress, worst_case
from properties.info_mart.terms import EMERGENCY, LATE, OUTAGES, PLAIN, SITES_UP, UNSEEN, of_site, threshold_of

CLOCK = {"observe_recovery": True}
IN_TIME = "the operators end the procedure within recovery_time of the loss, which no document states"
"""What every time until reports are back after the loss of Site 1 rests on."""
THRESHOLDS = [
    case(),
    case("with_4_hours", "with a threshold of 4 hours", given={"threshold": hours(4)}),
    case("with_12_hours", "with a threshold of 12 hours", given={"threshold": hours(12)}),
]
"""What a greater threshold costs, and what it saves: time without new data against data lost."""


def cycle(d: System) -> int:
    """How many ticks an ETL cycle that has become possible can take to begin and end."""
    return d.parameters["etl_delay"]


def waits(d: System) -> int:
    """How many ticks an Info Mart waits for a site that is out of reach: until more than the threshold has passed."""
    return threshold_of(d) + 1


def _out_of_reach(d: System) -> int:
    """How many ticks of an outage an Info Mart waits: the wait, or the whole outage where that is shorter."""
    return min(waits(d), d.ticks(d.parameters["longest_outage"]))


def after_a_wait(d: System) -> int:
    """For how many ticks an outage before the loss of a site has left reports without new data already."""
    return d.parameters["outages"] * without_in_an_outage(d)


def without_in_an_outage(d: System) -> int:
    """For how many ticks an outage leaves reports without new data: the wait, and the cycle that follows it."""
    return _out_of_reach(d) + cycle(d)


@stated(claims="IM-6", source=OUTAGES, given={**SITES_UP, **CLOCK}, assumptions=LATE, cases=THRESHOLDS)
def time_without_new_data_in_an_outage(d: System) -> Property:
    """For how long at worst no new data shows in reports in an outage: the wait, and the cycle that follows it."""
    return worst_case(d.recovery_clock.without, at_most=without_in_an_outage(d))


@stated(source=OUTAGES, given=SITES_UP, assumptions=LATE, cases=THRESHOLDS)
def age_of_reports_in_an_outage(d: System) -> Property:
    """How old the newest data in reports is at worst, of Site 1's own sources, in intervals: staler with a greater threshold."""
    newest = [d.db1.uncovered[i] + d.db1.staged[i] for i in of_site(d, 1)]
    return worst_case(maximum(0, *newest), at_most=_out_of_reach(d) + 2 * cycle(d) + 1)


@stated(source=OUTAGES, given=SITES_UP, assumptions=LATE, cases=THRESHOLDS)
def loss_in_an_outage(d: System) -> Property:
    """What of one source of Site 2 is lost at worst in an outage, in intervals: less with a greater threshold.

    It is the excess over the threshold. Where the outage ends before the first cycle past the threshold, which can be a
    cycle's time later, what extraction was behind when it began comes on top (see `loss_is_the_excess`).
    """
    excess = max(d.ticks(d.parameters["longest_outage"]) - threshold_of(d), 0)
    lost = [d.db1.lost_of(i) for i in of_site(d, 2)]
    return worst_case(maximum(0, *lost), at_most=max(excess, 2 * (1 + cycle(d))) if excess else 0)


@stated(
    source=EMERGENCY,
    given={**PLAIN, **CLOCK, "failing": "site2"},
    assumptions=(UNSEEN, LATE),
    cases=[
        case(claims="IM-12", given={"outages": 0}),
        case(
            "around_an_outage",
            "after an outage that ends just before the loss, so that the wait begins anew",
            claims={"IM-12": stress("an outage just before the loss of Site 2")},
        ),
    ],
)
def time_until_reports_are_back_after_the_loss_of_site_2(d: System) -> Property:
    """For how long at worst no new data shows in reports after the loss of Site 2, for which there is no procedure."""
    return worst_case(d.recovery_clock.without, at_most=(1 + d.parameters["outages"]) * waits(d) + cycle(d))
