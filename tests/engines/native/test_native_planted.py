"""A fault that is planted in a structure of the native engine is noticed by its `assert_consistent`: one word is changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drcheck.engines import layout
from drcheck.engines.native import control as at
from drcheck.engines.native.engine import go_to_files
from drcheck.engines.native.regions import batches
from drcheck.engines.native.regions.batches import Delayed
from drcheck.engines.native.regions.candidates import Chunk
from drcheck.engines.native.search import log, search
from drcheck.engines.native.search.log import Log
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.search.successors import SIDE
from drcheck.engines.native.states.sets import StateSet
from drcheck.engines.protocol import Query
from drcheck.kernels.region import Budget, Region
from drcheck.language.component import on
from drcheck.language.variables import Integer
from drcheck.system.system import System
from tests.engines.native.test_native_invariants import assert_what_waits
from tests.engines.native.test_native_modes import in_blocks
from tests.support.engines import changed, one


@pytest.fixture(scope="module", name="blocks")
def fixture_blocks() -> Iterator[None]:
    with in_blocks(1, {}):
        yield


MANY = 1 << 30
"""More than there is of anything."""


def five_ways() -> System:
    """Of 5 ways: 3 bits can say that it was another one, which there is not. It begins in two states."""
    a, b, c = (Integer(name, 0, 29, start=start) for name, start in (("a", 0), ("b", 0), ("c", [0, 3])))
    return one(
        [a, b, c],
        [
            on("count_a", "on", when=a < 29, then={a: a + 1}),
            on("count_b", "on", when=b < 29, then={b: b + 1}),
            on("count_c", "on", when=(c < 5) & (a > 3), then={c: c + 1}),
            on("leap", "on", when=a == 7, then={b: 29, c: 29 - b}),
            on("back", "on", when=b == 9, then={a: 0}),
        ],
    )


def searched(graph: bool = False, states: int = 700) -> Store:
    """A search in the midst of its work: no block is being expanded, and some states wait."""
    made = Store(five_ways(), Query(graph=graph), 1)
    made.control[at.LIMIT] = states
    while (result := made.run(0, 0)) == search.FULL:
        assert made.make_room(Budget())
    assert result == search.LIMITED
    made.assert_consistent()
    assert_what_waits(made)
    return made


def words(made: StateSet) -> np.ndarray:
    return made.region.array(np.uint32 if made.shape.slot_bits == 32 else np.uint64, made.slots)


def a_slot(of: np.ndarray, number: int = 5) -> int:
    """Where one of the taken slots is."""
    return int(np.flatnonzero(of)[number])


Plant = Callable[[Store], None]


def in_place(part: Callable[[Store], np.ndarray], where: Callable[[Store], int], how: Callable[[int], int]) -> Plant:
    """Change one word."""

    def plant(store: Store) -> None:
        array, place = part(store), where(store)
        array[place] = how(int(array[place]))

    return plant


def waiting(store: Store) -> int:
    return store["NUMBER"] & store.ring_room - 1


def key_twice(store: Store) -> None:
    ring, place = store.ring.array(np.uint64, store.ring_room), waiting(store)
    ring[place] = ring[(place + 1) % store.ring_room]


def control(word: int, how: Callable[[int], int]) -> Plant:
    return in_place(lambda store: store.control, lambda store: word, how)


def slot(how: Callable[[int], int]) -> Plant:
    return in_place(lambda store: words(store.states), lambda store: a_slot(words(store.states)), how)


def shape(bit: Callable[[Store], int]) -> Plant:
    def plant(store: Store) -> None:
        at_bit = bit(store)
        store.record.shape.array(np.uint64, (at_bit >> 6) + 1)[at_bit >> 6] ^= np.uint64(1 << (at_bit & 63))

    return plant


def one_root_less(store: Store) -> None:
    store.record.roots -= 1


def half_slot(how: Callable[[int], int]) -> Plant:
    def table(store: Store) -> np.ndarray:
        assert store.halves is not None
        return store.halves.table.array(np.uint32, 1 << store.halves.width)

    return in_place(table, lambda store: a_slot(table(store)), how)


def half_row(store: Store) -> None:
    assert store.halves is not None
    rows = store.halves.region.array(np.uint64, store["HALVES"])
    rows[3] = rows[2]


def stashed(store: Store) -> None:
    """A key in the stash that would find room in its line."""
    store.states.stash[2:4] = [7, 1]
    store.control[at.STASH_COUNT] += 1


def remembered(store: Store) -> None:
    """A thread remembers that it looked up a key that was never found."""
    known = set(store.states.entries().mixed.tolist())
    recently = store.workers[0].part("RECENTLY")
    new = next(key for key in range(1 << store.states.bits) if key not in known)
    recently[new % len(recently)] = new


def a_half_is_remembered(store: Store) -> None:
    store.workers[0].part("KNOWN_HALVES")[9] = 2 * SIDE | store["HALVES"]


def swapped(store: Store) -> None:
    """The numbers of two states are changed, each for the other."""
    numbers = store.states.numbers.array(np.uint32, store.states.slots)
    one, other = np.flatnonzero(words(store.states))[:2]
    numbers[[one, other]] = numbers[[other, one]]


def numbers(store: Store) -> np.ndarray:
    return store.states.numbers.array(np.uint32, store.states.slots)


def taken(store: Store) -> np.ndarray:
    return store.record.taken.array(np.uint8, 90)


def ring(store: Store) -> np.ndarray:
    return store.ring.array(np.uint64, store.ring_room)


def sleeping(store: Store) -> np.ndarray:
    return store.sleeping.array(np.uint64, store.ring_room)


def edge(part: str, dtype: type = np.uint32) -> Plant:
    return in_place(lambda store: getattr(store.edges, part).array(dtype, 9), lambda store: 4, lambda word: MANY)


number_twice = in_place(numbers, lambda store: a_slot(words(store.states)), lambda n: n ^ 1)
mark = in_place(lambda store: store.record.marks.array(np.uint64, 9), lambda store: 3, lambda word: word + 1)
deadlock = in_place(lambda store: store.workers[0].tally, lambda store: at.DEADLOCK, lambda word: MANY)
Planted = tuple[bool, int, Plant, str]
PLANTS: dict[str, Planted] = {
    "set: a bit of a remainder": (False, 1, slot(lambda word: (word - 1 ^ 1) + 1), "not in the set|in the table twice"),
    "set: a distance": (False, 1, slot(lambda word: word + (1 << 16)), "behind a line that has room|further from home"),
    "set: an emptied slot": (False, 1, slot(lambda word: 0), "a free slot lies|other states than were found"),
    "set: how much is stashed": (
        False,
        1,
        control(at.STASH_COUNT, lambda word: word + 1),
        "in the stash, and it is not",
    ),
    "set: a key in the stash": (False, 1, stashed, "in the stash"),
    "set: bits of a remainder": (False, 1, control(at.REST, lambda word: word - 1), "tells of another table"),
    "set: two numbers": (True, 1, swapped, "another's number"),
    "set: a number twice": (True, 1, number_twice, "have one number"),
    "halves: an emptied slot": (False, 0, half_slot(lambda word: 0), "a free slot lies|each row once"),
    "halves: another number": (False, 0, half_slot(lambda word: word ^ 1), "each row once"),
    "halves: a tag": (False, 0, half_slot(lambda word: word ^ 1 << 31), "another's tag"),
    "halves: a row twice": (False, 0, half_row, "two rows are equal"),
    "halves: one more": (False, 0, control(at.HALVES, lambda word: word + 1), "each row once|two rows are equal"),
    "record: a bit": (False, 1, shape(lambda store: 5), "other children than states"),
    "record: something in front": (False, 1, shape(lambda store: 0), "in front of the record"),
    "record: an initial state less": (False, 1, one_root_less, "other children than states"),
    "record: something behind it": (False, 1, shape(lambda s: s["NUMBER"] + s["COUNT"] + 70), "behind the record"),
    "record: no way": (
        False,
        1,
        in_place(taken, lambda store: 1, lambda word: 0xFF),
        "by a way that there is not",
    ),
    "record: another way": (
        False,
        1,
        in_place(taken, lambda store: 60, lambda word: word ^ 1),
        "another state waits|leads to|sleep",
    ),
    "record: a mark": (False, 1, mark, "a mark is wrong"),
    "ring: a wide key": (False, 1, in_place(ring, waiting, lambda key: 1 << 40 | key), "more bits than keys have"),
    "ring: a key twice": (False, 1, key_twice, "have one key"),
    "ring: no half": (
        False,
        0,
        in_place(ring, waiting, lambda key: key | 1 << 25),
        "a half that there is not|more bits",
    ),
    "ring: ways that sleep": (False, 1, in_place(sleeping, waiting, lambda word: word ^ 2), "other ways sleep"),
    "how far: a state more": (False, 1, control(at.COUNT, lambda word: word + 1), "other children than states"),
    "how far: depth": (False, 1, control(at.DEPTH, lambda word: word + 1), "depth and level"),
    "how far: level": (False, 1, control(at.LEVEL_END, lambda word: word + 1), "depth and level"),
    "how far: a block": (False, 1, control(at.CLAIMED, lambda word: word + 1), "not entered"),
    "a lock": (False, 1, control(at.CLAIM_LOCK, lambda word: 1), "a lock is held"),
    "room": (False, 1, control(at.ROOM, lambda word: word + 1), "more room than there is"),
    "edges: one more": (True, 1, control(at.TRANSITIONS, lambda word: word + 1), "other edges than transitions"),
    "edges: a target": (True, 1, edge("targets"), "leads to no state"),
    "edges: an event": (True, 1, edge("labels"), "of no event"),
    "edges: an end": (True, 1, edge("offsets", np.uint64), "end before they begin"),
    "thread: a key": (False, 1, remembered, "remembered as looked up"),
    "thread: a half": (False, 0, a_half_is_remembered, "a half is remembered"),
    "thread: a state": (False, 1, deadlock, "was not expanded"),
}
"""What is changed: whether the graph is kept, words of a state that is not cut, the fault, and what is said of it."""


@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_in_memory_is_noticed(monkeypatch: pytest.MonkeyPatch, blocks: None, name: str) -> None:
    graph, uncut, plant, said = PLANTS[name]
    monkeypatch.setattr(layout, "UNCUT", uncut)
    made = searched(graph)
    plant(made)
    with pytest.raises(AssertionError, match=said):
        asked(made)


def asked(store: Store) -> None:
    store.assert_consistent()
    assert_what_waits(store)


def in_files_at(states: int, folder: Path) -> Delayed:
    """A search that has gone on in files for two batches."""
    store = Store(five_ways(), Query(), 1, folder)
    store.control[[at.LIMIT, at.LARGEST, at.ENOUGH_FROM]] = [states, states, at.NONE]
    while store.run(0, 0) == search.FULL:
        assert store.make_room(Budget())
    store.control[[at.LIMIT, at.LARGEST]] = at.NONE >> 1
    go_to_files(store, 1 << 26)
    delayed = store.delayed
    assert isinstance(delayed, Delayed)
    for _ in range(2):
        delayed.batch(store["COUNT"], Budget(), False)
    asked(store)
    return delayed


def of_a_file(delayed: Delayed) -> None:
    """A bit of the first slot in the file of a region."""
    region = next(
        region for region in delayed._regions._regions if region.control[at.COUNT] > region.control[at.STASH_COUNT]
    )
    memory = Region(region.packed).array(np.uint8, region.packed)
    assert region.file is not None
    region.file.read(0, memory)
    memory[region.counts] ^= 1
    region.file.write(0, memory)


def of_a_region(delayed: Delayed) -> None:
    delayed._regions._regions[0].control[at.COUNT] += 1


def of_a_stash(delayed: Delayed) -> None:
    region = delayed._regions._regions[0]
    region.stash[2:4] = [7, 1]
    region.control[[at.COUNT, at.STASH_COUNT]] += 1


def of_a_segment(delayed: Delayed) -> None:
    delayed._frontier.segments[-1].first += 1


def of_a_key(delayed: Delayed) -> None:
    delayed._frontier.segments[-1].keys._array[0] ^= 1 << 9


def of_ways_that_sleep(delayed: Delayed) -> None:
    delayed._frontier.segments[-1].sleeping._array[0] ^= 2


def of_a_lost_segment(delayed: Delayed) -> None:
    delayed._frontier.segments.pop()


FILES: dict[str, tuple[Callable[[Delayed], None], str]] = {
    "a file": (of_a_file, "in no region|in the set|in the table twice|looked up|free slot|leads to"),
    "how many": (of_a_region, "other keys than it says"),
    "a stash": (of_a_stash, "in the stash"),
    "a segment": (of_a_segment, "missing between two segments|ends with another state|than there are segments"),
    "a key": (of_a_key, "in no region|have one key|another state waits"),
    "ways that sleep": (of_ways_that_sleep, "other ways sleep"),
    "a segment that is lost": (of_a_lost_segment, "than there are segments for|ends with another state"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fault_in_files_is_noticed(blocks: None, tmp_path: Path, name: str) -> None:
    plant, said = FILES[name]
    with changed({(batches, "REGION_BITS"): 2}):
        delayed = in_files_at(300, tmp_path)
    plant(delayed)
    with pytest.raises(AssertionError, match=said):
        asked(delayed._store)


def test_a_batch_is_not_begun_where_regions_have_states_without_a_number(blocks: None, tmp_path: Path) -> None:
    """They would never be found again."""
    delayed = in_files_at(300, tmp_path)
    store = delayed._store
    store.control[[at.LIMIT, at.LARGEST]] = store["COUNT"]
    delayed.batch(store["COUNT"], Budget(), False)
    assert not delayed.whole
    with pytest.raises(AssertionError, match="have no number"):
        delayed.batch(store["COUNT"], Budget(), False)


@pytest.mark.parametrize("part", ["counts", "mixed", "tags", "new", "starts"])
def test_a_fault_in_a_chunk_is_noticed(blocks: None, tmp_path: Path, part: str) -> None:
    caught: list[str] = []
    settle = Delayed._settle

    def settled(self: Delayed, chunks: list[Chunk]) -> None:
        chunk, bits = chunks[0], (self._regions.inner, self._store.record.way_bits)
        chunk.assert_consistent(*bits)
        array = getattr(chunk, part)
        array = array._array if part in ("mixed", "tags") else array
        before = array.copy()
        array[0] = {"counts": MANY, "mixed": MANY << 20, "tags": MANY, "new": (1 << 64) - 1, "starts": 3}[part]
        with pytest.raises(AssertionError) as found:
            chunk.assert_consistent(*bits)
        caught.append(str(found.value))
        array[:] = before
        settle(self, chunks)

    with changed({(batches, "REGION_BITS"): 2, (Delayed, "_settle"): settled}):
        in_files_at(300, tmp_path)
    assert len(caught) == 2


def flipped(path: Path, at_byte: int) -> None:
    data = bytearray(path.read_bytes())
    data[at_byte] ^= 4
    path.write_bytes(data)


LOGS: dict[str, tuple[Callable[[Log], Any], str]] = {
    "a word": (lambda of: flipped(of.path, -3), "the digest of a block"),
    "a header": (
        lambda of: flipped(of.path, of.path.read_bytes().rindex(log._MAGIC) + 16),
        "does not begin|of nothing|digest",
    ),
    "a block that is lost": (lambda of: os.truncate(of.path, of._end - 9), "the digest of a block|cut off"),
    "how far": (lambda of: setattr(of, "expanded", of.expanded - 1), "the log ends elsewhere"),
    "the record": (lambda of: shape(lambda store: 3)(of._store), "other words than the record"),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_fault_in_a_log_is_noticed(blocks: None, tmp_path: Path, name: str) -> None:
    plant, said = LOGS[name]
    store = searched()
    of = Log(tmp_path / "a.log", store.system, store)
    of.finish()
    of.assert_consistent()
    assert of.expanded == store["NUMBER"]
    plant(of)
    with pytest.raises(AssertionError, match=said):
        of.assert_consistent()
    of.close()
