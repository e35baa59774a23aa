"""What the Info Mart guide promises of data loss in active-standby: what is lost with Site 1, by cause, and at worst."""

from drcheck import Finding, Property, System, never, reachable, stated, structure, total, whenever, worst_case
from model.info_mart.components.goldengate import same
from properties.info_mart.shared import of_site
from properties.info_mart.standby_terms import ARCHITECTURE, NO_OUTAGE, PROCEDURE, SITE_1, STANDBY_LOSS


@stated(
    claims="AS-8",
    source=STANDBY_LOSS,
    given=NO_OUTAGE,
    assumptions="an IDB is not read once the connection to its ICON is removed",
    finding=Finding(
        title="Step 3 as written throws the redundant IDBs away, and with them what had not been extracted",
        explanation=(
            "Step 3 removes every connection to ICONs that collect from Site 1's sources. The redundant ICON and its IDB "
            "at Site 2 are among them: they collect Site 1's data. Once they are disconnected the standby does not "
            "extract what they hold (as the step is worded, and if an IDB is not read without its ICON's connection), "
            "although the chapter on data loss counts on exactly that. The redundant IDB is "
            "there, complete, and unused."
        ),
        repair=(
            "In step 3 drop only the connections to IDBs located at Site 1; keep those to the ICONs whose IDB is at "
            "Site 2 until what they hold has been extracted."
        ),
        repaired={"keep_icons": True},
        chart=True,
    ),
)
def data_not_extracted_is_extracted_later(d: System) -> Property:
    """With redundant IDBs, nothing is lost for not having been extracted before Site 1 was lost."""
    return never(total(d.db2.lost["not_extracted"]) > 0)


@stated(
    claims="AS-8",
    source=STANDBY_LOSS,
    given={**SITE_1, "keep_icons": True},
    finding=Finding(
        title="A site lost during an outage, or soon after, takes its persistent queues with it",
        explanation=(
            "The redundant IDB at Site 2 is fed through the network by an ICON at Site 1. In an outage that ICON keeps "
            "its data in a persistent queue at Site 1; the queue drains only after the outage. If Site 1 is lost before "
            "that, everything made since the outage began is lost, up to the whole length of the outage, although "
            "redundant IDBs are deployed. The guide treats outages and site failures one at a time."
        ),
        repair=(
            "Nothing in the procedure can repair it: the only copies are at the lost site. Count the outage's whole "
            "length in the recovery point objective, or place the second ICON of each pair at the other site."
        ),
        chart=True,
    ),
)
def the_redundant_idb_has_all_that_was_not_extracted(d: System) -> Property:
    """With redundant IDBs kept connected, nothing of the lost site's data is lost in a queue."""
    return never(total(d.db2.lost["in_queue"]) > 0)


@stated(claims="AS-8", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True, "ha_idb": False})
def without_redundant_idb_what_was_not_extracted_is_lost(d: System) -> Property:
    """Without redundant IDBs the standby never extracts any of Site 1's data: all that was not covered is lost."""
    return never(d.site1.failed & d.info_mart2.in_use & (total(d.db2.staged[i] for i in of_site(d, 1)) > 0))


@stated(claims="AS-8", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True, "ha_idb": False})
def without_redundant_idb_something_is_lost(d: System) -> Property:
    """Without redundant IDBs there are executions in which data is lost for not having been extracted."""
    return reachable(total(d.db2.lost["not_extracted"]) > 0)


