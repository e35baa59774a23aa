"""What a study's review says, as parts made of blocks: page one, then claims, findings, evidence and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.report.blocks import Part
from drcheck.report.content import Review, Study
from drcheck.report.parts.claims import claims_part
from drcheck.report.parts.closing import glossary_part, reproduce_part
from drcheck.report.parts.coverage import assumptions_part, coverage_part, search_part
from drcheck.report.parts.drawings import drawings_part
from drcheck.report.parts.findings import findings_part, repair_sets_part
from drcheck.report.parts.front import front_part, summary_part
from drcheck.report.parts.further import further_parts
from drcheck.report.parts.objectives import objectives_part
from drcheck.report.parts.properties import properties_part, worst_cases_part
from drcheck.report.parts.traces import traces_part


def parts(review: Review, study: Study) -> list[Part]:
    """All parts of a study, in the order in which they are read."""
    found: Sequence[Part | None] = (
        front_part(study),
        summary_part(study),
        claims_part(study),
        findings_part(study),
        repair_sets_part(study),
        *further_parts(study),
        objectives_part(study),
        worst_cases_part(study),
        properties_part(study),
        assumptions_part(study),
        coverage_part(study),
        drawings_part(study),
        traces_part(study),
        search_part(study),
        reproduce_part(review, study),
        glossary_part(study),
    )
    return [part for part in found if part is not None]


__all__ = ["parts"]
