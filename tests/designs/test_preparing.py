"""Errors in one variant of a design come before any search, all of them at once, in every front end."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import drcheck.verdicts.searching
from drcheck import errors
from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.errors import SeveralErrors
from drcheck.report.collect import collect
from drcheck.sampling.observations import simulate_design
from drcheck.verdicts.check import check_design, prepare
from tests.support import cli_project

DESIGN = """
from typing import Annotated
from drcheck import *

@design(title="Late errors", properties="properties.late")
def late(
    fence: Annotated[bool, "whether there is a fence"] = True, gate: Annotated[bool, "whether there is a gate"] = True,
) -> System:
    '''A web server behind a fence.'''
    web = Component("web", ["up", "down", "fenced"], transitions=[
        on("f", "up", "down"), *([on("x", "down", "fenced")] if fence else [])])
    others = [Component("gate", ["shut", "open"], transitions=[on("o", "shut", "open")])] if gate else []
    return compose("late", [web, *others])
"""
PROPERTIES = """
from drcheck import *

@stated
def fine(d):
    return always(d.web.up | d.web.down | d.web.fenced)

@stated(given={"fence": False})
def without_a_fence(d):
    return never(d.web.down)

@stated(given={"gate": False}, claims="L-1")
def without_a_gate(d):
    return never(d.gate.open)

@stated
def misspelt(d):
    return never(d.wbe.up)
"""
CLAIMS = """
from drcheck.verdicts.claims import Claim
CLAIMS = (Claim("L-1", "The gate is shut.", "the book", "page 1"),)
"""
ERRORS = [
    "[DR112] no transition of component web leads to its state 'fenced', with fence=no (model/late.py:",
    "[DR115] system late has no component 'gate', with gate=no (properties/late.py:14)",
    "[DR115] system late has no component 'wbe' (properties/late.py:18)",
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A design with an error in each of its variants, and searches that fail the test."""
    with cli_project.entered(tmp_path, monkeypatch):
        cli_project.write(
            tmp_path, {"model/late.py": DESIGN, "properties/late.py": PROPERTIES, "properties/claims.py": CLAIMS}
        )
        importlib.invalidate_caches()
        yield tmp_path


@pytest.fixture
def late(project: Path, monkeypatch: pytest.MonkeyPatch) -> Design:
    def searched(*arguments: object) -> None:
        raise AssertionError("a search was begun")

    monkeypatch.setattr(drcheck.verdicts.searching, "searched", searched)
    return load("model.late:late")


def held(text: str) -> None:
    for error in ERRORS:
        assert text.count(error) == 1, text


def test_all_errors_come_before_any_search(late: Design) -> None:
    for begin in (check_design, prepare):
        with pytest.raises(SeveralErrors) as caught:
            begin(late)
        assert str(caught.value).startswith("[DR310] 3 errors in design model.late:late\n")
        held(str(caught.value))
        assert [type(error) for error in caught.value.errors] == [
            errors.UnknownAttributeError,
            errors.ModelError,
            errors.UnknownAttributeError,
        ]
    with pytest.raises(SeveralErrors) as caught:
        simulate_design(late, {}, walks=1, steps=1)
    held(str(caught.value))
    with pytest.raises(SeveralErrors) as caught:
        collect([late])
    held(str(caught.value))


def test_one_error_is_told_as_itself(late: Design) -> None:
    with pytest.raises(errors.ModelError, match=r"^\[DR112\] .*, with fence=no \(.*; available: down, up; add a tr"):
        check_design(late, names=["fine", "without_a_fence"])
    with pytest.raises(errors.ModelError, match=r"^\[DR112\] .*its state 'fenced' \("):
        check_design(late, {"fence": False})


def test_the_same_error_in_several_variants_is_told_once(project: Path, late: Design) -> None:
    (project / "properties/late.py").write_text(
        PROPERTIES[: PROPERTIES.index('@stated(given={"fence"')]
        + "\n".join(
            f"@stated(given={given}, name='n{n}')\ndef f{n}(d): return never(d.web.down)\n"
            for n, given in enumerate(({"fence": False}, {"fence": False, "gate": False}))
        )
    )
    with pytest.raises(errors.ModelError, match=r"^\[DR112\] .*, with fence=no; fence=no, gate=no \("):
        check_design(late)


