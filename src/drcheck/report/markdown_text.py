"""Markdown (GitHub's dialect) in which no text means anything but itself: no name can end a cell, open a tag, begin a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from drcheck.render.style import clean

_MEANINGFUL = re.compile(r"([\\`*{}\[\]<>#|~&$])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LINE_START = re.compile(r"^(\d+)([.)])(?=\s)|^([-+=]+)(?=\s|$)")


def text(value: str) -> str:
    """A text on one line in which no character has a meaning to Markdown or HTML."""
    joined = " ".join(clean(value).split())
    escaped = _MEANINGFUL.sub(lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m[0], f"\\{m[0]}"), joined)
    escaped = re.sub(r"(?i)\b(https?|ftp):", r"\1&#58;", escaped)  # no link that nobody wrote
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[0]}", escaped)


def code(value: str, *, cell: bool = False) -> str:
    """A code span; `cell` where it stands in a table, in which a bar ends the cell even inside code."""
    joined = " ".join(clean(value).split())
    if not joined:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", joined)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if joined.startswith("`") or joined.endswith("`") else ""
    span = f"{fence}{pad}{joined}{pad}{fence}"
    return span.replace("\\|", "\\\\|").replace("|", "\\|") if cell else span


def fenced(lines: Iterable[str], language: str = "text") -> list[str]:
    """A code block whose fence is longer than any run of backticks in it."""
    body = [clean(line) for line in lines]
    longest = max((len(run) for line in body for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *body, fence, ""]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of cells that are escaped already."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(header)}")
        lines.append(f"| {' | '.join(cell or ' ' for cell in row)} |")
    return [*lines, ""]


def folded(summary: str, lines: Iterable[str]) -> list[str]:
    """Lines that are shown when they are requested."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "</details>", ""]


def plain(value: str) -> str:
    """A text between HTML tags."""
    return clean(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


__all__ = ["code", "fenced", "folded", "plain", "table", "text"]
