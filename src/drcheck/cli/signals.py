"""Signals that end the command: they act like an interrupt from the keyboard."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

ENDING = ("SIGTERM", "SIGHUP")
"""What a supervisor sends, and what comes when the terminal is closed; the system may know only one of them."""


@dataclass
class Asked:
    """The first signal that asked the command to end, or None: then it was the keyboard, or nothing."""

    signal: int | None = None

    @property
    def status(self) -> int:
        """The exit status if nothing was decided: as of a process that the signal ended."""
        return 128 + (self.signal or signal.SIGINT)


@contextmanager
def ending() -> Iterator[Asked]:
    """While this is open they end the command as Ctrl-C does. What is ignored (`nohup`), or has a handler, stays so."""
    asked, before = Asked(), dict[int, Any]()

    def end(number: int, frame: FrameType | None) -> None:
        from drcheck.kernels.interrupts import interrupt  # no search without it: then it is loaded by now

        asked.signal = asked.signal or number
        interrupt(number, frame)

    if threading.current_thread() is threading.main_thread():
        for name in ENDING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, handler)
