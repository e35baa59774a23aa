"""Curves as SVG of our own: panels side by side with the same scales, a line for each series, told apart by letters.

Values are known at the points alone, which are marked; the lines between them guide the eye. Series with the same values are one
line, with the letters of them all. A value that the true one may exceed is a ring with an arrow upwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from drcheck.render.canvas import BODY, NOTE, Canvas, heading, page
from drcheck.render.style import ALARM, INK, KINDS, MUTED, PANEL, PAPER, RULE, clean, text_width, wrap

COLOURS = (KINDS["operator"].colour, ALARM, "#00664d", "#8f3d74", INK, "#6b5900", "#20617d", MUTED)
DASHES = ("", "7,3", "2,3", "8,3,2,3", "4,2", "10,4", "3,2,1,2", "6,2,2,2,2,2")
WIDTH, HEIGHT, MARGIN = 250.0, 170.0, 18.0
LEFT, RIGHT, ABOVE, BELOW = 46.0, 40.0, 24.0, 38.0


@dataclass(frozen=True)
class Mark:
    """A point of a line: its place on both axes, and whether the value is exact or may be greater."""

    x: int
    y: int
    exact: bool = True


@dataclass(frozen=True)
class PlotLine:
    """A line of a panel. `letters`: of the series that have these values; an empty place in `marks` is a gap."""

    letters: tuple[str, ...]
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True)
class PlotPanel:
    """A panel. `notes` are told below its title."""

    title: str
    lines: tuple[PlotLine, ...]


@dataclass(frozen=True)
class Plot:
    """Panels in rows, of which all have the same scales, and what the letters stand for."""

    title: str
    texts: tuple[str, ...]
    x_title: str
    y_title: str
    ticks: tuple[tuple[int, str], ...]
    rows: tuple[tuple[PlotPanel, ...], ...]
    letters: tuple[tuple[str, str], ...] = field(default=())


def plot_svg(plot: Plot) -> str:
    """A plot as one SVG picture."""
    across = max((len(row) for row in plot.rows), default=1)
    width = 2 * MARGIN + across * (LEFT + WIDTH + RIGHT)
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, width - 2 * MARGIN, plot.title, plot.texts)
    scale = _scale(plot)
    colours = {letter: number for number, (letter, _) in enumerate(plot.letters)}
    for row in plot.rows:
        for column, panel in enumerate(row):
            _panel(canvas, plot, panel, scale, MARGIN + column * (LEFT + WIDTH + RIGHT), y, colours)
        y += ABOVE + HEIGHT + BELOW
    y = _letters(canvas, plot.letters, MARGIN, y + 4, width - 2 * MARGIN)
    return page(canvas, width, y + MARGIN / 2, title=plot.title, description=" ".join(plot.texts))


@dataclass(frozen=True)
class _Scale:
    """From numbers to places within a panel."""

    low: int
    high: int
    top: int
    step: int

    def x(self, value: int) -> float:
        return WIDTH * (value - self.low) / max(1, self.high - self.low)

    def y(self, value: int) -> float:
        return HEIGHT * (1 - value / max(1, self.top))


def _scale(plot: Plot) -> _Scale:
    places = [place for place, _ in plot.ticks]
    most = max((mark.y for mark in _marks(plot)), default=0)
    step = next(s for s in _steps() if most <= 6 * s)
    return _Scale(min(places, default=0), max(places, default=1), step * max(1, -(-most // step)), step)


def _steps() -> Iterable[int]:
    size = 1
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def _marks(plot: Plot) -> Iterable[Mark]:
    for row in plot.rows:
        for panel in row:
            for line in panel.lines:
                yield from (mark for mark in line.marks if mark is not None)


def _panel(
    canvas: Canvas, plot: Plot, panel: PlotPanel, scale: _Scale, x: float, y: float, colours: dict[str, int]
) -> None:
    left, top = x + LEFT, y + ABOVE
    canvas.text(left, top - 9, clean(panel.title), BODY, bold=True)
    canvas.rect(left, top, WIDTH, HEIGHT, fill=PAPER)
    for value in range(0, scale.top + 1, scale.step):
        at = top + scale.y(value)
        canvas.line(left, at, left + WIDTH, at, colour=RULE, width=0.7)
        canvas.text(left - 5, at + 3, f"{value:,}", NOTE, colour=MUTED, anchor="end")
    room = text_width("0" * max((len(text) for _, text in plot.ticks), default=1), NOTE) + 6
    last = -room
    for value, text in plot.ticks:
        at = scale.x(value)
        canvas.line(left + at, top + HEIGHT, left + at, top + HEIGHT + 3, colour=MUTED, width=0.8)
        if at - last >= room:
            canvas.text(left + at, top + HEIGHT + 13, text, NOTE, colour=MUTED, anchor="middle")
            last = at
    canvas.line(left, top + HEIGHT, left + WIDTH, top + HEIGHT, colour=MUTED)
    canvas.text(left + WIDTH / 2, top + HEIGHT + 26, clean(plot.x_title), NOTE, colour=MUTED, anchor="middle")
    canvas.text(x + 10, top + HEIGHT / 2, clean(plot.y_title), NOTE, colour=MUTED, anchor="middle", rotate=-90)
    ends: list[tuple[float, str, str]] = []
    for line in panel.lines:
        number = colours.get(line.letters[0], 0) if line.letters else 0
        colour = COLOURS[number % len(COLOURS)]
        _line(canvas, line, scale, left, top, colour, DASHES[number % len(DASHES)])
        known = [mark for mark in line.marks if mark is not None]
        if known:
            ends.append((top + scale.y(known[-1].y), letters_text(line.letters), colour))
    for at, text, colour in _apart(ends):
        canvas.text(left + WIDTH + 6, at + 3, text, NOTE, colour=colour, bold=True)


def _line(canvas: Canvas, line: PlotLine, scale: _Scale, left: float, top: float, colour: str, dash: str) -> None:
    places = [None if mark is None else (left + scale.x(mark.x), top + scale.y(mark.y)) for mark in line.marks]
    for before, after in itertools.pairwise(places):
        if before is not None and after is not None:
            canvas.line(*before, *after, colour=colour, width=1.5, dash=dash)
    for mark, place in zip(line.marks, places, strict=True):
        if mark is None or place is None:
            continue
        canvas.circle(*place, 2.2, fill=colour if mark.exact else PANEL, stroke=colour)
        if not mark.exact:
            canvas.line(place[0], place[1] - 3, place[0], place[1] - 10, colour=colour)
            canvas.polygon(
                [(place[0] - 2.5, place[1] - 9), (place[0] + 2.5, place[1] - 9), (place[0], place[1] - 13)], fill=colour
            )


def _apart(ends: Sequence[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Texts moved so far apart that none stands on another, those at the bottom first."""
    found: list[tuple[float, str, str]] = []
    lowest = float("inf")
    for at, text, colour in sorted(ends, reverse=True):
        lowest = min(at, lowest - NOTE * 1.2)
        found.append((lowest, text, colour))
    return found


def letters_text(letters: Sequence[str]) -> str:
    """Letters with those that follow one another as a range: `A-C E`."""
    runs: list[list[str]] = []
    for letter in letters:
        if runs and len(letter) == 1 and ord(letter) == ord(runs[-1][-1][-1]) + 1:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(run) for run in runs)


def _letters(canvas: Canvas, letters: Sequence[tuple[str, str]], x: float, y: float, width: float) -> float:
    """What the letters stand for, each with a sample of its line; returns the y below."""
    for number, (letter, text) in enumerate(letters):
        y += NOTE * 1.7
        colour = COLOURS[number % len(COLOURS)]
        canvas.text(x, y, letter, NOTE, colour=colour, bold=True)
        canvas.line(x + 20, y - 3, x + 48, y - 3, colour=colour, width=1.5, dash=DASHES[number % len(DASHES)])
        for position, row in enumerate(wrap(clean(text), NOTE, width - 56)):
            y += NOTE * 1.4 if position else 0
            canvas.text(x + 56, y, row, NOTE, colour=MUTED)
    return y + 6


__all__ = ["Mark", "Plot", "PlotLine", "PlotPanel", "letters_text", "plot_svg"]
