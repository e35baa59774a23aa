"""Parameter files of Oracle's export and import (expdp, impdp), and the remarks on them.

One parameter a line, `NAME=value`; `#` begins a comment. An export that names no dump file writes expdat.dmp, and an
import reads the file that it names. (Oracle Database Utilities, Data Pump Export and Data Pump Import: PARFILE, DUMPFILE.)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from drcheck.audit import PROBLEM, WARNING, Remark
from model.info_mart_replication.parameter_files.tokens import not_understood
from model.info_mart_replication.parameter_files.vocabulary import DATA_PUMP, IMPORT_ONLY, like

DEFAULT_FILE = "expdat.dmp"
"""What an export writes, and an import reads, where no DUMPFILE is named."""

_PARAMETER = re.compile(r"\s*(?P<name>[A-Za-z_]+)\s*=\s*(?P<value>.*\S)?\s*\Z")
_NOTE = re.compile(r"\s*#\s*audit:\s*(.*\S)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Setting:
    """One line: the name of a parameter in capitals, its value as written, and where it stands."""

    name: str
    value: str
    line: int


@dataclass(frozen=True)
class DumpFile:
    """A parameter file of an export or an import: `kind` is "export" or "import"."""

    file: str
    kind: str
    settings: tuple[Setting, ...]
    notes: dict[int, str] = field(default_factory=dict)

    def named(self, name: str) -> Setting | None:
        """The setting that is `name` or, where none is, the one that is a misspelling of it."""
        found = [s for s in self.settings if s.name == name]
        meant = [s for s in self.settings if s.name not in DATA_PUMP and like(s.name, DATA_PUMP) == name]
        return next(iter((*found, *meant)), None)


def is_dump_parameters(text: str) -> bool:
    """Whether a text is such a file: its first line that is no comment is `NAME=value`."""
    lines = [line for line in _lines(text) if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and _PARAMETER.match(lines[0]) is not None


def parse_dump_parameters(text: str, file: str) -> DumpFile:
    """The file that a text is; `file` is its name for remarks. Raises AuditError DR703 for a line that is none.

    It is an import's if it has a parameter that only imports have, or if its name begins with imp.
    """
    settings: list[Setting] = []
    notes: dict[int, str] = {}
    note = ""
    for number, line in enumerate(_lines(text), 1):
        about = _NOTE.match(line)
        if about:
            note = about[1]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _PARAMETER.match(line)
        if match is None or match["value"] is None:
            raise not_understood(file, number, f"{line.strip()!r} is not NAME=value", "write one parameter a line")
        settings.append(Setting(match["name"].upper(), match["value"], number))
        if note:
            notes[number], note = note, ""
    own_name = file.replace("\\", "/").rpartition("/")[2]
    imports = any(s.name in IMPORT_ONLY for s in settings) or own_name.lower().startswith("imp")
    return DumpFile(file, "import" if imports else "export", tuple(settings), notes)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def remarks_on_dumps(dumps: Sequence[DumpFile]) -> Iterator[Remark]:
    """Words that are no parameters; imports that read another file than the export writes; exports of no one moment."""
    exports = [d for d in dumps if d.kind == "export"]
    for dump in dumps:
        for setting in dump.settings:
            if setting.name not in DATA_PUMP:
                yield _unknown(dump, setting)
    for export in exports:
        if export.named("FLASHBACK_SCN") is None and export.named("FLASHBACK_TIME") is None:
            yield Remark(
                PROBLEM,
                export.file,
                export.settings[0].line,
                "export-of-no-moment",
                "the export is not taken as of an SCN: what changes while it runs can be in one table and not in another",
                "FLASHBACK_SCN=<the SCN that Replicat is started after>",
                ("AS-18", "AS-22"),
            )
    for dump in dumps:
        if dump.kind == "import" and exports and all(_file(e) != _file(dump) for e in exports):
            yield _other_file(dump, exports[0])


def _file(dump: DumpFile) -> str:
    """The dump file as the text means it, without its directory."""
    named = dump.named("DUMPFILE")
    return (named.value.rpartition(":")[2] if named else DEFAULT_FILE).lower()


def _other_file(dump: DumpFile, export: DumpFile) -> Remark:
    read, written = dump.named("DUMPFILE"), export.named("DUMPFILE")
    reads = f"the import reads {_file(dump)} ({dump.file}:{(read or dump.settings[0]).line})"
    writes = f"writes {_file(export)}" if written else f"names no file, and so writes {DEFAULT_FILE}"
    return Remark(
        PROBLEM,
        export.file,
        (written or export.settings[0]).line,
        "dump-file-differs",
        f"the export {writes}; {reads}, finds no such file, or an older one of that name",
        f"write DUMPFILE={_file(dump)}",
        ("AS-18",),
    )


def _unknown(dump: DumpFile, setting: Setting) -> Remark:
    near = like(setting.name, DATA_PUMP)
    program = "impdp" if dump.kind == "import" else "expdp"
    if near is None:
        what = f"{setting.name} is no parameter that this audit knows"
        return Remark(WARNING, dump.file, setting.line, "unknown-parameter", what)
    return Remark(
        PROBLEM,
        dump.file,
        setting.line,
        "unknown-parameter",
        f"{setting.name} is no parameter; it is like {near}. {program} does not begin with a file that has it",
        f"write {near}",
        ("AS-18",),
    )
