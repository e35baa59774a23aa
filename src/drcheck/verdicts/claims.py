"""Claims that published documents make about their designs, and their verdicts.

A repository lists its claims in `properties/claims.py` as a tuple `CLAIMS`; properties name the keys of the claims that
they decide, and their roles. The *traceability matrix* joins the two: for every claim its source, its properties over all
designs, and the verdict that follows from theirs (`claim_verdicts`).
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from drcheck.designs.parameter import show
from drcheck.errors import PropertyError, caller
from drcheck.language.durations import Duration
from drcheck.logic.roles import ClaimRole, Role, as_stated
from drcheck.verdicts.claim_verdicts import Kind, Outcome, Said, Word, judged
from drcheck.verdicts.wording import (
    HOLDS,
    INCONCLUSIVE,
    INTERRUPTED,
    VIOLATED,
    assumptions,
    value_data,
    verdict_word,
)

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits
    from drcheck.logic.properties import Statement
    from drcheck.verdicts.verdict import DesignReport, Verdict

MODULE = "properties.claims"
"""Where a repository lists its claims."""


@dataclass(frozen=True)
class Claim:
    """What a document claims. `text` is in the words of this repository; `document` is a short name of the document.

    `kind` is what the document does with the sentence; `also` is a second place that speaks of the same, if the two may
    contradict each other: the properties in the role *as stated* name one of the two as their `source`. `reason` is one line on
    why the verdict is what it is, for readers of the document; `not_examined` are the parts of the claim that no property speaks
    of.

    Raises PropertyError DR302 for a field that is empty or not text, and for a comma or semicolon in the key.
    """

    key: str
    text: str
    document: str
    section: str
    kind: Kind = Kind.PROMISE
    reason: str = ""
    not_examined: tuple[str, ...] = ()
    also: str = ""

    def __post_init__(self) -> None:
        for name in ("key", "text", "document", "section"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise PropertyError("DR302", f"the {name} of a claim is {value!r}, not a text", place=caller())
        for name in ("reason", "also"):
            if not isinstance(getattr(self, name), str):
                raise PropertyError(
                    "DR302", f"the {name} of a claim is {getattr(self, name)!r}, not a text", place=caller()
                )
        if "," in self.key or ";" in self.key:  # properties name several keys in one text by a slip
            raise PropertyError(
                "DR302", f"the key of a claim is {self.key!r}: a key has no comma and no semicolon", place=caller()
            )
        if not isinstance(self.kind, Kind):
            raise PropertyError(
                "DR302",
                f"the kind of a claim is {self.kind!r}",
                place=caller(),
                available=[f"Kind.{kind.name}" for kind in Kind],
            )
        parts = (self.not_examined,) if isinstance(self.not_examined, str) else self.not_examined
        if not isinstance(parts, Sequence) or not all(isinstance(part, str) and part.strip() for part in parts):
            raise PropertyError(
                "DR302", f"not_examined of a claim is {self.not_examined!r}, not a tuple of texts", place=caller()
            )
        object.__setattr__(self, "not_examined", tuple(parts))

    @property
    def source(self) -> str:
        """Document and section."""
        return f"{self.document}, {self.section}"

    @property
    def places(self) -> tuple[str, ...]:
        """The two places that speak of the same, if they may contradict each other."""
        return (self.section, self.also) if self.also else ()


@dataclass(frozen=True)
class Decision:
    """What one property of one design says of a claim. `verdict` is empty if it was not run; `reason` says why.

    `value` is a worst case's, `unit` what it counts, if that is known, and `value_text` the value with it; `bound` is what it may
    be at most. `role` is that in which it decides the claim; `source` the place in the document; `promise` identifies what is
    stated, the parameters apart, and `settings` are those: of all parameters of the design, as texts; `meanings` says what they
    are.
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
    role: ClaimRole = as_stated
    by_construction: bool = False
    source: str = ""
    promise: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    bound: int | None = None
    meanings: Mapping[str, str] = field(default_factory=dict)

    @builtins.property  # the field `property` above hides the built-in name
    def said(self) -> Said:
        """What it says of the claim, for the claim's verdict."""
        outcome = {HOLDS: Outcome.HOLDS, VIOLATED: Outcome.VIOLATED}.get(self.verdict, Outcome.UNDECIDED)
        attained = None if self.bound is None or self.value is None else self.value >= self.bound
        promise = f"{self.design} {self.promise or self.property}"
        return Said(self.role.role, outcome, promise, self.source, attained, self.by_construction)

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "design": self.design,
            "property": self.property,
            "role": self.role.role.value,
            "what": self.role.what or None,
            "by_construction": self.by_construction,
            "source": self.source,
            "verdict": self.verdict or None,
            "reason": self.reason,
            "value": self.value,
            "unit": self.unit,
            "value_text": self.value_text,
            "finding": self.finding or None,
            "assumptions": list(self.assumptions),
        }


