"""Products of a graph and an automaton: plain Python and machine code give the same answers, and networkx agrees."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from drcheck.graphs import algorithms
from drcheck.graphs.algorithms import possible, strong_components, treatment
from drcheck.graphs.graph import Graph
from drcheck.graphs.products import Product, Table


@pytest.fixture(params=["plain", "compiled"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(algorithms, "SMALL", 10**9 if request.param == "plain" else -1)
    return str(request.param)


def random_graph(random: np.random.Generator) -> Graph:
    count = int(random.integers(1, 40))
    degrees = random.integers(0, random.integers(1, 5), count)
    offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
    edges = int(offsets[-1])
    return Graph(
        offsets, random.integers(0, count, edges).astype(np.uint32), random.integers(0, 5, edges).astype(np.uint32)
    )


def random_product(seed: int) -> tuple[Product, nx.MultiDiGraph, list[tuple[int, int]]]:
    """A product, the same as a graph of pairs, and the pairs that an initial state of the automaton leads to."""
    random = np.random.default_rng(seed)
    graph = random_graph(random)
    size = len(graph.offsets) - 1
    width = int(random.choice([1, 2, 3, 7, 40, 64]))
    letters = int(random.integers(1, 5))
    edges = [
        (int(a), int(random.integers(0, 1 << letters)), int(b), int(random.integers(0, 8)))
        for a, b in {(int(a), int(b)) for a, b in random.integers(0, width, (width * 2, 2))}
    ]
    read = random.integers(0, letters, size).astype(np.uint32)
    initial = sorted({int(q) for q in random.integers(0, width, 2)})
    roots = min(int(random.integers(1, 4)), size)
    product = Product(graph, read, Table.of(letters, width, edges), initial, roots)
    pairs = nx.MultiDiGraph()
    pairs.add_nodes_from((s, q) for s in range(size) for q in range(width))
    for s in range(size):
        for edge in range(graph.offsets[s], graph.offsets[s + 1]):
            t = int(graph.targets[edge])
            pairs.add_edges_from(
                ((s, q), (t, r), {"label": int(graph.labels[edge]), "sets": sets})
                for q, label, r, sets in edges
                if label >> int(read[t]) & 1
            )
    starts = [(s, q, label, r) for s in range(roots) for q, label, r, _ in edges]
    return product, pairs, [(s, r) for s, q, label, r in starts if q in initial and label >> int(read[s]) & 1]


def reached(pairs: nx.MultiDiGraph, start: list[tuple[int, int]]) -> set[tuple[int, int]]:
    return {pair for one in start for pair in {one} | nx.descendants(pairs, one)}


def unpacked(bits: np.ndarray) -> set[tuple[int, int]]:
    return {(s, q) for s, word in enumerate(bits.tolist()) for q in range(64) if word >> q & 1}


@pytest.mark.parametrize("seed", range(60))
def test_reached_pairs(seed: int, mode: str) -> None:
    product, pairs, start = random_product(seed)
    assert unpacked(product.reached) == reached(pairs, start)
    for q in range(product.width):
        assert {(int(s), q) for s in np.flatnonzero(product.with_state(q))} == {
            x for x in reached(pairs, start) if x[1] == q
        }


@pytest.mark.parametrize("seed", range(60))
def test_shortest_paths(seed: int, mode: str) -> None:
    product, pairs, start = random_product(seed)
    random = np.random.default_rng(seed + 500)
    goals, few = (random.integers(0, 1 << 63, product.size, dtype=np.uint64) for _ in range(2))
    goals &= few
    wanted = unpacked(goals) & set(pairs)
    lengths = [
        length
        for one in start
        for pair, length in nx.single_source_shortest_path_length(pairs, one).items()
        if pair in wanted
    ]
    found = product.path(goals)
    if found is None:
        assert not lengths
        return
    assert len(found.edges) == len(found.states) - 1 == min(lengths)
    assert found.states[0] in {state for state, _ in start}
    assert (found.states[-1], found.automaton) in wanted
    for a, b, edge in zip(found.states, found.states[1:], found.edges, strict=False):
        assert product.graph.offsets[a] <= edge < product.graph.offsets[a + 1]
        assert product.graph.targets[edge] == b


@pytest.mark.parametrize("seed", range(60))
def test_a_part_laid_out_as_a_graph(seed: int, mode: str) -> None:
    product, pairs, _ = random_product(seed)
    region = np.random.default_rng(seed + 500).integers(0, 1 << 63, product.size, dtype=np.uint64)
    region &= np.uint64((1 << product.width) - 1)
    rows = product.rows(region)
    numbered = list(zip(rows.states.tolist(), rows.automaton.tolist(), strict=True))
    assert numbered == sorted(unpacked(region))
    inside = pairs.subgraph(numbered)
    states = np.unique(rows.states)
    whole = nx.DiGraph(
        (s, int(t)) for s in states for t in product.graph.targets[slice(*product.graph.offsets[s : s + 2])]
    )
    whole.add_nodes_from(states)
    part = {s: n for n, members in enumerate(nx.strongly_connected_components(whole.subgraph(states))) for s in members}
    expected = sorted((a, b, d["label"], d["sets"]) for a, b, d in inside.edges(data=True) if part[a[0]] == part[b[0]])
    offsets = rows.graph.offsets
    found = sorted(
        (numbered[n], numbered[rows.graph.targets[e]], int(rows.graph.labels[e]), int(rows.marks[e]))
        for n in range(len(numbered))
        for e in range(offsets[n], offsets[n + 1])
    )
    assert found == expected


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("by_edge", [False, True])
def test_what_happens_in_components(seed: int, by_edge: bool, mode: str) -> None:
    random = np.random.default_rng(seed)
    graph = random_graph(random)
    size, edges = len(graph.offsets) - 1, len(graph.targets)
    wanted = random.integers(0, 1 << 63, 5, dtype=np.uint64)
    marks = random.integers(0, 1 << 32, edges if by_edge else size, dtype=np.uint32)
    enabled = possible(graph.offsets, graph.targets, graph.labels, wanted)
    component = strong_components(graph.offsets, graph.targets, random.random(size) < 0.9)
    found = treatment(graph.offsets, graph.targets, graph.labels, component, wanted, enabled, marks, by_edge=by_edge)
    own = [range(graph.offsets[s], graph.offsets[s + 1]) for s in range(size)]

    def together(words) -> int:
        result = 0
        for word in words:
            result |= int(word)
        return result

    assert enabled.tolist() == [together(wanted[graph.labels[e]] for e in own[s]) for s in range(size)]
    for part in range(int(component.max(initial=-1)) + 1):
        members = [s for s in range(size) if component[s] == part]
        inner = [e for s in members for e in own[s] if component[graph.targets[e]] == part]
        assert int(found.taken[part]) == together(wanted[graph.labels[e]] for e in inner)
        assert int(found.some[part]) == together(enabled[s] for s in members)
        assert int(found.each[part]) == (1 << 64) - 1 - together((1 << 64) - 1 - int(enabled[s]) for s in members)
        assert int(found.met[part]) == together(marks[n] for n in (inner if by_edge else members))


def test_arrays_that_do_not_fit_are_refused() -> None:
    """Machine code does not check: what it is given has to be right."""
    graph = Graph(np.array([0, 1, 2]), np.array([1, 0], np.uint32), np.array([0, 3], np.uint32))
    bits = np.zeros(4, np.uint64)
    number = strong_components(graph.offsets, graph.targets)
    for labels, wanted in ((graph.labels, bits[:3]), (graph.labels[:1], bits)):
        with pytest.raises(ValueError, match="labels are one per edge, and each needs its bits"):
            possible(graph.offsets, graph.targets, labels, wanted)
        with pytest.raises(ValueError, match="labels are one per edge, and each needs its bits"):
            treatment(graph.offsets, graph.targets, labels, number, wanted, bits[:2])
    with pytest.raises(ValueError, match="one per state"):
        treatment(graph.offsets, graph.targets, graph.labels, number, bits, bits)
    with pytest.raises(ValueError, match=r"marks are one per edge, not \(3,\)"):
        treatment(
            graph.offsets, graph.targets, graph.labels, number, bits, bits[:2], np.zeros(3, np.uint32), by_edge=True
        )
