"""What the Info Mart guide promises of data loss in active-standby: what is lost with Site 1, by cause, and at worst."""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    any_of,
    as_stated,
    case,
    condition,
    happens,
    hours,
    if_else,
    leads_to,
    never,
    reachable,
    reading,
    stated,
    stress,
    structure,
    total,
    whenever,
    witness,
    worst_case,
)
from model.info_mart.components.goldengate import same
from properties.info_mart.shared import PROGRESS, of_site
from properties.info_mart.single_failures import RESTARTED
from properties.info_mart.standby_findings import (
    LAGGING_MARK,
    NEVER_EXTRACTED_AGAIN,
    PROCESS_DOWN,
    QUEUE_LOST_WITH_THE_SITE,
    STAGED_DATA_IS_NEEDED,
    STEP_3_GIVES_UP_THE_REDUNDANT_IDBS,
    TRAIL_THROWN_AWAY,
)
from properties.info_mart.standby_terms import (
    AMOUNTS,
    ARCHITECTURE,
    EXCLUDED_TABLES,
    ICON_GATES_IDB,
    KEEPING_UP,
    KEPT,
    LOSS_CHAPTER,
    NO_OUTAGE,
    NOT_GATED,
    PROCEDURE,
    READ_ALONE,
    SITE_1,
    STAGED_COUNTS,
    STANDBY_LOSS,
    STEP_3,
    each_stream,
    taken_over,
)
from properties.info_mart.terms import all_outages_of, behind

AROUND_AN_OUTAGE = "a network outage before or during the loss of the site"


def _all_lost(d: System) -> Expression:
    return total(d.db2.lost_of(i) for i in range(len(d.layer.streams)))


def _one_extraction(d: System) -> int:
    """What one extraction takes in at most, all sources of both sites, when nothing was out of reach before."""
    return min(behind(d), d.parameters["catch_up"]) * len(d.layer.streams)


def lost_without_an_outage(d: System) -> int | None:
    """What the loss of Site 1 costs at most without an outage; proved for the delays that are assumed, else not known.

    It is less than the sum of what each delay can cost: a cycle cannot be late in every way at once.
    """
    assumed = [d.parameters[name] for name in ("etl_delay", "replication_lag", "catch_up")]
    return 6 * d.parameters["sources"] if assumed == [1, 1, 4] else None


# -- what had not been extracted --------------------------------------------------------------------------------------
@stated(
    claims="AS-8",
    given=NO_OUTAGE,
    cases=[
        case(source=STEP_3, assumptions=ICON_GATES_IDB, finding=STEP_3_GIVES_UP_THE_REDUNDANT_IDBS),
        case(
            "with_the_connections_kept",
            "the connections to the redundant ICONs are kept, as the chapter on data loss takes for granted",
            source=LOSS_CHAPTER,
            given=KEPT,
        ),
        case(
            "if_an_idb_is_read_without_its_icon",
            "an IDB is read though the connection to its ICON is removed",
            source=STEP_3,
            given=NOT_GATED,
            role=reading(READ_ALONE),
        ),
    ],
)
def data_not_extracted_is_extracted_later(d: System) -> Property:
    """With redundant IDBs, nothing is lost for not having been extracted before Site 1 was lost."""
    return never(total(d.db2.lost["not_extracted"]) > 0)


@stated(claims="AS-8", source=LOSS_CHAPTER, given={**NO_OUTAGE, **KEPT})
def what_the_redundant_idb_holds_is_extracted(d: System) -> Property:
    """With the connections kept, what the standby had not extracted of Site 1's data is extracted at last."""
    rest = total(d.db2.uncovered[i] for i in of_site(d, 1))
    return leads_to(taken_over(d) & (rest > 0), rest == 0, fairness=PROGRESS)


@stated(
    claims="AS-8",
    source=LOSS_CHAPTER,
    given={**SITE_1, **KEPT},
    role=stress(AROUND_AN_OUTAGE),
    finding=QUEUE_LOST_WITH_THE_SITE,
)
def the_redundant_idb_has_all_that_was_not_extracted(d: System) -> Property:
    """With redundant IDBs kept connected, nothing of the lost site's data is lost in a queue."""
    return never(total(d.db2.lost["in_queue"]) > 0)


