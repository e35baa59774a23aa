"""A parameter that is a budget of faults and does more is remarked on; one that is nothing else is not."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from drcheck import Component, Integer, ParameterRole, System, compose, design, never, on
from drcheck.answers.budgets_that_do_more import remarks_on_budgets
from drcheck.answers.combinations import adversities
from drcheck.answers.cuts import cuts
from drcheck.cli.console import output
from drcheck.cli.cuts_text import print_cuts
from drcheck.designs.design import Design, load
from drcheck.language.remarks import Remark
from drcheck.report.cuts import cuts_data


def made(does: str) -> Design:
    """A machine with a budget of slips, and what else their number does."""

    @design(title="A machine")
    def machine(slips: Annotated[int, "how many slips there may be", range(3), ParameterRole.SLIP] = 0) -> System:
        level = Integer("level", 0, 70)
        rows = [
            on("slip", "up", "down", kind="operator", fault="slip"),
            on("rises", "up", when=level < 70, then={level: level + (2 if does == "step" and slips else 1)}),
        ]
        late = level == (30 if slips else 70)
        rows += [on("stops", "up", "down", when=late)] if does == "late" else []
        states = ["odd", "up", "down"] if does == "order" and slips else ["up", "down", *(["odd"] if slips else [])]
        if slips:
            rows.append(on("oddly", "odd", "up"))
            rows.append(on("slips_oddly", "up", "odd", kind="operator", fault="slip"))
        if does == "start":
            level = Integer("level", 0, 70, min(slips, 1))
            rows[1] = on("rises", "up", when=level < 70, then={level: level + 1})
        if does == "event" and slips:
            rows.append(on("helps", "down", "up"))
            rows.append(on("falls", "up", "down", kind="environment"))
        part = Component("part", states, initial="up", variables=[level], transitions=rows)
        return compose("machine", [part], faults={"slip": slips}, properties=[never(part.down, name="is_up")])

    return machine


helped = made("event")


def remarks(target: Design, settings: dict[str, Any] | None = None, **held: Any) -> list[Remark]:
    return remarks_on_budgets(target, adversities(target, {**(settings or {}), **held}, held, 2), held)


@pytest.mark.parametrize("does", ["nothing", "order"])
def test_a_budget_that_is_nothing_else_is_not_remarked_on(does: str) -> None:
    """What only slips reach, and in which order states are named, makes no difference where none happens."""
    assert remarks(made(does)) == []


@pytest.mark.parametrize(
    ("does", "seen"),
    [
        ("step", "rises does another thing"),
        ("event", "falls is possible in one of them alone"),
        ("start", "they start otherwise"),
        ("late", "stops is possible in one of them alone"),
    ],
)
def test_what_else_it_does_is_told(does: str, seen: str) -> None:
    (remark,) = remarks(made(does))
    assert (remark.code, remark.subject) == ("DR860", "slips")
    assert seen in remark.message
    assert "slips=0" in remark.remedy
    assert remarks(made(does), slips=1) == [], "what is held is not varied"


def test_the_runbook_of_a_version_upgrade_goes_otherwise_where_slips_may_happen() -> None:
    found = remarks(load("model.cms_ha.design:cms_ha"), {"procedure": "cms_upgrade"})
    assert [remark.subject for remark in found] == ["slips"]


def test_cuts_tell_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    report = cuts(helped)
    print_cuts(output(), report, traces=False)
    assert capsys.readouterr().out.count("[DR860] slips: ") == 1
    assert [remark["code"] for remark in cuts_data(report, dict)["remarks"]] == ["DR860"]
    assert cuts(made("nothing")).remarks == ()
