"""Where the boxes of an architecture stand: one column for each site, and one between for the rest.

Inside a column `dot` finds the places of what is joined; what nothing joins stands in rows above. Between the sites,
each box stands as high as what it is joined to, as far as there is room. Graphviz alone would mix the columns up.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drcheck.render.document import ArchitectureDiagram
from drcheck.render.dot import SIZE
from drcheck.render.dot_architecture import Boxes, Places, column_dot, frame_lines
from drcheck.render.style import text_width

PAD, TITLE, GAP, ROW_GAP, BOX_GAP = 16.0, 16.0, 130.0, 20.0, 16.0
STACK_GAP = 44.0
"""Room between boxes of the middle column, for the labels of the lines that end there."""


@dataclass(frozen=True)
class _Column:
    """A column's boxes: centres from its top left corner (y down), and the size of it all."""

    centres: dict[str, tuple[float, float]]
    width: float
    height: float


def place(diagram: ArchitectureDiagram, plain: Callable[[str], str]) -> Places:
    """The places of all boxes. `plain` lays DOT text out and returns Graphviz' plain format (in inches, y up)."""
    boxes = Boxes(diagram)
    sites = [cluster.site for cluster in diagram.clusters]
    columns = {site: _site_column(boxes, site, plain(column_dot(diagram, site))) for site in sites}
    middle = _sizes(plain(column_dot(diagram, None)))[1] if boxes.names(None) else {}
    heading = {c.site: max(text_width(line, SIZE) for line in frame_lines(c)) for c in diagram.clusters}
    titles = {c.site: TITLE * len(frame_lines(c)) + 8 for c in diagram.clusters}
    centres: dict[str, tuple[float, float]] = {}
    frames: dict[str, tuple[float, float, float, float]] = {}
    x = 0.0
    middle_at = 0.0
    for number, site in enumerate(sites):
        column = columns[site]
        width = max(column.width, heading[site]) + 2 * PAD
        left, top = x + (width - column.width) / 2, titles[site] + PAD
        centres |= {name: (left + cx, top + cy) for name, (cx, cy) in column.centres.items()}
        frames[site] = (x, -(top + column.height + PAD), x + width, 0.0)
        x += width + GAP
        if number == 0 and middle:
            middle_at = x + max(width for width, _ in middle.values()) / 2
            x = middle_at + max(width for width, _ in middle.values()) / 2 + GAP
    centres |= _middle_column(boxes, middle, centres, middle_at)
    return Places({name: (cx, -cy) for name, (cx, cy) in centres.items()}, frames)


def _sizes(laid_out: str) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    """Centres (y down from 0) and sizes in points, from Graphviz' plain format."""
    centres, sizes = {}, {}
    for line in laid_out.splitlines():
        if line.startswith("node "):
            name, x, y, width, height = shlex.split(line)[1:6]
            centres[name] = (72 * float(x), -72 * float(y))
            sizes[name] = (72 * float(width), 72 * float(height))
    return centres, sizes


def _site_column(boxes: Boxes, site: str, laid_out: str) -> _Column:
    """Rows of what nothing joins on top, then the layout of the rest."""
    found, sizes = _sizes(laid_out)
    inside = {end for pair in boxes.pairs() if all(boxes.site_of[e] == site for e in pair) for end in pair}
    names = boxes.names(site)
    joined = [name for name in names if name in inside]
    centres: dict[str, tuple[float, float]] = {}
    lefts = [found[n][0] - sizes[n][0] / 2 for n in joined]
    rights = [found[n][0] + sizes[n][0] / 2 for n in joined]
    tops = [found[n][1] - sizes[n][1] / 2 for n in joined]
    bottoms = [found[n][1] + sizes[n][1] / 2 for n in joined]
    block = max(rights) - min(lefts) if joined else 0.0
    # what is joined to other sites only stands below, next to the rest; what nothing joins at all stands above
    above = [name for name in names if name not in inside and name not in boxes.joined]
    below = [name for name in names if name not in inside and name in boxes.joined]
    cell = max((sizes[n][0] for n in (*above, *below)), default=0.0) + BOX_GAP
    across = 2 if max(len(above), len(below)) > 1 else 1
    width = max([block, across * cell - BOX_GAP, *(sizes[n][0] for n in names)])
    y = _in_rows(above, sizes, width, 0.0, centres)
    if joined:
        shift = (width - block) / 2 - min(lefts)
        centres |= {n: (found[n][0] + shift, found[n][1] - min(tops) + y) for n in joined}
        y += max(bottoms) - min(tops) + ROW_GAP
    y = _in_rows(below, sizes, width, y, centres)
    return _Column(centres, width, max(y - ROW_GAP, 0.0))


def _in_rows(
    names: Sequence[str],
    sizes: dict[str, tuple[float, float]],
    width: float,
    y: float,
    centres: dict[str, tuple[float, float]],
) -> float:
    """Put boxes in rows of equal cells, as many in a row as `width` has room for; returns the y below them."""
    if not names:
        return y
    cell = max(sizes[n][0] for n in names) + BOX_GAP
    across = min(max(1, int((width + BOX_GAP + 0.01) // cell)), len(names))
    left = (width - across * cell) / 2
    for first in range(0, len(names), across):
        row = names[first : first + across]
        height = max(sizes[n][1] for n in row)
        for place, name in enumerate(row):
            centres[name] = (left + cell * (place + 0.5), y + height / 2)
        y += height + ROW_GAP
    return y


def _middle_column(
    boxes: Boxes, sizes: dict[str, tuple[float, float]], placed: dict[str, tuple[float, float]], x: float
) -> dict[str, tuple[float, float]]:
    """Each box of the middle column at the mean height of what it is joined to, then moved apart as little as needed."""
    if not sizes:
        return {}
    names = [name for name in boxes.names(None) if name in sizes]
    partners: dict[str, list[str]] = {name: [] for name in names}
    for one, other in boxes.pairs():
        if one in partners:
            partners[one].append(other)
        if other in partners:
            partners[other].append(one)
    heights = dict.fromkeys(names, 0.0)
    for _ in range(8):  # boxes joined to boxes of the middle only follow these
        for name in names:
            known = [placed[p][1] if p in placed else heights[p] for p in partners[name]]
            heights[name] = sum(known) / len(known) if known else 0.0
    order = sorted(names, key=lambda name: (heights[name], names.index(name)))
    offsets, total = [], 0.0
    for name in order:
        offsets.append(total + sizes[name][1] / 2)
        total += sizes[name][1] + STACK_GAP
    tops = _non_decreasing([heights[name] - offset for name, offset in zip(order, offsets, strict=True)])
    return {name: (x, max(top, 0.0) + offset) for name, top, offset in zip(order, tops, offsets, strict=True)}


def _non_decreasing(wanted: Sequence[float]) -> list[float]:
    """The non-decreasing sequence nearest to the wanted one in the sense of least squares."""
    pools: list[tuple[float, int]] = []
    for value in wanted:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    return [value for value, number in pools for _ in range(number)]


__all__ = ["place"]
