"""Claims that published documents make about their designs, and their verdicts.

A repository lists its claims in `properties/claims.py` as a tuple `CLAIMS`; properties name the keys of the claims that
they decide. The *traceability matrix* joins the two: for every claim its source, its properties over all designs, and
the verdict that follows from theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drcheck.errors import PropertyError, caller
from drcheck.verdicts.wording import (
    HOLDS,
    INCONCLUSIVE,
    INTERRUPTED,
    NOT_DECIDED,
    VACUOUS,
    VIOLATED,
    assumptions,
    value_data,
    verdict_word,
)

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.logic.properties import Statement
    from drcheck.verdicts.verdict import DesignReport, Verdict

MODULE = "properties.claims"
"""Where a repository lists its claims."""


@dataclass(frozen=True)
class Claim:
    """What a document claims. `text` is in the words of this repository; `document` is a short name of the document.

    Raises PropertyError DR302 for a field that is empty or not text, and for a comma or semicolon in the key.
    """

    key: str
    text: str
    document: str
    section: str

    def __post_init__(self) -> None:
        for name in ("key", "text", "document", "section"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise PropertyError("DR302", f"the {name} of a claim is {value!r}, not a text", place=caller())
        if "," in self.key or ";" in self.key:  # properties name several keys in one text by a slip
            raise PropertyError(
                "DR302", f"the key of a claim is {self.key!r}: a key has no comma and no semicolon", place=caller()
            )

    @property
    def source(self) -> str:
        """Document and section."""
        return f"{self.document}, {self.section}"


@dataclass(frozen=True)
class Decision:
    """What one property of one design says of a claim. `verdict` is empty if it was not run; `reason` says why.

    `value` is a worst case's, `unit` what it counts, if that is known, and `value_text` the value with it.
    """

    design: str
    property: str
    verdict: str = ""
    reason: str = ""
    value: int | None = None
    finding: str = ""
    assumptions: tuple[str, ...] = ()
    unit: str | None = None
    value_text: str | None = None


@dataclass(frozen=True)
class Row:
    """A claim with all that decides it."""

    claim: Claim
    decisions: tuple[Decision, ...]

    @property
    def verdict(self) -> str:
        """The worst of its properties' verdicts: violated, then inconclusive, then holds (vacuously if all do)."""
        found = [d.verdict for d in self.decisions if d.verdict]
        for word in (VIOLATED, INCONCLUSIVE):
            if word in found:
                return word
        if not found:
            return NOT_DECIDED
        return VACUOUS if all(word == VACUOUS for word in found) else HOLDS

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "claim": self.claim.key,
            "text": self.claim.text,
            "document": self.claim.document,
            "section": self.claim.section,
            "verdict": self.verdict,
            "properties": [
                {
                    "design": d.design,
                    "property": d.property,
                    "verdict": d.verdict or None,
                    "reason": d.reason,
                    "value": d.value,
                    "unit": d.unit,
                    "value_text": d.value_text,
                    "finding": d.finding or None,
                    "assumptions": list(d.assumptions),
                }
                for d in self.decisions
            ],
        }


def load_claims(module: str = MODULE) -> tuple[Claim, ...]:
    """The claims that a module lists as `CLAIMS`.

    Raises DesignError DR201 or DR202 for a module that cannot be imported, PropertyError DR302 if it lists no
    claims, DR303 for a key that is used twice.
    """
    from drcheck.designs.design import import_module

    found = getattr(import_module(module), "CLAIMS", None)
    if not isinstance(found, Sequence) or not all(isinstance(item, Claim) for item in found):
        raise PropertyError(
            "DR302",
            f"module {module} has no tuple CLAIMS of claims",
            remedy="write CLAIMS = (Claim(key, text, document, section), ...)",
        )
    return unique(found)


def unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims as a tuple. Raises PropertyError DR303 for a key that is used twice."""
    found: dict[str, Claim] = {}
    for claim in claims:
        if claim.key in found:
            raise PropertyError("DR303", f"two claims have the key {claim.key!r}", remedy="give one another key")
        found[claim.key] = claim
    return tuple(found.values())


def decisions_of(report: DesignReport) -> list[tuple[str, Decision]]:
    """What a report says of claims: (claim's key, decision), the properties that were skipped included."""
    found = [(key, _decision(report.design, v)) for v in report.verdicts for key in v.property.claims]
    for statement, reason in report.skipped:
        found += [(key, _not_run(report.design, statement, reason)) for key in statement.details["claims"]]
    return found


def undecided(
    design: Design, reason: str = "", *, settings: Mapping[str, Any] | None = None
) -> list[tuple[str, Decision]]:
    """The same for a design whose properties are not run, and why."""
    return [(key, _not_run(design, s, reason)) for s in design.statements(settings) for key in s.details["claims"]]


def matrix(claims: Sequence[Claim], decided: Iterable[tuple[str, Decision]]) -> list[Row]:
    """A row for each claim, in their order. Raises PropertyError DR301 for a decision on a key that no claim has."""
    rows: dict[str, list[Decision]] = {claim.key: [] for claim in claims}
    for key, decision in decided:
        if key not in rows:
            raise PropertyError(
                "DR301",
                f"property {decision.property} of {decision.design} names a claim {key!r} that is not listed",
                available=rows,
                asked=key,
            )
        rows[key].append(decision)
    return [Row(claim, tuple(rows[claim.key])) for claim in claims]


def _decision(design: Design, verdict: Verdict) -> Decision:
    item = verdict.property
    return Decision(
        design.name,
        item.name,
        verdict_word(verdict),
        verdict.reason,
        verdict.value,
        item.finding.title if item.finding is not None else "",
        assumptions(item),
        **value_data(verdict),
    )


def _not_run(design: Design, statement: Statement, reason: str) -> Decision:
    finding = statement.finding
    # A claim must not read as if it held because some of its properties were decided before an interrupt, and hold.
    word = INCONCLUSIVE if reason == INTERRUPTED else ""
    return Decision(
        design.name,
        statement.name,
        word,
        reason,
        finding=finding.title if finding is not None else "",
        assumptions=tuple(statement.details["assumptions"]),
    )


__all__ = [
    "Claim", "Decision", "Row", "decisions_of",
    "load_claims", "matrix", "undecided", "unique",
]  # names only  # fmt: skip
