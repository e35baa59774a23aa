"""Fault trees as DOT, SVG and indented text: gates in boxes with what they are, basic events round, choices as houses.

A house is, as in IEC 61025, what does not happen by chance: it is chosen or assumed. What stands twice in a tree is drawn twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import graphviz

from drcheck.render.dot import new_graph, plain_label
from drcheck.render.style import ALARM, ALARM_FILL, INK, PANEL, PAPER, clean, wrap
from drcheck.render.svg import check_labels, dot_to_svg, framed

WIDTH = 120.0
"""Texts of boxes are wrapped at this width, in points."""


@dataclass(frozen=True)
class Leaf:
    """A basic event; `chosen`: it is a deviation, not something that happens."""

    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Branch:
    """A gate: "or" or "and" of what is below it."""

    operator: str
    below: tuple[Branch | Leaf, ...]


@dataclass(frozen=True)
class TreeDiagram:
    """A fault tree. `top`: None where the promise fails without anything. `notes`: what is to be known of it."""

    title: str
    texts: tuple[str, ...]
    top: Branch | Leaf | None
    notes: tuple[str, ...] = ()


def tree_dot(diagram: TreeDiagram) -> str:
    """The tree as DOT text."""
    graph = new_graph("fault_tree", rankdir="TB", nodesep="0.2", ranksep="0.3", ordering="out", splines="line")
    graph.attr("node", color=INK, penwidth="1.1", margin="0.1,0.06", style="filled", fillcolor=PAPER)
    graph.attr("edge", arrowhead="none")
    graph.node(
        "top",
        label=plain_label("\n".join(wrap(clean(f"{diagram.title} fails"), 11, 1.6 * WIDTH))),
        shape="box",
        fillcolor=ALARM_FILL,
        color=ALARM,
        penwidth="1.8",
    )
    if diagram.top is not None:
        _below(graph, "top", diagram.top, _numbers())
    return str(graph.source)


def _numbers() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"n{number}"


def _below(graph: graphviz.Digraph, above: str, node: Branch | Leaf, names: Iterator[str]) -> None:
    name = next(names)
    if isinstance(node, Leaf):
        lines = "\n".join(wrap(clean(node.label), 11, WIDTH))
        shape = "house" if node.chosen else "ellipse"
        graph.node(name, label=plain_label(lines), shape=shape, fillcolor=PANEL)
    else:
        said = {"or": "OR", "and": "AND"}[node.operator]
        heavy = {"penwidth": "2.2"} if node.operator == "and" else {"style": "rounded,filled"}
        graph.node(name, label=said, shape="box", fontsize="9", margin="0.08,0.03", height="0.25", **heavy)
        for part in node.below:
            _below(graph, name, part, names)
    graph.edge(above, name, tailport="s", headport="n")


def tree_svg(diagram: TreeDiagram, *, use: str = "auto") -> str:
    """The tree as SVG, with a heading. Raises OutputError DR602 when it cannot be drawn."""
    drawn = dot_to_svg(tree_dot(diagram), use=use)
    check_labels(drawn, [leaf.label for leaf in _leaves(diagram.top)])
    lines = [*diagram.texts, *diagram.notes, "circles happen; houses are chosen or assumed"]
    return framed(drawn, {}, title=diagram.title, lines=lines, keys=[], description="; ".join(tree_text(diagram)))


def _leaves(node: Branch | Leaf | None) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif node is not None:
        for part in node.below:
            yield from _leaves(part)


def tree_text(diagram: TreeDiagram) -> list[str]:
    """The tree as indented lines."""
    if diagram.top is None:
        return [f"{diagram.title} fails, whatever goes wrong"]
    return [f"{diagram.title} fails if", *_indented(diagram.top, 1)]


def _indented(node: Branch | Leaf, depth: int) -> Iterator[str]:
    if isinstance(node, Leaf):
        yield "  " * depth + node.label
        return
    yield "  " * depth + {"or": "one of", "and": "all of"}[node.operator]
    for part in node.below:
        yield from _indented(part, depth + 1)


__all__ = ["Branch", "Leaf", "TreeDiagram", "tree_dot", "tree_svg", "tree_text"]
