"""What the guide promises of outages of the network, of both Info Mart architectures: queues, the wait, what is lost.

Every statement here is about the Info Mart at Site 1 and what it reads.
"""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    as_stated,
    case,
    condition,
    happens,
    hours,
    leads_to,
    maximum,
    minutes,
    never,
    reachable,
    reading,
    stated,
    stress,
    total,
    weakly_fair,
    whenever,
    witness,
    worst_case,
)
from properties.info_mart.findings import BEHIND, QUEUE_OF_SITE_2, SECOND_OUTAGE
from properties.info_mart.terms import (
    LATE,
    ONE_OUTAGE,
    OUTAGES,
    PLAIN,
    PROGRESS,
    SITES_UP,
    all_outages_of,
    behind,
    loses_within_the_threshold,
    made_in,
    of_site,
    threshold_of,
)

CAUGHT_UP = {**ONE_OUTAGE, "outages_begin": "caught_up"}
TWO_OUTAGES = {"longest_outage": hours(8), "outages": 2, "catch_up": 2, "queue_drain": 2, "etl_delay": 0}
"""Two outages up to the threshold; extraction and queues catch up as slowly as they can: an interval in a tick."""
A_CYCLE_ENDS = "a cycle that is under way when the outage begins may end: etl_delay and two ticks"


# -- of the Info Mart at either site ---------------------------------------------------------------------------------------
def waiting_ends(d: System, site: int) -> Property:
    """No time passes in which the Info Mart at a site waits although the outage has exceeded the threshold."""
    server = d.component(f"server{site}")
    return never(happens("tick", when=server.waiting & (server.unreachable > threshold_of(d))))


def nothing_across(d: System, site: int) -> Property:
    """Past the threshold nothing that the other site made during the outage is extracted."""
    mart, server = d.component(f"info_mart{site}"), d.component(f"server{site}")
    missing = mart.array("uncovered")
    past = d.link.down & mart.in_use & (server.unreachable > threshold_of(d))
    return whenever(past, all_of(missing[i] >= made_in(d, d.link.outage) for i in of_site(d, 3 - site)))


def nothing_since_the_outage(d: System, site: int) -> Property:
    """While the network is down, nothing that the other site has made since then is extracted at a site."""
    mart = d.component(f"info_mart{site}")
    missing = mart.array("uncovered")
    return whenever(
        d.link.down & mart.in_use, all_of(missing[i] >= made_in(d, d.link.outage) for i in of_site(d, 3 - site))
    )


def reconnected(d: System, site: int) -> Expression:
    """The connection has just returned after an outage that exceeded the threshold."""
    return happens("link_restored", when=d.component(f"server{site}").unreachable > threshold_of(d))


def reaching_back(d: System, site: int) -> Property:
    """When the connection returns past the threshold, just its length of the other site's data is left to be extracted."""
    missing = d.component(f"info_mart{site}").array("uncovered")
    return whenever(reconnected(d, site), all_of(missing[i] == threshold_of(d) for i in of_site(d, 3 - site)))


# -- ICONs ---------------------------------------------------------------------------------------------------------------
@stated(claims="IM-5", source=OUTAGES, by_construction=True)
def local_icons_write_through_outages(d: System) -> Property:
    """While the link is down, every ICON with a local IDB goes on writing, as long as its site is up."""
    return whenever(
        d.link.down,
        all_of(d.component(f"site{s.site}").failed | s.local_icon.writing for s in d.layer.streams),
    )


@stated(claims="IM-5", source=OUTAGES, given=SITES_UP, assumptions="the persistent queue is large enough")
def a_queue_has_all_of_an_outage(d: System) -> Property:
    """While the link is down, each ICON with a remote IDB keeps every interval that was made since the outage began."""
    return whenever(d.link.down, all_of(s.remote_icon.queue == made_in(d, d.link.outage) for s in d.layer.streams))


@stated(claims="IM-5", source=OUTAGES, given=ONE_OUTAGE, assumptions="the persistent queue is large enough")
def a_queue_outlasts_the_outage(d: System) -> Property:
    """When the connection returns, each queue still has all of the outage, however long that was."""
    return whenever(
        happens("link_restored"), all_of(s.remote_icon.queue == made_in(d, d.observer.length) for s in d.layer.streams)
    )


