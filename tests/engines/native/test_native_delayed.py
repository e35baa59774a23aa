"""The search by regions as a whole: what ends it in the middle of a batch, and what it must not lose."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.pipeline import SIZES, disorder, pipeline
from bench.twophase import two_phase
from drcheck.engines import layout
from drcheck.engines.native import control as at
from drcheck.engines.native import engine
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.regions import batches as delayed
from drcheck.engines.native.regions.regions import Regions
from drcheck.engines.native.search import log, store
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.states import sets
from drcheck.engines.protocol import INTERRUPT, Enough, Exploration, Limits, Query, Stopwatch
from drcheck.engines.python import PythonEngine
from drcheck.kernels import budget, files
from drcheck.kernels.files import DiskFile, Spool
from drcheck.kernels.region import Region
from drcheck.language.component import on
from drcheck.language.variables import Integer
from drcheck.system.lowering import lower
from drcheck.system.system import System
from tests.engines.native.test_native_modes import Changes, in_blocks, in_files, square
from tests.support.engines import SCALARS, changed, equal, one, stopped_after

ROOT = Path(__file__).resolve().parents[3]


# -- what ends a batch -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", name="blocks")
def fixture_blocks() -> Iterator[None]:
    with in_blocks(1, {}):
        yield


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest, blocks: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many threads, that search with small chunks in three growths' memory and then by 4 regions, all in files."""
    for (module, name), value in {(delayed, "REGION_BITS"): 2, (files, "KEPT"): 0}.items():
        monkeypatch.setattr(module, name, value)
    return int(request.param)


def asked(graph: bool = False) -> tuple[System, Query]:
    system, query = square()
    return system, Query(query.watches, query.maxima, graph)


def assert_a_beginning(got: Exploration, query: Query) -> None:
    """A search that was stopped tells of the states before some state, and of all of them."""
    whole = PythonEngine().explore(got.system, Query(graph=True)).graph
    assert whole is not None
    assert not got.complete
    for expanded in np.flatnonzero(whole.offsets == got.transitions).tolist():
        plain = stopped_after(got.system, query, expanded)
        if plain.states == got.states and plain.deadlocks == got.deadlocks:
            equal(got, plain)
            return
    pytest.fail(f"no search has {got.states} states after {got.transitions} transitions")


class Moment:
    """Does something at the n-th time that it is told to count, whichever thread does so."""

    def __init__(self, number: int, what: Callable[[], None]) -> None:
        self._left, self._what, self._lock = number, what, threading.Lock()

    def count(self) -> None:
        with self._lock:
            now, self._left = self._left == 0, self._left - 1
        if now:
            self._what()

    def before(self, owner: type, name: str) -> Changes:
        """Count before each call of a method."""
        method = getattr(owner, name)

        def counted(*arguments: Any) -> Any:
            self.count()
            return method(*arguments)

        return {(owner, name): counted}


MOMENTS = [0, 2, 5, 13, 34, 89, 233, 377]
UNCUTS = pytest.mark.parametrize("uncut", [0, layout.UNCUT])


