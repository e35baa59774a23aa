"""Building lowered terms: conjunctions, disjunctions, negations and choices that fold constants."""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.language.operators import NAMED

TRUE, FALSE = Literal(True), Literal(False)


def _constant(node: Expression) -> bool | None:
    return bool(node.value) if isinstance(node, Literal) and isinstance(node.value, bool) else None


def conjunction(parts: Sequence[Expression]) -> Expression:
    """All of the parts, without the constant ones."""
    kept = [p for p in parts if _constant(p) is not True]
    if any(_constant(p) is False for p in kept):
        return FALSE
    return TRUE if not kept else kept[0] if len(kept) == 1 else Operation("and", kept, BOOLEAN)


def disjunction(parts: Sequence[Expression]) -> Expression:
    """One of the parts, without the constant ones."""
    kept = [p for p in parts if _constant(p) is not False]
    if any(_constant(p) is True for p in kept):
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else Operation("or", kept, BOOLEAN)


def conjuncts(node: Expression) -> list[Expression]:
    """The parts of which all must hold: none of a constant that does, else the expression itself, or the operands of `and`."""
    if _constant(node) is True:
        return []
    if isinstance(node, Operation) and node.operator == "and":
        return [part for operand in node.arguments for part in conjuncts(operand)]
    return [node]


def negation(node: Expression) -> Expression:
    """Not the expression."""
    known = _constant(node)
    if known is not None:
        return FALSE if known else TRUE
    if isinstance(node, Operation) and node.operator == "not":
        return node.arguments[0]
    return Operation("not", (node,), BOOLEAN)


def choice(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    """`then` where the test holds, else `otherwise`."""
    known = _constant(test)
    if known is not None:
        return then if known else otherwise
    return then if then is otherwise else Operation("if", (test, then, otherwise), then.kind)


def simplified(node: Expression) -> Expression:
    """The same without constants that decide nothing: what a design's options switch off need not be read."""
    if not isinstance(node, Operation) or node.operator == NAMED:
        return node
    operands = [simplified(operand) for operand in node.arguments]
    known = [operand.value for operand in operands if isinstance(operand, Literal)]
    if node.operator in ("and", "or"):
        neutral = node.operator == "and"
        if (not neutral) in known:
            return Literal(not neutral)
        operands = [operand for operand in operands if not isinstance(operand, Literal)]
        if len(operands) < 2:
            return operands[0] if operands else Literal(neutral)
    elif node.operator == "not" and known:
        return Literal(not known[0])
    elif node.operator == "if" and isinstance(operands[0], Literal):
        return operands[1] if operands[0].value else operands[2]
    elif node.operator in ("==", "!=") and len(known) == 2 and type(known[0]) is type(known[1]):
        return Literal((known[0] == known[1]) is (node.operator == "=="))
    return Operation(node.operator, operands, node.kind, node.labels)
