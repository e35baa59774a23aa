"""`drcheck why` as it is typed: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from drcheck.cli.main import run

PAIR = "drcheck.examples:pair"


def test_it_says_what_matters_and_what_is_needed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["why", PAIR, "somebody_serves"]) == 0
    said = capfd.readouterr()[0]
    assert "its one step matters:" in said
    assert "From step 1 on the promise is broken; primary_fails made it so: primary up -> down." in said
    assert "Needed: without it the promise holds.\n  step 1: primary_fails\n" in said


def test_a_path_goes_on_to_where_the_promise_is_broken(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["why", PAIR, "somebody_serves", "--json", "--at"]
    assert run([*words, "2*tick"]) == 0
    data = json.loads(capfd.readouterr()[0])
    assert [step["event"] for step in data["trace"]["steps"]] == ["tick", "tick", "primary_fails"]
    assert data["turns"][0]["step"] == 3
    (tmp_path / "path").write_text("system=00000000 tick\n")
    assert run([*words, f"@{tmp_path / 'path'}"]) == 0
    out, err = capfd.readouterr()
    assert len(json.loads(out)["trace"]["steps"]) == 2
    assert "note: the path was made on another system" in err
    monkeypatch.setattr("sys.stdin", io.StringIO("3*tick"))
    assert run([*words, "-"]) == 0
    assert len(json.loads(capfd.readouterr()[0])["trace"]["steps"]) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("one_at_a_time",), "[DR323] no trace shows anything of one_at_a_time: HOLDS, in all 15 states"),
        (
            ("one_at_a_time", "--at", "tick"),
            "[DR323] no trace of what follows the path shows anything of one_at_a_time",
        ),
        (("one_at_a_tim",), "[DR301]"),
        (("somebody_serves", "--at", "take_over"), "[DR521] step 1: take_over is not possible there"),
        (("somebody_serves", "--at", "3*"), "[DR520]"),
        (("somebody_serves", "--at", "@nowhere"), "[DR520]"),
        (("somebody_serves", "--tries", "0"), "[DR401]"),
        ((), "[DR403]"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["why", PAIR, *words]) == 2
    assert said in capfd.readouterr()[1]


def test_what_is_not_decided_has_a_status_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "tests.answers.test_mending:site", "one_serves", "--mend", "--tries", "1"]) == 3
    assert "No mend known at take_over: of " in capfd.readouterr()[0]
