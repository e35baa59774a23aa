"""Ctrl-C and other signals lose nothing: of the engines, of checks, and of the command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bench.pipeline import SIZES, pipeline
from drcheck import starting
from drcheck.cli.status import INTERRUPTED_LINE, NOTHING_DECIDED
from drcheck.designs.design import Design
from drcheck.engines.choose import engine_named
from drcheck.engines.native import engine as native
from drcheck.engines.protocol import INTERRUPT, Limits, Listener, Progress, Query
from drcheck.kernels.interrupts import deferred
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.properties import eventually, reachable
from drcheck.system.system import System
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import Claim, decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion
from drcheck.verdicts.wording import INTERRUPTED
from tests.support import cli_project, searches

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    searches.write(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


@posix
@pytest.mark.parametrize(
    ("engine", "limit", "status"),
    [("auto", "99 + 1", 3), ("auto", "5", 1), ("native", "99 + 1", 3), ("python", "5", 1)],
)
def test_interrupting_a_search_tells_what_was_decided(project: Path, engine: str, limit: str, status: int) -> None:
    (project / "properties/searches.py").write_text(searches.STATED.replace("VIOLATED_AT", limit))
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
    searches.until(process, "composing 5\n")
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


@posix
@pytest.mark.skipif(not native.NativeEngine.available(), reason="needs llvmlite")
def test_an_interrupt_when_all_is_searched_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches of slices are so short that an interrupt often comes then; it must not be taken for one of a search."""
    system = pipeline(*SIZES["tiny"])
    signals = iter([signal.SIGINT])

    def waited(jobs: Sequence[Future[Any]], seconds: float | None = None) -> object:
        done = wait(jobs)
        for number in signals:
            os.kill(os.getpid(), number)
        return done

    monkeypatch.setattr(native, "wait", waited)
    engine = native.NativeEngine()
    with pytest.raises(KeyboardInterrupt):
        engine.explore(system, Query(), Limits())
    assert engine.explore(system, Query(), Limits()).complete


@posix
@pytest.mark.skipif(not native.NativeEngine.available(), reason="needs llvmlite")
def test_an_interrupt_never_comes_between_the_steps_of_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What waits for threads is in Python, and an exception between two of its steps left its lock in disorder.

    Once in some thousand interrupts it was RuntimeError, "release unlocked lock". However many come while a search waits,
    or rebuilds the states of its log, they are heard afterwards.
    """
    came, size = count(), "L"

    def waited(jobs: Sequence[Future[Any]], seconds: float | None = None) -> object:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            next(came)  # not reached where that raised
        return wait(jobs, seconds)

    engine, limits = native.NativeEngine(), Limits(log=tmp_path, threads=1)
    engine.explore(pipeline(*SIZES[size]), Query(), replace(limits, states=100_000))
    monkeypatch.setattr(native, "wait", waited)
    for asked in (limits, Limits()):
        found = engine.explore(pipeline(*SIZES[size]), Query(), asked)
        assert (found.complete, found.stopped) == (False, INTERRUPT)
    assert next(came) >= 6
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def stop_at(label: str) -> Callable[[str], Listener | None]:
    """Listeners that interrupt one search."""
    return lambda asked: interrupting if asked.endswith(label) else None


def test_after_an_interrupt_no_search_is_begun() -> None:
    report = check_design(searches.SMALL, engine="python", listener=stop_at("top=500"))
    assert report.interrupted
    assert [run.interrupted for run in report.runs] == [False, True]
    assert {v.property.name: v.conclusion for v in report.verdicts[1:] if v.run is report.runs[0]} == {
        "first": Conclusion.HOLDS
    }
    assert [(v.conclusion, v.reason[:41]) for v in report.verdicts if v.property.name == "second"] == [
        (Conclusion.INCONCLUSIVE, "the search stopped at an interrupt, after")
    ]
    assert [(s.name, reason) for s, reason in report.skipped] == [("third", INTERRUPTED)]
    assert not check_design(searches.SMALL, engine="python").interrupted


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
        check_design(searches.SMALL)


def test_an_interrupt_before_anything_was_decided_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Design, "build", lambda *_: interrupting(None))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        check_design(searches.SMALL, names=())


def test_a_claim_does_not_hold_on_half_of_its_properties() -> None:
    report = check_design(searches.SMALL, engine="python", listener=stop_at("top=500"))
    rows = matrix([Claim(f"K-{i}", "It counts.", "a book", "page 1") for i in (1, 2, 3)], decisions_of(report))
    assert [row.verdict for row in rows] == ["not decided"] * 3
    assert [{d.verdict for d in row.decisions} for row in rows] == [{"HOLDS", "INCONCLUSIVE"}, {"INCONCLUSIVE"}, set()]


def test_an_interrupt_after_the_search_ends_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:

    module = sys.modules["drcheck.verdicts.deciding"]
    calls = count()

    def find(*arguments: object) -> None:
        next(calls)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "find_lasso", find)
    system = searches.counters(2, 5)
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
    system = searches.counters(2, 50)
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
        searches.until(process, "deciding\n")
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
    searches.until(process, "composing 6\n")
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
    searches.until(process, "loading\n")
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
    searches.until(process, "importing\n")
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


def test_the_command_alone_lets_numpy_start_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    starting.spare_threads()
    assert "OPENBLAS_NUM_THREADS" not in os.environ
    monkeypatch.setattr(sys, "argv", ["/usr/bin/drcheck", "list"])
    starting.spare_threads()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    os.environ["OPENBLAS_NUM_THREADS"] = "2"
    starting.spare_threads()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"


@posix
def test_interrupting_claims_shows_what_was_decided(project: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from drcheck.cli import main; main()",
            "claims",
            "--whole",
            "model.pair:pair",
            "model.searches:searches",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    searches.until(process, "composing 5\n")
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
    searches.until(process, "composing 5\n")
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "interrupted: nothing was decided and no file was left half-written\n")
    assert not list(project.rglob("*.html")) + list(project.rglob("*.svg"))


def test_interrupts_are_held_before_anything_slow_is_imported() -> None:
    """An interrupt that comes earlier has a traceback: what holds them needs nothing but what Python begins with."""
    module = Path(starting.__file__)
    look = (
        "import sys, os; from importlib.machinery import SourceFileLoader as L; before = set(sys.modules); "
        f"L('starting', {str(module)!r}).load_module(); "
        "print(sorted(set(sys.modules) - before - {'starting', '_signal', '__future__'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "ignore", "-c", look], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
