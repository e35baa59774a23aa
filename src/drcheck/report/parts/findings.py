"""Findings: each with what is promised, what happens, how severe it is, what to do, and what became of the repair."""

from __future__ import annotations

from collections.abc import Iterator

from drcheck.report.blocks import (
    Badge,
    Block,
    Break,
    Code,
    Entry,
    Facts,
    Fold,
    Heading,
    Link,
    Name,
    Para,
    Part,
    Row,
    Strong,
    Table,
    Word,
    Words,
)
from drcheck.report.content import FindingView, PropertyRow, RepairCheck, Study
from drcheck.report.parts.decisions import by_severity, numbers
from drcheck.report.parts.phrases import claim_address, finding_address, given, joined, property_link, prose, verdict
from drcheck.report.parts.traces import again_trace, finding_trace, has_trace, repair_trace, short
from drcheck.report.severity import MEANINGS
from drcheck.report.words import count, sentence
from drcheck.verdicts.repair_tables import Cell

NOT_DECLARED = "This violation is not explained yet."


def findings_part(study: Study) -> Part:
    """Every finding, the most severe first."""
    if not study.findings:
        so_far = ", in the part that was searched" if study.incomplete else ""
        return Part("findings", "Findings", (Para((f"No promise was found broken{so_far}.",)),), printed=True)
    lead = Para((f"{count(len(study.findings), 'finding')}: {study.repairs}. {MEANINGS}",), tone="small")
    outdated = [finding for finding in study.findings if finding.status == "outdated"]
    entries = tuple(_entry(study, finding) for finding in [*by_severity(study), *outdated])
    return Part("findings", "Findings", (lead, *entries), printed=True, apart=10, filtered=True)


