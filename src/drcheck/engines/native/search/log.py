"""The log of a search: its record (see `record`) in a file, from which a search can be resumed.

The file begins with a line that says what system it belongs to. Then come blocks: for the states that were expanded since
the last one, their words of both streams. A block is appended while the search continues, about once a
second; whatever ends the process, the file then ends with a whole block or with a part of one, which is cut off. No states
are stored: a resumed search makes them again, which takes about as long as entering them took.

A block is used only if it is unchanged and in its place: its digest covers its header, its words and the
digest of the block before it (the first one's, over the line at the beginning). So a bit that is not what it was, a block
that is missing, duplicated or from another log ends the reading; the search then continues from the blocks before.

One search at a time writes a log (see `lock`). Where it cannot be written, the search continues without: `remarks` says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.native.model.codegen import expand_code
from drcheck.engines.native.search import search
from drcheck.engines.protocol import Query
from drcheck.errors import EngineError
from drcheck.kernels.lock import lock
from drcheck.system.system import System

if TYPE_CHECKING:
    from drcheck.engines.native.search.store import Store

FORMAT = 3
"""Raised with every change of what a log means."""
HEAD = b"drcheck log %d " % FORMAT
_BLOCK = struct.Struct("<8sQQQQ16s")
_MAGIC = b"drcblock"
"""A block: this, expanded states before and after, known states before and after, the digest; then the words."""
_DIGEST = 16
"""Bytes of a digest: enough that a damaged block is never taken for a whole one."""
BLOCK = 1 << 20
"""Expanded states in a block at most: so much is made again at a time."""
EVERY = 0.5
"""Seconds between two blocks, while the search continues."""
ROUND = search.PERIOD
"""Blocks end where `marks` says how many states were known."""


class Log:
    """The log of one search. `expanded` and `known`: how many states it covers."""

    def __init__(self, path: Path, system: System, store: Store) -> None:
        """Open the log, or begin one.

        Raises EngineError DR506 for a file that is no log of this system or cannot be read, DR507 for one that another
        search has open.
        """
        self.path, self.expanded, self.known = path, 0, system.initials
        self._last = time.monotonic()
        self._store = store
        self._failed = self._damaged = ""
        head = HEAD + fingerprint(system, store).encode() + b"\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            # Without a buffer: what could not be written must not be tried again when the file is closed.
            self._file = os.fdopen(number, "r+b", buffering=0)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            if not lock(number):
                raise EngineError(
                    "DR507",
                    f"another search has the log {path} open",
                    remedy="wait until it has ended, or name another folder",
                )
            self._begin(head)
        except BaseException as error:
            self._file.close()
            if isinstance(error, OSError):
                raise self._unusable(error) from error
            raise

    def _begin(self, head: bytes) -> None:
        """Read the first line, or write it. Raises OSError, EngineError DR506."""
        found = self._read(0, len(head))
        if found != head and not head.startswith(found):
            other = re.match(rb"drcheck log (\d{1,9}) ", found)
            if other and int(other[1]) != FORMAT:
                raise EngineError(
                    "DR506",
                    f"{self.path} was written by another version of drcheck, in format {int(other[1])} of logs; this one "
                    f"reads format {FORMAT}",
                    remedy="remove the file, or name another folder; the search then starts over",
                )
            raise EngineError(
                "DR506",
                f"{self.path} is not the log of this system and these parameters",
                remedy="remove the file, or name another folder",
            )
        self._digest, self._end = _digest(head), len(head)
        self._unwritten = b"" if found == head else head  # new, or cut off within its first line

    def _unusable(self, error: OSError) -> EngineError:
        return EngineError(
            "DR506", f"the log {self.path} cannot be used: {error.strerror}", remedy="name another folder"
        )

    def _read(self, at: int, length: int) -> bytes:
        """So many bytes from a place on, or those that there are."""
        self._file.seek(at)
        parts: list[bytes] = []
        while length and (part := self._file.read(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def blocks(self) -> list[tuple[int, int]]:
        """Read all whole blocks into the store's streams; returns the states expanded and known after each.

        What follows the last of them is cut off. Raises EngineError DR506 if the file cannot be read.
        """
        ends = []
        try:
            size = os.fstat(self._file.fileno()).st_size
            while self._block(size):
                ends.append((self.expanded, self.known))
        except OSError as error:
            raise self._unusable(error) from error
        self._cut_off()
        return ends

    def _block(self, size: int) -> bool:
        """Read the next block, if it is whole and what was written; `size`: of the file."""
        store = self._store
        head = self._read(self._end, _BLOCK.size)
        if len(head) < _BLOCK.size:
            return False  # at the end, or at a part of a block: whatever ended the search
        magic, before, after, known_before, known_after, digest = _BLOCK.unpack(head)
        likely = (
            magic == _MAGIC
            and (before, known_before) == (self.expanded, self.known)
            and before < after <= known_after < 1 << 62
            and known_after - known_before <= (after - before) * store.most
        )
        spans = self._spans(before, after, known_before, known_after) if likely else []
        length = 8 * sum(high - low for low, high in spans)
        if likely and length > size - self._end - len(head):
            return False  # a part of a block
        words = self._read(self._end + len(head), length) if likely else b""
        if not likely or _digest(self._digest, head[:-_DIGEST], words) != digest:
            self._damaged = f"the log {self.path} is damaged behind its record of {self.expanded:,} states"
            return False
        store.room_for_notes(known_after)
        at = 0
        for stream, (low, high) in zip(store.record.streams, spans, strict=True):
            array = stream.array(np.uint64, high)
            array[low:high] = np.frombuffer(words, np.uint64, high - low, at)
            at += 8 * (high - low)
            del array
        self._clear(after, known_after)
        self.expanded, self.known, self._digest = after, known_after, digest
        self._end += len(head) + length
        return True

    def _spans(self, before: int, after: int, known_before: int, known_after: int) -> list[tuple[int, int]]:
        """The words of `shape` and of `taken` for some states: from, to."""
        width = self._store.record.way_bits
        bits = (
            (before + known_before - 1, after + known_after - 1),
            ((known_before - 1) * width, (known_after - 1) * width),
        )
        return [(low >> 6, (high + 63) >> 6) for low, high in bits]

    def _clear(self, after: int, known: int) -> None:
        """Clear what the last words have beyond these states: it belongs to a later block."""
        record = self._store.record
        for stream, bit in zip(record.streams, (after + known - 1, (known - 1) * record.way_bits), strict=True):
            if bit & 63:
                last = stream.array(np.uint64, (bit >> 6) + 1)[-1:]
                last &= np.uint64((1 << (bit & 63)) - 1)
                del last

    @property
    def due(self) -> bool:
        """Whether it is time for a block."""
        return time.monotonic() - self._last > EVERY

    def write(self) -> None:
        """Append blocks for new states, during the search; if that fails, it is tried again when due."""
        store, self._last = self._store, time.monotonic()
        last = (store["NUMBER"] - 1) // ROUND * ROUND
        while self.expanded < last:
            expanded = min(last, self.expanded // ROUND * ROUND + BLOCK)
            known = int(store.record.marks.array(np.uint64, expanded // ROUND + 1)[-1])
            if not self._append(expanded, known):
                break

    def finish(self) -> None:
        """Append the rest, when no thread searches any more."""
        store = self._store
        self.write()
        if store["NUMBER"] > self.expanded and not self._failed:
            self._append(store["NUMBER"], store["COUNT"])

    def assert_consistent(self) -> None:
        """Assert what is true of the log whenever nothing is being read or written.

        - The file has the first line, unless it could not be written yet, and behind it whole blocks.
        - A block begins with the states that the one before ended with, the first with none expanded and the initial ones
          known, and covers more expanded states; the last ends with `expanded` and `known`.
        - Each digest is over the block and the digest before it (the first one's, over the first line).
        - The words of a block are those of the store's record.
        """
        at = self._end if self._unwritten else self._read(0, self._end).index(b"\n") + 1
        digest, ends = _digest(self._unwritten or self._read(0, at)), (0, self._store.record.roots)
        while at < self._end:
            head = self._read(at, _BLOCK.size)
            assert len(head) == _BLOCK.size, "a block is cut off"
            magic, before, after, known_before, known_after, told = _BLOCK.unpack(head)
            assert (magic, before, known_before) == (_MAGIC, *ends), "a block does not begin where the last one ended"
            assert before < after <= known_after, "a block tells of nothing"
            spans = self._spans(before, after, known_before, known_after)
            words = self._read(at + len(head), 8 * sum(high - low for low, high in spans))
            digest = _digest(digest, head[:-_DIGEST], words)
            assert digest == told, "the digest of a block is not that of what it has"
            self._assert_words(words, before, after, known_before, known_after)
            at, ends = at + len(head) + len(words), (after, known_after)
        assert (at, ends, digest) == (self._end, (self.expanded, self.known), self._digest), "the log ends elsewhere"

    def _assert_words(self, words: bytes, before: int, after: int, known_before: int, known_after: int) -> None:
        record, at = self._store.record, 0
        low = (before + known_before - 1, (known_before - 1) * record.way_bits)
        high = (after + known_after - 1, (known_after - 1) * record.way_bits)
        spans = self._spans(before, after, known_before, known_after)
        for stream, (first, last), begin, end in zip(record.streams, spans, low, high, strict=True):
            mine = stream.array(np.uint64, last)[first:last]
            theirs = np.frombuffer(words, np.uint64, last - first, at)
            # The first and the last word may have bits of other blocks.
            differ = np.unpackbits((mine ^ theirs).view(np.uint8), bitorder="little")
            assert not differ[begin - 64 * first : end - 64 * first].any(), "a block has other words than the record"
            at += 8 * (last - first)

    def close(self) -> None:
        """Close the file."""
        self._cut_off()
        self._file.close()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What went wrong, in sentences: the log was damaged, or does not cover all that was found."""
        said = []
        if self._damaged:
            said.append(f"{self._damaged}; the search continued from there")
        if self._failed:
            said.append(
                f"the log {self.path} could not be written ({self._failed}): it covers {self.expanded:,} states"
            )
        elif not self._is_there():
            said.append(f"the log {self.path} was removed during the search, which cannot be resumed from it")
        return tuple(said)

    def _is_there(self) -> bool:
        """Whether the file still has its name."""
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))
        except OSError:
            return False

    def _append(self, expanded: int, known: int) -> bool:
        """Append a block for what was expanded before these numbers; False if it cannot be written."""
        try:
            words = self._words(expanded, known)
            head = _BLOCK.pack(_MAGIC, self.expanded, expanded, self.known, known, b"")[:-_DIGEST]
            digest = _digest(self._digest, head, words)
            self._write(self._unwritten + head + digest + words)
        except OSError as error:
            self._failed = error.strerror or type(error).__name__
            return False
        except MemoryError:
            self._failed = "no memory"
            return False
        self._end += len(head) + len(digest) + len(words)
        self.expanded, self.known, self._digest, self._unwritten = expanded, known, digest, b""
        self._failed = ""
        return True

    def _words(self, expanded: int, known: int) -> bytes:
        store = self._store
        parts: list[NDArray[np.uint64]] = []
        spans = self._spans(self.expanded, expanded, self.known, known)
        for stream, (low, high) in zip(store.record.streams, spans, strict=True):
            parts.append(stream.array(np.uint64, high)[low:high].copy())
        return b"".join(part.tobytes() for part in parts)

    def _write(self, data: bytes) -> None:
        """Write at the end of the whole blocks. Raises OSError."""
        self._file.seek(self._end - len(self._unwritten))
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]
        os.fsync(self._file.fileno())

    def _cut_off(self) -> None:
        """Cut off a partial block; if that fails, it is found when the log is read."""
        with contextlib.suppress(OSError):
            if os.fstat(self._file.fileno()).st_size > self._end and not self._unwritten:
                self._file.truncate(self._end)


def _digest(*parts: bytes) -> bytes:
    """The digest of some bytes."""
    made = hashlib.blake2b(digest_size=_DIGEST)
    for part in parts:
        made.update(part)
    return made.digest()


def fingerprint(system: System, store: Store) -> str:
    """What the record of a search depends on, as a digest: the system's steps, in order, and its initial states."""
    text = expand_code(system, Query(), store.layout) + repr(system.initial)
    text += "".join(map(repr, system.further_initial))
    return hashlib.sha256(text.encode()).hexdigest()


def path_of(folder: Path, system: System, store: Store) -> Path:
    """The log of a system in a folder."""
    name = "".join(c if c.isalnum() else "_" for c in system.name)
    return folder / f"{name}-{fingerprint(system, store)[:16]}.log"
