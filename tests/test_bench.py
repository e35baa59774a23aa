"""The benchmark programs: their counts, what they print, and how peers are compared."""

from __future__ import annotations

import json

import pytest

from bench import designs, measure, pipeline, twophase
from drcheck.design import load
from drcheck.explore.bytecode import PythonEngine
from drcheck.explore.choose import engine_named

KEYS = {
    "engine", "threads", "bits", "states", "transitions", "depth", "complete", "invariant_holds", "violated", "escapes",
    "seconds", "cpu_seconds", "states_per_second", "bytes_per_state", "peak_rss",
}  # fmt: skip


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
    design = load("model.infomart:active_active")
    system = design.build()
    query, invariants = designs.question(design, system)
    kinds = [item.kind for item in designs.properties(design, system)]
    assert invariants == kinds.count("always") >= 5
    assert len(query.watches) == invariants + kinds.count("reachable")
    assert len(query.maxima) == kinds.count("worst_case")


def test_properties_for_other_parameters_are_left_out() -> None:
    design = load("model.cms_ha")
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


# -- what is printed -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("main", "arguments", "about"),
    [
        (pipeline.main, ["--size", "tiny"], {"benchmark", "size", "K", "Q", "H", "L"}),
        (twophase.main, ["--rms", "3"], {"benchmark", "rms"}),
        (
            designs.main, ["--design", "model.second_instance"],
            {"benchmark", "design", "parameters", "watches", "maxima"},
        ),
    ],
)  # fmt: skip
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
        arguments = ["--design", "model.logger_latency", "--set", f"tables={tables}", "--set", "longest_outage=3m"]
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
