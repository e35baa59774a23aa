"""What the guide promises of both Info Mart architectures: data collection, outages, the loss of a site.

Every statement here is a promise about the Info Mart at Site 1 and what it reads; the modules of the two designs import
them all and add their own.
"""

from drcheck import (
    Component,
    Finding,
    Property,
    System,
    all_of,
    deadlock_free,
    hours,
    leads_to,
    maximum,
    minutes,
    never,
    reachable,
    stated,
    structure,
    total,
    weakly_fair,
    whenever,
    worst_case,
)

ARCHITECTURE = "Info Mart guide, Architecture: Data Centers"
OUTAGES = "Info Mart guide, Operation Modes: Note on Connectivity Loss"
LOSS = "Info Mart guide, Potential Data Loss"
PLAIN = {"activity": False, "aggregation": False}
"""Without activity and aggregation, which do not touch what these properties speak of: the search is smaller."""
ONE_OUTAGE = {**PLAIN, "site_failures": 0, "observe_outage": True}
"""One outage, no site failure, and an observer that remembers how long it lasted."""
PROGRESS = weakly_fair("automatic", "operator", "time")
"""What can be done stays undone for ever in no execution: components, operators and clocks go on."""


def shared_events(d: System, one: Component, other: Component) -> set[str]:
    """The names of the events in which two components take part."""
    names = [{e.name for e in d.events if any(p.component is c for p in e.participants)} for c in (one, other)]
    return names[0] & names[1]


def of_site(d: System, site: int) -> list[int]:
    """The streams whose source is at a site, by position."""
    return [i for i, stream in enumerate(d.layer.streams) if stream.site == site]


@stated(source="the account of the model itself")
def no_state_is_dead(d: System) -> Property:
    """There is always a next step: no guard that stands for a deadline or a wait stops the whole system."""
    return deadlock_free()


@stated(source="the account of the model itself")
def every_interval_is_accounted_for(d: System) -> Property:
    """At Site 1, made = reportable + in progress + lost by cause, for every source, in every state."""
    return whenever(d.info_mart1.in_use, all_of(d.db1.conserved(i) for i in range(len(d.layer.streams))))


@stated(claims="IM-1", source=ARCHITECTURE)
def redundant_icons_work_independently(d: System) -> Property:
    """Two ICONs at the source's own site watch each source; their IDBs are one at each site; they share only the site's loss."""
    facts, holds = [], True
    for s in d.layer.streams:
        own, other = f"site{s.site}", f"site{3 - s.site}"
        placed = (
            s.remote_icon is not None
            and s.remote_idb is not None
            and [d.site_of(c) for c in (s.local_icon, s.remote_icon, s.local_idb, s.remote_idb)]
            == [own, own, own, other]
        )
        common = shared_events(d, s.local_icon, s.remote_icon) if s.remote_icon is not None else {"no pair"}
        holds = holds and placed and common == {f"{own}_fails"}
        facts.append(f"{s.name}: IDBs at {own} and {other}, the pair shares {', '.join(sorted(common))}")
    return structure(holds, "; ".join(facts))


@stated(claims="IM-2", source=ARCHITECTURE, given={"sources": 4})
def every_source_has_its_own_concentrator(d: System) -> Property:
    """Voice, multimedia, configuration and outbound data have ICONs and IDBs of their own; none serves two sources."""
    parts = [c for s in d.layer.streams for c in (s.local_icon, s.remote_icon, s.local_idb, s.remote_idb)]
    kinds = sorted({s.name[:-1] for s in d.layer.streams})
    distinct = len({id(c) for c in parts}) == len(parts) and len({c.name for c in parts}) == len(parts)
    return structure(
        distinct and len(kinds) == 4,
        f"{len(parts)} ICONs and IDBs for {len(d.layer.streams)} sources ({', '.join(kinds)})",
    )


@stated(claims="IM-3", source=ARCHITECTURE)
def a_lost_idb_is_replaced_by_the_redundant_one(d: System) -> Property:
    """What the lost site's own IDBs held is extracted from the redundant IDBs: nothing that an IDB in reach holds is lost."""
    return never(total(d.db1.lost["not_extracted"]) > 0)


@stated(claims="IM-3", source=ARCHITECTURE, given={**PLAIN, "ha_idb": False, "failing": "site2"})
def without_the_redundant_idb_it_is_lost(d: System) -> Property:
    """The same loss of Site 2 without redundant IDBs does lose data, so the redundant IDB is what saves it."""
    return reachable(total(d.db1.lost["not_extracted"]) > 0)


@stated(claims="IM-4", source=LOSS, given=PLAIN)
def nothing_is_extracted_twice(d: System) -> Property:
    """No interval is reported twice: what became reportable is never more than what was made, covered and not lost."""
    return whenever(
        d.info_mart1.in_use,
        all_of(d.db1.unreported[i] >= d.db1.uncovered[i] + d.db1.staged[i] for i in range(len(d.layer.streams))),
    )