@stated(claims="IM-5", source=OUTAGES, given=ONE_OUTAGE, assumptions="the persistent queue is large enough")
def a_queue_is_written_at_its_pace(d: System) -> Property:
    """In the first tick after the outage a queue gets shorter by what an ICON can write in it, and by no more."""
    icons, written = [s.remote_icon for s in d.layer.streams], d.parameters["queue_drain"]
    made = made_in(d, d.observer.length)
    full = d.link.up & d.observer.over & all_of(i.queue == made for i in icons)
    rest = maximum(made + 1 - written, 0)
    return whenever(happens("tick", when=full), all_of(i.queue == rest for i in icons))


@stated(claims="IM-5", source=OUTAGES, given=SITES_UP, by_construction=True)
def an_outage_alone_loses_nothing_in_a_queue(d: System) -> Property:
    """Without the loss of a site, nothing is ever lost from a persistent queue."""
    return never(total([*d.db1.lost["in_queue"], *d.db2.lost["in_queue"]]) > 0)


@stated(claims="IM-5", source=OUTAGES, given=SITES_UP, assumptions="the outage ends (link_restored is taken)")
def queues_drain(d: System) -> Property:
    """After an outage the persistent queues empty into their IDBs."""
    icons = [s.remote_icon for s in d.layer.streams]
    return leads_to(
        total(i.queue for i in icons) > 0,
        all_of(i.writing for i in icons),
        fairness=[PROGRESS, weakly_fair("link_restored")],
    )


@stated(
    claims="IM-5",
    source=OUTAGES,
    given={**PLAIN, "failing": "site2", "observe_outage": True},
    cases=[
        case(
            "in_an_outage",
            role=stress("the site of the queue is lost in the outage or soon after it"),
            finding=QUEUE_OF_SITE_2,
        ),
        case(
            "without_an_outage",
            "where there is no outage",
            given={"outages": 0, "observe_outage": False},
            role=stress("the site of the queue is lost, without an outage before it"),
        ),
    ],
)
def no_queue_is_lost_with_site_2(d: System) -> Property:
    """The loss of Site 2 costs the Info Mart at Site 1 nothing that stood in a persistent queue there."""
    return never(total(d.db1.lost["in_queue"]) > 0)


@stated(source=OUTAGES, given={**PLAIN, "failing": "site2"})
def worst_loss_of_the_queues_of_site_2(d: System) -> Property:
    """What the loss of Site 2 around an outage can cost from its queues, all sources: the whole of the longest outage."""
    return worst_case(total(d.db1.lost["in_queue"]), at_most=all_outages_of(d) * d.parameters["sources"])


@stated(
    claims="IM-5",
    source=OUTAGES,
    given={**PLAIN, "failing": "site2", "observe_outage": True},
    role=stress("the site of the queue is lost: no more than the outage"),
)
def a_lost_queue_is_no_longer_than_the_outage(d: System) -> Property:
    """What the loss of Site 2 costs from a queue is never more than what was made in the outage."""
    return whenever(d.site2.failed, all_of(n <= made_in(d, d.observer.length) for n in d.db1.lost["in_queue"]))


# -- a dead link -----------------------------------------------------------------------------------------------------------
@stated(claims="IM-6", source=OUTAGES, given=PLAIN)
def nothing_is_read_over_a_dead_link(d: System) -> Property:
    """In an outage, before the threshold and past it, nothing that Site 2 has made since it began is extracted at Site 1."""
    return nothing_since_the_outage(d, 1)


# -- the wait ------------------------------------------------------------------------------------------------------------
@stated(claims="IM-6", source=OUTAGES, assumptions=A_CYCLE_ENDS)
def transformation_waits_for_the_other_site(d: System) -> Property:
    """Until the threshold, the Info Mart Server at Site 1 waits with nothing left to transform: no new data in reports."""
    server, begun = d.server1, d.parameters["etl_delay"] + 2
    cut_off = d.link.down & d.site1.up & d.site2.up & (server.unreachable >= begun)
    return whenever(
        cut_off & (server.unreachable <= threshold_of(d)), server.waiting & all_of(n == 0 for n in d.db1.staged)
    )


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def the_wait_ends_at_the_threshold(d: System) -> Property:
    """No time passes in which the Info Mart at Site 1 waits although the outage has exceeded the threshold."""
    return waiting_ends(d, 1)


