"""What the guide promises of its sample parameter files: decided by reading them, not by exploring states."""

from drcheck import Property, System, reading, stated, stress
from drcheck.audit import PROBLEM
from drcheck.logic.properties import structure
from model.info_mart_replication.parameter_files.audit import (
    exclude_the_listed_data,
    exclude_the_listed_schema_changes,
    free_of,
    published_samples,
    remarks_on,
    repaired_samples,
    replicate_the_high_water_mark,
)
from properties.info_mart_replication.sample_findings import (
    COLLISIONS_STAY_HANDLED,
    FAILURES_PASSED_OVER,
    NAMES_WITHOUT_OWNER,
    NEW_TABLES_UNLOGGED,
    NOTIFICATIONS_NOT_EXCLUDED,
    RECOVERY_NEEDS_EXCLUDED,
    SCHEMA_CHANGES_NOT_EXCLUDED,
    WILDCARDS_WIDER,
    WORDS_UNKNOWN,
)

__all__ = [
    "every_name_in_the_samples_has_its_owner",
    "every_word_of_the_samples_is_known",
    "recovery_needs_no_excluded_table",
    "repaired_samples_keep_the_promises",
    "replicat_handles_collisions_only_at_its_start",
    "tables_that_an_upgrade_adds_are_logged",
    "the_dots_put_in_the_high_water_mark_is_replicated",
    "the_samples_exclude_no_more_than_the_list",
    "the_samples_exclude_the_data_of_the_listed_tables",
    "the_samples_exclude_the_schema_changes_of_the_listed_tables",
    "the_samples_replicate_the_high_water_mark",
    "what_replicat_cannot_apply_stops_it",
]

SAMPLES = "Info Mart guide, Setting Up Replication: Extract, DataPump, Replicat"
LIST = "Info Mart guide, Tables Excluded from Replication"
BY_THE_LETTER = "the samples letter by letter, without the dots that they lack"


@stated(claims="AS-25", source=SAMPLES, finding=NAMES_WITHOUT_OWNER)
def every_name_in_the_samples_has_its_owner(d: System) -> Property:
    """Every table and sequence in the published samples is named with its schema, as in all other lines."""
    return structure(*free_of(published_samples(), "unqualified-name"))


@stated(claims="AS-25", source=f"{SAMPLES}; {LIST}", finding=NOTIFICATIONS_NOT_EXCLUDED)
def the_samples_exclude_the_data_of_the_listed_tables(d: System) -> Property:
    """Every published sample excludes the data of every table of the guide's list, and so all of them the same."""
    return structure(*exclude_the_listed_data(published_samples()))


@stated(claims="AS-25", source=f"{SAMPLES}; {LIST}", finding=SCHEMA_CHANGES_NOT_EXCLUDED)
def the_samples_exclude_the_schema_changes_of_the_listed_tables(d: System) -> Property:
    """Every published sample that says which schema changes it takes excludes those of every table of the list."""
    return structure(*exclude_the_listed_schema_changes(published_samples()))


@stated(
    claims={"AS-25": reading("no table is excluded that is not on the list")},
    source=f"{SAMPLES}; {LIST}",
    finding=WILDCARDS_WIDER,
)
def the_samples_exclude_no_more_than_the_list(d: System) -> Property:
    """No pattern of the published samples stands for tables that the guide's list does not name."""
    return structure(*free_of(published_samples(), "beyond-the-list"))


@stated(source=SAMPLES, finding=WORDS_UNKNOWN)
def every_word_of_the_samples_is_known(d: System) -> Property:
    """Every parameter and option in the published files is one that the program knows."""
    return structure(*free_of(published_samples(), "unknown-parameter", "unknown-option"))


@stated(
    claims={"AS-19": reading("the samples letter by letter, where new tables are to be logged by Extract itself")},
    source=f"{SAMPLES}; Setting Up Replication: note on ADD TRANDATA",
    finding=NEW_TABLES_UNLOGGED,
)
def tables_that_an_upgrade_adds_are_logged(d: System) -> Property:
    """An Extract that replicates schema changes switches supplemental logging on for the tables that they add."""
    return structure(*free_of(published_samples(), "new-tables-unlogged"))


@stated(source=f"{SAMPLES}; Start Replicat on the target database", finding=COLLISIONS_STAY_HANDLED)
def replicat_handles_collisions_only_at_its_start(d: System) -> Property:
    """HANDLECOLLISIONS is switched off once Replicat has caught up with what the export holds already."""
    return structure(*free_of(published_samples(), "collisions-handled"))


@stated(
    claims={"AS-4": stress("a change that Replicat cannot apply"), "AS-14": stress("a schema change that fails")},
    source=SAMPLES,
    finding=FAILURES_PASSED_OVER,
)
def what_replicat_cannot_apply_stops_it(d: System) -> Property:
    """A change of data or schema that Replicat cannot apply stops it, or is handed to a mapping that exists."""
    return structure(*free_of(published_samples(), "ddl-errors-ignored", "exceptions-unhandled"))


@stated(
    claims={"AS-5": reading("a table that recovery needs is not internal")},
    source=f"{LIST}; DR Procedure with Oracle GoldenGate: steps 7 and 10",
    finding=RECOVERY_NEEDS_EXCLUDED,
)
def recovery_needs_no_excluded_table(d: System) -> Property:
    """No table is excluded from replication whose absence makes a step of the recovery necessary."""
    return structure(*free_of(published_samples(), "recovery-step-needed"))


@stated(claims={"AS-6": reading(BY_THE_LETTER)}, source=SAMPLES, finding=NAMES_WITHOUT_OWNER)
def the_samples_replicate_the_high_water_mark(d: System) -> Property:
    """With the samples as published, CTL_EXTRACT_HWM passes every process, and CTL_EXTRACT_HISTORY does not."""
    return structure(*replicate_the_high_water_mark(published_samples()))


@stated(claims="AS-6", source=SAMPLES, assumptions="schema names without the dot are read as if it were there")
def the_dots_put_in_the_high_water_mark_is_replicated(d: System) -> Property:
    """With the samples as they are meant, CTL_EXTRACT_HWM passes every process, and CTL_EXTRACT_HISTORY does not."""
    return structure(*replicate_the_high_water_mark(published_samples(), as_meant=True))


@stated(
    source=SAMPLES,
    assumptions="the samples are corrected as `model/info_mart_replication/parameter_files/repairs.py` lists",
)
def repaired_samples_keep_the_promises(d: System) -> Property:
    """The corrected samples have no problem, agree, exclude every listed table and replicate the high-water mark."""
    files = repaired_samples()
    problems = [f"{r.file}:{r.line} {r.code}" for r in remarks_on(files) if r.severity == PROBLEM]
    found = [
        (not problems, f"problems: {', '.join(problems) or 'none'}"),
        free_of(files, "unqualified-name", "unknown-parameter", "unknown-option", "trail-case", "dump-file-differs"),
        exclude_the_listed_data(files),
        exclude_the_listed_schema_changes(files),
        replicate_the_high_water_mark(files),
    ]
    return structure(all(holds for holds, _ in found), "; ".join(evidence for _, evidence in found))
