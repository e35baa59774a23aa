"""Slices hold at least what their systems do: every reachable step of generated systems is one of every slice, or unseen there.

`DRCHECK_EXAMPLES` sets how many systems are taken, `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import Phase
from hypothesis import strategies as st

from drcheck.abstraction import cases, conditions, facts, slicing, spans
from drcheck.abstraction.cases import Cases
from drcheck.abstraction.conditions import Conditions
from drcheck.abstraction.derived import Account, Derived, accounts_of, pivots_of
from drcheck.abstraction.facts import Facts
from drcheck.abstraction.slicing import Slice, TooManyWaysError, sliced
from drcheck.abstraction.spans import Spans
from drcheck.abstraction.sums import Sum, Sums
from drcheck.abstraction.weakening import Weakening
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine, compile_function, generate
from drcheck.language.component import Component, on
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.language.variables import Array, Integer
from drcheck.logic.properties import always, never
from drcheck.reductions.simplify import constant, guard_of
from drcheck.saturation.ends import worth
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Domain, Event, State, System
from drcheck.system.terms import conjunction, negation
from drcheck.verdicts.check import check
from tests.support.generated import KINDS, on_generated, sharded
from tests.support.generators import Built

MOST_STATES = 400
Steps = Callable[[State], list[tuple[int, int, State | None, int | None]]]


def hidden_of(system: System, data: st.DataObject) -> frozenset[int]:
    """Some cells, of any kind."""
    cells = range(len(system.cells))
    chosen = data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)), label="hidden")
    return frozenset(cell for cell in cells if chosen[cell])


def states_of(system: System, most: int | None = None) -> list[State]:
    """All reachable states, or about as many of the first."""
    found = PythonEngine().explore(system, Query(), Limits(states=most))
    return [found.state(number) for number in range(found.states)]


def steps_of(system: System) -> Callable[[State], list[tuple[int, int, State | None, int | None]]]:
    return compile_function(generate(system), "successors", "successors")


def assert_simulates(made: Slice, states: list[State], system: System | None = None) -> None:
    """Each step of the system between some states is a step of the slice by the same event, or changes nothing there.

    `system`: where the slice is made of another, with what is known of the states.
    """
    assert {made.projected(state) for state in made.original.initial_states} == set(made.system.initial_states)
    steps, coarse = steps_of(system or made.original), steps_of(made.system)
    for state in states:
        before = made.projected(state)
        seen = [(made.sources[event], after) for event, _, after, _ in coarse(before) if event < len(made.sources)]
        there = {each for each in seen if each[1] is not None}
        for cell in made.sinking:
            if before[cell] > made.system.cells[cell].domain.low:
                less = (*before[:cell], before[cell] - 1, *before[cell + 1 :])
                assert any(after == less for _, _, after, _ in coarse(before))
        for event, _, target, _ in steps(state):
            if target is not None:
                after = made.projected(target)
                reached = after == before or (event, after) in there
                reached = reached or any(event == other and sinks(made, far, after) for other, far in there)
                assert reached, made.original.events[event].name


def sinks(made: Slice, before: State, after: State) -> bool:
    """Whether a state is reached from another by what sinks in a slice."""
    return all(
        a == b or (cell in made.sinking and b < a) for cell, (a, b) in enumerate(zip(before, after, strict=True))
    )


def assert_spans(made: Slice, states: list[State], steps: Steps, most: int = 400) -> None:
    """Each step of the system from a state with what a slice keeps of it is one of the slice, or changes nothing there.

    What a slice keeps of a spanned cell is around it in each.
    """
    assert made.spans is not None
    coarse, count = steps_of(made.system), len(made.original.cells)
    allowed = set(states)
    todo = [(state, made.projected(state)) for state in made.original.initial_states]
    seen = set(todo)
    while todo and len(seen) < most:
        state, before = todo.pop()
        for least, number, greatest in zip(
            before[count::2], made.spans.of(state)[::2], before[count + 1 :: 2], strict=True
        ):
            assert least <= number <= greatest
        there = [(made.sources[event], after) for event, _, after, _ in coarse(before) if event < len(made.sources)]
        for event, _, target, _ in steps(state):
            if target is None or target not in allowed:
                continue
            wanted, number = made.seen(target), made.spans.of(target)
            around = [
                after
                for other, after in [*there, (event, before)]
                if other == event and after is not None and after[:count] == wanted and encloses(after[count:], number)
            ]
            assert around, made.original.events[event].name
            todo += [pair for after in around[:1] if (pair := (target, after)) not in seen]
            seen.update((target, after) for after in around[:1])


def encloses(kept: Sequence[int], values: Sequence[int]) -> bool:
    """Whether what is kept of spans is around some values."""
    pairs = zip(kept[::2], values[::2], kept[1::2], strict=True)
    return all(least <= value <= greatest for least, value, greatest in pairs)


def facts_of(system: System, states: list[State]) -> Facts:
    """All that can be known of the greatest values of numbers, in each case that other cells tell apart."""
    numbers = [cell.index for cell in system.cells if cell.domain.kind == INTEGER]
    facts = Facts(system, {cell.index for cell in system.cells} - set(numbers))
    found = PythonEngine().explore(system, Query(), Limits())
    assert found.states == len(states)
    facts.learn(((cell, max(state[cell] for state in states)) for cell in numbers), frozenset([0]))
    facts.look(found, numbers, frozenset([0]))
    return facts


def drawn_accounts(system: System, data: st.DataObject) -> list[Account]:
    """Some sums of multiples of numbers."""
    numbers = [cell.index for cell in system.cells if cell.domain.kind == INTEGER]
    factors = st.dictionaries(st.sampled_from(numbers), st.sampled_from([-2, -1, 1]), min_size=1) if numbers else None
    drawn = [] if factors is None else data.draw(st.lists(factors, max_size=3), label="accounts")
    return [Account(tuple(sorted(each.items()))) for each in drawn]


def of_spans(built: Built, data: st.DataObject) -> None:
    """Each step of the system with accounts is one of a slice that keeps spans, of what is known of the system or not."""
    system, states = built.system, states_of(built.system)
    accounts = drawn_accounts(system, data)
    hidden = hidden_of(system, data)
    ends = None
    if data.draw(st.booleans(), label="known"):
        facts = facts_of(system, states)
        hidden &= {cell.index for cell in system.cells if cell.domain.kind == INTEGER}
        system, ends = facts.narrowed.system, facts.ends()
    derived = Derived(system, accounts, pivots_of(accounts, hidden))
    own = range(len(system.cells), len(derived.cells))
    numbers = [cell for cell in sorted(hidden) if system.cells[cell].domain.kind == INTEGER]
    spanned = [cell for cell in [*numbers, *own] if data.draw(st.booleans(), label="spanned")]
    signs = [cell for cell in spanned if data.draw(st.booleans(), label="sign")]
    try:
        made = sliced(derived.system, hidden | set(own), spanned, signs, ends)
    except TooManyWaysError:
        return
    if made.sinking:
        return  # of these the other tests speak
    tally["spanned"] += bool(spanned)
    plain = steps_of(built.system)

    def steps(state: State) -> list[tuple[int, int, State | None, int | None]]:
        found = plain(state[: len(system.cells)])
        return [(event, way, None if after is None else derived.state(after), no) for event, way, after, no in found]

    assert_spans(made, [derived.state(state) for state in states], steps)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_with_accounts_is_one_of_a_slice_with_spans(kind: str, shard: int) -> None:
    tally.clear()
    on_generated(kind, shard, of_spans, share=0.2)
    assert tally["spanned"]


def test_accounts_are_the_sums_that_they_are_of() -> None:
    """In all states that the system with accounts reaches, by what is written to these, and read of them."""

    def body(built: Built, data: st.DataObject) -> None:
        accounts = drawn_accounts(built.system, data)
        numbers = frozenset(cell.index for cell in built.system.cells if cell.domain.kind == INTEGER)
        derived = Derived(built.system, accounts, pivots_of(accounts, numbers))
        states = states_of(built.system)
        assert set(states_of(derived.system)) == {derived.state(state) for state in states}
        for state in states:
            for node in built.lowered_watches:
                assert worth(derived.of(node), derived.state(state)) == worth(node, state)

    on_generated("any", 1, body, share=0.2, escapes=False)


def of_cases(built: Built, data: st.DataObject) -> None:
    """What is known of numbers in each case is around what they are in each state."""
    states = states_of(built.system)
    for cell, (least, greatest) in facts_of(built.system, states).ends().items():
        for state in states:
            assert worth(least, state) <= state[cell] <= worth(greatest, state)


def test_what_is_known_in_each_case_is_around_what_there_is() -> None:
    on_generated("any", 2, of_cases, share=0.1)


def test_an_index_and_a_divisor_are_read_as_they_are() -> None:
    """Read as the rest of an account they would seem to lie beyond the array, and at zero."""
    whole, one, other = (Integer(name, 0, 4) for name in ("whole", "one", "other"))
    slots = Array("slots", Integer("slot", 1, 9, start=2), length=5)
    part = Component(
        "part",
        ["on"],
        variables=[whole, one, other, slots],
        transitions=[
            on("first", when=whole < 4, then={whole: whole + 1, one: one + 1}),
            on("second", when=whole < 4, then={whole: whole + 1, other: other + 1}),
            on("reads", when=slots[whole] // (whole + 1) < 9, then={slots[0]: slots[whole] // (whole + 1) + 1}),
        ],
    )
    balanced = always(whole == one + other, name="balanced")
    system = compose("works", [part])
    read = next(way for event in system.events for way in event.alternatives if event.name == "reads").updates
    numbers = frozenset(cell.index for cell in system.cells if cell.domain.high == 4 and cell.kind == INTEGER)
    accounts = accounts_of(system, [lower(system, whole == one + other)], numbers)
    assert accounts
    for account in accounts:
        derived = Derived(system, [account], pivots_of([account], numbers))
        assert any(derived.of(system.cells[cell]) is not system.cells[cell] for cell in numbers)
        for _, right in read:
            assert bounds(derived.of(right)) == bounds(right)
    for promise in (balanced, never(slots[whole] > 5, name="small")):
        _, slow = check(system, [promise])
        _, quick = check(system, [promise], by="slices")
        assert quick.conclusion is slow.conclusion


def narrowed(system: System, states: list[State]) -> System:
    """The system with all that can be known of the greatest values of its numbers."""
    facts = Facts(system)
    numbers = [cell.index for cell in system.cells if cell.domain.kind == INTEGER]
    facts.learn(((cell, max(state[cell] for state in states)) for cell in numbers), frozenset([0]))
    return facts.narrowed.system


def drawn_slice(system: System, data: st.DataObject) -> Slice | None:
    """A slice without some cells; None where an alternative would be split into too many, which is not often.

    Where few ways are allowed, what reads hidden cells sinks.
    """
    hidden = hidden_of(system, data)
    few = data.draw(st.booleans(), label="few ways")
    tally["asked"] += not few
    with pytest.MonkeyPatch.context() as patch:
        if few:
            patch.setattr(slicing, "MOST_WAYS", 1)
        try:
            made = sliced(system, hidden)
            tally["sinking"] += bool(made.sinking)
            return made
        except TooManyWaysError as error:
            found = error.cells
    tally["too many"] += not few
    assert found
    assert found <= hidden
    return None


tally: Tally[str] = Tally()


def of_a_slice(built: Built, data: st.DataObject) -> None:
    """Each step of the system is one of a slice, of what is known of the system or not."""
    states, system = states_of(built.system), built.system
    if data.draw(st.booleans(), label="known"):
        system = narrowed(system, states)
        tally["narrowed"] += system is not built.system
    made = drawn_slice(system, data)
    if made is not None:
        assert_simulates(made, states, built.system)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_of_a_system_is_one_of_its_slices(kind: str, shard: int) -> None:
    tally.clear()
    on_generated(kind, shard, of_a_slice, share=0.2)
    assert tally["too many"] < tally["asked"] / 2


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_what_may_and_must_hold_is_around_what_holds(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        system, states = built.system, states_of(built.system)
        weakening = Weakening(hidden_of(system, data))
        nodes: list[Expression] = [*built.lowered_watches, *built.lowered_maxima, *undisturbed(system.events)]
        for event in system.events:
            nodes.append(possible(event))
            for number, way in enumerate(event.alternatives):
                nodes += [guard_of(event, number), *(right for _, right in way.updates)]
        pairs = [(node, *around(weakening, node)) for node in nodes]
        for node, below, above in pairs:
            assert not weakening.touches(below)
            assert not weakening.touches(above)
            for state in states:
                assert worth(below, state) <= worth(node, state) <= worth(above, state), node
        cases = Cases(weakening)
        for node in [node for node in nodes if node.kind == BOOLEAN]:
            may = cases.may(node)
            assert not weakening.touches(may)
            assert all(worth(node, state) <= worth(may, state) for state in states), node

    on_generated(kind, shard, body, share=0.2)


def around(weakening: Weakening, node: Expression) -> tuple[Expression, Expression]:
    if node.kind == BOOLEAN:
        return weakening.must(node), weakening.may(node)
    return weakening.least(node), weakening.greatest(node)


def test_what_was_sliced_is_worth_it() -> None:
    """Some slices know of greatest values, and in a few, drawn by this seed, a cell sinks."""
    tally.clear()
    on_generated("any", 3, of_a_slice, examples=100)
    assert tally["narrowed"] > 5
    assert tally["sinking"] > 1


# -- planted faults ----------------------------------------------------------------------------------------------------
def _first_only(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made = getattr(slicing, name)
    monkeypatch.setattr(slicing, name, lambda *given: made(*given)[:1])


def _polarity(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands under a negation is weakened as if it did not."""
    monkeypatch.setattr(Weakening, "must", Weakening.may)


