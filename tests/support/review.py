"""A review of one study, and its first page as HTML and as Markdown."""

from __future__ import annotations

from typing import Any

from drcheck.report import Review, Study, collect
from drcheck.report.pages import files


def study(*asked: Any, **options: Any) -> Study:
    """The one study of a review of some designs: `collect` with the same arguments."""
    (found,) = collect(*asked, **options).studies
    return found


def review_of(found: Study, command: str = "drcheck review") -> Review:
    """A review that says this of one study."""
    return Review("2026-01-31 12:00 UTC", "0", command, (found,))


def html_of(found: Study) -> str:
    """The first page of a study as HTML."""
    return files(review_of(found))["review.html"]


def markdown_of(found: Study) -> str:
    """The first page of a study as Markdown."""
    return files(review_of(found))["review.md"]