@stated(claims="IM-5", source=OUTAGES)
def local_icons_write_through_outages(d: System) -> Property:
    """While the link is down, every ICON with a local IDB goes on writing, as long as its site is up."""
    return whenever(
        d.link.down,
        all_of(d.component(f"site{s.site}").failed | s.local_icon.writing for s in d.layer.streams),
    )


@stated(claims="IM-5", source=OUTAGES, given={**PLAIN, "site_failures": 0})
def an_outage_alone_loses_nothing_in_a_queue(d: System) -> Property:
    """Without the loss of a site, nothing is ever lost from a persistent queue."""
    return never(total([*d.db1.lost["in_queue"], *d.db2.lost["in_queue"]]) > 0)


@stated(
    claims="IM-5",
    source=OUTAGES,
    given={**PLAIN, "site_failures": 0},
    assumptions="the outage ends (link_restored is taken)",
)
def queues_drain(d: System) -> Property:
    """After an outage the persistent queues empty into their IDBs."""
    icons = [s.remote_icon for s in d.layer.streams]
    return leads_to(
        total(i.queue for i in icons) > 0,
        all_of(i.writing for i in icons),
        fairness=[PROGRESS, weakly_fair("link_restored")],
    )


@stated(claims="IM-6", source=OUTAGES)
def transformation_waits_for_the_other_site(d: System) -> Property:
    """From two ticks after an outage began until the threshold, the Info Mart Server at Site 1 waits: no new data in reports."""
    server, threshold = d.server1, d.ticks(d.parameters["threshold"])
    begun = d.parameters["etl_delay"] + 2
    return whenever(
        d.link.down & d.site1.up & d.site2.up & (server.unreachable >= begun) & (server.unreachable <= threshold),
        server.waiting,
    )


def _excess(d: System) -> Property:
    threshold = d.ticks(d.parameters["threshold"])
    excess = maximum(d.observer.length - threshold, 0)
    others, own = of_site(d, 2), of_site(d, 1)
    exact = all_of(d.db1.lost_of(i) == excess for i in others)
    return whenever(
        d.observer.over & d.observer.caught_up & d.link.up,
        exact & all_of(d.db1.lost_of(i) == 0 for i in own),
    )


@stated(claims=("IM-7", "IM-8", "IM-10"), source=OUTAGES, given=ONE_OUTAGE)
def loss_in_an_outage_is_exactly_the_excess(d: System) -> Property:
    """From a caught-up start, an outage of length n loses exactly max(0, n - threshold) of the other site's data, for every n."""
    return _excess(d)


@stated(claims=("IM-7", "IM-8", "IM-10"), source=OUTAGES, given={**ONE_OUTAGE, "tick": minutes(15)})
def loss_in_an_outage_is_exactly_the_excess_in_quarters_of_an_hour(d: System) -> Property:
    """The same, followed in intervals of 15 minutes."""
    return _excess(d)


@stated(claims="IM-8", source=OUTAGES, given=ONE_OUTAGE)
def outages_of_every_length_are_followed(d: System) -> Property:
    """The property above is not vacuous: the longest outage begins caught up, ends, and is observed."""
    return reachable(
        d.observer.over & d.observer.caught_up & (d.observer.length == d.ticks(d.parameters["longest_outage"]))
    )


@stated(claims="IM-7", source=OUTAGES, given=ONE_OUTAGE)
def an_outage_up_to_the_threshold_loses_nothing(d: System) -> Property:
    """An outage not longer than the threshold loses nothing, whether extraction had caught up before it or not."""
    threshold = d.ticks(d.parameters["threshold"])
    return whenever(
        d.observer.over & (d.observer.length <= threshold),
        all_of(d.db1.lost_of(i) == 0 for i in range(len(d.layer.streams))),
    )


@stated(
    claims="IM-8",
    source=OUTAGES,
    given=ONE_OUTAGE,
    finding=Finding(
        title="An outage beyond the threshold loses more than its excess when extraction was behind",
        explanation=(
            "On reconnection data is extracted as far back as the threshold reaches from that moment, not from the "
            "moment at which the outage began. What had been made but not extracted when the outage began is therefore "
            "lost on top of the excess, when the outage ends before the first cycle past the threshold has taken that "
            "backlog from the redundant IDB, and always where there is none. The guide's figure is right for every "
            "length of outage only from a caught-up start."
        ),
        repair="Take the threshold larger than the longest outage to be survived; then nothing is cut off at all.",
        repaired={"threshold": hours(14)},
    ),
)
def loss_is_the_excess_from_any_start(d: System) -> Property:
    """Whatever the state in which an outage begins, it loses exactly the time by which it exceeds the threshold."""
    threshold = d.ticks(d.parameters["threshold"])
    excess = maximum(d.observer.length - threshold, 0)
    return whenever(d.observer.over & d.link.up, all_of(d.db1.lost_of(i) == excess for i in of_site(d, 2)))


@stated(claims="IM-8", source=OUTAGES, given=ONE_OUTAGE)
def worst_loss_beyond_the_excess(d: System) -> Property:
    """By how many intervals the loss of one source in one outage can exceed the outage's excess over the threshold."""
    excess = maximum(d.observer.length - d.ticks(d.parameters["threshold"]), 0)
    return worst_case(maximum(*(d.db1.lost_of(i) for i in of_site(d, 2))) - excess)


