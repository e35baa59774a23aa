"""What a review is made of: blocks and words, each shown in HTML and in Markdown by one function, so that the two agree.

A *part* of a review has blocks; an *entry* is a block with an address of its own (a finding, a trace, a machine), and is never
torn apart when a part is spread over files. Words know nothing of their form: a name, a link to an address, a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from drcheck.render.bars import BarChart
from drcheck.render.cell_map import CellMap
from drcheck.render.document import ArchitectureDiagram, MachineDiagram
from drcheck.render.plot import Plot
from drcheck.render.tree import TreeDiagram
from drcheck.render.triangle import Triangle


# -- words -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Name:
    """A name of the model, set as code."""

    kind: ClassVar[str] = "name"
    text: str


@dataclass(frozen=True)
class Badge:
    """A verdict, with its sign and colour."""

    kind: ClassVar[str] = "badge"
    text: str


@dataclass(frozen=True)
class Strong:
    """Words that stand out."""

    kind: ClassVar[str] = "strong"
    text: str


@dataclass(frozen=True)
class Link:
    """A way to an address: `to` is that of an entry, a row or a part; `study` names another study, "" the same one.

    `code`: the text is a name. A link to an address that no file has is shown as its text.
    """

    kind: ClassVar[str] = "link"
    text: str
    to: str
    study: str = ""
    code: bool = False


@dataclass(frozen=True)
class Break:
    """The next line of a cell or a fact."""

    kind: ClassVar[str] = "break"


Word: TypeAlias = str | Name | Badge | Strong | Link | Break
Words: TypeAlias = tuple[Word, ...]


# -- blocks ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Heading:
    """A heading inside a part: of level 3 or 4."""

    kind: ClassVar[str] = "heading"
    words: Words
    level: int = 3
    id: str = ""


@dataclass(frozen=True)
class Para:
    """A paragraph. `tone`: "warning", "answer" (what a reader should take away), "small", or ""."""

    kind: ClassVar[str] = "para"
    words: Words
    tone: str = ""


@dataclass(frozen=True)
class Items:
    """A list. `ordered`: numbered."""

    kind: ClassVar[str] = "items"
    entries: tuple[Words, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of one thing: (heading, words)."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class Row:
    """A row of a table. `id`: its address; `tags`: see `Entry`; `group`: its one cell is a heading of the rows below."""

    cells: tuple[Words, ...]
    id: str = ""
    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    group: bool = False


@dataclass(frozen=True)
class Table:
    """A table. `look` names how wide its columns are; columns whose heading begins with "#" hold figures."""

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    look: str = ""


@dataclass(frozen=True)
class Code:
    """Lines to be read as they are; `language`: "sh" for commands."""

    kind: ClassVar[str] = "code"
    lines: tuple[str, ...]
    language: str = "text"


@dataclass(frozen=True)
class Chart:
    """A trace: its text is the data, from which a chart is drawn when it is opened. `paper`: what is printed, () for all."""

    kind: ClassVar[str] = "chart"
    lines: tuple[str, ...]
    paper: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A machine, an architecture, or a fault tree (whose text stands beside it)."""

    kind: ClassVar[str] = "drawing"
    document: MachineDiagram | ArchitectureDiagram | TreeDiagram
    label: str = ""


@dataclass(frozen=True)
class Curves:
    """Curves, drawn from what the table beside them says."""

    kind: ClassVar[str] = "curves"
    plot: Plot


@dataclass(frozen=True)
class Cells:
    """A map of two parameters, drawn from what the table beside it says."""

    kind: ClassVar[str] = "cells"
    plot: CellMap


@dataclass(frozen=True)
class Bars:
    """Values beside their bounds, drawn from what the table beside them says."""

    kind: ClassVar[str] = "bars"
    chart: BarChart


@dataclass(frozen=True)
class Pairs:
    """What things do alone and in pairs, drawn from what the table beside it says."""

    kind: ClassVar[str] = "pairs"
    triangle: Triangle


@dataclass(frozen=True)
class Fold:
    """Blocks that are shown on request; `printed`: also on paper."""

    kind: ClassVar[str] = "fold"
    summary: Words
    blocks: tuple[Block, ...]
    printed: bool = False


@dataclass(frozen=True)
class Side:
    """Blocks in columns side by side where there is room."""

    kind: ClassVar[str] = "side"
    columns: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Entry:
    """Something with an address: a finding, a trace, a machine. `tags`: (facet, values) by which a reader filters."""

    kind: ClassVar[str] = "entry"
    id: str
    title: Words
    blocks: tuple[Block, ...]
    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()


Block: TypeAlias = (
    Heading
    | Para
    | Items
    | Facts
    | Table
    | Code
    | Chart
    | Curves
    | Cells
    | Bars
    | Pairs
    | Drawing
    | Fold
    | Side
    | Entry
)


@dataclass(frozen=True)
class Part:
    """A part of a review. `printed`: it is printed with the study; `apart`: how soon it moves to a file of its own where a
    study does not fit into one, the greatest first; 0: never. `filtered`: its entries and rows can be filtered by their tags.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    printed: bool = False
    apart: int = 0
    filtered: bool = False


def named(texts: tuple[str, ...] | list[str], joint: str = ", ") -> Words:
    """Names, one after the other."""
    found: list[Word] = []
    for text in texts:
        found += [joint, Name(text)] if found else [Name(text)]
    return tuple(found)


__all__ = [
    "Badge",
    "Bars",
    "Block",
    "Break",
    "Cells",
    "Chart",
    "Code",
    "Curves",
    "Drawing",
    "Entry",
    "Facts",
    "Fold",
    "Heading",
    "Items",
    "Link",
    "Name",
    "Pairs",
    "Para",
    "Part",
    "Row",
    "Side",
    "Strong",
    "Table",
    "Word",
    "Words",
    "named",
]
