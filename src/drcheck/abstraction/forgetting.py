"""A system without what it computes from some parameters: what holds in it holds for all their values.

A system that was composed with traced parameters (`language.traced`) tells of each constant from which of them it was computed.
Here every condition and every update that asks for such a constant is *forgotten*: a hidden cell of which nothing is known takes
its place. Together with slices, which hide cells, that is a proof for all values of the parameters:

Let S(v) be the system for a value v. In each of its states s, let u(s, v) be what the conditions and numbers that are forgotten
are worth there. Guards and updates of the system made here, in s with u(s, v) in the hidden cells, are those of S(v) in s; but
for what is written to cells whose domain or start value is forgotten, which are hidden as well and which nothing reads. What a
slice says of a step it says for all values of the hidden cells (`docs/slices.md`), so also for u(s, v). So p(s), without the
hidden cells, is reachable in the slice for each reachable s of each S(v).

What is forgotten is never a number that is compared, but the comparison; of a number that is written, it is the number. What is
known of both is by intervals in which a constant that is forgotten may be any number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation, nodes_in
from drcheck.language.traced import parameters_in, plain, traced_in
from drcheck.system.lowering import Saturated
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Domain, Event, System, capped_cells, cells_of
from drcheck.system.terms import FALSE, TRUE, conjunction, disjunction, negation

_MIRRORED = {">": "<=", ">=": "<"}
"""Comparisons that are the negation of another one, so that both become one unknown."""


class NotForgottenError(Exception):
    """The system for other values may differ in more than constants. `why`, in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, eq=False)
class Forgotten:
    """A system without what it computes from some parameters. `hidden`: the cells that no slice may keep."""

    system: System
    hidden: frozenset[int]


