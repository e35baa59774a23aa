"""Graph algorithms on a transition graph in compressed rows: components, reachability, shortest paths.

Graphs are given as in `protocol.Graph`: `offsets` (int64, states + 1) and `targets` (uint32); the edges of state s are
`targets[offsets[s]:offsets[s+1]]`. Wherever it says so, `states` (bool, one per state) leaves out the states that are
False, and `edges` (bool, one per edge) the edges that are False. Nothing that is passed in is changed.

Small graphs are handled in plain Python, large ones by the same kernels (`graph_kernels`) as machine code. Every answer
is canonical: it does not depend on which of the two gave it. Each asks for the memory that it takes before it begins, and raises
MemoryError if there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.graphs import algorithm_kernels as kernels
from drcheck.kernels.budget import limited, room
from drcheck.kernels.deadline import apart

SMALL = 20_000
"""Graphs of at most this many states and edges together are handled in plain Python."""
_KERNELS = (
    kernels.strong_components,
    kernels.transposed,
    kernels.spread,
    kernels.steps_from,
    kernels.nearest,
    kernels.cycles,
    kernels.possible,
    kernels.treated,
)
_MOST_STATES = 1 << 31
KERNELS = 12 << 20
"""Bytes that it takes to make the kernels where they are not in the cache; measured."""
AS_OBJECT = 40
"""Bytes of a number in a list."""
Kernel = Callable[..., int]

Mask = NDArray[np.bool_]
Offsets = NDArray[np.int64]
Targets = NDArray[np.uint32]
Bits = NDArray[np.uint64]


@dataclass(frozen=True)
class Path:
    """A path: the state numbers along it, and the edges (positions in `targets`) between them, one fewer."""

    states: tuple[int, ...]
    edges: tuple[int, ...]


def strong_components(
    offsets: Offsets, targets: Targets, states: Mask | None = None, edges: Mask | None = None
) -> NDArray[np.int64]:
    """The strongly connected component of each state: int64, one per state, -1 for states left out.

    Components are numbered 0, 1, ... in the order of their first states. A state without a cycle through it is a
    component (see `cyclic_components`).
    """
    count = _check(offsets, targets, states, edges)
    room(37 * count)
    number = np.empty(count, np.uint32)
    scratch = [np.empty(count, np.uint32) for _ in range(3)]
    run(
        _KERNELS,
        kernels.strong_components,
        count,
        offsets,
        targets,
        *_optional(states),
        *_optional(edges),
        np.zeros(count, np.uint32),
        *scratch,
        np.empty(count, np.uint64),
        number,
        output=(number,),
    )
    result = number.astype(np.int64)
    result[number == kernels.TOP] = -1
    return result


def cyclic_components(
    offsets: Offsets, targets: Targets, component: NDArray[np.int64], edges: Mask | None = None
) -> Mask:
    """Which components have a cycle in them: bool, one per component.

    `component` is what `strong_components` returned; `edges` must be the same as there.
    """
    count = _check(offsets, targets, None, edges)
    if component.shape != (count,):
        raise ValueError(f"one component per state is needed: {count}, not {component.shape}")
    room(15 * count)
    number = _numbers(component)
    cyclic = np.zeros(int(component.max(initial=-1)) + 1, np.bool_)
    run(_KERNELS, kernels.cycles, count, offsets, targets, *_optional(edges), number, cyclic, output=(cyclic,))
    return cyclic


def transpose(offsets: Offsets, targets: Targets, edges: Mask | None = None) -> tuple[Offsets, Targets]:
    """The graph with every edge turned round, as (offsets, targets); targets ascending within a row."""
    count = _check(offsets, targets, None, edges)
    room(8 * count + 4 * len(targets))
    back = np.zeros(count + 2, np.int64)
    sources = np.empty(len(targets) if edges is None else int(np.count_nonzero(edges)), np.uint32)
    run(_KERNELS, kernels.transposed, count, offsets, targets, *_optional(edges), back, sources, output=(back, sources))
    return back[: count + 1], sources


def reachable_from(
    offsets: Offsets, targets: Targets, start: Mask, states: Mask | None = None, edges: Mask | None = None
) -> Mask:
    """Which states can be reached from some state of `start` (which is included): bool, one per state.

    Paths stay within `states` and `edges`. A state of `start` outside `states` is included but leads nowhere.
    """
    count = _check(offsets, targets, states, edges)
    room(5 * count)
    reached = _mask(start, count, "start").copy()
    queue = np.empty(count, np.uint32)
    run(
        _KERNELS,
        kernels.spread,
        count,
        offsets,
        targets,
        *_optional(states),
        *_optional(edges),
        reached,
        queue,
        output=(reached,),
    )
    return reached


def can_reach(
    offsets: Offsets, targets: Targets, goal: Mask, states: Mask | None = None, edges: Mask | None = None
) -> Mask:
    """Which states have a path to some state of `goal` (which is included): bool, one per state.

    Paths stay within `states` and `edges`. A state of `goal` outside `states` is included but cannot be reached.
    """
    return reachable_from(*transpose(offsets, targets, edges), goal, states)


def steps_to(offsets: Offsets, targets: Targets, goal: Mask, edges: Mask | None = None) -> NDArray[np.int64]:
    """How many steps it is from each state to the nearest of `goal`: int64, one per state, -1 where none can be reached.

    Paths stay within `edges`.
    """
    count = _check(offsets, targets, None, edges)
    sources = _mask(goal, count, "goal")
    offsets, targets = transpose(offsets, targets, edges)
    room(16 * count)
    distance, queue = np.empty(count, np.uint32), np.empty(count, np.uint32)
    run(_KERNELS, kernels.steps_from, count, offsets, targets, sources, distance, queue, output=(distance,))
    result = distance.astype(np.int64)
    result[distance == kernels.TOP] = -1
    return result


def shortest_path(
    offsets: Offsets,
    targets: Targets,
    start: Mask,
    goal: Mask,
    states: Mask | None = None,
    edges: Mask | None = None,
    *,
    moving: bool = False,
    by_edge: bool = False,
) -> Path | None:
    """A shortest path from some state of `start` to some state of `goal`, or None. With `by_edge`, `goal` are edges.

    Paths stay within `states` and `edges`. Of several shortest ones it is the one that a breadth-first search finds
    first that takes states by number and edges in order. With `moving` the path has at least one edge, so a state that
    is in both `start` and `goal` needs a cycle; with `by_edge` its last edge is one of `goal`.
    """
    count = _check(offsets, targets, states, edges)
    start, goal = _mask(start, count, "start"), _mask(goal, len(targets) if by_edge else count, "goal")
    if not moving and not by_edge:
        both = start & goal if states is None else start & goal & states
        if both.any():
            return Path((int(both.argmax()),), ())
    room(16 * count)
    parent, via = np.full(count, kernels.NOWHERE, np.uint32), np.zeros(count, np.uint64)
    queue = np.empty(count, np.uint32)
    edge = run(
        _KERNELS,
        kernels.nearest,
        count,
        offsets,
        targets,
        *_optional(states),
        *_optional(edges),
        start,
        goal,
        int(by_edge),
        parent,
        via,
        queue,
        output=(parent, via, queue),
    )
    if edge == kernels.TOP << 32:
        return None
    at = int(queue[0])
    visited, taken = [int(targets[edge]), at], [edge]
    while int(parent[at]) != at:
        taken.append(int(via[at]))
        at = int(parent[at])
        visited.append(at)
    return Path(tuple(visited[::-1]), tuple(taken[::-1]))


@dataclass(frozen=True)
class Treatment:
    """What happens in each component, as bits (uint64, one word per component).

    `taken`: of the labels of edges within it. `some`, `each`: what is possible in some of its states, in each of them.
    `met`: the marks of its states, or of the edges within it.
    """

    taken: Bits
    some: Bits
    each: Bits
    met: Bits


def possible(offsets: Offsets, targets: Targets, labels: Targets, wanted: Bits) -> Bits:
    """For each state the labels of its edges, as bits: `wanted[label]` (uint64)."""
    count = _check(offsets, targets, None, None)
    _check_labels(labels, targets, wanted)
    room(8 * count)
    enabled = np.zeros(count, np.uint64)
    run(_KERNELS, kernels.possible, count, offsets, targets, labels, wanted, enabled, output=(enabled,))
    return enabled


def treatment(
    offsets: Offsets,
    targets: Targets,
    labels: Targets,
    component: NDArray[np.int64],
    wanted: Bits,
    enabled: Bits,
    marks: Targets | None = None,
    *,
    by_edge: bool = False,
) -> Treatment:
    """What happens in each component that `strong_components` returned.

    `wanted[label]`: the bits of a label; `enabled`: bits of each state, as `possible` returns them. `marks` (uint32): bits
    for each state, or with `by_edge` for each edge.
    """
    count = _check(offsets, targets, None, None)
    _check_labels(labels, targets, wanted)
    if component.shape != (count,) or enabled.shape != (count,):
        raise ValueError("components and the bits of what is possible are one per state")
    if marks is not None and marks.shape != ((len(targets),) if by_edge else (count,)):
        raise ValueError(f"marks are one per {'edge' if by_edge else 'state'}, not {marks.shape}")
    marking = 0 if marks is None else 2 if by_edge else 1
    parts = int(component.max(initial=-1)) + 1
    room(14 * count + 32 * parts)
    number = _numbers(component)
    taken, some, met = (np.zeros(parts, np.uint64) for _ in range(3))
    each = np.full(parts, (1 << 64) - 1, np.uint64)
    run(
        _KERNELS, kernels.treated, count, offsets, targets, labels, number, wanted, enabled,
        np.zeros(1, np.uint32) if marks is None else marks, marking, taken, some, each, met,
        output=(taken, some, each, met),
    )  # the kernel's arguments  # fmt: skip
    return Treatment(taken, some, each, met)


# -- checks, and the choice between plain Python and machine code ---------------------------------------------------
def _check(offsets: Offsets, targets: Targets, states: Mask | None, edges: Mask | None) -> int:
    """The number of states, if the arguments fit together. ValueError otherwise: kernels do not check."""
    if offsets.dtype != np.int64 or targets.dtype != np.uint32 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(f"offsets must be int64 and targets uint32, not {offsets.dtype} and {targets.dtype}")
    count = len(offsets) - 1
    if count >= _MOST_STATES:
        raise ValueError(f"at most {_MOST_STATES:,} states can be handled, not {count:,}")
    room(count)
    if offsets[0] != 0 or offsets[-1] != len(targets) or (offsets[1:] < offsets[:-1]).any():
        raise ValueError("offsets must rise from 0 to the number of edges")
    if len(targets) and int(targets.max()) >= count:
        raise ValueError("an edge leads to a state without a row: the exploration is not complete")
    if states is not None:
        _mask(states, count, "states")
    if edges is not None:
        _mask(edges, len(targets), "edges")
    return count


def _numbers(component: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The numbers of components as kernels have them."""
    number = component.astype(np.uint32)
    number[component < 0] = kernels.TOP
    return number


