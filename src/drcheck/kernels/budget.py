"""How much memory there is, how much this process uses, and how much a search may use."""

from __future__ import annotations

import importlib
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from drcheck.errors import EngineError
from drcheck.kernels.sizes import size_text

RESERVE = 512 << 20
"""Bytes of memory that a search leaves to the rest of the machine."""
CONTAINERS = (
    ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Where Linux says how much memory a container may use, and uses: control groups of version 2, and of version 1."""
UNASKED = 1 << 20
"""Bytes that are used without asking."""
GRACE = 0.05
"""What verdicts and traces may use besides, as a part of the limit."""


def available() -> int | None:
    """Bytes that can still be used before the machine or the container that this runs in is short; None: unknown."""
    known = []
    text = _read("/proc/meminfo")
    if "MemAvailable:" in text:
        known.append(int(text.split("MemAvailable:")[1].split()[0]) << 10)
    for folder, limit, usage, inactive in CONTAINERS:
        most, used = _read(f"{folder}/{limit}").strip(), _read(f"{folder}/{usage}").strip()
        if most.isdigit() and used.isdigit():
            # Pages of files that were not used lately are released before memory is short.
            spare = re.search(rf"^{inactive} (\d+)$", _read(f"{folder}/memory.stat"), re.MULTILINE)
            known.append(int(most) - int(used) + (int(spare[1]) if spare else 0))
    if not known and (psutil := _psutil()) is not None:
        known.append(int(psutil.virtual_memory().available))
    return min(known) if known else None


def physical() -> int:
    """Bytes of memory that this machine has; 0: unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def resident(own: bool = False) -> int | None:
    """Bytes that this process uses, and those that are `counted` with it; with `own` without those of files; None: unknown."""
    used = _resident("self", own)
    if used is None:
        return None
    return used + sum(_resident(process, own) or 0 for process in tuple(_counted))


def _resident(process: int | str, own: bool) -> int | None:
    fields = _read(f"/proc/{process}/statm").split()
    if len(fields) >= 3:
        return (int(fields[1]) - (int(fields[2]) if own else 0)) * mmap.PAGESIZE
    psutil = _psutil()
    if psutil is None:
        return None
    if process == "self":
        return int(psutil.Process().memory_info().rss)
    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.Error:  # it has ended
        return None


_counted: set[int] = set()
"""Processes that this one has started, whose memory counts as its own."""


@contextmanager
def counted(process: int) -> Iterator[None]:
    """Count a process that this one has started."""
    _counted.add(process)
    try:
        yield
    finally:
        _counted.discard(process)


def memory_limit(most: int) -> str:
    """Why a search stopped, if it was its limit of memory."""
    return f"the limit of {size_text(most)} of memory"


class Budget:
    """How much memory a search may use: what the machine has, and what its user allows.

    `most`: bytes that this process may use in all, or None. `on_disk`: what is large is in files, whose pages the system
    takes back where memory is short, so they do not count. `grace`: a part of `most` that may be used besides.
    """

    machine = "the memory of this machine"

    def __init__(self, most: int | None = None, on_disk: bool = False, grace: float = 0.0) -> None:
        self.most, self.on_disk, self._grace = most, on_disk, round((most or 0) * grace)
        self._refused: str | None = None

    def for_more(self, size: int) -> bool:
        """Whether this many bytes more can be used. If not, the search ends, and `short_of` says why from then on."""
        self._refused = self.short_of(size)
        return self._refused is None

    def fits(self, size: int) -> bool:
        """Whether this many bytes more of memory, not of files, can be used; if not, the search may go on without them."""
        return self._refused is None and self._short_of(size) is None

    @property
    def whole(self) -> int:
        """How many bytes of memory this process may use in all."""
        if self.most is not None:
            return self.most
        return (resident(self.on_disk) or 0) + max((available() or 0) - RESERVE, 0)

    def short_of(self, size: int) -> str | None:
        """What would be exceeded by this many bytes more, or was when `for_more` said no, or None."""
        if self._refused is not None:
            return self._refused
        return self._short_of(0 if self.on_disk else size)

    def with_grace(self) -> Budget:
        """Some more: for the report on a search that the limit ended, and for the results of one that it did not."""
        return Budget(self.most, self.on_disk, GRACE)

    def passed(self) -> str | None:
        """The limit, where this process uses more already; that of the machine is not read."""
        used = None if self.most is None else resident(self.on_disk)
        if self.most is None or used is None or used <= self.most + self._grace:
            return None
        return memory_limit(self.most)

    def _short_of(self, size: int) -> str | None:
        if self.most is not None:
            used = resident(self.on_disk)
            if used is not None and used + size > self.most + self._grace:
                return memory_limit(self.most)
        left = available()
        return self.machine if left is not None and left < size + RESERVE else None


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def within(budget: Budget) -> Iterator[None]:
    """What is done within asks this budget for room (see `room`)."""
    before = _current.set(budget)
    try:
        yield
    finally:
        _current.reset(before)


def limited() -> bool:
    """Whether a limit of memory is given for the current work."""
    budget = _current.get()
    return budget is not None and budget.most is not None


class NoRoomError(MemoryError):
    """The limit of memory, which is its text, leaves no room for the next work."""


def room(size: int) -> None:
    """MemoryError if this many bytes more cannot be used, NoRoomError if a limit says so: later it would be too late.

    To be asked before what takes much at once: between two looks at the memory much can be written.
    """
    if size >= UNASKED:
        short = (_current.get() or Budget()).short_of(size)
        if short is not None:
            raise MemoryError(short) if short == Budget.machine else NoRoomError(short)


def check_limit(most: int | None) -> None:
    """Compare a limit of memory with the memory in use before any search.

    Raises EngineError DR512 if that cannot be read, DR515 if it is more already.
    """
    if most is None:
        return
    used = resident()
    if used is not None and used > most:
        raise EngineError(
            "DR515",
            f"{memory_limit(most)} cannot be kept: {used >> 20}M are in use before anything is searched",
            remedy=f"give {size_text((used * 3 // 2 >> 20) << 20)} at least, or leave the limit out",
        )
    if used is None:
        raise EngineError(
            "DR512",
            f"{memory_limit(most)} cannot be kept here: the system does not report the memory of a process",
            remedy="install psutil (pip install drcheck[memory]), or leave the limit out",
        )


@cache
def _psutil() -> Any:
    """The library that reads memory where the system has no /proc, or None."""
    try:
        return importlib.import_module("psutil")
    except ImportError:
        return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
