"""What is varied: parameters with the values that are tried of them, from texts as the command line gives them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import Parameter, show
from drcheck.errors import UsageError
from drcheck.language.durations import Duration

MOST = 10_000
"""How many values one axis may have: each is a search."""


@dataclass(frozen=True)
class Axis:
    """A parameter, and the values that are tried of it, in order."""

    name: str
    values: tuple[Any, ...]


def grid(axes: Sequence[Axis], sets: Sequence[Mapping[str, Any]] = ({},)) -> list[dict[str, Any]]:
    """All combinations of the values of some axes, each with each of the `sets`; the last varies fastest."""
    names = [axis.name for axis in axes]
    products = itertools.product(*(axis.values for axis in axes))
    return [{**dict(zip(names, values, strict=True)), **more} for values in products for more in sets]


def values_between(parameter: Parameter, low: Any, high: Any, step: Any) -> tuple[Any, ...]:
    """The numbers or durations from `low` to `high`, both included. Raises UsageError DR401 for what has no such values."""
    if parameter.type is Duration:
        first, last, width = low.in_seconds, high.in_seconds, step.in_seconds
    elif parameter.type is int:
        first, last, width = low, high, step
    else:
        raise UsageError(
            "DR401",
            f"parameter {parameter.name} is {parameter.kind}, which has no values between two",
            remedy=f"list the values: {parameter.name}=a,b",
        )
    if width <= 0 or last < first:
        told = "in steps of nothing" if width <= 0 else "which is less"
        raise UsageError(
            "DR401",
            f"the values of {parameter.name} from {show(low)} to {show(high)}, {told}",
            remedy="write longest_outage=0h..20h, or 0h..20h/2h in steps of two hours",
        )
    number, over = divmod(last - first, width)
    number += 1
    if over:
        before = low + step * (number - 1)
        raise UsageError(
            "DR401",
            f"the values of {parameter.name} from {show(low)} in steps of {show(step)} do not meet {show(high)}",
            available=[f"{show(low)}..{show(before)}/{show(step)}", f"{show(low)}..{show(before + step)}/{show(step)}"],
        )
    if number > MOST:
        raise UsageError(
            "DR401",
            f"{parameter.name}={show(low)}..{show(high)} names {number:,} values",
            remedy=f"take {MOST:,} at most, in longer steps",
        )
    return tuple(low + step * n for n in range(number))


def axis_of(design: Design, text: str, option: str, settings: Mapping[str, Any]) -> Axis:
    """A parameter and the values that a text names. Raises UsageError DR401, DesignError DR204, DR205, DR206.

    `NAME=1h..12h/1h` are the values between two, both included, in steps; without a step it is a tick, of numbers 1.
    `NAME=1h,2h,8h` is a list. `option` is what errors call the text.
    """
    name, equals, said = (part.strip() for part in text.partition("="))
    if not name or not equals or not said:
        raise UsageError(
            "DR401", f"{option} {text!r} names no values", remedy=f"write {option} longest_outage=0h..20h, or =1h,2h"
        )
    parameter = design.parameter(name)
    low, dots, rest = said.partition("..")
    if not dots:
        values = tuple(dict.fromkeys(parameter.parse(_said(part, option, text, parameter)) for part in said.split(",")))
    else:
        high, slash, step = rest.partition("/")
        if parameter.type is Duration:
            tick = design.build(settings).tick
            width: Any = Duration.parse(_said(step, option, text, parameter)) if slash else tick
            if width is None:
                raise UsageError(
                    "DR401", f"{option} {text!r}: the design has no tick", remedy=f"give the step: {low}..{high}/1h"
                )
        else:
            width = _whole(step, option, text, parameter) if slash else 1
        first, last = (parameter.parse(_said(end, option, text, parameter)) for end in (low, high))
        values = values_between(parameter, first, last, width)
    if len(values) > MOST:
        raise UsageError(
            "DR401", f"{option} {text!r} names {len(values):,} values", remedy=f"take {MOST:,} at most, in longer steps"
        )
    return Axis(name, values)


def _said(part: str, option: str, text: str, parameter: Parameter) -> str:
    """A part of a text, which must say something. Raises UsageError DR401."""
    if not part.strip():
        name = parameter.name
        raise UsageError(
            "DR401",
            f"{option} {text!r} leaves out a value",
            remedy=f"write both ends, {option} {name}=A..B or {name}=A..B/STEP, or a list, {name}=A,B",
        )
    return part.strip()


def _whole(step: str, option: str, text: str, parameter: Parameter) -> int:
    said = _said(step, option, text, parameter)
    try:
        return int(said)
    except ValueError:
        raise UsageError("DR401", f"{option} {text!r}: {said!r} is no whole number") from None


__all__ = ["Axis", "axis_of", "grid", "values_between"]
