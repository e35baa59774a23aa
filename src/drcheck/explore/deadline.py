"""The time by which something is to end, and how what does not look at a clock is cut short there.

A search looks at its limits itself, and ends with whole states. What goes before it and after it (composing, reducing, the
analysis of a graph, replaying a trace) is plain Python, some of it the user's: it is cut as an interrupt would cut it, by an
exception that a second thread raises in this one (`PyThreadState_SetAsyncExc` of the C API). That is heard between two
instructions of Python, in any thread and on any system. What is away from the interpreter for long goes to a thread of its own
that nobody has to wait for (`apart`).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from drcheck.errors import EngineError

T = TypeVar("T")

GRACE, SHARE = 0.3, 0.05
"""What verdicts and traces of a search that the limit ended may still take: so many seconds, and such a part of the limit."""
POLL = 0.02
"""Seconds between two looks whether somebody stopped waiting."""


class OutOfTimeError(BaseException):
    """The deadline has passed. As KeyboardInterrupt it is no Exception, so that nobody takes it for an error of their own."""


class Deadline:
    """So many seconds from now; None: no end.

    `seconds`: the limit, as its user gave it.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._began = time.perf_counter()
        self._end = math.inf if seconds is None else self._began + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, not below 0; infinite where there is no end."""
        return max(0.0, self._end - time.perf_counter())

    @property
    def passed(self) -> bool:
        """Whether it has passed."""
        return time.perf_counter() > self._end

    @property
    def reason(self) -> str:
        """What ended something that it ended."""
        return seconds_limit(self.seconds or 0.0)

    def with_grace(self) -> Deadline:
        """A little later: for what is to be told of a search that this one ended."""
        later = Deadline(self.seconds)
        later._began, later._end = self._began, self._end + GRACE + SHARE * (self.seconds or 0.0)
        return later

    def at_most(self, seconds: float) -> Deadline:
        """This one, or one in so many seconds if that is sooner; its `seconds` are still the user's."""
        sooner = Deadline(self.seconds)
        sooner._began, sooner._end = self._began, min(self._end, time.perf_counter() + seconds)
        return sooner

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Raise OutOfTimeError in what is done within when the deadline passes; at once where it has."""
        if self._end == math.inf:
            yield
            return
        if self.passed:
            raise OutOfTimeError
        bell = _Bell(self.left)
        try:
            yield
        finally:
            bell.silence()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """As `cut`, for what comes before there is anything to tell. Raises EngineError DR510."""
        try:
            with self.cut():
                yield
        except OutOfTimeError:
            raise EngineError(
                "DR510", f"{self.reason} passed while {what}; nothing was decided", remedy="give a higher limit of seconds"
            ) from None


class _Bell:
    """Rings once in the thread that makes it, after some seconds, unless it is silenced before."""

    def __init__(self, seconds: float) -> None:
        self._rings_in, self._silent = threading.get_ident(), threading.Event()
        self._thread = threading.Thread(target=self._wait, args=[seconds], name="drcheck deadline", daemon=True)
        self._thread.start()

    def _wait(self, seconds: float) -> None:
        if not self._silent.wait(min(seconds, threading.TIMEOUT_MAX)):
            _raise_in(self._rings_in, OutOfTimeError)

    def silence(self) -> None:
        """From here on it does not ring. What it raised and was not heard yet is taken back."""
        while True:
            with contextlib.suppress(OutOfTimeError):  # it rings once, so this is left
                self._silent.set()
                self._thread.join()
                _raise_in(self._rings_in, None)
                return


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    argument = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)


_left: list[threading.Thread] = []
"""Threads that nobody waits for any more, and that may still be at work."""


def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises, which for long does not return to the interpreter.

    It is done in a thread of its own, so that an interrupt, or a deadline, ends the wait for it. It then goes on by itself:
    `work` must change nothing that anybody uses afterwards.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def do() -> None:
        try:
            results.append(work())
        except BaseException as error:  # it is the caller's
            errors.append(error)

    thread = threading.Thread(target=do, name="drcheck work", daemon=True)
    _left.append(thread)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
    _left.remove(thread)
    if errors:
        raise errors[0]
    return results[0]


def left_alone() -> bool:
    """Whether work that nobody waits for goes on."""
    return any(thread.is_alive() for thread in _left)


@atexit.register
def _wait_for_them() -> None:
    """Machine code must not go on while what it works with is taken down."""
    for thread in _left:
        thread.join()


def seconds_limit(seconds: float) -> str:
    """Why a search stopped, where it was the time."""
    return f"the limit of {seconds:g} seconds"
