"""What is open after a review: what was not examined, what to ask the vendor, what to decide. From data, nothing typed."""

from __future__ import annotations

from drcheck.render.ways import STATED, passages
from drcheck.report.blocks import Link, Name, Word, Words
from drcheck.report.content import FindingView, RepairCheck, Study
from drcheck.report.parts.further import missing
from drcheck.report.parts.phrases import claim_address, claim_refs, finding_address, joined, spelt
from drcheck.report.severity import Severity
from drcheck.report.words import count, sentence
from drcheck.verdicts.claim_verdicts import Word as Claimed

RANK = (Severity.SEVERE, Severity.SERIOUS, Severity.UNRATED, Severity.MODERATE)
"""The order of findings: what is not rated may be serious."""


def by_severity(study: Study) -> list[FindingView]:
    """The findings, the most severe first: what is not explained, then by severity, then by what they need."""
    current = [finding for finding in study.findings if finding.status != "outdated"]
    return sorted(current, key=lambda f: (f.status != "new", RANK.index(f.severity), *f.order))


def numbers(study: Study) -> dict[str, int]:
    """The numbers of findings, by their identifiers: the gravest is the first. They hold in one review alone."""
    return {finding.id: number for number, finding in enumerate(by_severity(study), 1)}


def not_examined(study: Study) -> list[Words]:
    """What the review says nothing of: what stopped early, claims that are not decided, parts of claims and of ways."""
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
            found.append(("Of claim ", Link(row.claim.key, claim_address(row.claim.key)), f": {said}"))
    skipped = [row.name for view in study.designs for row in view.coverage.skipped]
    if skipped:
        found.append(
            (f"{count(len(skipped), 'property', 'properties')} {_is(skipped)} not run: ", *_names(skipped), ".")
        )
    found += missing(study)
    for view in study.designs:
        legs = [f"{leg.first} to {leg.second}" for leg in passages(view.architecture) if not leg.modelled]
        if legs:
            found.append(
                (f"{sentence(STATED)[:-1]}, of the ways of data in ", Name(view.name), f": {', '.join(legs)}.")
            )
    left = [d.name for view in study.objectives for d in view.disruptions if d.left_out]
    if left:
        found.append((f"{count(len(left), 'disruption')} {_is(left)} left out: {', '.join(left)}.",))
    return found


def _is(those: list[str]) -> str:
    return "is" if len(those) == 1 else "are"


def _names(names: list[str]) -> Words:
    return joined([(Name(name),) for name in dict.fromkeys(names)])


def questions(study: Study, *, brief: bool = False) -> list[Words]:
    """What the documents leave open, each question once, what concerns the gravest findings first, with those that hang on it."""
    found: dict[str, list[FindingView]] = {}
    for finding in by_severity(study):
        if finding.question:
            found.setdefault(finding.question, []).append(finding)
    return [
        (f"{sentence(question)} (", *(_numbered(study, those) if brief else _ways(those)), ")")
        for question, those in found.items()
    ]


def _ways(those: list[FindingView]) -> Words:
    """The ways to some findings, by their identifiers."""
    return joined([(Link(f.id, finding_address(f)),) for f in those])


def _numbered(study: Study, those: list[FindingView]) -> Words:
    """The ways to some findings, by their numbers; where many are meant, how many there are besides."""
    number = numbers(study)
    shown = joined([(Link(str(number[f.id]), finding_address(f)),) for f in those[:NAMED]])
    more = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
    return (f"finding{'' if len(those) == 1 else 's'} ", *shown, more)


NAMED = 4
"""How many findings are named where there is little room."""


def checks_of(finding: FindingView) -> list[RepairCheck]:
    """What was found of a finding's repair, in each design and property that it is of."""
    return [check for check in (finding.check, *(again.check for again in finding.also)) if check is not None]


def decisions(study: Study, *, brief: bool = False) -> list[Words]:
    """What is to be decided, what concerns the gravest findings first: the repairs that were checked and work, each with what it
    mends and breaks, and what has none, by who must act. `brief`: few findings are named.
    """
    made: dict[tuple[tuple[str, str, str], ...] | str, list[FindingView]] = {}
    accepted: list[FindingView] = []
    for finding in by_severity(study):
        if finding.accepted:
            accepted.append(finding)
        else:
            checks = checks_of(finding)
            works = bool(checks) and all(check.result == "works" for check in checks)
            made.setdefault(checks[0].parameters if works else finding.who, []).append(finding)
    found = [
        _open(study, key, those, brief=brief) if isinstance(key, str) else _repair(study, key, those, brief=brief)
        for key, those in made.items()
    ]
    if accepted:
        named = _numbered(study, accepted) if brief else _ways(accepted)
        found.append((f"Accepted already: {count(len(accepted), 'finding')} (", *named, ")."))
    return found


def _open(study: Study, who: str, those: list[FindingView], *, brief: bool) -> Words:
    """What nobody has shown how to mend."""
    if brief:
        return ("Act on ", *_numbered(study, those), f", with no change that was checked, or accept {_them(those)}?")
    whom = f"{who[0].upper()}{who[1:]}" if who else "Somebody"
    said = f"{whom}: mend or accept {count(len(those), 'finding')} without a checked repair ("
    return (said, *_ways(those), ").")


def _them(those: list[FindingView]) -> str:
    return "it" if len(those) == 1 else "them"


def _repair(study: Study, changes: tuple[tuple[str, str, str], ...], those: list[FindingView], *, brief: bool) -> Words:
    """A repair that works, what it mends, and what it breaks. A parameter is told with its meaning."""
    meanings = {p.name: p.doc for view in study.designs for p in view.parameters}
    values: list[tuple[Word, ...]] = []
    for name, before, after in changes:
        doc = meanings.get(name, "") if not brief else _short(meanings.get(name, "")) if len(changes) == 1 else ""
        values.append((Name(name), f" {after} instead of {before}", f" ({doc})" if doc else ""))
    checks = [check for finding in those for check in checks_of(finding)]
    broken = sorted({c.name for check in checks for c in check.changed if c.after == "VIOLATED" and not c.witness})
    if brief:
        told: Words = ("Mend ", *_numbered(study, those), " by ", *joined(values, "; "))
        costs = f", which breaks {', '.join(map(spelt, broken))}" if broken else ""
        return (*told, f"{costs}, or accept {_them(those)}?")
    cost = f", breaks {', '.join(broken)}" if broken else ", breaks nothing that was decided with it"
    who = ", ".join(dict.fromkeys(f.who for f in those if f.who))
    return ("Choose ", *joined(values, "; "), ": mends ", *_ways(those), cost, f" ({who})." if who else ".")


def _short(meaning: str) -> str:
    """The beginning of what a parameter means, up to its list of values."""
    begins = meaning.partition("; ")[0]
    return begins.partition(": ")[0] if len(begins) > LONG else begins


LONG = 60
"""Up to how many characters the meaning of a parameter is told whole where there is little room."""

__all__ = ["by_severity", "checks_of", "decisions", "not_examined", "numbers", "questions"]
