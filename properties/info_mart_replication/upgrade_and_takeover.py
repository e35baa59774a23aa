"""What the guide promises of a take-over after an upgrade of Info Mart: the schema that the standby's server finds."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    case,
    happens,
    leads_to,
    never,
    reading,
    stated,
    weakly_fair,
    whenever,
    witness,
)
from drcheck.logic.properties import reachable

LIST = "Info Mart guide, Tables Excluded from Replication"
STEP_7 = "Info Mart guide, DR Procedure with Oracle GoldenGate: Disaster Recovery Procedure, step 7"
PROGRESS = weakly_fair("automatic", "operator")
FOLLOWS = {"schema_changes": "of_all_tables", "version_replicated": True}


def schema_changes_arrive(d: System) -> Expression:
    """Schema changes of the replicated tables have arrived at the standby, and the version's row has not."""
    return (d.standby_schema.replicated == "new") & (d.standby_schema.version == "old")


SCHEMA_VERSION_EXCLUDED = Finding(
    id="schema-version-excluded",
    title="After an upgrade the standby's schema is new in part, and the table that says its version still says old",
    explanation=(
        "Schema changes of the replicated tables are replicated (extract.prm:9, DDL INCLUDE), those of the excluded tables are "
        "not, nor is the data of CTL_SCHEMA_INFO (extract.prm:62). A server that is started on the standby reads the old version "
        "there, on tables of which the greater part is new."
    ),
    repair=(
        "Exclude data only: replicate the schema changes of all tables, and the data of CTL_SCHEMA_INFO. The row alone makes it "
        "worse: the server then finds its own version, does not migrate, and runs ETL on old excluded tables."
    ),
    repaired=FOLLOWS,
    causes=(schema_changes_arrive,),
    silent=True,
    permanent=False,
    who="the vendor, in the guide",
    question="Is CTL_SCHEMA_INFO meant to be excluded although schema changes are replicated?",
)

MIGRATION_MEETS_NEW_TABLES = Finding(
    id="migration-meets-new-tables",
    title="If Job_MigrateGIM does not pass over tables that are new already, no reports come back after an upgrade",
    explanation=(
        "Step 7 has the job make the schema new and asks to see that it completes; what to do if it does not is not said. It is "
        "the job of a version old in all tables, and meets one that is old in the excluded ones only. Where it fails there, the "
        "server stays in the migration state and runs no ETL."
    ),
    repair="As for schema-version-excluded: then there is nothing to migrate. Try the job on a copy of the standby beforehand.",
    repaired=FOLLOWS,
    causes=(schema_changes_arrive,),
    silent=False,
    permanent=True,
    who="the vendor, in the guide",
    question="Does Job_MigrateGIM pass over tables and columns that it finds new already?",
)


@stated(source="the account of the model itself")
def the_standby_takes_over_from_a_lost_site(d: System) -> Property:
    """Site 1 is lost once, while it is there; the standby takes over when it is lost, and has then replaced it."""
    early = happens("take_over", when=~d.site1.lost) | happens("site1.site1_is_lost", when=~d.site1.there)
    return never(early | (happens("take_over") & ~d.site1.replaced) | happens("upgrade", when=~d.site1.there))


@stated(source=f"{LIST}; {STEP_7}", finding=SCHEMA_VERSION_EXCLUDED)
def the_version_row_tells_the_schema(d: System) -> Property:
    """When the standby's server is started, all tables have the version that CTL_SCHEMA_INFO says."""
    standby = d.standby_schema
    return whenever(standby.starting, (standby.replicated == standby.version) & (standby.excluded == standby.version))


@stated(
    source=STEP_7,
    cases=[
        case(claims="AS-14", when="Job_MigrateGIM passes over what is new already"),
        case(
            "where_migration_fails_on_new_tables",
            "Job_MigrateGIM fails where a table is new already",
            given={"migration": "fails"},
            claims={"AS-14": reading("the migration job fails on tables that replication has made new")},
            finding=MIGRATION_MEETS_NEW_TABLES,
        ),
    ],
)
def the_standby_comes_into_service(d: System) -> Property:
    """A standby server that is started comes into service, after an upgrade too."""
    return leads_to(d.standby_schema.starting, d.standby_schema.in_service, fairness=PROGRESS)


@stated(claims="AS-14", source=STEP_7)
def etl_finds_one_schema(d: System) -> Property:
    """A server that is in service finds all tables, and the row that says their version, of the same version."""
    standby = d.standby_schema
    alike = (standby.replicated == standby.version) & (standby.excluded == standby.version)
    return whenever(standby.in_service, alike)


@stated(claims="AS-14", source=LIST, role=witness)
def the_migration_state_is_entered(d: System) -> Property:
    """After an upgrade the standby's server enters the migration state."""
    return reachable(d.standby_schema.migrating)
