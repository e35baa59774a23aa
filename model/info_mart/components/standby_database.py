"""The Site 2 database of the active-standby architecture: the target of the replication until the standby takes over."""

from drcheck import Component, Expression, on
from model.info_mart.components.goldengate import Trail
from model.info_mart.components.info_mart_database import InfoMartDatabase


def standby_database(
    database: InfoMartDatabase,
    trail: Trail,
    work: list,
    server: Component,
    counting: Expression,
    *,
    taken_over: dict,
    ignored: dict | None,
    reaggregated: Expression | None,
    partitioned: bool,
) -> Component:
    """The Info Mart database at Site 2: a replica, in use, or out of step where replication goes on while it is in use.

    `work`: what happens to it while `server` uses it (`InfoMartDatabase.in_use_by`). `counting`: whether what is made is
    still counted. `taken_over`: the updates at the takeover; `ignored`: those when the connections to Site 1's ICONs are
    removed, None where that gives up nothing. `reaggregated`: how old what re-aggregation reaches may be, None where
    nothing is aggregated.
    """
    aggregated = reaggregated is not None
    aside = [f"{server.name}_extracts", f"{server.name}_transforms", *(["raa2_aggregates"] if aggregated else [])]
    applied = trail.copy_of(trail.replicated(), database.replicated())
    in_place = ["in_use", "out_of_step"]
    transitions = [
        on("replicat_applies", "replica", then=applied),
        on("replicat_applies", "in_use", "out_of_step", doc="replication writes into a database that is in use"),
        on("replicat_applies", "out_of_step", then=applied),
        on("tick", "replica", then=database.passing_of_time(counting)),
        on("tick", ["out_of_step", "lost"]),
        on(f"{server.name}_takes_over", "replica", "in_use", then=taken_over),
        *work,
        *(on(trigger, "out_of_step") for trigger in aside),
    ]
    if ignored is not None:
        transitions.append(on("ignore", "in_use", then=ignored, passive=True))
    transitions.append(on("migration_job", in_place, when=server.migrating, then={database.schema: "current"}))
    if partitioned:
        transitions.append(on("maintenance_done", in_place, then={database.partitions: "present"}))
    if reaggregated is not None:
        due = database.unnotified <= reaggregated
        transitions += [
            on("raa2_aggregates", "in_use", then={database.stale: 0}),
            on("reaggregate", "in_use", when=due, then=database.reaggregation(), passive=True),
        ]
    transitions.append(on("site_fails", ["replica", *in_place], "lost", then=database.forgetting(), passive=True))
    return Component(
        database.name,
        states=["replica", "in_use", "out_of_step", "lost"],
        variables=database.variables(),
        transitions=transitions,
        doc="The Info Mart database at Site 2, target of the replication.",
    )
