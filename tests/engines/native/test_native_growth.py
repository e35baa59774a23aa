"""The set of states while it grows: nothing is lost, nothing is invented, numbers stay, whatever the order and the threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drcheck.engines.native.control import CONTROL_WORDS, STASH_COUNT
from drcheck.engines.native.model.lanes import tell_ways, tell_ways_code
from drcheck.engines.native.search.successors import COMPRESS, list_ways, list_ways_code
from drcheck.engines.native.states import growth, sets
from drcheck.engines.native.states.growth import split
from drcheck.engines.native.states.sets import StateSet
from drcheck.engines.native.states.table import unmix
from drcheck.engines.native.versions import search_code
from drcheck.kernels.jit import Code, compile_kernels, compresses
from drcheck.kernels.region import aligned
from drcheck.kernels.translate import HalfWords, Slots, Words

NEED = 64


def table_of(bits: int, graph: bool) -> tuple[StateSet, NDArray[np.uint64]]:
    control = aligned(CONTROL_WORDS)
    states = StateSet(lambda slot_bits: search_code(0, graph, 32, slot_bits), bits, graph, NEED)
    return states, control


def entered(states: StateSet, control: NDArray[np.uint64], keys: NDArray[np.uint64], first: int) -> None:
    states.code["enter_all"](control.ctypes.data, *states.addresses, keys.ctypes.data, first, len(keys))


def content(states: StateSet) -> dict[int, int]:
    """All keys with their numbers (0 without the graph), read slot by slot."""
    slots = states.region.array(np.uint32 if states.shape.slot_bits == 32 else np.uint64, states.slots).astype(
        np.uint64
    )
    taken = np.flatnonzero(slots)
    entries, line = slots[taken] - np.uint64(1), taken.astype(np.uint64) // np.uint64(512 // states.shape.slot_bits)
    lines = np.uint64((1 << states.shape.lines_bits) - 1)
    home = line - (entries >> np.uint64(states.shape.rest)) & lines
    mixed = home << np.uint64(states.shape.rest) | entries & np.uint64((1 << states.shape.rest) - 1)
    numbers = states.numbers.array(np.uint32, states.slots)[taken] if states.graph else np.zeros(len(taken), int)
    mask, shift = (1 << states.bits) - 1, (states.bits + 1) // 2
    found = {unmix(int(m), mask, shift): int(n) for m, n in zip(mixed, numbers, strict=True)}
    assert len(found) == len(taken)
    for m, n in states.stash.reshape(-1, 2):
        if n:
            found[unmix(int(m), mask, shift)] = int(n) - 1 if states.graph else 0
    return found


def near_the_ends(bits: int, rest: int, count: int) -> list[int]:
    """Keys at home in the first and the last lines of a table, more than fit there."""
    mask, shift = (1 << bits) - 1, (bits + 1) // 2
    homes = [0, 1, (1 << bits - rest) - 1]
    return [unmix(home << rest | k * 7919 & (1 << rest) - 1, mask, shift) for k in range(count) for home in homes]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("bits", [16, 28, 34, 45, 64])
def test_nothing_is_lost_when_the_table_grows(
    monkeypatch: pytest.MonkeyPatch, bits: int, graph: bool, threads: int
) -> None:
    """Small ranges, so that entries lie across their ends, in crowded lines, beyond the last line and in the stash."""
    monkeypatch.setattr(sets, "FIRST_LINES", 4)
    monkeypatch.setattr(sets, "RANGE", 4)
    monkeypatch.setattr(sets, "FURTHEST", 3)
    monkeypatch.setattr(sets, "LOAD", 0.93)
    states, control = table_of(bits, graph)
    states.tell(control)
    random = np.random.default_rng(bits)
    greatest = np.uint64((1 << bits) - 1)
    expected: dict[int, int] = {}
    stashed = 0
    while states.shape.lines_bits < min(11, bits - 3):
        room = min(int(0.93 * states.slots), (1 << bits) // 2)
        crowd = near_the_ends(bits, states.shape.rest, 40) if bits > 16 else []
        some = random.integers(0, greatest, room, np.uint64, endpoint=True).tolist()
        new = [key for key in dict.fromkeys([*crowd, *some]) if key not in expected]
        keys = np.array(new[: max(room - len(expected), 0)], np.uint64)
        entered(states, control, keys, len(expected))
        expected |= {int(k): len(expected) + i if graph else 0 for i, k in enumerate(keys)}
        stashed += int(control[STASH_COUNT])
        assert content(states) == expected
        assert states.grow(control, NEED, lambda size: True, threads)
        assert content(states) == expected
    assert stashed or bits == 16


def _fresh(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    kernels: Sequence[Callable[..., int]],
    constants: dict[str, int],
    more: str,
) -> Code:
    """Kernels of this file, which the names of kept code say nothing of."""
    monkeypatch.setenv("DRCHECK_CACHE", str(folder))
    return compile_kernels(kernels, constants, lambda: more)


def list_by_vectors(enabled: Words, asleep: Words, masks: int, places: HalfWords, ends: Words) -> int:
    return list_ways(enabled, asleep, masks, 7, places, ends)


def tell_by_vectors(which: Words, groups: int, enabled: Words, fired: Words) -> int:
    return tell_ways(which, groups, enabled, fired)


def split_by_vectors(
    old: Slots, old_numbers: HalfWords, line: int, table: Slots, numbers: HalfWords, low: int, rest: int
) -> int:
    return split(old, old_numbers, line, table, numbers, low, rest)


@pytest.mark.skipif(not compresses(), reason="this processor does not compress vectors")
@pytest.mark.parametrize("masks", [1, 3])
def test_ways_are_listed_as_by_the_slow_function(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, masks: int) -> None:
    code = _fresh(monkeypatch, tmp_path, (list_by_vectors,), {}, COMPRESS + list_ways_code(64 * masks))
    random = np.random.default_rng(masks)
    for density in (0.0, 0.02, 0.3, 1.0):
        bits = random.random((8 * masks, 64)) < density
        enabled = np.packbits(bits, axis=1, bitorder="little").view(np.uint64).ravel()
        places, ends = np.zeros(64 * 8 * masks + 16, np.uint32), np.zeros(8, np.uint64)
        asleep = random.integers(0, 1 << 63, 8, np.uint64)
        count = code["list_by_vectors"](
            enabled.ctypes.data, asleep.ctypes.data, masks, places.ctypes.data, ends.ctypes.data
        )
        slow_places, slow_ends = [0] * len(places), [0] * 8
        assert count == list_ways(enabled.tolist(), asleep.tolist(), masks, 7, slow_places, slow_ends)
        assert ends[-1] == 7 + bits.sum()
        assert places[:count].tolist() == slow_places[:count]
        assert ends.tolist() == slow_ends


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("groups", [1, 3, 8, 9, 24])
def test_ways_are_told_as_by_the_slow_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, groups: int, counted: bool
) -> None:
    code = _fresh(monkeypatch, tmp_path, (tell_by_vectors,), {}, tell_ways_code(counted))
    random = np.random.default_rng(groups)
    for density in (0.0, 0.01, 0.3, 1.0):
        bits = random.random((8 * groups, 8)) < density
        which = np.packbits(bits, axis=1, bitorder="little").ravel().view(np.uint64)
        enabled = np.full(-(-groups // 8) * 8, 7, np.uint64)  # is overwritten
        fired = random.integers(0, 1000, 8 * groups, np.uint64)
        slow_enabled, slow_fired = [7] * len(enabled), fired.tolist()
        some = code["tell_by_vectors"](which.ctypes.data, groups, enabled.ctypes.data, fired.ctypes.data)
        assert some == tell_ways(which.tolist(), groups, slow_enabled, slow_fired)
        assert some == int(np.packbits(bits.any(axis=0), bitorder="little")[0])
        assert enabled.tolist() == slow_enabled
        if counted:
            assert fired.tolist() == slow_fired


@pytest.mark.skipif(not compresses(), reason="this processor does not compress vectors")
@pytest.mark.parametrize("graph", [0, 1])
@pytest.mark.parametrize("slot_bits", [32, 64])
def test_lines_are_divided_as_by_the_slow_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, slot_bits: int, graph: int
) -> None:
    line, dtype, rest = 512 // slot_bits, np.uint32 if slot_bits == 32 else np.uint64, 11
    constants = {"LINE": line, "GRAPH": graph, "SLOT_BITS": slot_bits}
    more = COMPRESS + growth.split_code(slot_bits, bool(graph))
    code = _fresh(monkeypatch, tmp_path, (split_by_vectors,), constants, more)
    monkeypatch.setattr(growth, "LINE", line)
    monkeypatch.setattr(growth, "GRAPH", graph)
    random = np.random.default_rng(slot_bits)
    for density in (0.0, 0.5, 1.0):
        old = aligned(8 * 4).view(dtype)  # four lines
        old[:] = random.integers(1, 3 << rest, 4 * line) * (random.random(4 * line) < density)
        old_numbers = aligned(8 * 4).view(np.uint32)[: 4 * line]
        old_numbers[:] = random.integers(0, 1 << 32, 4 * line)
        table, numbers = aligned(8 * 8).view(dtype), aligned(8 * 8).view(np.uint32)[: 8 * line]
        table[:] = 5  # is overwritten
        slow_table, slow_numbers = table.tolist(), numbers.tolist()
        for number in range(4):
            arrays = (old.ctypes.data, old_numbers.ctypes.data, number, table.ctypes.data, numbers.ctypes.data)
            away = code["split_by_vectors"](*arrays, 2 * number, rest)
            slow = (old.tolist(), old_numbers.tolist(), number, slow_table, slow_numbers)
            assert away == split(*slow, 2 * number, rest)
        assert table.tolist() == slow_table
        if graph:
            taken = np.flatnonzero(table)
            assert numbers[taken].tolist() == [slow_numbers[i] for i in taken]
