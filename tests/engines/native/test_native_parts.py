"""Parts of the native engine by themselves: what a whole search would meet seldom, or only in a race."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drcheck.engines import layout
from drcheck.engines.layout import layout_of
from drcheck.engines.native import control as at
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.regions.batches import Delayed
from drcheck.engines.native.search import log, search, store
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.states import rows, sets
from drcheck.engines.native.states.record import note_child
from drcheck.engines.native.states.sets import Halves, StateSet
from drcheck.engines.native.states.table import unmix
from drcheck.engines.protocol import Query
from drcheck.kernels import region as memory
from drcheck.kernels.region import Region
from drcheck.language.component import on
from drcheck.language.variables import Integer
from drcheck.system.system import System
from tests.engines.native.test_native_growth import entered, table_of
from tests.support.engines import one


def counters(cells: int, most: int) -> System:
    """Cells that count up to `most`, each by itself."""
    counted = [Integer(f"n{i}", 0, most) for i in range(cells)]
    return one(counted, [on(f"count{i}", "on", when=n < most, then={n: n + 1}) for i, n in enumerate(counted)])


# -- layout ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("uncut", [0, layout.UNCUT])
@given(bits=st.lists(st.integers(0, 62), min_size=1, max_size=24), low=st.integers(-5, 5))
def test_fields_of_any_width_lie_side_by_side(uncut: int, bits: list[int], low: int) -> None:
    low = 0 if max(bits) > 60 else low
    system = one([Integer(f"n{i}", low, low + (1 << b) - 1) for i, b in enumerate(bits)], [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "UNCUT", uncut)
        made = layout_of(system)
    used = [0] * made.words
    for field in made.fields:
        mask = field.mask << field.shift
        assert mask < 1 << 64
        assert used[field.word] & mask == 0, "two fields share a bit"
        used[field.word] |= mask
    domains = [cell.domain for cell in system.cells]
    for k in range(-1, len(domains)):
        state = tuple(d.high if i == k else d.low for i, d in enumerate(domains))
        assert made.unpack(made.pack(state)) == state


# -- the set of states ---------------------------------------------------------------------------------------------------
def crowded(bits: int, homes: int, each: int) -> tuple[StateSet, np.ndarray, set[int]]:
    """A table with so many keys at home in each of its first lines, all in the lower half of a line that is divided."""
    states, control = table_of(bits, graph=False)
    states.tell(control)
    mask, shift = (1 << bits) - 1, (bits + 1) // 2
    keys = [unmix(home << states.shape.rest | k, mask, shift) for home in range(homes) for k in range(each)]
    entered(states, control, np.array(keys, np.uint64), 0)
    return states, control, set(keys)


def keys_in(states: StateSet) -> list[int]:
    return [int(key) for some in states.keys(32) for key in some]


def test_all_keys_are_told_those_in_the_stash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "FURTHEST", 1)
    states, control, keys = crowded(40, 2, 60)
    assert control[at.STASH_COUNT] > 20
    told = keys_in(states)
    assert len(told) == len(keys)
    assert set(told) == keys


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_what_threads_stash_while_they_widen_a_table_stays(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """Less is stashed in a larger table, if it may not be made to say smaller distances."""
    for name, value in {"FIRST_LINES": 6, "RANGE": 4, "FURTHEST": 3}.items():
        monkeypatch.setattr(sets, name, value)
    states, control, keys = crowded(40, 1 << 6, 15)
    mask, shift = (1 << 40) - 1, 20
    # A crowd for one line.
    crowd = [unmix(9 << states.shape.rest | 1000 + k, mask, shift) for k in range(40)]
    entered(states, control, np.array(crowd, np.uint64), len(keys))
    keys |= set(crowd)
    widen, stashed = StateSet._widen, 0

    def watched(self: StateSet, *arguments: object) -> list[np.ndarray]:
        nonlocal stashed
        stashes = widen(self, *arguments)  # type: ignore[arg-type]
        stashed += sum(int(np.count_nonzero(stash[1::2])) for stash in stashes)
        return stashes

    monkeypatch.setattr(sets, "FURTHEST", 0)
    monkeypatch.setattr(StateSet, "_widen", watched)
    assert states.grow(control, 64, lambda size: True, threads)
    assert stashed > 10
    told = keys_in(states)
    assert len(told) == len(keys)
    assert set(told) == keys


# -- states that wait ----------------------------------------------------------------------------------------------------
def waiting(made: Store, number: int, count: int) -> dict[int, tuple[int, int]]:
    """What is in the ring of states `number` to `count` - 1."""
    ring, sleeping = (region.array(np.uint64, made.ring_room) for region in (made.ring, made.sleeping))
    return {n: (int(ring[n % made.ring_room]), int(sleeping[n % made.ring_room])) for n in range(number, count)}


@pytest.fixture(name="wide")
def fixture_wide(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A search with states in halves and small numbers of them, and a small ring."""
    for module, name, value in ((layout, "UNCUT", 0), (store, "FIRST_RING", 1), (store, "FIRST_HALF_BITS", 1)):
        monkeypatch.setattr(module, name, value)
    return Store(counters(2, 3), Query(), 1)


