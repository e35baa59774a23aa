"""Answers of other commands that a review takes in, and which of them are not made for this version."""

from __future__ import annotations

from itertools import groupby

from drcheck.report.anchors import anchor
from drcheck.report.blocks import Block, Code, Entry, Name, Para, Part, Words
from drcheck.report.content import Further, Study
from drcheck.report.further import MADE, WANTED
from drcheck.report.words import count

NOT_HERE = "Not made for this version: run the command in the folder of the designs, and make the review again."


def further_parts(study: Study) -> list[Part]:
    """A part for each kind of answer that there is of some design; what is not made is told there, too."""
    found: list[Part] = []
    for kind, those in groupby(study.further, key=lambda item: item.kind):
        answers = list(those)
        if not any(item.state == MADE for item in answers):
            continue
        entries = tuple(_entry(study, item) for item in answers)
        found.append(Part(kind, WANTED[kind], entries, printed=kind == "fmea", apart=55))
    return found


def _entry(study: Study, item: Further) -> Entry:
    several, general = len(study.designs) > 1, item.title == WANTED[item.kind]
    title: Words = (
        f"{item.design}: {item.title}" if several and not general else item.design if several else item.title,
    )
    address = anchor(item.kind, item.command)
    if item.state != MADE:
        blocks: tuple[Block, ...] = (Para((NOT_HERE,), tone="warning"), Code((item.command,), "sh"))
    else:
        blocks = (*item.blocks, Para(("Made by ", Name(item.command), "."), tone="small"))
    return Entry(address, title, blocks)


def missing(study: Study) -> list[Words]:
    """What is not made for this version, a line for each kind."""
    found: list[Words] = []
    open_ = [item for item in study.further if item.state != MADE]
    for kind, those in groupby(open_, key=lambda item: item.kind):
        items = list(those)
        found.append(
            (
                f"{WANTED[kind]}: not made for this version ({count(len({item.design for item in items}), 'design')}): ",
                Name(f"drcheck keep {kind} \N{HORIZONTAL ELLIPSIS}"),
            )
        )
    return found


__all__ = ["further_parts", "missing"]
