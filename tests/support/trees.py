"""Whether two expressions, or two properties, are the same tree: what is read of a text is held against what Python makes."""

from __future__ import annotations

from drcheck.language.component import StateIs
from drcheck.language.expressions import Expression, Literal
from drcheck.language.happening import Happens
from drcheck.language.references import Reference
from drcheck.logic.kinds import Property


def tree(node: Expression | None) -> object:
    """An expression as plain data: leaves as what they are, constants with whether they were written as such."""
    if node is None:
        return None
    if isinstance(node, Literal):
        return ("constant", type(node.value).__name__, node.value, node.written)
    if isinstance(node, Happens):
        return ("happens", node.events, tree(node.when))
    if isinstance(node, Reference):
        return ("reference", str(node))
    if isinstance(node, StateIs):
        return ("states", id(node.component), node.states)
    if node.arguments:
        return (node.operator, node.kind, node.labels, *map(tree, node.arguments))
    return ("variable", id(node))


def stated(item: Property) -> object:
    """A property as plain data, with all that text can say of it."""
    bound = (type(item.at_most).__name__, item.at_most)
    parts = tuple(map(tree, (item.condition, item.trigger, item.measure, item.goal)))
    details = (item.name, item.statement, item.claims, item.source, item.assumptions)
    return (type(item), parts, bound, item.fairness, details)