@pytest.mark.parametrize("number", [0, 1, 7, 8, 15, 16, 17])
@pytest.mark.parametrize("waits", [1, 5, 16])
def test_a_ring_that_is_enlarged_keeps_all_that_waits(wide: Store, number: int, waits: int) -> None:
    """Wherever in it they begin and end, in units of a sixteenth of it."""
    unit = wide.ring_room // 16
    number, count = number * unit, (number + waits) * unit
    ring, sleeping = (region.array(np.uint64, wide.ring_room) for region in (wide.ring, wide.sleeping))
    places = np.arange(number, count) % wide.ring_room
    ring[places], sleeping[places] = np.arange(number, count) + 5, np.arange(number, count) * 3 + 1
    del ring, sleeping
    wide.control[at.NUMBER], wide.control[at.COUNT] = number, count
    before, room = waiting(wide, number, count), wide.ring_room
    wide._enlarge_ring()
    assert wide.ring_room == 2 * room
    assert waiting(wide, number, count) == before


def test_wider_numbers_of_halves_reach_every_state_that_waits(wide: Store) -> None:
    bits, room = wide.half_bits, wide.ring_room
    mask = (1 << bits) - 1
    pairs = [(n * 7 + 1 & mask, n * 5 + 3 & mask) for n in range(room)]
    ring = wide.ring.array(np.uint64, room)
    ring[:] = [left << bits | right for left, right in pairs]
    wide.control[at.COUNT] = room
    assert wide._widen_halves((1 << bits) + 1, wide.states.shape.lines_bits, lambda size: True)
    assert wide.half_bits > bits
    more = (1 << wide.half_bits) - 1
    assert [(int(key) >> wide.half_bits, int(key) & more) for key in ring] == pairs
    assert wide.control[at.RIGHT_BITS] == wide.half_bits


# -- halves --------------------------------------------------------------------------------------------------------------
class Raced(list[int]):
    """The words of control, where another thread does something just before the lock for halves is taken."""

    def __init__(self, words: list[int]) -> None:
        super().__init__(words)
        self.other = lambda: None

    def __setitem__(self, index: object, value: object) -> None:
        super().__setitem__(index, value)  # type: ignore[call-overload]
        if index == at.HALF_LOCK and value == 1:
            other, self.other = self.other, lambda: None
            other()


@pytest.mark.parametrize("same", [True, False])
def test_a_half_that_another_thread_enters_first_is_found(monkeypatch: pytest.MonkeyPatch, same: bool) -> None:
    """It looked for the half before the other one entered the same, or another one in the slot that was free."""
    monkeypatch.setattr(rows, "STRIDE", 1)
    h, width = 5 << 60 | 3 << 20, 8
    control = Raced([0] * 64)
    control[at.HALF_WIDTH] = width
    halves, table = [0] * 64, [0] * (1 << width)
    mine, other = [77], [77 if same else 78]

    def first() -> None:
        """What the other thread does."""
        halves[0], table[rows.NOWHERE - rows.find(halves, table, width, other, 0, h)] = (
            other[0],
            rows.tag_of(h, width) | 1,
        )
        control[at.HALVES] = 1

    control.other = first
    assert rows.intern(control, halves, table, mine, 0, h) == (0 if same else 1)
    assert control[at.HALVES] == (1 if same else 2)
    assert control[at.HALF_LOCK] == 0
    assert rows.find(halves, table, width, other, 0, h) == 0
    assert rows.find(halves, table, width, mine, 0, h) == (0 if same else 1)


# -- blocks --------------------------------------------------------------------------------------------------------------
def claimed(control: dict[int, int], deposits: list[int] | None = None) -> int:
    """What `claim` answers where control has these words, and else room for everything."""
    words = [1 << 40] * 64
    for word in (at.CLAIM_LOCK, at.STOP, at.TURN, at.ENTERED, at.STASH_COUNT, at.HALVES, at.TRANSITIONS):
        words[word] = 0
    words[at.RING], words[at.MOST], words[at.LOOK] = (1 << 20) - 1, 10, search.PERIOD
    for word, value in control.items():
        words[word] = value
    return search.claim(words, [0] * 64 if deposits is None else deposits, lambda nap: 0, 1)


@pytest.mark.parametrize("first", [1, search.PERIOD, search.PERIOD + search.BLOCK])
def test_a_block_is_not_taken_while_others_may_reach_the_limit(first: int) -> None:
    """What they find decides whether the search ends before this one."""
    known, size = 5_000, min(search.BLOCK, search.PERIOD - first % search.PERIOD)
    words = {at.CLAIMED: first, at.COUNT: known, at.NUMBER: first - 1}
    assert claimed({**words, at.LIMIT: known + 10 * (size + 1)}) == 256
    assert claimed({**words, at.LIMIT: known + 10 * (size + 1) - 1}) == search.BUSY
    assert claimed({**words, at.LIMIT: known - 1}) == search.BUSY
    alone = {**words, at.NUMBER: first}
    assert claimed({**alone, at.LIMIT: known}) == 256
    assert claimed({**alone, at.LIMIT: known - 1}) == (search.LIMITED if first == search.PERIOD else 256)
    assert claimed({**alone, at.LIMIT: known - 1, at.LOOK: search.BLOCK}) == (256 if first == 1 else search.LIMITED)


