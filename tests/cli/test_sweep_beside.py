"""`drcheck sweep --beside` and `--pareto`: columns side by side, what tells designs apart, and the best points."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from drcheck import hours
from drcheck.answers.sweeps.beside import best_of
from drcheck.answers.sweeps.sweep import sweep
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.report.beside import choices_plot

WAITS, AGES = "tests.answers.test_separating:waits", "tests.answers.test_separating:ages"
KEEPS = "tests.answers.test_separating:keeps"
STORE = "tests.support.store_design:store"


def told(*words: str, capsys: pytest.CaptureFixture[str], status: int = 0) -> str:
    assert run(["sweep", *words, "--answers", "none"]) == status
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_designs_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    words = (WAITS, "nothing_lost", "little_lost", "--vary", "outages=0..2", "--set", "threshold=4h", "--beside", AGES)
    out = told(*words, capsys=capsys)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "outages nothing_lost: waits nothing_lost: ages little_lost: waits little_lost: ages" in lines
    assert "1..2 VIOLATED VIOLATED VIOLATED VIOLATED" in lines
    data = json.loads(told(*words, "--json", capsys=capsys))
    assert [one["design"] for one in data["beside"]] == [AGES]
    assert data["apart"] == []


def test_a_promise_that_one_design_keeps_is_told_with_an_execution_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    words = (WAITS, "nothing_lost", "--vary", "outages=0..1", "--beside", KEEPS)
    lines = [" ".join(line.split()) for line in told(*words, capsys=capsys).splitlines()]
    at = lines.index(
        "nothing_lost, with outages=1: waits breaks it, keeps does not; a shortest execution of both that shows it has 4 steps:"
    )
    assert lines[at + 1 : at + 5] == ["1 link_fails (both)", "2 tick (both)", "3 tick (both)", "4 tick (both)"]
    (apart,) = json.loads(told(*words, "--json", capsys=capsys))["apart"]
    assert (apart["breaks"], apart["keeps"], apart["at"]) == (WAITS, KEEPS, {"outages": 1})
    assert [step["event"] for step in apart["steps"]] == ["link_fails", "tick", "tick", "tick"]
    rows = list(csv.DictReader(io.StringIO(told(*words, "--csv", capsys=capsys))))
    assert [(row["design"], row["verdict"]) for row in rows] == [
        (WAITS, "HOLDS"),
        (WAITS, "VIOLATED"),
        (KEEPS, "HOLDS"),
        (KEEPS, "HOLDS"),
    ]


def test_the_best_points_are_those_that_no_other_one_beats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    varied: dict[str, Any] = {"threshold": "0h..3h", "disk_failures": [0, 1], "slips": [0, 1]}
    found = sweep(load(STORE), varied, ["orders_lost", "disk_away"], {"longest_outage": hours(2)})
    choices = best_of([found], ("orders_lost", "disk_away"))
    exact = [
        (a.at, (a.answer.exact, b.answer.exact))
        for a, b in zip(found.of("orders_lost"), found.of("disk_away"), strict=True)
        if a.answer.exact is not None and b.answer.exact is not None
    ]
    assert [(one.at, one.values) for one in choices] == exact != []
    for one in choices:
        beaten = any(o != one.values and all(x <= y for x, y in zip(o, one.values, strict=True)) for _, o in exact)
        assert one.best == (not beaten)
    plot = choices_plot(choices, ("orders_lost", "disk_away"), ["t"])
    marks = {(m.x, m.y) for line in plot.rows[0][0].lines for m in line.marks if m is not None}
    assert marks == {values for _, values in exact}
    file = tmp_path / "best.svg"
    words = [
        "sweep",
        STORE,
        "--vary",
        "threshold=0h..3h",
        "--set",
        "disk_failures=0",
        "--pareto",
        "orders_lost,disk_away",
    ]
    assert run([*words, "--output", str(file), "--answers", "none"]) in (0, 3)
    ElementTree.fromstring(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((WAITS, "--vary", "outages=0,1", "--beside", WAITS), "DR401"),
        ((WAITS, "--vary", "outages=0,1", "--beside", "nowhere:none"), "DR201"),
        ((WAITS, "--vary", "outages=0,1", "--free", "outage"), "DR401"),
        ((WAITS, "--vary", "outages=0,1", "--beside", AGES, "--free", "outge"), "DR401"),
        ((WAITS, "--vary", "outages=0,1", "--beside", AGES, "--set", "crashes=yes"), "DR221"),
        ((WAITS, "--vary", "outages=0,1", "--beside", AGES, "--set", "tick=30m"), "DR221"),
        ((WAITS, "--vary", "outages=0,1", "--beside", AGES, "--set", "nothing=1"), "DR204"),
        ((WAITS, "--vary", "threshold=1h,2h", "--beside", AGES), "DR204"),
        ((WAITS, "--vary", "outages=0,1", "--pareto", "nothing_lost"), "DR401"),
        ((STORE, "orders_lost", "--vary", "outages=0,1", "--pareto", "orders_lost,nothing"), "DR301"),
        ((WAITS, "nothing_lost", "--vary", "outages=0,1", "--beside", AGES, "--output", "x.svg"), "DR401"),
        ((WAITS, "--vary", "outages=0,1", "--log", "logs"), "DR401"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused(
    words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sweep", *words, "--answers", "none"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: [{code}] ")
    assert not Path("x.svg").exists()
