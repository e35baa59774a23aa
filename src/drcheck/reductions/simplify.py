"""What is known of cells where an expression matters: partial evaluation, and the facts that a guard gives.

A *fact* is the value of a cell. A guard that holds gives facts (`control == 2 and ...`), and under them updates become
shorter and read less. Everything here keeps the value of an expression in every state that satisfies the facts; nothing
here has to be complete. Nodes that do not change stay the same objects, so that what was shared stays shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.language.operators import OPERATORS
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, Event, System
from drcheck.system.terms import FALSE, TRUE, choice, conjunction, disjunction, negation

Facts = Mapping[int, int]
MOST_VALUES = 64
"""Of a cell with more values than this, the values that an update can give it are not listed one by one."""


def constant(node: Expression) -> int | None:
    """The value of a literal (a boolean as 0 or 1), or None."""
    return int(node.value) if isinstance(node, Literal) and isinstance(node.value, int) else None


def literal(kind: str, value: int) -> Literal:
    """A lowered literal of a kind."""
    return Literal(bool(value) if kind == BOOLEAN else value)


class Reads:
    """Which cells expressions read, as bits; a node that is shared is examined once, whichever expressions share it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Expression, int]] = {}  # by identity, so the expressions are kept

    def __call__(self, node: Expression) -> int:
        """The cells that an expression reads."""
        known = self._known.get(id(node))
        if known is None:
            bits = 1 << node.index if isinstance(node, Cell) else 0
            for part in node.arguments:
                bits |= self(part)
            known = self._known[id(node)] = node, bits
        return known[1]


def simplify(
    node: Expression, facts: Facts, memo: dict[int, Expression] | None = None, reads: Reads | None = None
) -> Expression:
    """An expression of the same value in every state that satisfies the facts. One `memo` serves one set of facts.

    With `reads`, a part that reads none of the cells that the facts speak of is left as it is: for what is simplified.
    """
    known: dict[int, Expression] = {} if memo is None else memo
    if id(node) not in known:
        if reads is not None and not any(reads(node) >> cell & 1 for cell in facts):
            known[id(node)] = node
        else:
            known[id(node)] = _simplified(node, facts, known, reads)
    return known[id(node)]


def _simplified(node: Expression, facts: Facts, known: dict[int, Expression], reads: Reads | None) -> Expression:
    if isinstance(node, Cell):
        return literal(node.kind, facts[node.index]) if node.index in facts else node
    if not isinstance(node, Operation):
        return node
    operator = node.operator
    if operator == "if":
        test = simplify(node.arguments[0], facts, known, reads)
        value = constant(test)
        if value is not None:
            return simplify(node.arguments[1 if value else 2], facts, known, reads)
        return rebuilt(node, [test, *(simplify(a, facts, known, reads) for a in node.arguments[1:])])
    if operator == "select":
        at = constant(simplify(node.arguments[0], facts, known, reads))
        if at is not None:
            return simplify(node.arguments[1 + at], facts, known, reads)
    return rebuilt(node, [simplify(a, facts, known, reads) for a in node.arguments])


def refolded(
    node: Expression, known: Mapping[int, Expression], memo: dict[int, Expression] | None = None
) -> Expression:
    """An expression where some parts, by identity, have become others; what is constant is folded.

    One `memo` serves one `known`.
    """
    if id(node) in known:
        return known[id(node)]
    if not isinstance(node, Operation):
        return node
    done: dict[int, Expression] = {} if memo is None else memo
    if id(node) not in done:
        done[id(node)] = _refolded(node, known, done)
    return done[id(node)]


def _refolded(node: Operation, known: Mapping[int, Expression], done: dict[int, Expression]) -> Expression:
    if node.operator in ("if", "select"):
        first = constant(refolded(node.arguments[0], known, done))
        if first is not None:
            which = (1 if first else 2) if node.operator == "if" else 1 + first
            return refolded(node.arguments[which], known, done)
    return rebuilt(node, [refolded(part, known, done) for part in node.arguments])


def rebuilt(node: Operation, parts: list[Expression]) -> Expression:
    """The operation on simpler operands, folded if that decides it."""
    operator = node.operator
    if operator == "and":
        made = conjunction(parts)
    elif operator == "or":
        made = disjunction(parts)
    elif operator == "if" and _same(parts[1], parts[2]):
        return parts[1]
    else:
        values = [] if operator in ("if", "select") else [constant(part) for part in parts]
        if values and all(value is not None for value in values):
            return literal(node.kind, int(OPERATORS[operator](*values)))
        made = node
    if all(a is b for a, b in zip(parts, node.arguments, strict=True)):
        return node
    return Operation(operator, parts, node.kind, node.labels) if made is node else made


def _same(a: Expression, b: Expression) -> bool:
    return a is b or (isinstance(a, Literal) and isinstance(b, Literal) and a.kind == b.kind and a.value == b.value)


