"""An upgrade of Info Mart while the database is replicated, then a take-over: what schema the standby's server finds.

The software of the standby's server is taken to be upgraded with the active one's. An upgrade changes tables of all groups;
one table stands for each group, as all of a group fare alike.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import ParameterRole, System, compose, event, flow
from drcheck.designs.design import design
from model.info_mart_replication.components.active_site import active_site
from model.info_mart_replication.components.info_mart_schema import source_schema, standby_schema


@design(
    title="Info Mart database replication: an upgrade, then a take-over",
    properties="properties.info_mart_replication.upgrade_and_takeover",
    guardable=["standby_schema.enters_migration_state"],
)
def upgrade_and_takeover(
    migration: Annotated[
        OneOf["passes_over", "fails"],
        "what Job_MigrateGIM does where a table is new already; step 7 asks to see that it completes, and not what if not",
        ParameterRole.READING,
    ] = "passes_over",
    schema_changes: Annotated[
        OneOf["of_replicated_tables", "of_all_tables"],
        "whose schema changes are replicated (of_all_tables: a repair, against the list)",
        ParameterRole.REPAIR,
    ] = "of_replicated_tables",
    version_replicated: Annotated[
        bool, "whether the data of CTL_SCHEMA_INFO is replicated, against the list", ParameterRole.REPAIR
    ] = False,
) -> System:
    """Info Mart guide, Tables Excluded from Replication; DR Procedure with Oracle GoldenGate, step 7."""
    site = active_site("site1", "upgrade")
    source = source_schema("active_schema")
    standby = standby_schema(
        "standby_schema", source, schema_changes == "of_all_tables", version_replicated, migration == "passes_over"
    )
    return compose(
        "upgrade_and_takeover",
        [site, source, standby],
        events=[
            event("upgrade", {site: "upgrade", source: "upgrade"}, kind="operator"),
            event("take_over", {site: "take_over", standby: "take_over"}, kind="operator"),
        ],
        flows=[
            flow(
                [site, source, standby],
                "schema changes",
                moved_by=["upgrade", "standby_schema.schema_arrives"],
                source="Info Mart guide, Tables Excluded from Replication",
            ),
        ],
        faults={"site": 1},
    )