@stated(claims="IM-9", source=OUTAGES, given=PLAIN, assumptions=LATE)
def past_the_threshold_own_data_goes_on(d: System) -> Property:
    """While an outage lasts beyond the threshold, Site 1's own data is never more than the backlog of that time behind."""
    slack = 2 * d.parameters["etl_delay"] + 3
    return whenever(
        d.link.down & d.info_mart1.in_use,
        all_of(d.db1.uncovered[i] <= threshold_of(d) + slack for i in of_site(d, 1)),
    )


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def past_the_threshold_own_data_is_caught_up(d: System) -> Property:
    """Past the threshold all of Site 1's own data is extracted sooner or later, whether the connection returns or not."""
    own = [d.db1.uncovered[i] for i in of_site(d, 1)]
    past = d.link.down & (d.server1.unreachable > threshold_of(d))
    return leads_to(past & (total(own) > 0), all_of(n == 0 for n in own) | d.site1.failed, fairness=PROGRESS)


@stated(
    claims="IM-9",
    source=OUTAGES,
    given=PLAIN,
    assumptions="what the redundant IDBs at its own site hold is data of its own site, too",
)
def past_the_threshold_nothing_comes_across(d: System) -> Property:
    """Past the threshold nothing that Site 2 made during the outage is extracted: Site 1 carries on with what it has."""
    return nothing_across(d, 1)


# -- what is lost ----------------------------------------------------------------------------------------------------------
@stated(
    claims="IM-7",
    source=OUTAGES,
    given=ONE_OUTAGE,
    cases=[
        case(role=as_stated),
        case(
            "if_the_age_of_data_counts",
            "where the threshold is compared with the age of the data",
            given={"stuck_clock": "data"},
            role=reading("the threshold is compared with the age of the data not extracted"),
            finding=BEHIND,
        ),
    ],
)
def an_outage_up_to_the_threshold_loses_nothing(d: System) -> Property:
    """An outage not longer than the threshold loses nothing, whether extraction had caught up before it or not."""
    return whenever(
        d.observer.over & (d.observer.length <= threshold_of(d)),
        all_of(d.db1.lost_of(i) == 0 for i in range(len(d.layer.streams))),
    )


@stated(
    claims="IM-7",
    source=OUTAGES,
    given={**SITES_UP, "longest_outage": hours(8)},
    cases=[
        case(role=as_stated),
        case(
            "with_a_second_one",
            "a second outage, and a backlog of the first that is caught up slowly",
            given=TWO_OUTAGES,
            role=stress("a second outage before the backlog of the first is caught up"),
        ),
        case(
            "with_a_second_one_if_the_age_of_data_counts",
            "the same, where the threshold is compared with the age of the data",
            given={**TWO_OUTAGES, "stuck_clock": "data"},
            role=reading("the threshold is compared with the age of the data not extracted, and there are two outages"),
            finding=SECOND_OUTAGE,
        ),
    ],
)
def outages_up_to_the_threshold_lose_nothing(d: System) -> Property:
    """Where no outage is longer than the threshold, nothing of either site is lost, whatever is behind when one begins."""
    return never(loses_within_the_threshold(d))


@stated(claims="IM-7", source=OUTAGES, given={**SITES_UP, **TWO_OUTAGES}, role=witness)
def a_second_outage_can_begin_behind(d: System) -> Property:
    """A second outage can begin with all of the first still to be extracted, and both can be as long as the threshold."""
    first = all_of(d.db1.uncovered[i] >= made_in(d, d.link.outage) + threshold_of(d) for i in of_site(d, 2))
    return reachable(d.link.down & (d.link.outage == threshold_of(d)) & first)


@stated(
    claims="IM-7",
    source=OUTAGES,
    given={**SITES_UP, **TWO_OUTAGES},
    role=stress("a second outage before the backlog of the first is caught up: extraction still resumes"),
)
def extraction_resumes_where_it_stopped(d: System) -> Property:
    """After each of two outages all that was held back is extracted at last, unless the network fails once more."""
    all_extracted = all_of(n == 0 for n in d.db1.uncovered)
    return leads_to(happens("link_restored"), all_extracted | d.link.down, fairness=PROGRESS)


