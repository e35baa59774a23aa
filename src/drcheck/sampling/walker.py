"""Random walks as machine code: the memory of each thread, the time limit, and what all threads saw together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from drcheck.engines.layout import layout_of
from drcheck.engines.native.control import NONE
from drcheck.engines.native.engine import threads_of
from drcheck.engines.native.model.codegen import ways_of
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.protocol import Limits, Query
from drcheck.kernels.jit import Code
from drcheck.kernels.region import addresses, aligned
from drcheck.sampling import walk_kernels
from drcheck.sampling.machine_code import walk_code
from drcheck.system.system import System

ROUNDS = 1 << 14
"""How many steps a lane takes between two looks at the clock."""
LONG = 2_000_000
"""From this many steps on, code that takes longer to make and runs faster pays."""
ALONE = 64
"""So many walks or fewer are not shared among threads."""


class Walks:
    """Random walks of one system: the code, and everything that threads share."""

    def __init__(self, system: System, query: Query, length: int, seed: int, steps: int) -> None:
        """`length`: the most steps of a walk; `steps`: how many there may be in all."""
        self.system, self.query, self.length, self.seed = system, query, length, seed
        layout = layout_of(system)
        self.words = layout.words
        self.ways = ways_of(system, layout)
        self.model = walk_kernels.walk_model_text(system, query, layout).compiled(2 if steps >= LONG else 0)
        self.code: Code = walk_code(layout.words, layout.half)
        self.initial = np.array([layout.pack(root) for root in system.initial_states], np.uint64).ravel()
        self.groups = -(-len(query.watches) // 64)


class Worker:
    """The memory of one thread, which takes walks `first` to `end` - 1."""

    def __init__(self, of: Walks, first: int, end: int) -> None:
        self._of = of
        ways, maxima = len(of.ways.event), len(of.query.maxima)
        self.control = aligned(walk_kernels.CONTROL_WORDS)
        self.control[: walk_kernels.FINISHED] = (of.seed, first, end, of.length, of.groups, of.ways.masks, maxima)
        self.states, self.made = aligned(LANES * of.words), aligned(LANES * of.words * ways)
        self.states.reshape(of.words, LANES)[:] = of.initial[: of.words, None]
        self.control[walk_kernels.ROOTS] = of.system.initials
        self.enabled = aligned(LANES * of.ways.masks)
        self.satisfied, self.values, self.unseen = (aligned(LANES * (n + 1)) for n in (of.groups, maxima, of.groups))
        self.spare, self.tally, self.lanes = (
            aligned(n) for n in (LANES, walk_kernels.TALLY_WORDS, walk_kernels.LANE_WORDS)
        )
        self.lanes[walk_kernels.WALK :][:LANES] = NONE
        self.sightings = aligned(walk_kernels.WATCHES + 2 * 64 * of.groups * walk_kernels.SIGHTING)
        self.sightings[:] = NONE
        self.sightings[[walk_kernels.DEADLOCK, walk_kernels.ESCAPE]] = 0
        self.sightings[walk_kernels.WATCHES :: walk_kernels.SIGHTING] = 0
        self.greatest = np.full((maxima + 1, walk_kernels.SIGHTING), NONE, np.uint64)
        self.greatest[:, 0] = np.array(np.iinfo(np.int64).min).astype(np.uint64)
        self.fired = aligned(ways)
        self._pointers = addresses(
            self.control, of.initial, self.states, self.made, self.enabled, self.satisfied, self.values, self.spare,
            self.tally, self.lanes, self.unseen, self.sightings, self.greatest, self.fired, of.ways.touched,
        )  # the kernel's arguments  # fmt: skip

    def run(self, deadline: float | None, stop: list[bool]) -> None:
        """Take all walks, or until the time is over or `stop` is set."""
        rounds, function = ROUNDS if deadline is None else ROUNDS // 8, self._of.code["walk"]
        while function(self._of.model.address("expand"), *self._pointers, rounds) and not stop[0]:
            if deadline is not None and time.perf_counter() >= deadline:
                return

    @property
    def under_way(self) -> int:
        """How many walks were started and have not ended."""
        return int((self.lanes[walk_kernels.WALK :][:LANES] != NONE).sum())

    def sighting(self, at: int) -> tuple[int, int, int]:
        """How many walks had what is counted at `at`; the fewest steps after which one did, and that walk."""
        count, step, walk = (int(x) for x in self.sightings[at:][: walk_kernels.SIGHTING])
        return count, step, walk

    def greatest_of(self, i: int) -> tuple[int, int, int]:
        """The greatest value of maximum i; the fewest steps after which a walk attained it, and that walk."""
        value, step, walk = self.greatest[i]
        return int(value.astype(np.int64)), int(step), int(walk)


def take_walks(of: Walks, count: int, deadline: float | None, threads: int | None) -> list[Worker]:
    """Take walks 0 to `count` - 1 with some threads; what each thread saw.

    An interrupt ends them as the deadline does, and is raised again.
    """
    workers = 1 if count <= ALONE else threads_of(Limits(threads=threads))
    bounds = [count * i // workers for i in range(workers + 1)]
    made = [Worker(of, low, high) for low, high in pairwise(bounds)]
    stop = [False]
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(worker.run, deadline, stop) for worker in made]
        try:
            for each in running:
                each.result()
        finally:
            stop[0] = True
    return made
