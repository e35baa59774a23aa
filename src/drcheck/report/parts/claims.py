"""The claims matrix: every claim in scope with its verdict and the properties that decide it."""

from __future__ import annotations

from itertools import groupby

from drcheck.report.blocks import Badge, Block, Break, Link, Name, Para, Part, Row, Table, Words
from drcheck.report.content import ClaimRow, Decision, Study
from drcheck.report.parts.phrases import claim_address, joined
from drcheck.report.words import count, sentence

LEAD = (
    "Every claim in scope, in our words, with the verdict that follows from the properties in the role as stated: what the "
    "document says, and nothing added. What breaks a claim beyond that, and what another reading makes of it, stands beside the "
    "verdict and does not change it. A claim that its properties do not decide is not decided."
)
NONE = "No property names a claim, and there is no list of claims."


def claims_part(study: Study) -> Part:
    """The matrix, document by document."""
    if not study.claims:
        return Part("claims", "Claims", (Para((NONE,)),), printed=True)
    blocks: list[Block] = [Para((LEAD,), tone="small")]
    if study.out_of_scope:
        others = ", ".join(f"{count(g.size, 'claim')} {g.name} ({g.document})" for g in study.out_of_scope)
        blocks.append(Para((f"Out of scope, since no property of this review is about them: {others}.",), tone="small"))
    by_document = sorted(study.claims, key=lambda row: row.claim.document)
    rows: list[Row] = []
    for document, found in groupby(by_document, key=lambda row: row.claim.document):
        rows.append(Row(((document or "Other keys",),), group=True))
        rows += [_row(study, row) for row in found]
    blocks.append(Table(("Key", "Verdict", "Claim", "Decided by"), tuple(rows), "claims"))
    return Part("claims", "Claims", tuple(blocks), printed=True, apart=20, filtered=True)


def _row(study: Study, row: ClaimRow) -> Row:
    where = f"{row.kind}; {row.claim.section}" if row.claim.section else row.kind
    said: Words = (row.claim.text or "(no text)", f" ({where})")
    for note in row.notes:
        said = (*said, Break(), sentence(note))
    more = row.verdict.removeprefix(row.word).strip()
    word: Words = (Badge(row.word), *((" ", more) if more else ()))
    deciding = joined([_decided(study, same) for same in row.by_property], Break())
    facets = (
        ("claim", (row.claim.key,)),
        ("verdict", (row.word,)),
    )
    return Row(((row.claim.key,), word, said, deciding), claim_address(row.claim.key), facets)


def _decided(study: Study, same: list[Decision]) -> Words:
    """A property that decides a claim, in several designs perhaps; those of other studies are named."""
    first = same[0]
    elsewhere = "" if first.study == study.key else first.study
    name = Link(first.name, first.id, elsewhere, code=True) if first.id else Name(first.name)
    said: Words = (name, f" {first.verdict}" if first.verdict else "", f" ({first.role})" if first.role else "")
    if len(study.designs) > 1 or any(d.study != study.key for d in same):
        said = (*said, f" ({', '.join(d.design for d in same)})")
    return said


__all__ = ["LEAD", "claims_part"]
