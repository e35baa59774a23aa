"""On generated systems, every engine finds the same states, steps and verdicts, and every trace replays on the oracle.

`DRCHECK_EXAMPLES` sets how many systems each of the tests below takes (1,000 if it is not set), `DRCHECK_SEED` varies
which ones. A failing example prints as a program that can be pasted and run.
"""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import Boolean, Component, Counter, Expression, Integer, compose, if_else, maximum, minimum, on, outcome
from drcheck.engines.choose import engine_named
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import Engine, Exploration, Limits, Query
from drcheck.engines.python import PythonEngine, compile_function, generate, predicate
from drcheck.engines.reference import ReferenceEngine
from drcheck.language.expressions import MAX_DEPTH
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.kinds import Property
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    never,
    reachable,
    whenever,
    worst_case,
)
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System, starts_of
from drcheck.system.trace import Trace
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.support.engines import equal
from tests.support.generated import EXAMPLES, SEED, composed
from tests.support.generators import Built, Case, systems
from tests.support.naive import World, begun, holds_on_lasso

SHARDS = 8
"""Each test is cut into parts, so that several processes can share it."""
MOST_STATES = 1_500
"""Larger systems are left to the compiled engines alone: live machines would take seconds."""

sharded = pytest.mark.parametrize("shard", range(SHARDS))


