"""What each construct of the language means: small systems and what they do, on live machines and lowered."""

from __future__ import annotations

from typing import Any

import pytest
from transitions import Machine
from transitions.extensions import GraphMachine

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    Literal,
    Site,
    System,
    Updates,
    all_of,
    any_of,
    compose,
    count,
    days,
    event,
    hours,
    if_else,
    maximum,
    minimum,
    minutes,
    on,
    outcome,
    total,
)
from drcheck.engines.protocol import Exploration, Query
from drcheck.engines.python import PythonEngine
from drcheck.engines.reference import ReferenceEngine
from drcheck.errors import DesignError, ModelError
from drcheck.language.durations import Duration
from drcheck.language.standalone import standalone
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import State


def explored(system: System) -> Exploration:
    """Every reachable state: by the reference engine, and the same by the python engine."""
    reference, python = (engine.explore(system, Query()) for engine in (ReferenceEngine(), PythonEngine()))
    assert [reference.state(n) for n in range(reference.states)] == [python.state(n) for n in range(python.states)]
    for what in ("transitions", "deadlocks", "fired", "escape"):
        assert getattr(reference, what) == getattr(python, what)
    return reference


def reached(system: System) -> list[dict[str, Any]]:
    """The reachable states as people read them, in the order in which they are found."""
    found = explored(system)
    return [system.decode(found.state(n)) for n in range(found.states)]


def steps(system: System, state: State | None = None) -> list[tuple[str, dict[str, Any]]]:
    """What can happen in a state: event names, and what they change."""
    before = system.initial if state is None else state
    result = []
    for step in Oracle(system).successors(before):
        assert step.target is not None
        old, new = system.decode(before), system.decode(step.target)
        result.append((system.events[step.event].name, {k: v for k, v in new.items() if old[k] != v}))
    return result


def walk(system: System, *events: str) -> State:
    """The state after some events, each of which must be possible and have one outcome."""
    state, oracle = system.initial, Oracle(system)
    for name in events:
        (target,) = [s.target for s in oracle.successors(state) if system.events[s.event].name == name]
        assert target is not None
        state = target
    return state


def alone(*transitions: Any, states: tuple[str, ...] = ("s",), variables: Any = (), **more: Any) -> System:
    """A system of one component `c`."""
    return compose("sample", [Component("c", states, variables=variables, transitions=transitions)], **more)


# -- updates -------------------------------------------------------------------------------------------------------
def test_updates_are_simultaneous_across_the_participants_of_a_rendezvous() -> None:
    """Two components swap their values in one event: each reads what the other had before."""
    x, y = Integer("x", 0, 9, 3), Integer("y", 0, 9, 8)
    a = Component("a", ["s"], variables=[x], transitions=[on("swap", "s", then={x: y})])
    b = Component("b", ["s"], variables=[y], transitions=[on("swap", "s", then={y: x})])
    assert steps(compose("pair", [a, b])) == [("swap", {"a.x": 8, "b.y": 3})]


def test_updates_of_one_transition_read_the_values_before_it() -> None:
    x, y = Integer("x", 0, 9, 1), Integer("y", 0, 9, 2)
    system = alone(on("turn", "s", then={x: y, y: x + y}), variables=[x, y])
    assert steps(system) == [("turn", {"c.x": 2, "c.y": 3})]


def test_a_participant_reads_the_state_that_another_had_before_the_event() -> None:
    a = Component("a", ["old", "new"], transitions=[on("go", "old", "new")])
    saw = Boolean("saw_old")
    b = Component("b", ["s"], variables=[saw], transitions=[on("go", "s", then={saw: a.old})])
    for order in ([a, b], [b, a]):
        assert steps(compose("pair", order)) == [("go", {"a": "new", "b.saw_old": True})]


# -- triggers ------------------------------------------------------------------------------------------------------
def test_the_first_matching_transition_of_a_trigger_is_taken() -> None:
    x = Integer("x", 0, 9, 5)
    system = alone(
        on("go", "s", "low", when=x < 3),
        on("go", "s", "middle", when=x < 7),
        on("go", "s", "high"),
        states=("s", "low", "middle", "high"),
        variables=[x],
    )
    assert steps(system) == [("go", {"c": "middle"})]


