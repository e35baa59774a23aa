"""Why something never happens: held against enumeration on generated systems, and what is told of each construct."""

from __future__ import annotations

from collections import Counter as Count

import pytest
from hypothesis import strategies as st

from drcheck import Age, Component, Counter, System, chosen, compose, design, hours, on
from drcheck.answers.asked import expression_in
from drcheck.answers.conditions import Condition, conditions_in, conditions_of, taken_of
from drcheck.answers.distance import PART, distances
from drcheck.answers.why_not import Can, why_not
from drcheck.cli.main import run
from drcheck.designs.design import Design
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.system.oracle import Oracle, SystemEnvironment
from drcheck.system.precedence import possible
from drcheck.system.system import State
from tests.support.generated import on_generated, some
from tests.support.generators import Built
from tests.support.naive import World

MOST = 120
IMPOSSIBLE = "(part.n == 3) & (part.n == 4) & (part.m == 2)"


@design
def many() -> System:
    """Ninety thousand states."""
    n, m = Counter("n", 299), Counter("m", 299)
    rows = [on("more", when=n < 299, then={n: n + 1}), on("also", when=m < 299, then={m: m + 1})]
    return compose("many", [Component("part", ["a"], variables=[n, m], transitions=rows)])


def as_design(system: System) -> Design:
    def made() -> System:
        return system

    return design(made)


def truths(system: System, conditions: list[Condition], state: State) -> list[bool]:
    environment = SystemEnvironment(system)
    environment.look_at(state)
    return [bool(condition.node.evaluate(environment)) for condition in conditions]


def drawn(built: Built, data: st.DataObject) -> str:
    """A condition of two or three parts, as text."""
    parts = []
    for _ in range(data.draw(st.integers(2, 3))):
        component = data.draw(st.sampled_from(built.system.components))
        parts.append(f"{component.name}.{data.draw(st.sampled_from(component.states))}")
    return data.draw(st.sampled_from([" & ", " | "])).join(parts[:2]) + "".join(f" & ~{p}" for p in parts[2:])


# -- on generated systems ----------------------------------------------------------------------------------------------
def assert_conditions(built: Built, data: st.DataObject) -> None:
    """All conditions of an event hold exactly where live machines can do it."""
    system, oracle = built.system, Oracle(built.system)
    conditions = [conditions_of(system, number) for number in range(len(system.events))]
    for state in World.of(system).steps:
        possible = {step.event for step in oracle.successors(state)}
        found = {n for n, those in enumerate(conditions) if all(truths(system, those, state))}
        assert found == possible, system.decode(state)


def assert_taken(built: Built, data: st.DataObject) -> None:
    """What is said to have made a step possible held there, and makes the event possible in any other state."""
    system, oracle = built.system, Oracle(built.system)
    states = list(World.of(system).steps)
    for state in states[:6]:
        for step in oracle.successors(state)[:8]:
            one = system.events[step.event]
            found = taken_of(system, one, state, dict(step.chosen))
            assert all(truths(system, found, state))
            if not one.is_tick:
                same = [other for other in states if all(truths(system, found, other))]
                assert all(oracle.holds(possible(one), other) for other in same)


def test_what_held_before_a_step_is_what_its_transitions_asked() -> None:
    on_generated("any", 1, assert_taken, examples=some(0.01), most=30)


@pytest.mark.parametrize("kind", ["any", "twins"])
def test_the_conditions_of_an_event_hold_where_it_can_happen(kind: str) -> None:
    on_generated(kind, 0, assert_conditions, examples=some(0.01), most=60)


def far(system: System, node: Expression, wanted: bool, state: State) -> int:
    """How many parts of a condition are otherwise in a state, written once more for one state."""
    if isinstance(node, Operation) and node.operator in ("not", "and", "or", "if"):
        if node.operator == "not":
            return far(system, node.arguments[0], not wanted, state)
        if node.operator == "if":
            test, a, b = node.arguments
            return min(
                far(system, test, so, state) + far(system, then, wanted, state) for so, then in ((True, a), (False, b))
            )
        several = [far(system, part, wanted, state) for part in node.arguments]
        return sum(several) if (node.operator == "and") is wanted else min(several)
    environment = SystemEnvironment(system)
    environment.look_at(state)
    if bool(node.evaluate(environment)) is wanted:
        return 0
    return 1_000 if isinstance(node, Literal) else 1


