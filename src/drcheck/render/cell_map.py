"""Maps of two parameters as SVG of our own: a cell for each point, in panels side by side with the same scales.

A cell says what became of a property there: by its colour and by a sign, so that nothing depends on colours. Of values it has the
number, on a shade for its level; lines between cells, the contours, stand where neighbours are of different levels, and a heavy
one where a bound is exceeded. Nothing is drawn between points: a contour runs along the edges of cells, as nothing is known
inside.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from drcheck.render.canvas import BODY, NOTE, Canvas, heading, page
from drcheck.render.style import ALARM, ALARM_FILL, INK, MUTED, PANEL, PAPER, RULE, clean, text_width

SIGNS: dict[str, tuple[str, str, str, str]] = {
    "holds": ("#dcebf5", "#005a9c", "✓", "holds"),
    "vacuous": (PANEL, MUTED, "(✓)", "holds vacuously"),
    "violated": (ALARM_FILL, ALARM, "✕", "violated"),
    "undecided": (PAPER, INK, "?", "not decided"),
    "none": (PAPER, MUTED, "–", "cannot be stated, or was not tried"),
}
"""The colours of a cell and of its sign, the sign, and what it means."""
SHADES = ("#f3f7fa", "#dcebf5", "#bcd8ec", "#93bfe0", "#679fcc", "#3d7db3")
"""Of levels, the lowest first; the text of the last two is white."""
SIDE, LEAST, MARGIN, ABOVE, BELOW = 26.0, 34.0, 18.0, 24.0, 40.0


@dataclass(frozen=True)
class MapCell:
    """A point: what `became` of a property, by the keys of `SIGNS`. `value`: of a worst case, with its `text`, which says more
    than the number where that is not exact.
    """

    became: str
    value: int | None = None
    text: str = ""
    title: str = ""


@dataclass(frozen=True)
class MapPanel:
    """A panel: rows of cells, from the bottom up."""

    title: str
    cells: tuple[tuple[MapCell, ...], ...]


@dataclass(frozen=True)
class CellMap:
    """Panels in rows, of which all have the same axes. `levels`: the greatest values of all levels but the last, ascending."""

    title: str
    texts: tuple[str, ...]
    x_title: str
    y_title: str
    x_labels: tuple[str, ...]
    y_labels: tuple[str, ...]
    rows: tuple[tuple[MapPanel, ...], ...]
    levels: tuple[int, ...] = field(default=())
    unit: str = ""


def map_svg(plot: CellMap) -> str:
    """A map as one SVG picture."""
    cells = [cell for row in plot.rows for panel in row for line in panel.cells for cell in line]
    side = max([LEAST, *(text_width(cell.text, NOTE) + 10 for cell in cells)])
    left = max([text_width(label, NOTE) for label in plot.y_labels], default=0) + 34
    across = left + side * len(plot.x_labels) + 24
    down = ABOVE + SIDE * len(plot.y_labels) + BELOW
    number = max((len(row) for row in plot.rows), default=1)
    width = max(2 * MARGIN + across * number, 2 * MARGIN + 300)
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, width - 2 * MARGIN, plot.title, plot.texts)
    for row in plot.rows:
        for column, panel in enumerate(row):
            _panel(canvas, plot, panel, MARGIN + column * across + left, y + ABOVE, side)
        y += down
    y = _legend(canvas, plot, cells, MARGIN, y, width - 2 * MARGIN)
    return page(canvas, width, y + MARGIN / 2, title=plot.title, description=" ".join(plot.texts))


def level_of(value: int, levels: Sequence[int]) -> int:
    """The level of a value: how many of the greatest values of levels it exceeds."""
    return sum(value > most for most in levels)


def levels_between(least: int, most: int) -> tuple[int, ...]:
    """The greatest values of at most as many levels as there are shades, all but the last, for values between two.

    Nothing is a level of its own.
    """
    if least == 0 < most:
        step = next(s for s in _steps() if most <= s * (len(SHADES) - 1))
        return (0, *range(step, most, step))
    step = next(s for s in _steps() if most - least < s * (len(SHADES) - 1) or (s == 1 and most - least < len(SHADES)))
    return tuple(range(least - least % step + step - 1, most, step))


def _steps() -> Iterator[int]:
    size = 1
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def _panel(canvas: Canvas, plot: CellMap, panel: MapPanel, left: float, top: float, side: float) -> None:
    canvas.text(left, top - 9, clean(panel.title), BODY, bold=True)
    rows = len(panel.cells)
    for y, line in enumerate(panel.cells):
        at = top + (rows - 1 - y) * SIDE
        canvas.text(left - 6, at + SIDE / 2 + 3, plot.y_labels[y], NOTE, colour=MUTED, anchor="end")
        for x, cell in enumerate(line):
            _cell(canvas, plot, cell, left + x * side, at, side)
    for x, label in enumerate(plot.x_labels):
        canvas.text(left + (x + 0.5) * side, top + rows * SIDE + 13, label, NOTE, colour=MUTED, anchor="middle")
    middle = left + side * len(plot.x_labels) / 2
    canvas.text(middle, top + rows * SIDE + 28, clean(plot.x_title), NOTE, colour=MUTED, anchor="middle")
    if plot.y_title:
        wide = max(text_width(text, NOTE) for text in plot.y_labels)
        canvas.text(
            left - wide - 20,
            top + rows * SIDE / 2,
            clean(plot.y_title),
            NOTE,
            colour=MUTED,
            anchor="middle",
            rotate=-90,
        )
    _contours(canvas, plot, panel, left, top, side)


def _cell(canvas: Canvas, plot: CellMap, cell: MapCell, x: float, y: float, side: float) -> None:
    fill, colour, sign, _ = SIGNS[cell.became]
    text = sign
    if cell.value is not None:
        level = level_of(cell.value, plot.levels)
        fill = SHADES[min(level, len(SHADES) - 1)]
        text, colour = cell.text, PAPER if level >= len(SHADES) - 2 else INK
    canvas.rect(x, y, side, SIDE, fill=fill, stroke=RULE, stroke_width=0.6, title=cell.title)
    bold = cell.became == "violated"
    canvas.text(x + side / 2, y + SIDE / 2 + 3.5, text, NOTE, colour=colour, anchor="middle", bold=bold)


def _contours(canvas: Canvas, plot: CellMap, panel: MapPanel, left: float, top: float, side: float) -> None:
    """Lines between cells of different levels, heavy between what is violated and what is not."""
    rows = len(panel.cells)
    for y, line in enumerate(panel.cells):
        at = top + (rows - 1 - y) * SIDE
        for x, cell in enumerate(line):
            right = line[x + 1] if x + 1 < len(line) else None
            above = panel.cells[y + 1][x] if y + 1 < rows else None
            places = (
                (right, (left + (x + 1) * side, at, left + (x + 1) * side, at + SIDE)),
                (above, (left + x * side, at, left + (x + 1) * side, at)),
            )
            for other, place in places:
                if other is None:
                    continue
                if "violated" in (cell.became, other.became) and cell.became != other.became:
                    canvas.line(*place, colour=ALARM, width=2.4)
                elif cell.value is not None and other.value is not None:
                    levels = level_of(cell.value, plot.levels), level_of(other.value, plot.levels)
                    if levels[0] != levels[1]:
                        canvas.line(*place, colour=INK, width=1.1)


def _legend(canvas: Canvas, plot: CellMap, cells: Sequence[MapCell], x: float, y: float, width: float) -> float:
    """What the colours and signs mean; returns the y below."""
    samples: list[tuple[str, str, str, str]] = []
    values = [cell.value for cell in cells if cell.value is not None]
    if values:
        unit = f" {plot.unit}" if plot.unit else ""
        edges = [min(values), *(most + 1 for most in plot.levels), max(values) + 1]
        for level, (low, high) in enumerate(itertools.pairwise(edges)):
            said = f"{low:,}" if high - low <= 1 else f"{low:,} to {high - 1:,}"
            samples.append((SHADES[min(level, len(SHADES) - 1)], INK, "", said + unit))
    kinds = dict.fromkeys(cell.became for cell in cells if cell.value is None)
    samples += [SIGNS[kind] for kind in SIGNS if kind in kinds]
    left, row = x, y + NOTE * 1.2
    for fill, colour, sign, said in samples:
        needed = 28 + text_width(said, NOTE) + 16
        if left > x and left + needed > x + width:
            left, row = x, row + NOTE * 2.1
        canvas.rect(left, row - 10, 20, 14, fill=fill, stroke=RULE, stroke_width=0.6)
        canvas.text(left + 10, row, sign, NOTE, colour=colour, anchor="middle")
        canvas.text(left + 27, row, said, NOTE, colour=MUTED)
        left += needed
    if any(cell.became == "violated" for cell in cells) and values:
        row += NOTE * 2.1
        canvas.line(x, row - 3, x + 20, row - 3, colour=ALARM, width=2.4)
        canvas.text(x + 27, row, "beyond it the bound is exceeded, in bold", NOTE, colour=MUTED)
    return row + NOTE


__all__ = ["CellMap", "MapCell", "MapPanel", "level_of", "levels_between", "map_svg"]
