"""How much memory there is, how much this process uses, and how much a search may use."""

from __future__ import annotations

import importlib
import mmap
import os
import re
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
"""Where Linux tells how much memory a container may use, and uses: control groups of version 2, and of version 1."""


def available() -> int | None:
    """Bytes that can still be used before the machine or the container that this runs in is short; None: unknown."""
    known = []
    text = _read("/proc/meminfo")
    if "MemAvailable:" in text:
        known.append(int(text.split("MemAvailable:")[1].split()[0]) << 10)
    for folder, limit, usage, inactive in CONTAINERS:
        most, used = _read(f"{folder}/{limit}").strip(), _read(f"{folder}/{usage}").strip()
        if most.isdigit() and used.isdigit():
            # Pages of files that nobody has used lately are given up before anything is short.
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
    """Bytes that this process uses, with `own` without those of files; None: unknown."""
    fields = _read("/proc/self/statm").split()
    if len(fields) < 3:
        psutil = _psutil()
        return None if psutil is None else int(psutil.Process().memory_info().rss)
    return (int(fields[1]) - (int(fields[2]) if own else 0)) * mmap.PAGESIZE


class Budget:
    """How much memory a search may use: what the machine has, and what its user allows.

    `most`: bytes that this process may use in all, or None. `on_disk`: what is large is in files, whose pages the system
    takes back where memory is short, so they do not count.
    """

    machine = "the memory of this machine"

    def __init__(self, most: int | None = None, on_disk: bool = False) -> None:
        self.most, self.on_disk = most, on_disk
        self._refused: str | None = None

    def for_more(self, size: int) -> bool:
        """Whether so many bytes more can be used. If not, the search ends, and `short_of` tells why from then on."""
        self._refused = self.short_of(size)
        return self._refused is None

    def fits(self, size: int) -> bool:
        """Whether so many bytes more of memory, not of files, can be used; if not, the search may go on without them."""
        return self._refused is None and self._short_of(size) is None

    @property
    def whole(self) -> int:
        """How many bytes of memory this process may use in all."""
        if self.most is not None:
            return self.most
        return (resident(self.on_disk) or 0) + max((available() or 0) - RESERVE, 0)

    def short_of(self, size: int) -> str | None:
        """What would be exceeded by so many bytes more, or was when `for_more` said no, or None."""
        if self._refused is not None:
            return self._refused
        return self._short_of(0 if self.on_disk else size)

    def _short_of(self, size: int) -> str | None:
        if self.most is not None:
            used = resident(self.on_disk)
            if used is not None and used + size > self.most:
                return f"the limit of {size_text(self.most)} of memory"
        left = available()
        return self.machine if left is not None and left < size + RESERVE else None


def check_readable(most: int | None) -> None:
    """Raise EngineError DR512 where a limit of memory is given and what this process uses cannot be read."""
    if most is not None and resident() is None:
        raise EngineError(
            "DR512",
            f"the limit of {size_text(most)} of memory cannot be kept here: the system does not tell what a process uses",
            remedy="install psutil (pip install drcheck[memory]), or leave the limit out",
        )


@cache
def _psutil() -> Any:
    """The library that tells where the system has no /proc, or None."""
    try:
        return importlib.import_module("psutil")
    except ImportError:
        return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
