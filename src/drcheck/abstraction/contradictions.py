"""Whether a condition contradicts itself as it is written: then it holds in no state, and none need be searched.

What must hold where a condition holds is true wherever else it stands in it, and what must not hold is false. So
`a and b and not (a and (b or c))` never holds, whatever `a`, `b` and `c` are. Conditions come to contradict themselves when
more is known of counters: where `stale` is at most 53, `stale > 1 or stale == 78` is `stale > 1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from drcheck.abstraction.sums import Alike
from drcheck.abstraction.weakening import compared
from drcheck.language.expressions import INTEGER, Expression, Operation
from drcheck.reductions.simplify import constant, facts_of, rebuilt, refolded, simplify
from drcheck.system.terms import FALSE, TRUE, conjunction, conjuncts, negation

MOST_PASSES = 8
"""So often what is known is put in: each time more may come to be known."""
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")


class Contradictions:
    """Sees whether conditions contradict themselves. What they share is read once."""

    def __init__(self) -> None:
        self._alike = Alike()
        self._within: dict[int, Expression] = {}

    def never(self, node: Expression) -> bool:
        """Whether a condition is seen to hold in no state. Where it is not, there need be none either.

        Raises ModelError DR110 or DR111, where parts would be looked at that are defined in no state.
        """
        parts = conjuncts(self._ranged(self._alike.of(node)))
        for _ in range(MOST_PASSES):
            known = dict[int, Expression]()
            for part in parts:
                inner, value = (part.arguments[0], FALSE) if _negated(part) else (part, TRUE)
                if known.setdefault(id(inner), value) is not value:
                    return True
            made = self._given(parts, known)
            if constant(conjunction(made)) == 0:
                return True
            if all(a is b for a, b in zip_longest(made, parts)):
                return False
            parts = made
        return False

    def _given(self, parts: Sequence[Expression], known: dict[int, Expression]) -> list[Expression]:
        """Conditions, each where all others hold. `known`: the value of each of them, by identity."""
        facts = facts_of(conjunction(parts))
        found, memo, simpler = dict[int, Expression](), dict[int, Expression](), dict[int, Expression]()
        for part in parts:
            made = simplify(part, facts, simpler)
            if constant(made) == 0:
                return [FALSE]
            own = part if facts_of(part) else _around(made, known, memo)  # what says what a cell is stays
            for each in conjuncts(self._alike.of(own)):
                found.setdefault(id(each), each)
        return list(found.values())

    def _ranged(self, node: Expression) -> Expression:
        """An expression with its comparisons decided where the ranges of what is compared decide them."""
        if not isinstance(node, Operation):
            return node
        if id(node) not in self._within:
            made: Expression = rebuilt(node, [self._ranged(part) for part in node.arguments])
            self._within[id(node)] = self._alike.of(_compared(made))
        return self._within[id(node)]


def _negated(node: Expression) -> bool:
    return isinstance(node, Operation) and node.operator == "not"


def _around(node: Expression, known: dict[int, Expression], memo: dict[int, Expression]) -> Expression:
    """A condition with what is known put in the place of its parts, but not of itself."""
    if not isinstance(node, Operation):
        return node
    if node.operator == "not":
        return negation(_around(node.arguments[0], known, memo))
    return rebuilt(node, [refolded(part, known, memo) for part in node.arguments])


def _compared(node: Expression) -> Expression:
    """A comparison of numbers decided by their ranges; another expression as it is."""
    if not isinstance(node, Operation) or node.operator not in _COMPARED or node.arguments[0].kind != INTEGER:
        return node
    made = compared(node.operator, *node.arguments)
    return node if constant(made) is None else made


__all__ = ["Contradictions"]
