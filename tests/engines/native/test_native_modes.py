"""However the native engine searches, and whatever stops it, it answers as the plain search: on generated systems.

The engine takes states in blocks and gives its tables room for many, so that small systems would never meet the ends of
either. Here blocks have one or two states, limits are looked at before each of these, and tables start with a few lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from drcheck.engines import layout
from drcheck.engines import plain_search as plain
from drcheck.engines.native import engine, versions
from drcheck.engines.native.control import COUNT, STASH_COUNT
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.regions import batch_kernels, candidates, regions
from drcheck.engines.native.regions import batches as delayed
from drcheck.engines.native.search import log, replay, search, store
from drcheck.engines.native.states import sets, table
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.kernels import budget, files
from drcheck.kernels.region import Region
from drcheck.language.component import on
from drcheck.language.variables import Boolean, Integer
from drcheck.system.lowering import lower
from drcheck.system.system import System
from tests.support.engines import SCALARS, assert_part_of_a_search, changed, equal, one, stopped_after
from tests.support.generated import composed
from tests.support.generators import Built, Case, systems

Changes = dict[tuple[object, str], object]
SMALL: Changes = {
    (sets, "FIRST_LINES"): 0, (sets, "FIRST_ROWS"): 1, (sets, "FIRST_HALF_WIDTH"): 1,
    (store, "FIRST_EDGES"): 1, (store, "FIRST_RING"): 1, (store, "FIRST_NOTES"): 1, (store, "FIRST_HALF_BITS"): 1,
    (engine, "HELP"): 1, (engine, "REST"): 0.0, (engine, "SLICE"): 0.001, (sets, "SLICE"): 4, (sets, "RANGE"): 16,
    (delayed, "PART"): 1 << 62, (delayed, "LEAST_CHUNK"): 1, (candidates, "DIGIT"): 2, (regions, "SLICE"): 2,
}  # sizes by module  # fmt: skip
"""Everything begins too small, and threads help whatever there is to do."""
NARROW: Changes = {(sets, "FURTHEST"): 0}
"""No entry lies outside its line: what finds no room there is in the stash. So threads that copy need not keep far apart."""
UNMIXED: Changes = {(table, name): 1 for name in ("FIRST_FACTOR", "SECOND_FACTOR", "FIRST_INVERSE", "SECOND_INVERSE")}
"""Keys crowd a few lines: entries lie far from home, and in the stash."""
MOST_STATES = 2_000


@pytest.fixture(scope="module", params=[(1, {}), (2, UNMIXED)], ids=["blocks of 1", "blocks of 2, unmixed"])
def small(request: pytest.FixtureRequest) -> Iterator[int]:
    """Blocks of so many states, in all of which limits are looked at; kernels are compiled once for all tests here."""
    block, more = request.param
    with in_blocks(block, more):
        yield block


@contextmanager
def in_blocks(block: int, more: Changes) -> Iterator[None]:
    """Everything begins too small and goes on in blocks of so many states, with kernels that are compiled for it."""
    periods: Changes = {(module, "PERIOD"): block for module in (search, replay, batch_kernels)}
    periods |= {(log, "ROUND"): block, (plain, "STATES_LOOKS"): block, (plain, "LOOKS"): block}
    with changed({**SMALL, **periods, **more, (search, "BLOCK"): block}), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRCHECK_CACHE", "")
        forget()
        yield
    forget()


def forget() -> None:
    """Forget the kernels that were made."""
    for code in (versions.search_code, versions.delayed_code, versions.region_code):
        code.cache_clear()


def asked(case: Case, graph: bool = True) -> tuple[Built, Query]:
    """A generated case that is small, and what its search is to find."""
    built = composed(case)
    query = Query(built.lowered_watches, built.lowered_maxima, graph)
    if not PythonEngine().explore(built.system, query, Limits(states=MOST_STATES)).complete:
        reject()
    return built, query


def drawn(data: st.DataObject, folder: Path, block: int) -> tuple[Changes, Limits]:
    """One of the ways to search: how states are stored and entered, by how many threads, and where memory is."""
    uncut = data.draw(st.sampled_from([layout.UNCUT, 0]), label="words of an uncut state")
    # Unmixed keys that may not lie far from home would need a table as large as there could be states.
    narrow = block == 1 and data.draw(st.booleans(), label="narrow")
    changes: Changes = {(layout, "UNCUT"): uncut, **(NARROW if narrow else {})}
    threads = data.draw(st.sampled_from([1, 2, 3]), label="threads")
    if not data.draw(st.booleans(), label="on disk"):
        return changes, Limits(threads=threads)
    changes |= in_files(data.draw(st.integers(0, 3), label="growths in memory"))
    changes[delayed, "REGION_BITS"] = data.draw(st.integers(0, 3), label="bits of a region's number")
    changes[files, "KEPT"] = data.draw(st.sampled_from([0, 100, files.KEPT]), label="kept in memory")
    changes[regions, "LARGE_LOAD"] = data.draw(st.sampled_from([0.2, 15 / 16, 1.0]), label="load of regions")
    return changes, Limits(threads=threads, disk=folder)


def in_files(growths: int) -> Changes:
    """What makes a search go to files after so many growths in memory."""
    left = iter([True] * growths)
    return {(budget.Budget, "fits"): lambda self, size: next(left, False)}


@settings(max_examples=40)
@given(case=systems(), data=st.data())
def test_every_mode_finds_the_same(
    small: int, tmp_path_factory: pytest.TempPathFactory, case: Case, data: st.DataObject
) -> None:
    built, query = asked(case, data.draw(st.booleans(), label="graph"))
    changes, limits = drawn(data, tmp_path_factory.getbasetemp(), small)
    with changed(changes):
        equal(NativeEngine().explore(built.system, query, limits), PythonEngine().explore(built.system, query))


@settings(max_examples=25)
@given(case=systems(), data=st.data())
def test_a_limit_of_states_holds_at_every_state(
    small: int, tmp_path_factory: pytest.TempPathFactory, case: Case, data: st.DataObject
) -> None:
    """And as with the plain search; what a log tells is gone on from, in any other mode."""
    built, query = asked(case, data.draw(st.booleans(), label="graph"))
    whole = PythonEngine().explore(built.system, query)
    folder = tmp_path_factory.mktemp("logs")
    for _ in range(2):
        states = data.draw(st.integers(0, whole.states), label="states")
        changes, limits = drawn(data, folder, small)
        # How states are cut is a part of what a log belongs to, so it is the same for all.
        changes[layout, "UNCUT"] = layout.UNCUT
        with changed(changes):
            got = NativeEngine().explore(built.system, query, replace(limits, states=states))
            equal(got, PythonEngine().explore(built.system, query, Limits(states=states)))
            logged = NativeEngine().explore(built.system, query, replace(limits, states=states, log=folder))
            assert logged.states >= got.states
            if not logged.complete and query.graph:
                assert_part_of_a_search(logged, query)
    changes, limits = drawn(data, folder, small)
    changes[layout, "UNCUT"] = layout.UNCUT
    with changed(changes):
        equal(NativeEngine().explore(built.system, query, replace(limits, log=folder)), whole)


# -- what grows --------------------------------------------------------------------------------------------------------
def square() -> tuple[System, Query]:
    """3,600 states of two counters and a switch, in which everything grows several times; with a deadlock and escapes."""
    a, b, fast = Integer("a", -30, 29, -30), Integer("b", 0, 29), Boolean("fast")
    batch_kernels = [
        on("count_a", "on", when=a < 29, then={a: a + 1}),
        on("count_b", "on", when=b < 29, then={b: b + 1}),
        on("switch", "on", when=(a + b) % 7 == 3, then={fast: ~fast}),
        on("leap", "on", when=fast & (b == 20), then={a: a + 40}),
    ]
    system = one([a, b, fast], batch_kernels)
    return system, Query(
        (lower(system, b == 13), lower(system, a == 29)), (lower(system, a - b), lower(system, b)), graph=True
    )


@pytest.mark.parametrize("graph", [False, True])
def test_slots_that_get_wider_again_have_room(small: int, monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    """With more bits for halves a table of as many lines may have half as many slots: what was found must find room."""
    monkeypatch.setattr(layout, "UNCUT", 0)
    system, query = square()
    query = replace(query, graph=graph)
    plain = PythonEngine().explore(system, query)
    refill, wider = sets.StateSet.refill, 0

    def watched(self: sets.StateSet, bits: int, keys: Any, control: np.ndarray, need: int, lines_bits: int) -> None:
        nonlocal wider
        shape, count = sets.shape_of(bits, lines_bits), int(control[COUNT])
        wider += self.shape.slot_bits < shape.slot_bits
        assert 2 * count <= shape.slots or shape.room == sets.UNLIMITED
        refill(self, bits, keys, control, need, lines_bits)

    for rest in range(2, 14):
        with changed({(sets, "MOST_REST"): {32: rest, 64: 60}, (sets.StateSet, "refill"): watched}):
            got = NativeEngine().explore(system, query, Limits(threads=2))
        assert [getattr(got, name) for name in SCALARS] == [getattr(plain, name) for name in SCALARS]
    assert wider, "no slots got wider"


@pytest.mark.parametrize("uncut", [0, layout.UNCUT])
@pytest.mark.parametrize("more", [{}, NARROW], ids=["far", "narrow"])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_what_grows_several_times_loses_nothing(
    small: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uncut: int, more: Changes, threads: int
) -> None:
    """With entries in the stash when a table is copied, and with wider numbers of halves; and when all is made again."""
    if more and small == 2:
        pytest.skip("unmixed keys that may not lie far from home would need a table as large as there could be states")
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = square()
    grown, stashed = 0, 0
    grow = sets.StateSet.grow

    def watched(self: sets.StateSet, control: np.ndarray, *arguments: object) -> bool:
        nonlocal grown, stashed
        grown, stashed = grown + 1, max(stashed, int(control[STASH_COUNT]))
        return grow(self, control, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sets.StateSet, "grow", watched)
    with changed(more):
        for graph in (False, True):
            asked, limits = replace(query, graph=graph), Limits(threads=threads, log=tmp_path / str(graph))
            expected = PythonEngine().explore(system, asked)
            for states in (1_000, None, None):
                got = NativeEngine().explore(system, asked, replace(limits, states=states))
                if states is None:
                    equal(got, expected)
                else:
                    equal(got, PythonEngine().explore(system, asked, Limits(states=states)))
    assert grown >= 2
    assert stashed or not more


# -- memory that ends at any moment --------------------------------------------------------------------------------
def stops(explore: Callable[[int], Exploration], query: Query) -> list[int]:
    """After how many states the search is stopped by the n-th moment, for each n until it is not; each answer is right."""
    found = []
    while not (got := explore(len(found))).complete:
        assert got.stopped == "the memory of this machine"
        found.append(assert_part_of_a_search(got, query))
    equal(got, PythonEngine().explore(got.system, query))
    return found


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("uncut", [0, layout.UNCUT])
def test_a_search_that_is_refused_memory_at_any_moment_tells_what_it_found(
    small: int, monkeypatch: pytest.MonkeyPatch, threads: int, uncut: int
) -> None:
    """The machine says that it has no more when the n-th thing is to grow."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(engine, "SLICE", 10.0)  # that is the only time when it is asked
    system, query = square()

    def explore(moments: int) -> Exploration:
        left = chain([8 << 30] * moments, repeat(0))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(budget, "available", lambda: next(left))
            return NativeEngine().explore(system, query, Limits(threads=threads))

    found = stops(explore, query)
    assert found == sorted(found)
    assert len(set(found)) >= 3
    assert 0 < found[0] < found[-1]


