"""How to make the review again, and what its words mean."""

from __future__ import annotations

from drcheck.report.blocks import Block, Code, Facts, Para, Part
from drcheck.report.content import Review, Study


def reproduce_part(review: Review, study: Study) -> Part:
    """Commands."""
    lead = (
        "Run in the folder that holds the designs. The same version and parameters give the same verdicts, states and traces; "
        "only date and seconds differ."
    )
    blocks: list[Block] = [Para((lead,))]
    for purpose, words in (("This review", review.command), *study.commands):
        blocks += [Para((f"{purpose}:",)), Code((words,), "sh")]
    return Part("reproduce", "How to reproduce", tuple(blocks), apart=30)


def glossary_part(study: Study) -> Part:
    """The terms that the study has use for."""
    return Part("glossary", "Glossary", (Facts(tuple((term, (meaning,)) for term, meaning in study.terms)),), apart=35)


__all__ = ["glossary_part", "reproduce_part"]
