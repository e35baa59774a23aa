"""Texts that survive the process: a file in which each stands under the key of what it depends on.

A text is kept as soon as it is there, so that what is killed goes on where it was. The file is SQLite's, which writes whole texts
or none, whatever happens to the process or to others that use it. It holds nothing that a search would not find again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from drcheck.errors import OutputError

WAIT = 30.0
"""Seconds to wait for another process that writes."""


class KeptTexts:
    """Texts by their keys, in a table of a file or, without one, for the time of the process. Raises OutputError DR620.

    `path`: the file, made if it is missing.
    """

    def __init__(self, path: Path | None = None, table: str = "answers") -> None:
        self.path, self._table = path, table
        self._memory: dict[str, str] = {}
        self._file: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
            # A text is safe from a kill without waiting for the disk.
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute(f"CREATE TABLE IF NOT EXISTS {table} (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        except (OSError, sqlite3.Error) as error:
            raise self.unusable(error) from error

    def text(self, key: str) -> str | None:
        """The text under a key, or None. Raises OutputError DR620."""
        if key in self._memory or self._file is None:
            return self._memory.get(key)
        try:
            row = self._file.execute(f"SELECT answer FROM {self._table} WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self.unusable(error) from error
        return None if row is None else str(row[0])

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep texts. Raises OutputError DR620."""
        self._memory |= texts
        if self._file is None or not texts:
            return
        try:
            self._file.executemany(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", list(texts.items()))
        except sqlite3.Error as error:
            raise self.unusable(error) from error

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def unusable(self, error: Exception) -> OutputError:
        """What is said of a file that cannot be read or written."""
        return OutputError(
            "DR620",
            f"answers cannot be kept in {self.path}: {(isinstance(error, OSError) and error.strerror) or error}",
            remedy="name another file (--answers FILE), or none (--answers none); one that was damaged can be removed",
        )


__all__ = ["KeptTexts"]
