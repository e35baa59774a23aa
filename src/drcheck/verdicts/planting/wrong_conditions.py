"""What can be wrong with a condition: a part left out, a comparison or a constant that is off by one, a state too many.

A condition is walked through `and`, `or`, `not` and names. Of a conjunction where it stands for itself, and of a disjunction
under a `not`, each operand can be left out: the condition then holds more often. The rest of the condition stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drcheck.language.component import StateIs
from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER, Expression, Literal, Operation, connective, expression
from drcheck.language.operators import NAMED, ORDER
from drcheck.system.terms import negation

CONJUNCT, WIDENED, MOVED, STATE_MORE = "conjunct", "widened", "moved", "state more"
"""How a condition is changed."""
_WIDER = {"<": "<=", ">": ">=", "==": ">="}
_NARROWER = {"<=": "<", ">=": ">"}
_COMPARISONS = {*ORDER, "==", "!="}


@dataclass(frozen=True)
class Changed:
    """A condition that was changed: how, the part as it was, what stands there now, and the whole."""

    how: str
    part: Expression
    now: str
    whole: Expression


def changes(node: Expression, tick: Duration | None) -> Iterator[Changed]:
    """All conditions that are one change away from one, in the order in which the changed parts are written."""
    yield from _changes(node, tick, True)


def _changes(node: Expression, tick: Duration | None, positive: bool) -> Iterator[Changed]:
    if isinstance(node, StateIs):
        yield from _state_more(node)
    if not isinstance(node, Operation):
        return
    if node.operator == NAMED:
        yield from _changes(node.arguments[0], tick, positive)
    elif node.operator == "not":
        yield from _within(_changes(node.arguments[0], tick, not positive), negation)
    elif node.operator in ("and", "or"):
        yield from _in_chain(node, tick, positive)
    elif node.operator in _COMPARISONS:
        yield from _in_comparison(node, tick, positive)


def _within(found: Iterator[Changed], around: Callable[[Expression], Expression]) -> Iterator[Changed]:
    for one in found:
        yield Changed(one.how, one.part, one.now, around(one.whole))


def _in_chain(node: Operation, tick: Duration | None, positive: bool) -> Iterator[Changed]:
    """An operand is changed or, where the condition holds more often without it, left out."""
    parts = node.arguments
    for n, part in enumerate(parts):
        others = (*parts[:n], *parts[n + 1 :])
        if (node.operator == "and") is positive and others and not isinstance(part, Literal):
            yield Changed(CONJUNCT, part if positive else negation(part), "", connective(node.operator, *others))

        def around(new: Expression, n: int = n) -> Expression:
            return connective(node.operator, *parts[:n], new, *parts[n + 1 :])

        yield from _within(_changes(part, tick, positive), around)


def _in_comparison(node: Operation, tick: Duration | None, positive: bool) -> Iterator[Changed]:
    left, right = node.arguments
    if left.kind != INTEGER:
        return
    wider = (_WIDER if positive else _NARROWER).get(node.operator)
    if wider is not None:
        made = Operation(wider, (left, right), node.kind)
        yield Changed(WIDENED, node, str(made), made)
    for n, operand in enumerate(node.arguments):
        for moved in moved_by_one(operand, tick):
            made = Operation(node.operator, (moved, right) if n == 0 else (left, moved), node.kind)
            yield Changed(MOVED, node, str(made), made)


def moved_by_one(node: Expression, tick: Duration | None) -> Iterator[Expression]:
    """A constant one greater and, unless it is 0, one less; a duration by a tick. Nothing for what is no constant."""
    if isinstance(node, Operation) and node.operator == NAMED:
        yield from moved_by_one(node.arguments[0], tick)
    elif isinstance(node, Literal) and isinstance(node.value, Duration):
        if tick is not None:
            yield expression(Literal(node.value + tick))
            if node.value >= tick:
                yield Literal(node.value - tick)
    elif isinstance(node, Literal) and isinstance(node.value, int) and not isinstance(node.value, bool):
        yield Literal(node.value + 1)
        if node.value != 0:
            yield Literal(node.value - 1)


def _state_more(node: StateIs) -> Iterator[Changed]:
    """Of several states, the next one that is not among them as well: a single one is no list that can be too long."""
    others = [state for state in node.component.states if state not in node.states]
    if len(node.states) > 1 and len(others) > 1:
        made = StateIs(node.component, [s for s in node.component.states if s in node.states or s == others[0]])
        yield Changed(STATE_MORE, node, str(made), made)


__all__ = ["CONJUNCT", "MOVED", "STATE_MORE", "WIDENED", "Changed", "changes", "moved_by_one"]
