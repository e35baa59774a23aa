"""The limit of seconds is that of a whole check: each part of it, alone, would take ten times as long here, and is cut."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from drcheck import Component, Integer, System, compose, on, outcome
from drcheck.cli import check_text as told
from drcheck.cli.check import status_of
from drcheck.cli.main import run
from drcheck.designs.design import Design, design, load
from drcheck.engines.choose import MANY, AutoEngine, engine_named
from drcheck.engines.plain_search import unsearched
from drcheck.engines.protocol import INTERRUPT, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError
from drcheck.graphs import algorithms
from drcheck.kernels import compiler, jit
from drcheck.kernels import deadline as deadlines
from drcheck.kernels.deadline import Deadline, OutOfTimeError, apart, left_alone
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, deadlock_free, eventually, reachable, stated, worst_case
from drcheck.reductions import dead_variables
from drcheck.reductions.form import DEAD_VARIABLES
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check, check_design, prepare_all
from drcheck.verdicts.verdict import Conclusion, DesignReport, Verdict
from tests.support import cli_project
from tests.support.engines import equal
from tests.support.generated import EXAMPLES, composed
from tests.support.generators import Case, systems

LIMIT = 0.2
LONG = 10 * LIMIT
"""What each part would take."""
LATE = LIMIT + 1.0
"""When a check must have ended at the latest."""
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and scripts of POSIX")


def busy(seconds: float = LONG) -> None:
    """Take so long, in plain Python."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


