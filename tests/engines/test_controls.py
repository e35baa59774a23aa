"""Limits that are kept, Ctrl-C that loses nothing, and progress: of the engines, of checks, and of the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from bench.pipeline import SIZES, pipeline
from drcheck import Component, Integer, compose, on, starting
from drcheck.cli.console import Telling
from drcheck.cli.main import run
from drcheck.cli.options import limits_of, size_of
from drcheck.cli.status import INTERRUPTED_LINE, NOTHING_DECIDED
from drcheck.designs.design import Design, design
from drcheck.engines.choose import AutoEngine, engine_named
from drcheck.engines.protocol import INTERRUPT, Limits, Listener, Progress, Query
from drcheck.errors import EngineError
from drcheck.kernels import budget as memory
from drcheck.kernels.budget import Budget, resident
from drcheck.kernels.interrupts import deferred
from drcheck.kernels.sizes import size_of as read_size
from drcheck.kernels.sizes import size_text, size_word
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, eventually, reachable, stated
from drcheck.system.system import System
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import Claim, decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion
from drcheck.verdicts.wording import INTERRUPTED
from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 1.1
"""A limit of memory is kept within a tenth."""
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not report the memory of a process"
)

SEARCHES = f'''
"""Searches of very different sizes, one for each number of parts."""
import sys
from typing import Annotated

sys.path.append({str(ROOT)!r})

from bench.pipeline import SIZES, pipeline as benchmark
from drcheck import Component, Integer, System, compose, on
from drcheck.designs.design import design


@design(properties="properties.searches")
def searches(parts: Annotated[int, "how many count", range(1, 9)] = 1) -> System:
    """Counters."""
    print("composing", parts, flush=True)
    made = []
    for i in range(parts):
        n = Integer("n", 0, 99)
        counts = on(f"count{{i}}", "on", when=n < 99, then={{n: n + 1}})
        made.append(Component(f"c{{i}}", ["on"], variables=[n], transitions=[counts]))
    return compose("searches", made)


@design
def large() -> System:
    """The benchmark's size L."""
    from drcheck.logic.properties import always

    system = benchmark(*SIZES["L"])
    lost = system.component("pipeline").variable("lost")
    return System(**{{**vars(system), "properties": (always(lost <= 1, name="few_lost"),)}})
