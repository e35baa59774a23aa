"""Bars as SVG of our own: how great something is for each of several cases, beside the bound that is stated for it.

Each panel has a scale of its own, from 0. What a bar says stands beside it in words, so that nothing depends on its colour or
length. A value that the true one may exceed ends with an arrow.
"""

from __future__ import annotations

from dataclasses import dataclass

from drcheck.render.canvas import BODY, NOTE, Canvas, heading, page
from drcheck.render.style import ALARM, INK, KINDS, MUTED, RULE, clean, wrap

LABEL, ROOM, SAID, MARGIN = 190.0, 250.0, 190.0, 18.0
"""How wide labels, the longest bar, and what stands beside it are, in points."""
THICK, GAP = 11.0, 7.0
WIDTH = 2 * MARGIN + LABEL + ROOM + SAID


@dataclass(frozen=True)
class Bar:
    """A case. `value`: None where it is not known; `exact`: it is not greater. `limit`: the bound, None without one, which
    the value keeps, or which is `broken`. `text`: what stands beside the bar.
    """

    label: str
    value: int | None
    text: str
    exact: bool = True
    limit: int | None = None
    broken: bool = False


@dataclass(frozen=True)
class BarPanel:
    """Bars with one scale."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class BarChart:
    """Panels, one below the other."""

    title: str
    texts: tuple[str, ...]
    panels: tuple[BarPanel, ...]


def bars_svg(chart: BarChart) -> str:
    """A chart of bars as one SVG picture."""
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, WIDTH - 2 * MARGIN, chart.title, chart.texts)
    for panel in chart.panels:
        y = _panel(canvas, panel, y)
    y = _legend(canvas, chart, y)
    return page(canvas, WIDTH, y + MARGIN / 2, title=chart.title, description=" ".join(chart.texts))


def _panel(canvas: Canvas, panel: BarPanel, y: float) -> float:
    for row in wrap(clean(panel.title), BODY, WIDTH - 2 * MARGIN, bold=True):
        y += BODY * 1.35
        canvas.text(MARGIN, y, row, BODY, bold=True)
    y += GAP
    most = max([1, *(n for bar in panel.bars for n in (bar.value, bar.limit) if n is not None)])
    left, top = MARGIN + LABEL, y
    for bar in panel.bars:
        y = _bar(canvas, bar, left, y, ROOM / most)
    canvas.line(left, top, left, y, colour=MUTED)
    return y + GAP


def _bar(canvas: Canvas, bar: Bar, left: float, y: float, unit: float) -> float:
    """A bar with its label at the left, which may have several lines; returns the y below."""
    label = wrap(clean(bar.label), NOTE, LABEL - 10)
    said = wrap(clean(bar.text), NOTE, SAID - 10)
    tall = max(THICK, NOTE * 1.25 * max(len(label), len(said)))
    middle = y + tall / 2
    _lines(canvas, label, left - 6, middle, "end")
    _lines(canvas, said, left + ROOM + 10, middle, "start", bold=bar.broken)
    colour = ALARM if bar.broken else MUTED if bar.limit is None else KINDS["operator"].colour
    canvas.line(left, middle, left + ROOM, middle, colour=RULE, width=0.7)
    if bar.value is not None:
        end = left + bar.value * unit
        canvas.rect(left, middle - THICK / 2, max(1.5, end - left), THICK, fill=colour)
        if not bar.exact:
            tip = [(end + 1, middle - THICK / 2), (end + 1, middle + THICK / 2), (end + 8, middle)]
            canvas.polygon(tip, fill=colour)
    if bar.limit is not None:
        at = left + bar.limit * unit
        canvas.line(at, middle - THICK / 2 - 3, at, middle + THICK / 2 + 3, colour=INK, width=2)
    return y + tall + GAP


def _lines(canvas: Canvas, lines: list[str], x: float, middle: float, anchor: str, *, bold: bool = False) -> None:
    """Lines of a text with their middle at a height."""
    for number, line in enumerate(lines):
        y = middle + NOTE * (0.35 + 1.25 * (number - (len(lines) - 1) / 2))
        canvas.text(x, y, line, NOTE, colour=INK if bold else MUTED, anchor=anchor, bold=bold)


def _legend(canvas: Canvas, chart: BarChart, y: float) -> float:
    """What lines and arrows mean, as far as there are any; returns the y below."""
    bars = [bar for panel in chart.panels for bar in panel.bars]
    y += NOTE
    if any(bar.limit is not None for bar in bars):
        canvas.line(MARGIN + 10, y - 10, MARGIN + 10, y + 3, width=2)
        canvas.text(MARGIN + 27, y, "the objective", NOTE, colour=MUTED)
        y += NOTE * 2
    if any(bar.value is not None and not bar.exact for bar in bars):
        canvas.polygon([(MARGIN + 7, y - 8), (MARGIN + 7, y + 2), (MARGIN + 14, y - 3)], fill=MUTED)
        canvas.text(MARGIN + 27, y, "at least as much: the search ended before all was seen", NOTE, colour=MUTED)
        y += NOTE * 2
    return y


__all__ = ["Bar", "BarChart", "BarPanel", "bars_svg"]
