"""Transitions in which free choices have been made: a value stands in the place of each, and what it decides is folded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from drcheck.language.constants import constant
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.free_choice import Chosen, FreeChoice
from drcheck.language.transition import On, Outcome, Updates


class Given(Literal):
    """A value in the place of the free choice of which it is one."""

    def __init__(self, value: Chosen, choice: FreeChoice) -> None:
        super().__init__(value)
        self.choice = choice


def with_values(transition: On, values: Mapping[FreeChoice, Chosen]) -> On:
    """The transition where the choices have these values; what they decide is folded. One that is then never possible does
    nothing, so that no update of it has to fit.
    """
    if not any(choice in values for choice in transition.choices):
        return transition
    memo: dict[int, Expression] = {}

    def put(node: Expression) -> Expression:
        if id(node) not in memo:
            memo[id(node)] = folded(_put(node))
        return memo[id(node)]

    def _put(node: Expression) -> Expression:
        if isinstance(node, FreeChoice):
            return Given(values[node], node)
        if isinstance(node, Operation):
            return node.rebuilt([put(part) for part in node.arguments])
        return node

    guard = None if transition.when is None else put(transition.when)
    if isinstance(guard, Literal) and guard.value is False:
        return replace(transition, when=guard, outcomes=tuple(Outcome(None, Updates({})) for _ in transition.outcomes))
    ways = tuple(
        replace(way, then=_updates([(put(t), put(v)) for t, v in way.then.items])) for way in transition.outcomes
    )
    return replace(transition, when=guard, outcomes=ways)


def _updates(items: Iterable[tuple[Expression, Expression]]) -> Updates:
    """Updates without the checks of those that a user writes: two targets may have become one, of which the later counts."""
    made = Updates({})
    made.items = tuple(items)
    return made


def folded(node: Expression) -> Expression:
    """An operation whose operands are folded, as far as constants among them decide it."""
    if not isinstance(node, Operation):
        return node
    parts = node.arguments
    first = parts[0]
    if node.operator in ("and", "or"):
        decides = node.operator == "or"
        if any(isinstance(part, Literal) and part.value is decides for part in parts):
            return Literal(decides)
    elif node.operator == "if" and isinstance(first, Literal):
        return parts[1 if first.value else 2]
    elif node.operator == "select" and isinstance(first, Literal) and isinstance(first.value, int):
        return parts[1 + first.value] if 0 <= first.value < len(parts) - 1 else node
    if all(isinstance(part, Literal) for part in parts):
        found = constant(node)
        return node if found is None else Literal(found.value)
    return node


__all__ = ["Given", "with_values"]
