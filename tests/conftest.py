"""Settings for all tests: Hypothesis draws the same examples on every machine, and more of them on demand."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The width that a terminal library may have put into the environment of pytest's workers is not the tests' business.
os.environ.pop("COLUMNS", None)
# A run that was started in the background ignores interrupts, and so would the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Texts of systems are written although their machine code is known, and held against the keys that it was found by.
os.environ.setdefault("DRCHECK_WRITE_TEXTS", "1")

settings.register_profile(
    "ci",
    deadline=None,  # a loaded machine is no finding
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("ci")


@pytest.fixture
def command(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A command in the module's project: its status, and what it printed on standard output and standard error."""
    from drcheck.cli.main import run

    def call(*words: str) -> tuple[int, str, str]:
        status = run(words)
        return (status, *capsys.readouterr())

    return call