def tags(finding: FindingView) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By what a reader filters findings."""
    return (
        ("severity", (finding.severity.value,)),
        ("claim", finding.row.claims),
        ("component", finding.components),
        ("verdict", (finding.row.verdict,)),
    )


def _entry(study: Study, finding: FindingView) -> Entry:
    number = numbers(study).get(finding.id)
    title: Words = (Badge(finding.severity.value), " " if number is None else f" {number}. ", finding.title)
    return Entry(finding_address(finding), title, tuple(_blocks(study, finding)), tags(finding))


def _blocks(study: Study, finding: FindingView) -> Iterator[Block]:
    row = finding.row
    if finding.status == "new":
        yield Para((Strong("Not declared."), f" {NOT_DECLARED}"), tone="warning")
    elif finding.status == "outdated":
        said = f"declared as a finding, but the property is not violated with these parameters: its verdict is {row.verdict}."
        yield Para((Strong("Outdated."), f" This was {said}"), tone="warning")
    yield Facts(tuple((head, said) for head, said in _facts(study, finding) if said))
    yield from prose(finding.explanation)
    if row.trace is not None:
        yield Heading(("Counterexample" if row.verdict == "VIOLATED" else "Trace",), 4)
        yield from short(row.trace, finding_trace(finding))
    yield Heading(("What to do",), 4)
    yield from _repair(finding)
    for again in finding.also:
        title = study.design(again.row.design).title
        same: Words = (f"The same in {title}, ", property_link(again.row), ": ", *verdict(again.row))
        checked = f" With the repair: {sentence(again.check.conclusion)}" if again.check is not None else ""
        way: Words = (
            (" ", Link("The trace there", again_trace(finding, again.row)), ".") if has_trace(again.row) else ()
        )
        yield Para((*same, checked, *way))
    commands = [row.command, *([finding.check.command] if finding.check and finding.check.command else [])]
    commands += [again.row.command for again in finding.also]
    yield Fold(("To see this on your machine",), (Code(tuple(commands), "sh"),))


def _facts(study: Study, finding: FindingView) -> Iterator[tuple[str, Words]]:
    row = finding.row
    yield "Identifier", (Name(finding.id),)
    promised: list[Word] = []
    for claim in finding.claims:
        where = ", ".join(part for part in (claim.document, claim.section) if part)
        said = f" {claim.text or '(not in the list of claims)'}{f' ({where})' if where else ''}"
        promised += [*([Break()] if promised else []), Link(claim.key, claim_address(claim.key)), said]
    yield "Promised", tuple(promised)
    yield "As a property", (row.promise, " (", property_link(row), f"; {row.source})" if row.source else ")")
    yield "Verdict", verdict(row)
    if len(study.designs) > 1 or row.given:
        where_of = [
            (study.design(r.design).title, *((", with ", *given(r)) if r.given else ())) for r in _distinct(finding)
        ]
        yield "Designs" if len(where_of) > 1 else "Design", joined(where_of, "; ")
    known = {True: "yes", False: "no", None: "not stated"}
    kept = f"nobody is told: {known[finding.silent]}; cannot be undone: {known[finding.permanent]}"
    told = "" if finding.silent is None and finding.permanent is None else kept
    yield "Takes", (finding.needs,) if finding.needs else ()
    yield "Costs", (finding.cost,) if finding.cost else ()
    yield "How it ends", (told,) if told else ()
    yield "Who must act", (finding.who,) if finding.who else ()
    yield "Recognised by", (finding.causes,) if finding.causes else ()
    yield "Ask the vendor", (finding.question,) if finding.question else ()
    yield "Accepted", (finding.accepted,) if finding.accepted else ()
    if row.assumptions or row.fairness:
        yield "Assuming", (" ".join(sentence(text) for text in (*row.assumptions, *row.fairness)),)


def _distinct(finding: FindingView) -> list[PropertyRow]:
    """The rows of a finding, one for each design and its parameters."""
    found: dict[tuple[object, ...], PropertyRow] = {}
    for row in finding.rows:
        found.setdefault((row.design, row.given), row)
    return list(found.values())


def _repair(finding: FindingView) -> Iterator[Block]:
    """What to do, and whether it was tried."""
    yield from prose(finding.repair)
    if finding.check is not None:
        yield Facts(tuple(_checked(finding.check)))
        if finding.check.trace is not None:
            yield Heading(("Counterexample in the repaired design",), 4)
            yield from short(finding.check.trace, repair_trace(finding))
    elif finding.repair:
        said = " The finding names no parameters of the design that make this change, so it was not decided again with them."
        yield Para((Strong("Not checked."), said), tone="warning")
    else:
        yield Para(("No repair is proposed.",))


def _checked(check: RepairCheck) -> Iterator[tuple[str, Words]]:
    changes = [(Name(name), f" from {before} to ", Strong(after)) for name, before, after in check.parameters]
    yield "The change", joined(changes)
    if check.result == "impossible":
        yield "The promise then", (f"It could not be checked: {check.reason}",)
    else:
        more = f"; worst case {check.value}" if check.value else ""
        more += f"; {check.vacuous}" if check.vacuous else ""
        yield "The promise then", (Badge(check.verdict), f" {check.reason}{more}")
    yield "Conclusion", (Strong(sentence(check.conclusion)),)
    if check.changed:
        moved = [(Name(c.name), f" from {c.before or 'none'} to ", Badge(c.after)) for c in check.changed]
        said = f"{len(check.changed)} of {check.compared} decided in the same search changed: "
        yield "Other properties", (said, *joined(moved))
    elif check.compared:
        others = count(check.compared, "other property", "other properties")
        yield "Other properties", (f"The verdicts of the {others} decided in the same search stay the same.",)


def repair_sets_part(study: Study) -> Part | None:
    """What the repairs do alone, in pairs and together, where that was requested."""
    blocks: list[Block] = []
    for title, said in study.repair_sets:
        blocks += [Heading((title,))] if len(study.designs) > 1 else []
        for block in said:
            blocks += [Heading((block.title,), 4)] if block.title else []
            for paragraph in block.paragraphs:
                blocks.append(Para(tuple(word for cell in paragraph for word in _cell(cell))))
            if block.head:
                rows = tuple(Row(tuple(_cell(cell) for cell in row)) for row in block.rows)
                blocks.append(Table(tuple(block.head), rows))
    if not blocks:
        return None
    return Part("repair-sets", "Repairs: alone, in pairs and together", tuple(blocks), apart=60)


def _cell(cell: Cell) -> Words:
    return (cell,) if isinstance(cell, str) else joined([(Name(name),) for name in cell])


__all__ = ["findings_part", "repair_sets_part", "tags"]
