"""Processes that run a module of the package and are talked to by pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import IO


class Child:
    """A process that runs a module, and finds the modules that this one finds.

    `to` is its input, `pipe` the number of its output.
    """

    def __init__(self, module: str) -> None:
        path = os.pathsep.join(part for part in sys.path if part)
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.to: IO[bytes] = self.process.stdin
        self._from = self.process.stdout
        self.pipe = self._from.fileno()

    def ended(self) -> str:
        """How it ended, in words; waits until it has."""
        status = self.process.wait()
        return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"

    def kill(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.to, self._from):
            with suppress(OSError):  # what was not written any more
                stream.close()


__all__ = ["Child"]
