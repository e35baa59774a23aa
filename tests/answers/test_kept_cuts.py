"""Cuts that are kept: asked again they are the same without a search, and what the answer depends on is part of the key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from drcheck import (
    Component,
    Counter,
    Finding,
    ParameterRole,
    System,
    compose,
    design,
    leads_to,
    never,
    on,
    weakly_fair,
    whenever,
    worst_case,
)
from drcheck.answers.cuts import CutsReport, cuts
from drcheck.answers.kept import KeptTexts
from drcheck.answers.kept_cuts import TABLE
from drcheck.cli.main import run
from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.report.cuts import cuts_data
from tests.answers.test_cuts import grows

CAUSED = Finding(title="The line sags", explanation="It is old.", repair="A new one.", causes="happens(sags)")


def pumps(tank: int = 2) -> Design:
    """A design with cuts of each kind: by one search for all uses, by a search each, known, new, and vacuous."""

    @design(title="Pumps")
    def made(
        failures: Annotated[int, "how many pumps may fail", range(3), ParameterRole.FAULT] = 1,
        slips: Annotated[int, "how often the valve may be closed", range(2), ParameterRole.SLIP] = 0,
        old: Annotated[bool, "whether the line is old", ParameterRole.DEPLOYMENT] = False,
    ) -> System:
        lost = Counter("lost", cap=tank, cap_is="all that there is", unit="litres")
        first, second = (
            Component(
                name,
                ["up", "down"],
                transitions=[
                    on(f"{name}_fails", "up", "down", kind="environment", fault="failure"),
                    on(f"{name}_mended", "down", "up", kind="operator"),
                ],
            )
            for name in ("first", "second")
        )
        rows = [on("closed_by_mistake", "open", "closed", kind="operator", fault="slip", then={lost: lost + 1})]
        rows += [on("sags", "open", "closed", kind="environment")] if old else []
        valve = Component("valve", ["open", "closed"], variables=[lost], transitions=rows)
        stated = [
            never(first.down & second.down, name="one_runs"),
            never(valve.closed, name="water_flows", finding=CAUSED),
            leads_to(
                first.down | valve.closed, first.up & valve.open, fairness=weakly_fair("operator"), name="all_is_well"
            ),
            whenever(valve.closed, first.up, name="closed_beside_a_pump"),
            worst_case(lost, at_most=0, name="loss"),
        ]
        return compose("made", [first, second, valve], faults={"failure": failures, "slip": slips}, properties=stated)

    return made


def told(report: CutsReport) -> dict[str, Any]:
    """What a report says but for what it took."""
    data = cuts_data(report, lambda settings: {name: str(value) for name, value in settings.items()})
    return {
        key: value
        for key, value in data.items()
        if key not in ("searches", "states", "kept", "seconds", "processor_seconds")
    }


@pytest.mark.parametrize("asked", [{}, {"by_event": True}, {"order": 3, "engine": "python"}], ids=str)
def test_what_is_asked_again_needs_no_search(tmp_path: Path, asked: dict[str, Any]) -> None:
    plain = cuts(pumps(), **asked)
    first = cuts(pumps(), **asked, kept=KeptTexts(tmp_path / "new" / "kept", TABLE))
    again = cuts(pumps(), **asked, kept=KeptTexts(tmp_path / "new" / "kept", TABLE))
    assert told(plain) == told(first) == told(again)
    assert (first.searches, first.kept) == (plain.searches, 0)
    assert (again.searches, again.states) == (0, 0)
    assert again.kept > 0
    assert any(cut.known for promise in again.promises for cut in promise.cuts)


def test_another_model_engine_or_what_a_use_is_finds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    first = cuts(pumps(), order=1, kept=KeptTexts(file, TABLE))
    for other, asked in ((pumps(3), {}), (pumps(), {"engine": "python"}), (pumps(), {"by_event": True})):
        found = cuts(other, order=1, **asked, kept=KeptTexts(file, TABLE))
        assert found.kept == 0
        assert found.searches > 0
    assert cuts(pumps(), order=1, kept=KeptTexts(file, TABLE)).kept > 0
    assert first.kept == 0


def test_what_came_to_a_limit_is_searched_again(tmp_path: Path) -> None:
    small = cuts(grows, kept=KeptTexts(tmp_path / "kept", TABLE), limits=Limits(states=500))
    assert any(promise.undecided for promise in small.promises)
    again = cuts(grows, kept=KeptTexts(tmp_path / "kept", TABLE))
    assert told(again) == told(cuts(grows))
    assert again.searches > 0


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    """After a budget of states that ended it, only the rest is searched."""
    stopped = cuts(pumps(), kept=KeptTexts(tmp_path / "kept", TABLE), budget=1)
    assert stopped.stopped
    assert stopped.searches > 0
    whole, rest = cuts(pumps()), cuts(pumps(), kept=KeptTexts(tmp_path / "kept", TABLE))
    assert told(rest) == told(whole)
    assert rest.searches < whole.searches


def test_a_trace_that_is_none_of_the_system_is_searched_again(tmp_path: Path) -> None:
    class Changed(KeptTexts):
        def text(self, key: str) -> str | None:
            found = super().text(key)
            return (
                None
                if found is None
                else found.replace('"loop": null', '"loop": null, "x": 0').replace("[[", "[[9, ", 1)
            )

    file = tmp_path / "kept"
    cuts(pumps(), {}, ["all_is_well"], kept=KeptTexts(file, TABLE))
    again = cuts(pumps(), {}, ["all_is_well"], kept=Changed(file, TABLE))
    assert again.searches > 0
    assert told(again) == told(cuts(pumps(), {}, ["all_is_well"]))


def test_the_command_keeps_answers_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.sqlite"
    asked = ["cuts", "drcheck.examples:pair", "somebody_serves", "--answers", str(file)]
    for kept in ("searches", "0 searches, 0 states, "):
        assert run(asked) == 0
        assert kept in " ".join(capsys.readouterr().out.split())
    file = tmp_path / "other"
    asked[-1] = str(file)
    file.write_text("no database, but a text that is long enough to be looked at, and is none")
    assert run(asked) == 2
    assert "DR620" in capsys.readouterr().err
