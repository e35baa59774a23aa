"""Fault trees as drawings, as plain data, and in the Open-PSA Model Exchange Format.

The format is that of the Open-PSA Initiative, version 2.0d: a `define-fault-tree` for each promise, whose gate `top_...` is its
top event, and all basic events once in `model-data`. No probabilities are given, as the models have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from drcheck.answers.cuts import CutsReport
from drcheck.answers.fault_tree import BasicEvent, FaultTree, Gate
from drcheck.render.style import clean
from drcheck.render.tree import Branch, Leaf, TreeDiagram


# -- as drawings -------------------------------------------------------------------------------------------------------
def tree_diagram(tree: FaultTree, title: str) -> TreeDiagram:
    """What is drawn of a tree; `title` is that of its design."""
    statement = str(tree.promise.statement.details.get("statement", ""))
    texts = tuple(text for text in (title, statement) if text)
    return TreeDiagram(
        tree.name, texts, None if tree.top is None else _drawn(tree.top), (*tree.notes, *_excluding(tree))
    )


def _drawn(node: Gate | BasicEvent) -> Branch | Leaf:
    if isinstance(node, BasicEvent):
        return Leaf(node.label, chosen=node.number == 0)
    return Branch(node.operator, tuple(_drawn(part) for part in node.inputs))


def _excluding(tree: FaultTree) -> Iterator[str]:
    for those in tree.excluding:
        yield f"one at most: {', '.join(event.label for event in those)}"


# -- as data -----------------------------------------------------------------------------------------------------------
def tree_data(tree: FaultTree) -> dict[str, Any]:
    """A tree as plain data."""
    return {
        "property": tree.name,
        "top": None if tree.top is None else _node_data(tree.top),
        "events": [{"label": event.label, "what": event.what, "number": event.number} for event in tree.events],
        "excluding": [[event.label for event in those] for those in tree.excluding],
        "notes": list(tree.notes),
    }


def trees_data(
    report: CutsReport, trees: Sequence[FaultTree], parameters: Callable[[Mapping[str, Any]], Any]
) -> dict[str, Any]:
    """The trees of a report. `parameters` makes plain data of settings."""
    return {
        "design": report.design.name,
        "title": report.design.title,
        "parameters": parameters(report.settings),
        "order": report.order,
        "by": report.by,
        "trees": [tree_data(tree) for tree in trees],
        "kept": [promise.name for promise in report.promises if not promise.cuts and promise.whole],
        "undecided": [promise.name for promise in report.promises if not promise.whole],
        "skipped": [{"property": statement.name, "reason": reason} for statement, reason in report.skipped],
        "searches": report.searches,
        "states": report.states,
        "stopped": report.stopped or None,
    }


def _node_data(node: Gate | BasicEvent) -> dict[str, Any]:
    if isinstance(node, BasicEvent):
        return {"event": node.label}
    return {"gate": node.operator, "inputs": [_node_data(part) for part in node.inputs]}


# -- Open-PSA ----------------------------------------------------------------------------------------------------------
def open_psa(trees: Sequence[FaultTree], design: str, title: str) -> str:
    """The trees of a design as one model in the Open-PSA Model Exchange Format."""
    root = ElementTree.Element("opsa-mef")
    _label(root, f"{design}: {title}")
    events = list(dict.fromkeys(event for tree in trees for event in tree.events))
    names = _names([event.label for event in events])
    tops = _names([tree.name for tree in trees])
    for tree in trees:
        defined = ElementTree.SubElement(root, "define-fault-tree", name=tops[tree.name])
        statement = str(tree.promise.statement.details.get("statement", ""))
        _label(defined, "; ".join(text for text in (statement, *tree.notes) if text))
        _Writer(defined, tops[tree.name], names).write(tree)
    data = ElementTree.SubElement(root, "model-data")
    for event in events:
        basic = ElementTree.SubElement(data, "define-basic-event", name=names[event.label])
        _label(basic, event.label)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


class _Writer:
    """Defines the gates of one tree."""

    def __init__(self, parent: ElementTree.Element, name: str, names: Mapping[str, str]) -> None:
        self._parent, self._name, self._names, self._number = parent, name, names, 0

    def write(self, tree: FaultTree) -> None:
        """The gate of the top event, and those below it."""
        gate = ElementTree.SubElement(self._parent, "define-gate", name=f"top_{self._name}")
        _label(gate, f"{tree.name} fails")
        if tree.top is None:
            ElementTree.SubElement(gate, "constant", value="true")
        else:
            self._formula(gate, tree.top)

    def _formula(self, gate: ElementTree.Element, node: Gate | BasicEvent) -> None:
        if isinstance(node, BasicEvent):
            ElementTree.SubElement(gate, "basic-event", name=self._names[node.label])
            return
        formula = ElementTree.SubElement(gate, node.operator)
        later: list[tuple[str, Gate]] = []
        for part in node.inputs:
            if isinstance(part, BasicEvent):
                ElementTree.SubElement(formula, "basic-event", name=self._names[part.label])
            else:
                self._number += 1
                later.append((f"gate_{self._name}_{self._number}", part))
                ElementTree.SubElement(formula, "gate", name=later[-1][0])
        for name, part in later:
            self._formula(ElementTree.SubElement(self._parent, "define-gate", name=name), part)


def _label(parent: ElementTree.Element, text: str) -> None:
    if text:
        ElementTree.SubElement(parent, "label").text = clean(" ".join(text.split()))


def _names(labels: Sequence[str]) -> dict[str, str]:
    """Identifiers for labels, different ones for different labels."""
    found: dict[str, str] = {}
    for label in labels:
        wanted = re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_") or "event"
        wanted = wanted if wanted[0].isalpha() else f"e_{wanted}"
        name, number = wanted, 1
        while name in found.values():
            number += 1
            name = f"{wanted}_{number}"
        found[label] = name
    return found


__all__ = ["open_psa", "tree_data", "tree_diagram", "trees_data"]
