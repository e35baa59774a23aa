"""Which tables a set of parameter files replicates, and through which trails.

As written, a name without an owner stands for tables of the schema of the login, if there is one. `as_meant` reads a
name such as HR* as HR.*, the dot having been left out. Exclusions go before inclusions, wherever they stand; those of a
file with several trails are taken for all its trails. EXCLUDEWILDCARDOBJECTSONLY, a setting of the whole installation,
is taken to be off, as it is unless set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.info_mart_replication.parameter_files.data_pump import DumpFile
from model.info_mart_replication.parameter_files.parameters import ParameterFile, Script, Selection
from model.info_mart_replication.parameter_files.patterns import Pattern

Files = Sequence[ParameterFile | Script | DumpFile]
KINDS = ("extract", "datapump", "replicat")
"""The kinds of parameter files, from the source to the target."""


def parameter_files(files: Files) -> list[ParameterFile]:
    """The parameter files among `files`, from the source to the target."""
    return sorted((f for f in files if isinstance(f, ParameterFile)), key=lambda f: KINDS.index(f.kind))


def scripts(files: Files) -> list[Script]:
    """The scripts among `files`, in their order."""
    return [f for f in files if isinstance(f, Script)]


def dump_parameters(files: Files) -> list[DumpFile]:
    """The parameter files of exports and imports among `files`, in their order."""
    return [f for f in files if isinstance(f, DumpFile)]


def schema_of(files: Iterable[ParameterFile]) -> str:
    """The schema that is replicated: the first owner written without wildcard; "" where there is none."""
    found = list(files)
    patterns = [s.pattern for f in found for s in f.includes] + [s.pattern for f in found for s in f.exclusions]
    return next((p.owner for p in patterns if p.owner is not None and not set("*?") & set(p.owner)), "")


def excluded(file: ParameterFile, schema: str, tables: Iterable[str]) -> frozenset[str]:
    """The tables whose data the file excludes."""
    return frozenset(t for t in tables if any(s.pattern.matches(schema, t) for s in file.exclusions))


def processed(file: ParameterFile, schema: str, tables: Iterable[str], as_meant: bool = False) -> frozenset[str]:
    """The tables whose data the file passes on: included, and not excluded."""
    without = excluded(file, schema, tables)
    return frozenset(
        t for t in tables if t not in without and any(_included(s, schema, t, as_meant) for s in file.includes)
    )


def _included(selection: Selection, schema: str, table: str, as_meant: bool) -> bool:
    def read(pattern: Pattern) -> Pattern:
        return pattern.meant(schema) if as_meant else pattern

    target = selection.target and read(selection.target)
    if target is not None and target.owner is None and not target.of_login(schema):
        return False  # it is mapped to tables of another schema, or to nothing
    return read(selection.pattern).matches(schema, table)


def schema_changes(file: ParameterFile, schema: str, tables: Iterable[str]) -> frozenset[str]:
    """The tables whose schema changes (DDL) the file captures or applies; none without a DDL parameter."""
    names = tuple(tables)
    if not file.all("DDL"):
        return frozenset()
    mapped = processed(file, schema, names)

    def covered(table: str, include: bool) -> bool:
        clauses = [c for c in file.ddl if c.include == include]
        if include and not clauses:
            return table in mapped  # DDL alone, or with exclusions only, is DDL INCLUDE MAPPED
        return any(
            c.pattern.matches(schema, table)
            if c.pattern is not None
            else "ALL" in map(str.upper, c.words) or ("MAPPED" in map(str.upper, c.words) and table in mapped)
            for c in clauses
        )

    return frozenset(t for t in names if covered(t, include=True) and not covered(t, include=False))


def replicated(files: Files, tables: Iterable[str], as_meant: bool = False) -> frozenset[str]:
    """The tables whose data pass every parameter file; all files of one kind together (one passes is enough)."""
    names = frozenset(tables)
    parameters = parameter_files(files)
    schema = schema_of(parameters)
    for kind in KINDS:
        same = [f for f in parameters if f.kind == kind]
        if same:
            names &= frozenset().union(*(processed(f, schema, names, as_meant) for f in same))
    return names if parameters else frozenset()


@dataclass(frozen=True)
class Trail:
    """A mention of a trail: `role` is local or remote; `verb` is written, added or read; `group` whose it is."""

    role: str
    verb: str
    name: str
    group: str
    file: str
    line: int
    says: str


def trails(files: Files) -> list[Trail]:
    """Every mention of a trail, in the order of files and lines."""
    found = []
    for file in files:
        if isinstance(file, ParameterFile):
            for keyword, role in (("EXTTRAIL", "local"), ("RMTTRAIL", "remote")):
                found += [
                    Trail(role, "written", t.text, file.name, file.file, t.line, keyword) for t in file.trails(keyword)
                ]
            continue
        for command in file.all("ADD") if isinstance(file, Script) else ():
            kind, *rest = (token.text for token in command.tokens[1:])
            says, role, verb, name, group = f"ADD {kind.upper()}", "", "", "", rest[0] if rest else ""
            if kind.upper() in ("EXTTRAIL", "RMTTRAIL"):
                owner = command.after("EXTRACT")
                role, verb, name = ("local" if kind.upper() == "EXTTRAIL" else "remote"), "added", group
                group = owner.text if owner else ""
            elif kind.upper() == "EXTRACT" and (source := command.after("EXTTRAILSOURCE")):
                role, verb, name, says = "local", "read", source.text, f"{says} ... EXTTRAILSOURCE"
            elif kind.upper() == "REPLICAT" and (source := command.after("EXTTRAIL")):
                role, verb, name, says = "remote", "read", source.text, f"{says} ... EXTTRAIL"
            if role:
                found.append(Trail(role, verb, name, group, file.file, command.line, says))
    return found
