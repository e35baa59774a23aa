"""The text of parameter files and command scripts as tokens with their lines.

One statement a line; `&` at the end of a line continues it. Comments: a line that begins with `*` or COMMENT, and what
follows `--` at the start of a line or after a blank. Words in angle brackets (<Info_Mart>) are placeholders of published
samples and are kept as they are. (Oracle GoldenGate 11.2 Reference Guide for Windows and UNIX, parameter files.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drcheck.errors import AuditError, Place

LARGEST = 4 << 20
"""Bytes of the largest file that is read."""

_TOKEN = re.compile(r"""(?:<[A-Za-z][^<>\n]*>|"[^"\n]*"|'[^'\n]*'|[^\s,;()"'])+|[;()]|["']""")
_PROMPT = re.compile(r"\s*ggsci\s*(?:\([^()\n]*\))?\s*\d*\s*>", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:\*|comment(?:\s|\Z))", re.IGNORECASE)
_NOTE = re.compile(r"\s*--+\s*audit:\s*(.*\S)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Token:
    """A word, `;` or a parenthesis; `first`: nothing but blanks (and a prompt) stands before it in its line."""

    text: str
    line: int
    first: bool = False

    @property
    def word(self) -> str:
        """The text in capitals, as keywords are compared."""
        return self.text.upper()


@dataclass(frozen=True)
class Line:
    """A line with tokens. `blank_before`: lines without any stand between it and the last one with tokens."""

    number: int
    tokens: tuple[Token, ...]
    continued: bool
    blank_before: bool


@dataclass(frozen=True)
class Text:
    """A file as lines of tokens. `notes`: comments `-- audit: ...` by the line that they are about."""

    file: str
    lines: tuple[Line, ...]
    prompted: bool
    notes: dict[int, str] = field(default_factory=dict)


def not_understood(file: str, line: int, message: str, remedy: str = "") -> AuditError:
    """The error for a line that cannot be understood (DR703)."""
    return AuditError("DR703", message, place=Place(file, line), remedy=remedy)


def read_text(path: Path) -> str:
    """A file's text (UTF-8). Raises AuditError DR702."""
    try:
        if path.stat().st_size > LARGEST:
            raise AuditError("DR702", f"{path} is larger than {LARGEST >> 20} MB", remedy="it is no parameter file")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise AuditError(
            "DR702", f"{path} cannot be read: {reason}", remedy="name parameter files or scripts"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AuditError(
            "DR702", f"{path} is not text in UTF-8", place=Place(str(path), line), remedy="convert it to UTF-8"
        ) from error


def lines_of(text: str, file: str) -> Text:
    """The lines that have tokens. Raises AuditError DR703 for a control character or an open quotation mark."""
    found: list[Line] = []
    notes: dict[int, str] = {}
    note, blank, prompted = "", False, False
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        control = next((c for c in raw if c < " " and c != "\t"), None)
        if control is not None:
            raise not_understood(file, number, f"there is a control character ({ord(control)}) in the line")
        prompt = _PROMPT.match(raw)
        prompted = prompted or prompt is not None
        body = raw[prompt.end() :] if prompt else raw
        tokens, continued = _tokens("" if _COMMENT.match(body) else body, file, number)
        about = _NOTE.match(body)
        if about:
            note = about[1]
        if tokens:
            found.append(Line(number, tokens, continued, blank))
            if note:
                notes[number] = note
            note, blank = "", False
        elif continued:
            raise not_understood(file, number, "there is nothing before the & of the line", "remove the line")
        elif not body.strip():
            blank = True
    return Text(file, tuple(found), prompted, notes)


def _tokens(body: str, file: str, number: int) -> tuple[tuple[Token, ...], bool]:
    """The tokens of a line without its comment, and whether it ends in `&`."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(body):
        text = match[0]
        if text.startswith("--"):
            break
        if text in ('"', "'"):
            raise not_understood(file, number, f"the quotation mark {text} is not closed", "close it in the same line")
        tokens.append(Token(text, number, not tokens))
    if tokens and tokens[-1].text.endswith("&"):
        rest = tokens[-1].text[:-1]
        tokens = [*tokens[:-1], *([Token(rest, number, len(tokens) == 1)] if rest else [])]
        return tuple(tokens), True
    return tuple(tokens), False


def balanced(tokens: Sequence[Token], file: str) -> None:
    """Raise AuditError DR703 where parentheses of a statement do not match."""
    opened: list[Token] = []
    for token in tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")":
            if not opened:
                raise not_understood(file, token.line, "there is a ) without its (")
            opened.pop()
    if opened:
        raise not_understood(file, opened[-1].line, "a ( is not closed before the statement ends")
