"""What the Framework guide promises of switch-over and switch-back: one master at a time, and everybody finds it.

The account, and the claims FW-1 to FW-3; the other claims are in the modules imported here.
"""

from drcheck import Expression, System, all_of, any_of, count
from drcheck.logic.kinds import Finding, Property
from drcheck.logic.properties import always, can_always, leads_to, reachable, stated, whenever, worst_case
from properties.configuration_database.clients import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.control import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.replication import *  # noqa: F403  # its promises are this design's too
from properties.configuration_database.terms import (
    ADDRESSES,
    BACK_IN_ANY_ORDER,
    HOST,
    MAIN,
    MISTAKE,
    NAMES,
    NO_RETURN,
    ONE_SITE,
    ORDER,
    OVERVIEW,
    PROGRESS,
    REPLICATION,
    RETURNS_RUNNING,
    SECONDARY,
    SLIP,
    connected,
    connected_to_secondary,
    each_change,
    held,
    masters,
    switched_over,
)


# -- the account ----------------------------------------------------------------------------------------------------------
def _accounted(d: System) -> Expression:
    parts = [d.bases[MAIN].held, d.bases[SECONDARY].held, d.forward.remote, d.reverse.remote]
    return each_change(d, lambda i: any_of([array[i] for array in parts]))


@stated(source="the account of the model itself")
def every_accepted_change_is_accounted_for(d: System) -> Property:
    """Every accepted change is in a database or a trail, or was charged to replication with the loss of a site."""
    return always(_accounted(d))


@stated(
    source="the account of the model itself", given={"site_failures": 2, "repeatable": True, "main_storage": "survives"}
)
def every_change_is_accounted_for_after_two_losses(d: System) -> Property:
    """The same with two losses of a site, the same one twice or both, where what a lost site stored survives."""
    return always(_accounted(d))


@stated(source="the account of the model itself")
def nothing_is_held_that_was_not_accepted(d: System) -> Property:
    """No database, no trail and no charge names a change that was never accepted."""
    arrays = [b.held for b in d.bases.values()]
    arrays += [t for s in (d.forward, d.reverse) for t in (s.local, s.remote)] + [d.account.undelivered]
    return always(all_of(~array[i] | d.account.exists(i) for array in arrays for i in range(d.account.most)))


# -- FW-1: one master -------------------------------------------------------------------------------------------------------
@stated(
    claims="FW-1",
    source=OVERVIEW,
    assumptions=(
        "no outage is taken for the loss of the main site",
        "a restored main site does not start its Configuration Servers by itself",
    ),
)
def one_primary_master(d: System) -> Property:
    """At most one primary master Configuration Server works on a Configuration Database at any time."""
    return always(masters(d) <= 1)


@stated(claims="FW-1", source=ORDER, given=SLIP)
def one_primary_master_with_a_slip(d: System) -> Property:
    """The same, when the operators leave out one step of the switch-over or of the switch-back, or do it late."""
    return always(masters(d) <= 1)


@stated(
    claims="FW-1",
    source=ORDER,
    given={**SLIP, "slips": 2},
    finding=Finding(
        title="Two steps left out of the switch-back make two masters",
        explanation=(
            "Stopping the secondary servers and disabling access to their database each keep the secondary pair out of "
            "service. If both are left out, the main pair is started beside a secondary one that is still live."
        ),
        repair="Let each script refuse to run before what it relies on has been done.",
        repaired={"checked_scripts": True},
    ),
)
def one_primary_master_with_two_slips(d: System) -> Property:
    """The same, when the operators leave out two steps, or do them late."""
    return always(masters(d) <= 1)


@stated(
    claims="FW-1",
    source=ORDER,
    given=BACK_IN_ANY_ORDER,
    finding=Finding(
        title="The scripts of the switch-back in another order make two masters",
        explanation=(
            "Nothing but the order keeps the restored main pair from being started while the secondary one is in "
            "service: the restored main database is open, and each script runs whatever the other site does."
        ),
        repair="Let each script refuse to run before what it relies on has been done.",
        repaired={"checked_scripts": True},
    ),
)
def one_primary_master_in_any_order_of_the_way_back(d: System) -> Property:
    """The same, in whatever order the scripts of the switch-back are run."""
    return always(masters(d) <= 1)


@stated(claims="FW-1", source=ORDER, given={**ONE_SITE, "order": "any"})
def one_primary_master_in_any_order(d: System) -> Property:
    """The same, in whatever order the scripts of the switch-over are run."""
    return always(masters(d) <= 1)


