"""From a System to LLVM IR: the function that makes successors and looks at states, eight states at a time.

A branch is taken for eight states together: events that happen in none of the eight are skipped, unless they are short. What
guards and updates have in common is evaluated once (see `vectors`).

| function | does |
|---|---|
| `expand(rows, at, size, first, out, enabled, hits, bests, attained, tally, fired, table, ahead, rest)` | makes successors |
| `look(rows, at, size, first, hits, bests, attained)` | evaluates the watches and the maxima, as `expand` does, too |

There are `size` states, at most LANES, numbered from `first` on. Word w of the state in lane l is `rows[at + LANES * w + l]`;
lanes from `size` on must hold some state too. Ways are the alternatives of all events, numbered in order. Bit w % 64 of
`enabled[LANES * (w // 64) + l]` says whether way w is one in lane l, and the successor's word i is then
`out[LANES * (w * words + i) + l]`; words of a half that the way does not write are not set (see `Ways`). `hits[i]` is
the first state that satisfies watch i, `bests[i]` and `attained[i]` give the greatest value of maximum i and the first
state that attains it; `tally` is described in `control`; `fired[w]` counts how often way w is enabled.

Whoever looks successors up in a table has to wait for memory, and that is hidden best behind the making of others: for
each event, memory is requested for one of the mixed keys in `ahead` (as many words as there are events), whose line in
`table` its bits from `rest` on give (see `table`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import Layout
from drcheck.engines.native.model import notes
from drcheck.engines.native.model.lanes import tell_ways_code
from drcheck.engines.native.model.vectors import DECLARATIONS, LANES, MASK, NO, WORDS, VectorCode, everywhere
from drcheck.engines.protocol import Query
from drcheck.kernels.lazy_text import LazyText
from drcheck.kernels.translate import translate
from drcheck.language.expressions import Expression, Literal
from drcheck.system.flat import flat
from drcheck.system.precedence import Precedence
from drcheck.system.system import Alternative, Cell, Event, System, cells_of

APART = 255
"""See `Ways`; at most this many ways of a half are distinguished."""
_EAGER = 12
"""Guards of at most this many operations are evaluated whole; of longer ones, a first part decides about the rest."""
_SHORT = 8
"""Updates of at most this many operations are made whether they are called for or not."""
_ASK = 8
"""How many lines of the table are requested at a time."""


@dataclass(frozen=True)
class Ways:
    """The alternatives of all events of a system, in order.

    `event` (uint32): the event of each. `touched` (uint8): bit 0 is set where it writes the first half of the state's
    words, bit 1 where it writes the second (where states are not cut, both mean the one word). `memo` (uint32, two for
    each): where it makes of the first half something that depends on the first half alone, how many ways before it do so,
    else APART; then the same for the second half.
    """

    event: NDArray[np.uint32]
    touched: NDArray[np.uint8]
    memo: NDArray[np.uint32]

    @property
    def masks(self) -> int:
        """How many words of `enabled` each lane has."""
        return -(-len(self.event) // 64)


def ways_of(system: System, layout: Layout) -> Ways:
    """The ways of a system (one that never happens, if it has none)."""

    def side(index: int) -> int:
        return int(layout.fields[index].word >= layout.half)

    events, touched, memo, known = [], [], [], [0, 0]
    for number, event in enumerate(system.events):
        for way in event.alternatives:
            reads: dict[int, set[int]] = {} if layout.half else {0: set(), 1: set()}
            for index, right in way.updates:
                if layout.fields[index].bits:
                    reads.setdefault(side(index), set()).update(side(cell) for cell in cells_of(right))
            events.append(number)
            touched.append((0 in reads) + 2 * (1 in reads))
            for half in range(2):
                alone = bool(layout.half) and half in reads and reads[half] <= {half}
                memo.append(min(known[half], APART) if alone else APART)
                known[half] += alone
    return Ways(
        np.array(events or [0], np.uint32), np.array(touched or [3], np.uint8), np.array(memo or [APART] * 2, np.uint32)
    )


def weight(node: Expression, limit: int) -> int:
    """How many operations an expression has, counted no further than `limit`."""
    count, stack = 0, [node]
    while stack and count <= limit:
        item = stack.pop()
        count += 1
        stack.extend(item.arguments)
    return count


class _Expand(VectorCode):
    """The function that looks at states and makes their successors."""

    PARAMETERS = "rows at size first out enabled hits bests attained tally fired table ahead rest"
    FIRED = "%fired"
    """Where `tell_ways` counts."""

    def __init__(self, system: System, query: Query, layout: Layout) -> None:
        super().__init__(layout)
        self.system, self.query = system, query
        self.ways = ways_of(system, layout)
        self.way = 0

    def text(self) -> str:
        self.emit(f"%which = alloca [{8 * self.ways.masks} x i64], align 64")
        for mask in range(self.ways.masks):
            self.emit(f"store {WORDS} {NO}, ptr {self.vector_at('%which', LANES * mask)}, align 64")
        self.emit("%escaped = alloca i8")
        self.emit("store i8 0, ptr %escaped")
        self.load_states()
        self.look(self.query)
        events = self.system.events
        precedence = Precedence(events)
        if not precedence:
            for number, event in enumerate(events):
                self._fire(number, event, self._possible(event))
                self.ask_ahead(number)
        else:
            possible = [self._possible(event) for event in events]
            for number, test in enumerate(precedence.happens(possible, self._none, self.both)):
                self._fire(number, events[number], test)
                self.ask_ahead(number)
        self._finish()
        return "\n".join([_head("expand", self.PARAMETERS), "entry:", *self.lines, "}", ""])

    def ask_ahead(self, number: int) -> None:
        """Ask for the lines of the table where keys `ahead[...]` belong, one for each event up to this: _ASK at a time.

        In a loop, which is quicker made than code for each of them and not slower.
        """
        first = number // _ASK * _ASK
        if number + 1 < min(first + _ASK, len(self.system.events)):
            return
        before, loop, done = self.block, self.label("ask"), self.label("asked")
        place, after = f"%{loop}.place", f"%{loop}.after"
        self.jump(loop)
        self.start(loop)
        self.emit(f"{place} = phi i64 [ {first}, %{before} ], [ {after}, %{loop} ]")
        mixed = self.fresh(f"load i64, ptr {self.fresh(f'getelementptr i64, ptr %ahead, i64 {place}')}")
        line = self.fresh(f"shl i64 {self.fresh(f'lshr i64 {mixed}, %rest')}, 6")
        there = self.fresh(f"getelementptr i8, ptr %table, i64 {line}")
        self.emit(f"call void @llvm.prefetch.p0(ptr {there}, i32 0, i32 3, i32 1)")
        self.emit(f"{after} = add i64 {place}, 1")
        self.emit(f"br i1 {self.fresh(f'icmp ugt i64 {after}, {number}')}, label %{done}, label %{loop}")
        self.start(done)

    def _finish(self) -> None:
        """Tell which ways are enabled, and note states without any."""
        groups = -(-len(self.ways.event) // LANES)
        some = self.fresh(f"call i64 @tell_ways(ptr %which, i64 {groups}, ptr %enabled, ptr {self.FIRED})")
        stuck = self.fresh(f"bitcast i8 {self.fresh(f'trunc i64 {some} to i8')} to {MASK}")
        stuck = self.both(self.negated(stuck), "%valid")
        left = self.fresh(f"bitcast i8 {self.fresh('load i8, ptr %escaped')} to {MASK}")
        stuck = self.both(stuck, self.negated(left))
        with self.where(stuck):
            self.emit(f"call i64 @note_stuck(ptr %tally, i64 %first, i64 {self.lanes(stuck)})")
        self.emit("ret i64 0")

    def _none(self, masks: Sequence[str]) -> str:
        """Where none of some masks is set."""
        return self.negated(self._chain(f"or {MASK} {{}}, {{}}", masks))

    def _possible(self, event: Event) -> str:
        """Where the event's guard and some alternative's guard hold (precedence aside)."""
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
        test = self._all(["%valid", *(self.value(p) for p in first)])
        remaining = parts[len(first) :]
        if not remaining and not rest:
            return test
        if first == parts and sum(weight(w, _EAGER) for w in rest) <= _EAGER:
            return self._all([test, self._any(rest)])
        more, done, before = self.label("more"), self.label("known"), self.block
        self.branch(test, more, done)
        self.start(more)
        with self.scope():
            values = [test, *(self.value(p) for p in remaining)]
            result = self._all([*values, self._any(rest)] if rest else values)
        last = self.block
        self.jump(done)
        self.start(done)
        return self.fresh(f"phi {MASK} [ {NO}, %{before} ], [ {result}, %{last} ]")

    def _all(self, tests: list[str]) -> str:
        result = tests[0]
        for test in tests[1:]:
            result = self.both(result, test)
        return result

    def _any(self, guards: Sequence[Expression]) -> str:
        return self._chain(f"or {MASK} {{}}, {{}}", [self.value(g) for g in guards])

    def _fire(self, number: int, event: Event, test: str) -> None:
        self.emit(f"; event {number}: {event.name}")
        with self._unless_short(test, event.alternatives):
            for k, way in enumerate(event.alternatives):
                if way.guard is None:
                    self._alternative(number, k, way, test)
                else:
                    here = self.both(test, self.value(way.guard))
                    with self._unless_short(here, [way]):
                        self._alternative(number, k, way, here)
                self.way += 1

    def _unless_short(self, mask: str, ways: Sequence[Alternative]) -> AbstractContextManager[None]:
        """Where the mask is set in some lane; anyway, if the ways are done sooner than a branch is foreseen wrongly."""
        size = sum(weight(right, _SHORT) for way in ways for _, right in way.updates)
        return nullcontext() if size <= _SHORT else self.where(mask)

    def _alternative(self, number: int, k: int, way: Alternative, here: str) -> None:
        """The successors where `here` is set, or the report that a value would leave its domain."""
        values = [(index, self.integer(right)) for index, right in way.updates]
        for (index, right), (_, operand) in zip(way.updates, values, strict=True):
            domain = self.system.cells[index].domain
            low, high = self.range(right)
            if low < domain.low or high > domain.high:
                offset = self.pure(f"sub {WORDS} {operand}, {everywhere(domain.low)}")
                outside = self.pure(f"icmp ugt {WORDS} {offset}, {everywhere(domain.high - domain.low)}")
                escapes = self.both(here, outside)
                with self.where(escapes):
                    lanes, before = self.lanes(escapes), self.fresh("load i8, ptr %escaped")
                    after = self.fresh(f"or i8 {before}, {self.fresh(f'trunc i64 {lanes} to i8')}")
                    self.emit(f"store i8 {after}, ptr %escaped")
                    call = f"i64 %first, i64 {lanes}, i64 {number}, i64 {k}, i64 {index}"
                    self.emit(f"call i64 @note_escape(ptr %tally, {call})")
                here = self.both(here, self.negated(outside))
        touched = int(self.ways.touched[self.way])
        for word, value in self._words(way, values):
            if touched >> (bool(self.layout.half) and word >= self.layout.half) & 1:
                position = LANES * (self.way * self.layout.words + word)
                self.emit(f"store {WORDS} {value}, ptr {self.vector_at('%out', position)}, align 8")
        slot = self.fresh(f"getelementptr i8, ptr %which, i64 {self.way}")
        self.emit(f"store i8 {self.pure(f'bitcast {MASK} {here} to i8')}, ptr {slot}")

    def _words(self, way: Alternative, values: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Each word with its value after the updates."""
        fields = self.layout.fields
        for word in range(self.layout.words):
            kept, constant, step = (1 << 64) - 1, 0, 0
            parts = []
            for (index, right), (_, operand) in zip(way.updates, values, strict=True):
                field = fields[index]
                if field.word != word or not field.bits:
                    continue
                change = _step(index, right)
                if change is not None:
                    # The result fits the field, so nothing is carried beyond it.
                    step += change << field.shift
                    continue
                kept &= ~(field.mask << field.shift)
                if isinstance(right, Literal):
                    constant |= (int(right.value) - field.low) << field.shift  # type: ignore[arg-type]
                    continue
                raw = self.pure(f"sub nsw {WORDS} {operand}, {everywhere(field.low)}") if field.low else operand
                parts.append(self.pure(f"shl {WORDS} {raw}, {everywhere(field.shift)}") if field.shift else raw)
            current = f"%w{word}"
            if kept != (1 << 64) - 1:
                current = self.pure(f"and {WORDS} {current}, {everywhere(kept)}")
            if constant:
                current = self.pure(f"or {WORDS} {current}, {everywhere(constant)}")
            for part in parts:
                current = self.pure(f"or {WORDS} {current}, {part}")
            if step:
                current = self.pure(f"add {WORDS} {current}, {everywhere(step)}")
            yield word, current


