"""The disruptions of a review: the same in both forms, each cell with the way to its property and its trace."""

from __future__ import annotations

import re
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
    hours,
    notice,
    objective,
    on,
    worst_case,
)
from drcheck.designs.design import load
from drcheck.errors import PropertyError
from drcheck.report import Study
from tests.report.test_report import HOSTILE, Page
from tests.support.review import html_of as html
from tests.support.review import markdown_of as markdown
from tests.support.review import study as collect


@pytest.fixture(scope="module")
def review() -> Study:
    return collect([load("drcheck.examples:pair")], claims=())


def test_the_table_has_results_and_answers(review: Study) -> None:
    (view,) = review.objectives
    assert [(r.disruption, r.value, r.objective, r.standing) for r in view.results] == [
        ("the server fails", "2 ticks (2h)", "back within 2h", "met"),
        ("the server fails twice", "2 ticks (2h)", "", "no objective stated"),
    ]
    assert {(a.what, a.notice, a.answer) for a in view.answers} == {
        ("primary_fails", "the server does not answer", "at once"),
        ("primary_fails", "the standby has taken over", "not always"),
    }
    assert {"disruption", "objective", "notice"} <= {term for term, _ in review.terms}
    assert any("drcheck objectives drcheck.examples:pair" in command for _, command in review.commands)


def test_each_cell_leads_to_its_property_and_its_trace(review: Study) -> None:
    page = Page(html(review))
    (view,) = review.objectives
    names = {row.id: row.name for row in review.rows}
    assert [row.id for row in view.results] == [
        "pair-under-the-server-fails-longest_wait-5967c4ff",
        "pair-under-the-server-fails-twice-longest_wait-99f3efad",
    ]
    for row in view.results:
        assert names[row.measure_id] == row.measure
        assert f"#trace-{row.id}" in page.links
        assert f"trace-{row.id}" in page.ids
        assert f"#{row.measure_id}" in page.links
    for answer in view.answers:
        assert (f"trace-{answer.id}" in page.ids) == (answer.answer == "not always")
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_both_forms_say_the_same(review: Study) -> None:
    page, lines = Page(html(review)), markdown(review).splitlines()
    (view,) = review.objectives
    for row in view.results:
        assert row.value in page.rows[row.id]
        assert row.standing in page.rows[row.id]
        assert any(
            f"{row.disruption} | [{row.value}](#trace-{row.id})" in line and f"**{row.standing}**" in line
            for line in lines
        )
    for answer in view.answers:
        assert answer.notice in page.rows[answer.id]
        assert any(
            f"`{answer.what}`" in line and answer.notice in line and f"**{answer.word}**" in line for line in lines
        )


def hostile(*extra: object) -> object:
    @design(title="Hostile")
    def made(failures: Annotated[int, "of it", range(3), ParameterRole.FAULT] = 1) -> System:
        lost = Counter("lost", cap=3, unit="calls", cap_is="all")
        rows = [on("fails", "up", "down", then={lost: lost + 1}, fault="failure"), on("mended", "down", "up")]
        part = Component("part", ["up", "down"], variables=[lost], transitions=rows)
        return compose(
            "hostile",
            [part],
            faults={"failure": failures},
            properties=[worst_case(lost, name="calls_lost", measures="loss")],
            objectives=[objective(disruption(HOSTILE, failures=1), loses_at_most=0, source=HOSTILE), *extra],
            notices=[notice(HOSTILE, when=part.down, of=("failure", "loss"), who=HOSTILE, source=HOSTILE)],
        )

    return made


def test_no_text_means_anything_but_itself() -> None:
    review = collect([hostile()], claims=())
    source = html(review)
    assert source.count("<script>") == 1
    page = Page(source)
    assert not page.tags & {"img", "iframe"}
    assert len(page.ids) == len(set(page.ids))
    shown = markdown(review)
    assert "<script>" not in re.sub(r"`[^`\n]*`|```.*?```", "", shown, flags=re.DOTALL)
    (view,) = review.objectives
    assert [(r.standing, r.value) for r in view.results] == [("missed", "1 call")]
    assert [(a.is_loss, a.answer) for a in view.answers] == [(False, "at once"), (True, "at once")]


def test_a_review_without_disruptions_says_so() -> None:
    from tests.report.test_report import door

    review = collect([door], claims=())
    assert review.objectives == ()
    for form in (html(review), markdown(review)):
        assert "No design of this review declares a disruption or a notice." in form


def test_what_cannot_be_declared_is_refused_before_any_search() -> None:
    with pytest.raises(PropertyError, match="DR316"):
        collect([hostile(disruption("d", failurs=1))], claims=())


def test_requested_parameters_leave_a_disruption_out() -> None:
    review = collect([load("drcheck.examples:pair")], {"failures": 2, "patience": hours(1)}, claims=())
    (view,) = review.objectives
    assert [bool(d.left_out) for d in view.disruptions] == [True, False]
    assert "left out" in html(review)
    assert "left out" in markdown(review)
