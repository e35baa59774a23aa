"""The explorer's page in a real browser: shortly on the example, and with DRCHECK_EXAMPLES=1000 on every design.

`DRCHECK_SCREENSHOTS=FOLDER` keeps pictures of three widths and of the dark.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from drcheck.designs.design import load
from tests.support.browser import ROOT, browser, explorer, page_at, violations
from tests.support.designs import DESIGNS
from tests.support.generated import MANY

SHOTS = os.environ.get("DRCHECK_SCREENSHOTS")
LOOKS = ((1400, False), (800, False), (390, False), (1400, True), (390, True))
"""Widths, and whether in the dark."""


def answered(page: Any) -> str:
    """The answer to what was asked last."""
    page.locator("#working").wait_for(state="hidden")
    return str(page.locator("#answer").inner_text())


def where(page: Any) -> str:
    return str(page.locator("#where").inner_text())


def walked_counterexample(page: Any, names: list[str]) -> str:
    """Decide properties until one has a trace, and walk along that by the keyboard; its name."""
    for name in names:
        page.locator("#property").select_option(name)
        page.locator("#answer").evaluate("element => element.replaceChildren()")
        page.get_by_role("button", name="Decide it, and walk its trace").click()
        page.locator("#answer p").first.wait_for()
        if "ahead" in answered(page):
            page.locator("body").press("n")
            page.get_by_text("Step 1", exact=False).first.wait_for()
            if page.locator("#next").is_enabled():
                page.locator("body").press("r")
                page.get_by_text("Stopped: the end of what was found").wait_for()
            assert page.locator("#next").is_disabled()
            return name
    raise AssertionError(f"none of {names} has a trace")


def explained_block(page: Any) -> str:
    """Why the first event that cannot happen here cannot, as the page says it; "" where all can."""
    first = page.locator("#blocked details").first
    if not first.count():
        return ""
    if first.get_attribute("open") is None:
        first.locator("summary").click()
    text = str(first.locator("li").first.inner_text())
    assert text
    return text


def lit(page: Any) -> dict[str, str]:
    """The states that are lit, by component."""
    found = {}
    for card in page.locator("#sites .component").all():
        states = card.locator("li.lit")
        if states.count():
            found[card.get_attribute("data-component")] = states.inner_text()
    return found


def broken_on(page: Any, expression: str) -> None:
    """What is ahead is run along, and stops where an expression holds, which is a column too."""
    page.locator("#expression").fill(expression)
    page.get_by_role("button", name="Stop where it holds").click()
    page.get_by_text(f"stops where {expression}").wait_for()
    page.get_by_role("button", name="As a column").click()
    page.locator("#history").get_by_role("columnheader", name=expression).wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text(f"Stopped: {expression} holds").wait_for()
    assert page.locator("#history tr.here td").last.inner_text() == "true"


def saved_test(page: Any, folder: Path) -> Path:
    """The way here, saved as a test."""
    with page.expect_download() as download:
        page.get_by_role("button", name="pytest test").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def passes(test: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "--rootdir", str(ROOT), str(test)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def pictured(opened: Any, address: str, name: str, looks: Sequence[tuple[int, bool]] = LOOKS) -> None:
    """Nothing is wider than the page at any width, and axe finds nothing, in the light and in the dark."""
    for width, dark in looks:
        with page_at(opened, address, width, dark=dark, bypass=True) as page:
            page.locator("#enabled button").first.click()
            page.get_by_text("Step 1", exact=False).first.wait_for()
            explained_block(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide at {width}"
            assert violations(page) == []
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{width}{'-dark' if dark else ''}.png", full_page=True)


def test_the_page_on_the_example(tmp_path: Path) -> None:
    with browser() as opened, explorer("drcheck.examples:pair", "somebody_serves") as address:
        with page_at(opened, address) as page:
            assert "#" not in page.url
            walked_counterexample(page, ["somebody_serves"])
            page.locator("#blocked-find").fill("take_over")
            assert "standby.waited = 2h (standby.waited = 0)" in explained_block(page)
            page.locator("#event").select_option("take_over")
            page.get_by_role("button", name="Nearest state where it can happen").click()
            page.get_by_text("2 steps ahead").wait_for()
            broken_on(page, "standby.waited >= 1h")
            command = shlex.split(page.locator("#command").input_value())
            assert address.partition("#")[2] not in page.content()
            at = where(page)
            test = saved_test(page, tmp_path)
            page.locator("#expression").fill("standby.waited >")
            page.get_by_role("button", name="Its value here").click()
            assert "[DR320]" in page.get_by_role("alert").inner_text()
            page.locator("#state-h").click()
            page.locator("body").press("b")
            page.locator("#path").fill(shlex.join(command))
            page.get_by_role("button", name="Open", exact=True).click()
            page.get_by_text(at).first.wait_for()
        passes(test)
        with explorer(*command[2:]) as again, page_at(opened, again) as page:
            assert where(page) == at
        pictured(opened, address, "pair", LOOKS if SHOTS else [(1400, False), (390, True)])
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"), browser() as opened:  # its terminal was closed
        opened.new_page().goto(address)


@pytest.mark.skipif(not MANY, reason="slow: DRCHECK_EXAMPLES=1000 takes it")
@pytest.mark.parametrize("target", DESIGNS)
def test_the_page_on_every_design(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    statements = load(target).statements({})
    known = [s for s in statements if s.findings] or statements
    with browser() as opened, explorer(target, known[0].name) as address:
        with page_at(opened, address) as page:
            options = page.locator("#property option").all()
            names = [o.get_attribute("value") for o in options if "(structure)" not in o.inner_text()]
            walked_counterexample(page, [s.name for s in [*known, *statements] if s.name in names][:8])
            explained = [explained_block(page)]
            after = lit(page)
            at, command = where(page), shlex.split(page.locator("#command").input_value())
            test = saved_test(page, tmp_path)
            page.locator("#history button").first.click()
            page.get_by_text("Step 0", exact=False).first.wait_for()
            before = lit(page)
            moved = [name for name, state in after.items() if before[name] != state]
            name = moved[0] if moved else next(iter(after))
            broken_on(page, f"{name}.{after[name]}")
            for _ in range(5):  # in some designs nearly everything can happen nearly always
                if not any(explained):
                    page.get_by_role("button", name="Walk", exact=True).click()
                    page.get_by_text("random steps:").wait_for()
                    explained.append(explained_block(page))
            assert any(explained)
        passes(test)
        with explorer(*command[2:]) as again, page_at(opened, again) as page:
            assert where(page) == at
        pictured(opened, address, target.replace(":", "-"))
