"""What the guide promises of both Info Mart architectures: data collection, the loss of a site; outages are in `outages`.

Every statement here is a promise about the Info Mart at Site 1 and what it reads; the modules of the two designs import
them all and add their own.
"""

from drcheck import (
    Property,
    System,
    all_of,
    any_of,
    case,
    deadlock_free,
    if_else,
    leads_to,
    minimum,
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
from properties.info_mart.findings import SITE_2_UNSEEN
from properties.info_mart.outages import *  # noqa: F403  # they are promises of both architectures, too
from properties.info_mart.parts import *  # noqa: F403  # they are promises of both architectures, too
from properties.info_mart.terms import (
    ARCHITECTURE,
    EMERGENCY,
    LATE,
    LOSS,
    ONE_ICON,
    ONE_SERVER,
    PLAIN,
    PROGRESS,
    UNSEEN,
    behind,
    shared_events,
    threshold_of,
)
from properties.info_mart.terms import OUTAGES as OUTAGES
from properties.info_mart.terms import of_site as of_site


@stated(source="the account of the model itself")
def no_state_is_dead(d: System) -> Property:
    """There is always a next step: no guard that stands for a deadline or a wait stops the whole system."""
    return deadlock_free()


@stated(source="the account of the model itself")
def every_interval_is_accounted_for(d: System) -> Property:
    """At Site 1, made = reportable + in progress + lost by cause, for every source, in every state."""
    return whenever(d.info_mart1.in_use, all_of(d.db1.conserved(i) for i in range(len(d.layer.streams))))


@stated(claims="IM-1", source=ARCHITECTURE, given={"sources": 4, "ha_idb": True}, by_construction=True)
def redundant_icons_work_independently(d: System) -> Property:
    """Two ICONs at the source's own site watch each source; their IDBs are one at each site; but for time they share only the
    site's loss.
    """
    facts, holds = [], True
    for s in d.layer.streams:
        own, other = f"site{s.site}", f"site{3 - s.site}"
        placed = (
            s.remote_icon is not None
            and s.remote_idb is not None
            and [d.site_of(c) for c in (s.local_icon, s.remote_icon, s.local_idb, s.remote_idb)]
            == [own, own, own, other]
        )
        common = shared_events(d, s.local_icon, s.remote_icon) - {"tick"} if s.remote_icon is not None else {"no pair"}
        holds = holds and placed and common == {f"{own}_fails"}
        facts.append(f"{s.name}: IDBs at {own} and {other}, the pair shares {', '.join(sorted(common))}")
    return structure(holds, "; ".join(facts))


def _fails_alone(s):
    """One ICON of the pair of a stream has failed, its site being up."""
    return s.local_icon.failed_alone | s.remote_icon.failed_alone


@stated(claims="IM-1", source=ARCHITECTURE, given={**ONE_ICON, "sources": 4})
def one_icon_of_a_pair_goes_on_without_the_other(d: System) -> Property:
    """When one ICON of a pair fails, the other one writes on, whichever it is and of whatever source."""
    pairs = [(s.local_icon, s.remote_icon) for s in d.layer.streams]
    both = [*pairs, *((two, one) for one, two in pairs)]
    return whenever(
        any_of(_fails_alone(s) for s in d.layer.streams),
        all_of(one.failed_alone.implies(other.writing) for one, other in both),
    )


@stated(claims="IM-2", source=ARCHITECTURE, given={"sources": 4}, by_construction=True)
def every_source_has_its_own_concentrator(d: System) -> Property:
    """Voice, multimedia, configuration and outbound data have ICONs and IDBs of their own; none serves two sources."""
    parts = [c for s in d.layer.streams for c in (s.local_icon, s.remote_icon, s.local_idb, s.remote_idb)]
    kinds = sorted({s.name[:-1] for s in d.layer.streams})
    distinct = len({id(c) for c in parts}) == len(parts) and len({c.name for c in parts}) == len(parts)
    return structure(
        distinct and len(kinds) == 4,
        f"{len(parts)} ICONs and IDBs for {len(d.layer.streams)} sources ({', '.join(kinds)})",
    )


@stated(claims="IM-2", source=ARCHITECTURE, given={**ONE_ICON, "sources": 4})
def a_failed_icon_touches_no_other_source(d: System) -> Property:
    """When an ICON of one source fails, the ICONs of all others write on and their IDBs lack nothing."""
    untouched = []
    for s in d.layer.streams:
        others = [o for o in d.layer.streams if o is not s]
        writing = all_of(o.local_icon.writing & o.remote_icon.writing for o in others)
        complete = all_of((o.local_icon.lacks == 0) & (o.remote_icon.lacks == 0) for o in others)
        untouched.append(_fails_alone(s).implies(writing & complete))
    return whenever(any_of(_fails_alone(s) for s in d.layer.streams), all_of(untouched))


@stated(claims="IM-3", source=ARCHITECTURE, given=ONE_ICON, assumptions=LATE)
def data_of_one_icon_is_taken_from_the_other(d: System) -> Property:
    """When one ICON of a pair fails, no more of the source is left to be extracted than before: it is in the other's IDB."""
    return whenever(any_of(_fails_alone(s) for s in d.layer.streams), all_of(n <= behind(d) for n in d.db1.uncovered))


@stated(claims="IM-3", source=ARCHITECTURE)
def a_lost_idb_is_replaced_by_the_redundant_one(d: System) -> Property:
    """What the lost site's own IDBs held is extracted from the redundant IDBs: nothing that an IDB in reach holds is lost."""
    return never(total(d.db1.lost["not_extracted"]) > 0)


@stated(claims="IM-3", source=ARCHITECTURE, given={**PLAIN, "ha_idb": False, "failing": "site2"}, role=witness)
def without_the_redundant_idb_it_is_lost(d: System) -> Property:
    """The same loss of Site 2 without redundant IDBs does lose data, so the redundant IDB is what saves it."""
    return reachable(total(d.db1.lost["not_extracted"]) > 0)


@stated(
    claims="IM-4",
    source=LOSS,
    cases=[
        case(given=PLAIN),
        case(
            "across_a_restart",
            "a server fails alone and is started again",
            given=ONE_SERVER,
            role=stress("a restart of the server"),
        ),
    ],
)
def nothing_is_extracted_twice(d: System) -> Property:
    """No interval is reported twice: what became reportable is never more than what was made, covered and not lost."""
    made_and_open = [d.db1.uncovered[i] + d.db1.staged[i] + d.db1.lost_of(i) for i in range(len(d.layer.streams))]
    return whenever(
        d.info_mart1.in_use,
        all_of(d.db1.unreported[i] >= n for i, n in enumerate(made_and_open)),
    )


ACTIVE_CALLS = f"{LOSS}: Active Calls"


@stated(claims="IM-11", source=ACTIVE_CALLS)
def all_activity_at_a_lost_site_ends(d: System) -> Property:
    """At a lost site no call and no agent state is in progress any more."""
    ended = [d.component(f"site{n}").up | d.component(f"activity{n}").terminated for n in (1, 2)]
    return whenever(d.site1.failed | d.site2.failed, all_of(ended))


@stated(claims="IM-11", source=ACTIVE_CALLS, by_construction=True)
def activity_elsewhere_is_untouched(d: System) -> Property:
    """Calls and agent states are terminated only by the loss of their own site."""
    return whenever(
        d.site1.failed | d.site2.failed,
        (d.site1.failed | d.activity1.going_on & ~d.activity1.lost)
        & (d.site2.failed | d.activity2.going_on & ~d.activity2.lost),
    )


@stated(claims="IM-11", source=ACTIVE_CALLS, role=witness, by_construction=True)
def active_calls_at_the_lost_site_are_lost(d: System) -> Property:
    """The loss of Site 1 can terminate calls and agent states in progress there, whose data is lost."""
    return reachable(d.activity1.terminated & d.activity1.lost)


@stated(claims="IM-11", source=ACTIVE_CALLS, role=witness, by_construction=True)
def active_calls_at_site_2_are_lost_with_it(d: System) -> Property:
    """The loss of Site 2 can terminate calls and agent states in progress there, whose data is lost."""
    return reachable(d.activity2.terminated & d.activity2.lost)


@stated(claims="IM-12", source=EMERGENCY, given={**PLAIN, "sources": 4}, by_construction=True)
def the_surviving_site_collects_everything(d: System) -> Property:
    """After the loss of one site, every source, ICON with a local IDB and IDB of the other goes on."""
    up = [
        d.component(f"site{3 - s.site}").up | (s.source.producing & s.local_icon.writing & s.local_idb.available)
        for s in d.layer.streams
    ]
    return whenever(d.site1.failed | d.site2.failed, all_of(up))


@stated(claims="IM-12", source=EMERGENCY, given=PLAIN)
def reports_are_served_when_site_2_is_lost(d: System) -> Property:
    """When Site 2 is lost, GI2 at Site 1 goes on serving reports from the database there."""
    return whenever(d.site2.failed & d.site1.up, d.gi2_1.in_service & d.info_mart1.in_use)


@stated(claims="IM-12", source=EMERGENCY, given=PLAIN, assumptions=UNSEEN)
def reports_come_back_by_themselves_when_site_2_is_lost(d: System) -> Property:
    """When Site 2 is lost, the Info Mart at Site 1 transforms data again sooner or later, without any procedure."""
    return leads_to(d.site2.failed, d.server1.transforming | d.site1.failed, fairness=PROGRESS)


@stated(
    claims="IM-12",
    source=EMERGENCY,
    given=PLAIN,
    role=reading("new data is in reports at once after the loss of Site 2, too"),
    finding=SITE_2_UNSEEN,
)
def reports_go_on_when_site_2_is_lost(d: System) -> Property:
    """When Site 2 is lost, the Info Mart at Site 1 goes on without waiting for it."""
    return never(d.site2.failed & d.server1.waiting)


@stated(source=EMERGENCY, given=PLAIN)
def longest_wait_after_the_loss_of_site_2(d: System) -> Property:
    """How long the Info Mart at Site 1 can wait for Site 2 after its loss, an outage just before it included: the threshold."""
    waited = minimum(d.server1.unreachable, threshold_of(d))
    return worst_case(if_else(d.site2.failed & d.server1.waiting, waited, 0), at_most=d.parameters["threshold"])
