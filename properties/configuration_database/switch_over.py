"""What the Framework guide promises of switch-over and switch-back: one master at a time, and everybody finds it.

The account, and the claims FW-1 to FW-3; the other claims are in the modules imported here.
"""

from drcheck import System, all_of, any_of, case, count, reading, stress, witness
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, can_always, leads_to, reachable, stated, whenever, worst_case
from properties.configuration_database.clients import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.control import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.findings import (
    BACK_IN_ANOTHER_ORDER,
    NO_WAIT_FOR_REPLICAT,
    OUTAGE_MISTAKEN,
    PROCESS_FAILS,
    PUSHED_TOO_EARLY,
    SECOND_LOSS,
    SLIP_LEAVES_NO_MASTER,
    STARTED_BY_ITSELF,
    TWO_SLIPS,
)
from properties.configuration_database.objectives import *  # noqa: F403  # its disruptions and notices
from properties.configuration_database.parts import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.recovery_times import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.replication import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.single_failures import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.terms import (
    A_PROCESS_FAILS,
    A_SLIP,
    ADDRESSES,
    BACK_IN_ANY_ORDER,
    BACK_IN_ORDER,
    BACK_UNORDERED,
    DNS_APART,
    DRAINED,
    HOST,
    MAIN,
    MISTAKE,
    MISTAKEN,
    NAMES,
    NO_RETURN,
    NOT_MISTAKEN,
    ONE_PROCESS,
    ONE_SITE,
    ORDER,
    OVER_IN_ANY_ORDER,
    OVERVIEW,
    PROGRESS,
    REPLICATION,
    RETURNS_QUIET,
    RETURNS_RUNNING,
    SECONDARY,
    SLIP,
    STARTS_BY_ITSELF,
    WRONG_RECORD,
    connected,
    connected_to_secondary,
    each_change,
    held,
    masters,
    switched_over,
)


# -- the account ----------------------------------------------------------------------------------------------------------
@stated(
    source="the account of the model itself",
    cases=[
        case("is_accounted_for"),
        case(
            "is_accounted_for_after_two_losses",
            "with two losses of a site, the same one twice or both, where what a lost site stored survives",
            given={"site_failures": 2, "repeatable": True, "main_storage": "survives"},
        ),
    ],
)
def every_accepted_change(d: System) -> Property:
    """Every accepted change is in a database or a trail, or was charged to replication with the loss of a site."""
    parts = [d.bases[MAIN].held, d.bases[SECONDARY].held, d.forward.remote, d.reverse.remote]
    return always(each_change(d, lambda i: any_of([array[i] for array in parts])))


@stated(source="the account of the model itself")
def nothing_is_held_that_was_not_accepted(d: System) -> Property:
    """No database, no trail and no charge names a change that was never accepted."""
    arrays = [b.held for b in d.bases.values()]
    arrays += [t for s in (d.forward, d.reverse) for t in (s.local, s.remote)] + [d.account.undelivered]
    return always(all_of(~array[i] | d.account.exists(i) for array in arrays for i in range(d.account.most)))


# -- FW-1: one master -------------------------------------------------------------------------------------------------------
@stated(
    claims="FW-1",
    source=ORDER,
    cases=[
        case(source=OVERVIEW, assumptions=(BACK_IN_ORDER, NOT_MISTAKEN, RETURNS_QUIET)),
        case(
            "in_any_order",
            "in whatever order the scripts of the switch-over are run",
            given={**ONE_SITE, "order": "any"},
            role=OVER_IN_ANY_ORDER,
        ),
        case(
            "in_any_order_of_the_way_back",
            "in whatever order the scripts of the switch-back are run",
            given=BACK_IN_ANY_ORDER,
            role=BACK_UNORDERED,
            finding=BACK_IN_ANOTHER_ORDER,
        ),
        case("with_a_slip", "if one step is left out or done late", given=SLIP, role=A_SLIP),
        case(
            "with_two_slips",
            "if two steps are left out or done late",
            given={**SLIP, "slips": 2},
            role=stress("two steps left out or done late"),
            finding=TWO_SLIPS,
        ),
        case(
            "beside_a_forgotten_pair",
            "if the switch-back leaves the secondary pair running, which access to its database, disabled, keeps out",
            given={**ONE_SITE, "keep_secondary": True, "outages": 0},
            role=stress("the switch-back leaves the secondary pair running"),
        ),
        case(
            "with_a_wrong_record",
            "if the DNS record is changed too early, or back",
            given={**ONE_SITE, "dns_mistakes": 2, "changes": 2},
            role=WRONG_RECORD,
        ),
        case(
            "whatever_operators_believe",
            "even if an outage of the network is taken for the loss of the main site",
            source=OVERVIEW,
            given=MISTAKE,
            role=MISTAKEN,
            finding=OUTAGE_MISTAKEN,
        ),
        case(
            "when_the_main_site_returns",
            "if the restored main site starts its Configuration Servers by itself",
            source=REPLICATION,
            given=RETURNS_RUNNING,
            role=STARTS_BY_ITSELF,
            finding=STARTED_BY_ITSELF,
        ),
    ],
)
def one_primary_master(d: System) -> Property:
    """At most one primary master Configuration Server works on a Configuration Database at any time."""
    return always(masters(d) <= 1)


# -- FW-2: what a disaster can lose ---------------------------------------------------------------------------------------
@stated(
    claims=("FW-2", "FW-10"),
    source=OVERVIEW,
    cases=[
        case(assumptions=(DRAINED, RETURNS_QUIET)),
        case(
            "without_the_wait",
            "without waiting for Replicat",
            source=ORDER,
            given={**ONE_SITE, "drain": False},
            role=reading(
                "a change is delivered once it has reached the other site, and the switch-over waits for nothing"
            ),
            finding=NO_WAIT_FOR_REPLICAT,
        ),
    ],
)
def only_undelivered_changes_are_lost(d: System) -> Property:
    """After the switch-over the live database holds every accepted change that replication had delivered to its site."""
    return whenever(switched_over(d), each_change(d, held(d, SECONDARY)))


