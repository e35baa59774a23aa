"""What the active-standby Info Mart design promises, claim by claim."""

from drcheck import System, total
from drcheck.logic.properties import Property, Statement, always, can_always, leads_to, never, stated, weakly_fair, worst_case

GUIDE = "Info Mart guide"


@stated(claims="AS-2", source="Info Mart guide, Operation Modes: Note on Connectivity Loss")
def standby_stays_out_of_outages(d: System) -> Property:
    """The standby Info Mart is not brought into service while the network is down and Site 1 is up."""
    return never(d.link.down & d.site1.up & ~d.server2.unconfigured)


@stated(source="conservation", given={"activity": False, "aggregation": False})
def worst(d: System) -> Property:
    """Worst case."""
    return worst_case(total(d.db1.lost["beyond_threshold"]))


@stated(given={"activity": False, "aggregation": False})
def back(d: System) -> Property:
    """Back."""
    return leads_to(d.site1.failed, d.gi2_2.in_service, fairness=weakly_fair("operator", "automatic", "time"))


@stated(given={"activity": False, "aggregation": False})
def back2(d: System) -> Property:
    """Back."""
    return leads_to(d.site1.failed, d.server2.migrating, fairness=weakly_fair("operator", "automatic", "time"))


@stated(given={"activity": False, "aggregation": False})
def back3(d: System) -> Property:
    """Back."""
    return can_always(d.gi2_2.in_service | d.site1.up | d.site2.failed)
