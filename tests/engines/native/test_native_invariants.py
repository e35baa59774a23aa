"""What the long-lived structures of the native engine say is true of them is true at odd moments.

Each has one method, `assert_consistent`. It is asked here while a search goes on in every mode: between its blocks, before and
after something grows, between blocks of a log that is read, between batches, and when a limit or an interrupt has ended it.
That faults are noticed is shown in `test_native_planted.py`.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drcheck.engines import layout
from drcheck.engines.native import engine
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.found import Found
from drcheck.engines.native.regions import batches
from drcheck.engines.native.regions.batches import Delayed
from drcheck.engines.native.regions.candidates import Chunk
from drcheck.engines.native.regions.frontier import Frontier
from drcheck.engines.native.regions.regions import Regions, Space
from drcheck.engines.native.search import log, search
from drcheck.engines.native.search.edges import Edges
from drcheck.engines.native.search.log import Log
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.search.worker import Worker
from drcheck.engines.native.states import quotient
from drcheck.engines.native.states.record import Record
from drcheck.engines.native.states.sets import Halves, StateSet
from drcheck.engines.native.states.table import mix
from drcheck.engines.protocol import INTERRUPT, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.kernels import files
from drcheck.kernels.region import Budget
from tests.engines.native.test_native_modes import NARROW, Changes, drawn, in_blocks, in_files, square
from tests.engines.native.test_native_modes import asked as drawn_query
from tests.support.engines import changed, equal
from tests.support.generators import Case, systems

UNCUTS = pytest.mark.parametrize("uncut", [0, layout.UNCUT], ids=["cut", "whole"])
GRAPHS = pytest.mark.parametrize("graph", [False, True], ids=["", "graph"])


def assert_what_waits(store: Store) -> None:
    """The states of the set, and those that wait, are those that the record leads to."""
    rows = Found(store).rows()
    keys = rows[:, 0]
    if store.halves is not None:
        halves = store.halves.region.array(np.uint64, store["HALVES"] * store.half).reshape(-1, store.half)
        number = {tuple(half): n for n, half in enumerate(halves.tolist())}
        sides = [[number.get(tuple(half), -1) for half in side.tolist()] for side in np.split(rows, 2, axis=1)]
        assert min(map(min, sides)) >= 0, "the record leads to a half that there is not"
        keys = np.array(sides[0], np.uint64) << np.uint64(store.half_bits) | np.array(sides[1], np.uint64)
    mixed = [store.states.entries().mixed] if store.delayed is None else store.delayed._regions.mixed(Space())
    held = np.sort(np.concatenate(list(mixed)))
    assert (np.sort(quotient.on_all(mix, keys, store.states.bits)) == held).all(), "the record leads to other states"
    for first, keys in store.delayed.waiting() if store.delayed is not None else store._waiting():
        assert (store.unfolded(keys) == rows[first : first + len(keys)]).all(), (
            "another state waits than the record tells"
        )


# -- at odd moments ----------------------------------------------------------------------------------------------------
@contextmanager
def asked_at_odd_moments() -> Iterator[Counter[str]]:
    """Ask every structure at every moment when nothing is at work on it; counts the moments."""
    moments: Counter[str] = Counter()
    reading = False

    def store_at(moment: str, store: Store) -> None:
        if store.delayed is None or store.delayed.whole:
            moments[moment] += 1
            if moments[moment] < 4 or moments[moment] % 9 == 0:  # each takes its time
                store.assert_consistent(reading)
                assert_what_waits(store)

    def around(owner: Any, name: str, before: Any = None, after: Any = None) -> Changes:
        method = getattr(owner, name)

        def called(*arguments: Any) -> Any:
            if before is not None:
                before(*arguments)
            result = method(*arguments)
            if after is not None:
                after(*arguments)
            return result

        return {(owner, name): called}

    def read(run: Any) -> None:
        nonlocal reading
        reading = not reading

    def grown(states: StateSet, control: Any, *rest: Any) -> None:
        states.assert_consistent(control)
        moments["a table that grew"] += 1

    def chunks(delayed: Delayed, made: list[Chunk]) -> None:
        for chunk in made if delayed._chunks else []:
            chunk.assert_consistent(delayed._regions.inner, delayed._store.record.way_bits)
            moments["a chunk"] += 1

    def logged(of: Log, *rest: Any) -> None:
        of.assert_consistent()
        moments["a log"] += 1

    def batch(delayed: Delayed, *rest: Any) -> None:
        store_at("between batches", delayed._store)

    with changed(
        {
            **around(engine._Run, "resume", read, read),
            **around(engine._Run, "_round", None, lambda run, pool: store_at("between rounds", run.store)),
            **around(engine._Run, "search", None, lambda run: store_at("the end", run.store)),
            **around(
                Store,
                "make_room",
                lambda store, *rest: store_at("before growing", store),
                lambda store, *rest: store_at("after growing", store),
            ),
            **around(Store, "replay", None, lambda store, *rest: store_at("a block of a log", store)),
            **around(engine, "go_to_files", None, lambda store, most: store_at("gone to files", store)),
            **around(Delayed, "batch", None, batch),
            **around(Delayed, "_settle", chunks, chunks),
            **around(StateSet, "grow", None, grown),
            **around(Log, "blocks", None, logged),
            **around(Log, "_append", None, logged),
        }
    ):
        yield moments


@pytest.fixture(scope="module", name="blocks")
def fixture_blocks() -> Iterator[None]:
    with in_blocks(1, {}):
        yield


@UNCUTS
@GRAPHS
@pytest.mark.parametrize("more", [{}, NARROW], ids=["far", "narrow"])
def test_a_search_is_consistent_at_every_moment(
    monkeypatch: pytest.MonkeyPatch, blocks: None, tmp_path: Path, uncut: int, graph: bool, more: Changes
) -> None:
    """While it grows, when a limit ended it, and when it is resumed."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(log, "BLOCK", 200)
    system, query = square()
    query = Query(query.watches, query.maxima, graph)
    with changed(more), asked_at_odd_moments() as moments:
        for states in (900, None):
            limits = Limits(threads=2, states=states, log=tmp_path)
            equal_if_whole(NativeEngine().explore(system, query, limits), PythonEngine().explore(system, query))
    for moment in ("between rounds", "before growing", "after growing", "a table that grew", "a log", "the end"):
        assert moments[moment] > 1, moment
    assert moments["a block of a log"] > 3


