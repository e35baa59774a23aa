"""The coarsest bisimulation: against its definition, in plain Python and in machine code, and what a quotient keeps."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from drcheck.graphs import algorithms, bisimulation_kernels
from drcheck.graphs.bisimulation import alike, quotient
from drcheck.graphs.graph import Graph

GRAPHS = 300


@pytest.fixture(params=["plain", "compiled"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(algorithms, "SMALL", 10**9 if request.param == "plain" else -1)
    return str(request.param)


Edges = list[list[tuple[int, int]]]
"""The edges of each state, as pairs of a label and a target."""


def drawn(seed: int) -> tuple[Edges, list[int]]:
    """Edges, several with one label among them, and a value for each state."""
    random = np.random.default_rng(seed)
    count, labels = int(random.integers(1, 30)), int(random.integers(1, 4))
    degrees = random.choice([0, 1, 1, 2, 4], count)
    edges = [
        sorted(
            (int(a), int(b)) for a, b in zip(random.integers(0, labels, d), random.integers(0, count, d), strict=True)
        )
        for d in degrees
    ]
    return edges, [int(v) for v in random.choice([0, 0, 0, 1, 5], count)]


def graph_of(edges: Edges) -> Graph:
    offsets = np.cumsum([0, *(len(row) for row in edges)]).astype(np.int64)
    flat = [edge for row in edges for edge in row]
    return Graph(
        offsets, np.array([to for _, to in flat], np.uint32), np.array([label for label, _ in flat], np.uint32)
    )


def numbered(keys: list[object]) -> list[int]:
    """Equal keys have equal numbers, in the order of first occurrence."""
    known: dict[object, int] = {}
    return [known.setdefault(key, len(known)) for key in keys]


def coarsest(edges: Edges, values: list[int]) -> list[int]:
    """The classes by the definition: split until nothing is left to split."""
    classes = numbered(list(values))
    while True:
        finer = numbered(
            [(classes[s], frozenset((label, classes[to]) for label, to in row)) for s, row in enumerate(edges)]
        )
        if finer == classes:
            return classes
        classes = finer


def test_it_is_the_coarsest_one_and_its_graph_has_each_edge_once(mode: str) -> None:
    for seed in range(GRAPHS):
        edges, values = drawn(seed)
        made = quotient(graph_of(edges), [np.array(values)])
        expected = coarsest(edges, values)
        assert made.number.tolist() == expected, (seed, edges, values)
        assert made.firsts.tolist() == [expected.index(c) for c in range(max(expected) + 1)]
        for c, first in enumerate(made.firsts):
            low, high = made.graph.offsets[c : c + 2]
            row = list(zip(made.graph.labels[low:high].tolist(), made.graph.targets[low:high].tolist(), strict=True))
            assert len(row) == len(set(row))
            assert set(row) == {(label, expected[to]) for label, to in edges[first]}


def test_shortest_ways_are_as_long_and_are_ways_in_the_graph(mode: str) -> None:
    for seed in range(GRAPHS):
        edges, values = drawn(seed)
        graph = graph_of(edges)
        made = quotient(graph, [np.array(values)])
        whole = nx.DiGraph((s, to) for s, row in enumerate(edges) for _, to in row)
        whole.add_nodes_from(range(len(edges)))
        lengths = nx.single_source_shortest_path_length(whole, 0)
        best: dict[int, int] = {}
        for state, length in lengths.items():
            best[int(made.number[state])] = min(length, best.get(int(made.number[state]), length))
        start = np.zeros(made.classes, np.bool_)
        start[made.number[0]] = True
        for c in range(made.classes):
            goal = np.zeros(made.classes, np.bool_)
            goal[c] = True
            way = algorithms.shortest_path(made.graph.offsets, made.graph.targets, start, goal)
            assert (way is None) == (c not in best)
            if way is not None:
                assert len(way.edges) == best[c]
                there = {0}  # where the same events lead in the graph, from its first state
                for edge in way.edges:
                    step = (int(made.graph.labels[edge]), int(made.graph.targets[edge]))
                    there = {to for here in there for label, to in edges[here] if (label, made.number[to]) == step}
                assert {int(made.number[state]) for state in there} == {c}


def test_different_signatures_that_are_taken_for_equal_ones_are_noticed(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state with edges to two classes, and one with edges to one of them: where their words are equal no class is split."""
    edges: Edges = [[(0, 1), (0, 2)], [(0, 2)], []]
    graph = graph_of(edges)
    assert quotient(graph).classes == 3
    number, firsts = np.array([0, 0, 1], np.uint32), np.array([0, 2], np.uint32)
    unlike = algorithms.run(
        (bisimulation_kernels.led_to, bisimulation_kernels.first_unlike),
        bisimulation_kernels.first_unlike,
        3,
        graph.offsets,
        graph.targets,
        graph.labels,
        number,
        firsts,
        output=(),
    )
    assert unlike == 1
    if mode == "plain":
        tries = []

        def misled(*arguments: object) -> int:
            tries.append(arguments)
            return 7 if len(tries) <= 3 else original(*arguments)  # the three states of the first round

        original = bisimulation_kernels.word_of_edges
        monkeypatch.setattr(bisimulation_kernels, "word_of_edges", misled)
        assert quotient(graph).number.tolist() == [0, 1, 2]
        assert len(tries) > 6, "it was tried again with another seed"


def test_classes_of_values() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        columns = [random.integers(0, 2, 40).astype(np.bool_) for _ in range(int(random.integers(0, 20)))]
        columns += [random.integers(-3, 10**6, 40) for _ in range(int(random.integers(0, 2)))]
        rows: list[object] = [tuple(column[i] for column in columns) for i in range(40)]
        found = alike(40, columns).tolist()
        assert numbered(found) == numbered(rows)
    assert alike(0, []).tolist() == []
    with pytest.raises(ValueError, match="one value per state"):
        alike(3, [np.zeros(2, np.bool_)])