def _step(index: int, right: Expression) -> int | None:
    """By how much an update of cell `index` changes it, where that is the same in all states."""
    operator, arguments = getattr(right, "operator", ""), right.arguments
    if operator not in ("+", "-"):
        return None
    left, number = arguments
    if isinstance(left, Cell) and left.index == index and isinstance(number, Literal):
        return int(number.value) * (1 if operator == "+" else -1)  # type: ignore[arg-type]
    return None


class _Look(VectorCode):
    """The function that only looks at states."""

    def text(self, query: Query) -> str:
        self.load_states()
        self.look(query)
        self.emit("ret i64 0")
        head = _head("look", "rows at size first hits bests attained")
        return "\n".join([head, "entry:", *self.lines, "}", ""])


def _head(name: str, parameters: str) -> str:
    """The first line of a function; parameters are arrays that do not overlap, but for the numbers among them."""
    numbers = ("at", "size", "first", "rest")
    types = (f"i64 %{p}" if p in numbers else f"ptr noalias %{p}" for p in parameters.split())
    return f"define i64 @{name}({', '.join(types)}) {{"


def expand_code(system: System, query: Query, layout: Layout) -> str:
    """The IR of `expand` for a system and a query."""
    return _module(tell_ways_code(), _Expand(system, query, layout).text())


def expand_text(system: System, query: Query, layout: Layout) -> LazyText:
    """What `expand_code` writes, if it is not known."""
    return LazyText(text_key("expand", system, query, layout), lambda: expand_code(system, query, layout))


def text_key(what: str, system: System, query: Query, layout: Layout) -> str:
    """All that a text for a system and a query can depend on. `what` tells such texts apart."""
    fields = [(field.word, field.shift, field.bits, field.low) for field in layout.fields]
    about = (what, LANES, layout.words, fields, query.graph, repr(query.enough))
    return flat(system, query.watches, query.maxima, about=about)


def look_code(query: Query, layout: Layout) -> str:
    """The IR of `look` for a query; it is needed only where a search stops early."""
    return _module(_Look(layout).text(query))


def _module(*functions: str) -> str:
    seldom = (notes.note_hits, notes.note_best, notes.note_escape, notes.note_stuck)
    called = [translate(kernel, internal=True) for kernel in seldom]
    return "\n".join([DECLARATIONS, *called, *functions])


def most_successors(system: System) -> int:
    """How many successors one state can have at most."""
    return max(1, sum(len(event.alternatives) for event in system.events))


Expand = _Expand
"""The function that makes successors, for those who look at states otherwise (see `walks`)."""
