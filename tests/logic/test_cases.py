"""Roles in which properties decide claims, and cases of a promise: what they become, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from drcheck import (
    Component,
    Finding,
    Property,
    System,
    as_stated,
    case,
    compose,
    condition,
    never,
    on,
    reading,
    stated,
    stress,
    witness,
)
from drcheck.errors import PropertyError
from drcheck.logic.properties import Statement
from drcheck.logic.roles import ClaimRole

ONE, OTHER = Finding("One", "It is so."), Finding("Other", "It is so.")


def server_up(d: System) -> Property:
    """The server is up."""
    return never(d.server.down)


def system() -> System:
    return compose("s", [Component("server", ["up", "down"], transitions=[on("fails", "up", "down")])])


def cases_of(*cases: Any, **details: Any) -> Sequence[Statement]:
    made = stated(cases=cases, **details)(server_up)
    assert isinstance(made, tuple)
    return made


def roles(statement: Statement) -> dict[str, ClaimRole]:
    return dict(zip(statement.details["claims"], statement.details["roles"], strict=True))


# -- roles ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"claims": "A"}, {"A": as_stated}),
        ({"claims": ("A", "B"), "role": witness}, {"A": witness, "B": witness}),
        ({"claims": {"A": as_stated, "B": stress("a slip")}}, {"A": as_stated, "B": stress("a slip")}),
        ({}, {}),
    ],
)
def test_each_claim_has_a_role(details: dict[str, Any], expected: dict[str, ClaimRole]) -> None:
    statement = stated(**details)(server_up)
    assert roles(statement) == expected
    item = statement.on(system())
    assert dict(zip(item.claims, item.roles, strict=True)) == expected
    alone = never(system().server.down, **details)
    assert dict(zip(alone.claims, alone.roles, strict=True)) == expected


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: stated(role=stress("a slip"))(server_up), "no claim is named"),
        (
            lambda: stated(claims={"A": witness}, role=witness)(server_up),
            "gives each claim its role, and role= another one",
        ),
        (lambda: stated(claims="A", role=stress)(server_up), 'say which: stress("...")'),
        (lambda: stated(claims="A", role="stress")(server_up), "available: as_stated, stress"),
        (lambda: stated(claims={"A": None})(server_up), "the role of a property cannot be None"),
        (lambda: stress(""), "the adversity of a stress cannot be ''"),
        (lambda: reading(3), "the meaning of a reading cannot be 3"),
        (
            lambda: stated(claims="A", by_construction="yes")(server_up),
            "the by_construction of a property cannot be 'yes'",
        ),
    ],
)
def test_a_role_that_says_nothing_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(PropertyError) as caught:
        make()
    assert caught.value.code == "DR309"
    assert said in str(caught.value)
    assert "test_cases.py" in str(caught.value.place)


def test_a_role_in_the_property_that_stated_would_replace_is_refused() -> None:
    @stated(claims="A")
    def in_the_body(d: System) -> Property:
        return never(d.server.down, claims="A", role=stress("a slip"))

    @stated(claims="A", role=stress("a slip"))
    def in_both(d: System) -> Property:
        return never(d.server.down, claims="A", role=stress("a slip"))

    with pytest.raises(PropertyError, match=r"DR309.*a property with role of its own, which would be lost"):
        in_the_body.on(system())
    assert in_both.on(system()).roles == (stress("a slip"),)


# -- cases ----------------------------------------------------------------------------------------------------------------
def test_a_case_has_what_it_says_and_the_rest_of_its_promise() -> None:
    first, second, third = cases_of(
        case(),
        case("after_a_slip", "one step left out", given={"slips": 1}, role=stress("a slip"), finding=ONE),
        case("elsewhere", claims="B", source="page 2", assumptions="calm", by_construction=True, finding=(OTHER,)),
        claims="A",
        source="page 1",
        given={"sources": 2},
        assumptions=("quiet",),
    )
    assert [s.name for s in (first, second, third)] == ["server_up", "server_up_after_a_slip", "server_up_elsewhere"]
    assert [s.details["statement"] for s in (first, second)] == [
        "The server is up.",
        "One step left out: the server is up.",
    ]
    assert [dict(s.given) for s in (first, second, third)] == [
        {"sources": 2},
        {"sources": 2, "slips": 1},
        {"sources": 2},
    ]
    assert [roles(s) for s in (first, second, third)] == [{"A": as_stated}, {"A": stress("a slip")}, {"B": as_stated}]
    assert [s.findings for s in (first, second, third)] == [(), (ONE,), (OTHER,)]
    assert [s.details["source"] for s in (first, second, third)] == ["page 1", "page 1", "page 2"]
    assert [s.details["assumptions"] for s in (first, third)] == [("quiet",), ("calm",)]
    assert [s.details["by_construction"] for s in (first, third)] == [False, True]
    assert first.build is second.build is third.build


def test_a_case_with_other_claims_keeps_the_role_of_its_promise() -> None:
    kept, own = cases_of(case("b", claims="B"), case("c", claims={"C": witness}), claims="A", role=stress("a slip"))
    assert roles(kept) == {"B": stress("a slip")}
    assert roles(own) == {"C": witness}
    (all_,) = cases_of(case("b", role=condition), claims={"A": witness, "B": as_stated})
    assert roles(all_) == {"A": condition, "B": condition}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cases_of(case("a"), case("a")), "two cases of a promise have the name 'a'"),
        (lambda: cases_of(case("a"), finding=ONE), "a promise with cases has no finding of its own"),
        (lambda: cases_of("a"), "the cases of a property cannot be"),
        (lambda: case("after a slip"), "the name of a case of a property cannot be 'after a slip'"),
        (lambda: case("a", 3), "the `when` of a case of a property cannot be 3"),
        (lambda: case(source=3), "the source of a property cannot be 3"),
        (lambda: case(source=0), "the source of a property cannot be 0"),
        (lambda: case(assumptions=5), "the assumptions of a property cannot be 5"),
        (lambda: case(assumptions=(5,)), "the assumptions of a property cannot be (5,)"),
        (lambda: case(by_construction="yes"), "the by_construction of a property cannot be 'yes'"),
        (lambda: case(given=[1]), "the given of a property cannot be [1]"),
        (lambda: case(finding="it fails"), "the finding of a property cannot be 'it fails'"),
        (lambda: case(role="stress"), "the role of a property cannot be 'stress'"),
        (lambda: case(claims=5), "the claims of a property cannot be 5"),
        (lambda: case(claims="A, B"), "would be read as one key"),
    ],
)
def test_a_case_that_cannot_be_is_refused_where_it_is_written(make: Callable[[], object], said: str) -> None:
    with pytest.raises(PropertyError) as caught:
        make()
    assert caught.value.code == "DR309"
    assert said in str(caught.value)
    assert "test_cases.py" in str(caught.value.place)
