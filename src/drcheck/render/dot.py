"""Diagrams as Graphviz DOT text.

Labels are plain text (no HTML labels: some Graphviz builds drop them silently), fonts are the layout font of `style`,
and the order of everything is the document's, so the same document gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import graphviz

from drcheck.render.document import (
    ArchitectureDiagram,
    Hub,
    MachineDiagram,
    MachineEdge,
    MachineState,
    Node,
    activities,
    arrows,
    drawn_reads,
    event_names,
)
from drcheck.render.style import (
    ALARM,
    ALARM_FILL,
    CLASSES,
    INK,
    LAYOUT_FONT,
    MUTED,
    PANEL,
    PAPER,
    RULE,
    clean,
    first_sentence,
    wrap,
)

SIZE, SMALL = 11.0, 9.0
GUARD_WIDTH = 210.0
"""Guards and updates are wrapped at this width, in points."""
GUARD_LINES = 7
"""A longer guard or list of updates is shortened to this many lines, and says so; the tooltip has all of it."""
NAME_WIDTH = 118.0
"""Names of components and events are wrapped at this width, in points."""
WITH_DOCS = 14
"""Systems of at most this many components have their components' purposes in the boxes."""


# -- machines ------------------------------------------------------------------------------------------------------
def machine_dot(diagram: MachineDiagram) -> str:
    """The state diagram: rounded boxes are states, with what happens while they last; heavy square ones, failures."""
    graph = _graph(diagram.component, rankdir="TB", nodesep="0.45", ranksep="0.55")
    graph.attr("node", shape="record", style="rounded,filled", fillcolor=PANEL, color=INK, penwidth="1.1")
    graph.attr("node", margin="0.14,0.09", height="0.3")
    graph.node("initial", label="", shape="circle", style="filled", fillcolor=INK, width="0.14", height="0.14",
               fixedsize="true",
               tooltip="initial state")  # fmt: skip
    for state in diagram.states:
        _state(graph, diagram, state)
    drawn = arrows(diagram)
    everywhere = activities(diagram, None)
    if everywhere or any(arrow.source is None for arrow in drawn):
        name = "any state" if everywhere else "any other state"
        graph.node("any", label=_record(name, everywhere), style="rounded,dashed", color=MUTED, fontcolor=MUTED,
                   tooltip="stands for every state of the component")  # fmt: skip
    graph.edge("initial", _state_id(diagram.initial), color=INK, arrowsize="0.7", tooltip="initial state")
    for arrow in drawn:
        look = CLASSES[arrow.event_class]
        graph.edge(
            "any" if arrow.source is None else _state_id(arrow.source),
            _state_id(arrow.dest),
            label=_left([line for edge in arrow.edges for line in edge_lines(edge)], pad=True),
            tooltip=_escape("\n".join(line for edge in arrow.edges for line in edge_lines(edge, width=10**6))),
            color=look.colour,
            fontcolor=look.colour,
            style=look.dot,
            penwidth=f"{look.width:g}",
        )
    return str(graph.source)


def _state_id(name: str) -> str:
    return f"state_{name}"


def _state(graph: graphviz.Digraph, diagram: MachineDiagram, state: MachineState) -> None:
    more = {}
    if state.failure:
        more = {"style": "filled", "fillcolor": ALARM_FILL, "color": ALARM, "penwidth": "2.6"}
    shown = f"{state.name}\n(final)" if state.final else state.name
    graph.node(_state_id(state.name), label=_record(shown, activities(diagram, state.name)), tooltip=state.name, **more)


def _record(name: str, doing: Sequence[MachineEdge]) -> str:
    """A record label: the name, and below a rule what happens in the state without leaving it."""
    title = "\\n".join(_field(line) for line in name.split("\n"))
    if not doing:
        return title
    lines = [line for edge in doing for line in edge_lines(edge, SIZE)]
    return f"{{{title}|{''.join(_field(line) + chr(92) + 'l' for line in lines)}}}"


