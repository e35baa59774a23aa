"""Dead variables are reset: where that may be done, where not, and how many states are left."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from drcheck import Array, Component, Counter, Integer, System, compose, minimum, on, outcome
from drcheck.engines.protocol import Query
from drcheck.engines.python import PythonEngine
from drcheck.reductions import dead_variables
from drcheck.reductions.form import DEAD_VARIABLES, Question
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.support.engines import changed
from tests.support.generated import composed, some
from tests.support.generators import Case, systems
from tests.support.reducing import assert_representatives, reduced, sizes, states_of


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
    steps = [
        on("go", "s", when=turns < 3, then={x: (x + 1) % 6, y: x, turns: turns + 1}),
        on("back", "s", then={turns: 0}),
    ]
    system = compose("spare", [Component("c", ["s"], variables=[x, y, turns], transitions=steps)])
    assert sizes(system, DEAD_VARIABLES) == (25, 4)
    assert reduced(system, DEAD_VARIABLES).applications[0].what == "never needed: c.x, c.y"


def test_an_update_that_leaves_its_domain_leaves_it_still() -> None:
    x, n = Integer("x", 0, 3), Counter("n", 2, at_limit="refuse")
    part = Component(
        "c",
        ["a", "b"],
        variables=[x, n],
        transitions=[on("up", "a", "b", then={x: x + 2}), on("down", "b", "a", then={n: n + 1})],
    )
    system = compose("high", [part])
    plain, fewer = check(system, []), check(system, [], reductions=frozenset([DEAD_VARIABLES]))
    assert plain[0].conclusion is fewer[0].conclusion is Conclusion.VIOLATED
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
    done = reduced(
        compose("sample", [Component("c", ["s"], variables=[x, y, round_], transitions=steps)]), DEAD_VARIABLES
    )
    assert done.used
    assert_representatives(done)
    assert states_of(done.system) <= states_of(done.original)


def test_a_location_variable_resets_all_that_is_dead_by_it() -> None:
    """`key` is dead while it is off by its control state, and with `time` after the last use by the number of uses."""
    key, time, used = Integer("key", 0, 3), Integer("time", 0, 3), Integer("used", 0, 2)
    keeper = Component(
        "keeper",
        ["off", "on"],
        variables=[key],
        transitions=[on("start", "off", "on", then={key: time}), on("stop", "on", "off")],
    )
    clock = Component(
        "clock", ["s"], variables=[time], transitions=[on("pass", "s", then={time: minimum(time + 1, 3)})]
    )
    user = Component(
        "user",
        ["s"],
        variables=[used],
        transitions=[on("use", "s", when=keeper.on & (key > 0) & (used < 2), then={used: used + 1})],
    )
    done = reduced(compose("keys", [keeper, clock, user]), DEAD_VARIABLES)
    assert done.applications[0].what == "reset where they are dead: keeper.key, clock.time"
    assert_representatives(done)
    assert sizes(done.original, DEAD_VARIABLES)[1] < states_of(done.original)


# -- what is looked at -------------------------------------------------------------------------------------------------
def shifting(size: int, outcomes: int) -> System:
    """An array whose elements are all read and written by indexes that are not constant."""
    a, i = Array("a", Integer("v", 0, 3), size), Integer("i", 0, size - 1)
    moved = [outcome("t", {a[(i + m) % size]: a[(i * 5 + m) % size], i: (i + 1) % size}) for m in range(outcomes)]
    steps = [on("write", "s", when=a[(i + 7) % size] < 3, outcomes=moved), on("back", "t", "s")]
    return compose("shifting", [Component("c", ["s", "t"], variables=[a, i], transitions=steps)])


def test_large_arrays_are_analysed_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No element's value makes anything superfluous, so no system is looked at for each of them."""
    looked = []
    live = dead_variables._Liveness.live

    def counting(self: dead_variables._Liveness, location: int) -> dict[int, int]:
        looked.append(self.system.cells[location].name)
        return live(self, location)

    monkeypatch.setattr(dead_variables._Liveness, "live", counting)
    dead_variables.find(shifting(64, 2), Question(Query()))
    assert looked == ["c"]


@settings(max_examples=some(0.05))
@given(case=systems())
def test_what_decides_nothing_tells_nothing_more(case: Case) -> None:
    """The analysis finds the same where every variable with few values is looked at."""
    built = composed(case)
    question = Question(Query(built.lowered_watches, built.lowered_maxima))
    found = dead_variables.find(built.system, question)
    with changed({(dead_variables._Liveness, "_decisive"): lambda self: -1}):
        assert dead_variables.find(built.system, question) == found
