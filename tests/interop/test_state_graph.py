"""The states and steps of a system as a graph of networkx."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import networkx as nx
import pytest
from hypothesis import given, reject, settings

from drcheck import Boolean, Choice, Component, Integer, compose, examples, hours, on, outcome, state_graph
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError, UsageError
from drcheck.interop.networkx_graph import LARGEST, as_networkx
from drcheck.interop.quotient_graph import quotient_graph
from drcheck.render.quotient import quotient_diagram
from drcheck.system.oracle import Oracle
from drcheck.system.system import System
from tests.support.generated import composed
from tests.support.generators import Case, systems


def explored(system: System, engine: str = "python", **limits: int) -> Exploration:
    return engine_named(engine).explore(system, Query(), Limits(**limits))  # type: ignore[arg-type]


def small() -> System:
    """A state with two outcomes of one event, one of which leads where another event leads, and a value that escapes."""
    n, kind, busy = Integer("n", 0, 1), Choice("kind", ("a", "b")), Boolean("busy")
    flip = [outcome("up"), outcome("down", then={busy: True})]
    steps = [
        on("flip", "up", outcomes=flip, kind="environment"),
        on("stay", "up", "up", kind="operator"),
        on("grow", "down", then={n: n + 1, kind: "b"}),
        on("tick", "up"),
    ]
    return compose(
        "small", [Component("c", ["up", "down"], variables=[n, kind, busy], transitions=steps)], tick=hours(1)
    )


def test_states_and_steps_are_nodes_and_edges_with_what_people_read() -> None:
    graph = state_graph(small())
    assert graph.graph == {"name": "small", "initial": 0}
    assert graph.nodes[0] == {"c": "up", "c.n": 0, "c.kind": "a", "c.busy": False}
    assert graph.nodes[1] == {"c": "down", "c.n": 0, "c.kind": "a", "c.busy": True}
    assert graph.nodes[2] == {"c": "down", "c.n": 1, "c.kind": "b", "c.busy": True}
    assert type(graph.nodes[1]["c.busy"]) is bool
    edges = [(a, b, data["name"], data["kind"], data["alternative"]) for a, b, data in graph.edges(data=True)]
    assert edges == [
        (0, 0, "flip", "environment", 0),
        (0, 0, "stay", "operator", 0),
        (0, 0, "tick", "time", 0),
        (0, 1, "flip", "environment", 1),
        (1, 2, "grow", "automatic", 0),
        (1, 1, "tick", "time", 0),
        (2, 2, "tick", "time", 0),  # and no other: n would leave its domain
    ]


@settings(max_examples=30)
@given(systems())
def test_it_has_the_steps_of_the_oracle(case: Case) -> None:
    system = composed(case).system
    found = PythonEngine().explore(system, Query(graph=True), Limits(states=200))
    if not found.complete:
        reject()
    graph = as_networkx(found)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (found.states, found.transitions)
    oracle = Oracle(system)
    numbers = {found.state(number): number for number in range(found.states)}
    assert found.graph is not None
    for number in range(found.states):
        state = found.state(number)
        assert graph.nodes[number] == system.decode(state)
        expected = [
            (numbers[step.target], system.events[step.event].name, step.alternative)
            for step in oracle.successors(state)
            if step.target is not None
        ]
        steps = [(to, data["name"], data["alternative"]) for _, to, data in graph.out_edges(number, data=True)]
        assert sorted(steps) == sorted(expected)
        targets = found.graph.targets[found.graph.offsets[number] : found.graph.offsets[number + 1]]
        assert sorted(targets.tolist()) == sorted(to for to, _, _ in steps)


@pytest.mark.parametrize("engine", ["reference", "python", "numpy"])
def test_it_is_the_same_whichever_engine_searched(engine: str) -> None:
    system = examples.pair.build()
    graph, expected = as_networkx(explored(system, engine)), state_graph(system)
    assert dict(graph.nodes(data=True)) == dict(expected.nodes(data=True))
    assert list(graph.edges(data=True)) == list(expected.edges(data=True))


def counters(top: int) -> System:
    n, m = Integer("n", 0, top), Integer("m", 0, top)
    steps = [on("up_n", "on", when=n < top, then={n: n + 1}), on("up_m", "on", when=m < top, then={m: m + 1})]
    return compose("counters", [Component("c", ["on"], variables=[n, m], transitions=steps)])


def test_one_that_is_too_large_is_refused() -> None:
    """States and steps count; a search that is far too large is ended by the limit."""
    system = counters(9)
    whole = 100 + 2 * 9 * 10
    assert state_graph(system, largest=whole).number_of_edges() == 180
    for largest in (whole - 1, 50):
        with pytest.raises(EngineError) as caught:
            state_graph(system, largest=largest)
        assert str(caught.value) == (
            f"[DR513] counters has more than {largest} states and steps, the limit of a graph; explore a smaller variant of the "
            "design (other parameters), ask for single paths as properties (reachable, leads_to), or allow more: "
            "state_graph(system, largest=...), about a kilobyte of memory each"
        )
    with pytest.raises(EngineError, match=r"\[DR513\] counters has more than 200,000 states and steps"):
        state_graph(counters(10_000))
    assert LARGEST == 200_000


def test_one_of_a_search_that_stopped_early_is_refused() -> None:
    """What was not expanded would look as a state from which nothing can happen."""
    with pytest.raises(EngineError) as caught:
        as_networkx(explored(counters(90), states=50))
    assert str(caught.value) == (
        "[DR514] the search of counters stopped early (the limit of 50 states): a graph of what it saw would lack steps; give "
        "the search more room, or explore a smaller variant of the system"
    )
    with pytest.raises(
        EngineError, match=r"\[DR514\] there is no graph to be made: the states of counters were released"
    ):
        as_networkx(explored(counters(2)).without_states())


def test_it_can_be_written_and_read_by_other_programs() -> None:
    graph, file = state_graph(examples.pair.build()), BytesIO()
    nx.write_graphml(graph, file)
    file.seek(0)
    again = nx.read_graphml(file, node_type=int, force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert sorted(data["name"] for _, _, data in again.edges(data=True)) == sorted(
        data["name"] for _, _, data in graph.edges(data=True)
    )


def test_who_does_not_ask_for_it_does_not_wait_for_networkx() -> None:
    code = "import sys, drcheck; drcheck.state_graph; print(sorted({'networkx', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# -- by classes ----------------------------------------------------------------------------------------------------
@settings(max_examples=200)
@given(systems())
def test_a_quotient_is_the_graph_with_equal_states_taken_together(case: Case) -> None:
    system = composed(case).system
    if not explored(system, states=3_000).complete:
        reject()
    whole = state_graph(system, largest=10**6)
    by = [system.components[-1].name, *(cell.name for cell in system.cells[:2])]
    made = quotient_graph(system, by)
    keys = [tuple(data[name] for name in by) for _, data in whole.nodes(data=True)]
    order = list(dict.fromkeys(keys))
    assert [tuple(data[name] for name in by) for _, data in made.nodes(data=True)] == order
    assert [data["states"] for _, data in made.nodes(data=True)] == [keys.count(key) for key in order]
    assert [c for c, data in made.nodes(data=True) if data["initial"]] == sorted(
        {order.index(key) for key in keys[: system.initials]}
    )
    steps: dict[tuple[int, int, str, str], int] = {}
    for a, b, data in whole.edges(data=True):
        key = (order.index(keys[a]), order.index(keys[b]), data["name"], data["kind"])
        steps[key] = steps.get(key, 0) + 1
    assert {(a, b, d["name"], d["kind"]): d["steps"] for a, b, d in made.edges(data=True)} == steps


def test_classes_by_a_component_a_variable_and_a_condition() -> None:
    system = small()
    machine = system.component("c")
    made = quotient_graph(system, [machine, machine.variable("n") > 0, "c.busy"])
    assert [data for _, data in made.nodes(data=True)] == [
        {"c": "up", "c.n > 0": False, "c.busy": False, "states": 1, "initial": True},
        {"c": "down", "c.n > 0": False, "c.busy": True, "states": 1, "initial": False},
        {"c": "down", "c.n > 0": True, "c.busy": True, "states": 1, "initial": False},
    ]
    with pytest.raises(EngineError, match="DR514"):
        quotient_graph(system, ["c"], limits=Limits(seconds=0.0))


def test_what_a_drawing_leaves_out_is_said() -> None:
    system = examples.pair.build()
    made = quotient_graph(system, ["primary", "standby"])
    assert quotient_diagram(made).doc == "15 states and 29 steps in 5 classes."
    drawn = quotient_diagram(made, most=4)
    assert len(drawn.states) == 4
    left = drawn.doc.partition("; left out: ")[2]
    last = made.nodes[4]["states"]
    gone = sum(d["steps"] for a, b, d in made.edges(data=True) if 4 in (a, b))
    assert left == f"1 class that a search finds later, {last} states and {gone} steps."
    total = sum(int(e.trigger.rpartition("×")[2]) for e in drawn.edges)
    assert total + gone == 29


def test_with_the_events_that_matter_a_way_through_the_classes_is_one_of_the_system() -> None:
    system = examples.pair.build()
    made = quotient_graph(system, ["primary"], ["take_over", "start_primary"])
    whole = state_graph(system)
    projected = quotient_graph(system, ["primary"])
    assert len(projected) <= len(made) < len(whole)
    assert sum(data["states"] for _, data in made.nodes(data=True)) == len(whole)
    seen = {step["name"] for _, _, step in made.edges(data=True)}
    assert {"take_over", "start_primary", "primary_fails"} <= seen  # the last changes the term
    with pytest.raises(UsageError, match=r"DR401.*'take_ovr' is neither an event nor a kind of event.*take_over"):
        quotient_graph(system, ["primary"], ["take_ovr"])
