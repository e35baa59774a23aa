"""From a System to LLVM IR: its successor function, and what is looked at in each state.

The generated functions read a packed state (see `layout`) and write packed successors. Events whose guard does not hold
are skipped by a branch. All arithmetic is in signed 64-bit integers and every operation is defined for every state: the
ranges of all expressions were proved to fit, and divisors not to be zero, when the system was composed (`ranges`), so
guards and updates may be evaluated eagerly and shared between events.

| function | does |
|---|---|
| `successors(rows, at, n, out, k, labels, fired, escape)` | appends the successors of state n to `out` from row k on |
| `look(rows, at, n, hits, bests, attained)` | evaluates the watches and the maxima in state n |

State n is row `at` of `rows`. Rows have as many words as the layout says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drcheck.explore.native.layout import Layout
from drcheck.explore.protocol import Query
from drcheck.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.ranges import bounds
from drcheck.system import Alternative, Cell, Event, System

NONE = (1 << 64) - 1
"""What the words of `hits` and `escape` hold until something is found."""

DECLARATIONS = """\
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
"""
_COMPARE = {"<": "slt", "<=": "sle", ">": "sgt", ">=": "sge", "==": "eq", "!=": "ne"}
_ARITHMETIC = {"+": "add nsw", "-": "sub nsw", "*": "mul nsw"}
_EAGER = 12
"""Guards of at most this many operations are evaluated whole; of longer ones, a first part decides about the rest."""


class _Function:
    """IR text under construction, with each pure operation emitted once where a former result is still valid."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.block = "entry"
        self._count = 0
        self._known: list[dict[str, str]] = [{}]
        self._nodes: list[dict[int, str]] = [{}]
        self._ranges: dict[int, tuple[int, int]] = {}

    # -- text ------------------------------------------------------------------------------------------------------
    def emit(self, line: str) -> None:
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
        self._count += 1
        return f"{stem}{self._count}"

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.block = label

    def branch(self, test: str, yes: str, no: str) -> None:
        self.emit(f"br i1 {test}, label %{yes}, label %{no}")

    def jump(self, label: str) -> None:
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
        """An operand: i1 for a boolean, i64 for an integer."""
        if isinstance(node, Literal):
            return str(int(node.value))  # type: ignore[arg-type]  # lowered literals are bool or int
        for scope in self._nodes:
            if id(node) in scope:
                return scope[id(node)]
        result = self._nodes[-1][id(node)] = self._value(node)
        return result

    def integer(self, node: Expression) -> str:
        """An operand of type i64 for any expression; booleans as 0 and 1."""
        if isinstance(node, Literal) or node.kind != BOOLEAN:
            return self.value(node)
        return self.pure(f"zext i1 {self.value(node)} to i64")

    def _value(self, node: Expression) -> str:
        if isinstance(node, Cell):
            return self._cell(node)
        assert isinstance(node, Operation), node
        operator, arguments = node.operator, node.arguments
        if operator in _COMPARE:
            of = "i1" if all(a.kind == BOOLEAN for a in arguments) else "i64"
            a, b = (self.value(x) if of == "i1" else self.integer(x) for x in arguments)
            return self.pure(f"icmp {_COMPARE[operator]} {of} {a}, {b}")
        if operator in ("and", "or"):
            return self._chain(f"{operator} i1 {{}}, {{}}", [self.value(a) for a in arguments])
        if operator == "not":
            return self.pure(f"xor i1 {self.value(arguments[0])}, true")
        if operator in ("min", "max"):
            call = f"call i64 @llvm.s{operator}.i64(i64 {{}}, i64 {{}})"
            return self._chain(call, [self.integer(a) for a in arguments])
        if operator in _ARITHMETIC:
            a, b = (self.integer(x) for x in arguments)
            return self.pure(f"{_ARITHMETIC[operator]} i64 {a}, {b}")
        if operator in ("//", "%"):
            return self._division(operator, *arguments)
        of = "i1" if node.kind == BOOLEAN else "i64"
        if operator == "if":
            test = self.value(arguments[0])
            a, b = (self._typed(x, of) for x in arguments[1:])
            return a if a == b else self.pure(f"select i1 {test}, {of} {a}, {of} {b}")
        assert operator == "select", operator
        index = self.integer(arguments[0])
        result = self._typed(arguments[-1], of)
        for position in range(len(arguments) - 3, -1, -1):
            here = self.pure(f"icmp eq i64 {index}, {position}")
            result = self.pure(f"select i1 {here}, {of} {self._typed(arguments[position + 1], of)}, {of} {result}")
        return result

    def _typed(self, node: Expression, of: str) -> str:
        return self.value(node) if of == "i1" else self.integer(node)

    def _chain(self, form: str, operands: Sequence[str]) -> str:
        result = operands[0]
        for operand in operands[1:]:
            result = self.pure(form.format(result, operand))
        return result

    def _cell(self, cell: Cell) -> str:
        field = self.layout.fields[cell.index]
        if field.bits == 0:
            return str(field.low)
        word = f"%w{field.word}"
        if field.shift:
            word = self.pure(f"lshr i64 {word}, {field.shift}")
        if field.shift + field.bits < 64:
            word = self.pure(f"and i64 {word}, {field.mask}")
        if cell.kind == BOOLEAN:
            return self.pure(f"icmp ne i64 {word}, 0")
        return self.pure(f"add nsw i64 {word}, {field.low}") if field.low else word

    def _division(self, operator: str, dividend: Expression, divisor: Expression) -> str:
        """Floor division and its remainder, as in Python; the divisor's range does not hold 0."""
        a, b = self.integer(dividend), self.integer(divisor)
        least, positive = self.range(dividend)[0], self.range(divisor)[0] > 0
        if least >= 0 and positive:
            return self.pure(f"{'udiv' if operator == '//' else 'urem'} i64 {a}, {b}")
        # LLVM rounds towards zero: correct where there is a remainder of the other sign than the divisor's.
        remainder = self.pure(f"srem i64 {a}, {b}")
        if positive:
            wrong = self.pure(f"icmp slt i64 {remainder}, 0")
        else:
            wrong = self.pure(f"icmp sgt i64 {remainder}, 0")
        if operator == "%":
            return self.pure(f"select i1 {wrong}, i64 {self.pure(f'add i64 {remainder}, {b}')}, i64 {remainder}")
        quotient = self.pure(f"sdiv i64 {a}, {b}")
        return self.pure(f"select i1 {wrong}, i64 {self.pure(f'sub i64 {quotient}, 1')}, i64 {quotient}")

    def range(self, node: Expression) -> tuple[int, int]:
        return bounds(node, self._ranges)

    def load_state(self) -> None:
        """The words of the state as %w0, %w1, ..."""
        at = self.fresh(f"mul i64 %at, {self.layout.words}")
        row = self.fresh(f"getelementptr i64, ptr %rows, i64 {at}")
        for word in range(self.layout.words):
            self.emit(f"%a{word} = getelementptr i64, ptr {row}, i64 {word}")
            self.emit(f"%w{word} = load i64, ptr %a{word}")


