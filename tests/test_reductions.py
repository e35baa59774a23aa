"""Reductions keep the answers: on small systems by known factors, on generated systems, and on every design.

`DRCHECK_EXAMPLES` sets how many systems each kind of generator gives (1,000 if it is not set; a part of them is taken
here), `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tomllib
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import Boolean, Component, Counter, Integer, System, compose, event, hours, if_else, minimum, on
from drcheck.check import Outcome, Verdict, check, check_design
from drcheck.design import load
from drcheck.errors import EngineError, ModelError
from drcheck.explore.bytecode import PythonEngine, compile_function, generate
from drcheck.explore.protocol import Limits, Query
from drcheck.explore.reductions import symmetry
from drcheck.explore.reductions.form import DEAD_VARIABLES, PARTIAL_ORDER, REDUCTIONS, SYMMETRY, Question, Reduced
from drcheck.explore.reductions.reduce import reduce
from drcheck.explore.reductions.sorting import network
from drcheck.logic.formulas import finally_, globally, next_, until
from drcheck.logic.properties import (
    Property,
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
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
SHARDS = 2
EACH = [*(frozenset([name]) for name in REDUCTIONS), frozenset(REDUCTIONS)]
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
    assert sizes(system, DEAD_VARIABLES) == (25, 4)
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


def test_a_location_variable_resets_all_that_is_dead_by_it() -> None:
    """`key` is dead while it is off by its control state, and with `time` after the last use by the number of uses."""
    key, time, used = Integer("key", 0, 3), Integer("time", 0, 3), Integer("used", 0, 2)
    keeper = Component("keeper", ["off", "on"], variables=[key], transitions=[
        on("start", "off", "on", then={key: time}), on("stop", "on", "off")])  # fmt: skip
    clock = Component("clock", ["s"], variables=[time], transitions=[on("pass", "s", then={time: minimum(time + 1, 3)})])
    user = Component("user", ["s"], variables=[used], transitions=[
        on("use", "s", when=keeper.on & (key > 0) & (used < 2), then={used: used + 1})])  # fmt: skip
    done = reduced(compose("keys", [keeper, clock, user]), DEAD_VARIABLES)
    assert done.applications[0].what == "reset where they are dead: keeper.key, clock.time"
    assert_representatives(done)
    assert sizes(done.original, DEAD_VARIABLES)[1] < states_of(done.original)


# -- symmetry ----------------------------------------------------------------------------------------------------------
def source(i: int) -> Component:
    """A source that fails and returns, three times at most, and is then given up: nine states."""
    repairs, warned = Counter("repairs", 3), Boolean("warned")
    return Component(f"source{i}", ["up", "down", "gone"], variables=[repairs, warned], transitions=[
        on(f"fails{i}", "up", "down", then={warned: True}),
        on(f"returns{i}", "down", "up", then={repairs: repairs + 1}),
        on(f"given_up{i}", "down", "gone", when=repairs == 3),
    ])  # fmt: skip


def sources(size: int) -> System:
    return compose("sources", [source(i) for i in range(size)])


@pytest.mark.parametrize("size", [2, 3, 4])
def test_identical_sources_are_explored_up_to_their_order(size: int) -> None:
    """Of nine states each, all combinations; with symmetry, combinations with repetition."""
    assert sizes(sources(size), SYMMETRY) == (9**size, math.comb(9 + size - 1, size))


def test_machine_code_explores_the_same_representatives() -> None:
    engine = native()
    if engine is None:
        pytest.skip("the native engine cannot run here")
    system = reduced(sources(7), SYMMETRY).system
    assert engine.explore(system, Query()).states == math.comb(9 + 7 - 1, 7)


def test_a_symmetric_property_keeps_the_family_and_another_splits_it() -> None:
    system = sources(3)
    first, second, third = (system.component(f"source{i}") for i in range(3))
    for symmetric in (first.down & second.down & third.down, third.repairs + (first.repairs + second.repairs) >= 8):
        assert sizes(system, SYMMETRY, symmetric) == (729, 165)
    (done,) = reduced(system, SYMMETRY, second.down).applications
    assert done.what == "interchangeable: source0 = source2"
    assert sizes(system, SYMMETRY, second.down) == (729, 9 * 45)
    (done,) = reduced(system, SYMMETRY, first.repairs > second.repairs).applications
    assert not done.applied


def test_what_is_not_identical_is_not_interchangeable() -> None:
    late, early = Counter("n", 3, 1), Counter("n", 3, 0)
    parts = [Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"go{i}", "s", when=n < 3, then={n: n + 1})])
             for i, n in enumerate((late, early))]  # fmt: skip
    (done,) = reduced(compose("sample", parts), SYMMETRY).applications
    assert (done.applied, done.what) == (False, "no two components are alike")


@pytest.mark.parametrize("attribute", [{"urgent": True}, {"priority": 1}], ids=str)
def test_an_event_that_goes_first_breaks_symmetry(attribute: dict) -> None:
    system = compose("sources", [source(0), source(1)], events=[event("returns1", **attribute)])
    (done,) = reduced(system, SYMMETRY).applications
    assert not done.applied


@pytest.mark.parametrize("why", ["property", "start", "guard", "urgent", "priority", "fairness", "difference", "nothing"])
def test_a_guess_is_not_enough(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if whatever looks for symmetry takes everything for identical, only what is proved is exchanged."""
    monkeypatch.setattr(symmetry._Shapes, "refined", lambda self, colours: [0 for _ in colours])
    monkeypatch.setattr(symmetry._Shapes, "exchange", lambda self, colours, a, b: {a: b, b: a})

    def part(i: int) -> Component:
        n = Counter("n", 3, 1 if (why, i) == ("start", 1) else 0)
        most = 2 if (why, i) == ("guard", 1) else 3
        return Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"go{i}", "s", when=n < most, then={n: n + 1})])

    attributes = {"urgent": {"urgent": True}, "priority": {"priority": 1}}.get(why)
    events = [event("go1", **attributes)] if attributes else []
    system = compose("sample", [part(0), part(1)], events=events)
    asked = {"property": system.c0.n > 2, "difference": system.c0.n - system.c1.n > 0}
    named = frozenset([1] if why == "fairness" else [])
    assert bool(reduced(system, SYMMETRY, asked.get(why, system.c0.n + system.c1.n > 2), named=named).used) is (why == "nothing")


