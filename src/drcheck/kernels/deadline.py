"""The time by which work must end, and how work that reads no clock is cut then; the same for memory.

A search looks at its limits itself, and ends with whole states. What goes before it and after it (composing, reducing, the
analysis of a graph, replaying a trace) is plain Python, some of it the user's: it is cut as an interrupt would cut it, by an
exception that a second thread raises in this one (`PyThreadState_SetAsyncExc` of the C API). That is heard between two
instructions of Python, in any thread and on any system. What is away from the interpreter for long goes to a separate thread
that no caller has to wait for (`apart`).
"""

from __future__ import annotations

import atexit
import ctypes
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from drcheck.errors import EngineError
from drcheck.kernels.budget import Budget

T = TypeVar("T")

GRACE, SHARE = 0.3, 0.05
"""What verdicts and traces of a search that the limit ended may still take: seconds, and a part of the limit."""
POLL = 0.02
"""Seconds between two looks whether somebody stopped waiting."""
AGAIN = 1.0
"""Seconds until a deadline that was not heard rings again: more than what hears it takes to clear up."""


class OutOfTimeError(BaseException):
    """The deadline has passed, or more memory is used than may be.

    Like KeyboardInterrupt it is not an Exception, so that no code mistakes it for its own error.
    """


class Deadline:
    """So many seconds from now, of which some are `spent` already; None: no end. What it cuts is cut, too, where more memory is
    used than a `budget` allows.

    `seconds`: the limit, as its user gave it. `short`: the limit of memory, where that was why something was cut. `endable`:
    another thread may end it at any time (`end`), so that work looks for that.
    """

    def __init__(
        self,
        seconds: float | None = None,
        budget: Budget | None = None,
        spent: float = 0.0,
        *,
        endable: bool = False,
    ) -> None:
        self.seconds = seconds
        self.short: str | None = None
        self.ended: str | None = None
        self._endable = endable
        self._budget = budget if budget is not None and budget.most is not None else None
        self._began = time.perf_counter() - spent
        self._end = self._cut_at = math.inf if seconds is None else self._began + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, not below 0; infinite if there is no end."""
        return max(0.0, self._end - time.perf_counter())

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self._began

    @property
    def passed(self) -> bool:
        """Whether it has passed."""
        return time.perf_counter() > self._end

    def end(self, why: str) -> None:
        """Let it pass now; `why`, in words. For any thread."""
        self.ended = why
        self._end = self._cut_at = -math.inf

    @property
    def reason(self) -> str:
        """What ended something that it ended."""
        return self.ended or self.short or seconds_limit(self.seconds or 0.0)

    def with_grace(self) -> Deadline:
        """A little later: for the report on a search that this one ended."""
        later = Deadline(self.seconds, None if self._budget is None else self._budget.with_grace())
        later._began, later._end = self._began, self._end + GRACE + SHARE * (self.seconds or 0.0)
        later._cut_at = later._end
        return later

    def at_most(self, seconds: float) -> Deadline:
        """This one, or one in this many seconds if that is sooner; its `seconds` are still the user's."""
        sooner = Deadline(self.seconds, self._budget)
        sooner._began, sooner._end = self._began, min(self._end, time.perf_counter() + seconds)
        sooner._cut_at = sooner._end
        return sooner

    def looked_at_in(self, seconds: float) -> Deadline:
        """A separate one in this many seconds, for code that reads a clock; other code is cut at the end of this one."""
        looked_at = Deadline(seconds, self._budget)
        looked_at._cut_at = self._end
        return looked_at

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Raise OutOfTimeError in the code within when the deadline passes; at once if it has passed.

        The same where memory does (see `short`).
        """
        self.short = None
        looks = self._budget is not None or self._endable
        if self._cut_at == math.inf and not looks:
            yield
            return
        left = self._cut_at - time.perf_counter()
        if left <= 0 or self._is_short():
            raise OutOfTimeError
        bell = _Bell(left, self._is_over if looks else None)
        try:
            bell.start()
            with _unheard():
                yield
        finally:
            try:
                bell.silence()
            except OutOfTimeError:  # heard before that listened
                bell.silence()
                raise

    def _is_over(self) -> bool:
        return self.ended is not None or self._is_short()

    def _is_short(self) -> bool:
        self.short = None if self._budget is None else self._budget.passed()
        return self.short is not None

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Like `cut`, for the time before there is anything to report. Raises EngineError DR510, or DR515 for memory."""
        try:
            with self.cut():
                yield
        except OutOfTimeError:
            code, happened, of = ("DR515", "was reached", "memory") if self.short else ("DR510", "passed", "seconds")
            raise EngineError(
                code,
                f"{self.reason} {happened} while {what}; nothing was decided",
                remedy=f"give a higher limit of {of}",
            ) from None


