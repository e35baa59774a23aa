"""The schema of an Info Mart database: its replicated tables, its excluded tables, and the row that says its version."""

from drcheck import Boolean, Choice, Component, Expression, on

OLD, NEW = "old", "new"


def source_schema(name: str) -> Component:
    """The active database's schema: an upgrade of Info Mart makes all of it new at once, the version's row included."""
    return Component(
        name,
        states=[OLD, NEW],
        transitions=[on("upgrade", OLD, NEW)],
        doc="The schema of the active database.",
    )


def standby_schema(
    name: str, source: Component, all_tables: bool, version_replicated: bool, tolerant: bool
) -> Component:
    """The standby's schema, part by part; CTL_SCHEMA_INFO holds `version`.

    Schema changes of the replicated tables arrive through the trail; those of the excluded tables only with `all_tables`,
    and the version's row only with `version_replicated` (repairs: the list excludes both). The server compares the row with
    its own version: if it is older it enters the migration state, and runs no ETL before Job_MigrateGIM has made everything
    new. What the job does where a table is new already the guide does not say: if it is `tolerant` it goes on to the next
    one, else it fails. (Info Mart guide, Tables Excluded from Replication; DR Procedure with Oracle GoldenGate: Disaster
    Recovery Procedure, step 7.)
    """
    replicated = Choice("replicated", [OLD, NEW], doc="Which version the replicated tables have.")
    excluded = Choice("excluded", [OLD, NEW], doc="Which version the excluded tables have.")
    version = Choice("version", [OLD, NEW], doc="Which version the row in CTL_SCHEMA_INFO says.")
    failed = Boolean("failed", doc="Whether Job_MigrateGIM has failed.")
    everything = {replicated: NEW, excluded: NEW, version: NEW}
    able: Expression | bool = True if tolerant else (replicated == OLD) & (excluded == OLD)
    arrives = {replicated: NEW}
    if all_tables:
        arrives[excluded] = NEW
    if version_replicated:
        arrives[version] = NEW
    migrations = [on("migrate", "migrating", "in_service", when=able, then=everything, kind="operator")]
    if not tolerant:
        met = ((replicated == NEW) | (excluded == NEW)) & ~failed
        migrations.append(on("migration_fails", "migrating", when=met, then={failed: True}, internal=True))
    return Component(
        name,
        states=["replicating", "starting", "migrating", "in_service"],
        variables=[replicated, excluded, version, failed],
        transitions=[
            on("schema_arrives", "replicating", when=source.new & (replicated == OLD), then=arrives, internal=True),
            on("take_over", "replicating", "starting"),
            on("finds_its_version", "starting", "in_service", when=(version == NEW) | source.old, internal=True),
            on("enters_migration_state", "starting", "migrating", when=(version == OLD) & source.new, internal=True),
            *migrations,
        ],
        doc="The schema of the standby database, and the server that is started on it.",
    )
