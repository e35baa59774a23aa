"""Why a promise is broken: what is needed is held against the executions without it, enumerated on live machines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import strategies as st

from drcheck import (
    Age,
    Component,
    Counter,
    Integer,
    Property,
    System,
    can_always,
    compose,
    deadlock_free,
    eventually,
    globally,
    happens,
    hours,
    leads_to,
    ltl,
    never,
    on,
    reachable,
    weakly_fair,
    within,
    worst_case,
)
from drcheck.answers.along import along
from drcheck.answers.needing import Known, often
from drcheck.answers.why import Why, why
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError, PropertyError
from drcheck.system.oracle import Oracle
from drcheck.system.path_text import followed, read_path
from drcheck.system.system import State, begun_with
from drcheck.system.trace import Trace, TraceStep
from drcheck.verdicts.check import check
from tests.support.generated import EXAMPLES, on_generated
from tests.support.generators import Built
from tests.support.naive import World

Bad = Callable[[State], bool]


def shortest(system: System, bad: Bad, event: str, times: int) -> int | None:
    """The length of a shortest execution to a bad state in which an event happens less than `times` times, or None."""
    oracle = Oracle(system)
    queue = deque(((state, 0), 0) for state in system.initial_states)
    seen = {node for node, _ in queue}
    while queue:
        (state, count), length = queue.popleft()
        if bad(state):
            return length
        for step in oracle.successors(state):
            if step.target is None:
                continue
            now = count + (system.events[step.event].name == event)
            node = (step.target, now)
            if now < times and node not in seen:
                seen.add(node)
                queue.append((node, length + 1))
    return None


def bad_states(system: System, item: Property) -> Bad:
    """Which states break a property, from its definition on the explicit graph."""
    oracle = Oracle(system)
    if item.kind == "deadlock_free":
        return lambda state: not oracle.successors(state)
    condition = item.condition
    assert condition is not None
    if item.kind in ("always", "reachable"):
        return lambda state: oracle.holds(condition, state) is item.witness
    world = World.of(system)
    assert item.kind == "can_always"
    graph = world.graph(world.steps)
    reversed_ = graph.reverse(copy=False)
    fine: set[State] = set()
    for state in world.steps:
        if state not in fine and oracle.holds(condition, state):
            todo = [state]
            while todo:
                at = todo.pop()
                if at not in fine:
                    fine.add(at)
                    todo += list(reversed_.successors(at))
    return lambda state: state not in fine


def held_against_enumeration(system: System, item: Property) -> int:
    """Hold what is said of a property against the enumeration. How many events were asked about."""
    verdict = check(system, [item])[1]
    if verdict.trace is None or not len(verdict.trace):
        return 0
    found = why(verdict)
    bad = bad_states(system, item)
    mattering = {n for n in found.telling.slice.steps if not verdict.trace.steps[n].event.is_tick}
    assert found.needed.keys() == mattering
    for at, without in found.needed.items():
        steps = verdict.trace.steps
        assert without.event == steps[at].event.name
        assert without.times == sum(step.event.name == without.event for step in steps[: at + 1])
        least = shortest(system, bad, without.event, without.times)
        assert without.known is (Known.NEEDED if least is None else Known.NOT_NEEDED), (item.formula(), without)
        if least is not None:
            assert without.steps is not None
            assert without.steps == least if without.exact else without.steps >= least
            assert without.trace is not None
            assert bad(without.trace.states[-1][: len(system.cells)])
            assert (often(without.trace, without.event) or 0) < without.times
    return len(found.needed)


@pytest.mark.parametrize("shard", range(2))
def test_what_is_needed_on_generated_systems(shard: int) -> None:
    asked = [0, 0]

    def body(built: Built, data: st.DataObject) -> None:
        system, n = built.system, 0
        watch = built.watches[data.draw(st.integers(0, len(built.watches) - 1))]
        for item in (never, reachable, can_always, lambda _: deadlock_free()):
            try:
                n += held_against_enumeration(system, item(watch))
            except DrcheckError:  # a constant, by chance
                continue
        asked[0] += n
        asked[1] += n > 0

    on_generated("any", shard, body, share=0.03, most=150, escapes=False)
    assert EXAMPLES < 100 or asked[1], "no trace had an event to ask about"


def pump(limit: int = 3, longest: int = 4) -> System:
    """A pump fills a tank; it may be filled by hand, too, and a valve opens where somebody looks."""
    level, looked = Counter("level", cap=limit, cap_is="the brim"), Age("looked", cap=hours(longest))
    tank = Component(
        "tank",
        ["calm", "spilt"],
        variables=[level],
        transitions=[
            on("pump", "calm", when=level < limit, then={level: level + 1}),
            on("pour", "calm", when=level < limit, then={level: level + 1}, kind="operator"),
            on("spill", "calm", "spilt", when=level == limit, kind="environment"),
            on("paint", "*", kind="operator"),
        ],
    )
    guard = Component(
        "guard",
        ["away", "there"],
        variables=[looked],
        transitions=[
            on("come", "away", "there", kind="operator"),
            on("go", "there", "away", then={looked: 0}, kind="operator"),
            on("tick", "away", when=looked < hours(longest), then={looked: looked + 1}),
            on("tick", "there"),
        ],
    )
    return compose("pump", [tank, guard], tick=hours(1))


def known(
    system: System, item: Property, limits: Limits = Limits()
) -> tuple[Why, list[tuple[str, int, str, int | None]]]:
    found = why(check(system, item)[1], limits=limits, engine="python")
    return found, [(w.event, w.times, w.known.value, w.steps) for _, w in sorted(found.needed.items())]


def test_what_is_needed_for_each_kind_of_property() -> None:
    system = pump()
    found, said = known(system, never(system.tank.spilt))
    assert said == [("pump", n, "not needed", 4) for n in (1, 2, 3)] + [("spill", 1, "needed", None)]
    assert found.searches == 2, "what one search shows of one event answers for others"
    assert found.whole
    assert [(turn.state, turn.changes(found.trace)) for turn in found.turns] == [(4, ["tank calm -> spilt"])]
    level, looked = system.tank.variable("level"), system.guard.variable("looked")
    assert known(system, worst_case(level))[1] == [("pump", n, "not needed", 3) for n in (1, 2, 3)]
    assert known(system, worst_case(level, at_most=2))[1] == [("pump", n, "not needed", 3) for n in (1, 2, 3)]
    assert known(system, worst_case(looked))[1] == []
    assert known(system, never(happens("spill") & system.guard.there))[1][-1] == ("spill", 1, "needed", None)
    fair = weakly_fair("environment", "time")
    found, said = known(system, leads_to(system.tank.spilt, level == 0, fairness=fair))
    assert ("spill", 1, "needed", None) in said
    assert [(turn.state, turn.said) for turn in found.turns] == [(4, "it is waited for, and does not come")]
    found, said = known(system, within(hours(1), system.guard.there, after=system.tank.spilt))
    assert [entry for entry in said if entry[0] == "spill"] == [("spill", 1, "needed", None)]
    assert [turn.said for turn in found.turns] == ["it is waited for", "it is too late"]
    assert [turn.state for turn in found.turns] == [4, len(found.trace)]
    found, said = known(system, ltl(globally(~system.tank.spilt)))
    assert said[-1] == ("spill", 1, "needed", None)
    assert found.turns == ()
    found, said = known(system, can_always(level < 3))
    assert said == [("pump", n, "not needed", 3) for n in (1, 2, 3)]


def test_what_is_needed_more_than_once_is_so_as_often() -> None:
    n = Counter("n", cap=5, cap_is="the end")
    part = Component("part", ["here"], variables=[n], transitions=[on("add", "here", when=n < 5, then={n: n + 1})])
    system = compose("adding", [part])
    found, said = known(system, never(n == 4))
    assert said == [("add", times, "needed", None) for times in (1, 2, 3, 4)]
    assert found.searches == 2, "once, and four times"


def test_what_is_needed_once_need_not_be_so_twice() -> None:
    n, far = Counter("n", cap=2, cap_is="the end"), Integer("far", 0, 2)
    rows = [
        on("add", "here", when=n < 2, then={n: n + 1}),
        on("go", "here", when=(n == 1) & (far < 2), then={far: far + 1}),
        on("arrive", "here", when=far == 2, then={n: 2, far: 1}),
    ]
    system = compose("adding", [Component("part", ["here"], variables=[n, far], transitions=rows)])
    found, said = known(system, never((n == 2) & (far < 2)))
    assert said == [("add", 1, "needed", None), ("add", 2, "not needed", 4)]
    assert found.needed[1].exact


def test_of_what_a_step_assigns_the_decisive_is_told() -> None:
    n, m = Integer("n", 0, 1), Integer("m", 0, 1)
    rows = [on("set", "here", when=n == 0, then={n: 1, m: 1})]
    system = compose("setting", [Component("part", ["here"], variables=[n, m], transitions=rows)])
    (turn,) = why(check(system, never((n == 1) & (m < 2)))[1]).turns
    assert (turn.cells, turn.alone) == ((1, 2), (1,))


def test_a_search_that_stopped_early_never_reads_as_needed() -> None:
    system = pump(longest=2000)
    found, said = known(system, never(system.tank.spilt), Limits(states=2))
    assert said[-1] == ("spill", 1, "not decided", None)
    assert {entry[2] for entry in said[:-1]} == {"not needed"}, "what was found is known all the same"
    assert not found.whole
    assert "the limit of 2 states" in found.needed[3].reason
    found, said = known(system, never(system.tank.spilt), Limits(seconds=1e-9))
    assert {entry[2] for entry in said} == {"not decided"}
    assert found.stopped


def test_what_nothing_shows_has_no_why() -> None:
    system = pump()
    with pytest.raises(PropertyError, match=r"DR323.*HOLDS, in all"):
        why(check(system, never(system.tank.spilt & (system.tank.variable("level") < 3)))[1])


def test_a_value_that_leaves_its_domain_is_told_and_not_asked_about() -> None:
    n = Integer("n", 0, 2)
    part = Component("part", ["here"], variables=[n], transitions=[on("add", "here", then={n: n + 1})])
    found = why(check(compose("adding", [part]), [])[0])
    assert found.unasked
    assert [turn.state for turn in found.turns] == [3]
    assert not found.needed


def walked(system: System, length: int, random: Random) -> Trace:
    oracle, state, steps = Oracle(system), random.choice(system.initial_states), list[TraceStep]()
    root = system.initial_states.index(state)
    for _ in range(length):
        found = [step for step in oracle.successors(state) if step.target is not None]
        if not found:
            break
        step = random.choice(found)
        assert step.target is not None
        steps.append(TraceStep(system.events[step.event], step.alternative, state, step.target, None, step.chosen))
        state = step.target
    return Trace(system, tuple(steps), root=root)


@pytest.mark.parametrize("shard", range(2))
def test_along_a_path_the_shortest_way_on_is_found(shard: int) -> None:
    seen = [0, 0]

    def body(built: Built, data: st.DataObject) -> None:
        system, random = built.system, Random(data.draw(st.integers(0, 1000)))
        watch = built.watches[data.draw(st.integers(0, len(built.watches) - 1))]
        path = walked(system, random.randint(0, 2), random)
        for make in (never, reachable, can_always, lambda _: deadlock_free()):
            try:
                item = make(watch)
                check(system, [item])
            except DrcheckError:  # a constant, by chance
                continue
            bad = bad_states(system, item)
            first = next((n for n, state in enumerate(path.states) if bad(state)), None)
            begin = len(path.states) - 1 if first is None else first
            rest = shortest(begun_with(system, [path.states[begin]]), bad, "", 1)
            verdict = along(path, item)
            if rest is None:
                assert verdict.trace is None
                continue
            assert verdict.trace is not None
            assert [s.event.name for s in verdict.trace.steps[:begin]] == [s.event.name for s in path.steps[:begin]]
            assert len(verdict.trace) == begin + rest
            assert bad(verdict.trace.states[-1][: len(system.cells)])
            seen[first is None] += 1

    on_generated("any", shard, body, share=0.03, most=150, escapes=False)
    assert EXAMPLES < 400 or min(seen) > 1, seen


def path(system: System, text: str) -> Trace:
    return followed(read_path(text), system).trace


def test_along_a_path_what_is_waited_for_is_remembered() -> None:
    system = pump()
    level = system.tank.variable("level")
    item = within(hours(2), system.guard.there, after=level == 1)
    found = why(path(system, "pump tick pump tick"), item)
    assert [step.event.name for step in found.trace.steps] == ["pump", "tick", "pump", "tick", "tick"]
    assert [turn.state for turn in found.turns] == [1, 5], (
        "it is late two hours after the first state, not after the last"
    )
    come = leads_to(level == 1, system.guard.there)
    found = why(path(system, "pump pump"), come)
    assert [(turn.state, turn.said) for turn in found.turns] == [(1, "it is waited for, and does not come")]
    again = why(found.trace, come)
    assert again.trace.steps == found.trace.steps
    assert again.trace.loop == found.trace.loop is not None
    happening = never(happens("pump") & (level == 2))
    assert len(why(path(system, "pump pump pump"), happening).trace) == 2, "it is cut where it is broken"


def test_what_cannot_be_asked_along_a_path_is_refused() -> None:
    system = pump()
    with pytest.raises(PropertyError, match=r"DR323.*whole executions"):
        why(path(system, "pump"), ltl(globally(~system.tank.spilt)))
    with pytest.raises(PropertyError, match="DR302"):
        why(path(system, "pump"))
    with pytest.raises(PropertyError, match=r"DR323.*of what follows the path"):
        why(path(system, "pump"), never(system.tank.spilt & (system.tank.variable("level") < 3)))
    loop = replace(path(system, "come tick"), loop=1)
    with pytest.raises(PropertyError, match=r"DR323.*cycle"):
        why(loop, eventually(system.guard.there))
    broken = why(loop, ltl(globally(system.guard.away)))
    assert broken.trace.loop == 1
