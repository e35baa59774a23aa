"""Independent events are searched in one order only: which are, which are not, and what is found all the same."""

from __future__ import annotations

import pytest

from drcheck import Boolean, Component, Counter, Integer, compose, event, hours, if_else, on
from drcheck.logic.properties import deadlock_free, reachable, worst_case
from drcheck.reductions.form import PARTIAL_ORDER
from tests.support.reducing import assert_same_verdicts, counter, reduced, sizes


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
    parts = [
        Component("owner", ["s"], variables=[x], transitions=[on("up", "s", when=x < 4, then={x: x + 1})]),
        counter(0),
    ]
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
    runner = Component(
        "runner",
        ["a", "b", "c"],
        variables=[late],
        transitions=[on("go", "a", "b"), on("rush", "b", "c", then={late: True})],
    )
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