def assert_answer(built: Built, data: st.DataObject) -> None:
    system, world = built.system, World.of(built.system)
    about = data.draw(st.booleans())
    asked = data.draw(st.sampled_from([e.name for e in system.events])) if about else drawn(built, data)
    answer = why_not(as_design(system), asked)
    nearest_first = PythonEngine().explore(system, Query())
    states = [nearest_first.state(n) for n in range(nearest_first.states)]
    if about:
        conditions = conditions_of(system, [e.name for e in system.events].index(asked))
        can = {state for state, steps in world.steps.items() if asked in {name for name, _ in steps}}
        can |= {
            s for s in world.steps if any(system.events[x.event].name == asked for x in Oracle(system).successors(s))
        }
    else:
        condition = expression_in(asked, system, condition=True)
        conditions, oracle = conditions_in(system, condition), Oracle(system)
        can = {state for state in world.steps if oracle.holds(condition, state)}
    if answer.can is Can.YES:
        assert answer.trace is not None
        assert answer.trace.states[-1] in can
        depth = {state: len(nearest_first.ancestry(n)) - 1 for n, state in enumerate(states)}
        assert len(answer.trace) == min(depth[state] for state in can)
        return
    if answer.can is Can.NEVER:
        assert not can
    if not answer.states or can:  # what rests on a cap
        return
    lacks = [tuple(not t for t in truths(system, conditions, state)) for state in states]
    fails = Count(str(c) for row in lacks for c, no in zip(conditions, row, strict=True) if no)
    alone = Count(str(c) for row in lacks for c, no in zip(conditions, row, strict=True) if no and sum(row) == 1)
    told, alone_told = Count[str](), Count[str]()
    for each in answer.conditions:
        told[str(each.condition)] += each.fails
        alone_told[str(each.condition)] += each.alone
    assert told == fails
    assert +alone_told == alone
    assert [row.fails for row in answer.conditions] == sorted((row.fails for row in answer.conditions), reverse=True)
    assert answer.nearest is not None
    end = answer.nearest.trace.states[-1]
    away = [sum(far(system, c.node, True, state) for c in conditions) for state in states]
    assert answer.nearest.parts == min(away) == away[states.index(end)]
    assert [m.condition for m in answer.nearest.missing] or not conditions
    apart = [conditions.index(c) for c in conditions if any(str(c) == str(d) for d in answer.apart)]
    assert not apart or all(any(row[n] for n in apart) for row in lacks)


def test_the_answer_is_that_of_enumeration() -> None:
    on_generated("any", 0, assert_answer, examples=some(0.05), most=MOST)


def test_distances_are_those_of_each_state_alone() -> None:
    def body(built: Built, data: st.DataObject) -> None:
        found = PythonEngine().explore(built.system, Query())
        for node in built.lowered_watches:
            for wanted in (True, False):
                away = distances(Columns(found), node, wanted) // PART
                one = [far(built.system, node, wanted, found.state(n)) for n in range(found.states)]
                assert [min(n, 1_000) for n in away.tolist()] == [min(n, 1_000) for n in one]

    on_generated("any", 1, body, examples=some(0.04), most=60)


# -- construct by construct --------------------------------------------------------------------------------------------
def needs(system: System, name: str) -> list[tuple[str, str]]:
    """The conditions of an event, each with who needs it."""
    number = [e.name for e in system.events].index(name)
    return [(c.of, str(c)) for c in conditions_of(system, number)]


def test_what_an_event_needs_is_read_as_it_is_written() -> None:
    n, age = Counter("n", 9, at_limit="refuse"), Age("age", cap=hours(2))
    amount = chosen("amount", [1, 2])
    first = Component(
        "first",
        ["a", "b"],
        variables=[n, age],
        transitions=[
            on("go", "a", "b", when=(n >= 2) & (age == hours(2)), then={n: n + 1}),
            on("either", "a", when=(n > 5) & (age > hours(1))),
            on("either", "b", when=n > 5),
            on("take", "*", when=(n >= amount + 1) & (age > hours(0))),
            on("soon", "a", urgent=True),
            on("first", "b", priority=1),
            on("tick", when=age < hours(2), then={age: age + 1}),
        ],
    )
    system = compose("s", [first], tick=hours(1))
    priority = ("priority", "no event of a higher priority can happen")
    assert needs(system, "go") == [
        ("first", "first.a"),
        ("first", "first.n >= 2"),
        ("first", "first.age = 2h"),
        ("first", "first.n + 1 <= 9 (of the domain of first.n)"),
        priority,
    ]
    assert needs(system, "either") == [
        ("first", "first.n > 5"),
        ("first", "(first.a and first.age > 1h) or first.b"),
        priority,
    ]
    assert needs(system, "take") == [
        ("first", "first.age > 0m"),
        ("first", "first.n >= amount + 1 for some amount"),
        priority,
    ]
    assert needs(system, "tick") == [
        ("first", "first.age < 2h"),
        ("urgency", "no urgent event can happen"),
        priority,
    ]