def equal_if_whole(got: Any, whole: Any) -> None:
    if got.complete:
        equal(got, whole)


@UNCUTS
@pytest.mark.parametrize("threads", [1, 3])
def test_a_search_by_regions_is_consistent_at_every_moment(
    monkeypatch: pytest.MonkeyPatch, blocks: None, tmp_path: Path, uncut: int, threads: int
) -> None:
    """With chunks and segments that are in files, and one of its batches ended by a limit of states."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(log, "BLOCK", 200)
    system, query = square()
    query = Query(query.watches, query.maxima)
    (tmp_path / "logs").mkdir()
    with asked_at_odd_moments() as moments:
        for states, kept in ((1_500, 0), (None, files.KEPT if threads == 1 else 0)):
            limits = Limits(threads=threads, states=states, disk=tmp_path, log=tmp_path / "logs")
            with changed({(batches, "REGION_BITS"): 2, (files, "KEPT"): kept, **in_files(2)}):
                got = NativeEngine().explore(system, query, limits)
    equal(got, PythonEngine().explore(system, query))
    for moment in ("gone to files", "between batches", "a chunk", "the end", "a block of a log"):
        assert moments[moment] > 0, moment


@UNCUTS
@pytest.mark.parametrize("on_disk", [False, True])
def test_a_search_that_is_interrupted_is_consistent(
    monkeypatch: pytest.MonkeyPatch, blocks: None, tmp_path: Path, uncut: int, on_disk: bool
) -> None:
    """An interrupt at the n-th look at what goes on; what was logged until then is gone on from."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = square()
    query = Query(query.watches, query.maxima)
    interrupted = 0
    for number in (0, 1, 2):
        looks, wait = count(), engine.wait

        def waited(jobs: Any, *seconds: Any, looks: Iterator[int] = looks, wait: Any = wait, last: int = number) -> Any:
            if seconds and next(looks) == last:
                raise KeyboardInterrupt
            return wait(jobs, *seconds)

        limits = Limits(threads=2, log=tmp_path / "logs", disk=tmp_path if on_disk else None)
        with asked_at_odd_moments() as moments, changed({(engine, "wait"): waited, **in_files(number)}):
            got = NativeEngine().explore(system, query, limits)
        interrupted += got.stopped == INTERRUPT
        assert moments
    assert interrupted > 1
    with asked_at_odd_moments():
        equal(
            NativeEngine().explore(system, query, Limits(log=tmp_path / "logs")), PythonEngine().explore(system, query)
        )


@settings(max_examples=12)
@given(case=systems(), data=st.data())
def test_searches_of_generated_systems_are_consistent_in_every_mode(
    blocks: None, tmp_path_factory: pytest.TempPathFactory, case: Case, data: st.DataObject
) -> None:
    """Ended by a limit, and resumed from a log in another mode."""
    built, query = drawn_query(case, data.draw(st.booleans(), label="graph"))
    folder = tmp_path_factory.mktemp("logs")
    whole = PythonEngine().explore(built.system, query)
    for states in (data.draw(st.integers(0, whole.states), label="states"), None):
        changes, limits = drawn(data, folder, 1)
        changes[layout, "UNCUT"] = layout.UNCUT  # a log belongs to a way to cut states
        with changed(changes), asked_at_odd_moments():
            limits = replace(limits, states=states, log=folder)
            equal_if_whole(NativeEngine().explore(built.system, query, limits), whole)


@UNCUTS
def test_what_was_refused_room_is_consistent(monkeypatch: pytest.MonkeyPatch, blocks: None, uncut: int) -> None:
    """Whichever part it was that had to grow."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, _ = square()
    refused = 0
    for moments in range(6):
        made, left = Store(system, Query(), 1), iter([True] * moments)
        with changed({(Budget, "_short_of"): lambda self, size, left=left: None if next(left, False) else "the test"}):
            while made.run(0, 0) == search.FULL:
                if not made.make_room(Budget()):
                    refused += 1
                    break
        made.assert_consistent()
        assert_what_waits(made)
    assert refused > 3


# -- and what the pages say --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("page", "structures"),
    [
        ("states", [Halves]),
        ("table", [StateSet]),
        ("record", [Record]),
        ("threads", [Store, Worker, Edges]),
        ("regions", [Delayed, Regions, Frontier, Chunk]),
        ("log", [Log]),
    ],
)
def test_a_page_states_the_invariants_as_the_methods_do(page: str, structures: list[Any]) -> None:
    path = Path(__file__).parents[3] / "docs" / "native" / f"{page}.md"
    text = " ".join(path.read_text(encoding="utf-8").split())
    for structure in structures:
        said = inspect.getdoc(structure.assert_consistent) or ""
        stated = [" ".join(part.split()) for part in re.findall(r"^- (?:.|\n(?!\n|- ))*", said, re.MULTILINE)]
        assert stated, structure
        for part in stated:
            assert part in text, f"{path.name} does not say: {part}"
        assert f"`{structure.__name__}.assert_consistent`" in text