def test_a_guarded_transition_leaves_the_event_to_the_next() -> None:
    x = Integer("x", 0, 3)
    system = alone(
        on("go", "s", when=x == 0, then={x: 1}),
        on("go", "s", when=x == 1, then={x: 2}),
        variables=[x],
    )
    assert [s["c.x"] for s in reached(system)] == [0, 1, 2]
    assert explored(system).deadlocks == 1


def test_unless_is_a_guard_that_must_not_hold() -> None:
    x = Integer("x", 0, 1)
    system = alone(on("go", "s", when=x < 5, unless=x == 1, then={x: x + 1}), variables=[x])
    assert [s["c.x"] for s in reached(system)] == [0, 1]


def test_sources_are_one_state_several_or_all() -> None:
    system = alone(on("one", "a", "b"), on("some", ["a", "b"], "c"), on("any", "*", "a"), states=("a", "b", "c"))
    assert [name for name, _ in steps(system)] == ["one", "some", "any"]
    assert [name for name, _ in steps(system, (2,))] == ["any"]


# -- rendezvous ----------------------------------------------------------------------------------------------------
def pair() -> tuple[Component, Component]:
    """A caller and an answerer with triggers of different names."""
    a = Component("a", ["idle", "busy"], transitions=[on("call", "idle", "busy"), on("end", "busy", "idle")])
    b = Component("b", ["idle", "busy"], transitions=[on("answer", "idle", "busy"), on("end", "busy", "idle")])
    return a, b


def test_a_trigger_of_one_name_is_a_rendezvous_and_everything_else_interleaves() -> None:
    system = compose("pair", list(pair()))
    assert [(s["a"], s["b"]) for s in reached(system)] == [
        ("idle", "idle"),
        ("busy", "idle"),
        ("idle", "busy"),
        ("busy", "busy"),
    ]
    assert steps(system, (1, 1)) == [("end", {"a": "idle", "b": "idle"})]
    assert [name for name, _ in steps(system, (1, 0))] == ["answer"], "end waits for both"


def test_a_vector_joins_triggers_of_different_names() -> None:
    a, b = pair()
    system = compose("pair", [a, b], events=[event("talk", {a: "call", b: "answer"})])
    assert [e.name for e in system.events] == ["talk", "end"]
    assert [(s["a"], s["b"]) for s in reached(system)] == [("idle", "idle"), ("busy", "busy")]


def test_one_trigger_can_be_paired_in_several_vectors() -> None:
    a, b = pair()
    c = Component("c", ["idle", "busy"], transitions=[on("reply", "idle", "busy")])
    system = compose(
        "three", [a, b, c], events=[event("talk_b", {a: "call", b: "answer"}), event("talk_c", {a: "call", c: "reply"})]
    )
    assert steps(system) == [("talk_b", {"a": "busy", "b": "busy"}), ("talk_c", {"a": "busy", "c": "busy"})]


def test_an_optional_participant_takes_part_when_it_can_and_never_hinders() -> None:
    a, b = pair()
    system = compose("pair", [a, b], events=[event("talk", {a: "call"}, optional={b: "answer"})])
    assert steps(system, (0, 0)) == [("talk", {"a": "busy", "b": "busy"})]
    assert steps(system, (0, 1)) == [("talk", {"a": "busy"})]
    assert [name for name, _ in steps(system, (1, 0))] == [], "b does not answer on its own"


def test_an_internal_trigger_is_never_a_rendezvous_by_name() -> None:
    parts = [Component(name, ["s", "t"], transitions=[on("work", "s", "t", internal=True)]) for name in ("a", "b")]
    system = compose("pair", parts)
    assert [e.name for e in system.events] == ["a.work", "b.work"]
    assert explored(system).states == 4


# -- what comes first ----------------------------------------------------------------------------------------------
def test_urgent_events_come_before_time_passes() -> None:
    clock = Component("clock", ["s"], transitions=[on("tick", "s")])
    job = Component("job", ["waiting", "done"], transitions=[on("run", "waiting", "done", urgent=True)])
    system = compose("pair", [clock, job], tick=hours(1))
    assert [name for name, _ in steps(system)] == ["run"]
    assert [name for name, _ in steps(system, walk(system, "run"))] == ["tick"]


