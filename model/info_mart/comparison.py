"""Both Info Mart architectures at once, under the same faults: what does each lose when Site 1 is lost?

One collection layer and one Info Mart at Site 1 serve both. At Site 2 stand an active Info Mart with a database of its
own (active-active) and a replica of Site 1's database with its GoldenGate stages (active-standby). When Site 1 is lost
both procedures are carried out at once, so only what they lose differs, not how long operators take.
"""

from typing import Annotated

from drcheck import ParameterRole, System, compose, event, flow, hours, silence
from drcheck.designs.design import design
from model.info_mart import parameters
from model.info_mart.collection import collection
from model.info_mart.components.application import connections
from model.info_mart.components.compared_databases import compared_active, compared_primary, compared_replica
from model.info_mart.components.goldengate import Trail, datapump, replicat, same
from model.info_mart.components.info_mart_database import InfoMartDatabase, Reach
from model.info_mart.components.info_mart_server import Surroundings, info_mart_server
from model.info_mart.components.pace import pace
from model.info_mart.shared import NO, YES, clock_of, lagging


@design(
    title="Genesys Info Mart: both architectures compared",
    properties="properties.info_mart.comparison",
    guardable=[
        "server1_extracts",
        "server1_transforms",
        "server2_extracts",
        "server2_transforms",
        "datapump_ships",
        "replicat_applies",
    ],
)
def comparison(
    threshold: parameters.Threshold = hours(8),
    tick: parameters.Tick = hours(1),
    sources: parameters.Sources = 1,
    ha_idb: parameters.HaIdb = True,
    longest_outage: parameters.LongestOutage = hours(14),
    outages: parameters.Outages = 0,
    etl_delay: parameters.EtlDelay = 1,
    replication_lag: parameters.ReplicationLag = 1,
    catch_up: parameters.CatchUp = 4,
    queue_drain: parameters.Drain = 4,
    same_pace: Annotated[
        bool, "whether both active servers run their ETL cycles at the same moments", ParameterRole.ASSUMPTION
    ] = False,
) -> System:
    """Active-active and active-standby side by side under the same faults (Info Mart guide, Architecture)."""
    clock = clock_of(tick, threshold, longest_outage, hours(0), outages, 3 * etl_delay + 3 * replication_lag + 8)
    layer = collection(sources, ha_idb, longest_outage, clock.most, queue_drain, "site1", activity=False)
    site1, site2, link = layer.sites[1], layer.sites[2], layer.link
    db1 = InfoMartDatabase("info_mart1", layer.streams, clock.most, None)
    own = InfoMartDatabase("info_mart2_active", layer.streams, clock.most, None)
    copy = InfoMartDatabase("info_mart2_replica", layer.streams, clock.most, None, replica=True)
    trail = Trail("remote_trail", db1, clock.most, None)
    application2 = connections("application2", may_change=True)
    removed = application2.own_site_only
    reach1 = layer.reach(1, {}, list(db1.uncovered))
    reach2 = layer.reach(2, {1: removed}, list(own.uncovered))
    taken_over = [
        Reach(behind=r.behind, gone=r.gone, ignored=YES if s.site == 1 else NO, queued=r.queued)
        for s, r in zip(layer.streams, layer.reach(2, {}, list(copy.uncovered)), strict=True)
    ]
    server1 = info_mart_server(
        "server1", Surroundings(layer.reachable(2), YES, YES, YES, YES, NO), clock.threshold, etl_delay
    )
    server2 = info_mart_server(
        "server2", Surroundings(layer.reachable(1), ~removed, YES, YES, YES, NO), clock.threshold, etl_delay
    )
    primary = compared_primary(db1, db1.in_use_by(server1, reach1, catch_up, clock.threshold, 2, YES))
    active = compared_active(
        own,
        own.in_use_by(server2, reach2, catch_up, clock.threshold, 1, YES),
        site1.failed,
        own.ignoring(reach2, site=1),
    )
    replica = compared_replica(copy, trail, YES, site1.failed, copy.takeover(db1, taken_over, rewind=False))
    applied = same(trail.replicated(), copy.replicated())
    pump = datapump(
        "datapump", link.up & site2.up, same(db1.replicated(), trail.replicated()), lagging(db1, trail, replication_lag)
    )
    apply = replicat("replicat", applied, lagging(trail, copy, replication_lag))
    kept = trail.component(YES, site1.failed)
    layer.at(1, server1, primary, pump)
    layer.at(2, server2, active, replica, kept, apply)
    layer.others.append(application2)
    components = {"server1": server1, "server2": server2}
    vectors = []
    if same_pace:
        metronome = pace(site1.up & site2.up & link.up)
        layer.others.append(metronome)
        for job in ("extracts", "transforms"):
            both = {metronome: "in_step", server1: f"server1_{job}", primary: f"server1_{job}"}
            vectors.append(event(f"both_servers_{job}", {**both, server2: f"server2_{job}", active: f"server2_{job}"}))
            for name, base in (("server1", primary), ("server2", active)):
                trigger = f"{name}_{job}"
                vectors.append(
                    event(f"{trigger}_alone", {metronome: "alone", components[name]: trigger, base: trigger})
                )
    source = "Info Mart guide, Architecture: Sample Two-Site Architectures"
    return compose(
        "comparison",
        layer.everything(),
        events=[
            *vectors,
            event(
                "link_restored",
                {link: "link_restored"},
                optional=dict.fromkeys((server1, server2, primary, active), "reconnect"),
            ),
            event(
                "standby_takes_over",
                {replica: "standby_takes_over", primary: "standby_takes_over", apply: "stop"},
                optional={kept: "clear"},
                urgent=True,
                kind="operator",
                doc="GoldenGate is stopped and the standby database taken into use",
            ),
            event(
                "remove_connections",
                {application2: "remove_other_site", active: "remove_connections"},
                urgent=True,
                kind="operator",
                doc="the active Info Mart at Site 2 is told to ignore Site 1",
            ),
        ],
        sites=layer.site_groups(),
        flows=[
            *layer.flows([server1, primary], None, 1, False, source, same_pace),
            *layer.flows([server2, active], None, 2, False, source, same_pace),
            flow(
                [primary, pump, kept, apply, replica],
                "replicated tables",
                moved_by=["datapump_ships", "replicat_applies"],
                source="Info Mart guide, Info Mart Database Replication",
            ),
        ],
        faults={"site failure": 1, "network outage": outages},
        silenced=[
            silence("DR805", f"{copy.name}.rekeyed", "what is lost is compared here; active_standby asks about this")
        ],
        tick=tick,
        parts={"db1": db1, "active_db": own, "replica_db": copy, "layer": layer},
    )