def test_an_order_among_components_breaks_symmetry() -> None:
    """The first that is down is mended first: they look alike to a superficial look, and are not."""
    mended = Counter("mended", 2)
    down = [Boolean("down") for _ in range(2)]
    parts = [Component(f"c{i}", ["s"], variables=[d], transitions=[on(f"fail{i}", "s", when=~d, then={d: True}),
             on("mend", "s", when=d if i == 0 else d & ~down[0], then={d: False}),
             on("mend", "s")]) for i, d in enumerate(down)]  # fmt: skip
    watcher = Component("w", ["s"], variables=[mended], transitions=[on("mend", "s", when=down[0] | down[1],
                        then={mended: mended + 1})])  # fmt: skip
    (done,) = reduced(compose("sample", [*parts, watcher]), SYMMETRY).applications
    assert not done.applied


def site(i: int, members: int) -> list[Component]:
    """A site and its members, which fail when the site is down."""
    here = Component(f"site{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")])
    inside = []
    for k in range(members):
        tries = Counter("tries", 2)
        inside.append(Component(f"server{i}{k}", ["idle", "busy"], variables=[tries], transitions=[
            on(f"work{i}{k}", "idle", "busy", when=here.up & (tries <= k), then={tries: tries + 1}),
            on(f"done{i}{k}", "busy", "idle", when=here.up),
            on(f"lost{i}{k}", "busy", "idle", when=here.down, then={tries: 0}),
        ]))  # fmt: skip
    return [here, *inside]


