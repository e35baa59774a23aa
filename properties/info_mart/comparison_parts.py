"""What the parts of the compared architectures do: the account of every interval, the loss of Site 1, queues, the trail."""

from drcheck import Property, System, all_of, always, any_of, happens, never, stated, whenever
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.info_mart.parts import DEAD

AN_OUTAGE = {"outages": 1, "same_pace": True, "ha_idb": True}


@stated(source=MODEL, given=AN_OUTAGE)
def every_interval_is_accounted_for_in_each_database(d: System) -> Property:
    """In each database that is in use, made = reportable + in progress + lost by cause, for every source."""
    streams = range(len(d.layer.streams))
    held = {"info_mart1": d.db1, "info_mart2_active": d.active_db}
    return always(
        all_of(d.component(name).in_use.implies(base.conserved(i)) for name, base in held.items() for i in streams)
    )


@stated(source=MODEL, given=AN_OUTAGE)
def site_1_is_lost_with_everything_at_it(d: System) -> Property:
    """While Site 1 is lost, so is everything at it; while a site is up, nothing at it is lost."""
    fates = []
    for site in d.sites:
        for member in site.members:
            named = [state for state in member.states if state in DEAD]
            if named:
                dead = member.in_states(*named)
                gone = dead | member.forgotten if "forgotten" in member.states else dead
                fates += [site.component.failed.implies(gone), site.component.up.implies(~dead)]
    return always(all_of(fates) & ~happens("site1_fails", when=d.site1.failed))


@stated(source=MODEL, given=AN_OUTAGE)
def queues_grow_and_shrink_with_the_outage(d: System) -> Property:
    """A queue holds at least as much as the outage has lasted, shrinks by at most its pace, and is empty when written out."""
    pace, icons = int(d.parameters["queue_drain"]), [s.remote_icon for s in d.layer.streams]
    held = all_of(
        d.link.down.implies(i.queue >= d.link.outage) & (i.failed | (i.queueing == (i.queue > 0))) for i in icons
    )
    drained = [
        happens("tick", when=d.link.up & ~i.failed & (i.queue == k)) & (i.queue != k + 1 - pace)
        for i in icons
        for k in (pace, pace + 1)
    ]
    return never((~held | any_of(drained)) & d.site1.up & d.site2.up)


@stated(source=MODEL, given={"same_pace": True})
def both_procedures_begin_with_the_loss_of_site_1(d: System) -> Property:
    """The standby takes over, and connections are removed, once, after Site 1 is lost; then each architecture has done so."""
    return only_where(
        d,
        {
            "standby_takes_over": d.site1.failed & d.info_mart2_replica.replica,
            "remove_connections": d.site1.failed & d.application2.both_sites,
        },
    )


@stated(source=MODEL, given={"same_pace": True})
def both_procedures_do_what_they_are_for(d: System) -> Property:
    """After the take-over the standby is in use and Replicat is stopped; after the other one Site 1 is no longer asked."""
    return leads_at_once_to(
        d,
        {
            "standby_takes_over": d.info_mart2_replica.in_use & d.replicat.stopped,
            "remove_connections": d.application2.own_site_only,
        },
    )


@stated(source=MODEL, given={"same_pace": True})
def the_trail_is_never_ahead_of_its_source(d: System) -> Property:
    """While Site 1 is up the remote trail covers no more than its database, and the replica no more than the trail."""
    streams = range(len(d.layer.streams))
    trail, base, copy = d.remote_trail, d.info_mart1, d.info_mart2_replica
    return whenever(
        d.site1.up,
        all_of(
            (base.array("uncovered")[i] <= trail.array("uncovered")[i])
            & (trail.array("uncovered")[i] <= copy.array("uncovered")[i])
            for i in streams
        ),
    )
