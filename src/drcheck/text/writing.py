"""Expressions and properties as text in normal form: what the parser reads as the same tree again.

The print of verdicts and drawings (`language.operators.written`) is read as well, but has names for what they stand for, and no
more parentheses than it needs: `not a and b = 1` there is `~a & (b == 1)` here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from drcheck.errors import EngineError, PropertyError
from drcheck.language.component import StateIs
from drcheck.language.durations import UNITS, Duration
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.functions import if_else, maximum, minimum
from drcheck.language.happening import Happens, happens
from drcheck.language.operators import NAMED
from drcheck.language.patterns import is_pattern
from drcheck.language.quoting import quoted
from drcheck.language.references import StateOf, VariableOf
from drcheck.language.variables import Variable
from drcheck.logic.fairness import Fairness, strongly_fair, weakly_fair
from drcheck.logic.formulas import finally_, globally, next_, release, until, weak_until
from drcheck.logic.kinds import Always, CanAlways, DeadlockFree, LeadsTo, Ltl, Property, Reachable, Within, WorstCase
from drcheck.logic.observing import Observed
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
    never,
    reachable,
    whenever,
    within,
    worst_case,
)
from drcheck.text.parser import COMPARISONS, LEVELS

_SIGNS = {"and": "&", "or": "|"}
_CALLED = {
    "min": minimum.__name__,
    "max": maximum.__name__,
    "if": if_else.__name__,
    "G": globally.__name__,
    "F": finally_.__name__,
    "X": next_.__name__,
    "U": until.__name__,
    "W": weak_until.__name__,
    "R": release.__name__,
}
"""The operators that are written as functions."""
_COMPARED = LEVELS["+"]
"""How tightly the sides of a comparison bind: & and | beside one are in parentheses."""
_UNARY = max(LEVELS.values()) + 1


def expression_text(node: Expression, outer: int = 0) -> str:
    """An expression in normal form. `outer`: how tightly what stands around it binds.

    A named expression is written as what it stands for, a reference to a component by its name (`state_of`) as what it
    speaks of.

    Raises PropertyError DR322 for what the text form has no words for, such as the cells of a lowered expression.
    """
    if isinstance(node, Operation):
        return _operation(node, outer)
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, Observed):
        return _happens(node.event)
    if isinstance(node, StateIs):
        return _states(node.component.name, node.states)
    if isinstance(node, StateOf):
        return _states(node.component, node.states)
    if isinstance(node, Happens):
        return _happens(node)
    if isinstance(node, VariableOf) or (isinstance(node, Variable) and node.owner is not None):
        return node.label
    raise _no_text(f"`{node}`", "a state or a variable of a component, a constant or an operator")


def _states(component: str, states: Sequence[str]) -> str:
    if len(states) == 1 and not is_pattern(states[0]):
        return f"{component}.{states[0]}"
    return f"{component}.in_states({', '.join(map(quoted, states))})"


def _happens(node: Happens) -> str:
    before = [] if node.when is None else [f"when={expression_text(node.when)}"]
    return f"{happens.__name__}({', '.join([*map(quoted, node.events), *before])})"


def _operation(node: Operation, outer: int) -> str:
    operator, operands = node.operator, node.arguments
    if operator == NAMED:
        inner = operands[0]  # beside another constant, one that is not written as one would not be read
        return expression_text(Literal(inner.value) if isinstance(inner, Literal) else inner, outer)
    if operator in _CALLED:
        return f"{_CALLED[operator]}({', '.join(expression_text(a) for a in operands)})"
    if operator == "select":
        return _element(node)
    if operator == "not":
        return f"~{expression_text(operands[0], _UNARY)}"
    if operator == "-" and _is_zero(operands[0]) and not _is_number(operands[1]):
        return f"-{expression_text(operands[1], _UNARY)}"
    sign = _SIGNS.get(operator, operator)
    if sign in COMPARISONS:
        level, left, right = 0, _COMPARED, _COMPARED
    else:
        level = left = LEVELS[sign]
        right = level + 1
    sides = [expression_text(a, right if i else left) for i, a in enumerate(operands)]
    text = f" {sign} ".join(sides)
    return f"({text})" if level < outer else text


def _is_zero(node: Expression) -> bool:
    """Whether a node is the 0 that `-x` is subtracted from."""
    return isinstance(node, Literal) and not node.written and type(node.value) is int and node.value == 0


def _is_number(node: Expression) -> bool:
    """Whether a node is written with a digit first, or a sign: after `-` it would be read as one number with it."""
    return isinstance(node, Literal) and not node.written and isinstance(node.value, (int, Duration))


def _literal(node: Literal) -> str:
    text = _constant(node.value)
    if node.written:
        return f"Literal({text})"
    return text


def _constant(value: bool | int | str | Duration) -> str:
    if isinstance(value, str):
        return quoted(value)
    return duration_text(value) if isinstance(value, Duration) else str(value)


def duration_text(duration: Duration) -> str:
    """A duration as the text form writes it, `1h30min`."""
    rest, parts = duration.in_seconds, []
    for unit in ("d", "h", "min", "s"):
        number, rest = divmod(rest, UNITS[unit])
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


def _element(node: Operation) -> str:
    """`component.array[index]`; the elements say which array it is."""
    index, *elements = node.arguments
    names = [
        element.label if isinstance(element, Variable) and element.owner is not None else "" for element in elements
    ]
    array = names[0].removesuffix("[0]")
    plain = _is_number(index) and not isinstance(getattr(index, "value", None), Duration)  # it would be an element
    if plain or names != [f"{array}[{i}]" for i in range(len(names))]:
        raise _no_text(f"`{node}`", "the elements of one array of a component")
    return f"{array}[{expression_text(index)}]"


def _no_text(what: str, wanted: str) -> PropertyError:
    return PropertyError("DR322", f"{what} cannot be written as text", available=[wanted])


# -- properties ---------------------------------------------------------------------------------------------------------
@singledispatch
def asked(item: Property) -> tuple[str, list[str]]:
    """The function that states a property of a kind, and its arguments as text. Raises PropertyError DR322."""
    raise _no_text(f"{item.described}", "what is asked of states and executions")


@asked.register
def _(item: Always) -> tuple[str, list[str]]:
    condition = _there(item.condition)
    if item.trigger is not None:
        return whenever.__name__, [expression_text(item.trigger), expression_text(condition)]
    if isinstance(condition, Operation) and condition.operator == "not":
        return never.__name__, [expression_text(condition.arguments[0])]
    return always.__name__, [expression_text(condition)]


@asked.register
def _(item: Reachable) -> tuple[str, list[str]]:
    return reachable.__name__, [expression_text(_there(item.condition))]


@asked.register
def _(item: CanAlways) -> tuple[str, list[str]]:
    return can_always.__name__, [expression_text(_there(item.condition))]


@asked.register
def _(item: DeadlockFree) -> tuple[str, list[str]]:
    exception = [] if item.condition is None else [f"except_where={expression_text(item.condition)}"]
    return deadlock_free.__name__, exception


@asked.register
def _(item: LeadsTo) -> tuple[str, list[str]]:
    goal = expression_text(_there(item.condition))
    if item.trigger is None:
        return eventually.__name__, [goal, *_fair(item)]
    return leads_to.__name__, [expression_text(item.trigger), goal, *_fair(item)]


@asked.register
def _(item: Ltl) -> tuple[str, list[str]]:
    return ltl.__name__, [expression_text(_there(item.condition)), *_fair(item)]


@asked.register
def _(item: Within) -> tuple[str, list[str]]:
    after = [] if item.trigger is None else [f"after={expression_text(item.trigger)}"]
    bound = 0 if item.at_most is None else item.at_most
    return within.__name__, [_constant(bound), expression_text(_there(item.goal)), *after]


@asked.register
def _(item: WorstCase) -> tuple[str, list[str]]:
    bound = [] if item.at_most is None else [f"at_most={_constant(item.at_most)}"]
    return worst_case.__name__, [expression_text(_there(item.measure)), *bound]


def _there(node: Expression | None) -> Expression:
    if node is None:
        raise EngineError("DR502", "a property was made without what it is about")
    return node


def _fair(item: Property) -> list[str]:
    assumptions = [_assumption(each) for each in item.fairness]
    if not assumptions:
        return []
    return [f"fairness={assumptions[0]}" if len(assumptions) == 1 else f"fairness=[{', '.join(assumptions)}]"]


def _assumption(fairness: Fairness) -> str:
    function = strongly_fair if fairness.strong else weakly_fair
    return f"{function.__name__}({', '.join(quoted(event) for event in fairness.events)})"


def property_text(item: Property) -> str:
    """A property in normal form, with its name, claims, source, assumptions and statement where it has them.

    What text has no words for is left out: the parameters that it is stated for, its finding, and its place. Raises
    PropertyError DR322 for facts of `structure`, which are computed.
    """
    function, arguments = asked(item if item.written is None else item.written)
    for detail in ("name", "source", "statement"):
        said = getattr(item, detail)
        arguments += [f"{detail}={quoted(said)}"] if said else []
    for detail in ("claims", "assumptions"):
        several = [quoted(each) for each in getattr(item, detail)]
        if several:
            arguments.append(f"{detail}={several[0]}" if len(several) == 1 else f"{detail}=[{', '.join(several)}]")
    return f"{function}({', '.join(arguments)})"


__all__ = ["asked", "duration_text", "expression_text", "property_text"]
