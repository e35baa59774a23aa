"""What the active-active Info Mart design promises, claim by claim."""

from drcheck import (
    Property,
    System,
    all_of,
    as_stated,
    case,
    condition,
    finally_,
    globally,
    happens,
    hours,
    if_else,
    leads_to,
    ltl,
    minimum,
    never,
    notice,
    reachable,
    reading,
    stated,
    stress,
    structure,
    total,
    whenever,
    within,
    witness,
    worst_case,
)
from properties.info_mart.active_active_parts import *  # noqa: F403  # its promises are this design's too
from properties.info_mart.findings import (
    GI2_LEFT_OUT,
    GI2_NOT_NUMBERED,
    LONG_OUTAGE,
    MISTAKEN,
    REMOTE_QUEUE,
    STEP_1,
    STEP_1_LEFT_OUT,
)
from properties.info_mart.objectives import *  # noqa: F403  # its disruptions and notices are this design's, too
from properties.info_mart.objectives import lost_to_reports
from properties.info_mart.outages import (
    A_CYCLE_ENDS,
    nothing_across,
    nothing_since_the_outage,
    reaching_back,
    waiting_ends,
)
from properties.info_mart.recovery_times import *  # noqa: F403  # its promises are of both architectures, too
from properties.info_mart.recovery_times import CLOCK, IN_TIME, after_a_wait, cycle, waits
from properties.info_mart.shared import *  # noqa: F403  # the promises of both architectures belong to this design too
from properties.info_mart.single_failures import *  # noqa: F403  # its promises are of both architectures, too
from properties.info_mart.single_failures import ALONE
from properties.info_mart.terms import (
    LATE,
    LOSS,
    ONE_SERVER,
    OUTAGES,
    PLAIN,
    PROGRESS,
    all_outages_of,
    behind,
    made_in,
    of_site,
    step_without_effect,
    threshold_of,
)

ACTIVE_ACTIVE = "Info Mart guide, Architecture: Active-Active"
PROCEDURE = "Info Mart guide, DR Procedure with Active Info Mart"
LOSS_ACTIVE = f"{LOSS}: Active-Active Deployment"
SITE_1 = {**PLAIN, "outages": 0, "failing": "site1"}
"""Site 1 may be lost; the network is up."""
SLIP = {**SITE_1, "slips": 1}
ICON_GATES_IDB = "an IDB is not read once the connection to its ICON is removed"
AROUND = "an outage before or during the loss of the site"


@stated(source="the account of the model itself")
def every_interval_is_accounted_for_at_site_2(d: System) -> Property:
    """At Site 2, made = reportable + in progress + lost by cause, for every source, in every state."""
    return whenever(d.info_mart2.in_use, all_of(d.db2.conserved(i) for i in range(len(d.layer.streams))))


@stated(claims="AA-1", source=ACTIVE_ACTIVE, by_construction=True)
def each_server_fills_its_own_database(d: System) -> Property:
    """Each server writes its own database only, reads every source of both sites, and no event copies between databases."""
    holds, facts = True, []
    for n in (1, 2):
        mine, other = d.component(f"info_mart{n}"), d.component(f"info_mart{3 - n}")
        jobs = [e for e in d.events if any(p.component.name == f"server{n}" for p in e.participants)]
        own_cells = {d.cell_of[v] for v in mine.variables}
        foreign = {d.cell_of[v] for v in other.variables}
        extraction = d.event(f"server{n}_extracts")
        holds = holds and not any(e.writes & foreign for e in jobs if e.name.startswith(f"server{n}_"))
        copies = [e.name for e in d.events if e.writes & own_cells and e.reads & foreign and not e.writes & foreign]
        every = all(
            d.cell_of[d.component(f"info_mart{n}").array("staged")[i]] in extraction.writes
            for i in range(len(d.layer.streams))
        )
        holds = holds and every and not copies
        facts.append(f"server{n} stages all {len(d.layer.streams)} sources in info_mart{n}, copies: {copies or 'none'}")
    return structure(holds, "; ".join(facts))


