"""Expressions as text in the infix notation of the peers' languages: C's, with small differences.

Everything stands in parentheses, so nothing depends on precedence. What those languages lack is written with what they
have: minimum and maximum, `select`, and Python's floor division and modulo (theirs cut off towards zero, so operands
are shifted to where both mean the same).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from drcheck.errors import OutputError
from drcheck.language.expressions import INTEGER, Expression, Literal, Operation
from drcheck.system.commands import Condition, Definition
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, System

LONGEST = 100_000
"""No expression is written with more characters; nested minimums can become exponentially long without a function."""


@dataclass(frozen=True)
class Dialect:
    """How one language writes what differs between them.

    `infix`: the language's name of an operator where it is not Python's; `conditional` and `named` are formats;
    `cell` reads a cell; every number that an expression can take must lie between `low` and `high`.
    """

    language: str
    infix: Mapping[str, str]
    conditional: str
    named: str
    cell: Callable[[Cell], str]
    low: int
    high: int

    def operator(self, python: str) -> str:
        """An operator of `drcheck.language.expressions` in this language."""
        return self.infix.get(python, python)


class Writer:
    """Writes the expressions of one system; remembers what it wrote, and the range of all numbers that can occur."""

    def __init__(self, system: System, dialect: Dialect) -> None:
        self._system, self._dialect = system, dialect
        self._written: dict[int, tuple[Expression, str]] = {}  # the expression is kept, so that its id stays its own
        self.low, self.high = 0, 1

    # -- conditions -------------------------------------------------------------------------------------------------
    def condition(self, condition: Condition) -> str:
        """A conjunction as text; `true` for an empty one."""
        parts = [self.text(part) for part in condition.parts if not _is_true(part)]
        parts += [f"!{self._dialect.named.format(name)}" for name in condition.unless]
        return self._joined("and", parts) if parts else "true"

    def definition(self, definition: Definition) -> str:
        """What a definition stands for."""
        if definition.condition is not None:
            return self.condition(definition.condition)
        return self._joined("or", [self._dialect.named.format(name) for name in definition.any_of])

    # -- expressions ------------------------------------------------------------------------------------------------
    def text(self, node: Expression) -> str:
        """A lowered expression as text. Raises OutputError DR604 if its numbers or its length go too far."""
        known = self._written.get(id(node))
        if known is not None:
            return known[1]
        self.note(*self._range(node))
        written = self._text(node)
        if len(written) > LONGEST:
            raise OutputError(
                "DR604",
                f"an expression of system {self._system.name} would take more than {LONGEST:,} characters "
                f"in {self._dialect.language}",
                remedy="keep intermediate results in variables",
            )
        self._written[id(node)] = (node, written)
        return written

    def note(self, low: int, high: int) -> None:
        """Take note of the range of a number that occurs. Raises OutputError DR604 if the language has none such."""
        dialect = self._dialect
        if low < dialect.low or high > dialect.high:
            raise OutputError(
                "DR604",
                f"system {self._system.name} computes with numbers in {low}..{high}, {dialect.language} with "
                f"{dialect.low}..{dialect.high}",
                remedy="narrow the domains of its variables",
            )
        self.low, self.high = min(self.low, low), max(self.high, high)

    def number(self, value: int) -> str:
        """A number as text."""
        return str(value) if value >= 0 else f"({value})"

    def _range(self, node: Expression) -> tuple[int, int]:
        return bounds(node)

    def _joined(self, operator: str, parts: list[str]) -> str:
        if len(parts) == 1:
            return parts[0]
        return "(" + f" {self._dialect.operator(operator)} ".join(parts) + ")"

    def _if(self, test: str, then: str, otherwise: str) -> str:
        return self._dialect.conditional.format(test, then, otherwise)

    def _text(self, node: Expression) -> str:
        if isinstance(node, Literal):
            assert isinstance(node.value, int), node  # lowered: a boolean or a number
            if isinstance(node.value, bool):
                return "true" if node.value else "false"
            return self.number(node.value)
        if isinstance(node, Cell):
            if node.domain.size > 1:
                return self._dialect.cell(node)
            return self.number(node.domain.low) if node.kind == INTEGER else str(bool(node.domain.low)).lower()
        assert isinstance(node, Operation), node
        match node.operator:
            case "min" | "max":
                return self._extreme(node)
            case "//" | "%":
                return self._division(node)
            case "select":
                return self._select(node)
        parts = [self.text(a) for a in node.arguments]
        if node.operator == "not":
            return f"(!{parts[0]})"  # never `!!`, which is another word in Promela
        if node.operator == "if":
            return self._if(*parts)
        return self._joined(node.operator, parts)

    def _extreme(self, node: Operation) -> str:
        """The least or greatest operand: the first that is as small (as great) as all that follow it."""
        small = node.operator == "min"
        kept = list(node.arguments)
        for one in node.arguments:  # one that another can never exceed decides nothing
            low, high = self._range(one)
            others = [self._range(other) for other in kept if other is not one]
            if any((most <= low) if small else (least >= high) for least, most in others):
                kept = [other for other in kept if other is not one]
        texts = [self.text(one) for one in kept]
        result = texts[-1]
        for i in reversed(range(len(texts) - 1)):
            better = [f"({texts[i]} {'<=' if small else '>='} {other})" for other in texts[i + 1 :]]
            result = self._if(self._joined("and", better), texts[i], result)
            if len(result) > LONGEST:
                break  # `text` refuses it
        return result

    def _select(self, node: Operation) -> str:
        index, *elements = node.arguments
        low, high = self._range(index)
        at, result = self.text(index), self.text(elements[high])
        for i in reversed(range(low, high)):
            result = self._if(f"({at} {self._dialect.operator('==')} {self.number(i)})", self.text(elements[i]), result)
        return result

    def _division(self, node: Operation) -> str:
        """`a // b` and `a % b`, rounded down as in Python.

        A negative divisor: `a // b` is `-a // -b`, and `a % b` is `-(-a % -b)`. A negative dividend: with k so large
        that `a + k * b` is none, `a // b` is `(a + k * b) // b - k`, and `a % b` is `(a + k * b) % b`.
        """
        a, b = (self.text(x) for x in node.arguments)
        (low, high), (least, most) = (self._range(x) for x in node.arguments)
        negative = most < 0
        if negative:
            a, b, low, high, least, most = f"(0 - {a})", f"(0 - {b})", -high, -low, -most, -least
            self.note(low, high)
            self.note(least, most)
        k = max(0, -(low // least))
        if k:
            self.note(low, high + k * most)
            a = f"({a} + ({k} * {b}))"
        divide = self._dialect.operator(node.operator)
        quotient = f"({a} {divide} {b})"
        if node.operator == "//":
            return f"({quotient} - {k})" if k else quotient
        return f"(0 - {quotient})" if negative else quotient


def _is_true(node: Expression) -> bool:
    return isinstance(node, Literal) and node.value is True


def identifier(cell: Cell) -> str:
    """A name for a cell that is one in every language: its position makes it unique, and no keyword begins so."""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in cell.name)
    return f"c{cell.index}_{plain[:60]}"


def remark(text: str) -> str:
    """A text that can stand in any comment or string: letters, digits and a few signs."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " _.,:()[]-") else "_" for c in text)


def named(watches: Sequence[Expression], names: Sequence[str]) -> list[tuple[str, Expression]]:
    """The watches, each with its name, or its number where it has none."""
    said = [remark(name) for name in names] or [f"watch {number}" for number in range(len(watches))]
    return list(zip(said, watches, strict=True))
