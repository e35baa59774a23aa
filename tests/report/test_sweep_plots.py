"""Pictures of sweeps: what stands in them is what the rows say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.cli.data import parameters_data
from drcheck.cli.main import run as command
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.errors import UsageError
from drcheck.render.cell_map import SHADES, SIGNS, CellMap, level_of, levels_between
from drcheck.render.plot import Plot
from drcheck.render.style import ALARM, INK
from drcheck.report.documents import runs_of
from drcheck.report.sweep_plots import drawn, plots_of
from drcheck.report.sweeps import sweep_data

STORE = "tests.support.store_design:store"
SVG = "{http://www.w3.org/2000/svg}"


def made(name: str, vary: dict[str, Any], **more: Any) -> tuple[SweepTable, dict[str, Any]]:
    found = sweep(load(STORE), vary, name, {"disk_failures": 0}, **more)
    return found, {"kind": "sweep", "version": 1, **sweep_data(found, parameters_data)}


def cells(svg: str) -> list[tuple[str, str]]:
    """What the cells of a map say when they are pointed at, and what stands in them."""
    parts = list(ElementTree.fromstring(svg))
    return [
        (title.text or "", parts[number + 1].text or "")
        for number, part in enumerate(parts)
        if part.tag == f"{SVG}rect" and (title := part.find(f"{SVG}title")) is not None
    ]


def lines(svg: str) -> Counter[tuple[str | None, str | None]]:
    return Counter((x.get("stroke"), x.get("stroke-width")) for x in ElementTree.fromstring(svg).iter(f"{SVG}line"))


VARIED = {"longest_outage": "0h..5h", "threshold": "0h..4h", "outages": [1, 2]}


def test_a_map_has_a_sign_for_each_verdict_and_a_heavy_line_where_it_changes() -> None:
    found, data = made("nothing_is_lost", VARIED)
    svg = drawn(data)
    sign = {"HOLDS": SIGNS["holds"][2], "VIOLATED": SIGNS["violated"][2]}
    said = {title.partition(": ")[0]: text for title, text in cells(svg)}
    assert len(said) == len(found.rows) == 60
    for row in found.rows:
        assert said[", ".join(f"{k}={v}" for k, v in row.at.items())] == sign[row.answer.verdict]
    changes = neighbours(found, lambda a, b: a.verdict != b.verdict)
    assert lines(svg)[ALARM, "2.4"] == changes > 0


def test_a_table_in_a_review_has_a_line_for_values_with_the_same_answers() -> None:
    points = {(x, y): {"p": said} for x, y, said in ("0ax", "0bx", "1ax", "1by", "2az", "2by")}
    runs = [(("0..1", "a"), ["x"]), (("2", "a"), ["z"]), (("0", "b"), ["x"]), (("1..2", "b"), ["y"])]
    assert list(runs_of(points, ["p"])) == runs


def neighbours(found: SweepTable, differ: Callable[[Any, Any], bool]) -> int:
    """How many pairs of neighbouring cells differ."""
    at = {tuple(row.at.values()): row.answer for row in found.rows}
    axes = [axis.values for axis in found.axes]
    number = 0
    for place, answer in at.items():
        for n in (0, 1):
            position = axes[n].index(place[n]) + 1
            if position < len(axes[n]):
                number += differ(answer, at[*place[:n], axes[n][position], *place[n + 1 :]])
    return number


def test_contours_stand_between_levels_and_the_bound() -> None:
    found, data = made("orders_lost", VARIED)
    svg = drawn(data, "contours")
    said = {title.partition(": ")[0]: text for title, text in cells(svg)}
    for row in found.rows:
        assert said[", ".join(f"{k}={v}" for k, v in row.at.items())] == str(row.answer.value)
    bound = neighbours(found, lambda a, b: a.verdict != b.verdict)
    (plot,) = plots_of(data, "contours")
    assert isinstance(plot, CellMap)
    assert plot.levels == levels_between(0, 10) == (0, 2, 4, 6, 8)
    levels = neighbours(
        found,
        lambda a, b: a.verdict == b.verdict and level_of(a.value, plot.levels) != level_of(b.value, plot.levels),
    )
    assert lines(svg)[ALARM, "2.4"] == bound + 1 > 1, "and one in the legend"
    assert lines(svg)[INK, "1.1"] == levels > 0


@pytest.mark.parametrize(
    ("least", "most"), [(0, 0), (0, 1), (0, 5), (0, 6), (0, 999), (3, 3), (3, 8), (3, 9), (17, 401), (-4, 30)]
)
def test_levels_are_no_more_than_shades_and_divide_the_values(least: int, most: int) -> None:
    levels = levels_between(least, most)
    found = [level_of(value, levels) for value in range(least, most + 1)]
    assert sorted(set(found)) == list(range(len(set(found)))) == list(range(len(levels) + 1))
    assert len(set(found)) <= len(SHADES)


def test_curves_have_the_values_and_say_what_is_not_exact() -> None:
    found, data = made("orders_lost", VARIED)
    (plot,) = plots_of(data)
    assert isinstance(plot, Plot)
    assert [panel.title for row in plot.rows for panel in row] == ["outages=1", "outages=2"]
    names = dict(plot.letters)
    for panel, outages in zip(plot.rows[0], (1, 2), strict=True):
        for line in panel.lines:
            for letter in line.letters:
                at = {"outages": outages, "threshold": names[letter].partition("=")[2]}
                own = [r for r in found.rows if all(str(r.at[k]) == str(v) for k, v in at.items())]
                assert [mark and mark.y for mark in line.marks] == [row.answer.value for row in own]
    found, data = made("disk_away", {"threshold": "1h..2h"})
    data["rows"][1]["known"] = "at least"
    (plot,) = plots_of(data)
    assert isinstance(plot, Plot)
    assert [mark and mark.exact for mark in plot.rows[0][0].lines[0].marks] == [
        found.rows[0].answer.known == "exact",
        False,
    ]


def test_what_is_not_decided_has_a_sign_of_its_own() -> None:
    found, data = made("nothing_is_lost", {"threshold": "1h..3h"}, limits=Limits(seconds=1e-9))
    assert {text for _, text in cells(drawn(data))} == {SIGNS["none"][2]}
    assert f"stopped: {found.figures.stopped}" in drawn(data)
    for row in data["rows"]:
        row["verdict"] = "INCONCLUSIVE"
    assert {text for _, text in cells(drawn(data))} == {SIGNS["undecided"][2]}


@pytest.mark.parametrize(
    ("names", "form", "said"),
    [
        ("nothing_is_lost", "curves", "no values to draw curves of"),
        ("nothing_is_lost", "contours", "no values to draw contours of"),
        ((), "auto", "one picture shows one property, and the sweep has 4"),
    ],
)
def test_what_cannot_be_drawn_is_refused(names: Any, form: str, said: str) -> None:
    _, data = made(names, {"threshold": "1h..2h"})
    with pytest.raises(UsageError, match=said):
        drawn(data, form)


def test_no_name_can_leave_its_place() -> None:
    _, data = made("nothing_is_lost", {"threshold": "1h..2h"})
    data["title"] = data["axes"][0]["name"] = "<script>&\"'"
    for row in data["rows"]:
        row["at"] = {data["axes"][0]["name"]: row["at"]["threshold"]}
    assert "<script>" not in drawn(data)
    ElementTree.fromstring(drawn(data))


def test_a_review_takes_a_kept_sweep_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pair = "drcheck.examples:pair"
    words = [
        "keep",
        "sweep",
        pair,
        "longest_wait",
        "one_at_a_time",
        "--vary",
        "patience=0h..3h",
        "--vary",
        "failures=1,2",
    ]
    assert command([*words, "--answers", "none"]) == 0
    assert command(["review", pair]) in (0, 1)
    pages = " ".join(path.read_text(encoding="utf-8") for path in (tmp_path / "review").glob("*.html"))
    assert "Verdicts for many settings" in pages
    assert re.search(r'aria-label="one_at_a_time".*?failures', pages, re.DOTALL)
    assert "3 ticks (3h)" in " ".join(path.read_text(encoding="utf-8") for path in (tmp_path / "review").glob("*.md"))
