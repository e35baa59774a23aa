"""Sweeps that designs declare: what they ask, what is refused, and where reviews take them in; and `drcheck.sweep`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import drcheck
from drcheck import Component, Counter, Sweep, System, compose, design, hours, on, worst_case
from drcheck.answers.sweeps.declared import asked_with
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import DesignError, DrcheckError, UsageError
from drcheck.report import kept
from tests.support import cli_project

PAIR, NAME = "drcheck.examples:pair", "longest_wait_by_patience_and_failures"


def part(size: int = 2, colour: str = "red") -> System:
    n = Counter("n", cap=9)
    counting = Component(
        "part", ["here"], variables=[n], transitions=[on("add", "here", when=n < size, then={n: n + 1})]
    )
    return compose("part", [counting], properties=[worst_case(n, name="most")])


def with_sweep(*items: Any) -> Any:
    return design(sweeps=list(items))(part)


def test_a_declared_sweep_is_the_sweep_of_what_it_names() -> None:
    item = Sweep({"size": "1..3"}, "most", given={"colour": "blue"})
    made = with_sweep(item)
    assert (item.name, item.title, item.properties) == ("most_by_size", "most by size", ("most",))
    found = drcheck.sweep(made, declared="most_by_size")
    by_hand = drcheck.sweep(made, {"size": [1, 2, 3]}, "most", {"colour": "blue"})
    assert found.records() == by_hand.records()
    assert [row.answer.value for row in found.rows] == [1, 2, 3]
    assert found.settings == {"colour": "blue"}
    held = asked_with(made, item, {"size": 2, "colour": "red"})
    assert ([axis.values for axis in held.axes], held.settings) == ([(2,)], {"colour": "red"}), "what is set is held"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Sweep({}, "most"), r"\[DR208\] a sweep varies \{\}"),
        (lambda: Sweep({"size": []}), r"\[DR208\] a sweep varies size over \[\], which are no values"),
        (lambda: Sweep({"size": "1..3"}, 3), r"\[DR208\] a sweep asks 3"),  # type: ignore[arg-type]
        (lambda: Sweep({"size": "1..3"}, given={"size": 1}), r"\[DR208\] a sweep varies size, and holds it"),
        (lambda: with_sweep("most"), r"\[DR208\] 'most' in the sweeps of design .*:part is none"),
        (lambda: design(sweeps=Sweep({"size": "1"})), r"\[DR208\] sweeps lists sweeps"),  # type: ignore[call-overload]
        (lambda: with_sweep(*[Sweep({"size": "1..3"})] * 2), r"\[DR208\] two sweeps of design .* 'all_by_size'"),
        (lambda: with_sweep(Sweep({"sise": "1..3"})), r"\[DR204\] .*'sise' \(.*test_declared.*'size'\?"),
        (lambda: with_sweep(Sweep({"size": "1"}, given={"color": "red"})), r"\[DR204\] .*'color'.*'colour'\?"),
        (lambda: with_sweep(Sweep({"size": [1, hours(1)]})), r"\[DR205\] sweep all_by_size: .*\(.*test_declared"),
    ],
)
def test_what_cannot_be_declared_is_refused_where_it_stands(made: Callable[[], Any], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        made()


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Sweep({"size": "1..3"}, "mots"), r"\[DR301\] sweep mots_by_size, as it is declared: .*'mots'.*'most'\?"),
        (Sweep({"size": "3..1"}), r"\[DR401\] sweep all_by_size, as it is declared: .*which is less"),
        (Sweep({"size": "a"}), r"\[DR205\] sweep all_by_size, as it is declared"),
    ],
)
def test_what_it_cannot_ask_is_refused_before_any_search(item: Sweep, said: str) -> None:
    made = with_sweep(item)
    with pytest.raises(DrcheckError, match=said):
        drcheck.sweep(made, declared=item.name)


def test_from_python_it_is_said_what_is_varied() -> None:
    made = with_sweep(Sweep({"size": "1..3"}, "most"))
    for wrong in ({}, {"vary": {"size": "1"}, "declared": "most_by_size"}, {"declared": "moot_by_size"}):
        with pytest.raises(UsageError, match=r"\[DR401\].*available: most_by_size"):
            drcheck.sweep(made, **wrong)
    with pytest.raises(DesignError, match=r"\[DR203\]"):
        drcheck.sweep(part(), {"size": "1"})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"\[DR401\].*leave out one"):
        drcheck.sweep(PAIR, {"patience": "1h"}, processes=2, on="tcp://127.0.0.1:9")


def test_answers_are_kept_where_python_says(tmp_path: Path) -> None:
    first, again = (drcheck.sweep(PAIR, {"patience": "1h,2h"}, "longest_wait", answers=tmp_path / "a") for _ in "12")
    assert [row.how for row in (*first.rows, *again.rows)] == ["searched"] * 2 + ["kept"] * 2


def test_a_table_is_a_data_frame_where_pandas_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = drcheck.sweep(PAIR, {"patience": "1h,2h"}, "longest_wait")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"\[DR408\]"):
        found.to_dataframe()


# -- the command, and reviews ------------------------------------------------------------------------------------------
@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cli_project.entered(tmp_path, monkeypatch):
        yield


@pytest.mark.usefixtures("inside")
def test_the_command_says_which_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        ([], f"[DR401] nothing is varied; available: --declared {NAME}"),
        (["--declared", "longest"], f"declares no sweep 'longest' (examples.py:63); available: {NAME}"),
        (["--declared", NAME, "--vary", "patience=1h"], "[DR401] --declared names a sweep"),
        (["longest_wait", "--declared", NAME], "[DR401] --declared names a sweep"),
    ):
        assert run(["sweep", PAIR, *words]) == 2
        assert said in re.sub(r":\d+\)", ":63)", capfd.readouterr().err)
    assert run(["list", PAIR]) == 0
    assert f"{NAME}: longest_wait for patience=0h..6h, failures=1,2" in capfd.readouterr().out


@pytest.mark.usefixtures("inside")
def test_a_review_misses_it_until_it_is_kept_and_when_something_else_is(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    title = load(PAIR).sweeps[0].title
    words = ["review", PAIR, "--budget", "0", "--output"]
    missed = "Verdicts for many settings: not made for this version (1 design)"

    def told(folder: str) -> str:
        return Path(folder, "review.md").read_text(encoding="utf-8")

    assert run([*words, "none"]) == 0
    assert missed in told("none")
    assert run(["keep", "--in", "kept", "sweep", PAIR, "--declared", NAME, "--answers", "none"]) == 0
    assert run([*words, "whole", "--kept", "kept"]) == 0
    assert missed not in told("whole")
    assert f"Made by `drcheck keep sweep {PAIR} --declared {NAME}" in told("whole")
    assert "| 0m | 1 | 0 ticks |" in told("whole")
    page = Path("whole/review.html").read_text(encoding="utf-8")
    assert title in page
    assert '<div class="picture curves"><svg' in page
    assert run([*words, "set", "--kept", "kept", "--set", "patience=3h"]) == 0
    assert missed in told("set"), "the answer is one about other parameters"
    monkeypatch.setattr(kept, "code_digest", lambda: "another")
    assert run([*words, "code", "--kept", "kept"]) == 0
    assert missed in told("code")
    assert "Made by `drcheck keep sweep" not in told("code")
    capfd.readouterr()


@pytest.mark.usefixtures("inside")
def test_a_review_refuses_a_sweep_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(".")
    Path("broken.py").write_text(
        "from drcheck import Component, Sweep, compose, design, never\n"
        "@design(sweeps=[Sweep({'size': '1..3'}, 'nowhere')])\n"
        "def broken(size: int = 1):\n"
        "    'A part.'\n"
        "    part = Component('part', ['on'])\n"
        "    return compose('broken', [part], properties=[never(part.on, name='off')])\n"
    )
    assert run(["review", "broken:broken"]) == 2
    assert "[DR301] sweep nowhere_by_size, as it is declared: " in capfd.readouterr().err
    assert not Path("review").exists()