@pytest.mark.parametrize("uncut", [0, layout.UNCUT])
@pytest.mark.parametrize("on_disk", [False, True])
def test_memory_that_cannot_be_had_at_any_moment_stops_the_search(
    small: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uncut: int, on_disk: bool
) -> None:
    """The system refuses the n-th request after the search began, in the midst of whatever is being enlarged."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = square()
    begin, new, grow = store.Store.__init__, Region.__init__, Region.grow

    def explore(moments: int) -> Exploration:
        left = iter([])

        def refused(region: Region, size: int) -> bool:
            return next(left, None) is None

        def begun(self: store.Store, *arguments: object) -> None:
            nonlocal left
            left = iter(repeat(True))
            begin(self, *arguments)  # type: ignore[arg-type]
            left = iter([True] * moments)

        def made(self: Region, size: int, *more: object) -> None:
            if refused(self, size):
                raise OSError(12, "Cannot allocate memory")
            new(self, size, *more)  # type: ignore[arg-type]

        def grown(self: Region, size: int) -> None:
            if size > self.size and refused(self, size):
                raise MemoryError
            grow(self, size)

        with changed({(store.Store, "__init__"): begun, (Region, "__init__"): made, (Region, "grow"): grown}):
            return NativeEngine().explore(system, query, Limits(threads=1, disk=tmp_path if on_disk else None))

    found = stops(explore, query)
    assert found == sorted(found)
    assert len(found) > 5


def test_a_limit_of_memory_stops_a_search_wherever_it_is(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process uses more than it may at the n-th look, which is every few states."""
    system, query = square()
    monkeypatch.setattr("drcheck.engines.native.engine.to_begin", lambda: 0)
    for looks in range(0, 60, 3):
        used = chain([1 << 20] * looks, repeat(2 << 20))
        monkeypatch.setattr(budget, "resident", lambda own=False, used=used: next(used))
        got = NativeEngine().explore(system, query, Limits(memory=(2 << 20) - 1, threads=2))
        if got.complete:
            break
        assert_part_of_a_search(got, query)
        assert str(got.stopped).startswith("the limit of 2,097,151 bytes")


def test_the_plain_search_stops_where_it_is_told_to() -> None:
    """The twin of what is stopped: with no state expanded, with some, with all but one."""
    system, query = square()
    whole = PythonEngine().explore(system, query)
    assert stopped_after(system, query, 0).states == 1
    for expanded in (1, 7, whole.states - 1):
        part = stopped_after(system, query, expanded)
        assert part.graph is not None
        assert whole.graph is not None
        assert len(part.graph.offsets) == expanded + 1
        assert part.graph.targets.tolist() == whole.graph.targets[: whole.graph.offsets[expanded]].tolist()
        assert part.states == max(part.graph.targets) + 1
