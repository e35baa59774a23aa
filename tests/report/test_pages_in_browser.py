"""Pages of a review in Chromium: skipped where Playwright or the browser is missing (see tests/support/browser.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.report import collect
from drcheck.report.pages import files
from tests.report.test_charts_in_review import lights
from tests.support.browser import PATIENCE, browser, violations

WIDTHS = (390, 800, 1280)
SMALLEST = 7 * 96 / 72
"""Seven points, in pixels."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index and two studies, with charts, trees and findings."""
    made = collect([load("drcheck.examples:pair"), lights], claims=(), budget=100_000)
    where = tmp_path_factory.mktemp("review")
    for name, text in files(made).items():
        (where / name).write_text(text, encoding="utf-8")
    return where


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


def pages(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.html"))
    assert len(found) >= 3, "an index and two studies"
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_are_accessible_and_nothing_scrolls_sideways(folder: Path, opened: Any, dark: bool) -> None:
    context = opened.new_context(color_scheme="dark" if dark else "light")
    context.set_default_timeout(PATIENCE)
    try:
        for path in pages(folder):
            page = context.new_page()
            page.goto(path.as_uri())
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert beyond <= 0, (path.name, width)
                assert violations(page) == [], (path.name, width)
            page.close()
    finally:
        context.close()


def test_the_first_finding_is_five_tabs_away_at_most(folder: Path, opened: Any) -> None:
    page = opened.new_page()
    page.goto((folder / "report.html").as_uri())
    ways = []
    for _ in range(5):
        page.keyboard.press("Tab")
        ways.append(page.evaluate("document.activeElement.getAttribute('href') || ''"))
    assert any(way.startswith("#finding-") for way in ways), ways


def test_no_letters_on_paper_are_smaller_than_seven_points(folder: Path, opened: Any) -> None:
    page = opened.new_page()
    page.emulate_media(media="print")
    for path in pages(folder):
        page.goto(path.as_uri())
        sizes = page.evaluate(
            """[...document.querySelectorAll('body *')].filter(e => e.offsetParent !== null && !e.closest('svg')
            && [...e.childNodes].some(c => c.nodeType === 3 && c.data.trim()))
            .map(e => [parseFloat(getComputedStyle(e).fontSize), e.outerHTML.slice(0, 80)])"""
        )
        assert sizes, "something is printed"
        assert min(sizes)[0] >= SMALLEST, min(sizes)


def test_the_text_of_a_trace_is_drawn_when_it_is_opened(folder: Path, opened: Any) -> None:
    page = opened.new_page()
    page.goto((folder / "report.html").as_uri())
    trace = page.locator("article[id^=trace-] > details").first
    assert trace.locator("svg.drawn").count() == 0
    trace.evaluate("it => it.open = true")
    trace.locator("svg.drawn .row").first.wait_for()
    rows = trace.locator("svg.drawn .row").count()
    steps = [
        line
        for line in trace.locator("pre.trace").inner_text().splitlines()
        if line.lstrip()[:2].rstrip(".").isdecimal()
    ]
    assert rows == len(steps)
