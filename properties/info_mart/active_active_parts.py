"""What the parts of the active-active design do beside those of both architectures: Site 2's server, and the steps."""

from drcheck import Expression, Property, System, all_of, always, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.info_mart.terms import PLAIN, threshold_of

PROCEDURE = "Info Mart guide, DR Procedure with Active Info Mart"
SITE_1_LOST = {"failing": "site1", "outages": 0, "sources": 4, "ha_idb": True}


@stated(source=f"{MODEL}; {PROCEDURE}", given=SITE_1_LOST)
def steps_do_what_they_are_for(d: System) -> Property:
    """Step 1 removes the connections to Site 1, and what was queued there is counted as lost; GI2 then serves from Site 2."""
    queues = all_of(s.remote_icon.queue == 0 for s in d.layer.streams if s.site == 1)
    return leads_at_once_to(
        d,
        {
            "declare_disaster": d.runbook.step_1_remove_connections & d.operator.recovering,
            "step_1_remove_connections": d.application2.own_site_only & queues,
            "bring_gi2_into_service": d.gi2_2.in_service,
        },
    )


@stated(source=f"{MODEL}; {PROCEDURE}", given={**PLAIN, "outages": 0})
def a_disaster_is_declared_when_there_is_one(d: System) -> Property:
    """The procedure begins when Site 1 is lost, its time is counted from then on, and nobody serves reports before it ends."""
    waiting = (d.operator.elapsed > 0).implies(d.site1.failed) & d.operator.recovering.implies(d.site1.failed)
    return always(waiting & d.gi2_2.in_service.implies(d.site1.failed) & (d.runbook.standing_by == d.operator.watching))


@stated(source=f"{MODEL}; {PROCEDURE}", given=PLAIN)
def the_server_at_site_2_extracts_when_it_need_not_wait(d: System) -> Property:
    """As Site 1's: when a cycle is due and the other site is in reach, or need not be, or was out of reach for too long."""
    server, reach = d.server2, d.link.up & d.site1.up
    must_wait = ~reach & d.application2.both_sites & (server.unreachable <= threshold_of(d))
    conditions: dict[str, Expression] = {
        "server2_extracts": server.extracting & (server.late >= 1) & ~must_wait,
        "server2_transforms": server.transforming,
        "server2.wait": server.extracting & must_wait,
        "server2.resume": server.waiting & ~must_wait,
    }
    return only_where(d, conditions)


@stated(source=MODEL, given={"outages": 0, "activity": False})
def aggregation_works_off_what_is_stale(d: System) -> Property:
    """Aggregates are brought up to date while their Info Mart is in use and there is something to do; then they agree."""
    found: dict[str, Expression] = {}
    for n in (1, 2):
        found[f"raa{n}_aggregates"] = d.component(f"info_mart{n}").in_use & (d.component(f"info_mart{n}").stale > 0)
    return only_where(d, found)


@stated(source=MODEL, given={"outages": 0, "activity": False})
def aggregates_agree_after_aggregation(d: System) -> Property:
    """After an aggregation nothing is stale."""
    return leads_at_once_to(d, {f"raa{n}_aggregates": d.component(f"info_mart{n}").stale == 0 for n in (1, 2)})
