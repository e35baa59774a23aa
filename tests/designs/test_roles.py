"""Roles of parameters: declared, kept apart wherever parameters are shown, and refused where they would say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import pytest

from drcheck import Component, DrcheckError, ParameterRole, System, compose, design, never, on, scope, stated
from drcheck.cli.main import run
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_lines, settings_text
from drcheck.verdicts.check import check_design
from drcheck.verdicts.wording import run_label
from tests.support.review import html_of as html
from tests.support.review import markdown_of as markdown
from tests.support.review import study as collect


class Colour(Enum):
    RED = "red"


@design(title="A door", properties=__name__)
def door(
    visitors: Annotated[int, "visitors that are followed", range(1, 4), scope("each comes\n    by itself")] = 1,
    bell: Annotated[bool, "a bell is added", ParameterRole.REPAIR] = False,
    thefts: Annotated[int, "how often it may be broken", range(3), ParameterRole.FAULT] = 0,
    storms: Annotated[int, range(3), "how often it may be blown open", ParameterRole.FAULT] = 0,
    colour: Annotated[bool, "whether it is painted"] = True,
    locked: Annotated[bool, ParameterRole.DEPLOYMENT, "whether it has a lock"] = True,
) -> System:
    """A door that opens."""
    return compose("door", [Component("door", ["shut", "open"], transitions=[on("opens", "shut", "open")])])


@stated(given={"thefts": 1, "bell": True, "colour": False, "visitors": 2})
def stays_shut(d: System) -> Any:
    """It stays shut."""
    return never(d.door.open)


def test_the_role_of_a_parameter_and_the_argument_of_a_scope_are_kept() -> None:
    roles = {p.name: p.role for p in door.parameters}
    assert roles == {
        "visitors": ParameterRole.SCOPE,
        "bell": ParameterRole.REPAIR,
        "thefts": ParameterRole.FAULT,
        "storms": ParameterRole.FAULT,
        "colour": None,
        "locked": ParameterRole.DEPLOYMENT,
    }
    assert {p.name: p.argument for p in door.parameters if p.argument} == {"visitors": "each comes by itself"}
    assert door.parameter("storms").choices == (0, 1, 2)
    assert door().parameter_roles == {name: role for name, role in roles.items() if role is not None}


def test_settings_are_grouped_in_the_order_of_the_roles_after_those_without_one() -> None:
    assert settings_lines(door().parameters, door.roles) == [
        "colour=yes",
        "deployment: locked=yes",
        "faults: thefts=0, storms=0",
        "repairs: bell=no",
        "scope: visitors=1",
    ]
    assert settings_text({"bell": True, "colour": False}, door.roles) == "colour=no; repairs: bell=yes"
    assert settings_text({"bell": True, "colour": False}, {}) == "bell=yes, colour=no"


def test_every_role_has_its_place() -> None:
    roles = {role.value: role for role in reversed(ParameterRole)}
    assert settings_lines(dict.fromkeys(roles, 1), roles) == [
        "deployment: deployment=1",
        "assumptions: assumption=1",
        "reading: reading=1",
        "faults: fault=1",
        "slips: slip=1",
        "repairs: repair=1",
        "scope: scope=1",
    ]


def test_a_verdict_names_the_parameters_that_differ_by_role() -> None:
    report = check_design(door)
    assert run_label(report.runs[-1]) == "colour=no; faults: thefts=1; repairs: bell=yes; scope: visitors=2"


def test_the_command_line_keeps_roles_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", f"{__name__}:door"]) == 1
    shown = capsys.readouterr().out
    assert (
        "\n  deployment: locked=yes\n  faults: thefts=0, storms=0\n  repairs: bell=no\n  scope: visitors=1\n" in shown
    )
    assert "with colour=no; faults: thefts=1; repairs: bell=yes; scope: visitors=2" in shown
    run(["list", f"{__name__}:door"])
    listed = capsys.readouterr().out
    heads = [line.split()[0] for line in listed.splitlines() if " default " in line]
    assert heads == ["parameter", "deployment", "faults", "repairs", "scope"]
    assert "why it loses nothing" in listed
    assert "each comes by itself" in listed


def test_json_names_the_roles(capsys: pytest.CaptureFixture[str]) -> None:
    run(["list", f"{__name__}:door", "--json"])
    parameters = json.loads(capsys.readouterr().out)["designs"][0]["parameters"]
    assert [(p["name"], p["role"], p["argument"]) for p in parameters][::4] == [
        ("visitors", "scope", "each comes by itself"),
        ("colour", None, ""),
    ]
    for command in (["check"], ["simulate", "--walks", "1"], ["swarm", "--table", "1K"]):
        run([command[0], f"{__name__}:door", *command[1:], "--json"])
        assert json.loads(capsys.readouterr().out)["parameter_roles"] == {n: r.value for n, r in door.roles.items()}


def test_the_review_keeps_roles_apart() -> None:
    review = collect([door], {"storms": "2"})
    page, text = html(review), markdown(review)
    heads = [f'<th colspan="4">{head}</th>' for head in ("Deployment", "Faults", "Repairs", "Scope")]
    assert [page.count(head) for head in heads] == [1, 1, 1, 1]
    assert sorted(heads, key=page.index) == heads
    assert "Loses nothing: Each comes by itself." in page
    assert "<code>storms=2</code> (fault; default 0)" in page
    assert "colour=no</code>; faults: <code>thefts=1</code>; repairs: <code>bell=yes</code>; scope:" in page
    assert "`storms=2` (fault; default 0)" in text
    assert "| **Scope** |" in text
    assert "| `visitors` | 1 | 1 | Visitors that are followed. Loses nothing: Each comes by itself. |" in text
    assert "with `colour=no`; faults: `thefts=1`; repairs: `bell=yes`; scope: `visitors=2`" in text


def declared(*notes: Any) -> Callable[[], Design]:
    def declare() -> Design:
        def gate(wide: bool = True) -> System:
            raise AssertionError

        gate.__annotations__["wide"] = Annotated[(bool, *notes)]  # type: ignore[index]
        return design(gate)

    return declare


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "two roles": (
        declared("text", ParameterRole.FAULT, ParameterRole.SLIP),
        r"\[DR209\] parameter wide of design gate has more than one role: fault and slip",
    ),
    "a role and a scope": (
        declared(ParameterRole.FAULT, scope("so")),
        r"\[DR209\] .* more than one role: fault and scope",
    ),
    "the same role twice": (declared(ParameterRole.FAULT, ParameterRole.FAULT), r"\[DR209\] .* fault and fault"),
    "a scope without its argument": (declared(ParameterRole.SCOPE), r"\[DR209\] .* scope without the argument"),
    "scope that is not called": (declared(scope), r"\[DR209\] .* a role that is none: <function scope"),
    "the roles themselves": (declared(ParameterRole), r"\[DR209\] .* a role that is none: <enum 'ParameterRole'>"),
    "another enumeration": (
        declared(Colour.RED),
        r"\[DR209\] .* a role that is none: <Colour.RED: 'red'>.*; available: ParameterRole.DEPLOYMENT, .*scope\(",
    ),
    "a role as a text": (declared("text", "fault"), r"\[DR205\] .* annotated with 'fault', which would be lost"),
    "something else": (declared("text", 3), r"\[DR205\] .* annotated with 3, which would be lost"),
    "an empty argument": (lambda: scope(" "), r"\[DR209\] a scope needs the argument .* not ' ' \(.*test_roles.py:"),
    "an argument that is no text": (lambda: scope(3), r"\[DR209\] a scope needs the argument .* not 3"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("way", REFUSED)
def test_roles_that_say_nothing_are_refused(way: str) -> None:
    declare, words = REFUSED[way]
    with pytest.raises(DrcheckError, match=words):
        declare()
