"""Exact curves of worst cases: held against the greatest value of all states, and what is told where nothing is exact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from drcheck import Component, ParameterRole, System, compose, design, hours, on
from drcheck.answers.axes import Axis, grid
from drcheck.answers.curve import curve, repair_changes, subsets
from drcheck.answers.points import INTERRUPTED, Asking, Known, Point
from drcheck.cli.data import parameters_data
from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import DrcheckError, UsageError
from drcheck.report.curves import curve_data, curve_plot, same

STORE = "tests.support.store_design:store"
NO_DISK = {"disk_failures": 0}


def store() -> Design:
    return load(STORE)


def greatest(settings: dict[str, Any]) -> int:
    """The most orders lost in any state, one state after the other."""
    system = store().build(settings)
    cell = next(n for n, cell in enumerate(system.cells) if cell.name == "disk.lost")
    found = engine_named("python").explore(system, Query((), ()), Limits(), None)
    return max(found.state(n)[cell] for n in range(found.states))


def test_every_point_is_the_greatest_value_of_all_states() -> None:
    lengths = Axis("longest_outage", tuple(hours(n) for n in (0, 2, 4)))
    series = grid([Axis("threshold", (hours(1), hours(2)))], subsets({"bigger": True, "hasty": True}))
    found = curve(store(), "orders_lost", lengths, series, NO_DISK)
    assert len(found.series) == 8
    assert found.whole
    for one in found.series:
        for point, length in zip(one.points, lengths.values, strict=True):
            assert point.value == greatest({**NO_DISK, **one.settings, "longest_outage": length}), (one, length)
            assert point.known is Known.EXACT
    assert found.searches == 18, "of 24: a threshold of 2 h is one of 1 h with a store that keeps an hour more"
    assert [str(one.settings) for one in found.series if one.falls] == []


def test_a_curve_that_falls_says_where() -> None:
    found = curve(store(), "orders_lost", Axis("threshold", (hours(0), hours(1), hours(3))), [{}], NO_DISK)
    assert found.series[0].values == [4, 3, 1]
    assert found.series[0].falls == [1, 2]


def test_what_is_stated_is_kept_unless_it_is_varied() -> None:
    found = curve(store(), "orders_lost", Axis("outages", (0, 1)), settings=NO_DISK)
    assert found.series[0].values == [0, 2]
    assert found.unit == "orders"


def test_what_a_search_did_not_decide_is_no_value() -> None:
    lengths = Axis("longest_outage", (hours(1), hours(4)))
    found = curve(store(), "orders_lost", lengths, settings={"threshold": hours(0)}, limits=Limits(states=20))
    assert not found.whole
    assert [point.known for point in found.series[0].points] == [Known.AT_LEAST] * 2
    capped, stopped = found.series[0].points
    assert capped.text == "at least 40 orders", "nobody has to replace the disk, so the cap is reached"
    assert "the cap of disk.lost" in capped.reason
    assert "the search stopped at the limit of 20 states" in stopped.reason


def test_an_interrupt_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = Asking._searched, []

    def searched(self: Asking, settings: Any, label: str) -> Point:
        calls.append(label)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, settings, label)

    monkeypatch.setattr(Asking, "_searched", searched)
    found = curve(store(), "orders_lost", Axis("longest_outage", (hours(3), hours(4), hours(5))), settings=NO_DISK)
    assert found.stopped == INTERRUPTED
    assert [p.known for p in found.series[0].points] == [Known.EXACT, Known.NOT_TRIED, Known.NOT_TRIED]
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["the_disk_works", "--along", "outages=0..2"], "available: orders_lost, disk_away; name one of these"),
        (["orders_lost", "--along", "outages"], "--along 'outages' names no values"),
        (["orders_lost", "--along", "outages=2..0"], "the values of outages from 2 to 0, which is less"),
        (["orders_lost", "--along", "outages=0..9"], "[DR205] parameter outages cannot be 9"),
        (["orders_lost", "--along", "longest_outage=0h..2h/0h"], "in steps of nothing"),
        (
            ["orders_lost", "--along", "longest_outage=0h..2h/1s", "--each", "hasty=yes..no"],
            "which has no values between two",
        ),
        (["orders_lost", "--along", "longest_outage=0h..9000h/1m"], "names 540,001 values"),
        (["orders_lost", "--along", "longest_otage=0h..2h"], "[DR204]"),
        (
            ["orders_lost", "--along", "outages=0,1", "--set", "outages=1"],
            "parameter outages is set, and varied as well",
        ),
        (["orders_lost", "--along", "outages=0,1", "--repairs", "outages"], "outages is no repair of design"),
        (
            ["orders_lost", "--along", "outages=0,1", "--each", "hasty=no", "--repairs", "hasty"],
            "one parameter is varied twice",
        ),
        (["orders_lost", "--along", "outages=0,1", "--output", "x.png"], "--output x.png: of what form?"),
        (
            ["orders_lost", "--along", "outages=0,1", "--each", "outages=1"],
            "parameter outages is the axis, and varied beside it",
        ),
        (["nothing", "--along", "outages=0,1"], "[DR301]"),
    ],
)
def test_bad_input_is_a_coded_error(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["curve", STORE, *arguments]) == 2
    out = capsys.readouterr()
    assert said in out.err
    assert "Traceback" not in out.err


def test_a_repair_without_a_list_of_values_cannot_be_among_subsets() -> None:
    @design
    def tried(tries: Annotated[int, "how often it is tried", ParameterRole.REPAIR] = 1) -> System:
        return compose("tried", [Component("part", ["here"], transitions=[on("waits", "here")])])

    with pytest.raises(UsageError, match="tries has no list of values") as raised:
        repair_changes(tried, ["tries"])
    assert raised.value.code == "DR401"


def test_a_point_that_cannot_be_composed_is_told() -> None:
    found = curve(store(), "orders_lost", Axis("longest_outage", (hours(1), hours(1) + hours(1))), settings=NO_DISK)
    assert found.whole
    with pytest.raises(DrcheckError):
        curve(store(), "orders_lost", Axis("longest_outage", ()), settings=NO_DISK)


def test_the_plot_has_a_panel_for_each_threshold_and_letters_for_repairs() -> None:
    lengths = Axis("longest_outage", (hours(1), hours(4)))
    series = grid([Axis("threshold", (hours(1), hours(2)))], subsets({"bigger": True}))
    found = curve(store(), "orders_lost", lengths, series, NO_DISK)
    plot = curve_plot(curve_data(found, parameters_data), ["threshold"])
    assert [[panel.title for panel in row] for row in plot.rows] == [["threshold=1h", "threshold=2h"]]
    assert [letter for letter, _ in plot.letters] == ["A", "B"]
    shown = [[(m.x, m.y) for m in line.marks if m] for panel in plot.rows[0] for line in panel.lines]
    assert shown[0] == [(3600, 0), (14400, 3)]
    assert len(same(found)) == 3, "what is equal is one row"