@UNCUTS
@pytest.mark.parametrize("operation", ["write", "read"])
def test_a_disk_that_fails_at_any_moment_stops_the_search(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threads: int, uncut: int, operation: str
) -> None:
    """What was found before is told, and the search goes on from its log."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = asked()
    whole = PythonEngine().explore(system, query)

    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    stopped = 0
    for number in MOMENTS:
        limits = Limits(threads=threads, disk=tmp_path, log=tmp_path / str(number))
        with changed({**Moment(number, fail).before(DiskFile, operation), **in_files(3)}):
            got = NativeEngine().explore(system, query, limits)
        if got.complete:
            equal(got, whole)
            continue
        assert got.stopped == f"the disk of {tmp_path} (No space left on device)"
        assert_a_beginning(got, query)
        stopped += 1
        if number % 17 == 0:  # each takes its time
            with changed(in_files(3)):
                again = NativeEngine().explore(system, query, limits)
            assert [getattr(again, name) for name in SCALARS] == [getattr(whole, name) for name in SCALARS]
    assert stopped > 3


@UNCUTS
@pytest.mark.parametrize("by", ["an interrupt", "a limit"])
def test_a_batch_that_is_stopped_at_any_moment_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threads: int, uncut: int, by: str
) -> None:
    """And what must be done by then is done to its end."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = asked()
    stop, wait, asking, heard = delayed.Delayed.stop, engine.wait, threading.Event(), threading.Event()

    def ask() -> None:
        asking.set()
        assert heard.wait(20), "nobody stopped it"

    def hear(self: delayed.Delayed) -> None:
        stop(self)
        heard.set()

    def interrupted(jobs: Any, *more: Any) -> Any:
        if asking.is_set():
            asking.clear()
            raise KeyboardInterrupt
        return wait(jobs, *more)

    def exceeded(watch: Stopwatch, states: int, more: int = 0) -> str | None:
        return "the test" if asking.is_set() else None

    stops: Changes = {(engine, "wait"): interrupted} if by == "an interrupt" else {(Stopwatch, "exceeded"): exceeded}
    stopped = 0
    for number in MOMENTS:
        asking.clear()
        heard.clear()
        moment = Moment(number, ask)
        steps = [(delayed.Delayed, "_keep"), (Regions, "settle"), (delayed.Delayed, "_number_one"), (Spool, "close")]
        counted = {key: value for step in steps for key, value in moment.before(*step).items()}
        with changed({**counted, **stops, (delayed.Delayed, "stop"): hear, **in_files(3)}):
            got = NativeEngine().explore(system, query, Limits(threads=threads, disk=tmp_path))
        if not got.complete:
            assert got.stopped == (INTERRUPT if by == "an interrupt" else "the test")
            assert_a_beginning(got, query)
            stopped += 1
    assert stopped > 3


@UNCUTS
def test_memory_that_the_system_refuses_stops_the_search(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threads: int, uncut: int
) -> None:
    """At any moment from when it goes to files."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = asked()
    stopped = 0

    def fail() -> None:
        raise MemoryError

    for number in MOMENTS:
        moment = Moment(number, fail)
        go_to_files = engine.go_to_files

        def gone(self: Store, most: int, moment: Moment = moment, go_to_files: Any = go_to_files) -> None:
            for name in ("grow", "array"):
                for (owner, attribute), value in moment.before(Region, name).items():
                    patch.setattr(owner, attribute, value)
            go_to_files(self, most)

        with changed(in_files(3)), pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "go_to_files", gone)
            patch.setattr(Store, "finish", finished(patch))
            got = NativeEngine().explore(system, query, Limits(threads=threads, disk=tmp_path))
        if not got.complete:
            assert got.stopped == "the memory of this machine"
            assert_a_beginning(got, query)
            stopped += 1
    assert stopped > 3


def finished(patch: pytest.MonkeyPatch) -> Any:
    """`Store.finish` when nothing fails any more."""
    finish = Store.finish

    def done(self: Store, *arguments: Any) -> Any:
        patch.undo()
        return finish(self, *arguments)

    return done


@pytest.mark.usefixtures("blocks")
def test_a_thread_never_goes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It notes the first of its states that satisfies a watch. So what it left, as halves needed room, it does itself."""
    monkeypatch.setattr(layout, "UNCUT", 0)
    system, query = asked()
    a, b = (system.component("c").variable(name) for name in ("a", "b"))
    query = Query(tuple(lower(system, a + b == level - 30) for level in range(60)), query.maxima)
    generate, following, together = (
        getattr(delayed.Delayed, name) for name in ("_generate_some", "_next", "_together")
    )
    at_work: list[tuple[int, Spool]] = []
    calls, left = 0, 0

    def some(self: delayed.Delayed, number: int, spool: Spool) -> None:
        at_work.append((number, spool))
        generate(self, number, spool)
        at_work.pop()

    def one_by_one(self: delayed.Delayed, jobs: list[Any]) -> None:
        """Each thread is the first one in turn."""
        nonlocal calls, left
        if jobs[0].func.__name__ != "some":
            together(self, jobs)
            return
        calls += 1
        for job in jobs if calls % 2 else reversed(jobs):
            job()
        left += bool(self._left)

    def late(self: delayed.Delayed, most: int) -> Any:
        """What a thread takes is done later than what the other one takes after it."""
        taken = following(self, most)
        if taken is not None and len(at_work) == 1:
            number, spool = at_work[0]
            before = len(self._chunks)
            some(self, 1 - number, spool)
            if len(self._chunks) > before:
                self._store.control[at.HALF_ROOM] = 0
        return taken

    orders: Changes = {
        (delayed.Delayed, "_generate_some"): some,
        (delayed.Delayed, "_together"): one_by_one,
        (delayed.Delayed, "_next"): late,
    }
    with changed({**orders, **in_files(0)}):
        got = NativeEngine().explore(system, query, Limits(threads=2, disk=tmp_path))
    assert left > 1
    equal(got, PythonEngine().explore(system, query))