@stated(claims="AA-1", source=ACTIVE_ACTIVE, given={**PLAIN, "outages": 0, "site_failures": 0})
def both_servers_extract_everything(d: System) -> Property:
    """Again and again each of the two servers has extracted all data of both sites, and nothing of it is lost."""
    both = []
    for db in (d.db1, d.db2):
        both.append(total(db.uncovered) + total(db.lost_of(i) for i in range(len(d.layer.streams))) == 0)
    return ltl(globally(finally_(both[0])) & globally(finally_(both[1])), fairness=PROGRESS)


@stated(
    claims="AA-2",
    source=ACTIVE_ACTIVE,
    given=PLAIN,
    cases=[
        case(role=as_stated, finding=LONG_OUTAGE),
        case(
            "after_short_outages",
            "when no outage exceeds the threshold",
            given={"longest_outage": hours(8)},
            role=condition,
        ),
    ],
)
def both_databases_hold_the_same(d: System) -> Property:
    """Once both Info Marts have caught up, both databases hold everything that was made at both sites."""
    streams = range(len(d.layer.streams))
    caught_up = all_of((db.uncovered[i] == 0) & (db.staged[i] == 0) for db in (d.db1, d.db2) for i in streams)
    return whenever(
        d.info_mart1.in_use & d.info_mart2.in_use & caught_up,
        all_of(db.lost_of(i) == 0 for db in (d.db1, d.db2) for i in streams),
    )


@stated(claims="AA-3", source=ACTIVE_ACTIVE, assumptions="no outage is mistaken for the loss of Site 1")
def reports_come_from_one_database(d: System) -> Property:
    """While Site 1 is up, its GI2 and only its GI2 is in service; after its loss, at most the one at Site 2."""
    return whenever(
        d.site1.up | d.gi2_2.in_service,
        (d.gi2_1.in_service & ~d.gi2_2.in_service) | (d.site1.failed & ~d.gi2_1.in_service),
    )


@stated(
    claims="AA-3",
    source=ACTIVE_ACTIVE,
    given={**PLAIN, "mistaken_operator": True},
    role=stress("an outage is taken for the loss of Site 1"),
    finding=MISTAKEN,
)
def reports_come_from_one_database_whatever_operators_believe(d: System) -> Property:
    """At most one GI2 instance is in service, even if an operator takes an outage for the loss of Site 1."""
    return never(d.gi2_1.in_service & d.gi2_2.in_service)


@stated(claims="IM-6", source=OUTAGES, assumptions=A_CYCLE_ENDS)
def transformation_waits_for_the_other_site_at_site_2(d: System) -> Property:
    """Until the threshold, the Info Mart Server at Site 2 waits with nothing left to transform: no new data in its database."""
    server, begun = d.server2, d.parameters["etl_delay"] + 2
    cut_off = d.link.down & d.site1.up & d.site2.up & (server.unreachable >= begun)
    return whenever(
        cut_off & (server.unreachable <= threshold_of(d)), server.waiting & all_of(n == 0 for n in d.db2.staged)
    )


@stated(claims="IM-6", source=OUTAGES, given=PLAIN)
def nothing_is_read_over_a_dead_link_at_site_2(d: System) -> Property:
    """In an outage, before the threshold and past it, nothing that Site 1 has made since it began is extracted at Site 2."""
    return nothing_since_the_outage(d, 2)


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def the_wait_ends_at_the_threshold_at_site_2(d: System) -> Property:
    """No time passes in which the Info Mart at Site 2 waits although the outage has exceeded the threshold."""
    return waiting_ends(d, 2)


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def past_the_threshold_nothing_comes_across_to_site_2(d: System) -> Property:
    """Past the threshold nothing that Site 1 made during the outage is extracted: Site 2 carries on with what it has."""
    return nothing_across(d, 2)


@stated(claims="IM-10", source=OUTAGES, given=PLAIN)
def reconnection_reaches_back_by_the_threshold_at_site_2(d: System) -> Property:
    """When the connection returns past the threshold, just its length of Site 1's data is left to be extracted at Site 2."""
    return reaching_back(d, 2)


