"""The benchmark programs that measure the native engine: making code, instructions, threads, and what is larger than memory."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from bench import compiling, generated, instructions, larger, measure, pipeline, threads
from drcheck.engines.choose import engine_named
from drcheck.kernels.jit import available


# -- larger than memory ------------------------------------------------------------------------------------------------
def test_a_search_in_files_is_compared(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert larger.main(["--size", "tiny", "--share", "5", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {
        "benchmark",
        "size",
        "threads",
        "share",
        "memory",
        "in_memory",
        "in_files",
        "time_ratio",
        "memory_ratio",
    }
    assert result["memory"] == 5 * result["in_memory"]["peak_rss"]
    assert result["in_files"]["states"] == result["in_memory"]["states"] == 2_460
    assert larger.main(["--size", "tiny", "--share", "5"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    answers = iter([result["in_memory"], result["in_files"] | {"complete": False}])
    monkeypatch.setattr(measure, "searched", lambda *_: next(answers))
    assert larger.main(["--size", "tiny"]) == 1
    assert capsys.readouterr().err == "wrong: complete is True in memory and False in files\n"


# -- making machine code ---------------------------------------------------------------------------------------------
def test_a_generated_design_has_as_many_events_as_it_is_to_have() -> None:
    for events in (*range(generated.FEWEST, 40), 100):
        assert len(generated.generated(events).events) == events


def test_every_event_of_a_generated_design_happens() -> None:
    for events, states in ((13, 1_440), (21, 138_240)):
        system = generated.generated(events)
        found = engine_named("auto").explore(system, generated.question(system))
        assert found.states == states
        assert all(found.fired)
        assert found.escape is None


@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
def test_making_machine_code_is_measured_by_phase(capsys: pytest.CaptureFixture[str]) -> None:
    assert compiling.main(["--events", "14", "--repeat", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["ways"], told["repeat"]) == (14, 14, 1)
    assert told["characters"] > 10_000
    assert told["checked"]["states"] > 1_440
    for when in ("cold", "warm"):
        for part in compiling.PARTS:
            spent = {phase: figure["median_ms"] for phase, figure in told[when][part].items()}
            whole = spent.pop("whole")
            assert whole > 0
            assert sum(spent.values()) == pytest.approx(whole, abs=0.01)
            assert spent["load"] > 0
            # Only the first process has to ask LLVM.
            assert all((spent[phase] > 0) == (when == "cold") for phase in ("parse", "optimise", "emit", "store"))
            assert told[when][part]["whole"]["event_us"] == pytest.approx(1e3 * whole / 14, rel=0.01, abs=0.1)
        assert told[when]["model"]["key"]["median_ms"] > 0
        assert told[when]["ready"]["median_ms"] > told[when]["model"]["whole"]["median_ms"]
    for part in ("model", "kernels"):
        assert told["cold"][part]["text"]["median_ms"] > 0 == told["warm"][part]["text"]["median_ms"]


def compiled(monkeypatch: pytest.MonkeyPatch, *options: str, cached: int = 20_100) -> int:
    """Run the program on processes that tell what they are told to; `cached`: states found with code from the cache."""
    phases = dict.fromkeys((*compiling.PHASES, "rest", "whole"), 1.0)

    def process(_: object, task: str, cache: str) -> dict[str, object]:
        if task == "counts":
            return {"states": cached if cache else 20_100, "transitions": 90_000}
        return {"start": 20.0, "ready": 300.0, "characters": 1000} | dict.fromkeys(compiling.PARTS, phases)

    monkeypatch.setattr(compiling, "process", process)
    return compiling.main(["--events", "20", *options])


def test_times_are_shown_in_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert compiled(monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("generated: 20 events, 20 ways, ")
    assert [line.split()[0] for line in lines[3:-2]] == [*compiling.PHASES, "rest", "whole", "us"]
    assert re.split("  +", lines[3]) == ["key", *["1.0 (1.0)"] * 6]
    assert lines[-1] == "System to a search that can begin: cold 300.0 (300.0), warm 300.0 (300.0) ms"


def test_code_from_the_cache_that_finds_something_else_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compiled(monkeypatch, "--json", cached=20_101) == 1
    assert capsys.readouterr().err == "wrong: states is 20100 without the cache and 20101 with it\n"


def test_too_few_events_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        compiling.main(["--events", "12"])
    assert "a generated design has at least 13 events" in capsys.readouterr().err


@pytest.mark.parametrize("program", [compiling.main, instructions.main, threads.main])
def test_a_design_that_is_not_there_is_an_error_of_each_program(
    program: object, capfd: pytest.CaptureFixture[str]
) -> None:
    assert program(["--design", "model.pear:pear"]) == 2  # type: ignore[operator]  # one of three functions
    assert capfd.readouterr().err.startswith("error: [DR201] there is no module 'model.pear' here")


@pytest.mark.parametrize("program", [compiling.main, instructions.main, threads.main])
def test_a_parameter_needs_a_design(program: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program(["--set", "tables=4"])  # type: ignore[operator]  # one of three functions
    assert "name the design with --design" in capsys.readouterr().err


# -- instructions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("told", "count"),
    [
        ("# started on Mon\n\n1234567;;instructions:u;1000000;100.00;;\n", 1_234_567),
        ("900;;cpu_core/instructions:u/;10;50.00;;\n100;;cpu_atom/instructions:u/;10;50.00;;\n", 1_000),
        ("900;;cpu_core/instructions:u/;10;100.00;;\n<not counted>;;cpu_atom/instructions:u/;0;0.00;;\n", 900),
        ("<not supported>;;instructions:u;0;100.00;;\n", None),
        ("", None),
    ],
)
def test_what_perf_tells_is_read(told: str, count: int | None) -> None:
    assert instructions.PERF.read(told) == count


@pytest.mark.parametrize(
    ("told", "count"),
    [("==21152== \n==21152== I   refs:      4,251,734,492\n", 4_251_734_492), ("==1== killed\n", None)],
)
def test_what_valgrind_tells_is_read(told: str, count: int | None) -> None:
    assert instructions.VALGRIND.read(told) == count


@pytest.mark.parametrize("counter", [instructions.PERF, instructions.VALGRIND], ids=["perf", "valgrind"])
def test_a_real_counter_counts(counter: instructions.Counter) -> None:
    if (reason := instructions.missing(counter)) is not None:
        pytest.skip(reason)

    def steps(number: int) -> int:
        command = [sys.executable, "-S", "-c", f"for _ in range({number}): pass"]
        return instructions.counted(counter, command, {"PYTHONHASHSEED": "0"})[0]  # hashes would make a difference

    few, many, more = steps(1_000), steps(101_000), steps(201_000)
    assert many - few > 1_000_000
    assert more - many == pytest.approx(many - few, rel=0.1)


def test_without_a_counter_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert instructions.main(["--size", "tiny"]) == 2
    error, remedy = capsys.readouterr().err.splitlines()
    assert error == "error: nothing can count instructions here: perf cannot be found; valgrind cannot be found"
    assert remedy.startswith("  install valgrind; or perf")


def test_a_counter_that_the_machine_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = f"import pathlib; pathlib.Path({'{}'!r}).write_text('<not supported>;;instructions:u;0;100.00;;')"
    counter = instructions.Counter("perf", (sys.executable, "-c", refusing), ())
    assert instructions.missing(counter) == (
        "perf cannot count instructions: <not supported>;;instructions:u;0;100.00;;"
    )


COUNTING = """
import pathlib, subprocess, sys
file, *command = sys.argv[1:]
done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
print(done.stdout)
stop = int(command[command.index("--stop") + 1])
pathlib.Path(file).write_text(f"{5_000_000 + 300 * stop};;instructions:u;1;100.00;;")
sys.exit(done.returncode)
"""
"""Counts 300 instructions for each state where the search is to stop, and five millions for the start."""


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that is there and counts what it is told to."""
    counter = instructions.Counter("perf", (sys.executable, "-c", COUNTING, "{}"), ())
    monkeypatch.setattr(instructions, "counter_named", lambda _: counter)


