"""`drcheck check` of a large design in short: what is new in full, known findings by what is found, what holds counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
DESIGN = '''
from drcheck import *

WORN = Finding("The lamp wears out, which the whole of this long title says so that it does not fit into a single line of eighty",
               "It burns.", causes=("happens(lights)",))

@design
def lamps(new: bool = False, vacuous: bool = False) -> System:
    """A lamp, and much that is said of it."""
    left = Counter("left", 1000)
    lamp = Component("lamp", ["off", "on"], variables=[left], transitions=[
        on("lights", "off", "on", when=left < 1000, then={left: left + 1}), on("goes_out", "on", "off"),
    ])
    said = [always(left <= 1000, name=f"promise_{n}") for n in range(30)]
    said += [never(lamp.on, name=f"worn_{n}", claims=f"W-{n}", finding=WORN) for n in range(3)]
    said += [never(lamp.on & (left == 2), name="unproved", finding=Finding("It may burn", "Lamps burn."))]
    said += [worst_case(left, name="most"), leads_to(lamp.on, lamp.off, name="assuming", fairness=weakly_fair("goes_out"))]
    said += [never(left == 3, name="news")] if new else []
    said += [whenever(left > 1000, lamp.on, name="hollow")] if vacuous else []
    return compose("lamps", [lamp], properties=said)
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"model/lamps.py": DESIGN})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def printed(command: Command, monkeypatch: pytest.MonkeyPatch, *words: str, columns: int = 80) -> tuple[int, str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    status, out, _ = command("check", "model.lamps:lamps", *words)
    assert all(len(line) <= columns for line in out.splitlines())
    return status, out


@pytest.mark.parametrize("columns", [80, 160])
def test_what_holds_is_counted_and_findings_are_said_once(
    columns: int, command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out = printed(command, monkeypatch, columns=columns)
    text = " ".join(out.split())
    assert status == 1
    assert "promise_7" not in text
    assert "32 other properties hold, 1 of them under assumptions." in text
    assert "Known findings, proved by their causes (3 properties violated): The lamp wears out, which" in text
    assert "of eighty worn_0 (W-0) and 2 more" in text
    assert "Known findings, not proved (1 property violated): It may burn unproved" in text
    assert "Worst cases: most: 1,000" in text
    assert "Each verdict: drcheck check model.lamps:lamps --whole" in text
    assert len(out.splitlines()) < 33


def test_news_are_in_full(command: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, out = printed(command, monkeypatch, "--set", "new=yes", "--set", "vacuous=yes")
    assert re.search(r"^ news +VIOLATED +shown by a trace of \d+ steps$", out, re.MULTILINE)
    assert re.search(r"^ hollow +HOLDS ", out, re.MULTILINE)
    assert "vacuous: " in out
    assert "VIOLATED news" in out, "its trace is told"
    assert "--whole --set new=yes --set vacuous=yes" in " ".join(out.split())


def test_what_is_not_decided_is_named_with_the_reason(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out = printed(command, monkeypatch, "--limit-states", "500", "--engine", "python")
    text = " ".join(out.split())
    assert status == 1
    found = re.search(r"(\d+) inconclusive, ([^:]+): (values_\w+, .*?) 1 inconclusive, at least \d+; ", text)
    assert found is not None
    assert (found[1], "the search stopped at the limit of 500 states" in found[2]) == ("32", True)
    assert all(f"promise_{n}" in found[3] for n in range(30))
    assert "other properties hold" not in text


def test_the_whole_is_a_row_for_each(command: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("--whole",), ("--whole", "--no-trace")):
        _, out = printed(command, monkeypatch, *words)
        assert len(re.findall(r"^ promise_\d+ +HOLDS", out, re.MULTILINE)) == 30
    _, out = printed(command, monkeypatch, *(f"promise_{n}" for n in range(20)))
    assert len(re.findall(r"^ promise_\d+ +HOLDS", out, re.MULTILINE)) == 20, "what is asked for by name is told"
    out = command("check", "model.pair:pair")[1]
    assert " one_at_a_time " in out, "a small design is a table"


def test_every_property_is_told_or_counted(command: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown adds up to all verdicts, whatever was decided."""
    for words in ((), ("--set", "new=yes", "--set", "vacuous=yes"), ("--limit-states", "500", "--engine", "python")):
        _, out = printed(command, monkeypatch, *words, columns=160)
        rows = len(re.findall(r"^ \w+ +(?:HOLDS|VIOLATED|INCONCLUSIVE) ", out, re.MULTILINE))
        counted = sum(int(n) for n in re.findall(r"^(\d+) (?:other )?propert(?:y|ies) holds?", out, re.MULTILINE))
        known = sum(int(n) for n in re.findall(r"\((\d+) propert(?:y|ies) violated\)", out))
        undecided = sum(int(n) for n in re.findall(r"^(\d+) inconclusive", out, re.MULTILINE))
        worst = len(re.findall(r"^  most: ", out, re.MULTILINE))
        total = 36 + (2 if "new=yes" in words else 0) + 1  # and that values stay in their domains
        assert rows + counted + known + undecided + worst == total, out