@dataclass(frozen=True)
class Row:
    """A claim with all that decides it."""

    claim: Claim
    decisions: tuple[Decision, ...]

    @property
    def word(self) -> Word:
        """The verdict, by the claim's kind and what its properties say in their roles (see `claim_verdicts`)."""
        return judged(self.claim.kind, [d.said for d in self.decisions], self.claim.places)

    @property
    def verdict(self) -> str:
        """The verdict in words, with its conditions."""
        conditions = self.conditions if self.word is Word.ONLY_IF else ()
        return " ".join([self.word.value, *(["; and ".join(conditions)] if conditions else [])])

    @property
    def _proofs(self) -> list[tuple[Decision, list[Decision]]]:
        """What fails as stated and is proved under conditions, each with its proofs."""
        proofs = self._in(Role.CONDITION, HOLDS)
        found = [
            (failing, [proof for proof in proofs if proof.said.promise == failing.said.promise])
            for failing in self._in(Role.AS_STATED, VIOLATED)
        ]
        return [(failing, those) for failing, those in found if those]

    @property
    def conditions(self) -> tuple[str, ...]:
        """The settings with which what fails as stated is proved: for each promise that fails the alternatives."""
        told = (" or ".join(dict.fromkeys(_difference(f, proof) for proof in proofs)) for f, proofs in self._proofs)
        return tuple(dict.fromkeys(told))

    @property
    def meanings(self) -> list[str]:
        """What the parameters of the conditions are, a line each."""
        found = {
            name: proof.meanings.get(name, "")
            for failing, proofs in self._proofs
            for proof in proofs
            for name in _changed(failing, proof)
        }
        return [f"{name}: {doc}" for name, doc in found.items() if doc]

    @property
    def breaks_with(self) -> tuple[str, ...]:
        """The adversities, beyond what the document says, with which it fails."""
        return tuple(dict.fromkeys(d.role.what for d in self._in(Role.STRESS, VIOLATED)))

    @property
    def withstands(self) -> tuple[str, ...]:
        """The adversities, beyond what the document says, that it was found to withstand in each property that tries them."""
        held = dict.fromkeys(d.role.what for d in self._in(Role.STRESS, HOLDS))
        open_ = {d.role.what for d in self.decisions if d.role.role is Role.STRESS and d.verdict != HOLDS}
        return tuple(what for what in held if what not in open_)

    @property
    def fails_in_readings(self) -> tuple[str, ...]:
        """The other readings of what is written in which it fails."""
        return tuple(dict.fromkeys(d.role.what for d in self._in(Role.READING, VIOLATED)))

    @property
    def amounts(self) -> tuple[str, ...]:
        """Of a stated loss: the greatest that can happen as stated, with units."""
        if self.claim.kind is not Kind.STATED_LOSS:
            return ()
        plain = [d for d in self.decisions if d.role.role in (Role.AS_STATED, Role.WITNESS) and d.value is not None]
        return tuple(dict.fromkeys(d.value_text or str(d.value) for d in plain))

    @property
    def following(self) -> str:
        """Of an instruction: what following it does; "" for others, and where no property says it."""
        if self.claim.kind is not Kind.INSTRUCTION or not (stated := self._in(Role.AS_STATED)):
            return ""
        if any(d.verdict == VIOLATED for d in stated):
            return "it does not do what it is for"
        return "it does what it is for" if all(d.verdict == HOLDS for d in stated) else "not all of it is decided"

    def _in(self, role: Role, verdict: str | None = None) -> list[Decision]:
        return [d for d in self.decisions if d.role.role is role and verdict in (None, d.verdict)]

    def notes(self) -> list[str]:
        """What stands beside the verdict, a line each."""
        said = [self.claim.reason] if self.claim.reason else []
        said += self.meanings if self.word is Word.ONLY_IF else []
        lists = {
            "exactly": self.amounts if self.word is Word.CONFIRMED else (),
            "at most": self.amounts if self.word is Word.LESS else (),
            "following it": (self.following,) if self.following else (),
            _BREAKS.get(self.claim.kind, "breaks with"): self.breaks_with,
            "withstands": self.withstands,
            "fails in another reading": self.fails_in_readings,
            "not examined": self.claim.not_examined,
        }
        return said + [f"{name}: {'; '.join(texts)}" for name, texts in lists.items() if texts]

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "claim": self.claim.key,
            "kind": self.claim.kind.value,
            "text": self.claim.text,
            "document": self.claim.document,
            "section": self.claim.section,
            "also": self.claim.also or None,
            "verdict": self.word.value,
            "reason": self.claim.reason or None,
            "conditions": list(self.conditions) if self.word is Word.ONLY_IF else [],
            "amounts": list(self.amounts),
            "following": self.following or None,
            "breaks_with": list(self.breaks_with),
            "withstands": list(self.withstands),
            "fails_in_readings": list(self.fails_in_readings),
            "not_examined": list(self.claim.not_examined),
            "properties": [d.as_data() for d in self.decisions],
        }


