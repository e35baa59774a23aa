"""Ways that sleep: where one leads is always known already, and enough of them do that it is worth it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.pipeline import SIZES, pipeline
from bench.twophase import two_phase
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.states.sleep import MOST, apart_of, asleep
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import compile_function, generate
from drcheck.errors import ModelError
from drcheck.system.system import State, System
from tests.support.generated import some
from tests.support.generators import Case, neighbours, systems

MOST_STATES = 3_000


def slept(system: System, most: int = MOST_STATES) -> Counter[str]:
    """Search breadth first, and count the steps whose way sleeps; each must lead to a state that is known."""
    successors = compile_function(generate(system), "successors", f"successors of {system.name}")
    first = [0]
    for event in system.events:
        first.append(first[-1] + len(event.alternatives))
    apart = apart_of(system).ravel().tolist()
    order, counts = list(system.initial_states), Counter[str]()
    known: dict[State, int] = {state: number for number, state in enumerate(order)}
    sleeping, parents = [0] * len(order), list(range(len(order)))
    for number, state in enumerate(order):
        if number >= most:
            break
        for event, alternative, target, _ in successors(state):
            if target is None:
                continue
            way = first[event] + alternative
            counts["steps"] += 1
            if way < MOST and sleeping[number] >> way & 1:
                counts["asleep"] += 1
                assert target in known, (system.name, number, system.events[event].name)
            if target not in known:
                known[target] = len(order)
                order.append(target)
                parents.append(number)
                sleeping.append(asleep(sleeping[number], apart, way))
    if len(order) <= most:
        found = NativeEngine().explore(system, Query(), Limits(threads=1))
        assert (found.states, found.transitions) == (len(order), counts["steps"])
        assert [found.parent(n) for n in range(len(order))] == parents
        assert [found.state(n) for n in range(len(order))] == order
    return counts


@pytest.mark.parametrize("of", [systems, neighbours])
def test_a_way_that_sleeps_leads_to_a_known_state(of: Callable[[], st.SearchStrategy[Case]]) -> None:
    total = Counter[str]()

    @settings(
        max_examples=some(0.2), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(of())
    def holds(case: Case) -> None:
        try:
            built = case.build()
        except ModelError:
            return
        total.update(slept(built.system, 400))

    holds()
    assert total["asleep"] > total["steps"] // 50


def test_many_ways_sleep_where_components_go_their_own_way() -> None:
    for system, part in ((pipeline(*SIZES["tiny"]), 0.4), (two_phase(4), 0.6)):
        counts = slept(system, 10_000)
        assert counts["asleep"] > part * counts["steps"]


@given(st.integers(0, 63), st.integers(0, (1 << 64) - 1))
def test_ways_before_are_apart_and_before(way: int, parent: int) -> None:
    """What sleeps is apart from the way that was taken: of two ways that touch each other none lets the other sleep."""
    system = two_phase(5)
    apart = apart_of(system)
    way %= len(apart)
    assert int(apart[way, 1]) == int(apart[way, 0]) & (1 << way) - 1
    assert int(apart[way, 0]) >> way & 1 == 0
    assert asleep(parent, apart.ravel().tolist(), way) & ~int(apart[way, 0]) == 0
    for other in range(len(apart)):
        assert int(apart[way, 0]) >> other & 1 == int(apart[other, 0]) >> way & 1
