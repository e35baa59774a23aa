"""Traced values: numbers that know from which parameters they derive, however they were computed.

A design is composed with traced values in the place of some of its parameters (`designs.tracing`). A traced number is one of
Python's for all that adds, subtracts, multiplies and divides it, and the result is traced again: `term` says how it was
computed. Whatever makes something else of it (a comparison, a condition, an index, `range`, a text, a hash) answers as the
number would, and is noted as a *decision*: from there on Python did what it does for this value, and might have done otherwise
for another.

A duration is traced if its seconds are.

The checks by which the language refuses bad values are no decisions (`_CHECKS`): with another value they raise an error, and
nothing is composed. That is so where the error ends the design; where a `try` or `with` stands around the check, it is a
decision.
"""

from __future__ import annotations

import dis
import operator
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType
from typing import Any, TypeAlias

from drcheck.errors import Place, is_users, user_frame
from drcheck.language.durations import Duration

Term: TypeAlias = "tuple[Any, ...]"
"""How a number was computed: ("parameter", name), or an operator of Python and its two operands, numbers or terms."""

LONGEST_TERM = 60
"""A number that was computed in more steps has a term of its own, which no other has."""

_CHECKS: dict[tuple[str, str], frozenset[str]] = {
    ("language.durations", "_whole"): frozenset({"<"}),
    ("language.durations", "Duration._hold"): frozenset({">"}),
    ("language.durations", "Duration._result"): frozenset({"<"}),
    ("language.durations", "Duration.ticks"): frozenset({"==", "bool"}),
    ("language.durations", "Duration.in_minutes"): frozenset({"bool"}),
    ("language.expressions", "Literal.__init__"): frozenset({"<=", ">="}),
    ("language.variables", "Variable._check_integer"): frozenset({"<=", ">="}),
    ("language.variables", "Integer.__init__"): frozenset({"<=", ">=", ">", "<"}),
    ("language.variables", "Counter.__init__"): frozenset({"<=", ">="}),
    ("system.composition", "_check_arguments"): frozenset({"=="}),
    ("system.composition", "_fault_budget"): frozenset({"<"}),
    ("system.composition", "_domain"): frozenset({">", "<=", ">="}),
    ("system.lowering", "_way"): frozenset({"<", ">"}),
    ("system.ranges", "_bounds"): frozenset({"int"}),
}
"""Functions of the package, with what they do that only decides whether an error is raised.

The last two also decide whether an update is written with its limits: the value that comes out is the same either way.
"""


@dataclass(frozen=True)
class Decision:
    """That Python did something which may depend on a traced number.

    `parameters`: from which the number derives. `what`: what was done, in words. `place`: where, of the user's; None within
    drcheck.
    """

    parameters: frozenset[str]
    what: str
    place: Place | None

    def __str__(self) -> str:
        return f"{self.what}{'' if self.place is None else f' at {self.place}'}"


