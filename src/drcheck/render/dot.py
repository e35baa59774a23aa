"""Diagrams as Graphviz DOT text.

Labels are plain text (no HTML labels: some Graphviz builds drop them silently), fonts are the layout font of `style`,
and the order of everything is the document's, so the same document gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import graphviz

from drcheck.render.document import (
    MachineDiagram,
    MachineEdge,
    MachineState,
    activities,
    arrows,
    edge_parts,
)
from drcheck.render.style import (
    ALARM,
    ALARM_FILL,
    INK,
    KINDS,
    LAYOUT_FONT,
    MUTED,
    PANEL,
    clean,
    wrap,
)

SIZE, SMALL = 11.0, 9.0
GUARD_WIDTH = 210.0
"""Guards and updates are wrapped at this width, in points."""


# -- machines ------------------------------------------------------------------------------------------------------
def machine_dot(diagram: MachineDiagram, *, legend: bool = True) -> str:
    """The state diagram: rounded boxes are states, with what happens while they last; heavy square ones, failures.

    `legend`: below it, what names stand for, if there are any.
    """
    graph = new_graph(diagram.component, rankdir="TB", nodesep="0.45", ranksep="0.55")
    if legend and diagram.names:
        graph.attr(label=left_label(map(clean, diagram.names)), labelloc="b", labeljust="l")
    graph.attr("node", shape="record", style="rounded,filled", fillcolor=PANEL, color=INK, penwidth="1.1")
    graph.attr("node", margin="0.14,0.09", height="0.3")
    graph.node(
        "initial",
        label="",
        shape="circle",
        style="filled",
        fillcolor=INK,
        width="0.14",
        height="0.14",
        fixedsize="true",
        tooltip="initial state",
    )
    for state in diagram.states:
        _state(graph, diagram, state)
    drawn = arrows(diagram)
    everywhere = activities(diagram, None)
    if everywhere or any(arrow.source is None for arrow in drawn):
        name = "any state" if everywhere else "any other state"
        graph.node(
            "any",
            label=_record(name, everywhere),
            style="rounded,dashed",
            color=MUTED,
            fontcolor=MUTED,
            tooltip="stands for every state of the component",
        )
    for name in diagram.initial_states:
        graph.edge("initial", state_id(name), color=INK, arrowsize="0.7", tooltip="initial state")
    for arrow in drawn:
        look = KINDS[arrow.event_kind]
        graph.edge(
            "any" if arrow.source is None else state_id(arrow.source),
            state_id(arrow.dest),
            label=left_label([line for edge in arrow.edges for line in edge_lines(edge)], pad=True),
            tooltip=plain_label("\n".join(_tooltip(edge) for edge in arrow.edges)),
            color=look.colour,
            fontcolor=look.colour,
            style=look.dot,
            penwidth=f"{look.width:g}",
        )
    return str(graph.source)


def state_id(name: str) -> str:
    """Graphviz' name of the box of a state."""
    return f"state_{name}"


def _state(graph: graphviz.Digraph, diagram: MachineDiagram, state: MachineState) -> None:
    more = {}
    if state.failure:
        more = {"style": "filled", "fillcolor": ALARM_FILL, "color": ALARM, "penwidth": "2.6"}
    shown = f"{state.name}\n(final)" if state.final else state.name
    doing = activities(diagram, state.name)
    tooltip = plain_label("\n".join([state.name, *map(_tooltip, doing)]))
    graph.node(state_id(state.name), label=_record(shown, doing), tooltip=tooltip, **more)


def _record(name: str, doing: Sequence[MachineEdge]) -> str:
    """A record label: the name, and below a rule what happens in the state without leaving it."""
    title = "\\n".join(_field(line) for line in name.split("\n"))
    if not doing:
        return title
    lines = [line for edge in doing for line in edge_lines(edge, SIZE, "   ")]
    return f"{{{title}|{''.join(_field(line) + chr(92) + 'l' for line in lines)}}}"


def edge_lines(edge: MachineEdge, size: float = SMALL, indent: str = "") -> list[str]:
    """The trigger, then the guard and the effects (indented by `indent`), wrapped, with further lines indented."""
    result = []
    for number, (before, text, after) in enumerate(edge_parts(edge)):
        first, *more = wrap(clean(f"{text}{after}"), size, GUARD_WIDTH - 2 * size)
        deeper = indent if number else ""
        result += [deeper + before + first, *(f"{deeper}   {line}" for line in more)]
    return result


def _tooltip(edge: MachineEdge) -> str:
    return "\n".join(clean(f"{before}{text}{after}") for before, text, after in edge_parts(edge, whole=True))


# -- shared --------------------------------------------------------------------------------------------------------
def new_graph(name: str, **attributes: str) -> graphviz.Digraph:
    """An empty graph in our fonts and colours."""
    graph = graphviz.Digraph(name=name)
    graph.attr("graph", fontname=LAYOUT_FONT, fontsize=f"{SIZE:g}", bgcolor="transparent", pad="0.15", **attributes)
    graph.attr("node", fontname=LAYOUT_FONT, fontsize=f"{SIZE:g}", fontcolor=INK)
    graph.attr("edge", fontname=LAYOUT_FONT, fontsize=f"{SMALL:g}", fontcolor=INK, color=INK, arrowsize="0.75")
    return graph


def plain_label(text: str) -> str:
    """A plain label: backslashes are meant literally, a line break is a line break, `<...>` is no HTML label."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return str(graphviz.nohtml(escaped))


def left_label(lines: Iterable[str], *, pad: bool = False) -> str:
    """A label of left-justified lines; `pad` keeps it off the line that it belongs to."""
    gap = "  " if pad else ""
    return "".join(gap + line.replace("\\", "\\\\") + gap + "\\l" for line in lines)


def _field(text: str) -> str:
    """A text in a record label, in which braces, bars and angle brackets have a meaning and runs of spaces are lost."""
    escaped = "".join("\\" + c if c in "\\{}|<>" else c for c in text)
    return re.sub(r"(?<= ) |^ ", r"\\ ", escaped)


__all__ = ["edge_lines", "left_label", "machine_dot", "new_graph", "plain_label", "state_id"]
