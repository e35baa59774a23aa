"""Parameter files of Extract, DataPump and Replicat, and scripts of GGSCI commands, with the line of every item.

What the audit and the design need is taken apart (tables, exclusions, DDL clauses, trails); every other parameter is
kept as its words. A file that cannot be understood is an AuditError DR703 with its line.
(Oracle GoldenGate 11.2 Reference Guide for Windows and UNIX.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from model.info_mart_replication.parameter_files.data_pump import DumpFile, is_dump_parameters, parse_dump_parameters
from model.info_mart_replication.parameter_files.patterns import Pattern, pattern
from model.info_mart_replication.parameter_files.tokens import (
    Line,
    Text,
    Token,
    balanced,
    lines_of,
    not_understood,
    read_text,
)

TERMINATED = ("TABLE", "MAP", "SEQUENCE")
"""Statements that run until `;`, over any number of lines."""
EXCLUSIONS = ("TABLEEXCLUDE", "MAPEXCLUDE")
SELECTIONS = (*TERMINATED, *EXCLUSIONS)
STARTS = (
    *SELECTIONS, "EXTRACT", "REPLICAT", "EXTTRAIL", "RMTTRAIL", "RMTHOST", "USERID", "PASSTHRU", "DDL", "DDLOPTIONS",
    "DDLERROR", "DBOPTIONS", "REPERROR", "REPORT", "REPORTROLLOVER", "REPORTCOUNT", "STATOPTIONS", "DISCARDFILE",
    "TRACE", "ASSUMETARGETDEFS", "HANDLECOLLISIONS", "NOHANDLECOLLISIONS", "WILDCARDRESOLVE", "TRANLOGOPTIONS",
)  # keywords only  # fmt: skip
"""Parameters that never continue another statement: found there, the statement before them has not been ended."""
COMMANDS = (
    "ADD", "ALTER", "CLEANUP", "DBLOGIN", "DELETE", "INFO", "KILL", "OBEY", "REGISTER", "SEND", "SHELL", "START",
    "STATS", "STATUS", "STOP", "UNREGISTER", "VIEW",
)  # keywords only  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A parameter or a command as its tokens, without `;`. `blank_inside`: an empty line follows one of its `&`."""

    tokens: tuple[Token, ...]
    blank_inside: int = 0

    @property
    def keyword(self) -> str:
        """The first word, in capitals."""
        return self.tokens[0].word

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.tokens[0].line

    @property
    def words(self) -> tuple[str, ...]:
        """Its words after the first, as written."""
        return tuple(token.text for token in self.tokens[1:])

    def after(self, word: str) -> Token | None:
        """The token after the first `word`, or None."""
        upper = [token.word for token in self.tokens]
        position = upper.index(word) + 1 if word in upper else len(upper)
        return self.tokens[position] if position < len(upper) else None


@dataclass(frozen=True)
class Selection:
    """TABLE, MAP, SEQUENCE, TABLEEXCLUDE or MAPEXCLUDE with its name; `target` of a MAP only."""

    keyword: str
    pattern: Pattern
    line: int
    target: Pattern | None = None


@dataclass(frozen=True)
class Clause:
    """An INCLUDE or EXCLUDE of DDL: `pattern` for OBJNAME, else None; `words` are all that it says."""

    include: bool
    pattern: Pattern | None
    words: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class ParameterFile:
    """A parameter file. `kind`: extract, datapump (an Extract that reads a trail) or replicat; `name`: its group."""

    file: str
    kind: str
    name: str
    statements: tuple[Statement, ...]
    selections: tuple[Selection, ...]
    ddl: tuple[Clause, ...]
    notes: dict[int, str] = field(default_factory=dict)

    def all(self, keyword: str) -> tuple[Statement, ...]:
        """The statements of one keyword."""
        return tuple(s for s in self.statements if s.keyword == keyword)

    def trails(self, keyword: str) -> tuple[Token, ...]:
        """The trails that EXTTRAIL or RMTTRAIL name."""
        return tuple(s.tokens[1] for s in self.all(keyword))

    def selected(self, *keywords: str) -> tuple[Selection, ...]:
        """The selections of some keywords."""
        return tuple(s for s in self.selections if s.keyword in keywords)

    @property
    def includes(self) -> tuple[Selection, ...]:
        """TABLE or MAP statements."""
        return self.selected("TABLE", "MAP")

    @property
    def exclusions(self) -> tuple[Selection, ...]:
        """TABLEEXCLUDE or MAPEXCLUDE statements."""
        return self.selected(*EXCLUSIONS)

    @property
    def handles_collisions(self) -> Statement | None:
        """The HANDLECOLLISIONS that is in force at the end of the file, or None."""
        found = [s for s in self.statements if s.keyword in ("HANDLECOLLISIONS", "NOHANDLECOLLISIONS")]
        return found[-1] if found and found[-1].keyword == "HANDLECOLLISIONS" else None


