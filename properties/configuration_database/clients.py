"""What the Framework guide promises of limited mode and of names: FW-4 and FW-5."""

from drcheck import Expression, System, all_of, any_of
from drcheck.logic.kinds import Finding, Property
from drcheck.logic.properties import always, leads_to, never, reachable, stated, structure, whenever
from model.configuration_database.components.configuration_proxy import serves
from properties.configuration_database.terms import (
    ADDRESSES,
    HOST,
    MAIN,
    MISTAKE,
    NAMES,
    ONE_SITE,
    OVERVIEW,
    PROGRESS,
    RETURNS_RUNNING,
    SECONDARY,
    connected,
    each_change,
    held,
    masters,
    switched_over,
)


# -- FW-4: limited mode ---------------------------------------------------------------------------------------------------
@stated(claims="FW-4", source=OVERVIEW, given={**ONE_SITE, "proxy_failures": 1})
def the_secondary_site_goes_on(d: System) -> Property:
    """The proxies of the secondary site serve configuration at all times, also if one process of a pair fails."""
    return always(serves(d.secondary_proxies))


@stated(
    claims="FW-4",
    source=OVERVIEW,
    given={**HOST, "proxy_failures": 1},
    assumptions="only the management host of the main site is lost, not its application hosts",
)
def both_sites_go_on(d: System) -> Property:
    """Where the application hosts of the main site survive, the proxies of both sites serve configuration at all times."""
    return always(all_of(serves(d.component(f"{here}_proxies")) for here in ADDRESSES))


@stated(
    claims="FW-4",
    source=OVERVIEW,
    given=ONE_SITE,
    finding=Finding(
        title="Both sites go on in limited mode only if the main site is not lost as a whole",
        explanation=(
            "The proxies of the main site are on hosts at that site. A disaster that renders the site inoperable takes "
            "them along; what goes on is the other site. The promise holds for the loss of the management host alone."
        ),
        repair="Say which disaster is meant; let applications of a lost site have a proxy at the other site as their backup.",
        repaired={"disaster": "management_host"},
    ),
)
def both_sites_go_on_whatever_is_lost(d: System) -> Property:
    """While no master is in service, the proxies of both sites serve configuration."""
    return whenever(masters(d) == 0, all_of(serves(d.component(f"{here}_proxies")) for here in ADDRESSES))


@stated(
    claims="FW-4",
    source=OVERVIEW,
    given={**HOST, "proxy_failures": 2, "outages": 0},
    assumptions="a proxy that is started loads the configuration from a master and keeps no copy of its own",
    finding=Finding(
        title="Limited mode does not survive a restart: a site without a loaded proxy has no configuration",
        explanation=(
            "Limited mode lives in the memory of the proxies. If both processes of a pair fail while no master can be "
            "reached, the restarted ones have nothing to load, and the site's applications have no configuration."
        ),
        repair="Restart no proxy on purpose before the switch-over is complete, and never both of a pair.",
        repaired={"proxy_failures": 1},
    ),
)
def limited_mode_survives_a_failed_pair(d: System) -> Property:
    """The proxies of both sites serve configuration at all times, also if both processes of a pair fail."""
    return always(all_of(serves(d.component(f"{here}_proxies")) for here in ADDRESSES))


@stated(claims="FW-4", source=OVERVIEW, given={"disaster": "management_host"})
def limited_mode_takes_no_change(d: System) -> Property:
    """A change is accepted only by a master's pair together with its database, through a connected proxy or on its own host."""
    facts, holds = [], True
    for event in d.events:
        who = {p.component.name: p for p in event.participants}
        if "changes" not in who or who["changes"].trigger != "accept":
            continue
        for a in ADDRESSES:
            if f"{a}_servers" in who:
                ways = [p for name, p in who.items() if name.endswith(("_proxies", "_host_client"))]
                right = f"{a}_database" in who and len(ways) == 1
                sources = {s for w in ways for t in w.component.on_trigger(w.trigger) for s in t.sources}
                holds = holds and right and sources <= {f"at_{a}", "working"}
                facts.append(f"{event.name} from {', '.join(sorted(sources))}")
        holds = holds and sum(f"{a}_servers" in who for a in ADDRESSES) == 1
    return structure(holds and bool(facts), "; ".join(facts))


def _serves_what_its_master_holds(d: System) -> Expression:
    """Every connected proxy pair has in memory exactly what its master's database holds."""
    return all_of(
        ~d.component(f"{here}_proxies").in_states(f"at_{a}")
        | ~d.reachable_master[here][a]
        | all_of(x == y for x, y in zip(d.memory[here].loaded, d.bases[a].held, strict=True))
        for here in ADDRESSES
        for a in ADDRESSES
    )


