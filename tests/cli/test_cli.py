"""The command line: what each command prints, writes and answers. Errors are in test_cli_errors.py."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from drcheck import Property, System, __version__
from drcheck.cli import sampled
from drcheck.cli.application import application
from drcheck.designs.design import load
from drcheck.errors import ALL_CODES
from drcheck.verdicts.check import check_design
from tests.support import cli_project

MAIN = [sys.executable, "-c", "from drcheck.cli import main; main()"]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


# -- check ------------------------------------------------------------------------------------------------------------
def test_check_prints_verdicts_searches_and_what_shows_the_traces(command: Command) -> None:
    status, out, err = command("check", "model.pair:pair")
    assert (status, err) == (1, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "one_at_a_time P-1 HOLDS in all 5 states" in lines
    assert any(line.startswith("somebody_serves P-2 VIOLATED shown by a trace of 1 step") for line in lines)
    assert "known finding: Nobody serves for a while" in lines
    assert "longest_wait P-2 HOLDS exactly 2 ticks (2h), over 7 states" in lines
    assert "assuming nobody hurries" in lines
    assert "assuming weak fairness of automatic, time" in lines
    assert any(re.fullmatch(r"as above 5 6 4 \d\.\d\d python", line) for line in lines)
    assert any(re.fullmatch(r"prompt=yes 7 10 4 \d\.\d\d python", line) for line in lines)
    assert "Events that never fire, in no search: hand_back" in lines
    assert not any("primary up -> down" in line or "primary: up -> down" in line for line in lines)  # it is known
    said = (
        "Traces not shown: 1 of known findings, 1 of worst cases and witnesses; drcheck check model.pair:pair --trace"
    )
    assert said in lines
    assert re.search(
        r"^4 properties: 3 hold, 1 violated \(1 known\); \d\.\d s of search(, .* in all)?$", out, re.MULTILINE
    )


def test_check_of_what_holds_exits_0_and_tells_no_trace_unless_asked(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "one_at_a_time", "longest_wait")
    assert status == 0
    assert "primary: up -> down" not in out
    status, out, _ = command("check", "model.pair:pair", "longest_wait", "--trace")
    assert status == 0
    assert "primary: up -> down" in out


def test_coverage_of_guards(command: Command) -> None:
    status, out, err = command("check", "model.pair:pair", "--coverage", "--no-trace")
    assert (status, err) == (1, "")
    text = " ".join(out.split())
    assert "hand_back its guard does not hold; each condition is true at some time, but never all together" in text
    assert re.search(
        r"\d+ of \d+ conditions of guards decide somewhere, and \d of \d guards hold somewhere \(as above\)", text
    )
    assert "hold somewhere (prompt=yes)" in text
    data = json.loads(command("check", "model.pair:pair", "--coverage", "--json")[1])
    guards = {guard["event"]: guard for guard in data["runs"][0]["guards"]}
    assert (guards["hand_back"]["holds"], guards["take_over"]["holds"]) == (False, True)
    assert json.loads(command("check", "model.pair:pair", "--json")[1])["runs"][0]["guards"] == []


def test_check_without_traces(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "--no-trace")
    assert status == 1
    assert "primary: up -> down" not in out


def test_a_search_that_stops_early_is_inconclusive(command: Command, project: Path) -> None:
    cli_project.write(project, {"model/counters.py": cli_project.COUNTERS})
    assert command("check", "model.counters", "sum")[0] == 0
    status, out, _ = command("check", "model.counters", "sum", "--limit-states", "2000")
    assert status == 3
    assert "INCONCLUSIVE" in out
    assert "HOLDS" not in out
    assert "The search stopped at the limit of 2,000 states" in " ".join(out.split())
    assert "never fire:" not in out


def test_a_violation_outranks_what_is_inconclusive(command: Command, project: Path) -> None:
    cli_project.write(project, {"model/counters.py": cli_project.COUNTERS})
    status, out, _ = command("check", "model.counters", "--limit-states", "2000")
    assert status == 1
    assert "INCONCLUSIVE" in out
    assert "VIOLATED early" in out


def test_a_property_that_was_named_and_skipped_is_not_decided(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "longest_wait", "--set", "prompt=no")
    assert status == 3
    assert "Skipped: longest_wait: it is stated for prompt=yes" in out


def test_a_property_that_nobody_named_may_be_skipped(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "P-1", "longest_wait", "--set", "prompt=no", "--json")
    assert status == 3
    status, out, _ = command("check", "model.pair:pair", "--set", "prompt=no", "--set", "failures=0", "--json")
    assert status == 0
    assert json.loads(out)["skipped"] == [{"property": "longest_wait", "reason": "it is stated for prompt=yes"}]


def test_what_holds_only_vacuously_is_told(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "standby_takes_over", "--set", "failures=0")
    assert status == 0
    assert "vacuous: its trigger never happens: primary.down" in " ".join(out.split())
    assert "1 vacuous" in out


def test_json_is_one_object_with_the_whole_report(command: Command) -> None:
    status, out, err = command("check", "model.pair:pair", "--set", "threshold=3h", "--json")
    assert (status, err) == (1, "")
    data = json.loads(out)
    assert data["design"] == "model.pair:pair"
    assert data["system"] == "pair"
    assert data["parameters"] == {"threshold": "3h", "failures": 1, "prompt": False}
    assert (data["states"], data["transitions"], data["depth"]) == (6, 7, 5)
    assert data["engine"] == "python"
    assert data["seconds"] >= 0
    assert data["idle_events"] == ["hand_back"]
    assert data["skipped"] == []
    assert [run["given"] for run in data["runs"]] == [{}, {"prompt": True}]
    verdicts = {v["property"]: v for v in data["verdicts"]}
    assert {name: v["verdict"] for name, v in verdicts.items()} == {
        "values_stay_in_their_domains": "HOLDS",
        "one_at_a_time": "HOLDS",
        "somebody_serves": "VIOLATED",
        "longest_wait": "HOLDS",
        "standby_takes_over": "HOLDS",
    }
    wait = verdicts["longest_wait"]
    assert (wait["value"], wait["claims"], wait["assumptions"]) == (3, ["P-2"], ["nobody hurries"])
    assert (wait["given"], wait["states"]) == ({"prompt": True}, data["runs"][1]["states"])
    assert verdicts["one_at_a_time"]["trace"] is None
    assert verdicts["one_at_a_time"]["value"] is None
    assert verdicts["one_at_a_time"]["source"] == "the book, page 1"
    assert verdicts["one_at_a_time"]["formula"].startswith("always (not")
    assert verdicts["somebody_serves"]["finding"] == "Nobody serves for a while"
    assert verdicts["standby_takes_over"]["assumptions"] == ["weak fairness of automatic, time"]
    steps = verdicts["somebody_serves"]["trace"]["steps"]
    assert [step["event"] for step in steps] == ["primary_fails"]
    assert steps[0]["changes"]["primary"] == ["up", "down"]


def test_json_is_alone_on_standard_output_even_if_the_model_prints(project: Path, command: Command) -> None:
    path = project / "model" / "pair.py"
    path.write_text(path.read_text() + "\nprint('hello from the model')\n")
    status, out, err = command("check", "model.pair:pair", "one_at_a_time", "--json")
    assert status == 0
    assert json.loads(out)["verdicts"]
    assert "hello from the model" in err


@pytest.mark.parametrize("engine", ["auto", "reference", "python", "numpy", "native"])
def test_every_engine_says_the_same(command: Command, engine: str) -> None:
    status, out, _ = command("check", "model.pair:pair", "--engine", engine, "--json")
    data = json.loads(out)
    assert status == 1
    assert (data["states"], data["transitions"], data["depth"]) == (5, 6, 4)
    assert engine in ("auto", data["engine"])


def test_what_looks_like_markup_is_printed_as_it_is(command: Command) -> None:
    _, out, _ = command("list", "model.pair:pair")
    assert "One server works, the other [b]waits[/b]." in out


def test_narrow_and_wide_output_lose_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("60", "80", "300"):
        monkeypatch.setenv("COLUMNS", columns)
        _, out, _ = command("check", "model.pair:pair", "--no-trace")
        table = re.split(r"\n ─+\n", out)[1].split("\n\n")[0].splitlines()
        head = next(line for line in out.splitlines() if line.startswith(" property"))
        starts = [head.index(word) for word in ("property", "claims", "verdict", "value or")] + [1000]
        cells = [[line[a:b].strip() for line in table] for a, b in pairwise(starts)]
        assert "values_stay_in_their_domains" in "".join(cells[0])
        assert "P-1P-2P-2" in "".join(cells[1])
        assert "known finding: Nobody serves for a while" in " ".join(cells[3])
        assert "assuming weak fairness of automatic, time" in " ".join(cells[3])
        assert not re.search(r" $", out, re.MULTILINE)


def test_the_property_that_no_design_states_can_be_named_too(command: Command, project: Path) -> None:
    status, out, _ = command("check", "model.pair:pair", "values_stay_in_their_domains")
    assert status == 0
    assert "1 property: 1 hold" in out
    text = cli_project.COUNTERS.replace("when=n < 100, ", "")
    cli_project.write(project, {"model/counters.py": text})
    status, out, _ = command("check", "model.counters", "values_stay_in_their_domains")
    assert status == 1
    assert "a_counts would take a.n out of 0..100" in out
    status, out, _ = command("draw", "model.counters", "--counterexample", "values_stay_in_their_domains")
    assert status == 0
    assert "a_counts" in out


# -- simulate ---------------------------------------------------------------------------------------------------------
def test_simulate_tells_what_walks_show_and_never_that_something_holds(command: Command) -> None:
    status, out, err = command("simulate", "model.pair:pair", "--walks", "200", "--steps", "40")
    assert (status, err) == (1, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "one_at_a_time P-1 NOT SEEN on none of 200 walks" in lines
    assert "somebody_serves P-2 VIOLATED on 200 of 200 walks" in lines
    assert "longest_wait P-2 SEEN at least 2 ticks (2h)" in lines
    assert any(line.startswith("standby_takes_over NOT LOOKED AT it speaks of whole executions") for line in lines)
    assert any(re.match(r"200 walks of at most 40 steps, seed 0: 8,000 steps in \d", line) for line in lines)
    assert "Events taken: 3 of 4; never: hand_back" in lines
    assert "What none of them showed: with 95 % confidence, at most 1 in 67 walks like these would show it (*)" in lines
    assert "It is no proof, and no probability of anything in operation." in " ".join(out.split())
    assert "Traces not shown: 2, where a finding is known or nothing is violated; --trace" in lines
    assert "1 violated, 1 seen, 2 not seen, 1 not looked at; what was not seen is not decided" in lines
    assert "HOLDS" not in out
    assert " holds" not in out


@pytest.mark.parametrize("words", [("simulate", "--walks", "200", "--steps", "40"), ("swarm", "--table", "1K")])
def test_what_is_seen_of_many_properties_is_told_in_short(
    words: tuple[str, ...], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampled, "ROWS", 2)
    first, *options = words
    _, short, _ = command(first, "model.pair:pair", *options)
    _, whole, _ = command(first, "model.pair:pair", *options, "--whole")
    _, asked, _ = command(first, "model.pair:pair", "one_at_a_time", "somebody_serves", "longest_wait", *options)
    rows = [line for line in whole.splitlines() if "NOT SEEN" in line]
    assert rows
    assert not any(line in short for line in rows)
    assert "--whole" in short
    assert "NOT SEEN" in asked
    assert short.splitlines()[-1] == whole.splitlines()[-1]
    violated = [line for line in whole.splitlines() if line.startswith("VIOLATED")]
    assert [line for line in short.splitlines() if line.startswith("VIOLATED")] == violated


def test_simulate_without_a_violation_decides_nothing(command: Command) -> None:
    status, out, _ = command("simulate", "model.pair:pair", "P-1", "--walks", "10")
    assert status == 3
    assert "at most 26 % of walks like these" in out
    assert "primary: up -> down" not in out
    status, out, _ = command("simulate", "model.pair:pair", "longest_wait", "--walks", "10", "--trace")
    assert status == 3
    assert "primary: up -> down" in out


def test_simulate_takes_the_same_walks_for_the_same_seed(command: Command) -> None:
    def walks(*words: str) -> dict:
        status, out, _ = command("simulate", "model.pair:pair", "--walks", "50", "--steps", "9", "--json", *words)
        assert status == 1
        data = json.loads(out)
        assert {o["seen"] for o in data["observations"]} == {"VIOLATED", "SEEN", "NOT SEEN", "NOT LOOKED AT"}
        for run_ in data["runs"]:
            del run_["seconds"], run_["engine"]
        return data

    assert walks("--engine", "python") == walks("--engine", "native")
    assert walks("--seed", "1") != walks("--seed", "2")


def test_simulate_until_the_time_is_over(command: Command, project: Path) -> None:
    cli_project.write(project, {"model/counters.py": cli_project.COUNTERS})
    status, out, _ = command("simulate", "model.counters", "sum", "--seconds", "0.1", "--json")
    assert status == 3
    (walked,) = json.loads(out)["runs"]
    assert walked["walks"] == walked["deadlocked"] > 0  # both counters reach their end in 200 steps


# -- swarm ------------------------------------------------------------------------------------------------------------
def test_swarm_tells_what_it_reached_and_what_it_may_have_omitted(command: Command) -> None:
    status, out, err = command("swarm", "model.pair:pair", "--table", "1K")
    assert (status, err) == (1, "")
    lines, text = [" ".join(line.split()) for line in out.splitlines()], " ".join(out.split())
    assert "one_at_a_time P-1 NOT SEEN in none of 5 states" in lines
    assert "somebody_serves P-2 VIOLATED in the search" in lines
    assert "longest_wait P-2 SEEN at least 2 ticks (2h)" in lines
    assert any(line.startswith("5 states reached, 6 transitions, depth 4, in ") for line in lines)
    assert (
        "Table of 8,192 bits, 0.18 % set, 3 for each state; a new state is omitted with probability 6.1e-09 at the end"
        in text
    )
    assert "(1 - e^(-kn/m))^k for n states, a table of m bits and k hash functions." in text
    assert "So nothing is proved" in text
    assert "Events seen: 3 of 4; never: hand_back" in lines
    assert "Traces not shown: 2, where a finding is known or nothing is violated; --trace" in lines
    assert "HOLDS" not in out


def test_swarm_without_a_violation_decides_nothing(command: Command, project: Path) -> None:
    cli_project.write(project, {"model/counters.py": cli_project.COUNTERS})
    words = ("swarm", "model.counters", "sum", "--searches", "2", "--depth", "50", "--json", "--table", "8K")
    status, out, _ = command(*words)
    assert status == 3
    data = json.loads(out)
    assert [o["seen"] for o in data["observations"]] == ["NOT SEEN", "NOT SEEN"]
    assert data["observations"][1]["reason"].startswith("in none of 2 searches of up to 1,3")
    searches = data["runs"][0]["searches"]
    assert [(s["search"], s["depth"], s["table_bits"]) for s in searches] == [(0, 50, 1 << 16), (1, 50, 1 << 16)]
    assert all(s["beyond_depth"] > 0 for s in searches)
    status, out, _ = command(*(word for word in words if word != "--json"))
    assert status == 3
    assert "Search 2: 1,3" in out
    assert "States at the greatest depth whose steps were not followed: " in out


# -- list, show, errors -------------------------------------------------------------------------------------------------
def test_list_is_a_line_for_each_design(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        "model.pair:pair: A pair of servers",
        "1 design; `drcheck list NAME` lists the parameters and properties of one",
    ]
    assert command("list") == (0, "\n".join(said) + "\n", "")
    monkeypatch.setenv("COLUMNS", "24")
    assert command("list")[1].splitlines()[0] == "model.pair:pair: A pair…"


def test_list_of_a_design_cuts_statements_and_whole_does_not(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = command("list", "model.pair:pair")[1].splitlines()
    (line,) = [line for line in lines if line.startswith("  longest_wait")]
    assert line == "  longest_wait (P-2): How long nobody…"
    assert "serves at worst." in " ".join(command("list", "model.pair:pair", "--whole")[1].split())


def test_list_shows_parameters_and_properties(command: Command) -> None:
    status, out, _ = command("list", "model.pair:pair")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert status == 0
    assert "model.pair:pair: A pair of servers" in lines
    assert "threshold 2h a duration how long the standby waits" in lines
    assert "failures 1 0, 1, 2 how many failures may happen" in lines
    assert "prompt no yes or no whether the standby may serve at once" in lines
    assert "longest_wait (P-2): How long nobody serves at worst." in lines


def test_list_as_json(command: Command) -> None:
    _, out, _ = command("list", "--json")
    (data,) = json.loads(out)["designs"]
    assert data["parameters"][1] == {
        "name": "failures",
        "type": "a whole number",
        "default": 1,
        "choices": [0, 1, 2],
        "doc": "how many failures may happen",
        "role": None,
        "argument": "",
    }
    assert [p["name"] for p in data["properties"]][2:] == ["longest_wait", "standby_takes_over"]
    assert data["properties"][2]["given"] == {"prompt": True}


def test_show_lists_components_and_events(command: Command) -> None:
    status, out, _ = command("show", "model.pair:pair", "--set", "threshold=5h")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert status == 0
    assert "standby idle, serving waited (0 to 5h)" in lines
    assert "primary_fails environment primary, faults fault: failure" in lines
    assert "take_over automatic standby" in lines


BEGINS = """
from drcheck import Boolean, Component, Integer, System, compose, design, hours, never, on


