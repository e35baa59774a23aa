"""The claims matrix: every claim in scope, the properties that decide it, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drcheck.report.content import ClaimGroup, ClaimRow, ClaimText, Decision, DesignView
from drcheck.verdicts import claims as declared
from drcheck.verdicts.claims import Claim


def claim_texts(claims: Iterable[Claim]) -> dict[str, ClaimText]:
    """The claims by key, in their order."""
    return {c.key: ClaimText(c.key, c.text, c.document, c.section) for c in claims}


def group_of(key: str) -> str:
    """The group that a claim belongs to: `IM` of `IM-7`. A key without a hyphen is its own group."""
    return key.rpartition("-")[0] or key


def claims_matrix(
    texts: dict[str, ClaimText], designs: Sequence[DesignView]
) -> tuple[list[ClaimRow], list[ClaimGroup]]:
    """A row for each claim in scope, and the groups of claims that are out of scope.

    In scope are all claims of the groups that some property of the designs speaks of (all claims where no property
    names any), so a claim that no property states appears in the matrix as NOT DECIDED. Keys that properties name and the
    list of claims lacks come last, with a note. The verdict is that of `drcheck.verdicts.claims.Row`.
    """
    named: dict[str, list[Decision]] = {}
    notes: dict[str, list[str]] = {}
    for number, design in enumerate(designs, 1):
        for row in design.rows:
            for key in row.claims:
                named.setdefault(key, []).append(Decision(design.title, number, row.name, row.id, row.verdict))
                if row.vacuous:
                    notes.setdefault(key, []).append(f"{row.name} holds vacuously")
        for left_out in design.coverage.skipped:
            for key in left_out.claims:
                named.setdefault(key, []).append(Decision(design.title, number, left_out.name, "", ""))
                notes.setdefault(key, []).append(f"{left_out.name} was not run: {left_out.why}")
    groups = {group_of(key) for key in named}
    inside = [claim for claim in texts.values() if not groups or group_of(claim.key) in groups]
    inside += [ClaimText(key, "", "", "") for key in named if key not in texts]
    others: dict[str, list[ClaimText]] = {}
    for claim in texts.values():
        if groups and group_of(claim.key) not in groups:
            others.setdefault(group_of(claim.key), []).append(claim)
    rows = [_row(claim, named.get(claim.key, []), notes.get(claim.key, []), claim.key in texts) for claim in inside]
    return rows, [ClaimGroup(name, claims[0].document, len(claims)) for name, claims in others.items()]


def _row(claim: ClaimText, decisions: Sequence[Decision], notes: Sequence[str], listed: bool) -> ClaimRow:
    said = [] if listed else ["not in the list of claims"]
    said += dict.fromkeys(notes)
    if not decisions:
        said.append("no property of this review states it")
    decided = tuple(declared.Decision(d.design, d.name, d.verdict) for d in decisions)
    stated = Claim(claim.key, claim.text or claim.key, claim.document or "-", claim.section or "-")
    return ClaimRow(claim, declared.Row(stated, decided).verdict, tuple(decisions), tuple(said))


__all__ = ["claim_texts", "claims_matrix", "group_of"]
