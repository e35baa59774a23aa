"""How long a site's proxies take no configuration change: the guide states no time for outages, operators or replication.

Two hours for each in one go are an assumption, and it comes through as it is: with the push nothing else is waited for.
"""

from drcheck import System, case, hours, if_else, stress
from drcheck.logic.kinds import Property
from drcheck.logic.properties import reachable, stated, worst_case
from properties.configuration_database.findings import (
    BOTH_SERVERS_FAIL,
    DNS_LOST,
    PUSH_LEFT_OUT,
    SLIP_LEAVES_NO_MASTER,
)
from properties.configuration_database.terms import A_SLIP, CACHED, MAIN, NAMES, OVERVIEW, connected

CLOCK = {**CACHED, "observe_recovery": True}
ATTENDED = {**CLOCK, "attended_within": hours(2)}
IN_TIME = "an outage lasts, and operators and replication take in one go, no longer than attended_within"


@stated(
    source=OVERVIEW,
    given=ATTENDED,
    assumptions=IN_TIME,
    cases=[
        case("", "the main site is lost", measures="time_back"),
        case("around_an_outage", "the main site is lost, and the network fails once", given={"outages": 1}),
        case(
            "and_a_server_fails",
            "the main site is lost, and a Configuration Server fails",
            given={"server_failures": 1},
        ),
        case(
            "of_the_management_host",
            "only the management host of the main site is lost",
            given={"disaster": "management_host"},
        ),
        case("and_on_the_way_back", "the main site is lost and restored", given={"main_returns": True}),
        case("in_an_outage", "no site is lost, and the network fails once", given={"site_failures": 0, "outages": 1}),
        case(
            "and_the_dns_server",
            "the main site is lost, and the only DNS server with it",
            claims={"FW-3": stress("the only DNS server with the record is lost with the main site")},
            given={"dns_server": "main_site"},
            finding=DNS_LOST,
        ),
        case(
            "and_both_servers_fail",
            "no site is lost, and both servers of the main pair fail",
            claims={"FW-7": stress("both servers of a pair fail")},
            given={"site_failures": 0, "server_failures": 2},
            finding=BOTH_SERVERS_FAIL,
        ),
    ],
)
def time_until_changes_are_taken_again(d: System) -> Property:
    """For how long at worst the proxies of a site that is up take no configuration change, with addresses cached for an hour."""
    return worst_case(d.recovery_clock.without, at_most=d.parameters["attended_within"])


@stated(
    claims="FW-3",
    source=NAMES,
    given={**ATTENDED, "slips": 1},
    role=A_SLIP,
    assumptions=IN_TIME,
    finding=SLIP_LEAVES_NO_MASTER,
)
def time_until_changes_are_taken_again_after_a_slip(d: System) -> Property:
    """The same and the time to live of an address at most, where a step of the switch-over is left out, or done late.

    Proxies ask when they lose the main site, and then each time to live; the first answer after the change of the record counts.
    """
    attended, ttl = d.ticks(d.parameters["attended_within"]), d.ticks(d.parameters["ttl"])
    return worst_case(d.recovery_clock.without, at_most=(attended // ttl + 1) * ttl)


@stated(
    claims="FW-3",
    source=NAMES,
    given={**ATTENDED, "slips": 1, "checked_scripts": True},
    role=A_SLIP,
    assumptions=IN_TIME,
    finding=PUSH_LEFT_OUT,
)
def the_push_spares_the_time_to_live(d: System) -> Property:
    """A slip costs no time where each script checks what it relies on, as what was left out is then noticed."""
    return worst_case(d.recovery_clock.without, at_most=d.parameters["attended_within"])


@stated(source=OVERVIEW, given={**CLOCK, "failing": "secondary"})
def time_without_changes_after_the_loss_of_the_secondary_site(d: System) -> Property:
    """For how long the proxies of the main site take no change after the loss of the secondary one: for no tick at all.

    An outage before it, or a Configuration Server that fails, has a time of its own.
    """
    apart = ~connected(d, MAIN)  # whatever the proxies take themselves for
    by_the_loss = d.secondary_site.failed & d.main_servers.running & apart
    return worst_case(if_else(by_the_loss, d.recovery_clock.without, 0), at_most=0)


@stated(source=OVERVIEW, given=CLOCK)
def nothing_bounds_the_time_until_changes_are_taken_again(d: System) -> Property:
    """Without an assumption on the operators no change may be taken for as long as is counted, a day."""
    return reachable(d.recovery_clock.without >= d.ticks(hours(24)))