@design
def begins() -> System:
    gap, late = Integer("gap", 0, 5, start=range(1, 5)), Boolean("late", start=[True, False])
    site = Component("site", ["lost", "primary", "standby"], "*", [gap, late], [on("fails", ["primary", "standby"], "lost")])
    return compose("begins", [site], properties=[never(site.lost & (gap == 3) & late, name="never_lost")])
"""


def test_where_a_system_begins_is_shown_where_it_can_begin_in_several_ways(command: Command) -> None:
    cli_project.write(Path.cwd(), {"model/begins.py": BEGINS})
    _, out, _ = command("show", "model.begins:begins")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "1 components, 3 state variables (6 bits a state), 1 events, 24 initial states" in lines
    first = lines.index("starts in or with any of") + 2
    assert lines[first : first + 3] == ["site lost, primary, standby", "site.gap 1 to 4", "site.late false, true"]
    status, out, _ = command("check", "model.begins:begins")
    assert status == 1
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert any(
        line.startswith("start: site = lost, site.gap = 3, site.late = true (one of 24 initial states)")
        for line in lines
    )
    for name, *options in (("simulate", "--walks", "100"), ("swarm", "--table", "1M")):
        _, out, _ = command(name, "model.begins:begins", *options)
        assert "(one of 24 initial states)" in " ".join(out.split())


def test_errors_explains_codes(command: Command) -> None:
    assert command("errors", "dr117") == (0, "DR117  a duration that is not a whole number of ticks\n", "")
    _, out, _ = command("errors")
    assert [line.split()[0] for line in out.splitlines()] == sorted(ALL_CODES)


def test_version(command: Command) -> None:
    assert command("--version") == (0, f"drcheck {__version__}\n", "")


def test_every_command_has_help_with_examples(command: Command) -> None:
    for name in application.commands:
        status, out, _ = command(name, "--help")
        assert status == 0
        assert re.search(rf"Examples?:\n +drcheck {name}", out), name


# -- claims -------------------------------------------------------------------------------------------------------------
def test_claims_with_verdicts(command: Command) -> None:
    status, out, _ = command("claims", "--json")
    assert status == 0
    rows = {row["claim"]: row for row in json.loads(out)["claims"]}
    assert {key: row["verdict"] for key, row in rows.items()} == {
        "P-1": "holds as stated",
        "P-2": "fails as stated",
        "P-3": "not decided",
    }
    assert [(p["property"], p["verdict"]) for p in rows["P-2"]["properties"]] == [
        ("somebody_serves", "VIOLATED"),
        ("longest_wait", "HOLDS"),
    ]
    assert rows["P-2"]["properties"][0]["finding"] == "Nobody serves for a while"
    assert (rows["P-1"]["document"], rows["P-1"]["section"]) == ("the book", "page 1")
    assert rows["P-3"]["properties"] == []


def test_claims_as_a_table(command: Command) -> None:
    status, out, _ = command("claims", "--whole")
    assert status == 0
    assert "3 claims, 2 with properties: 1 holds as stated, 1 fails as stated, 1 not decided" in out
    assert "VIOLATED: somebody_serves" in out
    assert "finding: Nobody serves for a while" in out


def test_claims_are_a_line_each(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = command("claims")[1].splitlines()
    assert lines[0] == "P-1  holds as stated  At most one…"
    assert [line.split("  ")[1] for line in lines[1:3]] == ["fails as stated", "not decided"]
    assert command("claims", "--no-run")[1].splitlines()[0] == "P-1  not run      At most one serves."


def test_progress_says_which_search_of_how_many_and_for_what(project: Path) -> None:
    said: list[str] = []
    check_design(load("model.pair:pair"), listener=lambda label: said.append(label), causes=False)
    assert said == ["search 1 of 2: 3 properties", "search 2 of 2: 1 property, prompt=yes"]


def test_claims_without_running(command: Command) -> None:
    status, out, _ = command("claims", "--no-run", "--json")
    assert status == 0
    rows = {row["claim"]: row for row in json.loads(out)["claims"]}
    assert rows["P-1"]["verdict"] == "not decided"
    assert rows["P-1"]["properties"][0] == {
        "design": "model.pair:pair",
        "property": "one_at_a_time",
        "role": "as stated",
        "what": None,
        "by_construction": False,
        "source": "the book, page 1",
        "verdict": None,
        "reason": "",
        "value": None,
        "unit": None,
        "value_text": None,
        "finding": None,
        "assumptions": [],
    }
    _, out, _ = command("claims", "--no-run")
    assert "VIOLATED" not in out
    assert "holds" not in out


# -- draw and review ----------------------------------------------------------------------------------------------------
def test_draw_one_machine_in_each_format(command: Command, project: Path) -> None:
    assert command("draw", "model.pair:pair", "--component", "standby", "--format", "dot")[1].startswith("digraph")
    assert command("draw", "model.pair:pair", "--component", "standby")[1].startswith("stateDiagram")
    status, out, _ = command("draw", "model.pair:pair", "--component", "standby", "--output", "there/standby.svg")
    assert (status, out) == (0, "written: there/standby.svg\n")
    assert (project / "there" / "standby.svg").read_text().startswith("<svg")


def test_draw_the_architecture_is_the_default(command: Command) -> None:
    first = command("draw", "model.pair:pair", "--architecture")
    assert first == command("draw", "model.pair:pair")
    assert "primary" in first[1]


def test_draw_a_counterexample_by_property_or_claim(command: Command) -> None:
    status, out, _ = command("draw", "model.pair:pair", "--counterexample", "somebody_serves")
    assert status == 0
    assert out.startswith("sequenceDiagram") or "sequenceDiagram" in out
    assert "primary_fails" in out
    _, text, _ = command("draw", "model.pair:pair", "--counterexample", "somebody_serves", "--format", "text")
    assert "primary: up -> down" in text


@pytest.mark.parametrize(
    ("options", "suffixes", "drawn", "left_out"),
    [
        ("--all", {".md", ".svg", ".mmd"}, {"somebody_serves"}, {"longest_wait"}),
        ("--all --complete", {".md", ".dot", ".svg", ".mmd", ".txt"}, {"somebody_serves", "longest_wait"}, set()),
        ("--all --set failures=0", {".md", ".svg", ".mmd"}, set(), {"somebody_serves", "longest_wait"}),
    ],
)
def test_draw_all_is_reproducible_and_shown_by_its_page(
    command: Command, project: Path, options: str, suffixes: set[str], drawn: set[str], left_out: set[str]
) -> None:
    """Without --complete, of the counterexamples only those of findings with chart=True, as SVG and Mermaid."""
    status, out, _ = command("draw", *options.split(), "--output", "one")
    assert status == 0
    files = {p.relative_to(project / "one"): p.read_bytes() for p in (project / "one").rglob("*") if p.is_file()}
    assert out == f"written: {len(files)} files in one\n"
    page = files[Path("README.md")].decode()
    assert f"drcheck draw {options} --output diagrams" in page
    linked = set(re.findall(r"\]\((.+?)\)", page))
    assert linked == {p.as_posix() for p in files if p.name != "README.md"}
    assert {p.suffix for p in files} == suffixes
    assert {Path(f"pair/traces/{name}.svg") for name in drawn} <= set(files)
    assert not {Path(f"pair/traces/{name}.svg") for name in left_out} & set(files)
    assert {Path("pair/architecture.svg"), Path("pair/components/standby.svg")} <= set(files)
    command("draw", *options.split(), "--output", "two")
    assert files == {
        p.relative_to(project / "two"): p.read_bytes() for p in (project / "two").rglob("*") if p.is_file()
    }


STUDY = """
from drcheck import Component, System, compose, on
from drcheck.designs.design import design


