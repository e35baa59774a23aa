"""Documents as SVG parts for a page, or why there is none: a review never fails for lack of a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drcheck.errors import OutputError
from drcheck.render.document import ArchitectureDiagram, Document, MachineDiagram, SequenceChart
from drcheck.render.drawing import to_svg
from drcheck.render.sequence_svg import sequence_svgs
from drcheck.render.tree import TreeDiagram, tree_svg, tree_text
from drcheck.render.ways import STATED

PAGE_WIDTH, PAGE_HEIGHT = 510.0, 690.0
"""The room for a picture on an upright A4 page, in points."""
SMALL = 520.0
"""A picture that is no wider and no higher, in points, shares a row with another on a screen."""
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)pt" height="([\d.]+)pt"')


@dataclass(frozen=True)
class Picture:
    """SVG pictures in order (several where one would not fit a page), or `problem` and the same in `text`.

    `width` and `height` are those of the first part, in points.
    """

    parts: tuple[str, ...]
    width: float = 0.0
    height: float = 0.0
    problem: str = ""
    text: tuple[str, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it wants a page on its side: on an upright one its text would be too small."""
        return self.width > 1.45 * PAGE_WIDTH and self.width > self.height

    @property
    def is_small(self) -> bool:
        """Whether two of them go side by side."""
        return self.width <= SMALL and self.height <= SMALL


def picture(document: Document | TreeDiagram) -> Picture:
    """The document as pictures; sequence charts in parts that fit a printed page."""
    try:
        if isinstance(document, SequenceChart):
            width, _ = size(sequence_svgs(document)[0])
            # Parts that fill an upright page at the scale at which they fit its width.
            parts = sequence_svgs(document, height=0.95 * PAGE_HEIGHT * max(1.0, width / PAGE_WIDTH))
        else:
            parts = [tree_svg(document) if isinstance(document, TreeDiagram) else to_svg(document)]
        return Picture(tuple(part.strip() for part in parts), *size(parts[0]))
    except OutputError as error:
        return Picture((), problem=str(error), text=tuple(in_words(document)))


def size(svg: str) -> tuple[float, float]:
    """Width and height of a picture in points. Raises OutputError DR602 if it does not say them."""
    found = _SIZE.search(svg)
    if found is None:
        raise OutputError("DR602", "a drawing does not say how large it is", remedy="please report it with the model")
    return float(found[1]), float(found[2])


def in_words(document: Document | TreeDiagram) -> list[str]:
    """What a drawing shows, line by line."""
    if isinstance(document, TreeDiagram):
        return tree_text(document)
    if isinstance(document, MachineDiagram):
        return _machine(document)
    return _architecture(document) if isinstance(document, ArchitectureDiagram) else []


def _machine(diagram: MachineDiagram) -> list[str]:
    lines = [f"states: {', '.join(s.name + (' (initial)' if s.initial else '') for s in diagram.states)}"]
    lines += [f"variable {text}" for text in diagram.variables]
    lines += [f"name {text}" for text in diagram.names]
    for edge in diagram.edges:
        where = ", ".join(edge.sources) + (f" -> {edge.dest}" if edge.dest is not None else " (stays)")
        guard = [f"[{edge.guard}]"] if edge.guard else []
        parts = [edge.trigger, *guard, *(f"/ {update}" for update in edge.updates)]
        lines.append(f"{where}: {' '.join(parts)} ({', '.join([edge.event_kind, *edge.remarks])})")
    return lines


def _architecture(diagram: ArchitectureDiagram) -> list[str]:
    lines = []
    inside = {name for cluster in diagram.clusters for name in cluster.members}
    for cluster in diagram.clusters:
        hit = f", hit as a whole by {', '.join(cluster.events)}" if cluster.events else ""
        lines.append(f"site {cluster.site}{hit}: {', '.join(cluster.members)}")
    lines.append("at no site: " + (", ".join(n.name for n in diagram.nodes if n.name not in inside) or "nothing"))
    for way in diagram.ways:
        legs = [f"{leg.first} to {leg.second}" for leg in way.legs if not leg.modelled]
        stated = f"; {STATED}: {', '.join(legs)}" if legs else ""
        path = " > ".join([way.legs[0].first, *(leg.second for leg in way.legs)])
        lines.append(f"{way.what} flows: {path} ({way.source}){stated}")
    lines += [f"budget of faults: {', '.join(diagram.budget)}"] if diagram.budget else []
    lines += [f"{s.first} and {s.second} share {', '.join(s.events)}" for s in diagram.shared]
    lines += [f"{hub.event}: {', '.join(hub.participants)}" for hub in diagram.hubs]
    lines += [f"{r.reader} reads {', '.join(r.what)} of {r.owner}" for r in diagram.reads]
    return lines


__all__ = ["PAGE_HEIGHT", "PAGE_WIDTH", "Picture", "in_words", "picture", "size"]
