"""Charts of a review: what disruptions cost beside their objectives, and what adversities break alone and in pairs."""

from __future__ import annotations

import re
from typing import Annotated

import pytest

from drcheck import (
    Component,
    Counter,
    ParameterRole,
    System,
    compose,
    design,
    disruption,
    never,
    objective,
    on,
    stated,
    worst_case,
)
from drcheck.logic.kinds import Property
from drcheck.render.bars import Bar, BarChart, BarPanel, bars_svg
from drcheck.render.triangle import Pair, Triangle, triangle_svg
from drcheck.report import Study
from tests.support.review import html_of
from tests.support.review import study as collect


@stated()
def lamp_or_candle(d: System) -> Property:
    """There is light."""
    return never(d.lamp.out & d.candle.out)


@stated()
def lamp_shines(d: System) -> Property:
    """The lamp shines."""
    return never(d.lamp.out)


@stated(measures="loss")
def lights_lost(d: System) -> Property:
    """How many lights go out at worst."""
    return worst_case(d.lamp.lost + d.candle.lost)


def light(name: str) -> Component:
    lost = Counter("lost", cap=1, cap_is="all that there is", unit="lights")
    return Component(
        name,
        ["lit", "out"],
        initial="lit",
        variables=[lost],
        transitions=[on(f"{name}_goes_out", "lit", "out", kind="environment", fault=name, then={lost: lost + 1})],
    )


@design(title="Two lights", properties=__name__)
def lights(
    lamp_fails: Annotated[int, "how often the lamp may go out", range(2), ParameterRole.FAULT] = 1,
    candle_fails: Annotated[int, "how often the candle may go out", range(2), ParameterRole.FAULT] = 1,
) -> System:
    """Either may go out."""
    return compose(
        "lights",
        [light("lamp"), light("candle")],
        faults={"lamp": lamp_fails, "candle": candle_fails},
        objectives=[
            objective(disruption("a draught", lamp_fails=0, candle_fails=1), loses_at_most="1 lights", source="a rule"),
            objective(disruption("a storm", lamp_fails=1, candle_fails=1), loses_at_most="1 lights", source="a rule"),
        ],
    )


@pytest.fixture(scope="module")
def review() -> Study:
    return collect([lights], claims=(), budget=1_000_000)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def pictures(source: str) -> list[str]:
    return re.findall(r'<div class="picture curves">(.*?)</div>', source, re.DOTALL)


def test_what_disruptions_cost_stands_beside_their_objectives(review: Study) -> None:
    (chart,) = [svg for svg in pictures(html_of(review)) if "a draught" in svg]
    said = texts(chart)
    assert "1 light; objective at most 1 lights: met" in " ".join(said)
    assert "2 lights; objective at most 1 lights: missed" in " ".join(said)


def test_what_adversities_break_alone_and_together(review: Study) -> None:
    (chart,) = [svg for svg in pictures(html_of(review)) if "Which adversities" in svg]
    assert {"lamp  1", "candle  2"} <= set(texts(chart))
    assert "<title>lamp: lamp_shines</title>" in chart
    assert "<title>candle, lamp: lamp_or_candle</title>" in chart


def test_bars_have_the_lengths_of_their_values() -> None:
    bars = (
        Bar("half", 10, "10", limit=20),
        Bar("whole", 20, "20", limit=15, broken=True),
        Bar("more", 20, "at least 20", exact=False),
        Bar("open", None, "not known"),
    )
    svg = bars_svg(BarChart("t", (), (BarPanel("p", bars),)))
    widths = [float(n) for n in re.findall(r'<rect [^>]*width="([\d.]+)" height="11"', svg)]
    assert widths == [125, 250, 250], "what is not known has no bar"
    assert svg.count("<polygon") == 2, "an arrow at the bar, and one in the legend"
    assert {"the objective", "not known"} <= set(texts(svg))


def test_a_triangle_shows_each_pair_once_and_marks_what_is_new() -> None:
    svg = triangle_svg(
        Triangle("t", (), ("a", "b"), (Pair(0, 0, 3), Pair(0, 1, 7, "a, b: p", marked=True)), "so many", "new")
    )
    assert [text for text in texts(svg) if text in ("3", "7")] == ["3", "7"]
    assert svg.count('stroke-width="2.4"') == 2, "the cell and its sample"
    assert "new" in texts(svg)
    assert "new" not in texts(triangle_svg(Triangle("t", (), ("a",), (Pair(0, 0, 1),), "so many", "new")))