@design
def NAME() -> System:
    \"\"\"Two lamps, one of which is the same everywhere.\"\"\"
    lamp = Component("lamp", ["off", "on"], transitions=[on("switch_on", "off", "on")])
    own = Component("own", ["off", "on"], transitions=[on("NAME_on", "off", "on")])
    return compose("NAME", [lamp, own])
"""


def test_draw_all_has_a_folder_a_study_and_each_machine_once(command: Command, project: Path) -> None:
    modules = {"lamps/first": "first", "lamps/second": "second", "other/first": "first", "other/more": "first"}
    cli_project.write(project, {f"model/{path}.py": STUDY.replace("NAME", name) for path, name in modules.items()})
    assert command("draw", "--all", "--output", "set", "--format", "mermaid")[0] == 0
    found = {p.relative_to(project / "set").as_posix() for p in (project / "set").rglob("*.mmd")}
    folders = ["lamps/first", "lamps/second", "other/first/first", "other/more/first"]
    machines = {"lamps/first/components/own.mmd", "lamps/second/components/own.mmd"}
    # The lamp is one machine of all designs, and `own` one of all that are called first.
    found = {path for path in found if not path.startswith("pair/")}
    assert found == {f"{folder}/architecture.mmd" for folder in folders} | machines | {
        "lamps/first/components/lamp.mmd"
    }
    page = (project / "set" / "README.md").read_text()
    assert page.count("](lamps/first/components/lamp.mmd) (the same machine as there)") == 3


def test_draw_all_points_at_drawings_of_what_is_gone(command: Command, project: Path) -> None:
    command("draw", "--all", "--complete", "--output", "set")
    (project / "set" / "pair" / "components" / "old.dot").write_text("digraph {}")
    _, _, err = command("draw", "--all", "--output", "set", "--set", "failures=0")
    told = {line.removeprefix("note: ").split(" was not drawn")[0] for line in err.splitlines() if "note:" in line}
    assert told >= {f"set/pair/components/{name}" for name in ("old.dot", "standby.dot")}
    assert told >= {f"set/pair/traces/somebody_serves.{ending}" for ending in ("svg", "mmd", "txt")}
    assert "set/pair/components/standby.svg" not in told
    assert (project / "set" / "pair" / "components" / "old.dot").exists()


def test_review_writes_its_files(command: Command, project: Path) -> None:
    status, out, _ = command("review", "--set", "threshold=3h")
    assert status == 0
    assert out == "".join(f"written: review/review.{ending}\n" for ending in ("html", "md", "json"))
    page = (project / "review" / "review.html").read_text()
    assert "Nobody serves for a while" in page
    assert "The servers are blue" in page
    made = {p.name: p.read_bytes() for p in (project / "review").iterdir()}
    assert sorted(made) == ["review.html", "review.json", "review.md"]
    assert command("review", "--again", "review/review.json", "--output", "again")[0] == 0
    assert {p.name: p.read_bytes() for p in (project / "again").iterdir()} == made
    assert command("review", "model.pair:pair", "--again", "review/review.json")[0] == 2
    status, _, err = command("review", "--again", "review/review.md")
    assert (status, "[DR407] this is not JSON" in err) == (2, True)


ROOT = Path(__file__).resolve().parents[2]


def diagrams_here(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The drawings of this repository; its designs are found."""
    if not (ROOT / "diagrams").is_dir():
        pytest.skip("no diagrams have been generated")
    monkeypatch.chdir(ROOT)
    return ROOT / "diagrams"


