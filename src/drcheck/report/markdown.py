"""Blocks as Markdown (GitHub's dialect), with drawings as Mermaid.

Everything that comes from a design goes through `text`, `code`, `fenced` or `plain` of `markdown_text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drcheck.render.drawing import to_mermaid
from drcheck.render.tree import TreeDiagram
from drcheck.report.blocks import (
    Badge,
    Bars,
    Block,
    Break,
    Cells,
    Chart,
    Code,
    Curves,
    Drawing,
    Entry,
    Facts,
    Fold,
    Heading,
    Items,
    Link,
    Name,
    Pairs,
    Para,
    Part,
    Side,
    Strong,
    Table,
    Words,
)
from drcheck.report.html import Resolve
from drcheck.report.markdown_text import code, fenced, plain, table, text
from drcheck.report.page import Page

_QUOTED = {"warning": "> ", "answer": "> "}


def markdown(page: Page, resolve: Resolve) -> str:
    """A page as a Markdown file. `resolve`: where links lead."""
    writer = _Writer(resolve)
    lines = [writer.words(page.kicker), "", f"# {text(page.title)}", ""]
    if page.contents:
        lines += ["## Contents", "", *(f"{n}. {writer.words(entry)}" for n, entry in enumerate(page.contents, 1)), ""]
    for part in page.parts:
        lines += writer.part(part)
    lines += ["---", "", writer.words(page.footer)]
    return "\n".join(lines).rstrip() + "\n"


class _Writer:
    """Writes blocks as lines."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve

    def part(self, part: Part) -> list[str]:
        """A part with its heading and address."""
        return [f'<a id="{part.key}"></a>', "", f"## {text(part.title)}", "", *self.blocks(part.blocks)]

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """Blocks, one after the other."""
        return [line for block in blocks for line in self.block(block)]

    def block(self, block: Block) -> Iterator[str]:
        """One block."""
        match block:
            case Para(words, tone):
                yield from (f"{_QUOTED.get(tone, '')}{self.words(words)}", "")
            case Heading(words, level, id_):
                yield from ([f'<a id="{id_}"></a>', ""] if id_ else [])
                yield from (f"{'#' * level} {self.words(words)}", "")
            case Items(entries, ordered):
                yield from (f"{f'{n}.' if ordered else '-'} {self.words(e)}" for n, e in enumerate(entries, 1))
                yield ""
            case Facts(rows):
                yield from table(["", ""], ([text(head), self.words(said, cell=True)] for head, said in rows))
            case Table():
                yield from self.table(block)
            case Code(lines, language):
                yield from fenced(lines, language)
            case Chart(lines, _):
                yield from fenced(lines)
            case Curves() | Cells() | Bars() | Pairs():
                yield from ()  # what they show stands in a table beside them
            case Drawing(document, _):
                if not isinstance(document, TreeDiagram):  # whose text stands beside it
                    yield from fenced(to_mermaid(document).splitlines(), "mermaid")
            case Fold(summary, blocks, _):
                yield from ("<details>", f"<summary>{plain(_unmarked(summary))}</summary>", "")
                yield from self.blocks(blocks)
                yield from ("</details>", "")
            case Side(columns):
                for column in columns:
                    yield from self.blocks(column)
            case Entry(id_, title, blocks, _):
                yield from (f'<a id="{id_}"></a>', "", f"### {self.words(title)}", "")
                yield from self.blocks(blocks)

    def table(self, block: Table) -> list[str]:
        """A table; a group's heading is a row of its own."""
        width = len(block.head)
        rows = []
        for row in block.rows:
            cells = [self.words(cell, cell=True) for cell in row.cells]
            if row.group:
                cells = [f"**{cells[0]}**", *([""] * (width - 1))]
            if row.id:
                cells[0] = f'<a id="{row.id}"></a>{cells[0]}'
            rows.append(cells)
        return table([text(name.removeprefix("#")) for name in block.head], rows)

    def words(self, words: Words, *, cell: bool = False) -> str:
        """Words on one line; the blanks at the ends of texts stay, as names stand between them."""
        said = ""
        for word in words:
            match word:
                case str():
                    shown = text(word)
                    edges = " " * (word[:1].isspace()), " " * (bool(shown) and word[-1:].isspace())
                    said += f"{edges[0]}{shown}{edges[1]}"
                case Name(name):
                    said += code(name, cell=cell)
                case Badge(name) | Strong(name):
                    said += f"**{text(name)}**" if text(name) else ""
                case Break():
                    said += "<br>"
                case Link(name, _, _, is_code):
                    shown = code(name, cell=cell) if is_code else text(name)
                    href = self.resolve(word)
                    said += f"[{shown}]({href})" if href else shown
        return said


def _unmarked(words: Words) -> str:
    """Words without their form, for a place that has none."""
    return re.sub(
        r"\s+", " ", "".join(w if isinstance(w, str) else " " if isinstance(w, Break) else w.text for w in words)
    )


__all__ = ["markdown"]
