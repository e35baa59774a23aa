"""Remarks on trails, commands and the conduct of the processes."""

from collections.abc import Iterator

from drcheck.audit import NOTE, PROBLEM, WARNING, Remark
from model.info_mart_replication.parameter_files.parameters import ParameterFile, Script, Statement
from model.info_mart_replication.parameter_files.selection import Files, Trail, parameter_files, scripts, trails


def remarks_on_trails(files: Files, case_sensitive: bool) -> Iterator[Remark]:
    """Trails by name: what is registered must be what is written, and what is read must be one of these."""
    found = trails(files)
    for trail in found:
        yield from _length(trail)
        same = [t for t in found if t.role == trail.role]
        written = [t for t in same if t.verb == "written"]
        added = [t for t in same if t.verb == "added"]
        if trail.verb == "added":
            own = [t for t in written if t.group.upper() == trail.group.upper()]
            yield from _compared(trail, own, case_sensitive)
        elif trail.verb == "read":
            yield from _compared(trail, written or added, case_sensitive)
        elif scripts(files) and not any(t.group.upper() == trail.group.upper() for t in added):
            yield Remark(
                WARNING,
                trail.file,
                trail.line,
                "trail-not-added",
                f"no script adds the {trail.role} trail {trail.name} for {trail.group}",
                f"ADD {trail.says} {trail.name}, EXTRACT {trail.group}",
                ("AS-25",),
            )


def _length(trail: Trail) -> Iterator[Remark]:
    name = trail.name.replace("\\", "/").rpartition("/")[2]
    if len(name) != 2 and not name.startswith("<"):
        yield Remark(
            PROBLEM,
            trail.file,
            trail.line,
            "trail-name-length",
            f"{trail.says} {trail.name}: the name of a trail is two characters, {name!r} is {len(name)}",
            "choose a name of two characters",
        )


def _compared(trail: Trail, others: list[Trail], case_sensitive: bool) -> Iterator[Remark]:
    """`trail` against those that it must be one of; a difference of case alone is told as such."""
    if not others or any(t.name == trail.name for t in others):
        return
    near = next((t for t in others if t.name.upper() == trail.name.upper()), None)
    other = near or others[0]
    where = f"{other.says} {other.name} (line {other.line} of {other.file})"
    reads = (
        "Replicat reads another trail than DataPump is registered to write"
        if trail.role == "remote"
        else "DataPump reads another trail than Extract is registered to write"
    )
    if near is not None:
        severity = PROBLEM if case_sensitive else WARNING
        what = (
            f"{trail.says} {trail.name} differs by case from {where}: where file names differ by case, as on UNIX, these "
            f"are two trails, {reads}, and nothing arrives"
        )
    else:
        severity, what = PROBLEM, f"{trail.says} {trail.name} is not {where}: {reads}"
    yield Remark(
        severity,
        trail.file,
        trail.line,
        "trail-case" if near else "trail-differs",
        what,
        f"write {other.name}",
        ("AS-18", "AS-25"),
    )


def remarks_on_commands(files: Files) -> Iterator[Remark]:
    """Groups that are started and have no file or no ADD; where Extract begins; where Replicat begins."""
    parameters = parameter_files(files)
    added = {(c.tokens[1].word, c.tokens[2].word) for s in scripts(files) for c in s.all("ADD", "EXTRACT", "REPLICAT")}
    replicat_started: tuple[str, int] | None = None
    for script in scripts(files):
        for command in script.commands:
            kind = command.tokens[1].word if len(command.tokens) > 1 else ""
            if kind not in ("EXTRACT", "REPLICAT") or command.keyword not in ("ADD", "START"):
                continue
            yield from _group(script, command, parameters, added)
            if kind == "REPLICAT" and command.keyword == "START":
                if command.after("AFTERCSN") is not None:
                    replicat_started = (script.file, command.line)
                elif command.after("ATCSN") is None:
                    yield Remark(
                        PROBLEM,
                        script.file,
                        command.line,
                        "no-aftercsn",
                        "Replicat is started without AFTERCSN: it applies again what the export holds already",
                        "START REPLICAT ..., AFTERCSN with the SCN of the export",
                        ("AS-18",),
                    )
            begins_now = command.keyword == "ADD" and (begin := command.after("BEGIN")) and begin.word == "NOW"
            if kind == "EXTRACT" and begins_now and replicat_started is not None:
                yield Remark(
                    PROBLEM,
                    script.file,
                    command.line,
                    "extract-begins-late",
                    f"Extract begins now, after Replicat was started after the export's SCN (line {replicat_started[1]} "
                    f"of {replicat_started[0]}): changes committed between that SCN and this command are in no trail "
                    "unless the server is stopped until here",
                    "add Extract before the SCN is read, or let it begin at that SCN",
                    ("AS-18",),
                )
    if scripts(files) and not any(s.all("ADD", "TRANDATA", "SCHEMATRANDATA") for s in scripts(files)):
        first = scripts(files)[0]
        yield Remark(
            WARNING,
            first.file,
            first.commands[0].line,
            "trandata-missing",
            "no script switches supplemental logging on",
            "ADD TRANDATA owner.* before the server runs again",
            ("AS-19",),
        )


