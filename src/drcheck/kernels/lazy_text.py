"""IR text that is written only where its machine code is not in the cache: to write it can take longer than all the rest.

Such a text has a *key*, which says all that the text depends on; the code that writes it is part of it. The cache has, for
each key, the digest of the text that was written last for it, and machine code by the digest of its text. So a key that
forgot something could lead to the code of another text. With `ALWAYS_WRITTEN`, which the tests set, each text is
written nevertheless and held against the digest; and wherever one is written, its own digest counts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from drcheck.kernels import code_cache, jit
from drcheck.kernels.compiler import GiveUp

ALWAYS_WRITTEN = "DRCHECK_WRITE_TEXTS"
"""The environment variable that has every text written and compared; set to anything but nothing."""


class LazyText:
    """A text by its key. `write` makes it."""

    def __init__(self, key: str, write: Callable[[], str]) -> None:
        """Raises AssertionError where ALWAYS_WRITTEN is set and the cache knows another text by this key."""
        self._write = write
        self._name = code_cache.name_of("text", jit.target(), sys.version, code_cache.source_of_texts(), key)
        self._text: str | None = None
        known = code_cache.load(self._name)
        self._digest = None if known is None else known.decode()
        if os.environ.get(ALWAYS_WRITTEN):
            _ = self.text
            assert known is None or known.decode() == self._digest, "two texts have one key: the key forgets something"

    @property
    def text(self) -> str:
        """The text, written when it is first asked for."""
        if self._text is None:
            self._text = self._write()
            digest = code_cache.digest_of(self._text)
            if digest != self._digest:
                self._digest = digest
                code_cache.store(self._name, digest.encode())
        return self._text

    def compiled(self, level: int, give_up: GiveUp | None = None) -> jit.Code:
        """The machine code of the text (see `jit.compile_text`)."""
        found = None if self._digest is None else jit.known_code(self._digest, level)
        return jit.compile_text(self.text, level, give_up) if found is None else found