class Forgetting:
    """Makes a system, and conditions on it, without what is computed from some parameters. `system`: one that was traced."""

    def __init__(self, system: System, parameters: Collection[str]) -> None:
        self._system, self._parameters = system, frozenset(parameters)
        self._lost = frozenset(
            cell.index for cell in system.cells if self._tells(cell.domain.low) or self._tells(cell.domain.high)
        ) | {
            cell.index
            for cell, values in zip(system.cells, zip(*system.initial_states, strict=True), strict=True)
            if any(map(self._tells, values))
        }
        self._cells = [Cell(cell.index, cell.name, _plain_domain(cell.domain), cell.owner) for cell in system.cells]
        self._capped = self._above = capped_cells(system)
        self._limits = {cell: variable.at_limit for variable, cell in system.cell_of.items()}
        self._made: dict[int, Expression] = {}
        self._known: dict[int, bool] = {}
        self._ranges: dict[int, tuple[float, float]] = {}
        self._numbers: dict[int, int] = {}
        self._forms: dict[object, int] = {}
        self._unknown: dict[object, Cell] = {}
        self._alive: list[Expression] = []  # known by identity
        self._never_below()

    # -- what is forgotten -------------------------------------------------------------------------------------------
    def _tells(self, value: object) -> bool:
        """Whether a number is computed from the parameters."""
        number = traced_in(value)
        return number is not None and not self._parameters.isdisjoint(parameters_in(number.term))

    def touches(self, node: Expression) -> bool:
        """Whether an expression reads what is forgotten."""
        if isinstance(node, Literal):
            return self._tells(node.value)
        if isinstance(node, Cell):
            return node.index in self._lost
        if id(node) not in self._known:
            self._alive.append(node)
            self._known[id(node)] = any(map(self.touches, node.arguments))
        return self._known[id(node)]

    def _number(self, node: Expression) -> int:
        """Alike for expressions that have one value whatever the parameters are, as they are written alike."""
        if id(node) in self._numbers:
            return self._numbers[id(node)]
        form: object
        if isinstance(node, Operation):
            form = (node.operator, *map(self._number, node.arguments))
        elif isinstance(node, Cell):
            form = ("cell", node.index)
        else:
            assert isinstance(node, Literal)
            number = traced_in(node.value)
            form = (node.kind, plain(node.value)) if number is None else ("term", number.term)
        self._alive.append(node)
        self._numbers[id(node)] = found = self._forms.setdefault(form, len(self._forms))
        return found

    def _cell(self, key: object, domain: Domain) -> Cell:
        """The hidden cell that stands for what is forgotten under a key."""
        if key not in self._unknown:
            index = len(self._system.cells) + len(self._unknown)
            self._unknown[key] = Cell(index, f"unknown {len(self._unknown) + 1}", domain, "")
        return self._unknown[key]

    # -- expressions -------------------------------------------------------------------------------------------------
    def condition(self, node: Expression) -> Expression:
        """A lowered condition without what is forgotten: one of its atoms is a hidden cell where it asks for that."""
        if id(node) not in self._made:
            self._alive.append(node)
            self._made[id(node)] = self._condition(node)
        return self._made[id(node)]

    def number(self, node: Expression) -> Expression | None:
        """A lowered number; None if it reads what is forgotten."""
        return None if self.touches(node) else self._as_it_is(node)

    def _condition(self, node: Expression) -> Expression:
        if not self.touches(node):
            return self._as_it_is(node)
        assert isinstance(node, Operation), node  # no boolean is traced: Python decides those
        parts = node.arguments
        match node.operator:
            case "and":
                return conjunction([self.condition(part) for part in parts])
            case "or":
                return disjunction([self.condition(part) for part in parts])
            case "not":
                return negation(self.condition(parts[0]))
            case "if":
                return Operation("if", [self.condition(part) for part in parts], BOOLEAN)
            case "==" | "!=" if parts[0].kind == BOOLEAN:
                return Operation(node.operator, [self.condition(part) for part in parts], BOOLEAN)
            case "<" | "<=" | ">" | ">=" if (known := self._compared(node)) is not None:
                return TRUE if known else FALSE
            case ">" | ">=":
                return negation(self._atom((_MIRRORED[node.operator], *map(self._number, parts))))
        return self._atom((node.operator, *map(self._number, parts)))

    def _compared(self, node: Operation) -> bool | None:
        """What a comparison is whatever is forgotten; None if that is not known."""
        (low, high), (least, most) = map(self._range, node.arguments)
        strict = node.operator in ("<", ">")
        if node.operator in (">", ">="):
            low, high, least, most = least, most, low, high
        if high < least or (high == least and not strict):
            return True
        return False if low > most or (low == most and strict) else None

    def _range(self, node: Expression) -> tuple[float, float]:
        """Between what a number lies whatever is forgotten, without caps too."""
        if isinstance(node, Cell):
            return self._range_of_cell(node.index)
        if not self.touches(node) and not cells_of(node) & self._capped:
            return bounds(node)
        if id(node) not in self._ranges:
            self._alive.append(node)
            self._ranges[id(node)] = self._of_operation(node)
        return self._ranges[id(node)]

    def _range_of_cell(self, cell: int) -> tuple[float, float]:
        domain, capped = self._system.cells[cell].domain, cell in self._capped
        low = -inf if self._tells(domain.low) or (capped and cell not in self._above) else plain(domain.low)
        return low, inf if capped or self._tells(domain.high) else plain(domain.high)

    def _never_below(self) -> None:
        """Find the capped cells that would not go below their least value without caps either: no update of any leads there."""
        self._above = self._capped
        while True:
            self._ranges.clear()
            below = {
                cell
                for event in self._system.events
                for way in event.alternatives
                for cell, right in way.updates
                if cell in self._above and self._lowest(right, cell) < self._system.cells[cell].domain.low
            }
            if not below:
                return
            self._above -= below

    def _lowest(self, right: Expression, cell: int) -> float:
        """The least that an update writes to a cell without its limits."""
        if isinstance(right, Operation) and right.operator == "if":
            return min(self._lowest(part, cell) for part in right.arguments[1:])
        if isinstance(right, Cell) and right.index == cell:
            return self._range_of_cell(cell)[0]
        return self._range(right.raw if isinstance(right, Saturated) else right)[0]

    def _of_operation(self, node: Expression) -> tuple[float, float]:
        if node.kind != INTEGER or node.operator not in ("+", "-", "min", "max", "if", "select", "*", "//"):
            return -inf, inf
        parts = node.arguments[1:] if node.operator in ("if", "select") else node.arguments
        ranges = [self._range(part) for part in parts]
        lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
        match node.operator:
            case "+":
                return sum(lows), sum(highs)
            case "-":
                return lows[0] - highs[1], highs[0] - lows[1]
            case "min":
                return min(lows), min(highs)
            case "max":
                return max(lows), max(highs)
            case "if" | "select":
                return min(lows), max(highs)
        # A factor that is not negative, or a divisor of one or more, keeps the sign.
        keeps = lows[1] >= (1 if node.operator == "//" else 0)
        return 0 if keeps and lows[0] >= 0 else -inf, 0 if keeps and highs[0] <= 0 else inf

    def _atom(self, key: object) -> Cell:
        return self._cell(key, Domain(BOOLEAN, 0, 1))

    def written(self, node: Expression, cell: int) -> Expression:
        """What an update writes to a cell without what is forgotten: an unknown number may lie next to the cell's domain."""
        if node.kind == BOOLEAN:
            return self.condition(node)
        if isinstance(node, Cell) and node.index == cell:
            return self._cells[cell]  # it stays what it is, whatever that is
        if not self.touches(node):
            return self._as_it_is(node)
        if isinstance(node, Operation) and node.operator == "if":
            test, then, otherwise = node.arguments
            parts = [self.condition(test), self.written(then, cell), self.written(otherwise, cell)]
            return Operation("if", parts, INTEGER)
        domain = self._cells[cell].domain
        raw = node.raw if isinstance(node, Saturated) else node
        number = self._unknown_number(raw, cell)
        # With other values a number that is kept in its domain now may not be, or the other way round.
        return Saturated(number, domain) if self._limits.get(cell) == "saturate" else number

    def _unknown_number(self, node: Expression, cell: int) -> Cell:
        """A number of which nothing is known but where it can lie: in the domain of a cell, or next to it."""
        domain = self._cells[cell].domain
        low, high = (int(min(max(end, domain.low - 1), domain.high + 1)) for end in self._range(node))
        return self._cell((cell, self._number(node)), Domain(INTEGER, low, high))

    def _as_it_is(self, node: Expression) -> Expression:
        """The same expression of numbers that are not traced."""
        if isinstance(node, Cell):
            return self._cells[node.index]
        if isinstance(node, Literal):
            return node if traced_in(node.value) is None else Literal(plain(node.value))
        if id(node) not in self._made:
            self._alive.append(node)
            assert isinstance(node, Operation), node
            if isinstance(node, Saturated):
                raw = self._as_it_is(node.raw)
                low, high = (plain(end.value) for end in _ends(node))
                self._made[id(node)] = Saturated(raw, Domain(INTEGER, low, high))
            else:
                self._made[id(node)] = node.rebuilt([self._as_it_is(part) for part in node.arguments])
        return self._made[id(node)]

    # -- the system --------------------------------------------------------------------------------------------------
    def forgotten(self) -> Forgotten:
        """The system; conditions on it must have been made before. Raises NotForgottenError."""
        events = tuple(map(self._event, self._system.events))
        cells = (*self._cells, *self._unknown.values())
        states = [self._state(state) for state in self._system.initial_states]
        first, *further = dict.fromkeys(states)
        made = replace(
            self._system,
            cells=cells,
            initial=first,
            further_initial=tuple(further),
            events=events,
            without_observers=None,
            variants=None,
        )
        return Forgotten(made, self._lost | {cell.index for cell in self._unknown.values()})

    def _state(self, state: Sequence[int]) -> tuple[int, ...]:
        """An initial state: what is forgotten has any value there."""
        known = [
            cell.domain.low if cell.index in self._lost else plain(v)
            for cell, v in zip(self._cells, state, strict=True)
        ]
        return (*known, *(cell.domain.low for cell in self._unknown.values()))

    def _event(self, event: Event) -> Event:
        ways = tuple(self._alternative(event, way) for way in event.alternatives)
        return replace(event, guard=self.condition(event.guard), alternatives=ways, rate=None)

    def _alternative(self, event: Event, way: Alternative) -> Alternative:
        asked = [event.guard, *([] if way.guard is None else [way.guard]), *(right for _, right in way.updates)]
        if way.chosen and any(map(self.touches, asked)):
            raise NotForgottenError(f"{event.name} has a free choice: its alternatives are told apart by their numbers")
        updates = []
        for cell, right in way.updates:
            lost = cell in self._lost
            if self._limits.get(cell) == "refuse" and (lost or self.touches(right)):
                name = self._system.cells[cell].name
                raise NotForgottenError(
                    f"{event.name} is not possible where {name} would exceed what is computed from it"
                )
            if not (
                lost and self._limits.get(cell) == "saturate"
            ):  # of those nothing reads what is written, nor can it leave
                updates.append((cell, self.written(right, cell) if not lost else self._leaving(right, cell)))
        guard = None if way.guard is None else self.condition(way.guard)
        return Alternative(tuple(updates), guard)

    def _leaving(self, right: Expression, cell: int) -> Expression:
        """What is written to a cell of forgotten domain: it may leave it wherever something else than the cell is written."""
        if isinstance(right, Cell) and right.index == cell:
            return self._cells[cell]
        if isinstance(right, Operation) and right.operator == "if":
            test, then, otherwise = right.arguments
            return Operation(
                "if", [self.condition(test), self._leaving(then, cell), self._leaving(otherwise, cell)], INTEGER
            )
        return self._unknown_number(right, cell)


