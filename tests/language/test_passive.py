"""A passive trigger never happens by itself, whoever else has it, on every engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from drcheck import Component, System, compose, event, on
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import ModelError
from drcheck.system.oracle import Oracle


def part(name: str, passive: bool | None) -> Component:
    """A component that takes part in `meet` from its state a, passively or not; None: not at all."""
    own = [on(f"{name}_goes", "a", "b"), on(f"{name}_returns", "b", "a")]
    meets = [] if passive is None else [on("meet", "a", "b", passive=passive)]
    return Component(name, ["a", "b"], transitions=[*own, *meets])


def expected(says: Sequence[bool | None]) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All steps by the definition: `meet` needs each component that has it, and one in which it is not passive."""
    steps = set()
    for state in itertools.product((0, 1), repeat=len(says)):
        for i in range(len(says)):
            steps.add((state, tuple(1 - s if i == n else s for n, s in enumerate(state))))
        having = [n for n, passive in enumerate(says) if passive is not None]
        if any(says[n] is False for n in having) and all(state[n] == 0 for n in having):
            steps.add((state, tuple(1 if n in having else s for n, s in enumerate(state))))
    return steps


def told(system: System, engine: str) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    found = engine_named(engine).explore(system, Query(graph=True), Limits(threads=1))
    assert found.graph is not None
    steps = set()
    for n in range(found.states):
        for edge in range(int(found.graph.offsets[n]), int(found.graph.offsets[n + 1])):
            steps.add((found.state(n), found.state(int(found.graph.targets[edge]))))
    return steps


ALL = list(itertools.product((True, False, None), repeat=3))


@pytest.mark.parametrize("says", ALL, ids=str)
def test_who_brings_an_event_about(says: tuple[bool | None, ...]) -> None:
    system = compose("sample", [part(f"c{n}", passive) for n, passive in enumerate(says)])
    assert ("meet" in [e.name for e in system.events]) == (False in says)
    assert told(system, "reference") == told(system, "python") == told(system, "numpy") == expected(says)
    oracle = Oracle(system)
    of_oracle = {(s, step.target) for s in itertools.product((0, 1), repeat=3) for step in oracle.successors(s)}
    assert of_oracle == expected(says)


@pytest.mark.parametrize("says", [(True, True, False), (True, None, False), (True, True, None)], ids=str)
def test_the_native_engine_as_well(says: tuple[bool | None, ...]) -> None:
    assert told(compose("sample", [part(f"c{n}", p) for n, p in enumerate(says)]), "native") == expected(says)


def test_a_vector_brings_about_what_is_passive_in_all() -> None:
    first, second = part("c0", True), part("c1", True)
    system = compose("sample", [first, second], events=[event("both", {first: "meet", second: "meet"})])
    assert told(system, "python") == told(system, "reference") == expected((True, False))


def test_within_a_component_all_transitions_of_a_trigger_say_the_same() -> None:
    mixed = Component("c", ["a", "b"], transitions=[on("meet", "a", "b", passive=True), on("meet", "b", "a")])
    with pytest.raises(ModelError, match=r"\[DR114\] c.meet is passive in one transition and not in another"):
        compose("sample", [mixed])
    other = part("d", False)
    assert compose("sample", [mixed, other], events=[event("both", {mixed: "meet", other: "meet"})])  # a vector decides
