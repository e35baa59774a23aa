"""Typed variables of a component: booleans, enumerations, bounded integers and counters, ages, small arrays.

A variable is declared on its own, used in guards and updates, and belongs to the one component that lists it. Each kind
says what happens to a value that does not fit:

| kind | values | a value outside |
|---|---|---|
| Boolean | false, true | cannot happen |
| Choice | the listed names | cannot happen |
| Integer | low..high | is reported as a violation, with its trace |
| Counter | 0..cap | saturates (or, with at_limit="refuse", the transition is not enabled) |
| Age | 0..cap ticks | saturates |
| Array | `length` variables of one kind | as its elements |

Numbers may have a unit (`unit="calls"`), and every variable a description (`doc="..."`). An age, and a counter
whose cap is a duration, count ticks (see `units`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal as OneOf
from typing import Protocol

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.durations import Duration
from drcheck.language.expressions import (
    BOOLEAN,
    ENUMERATION,
    INTEGER,
    LIMIT,
    Expression,
    Literal,
    Operand,
    Operation,
    Value,
)
from drcheck.language.functions import select
from drcheck.language.ordered import refuse_unordered
from drcheck.language.refusing import NotAnExpression
from drcheck.language.starting_values import listed
from drcheck.language.unit_names import checked_unit

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
MAX_ARRAY = 64
TICKS = "ticks"
"""The unit of a length of time: ages, and counters capped at a duration."""

AtLimit = OneOf["report", "saturate", "refuse"]


def check_name(name: object, what: str, place: Place) -> str:
    """The name, if it is one: a letter or underscore, then letters, digits, underscores. ModelError DR105 otherwise."""
    if not isinstance(name, str) or not NAME.match(name):
        raise ModelError(
            "DR105",
            f"{shown(name)} is not a name for a {what}",
            place=place,
            remedy="use letters, digits and underscores",
        )
    return str.__str__(name)  # of a member of an enumeration of texts, the text


def names_in_order(values: object) -> tuple[str, ...]:
    """The strings of a list, tuple or generator; nothing for anything else.

    A set is not a list: its order, and with it the numbering of states, differs between runs.
    """
    if isinstance(values, (str, bytes, set, frozenset, Mapping, Expression)) or not isinstance(values, Iterable):
        return ()
    names = tuple(values)
    # Members of an enumeration of texts become texts: str(Mode.FAST) is "Mode.FAST".
    return tuple(str.__str__(name) for name in names) if all(isinstance(name, str) for name in names) else ()


def _number(value: Value) -> int:
    """A whole number, also of a member of an enumeration of numbers; a traced one stays so (see `traced`)."""
    return value + 0  # type: ignore[operator]  # start values of numbers are numbers


def _in_order(values: Iterable[Value]) -> list[int]:
    return sorted(map(_number, values))


class Owner(Protocol):
    """What a variable knows of the component that it belongs to."""

    name: str


class Variable(Expression):
    """A declared variable: a leaf of expressions. `low`..`high` is its domain as integers (positions for a Choice).

    `unit` is what a number counts, "" for a plain number; `doc` is the purpose of the variable, in a sentence. `starts` are the
    values that it may start with, in the order of its domain, and `start` is the first of them, mostly the only one.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        low: int,
        high: int | Duration,
        start: Value,
        at_limit: AtLimit,
        what: str,
        unit: str = "",
        doc: str = "",
    ) -> None:
        self.place = caller()
        self.name = check_name(name, what, self.place)
        self.kind, self.low, self.high, self.at_limit = kind, low, high, at_limit
        self.start: Value = start
        self.starts: tuple[Value, ...] = (start,)
        self.unit, self.doc = checked_unit(unit, f"variable {self.name}", self.place), self._checked_doc(doc)
        self.told: str | tuple[str, str] = ""
        """What a value means, as a sentence with `{value}` in it; of a boolean two, where it is true and where it is not.
        "" where name and value are told (see `telling`). `{component}` stands for the component that has the variable.
        """
        self.cap_is = ""
        """What the cap is in the world, if it is a limit there (see `Counter`)."""
        self.owner: Owner | None = None

    @property
    def label(self) -> str:
        """`component.variable`, or the bare name while it belongs to no component."""
        return f"{self.owner.name}.{self.name}" if self.owner is not None else self.name

    def _begin(self, starts: Iterable[Value]) -> None:
        """Start with any one of these, which are given in the order of the domain."""
        self.starts = tuple(starts)
        self.start = self.starts[0]

    def _listed(self, start: Value | Iterable[Value]) -> tuple[Value, ...]:
        return listed(start, f"variable {self.name}: its start values", self.place)

    def _bad(self, message: str) -> ModelError:
        return ModelError("DR107", f"variable {self.name}: {message}", place=self.place)

    def _sentence(self, told: object) -> str:
        """A sentence that tells a value. Raises ModelError DR136."""
        if told == "" or (isinstance(told, str) and "{value}" in told):
            return " ".join(told.split())
        raise ModelError(
            "DR136",
            f"variable {self.name}: told is a sentence with {{value}} in it, not {shown(told)}",
            place=self.place,
            remedy='write for instance told="{value} of the site\'s data are lost"',
        )

    def _sentences(self, told: object) -> str | tuple[str, str]:
        """Two sentences that tell true and false. Raises ModelError DR136."""
        if told == "":
            return ""
        if isinstance(told, tuple) and len(told) == 2 and all(isinstance(said, str) and said.strip() for said in told):
            return " ".join(told[0].split()), " ".join(told[1].split())
        raise ModelError(
            "DR136",
            f"variable {self.name}: told is two sentences, the first where it is true, not {shown(told)}",
            place=self.place,
            remedy='write for instance told=("there is a backup", "there is no backup")',
        )

    def _checked_doc(self, doc: object) -> str:
        if isinstance(doc, str):
            return " ".join(doc.split())
        raise ModelError(
            "DR136",
            f"variable {self.name}: doc is text, not {shown(doc)}",
            place=self.place,
            remedy='write for instance doc="calls that no agent has answered"',
        )

    def _check_integer(self, value: object, what: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._bad(f"the {what} must be a whole number, not {shown(value)}")
        if not -LIMIT <= value <= LIMIT:
            raise ModelError(
                "DR111",
                f"variable {self.name}: the {what} is a number of {value.bit_length()} bits",
                place=self.place,
                remedy="keep the numbers of a model below 2**62",
            )


class Boolean(Variable):
    """A boolean variable. `start=[False, True]`: it starts as either (see `starting_values`).

    `told`: what it means that it is true, and that it is false, as two sentences.
    """

    def __init__(
        self,
        name: str,
        start: bool | Iterable[bool] = False,
        *,
        doc: str = "",
        told: tuple[str, str] | OneOf[""] = "",
    ) -> None:
        super().__init__(name, BOOLEAN, 0, 1, False, "report", "variable", doc=doc)
        self.told = self._sentences(told)
        starts = self._listed(start)
        for value in starts:
            if not isinstance(value, bool):
                raise self._bad(f"the start value must be True or False, not {shown(value)}")
        self._begin(sorted(map(bool, starts)))


class Choice(Variable):
    """A variable over an enumeration of names; it starts at the first unless `start` names another, or several.

    `told`: what a value means, as a sentence with `{value}` in it.
    """

    def __init__(
        self,
        name: str,
        values: Sequence[str],
        start: str | Iterable[str] | None = None,
        *,
        doc: str = "",
        told: str = "",
    ) -> None:
        super().__init__(name, ENUMERATION, 0, 0, "", "report", "variable", doc=doc)
        self.told = self._sentence(told)
        refuse_unordered(values, f"variable {name}: the values of an enumeration", self.place)
        labels = names_in_order(values)
        if not labels or "" in labels or len(set(labels)) != len(labels):
            raise self._bad(f"an enumeration needs a list of one or more different names, not {shown(values)}")
        starts = (labels[0],) if start is None else self._listed(start)
        for value in starts:
            if not isinstance(value, str) or value not in labels:
                raise ModelError(
                    "DR103",
                    f"{shown(value)} is not a value of {self.name}",
                    place=self.place,
                    available=labels,
                    asked=value,
                )
        self.labels, self.high = labels, len(labels) - 1
        self._begin(label for label in labels if label in starts)


class Integer(Variable):
    """An integer in low..high; a value outside is reported as a violation with its trace, never wrapped or dropped.

    `unit="ticks"` makes it a length of time, which is also shown as a duration. `start=range(1, 4)`: it starts with any of these.
    """

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        start: int | Iterable[int] | None = None,
        *,
        unit: str = "",
        doc: str = "",
        told: str = "",
    ) -> None:
        super().__init__(name, INTEGER, low, high, low, "report", "variable", unit, doc)
        self.told = self._sentence(told)
        starts = (low,) if start is None else self._listed(start)
        bounds = (low, "lower bound"), (high, "upper bound")
        for value, what in (*bounds, *((value, "start value") for value in starts)):
            self._check_integer(value, what)
        if low > high:
            raise self._bad(f"the domain {low}..{high} is empty")
        for value in starts:
            if not low <= _number(value) <= high:
                raise self._bad(f"the start value {value} is outside {low}..{high}")
        self._begin(_in_order(starts))


