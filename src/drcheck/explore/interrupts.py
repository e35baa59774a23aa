"""Ctrl-C during a search that is not to be cut in the middle of a state."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether an interrupt waits to be heard."""

    def __init__(self) -> None:
        self.pending = False
        self._heard = False

    def heard(self) -> None:
        """Say that the waiting interrupt is being seen to."""
        self._heard = True

    @property
    def lost(self) -> bool:
        """Whether an interrupt still waits."""
        return self.pending and not self._heard

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler: the first interrupt waits, a second one is not kept waiting."""
        if self.pending:
            raise KeyboardInterrupt
        self.pending = True


@contextmanager
def deferred() -> Iterator[Interrupts]:
    """Hold interrupts back until `pending` is looked at.

    Only where Python's own handler would raise KeyboardInterrupt here: other handlers are somebody else's policy, and
    threads other than the main one are never interrupted.
    """
    interrupts = Interrupts()
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if interrupts.lost:  # it came when there was nothing left to stop
        raise KeyboardInterrupt
