"""What the parts of the design of backups and replication do, whatever fails: the site, the network, each copy."""

from drcheck import Property, System, all_of, always, happens, reachable, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where

SOURCE = "Framework guide, Overview"
AROUND_AN_OUTAGE = {"outages": 1}


@stated(source=MODEL, given=AROUND_AN_OUTAGE)
def an_outage_of_the_network_can_last_as_long_as_it_may(d: System) -> Property:
    """There is an execution in which the network is down for as long as the parameters allow."""
    return reachable(d.link.outage == d.ticks(d.parameters["longest_outage"]))


@stated(source=f"{MODEL}; {SOURCE}", given=AROUND_AN_OUTAGE)
def nothing_leaves_a_lost_site_or_crosses_a_dead_network(d: System) -> Property:
    """Changes are made while the site is up; replication crosses a network that is up, and so does a backup, when one is due,
    unless it is brought another way.
    """
    there = d.main_site.up & d.link.up
    brought = there if d.parameters["backups_cross_network"] else d.main_site.up
    due = d.archive.age >= d.ticks(d.parameters["backup_period"])
    return only_where(
        d,
        {
            "change_made": d.main_site.up & d.main_database.unchanged,
            "backup_arrives": brought & due,
            "replication_delivers": there & (d.replica.undelivered > 0),
            "main_site_fails": d.main_site.up,
            "link_fails": d.link.up,
            "link_restored": d.link.down,
        },
    )


@stated(source=f"{MODEL}; {SOURCE}", given=AROUND_AN_OUTAGE)
def backups_and_replication_leave_nothing_behind(d: System) -> Property:
    """A backup holds every change and is new; replication delivers every change; a change is in neither when it is made."""
    return leads_at_once_to(
        d,
        {
            "backup_arrives": (d.archive.unsaved == 0) & (d.archive.age == 0),
            "replication_delivers": d.replica.undelivered == 0,
            "change_made": (d.archive.unsaved > 0) & (d.replica.undelivered > 0) & d.main_database.changed,
        },
    )


@stated(source=MODEL, given=AROUND_AN_OUTAGE)
def an_outage_of_the_network_is_counted_from_its_beginning(d: System) -> Property:
    """The outage is counted while the network is down, tick by tick, and only then."""
    longest = d.cells[d.cell_of[d.link.outage]].domain.high
    ticks = [
        ~(happens("tick", when=d.link.down & (d.link.outage == k)) & (d.link.outage != k + 1)) for k in range(longest)
    ]
    return always(all_of([*ticks, (d.link.outage > 0).implies(d.link.down)]))
