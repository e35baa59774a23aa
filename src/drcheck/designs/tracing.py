"""Where the constants of a composed design derive from its parameters: the design composed with traced ones, and read again.

A traced parameter (`language.traced`) goes its way through the design's Python, and each constant of the composed system tells
from which parameters it was computed. So it is known where a parameter occurs, and whether Python ever decided something by
its value. What Python never decided is the same for every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from drcheck.designs.design import Design
from drcheck.designs.parameter import Parameter
from drcheck.errors import DesignError, DrcheckError, Place
from drcheck.language.component import Component, On
from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.free_choice import FreeChoice
from drcheck.language.traced import Decision, Term, Trace, Traced, direction, parameters_in, term_text, traced_in
from drcheck.language.variables import Variable
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.system import System

Where = OneOf["guard", "update", "index", "cap", "lower bound", "start", "choice", "attribute", "property"]
"""What a constant is part of: a guard, the value that an update writes, the index of what it writes, the upper or lower bound of
a variable, its start value, the values of a free choice, an attribute of a transition (its priority, say), or a property."""


@dataclass(frozen=True)
class Occurrence:
    """A constant of a composed design that derives from a parameter.

    `where`: what it is part of. `term`: how it was computed from parameters; `rises`: how it changes as the parameter grows: 1 it
    never falls, -1 it never grows, None not known. `value`: what it is, in ticks for a duration. `place`: where what it is
    part of is written.

    Of a guard, update, choice or attribute, `component` and `transition` are those that it is of. `inside`: the operations
    around the constant, from the whole guard (value, property) inwards, each with the position of the operand in which it is;
    empty if it is the whole. Of a bound or start value, `component` and `variable`. Of a property, `of` is its name.
    """

    where: Where
    term: Term
    rises: int | None
    value: int
    place: Place | None
    component: str = ""
    transition: On | None = None
    variable: Variable | None = None
    of: str = ""
    inside: tuple[tuple[Operation, int], ...] = field(default=(), repr=False)

    @property
    def is_upper_bound(self) -> bool:
        """Whether it is the whole right side of a `<` or `<=`, with nothing but `and` and `or` around it: with a greater constant
        the guard (value, property) is true in at least the same states.
        """
        if not self.inside:
            return False
        *around, (comparison, position) = self.inside
        return (
            comparison.operator in ("<", "<=")
            and position == 1
            and all(operation.operator in ("and", "or") for operation, _ in around)
        )

    @property
    def compared(self) -> Expression | None:
        """What it is compared with, if it is the whole side of a comparison; else None."""
        if not self.inside or self.inside[-1][0].operator not in ("<", "<=", ">", ">=", "==", "!="):
            return None
        comparison, position = self.inside[-1]
        return comparison.arguments[1 - position]

    def __str__(self) -> str:
        row = f"{self.component}.{self.transition.trigger}" if self.transition is not None else self.component
        what = self.of or (self.variable.label if self.variable is not None else row)
        at = "" if self.place is None else f" ({self.place})"
        how = {1: ", never falls as it grows", -1: ", never grows as it does"}.get(self.rises or 0, "")
        return f"{self.where} of {what}: {term_text(self.term)} = {self.value}{how}{at}"


@dataclass(frozen=True)
class Occurrences:
    """All that becomes of a parameter in a design with some settings.

    `places`: where constants derive from it, in the order of the components, then those of properties. `decisions`: where Python
    did something that may depend on its value, composing the design; `stating`: the same in properties, by their names.
    `failed`: why the design (its key is ""), or a property (by its name), could not be traced.

    Only where it is `complete` are `places` all that the parameter does: with any of its values for which the design can be
    composed, it composes the same system but for the constants in these places.
    """

    parameter: str
    places: tuple[Occurrence, ...]
    decisions: tuple[Decision, ...]
    stating: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether the places in the system are all that the parameter does to it."""
        return not self.decisions and "" not in self.failed

    @property
    def in_system(self) -> tuple[Occurrence, ...]:
        """The places in the system, without those in properties."""
        return tuple(each for each in self.places if each.where != "property")

    def of_property(self, name: str) -> tuple[Occurrence, ...] | None:
        """Where constants of a property derive from it; None if Python decided something in stating it, or it is not known."""
        if self.stating.get(name) or name in self.failed:
            return None
        return tuple(each for each in self.places if each.of == name)

    @property
    def why(self) -> str:
        """Why nothing is known of other values, in words; "" if it is `complete`."""
        if "" in self.failed:
            return self.failed[""]
        return f"decided by Python: {self.decisions[0]}" if self.decisions else ""