@pytest.fixture
def clock() -> Iterator[None]:
    """The test ends in time, with some patience for a machine that has other things to do."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < LONG


def counting(top: int = 5) -> System:
    """A counter that counts up to an end."""
    n = Integer("n", 0, top)
    counts = on("t", "on", when=n < top, then={n: n + 1})
    return compose("counting", [Component("c", ["on"], variables=[n], transitions=[counts])])


def slowly(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    """A function takes long from now on, before it does what it does."""
    inner = getattr(owner, name)

    def slow(*arguments: object, **named: object) -> object:
        busy()
        return inner(*arguments, **named)

    monkeypatch.setattr(owner, name, slow)


# -- deadlines ---------------------------------------------------------------------------------------------------------
def test_what_takes_long_is_cut_and_nothing_afterwards() -> None:
    cut = False
    began = time.perf_counter()
    try:
        with Deadline(0.05).cut():
            busy()
    except OutOfTimeError:
        cut = True
    assert cut
    assert time.perf_counter() - began < 1
    busy(0.1)


def test_what_ends_in_time_is_not_cut() -> None:
    for seconds in (None, 0.03, 60.0):
        with Deadline(seconds).cut():
            pass
    busy(0.1)
    assert not [t for t in threading.enumerate() if t.name == "drcheck deadline"]


def test_where_it_has_passed_nothing_is_begun() -> None:
    over = Deadline(0.0)
    busy(0.001)
    with pytest.raises(OutOfTimeError), over.cut():
        raise AssertionError("begun")
    assert over.passed
    assert over.left == 0
    assert not Deadline().passed


def test_a_deadline_that_is_near_the_end_of_the_work_is_heard_within_or_not_at_all() -> None:
    """The bell rings at any moment of what is done, of its end, and of what comes after it."""
    heard, switches = 0, sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for n in range(400):
            try:
                with Deadline(0.001 + n * 2e-6).cut():
                    busy(0.0015)
            except OutOfTimeError:
                heard += 1
            busy(0.0002)
    finally:
        sys.setswitchinterval(switches)
    assert heard
    busy(0.05)


def test_a_deadline_that_a_finaliser_drops_is_heard_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    """Python raises nothing out of `__del__`, and says so on standard error."""

    class Slow:
        def __del__(self) -> None:
            busy(0.3)

    def finalise_and_go_on() -> None:
        Slow()
        busy()

    with pytest.raises(OutOfTimeError), Deadline(0.1).cut():
        finalise_and_go_on()
    assert not capfd.readouterr().err


def test_an_exception_that_a_finaliser_drops_is_said_during_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def __del__(self) -> None:
            raise ValueError

    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: dropped.append(unraisable.exc_type))
    hook = sys.unraisablehook
    with Deadline(60).cut():
        Wrong()
    assert dropped == [ValueError]
    assert sys.unraisablehook is hook


def test_deadlines_are_heard_in_every_thread() -> None:
    cut: list[bool] = []

    def work() -> None:
        try:
            with Deadline(0.05).cut():
                busy()
        except OutOfTimeError:
            cut.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert cut == [True]


def test_a_nearer_deadline_and_a_later_one() -> None:
    first = Deadline(10)
    assert first.at_most(1).left < 1.1
    assert first.at_most(100).left < 10.1
    assert 10.5 < first.with_grace().left < 11
    assert {first.at_most(1).reason, first.with_grace().reason, first.reason} == {"the limit of 10 seconds"}


def test_what_looks_at_a_clock_is_not_cut_before_the_deadline_it_came_from() -> None:
    without_end, soon = Deadline().looked_at_in(0.001), Deadline(0.05).looked_at_in(0.001)
    with without_end.cut():
        busy(0.02)
    assert without_end.passed
    with pytest.raises(OutOfTimeError), soon.cut():
        busy()


def test_a_profiler_goes_on_after_a_deadline() -> None:
    """CPython under a profiler does not come back from an exception that was taken back before it was raised."""
    code = (
        "import cProfile\nfrom drcheck.kernels.deadline import Deadline\n"
        "with Deadline(60).cut():\n    pass\n"
        "cProfile.run('for n in range(100): len(str(n))')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "function calls" in done.stdout


def test_before_there_is_anything_to_tell_it_is_a_coded_error() -> None:
    with pytest.raises(EngineError) as caught, Deadline(0.05).during("the test was made"):
        busy()
    assert str(caught.value) == (
        "[DR510] the limit of 0.05 seconds passed while the test was made; nothing was decided; give a higher limit of seconds"
    )


# -- work that is left alone ---------------------------------------------------------------------------------------------
def test_work_apart_gives_what_it_returns_and_raises() -> None:
    assert apart(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)
    assert not left_alone()


def test_nobody_waits_for_work_apart_beyond_the_deadline() -> None:
    """Although it does not come back to the interpreter."""
    began, go_on = time.perf_counter(), threading.Event()
    with pytest.raises(OutOfTimeError), Deadline(0.05).cut():
        apart(lambda: go_on.wait(20))
    assert time.perf_counter() - began < 1
    assert left_alone()
    go_on.set()
    deadlines._wait_for_them()
    assert not left_alone()


# -- the parts of a check ------------------------------------------------------------------------------------------------
@stated
def one(d):  # type: ignore[no-untyped-def]
    return always(d.c.n < 9)


@stated(given={"top": 7})
def two(d):  # type: ignore[no-untyped-def]
    return always(d.c.n < 9)


@design
def composed_slowly(top: int = 3, slow: int = 3) -> System:
    """The one with so many is composed slowly."""
    if top == slow:
        busy()
    system = counting(top)
    return System(**{**vars(system), "properties": (one, two)})


SLOW: Design = composed_slowly


def test_composing(clock: None) -> None:
    with pytest.raises(EngineError) as caught:
        check_design(SLOW, limits=Limits(seconds=LIMIT))
    assert "[DR510] the limit of 0.2 seconds passed while" in str(caught.value)
    assert "was composed; nothing was decided" in str(caught.value)


def test_composing_of_another_variant(clock: None) -> None:
    with pytest.raises(EngineError, match="was composed; nothing was decided"):
        check_design(SLOW, {"slow": 7}, limits=Limits(seconds=LIMIT))


def test_no_search_is_begun_after_the_limit(monkeypatch: pytest.MonkeyPatch, clock: None) -> None:
    explore, explored = PythonEngine.explore, list[int]()

    def slow(self: PythonEngine, *arguments: object) -> object:
        explored.append(1)
        busy(6 * LIMIT)
        return explore(self, *arguments)  # type: ignore[arg-type]  # as it was called

    assert not check_design(SLOW, {"slow": 0}, limits=Limits(seconds=20)).limited
    monkeypatch.setattr(PythonEngine, "explore", slow)
    report = check_design(SLOW, {"slow": 0}, engine="python", limits=Limits(seconds=5 * LIMIT))
    assert (report.limited, len(explored)) == (True, 1)
    assert [(s.name, why) for s, why in report.skipped] == [("two", "the limit of 1 seconds passed before its search")]
    assert status_of(report, named=False) == 3
    assert [v.conclusion for v in report.verdicts] == [Conclusion.INCONCLUSIVE] * 2


def test_reducing(monkeypatch: pytest.MonkeyPatch, clock: None) -> None:
    apply = dead_variables.apply

    def slow(*arguments: object) -> object:
        busy()
        return apply(*arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(dead_variables, "apply", slow)
    system = counting()
    found = check(
        system, [always(system.c.n <= 5)], limits=Limits(seconds=LIMIT), reductions=frozenset([DEAD_VARIABLES])
    )
    assert [(v.conclusion, v.reason) for v in found] == [
        (Conclusion.INCONCLUSIVE, "the search stopped at the limit of 0.2 seconds, after 1 state")
    ] * 2
    phases = found[0].run.phases
    assert phases.composing + phases.reducing >= LIMIT


@posix
@pytest.mark.parametrize("engine", ["native", "auto"])
def test_compiling(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: str) -> None:
    """Long texts are compiled by another process, which is ended; what the first engine found is told."""
    slow = tmp_path / "compiler"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path / 'number'}\nexec sleep 60\n")
    slow.chmod(0o700)
    engine_named("native").explore(counting(), Query())  # so that only the model's code is made
    monkeypatch.setenv("DRCHECK_CACHE", "")
    monkeypatch.setattr(compiler, "is_long", lambda text, level: True)
    monkeypatch.setattr(sys, "executable", str(slow))
    began = time.perf_counter()
    system = counting(20_000)
    found = check(
        system, [always(system.c.n < 3), always(system.c.n <= 20_000)], engine=engine, limits=Limits(seconds=2.0)
    )
    assert time.perf_counter() - began < 3.5
    shown = Conclusion.VIOLATED if engine == "auto" else Conclusion.INCONCLUSIVE
    assert [v.conclusion for v in found] == [Conclusion.INCONCLUSIVE, shown, Conclusion.INCONCLUSIVE]
    assert found[0].run.exploration.states == (1 if engine == "native" else 4_097)
    number = int((tmp_path / "number").read_text())
    assert not Path(f"/proc/{number}").exists()


@posix
def test_an_interrupt_ends_compiling(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "compiler"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o700)
    engine_named("native").explore(counting(), Query())
    monkeypatch.setenv("DRCHECK_CACHE", "")
    monkeypatch.setattr(compiler, "is_long", lambda text, level: True)
    monkeypatch.setattr(sys, "executable", str(slow))
    threading.Timer(0.7, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]).start()
    began = time.perf_counter()
    found = engine_named("native").explore(counting(20_001), Query())
    assert (found.stopped, found.states) == (INTERRUPT, 1)
    assert time.perf_counter() - began < 5


def test_the_other_process_makes_the_same_code() -> None:
    text = "define i64 @f(i64 %a) {\n  %b = add i64 %a, 1\n  ret i64 %b\n}\n"
    for level in (0, 2):
        assert compiler.compiled(text, level) == jit.object_of(text, level)
    # More than a pipe takes at once, for a process that takes longer to start than anybody waits.
    long = text + "".join(f"; {n:060}\n" for n in range(5_000))
    assert compiler.compiled(long, 0) == jit.object_of(long, 0)


def test_without_another_process_this_one_compiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiler, "is_long", lambda text, level: True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    text = "define i64 @f() {\n  ret i64 7\n}\n"
    assert compiler.compiled(text, 0) is None
    assert jit._object(text, 0) == jit.object_of(text, 0)


def test_the_analysis_of_a_graph(monkeypatch: pytest.MonkeyPatch, clock: None) -> None:
    module = sys.modules["drcheck.verdicts.deciding"]
    slowly(monkeypatch, module, "find_lasso")
    system = counting()
    promises = [
        eventually(system.c.n == 5, fairness=weakly_fair("t"), name="ends"),
        reachable(system.c.n == 3, name="three"),
    ]
    found = check(system, promises, limits=Limits(seconds=LIMIT))
    assert [(v.property.name, v.conclusion.value, v.reason) for v in found[1:]] == [
        ("ends", "INCONCLUSIVE", "the limit of 0.2 seconds passed before this was decided"),
        ("three", "HOLDS", "shown by a state; the limit of 0.2 seconds passed before its trace was made and replayed"),
    ]
    assert found[0].run.phases.deciding >= LIMIT


def test_the_analysis_of_a_large_graph(monkeypatch: pytest.MonkeyPatch, clock: None) -> None:
    """Machine code does not come back to the interpreter; nobody waits for it."""
    go_on = threading.Event()

    def kernel(*arguments: object) -> int:
        go_on.wait(20)
        return 0

    monkeypatch.setattr(algorithms, "SMALL", 0)
    monkeypatch.setattr(algorithms, "_compiled", lambda kernels: {k.__name__: kernel for k in kernels})
    system = counting()
    found = check(system, [eventually(system.c.n == 5, fairness=weakly_fair("t"))], limits=Limits(seconds=LIMIT))
    assert found[1].conclusion is Conclusion.INCONCLUSIVE
    go_on.set()
    deadlines._wait_for_them()


def late_verdicts(
    monkeypatch: pytest.MonkeyPatch, promises: Callable[[System], list[Property]], **how: object
) -> list[Verdict]:
    """The verdicts where replaying takes long."""
    slowly(monkeypatch, Oracle, "steps_to")
    system = counting()
    began = time.perf_counter()
    found = check(system, promises(system), limits=Limits(seconds=LIMIT), **how)  # type: ignore[arg-type]  # as it is called
    assert time.perf_counter() - began < LONG
    return found


def test_replaying(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the search found is told, and that there is no trace of it."""
    found = late_verdicts(
        monkeypatch,
        lambda d: [
            always(d.c.n < 4),
            deadlock_free(),
            worst_case(d.c.n),
            worst_case(d.c.n, at_most=2),
            reachable(d.c.n == 2),
            always(d.c.n <= 5),
            deadlock_free(d.c.n == 4),
        ],
    )
    late = "; the limit of 0.2 seconds passed before its trace was made and replayed"
    assert [(v.conclusion.value, v.reason, v.trace) for v in found[1:]] == [
        ("VIOLATED", "shown by a state" + late, None),
        ("VIOLATED", "a state without any step" + late, None),
        ("HOLDS", "exactly 5, over 6 states" + late, None),
        ("VIOLATED", "the value 5 exceeds 2" + late, None),
        ("HOLDS", "shown by a state" + late, None),
        ("HOLDS", "in all 6 states", None),
        ("INCONCLUSIVE", "the limit of 0.2 seconds passed before this was decided", None),
    ]


