"""Systems with reductions held against themselves without: their sizes, their representatives, their verdicts."""

from __future__ import annotations

from drcheck import Boolean, Component, Counter, System, compose, on
from drcheck.engines.protocol import Query
from drcheck.engines.python import PythonEngine, compile_function, generate
from drcheck.logic.kinds import Property
from drcheck.reductions.form import PARTIAL_ORDER, Question, Reduced
from drcheck.reductions.reduce import reduce
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Verdict
from tests.engines.test_agreement import assert_evidence


def states_of(system: System) -> int:
    found = PythonEngine().explore(system, Query())
    assert found.complete
    return found.states


def reduced(system: System, name: str, *expressions: object, named: frozenset[int] = frozenset()) -> Reduced:
    """The system with one reduction that keeps some expressions."""
    observed = tuple(lower(system, node) for node in expressions)  # type: ignore[arg-type]
    return reduce(system, Question(Query(), observed, named), frozenset([name]))


def sizes(system: System, name: str, *expressions: object) -> tuple[int, int]:
    """How many states there are without and with a reduction."""
    return states_of(system), states_of(reduced(system, name, *expressions).system)


def assert_representatives(reduced: Reduced, states: int = 300) -> None:
    """Every state of the reduced system stands for itself, and steps as the states do that it stands for."""
    before = compile_function(generate(reduced.original), "successors", "original")
    after = compile_function(generate(reduced.system), "successors", "reduced")
    only_fewer = PARTIAL_ORDER in reduced.used
    seen, todo = set(reduced.original.initial_states), [*reduced.original.initial_states]
    roots = dict.fromkeys(reduced.representative(state) for state in todo)
    assert reduced.system.initial_states == tuple(roots), "it begins elsewhere"
    while todo and len(seen) < states:
        state = todo.pop()
        stands = reduced.representative(state)
        assert reduced.representative(stands) == stands
        expected = sorted(
            (reduced.orbits[e], t is None, () if t is None else reduced.representative(t))
            for e, _, t, _ in before(state)
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


def assert_same_verdicts(
    system: System, items: list[Property], wanted: frozenset[str], engine: str = "python"
) -> Verdict:
    """The same outcomes and values with reductions as without, and traces that show them; a verdict with reductions."""
    return compared(check(system, items, engine=engine), wanted, engine)


def compared(plain: list[Verdict], wanted: frozenset[str], engine: str) -> Verdict:
    """The verdict on domains with reductions, after all verdicts were compared with those without."""
    system = plain[0].run.system
    oracle = Oracle(system)
    fewer = check(system, [v.property for v in plain[1:]], engine=engine, reductions=wanted)
    for ours, theirs in zip(fewer, plain, strict=True):
        about = f"{ours.property.name} with {', '.join(sorted(wanted))}: {ours.reason}; without: {theirs.reason}"
        assert (ours.conclusion, ours.value, ours.vacuous) == (theirs.conclusion, theirs.value, theirs.vacuous), about
        assert (ours.trace is None) == (theirs.trace is None), about
        if (
            ours.trace is not None
            and theirs.trace is not None
            and PARTIAL_ORDER not in wanted
            and theirs.trace.loop is None
        ):
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


# -- small systems --------------------------------------------------------------------------------------------------------
def source(i: int) -> Component:
    """A source that fails and returns, three times at most, and is then given up: nine states."""
    repairs, warned = Counter("repairs", 3, cap_is="as often as it can be repaired"), Boolean("warned")
    return Component(
        f"source{i}",
        ["up", "down", "gone"],
        variables=[repairs, warned],
        transitions=[
            on(f"fails{i}", "up", "down", then={warned: True}),
            on(f"returns{i}", "down", "up", then={repairs: repairs + 1}),
            on(f"given_up{i}", "down", "gone", when=repairs == 3),
        ],
    )


def sources(size: int) -> System:
    return compose("sources", [source(i) for i in range(size)])


def counter(i: int, most: int = 3) -> Component:
    n = Counter("n", most, cap_is="all that are counted")
    return Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"count{i}", "s", when=n < most, then={n: n + 1})])
