"""Architectures as Graphviz DOT text.

Two forms: one for any Graphviz user, in which `dot` finds the places; and one in which the places are given (see
`placing`), for Graphviz to route the lines only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import graphviz

from drcheck.render.document import ArchitectureDiagram, Cluster, Node, drawn_reads, event_names, listed_reads
from drcheck.render.dot import SIZE, SMALL, left_label, new_graph, plain_label
from drcheck.render.style import INK, KINDS, MUTED, PANEL, PAPER, RULE, clean, first_sentence, site_title, wrap

NAME_WIDTH = 132.0
"""Names of components and events are wrapped at this width, in points."""
STACK = 4
"""More boxes than this that nothing joins are stacked in two columns."""
WITH_DOCS = 14
"""Systems of at most this many components have their components' purposes in the boxes."""


@dataclass(frozen=True)
class Places:
    """Where boxes are: the centre of each node and the frame (left, bottom, right, top) of each site, in points, y up."""

    centres: Mapping[str, tuple[float, float]]
    frames: Mapping[str, tuple[float, float, float, float]]


def architecture_dot(diagram: ArchitectureDiagram) -> str:
    """The architecture: sites side by side, a line for shared events, a dashed arrow from reader to owner.

    What is at no site stands after the first site. Boxes of a small system say what the component is for; what many
    components look at is reported in their boxes. Not drawn: that the members of a site look at their own site's machine,
    reads between two components that share events anyway, and a site's machine that nothing else is joined to (the
    site's frame stands for it).
    """
    boxes = Boxes(diagram)
    graph = _architecture_graph(diagram)
    columns: list[Cluster | None] = list(diagram.clusters)
    if boxes.names(None):
        columns.insert(1, None)
    for number, cluster in enumerate(columns):
        with graph.subgraph(name=f"cluster_{number}") as box:
            if cluster is None:
                box.attr(style="invis", margin="6")
            else:
                _frame(box, cluster)
            site = None if cluster is None else cluster.site
            boxes.draw(box, site)
            _stack(box, [name for name in boxes.names(site) if name not in boxes.joined])
            if len(columns) > 1:
                box.node(f"column {number}", label="", shape="point", style="invis", width="0.01", height="0.01")
    # invisible points in one row help to keep the columns from left to right
    with graph.subgraph() as row:
        row.attr(rank="min")
        for number in range(1, len(columns)):
            row.edge(f"column {number - 1}", f"column {number}", style="invis")
    boxes.join(graph)
    return str(graph.source)


def placed_dot(diagram: ArchitectureDiagram, places: Places) -> str:
    """The same with given places, for the engine `nop2`, which draws lines around boxes that stay where they are."""
    boxes = Boxes(diagram)
    graph = _architecture_graph(diagram)
    for number, cluster in enumerate(diagram.clusters):
        with graph.subgraph(name=f"cluster_{number}") as box:
            _frame(box, cluster)
            left, bottom, right, top = places.frames[cluster.site]
            box.attr(bb=f"{left:.2f},{bottom:.2f},{right:.2f},{top:.2f}")
            boxes.draw(box, cluster.site)
    boxes.draw(graph, None)
    for name, (x, y) in places.centres.items():
        graph.node(name, pos=f"{x:.2f},{y:.2f}")
    boxes.join(graph)
    return str(graph.source)


def column_dot(diagram: ArchitectureDiagram, site: str | None) -> str:
    """The boxes at one site (None: at no site) with the lines between them."""
    boxes = Boxes(diagram)
    graph = _architecture_graph(diagram)
    boxes.draw(graph, site)
    boxes.join(graph, set(boxes.names(site)))
    return str(graph.source)


def _architecture_graph(diagram: ArchitectureDiagram) -> graphviz.Digraph:
    graph = new_graph(diagram.system, rankdir="TB", nodesep="0.25", ranksep="0.45", newrank="true", splines="true")
    graph.attr("node", shape="box", style="rounded,filled", fillcolor=PAPER, color=INK, penwidth="1.1")
    graph.attr("node", margin="0.11,0.06", height="0.3")
    graph.attr("edge", fontsize=f"{SMALL - 1:g}")
    return graph


def frame_lines(cluster: Cluster) -> list[str]:
    """The title of a site's frame."""
    hit = [f"hit as a whole by {', '.join(cluster.events)}"] if cluster.events else []
    return [site_title(cluster.site), *hit]


def _frame(box: graphviz.Digraph, cluster: Cluster) -> None:
    box.attr(label=left_label(frame_lines(cluster)), labeljust="l", style="rounded,filled", margin="12")
    box.attr(fillcolor=PANEL, color=RULE, penwidth="1.2", fontcolor=INK)


def _stack(graph: graphviz.Digraph, alone: Sequence[str]) -> None:
    """Boxes that nothing joins, one below the other, so that they do not make the picture wide."""
    for first, second in zip(alone, alone[1 if len(alone) <= STACK else 2 :], strict=False):
        graph.edge(first, second, style="invis")