def trees() -> System:
    """Two numbers in halves of their own, of which one takes as many values as there are states for each of the other's."""
    v, w = Integer("v", 0, 4_095), Integer("w", 0, 4_095)
    return one(
        [v, w],
        [
            on("left", "on", when=v < 300, then={v: 2 * v + 1}),
            on("right", "on", when=v < 300, then={v: 2 * v + 2}),
            on("other", "on", when=w < 7, then={w: w + 1}),
        ],
    )


@pytest.mark.parametrize("growths", range(4))
def test_a_search_goes_to_files_whatever_has_no_room(
    monkeypatch: pytest.MonkeyPatch, blocks: None, tmp_path: Path, growths: int
) -> None:
    """Also when numbers of halves have just got more bits; these get more later, with many segments of states that wait."""
    monkeypatch.setattr(layout, "UNCUT", 0)
    monkeypatch.setattr(files, "KEPT", 0)
    system, query = trees(), Query()
    went: list[Any] = []
    with changed({(engine, "go_to_files"): watched(engine.go_to_files, went), **in_files(growths)}):
        got = NativeEngine().explore(system, query, Limits(threads=1, disk=tmp_path))
    assert went
    equal(got, PythonEngine().explore(system, query))


@pytest.mark.parametrize("more", [10_000, 100_000_000])
def test_a_search_goes_to_files_where_the_next_growth_would_exceed_its_memory(tmp_path: Path, more: int) -> None:
    """And not before; `more` bytes than the process has."""
    used, went = 200_000_000, list[Any]()
    system = pipeline(2, 1, 2, 1)
    fixed: Changes = {
        (budget, "resident"): lambda on_disk=False: used,
        (engine, "go_to_files"): watched(engine.go_to_files, went),
        (engine, "to_begin"): lambda: 0,
    }
    with changed(fixed):
        got = NativeEngine().explore(system, disorder(system), Limits(memory=used + more, disk=tmp_path))
    equal(got, PythonEngine().explore(system, disorder(system)))
    assert bool(went) == (more < 1_000_000)


@pytest.mark.parametrize("made", [pipeline(*SIZES["tiny"]), two_phase(4)], ids=["pipeline", "two-phase"])
def test_ways_that_sleep_lead_to_known_states_by_regions(tmp_path: Path, threads: int, made: System) -> None:
    """Where most of them do, with several states in a chunk."""
    with changed({(delayed, "LEAST_CHUNK"): 200, **in_files(0)}):
        got = NativeEngine().explore(made, Query(), Limits(threads=threads, disk=tmp_path))
    equal(got, PythonEngine().explore(made, Query()))


