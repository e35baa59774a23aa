"""What parameter files and scripts say of the design `model.info_mart_replication.setup:replication_setup`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drcheck.errors import AuditError
from model.info_mart_replication.parameter_files.parameters import read
from model.info_mart_replication.parameter_files.selection import Files, parameter_files, scripts, trails


def parameters_from(paths: Sequence[Path]) -> dict[str, Any]:
    """The parameters of the set-up design that the files decide. Raises AuditError DR702 or DR703.

    `remote_trail`: "dp" if DataPump's file, ADD RMTTRAIL and ADD REPLICAT name one trail, "DP" if the names differ;
    `case_sensitive`: True where they differ by more than case, for these are two trails on every system, else not given;
    `handle_collisions`, `after_csn`, and `extract_begins` from Replicat's file, START REPLICAT and the commands of
    Extract (a BEGIN with a time is taken for one before the export's SCN). Raises AuditError DR703 where nothing says
    what Replicat reads or how it is started.
    """
    return settings_of([read(path) for path in paths])


def settings_of(files: Files) -> dict[str, Any]:
    """The same of files that are read already."""
    starts = [c for s in scripts(files) for c in s.all("START", "REPLICAT")]
    names = [t.name for t in trails(files) if t.role == "remote"]
    reads = [t for t in trails(files) if t.role == "remote" and t.verb == "read"]
    replicats = [f for f in parameter_files(files) if f.kind == "replicat"]
    for found, what in (
        (starts, "START REPLICAT"),
        (reads, "ADD REPLICAT ..., EXTTRAIL"),
        (replicats, "a Replicat file"),
    ):
        if not found:
            raise AuditError(
                "DR703",
                f"the files do not hold {what}, which the set-up design depends on",
                available=[f.file for f in files],
                remedy="name the scripts and the parameter files together",
            )
    settings: dict[str, Any] = {
        "remote_trail": "dp" if len(set(names)) == 1 else "DP",
        "handle_collisions": any(f.handles_collisions is not None for f in replicats),
        "after_csn": all(c.after("AFTERCSN") is not None or c.after("ATCSN") is not None for c in starts),
        "extract_begins": "export_scn" if _begins_at_scn(files) else "now",
    }
    if len({name.upper() for name in names}) > 1:
        settings["case_sensitive"] = True
    return settings


def _begins_at_scn(files: Files) -> bool:
    """Whether an Extract that reads the redo logs is told to begin at an SCN, or at a time: one before the export's SCN."""
    added = [c for s in scripts(files) for c in s.all("ADD", "EXTRACT") if c.after("TRANLOG") is not None]
    begins = [begin.word for c in added if (begin := c.after("BEGIN")) is not None]
    commands = [*added, *(c for s in scripts(files) for verb in ("ALTER", "START") for c in s.all(verb, "EXTRACT"))]
    at_scn = any(c.after(word) is not None for c in commands for word in ("SCN", "ATCSN", "AFTERCSN"))
    return at_scn or any(word != "NOW" for word in begins)
