"""Rows that are never chosen, against every reachable state looked at one by one with the guards as they are written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from drcheck import (
    Age,
    Boolean,
    Component,
    Counter,
    Integer,
    System,
    compose,
    design,
    event,
    hours,
    on,
    reachable,
    stated,
)
from drcheck.cli.check_text import rows_lines
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError
from drcheck.language.component import Component as Machine
from drcheck.language.transition import Fits
from drcheck.language.variables import assignment_targets
from drcheck.reductions.form import SYMMETRY
from drcheck.system.oracle import Oracle, SystemEnvironment
from drcheck.system.system import State
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.idle_rows import RowQuestions, never_chosen
from tests.support.generated import some
from tests.support.generators import Case, systems


def idle(system: System, **how: Any) -> list[tuple[str, str, tuple[str, ...], bool]]:
    (verdict, *_) = check(system, [], **how)
    assert verdict.run.knows_rows
    seen = never_chosen([verdict.run.rows or ()])
    return [(s.row.component, s.row.trigger, s.row.sources, s.constant) for s in seen]


def part(*rows: Any, states: tuple[str, ...] = ("a", "b"), name: str = "part", variables: Any = ()) -> Component:
    return Component(name, states, variables=variables, transitions=rows)


def test_a_row_that_an_earlier_one_hides() -> None:
    level = Integer("level", 0, 3)
    grows = on("grow", "a", when=level < 3, then={level: level + 1})
    many = on("look", "a", "b", when=level >= 1)
    more = on("look", "a", "b", when=level >= 2)
    system = compose("hidden", [part(grows, many, more, on("back", "b", "a"), variables=[level])])
    assert idle(system) == [("part", "look", ("a",), False)]


def test_a_row_whose_guard_never_holds_where_it_counts() -> None:
    level = Integer("level", 0, 3)
    rows = [on("look", "a", "b", when=level == 0), on("look", "b", "a", when=level > 0)]
    system = compose("stuck", [part(*rows, on("grow", "a", when=level < 0, then={level: 1}), variables=[level])])
    assert idle(system) == [("part", "look", ("b",), False)]  # grow never fires, and is told as an event


@pytest.mark.parametrize("urgent", [True, False])
def test_a_row_that_urgent_events_never_let_happen(urgent: bool) -> None:
    age = Age("age", cap=2)
    busy = part(on("works", "a", "b", urgent=urgent), on("rests", "b", "a"))
    clock = part(
        on("tick", "b", when=busy.a, then={age: age + 1}),
        on("tick", "b", then={age: age + 1}),
        on("tick", "a"),
        on("starts", "a", "b"),
        name="clock",
        variables=[age],
    )
    system = compose("busy", [busy, clock], tick=hours(1))
    assert idle(system) == [("clock", "tick", ("b",), False)] * urgent


@pytest.mark.parametrize("priority", [1, None])
def test_a_row_that_a_higher_priority_never_lets_happen(priority: int | None) -> None:
    first = part(on("a_goes", "a", "b", priority=priority), on("b_goes", "b", "a"), name="first")
    second = part(on("looks", "a", when=first.a), on("looks", "a", when=first.b), name="second", states=("a",))
    assert idle(compose("priorities", [first, second])) == [("second", "looks", ("a",), False)] * (priority is not None)


def test_time_that_is_held_back_holds_no_row_back() -> None:
    """In a, `hurries` holds time back, which would come before what has a low priority: so `looks` happens there."""
    first = part(on("hurries", "a", "b", urgent=True, priority=-1), on("tick", "*"), name="first")
    looks = [on("looks", "a", when=first.a, priority=-1), on("looks", "a", when=first.b)]
    second = part(*looks, states=("a",), name="second")
    system = compose("low", [first, second], tick=hours(1))
    (verdict, *_) = check(system, [])
    chosen = [seen.chosen for seen in verdict.run.rows or () if seen.row.trigger == "looks"]
    assert chosen == [True, False]


def test_an_optional_participant_that_never_takes_part() -> None:
    ready = Boolean("ready")
    sender = part(on("send", "a"), states=("a",), name="sender")
    receives = on("receive", "a", when=ready, then={ready: False})
    receiver = part(receives, states=("a",), name="receiver", variables=[ready])
    system = compose(
        "optional", [sender, receiver], events=[event("sent", {sender: "send"}, optional={receiver: "receive"})]
    )
    assert idle(system) == [("receiver", "receive", ("a",), False)]


def test_a_full_counter_that_refuses_hides_no_row() -> None:
    tries = Counter("tries", cap=1, at_limit="refuse")
    rows = [on("tries_it", "a", then={tries: tries + 1}), on("tries_it", "a", "b")]
    assert idle(compose("tries", [part(*rows, variables=[tries])])) == []


def test_rows_alone_in_their_trigger_and_rows_of_events_that_never_happen_are_not_asked_of() -> None:
    passive = part(on("helps", "a", "b", passive=True), on("helps", "b", "a", passive=True), name="passive")
    plain = part(on("goes", "a", "b"), on("comes", "b", "a"), name="plain")
    system = compose("plain", [plain, passive])
    assert RowQuestions(system, 0).watches == []


def test_what_does_not_see_every_state_does_not_tell() -> None:
    level = Integer("level", 0, 5000)
    system = compose(
        "growing",
        [
            part(
                on("grow", "a", when=level < 5000, then={level: level + 1}),
                on("grow", "a", when=level > 5000),
                variables=[level],
                states=("a",),
            )
        ],
    )
    assert [v.run.knows_rows for v in check(system, [], limits=Limits(states=1000))] == [False]
    assert [v.run.knows_rows for v in check(system, [], reductions=frozenset([SYMMETRY]))] == [False]
    level = Integer("level", 0, 1)
    system = compose("escaping", [part(on("grow", "a", then={level: level + 1}), variables=[level], states=("a",))])
    assert [v.run.knows_rows for v in check(system, [])] == [False]


def switching(fenced: bool = False, wide: bool = False) -> System:
    """Two rows that parameters decide about, and one that needs another variant."""
    level = Integer("level", 0, 4)
    rows = [
        on("look", "a", "b", when=fenced),
        on("look", "a", when=level > (3 if wide else 4)),
        on("look", "a"),
        on("grow", "a", when=level < 4, then={level: level + 1}),
        on("back", "b", "a"),
        on("back", "a", when=level > 4),
    ]
    return compose("switching", [part(*rows, variables=[level])])


def test_rows_over_all_searches_of_a_design() -> None:
    def seen_in(*variants: dict[str, bool]) -> list[tuple[str, bool]]:
        runs = [check(switching(**variant), [])[0].run for variant in variants]
        return [(f"{s.row.trigger} {s.row.place.line}", s.constant) for s in never_chosen(r.rows or () for r in runs)]

    alone, fenced, wide = seen_in({}), seen_in({"fenced": True}), seen_in({"wide": True})
    assert [(name.split()[0], constant) for name, constant in alone] == [("look", True), ("look", False)]
    assert [(name.split()[0], constant) for name, constant in fenced] == [
        ("look", True),
        ("look", True),
        ("back", False),
    ]
    assert [name for name, _ in wide] == [alone[0][0]]
    assert seen_in({}, {"wide": True}) == [alone[0]]
    assert seen_in({}, {"wide": True}, {"fenced": True}) == [fenced[2]]


def test_a_report_tells_in_lines() -> None:
    @stated(given={"wide": True})
    def grows(d: System) -> Any:
        return reachable(d.part.level == 4)

    def build(fenced: bool = False, wide: bool = False) -> System:
        made = switching(fenced, wide)
        return compose("lines", made.components, properties=[grows])

    report = check_design(design(build))
    (line,) = rows_lines(report)
    assert line.startswith("Rows that these parameters keep from being chosen, in no search: part.look from a (")
    (line,) = rows_lines(check_design(design(build), reductions=frozenset([SYMMETRY])))
    assert line.startswith("Rows that are never chosen are not known")


# -- against the definition -----------------------------------------------------------------------------------------------
@settings(
    max_examples=some(1 / 50), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(systems())
def test_every_engine_tells_what_the_states_tell(case: Case) -> None:
    try:
        system = case.build().system
    except ModelError:
        return
    asked = RowQuestions(system, 0)
    query = Query(tuple(asked.watches))
    found = PythonEngine().explore(system, query, Limits(states=200))
    if not found.complete or found.escape is not None:
        return
    told = asked.answer(found.hits, lambda number: found.fired[number] > 0)
    taken = {choice for n in range(found.states) for choice in chosen_in(system, found.state(n))}
    for seen in told:
        component = system.component(seen.row.component)
        alike = [
            t
            for t in component.on_trigger(seen.row.trigger)
            if (t.sources, t.place) == (seen.row.sources, seen.row.place)
        ]
        row = component.transitions.index(alike[seen.row.number])
        assert seen.chosen == ((component.name, row) in taken), seen
        assert not (seen.chosen and seen.constant)
    asked_of = {(seen.row.component, seen.row.trigger) for seen in told}
    assert {
        (c, t.trigger)
        for c, i in taken
        for t in [system.component(c).transitions[i]]
        if len(system.component(c).on_trigger(t.trigger)) > 1
    } <= asked_of
    assert NumpyEngine().explore(system, query).hits == found.hits


def chosen_in(system: System, state: State) -> set[tuple[str, int]]:
    """The rows that some step of a state chooses, as (component, position among its transitions)."""
    environment = SystemEnvironment(system)
    environment.look_at(state)
    found = set()
    for number, made in {(step.event, step.chosen) for step in Oracle(system).successors(state)}:
        environment.chosen = dict(made)
        for participant in system.events[number].participants:
            row = first_match(system, participant.component, participant.trigger, state, environment)
            if row is not None:
                found.add((participant.component.name, row))
    return found


def first_match(
    system: System, component: Machine, trigger: str, state: State, environment: SystemEnvironment
) -> int | None:
    now = component.states[state[system.control_of[component.name]]]
    call: Any = SimpleNamespace(model=SimpleNamespace(environment=environment), kwargs={})
    for number, row in enumerate(component.transitions):
        if (
            row.trigger != trigger
            or now not in row.sources
            or (row.when is not None and not row.when.evaluate(environment))
        ):
            continue
        for way in row.outcomes:
            refusing = [(assignment_targets(t)[1][0], value) for t, value in way.then.items]
            if all(Fits(variable, value)(call) for variable, value in refusing if variable.at_limit == "refuse"):
                return number
    return None
