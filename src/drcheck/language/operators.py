"""The operators of expressions: what they mean on values, and how they are written.

`//` and `%` are Python's (floor division, the result of `%` has the sign of the divisor).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

OPERATORS: dict[str, Callable[..., Any]] = {
    "not": lambda a: not a,
    "and": lambda *a: all(a),
    "or": lambda *a: any(a),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "if": lambda c, a, b: a if c else b,
    "select": lambda i, *elements: elements[i],
}
"""The operators and their meaning on values. `select` is (index, element 0, element 1, ...)."""

NAMED = "named"
"""The operator of an expression with a name: it means its one operand, and is written as its name (see `names`)."""
TEMPORAL_OPERATORS = {"G": 1, "F": 1, "X": 1, "U": 2, "W": 2, "R": 2}
"""The operators of temporal logic, with how many operands each takes; `logic.formulas` says what they mean."""
ARITHMETIC = {"+", "-", "*", "//", "%", "min", "max"}
ORDER = {"<", "<=", ">", ">="}
_PRECEDENCE = {"or": 1, "and": 2, "not": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5}
_PRECEDENCE |= {"*": 6, "//": 6, "%": 6}
_COMPARING, _TIGHT = 4, 7


class Node(Protocol):
    """What writing an expression needs to know of it."""

    @property
    def operator(self) -> str:
        """A key of `OPERATORS` or of `TEMPORAL_OPERATORS`; "" for a leaf."""

    @property
    def arguments(self) -> Sequence[Node]:
        """The operands, in order."""

    def leaf_text(self) -> str:
        """A leaf as it is written."""


def written(node: Node, outer: int = 0) -> str:
    """Infix text with no more parentheses than are needed; `outer` is the precedence of what stands around it."""
    operator, operands = node.operator, node.arguments
    if not operator or operator == NAMED:
        text = node.leaf_text()
        return f"({text})" if outer >= _COMPARING and text.endswith(")") and " in (" in text else text  # it compares
    if operator == "not":
        text = f"not {written(operands[0], _PRECEDENCE['not'])}"
        return f"({text})" if outer >= _COMPARING else text
    if operator == "if":
        condition, a, b = (written(x, 0) for x in operands)
        return f"({a} if {condition} else {b})"
    if operator == "select":
        base = written(operands[1], 0).removesuffix("[0]")
        return f"{base}[{written(operands[0], 0)}]"
    if operator in ("min", "max"):
        return f"{operator}({', '.join(written(a, 0) for a in operands)})"
    if operator in TEMPORAL_OPERATORS:
        return _temporal_text(node, outer)
    level = _PRECEDENCE[operator]
    shown = {"==": "=", "!=": "!="}.get(operator, operator)
    if operator in ("*", "and", "or"):  # a * (b // c) is not a * b // c
        sides = [written(a, level if a.operator == operator or not i else level + 1) for i, a in enumerate(operands)]
    else:  # Comparisons do not chain, and - // % are not associative: their right operand needs one level more.
        left = level + 1 if level == _COMPARING else level
        sides = [written(a, (level if operator == "+" else level + 1) if i else left) for i, a in enumerate(operands)]
    text = f" {shown} ".join(sides)
    return f"({text})" if level < outer else text


def _temporal_text(node: Node, outer: int) -> str:
    """`G (p or F q)`, `p U q`: what could be read in two ways has parentheses."""
    unary = TEMPORAL_OPERATORS[node.operator] == 1
    sides = []
    for operand in node.arguments:
        name = operand.operator
        prefixed = name == "not" or TEMPORAL_OPERATORS.get(name) == 1
        text = written(operand, 0 if prefixed else _TIGHT)
        sides.append(f"({text})" if prefixed and not unary else text)
    text = f"{node.operator} {sides[0]}" if unary else f"{sides[0]} {node.operator} {sides[1]}"
    return f"({text})" if outer > (_PRECEDENCE["not"] if unary else 0) else text
