"""The files of a review: a page for each study, further ones for what does not fit there, and an index of the studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from drcheck.report.blocks import Block, Link, Para, Part, Row, Table, Words
from drcheck.report.content import Review, Study
from drcheck.report.html import forget_drawings, html, weight
from drcheck.report.markdown import markdown
from drcheck.report.page import Addresses, Page, spread
from drcheck.report.parts import parts
from drcheck.report.parts.front import FRONT, answer
from drcheck.report.words import count

HTML, MARKDOWN = ".html", ".md"
INDEX, NO_STUDY = "studies", " "
"""The address of the list of studies, and the key that stands for no study: that of no module."""


ON_PAPER = (
    "On paper come the first page, claims, findings and single faults; all else is read on the screen, at its address."
)


@dataclass(frozen=True)
class _Sheet:
    """A page with the key of its study."""

    study: str
    page: Page


def files(review: Review, stem: str = "review", *, beside: bool = False) -> dict[str, str]:
    """The texts of all files by their names: HTML, and the same in Markdown.

    `stem` is the name of the first file without its ending: the study, or the index where there are several. The others are named
    after their studies and parts, with the stem before it if they stand `beside` other things.
    """
    where = Addresses()
    sheets = _sheets(review, stem, f"{stem}-" if beside else "", where)
    found = {}
    for sheet in sheets:
        page = sheet.page
        for ending, write in ((HTML, html), (MARKDOWN, markdown)):
            found[page.name + ending] = write(page, partial(_resolve, where, sheet, ending))
    forget_drawings()
    return found


def _resolve(where: Addresses, sheet: _Sheet, ending: str, link: Link) -> str:
    name, mark, address = where.resolve(sheet.study, sheet.page.name, link, ending).partition("#")
    return f"{quote(name)}{mark}{address}"


def _sheets(review: Review, stem: str, before: str, where: Addresses) -> list[_Sheet]:
    several = len(review.studies) > 1
    found: list[_Sheet] = []
    for study in review.studies:
        name = f"{before}{study.key}" if several else stem
        found += _study(review, study, name, where)
    if several:
        where.add(NO_STUDY, stem, [_index_part(review)])
        found.insert(0, _Sheet(NO_STUDY, _index(review, stem)))
    return found


def _study(review: Review, study: Study, name: str, where: Addresses) -> list[_Sheet]:
    """The files of a study: page one and all that fits with it, then the others."""
    everything = parts(review, study)
    stay, moved = spread(everything, weight)
    where.add(study.key, name, stay)
    for part in moved:
        where.add(study.key, f"{name}-{part.key}", [part])
    contents = tuple((Link(part.title, part.key),) for part in everything)
    up: Words = (Link("All studies", INDEX, NO_STUDY), " \N{MIDDLE DOT} ") if len(review.studies) > 1 else ()
    made = f"Design review \N{MIDDLE DOT} {review.made} \N{MIDDLE DOT} drcheck {review.drcheck}"
    footer = f"{study.title}. {made}."
    main = Page(name, study.title, (*up, made), contents, tuple(stay), (f"{footer} {ON_PAPER}",))
    sheets = [_Sheet(study.key, main)]
    back: Words = (*up, Link(study.title, FRONT, study.key), f" \N{MIDDLE DOT} {made}")
    for part in moved:
        page = Page(f"{name}-{part.key}", f"{part.title}", back, contents, (part,), (footer,))
        sheets.append(_Sheet(study.key, page))
    return sheets


# -- the index ---------------------------------------------------------------------------------------------------------
def _index(review: Review, stem: str) -> Page:
    made = f"{review.made} \N{MIDDLE DOT} drcheck {review.drcheck}"
    return Page(stem, "Design review", (made,), (), (_index_part(review),), (f"Made by {review.command}",))


def _index_part(review: Review) -> Part:
    """Every study with its answer."""
    rows = []
    for study in review.studies:
        severe = [f.severity.value for f in study.findings]
        told = ", ".join(f"{severe.count(word)} {word}" for word in dict.fromkeys(sorted(severe, key=_RANKED.index)))
        title: Words = (Link(study.title, FRONT, study.key),)
        said = tuple(
            word if not isinstance(word, Link) else Link(word.text, word.to, study.key) for word in answer(study)
        )
        rows.append(Row((title, said, (told,), (str(sum(len(d.rows) for d in study.designs)),))))
    several = f"{count(len(review.studies), 'study', 'studies')}, each with a first page for those who sign."
    blocks: tuple[Block, ...] = (
        Para((several,)),
        Table(("Study", "Answer", "Findings", "#Properties"), tuple(rows), "studies"),
    )
    return Part(INDEX, "Studies", blocks, printed=True)


_RANKED: Sequence[str] = ("severe", "serious", "moderate", "not rated")

__all__ = ["HTML", "MARKDOWN", "files"]
