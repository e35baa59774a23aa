"""A search that ends when everything that is asked is decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from bench.pipeline import SIZES, pipeline
from drcheck import Component, Integer, System, compose, on
from drcheck.engines.choose import engine_named
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.numpy.engine import NumpyEngine
from drcheck.engines.protocol import DECIDED, Enough, Limits, Query, next_look
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError
from drcheck.logic.properties import always, can_always, deadlock_free, never, reachable, structure, worst_case
from drcheck.system.lowering import lower
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.engines.native.test_log_damage import tree
from tests.engines.native.test_native_modes import in_files
from tests.support.engines import SCALARS, changed, equal
from tests.support.generated import EXAMPLES, composed
from tests.support.generators import Case, systems

ENGINES = ("reference", "python", "numpy", "native", "auto")
FIRST = Limits(first=True)


def counters(top: int = 200) -> System:
    """Two counters that count on by themselves; both ends are a state without a step."""
    made = []
    for i in range(2):
        n = Integer("n", 0, top)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", when=n < top, then={n: n + 1})])
        )
    return compose("counters", made)


@pytest.mark.parametrize("engine", ENGINES)
def test_it_ends_when_everything_is_decided(engine: str) -> None:
    system = counters()
    n, m = system.c0.n, system.c1.n
    promises = [always(n < 9), reachable(m == 5), worst_case(n + m, at_most=12), structure(True, "it is so")]
    found = check(system, promises, engine=engine, limits=FIRST)
    run = found[0].run.exploration
    assert (run.complete, run.stopped) == (False, DECIDED)
    assert (run.states, run.transitions) == (1_070, 2_048)
    assert [v.conclusion for v in found] == [
        Conclusion.INCONCLUSIVE,
        Conclusion.VIOLATED,
        Conclusion.HOLDS,
        Conclusion.VIOLATED,
        Conclusion.HOLDS,
    ]
    assert [len(v.trace) for v in found[1:4] if v.trace is not None] == [9, 5, 45]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_holds_needs_all_states(engine: str) -> None:
    """And one property that holds keeps the search of all others going."""
    system = counters(60)
    n = system.c0.n
    for promises in ([always(n < 9), always(n <= 60)], [always(n < 9), can_always(n == 60)], [worst_case(n)]):
        found = check(system, promises, engine=engine, limits=FIRST)
        assert found[0].run.exploration.complete
        assert found[0].conclusion is Conclusion.HOLDS


def test_a_state_without_a_step_ends_it() -> None:
    system = counters(3)
    assert check(system, [deadlock_free()], limits=FIRST)[1].conclusion is Conclusion.VIOLATED
    n = Integer("n", 0, 4_000)
    steps = [on("on", "a", when=n < 4_000, then={n: n + 1}), on("off", "a", "b")]
    system = compose("ends", [Component("c", ["a", "b"], variables=[n], transitions=steps)])
    found = check(system, [deadlock_free()], limits=FIRST)
    assert found[1].conclusion is Conclusion.VIOLATED
    assert found[0].run.exploration.stopped == DECIDED
    assert check(system, [deadlock_free(system.c.b)], limits=FIRST)[1].conclusion is Conclusion.HOLDS


@settings(max_examples=max(EXAMPLES // 20, 5))
@given(case=systems())
def test_engines_end_at_one_place(case: Case) -> None:
    built = composed(case)
    enough = Enough(tuple(range(len(built.lowered_watches))))
    query = Query(built.lowered_watches, built.lowered_maxima, True, enough)
    expected = PythonEngine().explore(built.system, query, Limits(states=3_000))
    equal(NumpyEngine().explore(built.system, query, Limits(states=3_000)), expected)


@pytest.mark.parametrize("value", [3, 700])
@pytest.mark.parametrize("limit", [None, 1_500])
def test_engines_end_at_one_place_in_a_large_system(value: int, limit: int | None) -> None:
    system = pipeline(*SIZES["S"])
    lost = system.component("pipeline").variable("lost")
    query = Query((lower(system, lost * 100 >= value),), (lower(system, lost),), enough=Enough((0,)))
    expected = PythonEngine().explore(system, query, Limits(states=limit))
    for engine in (NumpyEngine(), NativeEngine(), engine_named("auto")):
        got = engine.explore(system, query, Limits(states=limit, threads=2))
        assert got.stopped == expected.stopped
        assert all(getattr(expected, name) == getattr(got, name) for name in SCALARS)


def test_what_breaks_late_is_found_by_regions(tmp_path: Path) -> None:
    """Where a search that may end early has gone to files: a promise that is broken in the last of many states."""
    leaves = 1 << 16
    system = tree(leaves)
    x = system.node.x
    promises = [always(x < 2 * leaves - 1), never(x == 3)]
    with changed(in_files(0)):
        found = check(system, promises, engine="native", limits=Limits(first=True, disk=tmp_path))
    assert [v.conclusion for v in found[1:]] == [Conclusion.VIOLATED, Conclusion.VIOLATED]


def test_looks_become_rare() -> None:
    assert [next_look(n) for n in (0, 1_000, 4_000, 100_000)] == [1_000, 2_000, 5_000, 125_000]


def test_coverage_needs_all_of_a_search() -> None:
    with pytest.raises(EngineError) as caught:
        check(counters(3), [always(counters(3).c0.n < 2)], limits=FIRST, coverage=True)
    assert str(caught.value) == (
        "[DR511] a search that ends when everything is decided cannot give the coverage of guards; leave out --first, or "
        "--coverage"
    )