@pytest.mark.parametrize("size", [2, 3])
def test_sites_are_exchanged_with_all_that_is_at_them(size: int) -> None:
    parts = [part for i in range(size) for part in site(i, 2)]
    system = compose("sites", parts)
    (done,) = reduced(system, SYMMETRY).applications
    assert done.what == "interchangeable: " + " = ".join(f"site{i} with server{i}0 with server{i}1" for i in range(size))
    alone = states_of(compose("site", site(0, 2)))
    assert sizes(system, SYMMETRY) == (alone**size, math.comb(alone + size - 1, size))


def test_a_family_that_escapes_escapes_still() -> None:
    n = [Integer("n", 0, 2) for _ in range(3)]
    parts = [Component(f"c{i}", ["s"], variables=[x], transitions=[on(f"go{i}", "s", then={x: x + 1})])
             for i, x in enumerate(n)]  # fmt: skip
    system = compose("sample", parts)
    assert sizes(system, SYMMETRY) == (27, 10)
    verdict = assert_same_verdicts(system, [], frozenset([SYMMETRY]))
    assert verdict.outcome is Outcome.VIOLATED
    assert verdict.trace is not None
    assert len(verdict.trace) == 3


@pytest.mark.parametrize("size", [*range(1, 17), 23])
def test_the_network_sorts(size: int) -> None:
    random = Random(size)
    for _ in range(200):
        values = [random.randrange(3) for _ in range(size)]
        expected = sorted(values)
        for i, j in network(size):
            values[i], values[j] = min(values[i], values[j]), max(values[i], values[j])
        assert values == expected


def test_blocks_that_fill_several_words() -> None:
    def part(i: int) -> Component:
        numbers = [Integer(f"n{k}", -5, 1 << 20) for k in range(4)]
        return Component(f"c{i}", ["a", "b"], variables=numbers, transitions=[
            on(f"first{i}", "a", "b", then={numbers[0]: 1 << 20, numbers[3]: -5}),
            on(f"last{i}", "a", "b", then={numbers[3]: numbers[3] + 1, numbers[2]: 7}),
            on(f"back{i}", "b", "a", when=numbers[3] <= 1)])  # fmt: skip

    system = compose("wide", [part(i) for i in range(3)])
    alone = states_of(compose("narrow", [part(0)]))
    assert sizes(system, SYMMETRY) == (alone**3, math.comb(alone + 2, 3))
    assert_representatives(reduced(system, SYMMETRY), 2_000)


def test_too_many_blocks_are_left_alone() -> None:
    def part(i: int) -> Component:
        return Component(f"c{i}", ["a", "b"], transitions=[on(f"go{i}", "a", "b")])

    assert reduced(compose("many", [part(i) for i in range(16)]), SYMMETRY).used == (SYMMETRY,)
    (done,) = reduced(compose("many", [part(i) for i in range(17)]), SYMMETRY).applications
    assert not done.applied
    assert done.what.endswith("c16 are too many to be sorted")


def test_fairness_of_one_of_a_family_takes_it_out() -> None:
    system = sources(3)
    up = system.source0.up & system.source1.up & system.source2.up
    fair = eventually(up, weakly_fair("returns1"))
    plain = eventually(up)
    verdict = assert_same_verdicts(system, [fair], frozenset([SYMMETRY]))
    assert verdict.run.reduced is not None
    assert verdict.run.reduced.applications[0].what == "interchangeable: source0 = source2"
    assert_same_verdicts(system, [plain, can_always(up)], frozenset([SYMMETRY]))


# -- partial order -----------------------------------------------------------------------------------------------------
def counter(i: int, most: int = 3) -> Component:
    n = Counter("n", most)
    return Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"count{i}", "s", when=n < most, then={n: n + 1})])


@pytest.mark.parametrize("size", [2, 3, 4])
def test_independent_counters_count_one_after_the_other(size: int) -> None:
    system = compose("counters", [counter(i) for i in range(size)])
    assert sizes(system, PARTIAL_ORDER) == (4**size, 3 * size + 1)
    first = system.c0
    # What is asked about may not be preferred; the others are, and what is left is the path of each of its values.
    assert sizes(system, PARTIAL_ORDER, first.n == 2) == (4**size, 3 * size + 1)


