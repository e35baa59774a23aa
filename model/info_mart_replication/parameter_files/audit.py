"""The audit of GoldenGate parameter files and scripts: with each other, with the guide's list, with recovery's needs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from drcheck.audit import Remark, audit
from drcheck.designs.parameter import Parameter
from drcheck.errors import AuditError
from model.info_mart_replication.parameter_files.comparison import (
    PROCESS,
    remarks_beyond_the_list,
    remarks_on_exclusions,
    remarks_on_recovery,
    remarks_on_schema_changes,
    shown,
)
from model.info_mart_replication.parameter_files.parameters import ParameterFile, parse, read
from model.info_mart_replication.parameter_files.processes import (
    remarks_on_commands,
    remarks_on_conduct,
    remarks_on_trails,
)
from model.info_mart_replication.parameter_files.repairs import read_texts, repaired
from model.info_mart_replication.parameter_files.selection import (
    Files,
    excluded,
    parameter_files,
    processed,
    replicated,
    schema_changes,
    schema_of,
)
from model.info_mart_replication.parameter_files.spelling import remarks_on_names, remarks_on_spelling
from model.info_mart_replication.parameter_files.tables import EXTRACT_HISTORY, HIGH_WATER_MARK, LISTED
from model.info_mart_replication.parameter_files.tokens import read_text

SAMPLES = tuple(
    Path(__file__).parent / "samples" / n for n in ("extract.prm", "datapump.prm", "replicat.prm", "set_up.oby")
)
"""The published samples and commands. (Info Mart guide, Setting Up Replication.)"""

AGREEMENT = (
    "not-excluded-here",
    "ddl-not-excluded",
    "data-not-excluded",
    "unqualified-name",
    "trail-case",
    "trail-differs",
)
"""Codes of remarks on files that do not agree with each other or with themselves."""


@audit(
    title="GoldenGate parameter files and commands",
    options={"case_sensitive": "whether file names differ by case, as on UNIX (yes or no; default yes)"},
)
def parameter_files_audit(files: list[Path], options: Mapping[str, str]) -> list[Remark]:
    """The remarks on parameter files and scripts, in the order of files and lines."""
    case_sensitive = Parameter("case_sensitive", bool, True, "").parse(options.get("case_sensitive", "yes"))
    seen: set[Path] = set()
    for path in files:
        if path.resolve() in seen:
            raise AuditError("DR702", f"{path} is named twice", remedy="name each file once")
        seen.add(path.resolve())
    return remarks_on([read(path) for path in files], case_sensitive)


def remarks_on(files: Files, case_sensitive: bool = True) -> list[Remark]:
    """The remarks on files that are read already. A file's own note on a line goes with what is said of that line."""
    parameters = parameter_files(files)
    schema = schema_of(parameters)
    found: list[Remark] = []
    for file in parameters:
        found += remarks_on_spelling(file)
        found += remarks_on_names(file, schema)
        found += remarks_on_schema_changes(file, schema)
        found += remarks_on_conduct(file, files)
    found += remarks_on_exclusions(parameters, schema)
    found += remarks_beyond_the_list(parameters, schema)
    found += remarks_on_recovery(parameters, schema)
    found += remarks_on_trails(files, case_sensitive)
    found += remarks_on_commands(files)
    order = {file.file: number for number, file in enumerate(files)}
    notes = {(file.file, line): note for file in files for line, note in file.notes.items()}
    found = [
        replace(r, what=f"{r.what} (note in the file: {note})") if (note := notes.get((r.file, r.line))) else r
        for r in found
    ]
    return sorted(found, key=lambda r: (order[r.file], r.line, r.code, r.what))


def sample_texts() -> dict[str, str]:
    """The published samples' texts by file name."""
    return {path.name: read_text(path) for path in SAMPLES}


def published_samples() -> Files:
    """The published samples, read."""
    return [parse(text, name) for name, text in sample_texts().items()]


def repaired_samples() -> Files:
    """The published samples with every repair of `model.info_mart_replication.parameter_files.repairs`."""
    return read_texts(repaired(sample_texts()))


def published_samples_agree() -> tuple[bool, str]:
    """Whether the published samples agree with each other, and what was looked at (claim AS-25)."""
    return agree(published_samples())


def published_samples_exclude_the_listed_tables() -> tuple[bool, str]:
    """Whether every published sample excludes every listed table, for data and schema changes (claims AS-5, AS-25)."""
    return exclude_the_listed_tables(published_samples())


def agree(files: Files) -> tuple[bool, str]:
    """Whether files agree with each other by table and by trail, and what was looked at."""
    found = [r for r in remarks_on(files) if r.code in AGREEMENT]
    told = "; ".join(f"{r.file}:{r.line} {r.code}" for r in found)
    parameters = parameter_files(files)
    return not found, (
        f"{len(parameters)} parameter files and {len(files) - len(parameters)} script of the guide were compared by "
        f"table and by trail: {told or 'no difference'}"
    )


def exclude_the_listed_tables(files: Files) -> tuple[bool, str]:
    """Whether every file excludes every listed table, for data and schema changes, and what was looked at."""
    missing = []
    parameters = parameter_files(files)
    schema = schema_of(parameters)
    for file in parameters:
        left = [t for t in LISTED if t not in excluded(file, schema, LISTED)]
        if left:
            missing.append(f"{PROCESS[file.kind]} does not exclude the data of {', '.join(map(shown, left))}")
        changes = schema_changes(file, schema, LISTED)
        left = [t for t in LISTED if t in changes]
        if left and _by_name(file):
            missing.append(f"{PROCESS[file.kind]} does not exclude schema changes of {', '.join(map(shown, left))}")
    return not missing, (
        f"{len(LISTED)} listed tables against {len(parameters)} samples: {'; '.join(missing) or 'all are excluded'}"
    )


def replicate_the_high_water_mark(files: Files, as_meant: bool = False) -> tuple[bool, str]:
    """Whether the high-water mark passes every file and the history of extraction none (claim AS-6), and the tables.

    `as_meant` reads a schema's name with a missing dot as if the dot were there.
    """
    passed = replicated(files, (HIGH_WATER_MARK, EXTRACT_HISTORY), as_meant)
    parameters = parameter_files(files)
    schema = schema_of(parameters)
    table = (HIGH_WATER_MARK,)
    stops = [PROCESS[f.kind] for f in parameters if not processed(f, schema, table, as_meant)]
    where = f"{HIGH_WATER_MARK} does not pass {', '.join(stops)}" if stops else f"{HIGH_WATER_MARK} passes every file"
    history = "is" if EXTRACT_HISTORY in passed else "is not"
    return passed == {HIGH_WATER_MARK}, f"{where}; {EXTRACT_HISTORY} {history} replicated"


def _by_name(file: ParameterFile) -> bool:
    """Whether the file selects schema changes by name; Replicat's sample takes all that Extract sends."""
    return any(clause.pattern is not None for clause in file.ddl)