def _holds_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event is held back wherever another may be possible."""
    plain = slicing.undisturbed
    made: list[Expression] = []

    def undisturbed(events: Sequence[Event]) -> list[Expression]:
        made.extend(free := plain(events))
        return free

    weak = Weakening.may

    def may(self: Weakening, node: Expression) -> Expression:
        return self.must(node) if any(node is free for free in made) else weak(self, node)

    monkeypatch.setattr(slicing, "undisturbed", undisturbed)
    monkeypatch.setattr(Weakening, "may", may)


def _outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several alternatives of an event the last is forgotten."""
    plain = slicing._Making.event

    def event(self: slicing._Making, made: Event, free: Expression) -> Event | None:
        fewer = made.alternatives[:-1] or made.alternatives
        return plain(self, replace(made, alternatives=fewer), free)

    monkeypatch.setattr(slicing._Making, "event", event)


def _torn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first update of an alternative stays in it."""
    plain = slicing._Making._ways

    def ways(self: slicing._Making, event: Event, way: Alternative, guard: Expression, *, sink: bool) -> object:
        return plain(self, event, replace(way, updates=way.updates[:1]), guard, sink=sink)

    monkeypatch.setattr(slicing._Making, "_ways", ways)


def _first_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a choice reads what is hidden, the first branch is taken for the only one."""
    monkeypatch.setattr(
        Conditions, "_asks", lambda self, node: iter(()) if node.operator != "if" else iter([node.arguments[0]])
    )
    monkeypatch.setattr(conditions, "literal", lambda kind, value: Literal(True))