@dataclass(frozen=True)
class TracedDesign:
    """A design composed with traced parameters. `values`: of all parameters, traced ones included.

    The system is for reading: its constants, caps and start values may be traced numbers, with which no engine searches.
    `decisions`: what Python decided in composing it.
    """

    design: Design
    values: Mapping[str, Any]
    system: System
    trace: Trace
    decisions: tuple[Decision, ...]

    def stated(self, statement: Statement) -> tuple[Property, tuple[Decision, ...]]:
        """A property on the system, and what Python decided in stating it. Raises whatever stating it raises."""
        known = len(self.trace.decisions)
        with self.trace.noting():
            item = statement.on_any(self.system).in_system(self.system)
        made = tuple(self.trace.decisions[known:])
        del self.trace.decisions[known:]
        return item, made


def can_be_traced(parameter: Parameter) -> bool:
    """Whether it is a number or a duration: whatever else a parameter is, a design can only decide by it."""
    return parameter.type in (int, Duration)


def traced(design: Design, settings: Mapping[str, Any], parameters: Iterable[str]) -> TracedDesign:
    """The design with its defaults and `settings`, composed with some traced parameters.

    Raises as `Design.build` does, and DesignError DR205 for a parameter that is neither a number nor a duration.
    """
    values = {**{p.name: p.default for p in design.parameters}, **design.taken(settings)}
    trace = Trace()
    for name in parameters:
        parameter = design.parameter(name)
        if not can_be_traced(parameter):
            numbers = [p.name for p in design.parameters if can_be_traced(p)]
            raise DesignError(
                "DR205", f"parameter {name} is {parameter.kind}, which cannot be traced", available=numbers, asked=name
            )
        values[name] = trace.of(name, values[name])
    with trace.noting():
        system = design.compose_with(values)
    return TracedDesign(design, values, system, trace, tuple(trace.decisions))


def occurrences(
    design: Design, settings: Mapping[str, Any], parameter: str, statements: Sequence[Statement] = ()
) -> Occurrences:
    """Where constants of a design with some settings derive from a parameter, and where its Python decided something by it.

    `parameter`: a number or a duration; DesignError DR205 for any other, DR204 for one that there is not. `statements`:
    properties, whose constants are looked at too. Raises as `Design.build` does where the design cannot be composed.

    The design is composed once more, with a number in the place of the parameter that remembers what is computed of it: sums,
    differences, products, quotients, and durations in ticks. A comparison, a condition, an index or `range`, a text and a
    look-up end that (`Occurrences.decisions`); so `max(a, b)` does, and `maximum(a, b)` of expressions does not. What is
    compared with `is`, or read from elsewhere than from the parameters, is not seen.
    """
    plain = design.build(settings)
    try:
        made = traced(design, settings, [parameter])
    except DrcheckError as error:
        if error.code in ("DR204", "DR205") and not can_be_traced(design.parameter(parameter)):
            raise
        return Occurrences(parameter, (), (), failed={"": f"the design cannot be traced: {error.message}"})
    stating: dict[str, tuple[Decision, ...]] = {}
    failed: dict[str, str] = {}
    if Fingerprints().system(plain) != Fingerprints().system(made.system):
        failed[""] = (
            f"with {parameter} traced, another system is composed: something distinguishes it from the number that it is"
        )
    places = list(of_system(made.system, parameter))
    for statement in statements:
        try:
            item, decisions = made.stated(statement)
        except DrcheckError as error:
            failed[statement.name] = error.message
            continue
        stating[statement.name] = decisions
        places += of_property(item, made.system, parameter)
    return Occurrences(parameter, tuple(places), made.decisions, stating, failed)