def test_an_urgent_event_does_not_hinder_others_than_time() -> None:
    job = Component("job", ["s", "t"], transitions=[on("run", "s", "t", urgent=True), on("stop", "s", "t")])
    assert [name for name, _ in steps(compose("sample", [job]))] == ["run", "stop"]


def test_a_higher_priority_comes_first_whatever_the_order() -> None:
    system = alone(
        on("plain", "*"),
        on("high", "s", "t", priority=2),
        on("low", "*", priority=-1),
        on("higher", "t", "s", when=Literal_true(), priority=3),
        states=("s", "t"),
    )
    assert [name for name, _ in steps(system, (0,))] == ["high"]
    assert [name for name, _ in steps(system, (1,))] == ["higher"]


def Literal_true() -> Any:  # noqa: N802  # reads as what it is
    from drcheck.language.expressions import expression

    return expression(True)


def test_attributes_of_the_composition_win_over_those_of_the_participants() -> None:
    system = alone(on("go", "s", kind="operator", priority=1), events=[event("go", kind="environment", priority=4)])
    assert (system.event("go").kind, system.event("go").priority) == ("environment", 4)


def test_events_keep_their_class_and_description() -> None:
    system = alone(on("go", "s", kind="operator", doc="The operator goes."), on("tick", "s"), tick=hours(1))
    assert [(e.name, e.kind, e.doc) for e in system.events] == [
        ("go", "operator", "The operator goes."),
        ("tick", "time", ""),
    ]


# -- faults and sites ----------------------------------------------------------------------------------------------
def breakable() -> Component:
    return Component(
        "link",
        ["up", "down"],
        transitions=[on("fails", "up", "down", fault="outage", kind="environment"), on("restored", "down", "up")],
    )


def test_the_fault_budget_counts_down_and_then_no_fault_happens() -> None:
    system = compose("sample", [breakable()], faults={"outage": 2})
    found = explored(system)
    assert [tuple(system.decode(found.state(n)).values()) for n in range(found.states)] == [
        ("up", "budget", 2),
        ("down", "budget", 1),
        ("up", "budget", 1),
        ("down", "budget", 0),
        ("up", "budget", 0),
    ]
    assert found.deadlocks == 1, "at the end nothing can fail any more"


def test_faults_without_a_budget_are_unlimited_and_none_means_never() -> None:
    assert explored(compose("sample", [breakable()])).states == 2
    assert explored(compose("sample", [breakable()], faults={"outage": 0})).states == 1


def two_sites() -> System:
    site = Component("site", ["up", "down"], transitions=[on("fails", "up", "down", fault="site")])
    members = [
        Component(
            name,
            ["running", "stopped", "lost"],
            transitions=[on("stops", "running", "stopped", internal=True), on("site_fails", ["running"], "lost")],
        )
        for name in ("server", "database")
    ]
    far = Component("far", ["running", "lost"], transitions=[on("site_fails", "running", "lost")])
    other = Component("other_site", ["up", "down"], transitions=[on("fails", "up", "down", fault="site")])
    return compose("two_sites", [site, *members, other, far], sites=[Site(site, tuple(members)), Site(other, (far,))])


def test_a_site_failure_takes_all_of_its_components_down_in_one_event() -> None:
    system = two_sites()
    assert ("site_fails", {"site": "down", "server": "lost", "database": "lost"}) in steps(system)
    assert ("other_site_fails", {"other_site": "down", "far": "lost"}) in steps(system)


def test_a_member_that_cannot_take_part_does_not_save_the_site() -> None:
    system = two_sites()
    state = walk(system, "server.stops")
    assert ("site_fails", {"site": "down", "database": "lost"}) in steps(system, state)


def test_a_system_knows_the_site_of_each_component() -> None:
    system = two_sites()
    assert [system.site_of(c) for c in system.components] == ["site", "site", "site", "other_site", "other_site"]


