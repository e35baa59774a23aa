"""Branching bisimulation with explicit divergence: what stays of a graph if some events are not looked at.

Steps of *hidden* events that change nothing of what is looked at are passed over. Two states are equivalent if what one can do
next, perhaps after such steps among equivalent states, the other can do so too, and if both, or neither, can go on with
such steps among equivalent states for ever (van Glabbeek and Weijland, Branching time and abstraction in bisimulation semantics,
1996; van Glabbeek, Luttik and Trcka, Branching bisimilarity with explicit divergence, 2009). That keeps everything that can be
said of executions without `next_` and without fairness of hidden events (De Nicola and Vaandrager 1995).

It is coarser than the strong bisimulation, and is found on the quotient by that, which is small: here in plain Python.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.graphs.algorithms import cyclic_components, strong_components
from drcheck.graphs.bisimulation import Quotient, alike, quotient
from drcheck.graphs.graph import Graph

_Steps = list[set[tuple[int, int]]]
"""For each part the labels of its steps, with the parts to which they lead."""
_HIDDEN, _FOR_EVER = -1, -2
"""In the place of a label: any hidden event; hidden steps that go on for ever."""


def branching_quotient(graph: Graph, values: Iterable[NDArray[Any]], hidden: Collection[int]) -> Quotient:
    """The quotient of a graph by its coarsest branching bisimulation with explicit divergence.

    Classes agree in `values` (see `alike`); `hidden` are labels. In the graph of the classes a hidden step that stays in its
    class is left out, unless such steps can go on for ever there. Raises MemoryError without room.
    """
    kept = [np.asarray(column) for column in values]
    strong = quotient(graph, kept)
    start = alike(strong.classes, (strong.of_classes(column) for column in kept))
    own = strong.graph
    sources = np.repeat(np.arange(strong.classes), np.diff(own.offsets))
    hides = np.isin(own.labels, np.array(sorted(hidden), np.uint32))
    silent = hides & (start[sources] == start[own.targets])
    # States on a cycle of silent steps are equivalent: such a cycle is one part, and then no cycle of them is left.
    part = strong_components(own.offsets, own.targets, edges=silent)
    endless = cyclic_components(own.offsets, own.targets, part, silent)
    steps: _Steps = [set() for _ in endless]
    within: _Steps = [set() for _ in endless]
    for here, to, label, quiet in zip(
        part[sources].tolist(), part[own.targets].tolist(), own.labels.tolist(), silent.tolist(), strict=True
    ):
        (within if quiet and here == to else steps)[here].add((label, to))
    firsts = np.unique(part, return_index=True)[1]
    classes = _refined(start[firsts].tolist(), steps, endless.tolist(), frozenset(hidden))
    number = np.array(classes, np.uint32)[part]
    found: _Steps = [set() for _ in range(max(classes, default=-1) + 1)]
    for here, row in enumerate(steps):
        own_class = classes[here]
        found[own_class] |= {
            (label, classes[to]) for label, to in row if label not in hidden or classes[to] != own_class
        }
        found[own_class] |= {(label, own_class) for label, _ in within[here]}
    return Quotient(number[strong.number], strong.firsts[np.unique(number, return_index=True)[1]], _graph(found))


def _refined(start: Sequence[Hashable], steps: _Steps, endless: Sequence[bool], hidden: frozenset[int]) -> list[int]:
    """The class of each part. A class is split as long as its parts differ in what they can do after silent steps within it."""
    order = _last_first(start, steps, hidden)
    classes = _numbered(start)
    while True:
        can: list[frozenset[tuple[int, int]]] = [frozenset()] * len(start)
        for here in order:
            own = {(_FOR_EVER, 0)} if endless[here] else set()
            for label, to in steps[here]:
                if label in hidden and classes[to] == classes[here]:
                    own |= can[to]
                else:
                    own.add((_HIDDEN if label in hidden else label, classes[to]))
            can[here] = frozenset(own)
        finer = _numbered(list(zip(classes, can, strict=True)))
        if finer == classes:
            return classes
        classes = finer


def _last_first(start: Sequence[Hashable], steps: _Steps, hidden: frozenset[int]) -> list[int]:
    """The parts in an order in which silent steps lead to those before."""
    order: list[int] = []
    seen = [False] * len(start)
    for root in range(len(start)):
        stack = [root]
        while stack:
            here = stack[-1]
            if not seen[here]:
                seen[here] = True
                stack += [
                    to for label, to in steps[here] if label in hidden and start[to] == start[here] and not seen[to]
                ]
            else:
                stack.pop()
                order.append(here)
    return list(dict.fromkeys(order))


def _numbered(keys: Sequence[Hashable]) -> list[int]:
    """Equal keys have equal numbers, in the order of first occurrence."""
    known: dict[Hashable, int] = {}
    return [known.setdefault(key, len(known)) for key in keys]


def _graph(rows: _Steps) -> Graph:
    """A graph of the steps of each class, labels ascending."""
    flat = [step for row in rows for step in sorted(row)]
    return Graph(
        np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64),
        np.array([to for _, to in flat], np.uint32),
        np.array([label for label, _ in flat], np.uint32),
    )


__all__ = ["branching_quotient"]
