"""Expressions of jani-model as terms: a name, a constant, or an object with `op`.

What is the same in every state is computed, exactly. Calls of functions are replaced by the functions' bodies. Chains of one
associative operator, which other tools write deeply nested, are read as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

from drcheck.errors import ModelError, shown
from drcheck.importers.jani import terms
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.terms import Irrational, Term, UndecidableError, Worth, kind_of
from drcheck.language.expressions import operation
from drcheck.language.functions import if_else, select

MOST_STEPS = 500_000
"""How many operations all expressions of a file may take: functions that call each other could take any number."""
WIDEST_POWER = 64
"""How many exponents a power with an exponent that is no constant may have."""
_COMPARISONS = {"=": "==", "≠": "!=", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
_CONNECTIVES = {"∧": "and", "∨": "or"}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*"}
_ROUNDINGS = ("floor", "ceil", "trc")
_OTHERS = (
    *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc"),
    *("sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh", "acoth", "asech", "acsch"),
    *("aa", "ac", "av", "et", "da", "dv", "oa", "ov", "nondet", "empty", "der"),
)
"""Operators of jani-model and of its extensions that are not supported: trigonometry, arrays, data types, choices of values."""


@dataclass(frozen=True)
class Function:
    """A function of the file: its parameters with their types, the type of its value, and its body."""

    node: Node
    parameters: tuple[tuple[str, str], ...]
    kind: str
    body: Node


@dataclass
class Steps:
    """How many operations were made so far."""

    made: int = 0


Lookup = Callable[[Node, str], Worth]
"""What a name is worth, at a place."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: what names are worth there, and the functions that can be called.

    `lookup` raises a coded error for a name that is not known. `within`: the functions whose bodies are being read.
    """

    lookup: Lookup
    functions: Mapping[str, Function] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)
    within: tuple[str, ...] = ()
    outside: Lookup | None = None
    """Within a function's body, what names are worth outside of it."""


def read(node: Node, scope: Scope) -> Worth:
    """What an expression is worth. Raises DesignError DR231, DR232."""
    try:
        return _worth(node, scope)
    except RecursionError:
        node.unsupported("an expression is nested too deeply")


def read_as(node: Node, scope: Scope, kind: str) -> Worth:
    """What an expression of a kind is worth: bool, int, or real, which an int is too. Raises DesignError DR231, DR232."""
    found = read(node, scope)
    if kind_of(found) != kind and not (kind == "real" and kind_of(found) == "int"):
        remedy = "write floor(...) or another rounding around it" if (kind, kind_of(found)) == ("int", "real") else ""
        node.malformed(f"{_A[kind]} is wanted here, not {_A[kind_of(found)]}", remedy=remedy)
    return found


_A = {"bool": "a boolean", "int": "an integer", "real": "a number"}


def positive(node: Node, scope: Scope) -> Worth:
    """Whether a number is above zero. Of numbers of 0 or more this is known part by part, also where a part is a quotient whose
    divisor may be zero in states in which the whole is not asked for. Raises DesignError DR231, DR232.
    """
    if isinstance(node.value, dict):
        operator = node.value.get("op")
        if operator == "ite":
            test, then, otherwise = _choice(node, scope)
            if not isinstance(test, Term):
                return positive(then if test else otherwise, scope)
            return terms.joined(
                "or",
                terms.joined("and", test, positive(then, scope)),
                terms.joined("and", terms.negated(test), positive(otherwise, scope)),
            )
        if operator in ("+", "*", "/"):
            left, right = _operands(node)
            if _never_negative(left, scope) and _never_negative(right, scope):
                operator = "or" if operator == "+" else "and"
                return terms.joined(operator, positive(left, scope), positive(right, scope))
    return terms.is_positive_number(read_as(node, scope, "real"))


def _never_negative(node: Node, scope: Scope) -> bool:
    """Whether a number is 0 or more in every state, as far as its parts show."""
    if isinstance(node.value, dict):
        operator = node.value.get("op")
        if operator == "ite":
            _, then, otherwise = _choice(node, scope)
            return _never_negative(then, scope) and _never_negative(otherwise, scope)
        if operator in ("+", "*", "/") and all(_never_negative(part, scope) for part in _operands(node)):
            return True
        if operator in ("/", "ite"):
            return False  # reading it may be refused, where its parts are not
    return terms.is_never_negative(read_as(node, scope, "real"))


def _choice(node: Node, scope: Scope) -> tuple[Worth, Node, Node]:
    node.expect("ite", ("op", "if", "then", "else"))
    return read_as(node["if"], scope, "bool"), node["then"], node["else"]


def _operands(node: Node) -> tuple[Node, Node]:
    node.expect(f"the operator {node.value['op']}", ("op", "left", "right"))
    return node["left"], node["right"]


def _operand(node: Node) -> Node:
    node.expect(f"the operator {node.value['op']}", ("op", "exp"))
    return node["exp"]


