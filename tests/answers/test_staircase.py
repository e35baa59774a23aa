"""Staircases of worst cases: held against the greatest value of all states for every combination."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from drcheck import hours
from drcheck.answers.axes import Axis
from drcheck.answers.combinations import Combination
from drcheck.answers.points import INTERRUPTED, Asking, Known, Point
from drcheck.answers.spending import LEAST
from drcheck.answers.staircase import staircase
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.verdicts.repair_sets import Change
from tests.answers.test_curve import STORE, greatest

HELD = {"disk_failures": 0, "threshold": hours(1)}
LENGTHS = Axis("longest_outage", (hours(1), hours(2), hours(3)))


def test_steps_are_what_is_worse_than_all_its_parts() -> None:
    found = staircase(load(STORE), "orders_lost", HELD, lengths=[LENGTHS])
    values: dict[tuple[int, int], int] = {}
    for uses, (number, length) in itertools.product(range(3), enumerate(LENGTHS.values)):
        values[uses, number] = greatest({**HELD, "outages": uses, "longest_outage": length})
    expected = {
        (uses, number): value
        for (uses, number), value in values.items()
        if all(
            other < value for (u, n), other in values.items() if (u, n) != (uses, number) and u <= uses and n <= number
        )
    }
    seen = {}
    for one in found.steps:
        length = {change.name: change.value for change in one.lengths}.get("longest_outage", LENGTHS.values[0])
        seen[dict(one.combination.uses).get("network outage", 0), LENGTHS.values.index(length)] = one.point.value
        assert one.minimal
    assert seen == expected
    assert len(seen) > 3
    assert found.whole


def test_a_deviation_is_an_adversity_and_is_told_by_name() -> None:
    found = staircase(load("tests.answers.test_cuts:relay"), "loss", order=2)
    told = [(one.point.value, str(one)) for one in found.steps]
    assert told[0] == (0, "nothing")
    assert (2, "line failure") in told
    assert (4, "2 x line failure") in told
    tried = {one.combination for one in found.tried}
    assert Combination((), (Change("guarded", False),)) in tried
    assert "patience: it has no list of values" in found.varied.untried


def test_what_is_not_exact_is_told_and_what_is_above_it_may_need_less() -> None:
    found = staircase(load(STORE), "orders_lost", {"outages": 0}, order=1, limits=Limits(states=50))
    (disk,) = [one for one in found.steps if str(one) == "disk failure"]
    assert disk.point.known is Known.AT_LEAST
    assert not found.whole
    assert [str(one) for one in found.open] == ["disk failure"]


def test_a_budget_of_states_ends_it_and_what_is_left_is_told() -> None:
    whole = staircase(load(STORE), "orders_lost", HELD)
    found = staircase(load(STORE), "orders_lost", HELD, budget=2 * LEAST)
    assert found.stopped == f"the budget of {2 * LEAST:,} states was spent"
    assert (found.searches, whole.searches > 1) == (1, True), "a composition counts as a search"
    assert [one.point.known for one in found.tried[1:]] == [Known.NOT_TRIED] * (len(whole.tried) - 1)
    assert {one.point.reason for one in found.open} == {found.stopped}


def test_an_interrupt_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = Asking.on, []

    def on(self: Asking, *arguments: Any) -> Point:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(Asking, "on", on)
    found = staircase(load(STORE), "orders_lost", HELD)
    assert found.stopped == INTERRUPTED
    known = [one.point.known for one in found.tried]
    assert known[:2] == [Known.EXACT, Known.EXACT]
    assert set(known[2:]) == {Known.NOT_TRIED}
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["the_disk_works"], "is no worst case"),
        (["orders_lost", "--length", "longest_outage=2h,1h"], "lengths are numbers or durations that ascend"),
        (["orders_lost", "--length", "hasty=no,yes"], "lengths are numbers or durations that ascend"),
        (["orders_lost", "--length", "outages=0,1", "--set", "outages=1"], "is set, and varied as well"),
        (["orders_lost", "--order", "0"], "[DR4"),
    ],
)
def test_bad_input_is_a_coded_error(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["staircase", STORE, *arguments]) == 2
    out = capsys.readouterr()
    assert said in out.err
    assert "Traceback" not in out.err
