"""The coarsest strong bisimulation of a transition graph, and the quotient by it.

Two states are *bisimilar* if they are alike in what was asked of them, and each step of one is answered by a step of the other
with the same event to a state that is bisimilar again (Park 1981). States of a class cannot be told apart by anything that is
said of executions in the terms in which they are alike: invariants, `leads_to`, `can_always`, linear-time logic, with or
without fairness of events. Lengths of shortest ways to a class are those in the graph, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.errors import EngineError
from drcheck.graphs import bisimulation_kernels as kernels
from drcheck.graphs.algorithms import run, transpose
from drcheck.graphs.graph import Graph
from drcheck.kernels.budget import room
from drcheck.kernels.splitmix import word_of

_KERNELS = (kernels.word_of_edges, kernels.refine, kernels.led_to, kernels.first_unlike, kernels.rows_of)
_TOGETHER = 8
"""So many columns of bits are taken together."""
_TRIES = 8
"""So often a refinement is repeated that chance led astray, which happens once in some 10**7 graphs of 10**6 states."""


@dataclass(frozen=True)
class Quotient:
    """A graph by classes of states that are bisimilar.

    `number` (uint32, one per state of the graph): the class of each; classes are numbered in the order of their first states,
    which `firsts` (int64, one per class) gives. `graph`: the classes as states, with the events of the graph as labels.
    """

    number: NDArray[np.uint32]
    firsts: NDArray[np.int64]
    graph: Graph

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.firsts)

    def of_classes(self, values: NDArray[Any]) -> NDArray[Any]:
        """What is known of each class, by what is known of each state of the graph."""
        return values[self.firsts]


def alike(count: int, values: Iterable[NDArray[Any]]) -> NDArray[np.uint32]:
    """Classes of states that have the same values (bool or integers, one per state each): uint32, one per state."""
    number = np.zeros(count, np.uint32)
    bits: list[NDArray[np.bool_]] = []
    for column in values:
        if column.shape != (count,):
            raise ValueError(f"one value per state is needed: {count}, not {column.shape}")
        room(34 * count)
        if column.dtype == np.bool_:
            bits.append(column)
            if len(bits) == _TOGETHER:
                number = _apart(number, _joined(bits), 1 << _TOGETHER)
                bits.clear()
            continue
        low = int(column.min(initial=0))
        number = _apart(number, column - low, int(column.max(initial=0)) - low + 1)
    if bits:
        number = _apart(number, _joined(bits), 1 << len(bits))
    return number


def _joined(bits: Sequence[NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """Up to eight columns of bits as one column of numbers."""
    joined = np.zeros(len(bits[0]), np.uint8)
    for place, column in enumerate(bits):
        joined |= column.view(np.uint8) << np.uint8(place)
    return joined


def _apart(number: NDArray[np.uint32], values: NDArray[Any], span: int) -> NDArray[np.uint32]:
    """Classes told apart by values, from 0 to below `span`, as well; they are numbered without gaps."""
    most = (int(number.max(initial=0)) + 1) * span
    both: NDArray[np.uint32] | NDArray[np.int64]
    if most <= 1 << 32:
        both = number * np.uint32(span) + values.astype(np.uint32)
    else:
        both = number.astype(np.int64) * span + values
    if most > 4 * len(number) + 1024:
        return np.unique(both, return_inverse=True)[1].reshape(-1).astype(np.uint32)
    there = np.zeros(most, np.bool_)
    there[both] = True
    ranks: NDArray[np.uint32] = np.cumsum(there, dtype=np.uint32) - np.uint32(1)
    return ranks[both]


def quotient(graph: Graph, values: Iterable[NDArray[Any]] = ()) -> Quotient:
    """The quotient of a graph by its coarsest bisimulation among states that have the same `values` (see `alike`).

    Takes about as long as it took to find the graph, and some 60 bytes a state. Raises ValueError for a graph that lacks
    states, MemoryError without room, EngineError DR502 if different sets of edges cannot be told apart.
    """
    count = len(graph.offsets) - 1
    start = alike(count, values)
    size = 1 << max(2 * count, 2).bit_length()
    room(44 * count + 12 * size)
    back, sources = transpose(graph.offsets, graph.targets)
    for attempt in range(_TRIES):
        number, firsts = _in_order(_refined(graph, start, back, sources, word_of(0, attempt), size))
        heads = firsts.astype(np.uint32)
        unlike = run(
            _KERNELS,
            kernels.first_unlike,
            count,
            graph.offsets,
            graph.targets,
            graph.labels,
            number,
            heads,
            output=(),
        )
        if unlike == count:
            return Quotient(number, firsts, _by_classes(graph, number, heads))
    raise EngineError(
        "DR502",
        f"the quotient of a graph of {count:,} states: different sets of edges were taken for equal ones {_TRIES} times",
        remedy="this is a bug in drcheck: please report it",
    )


def _refined(
    graph: Graph,
    start: NDArray[np.uint32],
    back: NDArray[np.int64],
    sources: NDArray[np.uint32],
    seed: int,
    size: int,
) -> NDArray[np.uint32]:
    """The class of each state in the coarsest bisimulation that is finer than `start`, in no order."""
    count = len(start)
    number, few = start.copy(), start.max(initial=0) < 1 << 16
    members = np.argsort(start.astype(np.uint16) if few else start, kind="stable").astype(
        np.uint32
    )  # 16 bits: by radix
    place = np.empty(count, np.uint32)
    place[members] = np.arange(count, dtype=np.uint32)
    classes = int(start.max(initial=0)) + 1 if count else 0
    begins, ends = np.zeros(count, np.uint32), np.zeros(count, np.uint32)
    sizes = np.bincount(start, minlength=classes)
    ends[:classes] = np.cumsum(sizes)
    begins[:classes] = ends[:classes] - sizes
    scratch = [np.zeros(count, np.uint32) for _ in range(3)]
    words, keys, groups = np.zeros(count, np.uint64), np.zeros(size, np.uint64), np.zeros(size, np.uint32)
    more = [np.zeros(count, np.uint32) for _ in range(3)]
    run(
        _KERNELS, kernels.refine, count, graph.offsets, graph.targets, graph.labels, back, sources, seed, classes,
        number, members, place, begins, ends, *scratch, words, keys, groups, *more,
        output=(number,),
    )  # the kernel's arguments  # fmt: skip
    return number


def _in_order(number: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The same classes in the order of their first states, and these."""
    count = len(number)
    firsts = np.zeros(int(number.max(initial=0)) + 1 if count else 0, np.int64)
    firsts[number[::-1]] = np.arange(count - 1, -1, -1)  # of several the last is kept
    order = np.argsort(firsts)
    rank = np.empty(len(firsts), np.uint32)
    rank[order] = np.arange(len(firsts), dtype=np.uint32)
    return rank[number], firsts[order]


def _by_classes(graph: Graph, number: NDArray[np.uint32], heads: NDArray[np.uint32]) -> Graph:
    """The graph of the classes."""
    classes = len(heads)
    most = int((graph.offsets[heads + np.int64(1)] - graph.offsets[heads]).sum()) if classes else 0
    rows, leads, by = np.zeros(classes + 1, np.int64), np.zeros(most, np.uint32), np.zeros(most, np.uint32)
    used = run(
        _KERNELS,
        kernels.rows_of,
        classes,
        graph.offsets,
        graph.targets,
        graph.labels,
        number,
        heads,
        rows,
        leads,
        by,
        output=(rows, leads, by),
    )
    return Graph(rows, leads[:used].copy(), by[:used].copy())
