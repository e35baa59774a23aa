"""Large memory that grows without being copied where the system can do that."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.explore.memory import Budget, available, resident

_HUGE = 4 << 20
_ADVICE = getattr(mmap, "MADV_HUGEPAGE", None)
_DONTNEED, _REMOVE = getattr(mmap, "MADV_DONTNEED", None), getattr(mmap, "MADV_REMOVE", None)


class Region:
    """Zero-filled private memory; pages count as used only once they are touched.

    `address` is its start, and changes when it grows. Arrays over it must be dropped before it grows.
    """

    def __init__(self, size: int, folder: Path | None = None) -> None:
        """`folder`: where a file without a name holds it; without one it is in memory."""
        self._file = None if folder is None else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open as long as this
        self._map = self._new(size) if self._file is None else self._on_disk(size)

    def _on_disk(self, size: int) -> mmap.mmap:
        assert self._file is not None
        size = -(-max(size, 1) // mmap.PAGESIZE) * mmap.PAGESIZE
        self._file.truncate(size)
        return mmap.mmap(self._file.fileno(), size)

    @staticmethod
    def _new(size: int) -> mmap.mmap:
        size = -(-max(size, 1) // mmap.PAGESIZE) * mmap.PAGESIZE
        if sys.platform == "win32":
            return mmap.mmap(-1, size)
        # A shared mapping (the default) would not get huge pages and could not grow.
        return _advised(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._map)

    @property
    def address(self) -> int:
        """Where it starts; aligned to a page."""
        return ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def grow(self, size: int) -> None:
        """Make it at least `size` bytes; the contents stay, what is new is zero."""
        if size <= self.size:
            return
        size = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
        if self._file is not None:
            self._map = self._on_disk(size)
        elif sys.platform == "linux":
            self._map.resize(size)  # moves page tables, not contents
            _advised(self._map)
        else:
            larger = self._new(size)
            larger[: self.size] = self._map[:]
            self._map = larger

    def forget(self, low: int, high: int) -> None:
        """Give the pages between two bytes back to the system; what they held is lost."""
        low = -(-low // mmap.PAGESIZE) * mmap.PAGESIZE
        high = high // mmap.PAGESIZE * mmap.PAGESIZE
        how = _DONTNEED if self._file is None else _REMOVE
        if how is not None and high > low:
            with contextlib.suppress(OSError):  # a file system that cannot: the file is removed with the region
                self._map.madvise(how, low, high - low)

    def array(self, dtype: Any, count: int) -> NDArray[Any]:
        """The first `count` elements as an array that keeps the memory alive."""
        return np.frombuffer(self._map, dtype, count)


def _advised(region: mmap.mmap) -> mmap.mmap:
    """Ask for huge pages, which save most of the address translation of random access."""
    if _ADVICE is not None and len(region) >= _HUGE:
        with contextlib.suppress(OSError):  # a kernel without huge pages: slower, not wrong
            region.madvise(_ADVICE)
    return region


def aligned(words: int) -> NDArray[np.uint64]:
    """Zeros that begin at a line of the processor's cache."""
    raw = np.zeros(words + 8, np.uint64)
    skipped = -raw.ctypes.data % 64 // 8
    return raw[skipped : skipped + words]


def addresses(*arrays: NDArray[Any]) -> list[int]:
    """Where the arrays lie."""
    return [int(array.ctypes.data) for array in arrays]


@cache
def give_way() -> int:
    """The address of a function of the system by which a thread sleeps for some microseconds."""
    if sys.platform == "win32":
        function = ctypes.WinDLL("kernel32").SwitchToThread  # which takes no time, and no argument
    else:
        function = ctypes.CDLL(None).usleep
    return int(ctypes.cast(function, ctypes.c_void_p).value or 0)


__all__ = ["Budget", "Region", "addresses", "aligned", "available", "give_way", "resident"]
