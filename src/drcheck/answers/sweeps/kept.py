"""Answers that survive the process: a file in which each stands under the key of what it depends on.

An answer is kept as soon as it is there, so that a sweep which is killed goes on where it was. The file is SQLite's, which writes
whole answers or none, whatever happens to the process or to others that use it. It holds nothing that a search would not find
again.

The file is `answers.sqlite` in `$DRCHECK_CACHE`, else in `drcheck` in the user's folder for caches; with DRCHECK_CACHE set to
nothing there is none.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from drcheck.answers.sweeps.units import Answer
from drcheck.errors import OutputError
from drcheck.kernels.code_cache import folder

NAME = "answers.sqlite"
WAIT = 30.0
"""Seconds to wait for another process that writes."""


class KeptAnswers:
    """Answers by their keys, in a file or, without one, for the time of the process. Raises OutputError DR620.

    `path`: the file, made if it is missing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._memory: dict[str, Answer] = {}
        self._file: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
            # An answer is safe from a kill without waiting for the disk.
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    @classmethod
    def of_user(cls) -> KeptAnswers:
        """Those in the user's folder for caches; where it cannot be used, those of this process."""
        where = folder()
        return cls(None if where is None else where / NAME)

    def get(self, key: str) -> Answer | None:
        """The answer under a key, or None. Raises OutputError DR620."""
        if key in self._memory or self._file is None:
            return self._memory.get(key)
        try:
            row = self._file.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return None if row is None else self._read(row[0])

    def put(self, answers: Mapping[str, Answer]) -> None:
        """Keep answers that may be kept. Raises OutputError DR620."""
        kept = {key: answer for key, answer in answers.items() if answer.keeps}
        self._memory |= kept
        if self._file is None or not kept:
            return
        rows = [(key, json.dumps(asdict(answer))) for key, answer in kept.items()]
        try:
            self._file.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, text: str) -> Answer:
        try:
            return Answer(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> OutputError:
        return OutputError(
            "DR620",
            f"answers cannot be kept in {self.path}: {error}",
            remedy="remove the file, name another one (--answers FILE), or none (--answers none)",
        )


__all__ = ["KeptAnswers"]
