"""Findings: promises that are known to fail, why they do, and by what one recognises that it is this failure and no other.

A finding is recognised by its *cause*: an event, a slip, a state. A cause is a condition as text, `happens(site1_fails)`,
`operator.skipped_step_3`, or a function of the composed system that returns one. To exclude a cause is to cut executions where
it first holds (see `excluding`). Without the causes of its findings the promise holds; so what breaks it in another way is
another finding, and is told as one.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from drcheck.language.expressions import Expression
from drcheck.logic.details import cannot_be, given_of

Cause: TypeAlias = str | Callable[[Any], Expression]
"""A condition by which a finding is recognised: as text, or as a function of the composed system."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Accepted:
    """That a finding is accepted as it is: by whom (`owner`), since when (`date`, as 2026-03-31), and why (`reason`).

    Raises PropertyError DR309 for what is empty or no date.
    """

    owner: str
    date: str
    reason: str

    def __post_init__(self) -> None:
        for what in ("owner", "date", "reason"):
            if not isinstance(getattr(self, what), str) or not getattr(self, what).strip():
                raise cannot_be(f"{what} of what is accepted in the finding", getattr(self, what), "a text")
        try:
            datetime.date.fromisoformat(self.date)
        except ValueError as error:
            raise cannot_be(
                "date of what is accepted in the finding", self.date, "a date such as 2026-03-31"
            ) from error


@dataclass(frozen=True)
class Finding:
    """Why a promise is known to fail: in words, with the smallest repair and, if it is modelled, how to check it.

    `repair` says what to change in the design; `repaired` are the parameters that make that change; the review checks
    the same property again with them and reports what it found. `chart`: its sequence chart is one of the drawings that
    `drcheck draw --all` makes, which is for the few findings that a reader should see first.

    `id`: what it is called, in small letters with hyphens; it does not change when another finding is added. Without one it is
    made of the name of its property. `causes`: by what it is recognised, each sufficient. `silent`: whether nobody is told
    when it happens; `permanent`: whether nothing in the design undoes it; None for what is not known. `cost`: the name of a
    worst case of the same design, whose value is what the finding costs. `who` must act; `question`: to the vendor, where the
    document can be read in two ways. `accepted`: by whom and why, for what is left as it is.

    One finding may be that of several properties: the same object, bound to a name beside them. Raises PropertyError DR309.
    """

    title: str
    explanation: str
    repair: str = ""
    repaired: Mapping[str, Any] = field(default_factory=dict)
    chart: bool = False
    id: str = ""
    causes: tuple[Cause, ...] = ()
    silent: bool | None = None
    permanent: bool | None = None
    cost: str = ""
    who: str = ""
    question: str = ""
    accepted: Accepted | None = None

    def __post_init__(self) -> None:
        for what in ("title", "explanation", "repair", "id", "cost", "who", "question"):
            if not isinstance(getattr(self, what), str):
                raise cannot_be(f"{what} in the finding", getattr(self, what), "a text")
        if not isinstance(self.chart, bool):
            raise cannot_be("chart in the finding", self.chart, "True or False")
        for what in ("silent", "permanent"):
            if not (getattr(self, what) is None or isinstance(getattr(self, what), bool)):
                raise cannot_be(f"{what} in the finding", getattr(self, what), "True or False, or leave it out")
        if self.id and not _ID.fullmatch(self.id):
            raise cannot_be("id in the finding", self.id, "small letters and digits with hyphens: site-loss-unseen")
        if not (self.accepted is None or isinstance(self.accepted, Accepted)):
            raise cannot_be("accepted in the finding", self.accepted, "Accepted(owner, date, reason)")
        object.__setattr__(self, "causes", _causes(self.causes))
        object.__setattr__(self, "repaired", given_of(self.repaired))

    def called(self, name: str) -> str:
        """Its identifier; `name`: of the property of which it is made where the finding has none of its own."""
        return self.id or kebab(name)


def kebab(name: str) -> str:
    """A name in small letters with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "finding"


def _causes(value: object) -> tuple[Cause, ...]:
    """Causes as a tuple. Raises PropertyError DR309."""
    found = (value,) if isinstance(value, str) or callable(value) else value
    wanted = 'texts such as "happens(site1_fails)", or functions of the composed system'
    if not isinstance(found, Sequence):
        raise cannot_be("causes in the finding", value, wanted)
    for cause in found:
        if not (isinstance(cause, str) and cause.strip()) and not callable(cause):
            raise cannot_be("causes in the finding", cause, wanted)
    if len(set(found)) < len(found):
        raise cannot_be("causes in the finding", value, "each cause once")
    return tuple(found)


def findings_of(value: object) -> tuple[Finding, ...]:
    """What is declared as `finding=`: one, a sequence of them, or None. Raises PropertyError DR309."""
    found = () if value is None else (value,) if isinstance(value, Finding) else value
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise cannot_be("finding", value, "Finding(title, explanation)")
    for each in found:
        if not isinstance(each, Finding):
            raise cannot_be("finding", each, "Finding(title, explanation)")
    if any(each is other for number, each in enumerate(found) for other in found[:number]):
        raise cannot_be("finding", value, "each finding once")
    if len(found) > 1 and not all(each.causes for each in found):
        raise cannot_be("finding", value, "causes=... in each of several findings, which nothing else tells apart")
    return tuple(found)


def repaired_by(findings: Sequence[Finding]) -> dict[str, Any]:
    """The parameters that repair all of a property's findings; none where one of them has no repair that is modelled."""
    if not all(finding.repaired for finding in findings):
        return {}
    return {name: value for finding in findings for name, value in finding.repaired.items()}


__all__ = ["Accepted", "Cause", "Finding", "cannot_be", "findings_of", "given_of", "kebab", "repaired_by"]
