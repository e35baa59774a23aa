"""What the Framework guide promises of redundant pairs, Solution Control and logging: FW-7 to FW-9."""

from drcheck import Component, Expression, System, all_of, any_of, case, stress
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, leads_to, never, stated, structure, whenever
from model.configuration_database.components.message_server import passes_on
from properties.configuration_database.findings import (
    BOTH_MESSAGE_SERVERS,
    LOG_RECORDS_LOST,
    MESSAGE_SERVER_FAILS,
    NOBODY_SWITCHES_THE_PAIR,
    SECOND_MESSAGE_SERVER,
    SITE_CONTROL_FAILS,
)
from properties.configuration_database.terms import (
    A_MESSAGE_SERVER_FAILS,
    ADDRESSES,
    BACK_IN_ORDER,
    COMPONENTS,
    CONTROL,
    CONTROLLED,
    DNS_APART,
    LOGGING,
    MAIN,
    MANAGED,
    MISTAKEN_START,
    NO_RETURN,
    NOT_MISTAKEN,
    PROGRESS,
    REPLICATION,
    RETURNS_QUIET,
    SECONDARY,
    STARTS_BY_ITSELF,
    TALKING,
    lost_or_connected,
    switched_over,
)

SWITCHES_THE_PAIR = "the Solution Control Server of the host makes the backup primary"


# -- FW-7: failover inside a pair ---------------------------------------------------------------------------------------
@stated(
    claims="FW-7",
    source=COMPONENTS,
    assumptions=SWITCHES_THE_PAIR,
    cases=[
        case(given={"site_failures": 0}, assumptions=(SWITCHES_THE_PAIR, NOT_MISTAKEN)),
        case(
            "without_solution_control",
            "even if one Solution Control Server has failed",
            source=CONTROL,
            given={**CONTROLLED, "control_failures": 1},
            role=stress("the Solution Control Server of the host fails"),
            finding=NOBODY_SWITCHES_THE_PAIR,
        ),
    ],
)
def the_backup_takes_over(d: System) -> Property:
    """A failed primary of the main pair leads to its backup in service, with the record and the procedures untouched."""
    return leads_to(
        d.main_servers.switching, d.master[MAIN] & d.dns_record.to_main & d.switch_over.standing_by, fairness=PROGRESS
    )


@stated(claims="FW-7", source=COMPONENTS, given={"site_failures": 0}, assumptions=SWITCHES_THE_PAIR)
def the_proxies_follow_the_backup(d: System) -> Property:
    """After a failover inside the main pair the proxies of the sites that are left are connected again, by themselves."""
    return leads_to(
        d.main_servers.switching, all_of(lost_or_connected(d, here) for here in ADDRESSES), fairness=PROGRESS
    )


@stated(
    claims="FW-7",
    source=COMPONENTS,
    assumptions=SWITCHES_THE_PAIR,
    cases=[
        case(given=NO_RETURN),
        case(
            "without_solution_control",
            "even if one Solution Control Server has failed",
            source=CONTROL,
            given={**MANAGED, "main_returns": False, "outages": 0, "control_failures": 1},
            role=stress("the Solution Control Server of the host fails"),
            finding=NOBODY_SWITCHES_THE_PAIR,
        ),
    ],
)
def the_secondary_pair_is_redundant_too(d: System) -> Property:
    """After the switch-over the backup of the secondary pair takes over from a failed primary as well."""
    return leads_to(d.secondary_servers.switching, d.master[SECONDARY], fairness=PROGRESS)


# -- FW-8: Solution Control Servers and their Message Servers -----------------------------------------------------------
def in_touch(d: System, here: str) -> Expression:
    """The Solution Control Servers of a site reach a Message Server of their own kind."""
    return any_of(
        passes_on(d.component(f"{a}_message_server")) & (d.link.up if a != here else d.component(f"{a}_site").up)
        for a in ADDRESSES
    )


@stated(claims="FW-8", source=CONTROL, given=MANAGED, by_construction=True)
def site_solution_control_looks_at_no_proxy(d: System) -> Property:
    """Nothing that a site's Solution Control Server does depends on a proxy; what it connects to is a master pair."""
    facts, holds = [], True
    for here in ADDRESSES:
        own = f"{here}_site_scs"
        read = {d.cells[index].owner for e in d.events if e.name.startswith(f"{own}.") for index in e.reads} - {own}
        holds = holds and not any("prox" in name for name in read) and all(f"{a}_servers" in read for a in ADDRESSES)
        facts.append(f"{own} looks at {', '.join(sorted(read))}")
    return structure(holds, "; ".join(facts))


@stated(
    claims="FW-8",
    source=CONTROL,
    given=MANAGED,
    cases=[
        case(assumptions=(BACK_IN_ORDER, RETURNS_QUIET)),
        case(
            "when_the_main_site_returns",
            "if the restored main site starts its servers by itself",
            given={"autostart": True},
            role=STARTS_BY_ITSELF,
            finding=BOTH_MESSAGE_SERVERS,
        ),
        case(
            "after_a_mistaken_start",
            "if the dormant one may be started by mistake",
            given={"mistaken_starts": 1, "server_failures": 0},
            role=MISTAKEN_START,
            finding=SECOND_MESSAGE_SERVER,
        ),
    ],
)
def one_message_server_is_dormant(d: System) -> Property:
    """Of the two Message Servers between the distributed Solution Control Servers at most one runs."""
    return never(all_of(passes_on(d.component(f"{a}_message_server")) for a in ADDRESSES))