def test_the_diagrams_of_this_repository_are_those_of_its_designs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are those that `draw --all` makes, no more and no fewer; machines and architectures are as they are now.

    The layout of their SVG depends on the version of Graphviz, so it is the Mermaid text that is compared.
    """
    from drcheck.cli.diagrams import FORMS, PAGE, charted, folders, structure
    from drcheck.cli.discover import discover
    from drcheck.cli.formats import ENDINGS
    from drcheck.render.drawing import to_mermaid

    root = diagrams_here(monkeypatch)
    designs, known, paths = discover(), {}, []
    for design, folder in zip(designs, folders(designs), strict=True):
        for _, drawing in structure(design, {}, design.build(), folder, known):
            if not drawing.same:
                known[drawing.document] = drawing.path
                assert (root / f"{drawing.path}.mmd").read_text() == to_mermaid(drawing.document).rstrip("\n") + "\n"
        paths += [f"{folder}/traces/{name}" for name in charted(design)]
    expected = {path + ENDINGS[form] for path in [*known.values(), *paths] for form in FORMS} | {PAGE}
    there = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    assert there == expected, "./run draw --all --output diagrams"
    linked = set(re.findall(r"\]\((.+?)\)", (root / PAGE).read_text()))
    assert linked == expected - {PAGE}


def test_a_finding_that_breaks_several_properties_has_one_chart() -> None:
    """That of the first that it breaks as the document states it, be others before it; or of the first, if none is."""
    from drcheck import Component, Finding, case, compose, design, never, on, reading, stated, stress
    from drcheck.cli.diagrams import charted

    one, other = (Finding(title, "Its wire is loose.", chart=True) for title in ("It goes off", "It flickers"))
    cases = [
        case("in_a_storm", role=stress("a storm"), finding=one),
        case("as_it_is", finding=one),
        case("later", finding=one),
        case("as_some_read_it", role=reading("off is dark"), finding=other),
        case("for_long", role=stress("years"), finding=other),
    ]
    states = ["off", "on"]

    @stated(claims="L-1", cases=cases)
    def dark(d: System) -> Property:
        return never(d.lamp.off)

    @design
    def lamp() -> System:
        wire = on("breaks", "on", "off")
        return compose("lamp", [Component("lamp", states, transitions=[wire], initial="on")], properties=dark)

    assert charted(lamp) == ["dark_as_it_is", "dark_as_some_read_it"]


def test_the_charts_of_this_repository_are_those_of_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chart tells the trace that is found now; each study has two or three."""
    from drcheck.cli.diagrams import chart_of, charted, folders
    from drcheck.cli.discover import discover
    from drcheck.render.drawing import draw
    from drcheck.verdicts.check import check_design
    from drcheck.verdicts.verdict import Conclusion

    root = diagrams_here(monkeypatch)
    designs, number = discover(), Counter[str]()
    for design, folder in zip(designs, folders(designs), strict=True):
        names = charted(design)
        number[folder.split("/")[0]] += len(names)
        for verdict in check_design(design, {}, names).verdicts if names else ():
            if verdict.property.name in names:
                assert verdict.conclusion is Conclusion.VIOLATED
                path = root / folder / "traces" / verdict.property.name
                for form, ending in (("mermaid", ".mmd"), ("svg", ".svg")):
                    assert path.with_suffix(ending).read_text().rstrip() == draw(chart_of(verdict), form).rstrip()
    assert all(2 <= n <= 3 for n in number.values()), number


