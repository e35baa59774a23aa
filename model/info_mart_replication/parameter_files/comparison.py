"""Remarks on tables: exclusions compared with each other, with the guide's list, and with what recovery needs."""

from collections.abc import Iterator, Sequence

from drcheck.audit import NOTE, PROBLEM, WARNING, Remark
from model.info_mart_replication.parameter_files.parameters import Clause, ParameterFile, Selection
from model.info_mart_replication.parameter_files.patterns import Pattern
from model.info_mart_replication.parameter_files.selection import KINDS, excluded, processed, schema_changes
from model.info_mart_replication.parameter_files.tables import (
    EXCLUDED,
    HIGH_WATER_MARK,
    LISTED,
    NOTIFICATION,
    REPLICATED,
    SCHEMA_INFO,
    TEMPORARY,
    group_of,
)

PROCESS = {"extract": "Extract", "datapump": "DataPump", "replicat": "Replicat"}
STEPS = {
    SCHEMA_INFO: (
        "AS-14",
        "the standby database does not know of the upgrades of the active one",
        "after an upgrade run the migration job before any ETL job at recovery",
    ),
    NOTIFICATION: (
        "AS-16",
        "what still had to be aggregated is not known at the standby",
        "re-aggregate the last 24 hours before the failure at recovery",
    ),
}
"""Tables whose exclusion needs a step of the recovery procedure: claim, why, and the step."""


EXACTLY_LISTED = frozenset(name for names in EXCLUDED.values() for name in names if "*" in name)
"""Patterns that the list itself gives; every other one may stand for more than the list does."""


def shown(table: str) -> str:
    """A table as a remark names it."""
    return "TMP_*" if table == TEMPORARY else table


def anchor(file: ParameterFile) -> int:
    """The line to point at for an exclusion that is not there: the last exclusion, else the first inclusion."""
    found = [s.line for s in file.exclusions[-1:]] or [s.line for s in file.includes[:1]]
    return found[0] if found else file.statements[0].line


def remarks_on_exclusions(files: Sequence[ParameterFile], schema: str) -> Iterator[Remark]:
    """Tables of the list that a file does not exclude: told once for each file and table."""
    left_out = {f.file: excluded(f, schema, LISTED) for f in files}
    for file in files:
        for table in LISTED:
            if table in left_out[file.file]:
                continue
            others = [f for f in files if table in left_out[f.file]]
            upstream = [f for f in others if KINDS.index(f.kind) < KINDS.index(file.kind)]
            if upstream:
                severity, then = WARNING, f"harmless as long as {PROCESS[upstream[0].kind]} excludes it"
            elif others:
                severity, then = PROBLEM, "it is passed on here for nothing"
            else:
                severity, then = PROBLEM, "no file excludes it, so that it is replicated"
            elsewhere = ", ".join(_place(f, schema, table) for f in others)
            yield Remark(
                severity,
                file.file,
                anchor(file),
                "not-excluded-here" if others else "listed-not-excluded",
                f"{shown(table)} ({group_of(table)} table) is on the list of exclusions, but {PROCESS[file.kind]} does "
                f"not exclude it{f' ({elsewhere})' if elsewhere else ''}: {then}",
                f"add {'MAPEXCLUDE' if file.kind == 'replicat' else 'TABLEEXCLUDE'} {schema}.{shown(table)};",
                ("AS-5", "AS-25"),
            )


def _place(file: ParameterFile, schema: str, table: str) -> str:
    line = next(s.line for s in file.exclusions if s.pattern.matches(schema, table))
    return f"{PROCESS[file.kind]} does, line {line} of {file.file}"


