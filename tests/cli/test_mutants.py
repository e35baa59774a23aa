"""`drcheck mutants`: the page, the stored result and what of it is used again, and bad input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.verdicts.planting import campaign
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
FEW = ("mutants", "model.pair:pair", "--number", "12", "--output", "mutants.md")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def stored(project: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((project / "mutants.json").read_text(encoding="utf-8"))
    return found


def test_the_page_says_what_became_of_each_mutant(command: Command, project: Path) -> None:
    status, out, err = command("mutants", "model.pair:pair", "--number", "12", "--seed", "3")
    assert (status, err) == (0, "")
    assert "Made with `drcheck mutants --seed 3 --number 12 --limit-states 20000000`" in out
    assert "| A pair of servers | 12 |" in out
    assert "(model/pair.py:" in out
    rows = [line for line in out.splitlines() if line.startswith(("| `primary`", "| `standby`"))]
    assert len(rows) == 12
    assert any("| seen by `" in row for row in rows)
    assert any("## Survived" in line for line in out.splitlines())


def test_a_result_is_stored_and_used_again(command: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = command(*FEW)
    assert status == 0
    assert out.startswith("written: mutants.md; 12 planted: ")
    assert out.endswith("; 0 known before\n")
    page, data = (project / "mutants.md").read_text(encoding="utf-8"), stored(project)
    assert data["planted"] == 12
    assert command(*FEW, "--stale") == (0, "The stored result is up to date.\n", "")

    def never(*_: object) -> None:
        raise AssertionError("nothing is left to decide")

    monkeypatch.setattr(campaign.Campaign, "decide", never)
    status, out, _ = command(*FEW)
    assert out.endswith("; 12 known before\n")
    assert (project / "mutants.md").read_text(encoding="utf-8") == page
    assert stored(project) == data


def test_what_was_interrupted_goes_on(command: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = campaign.Campaign._decided
    calls: list[object] = []

    def interrupted(self: campaign.Campaign, *arguments: object) -> campaign.Result:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return decided(self, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(campaign.Campaign, "_decided", interrupted)
        status, _, err = command(*FEW)
    assert status != 0
    assert "interrupt" in err
    assert not (project / "mutants.md").exists()
    known = stored(project)["planted"]
    assert isinstance(known, int)
    assert 0 < known < 12
    status, out, _ = command(*FEW, "--stale")
    assert (status, out.splitlines()[0]) == (
        1,
        f"stale: model.pair:pair: {12 - known} mutants are not decided in the stored result",
    )
    assert command(*FEW)[1].endswith(f"; {known} known before\n")
    whole = stored(project)
    (project / "mutants.json").unlink()
    command(*FEW)
    assert stored(project) == whole


def test_a_model_that_has_changed_makes_the_result_stale(command: Command, project: Path) -> None:
    command(*FEW)
    data = stored(project)
    design = project / "model" / "pair.py"
    text = design.read_text(encoding="utf-8")
    cli_project.write(project, {"model/pair.py": "# a line more\n" + text})
    cli_project.leave(set())
    assert command(*FEW, "--stale")[0] == 0
    cli_project.write(project, {"model/pair.py": text.replace("waited + 1", "waited + 2")})
    cli_project.leave(set())
    status, out, _ = command(*FEW, "--stale")
    assert status == 1
    assert out.splitlines() == [
        "stale: model.pair:pair: the model or its properties have changed",
        "The same command without --stale decides what is missing.",
    ]
    assert command(*FEW)[1].endswith("; 0 known before\n")
    assert stored(project)["designs"] != data["designs"]


def test_json_is_printed_alone(command: Command, project: Path) -> None:
    status, out, err = command("mutants", "model.pair:pair", "--number", "2", "--json")
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert (data["kind"], data["version"], data["planted"], len(data["mutants"])) == ("mutants", 1, 2, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--number", "0"), "error: [DR401] "),
        (("--limit-states", "0"), "error: [DR503] --limit-states 0 cannot be used; give a whole number, 1 or more"),
        (("--engine", "fast"), "error: [DR501] there is no engine 'fast'"),
        (("--stale",), "error: [DR401] --stale asks for a stored result; name it: --output mutants.md"),
        (("--output", "m.json"), "error: [DR401] --output m.json is the page, and the result is kept beside it"),
        (("--output", "broken.md"), "error: [DR407] this is not JSON"),
        (("--output", "other.md"), "error: [DR407] this is not a document of `drcheck mutants`, but of 'check'"),
        (("--output", "folder.md"), "error: [DR601] folder.json cannot be read"),
        (("--set", "nothing=1"), "error: [DR204] "),
    ],
)
def test_bad_input_is_one_coded_error(command: Command, project: Path, words: tuple[str, ...], message: str) -> None:
    (project / "broken.json").write_text("{", encoding="utf-8")
    (project / "other.json").write_text('{"kind": "check", "version": 1}', encoding="utf-8")
    (project / "folder.json").mkdir()
    status, out, err = command("mutants", "model.pair:pair", "--number", "1", *words)
    assert (status, out) == (2, "")
    assert err.startswith(message), err
    assert err.count("\n") == 1