REVIEWED = notice(
    "review of the Info Mart logs",
    at="step_2_check_logs",
    of="operator slip",
    who="the operators",
    source=f"{PROCEDURE}, step 2",
)


# -- single failures --------------------------------------------------------------------------------------------------------
@stated(claims="AA-1", source=ACTIVE_ACTIVE, given=ONE_SERVER, assumptions=LATE)
def the_server_at_site_2_goes_on_without_the_other(d: System) -> Property:
    """When the Info Mart Server at Site 1 fails alone, the one at Site 2 transforms data within a cycle, as ever."""
    return within(cycle(d) + 1, d.server2.transforming, after=happens("server1_fails"))


@stated(claims="AA-1", source=ACTIVE_ACTIVE, given=ONE_SERVER, assumptions=LATE)
def the_server_at_site_1_goes_on_without_the_other(d: System) -> Property:
    """When the Info Mart Server at Site 2 fails alone, the one at Site 1 transforms data within a cycle, as ever."""
    return within(cycle(d) + 1, d.server1.transforming, after=happens("server2_fails"))


@stated(
    claims="IM-3",
    source=ACTIVE_ACTIVE,
    cases=ALONE,
)
def a_single_failure_loses_nothing_at_site_2(d: System) -> Property:
    """When one component fails alone, the Info Mart at Site 2 loses nothing."""
    return never(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))) > 0)


# -- step 1 --------------------------------------------------------------------------------------------------------------
@stated(claims="AA-4", source=PROCEDURE, given=PLAIN)
def once_told_the_survivor_does_not_wait(d: System) -> Property:
    """No time passes in which the Info Mart at Site 2 waits for Site 1 although its connections to it are removed."""
    return never(happens("tick", when=d.application2.own_site_only & d.server2.waiting))


@stated(
    claims="AA-4",
    source=PROCEDURE,
    cases=[
        case(given=SITE_1, role=as_stated, assumptions=("operators finish the procedure within recovery_time", LATE)),
        case(
            "without_step_1",
            "with one step left out",
            given=SLIP,
            role=stress("step 1 is left out"),
            finding=STEP_1_LEFT_OUT,
        ),
    ],
)
def the_survivor_goes_on_in_time(d: System) -> Property:
    """After the loss of Site 1, new data is transformed at Site 2 a cycle after the operators' time at the latest."""
    bound = d.ticks(d.parameters["recovery_time"]) + d.parameters["etl_delay"] + 1
    return within(bound, d.server2.transforming, after=d.site1.failed)


@stated(claims="AA-4", source=PROCEDURE, given=SLIP, role=stress("step 1 is left out"))
def the_survivor_goes_on_at_last(d: System) -> Property:
    """After the loss of Site 1, whatever step is left out, the Info Mart at Site 2 transforms data again at last."""
    return leads_to(d.site1.failed, d.server2.transforming, fairness=PROGRESS)


@stated(
    claims="AA-4",
    source=PROCEDURE,
    given={**PLAIN, "outages": 0, "recovery_time": hours(7)},
    role=witness,
    assumptions="the operators take less than the threshold",
)
def the_survivor_waits_until_it_is_told(d: System) -> Property:
    """After the loss of Site 1 the Info Mart at Site 2 waits, as long as its connections to Site 1 are configured."""
    begun = d.parameters["etl_delay"] + 2
    return whenever(
        d.site1.failed & d.application2.both_sites & (d.server2.unreachable >= begun),
        d.server2.waiting | d.server2.failed,
    )


@stated(source=PROCEDURE, given=SLIP)
def longest_wait_after_the_loss_of_site_1(d: System) -> Property:
    """How long the Info Mart at Site 2 can wait for Site 1 after its loss when a step is left out: the threshold."""
    waited = minimum(d.server2.unreachable, threshold_of(d))
    return worst_case(if_else(d.site1.failed & d.server2.waiting, waited, 0), at_most=d.parameters["threshold"])


