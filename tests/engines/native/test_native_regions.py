"""The set of states by regions, and the states that wait, in files: nothing is lost whatever grows, moves or is closed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drcheck.engines.native.control import COUNT, STASH_COUNT, STASH_SIZE
from drcheck.engines.native.regions import regions
from drcheck.engines.native.regions.frontier import Frontier, Waiting
from drcheck.engines.native.regions.regions import Regions, Space
from drcheck.engines.native.states import sets
from drcheck.engines.native.states.table import unmix
from drcheck.engines.native.versions import region_code
from drcheck.kernels import files
from drcheck.kernels.files import PAGE, Spool
from drcheck.kernels.region import Region, addresses
from tests.engines.native.test_native_growth import content, entered, near_the_ends, table_of
from tests.support.engines import changed


def words(values: list[int]) -> np.ndarray:
    return np.array(values, np.uint64)


@given(data=st.data())
def test_regions_are_a_set(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Of keys of any width, in as many regions as there may be, however full and however few lines they begin with."""
    bits = data.draw(st.integers(4, 62), label="bits")
    region_bits = data.draw(st.integers(0, 3), label="bits of a region's number")
    lines_bits = data.draw(st.integers(0, 3), label="bits of a line")
    load = data.draw(st.sampled_from([0.2, 15 / 16, 1.0]), label="load")
    furthest = data.draw(st.sampled_from([0, 3, sets.FURTHEST]), label="furthest")
    low = data.draw(st.integers(0, (1 << bits) - 1), label="keys from")
    keys = st.one_of(st.integers(0, (1 << bits) - 1), st.integers(low, min(low + 200, (1 << bits) - 1)))
    batches = data.draw(st.lists(st.lists(keys, max_size=150), max_size=4), label="keys")
    known: set[int] = set()
    with changed({(regions, "LARGE_LOAD"): load, (sets, "FURTHEST"): furthest, (regions, "SLICE"): 3}):
        of = Regions(region_code, bits, region_bits, lines_bits, tmp_path_factory.getbasetemp())
        space = Space()
        for batch in batches:
            for number in range(len(of)):
                mixed = words([key for key in batch if key >> of.inner == number])
                new = np.zeros(len(mixed) // 64 + 1, np.uint64)
                of.settle(number, [(mixed, new)], space)
                for k, key in enumerate(mixed.tolist()):
                    assert (int(new[k // 64]) >> k % 64 & 1 == 1) == (key not in known), "what was told of a key"
                    known.add(key)
            held = [key for some in of.mixed(space) for key in some.tolist()]
            assert len(held) == len(known)
            assert set(held) == known


@pytest.mark.parametrize("furthest", [2, sets.FURTHEST])
@pytest.mark.parametrize("region_bits", [0, 1, 4, 7])
@pytest.mark.parametrize("bits", [16, 28, 44])
def test_regions_take_a_set_in_memory(tmp_path: Path, bits: int, region_bits: int, furthest: int) -> None:
    """One that is fuller than they may be, so that they grow meanwhile. With crowded lines, and a stash."""
    small = {
        (sets, "FIRST_LINES"): 9,
        (sets, "FURTHEST"): furthest,
        (regions, "SLICE"): 3,
        (regions, "LARGE_LOAD"): 0.8,
    }
    with changed(small):
        states, control = table_of(bits, graph=False)
        states.tell(control)
        count = min(int(0.93 * states.slots), 1 << bits - 1)
        some = np.random.default_rng(bits).integers(0, 1 << bits, count, np.uint64).tolist()
        keys = words(list(dict.fromkeys([*near_the_ends(bits, states.shape.rest, 40), *some]))[:count])
        entered(states, control, keys, 0)
        expected = content(states)
        assert (int(control[STASH_COUNT]) > 0) == (furthest == 2)
        of = Regions(region_code, bits, region_bits, states.shape.lines_bits - region_bits, tmp_path)
        slots = of.slots
        of.take(states, Space())
        assert of.slots > slots
        held = np.concatenate(list(of.mixed(Space())))
        assert len(held) == len(expected)
        mask, shift = np.uint64((1 << bits) - 1), np.uint64((bits + 1) // 2)
        assert set(unmix(held, mask, shift).tolist()) == set(expected)  # type: ignore[call-overload]  # all at once


@pytest.mark.parametrize("slot_bits", [32, 64])
@given(data=st.data())
def test_a_packed_line_is_unpacked(slot_bits: int, data: st.DataObject) -> None:
    lines, width = data.draw(st.integers(1, 5), label="lines"), 512 // slot_bits
    dtype = np.dtype(f"u{slot_bits // 8}")
    table, again = (Region(PAGE).array(dtype, lines * width) for _ in range(2))
    packed = Region(2 * PAGE).array(dtype, (lines + 1) * width)
    counts = np.zeros(lines, np.uint8)
    expected: list[int] = []
    for line in range(lines):
        taken = data.draw(st.lists(st.integers(1, (1 << slot_bits) - 1), max_size=width), label="slots")
        table[line * width : line * width + len(taken)] = taken
        expected += taken
    again[:] = 7
    code = region_code(slot_bits)
    assert code["pack"](*addresses(table), lines, *addresses(counts, packed)) == len(expected)
    assert packed[: len(expected)].tolist() == expected
    packed[len(expected) :] = 9  # of no interest
    assert code["unpack"](*addresses(counts, packed), lines, *addresses(again)) == len(expected)
    assert again.tolist() == table.tolist()


@given(data=st.data())
def test_what_is_kept_is_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Arrays of any length, in memory or in a file, any part of them."""
    memory, room = Region(6 * PAGE), Region(8 * PAGE)
    with changed({(files, "KEPT"): data.draw(st.sampled_from([0, 3_000, files.KEPT]), label="kept in memory")}):
        spool = Spool(tmp_path_factory.getbasetemp())
        arrays = []
        for _ in range(data.draw(st.integers(1, 4), label="arrays")):
            dtype = data.draw(st.sampled_from([np.uint32, np.uint64]), label="dtype")
            count = data.draw(st.integers(0, 5 * PAGE // 8), label="count")
            values = np.arange(count, dtype=dtype) * 3 + len(arrays)
            memory.array(dtype, count)[:] = values
            arrays.append((values, spool.keep(memory, dtype, count)))
        for values, kept in arrays:
            low = data.draw(st.integers(0, len(values)), label="from")
            high = data.draw(st.integers(low, len(values)), label="to")
            part = kept.part(low, high, room.array(np.uint8, kept.room(low, high)))
            assert part.tolist() == values[low:high].tolist()
        spool.close()


@pytest.mark.parametrize("bits", [20, 34, 62])
def test_a_region_that_grows_keeps_what_its_stash_holds(tmp_path: Path, bits: int) -> None:
    """It is full to the last slot before it grows, and what finds no room in its line is stashed."""
    random, space, stashed = np.random.default_rng(bits), Space(), 0
    keys = np.unique(random.integers(0, 1 << bits, 2_000, np.uint64))
    random.shuffle(keys)
    with changed({(regions, "LARGE_LOAD"): 1.0, (sets, "FURTHEST"): 0, (regions, "SLICE"): 3}):
        of = Regions(region_code, bits, 1, 2, tmp_path)
        for number in range(2):
            mixed = keys[keys >> np.uint64(of.inner) == number]
            for times in (1, 0):
                new = np.zeros(len(mixed) // 64 + 1, np.uint64)
                of.settle(number, [(mixed, new)], space)
                assert int(np.bitwise_count(new).sum()) == times * len(mixed)
            stashed += int(of._regions[number].control[STASH_COUNT])
        held = [key for some in of.mixed(space) for key in some.tolist()]
    assert sorted(held) == sorted(keys.tolist())
    assert stashed > 10
    assert of.slots > 8 * 16 * 4


def test_a_region_grows_before_its_stash_is_full(tmp_path: Path) -> None:
    """However few of its slots are taken: a place in a full stash would be looked for without end."""
    with changed({(regions, "LARGE_LOAD"): 1.0, (sets, "FURTHEST"): 0}):
        of = Regions(region_code, 34, 0, 8, tmp_path)
        mixed = np.unique(np.random.default_rng(0).integers(5 << 26, 6 << 26, 900, np.uint64))
        of.settle(0, [(mixed, np.zeros(len(mixed) // 64 + 1, np.uint64))], Space())
    (region,) = of._regions
    assert region.control[COUNT] == len(mixed) < region.shape.slots // 2
    assert 0 < 2 * region.control[STASH_COUNT] <= region.control[STASH_SIZE]
    assert of.slots > 1 << 12


def test_states_that_wait_are_read_until_all_of_a_batch_are_expanded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file holds several segments, and is closed with the last of them: also where a search ends among them."""
    monkeypatch.setattr(files, "KEPT", 0)
    frontier, states = Frontier(tmp_path), Waiting(1_000)

    def add(first: int) -> None:
        for array, factor in zip(states.arrays, (3, 5), strict=True):
            array[:700] = np.arange(first, first + 700) * factor
        states.count = 700
        frontier.add(states, first)

    for first in (0, 700, 1_400):
        add(first)
    spools = {id(segment.spool): segment.spool for segment in frontier.segments}
    assert len(spools) == 1
    (spool,) = spools.values()
    frontier.turn(0)
    add(2_100)
    for number in (1, 699, 700, 1_500, 2_099):
        frontier.turn(number)
        read = []
        for segment, low, high in frontier.stretches(number, 2_800):
            states.load(segment, low, high)
            keys, sleeping = states.arrays
            read += keys[: states.count].tolist()
            assert sleeping[: states.count].tolist() == [5 * key // 3 for key in keys[: states.count].tolist()]
        assert read == [3 * n for n in range(number, 2_800)]
    assert spool._file is not None
    assert not spool._file._file.closed
    frontier.turn(2_100)
    assert spool._file._file.closed
    assert [segment.first for segment in frontier.segments] == [2_100]