def edge_lines(edge: MachineEdge, size: float = SMALL, width: float = GUARD_WIDTH) -> list[str]:
    """`trigger (remarks)`, `[guard]`, `/ updates`, wrapped and, where very long, shortened with a note of it."""
    head = edge.trigger + (f" ({', '.join(edge.remarks)})" if edge.remarks else "")
    lines = _hanging("", head, "", size, width)
    if edge.guard:
        lines += _hanging("[", edge.guard, "]", size, width)
    for update in edge.updates:
        lines += _hanging("/ ", update, "", size, width)
    return lines


def _hanging(before: str, text: str, after: str, size: float, width: float) -> list[str]:
    """A text wrapped with its further lines indented; a very long one is shortened and says so."""
    lines = wrap(clean(text), size, width - 2 * size)
    if len(lines) > GUARD_LINES:
        lines = [*lines[: GUARD_LINES - 1], f"… and {len(lines) - GUARD_LINES + 1} more lines"]
    lines[-1] += after
    return [before + lines[0], *("   " + line for line in lines[1:])]


# -- architectures -------------------------------------------------------------------------------------------------
def architecture_dot(diagram: ArchitectureDiagram) -> str:
    """The architecture: sites side by side, a line for shared events, a dashed arrow from who reads to what is read.

    Boxes of a small system say what the component is for. Not drawn: that the members of a site look at their own
    site's machine, reads between two components that share events anyway, and a site's machine that nothing else is
    joined to (the site's frame stands for it).
    """
    graph = _graph(diagram.system, rankdir="TB", nodesep="0.25", ranksep="0.45", newrank="true", splines="true")
    graph.attr("node", shape="box", style="rounded,filled", fillcolor=PAPER, color=INK, penwidth="1.1")
    graph.attr("node", margin="0.11,0.06", height="0.3")
    graph.attr("edge", fontsize=f"{SMALL - 1:g}")
    reads = drawn_reads(diagram)
    joined = {name for s in diagram.shared for name in (s.first, s.second)}
    joined |= {name for r in reads for name in (r.reader, r.owner)}
    joined |= {name for h in diagram.hubs for name in h.participants}
    docs = len(diagram.nodes) <= WITH_DOCS
    nodes = {node.name: node for node in diagram.nodes}
    hubs = {f"event_{number}": hub for number, hub in enumerate(diagram.hubs)}
    home = {name: _common_site([nodes[p].site for p in hub.participants]) for name, hub in hubs.items()}
    for number, cluster in enumerate(diagram.clusters):
        with graph.subgraph(name=f"cluster_{number}") as box:
            hit = [f"hit as a whole by {', '.join(cluster.events)}"] if cluster.events else []
            box.attr(label=_left([f"site {cluster.site}", *hit]), labeljust="l", style="rounded,filled", margin="12")
            box.attr(fillcolor=PANEL, color=RULE, penwidth="1.2", fontcolor=INK)
            shown = [nodes[n] for n in cluster.members if n in joined or nodes[n].kind != "site"]
            _components(box, shown, joined, docs)
            for name in (n for n, site in home.items() if site == cluster.site):
                _hub(box, name, hubs[name])
        if number == 0:
            _components(graph, [n for n in diagram.nodes if n.site is None], joined, docs)
    if not diagram.clusters:
        _components(graph, diagram.nodes, joined, docs)
    for name in (n for n, site in home.items() if site is None):
        _hub(graph, name, hubs[name])
    for shared in diagram.shared:
        look = CLASSES[shared.event_class]
        graph.edge(shared.first, shared.second, label=_left(_wrapped(event_names(shared.events)), pad=True), dir="none",
                   style=look.dot, color=look.colour, fontcolor=look.colour, penwidth=f"{look.width:g}",
                   tooltip=_escape(", ".join(shared.events)))  # fmt: skip
    for name, hub in hubs.items():
        look = CLASSES[hub.event_class]
        for place, participant in enumerate(hub.participants):
            ends = (participant, name) if place == 0 else (name, participant)
            graph.edge(*ends, dir="none", style=look.dot, color=look.colour, penwidth=f"{look.width:g}",
                       tooltip=_escape(hub.event))  # fmt: skip
    for read in reads:
        near = nodes[read.reader].site == nodes[read.owner].site
        graph.edge(read.reader, read.owner, style="dashed", color=MUTED, arrowhead="vee", arrowsize="0.6",
                   penwidth="0.9", constraint="false" if near else "true",
                   tooltip=_escape(f"{read.reader} reads {', '.join(read.what)}"))  # fmt: skip
    return str(graph.source)


