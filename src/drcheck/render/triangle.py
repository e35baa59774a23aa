"""What things do alone and in pairs, as SVG of our own: a triangle of cells, a row and a column for each thing.

On the diagonal stands how much a thing does alone, elsewhere what two do together and neither does alone. A column has the number
of a row, at whose beginning the name stands, so that long names need no turning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drcheck.render.canvas import NOTE, Canvas, heading, page
from drcheck.render.cell_map import SHADES, level_of, levels_between
from drcheck.render.style import ALARM, INK, MUTED, PANEL, PAPER, RULE, clean, text_width, wrap

SIDE, MARGIN = 24.0, 18.0


@dataclass(frozen=True)
class Pair:
    """How much two things do together, by their places among the names, the first not above the second; the same twice: what
    one does alone. `marked`: it stands out.
    """

    first: int
    second: int
    number: int
    title: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Triangle:
    """Things and what they do. `counted`: what the numbers count; `mark`: what it means that a cell stands out."""

    title: str
    texts: tuple[str, ...]
    names: tuple[str, ...]
    pairs: tuple[Pair, ...]
    counted: str
    mark: str = field(default="")


def triangle_svg(triangle: Triangle) -> str:
    """A triangle as one SVG picture."""
    left = MARGIN + 26 + max((text_width(clean(name), NOTE) for name in triangle.names), default=0)
    width = max(left + SIDE * len(triangle.names) + MARGIN, 2 * MARGIN + 420)
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, width - 2 * MARGIN, triangle.title, triangle.texts)
    numbers = [pair.number for pair in triangle.pairs]
    levels = levels_between(min(numbers), max(numbers)) if numbers else ()
    found = {(pair.first, pair.second): pair for pair in triangle.pairs}
    for row, name in enumerate(triangle.names):
        canvas.text(left - 8, y + SIDE / 2 + 3, f"{clean(name)}  {row + 1}", NOTE, colour=MUTED, anchor="end")
        for column in range(row + 1):
            _cell(canvas, found.get((column, row)), left + column * SIDE, y, levels)
        y += SIDE
    for column in range(len(triangle.names)):
        at = left + (column + 0.5) * SIDE
        canvas.text(at, y + NOTE * 1.4, str(column + 1), NOTE, colour=MUTED, anchor="middle")
    return page(
        canvas,
        width,
        _legend(canvas, triangle, y + NOTE * 3.4, width - 2 * MARGIN) + MARGIN / 2,
        title=triangle.title,
        description=" ".join(triangle.texts),
    )


def _cell(canvas: Canvas, pair: Pair | None, x: float, y: float, levels: Sequence[int]) -> None:
    if pair is None:
        canvas.rect(x, y, SIDE, SIDE, fill=PANEL, stroke=RULE, stroke_width=0.6)
        return
    level = min(level_of(pair.number, levels), len(SHADES) - 2) + 1
    canvas.rect(x, y, SIDE, SIDE, fill=SHADES[level], stroke=RULE, stroke_width=0.6, title=pair.title)
    if pair.marked:
        canvas.rect(x + 1.2, y + 1.2, SIDE - 2.4, SIDE - 2.4, stroke=ALARM, stroke_width=2.4)
    colour = PAPER if level >= len(SHADES) - 2 else INK
    canvas.text(x + SIDE / 2, y + SIDE / 2 + 3.2, str(pair.number), NOTE, colour=colour, anchor="middle")


def _legend(canvas: Canvas, triangle: Triangle, y: float, width: float) -> float:
    """What cells mean; returns the y below."""
    whole = f"{triangle.counted}: by one alone where a row meets the column of its number, elsewhere by both and neither alone"
    samples = [(False, whole), *([(True, triangle.mark)] if any(pair.marked for pair in triangle.pairs) else [])]
    for marked, said in samples:
        canvas.rect(MARGIN, y - 11, 16, 16, fill=SHADES[1], stroke=RULE, stroke_width=0.6)
        if marked:
            canvas.rect(MARGIN + 1, y - 10, 14, 14, stroke=ALARM, stroke_width=2.4)
        for row in wrap(clean(said), NOTE, width - 27):
            canvas.text(MARGIN + 27, y, row, NOTE, colour=MUTED)
            y += NOTE * 1.4
        y += NOTE * 0.7
    return y


__all__ = ["Pair", "Triangle", "triangle_svg"]
