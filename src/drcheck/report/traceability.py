"""The claims matrix: every claim in scope, the properties that decide it, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from drcheck.report.content import (
    HOLDS,
    INCONCLUSIVE,
    NOT_DECIDED,
    VACUOUS,
    VIOLATED,
    ClaimRow,
    ClaimText,
    Decision,
    DesignView,
)


class ClaimLike(Protocol):
    """A claim as a list of claims declares it."""

    @property
    def key(self) -> str:
        """Its key, as in "IM-7"."""

    @property
    def text(self) -> str:
        """What is claimed, in our words."""

    @property
    def document(self) -> str:
        """The document that makes it."""

    @property
    def section(self) -> str:
        """Where in the document."""


def claim_texts(claims: Iterable[ClaimLike]) -> dict[str, ClaimText]:
    """The claims by key, in their order."""
    return {c.key: ClaimText(c.key, c.text, c.document, c.section) for c in claims}


def claims_matrix(texts: dict[str, ClaimText], designs: Sequence[DesignView]) -> list[ClaimRow]:
    """A row for each claim of the list, then for each key that properties name and the list lacks.

    A claim is as its worst deciding property: VIOLATED before INCONCLUSIVE before HOLDS; it HOLDS VACUOUSLY where all
    of them do, and is NOT DECIDED where there is none or none was run.
    """
    decisions: dict[str, list[Decision]] = {key: [] for key in texts}
    notes: dict[str, list[str]] = {}
    for design in designs:
        for row in design.rows:
            for key in row.claims:
                decisions.setdefault(key, []).append(Decision(design.title, row.name, row.id, row.verdict))
                if row.vacuous:
                    notes.setdefault(key, []).append(f"{row.name} holds vacuously")
        for left_out in design.coverage.skipped:
            for key in left_out.claims:
                decisions.setdefault(key, []).append(Decision(design.title, left_out.name, "", ""))
                notes.setdefault(key, []).append(f"{left_out.name} was not run: {left_out.why}")
    result = []
    for key, deciding in decisions.items():
        claim = texts.get(key, ClaimText(key, "", "", ""))
        said = list(dict.fromkeys(notes.get(key, [])))
        if key not in texts:
            said.insert(0, "not in the list of claims")
        if not deciding:
            said.append("no property of the designs in this review states it")
        result.append(
            ClaimRow(claim, claim_verdict([d.verdict for d in deciding if d.verdict]), tuple(deciding), tuple(said))
        )
    return result


def claim_verdict(verdicts: Sequence[str]) -> str:
    """The verdict on a claim from those of its properties."""
    if not verdicts:
        return NOT_DECIDED
    for word in (VIOLATED, INCONCLUSIVE):
        if word in verdicts:
            return word
    return VACUOUS if all(v == VACUOUS for v in verdicts) else HOLDS


__all__ = ["ClaimLike", "claim_texts", "claim_verdict", "claims_matrix"]
