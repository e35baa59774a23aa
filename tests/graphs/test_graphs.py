"""Graph algorithms: plain Python and machine code give the same answers, and networkx agrees with both."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bench.pipeline import SIZES, pipeline
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.graphs import algorithms
from drcheck.graphs.algorithms import (
    can_reach,
    cyclic_components,
    reachable_from,
    shortest_path,
    strong_components,
    transpose,
)


@pytest.fixture(params=["plain", "compiled"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(algorithms, "SMALL", 10**9 if request.param == "plain" else -1)
    return str(request.param)


def random_graph(seed: int):
    """(offsets, targets, states, edges): a graph with self-loops and parallel edges, and random masks or None."""
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 60))
    degrees = random.integers(0, random.integers(1, 5), count)
    offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
    targets = random.integers(0, count, int(offsets[-1])).astype(np.uint32)
    states = random.random(count) < 0.8 if seed % 3 else None
    edges = random.random(len(targets)) < 0.8 if seed % 2 else None
    return offsets, targets, states, edges


def as_networkx(offsets, targets, states, edges) -> nx.DiGraph:
    count = len(offsets) - 1
    keep = np.ones(count, bool) if states is None else states
    use = np.ones(len(targets), bool) if edges is None else edges
    graph = nx.DiGraph()
    graph.add_nodes_from(n for n in range(count) if keep[n])
    for source in range(count):
        for position in range(offsets[source], offsets[source + 1]):
            target = int(targets[position])
            if use[position] and keep[source] and keep[target]:
                graph.add_edge(source, target)
    return graph


def some(seed: int, count: int, share: float) -> np.ndarray:
    return np.random.default_rng(seed + 1000).random(count) < share


@pytest.mark.parametrize("seed", range(60))
def test_components(seed: int, mode: str) -> None:
    offsets, targets, states, edges = random_graph(seed)
    component = strong_components(offsets, targets, states, edges)
    graph = as_networkx(offsets, targets, states, edges)
    expected = np.full(len(offsets) - 1, -1)
    groups = sorted(nx.strongly_connected_components(graph), key=min)
    for i, members in enumerate(groups):
        expected[list(members)] = i
    assert component.dtype == np.int64
    np.testing.assert_array_equal(component, expected)
    cyclic = cyclic_components(offsets, targets, component, edges)
    assert cyclic.tolist() == [len(m) > 1 or graph.has_edge(min(m), min(m)) for m in groups]


@pytest.mark.parametrize("seed", range(60))
def test_reachability(seed: int, mode: str) -> None:
    offsets, targets, states, edges = random_graph(seed)
    count = len(offsets) - 1
    start = some(seed, count, 0.1)
    graph = as_networkx(offsets, targets, states, edges)
    forward, backward = start.copy(), start.copy()
    for n in np.flatnonzero(start):
        if n in graph:
            forward[list(nx.descendants(graph, n))] = True
            backward[list(nx.ancestors(graph, n))] = True
    np.testing.assert_array_equal(reachable_from(offsets, targets, start, states, edges), forward)
    np.testing.assert_array_equal(can_reach(offsets, targets, start, states, edges), backward)


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_shortest_path(seed: int, moving: bool, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offsets, targets, states, edges = random_graph(seed)
    count = len(offsets) - 1
    start, goal = some(seed, count, 0.1), some(seed + 7, count, 0.1)
    path = shortest_path(offsets, targets, start, goal, states, edges, moving=moving)
    graph = as_networkx(offsets, targets, states, edges)
    best = None
    for source in np.flatnonzero(start):
        if source not in graph:
            continue
        for first in graph.successors(source) if moving else [source]:
            lengths = nx.single_source_shortest_path_length(graph, first)
            for target, length in lengths.items():
                if goal[target] and (best is None or length + moving < best):
                    best = length + moving
    assert (path is None) == (best is None)
    monkeypatch.setattr(algorithms, "SMALL", 10**9 if mode == "compiled" else -1)
    assert path == shortest_path(offsets, targets, start, goal, states, edges, moving=moving)
    if path is None:
        return
    assert len(path.edges) == best == len(path.states) - 1
    assert start[path.states[0]]
    assert goal[path.states[-1]]
    for i, edge in enumerate(path.edges):
        assert offsets[path.states[i]] <= edge < offsets[path.states[i] + 1]
        assert targets[edge] == path.states[i + 1]
        assert edges is None or edges[edge]
    assert states is None or states[list(path.states)].all()


@pytest.mark.parametrize("seed", range(60))
def test_shortest_path_over_an_edge(seed: int, mode: str) -> None:
    offsets, targets, states, edges = random_graph(seed)
    count = len(offsets) - 1
    start, goal = some(seed, count, 0.1), some(seed + 7, len(targets), 0.1)
    path = shortest_path(offsets, targets, start, goal, states, edges, by_edge=True)
    graph = as_networkx(offsets, targets, states, edges)
    sources = np.repeat(np.arange(count), np.diff(offsets))
    last = [
        (int(sources[e]), e)
        for e in np.flatnonzero(goal if edges is None else goal & edges)
        if sources[e] in graph and int(targets[e]) in graph
    ]
    lengths = [
        nx.shortest_path_length(graph, int(s), a) + 1
        for s in np.flatnonzero(start)
        if s in graph
        for a, _ in last
        if nx.has_path(graph, int(s), a)
    ]
    assert (path is None) == (not lengths)
    if path is not None:
        assert len(path.edges) == min(lengths) == len(path.states) - 1
        assert goal[path.edges[-1]]
        assert start[path.states[0]]
        assert [(sources[e], targets[e]) for e in path.edges] == list(zip(path.states, path.states[1:], strict=False))


@pytest.mark.parametrize("seed", range(20))
def test_transpose(seed: int, mode: str) -> None:
    offsets, targets, _, edges = random_graph(seed)
    back, sources = transpose(offsets, targets, edges)
    count = len(offsets) - 1
    pairs = [
        (int(targets[p]), s)
        for s in range(count)
        for p in range(offsets[s], offsets[s + 1])
        if edges is None or edges[p]
    ]
    got = [(s, int(sources[p])) for s in range(count) for p in range(back[s], back[s + 1])]
    assert got == sorted(pairs)


def test_a_long_path_needs_no_recursion(mode: str) -> None:
    count = 30_000
    offsets = np.arange(count + 1, dtype=np.int64)
    ring = ((np.arange(count) + 1) % count).astype(np.uint32)
    assert strong_components(offsets, ring).max() == 0
    start, goal = np.zeros(count, bool), np.zeros(count, bool)
    start[5] = goal[4] = True
    path = shortest_path(offsets, ring, start, goal)
    assert path is not None
    assert len(path.edges) == count - 1


def test_on_an_exploration() -> None:
    system = pipeline(*SIZES["S"])
    graph = NativeEngine().explore(system, Query(graph=True)).graph
    assert graph is not None
    component = strong_components(graph.offsets, graph.targets)
    assert component[0] == 0
    everything = reachable_from(graph.offsets, graph.targets, np.arange(len(component)) == 0)
    assert everything.all()
    # Only the link comes and goes; every cycle lies in its outages.
    cyclic = cyclic_components(graph.offsets, graph.targets, component)
    sizes = np.bincount(component)
    assert (sizes[~cyclic] == 1).all()
    assert cyclic.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda o, t: (o.astype(np.int32), t, None, None), "int64"),
        (lambda o, t: (o[:-1], t, None, None), "rise"),
        (lambda o, t: (o[::-1].copy(), t, None, None), "rise"),
        (lambda o, t: (o, t + np.uint32(100), None, None), "not complete"),
        (lambda o, t: (o, t, np.ones(3, bool), None), "states must be bool of length"),
        (lambda o, t: (o, t, None, np.ones(len(t))), "edges must be bool"),
    ],
)
def test_arguments_are_checked(change, message: str) -> None:
    offsets, targets, _, _ = random_graph(5)
    with pytest.raises(ValueError, match=message):
        strong_components(*change(offsets, targets))


def test_the_graph_of_an_incomplete_exploration_is_refused() -> None:
    graph = NativeEngine().explore(pipeline(*SIZES["S"]), Query(graph=True), Limits(states=5_000)).graph
    assert graph is not None
    with pytest.raises(ValueError, match="not complete"):
        strong_components(graph.offsets, graph.targets)