def _mask(mask: Mask, length: int, name: str) -> Mask:
    if mask.dtype != np.bool_ or mask.shape != (length,):
        raise ValueError(f"{name} must be bool of length {length}, not {mask.dtype} of shape {mask.shape}")
    return mask


def _check_labels(labels: Targets, targets: Targets, wanted: Bits) -> None:
    if labels.shape != targets.shape or int(labels.max(initial=0)) >= max(len(wanted), 1):
        raise ValueError("labels are one per edge, and each needs its bits")


def _optional(mask: Mask | None) -> tuple[Mask, int]:
    return (np.zeros(1, np.bool_), 0) if mask is None else (mask, 1)


@cache
def _compiled(kernels: tuple[Kernel, ...]) -> Any:
    """Kernels as machine code."""
    from drcheck.kernels.jit import compile_kernels

    return compile_kernels(kernels)


def run(
    kernels: tuple[Kernel, ...], kernel: Kernel, states: int, *arguments: Any, output: tuple[NDArray[Any], ...]
) -> int:
    """Run one of some kernels on a graph, of which the first two arguments are offsets and targets.

    The kernels are compiled together. `output`: the arrays among the arguments whose contents are wanted afterwards.
    """
    size = states + len(arguments[1])
    if size > SMALL:
        from drcheck.kernels.jit import available, to_begin

        if limited():
            room(to_begin(KERNELS))

        if available():
            held = [np.ascontiguousarray(a) if isinstance(a, np.ndarray) else a for a in arguments]
            compiled = _compiled(kernels)[kernel.__name__]

            def work() -> int:
                return int(compiled(states, *(a.ctypes.data if isinstance(a, np.ndarray) else a for a in held)))

            return apart(work)  # of large graphs it takes seconds
    room(AS_OBJECT * sum(a.size for a in arguments if isinstance(a, np.ndarray)))
    plain = [a.tolist() if isinstance(a, np.ndarray) else a for a in arguments]
    result = kernel(states, *plain)
    for array, values in zip(arguments, plain, strict=True):
        if any(array is wanted for wanted in output):
            array[:] = values
    return result


__all__ = [
    "Path",
    "Treatment",
    "can_reach",
    "cyclic_components",
    "possible",
    "reachable_from",
    "run",
    "shortest_path",
    "steps_to",
    "strong_components",
    "transpose",
    "treatment",
]