@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@pytest.mark.usefixtures("counting")
def test_the_start_is_taken_away_from_instructions(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--size", "S", "--states", "1000,20000", "--against", str(Path(__file__).resolve().parents[2])]
    assert instructions.main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    here = told["here"]
    assert here == told["against"]
    assert told["ratio"] == 1
    assert 1_000 <= here["states"][0] < 20_000 <= here["states"][1] < 40_000
    assert here["instructions"] == [5_300_000, 11_000_000]
    for key, what in (("instructions_per_state", "states"), ("instructions_per_transition", "transitions")):
        assert here[key] == pytest.approx(5_700_000 / (here[what][1] - here[what][0]), abs=0.01)


@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@pytest.mark.usefixtures("counting")
def test_a_search_that_ends_too_soon_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert instructions.main(["--size", "tiny", "--states", "10000,20000"]) == 2
    assert capsys.readouterr().err.startswith(
        "error: the search ends with 2,460 states, before the second of 10,000 and 20,000"
    )


@pytest.mark.usefixtures("counting")
def test_checkouts_that_find_something_else_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    row = {
        "processor": "x",
        "states": [10, 30],
        "transitions": [20, 80],
        "depth": [3, 4],
        "instructions": [100, 200],
        "instructions_per_state": 5.0,
        "instructions_per_transition": 1.67,
    }
    rows = iter([row, row | {"states": [10, 31], "instructions_per_state": 4.0}])
    monkeypatch.setattr(instructions, "measured", lambda *_: next(rows))
    (tmp_path / "src" / "drcheck").mkdir(parents=True)
    assert instructions.main(["--size", "tiny", "--against", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "ratio 1.25"
    assert err == f"wrong: states is [10, 30] here and [10, 31] in {tmp_path}\n"


def test_what_is_no_checkout_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert instructions.main(["--size", "tiny", "--against", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path} is no checkout of drcheck: it has no folder src/drcheck\n"


@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@pytest.mark.usefixtures("counting")
def test_another_checker_than_the_one_that_was_asked_for_is_noticed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "src" / "drcheck").mkdir(parents=True)  # nothing in it, so this checkout's checker is found
    assert instructions.main(["--size", "S", "--states", "1000,20000", "--against", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: the checker of {tmp_path} was asked for, and that in ")


@pytest.mark.parametrize("places", ["5", "20,10", "a,b", "0,10", "1,2,3"])
def test_places_that_make_no_sense_are_refused(places: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        instructions.main(["--states", places])
    assert f"{places!r} is not two numbers of states" in capsys.readouterr().err


# -- threads -----------------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
def test_numbers_of_threads_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert threads.main(["--threads", "1,2", "--size", "tiny", "--repeat", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["states"], told["transitions"]) == pipeline.COUNTS["tiny"]
    assert [row["threads"] for row in told["rows"]] == [1, 2]
    assert told["rows"][0]["ratio"] == {"best": 1.0, "median": 1.0}
    assert all(row["best"][key] > 0 for row in told["rows"] for key in threads.FIGURES)


def scaled(monkeypatch: pytest.MonkeyPatch, *options: str, wrong: int = 0) -> list[tuple[str, ...]]:
    """Run the program on searches that are as fast as they have threads, times 3 the first time; returns the searches.

    `wrong`: that many threads find one state less.
    """
    commands: list[tuple[str, ...]] = []

    def searched(*command: str) -> dict[str, object]:
        number = int(command[-1])
        rate = 100 * number * (3 if command not in commands[1:] else 1)
        commands.append(command)
        return {
            "benchmark": "pipeline",
            "engine": "native",
            "threads": number,
            "states": 1000 - (number == wrong),
            "transitions": 3000,
            "depth": 9,
            "complete": True,
            "violated": [],
            "states_per_second": rate,
            "seconds": 1000 / rate,
            "cpu_seconds": 10.0 * number,
        }

    monkeypatch.setattr(measure, "searched", searched)
    assert threads.main(["--threads", "1,4", *options]) == (1 if wrong else 0)
    return commands


def test_searches_take_turns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    commands = scaled(monkeypatch, "--repeat", "3", "--size", "S", "--json")
    assert [command[-1] for command in commands] == ["4", "1", "4", "4", "1", "1", "4"]
    assert {command[:3] for command in commands} == {("pipeline.py", "--size", "S")}
    one, four = json.loads(capsys.readouterr().out)["rows"]
    assert one["best"]["states_per_second"] == 300
    assert one["median"]["states_per_second"] == 100
    assert four["best"]["states_per_second"] == 1200
    assert four["ratio"] == {"best": 4.0, "median": 4.0}


def test_the_table_of_threads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scaled(monkeypatch, "--repeat", "3")
    assert [line.split() for line in capsys.readouterr().out.splitlines()[2:]] == [
        ["1", "best", "300", "3.33", "10.00", "1.00"],
        ["1", "median", "100", "10.00", "10.00", "1.00"],
        ["4", "best", "1,200", "0.83", "40.00", "4.00"],
        ["4", "median", "400", "2.50", "40.00", "4.00"],
    ]


def test_threads_that_find_something_else_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scaled(monkeypatch, "--repeat", "1", wrong=1)
    assert capsys.readouterr().err == "wrong: states is 1000 in the first search and 999 with 1 threads\n"


@pytest.mark.parametrize("numbers", ["0", "1,x", "", "2,-1"])
def test_numbers_of_threads_that_make_no_sense_are_refused(numbers: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        threads.main(["--threads", numbers])
    assert f"{numbers!r} is not a list of numbers of threads" in capsys.readouterr().err
