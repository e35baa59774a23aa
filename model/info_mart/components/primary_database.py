"""The Site 1 database of the active-standby architecture: in use, and the source of the replication."""

from drcheck import Component, Expression, on
from model.info_mart.components.info_mart_database import InfoMartDatabase


def primary_database(database: InfoMartDatabase, work: list, counting: Expression, aggregation: bool) -> Component:
    """The Info Mart database at Site 1; once the standby has taken over, a lost one can be forgotten.

    `work`: what happens to it while it is in use (`InfoMartDatabase.in_use_by`); `counting`: whether what is made after
    its loss is still counted.
    """
    return Component(
        database.name,
        states=["in_use", "lost", "forgotten"],
        variables=database.variables(),
        transitions=[
            *work,
            on("site_fails", "in_use", "lost", passive=True),
            on("tick", "lost", then=database.passing_of_time(counting)),
            on("tick", "forgotten"),
            on("forget", "lost", "forgotten", then=database.forgetting(), passive=True),
            *([on("raa1_aggregates", "in_use", then={database.stale: 0})] if aggregation else []),
        ],
        doc="The Info Mart database at Site 1, source of the replication.",
    )