@dataclass(frozen=True)
class Script:
    """A script of GGSCI commands, as an obey file or copied with its prompts."""

    file: str
    commands: tuple[Statement, ...]
    notes: dict[int, str] = field(default_factory=dict)

    def all(self, verb: str, *objects: str) -> tuple[Statement, ...]:
        """The commands `verb` on one of `objects` (any where none is given)."""
        return tuple(
            c
            for c in self.commands
            if c.keyword == verb and (not objects or (len(c.tokens) > 1 and c.tokens[1].word in objects))
        )


def read(path: Path) -> ParameterFile | Script | DumpFile:
    """A parameter file, of a GoldenGate process or of an export or import, or a script. Raises AuditError DR702 or DR703."""
    return parse(read_text(path), str(path))


def parse(text: str, file: str) -> ParameterFile | Script | DumpFile:
    """The same from a text; `file` is the name for errors and remarks."""
    if is_dump_parameters(text):
        return parse_dump_parameters(text, file)
    lines = lines_of(text, file)
    if not lines.lines:
        raise not_understood(file, 1, "the file is empty", "name a parameter file or a script of commands")
    if lines.prompted or lines.lines[0].tokens[0].word in COMMANDS:
        return _script(lines)
    return _parameter_file(lines)


# -- statements -------------------------------------------------------------------------------------------------------
def _statements(text: Text, ends_at_semicolon: Sequence[str]) -> list[Statement]:
    """Join lines to statements: by `&`, and until `;` for the keywords that need it."""
    found: list[Statement] = []
    tokens: list[Token] = []
    blank_inside, joined = 0, False
    for line in text.lines:
        if tokens and not joined:
            keyword = tokens[0].word
            if keyword not in ends_at_semicolon:
                found.append(_finished(tokens, blank_inside, text.file))
                tokens, blank_inside = [], 0
            elif line.tokens[0].word in STARTS:
                raise _unended(text.file, tokens[0], line)
        elif joined and line.blank_before:
            blank_inside = line.number
        for token in line.tokens:
            if token.text != ";":
                tokens.append(token)
            elif tokens:
                found.append(_finished(tokens, blank_inside, text.file))
                tokens, blank_inside = [], 0
            else:
                raise not_understood(text.file, token.line, "there is a ; without a statement", "remove it")
        joined = line.continued
    if joined:
        raise not_understood(
            text.file,
            text.lines[-1].number,
            "the last line ends in &, but nothing follows",
            "remove the & or add the line that is missing",
        )
    if tokens:
        if tokens[0].word in ends_at_semicolon:
            raise _unended(text.file, tokens[0], None)
        found.append(_finished(tokens, blank_inside, text.file))
    return found


def _unended(file: str, start: Token, line: Line | None) -> Exception:
    until = f"before {line.tokens[0].text} in line {line.number}" if line else "before the end of the file"
    return not_understood(file, start.line, f"{start.word} is not ended {until}", "end it with ;")


def _finished(tokens: Sequence[Token], blank_inside: int, file: str) -> Statement:
    balanced(tokens, file)
    if tokens[0].text in "()":
        raise not_understood(file, tokens[0].line, f"a statement cannot begin with {tokens[0].text}")
    return Statement(tuple(tokens), blank_inside)


