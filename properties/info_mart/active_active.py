"""What the active-active Info Mart design promises, claim by claim."""

from drcheck import (
    Finding,
    Property,
    System,
    all_of,
    hours,
    leads_to,
    never,
    stated,
    structure,
    total,
    whenever,
    worst_case,
)
from properties.info_mart.shared import *  # noqa: F403  # the promises of both architectures belong to this design too
from properties.info_mart.shared import ARCHITECTURE, LOSS, OUTAGES, PLAIN, PROGRESS, of_site

PROCEDURE = "Info Mart guide, DR Procedure with Active Info Mart"


@stated(source="the account of the model itself")
def every_interval_is_accounted_for_at_site_2(d: System) -> Property:
    """At Site 2, made = reportable + in progress + lost by cause, for every source, in every state."""
    return whenever(d.info_mart2.in_use, all_of(d.db2.conserved(i) for i in range(len(d.layer.streams))))


@stated(claims="AA-1", source="Info Mart guide, Architecture: Active-Active")
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


def _same_data(d: System) -> Property:
    streams = range(len(d.layer.streams))
    caught_up = all_of((db.uncovered[i] == 0) & (db.staged[i] == 0) for db in (d.db1, d.db2) for i in streams)
    return whenever(
        d.info_mart1.in_use & d.info_mart2.in_use & caught_up,
        all_of(d.db1.lost_of(i) == d.db2.lost_of(i) for i in streams),
    )


@stated(
    claims="AA-2",
    source="Info Mart guide, Architecture: Active-Active",
    given=PLAIN,
    finding=Finding(
        title="After an outage longer than the threshold the two databases differ for good",
        explanation=(
            "Past the threshold each Info Mart carries on with its own site's data and on reconnection cuts off the "
            "other site's. Site 1's database then lacks a stretch of Site 2's data and Site 2's the same stretch of "
            "Site 1's. Both catch up, neither fills the gap, and which data is missing depends on which is asked. The "
            "guide promises nearly identical data and does not mention this."
        ),
        repair="Take the threshold at least as long as the longest outage to be survived.",
        repaired={"threshold": hours(14)},
        chart=True,
    ),
)
def both_databases_hold_the_same(d: System) -> Property:
    """Once both Info Marts have caught up, their databases lack the same data of every source."""
    return _same_data(d)


@stated(
    claims="AA-2", source="Info Mart guide, Architecture: Active-Active", given={**PLAIN, "longest_outage": hours(8)}
)
def both_databases_hold_the_same_after_short_outages(d: System) -> Property:
    """The same, when no outage exceeds the threshold."""
    return _same_data(d)


@stated(
    claims="AA-3",
    source="Info Mart guide, Architecture: Active-Active",
    assumptions="no outage is mistaken for the loss of Site 1",
)
def reports_come_from_one_database(d: System) -> Property:
    """While Site 1 is up, its GI2 and only its GI2 is in service; after its loss, at most the one at Site 2."""
    return whenever(
        d.site1.up | d.gi2_2.in_service,
        (d.gi2_1.in_service & ~d.gi2_2.in_service) | (d.site1.failed & ~d.gi2_1.in_service),
    )


@stated(
    claims="AA-3",
    source="Info Mart guide, Architecture: Active-Active",
    given={**PLAIN, "mistaken_operator": True},
    finding=Finding(
        title="Nothing but the operators' judgement keeps two GI2 instances from serving different data",
        explanation=(
            "From Site 2 an outage looks like the loss of Site 1. Operators there who carry out the procedure during an "
            "outage bring a second GI2 into service; no component can refuse, because none can tell the difference."
        ),
        repair="Before step 1, have the loss of Site 1 confirmed by something that does not use the network between the sites.",
        repaired={"mistaken_operator": False},
    ),
)
def reports_come_from_one_database_whatever_operators_believe(d: System) -> Property:
    """At most one GI2 instance is in service, even if an operator takes an outage for the loss of Site 1."""
    return never(d.gi2_1.in_service & d.gi2_2.in_service)


@stated(
    claims="AA-4",
    source=PROCEDURE,
    given={**PLAIN, "outages": 0, "recovery_time": hours(7)},
    assumptions="the operators take less than the threshold",
)
def the_survivor_waits_until_it_is_told(d: System) -> Property:
    """After the loss of Site 1 the Info Mart at Site 2 waits, as long as its connections to Site 1 are configured."""
    begun = d.parameters["etl_delay"] + 2
    return whenever(
        d.site1.failed & d.application2.both_sites & (d.server2.unreachable >= begun),
        d.server2.waiting | d.server2.failed,
    )


@stated(
    claims="AA-4",
    source=PROCEDURE,
    given=PLAIN,
    finding=Finding(
        title="The survivor is not stuck until it is told: it carries on after the threshold",
        explanation=(
            "The procedure presents step 1 as what makes the surviving Info Mart go on. By the guide's own rule on "
            "connectivity it goes on by itself once extract-data-stuck-threshold has passed: the loss of a site is, to "
            "it, an outage that does not end, and an outage that came before counts. Step 1 shortens the wait; it does "
            "not decide whether it ends."
        ),
        repair="Say in the procedure that reports are late by at most the threshold if step 1 is delayed.",
    ),
)
def the_survivor_waits_whatever_came_before(d: System) -> Property:
    """The same, with an outage before the loss of the site."""
    begun = d.parameters["etl_delay"] + 2
    return whenever(
        d.site1.failed & d.application2.both_sites & (d.server2.unreachable >= begun),
        d.server2.waiting | d.server2.failed,
    )


