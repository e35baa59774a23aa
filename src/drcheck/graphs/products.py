"""The product of a transition graph and an automaton that reads, on each step, the letter of the state entered.

A *pair* is a state of the graph and one of the automaton. The product is not laid out: what can go with each state is
kept as the bits of a word, and edges are made from the graph's when they are examined. Only the part of it in which a
cycle through several states of the automaton may lie is made a separate graph (`rows`).

As in `graphs`, small products are handled in plain Python and large ones by the same kernels as machine code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drcheck.graphs import product_kernels as kernels
from drcheck.graphs.algorithms import run, strong_components
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import room

_KERNELS = (kernels.reached_pairs, kernels.nearest_pair, kernels.product_rows)

Bits = NDArray[np.uint64]


@dataclass(frozen=True)
class Table:
    """An automaton as a table: `steps[letter, q]` the states, as bits, to which q goes when it reads a letter (uint64).

    `sets[letter, q, r]`: the acceptance sets, as bits, of that step to r (uint32). At most 64 states.
    """

    steps: Bits
    sets: NDArray[np.uint32]

    @classmethod
    def of(cls, letters: int, width: int, edges: Iterable[tuple[int, int, int, int]]) -> Table:
        """The table of an automaton with edges (state, letters as bits, target, acceptance sets as bits)."""
        steps = np.zeros((letters, width), np.uint64)
        sets = np.zeros((letters, width, width), np.uint32)
        for state, label, target, marks in edges:
            for letter in range(letters):
                if label >> letter & 1:
                    steps[letter, state] |= np.uint64(1 << target)
                    sets[letter, state, target] |= np.uint32(marks)
        return cls(steps, sets)


@dataclass(frozen=True)
class Rows:
    """A part of a product as a graph: pair n is state `states[n]` with state `automaton[n]`; `marks`: sets of each edge."""

    graph: Graph
    states: NDArray[np.int64]
    automaton: NDArray[np.int64]
    marks: NDArray[np.uint32]


@dataclass(frozen=True)
class PairPath:
    """A path of the product: the graph's states and edges along it, and the automaton's state at its end."""

    states: list[int]
    edges: list[int]
    automaton: int


class Product:
    """A graph, the letter of each of its states (uint32), an automaton's table, and the automaton's initial states. Paths begin
    at the first `roots` states of the graph.
    """

    def __init__(
        self, graph: Graph, letters: NDArray[np.uint32], table: Table, initial: Iterable[int], roots: int = 1
    ) -> None:
        self.graph, self.letters, self.table = graph, letters, table
        self.size = len(graph.offsets) - 1
        self.width = table.steps.shape[1]
        self._starts = np.zeros(roots, np.uint64)
        for q in initial:
            self._starts |= table.steps[letters[:roots], q]

    @cached_property
    def reached(self) -> Bits:
        """For each state the states of the automaton that go with it on some path, as bits: uint64."""
        room(20 * self.size)
        reached = np.zeros(self.size, np.uint64)
        if self._starts.any():
            scratch = np.zeros(self.size, np.uint64), np.empty(self.size, np.uint32)
            run(
                _KERNELS,
                kernels.reached_pairs,
                self.size,
                *self._parts,
                len(self._starts),
                self._starts,
                reached,
                *scratch,
                output=(reached,),
            )
        return reached

    @property
    def _parts(self) -> tuple[object, ...]:
        return (self.graph.offsets, self.graph.targets, self.letters, self.table.steps.ravel(), self.width)

    def path(self, goals: Bits) -> PairPath | None:
        """A shortest path to a state with one of its `goals` (bits), or None.

        Of several it is the first of a breadth-first search that takes edges in order, and the automaton's states by number.
        Raises MemoryError.
        """
        if not (self.reached & goals).any():
            return None
        pairs = int(sum(int(np.count_nonzero(self.with_state(q))) for q in range(self.width)))
        room(12 * pairs + 16 * self.size)
        queue, before = np.empty(pairs, np.uint64), np.empty(pairs, np.uint32)
        at = run(
            _KERNELS,
            kernels.nearest_pair,
            self.size,
            *self._parts,
            len(self._starts),
            self._starts,
            goals,
            np.zeros(self.size, np.uint64),
            queue,
            before,
            output=(queue, before),
        )
        assert at != kernels.NOT_FOUND, "a goal among the reached pairs is found"
        states, last = [int(queue[at]) >> kernels.PAIR], int(queue[at]) & ((1 << kernels.PAIR) - 1)
        while int(before[at]) != at:
            at = int(before[at])
            states.append(int(queue[at]) >> kernels.PAIR)
        states.reverse()
        return PairPath(states, [self._edge(a, b) for a, b in pairwise(states)], last)

    def _edge(self, source: int, target: int) -> int:
        begin, end = (int(n) for n in self.graph.offsets[source : source + 2])
        return begin + int(np.argmax(self.graph.targets[begin:end] == target))

    def with_state(self, q: int) -> NDArray[np.bool_]:
        """The states of the graph with which state q of the automaton goes."""
        mask: NDArray[np.bool_] = (self.reached & np.uint64(1 << q)) != 0
        return mask

    def rows(self, region: Bits) -> Rows:
        """The pairs of `region` (bits per state) as a graph with all edges that can lie on a cycle. Raises MemoryError.

        A cycle of the product is one of the graph: edges between its strongly connected parts are left out.
        """
        component = strong_components(self.graph.offsets, self.graph.targets, region != 0).astype(np.uint32)
        room(32 * self.size)
        per_state = np.bitwise_count(region).astype(np.uint32)
        first = np.concatenate([[0], np.cumsum(per_state, dtype=np.uint64)[:-1]]).astype(np.uint64)
        count = int(per_state.sum())

        def visit(edges: int | None) -> tuple[int, NDArray[np.uint64], list[NDArray[np.uint32]]]:
            rows = np.zeros(1 if edges is None else count + 1, np.uint64)
            made = [np.empty(edges or 1, np.uint32) for _ in range(3)]
            found = run(
                _KERNELS, kernels.product_rows, self.size, self.graph.offsets, self.graph.targets, self.graph.labels,
                self.letters, self.table.steps.ravel(), self.width, self.table.sets.ravel(), region, component,
                first, int(edges is not None), rows, *made, output=(rows, *made),
            )  # the kernel's arguments  # fmt: skip
            return found, rows, made

        edges, _, _ = visit(None)
        room(12 * edges + 56 * count + 24 * self.size)
        _, rows, (ends, names, marks) = visit(edges)
        states = np.repeat(np.arange(self.size, dtype=np.int64), per_state)
        automaton = np.empty(count, np.int64)
        place = first.copy()
        for q in range(self.width):
            those = np.flatnonzero(region & np.uint64(1 << q))
            automaton[place[those].astype(np.int64)] = q
            place[those] += np.uint64(1)
        graph = Graph(rows.astype(np.int64), ends[:edges], names[:edges])
        return Rows(graph, states, automaton, marks[:edges])


__all__ = ["Bits", "PairPath", "Product", "Rows", "Table"]
