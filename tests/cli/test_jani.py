"""JANI files as targets of commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import cli_project
from tests.support.jani_models import initial, op, queue

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


@pytest.fixture
def file(project: Path) -> str:
    made = queue(
        properties=[
            {"name": "fills", "expression": initial("max", {"op": "Pmax", "exp": op("F", op("=", "n", "N"))})},
            {"name": "cost", "expression": initial("max", {"op": "Emax", "exp": 1, "reach": op("=", "n", "N")})},
        ]
    )
    Path("queue.jani").write_text(json.dumps(made, indent=1), encoding="utf-8")
    return "queue.jani"


def test_check_and_list(file: str, command: Command) -> None:
    status, out, _ = command("check", file, "--set", "N=4")
    assert status == 0
    assert "Skipped: cost: it is an expected value" in out
    assert "[DR850] queue.jani: what does not bear on which states there are is left out: 2 rates" in " ".join(
        out.split()
    )
    assert "silence" not in out
    found = json.loads(command("check", file, "--set", "N=4", "--json")[1])
    assert (found["design"], found["states"], found["transitions"]) == ("queue.jani", 5, 8)
    assert found["skipped"] == [{"property": "cost", "reason": "it is an expected value"}]
    assert command("check", file, "cost", "--set", "N=4")[0] == 3
    status, out, _ = command("list", file)  # without the value that it needs
    assert status == 0
    assert "to be set" in out
    assert "cost: max of Emax(1, reach n = N)" in out


def test_other_commands(file: str, command: Command) -> None:
    assert "queue" in command("draw", file, "--set", "N=2")[1]
    status, out, _ = command("why", file, "fills", "--set", "N=2")
    assert (status, "2 of 2 steps matter" in out) == (0, True)
    text = command("export", file, "jani", "--set", "N=2")[1]
    Path("again.jani").write_text(text, encoding="utf-8")
    assert json.loads(command("check", "again.jani", "--json")[1])["states"] == 3


def test_what_is_wrong_is_one_line_with_a_code(file: str, command: Command) -> None:
    status, _, err = command("check", file)
    assert status == 2
    assert err.startswith("error: [DR233] queue.jani gives no value to N (queue.jani:1); give it: --set N=5")
    status, _, err = command("check", "queu.jani")
    assert (status, "[DR230]" in err, "did you mean 'queue.jani'?" in err) == (2, True, True)
    Path("broken.jani").write_text(Path(file).read_text(encoding="utf-8").replace('"<"', '"<<"'), encoding="utf-8")
    status, _, err = command("check", "broken.jani", "--set", "N=2")
    assert status == 2
    assert "[DR231] '<<' is no operator of an expression (broken.jani:" in err
    assert "$.automata[0].edges[0].guard.exp)" in err