@pytest.mark.parametrize("turn", [1, -1])
def test_what_depends_on_each_other_is_explored_in_every_order(turn: int) -> None:
    x = Integer("x", 0, 4)
    parts = [Component("owner", ["s"], variables=[x], transitions=[on("up", "s", when=x < 4, then={x: x + 1})]), counter(0)]
    reader = Component("reader", ["a", "b"], transitions=[on("see", "a", "b", when=x == 2)])
    assert sizes(compose("sample", [*parts, reader][::turn]), PARTIAL_ORDER) == (4 * 8, 3 + 8)


def test_a_circle_of_preferred_events_would_put_others_off_for_ever() -> None:
    turn = Component("turn", ["a", "b"], transitions=[on("there", "a", "b"), on("back", "b", "a")])
    system = compose("sample", [turn, counter(0)])
    wanted = system.turn.a
    assert not reduced(system, PARTIAL_ORDER, wanted, system.c0.n == 3).used
    assert sizes(system, PARTIAL_ORDER, wanted) == (8, 5)  # it may count first, though
    two = compose("sample", [turn, Component("other", ["a", "b"], transitions=[on("x", "a", "b"), on("y", "b", "a")])])
    (done,) = reduced(two, PARTIAL_ORDER).applications
    assert done.what == "while turn is a first there; while other is a first x"  # and not back while turn is b
    for state in (two.other.a, two.other.b, two.turn.b & two.other.b):
        assert_same_verdicts(two, [reachable(state)], frozenset([PARTIAL_ORDER]))


@pytest.mark.parametrize("priority", [0, 1])
def test_an_event_of_higher_priority_that_becomes_possible_is_no_independent_one(priority: int) -> None:
    """`go` touches nothing of `count`, but after it nothing but `rush` is possible, and then `count` no more."""
    late = Boolean("late")
    runner = Component("runner", ["a", "b", "c"], variables=[late], transitions=[
        on("go", "a", "b"), on("rush", "b", "c", then={late: True})])  # fmt: skip
    count = Component("count", ["s", "t"], transitions=[on("count", "s", "t", when=~late)])
    system = compose("sample", [runner, count], events=[event("rush", priority=priority)])
    verdict = assert_same_verdicts(system, [reachable(system.count.t), deadlock_free()], frozenset([PARTIAL_ORDER]))
    assert bool(verdict.run.reductions) is (priority == 0)


def test_the_others_may_not_leave_the_place_where_events_are_preferred() -> None:
    """While the switch is on `work` touches nothing of `turn_off`; preferred there it would keep `spoil` from ever happening."""
    switch = Component("switch", ["on", "off"], transitions=[on("turn_off", "on", "off")])
    worker = Component("worker", ["a", "b"], transitions=[on("work", "a", "b"), on("spoil", "a", "b", when=switch.off)])
    spoilt = Component("spoilt", ["no", "yes"], transitions=[on("spoil", "no", "yes")])
    system = compose("sample", [switch, worker, spoilt])
    item = reachable(system.spoilt.yes & system.switch.off)
    assert_same_verdicts(system, [item, deadlock_free()], frozenset([PARTIAL_ORDER]))


def test_what_leaves_a_place_depends_on_all_that_reads_the_place() -> None:
    """`work` is possible while the switch is on only: that it is on there is known, and is a reading all the same."""
    switch = Component("switch", ["on", "off"], transitions=[on("turn_off", "on", "off")])
    worker = Component("worker", ["a", "b"], transitions=[on("work", "a", "b", when=switch.on)])
    system = compose("sample", [switch, worker])
    assert_same_verdicts(system, [reachable(system.worker.b), deadlock_free()], frozenset([PARTIAL_ORDER]))


