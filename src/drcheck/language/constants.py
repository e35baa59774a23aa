"""The value of an expression without reading a state: constants, folded as far as the operators alone allow.

Only what is written decides: a variable is never taken for a constant, however small its domain, nor is `x | ~x`. So a
constant here is what somebody computed in Python where an expression was meant (`link.initial == "down"` is Python's False),
unless it is said to be meant, by `Literal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from drcheck.language.component import Component, On
from drcheck.language.displays import decided_in
from drcheck.language.durations import Duration
from drcheck.language.expressions import TEMPORAL, Expression, Literal, Operation, Value, nodes_in
from drcheck.language.operators import NAMED, OPERATORS


@dataclass(frozen=True)
class Constant:
    """The value of a constant expression. `meant`: what makes it constant was written with `Literal`."""

    value: Value | Duration
    meant: bool

    def __str__(self) -> str:
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


def constant(node: Expression, known: dict[int, Constant | None] | None = None) -> Constant | None:
    """The constant that an expression (as it is written, or lowered) is, or None: it reads something, or may."""
    memo: dict[int, Constant | None] = {} if known is None else known
    if id(node) not in memo:
        memo[id(node)] = _folded(node, memo)
    return memo[id(node)]


def _folded(node: Expression, memo: dict[int, Constant | None]) -> Constant | None:
    if isinstance(node, Literal):
        return Constant(node.value, node.written)
    if not isinstance(node, Operation) or node.kind == TEMPORAL:
        return None
    if node.operator == NAMED:
        return constant(node.arguments[0], memo)
    parts = [constant(operand, memo) for operand in node.arguments]
    match node.operator:
        case "and" | "or":
            return _connected(parts, deciding=node.operator == "or")
        case "if" | "select":
            return _chosen(node.operator, parts)
    found = [part for part in parts if part is not None]
    if len(found) < len(parts) or len({isinstance(part.value, Duration) for part in found}) > 1:
        return None  # how many ticks a duration is, the composition says
    try:
        value = OPERATORS[node.operator](*(part.value for part in found))
    except Exception:  # a division by zero, or an operator that durations do not have: told where it is lowered
        return None
    return Constant(value, any(part.meant for part in found))


def _connected(parts: list[Constant | None], *, deciding: bool) -> Constant | None:
    """The value of "and" or "or": one operand that decides is enough, else all must be known."""
    decide = [part for part in parts if part is not None and part.value is deciding]
    if decide:
        return Constant(deciding, any(part.meant for part in decide))
    if all(part is not None for part in parts):
        return Constant(not deciding, all(part is not None and part.meant for part in parts))
    return None


def _chosen(operator: str, parts: list[Constant | None]) -> Constant | None:
    """The value of a choice: what a known selector chooses, or what all that can be chosen are."""
    selector, values = parts[0], parts[1:]
    if selector is not None and isinstance(selector.value, Duration):
        return None  # how many ticks a duration is, the composition says
    if selector is not None:
        at = (0 if selector.value else 1) if operator == "if" else int(selector.value)  # type: ignore[arg-type]  # a number
        chosen = values[at] if 0 <= at < len(values) else None
        return None if chosen is None else Constant(chosen.value, selector.meant)
    first = values[0]
    if first is not None and all(v is not None and _same(v.value, first.value) for v in values):
        return Constant(first.value, all(v is not None and v.meant for v in values))
    return None


def _same(a: Value | Duration, b: Value | Duration) -> bool:
    return type(a) is type(b) and a == b


def boolean_parts(node: Expression) -> Iterator[Expression]:
    """The largest parts of a formula without a temporal operator; a boolean expression itself."""
    if node.kind != TEMPORAL:
        yield node
    else:
        for operand in node.arguments:
            yield from boolean_parts(operand)


def python_parts(node: Expression) -> Iterator[Literal]:
    """The booleans in an expression that Python decided, not written with `Literal`: joined to the rest, or compared."""
    yield from _joined_parts(node)
    yield from _compared_parts(node)


def _joined_parts(node: Expression) -> Iterator[Literal]:
    """Booleans that were not written with `Literal`, in their order.

    Those that are operands of `&`, `|`, `~` and `implies`, or what a choice depends on. What is compared, and what is chosen,
    is not examined: `link.broken == True` and `if_else(link.up, queue > 0, False)` are fair ways to write; nor is the value
    of a quantifier over nothing.
    """
    stack, seen = [node], set[int]()
    while stack:
        at = stack.pop()
        if id(at) in seen or not isinstance(at, Operation):
            continue
        seen.add(id(at))
        decisive = at.arguments[:1] if at.operator == "if" else at.arguments
        if at.operator in ("and", "or", "not", "if"):
            for operand in decisive:
                if isinstance(operand, Literal) and isinstance(operand.value, bool) and operand.origin is not None:
                    yield operand
        stack.extend(reversed(at.arguments))


def _compared_parts(node: Expression) -> Iterator[Literal]:
    """The booleans that are compared in an expression and that Python decided in the text: `flag == (link.initial == "up")`.

    `link.broken == True` is a fair way to write, so only those of which the text, where it is at hand, shows the comparison.
    """
    for at in nodes_in([node]):
        if isinstance(at, Operation) and at.operator in ("==", "!="):
            for operand in at.arguments:
                if isinstance(operand, Literal) and isinstance(operand.value, bool) and operand.origin is not None:
                    file, line, _ = operand.origin
                    if line in decided_in(file):
                        yield operand


def constant_guards(components: Iterable[Component]) -> Iterator[tuple[Component, On, Constant]]:
    """The transitions whose guard is constant and not meant to be: written without `Literal`, or computed in Python."""
    for component in components:
        for transition in component.transitions:
            found = None if transition.when is None else constant(transition.when)
            if found is not None and not found.meant:
                yield component, transition, found


__all__ = ["Constant", "boolean_parts", "constant", "constant_guards", "python_parts"]
