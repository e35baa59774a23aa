"""The small inputs that once failed, each with the answer that is right: of the cases kept beside the repository, where they are.

    ./run test tests/cli/test_shared_cases.py

runs all of them. The project stands without them: its own tests have their own inputs for the same kinds of faults. Every input
that the cases' own README names has a row here, and each is tried on a copy.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drcheck import old_names
from drcheck.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases kept beside the repository are not there")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the cases as the working directory of a user who has imported none of them."""
    before = set(sys.modules)
    for path in CASES.iterdir():
        (tmp_path / path.name).write_text(_now(path.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def _now(text: str) -> str:
    """A program that imports modules of drcheck by names that they no longer have, as the error for that says.

    And that reads a verdict's conclusion by the name it had, as the CHANGELOG says.
    """

    def moved(found: re.Match[str]) -> str:
        name, rest = found[1], found[2]
        for new in re.split(", | or ", old_names.MOVED.get(name, "")):
            if new and hasattr(importlib.import_module(new), rest.split(",")[0].split()[0]):
                return f"from {new} import {rest}"
        new = old_names.MOVED.get(f"{name}.{rest.split()[0]}", "")
        if not new:
            return found[0]
        package, _, module = new.rpartition(".")
        return f"from {package} import {rest.replace(rest.split()[0], module, 1)}"

    text = re.sub(r"^from (drcheck[\w.]*) import (.*)$", moved, text, flags=re.MULTILINE)
    return re.sub(r"\.outcome\.value\b", ".conclusion.value", text)


class Answer(NamedTuple):
    """What a command came to: its status, what it printed, and the seconds that it took."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def data(self) -> dict[str, Any]:
        """The object that it printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdicts by property."""
        return {v["property"]: v["verdict"] for v in self.data["verdicts"]}

    def value(self, name: str) -> str:
        """The value of a worst case, as text."""
        return next(str(v["value_text"]) for v in self.data["verdicts"] if v["property"] == name)


def refused(code: str, *words: str) -> Callable[[Answer], None]:
    """One coded line, which says so much, and nothing else."""

    def right(answer: Answer) -> None:
        assert (answer.status, answer.out) == (2, "")
        assert re.fullmatch(rf"error: \[{code}\] [^\n]+\n", answer.err), answer.err
        assert all(word in answer.err for word in words), answer.err

    return right


def decided(status: int, **verdicts: str) -> Callable[[Answer], None]:
    """These verdicts, whatever else is decided."""

    def right(answer: Answer) -> None:
        assert answer.status == status, answer.err
        assert {name: answer.verdicts.get(name) for name in verdicts} == verdicts

    return right


def at_the_cap(answer: Answer) -> None:
    decided(3, rto="INCONCLUSIVE", rto_at_most_5h="INCONCLUSIVE")(answer)
    told = {v["property"]: v for v in answer.data["verdicts"]}
    assert all(told[name]["at_least"] for name in ("rto", "rto_at_most_5h"))
    assert told["rto"]["reason"].startswith("at least 5 ticks (5h): the cap of s.away (5h) was reached")


def with_units(answer: Answer) -> None:
    decided(0, age="HOLDS", counter="HOLDS")(answer)
    said = {name: answer.value(name) for name in ("age", "age_if", "age_plus", "counter")}
    hours = "3 ticks (3h)"
    assert said == {"age": hours, "age_if": hours, "age_plus": "4 ticks (4h)", "counter": hours}


def duration_as_bound(answer: Answer) -> None:
    decided(1, two_hours="VIOLATED")(answer)
    assert "3h exceeds 2h" in next(v["reason"] for v in answer.data["verdicts"] if v["property"] == "two_hours")


def remarked(code: str, *words: str) -> Callable[[Answer], None]:
    """A remark that says so much."""

    def right(answer: Answer) -> None:
        said = [remark for remark in answer.data["remarks"] if remark["code"] == code]
        assert said
        assert all(word in json.dumps(said) for word in words), said

    return right


def in_time(seconds: float) -> Callable[[Answer], None]:
    """At the limit of seconds, or before; INCONCLUSIVE, or VIOLATED with its trace, or with the reason that there is none.

    Domains can be known in time.
    """

    def right(answer: Answer) -> None:
        assert answer.seconds < seconds + max(1.0, seconds / 10) + STARTS
        for verdict in answer.data["verdicts"]:
            if verdict["verdict"] != "INCONCLUSIVE":
                holds = verdict["property"] == "values_stay_in_their_domains"
                assert verdict["verdict"] == ("HOLDS" if holds else "VIOLATED")
                missing = "before its trace was made and replayed" in verdict["reason"]
                assert bool(verdict["trace"]) is not (holds or missing), verdict["reason"]

    return right


STARTS = 1.5
"""Seconds by which a busy machine may be late: the rule itself is measured by `bench/limits.py`."""
FALSE = {"never_b": "VIOLATED", "fine": "HOLDS"}
ROWS: list[tuple[str, str, tuple[Callable[[Answer], None], ...]]] = [
    ("state_compared", "check state_compared.py", (refused("DR102", "state_compared.py:9", "write link.up"),)),
    ("unless_compared", "check unless_compared.py", (refused("DR102", "unless_compared.py:6", "write link.down"),)),
    ("transitions_in_a_set", "check transitions_in_a_set.py", (refused("DR123", "a set", "[...] instead of {...}"),)),
    ("bare_stated", "check bare_stated.py --json", (decided(1, **FALSE),)),
    ("undecorated", "check undecorated.py", (refused("DR307", "never_b", "@stated"),)),
    ("listed", "check listed.py", (refused("DR303", "'twice'", "listed_properties.py:2"),)),
    ("given_domain", "check given_domain.py --json", (
        decided(1, values_stay_in_their_domains="VIOLATED"),
    )),
    ("shadowed_transition", "check shadowed_transition.py", (
        refused("DR124", "lookup from old to gone can never be taken", "lookup from old to new"),
    )),
    ("twice_the_same_server", "check twice_the_same_server.py:twice --json", (
        decided(1, only_b_is_down="VIOLATED"), remarked("DR802", "fails, mended"),
    )),
    ("worst_case_at_the_cap", "check worst_case_at_the_cap.py --json", (at_the_cap,)),
    ("units", "check units.py --json", (with_units,)),
    ("bound_as_duration", "check bound_as_duration.py --json", (duration_as_bound,)),
    ("error_in_a_variant", "check error_in_a_variant.py", (refused("DR112", "fenced", "with fence=no"),)),
    ("urgent_events_stop_time", "check urgent_events_stop_time.py --json", (
        decided(1, time_passes_weak="VIOLATED"), remarked("DR809", "time_passes_weak", "urgent"),
    )),
    ("circular_guards", "check circular_guards.py", (refused("DR126", "b is read before it is", 'state_of("b", "a_state")'),)),
    ("long_trace", "check long_trace.py never_full --limit-seconds 2 --json", (in_time(2),)),
    ("many_alternatives", "check many_alternatives.py --set n=8 --engine native --limit-seconds 3 --json", (in_time(3),)),
]  # a case a row  # fmt: skip


@pytest.mark.parametrize(("command", "right"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_answer_is_right(
    command: str, right: tuple[Callable[[Answer], None], ...], capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.perf_counter()
    status = run(command.split())
    out, err = capsys.readouterr()
    for each in right:
        each(Answer(status, out, err, time.perf_counter() - began))


def test_with_another_name_for_each_trigger_the_second_server_fails_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "twice_the_same_server.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('on("fails"', 'on(f"{name}_fails"').replace('on("mended"', 'on(f"{name}_mended"'), encoding="utf-8"
    )
    assert run(["check", "twice_the_same_server.py:twice", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdicts"][-1]["trace"]
    assert not told["remarks"]


def test_leaving_out_a_wait_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mutate", "step_that_waits.py", "--format", "markdown"]) == 0
    rows = capsys.readouterr().out.splitlines()
    (row,) = (line for line in rows if "`wait_for_copy`" in line and line.startswith("|"))
    assert row.split("|")[2].strip() == "breaks `nothing_lost`"


def test_pytest_items_fail_for_the_false_properties_and_none_by_an_error(folder: Path) -> None:
    done = _python(
        folder, "-m", "pytest", "-p", "no:cacheprovider", "-q", "test_unnamed_in_fixture.py", "test_given_domain.py"
    )
    assert done.returncode == 1
    assert re.search(r"^5 failed in ", done.stdout, re.MULTILINE), done.stdout
    said = re.findall(r"^FAILED (\S+) - (.*)$", done.stdout, re.MULTILINE)
    assert len(said) == 5
    assert all("VIOLATED" in why for _, why in said), said
    assert "values_stay_in_their_domains VIOLATED" in dict(said)["test_given_domain.py::test_all"]


CAUSES = {0: ("retries=2", "to_dead"), 1: ("on_final", "to_dead"), 2: ("class S", "its own enter")}
"""Of each machine with callbacks, what its refusal names."""


@pytest.mark.parametrize("section", CAUSES)
def test_machines_with_callbacks_are_refused(folder: Path, section: int) -> None:
    text = (folder / "machine_with_callbacks.py").read_text(encoding="utf-8")
    head, *rest = re.split(r'^print\("--- .*\n', text, flags=re.MULTILINE)
    imports = head[: head.index("@add_state_features")]
    program = folder / f"section_{section}.py"
    program.write_text([head, *(imports + part for part in rest)][section], encoding="utf-8")
    with pytest.raises(Exception, match="DR118") as caught:
        runpy.run_path(str(program))
    assert all(word in str(caught.value) for word in CAUSES[section]), str(caught.value)


def test_dead_variables_are_found_within_the_limit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.process_time()
    runpy.run_path(str(folder / "dead_variables_slow.py"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(") ")[-1].split()[0] for line in lines] == ["62", "32", "94", "64", "158", "128", "158", "128"]
    assert time.process_time() - began < 3


def test_a_damaged_log_gives_no_wrong_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(folder / "damaged_log.py"))
    told = dict(re.findall(r"^(\w[^:\n]*?)\s*: (\w+)", capsys.readouterr().out, re.MULTILINE))
    assert told["without the log"] == told["resumed, log undamaged"] == told["resumed, one bit wrong"] == "VIOLATED"


def test_every_input_has_a_row() -> None:
    table = (CASES / "README.md").read_text(encoding="utf-8").partition("|---|")[2]
    named = {
        name for row in table.splitlines() for name in re.findall(r"(\w+)\.py", row.split("|")[1] if "|" in row else "")
    }
    by_themselves = {
        "step_that_waits",
        "test_given_domain",
        "test_unnamed_in_fixture",
        "machine_with_callbacks",
        "dead_variables_slow",
        "damaged_log",
    }
    assert len(named) >= 22
    assert named == {name for name, *_ in ROWS} | by_themselves


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=folder, env=environment, timeout=60
    )