def weight(node: Expression, limit: int) -> int:
    """How many operations an expression has, counted no further than `limit`."""
    count, stack = 0, [node]
    while stack and count <= limit:
        item = stack.pop()
        count += 1
        stack.extend(item.arguments)
    return count


class _Successors(_Function):
    """The successor function of a system."""

    def __init__(self, system: System, layout: Layout) -> None:
        super().__init__(layout)
        self.system = system

    def text(self) -> str:
        self.load_state()
        self.emit("%k.slot = alloca i64")
        self.emit("store i64 %k, ptr %k.slot")
        system = self.system
        plain = not any(e.urgent for e in system.events) and len({e.priority for e in system.events}) <= 1
        if plain:
            for number, event in enumerate(system.events):
                self._fire(number, event, self._possible(event))
        else:
            for number, test in self._by_precedence():
                self._fire(number, system.events[number], test)
        self.emit(f"ret i64 {self.fresh('load i64, ptr %k.slot')}")
        head = (
            "define i64 @successors(ptr noalias %rows, i64 %at, i64 %n, ptr noalias %out, i64 %k, "
            "ptr noalias %labels, ptr noalias %fired, ptr noalias %escape) {"
        )
        return "\n".join([head, "entry:", *self.lines, "}", ""])

    def _by_precedence(self) -> Iterator[tuple[int, str]]:
        """Each event's number with the test that it happens, where some are urgent or have priorities."""
        events = self.system.events
        possible = [self._possible(event) for event in events]
        urgent = [possible[n] for n, e in enumerate(events) if e.urgent]
        if urgent:
            none_urgent = self.pure(f"xor i1 {self._chain('or i1 {}, {}', urgent)}, true")
            for number, event in enumerate(events):
                if event.is_tick:
                    possible[number] = self.pure(f"and i1 {possible[number]}, {none_urgent}")
        allowed: dict[int, str] = {}
        for level in {e.priority for e in events}:
            higher = [possible[n] for n, e in enumerate(events) if e.priority > level]
            if higher:
                allowed[level] = self.pure(f"xor i1 {self._chain('or i1 {}, {}', higher)}, true")
        for number, event in enumerate(events):
            test = possible[number]
            if event.priority in allowed:
                test = self.pure(f"and i1 {test}, {allowed[event.priority]}")
            yield number, test

    def _possible(self, event: Event) -> str:
        """Whether the event's guard and some alternative's guard hold (precedence aside)."""
        parts = list(event.guard.arguments) if getattr(event.guard, "operator", "") == "and" else [event.guard]
        ways = [w.guard for w in event.alternatives]
        rest: list[Expression] = []
        if all(w is not None for w in ways):
            rest = [w for w in ways if w is not None]
        first = parts
        if sum(weight(p, _EAGER) for p in [*parts, *rest]) > _EAGER:
            first, cost = [], 0
            for part in parts:
                cost += weight(part, _EAGER)
                if first and cost > _EAGER:
                    break
                first.append(part)
        test = self._all([self.value(p) for p in first])
        remaining = parts[len(first) :]
        if not remaining and not rest:
            return test
        if first == parts and sum(weight(w, _EAGER) for w in rest) <= _EAGER:
            return self._all([test, self._any(rest)])
        more, done, before = self.label("more"), self.label("known"), self.block
        self.branch(test, more, done)
        self.start(more)
        with self.scope():
            values = [self.value(p) for p in remaining]
            result = self._all([*values, self._any(rest)] if rest else values)
        last = self.block
        self.jump(done)
        self.start(done)
        return self.fresh(f"phi i1 [ false, %{before} ], [ {result}, %{last} ]")

    def _all(self, tests: list[str]) -> str:
        return self._chain("and i1 {}, {}", tests)

    def _any(self, guards: Sequence[Expression]) -> str:
        return self._chain("or i1 {}, {}", [self.value(g) for g in guards])

    def _fire(self, number: int, event: Event, test: str) -> None:
        fire, following = self.label("fire"), self.label("next")
        self.emit(f"; event {number}: {event.name}")
        self.branch(test, fire, following)
        self.start(fire)
        with self.scope():
            for k, way in enumerate(event.alternatives):
                if way.guard is None:
                    self._alternative(number, k, way)
                    continue
                take, skip = self.label("take"), self.label("skip")
                self.branch(self.value(way.guard), take, skip)
                self.start(take)
                with self.scope():
                    self._alternative(number, k, way)
                self.jump(skip)
                self.start(skip)
        self.jump(following)
        self.start(following)

    def _alternative(self, number: int, k: int, way: Alternative) -> None:
        """One successor, or the report that a value would leave its domain."""
        values = [(index, self.integer(right)) for index, right in way.updates]
        done = self.label("stepped")
        for (index, right), (_, operand) in zip(way.updates, values, strict=True):
            domain = self.system.cells[index].domain
            low, high = self.range(right)
            if low < domain.low or high > domain.high:
                offset = self.pure(f"sub i64 {operand}, {domain.low}")
                outside = self.pure(f"icmp ugt i64 {offset}, {domain.high - domain.low}")
                out, inside = self.label("outside"), self.label("inside")
                self.branch(outside, out, inside)
                self.start(out)
                self.emit(f"call void @escaped(ptr %escape, i64 %n, i64 {number}, i64 {k}, i64 {index})")
                self.jump(done)
                self.start(inside)
        with self.scope():
            at = self.fresh("load i64, ptr %k.slot")
            base = self.fresh(f"mul i64 {at}, {self.layout.words}")
            for word, value in enumerate(self._words(values)):
                offset = self.fresh(f"add i64 {base}, {word}") if word else base
                self.emit(f"store i64 {value}, ptr {self.fresh(f'getelementptr i64, ptr %out, i64 {offset}')}")
            self.emit(f"store i32 {number}, ptr {self.fresh(f'getelementptr i32, ptr %labels, i64 {at}')}")
            counter = self.fresh(f"getelementptr i64, ptr %fired, i64 {number}")
            fired = self.fresh(f"load i64, ptr {counter}")
            self.emit(f"store i64 {self.fresh(f'add i64 {fired}, 1')}, ptr {counter}")
            self.emit(f"store i64 {self.fresh(f'add i64 {at}, 1')}, ptr %k.slot")
        self.jump(done)
        self.start(done)

    def _words(self, values: list[tuple[int, str]]) -> list[str]:
        """The packed words after the updates."""
        fields = self.layout.fields
        result = []
        for word in range(self.layout.words):
            mine = [(fields[i], v) for i, v in values if fields[i].word == word and fields[i].bits]
            kept, constant = (1 << 64) - 1, 0
            parts = []
            for field, operand in mine:
                kept &= ~(field.mask << field.shift)
                if not operand.startswith("%"):
                    constant |= (int(operand) - field.low) << field.shift
                    continue
                raw = self.pure(f"sub nsw i64 {operand}, {field.low}") if field.low else operand
                parts.append(self.pure(f"shl i64 {raw}, {field.shift}") if field.shift else raw)
            current = f"%w{word}"
            if kept != (1 << 64) - 1:
                current = self.pure(f"and i64 {current}, {_signed(kept)}")
            if constant:
                current = self.pure(f"or i64 {current}, {_signed(constant)}")
            for part in parts:
                current = self.pure(f"or i64 {current}, {part}")
            result.append(current)
        return result


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word


