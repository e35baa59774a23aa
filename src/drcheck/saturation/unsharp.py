"""The possible values of an expression if a value at an end stands for any value beyond it.

A boolean expression has three values: `may` says where it may hold, `must` where it certainly does; where it may and
need not, it is *unsharp* (Kleene, Introduction to Metamathematics, 1952, section 64). Of a number it is said where the
number without caps may be greater than computed (`up`) and where it may be less (`down`). All of these are
expressions over the state, so a search can watch for them. Each is on the safe side: an expression that is not unsharp
in a state has, for all values that the state stands for, the value that is computed.

Where a comparison is sharp for all values (`age >= k` with k no greater than the cap), that is found here once, by
trying the values at the ends, and costs the search nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from drcheck.language.expressions import BOOLEAN, Expression, Operation
from drcheck.reductions.simplify import constant, either
from drcheck.saturation.ends import End, at_end, can_hold, value_at
from drcheck.system.lowering import Saturated
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, System, cells_of
from drcheck.system.terms import FALSE, conjunction, disjunction, negation

Pair = tuple[Expression, Expression]


class Unsharp:
    """Readings of expressions of one system, for the ends that stand for more than themselves."""

    def __init__(self, system: System, ends: Collection[End], capped: frozenset[int]) -> None:
        self.system, self.ends, self._capped = system, sorted(ends), capped
        self._open = frozenset(end.cell for end in ends)
        # By identity, so the expressions are kept.
        self._touches: dict[int, tuple[Expression, bool]] = {}
        self._truths: dict[int, tuple[Expression, Pair]] = {}
        self._drifts: dict[int, tuple[Expression, Pair]] = {}
        self._blamed: dict[int, tuple[Expression, frozenset[End]]] = {}

    def touches(self, node: Expression) -> bool:
        """Whether an expression reads a cell that has such an end."""
        known = self._touches.get(id(node))
        if known is None:
            if isinstance(node, Cell):
                found = node.index in self._open
            else:
                found = any(self.touches(a) for a in node.arguments)
            known = self._touches[id(node)] = node, found
        return known[1]

    def _possible(self, condition: Expression) -> Expression:
        """The condition, or the constant false if it holds nowhere. It is one that holds only where some cell is at its end."""
        return condition if constant(condition) is not None or self.ends_at(condition) else FALSE

    def ends_at(self, condition: Expression) -> frozenset[End]:
        """The ends at which such a condition can hold."""
        if constant(condition) == 0:
            return frozenset()
        read = cells_of(condition)
        return frozenset(
            end
            for end in self.ends
            if end.cell in read and can_hold(self.system, condition, [(end.cell, value_at(self.system, end))])
        )

    def blamed(self, node: Expression) -> frozenset[End]:
        """The ends by which a boolean expression, or an update, can be unsharp; after it was asked whether it is."""
        if not self.touches(node):
            return frozenset()
        known = self._blamed.get(id(node))
        if known is None:
            found: frozenset[End] = frozenset().union(*(self.blamed(a) for a in node.arguments))
            known = self._blamed[id(node)] = node, found
        return known[1]

    def _blame(self, node: Expression, ends: frozenset[End]) -> None:
        self._blamed[id(node)] = node, ends

    # -- booleans ---------------------------------------------------------------------------------------------------
    def truth(self, node: Expression) -> Pair:
        """Where a boolean expression may hold, and where it must; the same object twice if it is sharp everywhere."""
        if not self.touches(node):
            return node, node
        known = self._truths.get(id(node))
        if known is None:
            assert isinstance(node, Operation), node
            known = self._truths[id(node)] = node, self._truth(node)
        return known[1]

    def unsharp(self, node: Expression) -> Expression:
        """Where a boolean expression may hold and need not."""
        may, must = self.truth(node)
        return FALSE if may is must else conjunction([may, negation(must)])

    def gained(self, node: Expression) -> Expression:
        """Where a boolean expression may hold and does not, with the caps."""
        may, _ = self.truth(node)
        return FALSE if may is node else conjunction([may, negation(node)])

    def _truth(self, node: Operation) -> Pair:
        operator, operands = node.operator, node.arguments
        if operator in ("not", "and", "or"):
            pairs = [self.truth(a) for a in operands]
            if all(may is must for may, must in pairs):
                return node, node
            if operator == "not":
                may, must = (node if side is operands[0] else negation(side) for side in reversed(pairs[0]))
                return may, must
            join: Callable[[list[Expression]], Expression] = conjunction if operator == "and" else disjunction

            def joined(parts: list[Expression]) -> Expression:
                return node if all(part is a for part, a in zip(parts, operands, strict=True)) else join(parts)

            return joined([may for may, _ in pairs]), joined([must for _, must in pairs])
        if operator == "if":
            (may, must), (may_a, must_a), (may_b, must_b) = (self.truth(a) for a in operands)
            if may is must:
                return either(may, may_a, may_b), either(must, must_a, must_b)
            return (
                disjunction([conjunction([may, may_a]), conjunction([negation(must), may_b])]),
                disjunction([conjunction([must, must_a]), conjunction([negation(may), must_b])]),
            )
        if operator == "select":
            up, down = self.drift(operands[0])
            return self._loosened(node, disjunction([up, down]))
        if operands[0].kind == BOOLEAN:  # equality of booleans
            return self._loosened(node, disjunction([self.unsharp(a) for a in operands]))
        return self._comparison(node)

    def _loosened(self, node: Operation, where: Expression) -> Pair:
        """An expression of which nothing is known where a condition holds."""
        ends = self.ends_at(where)
        self._blame(node, ends)
        if not ends:
            return node, node
        return disjunction([node, where]), conjunction([node, negation(where)])

    def _comparison(self, node: Operation) -> Pair:
        a, b = node.arguments
        (up_a, down_a), (up_b, down_b) = self.drift(a), self.drift(b)
        rises, falls = disjunction([up_a, down_b]), disjunction([down_a, up_b])
        """Where a - b without caps may be greater, and less, than computed."""
        match node.operator:
            case "<" | "<=":
                more, less = falls, rises
            case ">" | ">=":
                more, less = rises, falls
            case _:
                below, above = (Operation(o, (a, b), BOOLEAN) for o in ("<", ">"))
                meets = disjunction([conjunction([below, rises]), conjunction([above, falls])])
                parts = disjunction([rises, falls])
                more, less = (meets, parts) if node.operator == "==" else (parts, meets)
        # Not holding where it may, and holding where it need not: each is decided by the ends alone.
        gained, lost = (self.ends_at(conjunction(parts)) for parts in ([negation(node), more], [node, less]))
        self._blame(node, gained | lost)
        return disjunction([node, more]) if gained else node, conjunction([node, negation(less)]) if lost else node

    # -- numbers ----------------------------------------------------------------------------------------------------
    def drift(self, node: Expression) -> Pair:
        """Where a number without caps may be greater than computed, and where less."""
        if not self.touches(node):
            return FALSE, FALSE
        known = self._drifts.get(id(node))
        if known is None:
            up, down = self._drift(node)
            known = self._drifts[id(node)] = node, (self._possible(up), self._possible(down))
        return known[1]

    def _drift(self, node: Expression) -> Pair:
        if isinstance(node, Cell):
            at = {end.high: at_end(self.system, end) for end in self.ends if end.cell == node.index}
            return at.get(True, FALSE), at.get(False, FALSE)
        assert isinstance(node, Operation), node
        operands = node.arguments
        if node.operator == "if":
            return self._branches(operands[0], operands[1], operands[2])
        if node.operator == "select":
            return self._element(node)
        drifts = [self.drift(a) for a in operands]
        ups, downs = [up for up, _ in drifts], [down for _, down in drifts]
        match node.operator:
            case "+":
                return disjunction(ups), disjunction(downs)
            case "-":
                return disjunction([ups[0], downs[1]]), disjunction([downs[0], ups[1]])
            case "max":
                return disjunction(ups), self._all(node, operands, downs, "<")
            case "min":
                return self._all(node, operands, ups, ">"), disjunction(downs)
            case "*" | "//":
                factor = constant(operands[1])
                if factor is None and node.operator == "*":
                    factor, ups, downs = constant(operands[0]), ups[::-1], downs[::-1]
                if factor is not None:
                    return (ups[0], downs[0]) if factor > 0 else (downs[0], ups[0])
                if (
                    node.operator == "*"
                    and all(bounds(a)[0] >= 0 for a in operands)
                    and not any(constant(down) is None for down in downs)
                ):
                    return disjunction(ups), FALSE
        unknown = disjunction([*ups, *downs])
        return unknown, unknown

    @staticmethod
    def _all(node: Operation, operands: tuple[Expression, ...], drifts: list[Expression], beyond: str) -> Expression:
        """Where every operand is beyond the result, or may be: then the least, or greatest, of them may be."""
        return conjunction(
            [
                disjunction([drift, Operation(beyond, (operand, node), BOOLEAN)])
                for operand, drift in zip(operands, drifts, strict=True)
            ]
        )

    def _branches(self, test: Expression, then: Expression, otherwise: Expression) -> Pair:
        (up_a, down_a), (up_b, down_b) = self.drift(then), self.drift(otherwise)
        up, down = either(test, up_a, up_b), either(test, down_a, down_b)
        unsharp = self.unsharp(test)
        if constant(unsharp) == 0:
            return up, down
        then_greater, then_less = (Operation(o, (then, otherwise), BOOLEAN) for o in (">", "<"))
        other_up = either(test, disjunction([then_less, up_b]), disjunction([then_greater, up_a]))
        other_down = either(test, disjunction([then_greater, down_b]), disjunction([then_less, down_a]))
        return disjunction([up, conjunction([unsharp, other_up])]), disjunction(
            [down, conjunction([unsharp, other_down])]
        )

    def _element(self, node: Operation) -> Pair:
        index, *elements = node.arguments
        loose = disjunction([*self.drift(index)])
        result = []
        for which in (0, 1):
            parts = [self.drift(element)[which] for element in elements]
            chosen: Expression = FALSE
            if any(constant(part) != 0 for part in parts):
                chosen = Operation("select", (index, *parts), BOOLEAN)
            result.append(disjunction([chosen, loose]))
        return result[0], result[1]

    # -- updates ----------------------------------------------------------------------------------------------------
    def update(self, cell: int, right: Expression) -> Expression:
        """Where what an update writes may differ, by more than that an end stands for all beyond it."""
        if not self.touches(right):
            return FALSE
        if isinstance(right, Operation) and right.operator == "if":
            test, then, otherwise = right.arguments
            branches = either(test, self.update(cell, then), self.update(cell, otherwise))
            return disjunction([branches, self.unsharp(test)])
        if right.kind == BOOLEAN:
            return self.unsharp(right)
        kept = right
        if cell in self._capped and not isinstance(right, Saturated):
            kept = Saturated(right, self.system.cells[cell].domain)
        return disjunction([*self.drift(kept)])

    def blamed_for_update(self, cell: int, right: Expression) -> frozenset[End]:
        """The ends by which what an update writes may differ."""
        if isinstance(right, Operation) and right.operator == "if" and self.touches(right):
            test, then, otherwise = right.arguments
            both = self.blamed_for_update(cell, then) | self.blamed_for_update(cell, otherwise)
            self.truth(test)
            return both | self.blamed(test)
        if right.kind == BOOLEAN:
            self.truth(right)
            return self.blamed(right)
        return self.ends_at(self.update(cell, right))


__all__ = ["Unsharp"]