def on_systems(shard: int, body: Callable[[Case, st.DataObject], None], share: float = 1.0) -> None:
    """Run `body` on this shard's part of the examples."""
    count = max(1, int(EXAMPLES * share) // SHARDS)

    @seed(SEED * 1_000 + shard)
    @settings(max_examples=count)
    @given(systems(), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        body(case, data)

    run()


@cache
def native() -> NativeEngine | None:
    """The native engine, or None where it cannot run."""
    engine = NativeEngine()
    return engine if engine.available() else None


def engines(size: int) -> Iterator[Engine]:
    """The engines to hold against the python engine on a system of so many states."""
    if size <= MOST_STATES:
        yield ReferenceEngine()
    yield NumpyEngine()
    if (compiled := native()) is not None:
        yield compiled


# -- states and steps ----------------------------------------------------------------------------------------------
@sharded
def test_engines_find_the_same_states_and_steps(shard: int) -> None:
    def body(case: Case, data: st.DataObject) -> None:
        built = composed(case)
        lowered = Query(built.lowered_watches, built.lowered_maxima, graph=True)
        first = PythonEngine().explore(built.system, lowered, Limits(states=20_000))
        if not first.complete:
            reject()
        assert [first.state(n) for n in range(built.system.initials)] == begun(built.system)
        for engine in engines(first.states):
            # The reference engine reads the expressions as they were written, not their lowered form.
            written = isinstance(engine, ReferenceEngine)
            query = Query(built.watches, built.maxima, graph=True) if written else lowered
            equal(engine.explore(built.system, query), first)
        columns, oracle = Columns(first), Oracle(built.system)
        states = [first.state(n) for n in range(min(first.states, 200))]
        for node, low in zip(built.watches, built.lowered_watches, strict=True):
            assert [oracle.holds(node, s) for s in states] == columns.mask(low)[:200].tolist()
        for node, low in zip(built.maxima, built.lowered_maxima, strict=True):
            assert [oracle.value(node, s) for s in states] == columns.values(low)[:200].tolist()

    on_systems(shard, body)


@sharded
def test_steps_and_values_are_the_same_in_states_that_are_not_reachable(shard: int) -> None:
    """Guards that reachable states never falsify are put to the test as well."""

    def body(case: Case, data: st.DataObject) -> None:
        built = composed(case)
        system = built.system
        domains = [cell.domain for cell in system.cells]
        state: State = tuple(data.draw(st.tuples(*(st.integers(d.low, d.high) for d in domains)), label="state"))
        oracle = Oracle(system)
        successors = compile_function(generate(system), "successors", "successors")
        expected = [(s.event, s.alternative, s.target, s.escape) for s in oracle.successors(state)]
        assert successors(state) == expected
        targets = list(dict.fromkeys(target for _, _, target, _ in expected if target is not None))[-2:]
        for number, target in product(range(len(system.events)), targets):
            steps = [(s.event, s.alternative, s.target, s.escape) for s in oracle.steps_to(state, number, target)]
            assert steps == [step for step in expected if step[0] == number and step[2] == target]
        for node, low in zip(built.watches, built.lowered_watches, strict=True):
            assert bool(predicate(low, "watch")(state)) == oracle.holds(node, state) == oracle.holds(low, state)
        for node, low in zip(built.maxima, built.lowered_maxima, strict=True):
            assert predicate(low, "maximum")(state) == oracle.value(node, state) == oracle.value(low, state)

    on_systems(shard, body)


# -- long and deep -----------------------------------------------------------------------------------------------------
def assert_engines_agree(system: System) -> Exploration:
    """Every engine explores the system and finds the same."""
    first = PythonEngine().explore(system, Query(graph=True))
    for engine in engines(first.states):
        equal(engine.explore(system, Query(graph=True)), first)
    return first


@pytest.mark.parametrize("size", [15, 16, 17, 33, 400])
def test_a_trigger_with_very_many_transitions(size: int) -> None:
    """Long choices among transitions are made in halves: the first match must stay the first, whatever the number."""
    x, y = Integer("x", 0, size), Counter("y", 5, at_limit="refuse")
    steps = [
        on(
            "go",
            "s" if i % 3 else ["s", "t"],
            "t" if i % 5 == 0 else None,
            when=(x == i) | (x == i - 2),
            then={x: minimum(x + 1 + i % 2, size), y: y + i % 4 - 1},
        )
        for i in reversed(range(size))
    ]
    back = [on("back", "t", "s", then={y: 2}), on("back", "s", then={y: 1})]
    choose = [
        on("choose", "*", when=x % 7 == i % 7, outcomes=[outcome("s"), outcome("t", {y: y + i % 5})][: 1 + i % 2])
        for i in range(min(size, 40))
    ]
    part = Component("c", ["s", "t"], variables=[x, y], transitions=[*steps, *back, *choose])
    found = assert_engines_agree(compose("long", [part]))
    assert found.states > size
    assert all(found.fired)


@pytest.mark.parametrize(
    "deeper",
    [
        lambda e, x, b: e + x,
        lambda e, x, b: x - e,
        lambda e, x, b: -e,
        lambda e, x, b: maximum(x, e, 0) - 1,
        lambda e, x, b: minimum(e, 3),
        lambda e, x, b: (e + 1) % 5,
        lambda e, x, b: if_else(b, x, e),
        lambda e, x, b: if_else(e == 0, x, 1),
        lambda e, x, b: if_else(~(e == 0), e, 1),
        lambda e, x, b: (e + 3) // 2,
    ],
)
def test_expressions_as_deep_as_they_may_be(deeper: Callable[..., Expression]) -> None:
    x, b, last = Integer("x", -3, 3), Boolean("b"), Counter("last", 3)
    e: Expression = x
    while (more := deeper(e, x, b)).depth < MAX_DEPTH - 1 and more.size < 3_000:
        e = more
    part = Component(
        "c",
        ["s"],
        variables=[x, b, last],
        transitions=[on("go", "s", when=(x < 3), then={x: x + 1, last: e}), on("turn", "s", when=e > 0, then={b: ~b})],
    )
    assert assert_engines_agree(compose("deep", [part])).states > 5


# -- verdicts ------------------------------------------------------------------------------------------------------
def properties_of(built: Built, data: st.DataObject) -> list[Property]:
    """One property of each kind, on the generated expressions; fairness of some events."""
    p, q = built.watches
    names = [e.name for e in built.system.events]
    weak = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="weakly fair")
    strong = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="strongly fair")
    fairness = [fair(*chosen) for fair, chosen in ((weakly_fair, weak), (strongly_fair, strong)) if chosen]
    return [
        always(p, name="always"),
        never(q, name="never"),
        whenever(p, q, name="whenever"),
        reachable(q, name="reachable"),
        deadlock_free(name="deadlock_free"),
        deadlock_free(except_where=p, name="deadlock_free_except"),
        can_always(q, name="can_always"),
        leads_to(p, q, name="leads_to"),
        leads_to(p, q, fairness, name="leads_to_fairly"),
        eventually(q, fairness, name="eventually"),
        worst_case(built.maxima[1], name="worst_case"),
    ]


