"""Words that several parts say in the same way: names with their addresses, parameters, verdicts with their reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from drcheck.report.anchors import anchor
from drcheck.report.blocks import Badge, Block, Heading, Link, Name, Para, Word, Words
from drcheck.report.content import DesignView, FindingView, PropertyRow, Study
from drcheck.report.words import paragraphs, sentence


def joined(parts: Iterable[Sequence[Word]], joint: Word = ", ") -> Words:
    """Words one after the other, with something between them."""
    found: list[Word] = []
    for part in parts:
        found += [joint, *part] if found else part
    return tuple(found)


def given(row: PropertyRow) -> Words:
    """The parameters that differ in a property's search, with their roles; () where none do."""
    groups = [
        ((f"{heading}: " if heading else ""), *joined([(Name(f"{name}={value}"),) for name, value in pairs]))
        for heading, pairs in row.given
    ]
    return joined(groups, "; ")


def claim_refs(keys: Iterable[str]) -> Words:
    """The keys of claims, each with the way to its row."""
    return joined([(Link(key, claim_address(key)),) for key in keys])


def claim_address(key: str) -> str:
    """The address of a claim."""
    return anchor("claim", key)


def finding_address(finding: FindingView) -> str:
    """The address of a finding."""
    return anchor("finding", finding.id)


def finding_link(finding: FindingView) -> Link:
    """The way to a finding, by its title."""
    return Link(finding.title, finding_address(finding))


def property_link(row: PropertyRow) -> Link:
    """The way to a property."""
    return Link(row.name, row.id, code=True)


def status_words(finding: FindingView) -> Words:
    """What is odd about a finding."""
    said = {"new": "not declared", "outdated": "outdated"}.get(finding.status, "")
    return (" (", said, ")") if said else ()


def prose(text: str) -> list[Block]:
    """The paragraphs of a text."""
    return [Para((part,)) for part in paragraphs(text)]


def named_design(study: Study, view: DesignView, level: int = 3) -> list[Block]:
    """The heading of a design's section, where a study has several."""
    return [Heading((view.title,), level)] if len(study.designs) > 1 else []


def numbered(study: Study, ids: Iterable[str]) -> str:
    """Designs by their titles."""
    return ", ".join(view.title for view in study.designs if view.id in set(ids))


def verdict(row: PropertyRow) -> Words:
    """A verdict with its reason and value."""
    return (Badge(row.verdict), " ", sentence(row.reason), *((" Worst case: ", row.value, ".") if row.value else ()))


def spelt(name: str, text: str = "") -> str:
    """A name as words; those that stand in a text are written as there: `hds` as HDS."""
    written = {word.lower(): word for word in re.findall(r"\w+", text) if word[1:] != word[1:].lower()}
    return " ".join(written.get(word, word) for word in name.split("_"))


_TICKS = re.compile(r"(at least )?[\d,]+ ticks? \(([^()]+)\)(.*)", re.DOTALL)


def plainly(value: str) -> str:
    """A value without the ticks in which it was counted, where it has another unit."""
    found = _TICKS.fullmatch(value)
    return f"{found[1] or ''}{found[2]}" if found else value.removesuffix(" ticks")


__all__ = [
    "claim_address",
    "claim_refs",
    "finding_address",
    "finding_link",
    "given",
    "joined",
    "named_design",
    "numbered",
    "plainly",
    "property_link",
    "prose",
    "spelt",
    "status_words",
    "verdict",
]