# -- parameter files ----------------------------------------------------------------------------------------------------
def _parameter_file(text: Text) -> ParameterFile:
    statements = _statements(text, TERMINATED)
    groups = [s for s in statements if s.keyword in ("EXTRACT", "REPLICAT")]
    if not groups:
        raise not_understood(
            text.file,
            statements[0].line,
            "the file names no EXTRACT or REPLICAT, and begins with no GGSCI command",
            "begin a parameter file with EXTRACT name or REPLICAT name",
        )
    if len(groups) > 1:
        raise not_understood(
            text.file,
            groups[1].line,
            f"the file is of {groups[0].keyword} {' '.join(groups[0].words)} (line {groups[0].line}) already",
            "one parameter file is of one process",
        )
    for statement in statements:
        if statement.keyword in ("EXTRACT", "REPLICAT", "EXTTRAIL", "RMTTRAIL", "RMTHOST") and not statement.words:
            raise not_understood(text.file, statement.line, f"{statement.keyword} has no name", "write it after it")
    keywords = {s.keyword for s in statements}
    kind = "replicat" if groups[0].keyword == "REPLICAT" else "extract"
    if kind == "extract" and ("PASSTHRU" in keywords or ("RMTTRAIL" in keywords and "EXTTRAIL" not in keywords)):
        kind = "datapump"
    login = next((s.words[0].partition("@")[0] for s in statements if s.keyword == "USERID" and s.words), "")
    selections = tuple(_selection(s, text.file, login) for s in statements if s.keyword in SELECTIONS)
    ddl = tuple(c for s in statements if s.keyword == "DDL" for c in _clauses(s, text.file, login))
    return ParameterFile(text.file, kind, groups[0].words[0], tuple(statements), selections, ddl, text.notes)


def _selection(statement: Statement, file: str, login: str) -> Selection:
    if not statement.words:
        raise not_understood(file, statement.line, f"{statement.keyword} has no name", "write owner.table")
    name = _name(statement.tokens[1], file, login)
    target = None
    if statement.keyword == "MAP":
        token = statement.after("TARGET")
        if token is None:
            raise not_understood(
                file, statement.line, "MAP has no TARGET", "write MAP owner.table, TARGET owner.table;"
            )
        target = _name(token, file, login)
    return Selection(statement.keyword, name, statement.line, target)


def _name(token: Token, file: str, login: str) -> Pattern:
    found = None if token.text in "()" else pattern(token.text, login)
    if found is None:
        raise not_understood(file, token.line, f"{token.text!r} is not a name of a table", "write owner.table")
    return found


def _clauses(statement: Statement, file: str, login: str) -> list[Clause]:
    """The INCLUDE and EXCLUDE clauses of a DDL statement. Words before the first are an error."""
    starts = [i for i, token in enumerate(statement.tokens) if token.word in ("INCLUDE", "EXCLUDE")]
    if len(statement.tokens) > 1 and (not starts or starts[0] > 1):
        token = statement.tokens[1]
        raise not_understood(file, token.line, f"DDL is followed by {token.text!r}, not by INCLUDE or EXCLUDE")
    clauses = []
    for start, end in pairwise([*starts, len(statement.tokens)]):
        tokens = statement.tokens[start:end]
        words = [token.word for token in tokens]
        named = None
        if "OBJNAME" in words:
            if words[-1] == "OBJNAME":
                raise not_understood(file, tokens[-1].line, "OBJNAME has no name", "write OBJNAME owner.object")
            named = _name(tokens[words.index("OBJNAME") + 1], file, login)
        elif len(tokens) == 1:
            raise not_understood(
                file, tokens[0].line, f"{tokens[0].word} says of nothing", "write OBJNAME owner.object"
            )
        clauses.append(Clause(words[0] == "INCLUDE", named, tuple(t.text for t in tokens), tokens[0].line))
    return clauses


# -- scripts ------------------------------------------------------------------------------------------------------------
def _script(text: Text) -> Script:
    commands = _statements(text, ())
    for command in commands:
        kind = command.tokens[1].word if len(command.tokens) > 1 else ""
        named = ("EXTRACT", "REPLICAT", "EXTTRAIL", "RMTTRAIL", "TRANDATA")
        if command.keyword in ("ADD", "ALTER", "START", "STOP", "DELETE") and (
            not kind or (kind in named and len(command.tokens) < 3)
        ):
            what = f"{command.keyword} {kind}".strip()
            raise not_understood(text.file, command.line, f"{what} names nothing", f"write {what} and a name")
    return Script(text.file, tuple(commands), text.notes)