def test_one_choice_for_all_is_a_condition_of_its_own() -> None:
    n, m = Counter("n", 2), Counter("m", 2)
    amount = chosen("amount", [1, 2])
    parts = [
        Component("one", ["a"], variables=[n], transitions=[on("take", when=amount == 1, then={n: amount})]),
        Component("two", ["a"], variables=[m], transitions=[on("take", when=amount == 2, then={m: amount})]),
    ]
    answer = why_not(as_design(compose("s", parts)), "take")
    assert answer.can is Can.NEVER
    assert [str(condition) for condition in answer.apart] == ["all of these with the same choices"]


def test_who_holds_an_event_back_is_counted() -> None:
    part = Component("part", ["a", "b"], transitions=[on("now", "a", "b", priority=1), on("later", "a")])
    answer = why_not(as_design(compose("s", [part])), "later")
    assert answer.can is Can.NEVER
    assert [(row.condition.of, row.fails, row.alone, row.by) for row in answer.conditions] == [
        ("part", 1, 1, ()),
        ("priority", 1, 1, (("now", 1),)),
    ]
    assert answer.nearest is not None
    assert [m.values for m in answer.nearest.missing] == [(("now", "can happen"),)]
    assert [str(c) for c in answer.apart] == ["part.a", "no event of a higher priority can happen"]


def test_what_the_parameters_exclude_needs_no_search() -> None:
    part = Component("part", ["a"], transitions=[on("go", when=False), on("stay")])
    answer = why_not(as_design(compose("s", [part])), "go")
    assert (answer.can, answer.states) == (Can.NEVER, 0)
    assert [str(c) for c in answer.apart] == ["false"]


def test_a_search_that_stopped_early_decides_nothing() -> None:
    answer = why_not(many, IMPOSSIBLE, limits=Limits(states=1_000))
    assert answer.can is Can.OPEN
    assert "the search stopped at the limit of 1,000 states" in answer.reason
    assert answer.stopped == "the limit of 1,000 states"
    assert 1_000 < answer.states < 90_000
    assert [(row.fails, row.alone) for row in answer.conditions] != []


def test_what_rests_on_a_cap_is_no_proof() -> None:
    age = Age("age", cap=hours(2))
    part = Component("part", ["a"], variables=[age], transitions=[on("tick", then={age: age + 1})])
    answer = why_not(as_design(compose("s", [part], tick=hours(1))), "part.age - 1 > 1h")
    assert answer.can is Can.OPEN
    assert "the cap of part.age" in answer.reason


# -- the command -------------------------------------------------------------------------------------------------------
def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = run(["why-not", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_proof_and_the_nearest_state_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "drcheck.examples:pair", "primary.up & standby.in_service")
    assert status == 0
    assert "`primary.up & standby.in_service` never holds: proved on all 15 states that can be reached." in out
    assert "No state has `primary.up` and `standby.in_service` together." in out
    assert [line.split() for line in out.splitlines() if "1" in line][-3:-1] == [
        ["primary.up", "13", "3"],
        ["standby.in_service", "12", "2"],
    ]
    assert "The nearest state, the initial state, lacks 1 condition:" in out


def test_what_can_happen_is_told_with_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "drcheck.examples:pair", "take_over")
    assert status == 0
    assert "take_over can happen: after 3 steps at the earliest." in out
    assert "--at 'system=550a393f primary_fails 2*tick'" in out


def test_from_a_path_it_is_asked_of_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "drcheck.examples:pair", "take_over", "--at", "primary_fails primary_is_repaired")
    assert status == 0
    assert "take_over can happen, from here on" not in out
    assert "take_over never happens, from here on" in out
    assert "primary.down   (primary = repaired)" in out


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ("take_ovr", "DR522", "start_primary, take_over"),
        ("standby.waited", "DR522", "is no condition"),
        ("finally_(primary.up)", "DR522", "is a formula"),
        ("happens(take_over)", "DR522", "speaks of events"),
        ("primary.upp", "DR", "primary"),
        ("", "DR", ""),
        ("x" * 2_001, "DR522", "2,001 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: str, code: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "drcheck.examples:pair", asked)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: [{code}")
    assert words in err


def test_what_is_not_decided_has_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "tests.answers.test_why_not:many", IMPOSSIBLE, "--limit-states", "1000")
    assert status == 3
    assert "Not decided whether" in out
    assert "never" not in out
    assert "No state that was looked at has `part.n = 4` and `part.n = 3` together." in out
