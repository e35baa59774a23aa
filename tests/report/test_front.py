"""Page one: what stands there is what was decided, in words for people who have not seen the model."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from drcheck.designs.design import load
from drcheck.report import Study
from drcheck.report.content import FindingView, PropertyRow, Recurrence, RepairCheck, ResultRow, SideEffect
from drcheck.verdicts.objectives import Standing
from tests.support.review import markdown_of
from tests.support.review import study as collect


@pytest.fixture(scope="module")
def review() -> Study:
    return collect([load("drcheck.examples:pair")], claims=())


def page_one(study: Study) -> str:
    """The text of page one, on one line."""
    return " ".join(markdown_of(study).partition("## At a glance")[0].split())


def with_results(study: Study, **changes: str) -> Study:
    """The study with another first result."""
    (view,) = study.objectives
    first, *others = view.results
    results: tuple[ResultRow, ...] = (replace(first, **changes), *others)  # type: ignore[arg-type]
    return replace(study, objectives=(replace(view, results=results),))


def with_finding(study: Study, **changes: object) -> Study:
    """The study with another first finding."""
    first, *others = study.findings
    found: FindingView = replace(first, **changes)  # type: ignore[arg-type]
    return replace(study, findings=(found, *others))


def test_the_answer_tells_what_became_of_the_objectives(review: Study) -> None:
    assert "the one stated objective is met." in page_one(review)
    missed = page_one(with_results(review, standing=Standing.MISSED.value))
    assert "**Answer.** No: " in missed
    assert "of 1 stated objective, 1 is missed." in missed
    open_ = page_one(with_results(review, standing=Standing.UNDECIDED.value))
    assert "of 1 stated objective, 1 is not decided." in open_
    (view,) = review.objectives
    twice = replace(view, results=(view.results[0], replace(view.results[0], id="again"), *view.results[1:]))
    assert "both stated objectives are met." in page_one(replace(review, objectives=(twice,)))


def test_values_are_in_the_unit_that_people_use(review: Study) -> None:
    assert review.objectives[0].results[0].value == "2 ticks (2h)"
    assert "[2h](#pair-under-the-server-fails-longest_wait-5967c4ff) **met** (\N{LESS-THAN OR EQUAL TO}2h)" in page_one(
        review
    )
    text = page_one(with_finding(review, cost="at least 5 ticks (5h)"))
    assert "costs at least 5h." in text
    assert "ticks" not in text


def test_a_measure_is_spelt_as_its_statement_writes_it(review: Study) -> None:
    text = page_one(with_results(review, measure="wait_for_hds", promise="How long all wait for the HDS."))
    assert "Back: wait for HDS" in text


def test_what_a_repair_does_elsewhere_is_told_in_words(review: Study) -> None:
    check = RepairCheck("works", "HOLDS", "", (("patience", "2h", "0"),), brief="checked, it works; it breaks x_y")
    changed = (SideEffect("x_y", False, "HOLDS", "VIOLATED"), SideEffect("v_w", True, "HOLDS", "VIOLATED"))
    text = page_one(with_finding(review, check=replace(check, changed=changed), repair="Wait less.", who="operators"))
    assert "**What to do (operators):** Wait less. Checked, it works; it breaks: x y; it also rules out: v w." in text
    asked = "- Mend finding [1](#finding-somebody-serves) by `patience` 0 instead of 2h"
    assert asked in text
    assert ", which breaks x y, or accept it?" in text


def test_a_finding_is_asked_about_by_the_number_that_it_has_in_the_list(review: Study) -> None:
    first = review.findings[0]
    graver = replace(
        first,
        id="graver",
        title="Graver",
        silent=True,
        permanent=True,
        faults=0,
        slips=0,
        question="Which?",
        check=None,
    )
    text = page_one(replace(review, findings=(replace(first, question="How?"), graver)))
    assert re.search(r"1\. \*\*severe\*\* \[Graver\]", text)
    assert "Which? (finding [1](#finding-graver))" in text
    assert text.index("Which?") < text.index("How?"), "what concerns the gravest finding first"
    assert "with no change that was checked, or accept" in text, text[text.index("Decide") :]


def test_a_repair_that_another_check_shows_to_work_counts_as_checked(review: Study) -> None:
    (first,) = review.findings
    check = RepairCheck("works", "HOLDS", "", (("patience", "2h", "0"),), brief="checked, it works")
    again = with_finding(review, check=None, also=(Recurrence(first.row, check),), repair="Wait less.")
    assert "Wait less. Checked, it works." in page_one(again)
    assert "by `patience` 0 instead of 2h" in page_one(again)


def test_a_promise_that_holds_with_another_choice_is_told(review: Study) -> None:
    (first,) = review.findings

    def row(verdict: str, *given: tuple[str, tuple[tuple[str, str], ...]]) -> PropertyRow:
        return replace(first.row, id=verdict, verdict=verdict, given=given)

    said = "Not tried as a change, but the promise holds with `order` as designed."
    for given, told in ((("deployment", (("order", "late"),)), True), (("faults", (("order", "2"),)), False)):
        view = replace(review.designs[0], rows=(row("VIOLATED", given), row("HOLDS")))
        one = replace(review, designs=(view,), findings=(replace(first, row=view.rows[0], check=None, repair="Wait."),))
        assert (said in page_one(one)) is told, "fewer faults are no choice"