@stated(
    claims="AA-5",
    source=f"{LOSS}: Active-Active Deployment",
    given=PLAIN,
    finding=Finding(
        title="After an earlier outage, the loss of Site 1 also takes data that reports had already shown",
        explanation=(
            "What Site 2's database cut off of Site 1's data, in an outage longer than the threshold, was complete in "
            "Site 1's database and in its reports. With Site 1 lost, reports come from Site 2's database, and that "
            "stretch is missing: it had been extracted, transformed and reported, and is lost all the same."
        ),
        repair="Take the threshold at least as long as the longest outage to be survived.",
        repaired={"threshold": hours(14)},
    ),
)
def only_data_not_extracted_is_lost(d: System) -> Property:
    """After the loss of Site 1, Site 2's database lacks nothing but what had not been extracted of Site 1's data."""
    return whenever(
        d.site1.failed & d.info_mart2.in_use,
        all_of(d.db2.lost["beyond_threshold"][i] == 0 for i in of_site(d, 1))
        & all_of(d.db2.lost_of(i) == 0 for i in of_site(d, 2)),
    )


@stated(claims="AA-5", source=f"{LOSS}: Active-Active Deployment", given={**PLAIN, "outages": 0})
def only_data_not_extracted_is_lost_without_outages(d: System) -> Property:
    """The same, when there was no outage before."""
    return whenever(
        d.site1.failed & d.info_mart2.in_use,
        all_of(d.db2.lost["beyond_threshold"][i] + d.db2.lost["in_queue"][i] == 0 for i in of_site(d, 1))
        & all_of(d.db2.lost_of(i) == 0 for i in of_site(d, 2)),
    )


@stated(
    claims=("AA-6", "IM-12"),
    source=PROCEDURE,
    given={**PLAIN, "gi2_step": False},
    finding=Finding(
        title="The two numbered steps alone do not bring reports back",
        explanation=(
            "Neither step brings the standby GI2 at Site 2 into service. The text before the steps asks for it, the "
            "steps do not contain it; an operator who works through the numbered procedure ends with a database that "
            "is complete and nobody who serves reports from it."
        ),
        repair="Number it: step 3, bring the standby GI2 at Site 2 into service.",
        repaired={"gi2_step": True},
    ),
)
def the_numbered_steps_bring_reports_back(d: System) -> Property:
    """After the loss of Site 1, the two numbered steps lead to reports from Site 2."""
    return leads_to(d.site1.failed, d.gi2_2.in_service & d.application2.own_site_only, fairness=PROGRESS)


@stated(claims=("AA-6", "IM-12"), source=PROCEDURE, given=PLAIN)
def the_procedure_brings_reports_back(d: System) -> Property:
    """After the loss of Site 1, the steps and the GI2 step lead to new data in reports from Site 2."""
    return leads_to(
        d.site1.failed, d.gi2_2.in_service & d.application2.own_site_only & d.server2.transforming, fairness=PROGRESS
    )


@stated(
    claims="IM-3",
    source=f"{PROCEDURE}, step 1",
    given={**PLAIN, "outages": 0, "failing": "site1"},
    assumptions="an IDB is not read once the connection to its ICON is removed",
    finding=Finding(
        title="Step 1 as worded throws the redundant IDBs at the surviving site away",
        explanation=(
            "It removes every connection to ICONs that collect from Site 1's sources. The redundant ICONs, whose IDBs "
            "stand at Site 2 and hold all of Site 1's data, are among them: what the Info Mart at Site 2 had not "
            "extracted yet is given up although it could be read."
        ),
        repair="Keep the connections to the ICONs whose IDB is at Site 2 until what they hold has been extracted.",
        repaired={"keep_icons": True},
    ),
)
def the_redundant_idb_is_used(d: System) -> Property:
    """After the loss of Site 1, nothing that a redundant IDB at Site 2 holds is lost, without an outage."""
    return never(total(d.db2.lost["not_extracted"]) > 0)


@stated(claims="AA-5", source=f"{LOSS}: Active-Active Deployment", given={**PLAIN, "outages": 0, "failing": "site1"})
def worst_loss_of_a_site(d: System) -> Property:
    """The most intervals of Site 1's data that its loss can cost, all sources and causes together, without an outage."""
    return worst_case(total(d.db2.lost_of(i) for i in of_site(d, 1)))


@stated(claims="AA-5", source=OUTAGES, given={**PLAIN, "failing": "site1"})
def worst_loss_of_a_site_around_an_outage(d: System) -> Property:
    """The same, with one outage before or during the loss of the site."""
    return worst_case(total(d.db2.lost_of(i) for i in of_site(d, 1)))


__all__ = ["ARCHITECTURE"]
