"""Findings: what they may say, how they are called, and their causes on a system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drcheck import (
    Accepted,
    Boolean,
    Component,
    DrcheckError,
    Expression,
    Finding,
    Property,
    System,
    compose,
    design,
    finally_,
    happens,
    if_else,
    never,
    on,
    reachable,
    stated,
    structure,
    worst_case,
)
from drcheck.designs.causes import causes_of
from drcheck.errors import PropertyError
from drcheck.verdicts.check import check_design


def made(**details: Any) -> Finding:
    return Finding("It fails", "It does.", **details)


def switch() -> System:
    flag = Boolean("flag")
    part = Component(
        "part",
        states=["a", "b"],
        variables=[flag],
        transitions=[on("go", "a", "b", then={flag: True}), on("back", "b", "a")],
    )
    return compose("switch", [part])


@pytest.mark.parametrize(
    ("details", "what"),
    [
        ({"id": "Not Kebab"}, "id in the finding"),
        ({"id": "a--b"}, "id in the finding"),
        ({"id": 3}, "id in the finding"),
        ({"silent": "yes"}, "silent in the finding"),
        ({"permanent": 1}, "permanent in the finding"),
        ({"cost": 3}, "cost in the finding"),
        ({"who": None}, "who in the finding"),
        ({"question": ["a"]}, "question in the finding"),
        ({"accepted": "by me"}, "accepted in the finding"),
        ({"causes": 3}, "causes in the finding"),
        ({"causes": [""]}, "causes in the finding"),
        ({"causes": ["part.b", "part.b"]}, "causes in the finding"),
        ({"causes": [None]}, "causes in the finding"),
    ],
)
def test_what_a_finding_cannot_say_is_refused(details: dict[str, Any], what: str) -> None:
    with pytest.raises(PropertyError, match=rf"\[DR309\] the {what} of a property cannot be"):
        made(**details)


@pytest.mark.parametrize(
    "wrong", [("", "2026-01-01", "r"), ("o", "soon", "r"), ("o", "2026-02-30", "r"), ("o", "2026-01-01", " ")]
)
def test_what_is_accepted_has_an_owner_a_date_and_a_reason(wrong: tuple[str, str, str]) -> None:
    with pytest.raises(PropertyError, match=r"\[DR309\] the .* accepted in the finding"):
        Accepted(*wrong)


def test_a_finding_is_called_by_its_id_or_by_its_property() -> None:
    assert made(id="loss-unseen").called("anything") == "loss-unseen"
    assert made().called("No_record_is__lost") == "no-record-is-lost"


def test_several_findings_of_a_property_need_causes() -> None:
    def promise(d: System) -> Property:
        return never(d.part.b)

    one, other = made(causes="part.b"), made(causes=("happens(go)",))
    statement = stated(finding=[one, other])(promise)
    assert statement.findings == (one, other)
    assert statement.finding is one
    assert statement.on(switch()).findings == (one, other)
    for wrong, why in (
        ([one, made()], r"causes=\.\.\. in each of several findings"),
        ([one, one], "each finding once"),
        (["it fails"], "the finding of a property cannot be"),
    ):
        with pytest.raises(PropertyError, match=rf"\[DR309\] .*{why}"):
            _refused = never(switch().part.b, finding=wrong)


def go(d: System) -> Expression:
    return happens("go", when=d.part.a)


def gone(d: System) -> Expression:
    """The part
    goes.
    """
    return happens("go")


def test_causes_are_conditions_of_the_system() -> None:
    system = switch()
    item = never(system.part.b, finding=made(causes=["happens(go)", "part.b & part.flag", go, gone]))
    assert [cause.text for cause in causes_of(item, system)] == [
        "happens(go)",
        "part.b & part.flag",
        "happens(go, when=part.a)",
        "The part goes",
    ]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("part.c", r"component part has no state or variable 'c'.*available: a, b, flag"),
        ("happens(goes)", r"has no event 'goes'"),
        ("part.b &", r"\[DR314\] cause"),
        ("True", r"is always true"),
        (lambda d: True, r"is True and no condition"),
        (lambda d: finally_(d.part.b), r"and no condition"),
        (lambda d: d.part.c, r"part has no state or variable 'c'"),
        (lambda d: 1 // 0, r"failed with ZeroDivisionError"),
    ],
)
def test_a_cause_that_is_no_condition_is_refused_before_any_search(cause: Any, said: str) -> None:
    @stated(finding=made(causes=[cause]), name="no_b")
    def promise(d: System) -> Property:
        return never(d.part.b)

    @design
    def whole() -> System:
        flag = Boolean("flag")
        rows = [on("go", "a", "b", then={flag: True})]
        return compose(
            "switch", [Component("part", states=["a", "b"], variables=[flag], transitions=rows)], properties=[promise]
        )

    with pytest.raises(
        DrcheckError, match=rf"\[DR314\] cause .* in the finding of property no_b.*{said}|{said}"
    ) as caught:
        check_design(whole)
    assert caught.value.code == "DR314"
    assert "test_findings.py" in str(caught.value.place)


def test_what_cannot_be_asked_without_a_cause_has_none() -> None:
    system = switch()
    finding = made(causes="happens(go)")
    for item in (reachable(system.part.b), worst_case(if_else(system.part.b, 1, 0)), structure(True, "so")):
        with pytest.raises(PropertyError, match=r"\[DR315\]"):
            causes_of(replace(item, findings=(finding,)), system)
        assert causes_of(item, system) == []
