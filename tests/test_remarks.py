"""Remarks: what is remarked and what is not, and how remarks are silenced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drcheck import Component, Remark, System, compose, finders, on, remarks_of, silence
from drcheck.errors import REMARKS, ModelError

# -- silencing ----------------------------------------------------------------------------------------------------------


def door(**details: Any) -> System:
    return compose("house", [Component("door", ["open", "shut"], transitions=[on("shuts", "open", "shut")])], **details)


@pytest.fixture
def squeak(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of remark only: a component that is called door."""
    monkeypatch.setitem(REMARKS, "DR899", "remark: a door")

    def find(system: System) -> list[Remark]:
        return [Remark("DR899", c.name, "it is a door", c.place) for c in system.components if c.name == "door"]

    monkeypatch.setattr(finders, "FINDERS", {"DR899": find})


def test_remarks_are_silenced_one_by_one(squeak: None) -> None:
    assert [r.subject for r in remarks_of(door())] == ["door"]
    assert remarks_of(door(silenced=[silence("DR899", "door", "we like doors")])) == ()


def test_a_silencing_that_silences_nothing_is_a_remark(squeak: None) -> None:
    found = remarks_of(door(silenced=[silence("DR899", "window", "there was one")]))
    assert [(r.code, r.subject) for r in found] == [("DR899", "door"), ("DR801", "DR899 window")]
    assert "test_remarks.py" in str(found[1])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: silence("DR898", "door", "why not"), "[DR800] there is no remark 'DR898' ("),
        (lambda: silence("DR104", "door", "why not"), "[DR800] there is no remark 'DR104' ("),
        (lambda: silence(801, "door", "why not"), "[DR800] there is no remark 801 ("),  # type: ignore[arg-type]
        (lambda: silence("DR801", " ", "why not"), "[DR800] the subject of a silencing is text, not ' ' ("),
        (lambda: silence("DR801", "door", ""), "[DR800] the reason of a silencing is text, not '' ("),
        (lambda: door(silenced={silence("DR801", "x", "y")}), "[DR800] system house: silenced must be a list, not {"),
        (lambda: door(silenced="DR801"), "[DR800] system house: silenced must be a list, not 'DR801' ("),
        (lambda: door(silenced=silence("DR801", "x", "y")), "[DR800] system house: silenced must be a list, not Sil"),
        (lambda: door(silenced=["DR801"]), "[DR800] system house: 'DR801' is not a silencing ("),
        (
            lambda: door(silenced=[silence("DR801", "x", "y"), silence("DR801", "x", "z")]),
            "[DR800] system house: DR801 of 'x' is silenced twice (first at test",
        ),
    ],
)
def test_what_is_no_silencing_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        build()
    assert str(caught.value).startswith(message)
    assert "test_remarks.py:" in str(caught.value)


def test_a_remark_reads_as_an_error_does() -> None:
    remark = Remark("DR801", "door", "it squeaks", None, "oil it")
    assert str(remark) == "[DR801] door: it squeaks; oil it"
    with pytest.raises(KeyError):
        Remark("DR104", "door", "it squeaks")
    assert all(code.startswith("DR8") for code in REMARKS)