def _group(
    script: Script, command: Statement, parameters: list[ParameterFile], added: set[tuple[str, str]]
) -> Iterator[Remark]:
    """A group that is added or started: it must have a parameter file, where there are any of its kind, and an ADD."""
    kind, name = command.tokens[1].word, command.tokens[2].text
    same = [f for f in parameters if (f.kind == "replicat") == (kind == "REPLICAT")]
    if same and not any(f.name.upper() == name.upper() for f in same):
        yield Remark(
            PROBLEM,
            script.file,
            command.line,
            "process-unknown",
            f"{command.keyword} {kind} {name}: no parameter file is of that name",
            f"one of: {', '.join(f.name for f in same)}",
        )
    if command.keyword == "START" and added and (kind, name.upper()) not in added:
        yield Remark(
            WARNING,
            script.file,
            command.line,
            "process-not-added",
            f"{kind} {name} is started, but no script adds it",
            f"ADD {kind} {name}, ...",
        )


def remarks_on_conduct(file: ParameterFile, files: Files) -> Iterator[Remark]:
    """What a process does with collisions, errors and new tables."""
    collisions = file.handles_collisions
    if collisions is not None and not _switched_off(file, files):
        yield Remark(
            WARNING,
            file.file,
            collisions.line,
            "collisions-handled",
            "HANDLECOLLISIONS stays on after the start: rows that are there already are overwritten, and changes of rows "
            "that are not there are dropped, without a word. It covers overlaps with the export, and afterwards hides "
            "that the databases are out of step",
            f"once Replicat has caught up: SEND REPLICAT {file.name}, NOHANDLECOLLISIONS, and remove the parameter",
            ("AS-18",),
        )
    if file.kind == "extract" and file.all("DDL") and not _adds_trandata(file):
        yield Remark(
            WARNING,
            file.file,
            file.all("DDL")[0].line,
            "new-tables-unlogged",
            "schema changes are captured, but no DDLOPTIONS ADDTRANDATA is in force: tables that an upgrade adds have no "
            "supplemental logging until ADD TRANDATA is repeated",
            "DDLOPTIONS ADDTRANDATA",
            ("AS-19",),
        )
    for statement in file.all("DDLERROR"):
        if [w.upper() for w in statement.words[:2]] == ["DEFAULT", "IGNORE"]:
            yield Remark(
                WARNING,
                file.file,
                statement.line,
                "ddl-errors-ignored",
                "schema changes that fail at the target are ignored: the schemas drift apart, and only later changes of "
                "data show it",
                "list the errors that may be ignored, and let the others stop Replicat",
                ("AS-14",),
            )
    to_exceptions = [s for s in file.statements if s.keyword == "REPERROR" and "EXCEPTION" in map(str.upper, s.words)]
    maps = {w.upper() for s in file.all("MAP") for w in s.words}
    if to_exceptions and not maps & {"EXCEPTIONSONLY", "MAPEXCEPTION"}:
        yield Remark(
            WARNING,
            file.file,
            to_exceptions[0].line,
            "exceptions-unhandled",
            "changes that fail are handed to an exceptions mapping, and there is none: they are left out and nobody is "
            "told but the discard file",
            "add a MAP ... EXCEPTIONSONLY or MAPEXCEPTION, or ABEND",
            ("AS-4",),
        )
    for keyword in ("EXTTRAIL", "RMTTRAIL"):
        if len(file.trails(keyword)) > 1:
            yield Remark(
                NOTE,
                file.file,
                file.trails(keyword)[1].line,
                "several-trails",
                f"the file has several {keyword}; its exclusions are taken for all of them here",
                "audit them one by one",
            )


def _switched_off(file: ParameterFile, files: Files) -> bool:
    return any(
        "NOHANDLECOLLISIONS" in (w.upper() for w in command.words)
        and file.name.upper() in map(str.upper, command.words)
        for script in scripts(files)
        for command in script.all("SEND", "REPLICAT")
    )


def _adds_trandata(file: ParameterFile) -> bool:
    return any("ADDTRANDATA" in map(str.upper, s.words) for s in file.all("DDLOPTIONS"))
