"""Pages in Chromium, by Playwright: skipped where either is missing.

`pip install axe-playwright-python` brings Playwright and axe; the browser is the system's (`apt install chromium`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60_000
"""Milliseconds that a page may take: a loaded machine is no finding."""


def chromium() -> str:
    """The program, where Playwright is there as well; skips otherwise."""
    pytest.importorskip("playwright", reason="without Playwright")
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("without Chromium")
    return found


@contextmanager
def explorer(*words: str, where: Path = ROOT) -> Iterator[str]:
    """`drcheck explore` as a user starts it: the address that it prints, until it is ended as a closed terminal ends it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    process = subprocess.Popen(
        [sys.executable, "-m", "drcheck", "explore", *words],
        cwd=where,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if address := re.search(r"http://127\.0\.0\.1:\d+/#\S+", line):
                yield address[0]
                break
        else:
            pytest.fail("".join(said))
    finally:
        import signal

        process.send_signal(getattr(signal, "SIGHUP", signal.SIGTERM))
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window."""
    program = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def page_at(opened: Any, address: str, width: int = 1400, *, dark: bool = False, bypass: bool = False) -> Iterator[Any]:
    """A page of the browser; what it complains of fails the test. `bypass`: for scripts of the test itself."""
    context = opened.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", bypass_csp=bypass
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.locator("#enabled").get_by_role("button").or_(page.get_by_text("No step is possible")).first.wait_for()
    try:
        yield page
        # A refusal is answered with status 400, which Chromium notes; the page says it itself.
        assert not [text for text in wrong if "400 (Bad Request)" not in text]
    finally:
        context.close()


def violations(page: Any) -> list[str]:
    """What axe finds wrong with the page as it is, each with where. The page must have been opened with `bypass`."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="without axe")
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