def test_replaying_after_reductions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only a search with reductions shows is not shown yet."""
    x = Integer("x", 0, 3)
    worn = [on("set", "on", then={x: 1}), on("use", "on", "off", when=x == 1), on("again", "off", "on", then={x: 0})]
    system = compose("worn", [Component("c", ["on", "off"], variables=[x], transitions=worn)])
    slowly(monkeypatch, Oracle, "steps_to")
    found = check(system, [always(~system.c.off)], limits=Limits(seconds=LIMIT), reductions=frozenset([DEAD_VARIABLES]))
    assert found[0].run.reductions == (DEAD_VARIABLES,)
    assert found[1].conclusion is Conclusion.INCONCLUSIVE
    assert found[1].reason == (
        "the search shows a trace of it; the limit of 0.2 seconds passed before its trace was made and replayed, with "
        "dead-variables"
    )


def test_replaying_what_leaves_a_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    n = Integer("n", 0, 3)
    system = compose("up", [Component("c", ["on"], variables=[n], transitions=[on("t", "on", then={n: n + 1})])])
    slowly(monkeypatch, Oracle, "steps_to")
    (found,) = check(system, [], limits=Limits(seconds=LIMIT))
    assert (found.conclusion, found.trace) == (Conclusion.VIOLATED, None)
    assert found.reason.startswith("t would take c.n out of 0..3; the limit of 0.2 seconds passed before its trace")


# -- engines -------------------------------------------------------------------------------------------------------------
@settings(max_examples=max(EXAMPLES // 50, 5))
@given(case=systems())
def test_a_search_that_did_not_begin_is_one_of_no_states(case: Case) -> None:
    built = composed(case)
    query = Query(built.lowered_watches, built.lowered_maxima, graph=True)
    expected = PythonEngine().explore(built.system, query, Limits(states=0))
    equal(unsearched(built.system, query, "python", 0.0, "the test"), expected)


def alternatives(parts: int) -> System:
    """One event with three outcomes for each part."""
    ways = [outcome("a"), outcome("b"), outcome("d")]
    made = [Component(f"c{i}", ["a", "b", "d"], transitions=[on("all", "*", outcomes=ways)]) for i in range(parts)]
    return compose("alternatives", made)


def test_thousands_of_alternatives_are_not_compiled() -> None:
    system = alternatives(7)
    assert sum(len(event.alternatives) for event in system.events) > MANY
    assert AutoEngine().explore(system, Query(), Limits(states=10)).engine == "numpy"


@pytest.mark.parametrize("engine", ["reference", "python", "numpy", "native"])
def test_no_engine_goes_beyond_what_is_left(engine: str) -> None:
    """Of a check that has taken the rest."""
    limits = Limits(seconds=0.001).begun()
    busy(0.01)
    found = engine_named(engine).explore(counting(50), Query(), limits)
    assert (found.states, found.complete, found.stopped) == (1, False, "the limit of 0.001 seconds")


# -- the command line ----------------------------------------------------------------------------------------------------
@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    slow = """
import time
from drcheck import *

