"""Whether the causes of a finding explain a violation: each rule, and how many faults a violation needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from drcheck import (
    Choice,
    Component,
    Design,
    Finding,
    Property,
    System,
    always,
    compose,
    design,
    if_else,
    leads_to,
    never,
    on,
    stated,
    whenever,
    worst_case,
)
from drcheck.cli.check_text import summary
from drcheck.cli.data import verdict_data
from drcheck.logic.finding import Cause
from drcheck.testing.results import results_of
from drcheck.verdicts.check import check_design
from drcheck.verdicts.verdict import Conclusion, Needs, Standing, Verdict
from drcheck.verdicts.wording import weaknesses


def decided(
    build: Callable[[System], Property], *causes: Cause, others: Sequence[Cause] = (), **settings: Any
) -> Verdict:
    """The verdict on a property of two servers, each of which fails in a way of its own, and an operator."""
    findings = [Finding("It fails", "It does.", causes=causes)]
    if others:
        findings.append(Finding("It fails otherwise", "It does.", causes=tuple(others)))
    promise = stated(finding=findings, name="promise")(build)

    @design
    def servers(slips: int = 1, failures: int = 2) -> System:
        parts = [
            Component(
                name,
                ["up", "down"],
                transitions=[
                    on(f"{name}_fails", "up", "down", kind="environment", fault="failure"),
                    on(f"{name}_returns", "down", "up"),
                ],
            )
            for name in ("first", "second")
        ]
        left_out = Choice("left_out", ["none", "copy"])
        runbook = Component(
            "runbook",
            ["waiting", "copying", "done"],
            variables=[left_out],
            transitions=[
                on("begin", "waiting", "copying", kind="operator"),
                on("copy", "copying", "done", kind="operator"),
                on(
                    "leave_out_copy", "copying", "done", then={left_out: "copy"}, kind="operator", fault="operator slip"
                ),
            ],
        )
        faults = {"failure": failures, "operator slip": slips}
        return compose("servers", [*parts, runbook], faults=faults, properties=[promise])

    asked: Design = servers
    return next(v for v in check_design(asked, settings).verdicts if v.property.name == "promise")


def some_up(d: System) -> Property:
    return always(d.first.up | d.second.up)


def all_up(d: System) -> Property:
    return never(d.first.down | d.second.down)


def copied(d: System) -> Property:
    return whenever(d.runbook.done, d.runbook.left_out == "none")


def standing(verdict: Verdict) -> Standing:
    assert verdict.explanation is not None
    return verdict.explanation.standing


@pytest.mark.parametrize(
    ("build", "causes", "expected"),
    [
        (all_up, ["first.down", "second.down"], Standing.PROVED),
        (all_up, ["happens(first_fails)", "happens(second_fails)"], Standing.PROVED),
        (all_up, ["happens(first_fails, second_fails)"], Standing.PROVED),
        (all_up, ["happens(first_fails)"], Standing.ANOTHER_WAY),
        (all_up, ["first.down & second.down"], Standing.ANOTHER_WAY),
        (some_up, ["first.down & second.down"], Standing.PROVED),
        (
            some_up,
            ["happens(first_fails, when=second.down)", "happens(second_fails, when=first.down)"],
            Standing.PROVED,
        ),
        (some_up, ["happens(first_fails)", "happens(second_fails)"], Standing.NOT_NEEDED),
        (some_up, ["~first.up | (runbook.left_out == 'copy')"], Standing.PROVED),
        (copied, ["runbook.left_out == 'copy'"], Standing.PROVED),
        (copied, ["happens(leave_out_copy)"], Standing.PROVED),
        (copied, ["runbook.copying"], Standing.TOO_BROAD),
        (copied, ["runbook.done"], Standing.TOO_BROAD),
        (copied, ["first.up"], Standing.TOO_BROAD),
        (copied, ["happens(leave_out_copy) | ~(first.up & second.up)"], Standing.TOO_BROAD),
        (copied, ["happens(leave_out_copy, first_fails)"], Standing.PROVED),
    ],
)
def test_what_is_known_of_causes(build: Callable[[System], Property], causes: list[str], expected: Standing) -> None:
    verdict = decided(build, *causes)
    assert verdict.conclusion is Conclusion.VIOLATED
    assert standing(verdict) is expected, verdict.explanation
    assert verdict.is_expected is (expected is Standing.PROVED)


def test_a_fault_of_a_kind_that_the_cause_does_not_name_must_still_happen() -> None:
    broad = decided(some_up, "first.down | second.down | runbook.copying")
    assert standing(broad) is Standing.TOO_BROAD
    assert broad.explanation is not None
    assert "operator slip" in broad.explanation.reason


def test_what_never_happened_need_not_happen_without_the_cause() -> None:
    assert standing(decided(copied, "happens(leave_out_copy)", failures=0)) is Standing.PROVED


def test_several_findings_explain_a_violation_together() -> None:
    together = decided(all_up, "happens(first_fails)", others=["happens(second_fails)"])
    assert standing(together) is Standing.PROVED
    assert together.explanation is not None
    assert together.explanation.causes == ("happens(first_fails)", "happens(second_fails)")


def test_another_way_is_a_new_violation_with_its_own_trace() -> None:
    verdict = decided(all_up, "happens(first_fails)")
    assert verdict.explanation is not None
    assert verdict.explanation.rest is not None
    assert verdict.explanation.rest.trace is not None
    assert [step.event.name for step in verdict.explanation.rest.trace.steps] == ["second_fails"]
    assert "new violation: no declared finding explains it" in weaknesses(verdict)
    data = verdict_data(verdict)
    assert data["causes"]["standing"] == "another way"
    assert data["causes"]["trace"]["steps"][0]["event"] == "second_fails"
    (result,) = results_of([verdict])
    assert "VIOLATED otherwise than declared" in (result.problem() or "")
    assert "second fails" in (result.problem() or "")


def test_what_is_proved_is_as_declared() -> None:
    verdict = decided(some_up, "first.down & second.down")
    assert "cause: first.down & second.down (proved: without it the promise holds)" in weaknesses(verdict)
    assert "needs 2 faults" in weaknesses(verdict)
    (result,) = results_of([verdict])
    assert result.problem() is None


@pytest.mark.parametrize(
    ("build", "causes", "needs"),
    [
        (all_up, ["first.down", "second.down"], Needs(1, 0, True)),
        (some_up, ["first.down & second.down"], Needs(2, 0, True)),
        (copied, ["happens(leave_out_copy)"], Needs(0, 1, True)),
        (
            lambda d: worst_case(if_else(d.first.down, 1, 0) + if_else(d.runbook.left_out == "copy", 1, 0), at_most=1),
            ["first.down & (runbook.left_out == 'copy')"],
            Needs(1, 1, True),
        ),
        (lambda d: leads_to(d.first.up, d.first.down), ["first.up & runbook.done"], Needs(2, 0, False)),
    ],
)
def test_how_many_faults_a_violation_needs(
    build: Callable[[System], Property], causes: list[str], needs: Needs
) -> None:
    assert decided(build, *causes).needs == needs


def test_the_fewest_faults_are_not_those_of_the_shortest_trace() -> None:
    """A longer way may need fewer: here it is one step with a fault, or three without."""

    @stated(finding=Finding("It fails", "It does.", causes="part.bad"), name="good")
    def promise(d: System) -> Property:
        return never(d.part.bad)

    @design
    def slow() -> System:
        rows = [
            on("breaks", "a", "bad", fault="failure"),
            on("one", "a", "b"),
            on("two", "b", "c"),
            on("three", "c", "bad"),
        ]
        return compose(
            "slow",
            [Component("part", ["a", "b", "c", "bad"], transitions=rows)],
            faults={"failure": 1},
            properties=[promise],
        )

    (_, verdict) = check_design(slow).verdicts
    assert verdict.trace is not None
    assert len(verdict.trace) == 1
    assert verdict.needs == Needs(0, 0, True)


def test_without_causes_nothing_is_searched() -> None:
    findings = Finding("It fails", "It does.")

    @stated(finding=findings, name="promise")
    def promise(d: System) -> Property:
        return never(d.part.b)

    @design
    def plain() -> System:
        return compose("plain", [Component("part", ["a", "b"], transitions=[on("go", "a", "b")])], properties=[promise])

    report = check_design(plain)
    assert report.verdicts[-1].explanation is None
    assert report.verdicts[-1].is_expected
    assert "(1 known)" in summary(report)