@stated(claims="AS-10", source=STANDBY_LOSS, given=NO_OUTAGE)
def facts_not_delivered_can_be_lost(d: System) -> Property:
    """Data transformed but not delivered when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_delivered"]) > 0)


@stated(
    claims=("AS-10", "AS-17"),
    source=STANDBY_LOSS,
    given={**NO_OUTAGE, "keep_icons": True},
    finding=Finding(
        title="What was transformed but not delivered is not always lost: it can come back, under new key numbers",
        explanation=(
            "If the high-water mark lagged as well, the standby extracts and transforms that data again from the "
            "redundant IDB. So less is lost than the chapter says, but facts that reports had already shown with the "
            "key numbers of Site 1 are made anew: preserving key numbers, the stated reason to choose this architecture, "
            "holds for what had been delivered only."
        ),
        repair=(
            "State that key numbers are preserved for delivered facts only; whoever stores keys elsewhere must expect "
            "new ones for the last moments."
        ),
    ),
)
def key_numbers_are_preserved(d: System) -> Property:
    """No fact that was reportable at Site 1 is made anew, with another key, at Site 2."""
    return never(d.db2.rekeyed)


@stated(claims=("AS-17", "AS-11"), source=ARCHITECTURE)
def the_takeover_touches_no_delivered_fact(d: System) -> Property:
    """Taking the standby database into use writes none of the facts that had been delivered."""
    written = d.event("server2_takes_over").writes
    facts = {d.cell_of[v] for v in d.db2.unreported}
    return structure(
        not written & facts, f"server2_takes_over writes {len(written & facts)} of {len(facts)} positions of facts"
    )


@stated(claims="AS-9", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True})
def the_survivors_own_data_can_be_lost(d: System) -> Property:
    """The loss of Site 1 can cost data of Site 2's own sources too, although their IDBs at Site 2 are intact."""
    return reachable(d.site1.failed & (total(d.db2.lost["not_transformed"][i] for i in of_site(d, 2)) > 0))


@stated(
    claims=("AS-11", "AS-13"),
    source=f"{PROCEDURE}, step 1",
    given=NO_OUTAGE,
    finding=Finding(
        title="Step 1 can throw away data that had already reached Site 2",
        explanation=(
            "Step 1 stops GoldenGate at Site 2 at once. What DataPump had written to the remote trail, on Site 2's own "
            "disk, but Replicat had not applied, never enters the standby database, and by the replicated mark or by "
            "step 3 it is not extracted again. It was delivered to the site and is lost for the lack of a wait."
        ),
        repair="In step 1, stop Replicat only when it has applied all of the remote trail.",
        repaired={"drain_trail": True},
    ),
)
def what_reached_site_2_is_used(d: System) -> Property:
    """When the standby server starts, everything in the remote trail has been applied to its database."""
    return whenever(d.server2.starting & d.site1.failed, same(d.trail.replicated(), d.db2.replicated()))


@stated(claims="AS-12", source=STANDBY_LOSS, given={**NO_OUTAGE, "keep_icons": True})
def the_standby_mark_can_lag(d: System) -> Property:
    """The standby's mark can be earlier, so that Site 1's data is extracted again, from the redundant IDB at Site 2."""
    again = total(d.db2.staged[i] for i in of_site(d, 1)) > 0
    return reachable(d.site1.failed & d.db2.rekeyed & d.server2.transforming & again)


@stated(
    claims="AS-12",
    source=f"{PROCEDURE}, step 3",
    given=NO_OUTAGE,
    assumptions="an IDB is not read once the connection to its ICON is removed",
    finding=Finding(
        title="With step 3 as worded nothing of Site 1's data is ever extracted again from the redundant IDB",
        explanation=(
            "The chapter on data loss describes how a lagging mark makes the standby extract again from the redundant "
            "IDB. Step 3 removes the connections to all ICONs that collect from Site 1, the redundant ones included, "
            "before the server is started: the case that the chapter describes cannot come about."
        ),
        repair="Keep the connections to the ICONs whose IDB is at Site 2 (see the finding on step 3).",
        repaired={"keep_icons": True},
    ),
)
def the_published_steps_extract_again(d: System) -> Property:
    """The same, with the published procedure."""
    again = total(d.db2.staged[i] for i in of_site(d, 1)) > 0
    return reachable(d.site1.failed & d.db2.rekeyed & d.server2.transforming & again)


@stated(claims="AS-11", source=STANDBY_LOSS, given={**SITE_1, "outages": 0})
def worst_loss_of_site_1(d: System) -> Property:
    """The most intervals that the loss of Site 1 can cost, all sources and causes together, without an outage."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))))


@stated(claims="AS-11", source=STANDBY_LOSS, given=SITE_1)
def worst_loss_of_site_1_around_an_outage(d: System) -> Property:
    """The same, with one outage before or during the loss of the site."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))))


@stated(
    claims="AS-11",
    source=STANDBY_LOSS,
    given={**SITE_1, "outages": 0, "drain_trail": True, "keep_icons": True, "rewind_high_water_mark": True},
)
def worst_loss_of_site_1_with_all_repairs(d: System) -> Property:
    """With the three repairs of the procedure and no outage, the loss of Site 1 costs nothing but active calls."""
    return worst_case(total(d.db2.lost_of(i) for i in range(len(d.layer.streams))), at_most=0)
