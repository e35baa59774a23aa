"""A review as one self-contained HTML file: style sheet and pictures are in it, and it has no scripts or fonts.

Everything that comes from a design goes through Jinja2's escaping; only the pictures, which `drcheck.render` escapes
itself, and the style sheet are put in as they are.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from drcheck.render.document import Document
from drcheck.report.content import VERDICTS, Review
from drcheck.report.pictures import Picture, picture
from drcheck.report.words import NO_OBJECTIVES, OBJECTIVES, SECTIONS, count, paragraphs, sentence
from drcheck.verdicts.claim_verdicts import Word
from drcheck.verdicts.notices import Noticed
from drcheck.verdicts.objectives import Standing

_SYMBOLS = {
    "HOLDS": "\N{CHECK MARK}",
    "VIOLATED": "\N{MULTIPLICATION X}",
    "INCONCLUSIVE": "?",
    "HOLDS VACUOUSLY": "\N{WHITE CIRCLE}",
    "NOT DECIDED": "\N{EN DASH}",
    Standing.MET.value: "\N{CHECK MARK}",
    Standing.MISSED.value: "\N{MULTIPLICATION X}",
    Standing.NONE.value: "\N{EN DASH}",
    Standing.UNMEASURED.value: "\N{EN DASH}",
    Noticed.AT_ONCE.value: "\N{CHECK MARK}",
    Noticed.WITHIN.value: "\N{CHECK MARK}",
    Noticed.AT_LAST.value: "\N{CIRCLE WITH LEFT HALF BLACK}",
    Noticed.NOT_ALWAYS.value: "\N{MULTIPLICATION X}",
    Noticed.NOT_STATED.value: "\N{EN DASH}",
    Word.HOLDS.value: "\N{CHECK MARK}",
    Word.ONLY_IF.value: "\N{CIRCLE WITH LEFT HALF BLACK}",
    Word.FAILS.value: "\N{MULTIPLICATION X}",
    Word.CONTRADICTED.value: "\N{NOT EQUAL TO}",
    Word.CONFIRMED.value: "=",
    Word.LESS.value: "<",
    Word.INSTRUCTION.value: "\N{RIGHTWARDS ARROW}",
    Word.NOT_DECIDED.value: "\N{EN DASH}",
}
"""A sign for each verdict, which is shown by a word, a sign, a border and a colour."""


@cache
def environment() -> Environment:
    """The templates, with escaping, and an error for every name that is not defined."""
    found = Environment(
        loader=PackageLoader("drcheck.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.update(breakable=_breakable, number="{:,}".format, paragraphs=paragraphs, sentence=sentence)
    found.globals.update(count=count, kind=lambda verdict: verdict.lower().replace(" ", "-"), symbols=_SYMBOLS)
    return found


def html(review: Review, *, twin: str = "") -> str:
    """The review as HTML text. `twin` is the name of the Markdown file next to it."""
    style = resources.files("drcheck.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("review.html.j2")
        .render(
            review=review,
            twin=twin,
            sections=SECTIONS,
            objectives=OBJECTIVES,
            no_objectives=NO_OBJECTIVES,
            verdicts=VERDICTS,
            style=Markup(style),  # our own file
            draw=cache(_draw),  # sections ask twice for one picture: for its size, and to show it
        )
    )


def _draw(document: Document) -> tuple[Picture, list[Markup]]:
    """A picture with its parts marked as safe: the drawings escape what they show."""
    drawn = picture(document)
    return drawn, [Markup(part) for part in drawn.parts]  # escaped by drcheck.render


def _breakable(text: str) -> Markup:
    """A name or formula that may be broken after dots and underscores."""
    escaped = str(Markup.escape(text))
    for mark in ("_", "."):
        escaped = escaped.replace(mark, f"{mark}<wbr>")
    return Markup(escaped)  # escaped two lines above


__all__ = ["environment", "html"]
