"""Answers that are kept for reviews: taken in only where model, parameters and code are those of the review."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest

from drcheck.cli.main import run as drcheck
from drcheck.designs.design import load
from drcheck.report import kept
from drcheck.report.kept import all_kept, digest_of
from drcheck.report.plain import from_json
from tests.support import cli_project

PAIR = "drcheck.examples:pair"
CURVE = ("curve", PAIR, "longest_wait", "--along", "patience=1h..3h", "--each", "failures=1,2")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    with cli_project.entered(tmp_path, monkeypatch):
        yield lambda *words: drcheck(list(words))


def test_an_answer_is_taken_in_and_told_in_both_forms(run: Callable[..., int]) -> None:
    assert run("keep", "cuts", PAIR, "--order", "3") == 0
    assert run("keep", *CURVE) == 0
    assert run("keep", "fmea", PAIR) == 0
    assert run("keep", "tree", PAIR) == 0
    assert run("keep", "staircase", PAIR, "longest_wait", "--length", "patience=1h..3h") == 0
    assert run("keep", "why", PAIR, "somebody_serves", "--mend") == 0
    assert run("keep", "recover", PAIR) == 1
    assert run("keep", "why-not", PAIR, "primary.up & standby.in_service") == 0
    assert run("review", PAIR) == 0
    text = Path("review/review.md").read_text(encoding="utf-8")
    assert "| `somebody_serves` | none | failure | **" in text
    assert "| `primary_fails` (failure) | `somebody_serves` (has a finding) | `longest_wait`: 2 ticks (2h) |" in text
    assert "somebody_serves fails if\n  failure\n" in text
    assert "| 3 ticks (3h) | failure, patience=3h |" in text
    assert "| A | failures=1 | 1 | 2 | 3 |" in text
    assert "From step 1 on the promise is broken; primary_fails made it so: primary up -&gt; down." in text
    assert "Needed: without it the promise holds." in text
    assert "15 states can be reached: 2 in service, 9 more that can come back, 4 that cannot." in text
    assert "| `primary_fails` | environment | something from outside that is no fault | 1 | 1 |" in text
    assert "3. operators: `start_primary`: Start the repaired server." in text
    assert "| `primary.up` | 13 | 3 |" in text
    assert "Made by `drcheck keep curve drcheck.examples:pair longest_wait" in text
    assert run("review", "--again", "review/review.json", "--output", "again") == 0
    made = {path.name: path.read_bytes() for path in Path("again").iterdir()}
    assert {path.name: path.read_bytes() for path in Path("review").glob("review*")} == made
    page = Path("review/review.html").read_text(encoding="utf-8")
    assert '<div class="picture curves"><svg' in page
    assert [(f.kind, f.state) for f in from_json(Path("review/review.json").read_text()).studies[0].further] == [
        *((kind, "made") for kind in ("cuts", "fmea", "tree", "staircase", "curve")),
        ("sweep", "not made"),
        *((kind, "made") for kind in ("why", "recover", "why-not")),
    ]


def test_an_answer_of_another_version_is_not_taken_in(run: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("keep", "cuts", PAIR) == 0
    design = load(PAIR)
    right = digest_of(design, {})
    assert [answer.digest for answer in all_kept(Path("review/kept"))] == [right]
    assert digest_of(design, {"patience": design.parameter("patience").parse("3h")}) != right, "other parameters"
    assert run("review", PAIR, "--set", "patience=3h", "--budget", "0") == 0
    text = Path("review/review.md").read_text(encoding="utf-8")
    assert "Smallest combinations that break each promise: not made for this version (1 design)" in text
    assert "Holds with" not in text
    monkeypatch.setattr(kept, "code_digest", lambda: "another")
    assert digest_of(design, {}) != right, "another drcheck"
    assert run("review", PAIR, "--output", "other", "--budget", "0") == 0
    assert "not made for this version" in Path("other/review.md").read_text(encoding="utf-8")


def test_an_answer_is_not_of_a_version_whose_source_differs_elsewhere(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a design is with values that are not requested is part of the answer, and of no system of the digest."""
    monkeypatch.syspath_prepend(".")
    source = (resources.files("tests.support") / "store_design.py").read_text(encoding="utf-8")
    Path("shelf").mkdir()
    Path("shelf/__init__.py").write_text("")
    Path("shelf/parts.py").write_text("EXTRA = 1\n")
    Path("shelf/design.py").write_text(f"from shelf.parts import EXTRA\n{source}".replace("from __future__", "#", 1))
    design = load("shelf.design:store")
    right = digest_of(design, {})
    Path("shelf/other.py").write_text("OTHER = 1\n")
    assert digest_of(design, {}) == right, "nothing imports it"
    Path("shelf/parts.py").write_text("EXTRA = 2\n")
    assert digest_of(design, {}) != right


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keep", "check", PAIR), "[DR403] 'check' has no answer that a review takes in; available: cuts"),
        (("keep", "cuts", "nowhere:none"), "[DR201]"),
        (("keep", "repairs"), "[DR403]"),
        (("keep", "cuts", PAIR, "--order", "0"), "[DR401]"),
        (("keep", "cuts"), "[DR403]"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    words: tuple[str, ...], said: str, run: Callable[..., int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert said in capfd.readouterr()[1]
    assert not Path("review").exists()


def test_a_broken_file_among_the_kept_is_named(run: Callable[..., int], capfd: pytest.CaptureFixture[str]) -> None:
    assert run("keep", "cuts", PAIR) == 0
    (file,) = Path("review/kept").iterdir()
    data = json.loads(file.read_text())
    for broken in (
        "{",
        json.dumps({**data, "version": 2}),
        json.dumps({**data, "document": {"kind": "cuts", "version": 9}}),
    ):
        file.write_text(broken)
        assert run("review", PAIR) == 2
        assert f"[DR407] {file} is no kept answer" in capfd.readouterr()[1]