class Counter(Variable):
    """A count in 0..cap. `start` defaults to 0, `cap` to a start value that is given (a budget that is only used up), the
    greatest of several.

    `at_limit="saturate"`: a value below 0 or above the cap becomes 0 or the cap, which stands for all values beyond: what
    depends on distinguishing these is INCONCLUSIVE. `at_limit="refuse"`: a transition that would take it outside is not
    enabled. `cap_is` says what the cap is in the real world if nothing lies beyond it ("the capacity of the battery"); the
    value then stays at its limits in the world as in the model, and is exact. A counter capped at a duration counts ticks,
    and has no other unit. Raises ModelError DR107, DR111, DR130, DR136.
    """

    def __init__(
        self,
        name: str,
        cap: int | Duration | None = None,
        start: int | Iterable[int] | None = None,
        at_limit: AtLimit = "saturate",
        *,
        unit: str = "",
        doc: str = "",
        cap_is: str = "",
        told: str = "",
    ) -> None:
        capped = cap is not None or start is not None
        super().__init__(name, INTEGER, 0, 0, 0, at_limit, "variable", unit, doc)
        self.told = self._sentence(told)
        starts = (0,) if start is None else self._listed(start)
        for value in starts:
            self._check_integer(value, "start value")
        self._begin(_in_order(starts))
        high = self.high = _number(self.starts[-1]) if cap is None else cap
        if not capped:  # 0..0: whatever it counts, it would count none of
            raise self._bad("a counter needs a cap, cap=..., or a start value as its cap, start=...")
        if not isinstance(high, Duration):
            self._check_integer(high, "cap")
            for value in self.starts:
                if not 0 <= _number(value) <= high:
                    raise self._bad(f"the start value {value} is outside 0..{high}")
        elif unit not in ("", TICKS):
            raise ModelError(
                "DR136",
                f"variable {self.name}: it is capped at {high}, so it counts {TICKS} and not {unit}",
                place=self.place,
                remedy="give the cap as a number, or leave out the unit",
            )
        else:
            self.unit = TICKS
        if at_limit not in ("saturate", "refuse"):
            raise self._bad(f'at_limit is "saturate" or "refuse", not {shown(at_limit)}')
        self.cap_is = self._limit(cap_is)

    def _limit(self, cap_is: object) -> str:
        """What the cap is in the world: some words, or nothing. Raises ModelError DR130."""
        words = " ".join(cap_is.split()) if isinstance(cap_is, str) else None
        if words is None or (cap_is and not words):
            message = f"cap_is says in words what the cap is in the world, not {shown(cap_is)}"
            remedy = 'write for instance cap_is="the capacity of the battery", or leave it out'
        elif words and self.at_limit == "refuse":
            message = "cap_is is for a value that stays at its cap; this one refuses what would take it beyond"
            remedy = "leave out cap_is: what refuses is exact"
        else:
            return words
        raise ModelError("DR130", f"variable {self.name}: {message}", place=self.place, remedy=remedy)