# -- time ----------------------------------------------------------------------------------------------------------
def test_a_guard_on_tick_is_a_deadline() -> None:
    """Time stops at the deadline until the component moves on."""
    age = Age("waited", 5)
    patient = Component(
        "patient",
        ["waiting", "done"],
        variables=[age],
        transitions=[on("tick", "waiting", when=age < 2, then={age: age + 1}), on("give_up", "waiting", "done")],
    )
    clock = Component("clock", ["s"], transitions=[on("tick", "s")])
    system = compose("sample", [patient, clock], tick=hours(1))
    assert max(s["patient.waited"] for s in reached(system)) == 2
    assert [name for name, _ in steps(system, walk(system, "tick", "tick"))] == ["give_up"]
    assert [name for name, _ in steps(system, walk(system, "tick", "tick", "give_up"))] == ["tick"], "then time goes on"


def test_tick_is_the_rendezvous_of_all_timed_components() -> None:
    ages = [Age("age", 3), Age("age", 3)]
    parts = [
        Component(f"c{i}", ["s"], variables=[age], transitions=[on("tick", "s", then={age: age + 1})])
        for i, age in enumerate(ages)
    ]
    assert [(s["c0.age"], s["c1.age"]) for s in reached(compose("pair", parts, tick=hours(1)))] == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 3),
    ]


@pytest.mark.parametrize(("tick", "expected"), [(hours(1), 3), (minutes(30), 6), (minutes(15), 12)])
def test_durations_become_ticks_once_wherever_they_stand(tick: Duration, expected: int) -> None:
    age, alarm = Age("age", hours(4)), Boolean("alarm")
    part = Component(
        "c",
        ["s"],
        variables=[age, alarm],
        transitions=[on("tick", "s", when=age < hours(3), then={age: age + 1, alarm: age + 1 >= hours(3)})],
    )
    system = compose("sample", [part], tick=tick)
    last = reached(system)[-1]
    assert (last["c.age"], last["c.alarm"]) == (expected, True)
    assert system.cells[system.cell_of[age]].domain.high == hours(4).ticks(tick)


def test_a_duration_that_is_not_a_whole_number_of_ticks_is_an_error() -> None:
    age = Age("age", 9)
    part = Component("c", ["s"], variables=[age], transitions=[on("tick", "s", when=age < minutes(90))])
    with pytest.raises(ModelError, match=r"DR117.*1h30m is not a whole number of ticks of 1h"):
        compose("sample", [part], tick=hours(1))
    assert compose("sample", [part], tick=minutes(30))


def test_durations_add_subtract_multiply_and_compare() -> None:
    assert hours(1) + minutes(30) == minutes(90) == hours(3) - minutes(90)
    assert 2 * hours(12) == days(1) > hours(23) >= minutes(1)
    assert str(days(1) + hours(1) + minutes(30)) == "1d1h30m"
    assert Duration.parse("1d1h30m") == days(1) + minutes(90)
    with pytest.raises(ModelError, match="DR102"):
        _ = hours(1) == 60  # of what?
    with pytest.raises(DesignError, match="DR206"):
        Duration.parse("an hour")


def test_durations_combine_with_expressions_on_either_side() -> None:
    age = Age("age", hours(4), 1)
    system = alone(on("tick", "s", then={age: age + 1}), variables=[age], tick=minutes(30))
    oracle = Oracle(system)
    values = {
        hours(1) + age: 3,
        age + hours(1): 3,
        hours(1) - age: 1,
        hours(1) * age: 2,
        maximum(hours(1), age): 2,
        if_else(hours(1) == age, 5, 6): 6,
        if_else(hours(1) > age, 5, 6): 5,
        if_else(hours(1) != age, 5, 6): 5,
    }
    for expression, expected in values.items():
        assert oracle.value(expression, system.initial) == expected, str(expression)
        assert oracle.value(lower(system, expression), system.initial) == expected, str(expression)


# -- variables -----------------------------------------------------------------------------------------------------
def test_a_saturating_counter_stays_at_its_limits() -> None:
    x = Counter("x", cap=2)
    system = alone(on("up", "s", then={x: x + 2}), on("down", "s", then={x: x - 1}), variables=[x])
    found = explored(system)
    assert sorted(s["c.x"] for s in reached(system)) == [0, 1, 2]
    assert found.escape is None
    assert found.fired == (3, 3)


