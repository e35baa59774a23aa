"""The audit of GoldenGate parameter files and scripts: with each other, with the guide's list, with recovery's needs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from drcheck.audit import Remark, audit
from drcheck.designs.parameter import Parameter
from drcheck.errors import AuditError
from model.info_mart_replication.parameter_files.comparison import (
    PROCESS,
    anchor,
    remarks_beyond_the_list,
    remarks_on_exclusions,
    remarks_on_recovery,
    remarks_on_schema_changes,
    shown,
)
from model.info_mart_replication.parameter_files.data_pump import remarks_on_dumps
from model.info_mart_replication.parameter_files.parameters import ParameterFile, parse, read
from model.info_mart_replication.parameter_files.processes import (
    remarks_on_commands,
    remarks_on_conduct,
    remarks_on_trails,
)
from model.info_mart_replication.parameter_files.repairs import read_texts, repaired
from model.info_mart_replication.parameter_files.selection import (
    Files,
    dump_parameters,
    excluded,
    parameter_files,
    processed,
    replicated,
    schema_changes,
    schema_of,
    scripts,
)
from model.info_mart_replication.parameter_files.spelling import remarks_on_names, remarks_on_spelling
from model.info_mart_replication.parameter_files.tables import EXTRACT_HISTORY, HIGH_WATER_MARK, LISTED
from model.info_mart_replication.parameter_files.tokens import read_text

_NAMES = ("extract.prm", "datapump.prm", "replicat.prm", "set_up.oby", "exp-gim.par", "imp-gim.par")
SAMPLES = tuple(Path(__file__).parent / "samples" / name for name in _NAMES)
"""The published samples and commands. (Info Mart guide, Setting Up Replication.)"""


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
    found += remarks_on_dumps(dump_parameters(files))
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


@cache
def published_samples() -> Files:
    """The published samples, read."""
    return tuple(parse(text, name) for name, text in sample_texts().items())


def repaired_samples() -> Files:
    """The published samples with every repair of `model.info_mart_replication.parameter_files.repairs`."""
    return read_texts(repaired(sample_texts()))


@cache
def _published_remarks() -> list[Remark]:
    """The remarks on the published samples, which several properties ask for."""
    return remarks_on(published_samples())


def free_of(files: Files, *codes: str) -> tuple[bool, str]:
    """Whether there is no remark of these codes on files, and what was looked at: each remark's line."""
    remarks = _published_remarks() if files is published_samples() else remarks_on(files)
    found = [f"{r.file}:{r.line} {r.code}" for r in remarks if r.code in codes]
    kinds = [
        f"{len(parameter_files(files))} parameter files of processes",
        f"{len(dump_parameters(files))} of export and import",
        f"{len(scripts(files))} script",
    ]
    return not found, f"{', '.join(kinds)} were read: {'; '.join(found) or 'nothing of ' + ', '.join(codes)}"


def exclude_the_listed_data(files: Files) -> tuple[bool, str]:
    """Whether every file excludes the data of every listed table, and what was looked at."""
    parameters = parameter_files(files)
    schema = schema_of(parameters)
    missing = []
    for file in parameters:
        without = excluded(file, schema, LISTED)
        left = [t for t in LISTED if t not in without]
        if left:
            what = f"{PROCESS[file.kind]} does not exclude the data of {', '.join(map(shown, left))}"
            missing.append(f"{what} ({file.file}:{anchor(file)})")
    return not missing, _listed(parameters, missing)


def exclude_the_listed_schema_changes(files: Files) -> tuple[bool, str]:
    """Whether every file that selects schema changes by name excludes those of every listed table, and what was looked at."""
    parameters = [file for file in parameter_files(files) if _by_name(file)]
    schema = schema_of(parameter_files(files))
    missing = []
    for file in parameters:
        changes = schema_changes(file, schema, LISTED)
        left = [t for t in LISTED if t in changes]
        if left:
            what = f"{PROCESS[file.kind]} does not exclude schema changes of {', '.join(map(shown, left))}"
            missing.append(f"{what} ({file.file}:{max(clause.line for clause in file.ddl)})")
    return not missing, _listed(parameters, missing)


def _listed(files: Files, missing: list[str]) -> str:
    return f"{len(LISTED)} listed tables against {len(files)} samples: {'; '.join(missing) or 'all are excluded'}"


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