@stated(
    claims="IM-3",
    source=f"{PROCEDURE}, step 1",
    given=SITE_1,
    cases=[
        case(
            role=stress("step 1 of the procedure removes the connections to the redundant ICONs, too"),
            assumptions=ICON_GATES_IDB,
            finding=STEP_1,
        ),
        case(
            "through_its_access_point",
            "where an IDB is read through its access point, whether its ICON is connected or not",
            given={"icon_gates_idb": False},
            role=reading("an IDB is read through its access point, whether its ICON is connected or not"),
        ),
    ],
)
def the_redundant_idb_is_used(d: System) -> Property:
    """After the loss of Site 1, nothing that a redundant IDB at Site 2 holds is lost, without an outage."""
    return never(total(d.db2.lost["not_extracted"]) > 0)


@stated(claims="IM-3", source=ACTIVE_ACTIVE, given=SITE_1)
def connected_redundant_idbs_are_used(d: System) -> Property:
    """As long as the connections are configured, nothing that a redundant IDB at Site 2 holds is given up."""
    return never(d.application2.both_sites & (total(d.db2.lost["not_extracted"]) > 0))


# -- what is lost with a site ----------------------------------------------------------------------------------------------
@stated(
    claims="AA-5",
    source=LOSS_ACTIVE,
    given=PLAIN,
    cases=[
        case(role=stress(AROUND), finding=LONG_OUTAGE),
        case("without_outages", "when there was no outage before", given={"outages": 0}, role=as_stated),
    ],
)
def only_data_not_extracted_is_lost(d: System) -> Property:
    """After the loss of Site 1, Site 2's database lacks nothing but what had not been extracted of Site 1's data."""
    return whenever(
        d.site1.failed & d.info_mart2.in_use,
        all_of(d.db2.lost["beyond_threshold"][i] == 0 for i in of_site(d, 1))
        & all_of(d.db2.lost_of(i) == 0 for i in of_site(d, 2)),
    )


@stated(claims="AA-5", source=LOSS_ACTIVE, given=SITE_1, role=witness)
def data_not_extracted_is_lost_with_site_1(d: System) -> Property:
    """The loss of Site 1 can cost data that Site 2's Info Mart had not extracted."""
    return reachable(total(d.db2.lost["not_extracted"][i] for i in of_site(d, 1)) > 0)


@stated(
    claims="AA-5",
    source=LOSS_ACTIVE,
    given=SITE_1,
    assumptions=(ICON_GATES_IDB, LATE),
)
def worst_loss_of_a_site(d: System) -> Property:
    """The most intervals of Site 1's data that its loss can cost, all sources and causes together, without an outage."""
    return worst_case(total(d.db2.lost_of(i) for i in of_site(d, 1)), at_most=behind(d) * d.parameters["sources"])


@stated(measures="loss", source=LOSS_ACTIVE, given=SITE_1, assumptions=(ICON_GATES_IDB, LATE))
def worst_loss_to_reports(d: System) -> Property:
    """The most intervals, of all sources, that reports lack for good: here, those of Site 2 after the loss of Site 1."""
    return worst_case(lost_to_reports(d), at_most=behind(d) * d.parameters["sources"])


@stated(claims="AA-5", source=OUTAGES, given={**PLAIN, "failing": "site1"}, role=stress(AROUND))
def worst_loss_of_a_site_around_an_outage(d: System) -> Property:
    """The same, with one outage before or during the loss of the site: all of it, and what extraction was behind before it."""
    most = all_outages_of(d) + behind(d)
    return worst_case(total(d.db2.lost_of(i) for i in of_site(d, 1)), at_most=most * d.parameters["sources"])


@stated(
    claims="AA-5",
    source=LOSS_ACTIVE,
    given={**PLAIN, "failing": "site1"},
    cases=[
        case("around_an_outage", "with an outage before or during the loss", role=stress(AROUND), finding=REMOTE_QUEUE),
        case(
            "around_an_outage_with_the_connections_kept",
            "the same, and step 1 keeps the connections to the redundant ICONs",
            given={"keep_icons": True},
            role=stress(f"{AROUND}, with step 1 repaired"),
            finding=REMOTE_QUEUE,
        ),
        case("without_outages", "when there was no outage before", given={"outages": 0}, role=as_stated),
    ],
)
def no_queue_is_lost_with_site_1(d: System) -> Property:
    """The loss of Site 1 costs the Info Mart at Site 2 nothing that stood in a persistent queue there."""
    return never(total(d.db2.lost["in_queue"]) > 0)