def test_a_refusing_counter_disables_the_transition_and_leaves_the_event_to_the_next() -> None:
    x = Counter("x", cap=2, at_limit="refuse")
    full = Boolean("full")
    system = alone(on("add", "s", then={x: x + 1}), on("add", "s", then={full: True}), variables=[x, full])
    assert [(s["c.x"], s["c.full"]) for s in reached(system)] == [(0, False), (1, False), (2, False), (2, True)]


def test_a_refusing_counter_stops_a_rendezvous() -> None:
    x = Counter("x", cap=1, at_limit="refuse")
    a = Component("a", ["s"], variables=[x], transitions=[on("go", "s", then={x: x + 1})])
    b = Component("b", ["s", "t"], transitions=[on("go", "*", "t"), on("back", "t", "s")])
    found = explored(compose("pair", [a, b]))
    assert found.fired == (1, 1)


def test_a_value_that_leaves_its_domain_is_reported_with_its_state_and_never_wrapped() -> None:
    x = Integer("x", 0, 2)
    system = alone(on("up", "s", then={x: x + 1}), variables=[x])
    found = explored(system)
    assert [s["c.x"] for s in reached(system)] == [0, 1, 2]
    assert found.escape is not None
    assert (found.escape.state, system.cells[found.escape.cell].name) == (2, "c.x")
    assert found.deadlocks == 0, "a step that leaves the domain is a step"


def test_a_counter_without_a_cap_is_a_budget_that_is_only_used_up() -> None:
    left = Counter("left", start=3)
    system = alone(on("use", "s", when=left > 0, then={left: left - 1}), variables=[left])
    assert [s["c.left"] for s in reached(system)] == [3, 2, 1, 0]


def test_enumerations_compare_and_are_assigned_by_value() -> None:
    mode, last = Choice("mode", ["cold", "warm", "hot"], start="warm"), Choice("last", ["cold", "warm", "hot"])
    system = alone(
        on("heat", "s", when=mode != "hot", then={mode: if_else(mode == "cold", "warm", "hot"), last: mode}),
        on("cool", "s", when=mode.is_in("hot", "warm"), then={mode: "cold"}),
        variables=[mode, last],
    )
    assert [(s["c.mode"], s["c.last"]) for s in reached(system)] == [
        ("warm", "cold"),
        ("hot", "warm"),
        ("cold", "cold"),
        ("cold", "warm"),
    ]


def test_constants_of_an_enumeration_compare_by_name() -> None:
    up = Boolean("up", True)
    system = alone(
        on("go", "s", when=if_else(up, "a", "b") == "b"),
        on("stay", "s", when=if_else(up, "a", "b") == "a"),
        variables=[up],
    )
    assert [name for name, _ in steps(system)] == ["stay"]
    assert explored(system).fired == (0, 1)


# -- arrays --------------------------------------------------------------------------------------------------------
def test_an_array_is_read_and_written_at_an_index_that_is_an_expression() -> None:
    slot, at = Array("slot", Integer("value", 0, 9, 1), 3), Integer("at", 0, 2, 2)
    system = alone(on("shift", "s", then={slot[at]: slot[(at + 1) % 3] + 5, at: (at + 1) % 3}), variables=[slot, at])
    assert steps(system) == [("shift", {"c.slot[2]": 6, "c.at": 0})]
    assert steps(system, walk(system, "shift")) == [("shift", {"c.slot[0]": 6, "c.at": 1})]


def test_of_two_assignments_to_one_element_the_later_counts() -> None:
    slot, at = Array("slot", Integer("value", 0, 9), 2), Integer("at", 0, 1)
    first = alone(on("go", "s", then={slot[0]: 3, slot[at]: 4}), variables=[slot, at])
    assert steps(first) == [("go", {"c.slot[0]": 4})]
    slot, at = Array("slot", Integer("value", 0, 9), 2), Integer("at", 0, 1)
    second = alone(on("go", "s", then={slot[at]: 4, slot[0]: 3}), variables=[slot, at])
    assert steps(second) == [("go", {"c.slot[0]": 3})]


