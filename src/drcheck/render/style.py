"""One look for every drawing: palette, type, the meaning of line styles, and how wide a text is.

Colours are chosen from the Okabe-Ito set, darkened until text in them has a contrast of at least 4.5 to 1 on white, and
nothing is said by colour alone: each kind of event has a distinct line style or word, and failed states have a
heavy square border.

Layouts are computed for the widest of the usual sans-serif faces (Verdana and DejaVu Sans have nearly the same widths),
so that text fits its box in whichever face the reader's machine has.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

FONT_STACK = "Helvetica Neue,Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"
"""The faces of finished drawings."""
LAYOUT_FONT = "Verdana"
"""The face that Graphviz measures with: as wide as any in `FONT_STACK`."""

INK, MUTED, RULE, PANEL, PAPER = "#1f2933", "#52606d", "#c3cad2", "#f4f6f8", "#ffffff"
ALARM, ALARM_SOFT, ALARM_FILL = "#a84300", "#cc8357", "#fdeee4"


@dataclass(frozen=True)
class LineStyle:
    """How events of one kind are drawn. `dot` is Graphviz' style, `dash` the SVG dash array ("" for solid)."""

    colour: str
    dot: str
    dash: str
    width: float
    label: str


KINDS: dict[str, LineStyle] = {
    "automatic": LineStyle(INK, "solid", "", 1.1, "automatic"),
    "operator": LineStyle("#005a9c", "bold", "", 2.2, "operator"),
    "environment": LineStyle(ALARM, "dashed", "6,3", 1.3, "environment"),
    "time": LineStyle(MUTED, "dotted", "1.5,3", 1.3, "time"),
}
"""The kinds of events, in the order of legends."""

_FAILURE_WORDS = frozenset(
    {
        "broken", "corrupt", "corrupted", "crashed", "dead", "degraded", "destroyed", "disconnected", "down", "failed",
        "failing", "failure", "gone", "halted", "inaccessible", "isolated", "killed", "lost", "missing", "offline",
        "outage", "stopped", "unavailable", "unreachable",
    }
)  # words only  # fmt: skip


def is_failure(state: str) -> bool:
    """Whether a state's name says that something is failed or out of service (`failed`, `link_down`, `stopped`)."""
    words = state.lower().split("_")
    return any(word in _FAILURE_WORDS for word in words) and not {"not", "no", "never"} & set(words)


# Advance widths in hundredths of the type size, the wider of Verdana's and DejaVu Sans' regular faces.
_WIDTHS = {
    28: "'ijl", 40: " ,.tf", 46: "-()[]I/:;\\|!r\"J", 64: "*_`sz?ckLF$0123456789{}", 66: "vxyPTYaeoEbdghnpqu",
    72: "ABVXZCRSK", 79: "UNHD&GOQ", 84: "w#+<=>^~", 90: "M", 98: "m", 99: "W", 108: "%@",
}  # width, its characters  # fmt: skip
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_BOLD = 1.16


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """An upper bound of the width of one line of text, in the unit of `size`, for the usual sans-serif faces."""
    hundredths = 0
    for character in text:
        known = _WIDTH_OF.get(character)
        if known is None:
            wide = unicodedata.east_asian_width(character) in "WF"
            known = 0 if unicodedata.combining(character) else 105 if wide else 88
        hundredths += known
    return hundredths * size / 100 * (_BOLD if bold else 1.0)


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width`: at spaces, then after underscores and dots, then anywhere.

    Never drops a character except the spaces at which it breaks; a line break in the text breaks the line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}" if line else word
            if text_width(joined, size, bold=bold) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            pieces = _pieces(word, size, width, bold)
            lines += pieces[:-1]
            line = pieces[-1]
        lines.append(line)
    return lines


def _pieces(word: str, size: float, width: float, bold: bool) -> list[str]:
    """A word in pieces that fit: broken after `_` or `.` if that helps, else between characters."""
    pieces: list[str] = []
    rest = word
    while text_width(rest, size, bold=bold) > width and len(rest) > 1:
        end = len(rest) - 1
        while end > 1 and text_width(rest[:end], size, bold=bold) > width:
            end -= 1
        soft = max(rest.rfind("_", 0, end), rest.rfind(".", 0, end)) + 1
        cut = soft if soft > 1 else end
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]


_JOINERS = "\u00ad\u200c\u200d"
"""Invisible, and part of words: the soft hyphen, and what joins letters or keeps them apart."""


def clean(text: str) -> str:
    r"""The text with control characters as they are escaped in Python, `\\x1b`: they are shown, and no terminal obeys them.

    What else no drawing can hold or would turn the text around is escaped too: halves of surrogate pairs, marks of direction.
    Line feeds stay, and other blanks become blanks.
    """
    return text if text.isprintable() else "".join(map(_clean, text))


def _clean(character: str) -> str:
    if character == "\n" or character.isprintable() or character in _JOINERS:
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()


def first_sentence(doc: str) -> str:
    """The first sentence of a description on one line, without its full stop."""
    text = " ".join(doc.split())
    for position, character in enumerate(text):
        after = text[position + 1 : position + 2]
        if character in ".;" and after in ("", " ") and text[:position].count("(") == text[:position].count(")"):
            return text[:position]
    return text


def site_title(site: str) -> str:
    """`site east`; a site that is called `site1` needs no more."""
    return site if site.lower().startswith("site") else f"site {site}"


def plural(number: int, noun: str) -> str:
    """`1 state`, `2 states`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
