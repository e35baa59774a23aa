"""Branching bisimulation with explicit divergence: against its definition, over all partitions of small graphs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drcheck.graphs.branching import branching_quotient
from tests.graphs.test_bisimulation import Edges, graph_of

GRAPHS = 1_000
LABELS = 3


def drawn(random: np.random.Generator) -> tuple[Edges, list[int], set[int]]:
    """Edges, a value for each state, and the hidden labels."""
    count = int(random.integers(1, 6))
    edges: Edges = [
        sorted(
            {(int(random.integers(LABELS)), int(random.integers(count))) for _ in range(random.choice([0, 1, 1, 2, 3]))}
        )
        for _ in range(count)
    ]
    return edges, [int(v) for v in random.choice([0, 0, 0, 0, 1], count)], {0, 1} if random.integers(2) else {0}


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, *rest = items
    for parts in partitions(rest):
        yield [[first], *parts]
        for i in range(len(parts)):
            yield [*parts[:i], [first, *parts[i]], *parts[i + 1 :]]


def silently(edges: Edges, hidden: set[int], classes: list[int], start: int) -> set[int]:
    """The states that a state reaches by hidden steps within its class."""
    seen, stack = {start}, [start]
    while stack:
        for label, to in edges[stack.pop()]:
            if label in hidden and classes[to] == classes[start] and to not in seen:
                seen.add(to)
                stack.append(to)
    return seen


def is_bisimulation(edges: Edges, values: list[int], hidden: set[int], classes: list[int]) -> bool:
    """Whether a partition is a branching bisimulation with explicit divergence."""
    count = len(edges)
    near = [silently(edges, hidden, classes, s) for s in range(count)]

    def same(one: int, other: int) -> bool:
        return one == other or {one, other} <= hidden

    def answers(t: int, label: int, to: int) -> bool:
        if label in hidden and classes[to] == classes[t]:
            return True
        return any(same(a, label) and classes[b] == classes[to] for at in near[t] for a, b in edges[at])

    def diverges(s: int) -> bool:
        return any(
            label in hidden and classes[to] == classes[s] and at in silently(edges, hidden, classes, to)
            for at in near[s]
            for label, to in edges[at]
        )

    pairs = [(s, t) for s in range(count) for t in range(count) if s != t and classes[s] == classes[t]]
    return all(
        values[s] == values[t] and diverges(s) == diverges(t) and all(answers(t, *step) for step in edges[s])
        for s, t in pairs
    )


def coarsest(edges: Edges, values: list[int], hidden: set[int]) -> list[int]:
    best: list[int] | None = None
    for parts in partitions(list(range(len(edges)))):
        classes = [next(k for k, part in enumerate(parts) if s in part) for s in range(len(edges))]
        if (best is None or len(parts) <= max(best)) and is_bisimulation(edges, values, hidden, classes):
            best = classes
    assert best is not None
    known: dict[int, int] = {}
    return [known.setdefault(c, len(known)) for c in best]


def test_it_is_the_coarsest_one() -> None:
    random = np.random.default_rng(11)
    merged = endless = 0
    for _ in range(GRAPHS):
        edges, values, hidden = drawn(random)
        made = branching_quotient(graph_of(edges), [np.array(values)], hidden)
        expected = coarsest(edges, values, hidden)
        assert made.number.tolist() == expected, (edges, values, hidden)
        assert made.firsts.tolist() == [expected.index(c) for c in range(max(expected) + 1)]
        merged += made.classes < len(edges)
        for c in range(made.classes):
            low, high = made.graph.offsets[c : c + 2]
            row = set(zip(made.graph.labels[low:high].tolist(), made.graph.targets[low:high].tolist(), strict=True))
            members = [s for s in range(len(edges)) if expected[s] == c]
            leaves = {(label, expected[to]) for s in members for label, to in edges[s]}
            assert {step for step in row if step[0] not in hidden or step[1] != c} == {
                step for step in leaves if step[0] not in hidden or step[1] != c
            }
            stays = any(label in hidden and to == c for label, to in row)
            endless += stays
            assert stays == any(
                label in hidden and expected[to] == c and s in silently(edges, hidden, expected, to)
                for s in members
                for label, to in edges[s]
            )
    assert merged > GRAPHS // 5
    assert endless > GRAPHS // 20