def test_arrays_of_every_kind_can_be_indexed() -> None:
    flags, modes = Array("flags", Boolean("f"), 2), Array("modes", Choice("m", ["a", "b"]), 2)
    ages, at = Array("ages", Age("age", hours(2)), 2), Integer("at", 0, 1, 1)
    system = alone(
        on("go", "s", when=~flags[at] & (modes[at] == "a"), then={flags[at]: True, modes[at]: "b", ages[at]: 3}),
        variables=[flags, modes, ages, at],
        tick=minutes(30),
    )
    assert steps(system) == [("go", {"c.flags[1]": True, "c.modes[1]": "b", "c.ages[1]": 3})]
    assert explored(system).states == 2


def test_quantifiers_over_arrays() -> None:
    slot = Array("slot", Integer("value", -2, 9, 2), 3)
    system = alone(on("go", "s", then={slot[1]: 7}), variables=[slot])
    oracle, state = Oracle(system), walk(system, "go")
    for expression, expected in (
        (all_of(slot, lambda x: x > 1), 1),
        (all_of(slot, lambda x: x == 2), 0),
        (any_of(slot, lambda x: x > 6), 1),
        (any_of(slot, lambda x: x < 0), 0),
        (count(slot, lambda x: x == 2), 2),
        (total(slot), 11),
        (all_of([]), 1),
        (any_of([]), 0),
        (total([]), 0),
        (minimum(*slot), 2),
        (maximum(*slot, 8), 8),
    ):
        assert oracle.value(expression, state) == expected == oracle.value(lower(system, expression), state)


