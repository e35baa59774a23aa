"""Units of measure: what a number counts, and how it is shown.

A variable may declare a unit (`unit="calls"`). Ages, and counters capped at a duration, count ticks of time: that is the
unit `ticks`, and a duration written in an expression has it too. The unit of an expression follows from its parts:

| expression | its unit |
|---|---|
| a number, a variable without a unit | none: it is a plain number, and goes with every unit |
| `count(items, unit="calls")` | that one |
| `a + b`, `a - b`, `minimum`, `maximum`, `if_else`, `array[i]` | the one unit of its parts; plain where none has one |
| `a * b` | that of one part, if the other is plain |
| `a // b` | that of `a`, if `b` is plain; plain, if both have the same |
| `a % b` | that of `a`, if `b` is plain or has the same |

Anything else has no known unit, and nor has an expression made of it: a sum of calls and ticks, a product of two lengths
of time. Where unlike units meet in a sum, a choice or a comparison, that is a *mixture*: it changes no value, and is
worth a remark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER, Expression, Literal, Operation
from drcheck.language.free_choice import Chosen, FreeChoice
from drcheck.language.operators import NAMED
from drcheck.language.variables import TICKS, Variable

PLAIN = ""
"""The unit of a plain number."""

_ALIKE = {"+", "-", "min", "max", "if", "select", "<", "<=", ">", ">=", "==", "!="}
"""The operators whose operands must have one unit."""


@dataclass(frozen=True)
class Mixture:
    """Unlike units in one operation, in the order in which they occur."""

    node: Operation
    units: tuple[str, ...]


def unit_of(node: Expression) -> str | None:
    """The unit of an expression: a name, PLAIN for a plain number, None if no unit is known."""
    return _Reader().unit(node)


def mixtures(nodes: Iterable[Expression]) -> list[Mixture]:
    """Where unlike units meet in some expressions, from the inside out, without expressions of unknown unit."""
    reader = _Reader()
    for node in nodes:
        reader.unit(node)
    return reader.mixtures


def unlike(*units: str | None) -> bool:
    """Whether two or more units are known, and they are not the same."""
    return len({unit for unit in units if unit}) > 1


class _Reader:
    """Reads the units of expressions, each node once, and collects the mixtures on its way."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Expression, str | None]] = {}  # with the node, so that no other takes its id
        self.mixtures: list[Mixture] = []

    def unit(self, node: Expression) -> str | None:
        if id(node) not in self.known:
            self.known[id(node)] = node, self._read(node)
        return self.known[id(node)][1]

    def _read(self, node: Expression) -> str | None:
        if isinstance(node, Literal):
            return TICKS if isinstance(node.value, Duration) else node.unit
        if isinstance(node, Variable | FreeChoice):
            return node.unit
        if not isinstance(node, Operation):
            return None
        if node.operator == NAMED:
            return self.unit(node.arguments[0])
        units = [self.unit(argument) for argument in node.arguments]
        if node.operator in ("if", "select"):
            del units[0]
        if node.operator in _ALIKE and unlike(*units):
            self.mixtures.append(Mixture(node, tuple(dict.fromkeys(unit for unit in units if unit))))
        return _combined(node.operator, units) if node.kind == INTEGER else None


def _combined(operator: str, units: Sequence[str | None]) -> str | None:
    """The unit of an operation from those of its operands."""
    if None in units:
        return None
    named = list(dict.fromkeys(unit for unit in units if unit))
    if operator in _ALIKE:
        return named[0] if len(named) == 1 else None if named else PLAIN
    left, right = units
    match operator:
        case "*":
            return None if left and right else left or right
        case "//":
            return left if not right else PLAIN if left == right else None
        case "%":
            return left if right in (PLAIN, left) else None
    return None


def cell_units(cell_of: Mapping[Variable, int]) -> dict[int, str]:
    """The units of a system's cells, by their positions, plain numbers left out; `cell_of` is the system's."""
    return {position: variable.unit for variable, position in cell_of.items() if variable.unit}


# -- as text ---------------------------------------------------------------------------------------------------------
def quantity(value: int, unit: str | None, tick: Duration | None = None) -> str:
    """A value with its unit: `3`, `3 calls`, `3 ticks (3h)` with ticks of an hour."""
    number = f"{value:,}"
    if not unit:
        return number
    counted = f"{number} {singular(unit) if abs(value) == 1 else unit}"
    if unit != TICKS:
        return counted
    return counted + (f" ({_length(value, tick)})" if tick is not None and value else "")


def singular(unit: str) -> str:
    """The singular of a unit that is one regular plural; any other unit as it is."""
    if " " in unit or not unit.islower() or not unit.endswith("s") or unit.endswith(("ss", "us", "is")):
        return unit
    if unit.endswith("ies"):
        return unit[:-3] + "y"
    return unit[:-2] if unit.endswith(("sses", "shes", "ches", "xes", "zes")) else unit[:-1]


def brief(value: int, unit: str | None, tick: Duration | None = None) -> str:
    """A value in as few words as there are: `3 calls`, `3h` with ticks of an hour, and `0` whatever the unit."""
    if not unit or not value:
        return str(value)
    return _length(value, tick) if unit == TICKS and tick is not None else quantity(value, unit)


def _length(ticks: int, tick: Duration) -> str:
    return f"{'-' if ticks < 0 else ''}{tick * abs(ticks)}"


def choices_text(made: Iterable[tuple[FreeChoice, Chosen]], tick: Duration | None = None) -> str:
    """Free choices with what was chosen, be it a number of ticks for a duration: `amount = 2, urgent = true, delay = 2h`."""

    def text(choice: FreeChoice, value: Chosen) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, Duration) else brief(value, choice.unit, tick)

    return ", ".join(f"{choice} = {text(choice, value)}" for choice, value in made)


def measured(value: int, measure: Expression, tick: Duration | None) -> str:
    """The value of a measure, with its unit."""
    return quantity(value, unit_of(measure), tick)


def unit_data(measure: Expression | None, value: int | None, tick: Duration | None) -> dict[str, str | None]:
    """Plain data: the `unit` of a measure, None if none is known, and `value_text`, the value with it."""
    unit = None if measure is None else unit_of(measure) or None
    return {"unit": unit, "value_text": None if value is None else quantity(value, unit, tick)}


def excess(value: int, measure: Expression, bound: int, at_most: int | Duration, tick: Duration | None) -> str:
    """Which value exceeds which bound, as a sentence: `3h exceeds 2h` where the bound was given as a duration.

    `bound` is `at_most` as a number.
    """
    limit = bound_text(measure, bound, at_most, tick)
    unit = unit_of(measure)
    if isinstance(at_most, Duration) and tick is not None and unit in (TICKS, PLAIN):
        return f"{_length(value, tick)} exceeds {limit}"
    return f"the value {quantity(value, unit, tick) if unit else value} exceeds {limit}"


def bound_text(measure: Expression, bound: int, at_most: int | Duration, tick: Duration | None) -> str:
    """A bound as it was given, with the unit of what it bounds: a plain number may not count what its author meant."""
    unit = unit_of(measure)
    if isinstance(at_most, Duration) and tick is not None and unit in (TICKS, PLAIN):
        return str(at_most)
    return quantity(bound, unit, tick) if unit else str(at_most)


__all__ = [
    "PLAIN", "TICKS", "Mixture", "bound_text", "brief", "cell_units", "choices_text", "excess", "measured", "mixtures",
    "quantity", "singular", "unit_data", "unit_of", "unlike",
]  # names only  # fmt: skip
