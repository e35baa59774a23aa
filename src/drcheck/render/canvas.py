"""Hand-written SVG: the few shapes that drawings need, a heading, and a uniform legend.

All lengths are user units (a point each). Nothing uses its own style sheets, ids or fonts, so a drawing can be put
into any page without touching what else is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from drcheck.render.style import (
    ALARM,
    ALARM_FILL,
    ALARM_SOFT,
    FONT_STACK,
    INK,
    KINDS,
    MUTED,
    PANEL,
    PAPER,
    RULE,
    clean,
    text_width,
    wrap,
)

TITLE, BODY, NOTE = 14.0, 10.5, 9.0


def number(value: float) -> str:
    """A coordinate with at most one decimal, the same on every machine."""
    return f"{round(value, 1):g}" if abs(value) < 1e5 else f"{value:.1f}"


def quoted(text: str) -> str:
    """A text for an attribute or between tags."""
    return escape(clean(text), {'"': "&quot;"})


@dataclass
class Canvas:
    """Shapes in the order in which they are painted."""

    parts: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        content: str,
        size: float = BODY,
        *,
        colour: str = INK,
        bold: bool = False,
        anchor: str = "start",
        rotate: float = 0,
    ) -> None:
        """One line of text with its baseline at y."""
        more = ' font-weight="bold"' if bold else ""
        more += f' text-anchor="{anchor}"' if anchor != "start" else ""
        more += f' transform="rotate({number(rotate)} {number(x)} {number(y)})"' if rotate else ""
        self.parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{colour}"{more}>'
            f"{quoted(content)}</text>"
        )

    def runs(self, x: float, y: float, runs: Sequence[tuple[str, str]], size: float = BODY) -> None:
        """One line of text in runs of (text, colour)."""
        spans = "".join(f'<tspan fill="{colour}">{quoted(content)}</tspan>' for content, colour in runs if content)
        self.parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" xml:space="preserve">{spans}</text>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        stroke: str = "none",
        stroke_width: float = 1.0,
        radius: float = 0,
        dash: str = "",
        title: str = "",
    ) -> None:
        """A rectangle, with rounded corners where `radius` is given."""
        more = f' rx="{number(radius)}"' if radius else ""
        more += f' stroke="{stroke}" stroke-width="{number(stroke_width)}"' if stroke != "none" else ""
        more += f' stroke-dasharray="{dash}"' if dash else ""
        size = f'width="{number(width)}" height="{number(height)}"'
        shape = f'<rect x="{number(x)}" y="{number(y)}" {size} fill="{fill}"{more}'
        self.parts.append(f"{shape}><title>{quoted(title)}</title></rect>" if title else f"{shape}/>")

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: str = INK, width: float = 1.0, dash: str = ""
    ) -> None:
        """A straight line."""
        more = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" stroke="{colour}" '
            f'stroke-width="{number(width)}"{more}/>'
        )

    def circle(self, x: float, y: float, radius: float, *, fill: str, stroke: str = "none", width: float = 1.0) -> None:
        """A disc or a ring."""
        more = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke != "none" else ""
        self.parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{more}/>')

    def polygon(self, points: Sequence[tuple[float, float]], *, fill: str) -> None:
        """A filled polygon."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.parts.append(f'<polygon points="{path}" fill="{fill}"/>')

    def raw(self, content: str) -> None:
        """SVG that was made elsewhere."""
        self.parts.append(content)


def page(canvas: Canvas, width: float, height: float, *, title: str, description: str = "") -> str:
    """The finished SVG document, `width` by `height` points, on white."""
    desc = f"<desc>{quoted(description)}</desc>\n" if description else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{number(width)}pt" '
        f'height="{number(height)}pt" viewBox="0 0 {number(width)} {number(height)}" role="img" '
        f'aria-label="{quoted(title)}" font-family="{FONT_STACK}">\n<title>{quoted(title)}</title>\n{desc}'
        f'<rect width="{number(width)}" height="{number(height)}" fill="{PAPER}"/>\n'
        + "\n".join(canvas.parts)
        + "\n</svg>\n"
    )


def heading(canvas: Canvas, x: float, y: float, width: float, title: str, lines: Sequence[str]) -> float:
    """A title with lines below it, wrapped to `width`; returns the y below it."""
    for row in wrap(clean(title), TITLE, width, bold=True):
        y += TITLE * 1.25
        canvas.text(x, y, row, TITLE, bold=True)
    y += 2
    for line in lines:
        for row in wrap(clean(line), BODY, width):
            y += BODY * 1.35
            canvas.text(x, y, row, BODY, colour=MUTED)
    return y + 10