@stated(source=LOSS_ACTIVE, given={**PLAIN, "failing": "site1"})
def worst_loss_of_the_queues_of_site_1(d: System) -> Property:
    """What the loss of Site 1 around an outage can cost from its queues, all sources: the whole of the longest outage."""
    return worst_case(total(d.db2.lost["in_queue"]), at_most=all_outages_of(d) * d.parameters["sources"])


@stated(
    claims="AA-5",
    source=LOSS_ACTIVE,
    given={**PLAIN, "failing": "site1", "observe_outage": True},
    role=stress(f"{AROUND}: no more of a queue than the outage"),
)
def a_lost_queue_of_site_1_is_no_longer_than_the_outage(d: System) -> Property:
    """What the loss of Site 1 costs from a queue is never more than what was made in the outage."""
    return whenever(
        d.site1.failed & d.info_mart2.in_use, all_of(n <= made_in(d, d.observer.length) for n in d.db2.lost["in_queue"])
    )


# -- the procedure -----------------------------------------------------------------------------------------------------------
@stated(
    claims="AA-6",
    source=PROCEDURE,
    given={**PLAIN, "gi2_step": False},
    role=reading("the procedure is its two numbered steps alone"),
    finding=GI2_NOT_NUMBERED,
)
def the_numbered_steps_bring_reports_back(d: System) -> Property:
    """After the loss of Site 1, the two numbered steps lead to reports from Site 2."""
    return leads_to(d.site1.failed, d.gi2_2.in_service & d.application2.own_site_only, fairness=PROGRESS)


@stated(claims="AA-6", source=f"{PROCEDURE}, step 2", by_construction=True)
def reviewing_the_logs_changes_nothing(d: System) -> Property:
    """Step 2 does nothing but go on: the guide does not say what to do if the logs show anything."""
    return step_without_effect(d, "step_2_check_logs")


@stated(claims=("AA-6", "IM-12"), source=PROCEDURE, given=PLAIN)
def the_procedure_brings_reports_back(d: System) -> Property:
    """After the loss of Site 1, the steps and the GI2 step lead to new data in reports from Site 2."""
    return leads_to(
        d.site1.failed, d.gi2_2.in_service & d.application2.own_site_only & d.server2.transforming, fairness=PROGRESS
    )


@stated(
    source=PROCEDURE,
    given={**SITE_1, **CLOCK},
    assumptions=(IN_TIME, LATE),
    cases=[
        case(),
        case("with_aggregates", "new data in aggregated reports", given={"aggregation": True}),
        case("in_ten_hours", "where the operators take up to ten hours", given={"recovery_time": hours(10)}),
        case("around_an_outage", AROUND, given={"outages": 1}),
        case(
            "by_the_numbered_steps_alone",
            "by the two numbered steps alone",
            claims={"AA-6": reading("the procedure is its two numbered steps alone")},
            given={"gi2_step": False},
            finding=GI2_NOT_NUMBERED,
        ),
        case(
            "even_with_a_slip",
            "the operators pass over one step, or do it late",
            claims={"AA-6": stress("a step is left out, or done late")},
            given={"slips": 1},
            finding=(STEP_1_LEFT_OUT, GI2_LEFT_OUT),
        ),
    ],
)
def time_until_reports_are_back_after_the_loss_of_site_1(d: System) -> Property:
    """For how long at worst no new data shows in reports after the loss of Site 1: the operators' time, and a cycle.

    Where the operators take longer than the threshold, the Info Mart has gone on by itself, and new data waits for the GI2.
    """
    recovery = d.ticks(d.parameters["recovery_time"])
    back = max(recovery, min(recovery, waits(d)) + cycle(d))
    return worst_case(d.recovery_clock.without, at_most=after_a_wait(d) + back)