@contextmanager
def _unheard() -> Iterator[None]:
    """Without a word on standard error where an OutOfTimeError is raised in a finaliser, where Python drops exceptions."""
    before = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs, /) -> None:
        if not isinstance(unraisable.exc_value, OutOfTimeError):
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        if sys.unraisablehook is hook:
            sys.unraisablehook = before


class _End:
    """The end of what another thread does, to wait for.

    `Thread.join` is not used for that: it takes a thread for ended where an exception comes in between.
    """

    def __init__(self) -> None:
        self.come = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def comes(self) -> None:
        """It has come: for the other thread to say, once."""
        self.come = True
        self._lock.release()

    def wait(self, seconds: float = math.inf) -> bool:
        """Wait so long at most; whether it has come."""
        until = time.perf_counter() + seconds
        while not self.come and time.perf_counter() < until:
            self._lock.acquire(timeout=min(POLL, seconds))
        return self.come


class _Bell:
    """Rings in the thread that makes it, some seconds later or as soon as `sooner` says so, unless it is silenced before.

    It rings again until it is silenced: an exception that is raised in a finaliser (`__del__`) goes no further.
    """

    def __init__(self, seconds: float, sooner: Callable[[], bool] | None = None) -> None:
        self._rings_in, self._rings_at, self._sooner = threading.get_ident(), time.perf_counter() + seconds, sooner
        self._rang = False
        self._silent, self._over = threading.Lock(), _End()
        self._silent.acquire()
        self._thread = threading.Thread(target=self._wait, name="drcheck deadline", daemon=True)

    def start(self) -> None:
        """From here on it rings. Whatever this raises, `silence` is to follow."""
        self._thread.start()

    def _wait(self) -> None:
        most = threading.TIMEOUT_MAX if self._sooner is None else POLL
        while not self._silent.acquire(timeout=max(0.0, min(self._rings_at - time.perf_counter(), most))):
            if time.perf_counter() >= self._rings_at or (self._sooner is not None and self._sooner()):
                self._rang = True
                self._ring()
                while not self._silent.acquire(timeout=AGAIN):
                    self._ring()
                break
        self._over.comes()

    def _ring(self) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._rings_in), ctypes.py_object(OutOfTimeError))

    def silence(self) -> None:
        """From here on it does not ring. What it rang and was not heard yet is heard here, and goes no further.

        An exception that waits to be raised could be taken back with NULL, but CPython's interpreter then continues looking for
        it, and under a profiler never ends (seen with 3.11). It is raised a second time, in place of the first,
        and waited for.
        """
        cleared = False
        while True:
            try:
                self._stop()
                if not self._rang or cleared:
                    return
                cleared = True
                while True:
                    self._ring()
                    time.sleep(0)
            except OutOfTimeError:
                continue

    def _stop(self) -> None:
        if not self._over.come and self._silent.locked():
            self._silent.release()
        if self._thread.ident is not None:
            self._over.wait()


_left: list[_End] = []
"""The ends of work whose result may no longer be needed."""


def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises, which for long does not return to the interpreter.

    It is done in a separate thread, so that an interrupt, or a deadline, ends the wait for it. It then continues alone:
    `work` must change nothing that anybody uses afterwards.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    end = _End()

    def do() -> None:
        try:
            results.append(work())
        except BaseException as error:  # it is the caller's
            errors.append(error)
        finally:
            end.comes()

    _left[:] = [end, *(other for other in _left if not other.come)]
    threading.Thread(target=do, name="drcheck work", daemon=True).start()
    end.wait()
    if errors:
        raise errors[0]
    return results[0]


def left_alone() -> bool:
    """Whether work whose result is not needed continues."""
    return not all(end.come for end in _left)


@atexit.register
def _wait_for_them() -> None:
    """Machine code must not go on while what it works with is taken down."""
    for end in _left:
        end.wait()


def seconds_limit(seconds: float) -> str:
    """Why a search stopped, if it was the time."""
    return f"the limit of {seconds:g} seconds"