def _difference(failing: Decision, proof: Decision) -> str:
    """The settings of a proof that what fails without them does not have."""
    return " and ".join(f"{name}={value}" for name, value in _changed(failing, proof).items()) or proof.property


def _changed(failing: Decision, proof: Decision) -> dict[str, str]:
    return {name: value for name, value in proof.settings.items() if failing.settings.get(name) != value}


_BREAKS = {Kind.INSTRUCTION: "breaking it", Kind.STATED_LOSS: "more is lost with"}
"""What stands before the adversities, by the kind of the claim."""


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
    found = [entry for v in report.verdicts for entry in _decided(report.design, v, report.settings)]
    for statement, reason in report.skipped:
        found += _not_run(report.design, statement, reason, report.settings)
    return found


def undecided(
    design: Design, reason: str = "", *, settings: Mapping[str, Any] | None = None
) -> list[tuple[str, Decision]]:
    """The same for a design whose properties are not run, and why."""
    return [entry for s in design.statements(settings) for entry in _not_run(design, s, reason, settings or {})]


def all_undecided(
    designs: Sequence[tuple[Design, Mapping[str, Any]]], limits: Limits
) -> tuple[list[list[tuple[str, Decision]]], list[float]]:
    """The same for several designs with their settings, and the seconds that each took to be composed for it.

    The limit of seconds is for each design. EngineError DR510 for one that takes longer.
    """
    found, spent = [], []
    for design, settings in designs:
        deadline = limits.started()
        with deadline.during(f"{design.name} was composed"):
            found.append(undecided(design, settings=settings))
        spent.append(deadline.spent)
    return found, spent


def for_reason(entries: Iterable[tuple[str, Decision]], reason: str) -> list[tuple[str, Decision]]:
    """Properties of a design that are not run, and why."""
    word = INCONCLUSIVE if reason == INTERRUPTED else ""
    return [(key, replace(decision, verdict=word, reason=reason)) for key, decision in entries]


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


def _decided(design: Design, verdict: Verdict, settings: Mapping[str, Any]) -> Iterator[tuple[str, Decision]]:
    item = verdict.property
    bound = verdict.run.system.ticks(item.at_most) if isinstance(item.at_most, Duration) else item.at_most
    for key, role in zip(item.claims, item.roles, strict=True):
        yield (
            key,
            Decision(
                design.name,
                item.name,
                verdict_word(verdict),
                verdict.reason,
                verdict.value,
                item.finding.title if item.finding is not None else "",
                assumptions(item),
                **value_data(verdict),
                role=role,
                by_construction=item.by_construction,
                source=item.source,
                promise=promise_of(item.restated),
                settings=_settings(design, settings, item.given),
                bound=bound,
                meanings={p.name: p.doc for p in design.parameters},
            ),
        )


def _not_run(
    design: Design, statement: Statement, reason: str, settings: Mapping[str, Any]
) -> Iterator[tuple[str, Decision]]:
    finding, details = statement.finding, statement.details
    # A claim must not read as if it held because some of its properties were decided before an interrupt, and hold.
    word = INCONCLUSIVE if reason == INTERRUPTED else ""
    for key, role in zip(details["claims"], details["roles"], strict=True):
        yield (
            key,
            Decision(
                design.name,
                statement.name,
                word,
                reason,
                finding=finding.title if finding is not None else "",
                assumptions=tuple(details["assumptions"]),
                role=role,
                by_construction=details["by_construction"],
                source=details["source"],
                promise=promise_of(statement.build),
                settings=_settings(design, settings, statement.given),
            ),
        )


def promise_of(build: Callable[..., Any] | None) -> str:
    """What identifies the promise that a function states: its module and name; "" for a property made without one."""
    return f"{build.__module__}.{build.__qualname__}" if inspect.isfunction(build) else ""


def _settings(design: Design, settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """The value of every parameter, as people write it."""
    values = {p.name: p.default for p in design.parameters} | dict(settings) | dict(given)
    return {name: show(value) for name, value in values.items()}


__all__ = [
    "Claim", "Decision", "Kind", "Row", "Word", "decisions_of",
    "load_claims", "matrix", "undecided", "unique",
]  # names only  # fmt: skip