@stated(claims="AS-8", source=LOSS_CHAPTER, given={**AMOUNTS, "ha_idb": False})
def without_redundant_idb_what_was_not_extracted_is_lost(d: System) -> Property:
    """Without redundant IDBs all of Site 1's data is lost that had not been extracted when the standby takes over."""
    lost, rest = d.db2.lost["not_extracted"], d.takeover_observer.not_extracted
    return whenever(taken_over(d), all_of(lost[i] >= rest[i] for i in of_site(d, 1)))


@stated(claims="AS-8", source=LOSS_CHAPTER, given={**NO_OUTAGE, "ha_idb": False}, role=witness)
def without_redundant_idb_something_is_lost(d: System) -> Property:
    """Without redundant IDBs there are executions in which data is lost for not having been extracted."""
    return reachable(total(d.db2.lost["not_extracted"]) > 0)


# -- what had been extracted and not transformed ----------------------------------------------------------------------
@stated(
    claims="AS-5",
    source=EXCLUDED_TABLES,
    given=NO_OUTAGE,
    assumptions=STAGED_COUNTS,
    finding=STAGED_DATA_IS_NEEDED,
)
def excluded_tables_hold_nothing_that_is_missed(d: System) -> Property:
    """After the loss of Site 1, nothing is lost for being only in tables that are not replicated."""
    return never(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims={"AS-5": as_stated, "AS-9": witness}, source=LOSS_CHAPTER, given=NO_OUTAGE)
def staged_data_can_be_lost(d: System) -> Property:
    """Data extracted but not transformed when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims="AS-9", source=STANDBY_LOSS, given=NO_OUTAGE, role=witness)
def the_survivors_own_data_can_be_lost(d: System) -> Property:
    """The loss of Site 1 can cost data of Site 2's own sources too, although their IDBs at Site 2 are intact."""
    return reachable(d.site1.failed & (total(d.db2.lost["not_transformed"][i] for i in of_site(d, 2)) > 0))


@stated(claims="AS-9", source=STANDBY_LOSS, given=AMOUNTS)
def no_more_than_was_staged_is_lost_as_not_transformed(d: System) -> Property:
    """What is lost as extracted and not transformed had been extracted and not transformed at Site 1, in each stream."""
    return whenever(
        taken_over(d), each_stream(d, lambda i: d.db2.lost["not_transformed"][i] <= d.takeover_observer.staged[i])
    )


@stated(claims="AS-9", source=STANDBY_LOSS, given=AMOUNTS, role=witness, finding=LAGGING_MARK)
def all_that_was_staged_is_lost(d: System) -> Property:
    """All that had been extracted and not transformed when Site 1 was lost is lost, whenever the standby takes over."""
    return whenever(
        taken_over(d), each_stream(d, lambda i: d.db2.lost["not_transformed"][i] == d.takeover_observer.staged[i])
    )


@stated(claims="AS-9", source=STANDBY_LOSS, given=AMOUNTS, assumptions=KEEPING_UP)
def worst_loss_of_what_was_staged(d: System) -> Property:
    """The most intervals, of all sources, that can be lost as extracted and not transformed: one extraction of each."""
    return worst_case(total(d.db2.lost["not_transformed"]), at_most=_one_extraction(d))


