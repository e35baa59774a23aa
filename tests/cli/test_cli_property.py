"""`drcheck check --property`: properties as text, alone or beside those of the design that are named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.cli.main import run
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
TARGET = "model.pair:pair"
HOLDS, VIOLATED = "never(primary.up & standby.serving)", "always(primary.up | standby.serving)"
DOMAINS = "values_stay_in_their_domains"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):

        def call(*words: str) -> tuple[int, str, str]:
            status = run(("check", TARGET, *words))
            return (status, *capsys.readouterr())

        yield call


def verdicts(command: Command, *words: str) -> tuple[int, dict[str, str]]:
    status, out, _ = command("--json", *words)
    return status, {v["property"]: v["verdict"] for v in json.loads(out)["verdicts"]}


def test_they_are_decided_alone(command: Command) -> None:
    assert verdicts(command, "--property", HOLDS) == (0, {DOMAINS: "HOLDS", HOLDS: "HOLDS"})
    both = ("--property", VIOLATED, "--property", HOLDS)
    assert verdicts(command, *both) == (1, {DOMAINS: "HOLDS", VIOLATED: "VIOLATED", HOLDS: "HOLDS"})


def test_they_are_decided_beside_those_that_are_named(command: Command) -> None:
    found = verdicts(command, "one_at_a_time", "--property", "worst_case(standby.waited, at_most=1h, name='wait')")
    assert found == (1, {DOMAINS: "HOLDS", "one_at_a_time": "HOLDS", "wait": "VIOLATED"})
    status, found = verdicts(command, "longest_wait", "--property", HOLDS)  # stated for other parameters: a search each
    assert (status, list(found)) == (0, [DOMAINS, "longest_wait", HOLDS])
    assert list(verdicts(command, DOMAINS, "--property", HOLDS)[1]) == [DOMAINS, HOLDS]


def test_events_and_bounds_in_time_have_searches_of_their_own(command: Command) -> None:
    late, event = "within(1h, standby.serving, after=primary.down)", "never(happens(take_over) & primary.up)"
    found = verdicts(command, "--property", late, "--property", HOLDS, "--property", event)
    assert found == (1, {DOMAINS: "HOLDS", late: "VIOLATED", HOLDS: "HOLDS", event: "HOLDS"})


def test_it_is_decided_with_the_parameters_that_are_set(command: Command) -> None:
    waits = "reachable(standby.waited == 5)"
    assert verdicts(command, "--property", waits)[0] == 1
    assert verdicts(command, "--property", waits, "--set", "threshold=5h")[0] == 0


def test_what_was_asked_and_not_decided_is_said(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    cli_project.write(Path.cwd(), {"model/counters.py": cli_project.COUNTERS})
    text = "always(a.n + b.n <= 200)"
    assert run(("check", "model.counters:counters", "--json", "--property", text, "--limit-states", "100")) == 3
    assert json.loads(capsys.readouterr().out)["verdicts"][1]["verdict"] == "INCONCLUSIVE"


@pytest.mark.parametrize("more", [("--reduce", "all"), ("--first",), ("--coverage",), ("--engine", "reference")])
def test_it_is_decided_in_every_way(command: Command, more: tuple[str, ...]) -> None:
    found = verdicts(command, "--property", VIOLATED, *more)
    assert found[1][VIOLATED] == "VIOLATED"


def test_it_has_all_that_others_have(command: Command) -> None:
    text = "never(standby.serving, claims='P-9', source='the book', statement='It never serves.', assumptions='none')"
    _, out, _ = command("--json", "--property", text)
    document = json.loads(out)
    verdict = document["verdicts"][1]
    assert (verdict["claims"], verdict["source"]) == (["P-9"], "the book")
    assert (verdict["statement"], verdict["assumptions"]) == ("It never serves.", ["none"])
    assert verdict["formula"] == "always (not standby.serving)"
    assert verdict["trace"] is not None
    assert document["stated"] == 1
    assert verdict["property"] == text


def test_it_is_shown_by_its_text(command: Command) -> None:
    status, out, err = command("--property", VIOLATED)
    assert (status, err) == (1, "")
    assert f"VIOLATED {VIOLATED}" in out
    assert "1 property: 0 hold, 1 violated" in out


def test_a_log_is_left_and_used(command: Command, tmp_path: Path) -> None:
    words = ("--property", HOLDS, "--log", str(tmp_path / "logs"), "--engine", "native")
    assert verdicts(command, *words) == verdicts(command, *words)


@pytest.mark.parametrize(
    ("text", "code", "said", "caret"),
    [
        ("never(primary.upp)", "DR104", "did you mean 'up'?", "              ^^^"),
        ("never(primary.up", "DR320", "not closed", "     ^"),
        ("primary.up", "DR320", "never(...)", "^^^^^^^^^^"),
        ("", "DR320", "empty", "^"),
        ("never(primary.up,\n  standby.upp)", "DR302", "1 argument", "  ^^^^^^^^^^^"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    command: Command, text: str, code: str, said: str, caret: str
) -> None:
    status, out, err = command("--property", HOLDS, "--property", text)
    assert (status, out) == (2, "")
    error, line, below = err.splitlines()
    assert error.startswith(f"error: [{code}] ")
    assert said in error
    assert line == "  " + (text.splitlines() or [""])[-1]
    assert below == "  " + caret


def test_what_cannot_be_read_is_told_before_the_design_is_looked_for(command: Command) -> None:
    assert "DR320" in command("nope", "--property", "never(")[2]


def test_errors_of_several_are_told_together(command: Command) -> None:
    status, _, err = command("--property", "never(primary.upp)", "--property", "never(prmary.up)", "--property", HOLDS)
    assert status == 2
    assert [line.split()[1] for line in err.splitlines() if line.startswith("error")] == ["[DR104]", "[DR115]"]
    assert [line.strip() for line in err.splitlines() if "^" in line] == ["^^^", "^^^^^^"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--property", "never(False)"), "DR122"),
        (("--property", "reachable(standby.waited > 90s)"), "DR117"),
        (("--property", HOLDS, "--property", HOLDS), "DR303"),
        (("--property", "never(primary.up, name='one_at_a_time')"), "DR303"),
        (("--property", f"never(primary.up, name='{DOMAINS}')"), "DR306"),
        (("nope", "--property", HOLDS), "DR301"),
        (("--property", "can_always(primary.up)", "--first", "--reduce", "partial-order"), "DR505"),
    ],
)
def test_what_is_refused_elsewhere_is_refused_here(command: Command, words: tuple[str, ...], code: str) -> None:
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: [{code}]")