def parameters_of(system: System) -> frozenset[str]:
    """The parameters from which constants of a traced system derive."""
    return parameters_among(_constants(system))


def parameters_among(constants: Iterable[object]) -> frozenset[str]:
    """The parameters from which some constants derive."""
    numbers = (number for value in constants if (number := traced_in(value)) is not None)
    return frozenset().union(*(parameters_in(number.term) for number in numbers))


def _constants(system: System) -> Iterator[object]:
    for cell in system.cells:
        yield from (cell.domain.low, cell.domain.high)
    for state in system.initial_states:
        yield from state
    for event in system.events:
        parts = [event.guard]
        for way in event.alternatives:
            parts += [right for _, right in way.updates] + ([] if way.guard is None else [way.guard])
        yield from constants_in(parts)


def constants_in(nodes: Iterable[Expression]) -> Iterator[object]:
    """The constants in some lowered expressions."""
    return (node.value for node in nodes_in(nodes) if isinstance(node, Literal))


def _ends(node: Saturated) -> tuple[Literal, Literal]:
    """The limits of what saturates: max(min(raw, high), low)."""
    below, low = node.arguments
    high = below.arguments[1]
    assert isinstance(low, Literal)
    assert isinstance(high, Literal)
    return low, high


def _plain_domain(domain: Domain) -> Domain:
    return Domain(domain.kind, plain(domain.low), plain(domain.high), domain.labels)


__all__ = ["Forgetting", "Forgotten", "NotForgottenError", "constants_in", "parameters_among", "parameters_of"]
