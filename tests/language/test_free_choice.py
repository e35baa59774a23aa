"""A free choice inside one event: what is chosen and when, what is shown of it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drcheck import (
    Age,
    Array,
    Boolean,
    Component,
    Counter,
    Expression,
    Integer,
    System,
    chosen,
    compose,
    event,
    happens,
    hours,
    if_else,
    minimum,
    minutes,
    never,
    on,
    outcome,
    reachable,
    standalone,
    worst_case,
)
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import Exploration, Query
from drcheck.engines.python import PythonEngine
from drcheck.engines.reference import ReferenceEngine
from drcheck.errors import ModelError
from drcheck.language.free_choice import MAX_ALTERNATIVES
from drcheck.language.units import choices_text
from drcheck.render.machine import machine_diagram
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check
from tests.support.engines import equal, one
from tests.support.trace_lines import trace_text


def told(system: System, state: tuple[int, ...] | None = None) -> list[tuple[str, str, tuple[int, ...] | None]]:
    """The steps from a state, the initial one if none is given: the event, what was chosen, the state after it."""
    steps = Oracle(system).successors(system.initial if state is None else state)
    return [(system.events[s.event].name, choices_text(s.chosen, system.tick), s.target) for s in steps]


def same_everywhere(system: System) -> Exploration:
    """Every engine that is there finds the same."""
    first = PythonEngine().explore(system, Query(graph=True))
    others = [ReferenceEngine(), NumpyEngine(), *([compiled] if (compiled := NativeEngine()).available() else [])]
    for engine in others:
        equal(engine.explore(system, Query(graph=True)), first)
    return first


# -- what is chosen ----------------------------------------------------------------------------------------------------
def test_each_value_for_which_the_guard_holds_is_an_alternative_in_its_order() -> None:
    x, amount = Integer("x", 0, 9), chosen("amount", [3, 1, 2])
    system = one([x], [on("grow", when=amount != 1, then={x: minimum(x + amount, 9)})])
    assert told(system) == [("grow", "amount = 3", (0, 3)), ("grow", "amount = 2", (0, 2))]
    assert [dict(way.chosen)[amount] for way in system.events[0].alternatives] == [3, 1, 2]
    same_everywhere(system)


def test_all_participants_that_read_one_choice_have_one_value() -> None:
    sent, received, amount = (
        Integer("sent", 0, 4),
        Counter("received", 3, at_limit="refuse"),
        chosen("amount", range(5)),
    )
    source = Component("source", ["here"], variables=[sent], transitions=[on("send", then={sent: amount})])
    sink = Component(
        "sink", ["here"], variables=[received], transitions=[on("send", when=amount > 0, then={received: amount})]
    )
    steps = told(compose("line", [source, sink]))
    assert steps == [("send", f"amount = {n}", (0, n, 0, n)) for n in (1, 2, 3)]


def test_two_choices_of_an_event_are_chosen_independently_and_the_last_varies_fastest() -> None:
    x, y = Integer("x", 0, 2), Boolean("y")
    n, b = chosen("n", range(3)), chosen("b", [False, True])
    parts = [
        Component("first", ["here"], variables=[x], transitions=[on("go", then={x: n})]),
        Component("second", ["here"], variables=[y], transitions=[on("go", when=(n > 0) | ~b, then={y: b})]),
    ]
    said = [text for _, text, _ in told(compose("both", parts))]
    assert said == ["n = 0, b = false", "n = 1, b = false", "n = 1, b = true", "n = 2, b = false", "n = 2, b = true"]
    same_everywhere(compose("both", [_copy(0), _copy(1)]))


def _copy(which: int) -> Component:
    value = Integer("value", 0, 3)
    pick = chosen("pick", range(4)) if which else chosen("other", range(2))
    return Component(f"c{which}", ["here"], variables=[value], transitions=[on("go", then={value: pick})])


def test_each_event_chooses_anew_and_outcomes_are_beside_the_choice() -> None:
    x, amount = Integer("x", 0, 3), chosen("amount", [1, 2])
    system = one(
        [x],
        [
            on("go", "a", outcomes=[outcome("b", {x: amount}), outcome("a", {x: 0}), outcome("b", {x: x})]),
            on("back", "b", "a", when=x == amount, then={x: 3}),
        ],
        states=("a", "b"),
    )
    steps = Oracle(system).successors(system.initial)
    assert [(s.alternative, choices_text(s.chosen), s.target) for s in steps] == [
        (0, "amount = 1", (1, 1)), (1, "amount = 1", (0, 0)), (2, "amount = 1", (1, 0)),
        (3, "amount = 2", (1, 2)), (4, "amount = 2", (0, 0)), (5, "amount = 2", (1, 0)),
    ]  # an alternative a row  # fmt: skip
    assert all(way.probability is None for way in system.events[0].alternatives)
    assert told(system, (1, 2)) == [("back", "amount = 2", (0, 3))]
    same_everywhere(system)


def test_it_is_as_if_there_were_an_event_for_each_value() -> None:
    """The same system without a choice, written by hand, has the same states and as many steps."""

    def system(*, free: bool) -> System:
        x, y, slot = Integer("x", 0, 6), Counter("y", 4), Array("slot", Integer("value", 0, 3), 3)
        rows = []
        for name, value in [("go", chosen("amount", range(3)))] if free else [(f"go_{n}", n) for n in range(3)]:
            amount = value + x * 0  # an expression, be it of a number or of a choice
            rows += [
                on(name, "a", "b", when=x + amount <= 4, then={x: x + amount, slot[minimum(amount, 2)]: amount}),
                on(name, "a", when=amount == 2, then={y: y + 2 * amount}),
                on(name, "b", "a", when=amount > 0, then={x: if_else(amount == 1, 0, x), y: y - amount}),
            ]
        return one([x, y, slot], rows, states=("a", "b"))

    with_choice, by_hand = same_everywhere(system(free=True)), same_everywhere(system(free=False))
    states = [[found.state(n) for n in range(found.states)] for found in (with_choice, by_hand)]
    assert states[0] == states[1]
    assert len(states[0]) > 50
    assert (with_choice.transitions, with_choice.deadlocks) == (by_hand.transitions, by_hand.deadlocks)


# -- when something is chosen --------------------------------------------------------------------------------------------
def test_what_does_not_depend_on_the_choice_is_one_step() -> None:
    x, amount = Integer("x", 0, 5), chosen("amount", [1, 2])
    rows = [
        on("go", "first", "second", when=x == 5),  # comes first, and asks for nothing
        on("go", "first", when=x + amount <= 4, then={x: x + amount}),
        on("go", "first", "second", then={x: amount}),
        on("go", "second", "third"),
        on("go", "third", "first"),
    ]
    system = one([x], rows, states=("first", "second", "third"))
    assert told(system, (0, 5)) == [("go", "", (1, 5))]
    assert told(system, (0, 3)) == [("go", "amount = 1", (0, 4)), ("go", "amount = 2", (1, 2))]
    assert told(system, (0, 4)) == [("go", "amount = 1", (1, 1)), ("go", "amount = 2", (1, 2))]
    assert told(system, (1, 4)) == [("go", "", (2, 4))]
    same_everywhere(system)


def test_what_only_an_update_reads_is_chosen_where_it_is_carried_out() -> None:
    x, y = Integer("x", 0, 5), Integer("y", 0, 5)
    amount, other = chosen("amount", [1, 2]), chosen("other", [3, 4])
    rows = [on("go", when=amount == 1, then={x: 5}), on("go", then={y: other})]
    assert [step[1:] for step in told(one([x, y], rows))] == [
        ("amount = 1", (0, 5, 0)), ("amount = 2, other = 3", (0, 0, 3)), ("amount = 2, other = 4", (0, 0, 4)),
    ]  # a step a row  # fmt: skip
    same_everywhere(one([Integer("x", 0, 5), v := Integer("v", 0, 5)], [on("go", then={v: other})]))


def test_an_optional_participant_that_does_not_move_chooses_nothing() -> None:
    x, amount = Integer("x", 0, 2), chosen("amount", [1, 2])
    lead = Component("lead", ["a", "b"], transitions=[on("go", "a", "b"), on("back", "b", "a")])
    rows = [on("join", "in", "out", then={x: amount}), on("again", "out", "in")]
    other = Component("other", ["in", "out"], variables=[x], transitions=rows)
    system = compose("optional", [lead, other], events=[event("go", {lead: "go"}, optional={other: "join"})])
    assert [s for s in told(system) if s[0] == "go"] == [("go", f"amount = {n}", (1, 1, n)) for n in (1, 2)]
    assert told(system, (0, 1, 0))[0] == ("go", "", (1, 1, 0))
    same_everywhere(system)


def test_time_can_choose_and_durations_are_ticks() -> None:
    age, step = Age("age", cap=hours(3), cap_is="the end"), chosen("step", [hours(1), minutes(30)])
    system = one([age], [on("tick", then={age: age + step})], tick=minutes(30))
    assert told(system) == [("tick", "step = 1h", (0, 2)), ("tick", "step = 30m", (0, 1))]
    same_everywhere(system)
    age, step = Age("age", cap=hours(3)), chosen("step", [hours(1), minutes(30)])
    with pytest.raises(ModelError, match=r"\[DR117\].*30m is the longest"):
        one([age], [on("tick", then={age: age + step})], tick=hours(1))


def test_a_value_that_the_guard_excludes_needs_no_room() -> None:
    x, amount = Integer("x", 0, 2), chosen("amount", range(8))
    system = one([x], [on("go", when=amount <= 2, then={x: amount})])
    assert len(told(system)) == 3
    x, amount = Integer("x", 0, 2), chosen("amount", range(8))
    with pytest.raises(ModelError, match=r"\[DR109\]"):
        one([x], [on("go", then={x: amount})])


# -- what is shown -------------------------------------------------------------------------------------------------------
def sending() -> tuple[System, Integer]:
    x, amount, late = Integer("x", 0, 5), chosen("amount", range(4)), chosen("late", [False, True])
    rows = [on("send", "a", when=x + amount <= 5, then={x: if_else(late, x, x + amount)}), on("send", "a", "b")]
    return one([x], rows, states=("a", "b")), x


def test_traces_say_what_was_chosen() -> None:
    system, x = sending()
    trace = check(system, [never(x == 5, name="small")])[-1].trace
    assert trace is not None
    text = "\n".join(trace_text(trace))
    assert "send (amount = 2, late = false)  [automatic]" in text
    assert [step.get("chosen") for step in trace.as_data()["steps"]] == [
        {"amount": 2, "late": False}, {"amount": 3, "late": False}
    ]  # a step a line  # fmt: skip
    over = check(system, [reachable(system.c.b, name="over")])[-1].trace
    assert over is not None
    assert over.as_data()["steps"][-1]["chosen"] == {"amount": 3}
    edge, *_ = machine_diagram(system.c, system).edges
    assert edge.remarks == ("amount: 0..3", "late: false | true")
    assert edge.effects == ("x := (x if late else x + amount)",)


def test_an_observer_sees_the_event_with_what_was_chosen() -> None:
    system, x = sending()
    (_, verdict) = check(system, [never(happens("send", when=x == 2) & (x == 5), name="not_from_two_to_five")])
    assert verdict.trace is not None
    assert [step.get("chosen") for step in verdict.trace.as_data()["steps"]] == [
        {"amount": 2, "late": False},
        {"amount": 3, "late": False},
    ]


def test_a_row_is_a_transition_whatever_the_value() -> None:
    x, amount = Integer("x", 0, 3), chosen("amount", range(3))
    rows = [
        on("go", when=(amount == 2) & (x == 0), then={x: 2}),
        on("go", when=(amount == 1) & (x > 3), then={x: 1}),  # never
        on("go", when=amount < 9, then={x: 0}),
        on("go", then={x: 3}),  # never, whatever the value
    ]
    (verdict, *_) = check(one([x], rows), [worst_case(x, name="most")])
    seen = verdict.run.rows
    assert seen is not None
    assert [row.chosen for row in seen] == [True, False, True, False]


def test_a_condition_of_a_guard_is_one_whatever_the_value() -> None:
    x, amount = Integer("x", 0, 5), chosen("amount", range(3))
    system = one([x], [on("go", when=(x + amount <= 4) & (amount < 7), then={x: x + amount})])
    (verdict, *_) = check(system, [worst_case(x, name="most")], coverage=True)
    (guard,) = verdict.run.guards
    assert [(c.text, c.alternative, c.decides) for c in guard.conditions] == [("c.x + amount <= 4", None, True)]


def test_a_live_machine_is_told_what_is_chosen() -> None:
    x, amount = Integer("x", 0, 9), chosen("amount", [1, 4])
    machine = standalone(Component("c", ["a"], variables=[x], transitions=[on("go", "a", then={x: x + amount})]))
    machine.model.go(amount=4)
    machine.model.go(amount=1)
    assert machine.model.values == {"x": 5}
    for given in ({}, {"amount": 3}, {"amount": True}):
        with pytest.raises(ModelError, match=r"\[DR120\].*say what is chosen when the trigger is called: amount="):
            machine.model.go(**given)


# -- what is refused -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [[], 3, "abc", ["a", "b"], [1, True], [1, hours(1)], [None], [1.5], [2, 1, 2], [hours(1), minutes(60)]],
    ids=str,
)
def test_nothing_to_choose_from(values: object) -> None:
    with pytest.raises(ModelError, match=r"\[DR150\] free choice n[: ].*test_free_choice"):
        chosen("n", values)


def test_a_set_has_no_order_and_a_name_is_a_name() -> None:
    with pytest.raises(ModelError, match=r"\[DR123\]"):
        chosen("n", {1, 2})
    with pytest.raises(ModelError, match=r"\[DR105\]"):
        chosen("an amount", [1, 2])
    with pytest.raises(ModelError, match=r"\[DR111\]"):
        chosen("n", [1 << 70])


@pytest.mark.parametrize("ask", [lambda n: never(n > 1), lambda n: worst_case(n), lambda n: reachable(n == 1)])
def test_a_choice_has_no_value_in_a_state(ask: Callable[[Expression], object]) -> None:
    x, n = Integer("x", 0, 2), chosen("n", [1, 2])
    system = one([x], [on("go", then={x: n})])
    with pytest.raises(ModelError, match=r"\[DR151\] the free choice n has a value in its event only"):
        check(system, [ask(n)])
    with pytest.raises(ModelError, match=r"\[DR151\]"):
        lower(system, n + 1)


def test_two_choices_of_one_name_in_an_event() -> None:
    x, y = Integer("x", 0, 2), Integer("y", 0, 2)
    parts = [
        Component(f"c{k}", ["a"], variables=[v], transitions=[on("go", then={v: chosen("n", [1, 2])})])
        for k, v in enumerate((x, y))
    ]
    with pytest.raises(ModelError, match=r"\[DR150\] two free choices of event go are called n"):
        compose("two", parts)


def test_too_many_alternatives() -> None:
    with pytest.raises(ModelError, match=r"\[DR152\] free choice n has more than 1,000 values"):
        chosen("n", range(10**15))
    x, y = Integer("x", 0, 99), Integer("y", 0, 99)
    a, b, rest = chosen("a", range(40)), chosen("b", range(25)), chosen("rest", [1])
    assert MAX_ALTERNATIVES == 40 * 25
    one([x, y], [on("go", then={x: a, y: b})])
    x, y = Integer("x", 0, 99), Integer("y", 0, 99)
    with pytest.raises(ModelError, match=r"\[DR152\] system sample: up to event more, .* make 1,001 alternatives"):
        one([x, y], [on("go", then={x: a, y: b}), on("more", then={x: rest})])


def test_a_choice_cannot_be_assigned_to() -> None:
    with pytest.raises(ModelError, match=r"\[DR108\]"):
        on("go", then={chosen("n", [1, 2]): 1})