# -- what had been transformed and not delivered ----------------------------------------------------------------------
@stated(claims={"AS-10": witness, "AS-11": witness}, source=STANDBY_LOSS, given=NO_OUTAGE)
def facts_not_delivered_can_be_lost(d: System) -> Property:
    """Data transformed but not delivered when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_delivered"]) > 0)


@stated(claims="AS-10", source=STANDBY_LOSS, given=AMOUNTS)
def no_more_than_was_undelivered_is_lost_as_not_delivered(d: System) -> Property:
    """What is lost as transformed and not delivered had been transformed and not delivered, in each stream."""
    return whenever(
        taken_over(d), each_stream(d, lambda i: d.db2.lost["not_delivered"][i] <= d.takeover_observer.undelivered[i])
    )


@stated(claims="AS-10", source=STANDBY_LOSS, given=AMOUNTS, role=witness, finding=LAGGING_MARK)
def all_that_was_not_delivered_is_lost(d: System) -> Property:
    """All that had been transformed and not delivered when Site 1 was lost is lost, whenever the standby takes over."""
    return whenever(
        taken_over(d), each_stream(d, lambda i: d.db2.lost["not_delivered"][i] == d.takeover_observer.undelivered[i])
    )


@stated(claims="AS-10", source=STANDBY_LOSS, given=AMOUNTS, assumptions=KEEPING_UP)
def worst_loss_of_what_was_not_delivered(d: System) -> Property:
    """The most intervals, of all sources, that can be lost as transformed and not delivered: those of one extraction."""
    return worst_case(total(d.db2.lost["not_delivered"]), at_most=_one_extraction(d))


# -- keys, and what is extracted a second time ------------------------------------------------------------------------
@stated(
    claims="AS-17",
    source=ARCHITECTURE,
    given=NO_OUTAGE,
    cases=[
        case(finding=LAGGING_MARK),
        case(
            "if_all_facts_were_delivered",
            "Site 1 is lost only at a moment at which all its facts have been delivered",
            given={"lost_only_in_step": True},
            role=condition,
        ),
    ],
)
def key_numbers_are_preserved(d: System) -> Property:
    """No fact that was reportable at Site 1 is made anew, with another key, at Site 2."""
    return never(d.db2.rekeyed)


@stated(claims=("AS-17", "AS-11"), source=ARCHITECTURE, by_construction=True)
def the_takeover_touches_no_delivered_fact(d: System) -> Property:
    """Taking the standby database into use writes none of the facts that had been delivered."""
    written = d.event("server2_takes_over").writes
    facts = {d.cell_of[v] for v in d.db2.unreported}
    return structure(
        not written & facts, f"server2_takes_over writes {len(written & facts)} of {len(facts)} positions of facts"
    )


@stated(claims="AS-7", source=STANDBY_LOSS, given={**NO_OUTAGE, "observe_takeover": "mark"})
def what_the_mark_covers_is_not_extracted_again(d: System) -> Property:
    """After the takeover the standby never stands before the place that its copy of the high-water mark covered."""
    return whenever(taken_over(d), each_stream(d, lambda i: d.db2.uncovered[i] <= d.takeover_observer.behind[i]))


@stated(
    claims="AS-7",
    source=STANDBY_LOSS,
    given=NO_OUTAGE,
    role=reading("all that the lost Info Mart had extracted, whether its mark had arrived or not"),
    finding=LAGGING_MARK,
)
def what_site_1_had_extracted_is_not_extracted_again(d: System) -> Property:
    """The standby begins with nothing to extract that the lost Info Mart had extracted already."""
    ahead = any_of(
        d.db2.uncovered[i] > d.db1.uncovered[i] for i in range(len(d.layer.streams)) if d.layer.streams[i].site == 2
    )
    return never(happens("server2_takes_over", when=ahead))


@stated(claims="AS-12", source=LOSS_CHAPTER, given=NO_OUTAGE, role=witness)
def the_standby_mark_can_lag(d: System) -> Property:
    """The standby's high-water mark can be earlier than that of the lost database when the standby takes over."""
    behind = any_of(b > a for a, b in zip(d.db1.uncovered, d.db2.uncovered, strict=True))
    return reachable(happens("server2_takes_over", when=behind))


