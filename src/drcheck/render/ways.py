"""Architectures by the way of the data: frames for what fails together, legs solid or only stated, and the rest beside it.

Solid legs are in the model, dashed ones are only stated. What is on no way (runbooks, operators, observers, budgets of faults)
stands apart, with what it reads; which events components share is a matrix below.
"""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from drcheck.render.canvas import BODY, NOTE, Canvas
from drcheck.render.document import ArchitectureDiagram, Node, Occurrence, Passage
from drcheck.render.dot import SMALL, left_label, new_graph, plain_label
from drcheck.render.dot_architecture import NAME_WIDTH, frame_lines
from drcheck.render.style import INK, KINDS, MUTED, PANEL, PAPER, RULE, clean, first_sentence, text_width, wrap

STATED = "stated, not modelled"


def ways_dot(diagram: ArchitectureDiagram) -> str:
    """The components on ways and at sites, with the legs of the ways."""
    graph = new_graph(diagram.system, rankdir="LR", nodesep="0.16", ranksep="0.55", splines="true")
    graph.attr("node", shape="box", style="rounded,filled", fillcolor=PAPER, color=INK, penwidth="1.1")
    graph.attr("node", margin="0.11,0.06", height="0.3")
    graph.attr("edge", fontsize=f"{SMALL - 1:g}", color=INK, fontcolor=MUTED, arrowhead="normal", arrowsize="0.7")
    shown = drawn_nodes(diagram)
    for number, cluster in enumerate(diagram.clusters):
        with graph.subgraph(name=f"cluster_{number}") as box:
            box.attr(label=left_label(frame_lines(cluster)), labeljust="l", style="rounded,filled", margin="12")
            box.attr(fillcolor=PANEL, color=RULE, penwidth="1.2", fontcolor=INK)
            for node in shown:
                if node.site == cluster.site:
                    _component(box, node)
    for node in shown:
        if node.site is None:
            _component(graph, node)
    for passage in passages(diagram):
        look = {"style": "solid", "penwidth": "2"} if passage.modelled else {"style": "dashed", "penwidth": "1.3"}
        tip = f"{passage.first} to {passage.second}: {', '.join(passage.what)}"
        graph.edge(passage.first, passage.second, tooltip=plain_label(tip), **look)
    return str(graph.source)


def passages(diagram: ArchitectureDiagram) -> list[Passage]:
    """The legs of all ways, each pair of ends once: what passes there, and whether the model has any of it."""
    found: dict[tuple[str, str], Passage] = {}
    for way in diagram.ways:
        for leg in way.legs:
            ends = leg.first, leg.second
            known = found.get(ends)
            what = tuple(dict.fromkeys([*(known.what if known else ()), way.what]))
            found[ends] = Passage(*ends, what, leg.modelled or (known is not None and known.modelled))
    return list(found.values())


def on_ways(diagram: ArchitectureDiagram) -> set[str]:
    """The names of the components on ways."""
    return {end for passage in passages(diagram) for end in (passage.first, passage.second)}


def drawn_nodes(diagram: ArchitectureDiagram) -> list[Node]:
    """What is drawn: all that is on a way."""
    inside = on_ways(diagram)
    return [node for node in diagram.nodes if node.name in inside]


def apart(diagram: ArchitectureDiagram) -> list[tuple[str, str]]:
    """What stands apart, by name, and what is said of it: what it is for, and what it reads."""
    inside = on_ways(diagram)
    framed = {cluster.site for cluster in diagram.clusters}
    rows = []
    for node in diagram.nodes:
        if node.name in inside or (node.kind == "site" and node.name in framed):
            continue
        reads = [read.owner for read in diagram.reads if read.reader == node.name]
        said = [first_sentence(node.doc)] if node.doc else []
        said += [f"at {node.site}"] if node.site is not None else []
        said += [f"reads {', '.join(reads)}"] if reads else []
        rows.append((node.name, "; ".join(said)))
    return rows + ([("budget of faults", ", ".join(diagram.budget))] if diagram.budget else [])


