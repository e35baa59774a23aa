"""Properties as text: `never(link.down & server.in_service)`, with the functions and arguments that Python has.

The functions themselves make the property, so that what they refuse is refused here as well, with its place in the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from drcheck.errors import TextError
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, INTEGER, TEMPORAL, Expression
from drcheck.language.functions import maximum, minimum
from drcheck.logic.fairness import Fairness, strongly_fair, weakly_fair
from drcheck.logic.kinds import Property
from drcheck.logic.liveness import demands
from drcheck.logic.properties import (
    Statement,
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
    never,
    reachable,
    structure,
    whenever,
    within,
    worst_case,
)
from drcheck.logic.roles import as_stated
from drcheck.system.system import System
from drcheck.text.parser import parsed
from drcheck.text.resolving import Resolver
from drcheck.text.syntax import Call, Group, Listed, Name, Node, Number, Words

_TRIGGER, _CONDITION, _EXCEPTION = "trigger", "condition", "except_where"
_FORMULA, _MEASURE, _AT_MOST, _FAIRNESS = "formula", "measure", "at_most", "fairness"
_BOUND, _GOAL, _AFTER = "bound", "goal", "after"
_WANTED = {
    _TRIGGER: (BOOLEAN,),
    _CONDITION: (BOOLEAN,),
    _EXCEPTION: (BOOLEAN,),
    _GOAL: (BOOLEAN,),
    _AFTER: (BOOLEAN,),
    _FORMULA: (BOOLEAN, TEMPORAL),
    _MEASURE: (INTEGER,),
}
"""What kinds of expressions an argument can be."""
_REMEDIES = {
    _MEASURE: "write a variable or a sum of them, or if_else(link.down, 1, 0) to count a state",
    _FORMULA: "write for instance ltl(globally(link.down.implies(finally_(link.up))))",
}
_REMEDY = "write a state, as in link.down, or a comparison, as in server.queue > 0"


@dataclass(frozen=True)
class Form:
    """A function that states a property, with its parameters, of which the first `required` must be given."""

    function: Callable[..., Property]
    parameters: tuple[str, ...]
    required: int


FORMS: dict[str, Form] = {
    function.__name__: Form(function, parameters, required)
    for function, parameters, required in (
        (always, (_CONDITION,), 1),
        (never, (_CONDITION,), 1),
        (whenever, (_TRIGGER, _CONDITION), 2),
        (reachable, (_CONDITION,), 1),
        (deadlock_free, (_EXCEPTION,), 0),
        (leads_to, (_TRIGGER, _CONDITION, _FAIRNESS), 2),
        (eventually, (_CONDITION, _FAIRNESS), 1),
        (ltl, (_FORMULA, _FAIRNESS), 1),
        (can_always, (_CONDITION,), 1),
        (worst_case, (_MEASURE, _AT_MOST), 1),
        (within, (_BOUND, _GOAL, _AFTER), 2),
    )
}
"""The functions that state a property as text: all but facts of `structure`, which Python computes."""
_TEXTS, _LISTS = ("name", "source", "statement"), ("claims", "assumptions")
DETAILS = (*_TEXTS, *_LISTS)
"""What else a property as text can have."""
_NOT_AS_TEXT = {
    "given": "set parameters of the design with --set, or state it in Python",
    "role": "give claims their roles where the design states its properties",
    "by_construction": "say it where the design states its properties",
    "finding": "declare findings where the design states its properties",
}
_FAIR: dict[str, Callable[..., Fairness]] = {f.__name__: f for f in (weakly_fair, strongly_fair)}
_INSTEAD = {
    maximum.__name__: "the greatest value is asked for by worst_case(e)",
    minimum.__name__: "the least value of e is what worst_case(-e) tells, with the other sign",
    structure.__name__: "facts of the composition are computed in Python",
}


def parse_expression(text: str, system: System) -> Expression:
    """The expression over a system that a text is. Raises TextError: DR320 (it cannot be read), DR321 (too long, nested too
    deeply), DR115 and DR104 (unknown names), and what the language refuses.
    """
    return Resolver(text, system, tuple(FORMS)).expression(parsed(text))


def parse_property(text: str, system: System) -> Property:
    """The property of a system that a text states. It is what the functions of Python make; `name=` names it.

    Raises TextError: DR320 (no property), DR321 (too long, nested too deeply), DR302 (arguments), DR304 (fairness), DR115 and
    DR104 (unknown names), and what the language refuses. Whether it says anything is looked at when it is decided (DR122).
    """
    return _Reading(text, parsed(text)).on(system)


def statement(text: str) -> Statement:
    """A property as text, to be decided on a design, whose system it is read on. Its name is the text, or what `name=` says.

    Raises TextError for what is wrong whatever the system; the rest when it is read.
    """
    reading = _Reading(text, parsed(text))
    details = reading.details()
    name = details.pop("name", "") or " ".join(text.split())
    kept = {"source": "", "statement": "", "claims": (), "assumptions": (), **details, "findings": (), "place": None}
    kept |= {"roles": (as_stated,) * len(kept["claims"]), "by_construction": False}
    return Statement(name, lambda system: replace(reading.on(system), name=name), {}, kept)


class _Reading:
    """A text that states a property, before it is read on a system."""

    def __init__(self, text: str, tree: Node) -> None:
        self._text = text
        while isinstance(tree, Group):
            tree = tree.inner
        if not isinstance(tree, Call) or not isinstance(tree.function, Name):
            remedy = "write for instance never(...) or always(...) around it"
            raise self._error("DR320", "a property is wanted, and this is an expression", tree, remedy=remedy)
        name = tree.function.text
        if name not in FORMS:
            available, remedy, asked = list(FORMS), _INSTEAD.get(name, ""), name[:100]
            message = f"there is no property {asked!r}"
            raise self._error("DR320", message, tree.function, available=available, remedy=remedy, asked=asked)
        self._form = FORMS[name]
        self._call = replace(tree, named=tuple(pair for pair in tree.named if pair[0].text not in DETAILS))
        self._details = [pair for pair in tree.named if pair[0].text in DETAILS]
        for argument, _ in self._call.named:
            if argument.text in _NOT_AS_TEXT:
                remedy = _NOT_AS_TEXT[argument.text]
                raise self._error("DR302", f"a property as text has no {argument.text}", argument, remedy=remedy)

    def _error(
        self,
        code: str,
        message: str,
        at: Node,
        *,
        available: list[str] | None = None,
        remedy: str = "",
        asked: str | None = None,
    ) -> TextError:
        return TextError(
            code,
            message,
            text=self._text,
            start=at.start,
            end=at.end,
            available=available or (),
            remedy=remedy,
            asked=asked,
        )

    def details(self) -> dict[str, Any]:
        """The name, source, statement, claims and assumptions that are given. Raises TextError DR302, DR306, DR309."""
        found: dict[str, Any] = {}
        for name, value in self._details:
            if name.text in found:
                raise self._error("DR302", f"{name.text} is given twice", name)
            found[name.text] = self._several(value) if name.text in _LISTS else self._words(value)
        return found

    def _words(self, node: Node) -> str:
        if not isinstance(node, Words):
            raise self._error("DR302", "a text in quotation marks is expected", node)
        return node.value

    def _several(self, node: Node) -> tuple[str, ...]:
        return tuple(map(self._words, node.items)) if isinstance(node, Listed) else (self._words(node),)

    def on(self, system: System) -> Property:
        """The property on a system. Raises TextError."""
        resolver = Resolver(self._text, system, tuple(FORMS))
        given = resolver.arguments(self._call, (*self._form.parameters,), self._form.required)
        arguments = {name: self._argument(resolver, system, name, node) for name, node in given.items()}
        with resolver.at(self._call):
            made = self._form.function(**arguments, **self.details())
        return replace(made, place=None)

    def _argument(self, resolver: Resolver, system: System, name: str, node: Node) -> Any:
        if name == _FAIRNESS:
            return self._fairness(resolver, system, node)
        if name in (_BOUND, _AT_MOST):
            return self._bound(resolver, node)
        made = resolver.expression(node)
        if made.kind not in _WANTED[name]:
            wanted = " or ".join(_WANTED[name])
            message = f"{self._form.function.__name__} takes a {wanted} expression here, not one that is {made.kind}"
            raise self._error("DR302", message, node, remedy=_REMEDIES.get(name, _REMEDY))
        return made

    def _bound(self, resolver: Resolver, node: Node) -> int | Duration:
        length = resolver.duration(node)
        if length is not None:
            return length
        if isinstance(node, Number):
            return node.value
        raise self._error("DR302", "a bound is a whole number or a duration", node, remedy="write for instance 3 or 3h")

    def _fairness(self, resolver: Resolver, system: System, node: Node) -> list[Fairness]:
        if isinstance(node, Listed):
            return [each for item in node.items for each in self._fairness(resolver, system, item)]
        name = node.function.text if isinstance(node, Call) and isinstance(node.function, Name) else ""
        if not isinstance(node, Call) or name not in _FAIR:
            available = [f"{function}(...)" for function in _FAIR]
            raise self._error("DR302", "an assumption of fairness is expected", node, available=available)
        if node.named:
            raise self._error("DR302", f"{name} takes names of events and classes", node.named[0][0])
        for argument in node.arguments:
            with resolver.at(argument):
                demands(system, [_FAIR[name](resolver.event(argument))])
        with resolver.at(node):
            return [_FAIR[name](*map(resolver.event, node.arguments))]


__all__ = ["DETAILS", "FORMS", "parse_expression", "parse_property", "statement"]
