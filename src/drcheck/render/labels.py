"""Texts of a drawing that Graphviz made: labels of lines where they obstruct nothing, names set apart from the rest.

Graphviz reserves room for the labels of lines only where it chooses the places of boxes itself, and not always then. Here
each label that covers something moves along its own line to the best place there is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import TypeAlias

from drcheck.render.style import INK, MUTED, text_width

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Point: TypeAlias = tuple[float, float]

_TEXT = re.compile(r"<text\b.*?</text>\n?", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BEGIN = r'<g id="[^"]*" class="(?:edge|node|cluster)">'
_GROUP = re.compile(rf'<g id="[^"]*" class="(edge|node|cluster)">.*?(?={_BEGIN}|\Z)', re.DOTALL)
_PADDING = "  "
"""What `dot.left_label(..., pad=True)` puts before each line of a label."""


@dataclass
class _Label:
    """The lines of one label, their size and colour, its box and which edge of it they keep to, and its line's points."""

    lines: list[str]
    size: float
    colour: str
    box: Box
    curve: list[Point]
    anchor: str = "start"


def lift_labels(inner: str, page: Box, *, anywhere: bool) -> tuple[str, list[str]]:
    """The drawing without the labels of its lines, and these labels as text elements, each at its best place.

    `page` is what the labels must stay in. With `anywhere`, every label may move; otherwise only those that cover a box
    or another label (Graphviz has then reserved room for the others).
    """
    boxes: list[Box] = []
    curves: list[list[Point]] = []
    labels: list[_Label] = []

    def take(match: re.Match[str]) -> str:
        group = match[0]
        elements = _TEXT.findall(group)
        if match[1] == "edge":
            curves.append(_along(group))
            if elements:
                labels.append(_label(elements, curves[-1]))
            return _TEXT.sub("", group)
        boxes.append(_around(elements) if match[1] == "cluster" else _outline(group, elements))
        return group

    rest = _GROUP.sub(take, inner)
    crowd = Counter((x // _CELL, y // _CELL) for curve in curves for x, y in curve)
    for label in labels * 2:  # a second round, now that the others have moved out of the way
        others = boxes + [other.box for other in labels if other is not label]
        if anywhere or _covered(label.box, others) > 0:
            label.box, label.anchor = _best(label, others, crowd, page)
    return rest, [element for label in labels for element in _elements(label)]


_CELL = 6.0
"""Lines are looked up by squares of this size."""


def _best(label: _Label, boxes: Sequence[Box], crowd: Counter[Point], page: Box) -> tuple[Box, str]:
    """The place of least cost: where the label is, or beside, above or below a point of its line."""
    left, top, right, bottom = label.box
    width, height = right - left, bottom - top

    def cost(box: Box, far: float, most: float) -> float:
        """What a place costs; where that is `most` or more, anything from there on."""
        outside = box[0] < page[0] or box[1] < page[1] or box[2] > page[2] or box[3] > page[3]
        if outside and far + 1e6 >= most:
            return most
        total = far + (1e6 * outside + 2 * _covered(box, boxes, (most - far) / 2))
        if total >= most:
            return most
        for column in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1):
            for row in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1):
                total += 25 * crowd.get((float(column), float(row)), 0)
        return total

    best, least = (label.box, label.anchor), cost(label.box, 0.0, math.inf)
    middle = (len(label.curve) - 1) / 2
    for n, (x, y) in enumerate(label.curve):
        far = 12 * abs(n - middle) / (middle or 1)
        for x0, y0, anchor in (
            (x + 6, y - height / 2, "start"),
            (x - 6 - width, y - height / 2, "end"),
            (x - width / 2, y - 6 - height, "middle"),
            (x - width / 2, y + 6, "middle"),
            (x + 5, y - 4 - height, "start"),
            (x + 5, y + 4, "start"),
            (x - 5 - width, y - 4 - height, "end"),
            (x - 5 - width, y + 4, "end"),
        ):
            if far >= least:
                break
            box = (x0, y0, x0 + width, y0 + height)
            total = cost(box, far, least)
            if total < least:
                best, least = (box, anchor), total
    return best


def _covered(box: Box, others: Sequence[Box], most: float = math.inf) -> float:
    """How much of others a box covers, or the first sum of that which is more than `most`."""
    area = 0.0
    x0, y0, x1, y1 = box
    for left, top, right, bottom in others:
        if left < x1 + 2 and right > x0 - 2 and top < y1 + 1 and bottom > y0 - 1:
            width = (x1 if x1 < right else right) - (x0 if x0 > left else left) + 2
            height = (y1 if y1 < bottom else bottom) - (y0 if y0 > top else top) + 1
            if width > 0 and height > 0:
                area += width * height
                if area > most:
                    break
    return area


