"""Commands on a cluster: the same answers as on one machine; what fails there each time is told, and the rest goes on."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drcheck.cli.main import run
from drcheck.workers import jobs
from drcheck.workers.jobs import FailedError
from tests.support import cli_project, fake_dask

PAIR, STORE = "drcheck.examples:pair", "tests.support.store_design:store"
RELAY = "tests.answers.test_cuts:relay"
NUMBERS = ("--number", "12", "--json")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done on the cluster, a stand-in for one."""
    found: list[str] = []
    monkeypatch.setitem(sys.modules, "distributed", fake_dask.module())
    before = jobs.function_of

    def function(name: str) -> Callable[..., Any]:
        found.append(name.rpartition(":")[2])
        return before(name)

    monkeypatch.setattr(jobs, "function_of", function)
    return found


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run(words)
    out, err = capsys.readouterr()
    return status, re.sub(r'"(processor_)?seconds": .*', "", out), err


@pytest.mark.parametrize(
    ("words", "job"),
    [
        (["repairs", STORE, "--json"], "decided_there"),
        (["cuts", RELAY, "--order", "3", "--json"], "found_there"),
        (["cuts", STORE, "--by", "event", "--json"], "found_there"),
        (["mutants", PAIR, *NUMBERS], "results_there"),
        (["mutate", PAIR, "--json", "--threads", "1"], "effects_there"),
    ],
)
def test_a_cluster_answers_as_one_machine(
    words: list[str], job: str, calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = told(words, capsys)
    assert calls == []
    assert told([*words, "--on", "here"], capsys) == here
    assert here[0] == 0
    assert set(calls) == {job}


@pytest.mark.parametrize(
    ("words", "job", "failed"),
    [
        (
            ["repairs", STORE, "--json"],
            "decided_there",
            r"failed: tests.support.store_design:store with [a-z_]+=.*: lost",
        ),
        (["cuts", RELAY, "--json"], "found_there", r"failed: tests.answers.test_cuts:relay with [a-z_]+=.*: lost"),
        (
            ["mutants", PAIR, *NUMBERS],
            "results_there",
            r"failed: drcheck.examples:pair, mutants \d+ to \d+ of 12: lost",
        ),
        (["mutate", PAIR, "--json", "--threads", "1"], "effects_there", r"failed: drcheck.examples:pair \w+.\w+: lost"),
    ],
)
def test_what_fails_each_time_is_told_and_the_rest_goes_on(
    words: list[str],
    job: str,
    failed: str,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, whole, _ = told(words, capsys)
    before = jobs.function_of
    broken: list[Any] = []

    def function(name: str) -> Callable[..., Any]:
        call = before(name)

        def once(data: Any, means: Any) -> Any:
            if len(calls) == 2 or data in broken:
                broken.append(data)
                raise FailedError("lost")
            return call(data, means)

        return once

    monkeypatch.setattr(jobs, "function_of", function)
    status, out, err = told([*words, "--on", "here"], capsys)
    assert status == 3
    assert re.fullmatch(failed, err.strip())
    assert len(broken) == 2, "it was tried twice"
    assert calls[0] == job
    assert json.loads(out) != json.loads(whole)


def test_a_review_by_a_cluster_is_that_of_one_machine(
    calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli_project.write_project(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    with cli_project.entered(tmp_path, monkeypatch):
        words = ["review", "model.pair:pair", PAIR, "--budget", "0", "--output"]
        assert run([*words, "a/review.html", "--processes", "1"]) == 0
        assert run([*words, "b/review.html", "--on", "here"]) == 0
        assert calls == ["reviewed_there"] * 2
        pages = [{path.name: _without_times(path) for path in Path(folder).iterdir()} for folder in "ab"]
        assert pages[0] == pages[1]
        capsys.readouterr()
        monkeypatch.setattr(jobs, "function_of", lambda _: 1 / 0)
        assert run([*words, "c/review.html", "--on", "here"]) == 0
        lines = [
            f"failed: the review of {name}: ZeroDivisionError: division by zero" for name in ("model.pair:pair", PAIR)
        ]
        assert sorted(capsys.readouterr().err.split("\n")[:-1]) == sorted(lines)
        assert {path.name: _without_times(path) for path in Path("c").iterdir()} == pages[0], "it was done here"
        assert run([*words, "d", "--on", "here", "--processes", "2"]) == 2
        assert "[DR401] --on has a cluster work at it" in capsys.readouterr().err


def _without_times(path: Path) -> str:
    return re.sub(r"\d+\.\d+(e-\d+)?", "", path.read_text(encoding="utf-8"))
