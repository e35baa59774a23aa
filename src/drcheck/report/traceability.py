"""The claims matrix: every claim in scope, the properties that decide it, and the verdict that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from drcheck.logic.roles import as_stated
from drcheck.report.content import ClaimGroup, ClaimRow, ClaimText, Decision, DesignView
from drcheck.verdicts import claims as declared
from drcheck.verdicts.claims import Claim


def claim_texts(claims: Iterable[Claim]) -> dict[str, ClaimText]:
    """The claims by key, in their order."""
    return {c.key: ClaimText(c.key, c.text, c.document, c.section, c.reason, c.not_examined) for c in claims}


def group_of(key: str) -> str:
    """The group that a claim belongs to: `IM` of `IM-7`. A key without a hyphen is its own group."""
    return key.rpartition("-")[0] or key


Said: TypeAlias = tuple[int, str, declared.Decision]
"""What a property says: the number of its design, counted from 1, and a claim's key."""


def claims_matrix(
    claims: Sequence[Claim], designs: Sequence[DesignView], decided: Sequence[Said], studies: Sequence[str]
) -> tuple[list[ClaimRow], list[ClaimGroup]]:
    """A row for each claim in scope, and the groups of claims that are out of scope.

    `decided`: what the properties say; `studies`: the study of each design. In scope are all
    claims of the groups that some property of the designs speaks of (all claims where no property names any), so a claim that no
    property states appears in the matrix as not decided. Keys that properties name and the list of claims lacks come last, with a
    note. The verdict is that of `drcheck.verdicts.claims.Row`.
    """
    ids = {(number, row.name): row.id for number, design in enumerate(designs, 1) for row in design.rows}
    vacuous = {row.name for design in designs for row in design.rows if row.vacuous}
    known = {claim.key: claim for claim in claims}
    named: dict[str, list[tuple[int, declared.Decision]]] = {}
    for number, key, decision in decided:
        named.setdefault(key, []).append((number, decision))
    groups = {group_of(key) for key in named}
    inside = [claim for claim in claims if not groups or group_of(claim.key) in groups]
    inside += [Claim(key, key, "-", "-") for key in named if key not in known]
    others: dict[str, list[Claim]] = {}
    for claim in claims:
        if groups and group_of(claim.key) not in groups:
            others.setdefault(group_of(claim.key), []).append(claim)
    rows = []
    for claim in inside:
        own = named.get(claim.key, [])
        notes = [] if claim.key in known else ["not in the list of claims"]
        notes += [] if own else ["no property of this review states it"]
        for _, decision in own:
            if decision.property in vacuous:
                notes.append(f"{decision.property} holds vacuously")
            elif not decision.verdict:
                notes.append(f"{decision.property} was not run: {decision.reason}")
        shown = tuple(
            Decision(
                designs[number - 1].title,
                number,
                d.property,
                ids.get((number, d.property), ""),
                d.verdict,
                ", ".join(
                    [*([] if d.role == as_stated else [str(d.role)]), *(["by construction"] * d.by_construction)]
                ),
                studies[number - 1],
            )
            for number, d in own
        )
        row = declared.Row(claim, tuple(d for _, d in own))
        text = claim_texts([claim])[claim.key] if claim.key in known else ClaimText(claim.key, "", "", "")
        said = (*row.notes(), *dict.fromkeys(notes))
        rows.append(ClaimRow(text, claim.kind.value, row.word.value, row.verdict, shown, said))
    return rows, [ClaimGroup(name, own[0].document, len(own)) for name, own in others.items()]


def shared_out(rows: Sequence[ClaimRow], studies: Sequence[str]) -> dict[str, list[ClaimRow]]:
    """The rows of each study: claims that some property of it decides, with all that decide them. A claim that none decides goes
    to the study that has most claims of its group, the first of several.
    """
    found: dict[str, list[ClaimRow]] = {study: [] for study in studies}
    of_group: dict[str, Counter[str]] = {}
    for row in rows:
        mine = dict.fromkeys(decision.study for decision in row.decisions)
        of_group.setdefault(group_of(row.claim.key), Counter()).update(list(mine))
    for row in rows:
        mine = dict.fromkeys(decision.study for decision in row.decisions)
        most = of_group[group_of(row.claim.key)]
        for study in mine or [max(found, key=lambda name: most[name])]:
            found[study].append(row)
    return found


__all__ = ["Said", "claim_texts", "claims_matrix", "group_of", "shared_out"]