def test_the_record_has_room_for_what_a_batch_finds(threads: int, tmp_path: Path) -> None:
    """Where that is many times what was known before."""
    v = Integer("v", 0, 20_000)
    system = one([v], [on(f"child_{k}", "on", when=v < 200, then={v: 10 * v + k}) for k in range(1, 11)])
    number, most = delayed.Delayed._number, 0

    def numbered(self: delayed.Delayed, recorded: bool) -> None:
        nonlocal most
        before = self._store["COUNT"]
        new = sum(int(np.bitwise_count(chunk.new).sum()) for chunk in self._chunks)
        assert self._store.record.room >= before + new
        most = max(most, new // before)
        number(self, recorded)

    with changed({(delayed.Delayed, "_number"): numbered, **in_files(0)}):
        got = NativeEngine().explore(system, Query(), Limits(threads=threads, disk=tmp_path))
    equal(got, PythonEngine().explore(system, Query()))
    assert most > 5


@pytest.mark.parametrize("threads", [1, 3])
def test_halves_that_are_found_by_regions_have_room(
    monkeypatch: pytest.MonkeyPatch, blocks: None, tmp_path: Path, threads: int
) -> None:
    """Where each state brings new ones, and room for them is made again and again."""
    monkeypatch.setattr(layout, "UNCUT", 0)
    system, rooms, keep = trees(), set(), delayed.Delayed._keep

    def kept(self: delayed.Delayed, *arguments: Any) -> None:
        rooms.add(self._store["HALF_ROOM"])
        assert self._store["HALVES"] <= self._store["HALF_ROOM"]
        keep(self, *arguments)

    with changed({(delayed.Delayed, "_keep"): kept, **in_files(0)}):
        got = NativeEngine().explore(system, Query(), Limits(threads=threads, disk=tmp_path))
    equal(got, PythonEngine().explore(system, Query()))
    assert len(rooms) > 2


@UNCUTS
def test_a_limit_of_states_in_the_middle_of_a_batch_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threads: int, uncut: int
) -> None:
    """What it told of the states that are not expanded any more is forgotten."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    system, query = asked()
    noted = 0
    note = delayed.Delayed._only_note

    def counted(self: delayed.Delayed, *arguments: Any) -> None:
        nonlocal noted
        noted += 1
        note(self, *arguments)

    for states in (500, 2_001):
        with changed({(delayed.Delayed, "_only_note"): counted, **in_files(0)}):
            got = NativeEngine().explore(system, query, Limits(states, threads=threads, disk=tmp_path))
        equal(got, PythonEngine().explore(system, query, Limits(states)))
    assert noted > 1


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("limit", [None, 2_500])
@pytest.mark.parametrize("late", [False, True])
def test_a_search_that_may_end_early_loses_no_state_of_a_batch(
    tmp_path: Path, threads: int, limit: int | None, late: bool
) -> None:
    """Where it is looked whether enough is known in the middle of a batch: the search ends there, or all of it is numbered."""
    system, query = asked()
    b, a = system.component("c").variable("b"), system.component("c").variable("a")
    watch = lower(system, (b == 29) & (a == (29 if late else 0)))
    for growths, enough in ((2, Enough((0,))), (4, Enough((0,), deadlock=True))):
        query = Query((watch,), query.maxima, enough=enough)
        expected = PythonEngine().explore(system, query, Limits(states=limit))
        with changed(in_files(growths)):
            got = NativeEngine().explore(system, query, Limits(threads=threads, disk=tmp_path, states=limit))
        assert got.stopped == expected.stopped
        equal(got, expected)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("states", [0, 1_500])
def test_what_a_log_tells_is_made_again_beyond_a_limit_of_states(tmp_path: Path, states: int) -> None:
    """By regions as in memory: the search then ends at once."""
    system, query = asked()
    explored = [NativeEngine().explore(system, query, Limits(4_000 - 800, log=tmp_path))]
    for changes in ({}, in_files(0)):
        with changed(changes):
            explored.append(NativeEngine().explore(system, query, Limits(states, log=tmp_path, disk=tmp_path)))
    for got in explored:
        assert not got.complete
        assert_a_beginning(got, query)
        assert (got.states, got.transitions) == (explored[0].states, explored[0].transitions)
    with changed(in_files(0)):
        equal(
            NativeEngine().explore(system, query, Limits(log=tmp_path, disk=tmp_path)),
            PythonEngine().explore(system, query),
        )


@pytest.mark.usefixtures("blocks")
def test_an_interrupt_while_a_log_is_read_and_memory_is_short_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What goes to files when the interrupt comes goes on to do nothing more."""
    system, query = asked()
    NativeEngine().explore(system, query, Limits(2_000, log=tmp_path))
    told: list[list[tuple[int, int]]] = []
    blocks, go, waits = log.Log.blocks, engine.go_to_files, threading.Event()

    def waited(jobs: Sequence[Future[Any]], seconds: float | None = None) -> Any:
        waits.set()
        return wait(jobs, seconds)

    def read(self: log.Log) -> list[tuple[int, int]]:
        told.append(blocks(self))
        return told[0]

    def interrupted(self: Store, most: int) -> None:
        assert waits.wait(20)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        until = time.monotonic() + 20
        while told[0] and time.monotonic() < until:
            time.sleep(0.001)
        go(self, most)

    with changed(
        {(log.Log, "blocks"): read, (engine, "go_to_files"): interrupted, (engine, "wait"): waited, **in_files(0)}
    ):
        got = NativeEngine().explore(system, query, Limits(log=tmp_path, disk=tmp_path))
    assert told == [[]]
    assert got.stopped == INTERRUPT
    assert_a_beginning(got, query)


