"""What redundant pairs are for: one ICON, one IDB or one Info Mart Server fails, its site and the network being up.

Each is asked alone, and with an outage where that is named. ICONs and IDBs fail for good; a server is started again within
restart_time. That a site is lost as well is no single failure.
"""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    any_of,
    case,
    happens,
    hours,
    if_else,
    leads_to,
    minimum,
    never,
    stated,
    stress,
    total,
    weakly_fair,
    whenever,
    worst_case,
)
from properties.info_mart.findings import SERVER_ALONE
from properties.info_mart.recovery_times import CLOCK, cycle
from properties.info_mart.terms import (
    ARCHITECTURE,
    LATE,
    ONE_ICON,
    ONE_IDB,
    ONE_SERVER,
    PROGRESS,
    behind,
    loses_within_the_threshold,
    made_in,
    of_site,
)

SUPPORT = "Info Mart guide, Genesys Info Mart Support for Business Continuity"
IN_AN_OUTAGE = {"outages": 1, "longest_outage": hours(8), "etl_delay": 0}
RESTARTED = "what failed alone is started again within restart_time, which no document states"
ALONE = [
    case("of_an_icon", "one ICON fails", given=ONE_ICON),
    case("of_an_idb", "one IDB fails", given=ONE_IDB),
    case(
        "of_an_icon_in_an_outage",
        "one ICON fails, and there is an outage up to the threshold",
        given={**ONE_ICON, **IN_AN_OUTAGE},
        role=stress("an ICON that fails before, in or after an outage up to the threshold"),
    ),
    case(
        "of_an_idb_in_an_outage",
        "one IDB fails, and there is an outage up to the threshold",
        given={**ONE_IDB, **IN_AN_OUTAGE},
        role=stress("an IDB that fails before, in or after an outage up to the threshold"),
    ),
    case(
        "of_a_server",
        "one Info Mart Server fails and is started again",
        given=ONE_SERVER,
        role=stress("an Info Mart Server that fails and is started again"),
        assumptions=RESTARTED,
    ),
]
"""The cases of one component that fails alone."""


def idb_failed(d: System) -> Expression:
    """One of the IDBs has failed, its site being up."""
    return any_of(idb.failed_alone for s in d.layer.streams for idb in (s.local_idb, s.remote_idb))


@stated(claims="IM-1", source=ARCHITECTURE, given={**ONE_IDB, "sources": 4})
def both_icons_of_a_pair_write_on_when_one_idb_fails(d: System) -> Property:
    """When one IDB fails, every ICON that writes to another one goes on, and no other IDB fails with it."""
    idbs = [idb for s in d.layer.streams for idb in (s.local_idb, s.remote_idb)]
    icons = [icon for s in d.layer.streams for icon in (s.local_icon, s.remote_icon)]
    others = [one.failed_alone.implies(all_of(idb.available for idb in idbs if idb is not one)) for one in idbs]
    return whenever(idb_failed(d), all_of(others) & all_of(icon.writing for icon in icons))


@stated(claims="IM-3", source=ARCHITECTURE, given=ONE_IDB, assumptions=LATE)
def data_of_one_idb_is_taken_from_the_other(d: System) -> Property:
    """When one IDB fails, no more of the source is left to be extracted than before: the other one of the pair has it."""
    return whenever(idb_failed(d), all_of(n <= behind(d) for n in d.db1.uncovered))


@stated(
    source=ARCHITECTURE,
    claims="IM-3",
    cases=ALONE,
)
def a_single_failure_loses_nothing(d: System) -> Property:
    """When one component fails alone, the Info Mart at Site 1 loses nothing, but to an outage longer than the threshold."""
    return never(loses_within_the_threshold(d))


@stated(
    source=ARCHITECTURE,
    claims="IM-3",
    role=stress("a single failure, and an outage"),
    cases=[
        case("of_an_icon", "one ICON fails", given={**ONE_ICON, **IN_AN_OUTAGE}),
        case("of_an_idb", "one IDB fails", given={**ONE_IDB, **IN_AN_OUTAGE}),
    ],
)
def a_single_failure_holds_nothing_back_for_good(d: System) -> Property:
    """With one component failed and after an outage, all of both sites is extracted at Site 1 at last."""
    all_extracted = all_of(n == 0 for n in d.db1.uncovered)
    return leads_to(total(d.db1.uncovered) > 0, all_extracted, fairness=[PROGRESS, weakly_fair("link_restored")])


@stated(
    claims="IM-3",
    source=ARCHITECTURE,
    given={**ONE_ICON, "outages": 1, "etl_delay": 0},
    role=stress("an ICON that fails, and an outage: what only the IDB at the other site has"),
)
def what_only_the_other_idb_has_waits_for_the_connection(d: System) -> Property:
    """While the network is down, Site 1 extracts nothing of its own that a failed ICON did not write and only Site 2 got."""
    made = made_in(d, d.link.outage)
    own = [(i, d.layer.streams[i].local_icon) for i in of_site(d, 1)]
    return whenever(d.link.down, all_of(d.db1.uncovered[i] >= minimum(icon.lacks, made) for i, icon in own))


@stated(
    claims="IM-3",
    source=ARCHITECTURE,
    given={**ONE_IDB, "outages": 1, "etl_delay": 0},
    role=stress("an IDB that fails, and an outage: no IDB of the pair is in reach"),
)
def nothing_is_read_from_a_failed_idb(d: System) -> Property:
    """While the network is down and a local IDB has failed, no extraction at Site 1 gets to the end of that source's data."""
    own = [(d.db1.uncovered[i], d.layer.streams[i].local_idb) for i in of_site(d, 1)]
    return never(
        any_of(happens("server1_extracts", when=d.link.down & idb.failed_alone & (n > 0)) & (n == 0) for n, idb in own)
    )


# -- a server ----------------------------------------------------------------------------------------------------------------
@stated(
    claims="IM-4", source=ARCHITECTURE, given=ONE_SERVER, role=stress("a restart of the server"), assumptions=RESTARTED
)
def extraction_resumes_after_a_restart(d: System) -> Property:
    """After a restart of the Info Mart Server at Site 1, all that was held back is extracted at last."""
    return leads_to(happens("server1_restarts"), all_of(n == 0 for n in d.db1.uncovered), fairness=PROGRESS)


def without_by_the_server_alone(d: System) -> Expression:
    """For how many ticks reports have had no new data, where nothing but the server at Site 1 has failed since then."""
    return if_else(d.recovery_clock.alone, d.recovery_clock.without, 0)


@stated(
    claims="IM-12",
    source=SUPPORT,
    given={**ONE_SERVER, **CLOCK},
    role=stress("the Info Mart Server at Site 1 alone fails"),
    assumptions=(RESTARTED, LATE),
    finding=SERVER_ALONE,
)
def reports_go_on_when_a_server_fails(d: System) -> Property:
    """When the Info Mart Server at Site 1 fails alone, new data shows in reports after two cycles at the latest."""
    return worst_case(without_by_the_server_alone(d), at_most=behind(d))


@stated(source=SUPPORT, given={**ONE_SERVER, **CLOCK}, assumptions=(RESTARTED, LATE))
def time_without_new_data_when_a_server_fails(d: System) -> Property:
    """For how long at worst no new data shows in reports when the server at Site 1 fails alone: the restart, and a cycle."""
    return worst_case(without_by_the_server_alone(d), at_most=d.ticks(d.parameters["restart_time"]) + cycle(d))