def remarks_on_schema_changes(file: ParameterFile, schema: str) -> Iterator[Remark]:
    """In a file that selects schema changes by name: tables excluded for data and not for schema changes, or the reverse."""
    if not any(clause.pattern is not None for clause in file.ddl):
        return
    kept_out = excluded(file, schema, LISTED)
    changes = schema_changes(file, schema, LISTED)
    ddl_line = max(clause.line for clause in file.ddl)
    for table in LISTED:
        if table in kept_out and table in changes:
            line = next(s.line for s in file.exclusions if s.pattern.matches(schema, table))
            yield Remark(
                PROBLEM,
                file.file,
                ddl_line,
                "ddl-not-excluded",
                f"{shown(table)} is excluded for data (line {line}) and not for schema changes: changes of its schema "
                "are replicated, although the guide excludes both",
                f"add EXCLUDE OBJNAME {schema}.{shown(table)} to DDL",
                ("AS-5", "AS-14", "AS-25"),
            )
        elif table not in kept_out and table not in changes:
            yield Remark(
                PROBLEM,
                file.file,
                ddl_line,
                "data-not-excluded",
                f"{shown(table)} is excluded for schema changes and not for data: after its schema changes, its data do "
                "not fit the target",
                f"add {'MAPEXCLUDE' if file.kind == 'replicat' else 'TABLEEXCLUDE'} {schema}.{shown(table)};",
                ("AS-5", "AS-25"),
            )


def remarks_beyond_the_list(files: Sequence[ParameterFile], schema: str) -> Iterator[Remark]:
    """Exclusions that reach further than the list; each pattern once, where it stands first."""
    seen: set[str] = set()
    for file in files:
        found: list[tuple[Pattern, Selection | Clause]] = [(s.pattern, s) for s in file.exclusions]
        found += [(c.pattern, c) for c in file.ddl if not c.include and c.pattern is not None]
        for pattern, item in sorted(found, key=lambda pair: pair[1].line):
            name = pattern.object.upper()
            if name in seen or pattern.owner is None:
                continue
            seen.add(name)
            caught = [shown(t) for t in LISTED if pattern.matches(schema, t)]
            if not caught and not any(pattern.matches(schema, t) for t in REPLICATED):
                what = f"{pattern.text} stands for no table that the guide lists"
            elif pattern.wild and name not in EXACTLY_LISTED:
                what = (
                    f"{pattern.text} stands for {len(caught)} listed table{'s' * (len(caught) != 1)}, and for every other "
                    "table so named, now or after an upgrade: the guide lists names, so that others may be meant to be "
                    "replicated"
                )
            else:
                continue
            yield Remark(
                NOTE,
                file.file,
                item.line,
                "beyond-the-list",
                what,
                "compare it with the tables of the release that is installed",
                ("AS-5",),
            )


def remarks_on_recovery(files: Sequence[ParameterFile], schema: str) -> Iterator[Remark]:
    """Tables that recovery or reports need and that do not pass; excluded ones that cost a step of the procedure."""
    for file in files:
        passed = processed(file, schema, REPLICATED, as_meant=True)
        without = excluded(file, schema, REPLICATED)
        for table in (t for t in REPLICATED if t not in passed):
            line = next((s.line for s in file.exclusions if s.pattern.matches(schema, table)), anchor(file))
            how = "is excluded" if table in without else "is not included"
            need = (
                "without the high-water mark the standby extracts again what was extracted before"
                if table == HIGH_WATER_MARK
                else "recovery or reports need it"
            )
            yield Remark(
                PROBLEM,
                file.file,
                line,
                "needed-but-not-replicated",
                f"{table} {how} here, and {need}",
                f"let {PROCESS[file.kind]} pass {schema or 'owner'}.{table} on",
                ("AS-6",) if table == HIGH_WATER_MARK else ("AS-5",),
            )
    for table, (claim, why, step) in STEPS.items():
        for file in files:
            by = next((s for s in file.exclusions if s.pattern.matches(schema, table)), None)
            if by is not None:
                yield Remark(
                    NOTE,
                    file.file,
                    by.line,
                    "recovery-step-needed",
                    f"{table} is excluded, as the guide has it: {why}",
                    step,
                    (claim,),
                )
                break