class Trace:
    """What is noted of the traced values of one composition. `decisions`: in their order, each once."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self._frame: FrameType | None = None
        self._opaque = 0

    def of(self, parameter: str, value: Any) -> Any:
        """The traced value of a parameter: a whole number or a duration. Any other is answered as it is."""
        if isinstance(value, Duration):
            return Duration.of_seconds(Traced(value.in_seconds, ("parameter", parameter), self), value.place)  # type: ignore[arg-type]
        if isinstance(value, int) and not isinstance(value, bool):
            return Traced(value, ("parameter", parameter), self)
        return value

    @contextmanager
    def noting(self) -> Iterator[None]:
        """The composition, or what is stated on it: beyond its frames nobody is asked what Python did."""
        before, self._frame = self._frame, sys._getframe(2)
        try:
            yield
        finally:
            self._frame = before

    def opaque(self, parameters: frozenset[str]) -> Term:
        """A term that no other number has."""
        self._opaque += 1
        return ("opaque", self._opaque, parameters)

    def note(self, number: Traced, what: str, how: str) -> None:
        """Note what is done with a number, unless it is a check. `how`: the operator, as in `_CHECKS`."""
        asking = sys._getframe(2)
        what = "written as text" if asking.f_code.co_qualname == "Duration.__str__" else what
        if how in _checked(asking) and not self._caught(asking):
            return
        users = user_frame()
        inside = self._frame is None or _within(asking, self._frame, users)
        place = Place(users.f_code.co_filename, users.f_lineno) if inside else None
        made = Decision(parameters_in(number.term), what, place)
        if made not in self.decisions:
            self.decisions.append(made)

    def divided(self, divisor: Traced) -> None:
        """Note that a number divides: nothing is decided by that unless it is handled that it may be 0."""
        if self._caught(sys._getframe(2)):
            self.note(divisor, "used as a divisor, which is handled where it is 0,", "divisor")

    def _caught(self, frame: FrameType | None) -> bool:
        """Whether an error that is raised here may be caught on its way out of the composition."""
        while self._frame is not None and frame is not None and frame is not self._frame:
            if is_users(frame) and any(start <= frame.f_lasti < end for start, end in _guarded(frame.f_code)):
                return True
            frame = frame.f_back
        return False


def _checked(frame: FrameType) -> frozenset[str]:
    name = str(frame.f_globals.get("__name__", "")).removeprefix("drcheck.")
    return _CHECKS.get((name, frame.f_code.co_qualname), frozenset())


def _within(frame: FrameType | None, last: FrameType, wanted: FrameType) -> bool:
    """Whether a frame is met on the way out to the last."""
    while frame is not None and frame is not last:
        if frame is wanted:
            return True
        frame = frame.f_back
    return False


@cache
def _guarded(code: CodeType) -> tuple[tuple[int, int], ...]:
    """The instructions of a function for which an error is handled: the bodies of `try` and `with`."""
    handlers = {each.offset for each in dis.get_instructions(code) if each.opname == "PUSH_EXC_INFO"}
    entries: Any = getattr(dis.Bytecode(code), "exception_entries", ())
    return tuple((each.start, each.end) for each in entries if each.target in handlers)


def parameters_in(term: object) -> frozenset[str]:
    """The parameters from which a number of a term derives."""
    if not isinstance(term, tuple):
        return frozenset()
    if term[0] == "parameter":
        return frozenset([term[1]])
    if term[0] == "opaque":
        return frozenset(term[2])
    return frozenset().union(*(parameters_in(part) for part in term[1:]))


def _size(term: object) -> int:
    return 1 + sum(_size(part) for part in term[1:]) if isinstance(term, tuple) else 1


def term_text(term: object) -> str:
    """A term as it is written: `(threshold // tick) + 1`."""
    if not isinstance(term, tuple):
        return str(term)
    if term[0] == "parameter":
        return str(term[1])
    if term[0] == "opaque":
        return f"something of {' and '.join(sorted(term[2]))}"
    if len(term) == 2:
        return f"{term[0]}{_part(term[1])}"
    return f"{_part(term[1])} {term[0]} {_part(term[2])}"


def _part(term: object) -> str:
    simple = not isinstance(term, tuple) or term[0] in ("parameter", "opaque")
    return term_text(term) if simple else f"({term_text(term)})"


def direction(term: object, parameter: str) -> int | None:
    """How a number changes as a parameter grows, the others being as they are: 1 it never falls, -1 it never grows, 0 it stays.

    None: not known.
    """
    if parameter not in parameters_in(term):
        return 0
    assert isinstance(term, tuple)
    if term[0] == "parameter":
        return 1
    if len(term) != 3:
        return None
    left, right = (direction(part, parameter) for part in term[1:])
    match term[0]:
        case "+" if left is not None and right is not None:
            return _both(left, right)
        case "-" if left is not None and right is not None:
            return _both(left, -right)
        case "*" | "//" if left is not None and isinstance(term[2], int):
            return left if term[2] > 0 else -left
        case "*" if right is not None and isinstance(term[1], int):
            return right if term[1] > 0 else -right
        case "//" if left is not None and _is_length(term[2]) and right == 0:
            return left
    return None


def _both(a: int, b: int) -> int | None:
    return None if a * b < 0 else a or b


def _is_length(term: object) -> bool:
    """Whether a divisor is a parameter as it was given: a length that is divided by is more than 0."""
    return isinstance(term, tuple) and term[0] == "parameter"


def _binary(symbol: str, apply: Callable[[int, int], int], *, turned: bool = False) -> Callable[[Traced, Any], Any]:
    def computed(self: Traced, other: object) -> Any:
        if type(other) is not Traced and (not isinstance(other, int)):
            return NotImplemented
        value = other.value if type(other) is Traced else int(other)
        if symbol in ("//", "%") and (turned or type(other) is Traced):
            self.trace.divided(self if turned or type(other) is not Traced else other)
        term = other.term if type(other) is Traced else value
        if term == _NEUTRAL.get(symbol) and not (turned and symbol in ("-", "//")):
            return self
        first, second = ((value, term), (self.value, self.term)) if turned else ((self.value, self.term), (value, term))
        return self.made(apply(first[0], second[0]), (symbol, first[1], second[1]))

    return computed


_NEUTRAL = {"+": 0, "-": 0, "*": 1, "//": 1}


def _unary(symbol: str, apply: Callable[[int], int]) -> Callable[[Traced], Any]:
    def computed(self: Traced) -> Any:
        return self.made(apply(self.value), (symbol, self.term))

    return computed


def _compared(symbol: str, apply: Callable[[Any, Any], bool]) -> Callable[[Traced, Any], Any]:
    def decided(self: Traced, other: object) -> Any:
        if type(other) is not Traced and not isinstance(other, (int, float, str, type(None))):
            return NotImplemented
        value = other.value if type(other) is Traced else other
        if type(other) is Traced and other.term == self.term:
            return apply(self.value, value)  # the same for every value
        self.trace.note(self, f"compared with {value!r}", symbol)
        return apply(self.value, value)

    return decided


def _converted(how: str, what: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    def decided(self: Traced, *more: Any) -> Any:
        self.trace.note(self, what, how)
        return apply(self.value, *more)

    return decided


class Traced:
    """A number of a `trace`: its `value`, and the `term` by which it was computed. `isinstance` takes it for an int."""

    __slots__ = ("term", "trace", "value")

    def __init__(self, value: int, term: Term, trace: Trace) -> None:
        self.value, self.term, self.trace = value, term, trace

    @property  # type: ignore[misc]  # as in unittest.mock: isinstance asks it
    def __class__(self) -> type[int]:  # type: ignore[override]
        return int

    def made(self, value: int, term: Term) -> Traced:
        """A number that was computed of this one."""
        return Traced(
            value, term if _size(term) <= LONGEST_TERM else self.trace.opaque(parameters_in(term)), self.trace
        )

    __add__ = _binary("+", operator.add)
    __radd__ = _binary("+", operator.add, turned=True)
    __sub__ = _binary("-", operator.sub)
    __rsub__ = _binary("-", operator.sub, turned=True)
    __mul__ = _binary("*", operator.mul)
    __rmul__ = _binary("*", operator.mul, turned=True)
    __floordiv__ = _binary("//", operator.floordiv)
    __rfloordiv__ = _binary("//", operator.floordiv, turned=True)
    __mod__ = _binary("%", operator.mod)
    __rmod__ = _binary("%", operator.mod, turned=True)
    __neg__ = _unary("-", operator.neg)
    __abs__ = _unary("abs ", abs)

    def __pos__(self) -> Traced:
        return self

    __lt__ = _compared("<", operator.lt)
    __le__ = _compared("<=", operator.le)
    __gt__ = _compared(">", operator.gt)
    __ge__ = _compared(">=", operator.ge)
    __eq__ = _compared("==", operator.eq)
    __ne__ = _compared("!=", operator.ne)

    __bool__ = _converted("bool", "used as a condition", bool)
    __hash__ = _converted("hash", "looked up in a set or dictionary", hash)
    __int__ = __index__ = _converted("int", "used as a number by Python", int)
    __float__ = _converted("float", "used as a number by Python", float)
    __str__ = __repr__ = _converted("text", "written as text", str)
    __format__ = _converted("text", "written as text", format)
    __round__ = _converted("int", "used as a number by Python", round)
    __truediv__ = _converted("float", "used as a number by Python", operator.truediv)
    __rtruediv__ = _converted("float", "used as a number by Python", lambda a, b: b / a)
    __pow__ = _converted("int", "used as a number by Python", pow)
    __divmod__ = _converted("int", "used as a number by Python", divmod)

    def __copy__(self) -> Traced:
        return self

    def __deepcopy__(self, _: object) -> Traced:
        return self  # with its trace, which must hear of what is decided by the copy

    __reduce_ex__ = _converted("text", "written as text", lambda value, _: (int, (value,)))

    def __getattr__(self, name: str) -> Any:
        """Whatever else an int has. Private names are asked by Python itself, of every object."""
        if name.startswith("__"):
            raise AttributeError(name)
        self.trace.note(self, "used as a number by Python", "int")
        return getattr(self.value, name)


def traced_in(value: object) -> Traced | None:
    """The traced number that a value is, or that a duration has; None for any other."""
    number = value.in_seconds if isinstance(value, Duration) else value
    return number if type(number) is Traced else None


def plain(value: Any) -> Any:
    """A number or duration without its trace; anything else as it is."""
    number = traced_in(value)
    if number is None:
        return value
    return Duration.of_seconds(number.value, value.place) if isinstance(value, Duration) else number.value


__all__ = [
    "Decision",
    "Term",
    "Trace",
    "Traced",
    "direction",
    "parameters_in",
    "plain",
    "term_text",
    "traced_in",
]
