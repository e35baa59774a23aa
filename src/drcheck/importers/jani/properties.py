"""Properties of a JANI file as properties of drcheck, where these mean the same; the others, each with the reason why not.

| property, asked of the initial states | is decided as |
|---|---|
| for all executions G p, F p, p U q, p W q, p R q | always(p), or the formula of linear temporal logic |
| there is an execution F p | reachable(p) |
| a probability of F p, with or without a bound in time | whether it is above zero: reachable(p) |
| that a probability of F p is above zero, or is zero | reachable(p), never(p) |
| that the least probability of G p is one | always(p) |
| p in all reachable states where q holds, or in some | whenever(q, p), reachable(p and q) |

The least probability over free choices is above zero or not for other reasons than what can be reached: that is not decided, and
neither are rewards, steady states, and probabilities that are compared with anything between zero and one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from drcheck.errors import DesignError, PropertyError, declared_at
from drcheck.importers.jani import expressions, terms
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.expressions import Scope
from drcheck.importers.jani.names import Names
from drcheck.importers.jani.terms import Term
from drcheck.importers.jani.wording import in_words
from drcheck.language.expressions import Expression
from drcheck.logic.formulas import release, until, weak_until
from drcheck.logic.kinds import DOMAINS, Property
from drcheck.logic.properties import Statement, always, asked, eventually, ltl, never, reachable, whenever

_PROBABILITIES = ("Pmin", "Pmax")
_NUMBERS = {
    **dict.fromkeys(("Emin", "Emax"), "it is an expected value"),
    **dict.fromkeys(("Smin", "Smax"), "it is of the long run"),
}
_COMPARED = ("=", "≠", "<", "≤", ">", "≥")
_PATHS = ("F", "G", "U", "W", "R")
_BOUNDS = ("step-bounds", "time-bounds", "reward-bounds")
_FUNCTIONS = ("min", "max", "sum", "avg", "count", "∀", "∃", "argmin", "argmax", "values")
_TIMED = ("ctmc", "ma")
_FREE = ("mdp", "ma")


class _NotDecidedError(Exception):
    """A property that drcheck does not decide; the text says why."""


@dataclass(frozen=True)
class Asking:
    """Of what properties are asked. `kind`: the type of the model. `several`: it has more than one initial state."""

    scope: Scope
    kind: str
    several: bool
    exact: bool = True


@dataclass(frozen=True)
class _Path:
    """A formula of an execution: its operator, its operands, whether it has a bound in time."""

    operator: str
    left: Expression | None
    right: Expression
    timed: bool


def stated(node: Node, asking: Asking | None) -> list[Property | Statement]:
    """All properties of a file in their order: those that are decided, and statements of the others.

    `asking` None: the values of parameters are not known, so that all are statements. Raises DesignError DR231.
    """
    names, found = Names([DOMAINS]), []
    seen: set[str] = set()
    for item in node.each("properties"):
        item.expect("a property", ("name", "expression"))
        called = item["name"].text()
        if called in seen:
            item["name"].malformed(f"there are two properties {called!r}")
        seen.add(called)
        with declared_at(item.declared):
            found.append(_stated(item, names.take(called), asking))
    return found


def _stated(item: Node, name: str, asking: Asking | None) -> Property | Statement:
    details = {"name": name, "source": item.path, "statement": in_words(item["expression"])}
    if asking is None:
        return _statement(item, name, "parameters have no value yet")
    try:
        return _decided(item["expression"], asking, details)
    except _NotDecidedError as error:
        return _statement(item, name, str(error))
    except DesignError as error:
        if error.code != "DR232":
            raise
        return _statement(item, name, f"{error.message} ({error.place})")


def _statement(item: Node, name: str, why: str) -> Statement:
    def refuse(_: object) -> NoReturn:
        raise PropertyError("DR302", f"property {name} is not decided: {why}", place=item.place)

    said = in_words(item["expression"])
    return asked(name, refuse, {}, source=item.path, statement=said, place=item.declared, undecided=why)


def _decided(node: Node, asking: Asking, details: Mapping[str, Any]) -> Property:
    if not asking.exact:
        raise _NotDecidedError("states are counted that the model does not reach: maximal_progress=no")
    if _operator(node) != "filter":
        raise _NotDecidedError("it is no filter")
    node.expect("a filter", ("op", "fun", "values", "states"))
    function = node["fun"].text()
    if function not in _FUNCTIONS:
        node["fun"].malformed(f"there is no function {function!r} of a filter", available=_FUNCTIONS, asked=function)
    values, states = node["values"], node["states"]
    of = _operator(states)
    if of in ("deadlock", "timelock"):
        raise _NotDecidedError(f"it is about states of {of}")
    if of != "initial":
        return _of_states(function, values, states, asking, details)
    operator = _operator(values)
    if operator == "∀":
        _refuse_several(function, asking, ("∀",))
        return _on_all(_path(values, asking), details)
    if operator == "∃":
        _refuse_several(function, asking, ("∃",))
        return _on_some(_path(values, asking), details)
    if operator in _PROBABILITIES:
        _refuse_several(function, asking, ("max", "sum", "avg"))
        return _possible(operator, _path(values, asking), asking, details)
    if operator in _COMPARED and _operator(values["left"]) in (*_PROBABILITIES, *_NUMBERS):
        return _compared(function, operator, values, asking, details)
    if operator in _NUMBERS:
        raise _NotDecidedError(_NUMBERS[operator])
    raise _NotDecidedError("it is about the initial states alone")


def _operator(node: Node) -> str:
    return node["op"].text() if isinstance(node.value, dict) and "op" in node else ""


def _refuse_several(function: str, asking: Asking, decided: tuple[str, ...]) -> None:
    """With one initial state every function of a filter gives its value, but for `count` and the like."""
    if function in ("count", "argmin", "argmax"):
        raise _NotDecidedError(f"it asks for {function}")
    if asking.several and function not in decided:
        raise _NotDecidedError(f"there are several initial states, and it asks for {function} of them")


def _of_states(function: str, values: Node, states: Node, asking: Asking, details: Mapping[str, Any]) -> Property:
    if function not in ("∀", "∃") or _operator(values) in (*_PROBABILITIES, *_NUMBERS, "∀", "∃"):
        raise _NotDecidedError("it is about other states than the initial ones")
    where = expressions.read_as(states, asking.scope, "bool")
    what = expressions.read_as(values, asking.scope, "bool")
    if function == "∃":
        return reachable(_changing(terms.joined("and", where, what)), **details)
    if where is True:
        return always(_changing(what), **details)
    return whenever(_changing(where), _changing(what), **details)


def _changing(worth: terms.Worth) -> Expression:
    if not isinstance(worth, Term):
        raise _NotDecidedError("its condition is the same in every state")
    return worth.top


def _path(node: Node, asking: Asking) -> _Path:
    """The formula of executions that a quantifier or a probability is about."""
    node.expect(f"the operator {node.value['op']}", ("op", "exp"))
    inner = node["exp"]
    operator = _operator(inner)
    if operator not in _PATHS:
        raise _NotDecidedError("it is about no formula with one operator F, G, U, W or R")
    binary = operator in ("U", "W", "R")
    inner.expect(f"the operator {operator}", ("op", *(("left", "right") if binary else ("exp",)), *_BOUNDS))
    for bound in ("step-bounds", "reward-bounds"):
        if bound in inner:
            raise _NotDecidedError(f"it has {bound}")
    timed = "time-bounds" in inner
    if timed:
        _check_bounds(inner["time-bounds"], asking)
    if not binary:
        return _Path(operator, None, _changing(_condition(inner["exp"], asking)), timed)
    left, right = _condition(inner["left"], asking), _condition(inner["right"], asking)
    if operator == "U" and left is True:
        return _Path("F", None, _changing(right), timed)
    return _Path(operator, _changing(left), _changing(right), timed)


def _condition(node: Node, asking: Asking) -> terms.Worth:
    if _operator(node) in (*_PROBABILITIES, *_NUMBERS, "∀", "∃", *_PATHS):
        raise _NotDecidedError("formulas are nested in it")
    return expressions.read_as(node, asking.scope, "bool")


def _check_bounds(node: Node, asking: Asking) -> None:
    """A bound in time changes nothing of what is possible where times are exponential, if it is above zero and only upper."""
    node.expect("a bound", ("lower", "lower-exclusive", "upper", "upper-exclusive"))
    if asking.kind not in _TIMED:
        raise _NotDecidedError(f"it has a bound in time, in a model of type {asking.kind}")
    if "lower" in node or "upper" not in node:
        raise _NotDecidedError("it has a lower bound in time")
    if terms.is_positive_number(expressions.constant(node["upper"], asking.scope, "real")) is not True:
        raise _NotDecidedError("its bound in time is zero")


def _on_all(path: _Path, details: Mapping[str, Any]) -> Property:
    if path.timed:
        raise _NotDecidedError("it has time-bounds")
    if path.operator == "G":
        return always(path.right, **details)
    if path.operator == "F":
        return eventually(path.right, **details)
    made = {"U": until, "W": weak_until, "R": release}[path.operator]
    assert path.left is not None, path
    return ltl(made(path.left, path.right), **details)


def _on_some(path: _Path, details: Mapping[str, Any]) -> Property:
    if path.timed or path.operator != "F":
        raise _NotDecidedError("it asks for an execution, and not for a state that can be reached")
    return reachable(path.right, **details)


def _possible(operator: str, path: _Path, asking: Asking, details: Mapping[str, Any]) -> Property:
    """Whether a probability is above zero."""
    if path.operator == "U":
        raise _NotDecidedError("what holds before matters, so it is not only about a state that can be reached")
    if path.operator != "F":
        raise _NotDecidedError(f"it is a probability of {path.operator}, which is above zero or not by numbers")
    if operator == "Pmin" and asking.kind in _FREE:
        raise _NotDecidedError("it is a least probability over free choices")
    return reachable(path.right, **{**details, "statement": f"{details['statement']} is above zero"})


def _compared(function: str, operator: str, node: Node, asking: Asking, details: Mapping[str, Any]) -> Property:
    """A probability compared with a number."""
    node.expect(f"the operator {operator}", ("op", "left", "right"))
    of = _operator(node["left"])
    if of in _NUMBERS:
        raise _NotDecidedError(_NUMBERS[of])
    path = _path(node["left"], asking)
    bound = expressions.constant(node["right"], asking.scope, "real")
    free = asking.kind in _FREE
    make: Callable[..., Property] | None = None
    if path.operator == "F" and (of == "Pmax" or not free) and bound == 0:
        if operator in (">", "≠"):
            make, over = reachable, "∃"
        elif operator in ("≤", "="):
            make, over = never, "∀"
    if path.operator == "G" and (of == "Pmin" or not free) and bound == 1 and operator in ("≥", "=") and not path.timed:
        make, over = always, "∀"
    if make is None:
        raise _NotDecidedError("it compares a probability with a number, and what can be reached does not decide it")
    _refuse_several(function, asking, (over,))
    return make(path.right, **details)


__all__ = ["Asking", "stated"]