# -- reading a traced system -----------------------------------------------------------------------------------------
def of_system(system: System, parameter: str) -> Iterator[Occurrence]:
    """Where constants of a traced system derive from a parameter."""
    reader = _Reader(system, parameter)
    for component in system.components:
        for variable in component.variables:
            ends: list[tuple[Where, object]] = [("lower bound", variable.low), ("cap", variable.high)]
            for where, value in (*ends, *(("start", start) for start in variable.starts)):
                yield from reader.made(where, value, variable.place, component=component.name, variable=variable)
        for row in component.transitions:
            yield from _of_row(reader, component, row)


def _of_row(reader: _Reader, component: Component, row: On) -> Iterator[Occurrence]:
    known: dict[str, Any] = {"component": component.name, "transition": row}
    if row.when is not None:
        yield from reader.inside("guard", row.when, row.place, **known)
    for way in row.outcomes:
        for target, value in way.then.items:
            yield from reader.inside("update", value, row.place, **known)
            yield from reader.inside("index", target, row.place, **known)
        yield from reader.made("attribute", way.probability, row.place, **known)
    for attribute in (row.priority, row.rate):
        yield from reader.made("attribute", attribute, row.place, **known)


def of_property(item: Property, system: System, parameter: str) -> Iterator[Occurrence]:
    """Where constants of a property of a traced system derive from a parameter."""
    reader = _Reader(system, parameter)
    for part in (item.trigger, item.condition, item.measure, item.goal, *item.excluded):
        if part is not None:
            yield from reader.inside("property", part, item.place, of=item.name)
    yield from reader.made("property", item.at_most, item.place, of=item.name)


class _Reader:
    """Finds the constants of a system that derive from a parameter."""

    def __init__(self, system: System, parameter: str) -> None:
        self._system, self._parameter = system, parameter

    def made(self, where: Where, value: object, place: Place | None, **known: Any) -> Iterator[Occurrence]:
        """What a constant is, if it derives from the parameter."""
        number = number_of(value, self._system.tick)
        if number is not None and self._parameter in parameters_in(number.term):
            yield Occurrence(where, number.term, direction(number.term, self._parameter), number.value, place, **known)

    def inside(self, where: Where, root: Expression, place: Place | None, **known: Any) -> Iterator[Occurrence]:
        """The constants in an expression, each time that they are written."""
        todo: list[tuple[Expression, tuple[tuple[Operation, int], ...]]] = [(root, ())]
        while todo:
            node, around = todo.pop()
            if isinstance(node, Literal):
                yield from self.made(where, node.value, place, inside=around, **known)
            elif isinstance(node, FreeChoice):
                for value in node.values:
                    yield from self.made("choice", value, node.place, inside=around, **known)
            condition = getattr(node, "when", None)  # of `happens`, which stands beside its operands
            if isinstance(condition, Expression) and not isinstance(node, Operation):
                yield from self.inside(where, condition, place, **known)
            if isinstance(node, Operation):
                parts = [(part, (*around, (node, n))) for n, part in enumerate(node.arguments)]
                todo += reversed(parts)


def number_of(value: object, tick: Duration | None) -> Traced | None:
    """The traced number that a constant of a system is, a duration in ticks; None if it is not traced."""
    if isinstance(value, Duration) and tick is not None:
        both = value if traced_in(tick) is None else tick
        return None if traced_in(both) is None else traced_in(value.ticks(tick))
    return traced_in(value)


__all__ = [
    "Occurrence",
    "Occurrences",
    "TracedDesign",
    "Where",
    "can_be_traced",
    "number_of",
    "occurrences",
    "of_property",
    "of_system",
    "traced",
]
