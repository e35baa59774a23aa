"""What the parts of both Info Mart architectures do, whatever fails: the link, the sites, the queues, the servers."""

from drcheck import Component, Expression, Property, System, all_of, always, any_of, happens, never, reachable, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.info_mart.terms import ARCHITECTURE, LOSS, ONE_ICON, OUTAGES, PLAIN, SITES_UP, threshold_of

DEAD = ("failed", "lost", "terminated")
"""What components call the state in which their site's loss leaves them; what nothing depends on any more is forgotten."""
NO_OUTAGE = {"outages": 0}
ALL = {"sources": 4, "ha_idb": True}
"""All four data sources of a site, each with its ICONs and IDBs."""


def _both_up(d: System) -> Expression:
    return d.site1.up & d.site2.up


def _shares(site: Component, member: Component) -> Expression:
    """A part is lost while its site is, and not while its site is up."""
    dead = member.in_states(*(state for state in member.states if state in DEAD))
    gone = dead | member.forgotten if "forgotten" in member.states else dead
    return site.failed.implies(gone) & site.up.implies(~dead)


def _remote_icons(d: System) -> list[Component]:
    return [s.remote_icon for s in d.layer.streams if s.remote_icon is not None]


# -- the link ----------------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {OUTAGES}", given=PLAIN)
def an_outage_is_counted_from_its_beginning(d: System) -> Property:
    """The link fails while it is up and both sites are; its outage is counted while it is down, and is over with it."""
    where = {"link_fails": d.link.up & _both_up(d), "link_restored": d.link.down, "link.retire": ~_both_up(d)}
    happens_right = all_of(~happens(event, when=~condition) for event, condition in where.items())
    return always(happens_right & (d.link.outage > 0).implies(d.link.down))


@stated(source=f"{MODEL}; {OUTAGES}", given=SITES_UP)
def an_outage_can_last_as_long_as_it_may(d: System) -> Property:
    """There is an execution in which the link is down for as long as the parameters allow."""
    return reachable(d.link.outage == d.ticks(d.parameters["longest_outage"]))


@stated(source=f"{MODEL}; {OUTAGES}", given=SITES_UP)
def time_passes_in_an_outage(d: System) -> Property:
    """An outage that has just begun has lasted no time, and a tick later one tick: no tick of it is left out or counted twice."""
    first = happens("tick", when=d.link.down & (d.link.outage == 0)) & (d.link.outage != 1)
    later = happens("tick", when=d.link.down & (d.link.outage == 1)) & (d.link.outage != 2)
    return never(first | later | (happens("link_fails") & ~(d.link.down & (d.link.outage == 0))))


# -- the loss of a site --------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {ARCHITECTURE}; {LOSS}", given={**NO_OUTAGE, **ALL})
def a_site_is_lost_with_everything_at_it(d: System) -> Property:
    """While a site is lost, so is everything at it; while it is up, nothing at it is lost."""
    fates = [
        _shares(site.component, member)
        for site in d.sites
        for member in site.members
        if any(state in DEAD for state in member.states)
    ]
    return always(all_of(fates))


@stated(source=MODEL, given={**PLAIN, **NO_OUTAGE})
def a_site_is_lost_once(d: System) -> Property:
    """A site that is lost is not lost once more, and the link is then out of use for good."""
    lost = {f"site{n}_fails": d.component(f"site{n}").up for n in (1, 2)}
    return never(
        any_of(happens(event, when=~up) for event, up in lost.items()) | (happens("tick") & ~_both_up(d) & d.link.up)
    )


# -- persistent queues ---------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {OUTAGES}", given={**SITES_UP, **ALL})
def a_queue_is_written_over_a_live_link_alone(d: System) -> Property:
    """While the link is down every interval is queued: each queue holds at least as many as the outage has lasted."""
    return always(
        all_of(
            d.link.down.implies(icon.queue >= d.link.outage) & (icon.queueing == (icon.queue > 0))
            for icon in _remote_icons(d)
        )
    )


@stated(source=f"{MODEL}; {OUTAGES}", given={**SITES_UP, **ALL})
def a_queue_grows_in_an_outage_alone(d: System) -> Property:
    """A queue that is empty stays so while the link is up, and one that is not grows shorter."""
    grows = [
        happens("tick", when=d.link.up & (icon.queue == k)) & (icon.queue >= max(k, 1))
        for icon in _remote_icons(d)
        for k in range(4)
    ]
    return never(any_of(grows))


@stated(source=f"{MODEL}; {OUTAGES}", given={**SITES_UP, **ALL})
def a_queue_is_drained_at_its_pace(d: System) -> Property:
    """An ICON writes at most as many intervals in a tick as it can, the new one among them; the rest stays queued."""
    pace = int(d.parameters["queue_drain"])
    drained = [
        happens("tick", when=d.link.up & (icon.queue == k)) & (icon.queue != k + 1 - pace)
        for icon in _remote_icons(d)
        for k in (pace, pace + 1)
    ]
    return never(any_of(drained))


@stated(source=f"{MODEL}; {ARCHITECTURE}", given={**ONE_ICON, **ALL})
def an_icon_that_has_failed_alone_writes_nothing_more(d: System) -> Property:
    """An ICON fails alone once, and its IDB lacks one interval more with each that is over; no other IDB lacks any."""
    icons = [icon for s in d.layer.streams for icon in (s.local_icon, s.remote_icon)]
    found = [icon.failed_alone | icon.failed | (icon.lacks == 0) for icon in icons]
    found += [~happens(f"{icon.name}_fails", when=~icon.in_states("writing", "queueing")) for icon in _remote_icons(d)]
    found += [~(happens(f"{icon.name}_fails") & (icon.lacks > 0)) for icon in icons]
    found += [~(happens("tick", when=icon.failed_alone & (icon.lacks == 0)) & (icon.lacks != 1)) for icon in icons]
    return always(all_of(found))


# -- the server at Site 1 --------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {OUTAGES}", given=PLAIN)
def the_server_extracts_when_it_need_not_wait(d: System) -> Property:
    """Extraction begins when a cycle is due and the other site is in reach, or has been out of reach beyond the threshold."""
    server, reach = d.server1, d.link.up & d.site2.up
    must_wait = ~reach & (server.unreachable <= threshold_of(d))
    return only_where(
        d,
        {
            "server1_extracts": server.extracting & (server.late >= 1) & ~must_wait,
            "server1_transforms": server.transforming,
            "server1.wait": server.extracting & must_wait,
            "server1.resume": server.waiting & ~must_wait,
        },
    )


@stated(source=f"{MODEL}; {OUTAGES}", given=SITES_UP)
def the_server_counts_the_outage(d: System) -> Property:
    """The server at Site 1 counts for how long the other site is out of reach: as long as the outage, up to the threshold."""
    server, most = d.server1, threshold_of(d) + 1
    counted = all_of((d.link.outage == k).implies(server.unreachable == k) for k in range(1, most))
    return always((d.link.down.implies(counted)) & (happens("link_restored").implies(server.unreachable == 0)))


@stated(source=f"{MODEL}; {OUTAGES}", given=PLAIN)
def a_cycle_ends_with_transformation(d: System) -> Property:
    """Extraction is followed by transformation, after which nothing is due until the next tick."""
    return leads_at_once_to(
        d,
        {
            "server1_extracts": d.server1.transforming,
            "server1_transforms": d.server1.extracting & (d.server1.late == 0),
            "server1.wait": d.server1.waiting,
            "server1.resume": d.server1.extracting,
        },
    )
