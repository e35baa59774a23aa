"""Conditions over a few numbers that are drawn so that they ask the same more than once."""

from __future__ import annotations

from random import Random

from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import refolded
from drcheck.system.system import Cell, Domain
from drcheck.system.terms import negation


def drawn(random: Random, cells: list[Cell], depth: int) -> Expression:
    """A condition that asks the same numbers again and again, and shares its parts with itself."""

    def number(depth: int) -> Expression:
        if depth == 0 or random.random() < 0.3:
            return random.choice([*cells[:3], Literal(random.randint(-1, 3))])
        if random.random() < 0.3:
            return Operation("if", (test(depth - 1), number(depth - 1), number(depth - 1)), INTEGER)
        return Operation(random.choice(["+", "-", "min", "max"]), (number(depth - 1), number(depth - 1)), INTEGER)

    made: list[Expression] = []

    def test(depth: int) -> Expression:
        if made and random.random() < 0.2:
            return random.choice(made)
        if depth == 0 or random.random() < 0.2:
            operator = random.choice(["<", "<=", ">", ">=", "==", "!="])
            found: Expression = Operation(operator, (number(min(depth, 1)), number(0)), BOOLEAN)
        elif random.random() < 0.2:
            found = random.choice([negation(test(depth - 1)), cells[3]])
        else:
            found = Operation(random.choice(["and", "or"]), (test(depth - 1), test(depth - 1)), BOOLEAN)
        made.append(found)
        return found

    return refolded(test(depth), {})  # what is constant is folded, as in a narrowed system


def cells_of_three() -> list[Cell]:
    numbers = [Cell(n, "xyz"[n], Domain(INTEGER, 0, 3), "") for n in range(3)]
    return [*numbers, Cell(3, "on", Domain(BOOLEAN, 0, 1), "")]