@pytest.mark.usefixtures("blocks")
def test_a_table_without_reserved_addresses_goes_to_files(tmp_path: Path) -> None:
    """Regions give pages back one after the other, the last one as well."""
    system, query = asked()
    forgotten: list[Any] = []
    large: Changes = {
        (sets, "physical"): lambda: 0,
        (sets, "FIRST_LINES"): 14,
        (sets, "FURTHEST"): 9,
        (delayed, "REGION_BITS"): 2,
        (layout, "UNCUT"): 0,
        (store, "FIRST_HALF_BITS"): 20,
        (Region, "forget"): watched(Region.forget, forgotten),
    }
    with changed({**large, **in_files(0)}):
        equal(NativeEngine().explore(system, query, Limits(disk=tmp_path)), PythonEngine().explore(system, query))
    assert len(forgotten) == 4


def watched(method: Any, calls: list[Any]) -> Any:
    def call(*arguments: Any) -> Any:
        calls.append(arguments)
        return method(*arguments)

    return call


PROGRAM = """
import resource, sys
from pathlib import Path
from bench.pipeline import COUNTS, SIZES, disorder, pipeline
from drcheck.errors import EngineError
from drcheck.kernels import budget as memory
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
memory.Budget.fits = lambda self, size: False
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    result = NativeEngine().explore(pipeline(*SIZES["M"]), Query(graph=len(sys.argv) > 3), Limits(disk=Path(sys.argv[2])))
    print(result.complete, result.stopped)
except EngineError as error:
    print(error)
"""


@pytest.mark.parametrize("graph", [[], ["graph"]])
@pytest.mark.parametrize("size", [1 << 17, 1 << 20, 3 << 20, 5 << 20])
def test_files_that_cannot_grow_stop_the_search(tmp_path: Path, graph: list[str], size: int) -> None:
    """The system refuses files larger than that: memory that is mapped from them must not end the process, either."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(size), str(tmp_path), *graph], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    if size < 3 << 20 if graph else size < 1 << 20:  # as for some hundred thousand states, from the first on
        assert run.stdout.startswith("[DR506] what a search of pipeline begins with has no room in ")
    else:
        assert run.stdout == f"False the disk of {tmp_path} (File too large)\n"
    assert not list(tmp_path.iterdir())