def replay(trace: Trace) -> None:
    """Walk a trace on live machines, event by event."""
    oracle, state = Oracle(trace.system), trace.initial
    assert state == begun(trace.system)[trace.root]
    for step in trace.steps:
        assert step.before == state
        possible = [(trace.system.events[s.event].name, s.alternative, s.target) for s in oracle.successors(state)]
        assert (step.event.name, step.alternative, step.after) in possible
        if step.after is not None:
            state = step.after
    if trace.loop is not None:
        assert trace.loop < len(trace.steps), "a cycle has at least one step"
        assert trace.states[trace.loop] == state, "a cycle ends where it begins"


def assert_evidence(verdict: Verdict, oracle: Oracle) -> None:
    """The trace of a verdict shows what the verdict says."""
    item, trace = verdict.property, verdict.trace
    if trace is None:
        return
    replay(trace)
    last = trace.states[-1]
    assert trace.states[0] == trace.initial
    match item.kind:
        case "always":
            assert item.condition is not None
            assert not oracle.holds(item.condition, last)
            assert item.trigger is None or oracle.holds(item.trigger, last)
        case "reachable":
            assert item.condition is not None
            assert oracle.holds(item.condition, last)
        case "deadlock_free":
            assert not oracle.successors(last)
            assert item.condition is None or not oracle.holds(item.condition, last)
        case "worst_case":
            assert item.measure is not None
            assert oracle.value(item.measure, last) == verdict.value
        case "leads_to":
            assert item.condition is not None
            goals = [oracle.holds(item.condition, s) for s in trace.states]
            begins = [n for n, s in enumerate(trace.states) if item.trigger is None or oracle.holds(item.trigger, s)]
            # Some state where the trigger holds is followed by no goal on the rest of the path and on the cycle.
            tail = [] if trace.loop is None else range(trace.loop, len(goals))
            assert any(not any(goals[n:]) and not any(goals[m] for m in tail) for n in begins)
            if trace.loop is None:
                assert not oracle.successors(last)
            else:
                assert_fair(verdict, oracle)
        case "ltl":
            assert item.condition is not None
            states, loop = trace.states, trace.loop
            if loop is None:
                loop = len(states) - 1
            else:
                states = states[:-1]
                assert_fair(verdict, oracle)
            assert not holds_on_lasso(item.condition, len(states), loop, lambda a, n: oracle.holds(a, states[n]))


def assert_fair(verdict: Verdict, oracle: Oracle) -> None:
    """The cycle of a lasso is fair as the property assumes."""
    trace = verdict.trace
    assert trace is not None
    assert trace.loop is not None
    taken = {s.event.name for s in trace.steps[trace.loop :]}
    ready = [{trace.system.events[s.event].name for s in oracle.successors(x)} for x in trace.states[trace.loop :]]
    for fairness in verdict.property.fairness:
        for name in fairness.events:
            starved = any(name in r for r in ready) if fairness.strong else all(name in r for r in ready)
            assert name in taken or not starved, f"the cycle is not fair to {name}"