# -- as a process -------------------------------------------------------------------------------------------------------
def test_help_answers_at_once_as_it_loads_little(project: Path) -> None:
    """Nothing heavy, and in all not much more than the command line itself: what takes long is to load modules."""
    code = (
        "import sys\nbefore = len(sys.modules)\nfrom drcheck.cli.main import run\nrun(['--help'])\n"
        "print([m for m in ('numpy', 'numba', 'llvmlite', 'rich', 'jinja2', 'networkx') if m in sys.modules])\n"
        "print(len(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project)
    heavy, loaded = done.stdout.splitlines()[-2:]
    assert heavy == "[]"
    assert 10 < int(loaded) < 200


def test_a_reader_that_goes_away_is_no_violation_and_no_noise(project: Path) -> None:
    command = [*MAIN, "check", "model.pair:pair", "one_at_a_time", "--json"]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, cwd=project)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_full_disk_is_a_coded_error(project: Path, more: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*MAIN, "check", "model.pair:pair", "one_at_a_time", *more],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=project,
        )
    assert done.returncode == 2
    assert done.stderr == "error: [DR601] the output cannot be written: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupting_says_so_and_exits_130(project: Path) -> None:
    cli_project.write(project, {"model/slow.py": "import time\nprint('ready', flush=True)\ntime.sleep(60)\n"})
    process = subprocess.Popen(
        [*MAIN, "check", "model.slow:x"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=project
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "interrupted: nothing was decided and no file was left half-written"


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_progress_is_shown_on_a_terminal_only(project: Path) -> None:
    import pty

    command = [*MAIN, "check", "model.pair:pair", "one_at_a_time", "--engine", "reference"]
    quiet = subprocess.run(command, capture_output=True, text=True, cwd=project)
    assert quiet.stderr == ""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, cwd=project)
    os.close(theirs)
    seen = cli_project.read_all(ours)
    assert process.stdout is not None
    out = process.stdout.read()
    assert process.wait() == 0
    assert b"model.pair:pair" in seen
    assert b"HOLDS" in out
    assert b"HOLDS" not in seen
