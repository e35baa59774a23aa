"""What is open after a review: what was not examined, what to ask the vendor, what to decide. From data, nothing typed."""

from __future__ import annotations

from drcheck.report.blocks import Link, Name, Word, Words
from drcheck.report.content import FindingView, Study
from drcheck.report.parts.phrases import claim_address, claim_refs, finding_address, joined
from drcheck.report.severity import Severity
from drcheck.report.words import count, sentence
from drcheck.verdicts.claim_verdicts import Word as Claimed

RANK = (Severity.SEVERE, Severity.SERIOUS, Severity.UNRATED, Severity.MODERATE)
"""The order of findings: what is not rated may be serious."""


def by_severity(study: Study) -> list[FindingView]:
    """The findings, the most severe first: what is not explained, then by severity, then by what they need."""
    current = [finding for finding in study.findings if finding.status != "outdated"]
    return sorted(current, key=lambda f: (f.status != "new", RANK.index(f.severity), *f.order))


def not_examined(study: Study) -> list[Words]:
    """What the review says nothing of: what stopped early, claims that are not decided, parts of claims."""
    found: list[Words] = []
    if study.incomplete:
        found.append((f"What {count(len(study.incomplete), 'search', 'searches')} that stopped early did not reach.",))
    open_claims = [row.claim.key for row in study.claims if row.word == Claimed.NOT_DECIDED.value]
    if open_claims:
        found.append(
            (f"{count(len(open_claims), 'claim')} {_is(open_claims)} not decided: ", *claim_refs(open_claims), ".")
        )
    for row in study.claims:
        if row.claim.not_examined:
            said = sentence("; ".join(row.claim.not_examined))
            found.append((Link(row.claim.key, claim_address(row.claim.key)), f": {said}"))
    skipped = [row.name for view in study.designs for row in view.coverage.skipped]
    if skipped:
        found.append(
            (f"{count(len(skipped), 'property', 'properties')} {_is(skipped)} not run: ", *_names(skipped), ".")
        )
    left = [d.name for view in study.objectives for d in view.disruptions if d.left_out]
    if left:
        found.append((f"{count(len(left), 'disruption')} {_is(left)} left out: {', '.join(left)}.",))
    if study.out_of_scope:
        others = ", ".join(f"{count(g.size, 'claim')} {g.name}" for g in study.out_of_scope)
        found.append((f"Out of scope: {others}.",))
    return found


def _is(those: list[str]) -> str:
    return "is" if len(those) == 1 else "are"


def _names(names: list[str]) -> Words:
    return joined([(Name(name),) for name in dict.fromkeys(names)])


def questions(study: Study) -> list[Words]:
    """What the documents leave open, each question once, with the findings that hang on it."""
    found: dict[str, list[FindingView]] = {}
    for finding in study.findings:
        if finding.question:
            found.setdefault(finding.question, []).append(finding)
    return [(f"{sentence(question)} (", *_ways(those), ")") for question, those in found.items()]


def _ways(those: list[FindingView]) -> Words:
    return joined([(Link(f.id, finding_address(f)),) for f in those])


def decisions(study: Study) -> list[Words]:
    """What is to be decided: the repairs that were checked, each with what it mends, then what has none that works."""
    made: dict[tuple[tuple[str, str, str], ...], list[FindingView]] = {}
    rest: dict[str, list[FindingView]] = {}
    accepted: list[FindingView] = []
    for finding in by_severity(study):
        check = finding.check
        if finding.accepted:
            accepted.append(finding)
        elif check is not None and check.result == "works":
            made.setdefault(check.parameters, []).append(finding)
        else:
            rest.setdefault(finding.who, []).append(finding)
    found: list[Words] = [_repair(changes, those) for changes, those in made.items()]
    for who, those in rest.items():
        whom = f"{who[0].upper()}{who[1:]}" if who else "Somebody"
        found.append(
            (f"{whom}: mend or accept {count(len(those), 'finding')} without a checked repair (", *_ways(those), ").")
        )
    if accepted:
        found.append((f"Accepted already: {count(len(accepted), 'finding')} (", *_ways(accepted), ")."))
    return found


def _repair(changes: tuple[tuple[str, str, str], ...], those: list[FindingView]) -> Words:
    """A repair that works, what it mends, and what it breaks."""
    values: list[tuple[Word, ...]] = [(Name(name), f" from {before} to {after}") for name, before, after in changes]
    broken = {c.name for f in those if f.check for c in f.check.changed if c.after == "VIOLATED" and not c.witness}
    cost = f"; it breaks {', '.join(sorted(broken))}" if broken else "; nothing else decided with it breaks"
    who = ", ".join(dict.fromkeys(f.who for f in those if f.who))
    mends: Words = ("mends ", *_ways(those))
    return ("Change ", *joined(values), ": ", *mends, cost, f" ({who})." if who else ".")


__all__ = ["by_severity", "decisions", "not_examined", "questions"]
