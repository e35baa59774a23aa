"""What the Framework guide promises of limited mode and of names: FW-4 and FW-5."""

from drcheck import System, all_of, any_of, case, condition, reading, stress, witness
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, leads_to, never, reachable, stated, structure
from properties.configuration_database.findings import (
    BOTH_PROXIES_FAIL,
    LOST_WITH_ITS_SITE,
    SESSION_RESUMED,
    STARTED_BY_ITSELF,
    WRONG_RECORD_UNSEEN,
)
from properties.configuration_database.terms import (
    ADDRESSES,
    BACK_IN_ORDER,
    DNS_APART,
    DNS_AT_MAIN,
    HOST,
    LOADS_ANEW,
    MAIN,
    MISTAKE,
    MISTAKEN,
    NAMES,
    NO_DNS,
    NO_RETURN,
    NOT_MISTAKEN,
    ONE_PROXY_FAILS,
    ONE_SITE,
    OVERVIEW,
    PROGRESS,
    RETURNS_QUIET,
    RETURNS_RUNNING,
    SECONDARY,
    STARTS_BY_ITSELF,
    WRONG_RECORD,
    goes_on,
    lost_or_connected,
    switched_over,
)


# -- FW-4: limited mode ---------------------------------------------------------------------------------------------------
@stated(
    claims="FW-4",
    source=OVERVIEW,
    assumptions=LOADS_ANEW,
    cases=[
        case("whatever_is_lost", "if the main site may be lost as a whole", given=ONE_SITE, finding=LOST_WITH_ITS_SITE),
        case("", "if only the management host of the main site may be lost", given=HOST, role=condition),
        case(
            "with_a_failed_proxy",
            "if only the management host may be lost, and one process of a proxy pair fails",
            given={**HOST, "proxy_failures": 1},
            role=ONE_PROXY_FAILS,
        ),
        case(
            "after_a_failed_pair",
            "if only the management host may be lost, and both processes of a proxy pair fail",
            given={**HOST, "proxy_failures": 2, "outages": 0},
            role=stress("both processes of a proxy pair fail"),
            finding=BOTH_PROXIES_FAIL,
        ),
    ],
)
def both_sites_go_on(d: System) -> Property:
    """While no master can be reached from a site, its proxies serve configuration, at both sites."""
    return always(all_of(goes_on(d, here) for here in ADDRESSES))


@stated(
    claims="FW-4",
    source=OVERVIEW,
    given=ONE_SITE,
    cases=[
        case(),
        case(
            "with_a_failed_proxy",
            "also if one process of a proxy pair fails",
            given={"proxy_failures": 1},
            role=ONE_PROXY_FAILS,
        ),
        case(
            "without_its_dns_server",
            "also if the only DNS server is lost with the main site",
            source=NAMES,
            given=DNS_AT_MAIN,
            role=NO_DNS,
        ),
    ],
)
def the_secondary_site_goes_on(d: System) -> Property:
    """While no master can be reached from the secondary site, its proxies serve configuration, as long as that site is there."""
    return always(goes_on(d, SECONDARY) | d.secondary_site.failed)


@stated(claims="FW-4", source=OVERVIEW, given=ONE_SITE, role=witness)
def limited_mode_is_needed(d: System) -> Property:
    """After the loss of the main site, the proxies of the secondary site are in limited mode."""
    return reachable(d.main_site.failed & d.secondary_proxies.limited)


@stated(claims="FW-4", source=OVERVIEW, given={"disaster": "management_host"}, by_construction=True)
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


@stated(
    claims=("FW-4", "FW-10"),
    source=OVERVIEW,
    given={"changes": 2},
    cases=[
        case(
            "",
            "if a proxy that reconnects loads the whole configuration anew",
            given={"proxy_memory": "reloaded"},
            role=reading("a proxy that is restored to normal mode loads the whole configuration anew"),
        ),
        case(
            "after_resuming",
            "if a proxy resumes its session after limited mode",
            given={**ONE_SITE, "proxy_memory": "resumed"},
            role=reading("a proxy that is restored to normal mode resumes its session"),
            finding=SESSION_RESUMED,
        ),
    ],
)
def connected_proxies_serve_what_the_master_holds(d: System) -> Property:
    """A connected proxy serves exactly what its master's database holds, before and after switch-over and switch-back."""
    return always(
        all_of(
            ~d.component(f"{here}_proxies").in_states(f"at_{a}")
            | ~d.reachable_master[here][a]
            | all_of(x == y for x, y in zip(d.memory[here].loaded, d.bases[a].held, strict=True))
            for here in ADDRESSES
            for a in ADDRESSES
        )
    )


# -- FW-5: names --------------------------------------------------------------------------------------------------------
@stated(claims="FW-5", source=NAMES, by_construction=True, assumptions=DNS_APART)
def the_record_follows_the_mode(d: System) -> Property:
    """Until the switch-over the record points to the main host, from then on to the secondary one, and back at the end."""
    return always(
        (~d.operators.watching | d.dns_record.to_main)
        & (~switched_over(d) | d.dns_record.to_secondary)
        & (~d.switch_back.complete | d.dns_record.to_main)
    )


@stated(claims="FW-5", source=NAMES, given=NO_RETURN, assumptions=DNS_APART)
def a_failover_changes_the_record(d: System) -> Property:
    """The loss of the main site leads to a record that points to the secondary host."""
    return leads_to(d.main_site.failed, d.dns_record.to_secondary, fairness=PROGRESS)


@stated(
    claims="FW-5",
    source=NAMES,
    by_construction=True,
    cases=[
        case(),
        case("between_two_masters", "even after a mistaken switch-over", given=MISTAKE, role=MISTAKEN),
    ],
)
def pinned_hosts_mean_their_own_server(d: System) -> Property:
    """With the pins, no client on a host whose own pair is in service is led to the other one."""
    return never(any_of([way & d.master[here] for here in ADDRESSES for a, way in d.finds[here].items() if a != here]))


@stated(claims="FW-5", source=NAMES, given={**MISTAKE, "pins": False}, role=witness)
def without_pins_hosts_are_led_astray(d: System) -> Property:
    """Without the pins clients between two masters can be led to the other one: that is what the pins are for."""
    return reachable(d.finds[SECONDARY][MAIN] & d.master[SECONDARY])


@stated(
    claims="FW-5",
    source=NAMES,
    cases=[
        case(assumptions=(BACK_IN_ORDER, NOT_MISTAKEN, RETURNS_QUIET)),
        case(
            "when_the_main_site_returns",
            "if the restored main site starts its Configuration Servers by itself",
            given=RETURNS_RUNNING,
            role=STARTS_BY_ITSELF,
            finding=STARTED_BY_ITSELF,
        ),
    ],
)
def no_host_works_beside_the_record(d: System) -> Property:
    """No client on a master host works with a master to which the record does not point, while the other is in service."""
    return never(
        (d.finds[MAIN][MAIN] & d.dns_record.to_secondary & d.master[SECONDARY])
        | (d.finds[SECONDARY][SECONDARY] & d.dns_record.to_main & d.master[MAIN])
    )


@stated(
    claims=("FW-5", "FW-7"),
    source=NAMES,
    given={"site_failures": 0, "dns_mistakes": 1, "outages": 0},
    role=WRONG_RECORD,
    finding=WRONG_RECORD_UNSEEN,
)
def a_wrong_record_is_harmless(d: System) -> Property:
    """Proxies that lose their connection find a live master again, even if the record was changed when nothing asked for it."""
    return leads_to(d.secondary_proxies.limited, lost_or_connected(d, SECONDARY), fairness=PROGRESS)
