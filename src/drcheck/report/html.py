"""Blocks as HTML: one self-contained file a page, with its style sheet and a small script; nothing is lost without the script.

Everything that comes from a design goes through Jinja2's escaping; only the pictures, which `drcheck.render` escapes itself, and
the project's own style sheet and script are put in as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from drcheck.render.bars import bars_svg
from drcheck.render.cell_map import map_svg
from drcheck.render.document import Document
from drcheck.render.plot import plot_svg
from drcheck.render.style import clean
from drcheck.render.tree import TreeDiagram
from drcheck.render.triangle import triangle_svg
from drcheck.report.blocks import Link, Part
from drcheck.report.page import Page, Weight
from drcheck.report.pictures import Picture, picture
from drcheck.report.severity import Severity
from drcheck.verdicts.claim_verdicts import Word
from drcheck.verdicts.notices import Noticed
from drcheck.verdicts.objectives import Standing

_GOOD, _BAD, _HALF, _NONE = "\N{CHECK MARK}", "\N{MULTIPLICATION X}", "\N{CIRCLE WITH LEFT HALF BLACK}", "\N{EN DASH}"
SYMBOLS = {
    "HOLDS": _GOOD,
    "VIOLATED": _BAD,
    "INCONCLUSIVE": "?",
    "HOLDS VACUOUSLY": "\N{WHITE CIRCLE}",
    "NOT DECIDED": _NONE,
    Standing.MET.value: _GOOD,
    Standing.MISSED.value: _BAD,
    Standing.NONE.value: _NONE,
    Standing.UNMEASURED.value: _NONE,
    Noticed.AT_ONCE.value: _GOOD,
    Noticed.WITHIN.value: _GOOD,
    Noticed.AT_LAST.value: _HALF,
    Noticed.NOT_ALWAYS.value: _BAD,
    Noticed.NOT_STATED.value: _NONE,
    Word.HOLDS.value: _GOOD,
    Word.ONLY_IF.value: _HALF,
    Word.FAILS.value: _BAD,
    Word.CONTRADICTED.value: "\N{NOT EQUAL TO}",
    Word.CONFIRMED.value: "=",
    Word.LESS.value: "<",
    Word.INSTRUCTION.value: "\N{RIGHTWARDS ARROW}",
    Word.NOT_DECIDED.value: _NONE,
    Severity.SEVERE.value: _BAD,
    Severity.SERIOUS.value: "!",
    Severity.MODERATE.value: _HALF,
    Severity.UNRATED.value: "?",
}
"""A sign for each word of a verdict, which is shown by a word, a sign, a border and a colour."""

Resolve = Callable[[Link], str]
"""Where a link leads, "" for nowhere."""


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
    found.globals.update(
        kind=lambda verdict: verdict.lower().replace(" ", "-"),
        symbols=SYMBOLS,
        flat=_flat,
        lines=_lines,
        columns=_columns,
        curves=lambda plot: Markup(plot_svg(plot).strip()),  # escaped by drcheck.render
        cells=lambda plot: Markup(map_svg(plot).strip()),
        bars=lambda chart: Markup(bars_svg(chart).strip()),
        pairs=lambda triangle: Markup(triangle_svg(triangle).strip()),
    )
    return found


def html(page: Page, resolve: Resolve) -> str:
    """A page as an HTML file. `resolve`: where links lead."""
    found: str = _template("page.html.j2").render(
        page=page, style=_own("style.css"), script=_own("review.js"), to=resolve, draw=_draw
    )
    return _dense(found)


def part_html(part: Part, resolve: Resolve) -> str:
    """A part of a page as HTML."""
    made = _template("blocks.html.j2").make_module({"to": resolve, "draw": _draw})
    macro: Any = made.part
    return _dense(str(macro(part)))


def _dense(source: str) -> str:
    """HTML without what is blank between two tags, each of which a browser keeps as a text; a line for each row and section."""
    return _LINES.sub(r"\n\1", _BLANK.sub("><", source))


_BLANK = re.compile(r">\s*\n\s*<")
_LINES = re.compile(r"(<(?:section|article|table|details|/main)\b)")


def weight(part: Part) -> Weight:
    """How large a part is as HTML."""
    source = part_html(part, lambda link: f"{'-' * 40}#{link.to}")
    return Weight(len(_NODE.findall(source)), len(source.encode()))


_NODE = re.compile(r"<[a-zA-Z]|>[^<]")


def _template(name: str) -> Any:
    return environment().get_template(name)


@cache
def _own(name: str) -> Markup:
    """The style sheet or the script."""
    return Markup(resources.files("drcheck.report").joinpath(name).read_text(encoding="utf-8").strip())  # our own file


@cache
def _draw(document: Document | TreeDiagram) -> tuple[Picture, list[Markup]]:
    """A picture with its parts marked as safe: the drawings escape what they show. Needed twice: to weigh, and to show."""
    drawn = picture(document)
    return drawn, [Markup(part) for part in drawn.parts]  # escaped by drcheck.render


def forget_drawings() -> None:
    """Let go of the pictures that were made."""
    _draw.cache_clear()


def _flat(text: str) -> str:
    """A text on one line, with the blanks at its ends."""
    return re.sub(r"\s+", " ", clean(text))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(clean(line) for line in lines)


def _columns(head: Sequence[str]) -> str:
    """The headings of columns for the style sheet, which repeats them in each row where a page is narrow."""
    said = [re.sub(r"[^\w ,.()-]", "", name) for name in head]
    return ";".join(f"--c{n}:'{name}'" for n, name in enumerate(said, 1) if name)


__all__ = ["SYMBOLS", "Resolve", "environment", "forget_drawings", "html", "part_html", "weight"]