def test_time_is_never_preferred() -> None:
    """`spin` is urgent and always possible, so time stands still; to prefer `tick` would let it pass."""
    n = Counter("n", 2)
    clock = Component("clock", ["a", "b"], transitions=[on("tick", "a", "b")])
    spinner = Component("spinner", ["s"], variables=[n], transitions=[on("spin", "s", then={n: n + 1})])
    system = compose("sample", [clock, spinner], events=[event("spin", urgent=True)], tick=hours(1))
    assert_same_verdicts(system, [reachable(system.spinner.n == 2), deadlock_free()], frozenset([PARTIAL_ORDER]))


@pytest.mark.parametrize("urgent", [False, True])
def test_time_that_an_urgent_event_holds_up_is_no_independent_one(urgent: bool) -> None:
    """`go` makes `hurry` possible: where that is urgent no time passes after `go`, so `tick` and `go` depend on each other."""
    waited = Counter("waited", 2)
    runner = Component("runner", ["a", "b", "c"], transitions=[on("go", "a", "b"), on("hurry", "b", "c")])
    ticks = [on("tick", "s", when=waited < 2, then={waited: waited + 1})]
    clock = Component("clock", ["s"], variables=[waited], transitions=ticks)
    system = compose("sample", [runner, clock], events=[event("hurry", urgent=urgent)], tick=hours(1))
    late = (system.clock.waited == 2) & system.runner.b
    for item in (reachable(late), worst_case(if_else(system.runner.b, waited, 0)), deadlock_free()):
        assert_same_verdicts(system, [item], frozenset([PARTIAL_ORDER]))
    fewer = reduced(system, PARTIAL_ORDER, system.clock.waited == 2)
    assert bool(fewer.used) is not urgent


def test_an_escape_is_found_after_preferred_events() -> None:
    x = Integer("x", 0, 2)
    high = Component("high", ["s"], variables=[x], transitions=[on("up", "s", then={x: x + 1})])
    system = compose("sample", [high, counter(0), counter(1)])
    verdict = assert_same_verdicts(system, [deadlock_free()], frozenset([PARTIAL_ORDER]))
    assert verdict.run.reductions == (PARTIAL_ORDER,)
    assert verdict.run.exploration.states < 48
    # What can leave its domain is not preferred: behind it the others would never have their turn.
    assert_same_verdicts(system, [reachable(system.c0.n + system.c1.n == 6)], frozenset([PARTIAL_ORDER]))


