"""What the guide promises of its sample parameter files: decided by reading them, not by exploring states."""

from drcheck import Property, System, reading, stated
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
from properties.info_mart_replication.findings import LISTED_TABLES_NOT_EXCLUDED, SAMPLES_DISAGREE

__all__ = [
    "repaired_samples_keep_the_promises",
    "the_dots_put_in_the_high_water_mark_is_replicated",
    "the_published_samples_agree_with_each_other",
    "the_published_samples_exclude_the_listed_tables",
    "the_published_samples_replicate_the_high_water_mark",
]

SAMPLES = "Info Mart guide, Setting Up Replication: Extract, DataPump, Replicat"
LIST = "Info Mart guide, Tables Excluded from Replication"


@stated(claims="AS-25", source=SAMPLES, finding=SAMPLES_DISAGREE)
def the_published_samples_agree_with_each_other(d: System) -> Property:
    """The published Extract, DataPump and Replicat samples and commands treat the same tables and trails alike."""
    return structure(*published_samples_agree())


@stated(claims="AS-25", source=f"{SAMPLES}; {LIST}", finding=LISTED_TABLES_NOT_EXCLUDED)
def the_published_samples_exclude_the_listed_tables(d: System) -> Property:
    """Every published sample excludes every table of the guide's list, for data and, where it says which, for DDL."""
    return structure(*published_samples_exclude_the_listed_tables())


@stated(
    claims={"AS-6": reading("the samples letter by letter, without the dots that they lack")},
    source=SAMPLES,
    finding=SAMPLES_DISAGREE,
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
