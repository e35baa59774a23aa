"""Cases of a promise: the same property under several conditions, each with a name, a role and a finding of its own.

    @stated(claims="CI-8", source=POINTS, cases=[
        case("after_one_failure", "one failure of a Logger", given={"logger_failures": 1}, finding=OVERTAKEN),
        case("with_the_gap_closed", "the same, and it recovers until the gap is closed", given=..., role=condition),
    ])
    def no_record_is_skipped(d): ...

Each case is a property: `no_record_is_skipped_after_one_failure`, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.errors import PropertyError, caller, shown
from drcheck.language.absent import ABSENT
from drcheck.logic.details import cannot_be, given_of, measures_of, text_of, texts_of, yes_or_no
from drcheck.logic.finding import Finding, findings_of
from drcheck.logic.roles import ClaimRole, Claims, checked_role, claims_and_roles


@dataclass(frozen=True)
class Case:
    """One case of a promise. What is None is that of the promise; `given` is added to the promise's parameters."""

    name: str
    when: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    claims: Claims | None = None
    role: ClaimRole | None = None
    source: str | None = None
    assumptions: tuple[str, ...] | None = None
    findings: tuple[Finding, ...] = ()
    by_construction: bool | None = None
    measures: str | None = None

    def name_after(self, promise: str) -> str:
        """The name of the property: the promise's and then its own; the promise's alone for a case without a name."""
        return f"{promise}_{self.name}" if self.name else promise

    def claims_after(
        self, keys: tuple[str, ...], role: ClaimRole | None
    ) -> tuple[tuple[str, ...], tuple[ClaimRole, ...]]:
        """Its claims, each with its role: what it does not say itself is that of the promise."""
        if isinstance(self.claims, Mapping):
            return claims_and_roles(self.claims, self.role)
        return claims_and_roles(keys if self.claims is None else self.claims, role if self.role is None else self.role)

    def details(self, statement: str) -> dict[str, Any]:
        """The details of the property that differ from the promise's, whose statement is given."""
        kept = {"source": self.source, "assumptions": self.assumptions, "by_construction": self.by_construction}
        kept["measures"] = self.measures
        found = {name: value for name, value in kept.items() if value is not None}
        return {**found, "findings": self.findings, "statement": self._statement(statement)}

    def _statement(self, promise: str) -> str:
        if not self.when:
            return promise
        first = promise[:1] if promise[1:2].isupper() or promise[1:2].isdigit() else promise[:1].lower()
        return f"{self.when[:1].upper()}{self.when[1:]}: {first}{promise[1:]}"


def case(
    name: str = "",
    when: str = "",
    *,
    given: Mapping[str, Any] = ABSENT,
    claims: Claims | None = None,
    role: ClaimRole | None = None,
    source: str | None = None,
    assumptions: str | Sequence[str] | None = None,
    finding: Finding | Sequence[Finding] | None = None,
    by_construction: bool | None = None,
    measures: str | None = None,
) -> Case:
    """A case of a promise that `stated` declares.

    `name` follows the promise's in the name of the property; without one it is the promise itself. `when` says in words what is
    particular to it, and comes before the promise's statement. The rest is as in `stated`: `given` is added to what is given
    there, anything else takes the place of what is said there. Raises PropertyError DR309.
    """
    if not isinstance(name, str) or (name and not f"a{name}".isidentifier()):
        raise cannot_be("name of a case", name, "a part of a name in Python, such as 'after_one_failure'")
    if role is not None:
        checked_role(role)
    if claims is not None:
        claims_and_roles(claims, None)
    return Case(
        name,
        text_of("`when` of a case", when),
        given_of(given),
        claims,
        role,
        None if source is None else text_of("source", source),
        None if assumptions is None else texts_of("assumptions", assumptions),
        findings_of(finding),
        None if by_construction is None else yes_or_no("by_construction", by_construction),
        None if measures is None else measures_of(measures),
    )


def checked_cases(cases: object, finding: object) -> tuple[Case, ...]:
    """The cases of a promise. Raises PropertyError DR309 for anything else, and for a finding that belongs to none of them."""
    if not isinstance(cases, Sequence) or not all(isinstance(one, Case) for one in cases):
        raise cannot_be("cases", cases, '[case("after_one_failure", given=...), ...]')
    names = [one.name for one in cases]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PropertyError(
            "DR309",
            f"two cases of a promise have the name {shown(twice)}",
            place=caller(),
            remedy="give each a name of its own",
        )
    if cases and finding is not None:
        raise PropertyError(
            "DR309",
            "a promise with cases has no finding of its own, which would be lost",
            place=caller(),
            remedy="give it to the cases that it is about: case(..., finding=...)",
        )
    return tuple(cases)


__all__ = ["Case", "case", "checked_cases"]
