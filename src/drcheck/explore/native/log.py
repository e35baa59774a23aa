"""The log of a search: its record (see `record`) in a file, from which a search can be resumed.

The file begins with a line that tells what system it belongs to. Then come blocks, each complete in itself: for the states
that were expanded since the last one, the words of both streams that tell of them, and a checksum. A block is appended
while the search goes on, about once a second; whatever ends the process, the file then ends with a whole block or with a
part of one, which is cut off. No states are stored: a resumed search makes them again, which takes about as long as
entering them took.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from drcheck.errors import EngineError
from drcheck.explore.native import search
from drcheck.explore.native.codegen import expand_code
from drcheck.explore.protocol import Query
from drcheck.system import System

if TYPE_CHECKING:
    from drcheck.explore.native.store import Store

HEAD = b"drcheck log 2 "
_BLOCK = struct.Struct("<8sQQQQQ")
_MAGIC = b"drcblock"
"""A block: this, expanded states before and after, known states before and after, the checksum of the words."""
BLOCK = 1 << 20
"""Expanded states in a block at most: so much is made again at a time."""
EVERY = 0.5
"""Seconds between two blocks, while the search goes on."""
ROUND = search.PERIOD
"""Blocks end where `marks` tells how many states were known."""


class Log:
    """The log of one search. `expanded` and `known`: how many states it tells of."""

    def __init__(self, path: Path, system: System, store: Store) -> None:
        """Open the log, or begin one. Raises EngineError DR506 for a file that is no log of this system."""
        self.path, self.expanded, self.known = path, 0, 1
        self._last = time.monotonic()
        self._store = store
        head = HEAD + fingerprint(system, store).encode() + b"\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("r+b" if path.exists() else "w+b")
            found = self._file.read(len(head))
            if found != head and not head.startswith(found):
                raise EngineError(
                    "DR506",
                    f"{path} is not the log of this system and these parameters",
                    remedy="remove the file, or name another folder",
                )
            if found != head:  # new, or cut off within its first line
                self._file.seek(0)
                self._file.write(head)
            self._end = len(head)
        except OSError as error:
            raise EngineError(
                "DR506", f"the log {path} cannot be used: {error.strerror}", remedy="name another folder"
            ) from error

    def blocks(self) -> list[tuple[int, int]]:
        """Read all whole blocks into the store's streams; returns the states expanded and known after each."""
        store, ends = self._store, []
        size = os.fstat(self._file.fileno()).st_size
        while True:
            self._file.seek(self._end)
            head = self._file.read(_BLOCK.size)
            if len(head) < _BLOCK.size:
                break
            magic, before, after, known_before, known_after, checksum = _BLOCK.unpack(head)
            if magic != _MAGIC or (before, known_before) != (self.expanded, self.known):
                break
            if not before < after <= known_after or known_after - known_before > (after - before) * store.most:
                break
            spans = self._spans(before, after, known_before, known_after)
            length = 8 * sum(high - low for low, high in spans)
            if length > size - self._end:
                break
            words = self._file.read(length)
            if len(words) < length or zlib.crc32(words) != checksum:
                break
            store.room_for_notes(known_after)
            at = 0
            for stream, (low, high) in zip((store.shape, store.taken), spans, strict=True):
                array = stream.array(np.uint64, high)
                array[low:high] = np.frombuffer(words, np.uint64, high - low, at)
                at += 8 * (high - low)
                del array
            self._clear(after, known_after)
            self.expanded, self.known = after, known_after
            self._end += _BLOCK.size + length
            ends.append((after, known_after))
        self._file.truncate(self._end)
        return ends

    def _spans(self, before: int, after: int, known_before: int, known_after: int) -> list[tuple[int, int]]:
        """The words of `shape` and of `taken` that tell of some states: from, to."""
        width = self._store.way_bits
        bits = (before + known_before - 1, after + known_after - 1), ((known_before - 1) * width, (known_after - 1) * width)
        return [(low >> 6, (high + 63) >> 6) for low, high in bits]

    def _clear(self, after: int, known: int) -> None:
        """Clear what the last words have beyond these states: it belongs to a later block."""
        store = self._store
        for stream, bit in ((store.shape, after + known - 1), (store.taken, (known - 1) * store.way_bits)):
            if bit & 63:
                last = stream.array(np.uint64, (bit >> 6) + 1)[-1:]
                last &= np.uint64((1 << (bit & 63)) - 1)
                del last

    @property
    def due(self) -> bool:
        """Whether it is time for a block."""
        return time.monotonic() - self._last > EVERY

    def write(self) -> None:
        """Append a block for what is new, while the search goes on. Raises EngineError DR506."""
        store, self._last = self._store, time.monotonic()
        last = (store["NUMBER"] - 1) // ROUND * ROUND
        while self.expanded < last:
            expanded = min(last, self.expanded // ROUND * ROUND + BLOCK)
            self._append(expanded, int(store.marks.array(np.uint64, expanded // ROUND + 1)[-1]))

    def finish(self) -> None:
        """Append the rest, when no thread searches any more."""
        store = self._store
        self.write()
        if store["NUMBER"] > self.expanded:
            self._append(store["NUMBER"], store["COUNT"])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append(self, expanded: int, known: int) -> None:
        store = self._store
        parts: list[NDArray[np.uint64]] = []
        spans = self._spans(self.expanded, expanded, self.known, known)
        for stream, (low, high) in zip((store.shape, store.taken), spans, strict=True):
            parts.append(stream.array(np.uint64, high)[low:high].copy())
        words = b"".join(part.tobytes() for part in parts)
        head = _BLOCK.pack(_MAGIC, self.expanded, expanded, self.known, known, zlib.crc32(words))
        try:
            self._file.seek(self._end)
            self._file.write(head + words)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise EngineError(
                "DR506", f"the log {self.path} cannot be written: {error.strerror}", remedy="make room there"
            ) from error
        self._end += len(head) + len(words)
        self.expanded, self.known = expanded, known


def fingerprint(system: System, store: Store) -> str:
    """What the record of a search depends on, as a digest: the system's steps, in order, and its first state."""
    text = expand_code(system, Query(), store.layout) + repr(system.initial)
    return hashlib.sha256(text.encode()).hexdigest()


def path_of(folder: Path, system: System, store: Store) -> Path:
    """The log of a system in a folder."""
    name = "".join(c if c.isalnum() else "_" for c in system.name)
    return folder / f"{name}-{fingerprint(system, store)[:16]}.log"
