"""A design that is checked again when a file changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import cli_project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process is ended with SIGINT")
WATCH = [sys.executable, "-m", "drcheck", "watch"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    cli_project.write_project(tmp_path)
    return tmp_path


def until(file: Path, text: str, number: int) -> str:
    """Wait until a text stands in a file so many times; what the file holds then."""
    end = time.monotonic() + 60
    while file.read_text().count(text) < number:
        assert time.monotonic() < end, file.read_text()
        time.sleep(0.05)
    return file.read_text()


def test_a_change_of_a_module_a_mistake_and_its_repair_are_seen(project: Path) -> None:
    said, promises = project / "said.txt", project / "properties/pair.py"
    whole = promises.read_text()
    with said.open("w") as output:
        process = subprocess.Popen(
            [*WATCH, "model.pair:pair", "P-1"], cwd=project, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
    try:
        assert "1 property: 1 hold" in until(said, "watching ", 1)
        promises.write_text(whole.replace("never(d.primary.up & d.standby.serving)", "never(d.primary.down)"))
        text = until(said, "watching ", 2)
        assert "changed: properties/pair.py\n" in text
        assert "1 property: 0 hold, 1 violated" in text
        promises.write_text("(")
        assert "error: [DR202]" in until(said, "watching ", 3)
        promises.write_text(whole)
        until(said, "1 property: 1 hold", 2)
        until(said, "watching ", 4)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()


def test_where_there_is_nothing_to_watch(project: Path) -> None:
    done = subprocess.run(
        [*WATCH, "nothing:nothing"], cwd=project, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: [DR201]")