@stated(claims="FW-2", source=OVERVIEW, role=witness)
def undelivered_changes_can_be_lost(d: System) -> Property:
    """Changes that replication had not delivered can be lost: a lag of replication is what a disaster costs."""
    return reachable(switched_over(d) & any_of(list(d.account.undelivered)))


@stated(claims="FW-2", source=OVERVIEW, role=witness)
def all_changes_can_be_lost(d: System) -> Property:
    """All changes can be lost, if replication has delivered none: nothing in the design bounds their number."""
    return reachable(switched_over(d) & all_of(list(d.account.undelivered)))


@stated(measures="loss", source=OVERVIEW, given={"outages": 0})
def most_changes_lost(d: System) -> Property:
    """How many changes are lost at worst, of those that the model makes."""
    return worst_case(count(list(d.account.undelivered), unit="changes"), at_most=d.parameters["changes"])


# -- FW-3, FW-10: the proxies find the live master --------------------------------------------------------------------------
@stated(
    claims=("FW-3", "FW-10"),
    source=OVERVIEW,
    cases=[
        case(given=NO_RETURN, assumptions=DNS_APART),
        case(
            "by_the_push_alone",
            "for clients that keep an address for ever once they have resolved it, so that only the switch-over script helps",
            source=NAMES,
            given={**NO_RETURN, "cache": "kept"},
            assumptions=DNS_APART,
            claims="FW-3",
        ),
        case(
            "pushed_in_any_order",
            "for clients that keep an address for ever, in whatever order the scripts of the switch-over are run",
            source=NAMES,
            given={**NO_RETURN, "cache": "kept", "order": "any"},
            role=stress("the push of the names runs before the DNS change"),
            finding=PUSHED_TOO_EARLY,
        ),
        case(
            "in_any_order",
            "in whatever order the scripts of the switch-over are run, if a cached address expires while they cannot connect",
            source=NAMES,
            given={**NO_RETURN, "order": "any"},
            role=stress("the scripts of the switch-over in any order, where cached addresses expire"),
        ),
    ],
)
def proxies_reconnect_to_the_secondary_master(d: System) -> Property:
    """The loss of the main site leads to proxies of the secondary site that are connected to the secondary master."""
    return leads_to(d.main_site.failed, connected_to_secondary(d, SECONDARY), fairness=PROGRESS)


@stated(claims=("FW-3", "FW-10"), source=OVERVIEW, given=HOST, assumptions=BACK_IN_ORDER)
def proxies_of_both_sites_reconnect(d: System) -> Property:
    """If only the main management host is lost, the proxies of the main site end up at a master in service too."""
    return leads_to(d.main_site.failed, connected(d, MAIN), fairness=PROGRESS)


@stated(
    claims="FW-3",
    source=OVERVIEW,
    cases=[
        case(given={"server_failures": 0}),
        case(
            "after_a_slip",
            "even if one step is left out or done late",
            claims=("FW-3", "FW-10"),
            source=ORDER,
            given=SLIP,
            role=A_SLIP,
            finding=SLIP_LEAVES_NO_MASTER,
        ),
    ],
)
def a_complete_switch_over_leaves_a_live_master(d: System) -> Property:
    """When the switch-over is complete, the secondary master is in service and the record points to it."""
    return whenever(switched_over(d), d.master[SECONDARY] & d.dns_record.to_secondary)


@stated(claims="FW-10", source=REPLICATION, given=ONE_SITE, assumptions=BACK_IN_ORDER)
def proxies_end_up_at_the_main_master_again(d: System) -> Property:
    """Once the switch-back is complete, the proxies of both sites end up connected to the main master."""
    both = all_of(d.component(f"{here}_proxies").at_main & d.reachable_master[here][MAIN] for here in ADDRESSES)
    return leads_to(d.switch_back.complete, both, fairness=PROGRESS)


@stated(
    claims="FW-10",
    source=REPLICATION,
    cases=[
        case(claims=("FW-3", "FW-10"), source=OVERVIEW, given=ONE_SITE, assumptions=BACK_IN_ORDER),
        case(
            "after_a_second_loss",
            "if the main site may be lost a second time",
            given={**ONE_SITE, "site_failures": 2, "outages": 0, "server_failures": 0},
            role=stress("the main site is lost a second time"),
            finding=SECOND_LOSS,
        ),
        case(
            "with_a_failed_process",
            "if a process of the replication fails",
            given={**ONE_SITE, **ONE_PROCESS},
            role=A_PROCESS_FAILS,
            finding=PROCESS_FAILS,
        ),
        case(
            "in_any_order_of_the_way_back",
            "in whatever order the scripts of the switch-back are run",
            source=ORDER,
            given=BACK_IN_ANY_ORDER,
            role=BACK_UNORDERED,
            finding=BACK_IN_ANOTHER_ORDER,
        ),
        case(
            "in_any_order_of_checked_scripts",
            "in whatever order the scripts of the switch-back are run, if each checks what it relies on",
            source=ORDER,
            given={**BACK_IN_ANY_ORDER, "checked_scripts": True},
            role=reading("the scripts of the switch-back may run in any order, and each checks what it relies on"),
        ),
    ],
)
def the_way_back_is_open(d: System) -> Property:
    """From every state, connected proxies at the secondary site can still be reached, unless that site itself is lost."""
    return can_always(connected(d, SECONDARY) | d.secondary_site.failed)
