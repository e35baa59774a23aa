"""Every property with its verdict and its conditions, and the worst cases."""

from __future__ import annotations

from drcheck.report.blocks import Badge, Block, Break, Code, Fold, Link, Name, Para, Part, Row, Table, Words
from drcheck.report.content import DesignView, PropertyRow, Study
from drcheck.report.parts.phrases import claim_refs, finding_address, given, joined, named_design, verdict
from drcheck.report.parts.traces import has_trace, way_to_trace
from drcheck.report.words import sentence


def properties_part(study: Study) -> Part:
    """Every property, design by design."""
    blocks: list[Block] = []
    for design in study.designs:
        blocks += named_design(study, design)
        head = ("Property", "Verdict", "Evidence and conditions")
        blocks.append(Table(head, tuple(_row(study, row) for row in design.rows), "properties"))
        if not design.states_properties:
            blocks.append(Para(("The design states no properties.",)))
    blocks += _formulas(study)
    return Part("properties", "Properties", tuple(blocks), apart=80, filtered=True)


def _formulas(study: Study) -> list[Block]:
    """The properties as formulas, design by design."""
    found: list[Block] = []
    for design in study.designs:
        lines = tuple(f"{row.name}: {row.formula}" for row in design.rows if row.formula)
        if lines:
            of = f" of {design.title}" if len(study.designs) > 1 else ""
            found.append(Fold((f"The properties{of} as formulas",), (Code(lines),)))
    return found


def _row(study: Study, row: PropertyRow) -> Row:
    name: Words = (Name(row.name), *((Break(), row.statement) if row.statement else ()))
    odd = "" if row.expected else " not decided" if row.verdict == "INCONCLUSIVE" else " not as declared"
    word: Words = (Badge(row.verdict), odd)
    for finding in study.findings:
        if row in finding.rows:
            word = (*word, Break(), Link(f"Finding {finding.id}", finding_address(finding)))
    said: list[Words] = [verdict(row)[2:]]
    if row.vacuous:
        said.append((f"Vacuous: {row.vacuous}.",))
    of = " of slices and replays, all verdicts together" if row.by_slices else ""
    states = f"{row.states:,} states{of}" if row.searched else "Computed from the composition"
    states += "" if row.complete else " (incomplete search)"
    said.append((states, *(("; with ", *given(row)) if row.given else ())))
    if row.assumptions or row.fairness:
        said.append((f"Assuming: {'; '.join((*row.assumptions, *row.fairness))}",))
    if row.claims:
        said.append(("Claims ", *claim_refs(row.claims)))
    if row.source:
        said.append((row.source,))
    if has_trace(row):
        said.append((Link("Trace", way_to_trace(study, row)),))
    facets = (("verdict", (row.verdict,)), ("claim", row.claims))
    return Row((name, word, joined(said, Break())), row.id, facets)


def worst_cases_part(study: Study) -> Part | None:
    """Each worst case with its value and how it comes about."""
    if not any(row.is_worst_case for row in study.rows):
        return None
    rows: list[Row] = []
    for design in study.designs:
        if design.worst_cases:
            rows += [Row(((design.title,),), group=True)] if len(study.designs) > 1 else []
            rows += [_worst(study, design, row) for row in design.worst_cases]
    which = "an" if any(row.by_slices for row in study.rows) else "a shortest"
    lead = (
        f"Each value is the greatest over all reachable states of its search, with {which} execution that attains it."
    )
    table = Table(("Value", "What", "Verdict", "#Steps to it"), tuple(rows), "worst")
    return Part("worst-cases", "Worst cases", (Para((lead,)), table), apart=40)


def _worst(study: Study, design: DesignView, row: PropertyRow) -> Row:
    value = row.value or "not known"
    shown: Words = (Link(value, way_to_trace(study, row)) if has_trace(row) else value,)
    what: Words = (row.promise, Break(), Link(row.name, row.id, code=True))
    if row.given:
        what = (*what, "; with ", *given(row))
    steps = str(row.trace.steps) if row.trace else ""
    return Row((shown, what, (Badge(row.verdict), " ", sentence(row.reason)), (steps,)))


__all__ = ["properties_part", "worst_cases_part"]
