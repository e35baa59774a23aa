"""The explorer in a terminal: a session as a user would have it, the path that is shared, what is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck.examples import pair
from drcheck.explorer.saving import FORMS, saved
from drcheck.explorer.subject import Subject, explored
from drcheck.explorer.terminal import Terminal
from tests.support import cli_project

Said = Callable[..., list[str]]


@pytest.fixture
def terminal() -> Terminal:
    written: list[str] = []
    found = Terminal(explored(pair, {})[0], written.append)
    found.written = written  # type: ignore[attr-defined]  # for `said`
    return found


def said(terminal: Terminal, *lines: str) -> list[str]:
    """What is said to some lines, each line stripped."""
    written: list[str] = terminal.written  # type: ignore[attr-defined]  # see above
    written.clear()
    terminal.read(iter(lines))
    return [line.strip() for line in written]


def test_an_event_is_explained_and_a_counterexample_walked(terminal: Terminal) -> None:
    lines = said(terminal, "take_over")
    assert lines == [
        "! [DR522] take_over cannot happen here: primary.down   (primary = up); standby.waited = 2h   (standby.waited = 0)"
    ]
    assert said(terminal, "blocked take_over")[1:] == [
        "primary.down   (primary = up)",
        "standby.waited = 2h   (standby.waited = 0)",
    ]
    lines = said(terminal, "trace somebody_serves")
    assert lines[0] == "VIOLATED: shown by a trace of 1 step"
    assert "step 0: the beginning  at 0  [1 ahead: next, run]" in lines
    assert "! somebody_serves: broken here" in said(terminal, "next")


def test_expressions_are_columns_and_breakpoints(terminal: Terminal) -> None:
    said(terminal, "watch standby.waited", "break standby.waited >= 1h")
    assert "1 random steps: standby.waited >= 1h holds" in said(terminal, "primary_fails", "walk 50 time")
    assert "1  primary_fails  0  standby.waited = 0" in said(terminal, "history")
    assert said(terminal, "? primary.up &") == [
        "! [DR320] a name, a number or '(' is expected, not the end of the text",
        "primary.up &",
        "^",
    ]
    assert said(terminal, "?standby.waited + 1h", "break standby.waited")[-1].startswith(
        "! [DR522] `standby.waited` is no condition"
    )


def test_back_is_a_fork_and_what_was_there_remains(terminal: Terminal) -> None:
    said(terminal, "primary_fails", "tick", "back 1", "primary_is_repaired")
    assert "1  primary_fails  0  (2 ways on)" in said(terminal, "history")
    assert "step 0: the beginning  at 0  [2 ahead: next, run]" in said(terminal, "goto 0")
    assert "step 2: after primary_is_repaired  at 0" in said(terminal, "run")


def test_the_way_back_and_the_point_of_no_return(terminal: Terminal) -> None:
    lines = said(terminal, "primary_fails", "recover the_server_can_serve_again")
    assert "with what comes from outside, but no fault: 4 steps away" in lines
    assert "3. operators: stop_standby (Take the standby out of service.)" in lines
    lines = said(terminal, "near event take_over", "run")
    assert lines[0] == "2 steps away"
    lines = said(terminal, "noreturn primary.up & (faults.failure_left > 0)")
    assert lines[-1] == (
        "lost with step 1, primary_fails: before it the goal can be reached, after it by no steps whatever"
    )
    lines = said(terminal, "from-here service_comes_back")
    assert lines[0].startswith("HOLDS")


def subject_at(path: str) -> tuple[Subject, int]:
    subject, _ = explored(pair, {"patience": pair.parameter("patience").parse("3h")})
    return subject, subject.session.open(path)[0]


def test_a_saved_test_passes_and_fails_where_the_design_does_something_else() -> None:
    subject, node = subject_at("primary_fails 3*tick take_over")
    name, _, text = saved(subject, node, "test")
    assert name == "test_pair_5_steps.py"
    space: dict[str, Any] = {}
    exec(compile(text, name, "exec"), space)  # what pytest does with the file
    assert space["SETTINGS"] == {"patience": "3h"}
    space["test_pair_follows_the_path"]()
    space["EXPECTED"]["standby"] = "idle"
    with pytest.raises(AssertionError):
        space["test_pair_follows_the_path"]()


def test_a_path_is_saved_in_each_form() -> None:
    import json

    subject, node = subject_at("primary_fails 3*tick take_over")
    texts = {form: saved(subject, node, form)[2] for form in FORMS}
    itf = json.loads(texts["itf"])
    assert [state["#meta"].get("action") for state in itf["states"]][1:] == [
        "primary_fails",
        *["tick"] * 3,
        "take_over",
    ]
    assert itf["states"][-1]["standby.waited"] == {"#bigint": "3"}
    assert set(itf["vars"]) == set(itf["states"][0]) - {"#meta"}
    assert json.loads(texts["json"])["path"] == texts["path"].strip()
    assert texts["chart"].startswith("<svg")
    assert "take_over" in texts["text"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def test_the_command_opens_where_its_path_ends(
    project: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import shlex

    monkeypatch.setattr("sys.stdin", io.StringIO("path\nquit\nnobody reads this\n"))
    words = ("explore", "model.pair:pair", "--text", "--set", "threshold=1h", "--at", "primary_fails tick take_over")
    status, out, err = command(*words)
    assert (status, err) == (0, "")
    shared = out.splitlines()[-1]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, again, err = command(*shlex.split(shared)[1:], "--text")
    assert (status, err) == (0, "")
    assert "step 3: after take_over  at 1h" in again
    (project / "a.path").write_text(shlex.split(shared)[-1].replace("system=", "system=0"), encoding="utf-8")
    status, again, err = command("explore", "model.pair:pair", "--text", "--at", "@a.path", "--set", "threshold=1h")
    assert status == 0
    assert err.startswith("note: the path was made on another system")
    status, _, err = command("explore", "model.pair:pair", "--text", "--at", "@a.path")
    assert status == 2
    assert err.splitlines()[-1].startswith("error: [DR521] step 3: take_over is not possible there")
    assert command("explore", "model.pair:pair", "--text", "--at", "@none.path")[2].startswith("error: [DR520]")
    assert command("explore", "model.pair:pair", "--text", "--at", "-")[2].startswith("error: [DR401]")


def test_without_the_extra_the_page_is_refused_and_the_terminal_is_there(
    project: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util
    import io

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "uvicorn" else find(name, *a))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, _, err = command("explore", "model.pair:pair")
    assert (status, err.startswith("error: [DR408] the page of the explorer needs starlette and uvicorn")) == (2, True)
    assert command("explore", "model.pair:pair", "--text")[0] == 0


def test_a_command_is_broken_so_that_a_shell_reads_it_and_a_long_path_stands_below() -> None:
    import shlex

    from drcheck.render.explore_command import Opening

    path = "system=550a393f primary_fails 2*tick take_over#2"
    opening = Opening("drcheck explore a.b:c --set patience=4h", path)
    whole = [*shlex.split("drcheck explore a.b:c --set patience=4h --at"), path]
    assert shlex.split("\n".join(opening.lines())) == whole
    for width in (20, 40, 60):
        lines = opening.lines(width)
        assert all(len(line) <= width or len(line.split()) == 1 for line in lines)
        *words, at = shlex.split("\n".join(lines).replace("\\\n", " "))
        assert (words, at.removeprefix("--at=").split()) == (whole[:-2], path.split())
    long = Opening("drcheck explore a.b:c", "tick " * 500).lines()
    assert (long[0], long[-1]) == ("drcheck explore a.b:c --at - <<'PATH'", "PATH")


def test_what_is_printed_can_be_asked_and_its_truth_is_no_further_comparison(terminal: Terminal) -> None:
    condition = "not primary = down and standby.waited = 0h"
    assert said(terminal, f"? {condition}") == ["true"]
    said(terminal, f"watch {condition}", "watch standby.waited")
    assert said(terminal, "watch") == [f"{condition}: true", "standby.waited = 0"]