@stated(
    claims=("FW-4", "FW-10"),
    source=OVERVIEW,
    given={"changes": 2, "proxy_memory": "reloaded"},
    assumptions="a proxy that reconnects loads the whole configuration anew",
)
def connected_proxies_serve_what_the_master_holds(d: System) -> Property:
    """A connected proxy serves exactly what its master's database holds, before and after switch-over and switch-back."""
    return always(_serves_what_its_master_holds(d))


@stated(
    claims=("FW-4", "FW-10"),
    source=OVERVIEW,
    given={**ONE_SITE, "changes": 2, "proxy_memory": "resumed"},
    finding=Finding(
        title="A lost change lives on in proxies that resume their session with the secondary master",
        explanation=(
            "A proxy in limited mode has changes in memory that replication had not delivered. If it resumes its session "
            "with the secondary master instead of loading everything, it goes on serving a change that no database "
            "holds; applications of different proxies then work with different configurations."
        ),
        repair="Make the proxies load the whole configuration when they connect to a master of the other site.",
        repaired={"proxy_memory": "reloaded"},
    ),
)
def proxies_that_resume_serve_what_the_master_holds(d: System) -> Property:
    """The same for proxies that resume their session after limited mode."""
    return always(_serves_what_its_master_holds(d))


# -- FW-5: names --------------------------------------------------------------------------------------------------------
@stated(claims="FW-5", source=NAMES)
def the_record_follows_the_mode(d: System) -> Property:
    """Until the switch-over the record points to the main host, from then on to the secondary one, and back at the end."""
    return always(
        (~d.operators.watching | d.dns_record.to_main)
        & (~switched_over(d) | d.dns_record.to_secondary)
        & (~d.switch_back.complete | d.dns_record.to_main)
    )


@stated(claims="FW-5", source=NAMES, given=MISTAKE)
def pinned_hosts_mean_their_own_server(d: System) -> Property:
    """With the pins, no client on a host whose own pair is in service is led to the other one, even between two masters."""
    return never(any_of([way & d.master[here] for here in ADDRESSES for a, way in d.finds[here].items() if a != here]))


@stated(claims="FW-5", source=NAMES, given={**MISTAKE, "pins": False})
def without_pins_hosts_are_led_astray(d: System) -> Property:
    """Without the pins they can be: the pins are needed."""
    return reachable(d.finds[SECONDARY][MAIN] & d.master[SECONDARY])


@stated(
    claims="FW-5",
    source=NAMES,
    given=RETURNS_RUNNING,
    finding=Finding(
        title="The pins themselves make a false situation when the main site returns",
        explanation=(
            "On the main host the name always means that host. If its pair is started there after the restoration, "
            "every client on the host works with it whatever the record says, and changes an outdated database."
        ),
        repair="Let the restored main database come back with access disabled, and enable it only in the switch-back.",
        repaired={"return_closed": True},
    ),
)
def no_host_works_beside_the_record(d: System) -> Property:
    """No client on a master host works with a master to which the record does not point, while the other is in service."""
    return never(d.finds[MAIN][MAIN] & d.dns_record.to_secondary & d.master[SECONDARY])


@stated(
    claims=("FW-5", "FW-7"),
    source=NAMES,
    given={"site_failures": 0, "dns_mistakes": 1, "outages": 0},
    finding=Finding(
        title="A record changed too early does nothing until the next reconnection, and then strands the proxies",
        explanation=(
            "A change of the record breaks no connection, so a mistaken one goes unnoticed. The next failover inside the "
            "main pair makes the proxies resolve the name again, and they end up in limited mode beside a live master."
        ),
        repair="Let the DNS script refuse to point to a host whose pair is not in service, and watch what the record says.",
        repaired={"checked_scripts": True},
    ),
)
def a_wrong_record_is_harmless(d: System) -> Property:
    """Proxies that lose their connection find a live master again, even if the record was changed when nothing asked for it."""
    return leads_to(d.secondary_proxies.limited, connected(d, SECONDARY), fairness=PROGRESS)


@stated(claims=("FW-5", "FW-10"), source=NAMES, given={**ONE_SITE, "dns_mistakes": 2, "changes": 2})
def a_wrong_record_loses_nothing(d: System) -> Property:
    """A record changed too early, or back, costs service but no accepted change, and makes no second master."""
    after_over = ~switched_over(d) | each_change(d, held(d, SECONDARY))
    after_back = ~d.switch_back.complete | each_change(d, held(d, MAIN))
    return always((masters(d) <= 1) & after_over & after_back)
