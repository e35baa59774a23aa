"""Answers of sweeps that survive the process (see `answers.kept`).

The file is `answers.sqlite` in `$DRCHECK_CACHE`, else in `drcheck` in the user's folder for caches; with DRCHECK_CACHE set to
nothing there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from drcheck.answers.kept import KeptTexts
from drcheck.answers.sweeps.units import Answer
from drcheck.kernels.code_cache import folder

NAME = "answers.sqlite"


class KeptAnswers:
    """Answers by their keys, in a file or, without one, for the time of the process. Raises OutputError DR620.

    `path`: the file, made if it is missing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._memory: dict[str, Answer] = {}
        self._texts = KeptTexts(path)

    @classmethod
    def of_user(cls) -> KeptAnswers:
        """Those in the user's folder for caches; where it cannot be used, those of this process."""
        where = folder()
        return cls(None if where is None else where / NAME)

    def get(self, key: str) -> Answer | None:
        """The answer under a key, or None. Raises OutputError DR620."""
        if key in self._memory:
            return self._memory[key]
        text = self._texts.text(key)
        return None if text is None else self._read(text)

    def put(self, answers: Mapping[str, Answer]) -> None:
        """Keep answers that may be kept. Raises OutputError DR620."""
        kept = {key: answer for key, answer in answers.items() if answer.keeps}
        self._memory |= kept
        self._texts.keep({key: json.dumps(asdict(answer)) for key, answer in kept.items()})

    def close(self) -> None:
        """Let go of the file."""
        self._texts.close()

    def _read(self, text: str) -> Answer:
        try:
            return Answer(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise self._texts.unusable(error) from error


__all__ = ["KeptAnswers"]
