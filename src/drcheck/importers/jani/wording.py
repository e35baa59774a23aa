"""Expressions and properties of a JANI file as people read them: `Pmax(F s = 5)`, `max of Pmax(F s = 5)`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from drcheck.importers.jani.document import Node

_LONGEST = 160


def in_words(node: Node) -> str:
    """An expression or a property in one line, cut where it is long."""
    try:
        text = _text(node.value)
    except (RecursionError, OverflowError):
        text = "a formula"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _text(value: Any, inside: bool = False) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
    if not isinstance(value, dict):
        return str(value)
    if "constant" in value:
        return str(value["constant"])
    operator = value.get("op", "?")
    if operator == "filter":
        return _filter(value)
    if operator == "ite":
        test, then, otherwise = (_text(value.get(key), inside=True) for key in ("if", "then", "else"))
        return f"({then} if {test} else {otherwise})"
    if operator == "call":
        return f"{value.get('function')}({', '.join(map(_text, value.get('args', ())))})"
    bounds = "".join(_bound(value[key], key) for key in ("step-bounds", "time-bounds") if key in value)
    bounds += "[reward-bounds]" if "reward-bounds" in value else ""
    if "left" in value:
        left, right = _text(value["left"], inside=True), _text(value.get("right"), inside=True)
        if operator in ("min", "max", "pow", "log"):
            return f"{operator}({left}, {right})"
        text = f"{left} {operator}{bounds} {right}"
        return f"({text})" if inside else text
    if operator in ("F", "G", "¬"):
        return f"{operator}{bounds}{'' if operator == '¬' else ' '}{_text(value.get('exp'), inside=True)}"
    if operator in ("Emin", "Emax"):
        extra = [f"{key} {_text(value[key])}" for key in ("reach", "time-instant", "step-instant") if key in value]
        return f"{operator}({', '.join([_text(value.get('exp')), *extra])})"
    return f"{operator}({_text(value.get('exp', ''))})"


def _bound(value: Any, key: str) -> str:
    if not isinstance(value, dict):
        return f"[{key}]"
    sides = [f"≥ {_text(value['lower'])}"] if "lower" in value else []
    sides += [f"≤ {_text(value['upper'])}"] if "upper" in value else []
    return f"[{', '.join(sides)}]"


def _filter(value: Any) -> str:
    """A filter; that it asks for the value in the initial state is not worth a word."""
    states, function = value.get("states"), value.get("fun")
    initial = isinstance(states, dict) and states.get("op") == "initial"
    text = _text(value.get("values"))
    if function != "values":
        text = f"{function} of {text}"
    return text if initial else f"{text} over {_text(states)}"


__all__ = ["in_words"]