def _worth(node: Node, scope: Scope) -> Worth:
    scope.steps.made += 1
    if scope.steps.made > MOST_STEPS:
        node.unsupported(f"the expressions of the file take more than {MOST_STEPS:,} operations")
    value = node.value
    if isinstance(value, (bool, int, Fraction)):
        return value
    if isinstance(value, str):
        return scope.lookup(node, value)
    if not isinstance(value, dict):
        node.malformed(f"an expression is wanted here, not {node.what()}")
    if "constant" in value:
        return _named_constant(node)
    operator = node["op"].text()
    try:
        return _operation(node, operator, scope)
    except UndecidableError as error:
        _refuse(node, operator, str(error))
    except ModelError as error:
        node.unsupported(f"{operator}: {error.message}", remedy=error.remedy)


def _refuse(node: Node, operator: str, why: str) -> NoReturn:
    node.unsupported(f"{operator}: {why}")


def _named_constant(node: Node) -> Worth:
    node.expect("a constant", ("constant",))
    known = {"e": math.e, "π": math.pi}
    name = node["constant"].text()
    if name not in known:
        node.malformed(f"there is no constant {shown(name)}", available=known, asked=name)
    return Irrational(known[name])


def _operation(node: Node, operator: str, scope: Scope) -> Worth:  # noqa: RET503  # a refusal does not return
    if operator in _CONNECTIVES:
        parts = [read_as(part, scope, "bool") for part in _chain(node, operator)]
        return terms.joined(_CONNECTIVES[operator], *parts)
    if operator == "⇒":
        left, right = (read_as(part, scope, "bool") for part in _operands(node))
        return terms.joined("or", terms.negated(left), right)
    if operator == "¬":
        return terms.negated(read_as(_operand(node), scope, "bool"))
    if operator in _COMPARISONS:
        return _compared(node, operator, scope)
    if operator == "+":
        return _sum([read_as(part, scope, "real") for part in _chain(node, operator)])
    if operator in _ARITHMETIC or operator in ("/", "min", "max", "pow", "log"):
        a, b = (read_as(part, scope, "real") for part in _operands(node))
        return _BINARY[operator](a, b)
    if operator == "%":
        a, b = (read_as(part, scope, "int") for part in _operands(node))
        return terms.modulo(a, b)
    if operator in _ROUNDINGS:
        return terms.rounded(operator, read_as(_operand(node), scope, "real"))
    if operator == "abs":
        a = read_as(_operand(node), scope, "real")
        return terms.extreme("max", a, terms.arithmetic("-", 0, a))
    if operator == "sgn":
        return _sign(read_as(_operand(node), scope, "real"))
    if operator == "ite":
        return _chosen(node, scope)
    if operator == "call":
        return _called(node, scope)
    if operator in _OTHERS:
        node.unsupported(f"the operator {operator} is not supported")
    known = [*_CONNECTIVES, *_COMPARISONS, *_ARITHMETIC, *_ROUNDINGS, "⇒", "¬", "/", "%", "min", "max", "pow", "log"]
    node.malformed(
        f"{shown(operator)} is no operator of an expression", available=[*known, "abs", "sgn", "ite", "call"]
    )


def _chain(node: Node, operator: str) -> list[Node]:
    """The operands of a chain of one associative operator, from left to right."""
    found, stack = [], [node]
    while stack:
        part = stack.pop()
        if isinstance(part.value, dict) and part.value.get("op") == operator:
            left, right = _operands(part)
            stack += [right, left]
        else:
            found.append(part)
    return found


def _sum(parts: list[Worth]) -> Worth:
    """The sum of numbers; a balanced tree of additions stays shallow."""
    while len(parts) > 1:
        pairs = [
            terms.arithmetic("+", *parts[n : n + 2]) if n + 1 < len(parts) else parts[n]
            for n in range(0, len(parts), 2)
        ]
        parts = pairs
    return parts[0]


def _compared(node: Node, operator: str, scope: Scope) -> Worth:
    left, right = _operands(node)
    a, b = _worth(left, scope), _worth(right, scope)
    kinds = {"bool" if kind_of(x) == "bool" else "number" for x in (a, b)}
    if len(kinds) > 1 or (kinds == {"bool"} and operator not in ("=", "≠")):
        node.malformed(f"{operator} does not compare {_A[kind_of(a)]} and {_A[kind_of(b)]}")
    return terms.compared(_COMPARISONS[operator], a, b)


def _sign(a: Worth) -> Worth:
    over, under = terms.compared(">", a, 0), terms.compared("<", a, 0)
    if isinstance(over, Term) and isinstance(under, Term):
        return Term("int", if_else(over.top, 1, if_else(under.top, -1, 0)))
    return 1 if over is True else -1 if under is True else 0