@stated(
    claims="FW-8",
    source=CONTROL,
    given=MANAGED,
    cases=[
        case(),
        case(
            "after_a_mistaken_start",
            "if the dormant Message Server may be started by mistake",
            given={"mistaken_starts": 1, "server_failures": 0},
            role=MISTAKEN_START,
        ),
        case(
            "with_a_failed_message_server",
            "if a Message Server may fail",
            given={"message_failures": 1, "server_failures": 0},
            role=A_MESSAGE_SERVER_FAILS,
            finding=MESSAGE_SERVER_FAILS,
        ),
    ],
)
def distributed_solution_control_stays_in_touch(d: System) -> Property:
    """Before the disaster, after the switch-over and after the switch-back, the live site has such a Message Server running."""
    return always(
        (~d.operators.watching | d.main_site.failed | in_touch(d, MAIN))
        & (~switched_over(d) | in_touch(d, SECONDARY))
        & (~d.switch_back.complete | in_touch(d, MAIN))
    )


@stated(
    claims="FW-8",
    source=CONTROL,
    given=TALKING,
    cases=[
        case(assumptions=(BACK_IN_ORDER, RETURNS_QUIET)),
        case(
            "when_the_main_site_returns",
            "if the restored main site starts its servers by itself",
            given={"autostart": True},
            role=STARTS_BY_ITSELF,
            finding=BOTH_MESSAGE_SERVERS,
        ),
        case(
            "after_a_mistaken_start",
            "if the dormant Message Server may be started by mistake",
            given={"mistaken_starts": 1},
            role=MISTAKEN_START,
            finding=SECOND_MESSAGE_SERVER,
        ),
    ],
)
def both_sites_talk_through_one_message_server(d: System) -> Property:
    """While the network is up, the Solution Control Servers of the two sites are never connected to different Message Servers."""
    main, secondary = d.main_talk, d.secondary_talk
    apart = (main.through_main & secondary.through_secondary) | (main.through_secondary & secondary.through_main)
    return never(d.link.up & apart)


@stated(
    claims="FW-8",
    source=CONTROL,
    given={**MANAGED, "main_returns": False},
    assumptions=("the main Configuration Server is the one that is live", DNS_APART),
    cases=[
        case(),
        case(
            "after_its_failure",
            "if a Solution Control Server may fail",
            given={"control_failures": 1, "outages": 0, "server_failures": 0},
            role=stress("the Solution Control Server of a site fails"),
            finding=SITE_CONTROL_FAILS,
        ),
    ],
)
def site_solution_control_reconnects(d: System) -> Property:
    """The loss of the main site leads to a Solution Control Server of the secondary site that is connected to the live master."""
    site_scs: Component = d.secondary_site_scs
    return leads_to(d.main_site.failed, site_scs.at_secondary & d.master[SECONDARY], fairness=PROGRESS)


# -- FW-9: network logging ------------------------------------------------------------------------------------------------
@stated(claims="FW-9", source=CONTROL, given=LOGGING, by_construction=True)
def each_site_logs_to_its_own_database(d: System) -> Property:
    """A Log Message Server writes only to the Log Database of its own site, and both share nothing with the other site's."""
    facts, holds = [], True
    for here in ADDRESSES:
        events = [e for e in d.events if any(p.component.name == f"{here}_log_message_server" for p in e.participants)]
        bases = {p.component.name for e in events for p in e.participants if p.component.name.endswith("_log_database")}
        holds = holds and bases == {f"{here}_log_database"}
        facts.append(f"{here}: {', '.join(sorted(e.name for e in events))} with {', '.join(sorted(bases))}")
    return structure(holds, "; ".join(facts))


@stated(claims="FW-9", source=REPLICATION, given={**LOGGING, "site_failures": 0})
def log_databases_end_up_alike(d: System) -> Property:
    """While no site is lost, every log record reaches the other site's Log Database, in both directions."""
    main, secondary = d.logs[MAIN], d.logs[SECONDARY]
    alike = (main.copied == secondary.own) & (secondary.copied == main.own)
    lost = ~d.main_site.up | ~d.secondary_site.up
    return leads_to((main.own > 0) | (secondary.own > 0), alike | lost, fairness=PROGRESS)


@stated(claims="FW-9", source=REPLICATION, given={**LOGGING, "main_storage": "survives"}, by_construction=True)
def the_other_log_is_a_prefix(d: System) -> Property:
    """What a Log Database has of the other site's records is never more than that site wrote."""
    main, secondary = d.logs[MAIN], d.logs[SECONDARY]
    return always((main.copied <= secondary.own) & (secondary.copied <= main.own))


@stated(
    claims="FW-9",
    source=REPLICATION,
    given=LOGGING,
    cases=[
        case(by_construction=True),
        case(
            "with_a_failed_message_server",
            "if a Message Server may fail",
            source=CONTROL,
            given={"message_failures": 1, "outages": 0, "log_records": 1},
            role=A_MESSAGE_SERVER_FAILS,
            finding=MESSAGE_SERVER_FAILS,
        ),
    ],
)
def log_of_the_surviving_site_is_untouched(d: System) -> Property:
    """While the main site is lost, the secondary site can go on logging to its own database."""
    return whenever(
        d.main_site.failed & d.secondary_site.up,
        d.secondary_log_database.available & passes_on(d.secondary_log_message_server),
    )


@stated(
    claims="FW-9",
    source=REPLICATION,
    given={**LOGGING, "failing": "main", "main_storage": "survives", "outages": 0},
    role=stress("the main site is lost"),
    finding=LOG_RECORDS_LOST,
)
def no_log_record_is_lost_with_its_site(d: System) -> Property:
    """While the main site is lost, the secondary Log Database has every record that the main site wrote."""
    return whenever(d.main_site.failed, d.logs[SECONDARY].copied == d.logs[MAIN].own)
