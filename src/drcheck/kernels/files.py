"""Arrays in files, past the system's cache of pages.

What is written here is read once, much later, and in large pieces: the system's cache would only take memory, and on
Linux writing through it is several times slower than writing past it. Where a file system cannot do without, it is used.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.kernels.region import Region

PAGE = mmap.PAGESIZE
KEPT = 1 << 20
"""Bytes of a spool that are kept in memory: small batches need no files."""


def can_delay() -> bool:
    """Whether this system has what files are read and written with here."""
    return hasattr(os, "preadv")


def pages(size: int) -> int:
    """So many bytes rounded up to whole pages."""
    return -(-size // PAGE) * PAGE


class DiskFile:
    """A file without a name, that is gone when it is closed or the process ends.

    Positions and sizes are whole pages, and memory begins at a page. Raises OSError if the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # open as long as this
        self._number = self._file.fileno()
        direct = getattr(os, "O_DIRECT", 0)  # Linux
        if direct:
            import fcntl

            flags = fcntl.fcntl(self._number, fcntl.F_GETFL)
            try:
                fcntl.fcntl(self._number, fcntl.F_SETFL, flags | direct)
            except OSError:  # a file system that cannot
                fcntl.fcntl(self._number, fcntl.F_SETFL, flags)

    def write(self, at: int, memory: NDArray[np.uint8]) -> None:
        """Write some memory from byte `at` on."""
        done = 0
        while done < len(memory):
            done += os.pwrite(self._number, memory[done:].data, at + done)

    def read(self, at: int, memory: NDArray[np.uint8]) -> None:
        """Fill some memory with what was written from byte `at` on."""
        done = 0
        while done < len(memory):
            got = os.preadv(self._number, [memory[done:].data], at + done)
            if not got:
                raise OSError(0, "a file of the search is shorter than it was")
            done += got

    def close(self) -> None:
        """Give its room back."""
        self._file.close()


class Spool:
    """Arrays that are written once and read once or twice, in any order; small ones stay in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: DiskFile | None = None
        self._end = self._kept = 0
        self._lock = threading.Lock()

    def keep(self, memory: Region, dtype: Any, count: int) -> Kept:
        """Keep the first `count` elements of some memory."""
        size = count * np.dtype(dtype).itemsize
        with self._lock:
            if self._kept + size <= KEPT:
                self._kept += size
                return Kept(memory.array(dtype, count).copy(), None, 0)
            file = self._file = self._file or DiskFile(self._folder)
            at = self._end
            self._end += pages(size)
        file.write(at, memory.array(np.uint8, pages(size)))
        return Kept(np.zeros(0, dtype), file, at)

    def close(self) -> None:
        """Give all room back; nothing that was kept can be read any more."""
        if self._file is not None:
            self._file.close()


class Kept:
    """An array that a spool keeps: in memory, or in a file from byte `at` on."""

    def __init__(self, array: NDArray[Any], file: DiskFile | None, at: int) -> None:
        self._array, self._file, self.at = array, file, at

    def part(self, low: int, high: int, memory: NDArray[np.uint8]) -> NDArray[Any]:
        """Elements `low` to `high` - 1; where they are read from a file, in `memory`, which has room for `room(...)` bytes."""
        if self._file is None:
            return self._array[low:high]
        each = self._array.itemsize
        first = low * each // PAGE * PAGE
        last = pages(high * each)
        self._file.read(self.at + first, memory[: last - first])
        return memory[low * each - first : high * each - first].view(self._array.dtype)

    def room(self, low: int, high: int) -> int:
        """Bytes of memory, a number of pages, that `part` needs for these elements."""
        return 0 if self._file is None else pages((high - low) * self._array.itemsize) + PAGE