# -- generated systems -------------------------------------------------------------------------------------------------
def on_generated(kind: str, shard: int, body: Callable[[Built, st.DataObject], None], most: int = 400,
                 examples: int = EXAMPLES // (SHARDS * 10)) -> None:
    """Run `body` on this shard's generated systems of a kind, those that are not large."""

    @seed(SEED * 1_000 + shard)
    @settings(max_examples=max(1, examples), suppress_health_check=list(HealthCheck), deadline=None)
    @given(KINDS[kind](), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        try:
            built = case.build()
        except ModelError as error:
            if error.code != "DR109":
                raise
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
        ltl(globally(p.implies(next_(finally_(q)))), fairness, name="ltl"),
        ltl(globally(finally_(q)).implies(until(p, q)), name="ltl_until"),
    ]


def assert_same_verdicts(system: System, items: list[Property], wanted: frozenset[str], engine: str = "python") -> Verdict:
    """The same outcomes and values with reductions as without, and traces that show them; a verdict with reductions."""
    return compared(check(system, items, engine=engine), wanted, engine)


def compared(plain: list[Verdict], wanted: frozenset[str], engine: str) -> Verdict:
    """The verdict on domains with reductions, after all verdicts were compared with those without."""
    system = plain[0].run.system
    oracle = Oracle(system)
    fewer = check(system, [v.property for v in plain[1:]], engine=engine, reductions=wanted)
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


sharded = pytest.mark.parametrize("shard", range(SHARDS))


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_verdicts_on_states_are_the_same_on_generated_systems(kind: str, shard: int) -> None:
    engines = ["python", "native"] if native() is not None else ["python"]
    count = iter(range(10**9))

    def body(built: Built, data: st.DataObject) -> None:
        engine = engines[-1] if next(count) % 16 == 0 else "python"  # machine code takes long to make
        plain = check(built.system, properties_of(built), engine=engine)
        for wanted in EACH:
            compared(plain, wanted, engine)

    on_generated(kind, shard, body)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_verdicts_on_executions_are_the_same_on_generated_systems(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        plain = check(built.system, executions_of(built, data), engine="python")
        for wanted in ([DEAD_VARIABLES], [SYMMETRY], [DEAD_VARIABLES, SYMMETRY]):
            compared(plain, frozenset(wanted), "python")

    on_generated(kind, shard, body, most=250)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_representatives_step_as_what_they_stand_for(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        for question in (Question(Query(built.lowered_watches[:1], built.lowered_maxima[:1])), Question(Query())):
            for wanted in EACH:
                assert_representatives(reduce(built.system, question, wanted))

    on_generated(kind, shard, body)


def test_each_reduction_is_at_work_on_generated_systems() -> None:
    """Were a reduction never applicable, or never worth anything, the agreement above would say nothing of it."""
    fewer: Tally[tuple[str, str]] = Tally()

    for kind in KINDS:

        def body(built: Built, data: st.DataObject, kind: str = kind) -> None:
            question = Question(Query(built.lowered_watches, built.lowered_maxima))
            before = states_of(built.system)
            for name in REDUCTIONS:
                done = reduce(built.system, question, frozenset([name]))
                fewer[kind, name] += states_of(done.system) < before

        on_generated(kind, 0, body, examples=60)
    assert fewer["any", DEAD_VARIABLES] > 3
    assert fewer["twins", SYMMETRY] > 20
    assert fewer["neighbours", PARTIAL_ORDER] > 20


# -- designs -----------------------------------------------------------------------------------------------------------
DESIGNS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]["drcheck_designs"]
EVERY_SEARCH = bool(os.environ.get("DRCHECK_EVERY_SEARCH"))
"""Whether the designs are searched for every set of parameters that a property is stated for: some ten minutes."""


@pytest.mark.parametrize("name", DESIGNS)
def test_verdicts_are_the_same_on_every_design(name: str) -> None:
    """What is allowed for all properties on all of them; each reduction, and all, on those about states."""
    design = load(name)
    chosen = [s.name for s in design.statements() if EVERY_SEARCH or not s.given]
    plain = check_design(design, {}, chosen)
    about_states = [v.property.name for v in plain.verdicts[1:] if v.property.kind in STATE_KINDS]
    rounds = [(about_states, frozenset([reduction])) for reduction in REDUCTIONS]
    rounds += [(chosen, frozenset([DEAD_VARIABLES, SYMMETRY])), (about_states, frozenset(REDUCTIONS))]
    expected = {v.property.name: (v.outcome, v.value, v.vacuous) for v in plain.verdicts}
    for names, wanted in rounds:
        if not names:
            continue
        report = check_design(design, {}, names, reductions=wanted)
        for verdict in report.verdicts:
            found = (verdict.outcome, verdict.value, verdict.vacuous)
            assert found == expected[verdict.property.name], f"{verdict.property.name} with {', '.join(sorted(wanted))}"
        for run in report.runs:
            (other,) = [run_ for run_ in plain.runs if run_.given == run.given]
            assert run.exploration.states <= other.exploration.states


# -- refusals, and what is said ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (lambda x: leads_to(x == 1, x == 2, name="goes_on"), "goes_on"),
        (lambda x: eventually(x == 2), "eventually (c0.n = 2)"),
        (lambda x: can_always(x == 2, name="comes_back"), "comes_back"),
        (lambda x: ltl(globally(finally_(x == 2))), "on every execution G F (c0.n = 2)"),
    ],
)
def test_partial_order_is_refused_for_properties_on_executions(item: Callable[..., Property], shown: str) -> None:
    system = compose("counters", [counter(0), counter(1)])
    with pytest.raises(EngineError) as caught:
        check(system, [item(system.c0.n)], reductions=frozenset([PARTIAL_ORDER]))
    assert caught.value.code == "DR505"
    assert caught.value.message == (
        f"partial-order reduction does not keep the answer to {shown}, which is about executions"
    )
    assert caught.value.remedy == "name the properties about states alone, or leave out partial-order"
    assert caught.value.place is not None


