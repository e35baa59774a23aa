"""The search by regions: batch after batch of the states that wait.

A batch is the waiting states, all of them if nothing limits it: each region that is read is asked for as many
candidates as possible. Batches have nothing to do with levels; as blocks do in the search in memory, they only say how much
is expanded before what was found is entered. What stops a search in the middle of a batch gives the batch up.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native import control as at
from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.regions import batch_kernels
from drcheck.engines.native.regions.candidates import Chunk, Runs, Sorter
from drcheck.engines.native.regions.frontier import Frontier, Segment, Waiting
from drcheck.engines.native.regions.regions import REGION_BITS, Regions, Space
from drcheck.engines.native.search.store import UNFIT, Store
from drcheck.engines.native.states import quotient, table
from drcheck.engines.native.versions import delayed_code, region_code
from drcheck.kernels.files import Spool
from drcheck.kernels.region import Budget, addresses

CHUNK, LEAST_CHUNK = 1 << 22, 1 << 14
"""Candidates of a chunk, at most and at least."""
PART = 160
"""The chunks of all threads together may have one candidate for this many bytes that the search may use."""
SPACES = 0.4
"""The part of the memory that regions may take which are looked up in."""
FULL = 0.9
"""How full chunks are to become."""
TAG = 32
"""Bits of a tag."""
Stretch = tuple[Segment, int, int]
"""A segment and places in it: from, to."""
Job = Callable[[], None]


class Delayed:
    """What a search by regions has in memory."""

    def __init__(self, store: Store, most: int) -> None:
        """For a search that began in memory, which releases that memory. `most`: bytes that it may use in total.

        Raises OSError if files cannot be made or the disk is full, MemoryError.
        """
        assert store.folder is not None
        self._store, self._folder = store, store.folder
        self._code = delayed_code(store.half, store.class_)
        self._regions = self._laid_out(store.states.bits, store.states.shape.lines_bits)
        self._most = most
        # Some wait for the disk while others are looked up in.
        self._spaces = [Space() for _ in range(2 * store.threads)]
        self._size = max(min(most // (PART * store.threads), CHUNK), LEAST_CHUNK, LANES * store.most)
        self._found = Waiting(self._size)
        self._sorters = [Sorter(self._code, self._size, len(self._regions)) for _ in range(store.threads)]
        self._waiting = [Waiting(self._size // 2 + LANES) for _ in range(store.threads)]
        self._frontier = Frontier(self._folder)
        self.whole = True
        """Whether the regions have the states that were found, and no other: not after a batch that was given up, or in which the
        search ended. From then on nothing can be searched."""
        self._regions.take(store.states, self._spaces[0])
        self._move_in()
        store.give_up()
        self._lock = threading.Lock()
        self.stopping = False
        """Whether jobs are to end early."""
        self._closing = False
        """Whether the current work must be finished."""
        self._ratio = 1.0
        self._stretches: deque[Stretch] = deque()
        self._left: dict[int, Stretch] = {}
        """What threads could not finish, by their numbers."""
        self._chunks: list[Chunk] = []

    def _laid_out(self, bits: int, lines_bits: int) -> Regions:
        region_bits = min(REGION_BITS, lines_bits)
        return Regions(region_code, bits, region_bits, lines_bits - region_bits, self._folder)

    def _move_in(self) -> None:
        """Take the states that wait from the store's ring."""
        store, first, count = self._store, self._store["NUMBER"], self._store["COUNT"]
        ring, sleeping = (region.array(np.uint64, store.ring_room) for region in (store.ring, store.sleeping))
        while first < count:
            size = min(count - first, self._found.most)
            places = np.arange(first, first + size) & (store.ring_room - 1)
            keys, asleep = self._found.arrays
            keys[:size], asleep[:size] = ring[places], sleeping[places]
            self._found.count = size
            self._frontier.add(self._found, first)
            first += size
        self._frontier.turn(store["NUMBER"])

    @property
    def slots(self) -> int:
        """How many slots the set of states has."""
        return self._regions.slots

    def waiting(self) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """The keys of the states that wait, in parts, each with the number of its first state: uint64, (states,)."""
        memory = self._waiting[0]
        for segment, low, high in self._frontier.stretches(self._store["NUMBER"], self._store["COUNT"]):
            for first in range(low, high, memory.most):
                memory.load(segment, first, min(first + memory.most, high))
                yield segment.first + first, memory.arrays[0][: memory.count]

    def assert_consistent(self) -> NDArray[np.uint64]:
        """Assert what is true between two batches while the regions are `whole`; returns all mixed keys.

        - The regions are consistent, and have as many keys as there are states.
        - The segments of the frontier have the states that wait, and their keys are in the regions; beside each are the ways
          that sleep in it.
        - Nothing is left of the last batch.
        """
        store = self._store
        low, high = store["NUMBER"], store["COUNT"]
        mixed = self._regions.assert_consistent(Space())
        assert len(mixed) == high, "the regions have other states than were found"
        self._frontier.assert_consistent(low, high)
        asleep = store.asleep()
        for segment, first, last in self._frontier.stretches(low, high):
            memory = Waiting(last - first)
            memory.load(segment, first, last)
            keys, sleeping = (array[: memory.count] for array in memory.arrays)
            store.assert_keys(keys)
            assert np.isin(quotient.on_all(table.mix, keys, store.states.bits), mixed).all(), (
                "a state waits that is in no region"
            )
            expected = asleep[segment.first + first : segment.first + last]
            assert (sleeping == expected).all(), "other ways sleep than the record tells"
        left = len(self._chunks) + len(self._left) + self._found.count
        assert left == 0, "something is left of the last batch"
        return mixed

    def stop(self) -> None:
        """Let the batch end soon, and be given up."""
        with self._lock:
            if not self._closing:
                self.stopping = True
                self._store.control[at.STOP] = 1

    def batch(self, high: int, budget: Budget, recorded: bool) -> None:
        """Expand all states before `high`, which were found; fewer where a limit of states ends the search, and none where
        something else ends it early.

        Where they are `recorded`, the record is followed. Raises OSError if the disk is full, MemoryError, and ValueError
        where the record does not fit the system.
        """
        assert self.whole, "the regions have states that have no number: they would not be found again"
        store, spool = self._store, Spool(self._folder)
        first, transitions = store["NUMBER"], store["TRANSITIONS"]
        noted = store.noted()
        store.control[at.STOP] = 0 if not self.stopping else 1
        done = False
        try:
            spare = 2 * LANES * store.most * store.threads
            if self._generate(first, high, budget, spool, spare, store["COUNT"] if recorded else 0):
                self.whole = False
                self._settle(self._chunks)
                if not self.stopping:
                    found = sum(int(np.bitwise_count(chunk.new).sum()) for chunk in self._chunks)
                    if recorded and found != sum(int(chunk.counts.sum()) for chunk in self._chunks):
                        raise ValueError(UNFIT)
                    store.room_for_notes(store["COUNT"] + found)
                    store.control[at.ENOUGH] = store.enough_known()
                    self._number(recorded)
                    if store["NUMBER"] < high:
                        store.note_again(noted)
                        self._only_note(first, transitions, budget, spool)
                    self._frontier.turn(store["NUMBER"])
                    done, self.whole = True, store["NUMBER"] == high
        finally:
            if not done:  # what has a number by now loses it again
                store.go_back(noted)
            self._chunks, self._left = [], {}
            spool.close()

    def _only_note(self, first: int, transitions: int, budget: Budget, spool: Spool) -> None:
        """The search ends in the middle of a batch: note only the results of its states that are expanded now, from `first` on.

        `transitions`: how many there were before.
        """
        store, self._chunks = self._store, []
        with self._lock:
            self._closing, self.stopping, store.control[at.STOP] = True, False, 0
        self._generate(first, store["NUMBER"], budget, spool, 0, 0)  # all halves were found
        store.control[at.TRANSITIONS] = transitions + sum(chunk.steps for chunk in self._chunks)

    def _together(self, jobs: Sequence[Job]) -> None:
        """Do jobs at the same time; if one fails, the others end soon."""
        with ThreadPoolExecutor(len(jobs)) as pool:
            futures = [pool.submit(job) for job in jobs]
            if any(future.exception() for future in wait(futures, return_when=FIRST_EXCEPTION).done):
                self.stop()
        for future in futures:
            future.result()

    def _generate(self, first: int, high: int, budget: Budget, spool: Spool, spare: int, known: int) -> bool:
        """Make the candidates of states `first` to `high` - 1; False if it was stopped, or numbers of halves got more bits.

        `spare`: how many halves all threads may find before they look again whether there is room. `known`: how many
        states the record knows that is followed, or 0.
        """
        store = self._store
        self._stretches = deque(self._frontier.stretches(first, high))
        workers = range(1 if known else store.threads)
        for worker in workers:
            told = self._sorters[worker].told
            told[batch_kernels.KNOWN], told[batch_kernels.SPARE] = known, spare
        while True:
            self._together([partial(self._generate_some, worker, spool) for worker in workers])
            if self.stopping or not self._left:
                self._chunks.sort(key=lambda chunk: chunk.first)
                return not self.stopping
            # Halves need room, which can be made when all threads are out of the way.
            if store["HALVES"] + spare > 1 << store.half_bits:
                self._widen(store["HALVES"] + spare)
                return False
            if not store.room_for_halves(spare, budget):
                raise MemoryError

    def _next(self, most: int) -> Stretch | None:
        """The next stretch, about as long as fills a chunk."""
        with self._lock:
            if not self._stretches:
                return None
            segment, low, high = self._stretches.popleft()
            size = min(
                int(FULL * self._size / self._ratio) // LANES * LANES, most, 1 << TAG - self._store.record.way_bits
            )
            end = min(high, low + max(size, LANES))
            if end < high:
                self._stretches.appendleft((segment, end, high))
            return segment, low, end

    def _generate_some(self, number: int, spool: Spool) -> None:
        """Make chunks by one of the threads until there is nothing left to do, or halves need room.

        It continues from its own results: a thread notes the first of its states that satisfies a watch, so it must meet
        them in order.
        """
        store, sorter, waiting = self._store, self._sorters[number], self._waiting[number]
        told, worker = sorter.told, store.workers[number]
        while not self.stopping:
            stretch = self._left.pop(number, None) or self._next(waiting.most)
            if stretch is None:
                return
            segment, low, high = stretch
            waiting.load(segment, low, high)
            halves = store.halves.addresses if store.halves is not None else (0, 0)
            while low < high and not self.stopping:
                keys, sleeping = (array[low - stretch[1] :] for array in waiting.arrays)
                size = self._code["generate"](
                    store.model.address("expand"),
                    *addresses(store.control, keys, sleeping),
                    segment.first + low,
                    0,
                    high - low,
                    *halves,
                    *addresses(store.ways.touched, store.ways.memo),
                    store.ways.masks,
                    *store.record.addresses[:2],
                    *worker.addresses,
                    *sorter.addresses,
                    self._size,
                    *addresses(told),
                )
                if size == at.NONE:
                    raise ValueError(UNFIT)
                if size == 0:
                    if not self.stopping:
                        self._left[number] = (segment, low, high)
                    return
                self._keep(sorter, spool, segment, low, size)
                low += size

    def _keep(self, sorter: Sorter, spool: Spool, segment: Segment, low: int, size: int) -> None:
        """Keep the candidates that were made from this many states."""
        found = int(sorter.told[batch_kernels.FOUND])
        chunk = sorter.chunk(spool, found, self._regions)
        chunk.first, chunk.size, chunk.steps = segment.first + low, size, int(sorter.told[batch_kernels.STEPS])
        chunk.segment, chunk.low = segment, low
        with self._lock:
            self._chunks.append(chunk)
            self._ratio = max(found / size, 0.1)

    def _settle(self, chunks: Sequence[Chunk]) -> None:
        """Let the regions say which candidates are new."""
        # A region is there as a table and as it is in its file; one that grows is there twice more.
        while (
            len(self._spaces) > self._store.threads
            and 4 * self._regions.largest * len(self._spaces) > SPACES * self._most
        ):
            self._spaces.pop()
        counts = sum((chunk.counts for chunk in chunks), np.zeros(len(self._regions), np.uint64))
        several = max(1, min(self._size * len(counts) // max(int(counts.sum()), 1), len(counts) // len(self._spaces)))
        work = iter(range(0, len(counts), several))

        def settle(space: Space) -> None:
            while not self.stopping:
                with self._lock:
                    first = next(work, None)
                if first is None:
                    return
                last = min(first + several, len(counts))
                runs = Runs(chunks, first, last, space.run)
                for region in range(first, last):
                    if counts[region]:
                        self._regions.settle(region, runs.of(region), space)
                del runs  # its memory may have to grow

        self._together([partial(settle, space) for space in self._spaces])

    def _number(self, recorded: bool) -> None:
        """Number the new states; what was expanded waits no more."""
        chunks, threads, store = self._chunks, self._store.threads, self._store
        turns = [threading.Event() for _ in range(len(chunks) + 1)]
        turns[0].set()
        failed = threading.Event()

        def number(worker: int) -> None:
            for k in range(worker, len(chunks), threads):
                try:
                    self._number_one(worker, chunks[k], turns[k], failed, recorded)
                except BaseException:
                    failed.set()
                    for turn in turns:  # no thread must wait for work that this one does not do
                        turn.set()
                    raise
                turns[k + 1].set()

        self._together([partial(number, worker) for worker in range(threads)])
        self._frontier.add(self._found, store["COUNT"] - self._found.count)

    def _number_one(
        self, worker: int, chunk: Chunk, turn: threading.Event, failed: threading.Event, recorded: bool
    ) -> None:
        """Number the new states of a chunk, when it is its turn."""
        store, sorter, waiting = self._store, self._sorters[worker], self._waiting[worker]
        assert chunk.segment is not None
        count = sorter.collect(chunk, store.record.way_bits + (chunk.size - 1).bit_length())
        waiting.load(chunk.segment, chunk.low, chunk.low + chunk.size)
        turn.wait()
        if failed.is_set() or store["NUMBER"] < chunk.first:
            return
        if self._found.count + count > self._found.most:
            self._frontier.add(self._found, store["COUNT"] - self._found.count)
        to_keys, to_sleeping = (array[self._found.count :] for array in self._found.arrays)
        self._found.count += self._code["number"](
            *addresses(store.control),
            *sorter.addresses,
            count,
            chunk.first,
            chunk.size,
            chunk.steps,
            *addresses(waiting.arrays[1], store.apart),
            *store.record.addresses,
            int(recorded),
            *addresses(to_keys, to_sleeping),
        )

    def _widen(self, halves: int) -> None:
        """More bits for the numbers of halves: all keys are laid out again."""
        store, old, frontier = self._store, self._regions, Frontier(self._folder)
        before, after = store.half_bits, store.bits_for(halves)
        shift, low = np.uint64(after), np.uint64((1 << before) - 1)

        def widened(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
            return keys >> np.uint64(before) << shift | keys & low

        memory = self._waiting[0]
        for segment, begin, end in self._frontier.stretches(store["NUMBER"], store["COUNT"]):
            for first in range(begin, end, memory.most):
                memory.load(segment, first, min(first + memory.most, end))
                keys = memory.arrays[0][: memory.count]
                keys[:] = widened(keys)
                frontier.add(memory, segment.first + first)
        store.half_bits, store.states.bits = after, 2 * after
        store.lay_out()
        frontier, self._frontier = self._frontier, frontier
        frontier.turn(store["COUNT"])
        self._regions, self.whole = self._laid_out(2 * after, old.lines_bits), False
        spool = Spool(self._folder)
        try:
            chunks = []
            known = (quotient.on_all(table.unmix, mixed, 2 * before) for mixed in old.mixed(self._spaces[0]))
            for keys in _in_parts(known, self._size):
                count = self._sorters[0].fill(quotient.on_all(table.mix, widened(keys), 2 * after))
                chunks.append(self._sorters[0].chunk(spool, count, self._regions))
            self._settle(chunks)
            self.whole = not self.stopping
        finally:
            spool.close()


def _in_parts(arrays: Iterable[NDArray[np.uint64]], most: int) -> Iterator[NDArray[np.uint64]]:
    """The same words in arrays of `most`, but for the last one."""
    rest: list[NDArray[np.uint64]] = []
    count = 0
    for array in arrays:
        rest.append(array)
        count += len(array)
        while count >= most:
            whole = np.concatenate(rest)
            yield whole[:most]
            rest, count = [whole[most:]], count - most
    yield np.concatenate([np.zeros(0, np.uint64), *rest])