class Age(Counter):
    """How long ago something was, in ticks: 0..cap, saturating. `cap` is a duration or a number of ticks.

    `cap_is`: as that of a Counter. Raises as a Counter does.
    """

    def __init__(
        self,
        name: str,
        cap: int | Duration,
        start: int | Iterable[int] = 0,
        *,
        cap_is: str = "",
        doc: str = "",
        told: str = "",
    ) -> None:
        super().__init__(name, cap, start, cap_is=cap_is, unit=TICKS, doc=doc, told=told)


class Array(NotAnExpression):
    """A small array of variables of one kind, all starting alike: `Array("slot", Integer("value", 0, 3), length=4)`. Where the
    element has several start values, each element starts with any of them, whatever the others do.

    Index it with a number or with an expression; iterate over it in quantifiers; assign to its elements in updates.
    An index outside the array is refused before exploration. `of`: what each element is about, which stands for `{of}` in the
    sentences that tell values: `Array("lost", Integer("n", 0, 3, told="{value} of {of} are lost"), 2, of=["voice", "chat"])`.
    """

    hint = "use its elements: array[index], or all_of, any_of, count and total over the array"

    def __init__(self, name: str, element: Variable, length: int, *, of: Sequence[str] = ()) -> None:
        self.place = caller()
        self.name = check_name(name, "variable", self.place)
        if not isinstance(element, Variable):
            raise ModelError(
                "DR107",
                f"array {name}: {shown(element)} is not a variable",
                place=self.place,
                remedy='declare an element, for instance Array("slot", Integer("value", 0, 3), length=4)',
            )
        if not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= MAX_ARRAY:
            raise ModelError(
                "DR107", f"array {name}: the length must be 1 to {MAX_ARRAY}, not {shown(length)}", place=self.place
            )
        if of and (names_in_order(of) != tuple(of) or len(of) != length):
            raise ModelError(
                "DR107",
                f"array {name}: of names each of its {length} elements, and cannot be {shown(of)}",
                place=self.place,
            )
        self.elements = tuple(self._copy(element, i) for i in range(length))
        for index, variable in enumerate(self.elements):
            about, told = of[index] if of else variable.name, variable.told
            variable.told = (
                told.replace("{of}", about)
                if isinstance(told, str)
                else (told[0].replace("{of}", about), told[1].replace("{of}", about))
            )

    def _copy(self, element: Variable, index: int) -> Variable:
        new = Variable.__new__(type(element))
        new.__dict__.update(element.__dict__)
        new.name, new.owner, new.place = f"{self.name}[{index}]", None, self.place
        return new

    def __repr__(self) -> str:
        return f"<array {self.name} of {len(self.elements)}>"

    def __len__(self) -> int:
        return len(self.elements)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.elements)

    def __getitem__(self, index: Operand) -> Expression:
        if isinstance(index, int) and not isinstance(index, bool):
            if not 0 <= index < len(self.elements):
                raise ModelError(
                    "DR104",
                    f"array {self.name} has no element {shown(index)}",
                    place=caller(),
                    available=[f"0 to {len(self.elements) - 1}"],
                )
            return self.elements[index]
        return select(self.elements, index)


def assignment_targets(target: Expression) -> tuple[Expression | None, tuple[Variable, ...]]:
    """An update's left-hand side as (index or None, variables): one variable, or the elements chosen by an index."""
    if isinstance(target, Variable):
        return None, (target,)
    if isinstance(target, Operation) and target.operator == "select":
        elements = tuple(a for a in target.arguments[1:] if isinstance(a, Variable))
        if len(elements) == len(target.arguments) - 1:
            return target.arguments[0], elements
    raise ModelError(
        "DR108",
        f"{shown(target)} cannot be assigned to",
        place=caller(),
        remedy="the keys of an update are variables, or elements of arrays, of the component: {counter: counter + 1}",
    )


__all__ = ["Age", "Array", "Boolean", "Choice", "Counter", "Integer", "Literal", "Variable", "assignment_targets"]