@stated(claims="FW-1", source=ORDER, given={**ONE_SITE, "keep_secondary": True, "outages": 0})
def database_access_keeps_a_forgotten_pair_out(d: System) -> Property:
    """A secondary pair that the switch-back leaves running is no second master: access to its database is disabled."""
    return always(masters(d) <= 1)


@stated(
    claims="FW-1",
    source=OVERVIEW,
    given=MISTAKE,
    finding=Finding(
        title="Nothing keeps two masters apart when an outage is taken for the loss of the main site",
        explanation=(
            "There are two databases, and each master works on its own, so neither hinders the other. The scripts that "
            "would stop the main pair or disable its database run at the main site, which cannot be reached. After the "
            "switch-over both sites accept changes into databases that no longer replicate to each other."
        ),
        repair="Have the loss of the main site confirmed by something that does not use the network between the sites.",
        repaired={"mistaken_operator": False},
    ),
)
def one_primary_master_whatever_operators_believe(d: System) -> Property:
    """The same, even if an outage of the network is taken for the loss of the main site."""
    return always(masters(d) <= 1)


@stated(
    claims="FW-1",
    source=REPLICATION,
    given=RETURNS_RUNNING,
    finding=Finding(
        title="A main site that starts its servers by itself when it is restored is a second master",
        explanation=(
            "Nobody could disable access to the main database while the site was lost. When its hosts come back and "
            "start what they were running, the main pair goes into service on an outdated database while the secondary "
            "pair is the live one."
        ),
        repair="Let the restored main database come back with access disabled, and enable it only in the switch-back.",
        repaired={"return_closed": True},
    ),
)
def one_primary_master_when_the_main_site_returns(d: System) -> Property:
    """The same, if the restored main site starts its Configuration Servers by itself."""
    return always(masters(d) <= 1)


# -- FW-2: what a disaster can lose ---------------------------------------------------------------------------------------
@stated(claims="FW-2", source=OVERVIEW)
def only_undelivered_changes_are_lost(d: System) -> Property:
    """After the switch-over the live database holds every accepted change that replication had delivered."""
    return whenever(switched_over(d), each_change(d, held(d, SECONDARY)))


@stated(claims="FW-2", source=OVERVIEW)
def undelivered_changes_can_be_lost(d: System) -> Property:
    """Changes that replication had not delivered can be lost: a lag of replication is what a disaster costs."""
    return reachable(switched_over(d) & any_of(list(d.account.undelivered)))


@stated(claims="FW-2", source=OVERVIEW, given={"outages": 0})
def most_changes_lost(d: System) -> Property:
    """As many changes as are made before replication delivers any can be lost; nothing in the design bounds that number."""
    return worst_case(count(list(d.account.undelivered)))


@stated(
    claims=("FW-2", "FW-10"),
    source=ORDER,
    given={**ONE_SITE, "drain": False},
    finding=Finding(
        title="Changes that had reached the secondary site are lost if Replicat is stopped before the end of its trail",
        explanation=(
            "The guide's overview names the scripts and not their order. If the switch-over stops replication at once, "
            "changes in the remote trail, on the secondary site's own disk, never enter the live database, although "
            "replication had delivered them to the site."
        ),
        repair="Wait until Replicat reports the end of its trail before it is stopped, as the configuration page has it.",
        repaired={"drain": True},
        chart=True,
    ),
)
def what_reached_the_secondary_site_is_kept(d: System) -> Property:
    """After the switch-over the live database holds every change that had reached its site, without waiting for Replicat."""
    return whenever(switched_over(d), each_change(d, held(d, SECONDARY)))


# -- FW-3, FW-10: the proxies find the live master --------------------------------------------------------------------------
@stated(claims=("FW-3", "FW-10"), source=OVERVIEW, given=NO_RETURN)
def proxies_reconnect_to_the_secondary_master(d: System) -> Property:
    """The loss of the main site leads to proxies of the secondary site that are connected to the secondary master."""
    return leads_to(d.main_site.failed, connected_to_secondary(d, SECONDARY), fairness=PROGRESS)


@stated(claims=("FW-3", "FW-10"), source=OVERVIEW, given=HOST)
def proxies_of_both_sites_reconnect(d: System) -> Property:
    """If only the main management host is lost, the proxies of the main site end up at a master in service too."""
    return leads_to(d.main_site.failed, connected(d, MAIN), fairness=PROGRESS)