@design
def slow(seconds: int = 20) -> System:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
    n = Integer("n", 0, 3)
    return compose("s", [Component("c", ["on"], variables=[n], transitions=[on("t", "on", when=n < 3, then={n: n + 1})])],
                   properties=[always(n < 3, name="few")])
"""
    cli_project.write(tmp_path, {"model/slow.py": slow})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


@pytest.mark.parametrize("names", [[], ["values_stay_in_their_domains"]])
def test_a_design_that_is_composed_for_ever(
    project: Path, capsys: pytest.CaptureFixture[str], names: list[str]
) -> None:
    began = time.perf_counter()
    assert run(["check", "model.slow:slow", *names, "--limit-seconds", "0.4"]) == 2
    assert time.perf_counter() - began < 5
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "error: [DR510] the limit of 0.4 seconds passed while model.slow:slow was composed; nothing was decided; give a higher "
        "limit of seconds\n"
    )


@pytest.mark.parametrize("command", ["claims", "review", "repairs"])
def test_composing_counts_where_several_designs_are_checked(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    began = time.perf_counter()
    assert run([command, "drcheck.examples:pair", "model.slow:slow", "--limit-seconds", "2"]) == 2
    assert time.perf_counter() - began < 12
    out, err = capsys.readouterr()
    assert out == ""
    assert "[DR510] the limit of 2 seconds passed while model.slow:slow was composed; nothing was decided" in err


def test_what_composing_takes_is_no_longer_left_for_the_search(project: Path) -> None:
    slow = load("model.slow:slow")
    asked = [(slow, {"seconds": 0})]
    (ready,), (late,) = prepare_all(asked, Limits(seconds=90)), prepare_all(asked, Limits(seconds=90), [60])
    assert 0 < ready.spent < 30
    assert late.spent > 60
    with pytest.raises(EngineError, match="DR510"):
        prepare_all(asked, Limits(seconds=90), [91])
    assert check_design(slow, {"seconds": 0}, limits=Limits(seconds=90), prepared=ready).verdicts
    late.spent = 91
    with pytest.raises(
        EngineError, match=r"\[DR510\] the limit of 90 seconds passed while model.slow:slow was composed"
    ):
        check_design(slow, {"seconds": 0}, limits=Limits(seconds=90), prepared=late)


def test_a_design_that_gets_no_search_any_more_loses_no_verdict_of_another(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli_project.write(
        project,
        {
            "properties/claims.py": """