@stated(
    claims="AS-12",
    given=NO_OUTAGE,
    cases=[
        case(
            "with_the_connections_kept",
            "the connections to the redundant ICONs are kept, as the chapter on data loss takes for granted",
            source=LOSS_CHAPTER,
            given=KEPT,
        ),
        case(
            "by_the_published_steps",
            "by the published steps",
            source=STEP_3,
            assumptions=ICON_GATES_IDB,
            finding=NEVER_EXTRACTED_AGAIN,
        ),
        case(
            "if_an_idb_is_read_without_its_icon",
            "an IDB is read though the connection to its ICON is removed",
            source=STEP_3,
            given=NOT_GATED,
            role=reading(READ_ALONE),
        ),
    ],
)
def site_1_is_extracted_again(d: System) -> Property:
    """Data of Site 1 that had been extracted there can be extracted again, from the redundant IDB at Site 2."""
    again = total(d.db2.staged[i] for i in of_site(d, 1)) > 0
    return reachable(d.site1.failed & d.db2.rekeyed & d.server2.transforming & again)


# -- all in all -------------------------------------------------------------------------------------------------------
@stated(
    claims="AS-11",
    source=STANDBY_LOSS,
    given=AMOUNTS,
    cases=[
        case(),
        case(
            "around_an_outage",
            "one outage before or during the loss",
            given={"failing": "site1", "outages": 1, "threshold": hours(2), "longest_outage": hours(4)},
            role=stress(AROUND_AN_OUTAGE),
        ),
    ],
)
def only_what_was_not_delivered_is_lost(d: System) -> Property:
    """In each stream, no more is lost with Site 1 than the facts of the standby database lacked when Site 1 was lost."""
    db = d.db2
    return whenever(
        taken_over(d),
        each_stream(d, lambda i: db.lost_of(i) - db.lost["beyond_threshold"][i] <= d.takeover_observer.lacked[i]),
    )


@stated(
    claims={key: reading("what is in the remote trail at Site 2 counts as delivered") for key in ("AS-11", "AS-13")},
    source=f"{PROCEDURE}, step 1",
    given=NO_OUTAGE,
    finding=TRAIL_THROWN_AWAY,
)
def what_reached_site_2_is_used(d: System) -> Property:
    """When the standby server starts, everything in the remote trail has been applied to its database."""
    return whenever(d.server2.starting & d.site1.failed, same(d.trail.replicated(), d.db2.replicated()))


@stated(
    source=STANDBY_LOSS,
    given=SITE_1,
    assumptions=KEEPING_UP,
    cases=[
        case(when="without an outage", claims="AS-11", given={"outages": 0}),
        case("around_an_outage", "one outage before or during the loss of the site"),
        case(
            "after_a_failed_process",
            "a GoldenGate process had failed alone before, without an outage",
            given={"outages": 0, "goldengate_failures": 1},
            assumptions=(KEEPING_UP, RESTARTED),
        ),
    ],
)
def worst_loss_of_site_1(d: System) -> Property:
    """The most intervals that the loss of Site 1 can cost, all sources and causes together.

    An outage adds its length, a failed GoldenGate process the time for which it was down.
    """
    without, down = (
        lost_without_an_outage(d),
        d.ticks(d.parameters["restart_time"]) * d.parameters["goldengate_failures"],
    )
    more = (all_outages_of(d) + down) * d.parameters["sources"]
    return worst_case(_all_lost(d), at_most=None if without is None else without + more)


@stated(
    claims="AS-11",
    source=STANDBY_LOSS,
    given={**SITE_1, "outages": 0, "goldengate_failures": 1},
    assumptions=(KEEPING_UP, RESTARTED),
    role=stress("a GoldenGate process fails alone before the loss of the site"),
    finding=PROCESS_DOWN,
)
def a_failed_process_adds_nothing_to_the_loss(d: System) -> Property:
    """The loss of Site 1 costs no more where a GoldenGate process had failed alone before."""
    return worst_case(_all_lost(d), at_most=lost_without_an_outage(d))


@stated(
    source=STANDBY_LOSS,
    given={**SITE_1, "outages": 0, "drain_trail": True, "keep_icons": True, "rewind_high_water_mark": True},
)
def worst_loss_of_site_1_with_all_repairs(d: System) -> Property:
    """With the three repairs of the procedure and no outage, the loss of Site 1 costs nothing but active calls."""
    return worst_case(if_else(d.site1.failed, _all_lost(d), 0), at_most=0)
