"""Properties that speak of events or of bounds in time, in everything that decides or shows properties."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.designs.design import load
from drcheck.verdicts.mutation import mutation_tables
from tests.support import cli_project

EVENTS = '''
from drcheck import *


@stated
def one_at_a_time(d):
    """Never do both serve."""
    return never(d.primary.up & d.standby.serving)


@stated(claims="P-1", source="the book, page 1")
def no_early_take_over(d):
    """The standby takes over when the primary is down, and only then."""
    return never(happens("take_over", when=d.primary.up))


@stated(claims="P-2", given={"failures": 2}, finding=Finding("It takes time", "It waits.", "Prompt.", {"prompt": True}))
def at_once(d):
    """After a failure somebody serves within an hour."""
    return within(hours(1), d.primary.up | d.standby.serving, after=happens("primary_fails"))


@stated
def in_time(d):
    """After a failure somebody serves within three hours."""
    return within(hours(3), d.standby.serving, after=d.primary.down)
'''

PROCEDURE = """
from drcheck import *

@design
def closing():
    pump = Component("pump", ["running", "stopped"], transitions=[on("stop", "running", "stopped", passive=True)])
    valve = Component("valve", ["open", "closed"], transitions=[on("close", "open", "closed", passive=True)])
    book = Component("book", ["stop_pump", "close_valve", "complete"], transitions=[
        on("stop_pump", "stop_pump", "close_valve", kind="operator"),
        on("close_valve", "close_valve", "complete", kind="operator")])
    return compose("closing", [pump, valve, book], events=[
        event("stop_pump", {book: "stop_pump"}, optional={pump: "stop"}),
        event("close_valve", {book: "close_valve"}, optional={valve: "close"})],
        properties=[never(happens("close_valve", when=pump.running), name="not_while_it_runs")])
"""

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"properties/pair.py": EVENTS, "model/closing.py": PROCEDURE})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def test_check_tells_what_each_search_observes(command: Command) -> None:
    status, out, _ = command("check", "model.pair:pair", "--json")
    data = json.loads(out)
    assert status == 1
    assert [(r["given"], r["observers"]) for r in data["runs"]] == [
        ({}, []),
        ({}, ["happens_take_over"]),
        ({}, ["clock_of_in_time"]),
        ({"failures": 2}, ["happens_primary_fails", "clock_of_at_once"]),
    ]
    alone = json.loads(command("check", "model.pair:pair", "one_at_a_time", "--json")[1])
    assert data["states"] == data["runs"][0]["states"] == alone["states"]
    verdicts = {v["property"]: v for v in data["verdicts"]}
    assert {name: v["verdict"] for name, v in verdicts.items()} == {
        "values_stay_in_their_domains": "HOLDS",
        "one_at_a_time": "HOLDS",
        "no_early_take_over": "HOLDS",
        "at_once": "VIOLATED",
        "in_time": "HOLDS",
    }
    assert verdicts["in_time"]["value_text"] == "2 ticks (2h)"
    assert verdicts["at_once"]["formula"] == "after (happens(primary_fails)) within 1h (primary.up or standby.serving)"
    assert all("happens_primary_fails" not in step["participants"] for step in verdicts["at_once"]["trace"]["steps"])
    assert not [row for row in data["idle_rows"] or () if row["component"].startswith(("happens_", "clock_"))]
    assert not [r for r in data["remarks"] if "happens_" in str(r) or "clock_" in str(r)]
    text = command("check", "model.pair:pair", "--no-trace")[1]
    assert "as above, observing happens_take_over" in text
    assert "failures=2; observing happens_primary_fails, clock_of_at_once" in text


@pytest.mark.parametrize("reduction", ["dead-variables", "symmetry", "partial-order", "all"])
def test_check_with_reductions(command: Command, reduction: str) -> None:
    status, out, _ = command("check", "model.pair:pair", "--json", "--reduce", reduction)
    assert status == 1
    assert [v["verdict"] for v in json.loads(out)["verdicts"]] == ["HOLDS", "HOLDS", "HOLDS", "VIOLATED", "HOLDS"]


def test_draw_shows_an_observer_by_its_name(command: Command) -> None:
    status, out, _ = command("draw", "model.pair:pair", "--component", "clock_of_in_time", "--format", "dot")
    assert status == 0
    assert "tick_passes" in out
    status, _, err = command("draw", "model.pair:pair", "--component", "clock_of_in_tim")
    assert status == 2
    assert "DR603" in err
    assert "clock" not in command("draw", "model.pair:pair")[1]
    chart = command("draw", "model.pair:pair", "--counterexample", "at_once", "--format", "text")[1]
    assert "clock_of_at_once" in chart
    assert "happens_primary_fails" not in chart


def test_walks_and_lossy_searches(command: Command) -> None:
    for words in (("simulate", "model.pair:pair", "--walks", "50"), ("swarm", "model.pair:pair", "--table", "64K")):
        status, out, _ = command(*words, "--json")
        data = json.loads(out)
        assert status == 1
        assert {o["property"]: o["seen"] for o in data["observations"]}["at_once"] == "VIOLATED"
        assert [r["observers"] for r in data["runs"]][1:3] == [["happens_take_over"], ["clock_of_in_time"]]


def test_claims_and_a_review_with_the_repair(command: Command, tmp_path: Path) -> None:
    status, out, _ = command("claims", "model.pair:pair", "--whole")
    assert status == 0  # the violation is a known finding
    assert "HOLDS: no_early_take_over" in out
    assert "VIOLATED: at_once" in out
    status, _, _ = command("review", "model.pair:pair", "--output", str(tmp_path / "review"))
    assert status == 0
    text = (tmp_path / "review" / "review.md").read_text(encoding="utf-8")
    assert "observing happens_take_over" in text
    assert "the repair was checked" in text.lower()


def test_mutants_are_observed(command: Command) -> None:
    (table,) = mutation_tables(load("model.closing:closing"), workers=1)
    broken = {row.name: row.effects["leave out"].broken for row in table.rows}
    assert broken["stop_pump"] == ("not_while_it_runs",)


def test_test_items(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\ndrcheck_designs = model.pair:pair\n")
    (tmp_path / "test_more.py").write_text(
        "def test_more(drcheck_check):\n"
        "    from drcheck import happens, stated, reachable\n"
        "    taken = stated(lambda d: reachable(happens('take_over')))\n"
        "    found = drcheck_check('model.pair:pair', 'no_early_take_over', taken)\n"
        "    assert all(v.conclusion.value == 'HOLDS' for v in found)\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "failed" not in done.stdout, done.stdout
    assert "7 passed" in done.stdout, done.stdout


def test_an_unknown_event_is_told_before_anything_is_searched(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "properties" / "pair.py"
    path.write_text(path.read_text().replace('"take_over"', '"take_ovr"'))
    status, out, err = command("check", "model.pair:pair")
    assert (status, out) == (2, "")
    assert "DR312" in err
    assert "take_over" in err