def test_division_and_remainder_are_pythons() -> None:
    x = Integer("x", -7, 7, -7)
    system = alone(on("go", "s", then={x: 7}), variables=[x])
    oracle = Oracle(system)
    for a, state in ((-7, system.initial), (7, walk(system, "go"))):
        for b in (2, 3, -2, -3):
            assert oracle.value(lower(system, x // b), state) == a // b
            assert oracle.value(lower(system, x % b), state) == a % b


# -- outcomes ------------------------------------------------------------------------------------------------------
def test_an_event_can_end_in_one_of_several_ways() -> None:
    tries = Counter("tries", cap=2)
    system = alone(
        on("start", "off", outcomes=[outcome("on"), outcome("failed", {tries: tries + 1}), outcome()]),
        states=("off", "on", "failed"),
        variables=[tries],
    )
    assert steps(system) == [("start", {"c": "on"}), ("start", {"c": "failed", "c.tries": 1}), ("start", {})]
    assert [len(e.alternatives) for e in system.events] == [3]


def test_a_rendezvous_has_every_combination_of_its_participants_outcomes() -> None:
    parts = [
        Component(name, ["s", "t"], transitions=[on("go", "s", outcomes=[outcome("t"), outcome("s")])])
        for name in ("a", "b")
    ]
    assert steps(compose("pair", parts)) == [
        ("go", {"a": "t", "b": "t"}),
        ("go", {"a": "t"}),
        ("go", {"b": "t"}),
        ("go", {}),
    ]


def test_an_outcome_that_does_not_fit_is_left_out_and_the_others_stay() -> None:
    x = Counter("x", cap=1, start=1, at_limit="refuse")
    system = alone(
        on("go", "s", when=Literal(True), outcomes=[outcome("t", {x: x + 1}), outcome("u")]),
        on("go", "s", "never"),
        states=("s", "t", "u", "never"),
        variables=[x],
    )
    assert steps(system) == [("go", {"c": "u"})]


def test_weights_of_outcomes_follow_the_transition_that_is_taken() -> None:
    x = Boolean("x")
    system = alone(
        on("go", "s", when=x, outcomes=[outcome("s", {x: False}, 0.25), outcome("s", {}, 0.75)]),
        on("go", "s", outcomes=[outcome("s", {x: True}, 0.5), outcome("s", {}, 0.5)]),
        variables=[x],
    )
    weights = [way.probability for way in system.event("go").alternatives]
    oracle = Oracle(system)
    assert [oracle.value(w, (0, 1)) for w in weights if w is not None] == [250_000, 750_000]
    assert [oracle.value(w, (0, 0)) for w in weights if w is not None] == [500_000, 500_000]


# -- machines ------------------------------------------------------------------------------------------------------
def pump() -> Component:
    runs, warm = Counter("runs", cap=2), Boolean("warm")
    return Component(
        "pump",
        ["off", "on"],
        variables=[runs, warm],
        transitions=[
            on("start", "off", "on", when=runs < 2, then={runs: runs + 1, warm: runs >= 1}),
            on("stop", "on", "off"),
        ],
    )


def test_a_component_runs_by_itself_as_a_transitions_machine() -> None:
    machine = standalone(pump())
    model = machine.model
    assert isinstance(machine, Machine)
    assert (model.state, model.values) == ("off", {"runs": 0, "warm": False})
    assert model.start()
    assert (model.state, model.values) == ("on", {"runs": 1, "warm": False})
    assert not model.start(), "not from on"
    assert model.stop()
    assert model.start()
    assert model.values == {"runs": 2, "warm": True}
    assert model.stop()
    assert model.may_stop() is False
    assert not model.start(), "the guard refuses"


def test_a_component_alone_takes_what_it_reads_of_others_as_given() -> None:
    link = Component("link", ["up", "down"], transitions=[on("fails", "up", "down")])
    part = Component("c", ["s", "t"], transitions=[on("go", "s", "t", when=link.up)])
    assert standalone(part, reads={link.up: True}).model.go()
    assert not standalone(part, reads={link.up: False}).model.go()
    with pytest.raises(ModelError, match="DR120"):
        standalone(part).model.go()


def test_a_component_alone_takes_the_first_outcome_that_fits() -> None:
    x = Counter("x", cap=1, at_limit="refuse")
    part = Component(
        "c", ["s", "t"], variables=[x], transitions=[on("go", "*", outcomes=[outcome("s", {x: x + 1}), outcome("t")])]
    )
    model = standalone(part).model
    assert (model.go(), model.state, model.values["x"]) == (True, "s", 1)
    assert (model.go(), model.state, model.values["x"]) == (True, "t", 1)


def test_a_component_alone_reports_a_value_that_leaves_its_domain() -> None:
    x = Integer("x", 0, 1)
    model = standalone(Component("c", ["s"], variables=[x], transitions=[on("go", "s", then={x: x + 1})])).model
    model.go()
    with pytest.raises(ModelError, match=r"DR109.*c\.x would become 2, outside 0\.\.1"):
        model.go()


def test_transitions_own_backend_draws_a_component_with_its_guards() -> None:
    part = pump()
    drawn = GraphMachine(
        model=type("Model", (), {})(),
        states=list(part.states),
        initial=part.initial,
        transitions=part.definitions(),
        auto_transitions=False,
        send_event=True,
        graph_engine="mermaid",
        show_conditions=True,
    )
    text = drawn.get_combined_graph().source
    assert "off --> on: start [pump.runs < 2]" in text
    assert "on --> off: stop" in text


def plain_machine(ready: Any, then: Any, **more: Any) -> Machine:
    return Machine(
        states=["off", "on"],
        initial="off",
        transitions=[
            {"trigger": "start", "source": "off", "dest": "on", "conditions": ready, "after": then},
            {"trigger": "stop", "source": "on", "dest": "=", "unless": ready},
            {"trigger": "stop", "source": "on", "dest": "off"},
        ],
        send_event=True,
        **more,
    )


@pytest.mark.parametrize("auto_transitions", [True, False])
def test_a_plain_transitions_machine_is_taken_in(auto_transitions: bool) -> None:
    x = Integer("x", 0, 3)
    machine = plain_machine(x < 2, Updates({x: x + 1}), auto_transitions=auto_transitions)
    system = compose("sample", [Component.from_machine("c", machine, [x])])
    assert [e.name for e in system.events] == ["start", "stop"]
    assert [(s["c"], s["c.x"]) for s in reached(system)] == [("off", 0), ("on", 1), ("off", 1), ("on", 2)]


def test_a_component_survives_the_way_through_a_plain_machine() -> None:
    part = pump()
    machine = Machine(states=list(part.states), initial="off", transitions=part.definitions(), auto_transitions=False)
    again = pump()
    by_name = {v.name: v for v in again.variables}
    assert explored(compose("a", [part])).states == 5
    for variable in part.variables:
        variable.owner = None
    taken = Component.from_machine("pump", machine, part.variables)
    assert explored(compose("b", [taken])).states == explored(compose("c", [again])).states
    assert set(by_name) == {v.name for v in taken.variables}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m.add_transition("go", "off", "on", conditions=lambda _: True),
        lambda m: m.add_transition("go", "off", "on", conditions="method"),
        lambda m: m.add_transition("go", "off", "on", unless=[print]),
        lambda m: m.add_transition("go", "off", "on", after=print),
        lambda m: m.add_transition("go", "off", "on", prepare=Updates({})),
        lambda m: m.add_state("third", on_enter="greet"),
        lambda m: m.get_state("off").add_callback("exit", print),
        lambda m: setattr(m, "after_state_change", [print]),
        lambda m: setattr(m, "prepare_event", [print]),
        lambda m: m.add_transition("to_on", "off", "on", conditions=Boolean("b")),
    ],
)
def test_a_machine_that_cannot_be_explored_is_refused(spoil: Any) -> None:
    machine = Machine(states=["off", "on"], initial="off")
    machine.add_transition("start", "off", "on")
    spoil(machine)
    with pytest.raises(ModelError, match="DR118"):
        Component.from_machine("c", machine)


