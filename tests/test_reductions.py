"""Reductions keep the answers: on small systems by known factors, on generated systems, and on every design.

`DRCHECK_EXAMPLES` sets how many systems each kind of generator gives (1,000 if it is not set; a part of them is taken
here), `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import Component, Counter, Integer, System, compose, minimum, on
from drcheck.check import Outcome, Verdict, check
from drcheck.errors import ModelError
from drcheck.explore.bytecode import PythonEngine, compile_function, generate
from drcheck.explore.protocol import Limits, Query
from drcheck.explore.reductions.form import DEAD_VARIABLES, PARTIAL_ORDER, REDUCTIONS, SYMMETRY, Question, Reduced
from drcheck.explore.reductions.reduce import reduce
from drcheck.logic.properties import (
    Property,
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    never,
    reachable,
    strongly_fair,
    weakly_fair,
    whenever,
    worst_case,
)
from drcheck.semantics import Oracle
from tests.generators import Built, Case, neighbours, systems, twins
from tests.test_agreement import assert_evidence, native

EXAMPLES = int(os.environ.get("DRCHECK_EXAMPLES", "1000"))
SEED = int(os.environ.get("DRCHECK_SEED", "0"))
ROOT = Path(__file__).resolve().parent.parent
EACH = [*(frozenset([name]) for name in REDUCTIONS), frozenset(REDUCTIONS)]
NAMES = [*REDUCTIONS, "all"]
KINDS: dict[str, Callable[[], st.SearchStrategy[Case]]] = {"any": systems, "twins": twins, "neighbours": neighbours}
STATE_KINDS = ("always", "reachable", "deadlock_free", "worst_case", "structure")


def states_of(system: System) -> int:
    found = PythonEngine().explore(system, Query())
    assert found.complete
    return found.states


def reduced(system: System, name: str, *expressions: object, named: frozenset[int] = frozenset()) -> Reduced:
    """The system with one reduction that keeps some expressions."""
    observed = tuple(system.lower(node) for node in expressions)  # type: ignore[arg-type]
    return reduce(system, Question(Query(), observed, named), frozenset([name]))


def sizes(system: System, name: str, *expressions: object) -> tuple[int, int]:
    """How many states there are without and with a reduction."""
    return states_of(system), states_of(reduced(system, name, *expressions).system)


def assert_representatives(reduced: Reduced, states: int = 300) -> None:
    """Every state of the reduced system stands for itself, and steps as the states do that it stands for."""
    before = compile_function(generate(reduced.original), "successors", "original")
    after = compile_function(generate(reduced.system), "successors", "reduced")
    only_fewer = PARTIAL_ORDER in reduced.used
    seen, todo = {reduced.original.initial}, [reduced.original.initial]
    while todo and len(seen) < states:
        state = todo.pop()
        stands = reduced.representative(state)
        assert reduced.representative(stands) == stands
        expected = sorted(
            (reduced.orbits[e], t is None, () if t is None else reduced.representative(t)) for e, _, t, _ in before(state)
        )
        found = sorted((reduced.orbits[e], t is None, t or ()) for e, _, t, _ in after(stands))
        if only_fewer:
            assert set(found) <= set(expected)
            assert bool(found) == bool(expected)
        else:
            assert found == expected, "the steps of a representative are not those of what it stands for"
        for _, _, target, _ in before(state):
            if target is not None and target not in seen:
                seen.add(target)
                todo.append(target)


# -- dead variables ----------------------------------------------------------------------------------------------------
def worker(late: bool = True) -> System:
    """Draws a number, looks at it once, and is idle again; `late`: the number is looked at."""
    scratch = Integer("scratch", 0, 9)
    steps = [
        *(on(f"draw{i}", "idle", "busy", then={scratch: i}) for i in range(10)),
        on("reject", "busy", "idle", when=scratch >= 5),
        on("accept", "busy", "idle", when=scratch < 5) if late else on("accept", "busy", "idle"),
    ]
    return compose("work", [Component("worker", ["idle", "busy"], variables=[scratch], transitions=steps)])


def test_a_scratch_variable_is_reset_when_it_was_used() -> None:
    system = worker()
    assert sizes(system, DEAD_VARIABLES) == (20, 11)  # ten values while busy, and one while idle
    done = reduced(system, DEAD_VARIABLES).applications
    assert [a.what for a in done] == ["reset where they are dead: worker.scratch"]


def test_what_a_property_reads_is_not_reset() -> None:
    system = worker()
    assert sizes(system, DEAD_VARIABLES, system.worker.scratch == 3) == (20, 20)
    (done,) = reduced(system, DEAD_VARIABLES, system.worker.scratch == 3).applications
    assert not done.applied
    assert done.what == "no variable is ever certain to be written before it is read"


def test_a_variable_that_nothing_reads_is_left_as_it_began() -> None:
    """That it is copied and counted up is no reading: what it is copied to is not read either."""
    x, y, turns = Integer("x", 0, 5), Integer("y", 0, 5), Integer("turns", 0, 3)
    steps = [on("go", "s", when=turns < 3, then={x: (x + 1) % 6, y: x, turns: turns + 1}),
             on("back", "s", then={turns: 0})]  # fmt: skip
    system = compose("spare", [Component("c", ["s"], variables=[x, y, turns], transitions=steps)])
    assert sizes(system, DEAD_VARIABLES) == (24, 4)
    assert reduced(system, DEAD_VARIABLES).applications[0].what == "never needed: c.x, c.y"


def test_an_update_that_leaves_its_domain_leaves_it_still() -> None:
    x, n = Integer("x", 0, 3), Counter("n", 2, at_limit="refuse")
    part = Component(
        "c", ["a", "b"], variables=[x, n],
        transitions=[on("up", "a", "b", then={x: x + 2}), on("down", "b", "a", then={n: n + 1})],
    )  # fmt: skip
    system = compose("high", [part])
    plain, fewer = check(system, []), check(system, [], reductions=frozenset([DEAD_VARIABLES]))
    assert plain[0].outcome is fewer[0].outcome is Outcome.VIOLATED
    assert plain[0].trace is not None
    assert fewer[0].trace is not None
    assert len(plain[0].trace) == len(fewer[0].trace)


def test_a_reset_inside_the_domain_where_the_update_can_also_leave_it() -> None:
    """The value is not needed afterwards, but whether it lies in its domain is."""
    x, y = Integer("x", 0, 3), Integer("y", 0, 5)
    steps = [
        *(on(f"set{i}", "a", "b", then={y: i}) for i in range(6)),
        on("copy", "b", "c", then={x: y}),
        on("again", "c", "a"),
    ]
    system = compose("sample", [Component("c", ["a", "b", "c"], variables=[x, y], transitions=steps)])
    done = reduced(system, DEAD_VARIABLES)
    before, after = PythonEngine().explore(system, Query()), PythonEngine().explore(done.system, Query())
    assert before.escape == after.escape is not None
    assert after.states == 8
    assert_representatives(done)


def test_all_that_is_dead_together_is_reset_together() -> None:
    """`y` is needed for `x` only; where both are dead, to reset one alone would split states instead of joining them."""
    x, y, round_ = Integer("x", 0, 3), Integer("y", 0, 3), Integer("round", 0, 3)
    steps = [
        on("count", "s", when=round_ < 3, then={round_: round_ + 1, y: minimum(y + 1, 3)}),
        on("copy", "s", then={x: y}),
        on("use", "s", when=(round_ < 3) & (x > 1), then={x: 0}),
    ]
    done = reduced(compose("sample", [Component("c", ["s"], variables=[x, y, round_], transitions=steps)]), DEAD_VARIABLES)
    assert done.used
    assert_representatives(done)
    assert states_of(done.system) <= states_of(done.original)


# -- generated systems -------------------------------------------------------------------------------------------------
def on_generated(kind: str, share: float, body: Callable[[Built, st.DataObject], None], most: int = 400) -> None:
    """Run `body` on generated systems of a kind that are not large."""

    @seed(SEED)
    @settings(max_examples=max(1, int(EXAMPLES * share)), suppress_health_check=list(HealthCheck), deadline=None)
    @given(KINDS[kind](), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        try:
            built = case.build()
        except ModelError as error:
            assert error.code in ("DR109", "DR112", "DR113"), error
            reject()
        if not PythonEngine().explore(built.system, Query(), Limits(states=most)).complete:
            reject()
        body(built, data)

    run()


def properties_of(built: Built) -> list[Property]:
    p, q = built.watches
    return [
        always(p, name="always"),
        never(q, name="never"),
        whenever(p, q, name="whenever"),
        reachable(q, name="reachable"),
        deadlock_free(name="deadlock_free"),
        worst_case(built.maxima[0], name="worst"),
        worst_case(built.maxima[1], name="worst_2"),
    ]


def executions_of(built: Built, data: st.DataObject) -> list[Property]:
    p, q = built.watches
    names = [e.name for e in built.system.events]
    weak = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="weakly fair")
    strong = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="strongly fair")
    fairness = [f for f, chosen in ((weakly_fair(*weak), weak), (strongly_fair(*strong), strong)) if chosen]
    return [
        can_always(q, name="can_always"),
        deadlock_free(except_where=p, name="deadlock_free_except"),
        leads_to(p, q, name="leads_to"),
        leads_to(p, q, fairness, name="leads_to_fairly"),
        eventually(q, fairness, name="eventually"),
    ]


def assert_same_verdicts(system: System, items: list[Property], wanted: frozenset[str], engine: str = "python") -> Verdict:
    """The same outcomes and values with reductions as without, and traces that show them; a verdict with reductions."""
    oracle = Oracle(system)
    plain = check(system, items, engine=engine)
    fewer = check(system, items, engine=engine, reductions=wanted)
    for ours, theirs in zip(fewer, plain, strict=True):
        about = f"{ours.property.name} with {', '.join(sorted(wanted))}: {ours.reason}; without: {theirs.reason}"
        assert (ours.outcome, ours.value, ours.vacuous) == (theirs.outcome, theirs.value, theirs.vacuous), about
        assert (ours.trace is None) == (theirs.trace is None), about
        if ours.trace is not None and theirs.trace is not None and PARTIAL_ORDER not in wanted and theirs.trace.loop is None:
            assert len(ours.trace) == len(theirs.trace), about
        assert_evidence(ours, oracle)
    ours, theirs = fewer[0].run, plain[0].run
    assert ours.exploration.states <= theirs.exploration.states
    assert (ours.exploration.deadlocks > 0) == (theirs.exploration.deadlocks > 0)
    assert (ours.exploration.escape is None) == (theirs.exploration.escape is None)
    if PARTIAL_ORDER in ours.reductions:
        assert ours.idle_events == []
    else:
        assert ours.idle_events == theirs.idle_events
    return fewer[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", EACH, ids=NAMES)
def test_verdicts_on_states_are_the_same_on_generated_systems(wanted: frozenset[str], kind: str) -> None:
    engines = ["python", "native"] if native() is not None else ["python"]
    count = iter(range(10**9))

    def body(built: Built, data: st.DataObject) -> None:
        # Machine code takes long to make, so it has one in twelve.
        engine = engines[-1] if next(count) % 12 == 0 else "python"
        assert_same_verdicts(built.system, properties_of(built), wanted, engine)

    on_generated(kind, 0.2, body)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", [frozenset([DEAD_VARIABLES]), frozenset([SYMMETRY]),
                                    frozenset([DEAD_VARIABLES, SYMMETRY])], ids=["dead-variables", "symmetry", "both"])
def test_verdicts_on_executions_are_the_same_on_generated_systems(wanted: frozenset[str], kind: str) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        assert_same_verdicts(built.system, executions_of(built, data), wanted)

    on_generated(kind, 0.2, body, most=250)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", EACH, ids=NAMES)
def test_representatives_step_as_what_they_stand_for(wanted: frozenset[str], kind: str) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        question = Question(Query(built.lowered_watches[:1], built.lowered_maxima[:1]))
        assert_representatives(reduce(built.system, question, wanted))
        assert_representatives(reduce(built.system, Question(Query()), wanted))

    on_generated(kind, 0.1, body)