@stated(source=OUTAGES, given={**SITES_UP, **TWO_OUTAGES}, assumptions=LATE)
def longest_backlog_of_two_outages(d: System) -> Property:
    """How many intervals of one source can be left to be extracted after two outages, neither beyond the threshold."""
    return worst_case(maximum(*d.db1.uncovered), at_most=all_outages_of(d) + behind(d))


@stated(source=OUTAGES, given={**SITES_UP, **TWO_OUTAGES, "stuck_clock": "data"}, assumptions=LATE)
def worst_loss_of_two_short_outages(d: System) -> Property:
    """What two such outages can cost one source where the age of data counts: the backlog beyond the threshold."""
    lost = maximum(*(d.db1.lost_of(i) for i in range(len(d.layer.streams))))
    return worst_case(lost, at_most=all_outages_of(d) + behind(d) - threshold_of(d))


def _excess(d: System):
    return maximum(made_in(d, d.observer.length) - threshold_of(d), 0)


@stated(
    claims="IM-8",
    source=OUTAGES,
    cases=[
        case("from_any_start", "whatever the state in which an outage begins", given=ONE_OUTAGE, finding=BEHIND),
        case("from_a_caught_up_start", "from a caught-up start", given=CAUGHT_UP, role=condition),
    ],
)
def loss_is_the_excess(d: System) -> Property:
    """An outage loses exactly the time by which it exceeds the threshold of the other site's data, and none of its own."""
    return whenever(
        d.observer.over & d.link.up,
        all_of(d.db1.lost_of(i) == _excess(d) for i in of_site(d, 2))
        & all_of(d.db1.lost_of(i) == 0 for i in of_site(d, 1)),
    )


@stated(claims="IM-8", source=OUTAGES, given=ONE_OUTAGE, role=witness)
def outages_of_every_length_are_followed(d: System) -> Property:
    """The longest outage begins caught up, ends, is observed, and loses data of the other site."""
    longest = d.observer.length == d.ticks(d.parameters["longest_outage"])
    lost = all_of(d.db1.lost_of(i) > 0 for i in of_site(d, 2))
    return reachable(d.observer.over & d.observer.caught_up & longest & lost)


@stated(claims="IM-8", source=OUTAGES, given=ONE_OUTAGE, assumptions=LATE)
def worst_loss_beyond_the_excess(d: System) -> Property:
    """By how many intervals the loss of one source in one outage can exceed the outage's excess over the threshold."""
    return worst_case(maximum(*(d.db1.lost_of(i) for i in of_site(d, 2))) - _excess(d), at_most=behind(d))


# -- reconnection ----------------------------------------------------------------------------------------------------------
@stated(claims="IM-10", source=OUTAGES, given=PLAIN)
def reconnection_reaches_back_by_the_threshold(d: System) -> Property:
    """When the connection returns past the threshold, just the threshold's length of Site 2's data is left to be extracted."""
    return reaching_back(d, 1)


@stated(claims="IM-10", source=OUTAGES, given=PLAIN)
def what_reconnection_reaches_is_extracted(d: System) -> Property:
    """After such an outage all of Site 2's data that is left to be extracted is extracted, unless a site is lost."""
    caught_up = all_of(d.db1.uncovered[i] == 0 for i in of_site(d, 2))
    return leads_to(reconnected(d, 1), caught_up | d.site1.failed | d.site2.failed, fairness=PROGRESS)


@stated(
    claims="IM-10",
    source=OUTAGES,
    cases=[
        case(given=ONE_OUTAGE),
        case("in_quarters_of_an_hour", "in intervals of 15 minutes", given={**CAUGHT_UP, "tick": minutes(15)}),
    ],
)
def loss_in_an_outage_is_exactly_the_excess(d: System) -> Property:
    """From a caught-up start, an outage of length n loses exactly max(0, n - threshold) of the other site's data, for every n."""
    return whenever(
        d.observer.over & d.observer.caught_up & d.link.up,
        all_of(d.db1.lost_of(i) == _excess(d) for i in of_site(d, 2))
        & all_of(d.db1.lost_of(i) == 0 for i in of_site(d, 1)),
    )
