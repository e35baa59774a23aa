"""Verdicts on formulas of temporal logic: against a naive checker, against the other kinds of properties, and by example.

`DRCHECK_EXAMPLES` sets how many generated systems there are (a part of them is taken here), `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import (
    Boolean,
    Component,
    Expression,
    Integer,
    compose,
    finally_,
    globally,
    ltl,
    next_,
    on,
    release,
    strongly_fair,
    until,
    weak_until,
    weakly_fair,
)
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError, ModelError, PropertyError
from drcheck.graphs import algorithms
from drcheck.logic import temporal
from drcheck.logic.fairness import Fairness
from drcheck.logic.kinds import Property
from drcheck.logic.liveness import Demand, FairGraph, demands
from drcheck.logic.properties import always, eventually, leads_to
from drcheck.logic.temporal import Refutation, Shape, negation, refute
from drcheck.render.shown_trace import trace_view
from drcheck.sampling.observations import SeenOnWalks, Shown, observe, plan
from drcheck.sampling.walks import simulate
from drcheck.system.oracle import Oracle
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text
from tests.engines.test_agreement import assert_fair, replay
from tests.logic.test_formulas import formulas
from tests.support.generated import SEED, SHARDS, composed, sharded, some
from tests.support.generators import Built, Case, systems
from tests.support.naive import World, holds_on_lasso


def on_systems(shard: int, share: float, most: int, body: Callable[[Built, st.DataObject], None]) -> None:
    @seed(SEED * 1_000 + shard)
    @settings(max_examples=some(share, SHARDS))
    @given(systems(), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        built = composed(case)
        found = PythonEngine().explore(built.system, Query(), Limits(states=most))
        if not found.complete or found.escape is not None or found.states > most:
            reject()
        body(built, data)

    run()


def assumed(built: Built, data: st.DataObject) -> tuple[list[Fairness], set[str], set[str]]:
    """Fairness of some events, and the names of those that are treated weakly and strongly fairly."""
    names = [e.name for e in built.system.events]
    weak = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="weakly fair")
    strong = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="strongly fair")
    fairness = [fair(*chosen) for fair, chosen in ((weakly_fair, weak), (strongly_fair, strong)) if chosen]
    return fairness, set(weak) - set(strong), set(strong)


@st.composite
def promises(draw: Callable[[st.SearchStrategy[int]], int], built: Built, most: int = 100) -> Expression:
    """A formula over the watches of a system; mostly of a shape that more than a beginning is needed to break."""
    p, q = built.watches
    atoms = [p, q, ~p, ~q]
    shape = draw(st.integers(0, 7))
    if shape == 0:
        return draw(formulas(atoms, 3, most))
    a, b = (draw(formulas(atoms, 1, (most - 2) // 2)) for _ in range(2))
    return [
        lambda: globally(finally_(a)),
        lambda: finally_(globally(a)),
        lambda: globally(a.implies(finally_(b))),
        lambda: globally(finally_(a)).implies(globally(finally_(b))),
        lambda: until(a, b),
        lambda: globally(a.implies(next_(finally_(b)))),
        lambda: finally_(a & next_(b)),
    ][shape - 1]()


def assert_broken(verdict: Verdict, oracle: Oracle) -> None:
    """The trace replays, is maximal or needs not to be, is fair, and does not satisfy the formula by its definition."""
    trace, written = verdict.trace, verdict.property.condition
    assert trace is not None
    assert written is not None
    replay(trace)
    states, loop = trace.states, trace.loop
    if loop is None:
        endings = [len(states) - 1]
    else:
        assert_fair(verdict, oracle)
        states, endings = states[:-1], [loop]
    if loop is None and oracle.successors(states[-1]):
        # Whatever follows breaks it; two ways to go on are tried: to stay, and to take the first step again and again.
        assert "whatever follows" in verdict.reason
        seen = {states[-1]: len(states) - 1}
        while True:
            following = next((s.target for s in oracle.successors(states[-1]) if s.target is not None), states[-1])
            if following in seen:
                endings = [seen[following]]
                break
            seen[following] = len(states)
            states = [*states, following]
    for end in endings:
        assert not holds_on_lasso(written, len(states), end, lambda a, n: oracle.holds(a, states[n]))


# -- against the naive checker -----------------------------------------------------------------------------------------
def assert_decided(built: Built, data: st.DataObject, told: Tally[str]) -> None:
    """Verdicts on some formulas are those of the naive checker, and each trace breaks its formula."""
    fairness, weak, strong = assumed(built, data)
    items = [
        ltl(data.draw(promises(built, 4), label="formula"), chosen, name=f"f{i}")
        for i, chosen in enumerate((fairness, fairness, []))
    ]
    world, oracle = World.of(built.system), Oracle(built.system)
    for verdict in check(built.system, items, engine="python")[1:]:
        item = verdict.property
        assert item.condition is not None
        names = (weak, strong) if item.fairness else (set[str](), set[str]())
        expected = world.satisfies(item.condition, oracle.holds, *names)
        assert (verdict.conclusion is Conclusion.HOLDS) == expected, item.formula()
        told[verdict.conclusion.value] += 1
        if verdict.trace is not None:
            assert_broken(verdict, oracle)
            told["lasso" if verdict.trace.loop is not None else verdict.reason.split()[-1]] += 1


@sharded
def test_verdicts_are_those_of_the_naive_checker(shard: int) -> None:
    told: Tally[str] = Tally()
    on_systems(shard, 0.08, 40, lambda built, data: assert_decided(built, data, told))
    assert min(told[x] for x in ("HOLDS", "VIOLATED", "lasso", "follows")) > 0, told


def test_verdicts_on_systems_with_executions_that_end_are_those_of_the_naive_checker() -> None:
    told: Tally[str] = Tally()

    def body(built: Built, data: st.DataObject) -> None:
        if World.of(built.system).dead:
            assert_decided(built, data, told)

    on_systems(SHARDS, 2.0, 40, body)  # few end
    assert told["ends"] > 0, told


@sharded
def test_the_other_kinds_of_properties_are_formulas(shard: int) -> None:
    told: Tally[tuple[str, str]] = Tally()

    def body(built: Built, data: st.DataObject) -> None:
        p, q = built.watches
        fairness, _, _ = assumed(built, data)
        pairs = [(always(p), ltl(globally(p)))]
        for chosen in ([], fairness):
            pairs.append((leads_to(p, q, chosen), ltl(globally(p.implies(finally_(q))), chosen)))
            pairs.append((eventually(q, chosen), ltl(finally_(q), chosen)))
        verdicts = check(built.system, [item for pair in pairs for item in pair], engine="python")[1:]
        for ours, theirs in zip(verdicts[1::2], verdicts[::2], strict=True):
            about = f"{ours.property.formula()}: {ours.reason}; {theirs.property.formula()}: {theirs.reason}"
            assert (ours.conclusion, ours.vacuous) == (theirs.conclusion, theirs.vacuous), about
            told[theirs.property.kind, theirs.conclusion.value] += 1
            if ours.trace is not None and theirs.property.kind == "always":
                assert theirs.trace is not None
                assert len(ours.trace) == len(theirs.trace), about

    on_systems(shard, 0.4, 400, body)
    assert min(told.values()) > 0, told
    assert len(told) == 4


# -- the fast ways and the slow ones -----------------------------------------------------------------------------------
def refuted(system: System, item: Property, *, laid_out: bool = False) -> Refutation | None:
    found = PythonEngine().explore(system, Query(graph=True))
    assert found.graph is not None
    assert item.condition is not None
    wanted, columns = negation(system, item.condition), Columns(found)
    holding = [columns.mask(atom) for atom in wanted.formula.atoms]
    fair, wants = FairGraph(found.graph), demands(system, item.fairness)
    return refute(fair, wanted, holding, wants, roots=system.initials, laid_out=laid_out)


@sharded
def test_parts_with_one_state_need_no_graph_of_their_own(shard: int) -> None:
    shapes: Tally[Shape | None] = Tally()

    def body(built: Built, data: st.DataObject) -> None:
        fairness, _, _ = assumed(built, data)
        item = ltl(data.draw(promises(built), label="formula"), fairness)
        try:
            fast, slow = (refuted(built.system, item, laid_out=laid_out) for laid_out in (False, True))
        except PropertyError as error:
            if error.code != "DR305":
                raise
            reject()
        assert (fast is None) == (slow is None), item.formula()
        if fast is not None and slow is not None:
            assert (fast.shape, fast.lasso.loop is None) == (slow.shape, slow.lasso.loop is None)
        shapes[None if fast is None else fast.shape] += 1

    on_systems(shard, 0.3, 400, body)
    assert min(shapes[shape] for shape in (None, Shape.PREFIX, Shape.CYCLE)) > 0, shapes


@sharded
def test_machine_code_finds_the_same_executions_as_plain_python(shard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        fairness, _, _ = assumed(built, data)
        item = ltl(data.draw(promises(built), label="formula"), fairness)
        for laid_out in (False, True):
            found = []
            for small in (10**9, -1):
                monkeypatch.setattr(algorithms, "SMALL", small)
                try:
                    found.append(refuted(built.system, item, laid_out=laid_out))
                except PropertyError as error:
                    if error.code != "DR305":
                        raise
                    reject()
            assert found[0] == found[1], item.formula()

    on_systems(shard, 0.1, 400, body)


# -- by example --------------------------------------------------------------------------------------------------------
QUEUE = Integer("queue", 0, 3)
SENDER = Component(
    "sender",
    ["on", "off"],
    variables=[QUEUE],
    transitions=[
        on("send", "on", when=QUEUE < 3, then={QUEUE: QUEUE + 1}),
        on("deliver", "*", when=QUEUE > 0, then={QUEUE: QUEUE - 1}),
        on("stop", "on", "off", kind="operator"),
    ],
)
SENDING = compose("sending", [SENDER])
ON, OFF = SENDER.on, SENDER.off


@pytest.mark.parametrize(
    ("written", "fairness", "told", "events"),
    [
        (finally_(OFF), (), "broken by an execution of 0 steps, then a cycle of 2 steps", ["send", "deliver"]),
        (finally_(OFF), weakly_fair("operator"), "", []),
        (globally(ON), (), "broken by an execution of 1 step that ends", ["stop"]),
        (globally(QUEUE < 2), (), "broken after 2 steps, whatever follows", ["send", "send"]),
        (OFF, (), "broken in the initial state, whatever follows", []),
        (ON, (), "", []),
        (globally(next_(next_(QUEUE < 2))), (), "broken after 2 steps, whatever follows", ["send", "send"]),
        (weak_until(ON, OFF), (), "", []),
        (until(ON, OFF), (), "broken by an execution of 0 steps, then a cycle of 2 steps", ["send", "deliver"]),
        (release(OFF, QUEUE < 2), (), "broken after 2 steps, whatever follows", ["send", "send"]),
        (
            globally(finally_(QUEUE == 0)),
            weakly_fair("automatic"),
            "broken by an execution of 1 step, then a cycle of 2 steps",
            ["send", "send", "deliver"],
        ),
        (
            globally(finally_(OFF)) | globally(finally_(QUEUE == 3)),
            (),
            "broken by an execution of 0 steps, then a cycle of 2 steps",
            ["send", "deliver"],
        ),
        # What stops for good delivers what is there, if it delivers at all.
        (finally_(globally(OFF)).implies(finally_(globally(QUEUE == 0))), (), "", []),
    ],
)
def test_verdicts_by_example(written: Expression, fairness: Fairness, told: str, events: list[str]) -> None:
    verdict = check(SENDING, [ltl(written, fairness)])[1]
    if not told:
        assert (verdict.conclusion, verdict.reason) == (Conclusion.HOLDS, "on every fair execution of 8 states")
        return
    assert (verdict.conclusion, verdict.reason) == (Conclusion.VIOLATED, told)
    assert verdict.trace is not None
    assert [step.event.name for step in verdict.trace.steps] == events
    assert_broken(verdict, Oracle(SENDING))


def test_an_execution_that_ends_repeats_its_last_state() -> None:
    n = Integer("n", 0, 2)
    ends = compose(
        "ends", [Component("c", ["s"], variables=[n], transitions=[on("go", "s", when=n < 2, then={n: n + 1})])]
    )
    held = [
        globally(finally_(n == 2)),
        finally_(globally(n == 2)),
        globally((n == 2).implies(next_(n == 2))),
        next_(next_(n == 2)),
        next_(next_(next_(n == 2))),
    ]
    broken = [globally(finally_(n < 2)), globally((n == 2).implies(next_(n < 2))), finally_(next_(n == 0))]
    verdicts = check(ends, [ltl(f) for f in (*held, *broken)])[1:]
    assert [v.conclusion for v in verdicts] == [Conclusion.HOLDS] * len(held) + [Conclusion.VIOLATED] * len(broken)
    assert verdicts[len(held)].reason == "broken by an execution of 2 steps that ends"


def test_fairness_is_of_the_system_and_not_of_the_product() -> None:
    """`back` is possible in b however the automaton goes on: to leave it out for ever is unfair."""
    x = Boolean("x")
    moves = [on("stay", "a"), on("go", "a", "b"), on("back", "b", "a"), on("turn", "b", then={x: ~x})]
    system = compose("moves", [Component("c", ["a", "b"], variables=[x], transitions=moves)])
    written = finally_(globally(system.c.b))
    without, weak, strong = (
        check(system, [ltl(~written, f)])[1].conclusion for f in ((), weakly_fair("back"), strongly_fair("back"))
    )
    assert (without, weak, strong) == (Conclusion.VIOLATED, Conclusion.HOLDS, Conclusion.HOLDS)
    often = globally(finally_(system.c.b))
    found = [check(system, [ltl(often, f)])[1].conclusion for f in ((), weakly_fair("go"), strongly_fair("go"))]
    assert found == [Conclusion.VIOLATED, Conclusion.HOLDS, Conclusion.HOLDS]


def test_the_stronger_of_two_assumptions_on_an_event_counts() -> None:
    """`leave` is possible again and again, and never for long: only strong fairness of it forces it."""
    moves = [on("go", "a", "b"), on("back", "b", "a"), on("leave", "b", "away"), on("rest", "away")]
    system = compose("moves", [Component("c", ["a", "b", "away"], transitions=moves)])
    strong, weak = strongly_fair("leave"), weakly_fair("automatic")
    found = [
        check(system, [ltl(finally_(system.c.away), f)])[1].conclusion for f in (weak, [weak, strong], [strong, weak])
    ]
    assert found == [Conclusion.VIOLATED, Conclusion.HOLDS, Conclusion.HOLDS]
    assert demands(system, [strong, weak]) == [
        Demand(n, event.name == "leave") for n, event in enumerate(system.events)
    ]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_part_is_searched_although_its_first_state_accepts_anything(swapped: bool) -> None:
    """A part of the automaton may be entered past that state. Which state is the first depends on how a formula is written."""
    p, q, r = Boolean("p"), Boolean("q", True), Boolean("r")
    begin = on("begin", "a", "b", then={p: True, r: True})
    system = compose("once", [Component("c", ["a", "b"], variables=[p, q, r], transitions=[begin, on("stay", "b")])])
    soon = weak_until(q, next_(p))
    always_soon = globally(r | soon)
    ways = [next_(always_soon), p & next_(always_soon & soon)]
    # The only execution has the first way.
    verdict = check(system, [ltl(~(ways[1] | ways[0]) if swapped else ~(ways[0] | ways[1]))])[1]
    assert (verdict.conclusion, verdict.reason) == (
        Conclusion.VIOLATED,
        "broken by an execution of 1 step, then a cycle of 1 step",
    )
    assert_broken(verdict, Oracle(system))


def test_the_trace_says_what_begins_and_ceases_to_hold() -> None:
    verdict = check(SENDING, [ltl(globally((QUEUE == 2).implies(finally_(OFF))), weakly_fair("automatic"))])[1]
    assert trace_view(verdict.trace, verdict.property, value_text(verdict)).text == (
        "       start   [not (sender.queue = 2), not (sender.off)]",
        "           sender on",
        "   1.  send  [automatic]",
        "           sender: queue 0 -> 1",
        "   2.  send  [automatic]",
        "           sender: queue 1 -> 2",
        "           = sender.queue = 2",
        "       --- the cycle begins here; it can repeat for ever ---",
        "   3.  send  [automatic]",
        "           sender: queue 2 -> 3",
        "           = not (sender.queue = 2)",
        "   4.  deliver  [automatic]",
        "           sender: queue 3 -> 2",
        "           = sender.queue = 2",
        "       --- the cycle ends: the next step is step 3 again ---",
    )
    assert trace_view(verdict.trace, verdict.property, value_text(verdict)).caption == "an execution that breaks it"


def test_a_formula_with_a_trigger_that_never_happens_is_vacuous() -> None:
    written = [globally((QUEUE == 3).implies(finally_(QUEUE < 3))), globally((QUEUE > 3).implies(next_(OFF)))]
    verdicts = check(SENDING, [ltl(f) for f in written])
    assert [v.vacuous for v in verdicts[1:]] == [None, "its trigger never happens: sender.queue > 3"]


@pytest.mark.parametrize("engine", ["reference", "python", "numpy", "native"])
def test_a_formula_that_is_decided_in_the_initial_state_alone_is_vacuous_without_its_trigger_there(engine: str) -> None:
    written = [
        (QUEUE == 3).implies(finally_(QUEUE > 99)),  # reached, and not at the start: globally was forgotten
        (QUEUE > 3).implies(finally_(QUEUE > 99)),
        (QUEUE == 0).implies(finally_(QUEUE == 0)),
        finally_((QUEUE == 3).implies(globally(QUEUE == 3))),
        finally_((QUEUE == 0).implies(globally(QUEUE < 4))),
    ]
    told = [v.vacuous for v in check(SENDING, [ltl(f) for f in written], engine=engine)[1:]]
    at_start = "its trigger is not there in the initial state, which decides it: sender.queue = 3; write globally(...)"
    there = (
        "it holds in the initial state, whatever follows; leads_to(...) or globally(...) say what must come each time"
    )
    assert told == [at_start, "its trigger never happens: sender.queue > 3", there, at_start, None]


def test_what_was_not_looked_at_is_not_decided() -> None:
    numbers = [Integer("n", 0, 60) for _ in range(2)]
    parts = [
        Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"go{i}", "s", when=n < 60, then={n: n + 1})])
        for i, n in enumerate(numbers)
    ]
    system = compose("counters", parts)
    verdict = check(system, [ltl(globally(numbers[0] < 5))], limits=Limits(states=1_000))[1]
    assert (verdict.conclusion, verdict.trace) == (Conclusion.INCONCLUSIVE, None)
    assert verdict.reason.startswith("the search stopped at the limit of 1,000 states, after ")
    n = Integer("n", 0, 3)
    leaves = compose("leaves", [Component("c", ["s"], variables=[n], transitions=[on("go", "s", then={n: n + 1})])])
    verdict = check(leaves, [ltl(globally(n <= 3))])[1]
    assert (verdict.conclusion, verdict.reason[:26]) == (Conclusion.INCONCLUSIVE, "a value leaves its domain ")


def test_without_memory_nothing_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(size: int) -> None:
        raise MemoryError

    monkeypatch.setattr("drcheck.graphs.products.room", no_room)
    verdict = check(SENDING, [ltl(globally(finally_(QUEUE == 0)))])[1]
    assert (verdict.conclusion, verdict.trace) == (Conclusion.INCONCLUSIVE, None)
    assert verdict.reason == "the memory of this machine leaves no room for the analysis of its graph of 8 states"


def test_samples_show_no_executions() -> None:
    plans, query = plan(SENDING, [ltl(finally_(OFF))])
    seen = observe(SeenOnWalks(simulate(SENDING, query, walks=5, steps=5, seed=0)), plans, {})[1]
    assert seen.shown is Shown.NOT_LOOKED_AT
    assert seen.reason == "it speaks of whole executions, of which a search of some states shows none to its end"


# -- errors ------------------------------------------------------------------------------------------------------------
def test_what_is_no_formula_is_refused() -> None:
    with pytest.raises(PropertyError) as caught:
        ltl(QUEUE)
    assert caught.value.message == "ltl takes a formula of boolean expressions, not `sender.queue` (integer)"
    assert caught.value.code == "DR302"
    with pytest.raises(PropertyError) as caught:
        always(globally(ON))
    assert caught.value.message == "always takes a boolean expression, not `G sender.on` (temporal)"
    with pytest.raises(
        PropertyError, match=r"\[DR304\] property typo: fairness is assumed of 'sned'.*did you mean 'send'"
    ):
        check(SENDING, [ltl(finally_(OFF), weakly_fair("sned"), name="typo")])
    with pytest.raises(ModelError, match=r"\[DR106\].*is not a variable of system sending"):
        check(SENDING, [ltl(globally(Boolean("other")), name="foreign")])


def test_a_trace_that_does_not_break_the_formula_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the translation wrong, the formula's definition would say so."""
    wrong = negation(SENDING, finally_(QUEUE == 3))
    monkeypatch.setattr("drcheck.verdicts.plan.negation", lambda *_: wrong)
    with pytest.raises(EngineError) as caught:
        check(SENDING, [ltl(globally(finally_(QUEUE < 3)), name="often")])
    assert str(caught.value) == (
        "[DR502] the trace of often does not break it; please report it with the model: the translation of the formula is wrong"
    )


def test_letters_are_numbered_among_those_that_occur() -> None:
    masks = [np.array([True, False, True, False]), np.array([False, False, False, True]), np.array([True] * 4)]
    letters, seen = temporal._letters(masks, 4)
    assert (letters.tolist(), seen) == ([1, 0, 1, 2], [4, 5, 6])
    assert temporal._letters([], 2)[1] == [0]
