"""Cuts and staircases that a review makes itself: those of the commands that it names, within the budget, and not where kept."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import pytest

from drcheck import (
    Component,
    Counter,
    ParameterRole,
    System,
    compose,
    design,
    disruption,
    never,
    on,
    stated,
    worst_case,
)
from drcheck.cli.main import run as drcheck
from drcheck.logic.kinds import Property
from drcheck.report import Study
from drcheck.report.content import Further
from drcheck.report.documents import BLOCKS
from tests.support import cli_project
from tests.support.review import markdown_of
from tests.support.review import study as collect

PAIR = "drcheck.examples:pair"
BUDGET = 1_000_000


@stated()
def never_twice(d: System) -> Property:
    """Not twice."""
    return never(d.shelf.lost >= 2)


@stated(measures="loss")
def most_lost(d: System) -> Property:
    """How many books are lost at worst."""
    return worst_case(d.shelf.lost)


@design(title="A shelf", properties=__name__)
def shelf(
    falls: Annotated[int, "how often it may fall", range(3), ParameterRole.FAULT] = 1,
    fixed: Annotated[bool, "whether books are fixed", ParameterRole.REPAIR] = False,
    thin: Annotated[bool, "whether books are thin", ParameterRole.ASSUMPTION] = False,
) -> System:
    """Each fall loses a book, or two of thin ones; none where they are fixed."""
    lost = Counter("lost", cap=4, cap_is="all that there are", unit="books")
    more = 0 if fixed else 2 if thin else 1
    board = Component(
        "shelf",
        ["here"],
        variables=[lost],
        transitions=[on("falls", "here", kind="environment", fault="fall", then={lost: lost + more})],
    )
    return compose("shelf", [board], faults={"fall": falls}, objectives=[disruption("a fall", falls=1)])


@pytest.fixture(scope="module")
def review() -> Study:
    return collect([shelf], claims=(), budget=BUDGET)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    with cli_project.entered(tmp_path, monkeypatch):
        yield lambda *words: drcheck(list(words))


def of(study: Study, kind: str) -> list[Further]:
    return [item for item in study.further if item.kind == kind]


def test_staircases_stand_as_published_and_with_all_repairs(review: Study) -> None:
    text = markdown_of(review)
    assert "| A As published | 0 books | 1 book | 2 books |" in text, "thin books need a fall beside them"
    assert "| B With all repairs | 0 books | 0 books | 0 books |" in text
    assert "#### As published" in text
    assert "| 2 books | 2 x fall |\n| 2 books | fall, thin=yes |" in text
    assert "#### With all repairs: fixed=yes" in text
    assert "### most lost" in text
    assert "drcheck staircase tests.report.test_adversities:shelf --set fixed=yes most_lost" in text


def test_the_commands_that_are_named_say_the_same(review: Study, capsys: pytest.CaptureFixture[str]) -> None:
    (cut,) = of(review, "cuts")
    assert drcheck([*shlex.split(cut.command)[1:], "--json"]) in (0, 3)
    said = json.loads(capsys.readouterr().out)
    (promise,) = said["promises"]
    assert [one["uses"] | one["deviations"] for one in promise["cuts"]] == [{"fall": 2}, {"fall": 1, "thin": True}]
    text = markdown_of(review)
    assert f"{said['searches']} searches, {said['states']} states." in text
    assert "| `never_twice` | any 1 | 2 x fall |" in text
    (stairs,) = of(review, "staircase")
    assert drcheck([*shlex.split(stairs.command)[1:], "--json"]) == 0
    assert [one["value"] for one in json.loads(capsys.readouterr().out)["steps"]] == [0, 1, 2, 2]


def test_fault_trees_are_those_of_the_command_and_cost_no_search(
    review: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree,) = of(review, "tree")
    assert drcheck([*shlex.split(tree.command)[1:], "--json"]) in (0, 3)
    said = json.loads(capsys.readouterr().out)
    assert tree.blocks == tuple(BLOCKS["tree"](said))
    assert "never_twice fails if\n  all of\n    fall\n" in markdown_of(review)


def test_what_the_budget_did_not_reach_is_told() -> None:
    text = markdown_of(collect([shelf], claims=(), budget=60_000))
    assert "stopped: the budget of 60,000 states was spent" in text
    assert "not tried of 3 and what contains them, as the budget of 30,000 states was spent" in text
    assert "| A As published | 0 books | at least 0 books | at least 0 books |" in text


def test_nothing_is_made_without_a_budget_and_not_what_is_kept(run: Callable[..., int]) -> None:
    assert run("keep", "cuts", PAIR, "--order", "3") == 0
    assert run("review", PAIR) == 0
    text = Path("review/review.md").read_text(encoding="utf-8")
    assert "Made by `drcheck keep cuts drcheck.examples:pair --order 3`." in text
    assert "Made by `drcheck cuts" not in text
    assert "Made by `drcheck staircase drcheck.examples:pair longest_wait --budget" in text
    assert run("review", PAIR, "--budget", "0", "--output", "other") == 0
    assert "Made by `drcheck staircase" not in Path("other/review.md").read_text(encoding="utf-8")
    command = json.loads(Path("other/review.json").read_text(encoding="utf-8"))["command"]
    assert "--budget 0" in command