def expected_outcomes(built: Built, world: World, items: list[Property]) -> dict[str, tuple[Conclusion, int | None]]:
    """By definition: outcome, and the length of the shortest trace where the verdict has one (None: any, or none)."""
    oracle = Oracle(built.system)
    p, q = (lambda s, node=node: oracle.holds(node, s) for node in built.watches)

    def judged(distance: int | None, good: bool) -> tuple[Conclusion, int | None]:
        return (Conclusion.HOLDS if (distance is None) != good else Conclusion.VIOLATED), distance

    by_name = {item.name: item for item in items}
    fair = {}
    for name in ("leads_to", "leads_to_fairly", "eventually"):
        assumed = by_name[name].fairness
        strong = {e for f in assumed if f.strong for e in f.events}
        weak = {e for f in assumed if not f.strong for e in f.events} - strong
        start = (lambda s: s in world.initial) if name == "eventually" else p
        fair[name] = (Conclusion.HOLDS if world.leads_to(start, q, weak, strong) else Conclusion.VIOLATED), None
    return {
        "always": judged(world.distance(lambda s: not p(s)), False),
        "never": judged(world.distance(q), False),
        "whenever": judged(world.distance(lambda s: p(s) and not q(s)), False),
        "reachable": judged(world.distance(q), True),
        "deadlock_free": judged(world.distance(lambda s: s in world.dead), False),
        "deadlock_free_except": judged(world.distance(lambda s: s in world.dead and not p(s)), False),
        "can_always": judged(world.can_always(q), False),
        **fair,
    }


@sharded
def test_verdicts_and_lengths_of_traces_are_the_same_and_every_trace_is_evidence(shard: int) -> None:
    def body(case: Case, data: st.DataObject) -> None:
        built = composed(case)
        system, oracle = built.system, Oracle(built.system)
        first = PythonEngine().explore(system, Query(), Limits(states=400))
        if first.states > 400:
            reject()
        items = properties_of(built, data)
        verdicts = check(system, items, engine="python")
        for verdict in verdicts:
            assert_evidence(verdict, oracle)
        others = ["reference", "numpy", *(["native"] if native() is not None else [])]
        for name in others:
            for ours, theirs in zip(check(system, items, engine=name), verdicts, strict=True):
                assert ours.property.name == theirs.property.name
                about = f"{name} and python disagree on {ours.property.name}"
                assert (ours.conclusion, ours.value, ours.vacuous) == (
                    theirs.conclusion,
                    theirs.value,
                    theirs.vacuous,
                ), about
                assert (ours.trace is None) == (theirs.trace is None), about
                if ours.trace is not None and theirs.trace is not None:
                    assert (len(ours.trace), ours.trace.loop) == (len(theirs.trace), theirs.trace.loop), about
                assert_evidence(ours, oracle)
        world = World.of(system)
        expected = expected_outcomes(built, world, items)
        for verdict in verdicts:
            name = verdict.property.name
            if name not in expected:
                continue
            outcome, length = expected[name]
            if world.escapes and verdict.conclusion is Conclusion.INCONCLUSIVE:
                continue  # a model that is not defined everywhere proves nothing
            assert verdict.conclusion is outcome, f"{name}: {verdict.conclusion}, by definition {outcome}"
            if verdict.trace is not None and length is not None:
                assert len(verdict.trace) == length, f"{name}: the trace is not a shortest one"
        worst = verdicts[-1]
        assert worst.value == max(oracle.value(built.maxima[1], s) for s in world.steps)

    on_systems(shard, body, share=0.5)


def test_a_state_whose_only_steps_leave_a_domain_is_no_deadlock() -> None:
    x = Integer("x", 0, 2)
    part = Component(
        "c",
        ["s", "end"],
        variables=[x],
        transitions=[on("go", "s", then={x: x + 1}), on("finish", "s", "end", when=x == 0)],
    )
    system = compose("sample", [part])
    plain, excepted = check(system, [deadlock_free(), deadlock_free(except_where=part.end)])[1:]
    assert plain.conclusion is Conclusion.VIOLATED
    assert excepted.conclusion is Conclusion.INCONCLUSIVE


