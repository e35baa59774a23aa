"""Large memory that grows without copying, where the system supports it."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.kernels.budget import Budget, available, resident

_HUGE = 4 << 20
_ADVICE = getattr(mmap, "MADV_HUGEPAGE", None)
_NORESERVE = 0x4000
"""MAP_NORESERVE of Linux, which Python does not name: addresses that are not used yet take no memory."""
_DONTNEED, _REMOVE = getattr(mmap, "MADV_DONTNEED", None), getattr(mmap, "MADV_REMOVE", None)


@cache
def _trim() -> Any:
    """What gives freed memory back in the C library of Linux; None elsewhere."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def return_freed() -> None:
    """Give memory that was freed back to the system, where the C library keeps it for later and can be asked."""
    if (trim := _trim()) is not None:
        trim(0)


class Region:
    """Zero-filled private memory; pages count as used only once they are touched.

    `address` is its start, and changes when it grows. Arrays over it must be dropped before it grows.
    """

    def __init__(self, size: int, folder: Path | None = None, reserved: int = 0) -> None:
        """`folder`: where a file without a name holds it; without one it is in memory. It can grow to `reserved` bytes
        without being moved, where the system has that many addresses to give.
        """
        self._file = None if folder is None else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open as long as this
        self._size = _pages(size)
        if self._file is not None:
            self._map = self._on_disk(self._size)
        else:
            self._map = self._reserve(reserved) or self._new(self._size)

    def _on_disk(self, size: int) -> mmap.mmap:
        """Raises OSError if the disk is full: space is reserved now, since no error could be reported when a page is written."""
        assert self._file is not None
        old = self._file.seek(0, os.SEEK_END)
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file.fileno(), old, size - old)
        else:
            self._file.truncate(size)
        return mmap.mmap(self._file.fileno(), size)

    @staticmethod
    def _new(size: int) -> mmap.mmap:
        if sys.platform == "win32":
            return mmap.mmap(-1, size)
        # A shared mapping (the default) would not get huge pages and could not grow.
        return _advised(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), size)

    def _reserve(self, size: int) -> mmap.mmap | None:
        if size <= self._size or sys.platform != "linux":
            return None
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE
        with contextlib.suppress(OSError, ValueError):  # where addresses are limited
            return _advised(mmap.mmap(-1, size, flags=flags), self._size)
        return None

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    @property
    def address(self) -> int:
        """Where it starts; aligned to a page."""
        return ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def grow(self, size: int) -> None:
        """Make it at least `size` bytes; the contents stay, what is new is zero."""
        if size <= self._size:
            return
        size = _pages(size)
        if size <= len(self._map):
            _advised(self._map, size)
        elif self._file is not None:
            self._map = self._on_disk(size)
        elif sys.platform == "linux":
            self._map.resize(size)  # moves page tables, not contents
            _advised(self._map, size)
        else:
            larger = self._new(size)
            larger[: self._size] = self._map[: self._size]
            self._map = larger
        self._size = size

    def forget(self, low: int, high: int) -> None:
        """Give the pages between two bytes back to the system; what they held is lost."""
        low = -(-low // mmap.PAGESIZE) * mmap.PAGESIZE
        high = min(high, self._size) // mmap.PAGESIZE * mmap.PAGESIZE
        how = _DONTNEED if self._file is None else _REMOVE
        if how is not None and high > low:
            with contextlib.suppress(OSError):  # a file system that cannot: the file is removed with the region
                self._map.madvise(how, low, high - low)

    def array(self, dtype: Any, count: int) -> NDArray[Any]:
        """The first `count` elements as an array that keeps the memory alive."""
        return np.frombuffer(self._map, dtype, count)


def _pages(size: int) -> int:
    """Bytes of as many pages as are needed, at least one."""
    return -(-max(size, 1) // mmap.PAGESIZE) * mmap.PAGESIZE


def _advised(region: mmap.mmap, size: int) -> mmap.mmap:
    """Ask for huge pages, which save most of the address translation of random access, for the first `size` bytes."""
    if _ADVICE is not None and size >= _HUGE:
        with contextlib.suppress(OSError):  # a kernel without huge pages: slower, not wrong
            region.madvise(_ADVICE, 0, size)
    return region


def aligned(words: int) -> NDArray[np.uint64]:
    """Zeros that begin at a line of the processor's cache."""
    raw = np.zeros(words + 8, np.uint64)
    skipped = -raw.ctypes.data % 64 // 8
    return raw[skipped : skipped + words]


def aligned_copy(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins at a line of the processor's cache."""
    copy = aligned(-(-array.nbytes // 8)).view(array.dtype)[: array.size]
    copy[:] = array
    return copy


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