@pytest.mark.parametrize("command", ["check", "check --json", "claims", "review", "simulate", "swarm"])
def test_the_command_line_tells_them_all(late: Design, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    name, *options = command.split()
    assert run([name, "model.late:late", *options]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    held(err)
    assert [line.startswith("error: [") for line in err.splitlines()] == [True] * len(ERRORS)
    assert sorted(os.listdir()) == ["model", "properties"]  # noqa: PTH208  # nothing is written


def test_reductions_that_one_property_forbids_are_refused_before_any_search(project: Path, late: Design) -> None:
    (project / "properties/late.py").write_text(
        "from drcheck import *\n@stated\ndef a(d): return never(d.web.fenced)\n"
        "@stated(given={'gate': False})\ndef b(d): return can_always(d.web.fenced)\n"
    )
    with pytest.raises(errors.EngineError, match=r"\[DR505\] .* answer to b, .* executions, with gate=no"):
        check_design(late, reductions=frozenset({"partial-order"}))


def test_a_misspelt_name_is_an_error_whatever_is_set(late: Design) -> None:
    """With a parameter that is set, what speaks of a component that is not there is skipped; this speaks of none."""
    with pytest.raises(errors.ModelError, match=r"\[DR115\] system late has no component 'wbe'"):
        check_design(late, {"gate": True}, ["misspelt"])


def test_what_a_parameter_takes_away_is_skipped(project: Path) -> None:
    text = PROPERTIES.replace('@stated(given={"gate": False}, claims="L-1")', "@stated")
    (project / "properties/late.py").write_text(text)
    report = check_design(load("model.late:late"), {"gate": False}, ["fine", "without_a_gate"])
    assert [(s.name, why) for s, why in report.skipped] == [("without_a_gate", "system late has no component 'gate'")]


def test_systems_are_let_go_one_after_the_other(project: Path) -> None:
    text = PROPERTIES[: PROPERTIES.index('@stated(given={"gate"')]
    (project / "properties/late.py").write_text(text.replace('"fence"', '"gate"').replace("a_fence", "a_gate"))
    design = load("model.late:late")
    ready = prepare(design)
    assert [variant.given for variant in ready.variants] == [{}, {"gate": False}]
    report = check_design(design, prepared=ready)
    assert ready.variants == []
    assert [verdict.property.name for verdict in report.verdicts][1:] == ["fine", "without_a_gate"]


@pytest.mark.parametrize("command", ["claims", "review"])
def test_claims_that_are_not_listed_are_refused_alike(
    project: Path, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "properties/late.py").write_text(
        "from drcheck import *\n@stated(claims=['L-1', 'L-2'])\ndef a(d): return never(d.web.fenced)\n"
    )
    assert run([command, "model.late:late"]) == 2
    assert (
        "[DR301] property a of model.late:late names a claim 'L-2' that is not listed; available: L-1"
        in capfd.readouterr()[1]
    )
    claims = project / "properties/claims.py"
    claims.write_text(CLAIMS + 'CLAIMS += (Claim("L-2", "t", "d", "s"),)')
    importlib.reload(sys.modules["properties.claims"])
    assert run([command, "model.late:late"]) == 0
    claims.write_text(CLAIMS + 'CLAIMS += (Claim("L-1", "t", "d", "s"),)')
    importlib.reload(sys.modules["properties.claims"])
    assert run([command, "model.late:late"]) == 2
    assert "[DR303] two claims have the key 'L-1'" in capfd.readouterr()[1]


def test_a_design_without_properties_says_so(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "model/late.py").write_text(DESIGN.replace(', properties="properties.late"', ""))
    for command in ("check", "list"):
        assert run([command, "model.late:late"]) == 0
        assert "states no properties" in capfd.readouterr()[0]
    assert run(["check", "--json", "model.late:late"]) == 0
    assert '"stated": 0,' in capfd.readouterr()[0]
    assert run(["review", "model.late:late"]) == 0
    for page in ("review.html", "review.md"):
        assert "The design states no properties." in (project / "review" / page).read_text()
