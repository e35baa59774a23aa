"""Limits that are kept, threads, and progress: of the engines, of checks, and of the command line."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.pipeline import SIZES, pipeline
from drcheck.cli.console import Telling
from drcheck.cli.main import run
from drcheck.cli.options import limits_of, size_of
from drcheck.engines.choose import AutoEngine, engine_named
from drcheck.engines.protocol import Exploration, Limits, Listener, Progress, Query
from drcheck.errors import EngineError
from drcheck.kernels import budget as memory
from drcheck.kernels.budget import Budget, resident
from drcheck.kernels.sizes import size_of as read_size
from drcheck.kernels.sizes import size_text, size_word
from drcheck.system.system import System
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion
from tests.support import cli_project, searches

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 1.1
"""A limit of memory is kept within a tenth."""
proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not report the memory of a process"
)

WATCHED = """
import sys
import weakref
from pathlib import Path
from drcheck.cli.main import run
status = run(sys.argv[1:])
sys.stdout.flush()
print([l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM")][0].split()[1], file=sys.stderr)
sys.exit(status)
"""
"""A drcheck command that tells its peak of resident memory in KiB. (What getrusage tells begins with the parent's.)"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    searches.write(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


# -- sizes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "size"),
    [("8G", 8 << 30), ("512M", 512 << 20), ("2GiB", 2 << 30), ("2gb", 2 << 30), ("1.5g", 3 << 29), ("1T", 1 << 40),
     ("4096K", 4 << 20), ("1048576", 1 << 20), ("2000000B", 2_000_000), (" 8 G ", 8 << 30)],
)  # short cases  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert size_of(text) == size


REMEDY = "write --memory 8G or --memory 512M"
BAD = {
    "": "--memory '' is not a size",
    "G": "--memory 'G' is not a size",
    "8X": "--memory '8X' is not a size",
    "-8G": "--memory '-8G' is not a size",
    "8GG": "--memory '8GG' is not a size",
    "1.5": "--memory '1.5' is not a size",
    "1e9": "--memory '1e9' is not a size",
    "nan": "--memory 'nan' is not a size",
    "٨G": "--memory '٨G' is not a size",  # a digit of another script
    "8": "--memory '8' is less than 1M",
    "0G": "--memory '0G' is less than 1M",
    "99999999T": "--memory '99999999T' is more than there can be",
}


@pytest.mark.parametrize("text", list(BAD))
def test_what_is_no_size_is_a_coded_error(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        size_of(text)
    assert str(caught.value) == f"[DR503] {BAD[text]}; {REMEDY}"


@pytest.mark.parametrize("threads", [0, -1, 65])
def test_what_is_no_number_of_threads_is_a_coded_error(threads: int) -> None:
    with pytest.raises(EngineError) as caught:
        limits_of(threads=threads)
    assert str(caught.value) == f"[DR503] --threads {threads} cannot be used; give a whole number from 1 to 64"


@pytest.mark.parametrize("command", ["check model.pair", "claims", "draw model.pair", "review", "mutate", "mutants"])
@pytest.mark.parametrize("option", ["--memory 8X", "--threads 0"])
def test_every_command_that_searches_takes_them(
    project: Path, capsys: pytest.CaptureFixture[str], command: str, option: str
) -> None:
    assert run([*command.split(), *option.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"error: \[DR503\] --(memory|threads) [^\n]+\n", err), err


def test_limits_are_what_the_options_say() -> None:
    assert limits_of(5, 2.5, "8G", 3) == Limits(5, 2.5, 8 << 30, 3)
    assert limits_of() == Limits()


def test_sizes_are_told_exactly() -> None:
    written = [8 << 30, 200 << 20, 1025, 2048, 0, 2000 << 40]
    assert [size_text(n) for n in written] == ["8G", "200M", "1,025 bytes", "2K", "0 bytes", "2,000T"]
    assert [size_word(n) for n in written] == ["8G", "200M", "1025", "2K", "0", "2000T"]
    assert [read_size(size_word(n)) for n in written] == written


# -- memory ----------------------------------------------------------------------------------------------------------
@proc
@pytest.mark.parametrize("engine", ["native", "auto"])
def test_a_command_keeps_its_limit_of_memory(project: Path, engine: str) -> None:
    command = [sys.executable, "-c", WATCHED, "check", "model.searches:large", "--engine", engine]
    command += ["--memory", "200M", "--threads", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=project, timeout=50)
    assert done.returncode == 3, done.stderr
    verdict = json.loads(done.stdout)["verdicts"][-1]
    assert (verdict["property"], verdict["verdict"]) == ("few_lost", "INCONCLUSIVE")
    assert re.match(r"the search stopped at the limit of 200M of memory, after [\d,]{9,} states", verdict["reason"])
    assert int(done.stderr) << 10 < (200 << 20) * WITHIN


@proc
@pytest.mark.parametrize("graph", [False, True])
def test_the_engines_keep_the_limit_of_memory(graph: bool) -> None:
    """In a process of its own, with the whole graph too; the peak is told by the system."""
    most = 300 if graph else 150
    code = f"""
from bench.pipeline import SIZES, pipeline
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from pathlib import Path
for engine, megabytes in (("python", 90), ("native", {most})):
    found = engine_named(engine).explore(pipeline(*SIZES["L"]), Query(graph={graph}), Limits(memory=megabytes << 20, threads=1))
    peak = [l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM")][0].split()[1]
    print(found.complete, found.stopped, found.states, peak, found.state(found.states - 1) is not None, sep=";")
    del found
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=50,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert done.returncode == 0, done.stderr
    for line, megabytes in zip(done.stdout.splitlines(), (90, most), strict=True):
        complete, stopped, states, peak, _ = line.split(";")
        assert (complete, stopped) == ("False", f"the limit of {megabytes}M of memory")
        assert int(states) > 1_000
        assert int(peak) << 10 < (megabytes << 20) * WITHIN


@pytest.mark.parametrize("engine", ["reference", "python", "native", "auto"])
def test_a_limit_below_what_is_used_already_stops_at_once(engine: str) -> None:
    if resident() is None:
        pytest.skip("the system does not report the memory of a process")
    found = engine_named(engine).explore(searches.counters(3), Query(), Limits(memory=1 << 20))
    assert (found.complete, found.stopped) == (False, "the limit of 1M of memory")


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_the_memory_of_the_machine_stops_the_slow_engines_too(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 0)
    found = engine_named(engine).explore(searches.counters(3), Query())
    assert (found.complete, found.stopped) == (False, "the memory of this machine")


def test_a_budget_remembers_why_it_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 100 << 30)
    monkeypatch.setattr(memory, "resident", lambda own: 1 << 30)
    budget = Budget(2 << 30)
    assert budget.for_more(1 << 30)
    assert budget.short_of(0) is None
    assert not budget.for_more((1 << 30) + 1)
    assert budget.short_of(0) == "the limit of 2G of memory"


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system without /proc, and no psutil."""
    monkeypatch.setattr(memory, "_read", lambda path: "")
    monkeypatch.setitem(sys.modules, "psutil", None)
    memory._psutil.cache_clear()
    yield
    memory._psutil.cache_clear()


@pytest.mark.usefixtures("unreadable")
def test_a_limit_of_memory_that_cannot_be_kept_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = (
        "[DR512] the limit of 8G of memory cannot be kept here: the system does not report the memory of a process; install "
        "psutil (pip install drcheck[memory]), or leave the limit out"
    )
    assert run(["check", "model.pair:pair", "--memory", "8G"]) == 2
    assert capsys.readouterr().err == f"error: {message}\n"
    with pytest.raises(EngineError) as caught:
        check(searches.counters(2), [], limits=Limits(memory=8 << 30))
    assert str(caught.value) == message
    assert check(searches.counters(2), [])[0].conclusion is Conclusion.HOLDS


@pytest.mark.usefixtures("unreadable")
def test_psutil_tells_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    class Told:
        rss, available = 3 << 20, 5 << 30

    class Own:
        def memory_info(self) -> type[Told]:
            return Told

    class Psutil:
        Process = Own

        @staticmethod
        def virtual_memory() -> type[Told]:
            return Told

    monkeypatch.setitem(sys.modules, "psutil", Psutil)  # type: ignore[arg-type]  # as far as it is used
    memory._psutil.cache_clear()
    assert (resident(), memory.available()) == (3 << 20, 5 << 30)
    found = engine_named("python").explore(searches.counters(3), Query(), Limits(memory=2 << 20))
    assert found.stopped == "the limit of 2M of memory"


def test_what_is_not_known_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: None)
    monkeypatch.setattr(memory, "resident", lambda own: None)
    assert Budget(1).short_of(1 << 60) is None


def test_states_that_are_not_kept_free_their_memory() -> None:
    report = check_design(searches.SMALL, keep_states=False)
    assert report.main.exploration.graph is None
    with pytest.raises(LookupError, match="the states of counters were released after its verdicts"):
        report.main.exploration.state(0)
    assert [v.conclusion for v in report.verdicts] == [v.conclusion for v in check_design(searches.SMALL).verdicts]
    assert all(v.run in report.runs for v in report.verdicts)


@pytest.mark.parametrize("engine", ["python", "numpy", "native"])
def test_nothing_holds_what_was_released(engine: str) -> None:
    found = engine_named(engine).explore(searches.SMALL.build(), Query(graph=True))
    kept, states = found.without_states(), weakref.ref(found)
    del found
    assert states() is None, "what is kept holds what was found"
    assert kept.states > 0

    seen: list[weakref.ref[Exploration]] = []
    report = check_design(
        searches.SMALL,
        engine=engine,
        keep_states=False,
        last_look=lambda run: seen.append(weakref.ref(run.exploration)),
    )
    assert len(seen) == len(report.runs)
    gc.collect()
    assert [ref() for ref in seen] == [None] * len(seen)


# -- time and threads ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ["reference", "python", "auto"])
def test_the_limit_of_seconds_is_told_as_it_was_given(engine: str) -> None:
    found = engine_named(engine).explore(pipeline(*SIZES["G"]), Query(), Limits(seconds=1.5))
    assert (found.complete, found.stopped) == (False, "the limit of 1.5 seconds")
    assert found.seconds < 2.5


def test_auto_passes_threads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from drcheck.engines.native.engine import NativeEngine

    seen: list[Limits] = []
    explore = NativeEngine.explore

    def spied(self: NativeEngine, system: System, query: Query, limits: Limits, listener: Listener | None) -> object:
        seen.append(limits)
        return explore(self, system, query, limits, listener)

    monkeypatch.setattr(NativeEngine, "explore", spied)
    AutoEngine().explore(searches.counters(2, 200), Query(), Limits(seconds=20, memory=1 << 40, threads=2))
    assert [(limits.memory, limits.threads) for limits in seen] == [(1 << 40, 2)]


def test_answers_do_not_depend_on_threads(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for threads in ("1", "2", "5"):
        words = ["check", "model.searches:searches", "large", "--set", "parts=3", "--limit-states", "200000"]
        words += ["--limit-seconds", "20", "--threads", threads, "--json"]
        run(words)
        data = json.loads(re.sub(r'"seconds": [\d.]+', '"seconds": 0', capsys.readouterr().out))
        assert data.pop("phases")["searching"] > 0
        told.append(data)
    assert told[0] == told[1] == told[2]


# -- progress --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ["reference", "python"])
def test_the_slow_engines_tell_progress(engine: str) -> None:
    told: list[Progress] = []
    engine_named(engine).explore(pipeline(*SIZES["S"]), Query(), Limits(seconds=0.8), told.append)
    assert len(told) >= 2
    assert [p.states for p in told] == sorted(p.states for p in told)
    assert all(p.memory == resident() or (p.memory or 0) > 1 << 20 for p in told)
    assert all(p.load is None for p in told)


def test_progress_as_a_line() -> None:
    telling = Telling()
    assert telling(Progress(3_000, 9_000, 800, 12, 2.0)) == (
        "3,000 states, 1,500 states/s, 9,000 transitions, depth 12, 800 to expand, 2.0 s, frontier growing: no estimate"
    )
    assert telling(Progress(5_000, 12_000, 900, 13, 3.0, 250 << 20, 0.425)) == (
        "5,000 states, 2,000 states/s, 12,000 transitions, depth 13, 900 to expand, 250M of memory, table 42% full, "
        "3.0 s, frontier growing: no estimate"
    )