def test_the_reference_engine_cannot_be_given_reductions() -> None:
    with pytest.raises(EngineError) as caught:
        check(compose("counters", [counter(0)]), [], engine="reference", reductions=frozenset([SYMMETRY]))
    assert str(caught.value) == (
        "[DR504] the reference engine steps live machines, which cannot be reduced; available: auto, python, native; "
        "leave out the reductions, or take another engine"
    )


def test_a_reduction_that_does_not_exist() -> None:
    with pytest.raises(EngineError) as caught:
        check(compose("counters", [counter(0)]), [], reductions=frozenset(["symetry"]))
    assert str(caught.value) == (
        "[DR504] there is no reduction 'symetry'; available: dead-variables, symmetry, partial-order; "
        "did you mean 'symmetry'?"
    )


def test_verdicts_say_which_reductions_were_used() -> None:
    system = sources(3)
    up = system.source0.up & system.source1.up & system.source2.up
    wanted = frozenset([SYMMETRY, DEAD_VARIABLES])
    verdicts = check(system, [reachable(~up), never(~up & up), deadlock_free(), worst_case(system.source0.repairs)],
                     reductions=wanted)  # fmt: skip
    assert [v.reason for v in verdicts] == [
        "every value stays in its domain, with dead-variables and symmetry",
        "shown by a trace of 1 step, with dead-variables and symmetry",
        "in all 405 representatives, with dead-variables and symmetry",
        "a state without any step, after 24 steps, with dead-variables and symmetry",
        "exactly 3, over 405 representatives, with dead-variables and symmetry",
    ]
    assert "with" not in check(system, [], reductions=frozenset())[0].reason


def test_json_and_the_table_say_what_was_done(tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(MANY, encoding="utf-8")
    data = json.loads(cli("check many --reduce all --json", tmp_path))
    assert data["reductions"] == data["runs"][0]["reductions"] == [
        {"name": "dead-variables", "used": False,
         "what": "no variable is ever certain to be written before it is read"},
        {"name": "symmetry", "used": True, "what": "interchangeable: link1 = link2"},
        {"name": "partial-order", "used": False, "what": "no events are independent of all others in any control state"},
    ]  # fmt: skip
    assert json.loads(cli("check many --json", tmp_path))["reductions"] == []
    text = " ".join(cli("check many --reduce symmetry,partial-order", tmp_path).split())
    assert "With symmetry: interchangeable: link1 = link2" in text
    assert "Without partial-order: no events are independent of all others" in text
    assert "2 representatives" not in text or "with symmetry" in text


MANY = """
from drcheck import Component, compose, design, never, on, stated


@stated()
def not_both(d):
    return never(d.link1.down & d.link2.down)


@design(title="Many", properties="many")
def many():
    links = [
        Component(f"link{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")])
        for i in (1, 2)
    ]
    return compose("many", links)
"""


def cli(arguments: str, folder: Path) -> str:
    """What a command prints on standard output."""
    command = [sys.executable, "-c", "from drcheck.cli import main; main()", *arguments.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.stdout, done.stderr
    return done.stdout


def test_an_event_fires_if_one_of_its_orbit_does() -> None:
    """Only one is ever down, and in order that is the second; `back0` never fires in what is searched."""
    busy = Counter("busy", 1, at_limit="refuse")
    lock = Component("lock", ["s"], variables=[busy], transitions=[
        on("fails0", "s", then={busy: busy + 1}), on("fails1", "s", then={busy: busy + 1}),
        on("back0", "s", then={busy: 0}), on("back1", "s", then={busy: 0})])  # fmt: skip
    parts = [Component(f"c{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")])
             for i in range(2)]  # fmt: skip
    verdict = assert_same_verdicts(compose("sample", [lock, *parts]), [], frozenset([SYMMETRY]))
    assert verdict.run.exploration.states == 2
    assert 0 in verdict.run.exploration.fired
    assert verdict.run.idle_events == []