# -- the generator -------------------------------------------------------------------------------------------------
def test_generated_systems_exercise_the_whole_language() -> None:
    """Were a feature never drawn, the agreement above would say nothing of it."""
    seen: Tally[str] = Tally()

    @seed(SEED)
    @settings(max_examples=220)
    @given(systems())
    def run(case: Case) -> None:
        built = composed(case)
        system = built.system
        found = PythonEngine().explore(system, Query(graph=True), Limits(states=20_000))
        events, fired = system.events, found.fired
        shows = {
            "a space of tens of states": found.states >= 20,
            "a space of hundreds of states": found.states >= 200,
            "an escape": found.escape is not None,
            "a deadlock": found.deadlocks > 0,
            "an urgent event that fires": any(e.urgent and n for e, n in zip(events, fired, strict=True)),
            "time that passes": any(e.is_tick and n for e, n in zip(events, fired, strict=True)),
            "a tick of several components": any(e.is_tick and len(e.participants) > 1 for e in events),
            "a priority": len({e.priority for e in events}) > 1,
            "a fault budget": "faults" in system.control_of,
            "a site": bool(system.sites),
            "a rendezvous": any(len(e.participants) > 1 and n for e, n in zip(events, fired, strict=True)),
            "an optional participant": any(not p.required for e in events for p in e.participants),
            "an internal event": any("." in e.name for e in events),
            "one trigger in several vectors": max(_pairings(events).values()) > 1,
            "several outcomes": any(len(e.alternatives) > 1 for e in events),
            "a refusing counter": "refuse" in case.source,
            "a forward reference": 'state_of("c1"' in case.source.partition("c1 = ")[0],
            "a named expression": "named(" in case.source,
            "several initial states": system.initials > 1,
            "several states to begin in": any(len(c.initial_states) > 1 for c in system.components),
            "a choice for good": bool(set(starts_of(system)).difference(*(e.writes for e in events))),
            "a reference to a variable": "variable_of(" in case.source,
            "a pattern of states": bool(re.search(r"\"(s[*?]|[*?][01])\"", case.source)),
            "an assignment to a computed element": "_v0[minimum" in case.source or "_v0[(" in case.source,
            **{operator: operator in case.source for operator in OPERATORS},
        }
        seen.update(name for name, shown in shows.items() if shown)
        seen.update(dict.fromkeys(shows, 0))

    run()
    assert not [name for name, n in seen.items() if n == 0], seen
    assert seen["several initial states"] > 50, seen


OPERATORS = (
    " & ", " | ", "~", ".implies(", " == ", " != ", " < ", " <= ", " > ", " >= ", " + ", " - ", " * ", " // ", " % ",
    "minimum(", "maximum(", "if_else(", ".is_in(", "all_of(", "any_of(", "total(", "count(", "hours(", "in_states(",
    "unless=", "Boolean(", "Choice(", "Integer(", "Counter(", "Age(", "Array(",
)  # operators only  # fmt: skip


def _pairings(events: tuple) -> Tally[tuple[str, str]]:
    return Tally((p.component.name, p.trigger) for e in events for p in e.participants)


def test_a_generated_case_prints_as_a_program_that_runs() -> None:
    @settings(max_examples=20)
    @given(systems())
    def run(case: Case) -> None:
        composed(case)
        namespace: dict[str, object] = {}
        exec(str(case), namespace)
        assert namespace["system"].events  # type: ignore[attr-defined]

    run()


def test_every_engine_that_can_be_chosen_takes_part() -> None:
    """If a further engine is added, it must be added to the agreement as well."""
    from drcheck.engines.choose import ENGINES

    assert set(ENGINES) == {"auto", "reference", "python", "numpy", "native"}
    assert engine_named("python").name == "python"
    if native() is None:
        pytest.skip("the native engine cannot run here: no just-in-time compiler for this processor")