def legend(canvas: Canvas, x: float, y: float, width: float, keys: Sequence[str]) -> float:
    """Samples with their meaning, in rows no wider than `width`; returns the y below it.

    `keys`: a kind of event ("operator"; "operator shared" for lines that join components), or one of
    "state", "failure", "initial", "any", "component", "acting", "site", "reads",
    "way", "stated", "needed", "joins", "dot", "ring", "failed line".
    """
    left, row = x, y + NOTE * 1.9
    for key in keys:
        key, shared, _ = key.partition(" shared")
        label = _MEANING.get(key) or (f"share {key} events" if shared else f"{key} event")
        key = "automatic" if key == "mixed" else key
        needed = 34 + text_width(label, NOTE) + 18
        if left > x and left + needed > x + width:
            left, row = x, row + NOTE * 2.1
        _sample(canvas, key, left, row - NOTE * 0.33)
        canvas.text(left + 34, row, label, NOTE, colour=MUTED)
        left += needed
    return row + NOTE * 0.9 if keys else y


_MEANING = {
    "time": "passing of time",
    "state": "state",
    "failure": "failed or out of service",
    "initial": "initial state",
    "any": "any other state",
    "component": "component",
    "acting": "takes operator actions only",
    "site": "the site itself",
    "mixed": "share automatic events, or of several kinds",
    "reads": "reads variables or states of",
    "way": "the way of data",
    "stated": "the same, stated and not modelled",
    "needed": "takes part",
    "joins": "takes part when it can",
    "dot": "changes",
    "ring": "takes part, unchanged",
    "failed line": "while failed or out of service",
}


def _sample(canvas: Canvas, key: str, x: float, y: float) -> None:
    if key in KINDS:
        look = KINDS[key]
        canvas.line(x, y, x + 28, y, colour=look.colour, width=look.width, dash=look.dash)
    elif key == "reads":
        canvas.line(x, y, x + 24, y, colour=MUTED, width=0.9, dash="4,3")
        canvas.line(x + 24, y - 3, x + 28, y, colour=MUTED, width=0.9)
        canvas.line(x + 24, y + 3, x + 28, y, colour=MUTED, width=0.9)
    elif key in ("way", "stated"):
        heavy, dash = (2.0, "") if key == "way" else (1.3, "4,3")
        canvas.line(x, y, x + 22, y, colour=INK, width=heavy, dash=dash)
        canvas.polygon([(x + 28, y), (x + 21, y - 3.2), (x + 21, y + 3.2)], fill=INK)
    elif key == "needed":
        canvas.circle(x + 14, y, 3.2, fill=INK)
    elif key == "joins":
        canvas.circle(x + 14, y, 3.0, fill=PAPER, stroke=INK, width=1.3)
    elif key == "initial":
        canvas.circle(x + 14, y, 4, fill=INK)
    elif key == "dot":
        canvas.circle(x + 14, y, 3.4, fill=INK)
    elif key == "ring":
        canvas.circle(x + 14, y, 3.2, fill=PAPER, stroke=INK, width=1.4)
    elif key == "failed line":
        canvas.rect(x + 2, y - 2.5, 24, 5, fill=ALARM_FILL, stroke=ALARM_SOFT, stroke_width=1.1)
    else:
        looks: dict[str, tuple[str, str, float, float, str]] = {
            "state": (PANEL, INK, 1.1, 4, ""),
            "failure": (ALARM_FILL, ALARM, 2.4, 0, ""),
            "any": (PAPER, MUTED, 1.0, 4, "3,2"),
            "component": (PAPER, INK, 1.1, 4, ""),
            "acting": (PAPER, KINDS["operator"].colour, 2.2, 4, ""),
            "site": (PANEL, RULE, 1.2, 4, ""),
        }
        fill, stroke, heavy, radius, dash = looks[key]
        canvas.rect(x + 3, y - 6, 22, 12, fill=fill, stroke=stroke, stroke_width=heavy, radius=radius, dash=dash)


__all__ = ["BODY", "NOTE", "TITLE", "Canvas", "heading", "legend", "number", "page", "quoted"]