def _component(graph: graphviz.Digraph, node: Node) -> None:
    lines = wrap(clean(node.name), 11, NAME_WIDTH)
    more = {"color": KINDS["operator"].colour, "penwidth": "2.2"} if node.kind == "operator" else {}
    doc = clean(" ".join(node.doc.split())) or node.name
    graph.node(node.name, label=plain_label("\n".join(lines)), tooltip=plain_label(doc), **more)


# -- below the drawing -------------------------------------------------------------------------------------------------
def below(canvas: Canvas, diagram: ArchitectureDiagram, x: float, y: float, width: float) -> float:
    """What stands below the drawing: what flows, what stands apart, the matrix of shared events; returns the y below it."""
    y = _head(canvas, x, y, "What flows")
    for way in diagram.ways:
        said = f"{way.what}: {' > '.join([way.legs[0].first, *(leg.second for leg in way.legs)])} ({way.source})"
        y = _wrapped(canvas, x, y, said, width)
    only = [f"{passage.first} to {passage.second}" for passage in passages(diagram) if not passage.modelled]
    if only:
        y = _wrapped(canvas, x, y, f"{STATED[0].upper()}{STATED[1:]}: {', '.join(only)}", width)
    rows = apart(diagram)
    if rows:
        y = _head(canvas, x, y + 6, "Apart")
        for name, said in rows:
            y = _wrapped(canvas, x, y, f"{name}: {said}" if said else name, width)
    if diagram.occurrences:
        y = _head(canvas, x, y + 6, "Which components share which events")
        y = _matrix(canvas, x, y, diagram.occurrences, [node.name for node in diagram.nodes])
    return y


def needed_width(diagram: ArchitectureDiagram) -> float:
    """How wide the matrix is, in points."""
    names = [node.name for node in diagram.nodes]
    return max([0.0, *(text_width(n, NOTE) for n in names)]) + _CELL * len(diagram.occurrences) + 140


_CELL = 13.0


def _head(canvas: Canvas, x: float, y: float, text: str) -> float:
    y += BODY * 1.6
    canvas.text(x, y, text, BODY, bold=True)
    return y + 4


def _wrapped(canvas: Canvas, x: float, y: float, text: str, width: float) -> float:
    for number, row in enumerate(wrap(clean(text), NOTE, width - 12)):
        y += NOTE * 1.35
        canvas.text(x + (12 if number else 0), y, row, NOTE)
    return y


def _matrix(canvas: Canvas, x: float, y: float, events: Sequence[Occurrence], names: Sequence[str]) -> float:
    """Components down, events across: a disc where the component takes part, a ring where it does if it can."""
    taking = [name for name in names if any(name in (*e.required, *e.optional) for e in events)]
    left = x + max(text_width(name, NOTE) for name in taking) + 8
    tall = max(text_width(e.event, NOTE) for e in events) * 0.72 + 8
    top = y + tall
    for n, event in enumerate(events):
        colour = KINDS[event.kind].colour
        canvas.text(left + _CELL * (n + 0.7), top - 3, event.event, NOTE, colour=colour, rotate=-45)
    for m, name in enumerate(taking):
        middle = top + _CELL * (m + 0.5)
        if m % 2 == 0:
            canvas.rect(x, middle - _CELL / 2, left - x + _CELL * len(events), _CELL, fill=PANEL)
        canvas.text(x, middle + NOTE * 0.35, name, NOTE)
        for n, event in enumerate(events):
            at = left + _CELL * (n + 0.5)
            if name in event.required:
                canvas.circle(at, middle, 3.2, fill=KINDS[event.kind].colour)
            elif name in event.optional:
                canvas.circle(at, middle, 3.0, fill=PAPER, stroke=KINDS[event.kind].colour, width=1.3)
    return top + _CELL * len(taking) + 4


__all__ = ["STATED", "apart", "below", "drawn_nodes", "needed_width", "on_ways", "passages", "ways_dot"]
