"""Named expressions: `quorum = named("quorum", total(votes) >= 2)`.

A name changes nothing but how the expression is written in drawings, messages and reports: it is evaluated, and lowered, as
what it stands for. In one system a name stands for one expression (`system.naming`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from keyword import iskeyword

from drcheck.errors import ModelError, caller
from drcheck.language.component import StateIs
from drcheck.language.expressions import (
    TEMPORAL,
    Environment,
    Expression,
    Literal,
    Operand,
    Operation,
    Value,
    expression,
    fitting,
    nodes_in,
    wrong_operands,
)
from drcheck.language.happening import Happens
from drcheck.language.operators import NAMED, TEMPORAL_OPERATORS
from drcheck.language.references import Reference
from drcheck.language.variables import check_name

RESERVED = frozenset({"true", "false", "min", "max", *TEMPORAL_OPERATORS})
"""What means something else where expressions are written as text; the words that Python keeps for itself are beside it."""


class Named(Operation):
    """An expression with a name, by which it is written; see `named`."""

    def __init__(self, name: str, inner: Expression) -> None:
        super().__init__(NAMED, (inner,), inner.kind, inner.labels)
        self.place = caller()
        self.name = name

    @property
    def inner(self) -> Expression:
        """What the name stands for."""
        return self.arguments[0]

    def evaluate(self, environment: Environment) -> Value:
        """The value of what the name stands for."""
        return self.inner.evaluate(environment)

    def rebuilt(self, operands: Sequence[Expression]) -> Operation:
        """The same name for another expression."""
        new = Named(self.name, operands[0])
        new.place = self.place
        return new

    def leaf_text(self) -> str:
        """The name."""
        return self.name


def named(name: str, meaning: Operand) -> Expression:
    """`meaning` under a name, by which drawings, messages and reports write it; it means the same.

    `compose` refuses a name that stands for two expressions, or is that of a component (DR105). Raises ModelError DR105 for
    what is no name, DR125 for a word that is taken, DR102 for a formula of temporal logic.
    """
    place = caller()
    check_name(name, "named expression", place)
    if iskeyword(name) or name in RESERVED:
        raise ModelError(
            "DR125",
            f"{name} means something else where expressions are written, so none can have this name",
            place=place,
            remedy="give it another name",
        )
    inner = expression(meaning)
    if inner.kind == TEMPORAL:
        raise wrong_operands("named", [inner], "an expression that has a value in each state")
    return fitting(Named(str.__str__(name), inner))


def names_in(nodes: Iterable[Expression]) -> Iterator[Named]:
    """The named expressions in some expressions, each object once, those within others after these."""
    found = {id(node): node for node in _with_conditions(nodes) if isinstance(node, Named)}
    yield from found.values()


def _with_conditions(nodes: Iterable[Expression]) -> Iterator[Expression]:
    """Every node, also of what is said of the state before an event."""
    for node in nodes_in(nodes):
        yield node
        if isinstance(node, Happens) and node.when is not None:
            yield from nodes_in([node.when])


def form(node: Expression, known: dict[int, object] | None = None) -> object:
    """What is equal for two expressions that say the same in the same words, names of parts aside."""
    memo: dict[int, object] = {} if known is None else known
    if id(node) not in memo:
        if isinstance(node, Named):
            memo[id(node)] = form(node.inner, memo)
        elif isinstance(node, Operation):
            memo[id(node)] = (node.operator, *(form(operand, memo) for operand in node.arguments))
        elif isinstance(node, Literal):
            memo[id(node)] = ("literal", type(node.value).__name__, str(node.value))
        elif isinstance(node, StateIs):
            memo[id(node)] = ("state", id(node.component), node.states)
        elif isinstance(node, Reference):
            memo[id(node)] = ("reference", str(node))
        elif isinstance(node, Happens):
            memo[id(node)] = ("happens", node.events, None if node.when is None else form(node.when, memo))
        else:
            memo[id(node)] = ("leaf", id(node))
    return memo[id(node)]


__all__ = ["RESERVED", "Named", "form", "named", "names_in"]