from drcheck.verdicts.claims import Claim
CLAIMS = (Claim("K-1", "The first.", "the book", "1"), Claim("K-2", "The second.", "the book", "2"))
""",
            "model/both.py": """
from drcheck import *

def made(claim):
    c = Component("c", ["on"], transitions=[on("t", "on")])
    return compose("s", [c], properties=[always(c.on, name="p", claims=claim)])

@design
def first() -> System:
    return made("K-1")

@design
def second() -> System:
    return made("K-2")
""",
        },
    )

    def ended(design: Design, *given: Any, **named: Any) -> DesignReport:
        if design.name.endswith("second"):
            raise EngineError("DR510", "the limit of 1 seconds passed while the search of s was prepared")
        return check_design(design, *given, **named)

    monkeypatch.setattr("drcheck.verdicts.check.check_design", ended)
    assert run(["claims", "model.both:first", "model.both:second", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["claims"]
    assert first["verdict"].startswith("holds")
    assert second["verdict"] == "not decided"
    assert "the limit of 1 seconds passed" in json.dumps(second)


def test_a_module_that_is_loaded_for_ever(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "model" / "stuck.py").write_text("while True:\n    pass\n")
    for command in ("check", "claims", "review", "repairs"):
        assert run([command, "model.stuck:any", "--limit-seconds", "0.4"]) == 2
        assert "passed while model.stuck:any was loaded; nothing was decided" in capsys.readouterr().err
    assert run(["review", "--limit-seconds", "0.6"]) == 2
    assert "passed while model.stuck was loaded; nothing was decided" in capsys.readouterr().err


def test_what_the_parts_took_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaying that takes long is not told as search."""
    monkeypatch.setattr(told, "NOTABLE", 0.05)
    steps = Oracle.steps_to

    def slow(self: Oracle, *arguments: object) -> object:
        busy(0.1)
        return steps(self, *arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Oracle, "steps_to", slow)
    run(["check", "model.slow:slow", "few", "--set", "seconds=0", "--no-trace"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("1 property")]
    assert "1 violated; 0.0 s of search, " in line
    assert "0.3 s of verdicts and traces, 0." in line
    run(["check", "model.slow:slow", "few", "--set", "seconds=0", "--json"])
    phases = json.loads(capsys.readouterr().out)["phases"]
    assert set(phases) == {"composing", "reducing", "searching", "deciding"}
    assert phases["deciding"] >= 0.3 > phases["searching"]


@posix
def test_a_process_ends_while_work_is_left_alone(tmp_path: Path) -> None:
    """It waits for it, as machine code must not go on while its memory is given back."""
    code = (
        "import time\nfrom drcheck.kernels.deadline import *\n"
        "try:\n    with Deadline(0.05).cut():\n        apart(lambda: time.sleep(0.5))\nexcept OutOfTimeError:\n    print('cut')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "cut\n", "")
