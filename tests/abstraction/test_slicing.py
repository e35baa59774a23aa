"""Slices hold at least what their systems do: every reachable step of generated systems is one of every slice, or unseen there.

`DRCHECK_EXAMPLES` sets how many systems are taken, `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import Phase
from hypothesis import strategies as st

from drcheck.abstraction import conditions, slicing
from drcheck.abstraction.conditions import Conditions
from drcheck.abstraction.facts import Facts
from drcheck.abstraction.slicing import Slice, TooManyWaysError, sliced
from drcheck.abstraction.weakening import Weakening
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine, compile_function, generate
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import guard_of
from drcheck.saturation.ends import worth
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import Alternative, Cell, Event, State, System
from tests.support.generated import KINDS, on_generated, sharded
from tests.support.generators import Built

MOST_STATES = 400


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
