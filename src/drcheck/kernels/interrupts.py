"""Ctrl-C during a search, which must not be cut in the middle of a state."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether an interrupt waits to be heard."""

    def __init__(self, *, patient: bool = False) -> None:
        self.pending = False
        self._heard = False
        self._patient = patient

    def heard(self) -> None:
        """Say that the waiting interrupt is being seen to."""
        self._heard = True

    @property
    def lost(self) -> bool:
        """Whether an interrupt still waits."""
        return self.pending and not self._heard

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler: the first interrupt waits, a second one is not kept waiting unless this is patient."""
        if self.pending and not self._patient:
            raise KeyboardInterrupt
        self.pending = True


_holding: list[Interrupts] = []
"""Who holds interrupts back now; the last one does."""


def interrupt(number: int, frame: FrameType | None) -> None:
    """The handler of another signal that ends the current work like Ctrl-C."""
    if _holding:
        _holding[-1].note(number, frame)
    else:
        raise KeyboardInterrupt


@contextmanager
def deferred(*, patient: bool = False) -> Iterator[Interrupts]:
    """Hold interrupts back until `pending` is examined.

    Those from the keyboard only where Python's own handler would raise KeyboardInterrupt here: other handlers are somebody
    else's policy. Threads other than the main one are never interrupted.

    `patient`: however many come. For what waits for other threads by `threading` or `concurrent.futures`, whose locks are
    written in Python, and are left in disorder by an exception that comes between two of their steps (seen: RuntimeError
    "release unlocked lock" in place of KeyboardInterrupt). It is to look at `pending` often.

    Raises KeyboardInterrupt at the end where one came that was not `heard`.
    """
    interrupts = Interrupts(patient=patient)
    mine = threading.current_thread() is threading.main_thread()
    if not mine:
        yield interrupts
        if interrupts.lost:  # one that was not a signal
            raise KeyboardInterrupt
        return
    own = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    _holding.append(interrupts)
    if own:
        signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        if own:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        _holding.remove(interrupts)
    if interrupts.lost:  # it came when there was nothing left to stop
        raise KeyboardInterrupt
