"""Expressions as LLVM IR on vectors of eight lanes, one for each of eight states.

Every value is such a vector, and every condition a mask of eight bits; so one instruction does the work of eight. All
arithmetic is in signed 64-bit integers and every operation is defined for every state: the ranges of all expressions were
proved to fit, and divisors not to be zero, when the system was composed (`ranges`), so what is evaluated may be evaluated
eagerly, once, and shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drcheck.engines.layout import WORD, Field, Layout
from drcheck.engines.protocol import Query
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell

LANES = 8
"""How many states are handled together."""

DECLARATIONS = """\
declare <8 x i64> @llvm.smin.v8i64(<8 x i64>, <8 x i64>)
declare <8 x i64> @llvm.smax.v8i64(<8 x i64>, <8 x i64>)
declare i64 @llvm.cttz.i64(i64, i1)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
"""
_COMPARE = {"<": "slt", "<=": "sle", ">": "sgt", ">=": "sge", "==": "eq", "!=": "ne"}
_ARITHMETIC = {"+": "add nsw", "-": "sub nsw", "*": "mul nsw"}
WORDS, MASK = "<8 x i64>", "<8 x i1>"
NO, YES = "zeroinitializer", "splat (i1 true)"


def everywhere(number: int) -> str:
    """A number in every lane."""
    number %= 1 << 64
    return f"splat (i64 {number - (1 << 64) if number >> 63 else number})"


class VectorCode:
    """IR text under construction, with each pure operation emitted once where a former result is still valid."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.block = "entry"
        self._count = 0
        self._known: list[dict[str, str]] = [{}]
        self._nodes: list[dict[int, str]] = [{}]

    # -- text ------------------------------------------------------------------------------------------------------
    def emit(self, line: str) -> None:
        """A line of the text."""
        self.lines.append("  " + line)

    def fresh(self, line: str) -> str:
        """The result of an instruction that may not be shared (a load, a phi)."""
        self._count += 1
        self.emit(f"%t{self._count} = {line}")
        return f"%t{self._count}"

    def pure(self, line: str) -> str:
        """The result of an operation that depends on its operands only."""
        for scope in self._known:
            if line in scope:
                return scope[line]
        result = self._known[-1][line] = self.fresh(line)
        return result

    def label(self, stem: str) -> str:
        """A name for a block that no other has."""
        self._count += 1
        return f"{stem}{self._count}"

    def start(self, label: str) -> None:
        """What comes now is in this block."""
        self.lines.append(f"{label}:")
        self.block = label

    def branch(self, mask: str, yes: str, no: str) -> None:
        """Go to `yes` where the mask is set in some lane."""
        lanes = self.pure(f"bitcast {MASK} {mask} to i8")
        self.emit(f"br i1 {self.pure(f'icmp ne i8 {lanes}, 0')}, label %{yes}, label %{no}")

    @contextmanager
    def where(self, mask: str) -> Iterator[None]:
        """What is emitted within happens where the mask is set in some lane."""
        some, done = self.label("some"), self.label("done")
        self.branch(mask, some, done)
        self.start(some)
        with self.scope():
            yield
        self.jump(done)
        self.start(done)

    def both(self, a: str, b: str) -> str:
        """A mask that is set where both are."""
        if a == b or b == YES:
            return a
        return b if a == YES else self.pure(f"and {MASK} {a}, {b}")

    def negated(self, mask: str) -> str:
        """The mask that is set where this one is not."""
        return self.pure(f"xor {MASK} {mask}, {YES}")

    def lanes(self, mask: str) -> str:
        """A mask as a word: bit l for lane l."""
        return self.pure(f"zext i8 {self.pure(f'bitcast {MASK} {mask} to i8')} to i64")

    def jump(self, label: str) -> None:
        """Go to a block, whatever holds."""
        self.emit(f"br label %{label}")

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Results from within are not valid after it: it is left by a block that not every path comes through."""
        self._known.append({})
        self._nodes.append({})
        yield
        self._known.pop()
        self._nodes.pop()

    # -- expressions -----------------------------------------------------------------------------------------------
    def value(self, node: Expression) -> str:
        """An operand: a mask for a boolean, words for an integer."""
        if isinstance(node, Literal):
            if node.kind == BOOLEAN:
                return YES if node.value else NO
            return everywhere(int(node.value))  # type: ignore[arg-type]  # lowered literals are bool or int
        for scope in self._nodes:
            if id(node) in scope:
                return scope[id(node)]
        result = self._nodes[-1][id(node)] = self._value(node)
        return result

    def integer(self, node: Expression) -> str:
        """Words for any expression; booleans as 0 and 1."""
        if isinstance(node, Literal):
            return everywhere(int(node.value))  # type: ignore[arg-type]
        if node.kind != BOOLEAN:
            return self.value(node)
        return self.pure(f"zext {MASK} {self.value(node)} to {WORDS}")

    def _value(self, node: Expression) -> str:
        if isinstance(node, Cell):
            return self._cell(node)
        assert isinstance(node, Operation), node
        operator, arguments = node.operator, node.arguments
        if operator in _COMPARE:
            return self._comparison(operator, *arguments)
        if operator in ("and", "or"):
            return self._chain(f"{operator} {MASK} {{}}, {{}}", [self.value(a) for a in arguments])
        if operator == "not":
            return self.negated(self.value(arguments[0]))
        if operator in ("min", "max"):
            call = f"call {WORDS} @llvm.s{operator}.v8i64({WORDS} {{}}, {WORDS} {{}})"
            return self._chain(call, [self.integer(a) for a in self._contenders(operator, arguments)])
        if operator in _ARITHMETIC:
            a, b = (self.integer(x) for x in arguments)
            return self.pure(f"{_ARITHMETIC[operator]} {WORDS} {a}, {b}")
        if operator in ("//", "%"):
            return self._division(operator, *arguments)
        of = MASK if node.kind == BOOLEAN else WORDS
        if operator == "if":
            test = self.value(arguments[0])
            a, b = (self._typed(x, of) for x in arguments[1:])
            return a if a == b else self._select(test, of, a, b)
        assert operator == "select", operator
        index = self.integer(arguments[0])
        result = self._typed(arguments[-1], of)
        for position in range(len(arguments) - 3, -1, -1):
            here = self.pure(f"icmp eq {WORDS} {index}, {everywhere(position)}")
            result = self._select(here, of, self._typed(arguments[position + 1], of), result)
        return result

    def _contenders(self, operator: str, arguments: Sequence[Expression]) -> Sequence[Expression]:
        """Those of which one can be the minimum or maximum alone: saturation at a bound that is never met costs nothing."""
        ranges = [
            self.range(a) if operator == "min" else tuple(-end for end in reversed(self.range(a))) for a in arguments
        ]
        decisive = min(range(len(ranges)), key=lambda i: ranges[i][1])
        return [a for i, a in enumerate(arguments) if i == decisive or ranges[i][0] < ranges[decisive][1]]

    def _select(self, test: str, of: str, a: str, b: str) -> str:
        return self.pure(f"select {MASK} {test}, {of} {a}, {of} {b}")

    def _typed(self, node: Expression, of: str) -> str:
        return self.value(node) if of == MASK else self.integer(node)

    def _chain(self, form: str, operands: Sequence[str]) -> str:
        result = operands[0]
        for operand in operands[1:]:
            result = self.pure(form.format(result, operand))
        return result

    def _comparison(self, operator: str, left: Expression, right: Expression) -> str:
        if isinstance(left, Cell) and isinstance(right, Literal) and left.kind != BOOLEAN:
            # The field is compared where it lies, without being shifted down.
            field = self.layout.fields[left.index]
            number = int(right.value) - field.low  # type: ignore[arg-type]
            if field.bits and 0 <= number <= field.mask:
                there = self._masked(field)
                unsigned = _COMPARE[operator].replace("s", "u", 1)
                return self.pure(f"icmp {unsigned} {WORDS} {there}, {everywhere(number << field.shift)}")
        of = MASK if left.kind == right.kind == BOOLEAN else WORDS
        a, b = (self._typed(x, of) for x in (left, right))
        return self.pure(f"icmp {_COMPARE[operator]} {of} {a}, {b}")

    def _masked(self, field: Field) -> str:
        """A field where it lies in its word, with all other bits cleared."""
        if field.bits == WORD:
            return f"%w{field.word}"
        return self.pure(f"and {WORDS} %w{field.word}, {everywhere(field.mask << field.shift)}")

    def _cell(self, cell: Cell) -> str:
        field = self.layout.fields[cell.index]
        if cell.kind == BOOLEAN:
            if field.bits == 0:
                return YES if field.low else NO
            return self.pure(f"icmp ne {WORDS} {self._masked(field)}, {NO}")
        if field.bits == 0:
            return everywhere(field.low)
        word = f"%w{field.word}"
        if field.shift:
            word = self.pure(f"lshr {WORDS} {word}, {everywhere(field.shift)}")
        if field.shift + field.bits < WORD:
            word = self.pure(f"and {WORDS} {word}, {everywhere(field.mask)}")
        return self.pure(f"add nsw {WORDS} {word}, {everywhere(field.low)}") if field.low else word

    def _division(self, operator: str, dividend: Expression, divisor: Expression) -> str:
        """Floor division and its remainder, as in Python; the divisor's range does not hold 0."""
        a, b = self.integer(dividend), self.integer(divisor)
        least, positive = self.range(dividend)[0], self.range(divisor)[0] > 0
        if least >= 0 and positive:
            return self.pure(f"{'udiv' if operator == '//' else 'urem'} {WORDS} {a}, {b}")
        # LLVM rounds towards zero: correct where there is a remainder of the other sign than the divisor's.
        remainder = self.pure(f"srem {WORDS} {a}, {b}")
        wrong = self.pure(f"icmp {'slt' if positive else 'sgt'} {WORDS} {remainder}, {NO}")
        if operator == "%":
            return self._select(wrong, WORDS, self.pure(f"add {WORDS} {remainder}, {b}"), remainder)
        quotient = self.pure(f"sdiv {WORDS} {a}, {b}")
        return self._select(wrong, WORDS, self.pure(f"sub {WORDS} {quotient}, {everywhere(1)}"), quotient)

    def range(self, node: Expression) -> tuple[int, int]:
        """The least and the greatest value that an expression can have."""
        return bounds(node)

    # -- the states ------------------------------------------------------------------------------------------------
    def vector_at(self, array: str, position: int, base: str = "") -> str:
        """The address of LANES words of an array, from element `position` (after `base`) on."""
        offset = self.pure(f"add i64 {base}, {position}") if base else str(position)
        return self.pure(f"getelementptr i64, ptr {array}, i64 {offset}")

    def load_states(self) -> None:
        """The words of the states as %w0, %w1, ..., and %valid, the mask of the lanes that are in use."""
        for word in range(self.layout.words):
            self.emit(f"%w{word} = load {WORDS}, ptr {self.vector_at('%rows', LANES * word, '%at')}, align 8")
        numbers = ", ".join(f"i64 {lane}" for lane in range(LANES))
        size = self.fresh(f"insertelement {WORDS} poison, i64 %size, i64 0")
        sizes = self.fresh(f"shufflevector {WORDS} {size}, {WORDS} poison, <8 x i32> zeroinitializer")
        self.emit(f"%valid = icmp ugt {WORDS} {sizes}, <{numbers}>")
        self.emit(f"%lanes.slot = alloca {WORDS}, align 64")

    # -- what is examined in each state ------------------------------------------------------------------------------
    def look(self, query: Query) -> None:
        """Evaluate the watches and the maxima in the states: one branch decides that nothing is new."""
        for low in range(0, len(query.watches), 64):
            self._watches(query, low, min(low + 64, len(query.watches)))
        for i, node in enumerate(query.maxima):
            values = self.integer(node)
            best = self.fresh(f"getelementptr i64, ptr %bests, i64 {i}")
            better = self.fresh(f"icmp sgt {WORDS} {values}, {self._everywhere(best)}")
            with self.where(self.both(better, "%valid")):
                self.emit(f"store {WORDS} {values}, ptr %lanes.slot")
                self.emit(
                    f"call i64 @note_best(ptr %bests, ptr %attained, i64 {i}, ptr %lanes.slot, i64 %first, i64 %size)"
                )

    def _everywhere(self, pointer: str) -> str:
        """The word at an address, in every lane."""
        word = self.fresh(f"insertelement {WORDS} poison, i64 {self.fresh(f'load i64, ptr {pointer}')}, i64 0")
        return self.fresh(f"shufflevector {WORDS} {word}, {WORDS} poison, <8 x i32> zeroinitializer")

    def _watches(self, query: Query, low: int, high: int) -> None:
        """Up to 64 watches. Which were satisfied before is kept in one word behind the words of `hits`."""
        now = NO
        for i, node in enumerate(query.watches[low:high]):
            bit = self._select(self.value(node), WORDS, everywhere(1 << i), NO)
            now = bit if now == NO else self.pure(f"or {WORDS} {now}, {bit}")
        flags = len(query.watches) + low // 64
        seen = self._everywhere(self.fresh(f"getelementptr i64, ptr %hits, i64 {flags}"))
        unseen = self.fresh(f"xor {WORDS} {seen}, {everywhere(-1)}")
        new = self.fresh(f"icmp ne {WORDS} {self.fresh(f'and {WORDS} {now}, {unseen}')}, {NO}")
        with self.where(self.both(new, "%valid")):
            self.emit(f"store {WORDS} {now}, ptr %lanes.slot")
            self.emit(f"call i64 @note_hits(ptr %hits, i64 {low}, i64 {flags}, ptr %lanes.slot, i64 %first, i64 %size)")