def test_a_block_ends_where_a_limit_that_it_may_reach_is_looked_at() -> None:
    """One that cannot reach it goes on."""
    words = {at.CLAIMED: 20, at.NUMBER: 20, at.COUNT: 5_000, at.LOOK: 8}
    for limit, size in ((5_000 + 640, 64), (5_000 + 639, 4), (4_999, 4)):
        deposits = [0] * 64
        assert claimed({**words, at.LIMIT: limit}, deposits) == 256
        assert (deposits[search.FIRST], deposits[search.SIZE]) == (20, size)
    assert claimed({**words, at.CLAIMED: 24, at.NUMBER: 24, at.LIMIT: 4_999}) == search.LIMITED


# -- the log -------------------------------------------------------------------------------------------------------------
def test_a_record_that_is_read_is_zero_behind_what_it_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Blocks are written while the search goes on, so their last words have more in them: both streams are 0 from there on."""
    monkeypatch.setattr(log, "ROUND", 8)
    system = counters(3, 30)
    known = 400

    def recorded(made: Store, expanded: int) -> list[np.ndarray]:
        made.room_for_notes(2 * known)
        shape, taken = (stream.array(np.uint64, 200) for stream in made.record.streams)
        for child in range(1, 2 * expanded + 1):
            note_child(shape, taken, (child - 1) // 2, child, child % 3, made.record.way_bits)  # type: ignore[arg-type]
        return [shape, taken]

    made = Store(system, Query(), 1)
    recorded(made, known)
    for expanded in (8, 72, 104):
        written = log.Log(tmp_path / f"{expanded}.log", system, made)
        assert written._append(expanded, 2 * expanded + 1)
        written.close()
        again = Store(system, Query(), 1)
        assert log.Log(written.path, system, again).blocks() == [(expanded, 2 * expanded + 1)]
        fresh = recorded(Store(system, Query(), 1), expanded)
        read = [stream.array(np.uint64, len(words)) for stream, words in zip(again.record.streams, fresh, strict=True)]
        for got, expected in zip(read, fresh, strict=True):
            assert got.tolist() == expected.tolist()


# -- memory --------------------------------------------------------------------------------------------------------------
def test_pages_beyond_the_end_are_not_forgotten() -> None:
    """Where no addresses were reserved, there is nothing behind it."""
    page = memory._pages(1)
    region = Region(4 * page)
    region.array(np.uint8, 4 * page)[:] = 7
    region.forget(2 * page, 6 * page)
    region.forget(4 * page, 8 * page)
    region.forget(8 * page, 9 * page)
    assert region.array(np.uint8, 4 * page).tolist() == [7] * (2 * page) + [0] * (2 * page)


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("graph", [False, True])
def test_numbers_of_halves_are_not_widened_without_memory_for_a_second_table(graph: bool) -> None:
    """The set of states is laid out anew in other memory, with the numbers of states where the graph is kept."""
    wide = Store(counters(2, 3), Query(graph=graph), 1)
    wide.control[at.HALVES] = 1 << wide.half_bits
    asked = []

    def refuse(size: int) -> bool:
        asked.append(size)
        return False

    bits, room = wide.half_bits, SimpleNamespace(for_more=refuse, fits=refuse)
    wide.halves = Halves(wide._code(32), wide.half, 1 << 20)
    assert not wide.make_room(room)  # type: ignore[arg-type]
    assert asked == [wide.states.region.size + (wide.states.numbers.size if graph else 0)]
    assert wide.half_bits == bits


@pytest.mark.parametrize("threads", [1, 2, 16, 64])
def test_threads_share_the_memory_of_a_search_by_regions(tmp_path: Path, threads: int) -> None:
    """Together they take no more than what the search may use, however many there are."""
    most = 1 << 30
    made = Delayed(Store(counters(2, 3), Query(), threads, tmp_path), most)
    regions = [region for sorter in made._sorters for region in (*sorter._mixed, *sorter._tags)]
    regions += [region for states in (made._found, *made._waiting) for region in states._memory]
    assert sum(region.size for region in regions) < most // 2


def test_an_answer_keeps_the_record_and_not_the_search() -> None:
    for graph in (False, True):
        found = NativeEngine().explore(counters(2, 30), Query(graph=graph))
        kept = found.state.__self__._store  # type: ignore[attr-defined]
        assert not {"states", "sleeping", "deposits"} & set(vars(kept))
        assert hasattr(kept, "ring") == graph
        assert kept.delayed is None
        assert [found.state(n) for n in (0, 1, 960)] == [(0, 0, 0), (0, 1, 0), (0, 30, 30)]