# -- systems -------------------------------------------------------------------------------------------------------
def design(outages: int, longest: Duration, tick: Duration) -> System:
    """A design: a function with parameters."""
    left, outage = Counter("left", start=outages), Age("outage", cap=longest)
    link = Component(
        "link",
        ["up", "down"],
        variables=[left, outage],
        transitions=[
            on("fails", "up", "down", when=left > 0, then={left: left - 1, outage: 0}),
            on("restored", "down", "up"),
            on("tick", "down", when=outage < longest, then={outage: outage + 1}),
        ],
    )
    return compose("linked", [link], tick=tick)


@pytest.mark.parametrize(
    ("outages", "longest", "tick", "states"),
    [
        (0, hours(2), hours(1), 1),
        (1, hours(2), hours(1), 7),
        (1, hours(2), minutes(30), 11),
        (2, hours(1), hours(1), 9),
    ],
)
def test_several_systems_from_one_design(outages: int, longest: Duration, tick: Duration, states: int) -> None:
    systems = [design(outages, longest, tick) for _ in range(2)]
    assert [explored(s).states for s in systems] == [states, states]


def test_one_component_can_be_part_of_several_systems() -> None:
    part = breakable()
    first, second = compose("one", [part]), compose("two", [part], faults={"outage": 1})
    assert (explored(first).states, explored(second).states) == (2, 3)


def test_a_system_is_frozen_and_knows_what_events_read_and_write() -> None:
    a, b = Boolean("a"), Boolean("b")
    system = alone(on("go", "s", when=a, then={b: ~b}), variables=[a, b])
    go = system.event("go")
    assert {system.cells[i].name for i in go.reads} == {"c.a", "c.b"}
    assert {system.cells[i].name for i in go.writes} == {"c.b"}
    with pytest.raises(AttributeError):
        system.name = "other"  # type: ignore[misc]


def test_states_read_as_names_and_the_width_is_counted_in_bits() -> None:
    x, m, b = Integer("x", 3, 10, 3), Choice("m", ["a", "b", "c"]), Boolean("b")
    system = alone(on("go", "s", "t"), states=("s", "t"), variables=[x, m, b])
    assert system.decode(system.initial) == {"c": "s", "c.x": 3, "c.m": "a", "c.b": False}
    assert system.bits == 1 + 3 + 2 + 1


def test_tick_comes_last_and_vectors_first_in_the_order_of_events() -> None:
    a, b = pair()
    clock = Component("clock", ["s"], transitions=[on("tick", "s"), on("beep", "s")])
    system = compose("sample", [clock, a, b], events=[event("talk", {a: "call", b: "answer"})], tick=hours(1))
    assert [e.name for e in system.events] == ["talk", "beep", "end", "tick"]


def test_expressions_print_with_no_more_parentheses_than_needed() -> None:
    x, y, b = Integer("x", 0, 3), Integer("y", 0, 3), Boolean("b")
    assert str((x + y) * 2 - (x - y)) == "(x + y) * 2 - (x - y)"
    assert str(~(b & (x < 3)) | (y == 2)) == "not (b and x < 3) or y = 2"
    assert str(if_else(b, x, minimum(x, y))) == "(x if b else min(x, y))"