@stated(claims=("FW-3", "FW-5"), source=NAMES, given={**NO_RETURN, "cache": "kept"})
def the_push_replaces_cached_addresses(d: System) -> Property:
    """The same for clients that keep an address for ever once they have resolved it: the switch-over script reaches them."""
    return leads_to(d.main_site.failed, connected_to_secondary(d, SECONDARY), fairness=PROGRESS)


@stated(
    claims=("FW-3", "FW-10"),
    source=NAMES,
    given={**NO_RETURN, "cache": "kept", "order": "any"},
    finding=Finding(
        title="The switch-over script run before the DNS change pins the proxies to the lost host",
        explanation=(
            "The script pushes whatever the record says at that moment. Run first, it refreshes the old address; clients "
            "that keep a cached address then never look again, and stay in limited mode beside a live master."
        ),
        repair="Let the script check that the record points to the secondary host before it pushes it.",
        repaired={"checked_scripts": True},
    ),
)
def proxies_reconnect_in_any_order_of_the_scripts(d: System) -> Property:
    """The same, in whatever order the scripts of the switch-over are run, for clients that keep a cached address."""
    return leads_to(d.main_site.failed, connected_to_secondary(d, SECONDARY), fairness=PROGRESS)


@stated(claims=("FW-3", "FW-10"), source=NAMES, given={**NO_RETURN, "order": "any"})
def expiring_addresses_forgive_any_order(d: System) -> Property:
    """In whatever order the scripts are run, the proxies reconnect, if a cached address expires while they cannot connect."""
    return leads_to(d.main_site.failed, connected_to_secondary(d, SECONDARY), fairness=PROGRESS)


@stated(claims="FW-3", source=OVERVIEW, given={"server_failures": 0})
def a_complete_switch_over_leaves_a_live_master(d: System) -> Property:
    """When the switch-over is complete, the secondary master is in service and the record points to it."""
    return whenever(switched_over(d), d.master[SECONDARY] & d.dns_record.to_secondary)


@stated(
    claims=("FW-3", "FW-10"),
    source=ORDER,
    given=SLIP,
    finding=Finding(
        title="A switch-over with one step left out can look complete and leave no live master",
        explanation=(
            "If access to the secondary database is not enabled, its servers are not started, or the record is not "
            "changed, the remaining steps can still be carried out, and nothing at the end shows what is missing: "
            "every proxy stays in limited mode."
        ),
        repair="Let each script refuse to run before what it relies on has been done.",
        repaired={"checked_scripts": True},
    ),
)
def a_switch_over_with_a_slip_leaves_a_live_master(d: System) -> Property:
    """The same, even if one step is left out or done late."""
    return whenever(switched_over(d), d.master[SECONDARY] & d.dns_record.to_secondary)


@stated(claims="FW-10", source=REPLICATION, given=ONE_SITE)
def proxies_end_up_at_the_main_master_again(d: System) -> Property:
    """Once the switch-back is complete, the proxies of both sites end up connected to the main master."""
    both = all_of(d.component(f"{here}_proxies").at_main & d.reachable_master[here][MAIN] for here in ADDRESSES)
    return leads_to(d.switch_back.complete, both, fairness=PROGRESS)


@stated(claims=("FW-3", "FW-10"), source=OVERVIEW, given=ONE_SITE)
def the_way_back_is_always_open(d: System) -> Property:
    """From every state, connected proxies at the secondary site can still be reached."""
    return can_always(connected(d, SECONDARY))


@stated(
    claims="FW-10",
    source=REPLICATION,
    given={**ONE_SITE, "site_failures": 2, "outages": 0, "server_failures": 0},
    finding=Finding(
        title="A second loss of the main site in the middle of the switch-back has no procedure",
        explanation=(
            "From the step that stops the secondary pair until the main pair is in service there is no master. If the "
            "main site is lost again then, or after the switch-back is complete, the switch-over would have to be begun "
            "anew; the published scripts are written for one disaster from normal operation."
        ),
        repair="Write the switch-over so that it can be begun anew from any step of the switch-back, and after it.",
        repaired={"repeatable": True},
        chart=True,
    ),
)
def the_way_back_is_open_after_a_second_loss(d: System) -> Property:
    """The same, if the main site may be lost a second time."""
    return can_always(d.secondary_site.failed | connected(d, SECONDARY))