def facts_of(node: Expression, truth: bool = True) -> dict[int, int]:
    """What is known of cells where a boolean expression has a value.

    Contradicting parts (the expression is then never `truth`) give the fact of one of them.
    """
    if isinstance(node, Cell):
        return {node.index: int(truth)}
    if not isinstance(node, Operation):
        return {}
    match node.operator:
        case "not":
            return facts_of(node.arguments[0], not truth)
        case "and" | "or":
            parts = [facts_of(a, truth) for a in node.arguments]
            if (node.operator == "and") == truth:
                return {cell: value for part in reversed(parts) for cell, value in part.items()}
            first, *rest = parts
            return {c: v for c, v in first.items() if all(part.get(c) == v for part in rest)}
        case "==" | "!=":
            cell, other = node.arguments
            if isinstance(other, Cell):
                cell, other = other, cell
            value = constant(other)
            if isinstance(cell, Cell) and value is not None:
                domain = cell.domain
                if (node.operator == "==") == truth:
                    return {cell.index: value} if domain.low <= value <= domain.high else {}
                if domain.size == 2 and domain.low <= value <= domain.high:
                    return {cell.index: domain.low + domain.high - value}
    return {}


def values_of(node: Expression) -> frozenset[int] | None:
    """The values that an expression can have, or None where they are too many to be listed."""
    value = constant(node)
    if value is not None:
        return frozenset([value])
    if isinstance(node, Operation) and node.operator in ("if", "select"):
        parts = [values_of(a) for a in node.arguments[1:]]
        listed = [part for part in parts if part is not None]
        return frozenset().union(*listed) if len(listed) == len(parts) else None
    low, high = bounds(node)
    return frozenset(range(low, high + 1)) if high - low < MOST_VALUES else None


def is_among(node: Expression, values: Iterable[int]) -> Expression:
    """Whether an integer or boolean expression has one of some values; asked of the branches of an `if`."""
    wanted = sorted(set(values))
    value = constant(node)
    if value is not None:
        return TRUE if value in wanted else FALSE
    if isinstance(node, Operation) and node.operator == "if":
        test, then, otherwise = node.arguments
        return either(test, is_among(then, wanted), is_among(otherwise, wanted))
    low, high = bounds(node)
    if all(value in wanted for value in range(low, high + 1)) if high - low < MOST_VALUES else False:
        return TRUE
    return disjunction([Operation("==", (node, literal(node.kind, v)), BOOLEAN) for v in wanted if low <= v <= high])


def either(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    """A boolean `if`, as short as its constant branches allow."""
    if _same(then, otherwise):
        return then
    yes, no = constant(then), constant(otherwise)
    if yes is not None and no is not None:
        return test if yes else negation(test)
    if yes is not None:
        return disjunction([test, otherwise]) if yes else conjunction([negation(test), otherwise])
    if no is not None:
        return disjunction([negation(test), then]) if no else conjunction([test, then])
    return choice(test, then, otherwise)


def escapes(system: System, cell: int, right: Expression) -> bool:
    """Whether an update can leave its domain, by the same bounds that the engines go by."""
    low, high = bounds(right)
    domain = system.cells[cell].domain
    return low < domain.low or high > domain.high


@dataclass(frozen=True, eq=False)
class Way:
    """One alternative of an event: everything that must hold for it, what that says of cells, its updates under it.

    `unsafe` are the cells whose update can leave its domain where the guard holds, as far as its bounds show.
    """

    event: int
    alternative: int
    guard: Expression
    facts: dict[int, int]
    updates: dict[int, Expression]
    unsafe: frozenset[int]


def guard_of(event: Event, alternative: int) -> Expression:
    """What must hold for an alternative of an event, urgency and priorities aside."""
    own = event.alternatives[alternative].guard
    return event.guard if own is None else conjunction([event.guard, own])


def ways_of(system: System) -> Iterator[Way]:
    """Every alternative of every event that its guard does not rule out."""
    for number, event in enumerate(system.events):
        for k, alternative in enumerate(event.alternatives):
            guard = simplify(guard_of(event, k), {})
            if constant(guard) == 0:
                continue
            facts = facts_of(guard)
            memo: dict[int, Expression] = {}
            updates = {cell: simplify(right, facts, memo) for cell, right in alternative.updates}
            unsafe = frozenset(cell for cell, right in updates.items() if escapes(system, cell, right))
            yield Way(number, k, guard, facts, updates, unsafe)


__all__ = [
    "Facts",
    "Reads",
    "Way",
    "constant",
    "either",
    "escapes",
    "facts_of",
    "guard_of",
    "is_among",
    "literal",
    "rebuilt",
    "refolded",
    "simplify",
    "values_of",
    "ways_of",
]
