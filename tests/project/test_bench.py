"""The benchmark programs: their counts, what they print, and how peers are compared."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from bench import (
    beyond,
    comparison,
    designs,
    limits,
    measure,
    peers,
    pipeline,
    programs,
    quotients,
    slices,
    sweeps,
    temporal,
    twophase,
)
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.python import PythonEngine

KEYS = {
    "engine", "threads", "bits", "states", "transitions", "depth", "complete", "invariant_holds", "violated", "escapes",
    "seconds", "cpu_seconds", "states_per_second", "bytes_per_state", "peak_rss",
}  # names only  # fmt: skip


# -- two-phase commit ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rms", "transitions"), [(3, 1_145), (5, 58_145)])
def test_two_phase_commit_has_the_states_that_other_checkers_report(rms: int, transitions: int) -> None:
    system = twophase.two_phase(rms)
    found = PythonEngine().explore(system, twophase.disagreement(system))
    assert (found.states, found.transitions) == (twophase.COUNTS[rms], transitions)
    assert found.hits == (None,)


def test_a_larger_two_phase_commit() -> None:
    system = twophase.two_phase(7)
    assert engine_named("auto").explore(system, twophase.disagreement(system)).states == twophase.COUNTS[7]


# -- designs -------------------------------------------------------------------------------------------------------
def test_a_design_is_asked_all_its_properties_of_states() -> None:
    design = load("model.info_mart.active_active:active_active")
    system = design.build()
    query, invariants = designs.question(design, system)
    kinds = [item.kind for item in designs.of_states(system, designs.properties(design, system))]
    assert invariants == kinds.count("always") >= 5
    assert len(query.watches) == invariants + kinds.count("reachable")
    assert len(query.maxima) == kinds.count("worst_case")


def test_properties_for_other_parameters_are_left_out() -> None:
    design = load("model.cms_ha.design")
    named = {item.name for item in designs.properties(design, design.build())}
    others = {s.name for s in design.statements() if any(design.parameter(k).default != v for k, v in s.given.items())}
    assert named
    assert others
    assert not named & others


def test_the_designs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert designs.main([]) == 0
    assert capsys.readouterr().out.splitlines() == designs.names()


def test_a_design_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert designs.main(["--design", "model.pear:pear"]) == 2
    assert capsys.readouterr().err.startswith("error: [DR201] there is no module 'model.pear' here")


# -- temporal logic ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [[], ["--laid-out"]])
def test_formulas_are_decided_on_the_pipeline(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert temporal.main(["--size", "tiny", "--engine", "python", "--json", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["states"], told["transitions"]) == pipeline.COUNTS["tiny"]
    answers = {row["formula"]: row["shape"] or "holds" for row in told["formulas"]}
    assert answers == {
        "invariant": "holds",
        "response": "holds",
        "response_if_link": "holds",
        "link_comes_and_goes": "holds",
        "tautology": "holds",
        "until": "cycle",
        "steps": "cycle",
        "recurring_steps": "holds",
    }
    assert all(row["ratio"] >= 1 for row in told["formulas"])
    assert temporal.main(["--size", "tiny", "--engine", "python", *options]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 8 + 3 + len(answers)


def test_questions_on_a_quotient_are_answered_as_on_the_graph(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--design", "drcheck.examples:pair", "--engine", "python"]
    assert quotients.main([*options, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] <= told["states"] == 15
    assert told["properties"]
    assert all(row["agrees"] for row in told["properties"])
    assert quotients.main(options) == 0
    assert len(capsys.readouterr().out.splitlines()) == 9 + len(told["properties"])


def test_it_is_told_which_slices_showed_what(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--design", "model.info_mart_replication.second_instance:second_instance", "--full", "10000"]
    assert slices.main([*options, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["left"] == []
    assert told["domains"] == "HOLDS"
    assert told["full"]["complete"]
    shown = {name for row in told["slices"] for name in row["shows"]}
    assert "a domain" in shown
    assert all(len(row["kept"]) + row["hidden"] == told["counters"] for row in told["slices"])
    assert slices.main(options) == 0
    assert f"| {told['full']['states']:,} |" in capsys.readouterr().out


@pytest.mark.skipif(not (shutil.which("spin") and shutil.which("gcc")), reason="needs Spin and a C compiler")
def test_how_far_a_peer_comes_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    design = "model.info_mart_replication.second_instance:second_instance"
    assert beyond.main(["--design", design, "--peers", "spin", "--minutes", "1", "--memory", "200"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["finished"], told["violated"]) == (False, True)  # one of its invariants has a finding
    assert 0 < told["states"] < 750


# -- what is printed -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("main", "arguments", "about"),
    [
        (pipeline.main, ["--size", "tiny"], {"benchmark", "size", "K", "Q", "H", "L"}),
        (twophase.main, ["--rms", "3"], {"benchmark", "rms"}),
        (
            designs.main,
            ["--design", "model.info_mart_replication.second_instance"],
            {"benchmark", "design", "parameters", "watches", "maxima"},
        ),
    ],
)
def test_each_program_prints_one_object(
    main: object, arguments: list[str], about: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--engine", "python", "--json"]) == 0  # type: ignore[operator]  # one of three functions
    result = json.loads(capsys.readouterr().out)
    assert set(result) == KEYS | about
    assert result["complete"]


def test_parameters_make_a_design_larger_or_smaller(capsys: pytest.CaptureFixture[str]) -> None:
    states = []
    for tables in (1, 2):
        arguments = ["--design", "model.logger_hds.latency", "--set", f"tables={tables}", "--set", "longest_outage=3m"]
        assert designs.main([*arguments, "--engine", "python", "--json"]) == 0
        states.append(json.loads(capsys.readouterr().out)["states"])
    assert 100 < states[0] < states[1]


def test_wrong_counts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    system = pipeline.pipeline(1, 1, 1, 1)
    options = measure.parser("").parse_args(["--engine", "python", "--json"])
    query = pipeline.disorder(system)
    assert measure.run({}, system, query, options, expected=(2_460, 8_832)) == 0
    assert measure.run({}, system, query, options, expected=2_460) == 0
    assert measure.run({}, system, query, options, expected=2_461) == 1
    assert capsys.readouterr().err == "wrong: 2461 states were expected, 2460 were found\n"
    assert measure.run({}, system, query, options, expected=(2_460, 1)) == 1


# -- beside peers --------------------------------------------------------------------------------------------------
class Fake(programs.Peer):
    """A peer that reports what it is told to, and takes as long."""

    name, programs, about, version = "fake", (), "no checker at all", (sys.executable, "-c", "print(1.25)")

    def __init__(self, states: int, transitions: int, violated: bool = False, error: Exception | None = None) -> None:
        super().__init__()
        self.report = programs.Report(states, transitions, violated, programs.Usage(3.0, 2.5, 50_000_000))
        self.error = error

    def compile(self, *_: object, **__: object) -> float:
        return 1.5

    def run(self, folder: Path, seconds: float) -> programs.Report:
        if self.error is not None:
            raise self.error
        return self.report


def beside(monkeypatch: pytest.MonkeyPatch, peer: programs.Peer, *options: str) -> int:
    """Run the comparison of the smallest pipeline with one peer."""
    monkeypatch.setattr(peers, "peer_named", lambda _: peer)
    known = {
        "states": 2_460,
        "transitions": 8_832,
        "complete": True,
        "violated": [],
        "escapes": False,
        "seconds": 1.5,
        "cpu_seconds": 1.0,
        "bytes_per_state": 20.0,
        "peak_rss": 100_000_000,
    }
    monkeypatch.setattr(peers, "explore", lambda *_: known)
    return peers.main(["--models", "pipeline-tiny", "--peers", "spin", *options])


def test_a_comparison_shows_ratios(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert beside(monkeypatch, Fake(2_460, 8_832)) == 0
    heading, own, other = capsys.readouterr().out.splitlines()
    assert re.split("  +", heading) == list(comparison.HEADINGS)
    assert own.split() == ["pipeline-tiny", "2,460", "8,832", "drcheck", "1.50", "1.00", "0.00", "100"]
    assert other.split() == ["fake", "3.00", "2.50", "1.50", "50", "2.0", "2.5"]


@pytest.mark.parametrize(
    ("peer", "message"),
    [
        (
            Fake(2_459, 8_832),
            "wrong: pipeline-tiny: drcheck finds 2,460 states and 8,832 transitions, fake 2,459 and 8,832",
        ),
        (
            Fake(2_460, 8_832, violated=True),
            "wrong: pipeline-tiny: drcheck finds 2,460 states and 8,832 transitions, fake 2,460 and 8,832, "
            "and a violation that drcheck does not find",
        ),
        (Fake(0, 0, error=programs.PeerError("gcc ended with status 1: no")), "wrong: gcc ended with status 1: no"),
    ],
)
def test_a_disagreement_is_an_error(
    peer: Fake, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    assert beside(monkeypatch, peer, "--markdown", str(page)) == 1
    assert capsys.readouterr().err.splitlines()[-1] == message
    assert not page.exists()


def test_a_peer_that_takes_too_long_is_in_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peer = Fake(0, 0, error=programs.PeerTimeoutError("pan took more than 600 s"))
    assert beside(monkeypatch, peer) == 0
    assert capsys.readouterr().out.splitlines()[-1].split("  ")[-1].strip() == "pan took more than 600 s"


def test_a_peer_that_is_not_installed_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peer = Fake(2_460, 8_832)
    peer.programs = ("no_such_program",)
    assert beside(monkeypatch, peer, "--json") == 0
    out, err = capsys.readouterr()
    assert err.startswith("left out: fake, as no_such_program cannot be found\n")
    assert [row["tool"] for row in json.loads(out)] == ["drcheck"]


def test_the_page_is_the_same_for_the_same_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [tmp_path / "first.md", tmp_path / "second.md"]
    for page in pages:
        assert beside(monkeypatch, Fake(2_460, 8_832), "--repeat", "3", "--markdown", str(page)) == 0
    first, second = (page.read_text(encoding="utf-8") for page in pages)
    assert first == second
    assert "- `fake`: no checker at all, version 1.25\n" in first
    assert "| pipeline-tiny | 2,460 | 8,832 | drcheck | 1.50 | 1.00 | 0.00 | 100 |" in first
    assert "the median of 3 runs" in first


@pytest.mark.parametrize("option", [["--models", "pipeline-Z"], ["--peers", "spin,tlc"]])
def test_an_unknown_model_or_peer_is_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        peers.main(option)
    assert "available: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["spin", "spin-collapse", "rumur"])
def test_a_real_comparison(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if missing := programs.peer_named(name).missing():
        pytest.skip(f"{' and '.join(missing)} not installed")
    assert shutil.which("gcc")
    assert peers.main(["--models", "twophase-3", "--peers", name, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["tool"], row["states"], row["transitions"]) for row in rows] == [
        ("drcheck", 288, 1_145),
        (name, 288, 1_145),
    ]


def test_limits_are_held_against_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["composed for ever", "an array of 64, reduced"]
    assert limits.main(["--seconds", "0.5", "--json", *(word for name in names for word in ("--only", name))]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["system"], row["kept"]) for row in rows] == [(name, True) for name in names]
    assert rows[0]["verdicts"] == ["DR510"]
    assert rows[0]["seconds"] >= 0.5
    assert len(limits.ODD) == 12


def test_a_limit_that_is_not_kept_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ticks = iter([0.0, 2.0])
    monkeypatch.setattr(limits.time, "perf_counter", lambda: next(ticks, 2.0))
    monkeypatch.setitem(limits.ODD, "quick", limits.Odd(lambda: limits.journal(3, 1)))
    assert limits.main(["--seconds", "0.5", "--only", "quick"]) == 1
    out, err = capsys.readouterr()
    assert "quick" in out
    assert err == "not kept: quick\n"


# -- sweeps --------------------------------------------------------------------------------------------------------------
def test_a_sweep_that_is_killed_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["sweeps.py", "--points", "5", "--ways", "one", "--killed", "3"])
    assert sweeps.main() == 0
    killed, told = capsys.readouterr().out.splitlines()
    assert killed == "one: killed with status -9"
    found = json.loads(told)
    assert (found["points"], found["kept"], found["searches"], found["decided"]) == (5, 3, 2, 5)