@stated(
    claims="IM-7",
    source=OUTAGES,
    given={**PLAIN, "site_failures": 0, "outages": 2, "longest_outage": hours(7), "stuck_clock": "data"},
    finding=Finding(
        title="Two outages, each shorter than the threshold, can lose data if the threshold is compared with the data's age",
        explanation=(
            "The text compares the length of the outage with the threshold; the option's name, extract-data-stuck-"
            "threshold, speaks of the age of data. The two differ when a second outage begins before the backlog of the "
            "first has been caught up: the data is then older than the outage is long, and the oldest part is cut off "
            "although no outage came near the threshold."
        ),
        repair=(
            "Find out which clock the product uses. If it is the data's age, "
            "the threshold must cover both outages and the ETL delay."
        ),
        repaired={"threshold": hours(17)},
    ),
)
def short_outages_lose_nothing_if_the_age_of_data_counts(d: System) -> Property:
    """Outages of at most 7 hours lose nothing, when the threshold of 8 hours is compared with the age of the data."""
    return never(total(d.db1.lost["beyond_threshold"]) > 0)


@stated(claims="IM-7", source=OUTAGES, given={**PLAIN, "site_failures": 0, "outages": 2, "longest_outage": hours(7)})
def repeated_short_outages_lose_nothing(d: System) -> Property:
    """Two outages of at most 7 hours lose nothing, when the threshold is compared with the outage's length."""
    return never(total(d.db1.lost["beyond_threshold"]) > 0)


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def the_wait_ends_at_the_threshold(d: System) -> Property:
    """Whenever the Info Mart at Site 1 waits for the other site, it goes on at last, with or without it."""
    return leads_to(d.server1.waiting, d.server1.transforming | d.server1.failed, fairness=PROGRESS)


@stated(claims="IM-9", source=OUTAGES, given=PLAIN)
def past_the_threshold_own_data_goes_on(d: System) -> Property:
    """While an outage lasts beyond the threshold, Site 1's own data is never more than the backlog of that time behind."""
    threshold = d.ticks(d.parameters["threshold"])
    slack = 2 * d.parameters["etl_delay"] + 3
    return whenever(
        d.link.down & d.info_mart1.in_use,
        all_of(d.db1.uncovered[i] <= threshold + slack for i in of_site(d, 1)),
    )


@stated(claims="IM-11", source=f"{LOSS}: Active Calls")
def activity_elsewhere_is_untouched(d: System) -> Property:
    """Calls and agent states are terminated only by the loss of their own site."""
    return whenever(
        d.site1.failed | d.site2.failed,
        (d.site1.failed | d.activity1.going_on & ~d.activity1.lost)
        & (d.site2.failed | d.activity2.going_on & ~d.activity2.lost),
    )


@stated(claims="IM-11", source=f"{LOSS}: Active Calls")
def active_calls_at_the_lost_site_are_lost(d: System) -> Property:
    """The loss of Site 1 can terminate calls and agent states in progress there, whose data is lost."""
    return reachable(d.activity1.terminated & d.activity1.lost)


@stated(claims="IM-12", source="Info Mart guide, Operation Modes: Emergency Operation", given=PLAIN)
def the_surviving_site_collects_everything(d: System) -> Property:
    """After the loss of one site, every source, ICON with a local IDB and IDB of the other goes on."""
    up = [
        d.component(f"site{3 - s.site}").up | (s.source.producing & s.local_icon.writing & s.local_idb.available)
        for s in d.layer.streams
    ]
    return whenever(d.site1.failed | d.site2.failed, all_of(up))


@stated(
    claims="IM-12",
    source="Info Mart guide, Operation Modes: Emergency Operation",
    given=PLAIN,
    finding=Finding(
        title="The loss of the second site stops new data in reports for as long as the threshold",
        explanation=(
            "The procedures speak of the loss of Site 1 only. When Site 2 is lost instead, the Info Mart at Site 1 cannot "
            "tell this from a network outage: it waits for Site 2's IDBs until extract-data-stuck-threshold has passed, "
            "by default eight hours, although everything it needs is at its own site."
        ),
        repair=(
            "Add a procedure for the loss of Site 2: remove or disable the connections to its ICONs and IDBs at Site 1. "
            "Until then the threshold bounds the wait; a shorter threshold shortens it, at the price of outages."
        ),
    ),
)
def reports_go_on_when_site_2_is_lost(d: System) -> Property:
    """When Site 2 is lost, the Info Mart at Site 1 goes on without waiting for it."""
    return never(d.site2.failed & d.server1.waiting)


@stated(claims="IM-12", source="Info Mart guide, Operation Modes: Emergency Operation", given=PLAIN)
def reports_come_back_by_themselves_when_site_2_is_lost(d: System) -> Property:
    """When Site 2 is lost, the Info Mart at Site 1 transforms data again sooner or later, without any procedure."""
    return leads_to(d.site2.failed, d.server1.transforming | d.site1.failed, fairness=PROGRESS)