def _chosen(node: Node, scope: Scope) -> Worth:
    test, then, otherwise = _choice(node, scope)
    if not isinstance(test, Term):
        return _worth(then if test else otherwise, scope)
    a, b = _worth(then, scope), _worth(otherwise, scope)
    if (kind_of(a) == "bool") != (kind_of(b) == "bool"):
        node.malformed(f"ite chooses between {_A[kind_of(a)]} and {_A[kind_of(b)]}")
    return terms.chosen(test, a, b)


def _power(a: Worth, b: Worth) -> Worth:
    """`a` to the power of `b`."""
    if not isinstance(b, Term):
        if not isinstance(a, Term):
            return _constant_power(a, b)
        if not isinstance(b, int) or not 0 <= b <= WIDEST_POWER:
            raise UndecidableError(f"the exponent is no whole number from 0 to {WIDEST_POWER}")
        result: Worth = 1
        for _ in range(b):
            result = terms.arithmetic("*", result, a)
        return result
    low, high = terms.span(b) if b.kind == "int" else (-1, -1)
    if not isinstance(a, int) or low < 0 or high - low >= WIDEST_POWER or abs(a) ** min(high, 64) >= 1 << 62:
        raise UndecidableError("a power with an exponent that is no constant needs integers and a small exponent")
    table = [terms.as_expression(a**n) for n in range(low, high + 1)]
    if len(table) == 1:
        return int(a**low)
    return Term("int", select(table, operation("-", b.top, low)))


def _constant_power(a: Worth, b: Worth) -> Worth:
    if isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction)) and Fraction(b).denominator == 1:
        if a == 0 and b < 0:
            raise UndecidableError("zero to a negative power")
        exact = Fraction(a)
        if abs(int(b)) * max(exact.numerator.bit_length(), exact.denominator.bit_length()) > terms.MOST_BITS:
            raise UndecidableError("a power that is too large")
        result = exact ** int(b)
        return int(result) if isinstance(a, int) and isinstance(b, int) and b >= 0 else result
    try:
        found = _double(a) ** _double(b)
    except (OverflowError, ZeroDivisionError) as error:
        raise UndecidableError("a power that is no number") from error
    if isinstance(found, complex):
        raise UndecidableError("a power that is no real number")
    return Irrational(found)


def _double(a: Worth) -> float:
    assert not isinstance(a, Term)
    try:
        return a.value if isinstance(a, Irrational) else float(a)
    except OverflowError as error:
        raise UndecidableError("a number that is too large") from error


def _logarithm(a: Worth, b: Worth) -> Worth:
    """The logarithm of `a` to the base `b`; exactly, where it is a whole number."""
    if isinstance(a, Term) or isinstance(b, Term):
        raise UndecidableError("a logarithm of what depends on the state")
    x, base = _double(a), _double(b)
    if x <= 0 or base <= 0 or base == 1:
        raise UndecidableError("a logarithm that is no number")
    found = math.log(x) / math.log(base)
    exact = not isinstance(a, Irrational) and not isinstance(b, Irrational) and abs(found) <= terms.MOST_BITS
    if exact and Fraction(b) ** round(found) == Fraction(a):  # type: ignore[arg-type]  # both are exact
        return Fraction(round(found))
    return Irrational(found)


_BINARY: Mapping[str, Callable[[Worth, Worth], Worth]] = {
    **{op: (lambda a, b, op=op: terms.arithmetic(op, a, b)) for op in _ARITHMETIC},  # type: ignore[misc]  # bound here
    **{op: (lambda a, b, op=op: terms.extreme(op, a, b)) for op in ("min", "max")},  # type: ignore[misc]  # bound here
    "/": terms.divided,
    "pow": _power,
    "log": _logarithm,
}


def _called(node: Node, scope: Scope) -> Worth:
    node.expect("a call", ("op", "function", "args"))
    name = node["function"].text()
    function = scope.functions.get(name)
    if function is None:
        node.at("function").malformed(f"there is no function {shown(name)}", available=scope.functions, asked=name)
    if name in scope.within:
        node.unsupported(f"the function {name} calls itself: {' -> '.join((*scope.within, name))}")
    given = list(node["args"].items())
    if len(given) != len(function.parameters):
        node["args"].malformed(f"{name} takes {len(function.parameters)} arguments, not {len(given)}")
    values = {
        parameter: read_as(argument, scope, kind)
        for argument, (parameter, kind) in zip(given, function.parameters, strict=True)
    }

    outside = scope.outside or scope.lookup

    def lookup(place: Node, asked: str) -> Worth:
        return values[asked] if asked in values else outside(place, asked)

    inside = Scope(lookup, scope.functions, scope.steps, (*scope.within, name), outside)
    return read_as(function.body, inside, function.kind)


def constant(node: Node, scope: Scope, kind: str) -> terms.Constant:
    """An expression that is the same in every state. Raises DesignError DR231, DR232."""
    found = read_as(node, scope, kind)
    if isinstance(found, Term):
        node.malformed("a constant is wanted here, and this depends on the state")
    return found


__all__ = ["Function", "Scope", "Steps", "constant", "positive", "read", "read_as"]
