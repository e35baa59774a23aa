"""The set of states by regions, and the states that wait, in files: nothing is lost whatever grows, moves or is closed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drcheck.explore.native import tables
from drcheck.explore.native.control import COUNT, STASH_COUNT, STASH_SIZE
from drcheck.explore.native.delayed import files, regions
from drcheck.explore.native.delayed.frontier import Frontier, Waiting
from drcheck.explore.native.delayed.regions import Regions, Space
from drcheck.explore.native.kernels import region_code
from tests.engines import changed


@pytest.mark.parametrize("bits", [20, 34, 62])
def test_a_region_that_grows_keeps_what_its_stash_holds(tmp_path: Path, bits: int) -> None:
    """It is full to the last slot before it grows, and what finds no room in its line is stashed."""
    random, space, stashed = np.random.default_rng(bits), Space(), 0
    keys = np.unique(random.integers(0, 1 << bits, 2_000, np.uint64))
    random.shuffle(keys)
    with changed({(regions, "LARGE_LOAD"): 1.0, (tables, "FURTHEST"): 0, (regions, "SLICE"): 3}):
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
    with changed({(regions, "LARGE_LOAD"): 1.0, (tables, "FURTHEST"): 0}):
        of = Regions(region_code, 34, 0, 8, tmp_path)
        mixed = np.unique(np.random.default_rng(0).integers(5 << 26, 6 << 26, 900, np.uint64))
        of.settle(0, [(mixed, np.zeros(len(mixed) // 64 + 1, np.uint64))], Space())
    (region,) = of._regions
    assert region.control[COUNT] == len(mixed) < region.shape.slots // 2
    assert 0 < 2 * region.control[STASH_COUNT] <= region.control[STASH_SIZE]
    assert of.slots > 1 << 12


def test_states_that_wait_are_read_until_all_of_a_batch_are_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