def _end_of_range(monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference is at least the difference of what its parts are at least."""
    monkeypatch.setattr(
        Weakening,
        "_end",
        lambda self, node, high: operation(
            node.operator, [self.greatest(p) if high else self.least(p) for p in node.arguments]
        ),
    )


def operation(operator: str, parts: Sequence[Expression]) -> Expression:
    return Operation(operator, parts, INTEGER)


def _loose(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads hidden cells gives the least value alone."""
    _first_only(monkeypatch, "_values")


def _starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first initial state is one of the slice."""
    plain = slicing.begun_with
    monkeypatch.setattr(slicing, "begun_with", lambda system, states: plain(system, [next(iter(states))]))


def _values_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is given up where half of the values of a cell are excluded."""
    plain = Conditions._where
    monkeypatch.setattr(Conditions, "_where", lambda *given: frozenset(sorted(plain(*given))[1:]))


def _sinks_from_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where values would be too many, the least is written."""
    monkeypatch.setattr(slicing, "MOST_WAYS", 1)
    greatest = slicing._Making._greatest

    def least(self: slicing._Making, cell: Cell, right: Expression) -> tuple[Expression, Expression]:
        return Literal(cell.domain.low), greatest(self, cell, right)[1]

    monkeypatch.setattr(slicing._Making, "_greatest", least)


def _too_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is known to be less than it can be."""
    plain = Facts.learn
    less = lambda self, found, slices: plain(self, ((cell, value - 1) for cell, value in found), slices)  # noqa: E731
    monkeypatch.setattr(Facts, "learn", less)


def _positive_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A positive part is taken for its number."""
    monkeypatch.setattr(Sums, "positive", lambda self, made: made)


def _said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a condition says of sums is taken for its opposite."""
    plain = Weakening._said
    monkeypatch.setattr(
        Weakening, "_said", lambda self, node, truth: (Sum(0, {}).plus(-1, made) for made in plain(self, node, truth))
    )


def _spans_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is written to a spanned cell the least is kept alone."""
    plain = Spans._end
    monkeypatch.setattr(
        spans.Spans, "_end", lambda self, right, end, own, high, signed: plain(self, right, end, own, 0, signed)
    )
    weak = Spans.written

    def written(self: Spans, cell: int, right: Expression, weakening: Weakening) -> list[tuple[int, Expression]]:
        least = dict(weak(self, cell, right, weakening))
        low, high = self._of[cell]
        return [(low.index, least.get(low.index, low)), (high.index, least.get(low.index, low))]

    monkeypatch.setattr(spans.Spans, "written", written)


def _pivots(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pivot is read as the account alone."""
    monkeypatch.setattr(
        Derived,
        "_read",
        lambda self, cell: (
            self.cells[len(self.original.cells) + self._number[cell]] if cell in self._number else self.cells[cell]
        ),
    )


def _trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the second of two groups of cases what holds in the first is taken to hold."""
    plain = facts._tree
    monkeypatch.setattr(facts, "_tree", lambda shapes, rows, highs: plain(shapes, rows, np.minimum(highs, highs[:1])))


SPANNED = [_positive_parts, _spans_shrink, _pivots, _trees]


@pytest.mark.parametrize("plant", SPANNED, ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_what_is_kept_of_hidden_numbers_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    body = of_cases if plant is _trees else of_spans
    with pytest.raises(AssertionError):
        on_generated("any", 0, body, examples=2_000, phases=[Phase.generate])


def numbered(low: int, high: int) -> list[Cell]:
    """Three numbers."""
    return [Cell(at, name, Domain(INTEGER, low, high), "") for at, name in enumerate("xyz")]


def test_what_is_added_and_taken_away_cancels() -> None:
    """Sums know more than interval arithmetic: by cancelling, in minima, and by what the condition of a choice says."""
    x, y, z = numbered(0, 50)
    weakening = Weakening([0, 1, 2])
    four = operation("min", [x, Literal(4)])
    assert around_constant(weakening, operation("-", [x, four])) == (0, 46)
    assert around_constant(weakening, operation("+", [operation("-", [x, four]), operation("-", [four, x])])) == (0, 0)
    less = Operation("<=", (x, y), BOOLEAN)
    chosen = Operation("if", (less, operation("-", [x, y]), Literal(0)), INTEGER)
    assert around_constant(weakening, operation("+", [chosen, operation("-", [z, z])])) == (-50, 0)


def around_constant(weakening: Weakening, node: Expression) -> tuple[int, int]:
    return bounds(weakening.least(node))[0], bounds(weakening.greatest(node))[1]


def test_a_condition_that_asks_one_number_twice_is_read_case_by_case() -> None:
    x, y, _ = numbered(0, 9)
    weakening = Weakening([0, 1])
    behind = Operation(">", (operation("-", [x, y]), Literal(1)), BOOLEAN)
    both = conjunction([behind, Operation("==", (x, y), BOOLEAN)])
    assert constant(weakening.may(both)) is None or constant(weakening.may(both)) == 1
    assert constant(Cases(weakening).may(both)) == 0
    assert constant(Cases(weakening).may(conjunction([behind, Operation("!=", (x, y), BOOLEAN)]))) == 1


def _cases_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an atom is false, those that it decides are what they are where it is true."""
    plain = cases._where
    monkeypatch.setattr(cases, "_where", lambda atom, truth: plain(atom, True))


@pytest.mark.parametrize("plant", [_said, _cases_without_one], ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_what_may_hold_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On conditions over three numbers that are drawn so that they ask the same more than once."""
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        assert_drawn(400)


def test_what_may_hold_of_numbers_that_are_asked_more_than_once() -> None:
    assert_drawn(200)


def assert_drawn(number: int) -> None:
    for seed in range(number):
        assert_may(Random(seed))


def assert_may(random: Random) -> None:
    """A condition over three numbers, some hidden, is around what holds in all states; a choice by it, too."""
    leaves = numbered(0, 3)

    def number(depth: int) -> Expression:
        if depth == 0 or random.random() < 0.2:
            return random.choice([*leaves, Literal(random.randint(-1, 3))])
        if random.random() < 0.2:
            return Operation("if", (test(depth - 1), number(depth - 1), number(depth - 1)), INTEGER)
        if random.random() < 0.1:
            return operation(random.choice(["//", "%"]), [number(depth - 1), Literal(random.randint(1, 3))])
        return operation(random.choice(["+", "-", "*", "min", "max"]), [number(depth - 1), number(depth - 1)])

    def test(depth: int) -> Expression:
        if depth == 0 or random.random() < 0.4:
            operator = random.choice(["<", "<=", ">", ">=", "==", "!="])
            return Operation(operator, (number(min(depth, 1)), number(min(depth, 1))), BOOLEAN)
        if random.random() < 0.2:
            return negation(test(depth - 1))
        return Operation(random.choice(["and", "or"]), (test(depth - 1), test(depth - 1)), BOOLEAN)

    weakening = Weakening(random.sample(range(3), random.randint(1, 3)))
    asked, values = test(3), [number(3), operation("*", [number(1), number(2)])]
    around = [
        must_and_may(weakening, asked),
        *((weakening.least(value), weakening.greatest(value)) for value in values),
    ]
    for state in product(range(4), repeat=3):
        for node, (least, greatest) in zip([asked, *values], around, strict=True):
            assert worth(least, state) <= worth(node, state) <= worth(greatest, state)


def must_and_may(weakening: Weakening, node: Expression) -> tuple[Expression, Expression]:
    return weakening.must(node), Cases(weakening).may(node)


def test_a_product_of_what_is_kept_and_a_sum_of_what_is_hidden() -> None:
    """The hidden number occurs twice in the sum, and the product is no sum: it lies between the products of the ends."""
    kept, hidden, other = numbered(0, 3)
    for rest in (Literal(1), other):
        less = operation("-", [hidden, operation("min", [hidden, rest])])
        for factor in (kept, operation("-", [kept, Literal(1)]), operation("min", [kept, Literal(2)])):
            weakening, value = Weakening([1, 2]), operation("*", [factor, less])
            least, greatest = weakening.least(value), weakening.greatest(value)
            for state in product(range(4), repeat=3):
                assert worth(least, state) <= worth(value, state) <= worth(greatest, state)


FAULTS = [
    _polarity,
    _holds_back,
    _outcomes,
    _torn,
    _first_match,
    _end_of_range,
    _loose,
    _starts,
    _values_left,
    _too_narrow,
    _sinks_from_below,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_the_rules_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        states = states_of(built.system)
        made = drawn_slice(narrowed(built.system, states) if plant is _too_narrow else built.system, data)
        if made is not None:
            assert_simulates(made, states, built.system)

    plant(monkeypatch)
    with pytest.raises(AssertionError):
        on_generated("any", 0, body, examples=2_000, phases=[Phase.generate])