# The first escape is kept in words 1 to 4 of `escape`; word 0 is the last state that had one.
_ESCAPED = f"""\
define internal void @escaped(ptr %escape, i64 %n, i64 %event, i64 %way, i64 %cell) cold noinline {{
  store i64 %n, ptr %escape
  %p1 = getelementptr i64, ptr %escape, i64 1
  %before = load i64, ptr %p1
  %first = icmp eq i64 %before, {_signed(NONE)}
  br i1 %first, label %keep, label %done
keep:
  store i64 %n, ptr %p1
  %p2 = getelementptr i64, ptr %escape, i64 2
  store i64 %event, ptr %p2
  %p3 = getelementptr i64, ptr %escape, i64 3
  store i64 %way, ptr %p3
  %p4 = getelementptr i64, ptr %escape, i64 4
  store i64 %cell, ptr %p4
  br label %done
done:
  ret void
}}
"""


class _Look(_Function):
    """The function that evaluates watches and maxima in a state."""

    def text(self, query: Query) -> str:
        self.load_state()
        for i, node in enumerate(query.watches):
            hit = self.fresh(f"getelementptr i64, ptr %hits, i64 {i}")
            unseen = self.fresh(f"icmp eq i64 {self.fresh(f'load i64, ptr {hit}')}, {_signed(NONE)}")
            self._when(f"and i1 {self.value(node)}, {unseen}", [f"store i64 %n, ptr {hit}"])
        for i, node in enumerate(query.maxima):
            operand = self.integer(node)
            best = self.fresh(f"getelementptr i64, ptr %bests, i64 {i}")
            where = self.fresh(f"getelementptr i64, ptr %attained, i64 {i}")
            better = f"icmp sgt i64 {operand}, {self.fresh(f'load i64, ptr {best}')}"
            self._when(better, [f"store i64 {operand}, ptr {best}", f"store i64 %n, ptr {where}"])
        self.emit("ret i64 0")
        head = (
            "define i64 @look(ptr noalias %rows, i64 %at, i64 %n, ptr noalias %hits, ptr noalias %bests, "
            "ptr noalias %attained) {"
        )
        return "\n".join([head, "entry:", *self.lines, "}", ""])

    def _when(self, test: str, lines: list[str]) -> None:
        then, done = self.label("then"), self.label("done")
        self.branch(self.fresh(test), then, done)
        self.start(then)
        for line in lines:
            self.emit(line)
        self.jump(done)
        self.start(done)


def model_code(system: System, query: Query, layout: Layout) -> str:
    """The IR of a system's `successors` and of a query's `look`."""
    return "\n".join([DECLARATIONS, _ESCAPED, _Successors(system, layout).text(), _Look(layout).text(query)])


def most_successors(system: System) -> int:
    """How many successors one state can have at most."""
    return max(1, sum(len(event.alternatives) for event in system.events))
