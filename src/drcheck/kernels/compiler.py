"""Large texts are compiled in a separate process, as nothing ends a compiler that runs in this one.

A limit of time, or an interrupt, kills the process. The text goes to its standard input, the object file comes from its
standard output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from drcheck.kernels.budget import counted
from drcheck.kernels.deadline import POLL, OutOfTimeError

COST = {0: 0.6e-6, 2: 2.4e-6}
"""Seconds that a character takes, by level, about."""
PROCESS, EACH = 84 << 20, {0: 48, 2: 192}
"""Bytes of memory that a separate process takes, and that a character takes, by level: measured."""
LONG = 0.5
"""From this many seconds on, it is worth the start of a process."""

GiveUp = Callable[[], bool]


def is_long(text: str, level: int) -> bool:
    """Whether a text is compiled in a separate process."""
    return len(text) * COST[level] > LONG


def memory_of(text: str, level: int) -> int:
    """Bytes of memory that it takes to compile a text, in this process and in another one together, about."""
    return len(text) * EACH[level] + (PROCESS if is_long(text, level) else 0)


def compiled(text: str, level: int, give_up: GiveUp | None = None) -> bytes | None:
    """The object file of a text, made by another process; None if there cannot be one.

    Raises OutOfTimeError if `give_up` says so, MemoryError if the system ended the process.
    """
    # The modules come from where this process has them.
    program = f"import sys; sys.path[:] = {sys.path!r}; from {__package__}.jit import serve; serve({level})"
    try:
        with (
            tempfile.TemporaryFile() as given
        ):  # what a pipe does not take at once is not sent after a wait that timed out
            given.write(text.encode())
            given.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=os.name == "posix",  # an interrupt from the keyboard is for this process
            )
    except OSError:
        return None
    try:
        with counted(process.pid):
            while True:
                try:
                    made, _ = process.communicate(timeout=POLL)
                    break
                except subprocess.TimeoutExpired:
                    if give_up is not None and give_up():
                        raise OutOfTimeError from None
    finally:
        process.kill()
        process.wait()
    if process.returncode < 0:
        raise MemoryError("the compiler was ended")
    return made if process.returncode == 0 else None