def _common_site(sites: Sequence[str | None]) -> str | None:
    return sites[0] if len(set(sites)) == 1 else None


def _wrapped(names: Sequence[str]) -> list[str]:
    return [line for name in names for line in wrap(clean(name), SMALL - 1, NAME_WIDTH)]


def _components(graph: graphviz.Digraph, nodes: Sequence[Node], joined: set[str], docs: bool) -> None:
    """Boxes; those that nothing joins to others are stacked, so that they do not make the picture wide."""
    for node in nodes:
        lines = wrap(clean(node.name), SIZE, NAME_WIDTH)
        said = wrap(clean(first_sentence(node.doc)), SIZE, 1.5 * NAME_WIDTH) if docs and node.doc else []
        if len(said) <= 3:
            lines += said
        more = {}
        if node.kind == "operator":
            more = {"color": CLASSES["operator"].colour, "penwidth": "2.2"}
        elif node.kind == "site":
            more = {"style": "filled"}
        doc = clean(" ".join(node.doc.split())) or node.name
        graph.node(node.name, label=_escape("\n".join(lines)), tooltip=_escape(doc), **more)
    alone = [node.name for node in nodes if node.name not in joined]
    for first, second in pairwise(alone):
        graph.edge(first, second, style="invis")


def _hub(graph: graphviz.Digraph, name: str, hub: Hub) -> None:
    graph.node(name, label=_escape(hub.event), shape="plaintext", style="", fontsize=f"{SMALL:g}", height="0.1",
               fontcolor=CLASSES[hub.event_class].colour, margin="0.03,0.02", tooltip=_escape(hub.event))  # fmt: skip


# -- shared --------------------------------------------------------------------------------------------------------
def _graph(name: str, **attributes: str) -> graphviz.Digraph:
    graph = graphviz.Digraph(name=name)
    graph.attr("graph", fontname=LAYOUT_FONT, fontsize=f"{SIZE:g}", bgcolor="transparent", pad="0.15", **attributes)
    graph.attr("node", fontname=LAYOUT_FONT, fontsize=f"{SIZE:g}", fontcolor=INK)
    graph.attr("edge", fontname=LAYOUT_FONT, fontsize=f"{SMALL:g}", fontcolor=INK, color=INK, arrowsize="0.75")
    return graph


def _escape(text: str) -> str:
    """A plain label: backslashes are meant literally, a line break is a line break, `<...>` is no HTML label."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return str(graphviz.nohtml(escaped))


def _left(lines: Iterable[str], *, pad: bool = False) -> str:
    """A label of left-justified lines; `pad` keeps it off the line that it belongs to."""
    gap = "  " if pad else ""
    return "".join(gap + line.replace("\\", "\\\\") + gap + "\\l" for line in lines)


def _field(text: str) -> str:
    """A text in a record label, in which braces, bars and angle brackets have a meaning and runs of spaces are lost."""
    escaped = "".join("\\" + c if c in "\\{}|<>" else c for c in text)
    return re.sub(r"(?<= ) |^ ", r"\\ ", escaped)


__all__ = ["architecture_dot", "edge_lines", "machine_dot"]
