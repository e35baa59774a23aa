"""What the guide promises of its sample parameter files: decided by reading them, not by exploring states."""

from drcheck import Finding, Property, System, stated
from drcheck.audit import PROBLEM
from drcheck.logic.properties import structure
from model.info_mart_replication.parameter_files.audit import (
    agree,
    exclude_the_listed_tables,
    published_samples,
    published_samples_agree,
    published_samples_exclude_the_listed_tables,
    remarks_on,
    repaired_samples,
    replicate_the_high_water_mark,
)

__all__ = [
    "repaired_samples_keep_the_promises",
    "the_dots_put_in_the_high_water_mark_is_replicated",
    "the_published_samples_agree_with_each_other",
    "the_published_samples_exclude_the_listed_tables",
    "the_published_samples_replicate_the_high_water_mark",
]

SAMPLES = "Info Mart guide, Setting Up Replication: Extract, DataPump, Replicat"
LIST = "Info Mart guide, Tables Excluded from Replication"


@stated(
    claims="AS-25",
    source=SAMPLES,
    finding=Finding(
        title="The three published samples do not agree: the DataPump passes nothing on, Replicat maps to nothing",
        explanation=(
            "In the DataPump sample SEQUENCE and TABLE, and in the Replicat sample TARGET, lack the dot after the "
            "schema's name, which stands in every other line: as written these names have no owner, are looked for in the "
            "schema of the login, if there is one, and so are of no table of the Info Mart. The "
            "DataPump sample does not exclude AGR_JUNK_NOTIFICATION and AGR_LOCK, the other two do (harmless as long as "
            "Extract excludes them). Extract excludes STG_IDB_FK_VIOLATION for data and not for schema changes. ADD "
            "RMTTRAIL names the remote trail DP, everything else dp. Besides, DDOPTIONS, DEFERRREFCONST and REPEROR are "
            "no words of GoldenGate: a process with such a file does not start."
        ),
        repair="Correct the lines that `drcheck audit` points at (model/info_mart_replication/parameter_files/repairs.py); "
        "a property checks the result.",
    ),
)
def the_published_samples_agree_with_each_other(d: System) -> Property:
    """The published Extract, DataPump and Replicat samples and commands treat the same tables and trails alike."""
    return structure(*published_samples_agree())


@stated(
    claims=("AS-5", "AS-25"),
    source=f"{SAMPLES}; {LIST}",
    finding=Finding(
        title="Two listed tables are not excluded by the DataPump sample, and one not for schema changes by Extract's",
        explanation=(
            "The list recommends to exclude data and schema changes of every table on it. STG_IDB_FK_VIOLATION is "
            "missing in the DDL section of the Extract sample, so that changes of its schema are replicated. "
            "AGR_JUNK_NOTIFICATION and AGR_LOCK are missing in the DataPump sample, which shows only if Extract is "
            "changed."
        ),
        repair="Add the three lines.",
    ),
)
def the_published_samples_exclude_the_listed_tables(d: System) -> Property:
    """Every published sample excludes every table of the guide's list, for data and, where it says which, for DDL."""
    return structure(*published_samples_exclude_the_listed_tables())


@stated(
    claims="AS-6",
    source=SAMPLES,
    finding=Finding(
        title="As the samples are written, the high-water mark does not reach the standby, nor does anything else",
        explanation=(
            "The names without the dot in the DataPump and Replicat samples stand for no table of the schema, the "
            "high-water mark's among them."
        ),
        repair="Put the dot in: TABLE, SEQUENCE and TARGET of schema.*.",
    ),
)
def the_published_samples_replicate_the_high_water_mark(d: System) -> Property:
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
        agree(files),
        exclude_the_listed_tables(files),
        replicate_the_high_water_mark(files),
    ]
    return structure(all(holds for holds, _ in found), "; ".join(evidence for _, evidence in found))