def _common_site(sites: Sequence[str | None]) -> str | None:
    return sites[0] if len(set(sites)) == 1 else None


def _wrapped(names: Sequence[str]) -> list[str]:
    return [line for name in names for line in wrap(clean(name), SMALL - 1, NAME_WIDTH)]


class Boxes:
    """What stands in a picture of an architecture: the boxes at each site, and the lines between them."""

    def __init__(self, diagram: ArchitectureDiagram) -> None:
        self.diagram = diagram
        self.reads = drawn_reads(diagram)
        self.listed = listed_reads(diagram)
        self.docs = len(diagram.nodes) <= WITH_DOCS
        site_of = {node.name: node.site for node in diagram.nodes}
        self.hubs = {f"event {number}": hub for number, hub in enumerate(diagram.hubs)}
        self.site_of = site_of | {
            name: _common_site([site_of[p] for p in hub.participants]) for name, hub in self.hubs.items()
        }
        self.joined = {end for pair in self.pairs() for end in pair}
        self.nodes = [node for node in diagram.nodes if node.name in self.joined or node.kind != "site"]

    def pairs(self) -> list[tuple[str, str]]:
        """The ends of every line."""
        return [
            *((shared.first, shared.second) for shared in self.diagram.shared),
            *((end, name) for name, hub in self.hubs.items() for end in hub.participants),
            *((reads.reader, reads.owner) for reads in self.reads),
        ]

    def names(self, site: str | None) -> list[str]:
        """The boxes and hubs at a site, or at none."""
        everything = [*(node.name for node in self.nodes), *self.hubs]
        return [name for name in everything if self.site_of[name] == site]

    def draw(self, graph: graphviz.Digraph, site: str | None) -> None:
        """The boxes and hubs at a site, or at none."""
        for node in self.nodes:
            if node.site == site:
                self._component(graph, node)
        for name, hub in self.hubs.items():
            if self.site_of[name] == site:
                colour = KINDS[hub.event_kind].colour
                graph.node(
                    name,
                    label=plain_label(hub.event),
                    shape="plaintext",
                    style="",
                    fontsize=f"{SMALL:g}",
                    height="0.1",
                    fontcolor=colour,
                    margin="0.03,0.02",
                    tooltip=plain_label(hub.event),
                )

    def join(self, graph: graphviz.Digraph, among: Collection[str] | None = None) -> None:
        """The lines, or those whose ends are both in `among`."""

        def wanted(one: str, other: str) -> bool:
            return among is None or (one in among and other in among)

        for shared in self.diagram.shared:
            look = KINDS[shared.event_kind]
            if wanted(shared.first, shared.second):
                graph.edge(
                    shared.first,
                    shared.second,
                    label=left_label(_wrapped(event_names(shared.events)), pad=True),
                    dir="none",
                    style=look.dot,
                    color=look.colour,
                    fontcolor=look.colour,
                    penwidth=f"{look.width:g}",
                    tooltip=plain_label(", ".join(shared.events)),
                )
        for name, hub in self.hubs.items():
            look = KINDS[hub.event_kind]
            for place, participant in enumerate(hub.participants):
                ends = (participant, name) if place == 0 else (name, participant)
                if wanted(*ends):
                    graph.edge(
                        *ends,
                        dir="none",
                        style=look.dot,
                        color=look.colour,
                        penwidth=f"{look.width:g}",
                        tooltip=plain_label(hub.event),
                    )
        for reads in self.reads:
            near = self.site_of[reads.reader] == self.site_of[reads.owner]
            if wanted(reads.reader, reads.owner):
                graph.edge(
                    reads.reader,
                    reads.owner,
                    style="dashed",
                    color=MUTED,
                    arrowhead="vee",
                    arrowsize="0.6",
                    penwidth="0.9",
                    constraint="false" if near else "true",
                    tooltip=plain_label(f"{reads.reader} reads {', '.join(reads.what)}"),
                )

    def _component(self, graph: graphviz.Digraph, node: Node) -> None:
        lines = wrap(clean(node.name), SIZE, NAME_WIDTH)
        said = wrap(clean(first_sentence(node.doc)), SIZE, 1.5 * NAME_WIDTH) if self.docs and node.doc else []
        if len(said) <= 3:
            lines += said
        if node.name in self.listed:
            lines += wrap(f"looks at {', '.join(self.listed[node.name])}", SIZE, NAME_WIDTH)
        more = {}
        if node.kind == "operator":
            more = {"color": KINDS["operator"].colour, "penwidth": "2.2"}
        elif node.kind == "site":
            more = {"style": "filled"}
        doc = clean(" ".join(node.doc.split())) or node.name
        graph.node(node.name, label=plain_label("\n".join(lines)), tooltip=plain_label(doc), **more)


__all__ = ["Boxes", "Places", "architecture_dot", "column_dot", "frame_lines", "placed_dot"]