'''

STATED = """
from drcheck.logic.properties import always, stated


@stated(claims="P-1")
def small(d):
    return always(d.c0.n <= 99)


@stated(given={"parts": 5}, claims="P-1")
def large(d):
    return always(d.c0.n <= 99)


@stated(given={"parts": 5})
def early(d):
    return always(d.c0.n < VIOLATED_AT)


@stated(given={"parts": 6}, claims="P-2")
def later(d):
    return always(d.c0.n <= 99)
"""

WATCHED = """
import sys
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
    cli_project.write_project(tmp_path)
    files = {"model/searches.py": SEARCHES, "properties/searches.py": STATED.replace("VIOLATED_AT", "99 + 1")}
    cli_project.write(tmp_path, files)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def until(process: subprocess.Popen[str], line: str) -> None:
    """Wait until a process has printed a line."""
    assert process.stdout is not None
    assert process.stderr is not None
    while (read := process.stdout.readline()) != line:
        assert read, process.stderr.read()


def counters(parts: int, top: int = 99, promises: tuple[Property, ...] = ()) -> System:
    made = []
    for i in range(parts):
        n = Integer("n", 0, top)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", when=n < top, then={n: n + 1})])
        )
    return compose("counters", made, properties=promises)


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


@pytest.mark.parametrize("command", ["check model.pair", "claims", "draw model.pair", "review", "mutate"])
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
    found = engine_named(engine).explore(counters(3), Query(), Limits(memory=1 << 20))
    assert (found.complete, found.stopped) == (False, "the limit of 1M of memory")


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_the_memory_of_the_machine_stops_the_slow_engines_too(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 0)
    found = engine_named(engine).explore(counters(3), Query())
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
        check(counters(2), [], limits=Limits(memory=8 << 30))
    assert str(caught.value) == message
    assert check(counters(2), [])[0].conclusion is Conclusion.HOLDS


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
    found = engine_named("python").explore(counters(3), Query(), Limits(memory=2 << 20))
    assert found.stopped == "the limit of 2M of memory"


def test_what_is_not_known_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: None)
    monkeypatch.setattr(memory, "resident", lambda own: None)
    assert Budget(1).short_of(1 << 60) is None


def test_states_that_are_not_kept_free_their_memory() -> None:
    report = check_design(SMALL, keep_states=False)
    assert report.main.exploration.graph is None
    with pytest.raises(LookupError, match="the states of counters were released after its verdicts"):
        report.main.exploration.state(0)
    assert [v.conclusion for v in report.verdicts] == [v.conclusion for v in check_design(SMALL).verdicts]
    assert all(v.run in report.runs for v in report.verdicts)


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
    AutoEngine().explore(counters(2, 200), Query(), Limits(seconds=20, memory=1 << 40, threads=2))
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


# -- interrupts ------------------------------------------------------------------------------------------------------
@posix
@pytest.mark.parametrize(
    ("engine", "limit", "status"),
    [("auto", "99 + 1", 3), ("auto", "5", 1), ("native", "99 + 1", 3), ("python", "5", 1)],
)
def test_interrupting_a_search_tells_what_was_decided(project: Path, engine: str, limit: str, status: int) -> None:
    (project / "properties/searches.py").write_text(STATED.replace("VIOLATED_AT", limit))
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from drcheck.cli import main; main()",
            "check",
            "model.searches:searches",
            "--engine",
            engine,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
        env={**os.environ, "COLUMNS": "200"},
    )
    until(process, "composing 5\n")
    time.sleep(1.5)  # into the search
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == status, err
    assert err == INTERRUPTED_LINE + "\n"
    assert err.startswith("interrupted: ")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "small P-1 HOLDS in all 100 states" in lines
    assert any(
        re.match(r"large P-1 INCONCLUSIVE the search stopped at an interrupt, after [\d,]+ states", x) for x in lines
    )
    assert any(
        x.startswith("early INCONCLUSIVE" if status == 3 else "early VIOLATED shown by a trace of 5") for x in lines
    )
    assert "Skipped: later: the run was interrupted before its search" in lines


def interrupting(progress: Progress) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("engine", ["reference", "python", "native", "auto"])
def test_a_listener_that_interrupts_ends_the_search(engine: str) -> None:
    found = engine_named(engine).explore(pipeline(*SIZES["L"]), Query(graph=True), Limits(seconds=20), interrupting)
    assert (found.complete, found.stopped, found.interrupted) == (False, INTERRUPT, True)
    assert found.graph is not None
    assert found.graph.offsets[-1] == len(found.graph.targets) == found.transitions == sum(found.fired)


@posix
@pytest.mark.parametrize("engine", ["reference", "python", "auto"])
def test_an_interrupt_leaves_whole_states(engine: str) -> None:
    """Wherever the signal comes, the answer speaks of states that were expanded in full."""

    def handler(number: int, frame: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        for _ in range(4):
            signal.setitimer(signal.ITIMER_REAL, 0.15)
            found = engine_named(engine).explore(pipeline(*SIZES["G"]), Query(graph=True), Limits(seconds=20))
            assert (found.complete, found.stopped) == (False, INTERRUPT)
            assert found.graph is not None
            assert found.graph.offsets[-1] == len(found.graph.targets) == found.transitions == sum(found.fired)
            assert found.state(found.states - 1)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@posix
def test_a_second_interrupt_is_not_held_back() -> None:
    def twice() -> None:
        with deferred() as interrupts:
            os.kill(os.getpid(), signal.SIGINT)
            assert interrupts.pending
            interrupts.heard()
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("not interrupted")

    with pytest.raises(KeyboardInterrupt):
        twice()


@posix
def test_an_interrupt_that_nobody_heard_is_not_lost() -> None:
    def once() -> None:
        with deferred():
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        once()
    with deferred() as interrupts:
        assert not interrupts.pending


@stated(claims="K-1")
def first(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@stated(claims="K-1", given={"top": 500})
def second(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@stated(claims="K-2", given={"top": 501})
def third(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@design
def small(top: int = 3) -> System:
    """Two counters."""
    return counters(2, top, (first, second, third))


SMALL: Design = small


def stop_at(label: str) -> Callable[[str], Listener | None]:
    """Listeners that interrupt one search."""
    return lambda asked: interrupting if asked == label else None


def test_after_an_interrupt_no_search_is_begun() -> None:
    report = check_design(SMALL, engine="python", listener=stop_at("top=500"))
    assert report.interrupted
    assert [run.interrupted for run in report.runs] == [False, True]
    assert {v.property.name: v.conclusion for v in report.verdicts[1:] if v.run is report.runs[0]} == {
        "first": Conclusion.HOLDS
    }
    assert [(v.conclusion, v.reason[:41]) for v in report.verdicts if v.property.name == "second"] == [
        (Conclusion.INCONCLUSIVE, "the search stopped at an interrupt, after")
    ]
    assert [(s.name, reason) for s, reason in report.skipped] == [("third", INTERRUPTED)]
    assert not check_design(SMALL, engine="python").interrupted


def test_an_interrupt_while_systems_are_composed_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are composed before the first search, so nothing is decided by then."""
    calls = count()
    build = Design.build

    def built(self: Design, *arguments: object) -> System:
        if arguments and arguments[0] == {"top": 500} and next(calls) == 0:
            raise KeyboardInterrupt
        return build(self, *arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Design, "build", built)
    with pytest.raises(KeyboardInterrupt):
        check_design(SMALL)


def test_an_interrupt_before_anything_was_decided_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Design, "build", lambda *_: interrupting(None))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        check_design(SMALL, names=())


def test_a_claim_does_not_hold_on_half_of_its_properties() -> None:
    report = check_design(SMALL, engine="python", listener=stop_at("top=500"))
    rows = matrix([Claim(f"K-{i}", "It counts.", "a book", "page 1") for i in (1, 2, 3)], decisions_of(report))
    assert [row.verdict for row in rows] == ["INCONCLUSIVE", "INCONCLUSIVE", "NOT DECIDED"]


def test_an_interrupt_after_the_search_ends_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:

    module = sys.modules["drcheck.verdicts.deciding"]
    calls = count()

    def find(*arguments: object) -> None:
        next(calls)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "find_lasso", find)
    system = counters(2, 5)
    n = system.component("c0").variable("n")
    promises = [eventually(n == 5, fairness=weakly_fair("automatic"), name=name) for name in ("one", "two")]
    promises += [reachable(n == 5, name="three")]
    found = check(system, promises)
    assert next(calls) == 1  # the second property did not even begin
    assert [(v.property.name, v.conclusion.value) for v in found[1:]] == [
        ("one", "INCONCLUSIVE"),
        ("two", "INCONCLUSIVE"),
        ("three", "HOLDS"),
    ]
    assert found[1].reason == "the run was interrupted before this was decided"
    assert all(v.run.interrupted and v.run is found[0].run for v in found)


def test_a_second_interrupt_ends_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["drcheck.verdicts.grounds"]

    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.Grounds, "trace_to", stopped)  # type: ignore[attr-defined]
    system = counters(2, 50)
    n = system.component("c0").variable("n")
    with pytest.raises(KeyboardInterrupt):
        check(system, [reachable(n == 0, name="begun")], engine="python", listener=interrupting)


@posix
def test_a_second_signal_ends_the_command(project: Path) -> None:
    slow = """
import time
import drcheck.verdicts.judge
from drcheck.cli import main

decide = drcheck.verdicts.judge.Judge.decide

def slowly(self, plan):
    print("deciding", flush=True)
    time.sleep(60)
    return decide(self, plan)

drcheck.verdicts.judge.Judge.decide = slowly
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", slow, "check", "model.searches:searches", "small"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    for _ in range(2):
        until(process, "deciding\n")
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "interrupted: nothing was decided and no file was left half-written"


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("engine", ["auto", "python"])
def test_other_signals_end_a_search_as_an_interrupt_does(project: Path, name: str, engine: str) -> None:
    """Also where interrupts from the keyboard are ignored, as they are in the background of a script."""
    process = subprocess.Popen(
        [
            "sh",
            "-c",
            'trap "" INT; exec "$0" -c "from drcheck.cli import main; main()" "$@"',
            sys.executable,
            "check",
            "model.searches:searches",
            "--engine",
            engine,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
        env={**os.environ, "COLUMNS": "200"},
    )
    until(process, "composing 6\n")
    time.sleep(1.5)  # into the search
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (3, INTERRUPTED_LINE + "\n")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "small P-1 HOLDS in all 100 states" in lines
    assert any(
        re.match(r"large P-1 INCONCLUSIVE the search stopped at an interrupt, after [\d,]+ states", x) for x in lines
    )


@posix
@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_signals_before_anything_is_decided(project: Path, name: str, status: int) -> None:
    """No file is left, and no traceback is shown."""
    (project / "model" / "stuck.py").write_text("print('loading', flush=True)\nwhile True:\n    pass\n")
    process = subprocess.Popen(
        [sys.executable, "-c", "from drcheck.cli import main; main()", "check", "model.stuck:any"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    until(process, "loading\n")
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (status, "", NOTHING_DECIDED + "\n")


@posix
def test_an_interrupt_while_the_command_is_imported(tmp_path: Path) -> None:
    """From its first import on: this package is what stands first in the script of the command."""
    script = tmp_path / "drcheck"
    script.write_text("import sys\nprint('begun', flush=True)\nfrom drcheck.cli import main\nsys.exit(main())\n")
    slow = tmp_path / "slow" / "transitions"
    slow.mkdir(parents=True)
    (slow / "__init__.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n")
    path = os.pathsep.join([str(slow.parent), str(ROOT / "src")])
    process = subprocess.Popen(
        [sys.executable, str(script), "check", "model.pair:pair"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    until(process, "importing\n")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", NOTHING_DECIDED + "\n")


def test_what_the_command_does_at_an_interrupt_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not starting._is_command()
    monkeypatch.setattr(sys, "argv", ["/usr/bin/drcheck", "list"])
    assert starting._is_command()
    starting.hold()
    assert signal.getsignal(signal.SIGINT) is starting._end
    starting.release()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@posix
def test_interrupting_claims_shows_what_was_decided(project: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from drcheck.cli import main; main()",
            "claims",
            "model.pair:pair",
            "model.searches:searches",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    until(process, "composing 5\n")
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (3, INTERRUPTED_LINE + "\n")
    assert "INCONCLUSIVE: later" in out


@posix
@pytest.mark.parametrize(
    "command", ["review model.searches:searches", "draw --all --complete --output drawn model.searches:searches"]
)
def test_interrupting_what_writes_files_writes_none(project: Path, command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from drcheck.cli import main; main()", *command.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    until(process, "composing 5\n")
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "interrupted: nothing was decided and no file was left half-written\n")
    assert not list(project.rglob("*.html")) + list(project.rglob("*.svg"))


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
