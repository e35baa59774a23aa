"""Lowered expressions evaluated on many states at once, with NumPy.

A `Plan` is a list of array operations for some expressions. Equal subexpressions are computed once, and every array has
the smallest type of signed integers that holds what its expression can be (`ranges` proves the bounds): eight times as
many numbers of 8 bits as of 64 bits go through a processor in the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.protocol import Exploration
from drcheck.kernels.budget import room
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell

Source = Callable[[int], NDArray[Any]]
"""Gives the values of a cell in the states in question, as any type of integers that holds them."""

COLUMN, VALUES = 17, 16
"""Bytes for each state: of a column while it is unpacked, and of values that are computed from columns, about."""
_ARITHMETIC = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "//": np.floor_divide,
    "%": np.mod,
    "min": np.minimum,
    "max": np.maximum,
}
_COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_TYPES: tuple[np.dtype[Any], ...] = tuple(np.dtype(t) for t in (np.int8, np.int16, np.int32, np.int64))
_TRUTH = np.dtype(np.bool_)


def type_for(low: int, high: int) -> np.dtype[Any]:
    """The smallest type of signed integers that holds low..high."""
    return next(t for t in _TYPES if -(1 << 8 * t.itemsize - 1) <= low and high < 1 << 8 * t.itemsize - 1)


class Plan:
    """Array operations that compute expressions; a *register* is the position of one result.

    `add` and the other methods that return a register put operations into the plan; `run` carries them out. The values
    of constants are NumPy scalars, all others arrays.
    """

    def __init__(self) -> None:
        self._code: list[tuple[Callable[..., Any] | None, tuple[int, ...]]] = []
        self._types: list[np.dtype[Any]] = []
        self._constants: dict[int, Any] = {}
        self._numbered: dict[Hashable, int] = {}
        self._added: dict[int, tuple[Expression, int]] = {}  # by identity, so the expressions are kept

    # -- making --------------------------------------------------------------------------------------------------------
    def add(self, node: Expression) -> int:
        """The register of a lowered expression."""
        added = self._added.get(id(node))
        if added is None:
            added = self._added[id(node)] = node, self._make(node)
        return added[1]

    def both(self, *registers: int) -> int:
        """The register of a conjunction."""
        return self._junction(np.logical_and, registers, True)

    def either(self, *registers: int) -> int:
        """The register of a disjunction."""
        return self._junction(np.logical_or, registers, False)

    def negated(self, register: int) -> int:
        """The register of a negation."""
        if register in self._constants:
            return self.constant(not self._constants[register])
        return self._operation(np.logical_not, (register,), _TRUTH)

    def within(self, node: Expression, low: int, high: int) -> int:
        """The register of low <= node <= high, which compares only where the bounds of `node` leave it open."""
        least, greatest = bounds(node)
        value, tests = self.add(node), []
        for function, limit, open_ in ((np.greater_equal, low, least < low), (np.less_equal, high, greatest > high)):
            if open_:
                type_ = type_for(min(least, limit), max(greatest, limit))
                right = self.constant(limit, type_)
                tests.append(self._operation(function, (self._cast(value, type_), right), _TRUTH))
        return self.both(*tests)

    def constant(self, value: bool | int, type_: np.dtype[Any] = _TRUTH) -> int:
        """The register of a constant."""
        key = ("constant", int(value), type_)
        if key not in self._numbered:
            register = self._numbered[key] = self._new(None, (), type_)
            self._constants[register] = type_.type(value)
        return self._numbered[key]

    def known(self, register: int) -> int | None:
        """The value of a constant (booleans as 0 and 1); None if the plan computes an array."""
        return int(self._constants[register]) if register in self._constants else None

    def _make(self, node: Expression) -> int:
        low, high = bounds(node)
        type_ = _TRUTH if node.kind == BOOLEAN else type_for(low, high)
        if isinstance(node, Literal):
            return self.constant(int(node.value), type_)  # type: ignore[arg-type]  # lowered: bool or int
        if isinstance(node, Cell):
            return self._cell(node.index, type_)
        assert isinstance(node, Operation), node
        name, parts = node.operator, node.arguments
        if name == "if":
            condition, (least, most) = self.add(parts[0]), bounds(parts[0])
            known = least if least == most else self.known(condition)
            if known is not None:  # the other part may not even fit the type
                return self._cast(self.add(parts[1 if known else 2]), type_)
            return self._operation(np.where, (condition, *(self._cast(self.add(p), type_) for p in parts[1:])), type_)
        if name == "select":
            return self._operation(
                _select, (self.add(parts[0]), *(self._cast(self.add(p), type_) for p in parts[1:])), type_
            )
        registers = [self.add(p) for p in parts]
        match name:
            case "and":
                return self.both(*registers)
            case "or":
                return self.either(*registers)
            case "not":
                return self.negated(registers[0])
        # Operands and result in one type: wide enough for all of them, so nothing wraps.
        ranges = [bounds(p) for p in parts]
        wide = _TRUTH
        if any(self._types[r] != _TRUTH for r in registers):
            wide = type_for(min(low, *(r[0] for r in ranges)), max(high, *(r[1] for r in ranges)))
        registers = [self._cast(r, wide) for r in registers]
        if name in _COMPARISONS:
            return self._operation(_COMPARISONS[name], tuple(registers), _TRUTH)
        result = registers[0]
        for register in registers[1:]:
            result = self._operation(_ARITHMETIC[name], (result, register), wide)
        return self._cast(result, type_)

    def _cell(self, index: int, type_: np.dtype[Any]) -> int:
        key = ("cell", index)
        if key not in self._numbered:
            self._numbered[key] = self._new(None, (index,), type_)
        return self._numbered[key]

    def _junction(self, function: np.ufunc, registers: Sequence[int], neutral: bool) -> int:
        if any(self.known(r) == (not neutral) for r in registers):
            return self.constant(not neutral)
        parts = [r for r in dict.fromkeys(registers) if r not in self._constants]
        if not parts:
            return self.constant(neutral)
        result = parts[0]
        for part in parts[1:]:
            result = self._operation(function, (result, part), _TRUTH)
        return result

    def _cast(self, register: int, type_: np.dtype[Any]) -> int:
        if self._types[register] == type_:
            return register
        if register in self._constants:
            return self.constant(int(self._constants[register]), type_)
        key = ("cast", register, type_)
        if key not in self._numbered:
            self._numbered[key] = self._new(lambda value: value.astype(type_), (register,), type_)
        return self._numbered[key]

    def _operation(self, function: Callable[..., Any], registers: tuple[int, ...], type_: np.dtype[Any]) -> int:
        key = (function, registers)
        if all(register in self._constants for register in registers):
            return self.constant(int(function(*(self._constants[register] for register in registers))), type_)
        if key not in self._numbered:
            self._numbered[key] = self._new(function, registers, type_)
        return self._numbered[key]

    def _new(self, function: Callable[..., Any] | None, registers: tuple[int, ...], type_: np.dtype[Any]) -> int:
        self._code.append((function, registers))
        self._types.append(type_)
        return len(self._code) - 1

    # -- running -------------------------------------------------------------------------------------------------------
    def releases(self, wanted: Sequence[int]) -> list[tuple[int, ...]]:
        """For each operation the registers that nothing reads after it, but for `wanted`: what `run` may forget."""
        last = {r: n for n, (function, parts) in enumerate(self._code) if function is not None for r in parts}
        free: list[list[int]] = [[] for _ in self._code]
        kept = {*wanted, *self._constants}
        for register, n in last.items():
            if register not in kept:
                free[n].append(register)
        return [tuple(part) for part in free]

    def run(self, source: Source, releases: Sequence[tuple[int, ...]] | None = None) -> list[Any]:
        """The values of all registers; of those that are not released, if `releases` are given."""
        values: list[Any] = [None] * len(self._code)
        for register, value in self._constants.items():
            values[register] = value
        for n, (function, parts) in enumerate(self._code):
            if function is not None:
                values[n] = function(*[values[p] for p in parts])
            elif parts:
                values[n] = source(parts[0]).astype(self._types[n], copy=False)
            if releases is not None:
                for register in releases[n]:
                    values[register] = None
        return values


def _select(index: Any, *elements: Any) -> Any:
    shape = np.broadcast_shapes(np.shape(index), *(np.shape(e) for e in elements))
    if not shape:
        return elements[int(index)]
    table = np.stack([np.broadcast_to(e, shape) for e in elements])
    return table[np.broadcast_to(index, shape), np.arange(shape[0])]


class Columns:
    """Evaluates lowered expressions over all states of an exploration; the columns of cells are unpacked once."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self._columns: dict[int, NDArray[Any]] = {}
        self.system = exploration.system

    def mask(self, node: Expression) -> NDArray[np.bool_]:
        """A boolean expression in every state: bool, length states. Raises MemoryError."""
        return np.broadcast_to(np.asarray(self._value(node), dtype=bool), (self._exploration.states,))

    def values(self, node: Expression) -> NDArray[np.int64]:
        """An integer expression in every state: int64, length states."""
        return np.broadcast_to(np.asarray(self._value(node), dtype=np.int64), (self._exploration.states,))

    def _value(self, node: Expression) -> Any:
        plan = Plan()
        wanted = plan.add(node)
        room(VALUES * self._exploration.states)
        return plan.run(self._column, plan.releases([wanted]))[wanted]

    def _column(self, cell: int) -> NDArray[Any]:
        column = self._columns.get(cell)
        if column is None:
            room(COLUMN * self._exploration.states)
            domain = self._exploration.system.cells[cell].domain
            column = self._exploration.column(cell).astype(type_for(domain.low, domain.high))
            self._columns[cell] = column
        return column