# -- reading what Graphviz drew -------------------------------------------------------------------------------------
def _content(element: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", element)).strip("\n").replace("\xa0", " ")


def _attribute(element: str, name: str, default: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', element)
    return match[1] if match else default


def _label(elements: Sequence[str], curve: list[Point]) -> _Label:
    size, colour = float(_attribute(elements[0], "font-size", "9")), _attribute(elements[0], "fill", INK)
    lines = [_content(element).removeprefix(_PADDING).rstrip() for element in elements]
    left, top, _, _ = _around(elements)
    left += text_width(_PADDING, size)
    width = max(text_width(line, size) for line in lines)
    return _Label(lines, size, colour, (left, top, left + width, top + size * 1.15 * len(lines)), curve)


def _elements(label: _Label) -> list[str]:
    left, top, right, _ = label.box
    result = []
    for n, line in enumerate(label.lines):
        indent = text_width(" ", label.size) * (len(line) - len(line.lstrip()))
        x = {"start": left + indent, "middle": (left + right) / 2, "end": right}[label.anchor]
        anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
        result.append(
            f'<text x="{x:.1f}" y="{top + label.size * (0.9 + 1.15 * n):.1f}" font-size="{label.size:g}" '
            f'fill="{label.colour}"{anchor}>{escape(line.strip(), quote=False)}</text>'
        )
    return result


def _around(elements: Sequence[str], centred: bool = False) -> Box:
    """The box of text elements, an upper bound. Graphviz centres the text of boxes; that of lines begins at x."""
    found = []
    for element in elements:
        size, x, y = (float(_attribute(element, name, "0")) for name in ("font-size", "x", "y"))
        width = text_width(_content(element), size)
        left = x - width / 2 if centred else x
        found.append((left, y - 0.9 * size, left + width, y + 0.25 * size))
    if not found:
        return (0.0, 0.0, 0.0, 0.0)
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _outline(group: str, elements: Sequence[str]) -> Box:
    """The box of a node: of its outline, or of its text if it has none."""
    shapes = re.findall(r"<(?:path|polygon|ellipse|polyline)\b[^>]*>", group)
    numbers = [
        float(n)
        for shape in shapes
        if 'stroke="none"' not in shape
        for part in re.findall(r'\b(?:points|d)="([^"]*)"', shape)
        for n in _NUMBER.findall(part)
    ]
    if not numbers:
        return _around(elements, centred=True)
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def _along(group: str) -> list[Point]:
    """Points on a line, a few units apart."""
    match = re.search(r'<path\b[^>]*\bd="([^"]*)"', group)
    if match is None:
        return []
    numbers = [float(n) for n in _NUMBER.findall(match[1])]
    corners = list(zip(numbers[::2], numbers[1::2], strict=False))
    curve = corners[:1]
    for n in range(0, len(corners) - 3, 3):
        a, b, c, d = corners[n : n + 4]
        steps = max(2, int((abs(d[0] - a[0]) + abs(d[1] - a[1])) / 5))
        curve += [_bezier(a, b, c, d, t / steps) for t in range(1, steps + 1)]
    return curve


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
    return x, y


# -- names ---------------------------------------------------------------------------------------------------------
def weigh_names(inner: str, names: dict[str, str]) -> str:
    """The names of boxes in bold; `names` maps Graphviz' node to the name in it.

    The first line of a site's title counts as its name. What stands below a name, or (in a list) indented, is muted.
    """

    def weigh(match: re.Match[str]) -> str:
        title = re.search(r"<title>(.*?)</title>", match[0], re.DOTALL)
        name = names.get(unescape(title[1]) if title else "")
        if match[1] == "edge" or (name is None and match[1] != "cluster"):
            return match[0]
        so_far = ""
        ended = False

        def one(text: re.Match[str]) -> str:
            nonlocal so_far, ended
            if ended and (match[1] == "cluster" or "<polyline" not in match[0] or _content(text[0]).startswith(" ")):
                return text[0].replace(f'fill="{INK}"', f'fill="{MUTED}"')
            if ended:
                return text[0]
            so_far += _content(text[0])
            ended = name is None or so_far.replace(" ", "") == name.replace(" ", "")
            return text[0].replace("<text ", '<text font-weight="bold" ', 1)

        return _TEXT.sub(one, match[0])

    return _GROUP.sub(weigh, inner)


__all__ = ["Box", "lift_labels", "weigh_names"]
