"""The parts of the native engine: its tables, threads and memory; what each must keep whatever it is given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np
import pytest

from bench.pipeline import COUNTS, SIZES, disorder, pipeline
from drcheck.engines import layout
from drcheck.engines.layout import layout_of
from drcheck.engines.native import engine, found, versions
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.search import store
from drcheck.engines.native.states import rows, sets, table
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import EngineError
from drcheck.kernels import budget
from drcheck.kernels.jit import compile_text
from drcheck.kernels.region import Region
from drcheck.kernels.translate import signature
from drcheck.language.component import on
from drcheck.language.variables import Integer
from drcheck.system.lowering import lower
from tests.support.engines import equal, one, same_native


# -- growth -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("uncut", [0, 1])
def test_growth_of_tables_rows_and_edges(monkeypatch: pytest.MonkeyPatch, uncut: int) -> None:
    """Started far too small, everything grows many times, and the answer is the same."""
    system = pipeline(*SIZES["S"])
    expected = NativeEngine().explore(system, Query(graph=True))
    monkeypatch.setattr(layout, "UNCUT", uncut)
    for module, names in (
        (store, ("FIRST_EDGES", "FIRST_RING", "FIRST_NOTES", "FIRST_HALF_BITS")),
        (sets, ("FIRST_LINES", "FIRST_ROWS", "FIRST_HALF_WIDTH")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, 1)
    got = NativeEngine().explore(system, Query(graph=True))
    assert (got.states, got.transitions, got.depth) == (expected.states, expected.transitions, expected.depth)
    assert expected.graph is not None
    assert got.graph is not None
    np.testing.assert_array_equal(got.graph.targets, expected.graph.targets)
    np.testing.assert_array_equal(got.graph.offsets, expected.graph.offsets)
    assert all(got.parent(n) == expected.parent(n) for n in range(0, got.states, 997))


@pytest.mark.parametrize("bits", [20, 27, 31])
def test_numbers_of_halves_of_any_width(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    """From 64-bit slots, as there are with many halves, to 32-bit slots as the table grows."""
    system = pipeline(2, 1, 1, 1)
    expected = NativeEngine().explore(system, Query())
    monkeypatch.setattr(layout, "UNCUT", 0)
    monkeypatch.setattr(store, "FIRST_HALF_BITS", bits)
    monkeypatch.setattr(sets, "FIRST_LINES", 1)
    equal(NativeEngine().explore(system, Query()), expected)


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kernels are compiled anew, with whatever constants the test sets."""
    monkeypatch.setenv("DRCHECK_CACHE", "")
    versions.search_code.cache_clear()
    yield
    versions.search_code.cache_clear()


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("constant", [0, 1 << 40])
def test_a_bad_hash_of_halves_is_slow_but_not_wrong(monkeypatch: pytest.MonkeyPatch, constant: int) -> None:
    """With every half in one slot and under one tag, only the full comparison tells halves apart."""
    monkeypatch.setattr(rows, "SEED", 0)
    monkeypatch.setattr(rows, "MIX", constant)
    same_native(pipeline(*SIZES["tiny"]), Query(graph=True))
    cells = [Integer(f"n{i}", 0, (1 << 31) - 1) for i in range(10)]
    steps = [on(f"count{i}", "on", when=cells[i] < 2, then={cells[i]: cells[i] + 1}) for i in (0, 3, 4, 9)]
    wide = one(cells, steps)
    assert layout_of(wide).half > 1  # halves that differ in their last word only
    assert same_native(wide, Query(graph=True)).states == 81


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("graph", [False, True])
def test_bad_mixing_is_slow_but_not_wrong(monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    """Keys that are not mixed at all crowd a few lines, and many entries end up in the stash."""
    for name in ("FIRST_FACTOR", "SECOND_FACTOR", "FIRST_INVERSE", "SECOND_INVERSE"):
        monkeypatch.setattr(table, name, 1)
    monkeypatch.setattr(sets, "FURTHEST", 1)
    same_native(pipeline(*SIZES["tiny"]), Query(graph=graph))


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("low", [8, 16, 32, 40, 56])
def test_keys_that_differ_in_their_high_bits_only(monkeypatch: pytest.MonkeyPatch, low: int) -> None:
    """Keys that are not mixed and alike in all low bits: what was looked up lately is compared whole."""
    for name in ("FIRST_FACTOR", "SECOND_FACTOR", "FIRST_INVERSE", "SECOND_INVERSE"):
        monkeypatch.setattr(table, name, 1)
    wide, n = Integer("wide", 0, (1 << low) - 1, 5), Integer("n", 0, (1 << 64 - low) - 1)
    steps = [on("count", "on", when=n < 90, then={n: n + 1}), on("leap", "on", when=n < 80, then={n: n * 2 + 3})]
    system = one([wide, n], steps)
    assert system.bits == 64
    assert layout_of(system).words == 1
    assert same_native(system, Query((), (lower(system, n),))).states > 90


def test_mixing_is_a_bijection() -> None:
    random = np.random.default_rng(0)
    for bits in range(1, 65):
        mask, shift = (1 << bits) - 1, (bits + 1) // 2
        for key in {0, mask, *(int(k) & mask for k in random.integers(0, 1 << 64, 20, np.uint64))}:
            mixed = table.mix(key, mask, shift)
            assert 0 <= mixed <= mask
            assert table.unmix(mixed, mask, shift) == key
    for bits in (1, 2, 5, 8):
        assert len({table.mix(k, (1 << bits) - 1, (bits + 1) // 2) for k in range(1 << bits)}) == 1 << bits


def test_tags_are_scanned_alike_in_python_and_on_vectors() -> None:
    parameters = [p if p == "word" else "ptr" for p in signature(rows.scan_tags)]
    code = compile_text(rows.SCAN_TAGS.replace("define internal", "define"), 0).declare({"scan_tags": parameters})
    random = np.random.default_rng(0)
    region = Region(4 * 64)
    for width in (7, 18, 31):
        slots = region.array(np.uint32, 64)
        slots[:] = random.integers(0, 1 << 32, 64) & (0b11 << 30 | 0b11)
        for line in range(4):
            for tag in (0, 1 << 31, 3 << 30):
                tag = tag >> width << width
                expected = rows.scan_tags(slots.tolist(), line, tag, width)
                assert code["scan_tags"](region.address, line, tag, width) == expected


@pytest.mark.parametrize("bits", [32, 64])
def test_a_line_is_scanned_alike_in_python_and_on_vectors(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    parameters = [p if p == "word" else "ptr" for p in signature(table.scan)]
    code = compile_text(table.scan_code(bits).replace("define internal", "define"), 0).declare({"scan": parameters})
    monkeypatch.setattr(table, "LINE", 512 // bits)
    region = Region(4 * 64)
    slots = region.array(np.uint32 if bits == 32 else np.uint64, 4 * table.LINE)
    slots[:] = np.random.default_rng(0).integers(0, 4, 4 * table.LINE)
    for line in range(4):
        for wanted in range(4):
            assert code["scan"](region.address, line, wanted) == table.scan(slots.tolist(), line, wanted)


def test_what_was_found_is_told_alike_from_the_record_and_from_states() -> None:
    """Large searches make states again one by one, small ones all at once."""
    system = pipeline(*SIZES["S"])
    one, all_ = (NativeEngine().explore(system, Query()) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "SMALL_WORDS", 0)
        numbers = [0, 1, 2, 1023, 1024, 1025, 77_777, one.states - 1]
        states = [one.state(n) for n in numbers]
    assert states == [all_.state(n) for n in numbers]


# -- threads -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("uncut", [0, 1])
def test_the_answer_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch, graph: bool, uncut: int) -> None:
    """Several threads take part from the first states on, and everything is numbered as by one."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(sets, "RANGE", 1 << 6)  # tables are widened by several threads, too
    monkeypatch.setattr(sets, "FURTHEST", 8)
    system = pipeline(2, 1, 1, 1)
    lost = system.component("pipeline").variable("lost")
    query = Query((lower(system, lost == 1), *disorder(system).watches), (lower(system, lost),), graph=graph)
    for states in (None, 20_000):
        expected = NativeEngine().explore(system, query, Limits(states, threads=1))
        with monkeypatch.context() as patch:
            patch.setattr(engine, "HELP", 1)
            for threads in (2, 3, 7):
                equal(NativeEngine().explore(system, query, Limits(states, threads=threads)), expected)


def test_threads_never_wait_for_each_other_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deposit that is made while another thread stops entering deposits is seen by one of the two."""
    monkeypatch.setattr(engine, "HELP", 1)
    system = pipeline(*SIZES["S"])
    for _ in range(30):
        assert NativeEngine().explore(system, Query(), Limits(seconds=30, threads=2)).complete


# -- memory -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("graph", [False, True])
def test_short_memory_stops_the_search(monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    left = chain([8 << 30] * 3, repeat(0))
    monkeypatch.setattr(budget, "available", lambda: next(left))
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query(graph=graph))
    assert not result.complete
    assert result.stopped == "the memory of this machine"
    assert 0 < result.states < COUNTS["M"][0]
    path = result.ancestry(result.states - 1)
    assert (path[0], path[-1]) == (0, result.states - 1)


def test_memory_that_cannot_be_had_stops_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    grow = Region.grow

    def limited(region: Region, size: int) -> None:
        if size >= 8 << 20:
            raise OSError(12, "Cannot allocate memory")
        grow(region, size)

    monkeypatch.setattr(Region, "grow", limited)
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query())
    assert (result.complete, result.stopped) == (False, "the memory of this machine")
    assert result.state(result.states - 1)


def test_without_addresses_to_reserve_memory_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "physical", lambda: 0)
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query())
    assert (result.states, result.transitions) == COUNTS["M"]


def test_no_memory_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(size: int) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(Region, "_new", staticmethod(none))
    with pytest.raises(EngineError) as caught:
        NativeEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert caught.value.code == "DR501"


def test_available_memory_is_known_or_not() -> None:
    left = budget.available()
    assert left is None or left > 0


@pytest.mark.parametrize("version", [0, 1])
def test_the_memory_of_a_container_is_what_is_available(monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    folder, limit, usage, inactive = budget.CONTAINERS[version]
    files = {
        "/proc/meminfo": "MemTotal: 9999 kB\nMemAvailable:    8000 kB\n",
        f"{folder}/{limit}": "5000000\n",
        f"{folder}/{usage}": "4000000\n",
        f"{folder}/memory.stat": f"cache 7\n{inactive} 123456\nactive_file 99\n",
    }
    monkeypatch.setattr(budget, "_read", lambda path: files.get(str(path), ""))
    assert budget.available() == 1_123_456
    files[f"{folder}/{limit}"] = "max\n"
    assert budget.available() == 8000 << 10
