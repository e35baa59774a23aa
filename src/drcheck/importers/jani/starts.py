"""The initial states of a JANI file: all values of what has no initial value, of which `restrict-initial` keeps some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from drcheck.importers.jani.document import Node
from drcheck.importers.jani.exclusive import Values
from drcheck.importers.jani.terms import Term, Worth
from drcheck.language.expressions import Expression, Value
from drcheck.language.references import StateOf
from drcheck.language.starting_values import MOST_INITIAL
from drcheck.language.variables import Variable

MOST_TRIED = 1 << 20
"""How many combinations of initial values are tried at most."""


@dataclass(frozen=True)
class Start:
    """What starts in several ways, the positions of what it may start with, and their values as expressions read them."""

    leaf: Variable | str
    values: Sequence[Value]


class _Values(Values):
    """Initial values: of variables, and of locations by the names of their components."""

    def __init__(self, values: Mapping[Expression, Value], locations: Mapping[str, str]) -> None:
        super().__init__(values)
        self.locations = locations

    def read(self, leaf: Expression) -> Value:
        """The value of a variable, or whether a component starts in a state."""
        if isinstance(leaf, StateOf):
            return self.locations[leaf.component] in leaf.states
        return self.values[leaf]


def kept(starts: Sequence[Start], restrictions: Sequence[tuple[Node, Worth]]) -> list[tuple[Value, ...]] | None:
    """The combinations of values that all restrictions allow, in the order of `starts`; None where they allow all.

    Raises DesignError DR231 where nothing is left, DR232 where there are too many.
    """
    conditions = [worth.top for _, worth in restrictions if isinstance(worth, Term)]
    for node, worth in restrictions:
        if worth is False:
            node.malformed("no initial state is left")
    combinations = prod(len(start.values) for start in starts)
    if not conditions:
        if combinations > MOST_INITIAL:
            _too_many(restrictions, starts, f"{combinations:,} initial states, of {MOST_INITIAL:,} at most")
        return None
    if combinations > MOST_TRIED:
        _too_many(restrictions, starts, f"{combinations:,} initial states to choose from, of {MOST_TRIED:,} at most")
    found = list(_allowed(starts, conditions))
    if not found:
        restrictions[0][0].malformed("no initial state is left")
    if len(found) > MOST_INITIAL:
        restrictions[0][0].unsupported(f"it leaves {len(found):,} initial states, of {MOST_INITIAL:,} at most")
    return None if len(found) == combinations else found


def _too_many(restrictions: Sequence[tuple[Node, Worth]], starts: Sequence[Start], said: str) -> None:
    several = [start.leaf if isinstance(start.leaf, str) else start.leaf.name for start in starts if start.values[1:]]
    restrictions[0][0].unsupported(f"{', '.join(several[:5])} start in several ways: {said}")


def _allowed(starts: Sequence[Start], conditions: Sequence[Expression]) -> Iterator[tuple[Value, ...]]:
    for values in product(*(start.values for start in starts)):
        pairs = list(zip(starts, values, strict=True))
        environment = _Values(
            {start.leaf: value for start, value in pairs if isinstance(start.leaf, Variable)},
            {start.leaf: str(value) for start, value in pairs if isinstance(start.leaf, str)},
        )
        if all(condition.evaluate(environment) for condition in conditions):
            yield values


__all__ = ["Start", "kept"]
